/* placeholders.c: one scan over a string; a walk over a value. */
#include "tests/conformance/driver/placeholders.h"

#include <string.h>

/* The length of `{{word}}` at the beginning of the bytes, or 0. */
static size_t placeholder_length(const char *bytes, size_t length) {
    size_t end = 2;
    if (length < 5 || bytes[0] != '{' || bytes[1] != '{')
        return 0;
    while (end < length && bytes[end] >= 'a' && bytes[end] <= 'z')
        end++;
    return end > 2 && end + 1 < length && bytes[end] == '}' && bytes[end + 1] == '}' ? end + 2 : 0;
}

static const char *value_of(const placeholders *values, const char *name, size_t length) {
    const struct {
        const char *name;
        const char *value;
    } known[] = {{"server", values->server}, {"nowhere", values->nowhere}, {"version", values->version}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].name) == length && strncmp(known[i].name, name, length) == 0)
            return known[i].value;
    return NULL;
}

void placeholders_fill(const placeholders *values, const char *bytes, size_t length, text *out, text *unknown) {
    for (size_t at = 0; at < length;) {
        size_t held = placeholder_length(bytes + at, length - at);
        if (held == 0) {
            text_append_char(out, bytes[at++]);
            continue;
        }
        const char *value = value_of(values, bytes + at + 2, held - 4);
        if (value != NULL)
            text_append_string(out, value);
        else
            text_append_format(unknown, " %.*s", (int)held, bytes + at);
        at += held;
    }
}

static json_t *fill_string(const placeholders *values, const json_t *value, text *unknown) {
    text out = TEXT_EMPTY;
    placeholders_fill(values, json_string_value(value), json_string_length(value), &out, unknown);
    json_t *filled = out.failed ? NULL : json_stringn_nocheck(text_peek(&out), out.length);
    text_free(&out);
    return filled;
}

json_t *placeholders_fill_value(const placeholders *values, const json_t *value, text *unknown) {
    if (json_is_string(value))
        return fill_string(values, value, unknown);
    if (json_is_object(value)) {
        json_t *filled = json_object();
        const char *key;
        json_t *member;
        json_object_foreach((json_t *)value, key, member) {
            if (json_object_set_new_nocheck(filled, key, placeholders_fill_value(values, member, unknown)) != 0) {
                json_decref(filled);
                return NULL;
            }
        }
        return filled;
    }
    if (json_is_array(value)) {
        json_t *filled = json_array(), *item;
        size_t i;
        json_array_foreach(value, i, item) {
            if (json_array_append_new(filled, placeholders_fill_value(values, item, unknown)) != 0) {
                json_decref(filled);
                return NULL;
            }
        }
        return filled;
    }
    return json_deep_copy(value);
}
