/*
 * expression_internal.h: a compiled runtime expression, and how the rest of this folder gets at it.
 *
 * An expression that is part of something larger (a template, a condition) lives in that one's arena.
 */
#ifndef ARAZZO_EXPRESSION_INTERNAL_H
#define ARAZZO_EXPRESSION_INTERNAL_H

#include "base/arena.h"
#include "runtime-expr/expr.h"

/*
 * A name with dots may be a name and members of it (S6): names[0] is the whole, names[k] leaves off the last k parts.
 * `tokens` begins with the parts that may be left off, so names[k] goes on with tokens + (name_count - 1 - k).
 */
struct expression {
    arena *memory; /* its own; NULL when it lives in another one's */
    const char *text;
    size_t length;
    size_t offset; /* within the text that the surrounding thing was compiled from */
    expr_reference *names;
    size_t name_count;
    expr_token *tokens;
    size_t token_count;
    bool ends_in_length;   /* a last `.length` is a length where there is no such member (S12) */
    bool has_members;      /* `.name` or `[0]` were used where the specification wants a JSON Pointer (S6) */
    size_t members_offset; /* where they begin, within the same text as `offset` */
};

/* Why a text is not an expression. Offsets are within the text that the surrounding thing was compiled from. */
typedef struct expression_fault {
    size_t offset;
    size_t length;
    const char *rule; /* "S6" when the default profile takes it, else "" */
    char message[200];
    char help[160];   /* "" when nothing is known */
    const char *mend; /* expr_problem.mend, borrowed; NULL: none */
    size_t mend_offset;
    size_t mend_length;
} expression_fault;

typedef enum expression_mode {
    EXPRESSION_STRICT,   /* the ABNF, and S6 for $message.payload */
    EXPRESSION_MEMBERS,  /* `.name` and `[0]` after bodies and names as well */
    EXPRESSION_CONTEXT,  /* the same, and all outputs of a step: the context of a Selector Object (S9) */
    EXPRESSION_CONDITION /* the same, and `.length` in the default profile */
} expression_mode;

/*
 * Parses text[0..length) as one whole expression into `memory`. `offset` is added to all places. EXPR_INVALID: *fault
 * says why (nothing is reported).
 */
expr_status expression_parse(arena *memory, const char *text, size_t length, size_t offset, expression_mode mode,
                             expression **out, expression_fault *fault);

/* Reports what expression_parse() found. The fault's help may be "". */
void expression_report_fault(const expr_options *options, expr_severity severity, const char *rule, const char *pointer,
                             const expression_fault *fault);

/*
 * Reports the liberties in an expression that is not part of a simple condition, and tells options->refers. False when
 * memory is short.
 */
bool expression_accept(const expression *compiled, const expr_options *options, const char *pointer);

/* The reference names[name] with the tokens that follow it. */
expr_reference expression_reaches(const expression *compiled, size_t name);

/* Tells options->refers what the expression refers to. */
void expression_tell(const expression *compiled, const expr_options *options);

/* Is it declared, whole or (S6) by a leading part? */
bool expression_is_declared(const expression *compiled, const expr_options *options);

/* Does the text, which is not an expression, begin like one, or nearly so (`$response.boddy`, `$reponse.body`)? */
bool expression_seems_meant(const char *text, size_t length);

/*
 * How many bytes an expression without braces takes at text[0], a '$' (S1): 0 when none begins there. What it finds
 * still has to be parsed.
 */
size_t expression_extent(const char *text, size_t length);

/*
 * What an expression reaches. *root is a new reference that keeps *value (borrowed) alive; both NULL when nothing is
 * reached. False when memory is short.
 */
bool expression_reach(const expression *compiled, const expr_context *context, json_t **root, json_t **value);

#endif
