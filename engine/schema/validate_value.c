/*
 * validate_value.c: assertions about a value as a whole: its type, enumerations, numbers, strings, formats (JSON Schema
 * 2020-12, validation, sections 6.1 to 6.3 and 7).
 */
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "engine/schema/validate_internal.h"
#include "runtime-expr/json_text.h"

/* A value as an error message quotes it. */
static const char *quote(validation *v, const json_t *value) {
    enum { WIDTH = 60 };
    text shown = TEXT_EMPTY;
    if (v->errors == NULL)
        return "";
    json_text_brief(&shown, value, WIDTH);
    const char *kept = shown.failed ? NULL : arena_copy(v->memory, text_peek(&shown), shown.length);
    v->no_memory = v->no_memory || kept == NULL;
    text_free(&shown);
    return kept == NULL ? "" : kept;
}

/* What a schema calls a password is not to be seen by whoever reads the error. */
static const char *quote_instance(validation *v, const schema *rule, const json_t *instance) {
    const node *format = v->errors == NULL ? NULL : node_get(rule->source, "format");
    const char *name = format == NULL ? NULL : node_string(format, NULL);
    return name != NULL && strcmp(name, "password") == 0 ? "***" : quote(v, instance);
}

/* ---- Any value ---- */

unsigned validate_type_of(const json_t *value) {
    switch (json_typeof(value)) {
    case JSON_NULL:
        return TYPE_NULL;
    case JSON_TRUE:
    case JSON_FALSE:
        return TYPE_BOOLEAN;
    case JSON_INTEGER:
        return TYPE_INTEGER;
    case JSON_REAL:
        return floor(json_real_value(value)) == json_real_value(value) ? TYPE_INTEGER : TYPE_NUMBER;
    case JSON_STRING:
        return TYPE_STRING;
    case JSON_ARRAY:
        return TYPE_ARRAY;
    case JSON_OBJECT:
        return TYPE_OBJECT;
    }
    return 0;
}

static void append_types(text *out, unsigned types) {
    static const struct {
        unsigned bits;
        const char *name;
    } names[] = {{TYPE_STRING, "a string"},   {TYPE_NUMBER, "a number"},  {TYPE_INTEGER, "an integer"},
                 {TYPE_BOOLEAN, "a boolean"}, {TYPE_OBJECT, "an object"}, {TYPE_ARRAY, "an array"},
                 {TYPE_NULL, "null"}};
    if ((types & TYPE_NUMBER) != 0)
        types &= ~(unsigned)TYPE_INTEGER;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if ((types & names[i].bits) != 0)
            text_append_format(out, "%s%s", out->length == 0 ? "" : " or ", names[i].name);
}

static bool check_type(validation *v, const schema *rule, const json_t *instance) {
    if (rule->types == 0 || (rule->types & validate_type_of(instance)) != 0)
        return true;
    text wanted = TEXT_EMPTY;
    append_types(&wanted, rule->types);
    const node *nullable = json_is_null(instance) ? node_get(rule->source, "nullable") : NULL;
    bool dated = nullable != NULL && node_boolean(nullable);
    validate_fail(v, rule, "type", "is %s, must be %s%s", quote_instance(v, rule, instance), text_peek(&wanted),
                  dated ? " ('nullable' has no meaning since OpenAPI 3.1: type: [..., 'null'])" : "");
    v->no_memory = v->no_memory || wanted.failed;
    text_free(&wanted);
    return false;
}

static bool check_enum(validation *v, const schema *rule, const json_t *instance) {
    bool right = true;
    if (rule->constant != NULL && !value_same(rule->constant, instance, &v->work))
        right = validate_fail(v, rule, "const", "is %s, must be %s", quote_instance(v, rule, instance),
                              quote(v, rule->constant));
    bool found = rule->enumeration == NULL;
    for (size_t i = 0; !found && i < json_array_size(rule->enumeration); i++)
        found = value_same(json_array_get(rule->enumeration, i), instance, &v->work);
    return found ? right
                 : validate_fail(v, rule, "enum", "is %s, must be one of %s", quote_instance(v, rule, instance),
                                 quote(v, rule->enumeration));
}

/* ---- Numbers ---- */

