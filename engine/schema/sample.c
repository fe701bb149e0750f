/*
 * sample.c: an instance of a schema, made up: what the document gives as an example first, else from types, formats and
 * bounds. JSON Schema 2020-12 as OpenAPI 3.1 and later have it, and the dialects of 3.0 and 2.0.
 *
 * The result is plausible, not proven: `not`, `if` and what else can only be found by search are not solved.
 */
#include "engine/schema/sample.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "engine/schema/sample_internal.h"

enum {
    DEEPEST = 24,
    OPTIONAL_DEEPEST = 6,
    MOST_SCHEMAS = 5000,
    MOST_ITEMS = 100,
    MOST_HOPS = 32,
    LONGEST_STRING = 100000
};

/*
 * A function that samples answers a new reference, or NULL: with `failed` set memory is short, without it there is
 * nothing (more) to make here: a schema that contains itself, or one too deep.
 */
typedef struct sampler {
    const api *description;
    const node *path[DEEPEST]; /* the schemas that the present one is in */
    size_t depth;
    int budget; /* how many schemas may still be looked at */
    bool failed;
} sampler;

/* Where references lead: through the OpenAPI description or, without one, within the document. */
static located follow(const sampler *s, located at) {
    if (s->description != NULL)
        return api_resolve(s->description, at);
    for (int hops = 0; at.value != NULL && hops < MOST_HOPS; hops++) {
        const node *reference = node_get(at.value, "$ref");
        size_t length = 0;
        const char *pointer = reference == NULL ? NULL : node_string(reference, &length);
        if (pointer == NULL)
            return at;
        at.value = pointer[0] == '#' ? node_at(document_root(at.owner), pointer + 1, length - 1) : NULL;
    }
    return (located){NULL, NULL};
}

static json_t *sample(sampler *s, located at);
static json_t *sample_thing(sampler *s, located at);

static json_t *made(sampler *s, json_t *value) {
    s->failed = s->failed || value == NULL;
    return value;
}

static const node *get(located at, const char *name) {
    return at.value == NULL ? NULL : node_get(at.value, name);
}

static located part(located at, const node *value) {
    return (located){at.owner, value};
}

static bool is_string(const node *value, const char *string) {
    const char *own = value == NULL ? NULL : node_string(value, NULL);
    return own != NULL && strcmp(own, string) == 0;
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
               {"iri", "https://example.com/"},
               {"uri-reference", "/path"},
               {"iri-reference", "/path"},
               {"uri-template", "/path/{id}"},
               {"uuid", "123e4567-e89b-12d3-a456-426614174000"},
               {"ulid", "01HXDGZ4R4QJ2T6P9V8K7M3N5B"},
               {"byte", "c3RyaW5n"},
               {"base64", "c3RyaW5n"},
               {"base64url", "c3RyaW5n"},
               {"binary", "string"},
               {"password", "password"},
               {"int32", "1"},
               {"int64", "1"},
               {"decimal", "1.5"},
               {"json-pointer", "/a"},
               {"relative-json-pointer", "0"},
               {"regex", ".*"}};

static size_t bound(const node *value, size_t otherwise) {
    double given = value == NULL ? -1 : node_number(value);
    return given < 0 || given > LONGEST_STRING ? otherwise : (size_t)given;
}

static json_t *sample_string(sampler *s, located at) {
    const node *format = get(at, "format"), *pattern = get(at, "pattern");
    size_t least = bound(get(at, "minLength"), 0), most = bound(get(at, "maxLength"), LONGEST_STRING), length = 0;
    const char *written = pattern == NULL ? NULL : node_string(pattern, &length);
    text out = TEXT_EMPTY;
    if (written == NULL || !sample_pattern(written, length, least, most, &out)) {
        const char *value = "string";
        for (size_t i = 0; format != NULL && i < sizeof formats / sizeof *formats; i++)
            if (is_string(format, formats[i].format))
                value = formats[i].value;
        text_append_string(&out, value);
        while (out.length < least && !out.failed)
            text_append_char(&out, 'x');
        text_truncate(&out, most);
    }
    json_t *string = out.failed ? NULL : json_stringn(text_peek(&out), out.length);
    text_free(&out);
    return made(s, string);
}

