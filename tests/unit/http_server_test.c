/*
 * http_server_test.c: http/server.h seen from a socket: what the handler is told, what goes out, how it stops.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "http/server.h"
#include "tests/support/ask.h"

static http_server *start(const http_server_options *options, http_handler *handler, void *user) {
    char error[256] = "";
    http_server *server = http_server_start(options, handler, user, error, sizeof error);
    assert_string_equal(error, "");
    assert_non_null(server);
    return server;
}

static int connect_to(const http_server *server) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address.sin_port = htons((uint16_t)atoi(strrchr(http_server_url(server), ':') + 1));
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(connection >= 0);
    assert_int_equal(connect(connection, (struct sockaddr *)&address, sizeof address), 0);
    return connection;
}

/* Sends bytes and reads all that comes until the server closes. To be freed. */
static char *talk(const http_server *server, const char *bytes, size_t *length) {
    int connection = connect_to(server);
    text answer = TEXT_EMPTY;
    char piece[4096];
    assert_int_equal(send(connection, bytes, strlen(bytes), MSG_NOSIGNAL), strlen(bytes));
    for (ssize_t got; (got = read(connection, piece, sizeof piece)) > 0;)
        text_append(&answer, piece, (size_t)got);
    close(connection);
    return text_take(&answer, length);
}

static void answer_as_told(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    (void)request;
    (void)memory;
    *answer = *(const http_answer *)user;
}

static void echo_target(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    (void)user;
    text seen = TEXT_EMPTY;
    text_append_format(&seen, "<%s> <%s> <%s> %zu:%.*s", request->method, request->target,
                       http_headers_get(&request->headers, "x-a"), request->body_length, (int)request->body_length,
                       request->body);
    answer->response = (http_response){
        .status = 200, .body = arena_copy(memory, text_peek(&seen), seen.length), .body_length = seen.length};
    text_free(&seen);
}

static void the_handler_sees_what_was_sent(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"GET /a%20b/%2F../c?x=%26&y=+1%zz HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nConnection: close\r\n\r\n",
         "<GET> </a%20b/%2F../c?x=%26&y=+1%zz> <1> 0:"},
        {"POST / HTTP/1.1\r\nHost: h\r\nx-a: \r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc",
         "<POST> </> <> 3:abc"},
        {"PUT /x HTTP/1.1\r\nHost: h\r\nX-A: a b\r\nTransfer-Encoding: chunked\r\nConnection: "
         "close\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n",
         "<PUT> </x> <a b> 5:abcde"},
        {"PURGE /y HTTP/1.0\r\nX-A: 2\r\n\r\n", "<PURGE> </y> <2> 0:"},
    };
    http_server *server = start(NULL, echo_target, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *seen = talk(server, rows[i][0], NULL);
        assert_memory_equal(seen, "HTTP/1.1 200 OK\r\n", 17);
        assert_string_equal(strstr(seen, "\r\n\r\n") + 4, rows[i][1]);
        free(seen);
    }
    http_server_stop(server);
}

static void nonsense_is_refused(void **state) {
    (void)state;
    http_server *server = start(NULL, echo_target, NULL);
    size_t length;
    char *seen = talk(server, "this is no request\r\n\r\n", &length);
    assert_true(length == 0 || strncmp(seen, "HTTP/1.1 4", 10) == 0 || strncmp(seen, "HTTP/1.0 4", 10) == 0 ||
                strncmp(seen, "HTTP/1.1 505", 12) == 0);
    free(seen);
    asked *one = asked_new("GET", http_server_url(server), NULL);
    ask(NULL, one);
    assert_int_equal(one->result.response->status, 200);
    asked_free(one);
    http_server_stop(server);
}

static void too_large_a_body_is_413(void **state) {
    (void)state;
    http_server *server = start(&(http_server_options){.max_body = 10}, echo_target, NULL);
    static const struct {
        const char *body;
        int status;
    } rows[] = {{"0123456789", 200}, {"01234567890", 413}, {"", 200}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        asked *one = asked_new("POST", http_server_url(server), rows[i].body);
        ask(NULL, one);
        assert_int_equal(one->result.response->status, rows[i].status);
        asked_free(one);
    }
    http_server_stop(server);
}

static void fill_in_nothing(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    (void)user;
    (void)request;
    (void)memory;
    (void)answer;
}

static void what_is_not_filled_in_is_500(void **state) {
    (void)state;
    http_server *server = start(NULL, fill_in_nothing, NULL);
    asked *one = asked_new("GET", http_server_url(server), NULL);
    ask(NULL, one);
    assert_int_equal(one->result.response->status, 500);
    assert_int_equal(one->result.response->body_length, 0);
    asked_free(one);
    http_server_stop(server);
}

static void half_a_body(void **state) {
    (void)state;
    static const http_answer half = {.response = {.status = 200, .body = "0123456789", .body_length = 10},
                                     .close_early = true};
    http_server *server = start(NULL, answer_as_told, (void *)&half);
    char *seen = talk(server, "GET / HTTP/1.1\r\nHost: h\r\n\r\n", NULL);
    assert_non_null(strstr(seen, "Content-Length: 10\r\n"));
    assert_string_equal(strstr(seen, "\r\n\r\n") + 4, "01234");
    free(seen);
    http_server_stop(server);
}

