/*
 * jsonpath_internal.h: the syntax tree of a query, as the parser builds it and the evaluator walks it.
 *
 * Everything lives in the query's arena, except compiled regular expressions and literal values, which are released one
 * by one.
 */
#ifndef ARAZZO_JSONPATH_INTERNAL_H
#define ARAZZO_JSONPATH_INTERNAL_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/arena.h"
#include "jsonpath/jsonpath.h"

typedef struct expr expr;
typedef struct path path;

typedef enum selector_kind {
    SELECT_NAME,
    SELECT_WILDCARD,
    SELECT_INDEX,
    SELECT_SLICE,
    SELECT_FILTER,
    SELECT_HOST,
    SELECT_FROM_END
} selector_kind;

typedef struct path_selector {
    selector_kind kind;
    const char *name; /* SELECT_NAME */
    size_t length;
    long long index; /* SELECT_INDEX, SELECT_FROM_END: the array's length plus this */
    long long start, end, step;
    bool has_start, has_end;
    expr *filter;  /* SELECT_FILTER; SELECT_HOST: the operand whose value is a name or an index */
    size_t offset; /* where it stands in the text, in bytes */
    size_t extent;
} path_selector;

typedef struct segment {
    bool descendant;
    path_selector *selectors;
    size_t count;
} segment;

struct path {
    bool relative; /* starts at `@` */
    bool singular;
    bool length_of; /* a predicate's `.length`: the last segment is not in `segments` */
    segment *segments;
    size_t count;
    size_t last; /* where the last segment begins in the text */
};

typedef enum expr_kind {
    EXPR_OR,
    EXPR_AND,
    EXPR_NOT,
    EXPR_COMPARE,
    EXPR_PATH, /* as a test: it selects something; as an operand: its value */
    EXPR_LITERAL,
    EXPR_HOST,     /* a value that the host knows */
    EXPR_TEMPLATE, /* a string with host values in it */
    EXPR_CALL
} expr_kind;

typedef enum comparison { COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE } comparison;

typedef enum value_type { TYPE_VALUE, TYPE_LOGICAL, TYPE_NODES } value_type;

typedef struct function {
    const char *name;
    value_type result;
    size_t parameter_count;
    value_type parameters[2];
} function;

/* The built-in functions (RFC 9535, section 2.4.4 to 2.4.8), in the order of this enumeration. */
typedef enum function_id {
    FUNCTION_LENGTH,
    FUNCTION_COUNT,
    FUNCTION_MATCH,
    FUNCTION_SEARCH,
    FUNCTION_VALUE
} function_id;

typedef struct template_part {
    const char *text; /* NULL: the host's value of `slot` */
    size_t length;
    size_t slot;
} template_part;

struct expr {
    expr_kind kind;
    comparison operator;
    expr *left; /* of OR, AND, NOT, COMPARE; arguments of a call */
    expr *right;
    path *query;
    json_t *literal;
    size_t slot;    /* EXPR_HOST */
    size_t ordinal; /* EXPR_HOST, EXPR_TEMPLATE: where the evaluation keeps its value */
    template_part *parts;
    size_t part_count;
    function_id call;
    pcre2_code *pattern; /* of match and search, when the pattern is a literal that is a regular expression */
    bool pattern_known;  /* the pattern was a literal */
    size_t offset;       /* of an operand: where it stands in the text, in bytes */
    size_t extent;
};

typedef struct release {
    struct release *next;
    json_t *value;
    pcre2_code *pattern;
} release;

struct jsonpath {
    arena *memory;
    path *query;     /* of a query */
    expr *predicate; /* of a predicate */
    bool is_predicate;
    bool goessner;
    release *releases;
    size_t ordinals;
};

/* Compiles an I-Regexp (RFC 9485). JSONPATH_SYNTAX when it is none. `whole`: it must match the whole subject. */
jsonpath_status iregexp_compile(const char *pattern, size_t length, bool whole, pcre2_code **out);

/* Values are equal (RFC 9535, section 2.3.5.2.2): numbers by value, structures in depth, without recursion. */
jsonpath_status values_equal(const json_t *a, const json_t *b, bool *equal);

/* Numbers compared exactly, 64-bit integers with doubles too: negative, zero, positive; 2 when not ordered (NaN). */
int compare_numbers(const json_t *a, const json_t *b);

extern const function jsonpath_functions[];

#endif
