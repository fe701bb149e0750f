/* jsonpath_query_internal.h: the text of JSONPath queries. */
#ifndef ARAZZO_JSONPATH_QUERY_INTERNAL_H
#define ARAZZO_JSONPATH_QUERY_INTERNAL_H

#include "runtime-expr/query_internal.h"

/* Splits a query with runtime expressions in it. EXPR_INVALID: reported. */
expr_status jsonpath_text_parse(arena *memory, const char *bytes, size_t length, const query_options *how,
                                query_text *out);

/* How many bytes the placeholder at bytes[0] takes, one of `count`; 0: there is none. */
size_t jsonpath_placeholder(const char *bytes, size_t length, size_t count, size_t *slot);

/* A query_name_writer for JSONPath. */
bool jsonpath_write_name(const query_piece *piece, const text *value, text *out);

#endif
