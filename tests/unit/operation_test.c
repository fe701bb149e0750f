/*
 * operation_test.c: OpenAPI documents opened: versions, references within and across documents, look-ups, parameters as
 * declared, servers, responses.
 *
 * Documents stand below by their URIs; what a reference names comes from there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/operation/operation.h"

typedef struct page {
    const char *uri;
    const char *text;
} page;

enum { PAGES = 4 };

/* A description made of pages, the first of which is its entry. */
typedef struct fixture {
    diagnostics list;
    const page *pages;
    document *owners[PAGES];
    api_sources sources;
    api *described;
    arena *memory;
    size_t opened;
} fixture;

static const document *open_page(void *user, const char *uri, diagnostics *list) {
    fixture *f = user;
    f->opened++;
    for (size_t i = 0; i < PAGES && f->pages[i].uri != NULL; i++) {
        if (strcmp(f->pages[i].uri, uri) != 0)
            continue;
        if (f->owners[i] == NULL)
            f->owners[i] = document_parse(f->pages[i].text, strlen(f->pages[i].text), uri, NULL, list);
        return f->owners[i];
    }
    diagnose(list, "E0601", (place){.file = NULL}, NULL, "there is no %s", uri);
    return NULL;
}

static void open_pages(fixture *f, const page *pages) {
    *f = (fixture){.pages = pages, .memory = arena_new()};
    f->sources = (api_sources){f, open_page, NULL};
    assert_non_null(f->memory);
    assert_true(diagnostics_init(&f->list));
    const document *entry = open_page(f, pages[0].uri, &f->list);
    assert_non_null(entry);
    f->opened = 0;
    f->described = api_open(entry, pages[0].uri, &f->sources, &f->list);
}

static void close_pages(fixture *f) {
    api_free(f->described);
    for (size_t i = 0; i < PAGES; i++)
        document_free(f->owners[i]);
    arena_free(f->memory);
    diagnostics_free(&f->list);
}

static void open_text(fixture *f, page *pages, const char *described) {
    pages[0] = (page){"https://doc.test/dir/api.yaml", described};
    pages[1] = (page){NULL, NULL};
    open_pages(f, pages);
}

/* The codes of all diagnostics, "E0201 W0203". */
static const char *codes(fixture *f) {
    text all = TEXT_EMPTY;
    for (size_t i = 0; i < f->list.count; i++)
        text_append_format(&all, "%s%s", i == 0 ? "" : " ", f->list.items[i].code);
    const char *kept = arena_copy(f->memory, text_peek(&all), all.length);
    text_free(&all);
    return kept;
}

static const operation *prepared(fixture *f, const char *id) {
    const operation *op = api_operation_by_id(f->described, id);
    assert_non_null(op);
    assert_true(operation_prepare(op, &f->list));
    return op;
}

/* ---- Opening ---- */

