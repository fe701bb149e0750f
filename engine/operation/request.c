/*
 * request.c: from an operation and what a step gives to a request: pure, nothing is sent.
 *
 * Diagnostics: E0220 a path parameter without a value (S5), E0221 a required parameter that nobody gives (S28), E0222 a
 * value that cannot be written, E0223 a body that cannot be written, W0224 a parameter left out (S5), W0225 a parameter
 * that the operation does not declare (S28), E0226 a path segment that would climb.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/operation/operation_internal.h"

typedef struct assembly {
    const request_order *order;
    arena *memory;
    diagnostics *list;
    http_request *out;
    text query;
    text cookie;
} assembly;

static bool reaches_nothing(const argument *given) {
    return given->value == NULL || json_is_null(given->value);
}

static operation_parameter undeclared(const argument *given) {
    operation_parameter made = {.name = given->name, .in = given->in, .style = STYLE_FORM};
    if (given->in == PARAMETER_PATH || given->in == PARAMETER_HEADER)
        made.style = STYLE_SIMPLE;
    made.explode = made.style == STYLE_FORM;
    return made;
}

/* Headers that HTTP itself knows may be given without being declared (S27). */
static bool is_known_header(const argument *given) {
    static const char *const names[] = {"Accept", "Content-Type", "Authorization", "User-Agent",
                                        "Cookie", "If-Match",     "If-None-Match"};
    for (size_t i = 0; given->in == PARAMETER_HEADER && i < sizeof names / sizeof *names; i++)
        if (strcasecmp(given->name, names[i]) == 0)
            return true;
    return false;
}

static void warn_undeclared(assembly *a, const argument *given) {
    const operation *op = a->order->op;
    if (!is_known_header(given))
        diagnose(a->list, "W0225", given->where, NULL, "%s %s declares no %s parameter '%s'; it is sent all the same",
                 op->method, op->path, parameter_location_name(given->in), given->name);
}

/* The value as its place and style write it, in `out`. False after adding an error. */
static bool write_argument(assembly *a, const argument *given, text *out) {
    const operation_parameter *declared = operation_parameter_named(a->order->op, given->name, given->in);
    operation_parameter made;
    if (declared == NULL) {
        warn_undeclared(a, given);
        made = undeclared(given);
        declared = &made;
    }
    char error[160];
    if (parameter_serialize(declared, given->value, out, error, sizeof error))
        return true;
    diagnose(a->list, "E0222", given->where, NULL, "the %s parameter '%s' cannot be sent: %s",
             parameter_location_name(given->in), given->name, error);
    return false;
}

/* ---- Path ---- */

static const argument *find_argument(const request_order *order, const char *name, size_t length,
                                     parameter_location in) {
    for (size_t i = 0; i < order->argument_count; i++)
        if (order->arguments[i].in == in && strlen(order->arguments[i].name) == length &&
            memcmp(order->arguments[i].name, name, length) == 0)
            return &order->arguments[i];
    return NULL;
}

static bool append_path_parameter(assembly *a, const char *name, size_t length, text *out) {
    const argument *given = find_argument(a->order, name, length, PARAMETER_PATH);
    size_t before = out->length;
    if (given == NULL)
        diagnose(a->list, "E0221", a->order->where, NULL,
                 "%s %s needs the path parameter '%.*s', and the step does not give it", a->order->op->method,
                 a->order->op->path, (int)length, name);
    else if (reaches_nothing(given))
        diagnose(a->list, "E0220", given->where, NULL,
                 "the path parameter '%s' has no value, so the request is not sent", given->name);
    else if (write_argument(a, given, out)) {
        if (out->length > before)
            return true;
        diagnose(a->list, "E0220", given->where, NULL, "the path parameter '%s' is empty, so the request is not sent",
                 given->name);
    }
    return false;
}

