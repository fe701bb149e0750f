/*
 * versions_test.c: the same API described in OpenAPI 2.0, 3.0, 3.1 and 3.2, each in YAML and in JSON, split over files
 * and a server, carried out by the real command before a server that writes down what arrives; and on the mock, whose
 * answers come from responses, headers and examples behind references.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "engine/document/document.h"
#include "http/server.h"
#include "tests/support/command.h"
#include "tests/support/folder.h"

static char folder[] = "/tmp/arazzo-versions-XXXXXX";

/* In all of these PORT stands for the server's port, and EXT for the extension of the documents' names. */

/* What the descriptions refer to, in a file beside them and at the server. */
static const char shared_3[] =
    "parameters:\n"
    "  page: {name: page, in: query, schema: {type: integer}}\n"
    "  trace: {$ref: '#/parameters/renamed'}\n"
    "  renamed: {name: X-Trace, in: header, schema: {type: array, items: {type: string}}}\n"
    "bodies:\n"
    "  pet: {content: {application/json: {schema: {$ref: '#/schemas/pet'}}}}\n"
    "schemas:\n"
    "  pet: {type: object, properties: {name: {type: string}, parent: {$ref: '#/schemas/pet'}}}\n"
    "responses:\n"
    "  pet: {description: a pet, headers: {X-Rate: {$ref: '#/headers/rate'}}, links: {again: {$ref: '#/links/again'}}, "
    "content: {application/json: {schema: {$ref: '#/schemas/pet'}, examples: {one: {$ref: '#/examples/pet'}}}}}\n"
    "headers: {rate: {schema: {type: integer, example: 42}}}\n"
    "links: {again: {operationId: read}}\n"
    "examples: {pet: {value: {name: Rex}}}\n"
    "schemes: {key: {type: apiKey, in: header, name: X-Key}}\n"
    "item:\n"
    "  parameters: [{name: id, in: path, required: true, schema: {type: string}}]\n"
    "  delete: {operationId: remove, parameters: [{$ref: '#/parameters/page'}], responses: {'204': {description: "
    "gone}}}\n";

#define PATHS_3                                                                                                        \
    "components: {securitySchemes: {key: {$ref: 'http://127.0.0.1:PORT/shared.EXT#/schemes/key'}}}\n"                  \
    "servers: [{url: 'http://{host}/{version}', variables: {host: {default: '127.0.0.1:PORT'}, version: {default: "    \
    "v1, "                                                                                                             \
    "enum: [v1, v2]}}}]\n"                                                                                             \
    "paths:\n"                                                                                                         \
    "  /pets/{id}:\n"                                                                                                  \
    "    parameters:\n"                                                                                                \
    "    - {name: id, in: path, required: true, schema: {type: string}}\n"                                             \
    "    - {name: tags, in: query, explode: false, style: pipeDelimited, schema: {type: array}}\n"                     \
    "    - {name: sort, in: query, style: deepObject, schema: {type: object}}\n"                                       \
    "    get:\n"                                                                                                       \
    "      operationId: read\n"                                                                                        \
    "      security: [{key: []}]\n"                                                                                    \
    "      parameters:\n"                                                                                              \
    "      - {name: tags, in: query, explode: true, schema: {type: array}}\n"                                          \
    "      - {$ref: 'shared.EXT#/parameters/page'}\n"                                                                  \
    "      - {$ref: 'http://127.0.0.1:PORT/shared.EXT#/parameters/trace'}\n"                                           \
    "      responses: {'200': {$ref: 'shared.EXT#/responses/pet'}}\n"                                                  \
    "    put:\n"                                                                                                       \
    "      operationId: change\n"                                                                                      \
    "      servers: [{url: 'http://127.0.0.1:PORT/own'}]\n"                                                            \
    "      requestBody: {$ref: 'shared.EXT#/bodies/pet'}\n"                                                            \
    "      responses: {2XX: {$ref: 'shared.EXT#/responses/pet'}}\n"                                                    \
    "  /items/{id}:\n"                                                                                                 \
    "    servers: [{url: 'http://127.0.0.1:PORT/item'}]\n"                                                             \
    "    $ref: 'shared.EXT#/item'\n"

