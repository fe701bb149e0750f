/*
 * mock_test.c: the mock on a real socket: routes, answers from examples and schemas, credentials, what it does not
 * know; and instances made up from schemas.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "engine/schema/sample.h"
#include "http/mock.h"
#include "tests/support/ask.h"

static const char api_text[] =
    "openapi: 3.1.0\n"
    "info: {title: t, version: '1'}\n"
    "servers: [{url: 'https://s.test/v1'}]\n"
    "security: [{key: []}]\n"
    "paths:\n"
    "  /pets:\n"
    "    get:\n"
    "      security: []\n"
    "      responses:\n"
    "        default: {description: no}\n"
    "        '404': {description: none}\n"
    "        '200':\n"
    "          description: ok\n"
    "          headers: {X-Count: {schema: {type: integer, minimum: 3}}}\n"
    "          content:\n"
    "            text/plain: {example: text}\n"
    "            application/json: {examples: {first: {value: [1, 2]}, second: {value: []}}}\n"
    "    post: {responses: {'201': {description: made}}}\n"
    "  /pets/{id}:\n"
    "    get: {security: [{key: []}, {session: []}], responses: {2XX: {description: ok, content: {application/json: "
    "{schema: {$ref: '#/components/schemas/Pet'}}}}}}\n"
    "  /pets/mine:\n"
    "    get: {security: [{}], responses: {'200': {description: ok, content: {text/plain: {schema: {type: string, "
    "const: mine}}}}}}\n"
    "  /events:\n"
    "    get: {security: [], responses: {'200': {description: ok, content: {text/event-stream: {example: {a: 1}}}}}}\n"
    "  /gone:\n"
    "    delete: {security: [], responses: {'204': {description: gone, content: {application/json: {example: 1}}}}}\n"
    "components:\n"
    "  securitySchemes: {key: {type: apiKey, in: query, name: k}, session: {type: apiKey, in: cookie, name: sid}}\n"
    "  schemas:\n"
    "    Pet:\n"
    "      type: object\n"
    "      required: [id, tag]\n"
    "      properties:\n"
    "        id: {type: integer, minimum: 10}\n"
    "        tag: {type: string, pattern: '^[A-Z]{3}-\\d{2}$'}\n"
    "        status: {enum: [sold, new]}\n"
    "        parent: {$ref: '#/components/schemas/Pet'}\n";

typedef struct fixture {
    diagnostics list;
    document *owner;
    api *described;
    http_mock *serving;
} fixture;

static int open_fixture(void **state) {
    fixture *f = calloc(1, sizeof *f);
    char error[256];
    diagnostics_init(&f->list);
    f->owner = document_parse(api_text, strlen(api_text), "api.yaml", NULL, &f->list);
    f->described = f->owner == NULL ? NULL : api_open(f->owner, "file:///api.yaml", NULL, &f->list);
    const api *served[] = {f->described};
    f->serving = f->described == NULL ? NULL : http_mock_start(served, 1, NULL, error, sizeof error);
    *state = f;
    return f->serving == NULL;
}

static int close_fixture(void **state) {
    fixture *f = *state;
    http_mock_stop(f->serving);
    api_free(f->described);
    document_free(f->owner);
    diagnostics_free(&f->list);
    free(f);
    return 0;
}

/* What is asked, and what must come back; `body` NULL: any. */
typedef struct row {
    const char *method;
    const char *target;
    const char *header;
    const char *value;
    int status;
    const char *body;
    const char *answer_header;
    const char *answer_value;
} row;

static const row rows[] = {
    {"GET", "/pets", NULL, NULL, 200, "[1,2]", "Content-Type", "application/json"},
    {"GET", "/pets", NULL, NULL, 200, "[1,2]", "X-Count", "3"},
    {"GET", "/v1/pets?x=1", NULL, NULL, 200, "[1,2]", NULL, NULL},
    {"GET", "/pets/7", NULL, NULL, 401, "{\"message\":\"the operation asks for credentials, and none were sent\"}",
     NULL, NULL},
    {"GET", "/pets/7?k=1", NULL, NULL, 200, NULL, NULL, NULL},
    {"GET", "/pets/7?kk=1", NULL, NULL, 401, NULL, NULL, NULL},
    {"GET", "/pets/7", "Cookie", "a=1; sid=2", 200, NULL, NULL, NULL},
    {"GET", "/pets/mine", NULL, NULL, 200, "mine", "Content-Type", "text/plain"},
    {"POST", "/pets?k=1", NULL, NULL, 201, "", NULL, NULL},
    {"PUT", "/pets", NULL, NULL, 405, "{\"message\":\"the path does not take PUT\"}", "Allow", "GET, POST"},
    {"GET", "/pet", NULL, NULL, 404, "{\"message\":\"no operation has the path /pet; did you mean /pets?\"}", NULL,
     NULL},
    {"GET", "/nothing/at/all", NULL, NULL, 404, "{\"message\":\"no operation has the path /nothing/at/all\"}", NULL,
     NULL},
    {"GET", "/pets", "Prefer", "code=404", 404, "", NULL, NULL},
    {"GET", "/events", NULL, NULL, 200, "data: {\"a\":1}\n\n", "Content-Type", "text/event-stream"},
    {"DELETE", "/gone", NULL, NULL, 204, "", NULL, NULL},
};

static void answers(void **state) {
    fixture *f = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const row *at = &rows[i];
        text url = TEXT_EMPTY;
        text_append_format(&url, "%s%s", http_mock_url(f->serving), at->target);
        asked *question = asked_new(at->method, text_peek(&url), NULL);
        if (at->header != NULL)
            asked_header(question, at->header, at->value);
        ask(NULL, question);
        const http_response *response = question->result.response;
        assert_non_null(response);
        if (response->status != at->status)
            print_error("%s %s\n", at->method, at->target);
        assert_int_equal(response->status, at->status);
        if (at->body != NULL)
            assert_string_equal(response->body, at->body);
        if (at->answer_header != NULL)
            assert_string_equal(http_headers_get(&response->headers, at->answer_header), at->answer_value);
        asked_free(question);
        text_free(&url);
    }
}

static void instances_are_made_up(void **state) {
    fixture *f = *state;
    const node *schema = node_at(document_root(f->owner), "/components/schemas/Pet", 23);
    json_t *pet = sample_schema(f->described, (located){f->owner, schema}),
           *again = sample_schema(f->described, (located){f->owner, schema});
    assert_int_equal(json_integer_value(json_object_get(pet, "id")), 10);
    assert_string_equal(json_string_value(json_object_get(pet, "tag")), "AAA-11");
    assert_string_equal(json_string_value(json_object_get(pet, "status")), "sold");
    assert_null(json_object_get(pet, "parent")); /* it would go on without end, and need not be there */
    assert_true(json_equal(pet, again));
    json_decref(pet);
    json_decref(again);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(answers), cmocka_unit_test(instances_are_made_up)};
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
