/*
 * mock_answer.c: the answer that an operation's document declares: the first success status, headers, and a body from
 * examples or made up from the schema. `Prefer: code=409` and `Prefer: example=name` ask for another one, as other
 * mocks have it.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/schema/sample.h"
#include "http/mock_internal.h"

/* ---- What the request prefers (RFC 7240) ---- */

/* The value of a preference, in `memory`; NULL: there is none. */
static const char *preference(const http_incoming *request, const char *name, arena *memory) {
    size_t length = strlen(name);
    for (size_t i = 0; i < request->headers.count; i++) {
        if (strcasecmp(request->headers.items[i].name, "Prefer") != 0)
            continue;
        for (const char *at = request->headers.items[i].value; *at != '\0'; at += strcspn(at, ",;")) {
            at += strspn(at, ",; \t");
            if (strncasecmp(at, name, length) != 0 || at[length] != '=')
                continue;
            const char *value = at + length + 1;
            bool quoted = *value == '"';
            value += quoted;
            return arena_copy(memory, value, strcspn(value, quoted ? "\"" : ",; \t"));
        }
    }
    return NULL;
}

/* True when an Accept header names the media type, by itself or by a range; also when there is none. */
static bool is_accepted(const http_incoming *request, const char *name) {
    const char *accept = http_headers_get(&request->headers, "Accept");
    size_t length = strcspn(name, "; "), main_length = strcspn(name, "/;") + 1;
    if (accept == NULL)
        return true;
    for (const char *at = accept; *at != '\0'; at += strcspn(at, ",")) {
        at += strspn(at, ", \t");
        size_t range = strcspn(at, ",; \t");
        if ((range == length && strncasecmp(at, name, length) == 0) || (range == 3 && strncmp(at, "*/*", 3) == 0) ||
            (range == main_length + 1 && at[main_length] == '*' && strncasecmp(at, name, main_length) == 0))
            return true;
    }
    return false;
}

/* ---- Which response ---- */

/* The status that a key of the Responses Object stands for: "201", "2XX", "default" (0); -1: none. */
static int status_of(const char *key) {
    if (strcmp(key, "default") == 0)
        return 0;
    if (strlen(key) != 3 || key[0] < '1' || key[0] > '5')
        return -1;
    return strcasecmp(key + 1, "XX") == 0 ? (key[0] - '0') * 100 : atoi(key);
}

/* The first of 2xx, else `default` as 200, else the first that ends an exchange. */
static int first_success(const operation *op) {
    const node *map = node_get(operation_object(op).value, "responses");
    int other = 0;
    bool otherwise = false;
    for (size_t i = 0; map != NULL && i < node_count(map); i++) {
        int status = status_of(node_string(node_key(map, i), NULL));
        if (status >= 200 && status < 300)
            return status;
        otherwise = otherwise || status == 0;
        other = other == 0 && status >= 300 ? status : other;
    }
    return otherwise || other == 0 ? 200 : other;
}

static int choose_status(const operation *op, const http_incoming *request, arena *memory) {
    const char *code = preference(request, "code", memory);
    int wanted = code == NULL ? 0 : atoi(code);
    return wanted >= 200 && wanted < 600 ? wanted : first_success(op);
}

/* ---- Which media type ---- */

/* What is wanted of a type in turn: JSON that is accepted, anything that is accepted, JSON, anything. */
static bool is_wanted(const http_incoming *request, const char *name, int pass) {
    return (pass % 2 == 1 || mock_is_json(name)) && (pass > 1 || is_accepted(request, name));
}

enum { PASSES = 4 };

/* OpenAPI 2.0: the response itself has the schema, and `produces` (the operation's or the document's) the types. */
static media_type swagger_type(const operation *op, located response, const http_incoming *request) {
    const node *list = node_get(operation_object(op).value, "produces");
    const char *name = NULL;
    if (list == NULL)
        list = node_get(document_root(api_document(operation_api(op))), "produces");
    for (int pass = 0; pass < PASSES && name == NULL; pass++)
        for (size_t i = 0; list != NULL && i < node_count(list) && name == NULL; i++) {
            const char *one = node_string(node_item(list, i), NULL);
            if (one != NULL && is_wanted(request, one, pass))
                name = one;
        }
    return (media_type){.name = name == NULL ? "application/json" : name,
                        .object = response,
                        .schema = {response.owner, node_get(response.value, "schema")}};
}

static bool choose_media_type(const operation *op, located response, const http_incoming *request, media_type *out) {
    const node *content = node_get(response.value, "content");
    if (api_version_of(operation_api(op)) == API_SWAGGER_2_0) {
        *out = swagger_type(op, response, request);
        return out->schema.value != NULL || node_get(response.value, "examples") != NULL;
    }
    for (int pass = 0; pass < PASSES; pass++)
        for (size_t i = 0; content != NULL && i < node_count(content); i++) {
            const char *name = node_string(node_key(content, i), NULL);
            located object = api_resolve(operation_api(op), (located){response.owner, node_value(content, i)});
            if (object.value == NULL || !is_wanted(request, name, pass))
                continue;
            const node *own = node_get(object.value, "schema");
            own = own == NULL ? node_get(object.value, "itemSchema") : own;
            *out = (media_type){.name = strchr(name, '*') != NULL ? "application/json" : name,
                                .object = object,
                                .schema = {object.owner, own}};
            return true;
        }
    return false;
}

