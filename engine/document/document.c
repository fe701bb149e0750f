/*
 * document.c: reading a document, and walking its tree.
 *
 * Diagnostics: E0001 empty, E0002 no YAML, E0003 no JSON, E0004 a key given twice, E0005 too deep, E0006 too large,
 * E0007 too many nodes, E0008 an alias without an anchor, E0009 an alias to what contains it, E0010 several documents,
 * E0011 no UTF-8, E0012 a key that is no scalar, E0013 a tag that JSON does not know, E0014 a tab as indentation, E0015
 * a merge key without a mapping.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "engine/document/document_internal.h"

enum { DEFAULT_BYTES = 64 << 20, DEFAULT_DEPTH = 200, DEFAULT_NODES = 10000000, INDEXED_FROM = 9 };

/* ---- Building ---- */

diagnostic *reader_error(reader *r, const char *code, size_t offset, size_t length, const char *help,
                         const char *format, ...) {
    text message = TEXT_EMPTY;
    va_list values;
    va_start(values, format);
    text_append_format_list(&message, format, values);
    va_end(values);
    diagnostic *entry = diagnose(r->list, code, place_at(r->made, offset, length), help, "%s", text_peek(&message));
    text_free(&message);
    r->failed = true;
    return entry;
}

static void *reader_memory(reader *r, void *piece) {
    if (piece == NULL) {
        r->list->no_memory = true;
        r->failed = true;
    }
    return piece;
}

node *reader_node(reader *r, node_kind kind, size_t start, size_t end) {
    if (++r->nodes > r->limits.nodes) {
        reader_error(r, "E0007", start, 0, NULL, "the document has more than %zu values", r->limits.nodes);
        return NULL;
    }
    node *made = reader_memory(r, arena_alloc(r->made->memory, sizeof *made));
    if (made != NULL)
        *made = (node){.kind = (unsigned char)kind, .start = (uint32_t)start, .end = (uint32_t)end};
    return made;
}

/* What is collected grows in malloc's memory, so that the arena holds only the finished tree. */
static bool grow(reader *r, collection *parts, void **array, size_t size) {
    if (parts->count < parts->capacity)
        return true;
    size_t capacity = parts->capacity == 0 ? 8 : parts->capacity * 2;
    void *larger = reader_memory(r, realloc(*array, capacity * size));
    if (larger == NULL)
        return false;
    *array = larger;
    parts->capacity = capacity;
    return true;
}

bool collect_item(reader *r, collection *parts, const node *item) {
    void *array = parts->items;
    bool grown = grow(r, parts, &array, sizeof *parts->items);
    parts->items = array;
    if (grown)
        parts->items[parts->count++] = item;
    return grown;
}

bool collect_entry(reader *r, collection *parts, const node *key, const node *value) {
    void *array = parts->entries;
    bool grown = grow(r, parts, &array, sizeof *parts->entries);
    parts->entries = array;
    if (grown)
        parts->entries[parts->count++] = (node_entry){key, value};
    return grown;
}

bool finish_sequence(reader *r, node *made, const collection *parts) {
    made->as.items = reader_memory(r, arena_array(r->made->memory, parts->count, sizeof *made->as.items));
    if (made->as.items == NULL)
        return false;
    if (parts->count > 0)
        memcpy(made->as.items, parts->items, parts->count * sizeof *made->as.items);
    made->count = (uint32_t)parts->count;
    return true;
}

static bool same_key(const node *a, const node *b) {
    return a->count == b->count && memcmp(a->source, b->source, a->count) == 0;
}

static bool report_duplicate(reader *r, const node *first, const node *again) {
    diagnostic_relate(r->list,
                      reader_error(r, "E0004", again->start, again->end - again->start, "keep one of them",
                                   "the key '%s' is given twice", again->source),
                      place_at(r->made, first->start, first->end - first->start), "first given here");
    return false;
}

