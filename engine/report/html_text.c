/*
 * html_text.c: the leaves of the HTML report: templates, durations, bodies and values.
 *
 * Whatever comes from documents and servers is masked first, then cut, then escaped: a cut never uncovers what was
 * masked, and no string can leave the place that it is put in.
 */
#include <stdarg.h>
#include <string.h>

#include "base/utf8.h"
#include "engine/report/html_internal.h"
#include "engine/report/json_writer.h"
#include "engine/report/run_text_internal.h"
#include "runtime-expr/json_text.h"

enum { BODY_SHOWN = 16 << 10, HEX_SHOWN = 256, HEX_WIDTH = 16 };

/* ---- States ---- */

static const struct {
    const char *name; /* of the class */
    const char *sign;
    const char *word;
} states[] = {
    [HTML_GOOD] = {"good", "✓", "passed"},      [HTML_BAD] = {"bad", "✗", "failed"},
    [HTML_BROKEN] = {"bad", "!", "broken"},     [HTML_RECOVERED] = {"warn", "↻", "failed, and an action led on"},
    [HTML_WARNED] = {"warn", "!", "a warning"}, [HTML_SKIPPED] = {"skip", "○", "not reached"},
};

html_state html_state_of_run(const report_run *run) {
    static const html_state by_outcome[REPORT_OUTCOMES] = {[REPORT_PASSED] = HTML_GOOD,
                                                           [REPORT_FLAKY] = HTML_RECOVERED,
                                                           [REPORT_FAILED] = HTML_BAD,
                                                           [REPORT_ERROR] = HTML_BROKEN,
                                                           [REPORT_SKIPPED] = HTML_SKIPPED};
    return by_outcome[report_outcome_of(run)];
}

html_state html_state_of_status(arazzo_status status) {
    return status == ARAZZO_SUCCESS ? HTML_GOOD : status == ARAZZO_FAILURE ? HTML_BAD : HTML_BROKEN;
}

/* A failure that an action puts right, or tries to, is a lesser one. */
html_state html_state_of_attempt(const recorded_step *at) {
    bool led_on = at->action != NULL && at->action->type != NULL && strcmp(at->action->type, "end") != 0;
    return at->status == ARAZZO_FAILURE && led_on ? HTML_RECOVERED : html_state_of_status(at->status);
}

const char *html_state_class(html_state state) {
    return states[state].name;
}

const char *html_state_sign(html_state state) {
    return states[state].sign;
}

/* ---- Templates ---- */

static void put_state(text *out, html_state state) {
    text_append_format(out, "<span class=\"sign %s\" role=\"img\" aria-label=\"%s\">%s</span>", states[state].name,
                       states[state].word, states[state].sign);
}

static void put_string(const html_writer *w, const char *string) {
    if (string != NULL)
        report_xml(w->to, string);
}

void html(html_writer *w, const char *template, ...) {
    text *out = w->to->out;
    va_list values;
    va_start(values, template);
    for (;;) {
        size_t plain = strcspn(template, "%");
        text_append(out, template, plain);
        if (template[plain] == '\0')
            break;
        switch (template[plain + 1]) {
        case 's':
            put_string(w, va_arg(values, const char *));
            break;
        case 'r':
            text_append_string(out, va_arg(values, const char *));
            break;
        case 'z':
            text_append_format(out, "%zu", va_arg(values, size_t));
            break;
        case 'd':
            text_append_format(out, "%d", va_arg(values, int));
            break;
        case 'p':
            text_append_format(out, "%.3f", va_arg(values, double));
            break;
        case 't':
            append_duration(out, va_arg(values, double));
            break;
        case 'i':
            put_state(out, (html_state)va_arg(values, int));
            break;
        default:
            text_append_char(out, '%');
            break;
        }
        template += plain + 2;
    }
    va_end(values);
}

/* ---- JSON ---- */

/* Escaped, with names in <b> and strings in <i>; the text is JSON, maybe cut. */
static void put_marked_json(html_writer *w, const char *bytes, size_t length) {
    text *out = w->to->out;
    for (size_t i = 0; i < length;) {
        size_t end = i;
        if (bytes[i] != '"') {
            while (end < length && bytes[end] != '"')
                end++;
            append_xml(out, bytes + i, end - i);
            i = end;
            continue;
        }
        for (end = i + 1; end < length && bytes[end] != '"'; end++)
            end += bytes[end] == '\\' && end + 1 < length;
        end += end < length;
        const char *element = end < length && bytes[end] == ':' ? "b" : "i";
        text_append_format(out, "<%s>", element);
        append_xml(out, bytes + i, end - i);
        text_append_format(out, "</%s>", element);
        i = end;
    }
}

/* The masked value as indented JSON; false when it is none. */
static bool indent_json(const html_writer *w, recorded_bytes given, text *out) {
    size_t blank = 0;
    while (blank < given.length && strchr(" \t\r\n", given.bytes[blank]) != NULL && given.bytes[blank] != '\0')
        blank++;
    json_t *parsed = NULL;
    if (given.length < given.full || blank == given.length ||
        json_text_parse(given.bytes, given.length, &parsed, NULL) != JSON_TEXT_OK)
        return false;
    report_writer to = *w->to;
    to.out = out;
    json_writer writer = {.to = &to};
    json_put_value(&writer, NULL, given);
    json_decref(parsed);
    return true;
}

