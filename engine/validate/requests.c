/*
 * requests.c: what is certain of a request before it is made: parameters whose literal values cannot be sent, a whole
 * query string next to single parameters, servers that no request reaches. Sections "Parameter Object"; of OpenAPI
 * "Parameter Object", "Server Object", "Server Variable Object".
 *
 * The request is made as a run makes it, with what is literal only, and what is said of these values is kept. What
 * depends on how the command is called is not said: documents whose servers are relative to a file need `--server`.
 */
#include <string.h>

#include "engine/validate/validate_internal.h"

/* ---- Literal values ---- */

static bool is_literal(const node *value) {
    size_t length;
    const char *bytes = node_string(value, &length);
    bool object = node_type(value) == NODE_MAPPING;
    if (bytes != NULL && memchr(bytes, '$', length) != NULL)
        return false;
    for (size_t i = 0; i < node_count(value); i++) {
        if (object && node_string(node_key(value, i), NULL)[0] == '$') /* `{$inputs.x}` without quotes */
            return false;
        if (!is_literal(object ? node_value(value, i) : node_item(value, i)))
            return false;
    }
    return true;
}

/* What only the literal values can be the reason of. A header's or query's null is a way to leave it out. */
static bool is_about_values(const char *code) {
    static const char *const codes[] = {"E0220", "E0222", "E0226", "W0227"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (strcmp(codes[i], code) == 0)
            return true;
    return false;
}

typedef struct trial {
    const validation *v;
    const step *at;
    arena *memory;
    argument *arguments;
    size_t count;
    place where;
} trial;

static void add_argument(trial *t, const parameter *given) {
    const node *value = given->value.object;
    bool literal = value != NULL && is_literal(value), path = given->in == PARAMETER_PATH;
    if (!given->has_in || (!literal && !path))
        return;
    /* What an expression gives is another value of the path, with nothing wrong about it. */
    json_t *made = literal ? node_json(value) : json_string("x");
    t->v->list->no_memory = t->v->list->no_memory || made == NULL;
    const char *string = json_string_value(made);
    if (literal && path && string != NULL && (strcmp(string, ".") == 0 || strcmp(string, "..") == 0))
        t->where = validate_place(t->v, value);
    t->arguments[t->count++] = (argument){.name = given->name,
                                          .in = given->in,
                                          .value = made,
                                          .where = validate_place(t->v, value == NULL ? given->object : value)};
}

static void keep_what_is_certain(const validation *v, const diagnostics *found) {
    v->list->no_memory = v->list->no_memory || found->no_memory;
    for (size_t i = 0; i < found->count; i++)
        if (is_about_values(found->items[i].code))
            diagnose(v->list, found->items[i].code, found->items[i].where, found->items[i].help, "%s",
                     found->items[i].message);
}

static void try_request(trial *t) {
    const parameters *given = &t->at->parameters;
    diagnostics found;
    if (!diagnostics_init(&found)) {
        t->v->list->no_memory = true;
        return;
    }
    for (size_t i = 0; i < given->count; i++)
        add_argument(t, &given->items[i]);
    const request_order order = {.op = t->at->operation,
                                 .server = "https://localhost",
                                 .arguments = t->arguments,
                                 .argument_count = t->count,
                                 .strict = t->v->loaded->strict,
                                 .where = t->where};
    http_request made = {.method = NULL};
    if (!t->v->list->no_memory)
        request_build(&order, t->memory, &found, &made);
    keep_what_is_certain(t->v, &found);
    diagnostics_free(&found);
    for (size_t i = 0; i < t->count; i++)
        json_decref((json_t *)t->arguments[i].value);
}

static void check_values(const validation *v, const step *at) {
    arena *memory = arena_new();
    trial t = {.v = v, .at = at, .memory = memory, .where = validate_place(v, at->object)};
    t.arguments = memory == NULL ? NULL : arena_array(memory, at->parameters.count + 1, sizeof *t.arguments);
    if (t.arguments == NULL)
        v->list->no_memory = true;
    else
        try_request(&t);
    arena_free(memory);
}

/* ---- Query strings ---- */

/* The value of the whole query string is text. */
static void check_query_string(const validation *v, const step *at) {
    for (size_t i = 0; i < at->parameters.count; i++) {
        const parameter *given = &at->parameters.items[i];
        const node *value = given->value.object;
        if (given->has_in && given->in == PARAMETER_QUERYSTRING && value != NULL && node_type(value) < NODE_STRING)
            diagnose(v->list, "E0402", validate_place(v, value), "write it as it stands in the URL: 'a=1&b=2'",
                     "the value of the querystring parameter '%s' must be a string, not %s", given->name,
                     node_type_name(value));
    }
}

/* ---- Servers ---- */

static void check_server(const validation *v, const step *at) {
    diagnostics found;
    arena *memory = arena_new();
    if (!diagnostics_init(&found) || memory == NULL)
        v->list->no_memory = true;
    else
        operation_server(at->operation, memory, &found);
    v->list->no_memory = v->list->no_memory || found.no_memory;
    for (size_t i = 0; i < found.count; i++) {
        const diagnostic *said = &found.items[i];
        if (strcmp(said->code, "E0212") != 0 || strstr(said->message, "'file:") == NULL)
            diagnose(v->list, said->code, said->where, said->help, "%s", said->message);
    }
    arena_free(memory);
    diagnostics_free(&found);
}

void validate_request(const validation *v, const step *at) {
    check_values(v, at);
    check_query_string(v, at);
    check_server(v, at);
}
