/* stage.c: a handler for http/server.h that answers from a list of rules. Called from one thread at a time. */
#include "tests/conformance/driver/stage.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http/server.h"
#include "tests/conformance/driver/target.h"

struct stage {
    http_server *server;
    int deaf; /* a socket that is bound and doesn't listen: its port refuses connections and nobody else gets it */
    char nowhere[64];
    const json_t *script;
    const json_t *served;
    size_t *used; /* how often each rule has answered */
    json_t *requests;
    bool no_memory;
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static json_t *note(stage *at, const http_incoming *request) {
    json_t *headers = json_array();
    for (size_t i = 0; i < request->headers.count; i++)
        json_array_append_new(
            headers, json_pack("[s+, s+]", request->headers.items[i].name, "", request->headers.items[i].value, ""));
    json_t *noted = json_pack("{s:s, s:s, s:o, s:f}", "method", request->method, "target", request->target, "headers",
                              headers, "at", now());
    json_t *body = json_stringn_nocheck(request->body == NULL ? "" : request->body, request->body_length);
    if (json_object_set_new(noted, "body", body) != 0 || json_array_append(at->requests, noted) != 0)
        at->no_memory = true;
    json_decref(noted); /* the list holds it */
    return at->no_memory ? NULL : noted;
}

/* ---- Which answer ---- */

static bool may_answer_again(const stage *at, size_t index, const json_t *rule) {
    const json_t *times = json_object_get(rule, "times");
    if (json_is_string(times))
        return true; /* always */
    return at->used[index] < (times == NULL ? 1 : (size_t)json_integer_value(times));
}

/* The first rule that is for this request and not used up. */
static const json_t *find_rule(stage *at, const http_incoming *request) {
    size_t i;
    json_t *rule;
    json_array_foreach((json_t *)at->script, i, rule) {
        const char *line = json_string_value(json_object_get(rule, "request"));
        if (!may_answer_again(at, i, rule) ||
            (line != NULL && !request_line_admits(line, request->method, request->target)))
            continue;
        at->used[i]++;
        return rule;
    }
    return NULL;
}

static const json_t *find_document(const stage *at, const http_incoming *request) {
    size_t length = strcspn(request->target, "?");
    if (strcmp(request->method, "GET") != 0 || length < 2)
        return NULL;
    return json_object_getn(at->served, request->target + 1, length - 1);
}

/* ---- Answering ---- */

static void set_body(arena *memory, http_response *response, const char *bytes, size_t length) {
    char *copy = bytes == NULL ? NULL : arena_copy(memory, bytes, length);
    response->body = copy == NULL ? "" : copy;
    response->body_length = copy == NULL ? 0 : length;
}

static void set_headers(arena *memory, http_response *response, const json_t *headers) {
    const char *name;
    json_t *value, *item;
    size_t i;
    json_object_foreach((json_t *)headers, name, value) {
        if (json_is_string(value))
            http_headers_add(&response->headers, memory, name, json_string_value(value));
        json_array_foreach(value, i, item) {
            http_headers_add(&response->headers, memory, name, json_string_value(item));
        }
    }
}

static void answer_by(const json_t *rule, arena *memory, http_answer *answer) {
    http_response *response = &answer->response;
    const json_t *status = json_object_get(rule, "status"), *json = json_object_get(rule, "json");
    const json_t *body = json_object_get(rule, "body"), *delay = json_object_get(rule, "delay");
    const char *connection = json_string_value(json_object_get(rule, "connection"));
    response->status = status == NULL ? 200 : (int)json_integer_value(status);
    set_headers(memory, response, json_object_get(rule, "headers"));
    if (json != NULL) {
        char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
        set_body(memory, response, text, text == NULL ? 0 : strlen(text));
        free(text);
        if (http_headers_get(&response->headers, "Content-Type") == NULL)
            http_headers_add(&response->headers, memory, "Content-Type", "application/json");
    } else {
        set_body(memory, response, json_string_value(body), json_string_length(body));
    }
    answer->delay = json_number_value(delay);
    answer->no_answer = connection != NULL && strcmp(connection, "close") == 0;
    answer->close_early = connection != NULL && strcmp(connection, "cut") == 0;
}

static void handle(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    stage *at = user;
    const json_t *document = find_document(at, request);
    if (document != NULL) {
        answer->response.status = 200;
        set_body(memory, &answer->response, json_string_value(document), json_string_length(document));
        return;
    }
    json_t *noted = note(at, request);
    const json_t *rule = find_rule(at, request);
    if (rule != NULL) {
        answer_by(rule, memory, answer);
    } else {
        static const char sentence[] = "the script of this case has no answer for this request\n";
        set_body(memory, &answer->response, sentence, sizeof sentence - 1);
        json_object_set_new(noted, "unexpected", json_true());
    }
}

/* ---- Opening and closing ---- */

/* Binds a socket without listening on it; false when it cannot. */
static bool open_nowhere(stage *at) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at->deaf = socket(AF_INET, SOCK_STREAM, 0);
    if (at->deaf < 0 || bind(at->deaf, (struct sockaddr *)&address, size) != 0 ||
        getsockname(at->deaf, (struct sockaddr *)&address, &size) != 0)
        return false;
    snprintf(at->nowhere, sizeof at->nowhere, "http://127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
    return true;
}

stage *stage_open(char *error, size_t error_size) {
    stage *at = calloc(1, sizeof *at);
    if (at == NULL) {
        snprintf(error, error_size, "memory ran short");
        return NULL;
    }
    at->deaf = -1;
    at->requests = json_array();
    if (at->requests == NULL || !open_nowhere(at))
        snprintf(error, error_size, "no address could be had on loopback");
    else
        at->server = http_server_start(NULL, handle, at, error, error_size);
    if (at->server != NULL)
        return at;
    json_decref(stage_close(at));
    return NULL;
}

const char *stage_server(const stage *at) {
    return http_server_url(at->server);
}

const char *stage_nowhere(const stage *at) {
    return at->nowhere;
}

void stage_play(stage *at, const json_t *script, const json_t *served) {
    at->script = script;
    at->served = served;
    at->used = calloc(json_array_size(script) + 1, sizeof *at->used);
    if (at->used == NULL) {
        at->no_memory = true;
        at->script = NULL;
    }
}

json_t *stage_close(stage *at) {
    if (at == NULL)
        return NULL;
    http_server_stop(at->server);
    if (at->deaf >= 0)
        close(at->deaf);
    json_t *requests = at->requests;
    if (at->no_memory) {
        json_decref(requests);
        requests = NULL;
    }
    free(at->used);
    free(at);
    return requests;
}
