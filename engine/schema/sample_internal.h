/* sample_internal.h: strings that match a pattern. */
#ifndef ARAZZO_ENGINE_SAMPLE_INTERNAL_H
#define ARAZZO_ENGINE_SAMPLE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/*
 * Makes `out` (empty) a string of at least `least` and at most `most` code points that the pattern (ECMA-262, as JSON
 * Schema has it) matches. False, with `out` empty, when the pattern is beyond what is tried here; `out->failed` when
 * memory is short.
 */
bool sample_pattern(const char *pattern, size_t length, size_t least, size_t most, text *out);

#endif
