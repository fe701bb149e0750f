/*
 * fix.c: carrying out mends. Nothing but the scalars concerned changes: the result is read again and held against the
 * original, node by node, before anybody writes it to a file.
 */
#include "engine/validate/fix.h"

#include <stdlib.h>
#include <string.h>

static int by_offset(const void *left, const void *right) {
    const text_change *a = *(const text_change *const *)left, *b = *(const text_change *const *)right;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

/* The document's changes in the order of the text, without those that overlap an earlier one. */
static const text_change **choose(const document *owner, const diagnostics *list, size_t from, arena *memory,
                                  size_t *count) {
    const text_change **chosen = arena_array(memory, list->count - from, sizeof *chosen);
    size_t found = 0;
    *count = 0;
    for (size_t i = from; chosen != NULL && i < list->count; i++) {
        const text_change *mend = &list->items[i].mend;
        if (mend->replacement != NULL && strcmp(mend->from.file, document_name(owner)) == 0)
            chosen[found++] = mend;
    }
    if (found > 1)
        qsort(chosen, found, sizeof *chosen, by_offset);
    size_t behind = 0;
    for (size_t i = 0; i < found; i++)
        if (*count == 0 || chosen[i]->offset >= behind) {
            behind = chosen[i]->offset + chosen[i]->length;
            chosen[(*count)++] = chosen[i];
        }
    return chosen;
}

/* ---- The same but for what was changed ---- */

typedef struct comparing {
    const text_change **changes;
    size_t count;
} comparing;

static bool is_to_change(const comparing *c, const node *before) {
    size_t start, end;
    node_span(before, &start, &end);
    for (size_t i = 0; i < c->count; i++)
        if (c->changes[i]->offset < end && c->changes[i]->offset + c->changes[i]->length > start)
            return true;
    return false;
}

static bool same_text(const node *a, const node *b) {
    size_t left, right;
    const char *x = node_source(a, &left), *y = node_source(b, &right);
    return x != NULL && y != NULL && left == right && memcmp(x, y, left) == 0;
}

/* A scalar that is different is one of those that were to be. */
static bool same_nodes(const comparing *c, const node *before, const node *after) {
    node_kind kind = node_type(before);
    if (kind != NODE_SEQUENCE && kind != NODE_MAPPING)
        return (kind == node_type(after) && same_text(before, after)) ||
               (is_to_change(c, before) && node_type(after) == NODE_STRING);
    if (kind == NODE_MAPPING && node_type(after) == NODE_STRING) /* `{$inputs.x}` with quotes */
        return is_to_change(c, before);
    if (node_type(after) != kind || node_count(before) != node_count(after))
        return false;
    for (size_t i = 0; i < node_count(before); i++) {
        bool mapping = kind == NODE_MAPPING;
        if (mapping && !same_text(node_key(before, i), node_key(after, i)))
            return false;
        if (!same_nodes(c, mapping ? node_value(before, i) : node_item(before, i),
                        mapping ? node_value(after, i) : node_item(after, i)))
            return false;
    }
    return true;
}

static bool is_same_document(const document *owner, text *made, const text_change **changes, size_t count) {
    diagnostics unsaid;
    document *again = NULL;
    bool same = false;
    if (diagnostics_init(&unsaid))
        again = document_parse(text_peek(made), made->length, document_name(owner), NULL, &unsaid);
    if (again != NULL) {
        const comparing c = {.changes = changes, .count = count};
        same = same_nodes(&c, document_root(owner), document_root(again));
    }
    made->failed = made->failed || unsaid.no_memory;
    document_free(again);
    diagnostics_free(&unsaid);
    return same;
}

/* ---- The whole ---- */

static void apply(const document *owner, const text_change **changes, size_t count, text *out) {
    size_t length, at = 0;
    const char *bytes = document_text(owner, &length);
    for (size_t i = 0; i < count; i++) {
        text_append(out, bytes + at, changes[i]->offset - at);
        text_append_string(out, changes[i]->replacement);
        at = changes[i]->offset + changes[i]->length;
    }
    text_append(out, bytes + at, length - at);
}

size_t fix_text(const document *owner, const diagnostics *list, size_t from, text *out) {
    arena *memory = arena_new();
    size_t count = 0, before = out->length;
    const text_change **changes = memory == NULL ? NULL : choose(owner, list, from, memory, &count);
    out->failed = out->failed || changes == NULL;
    if (count > 0) {
        apply(owner, changes, count, out);
        if (out->failed || !is_same_document(owner, out, changes, count)) {
            text_truncate(out, before);
            count = 0;
        }
    }
    arena_free(memory);
    return count;
}
