/*
 * run.c: the run itself: the stack of frames, advanced until something from outside is needed. It performs no I/O.
 *
 * Diagnostics: E0501 no such workflow, E0509 workflows nested too deep (S22).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/text.h"
#include "engine/run/run_internal.h"

enum { DEFAULT_MAX_STEPS = 1000, DEFAULT_MAX_DEPTH = 32, DEFAULT_MAX_RETRY_AFTER = 60 };

void run_abort(arazzo_run *run) {
    run->status = ARAZZO_ERROR;
}

void run_out_of_memory(arazzo_run *run) {
    run->list->no_memory = true;
    run_abort(run);
}

bool run_ended(const arazzo_run *run) {
    return run->status != ARAZZO_RUNNING;
}

double run_clock(const arazzo_run *run) {
    return run->options.clock == NULL ? 0 : run->options.clock(run->options.user);
}

/* ---- Needs ---- */

/* Seconds, within those that a timeout of a step below leaves; 0: no limit. */
static double within_deadline(const arazzo_run *run, double seconds) {
    if (run->top->deadline <= 0)
        return seconds;
    double left = run->top->deadline - run_clock(run);
    left = left > 0.001 ? left : 0.001;
    return seconds > 0 && seconds < left ? seconds : left;
}

void need_request(arazzo_run *run, const http_request *request) {
    run->need = (arazzo_need){.kind = ARAZZO_NEED_REQUEST,
                              .open = true,
                              .request = {.method = request->method,
                                          .url = request->url,
                                          .headers = request->headers.items,
                                          .header_count = request->headers.count,
                                          .body = request->body,
                                          .body_length = request->body_length,
                                          .timeout = within_deadline(run, request->timeout),
                                          .max_items = request->max_items,
                                          .digest = request->digest,
                                          .stays = request->stays}};
}

void need_timer(arazzo_run *run, double seconds) {
    run->need = (arazzo_need){.kind = ARAZZO_NEED_TIMER, .open = true, .seconds = within_deadline(run, seconds)};
}

arazzo_need *arazzo_run_take_need(arazzo_run *run) {
    if (run_ended(run) || !run->need.open || run->need.taken)
        return NULL;
    run->need.taken = true;
    return &run->need;
}

arazzo_need_kind arazzo_need_kind_of(const arazzo_need *need) {
    return need->kind;
}

const arazzo_request *arazzo_need_request(const arazzo_need *need) {
    return &need->request;
}

double arazzo_need_seconds(const arazzo_need *need) {
    return need->seconds;
}

/* ---- Records of workflows ---- */

record *run_record(arazzo_run *run, const workflow *flow) {
    record *known = name_index_find(&run->records, (const char *)&flow, sizeof flow);
    if (known != NULL)
        return known;
    known = arena_alloc(run->memory, sizeof *known);
    bool present;
    if (known != NULL) {
        *known = (record){.flow = flow};
        if (name_index_add(&run->records, run->memory, (const char *)&known->flow, sizeof known->flow, known, &present))
            return known;
    }
    run_out_of_memory(run);
    return NULL;
}

static void record_start(arazzo_run *run, const frame *top) {
    record *known = run_record(run, top->flow);
    if (known == NULL)
        return;
    json_decref(known->inputs);
    json_decref(known->outputs);
    known->inputs = json_incref(top->inputs);
    known->outputs = NULL;
    known->status = ARAZZO_RUNNING;
}

static void record_end(arazzo_run *run, const frame *top) {
    record *known = run_record(run, top->flow);
    if (known == NULL)
        return;
    json_decref(known->outputs);
    known->outputs = json_incref(top->outputs);
    known->status = top->status;
    /* A workflow that handed over by goto is completed when the one that it went to is. */
    known = top->asked == top->flow ? NULL : run_record(run, top->asked);
    if (known != NULL)
        known->status = top->status;
}

/* ---- Frames ---- */

static void free_frame(frame *gone) {
    while (gone->visit != NULL)
        visit_pop(gone);
    answer_free(&gone->last_answer);
    for (size_t i = 0; gone->step_outputs != NULL && i < gone->flow->step_count; i++)
        json_decref(gone->step_outputs[i]);
    free(gone->step_outputs);
    free(gone->waiting);
    json_decref(gone->inputs);
    json_decref(gone->outputs);
    free(gone);
}

