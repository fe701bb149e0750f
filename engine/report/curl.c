/*
 * curl.c: the command that sends a request. Every word that a document or a user could have written is quoted for a
 * POSIX shell, and secrets are masked before that: quoting would hide them from the mask. Control characters never
 * reach the terminal as they are: a body that has some is written by printf(1).
 */
#include "engine/report/curl.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/utf8.h"

/* A longer body that is no text is not written out. */
enum { LONGEST_BYTES = 64 << 10 };

/* ---- Words ---- */

/* The code point at `bytes`, when it is UTF-8 and can be printed; its size, or 0. */
static size_t printable(const char *bytes, size_t length) {
    uint32_t code_point;
    size_t size = utf8_decode(bytes, length, &code_point);
    return size > 0 && code_point >= 0x20 && !(code_point >= 0x7F && code_point < 0xA0) ? size : 0;
}

/* Line breaks and tabs within quotes do no harm; a CR does, on its way through a terminal. */
static bool is_text(const char *bytes, size_t length) {
    for (size_t i = 0, size; i < length; i += size) {
        size = bytes[i] == '\n' || bytes[i] == '\t' ? 1 : printable(bytes + i, length - i);
        if (size == 0)
            return false;
    }
    return true;
}

/* 'it'\''s', with U+FFFD for what cannot be printed: only what is never sent has such. */
static void append_quoted(text *out, const char *bytes, size_t length) {
    text_append_char(out, '\'');
    for (size_t i = 0, size; i < length; i += size) {
        size = bytes[i] == '\n' || bytes[i] == '\t' ? 1 : printable(bytes + i, length - i);
        if (bytes[i] == '\'')
            text_append_string(out, "'\\''");
        else if (size == 0)
            text_append_code_point(out, 0xFFFD);
        else
            text_append(out, bytes + i, size);
        size += size == 0;
    }
    text_append_char(out, '\'');
}

static void append_masked(const curl_printer *printer, text *out, const char *bytes, size_t length) {
    text masked = TEXT_EMPTY;
    mask_text(printer->secrets, bytes, length, &masked);
    append_quoted(out, text_peek(&masked), masked.length);
    out->failed = out->failed || masked.failed;
    text_free(&masked);
}

static void append_option(const curl_printer *printer, text *out, const char *option, const char *value) {
    text_append_format(out, " \\\n  %s ", option);
    append_masked(printer, out, value, strlen(value));
}

/* A comment's line must not end before it should: what comes after would be a command. */
static void append_comment(text *out, const char *string) {
    for (size_t i = 0, length = strlen(string), size; i < length; i += size) {
        size = printable(string + i, length - i);
        if (size == 0)
            text_append_char(out, ' ');
        else
            text_append(out, string + i, size);
        size += size == 0;
    }
}

/* ---- Bytes ---- */

/* As the format of printf(1): a line for each of its lines. */
static void append_format(text *out, const char *bytes, size_t length) {
    text_append_string(out, "printf -- '");
    for (size_t i = 0, size; i < length; i += size) {
        unsigned char byte = (unsigned char)bytes[i];
        size = printable(bytes + i, length - i);
        if (byte == '\n')
            text_append_string(out, i + 1 < length ? "\\n'\\\n'" : "\\n");
        else if (byte == '\r')
            text_append_string(out, "\\r");
        else if (byte == '\'')
            text_append_string(out, "'\\''");
        else if (byte == '%' || byte == '\\')
            text_append_format(out, "%c%c", byte, byte);
        else if (size == 0)
            text_append_format(out, "\\%03o", byte);
        else
            text_append(out, bytes + i, size);
        size += size == 0;
    }
    text_append_string(out, "' |\n");
}

typedef enum body_form { BODY_NONE, BODY_EMPTY, BODY_TEXT, BODY_BYTES, BODY_LONG } body_form;

/* Requests with these methods announce a body of length 0 where there is none: some servers insist. */
static bool has_length(const char *method) {
    return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
}

static body_form form_of(const arazzo_request *request) {
    if (request->body == NULL)
        return has_length(request->method) ? BODY_EMPTY : BODY_NONE;
    if (is_text(request->body, request->body_length))
        return BODY_TEXT;
    return request->body_length <= LONGEST_BYTES ? BODY_BYTES : BODY_LONG;
}

/* ---- The command ---- */

bool curl_is_expression(const char *value) {
    const char *word = value + strcspn(value, " ={");
    const char *start = *word == ' ' || *word == '=' ? word + 1 : value;
    const char *end = strchr(start, '}');
    return strncmp(start, "{$", 2) == 0 && end != NULL && end[1] == '\0';
}

