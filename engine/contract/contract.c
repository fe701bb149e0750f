/*
 * contract.c: a response against its operation: the status and the media type that are declared for it, whether there
 * is a body, and what the body is. Sections "Responses Object", "Response Object" and "Media Type Object" of
 * OpenAPI 3.x, "Response Object" of 2.0.
 *
 * Bodies that JSON Schema has no word for are left alone: XML, forms, and what is not UTF-8.
 */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "engine/contract/contract_internal.h"
#include "runtime-expr/json_text.h"

/* ---- Status ---- */

static void list_keys(text *out, const node *map) {
    enum { MOST = 8 };
    size_t count = 0;
    for (size_t i = 0; i < node_count(map); i++) {
        const char *name = node_string(node_key(map, i), NULL);
        if (strncmp(name, "x-", 2) == 0 || count++ >= MOST)
            continue;
        text_append_format(out, "%s%s", count == 1 ? "" : ", ", name);
    }
    if (count > MOST)
        text_append_string(out, ", …");
    if (count == 0)
        text_append_string(out, "none");
}

static void tell_status(checking *c, const node *map) {
    text declared = TEXT_EMPTY;
    list_keys(&declared, map);
    c->no_memory = c->no_memory || declared.failed;
    const document *owner = operation_object(c->answer->op).owner;
    contract_tell(c, "W0520", "$statusCode", owner, node_get_key(operation_object(c->answer->op).value, "responses"),
                  "is %d, which is not declared (declared: %s)", c->answer->response->status, text_peek(&declared));
    text_free(&declared);
}

/* ---- Media type ---- */

/* In 2.0 the types stand in `produces`, the operation's or the document's; without one, any type will do. */
static const node *swagger_types(const checking *c, located *key) {
    located op = operation_object(c->answer->op);
    const document *whole = api_document(c->description);
    const node *list = node_get(op.value, "produces");
    *key = (located){op.owner, node_get_key(op.value, "produces")};
    if (list != NULL)
        return list;
    *key = (located){whole, node_get_key(document_root(whole), "produces")};
    return node_get(document_root(whole), "produces");
}

/* `key` is that of the list or map `declared`. */
static void tell_type(checking *c, located key, const node *declared, const char *type) {
    text names = TEXT_EMPTY;
    if (node_type(declared) == NODE_MAPPING)
        list_keys(&names, declared);
    for (size_t i = 0; node_type(declared) == NODE_SEQUENCE && i < node_count(declared); i++) {
        const char *name = node_string(node_item(declared, i), NULL);
        text_append_format(&names, "%s%s", i == 0 ? "" : ", ", name == NULL ? "" : name);
    }
    c->no_memory = c->no_memory || names.failed;
    if (type == NULL)
        contract_tell(c, "W0521", "$response.header.Content-Type", key.owner, key.value, "is missing (declared: %s)",
                      text_peek(&names));
    else
        contract_tell(c, "W0521", "$response.header.Content-Type", key.owner, key.value,
                      "is %s, which is not declared (declared: %s)", type, text_peek(&names));
    text_free(&names);
}

/* The entry of `content` that fits the type best; NULL: none. */
static const node *closest(const node *content, const char *type, size_t *index) {
    int best = 0;
    const node *found = NULL;
    for (size_t i = 0; i < node_count(content); i++) {
        int closeness = media_closeness(node_string(node_key(content, i), NULL), type);
        if (closeness <= best)
            continue;
        best = closeness;
        found = node_value(content, i);
        *index = i;
    }
    return found;
}

/* ---- Body ---- */

static bool has_body(const checking *c) {
    return c->answer->response->body_length > 0;
}

/* Answers to HEAD, and these statuses, never have one (RFC 9110, section 6.4.1). */
static bool may_have_body(const checking *c) {
    int status = c->answer->response->status;
    return status >= 200 && status != 204 && status != 304 && strcmp(operation_method(c->answer->op), "HEAD") != 0;
}

/* Text as the value that the schema wants of it: `7` may be a number. */
static void hold_text(checking *c, const schema *rule) {
    const http_response *response = c->answer->response;
    json_t *value = schema_read_text(rule, response->body, response->body_length);
    if (value == NULL)
        c->no_memory = true;
    else
        contract_hold(c, "W0525", "$response.body", rule, value);
    json_decref(value);
}

/* A body that is no JSON became a text (S7), and so does the JSON text `"a"`. */
static bool is_json(checking *c) {
    const http_response *response = c->answer->response;
    json_t *value = NULL;
    if (!json_is_string(c->answer->body))
        return true;
    json_text_status status = json_text_parse(response->body, response->body_length, &value, NULL);
    json_decref(value);
    c->no_memory = c->no_memory || status == JSON_TEXT_NO_MEMORY;
    return status == JSON_TEXT_OK;
}

static void hold_json(checking *c, const schema *rule, located source) {
    if (!is_json(c))
        contract_tell(c, "W0525", "$response.body", source.owner, source.value, "is no JSON, must be JSON");
    else if (rule != NULL && c->answer->body != NULL)
        contract_hold(c, "W0525", "$response.body", rule, c->answer->body);
}

