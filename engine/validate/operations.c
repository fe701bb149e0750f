/*
 * operations.c: what a step gives against what its operation declares: parameters, whether there is a body, its media
 * type, and the statuses that its conditions test. Sections "Step Object", "Parameter Object", "Request Body Object";
 * of OpenAPI "Parameter Object", "Request Body Object", "Responses Object". What stands within bodies is looked at in
 * payloads.c and answers.c.
 */
#include <string.h>

#include "engine/validate/answers.h"
#include "engine/validate/validate_internal.h"

typedef struct calling {
    const validation *v;
    const workflow *flow;
    const step *at;
    const operation *op;
} calling;

/* Where the step names its operation. */
static const node *name_of_operation(const step *at) {
    const node *id = node_get(at->object, "operationId");
    return id != NULL ? id : node_get(at->object, "operationPath");
}

static place operation_place(const calling *c) {
    return validate_place(c->v, name_of_operation(c->at));
}

/* ---- Parameters ---- */

/* Where a parameter is named: itself, or the component that it refers to. */
static const node *name_of_parameter(const parameter *given) {
    const node *name = node_get(given->object, "name"), *reference = node_get(given->object, "reference");
    return name != NULL ? name : reference != NULL ? reference : given->object;
}

static bool is_own(const step *at, const parameter *given) {
    const node *list = node_get(at->object, "parameters");
    for (size_t i = 0; list != NULL && i < node_count(list); i++)
        if (node_item(list, i) == given->object)
            return true;
    return false;
}

/* A parameter of the workflow is for those of its steps that know it: one is enough. */
static bool is_known_elsewhere(const calling *c, const parameter *given) {
    for (size_t i = 0; i < c->flow->step_count; i++) {
        const operation *op = c->flow->steps[i].operation;
        if (op == NULL ? c->flow->steps[i].kind == STEP_WORKFLOW
                       : operation_prepare(op, c->v->list) && operation_expects(op, given->name, given->in))
            return true;
    }
    return false;
}

static bool gives(const step *at, const char *name, parameter_location in) {
    for (size_t i = 0; i < at->parameters.count; i++)
        if (at->parameters.items[i].has_in && at->parameters.items[i].in == in &&
            strcmp(at->parameters.items[i].name, name) == 0)
            return true;
    return false;
}

/* The operation's parameter that was probably meant: of this name in another place, or of one like it. */
static const operation_parameter *meant(const calling *c, const parameter *given, text *help) {
    const operation_parameter *found = NULL;
    nearest search;
    nearest_start(&search, given->name, strlen(given->name));
    for (size_t i = 0; i < operation_parameter_count(c->op); i++) {
        const operation_parameter *at = operation_parameter_at(c->op, i);
        if (strcmp(at->name, given->name) == 0) {
            text_append_format(help, "it is a %s parameter: write 'in: %s'", parameter_location_name(at->in),
                               parameter_location_name(at->in));
            return at;
        }
        if (at->in != given->in || gives(c->at, at->name, at->in))
            continue;
        const char *before = search.best;
        nearest_try(&search, at->name);
        found = search.best != before ? at : found;
    }
    did_you_mean(help, &search);
    return found;
}

static bool has_place_in_path(const operation *op, const char *name) {
    size_t length = strlen(name);
    for (const char *at = strchr(operation_path(op), '{'); at != NULL; at = strchr(at + 1, '{'))
        if (strncmp(at + 1, name, length) == 0 && at[length + 1] == '}')
            return true;
    return false;
}

static void check_given(const calling *c, const parameter *given) {
    if (!given->has_in || given->in == PARAMETER_QUERYSTRING || operation_expects(c->op, given->name, given->in) ||
        (given->in == PARAMETER_PATH && has_place_in_path(c->op, given->name)))
        return;
    if (!is_own(c->at, given) && is_known_elsewhere(c, given))
        return;
    text help = TEXT_EMPTY;
    const operation_parameter *instead = meant(c, given, &help);
    bool path = given->in == PARAMETER_PATH;
    diagnostic *entry = diagnose(c->v->list, path ? "W0228" : "W0225", validate_place(c->v, name_of_parameter(given)),
                                 help.length > 0 ? text_peek(&help) : NULL, "%s %s %s '%s'; %s",
                                 operation_method(c->op), operation_path(c->op),
                                 path                            ? "has no place in its path for"
                                 : given->in == PARAMETER_QUERY  ? "declares no query parameter"
                                 : given->in == PARAMETER_HEADER ? "declares no header parameter"
                                                                 : "declares no cookie parameter",
                                 given->name, path ? "it is not sent" : "it is sent all the same");
    if (instead != NULL)
        diagnostic_relate(c->v->list, entry, node_place(instead->object.owner, instead->object.value), "declared here");
    text_free(&help);
}

