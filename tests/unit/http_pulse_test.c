/* http_pulse_test.c: the stand-in for Prisma Pulse does what the document of the API says, so that tests can lean on
 * it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "tests/support/ask.h"
#include "tests/support/pulse.h"

typedef struct row {
    const char *method;
    const char *path;
    const char *key;
    const char *body;
    int status;
    const char *answer; /* a part of the body; NULL: any */
} row;

#define CREATED "\"createdAt\":\"2024-05-01T12:00:00Z\"}"

/* One after another: the stand-in keeps what it was told. */
static const row rows[] = {
    {"GET", "/health", NULL, NULL, 200, "healthy"},
    {"GET", "/streams", NULL, NULL, 401, "UNAUTHORIZED"},
    {"GET", "/streams", "Bearer wrong", NULL, 401, "UNAUTHORIZED"},
    {"GET", "/streams", "K", NULL, 401, "UNAUTHORIZED"},
    {"GET", "/streams", "Bearer K", NULL, 200, "{\"data\":[]}"},
    {"POST", "/streams", "Bearer K", "{\"name\":\"a\"}", 400, "BAD_REQUEST"},
    {"POST", "/streams", "Bearer K", "nonsense", 400, "BAD_REQUEST"},
    {"POST", "/streams", "Bearer K", "{\"name\":\"a\",\"model\":\"User\"}", 201,
     "{\"name\":\"a\",\"model\":\"User\",\"status\":\"active\"," CREATED},
    {"POST", "/streams", "Bearer K", "{\"name\":\"a\",\"model\":\"User\"}", 409, "STREAM_EXISTS"},
    {"GET", "/streams", "Bearer K", NULL, 200, CREATED "]}"},
    {"GET", "/streams/b/events", "Bearer K", NULL, 404, "NOT_FOUND"},
    {"GET", "/streams/a/events", "Bearer K", NULL, 200, "data: {\"id\":\"01HXDGZ4R4QJ2T6P9V8K7M3N5B\""},
    {"GET", "/streams/a/events", "Bearer K", NULL, 200, ""},
    {"GET", "/streams", "Bearer K", NULL, 200, "\"cursor\":\"01HXDGZ4R4QJ2T6P9V8K7M3N5B\"}]}"},
    {"POST", "/subscribe", "Bearer K", "{\"model\":\"User\"}", 200, "data: "},
    {"POST", "/subscribe", "Bearer K", "{}", 400, "BAD_REQUEST"},
    {"GET", "/events/01HXDGZ4R4QJ2T6P9V8K7M3N5B", "Bearer K", NULL, 200, "\"action\":\"create\""},
    {"GET", "/events/null", "Bearer K", NULL, 404, "NOT_FOUND"},
    {"DELETE", "/streams/b", "Bearer K", NULL, 404, "NOT_FOUND"},
    {"DELETE", "/streams/a", "Bearer K", NULL, 204, ""},
    {"GET", "/streams", "Bearer K", NULL, 200, "{\"data\":[]}"},
    {"GET", "/nothing", "Bearer K", NULL, 404, "NOT_FOUND"},
};

static void does_what_the_document_says(void **state) {
    (void)state;
    pulse *serving = pulse_start("K", PULSE_CURSOR_ABSENT);
    text expected = TEXT_EMPTY;
    assert_non_null(serving);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char url[160];
        snprintf(url, sizeof url, "%s%s", pulse_url(serving), rows[i].path);
        asked *one = asked_new(rows[i].method, url, rows[i].body);
        if (rows[i].key != NULL)
            asked_header(one, "Authorization", rows[i].key);
        ask(NULL, one);
        assert_non_null(one->result.response);
        if (one->result.response->status != rows[i].status)
            print_error("%s %s\n", rows[i].method, rows[i].path);
        assert_int_equal(one->result.response->status, rows[i].status);
        assert_non_null(strstr(one->result.response->body, rows[i].answer));
        asked_free(one);
        text_append_format(&expected, "%s %s %s%s%s\n", rows[i].method, rows[i].path,
                           rows[i].key == NULL ? "-" : rows[i].key, rows[i].body == NULL ? "" : " ",
                           rows[i].body == NULL ? "" : rows[i].body);
    }
    char *seen = pulse_requests(serving);
    assert_string_equal(seen, text_peek(&expected));
    free(seen);
    text_free(&expected);
    pulse_stop(serving);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(does_what_the_document_says)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
