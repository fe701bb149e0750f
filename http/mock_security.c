/*
 * mock_security.c: were credentials sent where security is declared (OpenAPI 3.1.1, "Security Requirement Object")?
 * Whether they are right is not asked: any will do.
 */
#include <string.h>
#include <strings.h>

#include "engine/uri.h"
#include "http/mock_internal.h"

static const char *field(located object, const char *name) {
    const node *value = object.value == NULL ? NULL : node_get(object.value, name);
    const char *string = value == NULL ? NULL : node_string(value, NULL);
    return string == NULL ? "" : string;
}

/* A parameter of that name in the query, with something as its value. */
static bool query_has(const char *target, const char *name, arena *memory) {
    const char *at = strchr(target, '?');
    while (at != NULL && *at != '\0') {
        size_t length = strcspn(++at, "&"), to = strcspn(at, "=&");
        char *key = arena_copy(memory, at, to);
        const char *decoded = key == NULL ? NULL : uri_percent_decode(key, memory);
        if (decoded != NULL && strcmp(decoded, name) == 0 && length > to + 1)
            return true;
        at += length;
    }
    return false;
}

static bool cookie_has(const http_incoming *request, const char *name) {
    size_t length = strlen(name);
    for (size_t i = 0; i < request->headers.count; i++) {
        if (strcasecmp(request->headers.items[i].name, "Cookie") != 0)
            continue;
        for (const char *at = request->headers.items[i].value; *at != '\0'; at += strcspn(at, ";")) {
            at += strspn(at, "; ");
            if (strncmp(at, name, length) == 0 && at[length] == '=')
                return true;
        }
    }
    return false;
}

static bool header_has(const http_incoming *request, const char *name) {
    const char *value = http_headers_get(&request->headers, name);
    return value != NULL && value[0] != '\0';
}

static located find_scheme(const api *description, const char *name) {
    const document *owner = api_document(description);
    const node *root = document_root(owner), *components = node_get(root, "components");
    const node *map =
        components == NULL ? node_get(root, "securityDefinitions") : node_get(components, "securitySchemes");
    const node *found = map == NULL ? NULL : node_get(map, name);
    return api_resolve(description, (located){owner, found});
}

/* Where an apiKey is looked for: "header", "query", "cookie"; every other scheme is in the header Authorization. */
static bool is_met(located scheme, const http_incoming *request, arena *memory) {
    const char *type = field(scheme, "type"), *in = field(scheme, "in"), *name = field(scheme, "name");
    static const char *const by_header[] = {"apiKey", "http", "basic", "oauth2", "openIdConnect"};
    bool known = false;
    for (size_t i = 0; i < sizeof by_header / sizeof *by_header; i++)
        known = known || strcmp(type, by_header[i]) == 0;
    if (!known)
        return true; /* mutualTLS, and what nobody can satisfy */
    if (strcmp(type, "apiKey") != 0)
        return header_has(request, "Authorization");
    if (strcmp(in, "query") == 0)
        return query_has(request->target, name, memory);
    return strcmp(in, "cookie") == 0 ? cookie_has(request, name) : header_has(request, name);
}

/* "the header Authorization (apiKeyAuth)" */
static void append_scheme(text *out, located scheme, const char *name) {
    bool key = strcmp(field(scheme, "type"), "apiKey") == 0;
    const char *in = field(scheme, "in");
    const char *location = strcmp(in, "query") == 0    ? "query parameter"
                           : strcmp(in, "cookie") == 0 ? "cookie"
                                                       : "header";
    text_append_format(out, "the %s %s (%s)", key ? location : "header", key ? field(scheme, "name") : "Authorization",
                       name);
}

static const char *challenge_of(located scheme) {
    const char *type = field(scheme, "type"), *name = field(scheme, "scheme");
    if (strcmp(type, "apiKey") == 0 || strcmp(type, "mutualTLS") == 0)
        return NULL;
    return strcmp(type, "basic") == 0 || strcasecmp(name, "basic") == 0 ? "Basic realm=\"mock\"" : "Bearer";
}

/* One alternative: all its schemes must be met. Appends what is not. */
static bool alternative_is_met(const api *description, const node *schemes, const http_incoming *request, arena *memory,
                               text *lacking, const char **challenge) {
    bool met = true;
    for (size_t i = 0; i < node_count(schemes); i++) {
        const char *name = node_string(node_key(schemes, i), NULL);
        located scheme = find_scheme(description, name);
        if (is_met(scheme, request, memory))
            continue;
        text_append_string(lacking, !met ? " and " : lacking->length > 0 ? ", or " : "");
        append_scheme(lacking, scheme, name);
        *challenge = *challenge == NULL ? challenge_of(scheme) : *challenge;
        met = false;
    }
    return met;
}

const char *mock_missing_credentials(const operation *op, const http_incoming *request, arena *memory,
                                     const char **challenge) {
    const api *description = operation_api(op);
    const node *alternatives = node_get(operation_object(op).value, "security");
    text lacking = TEXT_EMPTY, sentence = TEXT_EMPTY;
    bool met = false;
    *challenge = NULL;
    if (alternatives == NULL)
        alternatives = node_get(document_root(api_document(description)), "security");
    if (alternatives == NULL || node_count(alternatives) == 0)
        return NULL;
    for (size_t i = 0; i < node_count(alternatives) && !met; i++)
        met = alternative_is_met(description, node_item(alternatives, i), request, memory, &lacking, challenge);
    text_append_format(&sentence, "the operation asks for credentials, and none were sent: it takes %s",
                       text_peek(&lacking));
    const char *kept =
        met || lacking.failed || sentence.failed ? NULL : arena_copy(memory, text_peek(&sentence), sentence.length);
    text_free(&lacking);
    text_free(&sentence);
    return met ? NULL : kept == NULL ? "the operation asks for credentials, and none were sent" : kept;
}
