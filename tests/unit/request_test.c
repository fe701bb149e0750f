/*
 * request_test.c: the case table of parameter serialization, bodies, servers, and requests as a whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "engine/operation/operation.h"

/* ---- The table ---- */

/* A row's parameter in a document: 2.0 where it has a collectionFormat, else 3.2. A new reference. */
static json_t *describe(const json_t *row) {
    json_t *format = json_object_get(row, "collectionFormat"), *content = json_object_get(row, "content");
    bool form = strcmp(json_string_value(json_object_get(row, "in")), "form-body") == 0;
    json_t *declared =
        json_pack("{s:O, s:O*, s:O*, s:O*, s:O*, s:b}", "name", json_object_get(row, "name"), "style",
                  json_object_get(row, "style"), "explode", json_object_get(row, "explode"), "allowReserved",
                  json_object_get(row, "allowReserved"), "collectionFormat", format, "required", 0);
    static const char *const optional[] = {"style", "explode"};
    for (size_t i = 0; i < 2; i++)
        if (json_is_null(json_object_get(declared, optional[i])))
            json_object_del(declared, optional[i]);
    json_object_set_new(declared, "in", form ? json_string("formData") : json_incref(json_object_get(row, "in")));
    if (content != NULL && !form)
        json_object_set_new(declared, "content", json_pack("{s:{}}", json_string_value(content)));
    json_t *post = json_pack("{s:{s:{}}}", "requestBody", "content");
    if (!form || format != NULL)
        json_object_set_new(post, "parameters", json_pack("[O]", declared));
    json_decref(declared);
    return json_pack("{s:s, s:s, s:{s:{s:o}}}", format != NULL ? "swagger" : "openapi",
                     format != NULL ? "2.0" : "3.2.0", "host", "s.test", "paths", "/x", "post", post);
}

/* A body is built as a request is. */
static void write_form(const operation *op, const json_t *row, text *out) {
    json_t *value = json_object_get(row, "value");
    json_t *payload = json_is_object(value)
                          ? json_incref(value)
                          : json_pack("{s:O}", json_string_value(json_object_get(row, "name")), value);
    request_order order = {
        .op = op, .server = "http://s.test", .payload = payload, .content_type = "application/x-www-form-urlencoded"};
    diagnostics list;
    http_request request;
    arena *memory = arena_new();
    assert_true(diagnostics_init(&list));
    assert_true(request_build(&order, memory, &list, &request));
    text_append(out, request.body, request.body_length);
    diagnostics_free(&list);
    arena_free(memory);
    json_decref(payload);
}

/* What is done where the table says that the specification leaves the choice. */
static const char *expected_of(const json_t *row) {
    static const char *const choices[][2] = {
        {"P079", "n=1000000000000000000000"}, /* the text that every server reads as the number */
        {"P109", "q=a%23b"},                  /* a `#` would end the query */
    };
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        if (strcmp(json_string_value(json_object_get(row, "id")), choices[i][0]) == 0)
            return choices[i][1];
    return json_string_value(json_object_get(row, "expected"));
}

static void serializes(void **state) {
    const json_t *row = *state;
    text out = TEXT_EMPTY;
    char error[160];
    json_t *described = describe(row);
    assert_non_null(described);
    char *dumped = json_dumps(described, 0);
    diagnostics list;
    assert_true(diagnostics_init(&list));
    document *owner = document_parse(dumped, strlen(dumped), "api.json", NULL, &list);
    api *opened = api_open(owner, "http://s.test/api.json", NULL, &list);
    const operation *op = api_operation(opened, 0);
    parameter_location in;
    assert_true(operation_prepare(op, &list));
    if (parameter_location_from(json_string_value(json_object_get(row, "in")), &in)) {
        const operation_parameter *declared = operation_parameter_at(op, 0);
        assert_non_null(declared);
        assert_int_equal(declared->in, in);
        assert_true(parameter_serialize(declared, json_object_get(row, "value"), &out, error, sizeof error));
    } else {
        write_form(op, row, &out);
    }
    assert_int_equal(list.count, 0);
    assert_string_equal(text_peek(&out), expected_of(row));
    text_free(&out);
    api_free(opened);
    document_free(owner);
    diagnostics_free(&list);
    free(dumped);
    json_decref(described);
}

