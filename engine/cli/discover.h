/* discover.h: the Arazzo documents behind the paths of a command line. */
#ifndef ARAZZO_ENGINE_CLI_DISCOVER_H
#define ARAZZO_ENGINE_CLI_DISCOVER_H

#include "engine/cli/session.h"

typedef struct found_documents {
    const char **items; /* paths, in the session's memory */
    size_t count;
    size_t capacity;
} found_documents;

/*
 * Adds what stands behind one PATH: a file, whatever it holds, or what a folder and those below it hold (`*.yaml`,
 * `*.yml`, `*.json` with a field `arazzo`). False after saying what is wrong.
 */
bool find_documents(session *at, const char *path, found_documents *into);

#endif
