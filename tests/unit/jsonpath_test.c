/*
 * jsonpath_test.c: JSONPath beyond the compliance suite: predicates, the older dialect, JSON Pointer, error offsets,
 * limits, deep documents, placeholders, and the program in docs/jsonpath.md.
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
#include "jsonpath/jsonpath.h"
#include "jsonpath/pointer.h"

static json_t *table;

static int load_table(void **state) {
    (void)state;
    table = json_load_file("tests/tables/jsonpath.json", JSON_ALLOW_NUL, NULL);
    return table == NULL;
}

static int free_table(void **state) {
    (void)state;
    json_decref(table);
    return 0;
}

static const char *string_at(const json_t *row, size_t index) {
    return json_string_value(json_array_get(row, index));
}

static jsonpath *compile(const char *query, bool predicate, jsonpath_dialect dialect, jsonpath_error *error) {
    jsonpath *made;
    jsonpath_options options = {.dialect = dialect};
    if (predicate)
        jsonpath_compile_predicate(query, strlen(query), &options, &made, error);
    else
        jsonpath_compile(query, strlen(query), &options, &made, error);
    return made;
}

static void predicates(void **state) {
    (void)state;
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(table, "predicates"), index, row) {
        jsonpath_error error;
        bool passed;
        jsonpath *predicate = compile(string_at(row, 0), true, JSONPATH_RFC9535, &error);
        if (predicate == NULL)
            print_error("%s: %zu: %s\n", string_at(row, 0), error.offset, error.message);
        assert_non_null(predicate);
        assert_int_equal(jsonpath_test(predicate, json_array_get(row, 1), NULL, &passed, &error), JSONPATH_OK);
        if (passed != json_is_true(json_array_get(row, 2)))
            print_error("row %zu: %s\n", index, string_at(row, 0));
        assert_int_equal(passed, json_is_true(json_array_get(row, 2)));
        jsonpath_free(predicate);
    }
    assert_true(index > 50);
    json_array_foreach(json_object_get(table, "predicate_errors"), index, row) {
        jsonpath_error error;
        assert_null(compile(string_at(row, 0), true, JSONPATH_RFC9535, &error));
        assert_string_equal(error.message, string_at(row, 2));
        assert_int_equal(error.offset, json_integer_value(json_array_get(row, 1)));
    }
}

static void older_dialect(void **state) {
    (void)state;
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(table, "goessner"), index, row) {
        jsonpath_error error;
        jsonpath_nodelist nodes;
        jsonpath *query = compile(string_at(row, 0), false, JSONPATH_GOESSNER_00, &error);
        const json_t *expected = json_array_get(row, 2);
        assert_non_null(query);
        assert_int_equal(jsonpath_select(query, json_array_get(row, 1), NULL, &nodes, &error), JSONPATH_OK);
        if (nodes.count != json_array_size(expected))
            print_error("%s\n", string_at(row, 0));
        assert_int_equal(nodes.count, json_array_size(expected));
        for (size_t i = 0; i < nodes.count; i++)
            assert_true(json_equal(nodes.values[i], json_array_get(expected, i)));
        jsonpath_nodelist_free(&nodes);
        jsonpath_free(query);
    }
}

static void errors_have_offsets(void **state) {
    (void)state;
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(table, "errors"), index, row) {
        jsonpath_error error;
        assert_null(compile(string_at(row, 0), false, JSONPATH_RFC9535, &error));
        assert_string_equal(error.message, string_at(row, 3));
        assert_int_equal(error.offset, json_integer_value(json_array_get(row, 1)));
        assert_int_equal(error.length, json_integer_value(json_array_get(row, 2)));
    }
}

static void pointers(void **state) {
    (void)state;
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(table, "pointers"), index, row) {
        const char *pointer = string_at(row, 0);
        json_t *found = json_pointer_get(json_array_get(row, 1), pointer, strlen(pointer));
        assert_int_equal(found != NULL, json_array_size(row) == 3);
        if (found != NULL)
            assert_true(json_equal(found, json_array_get(row, 2)));
    }
    json_array_foreach(json_object_get(table, "sets"), index, row) {
        const char *pointer = string_at(row, 0), *status = string_at(row, 3);
        json_t *document = json_deep_copy(json_array_get(row, 1));
        json_pointer_status got = json_pointer_set(&document, pointer, strlen(pointer), json_array_get(row, 2));
        if (status == NULL) {
            assert_int_equal(got, JSON_POINTER_OK);
            assert_true(json_equal(document, json_array_get(row, 3)));
        } else {
            assert_int_equal(got, strcmp(status, "missing") == 0 ? JSON_POINTER_MISSING : JSON_POINTER_INVALID);
            assert_true(json_equal(document, json_array_get(row, 1)));
        }
        json_decref(document);
    }
}

/* ---- Limits ---- */

/* [[[…]]] or {"a":{"a":…}}: jansson's own freeing recurses, so that it is taken apart from the outside in. */
static json_t *deep_document(size_t levels, bool object) {
    json_t *value = json_integer(1);
    for (size_t i = 0; i < levels; i++)
        value = object ? json_pack("{s:o}", "a", value) : json_pack("[o]", value);
    return value;
}

