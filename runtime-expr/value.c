/*
 * value.c: what stands where the specification says `Any | {expression} | Selector Object`: literals, expressions,
 * templates, Selector Objects, and structures of them. Keys are never evaluated.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime-expr/json_text.h"
#include "runtime-expr/selector_internal.h"
#include "runtime-expr/template_internal.h"

/* A document's own limit is lower. */
enum { DEEPEST = 512 };

typedef enum value_kind {
    VALUE_LITERAL,
    VALUE_EXPRESSION,
    VALUE_TEMPLATE,
    VALUE_SELECTOR, /* `expression` is its context */
    VALUE_ARRAY,
    VALUE_OBJECT
} value_kind;

typedef struct value_member {
    const char *key; /* NULL in an array */
    size_t key_length;
    expr_value *value;
} value_member;

struct expr_value {
    value_kind kind;
    json_t *literal; /* a reference of its own */
    expression *expression;
    template template;
    selector *selector;
    const char *selector_text;
    value_member *members;
    size_t count;
    arena *memory; /* of the whole: in its root only */
};

typedef struct compiler {
    arena *memory;
    const expr_options *options;
    bool selectors;
    text pointer;
    size_t depth;
} compiler;

static expr_status compile_value(compiler *c, json_t *literal, expr_value **out);

/* ---- Strings ---- */

/* A whole string that was probably meant to be an expression: `$response.boddy#/x`. It is text. */
static void report_mistyped(const compiler *c, const expression_fault *fault) {
    expression_fault told = *fault;
    snprintf(told.message, sizeof told.message, "this stays text: %.180s", fault->message);
    expression_report_fault(c->options, EXPR_LIBERTY, "S3", text_peek(&c->pointer), &told);
}

static expr_status compile_string(compiler *c, json_t *literal, expr_value *out) {
    const char *bytes = json_string_value(literal);
    size_t length = json_string_length(literal);
    bool strict = c->options != NULL && c->options->strict;
    expression_fault fault = {.rule = ""};
    expr_status status = EXPR_INVALID;
    if (length > 1 && bytes[0] == '$')
        status = expression_parse(c->memory, bytes, length, 0, strict ? EXPRESSION_STRICT : EXPRESSION_MEMBERS,
                                  &out->expression, &fault);
    if (status == EXPR_OK) {
        out->kind = VALUE_EXPRESSION;
        return expression_accept(out->expression, c->options, text_peek(&c->pointer)) ? EXPR_OK : EXPR_NO_MEMORY;
    }
    if (status == EXPR_NO_MEMORY)
        return status;
    if (fault.rule[0] != '\0') {
        expression_report_fault(c->options, EXPR_ERROR, fault.rule, text_peek(&c->pointer), &fault);
        return EXPR_INVALID;
    }
    template_options how = {.options = c->options, .pointer = text_peek(&c->pointer), .braceless = true};
    status = template_parse(c->memory, bytes, length, &how, &out->template);
    if (status != EXPR_OK)
        return status;
    if (out->template.expressions > 0)
        out->kind = VALUE_TEMPLATE;
    else if (expression_seems_meant(bytes, length))
        report_mistyped(c, &fault);
    return EXPR_OK;
}

/* ---- Structures ---- */

/* Adds a reference token to the pointer for problems; returns the length to go back to. */
static size_t descend(compiler *c, const char *key, size_t length) {
    size_t before = c->pointer.length;
    text_append_char(&c->pointer, '/');
    for (size_t i = 0; i < length; i++) {
        if (key[i] == '~' || key[i] == '/')
            text_append_string(&c->pointer, key[i] == '~' ? "~0" : "~1");
        else
            text_append_char(&c->pointer, key[i]);
    }
    return before;
}

static expr_status compile_member(compiler *c, const char *key, size_t length, json_t *literal, expr_value **out) {
    size_t before = descend(c, key, length);
    expr_status status = c->pointer.failed ? EXPR_NO_MEMORY : compile_value(c, literal, out);
    text_truncate(&c->pointer, before);
    return status;
}

static bool all_literal(const expr_value *value) {
    for (size_t i = 0; i < value->count; i++)
        if (value->members[i].value->kind != VALUE_LITERAL)
            return false;
    return true;
}

