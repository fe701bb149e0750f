/*
 * expr_use_test.c: what the tables of expressions and conditions do not show: what callbacks hear, replacing, sharing,
 * printing, threads.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "runtime-expr/compare.h"
#include "runtime-expr/expr.h"
#include "runtime-expr/json_context.h"
#include "runtime-expr/json_text.h"

static json_t *json(const char *bytes) {
    json_error_t error;
    json_t *value = json_context_parse(bytes, strlen(bytes), &error);
    if (value == NULL)
        fail_msg("%s: %s", bytes, error.text);
    return value;
}

static void assert_json(const json_t *value, const char *expected) {
    text out = TEXT_EMPTY;
    json_text_append(&out, value);
    assert_string_equal(text_peek(&out), expected);
    text_free(&out);
}

/* ---- Callbacks ---- */

static void note_reference(void *user, const expr_reference *reference) {
    text_append_format(user, "%d %s %s @%zu+%zu\n", reference->root, reference->owner == NULL ? "-" : reference->owner,
                       reference->name == NULL ? "-" : reference->name, reference->offset, reference->length);
}

static bool declares_only_a(void *user, const expr_reference *reference) {
    (void)user;
    return reference->name != NULL && strcmp(reference->name, "a") == 0;
}

static void references_are_told_once_with_their_place(void **state) {
    (void)state;
    static const struct {
        const char *literal, *expected;
        bool declared;
    } rows[] = {
        {"\"$inputs.a.b\"", "19 - a.b @8+3\n", false},
        {"\"$inputs.a.b\"", "19 - a @8+1\n", true},
        {"\"x {$steps.s.outputs.o} $inputs.a\"", "21 s o @20+1\n19 - a @31+1\n", false},
        {"\"x $inputs.b $inputs.a\"", "19 - a @20+1\n", true},
        {"{\"k\": [\"$url\", {\"m\": \"{$response.body#/x}\"}]}", "0 - - @0+4\n12 - - @1+14\n", false},
        {"{\"context\": \"$inputs.a\", \"selector\": \"$[{$inputs.b}]\", \"type\": \"jsonpath\"}",
         "19 - a @8+1\n19 - b @11+1\n", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        text heard = TEXT_EMPTY;
        json_t *literal = json(rows[i].literal);
        expr_options options = {
            .user = &heard, .refers = note_reference, .declares = rows[i].declared ? declares_only_a : NULL};
        expr_value *compiled;
        assert_int_equal(expr_value_compile(literal, true, &options, &compiled), EXPR_OK);
        assert_string_equal(text_peek(&heard), rows[i].expected);
        expr_value_free(compiled);
        json_decref(literal);
        text_free(&heard);
    }
}

static void criteria_tell_what_they_refer_to(void **state) {
    (void)state;
    static const struct {
        const char *type, *context, *condition, *expected;
    } rows[] = {
        {"simple", NULL, "$statusCode == 200 || $inputs.a.b[0] == 1", "2 - - @0+11\n19 - a.b @30+3\n"},
        {"regex", "$response.header.X", "^{$inputs.p}$", "9 - X @17+1\n19 - p @10+1\n"},
        {"jsonpath", "$response.body", "$[?@.a == {$inputs.p}]", "12 - - @0+14\n19 - p @19+1\n"},
        {"xpath", "$response.body", "//a = '{$inputs.p}'", "12 - - @0+14\n19 - p @16+1\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        text heard = TEXT_EMPTY;
        expr_options options = {.user = &heard, .refers = note_reference};
        criterion *compiled;
        assert_int_equal(criterion_compile(rows[i].type, NULL, rows[i].context,
                                           rows[i].context == NULL ? 0 : strlen(rows[i].context), rows[i].condition,
                                           strlen(rows[i].condition), &options, &compiled),
                         EXPR_OK);
        assert_string_equal(text_peek(&heard), rows[i].expected);
        criterion_free(compiled);
        text_free(&heard);
    }
}

static void note_missing(void *user, const char *expression_text) {
    text_append_format(user, "%s\n", expression_text);
}

static void every_expression_that_reaches_nothing_is_named(void **state) {
    (void)state;
    json_t *literal = json("{\"a\": \"$inputs.x\", \"b\": [\"{$inputs.y}/{$inputs.z}\", \"$inputs.n\"],"
                           "\"c\": {\"context\": \"$inputs.o\", \"selector\": \"/q\", \"type\": \"jsonpointer\"}}");
    json_t *data = json("{\"inputs\": {\"n\": null, \"o\": {}}}"), *value;
    expr_context context = json_context(data);
    text missing = TEXT_EMPTY;
    expr_value *compiled;
    expr_failure failure;
    assert_int_equal(expr_value_compile(literal, true, NULL, &compiled), EXPR_OK);
    assert_false(expr_value_is_literal(compiled));
    assert_int_equal(expr_value_evaluate(compiled, &context, note_missing, &missing, &value, &failure), EXPR_VALUE);
    assert_json(value, "{\"a\":null,\"b\":[null,null],\"c\":null}");
    assert_string_equal(text_peek(&missing), "$inputs.x\n$inputs.y\n$inputs.z\n/q\n");
    expr_value_free(compiled);
    text_free(&missing);
    json_decref(value);
    json_decref(data);
    json_decref(literal);
}

static void literals_and_bodies_are_not_copied(void **state) {
    (void)state;
    json_t *literal = json("{\"a\": [1, \"$5.00\"], \"b\": {}}"), *value;
    json_t *data = json("{\"response\": {\"body\": {\"items\": [1, 2, 3]}}}");
    expr_context context = json_context(data);
    expr_value *compiled;
    expression *whole;
    expr_failure failure;
    assert_int_equal(expr_value_compile(literal, true, NULL, &compiled), EXPR_OK);
    assert_true(expr_value_is_literal(compiled));
    assert_int_equal(expr_value_evaluate(compiled, &context, NULL, NULL, &value, &failure), EXPR_VALUE);
    assert_ptr_equal(value, literal);
    json_decref(value);
    assert_int_equal(expression_compile("$response.body#/items", 21, NULL, &whole), EXPR_OK);
    assert_int_equal(expression_evaluate(whole, &context, &value, &failure), EXPR_VALUE);
    assert_ptr_equal(value, json_object_get(json_object_get(json_object_get(data, "response"), "body"), "items"));
    json_decref(value);
    expression_free(whole);
    expr_value_free(compiled);
    json_decref(data);
    json_decref(literal);
}

/* ---- Printing ---- */

static void expressions_print_as_the_grammar_has_them(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"$inputs.customer#", "$inputs.customer"},
        {"$response.body.a[0].b-c", "$response.body#/a/0/b-c"},
        {"$response.body#/a~1b/~0", "$response.body#/a~1b/~0"},
        {"$request.query.a\\u007bb\\\"\\/\\n", "$request.query.a\\u007bb\\\"/\\n"},
        {"$inputs.a.b[1]", "$inputs.a.b#/1"},
        {"$workflows.w.inputs.x", "$workflows.w.inputs.x"},
        {"$sourceDescriptions.s.get pet", "$sourceDescriptions.s.get pet"},
        {"$request.query.\\ud83d\\ude00", "$request.query.\xF0\x9F\x98\x80"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        expression *compiled;
        assert_int_equal(expression_compile(rows[i][0], strlen(rows[i][0]), NULL, &compiled), EXPR_OK);
        char *printed = expression_print(compiled);
        assert_string_equal(printed, rows[i][1]);
        free(printed);
        expression_free(compiled);
    }
}

static void bytes_that_are_no_expression_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
    } rows[] = {
        {"$inputs.\xFF", 9},
        {"$inputs.a\0b", 11},
        {"$response.body#/\xC3", 17},
        {"$request.query.\\u0000", 21},
        {"$request.query.\\ud83d", 21},
        {"\0", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        expression *compiled;
        assert_int_equal(expression_compile(rows[i].bytes, rows[i].length, NULL, &compiled), EXPR_INVALID);
    }
}

