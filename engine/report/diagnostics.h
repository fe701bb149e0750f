/* diagnostics.h: diagnostics for people, as compilers print them, and for programs, as JSON. */
#ifndef ARAZZO_ENGINE_REPORT_DIAGNOSTICS_H
#define ARAZZO_ENGINE_REPORT_DIAGNOSTICS_H

#include <jansson.h>
#include <stdio.h>

#include "engine/diagnostic.h"

struct text; /* base/text.h */

/* The text that was read under the name of a place, borrowed, or NULL. */
typedef const char *diagnostic_text(void *user, const char *file, size_t *length);

/*
 * Prints each diagnostic: code and sentence, place, the source line with a caret under what is concerned, and the help.
 * Control characters of the document are made visible. `source` may be NULL: no source lines.
 */
void print_diagnostics(const diagnostics *list, FILE *out, bool color, diagnostic_text *source, void *user);

/* Appends the source lines of a diagnostic with what is concerned marked; nothing where there are none. */
void append_source_lines(struct text *out, const diagnostic *entry, bool color, diagnostic_text *source, void *user);

/* Whether the same was said of an earlier place; and "also in lines 73, 103", or nothing, of the later ones. */
bool diagnostic_was_said(const diagnostics *list, size_t index);
void append_other_lines(struct text *out, const diagnostics *list, size_t index);

/* A diagnostic as an object: code, severity, message, file, line, column, help. A new reference, or NULL when memory is
 * short. */
json_t *diagnostic_json(const diagnostic *entry);

#endif
