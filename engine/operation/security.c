/*
 * security.c: security schemes and requirements as a document declares them. OpenAPI 3.2.0, "Security Scheme Object"
 * and "Security Requirement Object"; Swagger 2.0, "Security Definitions Object".
 *
 * Which credentials satisfy them, and how they are sent, is engine/auth/'s.
 */
#include <string.h>
#include <strings.h>

#include "engine/operation/operation_internal.h"

static const node *scheme_map(const api *description) {
    const node *root = document_root(description->owner), *components = node_get(root, "components");
    const node *map = description->version == API_SWAGGER_2_0 ? node_get(root, "securityDefinitions")
                      : components == NULL                    ? NULL
                                                              : node_get(components, "securitySchemes");
    return map != NULL && node_type(map) == NODE_MAPPING ? map : NULL;
}

static security_type http_type(const char *scheme) {
    static const struct {
        const char *name;
        security_type type;
    } types[] = {{"basic", SECURITY_BASIC}, {"bearer", SECURITY_BEARER}, {"digest", SECURITY_DIGEST}};
    for (size_t i = 0; scheme != NULL && i < sizeof types / sizeof *types; i++)
        if (strcasecmp(types[i].name, scheme) == 0)
            return types[i].type;
    static const char tchars[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    bool is_token = scheme != NULL && scheme[0] != '\0' && scheme[strspn(scheme, tchars)] == '\0';
    return is_token ? SECURITY_HTTP : SECURITY_OTHER;
}

static security_scheme read_scheme(const char *name, located object) {
    static const struct {
        const char *name;
        security_type type;
    } types[] = {{"apiKey", SECURITY_API_KEY},
                 {"basic", SECURITY_BASIC}, /* Swagger 2.0 */
                 {"oauth2", SECURITY_OAUTH2},
                 {"openIdConnect", SECURITY_OPENID_CONNECT},
                 {"mutualTLS", SECURITY_MUTUAL_TLS}};
    security_scheme made = {.name = name, .type = SECURITY_OTHER, .object = object};
    const char *type = object.value == NULL ? NULL : string_field(object.value, "type");
    if (type == NULL)
        return made;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, type) == 0)
            made.type = types[i].type;
    if (strcmp(type, "http") == 0)
        made.type = http_type(string_field(object.value, "scheme"));
    if (made.type != SECURITY_API_KEY)
        return made;
    const char *in = string_field(object.value, "in");
    made.parameter = string_field(object.value, "name");
    if (in == NULL || made.parameter == NULL || !parameter_location_from(in, &made.in))
        made.type = SECURITY_OTHER;
    return made;
}

/* By its name among the components or, since 3.2, by its URI. */
static security_scheme find_scheme(const api *description, const char *name) {
    const node *map = scheme_map(description), *found = map == NULL ? NULL : node_get(map, name);
    located root = {description->owner, document_root(description->owner)};
    if (found != NULL)
        return read_scheme(name, api_resolve(description, (located){description->owner, found}));
    if (description->version == API_OPENAPI_3_2 && strpbrk(name, "/#.") != NULL)
        return read_scheme(name, resolve_written(description, root, name).target);
    return read_scheme(name, (located){NULL, NULL});
}

static bool read_alternative(const api *description, const node *object, arena *memory, security_alternative *out) {
    if (node_type(object) != NODE_MAPPING)
        return true;
    out->needs = arena_array(memory, node_count(object) + 1, sizeof *out->needs);
    for (size_t i = 0; out->needs != NULL && i < node_count(object); i++) {
        const node *scopes = node_value(object, i);
        size_t count = node_type(scopes) == NODE_SEQUENCE ? node_count(scopes) : 0;
        security_need *need = &out->needs[out->count++];
        *need = (security_need){.scheme = find_scheme(description, node_string(node_key(object, i), NULL))};
        need->scopes = arena_array(memory, count + 1, sizeof *need->scopes);
        if (need->scopes == NULL)
            return false;
        for (size_t j = 0; j < count; j++)
            if (node_string(node_item(scopes, j), NULL) != NULL)
                need->scopes[need->scope_count++] = node_string(node_item(scopes, j), NULL);
    }
    return out->needs != NULL;
}

bool operation_security(const operation *op, arena *memory, security_requirement *out) {
    const node *list = node_get(op->object.value, "security");
    if (list == NULL)
        list = node_get(document_root(op->description->owner), "security");
    size_t count = list == NULL || node_type(list) != NODE_SEQUENCE ? 0 : node_count(list);
    *out = (security_requirement){.items = arena_array(memory, count + 1, sizeof *out->items)};
    for (size_t i = 0; out->items != NULL && i < count; i++)
        if (!read_alternative(op->description, node_item(list, i), memory, &out->items[out->count++]))
            return false;
    return out->items != NULL;
}

const char *security_type_name(security_type type) {
    static const char *const names[] = {"apiKey", "http basic",    "http bearer", "http digest", "http",
                                        "oauth2", "openIdConnect", "mutualTLS",   "unknown"};
    return names[type];
}