static void versions_are_told_apart(void **state) {
    (void)state;
    static const struct {
        const char *text;
        api_version version;
        const char *codes;
    } rows[] = {{"swagger: '2.0'\npaths: {}\n", API_SWAGGER_2_0, ""},
                {"swagger: 2.0\npaths: {}\n", API_SWAGGER_2_0, ""},
                {"openapi: 3.0.4\npaths: {}\n", API_OPENAPI_3_0, ""},
                {"openapi: 3.1.2\ncomponents: {}\n", API_OPENAPI_3_1, ""},
                {"{\"openapi\": \"3.2.0\"}", API_OPENAPI_3_2, ""},
                {"openapi: 3.10.0\n", API_OPENAPI_3_1, "E0201"},
                {"openapi: 4.0.0\n", API_OPENAPI_3_2, "E0201"},
                {"openapi: [3]\n", API_OPENAPI_3_2, "E0201"},
                {"swagger: '1.2'\n", API_OPENAPI_3_2, "E0201"},
                {"asyncapi: 3.0.0\n", API_OPENAPI_3_2, "E0201"},
                {"just text\n", API_OPENAPI_3_2, "E0201"},
                {"openapi: 3.1.0\npaths: []\n", API_OPENAPI_3_1, "E0202"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fixture f;
        page pages[2];
        open_text(&f, pages, rows[i].text);
        assert_string_equal(codes(&f), rows[i].codes);
        assert_int_equal(f.described != NULL, rows[i].codes[0] == '\0');
        if (f.described != NULL)
            assert_int_equal(api_version_of(f.described), rows[i].version);
        close_pages(&f);
    }
}

static void an_error_has_its_place(void **state) {
    (void)state;
    fixture f;
    page pages[2];
    open_text(&f, pages, "info: {}\nopenapi: 9.9.9\n");
    assert_int_equal(f.list.items[0].where.line, 2);
    assert_int_equal(f.list.items[0].where.column, 10);
    assert_string_equal(f.list.items[0].message, "version '9.9.9' of OpenAPI is not supported");
    close_pages(&f);
}

static void methods_depend_on_the_version(void **state) {
    (void)state;
    static const char paths[] = "paths:\n  /a:\n    get: {}\n    trace: {}\n    query: {}\n    additionalOperations:\n"
                                "      COPY: {operationId: copy}\n    x-mine: {get: {}}\n  x-other: {get: {}}\n";
    static const struct {
        const char *version;
        size_t count;
    } rows[] = {{"swagger: '2.0'\n", 1}, {"openapi: 3.0.0\n", 2}, {"openapi: 3.1.0\n", 2}, {"openapi: 3.2.0\n", 4}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fixture f;
        page pages[2];
        text whole = TEXT_EMPTY;
        text_append_format(&whole, "%s%s", rows[i].version, paths);
        open_text(&f, pages, text_peek(&whole));
        assert_int_equal(api_operation_count(f.described), rows[i].count);
        if (rows[i].count == 4) {
            assert_string_equal(operation_method(api_operation(f.described, 2)), "QUERY");
            assert_string_equal(operation_method(api_operation_by_id(f.described, "copy")), "COPY");
        }
        assert_null(api_operation(f.described, rows[i].count));
        close_pages(&f);
        text_free(&whole);
    }
}

static void an_id_given_twice_is_reported(void **state) {
    (void)state;
    fixture f;
    page pages[2];
    open_text(&f, pages,
              "openapi: 3.0.0\npaths:\n  /a: {get: {operationId: x}}\n  /b: {get: {operationId: x}, put: {}}\n");
    assert_string_equal(codes(&f), "W0203");
    assert_int_equal(f.list.items[0].where.line, 4);
    assert_string_equal(operation_path(api_operation_by_id(f.described, "x")), "/a");
    assert_null(operation_id(api_operation(f.described, 2)));
    assert_null(api_operation_by_id(f.described, "y"));
    assert_null(api_operation_by_id(f.described, ""));
    close_pages(&f);
}

/* ---- References ---- */

static const page shop[] = {
    {"https://doc.test/shop/api.yaml", "openapi: 3.1.0\n"
                                       "paths:\n"
                                       "  /a: {$ref: 'paths/a.yaml#/item', post: {operationId: own}}\n"
                                       "  /b: {$ref: '#/components/pathItems/b'}\n"
                                       "  /again: {$ref: '#/components/pathItems/b'}\n"
                                       "  /lost: {$ref: 'lost.yaml'}\n"
                                       "  /round: {$ref: '#/components/pathItems/r1'}\n"
                                       "  /passwd: {$ref: 'file:///etc/passwd'}\n"
                                       "components:\n"
                                       "  pathItems:\n"
                                       "    b: {delete: {operationId: del}}\n"
                                       "    r1: {$ref: '#/components/pathItems/r2'}\n"
                                       "    r2: {$ref: '#/components/pathItems/r1'}\n"
                                       "  parameters:\n"
                                       "    limit: {name: limit, in: query, schema: {type: integer}}\n"},
    {"https://doc.test/shop/paths/a.yaml",
     "item:\n"
     "  servers: [{url: ../v2}]\n"
     "  parameters:\n"
     "  - {$ref: 'more.yaml#/p%C3%A9'}\n"
     "  - {$ref: '../api.yaml#/components/parameters/limit'}\n"
     "  - {$ref: 'more.yaml#/nothing'}\n"
     "  - {$ref: '#/loop'}\n"
     "  get:\n"
     "    operationId: far\n"
     "    requestBody: {$ref: 'more.yaml#/body'}\n"
     "    responses: {'2XX': {$ref: 'more.yaml#/fine'}, default: {description: other}}\n"
     "loop: {$ref: '#/loop'}\n"},
    {"https://doc.test/shop/paths/more.yaml", "p\xC3\xA9: {name: page, in: query}\n"
                                              "body: {required: true, content: {application/json: {schema: {$ref: "
                                              "'#/s'}}, text/plain: {$ref: '#/t'}}}\n"
                                              "t: {schema: {type: string}}\n"
                                              "s: {type: object}\n"
                                              "fine: {description: fine}\n"},
    {NULL, NULL}};

static void references_lead_across_documents(void **state) {
    (void)state;
    fixture f;
    open_pages(&f, shop);
    assert_non_null(f.described);
    assert_string_equal(codes(&f), "W0204 W0204 W0204 W0203");
    assert_string_equal(f.list.items[0].help, "there is no https://doc.test/shop/lost.yaml");
    assert_string_equal(f.list.items[1].help, "its references go in a circle, or are more than 64 in a row");
    assert_string_equal(f.list.items[2].help, "a document from elsewhere may not refer to a file of this machine");
    assert_int_equal(api_operation_count(f.described), 4);

    const operation *far = prepared(&f, "far");
    assert_string_equal(codes(&f), "W0204 W0204 W0204 W0203 W0210 W0210");
    assert_string_equal(f.list.items[4].where.file, "https://doc.test/shop/paths/a.yaml");
    assert_int_equal(f.list.items[4].where.line, 6);
    assert_string_equal(operation_path(far), "/a");
    assert_int_equal(operation_parameter_count(far), 2);
    assert_non_null(operation_parameter_named(far, "page", PARAMETER_QUERY));
    assert_non_null(operation_parameter_named(far, "limit", PARAMETER_QUERY));
    assert_null(operation_parameter_named(far, "limit", PARAMETER_HEADER));

    assert_true(operation_body_required(far));
    assert_int_equal(operation_body_count(far), 2);
    located schema = api_resolve(f.described, operation_body_at(far, 0)->schema);
    assert_string_equal(node_string(node_get(schema.value, "type"), NULL), "object");
    assert_string_equal(document_name(schema.owner), "https://doc.test/shop/paths/more.yaml");
    assert_non_null(operation_body_at(far, 1)->schema.value);

    located fine = operation_response(far, 204), other = operation_response(far, 404);
    assert_string_equal(node_string(node_get(fine.value, "description"), NULL), "fine");
    assert_string_equal(node_string(node_get(other.value, "description"), NULL), "other");
    assert_null(operation_response(api_operation_by_id(f.described, "del"), 200).value);

    /* A relative server stands in the other document, so it is relative to that. */
    assert_string_equal(operation_server(far, f.memory, &f.list), "https://doc.test/shop/v2");
    close_pages(&f);
}

static void nothing_is_opened_before_it_is_needed(void **state) {
    (void)state;
    static const page pages[] = {{"https://doc.test/api.yaml",
                                  "openapi: 3.1.0\npaths:\n  /a:\n    get: {operationId: x, parameters: [{$ref: "
                                  "'p.yaml'}]}\n"},
                                 {"https://doc.test/p.yaml", "{name: p, in: query}"},
                                 {NULL, NULL}};
    fixture f;
    open_pages(&f, pages);
    assert_int_equal(f.opened, 0);
    prepared(&f, "x");
    prepared(&f, "x");
    assert_int_equal(f.opened, 1);
    close_pages(&f);
}

static void self_is_what_references_are_relative_to(void **state) {
    (void)state;
    static const page pages[] = {{"https://device1.example.com/copy/api.yaml",
                                  "openapi: 3.2.0\n"
                                  "$self: https://example.com/api/openapi\n"
                                  "servers: [{url: ./test}]\n"
                                  "paths:\n"
                                  "  /a: {$ref: 'shared/foo#/a'}\n"
                                  "  /b: {$ref: 'beside.yaml#/b'}\n"
                                  "  /c: {$ref: 'https://example.com/api/openapi#/c'}\n"
                                  "c: {get: {operationId: c}}\n"},
                                 {"https://example.com/api/shared/foo", "a: {get: {operationId: a}}\n"},
                                 {"https://device1.example.com/copy/beside.yaml", "b: {get: {operationId: b}}\n"},
                                 {NULL, NULL}};
    fixture f;
    open_pages(&f, pages);
    assert_string_equal(codes(&f), "");
    assert_non_null(api_operation_by_id(f.described, "a"));
    assert_non_null(api_operation_by_id(f.described, "b")); /* not at $self, but beside the document */
    assert_non_null(api_operation_by_id(f.described, "c"));
    /* "For API URLs the `$self` field is ignored and the retrieval URI is used instead." */
    assert_string_equal(operation_server(api_operation_by_id(f.described, "a"), f.memory, &f.list),
                        "https://device1.example.com/copy/test");
    close_pages(&f);
}

/* ---- Looking up ---- */

static const operation *at(const fixture *f, const char *pointer) {
    return api_operation_at(f->described, pointer, strlen(pointer));
}

static void pointers_find_operations(void **state) {
    (void)state;
    fixture f;
    open_pages(&f, shop);
    const operation *far = api_operation_by_id(f.described, "far"), *del = api_operation_by_id(f.described, "del");
    assert_ptr_equal(at(&f, "/paths/~1a/get"), far); /* behind a reference */
    assert_ptr_equal(at(&f, "/paths/%2F~1a/get"), NULL);
    assert_ptr_equal(at(&f, "/paths/%7E1a/get"), far);
    assert_ptr_equal(at(&f, "/paths/~1a/post"), api_operation_by_id(f.described, "own"));
    assert_ptr_equal(at(&f, "/paths/~1a/GET"), far);
    assert_null(at(&f, "/paths/~1a"));           /* two operations: no choice */
    assert_ptr_equal(at(&f, "/paths/~1b"), del); /* trap 40 as the specification's example writes it */
    assert_string_equal(operation_path(at(&f, "/paths/~1again/delete")), "/again");
    assert_ptr_equal(at(&f, "/components/pathItems/b/delete"), del);
    assert_null(at(&f, "/paths/~1b/get"));
    assert_null(at(&f, "/paths/~1b/delete/responses"));
    assert_null(at(&f, "/paths/~1c/get"));
    assert_null(at(&f, "/paths"));
    assert_null(at(&f, ""));
    assert_null(at(&f, "paths/~1b"));
    close_pages(&f);
}

static void request_lines_find_operations(void **state) {
    (void)state;
    static const char pets[] = "openapi: 3.2.0\npaths:\n"
                               "  /pets/{id}: {get: {operationId: one}, put: {operationId: set}}\n"
                               "  /pets/mine: {get: {operationId: mine}}\n"
                               "  /{entity}/me: {get: {operationId: me}}\n"
                               "  /books/{id}: {get: {operationId: book}}\n"
                               "  /files/{name}.{kind}: {get: {operationId: file}}\n"
                               "  /files/{name}.txt: {get: {operationId: text}}\n"
                               "  /files/{name}:undo: {post: {operationId: undo}}\n"
                               "  /a/{x}{y}/: {get: {operationId: pair}}\n"
                               "  /caf\xC3\xA9: {get: {operationId: cafe}}\n"
                               "  '/q?v={v}': {get: {operationId: q}}\n"
                               "  /: {additionalOperations: {COPY: {operationId: root}}}\n";
    static const struct {
        const char *method;
        const char *path;
        const char *id; /* NULL: none */
        bool known;
    } rows[] = {{"GET", "/pets/7", "one", true},
                {"GET", "/pets/mine", "mine", true},
                {"PUT", "/pets/mine", "set", true},
                {"GET", "/pets/a%2Fb", "one", true},
                {"GET", "/pets/m%69ne", "mine", true},
                {"GET", "/pets/", NULL, false},
                {"GET", "/pets", NULL, false},
                {"GET", "/pets/1/2", NULL, false},
                {"DELETE", "/pets/7", NULL, true},
                {"GET", "/books/me", "book", true},
                {"GET", "/files/a.b.png", "file", true},
                {"GET", "/files/a.b.txt", "text", true},
                {"GET", "/files/.txt", NULL, false},
                {"POST", "/files/a:undo", "undo", true},
                {"POST", "/files/:undo:undo", "undo", true},
                {"GET", "/files/a", NULL, false},
                {"GET", "/a/12/", "pair", true},
                {"GET", "/a/1/", NULL, false},
                {"GET", "/a/12", NULL, false},
                {"GET", "/caf%C3%A9", "cafe", true},
                {"GET", "/q?v=1", "q", true},
                {"GET", "/q", "q", true},
                {"copy", "/", "root", true},
                {"GET", "", NULL, false}};
    fixture f;
    page pages[2];
    open_text(&f, pages, pets);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool known = !rows[i].known;
        const operation *op = api_operation_for(f.described, rows[i].method, rows[i].path, &known);
        assert_string_equal(op == NULL ? "none" : operation_id(op), rows[i].id == NULL ? "none" : rows[i].id);
        assert_int_equal(known, rows[i].known);
    }
    close_pages(&f);
}

