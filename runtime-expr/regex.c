/*
 * regex.c: PCRE2 for criteria. A pattern is compiled once; after some searches it is compiled to machine code too,
 * since that costs as much as about thirty searches without. Catastrophic patterns end at a limit, and say so.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "runtime-expr/regex.h"

#include <pcre2.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MATCH_LIMIT = 100000, HEAP_LIMIT_KIB = 20000, PAYS_AFTER = 30 };

struct regex {
    pcre2_code *code;
    pcre2_match_context *limits;
    atomic_uint searches;
    _Atomic(pcre2_code *) fast; /* a copy in machine code, made once by whoever does the search number PAYS_AFTER */
};

static void fail(expr_failure *failure, size_t offset, const char *before, int error) {
    unsigned char words[160];
    if (pcre2_get_error_message(error, words, sizeof words) < 0)
        snprintf((char *)words, sizeof words, "error %d", error);
    failure->offset = offset;
    failure->length = 0;
    snprintf(failure->message, sizeof failure->message, "%s: %s", before, (char *)words);
}

expr_status regex_compile(const char *pattern, size_t length, regex_flags flags, regex **out, expr_failure *failure) {
    uint32_t options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | (flags.caseless ? PCRE2_CASELESS : 0) |
                       (flags.multiline ? PCRE2_MULTILINE : 0) | (flags.dot_all ? PCRE2_DOTALL : 0) |
                       (flags.extended ? PCRE2_EXTENDED : 0);
    regex *made = calloc(1, sizeof *made);
    if (made == NULL)
        return EXPR_NO_MEMORY;
    int error = 0;
    PCRE2_SIZE offset = 0;
    made->code = pcre2_compile((PCRE2_SPTR)pattern, length, options, &error, &offset, NULL);
    if (made->code == NULL) {
        free(made);
        if (error == PCRE2_ERROR_HEAP_FAILED)
            return EXPR_NO_MEMORY;
        fail(failure, offset < length ? offset : length, "not a regular expression", error);
        return EXPR_INVALID;
    }
    made->limits = pcre2_match_context_create(NULL);
    if (made->limits == NULL) {
        regex_free(made);
        return EXPR_NO_MEMORY;
    }
    pcre2_set_match_limit(made->limits, MATCH_LIMIT);
    pcre2_set_heap_limit(made->limits, HEAP_LIMIT_KIB);
    *out = made;
    return EXPR_OK;
}

void regex_free(regex *pattern) {
    if (pattern == NULL)
        return;
    pcre2_code_free(atomic_load(&pattern->fast));
    pcre2_match_context_free(pattern->limits);
    pcre2_code_free(pattern->code);
    free(pattern);
}

/* The code to search with. Machine code is a gain only: where it cannot be made, the search goes on without. */
static const pcre2_code *code_to_use(regex *pattern) {
    pcre2_code *fast = atomic_load_explicit(&pattern->fast, memory_order_acquire);
    if (fast != NULL)
        return fast;
    if (atomic_fetch_add_explicit(&pattern->searches, 1, memory_order_relaxed) + 1 != PAYS_AFTER)
        return pattern->code;
    fast = pcre2_code_copy(pattern->code);
    if (fast == NULL)
        return pattern->code;
    if (pcre2_jit_compile(fast, PCRE2_JIT_COMPLETE) != 0) {
        pcre2_code_free(fast);
        return pattern->code;
    }
    atomic_store_explicit(&pattern->fast, fast, memory_order_release);
    return fast;
}

/* One search from an offset; the match's data stays in `found`. */
static criterion_outcome search(const regex *pattern, const char *subject, size_t length, size_t from,
                                pcre2_match_data *found, expr_failure *failure) {
    const pcre2_code *code = code_to_use((regex *)pattern);
    int result = pcre2_match(code, (PCRE2_SPTR)subject, length, from, 0, found, pattern->limits);
    if (result == PCRE2_ERROR_JIT_STACKLIMIT)
        result = pcre2_match(code, (PCRE2_SPTR)subject, length, from, PCRE2_NO_JIT, found, pattern->limits);
    if (result >= 0)
        return CRITERION_PASSED;
    if (result == PCRE2_ERROR_NOMATCH)
        return CRITERION_FAILED;
    if (result == PCRE2_ERROR_NOMEMORY)
        return CRITERION_OUT_OF_MEMORY;
    fail(failure, 0, "the search was given up", result);
    return CRITERION_ERROR;
}

