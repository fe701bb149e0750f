/*
 * contract_headers.c: the headers of a response against those that the Response Object declares. Sections "Header
 * Object" and "Style Values" (simple) of OpenAPI 3.x; "Header Object" of 2.0, where it is its own schema, and
 * `collectionFormat` says how lists are written.
 */
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "engine/contract/contract_internal.h"
#include "runtime-expr/json_text.h"

static const char *string_field(const node *object, const char *name) {
    const node *value = node_get(object, name);
    return value == NULL ? NULL : node_string(value, NULL);
}

static bool boolean_field(const node *object, const char *name) {
    const node *value = node_get(object, name);
    return value != NULL && node_boolean(value);
}

/* ---- Values ---- */

/* One of `a,b`, without white space around it. */
typedef struct part {
    const char *bytes;
    size_t length;
} part;

/* *at is what is left; NULL: nothing. */
static bool next_part(const char **at, char separator, part *out) {
    if (*at == NULL)
        return false;
    const char *end = strchr(*at, separator);
    size_t length = end == NULL ? strlen(*at) : (size_t)(end - *at);
    const char *start = *at;
    *at = end == NULL ? NULL : end + 1;
    while (length > 0 && strchr(" \t", *start) != NULL) {
        start++;
        length--;
    }
    while (length > 0 && strchr(" \t", start[length - 1]) != NULL)
        length--;
    *out = (part){start, length};
    return true;
}

static json_t *read_list(const schema *rule, const char *value, char separator) {
    json_t *made = json_array();
    const char *left = value[0] == '\0' ? NULL : value;
    part item;
    for (size_t i = 0; next_part(&left, separator, &item); i++)
        if (json_array_append_new(made, schema_read_text(schema_item(rule, i), item.bytes, item.length)) != 0) {
            json_decref(made);
            return NULL;
        }
    return made;
}

/* `R,100,G,200`, or with `explode` `R=100,G=200`. */
static json_t *read_object(const schema *rule, const char *value, bool explode) {
    json_t *made = json_object();
    const char *left = value[0] == '\0' ? NULL : value;
    part name, own;
    while (next_part(&left, ',', &name)) {
        const char *equals = explode ? memchr(name.bytes, '=', name.length) : NULL;
        own = (part){"", 0};
        if (equals != NULL) {
            own = (part){equals + 1, name.length - (size_t)(equals + 1 - name.bytes)};
            name.length = (size_t)(equals - name.bytes);
        } else if (!explode) {
            next_part(&left, ',', &own);
        }
        json_t *member = schema_read_text(schema_member(rule, name.bytes, name.length), own.bytes, own.length);
        if (json_object_setn_new(made, name.bytes, name.length, member) != 0) {
            json_decref(made);
            return NULL;
        }
    }
    return made;
}

static char separator_of(const node *object) {
    static const struct {
        const char *name;
        char separator;
    } formats[] = {{"ssv", ' '}, {"tsv", '\t'}, {"pipes", '|'}};
    const char *format = string_field(object, "collectionFormat");
    for (size_t i = 0; format != NULL && i < sizeof formats / sizeof *formats; i++)
        if (strcmp(formats[i].name, format) == 0)
            return formats[i].separator;
    return ',';
}

static json_t *read_value(const node *object, const schema *rule, const char *value) {
    if (!schema_allows(rule, JSON_STRING) && schema_allows(rule, JSON_ARRAY))
        return read_list(rule, value, separator_of(object));
    if (!schema_allows(rule, JSON_STRING) && schema_allows(rule, JSON_OBJECT))
        return read_object(rule, value, boolean_field(object, "explode"));
    return schema_read_text(rule, value, strlen(value));
}

/* ---- One header ---- */

/* The schema, and whether the value is JSON: by `content`, by `schema`, or in 2.0 the object itself. */
static located schema_of(const checking *c, located object, bool *json) {
    *json = false;
    if (api_version_of(c->description) == API_SWAGGER_2_0)
        return object;
    const node *content = node_get(object.value, "content");
    if (content == NULL || node_count(content) == 0)
        return (located){object.owner, node_get(object.value, "schema")};
    located type = api_resolve(c->description, (located){object.owner, node_value(content, 0)});
    *json = media_is_json(node_string(node_key(content, 0), NULL));
    return (located){type.owner, type.value == NULL ? NULL : node_get(type.value, "schema")};
}

static void hold_value(checking *c, const char *instance, located object, const char *value) {
    bool json;
    located source = schema_of(c, object, &json);
    const schema *rule = contract_schema(c, source);
    json_t *made = NULL;
    if (rule == NULL)
        return;
    if (!utf8_valid(value, strlen(value), NULL)) {
        contract_tell(c, "W0526", instance, source.owner, source.value,
                      "is not held against its schema: it is no UTF-8");
        return;
    }
    if (json) {
        json_text_status status = json_text_parse(value, strlen(value), &made, NULL);
        c->no_memory = c->no_memory || status == JSON_TEXT_NO_MEMORY;
        if (status == JSON_TEXT_INVALID)
            contract_tell(c, "W0524", instance, source.owner, source.value, "is no JSON, must be JSON");
    } else {
        made = read_value(object.value, rule, value);
        c->no_memory = c->no_memory || made == NULL;
    }
    if (made != NULL)
        contract_hold(c, "W0524", instance, rule, made);
    json_decref(made);
}

/* All fields of the name, joined as one (RFC 9110, section 5.3); those of Set-Cookie cannot be, so the first counts. */
static const char *value_of(checking *c, const char *name) {
    const http_headers *headers = &c->answer->response->headers;
    const char *first = http_headers_get(headers, name);
    if (first == NULL || strcasecmp(name, "Set-Cookie") == 0)
        return first;
    text joined = TEXT_EMPTY;
    for (size_t i = 0, found = 0; i < headers->count; i++)
        if (strcasecmp(headers->items[i].name, name) == 0)
            text_append_format(&joined, "%s%s", found++ == 0 ? "" : ", ", headers->items[i].value);
    const char *kept = joined.failed ? NULL : arena_copy(c->memory, text_peek(&joined), joined.length);
    c->no_memory = c->no_memory || kept == NULL;
    text_free(&joined);
    return kept;
}

static void check_header(checking *c, const char *name, located declared, const node *key) {
    located object = api_resolve(c->description, declared);
    if (object.value == NULL || strcasecmp(name, "Content-Type") == 0)
        return;
    text instance = TEXT_EMPTY;
    text_append_format(&instance, "$response.header.%s", name);
    const char *value = value_of(c, name);
    c->no_memory = c->no_memory || instance.failed;
    if (value != NULL)
        hold_value(c, text_peek(&instance), object, value);
    else if (boolean_field(object.value, "required") && !c->no_memory)
        contract_tell(c, "W0523", text_peek(&instance), declared.owner, key, "is missing, and it is required");
    text_free(&instance);
}

void contract_headers(checking *c) {
    const node *map = node_get(c->response.value, "headers");
    for (size_t i = 0; map != NULL && i < node_count(map) && !c->no_memory; i++) {
        const node *key = node_key(map, i);
        const char *name = key == NULL ? NULL : node_string(key, NULL);
        if (name != NULL)
            check_header(c, name, (located){c->response.owner, node_value(map, i)}, key);
    }
}
