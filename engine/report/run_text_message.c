/* run_text_message.c: headers and bodies, for --verbose. A body that is no text is named; one that is long is cut. */
#include <string.h>

#include "base/columns.h"
#include "base/utf8.h"
#include "engine/report/run_text_internal.h"
#include "engine/report/visible.h"

enum { BODY_LINES = 4096, BODY_LINES_ON_SCREEN = 60, BODY_BYTES = 1 << 20, MARGIN = 4096, LOOKED_AT = 8192 };

/* What is sent or received, at which step. */
typedef struct side {
    const run_text *printer;
    text *out;
    size_t indent;
    char mark; /* '>' sent, '<' received */
} side;

static void append_mark(const side *of) {
    char mark[] = {of->mark, ' ', '\0'};
    append_spaces(of->out, of->indent);
    append_toned(of->printer, of->out, DIM, mark);
}

static void append_headers(const side *of, const arazzo_header *headers, size_t count) {
    for (size_t i = 0; i < count; i++) {
        text line = TEXT_EMPTY;
        bool hidden = mask_hides_header(of->printer->secrets, headers[i].name);
        text_append_format(&line, "%s: %s", headers[i].name, hidden ? "***" : headers[i].value);
        append_mark(of);
        append_paragraph(of->printer, of->out, of->indent + 2, of->indent + 4, text_peek(&line));
        text_append_char(of->out, '\n');
        of->out->failed = of->out->failed || line.failed;
        text_free(&line);
    }
}

static const char *content_type(const arazzo_header *headers, size_t count) {
    static const char name[] = "content-type";
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (name[at] != '\0' && (headers[i].name[at] | 0x20) == name[at])
            at++;
        if (name[at] == '\0' && headers[i].name[at] == '\0')
            return headers[i].value;
    }
    return NULL;
}

/* A NUL, or many other bytes that no text has: not merely a text in another encoding. */
static bool is_binary(const char *bytes, size_t length) {
    size_t looked = length < LOOKED_AT ? length : LOOKED_AT, odd = 0;
    for (size_t i = 0; i < looked; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte == 0)
            return true;
        odd += byte == 0x7F || (byte < 0x20 && strchr("\t\n\r\f\x1b", byte) == NULL);
    }
    return odd * 10 > looked;
}

static void append_binary(const side *of, size_t length, const char *type) {
    append_mark(of);
    text_append_char(of->out, '(');
    append_size(of->out, length);
    text_append_string(of->out, type == NULL ? " that are no text" : " of ");
    if (type != NULL)
        append_data_string(of->printer, of->out, type);
    text_append_string(of->out, ")\n");
}

/* A line of the body over as many lines as the terminal needs; how many there were, at most `most`. */
static size_t append_line(const side *of, const char *line, size_t length, size_t most, size_t *taken) {
    size_t columns = of->printer->columns, begin = of->indent + 2, lines = 0;
    size_t room = columns == 0 ? SIZE_MAX : columns > begin + 8 ? columns - begin : 8;
    *taken = 0;
    do {
        text shown = TEXT_EMPTY;
        size_t width = 0, size;
        while (*taken < length) {
            size_t before = shown.length;
            width += append_visible_character(&shown, line + *taken, length - *taken, &size);
            if (width > room) {
                text_truncate(&shown, before);
                break;
            }
            *taken += size;
        }
        append_mark(of);
        text_append(of->out, text_peek(&shown), shown.length);
        text_append_char(of->out, '\n');
        of->out->failed = of->out->failed || shown.failed;
        text_free(&shown);
    } while (++lines < most && *taken < length);
    return lines;
}

static void append_text(const side *of, const char *bytes, size_t length, size_t full) {
    size_t most = of->printer->columns == 0 ? BODY_LINES : BODY_LINES_ON_SCREEN, at = 0;
    while (at < length && most > 0) {
        const char *end = memchr(bytes + at, '\n', length - at);
        size_t size = end == NULL ? length - at : (size_t)(end - bytes) - at, taken;
        bool returns = size > 0 && end != NULL && bytes[at + size - 1] == '\r';
        most -= append_line(of, bytes + at, size - returns, most, &taken);
        at += taken < size - returns ? taken : size + (end != NULL);
    }
    if (at == full)
        return;
    append_mark(of);
    text_append_string(of->out, "… ");
    append_size(of->out, full - at);
    text_append_string(of->out, " more\n");
}

/* Masked before it is cut; the last bytes of a cut body, which may be the beginning of a secret, are left out. */
static void append_body(const side *of, const char *bytes, size_t length, const char *type) {
    if (bytes == NULL || length == 0)
        return;
    if (is_binary(bytes, length)) {
        append_binary(of, length, type);
        return;
    }
    text masked = TEXT_EMPTY;
    bool cut = length > BODY_BYTES + MARGIN;
    size_t looked = cut ? BODY_BYTES + MARGIN : length;
    mask_text(of->printer->secrets, bytes, looked, &masked);
    if (cut && masked.length > MARGIN)
        text_truncate(&masked, masked.length - MARGIN);
    append_text(of, text_peek(&masked), masked.length, cut ? masked.length + length - BODY_BYTES : masked.length);
    of->out->failed = of->out->failed || masked.failed;
    text_free(&masked);
}

void append_request_message(const run_text *printer, text *out, const arazzo_event *event) {
    side of = {.printer = printer, .out = out, .indent = step_indent(event) + 2, .mark = '>'};
    const arazzo_request *sent = event->request;
    append_headers(&of, sent->headers, sent->header_count);
    append_body(&of, sent->body, sent->body_length, content_type(sent->headers, sent->header_count));
}

void append_response_message(const run_text *printer, text *out, const arazzo_event *event) {
    side of = {.printer = printer, .out = out, .indent = step_indent(event) + 2, .mark = '<'};
    const arazzo_response *received = event->response;
    append_mark(&of);
    append_status(printer, out, received->status);
    text_append_string(out, "  ");
    append_duration(out, event->seconds);
    text_append_char(out, '\n');
    append_headers(&of, received->headers, received->header_count);
    append_body(&of, received->body, received->body_length, content_type(received->headers, received->header_count));
}
