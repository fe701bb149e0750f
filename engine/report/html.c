/*
 * html.c: runs as one page for people: it needs nothing but itself, works from a file, and has no script.
 *
 * The page's policy (Content-Security-Policy) allows its own style sheet, by its hash, and nothing else: whatever a
 * document or a server smuggled in could neither run nor load anything. Everything that comes from them goes through
 * html() (html_text.c).
 */
#include <string.h>

#include "engine/report/html_internal.h"

#ifndef ARAZZO_VERSION
#define ARAZZO_VERSION "0"
#endif

/* Bodies of a page all together; and how many runs are unfolded from the start. */
enum { BODIES = 8 << 20, UNFOLDED = 4 };

typedef struct totals {
    size_t runs;
    size_t of[REPORT_OUTCOMES];
    size_t refused; /* documents that could not be used */
} totals;

/* ---- The runs ---- */

static bool prepare_run(html_writer *w, html_run *made, const report_document *of, const report_run *run) {
    const recording *events = run->events;
    made->of = of;
    made->run = run;
    made->flows = arena_array(w->to->memory, events->workflow_count + 1, sizeof *made->flows);
    for (const recorded_step *at = events->steps; at != NULL; at = at->next)
        made->requests += at->method != NULL;
    return made->flows != NULL && report_steps(run, w->to->memory, &made->results);
}

/* Every run of every document; NULL when memory is short. */
static html_run *prepare(html_writer *w, const report_set *what, totals *sums) {
    for (size_t i = 0; i < what->document_count; i++) {
        sums->runs += what->documents[i].run_count;
        sums->refused += what->documents[i].run_count == 0;
    }
    html_run *runs = arena_array(w->to->memory, sums->runs + 1, sizeof *runs);
    size_t number = 0;
    for (size_t i = 0; runs != NULL && i < what->document_count; i++)
        for (size_t j = 0; j < what->documents[i].run_count; j++, number++) {
            const report_run *run = &what->documents[i].runs[j];
            if (!prepare_run(w, &runs[number], &what->documents[i], run))
                return NULL;
            runs[number].number = number;
            runs[number].open = sums->runs <= UNFOLDED;
            sums->of[report_outcome_of(run)]++;
        }
    return runs;
}

static size_t failures(const totals *sums) {
    return sums->of[REPORT_FAILED] + sums->of[REPORT_ERROR] + sums->refused;
}

static size_t successes(const totals *sums) {
    return sums->of[REPORT_PASSED] + sums->of[REPORT_FLAKY];
}

static bool has_failed(const html_run *shown) {
    report_outcome outcome = report_outcome_of(shown->run);
    return outcome == REPORT_FAILED || outcome == REPORT_ERROR;
}

/* ---- The head ---- */

static void put_head(html_writer *w, const char *sign, const char *title) {
    html(w,
         "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '%r'; base-uri 'none'; "
         "form-action 'none'\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
         "<meta name=\"generator\" content=\"arazzo " ARAZZO_VERSION "\">\n<title>%r %s</title>\n<style>\n",
         html_style_hash, sign, title);
    for (const char *const *line = html_style; *line != NULL; line++)
        html(w, "%r\n", *line);
    html(w, "</style>\n</head>\n<body>\n<a class=\"skip-link\" href=\"#content\">Skip to the content</a>\n");
}

static void put_fact(html_writer *w, const char *name, size_t count) {
    html(w, "<div><dt>%r</dt><dd>%z</dd></div>", name, count);
}

static void put_times(html_writer *w, double began, double seconds) {
    text at = TEXT_EMPTY;
    append_time(&at, began, false);
    html(w, "<div><dt>Time</dt><dd>%t</dd></div>", seconds);
    if (began > 0)
        html(w, "<div><dt>Began (UTC)</dt><dd><time datetime=\"%rZ\">", text_peek(&at));
    if (began > 0 && !at.failed) {
        at.bytes[strcspn(at.bytes, "T")] = ' ';
        html(w, "%r</time></dd></div>", text_peek(&at));
    }
    w->to->out->failed = w->to->out->failed || at.failed;
    text_free(&at);
}

static void put_run_facts(html_writer *w, const html_run *shown) {
    const recording *events = shown->run->events;
    const step_results *results = &shown->results;
    html(w, "<dl class=\"facts\">");
    put_fact(w, "Steps", results->count - results->not_reached);
    if (results->not_reached > 0)
        put_fact(w, "Not reached", results->not_reached);
    put_fact(w, "Requests", shown->requests);
    put_times(w, events->began, events->seconds);
    html(w, "</dl>\n");
}

