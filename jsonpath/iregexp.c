/*
 * iregexp.c: I-Regexp (RFC 9485): checked by its own grammar, then translated to PCRE2 (section 5.4): what differs is
 * the dot, the anchors that are plain characters, and what stands in classes.
 */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "jsonpath/jsonpath_internal.h"

enum { DEEPEST = 100 };

typedef struct translator {
    const char *at;
    const char *end;
    text out;
    int depth;
} translator;

static bool i_regexp(translator *t);

static bool next_is(const translator *t, char byte) {
    return t->at < t->end && *t->at == byte;
}

/* A character as PCRE2 takes it literally: ASCII that is no letter or digit gets a backslash. */
static void append_literal(translator *t, const char *bytes, size_t size) {
    unsigned char byte = (unsigned char)bytes[0];
    if (size == 1 && byte < 0x20)
        text_append_format(&t->out, "\\x{%x}", byte);
    else if (size == 1 && !isalnum(byte))
        text_append_format(&t->out, "\\%c", byte);
    else
        text_append(&t->out, bytes, size);
}

static bool is_single_char_escape(char byte) {
    return byte != '\0' && strchr("()*+-.?[\\]^nrt{|}", byte) != NULL;
}

/* SingleCharEsc = "\" ( %x28-2B / "-" / "." / "?" / %x5B-5E / %s"n" / %s"r" / %s"t" / %x7B-7D ) */
static bool single_char_esc(translator *t) {
    if (t->end - t->at < 2 || !is_single_char_escape(t->at[1]))
        return false;
    text_append(&t->out, t->at, 2);
    t->at += 2;
    return true;
}

/* charClassEsc = ( "\p{" / "\P{" ) charProp "}", charProp = IsCategory */
static bool char_class_esc(translator *t) {
    static const char *const categories[] = {"Llmotu", "Mcen", "Ndlo", "Pcdefios", "Zlps", "Sckmo", "Ccfno"};
    if (t->end - t->at < 5 || (t->at[1] != 'p' && t->at[1] != 'P') || t->at[2] != '{')
        return false;
    const char *name = t->at + 3;
    for (size_t i = 0; i < sizeof categories / sizeof *categories; i++) {
        if (name[0] != categories[i][0])
            continue;
        bool sub = name[1] != '}';
        if ((sub && strchr(categories[i] + 1, name[1]) == NULL) || name + 1 + sub >= t->end || name[1 + sub] != '}')
            return false;
        size_t size = 5 + (size_t)sub;
        text_append(&t->out, t->at, size);
        t->at += size;
        return true;
    }
    return false;
}

/* CCchar = ( %x00-2C / %x2E-5A / %x5E-D7FF / %xE000-10FFFF ) / SingleCharEsc */
static bool cc_char(translator *t) {
    if (next_is(t, '\\'))
        return single_char_esc(t);
    if (t->at >= t->end || (*t->at != '\0' && strchr("-[]", *t->at) != NULL))
        return false;
    uint32_t code_point;
    size_t size = utf8_decode(t->at, (size_t)(t->end - t->at), &code_point);
    append_literal(t, t->at, size);
    t->at += size;
    return size > 0;
}

/* CCE1 = ( CCchar [ "-" CCchar ] ) / charClassEsc */
static bool cce1(translator *t) {
    if (next_is(t, '\\') && char_class_esc(t))
        return true;
    if (!cc_char(t))
        return false;
    /* A '-' before the ']' is a character of its own. */
    if (!next_is(t, '-') || t->at + 1 >= t->end || t->at[1] == ']')
        return true;
    text_append_char(&t->out, '-');
    t->at++;
    return cc_char(t);
}

