/*
 * api.c: an OpenAPI document's operations: by id, by pointer, by request line. Swagger 2.0 and OpenAPI 3.0 to 3.2.
 *
 * Opening looks at paths and methods only; parameters and bodies are read by operation_prepare(). Diagnostics: E0201
 * not an OpenAPI document, E0202 no paths, W0203 an operationId given twice.
 */
#include <string.h>
#include <strings.h>

#include "engine/operation/operation_internal.h"
#include "engine/uri.h"

enum { REFERENCE_HOPS = 64 };

static const char *const methods[] = {"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"};
static const char *const method_names[] = {"GET",  "PUT",   "POST",  "DELETE", "OPTIONS",
                                           "HEAD", "PATCH", "TRACE", "QUERY"};

enum { METHODS = sizeof methods / sizeof *methods };

/* ---- References ---- */

static const char *base_of(const api *description, const document *owner) {
    if (owner == description->owner)
        return description->uri;
    for (size_t i = 0; i < description->links->count; i++)
        if (description->links->items[i].owner == owner)
            return description->links->items[i].uri;
    return "";
}

static bool remember(const api *description, const document *owner, const char *uri) {
    api_links *links = description->links;
    if (owner == description->owner || base_of(description, owner)[0] != '\0')
        return true;
    if (links->count == links->capacity) {
        size_t capacity = links->capacity == 0 ? 8 : links->capacity * 2;
        known_document *items = arena_array(description->memory, capacity, sizeof *items);
        if (items == NULL)
            return false;
        if (links->count > 0)
            memcpy(items, links->items, links->count * sizeof *items);
        links->items = items;
        links->capacity = capacity;
    }
    char *kept = arena_copy(description->memory, uri, strlen(uri));
    if (kept == NULL)
        return false;
    links->items[links->count++] = (known_document){owner, kept};
    return true;
}

/* The document that a reference without its fragment names. */
static const document *follow(const api *description, const document *from, const char *uri, arena *scratch) {
    if (uri[0] == '\0')
        return from;
    const char *absolute = uri_resolve(base_of(description, from), uri, scratch);
    if (absolute == NULL)
        return NULL;
    if (strcmp(absolute, description->uri) == 0)
        return description->owner;
    diagnostics list;
    if (description->sources.open == NULL || !diagnostics_init(&list))
        return NULL;
    const document *found = description->sources.open(description->sources.user, absolute, &list);
    diagnostics_free(&list);
    return found != NULL && remember(description, found, absolute) ? found : NULL;
}

located api_resolve(const api *description, located from) {
    for (int hops = 0; from.value != NULL && hops < REFERENCE_HOPS; hops++) {
        const node *reference = node_get(from.value, "$ref");
        const char *written = reference == NULL ? NULL : node_string(reference, NULL);
        if (written == NULL)
            return from;
        arena *scratch = arena_new();
        const char *fragment = NULL;
        const char *uri = scratch == NULL ? NULL : uri_split_fragment(written, &fragment, scratch);
        const document *owner = uri == NULL ? NULL : follow(description, from.owner, uri, scratch);
        from = (located){owner, NULL};
        if (owner != NULL)
            from.value = node_at(document_root(owner), fragment == NULL ? "" : fragment,
                                 fragment == NULL ? 0 : strlen(fragment));
        arena_free(scratch);
    }
    return (located){NULL, NULL};
}

/* ---- Opening ---- */

