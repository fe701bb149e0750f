/*
 * references.c: what expressions refer to: inputs, steps, outputs, workflows, sources and components that do not exist,
 * and answers that are not there yet where the expression stands. Section "Runtime Expressions".
 *
 * Each string that may hold expressions is compiled again, alone, so that every reference has its place.
 */
#include <string.h>

#include "engine/validate/answers.h"

/* When an expression is evaluated: what it can reach depends on it. */
typedef enum moment { BEFORE_REQUEST, AFTER_ANSWER, AT_THE_END } moment;

typedef struct scope {
    const validation *v;
    const workflow *flow;
    const step *at; /* NULL: of the workflow as a whole */
    moment when;
    const node *string; /* in which the references stand */
    bool passed_over;   /* the next reference is not in `string` */
    bool failing;       /* in the actions of a step that failed, or in what tells whether it did */
} scope;

static answer_use use_of(const scope *s) {
    return (answer_use){.v = s->v,
                        .flow = s->flow,
                        .at = s->at,
                        .wanted = s->failing ? ANSWERS_ANY : ANSWERS_SUCCESSFUL,
                        .string = s->string};
}

/* ---- Places ---- */

static place name_place(const scope *s, const expr_reference *reference) {
    return node_place_within(s->v->owner, s->string, reference->offset, reference->length);
}

/* Where the owner's name stands: before `.outputs.` or `.inputs.` and the name. */
static place owner_place(const scope *s, const expr_reference *reference) {
    size_t length, size = strlen(reference->owner);
    const char *whole = node_string(s->string, &length);
    for (size_t at = reference->offset; reference->offset <= length && at-- > 0;)
        if (at + size <= length && memcmp(whole + at, reference->owner, size) == 0)
            return node_place_within(s->v->owner, s->string, at, size);
    return name_place(s, reference);
}

/* ---- Names with dots (S6): the whole, or a leading part ---- */

static bool any_part(const char *name, bool (*is_known)(const void *, const char *, size_t), const void *user) {
    for (size_t length = strlen(name); length > 0; length--)
        if ((name[length] == '\0' || name[length] == '.') && is_known(user, name, length))
            return true;
    return false;
}

static bool is_member(const void *map, const char *name, size_t length) {
    return map != NULL && node_get_sized(map, name, length) != NULL;
}

static bool is_input(const void *flow, const char *name, size_t length) {
    return workflow_input(flow, name, length) != NULL;
}

/* ---- Inputs ---- */

/* Schemas that name inputs in ways that are not followed here. */
static bool is_open_schema(const node *schema_object, unsigned depth) {
    static const char *const keywords[] = {"anyOf",      "oneOf", "if", "patternProperties", "dependentSchemas",
                                           "$dynamicRef"};
    if (schema_object == NULL || depth > 8)
        return true;
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (node_get(schema_object, keywords[i]) != NULL)
            return true;
    const node *all = node_get(schema_object, "allOf");
    for (size_t i = 0; all != NULL && i < node_count(all); i++)
        if (is_open_schema(node_item(all, i), depth + 1))
            return true;
    return false;
}

/* The schema that a workflow's `inputs` come down to, or NULL when it stands elsewhere. */
static const node *inputs_of(const workflow *flow) {
    const node *found = flow->inputs;
    const node *root = document_root(flow->owner->document);
    for (unsigned i = 0; i < 8 && found != NULL; i++) {
        const node *reference = node_get(found, "$ref");
        size_t length;
        const char *pointer = reference == NULL ? NULL : node_string(reference, &length);
        if (pointer == NULL)
            return found;
        found = description_schema(root, pointer, length);
    }
    return NULL;
}

/* Every input that the schema names. */
static void try_inputs(nearest *search, const node *root, const node *schema_object, unsigned depth) {
    if (schema_object == NULL || depth > 8)
        return;
    const node *properties = node_get(schema_object, "properties"), *all = node_get(schema_object, "allOf");
    const node *reference = node_get(schema_object, "$ref");
    for (size_t i = 0; properties != NULL && node_key(properties, i) != NULL; i++)
        nearest_try(search, node_string(node_key(properties, i), NULL));
    for (size_t i = 0; all != NULL && i < node_count(all); i++)
        try_inputs(search, root, node_item(all, i), depth + 1);
    size_t length;
    const char *pointer = reference == NULL ? NULL : node_string(reference, &length);
    if (pointer != NULL)
        try_inputs(search, root, description_schema(root, pointer, length), depth + 1);
}

