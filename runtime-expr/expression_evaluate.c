/*
 * expression_evaluate.c: what a compiled expression reaches in a context, and its canonical text. Nothing is copied: a
 * value is a reference to where it stands in what the context gave.
 */
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "runtime-expr/expression_internal.h"

/* ---- Evaluation ---- */

static json_t *step_into(json_t *value, const expr_token *token) {
    if (json_is_object(value))
        return json_object_getn(value, token->key, token->length);
    if (json_is_array(value) && token->index != SIZE_MAX)
        return json_array_get(value, token->index);
    return NULL;
}

static json_t *length_of(const json_t *value) {
    if (json_is_array(value))
        return json_integer((json_int_t)json_array_size(value));
    if (json_is_object(value))
        return json_integer((json_int_t)json_object_size(value));
    size_t count = 0;
    for (const char *c = json_string_value(value), *end = c + json_string_length(value); c < end; c++)
        count += ((unsigned char)*c & 0xC0) != 0x80;
    return json_integer((json_int_t)count);
}

static bool is_set_cookie(const char *name) {
    static const char wanted[] = "set-cookie";
    for (size_t i = 0; i < sizeof wanted; i++)
        if ((name[i] >= 'A' && name[i] <= 'Z' ? name[i] + ('a' - 'A') : name[i]) != wanted[i])
            return false;
    return true;
}

/* S8: several values of a header are one, joined; of Set-Cookie it is the first. Releases `values`. */
static json_t *one_header_value(json_t *values, const char *name) {
    json_t *first = json_array_get(values, 0), *joined = NULL;
    if (json_array_size(values) == 1 || (first != NULL && is_set_cookie(name))) {
        joined = json_incref(first);
    } else if (first != NULL) {
        text all = TEXT_EMPTY;
        for (size_t i = 0; i < json_array_size(values); i++) {
            const json_t *value = json_array_get(values, i);
            if (i > 0)
                text_append(&all, ", ", 2);
            if (json_is_string(value))
                text_append(&all, json_string_value(value), json_string_length(value));
        }
        if (!all.failed)
            joined = json_stringn(text_peek(&all), all.length);
        text_free(&all);
    }
    json_decref(values);
    return joined;
}

static bool is_header(expr_root root) {
    return root == EXPR_REQUEST_HEADER || root == EXPR_RESPONSE_HEADER || root == EXPR_MESSAGE_HEADER;
}

bool expression_reach(const expression *compiled, const expr_context *context, json_t **root, json_t **value) {
    *root = *value = NULL;
    size_t used = compiled->name_count - 1;
    const expr_reference *name = compiled->names;
    json_t *found = context->lookup(context->user, name);
    while (found == NULL && used > 0) {
        name++;
        used--;
        found = context->lookup(context->user, name);
    }
    if (found == NULL)
        return true;
    if (is_header(name->root) && json_is_array(found)) {
        bool empty = json_array_size(found) == 0;
        found = one_header_value(found, name->name);
        if (found == NULL)
            return empty;
    }
    json_t *reached = found;
    for (size_t i = used; i < compiled->token_count; i++) {
        json_t *inner = step_into(reached, &compiled->tokens[i]);
        if (inner == NULL && compiled->ends_in_length && i + 1 == compiled->token_count &&
            (json_is_array(reached) || json_is_object(reached) || json_is_string(reached))) {
            json_t *length = length_of(reached);
            json_decref(found);
            *root = *value = length;
            return length != NULL;
        }
        if (inner == NULL) {
            json_decref(found);
            return true;
        }
        reached = inner;
    }
    *root = found;
    *value = reached;
    return true;
}

expr_outcome expression_evaluate(const expression *compiled, const expr_context *context, json_t **value,
                                 expr_failure *failure) {
    (void)failure; /* looking something up does not fail: it is there or not */
    json_t *root, *reached;
    *value = NULL;
    if (!expression_reach(compiled, context, &root, &reached))
        return EXPR_OUT_OF_MEMORY;
    if (reached == NULL)
        return EXPR_NOTHING;
    *value = json_incref(reached);
    json_decref(root);
    return EXPR_VALUE;
}

