/*
 * http_redirect_test.c: redirects, when they are followed (S16): two servers, one redirects, and both note what they
 * see.
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
#include "http/server.h"
#include "tests/support/ask.h"

/* Servers that answer `/STATUS?LOCATION` with a redirect, and anything else with 200; both write into one log. */
typedef struct pair {
    text *log;
    const char *name;
    double delay;
} pair;

static void answer(void *user, const http_incoming *request, arena *memory, http_answer *out) {
    static const char *const shown[] = {"Authorization", "Cookie", "X-Api-Key", "Accept", "Content-Type"};
    pair *at = user;
    text_append_format(at->log, "%s: %s %.*s", at->name, request->method, (int)strcspn(request->target, "?"),
                       request->target);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (http_headers_get(&request->headers, shown[i]) != NULL)
            text_append_format(at->log, " %s=%s", shown[i], http_headers_get(&request->headers, shown[i]));
    text_append_format(at->log, " [%s]\n", request->body);
    out->delay = at->delay;
    out->response = (http_response){.status = 200, .body = "there", .body_length = 5};
    int status = atoi(request->target + 1);
    const char *query = strchr(request->target, '?');
    if (status < 300 || query == NULL)
        return;
    out->response.status = status;
    http_headers_add(&out->response.headers, memory, "Location", query + 1);
}

typedef struct world {
    text log;
    pair pairs[2];
    http_server *servers[2];
} world;

static int build(void **state) {
    char error[256];
    world *made = calloc(1, sizeof *made);
    if (made == NULL)
        return -1;
    for (size_t i = 0; i < 2; i++) {
        made->pairs[i] = (pair){.log = &made->log, .name = i == 0 ? "home" : "away"};
        made->servers[i] = http_server_start(NULL, answer, &made->pairs[i], error, sizeof error);
        if (made->servers[i] == NULL)
            return -1;
    }
    *state = made;
    return 0;
}

static int tear(void **state) {
    world *made = *state;
    http_server_stop(made->servers[0]);
    http_server_stop(made->servers[1]);
    text_free(&made->log);
    free(made);
    return 0;
}

/* A request to the first server; "HOME" and "AWAY" in the target become the servers' URLs. */
static asked *prepare(world *at, const char *method, const char *target, const char *body) {
    text url = TEXT_EMPTY;
    text_append_string(&url, http_server_url(at->servers[0]));
    for (; *target != '\0'; target++) {
        bool home = strncmp(target, "HOME", 4) == 0, away = strncmp(target, "AWAY", 4) == 0;
        if (home || away) {
            text_append_string(&url, http_server_url(at->servers[away]));
            target += 3;
        } else {
            text_append_char(&url, *target);
        }
    }
    text_truncate(&at->log, 0);
    asked *one = asked_new(method, text_peek(&url), body);
    text_free(&url);
    asked_header(one, "Authorization", "Bearer secret");
    asked_header(one, "Cookie", "session=secret");
    asked_header(one, "X-Api-Key", "secret");
    asked_header(one, "Accept", "text/plain");
    if (body != NULL)
        asked_header(one, "Content-Type", "text/x");
    return one;
}

static const http_client_options following = {.follow_redirects = true};

#define KEYS " Authorization=Bearer secret Cookie=session=secret X-Api-Key=secret Accept=text/plain"

static void only_when_asked(void **state) {
    asked *one = prepare(*state, "GET", "/302?HOME/x", NULL);
    ask(NULL, one);
    assert_int_equal(one->result.response->status, 302);
    assert_string_equal(text_peek(&((world *)*state)->log), "home: GET /302" KEYS " []\n");
    asked_free(one);
}

static void methods_and_bodies(void **state) {
    static const struct {
        int status;
        const char *method;
        const char *then;
        const char *body; /* then */
    } rows[] = {
        {301, "GET", "GET", NULL},       {301, "POST", "GET", NULL},        {301, "PUT", "PUT", "body"},
        {302, "POST", "GET", NULL},      {302, "DELETE", "DELETE", "body"}, {303, "POST", "GET", NULL},
        {303, "PUT", "GET", NULL},       {303, "DELETE", "GET", NULL},      {307, "POST", "POST", "body"},
        {307, "PATCH", "PATCH", "body"}, {308, "POST", "POST", "body"},     {308, "GET", "GET", NULL},
    };
    world *at = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char target[32];
        text expected = TEXT_EMPTY;
        bool get = strcmp(rows[i].method, "GET") == 0;
        snprintf(target, sizeof target, "/%d?/there", rows[i].status);
        asked *one = prepare(at, rows[i].method, target, get ? NULL : "body");
        ask(&following, one);
        assert_non_null(one->result.response);
        assert_int_equal(one->result.response->status, 200);
        text_append_format(&expected, "home: %s /%d" KEYS "%s [%s]\n", rows[i].method, rows[i].status,
                           get ? "" : " Content-Type=text/x", get ? "" : "body");
        text_append_format(&expected, "home: %s /there" KEYS "%s [%s]\n", rows[i].then,
                           rows[i].body == NULL ? "" : " Content-Type=text/x", rows[i].body == NULL ? "" : "body");
        assert_string_equal(text_peek(&at->log), text_peek(&expected));
        text_free(&expected);
        asked_free(one);
    }
}

