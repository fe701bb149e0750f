/*
 * build.c: from a document's tree to the typed graph: the Arazzo Object, Source Description, Workflow and Step Objects.
 *
 * Parts of steps are built in build_parts.c, references to operations and workflows resolved in link.c, steps ordered
 * in order.c. Diagnostics: E0401 to E0449, W0401 to W0449.
 */
#include <string.h>
#include <strings.h>

#include "base/nearest.h"
#include "base/text.h"
#include "engine/description/build_internal.h"
#include "engine/uri.h"

bool builder_keep(builder *b, void (*release)(void *), void *thing) {
    compiled *entry = arena_alloc(b->made->memory, sizeof *entry);
    if (entry == NULL) {
        release(thing);
        b->list->no_memory = true;
        return false;
    }
    *entry = (compiled){b->made->compiled, release, thing};
    b->made->compiled = entry;
    return true;
}

void *builder_array(builder *b, size_t count, size_t size) {
    void *items = arena_array(b->made->memory, count, size);
    if (items == NULL)
        b->list->no_memory = true;
    return items;
}

void *builder_room(builder *b, void *items, size_t count, size_t *capacity, size_t size) {
    void *room = arena_room(b->made->memory, items, count, capacity, size);
    b->list->no_memory = b->list->no_memory || room == NULL;
    return room;
}

place builder_place(const builder *b, const node *value) {
    return node_place(b->made->document, value);
}

/* ---- Fields ---- */

static bool is_kind(const node *value, node_kind kind) {
    return node_type(value) == kind || (kind == NODE_REAL && node_type(value) == NODE_INTEGER);
}

bool expect_kind(builder *b, const node *value, const char *what, node_kind kind) {
    static const char *const names[] = {"null",     "a boolean", "an integer", "a number",
                                        "a string", "an array",  "an object"};
    node_kind found = node_type(value);
    if (is_kind(value, kind))
        return true;
    const char *help = kind == NODE_STRING && found != NODE_SEQUENCE && found != NODE_MAPPING
                           ? "put quotes around it to make it a string"
                           : NULL;
    diagnostic *entry = diagnose(b->list, "E0402", builder_place(b, value), help, "%s must be %s, not %s", what,
                                 names[kind], names[found]);
    text_change change = {.replacement = NULL};
    if (kind == NODE_STRING && !node_quote(b->made->document, value, &change))
        b->list->no_memory = true;
    diagnostic_set_mend(b->list, entry, &change);
    return false;
}

static const node *field_of_kind(builder *b, const node *object, const char *what, const char *field, node_kind kind,
                                 bool required) {
    const node *value = node_get(object, field);
    if (value == NULL) {
        if (required) {
            nearest search;
            nearest_start(&search, field, strlen(field));
            for (size_t i = 0; i < node_count(object); i++)
                nearest_try(&search, node_string(node_key(object, i), NULL));
            text help = TEXT_EMPTY;
            if (search.best != NULL)
                text_append_format(&help, "there is a field '%s'; did you mean '%s'?", search.best, field);
            diagnose(b->list, "E0401", builder_place(b, object), search.best == NULL ? NULL : text_peek(&help),
                     "%s lacks the required field '%s'", what, field);
            text_free(&help);
        }
        return NULL;
    }
    if (is_kind(value, kind))
        return value;
    text name = TEXT_EMPTY;
    text_append_format(&name, "'%s' of %s", field, what);
    expect_kind(b, value, text_peek(&name), kind);
    text_free(&name);
    return NULL;
}

const char *required_string(builder *b, const node *object, const char *what, const char *field) {
    const node *value = field_of_kind(b, object, what, field, NODE_STRING, true);
    return value == NULL ? NULL : node_string(value, NULL);
}

const char *optional_string(builder *b, const node *object, const char *what, const char *field) {
    const node *value = field_of_kind(b, object, what, field, NODE_STRING, false);
    return value == NULL ? NULL : node_string(value, NULL);
}

const node *optional_of_kind(builder *b, const node *object, const char *what, const char *field, node_kind kind) {
    return field_of_kind(b, object, what, field, kind, false);
}

void note_newer_part(builder *b, const node *where, const char *what) {
    if (b->made->minor == 0 && where != NULL)
        diagnose(b->list, "W0411", builder_place(b, where), "write 'arazzo: 1.1.0' to use it",
                 "'%s' came with version 1.1.0 of the specification, and this document is of an earlier one", what);
}

