/*
 * http_client_test.c: http/client.h against http/server.h on loopback: what goes over the wire, and what comes back.
 * Servers that do wrong are in http_failure_test.c, redirects in http_redirect_test.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "base/text.h"
#include "http/server.h"
#include "tests/support/ask.h"
#include "tests/support/raw_server.h"

/* Answers with what it saw: request line, headers in order without those that depend on the port, body. */
static void echo(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    text seen = TEXT_EMPTY;
    (void)user;
    text_append_format(&seen, "%s %s\n", request->method, request->target);
    for (size_t i = 0; i < request->headers.count; i++)
        if (strcmp(request->headers.items[i].name, "Host") != 0)
            text_append_format(&seen, "%s: %s\n", request->headers.items[i].name, request->headers.items[i].value);
    text_append_char(&seen, '\n');
    text_append(&seen, request->body, request->body_length);
    answer->response = (http_response){
        .status = 200, .body = arena_copy(memory, text_peek(&seen), seen.length), .body_length = seen.length};
    text_free(&seen);
}

static http_server *start(http_handler *handler, void *user) {
    char error[256] = "";
    http_server *server = http_server_start(NULL, handler, user, error, sizeof error);
    assert_string_equal(error, "");
    assert_non_null(server);
    return server;
}

static asked *question(const char *method, const http_server *server, const char *target, const char *body) {
    char url[256];
    snprintf(url, sizeof url, "%s%s", http_server_url(server), target);
    return asked_new(method, url, body);
}

static void a_plain_request_has_few_headers(void **state) {
    (void)state;
    http_server *server = start(echo, NULL);
    asked *plain = question("GET", server, "/a%20b/../c//?x=%2F&y", NULL);
    ask(NULL, plain);
    assert_non_null(plain->result.response);
    assert_int_equal(plain->result.response->status, 200);
    const char *seen = plain->result.response->body, *encodings = strstr(seen, "Accept-Encoding: ");
    assert_non_null(encodings);
    const char *expected = "GET /a%20b/../c//?x=%2F&y\nUser-Agent: arazzo/" ARAZZO_VERSION "\nAccept: */*\n";
    assert_memory_equal(seen, expected, strlen(expected));
    assert_ptr_equal(encodings, seen + strlen(expected));
    assert_string_equal(strchr(encodings, '\n'), "\n\n"); /* and nothing else: no Expect, no Content-Type */
    assert_true(plain->result.duration > 0);
    asked_free(plain);
    http_server_stop(server);
}

static void any_method_with_and_without_a_body(void **state) {
    (void)state;
    static const struct {
        const char *method;
        const char *body;
        const char *length; /* what Content-Length says; NULL: there is none */
    } rows[] = {
        {"GET", NULL, NULL},      {"GET", "query", "5"},   {"POST", NULL, "0"},         {"POST", "a=b", "3"},
        {"PUT", "", "0"},         {"PUT", "x", "1"},       {"PATCH", "[]", "2"},        {"DELETE", NULL, NULL},
        {"DELETE", "why", "3"},   {"OPTIONS", NULL, NULL}, {"QUERY", "{\"a\":1}", "7"}, {"TRACE", NULL, NULL},
        {"M-SEARCH", NULL, NULL}, {"purge", NULL, NULL},
    };
    http_server *server = start(echo, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        asked *one = question(rows[i].method, server, "/", rows[i].body);
        ask(NULL, one);
        assert_non_null(one->result.response);
        const char *seen = one->result.response->body, *body = strstr(seen, "\n\n");
        char line[64];
        snprintf(line, sizeof line, "%s /\n", rows[i].method);
        assert_memory_equal(seen, line, strlen(line));
        assert_string_equal(body + 2, rows[i].body == NULL ? "" : rows[i].body);
        snprintf(line, sizeof line, "Content-Length: %s\n", rows[i].length == NULL ? "" : rows[i].length);
        assert_int_equal(strstr(seen, line) != NULL, rows[i].length != NULL);
        assert_null(strstr(seen, "Content-Type"));
        assert_null(strstr(seen, "Expect"));
        asked_free(one);
    }
    http_server_stop(server);
}

