/*
 * compile.c: from a schema's node to its compiled form: JSON Schema 2020-12's applicator and validation vocabularies,
 * references within the document, and the dialects of OpenAPI 3.0 and Swagger 2.0. What is referred to is compiled
 * once, so that cycles close.
 *
 * Not carried out: unevaluatedItems, unevaluatedProperties, $dynamicRef, $anchor and $id; references to other documents
 * only as far as `open` gives them. Diagnostics: E0301 a keyword of the wrong type, E0302 a reference to nothing, E0303
 * a pattern that is none.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/schema/schema_internal.h"
#include "engine/uri.h"

typedef struct compiler {
    schema_set *set;
    const document *owner;
    const char *uri;
    diagnostics *list;
    int depth;
} compiler;

enum { DEEPEST = 200 };

static const schema *compile(compiler *c, const node *value, const char *pointer);

static void *check(compiler *c, void *memory) {
    if (memory == NULL)
        c->list->no_memory = true;
    return memory;
}

static bool keep(compiler *c, json_t *value, pcre2_code *pattern) {
    release *entry = check(c, arena_alloc(c->set->memory, sizeof *entry));
    if (entry == NULL) {
        json_decref(value);
        pcre2_code_free(pattern);
        return false;
    }
    *entry = (release){c->set->releases, value, pattern};
    c->set->releases = entry;
    return true;
}

static json_t *literal(compiler *c, const node *value) {
    json_t *made = check(c, node_json(value));
    return made != NULL && keep(c, made, NULL) ? made : NULL;
}

/* The pointer of a part: `parent/keyword`, and `/name` behind it where there is one. */
static const char *part(compiler *c, const char *parent, const char *keyword, const char *name) {
    text out = TEXT_EMPTY;
    text_append_format(&out, "%s/%s", parent, keyword);
    if (name != NULL)
        text_append_char(&out, '/');
    for (; name != NULL && *name != '\0'; name++)
        text_append_string(&out, *name == '~' ? "~0" : *name == '/' ? "~1" : (char[]){*name, '\0'});
    const char *made = out.failed ? NULL : arena_copy(c->set->memory, text_peek(&out), out.length);
    text_free(&out);
    return check(c, (void *)made);
}

static const char *numbered(compiler *c, const char *parent, const char *keyword, size_t index) {
    char number[24];
    snprintf(number, sizeof number, "%zu", index);
    return part(c, parent, keyword, number);
}

/* A keyword's value if it has the right kind; else NULL, after an error when it is there. */
static const node *keyword_of(compiler *c, const node *object, const char *name, node_kind kind) {
    static const char *const kinds[] = {"null",     "a boolean", "an integer", "a number",
                                        "a string", "an array",  "an object"};
    const node *value = node_get(object, name);
    if (value == NULL || node_type(value) == kind || (kind == NODE_REAL && node_type(value) == NODE_INTEGER))
        return value;
    diagnose(c->list, "E0301", node_place(c->owner, value), NULL, "'%s' of a schema must be %s", name, kinds[kind]);
    return NULL;
}

/* ---- Keywords ---- */

static unsigned type_bit(compiler *c, const node *value) {
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
    diagnose(c->list, "E0301", node_place(c->owner, value),
             "it is one of null, boolean, integer, number, string, array, object", "'%s' is no type of a schema",
             name == NULL ? node_type_name(value) : name);
    return 0;
}

static void compile_types(compiler *c, const node *object, schema *made) {
    const node *type = node_get(object, "type"), *nullable = node_get(object, "nullable");
    if (nullable == NULL && c->set->options.dialect == SCHEMA_SWAGGER_2_0)
        nullable = node_get(object, "x-nullable");
    if (type != NULL && node_type(type) == NODE_SEQUENCE)
        for (size_t i = 0; i < node_count(type); i++)
            made->types |= type_bit(c, node_item(type, i));
    else if (type != NULL)
        made->types = type_bit(c, type);
    if (c->set->options.dialect != SCHEMA_2020_12 && made->types != 0 && nullable != NULL && node_boolean(nullable))
        made->types |= TYPE_NULL;
}