void note_newer_field(builder *b, const node *object, const char *field) {
    note_newer_part(b, node_get_key(object, field), field);
}

/* ---- The Arazzo Object ---- */

static bool read_version(builder *b, const node *root) {
    const node *field = node_get(root, "arazzo");
    if (field == NULL) {
        bool openapi = node_get(root, "openapi") != NULL || node_get(root, "swagger") != NULL;
        const char *help = openapi ? "this is an OpenAPI document; name the Arazzo document that uses it"
                           : node_get(root, "asyncapi") != NULL ? "this is an AsyncAPI document"
                                                                : "it starts with a line such as 'arazzo: 1.0.1'";
        diagnose(b->list, "E0410", builder_place(b, root), help,
                 "this is no Arazzo document: it lacks the field 'arazzo'");
        return false;
    }
    const char *version = node_source(field, NULL);
    bool known = version != NULL && (strncmp(version, "1.0.", 4) == 0 || strncmp(version, "1.1.", 4) == 0);
    size_t digits = known ? strspn(version + 4, "0123456789") : 0;
    if (digits == 0 || (version[4 + digits] != '\0' && version[4 + digits] != '-')) {
        diagnose(b->list, "E0411", builder_place(b, field), "1.0.x and 1.1.x are supported: 'arazzo: 1.0.1'",
                 "version '%s' of the Arazzo Specification is not supported", version == NULL ? "" : version);
        return false;
    }
    b->made->minor = version[2] - '0';
    return true;
}

/* An absolute URI in the description's memory, or NULL: then the reference is none, or the list says no_memory. */
static const char *resolve(builder *b, const char *base, const char *reference) {
    bool no_memory = false;
    const char *made = uri_resolve_reporting(base, reference, b->made->memory, &no_memory);
    b->list->no_memory = b->list->no_memory || no_memory;
    return made;
}

static bool read_self(builder *b, const node *root, const char *uri) {
    const char *self = optional_string(b, root, "the Arazzo Object", "$self");
    if (self == NULL)
        return true;
    note_newer_field(b, root, "$self");
    if (strchr(self, '#') != NULL)
        diagnose(b->list, "E0412", builder_place(b, node_get(root, "$self")), "remove what follows the '#'",
                 "'$self' must not have a fragment");
    const char *resolved = resolve(b, uri, self);
    if (resolved == NULL) {
        diagnose(b->list, "E0412", builder_place(b, node_get(root, "$self")), NULL, "'%s' is no URI reference", self);
        return false;
    }
    b->made->uri = b->made->self = resolved;
    return true;
}

/* ---- Source Description Objects ---- */

static const char *overridden_url(const arazzo_load_options *options, const char *name) {
    for (size_t i = 0; options != NULL && i < options->source_count; i++)
        if (options->sources[i].source == NULL || strcmp(options->sources[i].source, name) == 0)
            return options->sources[i].url;
    return NULL;
}

static void read_source_type(builder *b, const node *object, source_description *made) {
    static const struct {
        const char *name;
        int type;
    } types[] = {{"openapi", SOURCE_OPENAPI}, {"arazzo", SOURCE_ARAZZO}, {"asyncapi", SOURCE_ASYNCAPI}};
    const char *type = optional_string(b, object, "a Source Description Object", "type");
    if (type == NULL)
        return; /* 1.0.1 and 1.1.0 do not require it: what the source is, its text tells (trap 45) */
    nearest search;
    nearest_start(&search, type, strlen(type));
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i].name, type) == 0) {
            made->type = (unsigned)types[i].type;
            made->typed = true;
            if (made->type == SOURCE_ASYNCAPI)
                note_newer_part(b, node_get(object, "type"), type);
            return;
        }
        nearest_try(&search, types[i].name);
    }
    text help = TEXT_EMPTY;
    text_append_format(&help,
                       search.best != NULL ? "did you mean '%s'?" : "the types are 'openapi', 'arazzo', 'asyncapi'%s",
                       search.best != NULL ? search.best : "");
    diagnose(b->list, "E0403", builder_place(b, node_get_or_self(object, "type")), text_peek(&help),
             "'%s' is no type of a source description", type);
    text_free(&help);
}

