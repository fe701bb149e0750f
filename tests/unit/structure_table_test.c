/*
 * structure_table_test.c: tests/tables/structure.json: what the specification says of each field of each object, and
 * what `arazzo validate` says to a document that does otherwise: the code, the place, the name of the field.
 *
 * A row changes one right document (`set` and `remove`, by JSON Pointer). What it lists is all that may be said.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/validate/validate.h"
#include "tests/support/json_table.h"

/* ---- The changed document ---- */

/* The last token of a pointer, and the value that it is a token of. No token of this table has `~` in it. */
static json_t *parent_of(json_t *value, const char *pointer, const char **last) {
    assert_int_equal(pointer[0], '/');
    for (const char *next; (next = strchr(pointer + 1, '/')) != NULL; pointer = next) {
        size_t length = (size_t)(next - pointer) - 1;
        value = json_is_array(value) ? json_array_get(value, strtoul(pointer + 1, NULL, 10))
                                     : json_object_getn(value, pointer + 1, length);
        if (value == NULL)
            fail_msg("nothing at '%s'", pointer);
    }
    *last = pointer + 1;
    return value;
}

static void set_at(json_t *root, const char *pointer, json_t *value) {
    const char *last;
    json_t *parent = parent_of(root, pointer, &last);
    size_t index = strtoul(last, NULL, 10);
    int failed = !json_is_array(parent)             ? json_object_set(parent, last, value)
                 : index == json_array_size(parent) ? json_array_append(parent, value)
                                                    : json_array_set(parent, index, value);
    assert_int_equal(failed, 0);
}

static void remove_at(json_t *root, const char *pointer) {
    const char *last;
    json_t *parent = parent_of(root, pointer, &last);
    assert_int_equal(json_object_del(parent, last), 0);
}

static char *changed_document(const table_row *row) {
    json_t *made = json_deep_copy(json_object_get(row->contexts, "document")), *value;
    const char *version = row_string(row, "version"), *pointer;
    size_t i;
    if (version != NULL)
        json_object_set_new(made, "arazzo", json_string(version));
    json_object_foreach(json_object_get(row->fields, "set"), pointer, value) set_at(made, pointer, value);
    json_array_foreach(json_object_get(row->fields, "remove"), i, value) remove_at(made, json_string_value(value));
    char *written = json_dumps(made, JSON_INDENT(2));
    json_decref(made);
    assert_non_null(written);
    return written;
}

/* ---- Validating it ---- */

typedef struct shelf {
    const table_row *row;
    const char *document;
} shelf;

static char *read_from_shelf(void *user, const char *uri, size_t *length, char *error, size_t error_size) {
    const shelf *from = user;
    char name[32];
    char *made = NULL;
    if (strcmp(uri, "file:///a.json") == 0)
        made = strdup(from->document);
    else if (sscanf(uri, "file:///%31[a-z].json", name) == 1)
        made = json_dumps(json_object_get(from->row->contexts, name), JSON_COMPACT);
    if (made == NULL)
        snprintf(error, error_size, "there is no such file");
    else
        *length = strlen(made);
    return made;
}

static place place_at(const document *owner, const char *pointer, bool key) {
    const node *found = node_at(document_root(owner), pointer, strlen(pointer));
    if (found == NULL)
        fail_msg("nothing at '%s'", pointer);
    if (!key)
        return node_place(owner, found);
    const char *last = strrchr(pointer, '/');
    return node_place(owner, node_get_key(node_at(document_root(owner), pointer, (size_t)(last - pointer)), last + 1));
}

static bool stands_at(const diagnostic *said, place wanted, bool within) {
    if (said->where.line != wanted.line)
        return false;
    return within ? said->where.column >= wanted.column && said->where.column <= wanted.column + wanted.length
                  : said->where.column == wanted.column;
}

static void fail_with(const diagnostics *list, const char *written, const char *why) {
    print_error("%s; what was said:\n", why);
    for (size_t i = 0; i < list->count; i++)
        print_error("  %s %u:%u %s\n", list->items[i].code, list->items[i].where.line, list->items[i].where.column,
                    list->items[i].message);
    if (getenv("SHOW") != NULL)
        print_error("%s\n", written);
    fail();
}

static void statement_holds(void **state) {
    const table_row *row = *state;
    const char *code = row_string(row, "code"), *names = row_string(row, "names"), *at = row_string(row, "at");
    char *written = changed_document(row);
    shelf from = {.row = row, .document = written};
    const arazzo_reader reader = {.user = &from, .read = read_from_shelf, .root = "file:///"};
    const arazzo_load_options options = {.strict = json_is_true(json_object_get(row->fields, "strict"))};
    library *books = library_new(&reader);
    diagnostics list;
    assert_true(diagnostics_init(&list));
    assert_non_null(books);
    validate_document(books, "file:///a.json", &options, &list);
    size_t expected = (size_t)json_integer_value(json_object_get(row->fields, "besides")) + (code[0] != '\0');
    if (list.count != expected)
        fail_with(&list, written, "another number of diagnostics");
    bool found = code[0] == '\0';
    for (size_t i = 0; i < list.count && !found; i++) {
        const document *owner = library_document(books, "file:///a.json", (place){.file = NULL}, &list);
        place wanted = place_at(owner, at, json_is_true(json_object_get(row->fields, "key")));
        found = strcmp(list.items[i].code, code) == 0 &&
                stands_at(&list.items[i], wanted, json_is_true(json_object_get(row->fields, "within"))) &&
                (names == NULL || strstr(list.items[i].message, names) != NULL);
    }
    if (!found)
        fail_with(&list, written, "not said, or not there");
    library_free(books);
    diagnostics_free(&list);
    free(written);
}

int main(void) {
    table *tables[] = {table_load("tests/tables/structure.json", false)};
    return tables_run("structure", statement_holds, tables, 1);
}
