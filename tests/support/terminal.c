/* terminal.c: cells hold a character with the marks that combine with it. */
/* posix_openpt() and what belongs to it are of POSIX's XSI option */
#define _XOPEN_SOURCE 700

#include "tests/support/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/columns.h"
#include "base/text.h"
#include "base/utf8.h"

enum { PATIENCE = 20, MOST_COLUMNS = 512, CELL = 32 };

typedef struct row {
    char cells[MOST_COLUMNS][CELL]; /* "": nothing, or the second half of a wide character */
} row;

struct terminal {
    int master;
    pid_t process;
    bool ended;
    int status;
    size_t columns;
    row *rows;
    size_t row_count;
    size_t at_row;
    size_t at_column;
    size_t wraps;
    size_t unknown;
    text sent;
    size_t looked; /* bytes of `sent` that the model has seen */
    text screen;
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* ---- The model ---- */

static row *current(terminal *of) {
    while (of->at_row >= of->row_count) {
        row *more = realloc(of->rows, (of->row_count + 1) * sizeof *more);
        if (more == NULL)
            abort();
        of->rows = more;
        memset(&of->rows[of->row_count++], 0, sizeof *more);
    }
    return &of->rows[of->at_row];
}

static void put(terminal *of, const char *bytes, size_t size, uint32_t code_point) {
    size_t width = columns_of(code_point);
    if (width == 0) {
        char *cell = current(of)->cells[of->at_column > 0 ? of->at_column - 1 : 0];
        if (strlen(cell) + size < CELL)
            strncat(cell, bytes, size);
        return;
    }
    if (of->at_column + width > of->columns) {
        of->wraps++;
        of->at_row++;
        of->at_column = 0;
    }
    for (size_t i = 0; i < width; i++)
        memset(current(of)->cells[of->at_column + i], 0, CELL);
    memcpy(current(of)->cells[of->at_column], bytes, size);
    of->at_column += width;
}

static void erase_to_end(terminal *of) {
    for (size_t i = of->at_column; i < MOST_COLUMNS; i++)
        memset(current(of)->cells[i], 0, CELL);
}

/* A sequence that begins with ESC; its length, or 0 when it is not there as a whole. */
static size_t take_sequence(terminal *of, const char *bytes, size_t length) {
    if (length < 2)
        return 0;
    if (bytes[1] != '[') {
        of->unknown++;
        return 2;
    }
    size_t end = 2;
    while (end < length && (bytes[end] < 0x40 || bytes[end] > 0x7E))
        end++;
    if (end == length)
        return 0;
    if (bytes[end] == 'K' && end == 2)
        erase_to_end(of);
    else if (bytes[end] != 'm')
        of->unknown++;
    return end + 1;
}

static size_t take(terminal *of, const char *bytes, size_t length) {
    uint32_t code_point;
    if (bytes[0] == '\x1b')
        return take_sequence(of, bytes, length);
    if (bytes[0] == '\r')
        of->at_column = 0;
    else if (bytes[0] == '\n')
        of->at_row++;
    else if (bytes[0] == '\b')
        of->at_column -= of->at_column > 0;
    else {
        size_t size = utf8_decode(bytes, length, &code_point);
        if (size == 0 && length < 4)
            return 0; /* the rest of it is to come */
        if (size == 0 || code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0)) {
            of->unknown++;
            return size == 0 ? 1 : size;
        }
        put(of, bytes, size, code_point);
        return size;
    }
    return 1;
}

static void look(terminal *of) {
    while (of->looked < of->sent.length) {
        size_t taken = take(of, of->sent.bytes + of->looked, of->sent.length - of->looked);
        if (taken == 0)
            return;
        of->looked += taken;
    }
}

const char *terminal_screen(terminal *of) {
    text_truncate(&of->screen, 0);
    for (size_t i = 0; i < of->row_count; i++) {
        size_t start = of->screen.length, end = start;
        for (size_t j = 0; j < of->columns; j++) {
            const char *cell = of->rows[i].cells[j];
            bool covered = j > 0 && of->rows[i].cells[j - 1][0] != '\0' && cell[0] == '\0';
            uint32_t code_point = ' ';
            if (covered)
                utf8_decode(of->rows[i].cells[j - 1], strlen(of->rows[i].cells[j - 1]), &code_point);
            if (covered && columns_of(code_point) == 2)
                continue;
            text_append_string(&of->screen, cell[0] == '\0' ? " " : cell);
            if (cell[0] != '\0' && strcmp(cell, " ") != 0)
                end = of->screen.length;
        }
        text_truncate(&of->screen, end);
        text_append_char(&of->screen, '\n');
    }
    return text_peek(&of->screen);
}

