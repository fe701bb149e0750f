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
} query_options;

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

/* Appends a line for each expression in it. */
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
