/* secrets.c: a value is looked at with its schema beside it, as far as the schema's plain keywords lead. */
#include "engine/cli/secrets.h"

#include <string.h>

#include "base/text.h"
#include "engine/auth/auth.h"
#include "engine/report/curl.h"

enum { DEEPEST = 32, DEEPEST_SOURCES = 4 };

typedef struct search {
    mask *secrets;
    const document *owner; /* of the schema */
    size_t depth;
} search;

static bool find(search *at, const node *schema_object, const json_t *value);

static bool is_password(const node *schema_object) {
    const node *format = node_get(schema_object, "format");
    const char *name = format == NULL ? NULL : node_string(format, NULL);
    return name != NULL && strcmp(name, "password") == 0;
}

static bool find_referenced(search *at, const node *schema_object, const json_t *value) {
    const node *reference = node_get(schema_object, "$ref");
    size_t length = 0;
    const char *pointer = reference == NULL ? NULL : node_string(reference, &length);
    if (pointer == NULL || pointer[0] != '#')
        return true;
    return find(at, description_schema(document_root(at->owner), pointer, length), value);
}

static bool find_in_parts(search *at, const node *schema_object, const json_t *value) {
    static const char *const lists[] = {"allOf", "anyOf", "oneOf"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const node *list = node_get(schema_object, lists[i]);
        for (size_t j = 0; list != NULL && node_type(list) == NODE_SEQUENCE && j < node_count(list); j++)
            if (!find(at, node_item(list, j), value))
                return false;
    }
    return true;
}

static bool find_in_members(search *at, const node *schema_object, const json_t *value) {
    const node *properties = node_get(schema_object, "properties"),
               *others = node_get(schema_object, "additionalProperties");
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)value, name, member) {
        const node *own =
            properties == NULL || node_type(properties) != NODE_MAPPING ? NULL : node_get(properties, name);
        if (!find(at, own != NULL ? own : others, member))
            return false;
    }
    return true;
}

static bool find_in_items(search *at, const node *schema_object, const json_t *value) {
    const node *items = node_get(schema_object, "items");
    json_t *item;
    size_t index;
    json_array_foreach(value, index, item) {
        if (!find(at, items, item))
            return false;
    }
    return true;
}

static bool find(search *at, const node *schema_object, const json_t *value) {
    if (schema_object == NULL || node_type(schema_object) != NODE_MAPPING || at->depth == DEEPEST)
        return true;
    if (is_password(schema_object))
        return mask_add_json(at->secrets, value);
    at->depth++;
    bool good = find_referenced(at, schema_object, value) && find_in_parts(at, schema_object, value) &&
                find_in_members(at, schema_object, value) && find_in_items(at, schema_object, value);
    at->depth--;
    return good;
}

bool secrets_of_inputs(mask *secrets, const workflow *flow, const json_t *inputs, const value_list *names) {
    search at = {.secrets = secrets, .owner = flow->owner->document};
    for (size_t i = 0; i < names->count; i++) {
        const json_t *named = json_object_get(inputs, names->items[i]);
        if (named != NULL && !mask_add_json(secrets, named))
            return false;
    }
    return find(&at, flow->inputs, inputs);
}

/* The workflow that an event names may be any document's: where several have the id, each says what is secret. */
static bool add_started(mask *secrets, const arazzo_description *loaded, const arazzo_event *event,
                        const value_list *names, size_t depth) {
    const workflow *flow = description_workflow(loaded, event->workflow_id);
    if (flow != NULL && !secrets_of_inputs(secrets, flow, event->inputs, names))
        return false;
    for (size_t i = 0; i < loaded->source_count && depth < DEEPEST_SOURCES; i++)
        if (loaded->sources[i].description != NULL &&
            !add_started(secrets, loaded->sources[i].description, event, names, depth + 1))
            return false;
    return true;
}

static bool add_headers(mask *secrets, const arazzo_header *headers, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!curl_is_expression(headers[i].value) && !mask_add_header(secrets, headers[i].name, headers[i].value))
            return false;
    return true;
}

static int digit(char byte) {
    static const char digits[] = "0123456789abcdef";
    const char *at = byte == '\0' ? NULL : strchr(digits, byte >= 'A' && byte <= 'F' ? byte + ('a' - 'A') : byte);
    return at == NULL ? -1 : (int)(at - digits);
}

/* What stands between `:` and `@` before the host, decoded. */
static bool add_url(mask *secrets, const char *url) {
    const char *start = strstr(url, "://");
    size_t length = start == NULL ? 0 : strcspn(start + 3, "/?#");
    const char *colon = start == NULL ? NULL : memchr(start + 3, ':', length);
    const char *end = start == NULL ? NULL : start + 3 + length;
    while (end != NULL && end > start + 3 && end[-1] != '@')
        end--;
    if (colon == NULL || end <= colon + 2)
        return true;
    text decoded = TEXT_EMPTY;
    for (const char *at = colon + 1; at < end - 1; at++) {
        bool encoded = *at == '%' && digit(at[1]) >= 0 && digit(at[2]) >= 0;
        text_append_char(&decoded, encoded ? (char)(digit(at[1]) * 16 + digit(at[2])) : *at);
        at += encoded ? 2 : 0;
    }
    bool good = !decoded.failed && mask_add(secrets, text_peek(&decoded), decoded.length);
    text_free(&decoded);
    return good;
}

bool secrets_of_event(mask *secrets, const arazzo_description *loaded, const arazzo_event *event,
                      const value_list *names) {
    if (event->kind == ARAZZO_EVENT_WORKFLOW_STARTED && event->inputs != NULL)
        return add_started(secrets, loaded, event, names, 0);
    if (event->kind == ARAZZO_EVENT_REQUEST)
        return add_url(secrets, event->request->url) &&
               add_headers(secrets, event->request->headers, event->request->header_count);
    if (event->kind == ARAZZO_EVENT_RESPONSE && event->response != NULL)
        return add_headers(secrets, event->response->headers, event->response->header_count);
    return true;
}

typedef struct adding {
    mask *secrets;
    bool failed;
} adding;

static void add_credential(void *user, const char *value) {
    adding *to = user;
    to->failed = !mask_add(to->secrets, value, strlen(value)) || to->failed;
}

bool secrets_of_auth(mask *secrets, const arazzo_auth *auth) {
    adding to = {.secrets = secrets};
    auth_secrets(auth, add_credential, &to);
    return !to.failed;
}
