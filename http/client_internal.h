/*
 * client_internal.h: an exchange is one request on its way to a response, over any number of redirects. client.c keeps
 * them in lists, exchange.c speaks to libcurl, redirect.c decides what follows a 3xx, failure.c says why there is no
 * response.
 */
#ifndef ARAZZO_HTTP_CLIENT_INTERNAL_H
#define ARAZZO_HTTP_CLIENT_INTERNAL_H

#include <curl/curl.h>

#include "base/text.h"
#include "engine/operation/sequence.h"
#include "http/client.h"

typedef struct exchange {
    struct exchange *next;
    struct exchange *previous;
    http_client *client;
    const http_request *request;
    arena *memory;
    http_done *done;
    void *user;
    CURL *easy; /* NULL while it waits for its turn */

    /* What is sent: at first the request, later what a redirect leaves of it. */
    CURLU *url;
    const char *method;
    const char *body; /* NULL: none */
    size_t body_length;
    http_headers headers;
    struct curl_slist *lines;
    bool proxied; /* perhaps: the environment may except the host */

    /* What has come back. */
    text line; /* the header field being read */
    http_headers answered;
    size_t folds;         /* lines that continued a field */
    bool fields_complete; /* what comes now is the body, and after it trailers */
    text received;

    size_t redirects;
    bool crossed;           /* a redirect led to another origin */
    double spent;           /* seconds, in requests that were redirected */
    sequence_counter items; /* of a sequence, where only so many are wanted */
    bool has_enough;
    bool too_large;
    bool too_many_fields;
    bool too_many_redirects;
    bool bad_location;
    bool no_memory;
    char error[CURL_ERROR_SIZE];
} exchange;

/* Where trusted certificates are. */
typedef struct trust {
    bool decided;
    const char *bundle; /* a file; NULL with `folder`: none */
    const char *folder; /* NULL and no bundle: as libcurl was built */
} trust;

/* The client's options with their defaults filled in, and what it found out about its surroundings. */
typedef struct http_client_settings {
    http_client_options options;
    bool proxies; /* the environment names some */
    trust trusted;
} http_client_settings;

http_client_settings *client_settings(http_client *client);

/* ---- exchange.c ---- */

/* Why a request cannot be sent at all, or NULL. Sets the exchange's URL. A literal, or NULL with `no_memory` set. */
const char *exchange_refusal(exchange *at);

/* Tells the easy handle everything about the request; false when memory is short. */
bool exchange_configure(exchange *at);

/* The response in the caller's arena; NULL when memory is short. */
http_response *exchange_response(exchange *at);

/* Seconds since the first request was sent, by libcurl's account. */
double exchange_seconds(const exchange *at);

/* Seconds that the whole exchange may take. */
double exchange_timeout(const exchange *at);

/* ---- redirect.c ---- */

typedef enum redirect_outcome {
    REDIRECT_NONE,   /* the response is the answer */
    REDIRECT_FOLLOW, /* the exchange is set up for the next request */
    REDIRECT_FAILED  /* too many, to what is no URL, or memory is short: the exchange says which */
} redirect_outcome;

redirect_outcome redirect_follow(exchange *at);

/* ---- failure.c ---- */

/* Appends the sentence that says why there is no response. Never holds credentials. */
void failure_append(text *out, const exchange *at, CURLcode code);

#endif
