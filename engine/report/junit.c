/*
 * junit.c: runs as JUnit XML, for CI servers.
 *
 * A test suite for each document, a test case for each of its workflows: what the command counts is what a CI server
 * counts, and what can be carried out again by itself. What the steps did is told in the failure and in system-out.
 * There are two schemas that others check against, Ant's and Jenkins's junit-10; what is written is valid against both:
 * each suite has its attributes and properties, test cases, system-out, system-err in this order, and a test case holds
 * nothing but its failure.
 */
#include <string.h>

#include "engine/report/report_internal.h"

#ifndef ARAZZO_VERSION
#define ARAZZO_VERSION "0"
#endif

enum { LONGEST_LOG = 100 };

static void attribute(const report_writer *writer, const char *name, const char *value) {
    text_append_format(writer->out, " %s=\"", name);
    report_xml(writer, value);
    text_append_char(writer->out, '"');
}

static void attribute_text(const report_writer *writer, const char *name, text *value) {
    attribute(writer, name, text_peek(value));
    writer->out->failed = writer->out->failed || value->failed;
    text_free(value);
}

static void element_text(const report_writer *writer, text *value) {
    report_xml(writer, text_peek(value));
    writer->out->failed = writer->out->failed || value->failed;
    text_free(value);
}

/* ---- Names ---- */

static size_t stem_length(const char *file) {
    static const char *const endings[] = {".arazzo.yaml", ".arazzo.yml", ".arazzo.json", ".yaml", ".yml", ".json"};
    size_t length = strlen(file);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t size = strlen(endings[i]);
        if (length > size && strcmp(file + length - size, endings[i]) == 0)
            return length - size;
    }
    return length;
}

/* A file as a package, for servers that group by packages: `./apis/pets.arazzo.yaml` is `apis.pets`. */
static void append_package(text *out, const char *file) {
    size_t length = stem_length(file), start = out->length;
    for (size_t i = 0; i < length;) {
        size_t size = strcspn(file + i, "/");
        if (size > length - i)
            size = length - i;
        bool folder = size > 0 && strspn(file + i, ".") < size;
        if (folder && out->length > start)
            text_append_char(out, '.');
        for (size_t j = i; folder && j < i + size; j++)
            text_append_char(out, file[j] == '.' ? '_' : file[j]);
        i += size + 1;
    }
}

/* ---- Test cases ---- */

static void test_case_open(const report_writer *writer, const char *name, const char *file, double seconds) {
    text class_name = TEXT_EMPTY;
    append_package(&class_name, file);
    text_append_string(writer->out, "    <testcase");
    attribute(writer, "name", name);
    attribute_text(writer, "classname", &class_name);
    text_append_format(writer->out, " time=\"%.3f\"", seconds);
}

static void problem(const report_writer *writer, const char *element, const char *type, text *message, text *body) {
    text_append_format(writer->out, ">\n      <%s type=\"%s\"", element, type);
    attribute_text(writer, "message", message);
    text_append_char(writer->out, '>');
    element_text(writer, body);
    text_append_format(writer->out, "</%s>\n    </testcase>\n", element);
}

/* Each attempt at each step, line by line; of a run that loops the last ones, which tell how it ended. */
static void append_log(text *out, const recording *events) {
    size_t left_out = 0, number = 0;
    for (const recorded_step *at = events->steps; at != NULL; at = at->next)
        left_out++;
    left_out = left_out > LONGEST_LOG ? left_out - LONGEST_LOG : 0;
    if (left_out > 0)
        text_append_format(out, "... %zu before these\n", left_out);
    for (const recorded_step *at = events->steps; at != NULL; at = at->next) {
        if (number++ < left_out)
            continue;
        static const char *const words[] = {"not finished", "success", "failure", "error"};
        report_step_name(at, events, out);
        text_append_format(out, ": %s", words[at->status]);
        if (at->attempt > 1)
            text_append_format(out, " (attempt %u)", at->attempt);
        text_append_format(out, " in %.1f ms\n", at->seconds * 1000);
        report_story(at, out);
    }
    if (events->error != NULL)
        text_append_format(out, "%s\n", events->error);
}

/* "criterion", "contract", or "error" where there was no answer to look at. */
static const char *failure_type(const recording *events) {
    const recorded_step *last = events->steps;
    for (const recorded_step *at = last; at != NULL; at = at->next)
        last = at->status == ARAZZO_FAILURE ? at : last;
    if (last == NULL || last->error != NULL)
        return "error";
    return report_by_contract(last) ? "contract" : "criterion";
}

static void failed_case(const report_writer *writer, const report_run *run) {
    text message = TEXT_EMPTY, log = TEXT_EMPTY;
    bool failed = report_outcome_of(run) == REPORT_FAILED;
    writer->out->failed = !report_blame(run, writer->memory, &message) || writer->out->failed;
    append_log(&log, run->events);
    problem(writer, failed ? "failure" : "error", failed ? failure_type(run->events) : "error", &message, &log);
}

/* Of all attempts. */
static double seconds_of(const report_run *run) {
    double seconds = run->events->seconds;
    for (size_t i = 0; i < run->earlier_count; i++)
        seconds += run->earlier[i]->seconds;
    return seconds;
}