static frame *new_frame(arazzo_run *run, const workflow *flow, json_t *inputs, frame_purpose purpose) {
    frame *fresh = calloc(1, sizeof *fresh);
    if (fresh == NULL) {
        json_decref(inputs);
        run_out_of_memory(run);
        return NULL;
    }
    *fresh = (frame){.flow = flow, .asked = flow, .purpose = purpose, .inputs = inputs, .outputs = json_object()};
    fresh->step_outputs = calloc(flow->step_count + 1, sizeof(json_t *));
    if (fresh->outputs == NULL || fresh->step_outputs == NULL) {
        free_frame(fresh);
        run_out_of_memory(run);
        return NULL;
    }
    fresh->started = run_clock(run);
    return fresh;
}

/* `depth` counts the workflow that was asked for, too. */
static bool too_deep(arazzo_run *run, const workflow *flow) {
    if (run->depth <= run->options.max_depth)
        return false;
    text path = TEXT_EMPTY;
    text_append_string(&path, flow->id);
    for (const frame *at = run->top; at != NULL; at = at->below) {
        text_append_format(&path, " <- %s", at->flow->id);
        if (at->flow == flow)
            break;
    }
    diagnose(run->list, "E0509", node_place(flow->owner->document, flow->object), NULL,
             "workflows are nested more than %zu deep: %s", run->options.max_depth, text_peek(&path));
    text_free(&path);
    run_abort(run);
    return true;
}

static void enter_frame(arazzo_run *run, frame *fresh) {
    record_start(run, fresh);
    arazzo_event event = {.kind = ARAZZO_EVENT_WORKFLOW_STARTED, .inputs = fresh->inputs};
    emit(run, &event);
}

/* What the step that calls the workflow asks of it: to be over in time, and to keep its last answer. */
static void limit_frame(frame *fresh) {
    const frame *caller = fresh->below;
    const step *of = fresh->purpose == FOR_STEP ? caller->visit->step : NULL;
    fresh->deadline = caller->deadline;
    fresh->keeps_answer = caller->keeps_answer || (of != NULL && of->uses_answer);
    fresh->has_timeout = of != NULL && of->timeout > 0;
    if (fresh->has_timeout && (fresh->deadline <= 0 || fresh->started + of->timeout < fresh->deadline))
        fresh->deadline = fresh->started + of->timeout;
}

bool frame_push(arazzo_run *run, const workflow *flow, json_t *inputs, frame_purpose purpose, char *why, size_t size) {
    if (too_deep(run, flow) || !check_inputs(flow, inputs, NULL, NULL, why, size)) {
        json_decref(inputs);
        return false;
    }
    frame *fresh = new_frame(run, flow, inputs, purpose);
    if (fresh == NULL)
        return false;
    fresh->below = run->top;
    fresh->depth = run->depth++;
    limit_frame(fresh);
    run->top = fresh;
    enter_frame(run, fresh);
    return true;
}

bool frame_replace(arazzo_run *run, const workflow *flow, json_t *inputs, char *why, size_t size) {
    frame *old = run->top;
    if (!check_inputs(flow, inputs, NULL, NULL, why, size)) {
        json_decref(inputs);
        return false;
    }
    frame *fresh = new_frame(run, flow, inputs, old->purpose);
    if (fresh == NULL)
        return false;
    fresh->below = old->below;
    fresh->depth = old->depth;
    fresh->asked = old->asked;
    fresh->deadline = old->deadline;
    fresh->has_timeout = old->has_timeout;
    fresh->keeps_answer = old->keeps_answer;
    run->top = fresh;
    free_frame(old);
    enter_frame(run, fresh);
    return true;
}

static void tell_caller(arazzo_run *run, frame *done) {
    frame *caller = run->top;
    visit *at = caller->visit;
    switch (done->purpose) {
    case FOR_STEP:
        at->called = done->asked;
        at->called_outputs = json_incref(done->outputs);
        at->called_success = done->status == ARAZZO_SUCCESS;
        at->called_answer = done->last_answer;
        done->last_answer = (answer){.memory = NULL};
        caller->state = FRAME_ANSWERED;
        break;
    case FOR_RETRY:
        caller->state = FRAME_ATTEMPT; /* whatever became of it, the step is retried */
        break;
    case FOR_DEPENDENCY:
        caller->state = FRAME_DEPENDENCIES;
        break;
    case FOR_RUN:
        break;
    }
}

