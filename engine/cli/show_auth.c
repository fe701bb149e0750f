/* show_auth.c: `arazzo show FILE --auth`: the credentials that a document's operations ask for, and their names. */
#include <string.h>

#include "base/text.h"
#include "engine/cli/auth.h"
#include "engine/cli/output.h"

static const char *field(const node *object, const char *name) {
    const node *value = object == NULL ? NULL : node_get(object, name);
    return value == NULL ? NULL : node_string(value, NULL);
}

/* What is to be written behind the `=`. */
static const char *value_of(security_type type) {
    switch (type) {
    case SECURITY_API_KEY:
        return "KEY";
    case SECURITY_BASIC:
    case SECURITY_DIGEST:
        return "USER:PASSWORD";
    case SECURITY_OAUTH2:
    case SECURITY_OPENID_CONNECT:
        return "TOKEN or ={clientId: ID, clientSecret: SECRET}";
    case SECURITY_HTTP:
        return "CREDENTIALS";
    case SECURITY_BEARER:
    case SECURITY_MUTUAL_TLS:
    case SECURITY_OTHER:
        break;
    }
    return "TOKEN";
}

static const char *place_of(const security_scheme *scheme) {
    return scheme->type == SECURITY_API_KEY ? parameter_location_name(scheme->in) : NULL;
}

/* Two sources have a scheme of that name: then the source must be said. */
static bool is_shared(const auth_wanted *items, size_t count, size_t index) {
    for (size_t i = 0; i < count; i++)
        if (i != index && strcmp(items[i].scheme.name, items[index].scheme.name) == 0)
            return true;
    return false;
}

static bool is_set(const char *variable) {
    const char *value = variable == NULL ? NULL : getenv(variable);
    return value != NULL && value[0] != '\0';
}

static bool is_in_environment(const session *of, const auth_wanted *at) {
    const char *sources[] = {NULL, at->source->name};
    bool found = is_set(config_variable(of->config, at->source->name, at->scheme.name));
    for (size_t i = 0; i < 2; i++) {
        text variable = TEXT_EMPTY;
        append_auth_variable(&variable, sources[i], at->scheme.name);
        found = found || is_set(text_peek(&variable));
        text_free(&variable);
    }
    return found;
}

static void append_flows(text *out, const security_scheme *scheme) {
    const node *flows = scheme->object.value == NULL ? NULL : node_get(scheme->object.value, "flows");
    const char *single = field(scheme->object.value, "flow");
    for (size_t i = 0; flows != NULL && i < node_count(flows); i++)
        text_append_format(out, "%s%s", i == 0 ? "" : ", ", node_string(node_key(flows, i), NULL));
    if (single != NULL)
        text_append_string(out, single);
}

static void print_wanted(const session *of, const auth_wanted *items, size_t count, size_t index, FILE *out) {
    const auth_wanted *at = &items[index];
    const char *source = is_shared(items, count, index) ? at->source->name : NULL;
    text line = TEXT_EMPTY;
    text_append_format(&line, "%s.%s  %s", at->source->name, at->scheme.name, security_type_name(at->scheme.type));
    if (at->scheme.type == SECURITY_API_KEY)
        text_append_format(&line, ", the %s %s",
                           at->scheme.in == PARAMETER_QUERY ? "query parameter" : place_of(&at->scheme),
                           at->scheme.parameter);
    if (at->scheme.type == SECURITY_OAUTH2) {
        text_append_string(&line, ", ");
        append_flows(&line, &at->scheme);
    }
    text_append_format(&line, "; asked for by %zu step%s\n", at->operations, at->operations == 1 ? "" : "s");
    if (at->scheme.type == SECURITY_MUTUAL_TLS) {
        text_append_string(&line, "    --cert FILE --key FILE\n");
    } else {
        text_append_format(&line, "    --auth %s%s%s=%s\n    ", source == NULL ? "" : source, source == NULL ? "" : ".",
                           at->scheme.name, value_of(at->scheme.type));
        const char *configured = config_variable(of->config, at->source->name, at->scheme.name);
        append_auth_variable(&line, source, at->scheme.name);
        if (configured != NULL)
            text_append_format(&line, ", %s by " CONFIG_NAME, configured);
        text_append_string(&line, is_in_environment(of, at) ? "  (set)\n" : "\n");
    }
    for (const char *byte = text_peek(&line); *byte != '\0'; byte++) /* names come from documents */
        if ((unsigned char)*byte >= 0x20 || *byte == '\n')
            fputc(*byte, out);
    text_free(&line);
}

static json_t *wanted_json(const session *of, const auth_wanted *at) {
    text variable = TEXT_EMPTY, flows = TEXT_EMPTY;
    append_auth_variable(&variable, NULL, at->scheme.name);
    append_flows(&flows, &at->scheme);
    json_t *made = json_pack("{s:s, s:s, s:s, s:s*, s:s*, s:s, s:s*, s:b, s:I}", "source", at->source->name, "scheme",
                             at->scheme.name, "type", security_type_name(at->scheme.type), "in", place_of(&at->scheme),
                             "name", at->scheme.parameter, "environment", text_peek(&variable), "flows",
                             flows.length == 0 ? NULL : text_peek(&flows), "given", (int)is_in_environment(of, at),
                             "steps", (json_int_t)at->operations);
    text_free(&variable);
    text_free(&flows);
    return made;
}

int show_auth(session *at, const arazzo_description *loaded, bool json, FILE *out) {
    size_t count;
    const auth_wanted *items = auth_list(loaded, at->memory, &count);
    if (items == NULL)
        return session_no_memory(at);
    if (!json && count == 0)
        fputs("no operation that is called asks for credentials\n", out);
    for (size_t i = 0; !json && i < count; i++)
        print_wanted(at, items, count, i, out);
    if (!json)
        return EXIT_OK;
    json_t *made = json_array();
    bool right = made != NULL;
    for (size_t i = 0; right && i < count; i++)
        right = json_array_append_new(made, wanted_json(at, &items[i])) == 0;
    right = right && output_json(out, made, JSON_INDENT(2));
    json_decref(made);
    return right ? EXIT_OK : session_no_memory(at);
}
