/*
 * test_print.h: what `arazzo test` tells people: a line for each workflow, failures in detail, a summary; on a terminal
 * how far it has come.
 */
#ifndef ARAZZO_ENGINE_CLI_TEST_PRINT_H
#define ARAZZO_ENGINE_CLI_TEST_PRINT_H

#include "engine/cli/test_run.h"

typedef struct test_printer {
    tester *of;
    FILE *out;        /* NULL: nothing is told */
    FILE *progress;   /* a terminal; NULL: none */
    bool as_they_end; /* else in the plan's order, whoever ends first: what is printed can be compared */
    size_t next;      /* in the plan's order: the first case that was not printed yet */
    bool drawn;       /* the progress line is on the screen */
    double drawn_at;
    double began; /* driver_clock() */
} test_printer;

/* Has the tester tell the printer what happens. */
void test_print_begin(test_printer *printer);

/* The failures, the slowest steps, the summary. */
void test_print_end(test_printer *printer);

/* Prints what is planned, a workflow on a line or as JSON. False when memory is short. */
bool test_print_plan(const test_plan *plan, bool json, bool tags, FILE *out);

#endif
