/*
 * json_parse.c: JSON text (RFC 8259) as a jansson value.
 *
 * jansson has a parser of its own, which loses characters without a word when memory runs short, and refuses integers
 * of more than 64 bits; here they become doubles (S7). Of a name that is given twice the last value counts.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "runtime-expr/json_text.h"

enum { DEEPEST = 2000 };

typedef struct parser {
    const char *at;
    const char *end;
    int depth;
    bool widened;
    bool no_memory;
} parser;

static json_t *value(parser *p);

static void ws(parser *p) {
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r'))
        p->at++;
}

static bool accept(parser *p, char byte) {
    bool found = p->at < p->end && *p->at == byte;
    p->at += found;
    return found;
}

static json_t *made(parser *p, json_t *fresh) {
    p->no_memory = p->no_memory || fresh == NULL;
    return fresh;
}

/* ---- Strings ---- */

static bool hex4(parser *p, uint32_t *code_point) {
    *code_point = 0;
    for (int i = 0; i < 4; i++, p->at++) {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        const char *found = p->at < p->end ? memchr(digits, *p->at, sizeof digits - 1) : NULL;
        if (found == NULL)
            return false;
        *code_point = *code_point << 4 | ((uint32_t)(found - digits) & 15);
    }
    return true;
}

/* %x75 4HEXDIG, a high surrogate with the low one behind it */
static bool unicode_escape(parser *p, text *out) {
    uint32_t code_point, low;
    if (!hex4(p, &code_point) || (code_point >= 0xDC00 && code_point < 0xE000))
        return false;
    if (code_point >= 0xD800 && code_point < 0xDC00) {
        if (!accept(p, '\\') || !accept(p, 'u') || !hex4(p, &low) || low < 0xDC00 || low >= 0xE000)
            return false;
        code_point = 0x10000 + ((code_point - 0xD800) << 10) + (low - 0xDC00);
    }
    text_append_code_point(out, code_point);
    return true;
}

static bool escape(parser *p, text *out) {
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    if (accept(p, 'u'))
        return unicode_escape(p, out);
    const char *name = p->at < p->end ? memchr(names, *p->at, sizeof names - 1) : NULL;
    if (name == NULL)
        return false;
    text_append_char(out, values[name - names]);
    p->at++;
    return true;
}

/* string = quotation-mark *char quotation-mark, the first mark behind us */
static bool string(parser *p, text *out) {
    for (;;) {
        const char *start = p->at;
        while (p->at < p->end && *p->at != '"' && *p->at != '\\' && (unsigned char)*p->at >= 0x20)
            p->at++;
        text_append(out, start, (size_t)(p->at - start));
        if (accept(p, '"'))
            break;
        if (!accept(p, '\\') || !escape(p, out))
            return false;
    }
    p->no_memory = p->no_memory || out->failed;
    return !out->failed;
}

static json_t *string_value(parser *p) {
    text out = TEXT_EMPTY;
    json_t *fresh = string(p, &out) ? made(p, json_stringn_nocheck(text_peek(&out), out.length)) : NULL;
    text_free(&out);
    return fresh;
}

/* ---- Numbers ---- */

static size_t digits(parser *p) {
    const char *start = p->at;
    while (p->at < p->end && *p->at >= '0' && *p->at <= '9')
        p->at++;
    return (size_t)(p->at - start);
}

static json_t *number_value(parser *p, const char *start, bool integer) {
    text copy = TEXT_EMPTY;
    text_append(&copy, start, (size_t)(p->at - start));
    errno = 0;
    long long whole = integer && !copy.failed ? strtoll(text_peek(&copy), NULL, 10) : 0;
    bool wide = integer && errno == ERANGE;
    double real = copy.failed ? 0 : strtod(text_peek(&copy), NULL);
    p->widened = p->widened || wide;
    p->no_memory = p->no_memory || copy.failed;
    text_free(&copy);
    if (p->no_memory || real - real != 0)
        return NULL;
    return made(p, integer && !wide ? json_integer(whole) : json_real(real));
}

/* number = [ minus ] int [ frac ] [ exp ] */
static json_t *number(parser *p) {
    const char *start = p->at;
    bool integer = true;
    accept(p, '-');
    const char *first = p->at;
    size_t count = digits(p);
    if (count == 0 || (count > 1 && *first == '0'))
        return NULL;
    if (accept(p, '.')) {
        integer = false;
        if (digits(p) == 0)
            return NULL;
    }
    if (accept(p, 'e') || accept(p, 'E')) {
        integer = false;
        if (!accept(p, '+'))
            accept(p, '-');
        if (digits(p) == 0)
            return NULL;
    }
    return number_value(p, start, integer);
}

/* ---- Structures ---- */

/* member = string name-separator value */
static bool member(parser *p, json_t *object) {
    text name = TEXT_EMPTY;
    bool right = accept(p, '"') && string(p, &name);
    ws(p);
    right = right && accept(p, ':');
    json_t *inner = right ? value(p) : NULL;
    if (inner != NULL && json_object_setn_new_nocheck(object, text_peek(&name), name.length, inner) != 0) {
        p->no_memory = true;
        inner = NULL;
    }
    text_free(&name);
    return inner != NULL;
}

static bool element(parser *p, json_t *array) {
    json_t *inner = value(p);
    if (inner != NULL && json_array_append_new(array, inner) != 0) {
        p->no_memory = true;
        inner = NULL;
    }
    return inner != NULL;
}

/* object and array: parts between commas, up to the closing mark */
static json_t *structure(parser *p, bool object) {
    json_t *fresh = made(p, object ? json_object() : json_array());
    bool right = fresh != NULL && ++p->depth <= DEEPEST;
    ws(p);
    bool more = right && !accept(p, object ? '}' : ']');
    while (more) {
        ws(p);
        right = object ? member(p, fresh) : element(p, fresh);
        ws(p);
        more = right && accept(p, ',');
        if (right && !more)
            right = accept(p, object ? '}' : ']');
    }
    p->depth--;
    if (right)
        return fresh;
    json_decref(fresh);
    return NULL;
}

static bool literal(parser *p, const char *name) {
    size_t length = strlen(name);
    bool found = (size_t)(p->end - p->at) >= length && memcmp(p->at, name, length) == 0;
    p->at += found ? length : 0;
    return found;
}

static json_t *value(parser *p) {
    ws(p);
    if (accept(p, '"'))
        return string_value(p);
    if (accept(p, '{'))
        return structure(p, true);
    if (accept(p, '['))
        return structure(p, false);
    if (literal(p, "true"))
        return json_true();
    if (literal(p, "false"))
        return json_false();
    return literal(p, "null") ? json_null() : number(p);
}

json_text_status json_text_parse(const char *bytes, size_t length, json_t **out, bool *widened) {
    parser p = {.at = bytes, .end = bytes + length};
    *out = utf8_valid(bytes, length, NULL) ? value(&p) : NULL;
    ws(&p);
    if (*out != NULL && p.at < p.end) {
        json_decref(*out);
        *out = NULL;
    }
    if (widened != NULL)
        *widened = p.widened;
    return *out != NULL ? JSON_TEXT_OK : p.no_memory ? JSON_TEXT_NO_MEMORY : JSON_TEXT_INVALID;
}
