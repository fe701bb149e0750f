/*
 * mock_test.c: http/mock.h from outside: requests over the real client, and what the mock answers from a document.
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
#include "http/mock.h"
#include "tests/support/ask.h"

static const char api_text[] =
    "openapi: 3.1.0\n"
    "info: {title: t, version: '1'}\n"
    "servers: [{url: 'https://example.com/v1/'}, {url: '/base'}]\n"
    "paths:\n"
    "  /pets:\n"
    "    get:\n"
    "      responses:\n"
    "        '404': {description: none}\n"
    "        '200':\n"
    "          description: ok\n"
    "          headers:\n"
    "            X-Total: {schema: {type: integer, minimum: 3}}\n"
    "            X-Tags: {schema: {type: array, prefixItems: [{const: a}, {const: b}]}}\n"
    "            X-Example: {example: from the header}\n"
    "            X-Shared: {$ref: '#/components/headers/Shared'}\n"
    "            Content-Length: {schema: {type: integer}}\n"
    "            Content-Encoding: {schema: {type: string}}\n"
    "          content:\n"
    "            application/xml: {schema: {$ref: '#/components/schemas/Pet'}}\n"
    "            text/plain: {example: just text}\n"
    "            application/json:\n"
    "              schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}\n"
    "              examples: {one: {value: [1]}, two: {value: [2]}}\n"
    "    post:\n"
    "      responses:\n"
    "        '409': {description: taken, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}\n"
    "        default: {description: any, content: {application/problem+json: {example: {a: 1}}}}\n"
    "  /pets/{id}:\n"
    "    get: {responses: {2XX: {description: ok, content: {'*/*': {schema: {$ref: '#/components/schemas/Pet'}}}}}}\n"
    "    delete: {responses: {'204': {description: gone, content: {application/json: {example: 1}}}}}\n"
    "  /pets/mine:\n"
    "    get: {responses: {'200': {description: ok, content: {application/json: {example: mine}}}}}\n"
    "  /moved: {get: {responses: {'302': {description: there, headers: {Location: {example: /pets}}}}}}\n"
    "  /nothing: {get: {responses: {'200': {description: ok}}}}\n"
    "  /any: {get: {responses: {'200': {description: ok, content: {application/json: {}}}}}}\n"
    "  /events: {get: {responses: {'200': {description: ok, content: {text/event-stream: {schema: {oneOf: [\n"
    "      {type: object, properties: {a: {const: 1}}}, {type: object, properties: {b: {const: 2}}}]}}}}}}}\n"
    "  /stream: {get: {responses: {'200': {description: ok, content: {text/event-stream: {example: [\n"
    "      {event: e, id: 7, data: \"two\\nlines\"}, {data: {x: 1}}]}}}}}}\n"
    "  /far: {get: {responses: {'200': {description: ok, content: {application/json: {schema: {$ref: "
    "'other.yaml#/Far'}}}}}}}\n"
    "  /other: {servers: [{url: 'https://example.com/v2'}], get: {responses: {'200': {description: ok}}}}\n"
    "  /xml: {get: {responses: {'200': {description: ok, content: {text/xml: {schema: {type: object, xml: {name: "
    "n}, properties: {a: {const: '<&'}, l: {type: array, items: {type: integer}, minItems: 2}}}}}}}}}\n"
    "  /open: {get: {security: [], responses: {'200': {description: ok}}}}\n"
    "  /key: {get: {security: [{key: []}], responses: {'200': {description: ok}}}}\n"
    "  /query: {get: {security: [{query: []}], responses: {'200': {description: ok}}}}\n"
    "  /cookie: {get: {security: [{cookie: []}], responses: {'200': {description: ok}}}}\n"
    "  /basic: {get: {security: [{basic: []}], responses: {'200': {description: ok}}}}\n"
    "  /both: {get: {security: [{key: [], bearer: []}], responses: {'200': {description: ok}}}}\n"
    "  /either: {get: {security: [{key: []}, {bearer: []}], responses: {'200': {description: ok}}}}\n"
    "  /optional: {get: {security: [{key: []}, {}], responses: {'200': {description: ok}}}}\n"
    "components:\n"
    "  headers: {Shared: {schema: {type: string, const: shared}}}\n"
    "  schemas: {Pet: {type: object, properties: {name: {type: string, example: Rex}}}}\n"
    "  securitySchemes:\n"
    "    key: {type: apiKey, in: header, name: X-Key}\n"
    "    query: {type: apiKey, in: query, name: api key}\n"
    "    cookie: {type: apiKey, in: cookie, name: session}\n"
    "    basic: {type: http, scheme: basic}\n"
    "    bearer: {type: http, scheme: bearer}\n";
