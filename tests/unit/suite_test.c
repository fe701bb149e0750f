/*
 * suite_test.c: `arazzo test` by the real command against a server on a real socket that counts, delays, fails and
 * recovers: how many workflows are under way at once, in which order they are told, what is tried again, what a signal
 * ends.
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
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "http/drive.h"
#include "http/server.h"
#include "tests/support/command.h"

extern char **environ;

enum { MOST = 64 };

/* GET /items/N: answers after `delay`; with status 500 until N has been asked for more than `failures` times. */
typedef struct items {
    http_server *server;
    double delay;
    bool first_is_slow; /* N = 1 takes longer than all others */
    size_t failures;
    size_t asked[MOST];
    double times[MOST]; /* of all requests, in order */
    size_t requests;
    const char *body;
    pthread_mutex_t lock;
    pthread_cond_t changed;
} items;

static void answer(void *user, const http_incoming *request, arena *memory, http_answer *answered) {
    items *of = user;
    size_t number = strtoul(request->target + strlen("/items/"), NULL, 10) % MOST;
    pthread_mutex_lock(&of->lock);
    of->times[of->requests++ % MOST] = driver_clock(NULL);
    bool good = of->asked[number]++ >= of->failures;
    pthread_cond_broadcast(&of->changed);
    pthread_mutex_unlock(&of->lock);
    answered->delay = of->first_is_slow ? (number == 1 ? 20 * of->delay : 0) : of->delay;
    answered->response.status = good ? 200 : 500;
    answered->response.body = of->body == NULL ? "{\"id\": 1}" : of->body;
    answered->response.body_length = strlen(answered->response.body);
    http_headers_add(&answered->response.headers, memory, "Content-Type", "application/json");
}

/* ---- The suite: a folder with a document of many workflows ---- */

typedef struct suite {
    char folder[32];
    items of;
} suite;

static const char api[] = "openapi: 3.0.3\n"
                          "info: {title: Items, version: 1.0.0}\n"
                          "servers: [{url: http://localhost:9}]\n"
                          "paths:\n"
                          "  /items/{id}:\n"
                          "    get:\n"
                          "      operationId: getItem\n"
                          "      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]\n"
                          "      responses:\n"
                          "        '200':\n"
                          "          description: an item\n"
                          "          content:\n"
                          "            application/json:\n"
                          "              schema: {type: object, required: [id], properties: {id: {type: integer}}}\n"
                          "        '500': {description: broken}\n";

