/* scalar.c: the type of a plain scalar, by the YAML 1.2 core schema (YAML 1.2.2, section 10.3.2). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/document/document_internal.h"

static bool one_of(const char *text, const char *const *words) {
    for (; *words != NULL; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

static size_t digits(const char *text, const char *allowed) {
    return strspn(text, allowed);
}

/* [-+]? [0-9]+ | 0o [0-7]+ | 0x [0-9a-fA-F]+ */
static bool integer(const char *text, int64_t *value, bool *too_large) {
    int base = strncmp(text, "0o", 2) == 0 ? 8 : strncmp(text, "0x", 2) == 0 ? 16 : 10;
    const char *start = base == 10 ? text + (*text == '-' || *text == '+') : text + 2;
    size_t length = digits(start, base == 8 ? "01234567" : base == 16 ? "0123456789abcdefABCDEF" : "0123456789");
    if (length == 0 || start[length] != '\0')
        return false;
    errno = 0;
    *value = strtoll(base == 10 ? text : start, NULL, base);
    *too_large = errno == ERANGE;
    return true;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool real(const char *text) {
    static const char decimal[] = "0123456789";
    const char *at = text + (*text == '-' || *text == '+');
    size_t whole = digits(at, decimal);
    at += whole;
    if (*at == '.') {
        size_t fraction = digits(at + 1, decimal);
        if (whole == 0 && fraction == 0)
            return false;
        at += 1 + fraction;
    } else if (whole == 0) {
        return false;
    }
    if (*at == 'e' || *at == 'E') {
        at += 1 + (at[1] == '-' || at[1] == '+');
        size_t exponent = digits(at, decimal);
        if (exponent == 0)
            return false;
        at += exponent;
    }
    return *at == '\0';
}

void type_plain_scalar(node *scalar) {
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const trues[] = {"true", "True", "TRUE", NULL};
    static const char *const falses[] = {"false", "False", "FALSE", NULL};
    const char *text = scalar->source;
    bool too_large = false;
    scalar->kind = NODE_STRING;
    if (strlen(text) != scalar->count)
        return;
    if (one_of(text, nulls)) {
        scalar->kind = NODE_NULL;
    } else if (one_of(text, trues) || one_of(text, falses)) {
        scalar->kind = NODE_BOOLEAN;
        scalar->as.boolean = one_of(text, trues);
    } else if (integer(text, &scalar->as.integer, &too_large) && !too_large) {
        scalar->kind = NODE_INTEGER;
    } else if (real(text)) {
        /* .inf and .nan stay strings: JSON has no such numbers, and a value that cannot be sent is of no use. */
        scalar->as.real = strtod(text, NULL);
        if (scalar->as.real - scalar->as.real == 0)
            scalar->kind = NODE_REAL;
    }
}
