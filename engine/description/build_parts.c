/*
 * build_parts.c: the parts of steps and workflows: Parameter, Criterion, Success and Failure Action, Reusable, Request
 * Body and Payload Replacement Objects, outputs, and every value that may hold expressions.
 */
#include <string.h>

#include "base/nearest.h"
#include "base/text.h"
#include "engine/description/build_internal.h"

/* ---- Expressions ---- */

/*
 * In strict documents an expression without braces is text, and means that. What several workflows share may be text in
 * one and an expression in another (S1 asks what is declared).
 */
static bool may_mend(const builder *b, const node *where, unsigned rule) {
    return rule != 1 || (!b->made->strict &&
                         (b->made->workflow_count == 1 || b->flow == NULL || node_contains(b->flow->object, where)));
}

static void builder_mend(builder *b, diagnostic *entry, const node *where, const expr_problem *problem) {
    text_change change;
    if (!node_edit(b->made->document, where, problem->mend_offset, problem->mend_length, problem->mend, &change))
        b->list->no_memory = true;
    diagnostic_set_mend(b->list, entry, &change);
}

/*
 * What the expressions module finds becomes a diagnostic: a liberty of rule S<n> is W01<n>, and in strict documents
 * E01<n>; an error without a rule is E0100.
 */
static void report_problem(void *user, const expr_problem *problem) {
    builder *b = user;
    const node *where = node_at(b->expression, problem->pointer, strlen(problem->pointer));
    char code[8] = "E0100";
    unsigned rule = 0;
    for (const char *digit = problem->rule[0] == 'S' ? problem->rule + 1 : ""; *digit >= '0' && *digit <= '9'; digit++)
        rule = rule * 10 + (unsigned)(*digit - '0');
    code[0] = problem->severity == EXPR_ERROR ? 'E' : 'W';
    code[3] = (char)('0' + rule / 10 % 10);
    code[4] = (char)('0' + rule % 10);
    char *kept = arena_copy(b->list->memory, code, strlen(code));
    if (kept == NULL) {
        b->list->no_memory = true;
        return;
    }
    place at =
        node_place_within(b->made->document, where == NULL ? b->expression : where, problem->offset, problem->length);
    diagnostic *entry = diagnose(b->list, kept, at, problem->help, "%s", problem->message);
    if (problem->mend != NULL && may_mend(b, where == NULL ? b->expression : where, rule))
        builder_mend(b, entry, where == NULL ? b->expression : where, problem);
}

static bool declares_input(const workflow *flow, const char *name) {
    if (flow == NULL)
        return false;
    for (size_t length = strlen(name); length > 0; length--)
        if ((name[length] == '\0' || name[length] == '.') && workflow_input(flow, name, length) != NULL)
            return true;
    return false;
}

/* Is a reference one that the document declares? Decides whether `$…` in a text is an expression (S1). */
static bool declares(void *user, const expr_reference *reference) {
    const builder *b = user;
    switch (reference->root) {
    case EXPR_INPUTS:
        return declares_input(b->flow, reference->name);
    case EXPR_STEPS:
        return b->flow != NULL && workflow_step(b->flow, reference->owner) != NULL;
    case EXPR_WORKFLOWS_INPUTS:
    case EXPR_WORKFLOWS_OUTPUTS:
        return description_workflow(b->made, reference->owner) != NULL;
    case EXPR_SOURCE_DESCRIPTIONS:
        return description_source(b->made, reference->owner, strlen(reference->owner)) != NULL;
    default:
        return true;
    }
}

/* Where a reference stands: within the string that is being compiled, or the criterion's field that it is in. */
static place reference_place(const builder *b, const expr_reference *reference) {
    const node *strings[] = {b->expression, node_get(b->expression, "condition"), node_get(b->expression, "context")};
    const char *begins = reference->name == NULL ? "$" : reference->name;
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        size_t length;
        const char *written = strings[i] == NULL ? NULL : node_string(strings[i], &length);
        if (written != NULL && reference->offset + strlen(begins) <= length &&
            memcmp(written + reference->offset, begins, strlen(begins)) == 0)
            return node_place_within(b->made->document, strings[i], reference->offset, reference->length);
    }
    return builder_place(b, b->expression);
}

