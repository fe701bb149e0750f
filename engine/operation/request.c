/*
 * request.c: from an operation and what a step gives to a request: pure, nothing is sent. S5, S27, S28, S29.
 *
 * It adds no credentials, and no header that the step or the body does not ask for.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/nearest.h"
#include "engine/operation/operation_internal.h"
#include "engine/uri.h"

typedef struct assembly {
    const request_order *order;
    arena *memory;
    diagnostics *list;
    http_request *out;
    text path;
    text query;
    text cookie;
} assembly;

static bool reaches_nothing(const argument *given) {
    return given->value == NULL || json_is_null(given->value);
}

bool parameter_same_name(parameter_location in, const char *a, const char *b) {
    return in == PARAMETER_HEADER ? strcasecmp(a, b) == 0 : strcmp(a, b) == 0;
}

/* ---- What the operation declares (S28) ---- */

static operation_parameter undeclared(const argument *given) {
    operation_parameter made = {.name = given->name, .in = given->in, .style = style_default(given->in)};
    made.explode = made.style == STYLE_FORM;
    return made;
}

/* Headers that HTTP itself knows may be given without being declared (S27). */
static bool is_known_header(const char *name, parameter_location in) {
    static const char *const names[] = {"Accept", "Content-Type", "Authorization", "User-Agent",
                                        "Cookie", "If-Match",     "If-None-Match"};
    for (size_t i = 0; in == PARAMETER_HEADER && i < sizeof names / sizeof *names; i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

/* A step may give the credentials of a security scheme itself (S27). */
static bool takes_credential(const operation *op, const char *given, parameter_location location) {
    const api *description = op->description;
    const node *root = document_root(description->owner);
    bool swagger = description->version == API_SWAGGER_2_0;
    const node *components = swagger ? root : node_get(root, "components");
    const node *schemes =
        components == NULL ? NULL : node_get(components, swagger ? "securityDefinitions" : "securitySchemes");
    for (size_t i = 0; schemes != NULL && node_value(schemes, i) != NULL; i++) {
        located scheme = api_resolve(description, (located){description->owner, node_value(schemes, i)});
        const char *in = scheme.value == NULL ? NULL : string_field(scheme.value, "in");
        const char *name = in == NULL ? NULL : string_field(scheme.value, "name");
        if (name != NULL && strcmp(in, parameter_location_name(location)) == 0 &&
            parameter_same_name(location, name, given))
            return true;
    }
    return false;
}

/* `filter[name]` is a member of the declared object `filter`. */
static bool is_member(const char *name, parameter_location in, const operation_parameter *declared) {
    size_t length = strlen(declared->name);
    return in == PARAMETER_QUERY && declared->in == PARAMETER_QUERY && strncmp(name, declared->name, length) == 0 &&
           name[length] == '[';
}

bool operation_expects(const operation *op, const char *name, parameter_location in) {
    for (size_t i = 0; i < operation_parameter_count(op); i++)
        if (is_member(name, in, operation_parameter_at(op, i)))
            return true;
    return operation_parameter_named(op, name, in) != NULL || op->details->incomplete || is_known_header(name, in) ||
           takes_credential(op, name, in);
}

static void warn_undeclared(assembly *a, const argument *given) {
    const operation *op = a->order->op;
    nearest search;
    text help = TEXT_EMPTY;
    nearest_start(&search, given->name, strlen(given->name));
    for (size_t i = 0; i < operation_parameter_count(op); i++)
        if (operation_parameter_at(op, i)->in == given->in)
            nearest_try(&search, operation_parameter_at(op, i)->name);
    if (search.best != NULL)
        text_append_format(&help, "did you mean '%s'?", search.best);
    diagnose(a->list, "W0225", given->where, search.best == NULL ? NULL : text_peek(&help),
             "%s %s declares no %s parameter '%s'; it is sent all the same", op->method, op->path,
             parameter_location_name(given->in), given->name);
    text_free(&help);
}

/* With allowReserved an `&` passes, and starts another parameter. */
static void warn_split(assembly *a, const argument *given, const operation_parameter *declared) {
    const char *string = json_string_value(given->value);
    if (declared->allow_reserved && given->in == PARAMETER_QUERY && string != NULL && strchr(string, '&') != NULL)
        diagnose(a->list, "W0227", given->where, "write %26 where '&' is data",
                 "'%s' allows reserved characters, so the '&' in its value starts another parameter", given->name);
}

/* The value as its place and style write it, in `out`. False after adding an error. */
static bool write_argument(assembly *a, const argument *given, text *out) {
    const operation_parameter *declared = operation_parameter_named(a->order->op, given->name, given->in);
    operation_parameter made;
    if (declared == NULL) {
        if (!operation_expects(a->order->op, given->name, given->in))
            warn_undeclared(a, given);
        made = undeclared(given);
        declared = &made;
    }
    warn_split(a, given, declared);
    char error[160];
    if (parameter_serialize(declared, given->value, out, error, sizeof error))
        return true;
    diagnose(a->list, "E0222", given->where, NULL, "the %s parameter '%s' cannot be sent: %s",
             parameter_location_name(given->in), given->name, error);
    return false;
}

/* ---- Path ---- */

static const argument *find_path_argument(const request_order *order, const char *name, size_t length) {
    for (size_t i = 0; i < order->argument_count; i++) {
        const argument *at = &order->arguments[i];
        if (at->in == PARAMETER_PATH && strlen(at->name) == length && memcmp(at->name, name, length) == 0)
            return at;
    }
    return NULL;
}

/* "E0221 … needs the path parameter 'petId'", with the name that was given instead. */
static void miss_path_parameter(assembly *a, const char *name, size_t length) {
    const request_order *order = a->order;
    nearest search;
    text help = TEXT_EMPTY;
    nearest_start(&search, name, length);
    for (size_t i = 0; i < order->argument_count; i++)
        if (order->arguments[i].in == PARAMETER_PATH)
            nearest_try(&search, order->arguments[i].name);
    if (search.best != NULL)
        text_append_format(&help, "it gives '%s'", search.best);
    diagnose(a->list, "E0221", order->where, search.best == NULL ? NULL : text_peek(&help),
             "%s %s needs the path parameter '%.*s', and the step does not give it", order->op->method, order->op->path,
             (int)length, name);
    text_free(&help);
}

static bool append_path_parameter(assembly *a, const char *name, size_t length) {
    const argument *given = find_path_argument(a->order, name, length);
    size_t before = a->path.length;
    if (given == NULL)
        miss_path_parameter(a, name, length);
    else if (reaches_nothing(given))
        diagnose(a->list, "E0220", given->where, NULL,
                 "the path parameter '%s' has no value, so the request is not sent", given->name);
    else if (write_argument(a, given, &a->path)) {
        if (a->path.length > before || a->path.failed)
            return true;
        diagnose(a->list, "E0220", given->where, NULL, "the path parameter '%s' is empty, so the request is not sent",
                 given->name);
    }
    return false;
}

/* What stands in the template outside its expressions; documents write there what no URL may hold. */
static void append_literal(assembly *a, const char *bytes, size_t length) {
    append_encoded(&a->path, bytes, length, ":/?#@!$&'()*+,;=");
}

/* The template with its expressions filled in, in a->path. Every one that cannot be is reported. */
static bool fill_template(assembly *a) {
    bool right = true;
    if (a->order->op->path[0] != '/')
        text_append_char(&a->path, '/');
    for (const char *at = a->order->op->path; *at != '\0';) {
        size_t plain = strcspn(at, "{");
        append_literal(a, at, plain);
        at += plain;
        size_t length = *at == '{' ? strcspn(at + 1, "}") : 0;
        if (*at == '{' && at[length + 1] == '}') {
            right = append_path_parameter(a, at + 1, length) && right;
            at += length + 2;
        } else if (*at == '{') {
            append_literal(a, at++, 1);
        }
    }
    return right;
}

/* One or two dots, however they are written: `%2E` is a dot to whoever normalizes a URL. */
static bool is_dots(const char *segment, size_t length) {
    size_t dots = 0;
    for (size_t i = 0; i < length; dots++) {
        bool escaped = length - i > 2 && strncasecmp(segment + i, "%2e", 3) == 0;
        if (!escaped && segment[i] != '.')
            return false;
        i += escaped ? 3 : 1;
    }
    return dots == 1 || dots == 2;
}

/* Such a segment would be taken out of the URL on its way, and the request go elsewhere. */
static bool refuse_climbing(assembly *a) {
    const char *path = text_peek(&a->path), *end = path + strcspn(path, "?#");
    for (const char *segment = path; segment < end;) {
        const char *start = segment + 1;
        size_t length = strcspn(start, "/?#");
        if (is_dots(start, length)) {
            diagnose(a->list, "E0226", a->order->where, "a path parameter may not be '.' or '..'",
                     "the path '%.*s' leads to another one, so the request is not sent", (int)(end - path), path);
            return false;
        }
        segment = start + length;
    }
    return true;
}

static bool template_has(const char *template, const char *name) {
    size_t length = strlen(name);
    for (const char *at = strchr(template, '{'); at != NULL; at = strchr(at + 1, '{'))
        if (strncmp(at + 1, name, length) == 0 && at[length + 1] == '}')
            return true;
    return false;
}

static void warn_unplaced(assembly *a) {
    const operation *op = a->order->op;
    for (size_t i = 0; i < a->order->argument_count; i++) {
        const argument *given = &a->order->arguments[i];
        if (given->in == PARAMETER_PATH && !template_has(op->path, given->name))
            diagnose(a->list, "W0228", given->where, NULL, "the path '%s' has no place for '%s'; it is not sent",
                     op->path, given->name);
    }
}

/* ---- Query, headers, cookies ---- */

static bool is_token(const char *name) {
    for (const char *at = name; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && strchr("!#$%&'*+-.^_`|~", *at) == NULL)
            return false;
    return *name != '\0';
}

static bool add_header(assembly *a, const argument *given, const text *value) {
    if (!is_token(given->name)) {
        diagnose(a->list, "E0222", given->where, NULL, "'%s' is no name for a header", given->name);
        return false;
    }
    if (!http_headers_add(&a->out->headers, a->memory, given->name, text_peek(value)))
        a->list->no_memory = true;
    return true;
}

static void join(text *list, const char *separator, const text *more) {
    if (more->length == 0)
        return;
    if (list->length > 0)
        text_append_string(list, separator);
    text_append(list, text_peek(more), more->length);
}

static bool add_argument(assembly *a, const argument *given) {
    text value = TEXT_EMPTY;
    bool right = write_argument(a, given, &value);
    bool header = given->in == PARAMETER_HEADER;
    if (right && (given->in == PARAMETER_COOKIE || (header && strcasecmp(given->name, "Cookie") == 0)))
        join(&a->cookie, "; ", &value); /* one header for all (RFC 6265, section 5.4) */
    else if (right && header)
        right = add_header(a, given, &value);
    else if (right)
        join(&a->query, "&", &value);
    if (value.failed)
        a->list->no_memory = true;
    text_free(&value);
    return right;
}

static bool add_arguments(assembly *a) {
    bool right = true;
    for (size_t i = 0; i < a->order->argument_count; i++) {
        const argument *given = &a->order->arguments[i];
        if (given->in == PARAMETER_PATH)
            continue;
        if (reaches_nothing(given))
            diagnose(a->list, "W0224", given->where, NULL, "the %s parameter '%s' has no value and is left out",
                     parameter_location_name(given->in), given->name);
        else
            right = add_argument(a, given) && right;
    }
    return right;
}

static bool gives(const request_order *order, const operation_parameter *declared) {
    for (size_t i = 0; i < order->argument_count; i++) {
        const argument *given = &order->arguments[i];
        if (given->in == declared->in && parameter_same_name(given->in, given->name, declared->name))
            return true;
        if (is_member(given->name, given->in, declared) ||
            (given->in == PARAMETER_QUERYSTRING && declared->in == PARAMETER_QUERY))
            return true;
    }
    return false;
}

/* Another description of what a security scheme carries: `token`, `api_key`, `X-Auth-Token`. */
static bool is_credential_name(const char *name) {
    static const char *const names[] = {"token",       "accesstoken",  "authtoken", "apitoken",
                                        "bearertoken", "oauthtoken",   "apikey",    "xapikey",
                                        "xauthtoken",  "xaccesstoken", "xtoken"};
    char plain[16];
    size_t length = 0;
    for (; *name != '\0'; name++) {
        if (*name == '-' || *name == '_')
            continue;
        if (length == sizeof plain - 1)
            return false;
        plain[length++] = (char)tolower((unsigned char)*name);
    }
    plain[length] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], plain) == 0)
            return true;
    return false;
}

