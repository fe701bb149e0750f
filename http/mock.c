/*
 * mock.c: routes by path template; answers with the first success status, a body from examples or made up from the
 * schema.
 *
 * 401 where security is declared and nothing was sent, 404 and 405 with a JSON sentence. `Prefer: code=409` asks for
 * another declared answer.
 */
#include "http/mock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/nearest.h"
#include "base/text.h"
#include "engine/schema/sample.h"
#include "runtime-expr/json_text.h"

struct http_mock {
    const api **documents;
    size_t count;
    http_mock_options options;
    http_server *server;
};

/* ---- Answers ---- */

static bool add_header(arena *memory, http_answer *answer, const char *name, const char *value) {
    return http_headers_add(&answer->response.headers, memory, name, value);
}

static void answer_body(arena *memory, http_answer *answer, int status, const char *type, const text *body) {
    answer->response.status = status;
    answer->response.body = body->failed ? "" : arena_copy(memory, text_peek(body), body->length);
    answer->response.body_length = answer->response.body == NULL || body->failed ? 0 : body->length;
    if (answer->response.body == NULL)
        answer->response.body = "";
    if (type != NULL && answer->response.body_length > 0)
        add_header(memory, answer, "Content-Type", type);
}

static void answer_problem(arena *memory, http_answer *answer, int status, const char *sentence) {
    text body = TEXT_EMPTY;
    json_t *object = json_pack("{s:s}", "message", sentence);
    if (object != NULL)
        json_text_append(&body, object);
    answer_body(memory, answer, status, "application/json", &body);
    text_free(&body);
    json_decref(object);
}

/* ---- Security: was anything sent for one of the alternatives? ---- */

static bool query_has(const char *target, const char *name) {
    const char *query = strchr(target, '?');
    size_t length = strlen(name);
    for (const char *at = query; at != NULL; at = strchr(at + 1, '&'))
        if (strncmp(at + 1, name, length) == 0 &&
            (at[1 + length] == '=' || at[1 + length] == '&' || at[1 + length] == '\0'))
            return true;
    return false;
}

static bool cookie_has(const http_incoming *request, const char *name) {
    const char *cookies = http_headers_get(&request->headers, "Cookie"),
               *found = cookies == NULL ? NULL : strstr(cookies, name);
    return found != NULL && found[strlen(name)] == '=';
}

static const char *string_field(located object, const char *name) {
    const node *value = object.value == NULL ? NULL : node_get(object.value, name);
    const char *string = value == NULL ? NULL : node_string(value, NULL);
    return string == NULL ? "" : string;
}

static located security_scheme(const api *description, const char *name) {
    const document *owner = api_document(description);
    const node *root = document_root(owner), *components = node_get(root, "components");
    const node *map =
        components == NULL ? node_get(root, "securityDefinitions") : node_get(components, "securitySchemes");
    const node *found = map == NULL ? NULL : node_get(map, name);
    return api_resolve(description, (located){owner, found});
}

static bool scheme_is_met(const api *description, const char *name, const http_incoming *request) {
    located scheme = security_scheme(description, name);
    const char *type = string_field(scheme, "type"), *in = string_field(scheme, "in");
    if (strcmp(type, "apiKey") == 0 && strcmp(in, "query") == 0)
        return query_has(request->target, string_field(scheme, "name"));
    if (strcmp(type, "apiKey") == 0 && strcmp(in, "cookie") == 0)
        return cookie_has(request, string_field(scheme, "name"));
    if (strcmp(type, "apiKey") == 0)
        return http_headers_get(&request->headers, string_field(scheme, "name")) != NULL;
    if (strcmp(type, "mutualTLS") == 0 || scheme.value == NULL)
        return true;
    return http_headers_get(&request->headers, "Authorization") != NULL;
}

static bool is_allowed(const operation *op, const http_incoming *request) {
    const api *description = operation_api(op);
    const node *alternatives = node_get(operation_object(op).value, "security");
    if (alternatives == NULL)
        alternatives = node_get(document_root(api_document(description)), "security");
    if (alternatives == NULL || node_count(alternatives) == 0)
        return true;
    for (size_t i = 0; i < node_count(alternatives); i++) {
        const node *schemes = node_item(alternatives, i);
        bool met = true;
        for (size_t j = 0; met && j < node_count(schemes); j++)
            met = scheme_is_met(description, node_string(node_key(schemes, j), NULL), request);
        if (met)
            return true;
    }
    return false;
}

