/* compare.h: what a case allows, against what was seen of a run. */
#ifndef ARAZZO_TESTS_CONFORMANCE_COMPARE_H
#define ARAZZO_TESTS_CONFORMANCE_COMPARE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/text.h"
#include "tests/conformance/driver/adapter.h"

typedef struct seen {
    const json_t *told;     /* what the adapter printed */
    const json_t *requests; /* as stage_close() gives them */
} seen;

/*
 * True when one of the outcomes (the case's `expect`, placeholders filled in) is what was seen. Else each difference
 * from each outcome, and the requests that were seen, are appended to `why`, in lines.
 */
bool outcome_allowed(const json_t *expect, const seen *what, const adapter *by, text *why);

#endif
