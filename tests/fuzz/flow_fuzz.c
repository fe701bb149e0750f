/*
 * flow_fuzz.c: whole runs of documents that are made up from the input, byte by byte a choice: workflows, steps and
 * actions that refer to each other in two Arazzo documents and an OpenAPI document (flow_document.h), and answers of
 * all kinds. Where run_fuzz.c mostly finds what is refused, most of these documents run.
 *
 * Besides not crashing, what must hold: a run ends, in success, failure or an error with a diagnostic; what was started
 * is finished, in order; requests are ones that can be sent; outputs are an object.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/arazzo.h"
#include "tests/fuzz/flow_document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_DEPTH = 6, MOST_ANSWERS = 300 };

static void hold(bool condition, const char *what) {
    if (condition)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

/* ---- Documents ---- */

typedef struct sources {
    text arazzo;
    text other;
    text openapi;
} sources;

static char *read_source(void *user, const char *uri, size_t *length, char *error, size_t error_size) {
    const sources *from = user;
    const text *found = strcmp(uri, "file:///a.json") == 0   ? &from->arazzo
                        : strcmp(uri, "file:///b.json") == 0 ? &from->other
                        : strcmp(uri, "file:///o.json") == 0 ? &from->openapi
                                                             : NULL;
    if (found == NULL || found->failed) {
        snprintf(error, error_size, "there is none");
        return NULL;
    }
    char *copy = malloc(found->length + 1);
    if (copy != NULL)
        memcpy(copy, text_peek(found), found->length + 1);
    *length = found->length;
    return copy;
}

/* ---- What is seen of a run ---- */

typedef struct watcher {
    size_t open; /* workflows, one within the other, that have started and not finished */
} watcher;

static void check_request(const arazzo_request *request) {
    hold(request->method != NULL && request->method[0] != '\0', "a request has a method");
    hold(strncmp(request->url, "http://", 7) == 0 || strncmp(request->url, "https://", 8) == 0, "a URL is absolute");
    hold(strpbrk(request->url, " \r\n\t\"<>") == NULL, "a URL holds no white space");
    for (size_t i = 0; i < request->header_count; i++) {
        hold(strpbrk(request->headers[i].name, "\r\n: ") == NULL, "a header's name is a token");
        hold(strpbrk(request->headers[i].value, "\r\n") == NULL, "a header's value is one line");
    }
}

static void watch(void *user, const arazzo_event *event) {
    watcher *at = user;
    switch (event->kind) {
    case ARAZZO_EVENT_WORKFLOW_STARTED: /* one that a goto went to takes the place of the one that was left (S19) */
        hold(event->depth <= at->open && event->depth <= MOST_DEPTH, "workflows nest, and not too deep");
        at->open = event->depth + 1;
        break;
    case ARAZZO_EVENT_WORKFLOW_FINISHED:
        hold(at->open == event->depth + 1, "what finishes was started last");
        hold(event->status != ARAZZO_RUNNING, "what finishes has a status");
        at->open--;
        break;
    case ARAZZO_EVENT_REQUEST:
        check_request(event->request);
        break;
    case ARAZZO_EVENT_RESPONSE:
        hold((event->response != NULL) != (event->error != NULL), "there is a response, or a reason");
        break;
    case ARAZZO_EVENT_WAITING:
        hold(event->seconds >= 0 && event->seconds <= 1e9,
             "a wait is what the document or, bounded, the server asks for");
        break;
    default:
        break;
    }
}

/* ---- Answers ---- */