static bool index_mapping(reader *r, node *made) {
    made->as.mapping.index = reader_memory(r, arena_alloc(r->made->memory, sizeof(name_index)));
    for (size_t i = 0; made->as.mapping.index != NULL && i < made->count; i++) {
        node_entry *entry = &made->as.mapping.entries[i];
        bool present;
        if (!name_index_add(made->as.mapping.index, r->made->memory, entry->key->source, entry->key->count, entry,
                            &present))
            return reader_memory(r, NULL) != NULL;
        if (present) {
            const node_entry *first = name_index_find(made->as.mapping.index, entry->key->source, entry->key->count);
            return report_duplicate(r, first->key, entry->key);
        }
    }
    return made->as.mapping.index != NULL;
}

bool finish_mapping(reader *r, node *made, const collection *parts) {
    made->as.mapping.entries =
        reader_memory(r, arena_array(r->made->memory, parts->count, sizeof *made->as.mapping.entries));
    if (made->as.mapping.entries == NULL)
        return false;
    if (parts->count > 0)
        memcpy(made->as.mapping.entries, parts->entries, parts->count * sizeof *made->as.mapping.entries);
    made->count = (uint32_t)parts->count;
    if (made->count >= INDEXED_FROM)
        return index_mapping(r, made);
    for (size_t i = 1; i < made->count; i++)
        for (size_t j = 0; j < i; j++)
            if (same_key(made->as.mapping.entries[i].key, made->as.mapping.entries[j].key))
                return report_duplicate(r, made->as.mapping.entries[j].key, made->as.mapping.entries[i].key);
    return true;
}

/* ---- Reading ---- */

static document *new_document(const char *bytes, size_t length, const char *name) {
    arena *memory = arena_new();
    document *made = memory == NULL ? NULL : arena_alloc(memory, sizeof *made);
    if (made == NULL) {
        arena_free(memory);
        return NULL;
    }
    *made = (document){.memory = memory, .length = length};
    made->name = arena_copy(memory, name, strlen(name));
    made->text = arena_copy(memory, bytes, length);
    if (made->name != NULL && made->text != NULL)
        return made;
    arena_free(memory);
    return NULL;
}

/* A line ends as libyaml counts: LF, CR, CR LF, NEL, LS, PS. */
static size_t line_break(const char *at, size_t length) {
    const unsigned char *byte = (const unsigned char *)at;
    if (byte[0] == '\n')
        return 1;
    if (byte[0] == '\r')
        return length > 1 && byte[1] == '\n' ? 2 : 1;
    if (byte[0] == 0xC2 && length > 1 && byte[1] == 0x85)
        return 2;
    return byte[0] == 0xE2 && length > 2 && byte[1] == 0x80 && (byte[2] == 0xA8 || byte[2] == 0xA9) ? 3 : 0;
}

static size_t count_lines(const document *made, uint32_t *starts) {
    size_t count = 0;
    if (starts != NULL)
        starts[count] = 0;
    count++;
    for (size_t i = 0; i < made->length;) {
        size_t size = line_break(made->text + i, made->length - i);
        i += size == 0 ? 1 : size;
        if (size == 0)
            continue;
        if (starts != NULL)
            starts[count] = (uint32_t)i;
        count++;
    }
    return count;
}

static bool find_lines(document *made) {
    made->line_count = count_lines(made, NULL);
    made->lines = arena_array(made->memory, made->line_count, sizeof *made->lines);
    if (made->lines != NULL)
        count_lines(made, made->lines);
    return made->lines != NULL;
}

static bool ends_in_json(const char *name) {
    size_t length = strlen(name);
    return length > 5 && strcmp(name + length - 5, ".json") == 0;
}

static bool looks_like_json(const document *made) {
    size_t at = 0;
    while (at < made->length && strchr(" \t\r\n", made->text[at]) != NULL && made->text[at] != '\0')
        at++;
    return at < made->length && (made->text[at] == '{' || made->text[at] == '[');
}

