/* run_text.c: one function for each kind of event. Everything printed goes through the mask. */
#include "engine/report/run_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "runtime-expr/json_text.h"

enum { STEP_COLUMN = 24, BODY_LINES = 4096 };

typedef enum tone { PLAIN, BOLD, DIM, GREEN, RED, YELLOW, CYAN } tone;

static const char *paint(const run_text *printer, tone wanted) {
    static const char *const codes[] = {"\x1b[0m",  "\x1b[1m",  "\x1b[2m", "\x1b[32m",
                                        "\x1b[31m", "\x1b[33m", "\x1b[36m"};
    return printer->color ? codes[wanted] : "";
}

/* Control characters of documents and servers must not reach the terminal: all but line breaks and tabs are shown as
 * U+FFFD. */
static void append_safe(text *line, const char *bytes, size_t length) {
    for (size_t i = 0; i < length;) {
        uint32_t code_point;
        size_t size = utf8_decode(bytes + i, length - i, &code_point);
        bool safe = size > 0 && (code_point >= 0x20 || code_point == '\n' || code_point == '\t') &&
                    !(code_point >= 0x7F && code_point < 0xA0);
        if (safe)
            text_append(line, bytes + i, size);
        else
            text_append_code_point(line, 0xFFFD);
        i += size == 0 ? 1 : size;
    }
}

static void append_safe_string(text *line, const char *string) {
    append_safe(line, string, strlen(string));
}

static void print_masked(const run_text *printer, FILE *out, const text *line) {
    text masked = TEXT_EMPTY;
    mask_text(printer->secrets, text_peek(line), line->length, &masked);
    if (line->failed || masked.failed)
        fputs("(memory ran short)\n", out);
    else
        fwrite(text_peek(&masked), 1, masked.length, out);
    fflush(out);
    text_free(&masked);
}

/* Prints the line and empties it. */
static void flush(const run_text *printer, FILE *out, text *line) {
    print_masked(printer, out, line);
    text_free(line);
}

/* Prints what belongs to a step, or keeps it until it is known whether anybody wants to see it. */
static void tell(run_text *printer, text *line) {
    if (printer->quiet)
        text_append(&printer->held, text_peek(line), line->length);
    else
        print_masked(printer, printer->out, line);
    text_free(line);
}

static void show_held(run_text *printer) {
    print_masked(printer, printer->out, &printer->held);
    text_truncate(&printer->held, 0);
}

void run_text_free(run_text *printer) {
    text_free(&printer->held);
}

static void indent(text *line, const arazzo_event *event, size_t more) {
    for (size_t i = 0; i < event->depth * 4 + more; i++)
        text_append_char(line, ' ');
}

static void append_duration(text *line, double seconds) {
    if (seconds >= 1)
        text_append_format(line, "%.2f s", seconds);
    else
        text_append_format(line, "%.1f ms", seconds * 1000);
}

/* ---- Verbose: messages ---- */

static void append_headers(const run_text *printer, text *line, const arazzo_event *event, char mark,
                           const arazzo_header *headers, size_t count) {
    for (size_t i = 0; i < count; i++) {
        bool hidden = mask_hides_header(printer->secrets, headers[i].name);
        indent(line, event, 4);
        text_append_format(line, "%c ", mark);
        append_safe_string(line, headers[i].name);
        text_append_string(line, ": ");
        append_safe_string(line, hidden ? "***" : headers[i].value);
        text_append_char(line, '\n');
    }
}

static void append_body(text *line, const arazzo_event *event, char mark, const char *body, size_t length) {
    size_t lines = 0;
    for (size_t start = 0; start < length && lines < BODY_LINES; lines++) {
        const char *end = memchr(body + start, '\n', length - start);
        size_t size = end == NULL ? length - start : (size_t)(end - (body + start));
        indent(line, event, 4);
        text_append_format(line, "%c ", mark);
        append_safe(line, body + start, size);
        text_append_char(line, '\n');
        start += size + 1;
    }
}

/* ---- Steps ---- */

static void append_step_name(const run_text *printer, text *line, const arazzo_event *event) {
    size_t length = utf8_count(event->step_id, strlen(event->step_id));
    indent(line, event, 2);
    text_append_string(line, paint(printer, BOLD));
    append_safe_string(line, event->step_id);
    text_append_string(line, paint(printer, PLAIN));
    for (size_t i = length; i < STEP_COLUMN; i++)
        text_append_char(line, ' ');
}