bool operation_carrier(const operation *op, const operation_parameter *declared, bool authorization, arena *memory,
                       parameter_carrier *out) {
    security_requirement wanted;
    parameter_carrier found = authorization ? CARRIED_BY_ANOTHER : CARRIED_BY_NOBODY;
    *out = CARRIED_BY_THIS;
    if (!operation_security(op, memory, &wanted))
        return false;
    for (size_t i = 0; i < wanted.count; i++)
        for (size_t j = 0; j < wanted.items[i].count; j++) {
            const security_scheme *scheme = &wanted.items[i].needs[j].scheme;
            if (scheme->type == SECURITY_API_KEY && scheme->in == declared->in &&
                parameter_same_name(declared->in, scheme->parameter, declared->name))
                return true;
            found = CARRIED_BY_ANOTHER;
        }
    *out = is_credential_name(declared->name) ? found : CARRIED_BY_NOBODY;
    return true;
}

static bool gives_authorization(const request_order *order) {
    for (size_t i = 0; i < order->argument_count; i++)
        if (order->arguments[i].in == PARAMETER_HEADER && strcasecmp(order->arguments[i].name, "Authorization") == 0)
            return true;
    return false;
}

/* S28: an error, unless credentials are what is missing, and they go another way. */
static bool miss_required(assembly *a, const operation_parameter *declared) {
    const operation *op = a->order->op;
    parameter_carrier by;
    if (!operation_carrier(op, declared, gives_authorization(a->order), a->memory, &by)) {
        a->list->no_memory = true;
        return false;
    }
    if (by == CARRIED_BY_THIS)
        return true;
    if (by == CARRIED_BY_ANOTHER && !a->order->strict) {
        diagnose(
            a->list, "W0128", a->order->where, NULL,
            "%s %s needs the %s parameter '%s', and the step does not give it; it is left out, since the request's "
            "credentials go another way",
            op->method, op->path, parameter_location_name(declared->in), declared->name);
        return true;
    }
    diagnose(a->list, "E0221", a->order->where, NULL,
             "%s %s needs the %s parameter '%s', and the step does not give it", op->method, op->path,
             parameter_location_name(declared->in), declared->name);
    return false;
}