static void check_input(const scope *s, const workflow *flow, const expr_reference *reference) {
    const node *schema_object = inputs_of(flow);
    if (any_part(reference->name, is_input, flow) || (flow->inputs != NULL && is_open_schema(schema_object, 0)))
        return;
    nearest search;
    nearest_start(&search, reference->name, strcspn(reference->name, "."));
    try_inputs(&search, document_root(flow->owner->document), flow->inputs, 0);
    text help = TEXT_EMPTY;
    if (did_you_mean(&help, &search) == NULL)
        text_append_format(&help, "declare it in 'inputs' of the workflow, under 'properties'");
    diagnose(s->v->list, "W0440", name_place(s, reference), text_peek(&help), "workflow '%s' declares no input '%s'",
             flow->id, reference->name);
    text_free(&help);
}

/* ---- Outputs ---- */

static void try_outputs(nearest *search, const node *map) {
    for (size_t i = 0; map != NULL && i < node_count(map); i++)
        nearest_try(search, node_string(node_key(map, i), NULL));
}

static const node *outputs_of(const node *object) {
    const node *map = object == NULL ? NULL : node_get(object, "outputs");
    return map != NULL && node_type(map) == NODE_MAPPING ? map : NULL;
}

static void report_output(const scope *s, const expr_reference *reference, const char *what, const char *id,
                          const node *map, const node *more) {
    nearest search;
    nearest_start(&search, reference->name, strlen(reference->name));
    try_outputs(&search, map);
    try_outputs(&search, more);
    text help = TEXT_EMPTY;
    if (did_you_mean(&help, &search) == NULL) {
        size_t listed = 0;
        map = map == NULL || node_count(map) == 0 ? more : map;
        for (size_t i = 0; map != NULL && i < node_count(map) && listed < 6; i++)
            text_append_format(&help, "%s'%s'", listed++ == 0 ? "it has " : ", ", node_string(node_key(map, i), NULL));
        if (listed == 0)
            text_append_format(&help, "give the %s an output of this name", what);
    }
    diagnose(s->v->list, "W0442", name_place(s, reference), text_peek(&help), "%s '%s' has no output '%s'", what, id,
             reference->name);
    text_free(&help);
}

static void check_workflow_output(const scope *s, const workflow *flow, const expr_reference *reference) {
    const node *map = outputs_of(flow->object);
    if (!any_part(reference->name, is_member, map))
        report_output(s, reference, "workflow", flow->id, map, NULL);
}

/* ---- Steps ---- */

/* The workflow that has a step of this name, other than `flow`. */
static const workflow *holder_of(const scope *s, const char *id) {
    for (size_t i = 0; i < s->v->loaded->workflow_count; i++)
        if (&s->v->loaded->workflows[i] != s->flow && workflow_step(&s->v->loaded->workflows[i], id) != NULL)
            return &s->v->loaded->workflows[i];
    return NULL;
}

static void report_step(const scope *s, const expr_reference *reference) {
    nearest search;
    nearest_start(&search, reference->owner, strlen(reference->owner));
    for (size_t i = 0; i < s->flow->step_count; i++)
        nearest_try(&search, s->flow->steps[i].id);
    text help = TEXT_EMPTY;
    const workflow *holder = holder_of(s, reference->owner);
    if (did_you_mean(&help, &search) == NULL && holder != NULL)
        text_append_format(&help, "it is a step of workflow '%s', whose outputs are '$workflows.%s.outputs.NAME'",
                           holder->id, holder->id);
    else if (help.length == 0)
        for (size_t i = 0; i < s->flow->step_count && i < 8; i++)
            if (s->flow->steps[i].id[0] != '\0')
                text_append_format(&help, "%s'%s'", help.length == 0 ? "its steps are " : ", ", s->flow->steps[i].id);
    diagnose(s->v->list, "W0441", owner_place(s, reference), help.length == 0 ? NULL : text_peek(&help),
             "workflow '%s' has no step '%s'", s->flow->id, reference->owner);
    text_free(&help);
}

