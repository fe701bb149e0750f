/*
 * dry_run_test.c: what `--dry-run` prints is what a run sends. The printed commands are given to sh(1), and what
 * arrives from curl(1) is compared with what arrives from the run itself. And what a document must not be able to do:
 * break out of a quoted word or of a comment.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/text.h"
#include "http/server.h"
#include "tests/support/command.h"
#include "tests/support/folder.h"

static char folder[] = "/tmp/arazzo-dry-XXXXXX";

static const char api_text[] =
    "openapi: 3.2.0\n"
    "info: {title: t, version: '1'}\n"
    "servers: [{url: 'http://127.0.0.1:1/base'}]\n"
    "components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key}, "
    "cookie: {type: apiKey, in: cookie, name: c}, user: {type: http, scheme: basic}}}\n"
    "paths:\n"
    "  /things/{id}:\n"
    "    get: {operationId: read, security: [{key: [], cookie: []}], parameters: [{name: id, in: path}, "
    "{name: q, in: query}, {name: filter, in: query, style: deepObject}, {name: X-Note, in: header}, "
    "{name: session, in: cookie}]}\n"
    "    put: {operationId: bytes, parameters: [{name: id, in: path}], requestBody: {content: "
    "{application/octet-stream: {}}}}\n"
    "    delete: {operationId: remove, security: [{user: []}], parameters: [{name: id, in: path}]}\n"
    "    additionalOperations:\n"
    "      COPY: {operationId: copy, parameters: [{name: id, in: path}]}\n"
    "      \"GET; touch FOLDER/method;\": {operationId: evil, parameters: [{name: id, in: path}]}\n"
    "  /upload:\n"
    "    post: {operationId: upload, requestBody: {content: {multipart/form-data: {schema: {type: object, "
    "properties: {file: {type: string, format: binary}}}}}}}\n"
    "    patch: {operationId: nothing}\n"
    "    head: {operationId: head}\n"
    "    query: {operationId: search, requestBody: {content: {application/json: {}}}}\n"
    "  /text:\n"
    "    post: {operationId: text, requestBody: {content: {text/plain: {}}}}\n"
    "    put: {operationId: form, requestBody: {content: {application/x-www-form-urlencoded: {}}}}\n"
    "    get: {operationId: odd, requestBody: {content: {application/json: {}}}}\n";

static const char workflow_head[] =
    "arazzo: 1.0.1\n"
    "info: {title: t, version: '1'}\n"
    "sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]\n"
    "workflows:\n"
    "- workflowId: w\n"
    "  inputs: {type: object, properties: {file: {type: string}, secret: {type: string, "
    "format: password}}}\n"
    "  steps:\n";

/* Every kind of request, with text in it that a shell or curl could take for something else. */
static const char workflow_steps[] =
    "  - stepId: read\n"
    "    operationId: read\n"
    "    parameters:\n"
    "    - {name: id, in: path, value: \"it's $HOME `id` \\\\ ä/{x}\"}\n"
    "    - {name: q, in: query, value: \"a b&c=%41'\\\"[1-3]\"}\n"
    "    - {name: filter, in: query, value: {a: [1, 2], b: {c: \"{1,2}\"}}}\n"
    "    - {name: X-Note, in: header, value: \"it's \\\"$HOME\\\"; `id` \\\\ @file ä\"}\n"
    "    - {name: X-Empty, in: header, value: ''}\n"
    "    - {name: session, in: cookie, value: \"a;b 'c'\"}\n"
    "  - {stepId: remove, operationId: remove, parameters: [{name: id, in: path, value: ...}]}\n"
    "  - {stepId: copy, operationId: copy, parameters: [{name: id, in: path, value: 1}]}\n"
    "  - {stepId: bytes, operationId: bytes, parameters: [{name: id, in: path, value: 1}], "
    "requestBody: {payload: $inputs.file}}\n"
    "  - {stepId: upload, operationId: upload, requestBody: {payload: {file: $inputs.file, note: \"it's 100% \\\\n\", "
    "list: [1, {a: b}]}}}\n"
    "  - {stepId: nothing, operationId: nothing}\n"
    "  - {stepId: head, operationId: head}\n"
    "  - {stepId: search, operationId: search, requestBody: {payload: {a: \"it's\\n'\\\"'\", b: "
    "[\"%7B%24inputs.x%7D\"]}}}\n"
    "  - {stepId: text, operationId: text, requestBody: {payload: \"@/etc/passwd it's\\n\\n$HOME \\t<&>\\n\"}}\n"
    "  - {stepId: breaks, operationId: text, requestBody: {payload: \"a\\r\\nb\\e[31m\"}}\n"
    "  - {stepId: empty, operationId: text, requestBody: {payload: ''}}\n"
    "  - {stepId: form, operationId: form, requestBody: {payload: {a: \"{$x} +&\", b: [1, 2], c: {d: \"'\"}}}}\n"
    "  - {stepId: odd, operationId: odd, requestBody: {payload: {get: 1}}}\n";