/* ---- Requests as a whole ---- */

static const char api_text[] =
    "openapi: 3.1.0\n"
    "info: {title: t, version: '1'}\n"
    "servers: [{url: 'https://{region}.s.test/{base}', variables: {region: {default: eu}, base: {default: v1}}}]\n"
    "paths:\n"
    "  /a/{id}:\n"
    "    parameters: [{name: id, in: path, required: true, schema: {type: string}}, {name: q, in: query, schema: {}}]\n"
    "    servers: [{url: '/below'}]\n"
    "    get:\n"
    "      operationId: get\n"
    "      parameters: [{name: q, in: query, explode: false, schema: {type: array}}, {name: X-Need, in: header, "
    "required: true, schema: {}}]\n"
    "    post:\n"
    "      operationId: post\n"
    "      servers: [{url: 'https://own.test/'}]\n"
    "      requestBody: {$ref: '#/components/requestBodies/b'}\n"
    "components:\n"
    "  requestBodies:\n"
    "    b:\n"
    "      content:\n"
    "        application/json: {schema: {type: object}}\n"
    "        text/plain: {schema: {type: string}}\n"
    "        multipart/form-data: {schema: {type: object, properties: {file: {type: string, format: binary}}}}\n";

typedef struct fixture {
    diagnostics list;
    document *owner;
    api *described;
    arena *memory;
} fixture;

static int open_fixture(void **state) {
    fixture *f = calloc(1, sizeof *f);
    diagnostics_init(&f->list);
    f->owner = document_parse(api_text, strlen(api_text), "api.yaml", NULL, &f->list);
    f->described = api_open(f->owner, "http://doc.test/dir/api.yaml", NULL, &f->list);
    f->memory = arena_new();
    *state = f;
    return f->described == NULL;
}

static int close_fixture(void **state) {
    fixture *f = *state;
    arena_free(f->memory);
    api_free(f->described);
    document_free(f->owner);
    diagnostics_free(&f->list);
    free(f);
    return 0;
}

static bool build(fixture *f, const char *id, const argument *arguments, size_t count, const json_t *payload,
                  const char *content_type, http_request *out) {
    request_order order = {.op = api_operation_by_id(f->described, id),
                           .arguments = arguments,
                           .argument_count = count,
                           .payload = payload,
                           .content_type = content_type};
    return request_build(&order, f->memory, &f->list, out);
}

static void operation_and_path_servers_win(void **state) {
    fixture *f = *state;
    json_t *value = json_string("1");
    argument id = {.name = "id", .in = PARAMETER_PATH, .value = value};
    argument need = {.name = "x-need", .in = PARAMETER_HEADER, .value = value};
    argument both[] = {id, need};
    http_request request;
    assert_true(build(f, "get", both, 2, NULL, NULL, &request));
    assert_string_equal(request.url, "http://doc.test/below/a/1");
    assert_string_equal(http_headers_get(&request.headers, "X-Need"), "1");
    assert_true(build(f, "post", &id, 1, NULL, NULL, &request));
    assert_string_equal(request.url, "https://own.test/a/1");
    json_decref(value);
}

