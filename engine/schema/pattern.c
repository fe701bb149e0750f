/*
 * pattern.c: regular expressions of ECMA-262 (with the flag `u`) carried out by PCRE2 (JSON Schema 2020-12, core
 * section 6.4). Where the two differ the pattern is written anew: `.` and `\s` know other characters, `\cX`, `\uXXXX`
 * and
 * `\p{Letter}` are spelled otherwise, `[` within a class and the empty class mean other things.
 *
 * What ECMA-262 does not have and PCRE2 does (`(?i)`, `\A`, `a++`) passes, since documents are full of it; only
 * pattern_check() refuses it.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "engine/schema/schema_internal.h"

/* ECMA-262's WhiteSpace and LineTerminator, and all others: as the insides of a class. */
#define SPACES "\\t\\n\\x0B\\f\\r \\xA0\\u{FEFF}\\u{2028}\\u{2029}\\p{Zs}"
#define OTHERS                                                                                                         \
    "\\x00-\\x08\\x0E-\\x1F\\x21-\\x9F\\u{A1}-\\u{167F}\\u{1681}-\\u{1FFF}\\u{200B}-\\u{2027}\\u{202A}-\\u{202E}"      \
    "\\u{2030}-\\u{205E}\\u{2060}-\\u{2FFF}\\u{3001}-\\u{FEFE}\\u{FF00}-\\u{10FFFF}"

typedef struct translation {
    const char *at;
    const char *end;
    bool strict;
    text out;
    const char *wrong; /* a sentence about what stands at `at` */
} translation;

static char peek(const translation *t, size_t ahead) {
    return (size_t)(t->end - t->at) > ahead ? t->at[ahead] : '\0';
}

