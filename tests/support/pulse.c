/* pulse.c: the operations of specs/prisma/openapi/prisma-pulse-openapi.yml over a list of streams. */
#include "tests/support/pulse.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

const char pulse_event_id[] = "01HXDGZ4R4QJ2T6P9V8K7M3N5B";

struct pulse {
    http_server *server;
    const char *key;
    pulse_cursor cursor;
    json_t *streams;
    text requests;
    pthread_mutex_t lock;
};

static void answer_json(arena *memory, http_answer *answer, int status, json_t *body) {
    char *shown = body == NULL ? NULL : json_dumps(body, JSON_COMPACT);
    json_decref(body);
    answer->response.status = status;
    answer->response.body = shown == NULL ? "" : arena_copy(memory, shown, strlen(shown));
    answer->response.body_length = shown == NULL ? 0 : strlen(shown);
    http_headers_add(&answer->response.headers, memory, "Content-Type", "application/json");
    free(shown);
}

static void answer_error(arena *memory, http_answer *answer, int status, const char *code) {
    answer_json(memory, answer, status, json_pack("{s:s, s:s}", "code", code, "message", code));
}

static json_t *find_stream(pulse *serving, const char *name, size_t *index) {
    json_t *stream;
    for (*index = 0; (stream = json_array_get(serving->streams, *index)) != NULL; ++*index) {
        if (strcmp(json_string_value(json_object_get(stream, "name")), name) == 0)
            return stream;
    }
    return NULL;
}

static void create_stream(pulse *serving, const http_incoming *request, arena *memory, http_answer *answer) {
    json_t *wanted = json_loadb(request->body, request->body_length, 0, NULL);
    const char *name = json_string_value(json_object_get(wanted, "name"));
    const char *model = json_string_value(json_object_get(wanted, "model"));
    size_t index;
    if (name == NULL || model == NULL) {
        answer_error(memory, answer, 400, "BAD_REQUEST");
    } else if (find_stream(serving, name, &index) != NULL) {
        answer_error(memory, answer, 409, "STREAM_EXISTS");
    } else {
        json_t *made = json_pack("{s:s, s:s, s:s, s:s}", "name", name, "model", model, "status", "active", "createdAt",
                                 "2024-05-01T12:00:00Z");
        json_array_append(serving->streams, made);
        answer_json(memory, answer, 201, made);
    }
    json_decref(wanted);
}

/* By the time that the streams are listed, somebody has consumed an event of each, or nobody has. */
static void list_streams(pulse *serving, arena *memory, http_answer *answer) {
    json_t *data = json_array(), *stream;
    size_t index;
    json_array_foreach(serving->streams, index, stream) {
        json_t *shown = json_copy(stream);
        if (serving->cursor == PULSE_CURSOR)
            json_object_set_new(shown, "cursor", json_string(pulse_event_id));
        if (serving->cursor == PULSE_CURSOR_NULL)
            json_object_set_new(shown, "cursor", json_null());
        if (serving->cursor != PULSE_NO_STREAMS)
            json_array_append(data, shown);
        json_decref(shown);
    }
    answer_json(memory, answer, 200, json_pack("{s:o}", "data", data));
}

static void get_event(const char *id, arena *memory, http_answer *answer) {
    if (strcmp(id, pulse_event_id) != 0)
        answer_error(memory, answer, 404, "NOT_FOUND");
    else
        answer_json(memory, answer, 200,
                    json_pack("{s:s, s:s, s:s, s:{s:i}}", "id", id, "action", "create", "modelName", "User", "created",
                              "id", 1));
}

static void delete_stream(pulse *serving, const char *name, arena *memory, http_answer *answer) {
    size_t index;
    if (find_stream(serving, name, &index) == NULL) {
        answer_error(memory, answer, 404, "NOT_FOUND");
        return;
    }
    json_array_remove(serving->streams, index);
    answer->response.status = 204;
    answer->response.body = "";
}

static void answer_events(arena *memory, http_answer *answer, bool any) {
    static const char event[] =
        "data: {\"id\":\"01HXDGZ4R4QJ2T6P9V8K7M3N5B\",\"action\":\"create\",\"modelName\":\"User\",\"created\":{"
        "\"id\":1}}\n\n";
    answer->response.status = 200;
    answer->response.body = any ? event : "";
    answer->response.body_length = any ? sizeof event - 1 : 0;
    http_headers_add(&answer->response.headers, memory, "Content-Type", "text/event-stream");
}

/* Everything after the stream's cursor, which moves on; the real service would then keep the connection open. */
static void consume_stream(pulse *serving, const char *rest, arena *memory, http_answer *answer) {
    size_t index;
    char *name = arena_copy(memory, rest, strcspn(rest, "/"));
    json_t *stream = name == NULL ? NULL : find_stream(serving, name, &index);
    if (stream == NULL) {
        answer_error(memory, answer, 404, "NOT_FOUND");
        return;
    }
    bool fresh = json_object_get(stream, "cursor") == NULL;
    json_object_set_new(stream, "cursor", json_string(pulse_event_id));
    answer_events(memory, answer, fresh);
}

