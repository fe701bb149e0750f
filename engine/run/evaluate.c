/*
 * evaluate.c: what runtime expressions refer to while a workflow runs, and everything that is evaluated with them:
 * criteria, outputs, values. Section "Runtime Expressions".
 *
 * Diagnostics: W0501 an output that reaches nothing (S4), W0502 a criterion that cannot be evaluated (S14).
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/utf8.h"
#include "engine/run/run_internal.h"

/* ---- Looking up ---- */

static json_t *member(const json_t *object, const char *name) {
    return json_incref(json_object_get(object, name));
}

/* A value made for a look-up: that there is none for want of memory must not be taken for nothing. */
static json_t *made(arazzo_run *run, json_t *fresh) {
    run->list->no_memory = run->list->no_memory || fresh == NULL;
    return fresh;
}

/* A header field that is not UTF-8 is empty. */
static json_t *header_value(arazzo_run *run, const char *value) {
    return made(run, json_string(utf8_valid(value, strlen(value), NULL) ? value : ""));
}

/* A field's value; several of the same name are an array, which the expressions module joins (S8). */
static json_t *header(arazzo_run *run, const http_headers *headers, const char *name) {
    json_t *found = NULL;
    for (size_t i = 0; i < headers->count; i++) {
        if (strcasecmp(headers->items[i].name, name) != 0)
            continue;
        json_t *value = header_value(run, headers->items[i].value);
        if (found == NULL || value == NULL) {
            json_decref(found);
            found = value;
            continue;
        }
        if (!json_is_array(found))
            found = made(run, json_pack("[o]", found));
        if (found == NULL || json_array_append_new(found, value) != 0)
            run->list->no_memory = true;
    }
    return found;
}

static json_t *lookup_exchange(arazzo_run *run, const exchange *at, const expr_reference *reference) {
    switch (reference->root) {
    case EXPR_URL:
        return at->built ? made(run, json_string(at->request.url)) : NULL;
    case EXPR_METHOD:
        return at->built ? made(run, json_string(at->request.method)) : NULL;
    case EXPR_STATUS_CODE:
        return at->answered ? made(run, json_integer(at->response.status)) : NULL;
    case EXPR_REQUEST_HEADER:
        return header(run, &at->request.headers, reference->name);
    case EXPR_REQUEST_QUERY:
        return member(at->arguments[PARAMETER_QUERY], reference->name);
    case EXPR_REQUEST_PATH:
        return member(at->arguments[PARAMETER_PATH], reference->name);
    case EXPR_REQUEST_BODY:
        return json_incref(at->payload);
    case EXPR_RESPONSE_HEADER:
        return at->answered ? header(run, &at->response.headers, reference->name) : NULL;
    case EXPR_RESPONSE_BODY:
        return json_incref(at->body);
    default: /* payloads and messages belong to AsyncAPI steps; a response has neither query nor path */
        return NULL;
    }
}

static json_t *lookup_workflow(arazzo_run *run, const frame *top, const expr_reference *reference) {
    bool inputs = reference->root == EXPR_WORKFLOWS_INPUTS;
    if (strcmp(reference->owner, top->flow->id) == 0)
        return member(inputs ? top->inputs : top->outputs, reference->name);
    const workflow *flow = description_workflow(top->flow->owner, reference->owner);
    const visit *at = top->visit;
    /* A workflow of another document goes by its id where this document has none of that name. */
    if (!inputs && at != NULL && at->called != NULL && (flow == NULL || flow == at->called) &&
        strcmp(at->called->id, reference->owner) == 0)
        return member(at->called_outputs, reference->name);
    const record *known = flow == NULL ? NULL : name_index_find(&run->records, (const char *)&flow, sizeof flow);
    return known == NULL ? NULL : member(inputs ? known->inputs : known->outputs, reference->name);
}

/* `$sourceDescriptions.<name>.<reference>`: an operationId or workflowId first, then a field of the object. */
static json_t *lookup_source(arazzo_run *run, const frame *top, const expr_reference *reference) {
    const source_description *source = description_source(top->flow->owner, reference->owner, strlen(reference->owner));
    if (source == NULL)
        return NULL;
    if (source->openapi != NULL && api_operation_by_id(source->openapi, reference->name) != NULL)
        return made(run, json_pack("{s:s}", "operation", reference->name));
    if (source->description != NULL && description_workflow(source->description, reference->name) != NULL)
        return made(run, json_pack("{s:s}", "workflow", reference->name));
    const node *field = node_get(source->object, reference->name);
    return field == NULL ? NULL : made(run, node_json(field));
}

