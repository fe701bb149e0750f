/*
 * parser.c: from a query's text to its syntax tree: recursive descent, each function named after its rule of RFC 9535,
 * appendix A, and the well-typedness of functions (section 2.4.3). Bare predicates and the older dialect are variations
 * of the same rules. Strings and numbers are in literals.c.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "jsonpath/parser_internal.h"

enum { DEEPEST = 100 };

const function jsonpath_functions[] = {
    {"length", TYPE_VALUE, 1, {TYPE_VALUE}},
    {"count", TYPE_VALUE, 1, {TYPE_NODES}},
    {"match", TYPE_LOGICAL, 2, {TYPE_VALUE, TYPE_VALUE}},
    {"search", TYPE_LOGICAL, 2, {TYPE_VALUE, TYPE_VALUE}},
    {"value", TYPE_VALUE, 1, {TYPE_NODES}},
};

enum { FUNCTIONS = sizeof jsonpath_functions / sizeof *jsonpath_functions };

/* ---- Selectors ---- */

static expr *logical_expr(parser *p, bool argument);
static path *query_after_root(parser *p, bool relative);

static bool index_or_slice(parser *p, path_selector *s) {
    s->step = 1;
    if (!parser_next_is(p, ':')) {
        if (!parser_integer(p, &s->start))
            return false;
        s->has_start = true;
        s->index = s->start;
    }
    size_t before = p->at;
    parser_skip_blank(p);
    if (!parser_accept(p, ":")) {
        p->at = before;
        s->kind = SELECT_INDEX;
        return true;
    }
    s->kind = SELECT_SLICE;
    parser_skip_blank(p);
    if (parser_is_digit(p) || parser_next_is(p, '-')) {
        s->has_end = true;
        if (!parser_integer(p, &s->end))
            return false;
        before = p->at;
        parser_skip_blank(p);
    }
    if (!parser_accept(p, ":")) {
        if (s->has_end)
            p->at = before;
        return true;
    }
    parser_skip_blank(p);
    return (!parser_is_digit(p) && !parser_next_is(p, '-')) || parser_integer(p, &s->step);
}

static bool name_selector(parser *p, path_selector *s) {
    expr *name = parser_string_literal(p);
    if (name == NULL)
        return false;
    if (name->kind == EXPR_TEMPLATE) {
        s->kind = SELECT_HOST;
        s->filter = name;
        return true;
    }
    s->kind = SELECT_NAME;
    s->length = json_string_length(name->literal);
    s->name = parser_check(p, arena_copy(p->made->memory, json_string_value(name->literal), s->length));
    return s->name != NULL;
}

static bool filter_selector(parser *p, path_selector *s) {
    s->kind = SELECT_FILTER;
    parser_skip_blank(p);
    s->filter = logical_expr(p, false);
    return s->filter != NULL;
}

static expr *host_operand(parser *p) {
    size_t slot, length = 0;
    if (p->host != NULL)
        length = p->host->recognise(p->host->user, p->text + p->at, p->end - p->at, false, &slot);
    expr *made = length == 0 ? NULL : parser_new_expr(p, EXPR_HOST);
    if (made == NULL)
        return NULL;
    p->at += length;
    made->slot = slot;
    made->ordinal = p->made->ordinals++;
    return made;
}

/* The older dialect's script: `(@.length-1)`, an index counted from the end. */
static bool script_selector(parser *p, path_selector *s) {
    parser_skip_blank(p);
    if (!parser_accept(p, "@.length")) {
        parser_expected(p, "'@.length', the only script that is carried out");
        return false;
    }
    parser_skip_blank(p);
    s->kind = SELECT_FROM_END;
    bool minus = parser_next_is(p, '-');
    if (minus || parser_next_is(p, '+')) {
        p->at++;
        parser_skip_blank(p);
        if (!parser_is_digit(p) || !parser_integer(p, &s->index))
            return parser_expected(p, "a number") != NULL;
        s->index = minus ? -s->index : s->index;
        parser_skip_blank(p);
    }
    return parser_accept(p, ")") || parser_expected(p, "')'") != NULL;
}

