/*
 * case.h: the cases of the suite: YAML files that hold to case.schema.json, read as JSON values.
 *
 * A case of a broken format is a diagnostic with a place, never a case that silently tests nothing.
 */
#ifndef ARAZZO_TESTS_CONFORMANCE_CASE_H
#define ARAZZO_TESTS_CONFORMANCE_CASE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct test_case {
    char *path;
    json_t *fields; /* as case.schema.json describes them */
} test_case;

typedef struct case_list {
    test_case *items; /* sorted by section and name */
    size_t count;
    size_t capacity;
    size_t broken; /* files that are not cases: said on standard error */
} case_list;

/*
 * Reads every *.yaml file below FOLDER/cases, checked against FOLDER/case.schema.json. False when nothing can be read
 * at all. `list` is freed with case_list_free() either way.
 */
bool case_list_read(case_list *list, const char *folder);
void case_list_free(case_list *list);

/* A field's string, borrowed, or `otherwise`. */
const char *case_string(const test_case *one, const char *field, const char *otherwise);

/* True when the case lists `need` under `requires`. */
bool case_requires(const test_case *one, const char *need);

#endif
