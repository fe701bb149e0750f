/*
 * shell.c: one pipe for both streams. The end of the shell is noticed by SIGCHLD, which pselect() lets through, since
 * the pipe stays open as long as anything in the background holds it.
 */
#include "tests/support/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void ignore_signal(int number) {
    (void)number; /* its arrival is what counts: it ends pselect() */
}

static void become_shell(const char *command, int output, const sigset_t *mask) {
    int input = open("/dev/null", O_RDONLY);
    setpgid(0, 0);
    sigprocmask(SIG_SETMASK, mask, NULL);
    if (input >= 0 && dup2(input, 0) >= 0 && dup2(output, 1) >= 0 && dup2(output, 2) >= 0) {
        if (input > 2)
            close(input);
        if (output > 2)
            close(output);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    }
    _exit(127);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Waits for output, the end of the shell, or the deadline; true when there is something to read. */
static bool wait_for_output(int pipe_end, double deadline, const sigset_t *mask) {
    double left = deadline - now();
    struct timespec wait = {0};
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(pipe_end, &readable);
    if (left > 0) {
        wait.tv_sec = (time_t)left;
        wait.tv_nsec = (long)((left - (double)wait.tv_sec) * 1e9);
    }
    return pselect(pipe_end + 1, &readable, NULL, NULL, &wait, mask) > 0;
}

/* False at the end of the output. */
static bool read_some(int pipe_end, text *output) {
    char bytes[65536];
    ssize_t count = read(pipe_end, bytes, sizeof bytes);
    if (count > 0)
        text_append(output, bytes, (size_t)count);
    return count > 0 || (count < 0 && errno == EINTR);
}

static void collect(pid_t shell, int pipe_end, double deadline, const sigset_t *mask, text *output,
                    shell_result *result) {
    int ended = 0;
    bool open_end = true;
    while (waitpid(shell, &ended, WNOHANG) == 0) {
        if (now() >= deadline) {
            result->timed_out = true;
            kill(-shell, SIGKILL);
            waitpid(shell, &ended, 0);
            break;
        }
        /* With both streams closed by the command there is only the signal to wait for. */
        if (open_end && wait_for_output(pipe_end, deadline, mask))
            open_end = read_some(pipe_end, output);
        else if (!open_end)
            pselect(0, NULL, NULL, NULL, &(struct timespec){.tv_nsec = 100 * 1000 * 1000}, mask);
    }
    kill(-shell, SIGKILL);
    while (open_end && wait_for_output(pipe_end, now() + 1, mask))
        open_end = read_some(pipe_end, output);
    result->status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
}

bool shell_run(const char *command, unsigned seconds, text *output, shell_result *result) {
    struct sigaction action = {.sa_handler = ignore_signal}, action_before;
    sigset_t child, before;
    int ends[2];
    *result = (shell_result){0};
    if (pipe(ends) != 0)
        return false;
    sigemptyset(&action.sa_mask);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigaction(SIGCHLD, &action, &action_before);
    sigprocmask(SIG_BLOCK, &child, &before);
    pid_t shell = fork();
    if (shell == 0)
        become_shell(command, ends[1], &before);
    int error = errno;
    close(ends[1]);
    if (shell > 0) {
        setpgid(shell, shell); /* whoever comes first, so that the group is there when it is killed */
        collect(shell, ends[0], now() + seconds, &before, output, result);
    }
    close(ends[0]);
    sigprocmask(SIG_SETMASK, &before, NULL);
    sigaction(SIGCHLD, &action_before, NULL);
    errno = error;
    return shell > 0;
}
