/*
 * sample.c: an instance of a schema, made up: what the document gives as an example first, else from types, formats and
 * bounds.
 *
 * The result is plausible, not proven: `not`, `if` and most patterns are not solved.
 */
#include "engine/schema/sample.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { DEEPEST = 12, OPTIONAL_DEEPEST = 6 };

typedef struct sampler {
    const api *description;
    int depth;
    int budget; /* how many schemas may still be looked at */
} sampler;

static json_t *sample(sampler *s, located at);

static const node *get(located at, const char *name) {
    return node_type(at.value) == NODE_MAPPING ? node_get(at.value, name) : NULL;
}

static located part(located at, const node *value) {
    return (located){at.owner, value};
}

/* ---- Strings ---- */

static const struct {
    const char *format;
    const char *value;
} formats[] = {{"date-time", "2024-01-15T09:30:00Z"},
               {"date", "2024-01-15"},
               {"time", "09:30:00Z"},
               {"duration", "PT1H"},
               {"email", "user@example.com"},
               {"idn-email", "user@example.com"},
               {"hostname", "example.com"},
               {"idn-hostname", "example.com"},
               {"ipv4", "192.0.2.1"},
               {"ipv6", "2001:db8::1"},
               {"uri", "https://example.com/"},
               {"url", "https://example.com/"},
               {"uri-reference", "/path"},
               {"uuid", "123e4567-e89b-12d3-a456-426614174000"},
               {"byte", "c3RyaW5n"},
               {"binary", "string"},
               {"password", "password"},
               {"json-pointer", "/a"},
               {"regex", ".*"}};

/* One alternative of a pattern, made by taking the least of everything: literals, classes, escapes, groups,
 * quantifiers. */
typedef struct pattern {
    const char *at;
    const char *end;
    int depth;
    bool failed;
} pattern;

static bool pattern_branch(pattern *p, text *out);

static char class_escape(char name) {
    return name == 'd' ? '1' : name == 'w' ? 'a' : name == 's' ? ' ' : name == 'n' ? '\n' : name == 't' ? '\t' : name;
}

/* The first character that a class allows; a negated class is tried with a few. */
static char pattern_class(pattern *p) {
    bool negated = p->at < p->end && *p->at == '^';
    const char *start = p->at += negated, *close = start;
    while (close < p->end && (*close != ']' || close == start))
        close += *close == '\\' && close + 1 < p->end ? 2 : 1;
    if (close >= p->end) {
        p->failed = true;
        return 'a';
    }
    p->at = close + 1;
    char first = *start == '\\' ? class_escape(start[1]) : *start;
    if (!negated)
        return first;
    for (const char *candidate = "a1A-_ "; *candidate != '\0'; candidate++)
        if (memchr(start, *candidate, (size_t)(close - start)) == NULL)
            return *candidate;
    return 'z';
}

static void pattern_atom(pattern *p, text *out) {
    char byte = *p->at++;
    if (byte == '(') {
        if (p->at + 1 < p->end && p->at[0] == '?')
            p->failed = p->at[1] != ':';
        p->at += p->at + 1 < p->end && p->at[0] == '?' ? 2 : 0;
        if (!pattern_branch(p, out))
            return;
        for (int open = 1; p->at < p->end && open > 0; p->at++)
            open += *p->at == '\\' ? (p->at++, 0) : *p->at == '(' ? 1 : *p->at == ')' ? -1 : 0;
    } else if (byte == '[') {
        text_append_char(out, pattern_class(p));
    } else if (byte == '\\' && p->at < p->end) {
        text_append_char(out, class_escape(*p->at++));
    } else if (byte == '.') {
        text_append_char(out, 'a');
    } else {
        text_append_char(out, byte);
    }
}

/* How often an atom stands: the least that its quantifier allows, but once rather than never. */
static size_t pattern_quantifier(pattern *p) {
    if (p->at >= p->end)
        return 1;
    if (*p->at == '*' || *p->at == '+' || *p->at == '?') {
        p->at++;
        return 1;
    }
    if (*p->at != '{' || p->at + 1 >= p->end || !isdigit((unsigned char)p->at[1]))
        return 1;
    char *end;
    unsigned long least = strtoul(p->at + 1, &end, 10);
    const char *close = memchr(end, '}', (size_t)(p->end - end));
    p->failed = p->failed || close == NULL || least > 1000;
    p->at = close == NULL ? p->end : close + 1;
    return least == 0 ? 1 : least;
}

