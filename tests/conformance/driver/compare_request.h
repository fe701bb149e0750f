/* compare_request.h: the requests that a case lists, against those that the server saw. */
#ifndef ARAZZO_TESTS_CONFORMANCE_COMPARE_REQUEST_H
#define ARAZZO_TESTS_CONFORMANCE_COMPARE_REQUEST_H

#include <jansson.h>
#include <stdbool.h>

#include "base/text.h"

/* True when they are the same ones in the same order; else a line for each difference is appended to `why`. */
bool compare_requests(const json_t *wanted, const json_t *seen, text *why);

/* Appends the requests that were seen, a line each with the body's beginning. */
void describe_requests(const json_t *seen, text *why);

/* Equal JSON values, numbers by value. False when one of them is NULL. */
bool same_json(const json_t *a, const json_t *b);

#endif
