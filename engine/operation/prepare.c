/*
 * prepare.c: what an operation declares: parameters with their styles, media types of its body. Sections "Parameter
 * Object", "Style Values", "Request Body Object"; for Swagger 2.0 "Parameter Object" and `consumes`.
 *
 * An operation that nobody calls is never prepared.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/operation/operation_internal.h"

/* Parameters are looked for one by one: no operation has so many. */
enum { MOST_PARAMETERS = 2000 };

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

const char *string_field(const node *object, const char *name) {
    const node *value = node_get(object, name);
    return value == NULL ? NULL : node_string(value, NULL);
}

bool boolean_field(const node *object, const char *name) {
    const node *value = node_get(object, name);
    return value != NULL && node_boolean(value);
}

located in_document(located parent, const node *value) {
    return (located){value == NULL ? NULL : parent.owner, value};
}

static size_t count_of(const node *list) {
    return list == NULL ? 0 : node_count(list);
}

/* ---- Styles ---- */

enum { IN_PATH = 1 << PARAMETER_PATH, IN_QUERY = 1 << PARAMETER_QUERY };
enum { IN_HEADER = 1 << PARAMETER_HEADER, IN_COOKIE = 1 << PARAMETER_COOKIE };

/* "Style Values": which styles there are, and where each may stand. */
static const struct {
    const char *name;
    parameter_style style;
    unsigned places;
} styles[] = {{"simple", STYLE_SIMPLE, IN_PATH | IN_HEADER},
              {"label", STYLE_LABEL, IN_PATH},
              {"matrix", STYLE_MATRIX, IN_PATH},
              {"form", STYLE_FORM, IN_QUERY | IN_COOKIE},
              {"spaceDelimited", STYLE_SPACE_DELIMITED, IN_QUERY},
              {"pipeDelimited", STYLE_PIPE_DELIMITED, IN_QUERY},
              {"deepObject", STYLE_DEEP_OBJECT, IN_QUERY},
              {"cookie", STYLE_COOKIE, IN_COOKIE}};

enum { STYLES = sizeof styles / sizeof *styles };

bool style_from(const char *name, parameter_style *style) {
    for (size_t i = 0; i < STYLES; i++)
        if (strcmp(styles[i].name, name) == 0) {
            *style = styles[i].style;
            return true;
        }
    return false;
}

parameter_style style_default(parameter_location in) {
    return in == PARAMETER_PATH || in == PARAMETER_HEADER ? STYLE_SIMPLE : STYLE_FORM;
}

/* Swagger 2.0's collectionFormat; `multi` is for queries and forms only. */
static void read_collection_format(const node *object, bool list, parameter_style *style, bool *explode) {
    static const struct {
        const char *name;
        parameter_style style;
    } formats[] = {{"ssv", STYLE_SPACE_DELIMITED}, {"tsv", STYLE_TAB_DELIMITED}, {"pipes", STYLE_PIPE_DELIMITED}};
    const char *format = string_field(object, "collectionFormat");
    *explode = format != NULL && list && strcmp(format, "multi") == 0;
    for (size_t i = 0; format != NULL && i < sizeof formats / sizeof *formats; i++)
        if (strcmp(formats[i].name, format) == 0)
            *style = formats[i].style;
}

static void read_style(const operation *op, located object, operation_parameter *made, diagnostics *list) {
    const api_version version = op->description->version;
    made->style = style_default(made->in);
    if (version == API_SWAGGER_2_0) {
        read_collection_format(object.value, made->in == PARAMETER_QUERY, &made->style, &made->explode);
        return;
    }
    const char *given = string_field(object.value, "style");
    bool fits = given == NULL;
    for (size_t i = 0; given != NULL && i < STYLES; i++)
        if (strcmp(styles[i].name, given) == 0 && (styles[i].places & 1u << made->in) != 0) {
            made->style = styles[i].style;
            fits = true;
        }
    if (!fits)
        diagnose(
            list, "W0214", node_place(object.owner, node_get(object.value, "style")),
            "'simple', 'label' and 'matrix' are for paths, 'simple' for headers, the others for queries and cookies",
            "'%s' is no style for a parameter in '%s'; the default is used", given, parameter_location_name(made->in));
    const node *explode = node_get(object.value, "explode");
    made->explode = explode != NULL ? node_boolean(explode) : made->style == STYLE_FORM || made->style == STYLE_COOKIE;
    /* Before 3.2 allowReserved applies to queries only. */
    made->allow_reserved =
        boolean_field(object.value, "allowReserved") && (made->in == PARAMETER_QUERY || version == API_OPENAPI_3_2);
}

/* ---- Parameters ---- */

static const char *field_missing(located object, operation_parameter *made) {
    made->name = string_field(object.value, "name");
    const char *in = string_field(object.value, "in");
    if (made->name == NULL)
        return "it lacks 'name'";
    if (in == NULL)
        return "it lacks 'in'";
    return parameter_location_from(in, &made->in) ? NULL : "its 'in' is no place for a parameter";
}