/* What 1.0.x does not know of, and what a step that calls a workflow has no answer of its own for (S22). */
static void note_liberty(builder *b, const expr_reference *reference) {
    expr_root root = reference->root;
    bool message = root >= EXPR_MESSAGE_HEADER && root <= EXPR_MESSAGE_PAYLOAD;
    if (root == EXPR_SELF || message)
        note_newer_part(b, b->expression, message ? "$message" : "$self");
    bool answer = root == EXPR_STATUS_CODE || (root >= EXPR_RESPONSE_HEADER && root <= EXPR_RESPONSE_PAYLOAD);
    if (!answer || b->step == NULL || b->step->kind != STEP_WORKFLOW || !b->answered || b->made->strict)
        return;
    b->step->uses_answer = true;
    diagnose(b->list, "W0122", reference_place(b, reference), "the workflow's outputs are '$outputs.NAME'",
             "a step that calls a workflow has no answer of its own: the last one that the workflow got is taken");
}

static void note_reference(void *user, const expr_reference *reference) {
    builder *b = user;
    note_liberty(b, reference);
    if (b->needs == NULL || reference->root != EXPR_STEPS)
        return;
    const step *needed = workflow_step(b->flow, reference->owner);
    if (needed != NULL && needed != b->step)
        add_edge(b, b->needs, b->step == NULL ? 0 : b->step->index, needed->index, false);
}

expr_options builder_expr_options(builder *b, const node *base) {
    b->expression = base;
    return (expr_options){
        .strict = b->made->strict, .user = b, .declares = declares, .report = report_problem, .refers = note_reference};
}

static void release_value(void *thing) {
    expr_value_free(thing);
}

static void release_criterion(void *thing) {
    criterion_free(thing);
}

static void release_selector(void *thing) {
    selector_free(thing);
}

/* `{$inputs.x}` without quotes is, in YAML, an object with the key `$inputs.x` and no value (trap 18). */
static bool refuse_unquoted_braces(builder *b, const node *value) {
    if (node_type(value) != NODE_MAPPING || node_count(value) != 1 || node_type(node_value(value, 0)) != NODE_NULL)
        return true;
    const char *key = node_string(node_key(value, 0), NULL);
    if (key == NULL || key[0] != '$')
        return true;
    text help = TEXT_EMPTY;
    text_append_format(&help, "put quotes around it: \"{%s}\"", key);
    diagnostic *entry = diagnose(b->list, "E0407", builder_place(b, value), text_peek(&help),
                                 "without quotes, YAML reads {%s} as an object, not as an expression", key);
    text_free(&help);
    text_change change;
    if (!node_quote_braces(b->made->document, value, &change))
        b->list->no_memory = true;
    diagnostic_set_mend(b->list, entry, &change);
    return false;
}

static bool is_selector_object(const node *value) {
    const node *context = node_get(value, "context"), *query = node_get(value, "selector");
    const char *written = context == NULL ? NULL : node_string(context, NULL);
    return written != NULL && written[0] == '$' && query != NULL && node_string(query, NULL) != NULL &&
           node_get(value, "type") != NULL;
}

static void note_selector_objects(builder *b, const node *value) {
    node_kind kind = node_type(value);
    if (kind == NODE_MAPPING && is_selector_object(value)) {
        note_newer_part(b, value, "a Selector Object");
        return;
    }
    for (size_t i = 0; (kind == NODE_MAPPING || kind == NODE_SEQUENCE) && i < node_count(value); i++)
        note_selector_objects(b, kind == NODE_MAPPING ? node_value(value, i) : node_item(value, i));
}

