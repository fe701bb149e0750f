/*
 * criterion_fuzz.c: conditions of all four types. The first byte chooses the type and the profile, the rest is the
 * condition. Compiling, testing and explaining end; what compiles twice answers the same twice.
 */
#include <stdint.h>
#include <stdlib.h>

#include "runtime-expr/expr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char xml[] = "<r xmlns:p='urn:p'><a id='1'>x</a><a id='2'>y</a><p:b>z</p:b><n>5</n><!-- c --></r>";

/* $response.body is JSON or XML; inputs hold what would break out of a query. */
static json_t *lookup(void *user, const expr_reference *reference) {
    const bool *is_xml = user;
    switch (reference->root) {
    case EXPR_RESPONSE_BODY:
        return *is_xml ? json_string(xml)
                       : json_pack("{s:i,s:s,s:[{s:i},{s:i,s:f}],s:n,s:b}", "count", 3, "status", "Paused", "items",
                                   "id", 1, "id", 2, "p", 9.5, "nil", "ok", 1);
    case EXPR_STATUS_CODE:
        return json_integer(200);
    case EXPR_INPUTS:
        return json_string("x' or \"1\"='1");
    default:
        return NULL;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const types[] = {"simple", "regex", "jsonpath", "xpath"};
    if (size == 0)
        return 0;
    size_t type = data[0] % 4;
    bool is_xml = type == 3;
    const expr_options options = {.strict = (data[0] & 4) != 0};
    const expr_context context = {.user = &is_xml, .lookup = lookup};
    criterion *compiled;
    if (criterion_compile(types[type], NULL, "$response.body", 14, (const char *)data + 1, size - 1, &options,
                          &compiled) != EXPR_OK)
        return 0;
    expr_failure failure;
    criterion_outcome first = criterion_test(compiled, &context, &failure);
    free(criterion_explain(compiled, &context));
    if (criterion_test(compiled, &context, &failure) != first)
        abort();
    criterion_free(compiled);
    return 0;
}
