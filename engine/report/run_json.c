/* run_json.c: each event adds to the step that is open at its depth. */
#include "engine/report/run_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "runtime-expr/json_text.h"

struct run_recorder {
    json_t *steps; /* NULL: none so far */
    json_t **open; /* by depth: the step being carried out; borrowed from `steps` */
    size_t open_count;
    double seconds;
    bool failed;
};

run_recorder *run_recorder_new(void) {
    return calloc(1, sizeof(run_recorder));
}

void run_recorder_free(run_recorder *recorder) {
    if (recorder == NULL)
        return;
    json_decref(recorder->steps);
    free(recorder->open);
    free(recorder);
}

const char *status_name(arazzo_status status) {
    static const char *const names[] = {"running", "success", "failure", "error"};
    return names[status];
}

static double milliseconds(double seconds) {
    return round(seconds * 10000) / 10;
}

/* Sets a member unless memory is, or was, short. Takes the value over. */
static void put(run_recorder *recorder, json_t *object, const char *name, json_t *value) {
    if (value == NULL || json_object_set_new(object, name, value) != 0)
        recorder->failed = true;
}

static void put_string(run_recorder *recorder, json_t *object, const char *name, const char *value) {
    if (value != NULL)
        put(recorder, object, name, json_string(value));
}

static json_t *copy_or_null(const json_t *value) {
    return value == NULL ? json_null() : json_text_copy(value);
}

/* Headers by name; the values of a repeated one in an array. */
static json_t *headers_json(run_recorder *recorder, const arazzo_header *headers, size_t count) {
    json_t *made = json_object();
    for (size_t i = 0; made != NULL && i < count; i++) {
        const char *value = headers[i].value;
        json_t *fresh = json_string(utf8_valid(value, strlen(value), NULL) ? value : "");
        json_t *known = json_object_get(made, headers[i].name);
        if (known == NULL) {
            put(recorder, made, headers[i].name, fresh);
            continue;
        }
        if (!json_is_array(known)) {
            json_t *list = json_array();
            if (list == NULL || json_array_append(list, known) != 0)
                recorder->failed = true;
            put(recorder, made, headers[i].name, list);
            known = json_object_get(made, headers[i].name);
        }
        if (fresh == NULL || known == NULL || json_array_append_new(known, fresh) != 0)
            recorder->failed = true;
    }
    return made;
}

static void record_start(run_recorder *recorder, const arazzo_event *event) {
    if (event->depth >= recorder->open_count) {
        json_t **more = realloc(recorder->open, (event->depth + 8) * sizeof(json_t *));
        if (more == NULL) {
            recorder->failed = true;
            return;
        }
        recorder->open = more;
        while (recorder->open_count < event->depth + 8)
            recorder->open[recorder->open_count++] = NULL;
    }
    recorder->open[event->depth] = NULL;
    if (recorder->steps == NULL)
        recorder->steps = json_array();
    json_t *step = json_object();
    if (step == NULL || json_array_append_new(recorder->steps, step) != 0) {
        recorder->failed = true;
        return;
    }
    put_string(recorder, step, "stepId", event->step_id);
    put_string(recorder, step, "workflowId", event->workflow_id);
    put(recorder, step, "attempt", json_integer(event->attempt));
    put_string(recorder, step, "status", "running");
    put(recorder, step, "criteria", json_array());
    recorder->open[event->depth] = step;
}

static void record_request(run_recorder *recorder, json_t *step, const arazzo_event *event) {
    json_t *request = json_object();
    if (request == NULL) {
        recorder->failed = true;
        return;
    }
    put_string(recorder, request, "method", event->request->method);
    put_string(recorder, request, "url", event->request->url);
    put(recorder, request, "headers", headers_json(recorder, event->request->headers, event->request->header_count));
    put(recorder, request, "body", copy_or_null(event->request_body));
    put(recorder, step, "request", request);
}

static void record_response(run_recorder *recorder, json_t *step, const arazzo_event *event) {
    put_string(recorder, step, "error", event->error);
    if (event->response == NULL)
        return;
    json_t *response = json_object();
    if (response == NULL) {
        recorder->failed = true;
        return;
    }
    put(recorder, response, "status", json_integer(event->response->status));
    put(recorder, response, "headers", headers_json(recorder, event->response->headers, event->response->header_count));
    put(recorder, response, "body", copy_or_null(event->response_body));
    put(recorder, step, "response", response);
}

static void record_criterion(run_recorder *recorder, json_t *step, const arazzo_event *event) {
    json_t *criterion = json_object();
    if (criterion == NULL || json_array_append_new(json_object_get(step, "criteria"), criterion) != 0) {
        recorder->failed = true;
        return;
    }
    put_string(recorder, criterion, "condition", event->condition);
    put_string(recorder, criterion, "type", event->condition_type);
    put_string(recorder, criterion, "context", event->context);
    put(recorder, criterion, "passed", json_boolean(event->passed));
    put_string(recorder, criterion, "explanation", event->explanation);
    put_string(recorder, criterion, "error", event->error);
}

