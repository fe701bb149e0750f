/*
 * criterion.c: the Criterion Object: its type, its context, and which of the four kinds of condition it has. Regular
 * expressions are carried out here, with the text of embedded expressions put in; simple conditions, JSONPath and XPath
 * have files of their own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "runtime-expr/condition_internal.h"
#include "runtime-expr/json_text.h"
#include "runtime-expr/query_internal.h"
#include "runtime-expr/regex.h"

typedef enum criterion_kind { SIMPLE, REGEX, JSONPATH, XPATH } criterion_kind;

static const char *const kinds[] = {"simple", "regex", "jsonpath", "xpath"};
enum { KINDS = sizeof kinds / sizeof *kinds };

struct criterion {
    arena *memory;
    criterion_kind kind;
    const expression *context; /* NULL for a simple condition without */
    condition *simple;
    json_t *literals;
    template pattern; /* a regular expression with expressions in it */
    regex_flags flags;
    regex *regex; /* one without */
    jsonpath_query *jsonpath;
    xpath_query *xpath;
};

/* What criterion_compile() was asked for. */
typedef struct request {
    const char *version;
    const char *bytes;
    size_t length;
    const expr_options *options;
} request;

static void report(const expr_options *options, const char *pointer, size_t offset, size_t length, const char *help,
                   const char *message) {
    expression_fault fault = {.offset = offset, .length = length};
    snprintf(fault.message, sizeof fault.message, "%s", message);
    snprintf(fault.help, sizeof fault.help, "%s", help);
    expression_report_fault(options, EXPR_ERROR, "", pointer, &fault);
}

/* ---- Type and context ---- */

static expr_status find_kind(const char *type, const char *version, const expr_options *options, criterion_kind *out) {
    nearest search;
    nearest_start(&search, type, strlen(type));
    for (size_t i = 0; i < KINDS; i++) {
        nearest_try(&search, kinds[i]);
        if (strcmp(type, kinds[i]) != 0)
            continue;
        *out = (criterion_kind)i;
        if (version == NULL || i == JSONPATH || i == XPATH)
            return EXPR_OK;
        report(options, "/version", 0, strlen(version), "", "only the types jsonpath and xpath have versions");
        return EXPR_INVALID;
    }
    char help[80] = "";
    if (search.best != NULL)
        snprintf(help, sizeof help, "did you mean '%s'?", search.best);
    report(options, "/type", 0, strlen(type), help, "the types are 'simple', 'regex', 'jsonpath' and 'xpath'");
    return EXPR_INVALID;
}

static expr_status compile_context(criterion *made, const char *bytes, size_t length, const expr_options *options) {
    if (bytes == NULL) {
        if (made->kind == SIMPLE)
            return EXPR_OK;
        char message[80];
        snprintf(message, sizeof message, "a criterion of type %s needs a context", kinds[made->kind]);
        report(options, "/context", 0, 0, "add 'context: $response.body'", message);
        return EXPR_INVALID;
    }
    bool strict = options != NULL && options->strict;
    expression *found;
    expression_fault fault;
    expr_status status = expression_parse(made->memory, bytes, length, 0,
                                          strict ? EXPRESSION_STRICT : EXPRESSION_MEMBERS, &found, &fault);
    if (status == EXPR_INVALID) {
        if (length > 2 && bytes[0] == '{')
            snprintf(fault.help, sizeof fault.help, "leave the braces out");
        expression_report_fault(options, EXPR_ERROR, fault.rule, "/context", &fault);
    }
    if (status != EXPR_OK)
        return status;
    made->context = found;
    return expression_accept(found, options, "/context") ? EXPR_OK : EXPR_NO_MEMORY;
}

/* ---- Conditions ---- */

static expr_status compile_simple(criterion *made, const request *wanted) {
    made->literals = json_array();
    if (made->literals == NULL)
        return EXPR_NO_MEMORY;
    return condition_parse(made->memory, wanted->bytes, wanted->length, wanted->options, made->literals, &made->simple);
}

/* S13: `/…/flags` is taken in the default profile. False when memory is short. */
static bool take_delimiters(criterion *made, const request *wanted, size_t *from, size_t *end) {
    *from = 0;
    *end = wanted->length;
    if ((wanted->options != NULL && wanted->options->strict) ||
        !regex_delimited(wanted->bytes, wanted->length, from, end, &made->flags)) {
        made->flags = (regex_flags){.caseless = false};
        return true;
    }
    expression_fault fault = {.offset = 0, .length = wanted->length};
    snprintf(fault.message, sizeof fault.message, "a pattern stands without delimiters");
    const regex_flags flags = made->flags;
    text bare = TEXT_EMPTY;
    if (flags.caseless || flags.multiline || flags.dot_all || flags.extended)
        text_append_format(&bare, "(?%s%s%s%s)", flags.caseless ? "i" : "", flags.multiline ? "m" : "",
                           flags.dot_all ? "s" : "", flags.extended ? "x" : "");
    text_append(&bare, wanted->bytes + *from, *end - *from);
    if (*end - *from < 100)
        snprintf(fault.help, sizeof fault.help, "write '%s'", text_peek(&bare));
    fault.mend = text_peek(&bare);
    fault.mend_length = wanted->length;
    bool right = !bare.failed;
    if (right)
        expression_report_fault(wanted->options, EXPR_LIBERTY, "S13", "/condition", &fault);
    text_free(&bare);
    return right;
}

