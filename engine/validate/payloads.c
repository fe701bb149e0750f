/*
 * payloads.c: what a step sends against the schema of the operation's body: properties that the schema does not have,
 * literal values that it refuses, properties that it requires. Section "Request Body Object".
 *
 * Only what stands in the document is looked at: a value with an expression in it is anything, and so is a payload with
 * replacements. Whether a whole body holds against its schema is asked when it is sent.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "engine/validate/schema_path.h"
#include "engine/validate/validate_internal.h"

enum { DEEPEST = 32 };

typedef struct sending {
    const validation *v;
    const operation *op;
    bool partly; /* replacements put in more */
} sending;

static void check_value(const sending *s, const node *value, const schema_group *group, unsigned depth);

static const char *const kind_words[] = {"null",     "a boolean", "an integer", "a number",
                                         "a string", "an array",  "an object"};

/* ---- Literals ---- */

static bool has_expression(const node *value) {
    size_t length;
    const char *bytes = node_string(value, &length);
    return bytes != NULL && memchr(bytes, '$', length) != NULL;
}

/* A Selector Object, or `{$inputs.x}` without quotes, which is reported elsewhere. */
static bool is_computed(const node *value) {
    const node *context = node_get(value, "context");
    if (context != NULL && has_expression(context) && node_get(value, "selector") != NULL)
        return true;
    return node_type(value) == NODE_MAPPING && node_count(value) == 1 && node_type(node_value(value, 0)) == NODE_NULL &&
           node_string(node_key(value, 0), NULL)[0] == '$';
}

static void append_kinds(unsigned kinds, text *out) {
    if ((kinds & 1u << NODE_REAL) != 0)
        kinds &= ~(1u << NODE_INTEGER);
    for (unsigned kind = 0; kind < sizeof kind_words / sizeof *kind_words; kind++)
        if ((kinds & 1u << kind) != 0) {
            text_append_format(out, "%s%s", out->length == 0 ? "" : " or ", kind_words[kind]);
        }
}

static bool fits(const node *value, unsigned kinds) {
    unsigned kind = 1u << node_type(value);
    if (node_type(value) == NODE_REAL && node_number(value) == (double)(int64_t)node_number(value))
        kind |= 1u << NODE_INTEGER; /* 1.0 is an integer (JSON Schema 2020-12) */
    return (kind & kinds) != 0;
}

static bool check_type(const sending *s, const node *value, const schema_group *group) {
    unsigned kinds = schema_group_types(group);
    if (fits(value, kinds))
        return true;
    text wanted = TEXT_EMPTY;
    append_kinds(kinds, &wanted);
    bool quoted = node_type(value) == NODE_STRING && (kinds & (1u << NODE_INTEGER | 1u << NODE_BOOLEAN)) != 0;
    bool plain = node_type(value) < NODE_STRING && (kinds & 1u << NODE_STRING) != 0;
    diagnose(s->v->list, "W0239", validate_place(s->v, value),
             plain    ? "put quotes around it to make it a string"
             : quoted ? "a number or boolean stands without quotes"
                      : NULL,
             "the schema of %s %s asks for %s here, not %s", operation_method(s->op), operation_path(s->op),
             text_peek(&wanted), kind_words[node_type(value)]);
    text_free(&wanted);
    return false;
}

typedef struct enumeration {
    const node *value;
    bool refused;
    text allowed;
} enumeration;

static bool same_scalar(const node *a, const node *b) {
    bool numbers = (node_type(a) == NODE_INTEGER || node_type(a) == NODE_REAL) &&
                   (node_type(b) == NODE_INTEGER || node_type(b) == NODE_REAL);
    if (numbers)
        return node_number(a) == node_number(b);
    if (node_type(a) != node_type(b))
        return false;
    return node_type(a) == NODE_BOOLEAN  ? node_boolean(a) == node_boolean(b)
           : node_type(a) == NODE_STRING ? strcmp(node_string(a, NULL), node_string(b, NULL)) == 0
                                         : node_type(a) == NODE_NULL;
}

static void look_at_enum(void *user, located told) {
    enumeration *e = user;
    const node *list = node_get(told.value, "enum");
    bool found = list == NULL || node_type(list) != NODE_SEQUENCE;
    for (size_t i = 0; !found && i < node_count(list); i++)
        found = same_scalar(e->value, node_item(list, i));
    if (found || e->refused)
        return;
    e->refused = true;
    for (size_t i = 0; i < node_count(list) && i < 8; i++)
        if (node_source(node_item(list, i), NULL) != NULL)
            text_append_format(&e->allowed, "%s'%s'", i == 0 ? "it is one of " : ", ",
                               node_source(node_item(list, i), NULL));
}

/* With several schemas for one value, the one that fits may be another. */
static void check_enum(const sending *s, const node *value, const schema_group *group) {
    enumeration e = {.value = value, .allowed = TEXT_EMPTY};
    if (group->count != 1 || group->open)
        return;
    schema_group_each(group, look_at_enum, &e);
    if (e.refused)
        diagnose(s->v->list, "W0239", validate_place(s->v, value), e.allowed.length > 0 ? text_peek(&e.allowed) : NULL,
                 "the schema of %s %s does not allow '%s' here", operation_method(s->op), operation_path(s->op),
                 node_source(value, NULL));
    text_free(&e.allowed);
}

/* ---- Objects ---- */