static void append_attempt(text *line, const arazzo_event *event) {
    if (event->attempt > 1)
        text_append_format(line, "  (attempt %u)", event->attempt);
}

/* "step  METHOD URL": what every line about a request starts with. */
static void append_request_line(const run_text *printer, text *line, const arazzo_event *event) {
    append_step_name(printer, line, event);
    text_append_char(line, ' ');
    append_safe_string(line, event->request->method);
    text_append_char(line, ' ');
    append_safe_string(line, event->request->url);
}

/* Verbose: the line and the message as soon as it is sent, so that one who waits sees for what. */
static void print_request(run_text *printer, const arazzo_event *event) {
    if (!printer->verbose)
        return;
    text line = TEXT_EMPTY;
    append_request_line(printer, &line, event);
    append_attempt(&line, event);
    text_append_char(&line, '\n');
    append_headers(printer, &line, event, '>', event->request->headers, event->request->header_count);
    if (event->request->body != NULL)
        append_body(&line, event, '>', event->request->body, event->request->body_length);
    tell(printer, &line);
}

static void print_response_message(run_text *printer, const arazzo_event *event) {
    text line = TEXT_EMPTY;
    if (event->response == NULL)
        return;
    indent(&line, event, 4);
    text_append_format(&line, "< %d  ", event->response->status);
    append_duration(&line, event->seconds);
    text_append_char(&line, '\n');
    append_headers(printer, &line, event, '<', event->response->headers, event->response->header_count);
    append_body(&line, event, '<', event->response->body, event->response->body_length);
    tell(printer, &line);
}

static void print_response(run_text *printer, const arazzo_event *event) {
    if (printer->verbose) {
        print_response_message(printer, event);
        return;
    }
    text line = TEXT_EMPTY;
    append_request_line(printer, &line, event);
    if (event->response != NULL)
        text_append_format(&line, "  %d", event->response->status);
    text_append_string(&line, "  ");
    append_duration(&line, event->seconds);
    append_attempt(&line, event);
    text_append_char(&line, '\n');
    tell(printer, &line);
}

static void print_called_workflow(run_text *printer, const arazzo_event *event) {
    text line = TEXT_EMPTY;
    indent(&line, event, 2);
    text_append_format(&line, "workflow %s", paint(printer, BOLD));
    append_safe_string(&line, event->workflow_id);
    text_append_format(&line, "%s\n", paint(printer, PLAIN));
    tell(printer, &line);
}

static void print_criterion(run_text *printer, const arazzo_event *event) {
    text line = TEXT_EMPTY;
    indent(&line, event, 4);
    text_append_format(&line, "%s%s%s ", paint(printer, event->passed ? GREEN : RED), event->passed ? "✓" : "✗",
                       paint(printer, PLAIN));
    append_safe_string(&line, event->condition);
    if (event->context != NULL && strcmp(event->condition_type, "simple") != 0) {
        text_append_string(&line, "  on ");
        append_safe_string(&line, event->context);
    }
    text_append_char(&line, '\n');
    const char *note = event->error != NULL ? event->error : event->explanation;
    while (note != NULL && *note != '\0') {
        size_t length = strcspn(note, "\n");
        indent(&line, event, 8);
        append_safe(&line, note, length);
        text_append_char(&line, '\n');
        note += length + (note[length] == '\n');
    }
    tell(printer, &line);
}

static void print_action(run_text *printer, const arazzo_event *event) {
    text line = TEXT_EMPTY;
    indent(&line, event, 4);
    text_append_format(&line, "%s→%s %s", paint(printer, CYAN), paint(printer, PLAIN), event->action_type);
    const char *targets[] = {event->target_step, event->target_workflow};
    for (size_t i = 0; i < 2; i++) {
        if (targets[i] == NULL)
            continue;
        text_append_string(&line, i == 0 ? " " : " workflow ");
        append_safe_string(&line, targets[i]);
    }
    text_append_string(&line, "  (");
    append_safe_string(&line, event->action_name);
    text_append_string(&line, ")\n");
    tell(printer, &line);
}

