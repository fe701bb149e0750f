/*
 * contract_test.c: responses against their operations, in every version of OpenAPI: what differs, where in the answer
 * and where in the document. Then what becomes of it in a run, and in the command before a server that answers wrongly.
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
#include "engine/contract/contract.h"
#include "http/server.h"
#include "runtime-expr/json_text.h"
#include "tests/support/command.h"
#include "tests/support/folder.h"
#include "tests/support/script.h"

/* ---- One answer ---- */

typedef struct row {
    const char *name;
    const char *version;    /* "2.0", "3.0.3", "3.1.0", "3.2.0" */
    const char *method;     /* NULL: get */
    const char *operation;  /* the Operation Object, in flow style */
    const char *components; /* the document's other fields, with their line breaks; NULL: none */
    const char *answer;     /* "200\nName: value\n\nbody" */
    const char *wanted;     /* a line for each difference: code, instance, message, `@` and the pointer */
} row;

#define JSON "\nContent-Type: application/json\n\n"
#define AT "@#/paths/~1x/get/"
#define PET                                                                                                            \
    "components: {schemas: {Pet: {type: object, required: [id, secret], properties: {id: {type: integer}, "            \
    "secret: {type: string, writeOnly: true}, at: {type: string, readOnly: true}}}}}\n"
#define OF_PET "{responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}}"
#define BODY(schema) "{responses: {'200': {content: {application/json: {schema: " schema "}}}}}"
#define HEADER(object) "{responses: {'200': {headers: {X-A: " object "}}}}"
#define IN_BODY AT "responses/200/content/application~1json/schema"
#define IN_HEADER AT "responses/200/headers/X-A"

