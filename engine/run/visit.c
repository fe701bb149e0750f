/*
 * visit.c: a stay at a step: each attempt's request or sub-workflow, and the judgement of what came back.
 *
 * Diagnostics: W0232 credentials that nobody gives, W0503 a body that is not what its media type says (S7), E0505 a
 * step that cannot be attempted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/run/run_internal.h"
#include "runtime-expr/json_text.h"

/* ---- Memory of an attempt ---- */

static void clear_exchange(exchange *at) {
    for (size_t i = 0; i <= PARAMETER_COOKIE; i++)
        json_decref(at->arguments[i]);
    json_decref(at->payload);
    json_decref(at->body);
    *at = (exchange){.built = false};
}

void answer_free(answer *gone) {
    clear_exchange(&gone->exchange);
    arena_free(gone->memory);
    gone->memory = NULL;
}

static void clear_attempt(visit *at) {
    clear_exchange(&at->exchange);
    answer_free(&at->called_answer);
    at->bare = (http_request){.method = NULL};
    at->auth = (auth_state){.scheme = NULL};
    at->authorizing = false;
    json_decref(at->called_outputs);
    at->called_outputs = NULL;
    at->called = NULL;
    at->called_success = false;
    arena_free(at->memory);
    at->memory = NULL;
}

bool visit_push(arazzo_run *run, const step *at) {
    visit *fresh = calloc(1, sizeof *fresh);
    size_t *retries = calloc(at->on_failure.count + 1, sizeof *retries);
    if (fresh == NULL || retries == NULL) {
        free(fresh);
        free(retries);
        run_out_of_memory(run);
        return false;
    }
    *fresh = (visit){.below = run->top->visit, .step = at, .retries = retries};
    run->top->visit = fresh;
    return true;
}

/* What came back last in this workflow is what the step that called it may refer to. */
static void keep_answer(frame *top, visit *gone) {
    answer *from = &gone->called_answer;
    answer own = {gone->exchange, gone->memory};
    if (gone->exchange.answered)
        from = &own;
    if (!top->keeps_answer || !from->exchange.answered)
        return;
    answer_free(&top->last_answer);
    top->last_answer = *from;
    if (from == &own) {
        gone->exchange = (exchange){.built = false};
        gone->memory = NULL;
    } else {
        *from = (answer){.memory = NULL};
    }
}

void visit_pop(frame *top) {
    visit *gone = top->visit;
    top->visit = gone->below;
    keep_answer(top, gone);
    clear_attempt(gone);
    free(gone->retries);
    free(gone);
}

void visit_fail(arazzo_run *run, const char *why) {
    visit *at = run->top->visit;
    at->exchange.error = arena_copy(at->memory, why, strlen(why));
    if (at->exchange.error == NULL)
        run_out_of_memory(run);
    run->top->state = FRAME_ANSWERED;
}

/* ---- Inputs of a called workflow ---- */

static bool copy_declared(const workflow *flow, const json_t *from, json_t *into) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)from, name, value) {
        if (workflow_input(flow, name, strlen(name)) != NULL && json_object_set(into, name, value) != 0)
            return false;
    }
    return true;
}

json_t *inputs_for(arazzo_run *run, const workflow *flow, const json_t *from, const parameters *given, char *why,
                   size_t size) {
    json_t *made = json_object();
    if (made == NULL || !copy_declared(flow, from, made)) {
        json_decref(made);
        run_out_of_memory(run);
        return NULL;
    }
    for (size_t i = 0; given != NULL && i < given->count; i++) {
        json_t *value = NULL;
        expr_outcome outcome = evaluate_value(run, &given->items[i].value, &value, why, size);
        if (outcome == EXPR_VALUE && json_object_set_new(made, given->items[i].name, value) != 0)
            run_out_of_memory(run);
        if (outcome == EXPR_FAILED || run_ended(run)) {
            json_decref(made);
            return NULL;
        }
    }
    return made;
}

/* ---- Requests ---- */

static bool keep_argument(exchange *at, const parameter *given, json_t *value) {
    json_t **map = &at->arguments[given->in];
    if (*map == NULL)
        *map = json_object();
    return *map != NULL && json_object_set(*map, given->name, value) == 0;
}

