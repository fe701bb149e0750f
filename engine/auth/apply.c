/*
 * apply.c: which alternative of a security requirement is satisfied, and what that puts on the request.
 *
 * An alternative counts when for each of its schemes there is a credential, or the request carries something in its
 * place already: what a step gives explicitly wins (S27). Client certificates are the connection's affair.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "engine/auth/auth_internal.h"
#include "engine/uri.h"

typedef struct application {
    const auth_order *order;
    arena *memory;
    http_request made;
    auth_state *state;
    bool no_memory;
} application;

/* ---- What the request has already ---- */

static bool query_has(const char *url, const char *name, arena *memory) {
    const char *at = strchr(url, '?');
    while (at != NULL && *at != '\0' && *at != '#') {
        size_t key = strcspn(++at, "=&#");
        char *written = arena_copy(memory, at, key);
        const char *decoded = written == NULL ? NULL : uri_percent_decode(written, memory);
        if (decoded != NULL && strcmp(decoded, name) == 0)
            return true;
        at += strcspn(at, "&#");
    }
    return false;
}

static bool cookie_has(const http_request *request, const char *name) {
    const char *at = http_headers_get(&request->headers, "Cookie");
    size_t length = strlen(name);
    for (; at != NULL && *at != '\0'; at += strcspn(at, ";")) {
        at += strspn(at, "; ");
        if (strncmp(at, name, length) == 0 && at[length] == '=')
            return true;
    }
    return false;
}

static bool is_given(const security_scheme *scheme, const http_request *request, arena *memory) {
    if (scheme->type != SECURITY_API_KEY)
        return http_headers_get(&request->headers, "Authorization") != NULL;
    if (scheme->in == PARAMETER_QUERY)
        return query_has(request->url, scheme->parameter, memory);
    if (scheme->in == PARAMETER_COOKIE)
        return cookie_has(request, scheme->parameter);
    return http_headers_get(&request->headers, scheme->parameter) != NULL;
}

/* ---- Which alternative ---- */

static bool can_satisfy(const auth_order *order, const security_need *need, const http_request *request,
                        arena *memory) {
    bool certificate = need->scheme.type == SECURITY_MUTUAL_TLS;
    if (!certificate && is_given(&need->scheme, request, memory))
        return true;
    if (need->scheme.type == SECURITY_OTHER || order->auth == NULL)
        return false;
    if (certificate)
        return order->auth->certificate || order->auth->pretend;
    return order->auth->pretend || auth_find(order->auth, order->source, need->scheme.name) != NULL;
}

/* The first with credentials that all are there; else the one that wants none; else NULL. */
static const security_alternative *choose(const auth_order *order, const security_requirement *wanted,
                                          const http_request *request, arena *memory) {
    const security_alternative *open = NULL;
    for (size_t i = 0; i < wanted->count; i++) {
        const security_alternative *at = &wanted->items[i];
        bool right = at->count > 0;
        if (at->count == 0)
            open = at;
        for (size_t j = 0; right && j < at->count; j++)
            right = can_satisfy(order, &at->needs[j], request, memory);
        if (right)
            return at;
    }
    return open;
}

/* "'bearerAuth' (http bearer), or 'key' (apiKey) and 'id' (apiKey)" */
static void say_wanted(const security_requirement *wanted, char *why, size_t size) {
    size_t used = 0;
    for (size_t i = 0; i < wanted->count; i++)
        for (size_t j = 0; j < wanted->items[i].count && used < size; j++) {
            const security_scheme *scheme = &wanted->items[i].needs[j].scheme;
            int more = snprintf(why + used, size - used, "%s'%s' (%s)",
                                j > 0      ? " and "
                                : used > 0 ? ", or "
                                           : "",
                                scheme->name, security_type_name(scheme->type));
            used += more < 0 ? 0 : (size_t)more;
        }
}

/* ---- Putting it on ---- */

static void set_header(application *a, const char *name, const char *value) {
    if (!http_headers_add(&a->made.headers, a->memory, name, value))
        a->no_memory = true;
}

static void set_authorization(application *a, const char *scheme, const text *value) {
    text whole = TEXT_EMPTY;
    text_append_format(&whole, "%s %s", scheme, text_peek(value));
    a->no_memory = a->no_memory || whole.failed || value->failed;
    if (!a->no_memory)
        set_header(a, "Authorization", text_peek(&whole));
    text_free(&whole);
}

/* Percent-encodes all but what is unreserved (RFC 3986, section 2.3). */
static void append_encoded_value(text *out, const char *value) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *value != '\0'; value++) {
        if (strchr(plain, *value) != NULL)
            text_append_char(out, *value);
        else
            text_append_format(out, "%%%02X", (unsigned)(unsigned char)*value);
    }
}