static void long_and_deep_texts_end(void **state) {
    (void)state;
    enum { LONG = 20000 };
    static const char *const units[] = {"(", "!(", "{", "$inputs.a && ", "a.", "[0]", "$inputs.", "{$inputs.x}"};
    static const char *const types[] = {"simple", "regex", "jsonpath", "xpath"};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        text out = TEXT_EMPTY;
        for (size_t j = 0; j < LONG; j++)
            text_append_string(&out, units[i]);
        for (size_t j = 0; j < sizeof types / sizeof *types; j++) {
            criterion *compiled;
            if (criterion_compile(types[j], NULL, "$url", 4, out.bytes, out.length, NULL, &compiled) == EXPR_OK)
                criterion_free(compiled);
        }
        text_free(&out);
    }
    json_t *nested = json("\"$inputs.a\"");
    for (size_t i = 0; i < LONG; i++) {
        json_t *around = json_array();
        json_array_append_new(around, nested);
        nested = around;
    }
    expr_value *compiled;
    assert_int_equal(expr_value_compile(nested, true, NULL, &compiled), EXPR_INVALID);
    while (json_is_array(nested)) { /* jansson would recurse */
        json_t *inner = json_incref(json_array_get(nested, 0));
        json_decref(nested);
        nested = inner;
    }
    json_decref(nested);
}

/* ---- Replacing ---- */

