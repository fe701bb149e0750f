/*
 * expression.c: the parser for runtime expressions: one function for each rule of the ABNF in "Runtime Expressions"
 * of the Arazzo Specification 1.1.0, each taking up where the one before stopped.
 *
 * Beyond the ABNF it reads `.name` and `[0]` after what has a value (S6), since the simple conditions have these
 * operators. It does not evaluate (expression_evaluate.c) and does not look for expressions within text (template.c).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/text.h"
#include "base/utf8.h"
#include "runtime-expr/char_escape.h"
#include "runtime-expr/expression_internal.h"

/* A name with more dots than this is one name: trying every split would cost quadratic memory. */
enum { MOST_SPLITS = 32 };

typedef struct parser {
    arena *memory;
    const char *text;
    size_t length;
    size_t position;
    size_t offset;
    expression_mode mode;
    expression *out;
    expression_fault *fault;
    size_t token_room;
    bool no_memory;
} parser;

typedef bool grammar_rule(parser *p, expr_root root);

static grammar_rule nothing_more, source, inputs_reference, steps_reference, workflows_reference, source_reference,
    components_reference;

/* expression: the words after '$', and what follows each. */
static const struct {
    const char *word;
    expr_root root; /* the first of several, where the rule decides */
    grammar_rule *follow;
} roots[] = {
    {"url", EXPR_URL, nothing_more},
    {"method", EXPR_METHOD, nothing_more},
    {"statusCode", EXPR_STATUS_CODE, nothing_more},
    {"self", EXPR_SELF, nothing_more},
    {"request", EXPR_REQUEST_HEADER, source},
    {"response", EXPR_RESPONSE_HEADER, source},
    {"message", EXPR_MESSAGE_HEADER, source},
    {"inputs", EXPR_INPUTS, inputs_reference},
    {"outputs", EXPR_OUTPUTS, inputs_reference},
    {"steps", EXPR_STEPS, steps_reference},
    {"workflows", EXPR_WORKFLOWS_INPUTS, workflows_reference},
    {"sourceDescriptions", EXPR_SOURCE_DESCRIPTIONS, source_reference},
    {"components", EXPR_COMPONENTS, components_reference},
};
enum { ROOTS = sizeof roots / sizeof *roots };

/* ---- Characters ---- */

