/*
 * secrets_test.c: a workflow sends secrets in every place where a request has room for one, and a server says them back
 * in every spelling: then every byte of all that the command printed and wrote is searched for each of them.
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
#include <sys/stat.h>
#include <unistd.h>

#include "engine/report/report.h"
#include "http/server.h"
#include "tests/support/command.h"
#include "tests/support/spelling.h"

#define DOCUMENT "tests/live/secrets.arazzo.yaml"

enum { PASSWORD, TOKEN, NAME, PIN, LOGIN, KEY, COOKIE, OWN, SERVER_PASSWORD, SECRETS };

static const char *const secrets[SECRETS] = {
    [PASSWORD] = "p&ss \"w'\xC3\xB6/d\\+<x>=%41",
    [TOKEN] = "tok-3n_S3cret+/=",
    [NAME] = "Account-N4me",
    [PIN] = "99\"17'4<\xE2\x82\xAC",
    [LOGIN] = "us3r-Pa55 w\xC3\xB6rd/&",
    [KEY] = "k3y/+&= \"\xC3\xA9",
    [COOKIE] = "served-C00kie-secret",
    [OWN] = "own-default-pa55word",
    [SERVER_PASSWORD] = "url-Pa55&word",
};

static char folder[] = "/tmp/arazzo-secrets-XXXXXX";

/* ---- The server ---- */

/* Each secret in each spelling, and the Base64 of a text in which it stands at each alignment. What is a secret only in
 * a workflow that has not begun is not said before it has. */
static void say_everything(text *out, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char **spelled = spell_all(secrets[i], strlen(secrets[i]));
        for (size_t j = 0; spelled[j] != NULL; j++) {
            text_append_format(out, "<%s> ", spelled[j]);
            free(spelled[j]);
        }
        free(spelled);
        for (int before = 0; before < 3; before++) {
            text around = TEXT_EMPTY;
            text_append_format(&around, "%.*s%s:more", before, "u:", secrets[i]);
            spell_base64(out, around.bytes, around.length, before == 1);
            text_append_string(out, "\n");
            text_free(&around);
        }
    }
}

static void answer_echo(const http_incoming *request, text *body) {
    text told = TEXT_EMPTY;
    text_append_format(&told, "%s %s\n", request->method, request->target);
    for (size_t i = 0; i < request->headers.count; i++)
        text_append_format(&told, "%s: %s\n", request->headers.items[i].name, request->headers.items[i].value);
    text_append(&told, request->body, request->body_length);
    text_append_string(&told, "\n");
    say_everything(&told, strstr(request->target, secrets[OWN]) == NULL ? OWN : SECRETS);
    text_append_string(body, "{\"told\":");
    spell_json(body, told.bytes, told.length, JSON_ESCAPE_SLASH);
    text_append_string(body, ",\"again\":");
    spell_json(body, request->body, request->body_length, JSON_ENSURE_ASCII);
    text_append_string(body, "}");
    text_free(&told);
}

static void answer(void *user, const http_incoming *request, arena *memory, http_answer *given) {
    (void)user;
    text body = TEXT_EMPTY;
    const char *echoed = http_headers_get(&request->headers, "X-In-Header");
    bool refused = strncmp(request->target, "/refuse", 7) == 0;
    given->response.status = refused ? 400 : 200;
    if (refused)
        text_append_format(&body, "%.*s is not welcome here, nor is %s", (int)request->body_length, request->body,
                           secrets[TOKEN]);
    else
        answer_echo(request, &body);
    given->response.body = arena_copy(memory, text_peek(&body), body.length);
    given->response.body_length = body.length;
    http_headers_add(&given->response.headers, memory, "Content-Type", refused ? "text/plain" : "application/json");
    http_headers_add(&given->response.headers, memory, "Set-Cookie", "sid=served-C00kie-secret; Path=/");
    http_headers_add(&given->response.headers, memory, "X-Echo", echoed == NULL ? "none" : echoed);
    text_free(&body);
}

/* ---- Files ---- */

