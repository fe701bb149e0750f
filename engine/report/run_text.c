/*
 * run_text.c: one function for each kind of event.
 *
 * A step's line begins with how it ended, so it waits, with the criteria under it, until the step is finished: that
 * comes at once after the response. With --verbose the request is shown as soon as it is sent.
 */
#include "engine/report/run_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/columns.h"
#include "engine/report/run_text_internal.h"

enum { MOST_NAME_COLUMN = 40, DEEPEST_NAMES = 8, LARGE_BODY = 100000, LEAST_URL = 12 };

/* ---- Before and after ---- */

static size_t widest_name(const workflow *flow, size_t depth) {
    size_t most = 0;
    for (size_t i = 0; i < flow->step_count && depth < DEEPEST_NAMES; i++) {
        const step *at = &flow->steps[i];
        size_t own = 4 + depth * 4 + columns_count(at->id, strlen(at->id));
        size_t under = at->kind == STEP_WORKFLOW && at->target != NULL ? widest_name(at->target, depth + 1) : 0;
        own = under > own ? under : own;
        most = own > most ? own : most;
    }
    return most > MOST_NAME_COLUMN ? MOST_NAME_COLUMN : most;
}

void run_text_begin(run_text *printer, const workflow *flow) {
    run_text_clear(printer);
    printer->steps = 0;
    printer->retries = 0;
    printer->calls = 0;
    printer->calling = false;
    printer->name_column = widest_name(flow, 0) + 2;
    text_truncate(&printer->held, 0);
    fold_close(printer, 0);
}

void run_text_free(run_text *printer) {
    text_free(&printer->pending);
    text_free(&printer->held);
    text_free(&printer->line);
    text_free(&printer->under);
    text_free(&printer->under_way);
    text_free(&printer->under_way_after);
}

/* ---- Parts of a step's line ---- */

/* "✓ name", up to the column where the rest begins; the column reached. */
static size_t append_name(const run_text *printer, text *line, const arazzo_event *event, tone shade,
                          const char *mark) {
    text shown = TEXT_EMPTY;
    size_t indent = step_indent(event);
    append_data_string(printer, &shown, event->step_id);
    append_spaces(line, indent);
    append_toned(printer, line, shade, mark);
    text_append_char(line, ' ');
    append_toned(printer, line, BOLD, text_peek(&shown));
    size_t reached = indent + 2 + columns_count(text_peek(&shown), shown.length);
    size_t wanted = reached + 2 > printer->name_column ? reached + 2 : printer->name_column;
    append_spaces(line, wanted - reached);
    line->failed = line->failed || shown.failed;
    text_free(&shown);
    return wanted;
}

static void append_attempt(text *line, unsigned attempt, unsigned attempts) {
    if (attempts >= attempt && attempts > 1)
        text_append_format(line, "attempt %u of %u", attempt, attempts);
    else
        text_append_format(line, "attempt %u", attempt);
}

static void append_tail(const arazzo_event *event, text *tail) {
    text_append_string(tail, "  ");
    append_duration(tail, event->seconds);
    if (event->response != NULL && event->response->body_length >= LARGE_BODY) {
        text_append_string(tail, "  ");
        append_size(tail, event->response->body_length);
    }
    if (event->attempt > 1) {
        text_append_string(tail, "  ");
        append_attempt(tail, event->attempt, event->attempts);
    }
}

/* "GET URL  200  0.9 ms", from column `at` on. */
static void append_exchange(const run_text *printer, text *line, const arazzo_event *event, size_t at) {
    text url = TEXT_EMPTY, tail = TEXT_EMPTY;
    char status[16] = "";
    if (event->response != NULL)
        snprintf(status, sizeof status, "%d", event->response->status);
    append_tail(event, &tail);
    append_data_string(printer, &url, event->request->url);
    size_t taken = at + strlen(event->request->method) + 1 + (status[0] == '\0' ? 0 : 2 + strlen(status)) +
                   columns_count(text_peek(&tail), tail.length);
    if (printer->columns > 0)
        shorten(&url, printer->columns > taken + LEAST_URL ? printer->columns - taken : LEAST_URL);
    append_data_string(printer, line, event->request->method);
    text_append_char(line, ' ');
    text_append(line, text_peek(&url), url.length);
    if (status[0] != '\0') {
        text_append_string(line, "  ");
        append_status(printer, line, event->response->status);
    }
    text_append(line, text_peek(&tail), tail.length);
    line->failed = line->failed || url.failed || tail.failed;
    text_free(&url);
    text_free(&tail);
}

