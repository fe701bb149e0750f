/*
 * fetch.c: reading files and URLs whole, within bounds.
 */
#include "http/fetch.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/nearest.h"
#include "engine/uri.h"
#include "http/drive.h"
#include "http/source_cache.h"

enum { LARGEST_FILE = 64 << 20 };

/* For all documents of a command together: one that is not trusted may refer to others without end. */
enum { MOST_DOWNLOADS = 1000, LONGEST_WAIT = 300 };

static char *read_stream(FILE *file, size_t *length, char *error, size_t error_size) {
    size_t capacity = 16384, used = 0;
    char *bytes = malloc(capacity);
    while (bytes != NULL) {
        used += fread(bytes + used, 1, capacity - used, file);
        if (used > LARGEST_FILE) {
            snprintf(error, error_size, "it is larger than %d MiB", LARGEST_FILE >> 20);
            free(bytes);
            return NULL;
        }
        if (used < capacity)
            break;
        char *larger = realloc(bytes, capacity *= 2);
        if (larger == NULL)
            free(bytes);
        bytes = larger;
    }
    if (bytes == NULL || ferror(file)) {
        snprintf(error, error_size, "%s", bytes == NULL ? "memory ran short" : strerror(errno));
        free(bytes);
        return NULL;
    }
    *length = used;
    return bytes;
}

/* There is no file `path`: names the one beside it that was probably meant. */
static void say_missing(const char *path, char *error, size_t error_size) {
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(name - path));
    DIR *entries = folder == NULL ? NULL : opendir(folder);
    char best[NAME_MAX + 1];
    nearest search;
    nearest_start(&search, name, strlen(name));
    for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        nearest_try(&search, entry->d_name);
        if (search.best != entry->d_name)
            continue;
        snprintf(best, sizeof best, "%s", entry->d_name); /* the entry is readdir()'s */
        search.best = best;
    }
    const char *dot = strrchr(name, '.');
    size_t stem = dot == NULL ? strlen(name) : (size_t)(dot - name); /* to share .yaml is not to be near */
    if (search.best == NULL || search.distance > (stem < 6 ? 1 : stem / 3))
        snprintf(error, error_size, "there is no such file");
    else
        snprintf(error, error_size, "there is no such file; did you mean '%s'?", search.best);
    if (entries != NULL)
        closedir(entries);
    free(folder);
}

char *fetch_file(const char *path, size_t *length, char *error, size_t error_size) {
    if (strcmp(path, "-") == 0)
        return read_stream(stdin, length, error, error_size);
    struct stat about;
    if (stat(path, &about) != 0) {
        if (errno == ENOENT)
            say_missing(path, error, error_size);
        else
            snprintf(error, error_size, "%s", strerror(errno));
        return NULL;
    }
    if (S_ISDIR(about.st_mode)) {
        snprintf(error, error_size, "it is a directory");
        return NULL;
    }
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        snprintf(error, error_size, "%s", strerror(errno));
        return NULL;
    }
    char *bytes = read_stream(file, length, error, error_size);
    fclose(file);
    return bytes;
}

/* ---- Over HTTP ---- */

typedef struct download {
    fetcher *from;
    const char *uri;
    arena *memory;
    const cached_source *copy; /* NULL: there is none */
    bool done;
    char *bytes;
    size_t length;
    char *error;
    size_t error_size;
} download;

static void take_bytes(download *at, const char *bytes, size_t length) {
    at->length = length;
    at->bytes = malloc(length + 1);
    if (at->bytes == NULL) {
        snprintf(at->error, at->error_size, "memory ran short");
        return;
    }
    memcpy(at->bytes, bytes, length);
    at->bytes[length] = '\0';
}

static void note_location(download *at, const char *location) {
    at->from->moved = location == NULL ? NULL : strdup(location);
    if (location == NULL || at->from->moved != NULL)
        return;
    free(at->bytes);
    at->bytes = NULL;
    snprintf(at->error, at->error_size, "memory ran short");
}

static void take_copy(download *at) {
    take_bytes(at, at->copy->body, at->copy->length);
    note_location(at, at->copy->location);
}

/* There is no answer that could be used: the copy will do. */
static void fall_back(download *at) {
    if (at->copy == NULL)
        return;
    if (at->from->stale != NULL)
        at->from->stale(at->from->user, at->uri, at->error);
    take_copy(at);
}

static void take_response(download *at, const http_response *response) {
    const char *cache = at->from->cache;
    double now = driver_now(NULL);
    if (response->status == 304 && at->copy != NULL) {
        source_cache_renew(cache, at->uri, at->copy, response, now);
        take_copy(at);
    } else if (response->status < 200 || response->status >= 300) {
        snprintf(at->error, at->error_size, "the server answered with status %d", response->status);
        if (response->status >= 500)
            fall_back(at);
    } else {
        if (cache != NULL)
            source_cache_store(cache, at->uri, response, now);
        take_bytes(at, response->body, response->body_length);
        note_location(at, response->url);
    }
}

static void finish_download(void *user, const http_result *result) {
    download *at = user;
    at->done = true;
    if (result->response != NULL) {
        take_response(at, result->response);
        return;
    }
    snprintf(at->error, at->error_size, "%s", result->error == NULL ? "memory ran short" : result->error);
    fall_back(at);
}

static bool add_headers(http_request *request, arena *memory, const cached_source *copy) {
    return http_headers_add(&request->headers, memory, "Accept", "application/yaml, application/json, */*") &&
           (copy == NULL || copy->etag == NULL ||
            http_headers_add(&request->headers, memory, "If-None-Match", copy->etag)) &&
           (copy == NULL || copy->modified == NULL ||
            http_headers_add(&request->headers, memory, "If-Modified-Since", copy->modified));
}

