/*
 * diff.c: a line that differs is followed by the nearest lines that agree again. That is the shortest diff where few
 * lines change, which is what it is for.
 */
#include "engine/report/diff.h"

#include <stdlib.h>
#include <string.h>

enum { CONTEXT = 3, NEAREST = 400 };

typedef struct lines {
    const char *bytes;
    size_t length;
    size_t *starts; /* one more than there are lines */
    size_t count;
} lines;

/* Lines [before, before_end) became lines [after, after_end). */
typedef struct change {
    size_t before, before_end, after, after_end;
} change;

typedef struct changes {
    change *items;
    size_t count;
    size_t capacity;
} changes;

static bool split(lines *made, const char *bytes, size_t length) {
    size_t count = 1;
    for (size_t i = 0; i < length; i++)
        count += bytes[i] == '\n';
    *made = (lines){.bytes = bytes, .length = length, .starts = calloc(count + 1, sizeof *made->starts)};
    if (made->starts == NULL)
        return false;
    for (size_t at = 0; at < length;) {
        const char *end = memchr(bytes + at, '\n', length - at);
        at = end == NULL ? length : (size_t)(end - bytes) + 1;
        made->starts[++made->count] = at;
    }
    return true;
}

static bool same_line(const lines *a, size_t i, const lines *b, size_t j) {
    size_t length = a->starts[i + 1] - a->starts[i];
    return length == b->starts[j + 1] - b->starts[j] &&
           memcmp(a->bytes + a->starts[i], b->bytes + b->starts[j], length) == 0;
}

/* The nearest place at which two lines agree: the fewest lines passed over in both together. */
static void find_agreement(const lines *a, size_t *i, const lines *b, size_t *j) {
    size_t left_a = a->count - *i, left_b = b->count - *j;
    for (size_t passed = 1; passed <= left_a + left_b && passed < NEAREST; passed++)
        for (size_t k = passed > left_b ? passed - left_b : 0; k <= passed && k <= left_a; k++) {
            size_t x = *i + k, y = *j + passed - k;
            bool ends = x == a->count && y == b->count;
            if (ends || (x < a->count && y < b->count && same_line(a, x, b, y))) {
                *i = x;
                *j = y;
                return;
            }
        }
    *i = a->count;
    *j = b->count;
}

static bool add_change(changes *list, change made) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        change *items = realloc(list->items, capacity * sizeof *items);
        if (items == NULL)
            return false;
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = made;
    return true;
}

static bool find_changes(const lines *a, const lines *b, changes *list) {
    size_t i = 0, j = 0;
    while (i < a->count || j < b->count) {
        if (i < a->count && j < b->count && same_line(a, i, b, j)) {
            i++;
            j++;
            continue;
        }
        change made = {.before = i, .after = j};
        find_agreement(a, &i, b, &j);
        made.before_end = i;
        made.after_end = j;
        if (!add_change(list, made))
            return false;
    }
    return true;
}

static void append_lines(text *out, const lines *from, size_t first, size_t end, char sign) {
    for (size_t i = first; i < end; i++) {
        size_t length = from->starts[i + 1] - from->starts[i];
        text_append_char(out, sign);
        text_append(out, from->bytes + from->starts[i], length);
        if (from->bytes[from->starts[i] + length - 1] != '\n')
            text_append_string(out, "\n\\ No newline at end of file\n");
    }
}

static void append_range(text *out, char sign, size_t first, size_t count) {
    text_append_format(out, "%c%zu", sign, count == 0 ? first : first + 1);
    if (count != 1)
        text_append_format(out, ",%zu", count);
}

/* Changes [from, end), which are close enough to share a hunk. */
static void append_hunk(text *out, const lines *a, const lines *b, const change *from, size_t count) {
    const change *last = &from[count - 1];
    size_t start = from->before > CONTEXT ? from->before - CONTEXT : 0, shift = from->before - start;
    size_t end = last->before_end + CONTEXT < a->count ? last->before_end + CONTEXT : a->count;
    size_t after_start = from->after - shift, after_end = last->after_end + (end - last->before_end);
    text_append_string(out, "@@ ");
    append_range(out, '-', start, end - start);
    text_append_char(out, ' ');
    append_range(out, '+', after_start, after_end - after_start);
    text_append_string(out, " @@\n");
    for (size_t i = 0; i < count; i++) {
        append_lines(out, a, start, from[i].before, ' ');
        append_lines(out, a, from[i].before, from[i].before_end, '-');
        append_lines(out, b, from[i].after, from[i].after_end, '+');
        start = from[i].before_end;
    }
    append_lines(out, a, start, end, ' ');
}

void diff_append(const char *name, const char *before, size_t before_length, const char *after, size_t after_length,
                 text *out) {
    lines a = {.starts = NULL}, b = {.starts = NULL};
    changes list = {.items = NULL};
    if (!split(&a, before, before_length) || !split(&b, after, after_length) || !find_changes(&a, &b, &list))
        out->failed = true;
    if (list.count > 0)
        text_append_format(out, "--- %s\n+++ %s\n", name, name);
    for (size_t i = 0, next; i < list.count && !out->failed; i = next) {
        for (next = i + 1;
             next < list.count && list.items[next].before - list.items[next - 1].before_end <= 2 * CONTEXT;)
            next++;
        append_hunk(out, &a, &b, &list.items[i], next - i);
    }
    free(a.starts);
    free(b.starts);
    free(list.items);
}