static expr_status compile_array(compiler *c, json_t *literal, expr_value *out) {
    size_t count = json_array_size(literal);
    out->members = arena_array(c->memory, count, sizeof *out->members);
    if (out->members == NULL)
        return EXPR_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        char index[24];
        int length = snprintf(index, sizeof index, "%zu", i);
        out->count++;
        expr_status status =
            compile_member(c, index, (size_t)length, json_array_get(literal, i), &out->members[i].value);
        if (status != EXPR_OK)
            return status;
    }
    out->kind = all_literal(out) ? VALUE_LITERAL : VALUE_ARRAY;
    return EXPR_OK;
}

static expr_status compile_object(compiler *c, json_t *literal, expr_value *out) {
    out->members = arena_array(c->memory, json_object_size(literal), sizeof *out->members);
    if (out->members == NULL)
        return EXPR_NO_MEMORY;
    for (void *place = json_object_iter(literal); place != NULL; place = json_object_iter_next(literal, place)) {
        value_member *member = &out->members[out->count++];
        const char *key = json_object_iter_key(place);
        member->key_length = json_object_iter_key_len(place);
        member->key = arena_copy(c->memory, key, member->key_length);
        if (member->key == NULL)
            return EXPR_NO_MEMORY;
        expr_status status = compile_member(c, key, member->key_length, json_object_iter_value(place), &member->value);
        if (status != EXPR_OK)
            return status;
    }
    out->kind = all_literal(out) ? VALUE_LITERAL : VALUE_OBJECT;
    return EXPR_OK;
}

/* ---- Selector Objects ---- */

/*
 * An object with an expression as `context`, a string as `selector`, a known `type`, and nothing else but extensions.
 * All else is a structure that happens to have these names.
 */
static bool is_selector(json_t *literal) {
    static const char *const types[] = {"jsonpath", "xpath", "jsonpointer"};
    const json_t *context = json_object_get(literal, "context");
    json_t *type = json_object_get(literal, "type");
    const char *name = json_string_value(json_is_object(type) ? json_object_get(type, "type") : type);
    if (!json_is_string(context) || json_string_value(context)[0] != '$' ||
        !json_is_string(json_object_get(literal, "selector")) || name == NULL)
        return false;
    size_t fields = 0;
    for (void *place = json_object_iter(literal); place != NULL; place = json_object_iter_next(literal, place))
        fields += strncmp(json_object_iter_key(place), "x-", 2) != 0;
    for (size_t i = 0; fields == 3 && i < sizeof types / sizeof *types; i++)
        if (strcmp(name, types[i]) == 0)
            return true;
    return false;
}

/* The pointer of a member, in the arena: problems of the selector are reported under it. */
static const char *member_pointer(compiler *c, const char *key) {
    size_t before = descend(c, key, strlen(key));
    const char *copy = c->pointer.failed ? NULL : arena_copy(c->memory, c->pointer.bytes, c->pointer.length);
    text_truncate(&c->pointer, before);
    return copy;
}

/* `$steps.login.outputs`: the context is an object with all outputs, which the grammar cannot name (S9). */
static void report_unnamed_output(const compiler *c, const expression *context, const char *pointer) {
    const expr_reference *reference = expression_reference(context);
    if (reference->root != EXPR_STEPS || reference->name != NULL)
        return;
    expression_fault fault = {.offset = 0, .length = context->length};
    snprintf(fault.message, sizeof fault.message, "an expression names one output of a step, not all of them");
    snprintf(fault.help, sizeof fault.help, "select from one output: '$steps.%.60s.outputs.NAME'", reference->owner);
    expression_report_fault(c->options, EXPR_LIBERTY, "S9", pointer, &fault);
}