static bool refuse(translation *t, const char *why) {
    t->wrong = why;
    return false;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ---- Escapes ---- */

static bool hex_digits(const translation *t, size_t from, size_t count, unsigned long *value) {
    *value = 0;
    for (size_t i = 0; i < count; i++) {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        char c = peek(t, from + i);
        const char *found = c == '\0' ? NULL : strchr(digits, c);
        if (found == NULL)
            return false;
        *value = *value << 4 | ((unsigned long)(found - digits) & 15);
    }
    return true;
}

static void put(translation *t, size_t length, const char *replacement) {
    t->at += length;
    text_append_string(&t->out, replacement);
}

static void copy(translation *t, size_t length) {
    text_append(&t->out, t->at, length);
    t->at += length;
}

/* \u{1F600}, \u0041, and a pair of surrogates, which is one character. */
static bool unicode_escape(translation *t) {
    unsigned long value, low;
    if (peek(t, 2) == '{') {
        const char *close = memchr(t->at, '}', (size_t)(t->end - t->at));
        size_t count = close == NULL ? 0 : (size_t)(close - t->at) - 3;
        if (count == 0 || count > 8 || !hex_digits(t, 3, count, &value) || value > 0x10FFFF)
            return refuse(t, "\\u{…} holds hexadecimal digits of a character");
        copy(t, count + 4);
        return true;
    }
    if (!hex_digits(t, 2, 4, &value))
        return refuse(t, "\\u is followed by four hexadecimal digits");
    size_t length = 6;
    if (value >= 0xD800 && value < 0xDC00 && peek(t, 6) == '\\' && peek(t, 7) == 'u' && hex_digits(t, 8, 4, &low) &&
        low >= 0xDC00 && low < 0xE000) {
        value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
        length = 12;
    }
    if (value >= 0xD800 && value < 0xE000)
        return refuse(t, "half of a surrogate pair is no character");
    t->at += length;
    text_append_format(&t->out, "\\u{%lX}", value);
    return true;
}

/* General categories by the long names that PCRE2 lacks (Unicode, PropertyValueAliases.txt). */
static const char *short_category(const char *name, size_t length) {
    static const struct {
        const char *name;
        const char *category;
    } rows[] = {
        {"Cased_Letter", "L&"},
        {"LC", "L&"},
        {"Close_Punctuation", "Pe"},
        {"Connector_Punctuation", "Pc"},
        {"Control", "Cc"},
        {"cntrl", "Cc"},
        {"Currency_Symbol", "Sc"},
        {"Dash_Punctuation", "Pd"},
        {"Decimal_Number", "Nd"},
        {"digit", "Nd"},
        {"Enclosing_Mark", "Me"},
        {"Final_Punctuation", "Pf"},
        {"Format", "Cf"},
        {"Initial_Punctuation", "Pi"},
        {"Letter", "L"},
        {"Letter_Number", "Nl"},
        {"Line_Separator", "Zl"},
        {"Lowercase_Letter", "Ll"},
        {"Mark", "M"},
        {"Combining_Mark", "M"},
        {"Math_Symbol", "Sm"},
        {"Modifier_Letter", "Lm"},
        {"Modifier_Symbol", "Sk"},
        {"Nonspacing_Mark", "Mn"},
        {"Number", "N"},
        {"Open_Punctuation", "Ps"},
        {"Other", "C"},
        {"Other_Letter", "Lo"},
        {"Other_Number", "No"},
        {"Other_Punctuation", "Po"},
        {"Other_Symbol", "So"},
        {"Paragraph_Separator", "Zp"},
        {"Private_Use", "Co"},
        {"Punctuation", "P"},
        {"punct", "P"},
        {"Separator", "Z"},
        {"Space_Separator", "Zs"},
        {"Spacing_Mark", "Mc"},
        {"Surrogate", "Cs"},
        {"Symbol", "S"},
        {"Titlecase_Letter", "Lt"},
        {"Unassigned", "Cn"},
        {"Uppercase_Letter", "Lu"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strlen(rows[i].name) == length && memcmp(rows[i].name, name, length) == 0)
            return rows[i].category;
    return NULL;
}

/* \p{Letter}, \P{gc=Lu}, \p{Script=Greek} */
static bool property_escape(translation *t) {
    const char *close = memchr(t->at, '}', (size_t)(t->end - t->at));
    if (peek(t, 2) != '{' || close == NULL) {
        if (t->strict || peek(t, 2) == '\0')
            return refuse(t, "\\p is followed by the name of a property in braces");
        copy(t, 2);
        return true;
    }
    static const char *const prefixes[] = {"General_Category=", "gc="};
    const char *name = t->at + 3;
    for (size_t i = 0; i < 2; i++)
        if ((size_t)(close - name) > strlen(prefixes[i]) && memcmp(name, prefixes[i], strlen(prefixes[i])) == 0)
            name += strlen(prefixes[i]);
    size_t length = (size_t)(close - name);
    const char *category = short_category(name, length);
    text_append_format(&t->out, "\\%c{", t->at[1]);
    if (category == NULL)
        text_append(&t->out, name, length);
    else
        text_append_string(&t->out, category);
    text_append_char(&t->out, '}');
    t->at = close + 1;
    return true;
}

/* What means one character, within a class and without: \t, \cX, \x41, \u…, \0, \. */
static bool character_escape(translation *t) {
    char c = peek(t, 1);
    unsigned long value;
    if (strchr("tnfr", c) != NULL && c != '\0') {
        copy(t, 2);
    } else if (c == 'v') {
        put(t, 2, "\\x0B");
    } else if (c == 'c' && is_letter(peek(t, 2))) {
        text_append_format(&t->out, "\\x%02X", (unsigned)(peek(t, 2) & 31));
        t->at += 3;
    } else if (c == 'x' && hex_digits(t, 2, 2, &value)) {
        copy(t, 4);
    } else if (c == 'u') {
        return unicode_escape(t);
    } else if (c == '0' && !is_digit(peek(t, 2))) {
        put(t, 2, "\\x00");
    } else if (c > ' ' && c < 0x7F && !is_letter(c) && !is_digit(c)) {
        copy(t, 2);
    } else if ((c == 'e' || c == 'a') && !t->strict) {
        copy(t, 2);
    } else if (t->at + 1 >= t->end) {
        return refuse(t, "a backslash at the end escapes nothing");
    } else {
        return refuse(t, "there is no such escape");
    }
    return true;
}

/* AtomEscape, and \b and \B */
static bool atom_escape(translation *t) {
    char c = peek(t, 1);
    if (c != '\0' && strchr("dDwWbB123456789", c) != NULL) {
        copy(t, 2);
    } else if (c == 's') {
        put(t, 2, "[" SPACES "]");
    } else if (c == 'S') {
        put(t, 2, "[^" SPACES "]");
    } else if (c == 'p' || c == 'P') {
        return property_escape(t);
    } else if (c == 'k' && peek(t, 2) == '<') {
        copy(t, 3);
    } else if (c != '\0' && !t->strict && strchr("AZzGhHR", c) != NULL) {
        copy(t, 2);
    } else {
        return character_escape(t);
    }
    return true;
}

/* ---- Classes ---- */

static bool is_set_escape(char c) {
    return c != '\0' && strchr("dDwWsSpPhH", c) != NULL;
}

/* ClassAtom; *set tells whether it is a set of characters, which no range can start with. */
static bool class_atom(translation *t, bool *set) {
    char c = peek(t, 1);
    *set = *t->at == '\\' && is_set_escape(c);
    if (*t->at == '[')
        put(t, 1, "\\[");
    else if (*t->at != '\\')
        copy(t, 1);
    else if (c == 's' || c == 'S')
        put(t, 2, c == 's' ? SPACES : OTHERS);
    else if (c == 'p' || c == 'P')
        return property_escape(t);
    else if (c == 'b')
        put(t, 2, "\\x08");
    else if (c != '\0' && strchr(t->strict ? "dDwW" : "dDwWhH", c) != NULL)
        copy(t, 2);
    else
        return character_escape(t);
    return true;
}

/* CharacterClass. A hyphen beside a set is a hyphen: `[\w-.]`. */
static bool character_class(translation *t) {
    bool negated = peek(t, 1) == '^', set = false;
    if (peek(t, 1 + negated) == ']') {
        put(t, 2 + (size_t)negated, negated ? "(?s:.)" : "(?!)");
        return true;
    }
    copy(t, 1 + (size_t)negated);
    while (t->at < t->end && *t->at != ']') {
        bool before_set = peek(t, 1) == '\\' && is_set_escape(peek(t, 2));
        if (*t->at == '-' && (set || before_set) && peek(t, 1) != ']') {
            if (t->strict)
                return refuse(t, "a set of characters is no end of a range");
            put(t, 1, "\\-");
            set = false;
        } else if (!class_atom(t, &set)) {
            return false;
        }
    }
    if (t->at == t->end)
        return refuse(t, "the class is not closed");
    copy(t, 1);
    return true;
}

/* ---- Patterns ---- */

/* `(`: a group of a kind that ECMA-262 has, unless not strict. `(*` is a verb of PCRE2. */
static bool group_start(translation *t) {
    static const char *const kinds[] = {"(?:", "(?=", "(?!", "(?<=", "(?<!", "(?<"};
    if (peek(t, 1) == '*')
        return refuse(t, "there is nothing to repeat");
    if (peek(t, 1) != '?' || !t->strict) {
        copy(t, 1);
        return true;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(kinds[i]);
        if ((size_t)(t->end - t->at) > length && memcmp(t->at, kinds[i], length) == 0) {
            copy(t, length);
            return true;
        }
    }
    return refuse(t, "there is no such group");
}

/* {3}, {3,}, {3,5}: its length, or 0. */
static size_t braces(const translation *t) {
    size_t length = 1, digits = 0;
    for (; is_digit(peek(t, length)); length++)
        digits++;
    if (peek(t, length) == ',')
        for (length++; is_digit(peek(t, length)); length++)
            continue;
    return digits > 0 && peek(t, length) == '}' ? length + 1 : 0;
}

/* Quantifier: with `?` behind it, it is lazy; what else could follow, ECMA-262 does not have. */
static bool quantifier(translation *t) {
    size_t length = *t->at == '{' ? braces(t) : 1;
    if (length == 0)
        return refuse(t, "a brace is escaped or holds a number");
    copy(t, length);
    if (peek(t, 0) == '?')
        copy(t, 1);
    if (t->at < t->end && (strchr("*+?", *t->at) != NULL || *t->at == '{') && *t->at != '\0')
        return refuse(t, "there is nothing to repeat");
    return true;
}

static bool term(translation *t) {
    char c = *t->at;
    if (c == '\\')
        return atom_escape(t);
    if (c == '[')
        return character_class(t);
    if (c == '(')
        return group_start(t);
    if (t->strict && c != '\0' && strchr("*+?{", c) != NULL)
        return quantifier(t);
    if (t->strict && (c == ']' || c == '}'))
        return refuse(t, "a closing bracket has no opening one");
    if (c == '.')
        put(t, 1, "[^\\n\\r\\u{2028}\\u{2029}]");
    else
        copy(t, 1);
    return true;
}

/* Until the end, or until `enough` bytes are written: so that an offset in what is written can be traced back. */
static bool translate(translation *t, size_t enough) {
    while (t->at < t->end && t->out.length < enough)
        if (!term(t))
            return false;
    return true;
}

static size_t trace(const char *pattern, size_t length, bool strict, size_t offset) {
    translation again = {.at = pattern, .end = pattern + length, .strict = strict, .out = TEXT_EMPTY};
    translate(&again, offset);
    text_free(&again.out);
    return (size_t)(again.at - pattern);
}

static pcre2_code *compile(const text *written, int *error, size_t *offset) {
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    *error = PCRE2_ERROR_HEAP_FAILED;
    *offset = 0;
    if (context == NULL)
        return NULL;
    pcre2_set_compile_extra_options(context, PCRE2_EXTRA_ALT_BSUX);
    pcre2_code *made = pcre2_compile(
        (PCRE2_SPTR)text_peek(written), written->length,
        PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C, error, offset, context);
    pcre2_compile_context_free(context);
    return made;
}

/* A look-behind of variable length is right, but PCRE2 cannot carry it out. */
enum { LOOK_BEHIND_NOT_FIXED = 125 };

static pattern_status run(const char *pattern, size_t length, bool strict, pcre2_code **out, int *error,
                          pattern_failure *failure) {
    translation t = {.at = pattern, .end = pattern + length, .strict = strict, .out = TEXT_EMPTY};
    pattern_status status = PATTERN_INVALID;
    *error = 0;
    *failure = (pattern_failure){.offset = 0};
    if (!translate(&t, SIZE_MAX)) {
        failure->offset = (size_t)(t.at - pattern);
        snprintf(failure->message, sizeof failure->message, "%s", t.wrong);
    } else if (!t.out.failed) {
        size_t offset;
        *out = compile(&t.out, error, &offset);
        status = *out != NULL ? PATTERN_OK : *error == PCRE2_ERROR_HEAP_FAILED ? PATTERN_NO_MEMORY : PATTERN_INVALID;
        if (status == PATTERN_INVALID) {
            failure->offset = trace(pattern, length, strict, offset);
            pcre2_get_error_message(*error, (PCRE2_UCHAR *)failure->message, sizeof failure->message);
        }
    }
    if (t.out.failed)
        status = PATTERN_NO_MEMORY;
    text_free(&t.out);
    return status;
}

pattern_status pattern_compile(const char *pattern, size_t length, bool strict, pcre2_code **out,
                               pattern_failure *failure) {
    int error;
    return run(pattern, length, strict, out, &error, failure);
}

pattern_status pattern_check(const char *pattern, size_t length) {
    pcre2_code *code = NULL;
    pattern_failure failure;
    int error;
    pattern_status status = run(pattern, length, true, &code, &error, &failure);
    pcre2_code_free(code);
    return status == PATTERN_INVALID && error == LOOK_BEHIND_NOT_FIXED ? PATTERN_OK : status;
}
