/*
 * run_text.h: a run for a person who watches: a line for each step as it happens, criteria under it, the action taken.
 */
#ifndef ARAZZO_ENGINE_REPORT_RUN_TEXT_H
#define ARAZZO_ENGINE_REPORT_RUN_TEXT_H

#include <stdio.h>

#include "base/text.h"
#include "engine/arazzo.h"
#include "engine/report/mask.h"

typedef struct run_text {
    FILE *out;
    const mask *secrets; /* NULL: nothing is masked */
    bool color;
    bool verbose; /* requests and responses with headers and bodies */
    bool quiet;   /* only the last step of a workflow that did not succeed, and that it did not */
    size_t steps; /* attempts seen so far */
    text held;    /* quiet: what the present step would have printed; freed by run_text_free() */
} run_text;

void run_text_free(run_text *printer);

/* The observer borrows `printer`. */
arazzo_observer run_text_observer(run_text *printer);

/* Prints the outputs of a run as a table. */
void run_text_outputs(const run_text *printer, FILE *out, const json_t *outputs);

/* Prints how it ended: "success: 3 steps in 12 ms". */
void run_text_summary(const run_text *printer, const char *workflow_id, arazzo_status status, double seconds);

#endif
