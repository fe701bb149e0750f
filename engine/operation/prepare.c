/*
 * prepare.c: what an operation declares: parameters with their styles, media types of its body, servers. Sections
 * "Parameter Object", "Request Body Object", "Server Object"; for Swagger 2.0 "Parameter Object" and `consumes`.
 *
 * Diagnostics: W0210 a parameter that cannot be read, E0211 a server variable without a value, E0212 no server to send
 * to.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/operation/operation_internal.h"
#include "engine/uri.h"

static const char *const locations[] = {"path", "query", "querystring", "header", "cookie"};

const char *parameter_location_name(parameter_location in) {
    return locations[in];
}

bool parameter_location_from(const char *name, parameter_location *in) {
    for (size_t i = 0; i < sizeof locations / sizeof *locations; i++)
        if (strcmp(locations[i], name) == 0) {
            *in = (parameter_location)i;
            return true;
        }
    return false;
}

/* ---- Styles ---- */

static const struct {
    const char *name;
    parameter_style style;
} styles[] = {{"simple", STYLE_SIMPLE},
              {"label", STYLE_LABEL},
              {"matrix", STYLE_MATRIX},
              {"form", STYLE_FORM},
              {"spaceDelimited", STYLE_SPACE_DELIMITED},
              {"pipeDelimited", STYLE_PIPE_DELIMITED},
              {"deepObject", STYLE_DEEP_OBJECT},
              {"cookie", STYLE_COOKIE}};

/* Swagger 2.0's collectionFormat. */
static const struct {
    const char *name;
    parameter_style style;
    bool explode;
} formats[] = {{"csv", STYLE_FORM, false},
               {"ssv", STYLE_SPACE_DELIMITED, false},
               {"tsv", STYLE_TAB_DELIMITED, false},
               {"pipes", STYLE_PIPE_DELIMITED, false},
               {"multi", STYLE_FORM, true}};

static parameter_style default_style(parameter_location in) {
    return in == PARAMETER_PATH || in == PARAMETER_HEADER ? STYLE_SIMPLE : STYLE_FORM;
}

static const char *string_field(const node *object, const char *name) {
    const node *value = node_get(object, name);
    return value == NULL ? NULL : node_string(value, NULL);
}

static void read_style(const operation *op, const node *object, operation_parameter *made) {
    made->style = default_style(made->in);
    made->explode = made->style == STYLE_FORM;
    if (op->description->version == API_SWAGGER_2_0) {
        const char *format = string_field(object, "collectionFormat");
        made->explode = false;
        for (size_t i = 0; format != NULL && i < sizeof formats / sizeof *formats; i++)
            if (strcmp(formats[i].name, format) == 0) {
                bool comma = formats[i].style == STYLE_FORM && !formats[i].explode;
                made->style = comma ? default_style(made->in) : formats[i].style;
                made->explode = formats[i].explode;
            }
        return;
    }
    const char *style = string_field(object, "style");
    for (size_t i = 0; style != NULL && i < sizeof styles / sizeof *styles; i++)
        if (strcmp(styles[i].name, style) == 0)
            made->style = styles[i].style;
    const node *explode = node_get(object, "explode"), *reserved = node_get(object, "allowReserved");
    made->explode = explode != NULL ? node_boolean(explode) : made->style == STYLE_FORM || made->style == STYLE_COOKIE;
    made->allow_reserved = reserved != NULL && node_boolean(reserved);
}

/* ---- Parameters ---- */

static located in_document(located parent, const node *value) {
    return (located){value == NULL ? NULL : parent.owner, value};
}

static bool read_parameter(const operation *op, located object, operation_parameter *made) {
    const char *name = string_field(object.value, "name"), *in = string_field(object.value, "in");
    *made = (operation_parameter){.name = name, .object = object};
    if (name == NULL || in == NULL || !parameter_location_from(in, &made->in))
        return false;
    const node *required = node_get(object.value, "required"), *content = node_get(object.value, "content");
    made->required = made->in == PARAMETER_PATH || (required != NULL && node_boolean(required));
    read_style(op, object.value, made);
    /* Swagger 2.0 writes the schema's keywords into the parameter itself. */
    made->schema =
        op->description->version == API_SWAGGER_2_0 ? object : in_document(object, node_get(object.value, "schema"));
    if (content != NULL && node_count(content) > 0) {
        made->content_type = node_string(node_key(content, 0), NULL);
        made->schema = in_document(object, node_get(node_value(content, 0), "schema"));
    }
    return true;
}

static bool is_ignored_header(const operation_parameter *made) {
    static const char *const names[] = {"accept", "content-type", "authorization"};
    for (size_t i = 0; made->in == PARAMETER_HEADER && i < sizeof names / sizeof *names; i++)
        if (strcasecmp(made->name, names[i]) == 0)
            return true;
    return false;
}

static bool is_body(const operation *op, const node *object) {
    const char *in = string_field(object, "in");
    return op->description->version == API_SWAGGER_2_0 && in != NULL &&
           (strcmp(in, "body") == 0 || strcmp(in, "formData") == 0);
}

