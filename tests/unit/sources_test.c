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
#include "tests/support/folder.h"
#include "tests/support/raw_server.h"

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
    const char *encoding; /* of the text, which has `length` bytes then */
    size_t length;
    bool many;  /* every other target is a document, too */
    text *keys; /* what was sent as X-Key, or NULL */
    int status; /* instead of 200; 0: 200 */
    size_t endless;
    unsigned asked;
    unsigned unchanged; /* 304s given */
} serving;

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
    folder_write(folder, "w.arazzo.yaml", text_peek(&made));
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
    return folder_remove(folder);
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
    if (at->keys != NULL) {
        const char *key = http_headers_get(&request->headers, "X-Key");
        text_append_format(at->keys, "%s %s\n", request->target, key == NULL ? "no key" : key);
    }
    if (at->location != NULL && at->keys != NULL) {
        answer->response.status = 302;
        http_headers_add(&answer->response.headers, memory, "Location", at->location);
        return;
    }
    if (at->many && strncmp(request->target, "/d", 2) == 0) {
        at->asked++;
        answer->response.body = "p: {name: a, in: query}";
        answer->response.body_length = 23;
        return;
    }
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
        answer->response.body_length = at->encoding != NULL ? at->length : strlen(at->text);
        if (at->encoding != NULL)
            http_headers_add(&answer->response.headers, memory, "Content-Encoding", at->encoding);
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

typedef struct moving {
    text lines;
    const char *location; /* of /old/w.arazzo.yaml, at another server */
} moving;

/* /new/ has a workflow with an API, which has a parameter in a third document; all are relative. */
static void handle_moving(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    static const struct {
        const char *target;
        const char *body;
    } pages[] = {{"/new/w.arazzo.yaml", "arazzo: 1.0.1\ninfo: {title: t, version: '1'}\n"
                                        "sourceDescriptions: [{name: api, url: moved.yaml, type: openapi}]\n"
                                        "workflows: [{workflowId: w, steps: [{stepId: a, operationId: getX, "
                                        "parameters: [{name: q, in: query, value: [1, 2]}]}]}]\n"},
                 {"/new/deep/api.yaml", "openapi: 3.1.0\ninfo: {title: t, version: '1'}\nservers: [{url: .}]\n"
                                        "paths: {/x: {get: {operationId: getX, parameters: [{$ref: 'p.yaml#/q'}]}}}\n"},
                 {"/new/deep/p.yaml", "q: {name: q, in: query, explode: false}\n"}};
    moving *at = user;
    answer->response.status = 200;
    text_append_format(&at->lines, "%s\n", request->target);
    bool workflow = strcmp(request->target, "/old/w.arazzo.yaml") == 0;
    if (workflow || strcmp(request->target, "/new/moved.yaml") == 0) {
        answer->response.status = 302;
        http_headers_add(&answer->response.headers, memory, "Location", workflow ? at->location : "deep/api.yaml");
    }
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (strcmp(pages[i].target, request->target) == 0) {
            answer->response.body = pages[i].body;
            answer->response.body_length = strlen(pages[i].body);
        }
}

/* What is relative in a document is relative to where redirects have led to (RFC 3986, section 5.1.3), in a copy, too.
 */
static void relative_means_where_redirects_led_to(void **state) {
    (void)state;
    char error[128], location[128];
    moving from = {.location = location}, to = {.location = NULL};
    http_server *old = http_server_start(NULL, handle_moving, &from, error, sizeof error);
    http_server *new = http_server_start(NULL, handle_moving, &to, error, sizeof error);
    assert_non_null(old);
    assert_non_null(new);
    snprintf(location, sizeof location, "%s/new/w.arazzo.yaml", http_server_url(new));
    forget_copies();
    static const char *const options[] = {"", "--offline"};
    static const char *const lines[] = {"/new/w.arazzo.yaml\n/new/moved.yaml\n/new/deep/api.yaml\n/new/deep/p.yaml\n"
                                        "/new/deep/x?q=1,2\n",
                                        "/new/deep/x?q=1,2\n"};
    for (size_t i = 0; i < 2; i++) {
        command_result result = command_run("run %s/old/w.arazzo.yaml %s", http_server_url(old), options[i]);
        if (result.status != 0)
            print_message("%s", result.err);
        assert_int_equal(result.status, 0);
        assert_string_equal(text_peek(&to.lines), lines[i]);
        text_free(&to.lines);
        command_result_free(&result);
    }
    assert_string_equal(text_peek(&from.lines), "/old/w.arazzo.yaml\n");
    text_free(&from.lines);
    http_server_stop(old);
    http_server_stop(new);
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
    folder_write(folder, "api.yaml",
                 "openapi: 3.1.0\ninfo: {title: t, version: '1'}\nservers: [{url: /}]\n"
                 "paths: {/x: {$ref: '#/paths/~1y'}, /y: {$ref: 'other.yaml#/paths/~1y'},\n"
                 "  /z: {get: {operationId: getX, parameters: [{$ref: '#/components/parameters/a'}]}}}\n"
                 "components: {parameters: {a: {$ref: '#/components/parameters/b'}, "
                 "b: {$ref: '#/components/parameters/a'}}}\n");
    folder_write(folder, "other.yaml", "paths: {/y: {$ref: 'api.yaml#/paths/~1x'}}\n");
    write_workflow("api.yaml", "operationId: getX");
    run(server, "", 0, "its references go in a circle");
    http_server_stop(server);
}