/* ---- Responses ---- */

/* The status to answer with: what `Prefer: code=` asks for, else the first of 2xx, else the first declared. */
static int choose_status(const operation *op, const http_incoming *request) {
    const node *map = node_get(operation_object(op).value, "responses");
    const char *prefer = http_headers_get(&request->headers, "Prefer"),
               *code = prefer == NULL ? NULL : strstr(prefer, "code=");
    int wanted = code == NULL ? 0 : atoi(code + 5), first = 0;
    if (wanted >= 200 && wanted < 600)
        return wanted;
    for (size_t i = 0; map != NULL && i < node_count(map); i++) {
        const char *name = node_string(node_key(map, i), NULL);
        int status = atoi(name);
        if (strcasecmp(name, "2XX") == 0)
            status = 200;
        if (status >= 200 && status < 300)
            return status;
        first = first == 0 && status >= 200 ? status : first;
    }
    return first == 0 ? 200 : first;
}

static bool is_json(const char *type) {
    return strstr(type, "json") != NULL;
}

/* The media type to answer in: JSON where there is a choice. OpenAPI 2.0 keeps the schema in the response itself. */
static bool choose_media_type(const operation *op, located response, media_type *out) {
    const node *content = node_get(response.value, "content"), *schema = node_get(response.value, "schema");
    if (schema != NULL) {
        *out = (media_type){.name = "application/json", .object = response, .schema = {response.owner, schema}};
        return true;
    }
    for (size_t pass = 0; content != NULL && pass < 2; pass++)
        for (size_t i = 0; i < node_count(content); i++) {
            const char *name = node_string(node_key(content, i), NULL);
            if (pass == 0 && !is_json(name))
                continue;
            located object = api_resolve(operation_api(op), (located){response.owner, node_value(content, i)});
            const node *own = object.value == NULL ? NULL : node_get(object.value, "schema");
            if (own == NULL && object.value != NULL)
                own = node_get(object.value, "itemSchema");
            *out = (media_type){.name = name, .object = object, .schema = {object.owner, own}};
            return object.value != NULL;
        }
    return false;
}

/* Text as it is, events one by one, everything else as JSON. */
static void append_body(text *out, const char *type, const json_t *value) {
    if (strncmp(type, "text/event-stream", 17) == 0) {
        size_t count = json_is_array(value) ? json_array_size(value) : 1;
        for (size_t i = 0; i < count; i++) {
            text_append_string(out, "data: ");
            json_text_append(out, json_is_array(value) ? json_array_get(value, i) : value);
            text_append_string(out, "\n\n");
        }
    } else if (json_is_string(value) && !is_json(type)) {
        text_append(out, json_string_value(value), json_string_length(value));
    } else {
        json_text_append(out, value);
    }
}

static void add_declared_headers(const operation *op, located response, arena *memory, http_answer *answer) {
    const node *map = node_get(response.value, "headers");
    for (size_t i = 0; map != NULL && i < node_count(map); i++) {
        located object = api_resolve(operation_api(op), (located){response.owner, node_value(map, i)});
        const node *example = object.value == NULL ? NULL : node_get(object.value, "example");
        const node *schema = object.value == NULL ? NULL : node_get(object.value, "schema");
        json_t *value = example != NULL  ? node_json(example)
                        : schema != NULL ? sample_schema(operation_api(op), (located){object.owner, schema})
                                         : NULL;
        text shown = TEXT_EMPTY;
        if (json_is_string(value))
            text_append_string(&shown, json_string_value(value));
        else if (value != NULL)
            json_text_append(&shown, value);
        if (!shown.failed && strpbrk(text_peek(&shown), "\r\n") == NULL && shown.length > 0)
            add_header(memory, answer, node_string(node_key(map, i), NULL), text_peek(&shown));
        text_free(&shown);
        json_decref(value);
    }
}

