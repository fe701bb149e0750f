/* run_text_line.c: what lines are made of, and how they are made to fit a terminal. */
#include <string.h>

#include "base/columns.h"
#include "engine/report/run_text_internal.h"
#include "engine/report/visible.h"

enum { LEAST_WIDTH = 20 };

static const char more[] = "…"; /* one column */

/* ---- Leaves ---- */

const char *tone_begin(const run_text *printer, tone wanted) {
    static const char *const sequences[] = {"\x1b[0m",  "\x1b[1m",  "\x1b[2m", "\x1b[32m",
                                            "\x1b[31m", "\x1b[33m", "\x1b[36m"};
    return printer->color ? sequences[wanted] : "";
}

void append_toned(const run_text *printer, text *out, tone wanted, const char *string) {
    bool colored = wanted != PLAIN;
    text_append_format(out, "%s%s%s", colored ? tone_begin(printer, wanted) : "", string,
                       colored ? tone_begin(printer, PLAIN) : "");
}

void append_spaces(text *out, size_t count) {
    while (count-- > 0)
        text_append_char(out, ' ');
}

void append_data(const run_text *printer, text *out, const char *bytes, size_t length) {
    text masked = TEXT_EMPTY;
    mask_text(printer->secrets, bytes, length, &masked);
    append_visible(out, text_peek(&masked), masked.length);
    out->failed = out->failed || masked.failed;
    text_free(&masked);
}

void append_data_string(const run_text *printer, text *out, const char *string) {
    append_data(printer, out, string, strlen(string));
}

void append_status(const run_text *printer, text *out, int status) {
    char shown[16];
    snprintf(shown, sizeof shown, "%d", status);
    append_toned(printer, out, status < 300 ? GREEN : status < 400 ? CYAN : status < 500 ? YELLOW : RED, shown);
}

void append_duration(text *out, double seconds) {
    if (seconds >= 1)
        text_append_format(out, "%.2f s", seconds);
    else
        text_append_format(out, "%.1f ms", seconds * 1000);
}

void append_size(text *out, size_t bytes) {
    static const char *const units[] = {"kB", "MB", "GB", "TB"};
    double size = (double)bytes / 1000;
    size_t unit = 0;
    if (bytes < 1000) {
        text_append_format(out, "%zu B", bytes);
        return;
    }
    while (size >= 999.95 && unit + 1 < sizeof units / sizeof *units) {
        size /= 1000;
        unit++;
    }
    text_append_format(out, "%.1f %s", size, units[unit]);
}

void shorten(text *line, size_t most) {
    const char *bytes = text_peek(line);
    if (columns_count(bytes, line->length) <= most)
        return;
    const char *host = strstr(bytes, "://"), *path = host == NULL ? NULL : strchr(host + 3, '/'), *start = host;
    while (start != NULL && start > bytes && start[-1] != ' ')
        start--;
    text made = TEXT_EMPTY;
    if (path != NULL) {
        text_append(&made, bytes, (size_t)(start - bytes));
        text_append_string(&made, more);
    }
    text_append_string(&made, path != NULL ? path : bytes);
    if (columns_count(text_peek(&made), made.length) > most) {
        text_truncate(&made, columns_fit(text_peek(&made), made.length, most > 0 ? most - 1 : 0));
        text_append_string(&made, most > 0 ? more : "");
    }
    made.failed = made.failed || line->failed;
    text_free(line);
    *line = made;
}

size_t step_indent(const arazzo_event *event) {
    return 2 + event->depth * 4;
}

/* ---- Paragraphs ---- */

typedef struct paragraph {
    text *out;
    size_t columns;
    size_t indent;
    size_t at; /* the column that comes next */
} paragraph;

static void break_line(paragraph *of) {
    text_append_char(of->out, '\n');
    append_spaces(of->out, of->indent);
    of->at = of->indent;
}

/* One word; a word longer than a line is broken where the line is full. */
static void append_word(paragraph *of, const char *word, size_t length) {
    size_t width = columns_count(word, length);
    if (of->at > of->indent && of->at + width > of->columns)
        break_line(of);
    while (of->at + width > of->columns) {
        size_t room = of->at < of->columns ? of->columns - of->at : 1;
        size_t taken = columns_fit(word, length, room < 2 ? 2 : room);
        text_append(of->out, word, taken);
        word += taken;
        length -= taken;
        width = columns_count(word, length);
        if (length > 0)
            break_line(of);
        else
            return;
    }
    text_append(of->out, word, length);
    of->at += width;
}