/* ---- Bodies ---- */

/* At most `most` bytes, and no part of a character. */
static size_t cut_at(const char *bytes, size_t length, size_t most) {
    if (length <= most)
        return length;
    while (most > 0 && ((unsigned char)bytes[most] & 0xC0) == 0x80)
        most--;
    return most;
}

static void put_note(html_writer *w, const char *before, size_t shown, size_t full) {
    text sizes = TEXT_EMPTY;
    text_append_format(&sizes, "%s", before);
    append_size(&sizes, shown);
    text_append_string(&sizes, " of ");
    append_size(&sizes, full);
    html(w, "<p class=\"note\">%r</p>\n", text_peek(&sizes));
    text_free(&sizes);
}

static void put_text(html_writer *w, const text *masked, bool json, size_t full) {
    size_t shown = cut_at(text_peek(masked), masked->length, BODY_SHOWN);
    html(w, "<pre class=\"data\">");
    if (json)
        put_marked_json(w, text_peek(masked), shown);
    else
        append_xml(w->to->out, text_peek(masked), shown);
    html(w, "</pre>\n");
    if (shown < masked->length || masked->length + RECORDING_MARGIN < full)
        put_note(w, "Shortened: the first ", shown, full > masked->length ? full : masked->length);
    w->budget -= shown < w->budget ? shown : w->budget;
}

/* "00000010  de ad be ef …  |....|" */
static void put_hexadecimal(html_writer *w, const text *masked, size_t full) {
    const unsigned char *bytes = (const unsigned char *)text_peek(masked);
    size_t shown = masked->length < HEX_SHOWN ? masked->length : HEX_SHOWN;
    text *out = w->to->out;
    put_note(w, "Binary data: the first ", shown, full);
    html(w, "<pre class=\"data hex\">");
    for (size_t row = 0; row < shown; row += HEX_WIDTH) {
        text_append_format(out, "%04zx ", row);
        for (size_t i = row; i < row + HEX_WIDTH; i++)
            if (i < shown)
                text_append_format(out, " %02x", bytes[i]);
            else
                text_append_string(out, "   ");
        text_append_string(out, "  ");
        for (size_t i = row; i < row + HEX_WIDTH && i < shown; i++) {
            char letter = bytes[i] >= 0x20 && bytes[i] < 0x7F ? (char)bytes[i] : '.';
            append_xml(out, &letter, 1);
        }
        text_append_char(out, '\n');
    }
    html(w, "</pre>\n");
}

static bool is_text(const text *masked) {
    return masked->length == 0 ||
           (memchr(masked->bytes, '\0', masked->length) == NULL && utf8_valid(masked->bytes, masked->length, NULL));
}

void html_body(html_writer *w, recorded_bytes body) {
    text masked = TEXT_EMPTY, size = TEXT_EMPTY;
    if (body.bytes == NULL || body.full == 0) {
        html(w, "<p class=\"note\">No body</p>\n");
        return;
    }
    append_size(&size, body.full);
    if (w->budget == 0) {
        html(w, "<p class=\"note\">%r, left out: the page holds enough of them</p>\n", text_peek(&size));
    } else if (indent_json(w, body, &masked)) {
        put_text(w, &masked, true, body.full);
    } else {
        text_truncate(&masked, 0);
        report_masked(w->to, body, &masked);
        if (is_text(&masked))
            put_text(w, &masked, false, body.full);
        else
            put_hexadecimal(w, &masked, body.full);
    }
    w->to->out->failed = w->to->out->failed || masked.failed || size.failed;
    text_free(&masked);
    text_free(&size);
}

/* ---- Outputs ---- */

static void put_output(html_writer *w, const char *name, const json_t *value) {
    text json = TEXT_EMPTY;
    json_text_append(&json, value);
    html(w, "<tr><th scope=\"row\">%s</th><td>", name);
    html_body(w, (recorded_bytes){.bytes = text_peek(&json), .length = json.length, .full = json.length});
    html(w, "</td></tr>\n");
    w->to->out->failed = w->to->out->failed || json.failed;
    text_free(&json);
}

void html_outputs(html_writer *w, recorded_bytes made, const char *caption) {
    json_t *values = NULL, *value;
    const char *name;
    bool whole = made.bytes != NULL && made.length == made.full &&
                 json_text_parse(made.bytes, made.length, &values, NULL) == JSON_TEXT_OK;
    if (whole && json_object_size(values) > 0) {
        html(w, "<table class=\"values\"><caption%r>%r</caption><tbody>\n", caption == NULL ? " class=\"unseen\"" : "",
             caption == NULL ? "Names and values" : caption);
        json_object_foreach(values, name, value) {
            put_output(w, name, value);
        }
        html(w, "</tbody></table>\n");
    } else if (made.bytes != NULL && !whole) {
        if (caption != NULL)
            html(w, "<h4>%r</h4>\n", caption);
        html_body(w, made);
    }
    json_decref(values);
}