/* ---- The process ---- */

static void set_variables(const char *const *variables) {
    setenv("TERM", "xterm", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("NO_COLOR");
    unsetenv("COLUMNS");
    for (; variables != NULL && *variables != NULL; variables++) {
        const char *equals = strchr(*variables, '=');
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)(equals == NULL ? strlen(*variables) : (size_t)(equals - *variables)),
                 *variables);
        if (equals == NULL)
            unsetenv(name);
        else
            setenv(name, equals + 1, 1);
    }
}

static void become_command(int end, const char *const *variables, const char *const *arguments) {
    const char *build = getenv("BUILD"), *words[64] = {"arazzo"};
    char path[4096];
    size_t count = 1;
    for (; arguments[count - 1] != NULL && count + 1 < sizeof words / sizeof *words; count++)
        words[count] = arguments[count - 1];
    snprintf(path, sizeof path, "%s/arazzo", build == NULL ? "build" : build);
    set_variables(variables);
    setsid();
    if (ioctl(end, TIOCSCTTY, 0) == 0 && dup2(end, 0) >= 0 && dup2(end, 1) >= 0 && dup2(end, 2) >= 0) {
        if (end > 2)
            close(end);
        signal(SIGINT, SIG_DFL);
        execv(path, (char *const *)words);
    }
    _exit(127);
}

void terminal_resize(terminal *of, size_t columns) {
    struct winsize size = {.ws_row = 24, .ws_col = (unsigned short)columns};
    of->columns = columns;
    ioctl(of->master, TIOCSWINSZ, &size);
}

terminal *terminal_open(size_t columns, const char *const *variables, const char *const *arguments) {
    terminal *of = calloc(1, sizeof *of);
    if (of == NULL)
        return NULL;
    of->master = posix_openpt(O_RDWR | O_NOCTTY);
    if (of->master < 0 || grantpt(of->master) != 0 || unlockpt(of->master) != 0) {
        free(of);
        return NULL;
    }
    fcntl(of->master, F_SETFD, FD_CLOEXEC);
    terminal_resize(of, columns);
    int end = open(ptsname(of->master), O_RDWR | O_NOCTTY);
    of->process = end < 0 ? -1 : fork();
    if (of->process == 0)
        become_command(end, variables, arguments);
    close(end);
    if (of->process < 0) {
        close(of->master);
        free(of);
        return NULL;
    }
    return of;
}

/* Reads what has come, waiting for it at most until the deadline. False when there will be no more. */
static bool read_some(terminal *of, double deadline) {
    char bytes[4096];
    double left = deadline - now();
    struct pollfd waiting = {.fd = of->master, .events = POLLIN};
    if (poll(&waiting, 1, left > 0 ? (int)(left * 1000) : 0) <= 0)
        return left > 0;
    ssize_t count = read(of->master, bytes, sizeof bytes);
    if (count <= 0)
        return false; /* EIO: nobody holds the other side any more */
    text_append(&of->sent, bytes, (size_t)count);
    look(of);
    return true;
}

bool terminal_shows(terminal *of, const char *what) {
    double deadline = now() + PATIENCE;
    while (strstr(terminal_screen(of), what) == NULL)
        if (now() >= deadline || !read_some(of, deadline))
            return strstr(terminal_screen(of), what) != NULL;
    return true;
}

bool terminal_changes(terminal *of) {
    double deadline = now() + PATIENCE;
    char *before = strdup(terminal_screen(of));
    bool same = before != NULL;
    while (same && now() < deadline && read_some(of, deadline))
        same = strcmp(terminal_screen(of), before) == 0;
    free(before);
    return !same;
}

void terminal_type(terminal *of, const char *keys) {
    ssize_t count = write(of->master, keys, strlen(keys));
    (void)count;
}

int terminal_wait(terminal *of) {
    double deadline = now() + PATIENCE;
    while (now() < deadline && read_some(of, deadline))
        ;
    if (!of->ended && now() < deadline) {
        int status;
        of->ended = waitpid(of->process, &status, 0) == of->process;
        of->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return of->ended ? of->status : -1;
}

void terminal_close(terminal *of) {
    if (!of->ended) {
        kill(of->process, SIGKILL);
        waitpid(of->process, NULL, 0);
    }
    close(of->master);
    free(of->rows);
    text_free(&of->sent);
    text_free(&of->screen);
    free(of);
}

const char *terminal_bytes(const terminal *of) {
    return text_peek(&of->sent);
}

size_t terminal_wraps(const terminal *of) {
    return of->wraps;
}

size_t terminal_unknown(const terminal *of) {
    return of->unknown;
}

pid_t terminal_process(const terminal *of) {
    return of->process;
}
