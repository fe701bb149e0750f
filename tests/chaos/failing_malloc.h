/*
 * failing_malloc.h: malloc() and its kin for programs that test what happens when memory is short.
 *
 * Defined in the program, they are also those of the libraries it uses (libyaml, jansson, PCRE2, libxml2, libcurl).
 * Not available under sanitizers, which bring their own, nor outside glibc.
 */
#ifndef ARAZZO_TESTS_CHAOS_FAILING_MALLOC_H
#define ARAZZO_TESTS_CHAOS_FAILING_MALLOC_H

#include <stdbool.h>
#include <stddef.h>

bool failing_malloc_supported(void);

/*
 * From now on counts and watches allocations, and lets the `nth` from now fail, and those after it when `all_after`. 0:
 * none.
 */
void failing_malloc_arm(size_t nth, bool all_after);

/* Stops failing and counting. Frees of what was allocated while armed are still watched. */
void failing_malloc_disarm(void);

/* Allocations asked for while armed, those that failed included. */
size_t failing_malloc_count(void);

/* How many of them were made to fail. */
size_t failing_malloc_failures(void);

/* Those made while armed that nobody has freed yet. */
size_t failing_malloc_live(void);

#endif
