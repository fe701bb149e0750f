/*
 * http_failure_test.c: requests that get no response: the sentence says what happened and names host and port, never
 * anything else of the URL.
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
#include "tests/support/raw_server.h"

static void assert_error(const asked *one, const char *before, const char *host, const char *after) {
    text expected = TEXT_EMPTY;
    text_append_format(&expected, "%s%s%s", before, host, after);
    assert_null(one->result.response);
    assert_string_equal(one->result.error, text_peek(&expected));
    text_free(&expected);
}

/* ---- Requests that cannot be sent ---- */

static const struct {
    const char *name;
    const char *method;
    const char *url;
    const char *header;
    const char *value;
    const char *error;
} unsendable[] = {
    {"a line break in a header", "GET", "http://127.0.0.1:1/", "X-A", "a\r\nX-B: b",
     "the value of a request's header holds a line break or another control character"},
    {"a bare line feed in a header", "GET", "http://127.0.0.1:1/", "X-A", "a\nb",
     "the value of a request's header holds a line break or another control character"},
    {"a colon in a header's name", "GET", "http://127.0.0.1:1/", "X-A: b\r\nX", "a",
     "the name of a request's header is not a token"},
    {"an empty header name", "GET", "http://127.0.0.1:1/", "", "a", "the name of a request's header is not a token"},
    {"a space in a method", "GET / HTTP/1.1\r\nX: y\r\n", "http://127.0.0.1:1/", NULL, NULL,
     "the method of the request is not a token"},
    {"an empty method", "", "http://127.0.0.1:1/", NULL, NULL, "the method of the request is not a token"},
    {"a file", "GET", "file:///etc/passwd", NULL, NULL, "requests can only be sent to http and https URLs"},
    {"ftp", "GET", "ftp://user:secret@127.0.0.1/", NULL, NULL, "requests can only be sent to http and https URLs"},
    {"an unknown scheme", "GET", "gopherus://127.0.0.1/", NULL, NULL,
     "requests can only be sent to http and https URLs"},
    {"no scheme", "GET", "127.0.0.1/x", NULL, NULL, "requests can only be sent to http and https URLs"},
    {"no host", "GET", "http://:80/x", NULL, NULL, "the URL of the request is malformed"},
    {"a port that is none", "GET", "http://u:secret@127.0.0.1:99999/", NULL, NULL,
     "the URL of the request is malformed"},
    {"a line break in a URL", "GET", "http://127.0.0.1:1/a\r\nb", NULL, NULL, "the URL of the request is malformed"},
};

static void is_not_sent(void **state) {
    size_t row = (size_t)(uintptr_t)*state;
    asked *one = asked_new(unsendable[row].method, unsendable[row].url, NULL);
    if (unsendable[row].header != NULL)
        asked_header(one, unsendable[row].header, unsendable[row].value);
    ask(NULL, one);
    assert_error(one, unsendable[row].error, "", "");
    asked_free(one);
}

/* ---- Servers that do wrong ---- */

static void answer_as_told(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    (void)request;
    (void)memory;
    *answer = *(const http_answer *)user;
}

static const struct {
    const char *name;
    http_answer answer;
    http_client_options options;
    double timeout; /* of the request itself */
    const char *before;
    const char *after;
} misdeeds[] = {
    {"hangs", {.response = {.body = ""}, .delay = 30}, {.timeout = 0.1}, 0, "", " did not answer within 0.1 s"},
    {"hangs, and the request has its own timeout",
     {.response = {.body = ""}, .delay = 30},
     {.timeout = 20},
     0.15,
     "",
     " did not answer within 0.15 s"},
    {"sends half a body",
     {.response = {.status = 200, .body = "0123456789", .body_length = 10}, .close_early = true},
     {.timeout = 0},
     0,
     "",
     " closed the connection before the response was complete"},
    {"announces 100 MiB",
     {.response = {.status = 200, .body = ""}, .endless = (size_t)100 << 20},
     {.timeout = 0},
     0,
     "the response of ",
     " is larger than 64 MiB"},
    {"sends 11 bytes where 10 are allowed",
     {.response = {.status = 200, .body = "01234567890", .body_length = 11}},
     {.max_body = 10},
     0,
     "the response of ",
     " is larger than 10 bytes"},
};

static void server_does_wrong(void **state) {
    size_t row = (size_t)(uintptr_t)*state;
    char error[256];
    http_server *server = http_server_start(NULL, answer_as_told, (void *)&misdeeds[row].answer, error, sizeof error);
    assert_non_null(server);
    asked *one = asked_new("GET", http_server_url(server), NULL);
    one->request.timeout = misdeeds[row].timeout;
    ask(&misdeeds[row].options, one);
    assert_error(one, misdeeds[row].before, http_server_url(server) + 7, misdeeds[row].after);
    asked_free(one);
    http_server_stop(server);
}

