/*
 * html_graph.c: the graph of a workflow as SVG, with what was taken in a run and what was not.
 *
 * An attempt that took an action took that action's edge; one that succeeded without an action went on to what follows.
 * Colours, dashes and type are the style sheet's.
 */
#include "engine/report/html_graph.h"

#include <stdarg.h>
#include <string.h>

#include "base/columns.h"

/* A larger drawing helps nobody. */
enum { MOST_NODES = 150, MOST_EDGES = 400, MOST_GRAPHS = 12, GRAPHS_OPEN = 3, TITLE_CELLS = 34, DETAIL_CELLS = 40 };

/* ---- What happened ---- */

/* The workflow that a recorded one is: the one asked for, its caller's target, or one of the same description. */
static const workflow *resolve(const html_run *shown, const recorded_workflow *at) {
    const workflow *asked = shown->run->flow;
    if (at->index == 0)
        return asked != NULL && strcmp(asked->id, at->id) == 0 ? asked : NULL;
    const recorded_workflow *above = at->caller == NULL ? NULL : at->caller->workflow;
    const workflow *calling = above == NULL ? NULL : shown->flows[above->index];
    const step *caller = calling == NULL ? NULL : workflow_step(calling, at->caller->id);
    if (caller != NULL && caller->target != NULL && strcmp(caller->target->id, at->id) == 0)
        return caller->target;
    return asked == NULL ? NULL : description_workflow(asked->owner, at->id);
}

static bool matches(const graph_edge *edge, const recorded_step *at) {
    if (at->action == NULL)
        return edge->kind == GRAPH_NEXT && at->status == ARAZZO_SUCCESS;
    bool on_success = edge->kind == GRAPH_ON_SUCCESS;
    return edge->cause != NULL && at->action->name != NULL && on_success == at->action->on_success &&
           strcmp(edge->cause->name, at->action->name) == 0;
}

static void count_visits(graph_sheet *sheet, const html_run *shown) {
    const workflow *flow = sheet->drawn.flows[0];
    for (const recorded_step *at = shown->run->events->steps; at != NULL; at = at->next) {
        if (at->workflow == NULL || shown->flows[at->workflow->index] != flow)
            continue;
        const step *known = workflow_step(flow, at->id);
        if (known == NULL)
            continue;
        size_t at_node = 1 + known->position; /* the start comes first */
        sheet->boxes[at_node].visits++;
        sheet->boxes[at_node].state = html_state_of_attempt(at);
        for (size_t i = 0; i < sheet->drawn.edge_count; i++) {
            if (sheet->drawn.edges[i].from == at_node && matches(&sheet->drawn.edges[i], at)) {
                sheet->paths[i].taken++;
                break;
            }
        }
    }
}

/* The start was there when there was a visit of anything; the ends when something led there. */
static void count_ends(graph_sheet *sheet, const html_run *shown) {
    const graph *drawn = &sheet->drawn;
    for (const recorded_workflow *at = shown->run->events->workflows; at != NULL; at = at->next)
        sheet->boxes[0].visits += shown->flows[at->index] == drawn->flows[0];
    for (size_t i = 0; i < drawn->edge_count; i++) {
        const graph_edge *edge = &drawn->edges[i];
        if (edge->from == 0 && edge->kind == GRAPH_NEXT && sheet->boxes[edge->to].visits > 0)
            sheet->paths[i].taken = sheet->boxes[0].visits;
        if (edge->kind == GRAPH_DEPENDS)
            sheet->paths[i].taken = sheet->boxes[0].visits;
        if (drawn->nodes[edge->to].kind > GRAPH_CALL)
            sheet->boxes[edge->to].visits += sheet->paths[i].taken;
    }
}

/* ---- What is written ---- */

static const char *masked(html_writer *w, const char *string, size_t cells) {
    text shown = TEXT_EMPTY;
    mask_text(w->to->secrets, string, strlen(string), &shown);
    if (cells > 0 && columns_count(text_peek(&shown), shown.length) > cells) {
        text_truncate(&shown, columns_fit(text_peek(&shown), shown.length, cells - 1));
        text_append_string(&shown, "…");
    }
    const char *kept = shown.failed ? NULL : arena_copy(w->to->memory, text_peek(&shown), shown.length);
    w->to->out->failed = w->to->out->failed || kept == NULL;
    text_free(&shown);
    return kept == NULL ? "" : kept;
}

