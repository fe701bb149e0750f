/* schema_internal.h: a compiled schema: one struct for each schema object, its keywords as typed members. */
#ifndef ARAZZO_ENGINE_SCHEMA_INTERNAL_H
#define ARAZZO_ENGINE_SCHEMA_INTERNAL_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/arena.h"
#include "base/name_index.h"
#include "engine/schema/schema.h"

/* The types of JSON Schema, as bits: an integer is a number too. */
enum {
    TYPE_NULL = 1,
    TYPE_BOOLEAN = 2,
    TYPE_INTEGER = 4,
    TYPE_NUMBER = 8,
    TYPE_STRING = 16,
    TYPE_ARRAY = 32,
    TYPE_OBJECT = 64
};

typedef struct property {
    const char *name;
    size_t length;
    const schema *rule;
} property;

typedef struct pattern_property {
    pcre2_code *pattern;
    const schema *rule;
} pattern_property;

typedef struct schemas {
    const schema **items;
    size_t count;
} schemas;

/* A member that demands others: dependentRequired, dependentSchemas. */
typedef struct dependency {
    const char *name;
    size_t length;
    const node *required; /* an array of names; NULL: `rule` */
    const schema *rule;
} dependency;

typedef struct bound {
    bool given;
    bool exclusive;
    json_t *value;
} bound;

typedef struct count_bound {
    bool given;
    size_t value;
} count_bound;

struct schema {
    const char *pointer; /* JSON Pointer to it within its document */
    bool never;          /* the schema `false` */
    unsigned types;      /* 0: any */
    const schema *reference;
    json_t *constant;
    json_t *enumeration;
    bound minimum, maximum;
    json_t *multiple_of;
    count_bound min_length, max_length, min_items, max_items, min_properties, max_properties, min_contains,
        max_contains;
    pcre2_code *pattern;
    const char *pattern_text;
    bool unique_items;
    property *properties;
    size_t property_count;
    name_index property_index;
    pattern_property *pattern_properties;
    size_t pattern_count;
    const schema *additional_properties, *property_names;
    const node *required;
    dependency *dependencies;
    size_t dependency_count;
    schemas prefix_items;
    const schema *items, *contains;
    schemas all_of, any_of, one_of;
    const schema *negation, *condition, *consequence, *alternative;
};

struct schema_set {
    arena *memory;
    schema_options options;
    name_index by_node; /* by the node's address */
    struct release *releases;
};

typedef struct release {
    struct release *next;
    json_t *value;
    pcre2_code *pattern;
} release;

#endif