static const struct {
    const char *name;
    const char *bytes;
    const char *before;
    const char *after;
    bool keep_open;
} garbage[] = {
    {"speaks another protocol", "SSH-2.0-OpenSSH_9.2\r\n", "", " does not answer in HTTP", false},
    {"speaks of HTTP only", "HTTP/9.9 200 OK\r\n\r\n", "", " does not answer in HTTP", false},
    {"says nothing", "", "", " closed the connection before the response was complete", false},
    {"closes within the headers", "HTTP/1.1 200 OK\r\nContent-Len", "",
     " closed the connection before the response was complete", false},
    {"closes within a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "",
     " closed the connection before the response was complete", false},
    {"sends chunks that are none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "",
     " closed the connection before the response was complete", false},
    {"says gzip and is not", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
     "the response of ", " is not in the encoding that it names", false},
    {"stops in the middle", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "",
     " did not finish its response within 0.2 s", true},
};

static void server_talks_nonsense(void **state) {
    size_t row = (size_t)(uintptr_t)*state;
    raw_server *server = raw_server_start(garbage[row].bytes, strlen(garbage[row].bytes), garbage[row].keep_open);
    assert_non_null(server);
    asked *one = asked_new("GET", raw_server_url(server), NULL);
    ask(&(http_client_options){.timeout = garbage[row].keep_open ? 0.2 : 20}, one);
    assert_error(one, garbage[row].before, raw_server_url(server) + 7, garbage[row].after);
    asked_free(one);
    raw_server_free(server);
}

/* An event stream has no end of its own (S30): what has come when its time is over, or the server breaks off, counts.
 */