bool build_value(builder *b, const node *value, bool selectors, value_field *out) {
    out->object = value;
    if (!refuse_unquoted_braces(b, value))
        return false;
    /* To 1.0.x such an object is a literal like any other, and nobody writes one who doesn't mean it. */
    selectors = selectors && !(b->made->strict && b->made->minor == 0);
    if (selectors && b->made->minor == 0)
        note_selector_objects(b, value);
    json_t *literal = node_json(value);
    if (literal == NULL) {
        b->list->no_memory = true;
        return false;
    }
    expr_options options = builder_expr_options(b, value);
    expr_status status = expr_value_compile(literal, selectors, &options, &out->compiled);
    json_decref(literal);
    if (status == EXPR_NO_MEMORY)
        b->list->no_memory = true;
    if (status != EXPR_OK)
        return false;
    return builder_keep(b, release_value, out->compiled);
}

/* ---- Reusable Objects ---- */

/* What a list's entry stands for: itself, or the component that its `reference` names. NULL after a diagnostic. */
static const node *resolve_reusable(builder *b, const node *entry, const char *components_field) {
    const node *reference = node_get(entry, "reference");
    if (reference == NULL)
        return entry;
    if (!expect_kind(b, reference, "'reference'", NODE_STRING))
        return NULL;
    const char *written = node_string(reference, NULL);
    char prefix[64];
    int length = snprintf(prefix, sizeof prefix, "$components.%s.", components_field);
    const node *map = node_at(document_root(b->made->document), "/components", 11);
    map = map == NULL ? NULL : node_get(map, components_field);
    bool right = strncmp(written, prefix, (size_t)length) == 0;
    const node *found = right && map != NULL ? node_get(map, written + length) : NULL;
    if (found != NULL)
        return expect_kind(b, found, "a component", NODE_MAPPING) ? found : NULL;
    nearest search;
    nearest_start(&search, right ? written + length : written, strlen(right ? written + length : written));
    for (size_t i = 0; map != NULL && i < node_count(map); i++)
        nearest_try(&search, node_string(node_key(map, i), NULL));
    text help = TEXT_EMPTY;
    if (search.best != NULL)
        text_append_format(&help, "did you mean '%s%s'?", prefix, search.best);
    else
        text_append_format(&help, "it must be '%s' followed by a name from 'components'", prefix);
    diagnose(b->list, "E0409", builder_place(b, reference), text_peek(&help), "there is no component '%s'", written);
    text_free(&help);
    return NULL;
}

static const node *list_of(builder *b, const node *list, const char *what) {
    return list == NULL || !expect_kind(b, list, what, NODE_SEQUENCE) ? NULL : list;
}

/* ---- Parameters ---- */

static void read_location(builder *b, const node *object, bool with_in, parameter *made) {
    const char *in = optional_string(b, object, "the Parameter Object", "in");
    if (in == NULL) {
        if (with_in && node_get(object, "in") == NULL)
            diagnose(b->list, "E0401", builder_place(b, object),
                     "say where it goes: 'path', 'query', 'querystring', 'header' or 'cookie'",
                     "the parameter '%s' lacks the field 'in', which a call of an operation needs", made->name);
        return;
    }
    made->has_in = parameter_location_from(in, &made->in);
    if (made->has_in && made->in == PARAMETER_QUERYSTRING)
        note_newer_part(b, node_get(object, "in"), in);
    if (made->has_in)
        return;
    nearest search;
    nearest_start(&search, in, strlen(in));
    for (int i = PARAMETER_PATH; i <= PARAMETER_COOKIE; i++)
        nearest_try(&search, parameter_location_name((parameter_location)i));
    text help = TEXT_EMPTY;
    if (search.best != NULL)
        text_append_format(&help, "did you mean '%s'?", search.best);
    else if (strcmp(in, "body") == 0)
        text_append_string(&help, "a body is given in 'requestBody'");
    else
        text_append_string(&help, "it is one of 'path', 'query', 'querystring', 'header', 'cookie'");
    diagnose(b->list, "E0403", builder_place(b, node_get_or_self(object, "in")), text_peek(&help),
             "'%s' is no place for a parameter", in);
    text_free(&help);
}

