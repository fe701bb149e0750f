/* sequence.h: bodies of sequential media types (event streams, JSON lines, …) as arrays of their items. */
#ifndef ARAZZO_ENGINE_SEQUENCE_H
#define ARAZZO_ENGINE_SEQUENCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Is the media type (parameters are ignored) one whose body is read as a sequence? */
bool sequence_is(const char *type);

/* How an event's data, a text, becomes a value: a new reference, or NULL when memory is short. */
typedef struct sequence_data {
    void *user;
    json_t *(*value)(void *user, const char *bytes, size_t length);
} sequence_data;

/* Why there are no items. */
typedef struct sequence_problem {
    bool no_memory;
    bool invalid; /* the item at `index` is no JSON */
    size_t index;
} sequence_problem;

/*
 * The items: an array, a new reference, or NULL with a problem. An event is an object with those of the members
 * `event`, `id`, `retry` and `data` that it has; one that no blank line ends is incomplete, and left out.
 */
json_t *sequence_items(const char *type, const char *bytes, size_t length, const sequence_data *read,
                       sequence_problem *problem);

/* Counts items as they come, in pieces. All zero at first. */
typedef struct sequence_counter {
    size_t marked; /* bytes of a byte order mark that begins the events */
    bool begun;    /* it is over, or there is none */
    size_t count;  /* complete items so far */
    size_t column; /* of the current line */
    bool filled;   /* the line has something that is not white space */
    bool data;     /* the line begins with `data`, as far as it goes */
    bool has_data; /* the event has */
    bool after_cr; /* a line feed now belongs to it */
} sequence_counter;

/*
 * Takes the next bytes of a sequence. Returns how many belong to its first `most` items: `length` as long as there are
 * not that many.
 */
size_t sequence_count(sequence_counter *at, const char *type, size_t most, const char *bytes, size_t length);

#endif
