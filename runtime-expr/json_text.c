/*
 * json_text.c: writes JSON values. jansson's own writer prints 9.99 as 9.9900000000000002, which is correct and not
 * what anyone wrote: here a real is printed with 15 digits, or with 16 or 17 where it takes those to give it back.
 */
#include "runtime-expr/json_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* Deeper structures cannot come from a document or a body: their readers' own limits are lower. */
enum { DEEPEST = 4096 };

static void append_real(text *out, double number) {
    char digits[40];
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, number);
        if (precision == 17 || strtod(digits, NULL) == number)
            break;
    }
    for (char *c = digits; *c != '\0'; c++)
        if (*c == ',')
            *c = '.'; /* the locale's decimal point */
    text_append_string(out, digits);
    if (strpbrk(digits, ".e") == NULL)
        text_append(out, ".0", 2);
}

static void append_string(text *out, const char *bytes, size_t length) {
    static const char escaped[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    text_append_char(out, '"');
    size_t plain = 0;
    for (size_t i = 0, size; i < length; i += size) {
        unsigned char byte = (unsigned char)bytes[i];
        uint32_t code_point;
        size = byte < 0x80 ? 1 : utf8_decode(bytes + i, length - i, &code_point);
        if (size > 0 && byte >= ' ' && byte != '"' && byte != '\\')
            continue;
        text_append(out, bytes + plain, i - plain);
        plain = i + 1;
        const char *found = byte == '\0' ? NULL : strchr(escaped, byte);
        if (size == 0) {
            text_append_code_point(out, 0xFFFD);
            size = 1;
        } else if (found != NULL) {
            text_append_char(out, '\\');
            text_append_char(out, letters[found - escaped]);
        } else {
            text_append_format(out, "\\u%04x", byte);
        }
    }
    text_append(out, bytes + plain, length - plain);
    text_append_char(out, '"');
}

/* Begins nothing more once `out` has `limit` bytes: who wants the beginning only does not pay for the whole. */
static void append_value(text *out, const json_t *value, size_t depth, size_t limit);

static void append_members(text *out, json_t *object, size_t depth, size_t limit) {
    const char *separator = "";
    for (void *place = json_object_iter(object); place != NULL && out->length < limit;
         place = json_object_iter_next(object, place)) {
        text_append_string(out, separator);
        size_t length = json_object_iter_key_len(place);
        append_string(out, json_object_iter_key(place), length < limit ? length : limit);
        text_append_char(out, ':');
        append_value(out, json_object_iter_value(place), depth + 1, limit);
        separator = ",";
    }
}

static void append_value(text *out, const json_t *value, size_t depth, size_t limit) {
    if (depth > DEEPEST) {
        out->failed = true;
        return;
    }
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        text_append_char(out, '{');
        append_members(out, (json_t *)value, depth, limit);
        text_append_char(out, '}');
        break;
    case JSON_ARRAY:
        text_append_char(out, '[');
        for (size_t i = 0; i < json_array_size(value) && out->length < limit; i++) {
            if (i > 0)
                text_append_char(out, ',');
            append_value(out, json_array_get(value, i), depth + 1, limit);
        }
        text_append_char(out, ']');
        break;
    case JSON_STRING:
        append_string(out, json_string_value(value),
                      json_string_length(value) < limit ? json_string_length(value) : limit);
        break;
    case JSON_INTEGER:
        text_append_format(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        append_real(out, json_real_value(value));
        break;
    case JSON_TRUE:
        text_append(out, "true", 4);
        break;
    case JSON_FALSE:
        text_append(out, "false", 5);
        break;
    case JSON_NULL:
        text_append(out, "null", 4);
        break;
    }
}

void json_text_append(text *out, const json_t *value) {
    append_value(out, value, 0, SIZE_MAX);
}

void json_text_embed(text *out, const json_t *value) {
    if (json_is_string(value))
        text_append(out, json_string_value(value), json_string_length(value));
    else
        append_value(out, value, 0, JSON_LARGEST_BYTES + 1);
}

/* Takes what the value holds from the bytes that are left: a value takes at least two, with the comma behind it. */
static bool take_size(const json_t *value, size_t depth, size_t *left) {
    size_t own = json_is_string(value) ? json_string_length(value) + 2 : 2, index;
    json_t *item;
    if (own > *left || depth > JSON_LARGEST_DEPTH)
        return false;
    *left -= own;
    json_array_foreach(value, index, item) {
        if (!take_size(item, depth + 1, left))
            return false;
    }
    for (void *at = json_object_iter((json_t *)value); at != NULL; at = json_object_iter_next((json_t *)value, at)) {
        size_t name = json_object_iter_key_len(at);
        if (name > *left)
            return false;
        *left -= name;
        if (!take_size(json_object_iter_value(at), depth + 1, left))
            return false;
    }
    return true;
}

bool json_text_is_bounded(const json_t *value) {
    size_t left = JSON_LARGEST_BYTES;
    return take_size(value, 0, &left);
}

bool json_text_is_text(const json_t *value) {
    json_t *item;
    const char *name;
    size_t index;
    if (json_is_string(value))
        return utf8_valid(json_string_value(value), json_string_length(value), NULL);
    json_array_foreach(value, index, item) {
        if (!json_text_is_text(item))
            return false;
    }
    json_object_foreach((json_t *)value, name, item) {
        if (!json_text_is_text(item))
            return false;
    }
    return true;
}

json_t *json_text_copy(const json_t *value) {
    if (json_text_is_text(value))
        return json_deep_copy(value);
    text written = TEXT_EMPTY;
    json_t *made = NULL;
    json_text_append(&written, value);
    if (!written.failed)
        json_text_parse(text_peek(&written), written.length, &made, NULL);
    text_free(&written);
    return made;
}

void json_text_brief(text *out, const json_t *value, size_t width) {
    text whole = TEXT_EMPTY;
    append_value(&whole, value, 0, 4 * width + 16); /* a column takes four bytes at most */
    size_t bytes = 0, columns = 0;
    while (bytes < whole.length && columns < width) {
        uint32_t code_point;
        size_t size = utf8_decode(whole.bytes + bytes, whole.length - bytes, &code_point);
        bytes += size == 0 ? 1 : size;
        columns++;
    }
    text_append(out, text_peek(&whole), bytes);
    if (bytes < whole.length)
        text_append_string(out, "…");
    out->failed = out->failed || whole.failed;
    text_free(&whole);
}
