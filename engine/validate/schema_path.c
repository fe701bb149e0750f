/*
 * schema_path.c: following a JSON Pointer through schemas (JSON Schema 2020-12, OpenAPI 3.0 and Swagger 2.0 alike: what
 * counts here is spelled the same in all of them).
 */
#include "engine/validate/schema_path.h"

#include <stdint.h>
#include <string.h>

#include "runtime-expr/regex.h"

/* Schemas may contain themselves: so deep, and so many, are looked at. */
enum { DEEPEST = 24, BUDGET = 2000 };

typedef struct walk {
    const api *description;
    const expr_token *token;
    schema_path *out;
    schema_group found;
    unsigned budget;
} walk;

static schema_verdict look(walk *w, located at, unsigned depth);

static located below(located parent, const node *value) {
    return (located){value == NULL ? NULL : parent.owner, value};
}

void schema_group_add(schema_group *group, located schema) {
    if (schema.value == NULL || group->count == SCHEMA_PATH_SCHEMAS)
        group->open = true;
    else
        group->items[group->count++] = schema;
}

static void note_name(walk *w, const char *name) {
    for (size_t i = 0; i < w->out->name_count; i++)
        if (strcmp(w->out->names[i], name) == 0)
            return;
    if (w->out->name_count < SCHEMA_PATH_NAMES)
        w->out->names[w->out->name_count++] = name;
}

static schema_verdict found(walk *w, located schema) {
    if (node_type(schema.value) == NODE_BOOLEAN)
        return node_boolean(schema.value) ? SCHEMA_OPEN : SCHEMA_LACKS;
    schema_group_add(&w->found, schema);
    return w->found.open ? SCHEMA_OPEN : SCHEMA_FOUND;
}

static schema_verdict lacks(walk *w, located schema, const char *kind) {
    if (w->out->lacking.value == NULL) {
        w->out->lacking = schema;
        w->out->kind = kind;
    }
    return SCHEMA_LACKS;
}

/* Both hold for the value: who knows the member decides, then who leaves it open. */
static schema_verdict both(schema_verdict a, schema_verdict b) {
    return a > b ? a : b;
}

/* ---- Types ---- */

static const struct {
    const char *name;
    unsigned kinds;
    const char *words;
} types[] = {
    {"object", 1u << NODE_MAPPING, "an object"},
    {"array", 1u << NODE_SEQUENCE, "an array"},
    {"string", 1u << NODE_STRING, "a string"},
    {"integer", 1u << NODE_INTEGER, "an integer"},
    {"boolean", 1u << NODE_BOOLEAN, "a boolean"},
    {"number", 1u << NODE_REAL | 1u << NODE_INTEGER, "a number"},
    {"null", 1u << NODE_NULL, "null"},
};
enum { TYPES = sizeof types / sizeof *types, ANY_KIND = 0x7F };

static unsigned kinds_of(const node *type) {
    const char *name = node_string(type, NULL);
    unsigned kinds = 0;
    for (size_t i = 0; name != NULL && i < TYPES; i++)
        if (strcmp(types[i].name, name) == 0)
            kinds = types[i].kinds;
    for (size_t i = 0; node_type(type) == NODE_SEQUENCE && i < node_count(type); i++)
        kinds |= node_type(node_item(type, i)) == NODE_STRING ? kinds_of(node_item(type, i)) : ANY_KIND;
    return kinds == 0 ? ANY_KIND : kinds;
}

/* What `type` leaves, or every kind. */
static unsigned own_kinds(const node *schema) {
    const node *type = node_get(schema, "type"), *nullable = node_get(schema, "nullable");
    unsigned kinds = type == NULL ? ANY_KIND : kinds_of(type);
    return nullable != NULL && node_boolean(nullable) ? kinds | 1u << NODE_NULL : kinds;
}

static const char *words_for(unsigned kinds) {
    for (size_t i = 0; i < TYPES; i++)
        if ((kinds & ~(1u << NODE_NULL)) == types[i].kinds)
            return types[i].words;
    return "a plain value";
}

/* ---- Objects ---- */

