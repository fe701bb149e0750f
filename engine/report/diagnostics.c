/* diagnostics.c: the source line is looked up again by its number: a diagnostic carries only its place. */
#include "engine/report/diagnostics.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/arazzo.h"
#include "engine/report/visible.h"

/* How much of a long line is shown, in characters, and how far before the place it starts. */
enum { LINE_WIDTH = 100, BEFORE = 40 };

static const char *const severity_colors[] = {"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m"};
static const char *const severity_names[] = {"error", "warning", "note"};

/* The line's bytes; a line ends at LF, CR LF or CR. */
static const char *find_line(const char *bytes, size_t length, uint32_t number, size_t *line_length) {
    const char *at = bytes, *end = bytes + length;
    for (uint32_t line = 1; line < number; line++) {
        while (at < end && *at != '\n' && *at != '\r')
            at++;
        if (at == end)
            return NULL;
        at += *at == '\r' && at + 1 < end && at[1] == '\n' ? 2 : 1;
    }
    const char *stop = at;
    while (stop < end && *stop != '\n' && *stop != '\r')
        stop++;
    *line_length = (size_t)(stop - at);
    return at;
}

static void append_padding(text *out, size_t count, char with) {
    for (size_t i = 0; i < count; i++)
        text_append_char(out, with);
}

/* How lines are marked. */
typedef struct marking {
    char sign;
    const char *label; /* behind the marks; may be NULL */
    const char *paint;
    const char *plain;
    int gutter;
} marking;

static void append_source(text *out, const place *where, const char *line, size_t length, const marking *how) {
    char number[16];
    int gutter = how->gutter;
    snprintf(number, sizeof number, "%*u", gutter, where->line);
    size_t first = where->column > LINE_WIDTH - BEFORE ? where->column - BEFORE : 1;
    text shown = TEXT_EMPTY, marks = TEXT_EMPTY;
    if (first > 1)
        text_append_string(&shown, "…"), text_append_char(&marks, ' ');
    size_t column = 1;
    for (size_t at = 0; at < length && column < first + LINE_WIDTH; column++) {
        size_t size;
        text skipped = TEXT_EMPTY;
        size_t width = append_visible_character(column < first ? &skipped : &shown, line + at, length - at, &size);
        text_free(&skipped);
        at += size;
        if (column < first)
            continue;
        bool marked = column >= where->column && column < where->column + (where->length == 0 ? 1 : where->length);
        append_padding(&marks, width, marked ? how->sign : ' ');
        if (at < length && column + 1 == first + LINE_WIDTH)
            text_append_string(&shown, "…");
    }
    if (where->column >= column)
        text_append_char(&marks, how->sign);
    while (marks.length > 0 && marks.bytes[marks.length - 1] == ' ')
        text_truncate(&marks, marks.length - 1);
    text_append_format(out, "%*s |\n%s | %s\n%*s | %s%s%s%s%s\n", gutter, "", number, text_peek(&shown), gutter, "",
                       how->paint, text_peek(&marks), how->label == NULL ? "" : " ",
                       how->label == NULL ? "" : how->label, how->plain);
    text_free(&shown);
    text_free(&marks);
}

/* The line of a place with marks below it, where the text is at hand. */
static void append_place(text *out, const place *where, const marking *how, diagnostic_text *source, void *user) {
    size_t length = 0, line_length = 0;
    const char *bytes =
        where->file == NULL || where->line == 0 || source == NULL ? NULL : source(user, where->file, &length);
    const char *line = bytes == NULL ? NULL : find_line(bytes, length, where->line, &line_length);
    if (line != NULL)
        append_source(out, where, line, line_length, how);
}

/* How many digits the numbers of the lines take. */
static int gutter_of(const diagnostic *entry) {
    uint32_t other = entry->related.label == NULL ? 0 : entry->related.where.line;
    return snprintf(NULL, 0, "%u", entry->where.line > other ? entry->where.line : other);
}

void append_source_lines(text *out, const diagnostic *entry, bool color, diagnostic_text *source, void *user) {
    const char *paint = color ? severity_colors[entry->severity] : "", *plain = color ? "\x1b[0m" : "";
    const place *where = &entry->where;
    marking how = {.sign = '^', .paint = paint, .plain = plain, .gutter = gutter_of(entry)};
    append_place(out, where, &how, source, user);
    if (entry->related.label != NULL) {
        const place *other = &entry->related.where;
        bool same_file = where->file != NULL && other->file != NULL && strcmp(where->file, other->file) == 0;
        if (!same_file && other->file != NULL) {
            text_append_string(out, "  ::: ");
            append_visible_string(out, other->file);
            text_append_format(out, ":%u:%u\n", other->line, other->column);
        }
        how = (marking){.sign = '-',
                        .label = entry->related.label,
                        .paint = color ? "\x1b[1;36m" : "",
                        .plain = plain,
                        .gutter = how.gutter};
        append_place(out, other, &how, source, user);
    }
}