static const row rows[] = {
    /* ---- Status ---- */
    {"exact status", "3.0.3", NULL, "{responses: {'200': {}}}", NULL, "200\n\n", ""},
    {"range", "3.0.3", NULL, "{responses: {4XX: {}}}", NULL, "418\n\n", ""},
    {"default", "3.0.3", NULL, "{responses: {'200': {}, default: {}}}", NULL, "500\n\n", ""},
    {"exact before range", "3.0.3", NULL,
     "{responses: {2XX: {headers: {X-A: {required: true, schema: {}}}}, '200': {}}}", NULL, "200\n\n", ""},
    {"not declared", "3.0.3", NULL, "{responses: {'200': {}, 4XX: {}, x-note: {}}}", NULL, "500\n\n",
     "W0520 $statusCode is 500, which is not declared (declared: 200, 4XX) " AT "responses\n"},
    {"no responses promise nothing", "3.1.0", NULL, "{}", NULL, "500" JSON "{", ""},
    {"a reference that leads nowhere is declared", "3.0.3", NULL, "{responses: {'200': {$ref: '#/no'}}}", NULL,
     "200\n\n", ""},

    /* ---- Media type ---- */
    {"parameters of the answer do not matter", "3.0.3", NULL, BODY("{type: integer}"), NULL,
     "200\nContent-Type: Application/JSON; charset=utf-8\n\n7", ""},
    {"a range of types", "3.0.3", NULL, "{responses: {'200': {content: {application/*: {schema: {type: integer}}}}}}",
     NULL, "200" JSON "x\"",
     "W0525 $response.body is no JSON, must be JSON " AT "responses/200/content/application~1*/schema\n"},
    {"any type", "3.0.3", NULL, "{responses: {'200': {content: {'*/*': {schema: {type: integer}}}}}}", NULL,
     "200" JSON "\"x\"",
     "W0525 $response.body is \"x\", must be an integer " AT "responses/200/content/*~1*/schema/type\n"},
    {"the closest type counts", "3.0.3", NULL,
     "{responses: {'200': {content: {'*/*': {schema: {type: integer}}, application/json: {schema: {type: string}}, "
     "application/json;version=2: {schema: {type: boolean}}}}}}",
     NULL, "200\nContent-Type: application/json; charset=x; version=\"2\"\n\n7",
     "W0525 $response.body is 7, must be a boolean " AT
     "responses/200/content/application~1json;version=2/schema/type\n"},
    {"another type", "3.0.3", NULL, BODY("{}"), NULL, "200\nContent-Type: text/html\n\n<p>",
     "W0521 $response.header.Content-Type is text/html, which is not declared (declared: application/json) " AT
     "responses/200/content\n"},
    {"no type, and the body is held all the same", "3.0.3", NULL, BODY("{type: integer}"), NULL, "200\n\n\"x\"",
     "W0521 $response.header.Content-Type is missing (declared: application/json) " AT "responses/200/content\n"
     "W0525 $response.body is \"x\", must be an integer " IN_BODY "/type\n"},

    /* ---- Body or none ---- */
    {"no body", "3.0.3", NULL, BODY("{}"), NULL, "200\n\n",
     "W0522 $response.body is empty, and a body is declared " AT "responses/200/content\n"},
    {"none is declared", "3.0.3", NULL, "{responses: {'200': {content: {}}}}", NULL, "200" JSON "1",
     "W0522 $response.body is there, and none is declared " AT "responses/200/content\n"},
    {"without content nothing is promised", "3.0.3", NULL, "{responses: {'200': {}}}", NULL, "200" JSON "1", ""},
    {"204 has none", "3.0.3", NULL, "{responses: {'204': {content: {application/json: {}}}}}", NULL, "204\n\n", ""},
    {"HEAD has none", "3.0.3", "head", BODY("{}"), NULL, "200\n\n", ""},

    /* ---- Headers ---- */
    {"a required header", "3.0.3", NULL, HEADER("{required: true, schema: {type: string}}"), NULL, "200\n\n",
     "W0523 $response.header.X-A is missing, and it is required " IN_HEADER "\n"},
    {"an optional one", "3.0.3", NULL, HEADER("{schema: {type: string}}"), NULL, "200\n\n", ""},
    {"a name in other letters", "3.0.3", NULL, HEADER("{required: true, schema: {type: integer}}"), NULL,
     "200\nx-a: 7\n\n", ""},
    {"a header's type", "3.0.3", NULL, HEADER("{schema: {type: integer}}"), NULL, "200\nX-A: many\n\n",
     "W0524 $response.header.X-A is \"many\", must be an integer " IN_HEADER "/schema/type\n"},
    {"a list", "3.0.3", NULL, HEADER("{schema: {type: array, items: {type: integer}}}"), NULL,
     "200\nX-A: 1, 2\nX-A: x\n\n",
     "W0524 $response.header.X-A#/2 is \"x\", must be an integer " IN_HEADER "/schema/items/type\n"},
    {"an object", "3.0.3", NULL,
     HEADER("{schema: {type: object, properties: {R: {type: integer}, G: {maximum: 5, "
            "type: integer}}}}"),
     NULL, "200\nX-A: R,100,G,200\n\n",
     "W0524 $response.header.X-A#/G is 200, must be at most 5 " IN_HEADER "/schema/properties/G/maximum\n"},
    {"an exploded object", "3.0.3", NULL,
     HEADER("{explode: true, schema: {type: object, properties: {R: {type: integer}}}}"), NULL, "200\nX-A: R=x,G\n\n",
     "W0524 $response.header.X-A#/R is \"x\", must be an integer " IN_HEADER "/schema/properties/R/type\n"},
    {"JSON by content", "3.0.3", NULL, HEADER("{content: {application/json: {schema: {type: integer}}}}"), NULL,
     "200\nX-A: {}\n\n",
     "W0524 $response.header.X-A is {}, must be an integer " IN_HEADER "/content/application~1json/schema/type\n"},
    {"no JSON by content", "3.0.3", NULL, HEADER("{content: {application/json: {schema: {type: integer}}}}"), NULL,
     "200\nX-A: {\n\n",
     "W0524 $response.header.X-A is no JSON, must be JSON " IN_HEADER "/content/application~1json/schema\n"},
    {"a header that is no UTF-8 is left alone", "3.0.3", NULL, HEADER("{schema: {type: integer}}"), NULL,
     "200\nX-A: \xFF\n\n",
     "W0526 $response.header.X-A is not held against its schema: it is no UTF-8 " IN_HEADER "/schema\n"},
    {"Content-Type is ignored", "3.0.3", NULL,
     "{responses: {'200': {headers: {Content-Type: {required: true, schema: {enum: [a]}}}}}}", NULL, "200\n\n", ""},
    {"2.0: the header is its schema", "2.0", NULL,
     HEADER("{type: array, items: {type: integer}, collectionFormat: pipes}"), NULL, "200\nX-A: 1|x\n\n",
     "W0524 $response.header.X-A#/1 is \"x\", must be an integer " IN_HEADER "/items/type\n"},

    /* ---- Bodies ---- */
    {"JSON that is none", "3.0.3", NULL, BODY("{}"), NULL,
     "200" JSON "{\"a\":", "W0525 $response.body is no JSON, must be JSON " IN_BODY "\n"},
    {"a mistake in many items is told once", "3.0.3", NULL,
     BODY("{type: array, items: {type: object, properties: {n: {type: integer}}}}"), NULL,
     "200" JSON "[{\"n\":1},{\"n\":\"x\"},{\"n\":\"y\"},{\"n\":null}]",
     "W0525 $response.body#/1/n is \"x\", must be an integer " IN_BODY "/items/properties/n/type (and 2 more)\n"},
    {"a member is lacking", "3.1.0", NULL, OF_PET, PET, "200" JSON "{}",
     "W0525 $response.body lacks the required member 'id' @#/components/schemas/Pet/required\n"},
    {"writeOnly: not expected, and not welcome", "3.0.3", NULL, OF_PET, PET, "200" JSON "{\"id\":1,\"secret\":\"x\"}",
     "W0525 $response.body#/secret is for requests only, and must not be in a response "
     "@#/components/schemas/Pet/properties/secret/writeOnly\n"},
    {"readOnly members belong into answers", "3.0.3", NULL, OF_PET, PET, "200" JSON "{\"id\":1,\"at\":\"x\"}", ""},
    {"writeOnly behind allOf and a reference", "3.0.3", NULL,
     BODY("{allOf: [{$ref: '#/components/schemas/A'}], required: [s]}"),
     "components: {schemas: {A: {type: object, properties: {s: {$ref: '#/components/schemas/S'}}}, S: {type: string, "
     "writeOnly: true}}}\n",
     "200" JSON "{}", ""},
    {"2.0 has no writeOnly", "2.0", NULL,
     "{responses: {'200': {schema: {type: object, required: [s], properties: {s: {type: string, writeOnly: true}}}}}}",
     NULL, "200" JSON "{}", "W0525 $response.body lacks the required member 's' " AT "responses/200/schema/required\n"},
    {"3.0: nullable", "3.0.3", NULL, BODY("{type: string, nullable: true}"), NULL, "200" JSON "null", ""},
    {"3.0: exclusiveMinimum", "3.0.3", NULL, BODY("{type: integer, minimum: 1, exclusiveMinimum: true}"), NULL,
     "200" JSON "1", "W0525 $response.body is 1, must be greater than 1 " IN_BODY "/minimum\n"},
    {"3.0: nothing counts beside a reference", "3.0.3", NULL, BODY("{$ref: '#/components/schemas/N', maximum: 1}"),
     "components: {schemas: {N: {type: integer}}}\n", "200" JSON "7", ""},
    {"3.1: beside a reference all counts", "3.1.0", NULL, BODY("{$ref: '#/components/schemas/N', maximum: 1}"),
     "components: {schemas: {N: {type: integer}}}\n", "200" JSON "7",
     "W0525 $response.body is 7, must be at most 1 " IN_BODY "/maximum\n"},
    {"3.1: nullable has no meaning, which is said", "3.1.0", NULL, BODY("{type: string, nullable: true}"), NULL,
     "200" JSON "null",
     "W0525 $response.body is null, must be a string ('nullable' has no meaning since OpenAPI 3.1: type: [..., "
     "'null']) " IN_BODY "/type\n"},
    {"3.1: a dialect that asserts nothing", "3.1.0", NULL, BODY("{type: string}"),
     "jsonSchemaDialect: 'file:///dialect.yaml'\n", "200" JSON "7", ""},
    {"3.1: the dialect of the OpenAPI Initiative is known", "3.1.0", NULL, BODY("{type: string}"),
     "jsonSchemaDialect: 'https://spec.openapis.org/oas/3.1/dialect/base'\n", "200" JSON "7",
     "W0525 $response.body is 7, must be a string " IN_BODY "/type\n"},
    {"3.1: $schema in an embedded schema", "3.1.0", NULL,
     BODY("{$id: 'urn:a', $schema: 'file:///dialect.yaml', type: string}"), NULL, "200" JSON "7", ""},
    {"a schema in another document", "3.0.3", NULL, BODY("{$ref: 'other.yaml#/Far'}"), NULL, "200" JSON "7",
     "W0525 $response.body is 7, must be \"away\" @#/Far/const\n"},
    {"a broken part is left out", "3.0.3", NULL,
     BODY("{type: object, properties: {a: {$ref: '#/no'}, b: {type: integer}}}"), NULL,
     "200" JSON "{\"a\":1,\"b\":\"x\"}",
     "W0526 $response is held against a part of its schema only: the reference '#/no' leads nowhere " IN_BODY "\n"
     "W0525 $response.body#/b is \"x\", must be an integer " IN_BODY "/properties/b/type\n"},
    {"text as a number", "3.0.3", NULL, "{responses: {'200': {content: {text/plain: {schema: {type: integer}}}}}}",
     NULL, "200\nContent-Type: text/plain\n\n7", ""},
    {"text as text", "3.0.3", NULL, "{responses: {'200': {content: {text/plain: {schema: {maxLength: 2}}}}}}", NULL,
     "200\nContent-Type: text/plain\n\n777",
     "W0525 $response.body has 3 characters, must have at most 2 " AT
     "responses/200/content/text~1plain/schema/maxLength\n"},
    {"XML is left alone", "3.0.3", NULL, "{responses: {'200': {content: {text/xml: {schema: {type: integer}}}}}}", NULL,
     "200\nContent-Type: text/xml\n\n<a/>", ""},
    {"bytes are left alone", "3.0.3", NULL,
     "{responses: {'200': {content: {image/png: {schema: {type: string, maxLength: 1}}}}}}", NULL,
     "200\nContent-Type: image/png\n\n\x89PNG\xff", ""},

    /* ---- 2.0 ---- */
    {"2.0: produces", "2.0", NULL, "{produces: [application/xml], responses: {'200': {schema: {type: integer}}}}", NULL,
     "200" JSON "1",
     "W0521 $response.header.Content-Type is application/json, which is not declared (declared: application/xml) " AT
     "produces\n"},
    {"2.0: produces of the document", "2.0", NULL, "{responses: {'200': {schema: {type: integer}}}}",
     "produces: [application/json]\n", "200" JSON "\"x\"",
     "W0525 $response.body is \"x\", must be an integer " AT "responses/200/schema/type\n"},
    {"2.0: without a schema there is no body", "2.0", NULL, "{responses: {'200': {}}}", NULL, "200" JSON "1",
     "W0522 $response.body is there, and no schema is declared " AT "responses/200\n"},
    {"2.0: a body is missing", "2.0", NULL, "{responses: {'200': {schema: {type: integer}}}}", NULL, "200\n\n",
     "W0522 $response.body is empty, and a body is declared " AT "responses/200/schema\n"},
    {"2.0: a file is anything", "2.0", NULL, "{produces: [image/png], responses: {'200': {schema: {type: file}}}}",
     NULL, "200\nContent-Type: text/plain\n\nx", ""},
    {"2.0: x-nullable", "2.0", NULL, "{responses: {'200': {schema: {type: integer, x-nullable: true}}}}", NULL,
     "200" JSON "null", ""},
    {"2.0: a discriminator asserts nothing", "2.0", NULL,
     "{responses: {'200': {schema: {type: object, discriminator: kind, properties: {kind: {type: string}}}}}}", NULL,
     "200" JSON "{\"kind\":\"Dog\"}", ""},

    /* ---- Sequences ---- */
    {"events, one by one", "3.2.0", NULL,
     "{responses: {'200': {content: {text/event-stream: {itemSchema: {required: [event], properties: {data: {type: "
     "object, properties: {n: {type: integer}}}, retry: {maximum: 5}}}}}}}}",
     NULL,
     "200\nContent-Type: text/event-stream\n\n\xEF\xBB\xBF: note\nevent: a\ndata: {\"n\":\ndata:1}\n\n"
     "data: {\"n\":\"x\"}\r\nid: 1\r\nretry: 7\r\n\r\nevent: none\n\ndata: unfinished",
     "W0525 $response.body#/1 lacks the required member 'event' " AT
     "responses/200/content/text~1event-stream/itemSchema/required\n"
     "W0525 $response.body#/1/retry is 7, must be at most 5 " AT
     "responses/200/content/text~1event-stream/itemSchema/properties/retry/maximum\n"
     "W0525 $response.body#/1/data/n is \"x\", must be an integer " AT
     "responses/200/content/text~1event-stream/itemSchema/properties/data/properties/n/type\n"},
    {"events whose data is JSON by contentSchema", "3.2.0", NULL,
     "{responses: {'200': {content: {text/event-stream: {itemSchema: {properties: {data: {type: string, "
     "contentMediaType: application/json, contentSchema: {type: integer}}}}}}}}}",
     NULL, "200\nContent-Type: text/event-stream\n\ndata: 1\n\ndata: {}\n\ndata: {\n\n",
     "W0525 $response.body#/1/data is {}, must be an integer " AT
     "responses/200/content/text~1event-stream/itemSchema/properties/data/contentSchema/type\n"
     "W0525 $response.body#/2/data is \"{\", must be JSON " AT
     "responses/200/content/text~1event-stream/itemSchema/properties/data/contentMediaType\n"},
    {"before 3.2 nothing says what the schema of a sequence is of", "3.1.0", NULL,
     "{responses: {'200': {content: {text/event-stream: {schema: {type: integer}}}}}}", NULL,
     "200\nContent-Type: text/event-stream\n\ndata: 1\n\n", ""},
    {"lines of JSON, all together and one by one", "3.2.0", NULL,
     "{responses: {'200': {content: {application/jsonl: {schema: {maxItems: 1}, itemSchema: {type: integer}}}}}}", NULL,
     "200\nContent-Type: application/jsonl\n\n1\n\n\"x\"\n",
     "W0525 $response.body#/1 is \"x\", must be an integer " AT
     "responses/200/content/application~1jsonl/itemSchema/type\n"
     "W0525 $response.body has 2 items, must have at most 1 " AT
     "responses/200/content/application~1jsonl/schema/maxItems\n"},
    {"a line that is no JSON", "3.2.0", NULL,
     "{responses: {'200': {content: {application/x-ndjson: {itemSchema: {type: integer}}}}}}", NULL,
     "200\nContent-Type: application/x-ndjson\n\n1\n{\n",
     "W0525 $response.body has an item that is no JSON: number 2 " AT "responses/200/content/application~1x-ndjson\n"},
};