/* What stands beside the $ref of a path item counts for the operations behind it, but less than what stands there. */
static void a_path_item_has_two_halves(void **state) {
    (void)state;
    const page pages[] = {{"https://doc.test/api.yaml",
                           "openapi: 3.1.0\nservers: [{url: /d}]\npaths:\n"
                           "  /a/{id}:\n    $ref: item.yaml#/i\n    servers: [{url: /beside}]\n"
                           "    parameters: [{name: id, in: path}, {name: q, in: query, style: form}]\n"
                           "    put: {operationId: own}\n"},
                          {"https://doc.test/item.yaml",
                           "i: {parameters: [{name: q, in: query, style: deepObject}], get: {operationId: there}}\n"},
                          {NULL, NULL}};
    fixture f;
    open_pages(&f, pages);
    assert_non_null(f.described);
    const operation *there = prepared(&f, "there"), *own = prepared(&f, "own");
    assert_int_equal(operation_parameter_count(there), 2);
    assert_non_null(operation_parameter_named(there, "id", PARAMETER_PATH));
    assert_int_equal(operation_parameter_named(there, "q", PARAMETER_QUERY)->style, STYLE_DEEP_OBJECT);
    assert_int_equal(operation_parameter_named(own, "q", PARAMETER_QUERY)->style, STYLE_FORM);
    assert_string_equal(operation_server(there, f.memory, &f.list), "https://doc.test/beside");
    assert_string_equal(codes(&f), "");
    close_pages(&f);
}