static schema_verdict look_at_patterns(walk *w, located at) {
    const node *patterns = node_get(at.value, "patternProperties");
    schema_verdict verdict = SCHEMA_SAYS_NOTHING;
    for (size_t i = 0; patterns != NULL && i < node_count(patterns) && node_key(patterns, i) != NULL; i++) {
        size_t length;
        const char *pattern = node_string(node_key(patterns, i), &length);
        regex *compiled = NULL;
        expr_failure failure;
        schema_verdict one = SCHEMA_OPEN;
        expr_status status = regex_compile(pattern, length, (regex_flags){.caseless = false}, &compiled, &failure);
        w->out->no_memory = w->out->no_memory || status == EXPR_NO_MEMORY;
        if (status == EXPR_OK) {
            criterion_outcome outcome = regex_search(compiled, w->token->key, w->token->length, &failure);
            w->out->no_memory = w->out->no_memory || outcome == CRITERION_OUT_OF_MEMORY;
            one = outcome == CRITERION_FAILED ? SCHEMA_LACKS : found(w, below(at, node_value(patterns, i)));
        }
        regex_free(compiled);
        verdict = both(verdict, one);
    }
    return verdict;
}

static schema_verdict look_at_properties(walk *w, located at) {
    const node *properties = node_get(at.value, "properties"), *more = node_get(at.value, "additionalProperties");
    const node *own = properties == NULL ? NULL : node_get_sized(properties, w->token->key, w->token->length);
    if (own != NULL)
        return found(w, below(at, own));
    schema_verdict verdict = look_at_patterns(w, at);
    if (verdict > SCHEMA_LACKS)
        return verdict;
    for (size_t i = 0; properties != NULL && node_key(properties, i) != NULL; i++)
        note_name(w, node_string(node_key(properties, i), NULL));
    if (more == NULL)
        more = node_get(at.value, "unevaluatedProperties");
    if (more != NULL && node_type(more) == NODE_BOOLEAN && !node_boolean(more)) {
        w->out->closed = true;
        return lacks(w, at, NULL);
    }
    if (more != NULL)
        return node_type(more) == NODE_MAPPING && node_count(more) > 0 ? found(w, below(at, more)) : SCHEMA_OPEN;
    bool declares = verdict == SCHEMA_LACKS || (properties != NULL && node_count(properties) > 0);
    return declares ? lacks(w, at, NULL) : SCHEMA_SAYS_NOTHING;
}

/* ---- Arrays ---- */

static schema_verdict look_at_items(walk *w, located at) {
    const node *items = node_get(at.value, "items"), *first = node_get(at.value, "prefixItems");
    if (items != NULL && node_type(items) == NODE_SEQUENCE) { /* before 2020-12 */
        first = items;
        items = node_get(at.value, "additionalItems");
    }
    if (w->token->index == SIZE_MAX)
        return items != NULL || first != NULL ? lacks(w, at, "an array") : SCHEMA_SAYS_NOTHING;
    const node *item = first == NULL ? NULL : node_item(first, w->token->index);
    item = item == NULL ? items : item;
    return item == NULL ? SCHEMA_SAYS_NOTHING : found(w, below(at, item));
}

/* ---- Schemas ---- */

/* Alternatives: one of them holds. */
static schema_verdict look_at_any(walk *w, located at, const char *keyword, unsigned depth) {
    const node *list = node_get(at.value, keyword);
    size_t count = list == NULL ? 0 : node_count(list), silent = 0;
    schema_verdict best = SCHEMA_SAYS_NOTHING;
    for (size_t i = 0; i < count && node_item(list, i) != NULL; i++) {
        schema_verdict one = look(w, below(at, node_item(list, i)), depth + 1);
        silent += one == SCHEMA_SAYS_NOTHING;
        best = both(best, one);
    }
    return best == SCHEMA_LACKS && silent > 0 ? SCHEMA_OPEN : best;
}

/* What is not followed may declare anything. */
static bool is_beyond(const node *schema) {
    static const char *const keywords[] = {"$dynamicRef", "$recursiveRef", "then", "else", "dependentSchemas"};
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (node_get(schema, keywords[i]) != NULL)
            return true;
    return node_get(schema, "discriminator") != NULL && node_get(schema, "oneOf") == NULL &&
           node_get(schema, "anyOf") == NULL;
}

static schema_verdict look_at_members(walk *w, located at) {
    unsigned kinds = own_kinds(at.value), object = 1u << NODE_MAPPING, array = 1u << NODE_SEQUENCE;
    if ((kinds & (object | array)) == 0)
        return lacks(w, at, words_for(kinds));
    if (kinds != ANY_KIND && (kinds & object) == 0 && w->token->index == SIZE_MAX)
        return lacks(w, at, "an array");
    schema_verdict verdict = (kinds & array) != 0 ? look_at_items(w, at) : SCHEMA_SAYS_NOTHING;
    return (kinds & object) != 0 ? both(verdict, look_at_properties(w, at)) : verdict;
}

