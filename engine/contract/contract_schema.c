/*
 * contract_schema.c: schemas of responses in the dialect of their document, compiled once; and what does not hold,
 * told once for each place in the document: a list of a thousand items with the same mistake is one difference.
 */
#include <stdarg.h>
#include <string.h>

#include "engine/contract/contract_internal.h"

/* A schema that was asked for. */
typedef struct entry {
    const node *source;
    const schema *compiled; /* NULL: it cannot be used */
    const char *why;        /* a part of it cannot be used, and holds for everything; NULL: it is whole */
    place where;
} entry;

contract *contract_new(bool assert_format) {
    arena *memory = arena_new();
    contract *kept = memory == NULL ? NULL : arena_alloc(memory, sizeof *kept);
    if (kept == NULL) {
        arena_free(memory);
        return NULL;
    }
    *kept = (contract){.memory = memory, .assert_format = assert_format};
    return kept;
}

void contract_free(contract *kept) {
    if (kept == NULL)
        return;
    for (contract_book *at = kept->books; at != NULL; at = at->next)
        schema_set_free(at->schemas);
    arena_free(kept->memory);
}

/* ---- Compiling ---- */

static const document *open_document(void *user, const document *from, const char *uri) {
    contract_book *book = user;
    return api_open_document(book->description, from, uri, &book->no_memory);
}

static schema_dialect dialect_of(const api *description) {
    static const schema_dialect dialects[] = {[API_SWAGGER_2_0] = SCHEMA_SWAGGER_2_0,
                                              [API_OPENAPI_3_0] = SCHEMA_OPENAPI_3_0,
                                              [API_OPENAPI_3_1] = SCHEMA_2020_12,
                                              [API_OPENAPI_3_2] = SCHEMA_2020_12};
    return dialects[api_version_of(description)];
}

static contract_book *book_of(checking *c) {
    contract *kept = c->kept;
    for (contract_book *at = kept->books; at != NULL; at = at->next)
        if (at->description == c->description)
            return at;
    contract_book *made = arena_alloc(kept->memory, sizeof *made);
    if (made == NULL)
        return NULL;
    *made = (contract_book){.next = kept->books, .description = c->description};
    schema_options options = {.dialect = dialect_of(c->description),
                              .direction = SCHEMA_RESPONSE,
                              .assert_format = kept->assert_format,
                              .assert_content = true,
                              .user = made,
                              .open = open_document};
    made->schemas = schema_set_new(&options);
    if (made->schemas == NULL)
        return NULL;
    kept->books = made;
    return made;
}

/* What is wrong with a schema that cannot be compiled, in the contract's own memory. */
static bool keep_reason(contract *kept, entry *made, const diagnostics *found) {
    const char *why = found->count > 0 ? found->items[0].message : "it cannot be read";
    made->why = arena_copy(kept->memory, why, strlen(why));
    if (found->count == 0 || found->items[0].where.file == NULL)
        return made->why != NULL;
    const char *file = found->items[0].where.file; /* which ends with the list */
    made->where = found->items[0].where;
    made->where.file = arena_copy(kept->memory, file, strlen(file));
    return made->why != NULL && made->where.file != NULL;
}

/* What is known already is not reported again, so the second time a schema with a broken part comes without it. */
static bool compile_entry(checking *c, entry *made, located source) {
    contract_book *book = book_of(c);
    const char *base = api_base(c->description, source.owner);
    diagnostics found;
    bool whole = book != NULL;
    for (int round = 0; round < 2 && whole && made->compiled == NULL; round++) {
        whole = diagnostics_init(&found);
        made->compiled = schema_compile(book->schemas, source.owner, source.value, base, &found);
        whole = whole && !found.no_memory && !book->no_memory &&
                (made->compiled != NULL || made->why != NULL || keep_reason(c->kept, made, &found));
        diagnostics_free(&found);
    }
    return whole;
}

static const entry *find_entry(checking *c, located source) {
    contract *kept = c->kept;
    entry *known = name_index_find(&kept->compiled, (const char *)&source.value, sizeof source.value);
    bool present;
    if (known != NULL)
        return known;
    known = arena_alloc(kept->memory, sizeof *known);
    if (known != NULL)
        *known = (entry){.source = source.value};
    if (known != NULL && compile_entry(c, known, source) &&
        name_index_add(&kept->compiled, kept->memory, (const char *)&known->source, sizeof known->source, known,
                       &present))
        return known;
    c->no_memory = true;
    return NULL;
}

const schema *contract_schema(checking *c, located source) {
    const entry *known = source.value == NULL ? NULL : find_entry(c, source);
    if (known == NULL)
        return NULL;
    if (known->why != NULL) {
        contract_tell(c, "W0526", "$response", source.owner, source.value,
                      "is held against a part of its schema only: %s", known->why);
        if (known->where.file != NULL && !c->no_memory)
            c->out->items[c->out->count - 1].where = known->where;
    }
    return known->compiled;
}