static const char *label_of(html_writer *w, const graph_edge *edge, bool *named) {
    text label = TEXT_EMPTY;
    const char *name = edge->cause == NULL ? NULL : edge->cause->name;
    *named = name != NULL;
    if (name != NULL)
        text_append_string(&label, name);
    if (edge->label != NULL && edge->label[0] != '\0')
        text_append_format(&label, "%s%s", name == NULL ? "" : "\n", edge->label);
    const char *kept = label.length == 0 ? NULL : masked(w, text_peek(&label), 0);
    w->to->out->failed = w->to->out->failed || label.failed;
    text_free(&label);
    return kept;
}

static void write_words(html_writer *w, graph_sheet *sheet) {
    for (size_t i = 0; i < sheet->drawn.node_count; i++) {
        const graph_node *at = &sheet->drawn.nodes[i];
        sheet->boxes[i].title = masked(w, at->title, TITLE_CELLS);
        sheet->boxes[i].detail =
            at->detail == NULL || at->detail[0] == '\0' ? NULL : masked(w, at->detail, DETAIL_CELLS);
        sheet->boxes[i].state = at->kind == GRAPH_FAILURE ? HTML_BAD : HTML_GOOD;
    }
    for (size_t i = 0; i < sheet->drawn.edge_count; i++)
        sheet->paths[i].label = label_of(w, &sheet->drawn.edges[i], &sheet->paths[i].named);
}

/* ---- Drawing ---- */

