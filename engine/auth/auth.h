/*
 * auth.h: credentials put on requests, as the operation's security requirements ask (OpenAPI 3.2.0, "Security
 * Requirement Object").
 *
 * Pure: where a token must be fetched first (OAuth 2.0, RFC 6749; OpenID Connect Discovery 1.0), the request for it is
 * handed out, and the answer handed in.
 */
#ifndef ARAZZO_ENGINE_AUTH_H
#define ARAZZO_ENGINE_AUTH_H

#include "engine/arazzo.h"
#include "engine/description/description.h"
#include "engine/http_message.h"
#include "engine/operation/operation.h"

/* Which request is to be authorized. */
typedef struct auth_order {
    arazzo_auth *auth;
    const char *source; /* the source description's name */
    const operation *op;
    const char *server; /* what relative URLs of the scheme are relative to; may be NULL */
    bool dry;           /* no token is fetched: a word stands for it */
    double now;         /* seconds, of a clock that only moves forward */
} auth_order;

typedef enum auth_outcome {
    AUTH_READY,   /* the request can be sent */
    AUTH_ASK,     /* `ask` must be sent first, and its answer given to auth_answer() */
    AUTH_MISSING, /* no alternative can be satisfied: the request is as it was, and `why` says what is wanted */
    AUTH_FAILED,  /* `why` says what is wrong */
    AUTH_NO_MEMORY
} auth_outcome;

typedef struct auth_state {
    const char *scheme;       /* AUTH_ASK: for which */
    http_request ask;         /* AUTH_ASK */
    struct auth_token *token; /* the one that was asked for, or put on the request; NULL: none */
    const char *sent;         /* what was put on the request of it */
    enum { ASK_DISCOVERY, ASK_TOKEN, ASK_REFRESH } asking; /* AUTH_ASK: what the answer will be */
    bool asked;                                            /* a token was fetched for this request already */
    unsigned asks;                                         /* how often was asked for it */
    char why[320];
} auth_state;

/* What is sent as a key, a token, a user and a password where requests go to a mock: no secret. */
#define AUTH_PRETENDED "mock"

/*
 * Puts credentials on a request that was built: the first alternative for which all credentials are there. What the
 * request has already stays (S27). Everything new is allocated in `memory`; `request` is changed only by AUTH_READY.
 */
auth_outcome auth_apply(const auth_order *order, arena *memory, http_request *request, auth_state *state);

/* Takes the answer to `ask`: AUTH_READY (apply again), AUTH_FAILED, or AUTH_NO_MEMORY. */
auth_outcome auth_answer(auth_state *state, const http_response *response, double now);

/*
 * The server answered with status 401 although a token was sent: forgets it. True when it is worth another attempt: the
 * token was not fetched just for this request.
 */
bool auth_renew(auth_state *state);

/* ---- What a description asks for ---- */

/* A scheme that operations of the description's steps ask for. */
typedef struct auth_wanted {
    const source_description *source;
    security_scheme scheme;
    const operation *first; /* of the operations called that ask for it */
    size_t operations;      /* how many there are */
} auth_wanted;

/* Those of the description and of those that it refers to: an array in `memory`. NULL when memory is short. */
auth_wanted *auth_list(const arazzo_description *loaded, arena *memory, size_t *count);

/*
 * Reports credentials that were given by scheme alone, and that several sources with servers of different origins would
 * get (E0240): one must not see what is another's. False after such a report, or when memory is short.
 */
bool auth_check(const arazzo_description *loaded, const arazzo_auth *auth, const arazzo_override *servers,
                size_t server_count, diagnostics *list);

/* Calls `secret` with each part of the credentials that must not be shown. */
void auth_secrets(const arazzo_auth *auth, void (*secret)(void *user, const char *value), void *user);

#endif
