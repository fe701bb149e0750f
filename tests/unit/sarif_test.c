/* sarif_test.c: what `arazzo validate --format sarif` prints has what SARIF 2.1.0 requires of each object in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "tests/support/command.h"

static json_t *log_of(const char *arguments) {
    command_result said = command_run("validate %s --format sarif", arguments);
    json_t *log = json_loads(said.out, 0, NULL);
    if (log == NULL)
        fail_msg("this is no JSON: %s", said.out);
    command_result_free(&said);
    return log;
}

static const char *string_at(const json_t *object, const char *field) {
    const char *value = json_string_value(json_object_get(object, field));
    if (value == NULL || value[0] == '\0')
        fail_msg("'%s' is missing or no text", field);
    return value;
}

static const char *text_of(const json_t *object, const char *field) {
    return string_at(json_object_get(object, field), "text");
}

/* An index into the rules, whose entry has the id (3.27.5). */
static bool has_rule(const json_t *rules, const char *id) {
    for (size_t i = 0; i < json_array_size(rules); i++)
        if (strcmp(string_at(json_array_get(rules, i), "id"), id) == 0)
            return true;
    return false;
}

static json_int_t number_at(const json_t *object, const char *field) {
    const json_t *value = json_object_get(object, field);
    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

/* A text region (3.30.2): lines and columns count from 1, and it does not end before it starts. */
static void check_region(const json_t *region) {
    json_int_t line = number_at(region, "startLine"), column = number_at(region, "startColumn");
    json_int_t end_line = json_object_get(region, "endLine") == NULL ? line : number_at(region, "endLine");
    json_int_t end_column = json_object_get(region, "endColumn") == NULL ? column : number_at(region, "endColumn");
    assert_true(line >= 1 && column >= 1 && end_line >= line);
    assert_true(end_line > line || end_column >= column);
}

static void check_uri(const json_t *holder) {
    const char *uri = string_at(json_object_get(holder, "artifactLocation"), "uri");
    assert_null(strchr(uri, ' '));
}

static void check_location(const json_t *location) {
    const json_t *physical = json_object_get(location, "physicalLocation");
    check_uri(physical);
    if (json_object_get(physical, "region") != NULL)
        check_region(json_object_get(physical, "region"));
}

/* 3.55: a fix has changes of files, each with replacements that delete a region. */
static void check_fix(const json_t *fix) {
    text_of(fix, "description");
    const json_t *changes = json_object_get(fix, "artifactChanges");
    assert_true(json_array_size(changes) >= 1);
    for (size_t i = 0; i < json_array_size(changes); i++) {
        const json_t *change = json_array_get(changes, i), *list = json_object_get(change, "replacements");
        check_uri(change);
        assert_true(json_array_size(list) >= 1);
        for (size_t j = 0; j < json_array_size(list); j++) {
            check_region(json_object_get(json_array_get(list, j), "deletedRegion"));
            assert_true(
                json_is_string(json_object_get(json_object_get(json_array_get(list, j), "insertedContent"), "text")));
        }
    }
}

static void check_result(const json_t *result, const json_t *rules, size_t *fixes, size_t *related) {
    static const char *const levels[] = {"none", "note", "warning", "error"};
    const char *level = string_at(result, "level");
    bool known = false;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        known = known || strcmp(levels[i], level) == 0;
    assert_true(known);
    text_of(result, "message");
    if (!has_rule(rules, string_at(result, "ruleId")))
        fail_msg("the rule %s is not described", string_at(result, "ruleId"));
    const json_t *places = json_object_get(result, "locations"), *others = json_object_get(result, "relatedLocations");
    for (size_t i = 0; i < json_array_size(places); i++)
        check_location(json_array_get(places, i));
    for (size_t i = 0; i < json_array_size(others); i++) {
        check_location(json_array_get(others, i));
        text_of(json_array_get(others, i), "message");
    }
    for (size_t i = 0; i < json_array_size(json_object_get(result, "fixes")); i++)
        check_fix(json_array_get(json_object_get(result, "fixes"), i));
    *fixes += json_array_size(json_object_get(result, "fixes"));
    *related += json_array_size(others);
}

static void check_log(const char *arguments, bool with_fixes, bool with_related) {
    json_t *log = log_of(arguments);
    assert_string_equal(string_at(log, "version"), "2.1.0");
    string_at(log, "$schema");
    const json_t *run = json_array_get(json_object_get(log, "runs"), 0);
    const json_t *driver = json_object_get(json_object_get(run, "tool"), "driver");
    const json_t *rules = json_object_get(driver, "rules"), *results = json_object_get(run, "results");
    string_at(driver, "name");
    assert_string_equal(string_at(run, "columnKind"), "unicodeCodePoints");
    assert_true(json_is_array(results));
    for (size_t i = 0; i < json_array_size(rules); i++) {
        text_of(json_array_get(rules, i), "shortDescription");
        text_of(json_array_get(rules, i), "fullDescription");
    }
    size_t fixes = 0, related = 0;
    for (size_t i = 0; i < json_array_size(results); i++)
        check_result(json_array_get(results, i), rules, &fixes, &related);
    assert_int_equal(fixes > 0, with_fixes);
    assert_int_equal(related > 0, with_related);
    json_decref(log);
}

static void logs_are_whole(void **state) {
    (void)state;
    check_log("tests/data/validate/good.arazzo.yaml", false, false);
    check_log("tests/data/validate/folder", true, false);
    check_log("tests/data/validate/operations", false, true);
    check_log("tests/data/validate/fix tests/data/rules --offline", true, true);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(logs_are_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