static const char openapi_3_0[] = "openapi: 3.0.4\ninfo: {title: t, version: '1'}\n" PATHS_3;
static const char openapi_3_1[] = "openapi: 3.1.2\ninfo: {title: t, version: '1'}\n" PATHS_3;
static const char openapi_3_2[] =
    "openapi: 3.2.0\n$self: 'http://127.0.0.1:PORT/self/api.EXT'\ninfo: {title: t, version: '1'}\n" PATHS_3
    "  /search:\n"
    "    query: {operationId: search, requestBody: {content: {application/json: {}}}}\n"
    "    get: {operationId: ask, parameters: [{name: q, in: querystring, content: {application/x-www-form-urlencoded: "
    "{}}}]}\n"
    "    post: {operationId: lines, requestBody: {content: {application/jsonl: {itemSchema: {type: object}}}}}\n"
    "    additionalOperations: {COPY: {operationId: copy}}\n";

static const char swagger_2_0[] =
    "swagger: '2.0'\ninfo: {title: t, version: '1'}\n"
    "host: '127.0.0.1:PORT'\nbasePath: /v1\nschemes: [http]\nconsumes: [application/json]\nproduces: "
    "[application/json]\n"
    "securityDefinitions: {key: {type: apiKey, in: header, name: X-Key}}\n"
    "parameters: {page: {name: page, in: query, type: integer}}\n"
    "responses: {pet: {description: a pet, headers: {X-Rate: {type: integer, default: 42}}, "
    "schema: {$ref: 'shared.EXT#/schemas/pet'}, examples: {application/json: {name: Rex}}}}\n"
    "paths:\n"
    "  /pets/{id}:\n"
    "    parameters:\n"
    "    - {name: id, in: path, required: true, type: string}\n"
    "    - {name: tags, in: query, type: array, collectionFormat: pipes}\n"
    "    get:\n"
    "      operationId: read\n"
    "      security: [{key: []}]\n"
    "      parameters:\n"
    "      - {name: tags, in: query, type: array, collectionFormat: multi}\n"
    "      - {$ref: '#/parameters/page'}\n"
    "      - {$ref: 'http://127.0.0.1:PORT/shared.EXT#/parameters/trace'}\n"
    "      responses: {'200': {$ref: '#/responses/pet'}}\n"
    "    put: {operationId: change, parameters: [{in: body, name: b, schema: {$ref: 'shared.EXT#/schemas/pet'}}], "
    "responses: {'200': {$ref: '#/responses/pet'}}}\n"
    "  /items/{id}: {$ref: 'shared.EXT#/item'}\n"
    "  /form:\n"
    "    post: {operationId: form, consumes: [application/x-www-form-urlencoded], parameters: ["
    "{name: a, in: formData, type: array, collectionFormat: ssv}, {name: b, in: formData, type: string}]}\n"
    "    put: {operationId: upload, consumes: [multipart/form-data], parameters: ["
    "{name: f, in: formData, type: file}]}\n";

static const char steps_of_all[] =
    "  - {stepId: read, operationId: read, parameters: [{name: id, in: path, value: 7}, "
    "{name: tags, in: query, value: [a, b]}, {name: page, in: query, value: 2}, "
    "{name: X-Trace, in: header, value: [x, y]}], outputs: {name: $response.body#/name, rate: "
    "$response.header.X-Rate}}\n"
    "  - {stepId: change, operationId: change, parameters: [{name: id, in: path, value: 7}], "
    "requestBody: {payload: {name: Rex}}}\n"
    "  - {stepId: remove, operationId: remove, parameters: [{name: id, in: path, value: 7}, "
    "{name: page, in: query, value: 1}]}\n";

