/*
 * condition_evaluate.c: evaluates the tree of a simple condition (S11, S12) and tells what its operands were. Nothing
 * is allocated: operands are borrowed from the context's values and the tree's literals.
 */
#include "base/utf8.h"
#include "runtime-expr/compare.h"
#include "runtime-expr/condition_internal.h"
#include "runtime-expr/json_text.h"

#include <stdlib.h>
#include <string.h>

/* An operand's value; `root`, when not NULL, is the reference that keeps it alive. */
typedef struct operand {
    json_t *root;
    json_t *value;
} operand;

static bool evaluate_operand(const condition *node, const expr_context *context, operand *out) {
    out->root = NULL;
    if (node->kind == CONDITION_LITERAL) {
        out->value = node->literal;
        return true;
    }
    if (node->kind == CONDITION_REFERENCE)
        return expression_reach(node->reference, context, &out->root, &out->value);
    bool result;
    if (!condition_test(node, context, &result))
        return false;
    out->value = result ? json_true() : json_false();
    return true;
}

static bool compare(comparison operation, const json_t *left, const json_t *right) {
    int order;
    if (operation == EQUAL || operation == NOT_EQUAL)
        return loosely_equal(left, right) == (operation == EQUAL);
    if (!loosely_ordered(left, right, &order))
        return false;
    switch (operation) {
    case LESS:
        return order < 0;
    case LESS_OR_EQUAL:
        return order <= 0;
    case GREATER:
        return order > 0;
    default:
        return order >= 0;
    }
}

static bool test_comparison(const condition *node, const expr_context *context, bool *result) {
    operand left, right;
    if (!evaluate_operand(node->first, context, &left))
        return false;
    bool good = evaluate_operand(node->first->next, context, &right);
    if (good) {
        *result = compare(node->operation, left.value, right.value);
        json_decref(right.root);
    }
    json_decref(left.root);
    return good;
}

bool condition_test(const condition *tree, const expr_context *context, bool *result) {
    operand bare;
    switch (tree->kind) {
    case CONDITION_COMPARISON:
        return test_comparison(tree, context, result);
    case CONDITION_NOT:
        if (!condition_test(tree->first, context, result))
            return false;
        *result = !*result;
        return true;
    case CONDITION_AND:
    case CONDITION_OR:
        for (const condition *part = tree->first; part != NULL; part = part->next) {
            if (!condition_test(part, context, result))
                return false;
            if (*result == (tree->kind == CONDITION_OR))
                break;
        }
        return true;
    default:
        if (!evaluate_operand(tree, context, &bare))
            return false;
        *result = truth_of(bare.value);
        json_decref(bare.root);
        return true;
    }
}

/* ---- For a person ---- */

enum { LINE = 80, SHORTEST_VALUE = 24 };

static bool has_line(const text *out, const char *line, size_t length) {
    const char *at = text_peek(out);
    for (const char *end; *at != '\0'; at = end + 1) {
        end = strchr(at, '\n');
        if (end == NULL)
            return false;
        if ((size_t)(end - at) == length && memcmp(at, line, length) == 0)
            return true;
    }
    return false;
}

void explain_reference(const expression *reference, const expr_context *context, text *out) {
    json_t *root, *value;
    if (!expression_reach(reference, context, &root, &value)) {
        out->failed = true;
        return;
    }
    text line = TEXT_EMPTY;
    text_append(&line, reference->text, reference->length);
    if (value == NULL) {
        text_append_string(&line, " is not there");
    } else {
        text_append_string(&line, " is ");
        size_t used = utf8_count(text_peek(&line), line.length);
        json_text_brief(&line, value, used + SHORTEST_VALUE < LINE ? LINE - used : SHORTEST_VALUE);
        json_decref(root);
    }
    if (line.failed)
        out->failed = true;
    else if (!has_line(out, line.bytes, line.length)) {
        text_append(out, line.bytes, line.length);
        text_append_char(out, '\n');
    }
    text_free(&line);
}

void condition_explain(const condition *tree, const expr_context *context, text *out) {
    if (tree->kind == CONDITION_REFERENCE)
        explain_reference(tree->reference, context, out);
    for (const condition *part = tree->first; part != NULL; part = part->next)
        condition_explain(part, context, out);
}
