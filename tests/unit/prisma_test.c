/*
 * prisma_test.c: the Prisma Pulse workflow by the real command against a stand-in on a real socket: the five situations
 * that it must handle, the requests that the server saw, outputs and exit statuses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/support/command.h"
#include "tests/support/pulse.h"

#define WORKFLOW "specs/prisma/arazzo/prisma-pulse-named-stream-resume-workflow.yml"
#define EVENT "01HXDGZ4R4QJ2T6P9V8K7M3N5B"
#define CREATE "POST /streams Bearer K {\"name\":\"s\",\"model\":\"User\"}\n"
#define LIST "GET /streams Bearer K\n"

typedef struct situation {
    const char *name;
    pulse_cursor cursor;
    const char *key;
    int status;
    const char *requests;
    const char *outputs;
} situation;

static const situation situations[] = {
    {"the listed stream has a cursor", PULSE_CURSOR, "K", 0, CREATE LIST "GET /events/" EVENT " Bearer K\n",
     "{\"cursor\":\"" EVENT "\",\"resumeEventId\":\"" EVENT "\",\"streamName\":\"s\"}"},
    {"its cursor is null", PULSE_CURSOR_NULL, "K", 0, CREATE LIST,
     "{\"cursor\":null,\"resumeEventId\":null,\"streamName\":\"s\"}"},
    {"it has no cursor", PULSE_CURSOR_ABSENT, "K", 0, CREATE LIST,
     "{\"cursor\":null,\"resumeEventId\":null,\"streamName\":\"s\"}"},
    {"there are no streams", PULSE_NO_STREAMS, "K", 0, CREATE LIST,
     "{\"cursor\":null,\"resumeEventId\":null,\"streamName\":\"s\"}"},
    {"the key is wrong", PULSE_CURSOR, "other", 1, CREATE,
     "{\"cursor\":null,\"resumeEventId\":null,\"streamName\":null}"},
};

static command_result run(const pulse *serving, const char *more) {
    return command_run("run " WORKFLOW " --server %s -i apiKey=K -i streamName=s -i model=User %s", pulse_url(serving),
                       more);
}

static void check_outputs(const char *printed, const char *expected) {
    json_error_t error;
    json_t *report = json_loads(printed, 0, &error);
    assert_non_null(report);
    char *outputs = json_dumps(json_object_get(json_array_get(json_object_get(report, "workflows"), 0), "outputs"),
                               JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(outputs, expected);
    free(outputs);
    json_decref(report);
}

static void handles(void **state) {
    const situation *at = *state;
    pulse *serving = pulse_start(at->key, at->cursor);
    assert_non_null(serving);
    command_result result = run(serving, "--format json");
    char *requests = pulse_requests(serving);
    assert_string_equal(requests, at->requests);
    check_outputs(result.out, at->outputs);
    assert_int_equal(result.status, at->status);
    free(requests);
    command_result_free(&result);
    pulse_stop(serving);
}

static void a_wrong_key_is_explained(void **state) {
    (void)state;
    pulse *serving = pulse_start("other", PULSE_CURSOR);
    assert_non_null(serving);
    command_result result = run(serving, "");
    assert_int_equal(result.status, 1);
    assert_non_null(strstr(result.err, "✗ $statusCode == 201\n"));
    assert_non_null(strstr(result.err, "$statusCode is 401\n"));
    command_result_free(&result);
    pulse_stop(serving);
}

static void a_taken_name_fails(void **state) {
    (void)state;
    pulse *serving = pulse_start("K", PULSE_CURSOR);
    assert_non_null(serving);
    command_result first = run(serving, ""), second = run(serving, "");
    assert_int_equal(first.status, 0);
    assert_int_equal(second.status, 1);
    assert_non_null(strstr(second.err, "$statusCode is 409"));
    command_result_free(&first);
    command_result_free(&second);
    pulse_stop(serving);
}

/* The key goes to the server, and nowhere else. */
static void the_key_is_never_printed(void **state) {
    (void)state;
    static const char *const ways[] = {"--format json", "-v", "-v --format json"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        pulse *serving = pulse_start("K-3cr3t", PULSE_CURSOR);
        assert_non_null(serving);
        command_result result =
            command_run("run " WORKFLOW " --server %s -i apiKey=K-3cr3t -i streamName=s -i model=User %s",
                        pulse_url(serving), ways[i]);
        assert_int_equal(result.status, 0);
        assert_null(strstr(result.out, "3cr3t"));
        assert_null(strstr(result.err, "3cr3t"));
        command_result_free(&result);
        pulse_stop(serving);
    }
}

