/*
 * inputs.c: a workflow's inputs against its schema: defaults put in, required ones demanded, types checked.
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

static void apply_defaults(walk *w, const node *schema_object, json_t *instance, int depth) {
    if (schema_object == NULL || !json_is_object(instance) || depth == 0 || --w->budget < 0)
        return;
    const node *reference = node_get(schema_object, "$ref");
    size_t length;
    const char *pointer = reference == NULL ? NULL : node_string(reference, &length);
    if (pointer != NULL && pointer[0] == '#')
        apply_defaults(w, node_at(w->root, pointer + 1, length - 1), instance, depth - 1);
    const node *all = node_get(schema_object, "allOf");
    for (size_t i = 0; all != NULL && i < node_count(all); i++)
        apply_defaults(w, node_item(all, i), instance, depth - 1);
    const node *properties = node_get(schema_object, "properties");
    for (size_t i = 0; properties != NULL && i < node_count(properties); i++) {
        const char *name = node_string(node_key(properties, i), NULL);
        const node *property = node_value(properties, i);
        put_default(w, instance, name, property);
        apply_defaults(w, property, json_object_get(instance, name), depth - 1);
    }
}

/* A required member that is missing, or any other mistake, as a sentence about inputs. */
static void describe(const schema_error *error, text *out) {
    if (error->instance[0] == '\0')
        text_append_format(out, "the inputs: %s", error->message);
    else
        text_append_format(out, "the input '%s' %s", error->instance + 1, error->message);
}

/* `inputs: {required: [x]}` and no x: said in the words of somebody who is to give it. */
static size_t report_missing(const workflow *flow, const json_t *inputs, diagnostics *list) {
    const node *names = node_get(flow->inputs, "required");
    size_t missing = 0;
    for (size_t i = 0; names != NULL && i < node_count(names); i++) {
        const char *name = node_string(node_item(names, i), NULL);
        if (name == NULL || json_object_get(inputs, name) != NULL)
            continue;
        const node *declared = workflow_input(flow, name, strlen(name));
        text help = TEXT_EMPTY;
        text_append_format(&help, "give it with -i %s=VALUE", name);
        diagnose(list, "E0510", node_place(flow->owner->document, declared == NULL ? node_item(names, i) : declared),
                 text_peek(&help), "the input '%s' is missing", name);
        text_free(&help);
        missing++;
    }
    return missing;
}

/* Is it the error that report_missing() has told better? */
static bool is_missing(const schema_error *error) {
    return error->instance[0] == '\0' && strcmp(error->keyword, "/required") == 0;
}

static bool report_errors(const workflow *flow, const schema_errors *errors, diagnostics *list, char *why,
                          size_t size) {
    for (size_t i = 0; i < errors->count; i++) {
        if (list != NULL && is_missing(&errors->items[i]))
            continue;
        text sentence = TEXT_EMPTY;
        describe(&errors->items[i], &sentence);
        if (list != NULL)
            diagnose(list, "E0510", node_place(flow->owner->document, node_get_key(flow->object, "inputs")), NULL, "%s",
                     text_peek(&sentence));
        else if (i == 0)
            snprintf(why, size, "%s", text_peek(&sentence));
        text_free(&sentence);
    }
    return errors->count == 0;
}

static void warn_unknown(const workflow *flow, const json_t *inputs, diagnostics *list) {
    const char *name;
    json_t *value;
    if (list == NULL)
        return;
    json_object_foreach((json_t *)inputs, name, value) {
        if (workflow_input(flow, name, strlen(name)) != NULL)
            continue;
        const node *properties = flow->inputs == NULL ? NULL : node_get(flow->inputs, "properties");
        nearest search;
        nearest_start(&search, name, strlen(name));
        for (size_t i = 0; properties != NULL && i < node_count(properties); i++)
            nearest_try(&search, node_string(node_key(properties, i), NULL));
        text help = TEXT_EMPTY;
        text_append_format(&help, "did you mean '%s'?", search.best == NULL ? "" : search.best);
        place where = {.file = document_name(flow->owner->document)};
        diagnose(list, "W0511", where, search.best == NULL ? NULL : text_peek(&help),
                 "workflow '%s' declares no input '%s'", flow->id, name);
        text_free(&help);
    }
}

bool check_inputs(const workflow *flow, json_t *inputs, diagnostics *list, char *why, size_t size) {
    snprintf(why, size, "memory ran short");
    walk w = {.root = document_root(flow->owner->document), .budget = 10000};
    apply_defaults(&w, flow->inputs, inputs, 32);
    warn_unknown(flow, inputs, list);
    if (w.no_memory)
        return false;
    if (flow->input_schema == NULL)
        return true;
    arena *memory = arena_new();
    if (memory == NULL)
        return false;
    schema_errors errors = {0};
    schema_outcome outcome = schema_validate(flow->input_schema, inputs, memory, &errors);
    bool holds = outcome == SCHEMA_VALID;
    if (list != NULL && outcome == SCHEMA_INVALID)
        report_missing(flow, inputs, list);
    if (outcome == SCHEMA_INVALID)
        report_errors(flow, &errors, list, why, size);
    else if (outcome == SCHEMA_LIMIT && list != NULL)
        diagnose(list, "E0510", node_place(flow->owner->document, flow->inputs), NULL,
                 "the inputs cannot be checked: the schema is too deep");
    if (outcome == SCHEMA_NO_MEMORY && list != NULL)
        list->no_memory = true;
    arena_free(memory);
    return holds;
}
