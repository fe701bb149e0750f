/*
 * link.c: what a step's `operationId`, `operationPath` or `workflowId` refers to (S25), and looking things up in a
 * description.
 */
#include <string.h>
#include <strings.h>

#include "base/nearest.h"
#include "base/text.h"
#include "engine/description/build_internal.h"

const workflow *description_workflow(const arazzo_description *loaded, const char *id) {
    return name_index_find(&loaded->workflow_index, id, strlen(id));
}

const source_description *description_source(const arazzo_description *loaded, const char *name, size_t length) {
    for (size_t i = 0; i < loaded->source_count; i++)
        if (loaded->sources[i].name != NULL && strlen(loaded->sources[i].name) == length &&
            memcmp(loaded->sources[i].name, name, length) == 0)
            return &loaded->sources[i];
    return NULL;
}

const step *workflow_step(const workflow *flow, const char *id) {
    return name_index_find(&flow->step_index, id, strlen(id));
}

/* Things once each, by their address. */
typedef struct gathering {
    arena *memory;
    const void **items;
    size_t count;
    size_t capacity;
    name_index known;
    bool no_memory;
} gathering;

/* True when it is new. */
static bool gather(gathering *all, const void *thing) {
    if (all->no_memory)
        return false;
    const void **items = arena_room(all->memory, all->items, all->count, &all->capacity, sizeof *items);
    all->no_memory = items == NULL;
    if (items == NULL)
        return false;
    all->items = items;
    const void **key = arena_alloc(all->memory, sizeof *key);
    bool present = false;
    if (key != NULL)
        *key = thing;
    all->no_memory =
        key == NULL || !name_index_add(&all->known, all->memory, (const char *)key, sizeof *key, key, &present);
    if (all->no_memory || present)
        return false;
    all->items[all->count++] = thing;
    return true;
}

static void gather_apis(gathering *apis, const arazzo_description *loaded) {
    for (size_t i = 0; i < loaded->source_count; i++)
        if (loaded->sources[i].openapi != NULL)
            gather(apis, loaded->sources[i].openapi);
    for (size_t i = 0; i < loaded->workflow_count; i++)
        for (size_t j = 0; j < loaded->workflows[i].step_count; j++)
            if (loaded->workflows[i].steps[j].operation != NULL)
                gather(apis, operation_api(loaded->workflows[i].steps[j].operation));
}

const arazzo_description **description_all(const arazzo_description *loaded, arena *memory, size_t *count) {
    gathering all = {.memory = memory};
    gather(&all, loaded);
    for (size_t i = 0; i < all.count; i++) {
        const arazzo_description *at = all.items[i];
        for (size_t j = 0; j < at->source_count; j++)
            if (at->sources[j].description != NULL)
                gather(&all, at->sources[j].description);
    }
    *count = all.count;
    return all.no_memory ? NULL : (const arazzo_description **)all.items;
}

const api **description_apis(const arazzo_description *loaded, arena *memory, size_t *count) {
    size_t descriptions;
    const arazzo_description **from = description_all(loaded, memory, &descriptions);
    gathering apis = {.memory = memory, .no_memory = from == NULL};
    for (size_t i = 0; from != NULL && i < descriptions; i++)
        gather_apis(&apis, from[i]);
    *count = apis.count;
    if (apis.items == NULL && !apis.no_memory)
        apis.items = arena_array(memory, 1, sizeof *apis.items);
    return apis.no_memory ? NULL : (const api **)apis.items;
}

/* How many nodes are looked at for an anchor. */
enum { ANCHOR_BUDGET = 10000 };

static const node *anchored(const node *at, const char *name, size_t length, int *budget) {
    node_kind kind = at == NULL ? NODE_NULL : node_type(at);
    if ((kind != NODE_MAPPING && kind != NODE_SEQUENCE) || --*budget < 0)
        return NULL;
    const node *anchor = node_get(at, "$anchor");
    size_t size;
    const char *given = anchor == NULL ? NULL : node_string(anchor, &size);
    if (given != NULL && size == length && memcmp(given, name, length) == 0)
        return at;
    const node *found = NULL;
    for (size_t i = 0; found == NULL && i < node_count(at); i++)
        found = anchored(kind == NODE_MAPPING ? node_value(at, i) : node_item(at, i), name, length, budget);
    return found;
}

