/*
 * html_steps.c: every attempt at a step to unfold: its request and response, criteria with what they compared, the
 * action that was taken, outputs; and the steps that were never reached.
 */
#include <string.h>

#include "engine/report/html_internal.h"
#include "engine/report/json_writer.h"

/* A run that loops has thousands of attempts. */
enum { MOST_ATTEMPTS = 200 };

/* ---- Messages ---- */

static void put_headers(html_writer *w, const recorded_message *message) {
    if (message->header_count == 0)
        return;
    html(w, "<table class=\"headers\"><caption>Headers</caption><tbody>\n");
    for (size_t i = 0; i < message->header_count; i++)
        html(w, "<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n", message->headers[i].name,
             shown_header(w->to, &message->headers[i]));
    html(w, "</tbody></table>\n");
}

static void put_request(html_writer *w, const recorded_step *at, bool open) {
    if (at->method == NULL)
        return;
    html(w,
         "<details class=\"message\"%r><summary>Request <code>%s</code> <code class=\"url\">%s</code></summary><div>\n",
         open ? " open" : "", at->method, at->url);
    put_headers(w, &at->request);
    html_body(w, at->request.body);
    html(w, "</div></details>\n");
}

static void put_response(html_writer *w, const recorded_step *at, bool open) {
    if (!at->response.given)
        return;
    html(w, "<details class=\"message\"%r><summary>Response <code>%d</code> after %t</summary><div>\n",
         open ? " open" : "", at->response_status, at->answered - at->sent);
    put_headers(w, &at->response);
    html_body(w, at->response.body);
    html(w, "</div></details>\n");
}

/* ---- Criteria and actions ---- */

static void put_criterion(html_writer *w, const recorded_criterion *one) {
    html(w, "<li class=\"%r\">%i <code>%s</code>", one->passed ? "good" : "bad", one->passed ? HTML_GOOD : HTML_BAD,
         one->condition);
    if (one->context != NULL && one->type != NULL && strcmp(one->type, "simple") != 0)
        html(w, " <span class=\"kind\">%s</span> on <code>%s</code>", one->type, one->context);
    const char *why = one->error != NULL ? one->error : one->explanation;
    if (why != NULL && *why != '\0')
        html(w, "<p class=\"seen\">%s</p>", why);
    html(w, "</li>\n");
}

static void put_criteria(html_writer *w, const recorded_step *at) {
    if (at->criteria == NULL)
        return;
    html(w, "<h4>Criteria</h4><ul class=\"criteria\">\n");
    for (const recorded_criterion *one = at->criteria; one != NULL; one = one->next)
        put_criterion(w, one);
    html(w, "</ul>\n");
}

/* In what the response is not as its operation declares it. */
static void put_breaches(html_writer *w, const recorded_step *at) {
    if (at->breaches == NULL)
        return;
    html(w, "<h4>Contract</h4><ul class=\"criteria\">\n");
    for (const recorded_breach *one = at->breaches; one != NULL; one = one->next) {
        html(w, "<li class=\"%r\">%i <code>%s</code> %s", one->fails ? "bad" : "warn",
             one->fails ? HTML_BAD : HTML_WARNED, one->instance, one->message);
        if (one->more > 0)
            html(w, " (and %z more like it)", one->more);
        html(w, "<p class=\"place\"><code>%s</code> %s:%z:%z</p></li>\n", one->code, one->file, (size_t)one->line,
             (size_t)one->column);
    }
    html(w, "</ul>\n");
}

/* What follows, and why: the action that was taken, or what happens without one. */
static void put_action(html_writer *w, const recorded_step *at) {
    const recorded_action *taken = at->action;
    html(w, "<h4>Then</h4><p class=\"action\">");
    if (taken == NULL) {
        html(w, at->status == ARAZZO_SUCCESS   ? "on to what follows: no action applied"
                : at->status == ARAZZO_FAILURE ? "the workflow fails: no action applied"
                                               : "the run ends");
    } else {
        html(w, "<b>%s</b>", taken->type);
        if (taken->step_id != NULL)
            html(w, " <code>%s</code>", taken->step_id);
        if (taken->workflow_id != NULL)
            html(w, " workflow <code>%s</code>", taken->workflow_id);
        html(w, " by the %r action <code>%s</code>", taken->on_success ? "success" : "failure", taken->name);
    }
    if (at->waited > 0)
        html(w, ", after a wait of %t", at->waited);
    html(w, "</p>\n");
}

/* ---- Attempts ---- */

static void put_summary(html_writer *w, const recorded_step *at, const char *name) {
    html(w, "<summary>%i <span class=\"what\"><b>%s</b>", (int)html_state_of_attempt(at), name);
    if (at->attempt > 1)
        html(w, " <span class=\"again\">attempt %z</span>", (size_t)at->attempt);
    if (at->method != NULL)
        html(w, " <span class=\"call\"><span class=\"method\">%s</span> <span class=\"url\">%s</span></span>",
             at->method, at->url);
    html(w, "</span>");
    if (at->response.given)
        html(w, "<span class=\"code c%d\">%d</span>", at->response_status / 100, at->response_status);
    html(w, "<span class=\"time\">%t</span></summary>\n", at->seconds);
}

static void put_attempt(html_writer *w, const html_run *shown, const recorded_step *at) {
    text name = TEXT_EMPTY;
    html_state state = html_state_of_attempt(at);
    bool open = state == HTML_BAD || state == HTML_BROKEN;
    report_step_name(at, shown->run->events, &name);
    html(w, "<details class=\"step\"%r>", open ? " open" : "");
    put_summary(w, at, text_peek(&name));
    html(w, "<div class=\"inside\" id=\"r%zs%z\">\n", shown->number, at->index);
    if (at->error != NULL)
        html(w, "<p class=\"problem\">%s</p>\n", at->error);
    put_criteria(w, at);
    put_breaches(w, at);
    put_action(w, at);
    html_outputs(w, at->outputs, "Outputs");
    put_request(w, at, open);
    put_response(w, at, open);
    html(w, "</div></details>\n");
    w->to->out->failed = w->to->out->failed || name.failed;
    text_free(&name);
}

static void put_not_reached(html_writer *w, const step_results *results) {
    if (results->not_reached == 0)
        return;
    html(w, "<p class=\"unreached\">%i Not reached: ", HTML_SKIPPED);
    bool first = true;
    for (size_t i = 0; i < results->count; i++) {
        if (results->items[i].outcome != STEP_NOT_REACHED)
            continue;
        html(w, first ? "<code>%s</code>" : ", <code>%s</code>", results->items[i].name);
        first = false;
    }
    html(w, "</p>\n");
}

void html_steps(html_writer *w, const html_run *shown) {
    const recording *events = shown->run->events;
    size_t count = 0;
    if (events->steps == NULL && shown->results.not_reached == 0)
        return;
    html(w, "<section class=\"card steps\" aria-labelledby=\"r%zh\"><h3 id=\"r%zh\">Steps</h3>\n", shown->number,
         shown->number);
    for (const recorded_step *at = events->steps; at != NULL && count < MOST_ATTEMPTS; at = at->next, count++)
        put_attempt(w, shown, at);
    if (count < events->step_count)
        html(w, "<p class=\"note\">The first %z of %z attempts are shown.</p>\n", count, events->step_count);
    put_not_reached(w, &shown->results);
    html(w, "</section>\n");
}
