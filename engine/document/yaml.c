/*
 * yaml.c: from libyaml's events to nodes: anchors, aliases, merge keys, tags, duplicate keys, several documents.
 *
 * libyaml's marks count characters, so byte offsets are found through the table of lines. Depth is bounded in the event
 * loop: libyaml's scanner reads at most about a thousand characters ahead, so that deep flow nesting ends early instead
 * of costing quadratic time.
 */
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/text.h"
#include "base/utf8.h"
#include "engine/document/document_internal.h"

typedef struct anchor {
    const node *value;
    size_t weight; /* nodes below it, aliases counted as often as they are used */
    bool open;     /* its collection is not complete */
} anchor;

typedef struct yaml {
    reader *r;
    yaml_parser_t parser;
    yaml_event_t event;
    bool has_event;
    name_index anchors;
    size_t depth;
    struct {
        size_t line;
        size_t column;
        size_t offset; /* 0: none yet */
    } last;
} yaml;

/* Goes on from the last place that was asked for: a document may be one line of megabytes. */
static size_t offset_of(yaml *y, yaml_mark_t mark) {
    const document *made = y->r->made;
    size_t line = mark.line < made->line_count ? mark.line : made->line_count - 1;
    if (line != y->last.line || mark.column < y->last.column || y->last.offset == 0) {
        y->last.line = line;
        y->last.column = 0;
        y->last.offset = made->lines[line];
    }
    for (; y->last.column < mark.column && y->last.offset < made->length; y->last.column++) {
        uint32_t code_point;
        size_t size = utf8_decode(made->text + y->last.offset, made->length - y->last.offset, &code_point);
        y->last.offset += size == 0 ? 1 : size;
    }
    return y->last.offset;
}

/* libyaml starts a node at its anchor or tag; people look for what stands behind them. */
static size_t behind_properties(const yaml *y, size_t offset, size_t end) {
    const char *at = y->r->made->text;
    while (offset < end && (at[offset] == '&' || at[offset] == '!')) {
        while (offset < end && strchr(" \t\r\n", at[offset]) == NULL)
            offset++;
        while (offset < end && at[offset] != '\0' && strchr(" \t\r\n", at[offset]) != NULL)
            offset++;
    }
    return offset;
}

/* ---- Events ---- */

static bool line_starts_with_tab(const yaml *y, size_t line) {
    const document *made = y->r->made;
    for (size_t at = line < made->line_count ? made->lines[line] : made->length; at < made->length; at++) {
        if (made->text[at] == '\t')
            return true;
        if (made->text[at] != ' ')
            break;
    }
    return false;
}

