/*
 * identity.c: which document a source description means: by identity before location, and of which kind it is.
 *
 * Sections "Identity-Based Referencing" and "Establishing the Base URI" of 1.1.0: a document that has a `$self` is
 * referred to by it, wherever it was read. So all Arazzo documents that the sources lead to are read, and their names
 * noted, before any reference is followed.
 *
 * Diagnostics: W0419 a document that is referred to by another name than its own.
 */
#include <string.h>

#include "base/text.h"
#include "engine/description/build_internal.h"
#include "engine/uri.h"

static const char *string_field(const node *object, const char *name) {
    const node *field = object == NULL ? NULL : node_get(object, name);
    return field == NULL ? NULL : node_string(field, NULL);
}

/* The root of the document under a URI, or NULL where none can be read: whoever needs it will say so. */
static const node *root_at(builder *b, const char *uri, place from) {
    const char *why;
    if (!library_has(b->made->library, uri, &why, b->list))
        return NULL;
    const document *found = library_document(b->made->library, uri, from, b->list);
    const node *root = found == NULL ? NULL : document_root(found);
    return root != NULL && node_type(root) == NODE_MAPPING ? root : NULL;
}

static const char *resolve(builder *b, const char *base, const char *reference) {
    bool no_memory = false;
    const char *made = uri_resolve_reporting(base, reference, b->made->memory, &no_memory);
    b->list->no_memory = b->list->no_memory || no_memory;
    return made;
}

/* ---- Kinds of sources ---- */

void settle_source_type(builder *b, source_description *source) {
    if (source->typed || source->uri == NULL || is_looking_only(b))
        return;
    source->typed = true;
    const node *root = root_at(b, source->uri, builder_place(b, node_get_or_self(source->object, "url")));
    if (root != NULL && node_get(root, "arazzo") != NULL)
        source->type = SOURCE_ARAZZO;
    else if (root != NULL && node_get(root, "asyncapi") != NULL)
        source->type = SOURCE_ASYNCAPI;
}

/* ---- Names of documents ---- */

/* URIs of documents that are still to be looked at. */
typedef struct agenda {
    const char **uris;
    size_t count;
    size_t capacity;
} agenda;

static void put_on(builder *b, agenda *open, const char *uri) {
    const char **uris = builder_room(b, open->uris, open->count, &open->capacity, sizeof *uris);
    if (uris == NULL)
        return;
    open->uris = uris;
    uris[open->count++] = uri;
}

/* Notes what the document calls itself, and which Arazzo documents it names. */
static void examine(builder *b, agenda *open, const char *uri) {
    const node *root = root_at(b, uri, (place){.file = NULL});
    if (root == NULL || !library_first_visit(b->made->library, uri))
        return;
    const char *self = string_field(root, "$self"), *base = self == NULL ? uri : resolve(b, uri, self);
    if (base == NULL)
        return;
    if (self != NULL && !library_identify(b->made->library, base, uri))
        b->list->no_memory = true;
    const node *sources = node_get(root, "sourceDescriptions");
    for (size_t i = 0; sources != NULL && i < node_count(sources); i++) {
        const node *source = node_item(sources, i);
        const char *type = string_field(source, "type"), *url = string_field(source, "url");
        const char *target = url == NULL || type == NULL || strcmp(type, "arazzo") != 0 ? NULL : resolve(b, base, url);
        if (target != NULL)
            put_on(b, open, target);
    }
}

void identify_documents(builder *b) {
    if (is_looking_only(b))
        return;
    agenda open = {0};
    arazzo_description *made = b->made;
    if (made->self != NULL && !library_identify(made->library, made->self, made->read_at))
        b->list->no_memory = true;
    for (size_t i = 0; i < made->source_count; i++)
        if (made->sources[i].uri != NULL && made->sources[i].typed && made->sources[i].type == SOURCE_ARAZZO)
            put_on(b, &open, made->sources[i].uri);
    while (open.count > 0 && !b->list->no_memory)
        examine(b, &open, open.uris[--open.count]);
}

/* "References MUST use the target document's `$self` URI if the `$self` field is present in that document." */
static void report_other_name(builder *b, const source_description *source, const char *self) {
    text help = TEXT_EMPTY;
    text_append_format(&help, "write 'url: %s'", self);
    diagnose(b->list, "W0419", builder_place(b, node_get_or_self(source->object, "url")), text_peek(&help),
             "the source '%s' calls itself %s, and is referred to by that name", source->name, self);
    b->list->no_memory = b->list->no_memory || help.failed;
    text_free(&help);
}

void settle_identity(builder *b, source_description *source) {
    const char *known = library_identified(b->made->library, source->named);
    if (known != NULL) {
        source->uri = known;
        return;
    }
    const node *root = root_at(b, source->uri, builder_place(b, node_get_or_self(source->object, "url")));
    const char *self = string_field(root, "$self");
    self = self == NULL ? NULL : resolve(b, source->uri, self);
    if (self != NULL && strcmp(self, source->named) != 0)
        report_other_name(b, source, self);
}