static void statuses_find_responses(void **state) {
    (void)state;
    fixture f;
    page pages[2];
    open_text(
        &f, pages,
        "openapi: 3.0.0\npaths:\n  /a:\n    get:\n      operationId: x\n      responses:\n"
        "        200: {description: exact}\n        2XX: {description: range}\n        5xx: {description: lower}\n"
        "    put:\n      operationId: y\n      responses: {default: {description: rest}}\n");
    static const struct {
        const char *id;
        int status;
        const char *description;
    } rows[] = {{"x", 200, "exact"}, {"x", 201, "range"}, {"x", 503, "lower"}, {"x", 404, NULL}, {"y", 404, "rest"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        located found = operation_response(api_operation_by_id(f.described, rows[i].id), rows[i].status);
        assert_int_equal(found.value != NULL, rows[i].description != NULL);
        if (found.value != NULL)
            assert_string_equal(node_string(node_get(found.value, "description"), NULL), rows[i].description);
    }
    close_pages(&f);
}

/* ---- Parameters ---- */

static void parameters_have_their_defaults(void **state) {
    (void)state;
    static const char document_text[] =
        "openapi: 3.2.0\npaths:\n  /a/{p}:\n    parameters:\n"
        "    - {name: p, in: path, schema: {}}\n"
        "    - {name: q, in: query, required: true, schema: {}}\n"
        "    - {name: X-Id, in: header, schema: {}}\n"
        "    get:\n      operationId: x\n      parameters:\n"
        "      - {name: x-id, in: header, required: true, schema: {}}\n"
        "      - {name: c, in: cookie, schema: {}}\n"
        "      - {name: k, in: cookie, style: cookie, schema: {}}\n"
        "      - {name: d, in: query, style: deepObject, schema: {}}\n"
        "      - {name: r, in: path, style: matrix, allowReserved: true, schema: {}}\n"
        "      - {name: j, in: query, content: {application/json: {schema: {type: object}}}}\n"
        "      - {name: s, in: querystring, content: {application/x-www-form-urlencoded: {}}}\n"
        "      - {name: f, in: path, style: form, schema: {}}\n"
        "      - {name: u, in: query, style: fancy, schema: {}}\n"
        "      - {name: Authorization, in: header, schema: {}}\n"
        "      - {in: query}\n"
        "      - {name: b, in: body}\n"
        "      - nothing\n";
    static const struct {
        const char *name;
        parameter_location in;
        parameter_style style;
        bool explode, reserved, required;
        const char *content;
    } rows[] = {{"p", PARAMETER_PATH, STYLE_SIMPLE, false, false, true, NULL},
                {"q", PARAMETER_QUERY, STYLE_FORM, true, false, true, NULL},
                {"X-ID", PARAMETER_HEADER, STYLE_SIMPLE, false, false, true, NULL},
                {"c", PARAMETER_COOKIE, STYLE_FORM, true, false, false, NULL},
                {"k", PARAMETER_COOKIE, STYLE_COOKIE, true, false, false, NULL},
                {"d", PARAMETER_QUERY, STYLE_DEEP_OBJECT, false, false, false, NULL},
                {"r", PARAMETER_PATH, STYLE_MATRIX, false, true, true, NULL},
                {"j", PARAMETER_QUERY, STYLE_FORM, true, false, false, "application/json"},
                {"s", PARAMETER_QUERYSTRING, STYLE_FORM, true, false, false, "application/x-www-form-urlencoded"},
                {"f", PARAMETER_PATH, STYLE_SIMPLE, false, false, true, NULL},
                {"u", PARAMETER_QUERY, STYLE_FORM, true, false, false, NULL}};
    fixture f;
    page pages[2];
    open_text(&f, pages, document_text);
    const operation *op = prepared(&f, "x");
    assert_int_equal(operation_parameter_count(op), sizeof rows / sizeof *rows);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const operation_parameter *made = operation_parameter_named(op, rows[i].name, rows[i].in);
        assert_non_null(made);
        assert_int_equal(made->style, rows[i].style);
        assert_int_equal(made->explode, rows[i].explode);
        assert_int_equal(made->allow_reserved, rows[i].reserved);
        assert_int_equal(made->required, rows[i].required);
        assert_string_equal(made->content_type == NULL ? "" : made->content_type,
                            rows[i].content == NULL ? "" : rows[i].content);
    }
    assert_string_equal(codes(&f), "W0214 W0214 W0210 W0210 W0210");
    close_pages(&f);
}

