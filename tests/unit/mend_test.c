/*
 * mend_test.c: what takes the place of a liberty means the same: the mended text, taken by the letter, comes out like
 * the original in the default profile, whatever the answer is. And where no mend is certain, none is offered.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "runtime-expr/expr.h"
#include "runtime-expr/json_context.h"

/* A condition and what becomes of it; NULL: nothing is certain. */
typedef struct mending {
    const char *type;
    const char *condition;
    const char *mended;
} mending;

static const mending rows[] = {
    /* S2 */
    {"jsonpath", "$.status == 'done'", "$[?$.status == 'done']"},
    {"jsonpath", "$.status==\"done\"", "$[?$.status == \"done\"]"},
    {"jsonpath", "  $.count > 0 ", "$[?$.count > 0]"},
    {"jsonpath", "0 < @.count", "$[?0 < $.count]"},
    {"jsonpath", "$.cursor != null", "$[?$.cursor && $.cursor != null]"},
    {"jsonpath", "null != $.cursor", "$[?$.cursor && null != $.cursor]"},
    {"jsonpath", "$.cursor == null", NULL}, /* holds for {} */
    {"jsonpath", "$.cursor == null && $.count > 1", "$[?(!$.cursor || $.cursor == null) && $.count > 1]"},
    {"jsonpath", "$.status != 'done'", NULL},
    {"jsonpath", "$.status == 'a' || $.status == 'b'", "$[?$.status == 'a' || $.status == 'b']"},
    {"jsonpath", "($.status == 'a' || $.status == 'b') && $.count >= 2",
     "$[?($.status == 'a' || $.status == 'b') && $.count >= 2]"},
    {"jsonpath", "!($.status != 'done')", "$[?!($.status != 'done')]"},
    {"jsonpath", "!($.status == 'done')", NULL},
    {"jsonpath", "$.a.b[0]['c d'] == true", "$[?$.a.b[0]['c d'] == true]"},
    {"jsonpath", "$.items.length > 0", "$[?length($.items) > 0]"},
    {"jsonpath", "$.unknown.length > 0", NULL},
    {"jsonpath", "$.flag", NULL}, /* false is there, and is false */
    {"jsonpath", "!$.flag", NULL},
    {"jsonpath", "$.count == $.total", NULL},
    {"jsonpath", "$.count < null", NULL},
    {"jsonpath", "$.items[*].id == 1", NULL},
    {"jsonpath", "$ == 5", NULL},
    {"jsonpath", "$.count > $inputs.least", NULL},
    {"jsonpath", " $[?@.id == 1] ", "$[?@.id == 1]"},
    {"jsonpath", "$.items[?@.name == '$inputs.name']", "$.items[?@.name == '{$inputs.name}']"},
    /* S10 */
    {"simple", "$response.body#/status == \"done\"", "$response.body#/status == 'done'"},
    {"simple", "$response.body#/status == \"it's \"\"so\"\"\"", "$response.body#/status == 'it''s \"so\"'"},
    {"simple", "{$statusCode} == 200", "$statusCode == 200"},
    {"simple", "{$statusCode == 200}", "$statusCode == 200"},
    {"simple", "!{$statusCode == 200} && {$response.body#/flag}", "!($statusCode == 200) && $response.body#/flag"},
    {"simple", "$response.body#/items.length > 0", NULL},
    /* S13 */
    {"regex", "/^DONE$/i", "(?i)^DONE$"},
    {"regex", "/do.e/", "do.e"},
    {"regex", "/^a b$/mx", "(?mx)^a b$"},
};
enum { ROWS = sizeof rows / sizeof *rows };

static const char *const bodies[] = {
    "{}",
    "[]",
    "\"done\"",
    "5",
    "null",
    "[{\"status\": \"done\"}]",
    "{\"status\": \"done\"}",
    "{\"status\": \"DONE\", \"count\": 1, \"cursor\": null}",
    "{\"status\": \"a\", \"count\": 2, \"cursor\": \"x\"}",
    "{\"status\": \"b\", \"count\": 0, \"total\": 0, \"flag\": false}",
    "{\"status\": null, \"count\": \"5\", \"flag\": true}",
    "{\"status\": \"it's \\\"so\\\"\", \"items\": [], \"cursor\": 0}",
    "{\"items\": [{\"id\": 1, \"name\": \"Rex\"}], \"a\": {\"b\": [{\"c d\": true}]}}",
    "{\"items\": null, \"count\": 2.5}",
    "{\"items\": \"text\", \"cursor\": false}",
    "{\"one\": {\"id\": 1}, \"count\": 3}",
};

/* ---- Compiling, and collecting mends ---- */

typedef struct mended {
    text text; /* empty: nothing was offered */
    unsigned offered;
} mended;

static void collect(void *user, const expr_problem *problem) {
    mended *out = user;
    if (problem->mend == NULL || problem->severity != EXPR_LIBERTY || out->offered++ > 0)
        return;
    const char *whole = out->text.bytes;
    text made = TEXT_EMPTY;
    text_append(&made, whole, problem->mend_offset);
    text_append_string(&made, problem->mend);
    text_append_string(&made, whole + problem->mend_offset + problem->mend_length);
    text_free(&out->text);
    out->text = made;
}