static document *others[2];
static const struct {
    const char *uri;
    const char *text;
} other_texts[] = {
    {"file:///other.yaml", "Far: {const: away}\n"},
    {"file:///dialect.yaml",
     "$id: 'file:///dialect.yaml'\n$vocabulary: {'https://json-schema.org/draft/2020-12/vocab/core': true}\n"}};

static const document *open_other(void *user, const char *uri, diagnostics *list) {
    (void)user;
    for (size_t i = 0; i < 2; i++) {
        if (strcmp(other_texts[i].uri, uri) != 0)
            continue;
        if (others[i] == NULL)
            others[i] = document_parse(other_texts[i].text, strlen(other_texts[i].text), uri, NULL, list);
        return others[i];
    }
    return NULL;
}

/* "200\nName: value\n\nbody" */
static void read_answer(const char *written, arena *memory, http_response *out) {
    char name[64], value[256];
    *out = (http_response){.status = atoi(written)};
    const char *at = strchr(written, '\n') + 1;
    for (; *at != '\n'; at = strchr(at, '\n') + 1) {
        assert_int_equal(sscanf(at, "%63[^:]: %255[^\n]", name, value), 2);
        assert_true(http_headers_add(&out->headers, memory, name, value));
    }
    out->body = at + 1;
    out->body_length = strlen(out->body);
}

