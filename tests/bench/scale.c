/*
 * scale.c: does the cost of loading, validating, running and reporting grow with what there is to do, and no faster?
 *
 * Each row makes documents for n and for 2n, does the same with both in this process, without a network (a run's needs
 * are answered by hand), and compares processor time: the least of several rounds. More than LIMIT times the time for
 * twice the work is a failure. `make bench-scale` runs all rows; names as arguments choose some.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "engine/description/description.h"
#include "engine/graph/graph.h"
#include "engine/report/diagnostics.h"
#include "engine/report/report.h"
#include "engine/report/run_json.h"
#include "engine/validate/validate.h"

#define LIMIT 2.3

enum { LEAST_ROUNDS = 3, MOST_ROUNDS = 15 };

#define URI "file:///scale/w.yaml"
#define API_URI "file:///scale/api.yaml"
#define HEAD                                                                                                           \
    "arazzo: 1.1.0\ninfo: {title: t, version: '1'}\nsourceDescriptions:\n- {name: api, url: api.yaml, type: "          \
    "openapi}\nworkflows:\n"

/* ---- Documents ---- */

typedef struct documents {
    text arazzo;
    text openapi;
} documents;

static void begin(documents *made) {
    text_append_string(&made->arazzo, HEAD);
    text_append_string(&made->openapi,
                       "openapi: 3.0.3\ninfo: {title: t, version: '1'}\nservers: [{url: 'http://s.test'}]\npaths:\n"
                       "  /things:\n    get:\n      operationId: list\n      parameters:\n"
                       "      - {name: q, in: query, schema: {type: string}}\n"
                       "      - {name: r, in: query, schema: {type: string}}\n"
                       "      responses: {'200': {description: ok}}\n");
}

/* One workflow of n steps, each of which uses what the one before it put out. */
static void many_steps(documents *made, size_t n) {
    text_append_string(&made->arazzo,
                       "- workflowId: w\n  parameters: [{name: q, in: query, value: $inputs.q}]\n"
                       "  failureActions: [{name: again, type: retry, criteria: [{condition: $statusCode == 503}]}]\n"
                       "  inputs: {type: object, properties: {q: {type: string}}}\n  steps:\n");
    for (size_t i = 0; i < n; i++) {
        text_append_format(&made->arazzo,
                           "  - {stepId: s%zu, operationId: list, outputs: {id: $response.body#/id}, "
                           "successCriteria: [{condition: $statusCode == 200}]",
                           i);
        if (i > 0)
            text_append_format(&made->arazzo, ", parameters: [{name: r, in: query, value: $steps.s%zu.outputs.id}]",
                               i - 1);
        text_append_string(&made->arazzo, "}\n");
    }
}

/* n workflows of four steps; the first depends on all others in a chain. */
static void many_workflows(documents *made, size_t n) {
    for (size_t i = 0; i < n; i++) {
        text_append_format(&made->arazzo, "- workflowId: w%zu\n", i);
        if (i + 1 < n)
            text_append_format(&made->arazzo, "  dependsOn: [w%zu]\n", i + 1);
        text_append_string(&made->arazzo, "  inputs: {type: object, properties: {q: {type: string}}}\n"
                                          "  outputs: {id: $steps.s3.outputs.id}\n  steps:\n");
        for (int j = 0; j < 4; j++)
            text_append_format(&made->arazzo,
                               "  - {stepId: s%d, operationId: list, outputs: {id: $response.body#/id}, parameters: "
                               "[{name: q, in: query, value: $inputs.q}]}\n",
                               j);
    }
}

/* One step that n times goes back to itself. */
static void long_loop(documents *made, size_t n) {
    text_append_format(&made->arazzo,
                       "- workflowId: w\n  outputs: {n: $steps.a.outputs.n}\n  steps:\n"
                       "  - stepId: a\n    operationId: list\n    outputs: {n: $response.body#/n}\n"
                       "    onSuccess:\n    - {name: back, type: goto, stepId: a, criteria: [{condition: "
                       "$response.body#/n < %zu}]}\n",
                       n);
}

