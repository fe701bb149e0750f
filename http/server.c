/*
 * server.c: libmicrohttpd with a thread for each connection, so that an answer that is delayed holds up nobody else.
 */
#include "http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/text.h"

struct http_server {
    struct MHD_Daemon *daemon;
    http_handler *handler;
    void *user;
    size_t max_body;
    char url[64];
    pthread_mutex_t lock;
    pthread_cond_t stopping;
    bool stopped;
};

/* One request while it is being received and answered. */
typedef struct incoming {
    arena *memory;
    char *target;
    text body;
    http_headers headers;
    bool announced;
    bool too_large;
    bool no_memory;
} incoming;

static void *note_target(void *user, const char *target, struct MHD_Connection *connection) {
    (void)user;
    (void)connection;
    incoming *at = calloc(1, sizeof *at);
    if (at == NULL)
        return NULL;
    at->memory = arena_new();
    at->target = at->memory == NULL ? NULL : arena_copy(at->memory, target, strlen(target));
    at->body = TEXT_EMPTY;
    return at;
}

static void forget(void *user, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why) {
    (void)user;
    (void)connection;
    (void)why;
    incoming *at = *state;
    *state = NULL;
    if (at == NULL)
        return;
    arena_free(at->memory);
    text_free(&at->body);
    free(at);
}

static enum MHD_Result note_header(void *user, enum MHD_ValueKind kind, const char *name, const char *value) {
    incoming *at = user;
    (void)kind;
    at->no_memory = at->no_memory || !http_headers_add(&at->headers, at->memory, name, value == NULL ? "" : value);
    return MHD_YES;
}

/* ---- Answering ---- */

/* A body that is sent piece by piece: `sent` bytes are announced, and after `stop_after` of them the connection is
 * closed. */
typedef struct stream {
    const char *bytes; /* NULL: filler */
    size_t stop_after;
    arena *memory;
} stream;

static ssize_t send_piece(void *user, uint64_t position, char *buffer, size_t size) {
    const stream *at = user;
    if (position >= at->stop_after)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t left = at->stop_after - (size_t)position;
    size = size < left ? size : left;
    if (at->bytes == NULL)
        memset(buffer, 'x', size);
    else
        memcpy(buffer, at->bytes + position, size);
    return (ssize_t)size;
}

static void free_stream(void *user) {
    stream *at = user;
    arena_free(at->memory);
}

static struct MHD_Response *streamed(const http_answer *answer) {
    enum { PIECE = 65536 };
    arena *memory = arena_new();
    stream *at = memory == NULL ? NULL : arena_alloc(memory, sizeof *at);
    if (at == NULL) {
        arena_free(memory);
        return NULL;
    }
    size_t length = answer->endless > 0 ? answer->endless : answer->response.body_length;
    at->memory = memory;
    at->stop_after = answer->close_early ? length / 2 : length;
    if (answer->endless == 0)
        at->bytes = arena_copy(memory, answer->response.body, length);
    return MHD_create_response_from_callback(length, PIECE, send_piece, at, free_stream);
}

static enum MHD_Result queue(struct MHD_Connection *connection, const http_answer *answer) {
    if (answer->no_answer)
        return MHD_NO;
    const http_response *given = &answer->response;
    bool piecewise = answer->close_early || answer->endless > 0;
    struct MHD_Response *response =
        piecewise ? streamed(answer)
                  : MHD_create_response_from_buffer(given->body_length, (void *)given->body, MHD_RESPMEM_MUST_COPY);
    if (response == NULL)
        return MHD_NO;
    for (size_t i = 0; i < given->headers.count; i++) {
        /* MHD refuses an empty value; white space around a value is none of it (RFC 9110, section 5.5). */
        const char *value = given->headers.items[i].value;
        MHD_add_response_header(response, given->headers.items[i].name, *value == '\0' ? " " : value);
    }
    enum MHD_Result queued = MHD_queue_response(connection, (unsigned)given->status, response);
    MHD_destroy_response(response);
    return queued;
}

