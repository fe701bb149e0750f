/* compare_request.c: method, target, headers, body and time of a request; of headers only those that the case names. */
#include "tests/conformance/driver/compare_request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "jsonpath/jsonpath_internal.h"
#include "tests/conformance/driver/target.h"

enum { LONGEST_BODY = 300 };

/* Clocks of two machines are not compared, but timers may be rounded. */
static const double tolerance = 0.01;

bool same_json(const json_t *a, const json_t *b) {
    bool equal = false;
    return a != NULL && b != NULL && values_equal(a, b, &equal) == JSONPATH_OK && equal;
}

static const char *string_of(const json_t *object, const char *key) {
    const char *value = json_string_value(json_object_get(object, key));
    return value == NULL ? "" : value;
}

static void append_json(text *why, const json_t *value) {
    char *dump = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
    text_append_string(why, dump == NULL ? "?" : dump);
    free(dump);
}

/* The values under a name, joined as RFC 9110 (section 5.3) does; false when there is none. */
static bool find_header(const json_t *request, const char *name, text *value) {
    size_t i, found = 0;
    json_t *header;
    json_array_foreach(json_object_get(request, "headers"), i, header) {
        if (strcasecmp(json_string_value(json_array_get(header, 0)), name) != 0)
            continue;
        text_append_format(value, "%s%s", found++ == 0 ? "" : ", ", json_string_value(json_array_get(header, 1)));
    }
    return found > 0;
}

static bool compare_headers(const json_t *wanted, const json_t *seen, text *why) {
    bool good = true;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)wanted, name, value) {
        text given = TEXT_EMPTY;
        bool there = find_header(seen, name, &given);
        bool right = json_is_null(value) ? !there : there && strcmp(text_peek(&given), json_string_value(value)) == 0;
        if (!right) {
            text_append_format(why, "  header %s: expected ", name);
            text_append_string(why, json_is_null(value) ? "none" : json_string_value(value));
            text_append_format(why, ", seen %s\n", there ? text_peek(&given) : "none");
        }
        good = good && right;
        text_free(&given);
    }
    return good;
}

/* `form: {a: x, b: [y, z]}`: every pair of the body, in any order of names. */
static bool same_form(const json_t *wanted, const char *body, size_t length) {
    json_t *pairs = form_pairs(body, length);
    bool good = pairs != NULL && json_object_size(pairs) == json_object_size(wanted);
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)wanted, name, value) {
        const json_t *given = json_object_get(pairs, name);
        good =
            good && (json_is_array(value) ? json_equal(given, value)
                                          : json_array_size(given) == 1 && json_equal(json_array_get(given, 0), value));
    }
    json_decref(pairs);
    return good;
}

static bool compare_body(const json_t *wanted, const json_t *seen, text *why) {
    const json_t *json = json_object_get(wanted, "json"), *form = json_object_get(wanted, "form");
    const json_t *text_wanted = json_object_get(wanted, "body"), *body = json_object_get(seen, "body");
    size_t length = json_string_length(body);
    const char *bytes = string_of(seen, "body");
    const json_t *expected = json != NULL ? json : form != NULL ? form : text_wanted;
    bool good = true;
    if (json != NULL) {
        json_t *parsed = json_loadb(bytes, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        good = same_json(json, parsed);
        json_decref(parsed);
    }
    if (form != NULL)
        good = good && same_form(form, bytes, length);
    if (text_wanted != NULL)
        good = good && (json_is_null(text_wanted) ? length == 0 : json_equal(text_wanted, body));
    if (!good) {
        text_append_format(why, "  body: expected %s ",
                           json != NULL   ? "the JSON value"
                           : form != NULL ? "the form"
                                          : "");
        append_json(why, expected);
        text_append_format(why, ", seen %.*s\n", LONGEST_BODY, bytes);
    }
    return good;
}

static bool compare_time(const json_t *wanted, const json_t *seen, const json_t *before, text *why) {
    const json_t *after = json_object_get(wanted, "after"), *within = json_object_get(wanted, "within");
    double passed = json_number_value(json_object_get(seen, "at")) - json_number_value(json_object_get(before, "at"));
    bool good = before == NULL || ((after == NULL || passed >= json_number_value(after) - tolerance) &&
                                   (within == NULL || passed <= json_number_value(within)));
    if (!good)
        text_append_format(why, "  it came %.2f seconds after the one before\n", passed);
    return good;
}

static bool compare_one(const json_t *wanted, const json_t *seen, const json_t *before, text *why) {
    const char *line = json_is_string(wanted) ? json_string_value(wanted) : string_of(wanted, "request");
    const char *method = string_of(seen, "method"), *target = string_of(seen, "target");
    const json_t *exactly = json_object_get(wanted, "target");
    if (!request_line_is(line, method, target)) {
        text_append_format(why, "  expected %s\n  seen     %s %s\n", line, method, target);
        return false;
    }
    bool good = exactly == NULL || strcmp(json_string_value(exactly), target) == 0;
    if (!good)
        text_append_format(why, "  target: expected exactly %s, seen %s\n", json_string_value(exactly), target);
    good = compare_headers(json_object_get(wanted, "headers"), seen, why) && good;
    good = compare_body(wanted, seen, why) && good;
    return compare_time(wanted, seen, before, why) && good;
}

bool compare_requests(const json_t *wanted, const json_t *seen, text *why) {
    size_t expected = json_array_size(wanted), count = json_array_size(seen);
    bool good = expected == count;
    if (!good)
        text_append_format(why, "requests: expected %zu, seen %zu\n", expected, count);
    for (size_t i = 0; i < expected && i < count; i++) {
        text differences = TEXT_EMPTY;
        const json_t *before = i == 0 ? NULL : json_array_get(seen, i - 1);
        if (!compare_one(json_array_get(wanted, i), json_array_get(seen, i), before, &differences)) {
            text_append_format(why, "request %zu:\n%s", i + 1, text_peek(&differences));
            good = false;
        }
        text_free(&differences);
    }
    if (expected > count) {
        const json_t *missed = json_array_get(wanted, count);
        text_append_format(why, "request %zu was not sent: %s\n", count + 1,
                           json_is_string(missed) ? json_string_value(missed) : string_of(missed, "request"));
    }
    return good;
}

void describe_requests(const json_t *seen, text *why) {
    size_t i;
    json_t *request;
    text_append_string(why, json_array_size(seen) == 0 ? "no request was seen\n" : "requests that were seen:\n");
    json_array_foreach(seen, i, request) {
        text_append_format(why, "  %zu. %s %s%s%.*s%s\n", i + 1, string_of(request, "method"),
                           string_of(request, "target"), string_of(request, "body")[0] == '\0' ? "" : "  ",
                           LONGEST_BODY, string_of(request, "body"),
                           json_object_get(request, "unexpected") == NULL ? "" : "  (not in the script)");
    }
}
