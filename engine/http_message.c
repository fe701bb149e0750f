/* http_message.c: lists of header fields. */
#include "engine/http_message.h"

#include <string.h>
#include <strings.h>

bool http_headers_add(http_headers *headers, arena *memory, const char *name, const char *value) {
    if (headers->count == headers->capacity) {
        size_t capacity = headers->capacity == 0 ? 8 : headers->capacity * 2;
        http_header *items = arena_array(memory, capacity, sizeof *items);
        if (items == NULL)
            return false;
        if (headers->count > 0)
            memcpy(items, headers->items, headers->count * sizeof *items);
        headers->items = items;
        headers->capacity = capacity;
    }
    http_header fresh = {arena_copy(memory, name, strlen(name)), arena_copy(memory, value, strlen(value))};
    if (fresh.name == NULL || fresh.value == NULL)
        return false;
    headers->items[headers->count++] = fresh;
    return true;
}

const char *http_headers_get(const http_headers *headers, const char *name) {
    for (size_t i = 0; i < headers->count; i++)
        if (strcasecmp(headers->items[i].name, name) == 0)
            return headers->items[i].value;
    return NULL;
}