static const char other_text[] = "Far: {const: away}\n";
static const char swagger_text[] =
    "swagger: '2.0'\n"
    "info: {title: t, version: '1'}\n"
    "basePath: /two\n"
    "host: example.com\n"
    "produces: [application/xml, application/json]\n"
    "securityDefinitions: {token: {type: basic}}\n"
    "paths:\n"
    "  /old:\n"
    "    get: {responses: {'200': {description: ok, schema: {type: object, properties: {a: {type: integer}}},\n"
    "      headers: {X-Limit: {type: integer, default: 60}}}}}\n"
    "    put: {security: [{token: []}], responses: {'201': {description: ok, examples: {application/json: {b: 2}}}}}\n";

static document *other;
static size_t opened;

static const document *open_other(void *user, const char *uri, diagnostics *list) {
    (void)user;
    (void)list;
    opened++;
    return strcmp(uri, "file:///other.yaml") == 0 ? other : NULL;
}

typedef struct world {
    diagnostics list;
    document *documents[3];
    api *apis[3];
    http_mock *mock;
    text log;
} world;

static void note(void *user, const http_incoming *request, const http_response *response) {
    text_append_format(user, "%s %s %d\n", request->method, request->target, response->status);
}

static int build(void **state) {
    world *made = calloc(1, sizeof *made);
    char error[256] = "";
    const api_sources sources = {.user = NULL, .open = open_other};
    if (made == NULL || !diagnostics_init(&made->list))
        return -1;
    made->documents[0] = document_parse(api_text, strlen(api_text), "api.yaml", NULL, &made->list);
    made->documents[1] = document_parse(swagger_text, strlen(swagger_text), "two.yaml", NULL, &made->list);
    other = made->documents[2] = document_parse(other_text, strlen(other_text), "other.yaml", NULL, &made->list);
    if (made->documents[0] == NULL || made->documents[1] == NULL || other == NULL)
        return -1;
    made->apis[0] = api_open(made->documents[0], "file:///api.yaml", &sources, &made->list);
    made->apis[1] = api_open(made->documents[1], "file:///two.yaml", NULL, &made->list);
    const api *const served[] = {made->apis[0], made->apis[1]};
    http_mock_options options = {.log = note, .user = &made->log};
    made->mock = http_mock_start(served, 2, &options, error, sizeof error);
    *state = made;
    return made->mock == NULL ? -1 : 0;
}

static int tear(void **state) {
    world *made = *state;
    http_mock_stop(made->mock);
    for (size_t i = 0; i < 3; i++) {
        api_free(made->apis[i]);
        document_free(made->documents[i]);
    }
    diagnostics_free(&made->list);
    text_free(&made->log);
    free(made);
    return 0;
}

typedef struct row {
    const char *request; /* "METHOD target" */
    const char *header;  /* "Name: value", or NULL */
    int status;
    const char *body;
    const char *answered; /* a header that must be there: "Name: value"; NULL: any */
} row;