/* selector = name-selector / wildcard-selector / slice-selector / index-selector / filter-selector */
static bool selector(parser *p, path_selector *s) {
    if (parser_next_is(p, '"') || parser_next_is(p, '\''))
        return name_selector(p, s);
    if (parser_accept(p, "*")) {
        s->kind = SELECT_WILDCARD;
        return true;
    }
    if (parser_accept(p, "?"))
        return filter_selector(p, s);
    if (parser_is_digit(p) || parser_next_is(p, '-') || parser_next_is(p, ':'))
        return index_or_slice(p, s);
    if (p->made->goessner && parser_accept(p, "("))
        return script_selector(p, s);
    s->filter = host_operand(p);
    if (s->filter != NULL) {
        s->kind = SELECT_HOST;
        return true;
    }
    parser_expected(p, "a selector: a quoted name, an index, a slice, '*' or '?'");
    return false;
}

static bool add_selector(parser *p, segment *s, const path_selector *made) {
    /* Room for 1, 2, 4, 8, … selectors: a full array doubles. */
    if ((s->count & (s->count - 1)) == 0) {
        size_t capacity = s->count == 0 ? 1 : s->count * 2;
        path_selector *larger = parser_check(p, arena_array(p->made->memory, capacity, sizeof *larger));
        if (larger == NULL)
            return false;
        if (s->count > 0)
            memcpy(larger, s->selectors, s->count * sizeof *larger);
        s->selectors = larger;
    }
    s->selectors[s->count++] = *made;
    return true;
}

/* bracketed-selection = "[" S selector *(S "," S selector) S "]" */
static bool bracketed_selection(parser *p, segment *s) {
    do {
        path_selector made = {.kind = SELECT_NAME};
        parser_skip_blank(p);
        size_t start = p->at;
        bool right = selector(p, &made);
        made.offset = start;
        made.extent = p->at - start;
        if (!right || !add_selector(p, s, &made))
            return false;
        parser_skip_blank(p);
    } while (parser_accept(p, ","));
    if (parser_accept(p, "]"))
        return true;
    parser_expected(p, "',' or ']'");
    return false;
}

/* member-name-shorthand = name-first *name-char */
static bool member_name_shorthand(parser *p, path_selector *s) {
    size_t start = p->at;
    while (p->at < p->end && (parser_is_name_byte((unsigned char)p->text[p->at], p->at == start) ||
                              (p->made->goessner && p->at > start && p->text[p->at] == '-')))
        p->at++;
    if (p->at == start)
        return parser_expected(p, "a name or '*'") != NULL;
    size_t bad;
    if (!utf8_valid(p->text + start, p->at - start, &bad))
        return parser_fail(p, start + bad, 1, "the text is not UTF-8") != NULL;
    s->kind = SELECT_NAME;
    s->length = s->extent = p->at - start;
    s->offset = start;
    s->name = parser_check(p, arena_copy(p->made->memory, p->text + start, s->length));
    return s->name != NULL;
}

static bool shorthand(parser *p, segment *s) {
    path_selector made = {.kind = SELECT_WILDCARD};
    return (parser_accept(p, "*") || member_name_shorthand(p, &made)) && add_selector(p, s, &made);
}

/* segment = child-segment / descendant-segment */
static bool read_segment(parser *p, segment *s) {
    if (parser_accept(p, "["))
        return bracketed_selection(p, s);
    if (parser_accept(p, "..")) {
        s->descendant = true;
        return parser_accept(p, "[") ? bracketed_selection(p, s) : shorthand(p, s);
    }
    return parser_accept(p, ".") && shorthand(p, s);
}

static bool is_singular_segment(const segment *s) {
    selector_kind kind = s->selectors[0].kind;
    return !s->descendant && s->count == 1 &&
           (kind == SELECT_NAME || kind == SELECT_INDEX || kind == SELECT_HOST || kind == SELECT_FROM_END);
}

static bool add_segment(parser *p, path *query, const segment *made) {
    if ((query->count & (query->count - 1)) == 0) {
        size_t capacity = query->count == 0 ? 1 : query->count * 2;
        segment *larger = parser_check(p, arena_array(p->made->memory, capacity, sizeof *larger));
        if (larger == NULL)
            return false;
        if (query->count > 0)
            memcpy(larger, query->segments, query->count * sizeof *larger);
        query->segments = larger;
    }
    query->segments[query->count++] = *made;
    query->singular = query->singular && is_singular_segment(made);
    return true;
}