static expr_status compile_selector(compiler *c, json_t *literal, expr_value *out) {
    const json_t *context = json_object_get(literal, "context"), *query = json_object_get(literal, "selector");
    json_t *type = json_object_get(literal, "type");
    const json_t *version = json_object_get(type, "version");
    const char *name = json_string_value(json_is_object(type) ? json_object_get(type, "type") : type);
    const char *context_pointer = member_pointer(c, "context"), *query_pointer = member_pointer(c, "selector"),
               *type_pointer = member_pointer(c, "type");
    if (context_pointer == NULL || query_pointer == NULL || type_pointer == NULL)
        return EXPR_NO_MEMORY;
    bool strict = c->options != NULL && c->options->strict;
    expression_fault fault;
    expr_status status = expression_parse(c->memory, json_string_value(context), json_string_length(context), 0,
                                          strict ? EXPRESSION_STRICT : EXPRESSION_CONTEXT, &out->expression, &fault);
    if (status == EXPR_INVALID)
        expression_report_fault(c->options, EXPR_ERROR, fault.rule, context_pointer, &fault);
    if (status != EXPR_OK)
        return status;
    report_unnamed_output(c, out->expression, context_pointer);
    if (!expression_accept(out->expression, c->options, context_pointer))
        return EXPR_NO_MEMORY;
    out->selector_text = arena_copy(c->memory, json_string_value(query), json_string_length(query));
    if (out->selector_text == NULL)
        return EXPR_NO_MEMORY;
    out->kind = VALUE_SELECTOR;
    return selector_compile_at(name, json_string_value(version), json_string_value(query), json_string_length(query),
                               c->options, query_pointer, type_pointer, &out->selector);
}

/* ---- Any ---- */

static expr_status compile_value(compiler *c, json_t *literal, expr_value **out) {
    expr_value *value = arena_alloc(c->memory, sizeof *value);
    if (value == NULL)
        return EXPR_NO_MEMORY;
    *out = value;
    value->literal = json_incref(literal);
    value->kind = VALUE_LITERAL;
    if (++c->depth > DEEPEST) {
        expression_fault fault = {.message = "nested too deeply"};
        expression_report_fault(c->options, EXPR_ERROR, "", "", &fault);
        return EXPR_INVALID;
    }
    expr_status status = EXPR_OK;
    if (json_is_string(literal))
        status = compile_string(c, literal, value);
    else if (json_is_array(literal))
        status = compile_array(c, literal, value);
    else if (json_is_object(literal))
        status = c->selectors && is_selector(literal) ? compile_selector(c, literal, value)
                                                      : compile_object(c, literal, value);
    c->depth--;
    return status;
}

expr_status expr_value_compile(json_t *literal, bool selectors, const expr_options *options, expr_value **out) {
    arena *memory = arena_new();
    if (memory == NULL)
        return EXPR_NO_MEMORY;
    compiler c = {.memory = memory, .options = options, .selectors = selectors, .pointer = TEXT_EMPTY};
    expr_value *root = NULL;
    expr_status status = compile_value(&c, literal, &root);
    text_free(&c.pointer);
    if (root == NULL) {
        arena_free(memory);
        return status;
    }
    root->memory = memory;
    if (status == EXPR_OK)
        *out = root;
    else
        expr_value_free(root);
    return status;
}

static void release(expr_value *value) {
    if (value == NULL)
        return;
    json_decref(value->literal);
    selector_free(value->selector);
    for (size_t i = 0; i < value->count; i++)
        release(value->members[i].value);
}

void expr_value_free(expr_value *compiled) {
    if (compiled == NULL)
        return;
    arena *memory = compiled->memory;
    release(compiled);
    arena_free(memory);
}

bool expr_value_is_literal(const expr_value *compiled) {
    return compiled->kind == VALUE_LITERAL;
}

/* ---- Evaluation ---- */

typedef struct evaluation {
    const expr_context *context;
    void (*missing)(void *user, const char *expression_text);
    void *user;
    expr_failure *failure;
} evaluation;

static expr_outcome evaluate(const evaluation *e, const expr_value *value, json_t **out);

static expr_outcome not_there(const evaluation *e, const char *expression_text) {
    if (e->missing != NULL)
        e->missing(e->user, expression_text);
    return EXPR_NOTHING;
}

static expr_outcome too_large(const evaluation *e) {
    *e->failure = (expr_failure){.offset = 0};
    snprintf(e->failure->message, sizeof e->failure->message, JSON_TOO_LARGE);
    return EXPR_FAILED;
}

