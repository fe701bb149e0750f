/* chaos.c: the loop. A first run without failures lets libraries make what they keep for good. */
#include "tests/chaos/chaos.h"

#include <stdio.h>

#include "tests/chaos/failing_malloc.h"

/* What is wrong, or NULL; *done: no allocation was left to fail. */
static const char *run_once(const chaos_case *work, size_t nth, bool all_after, bool *done) {
    failing_malloc_arm(nth, all_after);
    bool good = work->run();
    failing_malloc_disarm();
    *done = failing_malloc_failures() == 0;
    if (failing_malloc_live() > 0)
        return "leaks";
    if (!good && *done)
        return "fails with all the memory it asks for";
    if (!good && work->quiet)
        return "fails";
    if (!*done && good && !work->quiet)
        return "does not notice";
    return NULL;
}

static bool run_case(const chaos_case *work, size_t number) {
    bool done = false;
    size_t nth = 0, failing = 0;
    const char *wrong = work->run() ? NULL : "fails in the first run";
    while (wrong == NULL && !done) {
        nth++;
        failing = 0;
        for (int all_after = 0; all_after < 2 && wrong == NULL; all_after++, failing++)
            wrong = run_once(work, nth, all_after == 1, &done);
    }
    if (wrong == NULL)
        printf("ok %zu - %s (%zu allocations)\n", number, work->name, nth - 1);
    else
        printf("not ok %zu - %s\n# allocation %zu fails%s: %s, %zu of %zu pieces left\n", number, work->name, nth,
               failing > 1 ? ", and all after it" : "", wrong, failing_malloc_live(), failing_malloc_count());
    fflush(stdout);
    return wrong == NULL;
}

int chaos_run(const chaos_case *cases) {
    size_t count = 0, failed = 0;
    while (cases[count].name != NULL)
        count++;
    printf("1..%zu\n", count);
    for (size_t i = 0; i < count; i++) {
        if (failing_malloc_supported())
            failed += !run_case(&cases[i], i + 1);
        else
            printf("ok %zu - %s # skip malloc() belongs to the sanitizer or to another libc\n", i + 1, cases[i].name);
    }
    return failed > 0;
}