/* charClassExpr = "[" [ "^" ] ( "-" / CCE1 ) *CCE1 [ "-" ] "]" */
static bool char_class_expr(translator *t) {
    text_append_char(&t->out, *t->at++);
    if (next_is(t, '^'))
        text_append_char(&t->out, *t->at++);
    if (next_is(t, '-')) {
        text_append_string(&t->out, "\\-");
        t->at++;
    } else if (!cce1(t)) {
        return false;
    }
    while (t->at < t->end && *t->at != ']' && *t->at != '-')
        if (!cce1(t))
            return false;
    if (next_is(t, '-')) {
        text_append_string(&t->out, "\\-");
        t->at++;
    }
    if (!next_is(t, ']'))
        return false;
    text_append_char(&t->out, *t->at++);
    return true;
}

/* atom = NormalChar / charClass / ( "(" i-regexp ")" ) */
static bool atom(translator *t) {
    char byte = *t->at;
    if (byte == '(') {
        t->at++;
        text_append_string(&t->out, "(?:");
        if (!i_regexp(t) || !next_is(t, ')'))
            return false;
        t->at++;
        text_append_char(&t->out, ')');
        return true;
    }
    if (byte == '.') {
        t->at++;
        text_append_string(&t->out, "[^\\n\\r]");
        return true;
    }
    if (byte == '[')
        return char_class_expr(t);
    if (byte == '\\')
        return char_class_esc(t) || single_char_esc(t);
    if (byte != '\0' && strchr(")*+?]{|}", byte) != NULL)
        return false;
    if (byte == '^' || byte == '$') {
        text_append_char(&t->out, *t->at++);
        return true;
    }
    uint32_t code_point;
    size_t size = utf8_decode(t->at, (size_t)(t->end - t->at), &code_point);
    append_literal(t, t->at, size);
    t->at += size;
    return size > 0;
}

static bool quant_exact(translator *t) {
    const char *start = t->at;
    while (t->at < t->end && isdigit((unsigned char)*t->at))
        text_append_char(&t->out, *t->at++);
    return t->at > start;
}

/* quantifier = ( "*" / "+" / "?" ) / ( "{" QuantExact [ "," [ QuantExact ] ] "}" ) */
static bool quantifier(translator *t) {
    if (t->at >= t->end)
        return true;
    if (*t->at == '*' || *t->at == '+' || *t->at == '?') {
        text_append_char(&t->out, *t->at++);
        return true;
    }
    if (*t->at != '{')
        return true;
    text_append_char(&t->out, *t->at++);
    if (!quant_exact(t))
        return false;
    if (next_is(t, ',')) {
        text_append_char(&t->out, *t->at++);
        if (!next_is(t, '}') && !quant_exact(t))
            return false;
    }
    if (!next_is(t, '}'))
        return false;
    text_append_char(&t->out, *t->at++);
    return true;
}

/* i-regexp = branch *( "|" branch ), branch = *piece, piece = atom [ quantifier ] */
static bool i_regexp(translator *t) {
    if (++t->depth > DEEPEST)
        return false;
    while (t->at < t->end && *t->at != ')') {
        if (*t->at == '|')
            text_append_char(&t->out, *t->at++);
        else if (!atom(t) || !quantifier(t))
            return false;
    }
    t->depth--;
    return true;
}

jsonpath_status iregexp_compile(const char *pattern, size_t length, bool whole, pcre2_code **out) {
    translator t = {.at = pattern, .end = pattern + length, .out = TEXT_EMPTY};
    *out = NULL;
    text_append_string(&t.out, whole ? "\\A(?:" : "(?:");
    bool right = i_regexp(&t) && t.at == t.end;
    text_append_string(&t.out, whole ? ")\\z" : ")");
    jsonpath_status status = right ? JSONPATH_OK : JSONPATH_SYNTAX;
    if (t.out.failed)
        status = JSONPATH_NO_MEMORY;
    if (status == JSONPATH_OK) {
        int code;
        PCRE2_SIZE offset;
        *out = pcre2_compile((PCRE2_SPTR)text_peek(&t.out), t.out.length, PCRE2_UTF | PCRE2_DOLLAR_ENDONLY, &code,
                             &offset, NULL);
        if (*out == NULL)
            status = code == PCRE2_ERROR_HEAP_FAILED ? JSONPATH_NO_MEMORY : JSONPATH_SYNTAX;
    }
    text_free(&t.out);
    return status;
}
