/*
 * schema_test.c: what the test suite of JSON Schema does not ask (tests/conformance/schema_suite.c): the dialects of
 * OpenAPI 3.0 and Swagger 2.0, directions, errors with their places, what a schema makes of a text, and schemas and
 * instances that mean harm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/text.h"
#include "engine/schema/schema.h"
#include "runtime-expr/json_text.h"

typedef struct world {
    diagnostics list;
    document *owner;
    document *other;
    schema_set *set;
    const schema *compiled;
    arena *memory;
} world;

static const document *open_other(void *user, const document *from, const char *uri) {
    world *at = user;
    assert_non_null(from);
    return strcmp(uri, "https://example.com/other") == 0 ? at->other : NULL;
}

static void compile(world *at, const char *written, size_t length, schema_options options) {
    static const char other[] = "Far: {const: away}\n";
    *at = (world){.memory = arena_new()};
    assert_true(diagnostics_init(&at->list));
    options.user = at;
    options.open = open_other;
    at->other = document_parse(other, sizeof other - 1, "other.yaml", NULL, &at->list);
    at->owner = document_parse(written, length, "schema.yaml", NULL, &at->list);
    at->set = schema_set_new(&options);
    assert_non_null(at->owner);
    assert_non_null(at->set);
    at->compiled =
        schema_compile(at->set, at->owner, document_root(at->owner), "https://example.com/schema", &at->list);
}

static void release(world *at) {
    schema_set_free(at->set);
    document_free(at->owner);
    document_free(at->other);
    diagnostics_free(&at->list);
    arena_free(at->memory);
}

static json_t *parsed(const char *written) {
    json_t *value = NULL;
    assert_int_equal(json_text_parse(written, strlen(written), &value, NULL), JSON_TEXT_OK);
    return value;
}

/* ---- Errors ---- */

typedef struct row {
    const char *name;
    schema_options options;
    const char *schema;
    const char *instance;
    const char *wanted; /* a line for each error: instance, sentence, keyword, line:column; "" when it holds */
} row;

#define SWAGGER                                                                                                        \
    { .dialect = SCHEMA_SWAGGER_2_0 }
#define OPENAPI                                                                                                        \
    { .dialect = SCHEMA_OPENAPI_3_0 }
#define REQUEST                                                                                                        \
    { .dialect = SCHEMA_OPENAPI_3_0, .direction = SCHEMA_REQUEST }
#define RESPONSE                                                                                                       \
    { .dialect = SCHEMA_2020_12, .direction = SCHEMA_RESPONSE }
#define PLAIN                                                                                                          \
    { .dialect = SCHEMA_2020_12 }
#define ONE_WAY                                                                                                        \
    "{type: object, required: [r, w], properties: {r: {type: string, readOnly: true}, w: {type: string, writeOnly: "   \
    "true}}}"