static const row rows[] = {
    /* which response */
    {"GET /pets", NULL, 200, "[1]", "Content-Type: application/json"},
    {"POST /pets", NULL, 200, "{\"a\":1}", "Content-Type: application/problem+json"},
    {"GET /pets/7", NULL, 200, "{\"name\":\"Rex\"}", "Content-Type: application/json"},
    {"GET /pets/mine", NULL, 200, "\"mine\"", NULL},
    {"DELETE /pets/7", NULL, 204, "", NULL},
    {"GET /moved", NULL, 302, "", "Location: /pets"},
    {"GET /nothing", NULL, 200, "", NULL},
    {"GET /any", NULL, 200, "{}", "Content-Type: application/json"},
    {"HEAD /pets", NULL, 200, "", "Content-Type: application/json"},
    {"GET /pets?limit=3#x", NULL, 200, "[1]", NULL},
    /* below the servers' paths */
    {"GET /v1/pets/mine", NULL, 200, "\"mine\"", NULL},
    {"GET /base/pets/mine", NULL, 200, "\"mine\"", NULL},
    {"GET /v2/other", NULL, 200, "", NULL},
    {"GET /v3/pets", NULL, 404, "{\"message\":\"no operation has the path /v3/pets\"}", NULL},
    /* headers */
    {"GET /pets", NULL, 200, "[1]", "X-Total: 3"},
    {"GET /pets", NULL, 200, "[1]", "X-Tags: a,b"},
    {"GET /pets", NULL, 200, "[1]", "X-Example: from the header"},
    {"GET /pets", NULL, 200, "[1]", "X-Shared: shared"},
    {"GET /pets", NULL, 200, "[1]", "Content-Length: 3"},
    /* media types */
    {"GET /pets", "Accept: text/plain", 200, "just text", "Content-Type: text/plain"},
    {"GET /pets", "Accept: text/*;q=0.5", 200, "just text", NULL},
    {"GET /pets", "Accept: text/plain, application/json", 200, "[1]", NULL},
    {"GET /pets", "Accept: image/png", 200, "[1]", NULL},
    {"GET /pets", "Accept: application/xml", 200,
     "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Pet><name>Rex</name></Pet>", "Content-Type: application/xml"},
    {"GET /xml", NULL, 200, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<n><a>&lt;&amp;</a><l>1</l><l>1</l></n>",
     "Content-Type: text/xml"},
    {"GET /events", NULL, 200, "data: {\"a\":1}\n\ndata: {\"b\":2}\n\n", "Content-Type: text/event-stream"},
    {"GET /stream", NULL, 200, "event: e\nid: 7\ndata: two\ndata: lines\n\ndata: {\"x\":1}\n\n", NULL},
    {"GET /far", NULL, 200, "\"away\"", NULL},
    /* what the request prefers */
    {"GET /pets", "Prefer: code=404", 404, "", NULL},
    {"POST /pets", "Prefer: code=409", 409, "{\"name\":\"Rex\"}", NULL},
    {"POST /pets", "Prefer: code=418", 418, "{\"a\":1}", NULL},
    {"GET /pets", "Prefer: example=two", 200, "[2]", NULL},
    {"GET /pets", "Prefer: wait=3, code=\"200\"; example=\"two\"", 200, "[2]", NULL},
    {"GET /pets", "Prefer: example=nobody", 200, "[1]", NULL},
    {"GET /pets", "Prefer: code=7", 200, "[1]", NULL},
    /* no operation */
    {"GET /petz", NULL, 404, "{\"message\":\"no operation has the path /petz; did you mean /pets?\"}", NULL},
    {"GET /pet/12345", NULL, 404, "{\"message\":\"no operation has the path /pet/12345; did you mean /pets/{id}?\"}",
     NULL},
    {"GET /", NULL, 404, "{\"message\":\"no operation has the path /\"}", "Content-Type: application/json"},
    {"PATCH /pets", NULL, 405, "{\"message\":\"/pets does not take PATCH, only GET, POST\"}", "Allow: GET, POST"},
    {"POST /v1/pets/7", NULL, 405, "{\"message\":\"/v1/pets/7 does not take POST, only GET, DELETE\"}",
     "Allow: GET, DELETE"},
    /* security */
    {"GET /open", NULL, 200, "", NULL},
    {"GET /key", NULL, 401,
     "{\"message\":\"the operation asks for credentials, and none were sent: it takes the header X-Key (key)\"}", NULL},
    {"GET /key", "X-Key:", 401, NULL, NULL},
    {"GET /key", "x-key: anything", 200, "", NULL},
    {"GET /query?api%20ke=1", NULL, 401,
     "{\"message\":\"the operation asks for credentials, and none were sent: it takes the query parameter api key "
     "(query)\"}",
     NULL},
    {"GET /query?a=b&api%20key=1", NULL, 200, "", NULL},
    {"GET /query?api%20key=", NULL, 401, NULL, NULL},
    {"GET /cookie", "Cookie: xsession=1", 401,
     "{\"message\":\"the operation asks for credentials, and none were sent: it takes the cookie session (cookie)\"}",
     NULL},
    {"GET /cookie", "Cookie: a=b; session=1", 200, "", NULL},
    {"GET /basic", NULL, 401, NULL, "WWW-Authenticate: Basic realm=\"mock\""},
    {"GET /basic", "Authorization: Basic eDp5", 200, "", NULL},
    {"GET /both", "X-Key: 1", 401,
     "{\"message\":\"the operation asks for credentials, and none were sent: it takes the header Authorization "
     "(bearer)\"}",
     "WWW-Authenticate: Bearer"},
    {"GET /both", NULL, 401,
     "{\"message\":\"the operation asks for credentials, and none were sent: it takes the header X-Key (key) and the "
     "header Authorization (bearer)\"}",
     NULL},
    {"GET /either", NULL, 401,
     "{\"message\":\"the operation asks for credentials, and none were sent: it takes the header X-Key (key), or the "
     "header Authorization (bearer)\"}",
     NULL},
    {"GET /either", "Authorization: Bearer x", 200, "", NULL},
    {"GET /optional", NULL, 200, "", NULL},
    /* Swagger 2.0 */
    {"GET /old", NULL, 200, "{\"a\":1}", "X-Limit: 60"},
    {"GET /two/old", NULL, 200, "{\"a\":1}", "Content-Type: application/json"},
    {"PUT /two/old", NULL, 401, NULL, "WWW-Authenticate: Basic realm=\"mock\""},
    {"PUT /two/old", "Authorization: Basic eDp5", 201, "{\"b\":2}", NULL},
};

