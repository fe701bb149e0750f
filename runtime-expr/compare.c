/*
 * compare.c: equality, order and truth of values in simple conditions: the sections Operators and Condition Evaluation
 * of the Criterion Object, with S11 and S12 where they are silent. Nothing here allocates but numbers with more than 60
 * characters.
 */
#include "runtime-expr/compare.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "runtime-expr/case_folding_table.h"

/* Structures nested deeper than this are not equal: no document and no body can hold them. */
enum { DEEPEST = 4096 };

/* ---- Strings ---- */

uint32_t fold_case(uint32_t code_point) {
    size_t low = 0, high = sizeof case_folding / sizeof *case_folding;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (code_point > case_folding[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == sizeof case_folding / sizeof *case_folding || code_point < case_folding[low].first ||
        (code_point - case_folding[low].first) % case_folding[low].step != 0)
        return code_point;
    return (uint32_t)((int64_t)code_point + case_folding[low].distance);
}

/* The folded code point at bytes[0]; a byte that is not UTF-8 counts beyond all code points. */
static size_t next_folded(const char *bytes, size_t length, uint32_t *folded) {
    unsigned char byte = (unsigned char)bytes[0];
    if (byte < 0x80) {
        *folded = byte >= 'A' && byte <= 'Z' ? byte + 32u : byte;
        return 1;
    }
    size_t size = utf8_decode(bytes, length, folded);
    if (size == 0) {
        *folded = 0x110000u + byte;
        return 1;
    }
    *folded = fold_case(*folded);
    return size;
}

int compare_folded(const char *a, size_t a_length, const char *b, size_t b_length) {
    size_t i = 0, j = 0;
    while (i < a_length && j < b_length) {
        if (a[i] == b[j] && (unsigned char)a[i] < 0x80) {
            i++;
            j++;
            continue;
        }
        uint32_t x, y;
        i += next_folded(a + i, a_length - i, &x);
        j += next_folded(b + j, b_length - j, &y);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return (i < a_length) - (j < b_length);
}

static int compare_strings(const json_t *a, const json_t *b) {
    return compare_folded(json_string_value(a), json_string_length(a), json_string_value(b), json_string_length(b));
}

/* ---- Numbers ---- */

static size_t digits(const char *text, size_t length, size_t from) {
    size_t end = from;
    while (end < length && text[end] >= '0' && text[end] <= '9')
        end++;
    return end;
}

/* number = [ minus ] int [ frac ] [ exp ]; *whole becomes the end of int */
static size_t number_end(const char *text, size_t length, size_t *whole) {
    size_t start = length > 0 && text[0] == '-';
    size_t end = digits(text, length, start);
    if (end == start)
        return 0;
    if (text[start] == '0')
        end = start + 1;
    *whole = end;
    if (end < length && text[end] == '.') {
        size_t fraction = digits(text, length, end + 1);
        if (fraction == end + 1)
            return end;
        end = fraction;
    }
    if (end < length && (text[end] == 'e' || text[end] == 'E')) {
        size_t sign = end + 1 < length && (text[end + 1] == '+' || text[end + 1] == '-');
        size_t exponent = digits(text, length, end + 1 + sign);
        if (exponent > end + 1 + sign)
            end = exponent;
    }
    return end;
}

size_t number_length(const char *text, size_t length) {
    size_t whole;
    return number_end(text, length, &whole);
}

static bool read_integer(const char *text, size_t length, json_int_t *integer) {
    bool negative = text[0] == '-';
    uint64_t value = 0, most = (uint64_t)INT64_MAX + negative;
    for (size_t i = negative; i < length; i++) {
        uint64_t digit = (uint64_t)(text[i] - '0');
        if (value > (most - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *integer = negative ? (json_int_t)(-(int64_t)(value - (value != 0)) - (value != 0)) : (json_int_t)value;
    return true;
}

/* strtod() wants an end, and the decimal point of the locale. */
static bool read_real(const char *text, size_t length, double *real) {
    char room[64], *copy = length < sizeof room ? room : malloc(length + 1);
    if (copy == NULL)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    char point = localeconv()->decimal_point[0], *dot = strchr(copy, '.');
    if (dot != NULL)
        *dot = point;
    *real = strtod(copy, NULL);
    if (copy != room)
        free(copy);
    return true;
}

bool number_parse(const char *text, size_t length, bool *is_integer, json_int_t *integer, double *real) {
    size_t whole = 0, end = number_end(text, length, &whole);
    if (end == 0 || end != length)
        return false;
    *is_integer = whole == length && read_integer(text, length, integer);
    return *is_integer || read_real(text, length, real);
}

typedef struct number {
    bool is_integer;
    json_int_t integer;
    double real;
} number;

/* A number, or with `strings` a numeric string. */
static bool as_number(const json_t *value, bool strings, number *out) {
    if (json_is_integer(value)) {
        out->is_integer = true;
        out->integer = json_integer_value(value);
        return true;
    }
    if (json_is_real(value)) {
        out->is_integer = false;
        out->real = json_real_value(value);
        return true;
    }
    return strings && json_is_string(value) &&
           number_parse(json_string_value(value), json_string_length(value), &out->is_integer, &out->integer,
                        &out->real);
}

/* An integer against a real, without making the integer inexact: 2^53 + 1 is not 2^53. */
static int compare_mixed(json_int_t integer, double real) {
    if (real >= 9223372036854775808.0)
        return -1;
    if (real < -9223372036854775808.0)
        return 1;
    double whole = floor(real);
    json_int_t other = (json_int_t)whole;
    if (integer != other)
        return integer < other ? -1 : 1;
    return real > whole ? -1 : 0;
}

static int compare_numbers(const number *a, const number *b) {
    if (a->is_integer && b->is_integer)
        return (a->integer > b->integer) - (a->integer < b->integer);
    if (a->is_integer)
        return compare_mixed(a->integer, b->real);
    if (b->is_integer)
        return -compare_mixed(b->integer, a->real);
    return (a->real > b->real) - (a->real < b->real);
}

/* True when both are numbers, one of them possibly a numeric string; then *order is their order. */
static bool order_as_numbers(const json_t *a, const json_t *b, int *order) {
    number x, y;
    if ((!json_is_number(a) && !json_is_number(b)) || !as_number(a, true, &x) || !as_number(b, true, &y))
        return false;
    *order = compare_numbers(&x, &y);
    return true;
}

/* ---- Structures ---- */

static bool deep_equal(const json_t *a, const json_t *b, size_t depth);

static bool objects_equal(json_t *a, json_t *b, size_t depth) {
    if (json_object_size(a) != json_object_size(b))
        return false;
    for (void *place = json_object_iter(a); place != NULL; place = json_object_iter_next(a, place)) {
        const json_t *other = json_object_getn(b, json_object_iter_key(place), json_object_iter_key_len(place));
        if (other == NULL || !deep_equal(json_object_iter_value(place), other, depth + 1))
            return false;
    }
    return true;
}

/* Equal as JSON: within structures strings are equal when they are the same, and numbers when their values are. */
static bool deep_equal(const json_t *a, const json_t *b, size_t depth) {
    int order;
    if (a == b)
        return true;
    if (depth > DEEPEST)
        return false;
    if (json_is_number(a) && json_is_number(b))
        return order_as_numbers(a, b, &order) && order == 0;
    if (json_typeof(a) != json_typeof(b))
        return false;
    if (json_is_object(a))
        return objects_equal((json_t *)a, (json_t *)b, depth);
    if (json_is_string(a))
        return json_string_length(a) == json_string_length(b) &&
               memcmp(json_string_value(a), json_string_value(b), json_string_length(a)) == 0;
    if (!json_is_array(a))
        return true; /* true, false, null */
    if (json_array_size(a) != json_array_size(b))
        return false;
    for (size_t i = 0; i < json_array_size(a); i++)
        if (!deep_equal(json_array_get(a, i), json_array_get(b, i), depth + 1))
            return false;
    return true;
}

/* ---- What conditions ask ---- */

static bool is_nothing(const json_t *value) {
    return value == NULL || json_is_null(value);
}

bool loosely_equal(const json_t *a, const json_t *b) {
    int order;
    if (is_nothing(a) || is_nothing(b))
        return is_nothing(a) && is_nothing(b);
    if (json_is_string(a) && json_is_string(b))
        return compare_strings(a, b) == 0;
    if (order_as_numbers(a, b, &order))
        return order == 0;
    return deep_equal(a, b, 0);
}

bool loosely_ordered(const json_t *a, const json_t *b, int *order) {
    if (json_is_string(a) && json_is_string(b)) {
        *order = compare_strings(a, b);
        return true;
    }
    return order_as_numbers(a, b, order);
}

bool truth_of(const json_t *value) {
    if (is_nothing(value) || json_is_false(value))
        return false;
    if (json_is_integer(value))
        return json_integer_value(value) != 0;
    if (json_is_real(value))
        return json_real_value(value) != 0;
    return !json_is_string(value) || json_string_length(value) > 0;
}
