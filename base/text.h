/*
 * text.h: a growing string of bytes.
 *
 * Appending never fails on the spot: when memory runs short the text remembers it (`failed`), further appends do
 * nothing, and text_take() answers NULL. So a writer appends freely and checks once, at the end.
 */
#ifndef ARAZZO_BASE_TEXT_H
#define ARAZZO_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct text {
    char *bytes; /* NUL-terminated once anything was appended; may hold NUL before that; NULL while empty */
    size_t length;
    size_t capacity;
    bool failed;
} text;

#define TEXT_EMPTY ((text){.bytes = NULL, .length = 0, .capacity = 0, .failed = false})

void text_append(text *out, const char *bytes, size_t length);
void text_append_string(text *out, const char *string);
void text_append_char(text *out, char byte);
void text_append_format(text *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_append_format_list(text *out, const char *format, va_list values) __attribute__((format(printf, 2, 0)));

/* Appends a code point as UTF-8. Surrogates and values over U+10FFFF become U+FFFD. */
void text_append_code_point(text *out, unsigned long code_point);

/* Shortens to `length` bytes; a longer length changes nothing. */
void text_truncate(text *out, size_t length);

/* The bytes as a NUL-terminated string, borrowed, "" while empty; valid until the next append. */
const char *text_peek(const text *out);

/* The bytes, NUL-terminated, which the caller frees with free(); NULL when an append failed. The text is empty after.
 */
char *text_take(text *out, size_t *length);

/* Frees the bytes; the text is empty and usable after. */
void text_free(text *out);

#endif
