/*
 * interrupt.c: a handler can reach nothing but what is static: the number of the signal, and a pipe that wakes whoever
 * waits. The process has one of each, as it has one of each signal.
 */
#include "engine/cli/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t received;
static int ends[2] = {-1, -1};

static void note(int number) {
    int before = errno;
    if (received != 0)
        _exit(128 + number);
    received = number;
    ssize_t written = write(ends[1], "", 1);
    (void)written; /* a new pipe has room for one byte */
    errno = before;
}

bool interrupt_open(void) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    if (ends[0] < 0 && pipe(ends) != 0)
        return false;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART}, before;
        sigemptyset(&action.sa_mask);
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    }
    return true;
}

int interrupt_received(void) {
    return received;
}

int interrupt_descriptor(void) {
    return ends[0];
}

int interrupt_status(int status) {
    return received == 0 ? status : 128 + received;
}