/* ---- Numbers ---- */

typedef struct interval {
    double low;
    double high;
    bool open_low; /* the bound itself is outside */
    bool open_high;
    double step; /* what it is a multiple of; 0: anything */
} interval;

static bool is_within(const interval *in, double value) {
    bool low = in->open_low ? value > in->low : value >= in->low;
    bool high = in->open_high ? value < in->high : value <= in->high;
    return low && high && (in->step == 0 || fabs(value / in->step - round(value / in->step)) < 1e-9);
}

/* 2020-12 has numbers for exclusive bounds; OpenAPI 3.0 and 2.0 say `true` beside the bound. */
static interval interval_of(located at, bool integer) {
    const node *low = get(at, "minimum"), *above = get(at, "exclusiveMinimum");
    const node *high = get(at, "maximum"), *below = get(at, "exclusiveMaximum"), *of = get(at, "multipleOf");
    interval in = {.low = low == NULL ? -INFINITY : node_number(low),
                   .high = high == NULL ? INFINITY : node_number(high),
                   .open_low = above != NULL && node_boolean(above),
                   .open_high = below != NULL && node_boolean(below),
                   .step = of != NULL && node_number(of) > 0 ? node_number(of)
                           : integer                         ? 1
                                                             : 0};
    if (above != NULL && node_type(above) != NODE_BOOLEAN && node_number(above) >= in.low) {
        in.low = node_number(above);
        in.open_low = true;
    }
    if (below != NULL && node_type(below) != NODE_BOOLEAN && node_number(below) <= in.high) {
        in.high = node_number(below);
        in.open_high = true;
    }
    if (integer && in.step != round(in.step))
        in.step = 1;
    return in;
}

/* The first of some candidates that is within the bounds; when none is, there may be no such number at all. */
static double choose_number(const interval *in, double usual) {
    double unit = in->step > 0 ? in->step : 1;
    double candidates[] = {usual, 1, 0, in->low, in->low + unit, in->high, in->high - unit, (in->low + in->high) / 2};
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        double up = in->step > 0 ? ceil(candidates[i] / unit) * unit : candidates[i];
        double down = in->step > 0 ? floor(candidates[i] / unit) * unit : candidates[i];
        if (isfinite(up) && is_within(in, up))
            return up;
        if (isfinite(down) && is_within(in, down))
            return down;
    }
    return usual;
}

static json_t *sample_number(sampler *s, located at, bool integer) {
    interval in = interval_of(at, integer);
    double value = choose_number(&in, integer ? 1 : 1.5);
    if (integer)
        return made(s, json_integer(fabs(value) < 9e18 ? (json_int_t)value : 1));
    return made(s, json_real(value));
}

/* ---- Objects and arrays ---- */

static bool is_required(located at, const char *name) {
    const node *list = get(at, "required");
    for (size_t i = 0; list != NULL && i < node_count(list); i++)
        if (is_string(node_item(list, i), name))
            return true;
    return false;
}

/* Puts a value (a reference is taken over; NULL: nothing could be made) under a name. */
static void put(sampler *s, json_t *into, const char *name, json_t *value, bool required) {
    if (value == NULL && !s->failed && required)
        value = json_null();
    if (value != NULL && json_object_set_new_nocheck(into, name, value) != 0)
        s->failed = true;
}

/*
 * Things of which an OpenAPI document says nothing: a reference that leads nowhere, an object that may have any members
 * and declares none. In an answer they have an `id`, since that is what a caller asks of a thing first.
 */
static bool is_lost(sampler *s, located at) {
    return s->description != NULL && get(at, "$ref") != NULL && follow(s, at).value == NULL;
}

