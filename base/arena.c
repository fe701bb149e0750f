/*
 * arena.c: a list of blocks, each twice the size of the one before up to a bound; a request larger than a block gets a
 * block of its own.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 1024, LARGEST_BLOCK = 256 * 1024 };

typedef struct block {
    struct block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
} block;

struct arena {
    block *blocks;
    size_t next_size;
};

arena *arena_new(void) {
    arena *memory = calloc(1, sizeof *memory);
    if (memory != NULL)
        memory->next_size = FIRST_BLOCK;
    return memory;
}

void arena_free(arena *memory) {
    if (memory == NULL)
        return;
    for (block *current = memory->blocks; current != NULL;) {
        block *next = current->next;
        free(current);
        current = next;
    }
    free(memory);
}

static block *add_block(arena *memory, size_t at_least) {
    size_t size = at_least > memory->next_size ? at_least : memory->next_size;
    if (size > SIZE_MAX - sizeof(block))
        return NULL;
    block *fresh = calloc(1, sizeof *fresh + size);
    if (fresh == NULL)
        return NULL;
    fresh->size = size;
    if (memory->next_size < LARGEST_BLOCK)
        memory->next_size *= 2;
    /* A block made for one large piece is full at once: it goes behind the one that still has room. */
    if (memory->blocks != NULL && at_least > LARGEST_BLOCK / 2) {
        fresh->next = memory->blocks->next;
        memory->blocks->next = fresh;
    } else {
        fresh->next = memory->blocks;
        memory->blocks = fresh;
    }
    return fresh;
}

void *arena_alloc(arena *memory, size_t size) {
    const size_t alignment = alignof(max_align_t);
    if (size > SIZE_MAX - alignment)
        return NULL;
    size = (size + alignment - 1) / alignment * alignment;
    block *room = memory->blocks;
    if (room == NULL || size > room->size - room->used) {
        room = add_block(memory, size);
        if (room == NULL)
            return NULL;
    }
    void *piece = room->bytes + room->used;
    room->used += size;
    return piece;
}

void *arena_array(arena *memory, size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    return arena_alloc(memory, count * size);
}

void *arena_room(arena *memory, void *items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity)
        return items;
    size_t more = *capacity == 0 ? 8 : *capacity > SIZE_MAX / 2 ? SIZE_MAX : *capacity * 2;
    void *larger = arena_array(memory, more, size);
    if (larger == NULL)
        return NULL;
    if (count > 0)
        memcpy(larger, items, count * size);
    *capacity = more;
    return larger;
}

char *arena_copy(arena *memory, const char *bytes, size_t length) {
    if (length == SIZE_MAX)
        return NULL;
    char *copy = arena_alloc(memory, length + 1);
    if (copy != NULL && length > 0)
        memcpy(copy, bytes, length);
    return copy;
}
