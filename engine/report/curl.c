/*
 * curl.c: the command that sends a request. Every word is quoted for a POSIX shell; control characters never reach the
 * terminal as they are.
 */
#include "engine/report/curl.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/utf8.h"

static bool is_text(const char *bytes, size_t length) {
    for (size_t i = 0; i < length;) {
        uint32_t code_point;
        size_t size = utf8_decode(bytes + i, length - i, &code_point);
        bool control = code_point < 0x20 && code_point != '\n' && code_point != '\t' && code_point != '\r';
        if (size == 0 || control || (code_point >= 0x7F && code_point < 0xA0))
            return false;
        i += size;
    }
    return true;
}

/* 'it'\''s' */
static void append_quoted(text *out, const char *bytes, size_t length) {
    text_append_char(out, '\'');
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\'')
            text_append_string(out, "'\\''");
        else
            text_append_char(out, bytes[i]);
    }
    text_append_char(out, '\'');
}

static void append_option(text *out, const char *option, const char *bytes, size_t length) {
    text_append_format(out, " \\\n  %s ", option);
    append_quoted(out, bytes, length);
}

static void append_headers(const curl_printer *printer, text *out, const arazzo_request *request) {
    bool typed = false;
    for (size_t i = 0; i < request->header_count; i++) {
        const arazzo_header *header = &request->headers[i];
        text line = TEXT_EMPTY;
        bool hidden = mask_hides_header(printer->secrets, header->name);
        const char *value = hidden ? "***" : header->value;
        text_append_format(&line, value[0] == '\0' ? "%s;" : "%s: %s", header->name, value);
        typed = typed || strcasecmp(header->name, "Content-Type") == 0;
        append_option(out, "-H", text_peek(&line), line.length);
        out->failed = out->failed || line.failed;
        text_free(&line);
    }
    if (request->body != NULL && !typed)
        append_option(out, "-H", "Content-Type:", 13); /* curl would call any body a form */
}

static void append_body(text *out, const arazzo_request *request) {
    if (request->body == NULL)
        return;
    if (is_text(request->body, request->body_length))
        append_option(out, "--data-raw", request->body, request->body_length);
    else
        text_append_format(out, " \\\n  --data-binary @BODY # %zu bytes that are no text", request->body_length);
}

static void append_command(const curl_printer *printer, text *out, const arazzo_request *request) {
    text_append_string(out, "curl");
    if (strpbrk(request->url, "{}[]") != NULL)
        text_append_string(out, " -g");
    if (strcmp(request->method, "HEAD") == 0)
        text_append_string(out, " --head");
    else if (strcmp(request->method, request->body == NULL ? "GET" : "POST") != 0)
        text_append_format(out, " -X %s", request->method);
    if (request->timeout > 0)
        text_append_format(out, " --max-time %g", request->timeout);
    text_append_char(out, ' ');
    append_quoted(out, request->url, strlen(request->url));
    if (request->digest != NULL) {
        text_append_string(out, " \\\n  --digest");
        append_option(out, "-u", request->digest, strlen(request->digest));
    }
    append_headers(printer, out, request);
    append_body(out, request);
    text_append_char(out, '\n');
}

static void print(void *user, const arazzo_event *event) {
    curl_printer *printer = user;
    text line = TEXT_EMPTY, masked = TEXT_EMPTY;
    if (event->kind == ARAZZO_EVENT_STEP_FINISHED && event->status != ARAZZO_SUCCESS && event->error != NULL)
        text_append_format(&line, "# %s: not sent: %s\n", event->step_id, event->error);
    if (event->kind == ARAZZO_EVENT_REQUEST) {
        text_append_format(&line, "%s# %s%s\n", printer->color ? "\x1b[2m" : "", event->step_id,
                           printer->color ? "\x1b[0m" : "");
        append_command(printer, &line, event->request);
    }
    mask_text(printer->secrets, text_peek(&line), line.length, &masked);
    printer->failed = printer->failed || line.failed || masked.failed;
    fwrite(text_peek(&masked), 1, masked.length, printer->out);
    text_free(&line);
    text_free(&masked);
}

arazzo_observer curl_observer(curl_printer *printer) {
    return (arazzo_observer){.user = printer, .event = print};
}
