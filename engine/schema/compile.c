/*
 * compile.c: from a schema's node to its compiled form: the keywords of JSON Schema 2020-12 (core, applicator,
 * unevaluated, validation, format), and the dialects of OpenAPI 3.0 and Swagger 2.0. Each schema that can be reached is
 * compiled once, so that cycles close; they wait in a list, so that nothing recurses.
 *
 * Diagnostics: E0301 a keyword of the wrong type, E0302 a reference to nothing, E0303 a pattern that is none, E0304 a
 * vocabulary that must be understood and is not.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/schema/schema_internal.h"

void *schema_check(compiler *c, const void *memory) {
    if (memory == NULL)
        c->list->no_memory = true;
    return (void *)memory;
}

bool schema_keep(compiler *c, json_t *value, pcre2_code *pattern, document *owned) {
    release *entry = schema_check(c, arena_alloc(c->set->memory, sizeof *entry));
    if (entry == NULL) {
        json_decref(value);
        pcre2_code_free(pattern);
        document_free(owned);
        return false;
    }
    *entry = (release){c->set->releases, value, pattern, owned};
    c->set->releases = entry;
    return true;
}

void schema_need(compiler *c, schema *wanted) {
    if (wanted == NULL || wanted->needed)
        return;
    wanted->needed = true;
    wanted->pending = c->pending;
    c->pending = wanted;
    if (wanted->home->needed)
        return;
    wanted->home->needed = true;
    for (anchor *entry = wanted->home->all_anchors; entry != NULL; entry = entry->next)
        if (entry->dynamic)
            schema_need(c, entry->target);
}

static json_t *literal(compiler *c, const node *value) {
    json_t *made = schema_check(c, node_json(value));
    return made != NULL && schema_keep(c, made, NULL, NULL) ? made : NULL;
}

/* A keyword's value if it has the right kind; else NULL, after an error when it is there. */
static const node *keyword_of(compiler *c, const schema *made, const char *name, node_kind kind) {
    static const char *const kinds[] = {"null",     "a boolean", "an integer", "a number",
                                        "a string", "an array",  "an object"};
    const node *value = node_get(made->source, name);
    if (value == NULL || node_type(value) == kind || (kind == NODE_REAL && node_type(value) == NODE_INTEGER))
        return value;
    diagnose(c->list, "E0301", node_place(made->home->owner, value), NULL, "'%s' of a schema must be %s", name,
             kinds[kind]);
    return NULL;
}

/* ---- Assertions ---- */

static unsigned type_bit(compiler *c, const schema *made, const node *value) {
    static const struct {
        const char *name;
        unsigned bit;
    } types[] = {{"null", TYPE_NULL},       {"boolean", TYPE_BOOLEAN},
                 {"integer", TYPE_INTEGER}, {"number", TYPE_NUMBER | TYPE_INTEGER},
                 {"string", TYPE_STRING},   {"array", TYPE_ARRAY},
                 {"object", TYPE_OBJECT},   {"file", TYPE_STRING}};
    const char *name = node_string(value, NULL);
    for (size_t i = 0; name != NULL && i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, name) == 0)
            return types[i].bit;
    diagnose(c->list, "E0301", node_place(made->home->owner, value),
             "it is one of null, boolean, integer, number, string, array, object", "'%s' is no type of a schema",
             name == NULL ? node_type_name(value) : name);
    return 0;
}

static void compile_types(compiler *c, schema *made) {
    const node *type = node_get(made->source, "type"), *nullable = node_get(made->source, "nullable");
    if (nullable == NULL && c->set->options.dialect == SCHEMA_SWAGGER_2_0)
        nullable = node_get(made->source, "x-nullable");
    if (type != NULL && node_type(type) == NODE_SEQUENCE)
        for (size_t i = 0; i < node_count(type); i++)
            made->types |= type_bit(c, made, node_item(type, i));
    else if (type != NULL)
        made->types = type_bit(c, made, type);
    if (c->set->options.dialect != SCHEMA_2020_12 && made->types != 0 && nullable != NULL && node_boolean(nullable))
        made->types |= TYPE_NULL;
}

/* In the older dialects `exclusiveMinimum: true` makes `minimum` exclusive. */
static void compile_bound(compiler *c, const schema *made, const char *name, const char *exclusive, bound *plain,
                          bound *strict) {
    const node *value = keyword_of(c, made, name, NODE_REAL), *other = node_get(made->source, exclusive);
    if (value != NULL)
        *plain = (bound){.value = literal(c, value), .exclusive = other != NULL && node_boolean(other)};
    if (other == NULL || node_type(other) == NODE_BOOLEAN)
        return;
    other = keyword_of(c, made, exclusive, NODE_REAL);
    if (other != NULL)
        *strict = (bound){.value = literal(c, other), .exclusive = true};
}