static void answer_operation(const operation *op, const http_incoming *request, arena *memory, http_answer *answer) {
    int status = choose_status(op, request);
    located response = operation_response(op, status);
    answer->response.status = status;
    media_type type;
    if (response.value == NULL)
        return;
    if (status != 204 && status != 304 && choose_media_type(op, response, &type)) {
        json_t *value = sample_media_type(operation_api(op), &type);
        text body = TEXT_EMPTY;
        if (value != NULL)
            append_body(&body, type.name, value);
        answer_body(memory, answer, status, strchr(type.name, '*') != NULL ? "application/json" : type.name, &body);
        text_free(&body);
        json_decref(value);
    }
    add_declared_headers(op, response, memory, answer);
}

/* ---- Routing ---- */

/* The path below the document's server, when the request's starts with the server's. */
static const char *below_server(const api *description, const char *path, arena *memory) {
    const operation *any = api_operation(description, 0);
    diagnostics list;
    if (any == NULL || !diagnostics_init(&list))
        return path;
    const char *server = operation_server(any, memory, &list);
    diagnostics_free(&list);
    const char *host = server == NULL ? NULL : strstr(server, "://");
    const char *base = host == NULL ? NULL : strchr(host + 3, '/');
    size_t length = base == NULL ? 0 : strlen(base);
    while (length > 0 && base[length - 1] == '/')
        length--;
    return length > 0 && strncmp(path, base, length) == 0 && path[length] == '/' ? path + length : path;
}

static const operation *route(const http_mock *serving, const http_incoming *request, arena *memory, bool *known) {
    char *path = arena_copy(memory, request->target, strcspn(request->target, "?"));
    *known = false;
    for (size_t i = 0; path != NULL && i < serving->count; i++) {
        bool here;
        const operation *op = api_operation_for(serving->documents[i], request->method, path, &here);
        *known = *known || here;
        const char *below = op != NULL ? path : below_server(serving->documents[i], path, memory);
        if (op == NULL && below != path) {
            op = api_operation_for(serving->documents[i], request->method, below, &here);
            *known = *known || here;
        }
        if (op != NULL)
            return op;
    }
    return NULL;
}

static void answer_unknown(const http_mock *serving, const http_incoming *request, bool known, arena *memory,
                           http_answer *answer) {
    text sentence = TEXT_EMPTY;
    size_t length = strcspn(request->target, "?");
    nearest search;
    nearest_start(&search, request->target, length);
    for (size_t i = 0; i < serving->count; i++)
        for (size_t j = 0; j < api_operation_count(serving->documents[i]); j++)
            nearest_try(&search, operation_path(api_operation(serving->documents[i], j)));
    if (known)
        text_append_format(&sentence, "the path does not take %s", request->method);
    else
        text_append_format(&sentence, "no operation has the path %.*s", (int)length, request->target);
    if (!known && search.best != NULL)
        text_append_format(&sentence, "; did you mean %s?", search.best);
    answer_problem(memory, answer, known ? 405 : 404, sentence.failed ? "" : text_peek(&sentence));
    text_free(&sentence);
}

static void handle(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    const http_mock *serving = user;
    bool known;
    const operation *op = route(serving, request, memory, &known);
    answer->response.body = "";
    if (op == NULL)
        answer_unknown(serving, request, known, memory, answer);
    else if (!is_allowed(op, request))
        answer_problem(memory, answer, 401, "the operation asks for credentials, and none were sent");
    else
        answer_operation(op, request, memory, answer);
    if (serving->options.log != NULL)
        serving->options.log(serving->options.user, request, &answer->response);
}

http_mock *http_mock_start(const api *const *documents, size_t count, const http_mock_options *options, char *error,
                           size_t error_size) {
    http_mock *serving = calloc(1, sizeof *serving);
    const api **kept = calloc(count + 1, sizeof(api *));
    if (serving == NULL || kept == NULL) {
        snprintf(error, error_size, "memory ran short");
        free(serving);
        free(kept);
        return NULL;
    }
    if (options != NULL)
        serving->options = *options;
    for (size_t i = 0; i < count; i++)
        kept[i] = documents[i];
    serving->documents = kept;
    serving->count = count;
    serving->server = http_server_start(&serving->options.server, handle, serving, error, error_size);
    if (serving->server == NULL) {
        free(kept);
        free(serving);
        return NULL;
    }
    return serving;
}

const char *http_mock_url(const http_mock *serving) {
    return http_server_url(serving->server);
}

void http_mock_stop(http_mock *serving) {
    if (serving == NULL)
        return;
    http_server_stop(serving->server);
    free(serving->documents);
    free(serving);
}