/* Evaluates the step's parameters; their values live in exchange.arguments. NULL after failing the attempt. */
static argument *evaluate_arguments(arazzo_run *run, visit *at) {
    const parameters *list = &at->step->parameters;
    argument *made = arena_array(at->memory, list->count, sizeof *made);
    if (made == NULL)
        run_out_of_memory(run);
    for (size_t i = 0; made != NULL && i < list->count; i++) {
        const parameter *given = &list->items[i];
        char why[320];
        json_t *value = NULL;
        expr_outcome outcome = evaluate_value(run, &given->value, &value, why, sizeof why);
        if (outcome == EXPR_FAILED) {
            text sentence = TEXT_EMPTY;
            text_append_format(&sentence, "the parameter '%s' cannot be evaluated: %s", given->name, why);
            visit_fail(run, text_peek(&sentence));
            text_free(&sentence);
            return NULL;
        }
        if (value != NULL && !keep_argument(&at->exchange, given, value))
            run_out_of_memory(run);
        made[i] = (argument){.name = given->name,
                             .in = given->in,
                             .value = json_object_get(at->exchange.arguments[given->in], given->name),
                             .where = node_place(at->step->owner->owner->document, given->value.object)};
        if (value == NULL)
            made[i].value = NULL;
        json_decref(value);
        if (run_ended(run))
            return NULL;
    }
    return made;
}

/* A string that is JSON text becomes the value, so that locations in it can be found. NULL: memory is short. */
static json_t *parsed_payload(json_t *payload) {
    json_t *parsed;
    if (!json_is_string(payload))
        return json_deep_copy(payload);
    json_text_status status = json_text_parse(json_string_value(payload), json_string_length(payload), &parsed, NULL);
    return status == JSON_TEXT_INVALID ? json_incref(payload) : parsed;
}

static bool apply_replacement(arazzo_run *run, const replacement *at, json_t **payload, char *why, size_t size) {
    expr_context context = run_context(run);
    expr_failure failure = {0};
    json_t *value = NULL;
    expr_outcome outcome = evaluate_value(run, &at->value, &value, why, size);
    if (outcome == EXPR_NOTHING)
        value = json_null();
    else if (outcome != EXPR_VALUE)
        return false;
    outcome = selector_replace(at->target, payload, value, &context, &failure);
    json_decref(value);
    if (outcome == EXPR_OUT_OF_MEMORY)
        run_out_of_memory(run);
    if (outcome == EXPR_NOTHING)
        snprintf(why, size, "its target is not in the payload");
    if (outcome == EXPR_FAILED)
        snprintf(why, size, "%s", failure.message);
    return outcome == EXPR_VALUE;
}

/* A member of the payload that reaches nothing is null: the server may take that for something else than its absence.
 */
static void report_null(void *user, const char *expression_text) {
    arazzo_run *run = user;
    const step *of = run->top->visit->step;
    const node *payload = of->request_body->payload.object;
    node_kind kind = node_type(payload);
    if (!run->options.dry_run && (kind == NODE_MAPPING || kind == NODE_SEQUENCE))
        warn_once(run, "W0504", payload, NULL, "step '%s' sends null in its body: %s reaches nothing", of->id,
                  expression_text);
}

/* The payload with its replacements, in exchange.payload. False after failing the attempt. */
static bool evaluate_payload(arazzo_run *run, visit *at) {
    const request_body *body = at->step->request_body;
    if (body == NULL || body->payload.compiled == NULL)
        return true;
    char why[320] = "";
    json_t *payload = NULL;
    expr_outcome outcome = evaluate_reporting(run, &body->payload, report_null, run, &payload, why, sizeof why);
    if (outcome == EXPR_NOTHING)
        warn_once(run, "W0504", body->payload.object, NULL, "step '%s' sends no body: its payload reaches nothing",
                  at->step->id);
    if (payload != NULL && body->replacement_count > 0) {
        json_t *own = parsed_payload(payload);
        json_decref(payload);
        payload = own;
        if (own == NULL)
            run_out_of_memory(run);
    }
    at->exchange.payload = payload;
    bool right = outcome == EXPR_VALUE || outcome == EXPR_NOTHING;
    for (size_t i = 0; right && payload != NULL && i < body->replacement_count; i++)
        right = apply_replacement(run, &body->replacements[i], &at->exchange.payload, why, sizeof why);
    if (right || run_ended(run))
        return right;
    text sentence = TEXT_EMPTY;
    text_append_format(&sentence, "the request body cannot be made: %s", why);
    visit_fail(run, text_peek(&sentence));
    text_free(&sentence);
    return false;
}

static const char *server_override(const arazzo_run *run, const source_description *source) {
    for (size_t i = 0; i < run->options.server_count; i++)
        if (run->options.servers[i].source == NULL || strcmp(run->options.servers[i].source, source->name) == 0)
            return run->options.servers[i].url;
    return NULL;
}

/* ---- Credentials ---- */