static void subscribe(const http_incoming *request, arena *memory, http_answer *answer) {
    json_t *wanted = json_loadb(request->body, request->body_length, 0, NULL);
    if (json_is_string(json_object_get(wanted, "model")))
        answer_events(memory, answer, true);
    else
        answer_error(memory, answer, 400, "BAD_REQUEST");
    json_decref(wanted);
}

static void answer_health(arena *memory, http_answer *answer) {
    answer_json(memory, answer, 200,
                json_pack("{s:s, s:s, s:s}", "status", "healthy", "replicationStatus", "connected", "timestamp",
                          "2024-05-01T12:00:00Z"));
}

static bool key_is_right(const pulse *serving, const http_incoming *request) {
    const char *given = http_headers_get(&request->headers, "Authorization");
    return given != NULL && strncmp(given, "Bearer ", 7) == 0 && strcmp(given + 7, serving->key) == 0;
}

static void note(pulse *serving, const http_incoming *request) {
    const char *key = http_headers_get(&request->headers, "Authorization");
    text_append_format(&serving->requests, "%s %s %s", request->method, request->target, key == NULL ? "-" : key);
    if (request->body_length > 0)
        text_append_format(&serving->requests, " %.*s", (int)request->body_length, request->body);
    text_append_char(&serving->requests, '\n');
}

/* The request line, as the operations of the document have it: what follows the path's start, or NULL. */
static const char *match(const http_incoming *request, const char *method, const char *start, const char *end) {
    size_t whole = strlen(request->target), before = strlen(start), after = strlen(end);
    if (strcmp(request->method, method) != 0 || strncmp(request->target, start, before) != 0 ||
        whole < before + after || strcmp(request->target + whole - after, end) != 0)
        return NULL;
    return request->target + before;
}

static void answer_operation(pulse *serving, const http_incoming *request, arena *memory, http_answer *answer) {
    const char *rest;
    if ((rest = match(request, "GET", "/streams", "")) != NULL && *rest == '\0')
        list_streams(serving, memory, answer);
    else if ((rest = match(request, "POST", "/streams", "")) != NULL && *rest == '\0')
        create_stream(serving, request, memory, answer);
    else if ((rest = match(request, "GET", "/streams/", "/events")) != NULL)
        consume_stream(serving, rest, memory, answer);
    else if ((rest = match(request, "DELETE", "/streams/", "")) != NULL)
        delete_stream(serving, rest, memory, answer);
    else if ((rest = match(request, "POST", "/subscribe", "")) != NULL && *rest == '\0')
        subscribe(request, memory, answer);
    else if ((rest = match(request, "GET", "/events/", "")) != NULL)
        get_event(rest, memory, answer);
    else
        answer_error(memory, answer, 404, "NOT_FOUND");
}

static void handle(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    pulse *serving = user;
    const char *rest = match(request, "GET", "/health", "");
    pthread_mutex_lock(&serving->lock);
    note(serving, request);
    if (rest != NULL && *rest == '\0')
        answer_health(memory, answer);
    else if (!key_is_right(serving, request))
        answer_error(memory, answer, 401, "UNAUTHORIZED");
    else
        answer_operation(serving, request, memory, answer);
    pthread_mutex_unlock(&serving->lock);
}

pulse *pulse_start(const char *key, pulse_cursor cursor) {
    char error[256];
    pulse *serving = calloc(1, sizeof *serving);
    if (serving == NULL)
        return NULL;
    *serving = (pulse){.key = key, .cursor = cursor, .streams = json_array(), .requests = TEXT_EMPTY};
    pthread_mutex_init(&serving->lock, NULL);
    serving->server = http_server_start(NULL, handle, serving, error, sizeof error);
    if (serving->server == NULL || serving->streams == NULL) {
        pulse_stop(serving);
        return NULL;
    }
    return serving;
}

void pulse_stop(pulse *serving) {
    if (serving == NULL)
        return;
    http_server_stop(serving->server);
    pthread_mutex_destroy(&serving->lock);
    json_decref(serving->streams);
    text_free(&serving->requests);
    free(serving);
}

const char *pulse_url(const pulse *serving) {
    return http_server_url(serving->server);
}

char *pulse_requests(pulse *serving) {
    pthread_mutex_lock(&serving->lock);
    text copy = TEXT_EMPTY;
    text_append(&copy, text_peek(&serving->requests), serving->requests.length);
    pthread_mutex_unlock(&serving->lock);
    return text_take(&copy, NULL);
}
