/*
 * execute.c: the part of engine/arazzo.h that performs I/O: a client for documents and requests, and the blocking call.
 *
 * Each document that is loaded has a reader of its own, since what it may read depends on where it came from.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/arazzo.h"
#include "engine/diagnostic.h"
#include "engine/report/run_json.h"
#include "http/drive.h"
#include "http/fetch.h"

typedef struct source_reader {
    struct source_reader *next;
    fetcher fetches;
    arazzo_reader reader;
} source_reader;

struct arazzo_client {
    arena *memory;
    http_client *requests;
    http_client *documents; /* it follows redirects, and carries no client certificate */
    driver *drives;
    const char *folder; /* the URI of the working folder */
    source_reader *readers;
};

arazzo_client *arazzo_client_new(const arazzo_client_options *options) {
    arazzo_client *client = calloc(1, sizeof *client);
    if (client == NULL)
        return NULL;
    arazzo_client_options chosen = options == NULL ? (arazzo_client_options){.timeout = 0} : *options;
    http_client_options requests = {.timeout = chosen.timeout,
                                    .max_body = chosen.max_body,
                                    .follow_redirects = chosen.follow_redirects,
                                    .certificate = chosen.certificate,
                                    .key = chosen.key,
                                    .authorities = chosen.authorities};
    http_client_options documents = {
        .timeout = chosen.timeout, .follow_redirects = true, .authorities = chosen.authorities};
    client->memory = arena_new();
    client->requests = http_client_new(&requests);
    client->documents = http_client_new(&documents);
    client->drives = client->requests == NULL ? NULL : driver_new(client->requests);
    client->folder = client->memory == NULL ? NULL : fetch_working_folder(client->memory);
    if (client->memory != NULL && client->documents != NULL && client->drives != NULL && client->folder != NULL)
        return client;
    arazzo_client_free(client);
    return NULL;
}

void arazzo_client_free(arazzo_client *client) {
    if (client == NULL)
        return;
    driver_free(client->drives);
    http_client_free(client->requests);
    http_client_free(client->documents);
    for (source_reader *at = client->readers; at != NULL;) {
        source_reader *next = at->next;
        fetch_close(&at->fetches);
        free(at);
        at = next;
    }
    arena_free(client->memory);
    free(client);
}

arazzo_description *arazzo_client_load(arazzo_client *client, const char *path_or_url,
                                       const arazzo_load_options *options, arazzo_diagnostics *list) {
    const char *uri = fetch_location(client->folder, path_or_url, client->memory);
    source_reader *made = uri == NULL ? NULL : malloc(sizeof *made);
    if (made == NULL) {
        list->no_memory = true;
        return NULL;
    }
    made->next = client->readers;
    made->fetches = (fetcher){.client = client->documents, .remote_only = strncmp(uri, "http", 4) == 0};
    made->reader = fetch_reader(&made->fetches, client->folder);
    client->readers = made;
    return arazzo_load(uri, &made->reader, options, list);
}

bool arazzo_client_add(arazzo_client *client, arazzo_run *run) {
    return driver_add(client->drives, run);
}

bool arazzo_client_run(arazzo_client *client, double seconds) {
    return driver_run(client->drives, seconds);
}

/* ---- One workflow, recorded ---- */

typedef struct two_observers {
    arazzo_observer recorder;
    const arazzo_observer *given; /* NULL: none */
} two_observers;

static void tell_both(void *user, const arazzo_event *event) {
    const two_observers *both = user;
    both->recorder.event(both->recorder.user, event);
    if (both->given != NULL)
        both->given->event(both->given->user, event);
}

json_t *arazzo_client_execute(arazzo_client *client, const arazzo_description *loaded, const char *workflow_id,
                              const json_t *inputs, const arazzo_run_options *options, arazzo_diagnostics *list) {
    run_recorder *recorder = run_recorder_new();
    if (recorder == NULL) {
        list->no_memory = true;
        return NULL;
    }
    arazzo_run_options chosen = options == NULL ? (arazzo_run_options){.max_steps = 0} : *options;
    two_observers both = {.recorder = run_recorder_observer(recorder), .given = chosen.observer};
    arazzo_observer observer = {.user = &both, .event = tell_both};
    chosen.observer = &observer;
    chosen.clock = chosen.clock == NULL ? driver_clock : chosen.clock;
    chosen.now = chosen.now == NULL ? driver_now : chosen.now;
    const char *id = workflow_id == NULL ? arazzo_workflow_id(loaded, 0) : workflow_id;
    arazzo_run *run = arazzo_run_start(loaded, workflow_id, inputs, &chosen, list);
    json_t *report = NULL;
    if (run != NULL && driver_add(client->drives, run) && driver_run(client->drives, 0))
        report = run_recorder_take(recorder, id, arazzo_run_status(run), arazzo_run_outputs(run));
    list->no_memory = list->no_memory || (run != NULL && report == NULL);
    arazzo_run_free(run);
    run_recorder_free(recorder);
    return report;
}

/* ---- The blocking call ---- */

json_t *arazzo_execute(const char *path_or_url, const char *workflow_id, const json_t *inputs) {
    arazzo_client *client = arazzo_client_new(NULL);
    arazzo_diagnostics *list = arazzo_diagnostics_new();
    json_t *workflows = json_array(), *report = NULL;
    arazzo_description *loaded = NULL;
    bool right = client != NULL && list != NULL && workflows != NULL;
    if (right)
        loaded = arazzo_client_load(client, path_or_url, NULL, list);
    json_t *workflow = loaded == NULL ? NULL : arazzo_client_execute(client, loaded, workflow_id, inputs, NULL, list);
    if (workflow != NULL)
        right = json_array_append_new(workflows, workflow) == 0;
    if (right && !list->no_memory)
        report = run_report(path_or_url, workflows, list);
    arazzo_description_free(loaded);
    json_decref(workflows);
    arazzo_diagnostics_free(list);
    arazzo_client_free(client);
    return report;
}