static void build_source(builder *b, const node *object, source_description *made) {
    if (!expect_kind(b, object, "a Source Description Object", NODE_MAPPING))
        return;
    const char *name = required_string(b, object, "the Source Description Object", "name");
    const char *url = required_string(b, object, "the Source Description Object", "url");
    made->object = object;
    read_source_type(b, object, made);
    if (name == NULL || url == NULL)
        return;
    if (description_source(b->made, name, strlen(name)) != NULL)
        diagnostic_relate(b->list,
                          diagnose(b->list, "E0404", builder_place(b, node_get_or_self(object, "name")),
                                   "give each source a name of its own",
                                   "there is already a source description named '%s'", name),
                          builder_place(b, node_get(description_source(b->made, name, strlen(name))->object, "name")),
                          "first given here");
    made->name = name;
    made->url = url;
    const char *instead = overridden_url(b->made->options, name);
    made->named = resolve(b, b->made->uri, url);
    made->uri = instead != NULL ? resolve(b, b->made->uri, instead) : made->named;
    if (made->uri == NULL)
        diagnose(b->list, "E0412", builder_place(b, node_get_or_self(object, "url")), NULL, "'%s' is no URI reference",
                 url);
}

static bool build_sources(builder *b, const node *root) {
    const node *list = field_of_kind(b, root, "the Arazzo Object", "sourceDescriptions", NODE_SEQUENCE, true);
    if (list == NULL)
        return false;
    size_t count = node_count(list);
    if (count == 0)
        diagnose(b->list, "E0405", builder_place(b, list), NULL, "'sourceDescriptions' must have at least one entry");
    b->made->sources = builder_array(b, count, sizeof *b->made->sources);
    if (b->made->sources == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        build_source(b, node_item(list, i), &b->made->sources[i]);
        b->made->source_count++;
    }
    return true;
}

/* ---- First pass: what can be referred to ---- */

static bool find_steps(builder *b, workflow *flow) {
    const node *list = field_of_kind(b, flow->object, "the Workflow Object", "steps", NODE_SEQUENCE, true);
    if (list == NULL)
        return false;
    size_t count = node_count(list);
    if (count == 0)
        diagnose(b->list, "E0405", builder_place(b, list), NULL, "'steps' must have at least one entry");
    flow->steps = builder_array(b, count, sizeof *flow->steps);
    flow->order = builder_array(b, count, sizeof *flow->order);
    if (flow->steps == NULL || flow->order == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const node *object = node_item(list, i);
        if (!expect_kind(b, object, "a Step Object", NODE_MAPPING))
            return false;
        const char *id = required_string(b, object, "the Step Object", "stepId");
        bool present = false;
        if (id != NULL &&
            !name_index_add(&flow->step_index, b->made->memory, id, strlen(id), &flow->steps[i], &present))
            b->list->no_memory = true;
        if (present)
            diagnostic_relate(b->list,
                              diagnose(b->list, "E0404", builder_place(b, node_get_or_self(object, "stepId")),
                                       "give each step of a workflow an id of its own",
                                       "there is already a step '%s' in this workflow", id),
                              builder_place(b, node_get(workflow_step(flow, id)->object, "stepId")),
                              "first given here");
        flow->steps[i] = (step){.id = id == NULL ? "" : id, .index = i, .position = i, .object = object, .owner = flow};
        flow->order[i] = &flow->steps[i];
        flow->step_count++;
    }
    return true;
}

static bool find_workflows(builder *b, const node *root) {
    const node *list = field_of_kind(b, root, "the Arazzo Object", "workflows", NODE_SEQUENCE, true);
    if (list == NULL)
        return false;
    size_t count = node_count(list);
    if (count == 0)
        diagnose(b->list, "E0405", builder_place(b, list), NULL, "'workflows' must have at least one entry");
    b->made->workflows = builder_array(b, count, sizeof *b->made->workflows);
    if (b->made->workflows == NULL)
        return false;
    bool whole = true;
    for (size_t i = 0; i < count; i++) {
        const node *object = node_item(list, i);
        if (!expect_kind(b, object, "a Workflow Object", NODE_MAPPING))
            return false;
        const char *id = required_string(b, object, "the Workflow Object", "workflowId");
        workflow *flow = &b->made->workflows[i];
        bool present = false;
        if (id != NULL && !name_index_add(&b->made->workflow_index, b->made->memory, id, strlen(id), flow, &present))
            b->list->no_memory = true;
        if (present)
            diagnostic_relate(b->list,
                              diagnose(b->list, "E0404", builder_place(b, node_get_or_self(object, "workflowId")),
                                       "give each workflow an id of its own",
                                       "there is already a workflow '%s' in this document", id),
                              builder_place(b, node_get(description_workflow(b->made, id)->object, "workflowId")),
                              "first given here");
        *flow = (workflow){.id = id == NULL ? "" : id, .object = object, .owner = b->made};
        b->made->workflow_count++;
        flow->inputs = node_get(object, "inputs");
        whole = find_steps(b, flow) && whole;
    }
    return whole;
}

