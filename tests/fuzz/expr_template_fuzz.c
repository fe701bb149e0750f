/*
 * expr_template_fuzz.c: strings with expressions in them, and structures of such strings when the bytes are JSON. What
 * an expression reaches is never scanned again: a value that looks like an expression comes out as it is.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime-expr/expr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static json_t *look_alike(void *user, const expr_reference *reference) {
    (void)user;
    return reference->root == EXPR_URL ? NULL : json_string("{$inputs.again}$inputs.again");
}

static bool some_are(void *user, const expr_reference *reference) {
    (void)user;
    return reference->name == NULL || strlen(reference->name) % 2 == 0;
}

static void check(json_t *literal, bool strict) {
    const expr_options options = {.strict = strict, .declares = some_are};
    const expr_context context = {.lookup = look_alike};
    expr_value *compiled;
    expr_failure failure;
    json_t *value;
    if (expr_value_compile(literal, true, &options, &compiled) != EXPR_OK)
        return;
    bool is_literal = expr_value_is_literal(compiled);
    if (expr_value_evaluate(compiled, &context, NULL, NULL, &value, &failure) == EXPR_VALUE) {
        if (is_literal && !json_equal(value, literal))
            abort();
        json_decref(value);
    }
    expr_value_free(compiled);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    json_t *literal = json_stringn((const char *)data, size);
    if (literal == NULL)
        return 0;
    json_t *structure = json_loadb((const char *)data, size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    for (int strict = 0; strict < 2; strict++) {
        check(literal, strict != 0);
        if (structure != NULL)
            check(structure, strict != 0);
    }
    json_decref(structure);
    json_decref(literal);
    return 0;
}
