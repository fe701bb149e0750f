/*
 * har.c: the requests and responses of runs as HAR 1.2 (HTTP Archive), for the network tabs of browsers and for tools
 * that replay. A page for each run of a workflow; an attempt without a response has the status 0, as browsers write it.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/http_message.h"
#include "engine/report/json_writer.h"

#ifndef ARAZZO_VERSION
#define ARAZZO_VERSION "0"
#endif

/* ---- Names and values ---- */

static void put_pair(json_writer *w, const char *name, const char *value) {
    json_begin(w, NULL, '{');
    json_put_string(w, "name", name);
    json_put_string(w, "value", value);
    json_end(w, '}');
}

static void put_headers(json_writer *w, const recorded_message *message) {
    json_begin(w, "headers", '[');
    for (size_t i = 0; i < message->header_count; i++)
        put_pair(w, message->headers[i].name, shown_header(w->to, &message->headers[i]));
    json_end(w, ']');
}

static int hexadecimal(char byte) {
    return byte >= '0' && byte <= '9'   ? byte - '0'
           : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
           : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10
                                        : -1;
}

static void append_decoded(text *out, const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        int high = bytes[i] == '%' && i + 2 < length ? hexadecimal(bytes[i + 1]) : -1;
        int low = high < 0 ? -1 : hexadecimal(bytes[i + 2]);
        if (low >= 0) {
            text_append_char(out, (char)(high * 16 + low));
            i += 2;
        } else {
            text_append_char(out, bytes[i] == '+' ? ' ' : bytes[i]);
        }
    }
}

static void put_decoded(json_writer *w, const char *name, const char *bytes, size_t length) {
    text decoded = TEXT_EMPTY;
    append_decoded(&decoded, bytes, length);
    json_put_bytes(w, name, (recorded_bytes){text_peek(&decoded), decoded.length, decoded.length});
    w->to->out->failed = w->to->out->failed || decoded.failed;
    text_free(&decoded);
}

/* `a=1&b=2` as objects. What comes in is masked already: a secret may hold the characters that separate. */
static void put_pairs(json_writer *w, const char *name, const char *pair, size_t rest) {
    json_begin(w, name, '[');
    while (rest > 0) {
        const char *end = memchr(pair, '&', rest);
        size_t length = end == NULL ? rest : (size_t)(end - pair);
        const char *equals = memchr(pair, '=', length);
        size_t name_length = equals == NULL ? length : (size_t)(equals - pair);
        if (length > 0) {
            json_begin(w, NULL, '{');
            put_decoded(w, "name", pair, name_length);
            put_decoded(w, "value", equals == NULL ? "" : equals + 1, equals == NULL ? 0 : length - name_length - 1);
            json_end(w, '}');
        }
        rest -= length + (end != NULL);
        pair += length + (end != NULL);
    }
    json_end(w, ']');
}

static void put_query(json_writer *w, const char *url) {
    text masked = TEXT_EMPTY;
    mask_text(w->to->secrets, url, strlen(url), &masked);
    const char *query = strchr(text_peek(&masked), '?');
    put_pairs(w, "queryString", query == NULL ? "" : query + 1, query == NULL ? 0 : strcspn(query + 1, "#"));
    w->to->out->failed = w->to->out->failed || masked.failed;
    text_free(&masked);
}

/* ---- Cookies (RFC 6265) ---- */

static recorded_bytes bytes_of(const char *bytes, size_t length) {
    return (recorded_bytes){.bytes = bytes, .length = length, .full = length};
}

/* `name=value`, up to a `;`. Cookies are sensitive whatever they hold: names are told, values aren't. */
static void put_cookie(json_writer *w, const char *pair, bool hidden) {
    size_t length = strcspn(pair, ";"), name = strcspn(pair, "=;");
    json_put_bytes(w, "name", bytes_of(pair, name));
    if (hidden)
        json_put_string(w, "value", "***");
    else if (name < length)
        json_put_bytes(w, "value", bytes_of(pair + name + 1, length - name - 1));
    else
        json_put_string(w, "value", "");
}

static void put_request_cookies(json_writer *w, const recorded_message *message) {
    bool hidden = mask_hides_header(w->to->secrets, "Cookie");
    json_begin(w, "cookies", '[');
    for (size_t i = 0; i < message->header_count; i++) {
        const char *pair = message->headers[i].value;
        if (strcasecmp(message->headers[i].name, "Cookie") != 0)
            continue;
        while (*pair != '\0') {
            json_begin(w, NULL, '{');
            put_cookie(w, pair, hidden);
            json_end(w, '}');
            pair += strcspn(pair, ";");
            pair += strspn(pair, "; ");
        }
    }
    json_end(w, ']');
}

