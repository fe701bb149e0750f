/*
 * dot.c: graphs in the language of Graphviz. Strings stand in quotes with `"` and `\` escaped; Graphviz also reads
 * HTML's entities in them, so `&` is one.
 */
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "engine/graph/graph.h"

static void append_label(text *out, const char *string) {
    size_t length = strlen(string);
    for (size_t i = 0; i < length;) {
        uint32_t code_point = 0xFFFD;
        size_t size = utf8_decode(string + i, length - i, &code_point);
        if (code_point == '\n')
            text_append_string(out, " \\n ");
        else if (size == 0 || code_point < 0x20 || code_point == 0x7F)
            text_append_code_point(out, 0xFFFD);
        else if (code_point == '&')
            text_append_string(out, "&amp;");
        else if (code_point == '"' || code_point == '\\')
            text_append_format(out, "\\%c", (int)code_point);
        else
            text_append(out, string + i, size);
        i += size == 0 ? 1 : size;
    }
}

static void write_nodes(const graph *drawn, size_t flow, text *out) {
    static const char *const looks[GRAPH_NODE_KINDS] = {
        [GRAPH_START] = "shape=oval, style=bold",
        [GRAPH_STEP] = "shape=box, style=rounded",
        [GRAPH_CALL] = "shape=box, peripheries=2",
        [GRAPH_SUCCESS] = "shape=doublecircle, width=0.3",
        [GRAPH_FAILURE] = "shape=doublecircle, width=0.3, color=\"#b3261e\", fontcolor=\"#b3261e\"",
        [GRAPH_WORKFLOW] = "shape=box, peripheries=2, style=dashed",
    };
    for (size_t i = drawn->first[flow]; i < drawn->node_count; i = drawn->nodes[i].next) {
        const graph_node *at = &drawn->nodes[i];
        text_append_format(out, "    n%zu [label=\"", i);
        append_label(out, at->title);
        if (at->detail != NULL && at->detail[0] != '\0') {
            text_append_string(out, "\\n");
            append_label(out, at->detail);
        }
        text_append_format(out, "\", %s];\n", looks[at->kind]);
    }
}

static void write_edge(const graph_edge *edge, text *out) {
    static const char *const looks[GRAPH_EDGE_KINDS] = {
        [GRAPH_NEXT] = "weight=8",
        [GRAPH_ON_SUCCESS] = "color=\"#1a7f37\", fontcolor=\"#1a7f37\"",
        [GRAPH_ON_FAILURE] = "color=\"#b3261e\", fontcolor=\"#b3261e\"",
        [GRAPH_RETRY] = "color=\"#9a6700\", fontcolor=\"#9a6700\"",
        [GRAPH_CALLS] = "style=dashed, constraint=false",
        [GRAPH_DEPENDS] = "style=dotted",
    };
    text_append_format(out, "    n%zu -> n%zu [", edge->from, edge->to);
    if (edge->label != NULL) {
        text_append_string(out, "label=\" "); /* spaces keep the text off the line */
        append_label(out, edge->label);
        text_append_string(out, " \", ");
    }
    text_append_format(out, "%s];\n", looks[edge->kind]);
}

void graph_dot(const graph *drawn, text *out) {
    text_append_string(out, "digraph arazzo {\n"
                            "    graph [fontname=\"Helvetica,Arial,sans-serif\"];\n"
                            "    node [fontname=\"Helvetica,Arial,sans-serif\", fontsize=11];\n"
                            "    edge [fontname=\"Helvetica,Arial,sans-serif\", fontsize=9];\n");
    for (size_t i = 0; i < drawn->flow_count; i++) {
        if (drawn->flow_count == 1) {
            write_nodes(drawn, i, out);
            break;
        }
        text_append_format(out, "    subgraph cluster_%zu {\n    label=\"", i);
        append_label(out, drawn->flows[i]->id);
        text_append_string(out, "\";\n    color=\"#8c959f\";\n");
        write_nodes(drawn, i, out);
        text_append_string(out, "    }\n");
    }
    for (size_t i = 0; i < drawn->edge_count; i++)
        write_edge(&drawn->edges[i], out);
    text_append_string(out, "}\n");
}
