/*
 * json_check.c: is a text JSON (RFC 8259)? Nothing is made of it, so no memory is needed, and integers of any size are
 * fine. One function for each rule of the grammar.
 */
#include <string.h>

#include "base/utf8.h"
#include "engine/operation/operation_internal.h"

/* Deeper texts are taken for none. */
enum { DEEPEST = 512 };

typedef struct checker {
    const char *at;
    const char *end;
    int depth;
} checker;

static bool value(checker *c);

/* ws = *( %x20 / %x09 / %x0A / %x0D ) */
static void white_space(checker *c) {
    while (c->at < c->end && *c->at != '\0' && strchr(" \t\r\n", *c->at) != NULL)
        c->at++;
}

static bool take(checker *c, char byte) {
    if (c->at == c->end || *c->at != byte)
        return false;
    c->at++;
    return true;
}

static bool take_literal(checker *c, const char *literal) {
    size_t length = strlen(literal);
    if ((size_t)(c->end - c->at) < length || memcmp(c->at, literal, length) != 0)
        return false;
    c->at += length;
    return true;
}

static size_t digits(checker *c) {
    const char *start = c->at;
    while (c->at < c->end && *c->at >= '0' && *c->at <= '9')
        c->at++;
    return (size_t)(c->at - start);
}

/* number = [ minus ] int [ frac ] [ exp ] */
static bool number(checker *c) {
    take(c, '-');
    if (!take(c, '0') && digits(c) == 0)
        return false;
    if (take(c, '.') && digits(c) == 0)
        return false;
    if (!take(c, 'e') && !take(c, 'E'))
        return true;
    if (!take(c, '+'))
        take(c, '-');
    return digits(c) > 0;
}

/* char = unescaped / escape ( … / %x75 4HEXDIG ) */
static bool character(checker *c) {
    uint32_t code_point;
    if (take(c, '\\')) {
        if (!take(c, 'u'))
            return c->at < c->end && *c->at != '\0' && strchr("\"\\/bfnrt", *c->at++) != NULL;
        for (int i = 0; i < 4; i++, c->at++)
            if (c->at == c->end || *c->at == '\0' || strchr("0123456789abcdefABCDEF", *c->at) == NULL)
                return false;
        return true;
    }
    size_t size = utf8_decode(c->at, (size_t)(c->end - c->at), &code_point);
    c->at += size;
    return size > 0 && code_point >= 0x20;
}

/* string = quotation-mark *char quotation-mark */
static bool string(checker *c) {
    if (!take(c, '"'))
        return false;
    while (!take(c, '"'))
        if (!character(c))
            return false;
    return true;
}

/* member = string name-separator value */
static bool member(checker *c) {
    white_space(c);
    if (!string(c))
        return false;
    white_space(c);
    return take(c, ':') && value(c);
}

/* object = begin-object [ member *( value-separator member ) ] end-object, and an array alike */
static bool collection(checker *c, char close, bool (*item)(checker *)) {
    white_space(c);
    if (take(c, close))
        return true;
    do {
        if (!item(c))
            return false;
    } while (take(c, ','));
    return take(c, close);
}

/* value = false / null / true / object / array / number / string, with white space around it */
static bool value(checker *c) {
    bool right = false;
    white_space(c);
    if (c->at == c->end || c->depth == DEEPEST)
        return false;
    c->depth++;
    if (take(c, '{'))
        right = collection(c, '}', member);
    else if (take(c, '['))
        right = collection(c, ']', value);
    else if (*c->at == '"')
        right = string(c);
    else
        right = take_literal(c, "true") || take_literal(c, "false") || take_literal(c, "null") || number(c);
    c->depth--;
    white_space(c);
    return right;
}

bool is_json_text(const char *bytes, size_t length) {
    checker c = {.at = bytes, .end = bytes + length};
    return value(&c) && c.at == c.end;
}
