/* target.c: application/x-www-form-urlencoded as an object, and paths decoded segment by segment. */
#include "tests/conformance/driver/target.h"

#include <string.h>

#include "base/text.h"

static int hex_digit(char digit) {
    static const char digits[] = "0123456789abcdef";
    char lower = digit >= 'A' && digit <= 'F' ? (char)(digit + ('a' - 'A')) : digit;
    const char *at = lower == '\0' ? NULL : strchr(digits, lower);
    return at == NULL ? -1 : (int)(at - digits);
}

/* Appends the bytes percent-decoded. `kept` is a byte whose encoding stays: '/' in paths, where %2F is no separator. */
static void decode(const char *bytes, size_t length, bool plus_is_space, char kept, text *out) {
    for (size_t i = 0; i < length; i++) {
        int high = bytes[i] == '%' && i + 2 < length ? hex_digit(bytes[i + 1]) : -1;
        int low = high < 0 ? -1 : hex_digit(bytes[i + 2]);
        char byte = low < 0 ? bytes[i] : (char)(high * 16 + low);
        if (low >= 0 && (kept == '\0' || byte != kept)) {
            text_append_char(out, byte);
            i += 2;
        } else {
            text_append_char(out, plus_is_space && byte == '+' ? ' ' : bytes[i]);
        }
    }
}

static bool add_pair(json_t *pairs, const char *pair, size_t length) {
    const char *equals = memchr(pair, '=', length);
    size_t name_length = equals == NULL ? length : (size_t)(equals - pair);
    text name = TEXT_EMPTY, value = TEXT_EMPTY;
    decode(pair, name_length, true, '\0', &name);
    if (equals != NULL)
        decode(equals + 1, length - name_length - 1, true, '\0', &value);
    json_t *values = json_object_getn(pairs, text_peek(&name), name.length);
    if (values == NULL) {
        values = json_array();
        if (json_object_setn_new_nocheck(pairs, text_peek(&name), name.length, values) != 0)
            values = NULL;
    }
    bool good =
        values != NULL && json_array_append_new(values, json_stringn_nocheck(text_peek(&value), value.length)) == 0;
    text_free(&name);
    text_free(&value);
    return good;
}

json_t *form_pairs(const char *bytes, size_t length) {
    json_t *pairs = json_object();
    bool good = pairs != NULL;
    for (size_t at = 0; good && at < length;) {
        const char *end = memchr(bytes + at, '&', length - at);
        size_t piece = end == NULL ? length - at : (size_t)(end - bytes) - at;
        if (piece > 0)
            good = add_pair(pairs, bytes + at, piece);
        at += piece + 1;
    }
    if (good)
        return pairs;
    json_decref(pairs);
    return NULL;
}

static bool same_path(const char *a, size_t a_length, const char *b, size_t b_length) {
    text x = TEXT_EMPTY, y = TEXT_EMPTY;
    decode(a, a_length, false, '/', &x);
    decode(b, b_length, false, '/', &y);
    bool same = x.length == y.length && memcmp(text_peek(&x), text_peek(&y), x.length) == 0;
    text_free(&x);
    text_free(&y);
    return same;
}

static bool same_query(const char *a, const char *b) {
    json_t *x = form_pairs(a, strlen(a)), *y = form_pairs(b, strlen(b));
    bool same = x != NULL && y != NULL && json_equal(x, y);
    json_decref(x);
    json_decref(y);
    return same;
}

static bool matches(const char *line, const char *method, const char *target, bool any_query) {
    size_t method_length = strcspn(line, " ");
    const char *wanted = line + method_length + 1;
    size_t wanted_path = strcspn(wanted, "?"), path = strcspn(target, "?");
    if (strlen(method) != method_length || strncmp(line, method, method_length) != 0)
        return false;
    if (!same_path(wanted, wanted_path, target, path))
        return false;
    if (any_query && wanted[wanted_path] == '\0')
        return true;
    return same_query(wanted + wanted_path + (wanted[wanted_path] == '?'), target + path + (target[path] == '?'));
}

bool request_line_is(const char *line, const char *method, const char *target) {
    return matches(line, method, target, false);
}

bool request_line_admits(const char *line, const char *method, const char *target) {
    return matches(line, method, target, true);
}
