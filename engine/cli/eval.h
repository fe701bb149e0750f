/* eval.h: `arazzo eval`: a runtime expression, a template or a condition against a context in a file. */
#ifndef ARAZZO_ENGINE_CLI_EVAL_H
#define ARAZZO_ENGINE_CLI_EVAL_H

#include <stdbool.h>
#include <stdio.h>

/* What the command line asks for. */
typedef struct eval_request {
    const char *expression;   /* an expression, a string with expressions in it, or a condition */
    const char *context;      /* a file with JSON, "-": standard input; NULL: an empty context */
    bool strict;              /* the specification's letter */
    bool condition;           /* `expression` is a condition */
    const char *type;         /* of the condition: "simple" (also when NULL), "regex", "jsonpath", "xpath" */
    const char *type_version; /* of an Expression Type Object, or NULL */
    const char *on;           /* the condition's context: an expression, or NULL */
} eval_request;

/*
 * Prints the value as JSON or `undefined`, for a condition `true` or `false`, on `out`; on `err` why, and problems with
 * their place. The exit status: 0; 1 for a condition that fails; 2 for what cannot be read.
 */
int eval_command(const eval_request *request, FILE *out, FILE *err);

#endif
