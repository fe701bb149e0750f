/*
 * tap.c: runs as TAP 14 (the Test Anything Protocol): a test point for each document, with a subtest of its workflows,
 * each with a subtest of its steps. What failed has a YAML diagnostic; its values are JSON strings, which are YAML.
 */
#include <string.h>

#include "base/utf8.h"
#include "engine/report/report_internal.h"

typedef struct point {
    size_t depth;
    size_t number;
    bool good;
} point;

static void indent(const report_writer *writer, size_t depth) {
    for (size_t i = 0; i < depth; i++)
        text_append_string(writer->out, "    ");
}

/* A description: `#` and `\` are escaped, line breaks can't be. What is no UTF-8, as names of files may be, is U+FFFD.
 */
static void escape_description(text *out, const char *bytes, size_t length) {
    uint32_t code;
    for (size_t i = 0, size; i < length; i += size) {
        size = utf8_decode(bytes + i, length - i, &code);
        if (bytes[i] == '#' || bytes[i] == '\\')
            text_append_char(out, '\\');
        if (size == 0)
            text_append_string(out, "\xEF\xBF\xBD");
        else if (code < 0x20 || code == 0x7F)
            text_append_char(out, ' ');
        else
            text_append(out, bytes + i, size);
        size = size == 0 ? 1 : size;
    }
}

static void description(const report_writer *writer, const char *name) {
    text masked = TEXT_EMPTY;
    mask_text(writer->secrets, name, strlen(name), &masked);
    escape_description(writer->out, text_peek(&masked), masked.length);
    writer->out->failed = writer->out->failed || masked.failed;
    text_free(&masked);
}

static void write_point(const report_writer *writer, point at, const char *name, const char *directive) {
    indent(writer, at.depth);
    text_append_format(writer->out, "%s %zu - ", at.good ? "ok" : "not ok", at.number);
    description(writer, name);
    text_append_format(writer->out, "%s\n", directive);
}

static void subtest(const report_writer *writer, size_t depth, const char *name) {
    indent(writer, depth - 1);
    text_append_string(writer->out, "# Subtest: ");
    description(writer, name);
    text_append_char(writer->out, '\n');
}

static void plan(const report_writer *writer, size_t depth, size_t count) {
    indent(writer, depth);
    text_append_format(writer->out, "1..%zu\n", count);
}

/* ---- YAML diagnostics ---- */

static void yaml_line(const report_writer *writer, size_t depth, const char *line) {
    indent(writer, depth);
    text_append_format(writer->out, "  %s\n", line);
}

static void yaml_string(const report_writer *writer, size_t depth, const char *name, const char *value) {
    if (value == NULL)
        return;
    indent(writer, depth);
    text_append_format(writer->out, "  %s: ", name);
    report_json_string(writer, value);
    text_append_char(writer->out, '\n');
}

static void yaml_text(const report_writer *writer, size_t depth, const char *name, text *value) {
    yaml_string(writer, depth, name, text_peek(value));
    writer->out->failed = writer->out->failed || value->failed;
    text_free(value);
}

static void yaml_criteria(const report_writer *writer, size_t depth, const recorded_step *at) {
    bool first = true;
    for (const recorded_criterion *one = at->criteria; one != NULL; one = one->next) {
        if (one->passed)
            continue;
        if (first)
            yaml_line(writer, depth, "failed:");
        first = false;
        yaml_string(writer, depth, "  - condition", one->condition);
        yaml_string(writer, depth, "    saw", one->error != NULL ? one->error : one->explanation);
    }
}

static void yaml_breaches(const report_writer *writer, size_t depth, const recorded_step *at) {
    if (at->breaches != NULL)
        yaml_line(writer, depth, "contract:");
    for (const recorded_breach *one = at->breaches; one != NULL; one = one->next) {
        text declared = TEXT_EMPTY;
        text_append_format(&declared, "%s:%u:%u", one->file, one->line, one->column);
        yaml_string(writer, depth, "  - instance", one->instance);
        yaml_string(writer, depth, "    saw", one->message);
        yaml_text(writer, depth, "    declared", &declared);
    }
}

