/*
 * report_steps.c: what became of each step of a run, and sentences about it.
 *
 * A step that is retried, or visited again after a goto, is one step with many attempts: its last one decides. Whoever
 * reads a report must see a failure exactly when the command's exit status tells of one, so a failure that an action
 * put right is none.
 */
#include <string.h>

#include "base/name_index.h"
#include "engine/report/report_internal.h"

/* ---- Names ---- */

static void append_place(text *out, const recorded_workflow *at, const recording *events) {
    if (at == NULL)
        return;
    if (at->caller == NULL) {
        if (strcmp(at->id, events->workflow_id) != 0)
            text_append_format(out, "%s/", at->id);
        return;
    }
    append_place(out, at->caller->workflow, events);
    text_append_format(out, "%s/", at->caller->id);
}

void report_step_name(const recorded_step *at, const recording *events, text *out) {
    append_place(out, at->workflow, events);
    text_append_string(out, at->id);
}

static const char *name_of(const recorded_step *at, const recording *events, arena *memory) {
    text name = TEXT_EMPTY;
    report_step_name(at, events, &name);
    const char *kept = name.failed ? NULL : arena_copy(memory, name.bytes, name.length);
    text_free(&name);
    return kept;
}

/* ---- Outcomes ---- */

static step_outcome outcome_of(const recorded_step *last, const recording *events) {
    if (last->status == ARAZZO_SUCCESS)
        return STEP_PASSED;
    if (events->status == ARAZZO_SUCCESS)
        return STEP_RECOVERED;
    return last->status == ARAZZO_FAILURE ? STEP_FAILED : STEP_BROKEN;
}

static bool add_carried_out(const report_run *run, arena *memory, name_index *known, step_results *out) {
    for (const recorded_step *at = run->events->steps; at != NULL; at = at->next) {
        const char *name = name_of(at, run->events, memory);
        if (name == NULL)
            return false;
        step_result *result = name_index_find(known, name, strlen(name));
        bool present;
        if (result == NULL) {
            result = &out->items[out->count++];
            result->name = name;
            if (!name_index_add(known, memory, name, strlen(name), result, &present))
                return false;
        }
        result->last = at;
        result->attempts++;
        result->seconds += at->seconds;
    }
    for (size_t i = 0; i < out->count; i++) {
        out->items[i].outcome = outcome_of(out->items[i].last, run->events);
        out->failed += out->items[i].outcome == STEP_FAILED;
        out->broken += out->items[i].outcome == STEP_BROKEN;
    }
    return true;
}

static void add_not_reached(const report_run *run, const name_index *known, step_results *out) {
    for (size_t i = 0; run->flow != NULL && i < run->flow->step_count; i++) {
        const char *name = run->flow->steps[i].id;
        if (name_index_find(known, name, strlen(name)) != NULL)
            continue;
        out->items[out->count++] = (step_result){.name = name, .outcome = STEP_NOT_REACHED};
        out->not_reached++;
    }
}

bool report_steps(const report_run *run, arena *memory, step_results *out) {
    size_t most = 1 + (run->flow == NULL ? 0 : run->flow->step_count);
    name_index known = {0};
    for (const recorded_step *at = run->events->steps; at != NULL; at = at->next)
        most++;
    *out = (step_results){.items = arena_array(memory, most, sizeof *out->items)};
    if (out->items == NULL || !add_carried_out(run, memory, &known, out))
        return false;
    if (run->events->status != ARAZZO_SUCCESS && out->failed + out->broken == 0) {
        out->items[out->count++] = (step_result){.name = run->events->workflow_id, .outcome = STEP_BROKEN};
        out->broken++;
    }
    add_not_reached(run, &known, out);
    return true;
}

/* ---- Sentences ---- */

/* `a\nb` in one line: "a; b". */
static void append_joined(text *out, const char *lines) {
    for (bool first = true; *lines != '\0'; first = false) {
        size_t length = strcspn(lines, "\n");
        text_append_string(out, first ? "" : "; ");
        text_append(out, lines, length);
        lines += length + (lines[length] == '\n');
    }
}

static const recorded_criterion *first_failed(const recorded_step *at) {
    const recorded_criterion *found = at == NULL ? NULL : at->criteria;
    while (found != NULL && found->passed)
        found = found->next;
    return found;
}

static const recorded_breach *first_fatal(const recorded_step *at) {
    const recorded_breach *found = at == NULL ? NULL : at->breaches;
    while (found != NULL && !found->fails)
        found = found->next;
    return found;
}