/* ---- What it says ---- */

/* A few events: one for each alternative of the schema. */
static json_t *sample_events(const api *description, const media_type *type) {
    located schema = api_resolve(description, type->schema);
    const node *list = schema.value == NULL ? NULL : node_get(schema.value, "oneOf");
    if (list == NULL || node_get(type->object.value, "example") != NULL ||
        node_get(type->object.value, "examples") != NULL)
        return sample_media_type(description, type);
    json_t *events = json_array();
    for (size_t i = 0; events != NULL && i < node_count(list); i++) {
        json_t *one = sample_schema(description, (located){schema.owner, node_item(list, i)});
        if (one != NULL && json_array_append_new(events, one) == 0)
            continue;
        json_decref(events);
        events = NULL;
    }
    return events;
}

static json_t *make_value(const operation *op, const media_type *type, const http_incoming *request, arena *memory) {
    const api *description = operation_api(op);
    const char *example = preference(request, "example", memory);
    json_t *named = example == NULL ? NULL : sample_media_type_named(description, type, example);
    if (named != NULL)
        return named;
    json_t *made = strncmp(type->name, "text/event-stream", 17) == 0 ? sample_events(description, type)
                                                                     : sample_media_type(description, type);
    /* A body is declared, and nothing is said of it. */
    return made == NULL && type->schema.value == NULL && mock_is_json(type->name) ? json_object() : made;
}

/* Puts the body into the answer; when memory ran short, the answer says no more than that something is wrong. */
static void set_body(arena *memory, http_answer *answer, const char *type, const text *body) {
    char *kept = body->failed ? NULL : arena_copy(memory, text_peek(body), body->length);
    bool right = kept != NULL &&
                 (body->length == 0 || http_headers_add(&answer->response.headers, memory, "Content-Type", type));
    if (right) {
        answer->response.body = kept;
        answer->response.body_length = body->length;
        return;
    }
    answer->response.status = 500;
    answer->response.body = "";
    answer->response.body_length = 0;
}

void mock_answer_problem(arena *memory, http_answer *answer, int status, const char *sentence) {
    text body = TEXT_EMPTY;
    json_t *object = json_pack("{s:s}", "message", sentence);
    char *shown = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
    answer->response.status = status;
    text_append_string(&body, shown == NULL ? "" : shown);
    set_body(memory, answer, "application/json", &body);
    text_free(&body);
    free(shown);
    json_decref(object);
}

/* A header's value in style `simple`. */
static void append_header_value(text *out, const json_t *value) {
    static const media_type plain = {.name = "text/plain"};
    for (size_t i = 0; json_is_array(value) && i < json_array_size(value); i++) {
        text_append_string(out, i == 0 ? "" : ",");
        mock_append_body(out, NULL, &plain, json_array_get(value, i));
    }
    if (!json_is_array(value))
        mock_append_body(out, NULL, &plain, value);
}

/* Those that say how the message is framed are the server's. */
static bool is_framing(const char *name) {
    static const char *const names[] = {"Connection", "Content-Encoding", "Content-Length",    "Content-Type", "Date",
                                        "Keep-Alive", "Trailer",          "Transfer-Encoding", "Upgrade"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(names[i], name) == 0)
            return true;
    return false;
}

static void add_declared_headers(const operation *op, located response, arena *memory, http_answer *answer) {
    const api *description = operation_api(op);
    const node *map = node_get(response.value, "headers");
    for (size_t i = 0; map != NULL && i < node_count(map); i++) {
        const char *name = node_string(node_key(map, i), NULL);
        located object = api_resolve(description, (located){response.owner, node_value(map, i)});
        if (object.value == NULL || is_framing(name))
            continue;
        /* A Header Object has its examples where a Media Type Object has them; in 2.0 it is the schema itself. */
        const node *own =
            api_version_of(description) == API_SWAGGER_2_0 ? object.value : node_get(object.value, "schema");
        media_type type = {.name = "", .object = object, .schema = {object.owner, own}};
        json_t *value = sample_media_type(description, &type);
        text shown = TEXT_EMPTY;
        if (value != NULL)
            append_header_value(&shown, value);
        if (!shown.failed && shown.length > 0 && strpbrk(text_peek(&shown), "\r\n") == NULL)
            http_headers_add(&answer->response.headers, memory, name, text_peek(&shown));
        text_free(&shown);
        json_decref(value);
    }
}

void mock_answer_operation(const operation *op, const http_incoming *request, arena *memory, http_answer *answer) {
    int status = choose_status(op, request, memory);
    located response = operation_response(op, status);
    media_type type;
    answer->response.status = status;
    if (response.value == NULL)
        return;
    if (status != 204 && status != 304 && choose_media_type(op, response, request, &type)) {
        json_t *value = make_value(op, &type, request, memory);
        text body = TEXT_EMPTY;
        if (value != NULL)
            mock_append_body(&body, operation_api(op), &type, value);
        set_body(memory, answer, type.name, &body);
        text_free(&body);
        json_decref(value);
    }
    add_declared_headers(op, response, memory, answer);
}
