/*
 * references.c: where a $ref leads: within its document, or into another one that the caller's sources open. Sections
 * "Relative References in API Description URIs" and "Reference Object".
 *
 * It doesn't resolve `$anchor` and `$id` within schemas: that is JSON Schema's (engine/schema/).
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/operation/operation_internal.h"
#include "engine/uri.h"

/* A chain longer than this goes in a circle, or is not worth following. */
enum { REFERENCE_HOPS = 64 };

/* ---- The documents of a description ---- */

static const known_document *find_owner(const api *description, const document *owner) {
    for (size_t i = 0; i < description->links->count; i++)
        if (description->links->items[i].owner == owner)
            return &description->links->items[i];
    return NULL;
}

static const known_document *find_uri(const api *description, const char *uri) {
    for (size_t i = 0; i < description->links->count; i++) {
        const known_document *at = &description->links->items[i];
        if (strcmp(at->uri, uri) == 0 || strcmp(at->base, uri) == 0)
            return at;
    }
    return NULL;
}

const char *api_uri_of(const api *description, const document *owner) {
    const known_document *found = find_owner(description, owner);
    return found == NULL ? "" : found->uri;
}

const char *api_base(const api *description, const document *owner) {
    const known_document *found = find_owner(description, owner);
    return found == NULL ? "" : found->base;
}

static bool grow(const api *description) {
    api_links *links = description->links;
    known_document *items =
        arena_room(description->memory, links->items, links->count, &links->capacity, sizeof *items);
    if (items != NULL)
        links->items = items;
    return items != NULL;
}

const known_document *api_know(const api *description, const document *owner, const char *uri) {
    const known_document *known = find_owner(description, owner);
    if (known != NULL)
        return known;
    bool no_memory = false;
    size_t length = strcspn(uri, "#");
    const char *kept = arena_copy(description->memory, uri, length), *base = kept;
    const node *self = node_get(document_root(owner), "$self");
    if (kept != NULL && self != NULL && node_string(self, NULL) != NULL) {
        const char *named = uri_resolve_reporting(kept, node_string(self, NULL), description->memory, &no_memory);
        base = named == NULL ? kept : named;
    }
    if (kept == NULL || no_memory || !grow(description))
        return NULL;
    description->links->items[description->links->count] = (known_document){owner, kept, base};
    return &description->links->items[description->links->count++];
}

/* ---- Following ---- */

static void fail(resolution *made, const char *why) {
    snprintf(made->why, sizeof made->why, "%s", why);
}

static bool is_file(const char *uri) {
    return strncasecmp(uri, "file:", 5) == 0;
}

/* The document under an absolute URI, which a document retrieved from `from` refers to. */
static const document *open_document(const api *description, const char *from, const char *uri, resolution *made) {
    const known_document *known = find_uri(description, uri);
    if (known != NULL)
        return known->owner;
    if (is_file(uri) && !is_file(from)) {
        fail(made, "a document from elsewhere may not refer to a file of this machine");
        return NULL;
    }
    if (description->sources.open == NULL) {
        fail(made, "it is in another document, and none can be opened");
        return NULL;
    }
    diagnostics list;
    const document *found = NULL;
    if (diagnostics_init(&list))
        found = description->sources.open(description->sources.user, uri, &list);
    if (found == NULL && list.count > 0)
        fail(made, list.items[0].message);
    else if (found == NULL)
        fail(made, "its document cannot be opened");
    made->no_memory = made->no_memory || list.no_memory;
    const api_sources *sources = &description->sources;
    const char *base = found == NULL || sources->base == NULL ? uri : sources->base(sources->user, uri);
    if (found != NULL && api_know(description, found, base) == NULL) {
        made->no_memory = true;
        found = NULL;
    }
    diagnostics_free(&list);
    return found;
}

const document *api_open_document(const api *description, const document *from, const char *uri, bool *no_memory) {
    resolution made = {.no_memory = false};
    const document *found = open_document(description, api_uri_of(description, from), uri, &made);
    *no_memory = *no_memory || made.no_memory;
    return found;
}

/*
 * The document that a reference without its fragment names. It is relative to `$self`; when nothing is there (a copy of
 * a published description, say), to where the document was retrieved from.
 */
static const document *follow_uri(const api *description, const document *from, const char *uri, arena *scratch,
                                  resolution *made) {
    const known_document *known = find_owner(description, from);
    const char *bases[] = {known == NULL ? "" : known->base, known == NULL ? "" : known->uri};
    const document *found = NULL;
    if (uri[0] == '\0')
        return from;
    for (size_t i = 0; i < 2 && found == NULL && !made->no_memory; i++) {
        if (i == 1 && strcmp(bases[0], bases[1]) == 0)
            break;
        const char *absolute = uri_resolve_reporting(bases[i], uri, scratch, &made->no_memory);
        if (absolute == NULL)
            fail(made, "it is no URI reference");
        else
            found = open_document(description, bases[1], absolute, made);
    }
    return found;
}

/* One step: the node that the reference written in `from`'s document names. */
static located follow(const api *description, located from, const char *written, resolution *made) {
    const char *pointer = written + 1;
    if (written[0] == '#' && strchr(written, '%') == NULL) { /* nearly all of them: no memory is needed */
        from.value = node_at(document_root(from.owner), pointer, strlen(pointer));
    } else {
        arena *scratch = arena_new();
        const char *fragment = NULL;
        const char *uri = scratch == NULL ? NULL : uri_split_fragment(written, &fragment, scratch);
        made->no_memory = uri == NULL || (fragment == NULL && strchr(written, '#') != NULL);
        from.owner = made->no_memory ? NULL : follow_uri(description, from.owner, uri, scratch, made);
        from.value = NULL;
        if (from.owner != NULL)
            from.value = node_at(document_root(from.owner), fragment == NULL ? "" : fragment,
                                 fragment == NULL ? 0 : strlen(fragment));
        arena_free(scratch);
    }
    if (from.value == NULL && made->why[0] == '\0')
        snprintf(made->why, sizeof made->why, "nothing is at '%s'", written);
    return from;
}

resolution resolve_reference(const api *description, located from) {
    resolution made = {.target = from};
    for (int hops = 0; made.target.value != NULL; hops++) {
        const node *reference = node_get(made.target.value, "$ref");
        const char *written = reference == NULL ? NULL : node_string(reference, NULL);
        if (written == NULL)
            return made;
        if (hops == REFERENCE_HOPS) {
            snprintf(made.why, sizeof made.why, "its references go in a circle, or are more than %d in a row",
                     REFERENCE_HOPS);
            break;
        }
        made.target = follow(description, made.target, written, &made);
    }
    made.target = (located){NULL, NULL};
    return made;
}

resolution resolve_written(const api *description, located from, const char *written) {
    resolution made = {.target = from};
    made.target = follow(description, from, written, &made);
    return made.target.value == NULL ? made : resolve_reference(description, made.target);
}

located api_resolve(const api *description, located from) {
    return resolve_reference(description, from).target;
}
