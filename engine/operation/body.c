/*
 * body.c: a payload in the media type that it is sent as: JSON, sequences of JSON, forms, text. Sections "Media Type
 * Object", "Encoding Object"; for Swagger 2.0 the fields in `formData`.
 *
 * A member of a form that is an object goes as JSON text within the form unless its encoding says otherwise: that is
 * the default of the Encoding Object's `contentType`, and the specification's own example.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/operation/operation_internal.h"
#include "runtime-expr/json_text.h"

/* ---- JSON ---- */

/* Is the string JSON text? Memory that ran short is marked in `out`. */
static bool is_json_text(const json_t *value, text *out) {
    json_t *parsed;
    json_text_status status = json_text_parse(json_string_value(value), json_string_length(value), &parsed, NULL);
    if (status == JSON_TEXT_NO_MEMORY)
        out->failed = true;
    json_decref(parsed);
    return status == JSON_TEXT_OK;
}

static bool looks_like_structure(const json_t *value) {
    const char *bytes = json_string_value(value);
    char first = bytes[strspn(bytes, " \t\r\n")];
    return first == '{' || first == '[';
}

/*
 * A string whose text is JSON is a template that was filled in ("A JSON templated example"), and goes as it is; so does
 * one that was plainly meant to be, and whose placeholders spoiled it. Any other string is a JSON string.
 */
static void append_json(text *out, const json_t *value) {
    if (json_is_string(value) && (looks_like_structure(value) || is_json_text(value, out)))
        text_append(out, json_string_value(value), json_string_length(value));
    else
        json_text_append(out, value);
}

/* One value in a line; in application/json-seq (RFC 7464) after a record separator. */
static void append_json_sequence(text *out, const char *type, const json_t *value) {
    bool records = media_is(type, "application/json-seq") || strstr(type, "+json-seq") != NULL;
    for (size_t i = 0; i < json_array_size(value); i++) {
        text_append_string(out, records ? "\x1E" : "");
        json_text_append(out, json_array_get(value, i));
        text_append_char(out, '\n');
    }
}

void body_append_value(text *out, const char *type, const json_t *value) {
    if (media_is_json(type))
        append_json(out, value);
    else if (media_is_json_sequence(type) && json_is_array(value))
        append_json_sequence(out, type, value);
    else
        append_plain(out, value);
}

/* ---- Encodings ---- */

body_encoding encoding_read(located object) {
    body_encoding made = {.object = object, .style = STYLE_FORM};
    if (object.value == NULL)
        return made;
    const char *style = string_field(object.value, "style");
    const node *explode = node_get(object.value, "explode");
    made.styled = style != NULL || explode != NULL || node_get(object.value, "allowReserved") != NULL;
    if (style != NULL)
        style_from(style, &made.style);
    made.explode = explode != NULL ? node_boolean(explode) : made.style == STYLE_FORM;
    made.allow_reserved = boolean_field(object.value, "allowReserved");
    made.content_type = string_field(object.value, "contentType");
    return made;
}

body_encoding encoding_of(const body_writer *w, const char *name) {
    const operation_details *details = w->op->details;
    for (size_t i = 0; i < details->field_count; i++)
        if (strcmp(details->fields[i].name, name) == 0)
            return (body_encoding){.styled = true,
                                   .style = details->fields[i].style,
                                   .explode = details->fields[i].explode,
                                   .file = details->fields[i].file};
    located type = w->declared == NULL ? (located){NULL, NULL} : w->declared->object;
    const node *map = type.value == NULL ? NULL : node_get(type.value, "encoding");
    return encoding_read(in_document(type, map == NULL ? NULL : node_get(map, name)));
}

located body_resolve(const body_writer *w, located from) {
    resolution found = resolve_reference(w->op->description, from);
    w->out->failed = w->out->failed || found.no_memory;
    return found.target;
}

located body_member_schema(const body_writer *w, const char *name) {
    located nothing = {NULL, NULL};
    located schema = w->declared == NULL ? nothing : body_resolve(w, w->declared->schema);
    const node *properties = schema.value == NULL ? NULL : node_get(schema.value, "properties");
    return body_resolve(w, in_document(schema, properties == NULL ? NULL : node_get(properties, name)));
}

/* ---- application/x-www-form-urlencoded ---- */

static void append_form_text(text *out, const char *name, size_t length, const text *value) {
    if (out->length > 0)
        text_append_char(out, '&');
    append_form_encoded(out, name, length);
    text_append_char(out, '=');
    append_form_encoded(out, text_peek(value), value->length);
    out->failed = out->failed || value->failed;
}

static void append_form_value(text *out, const char *name, size_t length, const char *type, const json_t *value) {
    text plain = TEXT_EMPTY;
    if (json_is_null(value))
        return;
    body_append_value(&plain, type, value);
    append_form_text(out, name, length, &plain);
    text_free(&plain);
}