static const row rows[] = {
    /* ---- OpenAPI 3.0 ---- */
    {"nullable", OPENAPI, "{type: string, nullable: true}", "null", ""},
    {"nullable alone allows nothing more", OPENAPI, "{nullable: true}", "7", ""},
    {"nullable does not add to an enumeration", OPENAPI, "{type: string, nullable: true, enum: [a]}", "null",
     "- is null, must be one of [\"a\"] - /enum 1:32\n"},
    {"not nullable", OPENAPI, "{type: string, nullable: false}", "null", "- is null, must be a string - /type 1:2\n"},
    {"exclusiveMinimum as a boolean", OPENAPI, "{minimum: 1, exclusiveMinimum: true}", "1",
     "- is 1, must be greater than 1 - /minimum 1:2\n"},
    {"exclusiveMaximum, off", OPENAPI, "{maximum: 1, exclusiveMaximum: false}", "1", ""},
    {"siblings of a reference are ignored", OPENAPI, "{$ref: '#/d', type: string, d: {type: integer}}", "7", ""},
    {"discriminator is an annotation", OPENAPI,
     "{type: object, discriminator: {propertyName: kind, mapping: {a: '#/no'}}, properties: {kind: {type: string}}}",
     "{\"kind\":\"zebra\"}", ""},
    {"what 2020-12 has is ignored only where it means something else", OPENAPI, "{$id: 'urn:x', $anchor: a}", "1", ""},
    /* ---- Swagger 2.0 ---- */
    {"x-nullable", SWAGGER, "{type: integer, x-nullable: true}", "null", ""},
    {"a file is text", SWAGGER, "{type: file}", "\"bytes\"", ""},
    {"collectionFormat is for who reads the text", SWAGGER,
     "{type: array, items: {type: integer}, collectionFormat: pipes}", "[1, 2]", ""},
    /* ---- Directions ---- */
    {"a request lacks what is readOnly", REQUEST, ONE_WAY, "{\"w\":\"x\"}", ""},
    {"a request has what is readOnly", REQUEST, ONE_WAY, "{\"r\":\"x\",\"w\":\"x\"}",
     "/r is for responses only, and must not be in a request - /properties/r/readOnly 1:65\n"},
    {"a response has what is writeOnly", RESPONSE, ONE_WAY, "{\"r\":\"x\",\"w\":\"x\"}",
     "/w is for requests only, and must not be in a response - /properties/w/writeOnly 1:100\n"},
    {"neither way both are required", PLAIN, ONE_WAY, "{}",
     "- lacks the required member 'r' - /required 1:16\n- lacks the required member 'w' - /required 1:16\n"},
    /* ---- Other drafts, dialects, documents ---- */
    {"draft 7: a list of items", PLAIN,
     "{$schema: 'http://json-schema.org/draft-07/schema#', items: [{type: integer}, {type: string}], additionalItems: "
     "false}",
     "[1, 2, 3]", "/1 is 2, must be a string - /items/1/type 1:80\n/2 is not allowed here - /additionalItems 1:113\n"},
    {"another document", PLAIN, "{$ref: 'other#/Far'}", "7",
     "- is 7, must be \"away\" - https://example.com/other#/Far/const 1:7\n"},
    {"a member with slashes and tildes", PLAIN, "properties:\n  a/b~c:\n    items:\n      maximum: 1\n",
     "{\"a/b~c\":[0,2]}", "/a~1b~0c/1 is 2, must be at most 1 - /properties/a~1b~0c/items/maximum 4:7\n"},
    {"the nearest alternative is told", PLAIN,
     "{oneOf: [{type: object, required: [a]}, {type: object, required: [b, c]}]}", "{}",
     "- fits none of the alternatives - /oneOf 1:2\n- lacks the required member 'a' - /oneOf/0/required 1:25\n"},
    {"a member that was meant", PLAIN, "{properties: {limit: true}, additionalProperties: false}", "{\"limmit\":1}",
     "- has the member 'limmit', which is not allowed (did you mean 'limit'?) - /additionalProperties 1:29\n"},
    {"a password is not quoted", PLAIN, "{format: password, type: string, minLength: 99, pattern: '^x'}", "\"secret\"",
     "- has 6 characters, must have at least 99 - /minLength 1:34\n- is ***, must match ^x - /pattern 1:49\n"},
    {"a format that is asserted",
     {.dialect = SCHEMA_2020_12, .assert_format = true},
     "{format: date}",
     "\"2023-02-29\"",
     "- is \"2023-02-29\", must be a date (2024-02-29) - /format 1:2\n"},
    {"JSON in a string",
     {.dialect = SCHEMA_2020_12, .assert_content = true},
     "{contentMediaType: application/json, contentSchema: {items: {type: integer}}}",
     "\"[1, true]\"",
     "/1 is true, must be an integer - /contentSchema/items/type 1:62\n"},
    {"JSON in a string, encoded: left alone",
     {.dialect = SCHEMA_2020_12, .assert_content = true},
     "{contentMediaType: application/json, contentEncoding: base64, contentSchema: false}",
     "\"e30=\"",
     ""},
    /* ---- Patterns of ECMA-262 ---- */
    {"$ is the end, not the end of a line", PLAIN, "{pattern: '^a$'}", "\"a\\n\"",
     "- is \"a\\n\", must match ^a$ - /pattern 1:2\n"},
    {"\\d is ASCII", PLAIN, "{pattern: '^\\d$'}", "\"\\u0663\"",
     "- is \"\xD9\xA3\", must match ^\\d$ - /pattern 1:2\n"},
    {"a surrogate pair is one character", PLAIN, "{pattern: '^.$'}", "\"\\ud83d\\ude00\"", ""},
};

