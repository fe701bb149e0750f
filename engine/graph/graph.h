/*
 * graph.h: workflows as graphs: steps are nodes, what may follow them are edges.
 *
 * Drawn are the sequence (S24), the success and failure actions in the order in which they are tried (S17), and the end
 * of a workflow. What can never be reached isn't: actions behind one without criteria. Nor is the end that every
 * failure without an action leads to (S21).
 */
#ifndef ARAZZO_ENGINE_GRAPH_H
#define ARAZZO_ENGINE_GRAPH_H

#include "base/text.h"
#include "engine/description/description.h"

typedef enum graph_node_kind {
    GRAPH_START,    /* of a workflow */
    GRAPH_STEP,     /* calls an operation */
    GRAPH_CALL,     /* a step that calls a workflow */
    GRAPH_SUCCESS,  /* the workflow ends */
    GRAPH_FAILURE,  /* the workflow ends, and has failed */
    GRAPH_WORKFLOW, /* another workflow, which is not drawn */
    GRAPH_NODE_KINDS
} graph_node_kind;

typedef struct graph_node {
    graph_node_kind kind;
    const char *title;  /* the stepId or workflowId */
    const char *detail; /* "GET /pets", "workflow pay"; NULL: none */
    size_t flow;        /* the index of the workflow that it belongs to */
    const step *step;   /* NULL: no step */
    size_t next;        /* of the same workflow; node_count: none */
} graph_node;

typedef enum graph_edge_kind {
    GRAPH_NEXT,       /* the sequence */
    GRAPH_ON_SUCCESS, /* a success action */
    GRAPH_ON_FAILURE, /* a failure action */
    GRAPH_RETRY,      /* from a step to itself */
    GRAPH_CALLS,      /* a step calls a workflow that is drawn, too */
    GRAPH_DEPENDS,    /* a workflow depends on another one */
    GRAPH_EDGE_KINDS
} graph_edge_kind;

typedef struct graph_edge {
    graph_edge_kind kind;
    size_t from; /* indices of nodes */
    size_t to;
    const char *label;   /* conditions, apart by line breaks; NULL: none */
    const action *cause; /* NULL: no action */
} graph_edge;

typedef struct graph {
    const workflow **flows;
    size_t flow_count;
    graph_node *nodes;
    size_t node_count;
    size_t *first; /* by workflow: its first node */
    graph_edge *edges;
    size_t edge_count;
} graph;

/* The graph of `count` workflows of one description (borrowed, like the array), in `memory`. False: memory is short. */
bool graph_build(const workflow **flows, size_t count, arena *memory, graph *out);

/* Appends it in the language of Mermaid (a flowchart) or Graphviz. */
void graph_mermaid(const graph *drawn, text *out);
void graph_dot(const graph *drawn, text *out);

#endif
