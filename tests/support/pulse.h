/*
 * pulse.h: a stand-in for the Prisma Pulse API on a real socket: it keeps streams, cursors and events in memory, checks
 * the key, and notes down every request. It stands in because the real service cannot be reached from a test.
 */
#ifndef ARAZZO_TESTS_PULSE_H
#define ARAZZO_TESTS_PULSE_H

#include "http/server.h"

typedef struct pulse pulse;

/* What GET /streams says of a stream's cursor. */
typedef enum pulse_cursor { PULSE_CURSOR, PULSE_CURSOR_NULL, PULSE_CURSOR_ABSENT, PULSE_NO_STREAMS } pulse_cursor;

/* The id of the one event that is persisted, which is the cursor of every stream that has one. */
extern const char pulse_event_id[];

/* Starts serving on a free port of loopback; NULL when it cannot. Stopped with pulse_stop(). */
pulse *pulse_start(const char *key, pulse_cursor cursor);
void pulse_stop(pulse *serving);

const char *pulse_url(const pulse *serving);

/* The requests so far, a line each: "POST /streams Bearer K {\"name\":…}". To be freed; NULL when memory is short. */
char *pulse_requests(pulse *serving);

#endif