static const char *word_of(const html_run *shown) {
    static const char *const words[REPORT_OUTCOMES] = {"Succeeded", "Succeeded when it was carried out again", "Failed",
                                                       "Could not go on", "Not carried out"};
    return words[report_outcome_of(shown->run)];
}

static void put_single_header(html_writer *w, const html_run *shown) {
    html_state state = html_state_of_run(shown->run);
    html(w,
         "<header class=\"top %r\"><div class=\"wide\"><p class=\"file\">%s</p><h1>%s</h1><p class=\"verdict\">%i "
         "%r</p>\n",
         has_failed(shown) ? "bad" : "good", shown->of->file, shown->run->events->workflow_id, (int)state,
         word_of(shown));
    put_run_facts(w, shown);
    html(w, "</div></header>\n");
}

/* A bar of what succeeded, what failed and what was left out. */
static void put_proportion(html_writer *w, const totals *sums) {
    size_t all = sums->runs + sums->refused;
    double whole = all == 0 ? 1 : (double)all / 100;
    double good = (double)successes(sums) / whole, bad = (double)failures(sums) / whole;
    html(w,
         "<svg class=\"share\" role=\"img\" aria-label=\"%z of %z succeeded\"><rect class=\"good\" width=\"%p%%\" "
         "height=\"100%%\"/><rect class=\"bad\" x=\"%p%%\" width=\"%p%%\" height=\"100%%\"/></svg>\n",
         successes(sums), all, good, good, bad);
}

static void put_header_of_many(html_writer *w, const report_set *what, const totals *sums) {
    static const char *const words[REPORT_OUTCOMES] = {"Succeeded", "Succeeded when carried out again", "Failed",
                                                       "Could not go on", "Not carried out"};
    bool good = failures(sums) == 0;
    html(w, "<header class=\"top %r\"><div class=\"wide\"><p class=\"file\">", good ? "good" : "bad");
    if (what->document_count == 1)
        html(w, "%s", what->documents[0].file);
    else
        html(w, "%z documents", what->document_count);
    if (good)
        html(w, "</p><h1>%z workflow%r succeeded</h1>\n", successes(sums), successes(sums) == 1 ? "" : "s");
    else
        html(w, "</p><h1>%z of %z failed</h1>\n", failures(sums), sums->runs + sums->refused);
    put_proportion(w, sums);
    html(w, "<dl class=\"facts\">");
    for (size_t i = 0; i < REPORT_OUTCOMES; i++)
        if (sums->of[i] > 0)
            put_fact(w, words[i], sums->of[i]);
    if (sums->refused > 0)
        put_fact(w, "Unusable documents", sums->refused);
    put_times(w, what->began, what->seconds);
    html(w, "</dl></div></header>\n");
}

/* ---- The summary of many ---- */

/* Why a run failed: the first step that is to blame, and what it saw. */
static void put_reason(html_writer *w, const report_run *run, const step_results *results) {
    for (size_t i = 0; i < results->count; i++) {
        const step_result *result = &results->items[i];
        if (result->outcome != STEP_FAILED && result->outcome != STEP_BROKEN)
            continue;
        text why = TEXT_EMPTY;
        report_reason(result, run->events, &why);
        html(w, "<p class=\"why\"><code>%s</code> %s</p>", result->name, text_peek(&why));
        w->to->out->failed = w->to->out->failed || why.failed;
        text_free(&why);
        break;
    }
}

/* When the run was going on, within the time of all of them. */
static void put_when(html_writer *w, const report_set *what, const recording *events, const char *class_name) {
    double from = what->seconds <= 0 ? 0 : 100 * (events->began - what->began) / what->seconds;
    double to = what->seconds <= 0 ? 0 : from + 100 * events->seconds / what->seconds;
    from = from < 0 ? 0 : from > 100 ? 100 : from;
    to = to < from ? from : to > 100 ? 100 : to;
    html(
        w,
        "<svg class=\"track\" aria-hidden=\"true\" focusable=\"false\"><line class=\"sent %r\" x1=\"%p%%\" x2=\"%p%%\" "
        "y1=\"50%%\" y2=\"50%%\"/></svg>",
        class_name, from, to);
}

