/* text.c: doubling growth, a sticky failure. */
#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static bool reserve(text *out, size_t more) {
    if (out->failed)
        return false;
    if (more >= SIZE_MAX / 2 - out->length) {
        out->failed = true;
        return false;
    }
    size_t needed = out->length + more + 1;
    if (needed <= out->capacity)
        return true;
    size_t capacity = out->capacity < 32 ? 64 : out->capacity * 2;
    if (capacity < needed)
        capacity = needed;
    char *bytes = realloc(out->bytes, capacity);
    if (bytes == NULL) {
        out->failed = true;
        return false;
    }
    out->bytes = bytes;
    out->capacity = capacity;
    return true;
}

void text_append(text *out, const char *bytes, size_t length) {
    if (!reserve(out, length))
        return;
    if (length > 0)
        memcpy(out->bytes + out->length, bytes, length);
    out->length += length;
    out->bytes[out->length] = '\0';
}

void text_append_string(text *out, const char *string) {
    text_append(out, string, strlen(string));
}

void text_append_char(text *out, char byte) {
    text_append(out, &byte, 1);
}

void text_append_format_list(text *out, const char *format, va_list values) {
    va_list again;
    va_copy(again, values);
    int length = vsnprintf(NULL, 0, format, values);
    if (length < 0) {
        out->failed = true;
    } else if (reserve(out, (size_t)length)) {
        vsnprintf(out->bytes + out->length, (size_t)length + 1, format, again);
        out->length += (size_t)length;
    }
    va_end(again);
}

void text_append_format(text *out, const char *format, ...) {
    va_list values;
    va_start(values, format);
    text_append_format_list(out, format, values);
    va_end(values);
}

void text_append_code_point(text *out, unsigned long code_point) {
    char bytes[4];
    if (code_point > 0x10FFFF)
        code_point = 0xFFFD;
    text_append(out, bytes, utf8_encode((uint32_t)code_point, bytes));
}

void text_truncate(text *out, size_t length) {
    if (length >= out->length)
        return;
    out->length = length;
    out->bytes[length] = '\0';
}

const char *text_peek(const text *out) {
    return out->bytes == NULL ? "" : out->bytes;
}

char *text_take(text *out, size_t *length) {
    if (out->bytes == NULL)
        text_append(out, "", 0);
    char *bytes = out->bytes;
    if (out->failed) {
        free(out->bytes);
        bytes = NULL;
    }
    if (length != NULL)
        *length = bytes == NULL ? 0 : out->length;
    *out = TEXT_EMPTY;
    return bytes;
}

void text_free(text *out) {
    free(out->bytes);
    *out = TEXT_EMPTY;
}
