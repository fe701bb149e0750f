/*
 * sources_test.c: documents from where they are: a folder of documents that moved (S26), servers with copies kept, and
 * servers and documents that mean harm. Through the real command; the server is one of the test's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/text.h"
#include "http/server.h"
#include "tests/support/command.h"

static const char api_text[] = "openapi: 3.1.0\n"
                               "info: {title: t, version: '1'}\n"
                               "servers: [{url: 'http://127.0.0.1:1'}]\n"
                               "paths: {/x: {get: {operationId: getX, responses: {'200': {description: ok}}}}}\n";

static char folder[] = "/tmp/arazzo-sources-XXXXXX";

/* How the server answers for /api.yaml, and what it was asked. */
typedef struct serving {
    const char *text;
    const char *cache_control;
    const char *location; /* redirect there */
    bool has_etag;
    int status; /* instead of 200; 0: 200 */
    size_t endless;
    unsigned asked;
    unsigned unchanged; /* 304s given */
} serving;

static void write_file(const char *name, const char *content) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
}

static void make_folder(const char *name) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

/* A workflow with one step that calls getX of the source at `url`. */
static void write_workflow(const char *url, const char *operation) {
    text made = TEXT_EMPTY;
    text_append_format(&made,
                       "arazzo: 1.0.1\ninfo: {title: t, version: '1'}\n"
                       "sourceDescriptions: [{name: api, url: '%s', type: openapi}]\n"
                       "workflows:\n- workflowId: w\n  steps:\n  - {stepId: a, %s}\n",
                       url, operation);
    write_file("w.arazzo.yaml", text_peek(&made));
    text_free(&made);
}

static int set_up(void **state) {
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    char cache[256];
    snprintf(cache, sizeof cache, "%s/cache", folder);
    return setenv("XDG_CACHE_HOME", cache, 1);
}

static int tear_down(void **state) {
    (void)state;
    char line[300];
    snprintf(line, sizeof line, "rm -r %s", folder);
    return system(line);
}

static void forget_copies(void) {
    char line[300];
    snprintf(line, sizeof line, "rm -rf %s/cache", folder);
    assert_int_equal(system(line), 0);
}

static void handle(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    serving *at = user;
    answer->response.status = at->status != 0 ? at->status : 200;
    answer->response.body = "{}";
    answer->response.body_length = 2;
    if (strcmp(request->target, "/api.yaml") != 0 && strcmp(request->target, "/w.arazzo.yaml") != 0)
        return;
    at->asked++;
    const char *known = http_headers_get(&request->headers, "If-None-Match");
    if (at->cache_control != NULL)
        http_headers_add(&answer->response.headers, memory, "Cache-Control", at->cache_control);
    if (at->has_etag)
        http_headers_add(&answer->response.headers, memory, "ETag", "\"v1\"");
    answer->endless = at->endless;
    if (at->location != NULL) {
        answer->response.status = 302;
        http_headers_add(&answer->response.headers, memory, "Location", at->location);
    } else if (known != NULL && strcmp(known, "\"v1\"") == 0) {
        at->unchanged++;
        answer->response.status = 304;
        answer->response.body_length = 0;
    } else if (at->status == 0) {
        answer->response.body = at->text;
        answer->response.body_length = strlen(at->text);
    }
}

static http_server *serve(serving *at) {
    char error[128];
    http_server *made = http_server_start(NULL, handle, at, error, sizeof error);
    assert_non_null(made);
    return made;
}

/* Runs with requests going to the server; the exit status must be that, and the sentence be said (NULL: any). */
static void run(const http_server *server, const char *options, int status, const char *sentence) {
    command_result result =
        command_run("run %s/w.arazzo.yaml --server %s %s", folder, http_server_url(server), options);
    bool said = sentence == NULL || strstr(result.err, sentence) != NULL;
    if (result.status != status || !said)
        print_message("%d\n%s", result.status, result.err);
    assert_int_equal(result.status, status);
    assert_true(said);
    command_result_free(&result);
}

static void use_server(const http_server *server) {
    char url[128];
    snprintf(url, sizeof url, "%s/api.yaml", http_server_url(server));
    write_workflow(url, "operationId: getX");
    forget_copies();
}

