/*
 * client.h: HTTP requests, one or thousands at once, on libcurl's multi interface.
 *
 * Only http and https; TLS is verified (against SSL_CERT_FILE and SSL_CERT_DIR where the environment has them); proxies
 * are those of the environment, but never for this machine; redirects are followed only when asked; responses are
 * bounded. The client never blocks except in http_client_poll(). One client belongs to one thread.
 */
#ifndef ARAZZO_HTTP_CLIENT_H
#define ARAZZO_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "engine/http_message.h"

typedef struct http_client http_client;

typedef struct http_client_options {
    double connect_timeout;  /* seconds; 0: 10 */
    double timeout;          /* seconds for a whole request; 0: 30 */
    size_t max_body;         /* bytes of a response's body, decoded; 0: 64 MiB */
    bool follow_redirects;   /* S16: at most 10; to another origin go only headers that describe the message */
    const char *user_agent;  /* NULL: "arazzo/VERSION" */
    const char *certificate; /* a PEM file that the client proves itself with, never to another origin; NULL: none */
    const char *key;         /* of the certificate, where it isn't in the same file */
    const char *authorities; /* a PEM file of who is trusted instead of those the machine trusts; NULL: those */
} http_client_options;

/* What became of a request: a response, or a sentence that says why there is none. */
typedef struct http_result {
    http_response *response; /* in the arena given with the request; NULL when there is none */
    const char *error; /* "127.0.0.1:9 did not answer within 30 s": a sentence without URL or credentials; else NULL */
    double duration;   /* seconds from sending to the last byte */
} http_result;

typedef void http_done(void *user, const http_result *result);

/* A client, owned by the caller, or NULL when memory is short. `options` may be NULL; strings in it are borrowed. */
http_client *http_client_new(const http_client_options *options);

/* Frees it; requests still under way are dropped without calling `done`. */
void http_client_free(http_client *client);

/*
 * Starts a request (borrowed until done). The result is made in `memory` and handed to `done`, from within
 * http_client_poll(). False when memory is short; `done` is then not called. What cannot be sent (a method that is no
 * token, a line break in a header, another scheme) becomes a result with an error. Requests beyond a share of the file
 * descriptors wait for their turn; their time runs from then on. Content-Length, Transfer-Encoding and Expect are the
 * client's own.
 */
bool http_client_send(http_client *client, const http_request *request, arena *memory, http_done *done, void *user);

/* Drops the requests that were sent with `user`, under way or waiting, without calling `done`. */
void http_client_cancel(http_client *client, const void *user);

/* How much of a response's body has come. */
typedef struct http_progress {
    size_t received; /* bytes, as they come over the network */
    size_t expected; /* 0: not known */
} http_progress;

/* Of the first request that was sent with `user`; false when none is under way. */
bool http_client_progress(const http_client *client, const void *user, http_progress *progress);

/* From now on http_client_poll() returns, too, while there is something to read from this descriptor. -1: no more. */
void http_client_listen(http_client *client, int descriptor);

/* Works on what is under way for at most `seconds`, less when something happens. How many are not done yet. */
size_t http_client_poll(http_client *client, double seconds);

#endif