static void compile_count(compiler *c, const schema *made, const char *name, count_bound *out) {
    const node *value = keyword_of(c, made, name, NODE_REAL);
    if (value != NULL && node_number(value) >= 0)
        *out = (count_bound){true, node_number(value) < 1e15 ? (size_t)node_number(value) : SIZE_MAX};
}

static pcre2_code *compile_pattern(compiler *c, const schema *made, const node *value) {
    size_t length;
    const char *pattern = node_string(value, &length);
    pcre2_code *code = NULL;
    pattern_failure failure;
    switch (pattern_compile(pattern, length, false, &code, &failure)) {
    case PATTERN_OK:
        return schema_keep(c, NULL, code, NULL) ? code : NULL;
    case PATTERN_NO_MEMORY:
        c->list->no_memory = true;
        break;
    case PATTERN_INVALID:
        diagnose(c->list, "E0303", node_place_within(made->home->owner, value, failure.offset, 1), NULL,
                 "the pattern is no regular expression: %s", failure.message);
    }
    return NULL;
}

static void compile_values(compiler *c, schema *made) {
    const node *constant = node_get(made->source, "const"), *enumeration = keyword_of(c, made, "enum", NODE_SEQUENCE);
    const node *multiple = keyword_of(c, made, "multipleOf", NODE_REAL);
    const node *pattern = keyword_of(c, made, "pattern", NODE_STRING);
    size_t length;
    if (constant != NULL)
        made->constant = literal(c, constant);
    if (enumeration != NULL)
        made->enumeration = literal(c, enumeration);
    if (multiple != NULL && node_number(multiple) > 0)
        made->multiple_of = literal(c, multiple);
    if (pattern != NULL) {
        made->pattern = compile_pattern(c, made, pattern);
        made->pattern_text = node_string(pattern, &length);
        made->pattern_text = schema_check(c, arena_copy(c->set->memory, made->pattern_text, length));
    }
    compile_bound(c, made, "minimum", "exclusiveMinimum", &made->minimum, &made->exclusive_minimum);
    compile_bound(c, made, "maximum", "exclusiveMaximum", &made->maximum, &made->exclusive_maximum);
}

