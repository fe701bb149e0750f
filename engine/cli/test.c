/*
 * test.c: `arazzo test PATH...`: carries out the workflows of many documents side by side, as a test runner.
 *
 * Results go to the output, progress and complaints to the error stream. Exit statuses: 0 all succeeded, also where
 * some did so only when tried again; 1 a workflow failed; 2 wrong usage or nothing to carry out; 3 nothing failed but a
 * document that cannot be used.
 */
#include <string.h>
#include <unistd.h>

#include "base/nearest.h"
#include "engine/cli/command_mains.h"
#include "engine/cli/interrupt.h"
#include "engine/cli/reports.h"
#include "engine/cli/terminal.h"
#include "engine/cli/test_print.h"

typedef struct testing {
    const test_options *options;
    session *at;
    tester work;
    test_printer printer;
    report_files files;
    FILE *out;
    double began; /* seconds since 1970 UTC */
} testing;

/* ---- Options ---- */

static bool check_options(const testing *x) {
    const test_options *options = x->options;
    for (size_t i = 0; i < options->input.count; i++)
        if (!check_input(x->at, options->input.items[i]))
            return false;
    for (size_t i = 0; i < options->auth.count; i++) {
        const char *equals = strchr(options->auth.items[i], '=');
        if (equals != NULL && equals != options->auth.items[i])
            continue;
        fputs("arazzo test: --auth takes SCHEME=VALUE or SOURCE.SCHEME=VALUE\n", x->at->err);
        return false;
    }
    if (x->files.takes_output && options->format == FORMAT_JSON) {
        fputs("arazzo test: --format json and a report to standard output exclude each other\n", x->at->err);
        return false;
    }
    return true;
}

/* Four for each core: workflows wait for networks. */
static size_t default_jobs(void) {
    enum { EACH = 4 };
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? EACH : (size_t)cores * EACH;
}

static int prepare(testing *x) {
    const test_options *options = x->options;
    tester *t = &x->work;
    arazzo_override *sources, *servers;
    if (!session_overrides(x->at, "source", &options->source, true, &sources) ||
        !session_overrides(x->at, "server", &options->server, false, &servers) ||
        !session_readable(x->at, "cert", options->certificate) || !session_readable(x->at, "key", options->key) ||
        !session_readable(x->at, "cacert", options->authorities) ||
        !session_source_folders(x->at, &options->source_dir))
        return EXIT_USAGE;
    t->sources = sources;
    t->servers = servers;
    x->at->fetches.offline = options->offline;
    x->at->fetches.refresh = options->refresh;
    t->secrets = mask_new();
    if (t->secrets == NULL)
        return session_no_memory(x->at);
    if (options->inputs != NULL && (t->inputs = read_inputs_file(x->at, options->inputs, true)) == NULL)
        return EXIT_USAGE;
    return plan_tests(x->at, options, &t->plan);
}

/* A key of the file of inputs that is nearly a workflow's name is most likely mistyped. */
static void check_inputs_file(const testing *x) {
    const tester *t = &x->work;
    const node *root = t->inputs == NULL ? NULL : document_root(t->inputs);
    for (size_t i = 0; root != NULL && i < node_count(root); i++) {
        const char *key = node_string(node_key(root, i), NULL), *colon = strrchr(key, ':');
        const char *id = colon == NULL ? key : colon + 1;
        nearest search;
        bool used = strcmp(id, "*") == 0;
        nearest_start(&search, id, strlen(id));
        for (size_t j = 0; !used && j < t->plan.known_count; j++) {
            const planned_workflow *known = &t->plan.known[j];
            if (known->workflow_id == NULL)
                continue;
            used = strcmp(known->workflow_id, id) == 0;
            nearest_try(&search, known->workflow_id);
        }
        if (!used && search.best != NULL)
            fprintf(x->at->err, "arazzo test: %s: there is no workflow '%s'; did you mean '%s'?\n", x->options->inputs,
                    id, search.best);
    }
}

/* ---- Reports ---- */

static report_run run_of(const test_case *at) {
    size_t count = at->event_count;
    const test_document *of = at->document;
    const workflow *flow = of->loaded == NULL ? NULL : description_workflow(of->loaded, at->plan->workflow_id);
    return (report_run){.events = count == 0 ? NULL : at->events[count - 1],
                        .flow = flow,
                        .earlier = (const recording *const *)at->events,
                        .earlier_count = count == 0 ? 0 : count - 1,
                        .skipped = at->reason};
}

/* A case that was not carried out has an empty recording. */
static bool record_skipped(test_case *at) {
    if (at->outcome != TEST_SKIPPED)
        return true;
    const char *what = at->plan->workflow_id == NULL ? at->id : at->plan->workflow_id;
    at->events = malloc(sizeof(recording *));
    if (at->events != NULL && (at->events[0] = recording_new(what, NULL)) != NULL)
        at->event_count = 1;
    return at->event_count > 0;
}

static bool collect_runs(testing *x, report_document *documents, size_t *count) {
    tester *t = &x->work;
    report_run *runs = arena_array(x->at->memory, t->case_count, sizeof *runs);
    const test_document *last = NULL;
    size_t made = 0;
    if (runs == NULL)
        return false;
    for (size_t i = 0; i < t->case_count; i++) {
        test_case *at = &t->cases[i];
        if (!record_skipped(at))
            return false;
        if (at->document != last) {
            documents[(*count)++] = (report_document){.file = at->document->plan->name,
                                                      .list = &at->document->at.list,
                                                      .source = at->document->at.books == NULL ? NULL : library_text,
                                                      .source_user = at->document->at.books,
                                                      .runs = &runs[made]};
        }
        last = at->document;
        if (at->event_count > 0)
            runs[made++] = run_of(at);
        documents[*count - 1].run_count += at->event_count > 0;
    }
    return true;
}