bool report_by_contract(const recorded_step *at) {
    return first_failed(at) == NULL && first_fatal(at) != NULL;
}

void report_reason(const step_result *result, const recording *events, text *out) {
    const recorded_step *at = result->last;
    const recorded_criterion *failed = first_failed(at);
    const char *why = at != NULL && at->error != NULL ? at->error : NULL;
    if (why == NULL && failed != NULL) {
        append_joined(out, failed->condition);
        why = failed->error != NULL ? failed->error : failed->explanation;
        if (why != NULL)
            text_append_string(out, ": ");
    } else if (why == NULL && first_fatal(at) != NULL) {
        text_append_format(out, "contract: %s ", first_fatal(at)->instance);
        why = first_fatal(at)->message;
    } else if (why == NULL) {
        why = events->error != NULL                          ? events->error
              : events->status == ARAZZO_ERROR || at == NULL ? "the run could not go on"
              : at->method == NULL                           ? "the workflow that it calls failed"
                                                             : "the step failed";
    }
    if (why != NULL)
        append_joined(out, why);
}

bool report_blame(const report_run *run, arena *memory, text *out) {
    step_results results;
    if (!report_steps(run, memory, &results))
        return false;
    for (size_t i = 0; i < results.count; i++) {
        const step_result *at = &results.items[i];
        if (at->outcome != STEP_FAILED && at->outcome != STEP_BROKEN)
            continue;
        if (at->last != NULL)
            text_append_format(out, "%s: ", at->name);
        report_reason(at, run->events, out);
        break;
    }
    return true;
}

void report_exchange(const recorded_step *at, text *out) {
    if (at->method != NULL)
        text_append_format(out, "%s %s", at->method, at->url);
    if (at->response.given)
        text_append_format(out, " %d", at->response_status);
}

static void append_note(text *out, const char *note) {
    while (note != NULL && *note != '\0') {
        size_t length = strcspn(note, "\n");
        text_append_string(out, "      ");
        text_append(out, note, length);
        text_append_char(out, '\n');
        note += length + (note[length] == '\n');
    }
}

void report_story(const recorded_step *at, text *out) {
    if (at->method != NULL) {
        text_append_string(out, "  ");
        report_exchange(at, out);
        text_append_char(out, '\n');
    }
    if (at->error != NULL)
        text_append_format(out, "  %s\n", at->error);
    for (const recorded_criterion *one = at->criteria; one != NULL; one = one->next) {
        text_append_format(out, "  %s %s\n", one->passed ? "passed" : "failed", one->condition);
        append_note(out, one->error != NULL ? one->error : one->explanation);
    }
    for (const recorded_breach *one = at->breaches; one != NULL; one = one->next) {
        text_append_format(out, "  contract (%s): %s %s", one->fails ? "failed" : "warning", one->instance,
                           one->message);
        if (one->more > 0)
            text_append_format(out, " (and %zu more like it)", one->more);
        text_append_format(out, "\n      %s:%u:%u\n", one->file, one->line, one->column);
    }
    if (at->action == NULL)
        return;
    text_append_format(out, "  %s", at->action->type);
    if (at->action->step_id != NULL)
        text_append_format(out, " %s", at->action->step_id);
    if (at->action->workflow_id != NULL)
        text_append_format(out, " workflow %s", at->action->workflow_id);
    text_append_format(out, " (%s)\n", at->action->name);
}

/* ---- Documents ---- */

const char *report_refusal(const report_document *of) {
    for (size_t i = 0; of->list != NULL && i < of->list->count; i++)
        if (of->list->items[i].severity == DIAGNOSTIC_ERROR)
            return of->list->items[i].message;
    return "nothing of it was carried out";
}

void report_diagnostics(const report_document *of, text *out) {
    static const char *const severities[] = {"error", "warning", "note"};
    for (size_t i = 0; of->list != NULL && i < of->list->count; i++) {
        const diagnostic *one = &of->list->items[i];
        if (one->where.file != NULL)
            text_append_format(out, "%s:%u:%u: ", one->where.file, (unsigned)one->where.line,
                               (unsigned)one->where.column);
        text_append_format(out, "%s[%s]: %s\n", severities[one->severity], one->code, one->message);
        if (one->help != NULL)
            text_append_format(out, "  %s\n", one->help);
    }
}
