/*
 * http_message.h: requests and responses as the engine sees them: data, no sockets.
 *
 * All strings live in the arena that the message was made in, and are borrowed from there.
 */
#ifndef ARAZZO_ENGINE_HTTP_MESSAGE_H
#define ARAZZO_ENGINE_HTTP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "engine/arazzo.h"

typedef arazzo_header http_header; /* name, value */

typedef struct http_headers {
    http_header *items;
    size_t count;
    size_t capacity;
} http_headers;

typedef struct http_request {
    const char *method; /* "GET" */
    const char *url;    /* absolute */
    http_headers headers;
    const char *body; /* NULL: none */
    size_t body_length;
    double timeout;     /* seconds for the whole request; 0: the client's default */
    size_t max_items;   /* of a sequence (sequence.h), after which the response is complete; 0: no limit */
    const char *digest; /* `user:password` for HTTP Digest authentication; NULL: none */
    bool stays;         /* no redirect may lead to another origin */
} http_request;

typedef struct http_response {
    int status; /* 200 */
    http_headers headers;
    const char *body; /* never NULL; "" when empty; may hold NUL */
    size_t body_length;
    const char *url; /* where redirects have led to; NULL: it comes from where it was asked for */
} http_response;

/* Adds a header (copies both strings into `memory`); false when memory is short. */
bool http_headers_add(http_headers *headers, arena *memory, const char *name, const char *value);

/* The first value under a name (compared without regard to case), or NULL. */
const char *http_headers_get(const http_headers *headers, const char *name);

/* Reads a date such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7; also with `-` within, as cookies have
 * it): seconds since 1970. False when it is none. */
bool http_date(const char *value, double *seconds);

#endif
