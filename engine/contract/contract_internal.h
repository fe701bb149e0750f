/*
 * contract_internal.h: what the files of this room share: contract.c compares status, media type and body,
 * contract_headers.c headers, contract_items.c takes sequences apart, contract_schema.c compiles schemas and tells
 * what does not hold.
 */
#ifndef ARAZZO_ENGINE_CONTRACT_INTERNAL_H
#define ARAZZO_ENGINE_CONTRACT_INTERNAL_H

#include "base/name_index.h"
#include "base/text.h"
#include "engine/contract/contract.h"
#include "engine/schema/schema.h"

/* The compiled schemas of one OpenAPI document. */
typedef struct contract_book {
    struct contract_book *next;
    const api *description;
    schema_set *schemas;
    bool no_memory; /* while a document was opened */
} contract_book;

struct contract {
    arena *memory;
    bool assert_format;
    contract_book *books;
    name_index compiled; /* entries, by their schema's node */
};

/* A check being carried out. */
typedef struct contract_check_state {
    contract *kept;
    const contract_answer *answer;
    const api *description;
    located response; /* the Response Object */
    arena *memory;
    contract_breaches *out;
    bool no_memory;
} checking;

/* ---- contract_schema.c ---- */

/* The compiled form of a schema; NULL when there is none to compile, or it cannot be used, which is told. */
const schema *contract_schema(checking *c, located source);

/*
 * Holds a value against a schema; what does not hold is told under `code`, with places below `instance`. The value is
 * borrowed.
 */
void contract_hold(checking *c, const char *code, const char *instance, const schema *rule, const json_t *value);

/* Tells of one difference. `source` is what the document says, a node of `owner`. */
void contract_tell(checking *c, const char *code, const char *instance, const document *owner, const node *source,
                   const char *format, ...) __attribute__((format(printf, 6, 7)));

/* ---- contract_headers.c ---- */

void contract_headers(checking *c);

/* ---- contract_items.c ---- */

bool contract_is_sequence(const char *type);

/*
 * The items of a sequence as values: an array, a new reference. Events (WHATWG HTML, "Parsing an event stream") are
 * objects with `event`, `id`, `data`, and `retry`, an integer; `data` is a string unless `item` (may be NULL) wants
 * something else. NULL with *wrong, the index of an item that is no JSON, or when memory is short.
 */
json_t *contract_items(const char *type, const char *bytes, size_t length, const schema *item, size_t *wrong,
                       bool *no_memory);

#endif