static void check_row(const row *at) {
    world made;
    text seen = TEXT_EMPTY;
    compile(&made, at->schema, strlen(at->schema), at->options);
    if (made.compiled == NULL)
        fail_msg("%s: %s", at->name, made.list.items[0].message);
    json_t *instance = parsed(at->instance);
    schema_errors errors = {.count = 0};
    schema_outcome outcome = schema_validate(made.compiled, instance, made.memory, &errors);
    assert_int_equal(outcome, schema_validate(made.compiled, instance, made.memory, NULL));
    assert_int_equal(outcome, at->wanted[0] == '\0' ? SCHEMA_VALID : SCHEMA_INVALID);
    for (size_t i = 0; i < errors.count; i++) {
        const schema_error *error = &errors.items[i];
        place where = node_place(error->owner, error->source);
        text_append_format(&seen, "%s %s - %s %u:%u\n", error->instance[0] == '\0' ? "-" : error->instance,
                           error->message, error->keyword, where.line, where.column);
    }
    if (strcmp(text_peek(&seen), at->wanted) != 0)
        fail_msg("%s\n  wanted: %s\n     saw: %s", at->name, at->wanted, text_peek(&seen));
    json_decref(instance);
    text_free(&seen);
    release(&made);
}

static void errors_have_places(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_row(&rows[i]);
}

/* ---- Schemas that are none ---- */