/* ---- What is under way ---- */

static void set_under_way(run_text *printer, const arazzo_event *event, const char *what, const char *object) {
    text_truncate(&printer->under_way, 0);
    text_truncate(&printer->under_way_after, 0);
    append_data_string(printer, &printer->under_way, event->step_id);
    text_append_format(&printer->under_way, "  %s%s", what, object == NULL ? "" : " ");
    if (object != NULL)
        append_data_string(printer, &printer->under_way, object);
}

static void set_nothing_under_way(run_text *printer) {
    text_truncate(&printer->under_way, 0);
}

/* ---- Workflows ---- */

static uint64_t call_bit(size_t depth) {
    return depth < 64 ? (uint64_t)1 << depth : 0;
}

/* A step's own workflow stands in the step's line; one that comes before something says so. */
static void tell_workflow(run_text *printer, const arazzo_event *event) {
    fold_close(printer, event->depth);
    text line = TEXT_EMPTY, id = TEXT_EMPTY;
    append_data_string(printer, &id, event->workflow_id);
    if (event->depth == 0) {
        append_toned(printer, &line, BOLD, text_peek(&id));
    } else {
        arazzo_event caller = {.depth = event->depth - 1, .step_id = text_peek(&printer->under_way)};
        if (printer->calling)
            append_name(printer, &line, &caller, CYAN, "▸");
        else
            append_spaces(&line, step_indent(&caller));
        text_append_format(&line, "%sworkflow ", printer->calling ? "" : "▸ first ");
        append_toned(printer, &line, BOLD, text_peek(&id));
        printer->calls =
            printer->calling ? printer->calls | call_bit(event->depth) : printer->calls & ~call_bit(event->depth);
    }
    text_append_char(&line, '\n');
    line.failed = line.failed || id.failed;
    text_free(&id);
    printer->calling = false;
    set_nothing_under_way(printer);
    tell(printer, &line);
}

static void tell_workflow_end(run_text *printer, const arazzo_event *event) {
    fold_close(printer, event->depth);
    printer->called = event->status;
    set_nothing_under_way(printer);
    if (event->depth == 0 && event->status != ARAZZO_SUCCESS) {
        print_lines(printer, printer->out, printer->columns, &printer->held);
        return;
    }
    if (event->depth == 0 || event->status == ARAZZO_SUCCESS || (printer->calls & call_bit(event->depth)) != 0)
        return;
    arazzo_event around = {.depth = event->depth - 1};
    text line = TEXT_EMPTY;
    append_spaces(&line, step_indent(&around));
    append_toned(printer, &line, RED, "✗");
    text_append_string(&line, " workflow ");
    append_data_string(printer, &line, event->workflow_id);
    text_append_string(&line, " failed\n");
    tell(printer, &line);
}

/* ---- Steps ---- */

static void begin_step(run_text *printer, const arazzo_event *event) {
    fold_settle(printer);
    printer->steps += event->attempt == 1;
    printer->retries += event->attempt > 1;
    printer->calling = true;
    text_truncate(&printer->held, 0);
    text_truncate(&printer->line, 0);
    text_truncate(&printer->under, 0);
    text_truncate(&printer->under_way, 0);
    text_append_string(&printer->under_way, event->step_id); /* for the workflow that it may call */
}

static void tell_request(run_text *printer, const arazzo_event *event) {
    printer->calling = false;
    set_under_way(printer, event, event->request->method, event->request->url);
    if (!printer->verbose)
        return;
    text line = TEXT_EMPTY, what = TEXT_EMPTY;
    size_t at = append_name(printer, &line, event, CYAN, "▸");
    text_append_format(&what, "%s %s", event->request->method, event->request->url);
    if (event->attempt > 1) {
        text_append_string(&what, "  ");
        append_attempt(&what, event->attempt, event->attempts);
    }
    append_paragraph(printer, &line, at, at, text_peek(&what));
    text_append_char(&line, '\n');
    append_request_message(printer, &line, event);
    line.failed = line.failed || what.failed;
    text_free(&what);
    tell(printer, &line);
}

static void tell_response(run_text *printer, const arazzo_event *event) {
    set_nothing_under_way(printer);
    if (printer->verbose) {
        text line = TEXT_EMPTY;
        if (event->response != NULL)
            append_response_message(printer, &line, event);
        tell(printer, &line);
        return;
    }
    text_truncate(&printer->line, 0);
    size_t reached = step_indent(event) + 4 + columns_count(event->step_id, strlen(event->step_id));
    append_exchange(printer, &printer->line, event, reached > printer->name_column ? reached : printer->name_column);
}

