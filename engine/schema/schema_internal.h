/*
 * schema_internal.h: a compiled schema: one struct for each schema object, its keywords as typed members; and the
 * resources (JSON Schema 2020-12, section 4.3.5) that schemas lie in.
 */
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

/* The vocabularies that are carried out (section 8.1.2), as bits. The others assert nothing. */
enum {
    VOCABULARY_CORE = 1,
    VOCABULARY_APPLICATOR = 2,
    VOCABULARY_UNEVALUATED = 4,
    VOCABULARY_VALIDATION = 8,
    VOCABULARY_FORMAT_ASSERTION = 16
};

typedef struct resource resource;
typedef struct format_rule format_rule;

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

/* A member that demands others: dependentRequired, dependentSchemas, and the older dependencies. */
typedef struct dependency {
    const char *name;
    size_t length;
    const char *keyword;
    const node *required; /* an array of names; NULL: `rule` */
    const schema *rule;
} dependency;

typedef struct bound {
    json_t *value;  /* NULL: none */
    bool exclusive; /* `exclusiveMinimum: true` of the older dialects */
} bound;

typedef struct count_bound {
    bool given;
    size_t value;
} count_bound;

/* Where a schema stands: below `parent` under a keyword, and a name or an index; or, without parent, at `origin`. */
typedef struct location {
    const schema *parent;
    const char *keyword;
    const char *name; /* NULL: none */
    size_t length;    /* of the name */
    bool numbered;
    size_t index;
    const char *origin;
} location;

struct schema {
    const node *source;
    resource *home;
    location where;
    bool walked;     /* the identifiers in it and below are known */
    bool needed;     /* it is compiled, or is going to be */
    schema *pending; /* the next that is going to be */

    bool never;     /* the schema `false` */
    bool one_way;   /* what it describes travels the other way only: `writeOnly` in a response */
    unsigned types; /* 0: any */
    const schema *reference, *dynamic_reference;
    const char *dynamic_name; /* the anchor that $dynamicRef looks for in the dynamic scope; NULL: it is a plain $ref */
    json_t *constant;
    json_t *enumeration;
    bound minimum, maximum, exclusive_minimum, exclusive_maximum;
    json_t *multiple_of;
    count_bound min_length, max_length, min_items, max_items, min_properties, max_properties, min_contains,
        max_contains;
    pcre2_code *pattern;
    const char *pattern_text;
    const format_rule *format;
    const schema *content; /* of JSON within the string */
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
    const schema *unevaluated_items, *unevaluated_properties;
};

/* A name within a resource: $anchor, $dynamicAnchor. */
typedef struct anchor {
    schema *target;
    bool dynamic;
    struct anchor *next;
} anchor;

/* A document, or a schema with an `$id` in it. */
struct resource {
    const document *owner;
    const node *root;
    const char *uri;    /* absolute, without fragment: the base of references */
    const char *origin; /* what the location of an error in it starts with: "", or the document's URI and '#' */
    name_index anchors;
    anchor *all_anchors;
    bool needed; /* a schema in it is compiled: its dynamic anchors are, too */
    unsigned vocabularies;
    bool historic; /* of a draft before 2020-12, whose `items` may be a list */
};

typedef struct release {
    struct release *next;
    json_t *value;
    pcre2_code *pattern;
    document *owned;
} release;

struct schema_set {
    arena *memory;
    schema_options options;
    name_index by_node;     /* schemas, by their node's address */
    name_index by_document; /* resources of whole documents, by the document's address */
    name_index by_uri;      /* resources */
    name_index metaschemas; /* documents that stand in this library, by URI */
    release *releases;
    bool broken; /* memory ran short: what was compiled may lack parts */
};

typedef struct compiler {
    schema_set *set;
    diagnostics *list;
    schema *pending;
} compiler;

/* ---- compile.c ---- */

/* Passes a pointer on; NULL means that memory ran short. */
void *schema_check(compiler *c, const void *memory);

