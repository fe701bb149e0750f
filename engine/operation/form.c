/*
 * form.c: the members of a form by the names under which a document declares them. Where a member is an object, and the
 * schema's properties or the `encoding` have names such as `card[number]` or `card.number`, its members go under such
 * names, however deep: "Encoding Object" has no other word for them.
 */
#include <string.h>

#include "engine/operation/operation_internal.h"

enum { DEEPEST = 32, MOST_NAMES = 1000 };

typedef enum notation { NOTATION_NONE, NOTATION_BRACKETS, NOTATION_DOTS } notation;

/* The first name in the map that starts like a member of `name`. */
static notation find_notation(const node *map, const char *name, size_t length) {
    for (size_t i = 0; map != NULL && i < MOST_NAMES && node_key(map, i) != NULL; i++) {
        size_t key_length;
        const char *key = node_string(node_key(map, i), &key_length);
        if (key == NULL || key_length <= length + 1 || memcmp(key, name, length) != 0)
            continue;
        if (key[length] == '[' && key[length + 1] != ']')
            return NOTATION_BRACKETS;
        if (key[length] == '.')
            return NOTATION_DOTS;
    }
    return NOTATION_NONE;
}

/* How members of the member `name` are declared. */
static notation notation_of(const body_writer *w, const char *name, size_t length) {
    if (w->declared == NULL || w->declared->object.value == NULL)
        return NOTATION_NONE;
    const node *encodings = node_get(w->declared->object.value, "encoding");
    located schema = body_resolve(w, w->declared->schema);
    const node *properties = schema.value == NULL ? NULL : node_get(schema.value, "properties");
    if (properties != NULL && node_get_sized(properties, name, length) != NULL)
        return NOTATION_NONE; /* it is a field itself */
    notation found = find_notation(encodings, name, length);
    return found != NOTATION_NONE ? found : find_notation(properties, name, length);
}

typedef struct walk {
    body_writer *w;
    notation by;
    form_member *write;
    void *user;
} walk;

static bool write_below(const walk *at, const text *name, const json_t *value, int depth) {
    const char *member_name;
    size_t length;
    json_t *member;
    body_encoding own = encoding_of(at->w, text_peek(name));
    if (!json_is_object(value) || own.styled || own.content_type != NULL)
        return at->write(at->user, text_peek(name), name->length, value);
    bool right = depth > 0;
    if (!right)
        body_fail(at->w, "a member is nested too deep");
    json_object_keylen_foreach((json_t *)value, member_name, length, member) {
        text deeper = TEXT_EMPTY;
        text_append(&deeper, text_peek(name), name->length);
        text_append_char(&deeper, at->by == NOTATION_BRACKETS ? '[' : '.');
        text_append(&deeper, member_name, length);
        text_append_string(&deeper, at->by == NOTATION_BRACKETS ? "]" : "");
        right = right && write_below(at, &deeper, member, depth - 1);
        at->w->out->failed = at->w->out->failed || deeper.failed;
        text_free(&deeper);
    }
    return right;
}

bool form_write_member(body_writer *w, const char *name, size_t length, const json_t *value, form_member *write,
                       void *user) {
    walk at = {.w = w, .by = NOTATION_NONE, .write = write, .user = user};
    if (json_is_object(value))
        at.by = notation_of(w, name, length);
    if (at.by == NOTATION_NONE)
        return write(user, name, length, value);
    text whole = TEXT_EMPTY;
    text_append(&whole, name, length);
    bool right = write_below(&at, &whole, value, DEEPEST);
    w->out->failed = w->out->failed || whole.failed;
    text_free(&whole);
    return right;
}
