/*
 * stage.h: the server that plays a case's script on a free port of loopback, and notes down every request.
 *
 * It also holds an address at which nobody listens.
 */
#ifndef ARAZZO_TESTS_CONFORMANCE_STAGE_H
#define ARAZZO_TESTS_CONFORMANCE_STAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct stage stage;

/* Starts serving; NULL with a sentence in `error`. Until stage_play() every request is answered by 500. */
stage *stage_open(char *error, size_t error_size);

const char *stage_server(const stage *at);  /* "http://127.0.0.1:49152", borrowed */
const char *stage_nowhere(const stage *at); /* an address that refuses connections, borrowed */

/* The script (the case's `server`, may be NULL) and the documents that are served (path: text; may be NULL), with their
 * placeholders filled in; borrowed until stage_close(). */
void stage_play(stage *at, const json_t *script, const json_t *served);

/*
 * Ends serving and frees. The requests in order, a new reference: an array of objects with `method`, `target`,
 * `headers` (an array of [name, value]), `body`, `at` (seconds), and `unexpected` when the script had no answer. NULL
 * when memory ran short. `at` may be NULL.
 */
json_t *stage_close(stage *at);

#endif
