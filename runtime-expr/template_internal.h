/* template_internal.h: strings with expressions in them, for values and for the conditions of criteria. */
#ifndef ARAZZO_TEMPLATE_INTERNAL_H
#define ARAZZO_TEMPLATE_INTERNAL_H

#include "base/text.h"
#include "runtime-expr/expression_internal.h"

typedef struct template_part {
    const char *bytes; /* the text as it stands: literal text, or the expression's with its braces */
    size_t length;
    const expression *embedded; /* NULL: literal text */
    bool braceless;             /* taken by S1 */
} template_part;

typedef struct template {
    template_part *parts;
    size_t count;
    size_t expressions;
}
template;

typedef struct template_options {
    const expr_options *options;
    const char *pointer; /* of the string, for problems */
    bool braceless;      /* look for expressions without braces (S1) in the default profile */
    bool in_place;       /* an operand of a query: braces around it would not mean quite the same */
} template_options;

/* Splits text[0..length) into parts, in `memory`. EXPR_INVALID when a problem was reported that is an error. */
expr_status template_parse(arena *memory, const char *bytes, size_t length, const template_options *how, template *out);

/*
 * Appends what the part stands for. EXPR_NOTHING when its expression reaches nothing. Memory running short shows in
 * out->failed.
 */
expr_outcome template_part_append(const template_part *part, const expr_context *context, text *out);

/*
 * How many bytes an expression takes at bytes[0], in braces or (with `braceless`) without. 0: none. `bytes` is within
 * what was compiled at `offset`. EXPR_INVALID when a member spelling is there that the profile forbids.
 */
expr_status template_expression_at(arena *memory, const char *bytes, size_t length, size_t offset,
                                   const template_options *how, bool report, size_t *taken, template_part *part);

#endif
