/*
 * sequence.c: sequential media types as arrays of their items (OpenAPI 3.2.0, "Sequential Media Types" and "Special
 * Considerations for Server-Sent Events"): JSON values line by line or after a record separator (RFC 7464), and events
 * (WHATWG HTML, section 9.2.6).
 */
#include "engine/operation/sequence.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/operation/operation.h"
#include "runtime-expr/json_text.h"

bool sequence_is(const char *type) {
    return media_is(type, "text/event-stream") || media_is_json_sequence(type);
}

/* ---- JSON values ---- */

static bool is_blank(const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (memchr(" \t\r\n", bytes[i], 4) == NULL)
            return false;
    return true;
}

static json_t *json_items(const char *bytes, size_t length, sequence_problem *problem) {
    json_t *made = json_array();
    problem->no_memory = made == NULL;
    for (size_t at = 0; at < length && made != NULL;) {
        size_t end = at;
        while (end < length && bytes[end] != '\n' && bytes[end] != '\x1e')
            end++;
        if (!is_blank(bytes + at, end - at)) {
            json_t *item = NULL;
            json_text_status status = json_text_parse(bytes + at, end - at, &item, NULL);
            problem->no_memory =
                status == JSON_TEXT_NO_MEMORY || (item != NULL && json_array_append_new(made, item) != 0);
            problem->invalid = status == JSON_TEXT_INVALID;
            if (problem->no_memory || problem->invalid) {
                problem->index = json_array_size(made);
                json_decref(made);
                return NULL;
            }
        }
        at = end + 1;
    }
    return made;
}

/* ---- Events ---- */

typedef struct event {
    json_t *fields; /* NULL: none so far */
    text data;
    bool has_data;
    bool failed;
} event;

static void put(event *made, const char *name, json_t *value) {
    if (made->fields == NULL)
        made->fields = json_object();
    if (json_object_set_new(made->fields, name, value) != 0)
        made->failed = true;
}

static bool is_digits(const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (bytes[i] < '0' || bytes[i] > '9')
            return false;
    return length > 0 && length < 18;
}

/* A line `field: value`; one space after the colon does not belong to the value. Unknown fields are ignored. */
static void read_field(event *made, const char *line, size_t length) {
    const char *colon = memchr(line, ':', length);
    size_t name = colon == NULL ? length : (size_t)(colon - line);
    const char *value = colon == NULL ? "" : colon + 1;
    size_t size = colon == NULL ? 0 : length - name - 1;
    if (size > 0 && *value == ' ') {
        value++;
        size--;
    }
    if (name == 4 && memcmp(line, "data", 4) == 0) {
        text_append(&made->data, made->has_data ? "\n" : "", made->has_data);
        text_append(&made->data, value, size);
        made->has_data = true;
    } else if (name == 5 && memcmp(line, "event", 5) == 0) {
        put(made, "event", json_stringn(value, size));
    } else if (name == 2 && memcmp(line, "id", 2) == 0 && memchr(value, '\0', size) == NULL) {
        put(made, "id", json_stringn(value, size));
    } else if (name == 5 && memcmp(line, "retry", 5) == 0 && is_digits(value, size)) {
        put(made, "retry", json_integer(strtoll(value, NULL, 10)));
    }
}

/* An event without data is none. */
static void dispatch(event *made, const sequence_data *read, json_t *into) {
    if (made->has_data) {
        put(made, "data", read->value(read->user, text_peek(&made->data), made->data.length));
        if (made->failed || made->data.failed || json_array_append(into, made->fields) != 0)
            made->failed = true;
    }
    json_decref(made->fields);
    made->fields = NULL;
    text_truncate(&made->data, 0);
    made->has_data = false;
}

/* What no blank line ends is incomplete, and left out. The bytes are UTF-8. */
static json_t *event_items(const char *bytes, size_t length, const sequence_data *read, sequence_problem *problem) {
    event next = {.data = TEXT_EMPTY};
    json_t *made = json_array();
    size_t at = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    next.failed = made == NULL;
    while (at < length && !next.failed) {
        size_t end = at;
        while (end < length && bytes[end] != '\n' && bytes[end] != '\r')
            end++;
        if (end == at)
            dispatch(&next, read, made);
        else if (bytes[at] != ':')
            read_field(&next, bytes + at, end - at);
        at = end + (end + 1 < length && bytes[end] == '\r' && bytes[end + 1] == '\n' ? 2 : 1);
    }
    problem->no_memory = next.failed;
    json_decref(next.fields);
    text_free(&next.data);
    if (!next.failed)
        return made;
    json_decref(made);
    return NULL;
}

json_t *sequence_items(const char *type, const char *bytes, size_t length, const sequence_data *read,
                       sequence_problem *problem) {
    *problem = (sequence_problem){.index = 0};
    if (media_is(type, "text/event-stream"))
        return event_items(bytes, length, read, problem);
    return json_items(bytes, length, problem);
}

/* ---- Counting ---- */

static void end_line(sequence_counter *at, bool events) {
    bool blank = at->column == 0;
    if (events && blank && at->has_data)
        at->count++;
    else if (!events && at->filled)
        at->count++;
    if (events)
        at->has_data = !blank && (at->has_data || (at->data && at->column >= 4));
    at->column = 0;
    at->filled = false;
    at->data = true;
}

/* `data`, alone or before a colon; other fields may begin like it. */
static void take_byte(sequence_counter *at, char byte) {
    static const char field[] = "data:";
    if (at->column == 0)
        at->data = true;
    if (at->column < sizeof field - 1)
        at->data = at->data && byte == field[at->column];
    at->column++;
    at->filled = at->filled || memchr(" \t\r", byte, 3) == NULL;
}

/* A byte order mark is no part of the first line: true when the byte may belong to one. */
static bool takes_mark(sequence_counter *at, char byte) {
    static const char mark[] = "\xEF\xBB\xBF";
    if (!at->begun && byte == mark[at->marked]) {
        at->begun = ++at->marked == sizeof mark - 1;
        return true;
    }
    if (!at->begun && at->marked > 0) {
        at->column = at->marked; /* it was none */
        at->data = false;
    }
    at->begun = true;
    return false;
}

size_t sequence_count(sequence_counter *at, const char *type, size_t most, const char *bytes, size_t length) {
    bool events = media_is(type, "text/event-stream");
    for (size_t i = 0; i < length; i++) {
        if (at->count >= most)
            return i;
        if (events && takes_mark(at, bytes[i]))
            continue;
        bool second = at->after_cr && bytes[i] == '\n';
        at->after_cr = events && bytes[i] == '\r';
        if (second)
            continue;
        if (bytes[i] == '\n' || at->after_cr || (!events && bytes[i] == '\x1e'))
            end_line(at, events);
        else
            take_byte(at, bytes[i]);
    }
    return length;
}