/* ---- Copies ---- */

static void copies_are_asked_after(void **state) {
    (void)state;
    serving at = {.text = api_text, .has_etag = true};
    http_server *server = serve(&at);
    use_server(server);
    run(server, "", 0, NULL);
    run(server, "", 0, NULL);
    assert_int_equal(at.asked, 2);
    assert_int_equal(at.unchanged, 1);
    run(server, "--refresh", 0, NULL);
    assert_int_equal(at.asked, 3);
    assert_int_equal(at.unchanged, 1);
    run(server, "--offline", 0, NULL);
    assert_int_equal(at.asked, 3);
    http_server_stop(server);
}

static void copies_live_as_long_as_the_server_says(void **state) {
    (void)state;
    serving at = {.text = api_text, .cache_control = "public, max-age=600"};
    http_server *server = serve(&at);
    use_server(server);
    run(server, "", 0, NULL);
    run(server, "", 0, NULL);
    assert_int_equal(at.asked, 1);
    at.cache_control = "no-store";
    forget_copies();
    run(server, "", 0, NULL);
    run(server, "--offline", 3, "there is no copy of it, and --offline asks for no network");
    http_server_stop(server);
}

static void copies_stand_in_for_a_server_that_is_down(void **state) {
    (void)state;
    serving at = {.text = api_text}, requests = {.text = api_text};
    http_server *server = serve(&at), *target = serve(&requests);
    use_server(server);
    run(target, "", 0, NULL);
    at.status = 503;
    run(target, "", 0, "the server answered with status 503; the copy that was kept is used");
    at.status = 404;
    run(target, "", 3, "the server answered with status 404");
    http_server_stop(server);
    run(target, "", 0, "it refuses the connection; the copy that was kept is used");
    run(target, "--refresh", 3, "it refuses the connection");
    http_server_stop(target);
}

/* What somebody else wrote into a copy's place is no copy. */
static void damaged_copies_are_none(void **state) {
    (void)state;
    serving at = {.text = api_text, .has_etag = true};
    http_server *server = serve(&at);
    use_server(server);
    run(server, "", 0, NULL);
    char line[400];
    snprintf(line, sizeof line,
             "for f in %s/cache/arazzo/*; do [ \"$(stat -c %%a $f)\" = 600 ] || exit 1; "
             "sed -i 's/^url: .*/url: http:..elsewhere/' $f; done",
             folder);
    assert_int_equal(system(line), 0);
    run(server, "--offline", 3, "there is no copy of it");
    run(server, "", 0, NULL);
    assert_int_equal(at.unchanged, 0);
    http_server_stop(server);
}

static void redirects_of_documents_are_followed(void **state) {
    (void)state;
    serving at = {.text = api_text}, from = {0};
    http_server *server = serve(&at), *moved = serve(&from);
    char location[128];
    snprintf(location, sizeof location, "%s/api.yaml", http_server_url(server));
    from.location = location;
    use_server(moved);
    run(server, "", 0, NULL);
    from.location = "/api.yaml"; /* round in circles */
    run(server, "--refresh", 3, "redirects once more after 10 redirects");
    from.location = "file:///etc/passwd";
    run(server, "--refresh", 3, "cannot read");
    http_server_stop(server);
    http_server_stop(moved);
}

/* ---- Harm ---- */

static void a_response_without_end_is_cut(void **state) {
    (void)state;
    serving at = {.text = api_text, .endless = (size_t)2 << 30};
    http_server *server = serve(&at);
    use_server(server);
    run(server, "", 3, "is larger than 64 MiB");
    http_server_stop(server);
}

/* A document from the network may not read this machine's files: neither as a source nor by a reference. */
static void remote_documents_see_no_files(void **state) {
    (void)state;
    serving at = {.text = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\nservers: [{url: /}]\n"
                          "paths: {/x: {get: {operationId: getX, parameters: [{$ref: 'file:///etc/passwd'}]}}}\n"};
    http_server *server = serve(&at);
    use_server(server);
    run(server, "", 0, "a document from elsewhere may not refer to a file of this machine");
    at.text = "arazzo: 1.0.1\ninfo: {title: t, version: '1'}\n"
              "sourceDescriptions: [{name: api, url: 'file:///etc/passwd', type: openapi}]\n"
              "workflows:\n- {workflowId: w, steps: [{stepId: a, operationId: getX}]}\n";
    command_result result = command_run("run %s/w.arazzo.yaml", http_server_url(server));
    assert_int_equal(result.status, 3);
    assert_non_null(strstr(result.err, "a document from the network may not refer to a file of this machine"));
    assert_null(strstr(result.err, "root:"));
    command_result_free(&result);
    http_server_stop(server);
}

