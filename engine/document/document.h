/*
 * document.h: a YAML 1.2 or JSON document as an immutable tree of nodes, each with its place in the text.
 *
 * YAML comes through libyaml's events, JSON through a reader of our own. Scalars are typed by the YAML 1.2 core schema.
 * Aliases are resolved (an alias is the node of its anchor), merge keys (`<<`) are carried out. The tree lives in the
 * document's arena; every node, key and string is borrowed from it.
 */
#ifndef ARAZZO_ENGINE_DOCUMENT_H
#define ARAZZO_ENGINE_DOCUMENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/diagnostic.h"

typedef enum node_kind {
    NODE_NULL,
    NODE_BOOLEAN,
    NODE_INTEGER,
    NODE_REAL,
    NODE_STRING,
    NODE_SEQUENCE,
    NODE_MAPPING
} node_kind;

typedef struct document document;
typedef struct node node;

typedef struct document_limits {
    size_t bytes; /* 0: the default, 64 MiB */
    size_t depth; /* nesting; 0: the default, 200 */
    size_t
        nodes; /* nodes that a walk through the tree meets, aliases counted as often as they are used; 0: 10,000,000 */
} document_limits;

/*
 * Reads `text` (borrowed during the call; a copy is kept for place look-ups). `name` is the file name or URI for
 * places. JSON when the first character other than white space is `{` or `[` and the text is JSON; else YAML. `limits`
 * may be NULL. Returns the document, owned by the caller (document_free()), or NULL after adding at least one error to
 * `list`.
 */
document *document_parse(const char *text, size_t length, const char *name, const document_limits *limits,
                         diagnostics *list);
void document_free(document *owner);

const node *document_root(const document *owner);
const char *document_name(const document *owner);

/* The text as it was read, borrowed, and its length: for printing source lines. */
const char *document_text(const document *owner, size_t *length);

node_kind node_type(const node *value);
const char *node_type_name(const node *value); /* "null", "boolean", "integer", "number", "string", "array", "object" */

/* The string of a NODE_STRING (NUL-terminated; *length, may be NULL, tells whether it holds NUL), or NULL for another
 * kind. */
const char *node_string(const node *value, size_t *length);
bool node_boolean(const node *value);    /* false unless a true NODE_BOOLEAN */
int64_t node_integer(const node *value); /* 0 unless a NODE_INTEGER */
double node_number(const node *value);   /* of a NODE_INTEGER or NODE_REAL; else 0 */

/* The text of any scalar as it stands in the document (`1.0`, `2024-01-01`), NUL-terminated; NULL for a collection. */
const char *node_source(const node *value, size_t *length);

size_t node_count(const node *value);                     /* items of a sequence, entries of a mapping; else 0 */
const node *node_item(const node *value, size_t index);   /* of a sequence; NULL beyond the end or for another kind */
const node *node_key(const node *value, size_t index);    /* the key of a mapping's entry: always a NODE_STRING */
const node *node_value(const node *value, size_t index);  /* the value of a mapping's entry */
const node *node_get(const node *value, const char *key); /* the value under a key; NULL when there is none */
const node *node_get_or_self(const node *value, const char *key); /* the same; without one `value`: for places */
const node *node_get_sized(const node *value, const char *key, size_t length);
const node *node_get_key(const node *value, const char *key); /* the key node itself, for its place */

/* The node at a JSON Pointer (RFC 6901) below `value`, or NULL. */
const node *node_at(const node *value, const char *pointer, size_t length);

/* The value as JSON: a new reference, or NULL when memory is short. Integers over 64 bits become reals. */
json_t *node_json(const node *value);

/* Where the node stands: from its first character to the end of a scalar (on its first line), or the first character.
 */
place node_place(const document *owner, const node *value);

/* The bytes of the text that the node takes; an anchor's and tag's not among them. */
void node_span(const node *value, size_t *start, size_t *end);

/* Does `inner` stand within what `outer` takes of the text? */
bool node_contains(const node *outer, const node *inner);

/*
 * Where `length` bytes from `offset` within the *value* of a string node stand in the text: through quotes, escapes,
 * folding and block indentation. Falls back to node_place() for another kind.
 */
place node_place_within(const document *owner, const node *value, size_t offset, size_t length);

/* ---- Changes of the text ---- */

/*
 * The change of the text by which `length` bytes at `offset` of a string's value become `replacement`, by the rules of
 * the string's style; all else stays as it is. The change's replacement is NULL where there is none that is certain
 * (for a replacement that is empty, or has line breaks or white space at an end), else owned by the caller: free().
 * False when memory is short.
 */
bool node_edit(const document *owner, const node *value, size_t offset, size_t length, const char *replacement,
               text_change *out);

/* The change by which a number, boolean or null becomes the string that it is written as. As node_edit(). */
bool node_quote(const document *owner, const node *value, text_change *out);

/* The change by which `{key}`, which YAML reads as an object, becomes a string. As node_edit(). */
bool node_quote_braces(const document *owner, const node *value, text_change *out);

#endif
