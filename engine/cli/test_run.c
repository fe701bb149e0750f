/*
 * test_run.c: fills a number of slots with attempts at workflows, drives them all, and takes those that have ended.
 */
#include "engine/cli/test_run.h"

#include <string.h>

#include "engine/cli/auth.h"
#include "engine/cli/interrupt.h"
#include "engine/cli/secrets.h"
#include "engine/report/diagnostics.h"
#include "engine/report/run_text.h"

enum { SMALL_BODY = 4096, RECORDED_BODY = 256 << 10, RECORDED_BODIES = 8 << 20 };

/* One run of a case. */
typedef struct attempt {
    tester *owner;
    test_case *of;
    session at; /* the document's, with diagnostics of its own, and `told` as its error stream */
    FILE *told;
    char *bytes; /* of `told` */
    size_t length;
    run_text printer;
    arazzo_observer text;
    arazzo_observer record;
    arazzo_observer observer;
    recording *events; /* NULL: not wanted */
    arazzo_run *run;
    double began;
} attempt;

const mask *test_mask(const tester *t) {
    return t->options->show_secrets ? NULL : t->secrets;
}

/* ---- Events ---- */

/* Puts the step among the slowest, if it is one of them. */
static void note_duration(tester *t, const test_case *of, const arazzo_event *event) {
    size_t most = t->options->slowest, rank = t->slow_count;
    while (rank > 0 && t->slowest[rank - 1].seconds < event->seconds)
        rank--;
    if (rank >= most)
        return;
    text what = TEXT_EMPTY;
    text_append_format(&what, "%s ", of->id);
    if (event->depth > 0)
        text_append_format(&what, "%s/", event->workflow_id);
    text_append_string(&what, event->step_id);
    if (event->request != NULL)
        text_append_format(&what, "  %s %s", event->request->method, event->request->url);
    slow_step made = {.seconds = event->seconds, .what = text_take(&what, NULL)};
    if (made.what == NULL) {
        t->no_memory = true;
        return;
    }
    if (t->slow_count == most)
        free(t->slowest[--t->slow_count].what);
    memmove(t->slowest + rank + 1, t->slowest + rank, (t->slow_count - rank) * sizeof *t->slowest);
    t->slowest[rank] = made;
    t->slow_count++;
}

static void on_event(void *user, const arazzo_event *event) {
    attempt *a = user;
    tester *t = a->owner;
    if (!t->options->show_secrets &&
        !secrets_of_event(t->secrets, a->of->document->loaded, event, &t->options->secret)) {
        t->no_memory = true; /* what cannot be hidden is not kept */
        return;
    }
    if (event->kind == ARAZZO_EVENT_STEP_FINISHED && t->options->slowest > 0)
        note_duration(t, a->of, event);
    a->text.event(a->text.user, event);
    if (a->events != NULL)
        a->record.event(a->record.user, event);
}

/* ---- Documents ---- */

static bool find_credentials(tester *t, test_document *of) {
    auth_given given = {.auth = &t->options->auth, .file = t->options->auth_file, .many = true};
    of->auth = read_auth(&of->at, of->loaded, &given);
    if (of->auth == NULL)
        return false;
    if (!t->options->show_secrets && !secrets_of_auth(t->secrets, of->auth))
        t->no_memory = true;
    if (t->options->mock) {
        arazzo_auth_pretend(of->auth);
        if (!mask_allow(t->secrets, AUTH_PRETENDED, strlen(AUTH_PRETENDED)))
            t->no_memory = true;
    }
    if (t->options->certificate != NULL)
        arazzo_auth_certificate(of->auth);
    return true;
}

static bool load(tester *t, test_document *of) {
    const test_options *options = t->options;
    arazzo_load_options how = {.strict = options->strict,
                               .assert_format = options->assert_format,
                               .sources = t->sources,
                               .source_count = options->source.count,
                               .finder = &of->at.finder};
    of->loaded = session_load(&of->at, of->plan->path, &how);
    if (of->loaded == NULL || !find_credentials(t, of))
        return false;
    of->servers = t->servers;
    of->server_count = options->server.count;
    if (!options->mock)
        return true;
    of->mock = session_mock(&of->at, of->loaded, &of->mocked);
    of->servers = &of->mocked;
    of->server_count = 1;
    return of->mock != NULL;
}