static void replacements_set_every_place_and_nothing_else(void **state) {
    (void)state;
    static const struct {
        const char *type, *target, *subject, *value, *after;
        expr_outcome outcome;
    } rows[] = {
        {"jsonpointer", "/a/b", "{\"a\":{\"b\":1,\"c\":2}}", "\"x\"", "{\"a\":{\"b\":\"x\",\"c\":2}}", EXPR_VALUE},
        {"jsonpointer", "/new", "{\"a\":1}", "[2]", "{\"a\":1,\"new\":[2]}", EXPR_VALUE},
        {"jsonpointer", "/l/-", "{\"l\":[1]}", "2", "{\"l\":[1,2]}", EXPR_VALUE},
        {"jsonpointer", "/l/0", "{\"l\":[1]}", "2", "{\"l\":[2]}", EXPR_VALUE},
        {"jsonpointer", "/a~1b/~0", "{\"a/b\":{\"~\":1}}", "2", "{\"a/b\":{\"~\":2}}", EXPR_VALUE},
        {"jsonpointer", "", "{\"a\":1}", "null", "null", EXPR_VALUE},
        {"jsonpointer", "/x/y", "{\"a\":1}", "1", "{\"a\":1}", EXPR_NOTHING},
        {"jsonpointer", "/{$inputs.k}", "{\"a/b\":1}", "2", "{\"a/b\":2}", EXPR_VALUE},
        {"jsonpath", "$.items[?(@.sku=='A')].n", "{\"items\":[{\"sku\":\"A\",\"n\":1},{\"sku\":\"B\",\"n\":1}]}", "5",
         "{\"items\":[{\"sku\":\"A\",\"n\":5},{\"sku\":\"B\",\"n\":1}]}", EXPR_VALUE},
        {"jsonpath", "$..a", "{\"a\":{\"a\":1},\"b\":[{\"a\":2}]}", "0", "{\"a\":0,\"b\":[{\"a\":0}]}", EXPR_VALUE},
        {"jsonpath", "$..a", "{\"a\":{\"a\":1}}", "{\"a\":9}", "{\"a\":{\"a\":9}}", EXPR_VALUE},
        {"jsonpath", "$[\"it's\\n~/\\u0001\"]", "{\"it's\\n~/\\u0001\":1}", "2", "{\"it's\\n~/\\u0001\":2}",
         EXPR_VALUE},
        {"jsonpath", "$.items[?@.sku == {$inputs.sku}].n", "{\"items\":[{\"sku\":\"B\",\"n\":1}]}", "5",
         "{\"items\":[{\"sku\":\"B\",\"n\":5}]}", EXPR_VALUE},
        {"jsonpath", "$.none", "{\"a\":1}", "2", "{\"a\":1}", EXPR_NOTHING},
        {"jsonpath", "$", "{\"a\":1}", "2", "2", EXPR_VALUE},
        {"xpath", "/r/a", "\"<r><a>1</a><b/><a>2</a></r>\"", "\"<&>\"",
         "\"<r><a>&lt;&amp;&gt;</a><b/><a>&lt;&amp;&gt;</a></r>\"", EXPR_VALUE},
        {"xpath", "/r/@id", "\"<r id='1'/>\"", "\"a\\\"b\"", "\"<r id=\\\"a&quot;b\\\"/>\"", EXPR_VALUE},
        {"xpath", "//text()", "\"<r>a<b>c</b></r>\"", "7", "\"<r>7<b>7</b></r>\"", EXPR_VALUE},
        {"xpath", "//*", "\"<r><a><b/></a></r>\"", "\"t\"", "\"<r>t</r>\"", EXPR_VALUE},
        {"xpath", "/r", "\"<?xml version='1.0'?><r/>\"", "true",
         "\"<?xml version=\\\"1.0\\\" encoding=\\\"UTF-8\\\"?>\\n<r>true</r>\"", EXPR_VALUE},
        {"xpath", "/r/x", "\"<r/>\"", "1", "\"<r/>\"", EXPR_NOTHING},
        {"xpath", "count(/r)", "\"<r/>\"", "1", "\"<r/>\"", EXPR_FAILED},
        {"xpath", "/r/namespace::p", "\"<r xmlns:p='urn:p'/>\"", "1", "\"<r xmlns:p='urn:p'/>\"", EXPR_FAILED},
    };
    json_t *data = json("{\"inputs\": {\"k\": \"a/b\", \"sku\": \"B\"}}");
    expr_context context = json_context(data);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *subject = json(rows[i].subject), *held = json_incref(subject), *value = json(rows[i].value);
        json_t *before = json_deep_copy(subject);
        selector *compiled;
        expr_failure failure;
        assert_int_equal(selector_compile(rows[i].type, NULL, rows[i].target, strlen(rows[i].target), NULL, &compiled),
                         EXPR_OK);
        assert_int_equal(selector_replace(compiled, &subject, value, &context, &failure), rows[i].outcome);
        assert_json(subject, rows[i].after);
        /* Whoever else holds the subject sees no change. */
        assert_true(json_equal(held, before));
        selector_free(compiled);
        json_decref(before);
        json_decref(value);
        json_decref(held);
        json_decref(subject);
    }
    json_decref(data);
}

