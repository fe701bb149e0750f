/*
 * mock.c: a server whose answers come from OpenAPI documents: routes by path template, below the paths of the
 * documents' servers and without them; 404, 405 and 401 with a sentence.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "http/mock_internal.h"

/* A document with the paths that its servers' URLs end in, the longest first. */
typedef struct served {
    const api *description;
    const char **bases;
    size_t base_count;
} served;

struct http_mock {
    arena *memory;
    served *documents;
    size_t count;
    http_mock_options options;
    http_server *server;
};

/* ---- Base paths ---- */

/* Each is tried for each request: no document has so many. */
enum { MOST_BASES = 1000 };

/* The path of a server's URL, without the last slash; "" when it has none. */
static const char *base_path(const char *url, arena *memory) {
    const char *host = strstr(url, "://"), *path = strchr(host == NULL ? url : host + 3, '/');
    size_t length = path == NULL ? 0 : strcspn(path, "?#");
    while (length > 0 && path[length - 1] == '/')
        length--;
    return length == 0 ? "" : arena_copy(memory, path, length);
}

static bool add_base(served *into, const char *path) {
    if (path == NULL)
        return false;
    size_t at = 0, length = strlen(path);
    if (length == 0 || into->base_count == MOST_BASES)
        return true;
    while (at < into->base_count && strlen(into->bases[at]) >= length)
        if (strcmp(into->bases[at++], path) == 0)
            return true;
    memmove(into->bases + at + 1, into->bases + at, (into->base_count - at) * sizeof *into->bases);
    into->bases[at] = path;
    into->base_count++;
    return true;
}

/* Of every operation's server, and of the other ones that the document names, where they have no variables. */
static bool find_bases(served *into, arena *memory) {
    const node *list = node_get(document_root(api_document(into->description)), "servers");
    size_t operations = api_operation_count(into->description),
           most = operations + (list == NULL ? 0 : node_count(list));
    diagnostics ignored;
    into->bases = arena_array(memory, most + 1, sizeof *into->bases);
    if (into->bases == NULL || !diagnostics_init(&ignored))
        return false;
    bool right = true;
    const char *last = "";
    for (size_t i = 0; right && i < operations; i++) {
        const char *url = operation_server(api_operation(into->description, i), memory, &ignored);
        if (url != NULL && strcmp(url, last) != 0)
            right = add_base(into, base_path(url, memory));
        last = url == NULL ? "" : url;
    }
    for (size_t i = 0; right && list != NULL && i < node_count(list); i++) {
        const node *written = node_get(node_item(list, i), "url");
        const char *url = written == NULL ? NULL : node_string(written, NULL);
        if (url != NULL && strchr(url, '{') == NULL)
            right = add_base(into, base_path(url, memory));
    }
    right = right && !ignored.no_memory;
    diagnostics_free(&ignored);
    return right;
}

/* ---- References to other documents ---- */

/* Documents that a walk has come to. */
typedef struct visited {
    arena *memory;
    const document **items;
    size_t count;
    size_t capacity;
} visited;

/* Adds a document that is not there yet. */
static void visit(visited *seen, const document *owner) {
    for (size_t i = 0; i < seen->count; i++)
        if (seen->items[i] == owner)
            return;
    const document **items = arena_room(seen->memory, seen->items, seen->count, &seen->capacity, sizeof *items);
    if (items == NULL)
        return;
    seen->items = items;
    items[seen->count++] = owner;
}

static void follow_references(const api *description, const document *owner, const node *value, visited *seen) {
    const node *reference = node_type(value) == NODE_MAPPING ? node_get(value, "$ref") : NULL;
    const char *uri = reference == NULL ? NULL : node_string(reference, NULL);
    if (uri != NULL && uri[0] != '#') {
        located target = api_resolve(description, (located){owner, value});
        if (target.owner != NULL)
            visit(seen, target.owner);
    }
    for (size_t i = 0; i < node_count(value); i++)
        follow_references(description, owner,
                          node_type(value) == NODE_MAPPING ? node_value(value, i) : node_item(value, i), seen);
}

/*
 * Opens, before there are threads, every document that an answer may need: afterwards references are only looked up.
 * One document after the other, however long their chain is; how deep each is has its bound.
 */
static void open_references(const api *description, arena *memory) {
    visited seen = {.memory = memory};
    visit(&seen, api_document(description));
    for (size_t i = 0; i < seen.count; i++)
        follow_references(description, seen.items[i], document_root(seen.items[i]), &seen);
}

/* ---- Routing ---- */

/* The path that the operations' templates are about: as it is (pass 0), or below one of the servers' paths. */
static const char *below(const served *at, const char *path, size_t pass) {
    if (pass == 0)
        return path;
    const char *base = at->bases[pass - 1];
    size_t length = strlen(base);
    return strncmp(path, base, length) == 0 && path[length] == '/' ? path + length : NULL;
}

/* The operation for a method; *known: some method has the path. */
static const operation *find(const http_mock *serving, const char *method, const char *path, bool *known) {
    *known = false;
    for (size_t i = 0; i < serving->count; i++) {
        const served *at = &serving->documents[i];
        for (size_t pass = 0; pass <= at->base_count; pass++) {
            const char *rest = below(at, path, pass);
            bool here = false;
            const operation *op = rest == NULL ? NULL : api_operation_for(at->description, method, rest, &here);
            *known = *known || here;
            if (op != NULL)
                return op;
        }
    }
    return NULL;
}

/* HEAD is GET without the body, which the server leaves out. */
static const operation *route(const http_mock *serving, const char *method, const char *path, bool *known) {
    const operation *op = find(serving, method, path, known);
    return op == NULL && strcmp(method, "HEAD") == 0 ? find(serving, "GET", path, known) : op;
}

