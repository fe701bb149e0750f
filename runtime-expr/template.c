/*
 * template.c: finds the expressions within a string: `{$…}` as "Runtime Expressions" of the specification embeds them,
 * and without braces where the default profile takes them (S1). What a part reaches becomes text by S3; the result is
 * never scanned again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime-expr/json_text.h"
#include "runtime-expr/template_internal.h"

static bool is_strict(const template_options *how) {
    return how->options != NULL && how->options->strict;
}

/* Text in braces that was probably meant to be an expression. It stays text (S3). */
static void report_mistyped(const template_options *how, const expression_fault *fault) {
    expression_fault told = *fault;
    snprintf(told.message, sizeof told.message, "this stays text: %.180s", fault->message);
    expression_report_fault(how->options, EXPR_LIBERTY, "S3", how->pointer, &told);
}

/* S1: the problem says how the specification wants it. False when memory is short. */
static bool report_braceless(const template_options *how, const expression *found, bool taken) {
    expression_fault fault = {.offset = found->offset, .length = found->length};
    snprintf(fault.message, sizeof fault.message,
             taken ? "an expression within other text stands in braces"
                   : "this stays text: an expression within other text stands in braces");
    char *printed = expression_print(found);
    if (printed == NULL)
        return false;
    size_t length = strlen(printed);
    if (length < sizeof fault.help / 2 - 16 && found->name_count == 2 && found->token_count == 1) {
        /* `$inputs.name.json`: only the author knows whether `json` is a member */
        size_t shorter = length - found->tokens[0].length - 1;
        snprintf(fault.help, sizeof fault.help, "write '{%s}' or '{%.*s}%s'", printed, (int)shorter, printed,
                 printed + shorter);
    } else if (length < sizeof fault.help - 16) {
        snprintf(fault.help, sizeof fault.help, "write '{%s}'", printed);
    }
    text braced = TEXT_EMPTY;
    text_append_format(&braced, "{%s}", printed);
    free(printed);
    if (taken && found->name_count == 1 && !how->in_place) {
        fault.mend = text_peek(&braced);
        fault.mend_offset = found->offset;
        fault.mend_length = found->length;
    }
    bool good = !braced.failed;
    if (good)
        expression_report_fault(how->options, EXPR_LIBERTY, "S1", how->pointer, &fault);
    text_free(&braced);
    return good;
}

static expr_status braceless_at(arena *memory, const char *bytes, size_t length, size_t offset,
                                const template_options *how, bool report, size_t *taken, template_part *part) {
    size_t extent = expression_extent(bytes, length);
    if (extent == 0)
        return EXPR_OK;
    expression *found;
    expression_fault fault;
    expr_status status = expression_parse(memory, bytes, extent, offset, EXPRESSION_MEMBERS, &found, &fault);
    if (status == EXPR_NO_MEMORY)
        return status;
    if (status == EXPR_INVALID || !expression_is_declared(found, how->options))
        return EXPR_OK;
    if (report && !report_braceless(how, found, !is_strict(how)))
        return EXPR_NO_MEMORY;
    if (report && !is_strict(how))
        expression_tell(found, how->options);
    if (is_strict(how))
        return EXPR_OK;
    *taken = extent;
    *part = (template_part){.bytes = bytes, .length = extent, .embedded = found, .braceless = true};
    return EXPR_OK;
}

/* embedded-expression = "{" expression "}" */
static expr_status embedded_at(arena *memory, const char *bytes, size_t length, size_t offset,
                               const template_options *how, bool report, size_t *taken, template_part *part) {
    size_t end = 1;
    while (end < length && bytes[end] != '{' && bytes[end] != '}')
        end++;
    if (end == length || bytes[end] != '}' || end < 3 || bytes[1] != '$')
        return EXPR_OK;
    expression *found;
    expression_fault fault;
    expr_status status = expression_parse(memory, bytes + 1, end - 1, offset + 1,
                                          is_strict(how) ? EXPRESSION_STRICT : EXPRESSION_MEMBERS, &found, &fault);
    if (status == EXPR_OK) {
        if (report && !expression_accept(found, how->options, how->pointer))
            return EXPR_NO_MEMORY;
        *taken = end + 1;
        *part = (template_part){.bytes = bytes, .length = end + 1, .embedded = found};
        return EXPR_OK;
    }
    if (status == EXPR_NO_MEMORY)
        return status;
    bool is_letter = (bytes[2] >= 'a' && bytes[2] <= 'z') || (bytes[2] >= 'A' && bytes[2] <= 'Z');
    if (report && fault.rule[0] != '\0') {
        expression_report_fault(how->options, EXPR_ERROR, fault.rule, how->pointer, &fault);
        return EXPR_INVALID;
    }
    if (!report || !is_letter)
        return EXPR_OK;
    size_t inner = 0;
    template_part ignored;
    status = how->braceless ? braceless_at(memory, bytes + 1, length - 1, offset + 1, how, false, &inner, &ignored)
                            : EXPR_OK;
    if (status == EXPR_OK && inner == 0)
        report_mistyped(how, &fault);
    return status;
}

