/*
 * body.c: the body of a response as a value (S7): JSON where the media type says so, or where none is given and it
 * parses; else text.
 */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/utf8.h"
#include "engine/run/run_internal.h"
#include "runtime-expr/json_text.h"

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

static json_t *parse_json(const char *bytes, size_t length, const char **note, bool *no_memory) {
    json_t *value;
    bool widened;
    *no_memory = json_text_parse(bytes, length, &value, &widened) == JSON_TEXT_NO_MEMORY;
    if (value != NULL && widened)
        *note = "an integer of more than 64 bits in the body became a floating-point number";
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