static bool check_required(assembly *a) {
    bool right = true;
    for (size_t i = 0; i < operation_parameter_count(a->order->op); i++) {
        const operation_parameter *declared = operation_parameter_at(a->order->op, i);
        if (!declared->required || declared->in == PARAMETER_PATH || gives(a->order, declared))
            continue;
        right = miss_required(a, declared) && right;
    }
    return right;
}

/* ---- Body ---- */

/* The step's media type: `contentType`, else the header that it gives. */
static const char *asked_content_type(const assembly *a) {
    return a->order->content_type != NULL ? a->order->content_type : http_headers_get(&a->out->headers, "Content-Type");
}

/* A header that the step gives stays (S27), except that a multipart body needs its boundary in it. */
static void set_content_type(assembly *a, const char *value) {
    http_headers *headers = &a->out->headers;
    for (size_t i = 0; i < headers->count; i++)
        if (strcasecmp(headers->items[i].name, "Content-Type") == 0) {
            if (media_is_multipart(value) && media_is(headers->items[i].value, value))
                headers->items[i].value = value;
            return;
        }
    if (!http_headers_add(headers, a->memory, "Content-Type", value))
        a->list->no_memory = true;
}

static void warn_missing_body(assembly *a) {
    if (operation_body_required(a->order->op))
        diagnose(a->list, "W0230", a->order->where, NULL, "%s %s needs a body, and the step gives none",
                 a->order->op->method, a->order->op->path);
}

