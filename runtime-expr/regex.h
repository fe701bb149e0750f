/* regex.h: regular expressions of criteria: PCRE2 in UTF mode, searching, with limits (S13). */
#ifndef ARAZZO_REGEX_H
#define ARAZZO_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "runtime-expr/expr.h"

typedef struct regex regex;

typedef struct regex_flags {
    bool caseless;
    bool multiline;
    bool dot_all;
    bool extended;
} regex_flags;

/* Compiles a pattern. EXPR_INVALID: *failure says where and why. The caller owns *out: regex_free(). */
expr_status regex_compile(const char *pattern, size_t length, regex_flags flags, regex **out, expr_failure *failure);
void regex_free(regex *pattern);

/* Does the pattern match somewhere in the subject? May be called from several threads at once. */
criterion_outcome regex_search(const regex *pattern, const char *subject, size_t length, expr_failure *failure);

/* The first match at or after `from`: its bounds. */
criterion_outcome regex_find(const regex *pattern, const char *subject, size_t length, size_t from, size_t *start,
                             size_t *end, expr_failure *failure);

/*
 * Appends the subject with every match replaced; in the replacement `$1` is a group, `\$` and `\\` are themselves
 * (XPath's replace()). A pattern that matches the empty string is an error.
 */
criterion_outcome regex_replace(const regex *pattern, const char *subject, size_t length, const char *replacement,
                                text *out, expr_failure *failure);

/*
 * Recognises `/…/flags`: *from and *end become the pattern's bounds. False when the text is not of this form.
 */
bool regex_delimited(const char *bytes, size_t length, size_t *from, size_t *end, regex_flags *flags);

#endif
