/*
 * source_cache.c: one file for each URL, named by a hash of it: lines of `name: value`, an empty line, the body.
 *
 * Written beside its place and renamed, so that two commands at once do each other no harm.
 */
#include "http/source_cache.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "http/fetch.h"

static const char magic[] = "arazzo source 1\n";

const char *source_cache_folder(arena *memory) {
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    text path = TEXT_EMPTY;
    if (cache != NULL && cache[0] == '/')
        text_append_format(&path, "%s/arazzo", cache);
    else if (home != NULL && home[0] == '/')
        text_append_format(&path, "%s/.cache/arazzo", home);
    const char *made = path.length == 0 || path.failed ? NULL : arena_copy(memory, text_peek(&path), path.length);
    text_free(&path);
    return made;
}

/* FNV-1a of 64 bits: names files, and is no proof of anything; the URL stands within. */
static uint64_t hash(const char *string) {
    uint64_t sum = 0xcbf29ce484222325u;
    for (; *string != '\0'; string++)
        sum = (sum ^ (unsigned char)*string) * 0x100000001b3u;
    return sum;
}

static bool file_name(const char *folder, const char *url, char *path, size_t size) {
    int length = snprintf(path, size, "%s/%016llx", folder, (unsigned long long)hash(url));
    return length > 0 && (size_t)length < size;
}

/* ---- Reading ---- */

/* The value of a line `name: value`, when it is one; else NULL. */
static const char *value_of(const char *line, const char *name) {
    size_t length = strlen(name);
    return strncmp(line, name, length) == 0 && strncmp(line + length, ": ", 2) == 0 ? line + length + 2 : NULL;
}

/* Takes lines up to the empty one; the bytes end with NUL. Where the body starts, or NULL. */
static char *read_lines(char *at, const char *url, cached_source *out) {
    bool same = false;
    while (*at != '\0' && *at != '\n') {
        char *end = strchr(at, '\n');
        if (end == NULL)
            return NULL;
        *end = '\0';
        const char *value;
        if ((value = value_of(at, "url")) != NULL)
            same = strcmp(value, url) == 0;
        else if ((value = value_of(at, "etag")) != NULL)
            out->etag = value;
        else if ((value = value_of(at, "modified")) != NULL)
            out->modified = value;
        else if ((value = value_of(at, "location")) != NULL)
            out->location = value;
        else if ((value = value_of(at, "stored")) != NULL)
            out->stored = strtod(value, NULL);
        else if ((value = value_of(at, "expires")) != NULL)
            out->expires = strtod(value, NULL);
        at = end + 1;
    }
    return same && *at == '\n' ? at + 1 : NULL;
}

bool source_cache_load(const char *folder, const char *url, arena *memory, cached_source *out) {
    char path[4096], error[128];
    size_t length;
    *out = (cached_source){.etag = NULL};
    if (!file_name(folder, url, path, sizeof path))
        return false;
    char *bytes = fetch_file(path, &length, error, sizeof error);
    char *kept = bytes == NULL ? NULL : arena_copy(memory, bytes, length);
    free(bytes);
    if (kept == NULL || length < sizeof magic || memcmp(kept, magic, sizeof magic - 1) != 0)
        return false;
    char *body = read_lines(kept + sizeof magic - 1, url, out);
    if (body == NULL)
        return false;
    out->body = body;
    out->length = length - (size_t)(body - kept);
    return true;
}

/* ---- Writing ---- */

/* `mkdir -p`, for the owner alone. */
static bool make_folder(const char *path) {
    char part[4096];
    int length = snprintf(part, sizeof part, "%s", path);
    if (length <= 0 || (size_t)length >= sizeof part)
        return false;
    for (char *slash = strchr(part + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return false;
        *slash = '/';
    }
    return mkdir(part, 0700) == 0 || errno == EEXIST;
}

static void write_entry(const char *folder, const char *url, const cached_source *entry) {
    char path[4096], beside[4096 + 8];
    if (!file_name(folder, url, path, sizeof path) || !make_folder(folder))
        return;
    snprintf(beside, sizeof beside, "%s.XXXXXX", path);
    int descriptor = mkstemp(beside); /* 0600 */
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    if (file == NULL) {
        if (descriptor >= 0)
            close(descriptor);
        return;
    }
    fprintf(file, "%surl: %s\nstored: %.0f\nexpires: %.0f\n", magic, url, entry->stored, entry->expires);
    if (entry->etag != NULL)
        fprintf(file, "etag: %s\n", entry->etag);
    if (entry->modified != NULL)
        fprintf(file, "modified: %s\n", entry->modified);
    if (entry->location != NULL)
        fprintf(file, "location: %s\n", entry->location);
    fputc('\n', file);
    bool written = fwrite(entry->body, 1, entry->length, file) == entry->length && ferror(file) == 0;
    written = fclose(file) == 0 && written;
    if (!written || rename(beside, path) != 0)
        unlink(beside);
}

/* The value of a directive of Cache-Control (RFC 9111, section 5.2), "" when it has none; NULL when it is not there. */
static const char *directive(const http_response *response, const char *name) {
    const char *at = http_headers_get(&response->headers, "Cache-Control");
    size_t length = strlen(name);
    for (; at != NULL && *at != '\0'; at += strcspn(at, ",")) {
        at += strspn(at, ", \t");
        char end = strncasecmp(at, name, length) == 0 ? at[length] : 'x';
        if (end == '=')
            return at + length + 1;
        if (end == '\0' || end == ',' || end == ' ')
            return "";
    }
    return NULL;
}

static double expiry(const http_response *response, double now) {
    const char *age = directive(response, "max-age");
    double seconds = age == NULL || directive(response, "no-cache") != NULL ? 0 : strtod(age + (*age == '"'), NULL);
    return seconds > 0 && seconds < 1e9 ? now + seconds : 0;
}

void source_cache_store(const char *folder, const char *url, const http_response *response, double now) {
    if (directive(response, "no-store") != NULL)
        return;
    cached_source entry = {.etag = http_headers_get(&response->headers, "ETag"),
                           .modified = http_headers_get(&response->headers, "Last-Modified"),
                           .location = response->url,
                           .stored = now,
                           .expires = expiry(response, now),
                           .body = response->body,
                           .length = response->body_length};
    write_entry(folder, url, &entry);
}

void source_cache_renew(const char *folder, const char *url, const cached_source *kept, const http_response *response,
                        double now) {
    cached_source entry = *kept;
    entry.stored = now;
    entry.expires = expiry(response, now);
    write_entry(folder, url, &entry);
}