static void put(html_writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(html_writer *w, const char *format, ...) {
    va_list values;
    va_start(values, format);
    text_append_format_list(w->to->out, format, values);
    va_end(values);
}

static void put_escaped(html_writer *w, const char *string, size_t length) {
    append_xml(w->to->out, string, length);
}

static const char *const edge_classes[GRAPH_EDGE_KINDS] = {
    [GRAPH_NEXT] = "next",   [GRAPH_ON_SUCCESS] = "yes", [GRAPH_ON_FAILURE] = "no",
    [GRAPH_RETRY] = "retry", [GRAPH_CALLS] = "next",     [GRAPH_DEPENDS] = "next",
};

static void put_label(html_writer *w, const graph_sheet *sheet, const graph_path *path) {
    double x = GRAPH_LEFT + sheet->widest + GRAPH_LABEL_GAP;
    for (size_t i = 0; i < path->line_count; i++) {
        put(w, "<text x=\"%.0f\" y=\"%.0f\"%s>", x, path->exit - 5 - (double)(path->line_count - 1 - i) * GRAPH_LINE,
            i == 0 && path->named ? " class=\"named\"" : "");
        put_escaped(w, path->lines[i].bytes, path->lines[i].length);
        if (i == 0 && path->taken > 1)
            put(w, " ×%zu", path->taken);
        put(w, "</text>");
    }
}

/* Out to the lane of the target, along it, and back to the target's box. */
static void put_lane(html_writer *w, const graph_sheet *sheet, const graph_edge *edge, const graph_path *path) {
    const graph_box *from = &sheet->boxes[edge->from], *to = &sheet->boxes[edge->to];
    double lane = GRAPH_LEFT + sheet->widest + GRAPH_LABEL_GAP + sheet->labels +
                  GRAPH_LANE * (double)(sheet->lanes[edge->to] + 1);
    double turn = to->entry > path->exit ? 5 : -5, target = GRAPH_LEFT + to->width;
    put(w, "<path d=\"M%.1f %.1fH%.1fQ%.1f %.1f %.1f %.1fV%.1fQ%.1f %.1f %.1f %.1fH%.1f\"/>", GRAPH_LEFT + from->width,
        path->exit, lane - 5, lane, path->exit, lane, path->exit + turn, to->entry - turn, lane, to->entry, lane - 5,
        to->entry, target + 6);
    put(w, "<path class=\"tip\" d=\"M%.1f %.1fl8 -4v8z\"/>", target, to->entry);
}

static void put_loop(html_writer *w, const graph_sheet *sheet, const graph_edge *edge, const graph_path *path) {
    double from = GRAPH_LEFT + sheet->boxes[edge->from].width, width = GRAPH_LABEL_GAP + sheet->labels;
    put(w, "<path d=\"M%.1f %.1fH%.1fa5.5 5.5 0 0 1 0 %dH%.1f\"/>", from, path->exit, from + width, GRAPH_LOOP,
        from + 6);
    put(w, "<path class=\"tip\" d=\"M%.1f %.1fl8 -4v8z\"/>", from, path->exit + GRAPH_LOOP);
}

static void put_down(html_writer *w, const graph_sheet *sheet, const graph_edge *edge, const graph_path *path) {
    const graph_box *from = &sheet->boxes[edge->from], *to = &sheet->boxes[edge->to];
    double x = GRAPH_LEFT + GRAPH_SPINE, start = from->top + from->height;
    put(w, "<path d=\"M%.1f %.1fV%.1f\"/><path class=\"tip\" d=\"M%.1f %.1fl-4 -8h8z\"/>", x, start, to->top - 6, x,
        to->top);
    if (path->line_count > 0) {
        put(w, "<text x=\"%.0f\" y=\"%.0f\">", x + 10, start + 22);
        put_escaped(w, path->lines[0].bytes, path->lines[0].length);
        put(w, "</text>");
    }
}

static void put_edge(html_writer *w, const graph_sheet *sheet, size_t index) {
    const graph_edge *edge = &sheet->drawn.edges[index];
    const graph_path *path = &sheet->paths[index];
    put(w, "<g class=\"%s %s\">", edge_classes[edge->kind], path->taken > 0 ? "taken" : "untaken");
    if (path->label != NULL && path->route != ROUTE_DOWN) {
        put(w, "<title>");
        put_escaped(w, path->label, strlen(path->label));
        put(w, "</title>");
    }
    switch (path->route) {
    case ROUTE_DOWN:
        put_down(w, sheet, edge, path);
        break;
    case ROUTE_LOOP:
        put_loop(w, sheet, edge, path);
        put_label(w, sheet, path);
        break;
    case ROUTE_LANE:
        put_lane(w, sheet, edge, path);
        put_label(w, sheet, path);
        break;
    }
    put(w, "</g>\n");
}

static void put_node(html_writer *w, const graph_sheet *sheet, size_t index) {
    static const char *const classes[GRAPH_NODE_KINDS] = {
        [GRAPH_START] = "start", [GRAPH_STEP] = "step",   [GRAPH_CALL] = "step called",
        [GRAPH_SUCCESS] = "end", [GRAPH_FAILURE] = "end", [GRAPH_WORKFLOW] = "step outside",
    };
    const graph_node *at = &sheet->drawn.nodes[index];
    const graph_box *box = &sheet->boxes[index];
    html_state state = box->visits == 0 ? HTML_SKIPPED : box->state;
    bool round = at->kind == GRAPH_START || at->kind == GRAPH_SUCCESS || at->kind == GRAPH_FAILURE;
    put(w, "<g class=\"node %s %s\"><title>", classes[at->kind],
        at->kind == GRAPH_START ? "begun" : html_state_class(state));
    put_escaped(w, box->title, strlen(box->title));
    put(w, "</title><rect x=\"%d\" y=\"%.0f\" width=\"%.0f\" height=\"%.0f\" rx=\"%d\"/>", GRAPH_LEFT, box->top,
        box->width, box->height, round ? 14 : 7);
    if (at->kind == GRAPH_CALL || at->kind == GRAPH_WORKFLOW)
        put(w, "<rect class=\"inner\" x=\"%d\" y=\"%.0f\" width=\"%.0f\" height=\"%.0f\" rx=\"5\"/>", GRAPH_LEFT + 3,
            box->top + 3, box->width - 6, box->height - 6);
    double line = box->top + (round ? 18.5 : 21);
    put(w, "<text class=\"mark\" x=\"%d\" y=\"%.0f\">%s</text><text class=\"title\" x=\"%d\" y=\"%.0f\">",
        GRAPH_LEFT + 12, line, at->kind == GRAPH_START ? "▸" : html_state_sign(state), GRAPH_LEFT + 30, line);
    put_escaped(w, box->title, strlen(box->title));
    put(w, "</text>");
    if (box->visits > 1 && !round)
        put(w, "<text class=\"times\" x=\"%.0f\" y=\"%.0f\">×%zu</text>", GRAPH_LEFT + box->width - 10, line,
            box->visits);
    if (box->detail != NULL) {
        put(w, "<text class=\"detail\" x=\"%d\" y=\"%.0f\">", GRAPH_LEFT + 30, box->top + 39);
        put_escaped(w, box->detail, strlen(box->detail));
        put(w, "</text>");
    }
    put(w, "</g>\n");
}

static void draw(html_writer *w, const graph_sheet *sheet, size_t run, size_t number) {
    put(w,
        "<div class=\"sheet\" role=\"region\" tabindex=\"0\" aria-labelledby=\"r%zug%zu\">"
        "<svg role=\"group\" aria-labelledby=\"r%zug%zu\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\">\n",
        run, number, run, number, sheet->width, sheet->height, sheet->width, sheet->height);
    for (int taken = 0; taken < 2; taken++)
        for (size_t i = 0; i < sheet->drawn.edge_count; i++)
            if ((sheet->paths[i].taken > 0) == (taken == 1))
                put_edge(w, sheet, i);
    for (size_t i = 0; i < sheet->drawn.node_count; i++)
        put_node(w, sheet, i);
    put(w, "</svg></div>\n");
}

/* ---- One graph for each workflow that was carried out ---- */

static bool make_sheet(html_writer *w, const html_run *shown, const workflow *flow, graph_sheet *sheet) {
    arena *memory = w->to->memory;
    const workflow **flows = arena_array(memory, 1, sizeof *flows);
    *sheet = (graph_sheet){.labels = 0};
    if (flows == NULL)
        return false;
    flows[0] = flow;
    if (!graph_build(flows, 1, memory, &sheet->drawn))
        return false;
    if (sheet->drawn.node_count > MOST_NODES || sheet->drawn.edge_count > MOST_EDGES)
        return true;
    sheet->boxes = arena_array(memory, sheet->drawn.node_count, sizeof *sheet->boxes);
    sheet->paths = arena_array(memory, sheet->drawn.edge_count, sizeof *sheet->paths);
    if (sheet->boxes == NULL || sheet->paths == NULL)
        return false;
    write_words(w, sheet);
    count_visits(sheet, shown);
    count_ends(sheet, shown);
    return graph_sheet_place(sheet, memory);
}

static void put_graph(html_writer *w, const html_run *shown, const workflow *flow, size_t number) {
    graph_sheet sheet;
    if (!make_sheet(w, shown, flow, &sheet)) {
        w->to->out->failed = true;
        return;
    }
    html(w, "<details class=\"drawing\"%r><summary id=\"r%zg%z\">%s</summary>\n", number < GRAPHS_OPEN ? " open" : "",
         shown->number, number, flow->id);
    if (sheet.boxes == NULL)
        html(w, "<p class=\"note\">%z steps and ends are too many for a drawing.</p>\n", sheet.drawn.node_count);
    else
        draw(w, &sheet, shown->number, number);
    html(w, "</details>\n");
}

static size_t collect(const html_run *shown, const workflow **found) {
    size_t count = 0;
    for (const recorded_workflow *at = shown->run->events->workflows; at != NULL && count < MOST_GRAPHS;
         at = at->next) {
        const workflow *flow = shown->flows[at->index];
        size_t i = 0;
        while (i < count && found[i] != flow)
            i++;
        if (flow != NULL && i == count)
            found[count++] = flow;
    }
    return count;
}

void html_graphs(html_writer *w, const html_run *shown) {
    const workflow *found[MOST_GRAPHS];
    for (const recorded_workflow *at = shown->run->events->workflows; at != NULL; at = at->next)
        shown->flows[at->index] = resolve(shown, at);
    size_t count = collect(shown, found);
    if (count == 0)
        return;
    html(w,
         "<section class=\"card graph\" aria-labelledby=\"r%zg\"><h3 id=\"r%zg\">Steps taken and not taken</h3>\n"
         "<p class=\"legend\"><span class=\"taken\">taken</span> <span class=\"untaken\">not taken</span></p>\n<div "
         "class=\"drawings\">\n",
         shown->number, shown->number);
    for (size_t i = 0; i < count; i++)
        put_graph(w, shown, found[i], i);
    html(w, "</div></section>\n");
}
