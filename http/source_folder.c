/*
 * source_folder.c: which documents of a folder have an operation, by scanning their texts for ids (S26).
 *
 * A scan takes `operationId` wherever it stands as a key, in YAML or JSON; that it stands in an operation is for the
 * reader of the chosen document to see. Paths are looked for only when somebody asks for one.
 */
#include "http/source_folder.h"

#include <ctype.h>
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/name_index.h"
#include "base/text.h"
#include "engine/uri.h"
#include "http/fetch.h"

enum { DEEPEST = 16, MOST_FILES = 100000, MOST_WORDS = 32, NEAR_FILES = 64 };

typedef struct folder_file {
    struct folder_file *next;
    const char *path;
    const char *uri;
    const char *name; /* the last segment of the path */
    double likeness;  /* to the name that was asked for last */
} folder_file;

/* A document that has the id; several make a list. */
typedef struct holder {
    struct holder *next;
    folder_file *file;
} holder;

struct source_folder {
    arena *memory;
    const char *const *paths;
    size_t path_count;
    bool scanned;
    bool no_memory;
    folder_file *files;
    size_t file_count;
    name_index by_id;   /* operationId -> holder */
    name_index by_path; /* path -> holder, filled as paths are asked for */
    name_index visited; /* folders by device and inode: links may lead back */
    struct {            /* the files of a list, in the order in which they are handed out */
        const holder *list;
        const char *missing;
        folder_file **files;
        size_t count;
    } ranked;
    char suggestion[4096];
};

source_folder *source_folder_new(const char *const *paths, size_t count) {
    arena *memory = arena_new();
    source_folder *made = memory == NULL ? NULL : arena_alloc(memory, sizeof *made);
    if (made == NULL) {
        arena_free(memory);
        return NULL;
    }
    *made = (source_folder){.memory = memory, .paths = paths, .path_count = count, .ranked = {.missing = ""}};
    return made;
}

void source_folder_free(source_folder *folder) {
    if (folder != NULL)
        arena_free(folder->memory);
}

/* ---- The files ---- */

static bool has_extension(const char *name) {
    static const char *const extensions[] = {".yaml", ".yml", ".json"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot != NULL && i < sizeof extensions / sizeof *extensions; i++)
        if (strcmp(dot, extensions[i]) == 0)
            return true;
    return false;
}

static void add_file(source_folder *folder, const char *path) {
    folder_file *made = arena_alloc(folder->memory, sizeof *made);
    char *kept = arena_copy(folder->memory, path, strlen(path));
    const char *uri = kept == NULL ? NULL : uri_from_path(kept, folder->memory);
    if (made == NULL || uri == NULL) {
        folder->no_memory = true;
        return;
    }
    *made = (folder_file){.next = folder->files, .path = kept, .uri = uri, .name = strrchr(kept, '/') + 1};
    folder->files = made;
    folder->file_count++;
}

/* True for the first time that the folder is come to, by whatever path. */
static bool is_new(source_folder *folder, const struct stat *about) {
    char name[48];
    bool present = true;
    int length = snprintf(name, sizeof name, "%ju:%ju", (uintmax_t)about->st_dev, (uintmax_t)about->st_ino);
    const char *kept = arena_copy(folder->memory, name, (size_t)length);
    if (kept == NULL || !name_index_add(&folder->visited, folder->memory, kept, (size_t)length, folder, &present))
        folder->no_memory = true;
    return !present;
}

static void visit_folder(source_folder *folder, const char *path, unsigned depth) {
    DIR *open = opendir(path);
    if (open == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(open)) != NULL && folder->file_count < MOST_FILES;) {
        if (entry->d_name[0] == '.')
            continue;
        char below[4096];
        struct stat about;
        int length = snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
        if (length < 0 || (size_t)length >= sizeof below || stat(below, &about) != 0)
            continue;
        if (S_ISDIR(about.st_mode) && depth < DEEPEST && is_new(folder, &about))
            visit_folder(folder, below, depth + 1);
        else if (S_ISREG(about.st_mode) && has_extension(entry->d_name))
            add_file(folder, below);
    }
    closedir(open);
}

/* ---- Texts ---- */

static const char *find_bytes(const char *from, const char *end, const char *wanted, size_t length) {
    while ((size_t)(end - from) >= length) {
        from = memchr(from, wanted[0], (size_t)(end - from) - length + 1);
        if (from == NULL || memcmp(from, wanted, length) == 0)
            return from;
        from++;
    }
    return NULL;
}

/* An Arazzo document names operations, too, and has none. */
static bool is_arazzo(const char *bytes, const char *end) {
    static const char *const keys[] = {"\narazzo:", "\"arazzo\"", "'arazzo'"};
    if (end - bytes > 7 && memcmp(bytes, "arazzo:", 7) == 0)
        return true;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (find_bytes(bytes, end, keys[i], strlen(keys[i])) != NULL)
            return true;
    return false;
}

