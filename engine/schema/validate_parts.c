/*
 * validate_parts.c: the items of arrays and the members of objects (JSON Schema 2020-12, core, sections 10.3 and 11;
 * validation, sections 6.4 and 6.5).
 */
#include <string.h>

#include "base/nearest.h"
#include "engine/schema/validate_internal.h"

static size_t enter(validation *v, const char *name, size_t length) {
    size_t before = v->where.length;
    if (v->errors == NULL)
        return before;
    text_append_char(&v->where, '/');
    for (size_t i = 0; i < length; i++)
        text_append_string(&v->where, name[i] == '~' ? "~0" : name[i] == '/' ? "~1" : (char[]){name[i], '\0'});
    return before;
}

static size_t enter_index(validation *v, size_t index) {
    size_t before = v->where.length;
    if (v->errors != NULL)
        text_append_format(&v->where, "/%zu", index);
    return before;
}

static bool stopped(const validation *v, bool right) {
    return v->limit || v->no_memory || v->work.exhausted || (!right && v->errors == NULL);
}

/* ---- Arrays ---- */

/* What `contains` finds counts as evaluated (core, section 10.3.1.3). */
static bool check_contains(validation *v, const schema *rule, const json_t *instance, evaluated *seen) {
    size_t found = 0, least = rule->min_contains.given ? rule->min_contains.value : 1;
    for (size_t i = 0; i < json_array_size(instance); i++) {
        if (!validate_quietly(v, rule->contains, json_array_get(instance, i), NULL))
            continue;
        found++;
        evaluated_mark(seen, i);
    }
    if (found < least)
        return validate_fail(v, rule, rule->min_contains.given ? "minContains" : "contains",
                             "has %zu items of the kind that it must contain, must have at least %zu", found, least);
    return !rule->max_contains.given || found <= rule->max_contains.value ||
           validate_fail(v, rule, "maxContains",
                         "has %zu items of the kind that it must contain, must have at most %zu", found,
                         rule->max_contains.value);
}

static bool check_items(validation *v, const schema *rule, const json_t *instance, evaluated *seen) {
    bool right = true;
    size_t count = json_array_size(instance);
    for (size_t i = 0; i < count && !stopped(v, right); i++) {
        const schema *item = i < rule->prefix_items.count ? rule->prefix_items.items[i] : rule->items;
        if (item == NULL)
            break;
        size_t before = enter_index(v, i);
        right = validate(v, item, json_array_get(instance, i), NULL) && right;
        text_truncate(&v->where, before);
        evaluated_mark(seen, i);
    }
    return right;
}

bool validate_array(validation *v, const schema *rule, const json_t *instance, evaluated *seen) {
    size_t count = json_array_size(instance);
    bool right = rule->contains == NULL || check_contains(v, rule, instance, seen);
    right = check_items(v, rule, instance, seen) && right;
    if (rule->min_items.given && count < rule->min_items.value)
        right =
            validate_fail(v, rule, "minItems", "has %zu items, must have at least %zu", count, rule->min_items.value);
    if (rule->max_items.given && count > rule->max_items.value)
        right =
            validate_fail(v, rule, "maxItems", "has %zu items, must have at most %zu", count, rule->max_items.value);
    if (rule->unique_items && !value_unique(instance, &v->work, &v->no_memory))
        right = validate_fail(v, rule, "uniqueItems", "has equal items, and each may occur only once");
    return right;
}

/* ---- Objects ---- */

/* `writeOnly` in a response, `readOnly` in a request: also behind a reference. */
static bool goes_one_way(const schema *rule) {
    enum { MOST_HOPS = 8 };
    for (int hops = 0; rule != NULL && hops < MOST_HOPS; hops++) {
        if (rule->one_way)
            return true;
        rule = rule->reference;
    }
    return false;
}

/* Is the member declared, here or in what applies to the same object, as one that travels the other way only? */
static bool is_not_expected(validation *v, const schema *rule, const char *name, size_t length, int depth) {
    enum { DEEPEST = 8 };
    if (rule == NULL || depth > DEEPEST || !budget_spend(&v->work, 1))
        return false;
    const property *declared = name_index_find(&rule->property_index, name, length);
    if (declared != NULL)
        return goes_one_way(declared->rule);
    for (size_t i = 0; i < rule->all_of.count; i++)
        if (is_not_expected(v, rule->all_of.items[i], name, length, depth + 1))
            return true;
    return is_not_expected(v, rule->reference, name, length, depth + 1);
}

static bool check_required(validation *v, const schema *rule, const char *keyword, const node *names,
                           const json_t *instance) {
    bool right = budget_spend(&v->work, names == NULL ? 0 : node_count(names) / 16);
    for (size_t i = 0; names != NULL && i < node_count(names) && !stopped(v, right); i++) {
        size_t length;
        const char *name = node_string(node_item(names, i), &length);
        if (name != NULL && json_object_getn(instance, name, length) == NULL &&
            !is_not_expected(v, rule, name, length, 0))
            right = validate_fail(v, rule, keyword, "lacks the required member '%s'", name);
    }
    return right;
}

static bool refuse_member(validation *v, const schema *rule, const char *keyword, const char *name) {
    enum { MOST_NAMES = 1000 };
    if (!budget_spend(&v->work, strlen(name) / 16))
        return false;
    nearest search;
    nearest_start(&search, name, strlen(name));
    bool worth = v->errors != NULL && v->errors_left > 0 && rule->property_count <= MOST_NAMES &&
                 budget_spend(&v->work, rule->property_count * 20);
    for (size_t i = 0; worth && i < rule->property_count; i++)
        nearest_try(&search, rule->properties[i].name);
    if (search.best != NULL)
        return validate_fail(v, rule, keyword, "has the member '%s', which is not allowed (did you mean '%s'?)", name,
                             search.best);
    return validate_fail(v, rule, keyword, "has the member '%s', which is not allowed", name);
}

