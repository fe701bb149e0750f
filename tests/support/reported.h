/*
 * reported.h: what happened when two documents were tested, to be reported: a workflow tried again and one left out,
 * one that fails and one that cannot begin, and a document that could not be used.
 */
#ifndef ARAZZO_TESTS_SUPPORT_REPORTED_H
#define ARAZZO_TESTS_SUPPORT_REPORTED_H

#include "tests/support/happening.h"

enum { REPORTED_RUNS = 5 };

typedef struct reported_set {
    happening runs[REPORTED_RUNS];
    report_run reported[REPORTED_RUNS];
    const recording *earlier[1];
    report_document documents[2];
    diagnostics list;
    report_set what;
} reported_set;

/* `secrets` may be NULL. The set is not moved afterwards; freed by reported_tear_down(). */
void reported_set_up(reported_set *made, const mask *secrets);
void reported_tear_down(reported_set *made);

/* The report as a string, to be freed. Fails the test when there is none, or when it holds NUL. */
char *reported_text(const report_set *what, report_kind kind);

#endif