static bool build_parameter(builder *b, const node *entry, bool with_in, parameter *made) {
    if (!expect_kind(b, entry, "a Parameter Object", NODE_MAPPING))
        return false;
    const node *object = resolve_reusable(b, entry, "parameters");
    if (object == NULL)
        return false;
    made->object = entry;
    made->name = required_string(b, object, "the Parameter Object", "name");
    if (made->name == NULL)
        return false;
    read_location(b, object, with_in, made);
    const node *value = object != entry ? node_get(entry, "value") : NULL;
    if (value == NULL)
        value = node_get(object, "value");
    if (value == NULL) {
        diagnose(b->list, "E0401", builder_place(b, object), NULL,
                 "the parameter '%s' lacks the required field 'value'", made->name);
        return false;
    }
    return build_value(b, value, true, &made->value);
}

static void refuse_duplicate_parameter(builder *b, const parameters *list, const parameter *made) {
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].has_in == made->has_in && list->items[i].in == made->in &&
            (made->has_in ? parameter_same_name(made->in, list->items[i].name, made->name)
                          : strcmp(list->items[i].name, made->name) == 0))
            diagnostic_relate(b->list,
                              diagnose(b->list, "E0404", builder_place(b, made->object), "keep one of them",
                                       "the parameter '%s' is given twice", made->name),
                              builder_place(b, list->items[i].object), "first given here");
}

/* "The `querystring` location cannot coexist with `query` parameters in the same operation." */
void refuse_query_beside_querystring(builder *b, const parameters *list) {
    const parameter *whole = NULL;
    for (size_t i = 0; whole == NULL && i < list->count; i++)
        if (list->items[i].has_in && list->items[i].in == PARAMETER_QUERYSTRING)
            whole = &list->items[i];
    for (size_t i = 0; whole != NULL && i < list->count; i++) {
        const parameter *other = &list->items[i];
        bool queried = other->in == PARAMETER_QUERY || other->in == PARAMETER_QUERYSTRING;
        if (other == whole || !other->has_in || !queried)
            continue;
        diagnostic_relate(
            b->list,
            diagnose(b->list, "E0406", builder_place(b, other->object), "make it a part of the query string",
                     "the query parameter '%s' cannot stand beside the querystring '%s'", other->name, whole->name),
            builder_place(b, whole->object), "the whole query");
    }
}

void build_parameters(builder *b, const node *list, bool with_in, parameters *out) {
    list = list_of(b, list, "'parameters'");
    size_t count = list == NULL ? 0 : node_count(list);
    out->items = builder_array(b, count, sizeof *out->items);
    for (size_t i = 0; out->items != NULL && i < count; i++) {
        parameter *made = &out->items[out->count];
        *made = (parameter){.name = NULL};
        if (!build_parameter(b, node_item(list, i), with_in, made))
            continue;
        refuse_duplicate_parameter(b, out, made);
        out->count++;
    }
}

/* ---- Criteria ---- */

static const char *criterion_field(const node *object, const char *field, size_t *length) {
    const node *value = node_get(object, field);
    *length = 0;
    return value == NULL ? NULL : node_string(value, length);
}

/* `type` is a string or an Expression Type Object. False after a diagnostic. */
static bool read_expression_type(builder *b, const node *type, const char *field, const char **name,
                                 const char **version) {
    *version = NULL;
    if (node_type(type) == NODE_STRING) {
        *name = node_string(type, NULL);
        return true;
    }
    if (node_type(type) != NODE_MAPPING) {
        diagnose(b->list, "E0402", builder_place(b, type), NULL,
                 "'%s' must be a string or an Expression Type Object, not of type %s", field, node_type_name(type));
        return false;
    }
    *name = required_string(b, type, "the Expression Type Object", "type");
    *version = required_string(b, type, "the Expression Type Object", "version");
    return *name != NULL && *version != NULL;
}