static void head_has_the_headers_and_no_body(void **state) {
    (void)state;
    http_server *server = start(echo, NULL);
    asked *head = question("HEAD", server, "/x", NULL);
    ask(NULL, head);
    assert_non_null(head->result.response);
    assert_int_equal(head->result.response->status, 200);
    assert_int_equal(head->result.response->body_length, 0);
    assert_string_equal(head->result.response->body, "");
    assert_non_null(http_headers_get(&head->result.response->headers, "content-length"));
    asked_free(head);
    http_server_stop(server);
}

static void headers_go_as_they_are_given(void **state) {
    (void)state;
    http_server *server = start(echo, NULL);
    asked *one = question("POST", server, "/", "{}");
    asked_header(one, "X-Twice", "a");
    asked_header(one, "X-Empty", "");
    asked_header(one, "X-Twice", "b");
    asked_header(one, "X-Blank", " \t");
    asked_header(one, "X-Utf-8", "gr\xC3\xBC\xC3\x9F");
    asked_header(one, "Accept", "application/json");
    asked_header(one, "User-Agent", "mine");
    asked_header(one, "Content-Type", "application/json");
    asked_header(one, "Content-Length", "99999"); /* the client frames the body itself */
    asked_header(one, "Transfer-Encoding", "chunked");
    asked_header(one, "Cookie", "a=b");
    ask(NULL, one);
    assert_non_null(one->result.response);
    const char *seen = one->result.response->body;
    assert_non_null(strstr(seen, "X-Twice: a\nX-Empty: \nX-Twice: b\nX-Blank: \nX-Utf-8: gr\xC3\xBC\xC3\x9F\nAccept: "
                                 "application/json\nUser-Agent: mine\nContent-Type: application/json\nCookie: a=b\n"));
    assert_null(strstr(seen, "*/*"));
    assert_null(strstr(seen, "arazzo/"));
    assert_null(strstr(seen, "99999"));
    assert_null(strstr(seen, "chunked"));
    assert_non_null(strstr(seen, "Content-Length: 2\n"));
    asked_free(one);
    http_server_stop(server);
}

/* ---- Responses ---- */

static void answer_headers(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    (void)user;
    (void)request;
    static const char *const fields[][2] = {
        {"Set-Cookie", "a=1"}, {"X-One", "1"}, {"Set-Cookie", "b=2"}, {"x-two", "2"}};
    answer->response = (http_response){.status = 404, .body = "a\0b", .body_length = 3};
    for (size_t i = 0; i < 4; i++)
        http_headers_add(&answer->response.headers, memory, fields[i][0], fields[i][1]);
}

static void response_headers_keep_their_order(void **state) {
    (void)state;
    http_server *server = start(answer_headers, NULL);
    asked *one = question("GET", server, "/", NULL);
    ask(NULL, one);
    const http_response *response = one->result.response;
    assert_non_null(response);
    assert_int_equal(response->status, 404);
    assert_int_equal(response->body_length, 3);
    assert_memory_equal(response->body, "a\0b", 4);
    static const char *const expected[] = {"a=1", "1", "b=2", "2"};
    size_t found = 0;
    for (size_t i = 0; i < response->headers.count; i++) {
        const char *name = response->headers.items[i].name;
        if (strcmp(name, "Set-Cookie") == 0 || strcmp(name, "X-One") == 0 || strcmp(name, "x-two") == 0)
            assert_string_equal(response->headers.items[i].value, expected[found++]);
    }
    assert_int_equal(found, 4);
    asked_free(one);
    http_server_stop(server);
}

static void large_bodies_both_ways(void **state) {
    (void)state;
    enum { SIZE = 3 << 20 };
    char *body = malloc(SIZE + 1);
    assert_non_null(body);
    for (size_t i = 0; i < SIZE; i++)
        body[i] = (char)('a' + i * 7 % 26);
    body[SIZE] = '\0';
    http_server *server = start(echo, NULL);
    asked *one = question("POST", server, "/", body);
    ask(NULL, one);
    assert_non_null(one->result.response);
    assert_memory_equal(one->result.response->body + one->result.response->body_length - SIZE, body, SIZE);
    asked_free(one);
    http_server_stop(server);
    free(body);
}

