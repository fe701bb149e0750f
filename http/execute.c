/* execute.c: the blocking call of engine/arazzo.h: a small loop over everything else. */
#include <string.h>
#include <unistd.h>

#include "engine/arazzo.h"
#include "engine/report/run_json.h"
#include "engine/uri.h"
#include "http/drive.h"
#include "http/fetch.h"

static const char *absolute_uri(const char *path_or_url, arena *memory) {
    char folder[4096];
    if (uri_is_absolute(path_or_url))
        return arena_copy(memory, path_or_url, strlen(path_or_url));
    if (path_or_url[0] == '/')
        return uri_from_path(path_or_url, memory);
    if (getcwd(folder, sizeof folder - 1) == NULL)
        return NULL;
    memcpy(folder + strlen(folder), "/", 2);
    const char *base = uri_from_path(folder, memory), *relative = uri_encode_path(path_or_url, memory);
    return base == NULL || relative == NULL ? NULL : uri_resolve(base, relative, memory);
}

/* Carries the run out; its report, or NULL when memory is short. */
static json_t *drive_run(arazzo_run *run, run_recorder *recorder, http_client *client, const char *workflow_id) {
    driver *drives = driver_new(client);
    json_t *report = NULL;
    if (drives != NULL && driver_add(drives, run) && driver_run(drives, 0))
        report = run_recorder_take(recorder, workflow_id, arazzo_run_status(run), arazzo_run_outputs(run));
    driver_free(drives);
    return report;
}

static bool execute(const char *path_or_url, const char *workflow_id, const json_t *inputs, http_client *client,
                    arena *memory, arazzo_diagnostics *list, json_t *workflows) {
    const char *uri = absolute_uri(path_or_url, memory);
    bool remote = strncmp(path_or_url, "http://", 7) == 0 || strncmp(path_or_url, "https://", 8) == 0;
    fetcher fetches = {.client = client, .remote_only = remote};
    arazzo_reader reader = fetch_reader(&fetches, NULL);
    run_recorder *recorder = run_recorder_new();
    if (uri == NULL || recorder == NULL) {
        run_recorder_free(recorder);
        return false;
    }
    arazzo_description *loaded = arazzo_load(uri, &reader, NULL, list);
    arazzo_observer observer = run_recorder_observer(recorder);
    arazzo_run_options options = {.observer = &observer, .clock = driver_clock, .now = driver_now};
    arazzo_run *run = loaded == NULL ? NULL : arazzo_run_start(loaded, workflow_id, inputs, &options, list);
    bool right = true;
    if (run != NULL) {
        const char *id = workflow_id == NULL ? arazzo_workflow_id(loaded, 0) : workflow_id;
        json_t *report = drive_run(run, recorder, client, id);
        right = report != NULL && json_array_append_new(workflows, report) == 0;
    }
    arazzo_run_free(run);
    arazzo_description_free(loaded);
    run_recorder_free(recorder);
    return right;
}

json_t *arazzo_execute(const char *path_or_url, const char *workflow_id, const json_t *inputs) {
    http_client *client = http_client_new(NULL);
    arena *memory = arena_new();
    arazzo_diagnostics *list = arazzo_diagnostics_new();
    json_t *workflows = json_array(), *report = NULL;
    if (client != NULL && memory != NULL && list != NULL && workflows != NULL &&
        execute(path_or_url, workflow_id, inputs, client, memory, list, workflows))
        report = run_report(path_or_url, workflows, list);
    json_decref(workflows);
    arazzo_diagnostics_free(list);
    arena_free(memory);
    http_client_free(client);
    return report;
}
