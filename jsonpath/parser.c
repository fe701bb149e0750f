/*
 * parser.c: from a query's text to its syntax tree: recursive descent, each function named after its rule of RFC 9535,
 * appendix A, and the well-typedness of functions (section 2.4.3). Bare predicates and the older dialect are variations
 * of the same rules.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "jsonpath/jsonpath_internal.h"

enum { DEEPEST = 100 };

static const long long largest_integer = 9007199254740991; /* I-JSON, RFC 7493, section 2.2 */

const function jsonpath_functions[] = {
    {"length", TYPE_VALUE, 1, {TYPE_VALUE}},
    {"count", TYPE_VALUE, 1, {TYPE_NODES}},
    {"match", TYPE_LOGICAL, 2, {TYPE_VALUE, TYPE_VALUE}},
    {"search", TYPE_LOGICAL, 2, {TYPE_VALUE, TYPE_VALUE}},
    {"value", TYPE_VALUE, 1, {TYPE_NODES}},
};

enum { FUNCTIONS = sizeof jsonpath_functions / sizeof *jsonpath_functions };

typedef struct parser {
    const char *text;
    size_t at;
    size_t end;
    jsonpath *made;
    const jsonpath_host *host;
    jsonpath_error *error;
    jsonpath_status status;
    int depth;
} parser;

/* ---- Errors and memory ---- */

static void *fail(parser *p, size_t offset, size_t length, const char *format, ...) {
    if (p->status != JSONPATH_OK)
        return NULL;
    p->status = JSONPATH_SYNTAX;
    p->error->offset = offset;
    p->error->length = length;
    va_list values;
    va_start(values, format);
    vsnprintf(p->error->message, sizeof p->error->message, format, values);
    va_end(values);
    return NULL;
}

/* What stands at a place, for an error message. */
static void *expected(parser *p, const char *what) {
    if (p->at >= p->end)
        return fail(p, p->end, 0, "expected %s, but the text ends", what);
    uint32_t code_point;
    size_t size = utf8_decode(p->text + p->at, p->end - p->at, &code_point);
    if (size == 0 || code_point < 0x20)
        return fail(p, p->at, 1, "expected %s", what);
    return fail(p, p->at, size, "expected %s, not '%.*s'", what, (int)size, p->text + p->at);
}

static void *check(parser *p, void *memory) {
    if (memory == NULL && p->status == JSONPATH_OK) {
        p->status = JSONPATH_NO_MEMORY;
        snprintf(p->error->message, sizeof p->error->message, "memory ran short");
    }
    return memory;
}

static bool keep(parser *p, json_t *value, pcre2_code *pattern) {
    release *entry = check(p, arena_alloc(p->made->memory, sizeof *entry));
    if (entry == NULL) {
        json_decref(value);
        pcre2_code_free(pattern);
        return false;
    }
    *entry = (release){p->made->releases, value, pattern};
    p->made->releases = entry;
    return true;
}

static expr *new_expr(parser *p, expr_kind kind) {
    expr *made = check(p, arena_alloc(p->made->memory, sizeof *made));
    if (made != NULL)
        made->kind = kind;
    return made;
}

/* ---- Characters ---- */

static bool next_is(const parser *p, char byte) {
    return p->at < p->end && p->text[p->at] == byte;
}

static bool accept(parser *p, const char *token) {
    size_t length = strlen(token);
    if (p->end - p->at < length || memcmp(p->text + p->at, token, length) != 0)
        return false;
    p->at += length;
    return true;
}

/* S = *( %x20 / %x09 / %x0A / %x0D ) */
static void skip_blank(parser *p) {
    while (p->at < p->end && p->text[p->at] != '\0' && strchr(" \t\n\r", p->text[p->at]) != NULL)
        p->at++;
}

static bool is_digit(const parser *p) {
    return p->at < p->end && isdigit((unsigned char)p->text[p->at]);
}

static bool is_name_byte(unsigned char byte, bool first) {
    return isalpha(byte) || byte == '_' || byte >= 0x80 || (!first && isdigit(byte));
}

/* ---- Strings ---- */

static bool read_hex4(parser *p, uint32_t *value) {
    *value = 0;
    for (int i = 0; i < 4; i++, p->at++) {
        if (p->at >= p->end || !isxdigit((unsigned char)p->text[p->at])) {
            expected(p, "four hexadecimal digits");
            return false;
        }
        int digit = tolower((unsigned char)p->text[p->at]);
        *value = *value << 4 | (uint32_t)(isdigit(digit) ? digit - '0' : digit - 'a' + 10);
    }
    return true;
}

