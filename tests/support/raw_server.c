/* raw_server.c: one thread that accepts, reads up to the empty line, writes, and again. See raw_server.h. */
#include "tests/support/raw_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct raw_server {
    const char *bytes;
    size_t length;
    bool keep_open;
    int listener;
    int stop[2]; /* a pipe: closing its end wakes the thread */
    pthread_t thread;
    size_t connections;
    size_t requests;
    char url[64];
};

/* True when there is something to read or accept; false when serving ends. */
static bool wait_for(const raw_server *serving, int from) {
    struct pollfd ready[2] = {{.fd = from, .events = POLLIN}, {.fd = serving->stop[0], .events = POLLIN}};
    return poll(ready, 2, -1) > 0 && ready[1].revents == 0;
}

/* Reads up to the empty line after the header fields. False at the end of the connection. */
static bool read_head(const raw_server *serving, int connection) {
    static const char end[] = "\r\n\r\n";
    size_t matched = 0;
    for (char byte; matched < 4;) {
        if (!wait_for(serving, connection) || read(connection, &byte, 1) != 1)
            return false;
        matched = byte == end[matched] ? matched + 1 : byte == '\r';
    }
    return true;
}

static void *serve(void *user) {
    raw_server *serving = user;
    while (wait_for(serving, serving->listener)) {
        int connection = accept(serving->listener, NULL, NULL);
        if (connection < 0)
            break;
        serving->connections++;
        bool open = true;
        while (open && read_head(serving, connection)) {
            serving->requests++;
            open = send(connection, serving->bytes, serving->length, MSG_NOSIGNAL) == (ssize_t)serving->length &&
                   serving->keep_open;
        }
        close(connection);
    }
    return NULL;
}

static bool listen_somewhere(raw_server *serving) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    serving->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (serving->listener < 0 || bind(serving->listener, (struct sockaddr *)&address, size) != 0 ||
        listen(serving->listener, 16) != 0 || getsockname(serving->listener, (struct sockaddr *)&address, &size) != 0 ||
        pipe(serving->stop) != 0)
        return false;
    snprintf(serving->url, sizeof serving->url, "http://127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
    return true;
}

raw_server *raw_server_start(const char *bytes, size_t length, bool keep_open) {
    raw_server *serving = calloc(1, sizeof *serving);
    if (serving == NULL)
        return NULL;
    serving->bytes = bytes;
    serving->length = length;
    serving->keep_open = keep_open;
    if (listen_somewhere(serving) && pthread_create(&serving->thread, NULL, serve, serving) == 0)
        return serving;
    free(serving);
    return NULL;
}

const char *raw_server_url(const raw_server *serving) {
    return serving->url;
}

size_t raw_server_connections(const raw_server *serving) {
    return serving->connections;
}

size_t raw_server_requests(const raw_server *serving) {
    return serving->requests;
}

void raw_server_finish(raw_server *serving) {
    if (serving->stop[1] < 0)
        return;
    close(serving->stop[1]);
    serving->stop[1] = -1;
    pthread_join(serving->thread, NULL);
    close(serving->stop[0]);
    close(serving->listener);
}

void raw_server_free(raw_server *serving) {
    if (serving == NULL)
        return;
    raw_server_finish(serving);
    free(serving);
}
