/*
 * resource.c: schema resources and what identifies schemas: `$id`, `$anchor`, `$dynamicAnchor`, `$schema` with the
 * vocabularies of its metaschema, and references to all of them (JSON Schema 2020-12, sections 8.1 and 8.2).
 *
 * A document's identifiers are found when it is first met, in every place where the keywords of 2020-12 have a schema,
 * and in the components of OpenAPI and Arazzo documents: what stands in an `enum` or below an unknown keyword
 * identifies nothing. Of two equal identifiers the first counts. The older dialects have no identifiers.
 */
#include <string.h>

#include "base/text.h"
#include "engine/schema/schema_internal.h"
#include "engine/uri.h"

enum { DEEPEST = 1000 };

/* The base of a document without a URI, so that relative identifiers can be told apart (RFC 3986, section 5.1.4). */
static const char no_base[] = "schema:///";

schema *schema_declare(compiler *c, const node *value, resource *home, location where) {
    schema *made = name_index_find(&c->set->by_node, (const char *)&value, sizeof value);
    if (made != NULL)
        return made;
    made = schema_check(c, arena_alloc(c->set->memory, sizeof *made));
    if (made == NULL)
        return NULL;
    bool present;
    *made = (schema){.source = value, .home = home, .where = where};
    if (!name_index_add(&c->set->by_node, c->set->memory, (const char *)&made->source, sizeof made->source, made,
                        &present))
        return schema_check(c, NULL);
    return made;
}

/* ---- Identifiers ---- */

/* The absolute URI that a reference means, without its fragment; "" when it is none; NULL when memory is short. */
static const char *absolute(compiler *c, const char *base, const char *reference, const char **fragment) {
    bool no_memory;
    const char *file = schema_check(c, uri_split_fragment(reference, fragment, c->set->memory));
    if (file == NULL || (fragment != NULL && *fragment == NULL && strchr(reference, '#') != NULL))
        return schema_check(c, NULL);
    const char *resolved = uri_resolve_reporting(base, file, c->set->memory, &no_memory);
    if (no_memory)
        return schema_check(c, NULL);
    return resolved == NULL ? "" : resolved;
}

static void add_uri(compiler *c, const char *uri, resource *named) {
    bool present;
    if (!name_index_add(&c->set->by_uri, c->set->memory, uri, strlen(uri), named, &present))
        c->list->no_memory = true;
}

static void add_anchor(compiler *c, schema *target, const char *keyword, bool dynamic) {
    size_t length;
    bool present;
    const node *value = node_get(target->source, keyword);
    const char *name = value == NULL ? NULL : node_string(value, &length);
    if (name == NULL)
        return;
    anchor *made = schema_check(c, arena_alloc(c->set->memory, sizeof *made));
    if (made == NULL)
        return;
    *made = (anchor){.target = target, .dynamic = dynamic, .next = target->home->all_anchors};
    if (!name_index_add(&target->home->anchors, c->set->memory, name, length, made, &present))
        c->list->no_memory = true;
    else if (!present)
        target->home->all_anchors = made;
    if (dynamic && target->home->needed)
        schema_need(c, target);
}

/* ---- Documents ---- */

static const document *metaschema_document(compiler *c, const char *uri) {
    const document *known = name_index_find(&c->set->metaschemas, uri, strlen(uri));
    const char *written = metaschema_text(uri);
    if (known != NULL || written == NULL)
        return known;
    bool present;
    document *made = document_parse(written, strlen(written), uri, NULL, c->list);
    if (made == NULL || !schema_keep(c, NULL, NULL, made) ||
        !name_index_add(&c->set->metaschemas, c->set->memory, document_name(made), strlen(uri), made, &present))
        return schema_check(c, NULL);
    return made;
}

static const document *document_behind(compiler *c, const document *from, const char *uri) {
    const schema_options *options = &c->set->options;
    const document *found = metaschema_document(c, uri);
    if (found != NULL || options->open == NULL || c->list->no_memory)
        return found;
    return options->open(options->user, from, uri);
}

/* ---- Vocabularies ---- */