static const char steps_of_3_2[] =
    "  - {stepId: search, operationId: search, requestBody: {payload: {a: 1}}}\n"
    "  - {stepId: ask, operationId: ask, parameters: [{name: q, in: querystring, value: 'a=1&b=2'}]}\n"
    "  - {stepId: lines, operationId: lines, requestBody: {payload: [{a: 1}, {a: 2}]}}\n"
    "  - {stepId: copy, operationId: copy}\n";

static const char steps_of_2_0[] =
    "  - {stepId: form, operationId: form, requestBody: {payload: {a: [1, 2], b: 'x y'}}}\n"
    "  - {stepId: upload, operationId: upload, requestBody: {payload: {f: bytes}}}\n";

/* ---- Files ---- */

static void append_filled(text *out, const char *from, unsigned port, const char *extension) {
    while (*from != '\0') {
        if (strncmp(from, "PORT", 4) == 0) {
            text_append_format(out, "%u", port);
            from += 4;
        } else if (strncmp(from, "EXT", 3) == 0) {
            text_append_string(out, extension);
            from += 3;
        } else {
            text_append_char(out, *from++);
        }
    }
}

/* The YAML text as it is or, for the extension json, as JSON; the caller frees. */
static char *make_document(const char *yaml, unsigned port, const char *extension) {
    text filled = TEXT_EMPTY;
    append_filled(&filled, yaml, port, extension);
    if (strcmp(extension, "json") != 0)
        return text_take(&filled, NULL);
    diagnostics list;
    assert_true(diagnostics_init(&list));
    document *parsed = document_parse(text_peek(&filled), filled.length, "shared", NULL, &list);
    assert_non_null(parsed);
    json_t *value = node_json(document_root(parsed));
    char *made = json_dumps(value, JSON_INDENT(1));
    assert_non_null(made);
    json_decref(value);
    document_free(parsed);
    diagnostics_free(&list);
    text_free(&filled);
    return made;
}

static void write_workflow(const char *extension, const char *more) {
    text made = TEXT_EMPTY;
    text_append_format(&made,
                       "arazzo: 1.0.1\ninfo: {title: t, version: '1'}\n"
                       "sourceDescriptions: [{name: api, url: api.%s, type: openapi}]\n"
                       "workflows:\n- workflowId: w\n  steps:\n%s%s"
                       "  outputs: {name: $steps.read.outputs.name, rate: $steps.read.outputs.rate}\n",
                       extension, steps_of_all, more);
    folder_write(folder, "w.arazzo.yaml", text_peek(&made));
    text_free(&made);
}

static int set_up(void **state) {
    (void)state;
    char cache[256];
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(cache, sizeof cache, "%s/cache", folder);
    return setenv("XDG_CACHE_HOME", cache, 1);
}

static int tear_down(void **state) {
    (void)state;
    return folder_remove(folder);
}

/* ---- The server ---- */

typedef struct seen {
    text lines;
    char *shared; /* what it serves under /shared.EXT */
} seen;

static void handle(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    static const char *const shown[] = {"X-Key", "X-Trace", "Content-Type"};
    seen *at = user;
    (void)memory;
    answer->response.status = 200;
    if (strncmp(request->target, "/shared.", 8) == 0) {
        answer->response.body = at->shared;
        answer->response.body_length = strlen(at->shared);
        return;
    }
    if (strncmp(request->target, "/self/", 6) == 0) {
        answer->response.status = 404; /* the copy beside the workflow is what there is */
        return;
    }
    text_append_format(&at->lines, "%s %s", request->method, request->target);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        const char *value = http_headers_get(&request->headers, shown[i]);
        if (value != NULL)
            text_append_format(&at->lines, " [%.40s]", value);
    }
    if (request->body_length > 0 && strncmp(request->body, "--", 2) != 0)
        text_append_format(&at->lines, " %.*s", (int)request->body_length, request->body);
    else if (request->body_length > 0) /* a part that is a file */
        text_append_string(&at->lines, strstr(request->body, "filename=\"f\"") != NULL ? " file" : " field");
    text_append_char(&at->lines, '\n');
}