static void append_words(paragraph *of, const char *words, size_t length) {
    for (size_t at = 0; at < length;) {
        const char *space = memchr(words + at, ' ', length - at);
        size_t size = space == NULL ? length - at : (size_t)(space - words) - at;
        append_word(of, words + at, size);
        at += size;
        while (at < length && words[at] == ' ' && of->at < of->columns) {
            text_append_char(of->out, ' ');
            of->at++;
            at++;
        }
        while (of->at >= of->columns && at < length && words[at] == ' ')
            at++;
    }
}

/* A line break and the indentation after it are one space: conditions are often folded over lines. */
static void unfold(text *out, const char *string) {
    while (*string != '\0') {
        size_t length = strcspn(string, "\n");
        text_append(out, string, length);
        string += length;
        size_t space = strspn(string, "\n ");
        if (space > 0 && string[space] != '\0')
            text_append_char(out, ' ');
        string += space;
    }
}

void append_paragraph(const run_text *printer, text *out, size_t at, size_t indent, const char *string) {
    text line = TEXT_EMPTY, shown = TEXT_EMPTY;
    unfold(&line, string);
    append_data(printer, &shown, text_peek(&line), line.length);
    if (printer->columns == 0) {
        text_append(out, text_peek(&shown), shown.length);
    } else {
        size_t columns = printer->columns < LEAST_WIDTH ? LEAST_WIDTH : printer->columns;
        size_t most = columns > LEAST_WIDTH ? columns - LEAST_WIDTH : 0;
        paragraph of = {.out = out, .columns = columns, .indent = indent < most ? indent : most, .at = at};
        append_words(&of, text_peek(&shown), shown.length);
    }
    out->failed = out->failed || line.failed || shown.failed;
    text_free(&line);
    text_free(&shown);
}

/* ---- Printing ---- */

/* The bytes of a colour sequence that begins here; 0: none does. Only our own: data has been made visible. */
static size_t sequence_length(const char *bytes, size_t length) {
    if (length < 3 || bytes[0] != '\x1b' || bytes[1] != '[')
        return 0;
    size_t size = 2;
    while (size < length && bytes[size] != 'm')
        size++;
    return size < length ? size + 1 : length;
}

/* The line, cut where the terminal ends. Colours take no room, and those after the cut still count. */
static void append_cut(text *out, const char *line, size_t length, size_t columns) {
    text plain = TEXT_EMPTY;
    for (size_t at = 0, size; at < length; at += size) {
        size = sequence_length(line + at, length - at);
        if (size > 0)
            continue;
        size = 1;
        text_append_char(&plain, line[at]);
    }
    bool fits = columns_count(text_peek(&plain), plain.length) <= columns;
    size_t kept = fits ? plain.length : columns_fit(text_peek(&plain), plain.length, columns - 1), shown = 0;
    for (size_t at = 0; at < length;) {
        size_t size = sequence_length(line + at, length - at);
        if (size > 0) {
            text_append(out, line + at, size);
            at += size;
            continue;
        }
        if (shown < kept)
            text_append_char(out, line[at]);
        else if (shown == kept)
            text_append_string(out, more);
        shown++;
        at++;
    }
    out->failed = out->failed || plain.failed;
    text_free(&plain);
}

static void append_all_cut(text *out, const text *lines, size_t columns) {
    const char *bytes = text_peek(lines);
    for (size_t at = 0; at < lines->length;) {
        const char *end = memchr(bytes + at, '\n', lines->length - at);
        size_t size = end == NULL ? lines->length - at : (size_t)(end - bytes) - at;
        append_cut(out, bytes + at, size, columns);
        if (end != NULL)
            text_append_char(out, '\n');
        at += size + (end != NULL);
    }
}

void print_lines(run_text *printer, FILE *out, size_t columns, text *lines) {
    text cut = TEXT_EMPTY;
    run_text_clear(printer);
    if (columns > 1)
        append_all_cut(&cut, lines, columns);
    else
        text_append(&cut, text_peek(lines), lines->length);
    if (lines->failed || cut.failed)
        fputs("(memory ran short)\n", out);
    else
        fwrite(text_peek(&cut), 1, cut.length, out);
    fflush(out);
    text_free(&cut);
    text_free(lines);
}

void tell(run_text *printer, text *lines) {
    if (!printer->quiet) {
        print_lines(printer, printer->out, printer->columns, lines);
        return;
    }
    text_append(&printer->held, text_peek(lines), lines->length);
    printer->held.failed = printer->held.failed || lines->failed;
    text_free(lines);
}
