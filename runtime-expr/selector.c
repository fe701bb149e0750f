/* selector.c: selectors of the three types. */
#include "runtime-expr/selector_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime-expr/query_internal.h"

struct selector {
    int unused;
};

expr_status selector_compile_at(const char *type, const char *version, const char *bytes, size_t length,
                                const expr_options *options, const char *pointer, const char *type_pointer,
                                selector **out) {
    (void)type;
    (void)version;
    (void)bytes;
    (void)length;
    (void)type_pointer;
    (void)out;
    expression_fault fault = {.message = "selectors are not available"};
    expression_report_fault(options, EXPR_ERROR, "", pointer, &fault);
    return EXPR_INVALID;
}
expr_status selector_compile(const char *type, const char *version, const char *bytes, size_t length,
                             const expr_options *options, selector **out) {
    return selector_compile_at(type, version, bytes, length, options, "", "", out);
}
void selector_free(selector *compiled) {
    free(compiled);
}
expr_outcome selector_select(const selector *compiled, json_t *subject, const expr_context *context, json_t **value,
                             expr_failure *failure) {
    (void)compiled;
    (void)subject;
    (void)context;
    (void)value;
    (void)failure;
    return EXPR_FAILED;
}
expr_outcome selector_replace(const selector *compiled, json_t **subject, json_t *value, const expr_context *context,
                              expr_failure *failure) {
    (void)compiled;
    (void)subject;
    (void)context;
    (void)value;
    (void)failure;
    return EXPR_FAILED;
}

#define NOT_YET(name)                                                                                                  \
    expr_status name##_compile(const char *bytes, size_t length, const query_options *how, struct name **out) {        \
        (void)bytes;                                                                                                   \
        (void)length;                                                                                                  \
        (void)out;                                                                                                     \
        expression_fault fault = {.message = #name " is not available"};                                               \
        expression_report_fault(how->options, EXPR_ERROR, "", how->pointer, &fault);                                   \
        return EXPR_INVALID;                                                                                           \
    }                                                                                                                  \
    void name##_free(struct name *query) {                                                                             \
        (void)query;                                                                                                   \
    }
NOT_YET(jsonpath_query)
criterion_outcome jsonpath_query_test(const jsonpath_query *query, json_t *subject, const expr_context *context,
                                      expr_failure *failure) {
    (void)query;
    (void)subject;
    (void)context;
    (void)failure;
    return CRITERION_ERROR;
}
void jsonpath_query_explain(const jsonpath_query *query, const expr_context *context, text *out) {
    (void)query;
    (void)context;
    (void)out;
}
