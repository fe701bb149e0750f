/* json_text.h: JSON values as text: RFC 8259 without white space, numbers as short as they can be. */
#ifndef ARAZZO_JSON_TEXT_H
#define ARAZZO_JSON_TEXT_H

#include <jansson.h>

#include "base/text.h"

/* Appends the value as JSON. */
void json_text_append(text *out, const json_t *value);

/* Appends the value as it is embedded in a string (S3): a string as it is, all else as JSON. */
void json_text_embed(text *out, const json_t *value);

/* The value as a person reads it within one line: JSON, shortened to about `width` columns. */
void json_text_brief(text *out, const json_t *value, size_t width);

#endif
