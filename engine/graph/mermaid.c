/*
 * mermaid.c: graphs as Mermaid flowcharts, which code hosts and editors draw within Markdown.
 *
 * Labels stand in quotes; whatever Mermaid, or the HTML that it makes, could read as more than text is a numeric
 * entity (`#34;`).
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
            text_append_string(out, "<br/>");
        else if (size == 0 || code_point < 0x20 || code_point == 0x7F)
            text_append_code_point(out, 0xFFFD);
        else if (code_point < 0x80 && strchr("\"#&<>`", (int)code_point) != NULL)
            text_append_format(out, "#%u;", (unsigned)code_point);
        else
            text_append(out, string + i, size);
        i += size == 0 ? 1 : size;
    }
}

static void write_node(const graph *drawn, size_t index, text *out) {
    static const char *const brackets[GRAPH_NODE_KINDS][2] = {
        [GRAPH_START] = {"([\"", "\"])"},     [GRAPH_STEP] = {"[\"", "\"]"},        [GRAPH_CALL] = {"[[\"", "\"]]"},
        [GRAPH_SUCCESS] = {"(((\"", "\")))"}, [GRAPH_FAILURE] = {"(((\"", "\")))"}, [GRAPH_WORKFLOW] = {"[[\"", "\"]]"},
    };
    const graph_node *at = &drawn->nodes[index];
    text_append_format(out, "n%zu%s", index, brackets[at->kind][0]);
    append_label(out, at->title);
    if (at->detail != NULL && at->detail[0] != '\0') {
        text_append_string(out, "<br/>");
        append_label(out, at->detail);
    }
    text_append_format(out, "%s\n", brackets[at->kind][1]);
}

static void write_nodes(const graph *drawn, size_t flow, const char *indentation, text *out) {
    for (size_t i = drawn->first[flow]; i < drawn->node_count; i = drawn->nodes[i].next) {
        text_append_string(out, indentation);
        write_node(drawn, i, out);
    }
}

static void write_edge(const graph_edge *edge, text *out) {
    static const char *const arrows[GRAPH_EDGE_KINDS] = {
        [GRAPH_NEXT] = "-->",   [GRAPH_ON_SUCCESS] = "-->", [GRAPH_ON_FAILURE] = "-.->",
        [GRAPH_RETRY] = "-.->", [GRAPH_CALLS] = "==>",      [GRAPH_DEPENDS] = "-.->",
    };
    text_append_format(out, "    n%zu %s", edge->from, arrows[edge->kind]);
    if (edge->label != NULL) {
        text_append_string(out, "|\"");
        append_label(out, edge->label);
        text_append_string(out, "\"|");
    }
    text_append_format(out, " n%zu\n", edge->to);
}

void graph_mermaid(const graph *drawn, text *out) {
    text_append_string(out, "flowchart TD\n");
    for (size_t i = 0; i < drawn->flow_count; i++) {
        if (drawn->flow_count == 1) {
            write_nodes(drawn, i, "    ", out);
            break;
        }
        text_append_format(out, "    subgraph w%zu[\"", i);
        append_label(out, drawn->flows[i]->id);
        text_append_string(out, "\"]\n");
        write_nodes(drawn, i, "        ", out);
        text_append_string(out, "    end\n");
    }
    for (size_t i = 0; i < drawn->edge_count; i++)
        write_edge(&drawn->edges[i], out);
}
