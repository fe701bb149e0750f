/*
 * drive.h: answers the needs of runs for real: requests over the client, timers by waiting. One run, or thousands at
 * once.
 */
#ifndef ARAZZO_HTTP_DRIVE_H
#define ARAZZO_HTTP_DRIVE_H

#include <stdbool.h>

#include "engine/arazzo.h"
#include "http/client.h"

typedef struct driver driver;

/* A driver on a client (borrowed), owned by the caller, or NULL when memory is short. */
driver *driver_new(http_client *client);
void driver_free(driver *drives);

/* Timers run out at once: a mock does not change while one waits. */
void driver_skip_waits(driver *drives);

/* How far what is open has come. */
typedef struct driver_progress {
    bool waiting;   /* for a timer */
    double seconds; /* since the request was sent; of a timer: what remains */
    http_progress body;
} driver_progress;

/*
 * `tick` is called while needs are open: whenever something happened, and at least every `interval` seconds. It is told
 * of one of them, the oldest; false ends driver_run(). Work is interrupted, for a tick, while there is something to
 * read from `descriptor` (-1: none).
 */
typedef bool driver_tick(void *user, const driver_progress *progress);
void driver_watch(driver *drives, double interval, int descriptor, driver_tick *tick, void *user);

/* Adds a run (borrowed until it has ended). False when memory is short. */
bool driver_add(driver *drives, arazzo_run *run);

/*
 * Answers needs for at most `seconds`, less when something happens: for a caller that adds runs as others end. True
 * while a run has not ended; one that has may be freed.
 */
bool driver_turn(driver *drives, double seconds);

/*
 * Answers needs until every run has ended, or `seconds` are over (0: no limit), or a tick says so. True when every run
 * has ended; what is open otherwise goes on with the next call, or is dropped with the driver.
 */
bool driver_run(driver *drives, double seconds);

/* Clocks for arazzo_run_options. */
double driver_clock(void *user); /* seconds, monotonic */
double driver_now(void *user);   /* seconds since 1970 UTC */

#endif
