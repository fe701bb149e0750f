/*
 * terminal.h: the command at a terminal: a pseudo-terminal, and a small model of what a person sees on it.
 *
 * The model knows carriage return, line feed, backspace, wide and combining characters, and of control sequences
 * colours (CSI m) and erasing to the end of the line (CSI K): everything else counts as unknown, since the command must
 * not send it. A line that is longer than the screen is wide wraps, as on a real one, and that is counted, too.
 */
#ifndef ARAZZO_TESTS_SUPPORT_TERMINAL_H
#define ARAZZO_TESTS_SUPPORT_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct terminal terminal;

/*
 * Runs `$BUILD/arazzo` with the arguments (NULL-terminated), all of its streams the terminal, TERM=xterm, and the
 * variables (NULL-terminated, "NAME=VALUE"; "NAME" removes one; may be NULL). NULL when it cannot.
 */
terminal *terminal_open(size_t columns, const char *const *variables, const char *const *arguments);

/* Ends what still runs. */
void terminal_close(terminal *of);

/* Waits until the text is on the screen; false when it isn't within 20 seconds, or when the command ended without. */
bool terminal_shows(terminal *of, const char *what);

/* Waits until the screen looks different from now; false when it doesn't within 20 seconds. */
bool terminal_changes(terminal *of);

/* What a person types: "\x03" is Ctrl-C. */
void terminal_type(terminal *of, const char *keys);
void terminal_resize(terminal *of, size_t columns);

/* Waits for the end: the exit status, 128 + N for signal N, -1 when it takes longer than 20 seconds. */
int terminal_wait(terminal *of);

/* The screen: lines without spaces at their ends. Borrowed until the next call. */
const char *terminal_screen(terminal *of);

/* Everything that was sent, as it was sent. Borrowed. */
const char *terminal_bytes(const terminal *of);

/* How often a line wrapped, and how many unknown control characters and sequences were sent. */
size_t terminal_wraps(const terminal *of);
size_t terminal_unknown(const terminal *of);

pid_t terminal_process(const terminal *of);

#endif