static void answer(arazzo_run *run, arazzo_need *need, choices *from) {
    static const int statuses[] = {200, 201, 204, 302, 400, 404, 429, 500, 503, 299};
    static const char *const types[] = {"application/json",        "application/problem+json", "text/plain",
                                        "application/xml",         "text/event-stream",        "application/json-seq",
                                        "application/octet-stream"};
    static const char *const waits[] = {"1", "0", "100000", "Fri, 31 Dec 1999 23:59:59 GMT", "soon", "-1"};
    text body = TEXT_EMPTY, header = TEXT_EMPTY;
    const arazzo_request *request = arazzo_need_request(need);
    check_request(request);
    if (choose(from, 12) == 11) {
        arazzo_run_fail(run, need, "the connection was refused");
        return;
    }
    size_t type = choose(from, sizeof types / sizeof *types + 1);
    flow_answer_body(from, &body);
    flow_words(from, &header);
    arazzo_header headers[4] = {{"Retry-After", waits[choose(from, 6)]}, {"X-A", text_peek(&header)}};
    size_t count = 1 + choose(from, 2);
    if (strpbrk(text_peek(&header), "\r\n") != NULL || header.failed)
        count = 1;
    if (type < sizeof types / sizeof *types)
        headers[count++] = (arazzo_header){"Content-Type", types[type]};
    arazzo_response response = {.status = statuses[choose(from, 10)],
                                .headers = headers,
                                .header_count = count,
                                .body = text_peek(&body),
                                .body_length = body.length};
    arazzo_run_respond(run, need, &response);
    text_free(&body);
    text_free(&header);
}

static void play(arazzo_run *run, choices *from) {
    size_t answers = 0;
    arazzo_run_advance(run);
    for (arazzo_need *need; answers < MOST_ANSWERS && (need = arazzo_run_take_need(run)) != NULL; answers++) {
        hold(arazzo_run_status(run) == ARAZZO_RUNNING, "who needs something runs");
        if (arazzo_need_kind_of(need) == ARAZZO_NEED_TIMER)
            arazzo_run_wake(run, need);
        else
            answer(run, need, from);
    }
    if (answers < MOST_ANSWERS)
        hold(arazzo_run_status(run) != ARAZZO_RUNNING, "who needs nothing has ended");
    hold(json_is_object(arazzo_run_outputs(run)), "outputs are an object");
}

static void carry_out(const arazzo_description *loaded, choices *from, arazzo_diagnostics *list) {
    watcher watched = {.open = 0};
    arazzo_observer observer = {.user = &watched, .event = watch};
    arazzo_run_options options = {
        .max_steps = 30, .max_depth = MOST_DEPTH, .observer = &observer, .dry_run = choose(from, 8) == 7};
    json_t *inputs = json_pack("{s:s, s:i, s:[s, i], s:{s:n}}", "i0", "te xt/&", "i1", (int)choose(from, 5), "i2", "a",
                               1, "i3", "a");
    const char *id = arazzo_workflow_id(loaded, choose(from, (unsigned)arazzo_workflow_count(loaded)));
    arazzo_run *run = arazzo_run_start(loaded, id, inputs, &options, list);
    json_decref(inputs);
    if (run == NULL) {
        hold(arazzo_diagnostics_errors(list) > 0, "a run that is refused says why");
        return;
    }
    play(run, from);
    arazzo_status status = arazzo_run_status(run);
    if (status == ARAZZO_ERROR)
        hold(arazzo_diagnostics_errors(list) > 0, "an error says why");
    if (status == ARAZZO_SUCCESS || status == ARAZZO_FAILURE)
        hold(watched.open == 0, "what was started is finished");
    arazzo_run_free(run);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    choices from = {.bytes = data, .left = size};
    sources made = {.arazzo = TEXT_EMPTY, .other = TEXT_EMPTY, .openapi = TEXT_EMPTY};
    arazzo_load_options load = {.strict = choose(&from, 4) == 3};
    arazzo_diagnostics *list = arazzo_diagnostics_new();
    arazzo_reader reader = {.user = &made, .read = read_source};
    flow_openapi(&made.openapi);
    flow_document(&from, false, &made.arazzo);
    flow_document(&from, true, &made.other);
    arazzo_description *loaded = list == NULL ? NULL : arazzo_load("file:///a.json", &reader, &load, list);
    if (loaded != NULL && arazzo_workflow_count(loaded) > 0)
        carry_out(loaded, &from, list);
    else if (list != NULL)
        hold(arazzo_diagnostics_errors(list) > 0, "a document that is refused is told why");
    arazzo_description_free(loaded);
    arazzo_diagnostics_free(list);
    text_free(&made.arazzo);
    text_free(&made.other);
    text_free(&made.openapi);
    return 0;
}
