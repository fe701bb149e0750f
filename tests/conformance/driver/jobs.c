/* jobs.c: threads that take the next trial from a counter. They mostly wait for processes. */
#include "tests/conformance/driver/jobs.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct work {
    trial *trials;
    size_t count;
    const adapter *by;
    const char *suite;
    trial_told *tell;
    void *user;
    pthread_mutex_t lock;
    size_t next;
    size_t told;
    bool *done;
} work;

/* Tells what is finished as far as nothing before it is missing. The lock is held. */
static void tell_finished(work *all) {
    for (; all->told < all->count && all->done[all->told]; all->told++)
        all->tell(all->user, all->told, &all->trials[all->told]);
}

static void *work_on(void *user) {
    work *all = user;
    pthread_mutex_lock(&all->lock);
    while (all->next < all->count) {
        size_t index = all->next++;
        pthread_mutex_unlock(&all->lock);
        trial_run(&all->trials[index], all->by, all->suite);
        pthread_mutex_lock(&all->lock);
        all->done[index] = true;
        tell_finished(all);
    }
    pthread_mutex_unlock(&all->lock);
    return NULL;
}

bool jobs_run(trial *trials, size_t count, size_t jobs, const adapter *by, const char *suite, trial_told *tell,
              void *user) {
    work all = {.trials = trials, .count = count, .by = by, .suite = suite, .tell = tell, .user = user};
    pthread_t *threads = calloc(jobs, sizeof *threads);
    size_t started = 0;
    all.done = calloc(count + 1, sizeof *all.done);
    pthread_mutex_init(&all.lock, NULL);
    if (threads != NULL && all.done != NULL)
        while (started < jobs && pthread_create(&threads[started], NULL, work_on, &all) == 0)
            started++;
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&all.lock);
    free(all.done);
    free(threads);
    return started > 0;
}
