/* jobs.h: many trials side by side, told in their order. */
#ifndef ARAZZO_TESTS_CONFORMANCE_JOBS_H
#define ARAZZO_TESTS_CONFORMANCE_JOBS_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/conformance/driver/trial.h"

/* Called for each trial in order, from one thread at a time. */
typedef void trial_told(void *user, size_t index, const trial *one);

/* Runs all trials in up to `jobs` threads. False when not one thread could be started. */
bool jobs_run(trial *trials, size_t count, size_t jobs, const adapter *by, const char *suite, trial_told *tell,
              void *user);

#endif