static bool refuse_direction(validation *v, const schema *rule) {
    while (!rule->one_way)
        rule = rule->reference;
    if (node_get(rule->source, "writeOnly") != NULL)
        return validate_fail(v, rule, "writeOnly", "is for requests only, and must not be in a response");
    return validate_fail(v, rule, "readOnly", "is for responses only, and must not be in a request");
}

/* properties, patternProperties, additionalProperties; *known tells whether any of them applies. */
static bool check_member(validation *v, const schema *rule, const char *name, size_t length, const json_t *value,
                         bool *known) {
    const property *declared = name_index_find(&rule->property_index, name, length);
    const schema *rest = rule->additional_properties;
    bool right = true;
    size_t before = enter(v, name, length);
    *known = declared != NULL;
    if (declared != NULL)
        right = goes_one_way(declared->rule) ? refuse_direction(v, declared->rule)
                                             : validate(v, declared->rule, value, NULL);
    for (size_t i = 0; i < rule->pattern_count; i++)
        if (validate_pattern(v, rule->pattern_properties[i].pattern, name, length)) {
            *known = true;
            right = validate(v, rule->pattern_properties[i].rule, value, NULL) && right;
        }
    bool left = !*known && rest != NULL;
    if (left && !rest->never)
        right = validate(v, rest, value, NULL) && right;
    text_truncate(&v->where, before);
    if (left && rest->never)
        right = refuse_member(v, rule, "additionalProperties", name);
    *known = *known || left;
    return right;
}

static bool check_name(validation *v, const schema *rule, const char *name, size_t length) {
    json_t *as_value = json_stringn(name, length);
    if (as_value == NULL) {
        v->no_memory = true;
        return false;
    }
    bool right = validate_quietly(v, rule->property_names, as_value, NULL) ||
                 validate_fail(v, rule, "propertyNames", "has the member '%s', whose name is not allowed", name);
    json_decref(as_value);
    return right;
}

static bool check_dependencies(validation *v, const schema *rule, const json_t *instance, evaluated *seen) {
    bool right = true;
    for (size_t i = 0; i < rule->dependency_count; i++) {
        const dependency *entry = &rule->dependencies[i];
        if (json_object_getn(instance, entry->name, entry->length) == NULL)
            continue;
        if (entry->required != NULL)
            right = check_required(v, rule, entry->keyword, entry->required, instance) && right;
        else if (entry->rule != NULL)
            right = validate(v, entry->rule, instance, seen) && right;
    }
    return right;
}

bool validate_object(validation *v, const schema *rule, const json_t *instance, evaluated *seen) {
    size_t count = json_object_size(instance), length, index = 0;
    const char *name;
    json_t *value;
    bool right = check_required(v, rule, "required", rule->required, instance);
    bool has_parts = rule->property_count > 0 || rule->pattern_count > 0 || rule->additional_properties != NULL ||
                     rule->property_names != NULL;
    if (has_parts) {
        json_object_keylen_foreach((json_t *)instance, name, length, value) {
            bool known;
            if (stopped(v, right))
                break;
            right = check_member(v, rule, name, length, value, &known) && right;
            right = (rule->property_names == NULL || check_name(v, rule, name, length)) && right;
            if (known)
                evaluated_mark(seen, index);
            index++;
        }
    }
    if (rule->min_properties.given && count < rule->min_properties.value)
        right = validate_fail(v, rule, "minProperties", "has %zu members, must have at least %zu", count,
                              rule->min_properties.value);
    if (rule->max_properties.given && count > rule->max_properties.value)
        right = validate_fail(v, rule, "maxProperties", "has %zu members, must have at most %zu", count,
                              rule->max_properties.value);
    return check_dependencies(v, rule, instance, seen) && right;
}

/* ---- What nothing else evaluated ---- */

static bool check_unevaluated_items(validation *v, const schema *rule, const json_t *instance, evaluated *seen) {
    bool right = true;
    for (size_t i = 0; i < json_array_size(instance) && !stopped(v, right); i++) {
        if (seen->marks[i])
            continue;
        seen->marks[i] = 1;
        size_t before = enter_index(v, i);
        if (!rule->unevaluated_items->never)
            right = validate(v, rule->unevaluated_items, json_array_get(instance, i), NULL) && right;
        else
            right = validate_fail(v, rule, "unevaluatedItems", "is one item more than is allowed");
        text_truncate(&v->where, before);
    }
    return right;
}

static bool check_unevaluated_properties(validation *v, const schema *rule, const json_t *instance, evaluated *seen) {
    size_t length, index = 0;
    const char *name;
    json_t *value;
    bool right = true;
    json_object_keylen_foreach((json_t *)instance, name, length, value) {
        unsigned char *mark = &seen->marks[index++];
        if (stopped(v, right))
            break;
        if (*mark)
            continue;
        *mark = 1;
        if (rule->unevaluated_properties->never) {
            right = refuse_member(v, rule, "unevaluatedProperties", name);
            continue;
        }
        size_t before = enter(v, name, length);
        right = validate(v, rule->unevaluated_properties, value, NULL) && right;
        text_truncate(&v->where, before);
    }
    return right;
}

bool validate_unevaluated(validation *v, const schema *rule, const json_t *instance, evaluated *seen) {
    if (json_is_array(instance))
        return rule->unevaluated_items == NULL || check_unevaluated_items(v, rule, instance, seen);
    return rule->unevaluated_properties == NULL || check_unevaluated_properties(v, rule, instance, seen);
}