/* libyaml's messages, and what they mean for a person. */
static const char *advice(const char *problem) {
    static const struct {
        const char *part;
        const char *help;
    } rows[] = {
        {"mapping values are not allowed",
         "a value with ': ' in it needs quotes, and a key must start a line of its own"},
        {"could not find expected ':'", "a key is followed by ': '; a longer text needs quotes or '|'"},
        {"did not find expected key", "look at the indentation of this line and the one before it"},
        {"did not find expected '-' indicator", "look at the indentation: the entries of a list start in one column"},
        {"found character that cannot start any token", "put quotes around a text that starts with '@', '`' or '%'"},
        {"did not find expected ',' or ']'", "a '[' is not closed"},
        {"did not find expected ',' or '}'", "a '{' is not closed, or a text with braces needs quotes"},
        {"found unexpected end of stream", "a quote is not closed"},
        {"found unknown escape character",
         "within double quotes a backslash starts an escape; write '\\\\' or use single quotes"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (problem != NULL && strstr(problem, rows[i].part) != NULL)
            return rows[i].help;
    return NULL;
}

static bool report_syntax(yaml *y) {
    const yaml_parser_t *parser = &y->parser;
    if (parser->error == YAML_MEMORY_ERROR) {
        y->r->list->no_memory = true;
        y->r->failed = true;
        return false;
    }
    size_t line = parser->problem_mark.line;
    bool tab = line_starts_with_tab(y, line) || (line > 0 && line_starts_with_tab(y, line - 1));
    if (!line_starts_with_tab(y, line) && tab)
        line--;
    if (tab) {
        size_t offset = line < y->r->made->line_count ? y->r->made->lines[line] : 0;
        offset += strcspn(y->r->made->text + offset, "\t");
        reader_error(y->r, "E0014", offset, 1, "YAML indents with spaces only", "a tab where indentation is expected");
        return false;
    }
    text message = TEXT_EMPTY;
    text_append_format(&message, "%s", parser->problem == NULL ? "the text cannot be read" : parser->problem);
    if (parser->context != NULL)
        text_append_format(&message, ", %s", parser->context);
    diagnostic *entry = reader_error(y->r, "E0002", offset_of(y, parser->problem_mark), 0, advice(parser->problem),
                                     "this is no YAML: %s", text_peek(&message));
    if (parser->context != NULL && parser->context_mark.line < parser->problem_mark.line)
        diagnostic_relate(y->r->list, entry, place_at(y->r->made, offset_of(y, parser->context_mark), 1),
                          "it begins here");
    text_free(&message);
    return false;
}

static bool next_event(yaml *y) {
    if (y->has_event)
        yaml_event_delete(&y->event);
    y->has_event = yaml_parser_parse(&y->parser, &y->event) != 0;
    return y->has_event || report_syntax(y);
}

/* ---- Anchors ---- */

static anchor *declare_anchor(yaml *y, const yaml_char_t *name) {
    if (name == NULL)
        return NULL;
    size_t length = strlen((const char *)name);
    anchor *known = name_index_find(&y->anchors, (const char *)name, length);
    if (known != NULL) {
        *known = (anchor){.open = true};
        return known;
    }
    arena *memory = y->r->made->memory;
    known = arena_alloc(memory, sizeof *known);
    char *kept = arena_copy(memory, (const char *)name, length);
    bool present;
    if (known == NULL || kept == NULL || !name_index_add(&y->anchors, memory, kept, length, known, &present)) {
        y->r->list->no_memory = true;
        y->r->failed = true;
        return NULL;
    }
    known->open = true;
    return known;
}

static const node *resolve_alias(yaml *y) {
    const char *name = (const char *)y->event.data.alias.anchor;
    size_t offset = offset_of(y, y->event.start_mark), length = strlen(name) + 1;
    const anchor *known = name_index_find(&y->anchors, name, strlen(name));
    if (known == NULL) {
        reader_error(y->r, "E0008", offset, length, NULL, "the alias '*%s' has no anchor '&%s' before it", name, name);
        return NULL;
    }
    if (known->open) {
        reader_error(y->r, "E0009", offset, length, NULL, "the alias '*%s' stands for something that contains it",
                     name);
        return NULL;
    }
    y->r->nodes += known->weight;
    if (y->r->nodes > y->r->limits.nodes) {
        reader_error(y->r, "E0007", offset, length, "aliases that multiply are not followed without end",
                     "with its aliases, the document has more than %zu values", y->r->limits.nodes);
        return NULL;
    }
    return known->value;
}

/* ---- Nodes ---- */

static const node *read_node(yaml *y);

static const char tag_prefix[] = "tag:yaml.org,2002:";

static bool check_tag(yaml *y, const yaml_char_t *tag, const char *const *allowed) {
    if (tag == NULL || strcmp((const char *)tag, "!") == 0)
        return true;
    const char *name = (const char *)tag;
    for (; *allowed != NULL; allowed++)
        if (strncmp(name, tag_prefix, sizeof tag_prefix - 1) == 0 &&
            strcmp(name + sizeof tag_prefix - 1, *allowed) == 0)
            return true;
    bool standard = strncmp(name, tag_prefix, sizeof tag_prefix - 1) == 0;
    reader_error(y->r, "E0013", offset_of(y, y->event.start_mark), 0, "only the types that JSON has can be used",
                 "the tag '%s%s' cannot be used here", standard ? "!!" : "",
                 standard ? name + sizeof tag_prefix - 1 : name);
    return false;
}

/* A tag decides; else a plain scalar is typed by how it looks, and a quoted one is a string. */
static void type_scalar(node *made, const yaml_event_t *event) {
    const char *tag = (const char *)event->data.scalar.tag;
    bool untyped = tag == NULL || strcmp(tag, "!") == 0;
    bool string = untyped ? !event->data.scalar.plain_implicit : strcmp(tag + sizeof tag_prefix - 1, "str") == 0;
    made->kind = NODE_STRING;
    if (!string)
        type_plain_scalar(made);
    if (untyped || string || made->kind != NODE_INTEGER || strcmp(tag + sizeof tag_prefix - 1, "float") != 0)
        return;
    made->kind = NODE_REAL;
    made->as.real = (double)made->as.integer;
}

static const node *read_scalar(yaml *y) {
    static const char *const tags[] = {"str", "int", "float", "bool", "null", NULL};
    static const node_style styles[] = {STYLE_PLAIN,         STYLE_PLAIN,   STYLE_SINGLE_QUOTED,
                                        STYLE_DOUBLE_QUOTED, STYLE_LITERAL, STYLE_FOLDED};
    const yaml_event_t *event = &y->event;
    if (!check_tag(y, event->data.scalar.tag, tags))
        return NULL;
    size_t start = offset_of(y, event->start_mark), end = offset_of(y, event->end_mark);
    if (event->data.scalar.anchor != NULL || event->data.scalar.tag != NULL)
        start = behind_properties(y, start, end);
    node *made = reader_node(y->r, NODE_STRING, start, end);
    if (made == NULL)
        return NULL;
    made->style = (unsigned char)styles[event->data.scalar.style];
    made->count = (uint32_t)event->data.scalar.length;
    made->source = arena_copy(y->r->made->memory, (const char *)event->data.scalar.value, made->count);
    if (made->source == NULL) {
        y->r->list->no_memory = true;
        return NULL;
    }
    type_scalar(made, event);
    anchor *named = declare_anchor(y, event->data.scalar.anchor);
    if (named != NULL)
        *named = (anchor){.value = made, .weight = 1};
    return y->r->failed ? NULL : made;
}

static bool enter(yaml *y) {
    if (++y->depth <= y->r->limits.depth)
        return true;
    reader_error(y->r, "E0005", offset_of(y, y->event.start_mark), 1, NULL, "the document is nested more than %zu deep",
                 y->r->limits.depth);
    return false;
}

static const node *read_sequence(yaml *y) {
    static const char *const tags[] = {"seq", NULL};
    size_t before = y->r->nodes;
    node *made = reader_node(y->r, NODE_SEQUENCE, offset_of(y, y->event.start_mark), offset_of(y, y->event.start_mark));
    if (made == NULL || !enter(y) || !check_tag(y, y->event.data.sequence_start.tag, tags))
        return NULL;
    anchor *named = declare_anchor(y, y->event.data.sequence_start.anchor);
    collection parts = {0};
    bool right = !y->r->failed;
    while (right && (right = next_event(y)) && y->event.type != YAML_SEQUENCE_END_EVENT) {
        const node *item = read_node(y);
        right = item != NULL && collect_item(y->r, &parts, item);
    }
    if (right) {
        made->end = (uint32_t)offset_of(y, y->event.end_mark);
        right = finish_sequence(y->r, made, &parts);
    }
    free(parts.items);
    y->depth--;
    if (named != NULL)
        *named = (anchor){.value = made, .weight = y->r->nodes - before};
    return right ? made : NULL;
}

/* ---- Mappings ---- */

/* A key is the text of a scalar, whatever type it looks like: `200:` is "200". */
static const node *read_key(yaml *y) {
    const node *found = read_node(y);
    if (found == NULL)
        return NULL;
    if (found->kind == NODE_SEQUENCE || found->kind == NODE_MAPPING) {
        reader_error(y->r, "E0012", found->start, 1, "a text with brackets or braces needs quotes",
                     "a key must be a string, not %s", found->kind == NODE_MAPPING ? "an object" : "an array");
        return NULL;
    }
    if (found->kind == NODE_STRING)
        return found;
    node *key = reader_node(y->r, NODE_STRING, found->start, found->end);
    if (key == NULL)
        return NULL;
    key->style = found->style;
    key->source = found->source;
    key->count = found->count;
    return key;
}

typedef struct merging {
    yaml *y;
    collection *parts;
    name_index known; /* the keys of `parts` */
} merging;

static bool note_key(merging *m, const node_entry *entry, bool *present) {
    arena *memory = m->y->r->made->memory;
    if (name_index_add(&m->known, memory, entry->key->source, entry->key->count, (void *)entry->key, present))
        return true;
    m->y->r->list->no_memory = true;
    return false;
}

/* Merged entries come after the mapping's own; what is there already wins. */
static bool merge_mapping(merging *m, const node *from) {
    reader *r = m->y->r;
    for (size_t i = 0; i < from->count; i++) {
        const node_entry *entry = &from->as.mapping.entries[i];
        if (++r->nodes > r->limits.nodes) {
            reader_error(r, "E0007", from->start, 1, NULL, "the document has more than %zu values", r->limits.nodes);
            return false;
        }
        bool present;
        if (!note_key(m, entry, &present) || (!present && !collect_entry(r, m->parts, entry->key, entry->value)))
            return false;
    }
    return true;
}

static bool merge(merging *m, const node *key, const node *from) {
    bool right = from->kind == NODE_MAPPING || from->kind == NODE_SEQUENCE;
    for (size_t i = 0; from->kind == NODE_SEQUENCE && right && i < from->count; i++)
        right = from->as.items[i]->kind == NODE_MAPPING;
    if (!right) {
        reader_error(m->y->r, "E0015", key->start, 2,
                     "'<<' is YAML's merge key; put quotes around it to use it as a name",
                     "'<<' takes a mapping or a list of mappings");
        return false;
    }
    if (from->kind == NODE_MAPPING)
        return merge_mapping(m, from);
    for (size_t i = 0; right && i < from->count; i++)
        right = merge_mapping(m, from->as.items[i]);
    return right;
}

static bool merge_all(yaml *y, collection *parts, const collection *merges) {
    merging m = {.y = y, .parts = parts};
    bool right = true, present;
    for (size_t i = 0; merges->count > 0 && right && i < parts->count; i++)
        right = note_key(&m, &parts->entries[i], &present);
    for (size_t i = 0; right && i < merges->count; i++)
        right = merge(&m, merges->entries[i].key, merges->entries[i].value);
    return right;
}

static bool is_merge_key(const node *key) {
    return key->style == STYLE_PLAIN && key->count == 2 && memcmp(key->source, "<<", 2) == 0;
}

static bool read_entries(yaml *y, collection *parts, collection *merges) {
    while (next_event(y)) {
        if (y->event.type == YAML_MAPPING_END_EVENT)
            return true;
        const node *key = read_key(y);
        if (key == NULL || !next_event(y))
            return false;
        const node *value = read_node(y);
        if (value == NULL || !collect_entry(y->r, is_merge_key(key) ? merges : parts, key, value))
            return false;
    }
    return false;
}

static const node *read_mapping(yaml *y) {
    static const char *const tags[] = {"map", NULL};
    size_t before = y->r->nodes;
    node *made = reader_node(y->r, NODE_MAPPING, offset_of(y, y->event.start_mark), offset_of(y, y->event.start_mark));
    if (made == NULL || !enter(y) || !check_tag(y, y->event.data.mapping_start.tag, tags))
        return NULL;
    anchor *named = declare_anchor(y, y->event.data.mapping_start.anchor);
    collection parts = {0}, merges = {0};
    bool right = !y->r->failed && read_entries(y, &parts, &merges);
    if (right)
        made->end = (uint32_t)offset_of(y, y->event.end_mark);
    right = right && merge_all(y, &parts, &merges);
    right = right && finish_mapping(y->r, made, &parts);
    free(parts.entries);
    free(merges.entries);
    y->depth--;
    if (named != NULL)
        *named = (anchor){.value = made, .weight = y->r->nodes - before};
    return right ? made : NULL;
}

static const node *read_node(yaml *y) {
    switch (y->event.type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(y);
    case YAML_SEQUENCE_START_EVENT:
        return read_sequence(y);
    case YAML_MAPPING_START_EVENT:
        return read_mapping(y);
    case YAML_ALIAS_EVENT:
        return resolve_alias(y);
    default:
        return NULL;
    }
}

/* ---- The stream ---- */

static const node *read_stream(yaml *y) {
    if (!next_event(y) || !next_event(y))
        return NULL;
    if (y->event.type == YAML_STREAM_END_EVENT) {
        reader_error(y->r, "E0001", 0, 0, NULL, "the document is empty");
        return NULL;
    }
    if (!next_event(y))
        return NULL;
    const node *root = read_node(y);
    if (root == NULL || !next_event(y) || !next_event(y))
        return NULL;
    if (y->event.type != YAML_STREAM_END_EVENT) {
        reader_error(y->r, "E0010", offset_of(y, y->event.start_mark), 3, "put each into a file of its own",
                     "a second document starts here; one file holds one");
        return NULL;
    }
    return root;
}

const node *read_yaml(reader *r) {
    yaml y = {.r = r};
    if (!yaml_parser_initialize(&y.parser)) {
        r->list->no_memory = true;
        return NULL;
    }
    yaml_parser_set_encoding(&y.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&y.parser, (const unsigned char *)r->made->text, r->made->length);
    const node *root = read_stream(&y);
    if (y.has_event)
        yaml_event_delete(&y.event);
    yaml_parser_delete(&y.parser);
    return root;
}