static void check_header(const http_response *response, const char *expected) {
    char name[64];
    size_t length = strcspn(expected, ":");
    snprintf(name, sizeof name, "%.*s", (int)length, expected);
    const char *value = http_headers_get(&response->headers, name);
    assert_non_null(value);
    assert_string_equal(value, expected + length + 2);
}

/* `headers`: lines of the form NAME: VALUE; NULL: none. */
static asked *ask_mock(const http_mock *mock, const char *request, const char *headers) {
    char method[16], url[256], name[64], value[128];
    size_t length = strcspn(request, " ");
    snprintf(method, sizeof method, "%.*s", (int)length, request);
    snprintf(url, sizeof url, "%s%s", http_mock_url(mock), request + length + 1);
    asked *one = asked_new("", url, NULL);
    one->request.method = arena_copy(one->memory, method, length);
    for (const char *line = headers; line != NULL && *line != '\0'; line += strspn(line, "\n")) {
        size_t colon = strcspn(line, ":"), end = strcspn(line, "\n");
        snprintf(name, sizeof name, "%.*s", (int)colon, line);
        snprintf(value, sizeof value, "%.*s", (int)(end - colon - 1), line + colon + 1);
        asked_header(one, name, value);
        line += end;
    }
    ask(NULL, one);
    if (one->result.error != NULL)
        print_error("%s\n", one->result.error);
    assert_non_null(one->result.response);
    return one;
}

static void answers(void **state) {
    world *at = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        text_truncate(&at->log, 0);
        asked *one = ask_mock(at->mock, rows[i].request, rows[i].header);
        const http_response *response = one->result.response;
        if (response->status != rows[i].status || (rows[i].body != NULL && strcmp(response->body, rows[i].body) != 0))
            print_error("%s: %d %s\n", rows[i].request, response->status, response->body);
        assert_int_equal(response->status, rows[i].status);
        if (rows[i].body != NULL)
            assert_string_equal(response->body, rows[i].body);
        if (rows[i].answered != NULL)
            check_header(response, rows[i].answered);
        assert_memory_equal(text_peek(&at->log), rows[i].request, strcspn(rows[i].request, "#"));
        asked_free(one);
    }
}

/* Threads only look references up: their documents were opened when the mock was started. */
static void documents_are_opened_before_serving(void **state) {
    (void)state;
    assert_true(opened > 0);
}

static void a_taken_port_is_an_error(void **state) {
    world *at = *state;
    char error[256] = "";
    const api *const served[] = {at->apis[0]};
    http_mock_options options = {.server = {.port = (unsigned)atoi(strrchr(http_mock_url(at->mock), ':') + 1)}};
    assert_null(http_mock_start(served, 1, &options, error, sizeof error));
    assert_string_equal(error, "Address already in use");
    http_mock_stop(NULL);
}