/* Keeps what is to be freed with the set; false, after freeing, when memory is short. */
bool schema_keep(compiler *c, json_t *value, pcre2_code *pattern, document *owned);

/* The schema is going to be compiled. */
void schema_need(compiler *c, schema *wanted);

/* ---- resource.c ---- */

/* The schema at a node: found, or made; not compiled yet. NULL when memory is short. */
schema *schema_declare(compiler *c, const node *value, resource *home, location where);

/* The resource of a whole document, and every identifier in it. `origin` as in resource. */
resource *resource_of_document(compiler *c, const document *owner, const char *uri, const char *origin);

/* Finds identifiers in the schema and in all below it. */
void resource_walk(compiler *c, schema *from, int depth);

/* What a reference leads to, or NULL after an error. *name is the dynamic anchor that it names, or NULL. */
schema *resource_resolve(compiler *c, const schema *from, const node *reference, const char **name);

/* ---- metaschema.c ---- */

/* The text of a metaschema of 2020-12 or of one of its vocabularies, or NULL. */
const char *metaschema_text(const char *uri);

/* The bit of a vocabulary; 0: it asserts nothing. *known tells whether its meaning is known at all. */
unsigned metaschema_vocabulary(const char *uri, bool *known);

/* ---- pattern.c ---- */

typedef enum pattern_status { PATTERN_OK, PATTERN_INVALID, PATTERN_NO_MEMORY } pattern_status;

typedef struct pattern_failure {
    size_t offset;
    char message[160];
} pattern_failure;

/*
 * A regular expression of ECMA-262 (with the flag `u`) for PCRE2. What other dialects have beyond it is accepted, too,
 * unless `strict`. The caller frees *out.
 */
pattern_status pattern_compile(const char *pattern, size_t length, bool strict, pcre2_code **out,
                               pattern_failure *failure);

/* Is it a regular expression of ECMA-262? */
pattern_status pattern_check(const char *pattern, size_t length);

/* ---- format.c ---- */

typedef enum format_outcome { FORMAT_HOLDS, FORMAT_FAILS, FORMAT_NO_MEMORY } format_outcome;

struct format_rule {
    const char *name;
    bool (*holds)(const char *bytes, size_t length); /* NULL: `regex` */
    const char *meaning;                             /* "a date (2024-02-29)" */
};

/* NULL: a format that nobody here knows. */
const format_rule *format_find(const char *name);
format_outcome format_check(const format_rule *rule, const char *bytes, size_t length);

/* Parts that formats share. */
bool format_is_ipv4(const char *bytes, size_t length);
bool format_is_ipv6(const char *bytes, size_t length);
bool format_is_hostname(const char *bytes, size_t length);
bool format_is_date(const char *bytes, size_t length);
bool format_is_time(const char *bytes, size_t length);
bool format_is_date_time(const char *bytes, size_t length);
bool format_is_duration(const char *bytes, size_t length);
bool format_is_uri(const char *bytes, size_t length);
bool format_is_uri_reference(const char *bytes, size_t length);
bool format_is_iri(const char *bytes, size_t length);
bool format_is_iri_reference(const char *bytes, size_t length);
bool format_is_uri_template(const char *bytes, size_t length);

/* ---- value.c: equality and order of JSON values, exactly ---- */

/* Work that is left to do before an evaluation is given up. */
typedef struct budget {
    size_t left;
    bool exhausted;
} budget;

bool budget_spend(budget *work, size_t amount);

/* Equal as JSON Schema means it: 1 is 1.0. */
bool value_same(const json_t *a, const json_t *b, budget *work);

/* -1, 0, 1: without loss between 64-bit integers and doubles. */
int value_compare(const json_t *a, const json_t *b);

/* By the decimal digits that stand for the numbers, not by division. False also when memory is short: *no_memory. */
bool value_is_multiple(const json_t *value, const json_t *of, bool *no_memory);

/* Are all items different? */
bool value_unique(const json_t *array, budget *work, bool *no_memory);

#endif