/* Conditions are simple ones, or of the types that the specification lists; what has versions has these. */
static bool check_criterion_type(builder *b, const node *type, const char *name, const char *version) {
    static const char *const words[] = {"simple", "regex", "jsonpath", "xpath"};
    const node *named = type != NULL && node_type(type) == NODE_MAPPING ? node_get(type, "type") : type;
    nearest search;
    nearest_start(&search, name, strlen(name));
    bool known = false;
    size_t first = version == NULL ? 0 : 2; /* the types before have no versions */
    for (size_t i = first; i < sizeof words / sizeof *words; i++) {
        known = known || strcmp(words[i], name) == 0;
        nearest_try(&search, words[i]);
    }
    text help = TEXT_EMPTY;
    if (!known) {
        text_append_format(&help, search.best != NULL ? "did you mean '%s'?" : "it is %s'jsonpath' or 'xpath'",
                           search.best != NULL ? search.best
                           : version == NULL   ? "'simple', 'regex', "
                                               : "");
        diagnose(b->list, "E0403", builder_place(b, named), text_peek(&help), "'%s' is no value for 'type' of the %s",
                 name, version == NULL ? "Criterion Object" : "Expression Type Object");
    } else if (version != NULL && expression_type_version(name, version, &help) == VERSION_UNKNOWN) {
        known = false;
        diagnose(b->list, "E0403", builder_place(b, node_get(type, "version")), text_peek(&help),
                 "'%s' is no version of '%s'", version, name);
    }
    text_free(&help);
    return known;
}

static bool build_criterion(builder *b, const node *object, criterion_object *made) {
    if (!expect_kind(b, object, "a Criterion Object", NODE_MAPPING))
        return false;
    size_t context_length, length;
    const char *version = NULL;
    const node *type = node_get(object, "type");
    made->object = object;
    made->type = "simple";
    if (type != NULL && !read_expression_type(b, type, "type", &made->type, &version))
        return false;
    if (required_string(b, object, "the Criterion Object", "condition") == NULL ||
        !check_criterion_type(b, type, made->type, version))
        return false;
    if (node_get(object, "context") != NULL && optional_string(b, object, "the Criterion Object", "context") == NULL)
        return false;
    if (node_get(object, "context") == NULL && strcmp(made->type, "simple") != 0) {
        diagnose(b->list, "E0401", builder_place(b, object), "say what the condition is applied to: $response.body",
                 "a criterion of type '%s' lacks the field 'context'", made->type);
        return false;
    }
    made->condition = criterion_field(object, "condition", &length);
    made->context = criterion_field(object, "context", &context_length);
    expr_options options = builder_expr_options(b, object);
    expr_status status = criterion_compile(made->type, version, made->context, context_length, made->condition, length,
                                           &options, &made->compiled);
    if (status == EXPR_NO_MEMORY)
        b->list->no_memory = true;
    return status == EXPR_OK && builder_keep(b, release_criterion, made->compiled);
}

void refuse_empty_criteria(builder *b, const node *list) {
    if (list != NULL && node_count(list) == 0 && b->made->minor > 0)
        diagnose(b->list, "E0405", builder_place(b, list), "give it an entry, or leave the field out",
                 "'successCriteria' must have at least one entry");
}

void build_criteria(builder *b, const node *list, criteria *out) {
    list = list_of(b, list, "a list of criteria");
    size_t count = list == NULL ? 0 : node_count(list);
    out->items = builder_array(b, count, sizeof *out->items);
    for (size_t i = 0; out->items != NULL && i < count; i++) {
        out->items[out->count] = (criterion_object){.compiled = NULL};
        if (build_criterion(b, node_item(list, i), &out->items[out->count]))
            out->count++;
    }
}

/* ---- Actions ---- */