static void put_summary_row(html_writer *w, const report_set *what, const html_run *shown) {
    const recording *events = shown->run->events;
    html_state state = html_state_of_run(shown->run);
    html(w, "<tr><td>%i</td><th scope=\"row\"><a href=\"#r%z\">%s</a>", (int)state, shown->number, events->workflow_id);
    if (what->document_count > 1)
        html(w, "<span class=\"file\">%s</span>", shown->of->file);
    if (has_failed(shown))
        put_reason(w, shown->run, &shown->results);
    if (state == HTML_SKIPPED) {
        html(w,
             "<p class=\"note\">%s</p></th><td class=\"number\">–</td><td class=\"when\"></td>"
             "<td class=\"number\">–</td></tr>\n",
             shown->run->skipped);
        return;
    }
    html(w, "</th><td class=\"number\">%z</td><td class=\"when\">", shown->results.count - shown->results.not_reached);
    put_when(w, what, events, html_state_class(state));
    html(w, "</td><td class=\"number\">%t</td></tr>\n", events->seconds);
}

static void put_refused_row(html_writer *w, const report_document *of, size_t index) {
    html(w,
         "<tr><td>%i</td><th scope=\"row\"><a href=\"#d%z\">%s</a><p class=\"why\">%s</p></th><td "
         "class=\"number\">–</td>"
         "<td class=\"when\"></td><td class=\"number\">–</td></tr>\n",
         HTML_BROKEN, index, of->file, report_refusal(of));
}

