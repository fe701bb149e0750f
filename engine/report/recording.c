/* recording.c: each event adds to the workflow or the attempt that is open at its depth. */
#include "engine/report/recording.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "runtime-expr/json_text.h"

enum { BODY_LIMIT = 1 << 20, TOTAL_LIMIT = 64 << 20 };

/* What is open at a depth. */
typedef struct level {
    recorded_workflow *workflow;
    recorded_step *step;
    recorded_criterion **criterion; /* where the next one goes */
} level;

typedef struct recorder {
    recording kept; /* first: a recording is its recorder */
    arena *memory;
    recording_options options;
    double clock_began;
    size_t left; /* bytes for bodies */
    level *levels;
    size_t level_count;
    recorded_workflow **next_workflow;
    recorded_step **next_step;
} recorder;

recording *recording_new(const char *workflow_id, const recording_options *options) {
    arena *memory = arena_new();
    recorder *made = memory == NULL ? NULL : arena_alloc(memory, sizeof *made);
    if (made == NULL || (made->kept.workflow_id = arena_copy(memory, workflow_id, strlen(workflow_id))) == NULL) {
        arena_free(memory);
        return NULL;
    }
    made->memory = memory;
    if (options != NULL)
        made->options = *options;
    if (made->options.body_limit == 0)
        made->options.body_limit = BODY_LIMIT;
    made->left = made->options.total_limit == 0 ? TOTAL_LIMIT : made->options.total_limit;
    made->next_workflow = &made->kept.workflows;
    made->next_step = &made->kept.steps;
    if (made->options.clock != NULL)
        made->clock_began = made->options.clock(made->options.user);
    if (made->options.now != NULL)
        made->kept.began = made->options.now(made->options.user);
    return &made->kept;
}

void recording_free(recording *kept) {
    if (kept != NULL)
        arena_free(((recorder *)kept)->memory);
}

static double elapsed(const recorder *r) {
    return r->options.clock == NULL ? 0 : r->options.clock(r->options.user) - r->clock_began;
}

/* ---- Copies ---- */

static void *make(recorder *r, size_t size) {
    void *made = arena_alloc(r->memory, size);
    r->kept.failed = r->kept.failed || made == NULL;
    return made;
}

static const char *keep(recorder *r, const char *string) {
    if (string == NULL)
        return NULL;
    const char *copy = arena_copy(r->memory, string, strlen(string));
    r->kept.failed = r->kept.failed || copy == NULL;
    return copy;
}

static recorded_bytes keep_bytes(recorder *r, const char *bytes, size_t length) {
    if (bytes == NULL)
        return (recorded_bytes){.bytes = NULL};
    size_t limit = r->options.body_limit < r->left ? r->options.body_limit : r->left;
    size_t size = length <= limit ? length : limit;
    r->left -= size;
    size = length - size > RECORDING_MARGIN ? size + RECORDING_MARGIN : length;
    recorded_bytes kept = {.bytes = arena_copy(r->memory, bytes, size), .length = size, .full = length};
    r->kept.failed = r->kept.failed || kept.bytes == NULL;
    return kept;
}

static recorded_bytes keep_value(recorder *r, const json_t *value) {
    if (value == NULL)
        return (recorded_bytes){.bytes = NULL};
    text shown = TEXT_EMPTY;
    json_text_append(&shown, value);
    recorded_bytes kept = keep_bytes(r, text_peek(&shown), shown.length);
    r->kept.failed = r->kept.failed || shown.failed;
    text_free(&shown);
    return kept;
}

static recorded_message keep_message(recorder *r, const arazzo_header *headers, size_t count, const char *body,
                                     size_t length) {
    arazzo_header *kept = arena_array(r->memory, count, sizeof *kept);
    r->kept.failed = r->kept.failed || kept == NULL;
    for (size_t i = 0; kept != NULL && i < count; i++)
        kept[i] = (arazzo_header){.name = keep(r, headers[i].name), .value = keep(r, headers[i].value)};
    return (recorded_message){
        .given = true, .headers = kept, .header_count = count, .body = keep_bytes(r, body, length)};
}

/* ---- Levels ---- */

static level *open_level(recorder *r, size_t depth) {
    if (depth >= r->level_count) {
        size_t count = depth + 8;
        level *more = arena_array(r->memory, count, sizeof *more);
        if (more == NULL) {
            r->kept.failed = true;
            return NULL;
        }
        if (r->level_count > 0)
            memcpy(more, r->levels, r->level_count * sizeof *more);
        r->levels = more;
        r->level_count = count;
    }
    return &r->levels[depth];
}

static void record_workflow(recorder *r, const arazzo_event *event) {
    level *at = open_level(r, event->depth);
    recorded_workflow *fresh = make(r, sizeof *fresh);
    if (at == NULL || fresh == NULL)
        return;
    *fresh = (recorded_workflow){.id = keep(r, event->workflow_id),
                                 .index = r->kept.workflow_count++,
                                 .depth = event->depth,
                                 .started = elapsed(r),
                                 .caller = event->depth == 0 ? NULL : r->levels[event->depth - 1].step};
    *at = (level){.workflow = fresh};
    *r->next_workflow = fresh;
    r->next_workflow = &fresh->next;
}