/* Members of an object may be given one by one, and a whole query string says all there is to say. */
static bool is_given(const step *at, const operation_parameter *wanted) {
    size_t length = strlen(wanted->name);
    for (size_t i = 0; i < at->parameters.count; i++) {
        const parameter *given = &at->parameters.items[i];
        if (!given->has_in)
            continue;
        if (wanted->in == PARAMETER_QUERY &&
            (given->in == PARAMETER_QUERYSTRING ||
             (given->in == PARAMETER_QUERY && strncmp(given->name, wanted->name, length) == 0 &&
              given->name[length] == '[')))
            return true;
        if (given->in == wanted->in && parameter_same_name(given->in, given->name, wanted->name))
            return true;
    }
    return false;
}

/* What the step gives in another place, or under a name that is like it. */
static void describe_instead(const step *at, const operation_parameter *wanted, text *help) {
    nearest search;
    nearest_start(&search, wanted->name, strlen(wanted->name));
    for (size_t i = 0; i < at->parameters.count; i++) {
        const parameter *given = &at->parameters.items[i];
        if (strcmp(given->name, wanted->name) == 0 && given->has_in) {
            text_append_format(help, "the step gives it in '%s'", parameter_location_name(given->in));
            return;
        }
        nearest_try(&search, given->name);
    }
    if (search.best != NULL)
        text_append_format(help, "the step gives '%s'", search.best);
    else
        text_append_format(help, "add it to 'parameters': {name: %s, in: %s, value: …}", wanted->name,
                           parameter_location_name(wanted->in));
}

/* Credentials may go another way (S28). */
static parameter_carrier carrier_of(const calling *c, const operation_parameter *wanted) {
    static const operation_parameter header = {.name = "Authorization", .in = PARAMETER_HEADER};
    parameter_carrier by = CARRIED_BY_THIS;
    arena *memory = arena_new();
    if (memory == NULL || !operation_carrier(c->op, wanted, is_given(c->at, &header), memory, &by))
        c->v->list->no_memory = true;
    arena_free(memory);
    return by;
}

static void check_required(const calling *c) {
    for (size_t i = 0; i < operation_parameter_count(c->op); i++) {
        const operation_parameter *wanted = operation_parameter_at(c->op, i);
        bool path = wanted->in == PARAMETER_PATH;
        parameter_carrier by;
        if (!wanted->required || is_given(c->at, wanted) || (path && !has_place_in_path(c->op, wanted->name)) ||
            (by = carrier_of(c, wanted)) == CARRIED_BY_THIS)
            continue;
        text help = TEXT_EMPTY;
        describe_instead(c->at, wanted, &help);
        bool optional = by == CARRIED_BY_ANOTHER && !c->v->loaded->strict;
        diagnostic *entry = diagnose(
            c->v->list, optional ? "W0128" : "E0221", operation_place(c), text_peek(&help),
            optional ? "%s %s needs the %s parameter '%s', and the step does not give it; it is left out, since "
                       "the request's credentials go another way"
                     : "%s %s needs the %s parameter '%s', and the step does not give it",
            operation_method(c->op), operation_path(c->op), parameter_location_name(wanted->in), wanted->name);
        diagnostic_relate(c->v->list, entry, node_place(wanted->object.owner, wanted->object.value), "required here");
        text_free(&help);
    }
}

static void check_parameters(const calling *c) {
    for (size_t i = 0; i < c->at->parameters.count; i++)
        check_given(c, &c->at->parameters.items[i]);
    check_required(c);
}

/* ---- Bodies ---- */

static void list_media_types(const operation *op, text *out) {
    for (size_t i = 0; i < operation_body_count(op); i++)
        text_append_format(out, "%s'%s'",
                           i == 0                             ? "it takes "
                           : i + 1 < operation_body_count(op) ? ", "
                                                              : " or ",
                           operation_body_at(op, i)->name);
}

static void check_media_type(const calling *c, const node *body) {
    const node *field = node_get(body, "contentType");
    const char *wanted = c->at->request_body->content_type;
    if (wanted == NULL || strchr(wanted, '$') != NULL || operation_body_for(c->op, wanted) != NULL)
        return;
    text help = TEXT_EMPTY;
    list_media_types(c->op, &help);
    diagnose(c->v->list, "W0234", validate_place(c->v, field), text_peek(&help), "%s %s takes no body of type '%s'",
             operation_method(c->op), operation_path(c->op), wanted);
    text_free(&help);
}

