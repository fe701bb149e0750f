/*
 * target.h: the targets of requests (`/things/1?limit=10`), compared as a server understands them.
 *
 * Percent-encoding of what needs none, `+` for a space in a query, and the order of differently named query parameters
 * make no difference; repeated parameters keep their order.
 */
#ifndef ARAZZO_TESTS_CONFORMANCE_TARGET_H
#define ARAZZO_TESTS_CONFORMANCE_TARGET_H

#include <jansson.h>
#include <stdbool.h>

/* True when the line "METHOD /path?query" is this request. */
bool request_line_is(const char *line, const char *method, const char *target);

/* As above, but a line without `?` admits any query. */
bool request_line_admits(const char *line, const char *method, const char *target);

/* `a=1&b=x+y` as an object whose members are arrays of the decoded values: a new reference, or NULL. */
json_t *form_pairs(const char *bytes, size_t length);

#endif