/* What only hand-written bytes can show: the response as text, headers as "name=value;". */
static const struct {
    const char *name;
    const char *bytes;
    size_t length;
    const char *headers;
    const char *body;
} raw_responses[] = {
#define ROW(name, bytes, headers, body)                                                                                \
    { name, bytes, sizeof bytes - 1, headers, body }
    ROW("interim responses are dropped",
        "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        "HTTP/1.1 200 OK\r\nX-Late: 1\r\nContent-Length: 2\r\n\r\nok",
        "X-Late=1;Content-Length=2;", "ok"),
    ROW("trailers are dropped",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n1\r\n!\r\n0\r\nX-Sum: "
        "1\r\n\r\n",
        "Transfer-Encoding=chunked;Trailer=X-Sum;", "ok!"),
    ROW("white space around a value, folded and empty values",
        "HTTP/1.1 200 OK\r\nX-Space: \t a b \t\r\nX-Folded: one\r\n  two\r\nX-Empty:\r\nX-Colon: "
        "a:b\r\nContent-Length: 0\r\n\r\n",
        "X-Space=a b;X-Folded=one two;X-Empty=;X-Colon=a:b;Content-Length=0;", ""),
    ROW("gzip is decoded, and the headers stay",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 22\r\n\r\n"
        "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xcb\xcf\x06\x00\x47\xdd\xdc\x79\x02\x00\x00\x00",
        "Content-Encoding=gzip;Content-Length=22;", "ok"),
    ROW("a body up to the end of the connection", "HTTP/1.0 200 OK\r\nX-A: 1\r\n\r\nall of it", "X-A=1;", "all of it"),
    ROW("a reason is not needed", "HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\nx", "Content-Length=1;", "x"),
    ROW("204 has no body", "HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n", "X-A=1;", ""),
#undef ROW
};

static void reads_a_response(void **state) {
    size_t row = (size_t)(uintptr_t)*state;
    raw_server *server = raw_server_start(raw_responses[row].bytes, raw_responses[row].length, false);
    assert_non_null(server);
    asked *one = asked_new("GET", raw_server_url(server), NULL);
    ask(NULL, one);
    if (one->result.error != NULL)
        print_error("%s\n", one->result.error);
    assert_non_null(one->result.response);
    text headers = TEXT_EMPTY;
    for (size_t i = 0; i < one->result.response->headers.count; i++)
        text_append_format(&headers, "%s=%s;", one->result.response->headers.items[i].name,
                           one->result.response->headers.items[i].value);
    assert_string_equal(text_peek(&headers), raw_responses[row].headers);
    assert_string_equal(one->result.response->body, raw_responses[row].body);
    text_free(&headers);
    asked_free(one);
    raw_server_free(server);
}

/* ---- Proxies ---- */

static void proxies_of_the_environment(void **state) {
    (void)state;
    http_server *server = start(echo, NULL);
    setenv("http_proxy", http_server_url(server), 1);
    asked *far = asked_new("GET", "http://user:pass@nohost.invalid/a?b", NULL);
    ask(NULL, far); /* nobody else could answer for that host */
    assert_non_null(far->result.response);
    assert_memory_equal(far->result.response->body, "GET http://nohost.invalid/a?b\n", 30);
    assert_non_null(strstr(far->result.response->body, "Authorization: Basic dXNlcjpwYXNz\n"));
    asked_free(far);
    setenv("http_proxy", "http://nohost.invalid", 1);
    asked *here = question("GET", server, "/x", NULL);
    ask(NULL, here); /* this machine is not behind it */
    assert_non_null(here->result.response);
    assert_memory_equal(here->result.response->body, "GET /x\n", 7);
    asked_free(here);
    asked *lost = asked_new("GET", "http://elsewhere.invalid/", NULL);
    ask(NULL, lost);
    assert_string_equal(lost->result.error, "cannot resolve the host of the proxy that the environment names, for "
                                            "elsewhere.invalid:80");
    asked_free(lost);
    unsetenv("http_proxy");
    http_server_stop(server);
}

/* ---- Many ---- */