const node *description_schema(const node *root, const char *reference, size_t length) {
    if (length == 0 || reference[0] != '#')
        return NULL;
    if (length == 1 || reference[1] == '/')
        return node_at(root, reference + 1, length - 1);
    int budget = ANCHOR_BUDGET;
    const node *components = node_get(root, "components"), *workflows = node_get(root, "workflows");
    const node *found =
        components == NULL ? NULL : anchored(node_get(components, "inputs"), reference + 1, length - 1, &budget);
    for (size_t i = 0; found == NULL && workflows != NULL && i < node_count(workflows); i++)
        found = anchored(node_get(node_item(workflows, i), "inputs"), reference + 1, length - 1, &budget);
    return found;
}

/* How many subschemas are looked into: an input schema is no library, and may refer to itself. */
enum { INPUT_SCHEMA_BUDGET = 256 };

static const node *property_of(const node *root, const node *schema_object, const char *name, size_t length,
                               int *budget) {
    if (schema_object == NULL || --*budget < 0)
        return NULL;
    const node *found = node_get(schema_object, "properties");
    found = found == NULL ? NULL : node_get_sized(found, name, length);
    const node *reference = node_get(schema_object, "$ref");
    size_t reference_length;
    const char *pointer = reference == NULL ? NULL : node_string(reference, &reference_length);
    if (found == NULL && pointer != NULL)
        found = property_of(root, description_schema(root, pointer, reference_length), name, length, budget);
    const node *all = node_get(schema_object, "allOf");
    for (size_t i = 0; found == NULL && all != NULL && i < node_count(all); i++)
        found = property_of(root, node_item(all, i), name, length, budget);
    return found;
}

const node *workflow_input(const workflow *flow, const char *name, size_t length) {
    int budget = INPUT_SCHEMA_BUDGET;
    return property_of(document_root(flow->owner->document), flow->inputs, name, length, &budget);
}

/* ---- Sources ---- */

static bool has_finder(const builder *b) {
    const arazzo_load_options *options = b->made->options;
    return options != NULL && options->finder != NULL && options->finder->find != NULL;
}

bool open_source(builder *b, source_description *source) {
    if (source->tried || source->uri == NULL)
        return source->openapi != NULL || source->description != NULL;
    source->tried = true;
    const char *why;
    place from = builder_place(b, node_get_or_self(source->object, "url"));
    if (source->type == SOURCE_ARAZZO)
        settle_identity(b, source);
    if (source->type != SOURCE_ASYNCAPI && !library_has(b->made->library, source->uri, &why, b->list)) {
        source->missing = true;
        if (source->type != SOURCE_OPENAPI || !has_finder(b))
            report_missing_source(b, source);
        return false;
    }
    if (source->type == SOURCE_OPENAPI) {
        source->openapi = library_api(b->made->library, source->uri, from, b->list);
        return source->openapi != NULL;
    }
    if (source->type == SOURCE_ASYNCAPI)
        return false;
    source->description = library_kept(b->made->library, source->uri);
    if (source->description != NULL)
        return true;
    const document *owner = library_document(b->made->library, source->uri, from, b->list);
    if (owner != NULL) {
        arazzo_load_options options = {.strict = b->made->strict};
        if (b->made->options != NULL) {
            options.no_sources = b->made->options->no_sources;
            options.finder = b->made->options->finder;
        }
        source->description = description_build(b->made->library, owner, source->uri, &options, b->list);
    }
    return source->description != NULL;
}

const char *split_source_reference(const char *written, const char **name, size_t *length) {
    static const char prefix[] = "$sourceDescriptions.";
    if (strncmp(written, prefix, sizeof prefix - 1) != 0)
        return NULL;
    *name = written + sizeof prefix - 1;
    *length = strcspn(*name, ".");
    return (*name)[*length] == '.' ? *name + *length + 1 : NULL;
}