static void check_step_output(const scope *s, const expr_reference *reference) {
    const step *of = workflow_step(s->flow, reference->owner);
    if (of == NULL)
        report_step(s, reference);
    if (of == NULL || reference->name == NULL) /* all outputs of it: W0109 */
        return;
    const node *map = outputs_of(of->object);
    const node *called = of->target == NULL ? NULL : outputs_of(of->target->object);
    bool unknown = node_get(of->object, "workflowId") != NULL && of->target == NULL;
    if (!any_part(reference->name, is_member, map) && !any_part(reference->name, is_member, called) && !unknown)
        report_output(s, reference, "step", of->id, map, called);
}

/* ---- Workflows, sources, components ---- */

static void check_workflow(const scope *s, const expr_reference *reference) {
    const workflow *of = description_workflow(s->v->loaded, reference->owner);
    if (of != NULL && reference->root == EXPR_WORKFLOWS_INPUTS)
        check_input(s, of, reference);
    else if (of != NULL)
        check_workflow_output(s, of, reference);
    if (of != NULL)
        return;
    nearest search;
    nearest_start(&search, reference->owner, strlen(reference->owner));
    for (size_t i = 0; i < s->v->loaded->workflow_count; i++)
        nearest_try(&search, s->v->loaded->workflows[i].id);
    text help = TEXT_EMPTY;
    diagnose(s->v->list, "W0443", owner_place(s, reference), did_you_mean(&help, &search),
             "there is no workflow '%s' in this document", reference->owner);
    text_free(&help);
}

static void check_source(const scope *s, const expr_reference *reference) {
    if (description_source(s->v->loaded, reference->owner, strlen(reference->owner)) != NULL)
        return;
    nearest search;
    nearest_start(&search, reference->owner, strlen(reference->owner));
    for (size_t i = 0; i < s->v->loaded->source_count; i++)
        if (s->v->loaded->sources[i].name != NULL)
            nearest_try(&search, s->v->loaded->sources[i].name);
    text help = TEXT_EMPTY;
    diagnose(s->v->list, "W0443", owner_place(s, reference), did_you_mean(&help, &search),
             "there is no source description '%s'", reference->owner);
    text_free(&help);
}

static void check_component(const scope *s, const expr_reference *reference) {
    const node *map = node_at(document_root(s->v->owner), "/components", 11);
    map = map == NULL ? NULL : node_get(map, reference->owner);
    if (any_part(reference->name, is_member, map))
        return;
    nearest search;
    nearest_start(&search, reference->name, strlen(reference->name));
    try_outputs(&search, map);
    text help = TEXT_EMPTY;
    diagnose(s->v->list, "W0443", name_place(s, reference), did_you_mean(&help, &search),
             "there is no component '$components.%s.%s'", reference->owner, reference->name);
    text_free(&help);
}

/* ---- Answers that are not there ---- */

static void check_moment(const scope *s, const expr_reference *reference) {
    bool answer = reference->root == EXPR_STATUS_CODE ||
                  (reference->root >= EXPR_RESPONSE_HEADER && reference->root <= EXPR_RESPONSE_PAYLOAD);
    bool exchange = answer || reference->root <= EXPR_METHOD ||
                    (reference->root >= EXPR_REQUEST_HEADER && reference->root <= EXPR_REQUEST_PAYLOAD);
    if (!exchange || s->flow == NULL)
        return;
    if (s->when == AT_THE_END)
        diagnose(s->v->list, "W0444", name_place(s, reference),
                 "make it an output of a step, and write '$steps.STEP.outputs.NAME' here",
                 "this reaches nothing: outputs of a workflow are taken when all steps are over");
    else if (s->when == BEFORE_REQUEST)
        diagnose(s->v->list, "W0444", name_place(s, reference),
                 "make it an output of an earlier step, and write '$steps.STEP.outputs.NAME' here",
                 answer ? "this reaches nothing: the step has no answer yet when its request is made"
                        : "this reaches nothing: the request is being made");
    else if (s->v->loaded->strict && s->at != NULL && s->at->kind == STEP_WORKFLOW &&
             node_get(s->at->object, "workflowId") != NULL)
        diagnose(s->v->list, "W0444", name_place(s, reference), "the workflow's outputs are '$outputs.NAME'",
                 "this reaches nothing: the step calls a workflow, not an operation");
}

