/*
 * api.c: an OpenAPI document's operations: by id and by pointer. Swagger 2.0 and OpenAPI 3.0 to 3.2, sections "OpenAPI
 * Object", "Paths Object", "Path Item Object".
 *
 * Opening looks at paths and methods only; parameters and bodies are read by operation_prepare(), schemas never.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/operation/operation_internal.h"

/* ---- Opening ---- */

/* The fields of a Path Item Object that hold operations. */
static const struct {
    const char *field;
    const char *method;
    api_version since;
} methods[] = {{"get", "GET", API_SWAGGER_2_0},         {"put", "PUT", API_SWAGGER_2_0},
               {"post", "POST", API_SWAGGER_2_0},       {"delete", "DELETE", API_SWAGGER_2_0},
               {"options", "OPTIONS", API_SWAGGER_2_0}, {"head", "HEAD", API_SWAGGER_2_0},
               {"patch", "PATCH", API_SWAGGER_2_0},     {"trace", "TRACE", API_OPENAPI_3_0},
               {"query", "QUERY", API_OPENAPI_3_2}};

enum { METHODS = sizeof methods / sizeof *methods };

static bool is_version(const char *written, const char *wanted) {
    size_t length = strlen(wanted);
    return strncmp(written, wanted, length) == 0 && (written[length] == '.' || written[length] == '\0');
}

static bool read_version(api *made, diagnostics *list) {
    static const struct {
        const char *field;
        const char *version;
        api_version is;
    } versions[] = {{"openapi", "3.0", API_OPENAPI_3_0},
                    {"openapi", "3.1", API_OPENAPI_3_1},
                    {"openapi", "3.2", API_OPENAPI_3_2},
                    {"swagger", "2.0", API_SWAGGER_2_0}};
    const node *root = document_root(made->owner), *field = NULL;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        const node *at = node_get(root, versions[i].field);
        const char *version = at == NULL ? NULL : node_source(at, NULL);
        field = field == NULL ? at : field;
        if (version != NULL && is_version(version, versions[i].version)) {
            made->version = versions[i].is;
            return true;
        }
    }
    if (field != NULL)
        diagnose(list, "E0201", node_place(made->owner, field), "2.0 and 3.0 to 3.2 are supported",
                 "version '%s' of OpenAPI is not supported",
                 node_source(field, NULL) == NULL ? node_type_name(field) : node_source(field, NULL));
    else
        diagnose(list, "E0201", node_place(made->owner, root), "it starts with a line such as 'openapi: 3.1.0'",
                 "this is no OpenAPI document: it lacks the field 'openapi'");
    return false;
}

static bool add_operation(api *made, operation op, diagnostics *list) {
    const node *id = node_get(op.object.value, "operationId");
    op.id = id == NULL ? NULL : node_source(id, NULL);
    op.description = made;
    op.details = arena_alloc(made->memory, sizeof *op.details);
    operation *kept = &made->operations[made->count++];
    *kept = op;
    bool present = false;
    if (op.details == NULL || !name_index_add(&made->by_path, made->memory, op.path, strlen(op.path), kept, &present))
        return false;
    present = false;
    if (op.id != NULL && !name_index_add(&made->by_id, made->memory, op.id, strlen(op.id), kept, &present))
        return false;
    operation *first = present ? name_index_find(&made->by_id, op.id, strlen(op.id)) : NULL;
    if (first != NULL && !first->repeated)
        diagnose(list, "W0203", node_place(op.object.owner, id), "the first one is used",
                 "the operationId '%s' is given twice", op.id);
    if (first != NULL)
        first->repeated = true;
    return true;
}

static const node *object_field(const node *item, const char *name) {
    const node *found = item == NULL ? NULL : node_get(item, name);
    return found != NULL && node_type(found) == NODE_MAPPING ? found : NULL;
}

/* OpenAPI 3.2: methods without a field of their own. */
static const node *additional_operations(const api *made, const node *item) {
    return made->version == API_OPENAPI_3_2 ? object_field(item, "additionalOperations") : NULL;
}

static size_t count_operations(const api *made, const node *item) {
    const node *more = additional_operations(made, item);
    size_t count = more == NULL ? 0 : node_count(more);
    for (size_t i = 0; i < METHODS; i++)
        count += made->version >= methods[i].since && object_field(item, methods[i].field) != NULL;
    return count;
}

static bool add_path_item(api *made, const char *path, located item, located beside, diagnostics *list) {
    for (size_t i = 0; i < METHODS; i++) {
        const node *object = made->version < methods[i].since ? NULL : object_field(item.value, methods[i].field);
        operation op = {.method = methods[i].method,
                        .path = path,
                        .path_item = item,
                        .beside = beside,
                        .object = {item.owner, object}};
        if (object != NULL && !add_operation(made, op, list))
            return false;
    }
    const node *more = additional_operations(made, item.value);
    for (size_t i = 0; more != NULL && i < node_count(more); i++) {
        operation op = {.method = node_string(node_key(more, i), NULL),
                        .path = path,
                        .path_item = item,
                        .beside = beside,
                        .object = {item.owner, node_value(more, i)}};
        if (node_type(op.object.value) == NODE_MAPPING && !add_operation(made, op, list))
            return false;
    }
    return true;
}

