/*
 * query_text.c: queries (JSONPath, XPath) with runtime expressions in them. The specification puts the expressions'
 * values into the text. Here a value that stands for a literal never becomes text of the query: the query refers to it
 * by number, so that a quotation mark in it cannot change the query. What stands for a name or an index has to be one.
 */
#include <stdio.h>
#include <string.h>

#include "runtime-expr/compare.h"
#include "runtime-expr/condition_internal.h"
#include "runtime-expr/json_text.h"
#include "runtime-expr/query_internal.h"

/* ---- Building ---- */

static bool no_memory(query_builder *b) {
    b->status = EXPR_NO_MEMORY;
    return false;
}

expr_status query_problem(const query_options *how, const char *pointer, size_t offset, size_t length,
                          const char *message, const char *help) {
    expression_fault fault = {.offset = offset, .length = length};
    snprintf(fault.message, sizeof fault.message, "%s", message);
    snprintf(fault.help, sizeof fault.help, "%s", help);
    expression_report_fault(how->options, EXPR_ERROR, "", pointer, &fault);
    return EXPR_INVALID;
}

bool query_invalid(query_builder *b, size_t offset, size_t length, const char *message, const char *help) {
    b->status = query_problem(b->how, b->how->pointer, offset, length, message, help);
    return false;
}

static const template_part *keep_part(query_builder *b, const template_part *part) {
    template_part *kept = arena_alloc(b->memory, sizeof *kept);
    if (kept == NULL)
        b->status = EXPR_NO_MEMORY;
    else
        *kept = *part;
    return kept;
}

static bool add_piece(query_builder *b, query_piece piece) {
    query_text *made = b->made;
    if (made->piece_count == b->piece_room) {
        size_t room = b->piece_room == 0 ? 4 : b->piece_room * 2;
        query_piece *pieces = arena_array(b->memory, room, sizeof *pieces);
        if (pieces == NULL)
            return no_memory(b);
        if (made->piece_count > 0)
            memcpy(pieces, made->pieces, made->piece_count * sizeof *pieces);
        made->pieces = pieces;
        b->piece_room = room;
    }
    made->pieces[made->piece_count++] = piece;
    return true;
}

bool query_flush(query_builder *b) {
    if (b->out.failed)
        return no_memory(b);
    if (b->out.length > 0) {
        const char *copy = arena_copy(b->memory, b->out.bytes, b->out.length);
        if (copy == NULL)
            return no_memory(b);
        if (!add_piece(b, (query_piece){.bytes = copy, .length = b->out.length, .offset = b->out_offset}))
            return false;
        text_truncate(&b->out, 0);
    }
    b->out_offset = b->position;
    return true;
}

bool query_add_slot(query_builder *b, const template_part *part, bool as_text, size_t *number) {
    query_text *made = b->made;
    const template_part *kept = keep_part(b, part);
    if (kept == NULL)
        return false;
    if (made->slot_count == b->slot_room) {
        size_t room = b->slot_room == 0 ? 4 : b->slot_room * 2;
        query_slot *slots = arena_array(b->memory, room, sizeof *slots);
        if (slots == NULL)
            return no_memory(b);
        if (made->slot_count > 0)
            memcpy(slots, made->slots, made->slot_count * sizeof *slots);
        made->slots = slots;
        b->slot_room = room;
    }
    *number = made->slot_count++;
    made->slots[*number] = (query_slot){.part = kept, .as_text = as_text};
    return true;
}

bool query_add_name(query_builder *b, const template_part *part, size_t taken, const char *sample) {
    const template_part *kept = keep_part(b, part);
    query_piece piece = {.bytes = sample, .length = strlen(sample), .offset = b->position, .name = kept};
    if (kept == NULL || !query_flush(b) || !add_piece(b, piece))
        return false;
    b->made->has_names = true;
    b->position += taken;
    b->out_offset = b->position;
    return true;
}

bool query_expression_here(query_builder *b, size_t *taken, template_part *part) {
    b->status = template_expression_at(b->memory, b->bytes + b->position, b->length - b->position, b->position,
                                       &b->embedded, true, taken, part);
    return b->status == EXPR_OK;
}