static void on_reference(void *user, const expr_reference *reference) {
    scope *s = user;
    const answer_use use = use_of(s);
    check_answer_use(&use, reference);
    switch (reference->root) {
    case EXPR_INPUTS:
        if (s->flow != NULL)
            check_input(s, s->flow, reference);
        break;
    case EXPR_STEPS:
        if (s->flow != NULL)
            check_step_output(s, reference);
        break;
    case EXPR_OUTPUTS:
        if (s->at != NULL && s->at->target != NULL)
            check_workflow_output(s, s->at->target, reference);
        break;
    case EXPR_WORKFLOWS_INPUTS:
    case EXPR_WORKFLOWS_OUTPUTS:
        check_workflow(s, reference);
        break;
    case EXPR_SOURCE_DESCRIPTIONS:
        check_source(s, reference);
        break;
    case EXPR_COMPONENTS:
        check_component(s, reference);
        break;
    default:
        check_moment(s, reference);
    }
}

/* ---- Where expressions stand ---- */

static void on_query(void *user, const expr_reference *context, const expr_token *tokens, size_t count) {
    const answer_use use = use_of(user);
    check_query_use(&use, context, tokens, count);
}

static bool query_has_length(void *user, const expr_reference *context, const expr_token *tokens, size_t count) {
    const answer_use use = use_of(user);
    return answer_has_length(&use, context, tokens, count);
}

/*
 * The builder has reported it, without knowing what answers hold: a mend that only shows here is said again, and
 * validate.c keeps both in one.
 */
static void on_problem(void *user, const expr_problem *problem) {
    const scope *s = user;
    if (strcmp(problem->rule, "S2") != 0 || problem->mend == NULL || strcmp(problem->pointer, "/condition") != 0)
        return;
    text_change change;
    if (!node_edit(s->v->owner, s->string, problem->mend_offset, problem->mend_length, problem->mend, &change))
        s->v->list->no_memory = true;
    diagnostic *entry = diagnose(s->v->list, problem->severity == EXPR_ERROR ? "E0102" : "W0102",
                                 node_place_within(s->v->owner, s->string, problem->offset, problem->length),
                                 problem->help, "%s", problem->message);
    diagnostic_set_mend(s->v->list, entry, &change);
}

static expr_options options_of(scope *s, const node *string) {
    s->string = string;
    return (expr_options){.strict = s->v->loaded->strict, .user = s, .refers = on_reference};
}

static void check_string(scope *s, const node *string) {
    size_t length;
    const char *bytes = node_string(string, &length);
    if (memchr(bytes, '$', length) == NULL)
        return;
    json_t *literal = json_stringn(bytes, length);
    expr_value *compiled = NULL;
    expr_options options = options_of(s, string);
    expr_status status = literal == NULL ? EXPR_NO_MEMORY : expr_value_compile(literal, false, &options, &compiled);
    if (status == EXPR_NO_MEMORY)
        s->v->list->no_memory = true;
    if (status == EXPR_OK)
        expr_value_free(compiled);
    json_decref(literal);
}

/* What a Selector Object takes of an answer: its JSONPath query is looked at as that of a condition would be. */
static void check_selector(scope *s, const node *object) {
    const node *context = node_get(object, "context"), *query = node_get(object, "selector");
    const node *type = node_get(object, "type");
    size_t context_length, length;
    const char *from = context == NULL ? NULL : node_string(context, &context_length);
    const char *bytes = query == NULL ? NULL : node_string(query, &length);
    const char *word = type == NULL ? NULL : node_string(type, NULL);
    if (from == NULL || from[0] != '$' || bytes == NULL || word == NULL || strcmp(word, "jsonpath") != 0)
        return;
    criterion *compiled = NULL;
    expr_options options = options_of(s, query);
    options.refers = NULL;
    options.looks_into = on_query;
    expr_status status = criterion_compile(word, NULL, from, context_length, bytes, length, &options, &compiled);
    if (status == EXPR_NO_MEMORY)
        s->v->list->no_memory = true;
    if (status == EXPR_OK)
        criterion_free(compiled);
}

static void check_value(scope *s, const node *value) {
    if (value == NULL)
        return;
    if (node_type(value) == NODE_MAPPING)
        check_selector(s, value);
    if (node_type(value) == NODE_STRING)
        check_string(s, value);
    for (size_t i = 0; i < node_count(value) && !s->v->list->no_memory; i++)
        check_value(s, node_type(value) == NODE_MAPPING ? node_value(value, i) : node_item(value, i));
}