static const char *in_folder(const char *name) {
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_json(const char *name, json_t *value) {
    assert_non_null(value);
    assert_int_equal(json_dump_file(value, in_folder(name), 0), 0);
    assert_int_equal(chmod(in_folder(name), 0600), 0);
    json_decref(value);
}

static void append_file(text *out, const char *name) {
    char bytes[65536];
    FILE *file = fopen(in_folder(name), "rb");
    assert_non_null(file);
    for (size_t length; (length = fread(bytes, 1, sizeof bytes, file)) > 0;)
        text_append(out, bytes, length);
    fclose(file);
    remove(in_folder(name));
}

/* ---- Running ---- */

/* All that a run prints and writes. */
static text run(const char *verb, const char *server, bool reports, const char *more, int status) {
    text options = TEXT_EMPTY, all = TEXT_EMPTY;
    for (size_t i = 0; reports && i < REPORT_KINDS; i++)
        text_append_format(&options, " --report %s=%s", report_kind_name((report_kind)i),
                           in_folder(report_kind_name((report_kind)i)));
    bool many = strcmp(verb, "test") == 0;
    text_append_format(&options, " --inputs %s", in_folder(many ? "by-workflow.json" : "inputs.json"));
    text_append_format(&options, " --auth-file %s", in_folder("auth.json"));
    command_result result = command_run("%s " DOCUMENT "%stellAll --secret token --secret account --server '%s'%s %s",
                                        verb, many ? "::" : " ", server, text_peek(&options), more);
    if (result.status != status)
        fail_msg("status %d: %s%s", result.status, result.out, result.err);
    text_append_string(&all, result.out);
    text_append_string(&all, result.err);
    for (size_t i = 0; reports && i < REPORT_KINDS; i++)
        append_file(&all, report_kind_name((report_kind)i));
    command_result_free(&result);
    text_free(&options);
    assert_int_equal(strlen(text_peek(&all)), all.length);
    return all;
}

static size_t count_spellings(const text *in, bool complain) {
    size_t found = 0;
    for (size_t i = 0; i < SECRETS; i++) {
        char **spelled = spell_all(secrets[i], strlen(secrets[i]));
        for (size_t j = 0; spelled[j] != NULL; j++) {
            const char *at = strstr(text_peek(in), spelled[j]);
            if (at != NULL && complain) {
                size_t before = (size_t)(at - text_peek(in)) < 200 ? (size_t)(at - text_peek(in)) : 200;
                print_error("spelling %zu of secret %zu, %s, stands in:\n%.500s\n", j, i, spelled[j], at - before);
            }
            found += at != NULL;
            free(spelled[j]);
        }
        free(spelled);
    }
    return found;
}

static void nothing_gets_out(void **state) {
    static const struct {
        bool reports;
        int status;
        const char *more;
        const char *verb;
    } ways[] = {
        {true, 1, "", "run"},
        {true, 1, "-v", "run"},
        {true, 1, "-q", "run"},
        {false, 1, "--format json", "run"},
        {false, 0, "--dry-run", "run"},
        {true, 1, "--contract=warn", "run"},
        {true, 1, "-v --follow-redirects", "run"},
        {true, 1, "", "test"},
        {true, 1, "-v --slowest 9", "test"},
        {false, 1, "--format json --retries 1", "test"},
    };
    char url[256];
    snprintf(url, sizeof url, "http://someone:url-Pa55%%26word@%s", strstr(http_server_url(*state), "127"));
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        text all = run(ways[i].verb, url, ways[i].reports, ways[i].more, ways[i].status);
        size_t found = count_spellings(&all, true);
        if (found > 0)
            fail_msg("way %s: %zu spellings get out", ways[i].more, found);
        if (strstr(text_peek(&all), "***") == NULL)
            fail_msg("way %s %s: %s", ways[i].verb, ways[i].more, text_peek(&all));
        text_free(&all);
    }
}

/* The same search finds them where they are not hidden: it can fail. */
static void the_search_finds_what_is_shown(void **state) {
    text all = run("run", http_server_url(*state), true, "-v --show-secrets", 1);
    size_t found = count_spellings(&all, false);
    if (found < (SECRETS - 1) * 10)
        fail_msg("only %zu spellings are found", found);
    text_free(&all);
}

/* In a server's URL, in messages about a server that is not there. */
static void errors_keep_secrets(void **state) {
    (void)state;
    text all = run("run", "http://someone:url-Pa55%26word@127.0.0.1:1/url-Pa55&word", true, "-v", 1);
    assert_int_equal(count_spellings(&all, true), 0);
    assert_non_null(strstr(text_peek(&all), "it refuses the connection"));
    text_free(&all);
}

/* Inputs that are refused are quoted in diagnostics. */
static void diagnostics_keep_secrets(void **state) {
    (void)state;
    write_json("inputs.json",
               json_pack("{s:[s], s:i, s:s}", "password", secrets[PASSWORD], "token", 1, "account", secrets[PIN]));
    text all = run("run", "http://127.0.0.1:1", true, "", 2);
    assert_int_equal(count_spellings(&all, true), 0);
    assert_non_null(strstr(text_peek(&all), "error["));
    text_free(&all);
}

static int start(void **state) {
    if (mkdtemp(folder) == NULL)
        return -1;
    json_t *inputs = json_pack("{s:s, s:s, s:{s:s, s:s}}", "password", secrets[PASSWORD], "token", secrets[TOKEN],
                               "account", "name", secrets[NAME], "pin", secrets[PIN]);
    write_json("by-workflow.json", json_pack("{s:O}", "tellAll", inputs));
    write_json("inputs.json", inputs);
    text login = TEXT_EMPTY;
    text_append_format(&login, "someone:%s", secrets[LOGIN]);
    write_json("auth.json", json_pack("{s:s, s:s}", "login", text_peek(&login), "key", secrets[KEY]));
    text_free(&login);
    char error[256];
    *state = http_server_start(NULL, answer, NULL, error, sizeof error);
    return *state == NULL ? -1 : 0;
}

static int stop(void **state) {
    http_server_stop(*state);
    remove(in_folder("inputs.json"));
    remove(in_folder("by-workflow.json"));
    remove(in_folder("auth.json"));
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_search_finds_what_is_shown),
        cmocka_unit_test(nothing_gets_out),
        cmocka_unit_test(errors_keep_secrets),
        cmocka_unit_test(diagnostics_keep_secrets),
    };
    return cmocka_run_group_tests_name("secrets", tests, start, stop);
}