source_description *named_source(builder *b, const node *field, const char *name, size_t length) {
    source_description *found = (source_description *)description_source(b->made, name, length);
    if (found != NULL) {
        settle_source_type(b, found);
        return found;
    }
    nearest search;
    nearest_start(&search, name, length);
    for (size_t i = 0; i < b->made->source_count; i++)
        if (b->made->sources[i].name != NULL)
            nearest_try(&search, b->made->sources[i].name);
    text help = TEXT_EMPTY;
    if (search.best != NULL)
        text_append_format(&help, "did you mean '%s'?", search.best);
    else
        for (size_t i = 0; i < b->made->source_count && i < MOST_LISTED; i++)
            if (b->made->sources[i].name != NULL)
                text_append_format(&help, "%s'%s'", help.length == 0 ? "they are " : ", ", b->made->sources[i].name);
    diagnose(b->list, "E0414", builder_place(b, field), help.length == 0 ? NULL : text_peek(&help),
             "there is no source description '%.*s'", (int)length, name);
    text_free(&help);
    return NULL;
}

/* ---- Workflows ---- */

static void report_missing_workflow(builder *b, const arazzo_description *in, const node *field, const char *id,
                                    size_t length) {
    nearest search;
    nearest_start(&search, id, length);
    for (size_t i = 0; i < in->workflow_count; i++)
        nearest_try(&search, in->workflows[i].id);
    text help = TEXT_EMPTY;
    if (search.best != NULL)
        text_append_format(&help, "did you mean '%s'?", search.best);
    else
        for (size_t i = 0; i < in->workflow_count && i < MOST_LISTED; i++)
            text_append_format(&help, "%s'%s'", i == 0 ? "they are " : ", ", in->workflows[i].id);
    diagnose(b->list, "E0415", builder_place(b, field), help.length == 0 ? NULL : text_peek(&help),
             "there is no workflow '%.*s' in %s", (int)length, id,
             in == b->made ? "this document" : document_name(in->document));
    text_free(&help);
}

/* The description of an Arazzo source; NULL after a diagnostic. */
static const arazzo_description *named_description(builder *b, const node *reference, const char *name, size_t length) {
    source_description *source = is_looking_only(b) ? NULL : named_source(b, reference, name, length);
    if (source == NULL)
        return NULL;
    if (source->type != SOURCE_ARAZZO) {
        diagnose(b->list, "E0414", builder_place(b, reference), "its 'type' must be 'arazzo'",
                 "the source description '%s' is no Arazzo document, so it has no workflows", source->name);
        return NULL;
    }
    return open_source(b, source) ? source->description : NULL;
}

/* The workflow of a reference that goes on with `length` bytes of its id; NULL after a diagnostic. */
static const workflow *find_workflow(builder *b, const arazzo_description *in, const node *reference, const char *id,
                                     size_t length) {
    const workflow *found = name_index_find(&in->workflow_index, id, length);
    if (found == NULL)
        report_missing_workflow(b, in, reference, id, length);
    return found;
}

const workflow *link_workflow(builder *b, const node *reference) {
    if (!expect_kind(b, reference, b->step == NULL ? "an entry of 'dependsOn'" : "'workflowId'", NODE_STRING))
        return NULL;
    const char *id = node_string(reference, NULL), *name;
    size_t length;
    const char *rest = split_source_reference(id, &name, &length);
    const arazzo_description *in = rest == NULL ? b->made : named_description(b, reference, name, length);
    id = rest == NULL ? id : rest;
    return in == NULL ? NULL : find_workflow(b, in, reference, id, strlen(id));
}

