/* happening.h: a run told event by event, on a clock of its own: recordings for tests of reports. */
#ifndef ARAZZO_TESTS_SUPPORT_HAPPENING_H
#define ARAZZO_TESTS_SUPPORT_HAPPENING_H

#include "engine/report/report.h"

/* A recording and the clock that it looks at: one that tests set. */
typedef struct happening {
    recording *kept;
    double clock; /* seconds; every request takes 0.25 of them */
} happening;

/* The run of workflow `id` begins at 2026-02-03T04:05:06.500Z. Limits of 0 are the recording's own. */
void happening_begin(happening *run, const char *id, size_t body_limit, size_t total_limit);
void happening_end(happening *run, arazzo_status status, const char *made_outputs, const char *error);

void happening_workflow(happening *run, size_t depth, const char *id);
void happening_workflow_end(happening *run, size_t depth, const char *id, arazzo_status status);
void happening_step(happening *run, size_t depth, const char *id, unsigned attempt);

/* A request, with a header `name: value` each way unless `name` is NULL, and a JSON body unless `body` is NULL; the
 * header Content-Type makes it another body. */
void happening_request(happening *run, size_t depth, const char *method, const char *url, const char *name,
                       const char *value, const char *body);
void happening_response(happening *run, size_t depth, int status, const char *type, const char *name, const char *value,
                        const char *body, size_t length);
void happening_no_response(happening *run, size_t depth, const char *error);
void happening_criterion(happening *run, size_t depth, const char *condition, bool passed, const char *explanation);
void happening_action(happening *run, size_t depth, const char *type, const char *name, const char *target);
void happening_step_end(happening *run, size_t depth, arazzo_status status, const char *made_outputs);

#endif