/* ---- What arrives ---- */

static bool is_compared(const char *name) {
    static const char *const of_the_client[] = {"User-Agent", "Accept-Encoding", "Host", "Accept", "Connection"};
    for (size_t i = 0; i < sizeof of_the_client / sizeof *of_the_client; i++)
        if (strcasecmp(of_the_client[i], name) == 0)
            return false;
    return true;
}

static int by_name(const void *a, const void *b) {
    const http_header *one = a, *other = b;
    int order = strcasecmp(one->name, other->name);
    return order != 0 ? order : strcmp(one->value, other->value);
}

/* Writes the request down: its line, its headers in order of their names, its body. */
static void handle(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    text *seen = user;
    http_header *sorted = arena_array(memory, request->headers.count + 1, sizeof *sorted);
    memcpy(sorted, request->headers.items, request->headers.count * sizeof *sorted);
    qsort(sorted, request->headers.count, sizeof *sorted, by_name);
    text_append_format(seen, "%s %s\n", request->method, request->target);
    for (size_t i = 0; i < request->headers.count; i++)
        if (is_compared(sorted[i].name))
            text_append_format(seen, "%s: %s\n", sorted[i].name, sorted[i].value);
    text_append_char(seen, '\n');
    text_append(seen, request->body == NULL ? "" : request->body, request->body_length);
    text_append_string(seen, "\n----\n");
    answer->response.status = 200;
}

/* ---- Files ---- */

static void write_bytes(const char *name, const char *bytes, size_t length) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fwrite(bytes, 1, length, file);
    fclose(file);
}

static void write_workflow(const char *steps) {
    text made = TEXT_EMPTY;
    text_append_string(&made, workflow_head);
    text_append_string(&made, steps);
    write_bytes("w.arazzo.yaml", text_peek(&made), made.length);
    text_free(&made);
}

static bool exists(const char *name) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

static int set_up(void **state) {
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    text api = TEXT_EMPTY;
    const char *name = strstr(api_text, "FOLDER");
    text_append(&api, api_text, (size_t)(name - api_text));
    text_append_string(&api, folder);
    text_append_string(&api, name + 6);
    write_bytes("api.yaml", text_peek(&api), api.length);
    text_free(&api);
    char bytes[256];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(unsigned char)i;
    write_bytes("bytes", bytes, sizeof bytes);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    return folder_remove(folder);
}

/* ---- The commands ---- */

/* curl(1) of the machine, else the one that tests/support/servers.sh unpacked. */
static bool find_curl(void) {
    const char *build = getenv("BUILD"), *path = getenv("PATH");
    text longer = TEXT_EMPTY;
    text_append_format(&longer, "%s:%s/servers/usr/bin", path == NULL ? "/usr/bin" : path,
                       build == NULL ? "build" : build);
    bool found = setenv("PATH", text_peek(&longer), 1) == 0 && system("curl --version >/dev/null 2>&1") == 0;
    text_free(&longer);
    return found;
}

static void run_printed(const char *commands, const char *shell) {
    char line[300];
    write_bytes("commands", commands, strlen(commands));
    snprintf(line, sizeof line, "cd %s && %s -e ./commands >/dev/null 2>./complaints", folder, shell);
    int status = system(line);
    if (status != 0) {
        snprintf(line, sizeof line, "cat %s/complaints", folder);
        print_message("%s\n%d", commands, system(line));
    }
    assert_int_equal(status, 0);
}

