/*
 * expression_compile.c: the public functions that make an expression, and how what the parser found is reported.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime-expr/expression_internal.h"

/* ---- Reporting ---- */

void expression_report_fault(const expr_options *options, expr_severity severity, const char *rule, const char *pointer,
                             const expression_fault *fault) {
    if (options == NULL || options->report == NULL)
        return;
    options->report(options->user, &(expr_problem){.severity = severity,
                                                   .rule = rule,
                                                   .pointer = pointer,
                                                   .offset = fault->offset,
                                                   .length = fault->length,
                                                   .message = fault->message,
                                                   .help = fault->help[0] == '\0' ? NULL : fault->help,
                                                   .mend = fault->mend,
                                                   .mend_offset = fault->mend_offset,
                                                   .mend_length = fault->mend_length});
}

bool expression_is_declared(const expression *compiled, const expr_options *options) {
    if (options == NULL || options->declares == NULL)
        return true;
    for (size_t i = 0; i < compiled->name_count; i++)
        if (options->declares(options->user, &compiled->names[i]))
            return true;
    return false;
}

expr_reference expression_reaches(const expression *compiled, size_t name) {
    expr_reference reference = compiled->names[name];
    size_t passed = compiled->name_count - 1 - name;
    reference.tokens = compiled->tokens == NULL ? NULL : compiled->tokens + passed;
    reference.token_count = compiled->token_count - passed;
    if (compiled->ends_in_length && reference.token_count > 0)
        reference.token_count--; /* the length of it (S12) */
    return reference;
}

void expression_tell(const expression *compiled, const expr_options *options) {
    if (options == NULL || options->refers == NULL)
        return;
    size_t told = 0;
    for (size_t i = 0; options->declares != NULL && i < compiled->name_count; i++) {
        if (options->declares(options->user, &compiled->names[i])) {
            told = i;
            break;
        }
    }
    expr_reference reference = expression_reaches(compiled, told);
    options->refers(options->user, &reference);
}

bool expression_accept(const expression *compiled, const expr_options *options, const char *pointer) {
    if (compiled->has_members) {
        expression_fault fault = {.offset = compiled->members_offset,
                                  .length = compiled->offset + compiled->length - compiled->members_offset};
        snprintf(fault.message, sizeof fault.message, "members are named by a JSON Pointer after '#'");
        char *printed = expression_print(compiled);
        if (printed == NULL)
            return false;
        if (strlen(printed) < sizeof fault.help - 16)
            snprintf(fault.help, sizeof fault.help, "write '%s'", printed);
        if (compiled->name_count == 1) { /* else only the author knows where the name ends */
            fault.mend = printed;
            fault.mend_offset = compiled->offset;
            fault.mend_length = compiled->length;
        }
        expression_report_fault(options, EXPR_LIBERTY, "S6", pointer, &fault);
        free(printed);
    }
    expression_tell(compiled, options);
    return true;
}

/* ---- The public functions ---- */

expr_status expression_compile(const char *bytes, size_t length, const expr_options *options, expression **out) {
    arena *memory = arena_new();
    if (memory == NULL)
        return EXPR_NO_MEMORY;
    expression_fault fault;
    bool strict = options != NULL && options->strict;
    expr_status status =
        expression_parse(memory, bytes, length, 0, strict ? EXPRESSION_STRICT : EXPRESSION_MEMBERS, out, &fault);
    if (status == EXPR_OK) {
        (*out)->memory = memory;
        if (expression_accept(*out, options, ""))
            return EXPR_OK;
        status = EXPR_NO_MEMORY;
    }
    if (status == EXPR_INVALID)
        expression_report_fault(options, EXPR_ERROR, fault.rule, "", &fault);
    arena_free(memory);
    return status;
}

void expression_free(expression *compiled) {
    if (compiled != NULL)
        arena_free(compiled->memory);
}

const expr_reference *expression_reference(const expression *compiled) {
    return &compiled->names[0];
}