/* What was said is kept: for a document that cannot be used it is why; warnings are shown when all is. */
static void open_document(tester *t, test_document *of) {
    char *bytes = NULL;
    size_t length = 0;
    FILE *said = open_memstream(&bytes, &length);
    of->opened = true;
    if (said == NULL || !session_open_inner(t->at, &of->at, said)) {
        t->no_memory = true;
    } else {
        of->at.color = t->color;
        of->at.quiet = !t->options->verbose;
        of->unusable = !load(t, of);
        t->no_memory = t->no_memory || of->at.list.no_memory;
    }
    if (said != NULL && fclose(said) == 0)
        text_append(&of->warnings, bytes, length);
    of->at.err = NULL;
    t->no_memory = t->no_memory || of->warnings.failed;
    t->loaded_any = t->loaded_any || of->loaded != NULL;
    free(bytes);
}

static void close_document(test_document *of) {
    http_mock_stop(of->mock);
    arazzo_auth_free(of->auth);
    session_close_inner(&of->at);
    of->mock = NULL;
    of->auth = NULL;
    of->loaded = NULL;
}

/* ---- The end of a case ---- */

static void end_case(tester *t, test_case *at, test_outcome outcome) {
    at->outcome = outcome;
    t->counts[outcome]++;
    if (--at->document->left == 0 && at->document->opened && !t->keeps_documents)
        close_document(at->document);
    t->ended(t, at);
}

static void skip_case(tester *t, test_case *at, const char *reason) {
    at->reason = reason;
    end_case(t, at, TEST_SKIPPED);
}

/* The document cannot be used: the case stands for it, and those that follow say no more. */
static void fail_document(tester *t, test_case *at) {
    const char *path = at->document->plan->name;
    at->id = path;
    text_append(&at->told, text_peek(&at->document->warnings), at->document->warnings.length);
    end_case(t, at, TEST_ERROR);
}

/* ---- Attempts ---- */

static bool prepare_attempt(attempt *a) {
    tester *t = a->owner;
    recording_options kept = {.clock = driver_clock,
                              .now = driver_now,
                              .body_limit = t->keeps_bodies ? RECORDED_BODY : SMALL_BODY,
                              .total_limit = RECORDED_BODIES};
    a->told = open_memstream(&a->bytes, &a->length);
    a->at = a->of->document->at;
    a->at.err = a->told;
    a->at.printed = 0;
    if (!diagnostics_init(&a->at.list) || a->told == NULL)
        return false;
    a->printer = (run_text){.out = a->told,
                            .secrets = test_mask(t),
                            .color = t->color,
                            .verbose = t->options->verbose,
                            .quiet = t->options->quiet};
    a->text = run_text_observer(&a->printer);
    a->observer = (arazzo_observer){.user = a, .event = on_event};
    if (!t->records)
        return true;
    a->events = recording_new(a->of->plan->workflow_id, &kept);
    if (a->events == NULL)
        return false;
    a->record = recording_observer(a->events);
    return true;
}

static json_t *find_inputs(attempt *a, const workflow *flow) {
    tester *t = a->owner;
    input_source from = {.given = &t->options->input, .file = t->inputs, .many = true};
    for (size_t i = 0; i < from.given->count; i++)
        t->inputs_taken[i] = t->inputs_taken[i] || takes_input(flow, from.given->items[i]);
    json_t *inputs = read_inputs(&a->at, flow, a->of->document->plan->name, &from);
    if (inputs == NULL)
        return NULL;
    if (!config_add_inputs(a->at.config, flow, inputs) ||
        (!t->options->show_secrets && !secrets_of_inputs(t->secrets, flow, inputs, &t->options->secret)) ||
        (t->options->sample_inputs && !add_sample_inputs(flow, inputs, t->secrets)))
        t->no_memory = true;
    return inputs;
}

/* False when the run could not even start: `told` says why. */
static bool start_run(attempt *a) {
    tester *t = a->owner;
    const test_document *of = a->of->document;
    const workflow *flow = description_workflow(of->loaded, a->of->plan->workflow_id);
    json_t *inputs = flow == NULL ? NULL : find_inputs(a, flow);
    arazzo_run_options settings = {.servers = of->servers,
                                   .server_count = of->server_count,
                                   .auth = of->auth,
                                   .max_steps = t->options->max_steps,
                                   .max_retry_after = t->options->max_retry_after,
                                   .max_events = t->options->max_events,
                                   .origins = &a->at.origins,
                                   .contract = (arazzo_contract)t->options->contract,
                                   .files = a->at.files,
                                   .file_count = a->at.file_count,
                                   .observer = &a->observer,
                                   .clock = driver_clock,
                                   .now = driver_now};
    if (flow != NULL)
        run_text_begin(&a->printer, flow);
    if (inputs != NULL)
        a->run = arazzo_run_start(of->loaded, flow->id, inputs, &settings, &a->at.list);
    json_decref(inputs);
    if (a->run != NULL && !driver_add(t->drives, a->run))
        t->no_memory = true;
    return a->run != NULL;
}

static bool start_attempt(tester *t, test_case *of);