criterion_outcome regex_find(const regex *pattern, const char *subject, size_t length, size_t from, size_t *start,
                             size_t *end, expr_failure *failure) {
    pcre2_match_data *found = pcre2_match_data_create(1, NULL);
    if (found == NULL)
        return CRITERION_OUT_OF_MEMORY;
    criterion_outcome outcome = search(pattern, subject, length, from, found, failure);
    if (outcome == CRITERION_PASSED) {
        const PCRE2_SIZE *bounds = pcre2_get_ovector_pointer(found);
        *start = bounds[0];
        *end = bounds[1];
    }
    pcre2_match_data_free(found);
    return outcome;
}

criterion_outcome regex_search(const regex *pattern, const char *subject, size_t length, expr_failure *failure) {
    size_t start, end;
    return regex_find(pattern, subject, length, 0, &start, &end, failure);
}

/* `$N` is a group (an unset one is empty), `\$` and `\\` themselves. */
static bool append_replacement(const char *replacement, const char *subject, const PCRE2_SIZE *bounds, uint32_t groups,
                               text *out) {
    for (const char *c = replacement; *c != '\0'; c++) {
        if (*c == '\\') {
            c++;
            if (*c != '\\' && *c != '$')
                return false;
            text_append_char(out, *c);
        } else if (*c == '$') {
            c++;
            if (*c < '0' || *c > '9')
                return false;
            uint32_t group = (uint32_t)(*c - '0');
            while (c[1] >= '0' && c[1] <= '9' && group * 10 + (uint32_t)(c[1] - '0') < groups)
                group = group * 10 + (uint32_t)(*++c - '0');
            if (group < groups && bounds[2 * group] != PCRE2_UNSET)
                text_append(out, subject + bounds[2 * group], bounds[2 * group + 1] - bounds[2 * group]);
        } else {
            text_append_char(out, *c);
        }
    }
    return true;
}

static criterion_outcome say(expr_failure *failure, const char *message) {
    snprintf(failure->message, sizeof failure->message, "%s", message);
    return CRITERION_ERROR;
}

criterion_outcome regex_replace(const regex *pattern, const char *subject, size_t length, const char *replacement,
                                text *out, expr_failure *failure) {
    pcre2_match_data *found = pcre2_match_data_create_from_pattern(pattern->code, NULL);
    if (found == NULL)
        return CRITERION_OUT_OF_MEMORY;
    const PCRE2_SIZE *bounds = pcre2_get_ovector_pointer(found);
    criterion_outcome outcome;
    size_t from = 0;
    while ((outcome = search(pattern, subject, length, from, found, failure)) == CRITERION_PASSED) {
        text_append(out, subject + from, bounds[0] >= from ? bounds[0] - from : 0);
        if (bounds[1] <= bounds[0] || bounds[1] <= from) {
            outcome = say(failure, "the pattern matches the empty string");
            break;
        }
        if (!append_replacement(replacement, subject, bounds, pcre2_get_ovector_count(found), out)) {
            outcome = say(failure, "in a replacement '$' stands before a digit and '\\' before '$' or '\\'");
            break;
        }
        from = bounds[1];
    }
    text_append(out, subject + from, length - from);
    pcre2_match_data_free(found);
    return outcome == CRITERION_FAILED ? CRITERION_PASSED : outcome;
}

static bool read_flags(const char *bytes, size_t length, regex_flags *flags) {
    for (size_t i = 0; i < length; i++) {
        switch (bytes[i]) {
        case 'i':
            flags->caseless = true;
            break;
        case 'm':
            flags->multiline = true;
            break;
        case 's':
            flags->dot_all = true;
            break;
        case 'x':
            flags->extended = true;
            break;
        case 'g': /* searching for all matches finds one when there is one */
        case 'u': /* always so */
            break;
        default:
            return false;
        }
    }
    return true;
}

bool regex_delimited(const char *bytes, size_t length, size_t *from, size_t *end, regex_flags *flags) {
    if (length < 3 || bytes[0] != '/')
        return false;
    bool in_class = false;
    for (size_t i = 1; i < length; i++) {
        if (bytes[i] == '\\') {
            i++;
        } else if (bytes[i] == '[' || bytes[i] == ']') {
            in_class = bytes[i] == '[';
        } else if (bytes[i] == '/' && !in_class) {
            *flags = (regex_flags){.caseless = false};
            if (i == 1 || !read_flags(bytes + i + 1, length - i - 1, flags))
                return false;
            *from = 1;
            *end = i;
            return true;
        }
    }
    return false;
}