static bool is_length(const segment *s) {
    return !s->descendant && s->count == 1 && s->selectors[0].kind == SELECT_NAME && s->selectors[0].length == 6 &&
           memcmp(s->selectors[0].name, "length", 6) == 0;
}

/* A predicate's and the older dialect's `.length`, S2: the last segment is set apart. */
static void set_length_apart(parser *p, path *query) {
    if ((!p->made->is_predicate && !p->made->goessner) || query->count == 0 ||
        !is_length(&query->segments[query->count - 1]))
        return;
    query->length_of = true;
    query->count--;
}

/* segments = *(S segment) */
static path *query_after_root(parser *p, bool relative) {
    path *query = parser_check(p, arena_alloc(p->made->memory, sizeof *query));
    if (query == NULL)
        return NULL;
    *query = (path){.relative = relative, .singular = true};
    for (;;) {
        size_t before = p->at;
        parser_skip_blank(p);
        if (!parser_next_is(p, '[') && !parser_next_is(p, '.')) {
            p->at = before;
            return query;
        }
        segment made = {.count = 0};
        query->last = p->at;
        if (!read_segment(p, &made) || !add_segment(p, query, &made))
            return NULL;
    }
}

/* ---- Filters ---- */

static expr *filter_query(parser *p) {
    bool relative = parser_next_is(p, '@');
    p->at++;
    expr *made = parser_new_expr(p, EXPR_PATH);
    if (made == NULL)
        return NULL;
    made->query = query_after_root(p, relative);
    if (made->query == NULL)
        return NULL;
    set_length_apart(p, made->query);
    return made;
}

static bool keyword(parser *p, const char *name) {
    size_t length = strlen(name), after = p->at + length;
    if (p->end - p->at < length || memcmp(p->text + p->at, name, length) != 0 ||
        (after < p->end && (parser_is_name_byte((unsigned char)p->text[after], false) || p->text[after] == '(')))
        return false;
    p->at = after;
    return true;
}

static expr *constant(parser *p, json_t *value) {
    expr *made = parser_new_expr(p, EXPR_LITERAL);
    if (made != NULL)
        made->literal = value;
    return made;
}

static value_type type_of(const expr *e) {
    switch (e->kind) {
    case EXPR_PATH:
        return TYPE_NODES;
    case EXPR_LITERAL:
    case EXPR_HOST:
    case EXPR_TEMPLATE:
        return TYPE_VALUE;
    case EXPR_CALL:
        return jsonpath_functions[e->call].result;
    default:
        return TYPE_LOGICAL;
    }
}

/* Section 2.4.3: does the argument fit the parameter's declared type? */
static bool fits(parser *p, const expr *argument, value_type wanted, size_t start) {
    value_type given = type_of(argument);
    bool right = wanted == TYPE_VALUE
                     ? given == TYPE_VALUE ||
                           (argument->kind == EXPR_PATH && (argument->query->singular || argument->query->length_of))
                 : wanted == TYPE_NODES ? given == TYPE_NODES
                                        : given != TYPE_VALUE;
    if (!right)
        parser_fail(p, start, p->at - start,
                    wanted == TYPE_NODES ? "expected a query here"
                                         : "expected a value or a query that selects at most one node");
    return right;
}

static bool compile_pattern(parser *p, expr *call) {
    const expr *pattern = call->right;
    if ((call->call != FUNCTION_MATCH && call->call != FUNCTION_SEARCH) || pattern->kind != EXPR_LITERAL)
        return true;
    call->pattern_known = true;
    if (!json_is_string(pattern->literal))
        return true;
    jsonpath_status status = iregexp_compile(json_string_value(pattern->literal), json_string_length(pattern->literal),
                                             call->call == FUNCTION_MATCH, &call->pattern);
    if (status == JSONPATH_NO_MEMORY)
        parser_check(p, NULL);
    return status != JSONPATH_NO_MEMORY && (call->pattern == NULL || parser_keep(p, NULL, call->pattern));
}

