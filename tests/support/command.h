/* command.h: runs the real command, with both of its streams kept apart, from a program that may have threads. */
#ifndef ARAZZO_TESTS_COMMAND_H
#define ARAZZO_TESTS_COMMAND_H

typedef struct command_result {
    int status; /* exit status; 128 + N when signal N ended it */
    char *out;
    char *err;
} command_result;

/* Runs `$BUILD/arazzo ARGUMENTS` by the shell, from the top of the repository. Fails the test when it cannot. */
command_result command_run(const char *arguments, ...) __attribute__((format(printf, 1, 2)));
void command_result_free(command_result *result);

#endif
