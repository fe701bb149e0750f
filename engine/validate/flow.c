/*
 * flow.c: which steps of a workflow can be reached, and which actions can be taken at all. Sections "Success Action
 * Object" and "Failure Action Object"; the order of actions is S17, of steps S24.
 */
#include <string.h>

#include "engine/validate/validate_internal.h"

typedef struct reach {
    const validation *v;
    const workflow *flow;
    bool *seen; /* by step index */
    const step **waiting;
    size_t count;
    bool unclear; /* an action leads to what could not be found */
} reach;

static void arrive(reach *r, const step *at) {
    if (at == NULL || at->owner != r->flow || r->seen[at->index])
        return;
    r->seen[at->index] = true;
    r->waiting[r->count++] = at;
}

/* Always taken when its turn comes. A retry is used up at some time. */
static bool is_certain(const action *taken) {
    const node *criteria_list = node_get(taken->object, "criteria");
    return taken->type != ACTION_RETRY && (criteria_list == NULL || node_count(criteria_list) == 0);
}

/* Follows a list of actions; the one that is always taken, or NULL. */
static const action *follow(reach *r, const actions *list) {
    for (size_t i = 0; i < list->count; i++) {
        const action *taken = &list->items[i];
        r->unclear = r->unclear || (taken->step_id != NULL && taken->target_step == NULL);
        arrive(r, taken->target_step);
        if (is_certain(taken))
            return taken;
    }
    return NULL;
}

static void report_idle_actions(const reach *r, const step *at, const actions *list, const char *field) {
    const node *own = node_get(at->object, field);
    size_t count = own == NULL ? 0 : node_count(own);
    for (size_t i = 0; i + 1 < list->count && i + 1 < count; i++) {
        if (!is_certain(&list->items[i]))
            continue;
        diagnostic *entry =
            diagnose(r->v->list, "W0446", validate_place(r->v, node_get_or_self(list->items[i + 1].object, "name")),
                     "put it first, or give the other one criteria",
                     "action '%s' is never taken: '%s', which stands before it, has no criteria",
                     list->items[i + 1].name, list->items[i].name);
        diagnostic_relate(r->v->list, entry, validate_place(r->v, node_get_or_self(list->items[i].object, "name")),
                          "this one is always taken");
        return;
    }
}

/* Why the steps after `at` are not reached by going on. */
static void describe(const action *taken, text *out) {
    if (taken->type == ACTION_END)
        text_append_format(out, "always ends the workflow (action '%s')", taken->name);
    else
        text_append_format(out, "always goes to %s '%s' (action '%s')",
                           taken->workflow_id != NULL ? "workflow" : "step",
                           taken->workflow_id != NULL ? taken->workflow_id : taken->step_id, taken->name);
}

/* Of several unreachable steps in a row the first is enough. */
static void report_unreachable(const reach *r, const action *const *certain) {
    bool reported = false;
    for (size_t i = 1; i < r->flow->step_count; i++) {
        const step *at = r->flow->order[i], *before = r->flow->order[i - 1];
        if (r->seen[at->index]) {
            reported = false;
            continue;
        }
        if (reported || certain[before->index] == NULL)
            continue;
        text why = TEXT_EMPTY;
        describe(certain[before->index], &why);
        diagnostic *entry =
            diagnose(r->v->list, "W0445", validate_place(r->v, node_get_or_self(at->object, "stepId")),
                     "give the action criteria, or let another action lead here",
                     "step '%s' is never reached: step '%s' before it %s", at->id, before->id, text_peek(&why));
        diagnostic_relate(r->v->list, entry,
                          validate_place(r->v, node_get_or_self(certain[before->index]->object, "name")),
                          "this action leads elsewhere");
        text_free(&why);
        reported = true;
    }
}

static void check_flow(const validation *v, const workflow *flow, arena *memory) {
    size_t count = flow->step_count;
    reach r = {.v = v, .flow = flow};
    r.seen = arena_array(memory, count, sizeof *r.seen);
    r.waiting = arena_array(memory, count, sizeof *r.waiting);
    const action **certain = arena_array(memory, count, sizeof *certain);
    if (r.seen == NULL || r.waiting == NULL || certain == NULL) {
        v->list->no_memory = true;
        return;
    }
    if (count == 0)
        return;
    arrive(&r, flow->order[0]);
    while (r.count > 0) {
        const step *at = r.waiting[--r.count];
        certain[at->index] = follow(&r, &at->on_success);
        follow(&r, &at->on_failure);
        if (certain[at->index] == NULL && at->position + 1 < count)
            arrive(&r, flow->order[at->position + 1]);
    }
    for (size_t i = 0; i < count; i++) {
        report_idle_actions(&r, &flow->steps[i], &flow->steps[i].on_success, "onSuccess");
        report_idle_actions(&r, &flow->steps[i], &flow->steps[i].on_failure, "onFailure");
    }
    if (!r.unclear)
        report_unreachable(&r, certain);
}

/* Of steps without names it is not known who goes to them; that they have none is an error already. */
static bool all_named(const workflow *flow) {
    for (size_t i = 0; i < flow->step_count; i++)
        if (flow->steps[i].id[0] == '\0')
            return false;
    return true;
}

void validate_flow(const validation *v) {
    arena *memory = arena_new();
    if (memory == NULL) {
        v->list->no_memory = true;
        return;
    }
    for (size_t i = 0; i < v->loaded->workflow_count; i++)
        if (all_named(&v->loaded->workflows[i]))
            check_flow(v, &v->loaded->workflows[i], memory);
    arena_free(memory);
}
