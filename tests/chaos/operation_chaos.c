/* operation_chaos.c: opening OpenAPI documents, building requests and fetching tokens when memory is short. */
#include <string.h>

#include "engine/auth/auth.h"
#include "engine/operation/operation.h"
#include "engine/uri.h"
#include "tests/chaos/chaos.h"

static const char entry_text[] =
    "openapi: 3.2.0\n"
    "$self: https://doc.test/shop/api\n"
    "components: {securitySchemes: {key: {type: apiKey, in: query, name: k}, token: {type: oauth2, oauth2MetadataUrl: "
    "/meta}}}\n"
    "servers: [{url: '/{v}', variables: {v: {default: v1, enum: [v1]}}}]\n"
    "paths:\n"
    "  /far: {$ref: 'other.yaml#/it%65m'}\n"
    "  /a/{id}:\n"
    "    post:\n"
    "      operationId: post\n"
    "      security: [{key: [], token: [a, b]}]\n"
    "      parameters:\n"
    "      - {$ref: 'other.yaml#/id'}\n"
    "      - {name: d, in: query, style: deepObject, schema: {}}\n"
    "      - {name: j, in: query, content: {application/json: {$ref: 'other.yaml#/type'}}}\n"
    "      - {name: k, in: cookie, style: cookie, schema: {}}\n"
    "      requestBody:\n"
    "        content:\n"
    "          application/json: {}\n"
    "          application/x-www-form-urlencoded: {encoding: {d: {style: deepObject}, 'o[b]': {}}}\n"
    "          multipart/form-data: {schema: {$ref: 'other.yaml#/schema'}, encoding: {h: {headers: {X: {$ref: "
    "'other.yaml#/header'}}}, d: {style: deepObject}, l: {explode: false}, o.x: {}}}\n"
    "          multipart/mixed: {prefixEncoding: [{contentType: multipart/mixed}]}\n";

static const char other_text[] = "item: {get: {operationId: far}}\n"
                                 "id: {name: id, in: path, required: true, schema: {}}\n"
                                 "type: {schema: {type: object}}\n"
                                 "schema: {properties: {h: {$ref: '#/file'}}}\n"
                                 "file: {type: string, format: binary}\n"
                                 "header: {schema: {const: c}}\n";

typedef struct books {
    document *other;
} books;

static const document *open_other(void *user, const char *uri, diagnostics *list) {
    books *all = user;
    if (strcmp(uri, "https://doc.test/shop/other.yaml") != 0) {
        diagnose(list, "E0601", (place){.file = NULL}, NULL, "there is no %s", uri);
        return NULL;
    }
    if (all->other == NULL)
        all->other = document_parse(other_text, strlen(other_text), "other.yaml", NULL, list);
    return all->other;
}

static bool order_one(const api *described, const char *content_type, const char *payload_text, diagnostics *list) {
    arena *memory = arena_new();
    json_t *payload = json_loads(payload_text, JSON_DECODE_ANY, NULL);
    json_t *values = json_pack("{s:s, s:{s:{s:i}, s:[s]}, s:{s:f}, s:s, s:s}", "id", "a b", "d", "x", "y", 1, "z", "w",
                               "j", "n", 1.5, "k", "v", "h", "t");
    argument arguments[] = {
        {.name = "id", .in = PARAMETER_PATH, .value = json_object_get(values, "id")},
        {.name = "d", .in = PARAMETER_QUERY, .value = json_object_get(values, "d")},
        {.name = "j", .in = PARAMETER_QUERY, .value = json_object_get(values, "j")},
        {.name = "k", .in = PARAMETER_COOKIE, .value = json_object_get(values, "k")},
        {.name = "Accept", .in = PARAMETER_HEADER, .value = json_object_get(values, "h")},
        {.name = "Accepd", .in = PARAMETER_QUERY, .value = json_object_get(values, "h")},
    };
    request_order order = {.op = api_operation_by_id(described, "post"),
                           .arguments = arguments,
                           .argument_count = sizeof arguments / sizeof *arguments,
                           .content_type = content_type,
                           .payload = payload,
                           .files = &(arazzo_file){.name = "f", .bytes = "1", .length = 1},
                           .file_count = 1};
    http_request request;
    bool good = memory != NULL && payload != NULL && values != NULL && request_build(&order, memory, list, &request) &&
                diagnostics_clean(list);
    json_decref(payload);
    json_decref(values);
    arena_free(memory);
    return good;
}

static bool answer(auth_state *state, const char *body) {
    const http_response response = {.status = 200, .body = body, .body_length = strlen(body)};
    return auth_answer(state, &response, 0) == AUTH_READY;
}

