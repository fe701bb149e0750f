/*
 * analysis.h: what can be said of a query without evaluating it: which parts of a document it looks at, and whether a
 * bare predicate has a spelling that RFC 9535 knows.
 */
#ifndef ARAZZO_JSONPATH_ANALYSIS_H
#define ARAZZO_JSONPATH_ANALYSIS_H

#include "base/text.h"
#include "jsonpath/jsonpath.h"

/* A step from a value to one of its parts: the member of a name or, with `name` NULL, the item at an index. */
typedef struct jsonpath_step {
    const char *name; /* borrowed from the query */
    size_t length;
    long long index; /* not negative */
    size_t offset;   /* where the step stands in the query's text, in bytes */
    size_t extent;
} jsonpath_step;

/*
 * Calls `visit` for each query in the query or predicate that starts at the document, those in filters too: the steps
 * it begins with, up to what may select several nodes. At most 64 steps are told.
 */
void jsonpath_visit(const jsonpath *query, void (*visit)(void *user, const jsonpath_step *steps, size_t count),
                    void *user);

/*
 * Writes a predicate as a query of RFC 9535 that selects something in exactly those documents for which the predicate
 * holds: a filter whose queries start at `$`. False when there is none (it holds for documents without members, its
 * truth is not that of a query, …), or when memory is short (out->failed). `bytes` is what was compiled. `has_length`
 * (may be NULL) tells whether what the steps lead to is an array or a string in any document; with no steps, an array.
 */
bool jsonpath_predicate_as_query(const jsonpath *predicate, const char *bytes,
                                 bool (*has_length)(void *user, const jsonpath_step *steps, size_t count), void *user,
                                 text *out);

#endif