/* `itemSchema` holds for each item, `schema` since 3.2 for all of them as an array. */
static void hold_sequence(checking *c, located object, const char *type) {
    const http_response *response = c->answer->response;
    located whole = {object.owner, node_get(object.value, "schema")},
            each = {object.owner, node_get(object.value, "itemSchema")};
    const schema *item_rule = contract_schema(c, each);
    const schema *rule = api_version_of(c->description) < API_OPENAPI_3_2 ? NULL : contract_schema(c, whole);
    size_t wrong = 0;
    bool no_memory = false;
    if (c->no_memory || (item_rule == NULL && rule == NULL))
        return;
    json_t *items = contract_items(type, response->body, response->body_length,
                                   item_rule != NULL ? item_rule : schema_item(rule, 0), &wrong, &no_memory);
    c->no_memory = c->no_memory || no_memory;
    if (items == NULL && !no_memory)
        contract_tell(c, "W0525", "$response.body", object.owner, object.value,
                      "has an item that is no JSON: number %zu", wrong + 1);
    for (size_t i = 0; item_rule != NULL && i < json_array_size(items) && !c->no_memory; i++) {
        char instance[64];
        snprintf(instance, sizeof instance, "$response.body#/%zu", i);
        contract_hold(c, "W0525", instance, item_rule, json_array_get(items, i));
    }
    if (items != NULL && rule != NULL)
        contract_hold(c, "W0525", "$response.body", rule, items);
    json_decref(items);
}

static void hold_body(checking *c, located object, located source, const char *type) {
    const http_response *response = c->answer->response;
    bool opaque = media_is_xml(type) || media_is_multipart(type) || media_is(type, "application/x-www-form-urlencoded");
    if (opaque || !utf8_valid(response->body, response->body_length, NULL))
        return;
    if (contract_is_sequence(type)) {
        hold_sequence(c, object, type);
        return;
    }
    const schema *rule = contract_schema(c, source);
    if (media_is_json(type))
        hold_json(c, rule, source.value == NULL ? object : source);
    else if (rule != NULL)
        hold_text(c, rule);
}

/* ---- Responses ---- */

static void check_content(checking *c, const node *content) {
    const http_response *response = c->answer->response;
    const char *type = http_headers_get(&response->headers, "Content-Type");
    const document *owner = c->response.owner;
    const node *key = node_get_key(c->response.value, "content");
    if (!has_body(c)) {
        if (node_count(content) > 0 && may_have_body(c))
            contract_tell(c, "W0522", "$response.body", owner, key, "is empty, and a body is declared");
        return;
    }
    if (node_count(content) == 0) {
        contract_tell(c, "W0522", "$response.body", owner, key, "is there, and none is declared");
        return;
    }
    size_t index = 0;
    const node *found = type == NULL ? NULL : closest(content, type, &index);
    if (found == NULL)
        tell_type(c, (located){owner, key}, content, type);
    if (type == NULL && node_count(content) == 1) {
        type = node_string(node_key(content, 0), NULL);
        found = node_value(content, 0);
    }
    located object = found == NULL ? (located){NULL, NULL} : api_resolve(c->description, (located){owner, found});
    if (object.value != NULL)
        hold_body(c, object, (located){object.owner, node_get(object.value, "schema")}, type);
}

static bool is_produced(const node *list, const char *type) {
    for (size_t i = 0; i < node_count(list); i++) {
        const char *name = node_string(node_item(list, i), NULL);
        if (name != NULL && type != NULL && media_closeness(name, type) > 0)
            return true;
    }
    return false;
}

/* "If this field does not exist, it means no content is returned" (2.0, "Response Object"). */
static void check_swagger(checking *c) {
    const http_response *response = c->answer->response;
    const char *type = http_headers_get(&response->headers, "Content-Type");
    located key;
    const node *produced = swagger_types(c, &key);
    located source = {c->response.owner, node_get(c->response.value, "schema")};
    if (!has_body(c) || source.value == NULL) {
        if (has_body(c))
            contract_tell(c, "W0522", "$response.body", c->response.owner, c->response.value,
                          "is there, and no schema is declared");
        else if (source.value != NULL && may_have_body(c))
            contract_tell(c, "W0522", "$response.body", source.owner, node_get_key(c->response.value, "schema"),
                          "is empty, and a body is declared");
        return;
    }
    const node *kind = node_get(source.value, "type");
    const char *name = kind == NULL ? NULL : node_string(kind, NULL);
    if (name != NULL && strcmp(name, "file") == 0) /* any bytes at all */
        return;
    if (produced != NULL && node_count(produced) > 0 && !is_produced(produced, type))
        tell_type(c, key, produced, type);
    else
        hold_body(c, source, source, type == NULL ? "application/json" : type);
}

/* A reference that leads nowhere declares the status all the same. */
static bool is_declared(const node *map, int status) {
    char exact[16], range[16], lower_range[16];
    snprintf(exact, sizeof exact, "%d", status);
    snprintf(range, sizeof range, "%dXX", status / 100);
    snprintf(lower_range, sizeof lower_range, "%dxx", status / 100);
    return node_get(map, exact) != NULL || node_get(map, range) != NULL || node_get(map, lower_range) != NULL ||
           node_get(map, "default") != NULL;
}

static void check_response(checking *c) {
    located op = operation_object(c->answer->op);
    const node *map = node_get(op.value, "responses");
    if (map == NULL || node_type(map) != NODE_MAPPING || node_count(map) == 0)
        return;
    c->response = operation_response(c->answer->op, c->answer->response->status);
    if (c->response.value == NULL) {
        if (!is_declared(map, c->answer->response->status))
            tell_status(c, map);
        return;
    }
    contract_headers(c);
    const node *content = node_get(c->response.value, "content");
    if (api_version_of(c->description) == API_SWAGGER_2_0)
        check_swagger(c);
    else if (content != NULL && node_type(content) == NODE_MAPPING)
        check_content(c, content);
}

bool contract_check(contract *kept, const contract_answer *answer, arena *memory, contract_breaches *out) {
    checking c = {
        .kept = kept, .answer = answer, .description = operation_api(answer->op), .memory = memory, .out = out};
    check_response(&c);
    return !c.no_memory;
}