#define HEAD "openapi: 3.1.0\ninfo: {title: t, version: '1'}\nservers: [{url: /}]\n"

/* Ninety-six kilobytes that become a hundred megabytes. */
static void a_bomb_is_cut(void **state) {
    (void)state;
    char line[300];
    size_t length = 0;
    snprintf(line, sizeof line, "head -c 100000000 /dev/zero | gzip >%s/bomb.gz", folder);
    assert_int_equal(system(line), 0);
    snprintf(line, sizeof line, "%s/bomb.gz", folder);
    FILE *file = fopen(line, "rb");
    assert_non_null(file);
    static char bytes[1 << 18];
    length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_true(length > 1000 && length < sizeof bytes);
    serving at = {.text = bytes, .length = length, .encoding = "gzip"};
    http_server *server = serve(&at);
    use_server(server);
    run(server, "", 3, "is larger than 64 MiB");
    http_server_stop(server);
}

/* A server that begins to answer and never ends. */
static void a_server_that_drips_is_left(void **state) {
    (void)state;
    static const char begun[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nopenapi: 3";
    raw_server *slow = raw_server_start(begun, sizeof begun - 1, true);
    assert_non_null(slow);
    char url[128];
    snprintf(url, sizeof url, "%s/api.yaml", raw_server_url(slow));
    write_workflow(url, "operationId: getX");
    forget_copies();
    command_result result = command_run("run %s/w.arazzo.yaml --timeout 0.3", folder);
    assert_int_equal(result.status, 3);
    if (strstr(result.err, "within 0.3 s") == NULL)
        print_message("%s", result.err);
    assert_non_null(strstr(result.err, "within 0.3 s"));
    command_result_free(&result);
    raw_server_finish(slow);
    raw_server_free(slow);
}

/* A document that refers to one more, and one more: after a thousand it is enough. */
static void documents_without_end_are_not_fetched(void **state) {
    (void)state;
    text api = TEXT_EMPTY;
    text_append_string(&api, HEAD "paths: {/x: {get: {operationId: getX, parameters: [\n");
    for (unsigned i = 0; i < 1200; i++)
        text_append_format(&api, "  {$ref: 'd%u.yaml#/p'},\n", i);
    text_append_string(&api, "]}}}\n");
    serving at = {.text = text_peek(&api), .many = true};
    http_server *server = serve(&at);
    use_server(server);
    run(server, "", 0, "1000 documents have been fetched already");
    assert_int_equal(at.asked, 1000);
    http_server_stop(server);
    text_free(&api);
}

/* A key is for the server that it was given for. */
static void redirects_take_no_key_along(void **state) {
    (void)state;
    text kept = TEXT_EMPTY, astray = TEXT_EMPTY;
    serving other = {.keys = &astray}, at = {.keys = &kept};
    http_server *server = serve(&at), *elsewhere = serve(&other);
    char location[128];
    snprintf(location, sizeof location, "%s/there", http_server_url(elsewhere));
    at.location = location;
    folder_write(folder, "api.yaml",
                 HEAD "components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}}\n"
                      "paths: {/x: {get: {operationId: getX, security: [{key: []}]}}}\n");
    write_workflow("api.yaml", "operationId: getX");
    run(server, "--auth key=hush --follow-redirects", 0, NULL);
    assert_string_equal(text_peek(&kept), "/x hush\n");
    assert_string_equal(text_peek(&astray), "/there no key\n");
    http_server_stop(server);
    http_server_stop(elsewhere);
    text_free(&kept);
    text_free(&astray);
}

/* What a value may not do: leave its place in the path, or start another header. */
static void values_stay_in_their_place(void **state) {
    (void)state;
    text kept = TEXT_EMPTY;
    serving at = {.keys = &kept};
    http_server *server = serve(&at);
    folder_write(folder, "api.yaml",
                 HEAD "paths: {'/x/{id}': {get: {operationId: getX, parameters: [{name: id, in: path}, "
                      "{name: X-Key, in: header}]}}}\n");
    write_workflow("api.yaml", "operationId: getX, parameters: [{name: id, in: path, value: ../../admin}]");
    run(server, "", 0, NULL);
    assert_string_equal(text_peek(&kept), "/x/..%2F..%2Fadmin no key\n");
    write_workflow("api.yaml", "operationId: getX, parameters: [{name: id, in: path, value: ..}]");
    run(server, "", 1, "error[E0226]");
    write_workflow("api.yaml", "operationId: getX, parameters: [{name: id, in: path, value: a}, "
                               "{name: X-Key, in: header, value: \"a\\r\\nX-Admin: 1\"}]");
    run(server, "", 1, "a header must not hold a line break or NUL");
    write_workflow("api.yaml", "operationId: getX, parameters: [{name: id, in: path, value: a}, "
                               "{name: X-Key, in: header, value: \"a\\e[31m\"}]");
    run(server, "", 1, "a header must not hold a control character");
    assert_string_equal(text_peek(&kept), "/x/..%2F..%2Fadmin no key\n");
    http_server_stop(server);
    text_free(&kept);
}

/* Appends what comes between the head and the tail of a document, so many times; @ is the count. */
static void write_repeated(const char *head, const char *item, unsigned count, const char *tail) {
    text made = TEXT_EMPTY;
    text_append_string(&made, head);
    for (unsigned i = 0; i < count; i++) {
        const char *at = item;
        for (const char *sign; (sign = strchr(at, '@')) != NULL; at = sign + 1) {
            text_append(&made, at, (size_t)(sign - at));
            text_append_format(&made, "%u", i);
        }
        text_append_string(&made, at);
    }
    text_append_string(&made, tail);
    folder_write(folder, "api.yaml", text_peek(&made));
    text_free(&made);
}

/* Documents that are made to be slow: each would take minutes if its parts were compared with each other. */
static void documents_that_are_made_to_be_slow(void **state) {
    (void)state;
    serving at = {.text = api_text};
    http_server *server = serve(&at);
    write_workflow("api.yaml", "operationId: getX");
    write_repeated(HEAD "x: [", "{ä: [é, 'x@'], b: {c: d}},", 200000, "]\npaths: {/x: {get: {operationId: getX}}}\n");
    run(server, "", 0, NULL);
    write_repeated(HEAD "paths:\n", "  /p@: {get: {operationId: o@, responses: {'200': {description: ok}}}}\n", 100000,
                   "  /x: {get: {operationId: getX}}\n");
    run(server, "", 0, NULL);
    write_repeated(HEAD "paths:\n  /x: {get: {operationId: getX, parameters: [\n", "    {name: p@, in: query},\n",
                   100000, "  ]}}\n");
    run(server, "", 0, "there are more than 2000");
    write_repeated(HEAD "components: {pathItems: {p: {get: {operationId: getX}}}}\npaths:\n",
                   "  /p@: {$ref: '#/components/pathItems/p'}\n", 20000, "  /x: {get: {operationId: getX}}\n");
    run(server, "", 0, NULL);
    http_server_stop(server);
}

/* A chain of documents, each of which refers to the next from deep within: no recursion follows it. */
static void chains_of_documents_are_no_recursion(void **state) {
    (void)state;
    enum { LONG = 3000, DEEP = 60 };
    text made = TEXT_EMPTY;
    char name[40];
    make_folder("chain");
    for (unsigned i = 0; i < LONG; i++) {
        for (unsigned j = 0; j < DEEP; j++)
            text_append_string(&made, "{a: ");
        text_append_format(&made, "{$ref: 'd%u.yaml#/x'}", i + 1);
        for (unsigned j = 0; j < DEEP; j++)
            text_append_string(&made, "}");
        text_append_string(&made, "\nx: {type: string}\n");
        text whole = TEXT_EMPTY;
        text_append_format(&whole, "deep: %s", text_peek(&made));
        snprintf(name, sizeof name, "chain/d%u.yaml", i);
        folder_write(folder, name, text_peek(&whole));
        text_free(&whole);
        text_free(&made);
    }
    folder_write(folder, "chain/api.yaml",
                 HEAD "paths: {/x: {get: {operationId: getX, responses: {'200': {description: ok, content: "
                      "{application/json: {schema: {$ref: 'd0.yaml#/x'}}}}}}}}\n");
    write_workflow("chain/api.yaml", "operationId: getX");
    command_result result = command_run("run %s/w.arazzo.yaml --mock", folder);
    if (result.status != 0)
        print_message("%d %s", result.status, result.err);
    assert_int_equal(result.status, 0);
    command_result_free(&result);
}

/* References and numbers that lead nowhere, and aliases that multiply. */
static void documents_that_are_made_to_be_confusing(void **state) {
    (void)state;
    serving at = {.text = api_text};
    http_server *server = serve(&at);
    write_workflow("api.yaml", "operationId: getX");
    text made = TEXT_EMPTY;
    text_append_string(&made, HEAD "paths: {/x: {get: {operationId: getX, parameters: [{$ref: '#/c/0'}]}}}\nc:\n");
    for (unsigned i = 1; i <= 10000; i++)
        text_append_format(&made, "- {$ref: '#/c/%u'}\n", i);
    text_append_string(&made, "- {name: a, in: query}\n");
    folder_write(folder, "api.yaml", text_peek(&made));
    text_free(&made);
    run(server, "", 0, "or are more than 64 in a row");
    static const char *const pointers[] = {"#/list/99999999999999999999999",
                                           "#/list/18446744073709551616",
                                           "#/list/-1",
                                           "#/list/01",
                                           "#/%00",
                                           "#/~2",
                                           "#x",
                                           "%"};
    for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) {
        text_append_format(&made,
                           HEAD "list: [{name: a, in: query}]\n"
                                "paths: {/x: {get: {operationId: getX, parameters: [{$ref: '%s'}]}}}\n",
                           pointers[i]);
        folder_write(folder, "api.yaml", text_peek(&made));
        text_free(&made);
        run(server, "", 0, "a parameter of GET /x cannot be read");
    }
    text_append_string(&made, HEAD "a: &a [x, x, x, x, x, x, x, x, x, x]\n");
    for (char name = 'b'; name < 'm'; name++)
        text_append_format(&made, "%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", name, name, name - 1,
                           name - 1, name - 1, name - 1, name - 1, name - 1, name - 1, name - 1, name - 1, name - 1);
    text_append_string(&made, "paths: {/x: {get: {operationId: getX}}}\n");
    folder_write(folder, "api.yaml", text_peek(&made));
    text_free(&made);
    run(server, "", 3, "error[E0007]");
    folder_write(folder, "api.yaml", HEAD "$ref: [[[[");
    run(server, "", 3, "error[E0002]");
    http_server_stop(server);
}

