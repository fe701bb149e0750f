/*
 * html_graph.h: a workflow's graph with what happened in a run, placed on a sheet.
 *
 * Steps stand below each other in their order. What follows the one above is a line straight down; every other edge
 * leaves its box to the right, below its conditions, and reaches its target through a lane: one for each target.
 */
#ifndef ARAZZO_ENGINE_REPORT_HTML_GRAPH_H
#define ARAZZO_ENGINE_REPORT_HTML_GRAPH_H

#include "engine/graph/graph.h"
#include "engine/report/html_internal.h"

enum { GRAPH_LABEL_LINES = 6 };

/* Pixels, and the cells of a monospaced type. */
enum {
    GRAPH_LEFT = 12,
    GRAPH_SPINE = 28, /* from a box's left edge to the line that leaves it below */
    GRAPH_LABEL_GAP = 12,
    GRAPH_LANE = 13,
    GRAPH_LINE = 14,
    GRAPH_LOOP = 11,
};

typedef struct graph_line {
    const char *bytes;
    size_t length;
} graph_line;

typedef struct graph_box {
    double top;
    double width;
    double height;
    double entry; /* where edges come in from the right */
    const char *title;
    const char *detail; /* NULL: none */
    size_t visits;
    html_state state;
} graph_box;

typedef enum graph_route { ROUTE_DOWN, ROUTE_LOOP, ROUTE_LANE } graph_route;

typedef struct graph_path {
    graph_route route;
    double exit;       /* where it leaves its box to the right */
    const char *label; /* masked; NULL: none */
    graph_line lines[GRAPH_LABEL_LINES];
    size_t line_count;
    bool named;   /* the first line is the action's name */
    size_t taken; /* how often */
} graph_path;

typedef struct graph_sheet {
    graph drawn;
    graph_box *boxes;  /* by node */
    graph_path *paths; /* by edge */
    size_t *order;     /* nodes from top to bottom */
    size_t *place;     /* their places in it */
    size_t *lanes;     /* by target node */
    double widest;     /* box */
    double labels;     /* the width of the widest one */
    double width;
    double height;
} graph_sheet;

/*
 * Places everything; titles, details, labels, visits and states are there. False when memory is short.
 */
bool graph_sheet_place(graph_sheet *sheet, arena *memory);

#endif