static expr_outcome evaluate_template(const evaluation *e, const template *parts, json_t **out) {
    text whole = TEXT_EMPTY;
    expr_outcome outcome = EXPR_VALUE;
    for (size_t i = 0; i < parts->count && whole.length <= JSON_LARGEST_BYTES; i++)
        if (template_part_append(&parts->parts[i], e->context, &whole) == EXPR_NOTHING)
            outcome = not_there(e, parts->parts[i].embedded->text);
    if (whole.length > JSON_LARGEST_BYTES) {
        text_free(&whole);
        return too_large(e);
    }
    if (outcome == EXPR_VALUE)
        *out = whole.failed ? NULL : json_stringn_nocheck(text_peek(&whole), whole.length);
    if (whole.failed || (outcome == EXPR_VALUE && *out == NULL))
        outcome = EXPR_OUT_OF_MEMORY;
    text_free(&whole);
    return outcome;
}

static expr_outcome evaluate_selector(const evaluation *e, const expr_value *value, json_t **out) {
    json_t *root, *subject;
    if (!expression_reach(value->expression, e->context, &root, &subject))
        return EXPR_OUT_OF_MEMORY;
    if (subject == NULL || json_is_null(subject)) {
        json_decref(root);
        return not_there(e, value->expression->text);
    }
    expr_outcome outcome = selector_select(value->selector, subject, e->context, out, e->failure);
    json_decref(root);
    return outcome == EXPR_NOTHING ? not_there(e, value->selector_text) : outcome;
}

/* Within a structure a member that reaches nothing is null. */
static expr_outcome evaluate_member(const evaluation *e, const expr_value *value, json_t **out) {
    expr_outcome outcome = evaluate(e, value, out);
    if (outcome != EXPR_NOTHING)
        return outcome;
    *out = json_null();
    return EXPR_VALUE;
}

static expr_outcome evaluate_structure(const evaluation *e, const expr_value *value, json_t **out) {
    json_t *structure = value->kind == VALUE_ARRAY ? json_array() : json_object();
    if (structure == NULL)
        return EXPR_OUT_OF_MEMORY;
    for (size_t i = 0; i < value->count; i++) {
        const value_member *member = &value->members[i];
        json_t *inner = NULL;
        expr_outcome outcome = evaluate_member(e, member->value, &inner);
        if (outcome == EXPR_VALUE) {
            int bad = member->key == NULL ? json_array_append_new(structure, inner)
                                          : json_object_setn_new(structure, member->key, member->key_length, inner);
            outcome = bad ? EXPR_OUT_OF_MEMORY : EXPR_VALUE;
        }
        if (outcome != EXPR_VALUE) {
            json_decref(structure);
            return outcome;
        }
    }
    *out = structure;
    return EXPR_VALUE;
}

static expr_outcome evaluate(const evaluation *e, const expr_value *value, json_t **out) {
    switch (value->kind) {
    case VALUE_EXPRESSION: {
        expr_outcome outcome = expression_evaluate(value->expression, e->context, out, e->failure);
        return outcome == EXPR_NOTHING ? not_there(e, value->expression->text) : outcome;
    }
    case VALUE_TEMPLATE:
        return evaluate_template(e, &value->template, out);
    case VALUE_SELECTOR:
        return evaluate_selector(e, value, out);
    case VALUE_ARRAY:
    case VALUE_OBJECT:
        return evaluate_structure(e, value, out);
    default:
        *out = json_incref(value->literal);
        return EXPR_VALUE;
    }
}

expr_outcome expr_value_evaluate(const expr_value *compiled, const expr_context *context,
                                 void (*missing)(void *user, const char *expression_text), void *user, json_t **value,
                                 expr_failure *failure) {
    evaluation e = {.context = context, .missing = missing, .user = user, .failure = failure};
    *value = NULL;
    expr_outcome outcome = evaluate(&e, compiled, value);
    if (outcome == EXPR_VALUE && compiled->kind != VALUE_LITERAL && !json_text_is_bounded(*value)) {
        json_decref(*value);
        outcome = too_large(&e);
    }
    if (outcome != EXPR_VALUE)
        *value = NULL;
    return outcome;
}
