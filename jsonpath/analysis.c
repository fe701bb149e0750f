/*
 * analysis.c: walking over the syntax tree of a query, and writing a predicate as a query (RFC 9535, sections 2.3.5 and
 * 2.4.4), which must say what S2 takes for granted.
 */
#include "jsonpath/analysis.h"

#include <string.h>

#include "jsonpath/jsonpath_internal.h"

enum { MOST_STEPS = 64 };

/* ---- The steps a query begins with ---- */

typedef struct visitor {
    void (*visit)(void *user, const jsonpath_step *steps, size_t count);
    void *user;
} visitor;

static void visit_expr(const visitor *v, const expr *e, bool outermost);

static size_t steps_of(const path *query, jsonpath_step *steps) {
    size_t count = 0;
    while (count < query->count && count < MOST_STEPS) {
        const segment *at = &query->segments[count];
        const path_selector *one = &at->selectors[0];
        bool name = one->kind == SELECT_NAME, item = one->kind == SELECT_INDEX && one->index >= 0;
        if (at->descendant || at->count != 1 || (!name && !item))
            break;
        steps[count++] = (jsonpath_step){.name = name ? one->name : NULL,
                                         .length = one->length,
                                         .index = one->index,
                                         .offset = one->offset,
                                         .extent = one->extent};
    }
    return count;
}

static void visit_path(const visitor *v, const path *query, bool from_document) {
    jsonpath_step steps[MOST_STEPS];
    if (from_document)
        v->visit(v->user, steps, steps_of(query, steps));
    for (size_t i = 0; i < query->count; i++)
        for (size_t j = 0; j < query->segments[i].count; j++)
            if (query->segments[i].selectors[j].kind == SELECT_FILTER)
                visit_expr(v, query->segments[i].selectors[j].filter, false);
}

/* `@` is the document in a predicate, outside of its filters. */
static void visit_expr(const visitor *v, const expr *e, bool outermost) {
    if (e == NULL)
        return;
    if (e->kind == EXPR_PATH)
        visit_path(v, e->query, !e->query->relative || outermost);
    visit_expr(v, e->left, outermost);
    visit_expr(v, e->right, outermost);
}

void jsonpath_visit(const jsonpath *query, void (*visit)(void *user, const jsonpath_step *steps, size_t count),
                    void *user) {
    const visitor v = {.visit = visit, .user = user};
    if (query->is_predicate)
        visit_expr(&v, query->predicate, true);
    else
        visit_path(&v, query->query, true);
}

/* ---- A predicate as a query ---- */

typedef struct writer {
    const char *bytes;
    bool (*has_length)(void *user, const jsonpath_step *steps, size_t count);
    void *user;
    text *out;
} writer;

static bool is_null(const expr *e) {
    return e->kind == EXPR_LITERAL && json_is_null(e->literal);
}

/* A query that means the same in a filter: it selects at most one node, and starts below the document. */
static bool is_plain_path(const writer *w, const expr *e) {
    if (e->kind != EXPR_PATH || !e->query->singular)
        return false;
    for (size_t i = 0; i < e->query->count; i++)
        if (e->query->segments[i].selectors[0].kind == SELECT_HOST)
            return false;
    if (!e->query->length_of)
        return e->query->count > 0;
    jsonpath_step steps[MOST_STEPS];
    size_t count = steps_of(e->query, steps);
    return count == e->query->count && w->has_length != NULL && w->has_length(w->user, steps, count);
}

static void write_path(const writer *w, const expr *e) {
    size_t end = e->query->length_of ? e->query->last : e->offset + e->extent;
    text_append_string(w->out, e->query->length_of ? "length($" : "$");
    text_append(w->out, w->bytes + e->offset + 1, end - e->offset - 1);
    text_append_string(w->out, e->query->length_of ? ")" : "");
}

static void write_operand(const writer *w, const expr *e) {
    if (e->kind == EXPR_PATH)
        write_path(w, e);
    else
        text_append(w->out, w->bytes + e->offset, e->extent);
}

/*
 * In a predicate what selects nothing compares like null, in a filter it is less than null: `$.a != null` must say that
 * there is an `a`, too, and `$.a == null` that there may be none.
 */
static bool write_comparison(const writer *w, const expr *e, bool *without_members) {
    static const char *const operators[] = {[COMPARE_EQ] = " == ", [COMPARE_NE] = " != ", [COMPARE_LT] = " < ",
                                            [COMPARE_LE] = " <= ", [COMPARE_GT] = " > ",  [COMPARE_GE] = " >= "};
    const expr *queried = e->left->kind == EXPR_PATH ? e->left : e->right;
    const expr *literal = queried == e->left ? e->right : e->left;
    bool null = is_null(literal), equality = e->operator== COMPARE_EQ || e->operator== COMPARE_NE;
    if (literal->kind != EXPR_LITERAL || !is_plain_path(w, queried) ||
        (null && (!equality || queried->query->length_of)))
        return false;
    *without_members = null ? e->operator== COMPARE_EQ : e->operator== COMPARE_NE;
    if (null) {
        text_append_string(w->out, e->operator== COMPARE_EQ ? "(!" : "");
        write_path(w, queried);
        text_append_string(w->out, e->operator== COMPARE_EQ ? " || " : " && ");
    }
    write_operand(w, e->left);
    text_append_string(w->out, operators[e->operator]);
    write_operand(w, e->right);
    text_append_string(w->out, null && e->operator== COMPARE_EQ ? ")" : "");
    return true;
}

/* *without_members: does it hold for a document in which every query selects nothing? */
static bool write_logical(const writer *w, const expr *e, bool *without_members) {
    bool left = false, right = false;
    if (e->kind == EXPR_COMPARE)
        return write_comparison(w, e, without_members);
    if (e->kind == EXPR_NOT) {
        text_append_string(w->out, "!(");
        bool good = write_logical(w, e->left, &left);
        text_append_char(w->out, ')');
        *without_members = !left;
        return good;
    }
    if (e->kind != EXPR_AND && e->kind != EXPR_OR)
        return false; /* the truth of a value is not that of a query: `false` is there, and is false (S12) */
    bool both = e->kind == EXPR_AND;
    const expr *sides[] = {e->left, e->right};
    bool *results[] = {&left, &right};
    for (size_t i = 0; i < 2; i++) {
        bool parentheses = both && sides[i]->kind == EXPR_OR;
        text_append_string(w->out, i == 0 ? "" : both ? " && " : " || ");
        text_append_string(w->out, parentheses ? "(" : "");
        if (!write_logical(w, sides[i], results[i]))
            return false;
        text_append_string(w->out, parentheses ? ")" : "");
    }
    *without_members = both ? left && right : left || right;
    return true;
}

bool jsonpath_predicate_as_query(const jsonpath *predicate, const char *bytes,
                                 bool (*has_length)(void *user, const jsonpath_step *steps, size_t count), void *user,
                                 text *out) {
    const writer w = {.bytes = bytes, .has_length = has_length, .user = user, .out = out};
    bool without_members = true;
    if (!predicate->is_predicate || predicate->goessner)
        return false;
    /* The filter looks at every member and asks each time the same of the document: without members, nobody asks. */
    text_append_string(out, "$[?");
    bool good = write_logical(&w, predicate->predicate, &without_members);
    text_append_char(out, ']');
    return good && !without_members && !out->failed;
}
