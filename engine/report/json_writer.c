/* json_writer.c: commas, indentation and leaves. Recursion follows values, whose depth their parser bounds. */
#include "engine/report/json_writer.h"

#include "runtime-expr/json_text.h"

static void break_line(const json_writer *w) {
    text_append_char(w->to->out, '\n');
    for (size_t i = 0; i < w->depth; i++)
        text_append_string(w->to->out, "  ");
}

static void next(json_writer *w) {
    if (w->filled)
        text_append_char(w->to->out, ',');
    if (w->depth > 0)
        break_line(w);
    w->filled = true;
}

static void member(json_writer *w, const char *name) {
    if (!w->named)
        next(w);
    w->named = false;
    if (name != NULL)
        text_append_format(w->to->out, "\"%s\": ", name);
}

void json_name(json_writer *w, const char *name) {
    next(w);
    report_json_string(w->to, name);
    text_append_string(w->to->out, ": ");
    w->named = true;
}

static void open_bracket(json_writer *w, char bracket) {
    text_append_char(w->to->out, bracket);
    w->depth++;
    w->filled = false;
}

void json_begin(json_writer *w, const char *name, char bracket) {
    member(w, name);
    open_bracket(w, bracket);
}

void json_end(json_writer *w, char bracket) {
    w->depth--;
    if (w->filled)
        break_line(w);
    text_append_char(w->to->out, bracket);
    w->filled = true;
}

void json_put_string(json_writer *w, const char *name, const char *value) {
    if (value == NULL)
        return;
    member(w, name);
    report_json_string(w->to, value);
}

void json_put_masked(json_writer *w, const char *name, const text *masked) {
    member(w, name);
    append_json(w->to->out, text_peek(masked), masked->length);
    w->to->out->failed = w->to->out->failed || masked->failed;
}

void json_put_bytes(json_writer *w, const char *name, recorded_bytes value) {
    text masked = TEXT_EMPTY;
    report_masked(w->to, value, &masked);
    json_put_masked(w, name, &masked);
    text_free(&masked);
}

void json_put_integer(json_writer *w, const char *name, long long value) {
    member(w, name);
    text_append_format(w->to->out, "%lld", value);
}

void json_put_milliseconds(json_writer *w, const char *name, double seconds) {
    member(w, name);
    text_append_format(w->to->out, "%.1f", seconds * 1000);
}

void json_put_time(json_writer *w, const char *name, double seconds) {
    member(w, name);
    text_append_char(w->to->out, '"');
    append_time(w->to->out, seconds, true);
    text_append_char(w->to->out, '"');
}

void json_put_boolean(json_writer *w, const char *name, bool value) {
    member(w, name);
    text_append_string(w->to->out, value ? "true" : "false");
}

void json_put_null(json_writer *w, const char *name) {
    member(w, name);
    text_append_string(w->to->out, "null");
}

/* ---- Values ---- */

static void put_json(json_writer *w, const json_t *value);

static void put_members(json_writer *w, json_t *object) {
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        next(w);
        append_json(w->to->out, json_object_iter_key(at), json_object_iter_key_len(at));
        text_append_string(w->to->out, ": ");
        put_json(w, json_object_iter_value(at));
    }
}

static void put_json(json_writer *w, const json_t *value) {
    size_t index;
    json_t *item;
    if (json_is_object(value)) {
        open_bracket(w, '{');
        put_members(w, (json_t *)value);
        json_end(w, '}');
    } else if (json_is_array(value)) {
        open_bracket(w, '[');
        json_array_foreach(value, index, item) {
            next(w);
            put_json(w, item);
        }
        json_end(w, ']');
    } else if (json_is_string(value)) {
        append_json(w->to->out, json_string_value(value), json_string_length(value));
    } else {
        json_text_append(w->to->out, value);
    }
}

void json_put_value(json_writer *w, const char *name, recorded_bytes value) {
    json_t *parsed = NULL;
    json_text_status status = value.bytes == NULL || value.length < value.full
                                  ? JSON_TEXT_INVALID
                                  : json_text_parse(value.bytes, value.length, &parsed, NULL);
    json_t *masked = status == JSON_TEXT_OK ? mask_json(w->to->secrets, parsed) : NULL;
    if (status == JSON_TEXT_INVALID) {
        json_put_bytes(w, name, value);
    } else if (masked == NULL) {
        w->to->out->failed = true;
    } else {
        member(w, name);
        put_json(w, masked);
    }
    json_decref(masked);
    json_decref(parsed);
}

const char *shown_header(const report_writer *writer, const arazzo_header *header) {
    return mask_hides_header(writer->secrets, header->name) ? "***" : header->value;
}
