/*
 * fetch.h: the text behind a URI, for real: files, and documents over HTTP. What the engine's arazzo_reader asks for.
 */
#ifndef ARAZZO_HTTP_FETCH_H
#define ARAZZO_HTTP_FETCH_H

#include "engine/arazzo.h"
#include "http/client.h"

typedef struct fetcher {
    http_client *client; /* borrowed; NULL: files only */
    bool remote_only;  /* refuse files: set once a document came over HTTP, which must not read this machine's files */
    const char *cache; /* the folder of copies of what comes over HTTP; NULL: none are kept */
    const char *standard; /* the URI that stands for standard input; NULL: none does */
    char *input;          /* what was read from it, since it can be read once; fetch_forget() frees it */
    size_t input_length;
    bool offline;     /* take copies only */
    bool refresh;     /* take no copies */
    char *moved;      /* where redirects led to at the last reading, or NULL; fetch_close() frees it */
    size_t downloads; /* so far; both start at 0 */
    double waited;    /* seconds */
    void *user;
    /* A copy is used because the server cannot be asked: `why` is a sentence. May be NULL. */
    void (*stale)(void *user, const char *uri, const char *why);
} fetcher;

/* A reader on the fetcher (borrowed). `root`: as in arazzo_reader. */
arazzo_reader fetch_reader(fetcher *fetches, const char *root);

/* Frees what the fetcher keeps of its last reading. */
void fetch_close(fetcher *fetches);

/* Frees what was read from standard input. */
void fetch_forget(fetcher *fetches);

/* Reads a whole file of at most 64 MiB into memory that the caller frees; NULL after writing a sentence. "-" is
 * standard input. */
char *fetch_file(const char *path, size_t *length, char *error, size_t error_size);

/* The URI of the folder that this process works in, with a slash at its end. In `memory`; NULL: there is none. */
const char *fetch_working_folder(arena *memory);

/*
 * The absolute URI of what a person names: an http, https or file URL, or a path, relative to a folder's URI. In
 * `memory`; NULL when memory is short or the folder is NULL.
 */
const char *fetch_location(const char *folder, const char *path_or_url, arena *memory);

/* Does it begin as an http, https or file URL? */
bool fetch_is_url(const char *name);

#endif