static void reserved_paths_are_of_3_2(void **state) {
    (void)state;
    fixture f;
    page pages[2];
    open_text(&f, pages,
              "openapi: 3.1.0\npaths:\n  /a/{p}:\n    get:\n      operationId: x\n      parameters:\n"
              "      - {name: p, in: path, allowReserved: true, schema: {}}\n"
              "      - {name: q, in: query, allowReserved: true, schema: {}}\n");
    const operation *op = prepared(&f, "x");
    assert_false(operation_parameter_named(op, "p", PARAMETER_PATH)->allow_reserved);
    assert_true(operation_parameter_named(op, "q", PARAMETER_QUERY)->allow_reserved);
    close_pages(&f);
}

static void swagger_bodies_are_media_types(void **state) {
    (void)state;
    static const char document_text[] =
        "swagger: '2.0'\nconsumes: [application/json, application/xml]\n"
        "parameters: {pet: {name: pet, in: body, required: true, schema: {type: object}}}\n"
        "paths:\n"
        "  /json: {post: {operationId: json, parameters: [{$ref: '#/parameters/pet'}]}}\n"
        "  /own: {post: {operationId: own, consumes: [text/plain], parameters: [{$ref: '#/parameters/pet'}]}}\n"
        "  /none: {post: {operationId: none, consumes: [], parameters: [{$ref: '#/parameters/pet'}]}}\n"
        "  /form: {post: {operationId: form, parameters: [{name: a, in: formData, type: string}]}}\n"
        "  /file: {post: {operationId: file, consumes: [application/x-www-form-urlencoded, multipart/form-data],\n"
        "    parameters: [{name: a, in: formData, type: file}, {name: q, in: query, type: array, collectionFormat: "
        "multi, items: {type: string}}]}}\n"
        "  /get: {get: {operationId: get}}\n";
    static const struct {
        const char *id;
        const char *types;
        bool required;
    } rows[] = {{"json", "application/json application/xml ", true},
                {"own", "text/plain ", true},
                {"none", "application/json ", true},
                {"form", "application/x-www-form-urlencoded ", false},
                {"file", "multipart/form-data ", false},
                {"get", "", false}};
    fixture f;
    page pages[2];
    open_text(&f, pages, document_text);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const operation *op = prepared(&f, rows[i].id);
        text all = TEXT_EMPTY;
        for (size_t j = 0; j < operation_body_count(op); j++)
            text_append_format(&all, "%s ", operation_body_at(op, j)->name);
        assert_string_equal(text_peek(&all), rows[i].types);
        assert_int_equal(operation_body_required(op), rows[i].required);
        text_free(&all);
    }
    assert_int_equal(operation_parameter_count(prepared(&f, "file")), 1);
    assert_non_null(operation_body_at(prepared(&f, "json"), 0)->schema.value);
    assert_string_equal(codes(&f), "");
    close_pages(&f);
}

