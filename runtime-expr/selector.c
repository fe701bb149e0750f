/*
 * selector.c: selectors of the three types (the Expression Type Object's table): JSONPath and XPath have files of their
 * own, JSON Pointers with expressions in them are here.
 */
#include "runtime-expr/selector_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "jsonpath/pointer.h"
#include "runtime-expr/json_replace.h"
#include "runtime-expr/query_internal.h"

typedef enum selector_kind { JSONPATH, XPATH, JSONPOINTER } selector_kind;

static const char *const kinds[] = {"jsonpath", "xpath", "jsonpointer"};
enum { KINDS = sizeof kinds / sizeof *kinds };

struct selector {
    arena *memory;
    selector_kind kind;
    jsonpath_query *jsonpath;
    xpath_query *xpath;
    template pointer;
};

/* ---- Compiling ---- */

static expr_status compile_pointer(selector *made, const char *bytes, size_t length, const query_options *how) {
    size_t bad;
    if (how->version != NULL && strcmp(how->version, "rfc6901") != 0)
        return query_problem(how, how->version_pointer, 0, strlen(how->version),
                             "there is no such version of JSON Pointer", "the version is 'rfc6901'");
    template_options embedded = {.options = how->options, .pointer = how->pointer};
    expr_status status = template_parse(made->memory, bytes, length, &embedded, &made->pointer);
    if (status == EXPR_OK && made->pointer.expressions == 0 && !json_pointer_valid(bytes, length, &bad))
        return query_problem(how, how->pointer, bad, bad < length, "not a JSON Pointer",
                             bad == 0 ? "it begins with '/'" : "'~' is written '~0' and '/' within a name '~1'");
    return status;
}

static expr_status compile_kind(selector *made, const char *bytes, size_t length, const query_options *how) {
    switch (made->kind) {
    case JSONPATH:
        return jsonpath_query_compile(bytes, length, how, &made->jsonpath);
    case XPATH:
        return xpath_query_compile(bytes, length, how, &made->xpath);
    default:
        return compile_pointer(made, bytes, length, how);
    }
}

static expr_status find_kind(const char *type, const query_options *how, selector_kind *out) {
    nearest search;
    nearest_start(&search, type, strlen(type));
    for (size_t i = 0; i < KINDS; i++) {
        nearest_try(&search, kinds[i]);
        if (strcmp(type, kinds[i]) == 0) {
            *out = (selector_kind)i;
            return EXPR_OK;
        }
    }
    char help[80] = "";
    if (search.best != NULL)
        snprintf(help, sizeof help, "did you mean '%s'?", search.best);
    return query_problem(how, how->version_pointer, 0, strlen(type),
                         "the types of selectors are 'jsonpath', 'xpath' and 'jsonpointer'", help);
}

expr_status selector_compile_at(const char *type, const char *version, const char *bytes, size_t length,
                                const expr_options *options, const char *pointer, const char *type_pointer,
                                selector **out) {
    query_options how = {.options = options, .pointer = pointer, .version_pointer = type_pointer, .version = version};
    selector *made = calloc(1, sizeof *made);
    if (made == NULL)
        return EXPR_NO_MEMORY;
    made->memory = arena_new();
    expr_status status = made->memory == NULL ? EXPR_NO_MEMORY : find_kind(type, &how, &made->kind);
    if (status == EXPR_OK)
        status = compile_kind(made, bytes, length, &how);
    if (status == EXPR_OK)
        *out = made;
    else
        selector_free(made);
    return status;
}

expr_status selector_compile(const char *type, const char *version, const char *bytes, size_t length,
                             const expr_options *options, selector **out) {
    return selector_compile_at(type, version, bytes, length, options, "", "", out);
}

void selector_free(selector *compiled) {
    if (compiled == NULL)
        return;
    jsonpath_query_free(compiled->jsonpath);
    xpath_query_free(compiled->xpath);
    arena_free(compiled->memory);
    free(compiled);
}

/* ---- JSON Pointers ---- */