void frame_finish(arazzo_run *run, arazzo_status status) {
    frame *top = run->top;
    while (top->visit != NULL)
        visit_pop(top);
    json_t *made = evaluate_outputs(run, &top->flow->outputs, status == ARAZZO_SUCCESS);
    if (made == NULL)
        return;
    json_decref(top->outputs);
    top->outputs = made;
    top->status = status;
    record_end(run, top);
    arazzo_event event = {.kind = ARAZZO_EVENT_WORKFLOW_FINISHED,
                          .status = status,
                          .outputs = top->outputs,
                          .seconds = run_clock(run) - top->started};
    emit(run, &event);
    if (top->below == NULL) {
        json_decref(run->outputs);
        run->outputs = json_incref(top->outputs);
        if (!run_ended(run))
            run->status = status;
        return;
    }
    run->top = top->below;
    run->depth--;
    tell_caller(run, top);
    free_frame(top);
}

/* ---- The machine: one function for each state ---- */

/* ---- Dependencies (S23) ---- */

static bool wait_for(arazzo_run *run, frame *top, const workflow *flow) {
    record *known = run_record(run, flow);
    if (known == NULL)
        return false;
    if (top->waiting_count == top->waiting_capacity) {
        size_t capacity = top->waiting_capacity == 0 ? 4 : top->waiting_capacity * 2;
        dependency *larger = realloc(top->waiting, capacity * sizeof *larger);
        if (larger == NULL) {
            run_out_of_memory(run);
            return false;
        }
        top->waiting = larger;
        top->waiting_capacity = capacity;
    }
    known->waits = top->waiting_count > 0; /* the first is the frame's own workflow */
    top->waiting[top->waiting_count++] = (dependency){.flow = flow};
    return true;
}

/* Dependencies that lead back to one that waits already: through several documents, or a workflow that a step calls. */
static void report_circle(arazzo_run *run, const workflow *again) {
    text path = TEXT_EMPTY;
    bool closed = false;
    text_append_string(&path, again->id);
    for (const frame *at = run->top; at != NULL && !closed; at = at->below) {
        if (at->waiting_count == 0)
            text_append_format(&path, " <- %s", at->flow->id);
        for (size_t i = at->waiting_count; i > 0 && !closed; i--) {
            text_append_format(&path, " <- %s", at->waiting[i - 1].flow->id);
            closed = at->waiting[i - 1].flow == again;
        }
    }
    diagnose(run->list, "E0508", node_place(again->owner->document, node_get(again->object, "dependsOn")), NULL,
             "workflows depend on each other in a circle: %s", text_peek(&path));
    text_free(&path);
    run_abort(run);
}

/* Carries out a workflow that is depended on, with those of the given inputs that its schema names. */
static void run_dependency(arazzo_run *run, const workflow *needed) {
    frame *top = run->top;
    char why[512] = "";
    json_t *inputs = inputs_for(run, needed, run->given, NULL, why, sizeof why);
    top->state = FRAME_WAITING;
    if (inputs == NULL || frame_push(run, needed, inputs, FOR_DEPENDENCY, why, sizeof why) || run_ended(run))
        return;
    diagnose(run->list, "E0508", node_place(top->flow->owner->document, node_get(top->flow->object, "dependsOn")), NULL,
             "cannot run workflow '%s' first: %s", needed->id, why);
    run_abort(run);
}

/*
 * Workflows depended on run first, once per run, and those that they depend on before them: one after the other, not
 * one within the other, however long the chain. One that fails fails those that depend on it.
 */