/* n steps that each call a workflow. */
static void many_calls(documents *made, size_t n) {
    text_append_string(&made->arazzo, "- workflowId: w\n  steps:\n");
    for (size_t i = 0; i < n; i++)
        text_append_format(&made->arazzo, "  - {stepId: s%zu, workflowId: v, parameters: [{name: q, value: x}]}\n", i);
    text_append_string(&made->arazzo, "- workflowId: v\n  inputs: {type: object, properties: {q: {type: string}}}\n"
                                      "  outputs: {id: $steps.c.outputs.id}\n  steps:\n"
                                      "  - {stepId: c, operationId: list, outputs: {id: $response.body#/id}}\n");
}

/* n workflows, each of which goes to the next. */
static void relay(documents *made, size_t n) {
    for (size_t i = 0; i < n; i++) {
        text_append_format(&made->arazzo, "- workflowId: w%zu\n  steps:\n  - {stepId: s, operationId: list", i);
        if (i + 1 < n)
            text_append_format(&made->arazzo, ", onSuccess: [{name: on, type: goto, workflowId: w%zu}]", i + 1);
        text_append_string(&made->arazzo, "}\n");
    }
}

/* n operations, each with its step. */
static void many_operations(documents *made, size_t n) {
    text_append_string(&made->arazzo, "- workflowId: w\n  steps:\n");
    for (size_t i = 0; i < n; i++) {
        text_append_format(&made->openapi,
                           "  /p%zu:\n    get: {operationId: op%zu, responses: {'200': {description: "
                           "ok}}}\n",
                           i, i);
        if (i % 2 == 0)
            text_append_format(&made->arazzo, "  - {stepId: s%zu, operationId: op%zu}\n", i, i);
        else
            text_append_format(&made->arazzo,
                               "  - {stepId: s%zu, operationPath: '{$sourceDescriptions.api.url}#/paths/~1p%zu/get'}\n",
                               i, i);
    }
}

/* n steps, each with mistakes for which something similar is looked for. */
static void many_mistakes(documents *made, size_t n) {
    text_append_string(&made->arazzo, "- workflowId: w\n  steps:\n");
    for (size_t i = 0; i < n; i++)
        text_append_format(&made->arazzo,
                           "  - {stepId: s%zu, operationId: lst, parametrs: [], onSuccess: [{name: a, type: goto, "
                           "stepId: t%zu}], outputs: {x: $steps.u%zu.outputs.y}}\n",
                           i, i, i);
}

/* ---- What is done with them ---- */

static char *read_document(void *user, const char *uri, size_t *length, char *error, size_t error_size) {
    documents *from = user;
    const text *found = strcmp(uri, URI) == 0 ? &from->arazzo : strcmp(uri, API_URI) == 0 ? &from->openapi : NULL;
    char *copy = found == NULL ? NULL : malloc(found->length + 1);
    if (copy == NULL) {
        snprintf(error, error_size, "there is no such file");
        return NULL;
    }
    memcpy(copy, text_peek(found), found->length);
    *length = found->length;
    return copy;
}

typedef struct result {
    bool right;
    size_t requests;
    size_t most_memory; /* of the run alone: bytes at most in use beyond what was before it */
} result;

static size_t in_use(void) {
    return mallinfo2().uordblks;
}

/* Answers 200 with a body that counts, and with a cookie of its own in each. */
static void answer(arazzo_run *run, arazzo_need *need, size_t number) {
    char body[96], cookie[96];
    snprintf(body, sizeof body, "{\"id\":\"thing %zu\",\"n\":%zu}", number, number);
    snprintf(cookie, sizeof cookie, "session=%08zx%08zx; Path=/", number * 2654435761u, number);
    arazzo_header headers[] = {{"Content-Type", "application/json"}, {"Set-Cookie", cookie}};
    arazzo_response response = {
        .status = 200, .headers = headers, .header_count = 2, .body = body, .body_length = strlen(body)};
    arazzo_run_respond(run, need, &response);
}

static bool drive(arazzo_run *run, result *out, size_t before) {
    arazzo_run_advance(run);
    for (arazzo_need *need; (need = arazzo_run_take_need(run)) != NULL;) {
        answer(run, need, ++out->requests);
        if (out->requests % 64 == 0 && before > 0) {
            size_t now = in_use();
            out->most_memory = now > before && now - before > out->most_memory ? now - before : out->most_memory;
        }
    }
    return arazzo_run_status(run) == ARAZZO_SUCCESS;
}

typedef struct kept {
    mask *secrets;
    arazzo_observer recorder, recording;
} kept;

