/* auth_internal.h: credentials.c keeps what was given, apply.c puts it on requests, token.c fetches what is fetched,
 * wanted.c lists what a description asks for. */
#ifndef ARAZZO_ENGINE_AUTH_INTERNAL_H
#define ARAZZO_ENGINE_AUTH_INTERNAL_H

#include "base/text.h"
#include "engine/auth/auth.h"

typedef struct credential {
    struct credential *next;
    const char *source; /* NULL: any */
    const char *scheme;
    json_t *value; /* a string or an object */
} credential;

/* What is known under a key of endpoint, client, user, refresh token as given, and scopes. */
typedef struct auth_token {
    struct auth_token *next;
    const char *key;
    char *endpoint; /* found by discovery; NULL: not yet, or not needed */
    char *access;   /* NULL: none */
    char *refresh;
    double expires; /* by the run's clock; 0: not known */
    bool seeded;    /* the refresh token that was given has been taken */
} auth_token;

struct arazzo_auth {
    arena *memory;
    credential *credentials; /* the last given first */
    auth_token *tokens;
    bool pretend;
    bool certificate; /* connections have one */
};

/* The credential of a scheme, borrowed; NULL when there is none. */
const json_t *auth_find(const arazzo_auth *auth, const char *source, const char *scheme);

/* A member of a credential that is an object, or NULL. */
const char *auth_member(const json_t *value, const char *name);

/* Finds a valid token for a need, or makes state->ask. AUTH_READY sets state->token. */
auth_outcome token_get(const auth_order *order, const security_need *need, const json_t *value, arena *memory,
                       auth_state *state);

#endif
