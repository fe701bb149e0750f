/*
 * multipart.c: multipart bodies (RFC 2046, RFC 7578): a form by names, other subtypes by names or positions. Sections
 * "Encoding `multipart` Media Types", "Encoding By Position", "Nested Encoding".
 *
 * The boundary comes from the parts: the same payload always gives the same body.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/operation/operation_internal.h"

/* A part: its header fields, an empty line, its content. */
typedef struct part {
    const char *bytes;
    size_t length;
} part;

typedef struct part_list {
    body_writer *w;
    part *items;
    size_t count;
    size_t capacity;
} part_list;

/* ---- The list ---- */

static bool grow(part_list *parts) {
    part *items = arena_room(parts->w->memory, parts->items, parts->count, &parts->capacity, sizeof *items);
    if (items != NULL)
        parts->items = items;
    return items != NULL;
}

/* Takes over what was written and frees it. */
static void add_part(part_list *parts, text *whole) {
    const char *bytes = whole->failed ? NULL : arena_copy(parts->w->memory, text_peek(whole), whole->length);
    if (bytes != NULL && grow(parts))
        parts->items[parts->count++] = (part){bytes, whole->length};
    else
        parts->w->out->failed = true;
    text_free(whole);
}

/* ---- What a part is ---- */

/* The schema says that a string holds bytes: by `format` before 3.1, by `contentEncoding` or no type at all since. */
static bool is_binary(const body_writer *w, located schema) {
    static const char *const typed[] = {"type", "allOf", "anyOf", "oneOf", "enum", "const", "properties"};
    if (schema.value == NULL)
        return false;
    const char *format = string_field(schema.value, "format");
    if (format != NULL && strcmp(format, "binary") == 0)
        return true;
    if (w->op->description->version == API_OPENAPI_3_0)
        return format != NULL && strcmp(format, "byte") == 0;
    if (node_get(schema.value, "contentEncoding") != NULL)
        return true;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
        if (node_get(schema.value, typed[i]) != NULL)
            return false;
    return node_type(schema.value) == NODE_MAPPING;
}

/* The first of a list of media types that is no range. */
static const char *first_media_type(const char *list, arena *memory) {
    while (*list != '\0') {
        list += strspn(list, ", \t");
        size_t length = strcspn(list, ",");
        if (length > 0 && memchr(list, '*', length) == NULL)
            return arena_copy(memory, list, length);
        list += length;
    }
    return NULL;
}

/* The default by the value, and for strings by the schema ("Encoding Object", `contentType`). */
static const char *part_type(part_list *parts, const body_encoding *by, located schema, const json_t *value) {
    const char *given = by->content_type == NULL ? NULL : first_media_type(by->content_type, parts->w->memory);
    if (given != NULL && strpbrk(given, "\r\n") == NULL)
        return given;
    if (json_is_object(value) || json_is_array(value))
        return "application/json";
    bool bytes = by->file || by->content_type != NULL || (json_is_string(value) && is_binary(parts->w, schema));
    return bytes ? "application/octet-stream" : "text/plain";
}

/* Quotes and line breaks in names are percent-encoded, as browsers do. */
static void append_quoted(text *out, const char *name, size_t length) {
    text_append_char(out, '"');
    for (size_t i = 0; i < length; i++) {
        if (name[i] == '"' || name[i] == '\r' || name[i] == '\n' || name[i] == '\0')
            text_append_format(out, "%%%02X", (unsigned char)name[i]);
        else
            text_append_char(out, name[i]);
    }
    text_append_char(out, '"');
}

static bool is_file(const body_encoding *by, const char *type) {
    return by->file || !(strncasecmp(type, "text/", 5) == 0 || media_is_json(type) || media_is_xml(type) ||
                         media_is(type, "application/x-www-form-urlencoded") || media_is_multipart(type));
}

/* ---- Header fields of a part ---- */

/* The one value that a Header Object's schema allows, or its default: nobody else says what to send. */
static const char *fixed_value(const node *schema) {
    const node *value = node_get(schema, "const"), *choices = node_get(schema, "enum");
    if (value == NULL && choices != NULL && node_count(choices) == 1)
        value = node_item(choices, 0);
    if (value == NULL)
        value = node_get(schema, "default");
    return value == NULL ? NULL : node_source(value, NULL);
}