static void on_event(void *user, const arazzo_event *event) {
    kept *all = user;
    if (event->kind == ARAZZO_EVENT_RESPONSE && event->response != NULL)
        for (size_t i = 0; i < event->response->header_count; i++)
            mask_add_header(all->secrets, event->response->headers[i].name, event->response->headers[i].value);
    all->recorder.event(all->recorder.user, event);
    all->recording.event(all->recording.user, event);
}

static json_t *inputs(void) {
    return json_pack("{s:s}", "q", "a question");
}

static arazzo_run_options settings(const arazzo_observer *observer) {
    return (arazzo_run_options){.max_steps = 10000000, .observer = observer};
}

/* Loading and running, with nothing kept of it. */
static result run_only(documents *from) {
    result out = {0};
    arazzo_reader reader = {.user = from, .read = read_document};
    arazzo_diagnostics *list = arazzo_diagnostics_new();
    arazzo_description *loaded = arazzo_load(URI, &reader, NULL, list);
    json_t *given = inputs();
    arazzo_run_options options = settings(NULL);
    size_t before = in_use();
    arazzo_run *run = loaded == NULL ? NULL : arazzo_run_start(loaded, NULL, given, &options, list);
    out.right = run != NULL && drive(run, &out, before);
    arazzo_run_free(run);
    json_decref(given);
    arazzo_description_free(loaded);
    arazzo_diagnostics_free(list);
    return out;
}

static bool write_reports(const recording *events, const workflow *flow, const diagnostics *list, const mask *secrets) {
    report_run one = {.events = events, .flow = flow};
    report_document of = {.file = URI, .list = list, .runs = &one, .run_count = 1};
    report_set what = {.documents = &of, .document_count = 1, .secrets = secrets};
    bool right = true;
    for (int kind = 0; kind < REPORT_KINDS; kind++) {
        text written = TEXT_EMPTY;
        right = report_write(&what, (report_kind)kind, &written) && written.length > 0 && right;
        text_free(&written);
    }
    return right;
}

/* Running with everything that keeps a record of it: both recorders, the mask, and every kind of report. */
static result run_and_report(documents *from) {
    result out = {0};
    arazzo_reader reader = {.user = from, .read = read_document};
    arazzo_diagnostics *list = arazzo_diagnostics_new();
    arazzo_description *loaded = arazzo_load(URI, &reader, NULL, list);
    run_recorder *recorder = run_recorder_new();
    recording *events = recording_new("w", NULL);
    kept all = {mask_new(), run_recorder_observer(recorder), recording_observer(events)};
    arazzo_observer observer = {&all, on_event};
    json_t *given = inputs();
    arazzo_run_options options = settings(&observer);
    arazzo_run *run = loaded == NULL ? NULL : arazzo_run_start(loaded, NULL, given, &options, list);
    if (run != NULL && drive(run, &out, 0)) {
        recording_end(events, ARAZZO_SUCCESS, arazzo_run_outputs(run), NULL);
        json_t *report = run_recorder_take(recorder, "w", ARAZZO_SUCCESS, arazzo_run_outputs(run));
        json_t *shown = mask_json(all.secrets, report);
        out.right = shown != NULL && write_reports(events, &loaded->workflows[0], list, all.secrets);
        json_decref(report);
        json_decref(shown);
    }
    arazzo_run_free(run);
    json_decref(given);
    run_recorder_free(recorder);
    recording_free(events);
    mask_free(all.secrets);
    arazzo_description_free(loaded);
    arazzo_diagnostics_free(list);
    return out;
}

/* Everything that can be said without running, and its picture. */
static result validate_and_draw(documents *from) {
    result out = {0};
    arazzo_reader reader = {.user = from, .read = read_document};
    library *books = library_new(&reader);
    diagnostics list;
    arena *memory = arena_new();
    diagnostics_init(&list);
    validate_document(books, URI, NULL, &list);
    const arazzo_description *loaded = library_kept(books, URI);
    const workflow **flows = arena_array(memory, loaded->workflow_count, sizeof *flows);
    for (size_t i = 0; i < loaded->workflow_count; i++)
        flows[i] = &loaded->workflows[i];
    graph drawn;
    text picture = TEXT_EMPTY;
    out.right = list.errors == 0 && graph_build(flows, loaded->workflow_count, memory, &drawn);
    if (out.right) {
        graph_dot(&drawn, &picture);
        graph_mermaid(&drawn, &picture);
    }
    text_free(&picture);
    arena_free(memory);
    diagnostics_free(&list);
    library_free(books);
    return out;
}