/* Swagger 2.0: fields of a form are parameters, so required ones have to be given (S28). */
static bool check_fields(assembly *a) {
    const operation_details *details = a->order->op->details;
    bool right = true;
    for (size_t i = 0; json_is_object(a->order->payload) && i < details->field_count; i++) {
        const char *name = details->fields[i].name;
        if (!details->fields[i].required || json_object_get(a->order->payload, name) != NULL)
            continue;
        diagnose(a->list, "E0221", a->order->where, NULL,
                 "%s %s needs the form's field '%s', and the step does not give it", a->order->op->method,
                 a->order->op->path, name);
        right = false;
    }
    return right;
}

static bool write_body(assembly *a, body_writer *w) {
    const char *type = w->content_type;
    if (strpbrk(type, "\r\n") != NULL) {
        diagnose(a->list, "E0223", a->order->where, NULL, "the content type holds a line break");
        return false;
    }
    if (!body_write(w, a->order->payload)) {
        a->list->no_memory = a->list->no_memory || w->out->failed;
        diagnose(a->list, "E0223", a->order->where, NULL, "the body cannot be sent as %s: %s", type, w->error);
        return false;
    }
    if (w->note != NULL)
        diagnose(a->list, "W0229", a->order->where, NULL, "%s", w->note);
    a->out->body = w->out->failed ? NULL : arena_copy(a->memory, text_peek(w->out), w->out->length);
    a->out->body_length = w->out->length;
    a->list->no_memory = a->list->no_memory || a->out->body == NULL;
    set_content_type(a, w->content_type);
    return true;
}