const step *link_step_elsewhere(builder *b, const node *reference) {
    static const char here[] = "$workflows.", steps[] = ".steps.";
    const char *written = node_string(reference, NULL), *name = NULL;
    size_t length;
    const char *rest = strncmp(written, here, sizeof here - 1) == 0 ? written + sizeof here - 1
                                                                    : split_source_reference(written, &name, &length);
    const char *id = rest == NULL ? NULL : strstr(rest, steps);
    if (id == NULL || id == rest || id[sizeof steps - 1] == '\0') {
        diagnose(b->list, "E0403", builder_place(b, reference),
                 "write a stepId of this workflow, '$workflows.<workflowId>.steps.<stepId>' or "
                 "'$sourceDescriptions.<name>.<workflowId>.steps.<stepId>'",
                 "'%s' is no reference to a step", written);
        return NULL;
    }
    const arazzo_description *in = name == NULL ? b->made : named_description(b, reference, name, length);
    const workflow *flow = in == NULL ? NULL : find_workflow(b, in, reference, rest, (size_t)(id - rest));
    id += sizeof steps - 1;
    const step *found = flow == NULL ? NULL : workflow_step(flow, id);
    if (flow != NULL && found == NULL)
        diagnose(b->list, "E0408", builder_place(b, reference), NULL, "there is no step '%s' in workflow '%s'", id,
                 flow->id);
    return found;
}

/* ---- Operations ---- */

void found_operation(step *made, const source_description *source, const operation *op) {
    made->operation = op;
    made->source = source;
}

/* With a finder, what is missing is mentioned only where nothing was found elsewhere. */
static void report_missing_sources(builder *b, const source_description *only) {
    for (size_t i = 0; i < b->made->source_count; i++)
        if (b->made->sources[i].missing && (only == NULL || only == &b->made->sources[i]))
            report_missing_source(b, &b->made->sources[i]);
}

static void report_missing_operation(builder *b, const node *field, const char *id, const source_description *only) {
    report_missing_sources(b, only);
    nearest search;
    nearest_start(&search, id, strlen(id));
    for (size_t i = 0; i < b->made->source_count; i++) {
        const source_description *source = &b->made->sources[i];
        if (source->openapi == NULL || (only != NULL && source != only))
            continue;
        for (size_t j = 0; j < api_operation_count(source->openapi); j++)
            if (operation_id(api_operation(source->openapi, j)) != NULL)
                nearest_try(&search, operation_id(api_operation(source->openapi, j)));
    }
    text help = TEXT_EMPTY;
    text_append_format(&help, "did you mean '%s'?", search.best == NULL ? "" : search.best);
    text where = TEXT_EMPTY;
    if (only != NULL)
        text_append_format(&where, "the source '%s'", only->name);
    else
        text_append_string(&where, b->made->source_count == 1 ? "the source description" : "any source description");
    diagnose(b->list, "E0416", builder_place(b, field), search.best == NULL ? NULL : text_peek(&help),
             "there is no operation '%s' in %s%s", id, text_peek(&where),
             has_finder(b) ? ", nor in a document of the folder given" : "");
    text_free(&help);
    text_free(&where);
}

/* The OpenAPI source of that name, opened or missing and to be looked for; NULL after a diagnostic. */
static source_description *named_openapi(builder *b, const node *field, const char *name, size_t length) {
    source_description *source = named_source(b, field, name, length);
    if (source == NULL)
        return NULL;
    if (source->type == SOURCE_OPENAPI)
        return open_source(b, source) || (source->missing && has_finder(b)) ? source : NULL;
    bool asyncapi = source->type == SOURCE_ASYNCAPI;
    diagnose(b->list, asyncapi ? "E0420" : "E0414", builder_place(b, field),
             asyncapi ? "AsyncAPI sources are not carried out yet" : "a workflow of it is called with 'workflowId'",
             "the source description '%s' is no OpenAPI document", source->name);
    return NULL;
}

/* In several sources: the error lists how each is named (S25). */
static void report_ambiguous(builder *b, const node *field, const char *id, size_t found) {
    text help = TEXT_EMPTY;
    for (size_t i = 0; i < b->made->source_count; i++) {
        const source_description *source = &b->made->sources[i];
        if (source->openapi != NULL && api_operation_by_id(source->openapi, id) != NULL)
            text_append_format(&help, "%s'$sourceDescriptions.%s.%s'", help.length == 0 ? "write " : " or ",
                               source->name, id);
    }
    diagnose(b->list, "E0417", builder_place(b, field), text_peek(&help),
             "%zu source descriptions have an operation '%s'", found, id);
    text_free(&help);
}