/* function-argument = literal / filter-query / logical-expr / function-expr */
static bool arguments(parser *p, expr *call, const function *called) {
    size_t count = 0;
    parser_skip_blank(p);
    while (!parser_next_is(p, ')')) {
        size_t start = p->at;
        expr *argument = logical_expr(p, true);
        if (argument == NULL)
            return false;
        if (count >= called->parameter_count) {
            parser_fail(p, start, p->at - start, "%s() takes %zu argument%s", called->name, called->parameter_count,
                        called->parameter_count == 1 ? "" : "s");
            return false;
        }
        if (!fits(p, argument, called->parameters[count], start))
            return false;
        *(count++ == 0 ? &call->left : &call->right) = argument;
        parser_skip_blank(p);
        if (!parser_accept(p, ","))
            break;
        parser_skip_blank(p);
        if (parser_next_is(p, ')'))
            return parser_expected(p, "an argument") != NULL;
    }
    if (!parser_accept(p, ")"))
        return parser_expected(p, "',' or ')'") != NULL;
    if (count < called->parameter_count) {
        parser_fail(p, p->at - 1, 1, "%s() takes %zu argument%s, not %zu", called->name, called->parameter_count,
                    called->parameter_count == 1 ? "" : "s", count);
        return false;
    }
    return compile_pattern(p, call);
}

/* function-expr = function-name "(" S [function-argument *(S "," S function-argument)] S ")" */
static expr *function_expr(parser *p) {
    size_t start = p->at;
    while (p->at < p->end && (islower((unsigned char)p->text[p->at]) || p->text[p->at] == '_' || parser_is_digit(p)))
        p->at++;
    size_t length = p->at - start;
    if (length == 0 || !islower((unsigned char)p->text[start]) || !parser_next_is(p, '(')) {
        p->at = start;
        return parser_expected(p, "a query, a literal or a function");
    }
    for (size_t i = 0; i < FUNCTIONS; i++) {
        const function *called = &jsonpath_functions[i];
        if (strlen(called->name) != length || memcmp(called->name, p->text + start, length) != 0)
            continue;
        p->at++;
        expr *call = parser_new_expr(p, EXPR_CALL);
        if (call == NULL)
            return NULL;
        call->call = (function_id)i;
        return arguments(p, call, called) ? call : NULL;
    }
    return parser_fail(p, start, length,
                       "there is no function '%.*s'; there are length, count, match, search and value", (int)length,
                       p->text + start);
}

/* comparable = literal / singular-query / function-expr; a test is one of the latter two */
static expr *unplaced_operand(parser *p) {
    expr *host = host_operand(p);
    if (host != NULL || p->status != JSONPATH_OK)
        return host;
    if (parser_next_is(p, '@') || parser_next_is(p, '$'))
        return filter_query(p);
    if (parser_next_is(p, '"') || parser_next_is(p, '\''))
        return parser_string_literal(p);
    if (parser_is_digit(p) || parser_next_is(p, '-'))
        return parser_number(p);
    if (keyword(p, "true"))
        return constant(p, json_true());
    if (keyword(p, "false"))
        return constant(p, json_false());
    if (keyword(p, "null"))
        return constant(p, json_null());
    return function_expr(p);
}

static expr *operand(parser *p) {
    size_t start = p->at;
    expr *made = unplaced_operand(p);
    if (made != NULL) {
        made->offset = start;
        made->extent = p->at - start;
    }
    return made;
}

static bool comparison_op(parser *p, comparison *op) {
    static const char *const names[] = {"==", "!=", "<=", ">=", "<", ">"};
    static const comparison values[] = {COMPARE_EQ, COMPARE_NE, COMPARE_LE, COMPARE_GE, COMPARE_LT, COMPARE_GT};
    for (size_t i = 0; i < 6; i++)
        if (parser_accept(p, names[i])) {
            *op = values[i];
            return true;
        }
    return false;
}

/* Within a predicate a query that may select several nodes compares when one of them does (docs/jsonpath.md). */
static bool is_comparable(parser *p, const expr *e, size_t start, size_t end) {
    bool right = type_of(e) == TYPE_VALUE ||
                 (e->kind == EXPR_PATH && (e->query->singular || p->made->is_predicate || p->made->goessner));
    if (!right && e->kind == EXPR_PATH)
        parser_fail(p, start, end - start, "a query in a comparison must select at most one node");
    else if (!right)
        parser_fail(p, start, end - start, "a logical value cannot be compared");
    return right;
}

