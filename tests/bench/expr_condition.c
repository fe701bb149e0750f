/*
 * expr_condition.c: what a simple condition costs from its compiled form. `make bench-expr` runs it under callgrind,
 * once evaluating COUNT times and once only looking up COUNT times what the condition refers to; the difference is the
 * cost of the evaluation itself.
 *
 *     expr_condition condition|lookups COUNT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime-expr/expr.h"
#include "runtime-expr/json_context.h"

static const char text[] = "$statusCode == 200 && $response.body.status == 'active'";
static const char data[] =
    "{\"statusCode\": 200, \"response\": {\"body\": {\"id\": 7, \"status\": \"Active\", \"n\": []}}}";

static size_t evaluate(const criterion *compiled, const expr_context *context, size_t count) {
    size_t passed = 0;
    expr_failure failure;
    for (size_t i = 0; i < count; i++)
        passed += criterion_test(compiled, context, &failure) == CRITERION_PASSED;
    return passed;
}

static size_t look_up(const expr_context *context, size_t count) {
    static const expr_reference references[] = {{.root = EXPR_STATUS_CODE}, {.root = EXPR_RESPONSE_BODY}};
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        json_t *status = context->lookup(context->user, &references[0]);
        json_t *body = context->lookup(context->user, &references[1]);
        found += status != NULL && body != NULL;
        json_decref(status);
        json_decref(body);
    }
    return found;
}

int main(int count, char **arguments) {
    if (count != 3)
        return 2;
    size_t times = strtoul(arguments[2], NULL, 10), done = 0;
    json_error_t error;
    json_t *values = json_context_parse(data, sizeof data - 1, &error);
    criterion *compiled;
    if (values == NULL || criterion_compile(NULL, NULL, NULL, 0, text, sizeof text - 1, NULL, &compiled) != EXPR_OK)
        return 1;
    expr_context context = json_context(values);
    done = strcmp(arguments[1], "condition") == 0 ? evaluate(compiled, &context, times) : look_up(&context, times);
    criterion_free(compiled);
    json_decref(values);
    return done == times ? 0 : 1;
}