static json_t *as_value(const http_response *response) {
    json_t *value = NULL;
    if (response->body_length == 0)
        return NULL;
    const char *type = http_headers_get(&response->headers, "Content-Type");
    if (type == NULL || strstr(type, "json") != NULL || strstr(type, "JSON") != NULL)
        json_text_parse(response->body, response->body_length, &value, NULL);
    return value != NULL ? value : json_stringn_nocheck(response->body, response->body_length);
}

static void check_row(const row *at) {
    diagnostics list;
    text written = TEXT_EMPTY, seen = TEXT_EMPTY;
    arena *memory = arena_new();
    const api_sources sources = {.open = open_other};
    assert_true(diagnostics_init(&list));
    text_append_format(&written, "%s: '%s'\ninfo: {title: t, version: '1'}\n%spaths: {/x: {%s: %s}}\n",
                       at->version[0] == '2' ? "swagger" : "openapi", at->version,
                       at->components == NULL ? "" : at->components, at->method == NULL ? "get" : at->method,
                       at->operation);
    document *owner = document_parse(text_peek(&written), written.length, "api.yaml", NULL, &list);
    api *opened = owner == NULL ? NULL : api_open(owner, "file:///api.yaml", &sources, &list);
    assert_non_null(opened);
    contract *kept = contract_new(false);
    http_response response;
    read_answer(at->answer, memory, &response);
    json_t *body = as_value(&response);
    contract_answer answer = {.op = api_operation(opened, 0), .response = &response, .body = body};
    /* Twice: what is compiled once says the same. */
    for (int round = 0; round < 2; round++) {
        contract_breaches found = {.count = 0};
        text_truncate(&seen, 0);
        assert_true(contract_check(kept, &answer, memory, &found));
        for (size_t i = 0; i < found.count; i++) {
            const contract_breach *one = &found.items[i];
            text_append_format(&seen, "%s %s %s @%s", one->code, one->instance, one->message, one->schema);
            if (one->more > 0)
                text_append_format(&seen, " (and %zu more)", one->more);
            text_append_char(&seen, '\n');
            assert_true(one->where.line > 0 && one->where.column > 0);
        }
        if (strcmp(text_peek(&seen), at->wanted) != 0)
            fail_msg("%s\n  wanted: %s\n     saw: %s", at->name, at->wanted, text_peek(&seen));
    }
    json_decref(body);
    contract_free(kept);
    api_free(opened);
    document_free(owner);
    text_free(&written);
    text_free(&seen);
    diagnostics_free(&list);
    arena_free(memory);
}

