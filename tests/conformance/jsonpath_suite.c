/*
 * jsonpath_suite.c: the JSONPath compliance suite (RFC 9535): `make conformance-jsonpath`. Prints what fails and, last,
 * how many pass.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jsonpath/jsonpath.h"

static bool same_values(const jsonpath_nodelist *nodes, const json_t *expected) {
    if (nodes->count != json_array_size(expected))
        return false;
    for (size_t i = 0; i < nodes->count; i++)
        if (!json_equal(nodes->values[i], json_array_get(expected, i)))
            return false;
    return true;
}

static bool same_paths(const jsonpath_nodelist *nodes, const json_t *expected) {
    if (expected == NULL)
        return true;
    for (size_t i = 0; i < nodes->count; i++)
        if (strcmp(nodes->paths[i], json_string_value(json_array_get(expected, i))) != 0)
            return false;
    return nodes->count == json_array_size(expected);
}

/* A case has one result, or several of which any will do. */
static bool as_expected(const json_t *test, const jsonpath_nodelist *nodes) {
    const json_t *results = json_object_get(test, "results"), *paths = json_object_get(test, "results_paths");
    if (results == NULL)
        return same_values(nodes, json_object_get(test, "result")) &&
               same_paths(nodes, json_object_get(test, "result_paths"));
    for (size_t i = 0; i < json_array_size(results); i++)
        if (same_values(nodes, json_array_get(results, i)) && same_paths(nodes, json_array_get(paths, i)))
            return true;
    return false;
}

static bool passes(const json_t *test, char *why, size_t size) {
    const json_t *selector = json_object_get(test, "selector");
    bool invalid = json_is_true(json_object_get(test, "invalid_selector"));
    jsonpath *query;
    jsonpath_error error;
    jsonpath_status status =
        jsonpath_compile(json_string_value(selector), json_string_length(selector), NULL, &query, &error);
    if (status != JSONPATH_OK) {
        snprintf(why, size, "%zu: %s", error.offset, error.message);
        return invalid && status == JSONPATH_SYNTAX;
    }
    snprintf(why, size, invalid ? "accepted" : "other nodes");
    jsonpath_nodelist nodes = {0};
    jsonpath_evaluation evaluation = {.paths = true};
    bool right =
        !invalid &&
        jsonpath_select(query, json_object_get(test, "document"), &evaluation, &nodes, &error) == JSONPATH_OK &&
        as_expected(test, &nodes);
    jsonpath_nodelist_free(&nodes);
    jsonpath_free(query);
    return right;
}

int main(void) {
    const char *shared = getenv("SHARED");
    char path[1024], why[256];
    snprintf(path, sizeof path, "%s/conformance/jsonpath-cts.json", shared == NULL ? "../shared" : shared);
    json_error_t error;
    json_t *suite = json_load_file(path, JSON_ALLOW_NUL, &error);
    if (suite == NULL) {
        printf("ok 1 - # skip the compliance suite is not there: %s\n1..1\n", path);
        return 0;
    }
    const json_t *tests = json_object_get(suite, "tests");
    size_t passed = 0, count = json_array_size(tests);
    for (size_t i = 0; i < count; i++) {
        const json_t *test = json_array_get(tests, i);
        bool right = passes(test, why, sizeof why);
        passed += right;
        if (!right)
            printf("# %s: %s: %s\n", json_string_value(json_object_get(test, "name")),
                   json_string_value(json_object_get(test, "selector")), why);
    }
    printf("%s 1 - %zu of %zu\n1..1\n", passed == count ? "ok" : "not ok", passed, count);
    json_decref(suite);
    return passed != count;
}