static FILE *create(const suite *at, const char *name) {
    char path[80];
    snprintf(path, sizeof path, "%s/%s", at->folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    return file;
}

static void suite_open(suite *at, size_t workflows) {
    *at = (suite){.folder = "/tmp/arazzo-suite-XXXXXX"};
    assert_non_null(mkdtemp(at->folder));
    FILE *file = create(at, "items.openapi.yaml");
    fputs(api, file);
    fclose(file);
    file = create(at, "items.arazzo.yaml");
    fputs("arazzo: 1.0.1\ninfo: {title: Items, version: 1.0.0}\n"
          "sourceDescriptions: [{name: items, url: items.openapi.yaml, type: openapi}]\nworkflows:\n",
          file);
    for (size_t i = 1; i <= workflows; i++)
        fprintf(file,
                "- workflowId: get-%zu\n"
                "  steps:\n"
                "  - {stepId: get, operationId: getItem, parameters: [{name: id, in: path, value: %zu}]}\n",
                i, i);
    fclose(file);
    char error[128];
    pthread_mutex_init(&at->of.lock, NULL);
    pthread_cond_init(&at->of.changed, NULL);
    at->of.server = http_server_start(NULL, answer, &at->of, error, sizeof error);
    assert_non_null(at->of.server);
}

static void suite_close(suite *at) {
    char line[64];
    http_server_stop(at->of.server);
    pthread_mutex_destroy(&at->of.lock);
    pthread_cond_destroy(&at->of.changed);
    snprintf(line, sizeof line, "rm -r %s", at->folder);
    assert_int_equal(system(line), 0);
}

static command_result carry_out(const suite *at, const char *more) {
    return command_run("test %s --server %s %s", at->folder, http_server_url(at->of.server), more);
}

static void check_has(const char *whole, const char *part) {
    if (strstr(whole, part) == NULL)
        fail_msg("'%s' is not in:\n%s", part, whole);
}

static void check_lacks(const char *whole, const char *part) {
    if (strstr(whole, part) != NULL)
        fail_msg("'%s' is in:\n%s", part, whole);
}

/* ---- Side by side ---- */

static void many_are_under_way_at_once(void **state) {
    (void)state;
    suite at;
    suite_open(&at, 40);
    at.of.delay = 0.25;
    double began = driver_clock(NULL);
    command_result result = carry_out(&at, "--jobs 40");
    double took = driver_clock(NULL) - began;
    assert_int_equal(result.status, 0);
    check_has(result.out, "\n40 passed, 0 failed in ");
    assert_true(took < 5); /* one after the other: 10 s */
    command_result_free(&result);
    suite_close(&at);
}

static void no_more_than_asked_for_are_under_way(void **state) {
    (void)state;
    suite at;
    suite_open(&at, 5);
    at.of.delay = 0.05;
    command_result result = carry_out(&at, "-j1");
    assert_int_equal(result.status, 0);
    assert_int_equal(at.of.requests, 5);
    for (size_t i = 1; i < 5; i++) /* each was sent when the one before was answered */
        assert_true(at.of.times[i] - at.of.times[i - 1] >= at.of.delay * 0.9);
    command_result_free(&result);
    suite_close(&at);
}

/* In a pipe the order is the plan's, whoever ends first. */
static void the_order_of_lines_is_stable(void **state) {
    (void)state;
    suite at;
    suite_open(&at, 9);
    at.of.delay = 0.01;
    at.of.first_is_slow = true;
    command_result result = carry_out(&at, "--jobs 9");
    assert_int_equal(result.status, 0);
    const char *from = result.out;
    for (size_t i = 1; i <= 9; i++) {
        char id[32];
        snprintf(id, sizeof id, "::get-%zu  ", i);
        from = strstr(from, id);
        assert_non_null(from);
    }
    command_result_free(&result);
    suite_close(&at);
}

static void a_thousand_workflows_end(void **state) {
    (void)state;
    suite at;
    suite_open(&at, 1000);
    command_result result = carry_out(&at, "--jobs 100 -q");
    assert_int_equal(result.status, 0);
    assert_int_equal(at.of.requests, 1000);
    check_has(result.out, "1000 passed, 0 failed in ");
    command_result_free(&result);
    suite_close(&at);
}

/* ---- Again ---- */

static void what_passes_at_last_is_flaky(void **state) {
    (void)state;
    suite at;
    suite_open(&at, 2);
    at.of.failures = 2;
    at.of.asked[2] = 2; /* the second one passes at once */
    char more[192];
    snprintf(more, sizeof more, "--retries 3 --report json=%s/r.json --report junit=- --report tap=%s/r.tap", at.folder,
             at.folder);
    command_result result = carry_out(&at, more);
    assert_int_equal(result.status, 0);
    check_has(result.err, "FLAKY ");
    check_has(result.err, "  (3 attempts)\n");
    check_has(result.err, "$statusCode is 500"); /* why it failed at first */
    check_has(result.err, "\n1 passed, 0 failed, 1 flaky in ");
    char path[64];
    snprintf(path, sizeof path, "%s/r.json", at.folder);
    json_t *report = json_load_file(path, 0, NULL), *run = NULL;
    assert_int_equal(json_unpack(report, "{s:[{s:[o]}]}", "documents", "workflows", &run), 0);
    assert_true(json_is_true(json_object_get(run, "flaky")));
    assert_int_equal(json_integer_value(json_object_get(run, "attempts")), 3);
    assert_int_equal(json_array_size(json_object_get(run, "earlier")), 2);
    assert_string_equal(json_string_value(json_object_get(run, "status")), "success");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(report, "summary"), "flaky")), 1);
    json_decref(report);
    command_result_free(&result);
    suite_close(&at);
}

