/*
 * validate.c: an instance against a compiled schema; every error is a leaf with its place in the instance and in the
 * schema.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/text.h"
#include "base/utf8.h"
#include "engine/schema/schema_internal.h"
#include "runtime-expr/json_text.h"

enum { DEEPEST = 200, MATCH_LIMIT = 100000 };

typedef struct validation {
    arena *memory;
    schema_errors *errors; /* NULL: nobody wants to know */
    text where;            /* JSON Pointer into the instance */
    int depth;
    bool limit;
    bool no_memory;
} validation;

static bool validate(validation *v, const schema *rule, const json_t *instance);

/* ---- Errors ---- */

static bool invalid(validation *v, const schema *rule, const char *keyword, const char *format, ...) {
    if (v->errors == NULL)
        return false;
    schema_errors *list = v->errors;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 8 : list->capacity * 2;
        schema_error *items = arena_array(v->memory, capacity, sizeof *items);
        if (items == NULL) {
            v->no_memory = true;
            return false;
        }
        if (list->count > 0)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->capacity = capacity;
    }
    text message = TEXT_EMPTY, at = TEXT_EMPTY;
    va_list values;
    va_start(values, format);
    text_append_format_list(&message, format, values);
    va_end(values);
    text_append_format(&at, "%s/%s", rule->pointer, keyword);
    schema_error made = {.instance = arena_copy(v->memory, text_peek(&v->where), v->where.length),
                         .keyword = arena_copy(v->memory, text_peek(&at), at.length),
                         .message = arena_copy(v->memory, text_peek(&message), message.length)};
    if (made.instance == NULL || made.keyword == NULL || made.message == NULL || message.failed || at.failed)
        v->no_memory = true;
    else
        list->items[list->count++] = made;
    text_free(&message);
    text_free(&at);
    return false;
}

/* A value as an error message quotes it. */
static const char *quote(validation *v, const json_t *value) {
    enum { WIDTH = 60 };
    text shown = TEXT_EMPTY;
    json_text_brief(&shown, value, WIDTH);
    const char *kept = shown.failed ? NULL : arena_copy(v->memory, text_peek(&shown), shown.length);
    v->no_memory = v->no_memory || kept == NULL;
    text_free(&shown);
    return kept == NULL ? "" : kept;
}

static size_t enter(validation *v, const char *name, size_t length) {
    size_t before = v->where.length;
    text_append_char(&v->where, '/');
    for (size_t i = 0; i < length; i++)
        text_append_string(&v->where, name[i] == '~' ? "~0" : name[i] == '/' ? "~1" : (char[]){name[i], '\0'});
    return before;
}

static size_t enter_index(validation *v, size_t index) {
    size_t before = v->where.length;
    text_append_format(&v->where, "/%zu", index);
    return before;
}

/* Does it hold, without a word about why not? */
static bool holds(validation *v, const schema *rule, const json_t *instance) {
    schema_errors *errors = v->errors;
    v->errors = NULL;
    bool result = validate(v, rule, instance);
    v->errors = errors;
    return result;
}

/* ---- Equality: 1 is 1.0 ---- */

static bool same(const json_t *a, const json_t *b) {
    if (json_is_number(a) && json_is_number(b))
        return json_is_integer(a) && json_is_integer(b) ? json_integer_value(a) == json_integer_value(b)
                                                        : json_number_value(a) == json_number_value(b);
    if (json_is_array(a) && json_is_array(b)) {
        bool equal = json_array_size(a) == json_array_size(b);
        for (size_t i = 0; equal && i < json_array_size(a); i++)
            equal = same(json_array_get(a, i), json_array_get(b, i));
        return equal;
    }
    if (json_is_object(a) && json_is_object(b)) {
        const char *name;
        json_t *value;
        bool equal = json_object_size(a) == json_object_size(b);
        json_object_foreach((json_t *)a, name, value) {
            const json_t *other = json_object_get(b, name);
            equal = equal && other != NULL && same(value, other);
        }
        return equal;
    }
    return json_equal(a, b) != 0;
}