static expr_status compile_regex(criterion *made, const request *wanted) {
    size_t from, end;
    if (!take_delimiters(made, wanted, &from, &end))
        return EXPR_NO_MEMORY;
    template_options how = {.options = wanted->options, .pointer = "/condition"};
    expr_status status = template_parse(made->memory, wanted->bytes + from, end - from, &how, &made->pattern);
    if (status != EXPR_OK || made->pattern.expressions > 0)
        return status;
    expr_failure failure;
    status = regex_compile(wanted->bytes + from, end - from, made->flags, &made->regex, &failure);
    if (status == EXPR_INVALID)
        report(wanted->options, "/condition", from + failure.offset, failure.length, "", failure.message);
    return status;
}

static expr_status compile_jsonpath(criterion *made, const request *wanted) {
    query_options how = {.options = wanted->options,
                         .pointer = "/condition",
                         .version_pointer = "/version",
                         .version = wanted->version,
                         .condition = true,
                         .context = made->context};
    return jsonpath_query_compile(wanted->bytes, wanted->length, &how, &made->jsonpath);
}

static expr_status compile_xpath(criterion *made, const request *wanted) {
    query_options how = {.options = wanted->options,
                         .pointer = "/condition",
                         .version_pointer = "/version",
                         .version = wanted->version,
                         .condition = true};
    return xpath_query_compile(wanted->bytes, wanted->length, &how, &made->xpath);
}

expr_status criterion_compile(const char *type, const char *version, const char *context_text, size_t context_length,
                              const char *bytes, size_t length, const expr_options *options, criterion **out) {
    static expr_status (*const compile[KINDS])(criterion *, const request *) = {compile_simple, compile_regex,
                                                                                compile_jsonpath, compile_xpath};
    request wanted = {.version = version, .bytes = bytes, .length = length, .options = options};
    criterion *made = calloc(1, sizeof *made);
    if (made == NULL)
        return EXPR_NO_MEMORY;
    made->memory = arena_new();
    expr_status status = made->memory == NULL ? EXPR_NO_MEMORY : EXPR_OK;
    if (status == EXPR_OK)
        status = find_kind(type == NULL ? "simple" : type, version, options, &made->kind);
    if (status == EXPR_OK) {
        /* Both are looked at, so that one pass reports the problems of both. */
        expr_status of_context = compile_context(made, context_text, context_length, options);
        status = of_context == EXPR_NO_MEMORY ? of_context : compile[made->kind](made, &wanted);
        if (status == EXPR_OK)
            status = of_context;
    }
    if (status == EXPR_OK)
        *out = made;
    else
        criterion_free(made);
    return status;
}

void criterion_free(criterion *compiled) {
    if (compiled == NULL)
        return;
    json_decref(compiled->literals);
    regex_free(compiled->regex);
    jsonpath_query_free(compiled->jsonpath);
    xpath_query_free(compiled->xpath);
    arena_free(compiled->memory);
    free(compiled);
}

/* ---- Testing ---- */

static criterion_outcome fail_at(expr_failure *failure, const template_part *part, const char *message) {
    failure->offset = part == NULL ? 0 : part->embedded->offset;
    failure->length = part == NULL ? 0 : part->embedded->length;
    snprintf(failure->message, sizeof failure->message, "%s", message);
    return CRITERION_ERROR;
}

/* The pattern with what its expressions reach put in as text: pattern text, not escaped. */
static criterion_outcome fill_pattern(const criterion *c, const expr_context *context, text *out,
                                      expr_failure *failure) {
    for (size_t i = 0; i < c->pattern.count; i++)
        if (template_part_append(&c->pattern.parts[i], context, out) == EXPR_NOTHING)
            return fail_at(failure, &c->pattern.parts[i], "this expression reaches nothing");
    return out->failed ? CRITERION_OUT_OF_MEMORY : CRITERION_PASSED;
}