/* ---- Versions ---- */

static const char lines_of_3[] = "GET /v1/pets/7?tags=a&tags=b&page=2 [k] [x,y]\n"
                                 "PUT /own/pets/7 [application/json] {\"name\":\"Rex\"}\n"
                                 "DELETE /item/items/7?page=1\n";
static const char lines_of_3_2[] = "QUERY /v1/search [application/json] {\"a\":1}\n"
                                   "GET /v1/search?a=1&b=2\n"
                                   "POST /v1/search [application/jsonl] {\"a\":1}\n{\"a\":2}\n\n"
                                   "COPY /v1/search\n";
static const char lines_of_2[] = "GET /v1/pets/7?tags=a&tags=b&page=2 [k] [x,y]\n"
                                 "PUT /v1/pets/7 [application/json] {\"name\":\"Rex\"}\n"
                                 "DELETE /v1/items/7?page=1\n"
                                 "POST /v1/form [application/x-www-form-urlencoded] a=1+2&b=x+y\n"
                                 "PUT /v1/form [multipart/form-data; boundary=arazzo-000] file\n";

typedef struct version {
    const char *name;
    const char *description;
    const char *more; /* steps of its own */
    const char *lines[2];
} version;

static void play(const version *at, const char *extension) {
    char error[128], name[64];
    seen seeing = {0};
    http_server *server = http_server_start(NULL, handle, &seeing, error, sizeof error);
    assert_non_null(server);
    unsigned port = (unsigned)strtoul(strrchr(http_server_url(server), ':') + 1, NULL, 10);
    seeing.shared = make_document(shared_3, port, extension);
    snprintf(name, sizeof name, "shared.%s", extension);
    folder_write(folder, name, seeing.shared);
    char *description = make_document(at->description, port, extension);
    snprintf(name, sizeof name, "api.%s", extension);
    folder_write(folder, name, description);
    free(description);
    write_workflow(extension, at->more);

    command_result result = command_run("run %s/w.arazzo.yaml --auth key=k", folder);
    if (result.status != 0)
        print_message("%s %s\n%s", at->name, extension, result.err);
    assert_int_equal(result.status, 0);
    command_result_free(&result);
    text wanted = TEXT_EMPTY;
    text_append_format(&wanted, "%s%s", at->lines[0], at->lines[1]);
    char *boundary = strstr(text_peek(&seeing.lines), "boundary=arazzo-");
    if (boundary != NULL)
        memcpy(boundary + 16, "000", 3);
    assert_string_equal(text_peek(&seeing.lines), text_peek(&wanted));

    result = command_run("run %s/w.arazzo.yaml --mock -q", folder);
    if (result.status != 0)
        print_message("%s %s\n%s", at->name, extension, result.err);
    assert_int_equal(result.status, 0);
    assert_string_equal(result.out, "name  \"Rex\"\nrate  \"42\"\n");
    command_result_free(&result);
    text_free(&wanted);
    text_free(&seeing.lines);
    free(seeing.shared);
    http_server_stop(server);
}

static void each_version_in_each_format(void **state) {
    (void)state;
    const version versions[] = {
        {.name = "2.0", .description = swagger_2_0, .more = steps_of_2_0, .lines = {lines_of_2, ""}},
        {.name = "3.0", .description = openapi_3_0, .more = "", .lines = {lines_of_3, ""}},
        {.name = "3.1", .description = openapi_3_1, .more = "", .lines = {lines_of_3, ""}},
        {.name = "3.2", .description = openapi_3_2, .more = steps_of_3_2, .lines = {lines_of_3, lines_of_3_2}},
    };
    static const char *const extensions[] = {"yaml", "json"};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
        for (size_t j = 0; j < 2; j++)
            play(&versions[i], extensions[j]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_version_in_each_format),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
