/*
 * suite.h: a folder with a document of many workflows, `get-1` to `get-N`, which each ask a server on a real socket
 * once: GET /items/N. The server counts, delays, fails and recovers.
 */
#ifndef ARAZZO_TESTS_SUPPORT_SUITE_H
#define ARAZZO_TESTS_SUPPORT_SUITE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "http/server.h"

enum { SUITE_ITEMS = 64 };

typedef struct suite {
    char folder[32]; /* has items.arazzo.yaml and items.openapi.yaml */
    http_server *server;
    double delay;              /* seconds before an answer */
    bool first_is_slow;        /* /items/1 takes 20 times as long, all others no time */
    size_t failures;           /* an item is answered with status 500 as often, then with 200 */
    const char *body;          /* NULL: `{"id": 1}` */
    size_t asked[SUITE_ITEMS]; /* by item, modulo their number */
    size_t requests;
    double times[SUITE_ITEMS]; /* of the latest requests: driver_clock() */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a request came */
} suite;

/* Writes the folder and starts the server; fails the test when it cannot. */
void suite_open(suite *at, size_t workflows);
void suite_close(suite *at);

/* Blocks until there were so many requests; fails the test when there are not within 20 seconds. */
void suite_wait(suite *at, size_t requests);

#endif
