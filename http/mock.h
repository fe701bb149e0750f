/*
 * mock.h: serves the operations of OpenAPI documents with plausible answers: `arazzo mock`, and `arazzo run --mock`.
 */
#ifndef ARAZZO_HTTP_MOCK_H
#define ARAZZO_HTTP_MOCK_H

#include "engine/operation/operation.h"
#include "http/server.h"

typedef struct http_mock http_mock;

/* What was asked and what was answered, for whoever watches. */
typedef void http_mock_log(void *user, const http_incoming *request, const http_response *response);

typedef struct http_mock_options {
    http_server_options server;
    http_mock_log *log; /* NULL: nobody watches */
    void *user;
} http_mock_options;

/*
 * Starts serving. The documents are borrowed as long as the mock lives. Paths are looked for with and without the path
 * of the documents' servers. NULL with a sentence in `error`. `options` may be NULL.
 */
http_mock *http_mock_start(const api *const *documents, size_t count, const http_mock_options *options, char *error,
                           size_t error_size);

/* "http://127.0.0.1:49152", borrowed. */
const char *http_mock_url(const http_mock *serving);

/* Stops and frees. NULL is allowed. */
void http_mock_stop(http_mock *serving);

#endif
