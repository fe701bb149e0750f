/*
 * nearest.h: the known name that a mistyped one was probably meant to be, for "did you mean".
 *
 * Feed candidates one by one: nearest_start(), nearest_try() for each, then `best` (borrowed; NULL when none is near).
 */
#ifndef ARAZZO_BASE_NEAREST_H
#define ARAZZO_BASE_NEAREST_H

#include <stddef.h>

typedef struct nearest {
    const char *wanted;
    size_t length;
    const char *best;
    size_t distance;
} nearest;

/* Starts a search for `wanted` (borrowed). Only candidates within a third of its length (at least 1, at most 4) count.
 */
void nearest_start(nearest *search, const char *wanted, size_t length);

/* Considers one candidate (NUL-terminated, borrowed). Case differences weigh nothing but an exact match wins. */
void nearest_try(nearest *search, const char *candidate);

#endif