/* ---- Servers (S29) ---- */

static void servers_resolve(void **state) {
    (void)state;
    static const struct {
        const char *head;
        const char *uri;
        const char *server; /* NULL: a diagnostic */
        const char *codes;
    } rows[] = {
        {"openapi: 3.1.0", "https://d.test/x/api.yaml", "https://d.test/", ""},
        {"{openapi: 3.1.0, servers: []", "https://d.test/x/api.yaml", "https://d.test/", ""},
        {"{openapi: 3.1.0, servers: [{url: /v1}, {url: 'https://second.test'}]", "http://d.test/x/api.yaml",
         "http://d.test/v1", ""},
        {"{openapi: 3.1.0, servers: [{url: .}]", "https://device1.example.com", "https://device1.example.com/", ""},
        {"{openapi: 3.1.0, servers: [{url: 'v1/'}]", "https://d.test/x/api.yaml", "https://d.test/x/v1/", ""},
        {"{openapi: 3.1.0, servers: [{url: '//h.test/v1'}]", "https://d.test/x", "https://h.test/v1", ""},
        {"{openapi: 3.1.0, servers: [{url: '//h.test/v1'}]", "file:///x/api.yaml", "https://h.test/v1", ""},
        {"{openapi: 3.1.0, servers: [{url: '{s}://{h}:{p}/{b}', variables: {s: {default: https, enum: [http, https]}, "
         "h: "
         "{default: h.test}, p: {default: 8443}, b: {default: ''}}}]",
         "https://d.test/x", "https://h.test:8443/", ""},
        {"{openapi: 3.1.0, servers: [{url: 'https://{h}', variables: {h: {default: c, enum: [a, b]}}}]",
         "https://d.test/x", "https://c", "W0213"},
        {"{openapi: 3.1.0, servers: [{url: 'https://{h}', variables: {h: {enum: [a]}}}]", "https://d.test/x", NULL,
         "E0211"},
        {"{openapi: 3.1.0, servers: [{url: 'https://{h}.test'}]", "https://d.test/x", NULL, "E0211"},
        {"openapi: 3.1.0", "file:///x/api.yaml", NULL, "E0212"},
        {"{openapi: 3.1.0, servers: [{url: /v1}]", "file:///x/api.yaml", NULL, "E0212"},
        {"{openapi: 3.1.0, servers: [{url: 'api.h.test/v1'}]", "file:///x/api.yaml", NULL, "E0212"},
        {"{openapi: 3.1.0, servers: [{url: 'ftp://h.test'}]", "https://d.test/x", NULL, "E0212"},
        {"{openapi: 3.1.0, servers: [{url: 'file:///etc'}]", "https://d.test/x", NULL, "E0212"},
        {"{openapi: 3.1.0, servers: [{url: 'http://[x'}]", "https://d.test/x", NULL, "E0212"},
        {"{swagger: '2.0', host: h.test:81, basePath: /v2, schemes: [ws, http]", "https://d.test/x",
         "http://h.test:81/v2", ""},
        {"{swagger: '2.0', host: h.test, schemes: [http, https]", "https://d.test/x", "https://h.test/", ""},
        {"{swagger: '2.0', host: h.test, basePath: v2", "http://d.test/x", "http://h.test/v2", ""},
        {"{swagger: '2.0', host: h.test", "file:///x/api.yaml", "https://h.test/", ""},
        {"{swagger: '2.0', basePath: /v2", "http://d.test:8080/x/y", "http://d.test:8080/v2", ""},
        {"{swagger: '2.0', basePath: /v2, schemes: [https]", "file:///x/api.yaml", NULL, "E0212"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fixture f;
        text whole = TEXT_EMPTY;
        text_append_format(&whole, "%s%s, paths: {/a: {get: {}}}}\n", rows[i].head[0] == '{' ? "" : "{", rows[i].head);
        page pages[] = {{rows[i].uri, text_peek(&whole)}, {NULL, NULL}};
        open_pages(&f, pages);
        assert_non_null(f.described);
        const char *server = operation_server(api_operation(f.described, 0), f.memory, &f.list);
        assert_string_equal(server == NULL ? "none" : server, rows[i].server == NULL ? "none" : rows[i].server);
        assert_string_equal(codes(&f), rows[i].codes);
        if (server == NULL)
            assert_string_equal(f.list.items[0].help, "name the server with --server URL");
        close_pages(&f);
        text_free(&whole);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_are_told_apart),
        cmocka_unit_test(an_error_has_its_place),
        cmocka_unit_test(methods_depend_on_the_version),
        cmocka_unit_test(an_id_given_twice_is_reported),
        cmocka_unit_test(references_lead_across_documents),
        cmocka_unit_test(nothing_is_opened_before_it_is_needed),
        cmocka_unit_test(self_is_what_references_are_relative_to),
        cmocka_unit_test(pointers_find_operations),
        cmocka_unit_test(request_lines_find_operations),
        cmocka_unit_test(a_path_item_has_two_halves),
        cmocka_unit_test(statuses_find_responses),
        cmocka_unit_test(parameters_have_their_defaults),
        cmocka_unit_test(reserved_paths_are_of_3_2),
        cmocka_unit_test(swagger_bodies_are_media_types),
        cmocka_unit_test(servers_resolve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