/* A segment that is `.` or `..` would be taken out of the URL on its way, and the request go elsewhere. */
static bool refuse_climbing(assembly *a, const char *path) {
    for (const char *segment = path; *segment == '/'; segment += 1 + strcspn(segment + 1, "/")) {
        size_t length = strcspn(segment + 1, "/");
        if ((length == 1 && segment[1] == '.') || (length == 2 && segment[1] == '.' && segment[2] == '.')) {
            diagnose(a->list, "E0226", a->order->where, NULL,
                     "a path parameter makes the path '%s', which would lead to another one", path);
            return false;
        }
    }
    return true;
}

static bool append_path(assembly *a, text *url) {
    text path = TEXT_EMPTY;
    bool right = true;
    for (const char *at = a->order->op->path; right && *at != '\0';) {
        size_t plain = strcspn(at, "{");
        text_append(&path, at, plain);
        at += plain;
        size_t length = *at == '{' ? strcspn(at + 1, "}") : 0;
        if (*at == '{' && at[length + 1] == '}') {
            right = append_path_parameter(a, at + 1, length, &path);
            at += length + 2;
        } else if (*at == '{') {
            text_append_char(&path, *at++);
        }
    }
    right = right && refuse_climbing(a, text_peek(&path));
    text_append(url, text_peek(&path), path.length);
    url->failed = url->failed || path.failed;
    text_free(&path);
    return right;
}

/* ---- Query, headers, cookies ---- */

static bool is_token(const char *name) {
    if (*name == '\0')
        return false;
    for (; *name != '\0'; name++)
        if (!isalnum((unsigned char)*name) && strchr("!#$%&'*+-.^_`|~", *name) == NULL)
            return false;
    return true;
}

static bool add_header(assembly *a, const argument *given, const text *value) {
    if (!is_token(given->name)) {
        diagnose(a->list, "E0222", given->where, NULL, "'%s' is no name for a header", given->name);
        return false;
    }
    if (!value->failed && http_headers_add(&a->out->headers, a->memory, given->name, text_peek(value)))
        return true;
    a->list->no_memory = true;
    return false;
}

static bool add_argument(assembly *a, const argument *given) {
    text value = TEXT_EMPTY;
    bool right = write_argument(a, given, &value);
    text *list = given->in == PARAMETER_COOKIE ? &a->cookie : &a->query;
    if (right && given->in == PARAMETER_HEADER) {
        right = add_header(a, given, &value);
    } else if (right && value.length > 0) {
        if (list->length > 0)
            text_append_string(list, given->in == PARAMETER_COOKIE ? "; " : "&");
        text_append(list, text_peek(&value), value.length);
    }
    if (value.failed)
        a->list->no_memory = true;
    text_free(&value);
    return right;
}

static bool add_arguments(assembly *a) {
    for (size_t i = 0; i < a->order->argument_count; i++) {
        const argument *given = &a->order->arguments[i];
        if (given->in == PARAMETER_PATH)
            continue;
        if (reaches_nothing(given)) {
            diagnose(a->list, "W0224", given->where, NULL, "the %s parameter '%s' has no value and is left out",
                     parameter_location_name(given->in), given->name);
            continue;
        }
        if (!add_argument(a, given))
            return false;
    }
    return true;
}

static bool has_argument(const request_order *order, const operation_parameter *declared) {
    for (size_t i = 0; i < order->argument_count; i++) {
        const argument *given = &order->arguments[i];
        bool same = declared->in == PARAMETER_HEADER ? strcasecmp(given->name, declared->name) == 0
                                                     : strcmp(given->name, declared->name) == 0;
        if (given->in == declared->in && same)
            return true;
    }
    return false;
}

static bool check_required(assembly *a) {
    bool right = true;
    for (size_t i = 0; i < operation_parameter_count(a->order->op); i++) {
        const operation_parameter *declared = operation_parameter_at(a->order->op, i);
        if (!declared->required || declared->in == PARAMETER_PATH || has_argument(a->order, declared))
            continue;
        diagnose(a->list, "E0221", a->order->where, NULL,
                 "%s %s needs the %s parameter '%s', and the step does not give it", a->order->op->method,
                 a->order->op->path, parameter_location_name(declared->in), declared->name);
        right = false;
    }
    return right;
}

/* ---- Body ---- */