static bool is_field_name(const char *name) {
    for (const char *at = name; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && strchr("!#$%&'*+-.^_`|~", *at) == NULL)
            return false;
    return *name != '\0';
}

static void append_declared_fields(const body_writer *w, const body_encoding *by, text *out) {
    const node *headers = by->object.value == NULL ? NULL : node_get(by->object.value, "headers");
    for (size_t i = 0; headers != NULL && node_key(headers, i) != NULL; i++) {
        const char *name = node_string(node_key(headers, i), NULL);
        located header = body_resolve(w, in_document(by->object, node_value(headers, i)));
        const node *schema = header.value == NULL ? NULL : node_get(header.value, "schema");
        located resolved = body_resolve(w, in_document(header, schema));
        const char *value = resolved.value == NULL ? NULL : fixed_value(resolved.value);
        if (value != NULL && strpbrk(value, "\r\n") == NULL && is_field_name(name) &&
            strcasecmp(name, "Content-Type") != 0)
            text_append_format(out, "%s: %s\r\n", name, value);
    }
}

/* `contentEncoding` is as good as a Content-Transfer-Encoding (section of that name). */
static void append_transfer_encoding(located schema, const json_t *value, text *out) {
    const char *name = schema.value == NULL ? NULL : string_field(schema.value, "contentEncoding");
    if (name != NULL && json_is_string(value) && is_field_name(name))
        text_append_format(out, "Content-Transfer-Encoding: %s\r\n", name);
}

/* ---- Parts ---- */

/* The name of the file that the value was read from, else that of the part. */
static const char *file_name(const body_writer *w, const char *name, const json_t *value) {
    size_t length = json_string_length(value);
    for (size_t i = 0; length > 0 && i < w->file_count; i++)
        if (w->files[i].length == length && memcmp(w->files[i].bytes, json_string_value(value), length) == 0)
            return w->files[i].name;
    return name;
}

/* `name` NULL: a part without a name. `file` NULL: it is no file. */
static void start_part(text *out, const char *name, size_t length, const char *file) {
    if (name == NULL)
        return;
    text_append_string(out, "Content-Disposition: form-data; name=");
    append_quoted(out, name, length);
    if (file != NULL) {
        text_append_string(out, "; filename=");
        append_quoted(out, file, strlen(file));
    }
    text_append_string(out, "\r\n");
}

/* A part that is a multipart body itself. */
static bool append_nested(part_list *parts, const char *type, const body_encoding *by, located schema,
                          const json_t *value, text *content, const char **header) {
    media_type declared = {.name = type, .object = by->object, .schema = schema};
    body_writer nested = *parts->w;
    nested.declared = &declared;
    nested.out = content;
    nested.content_type = type;
    bool right = multipart_write(&nested, value);
    *header = nested.content_type;
    return right;
}

static bool append_part(part_list *parts, const char *name, size_t length, const body_encoding *by, located schema,
                        const json_t *value) {
    const char *type = part_type(parts, by, schema, value);
    text content = TEXT_EMPTY, whole = TEXT_EMPTY;
    bool right = true;
    if (media_is_multipart(type) && (json_is_array(value) || json_is_object(value)))
        right = append_nested(parts, type, by, schema, value, &content, &type);
    else if (body_can_carry(parts->w, type, value))
        body_append_value(&content, type, value);
    else
        right = false;
    start_part(&whole, name, length, is_file(by, type) ? file_name(parts->w, name, value) : NULL);
    if (strcmp(type, "text/plain") != 0)
        text_append_format(&whole, "Content-Type: %s\r\n", type);
    append_transfer_encoding(schema, value, &whole);
    append_declared_fields(parts->w, by, &whole);
    text_append_string(&whole, "\r\n");
    text_append(&whole, text_peek(&content), content.length);
    whole.failed = whole.failed || content.failed;
    text_free(&content);
    add_part(parts, &whole);
    return right;
}

static void append_plain_part(part_list *parts, const char *name, size_t length, const json_t *value) {
    text whole = TEXT_EMPTY;
    if (json_is_null(value))
        return;
    start_part(&whole, name, length, NULL);
    text_append_string(&whole, "\r\n");
    append_plain(&whole, value);
    add_part(parts, &whole);
}