static void what_is_no_schema_is_refused(void **state) {
    (void)state;
    static const char *const wrong[][2] = {
        {"{type: strin}", "E0301 1:8 'strin' is no type of a schema"},
        {"{items: [1]}", "E0301 1:9 a schema must be an object or a boolean"},
        {"{$ref: '#/no'}", "E0302 1:8 the reference '#/no' leads nowhere"},
        {"{$ref: 'https://example.com/none'}", "E0302 1:8 the reference 'https://example.com/none' leads nowhere"},
        {"{pattern: 'a('}", "E0303 1:14 the pattern is no regular expression: missing closing parenthesis"},
        {"{patternProperties: {'[': true}}",
         "E0303 1:24 the pattern is no regular expression: the class is not closed"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        world made;
        char seen[256];
        compile(&made, wrong[i][0], strlen(wrong[i][0]), (schema_options){.dialect = SCHEMA_2020_12});
        assert_null(made.compiled);
        const diagnostic *first = &made.list.items[0];
        snprintf(seen, sizeof seen, "%s %u:%u %s", first->code, first->where.line, first->where.column, first->message);
        assert_string_equal(seen, wrong[i][1]);
        release(&made);
    }
}

/* ---- Texts ---- */

static void texts_are_what_the_schema_wants(void **state) {
    (void)state;
    static const struct {
        const char *schema;
        const char *written;
        const char *wanted;
    } texts[] = {
        {"true", "7", "\"7\""},
        {"{type: string}", "7", "\"7\""},
        {"{type: integer}", "7", "7"},
        {"{type: integer}", "7.0", "7.0"},
        {"{type: integer}", "seven", "\"seven\""}, /* which then does not hold */
        {"{type: number}", "1e3", "1000.0"},
        {"{type: boolean}", "true", "true"},
        {"{type: boolean}", "yes", "\"yes\""},
        {"{type: 'null'}", "null", "null"},
        {"{type: [string, 'null']}", "null", "null"},
        {"{type: [string, integer]}", "7", "7"},
        {"{type: [string, integer], maximum: 5}", "7", "\"7\""}, /* JSON first, if it holds */
        {"{type: string}", "null", "\"null\""},
        {"{type: string}", "\"a\"", "\"\\\"a\\\"\""}, /* quotes are the text's */
        {"{type: object}", "{\"a\":1}", "{\"a\":1}"},
        {"{type: object}", "{a: 1}", "\"{a: 1}\""},
        {"{type: array, items: {type: integer}}", "[1,2]", "[1,2]"},
        {"{type: array, items: {type: integer}}", "7", "[7]"},
        {"{type: array}", "a", "[\"a\"]"},
        {"{type: [array, string]}", "a", "\"a\""},
        {"{type: array, items: {type: array}}", "a", "[\"a\"]"},
        {"{enum: [1, 2]}", "2", "2"},
        {"{enum: ['1', 2]}", "1", "\"1\""},
        {"{const: true}", "true", "true"},
        {"{oneOf: [{type: integer}, {type: string, pattern: '^x'}]}", "7", "7"},
        {"{oneOf: [{type: integer}, {type: string, pattern: '^x'}]}", "x7", "\"x7\""},
        {"{anyOf: [{type: boolean}, {type: 'null'}]}", "null", "null"},
        {"{allOf: [{type: [integer, string]}, {type: [integer, boolean]}]}", "7", "7"},
        {"{$ref: '#/$defs/n', $defs: {n: {type: number}}}", "1.5", "1.5"},
        {"{properties: {a: {type: integer}}}", "{\"a\":1}", "{\"a\":1}"},
        {"{items: {type: integer}}", "[1]", "[1]"},
        {"{$ref: '#'}", "7", "\"7\""},
        {"{type: array, items: {$ref: '#'}}", "7", "[\"7\"]"},
        {"{type: integer}", "12345678901234567890123", "1.2345678901234568e+22"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        world made;
        text seen = TEXT_EMPTY;
        compile(&made, texts[i].schema, strlen(texts[i].schema), (schema_options){.dialect = SCHEMA_2020_12});
        json_t *value = schema_read_text(made.compiled, texts[i].written, strlen(texts[i].written));
        json_text_append(&seen, value);
        if (strcmp(text_peek(&seen), texts[i].wanted) != 0)
            fail_msg("%s of %s: wanted %s, saw %s", texts[i].written, texts[i].schema, texts[i].wanted,
                     text_peek(&seen));
        json_decref(value);
        text_free(&seen);
        release(&made);
    }
    json_t *plain = schema_read_text(NULL, "7", 1);
    assert_string_equal(json_string_value(plain), "7");
    json_decref(plain);
}

/* ---- Harm ---- */

/* Ends with one of the outcomes in a time that nobody minds: the budget's worth of work, under sanitizers too. */
static void ends(const char *name, text *written, json_t *instance, bool limit) {
    world made;
    clock_t began = clock();
    compile(&made, text_peek(written), written->length, (schema_options){.dialect = SCHEMA_2020_12});
    if (made.compiled == NULL)
        fail_msg("%s: %s", name, made.list.items[0].message);
    for (int with = 0; with < 2; with++) {
        schema_errors errors = {.count = 0};
        schema_outcome outcome = schema_validate(made.compiled, instance, made.memory, with == 0 ? NULL : &errors);
        assert_true(outcome != SCHEMA_NO_MEMORY);
        if (limit)
            assert_int_equal(outcome, SCHEMA_LIMIT);
    }
    double seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
    if (seconds > 60)
        fail_msg("%s took %.1f s", name, seconds);
    if (getenv("SCHEMA_TIMES") != NULL)
        print_message("%-40s %.2f s\n", name, seconds);
    json_decref(instance);
    text_free(written);
    release(&made);
}

static text plain(const char *written) {
    text made = TEXT_EMPTY;
    text_append_string(&made, written);
    return made;
}

/* Each level offers the next one twice. */
static text doubling(const char *keyword, int levels) {
    text made = TEXT_EMPTY;
    text_append_string(&made, "{$ref: '#/$defs/d0', $defs: {");
    for (int i = 0; i < levels; i++)
        text_append_format(&made, "d%d: {%s: [{$ref: '#/$defs/d%d'}, {$ref: '#/$defs/d%d'}]}, ", i, keyword, i + 1,
                           i + 1);
    text_append_format(&made, "d%d: {type: integer}}}", levels);
    return made;
}

static json_t *many(size_t count, const char *format) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        char item[64];
        snprintf(item, sizeof item, format, (int)i);
        json_array_append_new(list, json_string(item));
    }
    return list;
}

