/* json_table.c: reads case tables and hands their rows to cmocka. */
#include "tests/support/json_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text.h"
#include "runtime-expr/json_context.h"

struct table {
    json_t *root;
    table_row *rows;
    size_t count;
};

const char *row_string(const table_row *row, const char *key) {
    return json_string_value(json_object_get(row->fields, key));
}

json_t *row_context(const table_row *row, const char *key) {
    json_t *value = json_object_get(row->fields, key);
    json_t *named = json_is_string(value) ? json_object_get(row->contexts, json_string_value(value)) : NULL;
    return named == NULL ? value : named;
}

static void give_up(const char *path, const char *why) {
    fprintf(stderr, "%s: %s\n", path, why);
    exit(1);
}

table *table_load(const char *path, bool strict) {
    text all = TEXT_EMPTY;
    char piece[4096];
    json_error_t error;
    table *made = calloc(1, sizeof *made);
    FILE *file = fopen(path, "rb");
    if (file == NULL || made == NULL)
        give_up(path, "cannot be read");
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
        text_append(&all, piece, got);
    fclose(file);
    made->root = json_context_parse(text_peek(&all), all.length, &error);
    text_free(&all);
    if (made->root == NULL)
        give_up(path, error.text);
    json_t *cases = json_object_get(made->root, "cases");
    made->count = json_array_size(cases);
    made->rows = calloc(made->count + 1, sizeof *made->rows);
    if (made->rows == NULL || made->count == 0)
        give_up(path, "has no cases");
    for (size_t i = 0; i < made->count; i++)
        made->rows[i] = (table_row){
            .fields = json_array_get(cases, i), .contexts = json_object_get(made->root, "contexts"), .strict = strict};
    return made;
}

int tables_run(const char *name, void (*test)(void **state), table **tables, size_t count) {
    size_t total = 0, next = 0;
    for (size_t i = 0; i < count; i++)
        total += tables[i]->count;
    struct CMUnitTest *tests = calloc(total, sizeof *tests);
    if (tests == NULL)
        give_up(name, "out of memory");
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < tables[i]->count; j++)
            tests[next++] = (struct CMUnitTest){
                .name = row_string(&tables[i]->rows[j], "id"), .test_func = test, .initial_state = &tables[i]->rows[j]};
    int failed = _cmocka_run_group_tests(name, tests, total, NULL, NULL);
    free(tests);
    for (size_t i = 0; i < count; i++) {
        json_decref(tables[i]->root);
        free(tables[i]->rows);
        free(tables[i]);
    }
    return failed;
}
