/*
 * mask_internal.h: how a byte of a secret may be spelled in a text. mask.c looks for secrets, mask_spelling.c knows
 * encodings.
 */
#ifndef ARAZZO_ENGINE_REPORT_MASK_INTERNAL_H
#define ARAZZO_ENGINE_REPORT_MASK_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

/* What stands at a place of a text, read in one way. */
typedef struct spelling {
    char bytes[4]; /* what it means: one byte, or the UTF-8 of one character */
    size_t length;
    size_t taken; /* bytes of the text */
} spelling;

enum { MOST_SPELLINGS = 24 };

/* All that it may mean, each once: the byte itself is always the first. */
typedef struct spellings {
    spelling items[MOST_SPELLINGS];
    size_t count;
} spellings;

/* True when an encoding may begin with this byte: elsewhere a byte means itself. */
bool spelling_may_begin(char byte);

/* What may begin at bytes[0]; `length` is at least 1. */
void spellings_read(const char *bytes, size_t length, spellings *found);

#endif
