/*
 * interrupt.h: Ctrl-C (SIGINT), a polite kill (SIGTERM) and the end of a terminal (SIGHUP) while a command works. The
 * first one is noted, so that the command ends in order; a second one ends the process at once.
 *
 * A signal that was ignored when the command started stays ignored (`nohup`, a shell's background).
 */
#ifndef ARAZZO_ENGINE_CLI_INTERRUPT_H
#define ARAZZO_ENGINE_CLI_INTERRUPT_H

#include <stdbool.h>

/* Begins to note signals. False when it cannot: signals then do what they always do. */
bool interrupt_open(void);

/* The signal that was noted; 0: none. */
int interrupt_received(void);

/* Can be read from as soon as a signal was noted: something to wait for. -1: nothing is noted. */
int interrupt_descriptor(void);

/* `status`, or 128 and the number of the signal that was noted. */
int interrupt_status(int status);

#endif