static bool pattern_branch(pattern *p, text *out) {
    if (++p->depth > 20)
        p->failed = true;
    while (!p->failed && p->at < p->end && *p->at != ')' && *p->at != '|') {
        if (*p->at == '^' || *p->at == '$') {
            p->at++;
            continue;
        }
        size_t before = out->length;
        pattern_atom(p, out);
        size_t length = out->length - before;
        for (size_t times = pattern_quantifier(p); times > 1 && !p->failed && !out->failed && out->length < 10000;
             times--) {
            char *copy = malloc(length + 1);
            if (copy == NULL) {
                out->failed = true;
                break;
            }
            memcpy(copy, out->bytes + before, length);
            text_append(out, copy, length);
            free(copy);
        }
    }
    p->depth--;
    return !p->failed;
}

static bool sample_pattern(const node *value, text *out) {
    size_t length;
    const char *written = node_string(value, &length);
    if (written == NULL)
        return false;
    pattern p = {.at = written, .end = written + length};
    if (pattern_branch(&p, out))
        return true;
    text_truncate(out, 0);
    return false;
}

static json_t *sample_string(located at) {
    const node *format = get(at, "format"), *pattern_node = get(at, "pattern");
    const node *least = get(at, "minLength"), *most = get(at, "maxLength");
    const char *known = format == NULL ? NULL : node_string(format, NULL);
    text out = TEXT_EMPTY;
    if (pattern_node == NULL || !sample_pattern(pattern_node, &out)) {
        const char *value = "string";
        for (size_t i = 0; known != NULL && i < sizeof formats / sizeof *formats; i++)
            if (strcmp(formats[i].format, known) == 0)
                value = formats[i].value;
        text_append_string(&out, value);
        while (least != NULL && out.length < (size_t)node_number(least) && out.length < 100000 && !out.failed)
            text_append_char(&out, 'x');
        if (most != NULL && node_number(most) >= 0 && out.length > (size_t)node_number(most))
            text_truncate(&out, (size_t)node_number(most));
    }
    json_t *made = out.failed ? NULL : json_stringn(text_peek(&out), out.length);
    text_free(&out);
    return made;
}

/* ---- Numbers ---- */

static json_t *sample_number(located at, bool integer) {
    const node *low = get(at, "minimum"), *above = get(at, "exclusiveMinimum");
    const node *high = get(at, "maximum"), *below = get(at, "exclusiveMaximum"), *of = get(at, "multipleOf");
    double value = integer ? 1 : 1.5, step = of != NULL && node_number(of) > 0 ? node_number(of) : 1;
    bool open_low = above != NULL && node_boolean(above), open_high = below != NULL && node_boolean(below);
    if (above != NULL && node_type(above) != NODE_BOOLEAN) {
        low = above;
        open_low = true;
    }
    if (below != NULL && node_type(below) != NODE_BOOLEAN) {
        high = below;
        open_high = true;
    }
    if (high != NULL && value > node_number(high) - open_high)
        value = node_number(high) - (open_high ? step : 0);
    if (low != NULL && value < node_number(low) + open_low)
        value = node_number(low) + (open_low ? step : 0);
    if (of != NULL && node_number(of) > 0)
        value = ceil(value / step) * step;
    return integer ? json_integer((json_int_t)value) : json_real(value);
}

/* ---- Structures ---- */

static bool is_required(located at, const char *name) {
    const node *list = get(at, "required");
    for (size_t i = 0; list != NULL && i < node_count(list); i++) {
        const char *one = node_string(node_item(list, i), NULL);
        if (one != NULL && strcmp(one, name) == 0)
            return true;
    }
    return false;
}

static bool add_properties(sampler *s, located at, json_t *into) {
    const node *map = get(at, "properties");
    for (size_t i = 0; map != NULL && i < node_count(map); i++) {
        const char *name = node_string(node_key(map, i), NULL);
        if (s->depth > OPTIONAL_DEEPEST && !is_required(at, name))
            continue;
        json_t *value = sample(s, part(at, node_value(map, i)));
        if (value == NULL || json_object_set_new(into, name, value) != 0)
            return false;
    }
    return true;
}

static json_t *sample_object(sampler *s, located at) {
    json_t *made = json_object();
    if (made != NULL && add_properties(s, at, made)) {
        const node *more = get(at, "additionalProperties");
        if (json_object_size(made) > 0 || more == NULL || node_type(more) != NODE_MAPPING ||
            s->depth > OPTIONAL_DEEPEST)
            return made;
        json_t *value = sample(s, part(at, more));
        if (value != NULL && json_object_set_new(made, "key", value) == 0)
            return made;
    }
    json_decref(made);
    return NULL;
}