/* Lines under a criterion or an action, each a paragraph. */
static void append_note(const run_text *printer, text *out, size_t indent, const char *note) {
    while (note != NULL && *note != '\0') {
        size_t length = strcspn(note, "\n");
        text one = TEXT_EMPTY;
        text_append(&one, note, length);
        append_spaces(out, indent);
        append_paragraph(printer, out, indent, indent + 2, text_peek(&one));
        text_append_char(out, '\n');
        out->failed = out->failed || one.failed;
        text_free(&one);
        note += length + (note[length] == '\n');
    }
}

static void add_criterion(run_text *printer, const arazzo_event *event) {
    if (event->implied && event->passed && !printer->verbose)
        return; /* the step's line says as much */
    text *out = &printer->under, what = TEXT_EMPTY;
    size_t indent = step_indent(event) + 2;
    text_append_string(&what, event->condition);
    if (event->context != NULL && strcmp(event->condition_type, "simple") != 0)
        text_append_format(&what, "  on %s", event->context);
    append_spaces(out, indent);
    append_toned(printer, out, event->passed ? GREEN : RED, event->passed ? "✓" : "✗");
    text_append_char(out, ' ');
    append_paragraph(printer, out, indent + 2, indent + 4, text_peek(&what));
    text_append_char(out, '\n');
    append_note(printer, out, indent + 4, event->error != NULL ? event->error : event->explanation);
    out->failed = out->failed || what.failed;
    text_free(&what);
    if (printer->verbose)
        tell(printer, out);
}

/* A response that is not as declared: the step fails by it, or it is only a warning. */
static void add_contract(run_text *printer, const arazzo_event *event) {
    text *out = &printer->under, what = TEXT_EMPTY, declared = TEXT_EMPTY;
    size_t indent = step_indent(event) + 2;
    text_append_format(&what, "%s %s", event->instance, event->explanation);
    if (event->more > 0)
        text_append_format(&what, " (and %zu more like it)", event->more);
    text_append_format(&declared, "declared in %s:%u:%u", event->file == NULL ? "" : event->file, event->line,
                       event->column);
    append_spaces(out, indent);
    append_toned(printer, out, event->passed ? YELLOW : RED, event->passed ? "!" : "✗");
    text_append_char(out, ' ');
    append_paragraph(printer, out, indent + 2, indent + 4, text_peek(&what));
    text_append_char(out, '\n');
    append_note(printer, out, indent + 4, text_peek(&declared));
    out->failed = out->failed || what.failed || declared.failed;
    text_free(&what);
    text_free(&declared);
    if (printer->verbose)
        tell(printer, out);
}

/* The step's line, unless --verbose has shown it already. */
static void append_finished(run_text *printer, text *out, const arazzo_event *event) {
    bool good = event->status == ARAZZO_SUCCESS, called = event->request == NULL && event->error == NULL;
    if (printer->verbose && event->request != NULL)
        return;
    append_name(printer, out, event, good ? GREEN : RED, good ? "✓" : "✗");
    if (called) {
        text_append_format(out, "workflow %s  ", printer->called == ARAZZO_SUCCESS ? "succeeded" : "failed");
        append_duration(out, event->seconds);
    } else {
        text_append(out, text_peek(&printer->line), printer->line.length);
    }
    if (event->attempt > 1 && event->request == NULL) {
        text_append_string(out, "  ");
        append_attempt(out, event->attempt, event->attempts);
    }
    while (out->length > 0 && out->bytes[out->length - 1] == ' ')
        text_truncate(out, out->length - 1);
    text_append_char(out, '\n');
}

static void tell_finish(run_text *printer, const arazzo_event *event) {
    text out = TEXT_EMPTY;
    size_t indent = step_indent(event) + 2;
    printer->calling = false;
    set_nothing_under_way(printer);
    append_finished(printer, &out, event);
    text_append(&out, text_peek(&printer->under), printer->under.length);
    if (event->error != NULL) {
        append_spaces(&out, indent);
        append_toned(printer, &out, RED, "✗");
        text_append_char(&out, ' ');
        append_paragraph(printer, &out, indent + 2, indent + 4, event->error);
        text_append_char(&out, '\n');
    }
    out.failed = out.failed || printer->under.failed || printer->line.failed;
    fold_step(printer, event, &out);
    text_truncate(&printer->under, 0);
    text_truncate(&printer->line, 0);
}