static schema_verdict look(walk *w, located at, unsigned depth) {
    if (at.value == NULL || depth > DEEPEST || w->budget == 0)
        return SCHEMA_OPEN;
    w->budget--;
    if (node_type(at.value) == NODE_BOOLEAN && !node_boolean(at.value))
        return lacks(w, at, NULL);
    if (node_type(at.value) != NODE_MAPPING)
        return SCHEMA_OPEN;
    schema_verdict verdict = look_at_members(w, at);
    if (node_get(at.value, "$ref") != NULL)
        verdict = both(verdict, look(w, api_resolve(w->description, at), depth + 1));
    const node *all = node_get(at.value, "allOf");
    for (size_t i = 0; all != NULL && i < node_count(all); i++)
        verdict = both(verdict, look(w, below(at, node_item(all, i)), depth + 1));
    verdict = both(verdict, look_at_any(w, at, "anyOf", depth));
    verdict = both(verdict, look_at_any(w, at, "oneOf", depth));
    return is_beyond(at.value) ? both(verdict, SCHEMA_OPEN) : verdict;
}

/* One token, from every schema of the group. */
static schema_verdict step_into(const schema_group *from, const expr_token *token, schema_path *out,
                                schema_group *next) {
    walk w = {.description = from->description, .token = token, .out = out, .budget = BUDGET};
    w.found.description = from->description;
    out->lacking = (located){NULL, NULL};
    out->name_count = 0;
    out->closed = false;
    out->kind = NULL;
    schema_verdict best = from->open ? SCHEMA_OPEN : SCHEMA_SAYS_NOTHING;
    for (size_t i = 0; i < from->count; i++) {
        schema_verdict one = look(&w, from->items[i], 0);
        best = both(best, one == SCHEMA_SAYS_NOTHING ? SCHEMA_OPEN : one);
    }
    *next = w.found;
    return best == SCHEMA_SAYS_NOTHING ? SCHEMA_OPEN : best;
}

void schema_path_follow(const schema_group *from, const expr_token *tokens, size_t count, schema_path *out) {
    *out = (schema_path){.verdict = from->count == 0 ? SCHEMA_OPEN : SCHEMA_FOUND, .reached = *from};
    for (size_t i = 0; i < count && out->verdict == SCHEMA_FOUND; i++) {
        schema_group next;
        out->token = i;
        out->verdict = step_into(&out->reached, &tokens[i], out, &next);
        out->reached = next;
    }
}

/* ---- What schemas say of a value itself ---- */

static void each(const api *description, located at, unsigned depth, void (*told)(void *user, located schema),
                 void *user) {
    if (at.value == NULL || depth > DEEPEST || node_type(at.value) != NODE_MAPPING)
        return;
    told(user, at);
    if (node_get(at.value, "$ref") != NULL)
        each(description, api_resolve(description, at), depth + 1, told, user);
    const node *all = node_get(at.value, "allOf");
    for (size_t i = 0; all != NULL && i < node_count(all); i++)
        each(description, below(at, node_item(all, i)), depth + 1, told, user);
}

void schema_group_each(const schema_group *group, void (*told)(void *user, located schema), void *user) {
    for (size_t i = 0; i < group->count; i++)
        each(group->description, group->items[i], 0, told, user);
}

static unsigned types_of(const api *description, located at, unsigned depth) {
    if (at.value == NULL || depth > DEEPEST || node_type(at.value) != NODE_MAPPING || is_beyond(at.value))
        return ANY_KIND;
    unsigned kinds = own_kinds(at.value);
    if (node_get(at.value, "$ref") != NULL)
        kinds &= types_of(description, api_resolve(description, at), depth + 1);
    const node *all = node_get(at.value, "allOf");
    for (size_t i = 0; all != NULL && i < node_count(all); i++)
        kinds &= types_of(description, below(at, node_item(all, i)), depth + 1);
    static const char *const alternatives[] = {"anyOf", "oneOf"};
    for (size_t a = 0; a < 2; a++) {
        const node *list = node_get(at.value, alternatives[a]);
        unsigned any = list == NULL || node_count(list) == 0 ? ANY_KIND : 0;
        for (size_t i = 0; list != NULL && i < node_count(list); i++)
            any |= types_of(description, below(at, node_item(list, i)), depth + 1);
        kinds &= any;
    }
    return kinds;
}

unsigned schema_group_types(const schema_group *group) {
    unsigned kinds = group->open || group->count == 0 ? ANY_KIND : 0;
    for (size_t i = 0; i < group->count; i++)
        kinds |= types_of(group->description, group->items[i], 0);
    return kinds;
}