static void what_never_passes_fails(void **state) {
    (void)state;
    suite at;
    suite_open(&at, 1);
    at.of.failures = 9;
    command_result result = carry_out(&at, "--retries 2");
    assert_int_equal(result.status, 1);
    assert_int_equal(at.of.requests, 3);
    check_has(result.out, "FAIL ");
    check_has(result.out, "\n0 passed, 1 failed in ");
    command_result_free(&result);
    suite_close(&at);
}

static void nothing_is_started_after_a_failure(void **state) {
    (void)state;
    suite at;
    suite_open(&at, 20);
    at.of.failures = 9;
    command_result result = carry_out(&at, "--fail-fast -j1");
    assert_int_equal(result.status, 1);
    assert_int_equal(at.of.requests, 1);
    check_has(result.out, "\n0 passed, 1 failed, 19 skipped in ");
    command_result_free(&result);
    suite_close(&at);
}

/* ---- Contracts ---- */

static void answers_that_are_not_as_declared_are_told(void **state) {
    (void)state;
    suite at;
    suite_open(&at, 1);
    at.of.body = "{\"id\": \"one\"}";
    command_result result = carry_out(&at, "");
    assert_int_equal(result.status, 0);
    check_has(result.out, "  (1 contract warning)\n");
    check_has(result.out, "\nWARN ");
    check_has(result.out, "warning[W0525]: ");
    check_has(result.out, "\n1 passed, 0 failed, 1 contract warning in ");
    command_result_free(&result);
    result = carry_out(&at, "--contract error");
    assert_int_equal(result.status, 1);
    check_has(result.out, " --contract error\n"); /* of the command that does it again */
    command_result_free(&result);
    result = carry_out(&at, "--contract off");
    assert_int_equal(result.status, 0);
    check_lacks(result.out, "WARN");
    command_result_free(&result);
    suite_close(&at);
}

/* ---- Signals ---- */

static char *contents(const suite *at, const char *name) {
    char path[64];
    text whole = TEXT_EMPTY;
    snprintf(path, sizeof path, "%s/%s", at->folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    for (int byte; (byte = fgetc(file)) != EOF;)
        text_append_char(&whole, (char)byte);
    fclose(file);
    return text_take(&whole, NULL);
}

static void a_signal_ends_it_in_order(void **state) {
    (void)state;
    suite at;
    suite_open(&at, 5);
    at.of.delay = 20;
    const char *build = getenv("BUILD");
    char line[512];
    snprintf(
        line, sizeof line, "exec %s/arazzo test %s --server %s -j2 --report json=%s/r.json >%s/out 2>%s/err </dev/null",
        build == NULL ? "build" : build, at.folder, http_server_url(at.of.server), at.folder, at.folder, at.folder);
    char shell[] = "sh", option[] = "-c", *arguments[] = {shell, option, line, NULL};
    pid_t child;
    assert_int_equal(posix_spawnp(&child, "sh", NULL, NULL, arguments, environ), 0);
    pthread_mutex_lock(&at.of.lock);
    while (at.of.requests < 2)
        pthread_cond_wait(&at.of.changed, &at.of.lock);
    pthread_mutex_unlock(&at.of.lock);
    int status;
    kill(child, SIGINT);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 130);
    char *out = contents(&at, "out");
    check_has(out, "ERROR ");
    check_has(out, "interrupted");
    check_has(out, "\n0 passed, 0 failed, 2 errors, 3 skipped in ");
    free(out);
    char *report = contents(&at, "r.json");
    check_has(report, "\"skipped\": \"interrupted\"");
    check_has(report, "\"error\": \"interrupted\"");
    free(report);
    suite_close(&at);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_are_under_way_at_once),
        cmocka_unit_test(no_more_than_asked_for_are_under_way),
        cmocka_unit_test(the_order_of_lines_is_stable),
        cmocka_unit_test(a_thousand_workflows_end),
        cmocka_unit_test(what_passes_at_last_is_flaky),
        cmocka_unit_test(what_never_passes_fails),
        cmocka_unit_test(nothing_is_started_after_a_failure),
        cmocka_unit_test(answers_that_are_not_as_declared_are_told),
        cmocka_unit_test(a_signal_ends_it_in_order),
    };
    return cmocka_run_group_tests_name("suite", tests, NULL, NULL);
}
