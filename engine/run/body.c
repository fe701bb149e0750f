/*
 * body.c: the body of a response as a value (S7): JSON where the media type says so, or where none is given and it
 * parses; else text.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/utf8.h"
#include "engine/run/run_internal.h"

static bool is_json(const char *type) {
    size_t length = strcspn(type, "; \t");
    static const char *const whole[] = {"application/json", "text/json"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (length == strlen(whole[i]) && strncasecmp(type, whole[i], length) == 0)
            return true;
    return length > 5 && strncasecmp(type + length - 5, "+json", 5) == 0;
}

/* Invalid UTF-8 becomes U+FFFD: a value is text. */
static json_t *as_text(const char *bytes, size_t length, bool *no_memory) {
    json_t *value = NULL;
    if (utf8_valid(bytes, length, NULL)) {
        value = json_stringn(bytes, length);
    } else {
        text clean = TEXT_EMPTY;
        for (size_t i = 0; i < length;) {
            uint32_t code_point;
            size_t size = utf8_decode(bytes + i, length - i, &code_point);
            text_append_code_point(&clean, size == 0 ? 0xFFFD : code_point);
            i += size == 0 ? 1 : size;
        }
        if (!clean.failed)
            value = json_stringn(text_peek(&clean), clean.length);
        text_free(&clean);
    }
    *no_memory = value == NULL;
    return value;
}

/* jansson refuses integers of more than 64 bits: with `.0` after them they are doubles (S7). */
static json_t *parse_big_integers(const char *bytes, size_t length, json_error_t *error) {
    text widened = TEXT_EMPTY;
    bool in_string = false;
    for (size_t i = 0; i < length; i++) {
        char byte = bytes[i];
        text_append_char(&widened, byte);
        if (in_string) {
            if (byte == '\\' && i + 1 < length)
                text_append_char(&widened, bytes[++i]);
            in_string = byte != '"';
            continue;
        }
        in_string = byte == '"';
        bool starts = isdigit((unsigned char)byte) && (i == 0 || strchr("0123456789.eE+", bytes[i - 1]) == NULL);
        if (!starts)
            continue;
        size_t digits = 1;
        while (i + 1 < length && isdigit((unsigned char)bytes[i + 1])) {
            text_append_char(&widened, bytes[++i]);
            digits++;
        }
        bool integer = i + 1 >= length || strchr(".eE", bytes[i + 1]) == NULL;
        const char *start = bytes + i + 1 - digits;
        bool fits = digits < 19 || (digits == 19 && memcmp(start, "9223372036854775807", 19) <= 0);
        if (integer && !fits)
            text_append_string(&widened, ".0");
    }
    json_t *value = NULL;
    if (!widened.failed)
        value = json_loadb(text_peek(&widened), widened.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, error);
    text_free(&widened);
    return value;
}

static json_t *parse_json(const char *bytes, size_t length, const char **note, bool *no_memory) {
    json_error_t error;
    json_t *value = json_loadb(bytes, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (value == NULL && json_error_code(&error) == json_error_numeric_overflow) {
        value = parse_big_integers(bytes, length, &error);
        if (value != NULL)
            *note = "an integer of more than 64 bits in the body became a floating-point number";
    }
    *no_memory = value == NULL && json_error_code(&error) == json_error_out_of_memory;
    return value;
}

json_t *body_value(const http_response *response, const char **note, bool *no_memory) {
    *note = NULL;
    *no_memory = false;
    if (response->body_length == 0)
        return NULL;
    const char *type = http_headers_get(&response->headers, "Content-Type");
    bool declared = type != NULL && is_json(type);
    if (declared || type == NULL) {
        json_t *value = parse_json(response->body, response->body_length, note, no_memory);
        if (value != NULL || *no_memory)
            return value;
        if (declared)
            *note = "the response says that its body is JSON, and it is not; it is taken as text";
    }
    return as_text(response->body, response->body_length, no_memory);
}