/* In the older dialects `exclusiveMinimum: true` makes `minimum` exclusive. */
static void compile_bound(compiler *c, const node *object, const char *name, const char *exclusive, bound *out) {
    const node *plain = keyword_of(c, object, name, NODE_REAL);
    const node *strict = node_get(object, exclusive);
    if (plain != NULL) {
        *out = (bound){.given = true, .value = literal(c, plain)};
        out->exclusive = strict != NULL && node_boolean(strict);
    }
    if (strict == NULL || node_type(strict) == NODE_BOOLEAN)
        return;
    strict = keyword_of(c, object, exclusive, NODE_REAL);
    bool upper = name[1] == 'a';
    if (strict == NULL || (plain != NULL && (upper ? node_number(plain) < node_number(strict)
                                                   : node_number(plain) > node_number(strict))))
        return;
    *out = (bound){.given = true, .exclusive = true, .value = literal(c, strict)};
}

static void compile_count(compiler *c, const node *object, const char *name, count_bound *out) {
    const node *value = keyword_of(c, object, name, NODE_REAL);
    if (value != NULL && node_number(value) >= 0)
        *out = (count_bound){true, (size_t)node_number(value)};
}

static pcre2_code *compile_pattern(compiler *c, const node *value) {
    size_t length;
    const char *pattern = node_string(value, &length);
    int code;
    PCRE2_SIZE offset;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (check(c, context) == NULL)
        return NULL;
    pcre2_set_compile_extra_options(context, PCRE2_EXTRA_ALT_BSUX);
    pcre2_code *made =
        pcre2_compile((PCRE2_SPTR)pattern, length, PCRE2_UTF | PCRE2_DOLLAR_ENDONLY, &code, &offset, context);
    pcre2_compile_context_free(context);
    if (made != NULL)
        return keep(c, NULL, made) ? made : NULL;
    char why[128];
    pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof why);
    if (code == PCRE2_ERROR_HEAP_FAILED)
        c->list->no_memory = true;
    else
        diagnose(c->list, "E0303", node_place_within(c->owner, value, offset, 1), NULL,
                 "the pattern is no regular expression: %s", why);
    return NULL;
}