/* `sign` is 1 for a lower bound and -1 for an upper one. */
static bool check_bound(validation *v, const schema *rule, const char *keyword, const bound *limit, int sign,
                        const json_t *instance) {
    int order = limit->value == NULL ? 1 : sign * value_compare(instance, limit->value);
    if (order > 0 || (order == 0 && !limit->exclusive))
        return true;
    const char *const words[2][2] = {{"at most", "less than"}, {"at least", "greater than"}};
    return validate_fail(v, rule, keyword, "is %s, must be %s %s", quote_instance(v, rule, instance),
                         words[sign > 0][limit->exclusive], quote(v, limit->value));
}

static bool check_number(validation *v, const schema *rule, const json_t *instance) {
    bool right = check_bound(v, rule, "minimum", &rule->minimum, 1, instance);
    right = check_bound(v, rule, "maximum", &rule->maximum, -1, instance) && right;
    right = check_bound(v, rule, "exclusiveMinimum", &rule->exclusive_minimum, 1, instance) && right;
    right = check_bound(v, rule, "exclusiveMaximum", &rule->exclusive_maximum, -1, instance) && right;
    if (rule->multiple_of != NULL && !value_is_multiple(instance, rule->multiple_of, &v->no_memory))
        right = validate_fail(v, rule, "multipleOf", "is %s, must be a multiple of %s",
                              quote_instance(v, rule, instance), quote(v, rule->multiple_of));
    return right;
}

/* ---- Strings ---- */

static bool check_format(validation *v, const schema *rule, const json_t *instance) {
    switch (format_check(rule->format, json_string_value(instance), json_string_length(instance))) {
    case FORMAT_HOLDS:
        return true;
    case FORMAT_NO_MEMORY:
        v->no_memory = true;
        return false;
    case FORMAT_FAILS:
        break;
    }
    return validate_fail(v, rule, "format", "is %s, must be %s", quote_instance(v, rule, instance),
                         rule->format->meaning);
}

/* The string as JSON: places within it follow its own. */
static bool check_content(validation *v, const schema *rule, const json_t *instance) {
    json_t *content;
    switch (json_text_parse(json_string_value(instance), json_string_length(instance), &content, NULL)) {
    case JSON_TEXT_NO_MEMORY:
        v->no_memory = true;
        return false;
    case JSON_TEXT_INVALID:
        return validate_fail(v, rule, "contentMediaType", "is %s, must be JSON", quote_instance(v, rule, instance));
    case JSON_TEXT_OK:
        break;
    }
    bool right = validate(v, rule->content, content, NULL);
    json_decref(content);
    return right;
}

static bool check_string(validation *v, const schema *rule, const json_t *instance) {
    const char *string = json_string_value(instance);
    size_t bytes = json_string_length(instance);
    bool right = true;
    if (!budget_spend(&v->work, bytes / 64))
        return false;
    if (rule->min_length.given || rule->max_length.given) {
        size_t length = utf8_count(string, bytes);
        if (rule->min_length.given && length < rule->min_length.value)
            right = validate_fail(v, rule, "minLength", "has %zu character%s, must have at least %zu", length,
                                  length == 1 ? "" : "s", rule->min_length.value);
        if (rule->max_length.given && length > rule->max_length.value)
            right = validate_fail(v, rule, "maxLength", "has %zu character%s, must have at most %zu", length,
                                  length == 1 ? "" : "s", rule->max_length.value);
    }
    if (rule->pattern != NULL && !validate_pattern(v, rule->pattern, string, bytes))
        right = validate_fail(v, rule, "pattern", "is %s, must match %s", quote_instance(v, rule, instance),
                              rule->pattern_text);
    if (rule->format != NULL)
        right = check_format(v, rule, instance) && right;
    if (rule->content != NULL)
        right = check_content(v, rule, instance) && right;
    return right;
}

bool validate_value(validation *v, const schema *rule, const json_t *instance) {
    bool right = check_type(v, rule, instance);
    right = check_enum(v, rule, instance) && right;
    if (json_is_number(instance))
        right = check_number(v, rule, instance) && right;
    if (json_is_string(instance))
        right = check_string(v, rule, instance) && right;
    return right;
}