/* The token's endpoint is looked for, a token fetched, and a second one by the refresh token. */
static bool authorize_one(const api *described, arena *memory, arazzo_auth *auth) {
    const auth_order order = {
        .auth = auth, .source = "s", .op = api_operation_by_id(described, "post"), .server = "https://doc.test/v1"};
    http_request request = {.method = "POST", .url = "https://doc.test/v1/a/b?x=%41"};
    auth_state state = {.scheme = NULL};
    return http_headers_add(&request.headers, memory, "Accept", "*/*") &&
           auth_apply(&order, memory, &request, &state) == AUTH_ASK &&
           answer(&state, "{\"token_endpoint\": \"https://doc.test/token\"}") &&
           auth_apply(&order, memory, &request, &state) == AUTH_ASK &&
           answer(&state, "{\"access_token\": \"t\", \"refresh_token\": \"r\", \"expires_in\": 0.5}") &&
           auth_apply(&(auth_order){order.auth, order.source, order.op, order.server, false, 9}, memory, &request,
                      &state) == AUTH_ASK &&
           answer(&state, "{\"access_token\": \"u\"}") && auth_apply(&order, memory, &request, &state) == AUTH_READY;
}

static bool authorize(const api *described) {
    arena *memory = arena_new();
    arazzo_auth *auth = arazzo_auth_new();
    json_t *key = json_string("k"), *client = json_pack("{s:s, s:s}", "clientId", "me", "clientSecret", "s");
    bool good = memory != NULL && auth != NULL && key != NULL && client != NULL &&
                arazzo_auth_set(auth, NULL, "key", key) && arazzo_auth_set(auth, "s", "token", client) &&
                authorize_one(described, memory, auth);
    json_decref(key);
    json_decref(client);
    arazzo_auth_free(auth);
    arena_free(memory);
    return good;
}

static bool with_description(bool (*use)(const api *described, const char *a, const char *b, diagnostics *list),
                             const char *a, const char *b) {
    books all = {.other = NULL};
    api_sources sources = {&all, open_other, NULL};
    diagnostics list;
    api *described = NULL;
    document *entry = NULL;
    if (diagnostics_init(&list))
        entry = document_parse(entry_text, strlen(entry_text), "api.yaml", NULL, &list);
    if (entry != NULL)
        described = api_open(entry, "https://doc.test/shop/api.yaml", &sources, &list);
    bool good = described != NULL && diagnostics_clean(&list) && api_operation_by_id(described, "far") != NULL &&
                use(described, a, b, &list);
    api_free(described);
    document_free(entry);
    document_free(all.other);
    diagnostics_free(&list);
    return good;
}

static bool build_requests(const char *content_type, const char *payload) {
    return with_description(order_one, content_type, payload);
}

static bool put_credentials(const api *described, const char *a, const char *b, diagnostics *list) {
    (void)a;
    (void)b;
    (void)list;
    return authorize(described);
}

static bool fetch_tokens(void) {
    return with_description(put_credentials, NULL, NULL);
}

static bool build_json(void) {
    return build_requests(NULL, "{\"a\": [1, 2.5, \"x\"]}");
}

static bool build_template(void) {
    return build_requests("application/json", "\"{\\\"a\\\": 1}\"");
}

static bool build_form(void) {
    return build_requests("application/x-www-form-urlencoded",
                          "{\"d\": {\"a\": [1]}, \"o\": {\"b\": 1}, \"l\": [1, 2]}");
}

static bool build_multipart(void) {
    return build_requests("multipart/form-data",
                          "{\"h\": \"1\", \"d\": {\"a\": {\"b\": 1}}, \"l\": [1, 2], \"o\": {\"x\": {\"y\": 1}}}");
}

static bool build_mixed(void) {
    return build_requests("multipart/mixed", "[[\"a\", {\"b\": 1}], \"c\"]");
}

static bool resolve_uris(void) {
    arena *memory = arena_new();
    bool no_memory = true;
    const char *resolved =
        memory == NULL ? NULL : uri_resolve_reporting("http://a/b/c/d;p?q", "../x y?z#f", memory, &no_memory);
    const char *path = resolved == NULL ? NULL : uri_from_path("/a b/../c", memory), *fragment;
    bool good =
        path != NULL && uri_to_path(path, memory) != NULL && uri_split_fragment(path, &fragment, memory) != NULL;
    arena_free(memory);
    return good;
}

int main(void) {
    static const chaos_case cases[] = {
        {.name = "URIs are resolved", .run = resolve_uris},
        {.name = "a request with JSON is built", .run = build_json},
        {.name = "a request with a JSON template is built", .run = build_template},
        {.name = "a request with a form is built", .run = build_form},
        {.name = "a request with parts is built", .run = build_multipart},
        {.name = "a request with nested parts is built", .run = build_mixed},
        {.name = "tokens are fetched", .run = fetch_tokens},
        {.name = NULL},
    };
    return chaos_run(cases);
}