static void connections_are_reused(void **state) {
    (void)state;
    static const char bytes[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    raw_server *server = raw_server_start(bytes, sizeof bytes - 1, true);
    http_client *client = http_client_new(NULL);
    assert_non_null(server);
    assert_non_null(client);
    for (size_t i = 0; i < 5; i++) {
        asked *one = asked_new("GET", raw_server_url(server), NULL);
        ask_send(client, one);
        ask_wait(client, one);
        assert_non_null(one->result.response);
        asked_free(one);
    }
    http_client_free(client);
    raw_server_finish(server);
    assert_int_equal(raw_server_requests(server), 5);
    assert_int_equal(raw_server_connections(server), 1);
    raw_server_free(server);
}

static void ask_many(http_client *client, const http_server *server, size_t count) {
    asked **all = calloc(count, sizeof(asked *));
    assert_non_null(all);
    for (size_t i = 0; i < count; i++) {
        char target[32];
        snprintf(target, sizeof target, "/%zu", i);
        all[i] = question("GET", server, target, NULL);
        ask_send(client, all[i]);
    }
    while (http_client_poll(client, 1) > 0) {
    }
    for (size_t i = 0; i < count; i++) {
        char line[32];
        snprintf(line, sizeof line, "GET /%zu\n", i);
        if (all[i]->result.error != NULL)
            print_error("%s\n", all[i]->result.error);
        assert_non_null(all[i]->result.response);
        assert_memory_equal(all[i]->result.response->body, line, strlen(line));
        asked_free(all[i]);
    }
    free(all);
}

static void three_hundred_at_once(void **state) {
    (void)state;
    http_server *server = start(echo, NULL);
    http_client *client = http_client_new(NULL);
    assert_non_null(client);
    ask_many(client, server, 300);
    ask_many(client, server, 300);
    http_client_free(client);
    http_server_stop(server);
}

/* More at once than there may be sockets: the others wait for their turn. */
static void more_than_there_are_descriptors(void **state) {
    (void)state;
    struct rlimit before, few;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = before;
    few.rlim_cur = 100;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    http_server *server = start(echo, NULL);
    http_client *client = http_client_new(NULL);
    assert_non_null(client);
    ask_many(client, server, 1000);
    http_client_free(client);
    http_server_stop(server);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

static void dropping_what_is_under_way(void **state) {
    (void)state;
    http_server *server = start(echo, NULL);
    http_client *client = http_client_new(NULL);
    assert_non_null(client);
    asked *all[20];
    for (size_t i = 0; i < 20; i++) {
        all[i] = question("GET", server, "/", NULL);
        ask_send(client, all[i]);
        if (i == 9)
            http_client_poll(client, 0);
    }
    http_client_free(client);
    for (size_t i = 0; i < 20; i++)
        asked_free(all[i]);
    http_server_stop(server);
}

/* A request that is sent from within `done`, as a run does. */
static void send_next(void *user, const http_result *result) {
    asked **pair = user;
    pair[0]->result = *result;
    pair[0]->done = true;
    ask_send((http_client *)(void *)pair[2], pair[1]);
}

static void done_may_send(void **state) {
    (void)state;
    http_server *server = start(echo, NULL);
    http_client *client = http_client_new(NULL);
    assert_non_null(client);
    asked *first = question("GET", server, "/1", NULL), *second = question("GET", server, "/2", NULL);
    asked *trio[] = {first, second, (asked *)(void *)client};
    assert_true(http_client_send(client, &first->request, first->memory, send_next, trio));
    ask_wait(client, second);
    assert_true(first->done);
    assert_non_null(second->result.response);
    asked_free(first);
    asked_free(second);
    http_client_free(client);
    http_server_stop(server);
}

int main(void) {
    enum { RAW = sizeof raw_responses / sizeof *raw_responses };
    const struct CMUnitTest others[] = {
        cmocka_unit_test(a_plain_request_has_few_headers),
        cmocka_unit_test(any_method_with_and_without_a_body),
        cmocka_unit_test(head_has_the_headers_and_no_body),
        cmocka_unit_test(headers_go_as_they_are_given),
        cmocka_unit_test(response_headers_keep_their_order),
        cmocka_unit_test(large_bodies_both_ways),
        cmocka_unit_test(proxies_of_the_environment),
        cmocka_unit_test(connections_are_reused),
        cmocka_unit_test(three_hundred_at_once),
        cmocka_unit_test(more_than_there_are_descriptors),
        cmocka_unit_test(dropping_what_is_under_way),
        cmocka_unit_test(done_may_send),
    };
    enum { OTHERS = sizeof others / sizeof *others };
    struct CMUnitTest tests[RAW + OTHERS];
    for (size_t i = 0; i < RAW; i++)
        tests[i] = (struct CMUnitTest){raw_responses[i].name, reads_a_response, NULL, NULL, (void *)(uintptr_t)i};
    memcpy(tests + RAW, others, sizeof others);
    static const char *const proxies[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                          "ALL_PROXY",  "no_proxy",    "NO_PROXY"};
    for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++)
        unsetenv(proxies[i]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
