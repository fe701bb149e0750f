/*
 * schema_path.h: which members a schema knows: what a JSON Pointer into a value reaches in the schema of that value.
 *
 * The answer is only "there is none" where it is certain: `$ref`, `allOf`, `anyOf` and `oneOf` are followed, and what
 * cannot be followed (an unresolvable reference, `if`, a discriminator, an object that declares no properties) counts
 * as open.
 */
#ifndef ARAZZO_ENGINE_SCHEMA_PATH_H
#define ARAZZO_ENGINE_SCHEMA_PATH_H

#include "engine/operation/operation.h"
#include "runtime-expr/expr.h"

/* More schemas of one value, and more names, than these are not looked at. */
enum { SCHEMA_PATH_SCHEMAS = 64, SCHEMA_PATH_NAMES = 64 };

/* Schemas of which one or several hold for a value: the value is what any of them says. */
typedef struct schema_group {
    const api *description;
    located items[SCHEMA_PATH_SCHEMAS];
    size_t count;
    bool open; /* there may be others */
} schema_group;

typedef enum schema_verdict {
    SCHEMA_SAYS_NOTHING, /* it declares no members */
    SCHEMA_LACKS,        /* it declares others */
    SCHEMA_OPEN,         /* it allows any, or is not understood */
    SCHEMA_FOUND
} schema_verdict;

typedef struct schema_path {
    schema_verdict verdict;
    schema_group reached;                 /* SCHEMA_FOUND: the schemas of the value that is reached */
    size_t token;                         /* SCHEMA_LACKS: which token is not there */
    located lacking;                      /* a schema that lacks it */
    bool closed;                          /* others are forbidden, rather than not mentioned */
    const char *kind;                     /* what stands there has no such members: "an array", "a string"; else NULL */
    const char *names[SCHEMA_PATH_NAMES]; /* what the schemas declare instead */
    size_t name_count;
    bool no_memory; /* so that the verdict is not to be relied on */
} schema_path;

/* Follows tokens from the schemas of a value. */
void schema_path_follow(const schema_group *from, const expr_token *tokens, size_t count, schema_path *out);

/* Adds a schema to a group; one too many makes it open. A schema that is not there does, too. */
void schema_group_add(schema_group *group, located schema);

/* The types that all schemas of a group leave for a value, one bit for each `1 << node_kind`; all where they say none.
 */
unsigned schema_group_types(const schema_group *group);

/* Does the schema, or one that it is combined with by `allOf` or `$ref`, say so? `told` is called for each. */
void schema_group_each(const schema_group *group, void (*told)(void *user, located schema), void *user);

#endif
