/*
 * chaos.h: carries out a piece of work again and again, with the first, the second, the third … allocation failing,
 * until it gets through without: each time once with only that one failing, and once with all after it, too.
 *
 * Each time the work must say that it failed, and nothing that it allocated may be left.
 */
#ifndef ARAZZO_TESTS_CHAOS_CHAOS_H
#define ARAZZO_TESTS_CHAOS_CHAOS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct chaos_case {
    const char *name;  /* NULL ends a table */
    bool (*run)(void); /* the work, from making to freeing; false when anything said that it failed */
    bool quiet;        /* succeeds all the same, whatever the memory: it only must not crash or leak */
} chaos_case;

/* Runs the cases and prints TAP; what main() returns. */
int chaos_run(const chaos_case *cases);

#endif
