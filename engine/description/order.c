/*
 * order.c: the order in which steps are executed (S24): document order, changed only where `dependsOn` or a reference
 * to a later step's output asks for it. Section "Step Dependencies and Execution Order".
 */
#include <string.h>

#include "base/nearest.h"
#include "base/text.h"
#include "engine/description/build_internal.h"

bool add_edge(builder *b, edges *list, size_t from, size_t to, bool declared) {
    edge *items = builder_room(b, list->items, list->count, &list->capacity, sizeof *items);
    if (items == NULL)
        return false;
    list->items = items;
    items[list->count++] = (edge){from, to, declared};
    return true;
}

/* A depth-first walk over things that need each other, with a stack of its own: documents may be long. */
typedef struct walk {
    size_t count;
    size_t *first; /* first[i] .. first[i + 1]: the needs of i, in `needs` */
    size_t *needs;
    size_t *stack;
    size_t *next; /* by thing: the next of its needs to look at */
    unsigned char *state;
    size_t *order; /* the result */
    size_t done;
    size_t depth;
} walk;

static bool prepare_walk(builder *b, walk *w, size_t count, const edges *list) {
    *w = (walk){.count = count};
    w->first = builder_array(b, count + 2, sizeof *w->first);
    w->needs = builder_array(b, list->count, sizeof *w->needs);
    w->stack = builder_array(b, count, sizeof *w->stack);
    w->next = builder_array(b, count, sizeof *w->next);
    w->state = builder_array(b, count, 1);
    w->order = builder_array(b, count, sizeof *w->order);
    if (w->first == NULL || w->needs == NULL || w->stack == NULL || w->next == NULL || w->state == NULL ||
        w->order == NULL)
        return false;
    for (size_t i = 0; i < list->count; i++)
        w->first[list->items[i].from + 2]++;
    for (size_t i = 2; i < count + 2; i++)
        w->first[i] += w->first[i - 1];
    for (size_t i = 0; i < list->count; i++)
        w->needs[w->first[list->items[i].from + 1]++] = list->items[i].to;
    return true;
}

enum { UNSEEN, OPEN, DONE };

/* Goes down from one thing; true when it met itself: the circle is then on the stack from stack[*start]. */
static bool walk_from(walk *w, size_t root, size_t *start) {
    w->depth = 0;
    w->stack[w->depth++] = root;
    w->state[root] = OPEN;
    w->next[root] = w->first[root];
    while (w->depth > 0) {
        size_t at = w->stack[w->depth - 1];
        if (w->next[at] == w->first[at + 1]) {
            w->state[at] = DONE;
            w->order[w->done++] = at;
            w->depth--;
            continue;
        }
        size_t need = w->needs[w->next[at]++];
        if (w->state[need] == OPEN) {
            for (*start = 0; w->stack[*start] != need;)
                ++*start;
            return true;
        }
        if (w->state[need] == UNSEEN) {
            w->state[need] = OPEN;
            w->next[need] = w->first[need];
            w->stack[w->depth++] = need;
        }
    }
    return false;
}

static bool find_order(walk *w, size_t *start) {
    for (size_t i = 0; i < w->count; i++)
        if (w->state[i] == UNSEEN && walk_from(w, i, start))
            return false;
    return true;
}

/* ---- Steps ---- */

/* The step of this workflow that an entry of `dependsOn` names; NULL after a diagnostic. */
static const step *step_here(builder *b, const step *from, const node *entry, const char *id) {
    const step *needed = workflow_step(b->flow, id);
    if (needed != NULL)
        return needed;
    nearest search;
    nearest_start(&search, id, strlen(id));
    for (size_t j = 0; j < b->flow->step_count; j++)
        nearest_try(&search, b->flow->steps[j].id);
    text help = TEXT_EMPTY;
    text_append_format(&help, "did you mean '%s'?", search.best == NULL ? "" : search.best);
    diagnose(b->list, "E0408", builder_place(b, entry), search.best == NULL ? NULL : text_peek(&help),
             "step '%s' depends on '%s', which is no step of workflow '%s'", from->id, id, b->flow->id);
    text_free(&help);
    return NULL;
}

/* Steps of this workflow come first; those of others have been carried out before, or this one cannot be (visit.c). */
static void read_step_depends_on(builder *b, step *from, edges *needs) {
    const node *list = optional_of_kind(b, from->object, "the Step Object", "dependsOn", NODE_SEQUENCE);
    size_t count = list == NULL ? 0 : node_count(list);
    from->needs = count == 0 ? NULL : builder_array(b, count, sizeof(step *));
    for (size_t i = 0; from->needs != NULL && i < count; i++) {
        const node *entry = node_item(list, i);
        if (!expect_kind(b, entry, "an entry of 'dependsOn'", NODE_STRING))
            continue;
        const char *id = node_string(entry, NULL);
        const step *needed = id[0] == '$' ? link_step_elsewhere(b, entry) : step_here(b, from, entry, id);
        if (needed == NULL)
            continue;
        from->needs[from->need_count++] = needed;
        if (needed->owner == b->flow)
            add_edge(b, needs, from->index, needed->index, true);
        else
            ((step *)needed)->needed_elsewhere = true;
    }
}

