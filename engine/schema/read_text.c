/*
 * read_text.c: values that are written as text, where only the schema tells what they are: `-i limit=7` on a command
 * line, `X-Limit: 7` in a header. JSON Schema has no such notion; what `type`, `enum`, `const` and the combinations
 * allow decides.
 */
#include "engine/schema/validate_internal.h"
#include "runtime-expr/json_text.h"

enum {
    ANY_TYPE = TYPE_NULL | TYPE_BOOLEAN | TYPE_INTEGER | TYPE_NUMBER | TYPE_STRING | TYPE_ARRAY | TYPE_OBJECT,
    DEEPEST = 16,
    MOST_SCHEMAS = 1000
};

/* ---- What a schema says of types and parts ---- */

static unsigned types_of(const schema *rule, int depth, int *left);

static unsigned any_of_types(const schemas *list, int depth, int *left) {
    unsigned types = list->count == 0 ? ANY_TYPE : 0;
    for (size_t i = 0; i < list->count; i++)
        types |= types_of(list->items[i], depth, left);
    return types;
}

static unsigned types_of(const schema *rule, int depth, int *left) {
    if (rule == NULL || depth > DEEPEST || --*left < 0)
        return ANY_TYPE;
    unsigned types = rule->never ? 0 : rule->types == 0 ? ANY_TYPE : rule->types, listed = 0;
    if (rule->constant != NULL)
        types &= validate_type_of(rule->constant);
    for (size_t i = 0; i < json_array_size(rule->enumeration); i++)
        listed |= validate_type_of(json_array_get(rule->enumeration, i));
    if (rule->enumeration != NULL)
        types &= listed;
    types &= types_of(rule->reference, depth + 1, left);
    for (size_t i = 0; i < rule->all_of.count; i++)
        types &= types_of(rule->all_of.items[i], depth + 1, left);
    return types & any_of_types(&rule->any_of, depth + 1, left) & any_of_types(&rule->one_of, depth + 1, left);
}

static unsigned types(const schema *rule) {
    int left = MOST_SCHEMAS;
    return types_of(rule, 0, &left);
}

bool schema_allows(const schema *of, json_type type) {
    static const unsigned bits[] = {
        [JSON_OBJECT] = TYPE_OBJECT,   [JSON_ARRAY] = TYPE_ARRAY, [JSON_STRING] = TYPE_STRING,
        [JSON_INTEGER] = TYPE_INTEGER, [JSON_REAL] = TYPE_NUMBER, [JSON_TRUE] = TYPE_BOOLEAN,
        [JSON_FALSE] = TYPE_BOOLEAN,   [JSON_NULL] = TYPE_NULL};
    return (types(of) & bits[type]) != 0;
}

typedef struct search {
    const char *name; /* NULL: an item */
    size_t length;
    size_t index;
    int budget;
} search;

static const schema *find_part(const schema *rule, search *wanted, int depth);

static const schema *find_in_list(const schemas *list, search *wanted, int depth) {
    const schema *found = NULL;
    for (size_t i = 0; i < list->count && found == NULL; i++)
        found = find_part(list->items[i], wanted, depth);
    return found;
}

static const schema *own_part(const schema *rule, const search *wanted) {
    if (wanted->name == NULL)
        return wanted->index < rule->prefix_items.count ? rule->prefix_items.items[wanted->index] : rule->items;
    const property *declared = name_index_find(&rule->property_index, wanted->name, wanted->length);
    return declared == NULL ? NULL : declared->rule;
}

static const schema *find_part(const schema *rule, search *wanted, int depth) {
    if (rule == NULL || depth > DEEPEST || --wanted->budget < 0)
        return NULL;
    const schema *found = own_part(rule, wanted);
    const schemas *lists[] = {&rule->all_of, &rule->any_of, &rule->one_of};
    if (found == NULL)
        found = find_part(rule->reference, wanted, depth + 1);
    for (size_t i = 0; i < sizeof lists / sizeof *lists && found == NULL; i++)
        found = find_in_list(lists[i], wanted, depth + 1);
    return found;
}

const schema *schema_member(const schema *of, const char *name, size_t length) {
    search wanted = {.name = name, .length = length, .budget = MOST_SCHEMAS};
    return find_part(of, &wanted, 0);
}

const schema *schema_item(const schema *of, size_t index) {
    search wanted = {.index = index, .budget = MOST_SCHEMAS};
    return find_part(of, &wanted, 0);
}

/* ---- Texts ---- */

/* A schema without a word on types that speaks of members or items is about objects or arrays. */
static unsigned types_or_hints(const schema *rule) {
    unsigned known = types(rule);
    if (rule == NULL || known != ANY_TYPE)
        return rule == NULL ? TYPE_STRING : known;
    known = TYPE_STRING;
    if (rule->property_count > 0 || rule->required != NULL || rule->pattern_count > 0)
        known |= TYPE_OBJECT;
    if (rule->items != NULL || rule->prefix_items.count > 0 || rule->contains != NULL)
        known |= TYPE_ARRAY;
    return known;
}

/* An array of arrays has no such short form. */
static json_t *array_of_one(const schema *rule, const char *bytes, size_t length) {
    const schema *item_rule = schema_item(rule, 0);
    json_t *list = json_array();
    json_t *item = types_or_hints(item_rule) == TYPE_ARRAY ? json_stringn(bytes, length)
                                                           : schema_read_text(item_rule, bytes, length);
    if (json_array_append_new(list, item) == 0)
        return list;
    json_decref(list);
    return NULL;
}

/* True also when it cannot be told: what comes first is taken then. */
static bool holds(const schema *rule, const json_t *value) {
    arena *memory = arena_new();
    schema_outcome outcome = memory == NULL ? SCHEMA_NO_MEMORY : schema_validate(rule, value, memory, NULL);
    arena_free(memory);
    return outcome != SCHEMA_INVALID;
}

json_t *schema_read_text(const schema *compiled, const char *bytes, size_t length) {
    unsigned known = types_or_hints(compiled);
    json_t *parsed = NULL;
    if ((known & ~(unsigned)TYPE_STRING) != 0 && json_text_parse(bytes, length, &parsed, NULL) == JSON_TEXT_NO_MEMORY)
        return NULL;
    if (parsed != NULL && (json_is_string(parsed) || (known & validate_type_of(parsed)) == 0)) {
        json_decref(parsed);
        parsed = NULL;
    }
    if (parsed == NULL)
        return known == TYPE_ARRAY ? array_of_one(compiled, bytes, length) : json_stringn(bytes, length);
    if ((known & TYPE_STRING) == 0 || holds(compiled, parsed))
        return parsed;
    json_t *plain = json_stringn(bytes, length);
    bool better = plain != NULL && holds(compiled, plain);
    json_t *chosen = plain == NULL || better ? plain : parsed;
    json_decref(chosen == plain ? parsed : plain);
    return chosen;
}