static void a_path_parameter_cannot_climb(void **state) {
    fixture *f = *state;
    static const struct {
        const char *value;
        const char *url; /* NULL: refused */
    } rows[] = {{"../../admin", "https://own.test/a/..%2F..%2Fadmin"},
                {"..", NULL},
                {".", NULL},
                {"", NULL},
                {"a?b#c", "https://own.test/a/a%3Fb%23c"},
                {"%2e%2e", "https://own.test/a/%252e%252e"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *value = json_string(rows[i].value);
        argument id = {.name = "id", .in = PARAMETER_PATH, .value = value};
        http_request request;
        bool built = build(f, "post", &id, 1, NULL, NULL, &request);
        assert_int_equal(built, rows[i].url != NULL);
        if (built)
            assert_string_equal(request.url, rows[i].url);
        json_decref(value);
    }
}

static const char *last_code(const fixture *f) {
    return f->list.count == 0 ? "" : f->list.items[f->list.count - 1].code;
}

static void what_is_missing_is_reported(void **state) {
    fixture *f = *state;
    json_t *value = json_string("1");
    http_request request;
    argument id = {.name = "id", .in = PARAMETER_PATH, .value = value};
    assert_false(build(f, "get", &id, 1, NULL, NULL, &request));
    assert_string_equal(last_code(f), "E0221");
    argument nothing[] = {{.name = "id", .in = PARAMETER_PATH, .value = NULL}};
    assert_false(build(f, "post", nothing, 1, NULL, NULL, &request));
    assert_string_equal(last_code(f), "E0220");
    argument optional[] = {id, {.name = "q", .in = PARAMETER_QUERY, .value = json_null()}};
    assert_true(build(f, "post", optional, 2, NULL, NULL, &request));
    assert_string_equal(last_code(f), "W0224");
    assert_string_equal(request.url, "https://own.test/a/1");
    argument undeclared[] = {id, {.name = "z", .in = PARAMETER_QUERY, .value = value}};
    assert_true(build(f, "post", undeclared, 2, NULL, NULL, &request));
    assert_string_equal(last_code(f), "W0225");
    assert_string_equal(request.url, "https://own.test/a/1?z=1");
    json_decref(value);
}

static void a_header_holds_no_line_break(void **state) {
    fixture *f = *state;
    json_t *value = json_string("1"), *evil = json_string("a\r\nX-Evil: 1");
    http_request request;
    argument arguments[] = {{.name = "id", .in = PARAMETER_PATH, .value = value},
                            {.name = "X-T", .in = PARAMETER_HEADER, .value = evil}};
    assert_false(build(f, "post", arguments, 2, NULL, NULL, &request));
    assert_string_equal(last_code(f), "E0222");
    arguments[1] = (argument){.name = "X\r\nY", .in = PARAMETER_HEADER, .value = value};
    assert_false(build(f, "post", arguments, 2, NULL, NULL, &request));
    assert_string_equal(last_code(f), "E0222");
    json_decref(value);
    json_decref(evil);
}

static void bodies_by_media_type(void **state) {
    fixture *f = *state;
    static const struct {
        const char *payload;
        const char *content_type;
        const char *sent_type;
        const char *body;
    } rows[] = {
        {"{\"a\":[1,\"x\"]}", NULL, "application/json", "{\"a\":[1,\"x\"]}"},
        {"\"plain\"", NULL, "text/plain", "plain"},
        {"\"plain\"", "application/json", "application/json", "\"plain\""},
        {"\"{\\n  \\\"a\\\": 1\\n}\"", "application/json", "application/json", "{\n  \"a\": 1\n}"},
        {"\"<a/>\"", "application/xml", "application/xml", "<a/>"},
        {"{\"a\":1}", "application/vnd.x+json; v=1", "application/vnd.x+json; v=1", "{\"a\":1}"},
        {"\"a=1&b=2\"", "application/x-www-form-urlencoded", "application/x-www-form-urlencoded", "a=1&b=2"},
        {"{\"a b\":[1,2],\"c\":null,\"d\":true}", "application/x-www-form-urlencoded",
         "application/x-www-form-urlencoded", "a+b=1&a+b=2&d=true"},
    };
    json_t *value = json_string("1");
    argument id = {.name = "id", .in = PARAMETER_PATH, .value = value};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *payload = json_loads(rows[i].payload, JSON_DECODE_ANY, NULL);
        http_request request;
        assert_true(build(f, "post", &id, 1, payload, rows[i].content_type, &request));
        assert_string_equal(request.body, rows[i].body);
        assert_string_equal(http_headers_get(&request.headers, "Content-Type"), rows[i].sent_type);
        json_decref(payload);
    }
    json_decref(value);
}