/* JSON first where it looks like it; what is not JSON may be YAML's flow style, unless the name says otherwise. */
static const node *read_root(reader *r) {
    if (!looks_like_json(r->made))
        return read_yaml(r);
    diagnostics *list = r->list, attempt;
    if (!diagnostics_init(&attempt)) {
        list->no_memory = true;
        return NULL;
    }
    r->list = &attempt;
    const node *root = read_json(r);
    r->list = list;
    bool syntax = root == NULL && attempt.count > 0 && strcmp(attempt.items[0].code, "E0003") == 0;
    if (attempt.no_memory) {
        list->no_memory = true;
    } else if (syntax && !ends_in_json(r->made->name)) {
        r->failed = false;
        r->nodes = 0;
        root = read_yaml(r);
    } else if (root == NULL && attempt.count > 0) {
        const diagnostic *why = &attempt.items[0];
        diagnose(list, why->code, why->where, why->help, "%s", why->message);
    }
    diagnostics_free(&attempt);
    return root;
}

static document_limits with_defaults(const document_limits *given) {
    document_limits limits = given == NULL ? (document_limits){0} : *given;
    if (limits.bytes == 0)
        limits.bytes = DEFAULT_BYTES;
    if (limits.depth == 0)
        limits.depth = DEFAULT_DEPTH;
    if (limits.nodes == 0)
        limits.nodes = DEFAULT_NODES;
    return limits;
}

static bool check_text(reader *r) {
    size_t bad;
    if (utf8_valid(r->made->text, r->made->length, &bad))
        return true;
    reader_error(r, "E0011", bad, 0, "save the file as UTF-8", "the text is not UTF-8");
    return false;
}

document *document_parse(const char *bytes, size_t length, const char *name, const document_limits *limits,
                         diagnostics *list) {
    reader r = {.limits = with_defaults(limits), .list = list};
    if (length > r.limits.bytes) {
        diagnose(list, "E0006", (place){.file = name}, NULL, "the document is larger than %zu bytes", r.limits.bytes);
        return NULL;
    }
    bool mark = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0;
    r.made = new_document(bytes + (mark ? 3 : 0), length - (mark ? 3 : 0), name);
    if (r.made == NULL || !find_lines(r.made)) {
        list->no_memory = true;
        document_free(r.made);
        return NULL;
    }
    if (check_text(&r))
        r.made->root = read_root(&r);
    if (r.made->root == NULL || r.failed) {
        document_free(r.made);
        return NULL;
    }
    return r.made;
}

void document_free(document *owner) {
    if (owner != NULL)
        arena_free(owner->memory);
}

const node *document_root(const document *owner) {
    return owner->root;
}

const char *document_name(const document *owner) {
    return owner->name;
}

const char *document_text(const document *owner, size_t *length) {
    *length = owner->length;
    return owner->text;
}

/* ---- Walking ---- */

node_kind node_type(const node *value) {
    return (node_kind)value->kind;
}

const char *node_type_name(const node *value) {
    static const char *const names[] = {"null", "boolean", "integer", "number", "string", "array", "object"};
    return names[value->kind];
}

const char *node_string(const node *value, size_t *length) {
    if (value->kind != NODE_STRING)
        return NULL;
    if (length != NULL)
        *length = value->count;
    return value->source;
}

bool node_boolean(const node *value) {
    return value->kind == NODE_BOOLEAN && value->as.boolean;
}

int64_t node_integer(const node *value) {
    return value->kind == NODE_INTEGER ? value->as.integer : 0;
}

double node_number(const node *value) {
    return value->kind == NODE_REAL ? value->as.real : (double)node_integer(value);
}

const char *node_source(const node *value, size_t *length) {
    if (value->kind == NODE_SEQUENCE || value->kind == NODE_MAPPING)
        return NULL;
    if (length != NULL)
        *length = value->count;
    return value->source;
}

size_t node_count(const node *value) {
    return value->kind == NODE_SEQUENCE || value->kind == NODE_MAPPING ? value->count : 0;
}

const node *node_item(const node *value, size_t index) {
    return value->kind == NODE_SEQUENCE && index < value->count ? value->as.items[index] : NULL;
}

const node *node_key(const node *value, size_t index) {
    return value->kind == NODE_MAPPING && index < value->count ? value->as.mapping.entries[index].key : NULL;
}

