/* suite.c: one handler for all items; documents are written line by line. */
#include "tests/support/suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "http/drive.h"

static void answer(void *user, const http_incoming *request, arena *memory, http_answer *answered) {
    suite *of = user;
    size_t number = strtoul(request->target + strlen("/items/"), NULL, 10) % SUITE_ITEMS;
    pthread_mutex_lock(&of->lock);
    of->times[of->requests++ % SUITE_ITEMS] = driver_clock(NULL);
    bool good = of->asked[number]++ >= of->failures;
    pthread_cond_broadcast(&of->changed);
    pthread_mutex_unlock(&of->lock);
    answered->delay = of->first_is_slow ? (number == 1 ? 20 * of->delay : 0) : of->delay;
    answered->response.status = good ? 200 : 500;
    answered->response.body = of->body == NULL ? "{\"id\": 1}" : of->body;
    answered->response.body_length = strlen(answered->response.body);
    http_headers_add(&answered->response.headers, memory, "Content-Type", "application/json");
}

static const char api[] = "openapi: 3.0.3\n"
                          "info: {title: Items, version: 1.0.0}\n"
                          "servers: [{url: http://localhost:9}]\n"
                          "paths:\n"
                          "  /items/{id}:\n"
                          "    get:\n"
                          "      operationId: getItem\n"
                          "      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]\n"
                          "      responses:\n"
                          "        '200':\n"
                          "          description: an item\n"
                          "          content:\n"
                          "            application/json:\n"
                          "              schema: {type: object, required: [id], properties: {id: {type: integer}}}\n"
                          "        '500': {description: broken}\n";

static FILE *create(const suite *at, const char *name) {
    char path[80];
    snprintf(path, sizeof path, "%s/%s", at->folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    return file;
}

void suite_open(suite *at, size_t workflows) {
    *at = (suite){.folder = "/tmp/arazzo-suite-XXXXXX"};
    assert_non_null(mkdtemp(at->folder));
    FILE *file = create(at, "items.openapi.yaml");
    fputs(api, file);
    fclose(file);
    file = create(at, "items.arazzo.yaml");
    fputs("arazzo: 1.0.1\ninfo: {title: Items, version: 1.0.0}\n"
          "sourceDescriptions: [{name: items, url: items.openapi.yaml, type: openapi}]\nworkflows:\n",
          file);
    for (size_t i = 1; i <= workflows; i++)
        fprintf(file,
                "- workflowId: get-%zu\n"
                "  steps:\n"
                "  - {stepId: get, operationId: getItem, parameters: [{name: id, in: path, value: %zu}]}\n",
                i, i);
    fclose(file);
    char error[128];
    pthread_mutex_init(&at->lock, NULL);
    pthread_cond_init(&at->changed, NULL);
    at->server = http_server_start(NULL, answer, at, error, sizeof error);
    assert_non_null(at->server);
}

void suite_close(suite *at) {
    char line[64];
    http_server_stop(at->server);
    pthread_mutex_destroy(&at->lock);
    pthread_cond_destroy(&at->changed);
    snprintf(line, sizeof line, "rm -r %s", at->folder);
    assert_int_equal(system(line), 0);
}

void suite_wait(suite *at, size_t requests) {
    enum { PATIENCE = 20 };
    struct timespec until;
    int late = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE;
    pthread_mutex_lock(&at->lock);
    while (at->requests < requests && late == 0)
        late = pthread_cond_timedwait(&at->changed, &at->lock, &until);
    pthread_mutex_unlock(&at->lock);
    assert_int_equal(late, 0);
}