static void append_headers(const curl_printer *printer, text *out, const arazzo_request *request, body_form form) {
    bool typed = form == BODY_NONE;
    for (size_t i = 0; i < request->header_count; i++) {
        const arazzo_header *header = &request->headers[i];
        text line = TEXT_EMPTY;
        bool hidden = mask_hides_header(printer->secrets, header->name) && !curl_is_expression(header->value);
        const char *value = hidden ? "***" : header->value;
        text_append_format(&line, value[0] == '\0' ? "%s;" : "%s: %s", header->name, value);
        typed = typed || strcasecmp(header->name, "Content-Type") == 0;
        append_option(printer, out, "-H", text_peek(&line));
        out->failed = out->failed || line.failed;
        text_free(&line);
    }
    if (!typed)
        append_option(printer, out, "-H", "Content-Type:"); /* curl would call any body a form */
}

static void append_body(const curl_printer *printer, text *out, const arazzo_request *request, body_form form) {
    if (form == BODY_TEXT) {
        text_append_string(out, " \\\n  --data-raw ");
        append_masked(printer, out, request->body, request->body_length);
    }
    if (form == BODY_EMPTY)
        text_append_string(out, " \\\n  --data-raw ''");
    if (form == BODY_BYTES)
        text_append_string(out, " \\\n  --data-binary @-");
    if (form == BODY_LONG)
        text_append_format(out, " \\\n  --data-binary @BODY # a file with the %zu bytes of the body",
                           request->body_length);
}

static void append_method(text *out, const arazzo_request *request, body_form form) {
    if (strcmp(request->method, "HEAD") == 0 && form == BODY_NONE) {
        text_append_string(out, " --head");
    } else if (strcmp(request->method, form == BODY_NONE ? "GET" : "POST") != 0) {
        text_append_string(out, " -X ");
        if (request->method[strspn(request->method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0')
            text_append_string(out, request->method);
        else
            append_quoted(out, request->method, strlen(request->method));
    }
}

/* What belongs to the connection. */
static void append_credentials(const curl_printer *printer, text *out, const arazzo_request *request) {
    const struct {
        const char *option;
        const char *value;
    } files[] = {{"--cert", printer->certificate}, {"--key", printer->key}, {"--cacert", printer->authorities}};
    if (request->digest != NULL) {
        text_append_string(out, " \\\n  --digest");
        append_option(printer, out, "-u", request->digest);
    }
    bool secure = strncasecmp(request->url, "https:", 6) == 0;
    for (size_t i = 0; secure && i < sizeof files / sizeof *files; i++)
        if (files[i].value != NULL)
            append_option(printer, out, files[i].option, files[i].value);
}

static void append_command(const curl_printer *printer, text *out, const arazzo_request *request) {
    body_form form = form_of(request);
    if (form == BODY_BYTES) {
        text masked = TEXT_EMPTY;
        mask_text(printer->secrets, request->body, request->body_length, &masked);
        append_format(out, text_peek(&masked), masked.length);
        out->failed = out->failed || masked.failed;
        text_free(&masked);
    }
    text_append_string(out, "curl");
    if (strpbrk(request->url, "{}[]") != NULL)
        text_append_string(out, " -g");
    if (strstr(request->url, "/.") != NULL)
        text_append_string(out, " --path-as-is");
    append_method(out, request, form);
    if (request->timeout > 0)
        text_append_format(out, " --max-time %g", request->timeout);
    text_append_char(out, ' ');
    append_masked(printer, out, request->url, strlen(request->url));
    append_credentials(printer, out, request);
    append_headers(printer, out, request, form);
    append_body(printer, out, request, form);
    text_append_char(out, '\n');
}

static void print(void *user, const arazzo_event *event) {
    curl_printer *printer = user;
    text line = TEXT_EMPTY, masked = TEXT_EMPTY;
    if (event->kind == ARAZZO_EVENT_STEP_FINISHED && event->status != ARAZZO_SUCCESS && event->error != NULL) {
        text_append_string(&line, "# ");
        append_comment(&line, event->step_id);
        text_append_string(&line, ": not sent: ");
        append_comment(&line, event->error);
        text_append_char(&line, '\n');
    }
    if (event->kind == ARAZZO_EVENT_REQUEST) {
        text_append_string(&line, printer->color ? "\x1b[2m# " : "# ");
        append_comment(&line, event->step_id);
        text_append_string(&line, printer->color ? "\x1b[0m\n" : "\n");
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
