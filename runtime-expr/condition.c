/*
 * condition.c: the parser for simple conditions: "Literals", "Operators" and "Simple Conditions" of the Criterion
 * Object, with the grammar of S10 where the specification has none:
 *
 *     condition  = conjunction *( "||" conjunction )
 *     conjunction = comparison *( "&&" comparison )
 *     comparison = negation [ operator negation ]
 *     negation   = [ "!" ] operand
 *     operand    = "(" condition ")" / literal / expression
 *
 * An operand ends at white space, an operator or a parenthesis. Depth is bounded.
 */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "runtime-expr/compare.h"
#include "runtime-expr/condition_internal.h"

enum { DEEPEST = 200 };

typedef struct parser {
    arena *memory;
    const char *bytes;
    size_t length;
    size_t position;
    size_t depth;
    const expr_options *options;
    json_t *literals;
    expr_status status;
} parser;

static condition *parse_condition(parser *p);

/* ---- Characters and problems ---- */

static bool is_strict(const parser *p) {
    return p->options != NULL && p->options->strict;
}

static bool looking_at(const parser *p, size_t at, const char *word) {
    size_t length = strlen(word);
    return at <= p->length && length <= p->length - at && memcmp(p->bytes + at, word, length) == 0;
}

static bool is_space(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static void skip_space(parser *p) {
    while (p->position < p->length && is_space(p->bytes[p->position]))
        p->position++;
}

static bool operand_ends(const parser *p, size_t at) {
    char byte = p->bytes[at];
    return is_space(byte) || (byte != '\0' && strchr("()=!<>{}\"", byte) != NULL) || looking_at(p, at, "&&") ||
           looking_at(p, at, "||");
}

static size_t operand_end(const parser *p, size_t from) {
    while (from < p->length && !operand_ends(p, from))
        from++;
    return from;
}

static void *fail(parser *p, size_t offset, size_t length, const char *help, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

static void *fail(parser *p, size_t offset, size_t length, const char *help, const char *format, ...) {
    expression_fault fault = {.offset = offset, .length = length};
    va_list values;
    va_start(values, format);
    vsnprintf(fault.message, sizeof fault.message, format, values);
    va_end(values);
    if (help != NULL)
        snprintf(fault.help, sizeof fault.help, "%s", help);
    expression_report_fault(p->options, EXPR_ERROR, "", "/condition", &fault);
    p->status = EXPR_INVALID;
    return NULL;
}

/* `mend` (may be NULL) takes the place of what is complained about. */
static void liberty(parser *p, const char *rule, size_t offset, size_t length, const char *help, const char *mend,
                    const char *message) {
    expression_fault fault = {
        .offset = offset, .length = length, .mend = mend, .mend_offset = offset, .mend_length = length};
    snprintf(fault.message, sizeof fault.message, "%s", message);
    snprintf(fault.help, sizeof fault.help, "%s", help);
    expression_report_fault(p->options, EXPR_LIBERTY, rule, "/condition", &fault);
}

static void *no_memory(parser *p) {
    p->status = EXPR_NO_MEMORY;
    return NULL;
}

static condition *new_node(parser *p, condition_kind kind, condition *first) {
    condition *node = arena_alloc(p->memory, sizeof *node);
    if (node == NULL)
        return no_memory(p);
    node->kind = kind;
    node->first = first;
    return node;
}

/* A literal's node; takes over the reference. */
static condition *literal_node(parser *p, json_t *value) {
    condition *node = new_node(p, CONDITION_LITERAL, NULL);
    if (value == NULL || node == NULL || json_array_append_new(p->literals, value) != 0) {
        if (node == NULL)
            json_decref(value);
        return no_memory(p);
    }
    node->literal = value;
    return node;
}

/* ---- Operands ---- */

/* "'" *( any but "'" / "''" ) "'"; in the default profile likewise with quotation marks */
static condition *string(parser *p) {
    char quote = p->bytes[p->position];
    size_t from = p->position++;
    text value = TEXT_EMPTY;
    for (;; p->position++) {
        if (p->position == p->length) {
            text_free(&value);
            return fail(p, from, p->length - from, NULL, "the string that begins here has no closing %s",
                        quote == '"' ? "quotation mark" : "apostrophe");
        }
        char byte = p->bytes[p->position];
        if (byte == quote) {
            if (p->position + 1 == p->length || p->bytes[p->position + 1] != quote)
                break;
            p->position++;
        }
        text_append_char(&value, byte);
    }
    p->position++;
    size_t bad;
    condition *node = NULL;
    if (!utf8_valid(text_peek(&value), value.length, &bad))
        fail(p, from, p->position - from, NULL, "the string is not UTF-8");
    else
        node = literal_node(p, value.failed ? NULL : json_stringn(text_peek(&value), value.length));
    text_free(&value);
    return node;
}

/* How the specification wants a string in quotation marks. */
static void write_quoted(const parser *p, size_t from, size_t end, text *out) {
    text_append_char(out, '\'');
    for (size_t i = from + 1; i + 1 < end; i++) {
        text_append_char(out, p->bytes[i]);
        if (p->bytes[i] == '\'')
            text_append_char(out, '\'');
        i += p->bytes[i] == '"';
    }
    text_append_char(out, '\'');
}

static condition *quoted(parser *p) {
    size_t from = p->position;
    condition *node = string(p);
    if (node == NULL || p->bytes[from] == '\'')
        return node;
    text spelled = TEXT_EMPTY;
    write_quoted(p, from, p->position, &spelled);
    char help[120];
    snprintf(help, sizeof help, "write %s", spelled.length < sizeof help - 16 ? text_peek(&spelled) : "'…'");
    if (spelled.failed)
        node = no_memory(p);
    else if (is_strict(p))
        node = fail(p, from, p->position - from, help, "strings stand in single quotes");
    else
        liberty(p, "S10", from, p->position - from, help, text_peek(&spelled), "strings stand in single quotes");
    text_free(&spelled);
    return node;
}

static condition *number(parser *p, size_t end) {
    const char *digits = p->bytes + p->position;
    bool is_integer;
    json_int_t integer;
    double real;
    if (!number_parse(digits, end - p->position, &is_integer, &integer, &real))
        return fail(p, p->position, end - p->position, "write it as in JSON: 200, -1, 0.5, 1e3", "'%.*s' is no number",
                    (int)(end - p->position > 40 ? 40 : end - p->position), digits);
    p->position = end;
    return literal_node(p, is_integer ? json_integer(integer) : json_real(real));
}

static condition *reference(parser *p, size_t end) {
    condition *node = new_node(p, CONDITION_REFERENCE, NULL);
    if (node == NULL)
        return NULL;
    expression *found;
    expression_fault fault;
    expr_status status = expression_parse(p->memory, p->bytes + p->position, end - p->position, p->position,
                                          EXPRESSION_CONDITION, &found, &fault);
    if (status == EXPR_NO_MEMORY)
        return no_memory(p);
    if (status == EXPR_INVALID) {
        expression_report_fault(p->options, EXPR_ERROR, "", "/condition", &fault);
        p->status = EXPR_INVALID;
        return NULL;
    }
    if (is_strict(p))
        found->ends_in_length = false;
    else if (found->ends_in_length)
        liberty(p, "S12", end - 6, 6, "the specification has lengths in JSONPath only: $[?length(@) > 0]", NULL,
                "'.length' is a length where there is no member of that name");
    expression_tell(found, p->options);
    node->reference = found;
    p->position = end;
    return node;
}

/* Words and signs that other languages have, and what they are here. */
static const char *what_was_meant(const char *word, size_t length) {
    static const struct {
        const char *word, *help;
    } known[] = {
        {"True", "did you mean 'true'?"},
        {"TRUE", "did you mean 'true'?"},
        {"False", "did you mean 'false'?"},
        {"FALSE", "did you mean 'false'?"},
        {"Null", "did you mean 'null'?"},
        {"NULL", "did you mean 'null'?"},
        {"None", "did you mean 'null'?"},
        {"nil", "did you mean 'null'?"},
        {"undefined", "did you mean 'null'?"},
        {"and", "the operator is '&&'"},
        {"AND", "the operator is '&&'"},
        {"or", "the operator is '||'"},
        {"OR", "the operator is '||'"},
        {"not", "the operator is '!'"},
        {"NOT", "the operator is '!'"},
        {"contains", "write a condition of type regex or jsonpath"},
        {"matches", "write a condition of type regex"},
        {"in", "write a condition of type jsonpath"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].word) == length && memcmp(known[i].word, word, length) == 0)
            return known[i].help;
    return NULL;
}

/* true / false / null, or a mistake */
static condition *word(parser *p, size_t end) {
    const char *start = p->bytes + p->position;
    size_t length = end - p->position, offset = p->position;
    json_t *value = NULL;
    if (length == 4 && memcmp(start, "true", 4) == 0)
        value = json_true();
    else if (length == 5 && memcmp(start, "false", 5) == 0)
        value = json_false();
    else if (length == 4 && memcmp(start, "null", 4) == 0)
        value = json_null();
    if (value != NULL) {
        p->position = end;
        return literal_node(p, value);
    }
    if (end < p->length && p->bytes[end] == '(')
        return fail(p, offset, length, "a condition of type jsonpath has functions",
                    "simple conditions have no functions");
    char quoted_word[100];
    const char *help = what_was_meant(start, length);
    if (help == NULL && length < 60) {
        snprintf(quoted_word, sizeof quoted_word, "a string stands in single quotes: '%.*s'", (int)length, start);
        help = quoted_word;
    }
    return fail(p, offset, length, help, "expected an expression or a literal, found '%.*s'",
                (int)(length > 60 ? 60 : length), start);
}

/* `{$inputs.x}`; where more than one thing stands in the braces, parentheses keep it together. */
static bool note_braces(parser *p, size_t from, const condition *inner) {
    size_t length = p->position - from, before = 0, after = p->position;
    while (before < from && is_space(p->bytes[before]))
        before++;
    while (after < p->length && is_space(p->bytes[after]))
        after++;
    bool single = inner->kind == CONDITION_LITERAL || inner->kind == CONDITION_REFERENCE ||
                  (before == from && after == p->length);
    text spelled = TEXT_EMPTY;
    text_append_string(&spelled, single ? "" : "(");
    text_append(&spelled, p->bytes + from + 1, length - 2);
    text_append_string(&spelled, single ? "" : ")");
    bool right = !spelled.failed;
    if (right)
        liberty(p, "S10", from, length, single ? "leave the braces out" : "write parentheses", text_peek(&spelled),
                "expressions in simple conditions have no braces");
    text_free(&spelled);
    return right;
}

/* "(" condition ")"; in the default profile braces too, as version 1.0 of the specification wrote them */
static condition *group(parser *p) {
    size_t from = p->position;
    bool brace = p->bytes[from] == '{';
    if (brace && is_strict(p))
        return fail(p, from, 1, "leave the braces out", "expressions in simple conditions have no braces");
    if (++p->depth > DEEPEST)
        return fail(p, from, 1, NULL, "parentheses are nested too deeply");
    p->position++;
    condition *node = parse_condition(p);
    if (node == NULL)
        return NULL;
    p->depth--;
    if (p->position == p->length || p->bytes[p->position] != (brace ? '}' : ')'))
        return fail(p, p->position, p->position < p->length, NULL, "expected '%s' to close what '%s' opened",
                    brace ? "}" : ")", brace ? "{" : "(");
    p->position++;
    if (brace && !note_braces(p, from, node))
        return no_memory(p);
    return node;
}

static condition *operand(parser *p) {
    skip_space(p);
    if (p->position == p->length)
        return fail(p, p->position, 0, NULL,
                    p->length == 0 ? "the condition is empty" : "expected an expression or a literal, found the end");
    char byte = p->bytes[p->position];
    if (byte == '(' || byte == '{')
        return group(p);
    if (byte == '\'' || byte == '"')
        return quoted(p);
    size_t end = operand_end(p, p->position);
    if (end == p->position) {
        const char *help = byte == '!' ? "'!' is not doubled" : NULL;
        return fail(p, end, 1, help, "expected an expression or a literal, found '%c'", byte);
    }
    if (byte == '$')
        return reference(p, end);
    return (byte >= '0' && byte <= '9') || byte == '-' || byte == '+' || byte == '.' ? number(p, end) : word(p, end);
}

/* ---- Operators ---- */

/* negation = [ "!" ] operand */
static condition *negation(parser *p) {
    skip_space(p);
    bool negated = p->position < p->length && p->bytes[p->position] == '!' && !looking_at(p, p->position, "!=");
    if (!negated)
        return operand(p);
    p->position++;
    condition *inner = operand(p);
    return inner == NULL ? NULL : new_node(p, CONDITION_NOT, inner);
}

static const struct {
    const char *sign;
    int operation; /* -1: not one of ours */
    const char *help;
} operators[] = {
    {"===", -1, "did you mean '=='?"},
    {"!==", -1, "did you mean '!='?"},
    {"==", EQUAL, NULL},
    {"!=", NOT_EQUAL, NULL},
    {"<>", -1, "did you mean '!='?"},
    {"<=", LESS_OR_EQUAL, NULL},
    {">=", GREATER_OR_EQUAL, NULL},
    {"=<", -1, "did you mean '<='?"},
    {"=>", -1, "did you mean '>='?"},
    {"=~", -1, "write a condition of type regex"},
    {"<", LESS, NULL},
    {">", GREATER, NULL},
    {"=", -1, "did you mean '=='?"},
};
enum { OPERATORS = sizeof operators / sizeof *operators };

static size_t operator_here(const parser *p) {
    size_t i = 0;
    while (i < OPERATORS && !looking_at(p, p->position, operators[i].sign))
        i++;
    return i;
}

/* comparison = negation [ ( "==" / "!=" / "<" / "<=" / ">" / ">=" ) negation ] */
static condition *parse_comparison(parser *p) {
    condition *left = negation(p);
    if (left == NULL)
        return NULL;
    skip_space(p);
    size_t found = operator_here(p);
    if (found == OPERATORS)
        return left;
    size_t size = strlen(operators[found].sign);
    if (operators[found].operation < 0)
        return fail(p, p->position, size, operators[found].help, "there is no operator '%s'", operators[found].sign);
    p->position += size;
    condition *right = negation(p), *node = right == NULL ? NULL : new_node(p, CONDITION_COMPARISON, left);
    if (node == NULL)
        return NULL;
    left->next = right;
    node->operation = (comparison)operators[found].operation;
    skip_space(p);
    found = operator_here(p);
    if (found != OPERATORS)
        return fail(p, p->position, strlen(operators[found].sign), "join two comparisons with '&&'",
                    "comparisons do not chain");
    return node;
}

/* One or more of what `inner` parses, joined by a sign. */
static condition *joined(parser *p, condition_kind kind, const char *sign, condition *inner(parser *)) {
    condition *first = inner(p), *last = first;
    if (first == NULL)
        return NULL;
    skip_space(p);
    if (!looking_at(p, p->position, sign))
        return first;
    condition *node = new_node(p, kind, first);
    while (node != NULL && looking_at(p, p->position, sign)) {
        p->position += 2;
        last->next = inner(p);
        last = last->next;
        if (last == NULL)
            return NULL;
        skip_space(p);
    }
    return node;
}

static condition *conjunction(parser *p) {
    return joined(p, CONDITION_AND, "&&", parse_comparison);
}

static condition *parse_condition(parser *p) {
    return joined(p, CONDITION_OR, "||", conjunction);
}

/* What stands where the condition should have ended. */
static condition *not_the_end(parser *p) {
    size_t from = p->position, end = operand_end(p, from);
    if (p->bytes[from] == ')' || p->bytes[from] == '}')
        return fail(p, from, 1, NULL, "there is nothing that this '%c' closes", p->bytes[from]);
    if (end == from)
        end++;
    size_t length = end - from;
    const char *help = what_was_meant(p->bytes + from, length);
    char first = p->bytes[from];
    if (help == NULL && (first == '&' || first == '|'))
        help = first == '&' ? "did you mean '&&'?" : "did you mean '||'?";
    else if (help == NULL && length == 1 && first != '\0' && strchr("+-*/%", first) != NULL)
        help = "simple conditions have no arithmetic";
    return fail(p, from, length, help, "expected an operator or the end, found '%.*s'",
                (int)(length > 60 ? 60 : length), p->bytes + from);
}

expr_status condition_parse(arena *memory, const char *bytes, size_t length, const expr_options *options,
                            json_t *literals, condition **out) {
    parser p = {.memory = memory, .bytes = bytes, .length = length, .options = options, .literals = literals};
    *out = parse_condition(&p);
    if (*out != NULL && p.position < length)
        *out = not_the_end(&p);
    return *out != NULL ? EXPR_OK : p.status;
}
