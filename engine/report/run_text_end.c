/* run_text_end.c: what is printed when a run is over: how it ended, and what it gave. */
#include <string.h>

#include "base/columns.h"
#include "engine/report/run_text_internal.h"
#include "runtime-expr/json_text.h"

static size_t name_width(const run_text *printer, const json_t *given) {
    const char *name;
    json_t *value;
    size_t width = 0;
    json_object_foreach((json_t *)given, name, value) {
        text shown = TEXT_EMPTY;
        append_data_string(printer, &shown, name);
        size_t own = columns_count(text_peek(&shown), shown.length);
        width = own > width ? own : width;
        text_free(&shown);
    }
    return width;
}

void run_text_outputs(const run_text *printer, FILE *out, size_t columns, size_t indent, const json_t *given) {
    run_text plain = {.out = out};
    const char *name;
    json_t *value;
    text lines = TEXT_EMPTY;
    size_t width = name_width(printer, given);
    json_object_foreach((json_t *)given, name, value) {
        text shown = TEXT_EMPTY, written = TEXT_EMPTY;
        append_data_string(printer, &shown, name);
        append_spaces(&lines, indent);
        text_append(&lines, text_peek(&shown), shown.length);
        append_spaces(&lines, width + 2 - columns_count(text_peek(&shown), shown.length));
        json_text_append(&written, value);
        append_data(printer, &lines, text_peek(&written), written.length);
        text_append_char(&lines, '\n');
        lines.failed = lines.failed || shown.failed || written.failed;
        text_free(&shown);
        text_free(&written);
    }
    print_lines(&plain, out, columns, &lines);
}

static void append_count(text *out, size_t count, const char *one, const char *many) {
    text_append_format(out, ", %zu %s", count, count == 1 ? one : many);
}

void run_text_summary(run_text *printer, const char *workflow_id, arazzo_status status, bool interrupted,
                      double seconds) {
    static const struct {
        const char *word;
        tone shade;
    } words[] = {{"running", YELLOW}, {"success", GREEN}, {"failure", RED}, {"error", RED}};
    run_text_clear(printer);
    if (printer->quiet && status == ARAZZO_SUCCESS)
        return;
    text line = TEXT_EMPTY;
    text_append_string(&line, tone_begin(printer, BOLD));
    append_toned(printer, &line, interrupted ? YELLOW : words[status].shade,
                 interrupted ? "interrupted" : words[status].word);
    text_append_string(&line, ": ");
    append_data_string(printer, &line, workflow_id);
    append_count(&line, printer->steps, "step", "steps");
    if (printer->retries > 0)
        append_count(&line, printer->retries, "retry", "retries");
    text_append_string(&line, " in ");
    append_duration(&line, seconds);
    text_append_char(&line, '\n');
    print_lines(printer, printer->out, printer->columns, &line);
}