static int write_reports(testing *x) {
    tester *t = &x->work;
    report_set what = {
        .many = true, .secrets = test_mask(t), .began = x->began, .seconds = driver_clock(NULL) - x->printer.began};
    report_document *documents = arena_array(x->at->memory, t->plan.document_count, sizeof *documents);
    if (documents == NULL || !collect_runs(x, documents, &what.document_count))
        return session_no_memory(x->at);
    what.documents = documents;
    int status = reports_write(x->at, "test", &x->files, &what);
    if (x->options->format != FORMAT_JSON)
        return status;
    report_file stream = {.kind = REPORT_JSON, .path = "-", .file = x->out};
    report_files only = {.items = &stream, .count = 1};
    int printed = reports_write(x->at, "test", &only, &what);
    return printed != EXIT_OK ? printed : status;
}

/* ---- All of it ---- */

static int exit_status(const testing *x) {
    const tester *t = &x->work;
    bool failed = t->counts[TEST_FAILED] > 0, unusable = false;
    for (size_t i = 0; i < t->case_count; i++) {
        const test_case *at = &t->cases[i];
        unusable = unusable || (at->outcome == TEST_ERROR && at->document->unusable);
        failed = failed || (at->outcome == TEST_ERROR && !at->document->unusable);
    }
    return failed ? EXIT_FAILED : unusable ? EXIT_DOCUMENT : EXIT_OK;
}

static void choose_streams(testing *x) {
    const test_options *options = x->options;
    FILE *told = options->format == FORMAT_JSON ? NULL : x->files.takes_output ? x->at->err : x->out;
    x->printer = (test_printer){.of = &x->work,
                                .out = told,
                                .progress = terminal_is_able(x->at->err) && !options->quiet ? x->at->err : NULL,
                                .as_they_end = told != NULL && isatty(fileno(told))};
    x->work.color = told != NULL && session_wants_color(options->color, told);
}

/* What each kind of report needs of a run, and of its document. */
static void choose_recordings(testing *x) {
    static const struct {
        bool bodies;
        bool documents; /* for the steps that were not reached, and the lines that diagnostics point at */
    } needs[REPORT_KINDS] = {[REPORT_JSON] = {.bodies = true},
                             [REPORT_HAR] = {.bodies = true},
                             [REPORT_TAP] = {.documents = true},
                             [REPORT_HTML] = {.bodies = true, .documents = true}};
    tester *t = &x->work;
    bool json = x->options->format == FORMAT_JSON;
    t->records = x->files.count > 0 || json;
    t->keeps_bodies = json;
    for (size_t i = 0; i < x->files.count; i++) {
        t->keeps_bodies = t->keeps_bodies || needs[x->files.items[i].kind].bodies;
        t->keeps_documents = t->keeps_documents || needs[x->files.items[i].kind].documents;
    }
}

static int carry_out(testing *x) {
    check_inputs_file(x);
    choose_streams(x);
    choose_recordings(x);
    x->work.jobs = x->options->jobs > 0 ? x->options->jobs : default_jobs();
    test_print_begin(&x->printer);
    interrupt_open();
    x->began = driver_now(NULL);
    if (!test_run(&x->work))
        return session_no_memory(x->at);
    test_print_end(&x->printer);
    int written = x->work.records ? write_reports(x) : EXIT_OK;
    int status = exit_status(x);
    if (x->work.no_memory)
        return session_no_memory(x->at);
    return status != EXIT_OK ? status : written;
}

static int test_all(testing *x) {
    if (x->options->list) {
        int status = check_options(x) ? prepare(x) : EXIT_USAGE;
        if (status == EXIT_OK &&
            !test_print_plan(&x->work.plan, x->options->format == FORMAT_JSON, x->options->verbose, x->out))
            status = session_no_memory(x->at);
        return status;
    }
    int status = reports_open(x->at, "test", &x->options->report, x->out, &x->files);
    if (status == EXIT_OK)
        status = check_options(x) ? prepare(x) : EXIT_USAGE;
    return status == EXIT_OK ? carry_out(x) : status;
}

int test_main(const test_options *options, const configuration *config, FILE *out, FILE *err) {
    http_client_options client = {.timeout = options->timeout,
                                  .follow_redirects = options->follow_redirects,
                                  .certificate = options->certificate,
                                  .key = options->key,
                                  .authorities = options->authorities};
    session at;
    testing x = {.options = options, .at = &at, .out = out};
    x.work = (tester){.options = options, .at = &at};
    int status = EXIT_FAILED;
    bool opened = session_open(&at, err, options->color, options->quiet, &client);
    at.config = config;
    if (!opened) {
        session_no_memory(&at);
    } else {
        at.command = "test";
        status = test_all(&x);
    }
    reports_close(&x.files, out);
    test_run_free(&x.work);
    document_free(x.work.inputs);
    mask_free(x.work.secrets);
    session_close(&at);
    return interrupt_status(status);
}
