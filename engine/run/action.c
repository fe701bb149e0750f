/*
 * action.c: what follows a step: Success and Failure Actions (S17 to S21).
 *
 * Diagnostics: E0507 a run that loops (S19), E0508 a workflow that cannot be gone to.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "engine/run/run_internal.h"

/* ---- Retry-After (S18): seconds, or an HTTP date ---- */

static double retry_delay(const arazzo_run *run, const exchange *at, const action *chosen) {
    double delay = chosen->retry_after;
    const char *header = at->answered ? http_headers_get(&at->response.headers, "Retry-After") : NULL;
    if (header == NULL)
        return delay;
    double until, now = -1;
    char *end;
    double given = isdigit((unsigned char)header[0]) ? strtod(header, &end) : -1;
    if (given < 0 && http_date(header, &until)) {
        const char *date = http_headers_get(&at->response.headers, "Date");
        if (run->options.now != NULL)
            now = run->options.now(run->options.user);
        else if (date == NULL || !http_date(date, &now))
            return delay;
        given = until > now ? until - now : 0;
    }
    if (given < 0)
        return delay;
    double limit = run->options.max_retry_after;
    return given > limit ? limit : given;
}

/* ---- Loops (S19) ---- */

static void report_loop(arazzo_run *run, const action *chosen) {
    text path = TEXT_EMPTY;
    size_t known = run->trail_count < TRAIL ? run->trail_count : TRAIL;
    const step *last = run->trail[(run->trail_count - 1) % TRAIL];
    size_t length = 1;
    while (length < known && run->trail[(run->trail_count - 1 - length) % TRAIL] != last)
        length++;
    for (size_t i = length + 1; i > 0; i--)
        if (i <= known)
            text_append_format(&path, "%s%s", path.length == 0 ? "" : " -> ",
                               run->trail[(run->trail_count - i) % TRAIL]->id);
    diagnose(run->list, "E0507", node_place(run->top->flow->owner->document, chosen->object),
             "if it is meant to go on for longer, raise --max-steps",
             "the run goes round in circles: steps were repeated %zu times, the last ones %s", run->repeated,
             text_peek(&path));
    text_free(&path);
    run_abort(run);
}

static bool count_repetition(arazzo_run *run, const action *chosen) {
    if (++run->repeated <= run->options.max_steps)
        return true;
    report_loop(run, chosen);
    return false;
}

/* ---- Choosing ---- */

/* What was found while choosing, for the observer. */
typedef struct choice {
    const action *chosen; /* NULL: none applies */
    size_t index;         /* of the chosen one */
    text refused;         /* a line for each that does not apply: why */
} choice;

/* A condition may be folded over lines; here lines are between conditions. */
static void append_condition(text *out, const char *condition) {
    for (; *condition != '\0'; condition++)
        text_append_char(out, *condition == '\n' ? ' ' : *condition);
}

static bool applies(arazzo_run *run, const action *candidate, size_t index, bool success, text *refused) {
    const visit *at = run->top->visit;
    if (!success && candidate->type == ACTION_RETRY && at->retries[index] >= candidate->retry_limit) {
        text_append_format(refused, "%s: retried %zu time%s already\n", candidate->name, at->retries[index],
                           at->retries[index] == 1 ? "" : "s");
        return false;
    }
    /* A step that a retry runs first gives control back: only its own retries count. */
    if (at->below != NULL && candidate->type != ACTION_RETRY) {
        text_append_format(refused, "%s: the step runs before a retry, and gives control back to it\n",
                           candidate->name);
        return false;
    }
    char why[320] = "";
    const criterion_object *failing = failing_criterion(run, &candidate->criteria, why, sizeof why);
    if (failing != NULL) {
        text_append_format(refused, "%s: not ", candidate->name);
        append_condition(refused, failing->condition);
        if (why[0] != '\0')
            text_append_string(refused, ", which cannot be evaluated: ");
        append_condition(refused, why);
        text_append_char(refused, '\n');
    }
    return failing == NULL && !run_ended(run);
}

static void choose(arazzo_run *run, const actions *list, bool success, choice *made) {
    for (size_t i = 0; i < list->count && !run_ended(run); i++) {
        if (!applies(run, &list->items[i], i, success, &made->refused))
            continue;
        made->chosen = &list->items[i];
        made->index = i;
        return;
    }
}

