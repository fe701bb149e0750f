/*
 * recording.h: what happened in one run, kept for the reports that are written when all is over.
 *
 * An observer that remembers: workflows, attempts at steps, requests and responses, criteria, actions, outputs, times.
 * Everything lives in one arena. Bodies are cut (recording_options), so that neither a large download nor a long loop
 * fills the memory; what is kept of one says how long it was. Nothing is masked here: a secret may become known after
 * it was seen, so masking is the writers' work (report.h).
 */
#ifndef ARAZZO_ENGINE_REPORT_RECORDING_H
#define ARAZZO_ENGINE_REPORT_RECORDING_H

#include "engine/arazzo.h"

/* The first bytes of something. `bytes` NULL: there was none. Cut when `length` is less than `full`. */
typedef struct recorded_bytes {
    const char *bytes;
    size_t length;
    size_t full;
} recorded_bytes;

/* What was sent or received. */
typedef struct recorded_message {
    bool given; /* there was one */
    const arazzo_header *headers;
    size_t header_count;
    recorded_bytes body;
    bool body_is_json; /* as a value it is not just its text */
} recorded_message;

typedef struct recorded_criterion {
    struct recorded_criterion *next;
    const char *condition;
    const char *type;
    const char *context; /* NULL: none */
    const char *explanation;
    const char *error;
    bool passed;
} recorded_criterion;

/* A way in which a response is not what its operation declares. */
typedef struct recorded_breach {
    struct recorded_breach *next;
    const char *code;
    const char *instance;
    const char *message;
    const char *schema;
    const char *file;
    unsigned line, column;
    size_t more;
    bool fails; /* the step fails by it */
} recorded_breach;

typedef struct recorded_action {
    const char *name;
    const char *type; /* "end", "goto", "retry" */
    const char *step_id;
    const char *workflow_id;
    bool on_success;
} recorded_action;

/* A workflow being carried out: the one asked for, one that it calls, depends on or goes to. */
typedef struct recorded_workflow {
    struct recorded_workflow *next;     /* by start */
    const struct recorded_step *caller; /* NULL: none */
    const char *id;
    size_t index; /* in the recording */
    size_t depth;
    arazzo_status status; /* ARAZZO_RUNNING: it was left by a goto, or the run could not go on */
    double started;       /* seconds since the recording's start */
    double seconds;
    recorded_bytes outputs; /* JSON */
} recorded_workflow;

/* An attempt at a step. */
typedef struct recorded_step {
    struct recorded_step *next; /* by start, in the whole run */
    const recorded_workflow *workflow;
    const char *id;
    size_t index; /* in the recording */
    unsigned attempt;
    arazzo_status status; /* ARAZZO_RUNNING: the run ended before it did */
    double started;       /* seconds since the recording's start */
    double seconds;
    double sent; /* the request: seconds since the recording's start */
    double answered;
    double waited;     /* before the attempt that follows: seconds */
    const char *error; /* why there is no response; NULL: nothing went wrong */
    const char *method;
    const char *url;
    recorded_message request;
    recorded_bytes payload; /* JSON: the request's body as a value */
    recorded_message response;
    int response_status;
    recorded_criterion *criteria;
    recorded_breach *breaches;
    const recorded_action *action; /* NULL: what happens without one */
    recorded_bytes outputs;        /* JSON */
} recorded_step;

typedef struct recording_options {
    double (*clock)(void *user); /* seconds, monotonic; NULL: all times are 0 */
    double (*now)(void *user);   /* seconds since 1970 UTC; NULL: 0 */
    void *user;
    size_t body_limit;  /* of what is kept of each body; 0: 1 MiB */
    size_t total_limit; /* of what is kept of all bodies together; 0: 64 MiB */
} recording_options;

typedef struct recording {
    const char *workflow_id; /* the one asked for */
    recorded_workflow *workflows;
    size_t workflow_count;
    recorded_step *steps;
    size_t step_count;
    double began; /* seconds since 1970 UTC */
    double seconds;
    arazzo_status status;
    const char *error;      /* why an ARAZZO_ERROR; NULL: nothing known */
    recorded_bytes outputs; /* JSON */
    bool failed;            /* memory ran short: it is incomplete, and no report is written of it */
} recording;

/*
 * Cut bodies are kept a little longer than they are shown: the last bytes, which may be the beginning of a secret, are
 * left out after masking.
 */
enum { RECORDING_MARGIN = 4096 };

/* A recording of a run of `workflow_id` (copied), owned by the caller; `options` may be NULL. NULL: memory is short. */
recording *recording_new(const char *workflow_id, const recording_options *options);
void recording_free(recording *kept);

arazzo_observer recording_observer(recording *kept);

/*
 * Says how the run ended, which no event tells of an error. `error` (copied, may be NULL): why an ARAZZO_ERROR; for
 * what could not even start as well.
 */
void recording_end(recording *kept, arazzo_status status, const json_t *outputs, const char *error);

#endif