static bool media_range_is(const char *range, const char *name) {
    size_t length = strcspn(name, "; \t"), range_length = strcspn(range, "; \t");
    return length == range_length && strncasecmp(range, name, length) == 0;
}

static bool is_json_type(const char *name) {
    return strstr(name, "json") != NULL;
}

/* The media type: the step's, else one of the operation's: the payload decides, else JSON, else the first. */
static const char *choose_media_type(const request_order *order, const media_type **declared) {
    const operation *op = order->op;
    *declared = NULL;
    for (size_t i = 0; i < operation_body_count(op); i++) {
        const media_type *at = operation_body_at(op, i);
        bool structure = json_is_object(order->payload) || json_is_array(order->payload);
        bool fits = order->content_type != NULL ? media_range_is(at->name, order->content_type)
                                                : structure == is_json_type(at->name) || operation_body_count(op) == 1;
        if (fits) {
            *declared = at;
            break;
        }
    }
    if (order->content_type != NULL)
        return order->content_type;
    if (*declared == NULL && operation_body_count(op) > 0)
        *declared = operation_body_at(op, 0);
    if (*declared == NULL || strchr((*declared)->name, '*') != NULL)
        return json_is_string(order->payload) && *declared != NULL ? "text/plain" : "application/json";
    return (*declared)->name;
}

static bool add_body(assembly *a) {
    if (a->order->payload == NULL)
        return true;
    const media_type *declared;
    const char *name = choose_media_type(a->order, &declared), *content_type;
    char error[160] = "";
    text body = TEXT_EMPTY;
    bool right = body_serialize(a->order->op->description, name, declared, a->order->payload, a->memory, &body,
                                &content_type, error, sizeof error);
    if (!right)
        diagnose(a->list, "E0223", a->order->where, NULL, "the body cannot be sent as %s: %s", name, error);
    if (strpbrk(content_type == NULL ? "" : content_type, "\r\n") != NULL) {
        diagnose(a->list, "E0223", a->order->where, NULL, "the content type holds a line break");
        right = false;
    }
    if (right) {
        a->out->body_length = body.length;
        a->out->body = body.failed ? NULL : arena_copy(a->memory, text_peek(&body), body.length);
        bool given = http_headers_get(&a->out->headers, "Content-Type") != NULL;
        if (a->out->body == NULL ||
            (!given && !http_headers_add(&a->out->headers, a->memory, "Content-Type", content_type)))
            a->list->no_memory = true;
    }
    text_free(&body);
    return right && !a->list->no_memory;
}

/* ---- The whole ---- */

static const char *server_of(assembly *a) {
    if (a->order->server != NULL)
        return a->order->server;
    return operation_server(a->order->op, a->memory, a->list);
}

static bool assemble_url(assembly *a, text *url) {
    const char *server = server_of(a);
    if (server == NULL)
        return false;
    size_t length = strcspn(server, "?#");
    while (length > 0 && server[length - 1] == '/')
        length--;
    text_append(url, server, length);
    if (!append_path(a, url) || !add_arguments(a))
        return false;
    if (a->query.length > 0) {
        text_append_char(url, strchr(a->order->op->path, '?') != NULL ? '&' : '?');
        text_append(url, text_peek(&a->query), a->query.length);
    }
    return true;
}

bool request_build(const request_order *order, arena *memory, diagnostics *list, http_request *out) {
    *out = (http_request){.method = order->op->method};
    assembly a = {.order = order, .memory = memory, .list = list, .out = out};
    text url = TEXT_EMPTY;
    if (!operation_prepare(order->op, list))
        return false;
    bool right = check_required(&a);
    right = assemble_url(&a, &url) && right;
    if (right && a.cookie.length > 0 &&
        (a.cookie.failed || !http_headers_add(&out->headers, memory, "Cookie", text_peek(&a.cookie))))
        list->no_memory = true;
    right = right && add_body(&a);
    if (right) {
        out->url = url.failed || a.query.failed ? NULL : arena_copy(memory, text_peek(&url), url.length);
        if (out->url == NULL)
            list->no_memory = true;
    }
    text_free(&url);
    text_free(&a.query);
    text_free(&a.cookie);
    return right && !list->no_memory;
}
