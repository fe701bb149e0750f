/*
 * compare.c: result, outputs, steps and diagnostics; requests are compared by compare_request.c. What the adapter says
 * that its engine cannot tell is not compared.
 */
#include "tests/conformance/driver/compare.h"

#include <stdlib.h>
#include <string.h>

#include "tests/conformance/driver/compare_request.h"

/* Arrays and single strings alike: whether `name` is among them. */
static bool lists(const json_t *list, const char *name) {
    size_t i;
    json_t *item;
    if (json_is_string(list))
        return strcmp(json_string_value(list), name) == 0;
    json_array_foreach(list, i, item) {
        if (json_is_string(item) && strcmp(json_string_value(item), name) == 0)
            return true;
    }
    return false;
}

static void append_json(text *why, const json_t *value) {
    char *dump = value == NULL ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
    text_append_string(why, value == NULL ? "nothing" : dump == NULL ? "something that cannot be printed" : dump);
    free(dump);
}

/* An engine that cannot tell a refused document from a failed workflow says `failure` for both. */
static bool compare_result(const json_t *wanted, const seen *what, const adapter *by, text *why) {
    const char *told = json_string_value(json_object_get(what->told, "result"));
    if (lists(wanted, told))
        return true;
    if (!adapter_has(by, "tells", "refusal") && strcmp(told, "failure") == 0 && lists(wanted, "error"))
        return true;
    text_append_string(why, "result: expected ");
    append_json(why, wanted);
    text_append_format(why, ", seen \"%s\"\n", told);
    return false;
}

static bool compare_outputs(const json_t *wanted, const seen *what, const adapter *by, text *why) {
    const json_t *told = json_object_get(what->told, "outputs");
    bool good = true;
    const char *name;
    json_t *value;
    if (!adapter_has(by, "tells", "outputs"))
        return true;
    json_object_foreach((json_t *)wanted, name, value) {
        const json_t *given = json_object_get(told, name);
        /* Whether an output without a value is null or left out, no text decides. */
        if ((json_is_null(value) && given == NULL) || same_json(value, given))
            continue;
        text_append_format(why, "output %s: expected ", name);
        append_json(why, value);
        text_append_string(why, ", seen ");
        append_json(why, given);
        text_append_char(why, '\n');
        good = false;
    }
    return good;
}

static bool compare_skipped(const json_t *wanted, const seen *what, const adapter *by, text *why) {
    const json_t *told = json_object_get(what->told, "steps");
    bool good = true;
    size_t i;
    json_t *step;
    if (!adapter_has(by, "tells", "steps"))
        return true;
    json_array_foreach(wanted, i, step) {
        if (!lists(told, json_string_value(step)))
            continue;
        text_append_format(why, "step %s: expected to be skipped, it was carried out\n", json_string_value(step));
        good = false;
    }
    return good;
}

static bool compare_diagnostics(const json_t *mine, const seen *what, text *why) {
    const json_t *wanted = json_object_get(mine, "diagnostics");
    const json_t *told = json_object_get(what->told, "diagnostics");
    bool good = true;
    size_t i;
    json_t *code;
    json_array_foreach(wanted, i, code) {
        if (lists(told, json_string_value(code)))
            continue;
        text_append_format(why, "diagnostic %s: expected, seen ", json_string_value(code));
        append_json(why, told);
        text_append_char(why, '\n');
        good = false;
    }
    return good;
}

/* A refused document sends nothing, whether the case says so or not. */
static bool compare_requests_of(const json_t *outcome, const seen *what, text *why) {
    const json_t *wanted = json_object_get(outcome, "requests");
    bool refused =
        lists(json_object_get(outcome, "result"), "error") && json_is_string(json_object_get(outcome, "result"));
    json_t *none = json_array();
    bool good =
        wanted == NULL && !refused ? true : compare_requests(wanted == NULL ? none : wanted, what->requests, why);
    json_decref(none);
    return good;
}

static bool compare_outcome(const json_t *outcome, const seen *what, const adapter *by, text *why) {
    /* What the case expects of this engine only. */
    const json_t *mine =
        json_object_get(json_object_get(outcome, "engine"), json_string_value(json_object_get(by->about, "engine")));
    const json_t *own_result = json_object_get(mine, "result");
    bool good = compare_result(own_result != NULL ? own_result : json_object_get(outcome, "result"), what, by, why);
    good = compare_requests_of(outcome, what, why) && good;
    good = compare_outputs(json_object_get(outcome, "outputs"), what, by, why) && good;
    good = compare_skipped(json_object_get(outcome, "skipped"), what, by, why) && good;
    return compare_diagnostics(mine, what, why) && good;
}

bool outcome_allowed(const json_t *expect, const seen *what, const adapter *by, text *why) {
    text differences = TEXT_EMPTY;
    size_t count = json_is_array(expect) ? json_array_size(expect) : 1;
    bool allowed = false;
    for (size_t i = 0; !allowed && i < count; i++) {
        if (count > 1)
            text_append_format(&differences, "not outcome %zu of %zu:\n", i + 1, count);
        allowed = compare_outcome(json_is_array(expect) ? json_array_get(expect, i) : expect, what, by, &differences);
    }
    if (!allowed) {
        text_append(why, text_peek(&differences), differences.length);
        describe_requests(what->requests, why);
        const char *message = json_string_value(json_object_get(what->told, "message"));
        if (message != NULL && *message != '\0')
            text_append_format(why, "the engine says:\n%s\n", message);
    }
    text_free(&differences);
    return allowed;
}
