/*
 * json.c: runs as JSON, for programs: the object of `arazzo run --format json`, or a list of such objects where the
 * command takes many documents.
 */
#include <strings.h>

#include "base/utf8.h"
#include "engine/report/json_writer.h"
#include "engine/report/run_json.h"

/* ---- Messages ---- */

static bool seen_before(const recorded_message *message, size_t index) {
    for (size_t i = 0; i < index; i++)
        if (strcasecmp(message->headers[i].name, message->headers[index].name) == 0)
            return true;
    return false;
}

static bool seen_after(const recorded_message *message, size_t index) {
    for (size_t i = index + 1; i < message->header_count; i++)
        if (strcasecmp(message->headers[i].name, message->headers[index].name) == 0)
            return true;
    return false;
}

/* Headers by name; the values of a repeated one in an array. */
static void put_headers(json_writer *w, const recorded_message *message) {
    json_begin(w, "headers", '{');
    for (size_t i = 0; i < message->header_count; i++) {
        const arazzo_header *header = &message->headers[i];
        if (seen_before(message, i))
            continue;
        json_name(w, header->name);
        if (!seen_after(message, i)) {
            json_put_string(w, NULL, shown_header(w->to, header));
            continue;
        }
        json_begin(w, NULL, '[');
        for (size_t j = i; j < message->header_count; j++)
            if (strcasecmp(message->headers[j].name, header->name) == 0)
                json_put_string(w, NULL, shown_header(w->to, &message->headers[j]));
        json_end(w, ']');
    }
    json_end(w, '}');
}

static void put_cut(json_writer *w, recorded_bytes body) {
    if (body.length < body.full)
        json_put_integer(w, "bodyLength", (long long)body.full);
}

/* A body as a value; as text where it is no JSON; as Base64 where it is no text either. */
static void put_response_body(json_writer *w, const recorded_message *message) {
    const recorded_bytes *body = &message->body;
    if (body->bytes == NULL || body->full == 0) {
        json_put_null(w, "body");
    } else if (message->body_is_json) {
        json_put_value(w, "body", *body);
    } else if (recorded_text(*body)) {
        json_put_bytes(w, "body", *body);
    } else {
        text encoded = TEXT_EMPTY;
        report_base64(w->to, *body, &encoded);
        json_put_null(w, "body");
        json_put_masked(w, "bodyBase64", &encoded);
        text_free(&encoded);
    }
    put_cut(w, *body);
}

static void put_request(json_writer *w, const recorded_step *at) {
    if (at->method == NULL)
        return;
    json_begin(w, "request", '{');
    json_put_string(w, "method", at->method);
    json_put_string(w, "url", at->url);
    put_headers(w, &at->request);
    if (at->payload.bytes == NULL)
        json_put_null(w, "body");
    else
        json_put_value(w, "body", at->payload);
    put_cut(w, at->payload);
    json_end(w, '}');
}

static void put_response(json_writer *w, const recorded_step *at) {
    if (!at->response.given)
        return;
    json_begin(w, "response", '{');
    json_put_integer(w, "status", at->response_status);
    put_headers(w, &at->response);
    put_response_body(w, &at->response);
    json_end(w, '}');
}

/* ---- Steps ---- */

static void put_criteria(json_writer *w, const recorded_step *at) {
    json_begin(w, "criteria", '[');
    for (const recorded_criterion *one = at->criteria; one != NULL; one = one->next) {
        json_begin(w, NULL, '{');
        json_put_string(w, "condition", one->condition);
        json_put_string(w, "type", one->type);
        json_put_string(w, "context", one->context);
        json_put_boolean(w, "passed", one->passed);
        json_put_string(w, "explanation", one->explanation);
        json_put_string(w, "error", one->error);
        json_end(w, '}');
    }
    json_end(w, ']');
}

static void put_action(json_writer *w, const recorded_action *taken) {
    if (taken == NULL)
        return;
    json_begin(w, "action", '{');
    json_put_string(w, "type", taken->type);
    json_put_string(w, "name", taken->name);
    json_put_string(w, "stepId", taken->step_id);
    json_put_string(w, "workflowId", taken->workflow_id);
    json_end(w, '}');
}

static void put_breaches(json_writer *w, const recorded_step *at) {
    if (at->breaches == NULL)
        return;
    json_begin(w, "contract", '[');
    for (const recorded_breach *one = at->breaches; one != NULL; one = one->next) {
        json_begin(w, NULL, '{');
        json_put_string(w, "code", one->code);
        json_put_string(w, "instance", one->instance);
        json_put_string(w, "message", one->message);
        json_put_string(w, "schema", one->schema);
        json_put_string(w, "file", one->file);
        json_put_integer(w, "line", one->line);
        json_put_integer(w, "column", one->column);
        json_put_integer(w, "more", (long long)one->more);
        json_put_boolean(w, "fails", one->fails);
        json_end(w, '}');
    }
    json_end(w, ']');
}

