/*
 * token.c: tokens of OAuth 2.0 (RFC 6749: client credentials, 4.4; resource owner password, 4.3; refreshing, 6), their
 * endpoint from the document or from OpenID Connect Discovery 1.0 or RFC 8414, kept until they expire.
 *
 * The flows that need a person and a browser are not carried out: for these the token itself is the credential, or a
 * refresh token that came with it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "engine/auth/auth_internal.h"
#include "engine/uri.h"
#include "runtime-expr/json_text.h"

/* How a token is asked for. */
typedef struct grant {
    const char *client_id;
    const char *client_secret;
    const char *username; /* the password grant; NULL: client credentials */
    const char *password;
    const char *refresh_token; /* of a token that somebody else fetched */
    bool in_body;              /* how the client authenticates */
    const char *scope;
} grant;

static auth_outcome fail(auth_state *state, const char *scheme, const char *why) {
    snprintf(state->why, sizeof state->why, "no token for '%s': %s", scheme, why);
    return AUTH_FAILED;
}

/* ---- The endpoint ---- */

static const char *text_of(const node *object, const char *name) {
    const node *value = object == NULL ? NULL : node_get(object, name);
    return value == NULL ? NULL : node_string(value, NULL);
}

/* Where tokens are fetched and refreshed, as written: absolute or not; NULL: not said. */
typedef struct endpoints {
    const char *token;
    const char *refresh;
    const char *metadata; /* a document that names the token's endpoint: for want of `token` */
} endpoints;

/* A token is refreshed where the flow says, else where it comes from. */
static endpoints endpoints_of(const node *flow) {
    endpoints made = {.token = text_of(flow, "tokenUrl"), .refresh = text_of(flow, "refreshUrl")};
    if (made.refresh == NULL)
        made.refresh = made.token;
    return made;
}

/*
 * Those of the flow that fits the credential: 3.x names flows in `flows`, Swagger 2.0 is one. Tokens of the flows at
 * the end of a row were given to a person, and can only be refreshed.
 */
static endpoints flow_endpoints(const security_scheme *scheme, const grant *with) {
    static const char *const rows[][6] = {
        {"clientCredentials", "application", "password", NULL},
        {"password", "clientCredentials", "application", NULL},
        {"authorizationCode", "accessCode", "deviceAuthorization", "password", "clientCredentials", "application"}};
    const node *flows = node_get(scheme->object.value, "flows");
    const char *single = text_of(scheme->object.value, "flow");
    const char *const *names = rows[with->refresh_token != NULL ? 2 : with->username != NULL];
    for (size_t i = 0; i < 6 && names[i] != NULL; i++) {
        endpoints made = endpoints_of(flows == NULL ? NULL : node_get(flows, names[i]));
        if (made.refresh != NULL)
            return made;
        if (single != NULL && strcmp(single, names[i]) == 0)
            return endpoints_of(scheme->object.value);
    }
    return (endpoints){.token = NULL};
}

static endpoints find_endpoints(const security_scheme *scheme, const grant *with, const json_t *value) {
    const char *given = auth_member(value, "tokenUrl");
    if (given != NULL)
        return (endpoints){.token = given, .refresh = given};
    bool connect = scheme->type == SECURITY_OPENID_CONNECT;
    endpoints made = connect ? (endpoints){.token = NULL} : flow_endpoints(scheme, with);
    if (made.refresh == NULL)
        made.metadata = text_of(scheme->object.value, connect ? "openIdConnectUrl" : "oauth2MetadataUrl");
    return made;
}

static bool is_http(const char *url) {
    return strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0;
}

/* Absolute; relative to the server that the operation's requests go to. NULL when it is no such URL. */
static const char *absolute(const auth_order *order, const char *written, arena *memory, bool *no_memory) {
    const char *made =
        order->server == NULL ? written : uri_resolve_reporting(order->server, written, memory, no_memory);
    return made != NULL && is_http(made) ? made : NULL;
}

/* ---- What is known ---- */

static void put_away(char **slot, const char *value) {
    free(*slot);
    *slot = value == NULL ? NULL : strdup(value);
}