/* deepObject: the names of a query, not percent-encoded. */
static bool append_deep_parts(part_list *parts, const text *name, const json_t *value, int depth) {
    const char *member_name;
    size_t length;
    json_t *member;
    bool right = depth > 0 && !name->failed;
    for (size_t i = 0; right && i < json_array_size(value); i++)
        right = append_deep_parts(parts, name, json_array_get(value, i), depth - 1);
    json_object_keylen_foreach((json_t *)value, member_name, length, member) {
        text deeper = TEXT_EMPTY;
        text_append(&deeper, text_peek(name), name->length);
        text_append_char(&deeper, '[');
        text_append(&deeper, member_name, length);
        text_append_char(&deeper, ']');
        right = right && append_deep_parts(parts, &deeper, member, depth - 1);
        parts->w->out->failed = parts->w->out->failed || deeper.failed;
        text_free(&deeper);
    }
    if (right && !json_is_array(value) && !json_is_object(value))
        append_plain_part(parts, text_peek(name), name->length, value);
    return right;
}

/* With `style` or `explode`: names and values as in a query, each pair a part, nothing percent-encoded. */
static bool append_styled_parts(part_list *parts, const char *name, size_t length, const body_encoding *by,
                                const json_t *value) {
    enum { DEEPEST = 32 };
    const char *member_name;
    size_t member_length;
    json_t *member;
    text joined = TEXT_EMPTY;
    if (!value_is_defined(value))
        return true;
    if (by->style == STYLE_DEEP_OBJECT && json_is_object(value)) {
        text_append(&joined, name, length);
        bool right = append_deep_parts(parts, &joined, value, DEEPEST);
        if (!right)
            snprintf(parts->w->error, parts->w->error_size, "'%s' is nested too deep", name);
        text_free(&joined);
        return right;
    }
    for (size_t i = 0; by->explode && i < json_array_size(value); i++)
        append_plain_part(parts, name, length, json_array_get(value, i));
    json_object_keylen_foreach(by->explode ? (json_t *)value : NULL, member_name, member_length, member)
        append_plain_part(parts, member_name, member_length, member);
    if (by->explode && (json_is_array(value) || json_is_object(value)))
        return true;
    start_part(&joined, name, length, NULL);
    text_append_string(&joined, "\r\n");
    append_joined(&joined, by->style, ENCODE_NOTHING, NULL, value);
    if (!json_is_array(value) && !json_is_object(value))
        append_plain(&joined, value);
    add_part(parts, &joined);
    return true;
}

/* Before 3.1, `style` and its like are for urlencoded forms only; a file of Swagger 2.0 is no styled value. */
static bool goes_by_style(const body_writer *w, const body_encoding *by) {
    return by->styled && !by->file && w->op->description->version != API_OPENAPI_3_0;
}

/* An array gives one part for each item, all under its name. */
static bool append_member(void *user, const char *name, size_t length, const json_t *value) {
    part_list *parts = user;
    body_writer *w = parts->w;
    body_encoding by = encoding_of(w, name);
    located schema = body_member_schema(w, name);
    if (json_is_null(value))
        return true;
    if (goes_by_style(w, &by))
        return append_styled_parts(parts, name, length, &by, value);
    if (!json_is_array(value) || (by.content_type != NULL && media_is_multipart(by.content_type)))
        return append_part(parts, name, length, &by, schema, value);
    const node *items = schema.value == NULL ? NULL : node_get(schema.value, "items");
    located item_schema = body_resolve(w, in_document(schema, items));
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!append_part(parts, name, length, &by, item_schema, json_array_get(value, i)))
            return false;
    return true;
}

/* Encoding by position: `prefixEncoding` and `itemEncoding`, as `prefixItems` and `items` are to an array. */
static located positional(const body_writer *w, located holder, const char *prefix, const char *rest, size_t index) {
    const node *list = holder.value == NULL ? NULL : node_get(holder.value, prefix);
    const node *at = list == NULL ? NULL : node_item(list, index);
    if (at == NULL && holder.value != NULL)
        at = node_get(holder.value, rest);
    return body_resolve(w, in_document(holder, at));
}

static bool append_items(part_list *parts, const json_t *payload) {
    const body_writer *w = parts->w;
    located nothing = {NULL, NULL};
    located type = w->declared == NULL ? nothing : w->declared->object;
    located schema = w->declared == NULL ? nothing : body_resolve(w, w->declared->schema);
    for (size_t i = 0; i < json_array_size(payload); i++) {
        body_encoding by = encoding_read(positional(w, type, "prefixEncoding", "itemEncoding", i));
        if (!append_part(parts, NULL, 0, &by, positional(w, schema, "prefixItems", "items", i),
                         json_array_get(payload, i)))
            return false;
    }
    return true;
}

