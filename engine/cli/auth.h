/* auth.h: credentials from the command line, the environment and a file, and what a document asks for. */
#ifndef ARAZZO_ENGINE_CLI_AUTH_H
#define ARAZZO_ENGINE_CLI_AUTH_H

#include "engine/auth/auth.h"
#include "engine/cli/session.h"

/* Where credentials may be. */
typedef struct auth_given {
    const value_list *auth; /* NAME=VALUE, NAME=@FILE, NAME={…}; NAME is SCHEME or SOURCE.SCHEME */
    const char *file;       /* an object of the same; NULL: ARAZZO_AUTH_FILE's, or none */
    bool many;              /* for many descriptions: what this one does not ask for is another's */
} auth_given;

/*
 * The credentials for what the description asks for: those of the file, over them those of the environment (in
 * variables that the configuration names, and in ARAZZO_AUTH_SCHEME), over them those of the command line. Owned by the
 * caller; NULL after saying what is wrong.
 */
arazzo_auth *read_auth(session *at, const arazzo_description *loaded, const auth_given *given);

/* The variables for a scheme: ARAZZO_AUTH_SOURCE_SCHEME, or without a source ARAZZO_AUTH_SCHEME. */
void append_auth_variable(text *out, const char *source, const char *scheme);

/* Prints what the description asks for, and what of it is given. The exit status. */
int show_auth(session *at, const arazzo_description *loaded, bool json, FILE *out);

#endif
