/*
 * run.c: `arazzo run FILE [WORKFLOW]`: carries out workflows and shows what happens.
 *
 * Progress and diagnostics go to the error stream, results to the output. Exit statuses: 0 all succeeded, 1 a workflow
 * failed, 2 wrong usage or inputs, 3 a document that cannot be used.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "engine/cli/command_mains.h"
#include "engine/cli/inputs.h"
#include "engine/cli/reports.h"
#include "engine/report/diagnostics.h"
#include "engine/report/mask.h"
#include "engine/report/run_json.h"
#include "engine/report/run_text.h"
#include "http/drive.h"
#include "http/mock.h"

typedef struct runner {
    const run_options *options;
    session *at;
    const arazzo_description *loaded;
    FILE *out;
    mask *secrets;
    run_text printer;
    arazzo_observer text;
    run_recorder *recorder;
    arazzo_observer record;
    arazzo_override *servers;
    size_t server_count;
    json_t *workflows; /* the reports so far */
    report_files files;
    report_run *runs; /* what is recorded for --report */
    size_t run_count;
    recording *recording; /* of the current run; NULL: no report was asked for */
    double began;
    double clock_began;
} runner;

/* ---- Secrets ---- */

static void add_secret(void *user, const char *value) {
    runner *r = user;
    if (!r->options->show_secrets && !mask_add(r->secrets, value, strlen(value)))
        r->at->list.no_memory = true;
}

/* What is sent and received as credentials is secret wherever it turns up. */
static void note_credentials(runner *r, const arazzo_header *headers, size_t count) {
    for (size_t i = 0; i < count && !r->options->show_secrets; i++)
        if (!mask_add_header(r->secrets, headers[i].name, headers[i].value))
            r->at->list.no_memory = true;
}

/* ---- Events ---- */

static void on_event(void *user, const arazzo_event *event) {
    runner *r = user;
    if (event->kind == ARAZZO_EVENT_REQUEST)
        note_credentials(r, event->request->headers, event->request->header_count);
    if (event->kind == ARAZZO_EVENT_RESPONSE && event->response != NULL)
        note_credentials(r, event->response->headers, event->response->header_count);
    if (r->text.event != NULL)
        r->text.event(r->text.user, event);
    if (r->recorder != NULL)
        r->record.event(r->record.user, event);
    if (r->recording != NULL) {
        arazzo_observer recorder = recording_observer(r->recording);
        recorder.event(recorder.user, event);
    }
}

/* ---- Recording for --report ---- */

static bool begin_recording(runner *r, const workflow *flow) {
    if (r->files.count == 0)
        return true;
    recording_options options = {.clock = driver_clock, .now = driver_now};
    r->recording = recording_new(flow->id, &options);
    if (r->recording == NULL)
        return false;
    r->runs[r->run_count++] = (report_run){.events = r->recording, .flow = flow};
    return true;
}

/* `run` may be NULL: it did not even start. The first error since `from` says why. */
static void end_recording(runner *r, const arazzo_run *run, size_t from) {
    if (r->recording == NULL)
        return;
    const char *error = run == NULL ? "the inputs cannot be used" : NULL;
    for (size_t i = r->at->list.count; i > from; i--)
        if (r->at->list.items[i - 1].severity == DIAGNOSTIC_ERROR)
            error = r->at->list.items[i - 1].message;
    recording_end(r->recording, run == NULL ? ARAZZO_ERROR : arazzo_run_status(run),
                  run == NULL ? NULL : arazzo_run_outputs(run), error);
    r->recording = NULL;
}

static int write_reports(runner *r) {
    report_document of = {.file = r->options->file, .list = &r->at->list, .runs = r->runs, .run_count = r->run_count};
    report_set what = {.documents = &of,
                       .document_count = 1,
                       .secrets = r->printer.secrets,
                       .began = r->began,
                       .seconds = driver_clock(NULL) - r->clock_began};
    return reports_write(r->at, "run", &r->files, &what);
}

static void free_recordings(runner *r) {
    for (size_t i = 0; i < r->run_count; i++)
        recording_free((recording *)r->runs[i].events);
}

/* ---- One workflow ---- */

static int exit_status(arazzo_status status) {
    return status == ARAZZO_SUCCESS ? EXIT_OK : EXIT_FAILED;
}

