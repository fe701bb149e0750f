/*
 * raw_server.h: a server that answers every request with the bytes that it is given, whether they are HTTP or not. One
 * connection at a time, on a free port of loopback.
 */
#ifndef ARAZZO_TESTS_SUPPORT_RAW_SERVER_H
#define ARAZZO_TESTS_SUPPORT_RAW_SERVER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct raw_server raw_server;

/* `bytes` are borrowed. With `keep_open` the connection stays open after them; else it is closed. NULL when it cannot.
 */
raw_server *raw_server_start(const char *bytes, size_t length, bool keep_open);

/* "http://127.0.0.1:49152", borrowed. */
const char *raw_server_url(const raw_server *serving);

/* How many connections there were, and how many requests on all of them. To be asked after raw_server_finish(). */
size_t raw_server_connections(const raw_server *serving);
size_t raw_server_requests(const raw_server *serving);

/* Ends serving, then frees. */
void raw_server_finish(raw_server *serving);
void raw_server_free(raw_server *serving);

#endif
