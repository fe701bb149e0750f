/*
 * run_text_internal.h: what the files that print runs share: run_text.c says what happens, run_text_message.c shows
 * requests and responses, run_text_fold.c leaves out what repeats itself, run_text_live.c draws the live line,
 * run_text_end.c closes.
 */
#ifndef ARAZZO_ENGINE_REPORT_RUN_TEXT_INTERNAL_H
#define ARAZZO_ENGINE_REPORT_RUN_TEXT_INTERNAL_H

#include "engine/report/run_text.h"

typedef enum tone { PLAIN, BOLD, DIM, GREEN, RED, YELLOW, CYAN } tone;

/* The sequence that begins a tone, "" without colours. */
const char *tone_begin(const run_text *printer, tone wanted);

/* Appends the text in a tone. */
void append_toned(const run_text *printer, text *out, tone wanted, const char *string);

void append_spaces(text *out, size_t count);

/* Appends what comes from a document, a command line or a server: masked, and without control characters. */
void append_data(const run_text *printer, text *out, const char *bytes, size_t length);
void append_data_string(const run_text *printer, text *out, const char *string);

/*
 * The same as a paragraph that begins in column `at` and goes on, where the line is full, in column `indent` of further
 * lines. Between words where there are words; else within.
 */
void append_paragraph(const run_text *printer, text *out, size_t at, size_t indent, const char *string);

/* Makes a text fit: the scheme and host of a URL in it go first, since what is after them tells requests apart; then
 * the end goes. */
void shorten(text *line, size_t most);

/* "200", in a tone. */
void append_status(const run_text *printer, text *out, int status);

/* "0.9 ms", "1.20 s", "2 min 5 s". */
void append_duration(text *out, double seconds);

/* "999 B", "1.2 MB". */
void append_size(text *out, size_t bytes);

/* The column in which the lines of a step begin, at the depth of an event. */
size_t step_indent(const arazzo_event *event);

/* Prints what belongs to a step, or keeps it until it is known whether anybody wants to see it. Empties `lines`. */
void tell(run_text *printer, text *lines);

/* Prints at once. Empties `lines`. */
void print_lines(run_text *printer, FILE *out, size_t columns, text *lines);

/* ---- run_text_fold.c: what repeats itself is counted ---- */

/* A finished step, and what follows it: tell(), unless it is as before. They empty what they are given. */
void fold_step(run_text *printer, const arazzo_event *event, text *lines);
void fold_action(run_text *printer, const arazzo_event *event, text *line);

/* Something else comes: no action follows the step that finished last. */
void fold_settle(run_text *printer);

/* A workflow at this depth begins or ends: says what was left out; the steps in it are new ones. */
void fold_close(run_text *printer, size_t depth);

/* ---- run_text_message.c: what --verbose shows ---- */

void append_request_message(const run_text *printer, text *out, const arazzo_event *event);
void append_response_message(const run_text *printer, text *out, const arazzo_event *event);

#endif
