/*
 * expr_fuzz.c: runtime expressions. Whatever the bytes are: parsing ends within them, what was parsed prints as
 * something that parses to the same, and evaluating ends.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime-expr/expr.h"
#include "runtime-expr/json_context.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same_string(const char *a, const char *b) {
    return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

static json_t *nothing_but_inputs(void *user, const expr_reference *reference) {
    (void)user;
    return reference->root == EXPR_INPUTS ? json_pack("{s:[i,{s:s}]}", "a", 1, "b", "c") : NULL;
}

static void evaluate(const expression *compiled) {
    const expr_context context = {.lookup = nothing_but_inputs};
    expr_failure failure;
    json_t *value;
    if (expression_evaluate(compiled, &context, &value, &failure) == EXPR_VALUE)
        json_decref(value);
}

/* The expression's canonical text, after checking what it refers to against the original. */
static char *print_again(const char *printed, const expression *original) {
    expression *again;
    if (expression_compile(printed, strlen(printed), NULL, &again) != EXPR_OK)
        abort();
    const expr_reference *a = expression_reference(original), *b = expression_reference(again);
    if (a->root != b->root || !same_string(a->owner, b->owner) || !same_string(a->name, b->name))
        abort();
    char *text = expression_print(again);
    expression_free(again);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    for (int strict = 0; strict < 2; strict++) {
        const expr_options options = {.strict = strict != 0};
        expression *compiled;
        if (expression_compile((const char *)data, size, &options, &compiled) != EXPR_OK)
            continue;
        evaluate(compiled);
        char *printed = expression_print(compiled);
        /* A reference token may hold NUL, which a printed string cannot carry. */
        if (printed != NULL && memchr(data, 0, size) == NULL) {
            char *again = print_again(printed, compiled);
            if (again == NULL || strcmp(printed, again) != 0)
                abort();
            free(again);
        }
        free(printed);
        expression_free(compiled);
    }
    return 0;
}
