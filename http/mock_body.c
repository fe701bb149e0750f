/*
 * mock_body.c: a value as it is written in a media type: JSON, server-sent events, text, XML (OpenAPI 3.1.1, "XML
 * Object", its `name` only).
 */
#include <stdlib.h>
#include <string.h>

#include "http/mock_internal.h"

bool mock_is_json(const char *name) {
    size_t length = strcspn(name, "; ");
    return (length == 16 && strncmp(name, "application/json", 16) == 0) ||
           (length == 9 && strncmp(name, "text/json", 9) == 0) ||
           (length > 5 && strncmp(name + length - 5, "+json", 5) == 0) || strchr(name, '*') != NULL;
}

static void append_json(text *out, const json_t *value) {
    char *shown = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    if (shown == NULL)
        out->failed = true;
    else
        text_append_string(out, shown);
    free(shown);
}

/* A string as it is; anything else as JSON. */
static void append_plain(text *out, const json_t *value) {
    if (json_is_string(value))
        text_append(out, json_string_value(value), json_string_length(value));
    else
        append_json(out, value);
}

/* ---- Events (WHATWG HTML, "Server-sent events") ---- */

static const char *const event_fields[] = {"event", "id", "retry", "data"};

enum { EVENT_FIELDS = sizeof event_fields / sizeof *event_fields };

/* An object that has nothing but an event's fields is an event; anything else is the data of one. */
static bool is_event(const json_t *value) {
    size_t known = 0;
    for (size_t i = 0; i < EVENT_FIELDS; i++)
        known += json_object_get(value, event_fields[i]) != NULL;
    return json_object_get(value, "data") != NULL && known == json_object_size(value);
}

/* One line for each line of the value. */
static void append_field(text *out, const char *name, const json_t *value) {
    text shown = TEXT_EMPTY;
    append_plain(&shown, value);
    out->failed = out->failed || shown.failed;
    const char *line = text_peek(&shown);
    for (size_t length;; line += length + 1) {
        length = strcspn(line, "\n");
        text_append_format(out, "%s: %.*s\n", name, (int)length, line);
        if (line[length] == '\0')
            break;
    }
    text_free(&shown);
}

static void append_event(text *out, const json_t *value) {
    bool event = is_event(value);
    for (size_t i = 0; event && i < EVENT_FIELDS; i++)
        if (json_object_get(value, event_fields[i]) != NULL)
            append_field(out, event_fields[i], json_object_get(value, event_fields[i]));
    if (!event)
        append_field(out, "data", value);
    text_append_char(out, '\n');
}

static void append_events(text *out, const json_t *value) {
    if (json_is_string(value)) { /* an example of the stream itself */
        append_plain(out, value);
        return;
    }
    for (size_t i = 0; json_is_array(value) && i < json_array_size(value); i++)
        append_event(out, json_array_get(value, i));
    if (!json_is_array(value))
        append_event(out, value);
}

/* ---- XML ---- */

static void append_escaped(text *out, const json_t *value) {
    text plain = TEXT_EMPTY;
    append_plain(&plain, value);
    for (const char *at = text_peek(&plain); *at != '\0'; at++) {
        if (*at == '<')
            text_append_string(out, "&lt;");
        else if (*at == '&')
            text_append_string(out, "&amp;");
        else if ((unsigned char)*at >= 0x20 || *at == '\t' || *at == '\n')
            text_append_char(out, *at);
    }
    out->failed = out->failed || plain.failed;
    text_free(&plain);
}

/* A member's name as an element's: what XML does not allow in one becomes `_`. */
static void append_name(text *out, const char *name) {
    bool starts = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') || *name == '_';
    if (!starts)
        text_append_char(out, '_');
    for (; *name != '\0'; name++)
        text_append_char(out, strchr(" \t\r\n<>&\"'/=!?@:", *name) == NULL ? *name : '_');
}

/* Arrays repeat the element of their name. The depth is that of the sample, which is bounded. */
static void append_element(text *out, const char *name, const json_t *value) {
    for (size_t i = 0; json_is_array(value) && i < json_array_size(value); i++)
        append_element(out, name, json_array_get(value, i));
    if (json_is_array(value))
        return;
    text_append_char(out, '<');
    append_name(out, name);
    text_append_char(out, '>');
    const char *key;
    json_t *member;
    if (json_is_object(value)) {
        json_object_foreach((json_t *)value, key, member) append_element(out, key, member);
    } else if (!json_is_null(value)) {
        append_escaped(out, value);
    }
    text_append_string(out, "</");
    append_name(out, name);
    text_append_char(out, '>');
}

/* The root element's name: `xml.name`, else the referenced schema's, else a word. */
static const char *root_name(const api *description, located schema) {
    const node *reference = schema.value == NULL ? NULL : node_get(schema.value, "$ref");
    located resolved = api_resolve(description, schema);
    const node *xml = resolved.value == NULL ? NULL : node_get(resolved.value, "xml");
    const node *own = xml == NULL ? NULL : node_get(xml, "name");
    const char *name = own == NULL ? NULL : node_string(own, NULL);
    const char *uri = reference == NULL ? NULL : node_string(reference, NULL);
    if (name == NULL && uri != NULL)
        name = strrchr(uri, '/') == NULL ? NULL : strrchr(uri, '/') + 1;
    return name == NULL ? "root" : name;
}

static void append_xml(text *out, const char *name, const json_t *value) {
    text_append_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    if (!json_is_array(value)) {
        append_element(out, name, value);
        return;
    }
    text_append_string(out, "<list>");
    append_element(out, name, value);
    text_append_string(out, "</list>");
}

/* ---- Any ---- */

static bool is_xml(const char *name) {
    size_t length = strcspn(name, "; ");
    return length >= 4 && (strncmp(name + length - 4, "/xml", 4) == 0 || strncmp(name + length - 4, "+xml", 4) == 0);
}

void mock_append_body(text *out, const api *description, const media_type *type, const json_t *value) {
    if (strncmp(type->name, "text/event-stream", 17) == 0)
        append_events(out, value);
    else if (mock_is_json(type->name))
        append_json(out, value);
    else if (is_xml(type->name) && !json_is_string(value))
        append_xml(out, root_name(description, type->schema), value);
    else
        append_plain(out, value);
}