static void what_has_come_of_a_stream(void **state) {
    (void)state;
    static const char open[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\ndata: 2\n\n";
    static const char broken[] =
        "HTTP/1.1 200 OK\r\nContent-Type: application/jsonl\r\nContent-Length: 99\r\n\r\n1\n2\n";
    static const char lines[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: \r\n\r\nid: 1\r\ndata\r\n"
                                "datum: 2\r\n\r\ndatas: 0\r\n\r\ndata: 3\r\n\r\ndata: 4\r\n\r\n";
    static const char marked[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n\xEF\xBB\xBF"
                                 "data: 1\n\ndata: 2\n\n";
    static const char unmarked[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n\xEF\xBB"
                                   "data: 1\n\ndata: 2\n\n: \n";
    static const struct {
        const char *bytes;
        bool keep_open;
        const char *body;
        size_t most; /* items; 0: all that come */
    } streams[] = {
        {open, true, "data: 1\n\ndata: 2\n\n", 0},
        {broken, false, "1\n2\n", 0},
        {open, true, "data: 1\n\n", 1},
        {broken, false, "1\n", 1},
        {lines, true, ": \r\n\r\nid: 1\r\ndata\r\ndatum: 2\r\n\r\ndatas: 0\r\n\r\ndata: 3\r\n\r", 2},
        {marked, true,
         "\xEF\xBB\xBF"
         "data: 1\n\n",
         1},
        {unmarked, true,
         "\xEF\xBB"
         "data: 1\n\ndata: 2\n\n",
         1},
    };
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        raw_server *server = raw_server_start(streams[i].bytes, strlen(streams[i].bytes), streams[i].keep_open);
        assert_non_null(server);
        asked *one = asked_new("GET", raw_server_url(server), NULL);
        one->request.max_items = streams[i].most;
        ask(&(http_client_options){.timeout = streams[i].keep_open && streams[i].most == 0 ? 0.3 : 20}, one);
        assert_non_null(one->result.response);
        assert_int_equal(one->result.response->status, 200);
        assert_string_equal(one->result.response->body, streams[i].body);
        asked_free(one);
        raw_server_free(server);
    }
}

/* Without an announced length the limit is found while reading: decoded bytes count, not those on the wire. */
static void a_compressed_bomb_is_not_decoded_whole(void **state) {
    (void)state;
    /* gzip of 100,000 zero bytes */
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
    static const unsigned char packed[] = {
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed, 0xc1, 0x31, 0x01, 0x00, 0x00, 0x00,
        0xc2, 0xa0, 0xf5, 0x4f, 0x6d, 0x0d, 0x0f, 0xa0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x80, 0x57, 0x03, 0x7d, 0x95, 0x11, 0xd4, 0xa0, 0x86, 0x01, 0x00};
    char bytes[sizeof head - 1 + sizeof packed];
    memcpy(bytes, head, sizeof head - 1);
    memcpy(bytes + sizeof head - 1, packed, sizeof packed);
    raw_server *server = raw_server_start(bytes, sizeof bytes, false);
    assert_non_null(server);
    asked *one = asked_new("GET", raw_server_url(server), NULL);
    ask(&(http_client_options){.max_body = 50000}, one);
    assert_error(one, "the response of ", raw_server_url(server) + 7, " is larger than 50000 bytes");
    asked_free(one);
    raw_server_free(server);
}

static void has_too_many_fields(const text *fields) {
    text bytes = TEXT_EMPTY;
    text_append_string(&bytes, "HTTP/1.1 200 OK\r\n");
    text_append(&bytes, text_peek(fields), fields->length);
    text_append_string(&bytes, "\r\n");
    assert_false(bytes.failed);
    raw_server *server = raw_server_start(bytes.bytes, bytes.length, false);
    assert_non_null(server);
    asked *one = asked_new("GET", raw_server_url(server), NULL);
    ask(NULL, one);
    assert_error(one, "the response of ", raw_server_url(server) + 7, " has too many header fields");
    asked_free(one);
    raw_server_free(server);
    text_free(&bytes);
}

static void too_many_header_fields(void **state) {
    (void)state;
    text fields = TEXT_EMPTY;
    for (int i = 0; i < 5000; i++)
        text_append_format(&fields, "X-%d: %d\r\n", i, i);
    has_too_many_fields(&fields);
    text_free(&fields);
    text_append_string(&fields, "X: a\r\n"); /* one field that goes on and on */
    for (int i = 0; i < 5000; i++)
        text_append_string(&fields, " a\r\n");
    has_too_many_fields(&fields);
    text_free(&fields);
}

/* ---- No server ---- */

static void nobody_listens(void **state) {
    (void)state;
    raw_server *server = raw_server_start("", 0, false);
    assert_non_null(server);
    raw_server_finish(server);
    char url[128];
    snprintf(url, sizeof url, "http://user:secret@%s/path?key=secret", raw_server_url(server) + 7);
    asked *one = asked_new("GET", url, NULL);
    ask(NULL, one);
    assert_error(one, "cannot connect to ", raw_server_url(server) + 7, ": it refuses the connection");
    asked_free(one);
    raw_server_free(server);
}

static void nobody_has_the_name(void **state) {
    (void)state;
    asked *one = asked_new("GET", "http://user:secret@nohost.invalid/path", NULL);
    ask(NULL, one);
    assert_error(one, "cannot resolve the host of ", "nohost.invalid:80", "");
    asked_free(one);
}

/* One that fails doesn't disturb the others. */
static void others_go_on(void **state) {
    (void)state;
    static const http_answer answer = {.response = {.status = 200, .body = "ok", .body_length = 2}};
    char error[256];
    http_server *server = http_server_start(NULL, answer_as_told, (void *)&answer, error, sizeof error);
    http_client *client = http_client_new(NULL);
    assert_non_null(server);
    assert_non_null(client);
    asked *bad = asked_new("GET", "nonsense", NULL), *good = asked_new("GET", http_server_url(server), NULL);
    asked *worse = asked_new("GET", "http://nohost.invalid", NULL);
    ask_send(client, bad);
    ask_send(client, worse);
    ask_send(client, good);
    ask_wait(client, bad);
    ask_wait(client, good);
    ask_wait(client, worse);
    assert_int_equal(http_client_poll(client, 0), 0);
    assert_non_null(bad->result.error);
    assert_non_null(worse->result.error);
    assert_string_equal(good->result.response->body, "ok");
    asked_free(bad);
    asked_free(worse);
    asked_free(good);
    http_client_free(client);
    http_server_stop(server);
}

int main(void) {
    const struct CMUnitTest others[] = {
        cmocka_unit_test(what_has_come_of_a_stream), cmocka_unit_test(a_compressed_bomb_is_not_decoded_whole),
        cmocka_unit_test(too_many_header_fields),    cmocka_unit_test(nobody_listens),
        cmocka_unit_test(nobody_has_the_name),       cmocka_unit_test(others_go_on),
    };
    enum {
        UNSENDABLE = sizeof unsendable / sizeof *unsendable,
        MISDEEDS = sizeof misdeeds / sizeof *misdeeds,
        GARBAGE = sizeof garbage / sizeof *garbage,
        OTHERS = sizeof others / sizeof *others
    };
    struct CMUnitTest tests[UNSENDABLE + MISDEEDS + GARBAGE + OTHERS];
    struct CMUnitTest *next = tests;
    for (size_t i = 0; i < UNSENDABLE; i++)
        *next++ = (struct CMUnitTest){unsendable[i].name, is_not_sent, NULL, NULL, (void *)(uintptr_t)i};
    for (size_t i = 0; i < MISDEEDS; i++)
        *next++ = (struct CMUnitTest){misdeeds[i].name, server_does_wrong, NULL, NULL, (void *)(uintptr_t)i};
    for (size_t i = 0; i < GARBAGE; i++)
        *next++ = (struct CMUnitTest){garbage[i].name, server_talks_nonsense, NULL, NULL, (void *)(uintptr_t)i};
    memcpy(next, others, sizeof others);
    static const char *const proxies[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                          "ALL_PROXY",  "no_proxy",    "NO_PROXY"};
    for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++)
        unsetenv(proxies[i]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
