/*
 * json_replace.c: copy on write along a JSON Pointer. A structure whose reference count is 1 belongs to the one parent
 * that holds it; any other is copied (not what it holds), so a replacement costs as much as the containers on its way.
 */
#include "runtime-expr/json_replace.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static bool is_shared(const json_t *value) {
    return (json_is_object(value) || json_is_array(value)) && value->refcount > 1;
}

/* json_copy() leaves out what it has no memory for, and does not say so. */
static json_t *copy_of(json_t *structure) {
    json_t *copy = json_copy(structure);
    if (json_object_size(copy) == json_object_size(structure) && json_array_size(copy) == json_array_size(structure))
        return copy;
    json_decref(copy);
    return NULL;
}

/* The next reference token, unescaped. Returns where the one after it begins. */
static size_t next_token(const char *pointer, size_t length, size_t from, text *key) {
    text_truncate(key, 0);
    size_t i = from + 1;
    for (; i < length && pointer[i] != '/'; i++) {
        if (pointer[i] == '~' && i + 1 < length)
            text_append_char(key, pointer[++i] == '1' ? '/' : '~');
        else
            text_append_char(key, pointer[i]);
    }
    return i;
}

/* Puts a copy of the shared `child` in its place. NULL when memory is short. */
static json_t *own_member(json_t *parent, const text *key, json_t *child) {
    json_t *copy = copy_of(child);
    return copy != NULL && json_object_setn_new(parent, text_peek(key), key->length, copy) == 0 ? copy : NULL;
}

static json_t *own_item(json_t *parent, size_t index, json_t *child) {
    json_t *copy = copy_of(child);
    return copy != NULL && json_array_set_new(parent, index, copy) == 0 ? copy : NULL;
}

json_pointer_status json_replace(json_t **root, const char *pointer, size_t length, json_t *value) {
    if (is_shared(*root) && length > 0) {
        json_t *copy = copy_of(*root);
        if (copy == NULL)
            return JSON_POINTER_NO_MEMORY;
        json_decref(*root);
        *root = copy;
    }
    text key = TEXT_EMPTY;
    json_t *parent = *root;
    bool good = true;
    for (size_t at = 0; good && at < length && parent != NULL;) {
        at = next_token(pointer, length, at, &key);
        if (at == length)
            break; /* the last token's value is what is replaced */
        json_t *child = NULL;
        if (json_is_object(parent)) {
            child = json_object_getn(parent, text_peek(&key), key.length);
            if (child != NULL && is_shared(child))
                good = (child = own_member(parent, &key, child)) != NULL;
        } else if (json_is_array(parent)) {
            char *end;
            size_t index = strtoul(text_peek(&key), &end, 10);
            child = key.length > 0 && *end == '\0' ? json_array_get(parent, index) : NULL;
            if (child != NULL && is_shared(child))
                good = (child = own_item(parent, index, child)) != NULL;
        }
        parent = child;
    }
    good = good && !key.failed;
    text_free(&key);
    return good ? json_pointer_set(root, pointer, length, value) : JSON_POINTER_NO_MEMORY;
}
