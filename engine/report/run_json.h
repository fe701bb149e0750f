/*
 * run_json.h: a run as one JSON object, as `arazzo run --format json` prints it and arazzo_execute() returns it.
 *
 * An observer that records; the recorder's user decides when a workflow is over and takes the object.
 */
#ifndef ARAZZO_ENGINE_REPORT_RUN_JSON_H
#define ARAZZO_ENGINE_REPORT_RUN_JSON_H

#include "engine/arazzo.h"

typedef struct run_recorder run_recorder;

/* A recorder, owned by the caller, or NULL when memory is short. */
run_recorder *run_recorder_new(void);
void run_recorder_free(run_recorder *recorder);

arazzo_observer run_recorder_observer(run_recorder *recorder);

/*
 * The workflow that was recorded: workflowId, status, outputs, durationMs, steps. `status` is the run's (an error is no
 * event). A new reference, or NULL when memory ran short at any time. The recorder is empty after.
 */
json_t *run_recorder_take(run_recorder *recorder, const char *workflow_id, arazzo_status status, const json_t *outputs);

/* The whole: file, workflows (borrowed), diagnostics. A new reference, or NULL when memory is short. */
json_t *run_report(const char *file, json_t *workflows, const arazzo_diagnostics *list);

const char *status_name(arazzo_status status);

#endif