/* hexchar = non-surrogate / (high-surrogate "\" %x75 low-surrogate) */
static bool hexchar(parser *p, text *out) {
    uint32_t high, low;
    size_t start = p->at - 2;
    if (!read_hex4(p, &high))
        return false;
    if (high >= 0xDC00 && high < 0xE000) {
        fail(p, start, 6, "a low surrogate without a high one before it");
        return false;
    }
    if (high >= 0xD800 && high < 0xDC00) {
        if (!accept(p, "\\u")) {
            expected(p, "'\\u' and a low surrogate");
            return false;
        }
        if (!read_hex4(p, &low))
            return false;
        if (low < 0xDC00 || low >= 0xE000) {
            fail(p, p->at - 6, 6, "expected a low surrogate");
            return false;
        }
        high = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    }
    text_append_code_point(out, high);
    return true;
}

/* ESC ( escapable / the quote ) */
static bool escape(parser *p, char quote, text *out) {
    static const char names[] = "bfnrt/\\", values[] = "\b\f\n\r\t/\\";
    char name = p->at + 1 < p->end ? p->text[p->at + 1] : '\0';
    const char *found = name == '\0' ? NULL : strchr(names, name);
    p->at++;
    if (name == 'u') {
        p->at++;
        return hexchar(p, out);
    }
    if (found == NULL && name != quote) {
        expected(p, "an escape: one of b f n r t / \\ u or the quote");
        return false;
    }
    text_append_char(out, found != NULL ? values[found - names] : quote);
    p->at++;
    return true;
}

typedef struct string_parts {
    text pending;
    template_part parts[32];
    size_t count;
} string_parts;

static bool flush_part(parser *p, string_parts *s) {
    if (s->pending.failed)
        return check(p, NULL) != NULL;
    if (s->pending.length == 0)
        return true;
    char *kept = check(p, arena_copy(p->made->memory, s->pending.bytes, s->pending.length));
    s->parts[s->count++] = (template_part){.text = kept, .length = s->pending.length};
    text_truncate(&s->pending, 0);
    return kept != NULL;
}

/* A host's value within a string; *found tells whether there is one. */
static bool host_part(parser *p, string_parts *s, bool *found) {
    size_t slot, length = 0;
    *found = false;
    if (p->host != NULL)
        length = p->host->recognise(p->host->user, p->text + p->at, p->end - p->at, true, &slot);
    if (length == 0)
        return true;
    if (s->count + 3 > sizeof s->parts / sizeof *s->parts) {
        fail(p, p->at, length, "too many expressions in one string");
        return false;
    }
    *found = true;
    if (!flush_part(p, s))
        return false;
    s->parts[s->count++] = (template_part){.slot = slot};
    p->at += length;
    return true;
}

/* string-literal = %x22 *double-quoted %x22 / %x27 *single-quoted %x27 */
static bool string_characters(parser *p, string_parts *s) {
    char quote = p->text[p->at++];
    while (p->at < p->end && p->text[p->at] != quote) {
        bool found;
        if (!host_part(p, s, &found))
            return false;
        if (found)
            continue;
        unsigned char byte = (unsigned char)p->text[p->at];
        if (byte < 0x20) {
            fail(p, p->at, 1, "a control character must be written as an escape");
            return false;
        }
        if (byte == '\\') {
            if (!escape(p, quote, &s->pending))
                return false;
            continue;
        }
        text_append_char(&s->pending, (char)byte);
        p->at++;
    }
    if (p->at < p->end) {
        p->at++;
        return true;
    }
    expected(p, "the closing quote");
    return false;
}

static expr *string_expr(parser *p, string_parts *s) {
    bool template = false;
    for (size_t i = 0; i < s->count; i++)
        template = template || s->parts[i].text == NULL;
    if (!template) {
        expr *made = new_expr(p, EXPR_LITERAL);
        json_t *value = s->pending.failed ? NULL : json_stringn(text_peek(&s->pending), s->pending.length);
        if (made == NULL || check(p, value) == NULL || !keep(p, value, NULL))
            return NULL;
        made->literal = value;
        return made;
    }
    if (!flush_part(p, s))
        return NULL;
    expr *made = new_expr(p, EXPR_TEMPLATE);
    template_part *parts = check(p, arena_array(p->made->memory, s->count, sizeof *parts));
    if (made == NULL || parts == NULL)
        return NULL;
    memcpy(parts, s->parts, s->count * sizeof *parts);
    made->parts = parts;
    made->part_count = s->count;
    made->ordinal = p->made->ordinals++;
    return made;
}