static expr *comparison_expr(parser *p, expr *left, size_t start, size_t end, comparison op) {
    expr *made = parser_new_expr(p, EXPR_COMPARE);
    if (made == NULL || !is_comparable(p, left, start, end))
        return NULL;
    parser_skip_blank(p);
    size_t right_start = p->at;
    made->operator= op;
    made->left = left;
    made->right = operand(p);
    if (made->right == NULL || !is_comparable(p, made->right, right_start, p->at))
        return NULL;
    size_t before = p->at;
    comparison again;
    parser_skip_blank(p);
    size_t at = p->at;
    if (comparison_op(p, &again))
        return parser_fail(p, at, p->at - at, "comparisons do not chain; combine them with '&&'");
    p->at = before;
    return made;
}

static bool is_test(parser *p, const expr *e, size_t start) {
    if (type_of(e) != TYPE_VALUE)
        return true;
    bool lenient = (p->made->is_predicate || p->made->goessner) && e->kind != EXPR_TEMPLATE && e->kind != EXPR_LITERAL;
    if (!lenient)
        parser_fail(p, start, p->at - start,
                    e->kind == EXPR_CALL ? "the result of a function must be compared with something"
                                         : "a literal must be compared with something");
    return lenient;
}

static expr *paren_expr(parser *p) {
    p->at++;
    parser_skip_blank(p);
    expr *inner = logical_expr(p, false);
    if (inner == NULL)
        return NULL;
    parser_skip_blank(p);
    return parser_accept(p, ")") ? inner : parser_expected(p, "')'");
}

static expr *negate(parser *p, expr *inner) {
    expr *made = inner == NULL ? NULL : parser_new_expr(p, EXPR_NOT);
    if (made != NULL)
        made->left = inner;
    return made;
}

/*
 * basic-expr = paren-expr / comparison-expr / test-expr
 *
 * A function's argument is read by the same rule; there a value may stand alone: *alone tells the caller that it does.
 */
static expr *basic_expr(parser *p, bool *alone) {
    *alone = false;
    if (parser_accept(p, "!")) {
        size_t start;
        parser_skip_blank(p);
        start = p->at;
        if (parser_next_is(p, '('))
            return negate(p, paren_expr(p));
        expr *inner = operand(p);
        if (inner == NULL || !is_test(p, inner, start))
            return NULL;
        comparison op;
        size_t before = p->at;
        parser_skip_blank(p);
        if (comparison_op(p, &op))
            return parser_fail(p, start, before - start, "'!' takes a test or parentheses, not a comparison");
        p->at = before;
        return negate(p, inner);
    }
    if (parser_next_is(p, '('))
        return paren_expr(p);
    size_t start = p->at;
    expr *left = operand(p);
    if (left == NULL)
        return NULL;
    size_t before = p->at;
    comparison op;
    parser_skip_blank(p);
    if (comparison_op(p, &op))
        return comparison_expr(p, left, start, before, op);
    p->at = before;
    *alone = type_of(left) == TYPE_VALUE;
    return left;
}

/* An operand of && or ||, and the whole of a filter, must be logical. */
static bool must_be_test(parser *p, const expr *e, size_t start, bool alone) {
    return !alone || is_test(p, e, start);
}

static expr *binary(parser *p, expr_kind kind, expr *left, expr *right) {
    expr *made = left == NULL || right == NULL ? NULL : parser_new_expr(p, kind);
    if (made != NULL) {
        made->left = left;
        made->right = right;
    }
    return made;
}

/* logical-and-expr = basic-expr *(S "&&" S basic-expr) */
static expr *logical_and_expr(parser *p, bool *alone) {
    size_t start = p->at;
    expr *left = basic_expr(p, alone);
    while (left != NULL) {
        size_t before = p->at;
        parser_skip_blank(p);
        if (!parser_accept(p, "&&")) {
            p->at = before;
            break;
        }
        if (!must_be_test(p, left, start, *alone))
            return NULL;
        parser_skip_blank(p);
        start = p->at;
        expr *right = basic_expr(p, alone);
        if (right == NULL || !must_be_test(p, right, start, *alone))
            return NULL;
        *alone = false;
        left = binary(p, EXPR_AND, left, right);
    }
    return left;
}

