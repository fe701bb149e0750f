/*
 * mock.c: `arazzo mock FILE`: serves an OpenAPI document, or the sources of an Arazzo document, until it is
 * interrupted.
 */
#include <signal.h>
#include <string.h>

#include "engine/cli/command_mains.h"
#include "engine/cli/session.h"
#include "http/mock.h"

static void log_request(void *user, const http_incoming *request, const http_response *response) {
    const mock_options *options = user;
    printf("%s %s  %d\n", request->method, request->target, response->status);
    for (size_t i = 0; options->verbose && i < request->headers.count; i++)
        printf("> %s: %s\n", request->headers.items[i].name, request->headers.items[i].value);
    if (options->verbose && request->body_length > 0)
        printf("> %.*s\n", (int)request->body_length, request->body);
    if (options->verbose && response->body_length > 0)
        printf("< %.*s\n", (int)response->body_length, response->body);
    fflush(stdout);
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

/* Waits for Ctrl-C or a polite kill: the signals are blocked, so that the server's threads leave them to this one. */
static void wait_for_signal(const sigset_t *signals) {
    int received;
    sigwait(signals, &received);
}

static int serve(session *at, const mock_options *options, FILE *out) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    if (!session_source_folders(at, &options->source_dir))
        return EXIT_USAGE;
    const char *uri = session_uri(at, options->file);
    size_t count = 0;
    const api **documents = uri == NULL ? NULL : find_documents(at, uri, &count);
    session_print(at);
    if (documents == NULL)
        return at->list.no_memory ? EXIT_FAILED : EXIT_DOCUMENT;
    char error[256];
    http_mock_options settings = {.server = {.host = options->host, .port = (unsigned)options->port},
                                  .log = options->quiet ? NULL : log_request,
                                  .user = (void *)options};
    http_mock *serving = http_mock_start(documents, count, &settings, error, sizeof error);
    if (serving == NULL) {
        fprintf(at->err, "arazzo mock: cannot serve on %s port %zu: %s\n", options->host, options->port, error);
        return EXIT_FAILED;
    }
    fprintf(out, "serving %s on %s\n", options->file, http_mock_url(serving));
    fflush(out);
    wait_for_signal(&signals);
    http_mock_stop(serving);
    return EXIT_OK;
}

int mock_main(const mock_options *options, FILE *out, FILE *err) {
    http_client_options client = {0};
    session at;
    int status = EXIT_FAILED;
    if (!session_open(&at, err, options->color, false, &client))
        session_no_memory(&at);
    else
        status = serve(&at, options, out);
    session_close(&at);
    return status;
}