/* What is reported of the run; NULL: it did not start. */
static const char *error_of(const attempt *a) {
    const char *error = a->run == NULL ? "the inputs cannot be used" : a->owner->stopped;
    for (size_t i = a->at.list.count; i > 0; i--)
        if (a->at.list.items[i - 1].severity == DIAGNOSTIC_ERROR)
            error = a->at.list.items[i - 1].message;
    return error;
}

/* The attempt's diagnostics become the document's, for reports. */
static void hand_over_diagnostics(const attempt *a) {
    diagnostics *into = &a->of->document->at.list;
    for (size_t i = 0; i < a->at.list.count; i++) {
        const diagnostic *one = &a->at.list.items[i];
        diagnose(into, one->code, one->where, one->help, "%s", one->message);
    }
}

static bool keep_events(attempt *a, arazzo_status status) {
    test_case *of = a->of;
    if (a->events == NULL)
        return true;
    recording_end(a->events, status, a->run == NULL ? NULL : arazzo_run_outputs(a->run), error_of(a));
    hand_over_diagnostics(a);
    recording **more = realloc(of->events, (of->event_count + 1) * sizeof(recording *));
    if (more == NULL)
        return false;
    of->events = more;
    of->events[of->event_count++] = a->events;
    a->events = NULL;
    return true;
}

static void free_attempt(attempt *a) {
    if (a->told != NULL)
        fclose(a->told);
    arazzo_run_free(a->run);
    recording_free(a->events);
    run_text_free(&a->printer);
    diagnostics_free(&a->at.list);
    free(a->bytes);
    free(a);
}

/* What was told stays where somebody will want to read it. */
static void keep_text(attempt *a, bool good) {
    fflush(a->told);
    if (good && (!a->owner->options->verbose || a->of->attempts > 1))
        return;
    text_truncate(&a->of->told, 0);
    text_append(&a->of->told, a->bytes, a->length);
    a->owner->no_memory = a->owner->no_memory || a->of->told.failed;
}

static bool is_breach(const diagnostic *one) {
    return strncmp(one->code, "W052", 4) == 0; /* docs/diagnostics.md: what contracts report */
}

/* Answers that are not as declared are told even of workflows that succeed: nobody else looks at them. */
static void keep_breaches(attempt *a) {
    tester *t = a->owner;
    char *bytes = NULL;
    size_t length = 0, count = 0;
    diagnostic *items = arena_array(a->at.memory, a->at.list.count, sizeof *items);
    for (size_t i = 0; items != NULL && i < a->at.list.count; i++)
        if (is_breach(&a->at.list.items[i]))
            items[count++] = a->at.list.items[i];
    FILE *stream = count == 0 ? NULL : open_memstream(&bytes, &length);
    t->no_memory = t->no_memory || items == NULL || (count > 0 && stream == NULL);
    if (stream != NULL) {
        diagnostics shown = {.items = items, .count = count, .warnings = count};
        print_diagnostics(&shown, stream, t->color, library_text, a->at.books);
        fclose(stream);
        text_append(&a->of->breaches, bytes, length);
        t->no_memory = t->no_memory || a->of->breaches.failed;
    }
    a->of->breach_count = count;
    t->breach_count += count;
    free(bytes);
}

static test_outcome outcome_of(const test_case *at, arazzo_status status) {
    if (status == ARAZZO_SUCCESS)
        return at->attempts > 1 ? TEST_FLAKY : TEST_PASSED;
    return status == ARAZZO_FAILURE ? TEST_FAILED : TEST_ERROR;
}

/* The attempt is over; frees it. Another one may follow at once. */
static void end_attempt(attempt *a) {
    tester *t = a->owner;
    test_case *of = a->of;
    arazzo_status status = a->run == NULL ? ARAZZO_ERROR : arazzo_run_status(a->run);
    run_text_settle(&a->printer);
    session_print(&a->at);
    of->attempts++;
    of->steps = a->printer.steps;
    of->seconds += driver_clock(NULL) - a->began;
    keep_text(a, status == ARAZZO_SUCCESS);
    if (status == ARAZZO_SUCCESS)
        keep_breaches(a);
    t->no_memory = t->no_memory || a->at.list.no_memory || !keep_events(a, status);
    bool again = status != ARAZZO_SUCCESS && a->run != NULL && of->attempts <= t->options->retries &&
                 t->stopped == NULL && !t->no_memory;
    free_attempt(a);
    if (!again || !start_attempt(t, of))
        end_case(t, of, outcome_of(of, status));
}