/* ---- Telling ---- */

static void append_escaped(text *out, const char *name, size_t length) {
    text_append_char(out, '/');
    for (size_t i = 0; i < length; i++)
        text_append_string(out, name[i] == '~' ? "~0" : name[i] == '/' ? "~1" : (char[]){name[i], '\0'});
}

/* Appends the pointer from `from` to the node or key `wanted`; false when it is not below. */
static bool append_pointer(text *out, const node *from, const node *wanted, size_t *budget) {
    if (from == wanted)
        return true;
    if (*budget == 0)
        return false;
    --*budget;
    size_t before = out->length, length;
    bool map = node_type(from) == NODE_MAPPING;
    for (size_t i = 0; i < node_count(from); i++) {
        const char *name = map ? node_string(node_key(from, i), &length) : NULL;
        if (map)
            append_escaped(out, name, length);
        else
            text_append_format(out, "/%zu", i);
        if ((map && node_key(from, i) == wanted) ||
            append_pointer(out, map ? node_value(from, i) : node_item(from, i), wanted, budget))
            return true;
        text_truncate(out, before);
    }
    return false;
}

/* "#/components/schemas/Pet/type" */
static const char *pointer_to(checking *c, const document *owner, const node *wanted) {
    size_t budget = 1000000;
    text pointer = TEXT_EMPTY;
    text_append_char(&pointer, '#');
    append_pointer(&pointer, document_root(owner), wanted, &budget);
    const char *kept = pointer.failed ? NULL : arena_copy(c->memory, text_peek(&pointer), pointer.length);
    text_free(&pointer);
    return kept;
}

/* Adds it, unless there are so many that nobody would read on. */
static void add(checking *c, const char *code, const char *instance, const document *owner, const node *source,
                const char *message) {
    enum { MOST_BREACHES = 100 };
    contract_breaches *list = c->out;
    if (list->count >= MOST_BREACHES)
        return;
    contract_breach made = {.code = code,
                            .instance = arena_copy(c->memory, instance, strlen(instance)),
                            .message = arena_copy(c->memory, message, strlen(message)),
                            .schema = pointer_to(c, owner, source),
                            .where = node_place(owner, source)};
    contract_breach *items = arena_room(c->memory, list->items, list->count, &list->capacity, sizeof *items);
    if (items == NULL || made.instance == NULL || made.message == NULL || made.schema == NULL) {
        c->no_memory = true;
        return;
    }
    list->items = items;
    items[list->count++] = made;
}

void contract_tell(checking *c, const char *code, const char *instance, const document *owner, const node *source,
                   const char *format, ...) {
    text message = TEXT_EMPTY;
    va_list values;
    va_start(values, format);
    text_append_format_list(&message, format, values);
    va_end(values);
    c->no_memory = c->no_memory || message.failed;
    add(c, code, instance, owner, source, text_peek(&message));
    text_free(&message);
}

/* ---- Holding ---- */

/* The index of a list's items does not matter to what is told once: "/0/name" and "/1/name" are told as one. */
static void tell_errors(checking *c, const char *code, const char *instance, const schema_errors *errors) {
    name_index told = {0};
    for (size_t i = 0; i < errors->count && !c->no_memory; i++) {
        const schema_error *error = &errors->items[i];
        size_t *index = name_index_find(&told, (const char *)&error->source, sizeof error->source);
        bool present;
        if (index != NULL) {
            c->out->items[*index].more++;
            continue;
        }
        index = arena_alloc(c->memory, sizeof *index);
        if (index == NULL ||
            !name_index_add(&told, c->memory, (const char *)&error->source, sizeof error->source, index, &present)) {
            c->no_memory = true;
            return;
        }
        *index = c->out->count;
        text where = TEXT_EMPTY;
        text_append_string(&where, instance);
        if (error->instance[0] != '\0')
            text_append_format(&where, "%s%s", strchr(instance, '#') == NULL ? "#" : "", error->instance);
        c->no_memory = c->no_memory || where.failed;
        add(c, code, text_peek(&where), error->owner, error->source, error->message);
        text_free(&where);
        if (c->out->count == *index)
            return;
    }
}

void contract_hold(checking *c, const char *code, const char *instance, const schema *rule, const json_t *value) {
    schema_errors errors = {0};
    switch (schema_validate(rule, value, c->memory, &errors)) {
    case SCHEMA_VALID:
        break;
    case SCHEMA_INVALID:
        tell_errors(c, code, instance, &errors);
        break;
    case SCHEMA_LIMIT:
        contract_tell(c, "W0526", instance, c->response.owner, c->response.value,
                      "is not held against its schema: that takes too much work");
        break;
    case SCHEMA_NO_MEMORY:
        c->no_memory = true;
        break;
    }
}