static void answers_are_held_against_operations(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_row(&rows[i]);
    for (size_t i = 0; i < 2; i++)
        document_free(others[i]);
}

/* ---- In a run ---- */

static const char arazzo_text[] = "arazzo: 1.0.1\ninfo: {title: t, version: '1'}\n"
                                  "sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]\n"
                                  "workflows:\n- workflowId: w\n  steps:\n"
                                  "  - stepId: a\n    operationId: getX\n"
                                  "    successCriteria: [{condition: $statusCode < 500}]\n"
                                  "    onFailure: [{name: again, type: retry, retryLimit: 1}]\n"
                                  "    outputs: {n: $response.body#/n}\n"
                                  "  outputs: {n: $steps.a.outputs.n}\n";
static const char api_text[] = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\nservers: [{url: 'http://s.test'}]\n"
                               "paths: {/x: {get: {operationId: getX, responses: {'200': {description: ok, content: "
                               "{application/json: {schema:\n  {properties: {n: {type: integer}}}}}}}}}}\n";

static void play(arazzo_contract mode, const char *first, const char *second, arazzo_status status, const char *log,
                 const char *wanted_diagnostics) {
    const script_document documents[] = {{"file:///w.yaml", arazzo_text}, {"file:///api.yaml", api_text}, {NULL, NULL}};
    const char *answers[] = {first, second, NULL};
    script asked = {.documents = documents, .answers = answers, .run = {.contract = mode}};
    script_result result = script_play(&asked);
    assert_string_equal(result.diagnostics, wanted_diagnostics);
    assert_string_equal(result.log, log);
    assert_int_equal(result.status, status);
    script_result_free(&result);
}