/* Swagger 2.0 writes the schema's keywords into the parameter itself; `content` has one entry. */
static bool read_value_rules(const operation *op, located object, operation_parameter *made) {
    const node *content = node_get(object.value, "content");
    if (op->description->version == API_SWAGGER_2_0) {
        made->schema = object;
    } else if (content != NULL && node_count(content) > 0 && node_key(content, 0) != NULL) {
        resolution type = resolve_reference(op->description, in_document(object, node_value(content, 0)));
        made->content_type = node_string(node_key(content, 0), NULL);
        if (type.target.value != NULL)
            made->schema = in_document(type.target, node_get(type.target.value, "schema"));
        return !type.no_memory;
    } else {
        made->schema = in_document(object, node_get(object.value, "schema"));
    }
    return true;
}

/* OpenAPI ignores declarations of these; a step may give them all the same (S27). */
static bool is_ignored(const operation_parameter *made) {
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
    for (size_t i = 0; i < details->parameter_count; i++) {
        operation_parameter *at = &details->parameters[i];
        bool same = in == PARAMETER_HEADER ? strcasecmp(at->name, name) == 0 : strcmp(at->name, name) == 0;
        if (at->in == in && same)
            return at;
    }
    return NULL;
}

/* One entry of a list of parameters: the operation's take the place of the path item's. False when memory is short. */
static bool read_parameter(const operation *op, located entry, diagnostics *list) {
    operation_details *details = op->details;
    resolution found = resolve_reference(op->description, entry);
    operation_parameter made = {.object = found.target};
    if (found.no_memory)
        return false;
    if (found.target.value != NULL && is_body(op, found.target.value))
        return true;
    const char *why = found.target.value == NULL ? found.why : field_missing(found.target, &made);
    if (why != NULL) {
        diagnose(list, "W0210", node_place(entry.owner, entry.value), NULL, "a parameter of %s %s cannot be read: %s",
                 op->method, op->path, why);
        details->incomplete = true;
        return true;
    }
    if (is_ignored(&made))
        return true;
    made.required = made.in == PARAMETER_PATH || boolean_field(found.target.value, "required");
    read_style(op, found.target, &made, list);
    if (!read_value_rules(op, found.target, &made))
        return false;
    operation_parameter *known = find_parameter(details, made.name, made.in);
    if (known == NULL)
        known = &details->parameters[details->parameter_count++];
    *known = made;
    return true;
}

static size_t bounded_count(const node *entries) {
    size_t count = count_of(entries);
    return count < MOST_PARAMETERS ? count : MOST_PARAMETERS;
}

static bool read_parameters(const operation *op, located holder, diagnostics *list) {
    const node *entries = holder.value == NULL ? NULL : node_get(holder.value, "parameters");
    size_t count = bounded_count(entries);
    for (size_t i = 0; i < count; i++)
        if (node_item(entries, i) != NULL && !read_parameter(op, (located){holder.owner, node_item(entries, i)}, list))
            return false;
    if (count < count_of(entries)) {
        op->details->incomplete = true;
        diagnose(list, "W0210", node_place(holder.owner, node_item(entries, count)), NULL,
                 "a parameter of %s %s cannot be read: there are more than %d", op->method, op->path, MOST_PARAMETERS);
    }
    return true;
}

/* How many there may be on all levels. */
static size_t count_parameters(const operation *op) {
    const located holders[] = {op->beside, op->path_item, op->object};
    size_t count = 0;
    for (size_t i = 0; i < sizeof holders / sizeof *holders; i++)
        count += holders[i].value == NULL ? 0 : bounded_count(node_get(holders[i].value, "parameters"));
    return count;
}

/* ---- Bodies ---- */

static bool read_content(const operation *op, located body) {
    operation_details *details = op->details;
    const node *content = node_get(body.value, "content");
    details->body_required = boolean_field(body.value, "required");
    details->bodies = arena_array(op->description->memory, count_of(content), sizeof *details->bodies);
    if (details->bodies == NULL)
        return false;
    for (size_t i = 0; i < count_of(content) && node_key(content, i) != NULL; i++) {
        resolution object = resolve_reference(op->description, in_document(body, node_value(content, i)));
        if (object.no_memory)
            return false;
        media_type made = {.name = node_string(node_key(content, i), NULL), .object = object.target};
        if (object.target.value != NULL) {
            const node *schema = node_get(object.target.value, "schema");
            if (schema == NULL)
                schema = node_get(object.target.value, "itemSchema");
            made.schema = in_document(object.target, schema);
        }
        details->bodies[details->body_count++] = made;
    }
    return true;
}

static bool read_request_body(const operation *op, diagnostics *list) {
    const node *written = node_get(op->object.value, "requestBody");
    if (written == NULL)
        return true;
    resolution body = resolve_reference(op->description, in_document(op->object, written));
    if (body.target.value == NULL && !body.no_memory)
        diagnose(list, "W0215", node_place(op->object.owner, written), NULL,
                 "the request body of %s %s cannot be read: %s", op->method, op->path, body.why);
    return body.target.value == NULL ? !body.no_memory : read_content(op, body.target);
}

