/* visible.c: character by character. */
#include "engine/report/visible.h"

#include <stdbool.h>
#include <string.h>

#include "base/columns.h"
#include "base/utf8.h"

enum { TAB_WIDTH = 4, PICTURES = 0x2400, PICTURE_OF_DELETE = 0x2421 };

/* Marks, embeddings, overrides and isolates of the bidirectional algorithm, and the separators of lines. */
static bool turns_text(uint32_t code_point) {
    return code_point == 0x61C || code_point == 0x200E || code_point == 0x200F ||
           (code_point >= 0x2028 && code_point <= 0x202E) || (code_point >= 0x2066 && code_point <= 0x2069);
}

size_t append_visible_character(text *out, const char *bytes, size_t length, size_t *size) {
    uint32_t code_point;
    *size = utf8_decode(bytes, length, &code_point);
    bool wrong = *size == 0;
    *size += wrong;
    if (!wrong && code_point == '\t') {
        text_append(out, "    ", TAB_WIDTH);
        return TAB_WIDTH;
    }
    if (!wrong && code_point < 0x20)
        text_append_code_point(out, PICTURES + code_point);
    else if (!wrong && code_point == 0x7F)
        text_append_code_point(out, PICTURE_OF_DELETE);
    else if (wrong || (code_point >= 0x80 && code_point < 0xA0) || turns_text(code_point))
        text_append_code_point(out, 0xFFFD);
    else {
        text_append(out, bytes, *size);
        return columns_of(code_point);
    }
    return 1;
}

void append_visible(text *out, const char *bytes, size_t length) {
    for (size_t at = 0, size; at < length; at += size)
        append_visible_character(out, bytes + at, length - at, &size);
}

void append_visible_string(text *out, const char *string) {
    append_visible(out, string, strlen(string));
}
