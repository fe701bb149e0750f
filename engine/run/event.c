/* event.c: telling the observer what happens. */
#include "engine/run/run_internal.h"

void emit(arazzo_run *run, arazzo_event *event) {
    if (run->options.observer == NULL || run->top == NULL)
        return;
    const frame *top = run->top;
    event->depth = top->depth;
    event->workflow_id = top->flow->id;
    if (top->visit != NULL && event->kind != ARAZZO_EVENT_WORKFLOW_STARTED &&
        event->kind != ARAZZO_EVENT_WORKFLOW_FINISHED) {
        event->step_id = top->visit->step->id;
        event->attempt = top->visit->attempt;
        event->attempts = top->visit->attempts;
    }
    run->options.observer->event(run->options.observer->user, event);
}

static arazzo_request as_request(const http_request *request) {
    return (arazzo_request){.method = request->method,
                            .url = request->url,
                            .headers = request->headers.items,
                            .header_count = request->headers.count,
                            .body = request->body,
                            .body_length = request->body_length,
                            .timeout = request->timeout,
                            .digest = request->digest,
                            .stays = request->stays};
}

void emit_authorization(arazzo_run *run) {
    const auth_state *auth = &run->top->visit->auth;
    arazzo_event event = {.kind = ARAZZO_EVENT_AUTHORIZATION, .scheme = auth->scheme, .url = auth->ask.url};
    emit(run, &event);
}

void emit_step(arazzo_run *run, arazzo_event_kind kind, arazzo_status status) {
    const visit *at = run->top->visit;
    arazzo_request request = as_request(&at->exchange.request);
    arazzo_response response = {.status = at->exchange.response.status,
                                .headers = at->exchange.response.headers.items,
                                .header_count = at->exchange.response.headers.count,
                                .body = at->exchange.response.body,
                                .body_length = at->exchange.response.body_length};
    arazzo_event event = {.kind = kind, .status = status, .error = at->exchange.error};
    if (at->exchange.built) {
        event.request = &request;
        event.request_body = at->exchange.payload;
    }
    if (at->exchange.answered) {
        event.response = &response;
        event.response_body = at->exchange.body;
    }
    if (kind == ARAZZO_EVENT_STEP_FINISHED) {
        event.outputs = run->top->step_outputs[at->step->index];
        event.seconds = run_clock(run) - at->started;
    }
    if (kind == ARAZZO_EVENT_RESPONSE)
        event.seconds = run_clock(run) - at->started;
    emit(run, &event);
}
