/*
 * sample_test.c: instances made up from schemas: a table of schemas and what comes of them, patterns, and the schemas
 * of the bundled documents, whose samples must be valid.
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
#include "engine/schema/sample.h"
#include "engine/schema/sample_internal.h"
#include "engine/schema/schema.h"

typedef struct row {
    const char *schema; /* YAML, in flow style; becomes components.schemas.It */
    const char *sample; /* JSON, keys sorted */
} row;

static const row rows[] = {
    /* given by the document */
    {"{const: 7, example: 8}", "7"},
    {"{type: string, example: a, examples: [b], default: c, enum: [d]}", "\"a\""},
    {"{type: string, examples: [b], default: c, enum: [d]}", "\"b\""},
    {"{type: string, default: c, enum: [d, c]}", "\"c\""},
    {"{type: string, enum: [d, e]}", "\"d\""},
    {"{type: [string, 'null'], enum: [null, e]}", "\"e\""},
    {"{type: string, default: null}", "\"string\""},
    {"{type: string, example: 1234}", "\"1234\""},
    {"{type: string, example: 2024-01-01}", "\"2024-01-01\""},
    {"{type: integer, example: abc}", "1"},
    {"{type: object, example: {a: [1, x]}}", "{\"a\":[1,\"x\"]}"},
    {"{$ref: '#/components/schemas/Id', example: x}", "\"x\""},
    /* types */
    {"{type: string}", "\"string\""},
    {"{type: integer}", "1"},
    {"{type: number}", "1.5"},
    {"{type: boolean}", "true"},
    {"{type: 'null'}", "null"},
    /* of what the document says nothing, there is an id; else nothing */
    {"{type: object}", "{\"id\":1}"},
    {"{type: array}", "[]"},
    {"{type: ['null', integer]}", "1"},
    {"{type: string, nullable: true}", "\"string\""},
    {"{}", "\"string\""},
    {"true", "null"},
    {"{properties: {a: {type: integer}}}", "{\"a\":1}"},
    {"{items: {type: boolean}}", "[true]"},
    {"{minimum: 3}", "3.0"},
    /* strings */
    {"{type: string, format: date-time}", "\"2024-01-15T09:30:00Z\""},
    {"{type: string, format: date}", "\"2024-01-15\""},
    {"{type: string, format: time}", "\"09:30:00Z\""},
    {"{type: string, format: uuid}", "\"123e4567-e89b-12d3-a456-426614174000\""},
    {"{type: string, format: email}", "\"user@example.com\""},
    {"{type: string, format: uri}", "\"https://example.com/\""},
    {"{type: string, format: ipv4}", "\"192.0.2.1\""},
    {"{type: string, format: ipv6}", "\"2001:db8::1\""},
    {"{type: string, format: hostname}", "\"example.com\""},
    {"{type: string, format: byte}", "\"c3RyaW5n\""},
    {"{type: string, format: binary}", "\"string\""},
    {"{type: string, format: password}", "\"password\""},
    {"{type: string, format: its-own}", "\"string\""},
    {"{type: string, minLength: 9}", "\"stringxxx\""},
    {"{type: string, maxLength: 3}", "\"str\""},
    {"{type: string, pattern: '^[0-9A-HJKMNP-TV-Z]{26}$'}", "\"00000000000000000000000000\""},
    {"{type: string, pattern: '^[A-Z]{3}$'}", "\"AAA\""},
    {"{type: string, pattern: '^a+$', minLength: 5, maxLength: 6}", "\"aaaaa\""},
    {"{type: string, pattern: '(?<=x)(y'}", "\"string\""},
    /* numbers */
    {"{type: integer, minimum: 10}", "10"},
    {"{type: integer, minimum: 10, exclusiveMinimum: true}", "11"},
    {"{type: integer, exclusiveMinimum: 10}", "11"},
    {"{type: integer, maximum: -3}", "-3"},
    {"{type: integer, maximum: 0, exclusiveMaximum: true}", "-1"},
    {"{type: integer, multipleOf: 25, minimum: 30}", "50"},
    {"{type: integer, minimum: 1.5}", "2"},
    {"{type: integer, minimum: 1e300}", "1"},
    {"{type: number, exclusiveMinimum: 0, exclusiveMaximum: 1}", "0.5"},
    {"{type: number, minimum: 0, maximum: 1}", "1.0"},
    {"{type: number, multipleOf: 0.01}", "1.5"},
    {"{type: number, minimum: 100}", "100.0"},
    {"{type: integer, format: int32}", "1"},
    /* objects and arrays */
    {"{type: object, required: [a], properties: {a: {type: integer}, b: {type: boolean}}}", "{\"a\":1,\"b\":true}"},
    {"{type: object, required: [z], properties: {a: {type: integer}}}", "{\"a\":1,\"z\":\"string\"}"},
    {"{type: object, properties: {a: {type: integer}, p: {type: string, writeOnly: true}}}", "{\"a\":1}"},
    {"{type: object, additionalProperties: {type: integer}}", "{\"key\":1}"},
    {"{type: object, additionalProperties: {type: integer}, minProperties: 2}", "{\"key\":1,\"key2\":1}"},
    {"{type: object, additionalProperties: true}", "{\"id\":1}"},
    {"{type: object, additionalProperties: false}", "{}"},
    {"{type: object, maxProperties: 0}", "{}"},
    {"{type: object, properties: {a: {type: object}, b: {$ref: '#/components/schemas/Nowhere'}}}",
     "{\"a\":{},\"b\":{\"id\":1}}"},
    {"{type: array, items: {type: object, additionalProperties: true}}", "[{\"id\":1}]"},
    {"{allOf: [{type: object}, {properties: {id: {type: string}}}]}", "{\"id\":\"string\"}"},
    {"{type: array, items: {type: integer}, minItems: 3}", "[1,1,1]"},
    {"{type: array, items: {type: integer}, maxItems: 0}", "[]"},
    {"{type: array, prefixItems: [{type: integer}, {type: string}], items: false}", "[1,\"string\"]"},
    {"{type: array, items: {$ref: '#/components/schemas/Id'}}", "[\"id-1\"]"},
    /* combined */
    {"{allOf: [{$ref: '#/components/schemas/Base'}, {type: object, properties: {b: {type: integer}}}]}",
     "{\"b\":1,\"kind\":\"string\"}"},
    {"{allOf: [{$ref: '#/components/schemas/Base'}, {required: [kind, extra]}]}", "{\"kind\":\"string\"}"},
    {"{allOf: [{description: only words}], type: integer}", "1"},
    {"{allOf: [{$ref: '#/components/schemas/Id'}], description: words}", "\"id-1\""},
    {"{allOf: [{properties: {a: {type: object, properties: {x: {type: integer}}}}}, "
     "{properties: {a: {properties: {y: {type: integer}}}}}]}",
     "{\"a\":{\"x\":1,\"y\":1}}"},
    {"{oneOf: [{type: integer}, {type: string}]}", "1"},
    {"{anyOf: [{type: 'null'}, {type: string}]}", "\"string\""},
    {"{anyOf: [{type: 'null'}]}", "null"},
    {"{type: object, properties: {a: {type: integer}}, oneOf: [{required: [a]}, {required: [b]}]}", "{\"a\":1}"},
    {"{type: object, properties: {a: {type: integer}}, anyOf: [{properties: {b: {type: boolean}}}]}",
     "{\"a\":1,\"b\":true}"},
    {"{oneOf: [{$ref: '#/components/schemas/Base'}], discriminator: {propertyName: kind}}", "{\"kind\":\"Base\"}"},
    {"{oneOf: [{$ref: '#/components/schemas/Base'}], discriminator: {propertyName: kind, mapping: {base: "
     "'#/components/schemas/Base'}}}",
     "{\"kind\":\"base\"}"},
    {"{oneOf: [{$ref: '#/components/schemas/Fixed'}], discriminator: {propertyName: kind}}", "{\"kind\":\"fixed\"}"},
    /* references */
    {"{$ref: '#/components/schemas/Id'}", "\"id-1\""},
    {"{$ref: '#/components/schemas/Nowhere'}", "{\"id\":1}"},
    {"{$ref: '#/components/schemas/It'}", "{\"id\":1}"},
    {"{$ref: '#/components/schemas/Tree'}", "{\"children\":[],\"name\":\"string\"}"},
    {"{$ref: '#/components/schemas/Chain'}", "{\"next\":null}"},
    {"{$ref: '#/components/schemas/Either'}", "1"},
};

