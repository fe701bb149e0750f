/*
 * report.h: reports of runs for programs, CI servers and browsers.
 *
 * Each run is recorded (recording.h); when all runs are over, their recordings are put together in the order of the
 * documents, and written in as many kinds as were asked for (docs/reports.md). Everything that comes from a document, a
 * command line or a server passes through the mask, before it is escaped for the kind.
 */
#ifndef ARAZZO_ENGINE_REPORT_REPORT_H
#define ARAZZO_ENGINE_REPORT_REPORT_H

#include "base/text.h"
#include "engine/description/description.h"
#include "engine/report/diagnostics.h"
#include "engine/report/mask.h"
#include "engine/report/recording.h"

typedef enum report_kind { REPORT_JSON, REPORT_JUNIT, REPORT_TAP, REPORT_HAR, REPORT_HTML, REPORT_KINDS } report_kind;

typedef struct report_run {
    const recording *events;
    const workflow *flow;            /* for what was not reached; NULL: not known */
    const char *skipped;             /* why it was not carried out: `events` is then empty; NULL: it was */
    const recording *const *earlier; /* attempts before it, which failed */
    size_t earlier_count;
} report_run;

/* What became of a run. */
typedef enum report_outcome {
    REPORT_PASSED,
    REPORT_FLAKY,   /* it failed, was carried out again, and succeeded */
    REPORT_FAILED,  /* a step did not meet its criteria */
    REPORT_ERROR,   /* it could not be carried out, or not to its end */
    REPORT_SKIPPED, /* it was not carried out */
    REPORT_OUTCOMES
} report_outcome;

report_outcome report_outcome_of(const report_run *run);

/* A document and the runs of its workflows. Without runs it could not be used: its diagnostics say why. */
typedef struct report_document {
    const char *file;
    const diagnostics *list; /* NULL: none */
    diagnostic_text *source; /* the texts that diagnostics point into; NULL: not at hand */
    void *source_user;
    const report_run *runs;
    size_t run_count;
} report_document;

/* Something worth knowing of where the runs took place. */
typedef struct report_fact {
    const char *name;
    const char *value;
} report_fact;

typedef struct report_set {
    const report_document *documents;
    size_t document_count;
    bool many;           /* the command takes many documents: JSON has a list of them even when there is one */
    const mask *secrets; /* NULL: nothing is masked */
    double began;        /* seconds since 1970 UTC */
    double seconds;      /* how long all took */
    const report_fact *environment; /* for people */
    size_t environment_count;
} report_set;

/* The kind with a name ("json", "junit", …) of `length` bytes. False when there is none. */
bool report_kind_from(const char *name, size_t length, report_kind *kind);
const char *report_kind_name(report_kind kind);

/* Appends the report. False when memory is short, now or while one of the recordings was made. */
bool report_write(const report_set *what, report_kind kind, text *out);

/* ---- What became of the steps ---- */

typedef enum step_outcome {
    STEP_PASSED,
    STEP_FAILED,     /* and its workflow with it */
    STEP_BROKEN,     /* neither: the run could not go on */
    STEP_RECOVERED,  /* it failed, an action led on, and the workflow succeeded */
    STEP_NOT_REACHED /* in the document, but never carried out */
} step_outcome;

/* A step with all of its attempts and visits; the last one decides. */
typedef struct step_result {
    const char *name;          /* unique in the run: "pay", or "pay/charge" for a step of a workflow that `pay` calls */
    const recorded_step *last; /* NULL: it was not carried out */
    size_t attempts;
    double seconds;
    step_outcome outcome;
} step_result;

typedef struct step_results {
    step_result *items;
    size_t count;
    size_t failed;
    size_t broken;
    size_t not_reached;
} step_results;

/*
 * The steps of a run in the order in which they were first carried out, then those that were not, in the document's.
 * A run succeeds when, and only when, none of them FAILED or is BROKEN: where no step is to blame, a BROKEN one with
 * the workflow's name is. In `memory`; false when memory is short.
 */
bool report_steps(const report_run *run, arena *memory, step_results *out);

#endif
