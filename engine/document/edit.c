/*
 * edit.c: changing a part of a scalar's value where it stands in the text, by the rules of the scalar's style (YAML
 * 1.2.2, chapters 7 and 8; RFC 8259): quotes are doubled or escaped, a plain scalar that could not stay plain gets
 * quotes, a block scalar loses its final line break with the value.
 *
 * What is around the scalar stays as it is, byte for byte.
 */
#include <string.h>

#include "base/text.h"
#include "engine/document/document_internal.h"

typedef struct editing {
    const document *owner;
    const node *value;
    size_t from; /* the part of the text that is replaced */
    size_t end;
    const char *replacement;
    text out;
} editing;

static bool is_control(unsigned char byte) {
    return byte < ' ' || byte == 0x7F;
}

/* Line breaks would need indentation, and white space at an end is lost where lines fold. */
static bool is_difficult(const char *bytes) {
    size_t length = strlen(bytes);
    if (length == 0 || bytes[0] == ' ' || bytes[length - 1] == ' ')
        return true;
    for (; *bytes != '\0'; bytes++)
        if (is_control((unsigned char)*bytes))
            return true;
    return false;
}

/* ---- Plain scalars ---- */

/* Does the node lie within `{…}` or `[…]`? There, commas and brackets end a plain scalar. */
static bool is_in_flow(const document *owner, const node *at, uint32_t offset) {
    bool sequence = at->kind == NODE_SEQUENCE;
    if ((!sequence && at->kind != NODE_MAPPING) || offset < at->start || offset >= at->end)
        return false;
    if (owner->text[at->start] == '{' || owner->text[at->start] == '[')
        return true;
    for (size_t i = 0; i < at->count; i++)
        if (is_in_flow(owner, sequence ? at->as.items[i] : at->as.mapping.entries[i].value, offset))
            return true;
    return false;
}

/* May the value stand without quotes, and is it a string then? Where in doubt: no. */
static bool is_plain(const editing *e, const text *whole) {
    const char *bytes = text_peek(whole);
    size_t length = whole->length;
    if (length == 0 || e->replacement[0] == '#' || strchr(",[]{}#&*!|>'\"%@`-?: ", bytes[0]) != NULL ||
        bytes[length - 1] == ':' || bytes[length - 1] == ' ' || strstr(bytes, ": ") != NULL ||
        strstr(bytes, " #") != NULL)
        return false;
    if (is_in_flow(e->owner, e->owner->root, e->value->start) && strpbrk(bytes, ",[]{}?") != NULL)
        return false;
    node typed = {.kind = NODE_STRING, .source = bytes, .count = (uint32_t)length};
    type_plain_scalar(&typed);
    return typed.kind == NODE_STRING;
}

/* The value after the change. */
static void append_value(const editing *e, size_t offset, size_t length, text *out) {
    const node *value = e->value;
    text_append(out, value->source, offset);
    text_append_string(out, e->replacement);
    text_append(out, value->source + offset + length, value->count - offset - length);
}

static void append_doubled(text *out, const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        text_append_char(out, bytes[i]);
        if (bytes[i] == '\'')
            text_append_char(out, '\'');
    }
}

/* Lines of a plain scalar fold as those of a quoted one do, so they may stay where they are. */
static void quote_plain(editing *e) {
    const char *bytes = e->owner->text;
    size_t start = e->value->start, end = e->value->end;
    text_append_char(&e->out, '\'');
    append_doubled(&e->out, bytes + start, e->from - start);
    append_doubled(&e->out, e->replacement, strlen(e->replacement));
    append_doubled(&e->out, bytes + e->end, end - e->end);
    text_append_char(&e->out, '\'');
    e->from = start;
    e->end = end;
}

static void edit_plain(editing *e, size_t offset, size_t length) {
    text whole = TEXT_EMPTY;
    append_value(e, offset, length, &whole);
    if (is_plain(e, &whole))
        text_append_string(&e->out, e->replacement);
    else
        quote_plain(e);
    e->out.failed = e->out.failed || whole.failed;
    text_free(&whole);
}

