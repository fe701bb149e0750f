/* run_text_live.c: the live line: one line, never wrapped, drawn over itself. */
#include <math.h>

#include "base/columns.h"
#include "engine/report/run_text_internal.h"

enum { USUAL_WIDTH = 80, FRAMES_A_SECOND = 10 };

static const char *const frames[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};

/* "in 3 s", rounded up, so that it never says 0. */
static void append_remaining(text *out, double seconds) {
    double whole = ceil(seconds);
    whole = whole < 1 ? 1 : whole;
    if (whole >= 100)
        text_append_format(out, " in %.0f min %.0f s", floor(whole / 60), fmod(whole, 60));
    else
        text_append_format(out, " in %.0f s", whole);
}

static void append_received(text *out, const run_text_progress *progress) {
    if (progress->received == 0)
        return;
    text_append_string(out, "  ");
    append_size(out, progress->received);
    if (progress->expected < progress->received || progress->expected == 0)
        return;
    text_append_string(out, " of ");
    append_size(out, progress->expected);
}

void run_text_tick(run_text *printer, const run_text_progress *progress) {
    if (!printer->live || printer->quiet || printer->under_way.length == 0)
        return;
    size_t columns = printer->columns > 0 ? printer->columns : USUAL_WIDTH;
    text tail = TEXT_EMPTY, line = TEXT_EMPTY, what = TEXT_EMPTY;
    if (progress->waiting)
        append_remaining(&tail, progress->seconds);
    else
        text_append_format(&tail, "  %.1f s", progress->seconds);
    append_received(&tail, progress);
    text_append(&tail, text_peek(&printer->under_way_after), printer->under_way_after.length);
    size_t frame = (size_t)(fabs(progress->seconds) * FRAMES_A_SECOND) % (sizeof frames / sizeof *frames);
    size_t taken = 4 + columns_count(text_peek(&tail), tail.length) + 1; /* the last column stays free */
    size_t room = columns > taken ? columns - taken : 0;
    text_append(&what, text_peek(&printer->under_way), printer->under_way.length);
    shorten(&what, room);
    text_append_string(&line, "\r  ");
    append_toned(printer, &line, CYAN, frames[frame]);
    text_append_char(&line, ' ');
    text_append(&line, text_peek(&what), what.length);
    size_t left = columns > 5 ? columns - 5 : 0;
    text_append(&line, text_peek(&tail), columns_fit(text_peek(&tail), tail.length, left));
    text_append_string(&line, "\x1b[K");
    if (!line.failed && !what.failed && !tail.failed) {
        fwrite(text_peek(&line), 1, line.length, printer->out);
        fflush(printer->out);
        printer->drawn = true;
    }
    text_free(&line);
    text_free(&what);
    text_free(&tail);
}

void run_text_clear(run_text *printer) {
    if (!printer->drawn)
        return;
    fputs("\r\x1b[K", printer->out);
    fflush(printer->out);
    printer->drawn = false;
}
