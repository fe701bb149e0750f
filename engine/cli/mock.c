/*
 * mock.c: `arazzo mock FILE`: serves an OpenAPI document, or the sources of an Arazzo document, until it is
 * interrupted.
 */
#include <signal.h>
#include <string.h>

#include "engine/cli/command_mains.h"
#include "engine/cli/session.h"
#include "engine/report/mask.h"
#include "engine/report/visible.h"
#include "http/mock.h"

/* What the server's threads print; one of them at a time. */
typedef struct request_log {
    const mock_options *options;
    const mask *secrets; /* knows which headers carry credentials */
    FILE *out;
} request_log;

static void append_body(text *lines, char mark, const char *body, size_t length) {
    for (size_t at = 0; at < length;) {
        const char *end = memchr(body + at, '\n', length - at);
        size_t size = end == NULL ? length - at : (size_t)(end - body) - at;
        text_append_format(lines, "%c ", mark);
        append_visible(lines, body + at, size);
        text_append_char(lines, '\n');
        at += size + 1;
    }
}

static void log_request(void *user, const http_incoming *request, const http_response *response) {
    const request_log *log = user;
    text lines = TEXT_EMPTY;
    append_visible_string(&lines, request->method);
    text_append_char(&lines, ' ');
    append_visible_string(&lines, request->target);
    text_append_format(&lines, "  %d\n", response->status);
    for (size_t i = 0; log->options->verbose && i < request->headers.count; i++) {
        const http_header *header = &request->headers.items[i];
        text_append_string(&lines, "> ");
        append_visible_string(&lines, header->name);
        text_append_string(&lines, ": ");
        append_visible_string(&lines, mask_hides_header(log->secrets, header->name) ? "***" : header->value);
        text_append_char(&lines, '\n');
    }
    if (log->options->verbose) {
        append_body(&lines, '>', request->body, request->body_length);
        append_body(&lines, '<', response->body, response->body_length);
    }
    if (!lines.failed)
        fwrite(text_peek(&lines), 1, lines.length, log->out);
    fflush(log->out);
    text_free(&lines);
}

/* The OpenAPI documents behind a file: itself, or its sources. NULL after a diagnostic. */
static const api **find_documents(session *at, const char *uri, size_t *count) {
    const document *owner = library_document(at->books, uri, (place){.file = NULL}, &at->list);
    const api **found = NULL;
    *count = 0;
    if (owner == NULL)
        return NULL;
    if (node_get(document_root(owner), "arazzo") == NULL) {
        found = arena_array(at->memory, 1, sizeof(api *));
        if (found != NULL && (found[0] = library_api(at->books, uri, (place){.file = NULL}, &at->list)) != NULL)
            *count = 1;
        return *count == 1 ? found : NULL;
    }
    arazzo_load_options load = {.finder = &at->finder};
    arazzo_description *loaded = description_build(at->books, owner, uri, &load, &at->list);
    found = loaded == NULL ? NULL : description_apis(loaded, at->memory, count);
    at->list.no_memory = at->list.no_memory || (loaded != NULL && found == NULL);
    return found;
}

/* Ctrl-C or a polite kill: blocked before the server's threads start, so that they leave them to this one. */
static void block_signals(sigset_t *signals) {
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, signals, NULL);
}

static int serve_documents(session *at, const mock_options *options, const api **documents, size_t count, FILE *out) {
    sigset_t signals;
    char error[256];
    mask *secrets = mask_new();
    request_log log = {.options = options, .secrets = secrets, .out = out};
    http_mock_options settings = {.server = {.host = options->host, .port = (unsigned)options->port},
                                  .log = options->quiet ? NULL : log_request,
                                  .user = &log};
    if (secrets == NULL)
        return session_no_memory(at);
    block_signals(&signals);
    http_mock *serving = http_mock_start(documents, count, &settings, error, sizeof error);
    if (serving == NULL) {
        fprintf(at->err, "arazzo mock: cannot serve on %s port %zu: %s\n", options->host, options->port, error);
    } else {
        int received;
        fprintf(out, "serving %s on %s\n", options->file, http_mock_url(serving));
        fflush(out);
        sigwait(&signals, &received);
    }
    http_mock_stop(serving);
    mask_free(secrets);
    return serving == NULL ? EXIT_FAILED : EXIT_OK;
}

static int serve(session *at, const mock_options *options, FILE *out) {
    if (!session_source_folders(at, &options->source_dir))
        return EXIT_USAGE;
    const char *uri = session_uri(at, options->file);
    size_t count = 0;
    const api **documents = uri == NULL ? NULL : find_documents(at, uri, &count);
    session_print(at);
    if (documents == NULL)
        return at->list.no_memory ? EXIT_FAILED : EXIT_DOCUMENT;
    return serve_documents(at, options, documents, count, out);
}

int mock_main(const mock_options *options, FILE *out, FILE *err) {
    http_client_options client = {0};
    session at;
    int status = EXIT_FAILED;
    if (!session_open(&at, err, options->color, false, &client))
        session_no_memory(&at);
    else {
        at.command = "mock";
        status = serve(&at, options, out);
    }
    session_close(&at);
    return status;
}
