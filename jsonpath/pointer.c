/* pointer.c: JSON Pointer (RFC 6901): evaluation (section 4), and setting at a location. */
#include "jsonpath/pointer.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* reference-token = *( unescaped / escaped ), escaped = "~" ( "0" / "1" ) */
bool json_pointer_valid(const char *pointer, size_t length, size_t *bad) {
    size_t offset = 0;
    bool right = length == 0 || pointer[0] == '/';
    for (; right && offset < length; offset += right)
        right = pointer[offset] != '~' ||
                (offset + 1 < length && (pointer[offset + 1] == '0' || pointer[offset + 1] == '1'));
    if (!right && bad != NULL)
        *bad = offset;
    return right;
}

/* array-index = %x30 / ( %x31-39 *(%x30-39) ) */
static bool array_index(const char *token, size_t length, size_t *index) {
    *index = 0;
    if (length == 0 || length > 18 || (length > 1 && token[0] == '0'))
        return false;
    for (size_t i = 0; i < length; i++) {
        if (token[i] < '0' || token[i] > '9')
            return false;
        *index = *index * 10 + (size_t)(token[i] - '0');
    }
    return true;
}

/* `~1` is `/`, `~0` is `~`. NULL when memory is short; else to be freed. */
static char *unescape(const char *token, size_t length, size_t *out_length) {
    text out = TEXT_EMPTY;
    for (size_t i = 0; i < length; i++) {
        bool escape = token[i] == '~';
        text_append_char(&out, !escape ? token[i] : token[++i] == '1' ? '/' : '~');
    }
    return text_take(&out, out_length);
}

static json_t *child(json_t *parent, const char *token, size_t length, bool *no_memory) {
    size_t index, key_length;
    if (json_is_array(parent))
        return array_index(token, length, &index) ? json_array_get(parent, index) : NULL;
    if (!json_is_object(parent))
        return NULL;
    if (memchr(token, '~', length) == NULL)
        return json_object_getn(parent, token, length);
    char *key = unescape(token, length, &key_length);
    *no_memory = key == NULL;
    json_t *found = key == NULL ? NULL : json_object_getn(parent, key, key_length);
    free(key);
    return found;
}

/* Goes down, token by token, to where `end` is. */
static json_t *walk(json_t *value, const char *pointer, const char *end, bool *no_memory) {
    *no_memory = false;
    while (value != NULL && pointer < end) {
        const char *token = pointer + 1;
        const char *next = memchr(token, '/', (size_t)(end - token));
        next = next == NULL ? end : next;
        value = child(value, token, (size_t)(next - token), no_memory);
        pointer = next;
    }
    return value;
}

json_t *json_pointer_get(json_t *root, const char *pointer, size_t length) {
    bool no_memory;
    return json_pointer_valid(pointer, length, NULL) ? walk(root, pointer, pointer + length, &no_memory) : NULL;
}

static json_pointer_status set_in_array(json_t *array, const char *token, size_t length, json_t *value) {
    size_t index, size = json_array_size(array);
    bool append = length == 1 && token[0] == '-';
    if (append)
        index = size;
    else if (!array_index(token, length, &index) || index > size)
        return JSON_POINTER_MISSING;
    int failed = index == size ? json_array_append(array, value) : json_array_set(array, index, value);
    return failed == 0 ? JSON_POINTER_OK : JSON_POINTER_NO_MEMORY;
}

static json_pointer_status set_in_object(json_t *object, const char *token, size_t length, json_t *value) {
    size_t key_length;
    char *key = unescape(token, length, &key_length);
    int failed = key == NULL ? -1 : json_object_setn(object, key, key_length, value);
    free(key);
    return failed == 0 ? JSON_POINTER_OK : JSON_POINTER_NO_MEMORY;
}

json_pointer_status json_pointer_set(json_t **root, const char *pointer, size_t length, json_t *value) {
    if (!json_pointer_valid(pointer, length, NULL))
        return JSON_POINTER_INVALID;
    if (length == 0) {
        json_incref(value);
        json_decref(*root);
        *root = value;
        return JSON_POINTER_OK;
    }
    size_t last = length;
    while (pointer[last - 1] != '/')
        last--;
    bool no_memory;
    json_t *parent = walk(*root, pointer, pointer + last - 1, &no_memory);
    if (no_memory)
        return JSON_POINTER_NO_MEMORY;
    const char *token = pointer + last;
    if (json_is_array(parent))
        return set_in_array(parent, token, length - last, value);
    return json_is_object(parent) ? set_in_object(parent, token, length - last, value) : JSON_POINTER_MISSING;
}
