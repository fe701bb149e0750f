/* by_hand.c: one socket that listens, one connection at a time. */
#include "tests/support/by_hand.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"

enum { PATIENCE = 20000 }; /* milliseconds */

struct by_hand {
    int listening;
    int connection; /* -1: none */
    char url[64];
    text received; /* of the present request, and what came after it */
    size_t taken;  /* the length of the request that was handed out */
};

by_hand *by_hand_open(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    by_hand *server = calloc(1, sizeof *server);
    if (server == NULL)
        return NULL;
    server->connection = -1;
    server->listening = socket(AF_INET, SOCK_STREAM, 0);
    if (server->listening < 0 || bind(server->listening, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(server->listening, 8) != 0 ||
        getsockname(server->listening, (struct sockaddr *)&address, &length) != 0) {
        by_hand_close(server);
        return NULL;
    }
    snprintf(server->url, sizeof server->url, "http://127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
    return server;
}

void by_hand_close(by_hand *server) {
    if (server->connection >= 0)
        close(server->connection);
    if (server->listening >= 0)
        close(server->listening);
    text_free(&server->received);
    free(server);
}

const char *by_hand_url(const by_hand *server) {
    return server->url;
}

static bool ready(int descriptor) {
    struct pollfd waiting = {.fd = descriptor, .events = POLLIN};
    return poll(&waiting, 1, PATIENCE) == 1;
}

/* False at the end of the connection, or when nothing comes. */
static bool read_more(by_hand *server) {
    char bytes[65536];
    if (!ready(server->connection))
        return false;
    ssize_t count = read(server->connection, bytes, sizeof bytes);
    if (count > 0)
        text_append(&server->received, bytes, (size_t)count);
    return count > 0;
}

static void drop_connection(by_hand *server) {
    close(server->connection);
    server->connection = -1;
    text_truncate(&server->received, 0);
}

/* The length of the request that has been received with its body; 0: not yet. */
static size_t whole_request(const text *received) {
    const char *head = text_peek(received), *end = strstr(head, "\r\n\r\n");
    if (end == NULL)
        return 0;
    size_t body = 0;
    for (const char *line = head; line < end; line = strstr(line, "\r\n") + 2)
        if (strncasecmp(line, "Content-Length:", 15) == 0)
            body = strtoul(line + 15, NULL, 10);
    size_t whole = (size_t)(end + 4 - head) + body;
    return received->length >= whole ? whole : 0;
}

static void forget_request(by_hand *server) {
    size_t left = server->received.length - server->taken;
    if (server->taken == 0)
        return;
    memmove(server->received.bytes, server->received.bytes + server->taken, left);
    text_truncate(&server->received, left);
    server->taken = 0;
}

const char *by_hand_request(by_hand *server) {
    forget_request(server);
    for (;;) {
        if (server->connection < 0) {
            if (!ready(server->listening) || (server->connection = accept(server->listening, NULL, NULL)) < 0)
                return NULL;
        }
        if (!read_more(server)) {
            if (server->received.length > 0)
                return NULL;
            drop_connection(server);
            continue;
        }
        server->taken = whole_request(&server->received);
        if (server->taken > 0)
            return text_peek(&server->received);
    }
}

bool by_hand_send(by_hand *server, const char *bytes, size_t length) {
    for (size_t sent = 0; sent < length;) {
        ssize_t count = send(server->connection, bytes + sent, length - sent, MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        sent += (size_t)count;
    }
    return true;
}

bool by_hand_answer(by_hand *server, int status, const char *headers, const char *body, size_t length) {
    text head = TEXT_EMPTY;
    text_append_format(&head, "HTTP/1.1 %d Something\r\n%sContent-Length: %zu\r\n\r\n", status, headers, length);
    bool sent = !head.failed && by_hand_send(server, head.bytes, head.length) && by_hand_send(server, body, length);
    text_free(&head);
    return sent;
}

bool by_hand_is_left(by_hand *server) {
    char byte;
    return ready(server->connection) && read(server->connection, &byte, 1) <= 0;
}