static void multipart_has_parts(void **state) {
    fixture *f = *state;
    json_t *value = json_string("1"),
           *payload = json_pack("{s:s, s:s, s:{s:i}}", "text", "t", "file", "\x01", "o", "a", 1);
    argument id = {.name = "id", .in = PARAMETER_PATH, .value = value};
    http_request request;
    assert_true(build(f, "post", &id, 1, payload, "multipart/form-data", &request));
    const char *boundary = strstr(http_headers_get(&request.headers, "Content-Type"), "boundary=");
    assert_non_null(boundary);
    char expected[1024];
    boundary += 9;
    snprintf(expected, sizeof expected,
             "--%s\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nt\r\n"
             "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file\"\r\nContent-Type: "
             "application/octet-stream\r\n\r\n\x01\r\n"
             "--%s\r\nContent-Disposition: form-data; name=\"o\"\r\nContent-Type: "
             "application/json\r\n\r\n{\"a\":1}\r\n--%s--\r\n",
             boundary, boundary, boundary, boundary);
    assert_string_equal(request.body, expected);
    json_decref(value);
    json_decref(payload);
}

/* Bytes that are no text, a NUL among them, go through unchanged; the boundary is in none of the parts. */
static void bytes_stay_bytes(void **state) {
    fixture *f = *state;
    static const char bytes[] = "\x00\xFF\x01\x02--arazzo-\r\n";
    enum { LENGTH = sizeof bytes - 1 };
    json_t *value = json_string("1"), *payload = json_object(), *file = json_stringn_nocheck(bytes, LENGTH);
    argument id = {.name = "id", .in = PARAMETER_PATH, .value = value};
    http_request first, again, plain;
    assert_int_equal(json_object_set(payload, "file", file), 0);
    assert_true(build(f, "post", &id, 1, payload, "multipart/form-data", &first));
    assert_true(build(f, "post", &id, 1, payload, "multipart/form-data", &again));
    assert_int_equal(first.body_length, again.body_length);
    assert_memory_equal(first.body, again.body, first.body_length);
    const char *content = strstr(first.body, "\r\n\r\n");
    assert_non_null(content);
    assert_memory_equal(content + 4, bytes, LENGTH);
    assert_true(build(f, "post", &id, 1, file, "application/octet-stream", &plain));
    assert_int_equal(plain.body_length, LENGTH);
    assert_memory_equal(plain.body, bytes, LENGTH);
    json_decref(value);
    json_decref(file);
    json_decref(payload);
}

/* Text that is JSON goes as it is under a JSON media type; other text becomes a JSON string (RFC 8259). */
static void json_text_is_told_from_text(void **state) {
    fixture *f = *state;
    static const char *const json[] = {"0",    "-0",      "1.5e+10",         "12345678901234567890123",
                                       "true", " null\n", "\"a\\u00e9\\n\"", "\"\"",
                                       "1E5"},
                             *const other[] = {"",    "01",  "1.",         "-",     "+1",       ".5",
                                               "1e",  "tru", "nullx",      "\"a",   "\"a\\x\"", "\"\\u12\"",
                                               "1 2", "'a'", "2024-01-01", "12:30", "\"a\nb\""};
    json_t *one = json_string("1");
    argument id = {.name = "id", .in = PARAMETER_PATH, .value = one};
    for (size_t i = 0; i < sizeof json / sizeof *json + sizeof other / sizeof *other; i++) {
        bool is_json = i < sizeof json / sizeof *json;
        const char *written = is_json ? json[i] : other[i - sizeof json / sizeof *json];
        json_t *payload = json_string(written);
        http_request request;
        assert_true(build(f, "post", &id, 1, payload, "application/json", &request));
        assert_int_equal(strcmp(request.body, written) == 0, is_json);
        json_decref(payload);
    }
    json_decref(one);
}

