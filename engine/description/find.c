/*
 * find.c: operations whose documents are not where the description says (S26).
 *
 * Which documents come into question the caller's finder knows; here they are opened, best first, until one has the
 * operation. The source keeps its name and URL: only where its operation was found is another document.
 *
 * Diagnostics: E0601 a source that cannot be read, N0426 an operation found elsewhere.
 */
#include <string.h>

#include "base/text.h"
#include "engine/description/build_internal.h"

enum { MOST_CANDIDATES = 64 };

static const arazzo_finder *finder_of(const builder *b) {
    const arazzo_load_options *options = b->made->options;
    return options == NULL ? NULL : options->finder;
}

void report_missing_source(builder *b, source_description *source) {
    if (source->missed)
        return;
    source->missed = true;
    const arazzo_finder *finder = finder_of(b);
    const char *near = finder == NULL ? NULL : finder->suggest(finder->user, source->uri);
    const char *why;
    library_has(b->made->library, source->uri, &why, b->list);
    text help = TEXT_EMPTY;
    if (near != NULL && finder->find == NULL)
        text_append_format(&help, "look its operations up in a folder with --source-dir %s, or ", near);
    text_append_format(&help, "say where it is with --source %s=PATH or %s=URL", source->name, source->name);
    diagnose(b->list, "E0601", builder_place(b, node_get_or_self(source->object, "url")), text_peek(&help),
             "cannot read %s: %s", library_name(b->made->library, source->uri), why);
    text_free(&help);
}

/* The path of `/paths/~1pets~1{id}/get`, in `buffer`; NULL when the pointer is no such one. */
static const char *path_of(const char *pointer, size_t length, char *buffer, size_t size) {
    static const char paths[] = "/paths/";
    if (length < sizeof paths || strncmp(pointer, paths, sizeof paths - 1) != 0)
        return NULL;
    size_t used = 0;
    for (const char *at = pointer + sizeof paths - 1; at < pointer + length && *at != '/' && used + 1 < size; at++) {
        bool escape = *at == '~' && at + 1 < pointer + length && (at[1] == '0' || at[1] == '1');
        buffer[used++] = !escape ? *at : at[1] == '1' ? '/' : '~';
        at += escape;
    }
    buffer[used] = '\0';
    return used == 0 ? NULL : buffer;
}

static void note_found(builder *b, const node *field, const source_description *source, const char *what,
                       const char *uri) {
    const char *found = library_name(b->made->library, uri);
    if (source->missing)
        diagnose(b->list, "N0426", builder_place(b, field), NULL,
                 "the source '%s' is not at %s; its operation was found in %s", source->name,
                 library_name(b->made->library, source->uri), found);
    else
        diagnose(b->list, "N0426", builder_place(b, field), NULL,
                 "the source '%s' has no operation '%s'; it was found in %s", source->name, what, found);
}

/* The first candidate for a source that has the operation. */
static const operation *try_candidates(builder *b, const source_description *source, const char *id, const char *path,
                                       const char *pointer, size_t length, const char **uri) {
    const arazzo_finder *finder = finder_of(b);
    const operation *found = NULL;
    diagnostics unsaid; /* a candidate that is no OpenAPI document is none, whatever is wrong with it */
    if (!diagnostics_init(&unsaid))
        b->list->no_memory = true;
    for (size_t i = 0; found == NULL && !b->list->no_memory && i < MOST_CANDIDATES; i++) {
        *uri = finder->find(finder->user, id, path, source->uri, i);
        if (*uri == NULL)
            break;
        const api *candidate = library_api(b->made->library, *uri, (place){.file = NULL}, &unsaid);
        if (candidate != NULL)
            found = id != NULL ? api_operation_by_id(candidate, id) : api_operation_at(candidate, pointer, length);
        b->list->no_memory = b->list->no_memory || unsaid.no_memory;
    }
    diagnostics_free(&unsaid);
    return found;
}

bool find_moved_operation(builder *b, step *made, const node *field, const char *id, const char *pointer, size_t length,
                          source_description *only) {
    const arazzo_finder *finder = finder_of(b);
    char buffer[1024];
    if (finder == NULL || finder->find == NULL)
        return false;
    const char *path = id != NULL ? NULL : path_of(pointer, length, buffer, sizeof buffer);
    if (id == NULL && path == NULL)
        return false;
    /* A source that is missing is the likelier one to have had it. */
    for (int missing = 1; missing >= 0; missing--)
        for (size_t i = 0; i < b->made->source_count; i++) {
            source_description *source = &b->made->sources[i];
            if (source->type != SOURCE_OPENAPI || source->missing != (missing == 1) || source->uri == NULL ||
                (only != NULL && source != only))
                continue;
            const char *uri;
            const operation *op = try_candidates(b, source, id, path, pointer, length, &uri);
            if (op == NULL)
                continue;
            found_operation(made, source, op);
            note_found(b, field, source, id != NULL ? id : path, uri);
            return true;
        }
    return false;
}
