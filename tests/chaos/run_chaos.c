/*
 * run_chaos.c: loading the bundled workflows and carrying them out, with every allocation failing once in turn. Answers
 * are given by hand: the engine, the expressions, JSONPath, the request, the report are all in it, and no socket.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/arazzo.h"
#include "engine/diagnostic.h"
#include "engine/report/run_json.h"
#include "tests/chaos/chaos.h"

#define FOLDER "specs/prisma/arazzo/"
#define EVENT "01HXDGZ4R4QJ2T6P9V8K7M3N5B"

static const char *const prisma_answers[] = {
    "201 {\"name\":\"s\",\"model\":\"User\",\"status\":\"active\",\"createdAt\":\"2024-05-01T12:00:00Z\"}",
    "200 {\"data\":[{\"name\":\"s\",\"cursor\":\"" EVENT "\"}]}",
    "200 {\"id\":\"" EVENT "\",\"action\":\"create\",\"modelName\":\"User\"}",
};

static const char *const petstore_answers[] = {
    "200 [{\"id\":7,\"status\":\"available\",\"price\":1.5}]",
    "200 {\"id\":7,\"status\":\"available\"}",
    "503 {}",
    "201 {\"id\":1}",
    "200 {\"status\":\"placed\"}",
    "200 {\"status\":\"approved\"}",
};

/* Documents that have all that leads from one to another. */
static const struct {
    const char *uri;
    const char *text;
} own_documents[] = {
    {"file:///chaos/w.yaml",
     "arazzo: 1.1.0\n$self: https://x.test/w\ninfo: {title: t, version: '1'}\nsourceDescriptions:\n"
     "- {name: api, url: 'file:///chaos/api.yaml'}\n- {name: other, url: 'file:///chaos/o.yaml', type: arazzo}\n"
     "workflows:\n- workflowId: w\n  dependsOn: [b]\n  parameters: [{name: q, in: query, value: $self}]\n"
     "  failureActions: [{name: again, type: retry, workflowId: b}]\n  steps:\n"
     "  - {stepId: s, workflowId: $sourceDescriptions.other.far, timeout: 5000, successCriteria: [{condition: "
     "$statusCode "
     "== 200}]}\n"
     "  - {stepId: t, operationId: list, dependsOn: [$sourceDescriptions.other.far.steps.f], outputs: {e: "
     "$response.body#/0/data}}\n  outputs: {e: $steps.t.outputs.e}\n"
     "- workflowId: b\n  dependsOn: [c]\n  steps: [{stepId: b, operationId: LIST}]\n"
     "- workflowId: c\n  steps: [{stepId: c, operationId: list}]\n"},
    {"file:///chaos/o.yaml",
     "arazzo: 1.1.0\n$self: https://x.test/o\ninfo: {title: t, version: '1'}\nsourceDescriptions:\n"
     "- {name: api, url: 'file:///chaos/api.yaml', type: openapi}\n"
     "- {name: back, url: 'https://x.test/w', type: arazzo}\n"
     "workflows:\n- workflowId: far\n  steps: [{stepId: f, operationId: list}]\n"},
    {"file:///chaos/api.yaml", "openapi: 3.1.0\ninfo: {title: t, version: '1'}\nservers: [{url: 'http://s.test'}]\n"
                               "paths: {/t: {get: {operationId: list, responses: {'200': {description: ok}}}}}\n"},
};

static const char *const own_answers[] = {
    "200 {}", "200 {}", "200 {}", "503 {}", "200 {}", "200 [{\"data\":1}]",
};

static char *read_own(const char *uri, size_t *length) {
    for (size_t i = 0; i < sizeof own_documents / sizeof *own_documents; i++) {
        if (strcmp(own_documents[i].uri, uri) != 0)
            continue;
        *length = strlen(own_documents[i].text);
        char *copy = malloc(*length + 1);
        if (copy != NULL)
            memcpy(copy, own_documents[i].text, *length + 1);
        return copy;
    }
    return NULL;
}