/* The members of one object are equal but for the last: nothing is known before all were compared. */
static json_t *nearly_equal(size_t count, size_t members) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *item = json_array();
        for (size_t k = 0; k < members; k++)
            json_array_append_new(item, json_integer(k + 1 == members ? (json_int_t)i : 0));
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *object_of(size_t count) {
    json_t *made = json_object();
    for (size_t i = 0; i < count; i++) {
        char name[64];
        snprintf(name, sizeof name, "member-with-a-long-name-%zu", i);
        json_object_set_new(made, name, json_integer(1));
    }
    return made;
}

static void harm_ends(void **state) {
    (void)state;
    text made = plain("{$ref: '#'}");
    ends("a reference to itself", &made, json_integer(1), true);
    made = plain("{allOf: [{$ref: '#'}, {$ref: '#'}]}");
    ends("references to itself, twice each", &made, json_integer(1), true);
    made = plain("{not: {$ref: '#'}}");
    ends("its own negation", &made, json_integer(1), true);
    made = plain("{$dynamicRef: '#a', $dynamicAnchor: a}");
    ends("a dynamic reference to itself", &made, json_integer(1), true);
    made = doubling("allOf", 40);
    ends("2^40 allOf", &made, json_integer(1), true);
    made = doubling("anyOf", 40);
    ends("2^40 anyOf", &made, json_string("x"), true);
    made = doubling("oneOf", 40);
    ends("2^40 oneOf", &made, json_integer(1), true);
    made = plain("{unevaluatedProperties: false, anyOf: [{$ref: '#'}, {$ref: '#'}]}");
    ends("marks for references to itself", &made, object_of(1000), true);

    made = plain("{uniqueItems: true}");
    ends("100,000 different strings", &made, many(100000, "%d"), false);
    made = plain("{uniqueItems: true}");
    ends("100,000 equal strings", &made, many(100000, "x"), false);
    made = plain("{uniqueItems: true}");
    ends("arrays equal up to the end", &made, nearly_equal(1000, 1000), false);
    made = plain("{items: {pattern: '^(a+)+$'}}");
    ends("a pattern that backtracks", &made, many(10000, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!%d"), true);
    made = plain("{items: {pattern: '^(a+)+$'}}");
    ends("a pattern that backtracks, but not to the limit", &made, many(100000, "aaaaaaaaaaaaa!%d"), false);

    text wide = TEXT_EMPTY;
    text_append_string(&wide, "{additionalProperties: false, properties: {");
    for (int i = 0; i < 900; i++)
        text_append_format(&wide, "member-with-a-long-name%d: true, ", i);
    text_append_string(&wide, "}}");
    ends("10,000 members, each close to 900 names", &wide, object_of(10000), false);

    text alternatives = TEXT_EMPTY;
    text_append_string(&alternatives, "{oneOf: [");
    for (int i = 0; i < 2000; i++)
        text_append_string(&alternatives, "{type: string}, ");
    text_append_string(&alternatives, "]}");
    ends("2,000 errors about a megabyte", &alternatives, many(100000, "some text %d"), false);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_have_places),
        cmocka_unit_test(what_is_no_schema_is_refused),
        cmocka_unit_test(texts_are_what_the_schema_wants),
        cmocka_unit_test(harm_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