typedef enum cookie_form { COOKIE_TEXT, COOKIE_DATE, COOKIE_FLAG } cookie_form;

/* One of `; Path=/; HttpOnly`. */
static void put_attribute(json_writer *w, const char *at, size_t length) {
    static const struct {
        const char *name;
        const char *member;
        cookie_form form;
    } known[] = {{"Path", "path", COOKIE_TEXT},
                 {"Domain", "domain", COOKIE_TEXT},
                 {"Expires", "expires", COOKIE_DATE},
                 {"HttpOnly", "httpOnly", COOKIE_FLAG},
                 {"Secure", "secure", COOKIE_FLAG}};
    size_t name = strcspn(at, "=;");
    const char *value = name < length ? at + name + 1 : "";
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        double seconds;
        if (strlen(known[i].name) != name || strncasecmp(at, known[i].name, name) != 0)
            continue;
        if (known[i].form == COOKIE_FLAG)
            json_put_boolean(w, known[i].member, true);
        else if (known[i].form == COOKIE_TEXT && name < length)
            json_put_bytes(w, known[i].member, bytes_of(value, length - name - 1));
        else if (known[i].form == COOKIE_DATE && http_date(value, &seconds))
            json_put_time(w, known[i].member, seconds);
    }
}

static void put_response_cookies(json_writer *w, const recorded_message *message) {
    bool hidden = mask_hides_header(w->to->secrets, "Set-Cookie");
    json_begin(w, "cookies", '[');
    for (size_t i = 0; i < message->header_count; i++) {
        const char *at = message->headers[i].value;
        if (strcasecmp(message->headers[i].name, "Set-Cookie") != 0)
            continue;
        json_begin(w, NULL, '{');
        put_cookie(w, at, hidden);
        for (at += strcspn(at, ";"); *at != '\0'; at += strcspn(at, ";")) {
            at += strspn(at, "; ");
            put_attribute(w, at, strcspn(at, ";"));
        }
        json_end(w, '}');
    }
    json_end(w, ']');
}

/* ---- Bodies ---- */

static const char *header_of(const recorded_message *message, const char *name) {
    for (size_t i = 0; i < message->header_count; i++)
        if (strcasecmp(message->headers[i].name, name) == 0)
            return message->headers[i].value;
    return NULL;
}

/* `encoding` says that the text is Base64: HAR has it for what was received; for what was sent it is ours (`_`). */
static void put_text(json_writer *w, recorded_bytes body, const char *encoding) {
    bool cut = body.length < body.full;
    if (recorded_text(body)) {
        json_put_bytes(w, "text", body);
    } else {
        text encoded = TEXT_EMPTY;
        report_base64(w->to, body, &encoded);
        json_put_masked(w, "text", &encoded);
        json_put_string(w, encoding, "base64");
        text_free(&encoded);
    }
    if (cut)
        json_put_string(w, "comment", "cut: the report does not hold the whole body");
}

static void put_post_data(json_writer *w, const recorded_message *message) {
    static const char form[] = "application/x-www-form-urlencoded";
    const char *type = header_of(message, "Content-Type");
    if (message->body.bytes == NULL)
        return;
    json_begin(w, "postData", '{');
    json_put_string(w, "mimeType", type == NULL ? "" : type);
    if (type != NULL && strncasecmp(type, form, sizeof form - 1) == 0) {
        text masked = TEXT_EMPTY;
        report_masked(w->to, message->body, &masked);
        put_pairs(w, "params", text_peek(&masked), masked.length);
        w->to->out->failed = w->to->out->failed || masked.failed;
        text_free(&masked);
    }
    put_text(w, message->body, "_encoding");
    json_end(w, '}');
}

static void put_content(json_writer *w, const recorded_message *message) {
    const char *type = header_of(message, "Content-Type");
    json_begin(w, "content", '{');
    json_put_integer(w, "size", (long long)message->body.full);
    json_put_string(w, "mimeType", type == NULL ? "x-unknown" : type);
    if (message->body.bytes != NULL)
        put_text(w, message->body, "encoding");
    json_end(w, '}');
}

/* ---- Entries ---- */

static void put_request(json_writer *w, const recorded_step *at) {
    json_begin(w, "request", '{');
    json_put_string(w, "method", at->method);
    json_put_string(w, "url", at->url);
    json_put_string(w, "httpVersion", "HTTP/1.1");
    put_request_cookies(w, &at->request);
    put_headers(w, &at->request);
    put_query(w, at->url);
    put_post_data(w, &at->request);
    json_put_integer(w, "headersSize", -1);
    json_put_integer(w, "bodySize", at->request.body.bytes == NULL ? 0 : (long long)at->request.body.full);
    json_end(w, '}');
}