/* The pointer, with the values of its expressions as reference tokens, or parts of them. */
static expr_outcome fill_pointer(const selector *compiled, const expr_context *context, text *out,
                                 expr_failure *failure) {
    text value = TEXT_EMPTY;
    expr_outcome outcome = EXPR_VALUE;
    for (size_t i = 0; outcome == EXPR_VALUE && i < compiled->pointer.count; i++) {
        const template_part *part = &compiled->pointer.parts[i];
        text_truncate(&value, 0);
        outcome = template_part_append(part, context, &value);
        if (outcome == EXPR_NOTHING)
            outcome = query_part_fails(part, "this expression reaches nothing", failure);
        for (size_t j = 0; outcome == EXPR_VALUE && j < value.length; j++) {
            char byte = value.bytes[j];
            if (part->embedded != NULL && (byte == '~' || byte == '/'))
                text_append_string(out, byte == '~' ? "~0" : "~1");
            else
                text_append_char(out, byte);
        }
    }
    if (value.failed || out->failed)
        outcome = EXPR_OUT_OF_MEMORY;
    text_free(&value);
    return outcome;
}

static expr_outcome no_structure(expr_failure *failure) {
    failure->offset = failure->length = 0;
    snprintf(failure->message, sizeof failure->message, "the context is no JSON object or array");
    return EXPR_FAILED;
}

static expr_outcome select_pointer(const selector *compiled, json_t *subject, const expr_context *context,
                                   json_t **value, expr_failure *failure) {
    if (!json_is_object(subject) && !json_is_array(subject))
        return no_structure(failure);
    text pointer = TEXT_EMPTY;
    expr_outcome outcome = fill_pointer(compiled, context, &pointer, failure);
    if (outcome == EXPR_VALUE) {
        *value = json_incref(json_pointer_get(subject, text_peek(&pointer), pointer.length));
        outcome = *value == NULL ? EXPR_NOTHING : EXPR_VALUE;
    }
    text_free(&pointer);
    return outcome;
}

static expr_outcome replace_pointer(const selector *compiled, json_t **subject, json_t *value,
                                    const expr_context *context, expr_failure *failure) {
    static const expr_outcome outcomes[] = {[JSON_POINTER_OK] = EXPR_VALUE,
                                            [JSON_POINTER_INVALID] = EXPR_FAILED,
                                            [JSON_POINTER_MISSING] = EXPR_NOTHING,
                                            [JSON_POINTER_NO_MEMORY] = EXPR_OUT_OF_MEMORY};
    text pointer = TEXT_EMPTY;
    expr_outcome outcome = fill_pointer(compiled, context, &pointer, failure);
    if (outcome == EXPR_VALUE) {
        outcome = outcomes[json_replace(subject, text_peek(&pointer), pointer.length, value)];
        if (outcome == EXPR_FAILED)
            snprintf(failure->message, sizeof failure->message, "'%.200s' is not a JSON Pointer", text_peek(&pointer));
    }
    text_free(&pointer);
    return outcome;
}

/* ---- Selecting and replacing ---- */

expr_outcome selector_select(const selector *compiled, json_t *subject, const expr_context *context, json_t **value,
                             expr_failure *failure) {
    *value = NULL;
    switch (compiled->kind) {
    case JSONPATH:
        return jsonpath_query_select(compiled->jsonpath, subject, context, value, failure);
    case XPATH:
        return xpath_query_select(compiled->xpath, subject, context, value, failure);
    default:
        return select_pointer(compiled, subject, context, value, failure);
    }
}

expr_outcome selector_replace(const selector *compiled, json_t **subject, json_t *value, const expr_context *context,
                              expr_failure *failure) {
    switch (compiled->kind) {
    case JSONPATH:
        return jsonpath_query_replace(compiled->jsonpath, subject, value, context, failure);
    case XPATH:
        return xpath_query_replace(compiled->xpath, subject, value, context, failure);
    default:
        return replace_pointer(compiled, subject, value, context, failure);
    }
}