static json_t *lookup_component(arazzo_run *run, const frame *top, const expr_reference *reference) {
    const node *map = node_get(document_root(top->flow->owner->document), "components");
    map = map == NULL ? NULL : node_get(map, reference->owner);
    const node *found = map == NULL ? NULL : node_get(map, reference->name);
    return found == NULL ? NULL : made(run, node_json(found));
}

static json_t *lookup_step(const frame *top, const expr_reference *reference) {
    const step *of = workflow_step(top->flow, reference->owner);
    if (of == NULL || reference->name == NULL)
        return of == NULL ? NULL : json_incref(top->step_outputs[of->index]);
    return member(top->step_outputs[of->index], reference->name);
}

static json_t *lookup(void *user, const expr_reference *reference) {
    arazzo_run *run = user;
    const frame *top = run->top;
    switch (reference->root) {
    case EXPR_SELF:
        return top->flow->owner->self == NULL ? NULL : made(run, json_string(top->flow->owner->self));
    case EXPR_INPUTS:
        return member(top->inputs, reference->name);
    case EXPR_OUTPUTS:
        return top->visit != NULL && top->visit->called_outputs != NULL
                   ? member(top->visit->called_outputs, reference->name)
                   : member(top->outputs, reference->name);
    case EXPR_STEPS:
        return lookup_step(top, reference);
    case EXPR_WORKFLOWS_INPUTS:
    case EXPR_WORKFLOWS_OUTPUTS:
        return lookup_workflow(run, top, reference);
    case EXPR_SOURCE_DESCRIPTIONS:
        return lookup_source(run, top, reference);
    case EXPR_COMPONENTS:
        return lookup_component(run, top, reference);
    default:
        return top->visit == NULL
                   ? NULL
                   : lookup_exchange(run,
                                     top->visit->step->kind == STEP_WORKFLOW ? &top->visit->called_answer.exchange
                                                                             : &top->visit->exchange,
                                     reference);
    }
}

expr_context run_context(arazzo_run *run) {
    return (expr_context){.user = run, .lookup = lookup};
}

/* ---- Warnings, each once ---- */

bool first_time(arazzo_run *run, const char *code, place where, const char *words) {
    text key = TEXT_EMPTY;
    text_append_format(&key, "%s %s %u %u %s", code, where.file == NULL ? "" : where.file, where.line, where.column,
                       words);
    bool present = true;
    bool said = !key.failed && name_index_find(&run->reported, text_peek(&key), key.length) != NULL;
    char *kept = said || key.failed ? NULL : arena_copy(run->memory, text_peek(&key), key.length);
    if (!said && (kept == NULL || !name_index_add(&run->reported, run->memory, kept, key.length, kept, &present))) {
        run->list->no_memory = true;
        present = true;
    }
    text_free(&key);
    return !present;
}

void warn_once(arazzo_run *run, const char *code, const node *where, const char *help, const char *format, ...) {
    text message = TEXT_EMPTY;
    va_list values;
    va_start(values, format);
    text_append_format_list(&message, format, values);
    va_end(values);
    run->list->no_memory = run->list->no_memory || message.failed;
    place at = node_place(run->top->flow->owner->document, where);
    if (first_time(run, code, at, text_peek(&message)))
        diagnose(run->list, code, at, help, "%s", text_peek(&message));
    text_free(&message);
}

bool first_said(arazzo_run *run, const char *code, const char *what) {
    return first_time(run, code, (place){.file = NULL}, what);
}

void report_once(arazzo_run *run, const diagnostics *from) {
    for (size_t i = 0; i < from->count; i++) {
        const diagnostic *entry = &from->items[i];
        if (!first_time(run, entry->code, entry->where, entry->message))
            continue;
        diagnose(run->list, entry->code, entry->where, entry->help, "%s", entry->message);
    }
    run->list->no_memory = run->list->no_memory || from->no_memory;
}

/* ---- Values ---- */

expr_outcome evaluate_value(arazzo_run *run, const value_field *field, json_t **value, char *why, size_t size) {
    return evaluate_reporting(run, field, NULL, NULL, value, why, size);
}

expr_outcome evaluate_reporting(arazzo_run *run, const value_field *field, void (*missing)(void *user, const char *),
                                void *user, json_t **value, char *why, size_t size) {
    expr_context context = run_context(run);
    expr_failure failure = {0};
    expr_outcome outcome = expr_value_evaluate(field->compiled, &context, missing, user, value, &failure);
    if (outcome == EXPR_NOTHING && run->options.dry_run) {
        *value = dry_value(field);
        outcome = *value == NULL ? EXPR_OUT_OF_MEMORY : EXPR_VALUE;
    }
    if (outcome == EXPR_OUT_OF_MEMORY)
        run_out_of_memory(run);
    if (outcome == EXPR_FAILED)
        snprintf(why, size, "%s", failure.message);
    return outcome;
}

