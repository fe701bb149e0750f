/*
 * network_test.c: servers that do wrong, seen through the real command: one that refuses, hangs, sends half a body,
 * sends 100 MiB, says JSON and sends something else, asks to come back later, redirects. Each ends with a sentence and
 * an exit status; none crashes or hangs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/server.h"
#include "tests/support/command.h"
#include "tests/support/folder.h"

static const char arazzo_text[] = "arazzo: 1.0.1\n"
                                  "info: {title: t, version: '1'}\n"
                                  "sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]\n"
                                  "workflows:\n"
                                  "- workflowId: w\n"
                                  "  steps:\n"
                                  "  - stepId: a\n"
                                  "    operationId: get\n"
                                  "    parameters: [{name: Authorization, in: header, value: Bearer secret-token}]\n"
                                  "    outputs: {body: $response.body}\n"
                                  "  outputs: {body: $steps.a.outputs.body}\n";
static const char api_text[] = "openapi: 3.1.0\n"
                               "info: {title: t, version: '1'}\n"
                               "servers: [{url: 'http://127.0.0.1:1'}]\n"
                               "paths: {/x: {get: {operationId: get, responses: {'200': {description: ok}}}}}\n";

static char folder[] = "/tmp/arazzo-network-XXXXXX";

static int set_up(void **state) {
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    folder_write(folder, "w.arazzo.yaml", arazzo_text);
    folder_write(folder, "api.yaml", api_text);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    return folder_remove(folder);
}

/* What a server does, and what is then seen. */
typedef struct misdeed {
    const char *name;
    http_answer answer;
    const char *options;
    int status;
    const char *said; /* on standard error */
    const char *outputs;
} misdeed;

static http_header json_header[] = {{"Content-Type", "application/json"}};

static const misdeed misdeeds[] = {
    {"one that hangs",
     {.response = {.status = 200, .body = ""}, .delay = 30},
     "--timeout 0.3",
     1,
     "did not answer within 0.3 s",
     "body  null\n"},
    {"one that sends half a body",
     {.response = {.status = 200, .body = "0123456789", .body_length = 10}, .close_early = true},
     "",
     1,
     "closed the connection before the response was complete",
     "body  null\n"},
    {"one that sends 100 MiB",
     {.response = {.status = 200, .body = ""}, .endless = (size_t)100 << 20},
     "",
     1,
     "is larger than 64 MiB",
     "body  null\n"},
    {"one that says JSON and sends something else",
     {.response = {.status = 200, .headers = {json_header, 1, 1}, .body = "{oops", .body_length = 5}},
     "",
     0,
     "the response says that its body is JSON, and it is not; it is taken as text",
     "body  \"{oops\"\n"},
    {"one that sends terminal escapes",
     {.response = {.status = 200, .body = "\x1b]0;owned\x07\x1b[31m", .body_length = 15}},
     "-v",
     0,
     "< 200",
     NULL},
};

static void answer_misdeed(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    (void)request;
    (void)memory;
    *answer = *(const http_answer *)user;
}

static void survives(void **state) {
    const misdeed *at = *state;
    char error[256];
    http_server *server = http_server_start(NULL, answer_misdeed, (void *)&at->answer, error, sizeof error);
    assert_non_null(server);
    command_result result =
        command_run("run %s/w.arazzo.yaml --server %s %s", folder, http_server_url(server), at->options);
    if (strstr(result.err, at->said) == NULL)
        print_error("%s", result.err);
    assert_non_null(strstr(result.err, at->said));
    assert_null(strchr(result.err, '\x1b'));
    assert_null(strchr(result.out, '\x1b'));
    assert_null(strstr(result.err, "secret-token"));
    if (at->outputs != NULL)
        assert_string_equal(result.out, at->outputs);
    assert_int_equal(result.status, at->status);
    command_result_free(&result);
    http_server_stop(server);
}

static void a_server_that_refuses(void **state) {
    (void)state;
    char error[256], url[64];
    http_server *server = http_server_start(NULL, answer_misdeed, NULL, error, sizeof error);
    assert_non_null(server);
    snprintf(url, sizeof url, "%s", http_server_url(server));
    http_server_stop(server); /* now nobody listens there */
    command_result result = command_run("run %s/w.arazzo.yaml --server %s", folder, url);
    assert_non_null(strstr(result.err, "cannot connect to 127.0.0.1:"));
    assert_int_equal(result.status, 1);
    command_result_free(&result);
}