/* ---- The bundled documents ---- */

static world serve_file(const char *path) {
    static char bytes[100000];
    char error[256] = "";
    world made = {.mock = NULL};
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_true(diagnostics_init(&made.list));
    made.documents[0] = document_parse(bytes, length, path, NULL, &made.list);
    assert_non_null(made.documents[0]);
    made.apis[0] = api_open(made.documents[0], "file:///api.yaml", NULL, &made.list);
    assert_non_null(made.apis[0]);
    const api *const served[] = {made.apis[0]};
    made.mock = http_mock_start(served, 1, NULL, error, sizeof error);
    assert_non_null(made.mock);
    return made;
}

static void stop_serving(world *made) {
    http_mock_stop(made->mock);
    api_free(made->apis[0]);
    document_free(made->documents[0]);
    diagnostics_free(&made->list);
}

/* The cursor that a stream has is the id of the event that is found under it. */
static void prisma_answers_belong_together(void **state) {
    (void)state;
    world made = serve_file("specs/prisma/openapi/prisma-pulse-openapi.yml");
    asked *denied = ask_mock(made.mock, "GET /streams", NULL);
    assert_int_equal(denied->result.response->status, 401);
    asked *created = ask_mock(made.mock, "POST /streams", "Authorization: Bearer k");
    assert_int_equal(created->result.response->status, 201);
    asked *streams = ask_mock(made.mock, "GET /streams", "Authorization: Bearer k");
    assert_int_equal(streams->result.response->status, 200);
    json_t *list = json_loads(streams->result.response->body, 0, NULL);
    const char *cursor = json_string_value(json_object_get(json_array_get(json_object_get(list, "data"), 0), "cursor"));
    assert_non_null(cursor);
    char request[64];
    snprintf(request, sizeof request, "GET /events/%s", cursor);
    asked *event = ask_mock(made.mock, request, "Authorization: Bearer k");
    json_t *found = json_loads(event->result.response->body, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(found, "id")), cursor);
    asked *health = ask_mock(made.mock, "GET /health", NULL);
    assert_int_equal(health->result.response->status, 200);
    asked *live = ask_mock(made.mock, "GET /streams/s/events", "Authorization: Bearer k");
    const char *events = live->result.response->body;
    assert_non_null(strstr(events, "\"action\":\"create\""));
    assert_non_null(strstr(events, "\"action\":\"update\""));
    assert_non_null(strstr(events, "\"action\":\"delete\""));
    asked *gone = ask_mock(made.mock, "DELETE /streams/s", "Authorization: Bearer k");
    assert_int_equal(gone->result.response->status, 204);
    asked *const all[] = {denied, created, streams, event, health, live, gone};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        asked_free(all[i]);
    json_decref(list);
    json_decref(found);
    stop_serving(&made);
}

static void petstore_answers(void **state) {
    (void)state;
    world made = serve_file("specs/petstore/openapi/petstore-openapi.yml");
    static const struct {
        const char *request;
        int status;
    } table[] = {{"GET /pets?status=available", 200},
                 {"GET /v1/pets/7", 200},
                 {"POST /orders", 201},
                 {"GET /orders/1", 200},
                 {"PUT /orders/1", 405}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        asked *one = ask_mock(made.mock, table[i].request, "X-Shop-Key: any");
        assert_int_equal(one->result.response->status, table[i].status);
        asked_free(one);
    }
    asked *denied = ask_mock(made.mock, "POST /orders", NULL);
    assert_int_equal(denied->result.response->status, 401);
    asked_free(denied);
    asked *busy = ask_mock(made.mock, "POST /orders", "X-Shop-Key: any\nPrefer: code=503");
    assert_int_equal(busy->result.response->status, 503);
    check_header(busy->result.response, "Retry-After: 1");
    asked_free(busy);
    stop_serving(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(documents_are_opened_before_serving),
        cmocka_unit_test(a_taken_port_is_an_error),
        cmocka_unit_test(prisma_answers_belong_together),
        cmocka_unit_test(petstore_answers),
    };
    return cmocka_run_group_tests(tests, build, tear);
}
