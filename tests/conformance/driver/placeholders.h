/*
 * placeholders.h: `{{server}}`, `{{nowhere}}` and `{{version}}` in the strings of a case, filled in.
 *
 * Two braces and a small word: no text of Arazzo, whose expressions stand as `{$…}`, and no JSON looks like that.
 */
#ifndef ARAZZO_TESTS_CONFORMANCE_PLACEHOLDERS_H
#define ARAZZO_TESTS_CONFORMANCE_PLACEHOLDERS_H

#include <jansson.h>

#include "base/text.h"

typedef struct placeholders {
    const char *server;  /* the address that the script is served at: "http://127.0.0.1:49152" */
    const char *nowhere; /* an address at which nobody listens */
    const char *version; /* the version that the case is tried in */
} placeholders;

/* Appends `bytes` with the placeholders filled in. An unknown one: its name is appended to `unknown`. */
void placeholders_fill(const placeholders *values, const char *bytes, size_t length, text *out, text *unknown);

/* A copy of a value in which all strings are filled in (keys are not): a new reference, NULL when memory is short. */
json_t *placeholders_fill_value(const placeholders *values, const json_t *value, text *unknown);

#endif
