/* html_graph_place.c: from top to bottom: boxes and the exits of their edges; then lanes, the shortest next to the
 * labels. */
#include <stdlib.h>
#include <string.h>

#include "base/columns.h"
#include "engine/report/html_graph.h"

enum { WRAP = 46 };

/* ---- Labels ---- */

/* How many bytes of a line fit: up to the last space if there is one in its second half. */
static size_t fitting(const char *bytes, size_t length) {
    size_t size = columns_fit(bytes, length, WRAP);
    if (size == length)
        return length;
    for (size_t space = size; space > size / 2; space--)
        if (bytes[space] == ' ')
            return space;
    return size == 0 ? length : size;
}

/* What does not fit into the lines is left out; the drawing has it as a title. */
static void wrap(graph_path *path) {
    const char *at = path->label;
    while (at != NULL && *at != '\0' && path->line_count < GRAPH_LABEL_LINES) {
        size_t rest = strcspn(at, "\n"), length = fitting(at, rest);
        path->lines[path->line_count++] = (graph_line){.bytes = at, .length = length};
        at += length;
        at += strspn(at, length < rest ? " " : "\n");
    }
}

static double width_of(const graph_path *path) {
    size_t widest = 0;
    for (size_t i = 0; i < path->line_count; i++) {
        size_t cells = columns_count(path->lines[i].bytes, path->lines[i].length);
        widest = cells > widest ? cells : widest;
    }
    return (double)widest * 6.7 + (path->taken > 1 ? 34 : 0);
}

/* ---- Boxes ---- */

/* The workflow's start, its steps, its end, then what lies outside. */
static void put_in_order(graph_sheet *sheet) {
    static const graph_node_kind turns[][2] = {
        {GRAPH_SUCCESS, GRAPH_SUCCESS}, {GRAPH_FAILURE, GRAPH_FAILURE}, {GRAPH_WORKFLOW, GRAPH_WORKFLOW}};
    const graph *drawn = &sheet->drawn;
    size_t count = 0;
    for (size_t i = 0; i < drawn->node_count; i++)
        if (drawn->nodes[i].kind <= GRAPH_CALL)
            sheet->order[count++] = i;
    for (size_t turn = 0; turn < sizeof turns / sizeof *turns; turn++)
        for (size_t i = 0; i < drawn->node_count; i++)
            if (drawn->nodes[i].kind == turns[turn][0])
                sheet->order[count++] = i;
    for (size_t i = 0; i < count; i++)
        sheet->place[sheet->order[i]] = i;
}

static double box_width(const graph_sheet *sheet, size_t index) {
    const graph_box *box = &sheet->boxes[index];
    double title = (double)columns_count(box->title, strlen(box->title)) * 7.9 + (box->visits > 1 ? 34 : 0);
    double detail = box->detail == NULL ? 0 : (double)columns_count(box->detail, strlen(box->detail)) * 6.7;
    return 44 + (title > detail ? title : detail);
}

static bool is_boxed(const graph_node *at) {
    return at->kind == GRAPH_STEP || at->kind == GRAPH_CALL;
}

static void size_boxes(graph_sheet *sheet) {
    sheet->widest = 170;
    for (size_t i = 0; i < sheet->drawn.node_count; i++) {
        sheet->boxes[i].width = box_width(sheet, i);
        if (is_boxed(&sheet->drawn.nodes[i]) && sheet->boxes[i].width > sheet->widest)
            sheet->widest = sheet->boxes[i].width;
    }
    for (size_t i = 0; i < sheet->drawn.node_count; i++)
        if (is_boxed(&sheet->drawn.nodes[i]))
            sheet->boxes[i].width = sheet->widest;
        else if (sheet->boxes[i].width > sheet->widest)
            sheet->widest = sheet->boxes[i].width;
}

static void route_edges(graph_sheet *sheet) {
    for (size_t i = 0; i < sheet->drawn.edge_count; i++) {
        const graph_edge *edge = &sheet->drawn.edges[i];
        graph_path *path = &sheet->paths[i];
        bool next = edge->kind == GRAPH_NEXT && sheet->place[edge->to] == sheet->place[edge->from] + 1;
        path->route = edge->from == edge->to ? ROUTE_LOOP : next ? ROUTE_DOWN : ROUTE_LANE;
        wrap(path);
        double width = width_of(path);
        if (path->route != ROUTE_DOWN && width > sheet->labels)
            sheet->labels = width;
    }
}