/* Requests of both go to the same place: one operation that is described twice (S26). */
static bool is_same_operation(builder *b, const operation *one, const operation *other) {
    if (strcmp(operation_method(one), operation_method(other)) != 0 ||
        strcmp(operation_path(one), operation_path(other)) != 0)
        return false;
    diagnostics unsaid; /* whoever sends the request will hear of it */
    arena *memory = arena_new();
    bool same = false;
    if (diagnostics_init(&unsaid) && memory != NULL) {
        const char *left = operation_server(one, memory, &unsaid), *right = operation_server(other, memory, &unsaid);
        same = left != NULL && right != NULL && strcmp(left, right) == 0;
    }
    b->list->no_memory = b->list->no_memory || memory == NULL || unsaid.no_memory;
    diagnostics_free(&unsaid);
    arena_free(memory);
    return same;
}

/* The one operation whose id differs in upper and lower case only. */
static const operation *operation_spelled_like(const source_description *source, const char *id) {
    const operation *found = NULL;
    for (size_t i = 0; source->openapi != NULL && i < api_operation_count(source->openapi); i++) {
        const operation *candidate = api_operation(source->openapi, i);
        if (operation_id(candidate) == NULL || strcasecmp(operation_id(candidate), id) != 0)
            continue;
        if (found != NULL)
            return NULL;
        found = candidate;
    }
    return found;
}

/* What the entry complains about: how a part of the field's value should be spelled. */
static void mend_field(builder *b, diagnostic *entry, const node *field, size_t offset, size_t length,
                       const char *spelling) {
    text_change change;
    if (!node_edit(b->made->document, field, offset, length, spelling, &change))
        b->list->no_memory = true;
    diagnostic_set_mend(b->list, entry, &change);
}

/* What an id means that no source has (S25): by default the only one that differs from it in case. */
static bool find_misspelled_operation(builder *b, step *made, const node *field, const char *id,
                                      const source_description *only) {
    const source_description *source = NULL;
    const operation *op = NULL;
    for (size_t i = 0; !b->made->strict && i < b->made->source_count; i++) {
        const operation *candidate =
            only != NULL && only != &b->made->sources[i] ? NULL : operation_spelled_like(&b->made->sources[i], id);
        if (candidate != NULL && op != NULL)
            return false;
        if (candidate != NULL) {
            op = candidate;
            source = &b->made->sources[i];
        }
    }
    if (op == NULL)
        return false;
    text help = TEXT_EMPTY;
    text_append_format(&help, "write '%s'", operation_id(op));
    diagnostic *entry =
        diagnose(b->list, "W0125", builder_place(b, field), text_peek(&help),
                 "operation ids are case-sensitive: there is no operation '%s', but '%s'", id, operation_id(op));
    size_t length;
    node_string(field, &length);
    mend_field(b, entry, field, length - strlen(id), strlen(id), operation_id(op));
    b->list->no_memory = b->list->no_memory || help.failed;
    text_free(&help);
    found_operation(made, source, op);
    return true;
}

/* An unqualified operationId: the one source that has it (S25). */
static bool search_sources(builder *b, step *made, const node *field, const char *id) {
    size_t found = 0, equal = 0;
    bool unread = false;
    for (size_t i = 0; i < b->made->source_count; i++) {
        source_description *source = &b->made->sources[i];
        settle_source_type(b, source);
        if (source->type != SOURCE_OPENAPI)
            continue;
        if (!open_source(b, source)) {
            unread = unread || !source->missing || !has_finder(b);
            continue;
        }
        const operation *op = api_operation_by_id(source->openapi, id);
        if (op == NULL)
            continue;
        if (found++ == 0)
            found_operation(made, source, op);
        else if (!b->made->strict && is_same_operation(b, made->operation, op))
            equal++;
    }
    if (found == 0 && (find_moved_operation(b, made, field, id, NULL, 0, NULL) ||
                       find_misspelled_operation(b, made, field, id, NULL)))
        return true;
    if (found == 0 && !unread)
        report_missing_operation(b, field, id, NULL);
    if (found > 1 && found == equal + 1)
        diagnose(b->list, "W0427", builder_place(b, field), NULL,
                 "%zu source descriptions describe the operation '%s'; that of '%s' is used", found, id,
                 made->source->name);
    else if (found > 1)
        report_ambiguous(b, field, id, found);
    return found == equal + 1;
}