static bool items_have_length(void *user, const expr_reference *context, const expr_token *tokens, size_t count) {
    (void)user;
    return context->root == EXPR_RESPONSE_BODY && count == 1 && strcmp(tokens[0].key, "items") == 0;
}

static criterion *compile(const mending *row, const char *condition, bool strict, mended *out) {
    const char *context = strcmp(row->type, "simple") == 0  ? NULL
                          : strcmp(row->type, "regex") == 0 ? "$response.body#/status"
                                                            : "$response.body";
    expr_options options = {.strict = strict, .user = out, .has_length = items_have_length};
    options.report = out == NULL ? NULL : collect;
    criterion *made = NULL;
    expr_status status = criterion_compile(row->type, NULL, context, context == NULL ? 0 : strlen(context), condition,
                                           strlen(condition), &options, &made);
    return status == EXPR_OK ? made : NULL;
}

/* Mends until there is nothing more to mend, as `--fix` does. */
static void mend_all(const mending *row, text *out) {
    text_append_string(out, row->condition);
    for (unsigned round = 0; round < 8; round++) {
        mended next = {.text = TEXT_EMPTY};
        text_append(&next.text, text_peek(out), out->length); /* what is compiled must stay as it is */
        criterion *compiled = compile(row, text_peek(out), false, &next);
        criterion_free(compiled);
        text_free(out);
        *out = next.text;
        if (next.offered == 0)
            return;
    }
    fail_msg("%s: mending has no end", row->condition);
}

static criterion_outcome outcome_of(const criterion *compiled, const char *body) {
    json_t *data = json_pack("{s:i, s:{s:s}, s:{s:o}}", "statusCode", 200, "inputs", "name", "Rex", "response", "body",
                             json_loads(body, JSON_DECODE_ANY, NULL));
    assert_non_null(data);
    expr_context context = json_context(data);
    expr_failure failure;
    criterion_outcome outcome = criterion_test(compiled, &context, &failure);
    json_decref(data);
    return outcome == CRITERION_ERROR ? CRITERION_FAILED : outcome;
}

static void mends_are_as_the_table_says(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        text made = TEXT_EMPTY;
        mend_all(&rows[i], &made);
        const char *wanted = rows[i].mended == NULL ? rows[i].condition : rows[i].mended;
        if (strcmp(text_peek(&made), wanted) != 0)
            fail_msg("%s\n  became  %s\n  and not %s", rows[i].condition, text_peek(&made), wanted);
        text_free(&made);
    }
}

static void mends_mean_the_same(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].mended == NULL)
            continue;
        criterion *original = compile(&rows[i], rows[i].condition, false, NULL);
        criterion *letter = compile(&rows[i], rows[i].mended, true, NULL);
        criterion *again = compile(&rows[i], rows[i].mended, false, NULL);
        if (original == NULL || letter == NULL || again == NULL)
            fail_msg("%s or its mend cannot be compiled", rows[i].condition);
        for (size_t b = 0; b < sizeof bodies / sizeof *bodies; b++) {
            criterion_outcome was = outcome_of(original, bodies[b]), is = outcome_of(letter, bodies[b]);
            if (was != is || was != outcome_of(again, bodies[b]))
                fail_msg("%s with %s: %d, and mended %d", rows[i].condition, bodies[b], was, is);
        }
        criterion_free(original);
        criterion_free(letter);
        criterion_free(again);
    }
}

/* ---- Values ---- */

static const char *const values[][2] = {
    {"Bearer $inputs.token", "Bearer {$inputs.token}"},
    {"$inputs.a and $inputs.b.", "{$inputs.a} and {$inputs.b}."},
    {"at $steps.a.outputs.b#/c/0", "at {$steps.a.outputs.b#/c/0}"},
    {"at $response.body.a[0]", "at {$response.body#/a/0}"},
    {"$response.body.a[0].b", "$response.body#/a/0/b"},
    {"x{$response.body.a}y", "x{$response.body#/a}y"},
    {"file-$inputs.name.json", NULL}, /* a member, or an ending? */
    {"$inputs.user.name", NULL},      /* no liberty by itself */
    {"US$ 5.00 of $items", NULL},
    {"$response.boddy#/id", NULL},
};

static void values_are_mended(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        mended out = {.offered = 1};
        text_append_string(&out.text, values[i][0]);
        for (unsigned round = 0; out.offered > 0; round++) {
            assert_true(round < 8);
            json_t *literal = json_string(text_peek(&out.text));
            expr_options options = {.user = &out, .report = collect};
            expr_value *compiled = NULL;
            out.offered = 0;
            assert_int_equal(expr_value_compile(literal, false, &options, &compiled), EXPR_OK);
            expr_value_free(compiled);
            json_decref(literal);
        }
        assert_string_equal(text_peek(&out.text), values[i][1] == NULL ? values[i][0] : values[i][1]);
        text_free(&out.text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mends_are_as_the_table_says),
        cmocka_unit_test(mends_mean_the_same),
        cmocka_unit_test(values_are_mended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