static void run_dependencies(arazzo_run *run) {
    frame *top = run->top;
    if (top->waiting_count == 0 && !wait_for(run, top, top->flow))
        return;
    dependency *last = &top->waiting[top->waiting_count - 1];
    bool failed = false;
    while (last->completed < last->flow->depends_on_count) {
        const workflow *needed = last->flow->depends_on[last->completed];
        record *known = run_record(run, needed);
        if (known == NULL)
            return;
        failed = known->status == ARAZZO_FAILURE;
        if (failed)
            break;
        if (known->status != ARAZZO_SUCCESS) {
            if (known->waits || needed == top->flow)
                report_circle(run, needed);
            else if (wait_for(run, top, needed))
                return; /* and be back for it at once */
            return;
        }
        last->completed++;
    }
    const workflow *ready = last->flow;
    record *known = run_record(run, ready);
    if (known == NULL)
        return;
    known->waits = false;
    if (--top->waiting_count > 0)
        run_dependency(run, ready);
    else if (failed)
        frame_finish(run, ARAZZO_FAILURE);
    else
        top->state = FRAME_NEXT_STEP;
}

static void run_next_step(arazzo_run *run) {
    frame *top = run->top;
    if (top->position >= top->flow->step_count) {
        frame_finish(run, ARAZZO_SUCCESS);
        return;
    }
    if (visit_push(run, top->flow->order[top->position++]))
        top->state = FRAME_ATTEMPT;
}

static bool step_machine(arazzo_run *run) {
    switch (run->top->state) {
    case FRAME_DEPENDENCIES:
        run_dependencies(run);
        return true;
    case FRAME_NEXT_STEP:
        run_next_step(run);
        return true;
    case FRAME_ATTEMPT:
        visit_attempt(run);
        return true;
    case FRAME_ANSWERED:
        visit_judge(run);
        return true;
    case FRAME_RETRY:
        visit_retry(run);
        return true;
    case FRAME_WAITING:
    case FRAME_FINISHED:
        break;
    }
    return false;
}

/* The outermost workflow whose time is over, or NULL: its step's `timeout` has passed. */
static frame *late_frame(const arazzo_run *run) {
    frame *late = NULL;
    double now = run->top->deadline > 0 && !run->need.open ? run_clock(run) : 0;
    for (frame *at = run->top; at != NULL && at->deadline > 0; at = at->below)
        if (at->has_timeout && now >= at->deadline)
            late = at;
    return late;
}

/* Whatever is under way in a workflow whose time is over is given up, and the step that called it fails. */
static void give_up(arazzo_run *run, const frame *late) {
    char why[96];
    frame *caller = late->below;
    snprintf(why, sizeof why, "it took longer than the %g ms of its 'timeout'", caller->visit->step->timeout * 1000);
    while (run->top != caller && !run_ended(run)) {
        if (run->top->visit != NULL && run->top->state == FRAME_ANSWERED)
            visit_give_up(run, "the workflow that it belongs to took too long");
        if (!run_ended(run))
            frame_finish(run, ARAZZO_FAILURE); /* which makes the caller FRAME_ANSWERED, where its step waits for it */
    }
    if (!run_ended(run))
        visit_fail(run, why);
}

void arazzo_run_advance(arazzo_run *run) {
    for (bool more = true; more && !run_ended(run);) {
        frame *late = late_frame(run);
        if (late != NULL)
            give_up(run, late);
        else
            more = step_machine(run);
        if (run->list->no_memory)
            run_out_of_memory(run);
    }
}

/* ---- Answers ---- */

static bool accept_answer(arazzo_run *run, const arazzo_need *need, arazzo_need_kind kind) {
    if (run_ended(run) || need != &run->need || !need->open || need->kind != kind)
        return false;
    run->need = (arazzo_need){.open = false};
    return true;
}

void arazzo_run_respond(arazzo_run *run, arazzo_need *need, const arazzo_response *response) {
    if (!accept_answer(run, need, ARAZZO_NEED_REQUEST))
        return;
    visit_answer(run, response, NULL);
    arazzo_run_advance(run);
}

void arazzo_run_fail(arazzo_run *run, arazzo_need *need, const char *error) {
    if (!accept_answer(run, need, ARAZZO_NEED_REQUEST))
        return;
    visit_answer(run, NULL, error);
    arazzo_run_advance(run);
}

void arazzo_run_wake(arazzo_run *run, arazzo_need *need) {
    if (!accept_answer(run, need, ARAZZO_NEED_TIMER))
        return;
    run->top->state = FRAME_RETRY;
    arazzo_run_advance(run);
}