/* Sleeps unless the server is stopped. The lock is held. */
static void wait_for(http_server *server, double seconds) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    double whole = (double)until.tv_sec + (double)until.tv_nsec / 1e9 + seconds;
    until.tv_sec = (time_t)whole;
    until.tv_nsec = (long)((whole - (double)until.tv_sec) * 1e9);
    while (!server->stopped && pthread_cond_timedwait(&server->stopping, &server->lock, &until) != ETIMEDOUT) {
    }
}

static enum MHD_Result answer_request(http_server *server, struct MHD_Connection *connection, incoming *at,
                                      const char *method) {
    http_answer answer = {.response = {.status = at->no_memory || at->target == NULL ? 500 : 413, .body = ""}};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, note_header, at);
    at->no_memory = at->no_memory || at->body.failed;
    if (!at->too_large && !at->no_memory && at->target != NULL) {
        http_incoming request = {.method = method,
                                 .target = at->target,
                                 .headers = at->headers,
                                 .body = text_peek(&at->body),
                                 .body_length = at->body.length};
        answer.response.status = 500;
        pthread_mutex_lock(&server->lock);
        server->handler(server->user, &request, at->memory, &answer);
        if (answer.delay > 0)
            wait_for(server, answer.delay);
        pthread_mutex_unlock(&server->lock);
    }
    return queue(connection, &answer);
}

static enum MHD_Result on_access(void *user, struct MHD_Connection *connection, const char *url, const char *method,
                                 const char *version, const char *upload, size_t *upload_size, void **state) {
    http_server *server = user;
    incoming *at = *state;
    (void)url;
    (void)version;
    if (at == NULL)
        return MHD_NO;
    /* The first call only announces the request: MHD calls again with its body, and a last time without. */
    if (!at->announced) {
        at->announced = true;
        return MHD_YES;
    }
    if (*upload_size > 0) {
        at->too_large = at->too_large || *upload_size > server->max_body - at->body.length;
        if (!at->too_large)
            text_append(&at->body, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    return answer_request(server, connection, at, method);
}

/* ---- Starting and stopping ---- */

static void *fail(http_server *server, char *error, size_t size, const char *why) {
    snprintf(error, size, "%s", why);
    if (server != NULL) {
        pthread_mutex_destroy(&server->lock);
        pthread_cond_destroy(&server->stopping);
        free(server);
    }
    return NULL;
}

http_server *http_server_start(const http_server_options *options, http_handler *handler, void *user, char *error,
                               size_t error_size) {
    const char *host = options != NULL && options->host != NULL ? options->host : "127.0.0.1";
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_port = htons((uint16_t)(options == NULL ? 0 : options->port));
    if (strcmp(host, "localhost") == 0)
        host = "127.0.0.1";
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1)
        return fail(NULL, error, error_size, "the host must be an IPv4 address such as 127.0.0.1");
    http_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return fail(NULL, error, error_size, "memory ran short");
    server->handler = handler;
    server->user = user;
    server->max_body = options != NULL && options->max_body > 0 ? options->max_body : (size_t)16 << 20;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->stopping, &attributes);
    pthread_condattr_destroy(&attributes);
    errno = 0;
    server->daemon = MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL,
                                      on_access, server, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
                                      MHD_OPTION_URI_LOG_CALLBACK, note_target, NULL, MHD_OPTION_NOTIFY_COMPLETED,
                                      forget, NULL, MHD_OPTION_CONNECTION_LIMIT, 1024u, MHD_OPTION_END);
    if (server->daemon == NULL)
        return fail(server, error, error_size, errno == 0 ? "the server cannot be started" : strerror(errno));
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    snprintf(server->url, sizeof server->url, "http://%s:%u", host, info == NULL ? 0u : (unsigned)info->port);
    return server;
}

const char *http_server_url(const http_server *server) {
    return server->url;
}

void http_server_stop(http_server *server) {
    if (server == NULL)
        return;
    pthread_mutex_lock(&server->lock);
    server->stopped = true;
    pthread_cond_broadcast(&server->stopping);
    pthread_mutex_unlock(&server->lock);
    MHD_stop_daemon(server->daemon);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->stopping);
    free(server);
}