#define GOOD "200 {\"n\":1}"
#define BAD "200 {\"n\":\"x\"}"
#define GET "GET http://s.test/x\n"
#define WARNING                                                                                                        \
    "W0525 5:21 step 'a' (GET /x): $response.body#/n is \"x\", must be an integer; the operation declares it at "      \
    "#/paths/~1x/get/responses/200/content/application~1json/schema/properties/n/type\n"

static void a_run_warns_or_fails(void **state) {
    (void)state;
    play(ARAZZO_CONTRACT_OFF, BAD, BAD, ARAZZO_SUCCESS, GET, "");
    play(ARAZZO_CONTRACT_WARN, GOOD, GOOD, ARAZZO_SUCCESS, GET, "");
    play(ARAZZO_CONTRACT_WARN, BAD, BAD, ARAZZO_SUCCESS, GET, WARNING);
    play(ARAZZO_CONTRACT_ERROR, GOOD, GOOD, ARAZZO_SUCCESS, GET, "");
    /* A breach reaches onFailure like a failed criterion: the retry gets a better answer, or the same again. */
    play(ARAZZO_CONTRACT_ERROR, BAD, GOOD, ARAZZO_SUCCESS, GET "a: retry (again)\n" GET, WARNING);
    play(ARAZZO_CONTRACT_ERROR, BAD, BAD, ARAZZO_FAILURE, GET "a: retry (again)\n" GET, WARNING);
}

