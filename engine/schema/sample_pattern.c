/*
 * sample_pattern.c: a string that a regular expression matches: the first of everything that may stand at a place, as
 * often as it must.
 *
 * Literals, escapes, classes, groups, alternatives and quantifiers are followed; what looks around or back is passed
 * over. Whether the string matches is then asked of PCRE2, and if it is too short, open quantifiers are used more
 * often.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "engine/schema/sample_internal.h"

enum { DEEPEST = 50, MOST_STEPS = 100000, LONGEST = 20000, MOST_RANGES = 64, ANY = 0x110000 };

typedef struct generator {
    const char *at;
    const char *end;
    size_t often; /* how often something stands that may stand any number of times */
    int depth;
    int steps;
    int muted; /* what is parsed is not part of the string */
    bool failed;
    text *out;
} generator;

typedef struct range {
    uint32_t first;
    uint32_t last;
} range;

/* A class as the ranges written in it. */
typedef struct character_class {
    range ranges[MOST_RANGES];
    size_t count;
    bool negated;
} character_class;

static void disjunction(generator *g);

static void fail(generator *g) {
    g->failed = true;
}

static bool accept(generator *g, char byte) {
    if (g->at >= g->end || *g->at != byte)
        return false;
    g->at++;
    return true;
}

static void emit(generator *g, uint32_t code_point) {
    if (g->out->length > LONGEST)
        fail(g);
    else if (g->muted == 0)
        text_append_code_point(g->out, code_point);
}

static uint32_t take(generator *g) {
    uint32_t code_point = 0;
    size_t size = utf8_decode(g->at, (size_t)(g->end - g->at), &code_point);
    if (size == 0)
        fail(g);
    g->at += size;
    return code_point;
}

/* ---- Escapes ---- */

/* A hexadecimal number of so many digits. */
static uint32_t hexadecimal(generator *g, size_t digits) {
    char written[9] = "";
    char *rest;
    if ((size_t)(g->end - g->at) < digits) {
        fail(g);
        return 0;
    }
    memcpy(written, g->at, digits);
    g->at += digits;
    unsigned long value = strtoul(written, &rest, 16);
    if (*rest != '\0')
        fail(g);
    return (uint32_t)value;
}

static const struct {
    char name;
    range ranges[4]; /* the most readable first; ended by 0 */
} classes[] = {
    {'d', {{'1', '9'}, {'0', '0'}, {0, 0}}},
    {'D', {{'a', 'z'}, {'A', 'Z'}, {0, 0}}},
    {'w', {{'a', 'z'}, {'A', 'Z'}, {'0', '9'}, {'_', '_'}}},
    {'W', {{'-', '-'}, {' ', ' '}, {0, 0}}},
    {'s', {{' ', ' '}, {0, 0}}},
    {'S', {{'a', 'z'}, {'A', 'Z'}, {'0', '9'}, {0, 0}}},
    {'t', {{'\t', '\t'}, {0, 0}}},
    {'n', {{'\n', '\n'}, {0, 0}}},
    {'r', {{'\r', '\r'}, {0, 0}}},
    {'f', {{'\f', '\f'}, {0, 0}}},
    {'v', {{'\v', '\v'}, {0, 0}}},
};

static void add_range(generator *g, character_class *into, range one) {
    if (into->count == MOST_RANGES)
        fail(g);
    else
        into->ranges[into->count++] = one;
}

/* \p{Lu}, \p{L}, \p{N} …: one range that stands for the category. */
static range category(generator *g) {
    static const struct {
        const char *name;
        range one;
    } known[] = {{"Lu", {'A', 'Z'}}, {"Uppercase", {'A', 'Z'}}, {"N", {'1', '9'}}, {"P", {'-', '-'}},
                 {"S", {'+', '+'}},  {"Z", {' ', ' '}},         {"L", {'a', 'z'}}, {"", {'a', 'z'}}};
    const char *close = accept(g, '{') ? memchr(g->at, '}', (size_t)(g->end - g->at)) : NULL;
    const char *name = g->at;
    if (close == NULL) {
        fail(g);
        return (range){'a', 'a'};
    }
    g->at = close + 1;
    size_t i = 0;
    while (strncmp(name, known[i].name, strlen(known[i].name)) != 0)
        i++;
    return known[i].one;
}