static void printed_commands_send_what_a_run_sends(void **state) {
    (void)state;
    if (!find_curl()) {
        print_message("curl(1) is neither installed nor could it be unpacked\n");
        skip();
    }
    char error[128];
    text seen = TEXT_EMPTY, real = TEXT_EMPTY;
    http_server *server = http_server_start(NULL, handle, &seen, error, sizeof error);
    assert_non_null(server);
    write_workflow(workflow_steps);
    const char *options = "-i file=@%s/bytes --auth \"key=it's a 'key'\" --auth 'cookie=a b' --auth \"user=me:it's\"";
    text line = TEXT_EMPTY;
    text_append_format(&line, "run %s/w.arazzo.yaml --server %s/base ", folder, http_server_url(server));
    text_append_format(&line, options, folder);
    command_result run = command_run("%s", text_peek(&line));
    if (run.status != 0)
        print_message("%s", run.err);
    assert_int_equal(run.status, 0);
    command_result_free(&run);
    real = seen;
    seen = TEXT_EMPTY;
    assert_true(real.length > 0);

    command_result dry = command_run("%s --dry-run --show-secrets", text_peek(&line));
    assert_int_equal(dry.status, 0);
    assert_int_equal(seen.length, 0);
    assert_non_null(strstr(dry.out, "name=\"file\"; filename=\"bytes\"\\r\\n")); /* the file's own name */
    run_printed(dry.out, "sh");
    if (seen.length != real.length || memcmp(seen.bytes, real.bytes, real.length) != 0)
        print_message("run:\n%s\ncommands:\n%s\n%s\n", text_peek(&real), text_peek(&seen), dry.out);
    assert_int_equal(seen.length, real.length);
    assert_memory_equal(seen.bytes, real.bytes, real.length);
    if (system("command -v bash >/dev/null") == 0) { /* its printf has its own ways */
        text_free(&seen);
        run_printed(dry.out, "bash");
        assert_int_equal(seen.length, real.length);
        assert_memory_equal(seen.bytes, real.bytes, real.length);
    }
    command_result_free(&dry);
    http_server_stop(server);
    text_free(&seen);
    text_free(&real);
    text_free(&line);
}

/* A quote in a secret is written '\'' for the shell, a space %20 in a URL: it is masked all the same. */
static void secrets_are_masked_before_they_are_quoted(void **state) {
    (void)state;
    write_workflow("  - {stepId: a, operationId: text, requestBody: {payload: $inputs.secret}}\n"
                   "  - {stepId: b, operationId: bytes, parameters: [{name: id, in: path, value: $inputs.secret}], "
                   "requestBody: {payload: \"\\0{$inputs.secret}\"}}\n"
                   "  - {stepId: c, operationId: read, parameters: [{name: id, in: path, value: 1}, "
                   "{name: X-Note, in: header, value: \"a {$inputs.secret}\"}]}\n");
    command_result dry =
        command_run("run %s/w.arazzo.yaml --dry-run -i \"secret=hun'ter%%2 \\\\\" --auth \"key=o'ther\" "
                    "--auth cookie=third-one",
                    folder);
    assert_int_equal(dry.status, 0);
    assert_null(strstr(dry.out, "hun"));
    assert_null(strstr(dry.out, "ter"));
    assert_null(strstr(dry.out, "ther"));
    assert_null(strstr(dry.out, "third"));
    assert_non_null(strstr(dry.out, "--data-raw '***'"));
    assert_non_null(strstr(dry.out, "printf -- '\\000***' |"));
    assert_non_null(strstr(dry.out, "-H 'X-Note: a ***'"));
    command_result_free(&dry);
}

/* The names in a document are its author's: none of them becomes a command, or moves the cursor. */
static void no_name_becomes_a_command(void **state) {
    (void)state;
    char steps[600];
    snprintf(
        steps, sizeof steps,
        "  - {stepId: \"a\\ntouch %s/step\\e[2J\", operationId: copy, parameters: [{name: id, in: path, value: 1}]}\n"
        "  - {stepId: b, operationId: evil, parameters: [{name: id, in: path, value: 1}]}\n",
        folder);
    write_workflow(steps);
    command_result dry = command_run("run %s/w.arazzo.yaml --dry-run --server http://127.0.0.1:1", folder);
    assert_non_null(strstr(dry.out, "\n# b: not sent: 'GET; touch "));
    assert_null(strchr(dry.out, '\x1b'));
    assert_non_null(strstr(dry.err, "error[E0231]: 'GET; touch "));
    char line[400];
    write_bytes("commands", dry.out, strlen(dry.out));
    snprintf(line, sizeof line, "PATH=/usr/bin:/bin sh %s/commands >/dev/null 2>&1", folder);
    assert_int_not_equal(system(line), -1);
    assert_false(exists("step"));
    assert_false(exists("method"));
    command_result_free(&dry);
}