static expr *string_literal(parser *p) {
    string_parts s = {.pending = TEXT_EMPTY};
    expr *made = string_characters(p, &s) ? string_expr(p, &s) : NULL;
    text_free(&s.pending);
    return made;
}

/* ---- Numbers ---- */

/* int = "0" / (["-"] DIGIT1 *DIGIT), within the I-JSON range */
static bool integer(parser *p, long long *value) {
    size_t start = p->at;
    bool negative = accept(p, "-");
    if (!is_digit(p)) {
        expected(p, "an integer");
        return false;
    }
    bool zero = next_is(p, '0');
    *value = 0;
    for (; is_digit(p); p->at++) {
        *value = *value * 10 + (p->text[p->at] - '0');
        if (*value > largest_integer) {
            while (is_digit(p))
                p->at++;
            fail(p, start, p->at - start, "the integer is beyond 2^53 - 1");
            return false;
        }
    }
    if (zero && (negative || p->at - start > 1)) {
        fail(p, start, p->at - start, negative ? "-0 is no index" : "an integer must not start with 0");
        return false;
    }
    if (negative)
        *value = -*value;
    return true;
}

/* number = (int / "-0") [ frac ] [ exp ] */
static expr *number(parser *p) {
    size_t start = p->at;
    accept(p, "-");
    size_t digits = p->at;
    while (is_digit(p))
        p->at++;
    if (p->at == digits)
        return expected(p, "a digit");
    if (p->at - digits > 1 && p->text[digits] == '0')
        return fail(p, start, p->at - start, "a number must not start with 0");
    bool real = false;
    if (accept(p, ".")) {
        real = true;
        if (!is_digit(p))
            return expected(p, "a digit after the point");
        while (is_digit(p))
            p->at++;
    }
    if (accept(p, "e") || accept(p, "E")) {
        real = true;
        if (!accept(p, "-"))
            accept(p, "+");
        if (!is_digit(p))
            return expected(p, "a digit of the exponent");
        while (is_digit(p))
            p->at++;
    }
    expr *made = new_expr(p, EXPR_LITERAL);
    char *copy = check(p, arena_copy(p->made->memory, p->text + start, p->at - start));
    if (made == NULL || copy == NULL)
        return NULL;
    errno = 0;
    long long whole = strtoll(copy, NULL, 10);
    double value = strtod(copy, NULL);
    if (value - value != 0)
        return fail(p, start, p->at - start, "the number is too large");
    made->literal = check(p, !real && errno != ERANGE ? json_integer(whole) : json_real(value));
    return made->literal != NULL && keep(p, made->literal, NULL) ? made : NULL;
}

/* ---- Selectors ---- */

static expr *logical_expr(parser *p, bool argument);
static path *query_after_root(parser *p, bool relative);

static bool index_or_slice(parser *p, path_selector *s) {
    s->step = 1;
    if (!next_is(p, ':')) {
        if (!integer(p, &s->start))
            return false;
        s->has_start = true;
        s->index = s->start;
    }
    size_t before = p->at;
    skip_blank(p);
    if (!accept(p, ":")) {
        p->at = before;
        s->kind = SELECT_INDEX;
        return true;
    }
    s->kind = SELECT_SLICE;
    skip_blank(p);
    if (is_digit(p) || next_is(p, '-')) {
        s->has_end = true;
        if (!integer(p, &s->end))
            return false;
        before = p->at;
        skip_blank(p);
    }
    if (!accept(p, ":")) {
        if (s->has_end)
            p->at = before;
        return true;
    }
    skip_blank(p);
    return (!is_digit(p) && !next_is(p, '-')) || integer(p, &s->step);
}

static bool name_selector(parser *p, path_selector *s) {
    expr *name = string_literal(p);
    if (name == NULL)
        return false;
    if (name->kind == EXPR_TEMPLATE) {
        s->kind = SELECT_HOST;
        s->filter = name;
        return true;
    }
    s->kind = SELECT_NAME;
    s->length = json_string_length(name->literal);
    s->name = check(p, arena_copy(p->made->memory, json_string_value(name->literal), s->length));
    return s->name != NULL;
}