static bool is_alpha(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

/* identifier-strict = 1*( ALPHA / DIGIT / "-" / "_" ) */
static bool is_identifier_strict(char byte) {
    return is_alpha(byte) || is_digit(byte) || byte == '-' || byte == '_';
}

/* identifier = 1*( ALPHA / DIGIT / "." / "-" / "_" ) */
static bool is_identifier(char byte) {
    return is_identifier_strict(byte) || byte == '.';
}

/* tchar (RFC 9110, section 5.6.2) */
static bool is_tchar(char byte) {
    return is_alpha(byte) || is_digit(byte) || (byte != '\0' && strchr("!#$%&'*+-.^_`|~", byte) != NULL);
}

/* A member's name after "." has no grammar in the specification: what names in JSON are usually made of. */
static bool is_member(char byte) {
    return is_identifier_strict(byte) || byte == '@' || byte == '$' || byte == ':' || (unsigned char)byte >= 0x80;
}

static bool at_end(const parser *p) {
    return p->position == p->length;
}

static char peek(const parser *p) {
    return at_end(p) ? '\0' : p->text[p->position];
}

/* ---- Faults ---- */

/* The end of the word or code point at `from`, so that a message can quote it. */
static size_t word_end(const parser *p, size_t from) {
    size_t end = from;
    while (end < p->length && end - from < 60 && is_identifier_strict(p->text[end]))
        end++;
    uint32_t code_point;
    if (end == from && end < p->length) {
        size_t size = utf8_decode(p->text + end, p->length - end, &code_point);
        end += size == 0 ? 1 : size;
    }
    return end;
}

/* "expected …, found …" at `from`. */
static bool expected(parser *p, size_t from, const char *what) {
    size_t end = word_end(p, from);
    p->fault->offset = p->offset + from;
    p->fault->length = end - from;
    if (end == from)
        snprintf(p->fault->message, sizeof p->fault->message, "expected %s, found the end", what);
    else if (end - from == 1 && (unsigned char)p->text[from] <= ' ')
        snprintf(p->fault->message, sizeof p->fault->message, "expected %s, found white space or a control character",
                 what);
    else
        snprintf(p->fault->message, sizeof p->fault->message, "expected %s, found '%.*s'", what, (int)(end - from),
                 p->text + from);
    return false;
}

static bool help(parser *p, const char *words) {
    snprintf(p->fault->help, sizeof p->fault->help, "%s", words);
    return false;
}

static bool did_you_mean(parser *p, const char *before, const char *best) {
    if (best != NULL)
        snprintf(p->fault->help, sizeof p->fault->help, "did you mean '%s%s'?", before, best);
    return false;
}

static bool out_of_memory(parser *p) {
    p->no_memory = true;
    return false;
}

/* ---- What the rules produce ---- */

static bool set_reference(parser *p, expr_root root, const char *owner, const char *name, size_t from, size_t end) {
    expr_reference *names = arena_alloc(p->memory, sizeof *names);
    if (names == NULL)
        return out_of_memory(p);
    names[0] =
        (expr_reference){.root = root, .owner = owner, .name = name, .offset = p->offset + from, .length = end - from};
    p->out->names = names;
    p->out->name_count = 1;
    return true;
}

/* The array index that a reference token spells: RFC 6901, no leading zeros. */
static size_t array_index(const char *key, size_t length) {
    if (length == 0 || length > 15 || (length > 1 && key[0] == '0'))
        return SIZE_MAX;
    size_t index = 0;
    for (size_t i = 0; i < length; i++) {
        if (!is_digit(key[i]))
            return SIZE_MAX;
        index = index * 10 + (size_t)(key[i] - '0');
    }
    return index;
}

/* `from` to `end` is where it stands. */
static bool add_token(parser *p, const char *key, size_t length, size_t from, size_t end) {
    expression *out = p->out;
    if (out->token_count == p->token_room) {
        size_t room = p->token_room == 0 ? 4 : p->token_room * 2;
        expr_token *tokens = arena_array(p->memory, room, sizeof *tokens);
        if (tokens == NULL)
            return out_of_memory(p);
        if (out->token_count > 0)
            memcpy(tokens, out->tokens, out->token_count * sizeof *tokens);
        out->tokens = tokens;
        p->token_room = room;
    }
    char *copy = arena_copy(p->memory, key, length);
    if (copy == NULL)
        return out_of_memory(p);
    out->tokens[out->token_count++] = (expr_token){.key = copy,
                                                   .length = length,
                                                   .index = array_index(copy, length),
                                                   .offset = p->offset + from,
                                                   .extent = end - from};
    return true;
}

/* S6: the leading parts of a name with dots become further names, the parts left off become tokens. */
static bool split_name(parser *p) {
    expression *out = p->out;
    const expr_reference whole = out->names[0];
    size_t length = strlen(whole.name), dots = 0;
    for (size_t i = 0; i < length; i++) {
        if (whole.name[i] != '.')
            continue;
        dots++;
        if (i == 0 || i + 1 == length || whole.name[i + 1] == '.')
            return true; /* an empty part is no member */
    }
    if (dots == 0 || dots > MOST_SPLITS)
        return true;
    out->names = arena_array(p->memory, dots + 1, sizeof *out->names);
    if (out->names == NULL)
        return out_of_memory(p);
    out->names[0] = whole;
    const char *part = strchr(whole.name, '.');
    while (part != NULL) {
        const char *next = strchr(part + 1, '.');
        size_t part_length = next == NULL ? strlen(part + 1) : (size_t)(next - part - 1);
        size_t from = whole.offset - p->offset + (size_t)(part + 1 - whole.name);
        if (!add_token(p, part + 1, part_length, from, from + part_length))
            return false;
        part = next;
    }
    for (size_t end = length; end > 0; end--) {
        if (whole.name[end - 1] != '.')
            continue;
        expr_reference shorter = whole;
        shorter.name = arena_copy(p->memory, whole.name, end - 1);
        shorter.length = end - 1;
        if (shorter.name == NULL)
            return out_of_memory(p);
        out->names[out->name_count++] = shorter;
    }
    return true;
}

/* ---- The rules ---- */

/* $url, $method, $statusCode, $self */
static bool nothing_more(parser *p, expr_root root) {
    size_t end = p->position;
    if (!set_reference(p, root, NULL, NULL, 0, end))
        return false;
    if (at_end(p))
        return true;
    expected(p, end, "nothing more");
    p->fault->length = p->length - end;
    snprintf(p->fault->message, sizeof p->fault->message, "nothing may follow '%.*s'", (int)end, p->text);
    return false;
}

static bool dot(parser *p, const char *what) {
    if (peek(p) != '.' || at_end(p))
        return expected(p, p->position, what);
    p->position++;
    return true;
}

/* A run of characters of one class, at least one, copied into *name. */
static bool run_of(parser *p, bool is(char), const char *what, const char **name) {
    size_t from = p->position;
    while (!at_end(p) && is(p->text[p->position]))
        p->position++;
    if (p->position == from)
        return expected(p, from, what);
    *name = arena_copy(p->memory, p->text + from, p->position - from);
    return *name != NULL || out_of_memory(p);
}

/* json-pointer = *( "/" reference-token ), after "#" */
static bool json_pointer(parser *p) {
    text key = TEXT_EMPTY;
    bool good = true;
    while (good && !at_end(p)) {
        if (peek(p) != '/') {
            good = expected(p, p->position, "'/' to begin a JSON Pointer");
            break;
        }
        size_t from = ++p->position;
        text_truncate(&key, 0);
        for (char byte; good && !at_end(p) && (byte = peek(p)) != '/'; p->position++) {
            if (byte == '{' || byte == '}') {
                good = expected(p, p->position, "a JSON Pointer, which has no braces");
                break;
            }
            if (byte == '~') {
                char next = p->position + 1 < p->length ? p->text[p->position + 1] : '\0';
                if (next != '0' && next != '1') {
                    expected(p, p->position, "'~0' or '~1'");
                    p->fault->length = next == '\0' ? 1 : 2;
                    good = help(p, "in a JSON Pointer '~' is written '~0' and '/' within a name '~1'");
                    break;
                }
                byte = next == '0' ? '~' : '/';
                p->position++;
            }
            text_append_char(&key, byte);
        }
        good = good && (key.failed ? out_of_memory(p) : add_token(p, text_peek(&key), key.length, from, p->position));
    }
    text_free(&key);
    return good;
}

static bool members_not_allowed(parser *p, size_t from) {
    p->fault->offset = p->offset + from;
    p->fault->length = p->length - from;
    p->fault->rule = "S6";
    snprintf(p->fault->message, sizeof p->fault->message, "members are named by a JSON Pointer after '#', not by '%c'",
             p->text[from]);
    text pointer = TEXT_EMPTY;
    for (size_t i = from; i < p->length; i++) {
        char byte = p->text[i];
        if (byte == '.' || byte == '[')
            text_append_char(&pointer, '/');
        else if (byte == '~' || byte == '/')
            text_append_string(&pointer, byte == '~' ? "~0" : "~1");
        else if (byte != ']')
            text_append_char(&pointer, byte);
    }
    if (!pointer.failed)
        snprintf(p->fault->help, sizeof p->fault->help, "write '%.*s#%s'", (int)(from > 90 ? 90 : from), p->text,
                 text_peek(&pointer));
    text_free(&pointer);
    return false;
}

/* S6: *( "." member-name / "[" index "]" ) */
static bool members(parser *p) {
    size_t start = p->position;
    bool is_length = false;
    while (peek(p) == '.' || peek(p) == '[') {
        bool index = peek(p) == '[';
        size_t from = ++p->position;
        while (!at_end(p) && (index ? is_digit(peek(p)) : is_member(peek(p))))
            p->position++;
        size_t length = p->position - from;
        if (length == 0)
            return expected(p, from, index ? "an index such as 0" : "the name of a member");
        if (index && (peek(p) != ']' || at_end(p)))
            return expected(p, p->position, "']' after the index");
        if (index && array_index(p->text + from, length) == SIZE_MAX)
            return expected(p, from, "an index without leading zeros");
        if (!add_token(p, p->text + from, length, from, from + length))
            return false;
        is_length = !index && length == 6 && memcmp(p->text + from, "length", 6) == 0;
        p->position += index;
    }
    if (p->position == start)
        return true;
    p->out->has_members = true;
    p->out->members_offset = p->offset + start;
    p->out->ends_in_length = is_length;
    return true;
}

/* [ "#" json-pointer ], or members (S6) */
static bool pointer_or_members(parser *p, bool members_allowed, const char *otherwise) {
    char byte = peek(p);
    if (byte == '#') {
        p->position++;
        return json_pointer(p);
    }
    if (byte == '.' || byte == '[') {
        size_t from = p->position;
        if (!members(p))
            return false;
        if (at_end(p) && !members_allowed)
            return members_not_allowed(p, from);
        if (peek(p) == '#')
            return expected(p, p->position, "no JSON Pointer after '.' or '[]'");
    }
    return at_end(p) || expected(p, p->position, otherwise);
}

/* An identifier with what may follow it: inputs-reference, and the ends of steps- and workflows-reference. */
static bool named_value(parser *p, expr_root root, const char *owner, const char *what) {
    size_t from = p->position;
    const char *name = NULL;
    if (!run_of(p, is_identifier, what, &name) || !set_reference(p, root, owner, name, from, p->position) ||
        !split_name(p))
        return false;
    const expression *out = p->out;
    if (at_end(p) && out->name_count > 1) {
        /* `$inputs.list.length` */
        const expr_token *last = &out->tokens[out->token_count - 1];
        p->out->ends_in_length = last->length == 6 && memcmp(last->key, "length", 6) == 0;
    }
    return pointer_or_members(p, p->mode != EXPRESSION_STRICT, "letters, digits, '.', '-', '_', or '#' and a pointer");
}

/* inputs-reference = input-name [ "#" json-pointer ]; outputs-reference likewise */
static bool inputs_reference(parser *p, expr_root root) {
    return dot(p, root == EXPR_INPUTS ? "'.' and the name of an input" : "'.' and the name of an output") &&
           named_value(p, root, NULL, root == EXPR_INPUTS ? "the name of an input" : "the name of an output");
}

/* One of a few words, then what `p` stands at; *choice is its number. */
static bool one_of(parser *p, const char *const *words, size_t count, const char *what, size_t *choice) {
    size_t from = p->position;
    while (!at_end(p) && is_identifier_strict(peek(p)))
        p->position++;
    nearest search;
    nearest_start(&search, p->text + from, p->position - from);
    for (size_t i = 0; i < count; i++) {
        if (strlen(words[i]) == p->position - from && memcmp(words[i], p->text + from, p->position - from) == 0) {
            *choice = i;
            return true;
        }
        nearest_try(&search, words[i]);
    }
    expected(p, from, what);
    return did_you_mean(p, "", search.best);
}

/* steps-reference = step-id ".outputs." output-name [ "#" json-pointer ] */
static bool steps_reference(parser *p, expr_root root) {
    static const char *const fields[] = {"outputs"};
    const char *step = NULL;
    size_t field;
    if (!dot(p, "'.' and a stepId") ||
        !run_of(p, is_identifier_strict, "a stepId (letters, digits, '-' and '_')", &step) ||
        !dot(p, "'.outputs.' and the name of an output") || !one_of(p, fields, 1, "'outputs' after the stepId", &field))
        return false;
    if (at_end(p) && p->mode == EXPRESSION_CONTEXT)
        return set_reference(p, root, step, NULL, 0, p->position);
    return dot(p, "'.' and the name of an output") && named_value(p, root, step, "the name of an output");
}

/* workflows-reference = workflow-id "." workflow-field "." workflow-field-name [ "#" json-pointer ] */
static bool workflows_reference(parser *p, expr_root root) {
    static const char *const fields[] = {"inputs", "outputs"};
    const char *workflow = NULL;
    size_t field;
    return dot(p, "'.' and a workflowId") &&
           run_of(p, is_identifier_strict, "a workflowId (letters, digits, '-' and '_')", &workflow) &&
           dot(p, "'.inputs.' or '.outputs.' after the workflowId") &&
           one_of(p, fields, 2, "'inputs' or 'outputs' after the workflowId", &field) &&
           dot(p, "'.' and the name of an input or output") &&
           named_value(p, (expr_root)(root + field), workflow, "the name of an input or output");
}

/* component-type "." component-name */
static bool components_reference(parser *p, expr_root root) {
    static const char *const types[] = {"parameters", "successActions", "failureActions"};
    const char *name = NULL;
    size_t type;
    if (!dot(p, "'.' and a kind of component"))
        return false;
    if (!one_of(p, types, 3, "'parameters', 'successActions' or 'failureActions'", &type)) {
        size_t at = p->fault->offset - p->offset;
        if (p->length - at >= 6 && memcmp(p->text + at, "inputs", 6) == 0)
            help(p, "a schema among the components' inputs is referred to by '$ref'");
        return false;
    }
    if (!dot(p, "'.' and the component's name"))
        return false;
    size_t from = p->position;
    return run_of(p, is_identifier, "the component's name", &name) &&
           set_reference(p, root, types[type], name, from, p->position) &&
           (at_end(p) || expected(p, p->position, "letters, digits, '.', '-' or '_'"));
}

/* escape of CHAR */
static bool escape(parser *p, text *out) {
    uint32_t code_point;
    size_t size = char_escape_decode(p->text + p->position, p->length - p->position, &code_point);
    if (size > 0) {
        text_append_code_point(out, code_point);
        p->position += size;
        return true;
    }
    expected(p, p->position, "an escape as in JSON (\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX)");
    bool has_letter = p->position + 1 < p->length && (unsigned char)p->text[p->position + 1] < 0x80;
    p->fault->length = has_letter ? 2 : 1;
    return false;
}

/* name = *( CHAR ), decoded; to the end of the text */
static bool name(parser *p, const char **out) {
    text decoded = TEXT_EMPTY;
    bool good = true;
    while (good && !at_end(p)) {
        char byte = peek(p);
        if (byte == '\\') {
            good = escape(p, &decoded);
        } else if ((unsigned char)byte < ' ' || byte == '"' || byte == '{' || byte == '}') {
            good = expected(p, p->position, "a name without quotation marks, braces and control characters");
        } else {
            text_append_char(&decoded, byte);
            p->position++;
        }
    }
    if (good) {
        *out = decoded.failed ? NULL : arena_copy(p->memory, text_peek(&decoded), decoded.length);
        good = *out != NULL || out_of_memory(p);
    }
    text_free(&decoded);
    return good;
}

/* source-reference = source-name "." source-reference-id */
static bool source_reference(parser *p, expr_root root) {
    const char *owner = NULL, *id = NULL;
    if (!dot(p, "'.' and the name of a source description") ||
        !run_of(p, is_identifier_strict, "the name of a source description", &owner) ||
        !dot(p, "'.' and an operationId, a workflowId or a field of the source description"))
        return false;
    size_t from = p->position;
    if (at_end(p))
        return expected(p, from, "an operationId, a workflowId or a field of the source description");
    return name(p, &id) && set_reference(p, root, owner, id, from, p->position);
}

/* source = ( header-reference / query-reference / path-reference / body-reference / payload-reference ) */
static bool source(parser *p, expr_root root) {
    static const char *const parts[] = {"header", "query", "path", "body", "payload"};
    enum { HEADER, QUERY, PATH, BODY, PAYLOAD };
    const char *what = "'header', 'query', 'path', 'body' or 'payload'", *found = NULL;
    size_t part;
    if (!dot(p, "'.' and one of 'header', 'query', 'path', 'body', 'payload'") || !one_of(p, parts, 5, what, &part))
        return false;
    root = (expr_root)(root + part);
    if (part == BODY || part == PAYLOAD)
        return set_reference(p, root, NULL, NULL, 0, p->position) &&
               pointer_or_members(p, p->mode != EXPRESSION_STRICT || root == EXPR_MESSAGE_PAYLOAD,
                                  "'#' and a JSON Pointer, or nothing");
    if (!dot(p, "'.' and a name"))
        return false;
    size_t from = p->position;
    if (part != HEADER)
        return name(p, &found) && set_reference(p, root, NULL, found, from, p->position);
    return run_of(p, is_tchar, "the name of a header", &found) &&
           set_reference(p, root, NULL, found, from, p->position) &&
           (at_end(p) || expected(p, p->position, "a character that a header's name may have"));
}

static size_t word_length(const char *bytes, size_t length) {
    size_t end = 1;
    while (end < length && (is_alpha(bytes[end]) || is_digit(bytes[end]) || bytes[end] == '_'))
        end++;
    return end - 1;
}

static size_t find_root(const char *word, size_t length) {
    for (size_t i = 0; i < ROOTS; i++)
        if (strlen(roots[i].word) == length && memcmp(roots[i].word, word, length) == 0)
            return i;
    return ROOTS;
}

static const char *nearest_root(const char *word, size_t length) {
    nearest search;
    nearest_start(&search, word, length);
    for (size_t i = 0; i < ROOTS; i++)
        nearest_try(&search, roots[i].word);
    return search.best;
}

/* expression = ( "$url" / "$method" / … ) */
static bool whole_expression(parser *p) {
    size_t bad;
    if (!utf8_valid(p->text, p->length, &bad)) {
        expected(p, bad, "UTF-8");
        p->fault->length = 1;
        snprintf(p->fault->message, sizeof p->fault->message, "not UTF-8");
        return false;
    }
    if (p->length == 0 || p->text[0] != '$')
        return expected(p, 0, "an expression, which begins with '$'");
    size_t length = word_length(p->text, p->length);
    size_t found = find_root(p->text + 1, length);
    p->position = 1 + length;
    if (found < ROOTS)
        return roots[found].follow(p, roots[found].root);
    expected(p, 0, "");
    p->fault->length = 1 + length;
    if (length == 0)
        snprintf(p->fault->message, sizeof p->fault->message,
                 "expected the name of an expression, such as 'inputs', after '$'");
    else
        snprintf(p->fault->message, sizeof p->fault->message, "there is no expression '$%.*s'",
                 (int)(length > 60 ? 60 : length), p->text + 1);
    return did_you_mean(p, "$", nearest_root(p->text + 1, length));
}

expr_status expression_parse(arena *memory, const char *bytes, size_t length, size_t offset, expression_mode mode,
                             expression **out, expression_fault *fault) {
    *fault = (expression_fault){.rule = ""};
    parser p = {.memory = memory, .text = bytes, .length = length, .offset = offset, .mode = mode, .fault = fault};
    p.out = arena_alloc(memory, sizeof *p.out);
    if (p.out == NULL)
        return EXPR_NO_MEMORY;
    p.out->offset = offset;
    p.out->length = length;
    p.out->text = arena_copy(memory, bytes, length);
    if (p.out->text == NULL)
        return EXPR_NO_MEMORY;
    if (!whole_expression(&p))
        return p.no_memory ? EXPR_NO_MEMORY : EXPR_INVALID;
    p.out->ends_in_length = p.out->ends_in_length && mode == EXPRESSION_CONDITION;
    *out = p.out;
    return EXPR_OK;
}

/* ---- Expressions within text ---- */

bool expression_seems_meant(const char *bytes, size_t length) {
    if (length < 2 || bytes[0] != '$')
        return false;
    size_t word = word_length(bytes, length);
    if (find_root(bytes + 1, word) < ROOTS)
        return 1 + word == length || bytes[1 + word] == '.';
    return 1 + word < length && bytes[1 + word] == '.' && word > 2 && nearest_root(bytes + 1, word) != NULL;
}

size_t expression_extent(const char *bytes, size_t length) {
    size_t word = length > 1 ? word_length(bytes, length) : 0;
    size_t found = word > 0 ? find_root(bytes + 1, word) : ROOTS;
    if (found == ROOTS || roots[found].follow == source_reference || roots[found].follow == components_reference)
        return 0;
    size_t end = 1 + word;
    if (roots[found].follow == nothing_more)
        return end;
    for (;;) {
        while (end < length && is_identifier(bytes[end]))
            end++;
        size_t close = end;
        if (close < length && bytes[close] == '[')
            for (close++; close < length && is_digit(bytes[close]);)
                close++;
        if (close < end + 2 || close == length || bytes[close] != ']')
            break;
        end = close + 1;
    }
    if (end + 1 < length && bytes[end] == '#' && bytes[end + 1] == '/')
        for (end++; end < length && (is_identifier(bytes[end]) || bytes[end] == '/' || bytes[end] == '~');)
            end++;
    while (bytes[end - 1] == '.' || bytes[end - 1] == '-')
        end--;
    return end;
}