static bool read_action_type(builder *b, const node *object, bool on_success, action *made) {
    static const struct {
        const char *name;
        action_type type;
    } types[] = {{"end", ACTION_END}, {"goto", ACTION_GOTO}, {"retry", ACTION_RETRY}};
    const char *type = required_string(b, object, "the action", "type");
    if (type == NULL)
        return false;
    size_t allowed = on_success ? 2 : 3;
    nearest search;
    nearest_start(&search, type, strlen(type));
    for (size_t i = 0; i < allowed; i++) {
        nearest_try(&search, types[i].name);
        if (strcmp(types[i].name, type) != 0)
            continue;
        made->type = types[i].type;
        return true;
    }
    text help = TEXT_EMPTY;
    if (search.best != NULL)
        text_append_format(&help, "did you mean '%s'?", search.best);
    else
        text_append_string(&help, on_success ? "it is 'end' or 'goto'" : "it is 'end', 'goto' or 'retry'");
    diagnose(b->list, "E0403", builder_place(b, node_get_or_self(object, "type")), text_peek(&help),
             "'%s' is no type of a %s action", type, on_success ? "success" : "failure");
    text_free(&help);
    return false;
}

static const workflow *workflow_with_step(const builder *b, const char *id) {
    for (size_t i = 0; i < b->made->workflow_count; i++)
        if (workflow_step(&b->made->workflows[i], id) != NULL)
            return &b->made->workflows[i];
    return NULL;
}

static void link_step(builder *b, const node *object, action *made) {
    made->step_id = optional_string(b, object, "the action", "stepId");
    if (made->step_id == NULL)
        return;
    made->target_step = workflow_step(b->flow, made->step_id);
    if (made->target_step != NULL)
        return;
    nearest search;
    nearest_start(&search, made->step_id, strlen(made->step_id));
    for (size_t i = 0; i < b->flow->step_count; i++)
        nearest_try(&search, b->flow->steps[i].id);
    text help = TEXT_EMPTY;
    const workflow *holder = search.best == NULL ? workflow_with_step(b, made->step_id) : NULL;
    if (search.best != NULL)
        text_append_format(&help, "did you mean '%s'?", search.best);
    else if (holder != NULL)
        text_append_format(&help, "it is a step of workflow '%s'; an action leads to steps of its own workflow only",
                           holder->id);
    else
        for (size_t i = 0; i < b->flow->step_count && i < MOST_LISTED; i++)
            if (b->flow->steps[i].id[0] != '\0')
                text_append_format(&help, "%s'%s'", help.length == 0 ? "its steps are " : ", ", b->flow->steps[i].id);
    diagnose(b->list, "E0408", builder_place(b, node_get_or_self(object, "stepId")),
             help.length == 0 ? NULL : text_peek(&help), "there is no step '%s' in workflow '%s'", made->step_id,
             b->flow->id);
    text_free(&help);
}

static void read_retry(builder *b, const node *object, action *made) {
    made->retry_limit = 1;
    const node *after = optional_of_kind(b, object, "the action", "retryAfter", NODE_REAL);
    const node *limit = optional_of_kind(b, object, "the action", "retryLimit", NODE_INTEGER);
    if (after != NULL && node_number(after) < 0)
        diagnose(b->list, "E0403", builder_place(b, after), "it counts seconds", "'retryAfter' must not be negative");
    else if (after != NULL)
        made->retry_after = node_number(after);
    if (limit != NULL && node_integer(limit) < 0)
        diagnose(b->list, "E0403", builder_place(b, limit), "0 means no further attempt",
                 "'retryLimit' must not be negative");
    else if (limit != NULL)
        made->retry_limit = (size_t)node_integer(limit);
}

static void check_targets(builder *b, const node *object, const action *made) {
    if (made->step_id != NULL && made->workflow_id != NULL)
        diagnose(b->list, "E0406", builder_place(b, node_get_key(object, "workflowId")), "keep one of them",
                 "action '%s' has both 'stepId' and 'workflowId', which exclude each other", made->name);
    if (made->type == ACTION_GOTO && node_get(object, "stepId") == NULL && node_get(object, "workflowId") == NULL)
        diagnose(b->list, "E0406", builder_place(b, object), "add 'stepId' or 'workflowId'",
                 "action '%s' is a goto, and does not say where to", made->name);
}