static json_t *sample_array(sampler *s, located at) {
    json_t *made = json_array();
    const node *items = get(at, "items"), *least = get(at, "minItems"), *prefix = get(at, "prefixItems");
    size_t count = least != NULL && node_number(least) > 1 ? (size_t)node_number(least) : 1;
    if (s->depth > OPTIONAL_DEEPEST && least == NULL)
        count = 0;
    if (prefix != NULL && node_count(prefix) > count)
        count = node_count(prefix);
    for (size_t i = 0; made != NULL && i < count && i < 100; i++) {
        const node *item = prefix != NULL && i < node_count(prefix) ? node_item(prefix, i) : items;
        if (item == NULL)
            break;
        json_t *value = sample(s, part(at, item));
        if (value != NULL && json_array_append_new(made, value) == 0)
            continue;
        json_decref(made);
        made = NULL;
    }
    return made;
}

/* allOf: the members of all of them, and of the schema itself. */
static json_t *sample_all(sampler *s, located at, const node *list) {
    json_t *made = json_object(), *other = NULL;
    for (size_t i = 0; made != NULL && i < node_count(list); i++) {
        json_t *value = sample(s, part(at, node_item(list, i)));
        bool right = value != NULL;
        if (json_is_object(value)) {
            right = json_object_update(made, value) == 0;
        } else if (right && other == NULL) {
            other = json_incref(value);
        }
        json_decref(value);
        if (!right) {
            json_decref(made);
            made = NULL;
        }
    }
    if (made != NULL && !add_properties(s, at, made)) {
        json_decref(made);
        made = NULL;
    }
    if (made != NULL && json_object_size(made) == 0 && other != NULL) {
        json_decref(made);
        return other;
    }
    json_decref(other);
    return made;
}

/* ---- Any schema ---- */

static const char *type_of(located at) {
    const node *type = get(at, "type");
    if (type == NULL) {
        if (get(at, "properties") != NULL || get(at, "additionalProperties") != NULL)
            return "object";
        return get(at, "items") != NULL || get(at, "prefixItems") != NULL ? "array" : "string";
    }
    const char *one = node_string(type, NULL);
    for (size_t i = 0; one == NULL && i < node_count(type); i++) {
        const char *candidate = node_string(node_item(type, i), NULL);
        if (candidate != NULL && strcmp(candidate, "null") != 0)
            one = candidate;
    }
    return one == NULL ? "null" : one;
}

static const node *given_value(located at) {
    static const char *const names[] = {"const", "example", "default"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (get(at, names[i]) != NULL)
            return get(at, names[i]);
    const node *examples = get(at, "examples"), *choices = get(at, "enum");
    if (examples != NULL && node_item(examples, 0) != NULL)
        return node_item(examples, 0);
    return choices == NULL ? NULL : node_item(choices, 0);
}

static json_t *sample_typed(sampler *s, located at) {
    const char *type = type_of(at);
    if (strcmp(type, "object") == 0)
        return sample_object(s, at);
    if (strcmp(type, "array") == 0)
        return sample_array(s, at);
    if (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0)
        return sample_number(at, type[0] == 'i');
    if (strcmp(type, "boolean") == 0)
        return json_true();
    return strcmp(type, "null") == 0 ? json_null() : sample_string(at);
}

static json_t *sample(sampler *s, located at) {
    at = api_resolve(s->description, at);
    if (at.value == NULL || node_type(at.value) != NODE_MAPPING || s->depth >= DEEPEST || --s->budget < 0)
        return json_null();
    const node *given = given_value(at);
    if (given != NULL)
        return node_json(given);
    s->depth++;
    const node *all = get(at, "allOf"), *one = get(at, "oneOf"), *any = get(at, "anyOf");
    const node *choice = one != NULL && node_count(one) > 0 ? one : any;
    json_t *made = all != NULL && node_count(all) > 0         ? sample_all(s, at, all)
                   : choice != NULL && node_count(choice) > 0 ? sample(s, part(at, node_item(choice, 0)))
                                                              : sample_typed(s, at);
    s->depth--;
    return made;
}

json_t *sample_schema(const api *description, located schema) {
    enum { BUDGET = 20000 };
    sampler s = {.description = description, .budget = BUDGET};
    return sample(&s, schema);
}

json_t *sample_media_type(const api *description, const media_type *type) {
    const node *example = node_get(type->object.value, "example"), *examples = node_get(type->object.value, "examples");
    if (example != NULL)
        return node_json(example);
    if (examples != NULL && node_type(examples) == NODE_MAPPING && node_count(examples) > 0) {
        located first = api_resolve(description, part(type->object, node_value(examples, 0)));
        const node *value = first.value == NULL ? NULL : node_get(first.value, "value");
        if (value == NULL && first.value != NULL)
            value = node_get(first.value, "dataValue");
        if (value != NULL)
            return node_json(value);
    }
    return type->schema.value == NULL ? NULL : sample_schema(description, type->schema);
}
