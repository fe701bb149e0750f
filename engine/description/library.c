/*
 * library.c: documents by URI.
 *
 * Diagnostics: E0601 a document that cannot be read.
 */
#include "engine/description/library.h"

#include <stdlib.h>
#include <string.h>

#include "base/name_index.h"
#include "engine/description/description.h"
#include "engine/uri.h"

/* One URI that was asked for, and all that was made from it. */
typedef struct book {
    const char *uri;
    const char *base; /* where redirects led to, else the same: what is relative in it is relative to there */
    const char *name; /* for people */
    document *text;   /* NULL: it was not read yet, or could not be */
    const char *why;  /* it could not be read: a sentence */
    bool parsed;      /* it was tried */
    bool visited;     /* library_first_visit() */
    char *bytes;      /* what was read, where it is no document: source lines of its errors are shown */
    size_t length;
    api *openapi;
    arazzo_description *description;
} book;

struct library {
    arena *memory;
    arazzo_reader reader;
    api_sources sources;
    name_index by_uri;
    name_index by_self; /* `$self` -> the URI at which the document was read */
    book **books;
    size_t count;
    size_t capacity;
};

static const document *open_for_api(void *user, const char *uri, diagnostics *list) {
    return library_document(user, uri, (place){.file = NULL}, list);
}

static const char *base_for_api(void *user, const char *uri) {
    return library_base(user, uri);
}

library *library_new(const arazzo_reader *reader) {
    arena *memory = arena_new();
    library *books = memory == NULL ? NULL : arena_alloc(memory, sizeof *books);
    if (books == NULL) {
        arena_free(memory);
        return NULL;
    }
    *books = (library){.memory = memory, .reader = *reader, .sources = {books, open_for_api, base_for_api}};
    return books;
}

void library_free(library *books) {
    if (books == NULL)
        return;
    for (size_t i = 0; i < books->count; i++)
        description_release(books->books[i]->description);
    for (size_t i = 0; i < books->count; i++) {
        api_free(books->books[i]->openapi);
        document_free(books->books[i]->text);
        free(books->books[i]->bytes);
    }
    arena_free(books->memory);
}

static book *add_book(library *books, const char *uri) {
    book **room = arena_room(books->memory, books->books, books->count, &books->capacity, sizeof(book *));
    if (room == NULL)
        return NULL;
    books->books = room;
    book *fresh = arena_alloc(books->memory, sizeof *fresh);
    char *kept = arena_copy(books->memory, uri, strlen(uri));
    bool present;
    if (fresh == NULL || kept == NULL ||
        !name_index_add(&books->by_uri, books->memory, kept, strlen(kept), fresh, &present))
        return NULL;
    fresh->uri = kept;
    books->books[books->count++] = fresh;
    return fresh;
}

const char *library_display_name(const arazzo_reader *reader, const char *uri, arena *memory) {
    size_t length = reader->root == NULL ? 0 : strlen(reader->root);
    if (length > 0 && strncmp(uri, reader->root, length) == 0)
        return uri_percent_decode(uri + length, memory);
    if (strncmp(uri, "file:", 5) == 0)
        return uri_to_path(uri, memory);
    return uri;
}

/* Reads the bytes; target->why says why there are none. */
static void read_bytes(library *books, book *target, diagnostics *list) {
    char error[512] = "it cannot be read";
    target->bytes = books->reader.read(books->reader.user, target->uri, &target->length, error, sizeof error);
    if (target->bytes == NULL)
        target->why = arena_copy(books->memory, error, strlen(error));
    const char *moved = books->reader.moved == NULL || target->bytes == NULL
                            ? NULL
                            : books->reader.moved(books->reader.user, target->uri);
    target->base = moved == NULL ? target->uri : arena_copy(books->memory, moved, strlen(moved));
    list->no_memory = list->no_memory || target->base == NULL;
    target->name = library_display_name(&books->reader, target->uri, books->memory);
    if (target->name == NULL || (target->bytes == NULL && target->why == NULL))
        list->no_memory = true;
}

