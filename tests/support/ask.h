/* ask.h: one request over the real client, waited for; and many at once. Fails the test when memory is short. */
#ifndef ARAZZO_TESTS_SUPPORT_ASK_H
#define ARAZZO_TESTS_SUPPORT_ASK_H

#include "http/client.h"

/* A result with what it lives in. Freed with asked_free(). */
typedef struct asked {
    arena *memory;
    http_request request;
    http_result result;
    bool done;
} asked;

/* A request being made: "METHOD", "URL", a body (NULL: none). Headers are added with asked_header(). */
asked *asked_new(const char *method, const char *url, const char *body);
void asked_header(asked *question, const char *name, const char *value);
void asked_free(asked *question);

/* Sends it; the result comes with http_client_poll(), or with ask_wait(), which fails after a minute. */
void ask_send(http_client *client, asked *question);
void ask_wait(http_client *client, const asked *question);

/* Sends it with a client of its own and waits. */
void ask(const http_client_options *options, asked *question);

#endif