static bool is_open(sampler *s, located at) {
    static const char *const declaring[] = {
        "properties", "patternProperties", "propertyNames", "maxProperties", "allOf", "oneOf",
        "anyOf",      "example",           "examples",      "default",       "const", "enum"};
    at = follow(s, at);
    const node *more = get(at, "additionalProperties");
    bool open = at.value != NULL && (more == NULL || node_boolean(more));
    for (size_t i = 0; open && i < sizeof declaring / sizeof *declaring; i++)
        open = get(at, declaring[i]) == NULL;
    return open;
}

/* `object` (taken over; NULL: a new one) with an id. */
static json_t *made_thing(sampler *s, json_t *object) {
    object = object == NULL ? made(s, json_object()) : object;
    if (object != NULL)
        put(s, object, "id", made(s, json_integer(1)), true);
    return object;
}

static void add_properties(sampler *s, located at, json_t *into) {
    const node *map = get(at, "properties");
    for (size_t i = 0; map != NULL && i < node_count(map) && !s->failed; i++) {
        const char *name = node_string(node_key(map, i), NULL);
        bool required = is_required(at, name);
        if (s->depth > OPTIONAL_DEEPEST && !required)
            continue;
        const node *property = node_value(map, i), *write_only = node_get(property, "writeOnly");
        bool forbidden = node_type(property) == NODE_BOOLEAN && !node_boolean(property);
        if (forbidden || (write_only != NULL && node_boolean(write_only)))
            continue;
        put(s, into, name, is_lost(s, part(at, property)) ? made_thing(s, NULL) : sample(s, part(at, property)),
            required);
    }
}

/* Members without a name of their own: one, to show the shape, or as many as there must be. */
static void add_further(sampler *s, located at, json_t *into) {
    const node *more = get(at, "additionalProperties");
    size_t least = bound(get(at, "minProperties"), 0);
    bool shown = more != NULL && node_type(more) == NODE_MAPPING && s->depth <= OPTIONAL_DEEPEST;
    bool forbidden = more != NULL && node_type(more) == NODE_BOOLEAN && !node_boolean(more);
    size_t wanted = least > 0 ? least : json_object_size(into) == 0 && shown;
    for (size_t i = 1; !forbidden && !s->failed && i <= MOST_ITEMS && json_object_size(into) < wanted; i++) {
        char name[16];
        snprintf(name, sizeof name, i == 1 ? "key" : "key%zu", i);
        json_t *value = shown ? sample(s, part(at, more)) : made(s, json_string("string"));
        if (value == NULL)
            return;
        put(s, into, name, value, false);
    }
}