/* ---- In the command, before a server that answers wrongly ---- */

static const char store_text[] =
    "openapi: 3.1.0\ninfo: {title: t, version: '1'}\nservers: [{url: 'http://127.0.0.1:1'}]\n"
    "paths:\n"
    "  /status: {get: {operationId: status, responses: {'200': {description: ok}}}}\n"
    "  /type: {get: {operationId: type, responses: {'200': {description: ok, content: {application/json: {}}}}}}\n"
    "  /empty: {get: {operationId: empty, responses: {'200': {description: ok, content: {application/json: {}}}}}}\n"
    "  /header:\n    get:\n      operationId: header\n      responses:\n        '200':\n          description: ok\n"
    "          headers: {X-Total: {required: true, schema: {type: integer}}, X-Kind: {schema: {enum: [a, b]}}}\n"
    "  /body:\n    get:\n      operationId: body\n      responses:\n        '200':\n          description: ok\n"
    "          content: {application/json: {schema: {type: object, required: [id], properties: {token: {type: "
    "integer}, "
    "id: {type: integer}}}}}\n";

static const struct {
    const char *path;
    int status;
    const char *type; /* NULL: none */
    const char *body;
} wrong_answers[] = {
    {"/status", 202, NULL, ""},
    {"/type", 200, "text/html; charset=utf-8", "<p>"},
    {"/empty", 200, NULL, ""},
    {"/header", 200, NULL, ""},
    {"/body", 200, "application/json", "{\"token\": \"s3cret-and-long\", \"id\": 1}"},
};

static void answer_wrongly(void *user, const http_incoming *request, arena *memory, http_answer *out) {
    (void)user;
    for (size_t i = 0; i < sizeof wrong_answers / sizeof *wrong_answers; i++) {
        if (strcmp(request->target, wrong_answers[i].path) != 0)
            continue;
        out->response.status = wrong_answers[i].status;
        out->response.body = wrong_answers[i].body;
        out->response.body_length = strlen(wrong_answers[i].body);
        http_headers_add(&out->response.headers, memory, "X-Kind", "c");
        if (wrong_answers[i].type != NULL)
            http_headers_add(&out->response.headers, memory, "Content-Type", wrong_answers[i].type);
    }
}

static char folder[] = "/tmp/arazzo-contract-XXXXXX";