/* What failed comes first. */
static void put_summary(html_writer *w, const report_set *what, const html_run *runs, const totals *sums) {
    html(w, "<section class=\"card\" aria-labelledby=\"summary\"><h2 id=\"summary\">Summary</h2>\n"
            "<table class=\"summary\"><caption class=\"unseen\">Workflows, failures first</caption><thead><tr>"
            "<th scope=\"col\"><span class=\"unseen\">Result</span></th><th scope=\"col\">Workflow</th>"
            "<th scope=\"col\" class=\"number\">Steps</th><th scope=\"col\" class=\"when\">When</th>"
            "<th scope=\"col\" class=\"number\">Time</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < sums->runs; i++)
        if (has_failed(&runs[i]))
            put_summary_row(w, what, &runs[i]);
    for (size_t i = 0; i < what->document_count; i++)
        if (what->documents[i].run_count == 0)
            put_refused_row(w, &what->documents[i], i);
    for (size_t i = 0; i < sums->runs; i++)
        if (!has_failed(&runs[i]))
            put_summary_row(w, what, &runs[i]);
    html(w, "</tbody></table></section>\n");
}

/* ---- One run ---- */

/* The times that it was carried out before and failed, each with its reason. */
static void put_earlier(html_writer *w, const html_run *shown) {
    const report_run *run = shown->run;
    if (run->earlier_count == 0)
        return;
    html(w, "<section class=\"card\" aria-labelledby=\"r%ze\"><h3 id=\"r%ze\">Carried out before</h3><ol>\n",
         shown->number, shown->number);
    for (size_t i = 0; i < run->earlier_count; i++) {
        report_run before = {.events = run->earlier[i], .flow = run->flow};
        step_results results;
        if (!report_steps(&before, w->to->memory, &results)) {
            w->to->out->failed = true;
            return;
        }
        html(w, "<li>%i %t", (int)html_state_of_run(&before), before.events->seconds);
        put_reason(w, &before, &results);
        html(w, "</li>\n");
    }
    html(w, "</ol></section>\n");
}

static void put_parts(html_writer *w, const html_run *shown) {
    const recording *events = shown->run->events;
    if (shown->run->skipped != NULL) {
        html(w, "<p class=\"note\">Not carried out: %s</p>\n", shown->run->skipped);
        return;
    }
    if (has_failed(shown)) {
        html(w, "<div class=\"problem\" role=\"note\">");
        put_reason(w, shown->run, &shown->results);
        html(w, "</div>\n");
    }
    put_earlier(w, shown);
    html(w, "<div class=\"pair\">\n");
    html_timeline(w, shown);
    html_graphs(w, shown);
    html(w, "</div>\n");
    html_steps(w, shown);
    if (events->outputs.bytes != NULL && events->outputs.full > 2) {
        html(w, "<section class=\"card\" aria-labelledby=\"r%zo\"><h3 id=\"r%zo\">Outputs</h3>\n", shown->number,
             shown->number);
        html_outputs(w, events->outputs, NULL);
        html(w, "</section>\n");
    }
}

static void put_run(html_writer *w, const html_run *shown, bool many_files) {
    html(w, "<details class=\"run\"%r><summary>%i <span class=\"what\"><b>%s</b>", shown->open ? " open" : "",
         (int)html_state_of_run(shown->run), shown->run->events->workflow_id);
    if (many_files)
        html(w, " <span class=\"file\">%s</span>", shown->of->file);
    html(w, "</span><span class=\"time\">%t</span></summary><section id=\"r%z\" aria-labelledby=\"r%zn\">\n",
         shown->run->events->seconds, shown->number, shown->number);
    html(w, "<h2 class=\"unseen\" id=\"r%zn\">%s</h2>\n", shown->number, shown->run->events->workflow_id);
    if (shown->run->skipped == NULL)
        put_run_facts(w, shown);
    put_parts(w, shown);
    html(w, "</section></details>\n");
}

static void put_documents(html_writer *w, const report_set *what, const html_run *runs) {
    size_t number = 0;
    html(w, "<h2 class=\"part\">Workflows</h2>\n");
    for (size_t i = 0; i < what->document_count; i++) {
        const report_document *of = &what->documents[i];
        for (size_t j = 0; j < of->run_count; j++)
            put_run(w, &runs[number++], what->document_count > 1);
        if (of->run_count == 0)
            html(w,
                 "<details class=\"run\"><summary>%i <span class=\"what\"><b>%s</b></span></summary><div id=\"d%z\">\n",
                 HTML_BROKEN, of->file, i);
        html_diagnostics(w, of);
        if (of->run_count == 0)
            html(w, "</div></details>\n");
    }
}

/* ---- Diagnostics and the environment ---- */

static void put_diagnostic(html_writer *w, const report_document *of, size_t index) {
    static const char *const words[] = {"error", "warning", "note"}, *const classes[] = {"bad", "warn", "info"};
    const diagnostic *one = &of->list->items[index];
    text source = TEXT_EMPTY, others = TEXT_EMPTY;
    append_source_lines(&source, one, false, of->source, of->source_user);
    append_other_lines(&others, of->list, index);
    html(w, "<li class=\"%r\"><p><b>%r</b> <code>%r</code> %s</p>", classes[one->severity], words[one->severity],
         one->code, one->message);
    if (one->where.file != NULL)
        html(w, "<p class=\"place\">%s", one->where.file);
    if (one->where.file != NULL && one->where.line > 0)
        html(w, ":%z:%z", (size_t)one->where.line, (size_t)one->where.column);
    if (one->where.file != NULL)
        html(w, "</p>");
    if (source.length > 0)
        html(w, "<pre class=\"source\">%s</pre>", text_peek(&source));
    if (one->help != NULL)
        html(w, "<p class=\"help\">%s</p>", one->help);
    if (others.length > 0)
        html(w, "<p class=\"help\">%s</p>", text_peek(&others));
    html(w, "</li>\n");
    w->to->out->failed = w->to->out->failed || source.failed || others.failed;
    text_free(&source);
    text_free(&others);
}

void html_diagnostics(html_writer *w, const report_document *of) {
    if (of->list == NULL || of->list->count == 0)
        return;
    html(w, "<section class=\"card\"><h3>Diagnostics</h3><ul class=\"diagnostics\">\n");
    for (size_t i = 0; i < of->list->count; i++)
        if (!diagnostic_was_said(of->list, i))
            put_diagnostic(w, of, i);
    html(w, "</ul></section>\n");
}

void html_environment(html_writer *w, const report_set *what) {
    html(w, "<footer class=\"wide\"><h2>Environment</h2><dl class=\"environment\">"
            "<div><dt>arazzo</dt><dd>" ARAZZO_VERSION "</dd></div>");
    for (size_t i = 0; i < what->environment_count; i++)
        html(w, "<div><dt>%s</dt><dd>%s</dd></div>", what->environment[i].name, what->environment[i].value);
    html(w, "</dl></footer>\n");
}

/* ---- The page ---- */

void report_html(const report_set *what, report_writer *writer) {
    html_writer w = {.to = writer, .budget = BODIES};
    totals sums = {0};
    html_run *runs = prepare(&w, what, &sums);
    if (runs == NULL) {
        writer->out->failed = true;
        return;
    }
    bool single = sums.runs == 1 && what->document_count == 1, good = failures(&sums) == 0;
    put_head(&w, good ? "✓" : "✗",
             single                      ? runs[0].run->events->workflow_id
             : what->document_count == 1 ? what->documents[0].file
                                         : "Workflows");
    if (single)
        put_single_header(&w, &runs[0]);
    else
        put_header_of_many(&w, what, &sums);
    html(&w, "<main class=\"wide\" id=\"content\">\n");
    if (single) {
        put_parts(&w, &runs[0]);
        html_diagnostics(&w, runs[0].of);
    } else {
        put_summary(&w, what, runs, &sums);
        put_documents(&w, what, runs);
    }
    html(&w, "</main>\n");
    html_environment(&w, what);
    html(&w, "</body>\n</html>\n");
}