static json_t *sample_object(sampler *s, located at) {
    json_t *object = made(s, json_object());
    if (object != NULL)
        add_properties(s, at, object);
    if (!s->failed)
        add_further(s, at, object);
    if (!s->failed)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *sample_array(sampler *s, located at) {
    json_t *array = made(s, json_array());
    const node *items = get(at, "items"), *prefix = get(at, "prefixItems"), *most = get(at, "maxItems");
    size_t least = bound(get(at, "minItems"), 0), count = least > 0 ? least : s->depth <= OPTIONAL_DEEPEST;
    if (prefix != NULL && node_count(prefix) > count)
        count = node_count(prefix);
    count = count < bound(most, MOST_ITEMS) ? count : bound(most, MOST_ITEMS);
    for (size_t i = 0; !s->failed && i < count; i++) {
        const node *item = prefix != NULL && i < node_count(prefix) ? node_item(prefix, i) : items;
        json_t *value = item == NULL ? NULL : sample_thing(s, part(at, item));
        if (value == NULL)
            break;
        if (json_array_append_new(array, value) != 0)
            s->failed = true;
    }
    if (!s->failed)
        return array;
    json_decref(array);
    return NULL;
}

/* ---- Types ---- */

/* Which type the keywords of a schema without one speak of; NULL: of none. */
static const char *implied_type(located at) {
    static const struct {
        const char *keyword;
        const char *type;
    } implied[] = {{"properties", "object"},
                   {"additionalProperties", "object"},
                   {"patternProperties", "object"},
                   {"minProperties", "object"},
                   {"items", "array"},
                   {"prefixItems", "array"},
                   {"minItems", "array"},
                   {"minimum", "number"},
                   {"maximum", "number"},
                   {"exclusiveMinimum", "number"},
                   {"exclusiveMaximum", "number"},
                   {"multipleOf", "number"},
                   {"pattern", "string"},
                   {"format", "string"},
                   {"minLength", "string"},
                   {"maxLength", "string"}};
    for (size_t i = 0; i < sizeof implied / sizeof *implied; i++)
        if (get(at, implied[i].keyword) != NULL)
            return implied[i].type;
    return NULL;
}

/* The type: of several the first that is not null. */
static const char *type_of(located at) {
    const node *type = get(at, "type");
    const char *one = type == NULL ? implied_type(at) : node_string(type, NULL);
    if (type == NULL || one != NULL)
        return one;
    for (size_t i = 0; i < node_count(type); i++)
        if (!is_string(node_item(type, i), "null"))
            return node_string(node_item(type, i), NULL);
    return node_count(type) > 0 ? "null" : NULL;
}

static json_t *sample_typed(sampler *s, located at, const char *type) {
    if (strcmp(type, "object") == 0)
        return sample_object(s, at);
    if (strcmp(type, "array") == 0)
        return sample_array(s, at);
    if (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0)
        return sample_number(s, at, type[0] == 'i');
    if (strcmp(type, "boolean") == 0)
        return json_true();
    return strcmp(type, "null") == 0 ? json_null() : sample_string(s, at);
}

/* ---- Combined schemas ---- */

/* Adds a part (a reference is taken over) to the whole: objects grow together, of other values the first counts. */
static void combine(sampler *s, json_t **whole, json_t *more) {
    if (more == NULL)
        return;
    if (*whole == NULL) {
        *whole = more;
        return;
    }
    if (json_is_object(*whole) && json_is_object(more) && json_object_update_recursive(*whole, more) != 0)
        s->failed = true;
    json_decref(more);
}

/* Says only how something declared elsewhere is restricted or described: `{required: [name]}`. */
static bool is_refinement(located at) {
    static const char *const makers[] = {"allOf", "oneOf", "anyOf", "const", "enum", "example", "examples", "default"};
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
        if (get(at, makers[i]) != NULL)
            return false;
    return type_of(at) == NULL;
}

/*
 * OpenAPI's discriminator names the alternative: by its mapping, else by the schema's name (the end of the reference).
 * A `const` or `enum` of the alternative's own has named it already.
 */
static void name_alternative(sampler *s, located at, const node *chosen, json_t *value) {
    const node *property = get(part(at, get(at, "discriminator")), "propertyName");
    const node *mapping = get(part(at, get(at, "discriminator")), "mapping"), *reference = node_get(chosen, "$ref");
    const char *name = property == NULL ? NULL : node_string(property, NULL);
    const char *uri = reference == NULL ? NULL : node_string(reference, NULL);
    if (name == NULL || uri == NULL || !json_is_object(value))
        return;
    const char *last = strrchr(uri, '/'), *given = last == NULL ? uri : last + 1;
    bool mapped = false;
    for (size_t i = 0; mapping != NULL && i < node_count(mapping) && !mapped; i++) {
        const char *target = node_string(node_value(mapping, i), NULL);
        mapped = target != NULL && (strcmp(target, uri) == 0 || strcmp(target, given) == 0);
        given = mapped ? node_string(node_key(mapping, i), NULL) : given;
    }
    const char *own = json_string_value(json_object_get(value, name));
    if (!mapped && own != NULL && strcmp(own, "string") != 0)
        return;
    put(s, value, name, made(s, json_string(given)), true);
}

/* oneOf, anyOf: the first alternative that something can be made of and that is not null. */
static json_t *sample_choice(sampler *s, located at, const node *list) {
    bool nullable = false;
    for (size_t i = 0; list != NULL && i < node_count(list) && !s->failed; i++) {
        located one = follow(s, part(at, node_item(list, i)));
        if (one.value == NULL || is_refinement(one))
            continue;
        json_t *value = sample(s, part(at, node_item(list, i)));
        if (value != NULL && !json_is_null(value)) {
            name_alternative(s, at, node_item(list, i), value);
            return value;
        }
        nullable = nullable || json_is_null(value);
        json_decref(value);
    }
    return nullable && !s->failed ? json_null() : NULL;
}

/* What is required without being declared anywhere is there all the same. */
static void add_required(sampler *s, located at, json_t *into) {
    const node *list = get(at, "required");
    for (size_t i = 0; list != NULL && i < node_count(list) && !s->failed; i++) {
        const char *name = node_string(node_item(list, i), NULL);
        bool declared = name != NULL && get(part(at, get(at, "properties")), name) != NULL;
        if (name != NULL && !declared && json_object_get(into, name) == NULL)
            put(s, into, name, made(s, json_string("string")), true);
    }
}

static json_t *sample_combined(sampler *s, located at) {
    json_t *whole = NULL;
    const node *all = get(at, "allOf");
    const char *type = type_of(at);
    for (size_t i = 0; all != NULL && i < node_count(all) && !s->failed; i++) {
        located one = follow(s, part(at, node_item(all, i)));
        if (one.value != NULL && !is_refinement(one))
            combine(s, &whole, sample(s, part(at, node_item(all, i))));
    }
    if (!s->failed)
        combine(s, &whole, sample_choice(s, at, get(at, "oneOf")));
    if (!s->failed)
        combine(s, &whole, sample_choice(s, at, get(at, "anyOf")));
    if (type != NULL && !s->failed)
        combine(s, &whole, sample_typed(s, at, type));
    if (json_is_object(whole) && !s->failed)
        add_required(s, at, whole);
    if (whole == NULL && !s->failed && type == NULL && all == NULL && get(at, "oneOf") == NULL &&
        get(at, "anyOf") == NULL)
        whole = get(at, "required") == NULL ? made(s, json_string("string")) : sample_object(s, at);
    if (!s->failed)
        return whole;
    json_decref(whole);
    return NULL;
}

/* ---- Any schema ---- */

static const node *first_useful(const node *list) {
    for (size_t i = 0; list != NULL && i < node_count(list); i++)
        if (node_item(list, i) != NULL && node_type(node_item(list, i)) != NODE_NULL)
            return node_item(list, i);
    return list == NULL ? NULL : node_item(list, 0);
}

static bool has_type(const node *value, const char *type) {
    static const struct {
        const char *type;
        node_kind kind;
    } kinds[] = {{"null", NODE_NULL},   {"boolean", NODE_BOOLEAN}, {"integer", NODE_INTEGER}, {"number", NODE_INTEGER},
                 {"number", NODE_REAL}, {"string", NODE_STRING},   {"array", NODE_SEQUENCE},  {"object", NODE_MAPPING}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].type, type) == 0 && kinds[i].kind == node_type(value))
            return true;
    return strcmp(type, "file") == 0;
}

