/* credentials.c: what the user gave, by scheme. */
#include <stdlib.h>
#include <string.h>

#include "engine/auth/auth_internal.h"

arazzo_auth *arazzo_auth_new(void) {
    arena *memory = arena_new();
    arazzo_auth *made = memory == NULL ? NULL : arena_alloc(memory, sizeof *made);
    if (made == NULL) {
        arena_free(memory);
        return NULL;
    }
    made->memory = memory;
    return made;
}

void arazzo_auth_free(arazzo_auth *auth) {
    if (auth == NULL)
        return;
    for (credential *at = auth->credentials; at != NULL; at = at->next)
        json_decref(at->value);
    for (auth_token *at = auth->tokens; at != NULL; at = at->next) {
        free(at->endpoint);
        free(at->access);
        free(at->refresh);
    }
    arena_free(auth->memory);
}

bool arazzo_auth_set(arazzo_auth *auth, const char *source, const char *scheme, const json_t *value) {
    credential *made = arena_alloc(auth->memory, sizeof *made);
    const char *kept = arena_copy(auth->memory, scheme, strlen(scheme));
    const char *kept_source = source == NULL ? NULL : arena_copy(auth->memory, source, strlen(source));
    json_t *copy = json_deep_copy(value);
    if (made == NULL || kept == NULL || copy == NULL || (source != NULL && kept_source == NULL)) {
        json_decref(copy);
        return false;
    }
    *made = (credential){.next = auth->credentials, .source = kept_source, .scheme = kept, .value = copy};
    auth->credentials = made;
    return true;
}

void arazzo_auth_pretend(arazzo_auth *auth) {
    auth->pretend = true;
}

void arazzo_auth_certificate(arazzo_auth *auth) {
    auth->certificate = true;
}

const json_t *auth_find(const arazzo_auth *auth, const char *source, const char *scheme) {
    const json_t *any = NULL;
    for (const credential *at = auth->credentials; at != NULL; at = at->next) {
        if (strcmp(at->scheme, scheme) != 0)
            continue;
        if (at->source != NULL && source != NULL && strcmp(at->source, source) == 0)
            return at->value;
        if (at->source == NULL && any == NULL)
            any = at->value;
    }
    return any;
}

const char *auth_member(const json_t *value, const char *name) {
    return json_string_value(json_object_get(value, name));
}

void auth_secrets(const arazzo_auth *auth, void (*secret)(void *user, const char *value), void *user) {
    static const char *const members[] = {"clientSecret", "password", "token", "refreshToken"};
    for (const credential *at = auth->credentials; at != NULL; at = at->next) {
        const char *whole = json_string_value(at->value);
        const char *colon = whole == NULL ? NULL : strchr(whole, ':');
        if (whole != NULL)
            secret(user, whole);
        if (colon != NULL && colon[1] != '\0')
            secret(user, colon + 1); /* the password of `user:password` */
        for (size_t i = 0; i < sizeof members / sizeof *members; i++)
            if (auth_member(at->value, members[i]) != NULL)
                secret(user, auth_member(at->value, members[i]));
    }
}
