/*
 * source_cache.h: copies of documents that came over HTTP, in files, with what RFC 9111 needs to ask whether they are
 * still right.
 *
 * A copy is readable by its owner alone. What is damaged, or belongs to another URL, counts as not there.
 */
#ifndef ARAZZO_HTTP_SOURCE_CACHE_H
#define ARAZZO_HTTP_SOURCE_CACHE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "engine/http_message.h"

typedef struct cached_source {
    const char *etag;     /* NULL: none */
    const char *modified; /* Last-Modified; NULL: none */
    const char *location; /* where redirects led to; NULL: nowhere else */
    double stored;        /* seconds since 1970 UTC */
    double expires;       /* until when it need not be asked for; 0: always */
    const char *body;
    size_t length;
} cached_source;

/* The folder of copies: $XDG_CACHE_HOME/arazzo, else ~/.cache/arazzo; NULL when neither is known or memory is short. */
const char *source_cache_folder(arena *memory);

/* The copy of a URL, in `memory`. False when there is none. */
bool source_cache_load(const char *folder, const char *url, arena *memory, cached_source *out);

/* Keeps a response (unless it says no-store); what was there is replaced at once. Failing is no error. */
void source_cache_store(const char *folder, const char *url, const http_response *response, double now);

/* A 304 answered: the copy is right, and for how long. */
void source_cache_renew(const char *folder, const char *url, const cached_source *kept, const http_response *response,
                        double now);

#endif