static bool keep_report(runner *r, const char *id, const arazzo_run *run) {
    if (r->recorder == NULL)
        return true;
    json_t *report = run_recorder_take(r->recorder, id, arazzo_run_status(run), arazzo_run_outputs(run));
    return report != NULL && json_array_append_new(r->workflows, report) == 0;
}

static arazzo_status drive(runner *r, arazzo_run *run) {
    driver *drives = driver_new(r->at->client);
    bool ended = drives != NULL && driver_add(drives, run) && driver_run(drives, 0);
    driver_free(drives);
    return ended ? arazzo_run_status(run) : ARAZZO_ERROR;
}

static int run_with(runner *r, const workflow *flow, const json_t *inputs) {
    const run_options *options = r->options;
    arazzo_observer observer = {.user = r, .event = on_event};
    arazzo_run_options settings = {.servers = r->servers,
                                   .server_count = r->server_count,
                                   .max_steps = options->max_steps,
                                   .max_retry_after = options->max_retry_after,
                                   .observer = &observer,
                                   .clock = driver_clock,
                                   .now = driver_now};
    double started = driver_clock(NULL);
    size_t diagnosed = r->at->list.count;
    arazzo_run *run = arazzo_run_start(r->loaded, flow->id, inputs, &settings, &r->at->list);
    session_print(r->at);
    if (run == NULL) {
        end_recording(r, NULL, diagnosed);
        return r->at->list.no_memory ? EXIT_FAILED : EXIT_USAGE;
    }
    arazzo_status status = drive(r, run);
    session_print(r->at);
    end_recording(r, run, diagnosed);
    if (options->format == FORMAT_TEXT) {
        if (!options->quiet)
            run_text_summary(&r->printer, flow->id, status, driver_clock(NULL) - started);
        if (!r->files.takes_output)
            run_text_outputs(&r->printer, r->out, arazzo_run_outputs(run));
    }
    int result =
        keep_report(r, flow->id, run) && !r->at->list.no_memory ? exit_status(status) : session_no_memory(r->at);
    arazzo_run_free(run);
    return result;
}

static int run_workflow(runner *r, const workflow *flow) {
    const run_options *options = r->options;
    if (!begin_recording(r, flow))
        return session_no_memory(r->at);
    size_t diagnosed = r->at->list.count;
    json_t *inputs = read_inputs(r->at, flow, &options->input, options->inputs);
    if (inputs == NULL) {
        end_recording(r, NULL, diagnosed);
        return EXIT_USAGE;
    }
    if (options->sample_inputs && !add_sample_inputs(flow, inputs)) {
        json_decref(inputs);
        return session_no_memory(r->at);
    }
    find_secrets(flow, inputs, &options->secret, add_secret, r);
    int status = run_with(r, flow, inputs);
    json_decref(inputs);
    return status;
}

/* ---- All that was asked for ---- */

static int refuse_workflow(runner *r) {
    arazzo_run *none = arazzo_run_start(r->loaded, r->options->workflow, NULL, NULL, &r->at->list);
    arazzo_run_free(none);
    session_print(r->at);
    return EXIT_USAGE;
}

/* Which of several workflows is meant must be said: carrying out the wrong one may do harm. */
static int refuse_choice(runner *r) {
    fprintf(r->at->err, "arazzo run: %s has several workflows; name one of them, or say --all:\n", r->options->file);
    for (size_t i = 0; i < r->loaded->workflow_count; i++)
        fprintf(r->at->err, "  %s\n", r->loaded->workflows[i].id);
    return EXIT_USAGE;
}

static int run_workflows(runner *r) {
    const char *id = r->options->workflow;
    if (id != NULL && description_workflow(r->loaded, id) == NULL)
        return refuse_workflow(r);
    if (id == NULL && r->loaded->workflow_count > 1 && !r->options->all)
        return refuse_choice(r);
    r->runs = arena_array(r->at->memory, r->loaded->workflow_count, sizeof *r->runs);
    if (r->runs == NULL)
        return session_no_memory(r->at);
    int worst = EXIT_OK;
    for (size_t i = 0; i < r->loaded->workflow_count; i++) {
        const workflow *flow = &r->loaded->workflows[i];
        if (id != NULL && strcmp(id, flow->id) != 0)
            continue;
        int status = run_workflow(r, flow);
        worst = status > worst ? status : worst;
    }
    return worst;
}

/* ---- The mock ---- */

