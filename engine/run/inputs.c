/*
 * inputs.c: a workflow's inputs against its schema: defaults put in, required ones demanded, types checked. Every
 * mistake is told at once, with its place in the schema and, where that is known, where the input came from.
 *
 * Defaults are those of `properties`, `items`, `allOf` and references within the document: what `oneOf` or `if` would
 * bring depends on values that are not there yet.
 *
 * Diagnostics: E0510 an input that does not hold, W0511 an input that the schema does not name.
 */
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/text.h"
#include "engine/run/run_internal.h"

/* How deep defaults are looked for, and in how many subschemas: schemas may refer to themselves. */
typedef struct walk {
    const node *root;
    int budget;
    bool no_memory;
} walk;

static void put_default(walk *w, json_t *inputs, const char *name, const node *schema_object) {
    const node *value = node_get(schema_object, "default");
    if (value == NULL || json_object_get(inputs, name) != NULL)
        return;
    json_t *copy = node_json(value);
    if (copy == NULL || json_object_set_new(inputs, name, copy) != 0)
        w->no_memory = true;
}

static void apply_defaults(walk *w, const node *schema_object, json_t *instance, int depth);

static void apply_to_items(walk *w, const node *schema_object, const json_t *list, int depth) {
    const node *items = node_get(schema_object, "items");
    for (size_t i = 0; items != NULL && i < json_array_size(list); i++)
        apply_defaults(w, items, json_array_get(list, i), depth - 1);
}

static void apply_defaults(walk *w, const node *schema_object, json_t *instance, int depth) {
    bool structure = json_is_object(instance) || json_is_array(instance);
    if (schema_object == NULL || !structure || depth == 0 || --w->budget < 0)
        return;
    const node *reference = node_get(schema_object, "$ref");
    size_t length;
    const char *pointer = reference == NULL ? NULL : node_string(reference, &length);
    if (pointer != NULL)
        apply_defaults(w, description_schema(w->root, pointer, length), instance, depth - 1);
    const node *all = node_get(schema_object, "allOf");
    for (size_t i = 0; all != NULL && i < node_count(all); i++)
        apply_defaults(w, node_item(all, i), instance, depth - 1);
    apply_to_items(w, schema_object, instance, depth);
    const node *properties = json_is_object(instance) ? node_get(schema_object, "properties") : NULL;
    for (size_t i = 0; properties != NULL && i < node_count(properties); i++) {
        const char *name = node_string(node_key(properties, i), NULL);
        const node *property = node_value(properties, i);
        put_default(w, instance, name, property);
        apply_defaults(w, property, json_object_get(instance, name), depth - 1);
    }
}

/* A check being carried out. */
typedef struct check {
    const workflow *flow;
    const json_t *inputs;
    diagnostics *list;
    const arazzo_origins *origins;
} check;

/* "given by -i limit", "given in inputs.yaml:3:8"; NULL: nobody knows. */
static const char *origin_of(const check *c, const char *pointer, text *help) {
    const char *known = c->origins == NULL || c->origins->of == NULL ? NULL : c->origins->of(c->origins->user, pointer);
    if (known == NULL)
        return NULL;
    text_append_format(help, "given %s %s", known[0] == '-' ? "by" : "in", known);
    return text_peek(help);
}

/* The first segment of a pointer as a name, and what is behind it: "/a~1b/0" is `a/b` and "/0". */
static const char *split_pointer(const char *pointer, text *name) {
    const char *at = pointer + (pointer[0] == '/');
    for (; *at != '\0' && *at != '/'; at++) {
        bool escape = at[0] == '~' && (at[1] == '0' || at[1] == '1');
        text_append_char(name, !escape ? *at : at[1] == '0' ? '~' : '/');
        at += escape;
    }
    return at;
}

/* A sentence about inputs. */
static void describe(const schema_error *error, text *out) {
    text name = TEXT_EMPTY;
    const char *rest = split_pointer(error->instance, &name);
    if (error->instance[0] == '\0')
        text_append_format(out, "the inputs: %s", error->message);
    else if (rest[0] == '\0')
        text_append_format(out, "the input '%s' %s", text_peek(&name), error->message);
    else
        text_append_format(out, "the input '%s', at %s, %s", text_peek(&name), rest, error->message);
    out->failed = out->failed || name.failed;
    text_free(&name);
}

/* `inputs: {required: [x]}` and no x: said in the words of somebody who is to give it. */
static void report_missing(const check *c, const node *names) {
    const document *owner = c->flow->owner->document;
    for (size_t i = 0; names != NULL && i < node_count(names); i++) {
        const char *name = node_string(node_item(names, i), NULL);
        if (name == NULL || json_object_get(c->inputs, name) != NULL)
            continue;
        const node *declared = workflow_input(c->flow, name, strlen(name));
        text help = TEXT_EMPTY;
        text_append_format(&help, "give it with -i %s=VALUE", name);
        diagnose(c->list, "E0510", node_place(owner, declared == NULL ? node_item(names, i) : declared),
                 text_peek(&help), "the input '%s' is missing", name);
        c->list->no_memory = c->list->no_memory || help.failed;
        text_free(&help);
    }
}

