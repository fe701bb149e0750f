/*
 * html_internal.h: what the parts of the HTML report share: a writer that masks and escapes whatever is put into its
 * templates, and the runs with their steps matched to the description.
 */
#ifndef ARAZZO_ENGINE_REPORT_HTML_INTERNAL_H
#define ARAZZO_ENGINE_REPORT_HTML_INTERNAL_H

#include "engine/report/report_internal.h"

/* The style sheet (html.css, from which `make generated` makes html_style.c), and its hash for the page's policy. */
extern const char *const html_style[]; /* lines, NULL-terminated */
extern const char html_style_hash[];

typedef struct html_writer {
    const report_writer *to;
    size_t budget; /* bytes of bodies that the page still takes */
} html_writer;

/* A run of a workflow, and what the page says of it. */
typedef struct html_run {
    const report_document *of;
    const report_run *run;
    size_t number; /* in the page: its anchors are named by it */
    step_results results;
    const workflow **flows; /* by the index of a recorded workflow; NULL: not known */
    size_t requests;
    bool open; /* unfolded when the page is opened */
} html_run;

/* How something ended: the words and classes of the page. */
typedef enum html_state { HTML_GOOD, HTML_BAD, HTML_BROKEN, HTML_RECOVERED, HTML_WARNED, HTML_SKIPPED } html_state;

html_state html_state_of_run(const report_run *run);
html_state html_state_of_status(arazzo_status status);
html_state html_state_of_attempt(const recorded_step *at);
const char *html_state_class(html_state state);
const char *html_state_sign(html_state state);

/* ---- Writing ---- */

/*
 * Writes a template. In it `%s` is a string, masked and escaped, which may be NULL: nothing; `%r` a string as it is:
 * the page's own; `%z` a size_t; `%d` an int; `%p` a double with three decimals; `%t` a duration in seconds; `%i` the
 * sign of an html_state with its class and its words for who cannot see it; `%%` a percent sign.
 */
void html(html_writer *w, const char *template, ...);

/* A body: JSON indented, other text as it is, else an excerpt in hexadecimal. Long ones are cut, with a sentence. */
void html_body(html_writer *w, recorded_bytes body);

/* Outputs: a table of names and values; nothing when there are none. `caption` is ours; NULL where a heading says it.
 */
void html_outputs(html_writer *w, recorded_bytes made, const char *caption);

/* ---- Parts ---- */

void html_timeline(html_writer *w, const html_run *shown);
void html_graphs(html_writer *w, const html_run *shown);
void html_steps(html_writer *w, const html_run *shown);
void html_diagnostics(html_writer *w, const report_document *of);
void html_environment(html_writer *w, const report_set *what);

#endif