/* ---- Folders ---- */

static void operations_are_found_in_a_folder(void **state) {
    (void)state;
    serving at = {.text = api_text};
    http_server *server = serve(&at);
    make_folder("apis");
    make_folder("apis/deeper");
    folder_write(folder, "apis/deeper/things-v2.yaml", api_text);
    folder_write(folder, "apis/other.json",
                 "{\"openapi\": \"3.0.0\", \"paths\": {\"/z\": {\"get\": {\"operationId\":\"getX\"}}}}");
    folder_write(folder, "apis/notes.yaml", "see: operationId getX, operationId: getX\n");
    folder_write(folder, "apis/flow.yaml", "arazzo: 1.0.1\nsteps: [{operationId: getX}]\n");
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
    /* links that lead back end, and a file is one file */
    char line[400];
    snprintf(line, sizeof line,
             "cd %s/apis && ln -s . one && ln -s .. two && ln -s deeper three && ln -s ../one deeper/four", folder);
    assert_int_equal(system(line), 0);
    write_workflow("gone/things-v1.yaml", "operationId: getX");
    run(server, options, 0, "/things-v2.yaml");
    run(server, "--source-dir /nothing/here", 2, "--source-dir takes a folder of OpenAPI documents");
    http_server_stop(server);
}

/* The message names a folder that would do. */
static void a_folder_is_suggested(void **state) {
    (void)state;
    serving at = {.text = api_text};
    http_server *server = serve(&at);
    make_folder("openapi");
    folder_write(folder, "openapi/there.yaml", api_text);
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
        cmocka_unit_test(relative_means_where_redirects_led_to),
        cmocka_unit_test(a_response_without_end_is_cut),
        cmocka_unit_test(remote_documents_see_no_files),
        cmocka_unit_test(references_in_circles_end),
        cmocka_unit_test(a_bomb_is_cut),
        cmocka_unit_test(a_server_that_drips_is_left),
        cmocka_unit_test(documents_without_end_are_not_fetched),
        cmocka_unit_test(redirects_take_no_key_along),
        cmocka_unit_test(values_stay_in_their_place),
        cmocka_unit_test(documents_that_are_made_to_be_slow),
        cmocka_unit_test(chains_of_documents_are_no_recursion),
        cmocka_unit_test(documents_that_are_made_to_be_confusing),
        cmocka_unit_test(operations_are_found_in_a_folder),
        cmocka_unit_test(a_folder_is_suggested),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