static void compile_assertions(compiler *c, schema *made) {
    const node *unique = node_get(made->source, "uniqueItems");
    compile_types(c, made);
    compile_values(c, made);
    made->unique_items = unique != NULL && node_boolean(unique);
    made->required = keyword_of(c, made, "required", NODE_SEQUENCE);
    const struct {
        const char *name;
        count_bound *bound;
    } counts[] = {{"minLength", &made->min_length},         {"maxLength", &made->max_length},
                  {"minItems", &made->min_items},           {"maxItems", &made->max_items},
                  {"minProperties", &made->min_properties}, {"maxProperties", &made->max_properties},
                  {"minContains", &made->min_contains},     {"maxContains", &made->max_contains}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        compile_count(c, made, counts[i].name, counts[i].bound);
}

/* ---- Applicators ---- */

static schema *child(compiler *c, const node *value, location where) {
    schema *below = schema_declare(c, value, where.parent->home, where);
    schema_need(c, below);
    return below;
}

static schema *subschema(compiler *c, const schema *made, const char *keyword) {
    const node *value = node_get(made->source, keyword);
    return value == NULL ? NULL : child(c, value, (location){.parent = made, .keyword = keyword});
}

/* The schema of a mapping's entry: `properties/name`. */
static schema *named(compiler *c, const schema *made, const char *keyword, const node *map, size_t index) {
    location where = {.parent = made, .keyword = keyword};
    where.name = node_string(node_key(map, index), &where.length);
    return child(c, node_value(map, index), where);
}

static void compile_list(compiler *c, const schema *made, const char *keyword, schemas *out) {
    const node *list = keyword_of(c, made, keyword, NODE_SEQUENCE);
    size_t count = list == NULL ? 0 : node_count(list);
    out->items = schema_check(c, arena_array(c->set->memory, count, sizeof *out->items));
    for (size_t i = 0; out->items != NULL && i < count; i++) {
        location where = {.parent = made, .keyword = keyword, .numbered = true, .index = i};
        const schema *below = child(c, node_item(list, i), where);
        if (below == NULL)
            return;
        out->items[out->count++] = below;
    }
}

static void compile_properties(compiler *c, schema *made) {
    const node *map = keyword_of(c, made, "properties", NODE_MAPPING);
    size_t count = map == NULL ? 0 : node_count(map);
    made->properties = schema_check(c, arena_array(c->set->memory, count, sizeof *made->properties));
    for (size_t i = 0; made->properties != NULL && i < count; i++) {
        property *entry = &made->properties[made->property_count];
        bool present;
        entry->name = node_string(node_key(map, i), &entry->length);
        entry->rule = named(c, made, "properties", map, i);
        if (entry->rule == NULL)
            return;
        made->property_count++;
        if (!name_index_add(&made->property_index, c->set->memory, entry->name, entry->length, entry, &present))
            c->list->no_memory = true;
    }
}

static void compile_pattern_properties(compiler *c, schema *made) {
    const node *map = keyword_of(c, made, "patternProperties", NODE_MAPPING);
    size_t count = map == NULL ? 0 : node_count(map);
    made->pattern_properties = schema_check(c, arena_array(c->set->memory, count, sizeof *made->pattern_properties));
    for (size_t i = 0; made->pattern_properties != NULL && i < count; i++) {
        pattern_property *entry = &made->pattern_properties[made->pattern_count];
        entry->pattern = compile_pattern(c, made, node_key(map, i));
        entry->rule = named(c, made, "patternProperties", map, i);
        made->pattern_count += entry->pattern != NULL && entry->rule != NULL;
    }
}

/* `dependencies` of the earlier drafts holds both: arrays of names, and schemas. */
static void compile_dependencies(compiler *c, schema *made) {
    static const char *const keywords[] = {"dependentRequired", "dependentSchemas", "dependencies"};
    static const unsigned vocabularies[] = {VOCABULARY_VALIDATION, VOCABULARY_APPLICATOR, VOCABULARY_APPLICATOR};
    const node *maps[3];
    size_t count = 0;
    for (size_t k = 0; k < 3; k++) {
        maps[k] =
            (made->home->vocabularies & vocabularies[k]) == 0 ? NULL : keyword_of(c, made, keywords[k], NODE_MAPPING);
        count += maps[k] == NULL ? 0 : node_count(maps[k]);
    }
    made->dependencies = schema_check(c, arena_array(c->set->memory, count, sizeof *made->dependencies));
    for (size_t k = 0; made->dependencies != NULL && k < 3; k++) {
        for (size_t i = 0; maps[k] != NULL && i < node_count(maps[k]); i++) {
            dependency *entry = &made->dependencies[made->dependency_count++];
            entry->keyword = keywords[k];
            entry->name = node_string(node_key(maps[k], i), &entry->length);
            if (k == 0 || node_type(node_value(maps[k], i)) == NODE_SEQUENCE)
                entry->required = node_value(maps[k], i);
            else
                entry->rule = named(c, made, keywords[k], maps[k], i);
        }
    }
}

/* What was `items` and `additionalItems` became `prefixItems` and `items`, which earlier drafts don't know. */
static const char *prefix_keyword(const schema *made, bool *listed) {
    const node *items = node_get(made->source, "items");
    *listed = made->home->historic && items != NULL && node_type(items) == NODE_SEQUENCE;
    return *listed ? "items" : made->home->historic ? NULL : "prefixItems";
}

static void compile_applicators(compiler *c, schema *made) {
    bool listed;
    const char *prefix = prefix_keyword(made, &listed);
    compile_properties(c, made);
    compile_pattern_properties(c, made);
    if (prefix != NULL)
        compile_list(c, made, prefix, &made->prefix_items);
    compile_list(c, made, "allOf", &made->all_of);
    compile_list(c, made, "anyOf", &made->any_of);
    compile_list(c, made, "oneOf", &made->one_of);
    const struct {
        const char *keyword;
        const schema **out;
    } single[] = {{"additionalProperties", &made->additional_properties},
                  {"propertyNames", &made->property_names},
                  {listed ? "additionalItems" : "items", &made->items},
                  {"contains", &made->contains},
                  {"not", &made->negation},
                  {"if", &made->condition},
                  {"then", &made->consequence},
                  {"else", &made->alternative}};
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        *single[i].out = subschema(c, made, single[i].keyword);
}

/* ---- Schemas ---- */

static void compile_references(compiler *c, schema *made) {
    const node *reference = keyword_of(c, made, "$ref", NODE_STRING);
    const node *dynamic =
        c->set->options.dialect == SCHEMA_2020_12 ? keyword_of(c, made, "$dynamicRef", NODE_STRING) : NULL;
    const char *name;
    schema *target = reference == NULL ? NULL : resource_resolve(c, made, reference, &name);
    schema_need(c, target);
    made->reference = target;
    target = dynamic == NULL ? NULL : resource_resolve(c, made, dynamic, &made->dynamic_name);
    schema_need(c, target);
    made->dynamic_reference = target;
}

static void compile_format(compiler *c, schema *made) {
    const node *format = keyword_of(c, made, "format", NODE_STRING);
    if (format != NULL && (made->home->vocabularies & VOCABULARY_FORMAT_ASSERTION) != 0)
        made->format = format_find(node_string(format, NULL));
}

/* Swagger 2.0 knows `readOnly` only. */
static bool goes_one_way(const compiler *c, const schema *made) {
    static const char *const keywords[] = {[SCHEMA_REQUEST] = "readOnly", [SCHEMA_RESPONSE] = "writeOnly"};
    schema_direction direction = c->set->options.direction;
    if (direction == SCHEMA_NEITHER_WAY ||
        (c->set->options.dialect == SCHEMA_SWAGGER_2_0 && direction == SCHEMA_RESPONSE))
        return false;
    const node *marked = node_get(made->source, keywords[direction]);
    return marked != NULL && node_boolean(marked);
}

/* contentSchema, where it is to be asserted and the string is JSON as it stands (validation, section 8.5). */
static void compile_content(compiler *c, schema *made) {
    const node *kind = node_get(made->source, "contentMediaType");
    const char *name = kind == NULL ? NULL : node_string(kind, NULL);
    size_t length = name == NULL ? 0 : strcspn(name, "; ");
    bool json = (length == 16 && strncmp(name, "application/json", 16) == 0) ||
                (length > 5 && strncmp(name + length - 5, "+json", 5) == 0);
    if (c->set->options.assert_content && json && node_get(made->source, "contentEncoding") == NULL)
        made->content = subschema(c, made, "contentSchema");
}

static void compile_object(compiler *c, schema *made) {
    unsigned vocabularies = made->home->vocabularies;
    compile_references(c, made);
    /* In the older dialects nothing beside a reference counts. */
    if (c->set->options.dialect != SCHEMA_2020_12 && node_get(made->source, "$ref") != NULL)
        return;
    made->one_way = goes_one_way(c, made);
    if ((vocabularies & VOCABULARY_VALIDATION) != 0)
        compile_assertions(c, made);
    if ((vocabularies & VOCABULARY_APPLICATOR) != 0)
        compile_applicators(c, made);
    compile_dependencies(c, made);
    compile_format(c, made);
    compile_content(c, made);
    if ((vocabularies & VOCABULARY_UNEVALUATED) != 0) {
        made->unevaluated_items = subschema(c, made, "unevaluatedItems");
        made->unevaluated_properties = subschema(c, made, "unevaluatedProperties");
    }
}

static void refuse_schema(compiler *c, const schema *made) {
    bool list = made->where.keyword != NULL && strcmp(made->where.keyword, "items") == 0 &&
                node_type(made->source) == NODE_SEQUENCE;
    diagnose(c->list, "E0301", node_place(made->home->owner, made->source),
             list ? "a list of schemas, one for each item, is 'prefixItems' since 2020-12" : NULL,
             "a schema must be an object or a boolean");
}

static void compile_pending(compiler *c) {
    while (c->pending != NULL && !c->list->no_memory) {
        schema *made = c->pending;
        c->pending = made->pending;
        if (node_type(made->source) == NODE_MAPPING)
            compile_object(c, made);
        else if (node_type(made->source) == NODE_BOOLEAN)
            made->never = !node_boolean(made->source);
        else
            refuse_schema(c, made);
    }
}

const schema *schema_compile(schema_set *set, const document *owner, const node *value, const char *uri,
                             diagnostics *list) {
    compiler c = {.set = set, .list = list};
    size_t errors = list->errors;
    resource *home = set->broken ? schema_check(&c, NULL) : resource_of_document(&c, owner, uri, "");
    schema *made = home == NULL ? NULL : schema_declare(&c, value, home, (location){.origin = ""});
    if (made != NULL) {
        resource_walk(&c, made, 0);
        schema_need(&c, made);
        compile_pending(&c);
    }
    set->broken = set->broken || list->no_memory;
    return list->errors == errors && !list->no_memory ? made : NULL;
}

schema_set *schema_set_new(const schema_options *options) {
    arena *memory = arena_new();
    schema_set *set = memory == NULL ? NULL : arena_alloc(memory, sizeof *set);
    if (set == NULL) {
        arena_free(memory);
        return NULL;
    }
    *set = (schema_set){.memory = memory, .options = *options};
    return set;
}

void schema_set_free(schema_set *set) {
    if (set == NULL)
        return;
    for (release *entry = set->releases; entry != NULL; entry = entry->next) {
        json_decref(entry->value);
        pcre2_code_free(entry->pattern);
        document_free(entry->owned);
    }
    arena_free(set->memory);
}