/* What follows a backslash. */
static void escape(generator *g, character_class *into) {
    char name = g->at < g->end ? *g->at : '\0';
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (classes[i].name == name) {
            g->at++;
            for (size_t j = 0; j < 4 && classes[i].ranges[j].first != 0; j++)
                add_range(g, into, classes[i].ranges[j]);
            return;
        }
    uint32_t literal = take(g);
    if (literal == 'p') {
        add_range(g, into, category(g));
        return;
    }
    if (literal == 'x')
        literal = hexadecimal(g, 2);
    else if (literal == 'u')
        literal = hexadecimal(g, 4);
    else if (literal == '0')
        literal = 0;
    else if (literal < 0x80 && strchr("123456789kcPbB", (int)literal) != NULL)
        fail(g); /* references back, and what is rare */
    add_range(g, into, (range){literal, literal});
}

/* ---- Classes ---- */

static bool contains(const character_class *set, uint32_t code_point) {
    for (size_t i = 0; i < set->count; i++)
        if (code_point >= set->ranges[i].first && code_point <= set->ranges[i].last)
            return true;
    return false;
}

static bool is_readable(uint32_t code_point) {
    return code_point > ' ' && code_point != 0x7F;
}

/* The first character of the class that can be read; of a negated class one that people would type. */
static uint32_t choose(generator *g, const character_class *set) {
    if (set->negated) {
        for (const char *candidate = "aA1-_ .~!"; *candidate != '\0'; candidate++)
            if (!contains(set, (unsigned char)*candidate))
                return (unsigned char)*candidate;
        fail(g);
        return 'a';
    }
    for (size_t i = 0; i < set->count; i++)
        if (is_readable(set->ranges[i].first))
            return set->ranges[i].first;
    if (set->count == 0)
        fail(g);
    return set->count == 0 ? 'a' : contains(set, 'a') ? 'a' : set->ranges[0].first;
}

/* ClassRanges: up to the closing bracket. */
static void character_class_of(generator *g) {
    character_class set = {.negated = accept(g, '^')};
    while (!g->failed && !accept(g, ']')) {
        if (g->at >= g->end) {
            fail(g);
            return;
        }
        size_t before = set.count;
        if (accept(g, '\\')) {
            if (accept(g, 'b'))
                add_range(g, &set, (range){'\b', '\b'});
            else
                escape(g, &set);
        } else {
            uint32_t first = take(g);
            add_range(g, &set, (range){first, first});
        }
        bool single = set.count == before + 1 && set.ranges[before].first == set.ranges[before].last;
        if (single && g->at + 1 < g->end && *g->at == '-' && g->at[1] != ']') {
            character_class last = {.count = 0};
            g->at++;
            if (accept(g, '\\'))
                escape(g, &last);
            else
                add_range(g, &last, (range){take(g), ANY});
            set.ranges[before].last = last.count == 0 ? 0 : last.ranges[0].first;
        }
    }
    if (!g->failed)
        emit(g, choose(g, &set));
}

/* ---- Terms ---- */

/* Atom: ( … ), (?: … ), (?<name> … ). Assertions look at what stands there anyway: they are passed over. */
static void group(generator *g) {
    bool assertion = false;
    if (accept(g, '?')) {
        if (accept(g, '=') || accept(g, '!')) {
            assertion = true;
        } else if (accept(g, '<')) {
            assertion = accept(g, '=') || accept(g, '!');
            const char *close = assertion ? g->at : memchr(g->at, '>', (size_t)(g->end - g->at));
            if (close == NULL)
                fail(g);
            else
                g->at = assertion ? close : close + 1;
        } else if (!accept(g, ':')) {
            fail(g);
        }
    }
    g->muted += assertion;
    disjunction(g);
    g->muted -= assertion;
    if (!accept(g, ')'))
        fail(g);
}

static void atom(generator *g) {
    if (accept(g, '('))
        group(g);
    else if (accept(g, '['))
        character_class_of(g);
    else if (accept(g, '.'))
        emit(g, 'a');
    else if (accept(g, '^') || accept(g, '$'))
        return;
    else if (accept(g, '\\')) {
        character_class one = {.count = 0};
        if (accept(g, 'b') || accept(g, 'B') || accept(g, 'A') || accept(g, 'z') || accept(g, 'Z'))
            return;
        escape(g, &one);
        if (!g->failed)
            emit(g, choose(g, &one));
    } else {
        emit(g, take(g));
    }
}

