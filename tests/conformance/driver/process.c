/*
 * process.c: posix_spawn() in a process group of its own, so that what an adapter started ends with it; poll() on its
 * standard output until that is closed or time is over.
 */
#include "tests/conformance/driver/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* Between pipe() and FD_CLOEXEC another thread's child would inherit the pipe and hold it open. */
static pthread_mutex_t starting = PTHREAD_MUTEX_INITIALIZER;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* This program's environment and what is added; to be freed, the strings are borrowed. */
static char **join_environment(const char *const *added) {
    size_t own = 0, more = 0;
    while (environ[own] != NULL)
        own++;
    while (added[more] != NULL)
        more++;
    char **all = calloc(own + more + 1, sizeof *all);
    if (all == NULL)
        return NULL;
    /* What is added comes first, since getenv() and sh take the first of a name. */
    for (size_t i = 0; i < more; i++)
        all[i] = (char *)added[i];
    memcpy(all + more, environ, own * sizeof *all);
    return all;
}

static int spawn(const char *program, const char *verb, char **environment, const char *errors, int output,
                 pid_t *child) {
    char *const arguments[] = {(char *)program, (char *)verb, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    posix_spawn_file_actions_addopen(&actions, 2, errors == NULL ? "/dev/null" : errors, O_WRONLY | O_CREAT, 0666);
    int failed = posix_spawn(child, program, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

/* Reads until the other end is closed; false when the deadline comes first. */
static bool read_until(int end, double deadline, text *out) {
    char piece[16384];
    for (;;) {
        double left = deadline - now();
        struct pollfd ready = {.fd = end, .events = POLLIN};
        int some = left <= 0 ? 0 : poll(&ready, 1, (int)(left * 1000) + 1);
        if (some < 0 && errno == EINTR)
            continue;
        if (some <= 0)
            return false;
        ssize_t length = read(end, piece, sizeof piece);
        if (length > 0)
            text_append(out, piece, (size_t)length);
        else if (length == 0 || errno != EINTR)
            return true;
    }
}

bool process_run(const char *program, const char *verb, const char *const *environment, const char *errors,
                 unsigned seconds, process_result *result) {
    int ends[2], ended = 0;
    pid_t child = 0;
    *result = (process_result){.out = TEXT_EMPTY};
    char **all = join_environment(environment);
    pthread_mutex_lock(&starting);
    bool started = all != NULL && pipe(ends) == 0;
    if (started) {
        fcntl(ends[0], F_SETFD, FD_CLOEXEC);
        fcntl(ends[1], F_SETFD, FD_CLOEXEC);
        started = spawn(program, verb, all, errors, ends[1], &child) == 0;
        close(ends[1]);
        if (!started)
            close(ends[0]);
    }
    pthread_mutex_unlock(&starting);
    free(all);
    if (!started)
        return false;
    result->timed_out = !read_until(ends[0], now() + seconds, &result->out);
    if (result->timed_out)
        kill(-child, SIGKILL);
    close(ends[0]);
    while (waitpid(child, &ended, 0) < 0 && errno == EINTR) {
    }
    kill(-child, SIGKILL); /* what it left running in the background */
    result->status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
    return true;
}