/* ---- Second pass: compiling and linking ---- */

bool is_looking_only(const builder *b) {
    return b->made->options != NULL && b->made->options->no_sources;
}

/* Exactly one of operationId, operationPath, channelPath and workflowId says what a step does. */
static bool choose_kind(builder *b, step *made) {
    static const char *const fields[] = {"operationId", "operationPath", "workflowId", "channelPath"};
    const char *found = NULL;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const node *key = node_get_key(made->object, fields[i]);
        if (key == NULL)
            continue;
        if (found != NULL) {
            diagnostic_relate(b->list,
                              diagnose(b->list, "E0406", builder_place(b, key), "keep one of them",
                                       "step '%s' has both '%s' and '%s', which exclude each other", made->id, found,
                                       fields[i]),
                              builder_place(b, node_get_key(made->object, found)), "the other one");
            return false;
        }
        found = fields[i];
    }
    if (found == NULL) {
        diagnose(b->list, "E0406", builder_place(b, made->object), NULL,
                 "step '%s' says neither 'operationId' nor 'operationPath' nor 'workflowId'", made->id);
        return false;
    }
    made->kind = strcmp(found, "workflowId") == 0 ? STEP_WORKFLOW : STEP_OPERATION;
    return true;
}

static bool overridden(const parameters *own, const parameter *candidate) {
    for (size_t i = 0; i < own->count; i++) {
        const parameter *at = &own->items[i];
        if (at->in != candidate->in || at->has_in != candidate->has_in)
            continue;
        bool header = at->has_in && at->in == PARAMETER_HEADER; /* "field names are case-insensitive" (RFC 9110) */
        if ((header ? strcasecmp(at->name, candidate->name) : strcmp(at->name, candidate->name)) == 0)
            return true;
    }
    return false;
}

/* ---- What a workflow gives to all of its steps ---- */

static void build_shared(builder *b, shared_kind kind) {
    const node *of = b->flow->object;
    shared_part *made = &b->shared[kind];
    step *at = b->step;
    edges *needs = b->needs;
    made->built = true;
    b->step = NULL;
    b->needs = &made->needs;
    if (kind == SHARED_ARGUMENTS || kind == SHARED_INPUTS)
        build_parameters(b, node_get(of, "parameters"), kind == SHARED_ARGUMENTS, &made->parameters);
    else if (kind == SHARED_ON_SUCCESS)
        build_actions(b, node_get(of, "successActions"), true, &made->actions);
    else
        build_actions(b, node_get(of, "failureActions"), false, &made->actions);
    b->step = at;
    b->needs = needs;
}

/* The part, and with it what the step then refers to. */
static const shared_part *take_shared(builder *b, shared_kind kind) {
    shared_part *made = &b->shared[kind];
    if (!made->built)
        build_shared(b, kind);
    for (size_t i = 0; i < made->needs.count; i++)
        if (made->needs.items[i].to != b->step->index)
            add_edge(b, b->needs, b->step->index, made->needs.items[i].to, false);
    return made;
}

/* The workflow's parameters that the step does not define itself come first, then the step's own. */
static void merge_parameters(builder *b, step *made) {
    bool with_in = made->kind == STEP_OPERATION;
    const parameters *shared = &take_shared(b, with_in ? SHARED_ARGUMENTS : SHARED_INPUTS)->parameters;
    parameters own = {0};
    build_parameters(b, node_get(made->object, "parameters"), with_in, &own);
    made->parameters.items = builder_array(b, shared->count + own.count, sizeof *made->parameters.items);
    if (made->parameters.items == NULL)
        return;
    for (size_t i = 0; i < shared->count; i++)
        if (!overridden(&own, &shared->items[i]))
            made->parameters.items[made->parameters.count++] = shared->items[i];
    for (size_t i = 0; i < own.count; i++)
        made->parameters.items[made->parameters.count++] = own.items[i];
    if (with_in)
        refuse_query_beside_querystring(b, &made->parameters);
}

