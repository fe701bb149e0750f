/*
 * jsonpath_text.c: makes the query that jsonpath/ sees from the one in the document. A runtime expression that stands
 * for a value, or for a part of a string literal, becomes a placeholder; one that stands for a member's name or an
 * index is put in when the query is evaluated.
 *
 * A placeholder is U+0001, its number, U+0001: no query has control characters, within string literals or without.
 */
#include <stdio.h>
#include <string.h>

#include "runtime-expr/jsonpath_query_internal.h"

enum { MARK = '\1', DEEPEST = 500 };

typedef struct scanner {
    query_builder b;
    char brackets[DEEPEST]; /* what is open */
    size_t depth;
} scanner;

static bool is_space(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool add_placeholder(scanner *s, size_t taken, const template_part *part, bool as_text) {
    size_t number;
    if (!query_flush(&s->b) || !query_add_slot(&s->b, part, as_text, &number))
        return false;
    text_append_format(&s->b.out, "%c%zu%c", MARK, number, MARK);
    s->b.position += taken;
    return query_flush(&s->b);
}

/* Where the expression stands: after "." a name, within brackets an index or name, else a value. */
static const char *sample_of_name(const scanner *s) {
    size_t before = s->b.position;
    while (before > 0 && is_space(s->b.bytes[before - 1]))
        before--;
    char byte = before > 0 ? s->b.bytes[before - 1] : '\0';
    bool in_brackets = s->depth > 0 && s->brackets[s->depth - 1] == '[';
    if (byte == '.')
        return "a";
    return in_brackets && (byte == '[' || byte == ':' || byte == ',') ? "0" : NULL;
}

static bool place(scanner *s, size_t taken, const template_part *part, bool in_string) {
    const char *sample = in_string ? NULL : sample_of_name(s);
    return sample == NULL ? add_placeholder(s, taken, part, in_string) : query_add_name(&s->b, part, taken, sample);
}

/* One character, or an expression. */
static bool copy_one(scanner *s, bool in_string) {
    char byte = s->b.bytes[s->b.position];
    size_t taken = 0;
    template_part part;
    s->b.embedded.in_place = !in_string;
    if ((byte == '{' || byte == '$') && !query_expression_here(&s->b, &taken, &part))
        return false;
    if (taken > 0)
        return place(s, taken, &part, in_string);
    if (byte == MARK)
        return query_invalid(&s->b, s->b.position, 1, "a JSONPath query has no control characters", "");
    text_append_char(&s->b.out, byte);
    s->b.position++;
    return true;
}

static bool string_literal(scanner *s) {
    char quote = s->b.bytes[s->b.position];
    text_append_char(&s->b.out, quote);
    s->b.position++;
    while (s->b.position < s->b.length && s->b.bytes[s->b.position] != quote) {
        if (s->b.bytes[s->b.position] == '\\' && s->b.position + 1 < s->b.length &&
            s->b.bytes[s->b.position + 1] != MARK) {
            text_append(&s->b.out, s->b.bytes + s->b.position, 2);
            s->b.position += 2;
        } else if (!copy_one(s, true)) {
            return false;
        }
    }
    if (s->b.position < s->b.length) {
        text_append_char(&s->b.out, quote);
        s->b.position++;
    }
    return true;
}

static bool next_token(scanner *s) {
    char byte = s->b.bytes[s->b.position];
    if (byte == '\'' || byte == '"')
        return string_literal(s);
    if (byte == '[' || byte == '(') {
        if (s->depth == DEEPEST)
            return query_invalid(&s->b, s->b.position, 1, "brackets are nested too deeply", "");
        s->brackets[s->depth++] = byte;
    } else if ((byte == ']' || byte == ')') && s->depth > 0) {
        s->depth--;
    }
    return copy_one(s, false);
}

expr_status jsonpath_text_parse(arena *memory, const char *bytes, size_t length, const query_options *how,
                                query_text *out) {
    scanner s = {.depth = 0};
    bool good = query_start(&s.b, memory, bytes, length, how, out);
    if (good)
        s.b.position = 0;
    while (good && out->whole == NULL && s.b.position < s.b.length)
        good = next_token(&s);
    return query_end(&s.b, good) ? EXPR_OK : s.b.status;
}

size_t jsonpath_placeholder(const char *bytes, size_t length, size_t count, size_t *slot) {
    if (length < 3 || bytes[0] != MARK)
        return 0;
    size_t end = 1, number = 0;
    while (end < length && bytes[end] >= '0' && bytes[end] <= '9' && number < count)
        number = number * 10 + (size_t)(bytes[end++] - '0');
    if (end == 1 || end == length || bytes[end] != MARK || number >= count)
        return 0;
    *slot = number;
    return end + 1;
}

/* A name after ".": member-name-shorthand. Within brackets: an integer, else a name as a string literal. */
bool jsonpath_write_name(const query_piece *piece, const text *value, text *out) {
    const char *bytes = text_peek(value);
    bool integer = value->length > 0 && value->length<17, shorthand = value->length> 0;
    for (size_t i = 0; i < value->length; i++) {
        char byte = bytes[i];
        bool digit = byte >= '0' && byte <= '9';
        bool letter =
            (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' || (unsigned char)byte >= 0x80;
        integer = integer && (digit || (byte == '-' && i == 0 && value->length > 1));
        shorthand = shorthand && (letter || (digit && i > 0));
    }
    if (piece->bytes[0] == 'a' || integer) {
        text_append(out, bytes, value->length);
        return piece->bytes[0] == 'a' ? shorthand : integer;
    }
    text_append_char(out, '"');
    for (size_t i = 0; i < value->length; i++) {
        if ((unsigned char)bytes[i] < ' ' || bytes[i] == '"' || bytes[i] == '\\')
            text_append_format(out, "\\u%04x", (unsigned)(unsigned char)bytes[i]);
        else
            text_append_char(out, bytes[i]);
    }
    text_append_char(out, '"');
    return true;
}
