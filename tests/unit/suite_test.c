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
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "http/drive.h"
#include "tests/support/command.h"
#include "tests/support/suite.h"
#include "tests/support/terminal.h"

extern char **environ;

static command_result carry_out(const suite *at, const char *more) {
    return command_run("test %s --server %s %s", at->folder, http_server_url(at->server), more);
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
    at.delay = 0.25;
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
    at.delay = 0.05;
    command_result result = carry_out(&at, "-j1");
    assert_int_equal(result.status, 0);
    assert_int_equal(at.requests, 5);
    for (size_t i = 1; i < 5; i++) /* each was sent when the one before was answered */
        assert_true(at.times[i] - at.times[i - 1] >= at.delay * 0.9);
    command_result_free(&result);
    suite_close(&at);
}

/* In a pipe the order is the plan's, whoever ends first. */
static void the_order_of_lines_is_stable(void **state) {
    (void)state;
    suite at;
    suite_open(&at, 9);
    at.delay = 0.01;
    at.first_is_slow = true;
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
    assert_int_equal(at.requests, 1000);
    check_has(result.out, "1000 passed, 0 failed in ");
    command_result_free(&result);
    suite_close(&at);
}

/* ---- Again ---- */

static void what_passes_at_last_is_flaky(void **state) {
    (void)state;
    suite at;
    suite_open(&at, 2);
    at.failures = 2;
    at.asked[2] = 2; /* the second one passes at once */
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
    at.failures = 9;
    command_result result = carry_out(&at, "--retries 2");
    assert_int_equal(result.status, 1);
    assert_int_equal(at.requests, 3);
    check_has(result.out, "FAIL ");
    check_has(result.out, "\n0 passed, 1 failed in ");
    command_result_free(&result);
    suite_close(&at);
}

static void nothing_is_started_after_a_failure(void **state) {
    (void)state;
    suite at;
    suite_open(&at, 20);
    at.failures = 9;
    command_result result = carry_out(&at, "--fail-fast -j1");
    assert_int_equal(result.status, 1);
    assert_int_equal(at.requests, 1);
    check_has(result.out, "\n0 passed, 1 failed, 19 skipped in ");
    command_result_free(&result);
    suite_close(&at);
}

/* ---- Contracts ---- */

static void answers_that_are_not_as_declared_are_told(void **state) {
    (void)state;
    suite at;
    suite_open(&at, 1);
    at.body = "{\"id\": \"one\"}";
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
    at.delay = 20;
    const char *build = getenv("BUILD");
    char line[512];
    snprintf(line, sizeof line,
             "exec %s/arazzo test %s --server %s -j2 --report json=%s/r.json >%s/out 2>%s/err </dev/null",
             build == NULL ? "build" : build, at.folder, http_server_url(at.server), at.folder, at.folder, at.folder);
    char shell[] = "sh", option[] = "-c", *arguments[] = {shell, option, line, NULL};
    pid_t child;
    assert_int_equal(posix_spawnp(&child, "sh", NULL, NULL, arguments, environ), 0);
    suite_wait(&at, 2);
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

/* ---- At a terminal ---- */

/* Lines appear as workflows end, below them how far it has come; the line goes away, and fits. */
static void progress_is_shown(void **state) {
    (void)state;
    suite at;
    suite_open(&at, 3);
    at.delay = 1;
    at.first_is_slow = true;
    static const size_t widths[] = {80, 20};
    for (size_t i = 0; i < 2; i++) {
        const char *arguments[] = {"test", at.folder, "--server", http_server_url(at.server), "--color", "never", NULL};
        terminal *seen = terminal_open(widths[i], NULL, arguments);
        assert_non_null(seen);
        assert_true(terminal_shows(seen, widths[i] == 80 ? "2 of 3 done, 1 under way  " : "2 of 3 done, 1 un"));
        check_has(terminal_screen(seen), "::get-2");
        check_has(terminal_screen(seen), "::get-3");
        check_lacks(terminal_screen(seen), "::get-1");
        size_t wraps = terminal_wraps(seen);
        terminal_type(seen, "\x03");
        assert_int_equal(terminal_wait(seen), 130);
        check_lacks(terminal_screen(seen), "2 of 3 done");
        check_has(terminal_screen(seen), widths[i] == 80 ? "\n2 passed, 0 failed, 1 error in " : "\n1 error in ");
        assert_int_equal(terminal_unknown(seen), 0);
        if (widths[i] == 80)
            assert_int_equal(wraps, 0);
        terminal_close(seen);
    }
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
        cmocka_unit_test(progress_is_shown),
    };
    return cmocka_run_group_tests_name("suite", tests, NULL, NULL);
}