/* The step's actions, then the workflow's whose name the step does not define (S17). */
static void merge_actions(builder *b, const step *made, bool on_success, actions *out) {
    actions own = {0};
    build_actions(b, node_get(made->object, on_success ? "onSuccess" : "onFailure"), on_success, &own);
    const actions *shared = &take_shared(b, on_success ? SHARED_ON_SUCCESS : SHARED_ON_FAILURE)->actions;
    out->items = builder_array(b, own.count + shared->count, sizeof *out->items);
    if (out->items == NULL)
        return;
    for (size_t i = 0; i < own.count; i++)
        out->items[out->count++] = own.items[i];
    for (size_t i = 0; i < shared->count; i++) {
        bool defined = false;
        for (size_t j = 0; j < own.count; j++)
            defined = defined || strcmp(own.items[j].name, shared->items[i].name) == 0;
        if (!defined)
            out->items[out->count++] = shared->items[i];
    }
}

static void read_timeout(builder *b, step *made) {
    const node *field = optional_of_kind(b, made->object, "the Step Object", "timeout", NODE_INTEGER);
    if (field == NULL)
        return;
    note_newer_field(b, made->object, "timeout");
    if (node_integer(field) <= 0)
        diagnose(b->list, "E0403", builder_place(b, field), "it counts milliseconds", "'timeout' must be positive");
    else
        made->timeout = (double)node_integer(field) / 1000;
}

static void build_step(builder *b, step *made) {
    b->step = made;
    if (!choose_kind(b, made))
        return;
    bool message = refuse_asyncapi(b, made);
    read_timeout(b, made);
    note_newer_field(b, made->object, "dependsOn");
    if (made->kind == STEP_WORKFLOW)
        made->target = link_workflow(b, node_get(made->object, "workflowId"));
    else if (!message && !is_looking_only(b))
        link_operation(b, made);
    merge_parameters(b, made);
    const node *body = optional_of_kind(b, made->object, "the Step Object", "requestBody", NODE_MAPPING);
    if (body != NULL)
        made->request_body = build_request_body(b, body);
    const node *successes = optional_of_kind(b, made->object, "the Step Object", "successCriteria", NODE_SEQUENCE);
    made->has_success_criteria = successes != NULL && node_count(successes) > 0;
    refuse_empty_criteria(b, successes);
    b->answered = true;
    build_criteria(b, successes, &made->success_criteria);
    merge_actions(b, made, true, &made->on_success);
    merge_actions(b, made, false, &made->on_failure);
    build_outputs(b, node_get(made->object, "outputs"), "'outputs' of a step", &made->outputs);
    b->answered = false;
    b->step = NULL;
}

static void build_depends_on(builder *b, workflow *flow) {
    const node *list = optional_of_kind(b, flow->object, "the Workflow Object", "dependsOn", NODE_SEQUENCE);
    size_t count = list == NULL ? 0 : node_count(list);
    flow->depends_on = builder_array(b, count, sizeof *flow->depends_on);
    if (flow->depends_on == NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        const workflow *needed = link_workflow(b, node_item(list, i));
        if (needed != NULL)
            flow->depends_on[flow->depends_on_count++] = needed;
    }
}

static void build_inputs(builder *b, workflow *flow) {
    if (flow->inputs != NULL && expect_kind(b, flow->inputs, "'inputs' of a workflow", NODE_MAPPING))
        flow->input_schema = schema_compile(b->made->schemas, b->made->document, flow->inputs, b->made->uri, b->list);
}

/* Of a document that is full of mistakes nobody reads all, and each has others looked through for what was meant. */
enum { MOST_MISTAKES = 500 };

static bool gave_up(const builder *b) {
    return b->list->errors > b->most_errors;
}

static void build_workflow(builder *b, workflow *flow) {
    b->flow = flow;
    edges needs = {0};
    b->needs = &needs;
    memset(b->shared, 0, sizeof b->shared);
    build_inputs(b, flow);
    build_depends_on(b, flow);
    for (size_t i = 0; i < flow->step_count && !gave_up(b); i++)
        build_step(b, &flow->steps[i]);
    b->needs = NULL;
    order_steps(b, &needs);
    build_outputs(b, node_get(flow->object, "outputs"), "'outputs' of a workflow", &flow->outputs);
    b->flow = NULL;
}