static void head_stays_head(void **state) {
    asked *one = prepare(*state, "HEAD", "/303?/there", NULL);
    ask(&following, one);
    assert_int_equal(one->result.response->status, 200);
    assert_string_equal(text_peek(&((world *)*state)->log),
                        "home: HEAD /303" KEYS " []\nhome: HEAD /there" KEYS " []\n");
    asked_free(one);
}

/* Another port is another origin. What came back by way of another origin has lost its credentials for good. */
static void credentials_stay_at_home(void **state) {
    world *at = *state;
    asked *one = prepare(at, "POST", "/307?AWAY/307?HOME/there", "body");
    ask(&following, one);
    assert_int_equal(one->result.response->status, 200);
    assert_string_equal(text_peek(&at->log), "home: POST /307" KEYS " Content-Type=text/x [body]\n"
                                             "away: POST /307 Accept=text/plain Content-Type=text/x [body]\n"
                                             "home: POST /there Accept=text/plain Content-Type=text/x [body]\n");
    asked_free(one);
}

static void credentials_of_the_url_stay_at_home(void **state) {
    world *at = *state;
    static const char *const targets[] = {"/302?/there", "/302?AWAY/there"};
    for (size_t i = 0; i < 2; i++) {
        asked *plain = prepare(at, "GET", targets[i], NULL);
        char url[300];
        snprintf(url, sizeof url, "http://user:pass@%s", plain->request.url + 7);
        asked *one = asked_new("GET", url, NULL);
        ask(&following, one);
        assert_int_equal(one->result.response->status, 200);
        assert_string_equal(text_peek(&at->log),
                            i == 0 ? "home: GET /302 Authorization=Basic dXNlcjpwYXNz Accept=*/* []\n"
                                     "home: GET /there Authorization=Basic dXNlcjpwYXNz Accept=*/* []\n"
                                   : "home: GET /302 Authorization=Basic dXNlcjpwYXNz Accept=*/* []\n"
                                     "away: GET /there Accept=*/* []\n");
        asked_free(one);
        asked_free(plain);
    }
}

static void relative_locations(void **state) {
    static const char *const rows[][2] = {
        {"/302?/a/b", "/a/b"},
        {"/302?there", "/there"},
        {"/302?./a/../b", "/b"},
        {"/302?x%20y", "/x%20y"},
    };
    world *at = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        asked *one = prepare(at, "GET", rows[i][0], NULL);
        text expected = TEXT_EMPTY;
        ask(&following, one);
        text_append_format(&expected, "home: GET /302" KEYS " []\nhome: GET %s" KEYS " []\n", rows[i][1]);
        assert_string_equal(text_peek(&at->log), text_peek(&expected));
        text_free(&expected);
        asked_free(one);
    }
}

/* Where it leads cannot be gone: the redirect is the answer. */
static void not_to_other_schemes(void **state) {
    static const char *const targets[] = {"/302?file:///etc/passwd", "/302?ftp://127.0.0.1/", "/302?javascript:1"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        asked *one = prepare(*state, "GET", targets[i], NULL);
        ask(&following, one);
        assert_non_null(one->result.response);
        assert_int_equal(one->result.response->status, 302);
        asked_free(one);
    }
}

static void not_to_nowhere(void **state) {
    world *at = *state;
    asked *one = prepare(at, "GET", "/302?http://:1/", NULL);
    char expected[160];
    ask(&following, one);
    snprintf(expected, sizeof expected, "%s redirects to what is no URL", http_server_url(at->servers[0]) + 7);
    assert_null(one->result.response);
    assert_string_equal(one->result.error, expected);
    asked_free(one);
}

static void not_for_ever(void **state) {
    world *at = *state;
    text target = TEXT_EMPTY;
    char expected[160];
    for (int i = 0; i < 12; i++)
        text_append_string(&target, "/302?");
    asked *one = prepare(at, "GET", text_peek(&target), NULL);
    ask(&following, one);
    snprintf(expected, sizeof expected, "%s redirects once more after 10 redirects",
             http_server_url(at->servers[0]) + 7);
    assert_null(one->result.response);
    assert_string_equal(one->result.error, expected);
    text_free(&target);
    asked_free(one);
}

/* The timeout is that of the whole request, however often it is redirected. */
static void one_timeout_for_all(void **state) {
    world *at = *state;
    asked *one = prepare(at, "GET", "/302?/302?/302?/302?/302?/302?/there", NULL);
    at->pairs[0].delay = 0.1;
    one->request.timeout = 0.25;
    ask(&following, one);
    at->pairs[0].delay = 0;
    assert_null(one->result.response);
    assert_non_null(strstr(one->result.error, "did not answer within 0.25 s"));
    assert_true(one->result.duration > 0.2);
    size_t requests = 0;
    for (const char *line = text_peek(&at->log); (line = strchr(line, '\n')) != NULL; line++)
        requests++;
    assert_true(requests <= 3);
    asked_free(one);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_when_asked),
        cmocka_unit_test(methods_and_bodies),
        cmocka_unit_test(head_stays_head),
        cmocka_unit_test(credentials_stay_at_home),
        cmocka_unit_test(credentials_of_the_url_stay_at_home),
        cmocka_unit_test(relative_locations),
        cmocka_unit_test(not_to_other_schemes),
        cmocka_unit_test(not_to_nowhere),
        cmocka_unit_test(not_for_ever),
        cmocka_unit_test(one_timeout_for_all),
    };
    return cmocka_run_group_tests(tests, build, tear);
}
