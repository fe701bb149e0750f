/*
 * contract.h: does a response hold what its operation declares? Status, media type, headers, body.
 *
 * Pure: it compares an answer that somebody received with the OpenAPI document (2.0, 3.0, 3.1, 3.2), and says in which
 * ways they differ, each with the place in the answer (as the runtime expression that leads there) and in the document.
 * What becomes of that is the run's decision (docs/contract.md).
 */
#ifndef ARAZZO_ENGINE_CONTRACT_H
#define ARAZZO_ENGINE_CONTRACT_H

#include "engine/http_message.h"
#include "engine/operation/operation.h"

/* The schemas of responses, compiled when they are first needed, for any number of OpenAPI documents. */
typedef struct contract contract;

/*
 * Owned by the caller; NULL when memory is short. It must not outlive the documents whose operations it has seen. With
 * `assert_format` values must hold what `format` says, too.
 */
contract *contract_new(bool assert_format);
void contract_free(contract *kept);

typedef struct contract_answer {
    const operation *op;
    const http_response *response;
    const json_t *body; /* as a value (S7); NULL: none */
} contract_answer;

/* One way in which an answer differs. Strings live in the arena that was given. */
typedef struct contract_breach {
    const char *code;     /* "W0521"; with "W0526" nothing differs, but something could not be checked */
    const char *instance; /* "$statusCode", "$response.header.X-Total", "$response.body#/items/0" */
    const char *message;  /* "is 3, must be at least 5": a sentence whose subject is the instance */
    const char *schema;   /* where the document says so: a JSON Pointer with `#` */
    place where;          /* the same as a place */
    size_t more;          /* further values that differ from the same place of the document, left out */
} contract_breach;

typedef struct contract_breaches {
    contract_breach *items;
    size_t count;
    size_t capacity;
} contract_breaches;

/*
 * Adds what differs to `out` (all zero at first), which lives in `memory`. An operation that declares no responses
 * promises nothing. False when memory is short.
 *
 * Codes: W0520 the status is not declared, W0521 the media type is not declared, W0522 there is no body, or one that is
 * not declared, W0523 a required header is missing, W0524 a header does not hold its schema, W0525 the body does not
 * hold its schema, W0526 something could not be checked.
 */
bool contract_check(contract *kept, const contract_answer *answer, arena *memory, contract_breaches *out);

#endif
