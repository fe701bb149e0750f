/*
 * http_chaos.c: requests, samples and the mock's answers when memory is short. The server that is asked is another
 * process, whose memory is not.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/schema/sample.h"
#include "http/client.h"
#include "http/mock_internal.h"
#include "tests/chaos/chaos.h"

static char url[128];

/* ---- The client ---- */

static void answer(void *user, const http_incoming *request, arena *memory, http_answer *out) {
    (void)user;
    bool redirect = strcmp(request->target, "/redirect") == 0;
    out->response = (http_response){.status = redirect ? 302 : 200, .body = "there", .body_length = 5};
    http_headers_add(&out->response.headers, memory, redirect ? "Location" : "X-A", "/there");
}

/* Serves until the pipe is closed; writes its URL first. */
static void serve(int out, int until) {
    char error[256], byte;
    http_server *server = http_server_start(NULL, answer, NULL, error, sizeof error);
    if (server != NULL && write(out, http_server_url(server), strlen(http_server_url(server))) > 0)
        (void)!read(until, &byte, 1);
    _exit(0);
}

static pid_t start_server(int *stop) {
    int said[2], until[2];
    if (pipe(said) != 0 || pipe(until) != 0)
        return -1;
    pid_t child = fork();
    if (child == 0) {
        close(said[0]);
        close(until[1]);
        serve(said[1], until[0]);
    }
    close(said[1]);
    close(until[0]);
    *stop = until[1];
    ssize_t length = read(said[0], url, sizeof url - 1);
    close(said[0]);
    return length <= 0 ? -1 : child;
}

typedef struct outcome {
    bool done;
    bool right; /* the response that was sent, or a sentence why there is none */
} outcome;

static void judge(void *user, const http_result *result) {
    outcome *at = user;
    const http_response *response = result->response;
    at->done = true;
    at->right = response == NULL
                    ? result->error != NULL && result->error[0] != '\0'
                    : result->error == NULL && response->status == 200 && response->body_length == 5 &&
                          strcmp(response->body, "there") == 0 && http_headers_get(&response->headers, "X-A") != NULL;
}

static bool ask_once(http_client *client, const char *path, arena *memory) {
    char target[160];
    outcome at = {.done = false};
    snprintf(target, sizeof target, "%s%s", url, path);
    http_request request = {.method = "POST", .url = target, .body = "{}", .body_length = 2};
    if (!http_headers_add(&request.headers, memory, "Content-Type", "application/json") ||
        !http_client_send(client, &request, memory, judge, &at))
        return true;
    while (!at.done)
        http_client_poll(client, 1);
    return at.right;
}

static bool ask(const char *path) {
    http_client_options options = {.follow_redirects = true, .timeout = 10};
    http_client *client = http_client_new(&options);
    arena *memory = arena_new();
    bool right = client == NULL || memory == NULL || (ask_once(client, path, memory) && ask_once(client, path, memory));
    http_client_free(client);
    arena_free(memory);
    return right;
}

static bool ask_plainly(void) {
    return ask("/there");
}

static bool ask_and_follow(void) {
    return ask("/redirect");
}

/* ---- Samples and answers ---- */

static const char api_text[] =
    "openapi: 3.1.0\n"
    "security: [{key: []}]\n"
    "paths:\n"
    "  /a:\n"
    "    get:\n"
    "      responses:\n"
    "        '200':\n"
    "          headers: {X-A: {schema: {type: array, items: {type: integer}}}}\n"
    "          content: {application/json: {schema: {allOf: [{type: object, properties: {a: {type: string, pattern: "
    "'^[A-Z]{3}$'}}}, {oneOf: [{type: object, required: [k], properties: {b: {enum: [x]}}}]}]}}}\n"
    "components: {securitySchemes: {key: {type: apiKey, in: query, name: k}}}\n";

static document *owner;
static api *description;

static bool sample_well(void) {
    const char *pointer = "/paths/~1a/get/responses/200/content/application~1json/schema";
    located schema = {owner, node_at(document_root(owner), pointer, strlen(pointer))};
    json_t *value = sample_schema(description, schema);
    json_t *right = value == NULL ? NULL : json_pack("{s:s,s:s,s:s}", "a", "AAA", "b", "x", "k", "string");
    bool same = right != NULL && json_equal(value, right);
    json_decref(value);
    json_decref(right);
    return same;
}

/* An answer that is whole, or 500, or one that lacks what could not be made; never a broken one. */
static bool answer_operation(void) {
    arena *memory = arena_new();
    if (memory == NULL)
        return true;
    const char *challenge;
    http_incoming request = {.method = "GET", .target = "/a", .body = ""};
    http_answer made = {.response = {.status = 500, .body = ""}};
    const operation *op = api_operation(description, 0);
    bool right = mock_missing_credentials(op, &request, memory, &challenge) != NULL;
    mock_answer_operation(op, &request, memory, &made);
    right = right && (made.response.status == 200 || made.response.status == 500) && made.response.body != NULL &&
            strlen(made.response.body) == made.response.body_length;
    mock_answer_problem(memory, &made, 404, "no operation has the path");
    right = right && (made.response.status == 404 || made.response.status == 500);
    arena_free(memory);
    return right;
}

static void *do_nothing(void *user) {
    return user;
}

/* The C library keeps what a thread that has ended had, for the next one: libcurl may want a thread to resolve names.
 */
static void warm_up_threads(void) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, do_nothing, NULL) == 0)
        pthread_join(thread, NULL);
}

int main(void) {
    static const chaos_case cases[] = {
        {.name = "a request is sent", .run = ask_plainly, .quiet = true},
        {.name = "a redirect is followed", .run = ask_and_follow, .quiet = true},
        {.name = "a sample is made", .run = sample_well},
        {.name = "an answer is made", .run = answer_operation, .quiet = true},
        {.name = NULL},
    };
    int stop = -1, status = 1;
    pid_t child = start_server(&stop);
    diagnostics list;
    warm_up_threads();
    if (child > 0 && diagnostics_init(&list)) {
        owner = document_parse(api_text, strlen(api_text), "api.yaml", NULL, &list);
        description = owner == NULL ? NULL : api_open(owner, "file:///api.yaml", NULL, &list);
        if (description != NULL)
            status = chaos_run(cases);
        api_free(description);
        document_free(owner);
        diagnostics_free(&list);
    }
    close(stop);
    if (child > 0)
        waitpid(child, NULL, 0);
    return status;
}
