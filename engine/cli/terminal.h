/* terminal.h: what a stream's terminal, if it is one, can do. */
#ifndef ARAZZO_ENGINE_CLI_TERMINAL_H
#define ARAZZO_ENGINE_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A terminal that takes control sequences: TERM is not `dumb`. */
bool terminal_is_able(FILE *stream);

/* How wide the terminal is just now; 0: it is none that lines should fit. */
size_t terminal_columns(FILE *stream);

#endif
