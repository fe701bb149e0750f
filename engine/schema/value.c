/*
 * value.c: equality and order of JSON values as JSON Schema 2020-12 means them (core, section 4.2.2): numbers are equal
 * when their mathematical values are. Nothing is lost between 64-bit integers and doubles.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/schema/schema_internal.h"
#include "runtime-expr/json_text.h"

bool budget_spend(budget *work, size_t amount) {
    if (amount > work->left)
        work->exhausted = true;
    else
        work->left -= amount;
    return !work->exhausted;
}

/* ---- Numbers ---- */

static int compare_mixed(json_int_t whole, double real) {
    if (real >= 9223372036854775808.0)
        return -1;
    if (real < -9223372036854775808.0)
        return 1;
    json_int_t part = (json_int_t)real;
    if (whole != part)
        return whole < part ? -1 : 1;
    double rest = real - (double)part;
    return rest > 0 ? -1 : rest < 0;
}

int value_compare(const json_t *a, const json_t *b) {
    if (json_is_integer(a) && json_is_integer(b)) {
        json_int_t x = json_integer_value(a), y = json_integer_value(b);
        return x < y ? -1 : x > y;
    }
    if (json_is_integer(a))
        return compare_mixed(json_integer_value(a), json_real_value(b));
    if (json_is_integer(b))
        return -compare_mixed(json_integer_value(b), json_real_value(a));
    double x = json_real_value(a), y = json_real_value(b);
    return x < y ? -1 : x > y;
}

/* A number's digits: digits * 10^exponent, without a zero at the end. The sign does not matter to multiples. */
typedef struct decimal {
    uint64_t digits;
    long exponent;
} decimal;

static bool read_decimal(const json_t *number, decimal *out) {
    text written = TEXT_EMPTY;
    json_text_append(&written, number);
    bool behind_point = false;
    long zeros = 0; /* seen, and not counted before a digit follows: 1e20 may be written out */
    *out = (decimal){0, 0};
    const char *at = text_peek(&written);
    for (; *at != '\0' && *at != 'e' && *at != 'E'; at++) {
        behind_point = behind_point || *at == '.';
        if (*at < '0' || *at > '9')
            continue;
        out->exponent -= behind_point;
        zeros++;
        for (; *at != '0' && zeros > 0; zeros--)
            out->digits *= 10;
        out->digits += (uint64_t)(*at - '0');
    }
    out->exponent += zeros;
    if (*at != '\0')
        out->exponent += strtol(at + 1, NULL, 10);
    bool complete = !written.failed;
    text_free(&written);
    return complete;
}

static uint64_t add_modulo(uint64_t a, uint64_t b, uint64_t modulus) {
    return a >= modulus - b ? a - (modulus - b) : a + b;
}

bool value_is_multiple(const json_t *value, const json_t *of, bool *no_memory) {
    decimal a, b;
    if (!read_decimal(value, &a) || !read_decimal(of, &b)) {
        *no_memory = true;
        return false;
    }
    /* Without zeros at its end, a number with the smaller exponent has digits that the other cannot give. */
    if (a.digits == 0 || b.digits == 0 || a.exponent < b.exponent)
        return a.digits == 0;
    uint64_t rest = a.digits % b.digits;
    for (long i = b.exponent; i < a.exponent && rest != 0; i++) {
        uint64_t twice = add_modulo(rest, rest, b.digits), four = add_modulo(twice, twice, b.digits);
        rest = add_modulo(four, rest, b.digits);
        rest = add_modulo(rest, rest, b.digits);
    }
    return rest == 0;
}

/* ---- Equality ---- */

static bool same_members(const json_t *a, const json_t *b, budget *work) {
    const char *name;
    size_t length;
    json_t *value;
    if (json_object_size(a) != json_object_size(b))
        return false;
    json_object_keylen_foreach((json_t *)a, name, length, value) {
        const json_t *other = json_object_getn(b, name, length);
        if (other == NULL || !value_same(value, other, work))
            return false;
    }
    return true;
}

bool value_same(const json_t *a, const json_t *b, budget *work) {
    if (!budget_spend(work, 1))
        return false;
    if (json_is_number(a) && json_is_number(b))
        return value_compare(a, b) == 0;
    if (json_typeof(a) != json_typeof(b))
        return false;
    if (json_is_object(a))
        return same_members(a, b, work);
    if (json_is_string(a))
        return budget_spend(work, json_string_length(a) / 64) && json_equal(a, b) != 0;
    if (!json_is_array(a))
        return true; /* null, true, false */
    if (json_array_size(a) != json_array_size(b))
        return false;
    for (size_t i = 0; i < json_array_size(a); i++)
        if (!value_same(json_array_get(a, i), json_array_get(b, i), work))
            return false;
    return true;
}

/* ---- Uniqueness: items with different hashes are different ---- */

static uint64_t hash_bytes(uint64_t hash, const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 1099511628211u;
    return hash;
}

static uint64_t hash_number(double number) {
    double plain = number == 0 ? 0 : number; /* -0 is 0 */
    return hash_bytes(1, (const char *)&plain, sizeof plain);
}

/* Equal values have equal hashes: the members of an object count in any order. */
static uint64_t hash(const json_t *value, budget *work) {
    static const uint64_t start = 14695981039346656037u;
    uint64_t made = start + (uint64_t)json_typeof(value);
    const char *name;
    size_t length;
    json_t *member;
    if (!budget_spend(work, 1))
        return 0;
    if (json_is_number(value))
        return hash_number(json_number_value(value));
    if (json_is_string(value) && !budget_spend(work, json_string_length(value) / 64))
        return 0;
    if (json_is_string(value))
        return hash_bytes(made, json_string_value(value), json_string_length(value));
    for (size_t i = 0; i < json_array_size(value); i++)
        made = made * 31 + hash(json_array_get(value, i), work);
    json_object_keylen_foreach((json_t *)value, name, length, member) {
        uint64_t below = hash(member, work);
        made += hash_bytes(start ^ below, name, length);
    }
    return made;
}

typedef struct hashed {
    uint64_t hash;
    const json_t *item;
} hashed;

static int compare_hashed(const void *a, const void *b) {
    const hashed *x = a, *y = b;
    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

bool value_unique(const json_t *array, budget *work, bool *no_memory) {
    size_t count = json_array_size(array);
    if (count < 2)
        return true;
    hashed *items = calloc(count, sizeof *items);
    if (items == NULL) {
        *no_memory = true;
        return false;
    }
    bool unique = true;
    for (size_t i = 0; i < count; i++)
        items[i] = (hashed){hash(json_array_get(array, i), work), json_array_get(array, i)};
    qsort(items, count, sizeof *items, compare_hashed);
    for (size_t i = 0; unique && i < count; i++)
        for (size_t k = i + 1; unique && k < count && items[k].hash == items[i].hash; k++)
            unique = !value_same(items[i].item, items[k].item, work) && !work->exhausted;
    free(items);
    return unique;
}