static void diagnostics_point_and_suggest(void **state) {
    fixture *f = *state;
    json_t *value = json_string("1");
    argument arguments[] = {{.name = "Id", .in = PARAMETER_PATH, .value = value, .where = {"w.yaml", 7, 5, 2}},
                            {.name = "x-ned", .in = PARAMETER_HEADER, .value = value, .where = {"w.yaml", 9, 5, 2}}};
    request_order order = {.op = api_operation_by_id(f->described, "get"),
                           .arguments = arguments,
                           .argument_count = 2,
                           .where = {"w.yaml", 3, 1, 1}};
    http_request request;
    static const struct {
        const char *code;
        uint32_t line;
        const char *help;
    } rows[] = {
        {"E0221", 3, ""}, {"E0221", 3, "it gives 'Id'"}, {"W0228", 7, ""}, {"W0225", 9, "did you mean 'X-Need'?"}};
    assert_false(request_build(&order, f->memory, &f->list, &request));
    assert_int_equal(f->list.count, sizeof rows / sizeof *rows);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const diagnostic *at = &f->list.items[i];
        assert_string_equal(at->code, rows[i].code);
        assert_string_equal(at->where.file, "w.yaml");
        assert_int_equal(at->where.line, rows[i].line);
        assert_string_equal(at->help == NULL ? "" : at->help, rows[i].help);
    }
    json_decref(value);
}

static void operations_are_found(void **state) {
    fixture *f = *state;
    bool known;
    assert_ptr_equal(api_operation_at(f->described, "/paths/~1a~1%7Bid%7D/post", strlen("/paths/~1a~1%7Bid%7D/post")),
                     api_operation_by_id(f->described, "post"));
    assert_null(
        api_operation_at(f->described, "/paths/~1a~1{id}", strlen("/paths/~1a~1{id}"))); /* two operations: no choice */
    assert_ptr_equal(api_operation_for(f->described, "GET", "/a/7", &known), api_operation_by_id(f->described, "get"));
    assert_null(api_operation_for(f->described, "PUT", "/a/7", &known));
    assert_true(known);
    assert_null(api_operation_for(f->described, "GET", "/a/7/b", &known));
    assert_false(known);
    assert_null(api_operation_by_id(f->described, "nope"));
}

int main(void) {
    json_t *table = json_load_file("tests/tables/parameter-serialization.json", 0, NULL);
    const json_t *rows = json_object_get(table, "rows");
    size_t count = json_array_size(rows);
    static const struct CMUnitTest more[] = {
        cmocka_unit_test_setup_teardown(operation_and_path_servers_win, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(a_path_parameter_cannot_climb, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(what_is_missing_is_reported, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(a_header_holds_no_line_break, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(bodies_by_media_type, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(multipart_has_parts, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(bytes_stay_bytes, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(json_text_is_told_from_text, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(diagnostics_point_and_suggest, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(operations_are_found, open_fixture, close_fixture),
    };
    enum { MORE = sizeof more / sizeof *more };
    struct CMUnitTest tests[256];
    if (count == 0 || count + MORE > 256)
        return 1;
    for (size_t i = 0; i < count; i++) {
        json_t *row = json_array_get(rows, i);
        tests[i] = (struct CMUnitTest){json_string_value(json_object_get(row, "id")), serializes, NULL, NULL, row};
    }
    memcpy(tests + count, more, sizeof more);
    int failed = _cmocka_run_group_tests("requests", tests, count + MORE, NULL, NULL);
    json_decref(table);
    return failed;
}