static void emit_action(arazzo_run *run, const action *chosen, bool success, double delay) {
    static const char *const types[] = {"end", "goto", "retry"};
    text conditions = TEXT_EMPTY;
    for (size_t i = 0; i < chosen->criteria.count; i++) {
        text_append_string(&conditions, i == 0 ? "" : "\n");
        append_condition(&conditions, chosen->criteria.items[i].condition);
    }
    arazzo_event event = {.kind = ARAZZO_EVENT_ACTION,
                          .on_success = success,
                          .action_name = chosen->name,
                          .action_type = types[chosen->type],
                          .explanation = conditions.length > 0 ? text_peek(&conditions) : NULL,
                          .seconds = delay,
                          .target_step = chosen->step_id,
                          .target_workflow = chosen->workflow_id};
    run->list->no_memory = run->list->no_memory || conditions.failed;
    emit(run, &event);
    text_free(&conditions);
}

static void emit_no_action(arazzo_run *run, text *refused, bool success) {
    if (refused->length > 0)
        text_truncate(refused, refused->length - 1); /* the last line break */
    arazzo_event event = {.kind = ARAZZO_EVENT_NO_ACTION, .on_success = success, .explanation = text_peek(refused)};
    emit(run, &event);
}

/* ---- Carrying out ---- */

static void go_to(arazzo_run *run, const action *chosen) {
    frame *top = run->top;
    if (!count_repetition(run, chosen))
        return;
    if (chosen->target_step != NULL) {
        top->position = chosen->target_step->position;
        visit_pop(top);
        top->state = FRAME_NEXT_STEP;
        return;
    }
    char why[512] = "";
    json_t *inputs = inputs_for(run, chosen->target_workflow, top->inputs, &chosen->parameters, why, sizeof why);
    if (inputs != NULL && frame_replace(run, chosen->target_workflow, inputs, why, sizeof why))
        return;
    if (run_ended(run))
        return;
    diagnose(run->list, "E0508", node_place(run->top->flow->owner->document, chosen->object), NULL,
             "cannot go to workflow '%s': %s", chosen->target_workflow->id, why);
    run_abort(run);
}

static void retry(arazzo_run *run, const action *chosen, size_t index, double delay) {
    visit *at = run->top->visit;
    if (!count_repetition(run, chosen))
        return;
    at->retries[index]++;
    at->detour = chosen->target_step != NULL || chosen->target_workflow != NULL ? chosen : NULL;
    if (delay <= 0) {
        run->top->state = FRAME_RETRY;
        return;
    }
    arazzo_event event = {.kind = ARAZZO_EVENT_WAITING, .seconds = delay, .action_name = chosen->name};
    emit(run, &event);
    need_timer(run, delay);
    run->top->state = FRAME_WAITING;
}

/* Without an action: after success the next step, after failure the end (S21). */
static void go_on(arazzo_run *run, bool success) {
    frame *top = run->top;
    bool detour = top->visit->below != NULL;
    visit_pop(top);
    if (detour)
        top->state = FRAME_ATTEMPT; /* whatever became of it, the step is retried */
    else if (!success)
        frame_finish(run, ARAZZO_FAILURE);
    else
        top->state = FRAME_NEXT_STEP;
}

static void carry_out(arazzo_run *run, const choice *made, bool success) {
    const action *chosen = made->chosen;
    visit *at = run->top->visit;
    double delay = chosen->type == ACTION_RETRY ? retry_delay(run, &at->exchange, chosen) : 0;
    if (chosen->type == ACTION_RETRY)
        at->attempts = at->attempt + (unsigned)(chosen->retry_limit - at->retries[made->index]);
    emit_action(run, chosen, success, delay);
    switch (chosen->type) {
    case ACTION_END:
        visit_pop(run->top);
        frame_finish(run, success ? ARAZZO_SUCCESS : ARAZZO_FAILURE);
        break;
    case ACTION_GOTO:
        go_to(run, chosen);
        break;
    case ACTION_RETRY:
        retry(run, chosen, made->index, delay);
        break;
    }
}

void take_action(arazzo_run *run, bool success) {
    const step *of = run->top->visit->step;
    const actions *list = success ? &of->on_success : &of->on_failure;
    choice made = {.refused = TEXT_EMPTY};
    choose(run, list, success, &made);
    run->list->no_memory = run->list->no_memory || made.refused.failed;
    if (!run_ended(run) && made.chosen != NULL) {
        carry_out(run, &made, success);
    } else if (!run_ended(run)) {
        if (list->count > 0)
            emit_no_action(run, &made.refused, success);
        go_on(run, success);
    }
    text_free(&made.refused);
}
