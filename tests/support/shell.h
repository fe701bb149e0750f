/* shell.h: runs a command line by `sh -c`, in a process group of its own, and keeps what it prints. */
#ifndef ARAZZO_TESTS_SUPPORT_SHELL_H
#define ARAZZO_TESTS_SUPPORT_SHELL_H

#include <stdbool.h>

#include "base/text.h"

typedef struct shell_result {
    int status;     /* as a shell tells it: 128 + N for one that signal N ended */
    bool timed_out; /* the whole process group was killed */
} shell_result;

/*
 * Runs `command` with standard input empty and appends standard output and standard error, in the order in which they
 * were written, to `output`. What the command left running in the background ends with it. False, with errno, when it
 * could not be started. Blocks SIGCHLD while it runs: not for programs with several threads.
 */
bool shell_run(const char *command, unsigned seconds, text *output, shell_result *result);

#endif