static void step_diagnostic(const report_writer *writer, size_t depth, const report_run *run,
                            const step_result *result) {
    const recorded_step *at = result->last;
    text message = TEXT_EMPTY, exchange = TEXT_EMPTY;
    report_reason(result, run->events, &message);
    yaml_line(writer, depth, "---");
    yaml_text(writer, depth, "message", &message);
    if (at != NULL && at->method != NULL) {
        report_exchange(at, &exchange);
        yaml_text(writer, depth, "request", &exchange);
    }
    if (at != NULL) {
        yaml_criteria(writer, depth, at);
        yaml_breaches(writer, depth, at);
        indent(writer, depth);
        text_append_format(writer->out, "  attempts: %zu\n", result->attempts);
    }
    indent(writer, depth);
    text_append_format(writer->out, "  duration_ms: %.1f\n", result->seconds * 1000);
    yaml_line(writer, depth, "...");
}

/* ---- Points ---- */

static void step_point(const report_writer *writer, const report_run *run, const step_result *result, size_t number) {
    bool skipped = result->outcome == STEP_NOT_REACHED;
    bool good = skipped || result->outcome == STEP_PASSED || result->outcome == STEP_RECOVERED;
    write_point(writer, (point){.depth = 2, .number = number, .good = good}, result->name,
                skipped ? " # SKIP not reached" : "");
    if (!skipped && result->outcome != STEP_PASSED)
        step_diagnostic(writer, 2, run, result);
}

/* What went before the last attempt. */
static void attempts_diagnostic(const report_writer *writer, const report_run *run) {
    if (run->earlier_count == 0)
        return;
    yaml_line(writer, 1, "---");
    if (report_outcome_of(run) == REPORT_FLAKY)
        yaml_line(writer, 1, "flaky: true");
    indent(writer, 1);
    text_append_format(writer->out, "  attempts: %zu\n", run->earlier_count + 1);
    yaml_line(writer, 1, "earlier:");
    for (size_t i = 0; i < run->earlier_count; i++) {
        report_run earlier = {.events = run->earlier[i], .flow = run->flow};
        text message = TEXT_EMPTY;
        writer->out->failed = !report_blame(&earlier, writer->memory, &message) || writer->out->failed;
        yaml_text(writer, 1, "  - message", &message);
    }
    yaml_line(writer, 1, "...");
}

static void skipped_point(const report_writer *writer, const report_run *run, size_t number) {
    text directive = TEXT_EMPTY;
    text_append_format(&directive, " # SKIP %s", run->skipped);
    write_point(writer, (point){.depth = 1, .number = number, .good = true}, run->events->workflow_id,
                text_peek(&directive));
    writer->out->failed = writer->out->failed || directive.failed;
    text_free(&directive);
}

static bool workflow_point(const report_writer *writer, const report_run *run, size_t number) {
    step_results results;
    if (run->skipped != NULL) {
        skipped_point(writer, run, number);
        return true;
    }
    if (!report_steps(run, writer->memory, &results)) {
        writer->out->failed = true;
        return false;
    }
    subtest(writer, 2, run->events->workflow_id);
    plan(writer, 2, results.count);
    for (size_t i = 0; i < results.count; i++)
        step_point(writer, run, &results.items[i], i + 1);
    bool good = run->events->status == ARAZZO_SUCCESS;
    write_point(writer, (point){.depth = 1, .number = number, .good = good}, run->events->workflow_id, "");
    attempts_diagnostic(writer, run);
    return good;
}

static void document_point(const report_writer *writer, const report_document *of, size_t number) {
    bool good = of->run_count > 0;
    if (good) {
        subtest(writer, 1, of->file);
        plan(writer, 1, of->run_count);
    }
    for (size_t i = 0; i < of->run_count; i++)
        good = workflow_point(writer, &of->runs[i], i + 1) && good;
    write_point(writer, (point){.number = number, .good = good}, of->file, "");
    if (of->run_count > 0)
        return;
    text all = TEXT_EMPTY;
    report_diagnostics(of, &all);
    yaml_line(writer, 0, "---");
    yaml_string(writer, 0, "message", report_refusal(of));
    yaml_text(writer, 0, "diagnostics", &all);
    yaml_line(writer, 0, "...");
}

void report_tap(const report_set *what, report_writer *writer) {
    text_append_string(writer->out, "TAP version 14\n");
    plan(writer, 0, what->document_count);
    for (size_t i = 0; i < what->document_count; i++)
        document_point(writer, &what->documents[i], i + 1);
}
