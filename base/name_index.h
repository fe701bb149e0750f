/*
 * name_index.h: finds things by name in constant time: an open-addressed hash table in an arena.
 *
 * Names are borrowed: they must live as long as the index. Nothing is ever removed. All members zero is an empty index.
 */
#ifndef ARAZZO_BASE_NAME_INDEX_H
#define ARAZZO_BASE_NAME_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

typedef struct name_slot {
    const char *name;
    size_t length;
    void *thing;
} name_slot;

typedef struct name_index {
    name_slot *slots;
    size_t capacity;
    size_t count;
} name_index;

/* Adds `thing` (not NULL) under a name unless the name is there; *present tells. False when memory is short. */
bool name_index_add(name_index *index, arena *memory, const char *name, size_t length, void *thing, bool *present);

/* What was added under the name, or NULL. */
void *name_index_find(const name_index *index, const char *name, size_t length);

#endif