static bool fits_type(located at, const node *value) {
    const node *type = get(at, "type"), *nullable = get(at, "nullable");
    const char *one = type == NULL ? NULL : node_string(type, NULL);
    bool fits = type == NULL || (one != NULL && has_type(value, one)) ||
                (nullable != NULL && node_boolean(nullable) && node_type(value) == NODE_NULL);
    for (size_t i = 0; one == NULL && !fits && i < node_count(type); i++) {
        const char *name = node_string(node_item(type, i), NULL);
        fits = name == NULL || has_type(value, name);
    }
    return fits;
}

/*
 * What the document itself gives: an instance that its author thought of. NULL: none. An example such as `zip: 1234` of
 * a string is meant as the text that stands there; one of another type (`abc123` of an integer) is a mistake, and
 * something better is made up.
 */
static json_t *sample_given(sampler *s, located at) {
    const node *constant = get(at, "const"), *choices = get(at, "enum");
    const node *candidates[] = {get(at, "example"), first_useful(get(at, "examples")), get(at, "default")};
    if (constant != NULL)
        return made(s, node_json(constant));
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        const node *one = candidates[i];
        if (one == NULL || (i == 2 && node_type(one) == NODE_NULL))
            continue;
        if (fits_type(at, one))
            return made(s, node_json(one));
        size_t length;
        const char *source = node_type(one) == NODE_NULL ? NULL : node_source(one, &length);
        if (source != NULL && is_string(get(at, "type"), "string"))
            return made(s, json_stringn(source, length));
    }
    const node *choice = first_useful(choices);
    return choice == NULL ? NULL : made(s, node_json(choice));
}

