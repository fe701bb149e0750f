/* json_table.h: case tables in JSON as cmocka tests: each row of `cases` is a test named after its `id`. */
#ifndef ARAZZO_TESTS_JSON_TABLE_H
#define ARAZZO_TESTS_JSON_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct table_row {
    json_t *fields;
    json_t *contexts; /* the table's `contexts`: values that rows name */
    bool strict;      /* as table_load() was told */
} table_row;

/* A row's string, or NULL. */
const char *row_string(const table_row *row, const char *key);

/* A row's value; a string that names one of the table's contexts is that context. Borrowed. */
json_t *row_context(const table_row *row, const char *key);

typedef struct table table;

/* Reads a table; ends the program with a message when it cannot. */
table *table_load(const char *path, bool strict);

/* Runs `test` (its *state is a table_row *) for the rows of all tables, frees them, and returns how many failed. */
int tables_run(const char *name, void (*test)(void **state), table **tables, size_t count);

#endif