void arazzo_run_cancel(arazzo_run *run, const char *why) {
    if (run_ended(run))
        return;
    bool attempting = run->need.open && run->need.kind == ARAZZO_NEED_REQUEST;
    run->need = (arazzo_need){.open = false};
    if (attempting)
        visit_cancel(run, why);
    run_abort(run);
}

arazzo_status arazzo_run_status(const arazzo_run *run) {
    return run->status;
}

const json_t *arazzo_run_outputs(const arazzo_run *run) {
    return run->outputs;
}

/* ---- Start and end ---- */

static void report_unknown_workflow(const arazzo_description *loaded, const char *id, diagnostics *list) {
    nearest search;
    nearest_start(&search, id, strlen(id));
    for (size_t i = 0; i < loaded->workflow_count; i++)
        nearest_try(&search, loaded->workflows[i].id);
    text help = TEXT_EMPTY;
    if (search.best != NULL) {
        text_append_format(&help, "did you mean '%s'?", search.best);
    } else {
        text_append_string(&help, "it has: ");
        for (size_t i = 0; i < loaded->workflow_count && i < 8; i++)
            text_append_format(&help, "%s%s", i == 0 ? "" : ", ", loaded->workflows[i].id);
        if (loaded->workflow_count > 8)
            text_append_string(&help, ", …");
    }
    diagnose(list, "E0501", (place){.file = document_name(loaded->document)}, text_peek(&help),
             "the document has no workflow '%s'", id);
    text_free(&help);
}

static arazzo_run *new_run(const arazzo_description *loaded, const json_t *inputs, const arazzo_run_options *options,
                           diagnostics *list) {
    arena *memory = arena_new();
    arazzo_run *run = memory == NULL ? NULL : arena_alloc(memory, sizeof *run);
    if (run == NULL) {
        arena_free(memory);
        list->no_memory = true;
        return NULL;
    }
    *run = (arazzo_run){.memory = memory, .loaded = loaded, .list = list, .status = ARAZZO_RUNNING};
    if (options != NULL)
        run->options = *options;
    if (run->options.max_steps == 0)
        run->options.max_steps = DEFAULT_MAX_STEPS;
    if (run->options.max_depth == 0)
        run->options.max_depth = DEFAULT_MAX_DEPTH;
    if (run->options.max_retry_after <= 0)
        run->options.max_retry_after = DEFAULT_MAX_RETRY_AFTER;
    run->outputs = json_object();
    run->given = inputs == NULL ? json_object() : json_deep_copy(inputs);
    if (run->outputs == NULL || run->given == NULL) {
        list->no_memory = true;
        arazzo_run_free(run);
        return NULL;
    }
    return run;
}

arazzo_run *arazzo_run_start(const arazzo_description *loaded, const char *workflow_id, const json_t *inputs,
                             const arazzo_run_options *options, arazzo_diagnostics *list) {
    const workflow *flow = workflow_id == NULL ? &loaded->workflows[0] : description_workflow(loaded, workflow_id);
    if (flow == NULL) {
        report_unknown_workflow(loaded, workflow_id, list);
        return NULL;
    }
    arazzo_run *run = new_run(loaded, inputs, options, list);
    if (run == NULL)
        return NULL;
    char why[512];
    if (!check_inputs(flow, run->given, list, run->options.origins, why, sizeof why) ||
        (run->options.auth != NULL &&
         !auth_check(loaded, run->options.auth, run->options.servers, run->options.server_count, list))) {
        arazzo_run_free(run);
        return NULL;
    }
    run->options.origins = NULL;
    frame *first = new_frame(run, flow, json_incref(run->given), FOR_RUN);
    if (first == NULL) {
        arazzo_run_free(run);
        return NULL;
    }
    run->top = first;
    run->depth = 1;
    enter_frame(run, first);
    return run;
}

static void free_records(arazzo_run *run) {
    for (size_t i = 0; i < run->records.capacity; i++) {
        const record *known = run->records.slots[i].thing;
        if (known == NULL)
            continue;
        json_decref(known->inputs);
        json_decref(known->outputs);
    }
}

void arazzo_run_free(arazzo_run *run) {
    if (run == NULL)
        return;
    while (run->top != NULL) {
        frame *below = run->top->below;
        free_frame(run->top);
        run->top = below;
    }
    free_records(run);
    json_decref(run->given);
    json_decref(run->outputs);
    arena_free(run->memory);
}