/* ---- Any value ---- */

static unsigned type_of(const json_t *value) {
    switch (json_typeof(value)) {
    case JSON_NULL:
        return TYPE_NULL;
    case JSON_TRUE:
    case JSON_FALSE:
        return TYPE_BOOLEAN;
    case JSON_INTEGER:
        return TYPE_INTEGER;
    case JSON_REAL:
        return floor(json_real_value(value)) == json_real_value(value) ? TYPE_INTEGER : TYPE_NUMBER;
    case JSON_STRING:
        return TYPE_STRING;
    case JSON_ARRAY:
        return TYPE_ARRAY;
    case JSON_OBJECT:
        return TYPE_OBJECT;
    }
    return 0;
}

static void append_types(text *out, unsigned types) {
    static const struct {
        unsigned bits;
        const char *name;
    } names[] = {{TYPE_STRING, "a string"},   {TYPE_NUMBER, "a number"},  {TYPE_INTEGER, "an integer"},
                 {TYPE_BOOLEAN, "a boolean"}, {TYPE_OBJECT, "an object"}, {TYPE_ARRAY, "an array"},
                 {TYPE_NULL, "null"}};
    if ((types & TYPE_NUMBER) != 0)
        types &= ~(unsigned)TYPE_INTEGER;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if ((types & names[i].bits) != 0)
            text_append_format(out, "%s%s", out->length == 0 ? "" : " or ", names[i].name);
}

static bool check_type(validation *v, const schema *rule, const json_t *instance) {
    if (rule->types == 0 || (rule->types & type_of(instance)) != 0)
        return true;
    text wanted = TEXT_EMPTY;
    append_types(&wanted, rule->types);
    invalid(v, rule, "type", "is %s, must be %s", quote(v, instance), text_peek(&wanted));
    text_free(&wanted);
    return false;
}

static bool check_enum(validation *v, const schema *rule, const json_t *instance) {
    bool right = true;
    if (rule->constant != NULL && !same(rule->constant, instance))
        right = invalid(v, rule, "const", "is %s, must be %s", quote(v, instance), quote(v, rule->constant));
    bool found = rule->enumeration == NULL;
    for (size_t i = 0; !found && i < json_array_size(rule->enumeration); i++)
        found = same(json_array_get(rule->enumeration, i), instance);
    return found
               ? right
               : invalid(v, rule, "enum", "is %s, must be one of %s", quote(v, instance), quote(v, rule->enumeration));
}

/* ---- Numbers ---- */

static int compare(const json_t *a, const json_t *b) {
    if (json_is_integer(a) && json_is_integer(b)) {
        json_int_t x = json_integer_value(a), y = json_integer_value(b);
        return x < y ? -1 : x > y;
    }
    double x = json_number_value(a), y = json_number_value(b);
    return x < y ? -1 : x > y;
}

static bool is_multiple(const json_t *value, const json_t *of) {
    if (json_is_integer(value) && json_is_integer(of))
        return json_integer_value(value) % json_integer_value(of) == 0;
    double quotient = json_number_value(value) / json_number_value(of);
    if (isinf(quotient))
        return fmod(json_number_value(value), json_number_value(of)) == 0;
    /* 0.0075 / 0.0001 is not quite 75: within the precision of doubles it is. */
    return fabs(quotient - round(quotient)) <= fabs(quotient) * 1e-15 * 4;
}

static bool check_number(validation *v, const schema *rule, const json_t *instance) {
    bool right = true;
    if (!json_is_number(instance))
        return true;
    int low = rule->minimum.given ? compare(instance, rule->minimum.value) : 1;
    int high = rule->maximum.given ? compare(instance, rule->maximum.value) : -1;
    if (low < 0 || (low == 0 && rule->minimum.exclusive))
        right = invalid(v, rule, "minimum", "is %s, must be %s %s", quote(v, instance),
                        rule->minimum.exclusive ? "greater than" : "at least", quote(v, rule->minimum.value));
    if (high > 0 || (high == 0 && rule->maximum.exclusive))
        right = invalid(v, rule, "maximum", "is %s, must be %s %s", quote(v, instance),
                        rule->maximum.exclusive ? "less than" : "at most", quote(v, rule->maximum.value));
    if (rule->multiple_of != NULL && !is_multiple(instance, rule->multiple_of))
        right = invalid(v, rule, "multipleOf", "is %s, must be a multiple of %s", quote(v, instance),
                        quote(v, rule->multiple_of));
    return right;
}