/* ---- Printing ---- */

static const char *const before_name[] = {
    [EXPR_URL] = "$url",
    [EXPR_METHOD] = "$method",
    [EXPR_STATUS_CODE] = "$statusCode",
    [EXPR_SELF] = "$self",
    [EXPR_REQUEST_HEADER] = "$request.header.",
    [EXPR_REQUEST_QUERY] = "$request.query.",
    [EXPR_REQUEST_PATH] = "$request.path.",
    [EXPR_REQUEST_BODY] = "$request.body",
    [EXPR_REQUEST_PAYLOAD] = "$request.payload",
    [EXPR_RESPONSE_HEADER] = "$response.header.",
    [EXPR_RESPONSE_QUERY] = "$response.query.",
    [EXPR_RESPONSE_PATH] = "$response.path.",
    [EXPR_RESPONSE_BODY] = "$response.body",
    [EXPR_RESPONSE_PAYLOAD] = "$response.payload",
    [EXPR_MESSAGE_HEADER] = "$message.header.",
    [EXPR_MESSAGE_QUERY] = "$message.query.",
    [EXPR_MESSAGE_PATH] = "$message.path.",
    [EXPR_MESSAGE_BODY] = "$message.body",
    [EXPR_MESSAGE_PAYLOAD] = "$message.payload",
    [EXPR_INPUTS] = "$inputs.",
    [EXPR_OUTPUTS] = "$outputs.",
    [EXPR_STEPS] = "$steps.",
    [EXPR_WORKFLOWS_INPUTS] = "$workflows.",
    [EXPR_WORKFLOWS_OUTPUTS] = "$workflows.",
    [EXPR_SOURCE_DESCRIPTIONS] = "$sourceDescriptions.",
    [EXPR_COMPONENTS] = "$components.",
};

static const char *between(expr_root root) {
    switch (root) {
    case EXPR_STEPS:
    case EXPR_WORKFLOWS_OUTPUTS:
        return ".outputs.";
    case EXPR_WORKFLOWS_INPUTS:
        return ".inputs.";
    default:
        return ".";
    }
}

/* A query, path or source's name may hold what CHAR writes as an escape. */
static void print_name(text *out, const char *name) {
    static const char escaped[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    for (; *name != '\0'; name++) {
        const char *found = strchr(escaped, *name);
        if (found != NULL) {
            text_append_char(out, '\\');
            text_append_char(out, letters[found - escaped]);
        } else if ((unsigned char)*name < ' ' || *name == '{' || *name == '}') {
            text_append_format(out, "\\u%04x", (unsigned)(unsigned char)*name);
        } else {
            text_append_char(out, *name);
        }
    }
}

char *expression_print(const expression *compiled) {
    text out = TEXT_EMPTY;
    const expr_reference *name = &compiled->names[0];
    text_append_string(&out, before_name[name->root]);
    if (name->owner != NULL) {
        text_append_string(&out, name->owner);
        text_append_string(&out, between(name->root));
    }
    if (name->name != NULL)
        print_name(&out, name->name);
    else if (name->owner != NULL)
        text_truncate(&out, out.length - 1); /* all outputs of a step: no dot after `outputs` */
    size_t first = compiled->name_count - 1;
    if (first < compiled->token_count)
        text_append_char(&out, '#');
    for (size_t i = first; i < compiled->token_count; i++) {
        text_append_char(&out, '/');
        for (size_t j = 0; j < compiled->tokens[i].length; j++) {
            char byte = compiled->tokens[i].key[j];
            if (byte == '~' || byte == '/')
                text_append_string(&out, byte == '~' ? "~0" : "~1");
            else
                text_append_char(&out, byte);
        }
    }
    return text_take(&out, NULL);
}
