/* trial.h: one case, carried out in one version of the specification by one engine. */
#ifndef ARAZZO_TESTS_CONFORMANCE_TRIAL_H
#define ARAZZO_TESTS_CONFORMANCE_TRIAL_H

#include "base/text.h"
#include "tests/conformance/driver/adapter.h"
#include "tests/conformance/driver/case.h"

typedef enum verdict { PASSED, FAILED, SKIPPED } verdict;

typedef struct trial {
    const test_case *what;
    const char *version;
    const char *profile; /* "default" or "strict" */
    verdict result;
    text why; /* of a failure: lines; of a skipped one: what the engine lacks. To be freed */
} trial;

/* Carries it out. `folder` holds the suite (README.md, shared/, …). Safe from several threads at once. */
void trial_run(trial *one, const adapter *by, const char *folder);

#endif