static const char components[] =
    "    Id: {type: string, example: id-1}\n"
    "    Base: {type: object, required: [kind], properties: {kind: {type: string}}}\n"
    "    Fixed: {type: object, properties: {kind: {const: fixed}}}\n"
    "    Tree: {type: object, properties: {name: {type: string}, children: {type: array, items: {$ref: "
    "'#/components/schemas/Tree'}}, parent: {$ref: '#/components/schemas/Tree'}}}\n"
    "    Chain: {type: object, required: [next], properties: {next: {$ref: '#/components/schemas/Chain'}}}\n"
    "    Either: {oneOf: [{$ref: '#/components/schemas/Either'}, {type: integer}]}\n";

typedef struct world {
    diagnostics list;
    document *owner;
    api *description;
} world;

static world open_text(const char *bytes, size_t length) {
    world made;
    assert_true(diagnostics_init(&made.list));
    made.owner = document_parse(bytes, length, "api.yaml", NULL, &made.list);
    made.description = made.owner == NULL ? NULL : api_open(made.owner, "file:///api.yaml", NULL, &made.list);
    return made;
}

static void close_world(world *made) {
    api_free(made->description);
    document_free(made->owner);
    diagnostics_free(&made->list);
}

static void samples(void **state) {
    const row *at = *state;
    text yaml = TEXT_EMPTY;
    text_append_format(&yaml,
                       "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n%s"
                       "    It: %s\n",
                       components, at->schema);
    world made = open_text(text_peek(&yaml), yaml.length);
    assert_non_null(made.description);
    const char *pointer = "/components/schemas/It";
    located it = {made.owner, node_at(document_root(made.owner), pointer, strlen(pointer))};
    for (int twice = 0; twice < 2; twice++) {
        json_t *value = sample_schema(made.description, it);
        char *shown = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
        if (strcmp(shown, at->sample) != 0)
            print_error("%s\n", at->schema);
        assert_string_equal(shown, at->sample);
        free(shown);
        json_decref(value);
    }
    close_world(&made);
    text_free(&yaml);
}