const node *node_value(const node *value, size_t index) {
    return value->kind == NODE_MAPPING && index < value->count ? value->as.mapping.entries[index].value : NULL;
}

static const node_entry *find_entry(const node *value, const char *key, size_t length) {
    if (value->kind != NODE_MAPPING)
        return NULL;
    if (value->as.mapping.index != NULL)
        return name_index_find(value->as.mapping.index, key, length);
    for (size_t i = 0; i < value->count; i++) {
        const node_entry *entry = &value->as.mapping.entries[i];
        if (entry->key->count == length && memcmp(entry->key->source, key, length) == 0)
            return entry;
    }
    return NULL;
}

const node *node_get_sized(const node *value, const char *key, size_t length) {
    const node_entry *entry = find_entry(value, key, length);
    return entry == NULL ? NULL : entry->value;
}

const node *node_get(const node *value, const char *key) {
    return node_get_sized(value, key, strlen(key));
}

const node *node_get_or_self(const node *value, const char *key) {
    const node *found = node_get(value, key);
    return found == NULL ? value : found;
}

const node *node_get_key(const node *value, const char *key) {
    const node_entry *entry = find_entry(value, key, strlen(key));
    return entry == NULL ? NULL : entry->key;
}

/* One reference token (RFC 6901, section 4): `~1` is `/`, `~0` is `~`. */
static const node *step_into(const node *value, const char *token, size_t length) {
    if (value->kind == NODE_SEQUENCE) {
        size_t index = 0;
        if (length == 0 || length > 9 || (length > 1 && token[0] == '0'))
            return NULL;
        for (size_t i = 0; i < length; i++) {
            if (token[i] < '0' || token[i] > '9')
                return NULL;
            index = index * 10 + (size_t)(token[i] - '0');
        }
        return node_item(value, index);
    }
    if (memchr(token, '~', length) == NULL)
        return node_get_sized(value, token, length);
    text key = TEXT_EMPTY;
    for (size_t i = 0; i < length; i++) {
        bool escape = token[i] == '~' && i + 1 < length && (token[i + 1] == '0' || token[i + 1] == '1');
        text_append_char(&key, !escape ? token[i] : token[++i] == '1' ? '/' : '~');
    }
    const node *found = key.failed ? NULL : node_get_sized(value, text_peek(&key), key.length);
    text_free(&key);
    return found;
}

const node *node_at(const node *value, const char *pointer, size_t length) {
    const char *end = pointer + length;
    while (value != NULL && pointer < end) {
        if (*pointer++ != '/')
            return NULL;
        const char *next = memchr(pointer, '/', (size_t)(end - pointer));
        if (next == NULL)
            next = end;
        value = step_into(value, pointer, (size_t)(next - pointer));
        pointer = next;
    }
    return value;
}

/* ---- As JSON ---- */

static json_t *collection_json(const node *value) {
    bool mapping = value->kind == NODE_MAPPING;
    json_t *made = mapping ? json_object() : json_array();
    for (size_t i = 0; made != NULL && i < value->count; i++) {
        json_t *part = node_json(mapping ? value->as.mapping.entries[i].value : value->as.items[i]);
        const node *key = mapping ? value->as.mapping.entries[i].key : NULL;
        int failed =
            mapping ? json_object_setn_new(made, key->source, key->count, part) : json_array_append_new(made, part);
        if (part != NULL && failed == 0)
            continue;
        json_decref(made);
        return NULL;
    }
    return made;
}

json_t *node_json(const node *value) {
    switch (node_type(value)) {
    case NODE_NULL:
        return json_null();
    case NODE_BOOLEAN:
        return json_boolean(value->as.boolean);
    case NODE_INTEGER:
        return json_integer(value->as.integer);
    case NODE_REAL:
        return json_real(value->as.real);
    case NODE_STRING:
        return json_stringn(value->source, value->count);
    case NODE_SEQUENCE:
    case NODE_MAPPING:
        return collection_json(value);
    }
    return NULL;
}
