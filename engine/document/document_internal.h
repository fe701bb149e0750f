/* document_internal.h: the tree as the readers (yaml.c, json.c) build it. */
#ifndef ARAZZO_ENGINE_DOCUMENT_INTERNAL_H
#define ARAZZO_ENGINE_DOCUMENT_INTERNAL_H

#include "base/arena.h"
#include "base/name_index.h"
#include "engine/document/document.h"

typedef enum node_style {
    STYLE_PLAIN,
    STYLE_SINGLE_QUOTED,
    STYLE_DOUBLE_QUOTED,
    STYLE_LITERAL,
    STYLE_FOLDED
} node_style;

typedef struct node_entry {
    const node *key;
    const node *value;
} node_entry;

/* Nodes know where they stand in bytes; lines and columns are counted when somebody asks. Texts are at most 4 GiB. */
struct node {
    unsigned char kind;
    unsigned char style;
    uint32_t start;
    uint32_t end;
    uint32_t count;     /* bytes of a scalar's text, items of a sequence, entries of a mapping */
    const char *source; /* a scalar's text, NUL-terminated */
    union {
        bool boolean;
        int64_t integer;
        double real;
        const node **items;
        struct {
            node_entry *entries;
            name_index *index; /* of a large mapping; else NULL */
        } mapping;
    } as;
};

struct document {
    arena *memory;
    const char *name;
    const char *text; /* without a byte order mark */
    size_t length;
    uint32_t *lines; /* where each line starts */
    size_t line_count;
    const node *root;
};

/* A mapping or sequence while its parts are being collected. */
typedef struct collection {
    const node **items;
    node_entry *entries;
    size_t count;
    size_t capacity;
} collection;

typedef struct reader {
    document *made;
    document_limits limits;
    diagnostics *list;
    size_t nodes; /* made so far, aliases counted as often as they are used */
    bool failed;
} reader;

/* A node from the document's arena, or NULL when memory is short or the limit is reached (which is then reported). */
node *reader_node(reader *r, node_kind kind, size_t start, size_t end);

/* Types a plain scalar by the YAML 1.2 core schema; node->source and count must be set. */
void type_plain_scalar(node *scalar);

bool collect_item(reader *r, collection *parts, const node *item);

/* Adds an entry; false after reporting a duplicate. */
bool collect_entry(reader *r, collection *parts, const node *key, const node *value);

/* Moves what was collected into the node; a large mapping gets its index. Reports duplicate keys. */
bool finish_sequence(reader *r, node *made, const collection *parts);
bool finish_mapping(reader *r, node *made, const collection *parts);

/* The place of `length` bytes at a byte offset. */
place place_at(const document *owner, size_t offset, size_t length);

/* Where the byte at `offset` of a string's value begins in the text; behind the last one: where the scalar's content
 * ends. */
size_t source_offset(const document *owner, const node *value, size_t offset);

/* Reports an error at a byte offset and marks the reader failed. Returns what diagnose() does. */
diagnostic *reader_error(reader *r, const char *code, size_t offset, size_t length, const char *help,
                         const char *format, ...) __attribute__((format(printf, 6, 7)));

const node *read_yaml(reader *r);
const node *read_json(reader *r);

#endif
