/* condition_internal.h: a simple condition as a tree. It lives in its criterion's arena. */
#ifndef ARAZZO_CONDITION_INTERNAL_H
#define ARAZZO_CONDITION_INTERNAL_H

#include "base/text.h"
#include "runtime-expr/expression_internal.h"

typedef enum condition_kind {
    CONDITION_LITERAL,
    CONDITION_REFERENCE,
    CONDITION_COMPARISON, /* of first and first->next */
    CONDITION_NOT,        /* of first */
    CONDITION_AND,        /* of first and all that are next */
    CONDITION_OR
} condition_kind;

typedef enum comparison { EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL } comparison;

typedef struct condition {
    condition_kind kind;
    comparison operation;
    struct condition *first;
    struct condition *next; /* its right neighbour below the same parent */
    const expression *reference;
    json_t *literal; /* borrowed from the `literals` that condition_parse() filled */
} condition;

/* Parses a simple condition. Literals are added to the array `literals`, which has to live as long as the tree. */
expr_status condition_parse(arena *memory, const char *bytes, size_t length, const expr_options *options,
                            json_t *literals, condition **out);

/* Evaluates. False when memory is short. */
bool condition_test(const condition *tree, const expr_context *context, bool *result);

/* Appends a line for each reference with the value it has. */
void condition_explain(const condition *tree, const expr_context *context, text *out);

/* Appends `$statusCode is 401` and a line break, or `… is not there`, unless `out` has the line already. */
void explain_reference(const expression *reference, const expr_context *context, text *out);

#endif