/* Serves every OpenAPI document that the description names, on a free port, and points the run there. */
static http_mock *start_mock(runner *r) {
    size_t count;
    char error[256] = "memory ran short";
    const api **served = description_apis(r->loaded, r->at->memory, &count);
    http_mock *serving = served == NULL ? NULL : http_mock_start(served, count, NULL, error, sizeof error);
    r->servers = arena_array(r->at->memory, 1, sizeof *r->servers);
    if (serving == NULL || r->servers == NULL) {
        fprintf(r->at->err, "arazzo run: the mock cannot be started: %s\n", error);
        http_mock_stop(serving);
        return NULL;
    }
    r->servers[0] = (arazzo_override){.url = http_mock_url(serving)};
    r->server_count = 1;
    return serving;
}

/* ---- The result ---- */

static int print_report(runner *r) {
    json_t *report = run_report(r->options->file, r->workflows, &r->at->list);
    json_t *masked = report == NULL ? NULL : mask_json(r->printer.secrets, report);
    int status = EXIT_OK;
    if (masked == NULL || json_dumpf(masked, r->out, JSON_INDENT(2)) != 0)
        status = session_no_memory(r->at);
    fputc('\n', r->out);
    json_decref(masked);
    json_decref(report);
    return status;
}

static int load_and_run(runner *r) {
    const run_options *options = r->options;
    arazzo_override *sources;
    if (!session_overrides(r->at, "source", &options->source, true, &sources) ||
        !session_overrides(r->at, "server", &options->server, false, &r->servers) ||
        !session_source_folders(r->at, &options->source_dir))
        return EXIT_USAGE;
    r->server_count = options->server.count;
    arazzo_load_options load = {
        .strict = options->strict, .sources = sources, .source_count = options->source.count, .finder = &r->at->finder};
    r->loaded = session_load(r->at, options->file, &load);
    http_mock *serving = NULL;
    int status;
    if (r->loaded == NULL)
        status = r->at->list.no_memory ? EXIT_FAILED : EXIT_DOCUMENT;
    else if (options->mock && (serving = start_mock(r)) == NULL)
        status = EXIT_FAILED;
    else
        status = run_workflows(r);
    http_mock_stop(serving);
    int written = write_reports(r);
    return status == EXIT_OK ? written : status;
}

/* Opens the reports' files before anything runs. */
static int open_reports(runner *r) {
    int status = reports_open(r->at, "run", &r->options->report, r->out, &r->files);
    if (status == EXIT_OK && r->files.takes_output && r->options->format == FORMAT_JSON) {
        fputs("arazzo run: --format json and a report to standard output exclude each other\n", r->at->err);
        status = EXIT_USAGE;
    }
    return status;
}

/* Carries out what was asked for; with --format json, prints what happened. */
static int run_and_print(runner *r) {
    int status = load_and_run(r);
    if (r->options->format != FORMAT_JSON)
        return status;
    int printed = print_report(r);
    return status == EXIT_OK ? printed : status;
}

static bool prepare(runner *r) {
    r->secrets = mask_new();
    r->workflows = json_array();
    if (r->options->format == FORMAT_JSON) {
        r->recorder = run_recorder_new();
        if (r->recorder == NULL)
            return false;
        r->record = run_recorder_observer(r->recorder);
    } else if (!r->options->quiet) {
        r->text = run_text_observer(&r->printer);
    }
    r->printer = (run_text){.out = r->at->err,
                            .secrets = r->options->show_secrets ? NULL : r->secrets,
                            .color = r->at->color,
                            .verbose = r->options->verbose};
    return r->secrets != NULL && r->workflows != NULL;
}

int run_main(const run_options *options, FILE *out, FILE *err) {
    http_client_options client = {.timeout = options->timeout, .follow_redirects = options->follow_redirects};
    session at;
    runner r = {
        .options = options, .at = &at, .out = out, .began = driver_now(NULL), .clock_began = driver_clock(NULL)};
    int status = EXIT_FAILED;
    if (!session_open(&at, err, options->color, options->quiet, &client) || !prepare(&r))
        session_no_memory(&at);
    else if ((status = open_reports(&r)) == EXIT_OK)
        status = run_and_print(&r);
    reports_close(&r.files, out);
    free_recordings(&r);
    run_recorder_free(r.recorder);
    json_decref(r.workflows);
    mask_free(r.secrets);
    session_close(&at);
    return status;
}
