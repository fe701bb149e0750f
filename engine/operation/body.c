/*
 * body.c: a payload in the media type that it is sent as: JSON, forms, multipart, text. Sections "Media Type Object",
 * "Encoding Object".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/operation/operation_internal.h"
#include "runtime-expr/json_text.h"

static bool media_type_is(const char *name, const char *wanted) {
    size_t length = strcspn(name, "; \t");
    return length == strlen(wanted) && strncasecmp(name, wanted, length) == 0;
}

static bool is_json(const char *name) {
    size_t length = strcspn(name, "; \t");
    return media_type_is(name, "application/json") || media_type_is(name, "text/json") ||
           (length > 5 && strncasecmp(name + length - 5, "+json", 5) == 0);
}

/*
 * A string whose text is JSON is a template that was filled in ("A JSON templated example"), and goes as it is; any
 * other string is a JSON string. A template whose quoted placeholders became objects is no JSON any more: its braces
 * tell that it was meant to be.
 */
static void write_json(text *out, const json_t *payload) {
    const char *string = json_string_value(payload);
    size_t length = json_string_length(payload);
    json_t *parsed = NULL;
    if (string != NULL && json_text_parse(string, length, &parsed, NULL) == JSON_TEXT_NO_MEMORY)
        out->failed = true;
    size_t first = string == NULL ? 0 : strspn(string, " \t\r\n");
    if (parsed != NULL || (string != NULL && (string[first] == '{' || string[first] == '[')))
        text_append(out, string, length);
    else
        json_text_append(out, payload);
    json_decref(parsed);
}

/* ---- Forms ---- */

typedef struct form {
    const api *description;
    const media_type *type; /* NULL: the operation declares none */
    text *out;
    size_t written;
} form;

static const node *encoding_of(const form *f, const char *name) {
    const node *map =
        f->type == NULL || f->type->object.value == NULL ? NULL : node_get(f->type->object.value, "encoding");
    return map == NULL ? NULL : node_get(map, name);
}

static void append_form_pair(form *f, const char *name, const text *value) {
    if (f->written++ > 0)
        text_append_char(f->out, '&');
    append_form_encoded(f->out, name, strlen(name));
    text_append_char(f->out, '=');
    append_form_encoded(f->out, text_peek(value), value->length);
    f->out->failed = f->out->failed || value->failed;
}

/* With `style`, `explode` or `allowReserved` a property is written as a query parameter is. */
static bool append_styled(form *f, const char *name, const json_t *value, const node *encoding, char *error,
                          size_t size) {
    const node *style = node_get(encoding, "style"), *explode = node_get(encoding, "explode");
    const node *reserved = node_get(encoding, "allowReserved");
    const char *style_name = style == NULL ? "form" : node_string(style, NULL);
    operation_parameter declared = {.name = name, .in = PARAMETER_QUERY, .style = STYLE_FORM};
    if (style_name != NULL && strcmp(style_name, "deepObject") == 0)
        declared.style = STYLE_DEEP_OBJECT;
    else if (style_name != NULL && strcmp(style_name, "spaceDelimited") == 0)
        declared.style = STYLE_SPACE_DELIMITED;
    else if (style_name != NULL && strcmp(style_name, "pipeDelimited") == 0)
        declared.style = STYLE_PIPE_DELIMITED;
    declared.explode = explode != NULL ? node_boolean(explode) : declared.style == STYLE_FORM;
    declared.allow_reserved = reserved != NULL && node_boolean(reserved);
    text pair = TEXT_EMPTY;
    bool right = parameter_serialize(&declared, value, &pair, error, size);
    if (right && pair.length > 0) {
        if (f->written++ > 0)
            text_append_char(f->out, '&');
        text_append(f->out, text_peek(&pair), pair.length);
    }
    f->out->failed = f->out->failed || pair.failed;
    text_free(&pair);
    return right;
}

/* The default: scalars as text, arrays by repetition, objects as JSON (OpenAPI 3.2.0, "Encoding Object", contentType).
 */
static void append_property(form *f, const char *name, const json_t *value) {
    size_t index;
    json_t *item;
    if (json_is_array(value)) {
        json_array_foreach(value, index, item) append_property(f, name, item);
        return;
    }
    if (json_is_null(value))
        return;
    text plain = TEXT_EMPTY;
    append_plain(&plain, value);
    append_form_pair(f, name, &plain);
    text_free(&plain);
}

static bool has_style(const node *encoding) {
    return encoding != NULL && (node_get(encoding, "style") != NULL || node_get(encoding, "explode") != NULL ||
                                node_get(encoding, "allowReserved") != NULL);
}

static bool write_form(form *f, const json_t *payload, char *error, size_t size) {
    const char *name;
    json_t *value;
    if (json_is_string(payload)) {
        append_plain(f->out, payload);
        return true;
    }
    if (!json_is_object(payload)) {
        snprintf(error, size, "a form takes an object, or a string that is one already");
        return false;
    }
    json_object_foreach((json_t *)payload, name, value) {
        const node *encoding = encoding_of(f, name);
        if (!has_style(encoding))
            append_property(f, name, value);
        else if (!append_styled(f, name, value, encoding, error, size))
            return false;
    }
    return true;
}

