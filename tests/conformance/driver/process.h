/* process.h: runs a program with a deadline and keeps what it prints, from a program with several threads. */
#ifndef ARAZZO_TESTS_CONFORMANCE_PROCESS_H
#define ARAZZO_TESTS_CONFORMANCE_PROCESS_H

#include <stdbool.h>

#include "base/text.h"

typedef struct process_result {
    int status;     /* as a shell tells it: 128 + N for one that signal N ended */
    bool timed_out; /* its process group was killed */
    text out;       /* standard output, to be freed by the caller */
} process_result;

/*
 * Runs `program` (a path) with the argument `verb`. `environment` (NULL-terminated) comes in addition to this program's
 * own. Standard input is empty, standard error goes to the file `errors`, or nowhere when that is NULL. Waits until
 * standard output is closed. False when it could not be started.
 */
bool process_run(const char *program, const char *verb, const char *const *environment, const char *errors,
                 unsigned seconds, process_result *result);

#endif