/* A step that failed before or instead of a response says why. */
static void print_finish(run_text *printer, const arazzo_event *event) {
    if (event->error == NULL)
        return;
    text line = TEXT_EMPTY;
    if (event->request == NULL) {
        append_step_name(printer, &line, event);
        append_attempt(&line, event);
        text_append_char(&line, '\n');
    }
    indent(&line, event, 4);
    text_append_format(&line, "%s✗%s ", paint(printer, RED), paint(printer, PLAIN));
    append_safe_string(&line, event->error);
    text_append_char(&line, '\n');
    tell(printer, &line);
}

static void print_waiting(run_text *printer, const arazzo_event *event) {
    text line = TEXT_EMPTY;
    indent(&line, event, 4);
    text_append_format(&line, "… waiting %g s before the next attempt\n", event->seconds);
    tell(printer, &line);
}

static void print_authorization(run_text *printer, const arazzo_event *event) {
    if (!printer->verbose)
        return;
    text line = TEXT_EMPTY;
    indent(&line, event, 4);
    text_append_format(&line, "asking for a token for '");
    append_safe_string(&line, event->scheme);
    text_append_string(&line, "' at ");
    append_safe_string(&line, event->url);
    text_append_char(&line, '\n');
    tell(printer, &line);
}

static void print_event(void *user, const arazzo_event *event) {
    run_text *printer = user;
    switch (event->kind) {
    case ARAZZO_EVENT_WORKFLOW_STARTED:
        print_called_workflow(printer, event);
        break;
    case ARAZZO_EVENT_STEP_STARTED:
        printer->steps++;
        text_truncate(&printer->held, 0);
        break;
    case ARAZZO_EVENT_AUTHORIZATION:
        print_authorization(printer, event);
        break;
    case ARAZZO_EVENT_REQUEST:
        print_request(printer, event);
        break;
    case ARAZZO_EVENT_RESPONSE:
        print_response(printer, event);
        break;
    case ARAZZO_EVENT_CRITERION:
        print_criterion(printer, event);
        break;
    case ARAZZO_EVENT_ACTION:
        print_action(printer, event);
        break;
    case ARAZZO_EVENT_STEP_FINISHED:
        print_finish(printer, event);
        break;
    case ARAZZO_EVENT_WAITING:
        print_waiting(printer, event);
        break;
    case ARAZZO_EVENT_WORKFLOW_FINISHED:
        if (event->depth == 0 && event->status != ARAZZO_SUCCESS)
            show_held(printer);
        break;
    }
}

arazzo_observer run_text_observer(run_text *printer) {
    return (arazzo_observer){.user = printer, .event = print_event};
}

/* ---- The end ---- */

void run_text_outputs(const run_text *printer, FILE *out, const json_t *outputs) {
    const char *name;
    json_t *value;
    size_t width = 0;
    json_object_foreach((json_t *)outputs, name, value) {
        size_t length = utf8_count(name, strlen(name));
        width = length > width ? length : width;
    }
    text line = TEXT_EMPTY;
    json_object_foreach((json_t *)outputs, name, value) {
        text shown = TEXT_EMPTY;
        json_text_append(&shown, value);
        append_safe_string(&line, name);
        for (size_t i = utf8_count(name, strlen(name)); i < width + 2; i++)
            text_append_char(&line, ' ');
        append_safe(&line, text_peek(&shown), shown.length);
        line.failed = line.failed || shown.failed;
        text_append_char(&line, '\n');
        text_free(&shown);
    }
    flush(printer, out, &line);
}

void run_text_summary(const run_text *printer, const char *workflow_id, arazzo_status status, double seconds) {
    static const struct {
        const char *word;
        tone shade;
    } words[] = {{"running", YELLOW}, {"success", GREEN}, {"failure", RED}, {"error", RED}};
    if (printer->quiet && status == ARAZZO_SUCCESS)
        return;
    text line = TEXT_EMPTY;
    text_append_format(&line, "%s%s%s: ", paint(printer, words[status].shade), words[status].word,
                       paint(printer, PLAIN));
    append_safe_string(&line, workflow_id);
    text_append_format(&line, ", %zu step%s in ", printer->steps, printer->steps == 1 ? "" : "s");
    append_duration(&line, seconds);
    text_append_char(&line, '\n');
    flush(printer, printer->out, &line);
}
