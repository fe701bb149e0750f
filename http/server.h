/*
 * server.h: a small HTTP server on loopback (libmicrohttpd), for the mock, the tests' stand-ins and the conformance
 * driver.
 *
 * It answers each request through one handler function, in the server's own threads.
 */
#ifndef ARAZZO_HTTP_SERVER_H
#define ARAZZO_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "engine/http_message.h"

typedef struct http_server http_server;

typedef struct http_incoming {
    const char *method;
    const char *target; /* path and query as sent: "/a%20b?x=1" */
    http_headers headers;
    const char *body;
    size_t body_length;
} http_incoming;

typedef struct http_answer {
    http_response response;
    double delay;     /* seconds to wait before answering */
    bool close_early; /* announce the whole body but send half of it and close */
    bool no_answer;   /* close the connection instead of answering */
    size_t endless;   /* send this many filler bytes as the body instead of `body`; 0: off */
} http_answer;

/*
 * Fills in the answer, with memory from `memory`, which lives until the answer was sent. Called from one thread at a
 * time. What it does not fill in is status 500 with an empty body.
 */
typedef void http_handler(void *user, const http_incoming *request, arena *memory, http_answer *answer);

typedef struct http_server_options {
    const char *host; /* NULL: "127.0.0.1" */
    unsigned port;    /* 0: a free one */
    size_t max_body;  /* of a request; 0: 16 MiB; beyond: 413 */
} http_server_options;

/* Starts serving. The server, owned by the caller, or NULL with a sentence in `error`. `options` may be NULL. */
http_server *http_server_start(const http_server_options *options, http_handler *handler, void *user, char *error,
                               size_t error_size);

/* "http://127.0.0.1:49152", borrowed, as long as the server lives. */
const char *http_server_url(const http_server *server);

/* Stops serving, waits for what is under way, frees. NULL is allowed. */
void http_server_stop(http_server *server);

#endif