/* The context is compiled first, and was checked as a value. */
static void on_condition_reference(void *user, const expr_reference *reference) {
    scope *s = user;
    if (!s->passed_over)
        on_reference(s, reference);
    s->passed_over = false;
}

static void check_condition(scope *s, const node *object) {
    const node *condition = node_get(object, "condition"), *type = node_get(object, "type");
    size_t length;
    const char *bytes = condition == NULL ? NULL : node_string(condition, &length);
    const node *name = type != NULL && node_type(type) == NODE_MAPPING ? node_get(type, "type") : type;
    const node *version = type == NULL ? NULL : node_get(type, "version");
    const node *context = node_get(object, "context");
    size_t context_length = 0;
    const char *context_text = context == NULL ? NULL : node_string(context, &context_length);
    if (bytes == NULL)
        return;
    criterion *compiled = NULL;
    expr_options options = options_of(s, condition);
    options.refers = on_condition_reference;
    options.report = on_problem;
    options.looks_into = on_query;
    options.has_length = query_has_length;
    s->passed_over = context_text != NULL;
    expr_status status = criterion_compile(name == NULL ? NULL : node_string(name, NULL),
                                           version == NULL ? NULL : node_string(version, NULL), context_text,
                                           context_length, bytes, length, &options, &compiled);
    if (status == EXPR_NO_MEMORY)
        s->v->list->no_memory = true;
    if (status == EXPR_OK)
        criterion_free(compiled);
}

static void check_criteria(scope *s, const node *list) {
    for (size_t i = 0; list != NULL && i < node_count(list) && node_type(list) == NODE_SEQUENCE; i++) {
        const node *object = node_item(list, i);
        const node *context = node_get(object, "context");
        if (context != NULL && node_type(context) == NODE_STRING)
            check_string(s, context);
        check_condition(s, object);
    }
}

static void check_parameters(scope *s, const node *list) {
    for (size_t i = 0; list != NULL && i < node_count(list) && node_type(list) == NODE_SEQUENCE; i++)
        check_value(s, node_get(node_item(list, i), "value"));
}

static void check_actions(scope *s, const node *list) {
    for (size_t i = 0; list != NULL && i < node_count(list) && node_type(list) == NODE_SEQUENCE; i++) {
        check_criteria(s, node_get(node_item(list, i), "criteria"));
        check_parameters(s, node_get(node_item(list, i), "parameters"));
    }
}

static void check_body(scope *s, const node *body) {
    if (body == NULL)
        return;
    check_value(s, node_get(body, "payload"));
    const node *list = node_get(body, "replacements");
    for (size_t i = 0; list != NULL && i < node_count(list) && node_type(list) == NODE_SEQUENCE; i++)
        check_value(s, node_get(node_item(list, i), "value"));
}

static void check_workflow_parts(const validation *v, const workflow *flow) {
    scope whole = {.v = v, .flow = flow, .when = BEFORE_REQUEST};
    check_parameters(&whole, node_get(flow->object, "parameters"));
    whole.when = AFTER_ANSWER;
    check_actions(&whole, node_get(flow->object, "successActions"));
    whole.failing = true;
    check_actions(&whole, node_get(flow->object, "failureActions"));
    whole.failing = false;
    whole.when = AT_THE_END;
    check_value(&whole, outputs_of(flow->object));
}

static void check_step_parts(const validation *v, const workflow *flow, const step *at) {
    scope s = {.v = v, .flow = flow, .at = at, .when = BEFORE_REQUEST};
    check_parameters(&s, node_get(at->object, "parameters"));
    check_body(&s, node_get(at->object, "requestBody"));
    s.when = AFTER_ANSWER;
    s.failing = true;
    check_criteria(&s, node_get(at->object, "successCriteria"));
    check_actions(&s, node_get(at->object, "onFailure"));
    s.failing = false;
    check_actions(&s, node_get(at->object, "onSuccess"));
    check_value(&s, outputs_of(at->object));
}

void validate_references(const validation *v) {
    for (size_t i = 0; i < v->loaded->workflow_count; i++) {
        const workflow *flow = &v->loaded->workflows[i];
        check_workflow_parts(v, flow);
        for (size_t j = 0; j < flow->step_count && !validate_has_enough(v); j++)
            check_step_parts(v, flow, &flow->steps[j]);
    }
}
