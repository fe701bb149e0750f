/*
 * adapter.h: the program that stands between the driver and an engine. README.md, "An adapter", is the contract.
 */
#ifndef ARAZZO_TESTS_CONFORMANCE_ADAPTER_H
#define ARAZZO_TESTS_CONFORMANCE_ADAPTER_H

#include <jansson.h>
#include <stdbool.h>

#include "base/text.h"

typedef struct adapter {
    const char *program; /* borrowed */
    unsigned seconds;    /* the longest that one run may take */
    json_t *about;       /* what `PROGRAM about` says: engine, version, profiles, tells, supports */
} adapter;

/* What a run is told, as environment variables CONFORMANCE_…; all borrowed. */
typedef struct adapter_task {
    const char *document;
    const char *workflow; /* "": the first */
    const char *inputs;   /* the path of a JSON file */
    const char *profile;
    const char *server;
    const char *version;
    const char *scratch; /* a folder for its own use */
} adapter_task;

/* Asks the adapter about itself. False, after a sentence on standard error, when it cannot tell. */
bool adapter_open(adapter *out, const char *program, unsigned seconds);
void adapter_close(adapter *one);

/* True when the list `kind` (profiles, tells, supports) of what it said about itself has `name`. */
bool adapter_has(const adapter *one, const char *kind, const char *name);

/* Carries out one run: what it prints, a new reference; NULL with the reason in `why`. */
json_t *adapter_run(const adapter *one, const adapter_task *task, text *why);

#endif