static json_t *sample(sampler *s, located at) {
    json_t *value = sample_given(s, at); /* also beside a $ref */
    if (value == NULL && !s->failed && get(at, "$ref") != NULL) {
        at = follow(s, at);
        value = sample_given(s, at);
    }
    if (value != NULL || s->failed)
        return value;
    if (at.value == NULL || node_type(at.value) != NODE_MAPPING)
        return json_null();
    if (s->depth == DEEPEST || --s->budget < 0)
        return NULL;
    for (size_t i = 0; i < s->depth; i++)
        if (s->path[i] == at.value)
            return NULL;
    s->path[s->depth++] = at.value;
    value = sample_combined(s, at);
    s->depth--;
    return value;
}

static json_t *sample_thing(sampler *s, located at) {
    if (is_lost(s, at))
        return made_thing(s, NULL);
    json_t *value = sample(s, at);
    bool empty = json_is_object(value) && json_object_size(value) == 0;
    return empty && s->description != NULL && is_open(s, at) ? made_thing(s, value) : value;
}

json_t *sample_schema(const api *description, located schema) {
    sampler s = {.description = description, .budget = MOST_SCHEMAS};
    json_t *value = sample_thing(&s, schema);
    return value != NULL || s.failed ? value : json_null();
}

/* ---- Media types ---- */

/* An Example Object's value; NULL: it has none (it may stand elsewhere). */
static const node *example_value(const api *description, located at) {
    static const char *const names[] = {"value", "dataValue", "serializedValue"};
    located object = api_resolve(description, at);
    for (size_t i = 0; object.value != NULL && i < sizeof names / sizeof *names; i++)
        if (node_get(object.value, names[i]) != NULL)
            return node_get(object.value, names[i]);
    return NULL;
}

json_t *sample_media_type_named(const api *description, const media_type *type, const char *name) {
    const node *examples = get(type->object, "examples"), *one = examples == NULL ? NULL : node_get(examples, name);
    const node *value = one == NULL ? NULL : example_value(description, part(type->object, one));
    return value == NULL ? NULL : node_json(value);
}

json_t *sample_media_type(const api *description, const media_type *type) {
    const node *example = get(type->object, "example"), *examples = get(type->object, "examples");
    if (example != NULL)
        return node_json(example);
    bool by_type = api_version_of(description) == API_SWAGGER_2_0; /* there, by media type instead of by name */
    for (size_t i = 0; examples != NULL && i < node_count(examples); i++) {
        if (node_type(examples) != NODE_MAPPING)
            break;
        if (by_type && !is_string(node_key(examples, i), type->name))
            continue;
        const node *value =
            by_type ? node_value(examples, i) : example_value(description, part(type->object, node_value(examples, i)));
        if (value != NULL)
            return node_json(value);
    }
    return type->schema.value == NULL ? NULL : sample_schema(description, type->schema);
}

json_t *sample_inputs(const document *owner, const node *schema_object) {
    return sample_schema(NULL, (located){owner, schema_object});
}