/* The default: scalars as text, an array's items one by one under the same name, objects as JSON. */
void body_append_field(text *out, const char *name, size_t length, const json_t *value) {
    if (!json_is_array(value))
        append_form_value(out, name, length, "text/plain", value);
    for (size_t i = 0; i < json_array_size(value); i++)
        append_form_value(out, name, length, "text/plain", json_array_get(value, i));
}

/* With a content type the value is written in it; before 3.2, which says "each item", an array as one JSON value. */
static void append_typed_field(const body_writer *w, const char *name, size_t length, const char *type,
                               const json_t *value) {
    bool whole = w->op->description->version < API_OPENAPI_3_2 && media_is_json(type);
    if (!json_is_array(value) || whole)
        append_form_value(w->out, name, length, type, value);
    for (size_t i = 0; !whole && i < json_array_size(value); i++)
        append_form_value(w->out, name, length, type, json_array_get(value, i));
}

/* Swagger 2.0: an array in its collectionFormat. */
static void append_collection(text *out, const char *name, size_t length, const body_encoding *by,
                              const json_t *value) {
    if (!by->styled || by->explode || !json_is_array(value)) {
        body_append_field(out, name, length, value);
        return;
    }
    if (!value_is_defined(value))
        return;
    text nothing = TEXT_EMPTY;
    append_form_text(out, name, length, &nothing);
    append_joined(out, by->style, ENCODE_FORM, NULL, value);
}

/* With `style`, `explode` or `allowReserved` a member is written as a query parameter is. */
static bool append_styled_field(body_writer *w, const char *name, const body_encoding *by, const json_t *value) {
    operation_parameter declared = {.name = name,
                                    .in = PARAMETER_QUERY,
                                    .style = by->style,
                                    .explode = by->explode,
                                    .allow_reserved = by->allow_reserved};
    text pair = TEXT_EMPTY;
    bool right = parameter_serialize(&declared, value, &pair, w->error, w->error_size);
    if (right && pair.length > 0) {
        if (w->out->length > 0)
            text_append_char(w->out, '&');
        text_append(w->out, text_peek(&pair), pair.length);
    }
    w->out->failed = w->out->failed || pair.failed;
    text_free(&pair);
    return right;
}

static bool append_form_member(void *user, const char *name, size_t length, const json_t *value) {
    body_writer *w = user;
    body_encoding by = encoding_of(w, name);
    if (w->op->description->version == API_SWAGGER_2_0)
        append_collection(w->out, name, length, &by, value);
    else if (!by.styled && by.content_type != NULL)
        append_typed_field(w, name, length, by.content_type, value);
    else if (!by.styled)
        body_append_field(w->out, name, length, value);
    else
        return append_styled_field(w, name, &by, value);
    return true;
}

static bool write_form(body_writer *w, const json_t *payload) {
    const char *name;
    size_t length;
    json_t *value;
    if (json_is_string(payload)) {
        append_plain(w->out, payload);
        return true;
    }
    if (!json_is_object(payload)) {
        body_fail(w, "a form takes an object, or a string that is a form already");
        return false;
    }
    json_object_keylen_foreach((json_t *)payload, name, length, value) {
        if (!form_write_member(w, name, length, value, append_form_member, w))
            return false;
    }
    return true;
}

/* ---- The body ---- */

static const char *note_about(const char *type, const json_t *payload, text *out) {
    if (media_is_json(type) && json_is_string(payload) && looks_like_structure(payload) && !is_json_text(payload, out))
        return "the text of the body is no JSON, though its media type says so";
    if (media_is_xml(type) && !json_is_string(payload))
        return "the body goes as JSON text, though its media type says XML: give the XML as a string";
    return NULL;
}

void body_fail(const body_writer *w, const char *sentence) {
    snprintf(w->error, w->error_size, "%s", sentence);
}

bool body_can_carry(const body_writer *w, const char *type, const json_t *value) {
    bool structured = json_is_object(value) || json_is_array(value);
    if ((!structured && !media_is_json(type) && !media_is_json_sequence(type)) || json_text_is_text(value))
        return true;
    body_fail(w, "JSON cannot carry bytes that are no UTF-8: give them as Base64");
    return false;
}

bool body_write(body_writer *w, const json_t *payload) {
    if (media_is(w->content_type, "application/x-www-form-urlencoded"))
        return write_form(w, payload);
    if (media_is_multipart(w->content_type))
        return multipart_write(w, payload);
    if (!body_can_carry(w, w->content_type, payload))
        return false;
    w->note = note_about(w->content_type, payload, w->out);
    body_append_value(w->out, w->content_type, payload);
    return true;
}