static void put_response(json_writer *w, const recorded_step *at) {
    const char *location = header_of(&at->response, "Location");
    json_begin(w, "response", '{');
    json_put_integer(w, "status", at->response_status);
    json_put_string(w, "statusText", "");
    json_put_string(w, "httpVersion", at->response.given ? "HTTP/1.1" : "");
    put_response_cookies(w, &at->response);
    put_headers(w, &at->response);
    put_content(w, &at->response);
    json_put_string(w, "redirectURL", location == NULL ? "" : location);
    json_put_integer(w, "headersSize", -1);
    json_put_integer(w, "bodySize", at->response.given ? (long long)at->response.body.full : -1);
    json_put_string(w, "_error", at->error);
    json_end(w, '}');
}

/* What the engine sees of an exchange is one span: it is all waiting. */
static void put_timings(json_writer *w, double seconds) {
    json_begin(w, "timings", '{');
    json_put_integer(w, "blocked", -1);
    json_put_integer(w, "dns", -1);
    json_put_integer(w, "connect", -1);
    json_put_integer(w, "send", 0);
    json_put_milliseconds(w, "wait", seconds);
    json_put_integer(w, "receive", 0);
    json_put_integer(w, "ssl", -1);
    json_end(w, '}');
}

static void put_entry(json_writer *w, const recording *events, const recorded_step *at, const char *page) {
    double seconds = at->answered - at->sent;
    text comment = TEXT_EMPTY;
    text_append_format(&comment, "step %s of %s, attempt %u", at->id, at->workflow == NULL ? "" : at->workflow->id,
                       at->attempt);
    json_begin(w, NULL, '{');
    json_put_string(w, "pageref", page);
    json_put_time(w, "startedDateTime", events->began + at->sent);
    json_put_milliseconds(w, "time", seconds);
    put_request(w, at);
    put_response(w, at);
    json_begin(w, "cache", '{');
    json_end(w, '}');
    put_timings(w, seconds);
    json_put_string(w, "comment", text_peek(&comment));
    json_end(w, '}');
    w->to->out->failed = w->to->out->failed || comment.failed;
    text_free(&comment);
}

/* ---- Pages ---- */

/* `attempt` counts from 1; 0: there is only one. */
static void put_page(json_writer *w, const report_document *of, const recording *events, const char *page,
                     size_t attempt) {
    text title = TEXT_EMPTY;
    text_append_format(&title, "%s %s", of->file, events->workflow_id);
    if (attempt > 0)
        text_append_format(&title, " (attempt %zu)", attempt);
    json_begin(w, NULL, '{');
    json_put_time(w, "startedDateTime", events->began);
    json_put_string(w, "id", page);
    json_put_string(w, "title", text_peek(&title));
    json_begin(w, "pageTimings", '{');
    json_put_integer(w, "onContentLoad", -1);
    json_put_milliseconds(w, "onLoad", events->seconds);
    json_end(w, '}');
    json_end(w, '}');
    w->to->out->failed = w->to->out->failed || title.failed;
    text_free(&title);
}

static void put_entries(json_writer *w, const recording *events, const char *page) {
    for (const recorded_step *at = events->steps; at != NULL; at = at->next)
        if (at->method != NULL)
            put_entry(w, events, at, page);
}

/* A run that was carried out several times has a page for each. */
static void put_run(json_writer *w, const report_document *of, const report_run *run, bool pages, size_t *number) {
    if (run->skipped != NULL)
        return;
    for (size_t i = 0; i <= run->earlier_count; i++) {
        const recording *events = i < run->earlier_count ? run->earlier[i] : run->events;
        char page[32];
        snprintf(page, sizeof page, "page_%zu", ++*number);
        if (pages)
            put_page(w, of, events, page, run->earlier_count > 0 ? i + 1 : 0);
        else
            put_entries(w, events, page);
    }
}

static void put_runs(json_writer *w, const report_set *what, bool pages) {
    size_t number = 0;
    json_begin(w, pages ? "pages" : "entries", '[');
    for (size_t i = 0; i < what->document_count; i++)
        for (size_t j = 0; j < what->documents[i].run_count; j++)
            put_run(w, &what->documents[i], &what->documents[i].runs[j], pages, &number);
    json_end(w, ']');
}

void report_har(const report_set *what, report_writer *writer) {
    json_writer w = {.to = writer};
    json_begin(&w, NULL, '{');
    json_begin(&w, "log", '{');
    json_put_string(&w, "version", "1.2");
    json_begin(&w, "creator", '{');
    json_put_string(&w, "name", "arazzo");
    json_put_string(&w, "version", ARAZZO_VERSION);
    json_end(&w, '}');
    put_runs(&w, what, true);
    put_runs(&w, what, false);
    json_end(&w, '}');
    json_end(&w, '}');
    text_append_char(writer->out, '\n');
}