static bool filter_selector(parser *p, path_selector *s) {
    s->kind = SELECT_FILTER;
    skip_blank(p);
    s->filter = logical_expr(p, false);
    return s->filter != NULL;
}

static expr *host_operand(parser *p) {
    size_t slot, length = 0;
    if (p->host != NULL)
        length = p->host->recognise(p->host->user, p->text + p->at, p->end - p->at, false, &slot);
    expr *made = length == 0 ? NULL : new_expr(p, EXPR_HOST);
    if (made == NULL)
        return NULL;
    p->at += length;
    made->slot = slot;
    made->ordinal = p->made->ordinals++;
    return made;
}

/* The older dialect's script: `(@.length-1)`, an index counted from the end. */
static bool script_selector(parser *p, path_selector *s) {
    skip_blank(p);
    if (!accept(p, "@.length")) {
        expected(p, "'@.length', the only script that is carried out");
        return false;
    }
    skip_blank(p);
    s->kind = SELECT_FROM_END;
    bool minus = next_is(p, '-');
    if (minus || next_is(p, '+')) {
        p->at++;
        skip_blank(p);
        if (!is_digit(p) || !integer(p, &s->index))
            return expected(p, "a number") != NULL;
        s->index = minus ? -s->index : s->index;
        skip_blank(p);
    }
    return accept(p, ")") || expected(p, "')'") != NULL;
}

/* selector = name-selector / wildcard-selector / slice-selector / index-selector / filter-selector */
static bool selector(parser *p, path_selector *s) {
    if (next_is(p, '"') || next_is(p, '\''))
        return name_selector(p, s);
    if (accept(p, "*")) {
        s->kind = SELECT_WILDCARD;
        return true;
    }
    if (accept(p, "?"))
        return filter_selector(p, s);
    if (is_digit(p) || next_is(p, '-') || next_is(p, ':'))
        return index_or_slice(p, s);
    if (p->made->goessner && accept(p, "("))
        return script_selector(p, s);
    s->filter = host_operand(p);
    if (s->filter != NULL) {
        s->kind = SELECT_HOST;
        return true;
    }
    expected(p, "a selector: a quoted name, an index, a slice, '*' or '?'");
    return false;
}

static bool add_selector(parser *p, segment *s, const path_selector *made) {
    /* Room for 1, 2, 4, 8, … selectors: a full array doubles. */
    if ((s->count & (s->count - 1)) == 0) {
        size_t capacity = s->count == 0 ? 1 : s->count * 2;
        path_selector *larger = check(p, arena_array(p->made->memory, capacity, sizeof *larger));
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
        skip_blank(p);
        if (!selector(p, &made) || !add_selector(p, s, &made))
            return false;
        skip_blank(p);
    } while (accept(p, ","));
    if (accept(p, "]"))
        return true;
    expected(p, "',' or ']'");
    return false;
}

/* member-name-shorthand = name-first *name-char */
static bool member_name_shorthand(parser *p, path_selector *s) {
    size_t start = p->at;
    while (p->at < p->end && (is_name_byte((unsigned char)p->text[p->at], p->at == start) ||
                              (p->made->goessner && p->at > start && p->text[p->at] == '-')))
        p->at++;
    if (p->at == start)
        return expected(p, "a name or '*'") != NULL;
    size_t bad;
    if (!utf8_valid(p->text + start, p->at - start, &bad))
        return fail(p, start + bad, 1, "the text is not UTF-8") != NULL;
    s->kind = SELECT_NAME;
    s->length = p->at - start;
    s->name = check(p, arena_copy(p->made->memory, p->text + start, s->length));
    return s->name != NULL;
}

static bool shorthand(parser *p, segment *s) {
    path_selector made = {.kind = SELECT_WILDCARD};
    return (accept(p, "*") || member_name_shorthand(p, &made)) && add_selector(p, s, &made);
}

/* segment = child-segment / descendant-segment */
static bool read_segment(parser *p, segment *s) {
    if (accept(p, "["))
        return bracketed_selection(p, s);
    if (accept(p, "..")) {
        s->descendant = true;
        return accept(p, "[") ? bracketed_selection(p, s) : shorthand(p, s);
    }
    return accept(p, ".") && shorthand(p, s);
}

static bool is_singular_segment(const segment *s) {
    selector_kind kind = s->selectors[0].kind;
    return !s->descendant && s->count == 1 &&
           (kind == SELECT_NAME || kind == SELECT_INDEX || kind == SELECT_HOST || kind == SELECT_FROM_END);
}