static void compile_scalars(compiler *c, const node *object, schema *made) {
    const node *constant = node_get(object, "const"), *enumeration = keyword_of(c, object, "enum", NODE_SEQUENCE);
    const node *multiple = keyword_of(c, object, "multipleOf", NODE_REAL);
    const node *pattern = keyword_of(c, object, "pattern", NODE_STRING), *unique = node_get(object, "uniqueItems");
    if (constant != NULL)
        made->constant = literal(c, constant);
    if (enumeration != NULL)
        made->enumeration = literal(c, enumeration);
    if (multiple != NULL && node_number(multiple) > 0)
        made->multiple_of = literal(c, multiple);
    if (pattern != NULL) {
        made->pattern = compile_pattern(c, pattern);
        made->pattern_text = arena_copy(c->set->memory, node_string(pattern, NULL), strlen(node_string(pattern, NULL)));
    }
    made->unique_items = unique != NULL && node_boolean(unique);
    compile_bound(c, object, "minimum", "exclusiveMinimum", &made->minimum);
    compile_bound(c, object, "maximum", "exclusiveMaximum", &made->maximum);
    const struct {
        const char *name;
        count_bound *bound;
    } counts[] = {{"minLength", &made->min_length},         {"maxLength", &made->max_length},
                  {"minItems", &made->min_items},           {"maxItems", &made->max_items},
                  {"minProperties", &made->min_properties}, {"maxProperties", &made->max_properties},
                  {"minContains", &made->min_contains},     {"maxContains", &made->max_contains}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        compile_count(c, object, counts[i].name, counts[i].bound);
}

/* ---- Subschemas ---- */

static const schema *subschema(compiler *c, const node *object, const char *name, const char *pointer) {
    const node *value = node_get(object, name);
    return value == NULL ? NULL : compile(c, value, part(c, pointer, name, NULL));
}

static void compile_list(compiler *c, const node *object, const char *name, const char *pointer, schemas *out) {
    const node *list = keyword_of(c, object, name, NODE_SEQUENCE);
    size_t count = list == NULL ? 0 : node_count(list);
    out->items = check(c, arena_array(c->set->memory, count, sizeof *out->items));
    for (size_t i = 0; out->items != NULL && i < count; i++) {
        const schema *made = compile(c, node_item(list, i), numbered(c, pointer, name, i));
        if (made != NULL)
            out->items[out->count++] = made;
    }
}

static void compile_properties(compiler *c, const node *object, const char *pointer, schema *made) {
    const node *map = keyword_of(c, object, "properties", NODE_MAPPING);
    size_t count = map == NULL ? 0 : node_count(map);
    made->properties = check(c, arena_array(c->set->memory, count, sizeof *made->properties));
    for (size_t i = 0; made->properties != NULL && i < count; i++) {
        property *entry = &made->properties[made->property_count];
        bool present;
        entry->name = node_string(node_key(map, i), &entry->length);
        entry->rule = compile(c, node_value(map, i), part(c, pointer, "properties", entry->name));
        if (entry->rule == NULL)
            continue;
        made->property_count++;
        if (!name_index_add(&made->property_index, c->set->memory, entry->name, entry->length, entry, &present))
            c->list->no_memory = true;
    }
}

static void compile_pattern_properties(compiler *c, const node *object, const char *pointer, schema *made) {
    const node *map = keyword_of(c, object, "patternProperties", NODE_MAPPING);
    size_t count = map == NULL ? 0 : node_count(map);
    made->pattern_properties = check(c, arena_array(c->set->memory, count, sizeof *made->pattern_properties));
    for (size_t i = 0; made->pattern_properties != NULL && i < count; i++) {
        pattern_property *entry = &made->pattern_properties[made->pattern_count];
        entry->pattern = compile_pattern(c, node_key(map, i));
        entry->rule =
            compile(c, node_value(map, i), part(c, pointer, "patternProperties", node_string(node_key(map, i), NULL)));
        made->pattern_count += entry->pattern != NULL && entry->rule != NULL;
    }
}

static void compile_dependencies(compiler *c, const node *object, const char *pointer, schema *made) {
    const node *required = keyword_of(c, object, "dependentRequired", NODE_MAPPING);
    const node *rules = keyword_of(c, object, "dependentSchemas", NODE_MAPPING);
    size_t count = (required == NULL ? 0 : node_count(required)) + (rules == NULL ? 0 : node_count(rules));
    made->dependencies = check(c, arena_array(c->set->memory, count, sizeof *made->dependencies));
    for (size_t i = 0; made->dependencies != NULL && required != NULL && i < node_count(required); i++) {
        dependency *entry = &made->dependencies[made->dependency_count++];
        entry->name = node_string(node_key(required, i), &entry->length);
        entry->required = node_value(required, i);
    }
    for (size_t i = 0; made->dependencies != NULL && rules != NULL && i < node_count(rules); i++) {
        dependency *entry = &made->dependencies[made->dependency_count++];
        entry->name = node_string(node_key(rules, i), &entry->length);
        entry->rule = compile(c, node_value(rules, i), part(c, pointer, "dependentSchemas", entry->name));
    }
}

static void compile_applicators(compiler *c, const node *object, const char *pointer, schema *made) {
    compile_properties(c, object, pointer, made);
    compile_pattern_properties(c, object, pointer, made);
    compile_dependencies(c, object, pointer, made);
    compile_list(c, object, "prefixItems", pointer, &made->prefix_items);
    compile_list(c, object, "allOf", pointer, &made->all_of);
    compile_list(c, object, "anyOf", pointer, &made->any_of);
    compile_list(c, object, "oneOf", pointer, &made->one_of);
    made->required = keyword_of(c, object, "required", NODE_SEQUENCE);
    made->additional_properties = subschema(c, object, "additionalProperties", pointer);
    made->property_names = subschema(c, object, "propertyNames", pointer);
    made->items = subschema(c, object, "items", pointer);
    made->contains = subschema(c, object, "contains", pointer);
    made->negation = subschema(c, object, "not", pointer);
    made->condition = subschema(c, object, "if", pointer);
    made->consequence = subschema(c, object, "then", pointer);
    made->alternative = subschema(c, object, "else", pointer);
}

/* ---- References ---- */

static const schema *compile_reference(compiler *c, const node *reference) {
    const char *written = node_string(reference, NULL), *fragment = NULL;
    const char *file = uri_split_fragment(written, &fragment, c->set->memory);
    if (check(c, (void *)file) == NULL)
        return NULL;
    compiler there = *c;
    if (file[0] != '\0') {
        const char *absolute = uri_resolve(c->uri, file, c->set->memory);
        there.owner = absolute == NULL || c->set->options.open == NULL
                          ? NULL
                          : c->set->options.open(c->set->options.user, absolute);
        there.uri = absolute;
    }
    const char *pointer = fragment == NULL ? "" : fragment;
    const node *target = there.owner == NULL ? NULL : node_at(document_root(there.owner), pointer, strlen(pointer));
    if (target == NULL) {
        diagnose(c->list, "E0302", node_place(c->owner, reference), NULL, "the reference '%s' leads nowhere", written);
        return NULL;
    }
    return compile(&there, target, pointer);
}

static void compile_object(compiler *c, const node *value, const char *pointer, schema *made) {
    const node *reference = keyword_of(c, value, "$ref", NODE_STRING);
    if (reference != NULL)
        made->reference = compile_reference(c, reference);
    /* In the older dialects nothing beside a reference counts. */
    if (reference != NULL && c->set->options.dialect != SCHEMA_2020_12)
        return;
    compile_types(c, value, made);
    compile_scalars(c, value, made);
    compile_applicators(c, value, pointer, made);
}

static const schema *compile(compiler *c, const node *value, const char *pointer) {
    schema *made = name_index_find(&c->set->by_node, (const char *)&value, sizeof value);
    if (made != NULL)
        return made;
    if (pointer == NULL)
        return NULL;
    if (c->depth > DEEPEST) {
        diagnose(c->list, "E0301", node_place(c->owner, value), NULL, "schemas are nested more than %d deep", DEEPEST);
        return NULL;
    }
    made = check(c, arena_alloc(c->set->memory, sizeof *made));
    const node **key = check(c, arena_alloc(c->set->memory, sizeof *key));
    bool present;
    if (made == NULL || key == NULL)
        return NULL;
    *key = value;
    made->pointer = pointer;
    if (!name_index_add(&c->set->by_node, c->set->memory, (const char *)key, sizeof *key, made, &present))
        return check(c, NULL);
    c->depth++;
    if (node_type(value) == NODE_MAPPING)
        compile_object(c, value, pointer, made);
    else if (node_type(value) == NODE_BOOLEAN)
        made->never = !node_boolean(value);
    else
        diagnose(c->list, "E0301", node_place(c->owner, value), NULL, "a schema must be an object or a boolean");
    c->depth--;
    return made;
}

const schema *schema_compile(schema_set *set, const document *owner, const node *value, const char *uri,
                             diagnostics *list) {
    compiler c = {.set = set, .owner = owner, .uri = uri, .list = list};
    size_t errors = list->errors;
    const schema *made = compile(&c, value, "");
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
    }
    arena_free(set->memory);
}
