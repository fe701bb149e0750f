/*
 * wildcard.h: lines of expected output in which parts may vary.
 *
 * In an expected line stand, between mathematical angle brackets (U+27E8, U+27E9), which no output of ours holds:
 *
 *     ⟨any⟩     any text within the line, also none
 *     ⟨number⟩  a JSON number: 7, -1.5, 2e10
 *     ⟨port⟩    a port: one to five digits
 *     ⟨ms⟩      a duration: a number, perhaps a space, and µs, ms, s or min
 *
 * and as a whole line ⟨...⟩, any number of lines, also none. Any other name in such brackets is text.
 */
#ifndef ARAZZO_TESTS_SUPPORT_WILDCARD_H
#define ARAZZO_TESTS_SUPPORT_WILDCARD_H

#include <stdbool.h>
#include <stddef.h>

/* A line without its line break; borrowed. */
typedef struct line {
    const char *bytes;
    size_t length;
} line;

bool wildcard_line(line expected, line got);

/* True when the line is ⟨...⟩. */
bool wildcard_lines_here(line expected);

bool wildcard_lines(const line *expected, size_t expected_count, const line *got, size_t got_count);

#endif
