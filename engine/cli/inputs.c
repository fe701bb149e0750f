/* inputs.c: the type that an input's schema names decides how the text on the command line is read. */
#include "engine/cli/inputs.h"

#include <stdlib.h>
#include <string.h>

#include "base/name_index.h"
#include "base/nearest.h"
#include "base/text.h"
#include "base/utf8.h"
#include "engine/document/document.h"
#include "engine/report/diagnostics.h"
#include "engine/schema/sample.h"

/* The schema of an input, a local `$ref` followed. */
static const node *input_schema(const workflow *flow, const char *name, size_t length) {
    const node *found = workflow_input(flow, name, length);
    for (int hops = 0; found != NULL && hops < 8; hops++) {
        const node *reference = node_get(found, "$ref");
        size_t size;
        const char *pointer = reference == NULL ? NULL : node_string(reference, &size);
        if (pointer == NULL || pointer[0] != '#')
            break;
        found = description_schema(document_root(flow->owner->document), pointer, size);
    }
    return found;
}

static const schema *compiled_schema(const workflow *flow, const char *name, size_t length) {
    return flow->input_schema == NULL ? NULL : schema_member(flow->input_schema, name, length);
}

/* ---- Where inputs came from ---- */

/* A node of a file, or, without one, an argument. */
typedef struct input_origin {
    const document *owner;
    const node *value;
    const char *name;
} input_origin;

typedef struct input_origins {
    arena *memory;
    name_index by_name;
    char said[4096];
} input_origins;

static bool note_origin(input_origins *known, const char *name, size_t length, const document *owner,
                        const node *value) {
    input_origin *made = name_index_find(&known->by_name, name, length);
    bool present;
    if (made == NULL) {
        made = arena_alloc(known->memory, sizeof *made);
        if (made == NULL || (made->name = arena_copy(known->memory, name, length)) == NULL ||
            !name_index_add(&known->by_name, known->memory, made->name, length, made, &present))
            return false;
    }
    made->owner = owner;
    made->value = value;
    return true;
}

/* The node at a pointer, or the last on the way there that there is. */
static const node *deepest_at(const node *from, const char *pointer) {
    for (size_t length = strlen(pointer); length > 0;) {
        const node *found = node_at(from, pointer, length);
        if (found != NULL)
            return found;
        do
            length--;
        while (length > 0 && pointer[length] != '/');
    }
    return from;
}

static const char *tell_origin(void *user, const char *pointer) {
    input_origins *known = user;
    const char *rest = pointer + (pointer[0] == '/'), *end = rest + strcspn(rest, "/");
    text name = TEXT_EMPTY;
    for (; rest < end; rest++) {
        bool escape = rest[0] == '~' && rest + 1 < end;
        text_append_char(&name, !escape ? *rest : rest[1] == '0' ? '~' : '/');
        rest += escape;
    }
    const input_origin *found = name_index_find(&known->by_name, text_peek(&name), name.length);
    text_free(&name);
    if (found == NULL)
        return NULL;
    if (found->owner == NULL) {
        snprintf(known->said, sizeof known->said, "-i %s", found->name);
    } else {
        place where = node_place(found->owner, deepest_at(found->value, end));
        snprintf(known->said, sizeof known->said, "%s:%u:%u", where.file, where.line, where.column);
    }
    return known->said;
}

/* ---- One by one ---- */

/* The bytes of a file need not be text; those of the command line have to be. NULL: they are not. */
static json_t *typed(const schema *rule, const char *value, size_t length, bool file) {
    if (utf8_valid(value, length, NULL))
        return schema_read_text(rule, value, length);
    bool bytes = file && (rule == NULL || schema_allows(rule, JSON_STRING));
    return bytes ? json_stringn_nocheck(value, length) : NULL;
}

static bool refuse_unknown(session *at, const workflow *flow, const char *name, size_t length) {
    const node *properties = flow->inputs == NULL ? NULL : node_get(flow->inputs, "properties");
    nearest search;
    nearest_start(&search, name, length);
    for (size_t i = 0; properties != NULL && i < node_count(properties); i++)
        nearest_try(&search, node_string(node_key(properties, i), NULL));
    fprintf(at->err, "arazzo %s: workflow '%s' has no input '%.*s'", at->command, flow->id, (int)length, name);
    if (search.best != NULL)
        fprintf(at->err, "; did you mean '%s'?", search.best);
    fprintf(at->err, "\nTry 'arazzo show FILE %s' to see its inputs.\n", flow->id);
    return false;
}

/* Keeps the file's name for forms that it is sent in. False when memory is short. */
static bool remember_file(session *at, const char *path, const char *bytes, size_t length) {
    const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
    arazzo_file *longer = arena_array(at->memory, at->file_count + 1, sizeof *longer);
    const char *kept_name = arena_copy(at->memory, name, strlen(name));
    const char *kept = arena_copy(at->memory, bytes, length);
    if (longer == NULL || kept_name == NULL || kept == NULL)
        return false;
    if (at->file_count > 0)
        memcpy(longer, at->files, at->file_count * sizeof *longer);
    longer[at->file_count++] = (arazzo_file){kept_name, kept, length};
    at->files = longer;
    return true;
}