static void append_diagnostic(text *out, const diagnostic *entry, bool color, diagnostic_text *source, void *user) {
    const char *paint = color ? severity_colors[entry->severity] : "", *plain = color ? "\x1b[0m" : "";
    const char *bold = color ? "\x1b[1m" : "";
    const place *where = &entry->where;
    text_append_format(out, "%s%s[%s]%s%s: ", paint, severity_names[entry->severity], entry->code, plain, bold);
    append_visible_string(out, entry->message);
    text_append_format(out, "%s\n", plain);
    if (where->file != NULL) {
        text_append_string(out, "  --> ");
        append_visible_string(out, where->file);
        if (where->line > 0)
            text_append_format(out, ":%u:%u", where->line, where->column);
        text_append_char(out, '\n');
    }
    append_source_lines(out, entry, color, source, user);
    if (entry->help != NULL) {
        text_append_string(out, "  = help: ");
        append_visible_string(out, entry->help);
        text_append_char(out, '\n');
    }
}

/* ---- The same said of several places ---- */

/* More than so many diagnostics are not compared with each other. */
enum { GROUPED = 1000, LISTED = 8 };

static bool says_the_same(const diagnostic *a, const diagnostic *b) {
    bool same_help = a->help == NULL || b->help == NULL ? a->help == b->help : strcmp(a->help, b->help) == 0;
    bool same_file = a->where.file != NULL && b->where.file != NULL && strcmp(a->where.file, b->where.file) == 0;
    return a->severity != DIAGNOSTIC_ERROR && same_file && a->where.line > 0 && b->where.line > 0 && same_help &&
           strcmp(a->code, b->code) == 0 && strcmp(a->message, b->message) == 0;
}

bool diagnostic_was_said(const diagnostics *list, size_t index) {
    for (size_t i = 0; i < index && list->count <= GROUPED; i++)
        if (says_the_same(&list->items[i], &list->items[index]))
            return true;
    return false;
}

void append_other_lines(text *out, const diagnostics *list, size_t index) {
    size_t listed = 0;
    text numbers = TEXT_EMPTY;
    for (size_t i = index + 1; i < list->count && listed <= LISTED && list->count <= GROUPED; i++) {
        if (!says_the_same(&list->items[index], &list->items[i]))
            continue;
        if (listed++ < LISTED)
            text_append_format(&numbers, "%s%u", listed == 1 ? "" : ", ", list->items[i].where.line);
        else
            text_append_string(&numbers, ", …");
    }
    if (listed > 0)
        text_append_format(out, "also in line%s %s", listed == 1 ? "" : "s", text_peek(&numbers));
    out->failed = out->failed || numbers.failed;
    text_free(&numbers);
}

void print_diagnostics(const diagnostics *list, FILE *out, bool color, diagnostic_text *source, void *user) {
    for (size_t i = 0; i < list->count; i++) {
        text shown = TEXT_EMPTY, others = TEXT_EMPTY;
        if (diagnostic_was_said(list, i))
            continue;
        append_diagnostic(&shown, &list->items[i], color, source, user);
        append_other_lines(&others, list, i);
        if (others.length > 0)
            text_append_format(&shown, "  = %s\n", text_peek(&others));
        shown.failed = shown.failed || others.failed;
        text_free(&others);
        fputs(shown.failed ? list->items[i].message : text_peek(&shown), out);
        text_free(&shown);
    }
    fflush(out);
}

json_t *diagnostic_json(const diagnostic *entry) {
    json_t *made = json_pack("{s:s, s:s, s:s}", "code", entry->code, "severity", severity_names[entry->severity],
                             "message", entry->message);
    bool right = made != NULL;
    if (right && entry->where.file != NULL)
        right = json_object_set_new(made, "file", json_string(entry->where.file)) == 0;
    if (right && entry->where.line > 0)
        right = json_object_set_new(made, "line", json_integer(entry->where.line)) == 0 &&
                json_object_set_new(made, "column", json_integer(entry->where.column)) == 0;
    if (right && entry->help != NULL)
        right = json_object_set_new(made, "help", json_string(entry->help)) == 0;
    if (right)
        return made;
    json_decref(made);
    return NULL;
}

/* ---- The public list (engine/arazzo.h) ---- */

arazzo_diagnostics *arazzo_diagnostics_new(void) {
    arazzo_diagnostics *list = calloc(1, sizeof *list);
    if (list != NULL && !diagnostics_init(list)) {
        free(list);
        return NULL;
    }
    return list;
}

void arazzo_diagnostics_free(arazzo_diagnostics *list) {
    if (list == NULL)
        return;
    diagnostics_free(list);
    free(list);
}

size_t arazzo_diagnostics_count(const arazzo_diagnostics *list) {
    return list->count;
}

size_t arazzo_diagnostics_errors(const arazzo_diagnostics *list) {
    return list->errors + list->no_memory;
}

json_t *arazzo_diagnostics_json(const arazzo_diagnostics *list, size_t index) {
    return index < list->count ? diagnostic_json(&list->items[index]) : NULL;
}