static void free_deep(json_t *value) {
    while (json_is_array(value) || json_is_object(value)) {
        json_t *inner = json_incref(json_is_array(value) ? json_array_get(value, 0) : json_object_get(value, "a"));
        json_decref(value);
        value = inner;
    }
    json_decref(value);
}

static void deep_documents_do_not_exhaust_the_stack(void **state) {
    (void)state;
    enum { LEVELS = 100000 };
    for (int object = 0; object < 2; object++) {
        json_t *document = deep_document(LEVELS, object), *same = deep_document(LEVELS, object);
        jsonpath_error error;
        jsonpath_nodelist nodes;
        jsonpath *all = compile("$..*", false, JSONPATH_RFC9535, &error);
        assert_int_equal(jsonpath_select(all, document, NULL, &nodes, &error), JSONPATH_OK);
        assert_int_equal(nodes.count, LEVELS);
        jsonpath_nodelist_free(&nodes);
        jsonpath_free(all);
        jsonpath *equal = compile("$[?@[0] == $[1][0]]", false, JSONPATH_RFC9535, &error);
        json_t *both = json_pack("[[O], [O]]", document, same);
        assert_int_equal(jsonpath_select(equal, both, NULL, &nodes, &error), JSONPATH_OK);
        assert_int_equal(nodes.count, 2);
        jsonpath_nodelist_free(&nodes);
        jsonpath_free(equal);
        json_array_clear(json_array_get(both, 0));
        json_array_clear(json_array_get(both, 1));
        json_decref(both);
        free_deep(document);
        free_deep(same);
    }
}

static void an_explosion_is_an_error(void **state) {
    (void)state;
    json_t *document = json_array();
    for (int i = 0; i < 3000; i++)
        json_array_append_new(document, json_pack("[i]", i));
    jsonpath_error error;
    jsonpath_nodelist nodes;
    jsonpath *query = compile("$..[?@..[?$..x]]", false, JSONPATH_RFC9535, &error);
    jsonpath_evaluation evaluation = {.limits = {.nodes = 1000000}};
    assert_int_equal(jsonpath_select(query, document, &evaluation, &nodes, &error), JSONPATH_LIMIT);
    assert_string_equal(error.message, "the query visits too many nodes");
    jsonpath_nodelist_free(&nodes);
    jsonpath_free(query);
    json_decref(document);
}

static void nesting_is_bounded(void **state) {
    (void)state;
    static const char *const units[][2] = {{"$[?", "("}, {"$[?@", "[?@"}, {"$[?", "!("}, {"$[?", "length("}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        text query = TEXT_EMPTY;
        text_append_string(&query, units[i][0]);
        for (int j = 0; j < 100000; j++)
            text_append_string(&query, units[i][1]);
        jsonpath_error error;
        assert_null(compile(text_peek(&query), false, JSONPATH_RFC9535, &error));
        text_free(&query);
    }
}

static void a_costly_pattern_is_an_error(void **state) {
    (void)state;
    jsonpath_error error;
    bool passed;
    jsonpath *predicate = compile("match($.a, '(a+)+b')", true, JSONPATH_RFC9535, &error);
    json_t *document = json_pack("{s:s}", "a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac");
    jsonpath_status status = jsonpath_test(predicate, document, NULL, &passed, &error);
    assert_true(status == JSONPATH_LIMIT || (status == JSONPATH_OK && !passed));
    json_decref(document);
    jsonpath_free(predicate);
}

/* ---- Placeholders ---- */

static size_t recognise(void *user, const char *bytes, size_t length, bool in_string, size_t *slot) {
    (void)user;
    (void)in_string;
    *slot = length >= 3 ? (size_t)(bytes[1] - '0') : 0;
    return length >= 3 && bytes[0] == '{' && bytes[2] == '}' && bytes[1] >= '0' && bytes[1] <= '9' ? 3 : 0;
}

static json_t *host_value(void *user, size_t slot, bool as_text) {
    json_t *value = json_array_get(user, slot);
    if (value == NULL || !as_text || json_is_string(value))
        return json_incref(value);
    char *shown = json_dumps(value, JSON_ENCODE_ANY);
    json_t *made = json_string(shown);
    free(shown);
    return made;
}