static char *read_value_file(session *at, const char *name, size_t name_length, const char *path, size_t *length) {
    char error[256] = "";
    char *bytes = fetch_file(path, length, error, sizeof error);
    if (bytes != NULL && strcmp(path, "-") != 0 && !remember_file(at, path, bytes, *length)) {
        session_no_memory(at);
        free(bytes);
        return NULL;
    }
    if (bytes == NULL)
        fprintf(at->err, "arazzo %s: the input '%.*s' cannot be read from %s: %s\n", at->command, (int)name_length,
                name, path, error);
    return bytes;
}

/* The length of NAME in NAME=VALUE and NAME:=JSON; 0: it is neither. */
static size_t name_length_of(const char *given) {
    const char *equals = strchr(given, '=');
    size_t length = equals == NULL ? 0 : (size_t)(equals - given);
    return length > 0 && given[length - 1] == ':' ? length - 1 : length;
}

/* The schema declares the name, or allows names that it doesn't declare. */
static bool takes_name(const workflow *flow, const char *name, size_t length) {
    const node *rest = flow->inputs == NULL ? NULL : node_get(flow->inputs, "additionalProperties");
    bool open = rest != NULL && (node_type(rest) != NODE_BOOLEAN || node_boolean(rest));
    return flow->inputs != NULL && (input_schema(flow, name, length) != NULL || open);
}

bool takes_input(const workflow *flow, const char *given) {
    return takes_name(flow, given, name_length_of(given));
}

bool check_input(const session *at, const char *given) {
    if (name_length_of(given) > 0)
        return true;
    fprintf(at->err, "arazzo %s: an input is given as NAME=VALUE, not '%s'\n", at->command, given);
    return false;
}

/* How many of the arguments up to `end` have this name, and before which one of them. */
static size_t count_given(const value_list *given, size_t end, const char *name, size_t length) {
    size_t count = 0;
    for (size_t i = 0; i < end; i++)
        count += name_length_of(given->items[i]) == length && memcmp(given->items[i], name, length) == 0;
    return count;
}

/* A value as its schema wants it; NULL after saying why there is none. */
static json_t *read_value(session *at, const char *given, size_t name_length, const schema *rule) {
    const char *equals = strchr(given, '='), *value = equals + 1;
    bool json = equals[-1] == ':';
    size_t length = strlen(value);
    char *file = NULL;
    if (value[0] == '@') {
        file = read_value_file(at, given, name_length, value + 1, &length);
        if (file == NULL)
            return NULL;
        value = file;
    }
    json_error_t error;
    json_t *made = json ? json_loadb(value, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error)
                        : typed(rule, value, length, file != NULL);
    if (made == NULL && json)
        fprintf(at->err, "arazzo %s: the input '%.*s' is no JSON: %s\n", at->command, (int)name_length, given,
                error.text);
    else if (made == NULL)
        fprintf(at->err, "arazzo %s: the input '%.*s' is not UTF-8\n", at->command, (int)name_length, given);
    free(file);
    return made;
}

/* One of several of its name: an item of an array, where there can be one. */
static bool add_item(session *at, const char *given, size_t name_length, const schema *rule, size_t index,
                     json_t *into) {
    json_t *list = index == 0 ? NULL : json_object_getn(into, given, name_length);
    json_t *item = read_value(at, given, name_length, schema_item(rule, index));
    if (list == NULL) {
        list = json_array();
        if (json_object_setn_new(into, given, name_length, list) != 0)
            list = NULL;
    }
    return json_array_append_new(list, item) == 0;
}

static bool read_input(session *at, const workflow *flow, const value_list *list, size_t index, json_t *into) {
    const char *given = list->items[index];
    size_t name_length = name_length_of(given);
    if (!check_input(at, given))
        return false;
    const schema *rule = compiled_schema(flow, given, name_length);
    if (flow->inputs != NULL && !takes_name(flow, given, name_length))
        return refuse_unknown(at, flow, given, name_length);
    if (!note_origin(at->origins.user, given, name_length, NULL, NULL))
        return false;
    bool repeated = count_given(list, list->count, given, name_length) > 1;
    if (repeated && rule != NULL && schema_allows(rule, JSON_ARRAY))
        return add_item(at, given, name_length, rule, count_given(list, index, given, name_length), into);
    json_t *made = read_value(at, given, name_length, rule);
    return made != NULL && json_object_setn_new(into, given, name_length, made) == 0;
}

/* ---- The file ---- */

static bool refuse_file(const session *at, const char *path, const node *root) {
    for (size_t i = 0; i < node_count(root); i++)
        if (node_type(node_value(root, i)) != NODE_MAPPING) {
            fprintf(at->err,
                    "arazzo %s: %s must hold objects of inputs by workflowId, and '%s' is none; "
                    "inputs for every workflow stand under '*'\n",
                    at->command, path, node_string(node_key(root, i), NULL));
            return true;
        }
    return false;
}