static operation_parameter *find_parameter(const operation_details *details, const char *name, parameter_location in) {
    for (size_t i = 0; i < details->parameter_count; i++)
        if (details->parameters[i].in == in && strcmp(details->parameters[i].name, name) == 0)
            return &details->parameters[i];
    return NULL;
}

/* The path item's parameters come first; the operation's own take their place. */
static void read_parameters(const operation *op, located holder, diagnostics *list) {
    const node *entries = node_get(holder.value, "parameters");
    for (size_t i = 0; entries != NULL && i < node_count(entries); i++) {
        located entry = {holder.owner, node_item(entries, i)};
        located object = api_resolve(op->description, entry);
        operation_parameter made;
        if (object.value != NULL && is_body(op, object.value))
            continue;
        if (object.value == NULL || !read_parameter(op, object, &made)) {
            diagnose(list, "W0210", node_place(entry.owner, entry.value), NULL,
                     "a parameter of %s %s cannot be read: its reference leads nowhere, or it lacks 'name' or 'in'",
                     op->method, op->path);
            continue;
        }
        if (is_ignored_header(&made))
            continue; /* OpenAPI ignores such declarations */
        operation_parameter *known = find_parameter(op->details, made.name, made.in);
        if (known != NULL)
            *known = made;
        else
            op->details->parameters[op->details->parameter_count++] = made;
    }
}

/* ---- Bodies ---- */

static void read_content(const operation *op, located body) {
    const node *content = node_get(body.value, "content"), *required = node_get(body.value, "required");
    op->details->body_required = required != NULL && node_boolean(required);
    for (size_t i = 0; content != NULL && i < node_count(content); i++) {
        located object = api_resolve(op->description, in_document(body, node_value(content, i)));
        const node *schema = object.value == NULL ? NULL : node_get(object.value, "schema");
        op->details->bodies[op->details->body_count++] = (media_type){
            .name = node_string(node_key(content, i), NULL), .object = object, .schema = in_document(object, schema)};
    }
}

/* Swagger 2.0: a parameter in `body`, or several in `formData`, with the media types of `consumes`. */
static void read_swagger_body(const operation *op) {
    located holders[] = {op->path_item, op->object}, body = {NULL, NULL};
    bool form = false, file = false;
    for (size_t h = 0; h < 2; h++) {
        const node *entries = node_get(holders[h].value, "parameters");
        for (size_t i = 0; entries != NULL && i < node_count(entries); i++) {
            located object = api_resolve(op->description, (located){holders[h].owner, node_item(entries, i)});
            if (object.value == NULL || !is_body(op, object.value))
                continue;
            const char *type = string_field(object.value, "type");
            form = form || strcmp(string_field(object.value, "in"), "formData") == 0;
            file = file || (type != NULL && strcmp(type, "file") == 0);
            body = object;
        }
    }
    if (body.value == NULL)
        return;
    const node *required = node_get(body.value, "required"), *consumes = node_get(op->object.value, "consumes");
    op->details->body_required = !form && required != NULL && node_boolean(required);
    if (consumes == NULL)
        consumes = node_get(document_root(op->description->owner), "consumes");
    located schema = form ? (located){NULL, NULL} : in_document(body, node_get(body.value, "schema"));
    for (size_t i = 0; consumes != NULL && i < node_count(consumes); i++)
        if (node_string(node_item(consumes, i), NULL) != NULL)
            op->details->bodies[op->details->body_count++] =
                (media_type){.name = node_string(node_item(consumes, i), NULL), .schema = schema};
    if (op->details->body_count == 0)
        op->details->bodies[op->details->body_count++] =
            (media_type){.name = file   ? "multipart/form-data"
                                 : form ? "application/x-www-form-urlencoded"
                                        : "application/json",
                         .schema = schema};
}

static size_t most_bodies(const operation *op, located body) {
    const node *content = body.value == NULL ? NULL : node_get(body.value, "content");
    const node *own = node_get(op->object.value, "consumes");
    const node *shared = node_get(document_root(op->description->owner), "consumes");
    return 1 + (content == NULL ? 0 : node_count(content)) + (own == NULL ? 0 : node_count(own)) +
           (shared == NULL ? 0 : node_count(shared));
}

bool operation_prepare(const operation *op, diagnostics *list) {
    operation_details *details = op->details;
    if (details->prepared)
        return true;
    const node *shared = node_get(op->path_item.value, "parameters"), *own = node_get(op->object.value, "parameters");
    const node *request_body = node_get(op->object.value, "requestBody");
    located body = {NULL, NULL};
    if (request_body != NULL)
        body = api_resolve(op->description, (located){op->object.owner, request_body});
    size_t parameters = (shared == NULL ? 0 : node_count(shared)) + (own == NULL ? 0 : node_count(own));
    details->parameters = arena_array(op->description->memory, parameters, sizeof *details->parameters);
    details->bodies = arena_array(op->description->memory, most_bodies(op, body), sizeof *details->bodies);
    if (details->parameters == NULL || details->bodies == NULL) {
        list->no_memory = true;
        return false;
    }
    read_parameters(op, op->path_item, list);
    read_parameters(op, op->object, list);
    if (op->description->version == API_SWAGGER_2_0)
        read_swagger_body(op);
    else if (body.value != NULL)
        read_content(op, body);
    details->prepared = true;
    return !list->no_memory;
}

