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
#include "engine/cli/auth.h"
#include "engine/cli/command_mains.h"
#include "engine/cli/inputs.h"
#include "engine/cli/interrupt.h"
#include "engine/cli/output.h"
#include "engine/cli/reports.h"
#include "engine/cli/secrets.h"
#include "engine/cli/terminal.h"
#include "engine/report/curl.h"
#include "engine/report/diagnostics.h"
#include "engine/report/mask.h"
#include "engine/report/run_json.h"
#include "engine/report/run_text.h"
#include "http/drive.h"

typedef struct runner {
    const run_options *options;
    session *at;
    const arazzo_description *loaded;
    FILE *out;
    mask *secrets;
    run_text printer;
    curl_printer commands;
    arazzo_observer text; /* what prints as things happen */
    run_recorder *recorder;
    arazzo_observer record;
    arazzo_override *servers;
    size_t server_count;
    arazzo_auth *auth;
    json_t *workflows;  /* the reports so far */
    report_files files; /* of --report */
    reporter reports;
    size_t ended;  /* workflows that were carried out */
    size_t failed; /* and did not succeed */
} runner;

/* ---- Events ---- */

static void on_event(void *user, const arazzo_event *event) {
    runner *r = user;
    r->printer.columns = terminal_columns(r->at->err);
    if (!r->options->show_secrets && !secrets_of_event(r->secrets, r->loaded, event, &r->options->secret)) {
        r->at->list.no_memory = true; /* what cannot be hidden isn't shown */
        return;
    }
    if (r->text.event != NULL)
        r->text.event(r->text.user, event);
    if (r->recorder != NULL)
        r->record.event(r->record.user, event);
    reporter_event(&r->reports, event);
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

static bool on_tick(void *user, const driver_progress *progress) {
    runner *r = user;
    run_text_progress shown = {.seconds = progress->seconds,
                               .waiting = progress->waiting,
                               .received = progress->body.received,
                               .expected = progress->body.expected};
    r->printer.columns = terminal_columns(r->at->err);
    run_text_tick(&r->printer, &shown);
    return interrupt_received() == 0;
}

static arazzo_status drive(runner *r, arazzo_run *run) {
    static const double redrawn = 0.1; /* seconds */
    driver *drives = driver_new(r->at->client);
    if (drives != NULL && r->options->mock)
        driver_skip_waits(drives);
    if (drives != NULL)
        driver_watch(drives, r->printer.live ? redrawn : 0, interrupt_descriptor(), on_tick, r);
    bool ended = drives != NULL && driver_add(drives, run) && driver_run(drives, 0);
    driver_free(drives);
    if (!ended && interrupt_received() != 0) {
        r->reports.stopped = "interrupted";
        arazzo_run_cancel(run, r->reports.stopped);
    }
    run_text_settle(&r->printer);
    run_text_clear(&r->printer);
    return ended ? arazzo_run_status(run) : ARAZZO_ERROR;
}

/* Of several workflows, under the name of each. */
static void print_outputs(const runner *r, const workflow *flow, const json_t *made) {
    bool many = r->options->all && r->loaded->workflow_count > 1 && json_object_size(made) > 0;
    if (many)
        fprintf(r->out, "%s\n", flow->id);
    run_text_outputs(&r->printer, r->out, terminal_columns(r->out), many ? 2 : 0, made);
}

static int run_with(runner *r, const workflow *flow, const json_t *inputs) {
    const run_options *options = r->options;
    arazzo_observer observer = {.user = r, .event = on_event};
    arazzo_run_options settings = {.servers = r->servers,
                                   .server_count = r->server_count,
                                   .dry_run = options->dry_run,
                                   .origins = &r->at->origins,
                                   .contract = (arazzo_contract)options->contract,
                                   .auth = r->auth,
                                   .max_steps = options->max_steps,
                                   .max_retry_after = options->max_retry_after,
                                   .max_events = options->max_events,
                                   .files = r->at->files,
                                   .file_count = r->at->file_count,
                                   .observer = &observer,
                                   .clock = driver_clock,
                                   .now = driver_now};
    double started = driver_clock(NULL);
    run_text_begin(&r->printer, flow);
    arazzo_run *run = arazzo_run_start(r->loaded, flow->id, inputs, &settings, &r->at->list);
    session_print(r->at);
    if (run == NULL)
        return r->at->list.no_memory ? EXIT_FAILED : EXIT_USAGE;
    arazzo_status status = drive(r, run);
    session_print(r->at);
    reporter_end(&r->reports, run, &r->at->list);
    if (options->format == FORMAT_TEXT && !options->dry_run) {
        run_text_summary(&r->printer, flow->id, status, r->reports.stopped != NULL, driver_clock(NULL) - started);
        if (!r->files.takes_output)
            print_outputs(r, flow, arazzo_run_outputs(run));
    }
    r->ended++;
    r->failed += status != ARAZZO_SUCCESS;
    int result =
        keep_report(r, flow->id, run) && !r->at->list.no_memory ? exit_status(status) : session_no_memory(r->at);
    arazzo_run_free(run);
    return result;
}

static int run_with_inputs(runner *r, const workflow *flow) {
    const run_options *options = r->options;
    document *file = options->inputs == NULL ? NULL : read_inputs_file(r->at, options->inputs, false);
    if (options->inputs != NULL && file == NULL)
        return EXIT_USAGE;
    input_source from = {.given = &options->input, .file = file};
    json_t *inputs = read_inputs(r->at, flow, options->file, &from);
    if (inputs == NULL) {
        document_free(file);
        return EXIT_USAGE;
    }
    bool ready = config_add_inputs(r->at->config, flow, inputs) &&
                 (options->show_secrets || secrets_of_inputs(r->secrets, flow, inputs, &options->secret)) &&
                 (!options->sample_inputs || add_sample_inputs(flow, inputs, r->secrets));
    int status = ready ? run_with(r, flow, inputs) : session_no_memory(r->at);
    document_free(file); /* messages about inputs tell where in it they stand */
    json_decref(inputs);
    return status;
}

static int run_workflow(runner *r, const workflow *flow) {
    if (r->files.count > 0 && !reporter_begin(&r->reports, flow, &r->at->list))
        return session_no_memory(r->at);
    int status = run_with_inputs(r, flow);
    reporter_end(&r->reports, NULL, &r->at->list);
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

/* "3 workflows: 2 succeeded, 1 failed". */
static void print_total(const runner *r) {
    const run_options *options = r->options;
    bool wanted = options->format == FORMAT_TEXT && !options->dry_run && (!options->quiet || r->failed > 0);
    if (!options->all || !wanted || r->ended < 2)
        return;
    fprintf(r->at->err, "%zu workflows: %zu succeeded", r->ended, r->ended - r->failed);
    if (r->failed > 0)
        fprintf(r->at->err, ", %zu failed", r->failed);
    fputc('\n', r->at->err);
}

static int run_workflows(runner *r) {
    const char *id = r->options->workflow;
    if (id != NULL && description_workflow(r->loaded, id) == NULL)
        return refuse_workflow(r);
    if (id == NULL && r->loaded->workflow_count > 1 && !r->options->all)
        return refuse_choice(r);
    int worst = EXIT_OK;
    for (size_t i = 0; i < r->loaded->workflow_count && interrupt_received() == 0; i++) {
        const workflow *flow = &r->loaded->workflows[i];
        if (id != NULL && strcmp(id, flow->id) != 0)
            continue;
        int status = run_workflow(r, flow);
        worst = status > worst ? status : worst;
    }
    print_total(r);
    return worst;
}

/* ---- The result ---- */

static int print_report(runner *r) {
    json_t *report = run_report(r->options->file, r->workflows, &r->at->list);
    json_t *masked = report == NULL ? NULL : mask_json(r->printer.secrets, report);
    bool printed = output_json(r->out, masked, JSON_INDENT(2));
    json_decref(masked);
    json_decref(report);
    return printed ? EXIT_OK : session_no_memory(r->at);
}

static bool find_credentials(runner *r) {
    auth_given given = {.auth = &r->options->auth, .file = r->options->auth_file};
    r->auth = read_auth(r->at, r->loaded, &given);
    if (r->auth == NULL)
        return false;
    if (!r->options->show_secrets && !secrets_of_auth(r->secrets, r->auth))
        r->at->list.no_memory = true;
    if (r->options->mock) {
        arazzo_auth_pretend(r->auth);
        if (!mask_allow(r->secrets, AUTH_PRETENDED, strlen(AUTH_PRETENDED)))
            r->at->list.no_memory = true;
    }
    if (r->options->certificate != NULL)
        arazzo_auth_certificate(r->auth);
    return true;
}

/* What TLS needs can be read: told before anything is sent. */
static bool can_connect(const runner *r) {
    return session_readable(r->at, "cert", r->options->certificate) &&
           session_readable(r->at, "key", r->options->key) &&
           session_readable(r->at, "cacert", r->options->authorities);
}

static int load_and_run(runner *r) {
    const run_options *options = r->options;
    arazzo_override *sources;
    if (!session_overrides(r->at, "source", &options->source, true, &sources) ||
        !session_overrides(r->at, "server", &options->server, false, &r->servers) ||
        (!options->dry_run && !can_connect(r)) || !session_source_folders(r->at, &options->source_dir))
        return EXIT_USAGE;
    r->at->fetches.offline = options->offline;
    r->at->fetches.refresh = options->refresh;
    r->server_count = options->server.count;
    arazzo_load_options load = {.strict = options->strict,
                                .assert_format = options->assert_format,
                                .sources = sources,
                                .source_count = options->source.count,
                                .finder = &r->at->finder};
    r->loaded = session_load(r->at, options->file, &load);
    if (r->loaded == NULL)
        return r->at->list.no_memory ? EXIT_FAILED : EXIT_DOCUMENT;
    if (!session_knows_sources(r->at, "source", r->loaded, sources, options->source.count) ||
        !session_knows_sources(r->at, "server", r->loaded, r->servers, options->server.count) || !find_credentials(r))
        return EXIT_USAGE;
    http_mock *serving = NULL;
    arazzo_override mocked;
    if (options->mock && !options->dry_run) {
        if ((serving = session_mock(r->at, r->loaded, &mocked)) == NULL)
            return EXIT_FAILED;
        r->servers = &mocked;
        r->server_count = 1;
    }
    interrupt_open();
    int status = run_workflows(r);
    http_mock_stop(serving);
    return status;
}

/* Opens the reports' files before anything runs; loads and runs; writes the reports. */
static int run_and_report(runner *r) {
    const run_options *options = r->options;
    if (options->all && options->workflow != NULL) {
        fprintf(r->at->err, "arazzo run: --all and the workflow '%s' exclude each other\n", options->workflow);
        return EXIT_USAGE;
    }
    int status = reports_open(r->at, "run", &options->report, r->out, &r->files);
    if (status != EXIT_OK)
        return status;
    if (r->files.takes_output && (options->format == FORMAT_JSON || options->dry_run)) {
        fprintf(r->at->err, "arazzo run: %s and a report to standard output exclude each other\n",
                options->dry_run ? "--dry-run" : "--format json");
        return EXIT_USAGE;
    }
    status = load_and_run(r);
    int printed = options->format == FORMAT_JSON ? print_report(r) : EXIT_OK;
    int written = reporter_write(&r->reports, r->at, "run", &r->files, options->file, r->printer.secrets);
    return status != EXIT_OK ? status : printed != EXIT_OK ? printed : written;
}

static bool prepare(runner *r) {
    r->secrets = mask_new();
    r->workflows = json_array();
    if (r->options->format == FORMAT_JSON) {
        r->recorder = run_recorder_new();
        if (r->recorder == NULL)
            return false;
        r->record = run_recorder_observer(r->recorder);
    } else if (r->options->dry_run) {
        r->text = curl_observer(&r->commands);
    } else {
        r->text = run_text_observer(&r->printer);
        r->at->told = "W0502"; /* stands under the step that it belongs to */
    }
    r->printer = (run_text){.out = r->at->err,
                            .secrets = r->options->show_secrets ? NULL : r->secrets,
                            .color = r->at->color,
                            .live = r->at->color && terminal_is_able(r->at->err),
                            .verbose = r->options->verbose,
                            .quiet = r->options->quiet};
    r->at->secrets = r->printer.secrets;
    r->commands = (curl_printer){.out = r->out,
                                 .secrets = r->printer.secrets,
                                 .color = r->at->color,
                                 .certificate = r->options->certificate,
                                 .key = r->options->key,
                                 .authorities = r->options->authorities};
    return r->secrets != NULL && r->workflows != NULL;
}

int run_main(const run_options *options, const configuration *config, FILE *out, FILE *err) {
    http_client_options client = {.timeout = options->timeout,
                                  .follow_redirects = options->follow_redirects,
                                  .certificate = options->certificate,
                                  .key = options->key,
                                  .authorities = options->authorities};
    session at;
    runner r = {.options = options, .at = &at, .out = out};
    int status = EXIT_FAILED;
    reporter_open(&r.reports);
    bool opened = session_open(&at, err, options->color, options->quiet, &client);
    at.config = config;
    if (!opened || !prepare(&r))
        session_no_memory(&at);
    else {
        at.command = "run";
        status = run_and_report(&r);
    }
    reports_close(&r.files, out);
    reporter_close(&r.reports);
    arazzo_auth_free(r.auth);
    run_recorder_free(r.recorder);
    json_decref(r.workflows);
    run_text_free(&r.printer);
    mask_free(r.secrets);
    session_close(&at);
    return interrupt_status(status);
}