/* ---- No operation ---- */

/* A template with the path's own segments in place of its parameters, as far as there are some: to compare them. */
static const char *fill_template(const char *template, const char *path, arena *memory) {
    text out = TEXT_EMPTY;
    while (*template != '\0') {
        size_t length = 1 + strcspn(template + 1, "/"), given = *path == '\0' ? 0 : 1 + strcspn(path + 1, "/");
        bool parameter = memchr(template, '{', length) != NULL && given > 0;
        text_append(&out, parameter ? path : template, parameter ? given : length);
        template += length;
        path += given;
    }
    const char *kept = out.failed ? NULL : arena_copy(memory, text_peek(&out), out.length);
    text_free(&out);
    return kept;
}

static const char *nearest_template(const http_mock *serving, const char *path, arena *memory) {
    const char *template = NULL;
    nearest search;
    nearest_start(&search, path, strlen(path));
    for (size_t i = 0; i < serving->count; i++)
        for (size_t j = 0; j < api_operation_count(serving->documents[i].description); j++) {
            const char *written = operation_path(api_operation(serving->documents[i].description, j));
            const char *filled = fill_template(written, path, memory);
            if (filled == NULL)
                continue;
            nearest_try(&search, filled);
            template = search.best == filled ? written : template;
        }
    return template;
}

static void answer_not_found(const http_mock *serving, const char *path, arena *memory, http_answer *answer) {
    const char *meant = nearest_template(serving, path, memory);
    text sentence = TEXT_EMPTY;
    text_append_format(&sentence, "no operation has the path %s", path);
    if (meant != NULL)
        text_append_format(&sentence, "; did you mean %s?", meant);
    mock_answer_problem(memory, answer, 404, sentence.failed ? "" : text_peek(&sentence));
    text_free(&sentence);
}

/* The methods that the path has are what the documents' methods are, tried one by one. */
static void answer_not_allowed(const http_mock *serving, const char *method, const char *path, arena *memory,
                               http_answer *answer) {
    text allowed = TEXT_EMPTY, sentence = TEXT_EMPTY;
    for (size_t i = 0; i < serving->count; i++)
        for (size_t j = 0; j < api_operation_count(serving->documents[i].description); j++) {
            const char *other = operation_method(api_operation(serving->documents[i].description, j));
            const char *listed = strstr(text_peek(&allowed), other);
            bool known;
            if (listed == NULL && find(serving, other, path, &known) != NULL)
                text_append_format(&allowed, "%s%s", allowed.length == 0 ? "" : ", ", other);
        }
    text_append_format(&sentence, "%s does not take %s, only %s", path, method, text_peek(&allowed));
    if (!allowed.failed)
        http_headers_add(&answer->response.headers, memory, "Allow", text_peek(&allowed));
    mock_answer_problem(memory, answer, 405, sentence.failed ? "" : text_peek(&sentence));
    text_free(&allowed);
    text_free(&sentence);
}

/* ---- Serving ---- */

static void answer_request(const http_mock *serving, const http_incoming *request, arena *memory, http_answer *answer) {
    const char *path = arena_copy(memory, request->target, strcspn(request->target, "?")), *challenge;
    bool known = false;
    if (path == NULL)
        return;
    const operation *op = route(serving, request->method, path, &known);
    if (op == NULL && known) {
        answer_not_allowed(serving, request->method, path, memory, answer);
        return;
    }
    if (op == NULL) {
        answer_not_found(serving, path, memory, answer);
        return;
    }
    const char *missing = mock_missing_credentials(op, request, memory, &challenge);
    if (missing == NULL) {
        mock_answer_operation(op, request, memory, answer);
        return;
    }
    if (challenge != NULL)
        http_headers_add(&answer->response.headers, memory, "WWW-Authenticate", challenge);
    mock_answer_problem(memory, answer, 401, missing);
}

static void handle(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    const http_mock *serving = user;
    answer->response.body = "";
    answer_request(serving, request, memory, answer);
    if (serving->options.log != NULL)
        serving->options.log(serving->options.user, request, &answer->response);
}

static bool prepare(http_mock *serving, const api *const *documents, size_t count) {
    serving->documents = arena_array(serving->memory, count, sizeof *serving->documents);
    if (serving->documents == NULL)
        return false;
    serving->count = count;
    for (size_t i = 0; i < count; i++) {
        serving->documents[i].description = documents[i];
        if (!find_bases(&serving->documents[i], serving->memory))
            return false;
        open_references(documents[i], serving->memory);
    }
    return true;
}

http_mock *http_mock_start(const api *const *documents, size_t count, const http_mock_options *options, char *error,
                           size_t error_size) {
    arena *memory = arena_new();
    http_mock *serving = memory == NULL ? NULL : arena_alloc(memory, sizeof *serving);
    if (serving != NULL) {
        serving->memory = memory;
        if (options != NULL)
            serving->options = *options;
    }
    if (serving == NULL || !prepare(serving, documents, count)) {
        snprintf(error, error_size, "memory ran short");
        arena_free(memory);
        return NULL;
    }
    serving->server = http_server_start(&serving->options.server, handle, serving, error, error_size);
    if (serving->server != NULL)
        return serving;
    arena_free(memory);
    return NULL;
}

const char *http_mock_url(const http_mock *serving) {
    return http_server_url(serving->server);
}

void http_mock_stop(http_mock *serving) {
    if (serving == NULL)
        return;
    http_server_stop(serving->server);
    arena_free(serving->memory);
}