/* ---- What follows ---- */

/* "goto order", "retry in 2 s, attempt 2 of 4". */
static void append_what(text *out, const arazzo_event *event) {
    text_append_string(out, event->action_type);
    if (event->target_step != NULL)
        text_append_format(out, " %s%s", strcmp(event->action_type, "retry") == 0 ? "after " : "", event->target_step);
    if (event->target_workflow != NULL)
        text_append_format(out, " %sworkflow %s", strcmp(event->action_type, "retry") == 0 ? "after " : "",
                           event->target_workflow);
    if (strcmp(event->action_type, "retry") != 0)
        return;
    if (event->seconds > 0)
        text_append_format(out, " in %g s", event->seconds);
    text_append_string(out, ", ");
    append_attempt(out, event->attempt + 1, event->attempts);
}

/* Lines as one: "a and b". */
static void append_joined(text *out, const char *lines, const char *between) {
    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n");
        text_append(out, lines, length);
        lines += length;
        if (*lines == '\n' && *++lines != '\0')
            text_append_string(out, between);
    }
}

static void tell_action(run_text *printer, const arazzo_event *event) {
    text line = TEXT_EMPTY, what = TEXT_EMPTY;
    size_t indent = step_indent(event) + 2;
    bool chosen = event->kind == ARAZZO_EVENT_ACTION;
    append_spaces(&line, indent);
    append_toned(printer, &line, chosen ? CYAN : DIM, "→");
    text_append_char(&line, ' ');
    if (chosen)
        append_what(&what, event);
    else
        text_append_string(&what, "no action matched");
    text_append_format(&what, "  (%s%s", chosen ? event->action_name : "",
                       chosen && event->explanation != NULL ? ": " : "");
    if (event->explanation != NULL)
        append_joined(&what, event->explanation, chosen ? " and " : "; ");
    text_append_char(&what, ')');
    append_paragraph(printer, &line, indent + 2, indent + 4, text_peek(&what));
    text_append_char(&line, '\n');
    line.failed = line.failed || what.failed;
    text_free(&what);
    fold_action(printer, event, &line);
}

static void note_waiting(run_text *printer, const arazzo_event *event) {
    set_under_way(printer, event, "retrying", NULL);
    text_append_string(&printer->under_way_after, " (");
    append_attempt(&printer->under_way_after, event->attempt + 1, event->attempts);
    text_append_char(&printer->under_way_after, ')');
}

static void tell_authorization(run_text *printer, const arazzo_event *event) {
    text line = TEXT_EMPTY, what = TEXT_EMPTY;
    size_t indent = step_indent(event) + 2;
    printer->calling = false;
    set_under_way(printer, event, "asks for a token at", event->url);
    if (!printer->verbose)
        return;
    text_append_format(&what, "asking for a token for '%s' at %s", event->scheme, event->url);
    append_spaces(&line, indent);
    append_paragraph(printer, &line, indent, indent + 2, text_peek(&what));
    text_append_char(&line, '\n');
    line.failed = line.failed || what.failed;
    text_free(&what);
    tell(printer, &line);
}

/* ---- All ---- */

static void print_event(void *user, const arazzo_event *event) {
    run_text *printer = user;
    switch (event->kind) {
    case ARAZZO_EVENT_WORKFLOW_STARTED:
        tell_workflow(printer, event);
        break;
    case ARAZZO_EVENT_STEP_STARTED:
        begin_step(printer, event);
        break;
    case ARAZZO_EVENT_AUTHORIZATION:
        tell_authorization(printer, event);
        break;
    case ARAZZO_EVENT_REQUEST:
        tell_request(printer, event);
        break;
    case ARAZZO_EVENT_RESPONSE:
        tell_response(printer, event);
        break;
    case ARAZZO_EVENT_CRITERION:
        add_criterion(printer, event);
        break;
    case ARAZZO_EVENT_CONTRACT:
        add_contract(printer, event);
        break;
    case ARAZZO_EVENT_ACTION:
    case ARAZZO_EVENT_NO_ACTION:
        tell_action(printer, event);
        break;
    case ARAZZO_EVENT_STEP_FINISHED:
        tell_finish(printer, event);
        break;
    case ARAZZO_EVENT_WAITING:
        note_waiting(printer, event);
        break;
    case ARAZZO_EVENT_WORKFLOW_FINISHED:
        tell_workflow_end(printer, event);
        break;
    }
}

arazzo_observer run_text_observer(run_text *printer) {
    return (arazzo_observer){.user = printer, .event = print_event};
}