/* logical-or-expr = logical-and-expr *(S "||" S logical-and-expr) */
static expr *logical_expr(parser *p, bool argument) {
    if (++p->depth > DEEPEST)
        return parser_fail(p, p->at, 0, "the query is nested more than %d deep", DEEPEST);
    size_t start = p->at, first = p->at;
    bool alone, combined = false;
    expr *left = logical_and_expr(p, &alone);
    while (left != NULL) {
        size_t before = p->at;
        parser_skip_blank(p);
        if (!parser_accept(p, "||")) {
            p->at = before;
            break;
        }
        if (!must_be_test(p, left, start, alone))
            return NULL;
        parser_skip_blank(p);
        start = p->at;
        expr *right = logical_and_expr(p, &alone);
        if (right == NULL || !must_be_test(p, right, start, alone))
            return NULL;
        combined = true;
        alone = false;
        left = binary(p, EXPR_OR, left, right);
    }
    p->depth--;
    if (left != NULL && alone && !combined && !argument && !is_test(p, left, first))
        return NULL;
    return left;
}

/* ---- The whole ---- */

static jsonpath *new_jsonpath(const jsonpath_options *options, bool predicate) {
    arena *memory = arena_new();
    jsonpath *made = memory == NULL ? NULL : arena_alloc(memory, sizeof *made);
    if (made == NULL) {
        arena_free(memory);
        return NULL;
    }
    made->memory = memory;
    made->is_predicate = predicate;
    made->goessner = options != NULL && options->dialect == JSONPATH_GOESSNER_00;
    return made;
}

/* jsonpath-query = root-identifier segments */
static void jsonpath_query(parser *p) {
    if (!parser_accept(p, "$")) {
        parser_expected(p, "'$', with which a query starts");
        return;
    }
    p->made->query = query_after_root(p, false);
    if (p->made->query == NULL || p->at == p->end)
        return;
    parser_expected(p, "'.', '..', '[' or the end of the query");
}

static void bare_predicate(parser *p) {
    parser_skip_blank(p);
    p->made->predicate = logical_expr(p, false);
    parser_skip_blank(p);
    if (p->made->predicate != NULL && p->at < p->end)
        parser_expected(p, "'&&', '||', a comparison or the end of the condition");
}

static jsonpath_status compile(const char *bytes, size_t length, const jsonpath_options *options, bool predicate,
                               jsonpath **out, jsonpath_error *error) {
    *out = NULL;
    *error = (jsonpath_error){.offset = 0};
    parser p = {.text = bytes, .end = length, .error = error, .made = new_jsonpath(options, predicate)};
    if (p.made == NULL) {
        snprintf(error->message, sizeof error->message, "memory ran short");
        return JSONPATH_NO_MEMORY;
    }
    p.host = options == NULL ? NULL : options->host;
    size_t bad;
    if (!utf8_valid(bytes, length, &bad))
        parser_fail(&p, bad, 1, "the text is not UTF-8");
    else if (predicate)
        bare_predicate(&p);
    else
        jsonpath_query(&p);
    if (p.status != JSONPATH_OK) {
        jsonpath_free(p.made);
        return p.status;
    }
    *out = p.made;
    return JSONPATH_OK;
}

jsonpath_status jsonpath_compile(const char *bytes, size_t length, const jsonpath_options *options, jsonpath **out,
                                 jsonpath_error *error) {
    return compile(bytes, length, options, false, out, error);
}

jsonpath_status jsonpath_compile_predicate(const char *bytes, size_t length, const jsonpath_options *options,
                                           jsonpath **out, jsonpath_error *error) {
    return compile(bytes, length, options, true, out, error);
}

void jsonpath_free(jsonpath *query) {
    if (query == NULL)
        return;
    for (release *entry = query->releases; entry != NULL; entry = entry->next) {
        json_decref(entry->value);
        pcre2_code_free(entry->pattern);
    }
    arena_free(query->memory);
}

bool jsonpath_is_singular(const jsonpath *query) {
    return query->query != NULL && query->query->singular;
}