static criterion_outcome search_filled(const criterion *c, const expr_context *context, const text *subject,
                                       expr_failure *failure) {
    text pattern = TEXT_EMPTY;
    regex *filled = NULL;
    criterion_outcome outcome = fill_pattern(c, context, &pattern, failure);
    if (outcome == CRITERION_PASSED) {
        expr_status status = regex_compile(text_peek(&pattern), pattern.length, c->flags, &filled, failure);
        if (status == EXPR_INVALID)
            failure->offset = failure->length = 0; /* a place in the filled pattern is none in the condition */
        outcome = status == EXPR_OK        ? regex_search(filled, text_peek(subject), subject->length, failure)
                  : status == EXPR_INVALID ? CRITERION_ERROR
                                           : CRITERION_OUT_OF_MEMORY;
    }
    regex_free(filled);
    text_free(&pattern);
    return outcome;
}

static criterion_outcome test_regex(const criterion *c, json_t *subject, const expr_context *context,
                                    expr_failure *failure) {
    if (json_is_string(subject) && c->regex != NULL)
        return regex_search(c->regex, json_string_value(subject), json_string_length(subject), failure);
    text embedded = TEXT_EMPTY;
    json_text_embed(&embedded, subject);
    criterion_outcome outcome = CRITERION_OUT_OF_MEMORY;
    if (!embedded.failed)
        outcome = c->regex == NULL ? search_filled(c, context, &embedded, failure)
                                   : regex_search(c->regex, text_peek(&embedded), embedded.length, failure);
    text_free(&embedded);
    return outcome;
}

criterion_outcome criterion_test(const criterion *compiled, const expr_context *context, expr_failure *failure) {
    failure->message[0] = '\0';
    if (compiled->kind == SIMPLE) {
        bool result;
        if (!condition_test(compiled->simple, context, &result))
            return CRITERION_OUT_OF_MEMORY;
        return result ? CRITERION_PASSED : CRITERION_FAILED;
    }
    json_t *root, *subject;
    if (!expression_reach(compiled->context, context, &root, &subject))
        return CRITERION_OUT_OF_MEMORY;
    criterion_outcome outcome = CRITERION_FAILED; /* "If the context evaluates to null or undefined … fail" */
    if (subject != NULL && !json_is_null(subject)) {
        if (compiled->kind == REGEX)
            outcome = test_regex(compiled, subject, context, failure);
        else if (compiled->kind == JSONPATH)
            outcome = jsonpath_query_test(compiled->jsonpath, subject, context, failure);
        else
            outcome = xpath_query_test(compiled->xpath, subject, context, failure);
    }
    json_decref(root);
    return outcome;
}

/* ---- For a person ---- */

static void explain_pattern(const criterion *c, const expr_context *context, text *out) {
    if (c->regex != NULL)
        return;
    for (size_t i = 0; i < c->pattern.count; i++)
        if (c->pattern.parts[i].embedded != NULL)
            explain_reference(c->pattern.parts[i].embedded, context, out);
    text filled = TEXT_EMPTY;
    expr_failure ignored;
    if (fill_pattern(c, context, &filled, &ignored) == CRITERION_PASSED)
        text_append_format(out, "the pattern is %s\n", text_peek(&filled));
    text_free(&filled);
}

/* Why a condition of another type than simple came out as it did, in words. */
static void explain_outcome(const criterion *c, const expr_context *context, text *out) {
    static const char *const words[KINDS][2] = {{"", ""},
                                                {"the pattern matches\n", "the pattern does not match\n"},
                                                {"the condition holds\n", "the condition does not hold\n"},
                                                {"the condition holds\n", "the condition does not hold\n"}};
    json_t *root, *subject;
    if (!expression_reach(c->context, context, &root, &subject)) {
        out->failed = true;
        return;
    }
    bool there = subject != NULL && !json_is_null(subject);
    json_decref(root);
    if (!there)
        return;
    expr_failure failure;
    criterion_outcome outcome = criterion_test(c, context, &failure);
    if (outcome == CRITERION_OUT_OF_MEMORY)
        out->failed = true;
    else if (outcome != CRITERION_ERROR) /* the failure says why, to whoever tested */
        text_append_string(out, words[c->kind][outcome == CRITERION_FAILED]);
}

char *criterion_explain(const criterion *compiled, const expr_context *context) {
    text out = TEXT_EMPTY;
    if (compiled->kind == SIMPLE) {
        condition_explain(compiled->simple, context, &out);
    } else {
        explain_reference(compiled->context, context, &out);
        if (compiled->kind == REGEX)
            explain_pattern(compiled, context, &out);
        else if (compiled->kind == JSONPATH)
            jsonpath_query_explain(compiled->jsonpath, context, &out);
        else
            xpath_query_explain(compiled->xpath, context, &out);
        explain_outcome(compiled, context, &out);
    }
    if (out.length > 0)
        text_truncate(&out, out.length - 1); /* lines are separated, not ended */
    return text_take(&out, NULL);
}
