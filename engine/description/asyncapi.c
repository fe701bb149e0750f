/*
 * asyncapi.c: steps that send or receive messages: recognised and checked, and then refused.
 *
 * A step is one when it names a channel (`channelPath`), an operation of an AsyncAPI document, or has a field that only
 * such steps have. What it refers to is looked up in the AsyncAPI document (3.x: `operations`, `channels`); its other
 * parts are built like those of every step, so that each mistake in them is found. Section "Step Object" of 1.1.0.
 *
 * Diagnostics: E0420, and those of link.c.
 */
#include <string.h>

#include "base/nearest.h"
#include "base/text.h"
#include "engine/description/build_internal.h"

static bool belongs_to_asyncapi(builder *b, const char *reference) {
    const char *name;
    size_t length;
    const char *rest = split_source_reference(reference + (reference[0] == '{'), &name, &length);
    source_description *source = rest == NULL ? NULL : (source_description *)description_source(b->made, name, length);
    if (source == NULL)
        return false;
    settle_source_type(b, source);
    return source->type == SOURCE_ASYNCAPI;
}

/* The field that makes it a step of messages, or NULL. */
static const char *telling_field(builder *b, const node *object) {
    static const char *const fields[] = {"action", "correlationId"};
    static const char *const operations[] = {"operationId", "operationPath"};
    if (node_get_key(object, "channelPath") != NULL)
        return "channelPath";
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        const node *value = node_get(object, operations[i]);
        const char *written = value == NULL ? NULL : node_string(value, NULL);
        if (written != NULL && belongs_to_asyncapi(b, written))
            return operations[i];
    }
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (node_get_key(object, fields[i]) != NULL)
            return fields[i];
    return NULL;
}

/* "Only applicable for asyncapi steps": a step that names an operation of another source is none. */
static bool is_out_of_place(builder *b, const step *made, const char *field) {
    if (is_looking_only(b) || made->kind == STEP_WORKFLOW ||
        (strcmp(field, "action") != 0 && strcmp(field, "correlationId") != 0))
        return false;
    for (size_t i = 0; i < b->made->source_count; i++) {
        settle_source_type(b, &b->made->sources[i]);
        if (b->made->sources[i].type == SOURCE_ASYNCAPI)
            return false;
    }
    diagnose(b->list, "E0433", builder_place(b, node_get_key(made->object, field)),
             "remove it, or describe the source of the messages: 'type: asyncapi'",
             "'%s' does not belong here: it is for steps of AsyncAPI documents, and no source is one", field);
    return true;
}

static const node *asyncapi_root(builder *b, const source_description *source, const node *field) {
    const document *found =
        source->uri == NULL ? NULL : library_document(b->made->library, source->uri, builder_place(b, field), b->list);
    return found == NULL ? NULL : document_root(found);
}

/* The AsyncAPI source of a reference; NULL after a diagnostic. */
static source_description *message_source(builder *b, const node *field, const char *name, size_t length) {
    source_description *source = named_source(b, field, name, length);
    if (source == NULL || source->type == SOURCE_ASYNCAPI)
        return source;
    diagnose(b->list, "E0414", builder_place(b, field), "its 'type' must be 'asyncapi'",
             "the source description '%s' is no AsyncAPI document, so it has no channels", source->name);
    return NULL;
}

static void check_operation(builder *b, const source_description *source, const node *field, const char *id) {
    const node *root = asyncapi_root(b, source, field), *map = root == NULL ? NULL : node_get(root, "operations");
    if (root == NULL || (map != NULL && node_get(map, id) != NULL))
        return;
    nearest search;
    nearest_start(&search, id, strlen(id));
    for (size_t i = 0; map != NULL && i < node_count(map); i++)
        nearest_try(&search, node_string(node_key(map, i), NULL));
    text help = TEXT_EMPTY;
    text_append_format(&help, "did you mean '%s'?", search.best == NULL ? "" : search.best);
    diagnose(b->list, "E0416", builder_place(b, field), search.best == NULL ? NULL : text_peek(&help),
             "there is no operation '%s' in the source '%s'", id, source->name);
    text_free(&help);
}

/* `{$sourceDescriptions.n.url}#/channels/orders` */
static void check_channel(builder *b, const node *field) {
    size_t length, name_length;
    const char *path = node_string(field, &length), *name;
    bool braces = path[0] == '{';
    const char *rest = split_source_reference(path + braces, &name, &name_length);
    const char *hash = rest == NULL ? NULL : strchr(rest, '#');
    if (hash == NULL || strncmp(rest, "url", 3) != 0 || rest + 3 + braces != hash || (braces && hash[-1] != '}')) {
        diagnose(b->list, "E0418", builder_place(b, field),
                 "it looks like '{$sourceDescriptions.NAME.url}#/channels/orders'",
                 "'%s' does not refer to a channel of a source description", path);
        return;
    }
    const source_description *source = message_source(b, field, name, name_length);
    const node *root = source == NULL ? NULL : asyncapi_root(b, source, field);
    if (root != NULL && node_at(root, hash + 1, (size_t)(path + length - hash - 1)) == NULL)
        diagnose(b->list, "E0416", builder_place(b, field), NULL, "there is no channel at '%s' in the source '%s'",
                 hash, source->name);
}

static void check_reference(builder *b, const step *made) {
    const node *channel = node_get(made->object, "channelPath"), *id = node_get(made->object, "operationId");
    const char *written = id == NULL ? NULL : node_string(id, NULL), *name;
    size_t length;
    const char *rest = written == NULL ? NULL : split_source_reference(written, &name, &length);
    if (channel != NULL && expect_kind(b, channel, "'channelPath'", NODE_STRING))
        check_channel(b, channel);
    else if (rest != NULL) {
        const source_description *source = named_source(b, id, name, length);
        if (source != NULL && source->type == SOURCE_ASYNCAPI)
            check_operation(b, source, id, rest);
    }
}

bool refuse_asyncapi(builder *b, step *made) {
    static const char *const newer[] = {"channelPath", "action", "correlationId"};
    const char *field = telling_field(b, made->object);
    if (field == NULL || is_out_of_place(b, made, field))
        return false;
    for (size_t i = 0; i < sizeof newer / sizeof *newer; i++)
        note_newer_field(b, made->object, newer[i]);
    if (is_looking_only(b))
        return true;
    check_reference(b, made);
    diagnose(b->list, "E0420", builder_place(b, node_get_key(made->object, field)),
             "only steps that call OpenAPI operations or workflows run so far",
             "'%s' belongs to AsyncAPI steps, which this version does not carry out", field);
    return true;
}
