/* literals.c: the parser's words: characters, strings with their escapes, numbers; errors and memory (RFC 9535,
 * appendix A). */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "jsonpath/parser_internal.h"

static const long long largest_integer = 9007199254740991; /* I-JSON, RFC 7493, section 2.2 */

/* ---- Errors and memory ---- */

void *parser_fail(parser *p, size_t offset, size_t length, const char *format, ...) {
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
void *parser_expected(parser *p, const char *what) {
    if (p->at >= p->end)
        return parser_fail(p, p->end, 0, "expected %s, but the text ends", what);
    uint32_t code_point;
    size_t size = utf8_decode(p->text + p->at, p->end - p->at, &code_point);
    if (size == 0 || code_point < 0x20)
        return parser_fail(p, p->at, 1, "expected %s", what);
    return parser_fail(p, p->at, size, "expected %s, not '%.*s'", what, (int)size, p->text + p->at);
}

void *parser_check(parser *p, void *memory) {
    if (memory == NULL && p->status == JSONPATH_OK) {
        p->status = JSONPATH_NO_MEMORY;
        snprintf(p->error->message, sizeof p->error->message, "memory ran short");
    }
    return memory;
}

bool parser_keep(parser *p, json_t *value, pcre2_code *pattern) {
    release *entry = parser_check(p, arena_alloc(p->made->memory, sizeof *entry));
    if (entry == NULL) {
        json_decref(value);
        pcre2_code_free(pattern);
        return false;
    }
    *entry = (release){p->made->releases, value, pattern};
    p->made->releases = entry;
    return true;
}

expr *parser_new_expr(parser *p, expr_kind kind) {
    expr *made = parser_check(p, arena_alloc(p->made->memory, sizeof *made));
    if (made != NULL)
        made->kind = kind;
    return made;
}

/* ---- Characters ---- */

bool parser_next_is(const parser *p, char byte) {
    return p->at < p->end && p->text[p->at] == byte;
}

bool parser_accept(parser *p, const char *token) {
    size_t length = strlen(token);
    if (p->end - p->at < length || memcmp(p->text + p->at, token, length) != 0)
        return false;
    p->at += length;
    return true;
}

/* S = *( %x20 / %x09 / %x0A / %x0D ) */
void parser_skip_blank(parser *p) {
    while (p->at < p->end && p->text[p->at] != '\0' && strchr(" \t\n\r", p->text[p->at]) != NULL)
        p->at++;
}

bool parser_is_digit(const parser *p) {
    return p->at < p->end && isdigit((unsigned char)p->text[p->at]);
}

bool parser_is_name_byte(unsigned char byte, bool first) {
    return isalpha(byte) || byte == '_' || byte >= 0x80 || (!first && isdigit(byte));
}

/* ---- Strings ---- */

static bool read_hex4(parser *p, uint32_t *value) {
    *value = 0;
    for (int i = 0; i < 4; i++, p->at++) {
        if (p->at >= p->end || !isxdigit((unsigned char)p->text[p->at])) {
            parser_expected(p, "four hexadecimal digits");
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
        parser_fail(p, start, 6, "a low surrogate without a high one before it");
        return false;
    }
    if (high >= 0xD800 && high < 0xDC00) {
        if (!parser_accept(p, "\\u")) {
            parser_expected(p, "'\\u' and a low surrogate");
            return false;
        }
        if (!read_hex4(p, &low))
            return false;
        if (low < 0xDC00 || low >= 0xE000) {
            parser_fail(p, p->at - 6, 6, "expected a low surrogate");
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
        parser_expected(p, "an escape: one of b f n r t / \\ u or the quote");
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
        return parser_check(p, NULL) != NULL;
    if (s->pending.length == 0)
        return true;
    char *kept = parser_check(p, arena_copy(p->made->memory, s->pending.bytes, s->pending.length));
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
        parser_fail(p, p->at, length, "too many expressions in one string");
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
            parser_fail(p, p->at, 1, "a control character must be written as an escape");
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
    parser_expected(p, "the closing quote");
    return false;
}

static expr *string_expr(parser *p, string_parts *s) {
    bool template = false;
    for (size_t i = 0; i < s->count; i++)
        template = template || s->parts[i].text == NULL;
    if (!template) {
        expr *made = parser_new_expr(p, EXPR_LITERAL);
        json_t *value = s->pending.failed ? NULL : json_stringn(text_peek(&s->pending), s->pending.length);
        if (made == NULL || parser_check(p, value) == NULL || !parser_keep(p, value, NULL))
            return NULL;
        made->literal = value;
        return made;
    }
    if (!flush_part(p, s))
        return NULL;
    expr *made = parser_new_expr(p, EXPR_TEMPLATE);
    template_part *parts = parser_check(p, arena_array(p->made->memory, s->count, sizeof *parts));
    if (made == NULL || parts == NULL)
        return NULL;
    memcpy(parts, s->parts, s->count * sizeof *parts);
    made->parts = parts;
    made->part_count = s->count;
    made->ordinal = p->made->ordinals++;
    return made;
}

expr *parser_string_literal(parser *p) {
    string_parts s = {.pending = TEXT_EMPTY};
    expr *made = string_characters(p, &s) ? string_expr(p, &s) : NULL;
    text_free(&s.pending);
    return made;
}

/* ---- Numbers ---- */

/* int = "0" / (["-"] DIGIT1 *DIGIT), within the I-JSON range */
bool parser_integer(parser *p, long long *value) {
    size_t start = p->at;
    bool negative = parser_accept(p, "-");
    if (!parser_is_digit(p)) {
        parser_expected(p, "an integer");
        return false;
    }
    bool zero = parser_next_is(p, '0');
    *value = 0;
    for (; parser_is_digit(p); p->at++) {
        *value = *value * 10 + (p->text[p->at] - '0');
        if (*value > largest_integer) {
            while (parser_is_digit(p))
                p->at++;
            parser_fail(p, start, p->at - start, "the integer is beyond 2^53 - 1");
            return false;
        }
    }
    if (zero && (negative || p->at - start > 1)) {
        parser_fail(p, start, p->at - start, negative ? "-0 is no index" : "an integer must not start with 0");
        return false;
    }
    if (negative)
        *value = -*value;
    return true;
}

/* number = (int / "-0") [ frac ] [ exp ] */
expr *parser_number(parser *p) {
    size_t start = p->at;
    parser_accept(p, "-");
    size_t digits = p->at;
    while (parser_is_digit(p))
        p->at++;
    if (p->at == digits)
        return parser_expected(p, "a digit");
    if (p->at - digits > 1 && p->text[digits] == '0')
        return parser_fail(p, start, p->at - start, "a number must not start with 0");
    bool real = false;
    if (parser_accept(p, ".")) {
        real = true;
        if (!parser_is_digit(p))
            return parser_expected(p, "a digit after the point");
        while (parser_is_digit(p))
            p->at++;
    }
    if (parser_accept(p, "e") || parser_accept(p, "E")) {
        real = true;
        if (!parser_accept(p, "-"))
            parser_accept(p, "+");
        if (!parser_is_digit(p))
            return parser_expected(p, "a digit of the exponent");
        while (parser_is_digit(p))
            p->at++;
    }
    expr *made = parser_new_expr(p, EXPR_LITERAL);
    char *copy = parser_check(p, arena_copy(p->made->memory, p->text + start, p->at - start));
    if (made == NULL || copy == NULL)
        return NULL;
    errno = 0;
    long long whole = strtoll(copy, NULL, 10);
    double value = strtod(copy, NULL);
    if (value - value != 0)
        return parser_fail(p, start, p->at - start, "the number is too large");
    made->literal = parser_check(p, !real && errno != ERANGE ? json_integer(whole) : json_real(value));
    return made->literal != NULL && parser_keep(p, made->literal, NULL) ? made : NULL;
}
