/* reports.h: `--report KIND=FILE`, as often as one likes: the files that reports of runs are written to. */
#ifndef ARAZZO_ENGINE_CLI_REPORTS_H
#define ARAZZO_ENGINE_CLI_REPORTS_H

#include "engine/cli/session.h"
#include "engine/report/report.h"

typedef struct report_file {
    report_kind kind;
    const char *path; /* "-": standard output */
    FILE *file;
} report_file;

typedef struct report_files {
    report_file *items;
    size_t count;
    bool takes_output; /* one of them is standard output: nothing else may be printed there */
} report_files;

/*
 * Takes the option's values apart and opens the files, so that what is wrong with them is said before anything runs.
 * EXIT_OK; EXIT_USAGE or EXIT_FAILED after saying what is wrong. Closed with reports_close(), also then.
 */
int reports_open(session *at, const char *command_name, const value_list *given, FILE *out, report_files *files);

/* Writes every report. EXIT_OK, or EXIT_FAILED after saying what is wrong. */
int reports_write(session *at, const char *command_name, const report_files *files, const report_set *what);

void reports_close(report_files *files, FILE *out);

/* ---- The runs of one document, one after the other ---- */

typedef struct reporter {
    const char *stopped; /* why the current run was ended from outside; NULL: it was not */
    report_run *runs;
    size_t count;
    size_t capacity;
    recording *current; /* NULL: no run is being recorded */
    size_t diagnosed;   /* diagnostics that there were before the run */
    double began;       /* seconds since 1970 UTC */
    double clock_began; /* seconds, monotonic */
} reporter;

void reporter_open(reporter *keeps);
void reporter_close(reporter *keeps);

/* A run of the workflow begins; `list` is where its diagnostics will go. False when memory is short. */
bool reporter_begin(reporter *keeps, const workflow *flow, const diagnostics *list);

/* Records what happens; nothing without a run that began. */
void reporter_event(const reporter *keeps, const arazzo_event *event);

/* The run is over; NULL: it could not even start. Nothing happens when it is over already, or never began. */
void reporter_end(reporter *keeps, const arazzo_run *run, const diagnostics *list);

/* Writes the reports of all that was recorded of the document. */
int reporter_write(const reporter *keeps, session *at, const char *command_name, const report_files *files,
                   const char *document_name, const mask *secrets);

#endif