size_t operation_parameter_count(const operation *op) {
    return op->details->parameter_count;
}

const operation_parameter *operation_parameter_at(const operation *op, size_t index) {
    return index < op->details->parameter_count ? &op->details->parameters[index] : NULL;
}

const operation_parameter *operation_parameter_named(const operation *op, const char *name, parameter_location in) {
    for (size_t i = 0; i < op->details->parameter_count; i++) {
        const operation_parameter *at = &op->details->parameters[i];
        bool same = in == PARAMETER_HEADER ? strcasecmp(at->name, name) == 0 : strcmp(at->name, name) == 0;
        if (at->in == in && same)
            return at;
    }
    return NULL;
}

bool operation_body_required(const operation *op) {
    return op->details->body_required;
}

size_t operation_body_count(const operation *op) {
    return op->details->body_count;
}

const media_type *operation_body_at(const operation *op, size_t index) {
    return index < op->details->body_count ? &op->details->bodies[index] : NULL;
}

/* ---- Servers (S29) ---- */

static bool append_variable(text *out, located server, const char *name, size_t length, diagnostics *list) {
    const node *variables = node_get(server.value, "variables");
    const node *variable = variables == NULL ? NULL : node_get_sized(variables, name, length);
    const node *preset = variable == NULL ? NULL : node_get(variable, "default");
    if (preset == NULL || node_source(preset, NULL) == NULL) {
        diagnose(list, "E0211", node_place(server.owner, server.value), "name the server with --server URL",
                 "the server's variable '%.*s' has no default", (int)length, name);
        return false;
    }
    text_append_string(out, node_source(preset, NULL));
    return true;
}

static bool append_server_url(text *out, located server, const char *url, diagnostics *list) {
    while (*url != '\0') {
        size_t plain = strcspn(url, "{");
        text_append(out, url, plain);
        url += plain;
        if (*url == '\0')
            break;
        size_t length = strcspn(url + 1, "}");
        if (url[length + 1] != '}') {
            text_append_string(out, url);
            break;
        }
        if (!append_variable(out, server, url + 1, length, list))
            return false;
        url += length + 2;
    }
    return true;
}

/* schemes, host and basePath; what is missing comes from the document's own URI. */
static void append_swagger_server(const operation *op, text *out) {
    const node *root = document_root(op->description->owner);
    const char *host = string_field(root, "host"), *base = string_field(root, "basePath");
    const node *schemes = node_get(op->object.value, "schemes");
    if (schemes == NULL)
        schemes = node_get(root, "schemes");
    const char *scheme = NULL;
    for (size_t i = 0; schemes != NULL && i < node_count(schemes); i++) {
        const char *one = node_string(node_item(schemes, i), NULL);
        if (one != NULL && (scheme == NULL || strcmp(one, "https") == 0))
            scheme = one;
    }
    if (host != NULL)
        text_append_format(out, "%s://%s", scheme == NULL ? "https" : scheme, host);
    text_append_string(out, base == NULL ? "/" : base);
}

static located find_server(const operation *op) {
    located holders[] = {op->object, op->path_item, {op->description->owner, document_root(op->description->owner)}};
    for (size_t i = 0; i < 3; i++) {
        const node *servers = node_get(holders[i].value, "servers");
        if (servers != NULL && node_count(servers) > 0)
            return (located){holders[i].owner, node_item(servers, 0)};
    }
    return (located){NULL, NULL};
}

const char *operation_server(const operation *op, arena *memory, diagnostics *list) {
    text url = TEXT_EMPTY;
    located server = find_server(op);
    bool right = true;
    if (op->description->version == API_SWAGGER_2_0)
        append_swagger_server(op, &url);
    else if (server.value == NULL)
        text_append_char(&url, '/');
    else
        right = append_server_url(
            &url, server, string_field(server.value, "url") == NULL ? "/" : string_field(server.value, "url"), list);
    const char *made = NULL;
    if (right && !url.failed)
        made = uri_is_absolute(text_peek(&url)) ? arena_copy(memory, text_peek(&url), url.length)
                                                : uri_resolve(op->description->uri, text_peek(&url), memory);
    if (right && made == NULL && url.failed)
        list->no_memory = true;
    if (made != NULL && strncmp(made, "http://", 7) != 0 && strncmp(made, "https://", 8) != 0) {
        const node *where = server.value != NULL ? server.value : document_root(op->description->owner);
        diagnose(list, "E0212", node_place(op->description->owner, where), "name the server with --server URL",
                 "%s %s has no server that requests can be sent to: '%s'", op->method, op->path, made);
        made = NULL;
    }
    text_free(&url);
    return made;
}