/* ---- Numbers ---- */

static void numbers_print_as_they_were_written(void **state) {
    (void)state;
    static const char *const rows[] = {"9.99",
                                       "0.1",
                                       "1e+22",
                                       "3.0",
                                       "-0.0",
                                       "1.7976931348623157e+308",
                                       "4.94065645841247e-324",
                                       "0",
                                       "-9223372036854775808"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *value = json(rows[i]);
        assert_json(value, rows[i]);
        json_decref(value);
    }
    json_t *value = json("{\"a\": [12345678901234567890, \"12345678901234567890\", 1]}");
    assert_json(value, "{\"a\":[1.2345678901234567e+19,\"12345678901234567890\",1]}");
    json_decref(value);
}

static void every_code_point_folds_once(void **state) {
    (void)state;
    size_t folding = 0;
    for (uint32_t code_point = 0; code_point <= 0x10FFFF; code_point++) {
        uint32_t folded = fold_case(code_point);
        assert_int_equal(fold_case(folded), folded);
        folding += folded != code_point;
    }
    assert_int_equal(folding, 1454); /* lines with status C or S in CaseFolding-15.0.0.txt */
}

/* ---- Threads ---- */

enum { THREADS = 4, ROUNDS = 300 };

typedef struct shared {
    criterion *criteria[4];
    expr_value *value;
} shared;

static void *evaluate_often(void *argument) {
    const shared *all = argument;
    json_error_t error;
    static const char bytes[] = "{\"inputs\": {\"n\": 2, \"x\": \"<r><a>2</a></r>\"}, \"response\": {\"body\": "
                                "{\"items\": [{\"id\": 2}], \"s\": \"abc\"}}}";
    json_t *data = json_loads(bytes, 0, &error);
    expr_context context = json_context(data);
    size_t wrong = data == NULL;
    for (size_t i = 0; i < ROUNDS && data != NULL; i++) {
        expr_failure failure;
        json_t *value = NULL;
        for (size_t j = 0; j < 4; j++)
            wrong += criterion_test(all->criteria[j], &context, &failure) != CRITERION_PASSED;
        wrong += expr_value_evaluate(all->value, &context, NULL, NULL, &value, &failure) != EXPR_VALUE;
        json_decref(value);
    }
    json_decref(data);
    return (void *)wrong;
}

static void threads_share_what_is_compiled(void **state) {
    (void)state;
    static const char *const criteria[][3] = {
        {"simple", "$inputs.n", "$inputs.n == 2 && $response.body.s == 'ABC'"},
        {"regex", "$response.body#/s", "^a(b+)c$"},
        {"jsonpath", "$response.body", "$.items[?@.id == {$inputs.n}]"},
        {"xpath", "$inputs.x", "//a = {$inputs.n} and matches(//a, '^[0-9]$')"},
    };
    shared all;
    json_t *literal = json("{\"a\": [\"x{$inputs.n}\", 1], \"b\": {\"context\": \"$response.body\", \"selector\": "
                           "\"$.items[0].id\", \"type\": \"jsonpath\"}}");
    assert_int_equal(expr_value_compile(literal, true, NULL, &all.value), EXPR_OK);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(criterion_compile(criteria[i][0], NULL, criteria[i][1], strlen(criteria[i][1]), criteria[i][2],
                                           strlen(criteria[i][2]), NULL, &all.criteria[i]),
                         EXPR_OK);
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, evaluate_often, &all), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *wrong;
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }
    for (size_t i = 0; i < 4; i++)
        criterion_free(all.criteria[i]);
    expr_value_free(all.value);
    json_decref(literal);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_are_told_once_with_their_place),
        cmocka_unit_test(criteria_tell_what_they_refer_to),
        cmocka_unit_test(every_expression_that_reaches_nothing_is_named),
        cmocka_unit_test(literals_and_bodies_are_not_copied),
        cmocka_unit_test(expressions_print_as_the_grammar_has_them),
        cmocka_unit_test(bytes_that_are_no_expression_are_refused),
        cmocka_unit_test(long_and_deep_texts_end),
        cmocka_unit_test(replacements_set_every_place_and_nothing_else),
        cmocka_unit_test(numbers_print_as_they_were_written),
        cmocka_unit_test(every_code_point_folds_once),
        cmocka_unit_test(threads_share_what_is_compiled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