static auth_token *find_token(arazzo_auth *auth, const char *key) {
    for (auth_token *at = auth->tokens; at != NULL; at = at->next)
        if (strcmp(at->key, key) == 0)
            return at;
    auth_token *made = arena_alloc(auth->memory, sizeof *made);
    const char *kept = arena_copy(auth->memory, key, strlen(key));
    if (made == NULL || kept == NULL)
        return NULL;
    *made = (auth_token){.next = auth->tokens, .key = kept};
    auth->tokens = made;
    return made;
}

/* ---- Asking ---- */

static void append_form(text *out, const char *name, const char *value) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-._";
    if (name != NULL)
        text_append_format(out, "%s%s=", out->length == 0 ? "" : "&", name);
    for (; *value != '\0'; value++) {
        if (*value == ' ')
            text_append_char(out, '+');
        else if (strchr(plain, *value) != NULL)
            text_append_char(out, *value);
        else
            text_append_format(out, "%%%02X", (unsigned)(unsigned char)*value);
    }
}

/* RFC 6749, section 2.3.1: identifier and secret are form-encoded before they become user and password. */
static void append_client(text *out, const grant *with) {
    text pair = TEXT_EMPTY;
    append_form(&pair, NULL, with->client_id);
    text_append_char(&pair, ':');
    append_form(&pair, NULL, with->client_secret);
    text_append_string(out, "Basic ");
    base64_append(out, text_peek(&pair), pair.length);
    out->failed = out->failed || pair.failed;
    text_free(&pair);
}

static void append_grant(text *body, const grant *with, const auth_state *state, bool in_body) {
    if (state->asking == ASK_REFRESH) {
        append_form(body, "grant_type", "refresh_token");
        append_form(body, "refresh_token", state->token->refresh);
    } else if (with->username != NULL) {
        append_form(body, "grant_type", "password");
        append_form(body, "username", with->username);
        append_form(body, "password", with->password == NULL ? "" : with->password);
    } else {
        append_form(body, "grant_type", "client_credentials");
    }
    if (with->scope[0] != '\0')
        append_form(body, "scope", with->scope);
    if (in_body && with->client_id != NULL)
        append_form(body, "client_id", with->client_id);
    if (in_body && with->client_secret != NULL)
        append_form(body, "client_secret", with->client_secret);
}

static auth_outcome ask_token(const grant *with, const char *endpoint, arena *memory, auth_state *state) {
    bool in_body = with->in_body || with->client_secret == NULL || with->client_id == NULL;
    text body = TEXT_EMPTY, client = TEXT_EMPTY;
    append_grant(&body, with, state, in_body);
    if (!in_body)
        append_client(&client, with);
    http_request *ask = &state->ask;
    *ask = (http_request){.method = "POST", .body_length = body.length, .stays = true};
    ask->url = arena_copy(memory, endpoint, strlen(endpoint)); /* another run may find a new one meanwhile */
    bool right = !body.failed && !client.failed && ask->url != NULL;
    ask->body = right ? arena_copy(memory, text_peek(&body), body.length) : NULL;
    right = ask->body != NULL &&
            http_headers_add(&ask->headers, memory, "Content-Type", "application/x-www-form-urlencoded") &&
            http_headers_add(&ask->headers, memory, "Accept", "application/json") &&
            (in_body || http_headers_add(&ask->headers, memory, "Authorization", text_peek(&client)));
    text_free(&body);
    text_free(&client);
    return right ? AUTH_ASK : AUTH_NO_MEMORY;
}

static auth_outcome ask_discovery(const char *url, arena *memory, auth_state *state) {
    state->ask = (http_request){.method = "GET", .url = url};
    return http_headers_add(&state->ask.headers, memory, "Accept", "application/json") ? AUTH_ASK : AUTH_NO_MEMORY;
}

/* Those that the credential names, else those that the operation asks for. */
static const char *join_scopes(const security_need *need, const json_t *value, arena *memory) {
    const json_t *given = json_object_get(value, "scopes");
    text all = TEXT_EMPTY;
    if (json_is_string(given))
        text_append_string(&all, json_string_value(given));
    for (size_t i = 0; i < json_array_size(given); i++)
        if (json_is_string(json_array_get(given, i)))
            text_append_format(&all, "%s%s", all.length == 0 ? "" : " ", json_string_value(json_array_get(given, i)));
    for (size_t i = 0; given == NULL && i < need->scope_count; i++)
        text_append_format(&all, "%s%s", i == 0 ? "" : " ", need->scopes[i]);
    const char *kept = all.failed ? NULL : arena_copy(memory, text_peek(&all), all.length);
    text_free(&all);
    return kept;
}

