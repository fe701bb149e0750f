/*
 * fix.c: mending a document in rounds, since a mend may uncover another, and writing the file: to a new one beside it,
 * with the same permissions, that takes its place.
 */
#include "engine/cli/fix.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/report/diff.h"
#include "engine/uri.h"
#include "engine/validate/fix.h"

enum { MOST_ROUNDS = 16, MOST_LINKS = 16 };

/* Reads the document's new text, and all else as before. */
typedef struct rewriting {
    const arazzo_reader *reader;
    const char *uri;
    const text *current; /* NULL: as it is in the file */
} rewriting;

static char *read_rewritten(void *user, const char *uri, size_t *length, char *error, size_t error_size) {
    const rewriting *r = user;
    if (r->current == NULL || strcmp(uri, r->uri) != 0)
        return r->reader->read(r->reader->user, uri, length, error, error_size);
    char *copy = malloc(r->current->length + 1);
    if (copy == NULL) {
        snprintf(error, error_size, "memory ran short");
        return NULL;
    }
    memcpy(copy, text_peek(r->current), r->current->length);
    *length = r->current->length;
    return copy;
}

/* ---- Writing ---- */

static bool write_all(int file, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(file, bytes, length);
        if (written < 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

/* A new file takes the place of the old one, so that nobody ever sees half of it. */
static bool replace_file(const char *path, const char *mark, const text *made) {
    text name = TEXT_EMPTY;
    text_append_format(&name, "%s.XXXXXX", path);
    struct stat about;
    char *temporary = text_take(&name, NULL);
    int file = temporary == NULL || stat(path, &about) != 0 ? -1 : mkstemp(temporary);
    bool right = file >= 0 && fchmod(file, about.st_mode & 07777) == 0 && write_all(file, mark, strlen(mark)) &&
                 write_all(file, text_peek(made), made->length) && fsync(file) == 0;
    if (file >= 0)
        right = close(file) == 0 && right;
    right = right && rename(temporary, path) == 0;
    if (file >= 0 && !right)
        unlink(temporary);
    free(temporary);
    return right;
}

/* What stands before the document's text in the file: nothing, or a byte order mark. NULL: the file is another one. */
static const char *mark_of(const char *path, const char *bytes, size_t length) {
    static const char mark[] = "\xEF\xBB\xBF";
    char error[256];
    size_t size;
    char *now = fetch_file(path, &size, error, sizeof error);
    const char *found = NULL;
    if (now != NULL && size == length && memcmp(now, bytes, length) == 0)
        found = "";
    else if (now != NULL && size == length + 3 && memcmp(now, mark, 3) == 0 && memcmp(now + 3, bytes, length) == 0)
        found = mark;
    free(now);
    return found;
}

/* The file behind symbolic links, which stay as they are; in `memory`. NULL when there is none. */
static const char *behind_links(const char *path, arena *memory) {
    for (unsigned i = 0; path != NULL && i < MOST_LINKS; i++) {
        char target[4096];
        ssize_t length = readlink(path, target, sizeof target - 1);
        if (length < 0)
            return path;
        target[length] = '\0';
        const char *slash = target[0] == '/' ? NULL : strrchr(path, '/');
        size_t folder = slash == NULL ? 0 : (size_t)(slash - path) + 1;
        char *joined = arena_alloc(memory, folder + (size_t)length + 1);
        if (joined != NULL) {
            memcpy(joined, path, folder);
            memcpy(joined + folder, target, (size_t)length + 1);
        }
        path = joined;
    }
    return NULL;
}

static void write_document(fixing *f, const char *uri, const document *original, const text *made) {
    const char *real = behind_links(uri_to_path(uri, f->at->memory), f->at->memory);
    size_t length;
    const char *bytes = document_text(original, &length);
    const char *mark = real == NULL ? NULL : mark_of(real, bytes, length);
    if (mark == NULL || !replace_file(real, mark, made)) {
        f->failed = true;
        fprintf(f->at->err, "arazzo validate: %s cannot be written\n", document_name(original));
    }
}

static void finish(fixing *f, const char *uri, const document *original, const text *made) {
    size_t length;
    const char *bytes = document_text(original, &length);
    if (!f->dry_run) {
        write_document(f, uri, original, made);
        return;
    }
    text shown = TEXT_EMPTY;
    diff_append(document_name(original), bytes, length, text_peek(made), made->length, &shown);
    f->at->list.no_memory = f->at->list.no_memory || shown.failed;
    if (!shown.failed)
        fwrite(text_peek(&shown), 1, shown.length, f->out);
    text_free(&shown);
}

/* ---- Rounds ---- */

/* Validates the text as it is now. Returns the number of mends that were made in `next` (NULL: none shall be). */
static size_t one_round(fixing *f, library *books, const char *uri, text *next) {
    diagnostics *list = &f->at->list;
    size_t from = list->count;
    validate_document(books, uri, f->load, list);
    validate_apply_policy(list, from, f->policy);
    if (next == NULL)
        return 0;
    const document *owner = list->no_memory ? NULL : library_document(books, uri, (place){.file = NULL}, list);
    size_t made = owner == NULL ? 0 : fix_text(owner, list, from, next);
    list->no_memory = list->no_memory || next->failed;
    if (made > 0) { /* it will be said of the new text, as far as it still holds */
        list->count = from;
        validate_apply_policy(list, from, f->policy);
    }
    return made;
}

static bool same_string(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool was_said(const diagnostics *list, size_t from, const diagnostic *entry) {
    for (size_t i = 0; i < from; i++) {
        const diagnostic *before = &list->items[i];
        if (strcmp(before->code, entry->code) == 0 && before->where.line == entry->where.line &&
            before->where.column == entry->where.column && same_string(before->where.file, entry->where.file) &&
            strcmp(before->message, entry->message) == 0)
            return true;
    }
    return false;
}

/* Each document is read with a library of its own here, so what is wrong with a shared source is said again. */
static void forget_repeated(fixing *f, size_t from) {
    diagnostics *list = &f->at->list;
    size_t kept = from;
    for (size_t i = from; i < list->count; i++)
        if (!was_said(list, from, &list->items[i]))
            list->items[kept++] = list->items[i];
    list->count = kept;
    validate_apply_policy(list, from, f->policy);
}

library *fix_document(fixing *f, const char *uri) {
    text current = TEXT_EMPTY;
    rewriting r = {.reader = &f->at->reader, .uri = uri};
    const arazzo_reader reader = {.user = &r, .read = read_rewritten, .root = f->at->reader.root};
    library *first = library_new(&reader), *books = first;
    size_t places = 0, from = f->at->list.count;
    bool local = strncmp(uri, "file:", 5) == 0;
    for (unsigned round = 0; books != NULL; round++) {
        text next = TEXT_EMPTY;
        size_t made = one_round(f, books, uri, local && round < MOST_ROUNDS ? &next : NULL);
        if (made == 0 || f->at->list.no_memory) {
            text_free(&next);
            break;
        }
        places += made;
        text_free(&current);
        current = next;
        r.current = &current;
        if (books != first)
            library_free(books);
        books = library_new(&reader);
    }
    if (places > 0 && !f->at->list.no_memory) {
        finish(f, uri, library_document(first, uri, (place){.file = NULL}, &f->at->list), &current);
        f->files++;
        f->places += places;
    }
    forget_repeated(f, from);
    if (books != first)
        library_free(first);
    text_free(&current);
    return books;
}