static book *find_book(library *books, const char *uri, diagnostics *list) {
    book *found = name_index_find(&books->by_uri, uri, strlen(uri));
    if (found != NULL && (found->bytes != NULL || found->text != NULL || found->why != NULL))
        return found;
    if (found == NULL)
        found = add_book(books, uri);
    if (found == NULL)
        list->no_memory = true;
    else
        read_bytes(books, found, list);
    return found;
}

bool library_has(library *books, const char *uri, const char **why, diagnostics *list) {
    const book *found = find_book(books, uri, list);
    *why = found == NULL || found->why == NULL ? "memory ran short" : found->why;
    return found != NULL && (found->bytes != NULL || found->text != NULL);
}

const char *library_base(library *books, const char *uri) {
    const book *found = name_index_find(&books->by_uri, uri, strlen(uri));
    return found == NULL || found->base == NULL ? uri : found->base;
}

const char *library_name(library *books, const char *uri) {
    const book *found = name_index_find(&books->by_uri, uri, strlen(uri));
    return found == NULL || found->name == NULL ? uri : found->name;
}

static const document *parse_book(book *target, place from, diagnostics *list) {
    if (target->parsed || list->no_memory)
        return target->text;
    target->parsed = true;
    if (target->bytes == NULL) {
        const char *help = from.file == NULL ? NULL : "say where it is with --source NAME=PATH or NAME=URL";
        diagnose(list, "E0601", from, help, "cannot read %s: %s", target->name, target->why);
        return NULL;
    }
    target->text = document_parse(target->bytes, target->length, target->name, NULL, list);
    if (target->text != NULL) {
        free(target->bytes);
        target->bytes = NULL;
    }
    return target->text;
}

const document *library_document(library *books, const char *uri, place from, diagnostics *list) {
    book *found = find_book(books, uri, list);
    return found == NULL ? NULL : parse_book(found, from, list);
}

const api *library_api(library *books, const char *uri, place from, diagnostics *list) {
    book *found = find_book(books, uri, list);
    if (found == NULL || parse_book(found, from, list) == NULL)
        return NULL;
    if (found->openapi == NULL)
        found->openapi = api_open(found->text, found->base, &books->sources, list);
    return found->openapi;
}

bool library_keep(library *books, const char *uri, arazzo_description *made) {
    book *found = name_index_find(&books->by_uri, uri, strlen(uri));
    if (found == NULL)
        found = add_book(books, uri);
    if (found == NULL || found->description != NULL)
        return false;
    found->description = made;
    return true;
}

arazzo_description *library_kept(const library *books, const char *uri) {
    book *found = name_index_find(&books->by_uri, uri, strlen(uri));
    return found == NULL ? NULL : found->description;
}

bool library_identify(library *books, const char *self, const char *uri) {
    bool present;
    char *name = arena_copy(books->memory, self, strlen(self)), *where = arena_copy(books->memory, uri, strlen(uri));
    return name != NULL && where != NULL &&
           name_index_add(&books->by_self, books->memory, name, strlen(name), where, &present);
}

const char *library_identified(const library *books, const char *self) {
    return name_index_find(&books->by_self, self, strlen(self));
}

bool library_first_visit(library *books, const char *uri) {
    book *found = name_index_find(&books->by_uri, uri, strlen(uri));
    bool first = found != NULL && !found->visited;
    if (first)
        found->visited = true;
    return first;
}

const char *library_text(void *books, const char *name, size_t *length) {
    const library *from = books;
    for (size_t i = 0; i < from->count; i++) {
        const book *candidate = from->books[i];
        if (candidate->name == NULL || strcmp(candidate->name, name) != 0)
            continue;
        if (candidate->text != NULL)
            return document_text(candidate->text, length);
        *length = candidate->length;
        return candidate->bytes;
    }
    return NULL;
}