/* ---- multipart/form-data (RFC 7578) ---- */

/* A boundary that does not occur in the parts: the same parts always give the same one. */
static void make_boundary(const text *parts, char *boundary, size_t size) {
    for (unsigned attempt = 0;; attempt++) {
        unsigned long hash = 5381 + attempt;
        for (size_t i = 0; i < parts->length; i++)
            hash = (hash * 33) ^ (unsigned char)parts->bytes[i];
        snprintf(boundary, size, "arazzo-%016lx", hash);
        if (parts->bytes == NULL || strstr(parts->bytes, boundary) == NULL)
            return;
    }
}

/* Names are quoted; quotes and line breaks in them are percent-encoded, as browsers do. */
static void append_part_name(text *out, const char *name) {
    for (; *name != '\0'; name++) {
        if (*name == '"')
            text_append_string(out, "%22");
        else if (*name == '\r' || *name == '\n')
            text_append_string(out, *name == '\r' ? "%0D" : "%0A");
        else
            text_append_char(out, *name);
    }
}

static bool is_binary(const form *f, const char *name) {
    const node *schema = f->type == NULL ? NULL : f->type->schema.value;
    located properties = {NULL, NULL};
    if (schema != NULL) {
        located resolved = api_resolve(f->description, f->type->schema);
        properties = (located){resolved.owner, resolved.value == NULL ? NULL : node_get(resolved.value, "properties")};
    }
    const node *property = properties.value == NULL ? NULL : node_get(properties.value, name);
    const node *format = property == NULL ? NULL : node_get(property, "format");
    const char *known = format == NULL ? NULL : node_string(format, NULL);
    return known != NULL && strcmp(known, "binary") == 0;
}

static const char *part_type(const form *f, const char *name, const json_t *value) {
    const node *encoding = encoding_of(f, name);
    const node *type = encoding == NULL ? NULL : node_get(encoding, "contentType");
    const char *given = type == NULL ? NULL : node_string(type, NULL);
    if (given != NULL && strchr(given, ',') == NULL && strpbrk(given, "*\r\n") == NULL)
        return given;
    if (json_is_object(value) || json_is_array(value))
        return "application/json";
    return is_binary(f, name) ? "application/octet-stream" : "text/plain";
}

/* The boundary is put in later: a line of its own marks where. */
static const char boundary_mark[] = "\x01\x02";

static void append_part(form *f, const char *name, const json_t *value) {
    size_t index;
    json_t *item;
    if (json_is_array(value)) {
        json_array_foreach(value, index, item) append_part(f, name, item);
        return;
    }
    const char *type = part_type(f, name, value);
    text_append(f->out, boundary_mark, 2);
    text_append_string(f->out, "\r\nContent-Disposition: form-data; name=\"");
    append_part_name(f->out, name);
    text_append_char(f->out, '"');
    if (strcmp(type, "text/plain") != 0 && strcmp(type, "application/json") != 0) {
        text_append_string(f->out, "; filename=\"");
        append_part_name(f->out, name);
        text_append_char(f->out, '"');
    }
    if (strcmp(type, "text/plain") != 0)
        text_append_format(f->out, "\r\nContent-Type: %s", type);
    text_append_string(f->out, "\r\n\r\n");
    append_plain(f->out, value);
    text_append_string(f->out, "\r\n");
}

static void put_boundary(const text *parts, const char *boundary, text *out) {
    for (size_t i = 0; i < parts->length;) {
        bool mark = i + 1 < parts->length && memcmp(parts->bytes + i, boundary_mark, 2) == 0;
        if (mark)
            text_append_format(out, "--%s", boundary);
        else
            text_append_char(out, parts->bytes[i]);
        i += mark ? 2 : 1;
    }
    text_append_format(out, "--%s--\r\n", boundary);
}

static bool write_multipart(form *f, const json_t *payload, arena *memory, const char **content_type, char *error,
                            size_t size) {
    const char *name;
    json_t *value;
    if (!json_is_object(payload)) {
        snprintf(error, size, "multipart/form-data takes an object, one member for each part");
        return false;
    }
    text *out = f->out, parts = TEXT_EMPTY;
    f->out = &parts;
    json_object_foreach((json_t *)payload, name, value) append_part(f, name, value);
    f->out = out;
    char boundary[32], header[96];
    make_boundary(&parts, boundary, sizeof boundary);
    put_boundary(&parts, boundary, out);
    int length = snprintf(header, sizeof header, "multipart/form-data; boundary=%s", boundary);
    *content_type = arena_copy(memory, header, (size_t)length);
    out->failed = out->failed || parts.failed || *content_type == NULL;
    text_free(&parts);
    return true;
}

bool body_serialize(const api *description, const char *name, const media_type *type, const json_t *payload,
                    arena *memory, text *out, const char **content_type, char *error, size_t error_size) {
    form f = {.description = description, .type = type, .out = out};
    *content_type = name;
    if (is_json(name))
        write_json(out, payload);
    else if (media_type_is(name, "application/x-www-form-urlencoded"))
        return write_form(&f, payload, error, error_size);
    else if (media_type_is(name, "multipart/form-data"))
        return write_multipart(&f, payload, memory, content_type, error, error_size);
    else
        append_plain(out, payload);
    return true;
}
