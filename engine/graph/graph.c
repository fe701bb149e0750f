/* graph.c: nodes for steps first, then edges for what follows them. */
#include "engine/graph/graph.h"

#include <string.h>

typedef struct builder {
    graph *made;
    arena *memory;
    name_index places; /* of what is drawn, by the address of the step or workflow: a `position` */
    bool failed;
} builder;

/* Where something stands. */
typedef struct position {
    const void *thing;
    size_t node;
} position;

static void note_position(builder *b, const void *thing, size_t at) {
    position *kept = arena_alloc(b->memory, sizeof *kept);
    bool present;
    if (kept != NULL)
        *kept = (position){thing, at};
    if (kept == NULL ||
        !name_index_add(&b->places, b->memory, (const char *)&kept->thing, sizeof kept->thing, kept, &present))
        b->failed = true;
}

/* NULL: it is not drawn. */
static const position *position_of(const builder *b, const void *thing) {
    return name_index_find(&b->places, (const char *)&thing, sizeof thing);
}

/* ---- Nodes ---- */

static size_t add_node(builder *b, graph_node made) {
    b->made->nodes[b->made->node_count] = made;
    return b->made->node_count++;
}

static void add_edge(builder *b, graph_edge made) {
    b->made->edges[b->made->edge_count++] = made;
}

static const char *keep(builder *b, text *line) {
    const char *kept = line->failed ? NULL : arena_copy(b->memory, text_peek(line), line->length);
    b->failed = b->failed || kept == NULL;
    text_free(line);
    return kept;
}

static const char *string_field(const node *object, const char *name) {
    const node *value = node_get(object, name);
    return value == NULL ? NULL : node_string(value, NULL);
}

/* Method and path where the source is known, else what the document says. */
static const char *detail_of(builder *b, const step *at) {
    text line = TEXT_EMPTY;
    const char *id = string_field(at->object, "operationId"), *path = string_field(at->object, "operationPath");
    const char *called = string_field(at->object, "workflowId");
    if (at->operation != NULL)
        text_append_format(&line, "%s %s", operation_method(at->operation), operation_path(at->operation));
    else if (called != NULL)
        text_append_format(&line, "workflow %s", called);
    else if (id != NULL || path != NULL)
        text_append_string(&line, id != NULL ? id : path);
    return keep(b, &line);
}

/* A node beside the steps: those of the workflow whose edges are being drawn come last. */
static size_t node_for(builder *b, size_t flow, graph_node_kind kind, const char *title) {
    for (size_t i = b->made->node_count; i > 0 && b->made->nodes[i - 1].flow == flow; i--)
        if (b->made->nodes[i - 1].kind == kind && strcmp(b->made->nodes[i - 1].title, title) == 0)
            return i - 1;
    return add_node(b, (graph_node){.kind = kind, .title = title, .flow = flow});
}

static size_t node_of_step(const builder *b, const step *at) {
    const position *known = position_of(b, at);
    return known == NULL ? b->made->node_count : known->node;
}

/* The start of a workflow that is drawn, else a node that stands for it. */
static size_t node_of_workflow(builder *b, size_t flow, const workflow *target, const char *id) {
    const position *known = target == NULL ? NULL : position_of(b, target);
    return known != NULL ? known->node : node_for(b, flow, GRAPH_WORKFLOW, id);
}

static size_t end_of(builder *b, size_t flow, bool success) {
    return success ? node_for(b, flow, GRAPH_SUCCESS, "end") : node_for(b, flow, GRAPH_FAILURE, "failure");
}

static void add_nodes(builder *b, size_t flow) {
    const workflow *of = b->made->flows[flow];
    note_position(b, of, add_node(b, (graph_node){.kind = GRAPH_START, .title = of->id, .flow = flow}));
    for (size_t i = 0; i < of->step_count; i++) {
        const step *at = of->order[i];
        bool calls = at->operation == NULL && node_get(at->object, "workflowId") != NULL;
        graph_node made = {.kind = calls ? GRAPH_CALL : GRAPH_STEP,
                           .title = at->id,
                           .detail = detail_of(b, at),
                           .flow = flow,
                           .step = at};
        note_position(b, at, add_node(b, made));
    }
}

/* ---- Labels ---- */

static void append_line(text *out, const char *start) {
    if (out->length > 0)
        text_append_char(out, '\n');
    text_append_string(out, start);
}

static void append_criteria(text *out, const criteria *list, const char *before) {
    for (size_t i = 0; i < list->count; i++) {
        const criterion_object *one = &list->items[i];
        append_line(out, i == 0 ? before : "and ");
        if (one->context != NULL && strcmp(one->type, "simple") != 0)
            text_append_format(out, "%s %s ", one->context, one->type);
        text_append_string(out, one->condition);
    }
}

static const char *success_label(builder *b, const action *taken) {
    text line = TEXT_EMPTY;
    append_criteria(&line, &taken->criteria, "");
    return taken->criteria.count == 0 ? NULL : keep(b, &line);
}

static const char *failure_label(builder *b, const action *taken) {
    text line = TEXT_EMPTY;
    append_line(&line, "fails");
    append_criteria(&line, &taken->criteria, "and ");
    return keep(b, &line);
}