static void test_case(const report_writer *writer, const report_document *of, const report_run *run) {
    test_case_open(writer, run->events->workflow_id, of->file, seconds_of(run));
    switch (report_outcome_of(run)) {
    case REPORT_SKIPPED:
        text_append_string(writer->out, ">\n      <skipped");
        attribute(writer, "message", run->skipped);
        text_append_string(writer->out, "/>\n    </testcase>\n");
        break;
    case REPORT_FAILED:
    case REPORT_ERROR:
        failed_case(writer, run);
        break;
    default:
        text_append_string(writer->out, "/>\n");
    }
}

/* ---- Suites ---- */

typedef struct suite_counts {
    size_t tests, failures, errors, skipped;
    double began; /* seconds since 1970 UTC */
    double seconds;
} suite_counts;

static void property(const report_writer *writer, const char *name, const char *value) {
    text_append_string(writer->out, "      <property");
    attribute(writer, "name", name);
    attribute(writer, "value", value);
    text_append_string(writer->out, "/>\n");
}

static void suite_open(const report_writer *writer, const report_document *of, size_t id, const suite_counts *counts) {
    text package = TEXT_EMPTY;
    append_package(&package, of->file);
    text_append_string(writer->out, "  <testsuite");
    attribute(writer, "name", of->file);
    attribute_text(writer, "package", &package);
    text_append_format(writer->out,
                       " id=\"%zu\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.3f\""
                       " timestamp=\"",
                       id, counts->tests, counts->failures, counts->errors, counts->skipped, counts->seconds);
    append_time(writer->out, counts->began, false);
    text_append_string(writer->out, "\" hostname=\"localhost\">\n    <properties>\n");
    property(writer, "file", of->file);
    property(writer, "arazzo", ARAZZO_VERSION);
    for (size_t i = 0; i < of->run_count; i++) /* neither schema has an element for them */
        if (report_outcome_of(&of->runs[i]) == REPORT_FLAKY)
            property(writer, "flaky", of->runs[i].events->workflow_id);
    text_append_string(writer->out, "    </properties>\n");
}

static void suite_close(const report_writer *writer, text *out, text *err) {
    text_append_string(writer->out, "    <system-out>");
    element_text(writer, out);
    text_append_string(writer->out, "</system-out>\n    <system-err>");
    element_text(writer, err);
    text_append_string(writer->out, "</system-err>\n  </testsuite>\n");
}

static suite_counts count(const report_set *what, const report_document *of) {
    suite_counts counts = {.tests = of->run_count, .began = what->began};
    bool first = true;
    for (size_t i = 0; i < of->run_count; i++) {
        report_outcome outcome = report_outcome_of(&of->runs[i]);
        counts.failures += outcome == REPORT_FAILED;
        counts.errors += outcome == REPORT_ERROR;
        counts.skipped += outcome == REPORT_SKIPPED;
        counts.seconds += seconds_of(&of->runs[i]);
        if (outcome == REPORT_SKIPPED || (!first && of->runs[i].events->began >= counts.began))
            continue;
        counts.began = of->runs[i].events->began;
        first = false;
    }
    return counts;
}

/* What was carried out, the attempts that failed first. */
static void append_run(text *out, const report_run *run) {
    static const char *const words[] = {"passed", "flaky", "failed", "error", "skipped"};
    for (size_t i = 0; i < run->earlier_count; i++) {
        text_append_format(out, "== %s: attempt %zu of %zu\n", run->events->workflow_id, i + 1, run->earlier_count + 1);
        append_log(out, run->earlier[i]);
    }
    text_append_format(out, "== %s: %s\n", run->events->workflow_id, words[report_outcome_of(run)]);
    append_log(out, run->events);
}

static void suite(const report_set *what, const report_writer *writer, const report_document *of, size_t id) {
    suite_counts counts = count(what, of);
    text out = TEXT_EMPTY, err = TEXT_EMPTY;
    suite_open(writer, of, id, &counts);
    for (size_t i = 0; i < of->run_count; i++) {
        test_case(writer, of, &of->runs[i]);
        append_run(&out, &of->runs[i]);
    }
    report_diagnostics(of, &err);
    suite_close(writer, &out, &err);
}

/* A document that could not be used: one test case that says why. */
static void suite_of_none(const report_set *what, const report_writer *writer, const report_document *of, size_t id) {
    suite_counts counts = {.tests = 1, .errors = 1, .began = what->began};
    text message = TEXT_EMPTY, story = TEXT_EMPTY, out = TEXT_EMPTY, err = TEXT_EMPTY;
    text_append_string(&message, report_refusal(of));
    report_diagnostics(of, &story);
    report_diagnostics(of, &err);
    suite_open(writer, of, id, &counts);
    test_case_open(writer, "load", of->file, 0);
    problem(writer, "error", "document", &message, &story);
    suite_close(writer, &out, &err);
}

void report_junit(const report_set *what, report_writer *writer) {
    text_append_string(writer->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (size_t i = 0; i < what->document_count; i++) {
        const report_document *of = &what->documents[i];
        if (of->run_count == 0)
            suite_of_none(what, writer, of, i);
        else
            suite(what, writer, of, i);
    }
    text_append_string(writer->out, "</testsuites>\n");
}
