/*
 * schema.h: JSON Schema 2020-12, and the dialects of OpenAPI 3.0 and Swagger 2.0: compiled once, evaluated many times.
 */
#ifndef ARAZZO_ENGINE_SCHEMA_H
#define ARAZZO_ENGINE_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/diagnostic.h"
#include "engine/document/document.h"

typedef struct schema_set schema_set; /* compiled schemas that refer to each other, and their memory */
typedef struct schema schema;         /* one of them, borrowed from its set */

typedef enum schema_dialect { SCHEMA_2020_12, SCHEMA_OPENAPI_3_0, SCHEMA_SWAGGER_2_0 } schema_dialect;

/* Which way instances travel: then members that are `writeOnly` or `readOnly` are not expected on the other one. */
typedef enum schema_direction { SCHEMA_NEITHER_WAY, SCHEMA_REQUEST, SCHEMA_RESPONSE } schema_direction;

typedef struct schema_options {
    schema_dialect dialect;
    schema_direction direction;
    bool assert_format;  /* `format` is an assertion instead of an annotation */
    bool assert_content; /* JSON within a string is held against `contentSchema` */
    void *user;
    /* The document under an absolute URI without fragment, which `from` refers to; borrowed as long as the set lives,
     * or NULL. May be NULL: none. */
    const document *(*open)(void *user, const document *from, const char *uri);
} schema_options;

/* An empty set, owned by the caller, or NULL when memory is short. */
schema_set *schema_set_new(const schema_options *options);
void schema_set_free(schema_set *set);

/*
 * Compiles the schema at `value`, a node of `owner` whose absolute base URI is `uri` ("" when it has none). References
 * are resolved within the document and through `open`. Borrowed from the set; NULL after adding an error (also for a
 * reference to nothing or a pattern that is no regular expression).
 */
const schema *schema_compile(schema_set *set, const document *owner, const node *value, const char *uri,
                             diagnostics *list);

/* One way in which an instance does not hold. Strings live in the arena given to schema_validate(). */
typedef struct schema_error {
    const char *instance;  /* JSON Pointer into the instance */
    const char *keyword;   /* JSON Pointer (or URI with one) to the keyword in the schema */
    const char *message;   /* "is 3, must be at least 5": a sentence whose subject is the instance */
    const document *owner; /* the keyword's place: the document, and the keyword or, for `false`, the schema itself */
    const node *source;
} schema_error;

typedef struct schema_errors {
    schema_error *items;
    size_t count;
    size_t capacity;
} schema_errors;

typedef enum schema_outcome { SCHEMA_VALID, SCHEMA_INVALID, SCHEMA_LIMIT, SCHEMA_NO_MEMORY } schema_outcome;

/* Evaluates. With `errors` (may be NULL) all of them are collected, leaves only; without, the first ends the work. */
schema_outcome schema_validate(const schema *compiled, const json_t *instance, arena *memory, schema_errors *errors);

/* ---- Values that are written as text: on command lines, in headers ---- */

/* The schema of a member of an object, or of an array's item: through references and combinations; NULL: none. */
const schema *schema_member(const schema *of, const char *name, size_t length);
const schema *schema_item(const schema *of, size_t index);

/* Can an instance have this type, as far as `type`, `enum`, `const`, references and combinations say? */
bool schema_allows(const schema *of, json_type type);

/*
 * The value that a text stands for: what JSON writes differently from plain text (`7`, `true`, `null`, `[1]`) where the
 * schema allows it, else the text as a string; what can be read both ways is read so that the schema holds, JSON first.
 * Where only arrays are allowed and the text is none, an array with the one item. `compiled` may be NULL. The text is
 * UTF-8. A new reference, or NULL when memory is short.
 */
json_t *schema_read_text(const schema *compiled, const char *bytes, size_t length);

#endif
