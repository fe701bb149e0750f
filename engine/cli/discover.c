/*
 * discover.c: files as they are given; folders, hidden ones left out, searched for files that look like Arazzo
 * documents, sorted by name.
 */
#include "engine/cli/discover.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

enum { DEEPEST_FOLDER = 64 };

typedef struct finding {
    session *at;
    arena *memory;
    found_documents *into;
    bool unread; /* a folder could not be read, which was said */
} finding;

static bool add_path(const finding *f, const char *path) {
    found_documents *list = f->into;
    const char **items = arena_room(f->memory, list->items, list->count, &list->capacity, sizeof *items);
    const char *kept = arena_copy(f->memory, path, strlen(path));
    if (items == NULL || kept == NULL)
        return false;
    list->items = items;
    items[list->count++] = kept;
    return true;
}

/* A key `arazzo` at the start of a line, or in JSON as a member of the outermost object. */
static bool looks_like_arazzo(const char *bytes, size_t length) {
    static const char *const spellings[] = {"arazzo:", "'arazzo':", "\"arazzo\":"};
    size_t depth = 0;
    bool fresh = true; /* nothing but white space, and the brace of JSON, since the line or member started */
    for (size_t i = 0; i < length; i++) {
        for (size_t s = 0; fresh && s < sizeof spellings / sizeof *spellings; s++)
            if (length - i >= strlen(spellings[s]) && strncmp(bytes + i, spellings[s], strlen(spellings[s])) == 0)
                return true;
        char c = bytes[i];
        if (depth > 0 && c == '"') {
            for (i++; i < length && bytes[i] != '"'; i++)
                i += bytes[i] == '\\';
            fresh = false;
        } else if (c == '{' || c == '[') {
            depth += depth > 0 || fresh;
            fresh = depth == 1;
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        } else if (depth == 0) {
            fresh = c == '\n' || (fresh && i < 3 && (unsigned char)c >= 0x80); /* a byte order mark */
        } else if (c == ',' || c == '\n' || c == ' ' || c == '\t' || c == '\r') {
            fresh = depth == 1 && (fresh || c == ',' || c == '\n');
        } else {
            fresh = false;
        }
    }
    return false;
}

static bool has_ending(const char *name) {
    static const char *const endings[] = {".yaml", ".yml", ".json"};
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (length > strlen(endings[i]) && strcmp(name + length - strlen(endings[i]), endings[i]) == 0)
            return true;
    return false;
}

static bool is_arazzo_file(const char *path) {
    if (has_ending(path) && access(path, R_OK) != 0 && errno == EACCES)
        return true; /* perhaps; that nobody can tell is an error of its own */
    char error[256];
    size_t length;
    char *bytes = has_ending(path) ? fetch_file(path, &length, error, sizeof error) : NULL;
    bool is = bytes != NULL && looks_like_arazzo(bytes, length);
    free(bytes);
    return is;
}

static int compare_names(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The names in a folder, hidden ones left out, sorted. False when memory is short; a folder that cannot be read is
 * empty, and said to be unreadable. */
static bool read_folder(finding *f, const char *path, found_documents *names) {
    finding own = {.memory = f->memory, .into = names};
    *names = (found_documents){.items = NULL};
    DIR *entries = opendir(path);
    bool right = true;
    if (entries == NULL) {
        fprintf(f->at->err, "arazzo %s: the folder %s cannot be read: %s\n", f->at->command, path, strerror(errno));
        f->unread = true;
    }
    for (struct dirent *entry; right && entries != NULL && (entry = readdir(entries)) != NULL;)
        if (entry->d_name[0] != '.')
            right = add_path(&own, entry->d_name);
    if (entries != NULL)
        closedir(entries);
    if (names->count > 1)
        qsort(names->items, names->count, sizeof *names->items, compare_names);
    return right;
}

static bool search_folder(finding *f, const char *folder, unsigned depth) {
    found_documents names;
    if (!read_folder(f, folder, &names))
        return false;
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    bool right = true;
    for (size_t i = 0; right && i < names.count; i++) {
        text path = TEXT_EMPTY;
        text_append(&path, folder, length);
        text_append_format(&path, "%s%s", folder[length - 1] == '/' ? "" : "/", names.items[i]);
        struct stat about;
        right = !path.failed;
        if (right && lstat(text_peek(&path), &about) == 0) {
            if (S_ISDIR(about.st_mode) && depth < DEEPEST_FOLDER)
                right = search_folder(f, text_peek(&path), depth + 1);
            else if (!S_ISDIR(about.st_mode) && is_arazzo_file(text_peek(&path)))
                right = add_path(f, text_peek(&path));
        }
        text_free(&path);
    }
    return right;
}

bool find_documents(session *at, const char *path, found_documents *into) {
    struct stat about;
    finding f = {.at = at, .memory = at->memory, .into = into};
    size_t before = into->count;
    if (strcmp(path, "-") == 0 && strcmp(at->command, "test") == 0) { /* it is read for each workflow */
        fputs("arazzo test: a document is not read from standard input; 'arazzo run -' does that\n", at->err);
        return false;
    }
    bool folder = stat(path, &about) == 0 && S_ISDIR(about.st_mode);
    if (!(folder ? search_folder(&f, path, 0) : add_path(&f, path))) {
        session_no_memory(at);
        return false;
    }
    if (into->count > before)
        return true;
    if (f.unread)
        return false;
    fprintf(at->err, "arazzo %s: there is no Arazzo document in %s\n", at->command, path);
    return false;
}