/* ---- The boundary ---- */

/* memmem() of POSIX 2024. */
static bool contains(const part *at, const char *wanted, size_t length) {
    for (size_t i = 0; i + length <= at->length; i++)
        if (at->bytes[i] == wanted[0] && memcmp(at->bytes + i, wanted, length) == 0)
            return true;
    return false;
}

static bool occurs(const part_list *parts, const char *boundary) {
    for (size_t i = 0; i < parts->count; i++)
        if (contains(&parts->items[i], boundary, strlen(boundary)))
            return true;
    return false;
}

/* FNV-1a over the parts; while it occurs in one of them, over them with a count. */
static void make_boundary(const part_list *parts, char *boundary, size_t size) {
    for (uint64_t attempt = 0;; attempt++) {
        uint64_t hash = 14695981039346656037u ^ attempt;
        for (size_t i = 0; i < parts->count; i++)
            for (size_t j = 0; j < parts->items[i].length; j++)
                hash = (hash ^ (unsigned char)parts->items[i].bytes[j]) * 1099511628211u;
        snprintf(boundary, size, "arazzo-%016" PRIx64, hash);
        if (!occurs(parts, boundary))
            return;
    }
}

/* The `boundary` that the media type brings along, in `boundary`; false when it brings none, or one that is too long.
 */
static bool given_boundary(const char *type, char *boundary, size_t size) {
    for (const char *at = strchr(type, ';'); at != NULL; at = strchr(at + 1, ';')) {
        const char *name = at + 1 + strspn(at + 1, " \t");
        if (strncasecmp(name, "boundary=", 9) != 0)
            continue;
        const char *value = name + 9;
        bool quoted = *value == '"';
        size_t length = quoted ? strcspn(value + 1, "\"") : strcspn(value, "; \t");
        if (length == 0 || length >= size)
            return false;
        memcpy(boundary, value + quoted, length);
        boundary[length] = '\0';
        return true;
    }
    return false;
}

/* ---- The body ---- */

static bool join_parts(const part_list *parts) {
    body_writer *w = parts->w;
    char boundary[80]; /* at most 70 characters (RFC 2046, section 5.1.1) */
    bool given = given_boundary(w->content_type, boundary, sizeof boundary);
    if (given && occurs(parts, boundary)) {
        snprintf(w->error, w->error_size, "the boundary '%s' occurs in a part", boundary);
        return false;
    }
    if (!given) {
        text header = TEXT_EMPTY;
        make_boundary(parts, boundary, sizeof boundary);
        text_append_format(&header, "%s; boundary=%s", w->content_type, boundary);
        const char *kept = header.failed ? NULL : arena_copy(w->memory, text_peek(&header), header.length);
        w->out->failed = w->out->failed || kept == NULL;
        w->content_type = kept == NULL ? w->content_type : kept;
        text_free(&header);
    }
    for (size_t i = 0; i < parts->count; i++) {
        text_append_format(w->out, "--%s\r\n", boundary);
        text_append(w->out, parts->items[i].bytes, parts->items[i].length);
        text_append_string(w->out, "\r\n");
    }
    text_append_format(w->out, "--%s--\r\n", boundary);
    return true;
}

bool multipart_write(body_writer *w, const json_t *payload) {
    part_list parts = {.w = w};
    const char *name;
    size_t length;
    json_t *value;
    char boundary[80];
    bool right = true;
    if (json_is_string(payload) && given_boundary(w->content_type, boundary, sizeof boundary)) {
        append_plain(w->out, payload);
        return true;
    }
    bool by_position = json_is_array(payload) && !media_is(w->content_type, "multipart/form-data");
    if (!by_position && !json_is_object(payload)) {
        snprintf(w->error, w->error_size, "it takes an object, one member for each part");
        return false;
    }
    if (by_position)
        right = append_items(&parts, payload);
    json_object_keylen_foreach((json_t *)payload, name, length, value) right =
        right && form_write_member(w, name, length, value, append_member, &parts);
    return right && join_parts(&parts);
}
