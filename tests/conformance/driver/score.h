/* score.h: how many trials passed, by section and version: as JSON, and as a table in Markdown. */
#ifndef ARAZZO_TESTS_CONFORMANCE_SCORE_H
#define ARAZZO_TESTS_CONFORMANCE_SCORE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "tests/conformance/driver/trial.h"

/*
 * The score of all trials: engine, version, tells, cases, passed, failed, skipped, `sections` with counts by section
 * and version, `refusals` with the counts of cases in which nothing may be sent, and `failures` with the reasons. A new
 * reference, or NULL when memory is short.
 */
json_t *score_of(const trial *trials, size_t count, const adapter *by);

/* Writes the score to a file; false when it cannot. */
bool score_write(const json_t *score, const char *path);

/*
 * Prints the score for a reader, as comments of TAP: a line for each section with how many trials passed of those that
 * concern the engine, and one for all.
 */
void score_print(const json_t *score, FILE *out);

/* Prints scores that were written, side by side, a row for each section. False, after a sentence, for a bad file. */
bool score_table(const char *const *paths, size_t count, FILE *out);

#endif