static unsigned default_vocabularies(const compiler *c) {
    return VOCABULARY_CORE | VOCABULARY_APPLICATOR | VOCABULARY_UNEVALUATED | VOCABULARY_VALIDATION |
           (c->set->options.assert_format ? VOCABULARY_FORMAT_ASSERTION : 0);
}

static unsigned vocabularies_of(compiler *c, const resource *from, const node *named, const node *metaschema) {
    const node *map = node_get(metaschema, "$vocabulary");
    unsigned bits = VOCABULARY_CORE;
    if (map == NULL || node_type(map) != NODE_MAPPING)
        return default_vocabularies(c);
    for (size_t i = 0; i < node_count(map); i++) {
        const char *uri = node_string(node_key(map, i), NULL);
        bool known;
        bits |= metaschema_vocabulary(uri, &known);
        if (!known && node_boolean(node_value(map, i)))
            diagnose(c->list, "E0304", node_place(from->owner, named), NULL,
                     "the schema's metaschema demands the vocabulary %s, which is not known", uri);
    }
    if (c->set->options.assert_format)
        bits |= VOCABULARY_FORMAT_ASSERTION;
    return bits;
}

/* The dialects of the OpenAPI Initiative add annotations to 2020-12; what it publishes is not fetched to see that. */
static bool is_plain_dialect(const char *uri) {
    static const char *const known[] = {"json-schema.org/", "spec.openapis.org/oas/"};
    const char *authority = strstr(uri, "://");
    for (size_t i = 0; authority != NULL && i < sizeof known / sizeof *known; i++)
        if (strncmp(authority + 3, known[i], strlen(known[i])) == 0)
            return true;
    return authority == NULL;
}

/* `http://json-schema.org/draft-07/schema#`, `https://json-schema.org/draft/2019-09/schema` */
static bool is_historic(const char *uri) {
    return strstr(uri, "json-schema.org/draft-0") != NULL || strstr(uri, "json-schema.org/draft/2019-09/") != NULL;
}

/*
 * By the `$schema` of a resource, or the `jsonSchemaDialect` of an OpenAPI document (3.1.2, section "OpenAPI Object").
 * One that cannot be found counts as 2020-12, and so do the earlier drafts but for what `items` is in them.
 */
static void read_vocabularies(compiler *c, resource *made, unsigned inherited) {
    const node *named = node_get(made->root, "$schema");
    if (named == NULL && node_get(made->root, "openapi") != NULL)
        named = node_get(made->root, "jsonSchemaDialect");
    const char *written = named == NULL ? NULL : node_string(named, NULL);
    made->vocabularies = inherited;
    if (written == NULL)
        return;
    made->vocabularies = default_vocabularies(c);
    const char *uri = absolute(c, made->uri, written, NULL);
    made->historic = uri != NULL && is_historic(uri);
    if (uri == NULL || is_plain_dialect(uri))
        return;
    const resource *known = name_index_find(&c->set->by_uri, uri, strlen(uri));
    const document *found = known == NULL ? document_behind(c, made->owner, uri) : known->owner;
    if (found != NULL)
        made->vocabularies = vocabularies_of(c, made, named, known == NULL ? document_root(found) : known->root);
}

/* ---- Where schemas stand ---- */

typedef enum shape { ONE, LIST, MAP, ONE_OR_LIST } shape;

static void walk_value(compiler *c, const node *value, shape how, location where, int depth) {
    if (how == ONE_OR_LIST)
        how = node_type(value) == NODE_SEQUENCE ? LIST : ONE;
    if (how == ONE) {
        resource_walk(c, schema_declare(c, value, where.parent->home, where), depth + 1);
        return;
    }
    if (node_type(value) != (how == LIST ? NODE_SEQUENCE : NODE_MAPPING))
        return;
    for (size_t i = 0; i < node_count(value); i++) {
        where.numbered = how == LIST;
        where.index = i;
        if (how == MAP)
            where.name = node_string(node_key(value, i), &where.length);
        walk_value(c, how == LIST ? node_item(value, i) : node_value(value, i), ONE, where, depth);
    }
}

