/* json_text.h: JSON values as text: RFC 8259 without white space, numbers as short as they can be. */
#ifndef ARAZZO_JSON_TEXT_H
#define ARAZZO_JSON_TEXT_H

#include <jansson.h>
#include <stdbool.h>

#include "base/text.h"

typedef enum json_text_status { JSON_TEXT_OK, JSON_TEXT_INVALID, JSON_TEXT_NO_MEMORY } json_text_status;

/*
 * Parses any JSON value (RFC 8259) into *out: a new reference, or NULL. *widened (may be NULL) tells whether an integer
 * of more than 64 bits became a double (S7).
 */
json_text_status json_text_parse(const char *bytes, size_t length, json_t **out, bool *widened);

/*
 * Appends the value as JSON; a byte that is no UTF-8 becomes U+FFFD. What jansson itself writes may lack a part,
 * without a word, when memory runs short.
 */
void json_text_append(text *out, const json_t *value);

/*
 * How much a value that is put together at run time may hold: a document that goes round in circles could double one
 * each time, and one that shares its parts takes little memory and has no end as text.
 */
#ifndef JSON_LARGEST_BYTES /* a fuzzer, which is slow, makes do with less */
#define JSON_LARGEST_BYTES ((size_t)64 << 20)
#endif
enum { JSON_LARGEST_DEPTH = 1000 };
#define JSON_TOO_LARGE "the value would be larger than 64 MiB, or nested deeper than 1,000 levels"

/* Is the value, with what it shares counted as often as it stands, within that? Looks no further than the limit. */
bool json_text_is_bounded(const json_t *value);

/* Appends the value as it is embedded in a string (S3): a string as it is, all else as JSON, which ends beyond
 * JSON_LARGEST_BYTES. */
void json_text_embed(text *out, const json_t *value);

/* No string in the value holds bytes that are no UTF-8: what a file held that was given as an input may. */
bool json_text_is_text(const json_t *value);

/* A deep copy in which such bytes are U+FFFD, so that it can be written as JSON. A new reference, or NULL when memory
 * is short. */
json_t *json_text_copy(const json_t *value);

/* The value as a person reads it within one line: JSON, shortened to about `width` columns. */
void json_text_brief(text *out, const json_t *value, size_t width);

#endif