static void record_contract(run_recorder *recorder, json_t *step, const arazzo_event *event) {
    if (json_object_get(step, "contract") == NULL)
        put(recorder, step, "contract", json_array());
    json_t *breach = json_object();
    if (breach == NULL || json_array_append_new(json_object_get(step, "contract"), breach) != 0) {
        recorder->failed = true;
        return;
    }
    put_string(recorder, breach, "code", event->code);
    put_string(recorder, breach, "instance", event->instance);
    put_string(recorder, breach, "message", event->explanation);
    put_string(recorder, breach, "schema", event->schema);
    put_string(recorder, breach, "file", event->file);
    put(recorder, breach, "line", json_integer(event->line));
    put(recorder, breach, "column", json_integer(event->column));
    put(recorder, breach, "more", json_integer((json_int_t)event->more));
    put(recorder, breach, "fails", json_boolean(!event->passed));
}

static void record_action(run_recorder *recorder, json_t *step, const arazzo_event *event) {
    json_t *action = json_object();
    if (action == NULL) {
        recorder->failed = true;
        return;
    }
    put_string(recorder, action, "type", event->action_type);
    put_string(recorder, action, "name", event->action_name);
    put_string(recorder, action, "stepId", event->target_step);
    put_string(recorder, action, "workflowId", event->target_workflow);
    put(recorder, step, "action", action);
}

static void record_finish(run_recorder *recorder, json_t *step, const arazzo_event *event) {
    put_string(recorder, step, "status", status_name(event->status));
    put_string(recorder, step, "error", event->error);
    put(recorder, step, "outputs", event->outputs == NULL ? json_object() : json_text_copy(event->outputs));
    put(recorder, step, "durationMs", json_real(milliseconds(event->seconds)));
}

static void record(void *user, const arazzo_event *event) {
    run_recorder *recorder = user;
    if (event->kind == ARAZZO_EVENT_WORKFLOW_FINISHED && event->depth == 0)
        recorder->seconds = event->seconds;
    if (event->kind == ARAZZO_EVENT_STEP_STARTED)
        record_start(recorder, event);
    json_t *step = event->depth < recorder->open_count ? recorder->open[event->depth] : NULL;
    if (step == NULL)
        return;
    switch (event->kind) {
    case ARAZZO_EVENT_REQUEST:
        record_request(recorder, step, event);
        break;
    case ARAZZO_EVENT_RESPONSE:
        record_response(recorder, step, event);
        break;
    case ARAZZO_EVENT_CRITERION:
        record_criterion(recorder, step, event);
        break;
    case ARAZZO_EVENT_CONTRACT:
        record_contract(recorder, step, event);
        break;
    case ARAZZO_EVENT_ACTION:
        record_action(recorder, step, event);
        break;
    case ARAZZO_EVENT_STEP_FINISHED:
        record_finish(recorder, step, event);
        break;
    default:
        break;
    }
}

arazzo_observer run_recorder_observer(run_recorder *recorder) {
    return (arazzo_observer){.user = recorder, .event = record};
}

json_t *run_recorder_take(run_recorder *recorder, const char *workflow_id, arazzo_status status,
                          const json_t *outputs) {
    json_t *made = json_object();
    if (made != NULL) {
        put_string(recorder, made, "workflowId", workflow_id);
        put_string(recorder, made, "status", status_name(status));
        put(recorder, made, "outputs", outputs == NULL ? json_object() : json_text_copy(outputs));
        put(recorder, made, "durationMs", json_real(milliseconds(recorder->seconds)));
        put(recorder, made, "steps", recorder->steps == NULL ? json_array() : json_incref(recorder->steps));
    }
    if (recorder->failed) {
        json_decref(made);
        made = NULL;
    }
    json_decref(recorder->steps);
    recorder->steps = NULL;
    recorder->failed = false;
    recorder->seconds = 0;
    for (size_t i = 0; i < recorder->open_count; i++)
        recorder->open[i] = NULL;
    return made;
}

json_t *run_report(const char *file, json_t *workflows, const arazzo_diagnostics *list) {
    json_t *diagnostics = json_array();
    for (size_t i = 0; i < arazzo_diagnostics_count(list); i++)
        if (json_array_append_new(diagnostics, arazzo_diagnostics_json(list, i)) != 0) {
            json_decref(diagnostics);
            return NULL;
        }
    return json_pack("{s:s, s:O, s:o}", "file", file, "workflows", workflows, "diagnostics", diagnostics);
}