static bool link_operation_id(builder *b, step *made, const node *field) {
    const char *id = node_string(field, NULL), *name;
    size_t length;
    const char *rest = split_source_reference(id, &name, &length);
    if (rest == NULL)
        return search_sources(b, made, field, id);
    source_description *source = named_openapi(b, field, name, length);
    if (source == NULL)
        return false;
    const operation *op = source->openapi == NULL ? NULL : api_operation_by_id(source->openapi, rest);
    if (op == NULL && (find_moved_operation(b, made, field, rest, NULL, 0, source) ||
                       find_misspelled_operation(b, made, field, rest, source)))
        return true;
    if (op == NULL) {
        report_missing_operation(b, field, rest, source);
        return false;
    }
    found_operation(made, source, op);
    return true;
}

/* `{$sourceDescriptions.n.url}#/paths/…`, and in the default profile the same without braces. */
static bool link_operation_path(builder *b, step *made, const node *field) {
    size_t length, name_length;
    const char *path = node_string(field, &length), *name;
    bool braces = path[0] == '{';
    const char *rest = split_source_reference(path + braces, &name, &name_length);
    static const char url[] = "url";
    const char *hash = rest == NULL ? NULL : strchr(rest, '#');
    bool form = hash != NULL && strncmp(rest, url, sizeof url - 1) == 0 && rest + sizeof url - 1 + braces == hash &&
                (!braces || hash[-1] == '}');
    if (!form) {
        diagnose(b->list, "E0418", builder_place(b, field),
                 "it looks like '{$sourceDescriptions.NAME.url}#/paths/~1pets/get'",
                 "'%s' does not refer to an operation of a source description", path);
        return false;
    }
    if (!braces) {
        bool strict = b->made->strict;
        text help = TEXT_EMPTY;
        text braced = TEXT_EMPTY;
        text_append_format(&braced, "{%.*s}", (int)(hash - path), path);
        text_append_format(&help, "write '%s%s'", text_peek(&braced), hash);
        diagnostic *entry = diagnose(b->list, strict ? "E0125" : "W0125", builder_place(b, field), text_peek(&help),
                                     "the expression in 'operationPath' must stand in braces");
        text_free(&help);
        mend_field(b, entry, field, 0, (size_t)(hash - path), text_peek(&braced));
        b->list->no_memory = b->list->no_memory || braced.failed;
        text_free(&braced);
        if (strict)
            return false;
    }
    source_description *source = named_openapi(b, field, name, name_length);
    if (source == NULL)
        return false;
    size_t pointer_length = (size_t)(path + length - hash - 1);
    const operation *op = source->openapi == NULL ? NULL : api_operation_at(source->openapi, hash + 1, pointer_length);
    if (op == NULL && find_moved_operation(b, made, field, NULL, hash + 1, pointer_length, source))
        return true;
    if (op == NULL) {
        report_missing_sources(b, source);
        diagnose(b->list, "E0416", builder_place(b, field),
                 "in the pointer, each '/' of a path is written '~1': '#/paths/~1pets/get'",
                 "there is no operation at '%s' in the source '%s'%s", hash, source->name,
                 has_finder(b) ? ", nor in a document of the folder given" : "");
        return false;
    }
    found_operation(made, source, op);
    return true;
}

bool link_operation(builder *b, step *made) {
    const node *id = node_get(made->object, "operationId"), *path = node_get(made->object, "operationPath");
    if (id != NULL)
        return expect_kind(b, id, "'operationId'", NODE_STRING) && link_operation_id(b, made, id);
    return expect_kind(b, path, "'operationPath'", NODE_STRING) && link_operation_path(b, made, path);
}
