/*
 * query_internal.h: JSONPath queries and XPath expressions with runtime expressions in them, for criteria and
 * selectors. Both live in their owner's arena where they can, and have a _free for what cannot.
 */
#ifndef ARAZZO_QUERY_INTERNAL_H
#define ARAZZO_QUERY_INTERNAL_H

#include "jsonpath/jsonpath.h"
#include "runtime-expr/template_internal.h"

/* How a query is compiled. */
typedef struct query_options {
    const expr_options *options;
    const char *pointer;         /* of the query, for problems */
    const char *version_pointer; /* of its type's version */
    const char *version;         /* or NULL */
    bool condition;              /* is it asked whether it holds (a criterion), or what it selects? */
    const expression *context;   /* what it is applied to; NULL: not known */
} query_options;

/* ---- The text of a query, with expressions in it ---- */

/* An expression that stands for a value, or for text within a string literal. The query refers to it by number. */
typedef struct query_slot {
    const template_part *part;
    bool as_text;
} query_slot;

/* A piece of the text: bytes, or a name or index that is only known when the query is evaluated. */
typedef struct query_piece {
    const char *bytes; /* of a name: something that may stand there, for checking the syntax */
    size_t length;
    size_t offset;             /* in the original text */
    const template_part *name; /* NULL: the bytes as they are */
} query_piece;

typedef struct query_text {
    query_piece *pieces;
    size_t piece_count;
    query_slot *slots;
    size_t slot_count;
    bool has_names;             /* the text differs from evaluation to evaluation */
    const template_part *whole; /* the text is one embedded expression: its value is the query */
} query_text;

/* Builds a query_text while a scanner walks over the original. The functions below fail with `status` set. */
typedef struct query_builder {
    arena *memory;
    const char *bytes;
    size_t length;
    size_t position;
    const query_options *how;
    template_options embedded;
    text out;          /* what was written since the last piece */
    size_t out_offset; /* where that stands in the original */
    query_text *made;
    size_t piece_room, slot_room;
    expr_status status;
} query_builder;

/* Starts, and looks whether the text is one embedded expression as a whole. */
bool query_start(query_builder *b, arena *memory, const char *bytes, size_t length, const query_options *how,
                 query_text *out);

/* Ends: releases what the builder holds. */
bool query_end(query_builder *b, bool good);

/* Ends the piece that is being written: what is written next stands at `position` in the original. */
bool query_flush(query_builder *b);

/* The expression at `position`: *taken is 0 when there is none. */
bool query_expression_here(query_builder *b, size_t *taken, template_part *part);

/* A new slot; *number is what the query refers to it by. */
bool query_add_slot(query_builder *b, const template_part *part, bool as_text, size_t *number);

/* A name that takes `taken` bytes at `position`; `sample` (a literal) may stand there. */
bool query_add_name(query_builder *b, const template_part *part, size_t taken, const char *sample);

/* Reports an error. Returns false. */
bool query_invalid(query_builder *b, size_t offset, size_t length, const char *message, const char *help);

/* Reports an error under `pointer`. Returns EXPR_INVALID. */
expr_status query_problem(const query_options *how, const char *pointer, size_t offset, size_t length,
                          const char *message, const char *help);

/*
 * Appends what a name's value makes of it: false when the value cannot stand there (nothing else of the query may
 * change with it).
 */
typedef bool query_name_writer(const query_piece *piece, const text *value, text *out);

/* The text that is to be compiled; with a NULL context names are their samples. */
expr_outcome query_assemble(const query_text *parts, const expr_context *context, query_name_writer *write_name,
                            text *out, expr_failure *failure);

/* Where a place in the text assembled from samples stands in the original. */
size_t query_original_offset(const query_text *parts, size_t offset);

/* Fills *failure: an expression within the query is to blame. Returns EXPR_FAILED. */
expr_outcome query_part_fails(const template_part *part, const char *message, expr_failure *failure);

/* The value of the whole text, which is one embedded expression. */
expr_outcome query_whole_text(const query_text *parts, const expr_context *context, text *out, expr_failure *failure);

/* Appends a line for each expression in it. */
void query_explain(const query_text *parts, const expr_context *context, text *out);

/*
 * The value that an expression in braces stands for, as its text would be read there: "5" is a number. Without braces a
 * value keeps its type. A new reference, NULL when memory is short.
 */
json_t *query_slot_value(const query_slot *slot, json_t *value);

/* ---- JSONPath ---- */

typedef struct jsonpath_query jsonpath_query;

expr_status jsonpath_query_compile(const char *bytes, size_t length, const query_options *how, jsonpath_query **out);
void jsonpath_query_free(jsonpath_query *query);

/* Does the condition hold for `subject` (borrowed)? S2, S31. */
criterion_outcome jsonpath_query_test(const jsonpath_query *query, json_t *subject, const expr_context *context,
                                      expr_failure *failure);

/* What it selects: S9. */
expr_outcome jsonpath_query_select(const jsonpath_query *query, json_t *subject, const expr_context *context,
                                   json_t **value, expr_failure *failure);

/* Replaces every node that it selects; exchanges *subject. */
expr_outcome jsonpath_query_replace(const jsonpath_query *query, json_t **subject, json_t *value,
                                    const expr_context *context, expr_failure *failure);

void jsonpath_query_explain(const jsonpath_query *query, const expr_context *context, text *out);

/* ---- XPath ---- */

typedef struct xpath_query xpath_query;

expr_status xpath_query_compile(const char *bytes, size_t length, const query_options *how, xpath_query **out);
void xpath_query_free(xpath_query *query);
criterion_outcome xpath_query_test(const xpath_query *query, const json_t *subject, const expr_context *context,
                                   expr_failure *failure);
expr_outcome xpath_query_select(const xpath_query *query, const json_t *subject, const expr_context *context,
                                json_t **value, expr_failure *failure);
expr_outcome xpath_query_replace(const xpath_query *query, json_t **subject, const json_t *value,
                                 const expr_context *context, expr_failure *failure);
void xpath_query_explain(const xpath_query *query, const expr_context *context, text *out);

#endif