static bool number(generator *g, size_t *value) {
    const char *start = g->at;
    *value = 0;
    while (g->at < g->end && *g->at >= '0' && *g->at <= '9' && *value < 1000000)
        *value = *value * 10 + (size_t)(*g->at++ - '0');
    return g->at > start;
}

/* Quantifier: how often the atom before it is to stand. */
static size_t quantifier(generator *g) {
    size_t least = 1, most = 1;
    const char *start = g->at;
    if (accept(g, '*') || accept(g, '+')) {
        least = *start == '+';
        most = SIZE_MAX;
    } else if (accept(g, '?')) {
        least = 0;
    } else if (accept(g, '{')) {
        if (!number(g, &least)) {
            g->at = start; /* a brace that stands for itself */
            return 1;
        }
        most = least;
        if (accept(g, ',') && !number(g, &most))
            most = SIZE_MAX;
        if (!accept(g, '}'))
            fail(g);
    } else {
        return 1;
    }
    if (!accept(g, '?'))
        accept(g, '+');
    return g->often < least ? least : g->often > most ? most : g->often;
}

/* Term: an atom as often as its quantifier says. */
static void term(generator *g) {
    const char *start = g->at;
    size_t before = g->out->length;
    atom(g);
    size_t times = quantifier(g);
    const char *after = g->at;
    if (times == 0 && g->muted == 0)
        text_truncate(g->out, before);
    for (; times > 1 && !g->failed && g->muted == 0; times--) {
        g->at = start;
        atom(g);
        g->at = after;
        if (++g->steps > MOST_STEPS)
            fail(g);
    }
}

/* Disjunction: of the alternatives, the first. */
static void disjunction(generator *g) {
    int muted = 0;
    if (++g->depth > DEEPEST)
        fail(g);
    while (!g->failed && !g->out->failed && g->at < g->end && *g->at != ')') {
        if (++g->steps > MOST_STEPS)
            fail(g);
        if (!accept(g, '|')) {
            term(g);
        } else if (muted == 0) {
            muted = 1;
            g->muted++;
        }
    }
    g->muted -= muted;
    g->depth--;
}

/* ---- Does it match? ---- */

/* NULL: not a pattern, or memory is short: *failed then. */
static pcre2_code *compile(const char *pattern, size_t length, bool *failed) {
    enum { HEAP_FAILED = 121 }; /* PCRE2 has no name for it in its header */
    int code = 0;
    PCRE2_SIZE offset;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    pcre2_code *made = NULL;
    if (context != NULL) {
        pcre2_set_compile_extra_options(context, PCRE2_EXTRA_ALT_BSUX);
        made = pcre2_compile((PCRE2_SPTR)pattern, length, PCRE2_UTF | PCRE2_DOLLAR_ENDONLY, &code, &offset, context);
    }
    *failed = context == NULL || (made == NULL && code == HEAP_FAILED);
    pcre2_compile_context_free(context);
    return made;
}

static bool matches(const pcre2_code *pattern, text *subject) {
    enum { MATCH_LIMIT = 100000 };
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    int result = PCRE2_ERROR_NOMEMORY;
    if (data != NULL && context != NULL) {
        pcre2_set_match_limit(context, MATCH_LIMIT);
        result = pcre2_match(pattern, (PCRE2_SPTR)text_peek(subject), subject->length, 0, 0, data, context);
    }
    subject->failed = subject->failed || result == PCRE2_ERROR_NOMEMORY;
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    return result >= 0;
}

bool sample_pattern(const char *pattern, size_t length, size_t least, size_t most, text *out) {
    bool found = false, failed = false;
    pcre2_code *compiled = compile(pattern, length, &failed);
    out->failed = out->failed || failed;
    /* Once is the most readable; then never, which is shorter; then more often, as far as it must grow. */
    for (size_t often = 1; compiled != NULL && !found && !out->failed && often <= LONGEST; often = often == 1   ? 0
                                                                                                   : often == 0 ? 2
                                                                                                   : often > 8
                                                                                                       ? often * 2
                                                                                                       : often + 1) {
        generator g = {.at = pattern, .end = pattern + length, .often = often, .out = out};
        text_truncate(out, 0);
        disjunction(&g);
        if (g.failed || g.at != g.end || out->length > LONGEST)
            break;
        size_t count = utf8_count(text_peek(out), out->length);
        found = count >= least && count <= most && matches(compiled, out);
        if (often >= 2 && count > most)
            break;
    }
    pcre2_code_free(compiled);
    if (!found)
        text_truncate(out, 0);
    return found;
}