/* True when it is under way; false when memory is short. An attempt that cannot start has ended already. */
static bool start_attempt(tester *t, test_case *of) {
    attempt *a = calloc(1, sizeof *a);
    if (a == NULL) {
        t->no_memory = true;
        return false;
    }
    *a = (attempt){.owner = t, .of = of, .began = driver_clock(NULL)};
    if (!prepare_attempt(a)) {
        t->no_memory = true;
        free_attempt(a);
        return false;
    }
    if (start_run(a))
        t->active[t->active_count++] = a;
    else
        end_attempt(a);
    return true;
}

/* ---- The loop ---- */

static void start_case(tester *t, test_case *at) {
    test_document *of = at->document;
    bool stopped = t->options->fail_fast && t->counts[TEST_FAILED] + t->counts[TEST_ERROR] > 0;
    if (of->unusable) {
        end_case(t, at, TEST_DROPPED);
        return;
    }
    if (at->plan->left_out || stopped || t->stopped != NULL) {
        skip_case(t, at, at->plan->left_out ? "x-test: false" : stopped ? "--fail-fast" : t->stopped);
        return;
    }
    if (!of->opened)
        open_document(t, of);
    if (at->plan->workflow_id == NULL) /* it could not be planned, though it may be readable by now */
        of->unusable = true;
    if (t->no_memory)
        return;
    if (of->unusable)
        fail_document(t, at);
    else if (!start_attempt(t, at))
        end_case(t, at, TEST_ERROR);
}

static void collect(tester *t) {
    for (size_t i = 0; i < t->active_count;) {
        attempt *a = t->active[i];
        if (arazzo_run_status(a->run) == ARAZZO_RUNNING) {
            i++;
            continue;
        }
        t->active[i] = t->active[--t->active_count];
        end_attempt(a);
    }
}

/* A signal: what is under way ends where it is, the rest is skipped, and everything is reported. */
static void stop(tester *t) {
    t->stopped = "interrupted";
    driver_free(t->drives);
    t->drives = NULL;
    while (t->active_count > 0) {
        attempt *a = t->active[--t->active_count];
        arazzo_run_cancel(a->run, t->stopped);
        end_attempt(a);
    }
}

static bool prepare(tester *t) {
    arena *memory = t->at->memory;
    t->case_count = t->plan.workflow_count;
    t->documents = arena_array(memory, t->plan.document_count, sizeof *t->documents);
    t->cases = arena_array(memory, t->case_count, sizeof *t->cases);
    t->active = arena_array(memory, t->jobs, sizeof(attempt *));
    t->inputs_taken = arena_array(memory, t->options->input.count, sizeof *t->inputs_taken);
    t->slowest = arena_array(memory, t->options->slowest, sizeof *t->slowest);
    t->drives = driver_new(t->at->client);
    if (t->documents == NULL || t->cases == NULL || t->active == NULL || t->inputs_taken == NULL ||
        t->slowest == NULL || t->drives == NULL)
        return false;
    if (t->options->mock)
        driver_skip_waits(t->drives);
    driver_watch(t->drives, 0, interrupt_descriptor(), NULL, NULL);
    for (size_t i = 0, d = 0; i < t->case_count; i++) {
        const planned_workflow *plan = &t->plan.workflows[i];
        while (t->plan.documents[d] != plan->document)
            d++;
        t->documents[d].plan = plan->document;
        t->documents[d].left++;
        t->cases[i] = (test_case){.plan = plan, .document = &t->documents[d], .id = plan->id};
    }
    return true;
}

bool test_run(tester *t) {
    enum { TENTH = 10 };
    t->no_memory = !prepare(t);
    while (!t->no_memory) {
        if (t->stopped == NULL && interrupt_received() != 0)
            stop(t);
        while (t->active_count < t->jobs && t->next < t->case_count && !t->no_memory)
            start_case(t, &t->cases[t->next++]);
        t->turned(t);
        if (t->active_count == 0)
            break;
        driver_turn(t->drives, 1.0 / TENTH);
        collect(t);
    }
    return !t->no_memory;
}

void test_run_free(tester *t) {
    driver_free(t->drives);
    for (size_t i = 0; i < t->active_count; i++)
        free_attempt(t->active[i]);
    for (size_t i = 0; t->cases != NULL && i < t->case_count; i++) {
        for (size_t j = 0; j < t->cases[i].event_count; j++)
            recording_free(t->cases[i].events[j]);
        free(t->cases[i].events);
        text_free(&t->cases[i].told);
        text_free(&t->cases[i].breaches);
    }
    for (size_t i = 0; t->documents != NULL && i < t->plan.document_count; i++) {
        if (t->documents[i].opened) {
            close_document(&t->documents[i]);
            diagnostics_free(&t->documents[i].at.list);
        }
        text_free(&t->documents[i].warnings);
    }
    for (size_t i = 0; i < t->slow_count; i++)
        free(t->slowest[i].what);
}