/* What only a response can give stands in the command as its expression; data that looks like one stays data. */
static void unknown_values_are_their_expressions(void **state) {
    (void)state;
    write_workflow("  - {stepId: a, operationId: nothing, outputs: {id: $response.body#/id}}\n"
                   "  - {stepId: b, operationId: read, parameters: [{name: id, in: path, value: $steps.a.outputs.id}, "
                   "{name: q, in: query, value: 'x{$steps.a.outputs.id}y{$other}'}, "
                   "{name: session, in: cookie, value: $steps.a.outputs.id}, "
                   "{name: Authorization, in: header, value: 'Bearer {$steps.a.outputs.id}'}]}\n"
                   "  - {stepId: c, operationId: form, requestBody: {payload: {f: $steps.a.outputs.id, g: '{$z}'}}}\n"
                   "  - {stepId: d, operationId: search, requestBody: {payload: {f: $steps.a.outputs.id, "
                   "g: '%7B%24steps.a.outputs.id%7D'}}}\n");
    command_result dry = command_run("run %s/w.arazzo.yaml --dry-run", folder);
    static const char *const wanted[] = {
        "/base/things/{$steps.a.outputs.id}?q=x{$steps.a.outputs.id}y%7B%24other%7D'",
        "-H 'Cookie: session={$steps.a.outputs.id}'",
        "-H 'Authorization: Bearer {$steps.a.outputs.id}'",
        "--data-raw 'f={$steps.a.outputs.id}&g=%7B%24z%7D'",
        "--data-raw '{\"f\":\"{$steps.a.outputs.id}\",\"g\":\"%7B%24steps.a.outputs.id%7D\"}'",
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (strstr(dry.out, wanted[i]) == NULL)
            print_message("%s\n%s", wanted[i], dry.out);
        assert_non_null(strstr(dry.out, wanted[i]));
    }
    assert_int_equal(dry.status, 0);
    command_result_free(&dry);
}

static void what_belongs_to_the_connection_is_an_option(void **state) {
    (void)state;
    write_workflow("  - {stepId: a, operationId: head}\n");
    command_result dry =
        command_run("run %s/w.arazzo.yaml --dry-run --server https://localhost/a/../b --cert c.pem --key "
                    "\"it's.pem\" --cacert ca.pem",
                    folder);
    assert_int_equal(dry.status, 0);
    assert_string_equal(dry.out, "# a\ncurl --path-as-is --head 'https://localhost/a/../b/upload' \\\n"
                                 "  --cert 'c.pem' \\\n  --key 'it'\\''s.pem' \\\n  --cacert 'ca.pem'\n");
    command_result_free(&dry);
}

/* A file's bytes go out as they are (see above); in what is written as JSON they are text, and no body of JSON has
 * them. */
static void bytes_of_a_file_are_no_json(void **state) {
    (void)state;
    write_workflow("  - {stepId: a, operationId: bytes, parameters: [{name: id, in: path, value: 1}], "
                   "requestBody: {payload: $inputs.file}, outputs: {file: 'a{$inputs.file}'}}\n"
                   "  - {stepId: b, operationId: search, requestBody: {payload: {a: [$inputs.file]}}}\n");
    command_result run = command_run("run %s/w.arazzo.yaml --mock -i file=@%s/bytes --format json", folder, folder);
    assert_int_equal(run.status, 1);
    json_error_t error;
    json_t *report = json_loads(run.out, JSON_ALLOW_NUL, &error), *steps = NULL;
    if (report == NULL)
        print_message("%s\n%s", error.text, run.out);
    assert_int_equal(json_unpack(report, "{s:[{s:o}]}", "workflows", "steps", &steps), 0);
    assert_string_equal(json_string_value(json_object_get(json_array_get(steps, 0), "status")), "success");
    const char *file = json_string_value(json_object_get(json_object_get(json_array_get(steps, 0), "outputs"), "file"));
    assert_non_null(file);
    assert_int_equal(file[0], 'a');
    assert_non_null(strstr(run.out, "JSON cannot carry bytes that are no UTF-8: give them as Base64"));
    json_decref(report);
    command_result_free(&run);
    run = command_run("run %s/w.arazzo.yaml --mock -i file=\"$(printf '\\377')\"", folder);
    assert_int_equal(run.status, 2);
    assert_non_null(strstr(run.err, "the input 'file' is not UTF-8"));
    command_result_free(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(printed_commands_send_what_a_run_sends),
        cmocka_unit_test(secrets_are_masked_before_they_are_quoted),
        cmocka_unit_test(no_name_becomes_a_command),
        cmocka_unit_test(unknown_values_are_their_expressions),
        cmocka_unit_test(what_belongs_to_the_connection_is_an_option),
        cmocka_unit_test(bytes_of_a_file_are_no_json),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