static void write_workflow(void) {
    text made = TEXT_EMPTY;
    text_append_string(&made,
                       "arazzo: 1.0.1\ninfo: {title: t, version: '1'}\n"
                       "sourceDescriptions: [{name: store, url: store.yaml, type: openapi}]\n"
                       "workflows:\n- workflowId: w\n  inputs: {type: object, properties: {token: {type: string, "
                       "format: password}}}\n  steps:\n");
    for (size_t i = 0; i < sizeof wrong_answers / sizeof *wrong_answers; i++)
        text_append_format(&made, "  - {stepId: %s, operationId: %s}\n", wrong_answers[i].path + 1,
                           wrong_answers[i].path + 1);
    folder_write(folder, "w.arazzo.yaml", text_peek(&made));
    folder_write(folder, "store.yaml", store_text);
    text_free(&made);
}

static void expect(const char *whole, const char *part) {
    if (strstr(whole, part) == NULL)
        fail_msg("'%s' is not in:\n%s", part, whole);
}

static void every_way_of_answering_wrongly_is_told(void **state) {
    (void)state;
    static const char *const sentences[] = {
        "! $statusCode is 202, which is not declared (declared: 200)",
        ("! $response.header.Content-Type is text/html; charset=utf-8, which is not declared (declared: "
         "application/json)"),
        "! $response.body is empty, and a body is declared",
        "! $response.header.X-Total is missing, and it is required",
        "! $response.header.X-Kind is \"c\", must be one of [\"a\",\"b\"]",
        "! $response.body#/token is \"***\", must be an integer",
        "declared in",
        "/store.yaml:5:40",
        "warning[W0520]: step 'status' (GET /status): ",
        "= help: the operation declares it at #/paths/~1header/get/responses/200/headers/X-Kind/schema/enum",
        "success: w, 5 steps"};
    char error[256];
    http_server *serving = http_server_start(NULL, answer_wrongly, NULL, error, sizeof error);
    assert_non_null(serving);
    assert_non_null(mkdtemp(folder));
    write_workflow();
#define RUN "run %s/w.arazzo.yaml --server %s -i token=s3cret-and-long --contract "
    command_result warned = command_run(RUN "warn", folder, http_server_url(serving));
    assert_int_equal(warned.status, 0);
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        expect(warned.err, sentences[i]);
    assert_null(strstr(warned.err, "s3cret"));
    command_result_free(&warned);

    command_result off = command_run(RUN "off", folder, http_server_url(serving));
    assert_int_equal(off.status, 0);
    assert_null(strstr(off.err, "declared"));
    command_result_free(&off);

    command_result failed = command_run(RUN "error --format json", folder, http_server_url(serving));
    assert_int_equal(failed.status, 1);
    json_t *report = json_loads(failed.out, 0, NULL);
    const json_t *workflow = json_array_get(json_object_get(report, "workflows"), 0);
    const json_t *steps = json_object_get(workflow, "steps"), *step = json_array_get(steps, 0);
    const json_t *breach = json_array_get(json_object_get(step, "contract"), 0);
    assert_int_equal(json_array_size(steps), 1);
    assert_string_equal(json_string_value(json_object_get(step, "status")), "failure");
    assert_string_equal(json_string_value(json_object_get(breach, "code")), "W0520");
    assert_string_equal(json_string_value(json_object_get(breach, "instance")), "$statusCode");
    assert_string_equal(json_string_value(json_object_get(breach, "schema")), "#/paths/~1status/get/responses");
    assert_int_equal(json_integer_value(json_object_get(breach, "line")), 5);
    assert_true(json_is_true(json_object_get(breach, "fails")));
    json_decref(report);
    command_result_free(&failed);

    command_result tap = command_run(RUN "error -q --report tap=-", folder, http_server_url(serving));
    assert_int_equal(tap.status, 1);
    expect(tap.out, "message: \"contract: $statusCode is 202, which is not declared (declared: 200)\"");
    expect(tap.out, "- instance: \"$statusCode\"");
    command_result_free(&tap);

    command_result junit = command_run(RUN "error -q --report junit=-", folder, http_server_url(serving));
    expect(junit.out, "<failure type=\"contract\" message=\"status: contract: $statusCode is 202");
    expect(junit.out, "contract (failed): $statusCode is 202");
    command_result_free(&junit);
    command_result gone = command_run("--version; rm -r %s", folder);
    command_result_free(&gone);
    http_server_stop(serving);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_held_against_operations),
        cmocka_unit_test(a_run_warns_or_fails),
        cmocka_unit_test(every_way_of_answering_wrongly_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