static void placeholders_are_values(void **state) {
    (void)state;
    static const struct {
        const char *query;
        size_t count;
    } rows[] = {{"$[?@.n == {0}]", 1},     {"$[?@.s == {1}]", 1},       {"$[?@.s == \"{1}\"]", 1},
                {"$[?@.s == 'it''s']", 0}, {"$[?@.n == \"{0}\"]", 0},   {"$[{0}].n", 1},
                {"$[0][{2}]", 1},          {"$[0]['{2}']", 1},          {"$[?@.s == {9}]", 1},
                {"$[?@.s != {9}]", 2},     {"$[?length({1}) == 4]", 3}, {"$[?@.s == 'x{1}']", 0}};
    json_t *document = json_loads("[{\"n\":7,\"s\":\"a\"},{\"n\":2,\"s\":\"it's\"},{\"n\":3}]", 0, NULL);
    json_t *values = json_loads("[2, \"it's\", \"n\"]", 0, NULL);
    jsonpath_host host = {.recognise = recognise};
    jsonpath_options options = {.host = &host};
    jsonpath_evaluation evaluation = {.user = values, .value = host_value};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        jsonpath *query;
        jsonpath_error error;
        jsonpath_nodelist nodes = {0};
        jsonpath_status status = jsonpath_compile(rows[i].query, strlen(rows[i].query), &options, &query, &error);
        if (strstr(rows[i].query, "''") != NULL) {
            assert_int_equal(status, JSONPATH_SYNTAX);
            continue;
        }
        assert_int_equal(status, JSONPATH_OK);
        assert_int_equal(jsonpath_select(query, document, &evaluation, &nodes, &error), JSONPATH_OK);
        if (nodes.count != rows[i].count)
            print_error("%s\n", rows[i].query);
        assert_int_equal(nodes.count, rows[i].count);
        jsonpath_nodelist_free(&nodes);
        jsonpath_free(query);
    }
    json_decref(values);
    json_decref(document);
}

static void singular_queries_are_known(void **state) {
    (void)state;
    static const struct {
        const char *query;
        bool singular;
    } rows[] = {{"$", true},     {"$.a", true},     {"$['a'][0].b", true}, {"$[-1]", true},   {"$.*", false},
                {"$..a", false}, {"$[0,1]", false}, {"$[0:1]", false},     {"$[?@.a]", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        jsonpath_error error;
        jsonpath *query = compile(rows[i].query, false, JSONPATH_RFC9535, &error);
        assert_int_equal(jsonpath_is_singular(query), rows[i].singular);
        jsonpath_free(query);
    }
}

static void nul_and_big_numbers(void **state) {
    (void)state;
    json_t *document =
        json_loads("[\"a\\u0000b\", 9223372036854775807, 9223372036854775806, 1e300, -0.0]", JSON_ALLOW_NUL, NULL);
    static const struct {
        const char *query;
        size_t count;
    } rows[] = {{"$[?@ == 'a\\u0000b']", 1}, {"$[?@ == 9223372036854775807]", 1},
                {"$[?@ == 0]", 1},           {"$[?@ == -0]", 1},
                {"$[?@ > 1e299]", 1},        {"$[?length(@) == 3]", 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        jsonpath_error error;
        jsonpath_nodelist nodes;
        jsonpath *query = compile(rows[i].query, false, JSONPATH_RFC9535, &error);
        assert_non_null(query);
        assert_int_equal(jsonpath_select(query, document, NULL, &nodes, &error), JSONPATH_OK);
        assert_int_equal(nodes.count, rows[i].count);
        jsonpath_nodelist_free(&nodes);
        jsonpath_free(query);
    }
    json_decref(document);
}

/* ---- Documentation, and the compliance suite ---- */

/* The first block of C in docs/jsonpath.md is compiled against the library, and prints what the page says. */
static void the_documented_program_works(void **state) {
    (void)state;
#if defined(__SANITIZE_ADDRESS__)
    skip();
#endif
    const char *build = getenv("BUILD");
    char line[2048];
    snprintf(line, sizeof line,
             "d=$(mktemp -d) && sed -n '/^```c$/,/^```$/p' docs/jsonpath.md | sed '/^```/d' > $d/p.c && "
             "cc -std=c11 -Wall -Werror -I. -o $d/p $d/p.c %s/libarazzo.a -ljansson -lpcre2-8 && "
             "test \"$(wc -l < $d/p.c)\" -le 15 && test \"$($d/p)\" = '\"Moby Dick\"'; s=$?; rm -r $d; exit $s",
             build == NULL ? "build" : build);
    assert_int_equal(system(line), 0);
}

static void compliance_suite(void **state) {
    (void)state;
    const char *build = getenv("BUILD"), *shared = getenv("SHARED");
    char path[1024];
    snprintf(path, sizeof path, "%s/conformance/jsonpath-cts.json", shared == NULL ? "../shared" : shared);
    FILE *suite = fopen(path, "r");
    if (suite == NULL) {
        print_message("skipped: %s is not there\n", path);
        skip();
    }
    fclose(suite);
    snprintf(path, sizeof path, "%s/tests/conformance/jsonpath_suite >/dev/null", build == NULL ? "build" : build);
    assert_int_equal(system(path), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(predicates),
        cmocka_unit_test(older_dialect),
        cmocka_unit_test(errors_have_offsets),
        cmocka_unit_test(pointers),
        cmocka_unit_test(deep_documents_do_not_exhaust_the_stack),
        cmocka_unit_test(an_explosion_is_an_error),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(a_costly_pattern_is_an_error),
        cmocka_unit_test(placeholders_are_values),
        cmocka_unit_test(singular_queries_are_known),
        cmocka_unit_test(nul_and_big_numbers),
        cmocka_unit_test(the_documented_program_works),
        cmocka_unit_test(compliance_suite),
    };
    return cmocka_run_group_tests(tests, load_table, free_table);
}