static void add_query_key(application *a, const char *name, const char *key) {
    text url = TEXT_EMPTY;
    text_append_format(&url, "%s%c", a->made.url, strchr(a->made.url, '?') == NULL ? '?' : '&');
    append_encoded_value(&url, name);
    text_append_char(&url, '=');
    append_encoded_value(&url, key);
    a->made.url = url.failed ? NULL : arena_copy(a->memory, text_peek(&url), url.length);
    a->no_memory = a->no_memory || a->made.url == NULL;
    text_free(&url);
}

static void add_cookie(application *a, const char *name, const char *key) {
    text value = TEXT_EMPTY;
    http_header *known = NULL;
    for (size_t i = 0; i < a->made.headers.count; i++)
        if (strcasecmp(a->made.headers.items[i].name, "Cookie") == 0)
            known = &a->made.headers.items[i];
    if (known != NULL)
        text_append_format(&value, "%s; ", known->value);
    text_append_format(&value, "%s=", name);
    append_encoded_value(&value, key);
    const char *kept = value.failed ? NULL : arena_copy(a->memory, text_peek(&value), value.length);
    a->no_memory = a->no_memory || kept == NULL;
    if (kept != NULL && known != NULL)
        known->value = kept;
    else if (kept != NULL)
        set_header(a, "Cookie", kept);
    text_free(&value);
}

static bool has_line_break(const char *value) {
    return strpbrk(value, "\r\n") != NULL;
}

static auth_outcome refuse_value(application *a, const security_scheme *scheme, const char *wanted) {
    snprintf(a->state->why, sizeof a->state->why, "the credential of '%s' must be %s", scheme->name, wanted);
    return AUTH_FAILED;
}

static auth_outcome put_key(application *a, const security_scheme *scheme, const char *key) {
    if (key == NULL)
        return refuse_value(a, scheme, "a string: the key");
    if (has_line_break(key))
        return refuse_value(a, scheme, "without line breaks");
    if (scheme->in == PARAMETER_QUERY)
        add_query_key(a, scheme->parameter, key);
    else if (scheme->in == PARAMETER_COOKIE)
        add_cookie(a, scheme->parameter, key);
    else
        set_header(a, scheme->parameter, key);
    return AUTH_READY;
}

/* `user:password`, from a string or an object of both. NULL when it is neither. */
static const char *user_and_password(application *a, const json_t *value) {
    const char *whole = json_string_value(value), *user = auth_member(value, "username");
    if (whole != NULL)
        return strchr(whole, ':') == NULL ? NULL : whole;
    const char *password = auth_member(value, "password");
    if (user == NULL || password == NULL)
        return NULL;
    text made = TEXT_EMPTY;
    text_append_format(&made, "%s:%s", user, password);
    const char *kept = made.failed ? NULL : arena_copy(a->memory, text_peek(&made), made.length);
    a->no_memory = a->no_memory || kept == NULL;
    text_free(&made);
    return kept;
}

static auth_outcome put_user(application *a, const security_scheme *scheme, const json_t *value) {
    const char *pair = user_and_password(a, value);
    if (pair == NULL)
        return a->no_memory ? AUTH_NO_MEMORY : refuse_value(a, scheme, "'user:password'");
    if (has_line_break(pair))
        return refuse_value(a, scheme, "without line breaks");
    if (scheme->type == SECURITY_DIGEST) {
        a->made.digest = arena_copy(a->memory, pair, strlen(pair));
        a->no_memory = a->no_memory || a->made.digest == NULL;
        return AUTH_READY;
    }
    text encoded = TEXT_EMPTY;
    base64_append(&encoded, pair, strlen(pair));
    set_authorization(a, "Basic", &encoded);
    text_free(&encoded);
    return AUTH_READY;
}

/* `scheme credentials` (RFC 9110, section 11.4). */
static auth_outcome put_credentials(application *a, const security_scheme *scheme, const char *written,
                                    const char *credentials) {
    if (credentials == NULL)
        return refuse_value(a, scheme, "a string: the token");
    if (has_line_break(credentials))
        return refuse_value(a, scheme, "without line breaks");
    text value = TEXT_EMPTY;
    text_append_string(&value, credentials);
    set_authorization(a, written, &value);
    text_free(&value);
    return AUTH_READY;
}

static auth_outcome put_bearer(application *a, const security_scheme *scheme, const char *token) {
    return put_credentials(a, scheme, "Bearer", token);
}

/* A scheme that is not known here: who gives its credentials knows what they look like. */
static auth_outcome put_http(application *a, const security_scheme *scheme, const char *credentials) {
    return put_credentials(a, scheme, node_string(node_get(scheme->object.value, "scheme"), NULL), credentials);
}