static const char *make_key(const char *endpoint, const grant *with, arena *memory) {
    text key = TEXT_EMPTY;
    const char *parts[] = {endpoint, with->client_id, with->username, with->refresh_token, with->scope};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        text_append_format(&key, "%s\n", parts[i] == NULL ? "" : parts[i]);
    const char *kept = key.failed ? NULL : arena_copy(memory, text_peek(&key), key.length);
    text_free(&key);
    return kept;
}

static grant read_grant(const security_need *need, const json_t *value, arena *memory) {
    const char *authentication = auth_member(value, "clientAuthentication");
    return (grant){.client_id = auth_member(value, "clientId"),
                   .client_secret = auth_member(value, "clientSecret"),
                   .username = auth_member(value, "username"),
                   .password = auth_member(value, "password"),
                   .refresh_token = auth_member(value, "refreshToken"),
                   .in_body = authentication != NULL && strcmp(authentication, "body") == 0,
                   .scope = join_scopes(need, value, memory)};
}

/* A refresh token that was given stands for the first token; once refused, it is forgotten. */
static bool seed(auth_token *token, const grant *with) {
    if (token->seeded || with->refresh_token == NULL)
        return true;
    token->seeded = true;
    token->refresh = strdup(with->refresh_token);
    return token->refresh != NULL;
}

/* Asks for a token at the URL or, where it leads to metadata only, first there for where to ask. */
static auth_outcome ask(const grant *with, bool metadata, const char *url, arena *memory, auth_state *state) {
    enum { MOST_ASKS = 16 };
    auth_token *token = state->token;
    put_away(&token->access, NULL); /* it is too old: one that is there later is another run's */
    if (++state->asks > MOST_ASKS)
        return fail(state, state->scheme, "each one has expired before it can be used");
    state->asking = token->refresh != NULL ? ASK_REFRESH : ASK_TOKEN;
    if (token->refresh == NULL && with->refresh_token != NULL && with->username == NULL)
        return fail(state, state->scheme, "its refresh token is not taken any more");
    if (metadata && token->endpoint == NULL) {
        state->asking = ASK_DISCOVERY;
        return ask_discovery(url, memory, state);
    }
    return ask_token(with, metadata ? token->endpoint : url, memory, state);
}

auth_outcome token_get(const auth_order *order, const security_need *need, const json_t *value, arena *memory,
                       auth_state *state) {
    const security_scheme *scheme = &need->scheme;
    grant with = read_grant(need, value, memory);
    bool connect = scheme->type == SECURITY_OPENID_CONNECT;
    state->scheme = scheme->name;
    if (with.scope == NULL)
        return AUTH_NO_MEMORY;
    if (with.client_id == NULL && with.username == NULL && with.refresh_token == NULL)
        return fail(state, scheme->name,
                    "its credential has neither 'token' nor 'clientId' nor 'username' nor 'refreshToken'");
    endpoints at = find_endpoints(scheme, &with, value);
    const char *written = at.metadata != NULL ? at.metadata : at.token != NULL ? at.token : at.refresh;
    if (written == NULL)
        return fail(state, scheme->name,
                    connect ? "the scheme has no 'openIdConnectUrl'"
                            : "its flows need a person: give a token that was fetched elsewhere, or 'tokenUrl'");
    bool no_memory = false;
    const char *endpoint = absolute(order, written, memory, &no_memory);
    const char *refresh = at.refresh == NULL ? endpoint : absolute(order, at.refresh, memory, &no_memory);
    if ((endpoint == NULL || refresh == NULL) && !no_memory)
        return fail(state, scheme->name, "the URL that it is fetched from is no http or https URL");
    const char *key = no_memory ? NULL : make_key(endpoint, &with, memory);
    auth_token *token = key == NULL ? NULL : find_token(order->auth, key);
    if (token == NULL || !seed(token, &with))
        return AUTH_NO_MEMORY;
    state->token = token;
    if (token->access != NULL && (token->expires <= 0 || order->now < token->expires))
        return AUTH_READY;
    return ask(&with, at.metadata != NULL, token->refresh != NULL ? refresh : endpoint, memory, state);
}

