/*
 * jsonpath.h: JSONPath queries (RFC 9535), bare predicates, I-Regexp (RFC 9485), on jansson values.
 *
 * A query is compiled once and evaluated any number of times, also from several threads at once (each with its own
 * jansson values). Nothing is copied out of the document: a nodelist holds borrowed values, valid as long as the
 * document is. Functions return a status; what went wrong is in the caller's jsonpath_error.
 */
#ifndef ARAZZO_JSONPATH_H
#define ARAZZO_JSONPATH_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct jsonpath jsonpath;

typedef enum jsonpath_status {
    JSONPATH_OK,
    JSONPATH_SYNTAX,   /* not in the grammar, or not well-typed: see the error's offset */
    JSONPATH_LIMIT,    /* a limit was reached while evaluating */
    JSONPATH_NO_MEMORY /* memory ran short */
} jsonpath_status;

typedef enum jsonpath_dialect {
    JSONPATH_RFC9535,
    JSONPATH_GOESSNER_00 /* draft-goessner-dispatch-jsonpath-00 */
} jsonpath_dialect;

typedef struct jsonpath_error {
    size_t offset;     /* in bytes from the start of the query's text */
    size_t length;     /* bytes concerned, 0 when it is a point (the end of the text) */
    char message[192]; /* a sentence without the final stop: what was expected, and what was found */
} jsonpath_error;

/*
 * Values that the surroundings of a query contribute: placeholders in the text whose value is only known when the query
 * is evaluated. jsonpath knows nothing of what they look like.
 */
typedef struct jsonpath_host {
    void *user;
    /*
     * Asked where a placeholder could stand: in place of a literal or of a whole operand (`in_string` false), and at
     * each position within a string literal (`in_string` true). When one starts at text[0], returns the number of bytes
     * it takes and sets *slot to a number by which it is asked for later; else returns 0.
     */
    size_t (*recognise)(void *user, const char *text, size_t length, bool in_string, size_t *slot);
} jsonpath_host;

typedef struct jsonpath_options {
    jsonpath_dialect dialect;
    const jsonpath_host *host; /* NULL: no placeholders */
} jsonpath_options;

/*
 * Compiles a query (RFC 9535, section 2.1). `options` may be NULL. On success *out is owned by the caller:
 * jsonpath_free(). The text is not kept.
 */
jsonpath_status jsonpath_compile(const char *text, size_t length, const jsonpath_options *options, jsonpath **out,
                                 jsonpath_error *error);

/*
 * Compiles a bare predicate: a logical expression over queries such as `$.a == 1 && !$.error`, which RFC 9535 allows
 * only inside a filter. In it `$` and `@` are both the document; a query that selects nothing compares like null;
 * `.length` at the end of a query is the length of an array, object or string that has no such member.
 */
jsonpath_status jsonpath_compile_predicate(const char *text, size_t length, const jsonpath_options *options,
                                           jsonpath **out, jsonpath_error *error);

/* Frees a query or predicate. NULL is allowed. */
void jsonpath_free(jsonpath *query);

/* True for a singular query (RFC 9535, section 2.3.5.1): one that selects at most one node, whatever the document. */
bool jsonpath_is_singular(const jsonpath *query);

typedef struct jsonpath_limits {
    size_t nodes; /* how many nodes an evaluation may visit; 0: the default, 10,000,000 */
} jsonpath_limits;

/* How one evaluation differs from another. All members may be zero. */
typedef struct jsonpath_evaluation {
    jsonpath_limits limits;
    bool paths; /* record normalized paths */
    void *user;
    /*
     * The value of the placeholder `slot`: a new reference, or NULL when it has none. With `as_text`, a JSON string:
     * the value as it stands within a string literal.
     */
    json_t *(*value)(void *user, size_t slot, bool as_text);
} jsonpath_evaluation;

/* What a query selected, in order. */
typedef struct jsonpath_nodelist {
    size_t count;
    json_t **values; /* borrowed from the document */
    char **paths; /* normalized paths (section 2.7), NUL-terminated, where the evaluation asked for them; else NULL */
    void *memory; /* private */
} jsonpath_nodelist;

/*
 * Selects from `root` (borrowed). `evaluation` may be NULL. The caller releases the nodelist with
 * jsonpath_nodelist_free(), also after an error.
 */
jsonpath_status jsonpath_select(const jsonpath *query, json_t *root, const jsonpath_evaluation *evaluation,
                                jsonpath_nodelist *out, jsonpath_error *error);

void jsonpath_nodelist_free(jsonpath_nodelist *nodes);

/* Evaluates a predicate, or asks whether a query selects anything. */
jsonpath_status jsonpath_test(const jsonpath *query, json_t *root, const jsonpath_evaluation *evaluation, bool *result,
                              jsonpath_error *error);

#endif
