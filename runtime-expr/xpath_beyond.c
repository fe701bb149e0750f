/*
 * xpath_beyond.c: names the construct of XPath 2.0 or later that makes an expression none of XPath 1.0's grammar, for
 * the message. It looks at words and signs only, and only after libxml2 has refused the expression.
 */
#include <string.h>

#include "runtime-expr/xpath_internal.h"

typedef struct construct {
    const char *word;
    const char *followed_by; /* the next character; NULL: stands between operands */
    const char *what;
} construct;

static const construct words[] = {
    {"for", "$", "'for'"},
    {"let", "$", "'let'"},
    {"some", "$", "'some'"},
    {"every", "$", "'every'"},
    {"if", "(", "'if'"},
    {"map", "{", "maps"},
    {"array", "{", "arrays"},
    {"function", "(", "inline functions"},
    {"instance", NULL, "'instance of'"},
    {"castable", NULL, "'castable as'"},
    {"cast", NULL, "'cast as'"},
    {"treat", NULL, "'treat as'"},
    {"intersect", NULL, "'intersect'"},
    {"except", NULL, "'except'"},
    {"union", NULL, "'union' ('|' unites)"},
    {"idiv", NULL, "'idiv'"},
    {"to", NULL, "ranges"},
    {"eq", NULL, "'eq' ('=' compares)"},
    {"ne", NULL, "'ne' ('!=' compares)"},
    {"lt", NULL, "'lt' ('<' compares)"},
    {"le", NULL, "'le' ('<=' compares)"},
    {"gt", NULL, "'gt' ('>' compares)"},
    {"ge", NULL, "'ge' ('>=' compares)"},
    {"is", NULL, "'is'"},
};

static const struct {
    const char *sign;
    const char *what; /* NULL: one of XPath 1.0's, passed over */
} signs[] = {
    {"!=", NULL},   {"||", "'||' (concat() joins)"},      {"=>", "'=>'"}, {"<<", "'<<'"},
    {">>", "'>>'"}, {"!", "the simple map operator '!'"},
};

static bool is_space(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool is_name(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '_' || byte == '-' || byte == '.' || (unsigned char)byte >= 0x80;
}

static const char *word_beyond(const char *bytes, size_t length, size_t from, size_t end, size_t next) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i].word) != end - from || memcmp(words[i].word, bytes + from, end - from) != 0)
            continue;
        bool between = from > 0 && is_space(bytes[from - 1]) && next > end && next < length;
        if (words[i].followed_by == NULL ? between : next < length && bytes[next] == words[i].followed_by[0])
            return words[i].what;
    }
    return NULL;
}

/* *size becomes the sign's length when it is known, else 0. */
static const char *sign_beyond(const char *bytes, size_t length, size_t at, size_t *size) {
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        *size = strlen(signs[i].sign);
        if (*size <= length - at && memcmp(bytes + at, signs[i].sign, *size) == 0)
            return signs[i].what;
    }
    *size = 0;
    return NULL;
}

const char *xpath_beyond(const char *bytes, size_t length, size_t *offset, size_t *construct_length) {
    unsigned long long calls = 0; /* bit n: the parenthesis at depth n encloses arguments, where commas belong */
    bool after_name = false;
    for (size_t at = 0, depth = 0; at < length;) {
        size_t end = at + 1, next;
        const char *what = NULL;
        if (bytes[at] == '\'' || bytes[at] == '"') {
            const char *close = memchr(bytes + at + 1, bytes[at], length - at - 1);
            if (close == NULL)
                return NULL;
            end = (size_t)(close - bytes) + 1;
        } else if (is_name(bytes[at])) {
            while (end < length && is_name(bytes[end]))
                end++;
            for (next = end; next < length && is_space(bytes[next]);)
                next++;
            what = word_beyond(bytes, length, at, end, next);
        } else if (bytes[at] == '(') {
            depth++;
            calls = depth >= 64 ? calls : after_name ? calls | 1ull << depth : calls & ~(1ull << depth);
        } else if (bytes[at] == ')') {
            depth -= depth > 0;
        } else if (bytes[at] == ',') {
            what = depth < 64 && (calls >> depth & 1) == 0 ? "sequences" : NULL;
        } else {
            size_t size;
            what = sign_beyond(bytes, length, at, &size);
            end = size > 1 ? at + size : end;
        }
        if (what != NULL) {
            *offset = at;
            *construct_length = end - at;
            return what;
        }
        after_name = is_name(bytes[end - 1]) || (after_name && is_space(bytes[at]));
        at = end;
    }
    return NULL;
}