static void check_body(const calling *c) {
    const node *body = node_get(c->at->object, "requestBody");
    bool given = c->at->request_body != NULL && node_get(body, "payload") != NULL;
    if (given && operation_body_count(c->op) == 0) {
        if (node_get(operation_object(c->op).value, "requestBody") == NULL)
            diagnose(c->v->list, "W0233", validate_place(c->v, node_get_key(c->at->object, "requestBody")),
                     "remove it, or declare a 'requestBody' in the OpenAPI document",
                     "%s %s takes no body; this one is sent all the same", operation_method(c->op),
                     operation_path(c->op));
    } else if (given) {
        check_media_type(c, body);
    } else if (body == NULL && operation_body_required(c->op)) {
        text help = TEXT_EMPTY;
        list_media_types(c->op, &help);
        diagnose(c->v->list, "W0230", operation_place(c), text_peek(&help),
                 "%s %s needs a body, and the step gives none", operation_method(c->op), operation_path(c->op));
        text_free(&help);
    }
}

/* ---- Statuses ---- */

/* A condition that so few statuses meet is about these; one that more meet is about a class of answers. */
enum { FEW = 8 };

static void append_statuses(const operation *op, text *out) {
    const node *map = node_get(operation_object(op).value, "responses");
    for (size_t i = 0; i < node_count(map) && i < 12; i++)
        text_append_format(out, "%s%s", i == 0 ? "it declares " : ", ", node_string(node_key(map, i), NULL));
}

static void report_status(const calling *c, const criterion_object *tested, const int *statuses, size_t count) {
    const node *condition = node_get(tested->object, "condition");
    text help = TEXT_EMPTY, list = TEXT_EMPTY;
    append_statuses(c->op, &help);
    for (size_t i = 0; i < count; i++)
        text_append_format(&list, "%s%d", i == 0 ? "" : ", ", statuses[i]);
    bool failures = statuses[0] >= 400;
    diagnose(c->v->list, failures ? "N0235" : "W0235", validate_place(c->v, condition), text_peek(&help),
             failures ? "%s %s declares no answer with status %s" : "%s %s never answers with status %s",
             operation_method(c->op), operation_path(c->op), text_peek(&list));
    text_free(&help);
    text_free(&list);
}

static void check_status(const calling *c, const criterion_object *tested) {
    if (tested->compiled == NULL || tested->object == NULL ||
        (strstr(tested->condition, "statusCode") == NULL &&
         (tested->context == NULL || strstr(tested->context, "statusCode") == NULL)))
        return;
    int statuses[FEW];
    size_t count = 0;
    for (int status = 100; status < 600; status++) {
        status_verdict verdict = status_passes(tested, status, c->v->list);
        if (verdict == STATUS_FAILS)
            continue;
        if (verdict == STATUS_UNCLEAR || operation_response(c->op, status).value != NULL || count == FEW)
            return;
        statuses[count++] = status;
    }
    if (count > 0)
        report_status(c, tested, statuses, count);
}

static void check_statuses(const calling *c) {
    const node *map = node_get(operation_object(c->op).value, "responses");
    if (map == NULL || node_count(map) == 0 || node_get(map, "default") != NULL)
        return;
    for (size_t i = 0; i < c->at->success_criteria.count; i++)
        check_status(c, &c->at->success_criteria.items[i]);
    const actions *lists[] = {&c->at->on_success, &c->at->on_failure};
    const char *const fields[] = {"onSuccess", "onFailure"};
    for (size_t l = 0; l < 2; l++) {
        const node *own = node_get(c->at->object, fields[l]);
        for (size_t i = 0; own != NULL && i < lists[l]->count && i < node_count(own); i++)
            for (size_t j = 0; j < lists[l]->items[i].criteria.count; j++)
                check_status(c, &lists[l]->items[i].criteria.items[j]);
    }
}

void validate_operations(const validation *v) {
    for (size_t i = 0; i < v->loaded->workflow_count; i++)
        for (size_t j = 0; j < v->loaded->workflows[i].step_count; j++) {
            const workflow *flow = &v->loaded->workflows[i];
            const calling c = {.v = v, .flow = flow, .at = &flow->steps[j], .op = flow->steps[j].operation};
            if (c.op == NULL || !operation_prepare(c.op, v->list))
                continue;
            check_parameters(&c);
            check_body(&c);
            check_statuses(&c);
            validate_payload(v, c.at);
            validate_request(v, c.at);
        }
}
