/*
 * server.c: the URL that an operation's path is appended to (S29). Sections "Server Object", "Relative References in
 * API URLs"; Swagger 2.0: `schemes`, `host`, `basePath`.
 */
#include <string.h>
#include <strings.h>

#include "engine/operation/operation_internal.h"
#include "engine/uri.h"

static const char name_it[] = "name the server with --server URL";

/* ---- OpenAPI 3 ---- */

static void check_enum(located server, const char *name, size_t length, const node *variable, const char *value,
                       diagnostics *list) {
    const node *choices = node_get(variable, "enum");
    if (choices == NULL || node_count(choices) == 0)
        return;
    for (size_t i = 0; i < node_count(choices); i++) {
        const char *choice = node_item(choices, i) == NULL ? NULL : node_source(node_item(choices, i), NULL);
        if (choice != NULL && strcmp(choice, value) == 0)
            return;
    }
    diagnose(list, "W0213", node_place(server.owner, node_get(variable, "default")), NULL,
             "the default '%s' of the server's variable '%.*s' is none of the values in its enum", value, (int)length,
             name);
}

static bool append_variable(text *out, located server, const char *name, size_t length, diagnostics *list) {
    const node *variables = node_get(server.value, "variables");
    const node *variable = variables == NULL ? NULL : node_get_sized(variables, name, length);
    const node *preset = variable == NULL ? NULL : node_get(variable, "default");
    const char *value = preset == NULL ? NULL : node_source(preset, NULL);
    if (value == NULL) {
        diagnose(list, "E0211", node_place(server.owner, server.value), name_it,
                 "the server's variable '%.*s' has no default", (int)length, name);
        return false;
    }
    check_enum(server, name, length, variable, value, list);
    text_append_string(out, value);
    return true;
}

/* server-url-template = 1*( literals / server-variable ) */
static bool append_template(text *out, located server, const char *url, diagnostics *list) {
    while (*url != '\0') {
        size_t plain = strcspn(url, "{");
        text_append(out, url, plain);
        url += plain;
        size_t length = *url == '{' ? strcspn(url + 1, "}") : 0;
        if (*url == '\0' || url[length + 1] != '}') {
            text_append_string(out, url);
            break;
        }
        if (!append_variable(out, server, url + 1, length, list))
            return false;
        url += length + 2;
    }
    return true;
}

static located first_server(const operation *op) {
    located holders[] = {
        op->object, op->path_item, op->beside, {op->description->owner, document_root(op->description->owner)}};
    for (size_t i = 0; i < sizeof holders / sizeof *holders; i++) {
        const node *servers = holders[i].value == NULL ? NULL : node_get(holders[i].value, "servers");
        if (servers != NULL && node_item(servers, 0) != NULL)
            return in_document(holders[i], node_item(servers, 0));
    }
    return (located){NULL, NULL};
}

/* ---- Swagger 2.0 ---- */

/* `https` when it is among the schemes, else the first of them that requests can be sent by. */
static const char *choose_scheme(const operation *op) {
    const node *schemes = node_get(op->object.value, "schemes");
    if (schemes == NULL)
        schemes = node_get(document_root(op->description->owner), "schemes");
    const char *chosen = NULL;
    for (size_t i = 0; schemes != NULL && i < node_count(schemes); i++) {
        const char *scheme = node_item(schemes, i) == NULL ? NULL : node_string(node_item(schemes, i), NULL);
        if (scheme != NULL && strcasecmp(scheme, "https") == 0)
            return "https";
        if (scheme != NULL && strcasecmp(scheme, "http") == 0)
            chosen = "http";
    }
    return chosen;
}

/* What is missing comes from the document's own URI. */
static void append_swagger_server(const operation *op, text *out) {
    const node *root = document_root(op->description->owner);
    const char *host = string_field(root, "host"), *base = string_field(root, "basePath");
    const char *scheme = choose_scheme(op), *uri = op->description->uri, *slashes = strstr(uri, "://");
    bool remote = strncmp(uri, "http", 4) == 0 && slashes != NULL;
    if (scheme != NULL)
        text_append_string(out, scheme);
    else if (remote)
        text_append(out, uri, (size_t)(slashes - uri));
    else
        text_append_string(out, "https");
    text_append_string(out, "://");
    if (host != NULL)
        text_append_string(out, host);
    else if (remote)
        text_append(out, slashes + 3, strcspn(slashes + 3, "/?#"));
    else
        text_truncate(out, 0);
    if (base == NULL || base[0] != '/')
        text_append_char(out, '/');
    text_append_string(out, base == NULL ? "" : base);
}

/* ---- Both ---- */

static bool can_be_sent_to(const char *url) {
    return strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0;
}

/* The text as an absolute URL; NULL after a diagnostic. */
static const char *make_absolute(const operation *op, located server, const char *written, arena *memory,
                                 diagnostics *list) {
    const char *base = api_uri_of(op->description, server.owner);
    /* `//host/path` in a file of this machine has no scheme to take over. */
    if (strncmp(written, "//", 2) == 0 && !can_be_sent_to(base))
        base = "https://localhost/";
    bool no_memory;
    const char *made = uri_resolve_reporting(base, written, memory, &no_memory);
    list->no_memory = list->no_memory || no_memory;
    if (no_memory || (made != NULL && can_be_sent_to(made)))
        return made;
    diagnose(list, "E0212", node_place(server.owner, server.value), name_it,
             "%s %s has no server that requests can be sent to: '%s'", op->method, op->path,
             made == NULL ? written : made);
    return NULL;
}

const char *operation_server(const operation *op, arena *memory, diagnostics *list) {
    const document *entry = op->description->owner;
    located server = {entry, document_root(entry)};
    text url = TEXT_EMPTY;
    bool right = true;
    if (op->description->version == API_SWAGGER_2_0) {
        append_swagger_server(op, &url);
    } else if (first_server(op).value != NULL) {
        server = first_server(op);
        const char *written = string_field(server.value, "url");
        right = append_template(&url, server, written == NULL ? "/" : written, list);
    } else {
        text_append_char(&url, '/');
    }
    list->no_memory = list->no_memory || url.failed;
    const char *made = right && !url.failed ? make_absolute(op, server, text_peek(&url), memory, list) : NULL;
    text_free(&url);
    return made;
}
