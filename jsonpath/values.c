/* values.c: comparing JSON values (RFC 9535, section 2.3.5.2.2). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "jsonpath/jsonpath_internal.h"

/* An integer with a double, exactly: a double of 2^53 and more has no fraction, so that it can be compared as an
 * integer. */
static int compare_mixed(json_int_t whole, double real) {
    if (isnan(real))
        return 2;
    if (real >= 9223372036854775808.0)
        return -1;
    if (real < -9223372036854775808.0)
        return 1;
    double floor_value = floor(real);
    json_int_t below = (json_int_t)floor_value;
    if (whole != below)
        return whole < below ? -1 : 1;
    return real > floor_value ? -1 : 0;
}

int compare_numbers(const json_t *a, const json_t *b) {
    if (json_is_integer(a) && json_is_integer(b)) {
        json_int_t x = json_integer_value(a), y = json_integer_value(b);
        return x < y ? -1 : x > y;
    }
    if (json_is_integer(a))
        return compare_mixed(json_integer_value(a), json_real_value(b));
    if (json_is_integer(b)) {
        int reversed = compare_mixed(json_integer_value(b), json_real_value(a));
        return reversed == 2 ? 2 : -reversed;
    }
    double x = json_real_value(a), y = json_real_value(b);
    return isnan(x) || isnan(y) ? 2 : x < y ? -1 : x > y;
}

typedef struct pair {
    const json_t *a;
    const json_t *b;
} pair;

typedef struct pairs {
    pair *items;
    size_t count;
    size_t capacity;
} pairs;

static bool push(pairs *work, const json_t *a, const json_t *b) {
    if (work->count == work->capacity) {
        size_t capacity = work->capacity == 0 ? 32 : work->capacity * 2;
        pair *larger = realloc(work->items, capacity * sizeof *larger);
        if (larger == NULL)
            return false;
        work->items = larger;
        work->capacity = capacity;
    }
    work->items[work->count++] = (pair){a, b};
    return true;
}

/* Scalars are compared; of structures only the outside, their parts are put on the stack. *right: memory sufficed. */
static bool same_outside(const json_t *a, const json_t *b, pairs *work, bool *right) {
    if (json_is_number(a) && json_is_number(b))
        return compare_numbers(a, b) == 0;
    if (json_typeof(a) != json_typeof(b))
        return false;
    if (json_is_string(a))
        return json_string_length(a) == json_string_length(b) &&
               memcmp(json_string_value(a), json_string_value(b), json_string_length(a)) == 0;
    if (json_is_array(a)) {
        if (json_array_size(a) != json_array_size(b))
            return false;
        for (size_t i = 0; *right && i < json_array_size(a); i++)
            *right = push(work, json_array_get(a, i), json_array_get(b, i));
        return true;
    }
    if (!json_is_object(a))
        return true;
    if (json_object_size(a) != json_object_size(b))
        return false;
    for (void *at = json_object_iter((json_t *)a); *right && at != NULL; at = json_object_iter_next((json_t *)a, at)) {
        const json_t *other = json_object_getn(b, json_object_iter_key(at), json_object_iter_key_len(at));
        if (other == NULL)
            return false;
        *right = push(work, json_object_iter_value(at), other);
    }
    return true;
}

jsonpath_status values_equal(const json_t *a, const json_t *b, bool *equal) {
    pairs work = {0};
    bool right = true;
    *equal = same_outside(a, b, &work, &right);
    while (*equal && right && work.count > 0) {
        pair next = work.items[--work.count];
        *equal = same_outside(next.a, next.b, &work, &right);
    }
    free(work.items);
    return right ? JSONPATH_OK : JSONPATH_NO_MEMORY;
}