static bool has_entry(const graph_sheet *sheet, size_t index) {
    for (size_t i = 0; i < sheet->drawn.edge_count; i++)
        if (sheet->drawn.edges[i].to == index && sheet->paths[i].route == ROUTE_LANE)
            return true;
    return false;
}

/* The exits of a box, one below the other; how far down they go. */
static double place_exits(graph_sheet *sheet, size_t index, double from, bool *down) {
    for (size_t i = 0; i < sheet->drawn.edge_count; i++) {
        graph_path *path = &sheet->paths[i];
        if (sheet->drawn.edges[i].from != index)
            continue;
        *down = *down || path->route == ROUTE_DOWN;
        if (path->route == ROUTE_DOWN)
            continue;
        path->exit = from + (path->line_count == 0 ? 8 : (double)path->line_count * GRAPH_LINE + 4);
        from = path->exit + (path->route == ROUTE_LOOP ? GRAPH_LOOP + 5 : 5);
    }
    return from;
}

static void place_boxes(graph_sheet *sheet) {
    double top = 10;
    for (size_t i = 0; i < sheet->drawn.node_count; i++) {
        size_t index = sheet->order[i];
        graph_box *box = &sheet->boxes[index];
        bool boxed = is_boxed(&sheet->drawn.nodes[index]), down = false;
        double own = !boxed ? 28 : box->detail == NULL ? 36 : 52;
        box->top = top;
        box->entry = top + (boxed ? 16 : 14);
        double bottom = place_exits(sheet, index, top + (has_entry(sheet, index) ? 24 : 6), &down);
        box->height = bottom - top > own ? bottom - top : own;
        top += box->height + (down ? 38 : 16);
    }
    sheet->height = top - 6;
}

/* ---- Lanes ---- */

typedef struct reach {
    size_t node;
    double top;
    double bottom;
} reach;

static int compare_reaches(const void *a, const void *b) {
    const reach *one = a, *other = b;
    double difference = (one->bottom - one->top) - (other->bottom - other->top);
    return difference < 0 ? -1 : difference > 0 ? 1 : one->node < other->node ? -1 : 1;
}

static size_t find_reaches(const graph_sheet *sheet, reach *reaches) {
    size_t count = 0;
    for (size_t index = 0; index < sheet->drawn.node_count; index++) {
        reach made = {.node = index, .top = sheet->boxes[index].entry, .bottom = sheet->boxes[index].entry};
        bool any = false;
        for (size_t i = 0; i < sheet->drawn.edge_count; i++) {
            const graph_path *path = &sheet->paths[i];
            if (sheet->drawn.edges[i].to != index || path->route != ROUTE_LANE)
                continue;
            any = true;
            made.top = path->exit < made.top ? path->exit : made.top;
            made.bottom = path->exit > made.bottom ? path->exit : made.bottom;
        }
        if (any)
            reaches[count++] = made;
    }
    return count;
}

/* A lane holds what does not overlap. */
static size_t place_lanes(graph_sheet *sheet, reach *reaches) {
    size_t count = find_reaches(sheet, reaches), used = 0;
    qsort(reaches, count, sizeof *reaches, compare_reaches);
    for (size_t i = 0; i < count; i++) {
        size_t lane = 0;
        for (size_t j = 0; j < i; j++) {
            bool apart = reaches[j].bottom + 4 < reaches[i].top || reaches[i].bottom + 4 < reaches[j].top;
            if (!apart && sheet->lanes[reaches[j].node] == lane) {
                lane++;
                j = (size_t)-1; /* from the start: the next lane may be taken as well */
            }
        }
        sheet->lanes[reaches[i].node] = lane;
        used = lane + 1 > used ? lane + 1 : used;
    }
    return used;
}

bool graph_sheet_place(graph_sheet *sheet, arena *memory) {
    size_t nodes = sheet->drawn.node_count;
    reach *reaches = arena_array(memory, nodes, sizeof *reaches);
    sheet->order = arena_array(memory, nodes, sizeof *sheet->order);
    sheet->place = arena_array(memory, nodes, sizeof *sheet->place);
    sheet->lanes = arena_array(memory, nodes, sizeof *sheet->lanes);
    if (reaches == NULL || sheet->order == NULL || sheet->place == NULL || sheet->lanes == NULL)
        return false;
    put_in_order(sheet);
    size_boxes(sheet);
    route_edges(sheet);
    place_boxes(sheet);
    size_t lanes = place_lanes(sheet, reaches);
    sheet->width = GRAPH_LEFT + sheet->widest + GRAPH_LABEL_GAP + sheet->labels + GRAPH_LANE * ((double)lanes + 1) + 8;
    return true;
}