/* "The `in` field MUST NOT be used", where 1.1.0 lets actions have parameters. */
static void refuse_locations(builder *b, const action *made) {
    for (size_t i = 0; i < made->parameters.count; i++) {
        const node *key = node_get_key(made->parameters.items[i].object, "in");
        if (key != NULL)
            diagnose(b->list, "E0433", builder_place(b, key), "remove it",
                     "'in' does not belong here: the parameters of an action are inputs of a workflow");
    }
}

static bool build_action(builder *b, const node *entry, bool on_success, action *made) {
    if (!expect_kind(b, entry, on_success ? "a Success Action Object" : "a Failure Action Object", NODE_MAPPING))
        return false;
    const node *object = resolve_reusable(b, entry, on_success ? "successActions" : "failureActions");
    if (object == NULL)
        return false;
    made->object = object;
    made->name = required_string(b, object, "the action", "name");
    if (made->name == NULL || !read_action_type(b, object, on_success, made))
        return false;
    link_step(b, object, made);
    made->workflow_id = optional_string(b, object, "the action", "workflowId");
    if (made->workflow_id != NULL)
        made->target_workflow = link_workflow(b, node_get(object, "workflowId"));
    check_targets(b, object, made);
    read_retry(b, object, made);
    note_newer_field(b, object, "parameters");
    build_parameters(b, node_get(object, "parameters"), false, &made->parameters);
    refuse_locations(b, made);
    build_criteria(b, node_get(object, "criteria"), &made->criteria);
    return true;
}

void build_actions(builder *b, const node *list, bool on_success, actions *out) {
    const char *what =
        on_success ? b->step != NULL ? "'onSuccess' of the Step Object" : "'successActions' of the Workflow Object"
        : b->step != NULL ? "'onFailure' of the Step Object"
                          : "'failureActions' of the Workflow Object";
    list = list_of(b, list, what);
    size_t count = list == NULL ? 0 : node_count(list);
    out->items = builder_array(b, count, sizeof *out->items);
    for (size_t i = 0; out->items != NULL && i < count; i++) {
        action *made = &out->items[out->count];
        *made = (action){.name = NULL};
        if (!build_action(b, node_item(list, i), on_success, made))
            continue;
        for (size_t j = 0; j < out->count; j++)
            if (strcmp(out->items[j].name, made->name) == 0)
                diagnostic_relate(b->list,
                                  diagnose(b->list, "E0404", builder_place(b, node_item(list, i)),
                                           "give each action a name of its own",
                                           "there is already an action '%s' in this list", made->name),
                                  builder_place(b, out->items[j].object), "first given here");
        out->count++;
    }
}

/* ---- Outputs and request bodies ---- */

/* Where only an expression or a Selector Object may stand, an object with a part of the latter's fields is one that
 * lacks the rest. */
static bool expect_whole_selector(builder *b, const node *value) {
    static const char *const fields[] = {"context", "selector", "type"};
    if (node_get(value, "context") == NULL && node_get(value, "selector") == NULL)
        return true;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (node_get(value, fields[i]) != NULL)
            continue;
        diagnose(b->list, "E0401", builder_place(b, value), NULL, "the Selector Object lacks the required field '%s'",
                 fields[i]);
        return false;
    }
    return true;
}

/* Keys of `outputs` match ^[a-zA-Z0-9\.\-_]+$; others are out of an expression's reach. */
static bool expect_output_name(builder *b, const node *key) {
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
    size_t length;
    const char *name = node_string(key, &length);
    if (length > 0 && strspn(name, allowed) == length)
        return true;
    diagnose(b->list, "E0403", builder_place(b, key), "use letters without accents, digits, '.', '-' and '_' only",
             "'%s' is no name for a member of 'outputs'", name);
    return false;
}

void build_outputs(builder *b, const node *map, const char *what, outputs *out) {
    if (map == NULL || !expect_kind(b, map, what, NODE_MAPPING))
        return;
    out->items = builder_array(b, node_count(map), sizeof *out->items);
    for (size_t i = 0; out->items != NULL && i < node_count(map); i++) {
        output *made = &out->items[out->count];
        *made = (output){.name = node_string(node_key(map, i), NULL)};
        if (expect_output_name(b, node_key(map, i)) && expect_whole_selector(b, node_value(map, i)) &&
            build_value(b, node_value(map, i), true, &made->value))
            out->count++;
    }
}