static void filler_for_a_body(void **state) {
    (void)state;
    static const http_answer filler = {.response = {.status = 200, .body = "short", .body_length = 5},
                                       .endless = 1000000};
    http_server *server = start(NULL, answer_as_told, (void *)&filler);
    size_t length;
    char *seen = talk(server, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", &length);
    const char *body = strstr(seen, "\r\n\r\n") + 4;
    assert_non_null(strstr(seen, "Content-Length: 1000000\r\n"));
    assert_int_equal(length - (size_t)(body - seen), 1000000);
    free(seen);
    http_server_stop(server);
}

/* ---- Threads ---- */

typedef struct turnstile {
    int inside; /* not atomic: the handler is called from one thread at a time */
    int most;
    int total;
} turnstile;

static void count(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    turnstile *at = user;
    (void)memory;
    at->inside++;
    at->total++;
    at->most = at->inside > at->most ? at->inside : at->most;
    nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL); /* gives others the chance to break the rule */
    at->inside--;
    answer->response = (http_response){.status = 200, .body = ""};
    answer->delay = strcmp(request->target, "/slow") == 0 ? 60 : 0;
}

static void one_handler_at_a_time(void **state) {
    (void)state;
    enum { COUNT = 100 };
    turnstile at = {.total = 0};
    http_server *server = start(NULL, count, &at);
    http_client *client = http_client_new(NULL);
    asked *all[COUNT];
    assert_non_null(client);
    for (size_t i = 0; i < COUNT; i++) {
        all[i] = asked_new("GET", http_server_url(server), NULL);
        ask_send(client, all[i]);
    }
    for (size_t i = 0; i < COUNT; i++) {
        ask_wait(client, all[i]);
        assert_non_null(all[i]->result.response);
        asked_free(all[i]);
    }
    http_client_free(client);
    http_server_stop(server);
    assert_int_equal(at.most, 1);
    assert_int_equal(at.total, COUNT);
}

/* A delayed answer holds up nobody else, and stopping doesn't wait for it. */
static void a_delay_concerns_one(void **state) {
    (void)state;
    turnstile at = {.total = 0};
    http_server *server = start(NULL, count, &at);
    http_client *client = http_client_new(NULL);
    assert_non_null(client);
    char url[128];
    snprintf(url, sizeof url, "%s/slow", http_server_url(server));
    asked *slow = asked_new("GET", url, NULL);
    ask_send(client, slow);
    for (size_t i = 0; i < 5; i++) {
        asked *fast = asked_new("GET", http_server_url(server), NULL);
        ask_send(client, fast);
        ask_wait(client, fast);
        assert_int_equal(fast->result.response->status, 200);
        asked_free(fast);
    }
    assert_false(slow->done);
    http_server_stop(server);
    http_client_free(client);
    asked_free(slow);
}

static void stopping_ends_open_connections(void **state) {
    (void)state;
    static const http_answer filler = {.response = {.status = 200, .body = ""}, .endless = (size_t)1 << 40};
    http_server *server = start(NULL, answer_as_told, (void *)&filler);
    int idle = connect_to(server), half = connect_to(server), busy = connect_to(server);
    char byte;
    assert_int_equal(send(half, "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab", 39, MSG_NOSIGNAL), 39);
    assert_int_equal(send(busy, "GET / HTTP/1.1\r\nHost: h\r\n\r\n", 27, MSG_NOSIGNAL), 27);
    assert_int_equal(read(busy, &byte, 1), 1); /* the endless answer has begun */
    http_server_stop(server);
    assert_int_equal(read(idle, &byte, 1), 0);
    close(idle);
    close(half);
    close(busy);
}

/* ---- Starting ---- */

static void a_taken_port_is_told(void **state) {
    (void)state;
    http_server *server = start(NULL, fill_in_nothing, NULL);
    char error[256] = "";
    http_server_options same = {.port = (unsigned)atoi(strrchr(http_server_url(server), ':') + 1)};
    assert_null(http_server_start(&same, fill_in_nothing, NULL, error, sizeof error));
    assert_string_equal(error, "Address already in use");
    http_server_stop(server);
}

static void a_host_is_an_address(void **state) {
    (void)state;
    char error[256] = "";
    assert_null(
        http_server_start(&(http_server_options){.host = "nonsense"}, fill_in_nothing, NULL, error, sizeof error));
    assert_string_equal(error, "the host must be an IPv4 address such as 127.0.0.1");
    http_server *server = start(&(http_server_options){.host = "localhost"}, fill_in_nothing, NULL);
    assert_memory_equal(http_server_url(server), "http://127.0.0.1:", 17);
    http_server_stop(server);
    http_server_stop(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_handler_sees_what_was_sent),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(too_large_a_body_is_413),
        cmocka_unit_test(what_is_not_filled_in_is_500),
        cmocka_unit_test(half_a_body),
        cmocka_unit_test(filler_for_a_body),
        cmocka_unit_test(one_handler_at_a_time),
        cmocka_unit_test(a_delay_concerns_one),
        cmocka_unit_test(stopping_ends_open_connections),
        cmocka_unit_test(a_taken_port_is_told),
        cmocka_unit_test(a_host_is_an_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