/* ---- Answers ---- */

/* The sentence of an error response (RFC 6749, section 5.2), without what could be a secret. */
static auth_outcome refuse_answer(auth_state *state, const json_t *body, int status) {
    const char *error = auth_member(body, "error"), *description = auth_member(body, "error_description");
    bool refused = error != NULL && strcmp(error, "invalid_client") == 0;
    char why[280];
    snprintf(why, sizeof why, "the server answered with status %d%s%.60s%s%.100s%s", status, error == NULL ? "" : ": ",
             error == NULL ? "" : error, description == NULL ? "" : ", ", description == NULL ? "" : description,
             refused ? " (some servers want 'clientAuthentication: body')" : "");
    return fail(state, state->scheme, why);
}

static auth_outcome take_endpoint(auth_state *state, const json_t *body) {
    const char *endpoint = auth_member(body, "token_endpoint");
    bool secure = strncasecmp(state->ask.url, "https://", 8) == 0;
    if (endpoint == NULL || !is_http(endpoint))
        return fail(state, state->scheme, "what the discovery URL answers has no 'token_endpoint'");
    if (secure && strncasecmp(endpoint, "https://", 8) != 0)
        return fail(state, state->scheme, "the token endpoint is not served over https, and the discovery URL is");
    put_away(&state->token->endpoint, endpoint);
    return state->token->endpoint == NULL ? AUTH_NO_MEMORY : AUTH_READY;
}

/* RFC 6749, section 5.1. A little before it expires a token is old. */
static auth_outcome take_token(auth_state *state, const json_t *body, double now) {
    auth_token *token = state->token;
    const char *access = auth_member(body, "access_token"), *type = auth_member(body, "token_type");
    const json_t *lifetime = json_object_get(body, "expires_in");
    if (access == NULL)
        return fail(state, state->scheme, "the answer has no 'access_token'");
    if (type != NULL && strcasecmp(type, "bearer") != 0)
        return fail(state, state->scheme, "it is of a type that is not 'Bearer'");
    double seconds = json_is_string(lifetime) ? strtod(json_string_value(lifetime), NULL) : json_number_value(lifetime);
    double early = seconds / 10 < 30 ? seconds / 10 : 30;
    const char *refresh = auth_member(body, "refresh_token");
    put_away(&token->access, access);
    if (refresh != NULL)
        put_away(&token->refresh, refresh);
    token->expires = seconds > 0 ? now + seconds - early : 0;
    state->asked = true;
    bool kept = token->access != NULL && (refresh == NULL || token->refresh != NULL);
    return kept ? AUTH_READY : AUTH_NO_MEMORY;
}

auth_outcome auth_answer(auth_state *state, const http_response *response, double now) {
    auth_token *token = state->token;
    json_t *body = NULL;
    json_text_status parsed = json_text_parse(response->body, response->body_length, &body, NULL);
    auth_outcome outcome;
    if (parsed == JSON_TEXT_NO_MEMORY) {
        outcome = AUTH_NO_MEMORY;
    } else if (response->status < 200 || response->status > 299) {
        bool another = token->access != NULL; /* another run has fetched one meanwhile: that is taken */
        if (!another)
            put_away(&token->refresh, NULL); /* then anew, from the start */
        outcome = another || state->asking == ASK_REFRESH ? AUTH_READY : refuse_answer(state, body, response->status);
    } else if (body == NULL) {
        outcome = fail(state, state->scheme, "the answer is not JSON");
    } else {
        outcome = state->asking == ASK_DISCOVERY ? take_endpoint(state, body) : take_token(state, body, now);
    }
    json_decref(body);
    return outcome;
}

bool auth_renew(auth_state *state) {
    auth_token *token = state->token;
    if (token == NULL || state->asked)
        return false;
    /* Another run may have renewed it meanwhile. */
    if (token->access != NULL && state->sent != NULL && strcmp(token->access, state->sent) == 0)
        put_away(&token->access, NULL);
    return true;
}