static void send_built(arazzo_run *run, visit *at) {
    at->exchange.built = true;
    if (run->options.dry_run) {
        dry_reveal(run, at);
        run->top->state = FRAME_ANSWERED;
    }
    emit_step(run, ARAZZO_EVENT_REQUEST, ARAZZO_RUNNING);
    if (run->options.dry_run)
        return;
    need_request(run, &at->exchange.request);
    run->top->state = FRAME_WAITING;
}

/* Sends the request without: the server may say what it thinks of that. */
static void warn_missing(arazzo_run *run, const visit *at) {
    const operation *op = at->step->operation;
    const node *named = node_get(at->step->object, "operationId");
    if (!first_said(run, "W0232", at->auth.why))
        return; /* every operation of a source asks for the same, mostly */
    if (named == NULL)
        named = node_get(at->step->object, "operationPath");
    warn_once(run, "W0232", named, "see 'arazzo show --auth', and give it with --auth NAME=VALUE",
              "%s %s asks for credentials that nobody gives: %s", operation_method(op), operation_path(op),
              at->auth.why);
}

/* Puts credentials on the request and sends it, or sends the request for the token that it needs. */
static void authorize(arazzo_run *run, visit *at) {
    const step *of = at->step;
    const char *server = server_override(run, of->source);
    diagnostics unsaid; /* the request has been built: its server is known */
    bool ready = diagnostics_init(&unsaid);
    auth_order order = {.auth = run->options.auth,
                        .source = of->source->name,
                        .op = of->operation,
                        .server = server != NULL ? server : operation_server(of->operation, at->memory, &unsaid),
                        .dry = run->options.dry_run,
                        .now = run_clock(run)};
    ready = ready && !unsaid.no_memory;
    diagnostics_free(&unsaid);
    auth_outcome outcome = ready ? auth_apply(&order, at->memory, &at->exchange.request, &at->auth) : AUTH_NO_MEMORY;
    switch (outcome) {
    case AUTH_MISSING:
        warn_missing(run, at);
        send_built(run, at);
        break;
    case AUTH_READY:
        send_built(run, at);
        break;
    case AUTH_ASK:
        at->authorizing = true;
        emit_authorization(run);
        need_request(run, &at->auth.ask);
        run->top->state = FRAME_WAITING;
        break;
    case AUTH_FAILED:
        visit_fail(run, at->auth.why);
        break;
    case AUTH_NO_MEMORY:
        run_out_of_memory(run);
        break;
    }
}

/* ---- Building ---- */

/* The request of the attempt. What is wrong with it fails the step, and is reported with its place. */
static void send_request(arazzo_run *run, visit *at) {
    argument *arguments = evaluate_arguments(run, at);
    if (arguments == NULL || !evaluate_payload(run, at))
        return;
    const step *of = at->step;
    request_order order = {.op = of->operation,
                           .server = server_override(run, of->source),
                           .arguments = arguments,
                           .argument_count = of->parameters.count,
                           .content_type = of->request_body == NULL ? NULL : of->request_body->content_type,
                           .payload = at->exchange.payload,
                           .strict = of->owner->owner->strict,
                           .files = run->options.files,
                           .file_count = run->options.file_count,
                           .where = node_place(of->owner->owner->document, of->object)};
    diagnostics found;
    diagnostics_init(&found);
    bool built = request_build(&order, at->memory, &found, &at->exchange.request);
    report_once(run, &found);
    if (found.no_memory || run->list->no_memory) {
        run_out_of_memory(run);
    } else if (!built) {
        const char *why = "the request cannot be built";
        for (size_t i = found.count; i > 0; i--)
            if (found.items[i - 1].severity == DIAGNOSTIC_ERROR)
                why = found.items[i - 1].message;
        visit_fail(run, why);
    } else {
        at->exchange.request.timeout = of->timeout;
        at->exchange.request.max_items = run->options.max_events;
        at->bare = at->exchange.request;
        authorize(run, at);
    }
    diagnostics_free(&found);
}

/* ---- Answers ---- */

static bool keep_response(visit *at, const arazzo_response *given, http_response *kept) {
    *kept = (http_response){.status = given->status, .body_length = given->body_length};
    for (size_t i = 0; i < given->header_count; i++)
        if (!http_headers_add(&kept->headers, at->memory, given->headers[i].name, given->headers[i].value))
            return false;
    kept->body = arena_copy(at->memory, given->body, given->body_length);
    return kept->body != NULL;
}