/* ---- Outputs ---- */

typedef struct missing_report {
    arazzo_run *run;
    const output *of;
} missing_report;

/* Does the expression refer to a step that never ran? Then nothing is expected of it (S20). */
static bool never_ran(const frame *top, const char *expression_text) {
    static const char prefix[] = "$steps.";
    const char *id = expression_text + (expression_text[0] == '{');
    if (strncmp(id, prefix, sizeof prefix - 1) != 0)
        return false;
    id += sizeof prefix - 1;
    size_t length = strcspn(id, ".");
    const step *of = name_index_find(&top->flow->step_index, id, length);
    return of != NULL && top->step_outputs[of->index] == NULL;
}

static void report_missing(void *user, const char *expression_text) {
    missing_report *report = user;
    if (!never_ran(report->run->top, expression_text))
        warn_once(report->run, "W0501", report->of->value.object, NULL, "the output '%s' is null: %s reaches nothing",
                  report->of->name, expression_text);
}

json_t *evaluate_outputs(arazzo_run *run, const outputs *list, bool warn) {
    json_t *made = json_object();
    expr_context context = run_context(run);
    for (size_t i = 0; made != NULL && i < list->count; i++) {
        missing_report report = {run, &list->items[i]};
        json_t *value = NULL;
        expr_failure failure = {0};
        expr_outcome outcome = expr_value_evaluate(list->items[i].value.compiled, &context,
                                                   warn ? report_missing : NULL, &report, &value, &failure);
        if (outcome == EXPR_FAILED && warn)
            warn_once(run, "W0501", list->items[i].value.object, NULL, "the output '%s' is null: %s",
                      list->items[i].name, failure.message);
        if (outcome != EXPR_VALUE)
            value = json_null();
        if (json_object_set_new(made, list->items[i].name, value) != 0 || outcome == EXPR_OUT_OF_MEMORY) {
            json_decref(made);
            made = NULL;
        }
    }
    if (made == NULL)
        run_out_of_memory(run);
    return made;
}

/* ---- Criteria ---- */

static void emit_criterion(arazzo_run *run, const criterion_object *object, bool passed, const char *error) {
    if (run->options.observer == NULL)
        return;
    expr_context context = run_context(run);
    char *explanation = passed ? NULL : criterion_explain(object->compiled, &context);
    run->list->no_memory = run->list->no_memory || (!passed && explanation == NULL);
    arazzo_event event = {.kind = ARAZZO_EVENT_CRITERION,
                          .condition = object->condition,
                          .condition_type = object->type,
                          .context = object->context,
                          .passed = passed,
                          .error = error,
                          .explanation = explanation};
    emit(run, &event);
    free(explanation);
}

static bool evaluate_criterion(arazzo_run *run, const criterion_object *object, bool event, expr_failure *failure) {
    expr_context context = run_context(run);
    *failure = (expr_failure){0};
    criterion_outcome outcome = criterion_test(object->compiled, &context, failure);
    if (outcome == CRITERION_OUT_OF_MEMORY) {
        run_out_of_memory(run);
        return false;
    }
    if (outcome == CRITERION_ERROR)
        warn_once(run, "W0502", node_get(object->object, "condition"), NULL,
                  "the condition cannot be evaluated, so it fails: %s", failure->message);
    bool passed = outcome == CRITERION_PASSED;
    if (event)
        emit_criterion(run, object, passed, outcome == CRITERION_ERROR ? failure->message : NULL);
    if (outcome != CRITERION_ERROR)
        failure->message[0] = '\0';
    return passed;
}

bool judge_criteria(arazzo_run *run, const criteria *list) {
    bool all = true;
    expr_failure failure;
    for (size_t i = 0; i < list->count && !run_ended(run); i++)
        all = evaluate_criterion(run, &list->items[i], true, &failure) && all;
    return all;
}

const criterion_object *failing_criterion(arazzo_run *run, const criteria *list, char *why, size_t size) {
    expr_failure failure;
    for (size_t i = 0; i < list->count; i++) {
        if (evaluate_criterion(run, &list->items[i], false, &failure))
            continue;
        snprintf(why, size, "%s", failure.message);
        return &list->items[i];
    }
    return NULL;
}