/* ---- Quoted and block scalars ---- */

static void append_escaped(text *out, const char *bytes) {
    for (; *bytes != '\0'; bytes++) {
        if (*bytes == '"' || *bytes == '\\')
            text_append_char(out, '\\');
        text_append_char(out, *bytes);
    }
}

/*
 * Without the value's last line break, the header says so: `|-`. The header is an indicator, a digit and a sign of how
 * the end is chomped, in any order.
 */
static void edit_block(editing *e, size_t offset, size_t length) {
    const char *text_bytes = e->owner->text;
    bool to_the_end = offset + length == e->value->count && length > 0 && e->value->source[e->value->count - 1] == '\n';
    if (to_the_end) {
        size_t start = e->value->start, header = start + 1;
        text_append_char(&e->out, text_bytes[start]);
        while (header < e->from && strchr("+-0123456789", text_bytes[header]) != NULL) {
            if (text_bytes[header] != '+' && text_bytes[header] != '-')
                text_append_char(&e->out, text_bytes[header]);
            header++;
        }
        text_append_char(&e->out, '-');
        text_append(&e->out, text_bytes + header, e->from - header);
        e->from = start;
    }
    text_append_string(&e->out, e->replacement);
}

/* ---- The whole ---- */

static bool finish(editing *e, text_change *out) {
    bool right = !e->out.failed;
    place from = place_at(e->owner, e->from, 0), end = place_at(e->owner, e->end, 0);
    *out = (text_change){.offset = e->from,
                         .length = e->end - e->from,
                         .from = from,
                         .end_line = end.line,
                         .end_column = end.column,
                         .replacement = right ? text_take(&e->out, NULL) : NULL};
    text_free(&e->out);
    return out->replacement != NULL;
}

bool node_edit(const document *owner, const node *value, size_t offset, size_t length, const char *replacement,
               text_change *out) {
    *out = (text_change){.replacement = NULL};
    if (value->kind != NODE_STRING || offset > value->count || length > value->count - offset ||
        is_difficult(replacement))
        return true;
    size_t last = offset + length;
    while (last > offset && value->source[last - 1] == '\n')
        last--;
    editing e = {.owner = owner, .value = value, .replacement = replacement, .out = TEXT_EMPTY};
    e.from = source_offset(owner, value, offset);
    e.end = source_offset(owner, value, last);
    switch ((node_style)value->style) {
    case STYLE_PLAIN:
        edit_plain(&e, offset, length);
        break;
    case STYLE_SINGLE_QUOTED:
        append_doubled(&e.out, replacement, strlen(replacement));
        break;
    case STYLE_DOUBLE_QUOTED:
        append_escaped(&e.out, replacement);
        break;
    default:
        edit_block(&e, offset, length);
    }
    return finish(&e, out);
}

bool node_quote(const document *owner, const node *value, text_change *out) {
    *out = (text_change){.replacement = NULL};
    if (value->kind == NODE_MAPPING || value->kind == NODE_SEQUENCE || value->kind == NODE_STRING ||
        value->kind == NODE_NULL)
        return true; /* no value is no text */
    editing e = {.owner = owner, .value = value, .from = value->start, .end = value->end, .out = TEXT_EMPTY};
    text_append_format(&e.out, "\"%s\"", value->source);
    return finish(&e, out);
}

bool node_quote_braces(const document *owner, const node *value, text_change *out) {
    *out = (text_change){.replacement = NULL};
    if (value->kind != NODE_MAPPING || value->count != 1)
        return true;
    const node *key = value->as.mapping.entries[0].key;
    editing e = {.owner = owner, .value = value, .from = value->start, .end = value->end, .out = TEXT_EMPTY};
    bool bare = key->style == STYLE_PLAIN && e.end - e.from == (size_t)key->count + 2 && key->start == e.from + 1 &&
                strpbrk(key->source, "\"\\") == NULL;
    if (!bare)
        return true;
    text_append_format(&e.out, "\"{%s}\"", key->source);
    return finish(&e, out);
}
