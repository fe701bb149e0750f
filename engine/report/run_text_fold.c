/*
 * run_text_fold.c: what goes round in circles is shown a few times, then counted.
 *
 * A step that polls may be visited a thousand times. After SHOWN visits, or attempts, those that end as the one before
 * them did (the same status, the same criteria with the same explanations, the same action) are left out, and a line
 * says how many they were. What differs is always shown. --verbose leaves out nothing.
 */
#include <string.h>

#include "engine/report/run_text_internal.h"

enum { SHOWN = 3, SLOTS = sizeof((run_text *)NULL)->seen / sizeof(run_text_seen) };

/* FNV-1a; NULL and "" differ. */
static uint64_t mix(uint64_t value, const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        value = (value ^ (unsigned char)bytes[i]) * 1099511628211u;
    return (value ^ 0xffu) * 1099511628211u;
}

static uint64_t mix_string(uint64_t value, const char *string) {
    return string == NULL ? value * 31 + 1 : mix(value, string, strlen(string));
}

static const uint64_t begin = 14695981039346656037u;

/* The slot of a step; one that another step had is taken over. */
static run_text_seen *slot_of(run_text *printer, const arazzo_event *event) {
    uint64_t key = mix_string(mix_string(begin + event->depth, event->workflow_id), event->step_id);
    run_text_seen *slot = &printer->seen[key % SLOTS];
    if (slot->key != key || slot->visits == 0)
        *slot = (run_text_seen){.key = key, .depth = event->depth};
    return slot;
}

static void tell_folded(run_text *printer) {
    if (printer->folded == 0)
        return;
    text line = TEXT_EMPTY;
    append_spaces(&line, printer->fold_indent);
    append_toned(printer, &line, DIM, "⋮");
    text_append_format(&line, " %zu more went the same way\n", printer->folded);
    printer->folded = 0;
    tell(printer, &line);
}

static void show_pending(run_text *printer) {
    tell_folded(printer);
    text shown = printer->pending, none = TEXT_EMPTY;
    printer->pending = none;
    tell(printer, &shown);
}

void fold_step(run_text *printer, const arazzo_event *event, text *lines) {
    fold_settle(printer);
    if (printer->verbose || printer->quiet || event->request == NULL) {
        tell_folded(printer);
        tell(printer, lines);
        return;
    }
    run_text_seen *slot = slot_of(printer, event);
    uint64_t end = mix(begin + (uint64_t)event->status, text_peek(&printer->under), printer->under.length);
    end = mix_string(end + (event->response == NULL ? 0 : (uint64_t)event->response->status), event->error);
    slot->same = slot->visits >= SHOWN && slot->end == end;
    slot->end = end;
    slot->visits++;
    text none = TEXT_EMPTY;
    printer->pending = *lines;
    *lines = none;
    printer->waiting_for = slot;
    printer->fold_indent = step_indent(event);
    if (!slot->same)
        show_pending(printer);
}

void fold_action(run_text *printer, const arazzo_event *event, text *line) {
    run_text_seen *slot = printer->waiting_for;
    if (slot == NULL) {
        tell_folded(printer);
        tell(printer, line);
        return;
    }
    uint64_t followed = mix_string(mix_string(begin + (uint64_t)event->kind, event->action_type), event->action_name);
    followed = mix_string(mix_string(followed, event->target_step), event->target_workflow);
    followed = mix_string(followed, event->explanation);
    bool same = slot->same && slot->action == followed && !line->failed;
    slot->action = followed;
    printer->waiting_for = NULL;
    if (same) {
        printer->folded++;
        text_free(&printer->pending);
        text_free(line);
        return;
    }
    if (printer->pending.length > 0)
        show_pending(printer);
    tell(printer, line);
}

void fold_settle(run_text *printer) {
    run_text_seen *slot = printer->waiting_for;
    if (slot == NULL)
        return;
    printer->waiting_for = NULL;
    bool same = slot->same && slot->action == 0;
    slot->action = 0;
    if (same) {
        printer->folded++;
        text_free(&printer->pending);
    } else if (printer->pending.length > 0) {
        show_pending(printer);
    }
}

void run_text_settle(run_text *printer) {
    fold_close(printer, 0);
}

void fold_close(run_text *printer, size_t depth) {
    fold_settle(printer);
    tell_folded(printer);
    for (size_t i = 0; i < SLOTS; i++)
        if (printer->seen[i].depth >= depth)
            printer->seen[i] = (run_text_seen){.visits = 0};
}
