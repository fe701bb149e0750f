/*
 * run_text.h: a run for a person who watches: a line for each step as it happens, criteria under it, the action that
 * was taken and why.
 *
 * Where `columns` is set, the output is a terminal: lines fit it. Where `live` is set, too, the last line shows what is
 * under way; it is redrawn in place by run_text_tick() and gone as soon as something is printed. Otherwise lines are
 * whole, and no control character is printed but line breaks (and colours, if they are wanted).
 */
#ifndef ARAZZO_ENGINE_REPORT_RUN_TEXT_H
#define ARAZZO_ENGINE_REPORT_RUN_TEXT_H

#include <stdint.h>
#include <stdio.h>

#include "base/text.h"
#include "engine/description/description.h"
#include "engine/report/mask.h"

/* What is known of a step that was visited before. */
typedef struct run_text_seen {
    uint64_t key;    /* of the step and the depth it is at */
    uint64_t end;    /* of how its last visit ended */
    uint64_t action; /* of what followed it; 0: nothing */
    size_t depth;
    size_t visits; /* 0: nothing is known */
    bool same;     /* the last visit ended as the one before it, and both have been shown often enough */
} run_text_seen;

typedef struct run_text {
    FILE *out;
    const mask *secrets; /* NULL: nothing is masked */
    size_t columns;      /* of the terminal, which may change at any time; 0: lines are not bounded */
    bool color;
    bool live;
    bool verbose; /* requests and responses with headers and bodies */
    bool quiet;   /* only the last step of a workflow that did not succeed, and that it did not */

    /* The printer's own; run_text_free(). */
    size_t steps;       /* seen so far, without further attempts */
    size_t retries;     /* further attempts */
    size_t name_column; /* where what follows a step's name begins */
    text held;          /* quiet: what the present step would have printed */
    text line;          /* the present step's line, but for its mark and name, until it is known how the step ended */
    text under;         /* the criteria that belong under it */
    text under_way;     /* for the live line: what goes before the time, and after it */
    text under_way_after;
    bool calling;         /* the present step has just started: what starts now is the workflow that it calls */
    uint64_t calls;       /* by depth, a bit: the workflow there is carried out for a step */
    arazzo_status called; /* how the last workflow ended */
    bool drawn;           /* the live line is on the screen */
    run_text_seen seen[64];
    run_text_seen *waiting_for; /* the step that finished last, until its action is known; NULL: none */
    text pending;               /* what it prints if it isn't left out */
    size_t folded;              /* visits that were left out since something was printed */
    size_t fold_indent;
} run_text;

/* Before a workflow is carried out: nothing has been seen so far. Step names are aligned by those of `flow`. */
void run_text_begin(run_text *printer, const workflow *flow);
void run_text_free(run_text *printer);

/* When it has been carried out, before anything else is said of it: says what was left out of what repeats itself. */
void run_text_settle(run_text *printer);

/* The observer borrows `printer`. */
arazzo_observer run_text_observer(run_text *printer);

/* ---- The live line ---- */

/* How far what is under way has come. */
typedef struct run_text_progress {
    double seconds; /* since a request was sent; of a wait: what remains */
    bool waiting;
    size_t received; /* bytes of the response's body */
    size_t expected; /* 0: not known */
} run_text_progress;

void run_text_tick(run_text *printer, const run_text_progress *progress);

/* Takes the live line away, before something else is printed. */
void run_text_clear(run_text *printer);

/* ---- The end ---- */

/* Prints the outputs of a run as a table, each line after `indent` spaces; where `columns` isn't 0, values that do not
 * fit are shortened. */
void run_text_outputs(const run_text *printer, FILE *out, size_t columns, size_t indent, const json_t *given);

/* Prints how it ended: "success: buy, 3 steps in 12 ms". `interrupted`: it was, whatever its status. */
void run_text_summary(run_text *printer, const char *workflow_id, arazzo_status status, bool interrupted,
                      double seconds);

#endif
