/*
 * arena.h: memory that lives and dies together.
 *
 * What lives as long as a document, a query or a run is allocated here and freed at once. There is no freeing of single
 * pieces. An arena is not safe for use from two threads at the same time.
 */
#ifndef ARAZZO_BASE_ARENA_H
#define ARAZZO_BASE_ARENA_H

#include <stddef.h>

typedef struct arena arena;

/* A new, empty arena, or NULL when memory is short. The caller owns it: arena_free(). */
arena *arena_new(void);

/* Frees the arena and everything allocated in it. NULL is allowed. */
void arena_free(arena *memory);

/* `size` zeroed bytes, aligned for any object, or NULL when memory is short. Lives as long as the arena. */
void *arena_alloc(arena *memory, size_t size);

/* `count` zeroed elements of `size` bytes, or NULL when memory is short or the product does not fit. */
void *arena_array(arena *memory, size_t count, size_t size);

/*
 * Room for one more element of `size` bytes in a list of `count` that has room for *capacity: `items` as they are, or a
 * copy of them with more room. NULL when memory is short; then nothing has changed.
 */
void *arena_room(arena *memory, void *items, size_t count, size_t *capacity, size_t size);

/* A NUL-terminated copy of `length` bytes (which may hold NUL), or NULL when memory is short. */
char *arena_copy(arena *memory, const char *bytes, size_t length);

#endif