/* ---- Patterns ---- */

static void patterns(void **state) {
    (void)state;
    static const struct {
        const char *pattern;
        size_t least;
        size_t most;
        const char *made; /* NULL: none can be found */
    } table[] = {
        {"^abc$", 0, 99, "abc"},
        {"^(GET|POST)$", 0, 99, "GET"},
        {"^a|b$", 0, 99, "a"},
        {"^\\d{4}-\\d{2}-\\d{2}$", 0, 99, "1111-11-11"},
        {"^\\d{3}\\-?\\w+\\s\\.$", 0, 99, "111-a ."},
        {"^[^a-z]+$", 0, 99, "A"},
        {"^[\\s\\S]*$", 4, 99, "aaaa"},
        {"^[\\w.-]+@[\\w-]+\\.[a-z]{2,}$", 0, 99, "a@a.aa"},
        {"^#([A-Fa-f0-9]{6}|[A-Fa-f0-9]{3})$", 0, 99, "#AAAAAA"},
        {"^(?:[a-z]+:)?//x$", 0, 99, "a://x"},
        {"^(?<year>[0-9]{4})$", 0, 99, "0000"},
        {"^(?=x)x(?!y)$", 0, 99, "x"},
        {"^[a-c]{2,5}$", 4, 99, "aaaa"},
        {"^x*$", 0, 0, ""},
        {"^x{0}y$", 0, 99, "y"},
        {"^\\+?[1-9]\\d{1,14}$", 0, 99, "+11"},
        {"^[-+]$", 0, 99, "-"},
        {"^[\\]\\\\]$", 0, 99, "]"},
        {"^[a\\-z]$", 0, 99, "a"},
        {"^\\u00e9\\x41$", 0, 99,
         "\xC3\xA9"
         "A"},
        {"^\xC3\xA9{2}$", 0, 99, "\xC3\xA9\xC3\xA9"},
        {"^\\p{Lu}\\p{L}+$", 3, 99, "Aaa"},
        {"^a{b}$", 0, 99, "a{b}"},
        {"^(a(b(c)d)e)+$", 9, 99, "abcdeabcde"},
        {"^(?:a|b)+?$", 0, 99, "a"},
        {"\\bword\\b", 0, 99, "word"},
        {"^(a)\\1$", 0, 99, NULL},
        {"^abc$", 4, 99, NULL},
        {"^abcdef$", 0, 3, NULL},
        {"^a{1000000}$", 0, 99, NULL},
        {"^(((((((((a{9}){9}){9}){9}){9}){9}){9}){9}){9})$", 0, 99, NULL},
        {"[", 0, 99, NULL},
        {"(", 0, 99, NULL},
        {"a)", 0, 99, NULL},
        {"[z-a]", 0, 99, NULL},
        {"\\", 0, 99, NULL},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        text out = TEXT_EMPTY;
        bool found = sample_pattern(table[i].pattern, strlen(table[i].pattern), table[i].least, table[i].most, &out);
        if (found != (table[i].made != NULL) || strcmp(text_peek(&out), found ? table[i].made : "") != 0)
            print_error("%s gives %s\n", table[i].pattern, text_peek(&out));
        assert_int_equal(found, table[i].made != NULL);
        assert_string_equal(text_peek(&out), found ? table[i].made : "");
        text_free(&out);
    }
}

/* ---- Media types ---- */