static void a_host_that_does_not_exist(void **state) {
    (void)state;
    command_result result = command_run("run %s/w.arazzo.yaml --server http://nohost.invalid", folder);
    assert_non_null(strstr(result.err, "cannot resolve the host of nohost.invalid"));
    assert_int_equal(result.status, 1);
    command_result_free(&result);
}

/* ---- Redirects ---- */

typedef struct witness {
    char target[64];
    char authorization[64];
    int requests;
} witness;

static void answer_witness(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    (void)memory;
    witness *saw = user;
    const char *given = http_headers_get(&request->headers, "Authorization");
    snprintf(saw->target, sizeof saw->target, "%s", request->target);
    snprintf(saw->authorization, sizeof saw->authorization, "%s", given == NULL ? "none" : given);
    saw->requests++;
    answer->response = (http_response){.status = 200, .body = "there", .body_length = 5};
}

static void answer_redirect(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    (void)request;
    answer->response = (http_response){.status = 302, .body = ""};
    http_headers_add(&answer->response.headers, memory, "Location", ((const char **)user)[0]);
}

static void a_redirect_is_an_answer(void **state) {
    (void)state;
    char error[256];
    const char *location = "http://127.0.0.1:1/there";
    http_server *server = http_server_start(NULL, answer_redirect, &location, error, sizeof error);
    assert_non_null(server);
    command_result result = command_run("run %s/w.arazzo.yaml --server %s", folder, http_server_url(server));
    assert_non_null(strstr(result.err, "$statusCode is 302"));
    assert_int_equal(result.status, 1);
    command_result_free(&result);
    http_server_stop(server);
}

static void credentials_never_cross_to_another_origin(void **state) {
    (void)state;
    char error[256], location[96];
    witness saw = {.requests = 0};
    http_server *other = http_server_start(NULL, answer_witness, &saw, error, sizeof error);
    assert_non_null(other);
    snprintf(location, sizeof location, "%s/there", http_server_url(other));
    const char *to = location;
    http_server *server = http_server_start(NULL, answer_redirect, &to, error, sizeof error);
    assert_non_null(server);
    command_result result =
        command_run("run %s/w.arazzo.yaml --follow-redirects --server %s", folder, http_server_url(server));
    assert_int_equal(result.status, 0);
    assert_string_equal(result.out, "body  \"there\"\n");
    assert_string_equal(saw.target, "/there");
    assert_string_equal(saw.authorization, "none");
    command_result_free(&result);
    http_server_stop(server);
    http_server_stop(other);
}

static void answer_document(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    (void)user;
    (void)memory;
    static const char mistaken[] = "arazzo: 1.0.1\n"
                                   "info: {title: t, version: 1}\n"
                                   "sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]\n"
                                   "workflows: [{workflowId: w, steps: [{stepId: a, operationId: get}]}]\n";
    const char *body = strstr(request->target, "api.yaml") != NULL ? api_text : mistaken;
    answer->response = (http_response){.status = 200, .body = body, .body_length = strlen(body)};
}

/* What cannot be written is not mended: what is wrong with it is told. */
static void a_document_of_a_server_stays_as_it_is(void **state) {
    (void)state;
    char error[256];
    http_server *server = http_server_start(NULL, answer_document, NULL, error, sizeof error);
    assert_non_null(server);
    command_result result = command_run("validate --fix %s/w.arazzo.yaml", http_server_url(server));
    assert_int_equal(result.status, 3);
    assert_non_null(strstr(result.out, "error[E0402]: "));
    command_result_free(&result);
    http_server_stop(server);
}

int main(void) {
    enum { COUNT = sizeof misdeeds / sizeof *misdeeds };
    struct CMUnitTest tests[COUNT + 5];
    for (size_t i = 0; i < COUNT; i++)
        tests[i] = (struct CMUnitTest){misdeeds[i].name, survives, NULL, NULL, (void *)&misdeeds[i]};
    tests[COUNT] = (struct CMUnitTest)cmocka_unit_test(a_server_that_refuses);
    tests[COUNT + 1] = (struct CMUnitTest)cmocka_unit_test(a_host_that_does_not_exist);
    tests[COUNT + 2] = (struct CMUnitTest)cmocka_unit_test(a_redirect_is_an_answer);
    tests[COUNT + 3] = (struct CMUnitTest)cmocka_unit_test(credentials_never_cross_to_another_origin);
    tests[COUNT + 4] = (struct CMUnitTest)cmocka_unit_test(a_document_of_a_server_stays_as_it_is);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