/* ---- Strings ---- */

static bool matches(validation *v, const pcre2_code *pattern, const char *subject, size_t length) {
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    int result = PCRE2_ERROR_NOMEMORY;
    if (data != NULL && context != NULL) {
        pcre2_set_match_limit(context, MATCH_LIMIT);
        result = pcre2_match(pattern, (PCRE2_SPTR)subject, length, 0, PCRE2_NO_UTF_CHECK, data, context);
    }
    v->no_memory = v->no_memory || result == PCRE2_ERROR_NOMEMORY;
    v->limit = v->limit || result == PCRE2_ERROR_MATCHLIMIT;
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    return result >= 0;
}

static bool check_string(validation *v, const schema *rule, const json_t *instance) {
    if (!json_is_string(instance))
        return true;
    const char *string = json_string_value(instance);
    size_t bytes = json_string_length(instance), length = utf8_count(string, bytes);
    bool right = true;
    if (rule->min_length.given && length < rule->min_length.value)
        right =
            invalid(v, rule, "minLength", "has %zu characters, must have at least %zu", length, rule->min_length.value);
    if (rule->max_length.given && length > rule->max_length.value)
        right =
            invalid(v, rule, "maxLength", "has %zu characters, must have at most %zu", length, rule->max_length.value);
    if (rule->pattern != NULL && !matches(v, rule->pattern, string, bytes))
        right = invalid(v, rule, "pattern", "is %s, must match %s", quote(v, instance), rule->pattern_text);
    return right;
}

/* ---- Arrays ---- */

