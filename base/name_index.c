/* name_index.c: FNV-1a hashes, linear probing, at most two thirds full. */
#include "base/name_index.h"

#include <string.h>

static uint64_t hash(const char *name, size_t length) {
    uint64_t value = 14695981039346656037u;
    for (size_t i = 0; i < length; i++)
        value = (value ^ (unsigned char)name[i]) * 1099511628211u;
    return value ^ value >> 32;
}

static name_slot *slot_for(const name_index *index, const char *name, size_t length) {
    size_t mask = index->capacity - 1;
    size_t at = (size_t)hash(name, length) & mask;
    while (index->slots[at].thing != NULL &&
           (index->slots[at].length != length || memcmp(index->slots[at].name, name, length) != 0))
        at = (at + 1) & mask;
    return &index->slots[at];
}

static bool grow(name_index *index, arena *memory) {
    name_index larger = {.capacity = index->capacity == 0 ? 16 : index->capacity * 2, .count = index->count};
    larger.slots = arena_array(memory, larger.capacity, sizeof *larger.slots);
    if (larger.slots == NULL)
        return false;
    for (size_t i = 0; i < index->capacity; i++)
        if (index->slots[i].thing != NULL)
            *slot_for(&larger, index->slots[i].name, index->slots[i].length) = index->slots[i];
    *index = larger;
    return true;
}

bool name_index_add(name_index *index, arena *memory, const char *name, size_t length, void *thing, bool *present) {
    if (index->count + 1 > index->capacity / 3 * 2 && !grow(index, memory))
        return false;
    name_slot *slot = slot_for(index, name, length);
    *present = slot->thing != NULL;
    if (!*present) {
        *slot = (name_slot){name, length, thing};
        index->count++;
    }
    return true;
}

void *name_index_find(const name_index *index, const char *name, size_t length) {
    return index->capacity == 0 ? NULL : slot_for(index, name, length)->thing;
}