static void walk_keywords(compiler *c, const schema *from, int depth) {
    static const struct {
        const char *keyword;
        shape how;
    } applicators[] = {
        {"$defs", MAP},
        {"definitions", MAP},
        {"properties", MAP},
        {"patternProperties", MAP},
        {"dependentSchemas", MAP},
        {"dependencies", MAP},
        {"allOf", LIST},
        {"anyOf", LIST},
        {"oneOf", LIST},
        {"prefixItems", LIST},
        {"items", ONE_OR_LIST},
        {"additionalItems", ONE},
        {"contains", ONE},
        {"additionalProperties", ONE},
        {"propertyNames", ONE},
        {"not", ONE},
        {"if", ONE},
        {"then", ONE},
        {"else", ONE},
        {"unevaluatedItems", ONE},
        {"unevaluatedProperties", ONE},
        {"contentSchema", ONE},
    };
    for (size_t i = 0; i < sizeof applicators / sizeof *applicators; i++) {
        const node *value = node_get(from->source, applicators[i].keyword);
        location where = {.parent = from, .keyword = applicators[i].keyword};
        if (value != NULL)
            walk_value(c, value, applicators[i].how, where, depth);
    }
}

/* A schema with an `$id` is the root of a resource of its own. */
static void enter_resource(compiler *c, schema *from) {
    const node *id = node_get(from->source, "$id");
    const char *written = id == NULL ? NULL : node_string(id, NULL);
    if (written == NULL || from->source == from->home->root)
        return;
    const char *uri = absolute(c, from->home->uri, written, NULL);
    if (uri != NULL && uri[0] == '\0')
        diagnose(c->list, "E0301", node_place(from->home->owner, id), NULL,
                 "'$id' of a schema must be a URI reference");
    resource *made = uri == NULL || uri[0] == '\0' ? NULL : schema_check(c, arena_alloc(c->set->memory, sizeof *made));
    if (made == NULL)
        return;
    *made = (resource){.owner = from->home->owner,
                       .root = from->source,
                       .uri = uri,
                       .origin = from->home->origin,
                       .historic = from->home->historic};
    read_vocabularies(c, made, from->home->vocabularies);
    add_uri(c, uri, made);
    from->home = made;
}

void resource_walk(compiler *c, schema *from, int depth) {
    if (from == NULL || from->walked || c->set->options.dialect != SCHEMA_2020_12)
        return;
    from->walked = true;
    if (node_type(from->source) != NODE_MAPPING)
        return;
    if (depth > DEEPEST) {
        diagnose(c->list, "E0301", node_place(from->home->owner, from->source), NULL,
                 "schemas are nested more than %d deep", DEEPEST);
        return;
    }
    enter_resource(c, from);
    add_anchor(c, from, "$anchor", false);
    add_anchor(c, from, "$dynamicAnchor", true);
    walk_keywords(c, from, depth);
}

/* In a document of another kind, schemas stand in its components. */
static void walk_components(compiler *c, resource *made) {
    static const char *const places[] = {"schemas", "inputs"};
    const node *components = node_get(made->root, "components");
    for (size_t i = 0; components != NULL && i < 2; i++) {
        const node *map = node_get(components, places[i]);
        for (size_t k = 0; map != NULL && k < node_count(map); k++) {
            text origin = TEXT_EMPTY;
            text_append_format(&origin, "%s/components/%s", made->origin, places[i]);
            const char *kept = origin.failed ? NULL : arena_copy(c->set->memory, text_peek(&origin), origin.length);
            text_free(&origin);
            location where = {.origin = schema_check(c, kept)};
            where.name = node_string(node_key(map, k), &where.length);
            resource_walk(c, schema_declare(c, node_value(map, k), made, where), 0);
        }
    }
}

/* The document's own `$id` is its base; it can be found under the URI it was read from, too. */
static const char *base_of(compiler *c, const document *owner, const char *uri) {
    const char *base = absolute(c, no_base, uri, NULL);
    const node *root = document_root(owner);
    const node *id = c->set->options.dialect == SCHEMA_2020_12 ? node_get(root, "$id") : NULL;
    const char *written = id == NULL ? NULL : node_string(id, NULL);
    return written == NULL || base == NULL ? base : absolute(c, base, written, NULL);
}

