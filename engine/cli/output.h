/*
 * output.h: what commands print to standard output, and what becomes of them when it cannot be written.
 *
 * A command prints without looking; that something could not be written is noticed in one place, at the end. When
 * nobody reads any more (`arazzo list FILE | head -n 1`), there is nothing to say, and the exit status is the
 * command's. Everything else that goes wrong is said, and the status is not 0.
 */
#ifndef ARAZZO_ENGINE_CLI_OUTPUT_H
#define ARAZZO_ENGINE_CLI_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Prints a value (NULL: memory ran short) and a line break. False when memory is short: not when it cannot be written.
 */
bool output_json(FILE *out, const json_t *value, size_t flags);

/* Closes the stream. The exit status: `status`, or that of a failure when it was 0 and something was not written. */
int output_close(FILE *out, FILE *err, int status);

#endif