static bool add_body(assembly *a) {
    if (a->order->payload == NULL) {
        warn_missing_body(a);
        return true;
    }
    char error[160] = "";
    text body = TEXT_EMPTY;
    body_writer w = {.op = a->order->op,
                     .files = a->order->files,
                     .file_count = a->order->file_count,
                     .memory = a->memory,
                     .out = &body,
                     .error = error,
                     .error_size = sizeof error};
    w.content_type = media_type_choose(w.op, asked_content_type(a), a->order->payload, a->memory, &w.declared);
    bool right = w.content_type != NULL && check_fields(a) && write_body(a, &w);
    a->list->no_memory = a->list->no_memory || w.content_type == NULL;
    text_free(&body);
    return right;
}

/* ---- The whole ---- */

static void append_query(text *url, const char *query, size_t length) {
    if (length == 0)
        return;
    text_append_char(url, memchr(text_peek(url), '?', url->length) == NULL ? '?' : '&');
    text_append(url, query, length);
}

/* The server's path, the operation's; the server's query, the path's, the parameters'. Fragments are never sent. */
static void assemble_url(assembly *a, const char *server) {
    text url = TEXT_EMPTY;
    size_t base = strcspn(server, "?#"), length = base;
    while (length > 0 && server[length - 1] == '/')
        length--;
    text_append(&url, server, length);
    const char *path = text_peek(&a->path);
    size_t path_length = strcspn(path, "?#");
    text_append(&url, path, path_length);
    if (server[base] == '?')
        append_query(&url, server + base + 1, strcspn(server + base + 1, "#"));
    if (path[path_length] == '?')
        append_query(&url, path + path_length + 1, strcspn(path + path_length + 1, "#"));
    append_query(&url, text_peek(&a->query), a->query.length);
    bool failed = url.failed || a->path.failed || a->query.failed;
    a->out->url = failed ? NULL : uri_escape_illegal(text_peek(&url), a->memory);
    a->list->no_memory = a->list->no_memory || a->out->url == NULL;
    text_free(&url);
}

static void add_cookies(assembly *a) {
    bool none = a->cookie.length == 0 && !a->cookie.failed;
    if (!none && (a->cookie.failed || !http_headers_add(&a->out->headers, a->memory, "Cookie", text_peek(&a->cookie))))
        a->list->no_memory = true;
}

/* The name of an entry in `additionalOperations` (OpenAPI 3.2) is anybody's text. */
static bool check_method(assembly *a) {
    const char *method = a->order->op->method;
    if (is_token(method))
        return true;
    diagnose(a->list, "E0231", a->order->where, NULL, "'%s' is no name for a method, so the request is not sent",
             method);
    return false;
}

bool request_build(const request_order *order, arena *memory, diagnostics *list, http_request *out) {
    *out = (http_request){.method = order->op->method};
    assembly a = {.order = order, .memory = memory, .list = list, .out = out};
    if (!operation_prepare(order->op, list))
        return false;
    const char *server = order->server != NULL ? order->server : operation_server(order->op, memory, list);
    /* All that is wrong is reported, not only what comes first. */
    bool right = server != NULL;
    right = check_method(&a) && right;
    right = check_required(&a) && right;
    right = fill_template(&a) && refuse_climbing(&a) && right;
    warn_unplaced(&a);
    right = add_arguments(&a) && right;
    right = add_body(&a) && right;
    if (right) {
        add_cookies(&a);
        assemble_url(&a, server);
    }
    text_free(&a.path);
    text_free(&a.query);
    text_free(&a.cookie);
    return right && !list->no_memory;
}
