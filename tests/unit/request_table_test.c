/*
 * request_table_test.c: requests by tables: URLs, bodies, Swagger 2.0.
 *
 * A row names one of its table's documents (`contexts`) or holds one, an `operation` in it by id, what a step gives
 * (`arguments`, `payload`, `contentType`, `server`), and what must come of it: `url`, `method`, `headers` (null: not
 * there), `body`, and the `codes` of all diagnostics in order. Without `url` the request must be refused. The boundary
 * of a multipart body, which nobody can foresee, reads {boundary}.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/operation/operation.h"
#include "tests/support/json_table.h"

typedef struct fixture {
    diagnostics list;
    document *owner;
    api *described;
    arena *memory;
} fixture;

static void open_document(fixture *f, const table_row *row) {
    const char *uri = row_string(row, "uri");
    *f = (fixture){.memory = arena_new()};
    assert_non_null(f->memory);
    assert_true(diagnostics_init(&f->list));
    char *dumped = json_dumps(row_context(row, "document"), 0);
    assert_non_null(dumped);
    f->owner = document_parse(dumped, strlen(dumped), "api.json", NULL, &f->list);
    free(dumped);
    assert_non_null(f->owner);
    f->described = api_open(f->owner, uri == NULL ? "https://s.test/api.json" : uri, NULL, &f->list);
    assert_non_null(f->described);
}

static void close_document(fixture *f) {
    api_free(f->described);
    document_free(f->owner);
    arena_free(f->memory);
    diagnostics_free(&f->list);
}

static argument *read_arguments(fixture *f, const json_t *given) {
    argument *made = arena_array(f->memory, json_array_size(given), sizeof *made);
    assert_non_null(made);
    for (size_t i = 0; i < json_array_size(given); i++) {
        json_t *one = json_array_get(given, i);
        made[i].name = json_string_value(json_object_get(one, "name"));
        made[i].value = json_object_get(one, "value");
        assert_true(parameter_location_from(json_string_value(json_object_get(one, "in")), &made[i].in));
    }
    return made;
}

/* ---- What must be seen ---- */

static void check_codes(fixture *f, const table_row *row) {
    text all = TEXT_EMPTY;
    for (size_t i = 0; i < f->list.count; i++)
        text_append_format(&all, "%s%s", i == 0 ? "" : " ", f->list.items[i].code);
    assert_string_equal(text_peek(&all), row_string(row, "codes") == NULL ? "" : row_string(row, "codes"));
    text_free(&all);
}

/* The text with every boundary as {boundary}. */
static const char *generalize(fixture *f, const char *bytes, const char *boundary) {
    text out = TEXT_EMPTY;
    size_t length = boundary == NULL ? 0 : strlen(boundary);
    while (*bytes != '\0') {
        bool here = length > 0 && strncmp(bytes, boundary, length) == 0;
        if (here)
            text_append_string(&out, "{boundary}");
        else
            text_append_char(&out, *bytes);
        bytes += here ? length : 1;
    }
    const char *kept = arena_copy(f->memory, text_peek(&out), out.length);
    text_free(&out);
    return kept;
}

static void check_request(fixture *f, const table_row *row, const http_request *request) {
    const char *type = http_headers_get(&request->headers, "Content-Type"), *name;
    const char *boundary = type == NULL ? NULL : strstr(type, "boundary=arazzo-");
    boundary = boundary == NULL ? NULL : boundary + 9;
    json_t *value;
    assert_string_equal(request->url, row_string(row, "url"));
    if (row_string(row, "method") != NULL)
        assert_string_equal(request->method, row_string(row, "method"));
    json_object_foreach(json_object_get(row->fields, "headers"), name, value) {
        const char *sent = http_headers_get(&request->headers, name);
        assert_string_equal(sent == NULL ? "none" : generalize(f, sent, boundary),
                            json_is_null(value) ? "none" : json_string_value(value));
    }
    if (json_object_get(row->fields, "headerCount") != NULL)
        assert_int_equal(request->headers.count, json_integer_value(json_object_get(row->fields, "headerCount")));
    assert_string_equal(request->body == NULL ? "none" : generalize(f, request->body, boundary),
                        row_string(row, "body") == NULL ? "none" : row_string(row, "body"));
}

static void is_built_as_the_table_says(void **state) {
    const table_row *row = *state;
    fixture f;
    open_document(&f, row);
    const char *id = row_string(row, "operation");
    const json_t *given = json_object_get(row->fields, "arguments");
    request_order order = {.op = id == NULL ? api_operation(f.described, 0) : api_operation_by_id(f.described, id),
                           .server = row_string(row, "server"),
                           .arguments = read_arguments(&f, given),
                           .argument_count = json_array_size(given),
                           .content_type = row_string(row, "contentType"),
                           .payload = json_object_get(row->fields, "payload"),
                           .strict = json_is_true(json_object_get(row->fields, "strict"))};
    assert_non_null(order.op);
    http_request request;
    bool built = request_build(&order, f.memory, &f.list, &request);
    check_codes(&f, row);
    assert_int_equal(built, row_string(row, "url") != NULL);
    if (built)
        check_request(&f, row, &request);
    close_document(&f);
}

int main(void) {
    table *tables[] = {table_load("tests/tables/requests.json", false),
                       table_load("tests/tables/request-bodies.json", false),
                       table_load("tests/tables/request-swagger2.json", false)};
    return tables_run("requests by tables", is_built_as_the_table_says, tables, sizeof tables / sizeof *tables);
}