resource *resource_of_document(compiler *c, const document *owner, const char *uri, const char *origin) {
    resource *made = name_index_find(&c->set->by_document, (const char *)&owner, sizeof owner);
    if (made != NULL)
        return made;
    made = schema_check(c, arena_alloc(c->set->memory, sizeof *made));
    const char *base = made == NULL ? NULL : base_of(c, owner, uri);
    bool present;
    if (base == NULL)
        return NULL;
    if (base[0] == '\0')
        base = no_base;
    *made = (resource){.owner = owner, .root = document_root(owner), .uri = base, .origin = origin};
    if (!name_index_add(&c->set->by_document, c->set->memory, (const char *)&made->owner, sizeof made->owner, made,
                        &present))
        return schema_check(c, NULL);
    if (strcmp(base, no_base) != 0)
        add_uri(c, base, made);
    read_vocabularies(c, made, default_vocabularies(c));
    resource_walk(c, schema_declare(c, made->root, made, (location){.origin = origin}), 0);
    if (c->set->options.dialect == SCHEMA_2020_12)
        walk_components(c, made);
    return made;
}

/* ---- References ---- */

static resource *resource_at(compiler *c, const document *from, const char *uri) {
    resource *found = name_index_find(&c->set->by_uri, uri, strlen(uri));
    const document *owner = found != NULL || uri[0] == '\0' ? NULL : document_behind(c, from, uri);
    if (owner == NULL)
        return found;
    text origin = TEXT_EMPTY;
    text_append_format(&origin, "%s#", uri);
    const char *kept = origin.failed ? NULL : arena_copy(c->set->memory, text_peek(&origin), origin.length);
    text_free(&origin);
    if (schema_check(c, kept) != NULL)
        found = resource_of_document(c, owner, uri, kept);
    if (found != NULL)
        add_uri(c, uri, found);
    return found;
}

/* A pointer leads to a schema that is known, or to a place where no keyword has a schema: then to a new one. */
static schema *schema_at(compiler *c, resource *in, const char *pointer) {
    const node *target = node_at(in->root, pointer, strlen(pointer));
    if (target == NULL)
        return NULL;
    schema *made = name_index_find(&c->set->by_node, (const char *)&target, sizeof target);
    if (made != NULL)
        return made;
    text origin = TEXT_EMPTY;
    if (in->root == document_root(in->owner))
        text_append_format(&origin, "%s%s", in->origin, pointer);
    else
        text_append_format(&origin, "%s#%s", in->uri, pointer);
    const char *kept = origin.failed ? NULL : arena_copy(c->set->memory, text_peek(&origin), origin.length);
    text_free(&origin);
    if (schema_check(c, kept) == NULL)
        return NULL;
    made = schema_declare(c, target, in, (location){.origin = kept});
    resource_walk(c, made, 0);
    return made;
}

static schema *schema_anchored(resource *in, const char *name, const char **dynamic) {
    const anchor *found = name_index_find(&in->anchors, name, strlen(name));
    if (found != NULL && found->dynamic)
        *dynamic = name;
    return found == NULL ? NULL : found->target;
}

schema *resource_resolve(compiler *c, const schema *from, const node *reference, const char **name) {
    const char *written = node_string(reference, NULL), *fragment = NULL;
    const char *uri = absolute(c, from->home->uri, written, &fragment);
    *name = NULL;
    if (uri == NULL)
        return NULL;
    resource *in = written[0] == '#' || written[0] == '\0' ? from->home : resource_at(c, from->home->owner, uri);
    schema *target = in == NULL ? NULL
                     : fragment == NULL || fragment[0] == '\0' || fragment[0] == '/'
                         ? schema_at(c, in, fragment == NULL ? "" : fragment)
                         : schema_anchored(in, fragment, name);
    if (target == NULL && !c->list->no_memory)
        diagnose(c->list, "E0302", node_place(from->home->owner, reference), NULL, "the reference '%s' leads nowhere",
                 written);
    return target;
}