static bool is_xml(const char *content_type) {
    return content_type != NULL && (strstr(content_type, "/xml") != NULL || strstr(content_type, "+xml") != NULL);
}

/* The media type of a payload that gives none: what its text looks like, else what the operation asks for. */
static const char *payload_type(builder *b, const node *payload) {
    const char *written = payload == NULL ? NULL : node_string(payload, NULL);
    if (written != NULL && written[strspn(written, " \t\r\n")] == '<')
        return "application/xml";
    const operation *op = b->step == NULL ? NULL : b->step->operation;
    if (op == NULL || !operation_prepare(op, b->list) || operation_body_count(op) == 0)
        return NULL;
    for (size_t i = 0; i < operation_body_count(op); i++)
        if (!is_xml(operation_body_at(op, i)->name))
            return NULL;
    return operation_body_at(op, 0)->name;
}

static bool expect_selector_type(builder *b, const node *where, const char *type) {
    static const char *const types[] = {"jsonpath", "xpath", "jsonpointer"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i], type) == 0)
            return true;
    diagnose(b->list, "E0403", builder_place(b, where), "it is one of 'jsonpath', 'xpath', 'jsonpointer'",
             "'%s' is no value for 'targetSelectorType' of the Payload Replacement Object", type);
    return false;
}

/* A Payload Replacement Object. Without `targetSelectorType`, the payload's media type decides how `target` is read. */
static bool build_replacement(builder *b, const node *object, const char *content_type, replacement *made) {
    if (!expect_kind(b, object, "a Payload Replacement Object", NODE_MAPPING))
        return false;
    made->object = object;
    if (required_string(b, object, "the Payload Replacement Object", "target") == NULL)
        return false;
    const node *target = node_get(object, "target"), *value = node_get(object, "value");
    if (value == NULL) {
        diagnose(b->list, "E0401", builder_place(b, object), NULL,
                 "the Payload Replacement Object lacks the required field 'value'");
        return false;
    }
    const char *type = is_xml(content_type) ? "xpath" : "jsonpointer", *version = NULL;
    const node *selector_type = node_get(object, "targetSelectorType");
    note_newer_field(b, object, "targetSelectorType");
    if (selector_type != NULL && (!read_expression_type(b, selector_type, "targetSelectorType", &type, &version) ||
                                  !expect_selector_type(b, selector_type, type)))
        return false;
    size_t length;
    const char *target_text = node_string(target, &length);
    expr_options options = builder_expr_options(b, target);
    expr_status status = selector_compile(type, version, target_text, length, &options, &made->target);
    if (status == EXPR_NO_MEMORY)
        b->list->no_memory = true;
    return status == EXPR_OK && builder_keep(b, release_selector, made->target) &&
           build_value(b, value, true, &made->value);
}

request_body *build_request_body(builder *b, const node *object) {
    request_body *made = builder_array(b, 1, sizeof *made);
    if (made == NULL)
        return NULL;
    made->object = object;
    made->content_type = optional_string(b, object, "the Request Body Object", "contentType");
    const node *payload = node_get(object, "payload");
    if (payload != NULL)
        build_value(b, payload, true, &made->payload);
    const node *list = list_of(b, node_get(object, "replacements"), "'replacements'");
    size_t count = list == NULL ? 0 : node_count(list);
    const char *type = made->content_type != NULL || count == 0 ? made->content_type : payload_type(b, payload);
    made->replacements = builder_array(b, count, sizeof *made->replacements);
    for (size_t i = 0; made->replacements != NULL && i < count; i++) {
        replacement *next = &made->replacements[made->replacement_count];
        *next = (replacement){.target = NULL};
        if (build_replacement(b, node_item(list, i), type, next))
            made->replacement_count++;
    }
    return made;
}
