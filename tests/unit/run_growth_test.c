/*
 * run_growth_test.c: documents that put a value together from itself each time they go round: doubled as text, doubled
 * by sharing, nested ever deeper. The run ends with an error long before memory does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/script.h"

static const char api_text[] = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\nservers: [{url: 'http://s.test'}]\n"
                               "paths: {/x: {get: {operationId: get, responses: {}}}}\n";

static const char *const values[] = {
    "'{$inputs.a}{$inputs.a}'", "[$inputs.a, $inputs.a]",         "{a: $inputs.a, b: $inputs.a}",
    "{a: '{$inputs.a}'}",       "{'0': {'1': {'2': $inputs.a}}}", "['x{$inputs.a}y{$inputs.a}', $inputs.a]",
};

static void is_bounded(void **state) {
    char document[2048];
    snprintf(document, sizeof document,
             "arazzo: 1.1.0\ninfo: {title: t, version: '1'}\n"
             "sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]\n"
             "workflows:\n- workflowId: w\n  inputs: {type: object, properties: {a: {}}}\n"
             "  steps:\n  - stepId: s\n    operationId: get\n"
             "    onSuccess:\n    - name: round\n      type: goto\n      workflowId: w\n"
             "      parameters: [{name: a, value: %s}]\n",
             (const char *)*state);
    const script_document documents[] = {
        {"file:///t/w.yaml", document}, {"file:///t/api.yaml", api_text}, {NULL, NULL}};
    script play = {.documents = documents,
                   .inputs = "{\"a\": \"0123456789012345678901234567890123456789\"}",
                   .answers = (const char *const[]){"200", NULL},
                   .run = {.max_steps = 5000}};
    script_result result = script_play(&play);
    assert_int_equal(result.status, ARAZZO_ERROR);
    if (strstr(result.diagnostics, "larger than 64 MiB") == NULL)
        print_error("%s\n", result.diagnostics);
    assert_non_null(strstr(result.diagnostics, "larger than 64 MiB"));
    script_result_free(&result);
}

int main(void) {
    enum { COUNT = sizeof values / sizeof *values };
    struct CMUnitTest tests[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        tests[i] = (struct CMUnitTest){values[i], is_bounded, NULL, NULL, (void *)values[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