static void add_holder(source_folder *folder, name_index *index, const char *name, size_t length, folder_file *file) {
    holder *first = name_index_find(index, name, length);
    if (first != NULL && first->file == file)
        return;
    holder *made = arena_alloc(folder->memory, sizeof *made);
    if (made != NULL && first != NULL) {
        *made = *first; /* the index keeps the first: the newest takes its place, so that one file comes up once */
        *first = (holder){made, file};
        return;
    }
    char *kept = made == NULL ? NULL : arena_copy(folder->memory, name, length);
    bool present;
    if (kept == NULL) {
        folder->no_memory = true;
        return;
    }
    *made = (holder){.file = file};
    if (!name_index_add(index, folder->memory, kept, length, made, &present))
        folder->no_memory = true;
}

/* What stands behind the key: a plain scalar up to the end of the line or flow, or a quoted one. */
static const char *read_id(const char *at, const char *end, size_t *length) {
    static const char spaces[] = " \t\r\n";
    if (at < end && (*at == '"' || *at == '\''))
        at++;
    while (at < end && *at != '\0' && strchr(spaces, *at) != NULL)
        at++;
    if (at == end || *at++ != ':')
        return NULL;
    while (at < end && *at != '\0' && strchr(spaces, *at) != NULL)
        at++;
    char quote = at < end && (*at == '"' || *at == '\'') ? *at++ : '\0';
    const char *stop = at;
    while (stop < end && *stop != '\n' && *stop != '\r' && *stop != quote &&
           (quote != '\0' || (*stop != ',' && *stop != '}' && *stop != '#')))
        stop++;
    while (quote == '\0' && stop > at && (stop[-1] == ' ' || stop[-1] == '\t'))
        stop--;
    *length = (size_t)(stop - at);
    return *length == 0 ? NULL : at;
}

static void scan(source_folder *folder, folder_file *file, const char *bytes, size_t length) {
    static const char key[] = "operationId";
    const char *end = bytes + length;
    if (is_arazzo(bytes, end))
        return;
    for (const char *at = bytes; (at = find_bytes(at, end, key, sizeof key - 1)) != NULL;) {
        size_t id_length;
        const char *id = read_id(at += sizeof key - 1, end, &id_length);
        if (id != NULL)
            add_holder(folder, &folder->by_id, id, id_length, file);
    }
}

static void scan_path(source_folder *folder, folder_file *file, const char *bytes, size_t length, const char *path) {
    if (!is_arazzo(bytes, bytes + length) && find_bytes(bytes, bytes + length, path, strlen(path)) != NULL)
        add_holder(folder, &folder->by_path, path, strlen(path), file);
}

/* Each text in turn: for all its ids or, with `path`, for that. */
static void scan_all(source_folder *folder, const char *path) {
    for (folder_file *file = folder->files; file != NULL; file = file->next) {
        char error[128];
        size_t length;
        char *bytes = fetch_file(file->path, &length, error, sizeof error);
        if (bytes != NULL && path == NULL)
            scan(folder, file, bytes, length);
        else if (bytes != NULL)
            scan_path(folder, file, bytes, length, path);
        free(bytes);
    }
}

static void scan_once(source_folder *folder) {
    if (folder->scanned)
        return;
    folder->scanned = true;
    for (size_t i = 0; i < folder->path_count; i++)
        visit_folder(folder, folder->paths[i], 0);
    scan_all(folder, NULL);
}

/* ---- Names that are like each other ---- */

typedef struct words {
    struct {
        const char *start;
        size_t length;
    } items[MOST_WORDS];
    size_t count;
} words;

/* The words of a file's name, without its extension. */
static words words_of(const char *name) {
    const char *dot = strrchr(name, '.'), *end = dot == NULL ? name + strlen(name) : dot;
    words made = {.count = 0};
    for (const char *at = name; at < end && made.count < MOST_WORDS;) {
        const char *start = at;
        while (at < end && isalnum((unsigned char)*at))
            at++;
        if (at > start) {
            made.items[made.count].start = start;
            made.items[made.count++].length = (size_t)(at - start);
        } else {
            at++;
        }
    }
    return made;
}

static bool has_word(const words *list, const char *start, size_t length) {
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].length == length && memcmp(list->items[i].start, start, length) == 0)
            return true;
    return false;
}

/* The share of words that two names have in common, from 0 to 1. */
static double likeness(const char *one, const char *other) {
    words left = words_of(one), right = words_of(other);
    size_t shared = 0;
    for (size_t i = 0; i < left.count; i++)
        shared += has_word(&right, left.items[i].start, left.items[i].length);
    size_t all = left.count + right.count - shared;
    return all == 0 ? 0 : (double)shared / (double)all;
}