static bool is_space(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* Is the text without the white space around it one expression in braces? */
static bool find_whole(query_builder *b) {
    size_t from = 0, end = b->length, taken;
    template_part part;
    while (end > 0 && is_space(b->bytes[end - 1]))
        end--;
    while (from < end && is_space(b->bytes[from]))
        from++;
    if (end - from < 3 || b->bytes[from] != '{' || b->bytes[end - 1] != '}' ||
        memchr(b->bytes + from + 1, '{', end - from - 1) != NULL)
        return true;
    b->status =
        template_expression_at(b->memory, b->bytes + from, end - from, from, &b->embedded, false, &taken, &part);
    if (b->status != EXPR_OK || taken != end - from)
        return b->status == EXPR_OK;
    b->position = from;
    if (!query_expression_here(b, &taken, &part))
        return false;
    b->made->whole = keep_part(b, &part);
    return b->made->whole != NULL;
}

bool query_start(query_builder *b, arena *memory, const char *bytes, size_t length, const query_options *how,
                 query_text *out) {
    *out = (query_text){.pieces = NULL};
    *b = (query_builder){.memory = memory, .length = length, .how = how, .out = TEXT_EMPTY, .made = out};
    b->embedded =
        (template_options){.options = how->options, .pointer = how->pointer, .braceless = true, .in_place = true};
    b->bytes = arena_copy(memory, bytes, length);
    return b->bytes == NULL ? no_memory(b) : find_whole(b);
}

bool query_end(query_builder *b, bool good) {
    good = good && query_flush(b);
    text_free(&b->out);
    return good;
}

/* ---- Evaluating ---- */

expr_outcome query_part_fails(const template_part *part, const char *message, expr_failure *failure) {
    failure->offset = part->embedded->offset;
    failure->length = part->embedded->length;
    snprintf(failure->message, sizeof failure->message, "%s", message);
    return EXPR_FAILED;
}

static expr_outcome value_text(const template_part *part, const expr_context *context, text *out,
                               expr_failure *failure) {
    expr_outcome outcome = template_part_append(part, context, out);
    if (outcome == EXPR_NOTHING)
        return query_part_fails(part, "this expression reaches nothing", failure);
    return out->failed ? EXPR_OUT_OF_MEMORY : outcome;
}

static expr_outcome append_name(const query_piece *piece, const expr_context *context, query_name_writer *write_name,
                                text *out, expr_failure *failure) {
    text value = TEXT_EMPTY;
    expr_outcome outcome = value_text(piece->name, context, &value, failure);
    if (outcome == EXPR_VALUE && !write_name(piece, &value, out))
        outcome = query_part_fails(piece->name, "its value cannot stand in this place of the query", failure);
    text_free(&value);
    return outcome;
}

expr_outcome query_assemble(const query_text *parts, const expr_context *context, query_name_writer *write_name,
                            text *out, expr_failure *failure) {
    for (size_t i = 0; i < parts->piece_count; i++) {
        const query_piece *piece = &parts->pieces[i];
        expr_outcome outcome = EXPR_VALUE;
        if (piece->name == NULL || context == NULL)
            text_append(out, piece->bytes, piece->length);
        else
            outcome = append_name(piece, context, write_name, out, failure);
        if (outcome != EXPR_VALUE)
            return outcome;
    }
    return out->failed ? EXPR_OUT_OF_MEMORY : EXPR_VALUE;
}

size_t query_original_offset(const query_text *parts, size_t offset) {
    size_t from = 0;
    for (size_t i = 0; i < parts->piece_count; i++) {
        size_t length = parts->pieces[i].length;
        if (offset < from + length || i + 1 == parts->piece_count)
            return parts->pieces[i].offset + (offset - from);
        from += length;
    }
    return 0;
}

expr_outcome query_whole_text(const query_text *parts, const expr_context *context, text *out, expr_failure *failure) {
    return value_text(parts->whole, context, out, failure);
}

json_t *query_slot_value(const query_slot *slot, json_t *value) {
    if (slot->as_text) {
        text embedded = TEXT_EMPTY;
        json_text_embed(&embedded, value);
        json_t *made = embedded.failed ? NULL : json_stringn_nocheck(text_peek(&embedded), embedded.length);
        text_free(&embedded);
        return made;
    }
    if (slot->part->braceless || !json_is_string(value))
        return json_incref(value);
    const char *bytes = json_string_value(value);
    bool is_integer;
    json_int_t integer;
    double real;
    if (number_parse(bytes, json_string_length(value), &is_integer, &integer, &real))
        return is_integer ? json_integer(integer) : json_real(real);
    if (strcmp(bytes, "true") == 0 || strcmp(bytes, "false") == 0)
        return json_boolean(bytes[0] == 't');
    return strcmp(bytes, "null") == 0 ? json_null() : json_incref(value);
}

void query_explain(const query_text *parts, const expr_context *context, text *out) {
    if (parts->whole != NULL)
        explain_reference(parts->whole->embedded, context, out);
    for (size_t i = 0; i < parts->slot_count; i++)
        explain_reference(parts->slots[i].part->embedded, context, out);
    for (size_t i = 0; i < parts->piece_count; i++)
        if (parts->pieces[i].name != NULL)
            explain_reference(parts->pieces[i].name->embedded, context, out);
}