/* Is there no more to be fetched? Then a sentence says so. */
static bool is_exhausted(download *at) {
    bool many = at->from->downloads >= MOST_DOWNLOADS, long_enough = at->from->waited >= LONGEST_WAIT;
    if (many)
        snprintf(at->error, at->error_size, "%d documents have been fetched already", MOST_DOWNLOADS);
    else if (long_enough)
        snprintf(at->error, at->error_size, "fetching documents has taken more than %d s already", LONGEST_WAIT);
    return many || long_enough;
}

static void download_uri(download *at) {
    http_client *client = at->from->client;
    http_request request = {.method = "GET", .url = at->uri};
    if (is_exhausted(at))
        return;
    double start = driver_clock(NULL);
    at->from->downloads++;
    if (!add_headers(&request, at->memory, at->copy) ||
        !http_client_send(client, &request, at->memory, finish_download, at)) {
        snprintf(at->error, at->error_size, "memory ran short");
        at->done = true;
    }
    while (!at->done)
        http_client_poll(client, 1);
    at->from->waited += driver_clock(NULL) - start;
}

static char *fetch_url(fetcher *fetches, const char *uri, size_t *length, char *error, size_t error_size) {
    arena *memory = arena_new();
    cached_source copy;
    bool known = memory != NULL && fetches->cache != NULL && !fetches->refresh &&
                 source_cache_load(fetches->cache, uri, memory, &copy);
    download at = {.from = fetches,
                   .uri = uri,
                   .memory = memory,
                   .copy = known ? &copy : NULL,
                   .error = error,
                   .error_size = error_size};
    if (memory == NULL)
        snprintf(error, error_size, "memory ran short");
    else if (known && (fetches->offline || driver_now(NULL) < copy.expires))
        take_copy(&at);
    else if (fetches->offline)
        snprintf(error, error_size, "there is no copy of it, and --offline asks for no network");
    else if (fetches->client == NULL)
        snprintf(error, error_size, "this command does not use the network");
    else
        download_uri(&at);
    arena_free(memory);
    *length = at.length;
    return at.bytes;
}

static char *read_standard(fetcher *fetches, size_t *length, char *error, size_t error_size) {
    if (fetches->input == NULL)
        fetches->input = fetch_file("-", &fetches->input_length, error, error_size);
    if (fetches->input == NULL)
        return NULL;
    char *copy = malloc(fetches->input_length + 1);
    if (copy == NULL) {
        snprintf(error, error_size, "memory ran short");
        return NULL;
    }
    memcpy(copy, fetches->input, fetches->input_length);
    *length = fetches->input_length;
    return copy;
}

static char *read_uri(void *user, const char *uri, size_t *length, char *error, size_t error_size) {
    fetcher *fetches = user;
    fetch_close(fetches);
    if (strncmp(uri, "http://", 7) == 0 || strncmp(uri, "https://", 8) == 0)
        return fetch_url(fetches, uri, length, error, error_size);
    if (strncmp(uri, "file:", 5) != 0) {
        snprintf(error, error_size, "only files and http(s) URLs can be read");
        return NULL;
    }
    if (fetches->standard != NULL && strcmp(uri, fetches->standard) == 0)
        return read_standard(fetches, length, error, error_size);
    if (fetches->remote_only) {
        snprintf(error, error_size, "a document from the network may not refer to a file of this machine");
        return NULL;
    }
    arena *memory = arena_new();
    const char *path = memory == NULL ? NULL : uri_to_path(uri, memory);
    char *bytes = NULL;
    if (path == NULL)
        snprintf(error, error_size, "it is no path of this machine");
    else
        bytes = fetch_file(path, length, error, error_size);
    arena_free(memory);
    return bytes;
}

/* The library asks right after reading. */
static const char *moved_uri(void *user, const char *uri) {
    (void)uri;
    return ((fetcher *)user)->moved;
}

void fetch_close(fetcher *fetches) {
    free(fetches->moved);
    fetches->moved = NULL;
}

void fetch_forget(fetcher *fetches) {
    free(fetches->input);
    fetches->input = NULL;
}

arazzo_reader fetch_reader(fetcher *fetches, const char *root) {
    return (arazzo_reader){.user = fetches, .read = read_uri, .root = root, .moved = moved_uri};
}

/* ---- Where documents are ---- */

const char *fetch_working_folder(arena *memory) {
    char path[4096];
    if (getcwd(path, sizeof path - 1) == NULL)
        return NULL;
    size_t length = strlen(path);
    if (path[length - 1] != '/')
        memcpy(path + length, "/", 2);
    return uri_from_path(path, memory);
}

bool fetch_is_url(const char *name) {
    return strncmp(name, "http://", 7) == 0 || strncmp(name, "https://", 8) == 0 || strncmp(name, "file:", 5) == 0;
}

/* "ftp://…": no path that anybody means. What cannot be read is refused where it is read. */
static bool has_scheme(const char *name) {
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
    return length > 1 && strncmp(name + length, "://", 3) == 0;
}

const char *fetch_location(const char *folder, const char *path_or_url, arena *memory) {
    if (fetch_is_url(path_or_url) || has_scheme(path_or_url))
        return arena_copy(memory, path_or_url, strlen(path_or_url));
    if (path_or_url[0] == '/')
        return uri_from_path(path_or_url, memory);
    const char *relative = uri_encode_path(path_or_url, memory);
    return folder == NULL || relative == NULL ? NULL : uri_resolve(folder, relative, memory);
}
