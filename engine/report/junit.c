/*
 * junit.c: runs as JUnit XML, for CI servers.
 *
 * A test suite for each run of a workflow, a test case for each of its steps: what docs/reports.md gives reasons for.
 * There are two schemas that others check against, Ant's and Jenkins's junit-10; what is written is valid against both:
 * each suite has its attributes and properties, test cases, system-out, system-err in this order, and a test case holds
 * nothing but its failure.
 */
#include <string.h>

#include "engine/report/report_internal.h"

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

static void test_case_open(const report_writer *writer, const char *name, const char *file, const char *workflow_id,
                           double seconds) {
    text class_name = TEXT_EMPTY;
    append_package(&class_name, file);
    if (workflow_id != NULL)
        text_append_format(&class_name, ".%s", workflow_id);
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

static void test_case(const report_writer *writer, const report_document *of, const report_run *run,
                      const step_result *result) {
    test_case_open(writer, result->name, of->file, run->events->workflow_id, result->seconds);
    if (result->outcome == STEP_NOT_REACHED) {
        text_append_string(writer->out, ">\n      <skipped message=\"not reached\"/>\n    </testcase>\n");
        return;
    }
    if (result->outcome == STEP_PASSED || result->outcome == STEP_RECOVERED) {
        text_append_string(writer->out, "/>\n");
        return;
    }
    text message = TEXT_EMPTY, story = TEXT_EMPTY;
    bool failed = result->outcome == STEP_FAILED;
    report_reason(result, run->events, &message);
    if (result->last != NULL)
        report_story(result->last, &story);
    problem(writer, failed ? "failure" : "error",
            !failed || result->last->error != NULL ? "error"
            : report_by_contract(result->last)     ? "contract"
                                                   : "criterion",
            &message, &story);
}

/* ---- Suites ---- */

static void suite_open(const report_writer *writer, const report_document *of, const char *name, size_t id,
                       size_t tests, size_t failures, size_t errors, size_t skipped, double began, double seconds) {
    text package = TEXT_EMPTY;
    append_package(&package, of->file);
    text_append_string(writer->out, "  <testsuite");
    attribute(writer, "name", name);
    attribute_text(writer, "package", &package);
    text_append_format(writer->out,
                       " id=\"%zu\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.3f\""
                       " timestamp=\"",
                       id, tests, failures, errors, skipped, seconds);
    append_time(writer->out, began, false);
    text_append_string(writer->out, "\" hostname=\"localhost\">\n    <properties>\n      <property name=\"file\"");
    attribute(writer, "value", of->file);
    text_append_string(writer->out, "/>\n    </properties>\n");
}

static void suite_close(const report_writer *writer, text *out, text *err) {
    text_append_string(writer->out, "    <system-out>");
    element_text(writer, out);
    text_append_string(writer->out, "</system-out>\n    <system-err>");
    element_text(writer, err);
    text_append_string(writer->out, "</system-err>\n  </testsuite>\n");
}

static void append_log(text *out, const recording *events) {
    for (const recorded_step *at = events->steps; at != NULL; at = at->next) {
        static const char *const words[] = {"not finished", "success", "failure", "error"};
        report_step_name(at, events, out);
        text_append_format(out, ": %s", words[at->status]);
        if (at->attempt > 1)
            text_append_format(out, " (attempt %u)", at->attempt);
        text_append_format(out, " in %.1f ms\n", at->seconds * 1000);
        report_story(at, out);
    }
}

static void suite(const report_writer *writer, const report_document *of, const report_run *run, size_t id) {
    const recording *events = run->events;
    step_results results;
    if (!report_steps(run, writer->memory, &results)) {
        writer->out->failed = true;
        return;
    }
    suite_open(writer, of, events->workflow_id, id, results.count, results.failed, results.broken, results.not_reached,
               events->began, events->seconds);
    for (size_t i = 0; i < results.count; i++)
        test_case(writer, of, run, &results.items[i]);
    text out = TEXT_EMPTY, err = TEXT_EMPTY;
    append_log(&out, events);
    if (events->error != NULL)
        text_append_format(&err, "%s\n", events->error);
    suite_close(writer, &out, &err);
}

/* A document that could not be used: one test case that says why. */
static void suite_of_none(const report_set *what, const report_writer *writer, const report_document *of, size_t id) {
    text message = TEXT_EMPTY, story = TEXT_EMPTY, out = TEXT_EMPTY, err = TEXT_EMPTY;
    text_append_string(&message, report_refusal(of));
    report_diagnostics(of, &story);
    report_diagnostics(of, &err);
    suite_open(writer, of, of->file, id, 1, 0, 1, 0, what->began, 0);
    test_case_open(writer, "load", of->file, NULL, 0);
    problem(writer, "error", "document", &message, &story);
    suite_close(writer, &out, &err);
}

void report_junit(const report_set *what, report_writer *writer) {
    size_t id = 0;
    text_append_string(writer->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (size_t i = 0; i < what->document_count; i++) {
        const report_document *of = &what->documents[i];
        for (size_t j = 0; j < of->run_count; j++)
            suite(writer, of, &of->runs[j], id++);
        if (of->run_count == 0)
            suite_of_none(what, writer, of, id++);
    }
    text_append_string(writer->out, "</testsuites>\n");
}