/* What design and documentation say of `run --format json`: this object, and nothing else, on standard output. */
static void json_has_the_shape_of_the_contract(void **state) {
    (void)state;
    pulse *serving = pulse_start("K", PULSE_CURSOR);
    assert_non_null(serving);
    command_result result = run(serving, "--format json");
    json_t *report = json_loads(result.out, 0, NULL);
    const char *step, *in, *step_status, *method, *url, *type, *condition;
    json_t *headers, *sent, *answered_headers, *answered, *step_outputs, *criteria;
    int attempt, answered_status, passed;
    double step_duration;
    assert_non_null(report);
    assert_string_equal(json_string_value(json_object_get(report, "file")), WORKFLOW);
    const json_t *flow = json_array_get(json_object_get(report, "workflows"), 0);
    json_t *first = json_array_get(json_object_get(flow, "steps"), 0);
    assert_int_equal(
        json_unpack(first, "{s:s, s:s, s:i, s:s, s:{s:s, s:s, s:o, s:o}, s:{s:i, s:o, s:o}, s:o, s:o, s:F}", "stepId",
                    &step, "workflowId", &in, "attempt", &attempt, "status", &step_status, "request", "method", &method,
                    "url", &url, "headers", &headers, "body", &sent, "response", "status", &answered_status, "headers",
                    &answered_headers, "body", &answered, "criteria", &criteria, "outputs", &step_outputs, "durationMs",
                    &step_duration),
        0);
    assert_string_equal(step, "createStream");
    assert_int_equal(answered_status, 201);
    assert_string_equal(json_string_value(json_object_get(headers, "Authorization")), "***");
    assert_int_equal(json_unpack(json_array_get(criteria, 0), "{s:s, s:s, s:b}", "condition", &condition, "type", &type,
                                 "passed", &passed),
                     0);
    assert_true(passed);
    const json_t *warning = json_array_get(json_object_get(report, "diagnostics"), 0);
    assert_string_equal(json_string_value(json_object_get(warning, "code")), "W0101");
    assert_int_equal(json_integer_value(json_object_get(warning, "line")), 52);
    const json_t *action = json_object_get(json_array_get(json_object_get(flow, "steps"), 1), "action");
    assert_string_equal(json_string_value(json_object_get(action, "type")), "goto");
    assert_string_equal(json_string_value(json_object_get(action, "stepId")), "fetchCursorEvent");
    json_decref(report);
    command_result_free(&result);
    pulse_stop(serving);
}

int main(void) {
    enum { COUNT = sizeof situations / sizeof *situations };
    struct CMUnitTest tests[COUNT + 4];
    for (size_t i = 0; i < COUNT; i++)
        tests[i] = (struct CMUnitTest){situations[i].name, handles, NULL, NULL, (void *)&situations[i]};
    tests[COUNT] = (struct CMUnitTest)cmocka_unit_test(a_wrong_key_is_explained);
    tests[COUNT + 1] = (struct CMUnitTest)cmocka_unit_test(a_taken_name_fails);
    tests[COUNT + 2] = (struct CMUnitTest)cmocka_unit_test(the_key_is_never_printed);
    tests[COUNT + 3] = (struct CMUnitTest)cmocka_unit_test(json_has_the_shape_of_the_contract);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
