/*
 * xpath_text.c: makes the XPath expression that libxml2 sees from the one in the document. A runtime expression that
 * stands for a value becomes a variable, one within a string literal an argument of concat(), so that no value can
 * change the query. One that stands for a name is put in as text when the query is evaluated, where it has to be a
 * name.
 *
 * Functions are checked here, since libxml2 finds an unknown one only when it calls it. Comments and doubled quotes,
 * which XPath 1.0 lacks, are taken for later versions.
 */
#include "runtime-expr/xpath_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libxml2 recurses with each level. */
enum { DEEPEST = 200 };

typedef struct scanner {
    query_builder b;
    xpath_version version;
    size_t depth;
} scanner;

/* ---- Characters ---- */

static bool is_name_start(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' || (unsigned char)byte >= 0x80;
}

static bool is_name(char byte) {
    return is_name_start(byte) || (byte >= '0' && byte <= '9') || byte == '-' || byte == '.';
}

static bool is_space(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* ---- Embedded expressions ---- */

/* Is the next thing a value, by what stands before it? `/a/{…}` and `@{…}` are names, `item{…}` is part of one. */
static bool value_follows(const scanner *s, size_t end) {
    size_t before = s->b.position;
    if (before > 0 && (is_name(s->b.bytes[before - 1]) || s->b.bytes[before - 1] == '}'))
        return false;
    while (before > 0 && is_space(s->b.bytes[before - 1]))
        before--;
    if (before > 0 && strchr("/:@", s->b.bytes[before - 1]) != NULL)
        return false;
    char after = end < s->b.length ? s->b.bytes[end] : '\0';
    if (after == '/' || after == ':' || after == '(' || after == '{' || is_name(after))
        return false;
    return true;
}

/* Writes the variable that an expression becomes. */
static bool add_variable(scanner *s, const template_part *part, bool as_text) {
    size_t number;
    if (!query_add_slot(&s->b, part, as_text, &number))
        return false;
    text_append_format(&s->b.out, "$_%zu", number);
    return true;
}

static bool embedded(scanner *s, size_t taken, const template_part *part) {
    if (!value_follows(s, s->b.position + taken))
        return query_add_name(&s->b, part, taken, "_");
    if (!add_variable(s, part, false))
        return false;
    s->b.position += taken;
    return query_flush(&s->b);
}

/* ---- String literals ---- */

/* One part of a literal: quoted with whichever quote it does not have, split where it has both. */
static void write_literal(text *out, const text *value) {
    const char *bytes = text_peek(value);
    size_t length = value->length, from = 0;
    if (memchr(bytes, '\'', length) == NULL || memchr(bytes, '"', length) == NULL) {
        char quote = memchr(bytes, '"', length) == NULL ? '"' : '\'';
        text_append_char(out, quote);
        text_append(out, bytes, length);
        text_append_char(out, quote);
        return;
    }
    text_append_string(out, "concat(");
    while (from < length) {
        const char *next = memchr(bytes + from, '"', length - from);
        size_t end = next == NULL ? length : (size_t)(next - bytes);
        if (end > from) {
            text_append_format(out, "%s\"", from > 0 ? "," : "");
            text_append(out, bytes + from, end - from);
            text_append_char(out, '"');
        }
        if (next != NULL)
            text_append_string(out, end > 0 ? ",'\"'" : "'\"'");
        from = end + (next != NULL);
    }
    text_append_char(out, ')');
}

typedef struct literal {
    text value;     /* since the last expression */
    text arguments; /* of concat(), when there is an expression */
    bool has_expression;
} literal;

static void end_argument(literal *l) {
    if (l->value.length > 0 || !l->has_expression) {
        write_literal(&l->arguments, &l->value);
        text_append_char(&l->arguments, ',');
    }
    l->value.failed = l->value.failed || l->arguments.failed;
    text_truncate(&l->value, 0);
}

static bool literal_body(scanner *s, char quote, literal *l) {
    size_t from = s->b.position - 1;
    for (;;) {
        if (s->b.position == s->b.length)
            return query_invalid(&s->b, from, s->b.length - from, "the string that begins here has no end", "");
        char byte = s->b.bytes[s->b.position];
        if (byte == quote) {
            bool doubled =
                s->version > XPATH_10 && s->b.position + 1 < s->b.length && s->b.bytes[s->b.position + 1] == quote;
            if (!doubled)
                break;
            s->b.position++;
        } else if (byte == '{' || byte == '$') {
            size_t taken;
            template_part part;
            if (!query_expression_here(&s->b, &taken, &part))
                return false;
            if (taken > 0) {
                end_argument(l);
                l->has_expression = true;
                text_truncate(&s->b.out, 0);
                if (!add_variable(s, &part, true))
                    return false;
                text_append(&l->arguments, text_peek(&s->b.out), s->b.out.length);
                text_append_char(&l->arguments, ',');
                text_truncate(&s->b.out, 0);
                s->b.position += taken;
                continue;
            }
        }
        text_append_char(&l->value, byte);
        s->b.position++;
    }
    s->b.position++;
    return true;
}

/* A string literal, with what is embedded in it */
static bool string_literal(scanner *s) {
    literal l = {.value = TEXT_EMPTY, .arguments = TEXT_EMPTY};
    char quote = s->b.bytes[s->b.position];
    bool good = query_flush(&s->b);
    s->b.position++;
    good = good && literal_body(s, quote, &l);
    if (good && l.has_expression) {
        if (l.value.length > 0)
            end_argument(&l);
        text_append_string(&s->b.out, "concat(");
        text_append(&s->b.out, text_peek(&l.arguments), l.arguments.length);
        text_append_string(&s->b.out, "'')");
    } else if (good) {
        write_literal(&s->b.out, &l.value);
    }
    if (l.value.failed || l.arguments.failed)
        s->b.out.failed = true;
    text_free(&l.value);
    text_free(&l.arguments);
    return good && query_flush(&s->b);
}

/* ---- Names ---- */

/* XPath 1.0's node types, and words that may stand before a parenthesis without being functions. */
static bool is_no_function(const char *name, size_t length) {
    static const char *const words[] = {"node", "text", "comment", "processing-instruction", "and", "or", "div", "mod"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == length && memcmp(words[i], name, length) == 0)
            return true;
    return false;
}

static bool check_function(scanner *s, size_t from, size_t end) {
    const char *name = s->b.bytes + from, *near = NULL, *since = NULL;
    size_t length = end - from;
    if (length > 3 && memcmp(name, "fn:", 3) == 0 && s->version > XPATH_10) {
        name += 3;
        length -= 3;
    }
    if (is_no_function(name, length) || xpath_function_known(s->version, name, length, &near, &since))
        return true;
    size_t beyond_at, beyond_length;
    if (xpath_beyond(s->b.bytes, s->b.length, &beyond_at, &beyond_length) != NULL)
        return true; /* what the whole text needs is the better message */
    char message[160], help[100] = "";
    if (since != NULL)
        snprintf(message, sizeof message, "the function '%.*s' is one of XPath %s, and this is XPath %s",
                 (int)(length > 60 ? 60 : length), name, since, xpath_version_name(s->version));
    else
        snprintf(message, sizeof message, "there is no function '%.*s' here", (int)(length > 60 ? 60 : length), name);
    if (since == NULL && near != NULL)
        snprintf(help, sizeof help, "did you mean '%s'?", near);
    return query_invalid(&s->b, from, end - from, message, help);
}

/* Nothing declares variables but the expressions that are not there yet: `for $x in …`. */
static bool no_variable(scanner *s, size_t from, size_t end) {
    size_t beyond_at, beyond_length;
    if (xpath_beyond(s->b.bytes, s->b.length, &beyond_at, &beyond_length) != NULL)
        return true;
    return query_invalid(&s->b, from - 1, end - from + 1, "there is no such variable",
                         "a runtime expression stands in braces: {$inputs.name}");
}

static bool name(scanner *s) {
    size_t from = s->b.position;
    while (s->b.position < s->b.length && is_name(s->b.bytes[s->b.position]))
        s->b.position++;
    if (s->b.position + 1 < s->b.length && s->b.bytes[s->b.position] == ':' &&
        is_name_start(s->b.bytes[s->b.position + 1])) {
        s->b.position++;
        while (s->b.position < s->b.length && is_name(s->b.bytes[s->b.position]))
            s->b.position++;
    }
    text_append(&s->b.out, s->b.bytes + from, s->b.position - from);
    size_t next = s->b.position;
    while (next < s->b.length && is_space(s->b.bytes[next]))
        next++;
    if (from > 0 && s->b.bytes[from - 1] == '$')
        return no_variable(s, from, s->b.position);
    return next == s->b.length || s->b.bytes[next] != '(' || check_function(s, from, s->b.position);
}

/* ---- The whole ---- */

/* "(:" … ":)", nested: XPath 2.0's comments */
static bool comment(scanner *s) {
    size_t from = s->b.position, depth = 0;
    do {
        if (s->b.position + 1 >= s->b.length)
            return query_invalid(&s->b, from, s->b.length - from, "the comment that begins here has no end", "");
        char a = s->b.bytes[s->b.position], b = s->b.bytes[s->b.position + 1];
        bool opens = a == '(' && b == ':', closes = a == ':' && b == ')';
        depth = depth + opens - closes;
        s->b.position += opens || closes ? 2 : 1;
    } while (depth > 0);
    text_append_char(&s->b.out, ' ');
    return query_flush(&s->b);
}

static bool next_token(scanner *s) {
    char byte = s->b.bytes[s->b.position];
    size_t taken = 0;
    template_part part;
    if (byte == '\'' || byte == '"')
        return string_literal(s);
    if (byte == '(' && s->version > XPATH_10 && s->b.position + 1 < s->b.length && s->b.bytes[s->b.position + 1] == ':')
        return comment(s);
    if ((byte == '{' || byte == '$') && !query_expression_here(&s->b, &taken, &part))
        return false;
    if (taken > 0)
        return embedded(s, taken, &part);
    if (is_name_start(byte))
        return name(s);
    if (byte == '(' || byte == '[') {
        if (++s->depth > DEEPEST)
            return query_invalid(&s->b, s->b.position, 1, "parentheses and predicates are nested too deeply", "");
    } else if ((byte == ')' || byte == ']') && s->depth > 0) {
        s->depth--;
    } else if (byte == '\0') {
        return query_invalid(&s->b, s->b.position, 1, "an XPath expression holds no NUL", "");
    }
    text_append_char(&s->b.out, byte);
    s->b.position++;
    return true;
}

expr_status xpath_text_parse(arena *memory, const char *bytes, size_t length, xpath_version version,
                             const query_options *how, query_text *out) {
    scanner s = {.version = version};
    bool good = query_start(&s.b, memory, bytes, length, how, out);
    while (good && out->whole == NULL && s.b.position < s.b.length)
        good = next_token(&s);
    if (good && s.depth > 0)
        good = query_invalid(&s.b, length, 0, "a parenthesis or bracket is not closed", "");
    return query_end(&s.b, good) ? EXPR_OK : s.b.status;
}
