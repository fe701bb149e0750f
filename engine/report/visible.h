/*
 * visible.h: texts of documents and servers as they may be printed. No control character gets through: a response must
 * not be able to colour, move or erase what a terminal shows, nor to turn the order of what one reads.
 *
 * C0 controls become the characters that picture them (U+001B is ␛), and so do DEL and, in one line, line breaks; a tab
 * becomes four spaces. C1 controls, marks that change the direction of text, and bytes that are not UTF-8 become
 * U+FFFD.
 */
#ifndef ARAZZO_ENGINE_REPORT_VISIBLE_H
#define ARAZZO_ENGINE_REPORT_VISIBLE_H

#include "base/text.h"

/* One character; the columns that it takes. *size: the bytes that were read, at least one of the `length`. */
size_t append_visible_character(text *out, const char *bytes, size_t length, size_t *size);

/* The whole text as one line. */
void append_visible(text *out, const char *bytes, size_t length);
void append_visible_string(text *out, const char *string);

#endif