/* What came for a token: then the request itself is sent, or another one for the token. */
static void answer_authorization(arazzo_run *run, visit *at, const arazzo_response *response, const char *error) {
    at->authorizing = false;
    http_response kept = {.status = 0};
    if (response == NULL) {
        char why[512];
        snprintf(why, sizeof why, "no token for '%s': %s", at->auth.scheme, error);
        visit_fail(run, why);
        return;
    }
    auth_outcome outcome =
        keep_response(at, response, &kept) ? auth_answer(&at->auth, &kept, run_clock(run)) : AUTH_NO_MEMORY;
    if (outcome == AUTH_READY)
        authorize(run, at);
    else if (outcome == AUTH_FAILED)
        visit_fail(run, at->auth.why);
    else
        run_out_of_memory(run);
}

void visit_answer(arazzo_run *run, const arazzo_response *response, const char *error) {
    visit *at = run->top->visit;
    if (at->authorizing) {
        answer_authorization(run, at, response, error);
        return;
    }
    if (response == NULL) {
        visit_fail(run, error);
        return;
    }
    if (response->status == 401 && auth_renew(&at->auth)) {
        at->exchange.request = at->bare;
        authorize(run, at);
        return;
    }
    run->top->state = FRAME_ANSWERED;
    at->exchange.answered = keep_response(at, response, &at->exchange.response);
    if (!at->exchange.answered)
        run_out_of_memory(run);
}

/* The observer sees the attempt fail, so that a report has it; nothing is judged. */
void visit_cancel(arazzo_run *run, const char *why) {
    visit *at = run->top->visit;
    at->exchange.error = arena_copy(at->memory, why, strlen(why));
    if (at->exchange.built)
        emit_step(run, ARAZZO_EVENT_RESPONSE, ARAZZO_RUNNING);
    emit_step(run, ARAZZO_EVENT_STEP_FINISHED, ARAZZO_ERROR);
}

/* ---- Attempts ---- */

static void call_workflow(arazzo_run *run, visit *at) {
    char why[512] = "";
    json_t *inputs = inputs_for(run, at->step->target, NULL, &at->step->parameters, why, sizeof why);
    if (inputs != NULL) {
        run->top->state = FRAME_WAITING;
        at->called = at->step->target;
        if (frame_push(run, at->step->target, inputs, FOR_STEP, why, sizeof why))
            return;
        at->called = NULL;
    }
    if (!run_ended(run))
        visit_fail(run, why);
}

/* "A list of steps that MUST be completed before this step can be executed": NULL when they are, else the first that
 * is not. */
static const step *unmet_need(const arazzo_run *run, const step *of) {
    for (size_t i = 0; i < of->need_count && !run->options.dry_run; i++) {
        const step *needed = of->needs[i];
        bool over = needed->owner == of->owner
                        ? run->top->step_outputs[needed->index] != NULL
                        : name_index_find(&run->over, (const char *)&needed, sizeof needed) != NULL;
        if (!over)
            return needed;
    }
    return NULL;
}

static void refuse_attempt(arazzo_run *run, const step *of, const step *needed) {
    text sentence = TEXT_EMPTY;
    text_append_format(&sentence, "it depends on step '%s'", needed->id);
    if (needed->owner != of->owner)
        text_append_format(&sentence, " of workflow '%s'", needed->owner->id);
    text_append_string(&sentence, ", which has not been carried out");
    visit_fail(run, text_peek(&sentence));
    text_free(&sentence);
}

void visit_attempt(arazzo_run *run) {
    visit *at = run->top->visit;
    clear_attempt(at);
    at->attempt++;
    at->started = run_clock(run);
    at->memory = arena_new();
    if (at->memory == NULL) {
        run_out_of_memory(run);
        return;
    }
    run->trail[run->trail_count++ % TRAIL] = at->step;
    emit_step(run, ARAZZO_EVENT_STEP_STARTED, ARAZZO_RUNNING);
    const step *needed = unmet_need(run, at->step);
    if (needed != NULL)
        refuse_attempt(run, at->step, needed);
    else if (at->step->kind == STEP_WORKFLOW)
        call_workflow(run, at);
    else
        send_request(run, at);
}

/* ---- Judgement ---- */

static bool met_criteria(arazzo_run *run, const visit *at) {
    if (at->exchange.error != NULL)
        return false;
    if (at->step->kind == STEP_WORKFLOW && !at->called_success)
        return false;
    if (at->step->has_success_criteria)
        return judge_criteria(run, &at->step->success_criteria);
    if (at->step->kind == STEP_WORKFLOW)
        return true;
    /* S15: without criteria the step succeeds on a 2xx status; the observer sees it as the criterion that it is. */
    int status = at->exchange.response.status;
    bool passed = status >= 200 && status < 300;
    char explanation[32];
    snprintf(explanation, sizeof explanation, "$statusCode is %d", status);
    arazzo_event event = {.kind = ARAZZO_EVENT_CRITERION,
                          .condition = "$statusCode >= 200 && $statusCode < 300",
                          .condition_type = "simple",
                          .implied = true,
                          .passed = passed,
                          .explanation = passed ? NULL : explanation};
    emit(run, &event);
    return passed;
}