/* A document that is full of mistakes, with all of them printed. */
static result complain(documents *from) {
    result out = {0};
    arazzo_reader reader = {.user = from, .read = read_document};
    library *books = library_new(&reader);
    diagnostics list;
    diagnostics_init(&list);
    validate_document(books, URI, NULL, &list);
    FILE *nowhere = fopen("/dev/null", "w");
    print_diagnostics(&list, nowhere, false, library_text, books);
    fclose(nowhere);
    out.right = list.errors > 0 && !list.no_memory;
    diagnostics_free(&list);
    library_free(books);
    return out;
}

/* ---- Rows ---- */

static const struct {
    const char *name;
    const char *what;
    void (*make)(documents *made, size_t n);
    result (*carry_out)(documents *from);
    size_t n;
    bool bounded; /* a run of twice the length takes no more memory */
} rows[] = {
    {"steps", "steps in one document: loaded and run", many_steps, run_only, 8000, false},
    {"steps-validate", "steps in one document: validated and drawn", many_steps, validate_and_draw, 8000, false},
    {"steps-report", "steps in one document: run, recorded, masked, reported", many_steps, run_and_report, 2000, false},
    {"workflows", "workflows that depend on each other: run", many_workflows, run_only, 1000, false},
    {"workflows-validate", "workflows: validated and drawn", many_workflows, validate_and_draw, 2000, false},
    {"loop", "rounds of a loop: run", long_loop, run_only, 10000, true},
    {"loop-report", "rounds of a loop: run, recorded, masked, reported", long_loop, run_and_report, 2500, false},
    {"calls", "calls of a workflow: run", many_calls, run_only, 5000, false},
    {"relay", "workflows that go to the next: run", relay, run_only, 4000, false},
    {"operations", "operations, by id and by path: run", many_operations, run_only, 4000, false},
    {"operations-validate", "operations: validated and drawn", many_operations, validate_and_draw, 4000, false},
    {"mistakes", "steps full of mistakes: complained about", many_mistakes, complain, 4000, false},
};

static double processor_time(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double round_of(size_t row, documents *from, result *out) {
    double start = processor_time();
    *out = rows[row].carry_out(from);
    return processor_time() - start;
}

static bool measure(size_t row) {
    documents made[2] = {{TEXT_EMPTY, TEXT_EMPTY}, {TEXT_EMPTY, TEXT_EMPTY}};
    double least[2] = {1e9, 1e9}, factor = 1e9;
    result results[2];
    bool right = true;
    for (size_t i = 0; i < 2; i++) {
        begin(&made[i]);
        rows[row].make(&made[i], rows[row].n << i);
    }
    for (int times = 0; right && times < MOST_ROUNDS && (times < LEAST_ROUNDS || factor > LIMIT); times++) {
        for (size_t i = 0; i < 2; i++) {
            double took = round_of(row, &made[i], &results[i]);
            right = right && results[i].right;
            least[i] = took < least[i] ? took : least[i];
        }
        factor = least[1] / least[0];
    }
    bool grows = rows[row].bounded && results[1].most_memory > results[0].most_memory * 11 / 10 + 65536;
    bool good = right && factor <= LIMIT && !grows;
    printf("%s %zu - %s: %zu %s: %.1f ms, twice as many: %.1f ms, %.2f times", good ? "ok" : "not ok", row + 1,
           rows[row].name, rows[row].n, rows[row].what, least[0] * 1e3, least[1] * 1e3, factor);
    if (rows[row].bounded)
        printf("; memory %.1f and %.1f KiB", (double)results[0].most_memory / 1024,
               (double)results[1].most_memory / 1024);
    printf("%s\n", right ? "" : "; it was not carried out");
    fflush(stdout);
    for (size_t i = 0; i < 2; i++) {
        text_free(&made[i].arazzo);
        text_free(&made[i].openapi);
    }
    return good;
}

int main(int count, char **arguments) {
    enum { ROWS = sizeof rows / sizeof *rows };
    bool all = true;
    for (size_t i = 0; i < ROWS; i++) {
        bool wanted = count == 1;
        for (int j = 1; j < count; j++)
            wanted = wanted || strcmp(arguments[j], rows[i].name) == 0;
        all = (!wanted || measure(i)) && all;
    }
    return all ? 0 : 1;
}