/* ---- The whole ---- */

static const document *open_schema_document(void *user, const document *from, const char *uri) {
    (void)from;
    arazzo_description *made = user;
    return strcmp(uri, made->uri) == 0 ? made->document : NULL;
}

static arazzo_description *new_description(library *books, const document *owner, const arazzo_load_options *options) {
    arena *memory = arena_new();
    arazzo_description *made = memory == NULL ? NULL : arena_alloc(memory, sizeof *made);
    if (made == NULL) {
        arena_free(memory);
        return NULL;
    }
    *made = (arazzo_description){.memory = memory, .library = books, .document = owner, .options = options};
    made->strict = options != NULL && options->strict;
    bool assert_format = options != NULL && options->assert_format;
    schema_options schemas = {
        .dialect = SCHEMA_2020_12, .assert_format = assert_format, .user = made, .open = open_schema_document};
    made->schemas = schema_set_new(&schemas);
    made->contracts = contract_new(assert_format);
    if (made->schemas == NULL || made->contracts == NULL) {
        contract_free(made->contracts);
        schema_set_free(made->schemas);
        arena_free(memory);
        return NULL;
    }
    return made;
}

void description_release(arazzo_description *made) {
    if (made == NULL)
        return;
    for (compiled *entry = made->compiled; entry != NULL; entry = entry->next)
        entry->release(entry->thing);
    schema_set_free(made->schemas);
    contract_free(made->contracts);
    arena_free(made->memory);
}

static void build_all(builder *b, const node *root, const char *uri) {
    b->made->uri = b->made->read_at = uri;
    if (!expect_kind(b, root, "an Arazzo document", NODE_MAPPING) || !read_version(b, root) || !read_self(b, root, uri))
        return;
    const node *info = field_of_kind(b, root, "the Arazzo Object", "info", NODE_MAPPING, true);
    if (info != NULL) {
        required_string(b, info, "the Info Object", "title");
        required_string(b, info, "the Info Object", "version");
    }
    bool whole = build_sources(b, root);
    whole = find_workflows(b, root) && whole;
    if (!whole)
        return;
    identify_documents(b);
    for (size_t i = 0; i < b->made->workflow_count && !gave_up(b); i++)
        build_workflow(b, &b->made->workflows[i]);
    if (gave_up(b))
        diagnose(b->list, "N0422", (place){.file = document_name(b->made->document)}, NULL,
                 "there are more than %d mistakes; the rest of the document was not looked at", MOST_MISTAKES);
    else
        check_workflow_cycles(b);
}

arazzo_description *description_build(library *books, const document *owner, const char *uri,
                                      const arazzo_load_options *options, diagnostics *list) {
    arazzo_description *made = new_description(books, owner, options);
    const char *kept_uri = made == NULL ? NULL : arena_copy(made->memory, uri, strlen(uri));
    if (kept_uri == NULL || !library_keep(books, uri, made)) {
        description_release(made);
        list->no_memory = true;
        return NULL;
    }
    size_t errors = list->errors;
    builder b = {.made = made, .list = list, .most_errors = list->errors + MOST_MISTAKES};
    build_all(&b, document_root(owner), library_base(books, kept_uri));
    made->options = NULL;
    return list->errors == errors && !list->no_memory ? made : NULL;
}

arazzo_description *description_load(library *books, const char *uri, const arazzo_load_options *options,
                                     diagnostics *list) {
    const document *owner = library_document(books, uri, (place){.file = NULL}, list);
    return owner == NULL ? NULL : description_build(books, owner, uri, options, list);
}

arazzo_description *arazzo_load(const char *uri, const arazzo_reader *reader, const arazzo_load_options *options,
                                arazzo_diagnostics *list) {
    library *books = library_new(reader);
    if (books == NULL) {
        list->no_memory = true;
        return NULL;
    }
    arazzo_description *made = description_load(books, uri, options, list);
    if (made == NULL)
        library_free(books);
    else
        made->owns_library = true;
    return made;
}

void arazzo_description_free(arazzo_description *loaded) {
    if (loaded != NULL && loaded->owns_library)
        library_free(loaded->library);
}

size_t arazzo_workflow_count(const arazzo_description *loaded) {
    return loaded->workflow_count;
}

const char *arazzo_workflow_id(const arazzo_description *loaded, size_t index) {
    return index < loaded->workflow_count ? loaded->workflows[index].id : NULL;
}