typedef struct requirement {
    const sending *s;
    const node *value;
    const schema_group *group;
} requirement;

static bool is_read_only(const requirement *r, const char *name, size_t length) {
    const expr_token token = {.key = name, .length = length, .index = SIZE_MAX};
    schema_path path;
    schema_path_follow(r->group, &token, 1, &path);
    for (size_t i = 0; path.verdict == SCHEMA_FOUND && i < path.reached.count; i++) {
        located whole = api_resolve(path.reached.description, path.reached.items[i]);
        const node *flag = node_get(path.reached.items[i].value, "readOnly");
        flag = flag == NULL && whole.value != NULL ? node_get(whole.value, "readOnly") : flag;
        if (flag != NULL && node_boolean(flag))
            return true;
    }
    return false;
}

static void look_at_required(void *user, located told) {
    const requirement *r = user;
    const node *list = node_get(told.value, "required");
    for (size_t i = 0; list != NULL && i < node_count(list) && node_type(list) == NODE_SEQUENCE; i++) {
        size_t length;
        const char *name = node_string(node_item(list, i), &length);
        if (name == NULL || node_get_sized(r->value, name, length) != NULL || is_read_only(r, name, length))
            continue;
        diagnostic *entry = diagnose(r->s->v->list, "W0239", validate_place(r->s->v, r->value), "add it to the payload",
                                     "the schema of %s %s requires '%s' here", operation_method(r->s->op),
                                     operation_path(r->s->op), name);
        diagnostic_relate(r->s->v->list, entry, node_place(told.owner, node_item(list, i)), "required here");
    }
}

static void check_required(const sending *s, const node *value, const schema_group *group) {
    requirement r = {.s = s, .value = value, .group = group};
    if (group->count == 1 && !group->open && !s->partly)
        schema_group_each(group, look_at_required, &r);
}

static void report_property(const sending *s, const node *key, const schema_path *path) {
    nearest search;
    size_t length;
    const char *name = node_string(key, &length);
    nearest_start(&search, name, length);
    for (size_t i = 0; i < path->name_count; i++)
        nearest_try(&search, path->names[i]);
    text help = TEXT_EMPTY;
    if (did_you_mean(&help, &search) == NULL)
        for (size_t i = 0; i < path->name_count && i < 8; i++)
            text_append_format(&help, "%s'%s'", i == 0 ? "it has " : ", ", path->names[i]);
    diagnose(s->v->list, path->closed ? "W0239" : "N0238", validate_place(s->v, key),
             help.length > 0 ? text_peek(&help) : NULL,
             path->closed ? "the schema of %s %s forbids the property '%s'"
                          : "the schema of %s %s has no property '%s'",
             operation_method(s->op), operation_path(s->op), name);
    text_free(&help);
}

static void check_member(const sending *s, const node *key, const node *value, const schema_group *group, size_t index,
                         unsigned depth) {
    char digits[24] = "";
    size_t length = (size_t)snprintf(digits, sizeof digits, "%zu", index);
    expr_token token = {.key = digits, .length = length, .index = index};
    if (key != NULL) {
        token.key = node_string(key, &token.length);
        token.index = SIZE_MAX;
    }
    schema_path path;
    schema_path_follow(group, &token, 1, &path);
    s->v->list->no_memory = s->v->list->no_memory || path.no_memory;
    if (path.verdict == SCHEMA_LACKS && key != NULL && path.kind == NULL)
        report_property(s, key, &path);
    else if (path.verdict == SCHEMA_FOUND)
        check_value(s, value, &path.reached, depth + 1);
}

static void check_value(const sending *s, const node *value, const schema_group *group, unsigned depth) {
    if (depth > DEEPEST || has_expression(value) || is_computed(value) || !check_type(s, value, group))
        return;
    if (node_type(value) != NODE_MAPPING && node_type(value) != NODE_SEQUENCE) {
        check_enum(s, value, group);
        return;
    }
    bool object = node_type(value) == NODE_MAPPING;
    if (object)
        check_required(s, value, group);
    for (size_t i = 0; i < node_count(value); i++)
        check_member(s, object ? node_key(value, i) : NULL, object ? node_value(value, i) : node_item(value, i), group,
                     i, depth);
}

/* ---- The payload ---- */

/* The media type that a structure goes as: the step's, else the first that is JSON. */
static const media_type *media_type_of(const operation *op, const char *asked) {
    if (asked != NULL)
        return strchr(asked, '$') == NULL ? operation_body_for(op, asked) : NULL;
    for (size_t i = 0; i < operation_body_count(op); i++)
        if (media_is_json(operation_body_at(op, i)->name))
            return operation_body_at(op, i);
    return NULL;
}

void validate_payload(const validation *v, const step *at) {
    const node *body = node_get(at->object, "requestBody");
    const node *payload = body == NULL ? NULL : node_get(body, "payload");
    if (payload == NULL || at->request_body == NULL ||
        (node_type(payload) != NODE_MAPPING && node_type(payload) != NODE_SEQUENCE))
        return;
    const media_type *type = media_type_of(at->operation, at->request_body->content_type);
    if (type == NULL || type->schema.value == NULL || !media_is_json(type->name))
        return;
    const sending s = {.v = v, .op = at->operation, .partly = node_get(body, "replacements") != NULL};
    schema_group group = {.description = operation_api(at->operation)};
    schema_group_add(&group, type->schema);
    check_value(&s, payload, &group, 0);
}