static const char *last_segment(const char *uri) {
    const char *slash = strrchr(uri, '/');
    return slash == NULL ? uri : slash + 1;
}

/* More like what is missing or, equally so, first by name. */
static int by_rank(const void *a, const void *b) {
    const folder_file *one = *(folder_file *const *)a, *other = *(folder_file *const *)b;
    bool liker = one->likeness > other->likeness, less = one->likeness < other->likeness;
    return liker ? -1 : less ? 1 : strcmp(one->path, other->path);
}

static void rank(source_folder *folder, const holder *list, const char *missing) {
    size_t count = 0;
    for (const holder *at = list; at != NULL; at = at->next)
        count++;
    folder_file **files = arena_array(folder->memory, count + 1, sizeof *files);
    const char *kept = arena_copy(folder->memory, missing, strlen(missing));
    folder->no_memory = folder->no_memory || files == NULL || kept == NULL;
    if (files == NULL || kept == NULL)
        return;
    count = 0;
    for (const holder *at = list; at != NULL; at = at->next) {
        at->file->likeness = likeness(at->file->name, last_segment(missing));
        files[count++] = at->file;
    }
    qsort(files, count, sizeof(folder_file *), by_rank);
    folder->ranked.list = list;
    folder->ranked.missing = kept;
    folder->ranked.files = files;
    folder->ranked.count = count;
}

static const char *find(void *user, const char *operation_id, const char *path, const char *missing, size_t index) {
    source_folder *folder = user;
    scan_once(folder);
    const char *wanted = operation_id != NULL ? operation_id : path;
    const name_index *known = operation_id != NULL ? &folder->by_id : &folder->by_path;
    if (operation_id == NULL && index == 0 && name_index_find(known, path, strlen(path)) == NULL)
        scan_all(folder, path);
    const holder *list = name_index_find(known, wanted, strlen(wanted));
    if (list != folder->ranked.list || strcmp(folder->ranked.missing, missing) != 0)
        rank(folder, list, missing);
    bool here = list != NULL && list == folder->ranked.list && index < folder->ranked.count;
    return here ? folder->ranked.files[index]->uri : NULL;
}

/* ---- A folder near ---- */

/* Among the first files of a folder there is an OpenAPI document. */
static bool holds_openapi(const char *path) {
    DIR *open = opendir(path);
    bool found = false;
    size_t looked = 0;
    for (struct dirent *entry; open != NULL && !found && looked < NEAR_FILES && (entry = readdir(open)) != NULL;) {
        char file[4096], start[512];
        int length = snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        FILE *stream =
            has_extension(entry->d_name) && length > 0 && (size_t)length < sizeof file ? fopen(file, "rb") : NULL;
        if (stream == NULL)
            continue;
        looked++;
        size_t got = fread(start, 1, sizeof start, stream);
        fclose(stream);
        found = find_bytes(start, start + got, "openapi", 7) != NULL ||
                find_bytes(start, start + got, "swagger", 7) != NULL;
        found = found && !is_arazzo(start, start + got);
    }
    if (open != NULL)
        closedir(open);
    return found;
}

/* The path as somebody who works in this folder would write it. */
static const char *below_working_folder(const char *path) {
    char working[4096];
    size_t length = getcwd(working, sizeof working) == NULL ? 0 : strlen(working);
    return length > 1 && strncmp(path, working, length) == 0 && path[length] == '/' ? path + length + 1 : path;
}

/* The folder where the document should be, its parents, and what stands beside them under a usual name. */
static const char *suggest(void *user, const char *missing) {
    static const char *const names[] = {"", "/openapi", "/apis", "/specs", "/../openapi"};
    source_folder *folder = user;
    arena *memory = arena_new();
    char *path = memory == NULL ? NULL : uri_to_path(missing, memory);
    const char *found = NULL;
    for (unsigned up = 0; path != NULL && found == NULL && up < 2; up++) {
        char *slash = strrchr(path, '/');
        if (slash == NULL || slash == path)
            break;
        *slash = '\0';
        for (size_t i = 0; found == NULL && i < sizeof names / sizeof *names; i++) {
            int length = snprintf(folder->suggestion, sizeof folder->suggestion, "%s%s", path, names[i]);
            if (length > 0 && (size_t)length < sizeof folder->suggestion && holds_openapi(folder->suggestion))
                found = folder->suggestion;
        }
    }
    arena_free(memory);
    return found == NULL ? NULL : below_working_folder(found);
}

arazzo_finder source_folder_finder(source_folder *folder) {
    return (arazzo_finder){.user = folder, .find = folder->path_count == 0 ? NULL : find, .suggest = suggest};
}
