/* script.c: a reader over texts in memory, a responder over a list of answers, an observer that writes lines. */
#include "tests/support/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/http_message.h"

static char *read_document(void *user, const char *uri, size_t *length, char *error, size_t error_size) {
    for (const script_document *at = user; at->uri != NULL; at++) {
        if (strcmp(at->uri, uri) != 0)
            continue;
        *length = strlen(at->text);
        char *copy = malloc(*length + 1);
        if (copy == NULL)
            snprintf(error, error_size, "memory ran short");
        else
            memcpy(copy, at->text, *length + 1);
        return copy;
    }
    snprintf(error, error_size, "there is no such file");
    return NULL;
}

static void log_event(void *user, const arazzo_event *event) {
    text *log = user;
    if (event->kind == ARAZZO_EVENT_ACTION)
        text_append_format(log, "%s: %s%s%s (%s)\n", event->step_id, event->action_type,
                           event->target_step != NULL || event->target_workflow != NULL ? " " : "",
                           event->target_step != NULL       ? event->target_step
                           : event->target_workflow != NULL ? event->target_workflow
                                                            : "",
                           event->action_name);
    if (event->kind == ARAZZO_EVENT_WORKFLOW_STARTED && event->depth > 0)
        text_append_format(log, "call %s\n", event->workflow_id);
    if (event->kind == ARAZZO_EVENT_CRITERION && !event->passed)
        text_append_format(log, "%s: not %s\n", event->step_id, event->condition);
    if (event->kind == ARAZZO_EVENT_STEP_FINISHED && event->error != NULL)
        text_append_format(log, "%s: %s\n", event->step_id, event->error);
}

static bool answer(arazzo_run *run, arazzo_need *need, const char *given) {
    if (given[0] == '!') {
        arazzo_run_fail(run, need, given + 2);
        return true;
    }
    if (given[0] == '^') {
        arazzo_run_cancel(run, given + 2);
        return true;
    }
    arena *memory = arena_new();
    http_headers headers = {0};
    bool ready = memory != NULL;
    char *body = NULL;
    int status = (int)strtol(given, &body, 10);
    body += *body == ' ' || *body == '\n';
    while (ready && strchr(body, '\n') != NULL && body[0] != '{' && body[0] != '[') {
        char line[256], *end = strchr(body, '\n');
        if (end == body) {
            body++;
            break;
        }
        snprintf(line, sizeof line, "%.*s", (int)(end - body), body);
        char *colon = strchr(line, ':');
        *colon = '\0';
        ready = http_headers_add(&headers, memory, line, colon + 2);
        body = end + 1;
    }
    if (ready && (body[0] == '{' || body[0] == '[') && http_headers_get(&headers, "Content-Type") == NULL)
        ready = http_headers_add(&headers, memory, "Content-Type", "application/json");
    arazzo_response response = {.status = status,
                                .headers = headers.items,
                                .header_count = headers.count,
                                .body = body,
                                .body_length = strlen(body)};
    if (ready)
        arazzo_run_respond(run, need, &response);
    arena_free(memory);
    return ready;
}

static bool drive(const script *play, arazzo_run *run, text *log) {
    const char *const *next = play->answers;
    arazzo_need *need;
    arazzo_run_advance(run);
    while ((need = arazzo_run_take_need(run)) != NULL) {
        if (arazzo_need_kind_of(need) == ARAZZO_NEED_TIMER) {
            text_append_format(log, "wait %g\n", arazzo_need_seconds(need));
            arazzo_run_wake(run, need);
            continue;
        }
        const arazzo_request *request = arazzo_need_request(need);
        text_append_format(log, "%s %s", request->method, request->url);
        if (request->body != NULL)
            text_append_format(log, " %.*s", (int)request->body_length, request->body);
        text_append_char(log, '\n');
        if (next == NULL || *next == NULL)
            return false;
        const char *given = *next;
        if (next[1] != NULL)
            next++;
        if (!answer(run, need, given))
            return false;
    }
    return true;
}

static char *list_diagnostics(const diagnostics *list) {
    text out = TEXT_EMPTY;
    for (size_t i = 0; i < list->count; i++)
        text_append_format(&out, "%s %u:%u %s%s%s\n", list->items[i].code, list->items[i].where.line,
                           list->items[i].where.column, list->items[i].message, list->items[i].help == NULL ? "" : "; ",
                           list->items[i].help == NULL ? "" : list->items[i].help);
    return text_take(&out, NULL);
}

script_result script_play(const script *play) {
    script_result result = {.status = ARAZZO_ERROR};
    text log = TEXT_EMPTY;
    diagnostics list;
    diagnostics_init(&list);
    arazzo_reader reader = {.user = (void *)play->documents, .read = read_document};
    arazzo_observer observer = {.user = &log, .event = log_event};
    arazzo_run_options options = play->run;
    options.observer = &observer;
    json_t *inputs = play->inputs == NULL ? NULL : json_loads(play->inputs, JSON_DECODE_ANY, NULL);
    arazzo_description *loaded = arazzo_load(play->documents[0].uri, &reader, &play->load, &list);
    arazzo_run *run = loaded == NULL ? NULL : arazzo_run_start(loaded, play->workflow, inputs, &options, &list);
    if (run != NULL && drive(play, run, &log)) {
        result.status = arazzo_run_status(run);
        result.outputs = json_dumps(arazzo_run_outputs(run), JSON_COMPACT | JSON_SORT_KEYS);
    }
    if (result.outputs == NULL) {
        result.outputs = malloc(1);
        if (result.outputs != NULL)
            result.outputs[0] = '\0';
    }
    arazzo_run_free(run);
    arazzo_description_free(loaded);
    json_decref(inputs);
    result.diagnostics = list_diagnostics(&list);
    result.log = text_take(&log, NULL);
    if (list.no_memory)
        result.status = ARAZZO_ERROR;
    diagnostics_free(&list);
    return result;
}

void script_result_free(script_result *result) {
    free(result->log);
    free(result->outputs);
    free(result->diagnostics);
    *result = (script_result){.status = ARAZZO_ERROR};
}
