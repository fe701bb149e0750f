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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "runtime-expr/expr.h"
#include "runtime-expr/json_context.h"

/* Rows that need sequences or the simple map operator of XPath 2.0 and 3.0, which XPath 1.0's grammar does not have. */
static const char *const known_gaps[] = {"C248", "C256"};

typedef struct row {
    json_t *fields;
    bool strict;
} row;

static void report(void *user, const expr_problem *problem) {
    text *lines = user;
    text_append_format(lines, "%s %s%s@%zu+%zu %s", problem->severity == EXPR_ERROR ? "error" : "liberty",
                       problem->rule, problem->pointer, problem->offset, problem->length, problem->message);
    if (problem->help != NULL)
        text_append_format(lines, " (%s)", problem->help);
    text_append_char(lines, '\n');
}

static json_t *load(const char *path) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    text all = TEXT_EMPTY;
    char piece[4096];
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
        text_append(&all, piece, got);
    fclose(file);
    json_error_t error;
    json_t *table = json_context_parse(text_peek(&all), all.length, &error);
    if (table == NULL)
        fail_msg("%s:%d: %s", path, error.line, error.text);
    text_free(&all);
    return table;
}

static const char *string_at(const json_t *fields, const char *key) {
    return json_string_value(json_object_get(fields, key));
}

/* Passes, fails, or cannot be evaluated: compiling or testing. */
static criterion_outcome outcome_of(const row *r, const char *condition, const expr_context *context, text *lines,
                                    text *why) {
    const char *on = string_at(r->fields, "context");
    expr_options options = {.strict = r->strict, .user = lines, .report = report};
    criterion *compiled;
    expr_status status =
        criterion_compile(string_at(r->fields, "type"), string_at(r->fields, "version"), on,
                          on == NULL ? 0 : strlen(on), condition, strlen(condition), &options, &compiled);
    assert_int_not_equal(status, EXPR_NO_MEMORY);
    if (status == EXPR_INVALID) {
        assert_non_null(strstr(text_peek(lines), "error"));
        return CRITERION_ERROR;
    }
    expr_failure failure;
    criterion_outcome outcome = criterion_test(compiled, context, &failure);
    char *explained = criterion_explain(compiled, context);
    assert_non_null(explained);
    text_append_string(why, explained);
    free(explained);
    criterion_free(compiled);
    return outcome;
}

static void row_is_as_the_table_says(void **state) {
    const row *r = *state;
    const char *id = string_at(r->fields, "id");
    for (size_t i = 0; i < sizeof known_gaps / sizeof *known_gaps; i++) {
        if (strcmp(id, known_gaps[i]) == 0) {
            print_message("%s needs more of XPath 2.0 than its functions\n", id);
            skip();
        }
    }
    json_t *conditions = json_object_get(r->fields, "condition"), *data = json_object_get(r->fields, "data");
    json_t *empty = json_object();
    expr_context context = json_context(data == NULL ? empty : data);
    text lines = TEXT_EMPTY, why = TEXT_EMPTY;
    criterion_outcome outcome = CRITERION_PASSED;
    if (json_is_string(conditions))
        outcome = outcome_of(r, json_string_value(conditions), &context, &lines, &why);
    for (size_t i = 0; outcome == CRITERION_PASSED && i < json_array_size(conditions); i++)
        outcome = outcome_of(r, json_string_value(json_array_get(conditions, i)), &context, &lines, &why);
    const char *words[] = {"pass", "fail", "fail", "out of memory"};
    const json_t *problems = json_object_get(r->fields, "problems"), *explained = json_object_get(r->fields, "why");
    if (strcmp(words[outcome], string_at(r->fields, "expected")) != 0)
        print_message("%s\n%s\n", text_peek(&lines), text_peek(&why));
    assert_string_equal(words[outcome], string_at(r->fields, "expected"));
    assert_int_equal(outcome == CRITERION_ERROR, json_is_true(json_object_get(r->fields, "error")));
    if (!r->strict)
        assert_string_equal(text_peek(&lines), problems == NULL ? "" : json_string_value(problems));
    if (explained != NULL)
        assert_string_equal(text_peek(&why), json_string_value(explained));
    json_decref(empty);
    text_free(&lines);
    text_free(&why);
}

static size_t add_rows(json_t *table, bool strict, struct CMUnitTest *tests, row *rows) {
    json_t *cases = json_object_get(table, "cases");
    for (size_t i = 0; i < json_array_size(cases); i++) {
        rows[i] = (row){.fields = json_array_get(cases, i), .strict = strict};
        tests[i] = (struct CMUnitTest){
            .name = string_at(rows[i].fields, "id"), .test_func = row_is_as_the_table_says, .initial_state = &rows[i]};
    }
    return json_array_size(cases);
}

int main(void) {
    json_t *letter = load("tests/tables/conditions.json");
    json_t *liberties = load("tests/tables/conditions-default.json");
    size_t most =
        json_array_size(json_object_get(letter, "cases")) + json_array_size(json_object_get(liberties, "cases"));
    struct CMUnitTest *tests = calloc(most, sizeof *tests);
    row *rows = calloc(most, sizeof *rows);
    if (tests == NULL || rows == NULL)
        return 1;
    size_t count = add_rows(letter, true, tests, rows);
    count += add_rows(liberties, false, tests + count, rows + count);
    int failed = _cmocka_run_group_tests("criteria", tests, count, NULL, NULL);
    free(tests);
    free(rows);
    json_decref(letter);
    json_decref(liberties);
    return failed;
}
