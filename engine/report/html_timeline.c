/*
 * html_timeline.c: a run as a timeline: a row for each attempt at a step and for each workflow that is called, with a
 * bar from its start to its end.
 *
 * Bars are lines with round ends in SVG, placed in percent of the run's time: they need no script, no style attribute
 * and no fixed width, and what took no time can still be seen.
 */
#include <math.h>

#include "engine/report/html_internal.h"

/* A run that loops has thousands of attempts: the first ones are drawn. */
enum { ROWS = 200, TICKS = 5 };

typedef struct scale {
    double whole; /* seconds; 0: no clock */
} scale;

static double percent(scale of, double seconds) {
    double part = of.whole <= 0 ? 0 : 100 * seconds / of.whole;
    return part < 0 ? 0 : part > 100 ? 100 : part;
}

static double end_of(const recorded_step *at) {
    double end = at->started + at->seconds;
    return end < at->answered ? at->answered : end;
}

static scale scale_of(const recording *events) {
    scale made = {.whole = events->seconds};
    for (const recorded_step *at = events->steps; at != NULL; at = at->next)
        if (end_of(at) > made.whole)
            made.whole = end_of(at);
    return made;
}

static void put_bar(html_writer *w, scale of, const char *kind, const char *state, double from, double to) {
    html(w, "<line class=\"%r%r\" x1=\"%p%%\" x2=\"%p%%\" y1=\"50%%\" y2=\"50%%\"/>", kind, state, percent(of, from),
         percent(of, to));
}

/* ---- The axis ---- */

/* 1, 2 or 5 times a power of ten, so that at most TICKS of them fit. */
static double tick_of(scale of) {
    double least = of.whole / TICKS, power = pow(10, floor(log10(least)));
    static const double steps[] = {1, 2, 5, 10};
    size_t i = 0;
    while (i < 3 && steps[i] * power < least)
        i++;
    return steps[i] * power;
}

static void append_tick(text *out, double seconds, double tick) {
    if (tick >= 1)
        text_append_format(out, "%.0f s", seconds);
    else if (tick >= 1e-3)
        text_append_format(out, "%.0f ms", seconds * 1e3);
    else
        text_append_format(out, "%.*f ms", tick < 1e-4 ? 2 : 1, seconds * 1e3);
}

static void put_axis(html_writer *w, scale of) {
    if (of.whole <= 0)
        return;
    double tick = tick_of(of);
    html(w, "<svg class=\"axis\" aria-hidden=\"true\" focusable=\"false\">");
    for (size_t i = 0; (double)i * tick <= of.whole * 0.98; i++) {
        text label = TEXT_EMPTY;
        double at = (double)i * tick;
        append_tick(&label, at, tick);
        html(w, "<line x1=\"%p%%\" x2=\"%p%%\" y1=\"18\" y2=\"100%%\"/><text x=\"%p%%\" y=\"11\"%r>%r</text>",
             percent(of, at), percent(of, at), percent(of, at), i == 0 ? " class=\"first\"" : "", text_peek(&label));
        text_free(&label);
    }
    html(w, "</svg>\n");
}

/* ---- Rows ---- */

/* How deep a row is indented: the style sheet knows six levels. */
static size_t level_of(size_t depth) {
    return depth < 6 ? depth : 6;
}

static void put_workflow(html_writer *w, scale of, const recorded_workflow *at) {
    html(w, "<li class=\"call in%z\"><span class=\"name\"><span class=\"kind\">workflow</span> %s</span>",
         level_of(at->depth), at->id);
    html(w, "<svg class=\"track\" aria-hidden=\"true\" focusable=\"false\">");
    put_bar(w, of, "span", "", at->started, at->started + at->seconds);
    html(w, "</svg><span class=\"time\">%t</span></li>\n", at->seconds);
}

static void put_step(html_writer *w, const html_run *shown, scale of, const recorded_step *at) {
    html_state state = html_state_of_attempt(at);
    html(w, "<li class=\"in%z\"><span class=\"name\">%i <a href=\"#r%zs%z\">%s</a>",
         level_of(at->workflow == NULL ? 0 : at->workflow->depth), (int)state, shown->number, at->index, at->id);
    if (at->attempt > 1)
        html(w, " <span class=\"again\">attempt %z</span>", (size_t)at->attempt);
    html(w, "</span><svg class=\"track\" aria-hidden=\"true\" focusable=\"false\">");
    if (at->waited > 0)
        put_bar(w, of, "wait", "", end_of(at), end_of(at) + at->waited);
    put_bar(w, of, "own ", html_state_class(state), at->started, end_of(at));
    if (at->method != NULL)
        put_bar(w, of, "sent ", html_state_class(state), at->sent, at->answered > at->sent ? at->answered : at->sent);
    html(w, "</svg><span class=\"time\">%t</span></li>\n", end_of(at) - at->started);
}

/* Workflows and steps in the order in which they started. A workflow that is called starts after its caller did. */
static size_t put_rows(html_writer *w, const html_run *shown, scale of) {
    const recording *events = shown->run->events;
    const recorded_workflow *flow = events->workflows;
    size_t rows = 0;
    for (const recorded_step *at = events->steps; at != NULL && rows < ROWS; at = at->next, rows++) {
        size_t reached = at->workflow == NULL ? 0 : at->workflow->index;
        for (; flow != NULL && flow->index <= reached; flow = flow->next)
            if (flow->index > 0)
                put_workflow(w, of, flow);
        put_step(w, shown, of, at);
    }
    return rows;
}

void html_timeline(html_writer *w, const html_run *shown) {
    const recording *events = shown->run->events;
    scale of = scale_of(events);
    if (events->steps == NULL)
        return;
    html(
        w,
        "<section class=\"card timeline\" aria-labelledby=\"r%zt\"><h3 id=\"r%zt\">Timeline</h3>\n<div class=\"rows\">",
        shown->number, shown->number);
    put_axis(w, of);
    html(w, "<ol>\n");
    size_t rows = put_rows(w, shown, of);
    html(w, "</ol></div>\n");
    if (rows < events->step_count)
        html(w, "<p class=\"note\">The first %z of %z attempts are drawn.</p>\n", rows, events->step_count);
    html(w, "</section>\n");
}
