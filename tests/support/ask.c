/* ask.c: see ask.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/ask.h"

asked *asked_new(const char *method, const char *url, const char *body) {
    asked *made = calloc(1, sizeof *made);
    assert_non_null(made);
    made->memory = arena_new();
    assert_non_null(made->memory);
    made->request = (http_request){.method = method,
                                   .url = arena_copy(made->memory, url, strlen(url)),
                                   .body = body,
                                   .body_length = body == NULL ? 0 : strlen(body)};
    assert_non_null(made->request.url);
    return made;
}

void asked_header(asked *question, const char *name, const char *value) {
    assert_true(http_headers_add(&question->request.headers, question->memory, name, value));
}

void asked_free(asked *question) {
    arena_free(question->memory);
    free(question);
}

static void keep(void *user, const http_result *result) {
    asked *question = user;
    assert_false(question->done);
    assert_true((result->response == NULL) != (result->error == NULL));
    question->result = *result;
    question->done = true;
}

void ask_send(http_client *client, asked *question) {
    assert_true(http_client_send(client, &question->request, question->memory, keep, question));
}

void ask_wait(http_client *client, const asked *question) {
    for (int turns = 0; !question->done; turns++) {
        assert_true(turns < 100000);
        assert_int_not_equal(http_client_poll(client, 1) + question->done, 0);
    }
}

void ask(const http_client_options *options, asked *question) {
    http_client *client = http_client_new(options);
    assert_non_null(client);
    ask_send(client, question);
    ask_wait(client, question);
    http_client_free(client);
}