static void references_in_circles_end(void **state) {
    (void)state;
    serving at = {.text = api_text};
    http_server *server = serve(&at);
    write_file("api.yaml", "openapi: 3.1.0\ninfo: {title: t, version: '1'}\nservers: [{url: /}]\n"
                           "paths: {/x: {$ref: '#/paths/~1y'}, /y: {$ref: 'other.yaml#/paths/~1y'},\n"
                           "  /z: {get: {operationId: getX, parameters: [{$ref: '#/components/parameters/a'}]}}}\n"
                           "components: {parameters: {a: {$ref: '#/components/parameters/b'}, "
                           "b: {$ref: '#/components/parameters/a'}}}\n");
    write_file("other.yaml", "paths: {/y: {$ref: 'api.yaml#/paths/~1x'}}\n");
    write_workflow("api.yaml", "operationId: getX");
    run(server, "", 0, "its references go in a circle");
    http_server_stop(server);
}

/* ---- Folders ---- */

static void operations_are_found_in_a_folder(void **state) {
    (void)state;
    serving at = {.text = api_text};
    http_server *server = serve(&at);
    make_folder("apis");
    make_folder("apis/deeper");
    write_file("apis/deeper/things-v2.yaml", api_text);
    write_file("apis/other.json",
               "{\"openapi\": \"3.0.0\", \"paths\": {\"/z\": {\"get\": {\"operationId\":\"getX\"}}}}");
    write_file("apis/notes.yaml", "see: operationId getX, operationId: getX\n");
    write_file("apis/flow.yaml", "arazzo: 1.0.1\nsteps: [{operationId: getX}]\n");
    write_workflow("gone/things-v1.yaml", "operationId: getX");
    run(server, "", 3, "error[E0601]: cannot read");
    char options[300];
    snprintf(options, sizeof options, "--source-dir %s/apis", folder);
    run(server, options, 0, "apis/deeper/things-v2.yaml");
    /* named by its source, and by its path */
    write_workflow("gone/things-v1.yaml", "operationId: $sourceDescriptions.api.getX");
    run(server, options, 0, "apis/deeper/things-v2.yaml");
    write_workflow("gone/things-v1.yaml", "operationPath: '{$sourceDescriptions.api.url}#/paths/~1z/get'");
    run(server, options, 0, "apis/other.json");
    write_workflow("gone/things-v1.yaml", "operationId: nowhere");
    run(server, options, 3,
        "there is no operation 'nowhere' in the source description, nor in a document of the folder");
    run(server, "--source-dir /nothing/here", 2, "--source-dir takes a folder of OpenAPI documents");
    http_server_stop(server);
}

/* The message names a folder that would do. */
static void a_folder_is_suggested(void **state) {
    (void)state;
    serving at = {.text = api_text};
    http_server *server = serve(&at);
    make_folder("openapi");
    write_file("openapi/there.yaml", api_text);
    write_workflow("openapi/gone.yaml", "operationId: getX");
    char wanted[300];
    snprintf(wanted, sizeof wanted, "with --source-dir %s/openapi, or say where it is", folder);
    run(server, "", 3, wanted);
    http_server_stop(server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_are_asked_after),
        cmocka_unit_test(copies_live_as_long_as_the_server_says),
        cmocka_unit_test(copies_stand_in_for_a_server_that_is_down),
        cmocka_unit_test(damaged_copies_are_none),
        cmocka_unit_test(redirects_of_documents_are_followed),
        cmocka_unit_test(a_response_without_end_is_cut),
        cmocka_unit_test(remote_documents_see_no_files),
        cmocka_unit_test(references_in_circles_end),
        cmocka_unit_test(operations_are_found_in_a_folder),
        cmocka_unit_test(a_folder_is_suggested),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