/* A token as given, else one that is fetched. */
static auth_outcome put_token(application *a, const security_need *need, const json_t *value) {
    const char *token = json_is_string(value) ? json_string_value(value) : auth_member(value, "token");
    if (token != NULL)
        return put_bearer(a, &need->scheme, token);
    if (!json_is_object(value))
        return refuse_value(a, &need->scheme, "a token, or an object with clientId and clientSecret");
    auth_outcome outcome = token_get(a->order, need, value, a->memory, a->state);
    if (outcome != AUTH_READY)
        return outcome;
    const char *access = a->state->token->access;
    a->state->sent = arena_copy(a->memory, access, strlen(access));
    return a->state->sent == NULL ? AUTH_NO_MEMORY : put_bearer(a, &need->scheme, access);
}

static auth_outcome put_pretended(application *a, const security_scheme *scheme) {
    json_t *value = json_string(scheme->type == SECURITY_BASIC || scheme->type == SECURITY_DIGEST ? AUTH_PRETENDED
                                    ":" AUTH_PRETENDED
                                                                                                  : AUTH_PRETENDED);
    if (value == NULL)
        return AUTH_NO_MEMORY;
    auth_outcome outcome = scheme->type == SECURITY_API_KEY ? put_key(a, scheme, AUTH_PRETENDED)
                           : scheme->type == SECURITY_BASIC || scheme->type == SECURITY_DIGEST
                               ? put_user(a, &(security_scheme){.name = scheme->name, .type = SECURITY_BASIC}, value)
                           : scheme->type == SECURITY_HTTP ? put_http(a, scheme, AUTH_PRETENDED)
                                                           : put_bearer(a, scheme, AUTH_PRETENDED);
    json_decref(value);
    return outcome;
}

static auth_outcome satisfy(application *a, const security_need *need) {
    const security_scheme *scheme = &need->scheme;
    if (scheme->type == SECURITY_MUTUAL_TLS || is_given(scheme, &a->made, a->memory))
        return AUTH_READY;
    const json_t *value = auth_find(a->order->auth, a->order->source, scheme->name);
    bool fetched = scheme->type == SECURITY_OAUTH2 || scheme->type == SECURITY_OPENID_CONNECT;
    bool has_token = json_is_string(value) || auth_member(value, "token") != NULL;
    if (a->order->dry && fetched && !has_token && value != NULL)
        return put_bearer(a, scheme, "TOKEN");
    if (a->order->auth->pretend && (value == NULL || (fetched && !has_token)))
        return put_pretended(a, scheme);
    switch (scheme->type) {
    case SECURITY_API_KEY:
        return put_key(a, scheme, json_string_value(value));
    case SECURITY_BASIC:
    case SECURITY_DIGEST:
        return put_user(a, scheme, value);
    case SECURITY_BEARER:
        return put_bearer(a, scheme, json_is_string(value) ? json_string_value(value) : auth_member(value, "token"));
    case SECURITY_HTTP:
        return put_http(a, scheme, json_string_value(value));
    case SECURITY_OAUTH2:
    case SECURITY_OPENID_CONNECT:
        return put_token(a, need, value);
    case SECURITY_MUTUAL_TLS:
    case SECURITY_OTHER:
        break;
    }
    return AUTH_READY;
}

/* The request with headers of its own, which can be changed without changing the one that was given. */
static bool own_headers(application *a, const http_request *request) {
    a->made = *request;
    a->made.headers = (http_headers){.items = NULL};
    for (size_t i = 0; i < request->headers.count; i++)
        set_header(a, request->headers.items[i].name, request->headers.items[i].value);
    return !a->no_memory;
}

auth_outcome auth_apply(const auth_order *order, arena *memory, http_request *request, auth_state *state) {
    security_requirement wanted;
    application a = {.order = order, .memory = memory, .state = state};
    if (!operation_security(order->op, memory, &wanted))
        return AUTH_NO_MEMORY;
    const security_alternative *chosen = choose(order, &wanted, request, memory);
    if (chosen == NULL && wanted.count > 0) {
        say_wanted(&wanted, state->why, sizeof state->why);
        return AUTH_MISSING;
    }
    if (chosen == NULL || chosen->count == 0)
        return AUTH_READY;
    if (!own_headers(&a, request))
        return AUTH_NO_MEMORY;
    for (size_t i = 0; i < chosen->count; i++) {
        auth_outcome outcome = satisfy(&a, &chosen->needs[i]);
        if (a.no_memory || outcome != AUTH_READY)
            return a.no_memory ? AUTH_NO_MEMORY : outcome;
    }
    *request = a.made;
    return AUTH_READY;
}