/* The key `additionalProperties` where it is false: names that are not declared are an error, not only strange. */
static const node *closed_by(const workflow *flow) {
    const node *rest = flow->inputs == NULL ? NULL : node_get(flow->inputs, "additionalProperties");
    bool closed = rest != NULL && node_type(rest) == NODE_BOOLEAN && !node_boolean(rest);
    return closed ? node_get_key(flow->inputs, "additionalProperties") : NULL;
}

/* Is it an error that report_missing() or report_unknown() has told better? */
static bool is_told(const check *c, const schema_error *error) {
    return error->instance[0] == '\0' && error->owner == c->flow->owner->document &&
           (error->source == node_get_key(c->flow->inputs, "required") || error->source == closed_by(c->flow));
}

static void report_error(const check *c, const schema_error *error) {
    text sentence = TEXT_EMPTY, help = TEXT_EMPTY;
    describe(error, &sentence);
    const char *origin = origin_of(c, error->instance, &help);
    diagnose(c->list, "E0510", node_place(error->owner, error->source), origin, "%s", text_peek(&sentence));
    c->list->no_memory = c->list->no_memory || sentence.failed || help.failed;
    text_free(&sentence);
    text_free(&help);
}

static void report_errors(const check *c, const schema_errors *errors) {
    report_missing(c, node_get(c->flow->inputs, "required"));
    for (size_t i = 0; i < errors->count; i++)
        if (!is_told(c, &errors->items[i]))
            report_error(c, &errors->items[i]);
}

static void report_unknown(const check *c, const char *name) {
    const workflow *flow = c->flow;
    const node *properties = flow->inputs == NULL ? NULL : node_get(flow->inputs, "properties");
    text help = TEXT_EMPTY, pointer = TEXT_EMPTY, origin = TEXT_EMPTY;
    nearest search;
    nearest_start(&search, name, strlen(name));
    for (size_t i = 0; properties != NULL && i < node_count(properties); i++)
        nearest_try(&search, node_string(node_key(properties, i), NULL));
    text_append_char(&pointer, '/');
    for (const char *at = name; *at != '\0'; at++)
        text_append_string(&pointer, *at == '~' ? "~0" : *at == '/' ? "~1" : (char[]){*at, '\0'});
    bool known = origin_of(c, text_peek(&pointer), &origin) != NULL;
    if (search.best != NULL)
        text_append_format(&help, "did you mean '%s'? %s", search.best, known ? "it is " : "");
    text_append(&help, text_peek(&origin), origin.length);
    while (help.length > 0 && help.bytes[help.length - 1] == ' ')
        text_truncate(&help, help.length - 1);
    const node *closed = closed_by(flow);
    const char *told = help.length == 0 ? NULL : text_peek(&help);
    place whole = {.file = document_name(flow->owner->document)};
    if (closed != NULL)
        diagnose(c->list, "E0510", node_place(flow->owner->document, closed), told, "workflow '%s' takes no input '%s'",
                 flow->id, name);
    else
        diagnose(c->list, "W0511", whole, told, "workflow '%s' declares no input '%s'", flow->id, name);
    c->list->no_memory = c->list->no_memory || help.failed || pointer.failed || origin.failed;
    text_free(&help);
    text_free(&pointer);
    text_free(&origin);
}

static void report_all_unknown(const check *c) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)c->inputs, name, value) {
        if (workflow_input(c->flow, name, strlen(name)) == NULL)
            report_unknown(c, name);
    }
}

/* Holds the inputs against the schema. False after saying what is wrong. */
static bool hold(const check *c, arena *memory, char *why, size_t size) {
    schema_errors errors = {0};
    switch (schema_validate(c->flow->input_schema, c->inputs, memory, &errors)) {
    case SCHEMA_VALID:
        return true;
    case SCHEMA_INVALID: {
        text sentence = TEXT_EMPTY;
        describe(&errors.items[0], &sentence);
        snprintf(why, size, "%s", text_peek(&sentence));
        text_free(&sentence);
        if (c->list != NULL)
            report_errors(c, &errors);
        return false;
    }
    case SCHEMA_LIMIT:
        snprintf(why, size, "the inputs cannot be checked: that takes too much work");
        if (c->list != NULL)
            diagnose(c->list, "E0510", node_place(c->flow->owner->document, c->flow->inputs), NULL, "%s", why);
        return false;
    case SCHEMA_NO_MEMORY:
        break;
    }
    if (c->list != NULL)
        c->list->no_memory = true;
    return false;
}

bool check_inputs(const workflow *flow, json_t *inputs, diagnostics *list, const arazzo_origins *origins, char *why,
                  size_t size) {
    snprintf(why, size, "memory ran short");
    walk w = {.root = document_root(flow->owner->document), .budget = 10000};
    check c = {.flow = flow, .inputs = inputs, .list = list, .origins = origins};
    apply_defaults(&w, flow->inputs, inputs, 32);
    if (list != NULL)
        report_all_unknown(&c);
    if (w.no_memory || flow->input_schema == NULL)
        return !w.no_memory;
    arena *memory = arena_new();
    bool holds = memory != NULL && hold(&c, memory, why, size);
    arena_free(memory);
    return holds;
}
