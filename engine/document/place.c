/*
 * place.c: from bytes to lines and columns, and from an offset within a scalar's value to where it stands in the text:
 * through quotes, escapes, folding and indentation.
 */
#include <string.h>

#include "base/utf8.h"
#include "engine/document/document_internal.h"

static size_t line_of(const document *owner, size_t offset) {
    size_t low = 0, high = owner->line_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (owner->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

place place_at(const document *owner, size_t offset, size_t length) {
    if (offset > owner->length)
        offset = owner->length;
    if (length > owner->length - offset)
        length = owner->length - offset;
    size_t line = line_of(owner, offset);
    const char *start = owner->text + owner->lines[line];
    return (place){.file = owner->name,
                   .line = (uint32_t)line + 1,
                   .column = (uint32_t)utf8_count(start, offset - owner->lines[line]) + 1,
                   .length = (uint32_t)utf8_count(owner->text + offset, length)};
}

/* The part of [start, end) that stands on the first line. */
static size_t on_first_line(const document *owner, size_t start, size_t end) {
    size_t line = line_of(owner, start);
    size_t next = line + 1 < owner->line_count ? owner->lines[line + 1] : owner->length;
    if (end <= next && (end < next || end == owner->length))
        return end - start;
    while (next > start && (owner->text[next - 1] == '\n' || owner->text[next - 1] == '\r'))
        next--;
    return next - start;
}

place node_place(const document *owner, const node *value) {
    bool scalar = value->kind != NODE_SEQUENCE && value->kind != NODE_MAPPING;
    size_t length = scalar ? on_first_line(owner, value->start, value->end) : 1;
    return place_at(owner, value->start, length);
}

void node_span(const node *value, size_t *start, size_t *end) {
    *start = value->start;
    *end = value->end;
}

bool node_contains(const node *outer, const node *inner) {
    return inner->start >= outer->start && inner->start < outer->end;
}

/* ---- Within a scalar ---- */

typedef struct cursor {
    const char *text;
    size_t at;
    size_t end;
    size_t indent; /* of a block scalar's content */
    bool block;
} cursor;

static bool is_break(char byte) {
    return byte == '\n' || byte == '\r';
}

static void skip_break(cursor *c) {
    c->at += c->text[c->at] == '\r' && c->at + 1 < c->end && c->text[c->at + 1] == '\n' ? 2 : 1;
}

/* Behind a line break: a block scalar's indentation, or all white space of a flow scalar. */
static void skip_indentation(cursor *c) {
    for (size_t i = 0; c->at < c->end && (c->block ? i < c->indent && c->text[c->at] == ' '
                                                   : c->text[c->at] == ' ' || c->text[c->at] == '\t');
         i++)
        c->at++;
}

/* The spaces that the value's first line that is not empty begins with: beyond the indentation, which `|2` may give. */
static size_t own_spaces(const node *value) {
    size_t at = 0, start = 0;
    while (at < value->count && (value->source[at] == '\n' || value->source[at] == ' '))
        if (value->source[at++] == '\n')
            start = at;
    return at - start;
}

/* A block scalar's content starts behind its header line; its first line that is not empty tells the indentation. */
static void enter_block(cursor *c, const node *value) {
    while (c->at < c->end && !is_break(c->text[c->at]))
        c->at++;
    size_t probe = c->at;
    while (probe < c->end) {
        size_t spaces = 0;
        while (probe < c->end && is_break(c->text[probe]))
            probe++;
        while (probe + spaces < c->end && c->text[probe + spaces] == ' ')
            spaces++;
        c->indent = spaces;
        probe += spaces;
        if (probe >= c->end || !is_break(c->text[probe]))
            break;
    }
    size_t own = own_spaces(value);
    c->indent -= own < c->indent ? own : c->indent;
    if (c->at < c->end)
        skip_break(c);
    skip_indentation(c);
}

/* How many bytes the escape at the cursor takes. */
static size_t escape_length(const cursor *c) {
    char kind = c->at + 1 < c->end ? c->text[c->at + 1] : '\0';
    return kind == 'x' ? 4 : kind == 'u' ? 6 : kind == 'U' ? 10 : 2;
}

/* Moves behind what stands for one byte of the value. */
static void advance(cursor *c, node_style style, char byte) {
    if (c->at >= c->end)
        return;
    char here = c->text[c->at];
    if (style == STYLE_SINGLE_QUOTED && here == '\'' && c->at + 1 < c->end && c->text[c->at + 1] == '\'') {
        c->at += 2;
        return;
    }
    if (is_break(here)) {
        skip_break(c);
        skip_indentation(c);
        return;
    }
    c->at++;
    /* A fold: the space stands for the line break, and what surrounds it is not part of the value. */
    if (!c->block && byte == ' ')
        while (c->at < c->end && is_break(c->text[c->at])) {
            skip_break(c);
            skip_indentation(c);
        }
}

/* Skips what stands in the text before the value's next byte and is not part of it: escaped line breaks, blank folded
 * lines. */
static void settle(cursor *c, node_style style, char byte) {
    if (style == STYLE_DOUBLE_QUOTED)
        while (c->at + 1 < c->end && c->text[c->at] == '\\' && is_break(c->text[c->at + 1])) {
            c->at++;
            skip_break(c);
            skip_indentation(c);
        }
    if (byte == ' ' || byte == '\n' || byte == '\t')
        return;
    while (c->at < c->end && is_break(c->text[c->at])) {
        skip_break(c);
        skip_indentation(c);
    }
}

size_t source_offset(const document *owner, const node *value, size_t offset) {
    cursor c = {.text = owner->text, .at = value->start, .end = value->end};
    node_style style = (node_style)value->style;
    c.block = style == STYLE_LITERAL || style == STYLE_FOLDED;
    if (c.block)
        enter_block(&c, value);
    else if (style != STYLE_PLAIN)
        c.at++;
    for (size_t i = 0; i < offset && i < value->count; i++) {
        settle(&c, style, value->source[i]);
        if (style == STYLE_DOUBLE_QUOTED && c.at < c.end && c.text[c.at] == '\\') {
            uint32_t code_point;
            size_t bytes = utf8_decode(value->source + i, value->count - i, &code_point);
            size_t length = escape_length(&c);
            if (i + bytes > offset || bytes == 0)
                return c.at;
            c.at += bytes == 4 && length == 6 ? 12 : length; /* a surrogate pair is two escapes */
            i += bytes - 1;
            continue;
        }
        advance(&c, style, value->source[i]);
    }
    if (offset < value->count)
        settle(&c, style, value->source[offset]);
    return c.at < value->end ? c.at : value->end;
}

place node_place_within(const document *owner, const node *value, size_t offset, size_t length) {
    if (value->kind != NODE_STRING || offset > value->count)
        return node_place(owner, value);
    size_t start = source_offset(owner, value, offset);
    size_t end = source_offset(owner, value, offset + length);
    return place_at(owner, start, on_first_line(owner, start, end < start ? start : end));
}