static void put_outputs(json_writer *w, recorded_bytes made) {
    static const char none[] = "{}";
    json_put_value(w, "outputs",
                   made.bytes == NULL
                       ? (recorded_bytes){.bytes = none, .length = sizeof none - 1, .full = sizeof none - 1}
                       : made);
}

static void put_step(json_writer *w, const recorded_step *at) {
    json_begin(w, NULL, '{');
    json_put_string(w, "stepId", at->id);
    json_put_string(w, "workflowId", at->workflow == NULL ? NULL : at->workflow->id);
    json_put_integer(w, "attempt", at->attempt);
    json_put_string(w, "status", status_name(at->status));
    put_criteria(w, at);
    put_breaches(w, at);
    put_request(w, at);
    json_put_string(w, "error", at->error);
    put_response(w, at);
    if (at->status != ARAZZO_RUNNING) {
        put_outputs(w, at->outputs);
        json_put_milliseconds(w, "durationMs", at->seconds);
    }
    put_action(w, at->action);
    json_end(w, '}');
}

/* ---- Documents ---- */

/* What happened when it was carried out. */
static void put_events(json_writer *w, const recording *events) {
    json_put_string(w, "error", events->error);
    put_outputs(w, events->outputs);
    json_put_time(w, "started", events->began);
    json_put_milliseconds(w, "durationMs", events->seconds);
    json_begin(w, "steps", '[');
    for (const recorded_step *at = events->steps; at != NULL; at = at->next)
        put_step(w, at);
    json_end(w, ']');
}

/* Attempts that failed before the last one, whose events are the run's. */
static void put_earlier(json_writer *w, const report_run *run) {
    if (run->earlier_count == 0)
        return;
    json_put_integer(w, "attempts", (long long)run->earlier_count + 1);
    json_put_boolean(w, "flaky", report_outcome_of(run) == REPORT_FLAKY);
    json_begin(w, "earlier", '[');
    for (size_t i = 0; i < run->earlier_count; i++) {
        json_begin(w, NULL, '{');
        json_put_string(w, "status", status_name(run->earlier[i]->status));
        put_events(w, run->earlier[i]);
        json_end(w, '}');
    }
    json_end(w, ']');
}

static void put_run(json_writer *w, const report_run *run) {
    json_begin(w, NULL, '{');
    json_put_string(w, "workflowId", run->events->workflow_id);
    json_put_string(w, "status", run->skipped != NULL ? "skipped" : status_name(run->events->status));
    json_put_string(w, "skipped", run->skipped);
    put_earlier(w, run);
    if (run->skipped == NULL)
        put_events(w, run->events);
    json_end(w, '}');
}

static void put_diagnostics(json_writer *w, const diagnostics *list) {
    static const char *const severities[] = {"error", "warning", "note"};
    json_begin(w, "diagnostics", '[');
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const diagnostic *one = &list->items[i];
        json_begin(w, NULL, '{');
        json_put_string(w, "code", one->code);
        json_put_string(w, "severity", severities[one->severity]);
        json_put_string(w, "message", one->message);
        if (one->where.file != NULL) {
            json_put_string(w, "file", one->where.file);
            json_put_integer(w, "line", one->where.line);
            json_put_integer(w, "column", one->where.column);
        }
        json_put_string(w, "help", one->help);
        json_end(w, '}');
    }
    json_end(w, ']');
}

static void put_document(json_writer *w, const report_document *of) {
    json_begin(w, NULL, '{');
    json_put_string(w, "file", of->file);
    json_begin(w, "workflows", '[');
    for (size_t i = 0; i < of->run_count; i++)
        put_run(w, &of->runs[i]);
    json_end(w, ']');
    put_diagnostics(w, of->list);
    json_end(w, '}');
}

/* Of runs; a document that could not be used is one error. */
static void put_summary(json_writer *w, const report_set *what) {
    static const char *const names[REPORT_OUTCOMES] = {"passed", "flaky", "failed", "errors", "skipped"};
    long long counts[REPORT_OUTCOMES] = {0};
    for (size_t i = 0; i < what->document_count; i++) {
        const report_document *of = &what->documents[i];
        counts[REPORT_ERROR] += of->run_count == 0;
        for (size_t j = 0; j < of->run_count; j++)
            counts[report_outcome_of(&of->runs[j])]++;
    }
    json_begin(w, "summary", '{');
    for (size_t i = 0; i < REPORT_OUTCOMES; i++)
        json_put_integer(w, names[i], counts[i]);
    json_end(w, '}');
}

void report_json(const report_set *what, report_writer *writer) {
    json_writer w = {.to = writer};
    if (!what->many && what->document_count == 1) {
        put_document(&w, &what->documents[0]);
    } else {
        json_begin(&w, NULL, '{');
        json_put_time(&w, "started", what->began);
        json_put_milliseconds(&w, "durationMs", what->seconds);
        json_begin(&w, "documents", '[');
        for (size_t i = 0; i < what->document_count; i++)
            put_document(&w, &what->documents[i]);
        json_end(&w, ']');
        put_summary(&w, what);
        json_end(&w, '}');
    }
    text_append_char(writer->out, '\n');
}