static int compare_shown(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Items are compared as their canonical text: sorted, equal ones stand side by side. */
static bool is_unique(validation *v, const json_t *instance) {
    size_t count = json_array_size(instance);
    char **shown = calloc(count + 1, sizeof *shown);
    bool unique = true;
    for (size_t i = 0; shown != NULL && i < count; i++) {
        const json_t *item = json_array_get(instance, i);
        json_t *number = json_is_real(item) && type_of(item) == TYPE_INTEGER && fabs(json_real_value(item)) < 9e15
                             ? json_integer((json_int_t)json_real_value(item))
                             : NULL;
        shown[i] = json_dumps(number == NULL ? item : number, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
        json_decref(number);
        v->no_memory = v->no_memory || shown[i] == NULL;
    }
    if (shown == NULL || v->no_memory) {
        v->no_memory = true;
    } else {
        qsort(shown, count, sizeof *shown, compare_shown);
        for (size_t i = 1; unique && i < count; i++)
            unique = strcmp(shown[i - 1], shown[i]) != 0;
    }
    for (size_t i = 0; shown != NULL && i < count; i++)
        free(shown[i]);
    free(shown);
    return unique;
}

static bool check_contains(validation *v, const schema *rule, const json_t *instance) {
    if (rule->contains == NULL)
        return true;
    size_t found = 0, least = rule->min_contains.given ? rule->min_contains.value : 1;
    for (size_t i = 0; i < json_array_size(instance); i++)
        found += holds(v, rule->contains, json_array_get(instance, i));
    if (found < least)
        return invalid(v, rule, "contains", "has %zu items of the kind that it must contain, must have at least %zu",
                       found, least);
    return !rule->max_contains.given || found <= rule->max_contains.value ||
           invalid(v, rule, "maxContains", "has %zu items of the kind that it must contain, must have at most %zu",
                   found, rule->max_contains.value);
}

static bool check_array(validation *v, const schema *rule, const json_t *instance) {
    if (!json_is_array(instance))
        return true;
    size_t count = json_array_size(instance);
    bool right = check_contains(v, rule, instance);
    for (size_t i = 0; i < count; i++) {
        const schema *item = i < rule->prefix_items.count ? rule->prefix_items.items[i] : rule->items;
        size_t before = enter_index(v, i);
        right = (item == NULL || validate(v, item, json_array_get(instance, i))) && right;
        text_truncate(&v->where, before);
    }
    if (rule->min_items.given && count < rule->min_items.value)
        right = invalid(v, rule, "minItems", "has %zu items, must have at least %zu", count, rule->min_items.value);
    if (rule->max_items.given && count > rule->max_items.value)
        right = invalid(v, rule, "maxItems", "has %zu items, must have at most %zu", count, rule->max_items.value);
    if (rule->unique_items && !is_unique(v, instance))
        right = invalid(v, rule, "uniqueItems", "has equal items, and each may occur only once");
    return right;
}

/* ---- Objects ---- */

static bool check_required(validation *v, const schema *rule, const char *keyword, const node *names,
                           const json_t *instance) {
    bool right = true;
    for (size_t i = 0; names != NULL && i < node_count(names); i++) {
        size_t length;
        const char *name = node_string(node_item(names, i), &length);
        if (name != NULL && json_object_getn(instance, name, length) == NULL)
            right = invalid(v, rule, keyword, "lacks the required member '%s'", name);
    }
    return right;
}

static bool refuse_member(validation *v, const schema *rule, const char *name) {
    nearest search;
    nearest_start(&search, name, strlen(name));
    for (size_t i = 0; i < rule->property_count; i++)
        nearest_try(&search, rule->properties[i].name);
    if (search.best != NULL)
        return invalid(v, rule, "additionalProperties",
                       "has the member '%s', which is not allowed (did you mean '%s'?)", name, search.best);
    return invalid(v, rule, "additionalProperties", "has the member '%s', which is not allowed", name);
}

static bool check_member(validation *v, const schema *rule, const char *name, size_t length, const json_t *value) {
    const property *declared = name_index_find(&rule->property_index, name, length);
    bool right = true, known = declared != NULL;
    size_t before = enter(v, name, length);
    if (declared != NULL)
        right = validate(v, declared->rule, value);
    for (size_t i = 0; i < rule->pattern_count; i++)
        if (matches(v, rule->pattern_properties[i].pattern, name, length)) {
            known = true;
            right = validate(v, rule->pattern_properties[i].rule, value) && right;
        }
    const schema *rest = rule->additional_properties;
    if (!known && rest != NULL && !rest->never)
        right = validate(v, rest, value) && right;
    text_truncate(&v->where, before);
    if (!known && rest != NULL && rest->never)
        right = refuse_member(v, rule, name);
    return right;
}

static bool check_name(validation *v, const schema *rule, const char *name, size_t length) {
    json_t *as_value = rule->property_names == NULL ? NULL : json_stringn(name, length);
    bool right = as_value == NULL || holds(v, rule->property_names, as_value) ||
                 invalid(v, rule, "propertyNames", "has the member '%s', whose name is not allowed", name);
    json_decref(as_value);
    return right;
}

static bool check_dependencies(validation *v, const schema *rule, const json_t *instance) {
    bool right = true;
    for (size_t i = 0; i < rule->dependency_count; i++) {
        const dependency *entry = &rule->dependencies[i];
        if (json_object_getn(instance, entry->name, entry->length) == NULL)
            continue;
        if (entry->required != NULL)
            right = check_required(v, rule, "dependentRequired", entry->required, instance) && right;
        else if (entry->rule != NULL)
            right = validate(v, entry->rule, instance) && right;
    }
    return right;
}

static bool check_object(validation *v, const schema *rule, const json_t *instance) {
    if (!json_is_object(instance))
        return true;
    size_t count = json_object_size(instance), length;
    const char *name;
    json_t *value;
    bool right = check_required(v, rule, "required", rule->required, instance);
    json_object_keylen_foreach((json_t *)instance, name, length, value) {
        right = check_member(v, rule, name, length, value) && right;
        right = check_name(v, rule, name, length) && right;
    }
    if (rule->min_properties.given && count < rule->min_properties.value)
        right = invalid(v, rule, "minProperties", "has %zu members, must have at least %zu", count,
                        rule->min_properties.value);
    if (rule->max_properties.given && count > rule->max_properties.value)
        right = invalid(v, rule, "maxProperties", "has %zu members, must have at most %zu", count,
                        rule->max_properties.value);
    return check_dependencies(v, rule, instance) && right;
}

/* ---- Combinations ---- */

/* The errors of the alternative that comes closest: the one with the fewest. */
static void explain_nearest(validation *v, const schemas *list, const json_t *instance) {
    if (v->errors == NULL)
        return;
    schema_errors *all = v->errors, best = {0};
    for (size_t i = 0; i < list->count; i++) {
        schema_errors these = {0};
        v->errors = &these;
        validate(v, list->items[i], instance);
        if (i == 0 || these.count < best.count)
            best = these;
    }
    v->errors = all;
    for (size_t i = 0; i < best.count && best.count <= 3; i++) {
        text before = v->where;
        v->where = TEXT_EMPTY;
        text_append_string(&v->where, best.items[i].instance);
        schema at = {.pointer = best.items[i].keyword};
        invalid(v, &at, "", "%s", best.items[i].message);
        text_free(&v->where);
        v->where = before;
    }
}

static bool check_combinations(validation *v, const schema *rule, const json_t *instance) {
    bool right = true;
    size_t any = 0, one = 0;
    for (size_t i = 0; i < rule->all_of.count; i++)
        right = validate(v, rule->all_of.items[i], instance) && right;
    for (size_t i = 0; any == 0 && i < rule->any_of.count; i++)
        any += holds(v, rule->any_of.items[i], instance);
    for (size_t i = 0; one < 2 && i < rule->one_of.count; i++)
        one += holds(v, rule->one_of.items[i], instance);
    if (rule->any_of.count > 0 && any == 0) {
        right = invalid(v, rule, "anyOf", "fits none of the alternatives");
        explain_nearest(v, &rule->any_of, instance);
    }
    if (rule->one_of.count > 0 && one != 1) {
        right = invalid(v, rule, "oneOf",
                        one == 0 ? "fits none of the alternatives" : "fits more than one of the alternatives");
        if (one == 0)
            explain_nearest(v, &rule->one_of, instance);
    }
    if (rule->negation != NULL && holds(v, rule->negation, instance))
        right = invalid(v, rule, "not", "is what it must not be");
    if (rule->condition != NULL) {
        const schema *branch = holds(v, rule->condition, instance) ? rule->consequence : rule->alternative;
        right = (branch == NULL || validate(v, branch, instance)) && right;
    }
    return right;
}

static bool validate(validation *v, const schema *rule, const json_t *instance) {
    if (v->limit || v->no_memory)
        return false;
    if (rule->never)
        return invalid(v, rule, "", "is not allowed here");
    if (++v->depth > DEEPEST) {
        v->limit = true;
        return false;
    }
    bool right = rule->reference == NULL || validate(v, rule->reference, instance);
    bool fits = check_type(v, rule, instance);
    right = fits && right;
    right = check_enum(v, rule, instance) && right;
    right = check_number(v, rule, instance) && right;
    right = check_string(v, rule, instance) && right;
    right = check_array(v, rule, instance) && right;
    right = check_object(v, rule, instance) && right;
    right = check_combinations(v, rule, instance) && right;
    v->depth--;
    return right;
}

schema_outcome schema_validate(const schema *compiled, const json_t *instance, arena *memory, schema_errors *errors) {
    validation v = {.memory = memory, .errors = errors, .where = TEXT_EMPTY};
    bool right = validate(&v, compiled, instance);
    if (v.where.failed)
        v.no_memory = true;
    text_free(&v.where);
    return v.no_memory ? SCHEMA_NO_MEMORY : v.limit ? SCHEMA_LIMIT : right ? SCHEMA_VALID : SCHEMA_INVALID;
}
