/* parser_internal.h: the parser's state, and what both of its files use: errors, characters, literals. */
#ifndef ARAZZO_JSONPATH_PARSER_INTERNAL_H
#define ARAZZO_JSONPATH_PARSER_INTERNAL_H

#include "jsonpath/jsonpath_internal.h"

typedef struct parser {
    const char *text;
    size_t at;
    size_t end;
    jsonpath *made;
    const jsonpath_host *host;
    jsonpath_error *error;
    jsonpath_status status;
    int depth;
} parser;

/* Notes the first error, with its place; NULL, so that a rule can return it. */
void *parser_fail(parser *p, size_t offset, size_t length, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* "expected …, not …", about what stands at the parser's place; NULL. */
void *parser_expected(parser *p, const char *what);

/* Passes memory on, and notes when it is short. */
void *parser_check(parser *p, void *memory);

/* Remembers what is to be released with the query. False, after releasing it, when memory is short. */
bool parser_keep(parser *p, json_t *value, pcre2_code *pattern);

expr *parser_new_expr(parser *p, expr_kind kind);

bool parser_next_is(const parser *p, char byte);
bool parser_is_digit(const parser *p);
bool parser_is_name_byte(unsigned char byte, bool first);

/* Goes behind a token if it stands here. */
bool parser_accept(parser *p, const char *token);
void parser_skip_blank(parser *p);

/* string-literal: EXPR_LITERAL, or EXPR_TEMPLATE when the host's values stand in it. */
expr *parser_string_literal(parser *p);

/* int, within the I-JSON range. */
bool parser_integer(parser *p, long long *value);

/* number, as EXPR_LITERAL. */
expr *parser_number(parser *p);

#endif