static bool read_version(api *made, diagnostics *list) {
    const node *root = document_root(made->owner);
    const node *openapi = node_get(root, "openapi"), *swagger = node_get(root, "swagger");
    const char *version = openapi == NULL ? NULL : node_source(openapi, NULL);
    static const struct {
        const char *prefix;
        api_version version;
    } versions[] = {{"3.0", API_OPENAPI_3_0}, {"3.1", API_OPENAPI_3_1}, {"3.2", API_OPENAPI_3_2}};
    for (size_t i = 0; version != NULL && i < sizeof versions / sizeof *versions; i++)
        if (strncmp(version, versions[i].prefix, 3) == 0) {
            made->version = versions[i].version;
            return true;
        }
    if (swagger != NULL && node_source(swagger, NULL) != NULL && strncmp(node_source(swagger, NULL), "2", 1) == 0) {
        made->version = API_SWAGGER_2_0;
        return true;
    }
    const node *where = openapi != NULL ? openapi : swagger != NULL ? swagger : root;
    if (version != NULL)
        diagnose(list, "E0201", node_place(made->owner, where), "2.0 and 3.0 to 3.2 are supported",
                 "version '%s' of OpenAPI is not supported", version);
    else
        diagnose(list, "E0201", node_place(made->owner, where), "it starts with a line such as 'openapi: 3.1.0'",
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
    if (op.details == NULL ||
        (op.id != NULL && !name_index_add(&made->by_id, made->memory, op.id, strlen(op.id), kept, &present)))
        return false;
    if (present)
        diagnose(list, "W0203", node_place(op.object.owner, id), "the first one is used",
                 "the operationId '%s' is given twice", op.id);
    return true;
}

/* OpenAPI 3.2: methods without a field of their own. */
static bool add_additional(api *made, const char *path, located item, const node *map, diagnostics *list) {
    for (size_t i = 0; i < node_count(map); i++) {
        operation op = {.method = node_string(node_key(map, i), NULL),
                        .path = path,
                        .path_item = item,
                        .object = {item.owner, node_value(map, i)}};
        if (node_type(op.object.value) == NODE_MAPPING && !add_operation(made, op, list))
            return false;
    }
    return true;
}

static bool add_path(api *made, const char *path, located item, diagnostics *list) {
    for (size_t i = 0; i < METHODS; i++) {
        const node *object = node_get(item.value, methods[i]);
        if (object == NULL || node_type(object) != NODE_MAPPING)
            continue;
        operation op = {.method = method_names[i], .path = path, .path_item = item, .object = {item.owner, object}};
        if (!add_operation(made, op, list))
            return false;
    }
    const node *more = node_get(item.value, "additionalOperations");
    return more == NULL || made->version != API_OPENAPI_3_2 || add_additional(made, path, item, more, list);
}

static size_t most_operations(const node *paths) {
    size_t count = 0;
    for (size_t i = 0; i < node_count(paths); i++) {
        const node *more = node_get(node_value(paths, i), "additionalOperations");
        count += METHODS + (more == NULL ? 0 : node_count(more));
    }
    return count;
}

/* A path item that is only a reference may hold any number of operations; those of other documents are few. */
static size_t resolved_operations(const api *made, const node *paths) {
    size_t count = 0;
    for (size_t i = 0; i < node_count(paths); i++) {
        located item = api_resolve(made, (located){made->owner, node_value(paths, i)});
        const node *more = item.value == NULL ? NULL : node_get(item.value, "additionalOperations");
        count += more == NULL ? 0 : node_count(more);
    }
    return count;
}

static bool index_paths(api *made, diagnostics *list) {
    const node *paths = node_get(document_root(made->owner), "paths");
    if (paths == NULL || node_type(paths) != NODE_MAPPING)
        return true; /* 3.1 and later: a document may hold components or webhooks only */
    made->operations =
        arena_array(made->memory, most_operations(paths) + resolved_operations(made, paths), sizeof *made->operations);
    if (made->operations == NULL)
        return false;
    for (size_t i = 0; i < node_count(paths); i++) {
        located item = api_resolve(made, (located){made->owner, node_value(paths, i)});
        if (item.value != NULL && !add_path(made, node_string(node_key(paths, i), NULL), item, list))
            return false;
    }
    return true;
}

api *api_open(const document *owner, const char *uri, const api_sources *sources, diagnostics *list) {
    arena *memory = arena_new();
    api *made = memory == NULL ? NULL : arena_alloc(memory, sizeof *made);
    if (made != NULL) {
        *made = (api){.memory = memory, .owner = owner};
        made->uri = arena_copy(memory, uri, strlen(uri));
        made->links = arena_alloc(memory, sizeof *made->links);
        if (sources != NULL)
            made->sources = *sources;
    }
    if (made == NULL || made->uri == NULL || made->links == NULL) {
        list->no_memory = true;
    } else if (read_version(made, list)) {
        if (index_paths(made, list))
            return made;
        list->no_memory = true;
    }
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

const operation *api_operation_at(const api *description, const char *pointer, size_t length) {
    arena *scratch = arena_new();
    char *copy = scratch == NULL ? NULL : arena_copy(scratch, pointer, length);
    const char *decoded = copy == NULL ? NULL : uri_percent_decode(copy, scratch);
    const node *target = decoded == NULL ? NULL : node_at(document_root(description->owner), decoded, strlen(decoded));
    arena_free(scratch);
    const operation *only = NULL;
    size_t in_item = 0;
    if (target == NULL)
        return NULL;
    located resolved = api_resolve(description, (located){description->owner, target});
    for (size_t i = 0; i < description->count; i++) {
        const operation *op = &description->operations[i];
        if (op->object.value == target)
            return op;
        if (op->path_item.value == resolved.value) {
            only = op;
            in_item++;
        }
    }
    /* A pointer to a path item is meant when there is no choice. */
    return in_item == 1 ? only : NULL;
}

/* How well a template fits a path: -1 not at all, else the number of its segments that are concrete. */
static int match_path(const char *template, const char *path) {
    int concrete = 0;
    while (*template == '/' && *path == '/') {
        size_t length = strcspn(++template, "/"), given = strcspn(++path, "/");
        const char *open = memchr(template, '{', length);
        if (open == NULL) {
            if (length != given || memcmp(template, path, length) != 0)
                return -1;
            concrete++;
        } else {
            const char *close = memchr(open, '}', length - (size_t)(open - template));
            size_t before = (size_t)(open - template);
            size_t after = close == NULL ? 0 : length - (size_t)(close + 1 - template);
            bool fits = close != NULL && given > before + after && memcmp(template, path, before) == 0 &&
                        (memchr(close + 1, '{', after) != NULL || memcmp(close + 1, path + given - after, after) == 0);
            if (!fits)
                return -1;
        }
        template += length;
        path += given;
    }
    return *template == '\0' && *path == '\0' ? concrete : -1;
}

const operation *api_operation_for(const api *description, const char *method, const char *path, bool *path_known) {
    const operation *best = NULL;
    int best_fit = -1;
    *path_known = false;
    for (size_t i = 0; i < description->count; i++) {
        const operation *op = &description->operations[i];
        int fit = match_path(op->path, path);
        *path_known = *path_known || fit >= 0;
        if (fit <= best_fit || strcasecmp(op->method, method) != 0)
            continue;
        best = op;
        best_fit = fit;
    }
    return best;
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
    char exact[16], range[16];
    snprintf(exact, sizeof exact, "%d", status);
    snprintf(range, sizeof range, "%dXX", status / 100);
    const char *names[] = {exact, range, "default"};
    for (size_t i = 0; map != NULL && i < 3; i++) {
        const node *found = node_get(map, names[i]);
        if (found != NULL)
            return api_resolve(op->description, (located){op->object.owner, found});
    }
    return (located){NULL, NULL};
}
