/* happening.c: events made by hand. */
#include "tests/support/happening.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static double clock_of(void *user) {
    return ((happening *)user)->clock;
}

static double now_of(void *user) {
    (void)user;
    return 1770091506.5;
}

static void tell(happening *run, arazzo_event event) {
    arazzo_observer observer = recording_observer(run->kept);
    if (event.workflow_id == NULL)
        event.workflow_id = run->kept->workflow_id;
    observer.event(observer.user, &event);
}

static json_t *value_of(const char *json) {
    json_t *value = json == NULL ? NULL : json_loads(json, JSON_DECODE_ANY, NULL);
    assert_true(json == NULL || value != NULL);
    return value;
}

void happening_begin(happening *run, const char *id, size_t body_limit, size_t total_limit) {
    recording_options options = {
        .clock = clock_of, .now = now_of, .user = run, .body_limit = body_limit, .total_limit = total_limit};
    run->clock = 100;
    run->kept = recording_new(id, &options);
    assert_non_null(run->kept);
    happening_workflow(run, 0, id);
}

void happening_end(happening *run, arazzo_status status, const char *made_outputs, const char *error) {
    json_t *made = value_of(made_outputs);
    recording_end(run->kept, status, made, error);
    json_decref(made);
}

void happening_workflow(happening *run, size_t depth, const char *id) {
    tell(run, (arazzo_event){.kind = ARAZZO_EVENT_WORKFLOW_STARTED, .depth = depth, .workflow_id = id});
}

void happening_workflow_end(happening *run, size_t depth, const char *id, arazzo_status status) {
    tell(run, (arazzo_event){.kind = ARAZZO_EVENT_WORKFLOW_FINISHED,
                             .depth = depth,
                             .workflow_id = id,
                             .status = status,
                             .seconds = run->clock - 100});
}

void happening_step(happening *run, size_t depth, const char *id, unsigned attempt) {
    tell(run, (arazzo_event){.kind = ARAZZO_EVENT_STEP_STARTED, .depth = depth, .step_id = id, .attempt = attempt});
}

void happening_request(happening *run, size_t depth, const char *method, const char *url, const char *name,
                       const char *value, const char *body) {
    bool typed = name != NULL && strcmp(name, "Content-Type") == 0;
    arazzo_header headers[] = {{"Content-Type", typed ? value : "application/json"}, {name, value}};
    arazzo_request request = {.method = method,
                              .url = url,
                              .headers = headers,
                              .header_count = name == NULL || typed ? 1 : 2,
                              .body = body,
                              .body_length = body == NULL ? 0 : strlen(body)};
    json_t *payload = typed ? json_string(body) : value_of(body);
    tell(run,
         (arazzo_event){.kind = ARAZZO_EVENT_REQUEST, .depth = depth, .request = &request, .request_body = payload});
    json_decref(payload);
}

void happening_response(happening *run, size_t depth, int status, const char *type, const char *name, const char *value,
                        const char *body, size_t length) {
    arazzo_header headers[] = {{"Content-Type", type}, {name, value}};
    arazzo_response response = {.status = status,
                                .headers = headers,
                                .header_count = name == NULL ? 1 : 2,
                                .body = body,
                                .body_length = length};
    json_t *parsed = strcmp(type, "application/json") == 0 ? json_loadb(body, length, JSON_DECODE_ANY, NULL)
                                                           : json_stringn(body, length);
    run->clock += 0.25;
    tell(run,
         (arazzo_event){.kind = ARAZZO_EVENT_RESPONSE, .depth = depth, .response = &response, .response_body = parsed});
    json_decref(parsed);
}

void happening_no_response(happening *run, size_t depth, const char *error) {
    run->clock += 0.25;
    tell(run, (arazzo_event){.kind = ARAZZO_EVENT_RESPONSE, .depth = depth, .error = error});
}

void happening_criterion(happening *run, size_t depth, const char *condition, bool passed, const char *explanation) {
    tell(run, (arazzo_event){.kind = ARAZZO_EVENT_CRITERION,
                             .depth = depth,
                             .condition = condition,
                             .condition_type = "simple",
                             .passed = passed,
                             .explanation = explanation});
}

void happening_action(happening *run, size_t depth, const char *type, const char *name, const char *target) {
    tell(run, (arazzo_event){.kind = ARAZZO_EVENT_ACTION,
                             .depth = depth,
                             .action_type = type,
                             .action_name = name,
                             .target_step = target});
}

void happening_step_end(happening *run, size_t depth, arazzo_status status, const char *made_outputs) {
    json_t *made = value_of(made_outputs);
    tell(run,
         (arazzo_event){
             .kind = ARAZZO_EVENT_STEP_FINISHED, .depth = depth, .status = status, .outputs = made, .seconds = 0.25});
    json_decref(made);
}