/* ---- Bodies of Swagger 2.0 ---- */

static void add_field(operation_details *details, const node *object) {
    const char *name = string_field(object, "name"), *type = string_field(object, "type");
    if (name == NULL)
        return;
    form_field made = {.name = name,
                       .style = STYLE_FORM,
                       .file = type != NULL && strcmp(type, "file") == 0,
                       .required = boolean_field(object, "required")};
    read_collection_format(object, true, &made.style, &made.explode);
    for (size_t i = 0; i < details->field_count; i++)
        if (strcmp(details->fields[i].name, name) == 0) {
            details->fields[i] = made;
            return;
        }
    details->fields[details->field_count++] = made;
}

static bool is_form(const char *name) {
    return media_is(name, "application/x-www-form-urlencoded") || media_is(name, "multipart/form-data");
}

/* The media types of `consumes` that can carry the body; without any, the one that does. */
static bool read_consumes(const operation *op, bool form, located schema) {
    operation_details *details = op->details;
    const node *consumes = node_get(op->object.value, "consumes");
    if (consumes == NULL)
        consumes = node_get(document_root(op->description->owner), "consumes");
    bool file = false;
    for (size_t i = 0; i < details->field_count; i++)
        file = file || details->fields[i].file;
    details->bodies = arena_array(op->description->memory, count_of(consumes) + 1, sizeof *details->bodies);
    if (details->bodies == NULL)
        return false;
    for (size_t i = 0; i < count_of(consumes); i++) {
        const char *name = node_item(consumes, i) == NULL ? NULL : node_string(node_item(consumes, i), NULL);
        bool fits = name != NULL && (file ? media_is(name, "multipart/form-data") : !form || is_form(name));
        if (fits)
            details->bodies[details->body_count++] = (media_type){.name = name, .schema = schema};
    }
    if (details->body_count == 0)
        details->bodies[details->body_count++] = (media_type){.name = file   ? "multipart/form-data"
                                                                      : form ? "application/x-www-form-urlencoded"
                                                                             : "application/json",
                                                              .schema = schema};
    return true;
}

/* A parameter in `body`, or several in `formData`. */
static bool read_swagger_body(const operation *op, size_t parameters) {
    operation_details *details = op->details;
    located holders[] = {op->beside, op->path_item, op->object}, body = {NULL, NULL};
    details->fields = arena_array(op->description->memory, parameters, sizeof *details->fields);
    if (details->fields == NULL)
        return false;
    for (size_t h = 0; h < sizeof holders / sizeof *holders; h++) {
        const node *entries = holders[h].value == NULL ? NULL : node_get(holders[h].value, "parameters");
        for (size_t i = 0; i < bounded_count(entries); i++) {
            resolution found = resolve_reference(op->description, in_document(holders[h], node_item(entries, i)));
            if (found.no_memory)
                return false;
            if (found.target.value == NULL || !is_body(op, found.target.value))
                continue;
            if (strcmp(string_field(found.target.value, "in"), "body") == 0)
                body = found.target;
            else
                add_field(details, found.target.value);
        }
    }
    if (body.value == NULL && details->field_count == 0)
        return true;
    located nothing = {NULL, NULL};
    details->body_required = body.value != NULL && boolean_field(body.value, "required");
    return read_consumes(op, body.value == NULL,
                         body.value == NULL ? nothing : in_document(body, node_get(body.value, "schema")));
}

/* ---- The operation ---- */

bool operation_prepare(const operation *op, diagnostics *list) {
    operation_details *details = op->details;
    if (details->prepared)
        return true;
    *details = (operation_details){.prepared = false};
    size_t parameters = count_parameters(op);
    details->parameters = arena_array(op->description->memory, parameters, sizeof *details->parameters);
    details->prepared =
        details->parameters != NULL && read_parameters(op, op->beside, list) &&
        read_parameters(op, op->path_item, list) && read_parameters(op, op->object, list) &&
        (op->description->version == API_SWAGGER_2_0 ? read_swagger_body(op, parameters) : read_request_body(op, list));
    list->no_memory = list->no_memory || !details->prepared;
    return details->prepared;
}

size_t operation_parameter_count(const operation *op) {
    return op->details->parameter_count;
}

const operation_parameter *operation_parameter_at(const operation *op, size_t index) {
    return index < op->details->parameter_count ? &op->details->parameters[index] : NULL;
}

const operation_parameter *operation_parameter_named(const operation *op, const char *name, parameter_location in) {
    return find_parameter(op->details, name, in);
}

bool operation_body_required(const operation *op) {
    bool required = op->details->body_required;
    for (size_t i = 0; i < op->details->field_count; i++)
        required = required || op->details->fields[i].required;
    return required;
}

size_t operation_body_count(const operation *op) {
    return op->details->body_count;
}

const media_type *operation_body_at(const operation *op, size_t index) {
    return index < op->details->body_count ? &op->details->bodies[index] : NULL;
}