/* A sub-workflow's own outputs are reachable as the step's, declared or not (S22). */
static bool add_called_outputs(const visit *at, json_t *into) {
    const char *name;
    json_t *value;
    json_object_foreach(at->called_outputs, name, value) {
        if (json_object_get(into, name) == NULL && json_object_set(into, name, value) != 0)
            return false;
    }
    return true;
}

static void read_body(arazzo_run *run, visit *at) {
    const char *note;
    bool no_memory;
    at->exchange.body = body_value(&at->exchange.response, &note, &no_memory);
    if (no_memory)
        run_out_of_memory(run);
    else if (note != NULL)
        warn_once(run, "W0503", at->step->object, NULL, "%s", note);
}

/* Nothing came back, and nothing is judged: the step is taken to have succeeded unless it could not be attempted. */
static void judge_dry(arazzo_run *run, visit *at) {
    frame *top = run->top;
    json_t *made = dry_outputs(at);
    if (made == NULL) {
        run_out_of_memory(run);
        return;
    }
    json_decref(top->step_outputs[at->step->index]);
    top->step_outputs[at->step->index] = made;
    bool failed = at->exchange.error != NULL || (at->step->kind == STEP_WORKFLOW && !at->called_success);
    emit_step(run, ARAZZO_EVENT_STEP_FINISHED, failed ? ARAZZO_FAILURE : ARAZZO_SUCCESS);
    if (!failed) {
        dry_go_on(run);
        return;
    }
    visit_pop(top);
    frame_finish(run, ARAZZO_FAILURE);
}

static void note_over(arazzo_run *run, const step *of) {
    if (!of->needed_elsewhere || name_index_find(&run->over, (const char *)&of, sizeof of) != NULL)
        return;
    const step **key = arena_alloc(run->memory, sizeof *key);
    bool present;
    if (key != NULL)
        *key = of;
    if (key == NULL || !name_index_add(&run->over, run->memory, (const char *)key, sizeof *key, key, &present))
        run_out_of_memory(run);
}

void visit_judge(arazzo_run *run) {
    frame *top = run->top;
    visit *at = top->visit;
    if (run->options.dry_run) {
        judge_dry(run, at);
        return;
    }
    if (at->exchange.answered) {
        read_body(run, at);
        if (run_ended(run))
            return;
    }
    if (at->exchange.answered || (at->exchange.built && at->exchange.error != NULL))
        emit_step(run, ARAZZO_EVENT_RESPONSE, ARAZZO_RUNNING);
    bool success = met_criteria(run, at);
    if (run_ended(run))
        return;
    success = keeps_contract(run, at) && success;
    if (run_ended(run))
        return;
    json_t *made = evaluate_outputs(run, &at->step->outputs, success);
    if (made == NULL || !add_called_outputs(at, made)) {
        json_decref(made);
        run_out_of_memory(run);
        return;
    }
    json_decref(top->step_outputs[at->step->index]);
    top->step_outputs[at->step->index] = made;
    note_over(run, at->step);
    emit_step(run, ARAZZO_EVENT_STEP_FINISHED, success ? ARAZZO_SUCCESS : ARAZZO_FAILURE);
    take_action(run, success);
}

void visit_give_up(arazzo_run *run, const char *why) {
    visit_fail(run, why);
    if (!run_ended(run))
        emit_step(run, ARAZZO_EVENT_STEP_FINISHED, ARAZZO_FAILURE);
}

void visit_retry(arazzo_run *run) {
    frame *top = run->top;
    const action *detour = top->visit->detour;
    top->visit->detour = NULL;
    top->state = FRAME_ATTEMPT;
    if (detour == NULL)
        return;
    if (detour->target_step != NULL) {
        visit_push(run, detour->target_step);
        return;
    }
    char why[512] = "";
    json_t *inputs = inputs_for(run, detour->target_workflow, top->inputs, &detour->parameters, why, sizeof why);
    bool pushed = inputs != NULL && frame_push(run, detour->target_workflow, inputs, FOR_RETRY, why, sizeof why);
    if (!pushed && !run_ended(run))
        warn_once(run, "W0506", detour->object, NULL, "workflow '%s' is not run before the retry: %s",
                  detour->target_workflow->id, why);
}
