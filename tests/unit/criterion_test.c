/*
 * criterion_test.c: the tables of conditions: each row is a test with its id as name.
 *
 * tests/tables/conditions.json holds the specification's letter (strict); conditions-default.json the default profile,
 * with the problems that a row reports.
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
#include "tests/support/json_table.h"

/* Rows that need sequences or the simple map operator of XPath 2.0 and 3.0, which XPath 1.0's grammar does not have. */
static const char *const known_gaps[] = {"C248", "C256"};

static void report(void *user, const expr_problem *problem) {
    text *lines = user;
    text_append_format(lines, "%s %s%s@%zu+%zu %s", problem->severity == EXPR_ERROR ? "error" : "liberty",
                       problem->rule, problem->pointer, problem->offset, problem->length, problem->message);
    if (problem->help != NULL)
        text_append_format(lines, " (%s)", problem->help);
    text_append_char(lines, '\n');
}

/* Passes, fails, or cannot be evaluated: compiling or testing. */
static criterion_outcome outcome_of(const table_row *r, const char *condition, const expr_context *context, text *lines,
                                    text *why, expr_failure *failure) {
    const char *on = row_string(r, "context");
    expr_options options = {.strict = r->strict, .user = lines, .report = report};
    criterion *compiled;
    expr_status status =
        criterion_compile(row_string(r, "type"), row_string(r, "version"), on, on == NULL ? 0 : strlen(on), condition,
                          strlen(condition), &options, &compiled);
    assert_int_not_equal(status, EXPR_NO_MEMORY);
    if (status == EXPR_INVALID) {
        assert_non_null(strstr(text_peek(lines), "error"));
        return CRITERION_ERROR;
    }
    criterion_outcome outcome = criterion_test(compiled, context, failure);
    char *explained = criterion_explain(compiled, context);
    assert_non_null(explained);
    text_append_string(why, explained);
    free(explained);
    criterion_free(compiled);
    return outcome;
}

static bool is_known_gap(const char *id) {
    for (size_t i = 0; i < sizeof known_gaps / sizeof *known_gaps; i++)
        if (strcmp(id, known_gaps[i]) == 0)
            return true;
    return false;
}

static void check(const table_row *r, criterion_outcome outcome, const text *lines, const text *why,
                  const expr_failure *failure) {
    static const char *const words[] = {"pass", "fail", "fail", "out of memory"};
    if (is_known_gap(row_string(r, "id"))) {
        assert_int_equal(outcome, CRITERION_ERROR);
        assert_non_null(strstr(text_peek(lines), "XPath 2.0 and later is not supported"));
        return;
    }
    const char *problems = row_string(r, "problems"), *explained = row_string(r, "why");
    const char *message = row_string(r, outcome == CRITERION_ERROR ? "failure" : "note");
    if (strcmp(words[outcome], row_string(r, "expected")) != 0)
        print_message("%s\n%s\n", text_peek(lines), text_peek(why));
    assert_string_equal(words[outcome], row_string(r, "expected"));
    assert_int_equal(outcome == CRITERION_ERROR, json_is_true(json_object_get(r->fields, "error")));
    if (explained != NULL)
        assert_string_equal(text_peek(why), explained);
    if (r->strict)
        return;
    assert_string_equal(text_peek(lines), problems == NULL ? "" : problems);
    assert_string_equal(failure->message, message == NULL ? "" : message);
}

static void row_is_as_the_table_says(void **state) {
    const table_row *r = *state;
    json_t *conditions = json_object_get(r->fields, "condition"), *data = row_context(r, "data");
    json_t *empty = json_object();
    expr_context context = json_context(data == NULL ? empty : data);
    text lines = TEXT_EMPTY, why = TEXT_EMPTY;
    expr_failure failure = {.offset = 0};
    criterion_outcome outcome = CRITERION_PASSED;
    if (json_is_string(conditions))
        outcome = outcome_of(r, json_string_value(conditions), &context, &lines, &why, &failure);
    for (size_t i = 0; outcome == CRITERION_PASSED && i < json_array_size(conditions); i++)
        outcome = outcome_of(r, json_string_value(json_array_get(conditions, i)), &context, &lines, &why, &failure);
    check(r, outcome, &lines, &why, &failure);
    json_decref(empty);
    text_free(&lines);
    text_free(&why);
}

int main(void) {
    table *tables[] = {table_load("tests/tables/conditions.json", true),
                       table_load("tests/tables/conditions-default.json", false)};
    return tables_run("criteria", row_is_as_the_table_says, tables, 2);
}