static void examples_of_media_types(void **state) {
    (void)state;
    static const char yaml[] =
        "openapi: 3.1.0\n"
        "paths: {}\n"
        "one: {example: 1, examples: {a: {value: 2}}, schema: {type: string}}\n"
        "two: {examples: {far: {externalValue: x}, a: {$ref: '#/three'}}, schema: {type: string}}\n"
        "three: {value: 3}\n"
        "four: {schema: {type: boolean}}\n"
        "five: {}\n";
    static const char *const expected[] = {"1", "3", "true", "null"};
    static const char *const names[] = {"one", "two", "four", "five"};
    world made = open_text(yaml, sizeof yaml - 1);
    assert_non_null(made.description);
    for (size_t i = 0; i < 4; i++) {
        const node *object = node_get(document_root(made.owner), names[i]);
        media_type type = {"application/json", {made.owner, object}, {made.owner, node_get(object, "schema")}};
        json_t *value = sample_media_type(made.description, &type);
        char *shown = value == NULL ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        assert_string_equal(shown == NULL ? "null" : shown, expected[i]);
        free(shown);
        json_decref(value);
        if (i > 1)
            continue;
        value = sample_media_type_named(made.description, &type, "a");
        assert_int_equal(json_integer_value(value), i + 2);
        json_decref(value);
        assert_null(sample_media_type_named(made.description, &type, "nobody"));
    }
    close_world(&made);
}

/* In 2.0 the examples of a response stand under their media types. */
static void examples_of_swagger(void **state) {
    (void)state;
    static const char yaml[] = "swagger: '2.0'\npaths: {}\n"
                               "it: {examples: {text/plain: x, application/json: {a: 1}}, schema: {type: object}}\n";
    world made = open_text(yaml, sizeof yaml - 1);
    assert_non_null(made.description);
    const node *object = node_get(document_root(made.owner), "it");
    media_type type = {"application/json", {made.owner, object}, {made.owner, node_get(object, "schema")}};
    json_t *value = sample_media_type(made.description, &type);
    assert_int_equal(json_integer_value(json_object_get(value, "a")), 1);
    json_decref(value);
    close_world(&made);
}

/* ---- The bundled documents: what their schemas give is valid ---- */

static void check_response(const world *made, located response, schema_set *set, const char *name) {
    const node *content = node_get(response.value, "content");
    for (size_t i = 0; content != NULL && i < node_count(content); i++) {
        const node *own = node_get(node_value(content, i), "schema");
        if (own == NULL)
            continue;
        diagnostics list;
        assert_true(diagnostics_init(&list));
        const schema *compiled = schema_compile(set, made->owner, own, "file:///api.yaml", &list);
        assert_non_null(compiled);
        json_t *value = sample_schema(made->description, (located){made->owner, own});
        arena *memory = arena_new();
        schema_errors errors = {.count = 0};
        if (schema_validate(compiled, value, memory, &errors) != SCHEMA_VALID)
            print_error("%s: %s %s\n", name, errors.count == 0 ? "" : errors.items[0].instance,
                        errors.count == 0 ? "" : errors.items[0].message);
        assert_int_equal(errors.count, 0);
        arena_free(memory);
        json_decref(value);
        diagnostics_free(&list);
    }
}

static void samples_of_bundled_documents_are_valid(void **state) {
    (void)state;
    static const char *const paths[] = {"specs/prisma/openapi/prisma-pulse-openapi.yml",
                                        "specs/petstore/openapi/petstore-openapi.yml"};
    for (size_t p = 0; p < sizeof paths / sizeof *paths; p++) {
        static char bytes[100000];
        FILE *file = fopen(paths[p], "r");
        assert_non_null(file);
        size_t length = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        world made = open_text(bytes, length);
        assert_non_null(made.description);
        schema_options options = {.dialect = api_version_of(made.description) == API_OPENAPI_3_0 ? SCHEMA_OPENAPI_3_0
                                                                                                 : SCHEMA_2020_12};
        schema_set *set = schema_set_new(&options);
        assert_non_null(set);
        for (size_t i = 0; i < api_operation_count(made.description); i++) {
            const operation *op = api_operation(made.description, i);
            const node *responses = node_get(operation_object(op).value, "responses");
            for (size_t j = 0; j < node_count(responses); j++)
                check_response(&made, api_resolve(made.description, (located){made.owner, node_value(responses, j)}),
                               set, operation_id(op));
        }
        schema_set_free(set);
        close_world(&made);
    }
}

int main(void) {
    const struct CMUnitTest others[] = {
        cmocka_unit_test(patterns),
        cmocka_unit_test(examples_of_media_types),
        cmocka_unit_test(examples_of_swagger),
        cmocka_unit_test(samples_of_bundled_documents_are_valid),
    };
    enum { ROWS = sizeof rows / sizeof *rows, OTHERS = sizeof others / sizeof *others };
    struct CMUnitTest tests[ROWS + OTHERS];
    for (size_t i = 0; i < ROWS; i++)
        tests[i] = (struct CMUnitTest){rows[i].schema, samples, NULL, NULL, (void *)&rows[i]};
    memcpy(tests + ROWS, others, sizeof others);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