static bool add_segment(parser *p, path *query, const segment *made) {
    if ((query->count & (query->count - 1)) == 0) {
        size_t capacity = query->count == 0 ? 1 : query->count * 2;
        segment *larger = check(p, arena_array(p->made->memory, capacity, sizeof *larger));
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
    path *query = check(p, arena_alloc(p->made->memory, sizeof *query));
    if (query == NULL)
        return NULL;
    *query = (path){.relative = relative, .singular = true};
    for (;;) {
        size_t before = p->at;
        skip_blank(p);
        if (!next_is(p, '[') && !next_is(p, '.')) {
            p->at = before;
            return query;
        }
        segment made = {.count = 0};
        if (!read_segment(p, &made) || !add_segment(p, query, &made))
            return NULL;
    }
}

/* ---- Filters ---- */

static expr *filter_query(parser *p) {
    bool relative = next_is(p, '@');
    p->at++;
    expr *made = new_expr(p, EXPR_PATH);
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
        (after < p->end && (is_name_byte((unsigned char)p->text[after], false) || p->text[after] == '(')))
        return false;
    p->at = after;
    return true;
}

static expr *constant(parser *p, json_t *value) {
    expr *made = new_expr(p, EXPR_LITERAL);
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
        fail(p, start, p->at - start,
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
        check(p, NULL);
    return status != JSONPATH_NO_MEMORY && (call->pattern == NULL || keep(p, NULL, call->pattern));
}

/* function-argument = literal / filter-query / logical-expr / function-expr */
static bool arguments(parser *p, expr *call, const function *called) {
    size_t count = 0;
    skip_blank(p);
    while (!next_is(p, ')')) {
        size_t start = p->at;
        expr *argument = logical_expr(p, true);
        if (argument == NULL)
            return false;
        if (count >= called->parameter_count) {
            fail(p, start, p->at - start, "%s() takes %zu argument%s", called->name, called->parameter_count,
                 called->parameter_count == 1 ? "" : "s");
            return false;
        }
        if (!fits(p, argument, called->parameters[count], start))
            return false;
        *(count++ == 0 ? &call->left : &call->right) = argument;
        skip_blank(p);
        if (!accept(p, ","))
            break;
        skip_blank(p);
        if (next_is(p, ')'))
            return expected(p, "an argument") != NULL;
    }
    if (!accept(p, ")"))
        return expected(p, "',' or ')'") != NULL;
    if (count < called->parameter_count) {
        fail(p, p->at - 1, 1, "%s() takes %zu argument%s, not %zu", called->name, called->parameter_count,
             called->parameter_count == 1 ? "" : "s", count);
        return false;
    }
    return compile_pattern(p, call);
}

/* function-expr = function-name "(" S [function-argument *(S "," S function-argument)] S ")" */
static expr *function_expr(parser *p) {
    size_t start = p->at;
    while (p->at < p->end && (islower((unsigned char)p->text[p->at]) || p->text[p->at] == '_' || is_digit(p)))
        p->at++;
    size_t length = p->at - start;
    if (length == 0 || !islower((unsigned char)p->text[start]) || !next_is(p, '(')) {
        p->at = start;
        return expected(p, "a query, a literal or a function");
    }
    for (size_t i = 0; i < FUNCTIONS; i++) {
        const function *called = &jsonpath_functions[i];
        if (strlen(called->name) != length || memcmp(called->name, p->text + start, length) != 0)
            continue;
        p->at++;
        expr *call = new_expr(p, EXPR_CALL);
        if (call == NULL)
            return NULL;
        call->call = (function_id)i;
        return arguments(p, call, called) ? call : NULL;
    }
    return fail(p, start, length, "there is no function '%.*s'; there are length, count, match, search and value",
                (int)length, p->text + start);
}

/* comparable = literal / singular-query / function-expr; a test is one of the latter two */
static expr *operand(parser *p) {
    expr *host = host_operand(p);
    if (host != NULL || p->status != JSONPATH_OK)
        return host;
    if (next_is(p, '@') || next_is(p, '$'))
        return filter_query(p);
    if (next_is(p, '"') || next_is(p, '\''))
        return string_literal(p);
    if (is_digit(p) || next_is(p, '-'))
        return number(p);
    if (keyword(p, "true"))
        return constant(p, json_true());
    if (keyword(p, "false"))
        return constant(p, json_false());
    if (keyword(p, "null"))
        return constant(p, json_null());
    return function_expr(p);
}

static bool comparison_op(parser *p, comparison *op) {
    static const char *const names[] = {"==", "!=", "<=", ">=", "<", ">"};
    static const comparison values[] = {COMPARE_EQ, COMPARE_NE, COMPARE_LE, COMPARE_GE, COMPARE_LT, COMPARE_GT};
    for (size_t i = 0; i < 6; i++)
        if (accept(p, names[i])) {
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
        fail(p, start, end - start, "a query in a comparison must select at most one node");
    else if (!right)
        fail(p, start, end - start, "a logical value cannot be compared");
    return right;
}

static expr *comparison_expr(parser *p, expr *left, size_t start, size_t end, comparison op) {
    expr *made = new_expr(p, EXPR_COMPARE);
    if (made == NULL || !is_comparable(p, left, start, end))
        return NULL;
    skip_blank(p);
    size_t right_start = p->at;
    made->operator= op;
    made->left = left;
    made->right = operand(p);
    if (made->right == NULL || !is_comparable(p, made->right, right_start, p->at))
        return NULL;
    size_t before = p->at;
    comparison again;
    skip_blank(p);
    size_t at = p->at;
    if (comparison_op(p, &again))
        return fail(p, at, p->at - at, "comparisons do not chain; combine them with '&&'");
    p->at = before;
    return made;
}

static bool is_test(parser *p, const expr *e, size_t start) {
    if (type_of(e) != TYPE_VALUE)
        return true;
    bool lenient = (p->made->is_predicate || p->made->goessner) && e->kind != EXPR_TEMPLATE && e->kind != EXPR_LITERAL;
    if (!lenient)
        fail(p, start, p->at - start,
             e->kind == EXPR_CALL ? "the result of a function must be compared with something"
                                  : "a literal must be compared with something");
    return lenient;
}

static expr *paren_expr(parser *p) {
    p->at++;
    skip_blank(p);
    expr *inner = logical_expr(p, false);
    if (inner == NULL)
        return NULL;
    skip_blank(p);
    return accept(p, ")") ? inner : expected(p, "')'");
}

static expr *negate(parser *p, expr *inner) {
    expr *made = inner == NULL ? NULL : new_expr(p, EXPR_NOT);
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
    if (accept(p, "!")) {
        size_t start;
        skip_blank(p);
        start = p->at;
        if (next_is(p, '('))
            return negate(p, paren_expr(p));
        expr *inner = operand(p);
        if (inner == NULL || !is_test(p, inner, start))
            return NULL;
        comparison op;
        size_t before = p->at;
        skip_blank(p);
        if (comparison_op(p, &op))
            return fail(p, start, before - start, "'!' takes a test or parentheses, not a comparison");
        p->at = before;
        return negate(p, inner);
    }
    if (next_is(p, '('))
        return paren_expr(p);
    size_t start = p->at;
    expr *left = operand(p);
    if (left == NULL)
        return NULL;
    size_t before = p->at;
    comparison op;
    skip_blank(p);
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
    expr *made = left == NULL || right == NULL ? NULL : new_expr(p, kind);
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
        skip_blank(p);
        if (!accept(p, "&&")) {
            p->at = before;
            break;
        }
        if (!must_be_test(p, left, start, *alone))
            return NULL;
        skip_blank(p);
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
        return fail(p, p->at, 0, "the query is nested more than %d deep", DEEPEST);
    size_t start = p->at, first = p->at;
    bool alone, combined = false;
    expr *left = logical_and_expr(p, &alone);
    while (left != NULL) {
        size_t before = p->at;
        skip_blank(p);
        if (!accept(p, "||")) {
            p->at = before;
            break;
        }
        if (!must_be_test(p, left, start, alone))
            return NULL;
        skip_blank(p);
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
    if (!accept(p, "$")) {
        expected(p, "'$', with which a query starts");
        return;
    }
    p->made->query = query_after_root(p, false);
    if (p->made->query == NULL || p->at == p->end)
        return;
    expected(p, "'.', '..', '[' or the end of the query");
}

static void bare_predicate(parser *p) {
    skip_blank(p);
    p->made->predicate = logical_expr(p, false);
    skip_blank(p);
    if (p->made->predicate != NULL && p->at < p->end)
        expected(p, "'&&', '||', a comparison or the end of the condition");
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
        fail(&p, bad, 1, "the text is not UTF-8");
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