document *read_inputs_file(session *at, const char *path, bool many) {
    char error[256] = "";
    size_t length;
    char *bytes = fetch_file(path, &length, error, sizeof error);
    if (bytes == NULL) {
        fprintf(at->err, "arazzo %s: the inputs cannot be read from %s: %s\n", at->command, path, error);
        return NULL;
    }
    document *parsed = document_parse(bytes, length, path, NULL, &at->list);
    free(bytes);
    session_print(at);
    if (parsed == NULL)
        return NULL;
    bool mapping = node_type(document_root(parsed)) == NODE_MAPPING;
    if (!mapping)
        fprintf(at->err, "arazzo %s: %s must hold an object of inputs\n", at->command, path);
    if (mapping && !(many && refuse_file(at, path, document_root(parsed))))
        return parsed;
    document_free(parsed);
    return NULL;
}

/* `path` is the name or ends in it, at the beginning of a segment. */
static bool names_document(const char *name, size_t length, const char *path) {
    size_t whole = strlen(path);
    return length <= whole && memcmp(path + whole - length, name, length) == 0 &&
           (length == whole || path[whole - length - 1] == '/');
}

bool inputs_are_for(const char *key, const char *document_name, const char *workflow_id) {
    const char *colon = strrchr(key, ':'), *id = colon == NULL ? key : colon + 1;
    if (strcmp(id, "*") != 0 && strcmp(id, workflow_id) != 0)
        return false;
    size_t length = colon == NULL ? 0 : (size_t)(colon - key);
    while (length > 0 && key[length - 1] == ':') /* `document::workflowId`, as reports write it */
        length--;
    return length == 0 || names_document(key, length, document_name);
}

/* Takes over what the workflow declares or, where `all`, everything. */
static bool add_members(session *at, const workflow *flow, const document *owner, const node *from, bool all,
                        json_t *into) {
    bool right = true;
    for (size_t i = 0; right && i < node_count(from); i++) {
        size_t length;
        const char *name = node_string(node_key(from, i), &length);
        if (all || takes_name(flow, name, length))
            right = note_origin(at->origins.user, name, length, owner, node_value(from, i)) &&
                    json_object_setn_new(into, name, length, node_json(node_value(from, i))) == 0;
    }
    return right;
}

/* The later win: "*", `document:*`, `workflowId`, `document:workflowId`. */
static unsigned rank_of(const char *key) {
    size_t length = strlen(key);
    bool common = length > 0 && key[length - 1] == '*', qualified = strchr(key, ':') != NULL;
    return (common ? 0U : 2U) + (qualified ? 1U : 0U);
}

static bool add_by_workflow(session *at, const workflow *flow, const char *document_name, const document *owner,
                            json_t *into, bool *found) {
    const node *root = document_root(owner);
    bool right = true;
    for (unsigned rank = 0; rank < 4; rank++)
        for (size_t i = 0; right && i < node_count(root); i++) {
            const char *key = node_string(node_key(root, i), NULL);
            unsigned own = rank_of(key);
            bool input = own == 2 && workflow_input(flow, key, strlen(key)) != NULL;
            if (own != rank || input || node_type(node_value(root, i)) != NODE_MAPPING ||
                !inputs_are_for(key, document_name, flow->id))
                continue;
            *found = true;
            right = add_members(at, flow, owner, node_value(root, i), own >= 2, into);
        }
    return right;
}

static bool add_file(session *at, const workflow *flow, const char *document_name, const input_source *from,
                     json_t *into) {
    bool found = false;
    return add_by_workflow(at, flow, document_name, from->file, into, &found) &&
           (found || from->many || add_members(at, flow, from->file, document_root(from->file), true, into));
}

static bool start_origins(session *at) {
    input_origins *known = arena_alloc(at->memory, sizeof *known);
    if (known == NULL)
        return false;
    known->memory = at->memory;
    at->origins = (arazzo_origins){.user = known, .of = tell_origin};
    return true;
}

json_t *read_inputs(session *at, const workflow *flow, const char *document_name, const input_source *from) {
    json_t *made = json_object();
    bool right = true;
    if (made == NULL || !start_origins(at) || (from->file != NULL && !add_file(at, flow, document_name, from, made))) {
        session_no_memory(at);
        json_decref(made);
        return NULL;
    }
    for (size_t i = 0; i < from->given->count; i++) {
        const char *given = from->given->items[i];
        bool others = from->many && name_length_of(given) > 0 && !takes_input(flow, given);
        right = (others || read_input(at, flow, from->given, i, made)) && right;
    }
    if (right)
        return made;
    json_decref(made);
    return NULL;
}

bool add_sample_inputs(const workflow *flow, json_t *inputs, mask *secrets) {
    json_t *made = flow->inputs == NULL ? json_object() : sample_inputs(flow->owner->document, flow->inputs), *value;
    const char *name;
    bool right = made != NULL;
    json_object_foreach(made, name, value) {
        if (json_object_get(inputs, name) != NULL)
            continue;
        right = right && json_object_set(inputs, name, value) == 0;
        if (json_is_string(value))
            right = right && mask_allow(secrets, json_string_value(value), json_string_length(value));
    }
    json_decref(made);
    return right;
}