static const char *retry_label(builder *b, const action *taken) {
    text line = TEXT_EMPTY;
    text_append_format(&line, "retry, %zu time%s", taken->retry_limit, taken->retry_limit == 1 ? "" : "s");
    if (taken->retry_after > 0)
        text_append_format(&line, ", after %g s", taken->retry_after);
    if (taken->step_id != NULL)
        text_append_format(&line, "\n%s runs first", taken->step_id);
    if (taken->workflow_id != NULL)
        text_append_format(&line, "\nworkflow %s runs first", taken->workflow_id);
    append_criteria(&line, &taken->criteria, "if ");
    return keep(b, &line);
}

/* ---- Edges ---- */

static size_t target_of(builder *b, size_t flow, const action *taken, bool success) {
    if (taken->type == ACTION_END)
        return end_of(b, flow, success);
    if (taken->target_step != NULL)
        return node_of_step(b, taken->target_step);
    return node_of_workflow(b, flow, taken->target_workflow, taken->workflow_id == NULL ? "?" : taken->workflow_id);
}

/* The edges of actions, up to the first that is always taken. True when there is none: something else may follow. */
static bool add_actions(builder *b, size_t flow, size_t from, const actions *list, bool success) {
    for (size_t i = 0; i < list->count; i++) {
        const action *taken = &list->items[i];
        graph_edge made = {.from = from, .to = from, .cause = taken};
        if (taken->type == ACTION_RETRY) {
            made.kind = GRAPH_RETRY;
            made.label = retry_label(b, taken);
        } else {
            made.kind = success ? GRAPH_ON_SUCCESS : GRAPH_ON_FAILURE;
            made.to = target_of(b, flow, taken, success);
            made.label = success ? success_label(b, taken) : failure_label(b, taken);
        }
        if (made.to < b->made->node_count)
            add_edge(b, made);
        if (taken->type != ACTION_RETRY && taken->criteria.count == 0)
            return false;
    }
    return true;
}

static void add_step_edges(builder *b, size_t flow, size_t index) {
    const workflow *of = b->made->flows[flow];
    const step *at = of->order[index];
    size_t from = node_of_step(b, at);
    if (add_actions(b, flow, from, &at->on_success, true)) {
        bool last = index + 1 == of->step_count;
        size_t to = last ? end_of(b, flow, true) : node_of_step(b, of->order[index + 1]);
        add_edge(b, (graph_edge){
                        .kind = GRAPH_NEXT, .from = from, .to = to, .label = at->on_success.count > 0 ? "else" : NULL});
    }
    add_actions(b, flow, from, &at->on_failure, false);
    const position *called = at->target == NULL ? NULL : position_of(b, at->target);
    if (called != NULL)
        add_edge(b, (graph_edge){.kind = GRAPH_CALLS, .from = from, .to = called->node});
}

static void add_edges(builder *b, size_t flow) {
    const workflow *of = b->made->flows[flow];
    const position *own = position_of(b, of);
    if (own == NULL)
        return; /* memory is short */
    size_t start = own->node;
    for (size_t i = 0; i < of->depends_on_count; i++)
        add_edge(b, (graph_edge){.kind = GRAPH_DEPENDS,
                                 .from = start,
                                 .to = node_of_workflow(b, flow, of->depends_on[i], of->depends_on[i]->id),
                                 .label = "depends on"});
    add_edge(b, (graph_edge){.kind = GRAPH_NEXT,
                             .from = start,
                             .to = of->step_count == 0 ? end_of(b, flow, true) : node_of_step(b, of->order[0])});
    for (size_t i = 0; i < of->step_count; i++)
        add_step_edges(b, flow, i);
}

/* ---- All ---- */

/* The nodes of each workflow in a row, in the order in which they were made. */
static bool link_nodes(builder *b) {
    graph *made = b->made;
    made->first = arena_array(b->memory, made->flow_count, sizeof *made->first);
    for (size_t i = 0; made->first != NULL && i < made->flow_count; i++)
        made->first[i] = made->node_count;
    for (size_t i = made->node_count; made->first != NULL && i > 0; i--) {
        graph_node *at = &made->nodes[i - 1];
        at->next = made->first[at->flow];
        made->first[at->flow] = i - 1;
    }
    return made->first != NULL;
}

bool graph_build(const workflow **flows, size_t count, arena *memory, graph *out) {
    builder b = {.made = out, .memory = memory};
    size_t most_nodes = 0, most_edges = 0;
    for (size_t i = 0; i < count; i++) {
        most_nodes += 3 + flows[i]->depends_on_count;
        most_edges += 1 + flows[i]->depends_on_count;
        for (size_t j = 0; j < flows[i]->step_count; j++) {
            size_t followers = flows[i]->steps[j].on_success.count + flows[i]->steps[j].on_failure.count;
            most_nodes += 1 + followers;
            most_edges += 2 + followers;
        }
    }
    *out = (graph){.flows = flows,
                   .flow_count = count,
                   .nodes = arena_array(memory, most_nodes, sizeof(graph_node)),
                   .edges = arena_array(memory, most_edges, sizeof(graph_edge))};
    if (out->nodes == NULL || out->edges == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        add_nodes(&b, i);
    for (size_t i = 0; i < count; i++)
        add_edges(&b, i);
    return !b.failed && link_nodes(&b);
}