static void record_step(recorder *r, const arazzo_event *event) {
    level *at = open_level(r, event->depth);
    recorded_step *fresh = make(r, sizeof *fresh);
    if (at == NULL || fresh == NULL)
        return;
    fresh->id = keep(r, event->step_id);
    fresh->index = r->kept.step_count++;
    fresh->attempt = event->attempt;
    fresh->workflow = at->workflow;
    fresh->started = fresh->sent = fresh->answered = elapsed(r);
    at->step = fresh;
    at->criterion = &fresh->criteria;
    *r->next_step = fresh;
    r->next_step = &fresh->next;
}

static void finish_workflow(recorder *r, const arazzo_event *event) {
    level *at = open_level(r, event->depth);
    if (at == NULL || at->workflow == NULL)
        return;
    at->workflow->status = event->status;
    at->workflow->seconds = event->seconds;
    at->workflow->outputs = keep_value(r, event->outputs);
}

/* ---- What belongs to a step ---- */

static void record_request(recorder *r, recorded_step *at, const arazzo_event *event) {
    const arazzo_request *request = event->request;
    at->method = keep(r, request->method);
    at->url = keep(r, request->url);
    at->request = keep_message(r, request->headers, request->header_count, request->body, request->body_length);
    at->payload = keep_value(r, event->request_body);
    at->sent = elapsed(r);
}

static bool is_text(const json_t *value, const char *bytes, size_t length) {
    return json_is_string(value) && json_string_length(value) == length &&
           memcmp(json_string_value(value), bytes, length) == 0;
}

static void record_response(recorder *r, recorded_step *at, const arazzo_event *event) {
    const arazzo_response *response = event->response;
    at->answered = elapsed(r);
    at->error = keep(r, event->error);
    if (response == NULL)
        return;
    at->response_status = response->status;
    at->response = keep_message(r, response->headers, response->header_count, response->body, response->body_length);
    at->response.body_is_json =
        event->response_body != NULL && !is_text(event->response_body, response->body, response->body_length);
}

static void record_criterion(recorder *r, level *at, const arazzo_event *event) {
    recorded_criterion *fresh = make(r, sizeof *fresh);
    if (fresh == NULL)
        return;
    *fresh = (recorded_criterion){.condition = keep(r, event->condition),
                                  .type = keep(r, event->condition_type),
                                  .context = keep(r, event->context),
                                  .explanation = keep(r, event->explanation),
                                  .error = keep(r, event->error),
                                  .passed = event->passed};
    *at->criterion = fresh;
    at->criterion = &fresh->next;
}

static void record_breach(recorder *r, recorded_step *at, const arazzo_event *event) {
    recorded_breach *fresh = make(r, sizeof *fresh), **end = &at->breaches;
    if (fresh == NULL)
        return;
    *fresh = (recorded_breach){.code = keep(r, event->code),
                               .instance = keep(r, event->instance),
                               .message = keep(r, event->explanation),
                               .schema = keep(r, event->schema),
                               .file = keep(r, event->file),
                               .line = event->line,
                               .column = event->column,
                               .more = event->more,
                               .fails = !event->passed};
    while (*end != NULL)
        end = &(*end)->next;
    *end = fresh;
}

static void record_action(recorder *r, recorded_step *at, const arazzo_event *event) {
    recorded_action *fresh = make(r, sizeof *fresh);
    if (fresh == NULL)
        return;
    *fresh = (recorded_action){.name = keep(r, event->action_name),
                               .type = keep(r, event->action_type),
                               .step_id = keep(r, event->target_step),
                               .workflow_id = keep(r, event->target_workflow),
                               .on_success = event->on_success};
    at->action = fresh;
}

static void finish_step(recorder *r, recorded_step *at, const arazzo_event *event) {
    at->status = event->status;
    at->seconds = event->seconds;
    at->outputs = keep_value(r, event->outputs);
    if (at->error == NULL)
        at->error = keep(r, event->error);
}

static void record(void *user, const arazzo_event *event) {
    recorder *r = user;
    if (event->kind == ARAZZO_EVENT_WORKFLOW_STARTED)
        record_workflow(r, event);
    else if (event->kind == ARAZZO_EVENT_STEP_STARTED)
        record_step(r, event);
    else if (event->kind == ARAZZO_EVENT_WORKFLOW_FINISHED)
        finish_workflow(r, event);
    level *at = open_level(r, event->depth);
    if (at == NULL || at->step == NULL)
        return;
    switch (event->kind) {
    case ARAZZO_EVENT_REQUEST:
        record_request(r, at->step, event);
        break;
    case ARAZZO_EVENT_RESPONSE:
        record_response(r, at->step, event);
        break;
    case ARAZZO_EVENT_CRITERION:
        record_criterion(r, at, event);
        break;
    case ARAZZO_EVENT_CONTRACT:
        record_breach(r, at->step, event);
        break;
    case ARAZZO_EVENT_ACTION:
        record_action(r, at->step, event);
        break;
    case ARAZZO_EVENT_STEP_FINISHED:
        finish_step(r, at->step, event);
        break;
    case ARAZZO_EVENT_WAITING:
        at->step->waited += event->seconds;
        break;
    default:
        break;
    }
}

arazzo_observer recording_observer(recording *kept) {
    return (arazzo_observer){.user = kept, .event = record};
}

void recording_end(recording *kept, arazzo_status status, const json_t *outputs, const char *error) {
    recorder *r = (recorder *)kept;
    kept->status = status;
    kept->seconds = elapsed(r);
    kept->outputs = keep_value(r, outputs);
    kept->error = keep(r, error);
}
