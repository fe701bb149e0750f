/*
 * media.c: media types: what their names say, and which of an operation's a payload goes as. Sections "Request Body
 * Object" and "Media Types".
 */
#include <string.h>
#include <strings.h>

#include "engine/operation/operation_internal.h"

/* The length of `type/subtype`, without parameters. */
static size_t essence(const char *name) {
    return strcspn(name, "; \t");
}

bool media_is(const char *name, const char *wanted) {
    size_t length = essence(name);
    return length == essence(wanted) && strncasecmp(name, wanted, length) == 0;
}

static bool has_suffix(const char *name, const char *suffix) {
    size_t length = essence(name), suffix_length = strlen(suffix);
    return length > suffix_length && strncasecmp(name + length - suffix_length, suffix, suffix_length) == 0;
}

static bool is_one_of(const char *name, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (media_is(name, names[i]))
            return true;
    return false;
}

bool media_is_json(const char *name) {
    static const char *const names[] = {"application/json", "text/json"};
    return is_one_of(name, names, 2) || has_suffix(name, "+json");
}

bool media_is_json_sequence(const char *name) {
    static const char *const names[] = {"application/jsonl", "application/x-ndjson", "application/jsonlines",
                                        "application/x-jsonlines", "application/json-seq"};
    return is_one_of(name, names, sizeof names / sizeof *names) || has_suffix(name, "+json-seq");
}

bool media_is_xml(const char *name) {
    static const char *const names[] = {"application/xml", "text/xml"};
    return is_one_of(name, names, 2) || has_suffix(name, "+xml");
}

static bool is_text(const char *name) {
    return strncasecmp(name, "text/", 5) == 0;
}

bool media_is_multipart(const char *name) {
    return strncasecmp(name, "multipart/", 10) == 0;
}

static bool is_form(const char *name) {
    return media_is(name, "application/x-www-form-urlencoded") || media_is_multipart(name);
}

static bool is_range(const char *name) {
    return memchr(name, '*', essence(name)) != NULL;
}

/* The length of a parameter's `name=value` at `at`, and where the next one starts. */
static size_t parameter_length(const char *at, const char **next) {
    size_t length = strcspn(at, ";");
    *next = at + length + strspn(at + length, "; \t");
    while (length > 0 && strchr(" \t", at[length - 1]) != NULL)
        length--;
    return length;
}

static const char *first_parameter(const char *name) {
    const char *at = name + essence(name);
    return at + strspn(at, "; \t");
}

/* `version=1` and `version="1"` are the same. */
static bool same_parameter(const char *a, size_t a_length, const char *b, size_t b_length) {
    size_t i = 0, k = 0;
    for (; i < a_length || k < b_length; i++, k++) {
        i += i < a_length && a[i] == '"';
        k += k < b_length && b[k] == '"';
        if (i >= a_length || k >= b_length)
            return i >= a_length && k >= b_length;
        if (strncasecmp(a + i, b + k, 1) != 0)
            return false;
    }
    return true;
}

/* How many parameters the range has, all of which are the type's, too; -1: one is not. What is encoded how is no kind.
 */
static int shared_parameters(const char *range, const char *name) {
    int count = 0;
    const char *next;
    for (const char *at = first_parameter(range); *at != '\0'; at = next) {
        size_t length = parameter_length(at, &next);
        bool found = strncasecmp(at, "charset=", 8) == 0;
        const char *after;
        for (const char *own = first_parameter(name); *own != '\0' && !found; own = after) {
            size_t own_length = parameter_length(own, &after);
            found = same_parameter(at, length, own, own_length);
        }
        if (!found)
            return -1;
        count++;
    }
    return count;
}

int media_closeness(const char *range, const char *name) {
    size_t main_type = strcspn(range, "/");
    int shared = shared_parameters(range, name);
    if (shared < 0)
        return 0;
    if (media_is(range, name))
        return 3 + shared;
    if (media_is(range, "*/*"))
        return 1;
    bool any_subtype = essence(range) == main_type + 2 && range[main_type] == '/' && range[main_type + 1] == '*';
    return any_subtype && strncasecmp(range, name, main_type + 1) == 0 ? 2 : 0;
}

/* "For requests that match multiple keys, only the most specific key is applicable." */
const media_type *operation_body_for(const operation *op, const char *name) {
    const media_type *best = NULL;
    int best_closeness = 0;
    for (size_t i = 0; i < operation_body_count(op); i++) {
        int at = media_closeness(operation_body_at(op, i)->name, name);
        if (at > best_closeness) {
            best = operation_body_at(op, i);
            best_closeness = at;
        }
    }
    return best;
}

static const media_type *find_kind(const operation *op, bool (*is_kind)(const char *name)) {
    for (size_t i = 0; i < operation_body_count(op); i++)
        if (is_kind(operation_body_at(op, i)->name))
            return operation_body_at(op, i);
    return NULL;
}

/* The kinds of media type that fit a payload, best first. A string goes as it is, so its first character tells. */
static const media_type *find_for_payload(const operation *op, const json_t *payload) {
    static bool (*const structure[])(const char *) = {media_is_json, is_form, media_is_json_sequence, NULL};
    static bool (*const json_text[])(const char *) = {media_is_json, is_text, is_range, NULL};
    static bool (*const xml_text[])(const char *) = {media_is_xml, is_text, is_range, NULL};
    static bool (*const plain_text[])(const char *) = {is_text, is_range, NULL};
    static bool (*const scalar[])(const char *) = {media_is_json, is_text, NULL};
    const char *string = json_string_value(payload);
    char first = string == NULL ? '\0' : string[strspn(string, " \t\r\n")];
    bool (*const *kinds)(const char *) = json_is_object(payload) || json_is_array(payload) ? structure
                                         : string == NULL                                  ? scalar
                                         : first == '{' || first == '['                    ? json_text
                                         : first == '<'                                    ? xml_text
                                                                                           : plain_text;
    for (; *kinds != NULL; kinds++) {
        const media_type *found = find_kind(op, *kinds);
        if (found != NULL)
            return found;
    }
    return operation_body_at(op, 0);
}

const char *media_type_choose(const operation *op, const char *asked, const json_t *payload, arena *memory,
                              const media_type **declared) {
    *declared = asked != NULL                  ? operation_body_for(op, asked)
                : operation_body_count(op) > 0 ? find_for_payload(op, payload)
                                               : NULL;
    const char *name = asked != NULL ? asked : *declared != NULL ? (*declared)->name : "application/json";
    if (is_range(name))
        name = json_is_string(payload) ? "text/plain" : "application/json";
    if (asked == NULL && *declared == NULL && json_is_string(payload))
        name = "text/plain";
    return arena_copy(memory, name, strlen(name));
}
