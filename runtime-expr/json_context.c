/* json_context.c: looks references up in a JSON object. */
#include "runtime-expr/json_context.h"

#include <string.h>

#include "base/text.h"
#include "runtime-expr/compare.h"

/* ---- Looking up ---- */

static json_t *at(json_t *object, const char *key) {
    return key == NULL ? NULL : json_object_get(object, key);
}

/* A header: by its exact name, else without regard to case (S8). */
static json_t *header(json_t *headers, const char *name) {
    json_t *exact = json_object_get(headers, name);
    if (exact != NULL)
        return exact;
    for (void *place = json_object_iter(headers); place != NULL; place = json_object_iter_next(headers, place))
        if (compare_folded(json_object_iter_key(place), json_object_iter_key_len(place), name, strlen(name)) == 0)
            return json_object_iter_value(place);
    return NULL;
}

static bool holds(json_t *names, const char *name) {
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *held = json_string_value(json_array_get(names, i));
        if (held != NULL && strcmp(held, name) == 0)
            return true;
    }
    return false;
}

/* An operation or workflow of the source description, else one of its fields. A new reference. */
static json_t *in_source(json_t *source, const char *name) {
    static const struct {
        const char *names, *kind;
    } holders[] = {{"operationIds", "operation"}, {"workflowIds", "workflow"}};
    for (size_t i = 0; i < 2; i++) {
        if (holds(at(source, holders[i].names), name))
            return json_pack("{s:s}", holders[i].kind, name);
        if (strcmp(holders[i].names, name) == 0)
            return NULL;
    }
    return json_incref(at(source, name));
}

static json_t *lookup(void *user, const expr_reference *reference) {
    static const char *const messages[] = {"request", "response", "message"};
    static const char *const parts[] = {"header", "query", "path", "body", "payload"};
    json_t *data = user;
    expr_root root = reference->root;
    const char *owner = reference->owner, *name = reference->name;
    if (root >= EXPR_REQUEST_HEADER && root <= EXPR_MESSAGE_PAYLOAD) {
        size_t which = (size_t)root - EXPR_REQUEST_HEADER, part = which % 5;
        json_t *found = at(at(data, messages[which / 5]), parts[part]);
        return json_incref(part == 0 ? header(found, name) : part < 3 ? at(found, name) : found);
    }
    switch (root) {
    case EXPR_URL:
        return json_incref(at(data, "url"));
    case EXPR_METHOD:
        return json_incref(at(data, "method"));
    case EXPR_STATUS_CODE:
        return json_incref(at(data, "statusCode"));
    case EXPR_SELF:
        return json_incref(at(data, "self"));
    case EXPR_INPUTS:
        return json_incref(at(at(data, "inputs"), name));
    case EXPR_OUTPUTS:
        return json_incref(at(at(data, "outputs"), name));
    case EXPR_STEPS:
        data = at(at(at(data, "steps"), owner), "outputs");
        return json_incref(name == NULL ? data : at(data, name));
    case EXPR_WORKFLOWS_INPUTS:
        return json_incref(at(at(at(at(data, "workflows"), owner), "inputs"), name));
    case EXPR_WORKFLOWS_OUTPUTS:
        return json_incref(at(at(at(at(data, "workflows"), owner), "outputs"), name));
    case EXPR_SOURCE_DESCRIPTIONS:
        return in_source(at(at(data, "sourceDescriptions"), owner), name);
    case EXPR_COMPONENTS:
        return json_incref(at(at(at(data, "components"), owner), name));
    default:
        return NULL;
    }
}

expr_context json_context(json_t *data) {
    return (expr_context){.user = data, .lookup = lookup};
}

/* ---- Reading ---- */

/* Appends ".0" to each integer that does not fit 64 bits, which jansson would refuse. */
static void write_large_integers_as_reals(const char *bytes, size_t length, text *out) {
    size_t copied = 0;
    bool in_string = false;
    for (size_t i = 0; i < length; i++) {
        char byte = bytes[i];
        if (byte == '"') {
            in_string = !in_string;
        } else if (in_string) {
            i += byte == '\\';
        } else if (byte == '-' || (byte >= '0' && byte <= '9')) {
            bool is_integer;
            json_int_t integer;
            double real;
            size_t size = number_length(bytes + i, length - i);
            if (size == 0)
                continue;
            bool plain = memchr(bytes + i, '.', size) == NULL && memchr(bytes + i, 'e', size) == NULL &&
                         memchr(bytes + i, 'E', size) == NULL;
            if (plain && number_parse(bytes + i, size, &is_integer, &integer, &real) && !is_integer) {
                text_append(out, bytes + copied, i + size - copied);
                text_append_string(out, ".0");
                copied = i + size;
            }
            i += size - 1;
        }
    }
    text_append(out, bytes + copied, length - copied);
}

json_t *json_context_parse(const char *bytes, size_t length, json_error_t *error) {
    json_t *value = json_loadb(bytes, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, error);
    if (value != NULL || json_error_code(error) != json_error_numeric_overflow)
        return value;
    text adapted = TEXT_EMPTY;
    write_large_integers_as_reals(bytes, length, &adapted);
    if (!adapted.failed)
        value = json_loadb(text_peek(&adapted), adapted.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, error);
    text_free(&adapted);
    return value;
}