/* An entry of `paths`: the path item itself, and the one that its $ref names. */
typedef struct path_entry {
    const char *path;
    located own;
    located referenced;
} path_entry;

static bool is_path(const char *key) {
    return strncmp(key, "x-", 2) != 0;
}

static bool read_entry(const api *made, const node *paths, size_t index, path_entry *entry, diagnostics *list) {
    const node *item = node_value(paths, index);
    *entry = (path_entry){.path = node_string(node_key(paths, index), NULL)};
    if (!is_path(entry->path) || node_type(item) != NODE_MAPPING)
        return true;
    entry->own = (located){made->owner, item};
    if (node_get(item, "$ref") == NULL)
        return true;
    resolution found = resolve_reference(made, entry->own);
    entry->referenced = found.target;
    if (found.target.value == NULL && !found.no_memory)
        diagnose(list, "W0204", node_place(made->owner, node_get(item, "$ref")), found.why,
                 "the reference of the path '%s' leads nowhere", entry->path);
    return !found.no_memory;
}

static bool index_paths(api *made, diagnostics *list) {
    const node *paths = node_get(document_root(made->owner), "paths");
    arena *scratch = arena_new();
    path_entry *entries = scratch == NULL ? NULL : arena_array(scratch, node_count(paths), sizeof *entries);
    bool right = entries != NULL;
    size_t count = 0;
    for (size_t i = 0; right && i < node_count(paths); i++) {
        right = read_entry(made, paths, i, &entries[i], list);
        count += count_operations(made, entries[i].own.value) + count_operations(made, entries[i].referenced.value);
    }
    made->operations = right ? arena_array(made->memory, count, sizeof *made->operations) : NULL;
    right = made->operations != NULL;
    for (size_t i = 0; right && i < node_count(paths); i++)
        right = add_path_item(made, entries[i].path, entries[i].own, entries[i].referenced, list) &&
                add_path_item(made, entries[i].path, entries[i].referenced, entries[i].own, list);
    arena_free(scratch);
    return right;
}

static bool read_paths(api *made, diagnostics *list) {
    const node *paths = node_get(document_root(made->owner), "paths");
    if (paths == NULL)
        return true; /* 3.1 and later: a document may hold components or webhooks only */
    if (node_type(paths) != NODE_MAPPING) {
        diagnose(list, "E0202", node_place(made->owner, paths), NULL, "'paths' must be an object; its type is '%s'",
                 node_type_name(paths));
        return false;
    }
    if (index_paths(made, list))
        return true;
    list->no_memory = true;
    return false;
}

api *api_open(const document *owner, const char *uri, const api_sources *sources, diagnostics *list) {
    arena *memory = arena_new();
    api *made = memory == NULL ? NULL : arena_alloc(memory, sizeof *made);
    bool right = made != NULL;
    if (right) {
        *made = (api){.memory = memory, .owner = owner};
        if (sources != NULL)
            made->sources = *sources;
        made->links = arena_alloc(memory, sizeof *made->links);
        const known_document *entry = made->links == NULL ? NULL : api_know(made, owner, uri);
        made->uri = entry == NULL ? NULL : entry->uri;
        right = entry != NULL;
    }
    list->no_memory = list->no_memory || !right;
    if (right && read_version(made, list) && read_paths(made, list) && !list->no_memory)
        return made;
    arena_free(memory);
    return NULL;
}

void api_free(api *description) {
    if (description != NULL)
        arena_free(description->memory);
}

/* ---- Looking up ---- */

api_version api_version_of(const api *description) {
    return description->version;
}

const document *api_document(const api *description) {
    return description->owner;
}

size_t api_operation_count(const api *description) {
    return description->count;
}

const operation *api_operation(const api *description, size_t index) {
    return index < description->count ? &description->operations[index] : NULL;
}

const operation *api_operation_by_id(const api *description, const char *id) {
    return name_index_find(&description->by_id, id, strlen(id));
}

const char *operation_id(const operation *op) {
    return op->id;
}

const char *operation_method(const operation *op) {
    return op->method;
}

const char *operation_path(const operation *op) {
    return op->path;
}

located operation_object(const operation *op) {
    return op->object;
}

const api *operation_api(const operation *op) {
    return op->description;
}

located operation_response(const operation *op, int status) {
    const node *map = node_get(op->object.value, "responses");
    char exact[16], range[16], lower_range[16];
    snprintf(exact, sizeof exact, "%d", status);
    snprintf(range, sizeof range, "%dXX", status / 100);
    snprintf(lower_range, sizeof lower_range, "%dxx", status / 100);
    const char *names[] = {exact, range, lower_range, "default"};
    for (size_t i = 0; map != NULL && i < sizeof names / sizeof *names; i++) {
        const node *found = node_get(map, names[i]);
        if (found != NULL)
            return api_resolve(op->description, (located){op->object.owner, found});
    }
    return (located){NULL, NULL};
}
