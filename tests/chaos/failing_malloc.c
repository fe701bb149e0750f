/*
 * failing_malloc.c: over glibc's own allocator, which can be reached by other names. Watched pieces stand in a table of
 * fixed size with open addressing, since watching must not allocate.
 */
#include "tests/chaos/failing_malloc.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define UNDER_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define UNDER_SANITIZER 1
#endif

#if defined(UNDER_SANITIZER) || !defined(__GLIBC__)

bool failing_malloc_supported(void) {
    return false;
}

void failing_malloc_arm(size_t nth, bool all_after) {
    (void)nth;
    (void)all_after;
}

void failing_malloc_disarm(void) {
}

size_t failing_malloc_count(void) {
    return 0;
}

size_t failing_malloc_failures(void) {
    return 0;
}

size_t failing_malloc_live(void) {
    return 0;
}

#else

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *piece, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *piece);

enum { SLOTS = 1 << 18 }; /* at most three quarters of them are used; what doesn't fit shows as a leak */

static struct {
    pthread_mutex_t lock;
    bool armed;
    bool all_after;
    size_t nth;
    size_t count;
    size_t failures;
    size_t live;
    size_t used;
    void *watched[SLOTS];
} state = {.lock = PTHREAD_MUTEX_INITIALIZER};

static size_t slot_of(const void *piece) {
    return (size_t)(((uintptr_t)piece >> 4) * 0x9E3779B97F4A7C15u >> 46) % SLOTS;
}

static void watch(void *piece) {
    state.live++;
    if (state.used >= SLOTS / 4 * 3)
        return;
    size_t slot = slot_of(piece);
    while (state.watched[slot] != NULL)
        slot = (slot + 1) % SLOTS;
    state.watched[slot] = piece;
    state.used++;
}

/* Closes the gap, so that no search ends early. */
static void close_gap(size_t gap) {
    for (size_t next = (gap + 1) % SLOTS; state.watched[next] != NULL; next = (next + 1) % SLOTS) {
        size_t home = slot_of(state.watched[next]);
        if ((next + SLOTS - home) % SLOTS >= (next + SLOTS - gap) % SLOTS) {
            state.watched[gap] = state.watched[next];
            state.watched[next] = NULL;
            gap = next;
        }
    }
}

static bool unwatch(const void *piece) {
    if (state.used == 0)
        return false;
    for (size_t slot = slot_of(piece); state.watched[slot] != NULL; slot = (slot + 1) % SLOTS) {
        if (state.watched[slot] == piece) {
            state.watched[slot] = NULL;
            state.live--;
            state.used--;
            close_gap(slot);
            return true;
        }
    }
    return false;
}

/* True when this allocation is to fail. */
static bool fails(void) {
    if (!state.armed)
        return false;
    state.count++;
    bool failing = state.count == state.nth || (state.all_after && state.nth != 0 && state.count > state.nth);
    state.failures += failing;
    return failing;
}

static bool enter(void) {
    pthread_mutex_lock(&state.lock);
    bool failing = fails();
    pthread_mutex_unlock(&state.lock);
    if (failing)
        errno = ENOMEM;
    return !failing;
}

static void *leave(void *piece) {
    pthread_mutex_lock(&state.lock);
    if (state.armed && piece != NULL)
        watch(piece);
    pthread_mutex_unlock(&state.lock);
    return piece;
}

#define REPLACES_LIBC __attribute__((visibility("default")))

REPLACES_LIBC void *malloc(size_t size) {
    return enter() ? leave(__libc_malloc(size)) : NULL;
}

REPLACES_LIBC void *calloc(size_t count, size_t size) {
    return enter() ? leave(__libc_calloc(count, size)) : NULL;
}

REPLACES_LIBC void *aligned_alloc(size_t alignment, size_t size) {
    return enter() ? leave(__libc_memalign(alignment, size)) : NULL;
}

REPLACES_LIBC int posix_memalign(void **piece, size_t alignment, size_t size) {
    void *made = enter() ? leave(__libc_memalign(alignment, size)) : NULL;
    if (made == NULL)
        return ENOMEM;
    *piece = made;
    return 0;
}

REPLACES_LIBC void free(void *piece) {
    int error = errno;
    pthread_mutex_lock(&state.lock);
    if (piece != NULL)
        unwatch(piece);
    pthread_mutex_unlock(&state.lock);
    __libc_free(piece);
    errno = error;
}

/* A piece from before arming stays unwatched wherever it moves: it is not this run's. */
REPLACES_LIBC void *realloc(void *piece, size_t size) {
    if (piece == NULL)
        return malloc(size);
    if (size == 0) {
        free(piece);
        return NULL;
    }
    if (!enter())
        return NULL;
    pthread_mutex_lock(&state.lock);
    bool watched = unwatch(piece);
    pthread_mutex_unlock(&state.lock);
    void *moved = __libc_realloc(piece, size);
    pthread_mutex_lock(&state.lock);
    if (watched)
        watch(moved != NULL ? moved : piece);
    pthread_mutex_unlock(&state.lock);
    return moved;
}

bool failing_malloc_supported(void) {
    return true;
}

void failing_malloc_arm(size_t nth, bool all_after) {
    pthread_mutex_lock(&state.lock);
    for (size_t i = 0; state.used > 0 && i < SLOTS; i++) {
        state.used -= state.watched[i] != NULL;
        state.watched[i] = NULL;
    }
    state.nth = nth;
    state.all_after = all_after;
    state.count = state.failures = state.live = 0;
    state.armed = true;
    pthread_mutex_unlock(&state.lock);
}

void failing_malloc_disarm(void) {
    pthread_mutex_lock(&state.lock);
    state.armed = false;
    pthread_mutex_unlock(&state.lock);
}

size_t failing_malloc_count(void) {
    return state.count;
}

size_t failing_malloc_failures(void) {
    return state.failures;
}

size_t failing_malloc_live(void) {
    return state.live;
}

#endif