expr_status template_expression_at(arena *memory, const char *bytes, size_t length, size_t offset,
                                   const template_options *how, bool report, size_t *taken, template_part *part) {
    *taken = 0;
    if (length == 0)
        return EXPR_OK;
    if (bytes[0] == '{')
        return embedded_at(memory, bytes, length, offset, how, report, taken, part);
    if (bytes[0] == '$' && how->braceless)
        return braceless_at(memory, bytes, length, offset, how, report, taken, part);
    return EXPR_OK;
}

/* ---- Splitting ---- */

typedef struct splitter {
    arena *memory;
    template *out;
    size_t room;
} splitter;

static bool add_part(splitter *s, const template_part *part) {
    template *out = s->out;
    if (out->count == s->room) {
        size_t room = s->room == 0 ? 4 : s->room * 2;
        template_part *parts = arena_array(s->memory, room, sizeof *parts);
        if (parts == NULL)
            return false;
        if (out->count > 0)
            memcpy(parts, out->parts, out->count * sizeof *parts);
        out->parts = parts;
        s->room = room;
    }
    out->expressions += part->embedded != NULL;
    out->parts[out->count++] = *part;
    return true;
}

/* expression-string = *( literal-char / embedded-expression ), where other braces are text */
expr_status template_parse(arena *memory, const char *bytes, size_t length, const template_options *how,
                           template *out) {
    *out = (template){.parts = NULL};
    splitter s = {.memory = memory, .out = out};
    const char *copy = arena_copy(memory, bytes, length);
    if (copy == NULL)
        return EXPR_NO_MEMORY;
    size_t literal = 0, at = 0;
    while (at < length) {
        size_t taken = 0;
        template_part part;
        if (copy[at] == '{' || copy[at] == '$') {
            expr_status status = template_expression_at(memory, copy + at, length - at, at, how, true, &taken, &part);
            if (status != EXPR_OK)
                return status;
        }
        if (taken == 0) {
            at++;
            continue;
        }
        if (at > literal && !add_part(&s, &(template_part){.bytes = copy + literal, .length = at - literal}))
            return EXPR_NO_MEMORY;
        if (!add_part(&s, &part))
            return EXPR_NO_MEMORY;
        at += taken;
        literal = at;
    }
    if (length > literal && !add_part(&s, &(template_part){.bytes = copy + literal, .length = length - literal}))
        return EXPR_NO_MEMORY;
    return EXPR_OK;
}

/* ---- Evaluation ---- */

/*
 * `file-$inputs.name.json`: where a leading part of a name without braces has a scalar value, what follows it cannot be
 * a member of it and is text.
 */
static bool append_leading_part(const template_part *part, const expr_context *context, text *out) {
    const expression *whole = part->embedded;
    for (size_t i = 1; i < whole->name_count; i++) {
        json_t *value = context->lookup(context->user, &whole->names[i]);
        if (value == NULL)
            continue;
        bool scalar = !json_is_object(value) && !json_is_array(value) && !json_is_null(value);
        if (scalar) {
            size_t used = whole->names[i].offset - whole->offset + whole->names[i].length;
            json_text_embed(out, value);
            text_append(out, part->bytes + used, part->length - used);
        }
        json_decref(value);
        return scalar;
    }
    return false;
}

expr_outcome template_part_append(const template_part *part, const expr_context *context, text *out) {
    if (part->embedded == NULL) {
        text_append(out, part->bytes, part->length);
        return EXPR_VALUE;
    }
    json_t *root, *value;
    if (!expression_reach(part->embedded, context, &root, &value)) {
        out->failed = true;
        return EXPR_OUT_OF_MEMORY;
    }
    if (value == NULL)
        return part->braceless && append_leading_part(part, context, out) ? EXPR_VALUE : EXPR_NOTHING;
    json_text_embed(out, value);
    json_decref(root);
    return EXPR_VALUE;
}