/* Does any action lead to a step at all? Then a step may run again, and may see what a later one left behind. */
static bool has_jumps(const workflow *flow) {
    for (size_t i = 0; i < flow->step_count; i++) {
        const actions *lists[] = {&flow->steps[i].on_success, &flow->steps[i].on_failure};
        for (size_t l = 0; l < 2; l++)
            for (size_t j = 0; j < lists[l]->count; j++)
                if (lists[l]->items[j].target_step != NULL)
                    return true;
    }
    return false;
}

static void report_circle(builder *b, const walk *w, size_t start) {
    text path = TEXT_EMPTY;
    for (size_t i = start; i < w->depth; i++)
        text_append_format(&path, "%s -> ", b->flow->steps[w->stack[i]].id);
    text_append_string(&path, b->flow->steps[w->stack[start]].id);
    diagnose(b->list, "E0413", builder_place(b, b->flow->steps[w->stack[start]].object),
             "a step can only use what an earlier one has put out",
             "the steps of workflow '%s' need each other in a circle: %s", b->flow->id, text_peek(&path));
    text_free(&path);
}

/*
 * "When no `dependsOn` is used in a workflow (sequential execution model), implementations SHOULD produce an error if a
 * step references another step's outputs where the referenced step appears later in the steps array."
 */
static void report_reordering(builder *b, bool declared) {
    for (size_t i = 0; i < b->flow->step_count; i++) {
        const step *at = b->flow->order[i];
        if (at->index == i)
            continue;
        const char *code = b->made->strict && !declared ? "E0421" : "W0413";
        diagnose(b->list, code, builder_place(b, at->object), "put the steps in the order in which they run",
                 "step '%s' runs before '%s', which stands before it, because that one needs it", at->id,
                 b->flow->steps[i].id);
        return;
    }
}

/* With jumps only what is declared orders the steps: a reference to a later step may mean what an earlier round left
 * behind. */
static void keep_declared(edges *needs) {
    size_t kept = 0;
    for (size_t i = 0; i < needs->count; i++)
        if (needs->items[i].declared)
            needs->items[kept++] = needs->items[i];
    needs->count = kept;
}

static bool declares_order(const edges *needs) {
    for (size_t i = 0; i < needs->count; i++)
        if (needs->items[i].declared)
            return true;
    return false;
}

void order_steps(builder *b, edges *needs) {
    for (size_t i = 0; i < b->flow->step_count; i++)
        read_step_depends_on(b, &b->flow->steps[i], needs);
    walk w;
    size_t start = 0;
    if (has_jumps(b->flow))
        keep_declared(needs);
    if (needs->count == 0 || !prepare_walk(b, &w, b->flow->step_count, needs))
        return;
    if (!find_order(&w, &start)) {
        report_circle(b, &w, start);
        return;
    }
    for (size_t i = 0; i < w.count; i++) {
        b->flow->order[i] = &b->flow->steps[w.order[i]];
        b->flow->steps[w.order[i]].position = i;
    }
    report_reordering(b, declares_order(needs));
}

/* ---- Workflows ---- */

void check_workflow_cycles(builder *b) {
    edges needs = {0};
    for (size_t i = 0; i < b->made->workflow_count; i++) {
        const workflow *flow = &b->made->workflows[i];
        for (size_t j = 0; j < flow->depends_on_count; j++)
            if (flow->depends_on[j]->owner == b->made)
                add_edge(b, &needs, i, (size_t)(flow->depends_on[j] - b->made->workflows), true);
    }
    walk w;
    size_t start = 0;
    if (needs.count == 0 || !prepare_walk(b, &w, b->made->workflow_count, &needs) || find_order(&w, &start))
        return;
    text path = TEXT_EMPTY;
    for (size_t i = start; i < w.depth; i++)
        text_append_format(&path, "%s -> ", b->made->workflows[w.stack[i]].id);
    const workflow *first = &b->made->workflows[w.stack[start]];
    diagnose(b->list, "E0413", builder_place(b, node_get_or_self(first->object, "dependsOn")), NULL,
             "workflows depend on each other in a circle: %s%s", text_peek(&path), first->id);
    text_free(&path);
}