static char *read_file(void *user, const char *uri, size_t *length, char *error, size_t error_size) {
    (void)user;
    if (strncmp(uri, "file:///chaos/", 14) == 0) {
        char *text = read_own(uri, length);
        if (text == NULL)
            snprintf(error, error_size, "memory ran short");
        return text;
    }
    FILE *file = strncmp(uri, "file:///", 8) == 0 ? fopen(uri + 8, "rb") : NULL;
    char *bytes = file == NULL ? NULL : malloc(100000);
    if (file != NULL)
        setvbuf(file, NULL, _IONBF, 0); /* stdio does without a buffer when memory is short, unnoticed */
    if (bytes == NULL)
        snprintf(error, error_size, "memory ran short");
    else
        *length = fread(bytes, 1, 100000, file);
    if (file != NULL)
        fclose(file);
    return bytes;
}

static void answer(arazzo_run *run, arazzo_need *need, const char *given) {
    static const arazzo_header headers[] = {
        {"Content-Type", "application/json"}, {"X-Request", "1"}, {"X-Request", "2"}};
    arazzo_response response = {.status = atoi(given),
                                .headers = headers,
                                .header_count = 3,
                                .body = given + 4,
                                .body_length = strlen(given + 4)};
    arazzo_run_respond(run, need, &response);
}

static bool drive(arazzo_run *run, const char *const *answers, size_t count) {
    size_t next = 0;
    arazzo_need *need;
    arazzo_run_advance(run);
    while ((need = arazzo_run_take_need(run)) != NULL) {
        if (arazzo_need_kind_of(need) == ARAZZO_NEED_TIMER)
            arazzo_run_wake(run, need);
        else if (next < count)
            answer(run, need, answers[next++]);
        else
            return false;
    }
    return arazzo_run_status(run) == ARAZZO_SUCCESS;
}

/* Carries a workflow out and reports it. True when all of it went well. */
static bool carry_out(const char *uri, const char *workflow, const char *inputs_text, const char *const *answers,
                      size_t count) {
    arazzo_diagnostics *list = arazzo_diagnostics_new();
    run_recorder *recorder = run_recorder_new();
    json_t *inputs = json_loads(inputs_text, 0, NULL), *workflows = json_array(), *report = NULL;
    arazzo_reader reader = {.read = read_file};
    arazzo_description *loaded = NULL;
    arazzo_run *run = NULL;
    if (list != NULL && recorder != NULL && inputs != NULL && workflows != NULL) {
        arazzo_observer observer = run_recorder_observer(recorder);
        arazzo_run_options options = {.observer = &observer, .contract = ARAZZO_CONTRACT_WARN};
        loaded = arazzo_load(uri, &reader, NULL, list);
        run = loaded == NULL ? NULL : arazzo_run_start(loaded, workflow, inputs, &options, list);
        bool driven = run != NULL && drive(run, answers, count);
        json_t *one = driven ? run_recorder_take(recorder, "w", arazzo_run_status(run), arazzo_run_outputs(run)) : NULL;
        if (one != NULL && json_array_append_new(workflows, one) == 0)
            report = run_report("f", workflows, list);
    }
    bool good = report != NULL && arazzo_diagnostics_errors(list) == 0;
    json_decref(report);
    arazzo_run_free(run);
    arazzo_description_free(loaded);
    json_decref(workflows);
    json_decref(inputs);
    run_recorder_free(recorder);
    arazzo_diagnostics_free(list);
    return good;
}

static bool prisma(void) {
    return carry_out("file:///" FOLDER "prisma-pulse-named-stream-resume-workflow.yml", NULL,
                     "{\"apiKey\":\"K\",\"streamName\":\"s\",\"model\":\"User\"}", prisma_answers, 3);
}

static bool petstore(void) {
    return carry_out("file:///specs/petstore/arazzo/petstore.arazzo.yml", "buy-a-pet", "{\"tags\":[\"a\",\"b\"]}",
                     petstore_answers, 6);
}

static bool over_documents(void) {
    return carry_out("file:///chaos/w.yaml", "w", "{}", own_answers, sizeof own_answers / sizeof *own_answers);
}

int main(void) {
    static const chaos_case cases[] = {
        {.name = "the Prisma workflow is carried out", .run = prisma},
        {.name = "the pet store's workflows are carried out", .run = petstore},
        {.name = "workflows of two documents depend on each other", .run = over_documents},
        {.name = NULL},
    };
    return chaos_run(cases);
}
