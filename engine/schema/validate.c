/*
 * validate.c: an instance against a compiled schema; every error is a leaf with its place in the instance and in the
 * schema. Here are references, the dynamic scope, combinations (JSON Schema 2020-12, core, sections 8.2.3 and 10.2),
 * and the limits: nesting, work, and what a pattern may take.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "engine/schema/validate_internal.h"

enum {
    DEEPEST = 1000,
    MOST_WORK = 20000000,
    MOST_ERRORS = 10000,
    ERROR_WORK = 20,   /* what writing one takes */
    EASY_MATCH = 2000, /* what nearly every match gets by with */
    MATCH_LIMIT = 100000,
    MATCH_WORK = MATCH_LIMIT / 20, /* the work that a match counts for that does not */
    MATCH_DEPTH_LIMIT = 10000,
    MATCH_HEAP_KIB = 20000
};

/* ---- Errors ---- */

static void append_escaped(text *out, const char *name, size_t length) {
    text_append_char(out, '/');
    for (size_t i = 0; i < length; i++)
        text_append_string(out, name[i] == '~' ? "~0" : name[i] == '/' ? "~1" : (char[]){name[i], '\0'});
}

/* The places of a schema, outermost first; those of the schema that was asked for start with nothing. */
static void append_location(text *out, const validation *v, const schema *rule) {
    enum { MOST = 256 };
    const schema *chain[MOST];
    size_t count = 0;
    for (; rule != NULL && rule != v->root && count < MOST; rule = rule->where.parent)
        chain[count++] = rule;
    while (count-- > 0) {
        const location *where = &chain[count]->where;
        if (where->parent == NULL)
            text_append_string(out, where->origin);
        else
            text_append_format(out, "/%s", where->keyword);
        if (where->numbered)
            text_append_format(out, "/%zu", where->index);
        else if (where->name != NULL)
            append_escaped(out, where->name, where->length);
    }
}

static schema_error *new_error(validation *v, schema_errors *list) {
    schema_error *items = arena_room(v->memory, list->items, list->count, &list->capacity, sizeof *items);
    if (items == NULL)
        return NULL;
    list->items = items;
    return &items[list->count];
}

static const char *kept(validation *v, const text *written) {
    return written->failed ? NULL : arena_copy(v->memory, text_peek(written), written->length);
}

bool validate_fail(validation *v, const schema *rule, const char *keyword, const char *format, ...) {
    if (v->errors == NULL || v->no_memory || (v->errors_left == 0 && v->errors->count > 0))
        return false;
    v->errors_left -= v->errors_left > 0;
    if (!budget_spend(&v->work, ERROR_WORK + v->where.length / 16))
        return false;
    text message = TEXT_EMPTY, at = TEXT_EMPTY;
    va_list values;
    va_start(values, format);
    text_append_format_list(&message, format, values);
    va_end(values);
    append_location(&at, v, rule);
    if (keyword[0] != '\0')
        text_append_format(&at, "/%s", keyword);
    const node *source = keyword[0] == '\0' ? NULL : node_get_key(rule->source, keyword);
    schema_error made = {.instance = kept(v, &v->where),
                         .keyword = kept(v, &at),
                         .message = kept(v, &message),
                         .owner = rule->home->owner,
                         .source = source == NULL ? rule->source : source};
    schema_error *entry = new_error(v, v->errors);
    if (made.instance == NULL || made.keyword == NULL || made.message == NULL || entry == NULL) {
        v->no_memory = true;
    } else {
        *entry = made;
        v->errors->count++;
    }
    text_free(&message);
    text_free(&at);
    return false;
}

bool validate_quietly(validation *v, const schema *rule, const json_t *instance, evaluated *seen) {
    schema_errors *errors = v->errors;
    v->errors = NULL;
    bool result = validate(v, rule, instance, seen);
    v->errors = errors;
    return result;
}

static void append_errors(validation *v, const schema_errors *more) {
    for (size_t i = 0; i < more->count; i++) {
        schema_error *entry = new_error(v, v->errors);
        if (entry == NULL) {
            v->no_memory = true;
            return;
        }
        *entry = more->items[i];
        v->errors->count++;
    }
}

/* ---- Marks ---- */

bool evaluated_start(validation *v, evaluated *seen, const json_t *instance) {
    *seen = (evaluated){.count = json_is_object(instance) ? json_object_size(instance) : json_array_size(instance)};
    if (!budget_spend(&v->work, seen->count / 16))
        return false;
    seen->marks = seen->count <= sizeof seen->few ? seen->few : calloc(seen->count, 1);
    v->no_memory = v->no_memory || seen->marks == NULL;
    return seen->marks != NULL;
}

void evaluated_merge(evaluated *into, const evaluated *from) {
    for (size_t i = 0; into != NULL && from->marks != NULL && i < into->count; i++)
        into->marks[i] |= from->marks[i];
}

void evaluated_end(evaluated *seen) {
    if (seen->marks != seen->few)
        free(seen->marks);
}

void evaluated_mark(evaluated *seen, size_t index) {
    if (seen != NULL)
        seen->marks[index] = 1;
}

/* ---- Patterns ---- */

static bool prepare_matching(validation *v) {
    if (v->match_data == NULL)
        v->match_data = pcre2_match_data_create(1, NULL);
    if (v->match_context == NULL && (v->match_context = pcre2_match_context_create(NULL)) != NULL) {
        pcre2_set_depth_limit(v->match_context, MATCH_DEPTH_LIMIT);
        pcre2_set_heap_limit(v->match_context, MATCH_HEAP_KIB);
    }
    return v->match_data != NULL && v->match_context != NULL;
}

static int match(validation *v, const pcre2_code *pattern, const char *subject, size_t length, uint32_t limit) {
    pcre2_set_match_limit(v->match_context, limit);
    return pcre2_match(pattern, (PCRE2_SPTR)subject, length, 0, PCRE2_NO_UTF_CHECK, v->match_data, v->match_context);
}

/* PCRE2 does not say what a match took; one that takes much is made out by a low limit first, and counts for much. */
bool validate_pattern(validation *v, const pcre2_code *pattern, const char *subject, size_t length) {
    if (!budget_spend(&v->work, 1 + length / 64))
        return false;
    int result = !prepare_matching(v) ? PCRE2_ERROR_NOMEMORY : match(v, pattern, subject, length, EASY_MATCH);
    if (result == PCRE2_ERROR_MATCHLIMIT && budget_spend(&v->work, MATCH_WORK))
        result = match(v, pattern, subject, length, MATCH_LIMIT);
    if (result == PCRE2_ERROR_NOMEMORY)
        v->no_memory = true;
    else if (result < 0 && result != PCRE2_ERROR_NOMATCH)
        v->limit = true;
    return result >= 0;
}

/* ---- Combinations ---- */

/*
 * How many of the alternatives hold: with `enough` of them the rest is left alone, unless marks are kept. *nearest
 * becomes the errors of the one that comes closest: that with the fewest.
 */
static size_t count_holding(validation *v, const schemas *list, const json_t *instance, size_t enough, evaluated *seen,
                            schema_errors *nearest) {
    schema_errors *all = v->errors;
    size_t found = 0;
    for (size_t i = 0; i < list->count && (found < enough || seen != NULL) && !v->no_memory; i++) {
        schema_errors these = {0};
        evaluated marks;
        if (seen != NULL && !evaluated_start(v, &marks, instance))
            break;
        v->errors = all == NULL || found > 0 ? NULL : &these;
        if (validate(v, list->items[i], instance, seen == NULL ? NULL : &marks)) {
            found++;
            if (seen != NULL)
                evaluated_merge(seen, &marks);
        } else if (i == 0 || these.count < nearest->count) {
            *nearest = these;
        }
        if (seen != NULL)
            evaluated_end(&marks);
    }
    v->errors = all;
    return found;
}

/* Nothing holds. What the nearest alternative lacks is told, too, when that is short. */
static bool fits_none(validation *v, const schema *rule, const char *keyword, const schema_errors *nearest,
                      evaluated *seen) {
    enum { SHORT = 3 };
    if (seen != NULL)
        seen->unsure = true;
    validate_fail(v, rule, keyword, "fits none of the alternatives");
    if (v->errors != NULL && nearest->count <= SHORT)
        append_errors(v, nearest);
    return false;
}

static bool check_alternatives(validation *v, const schema *rule, const json_t *instance, evaluated *seen) {
    schema_errors nearest = {0};
    bool right = true;
    if (rule->any_of.count > 0 && count_holding(v, &rule->any_of, instance, 1, seen, &nearest) == 0)
        right = fits_none(v, rule, "anyOf", &nearest, seen);
    if (rule->one_of.count == 0)
        return right;
    nearest = (schema_errors){0};
    size_t found = count_holding(v, &rule->one_of, instance, 2, seen, &nearest);
    if (found == 0)
        right = fits_none(v, rule, "oneOf", &nearest, seen);
    else if (found > 1)
        right = validate_fail(v, rule, "oneOf", "fits more than one of the alternatives");
    return right;
}

static bool check_condition(validation *v, const schema *rule, const json_t *instance, evaluated *seen) {
    if (rule->condition == NULL || (rule->consequence == NULL && rule->alternative == NULL && seen == NULL))
        return true;
    evaluated marks;
    if (seen != NULL && !evaluated_start(v, &marks, instance))
        return false;
    bool holds = validate_quietly(v, rule->condition, instance, seen == NULL ? NULL : &marks);
    if (seen != NULL && holds)
        evaluated_merge(seen, &marks);
    if (seen != NULL)
        evaluated_end(&marks);
    const schema *branch = holds ? rule->consequence : rule->alternative;
    return branch == NULL || validate(v, branch, instance, seen);
}

static bool check_combinations(validation *v, const schema *rule, const json_t *instance, evaluated *seen) {
    bool right = true;
    for (size_t i = 0; i < rule->all_of.count; i++)
        right = validate(v, rule->all_of.items[i], instance, seen) && right;
    right = check_alternatives(v, rule, instance, seen) && right;
    if (rule->negation != NULL && validate_quietly(v, rule->negation, instance, NULL))
        right = validate_fail(v, rule, "not", "is what it must not be");
    return check_condition(v, rule, instance, seen) && right;
}

/* ---- References ---- */

/* The outermost resource of the dynamic scope that has the anchor decides (core, section 8.2.3.2). */
static const schema *dynamic_target(validation *v, const schema *rule) {
    const schema *target = rule->dynamic_reference;
    if (rule->dynamic_name == NULL)
        return target;
    for (const scope *at = v->scope; at != NULL && budget_spend(&v->work, 1); at = at->outer) {
        const anchor *found = name_index_find(&at->home->anchors, rule->dynamic_name, strlen(rule->dynamic_name));
        if (found != NULL && found->dynamic)
            target = found->target;
    }
    return target;
}

static bool check_references(validation *v, const schema *rule, const json_t *instance, evaluated *seen) {
    bool right = rule->reference == NULL || validate(v, rule->reference, instance, seen);
    return (rule->dynamic_reference == NULL || validate(v, dynamic_target(v, rule), instance, seen)) && right;
}

/* ---- One schema ---- */

static bool check_all(validation *v, const schema *rule, const json_t *instance, evaluated *seen) {
    bool right = check_references(v, rule, instance, seen);
    right = validate_value(v, rule, instance) && right;
    if (json_is_array(instance))
        right = validate_array(v, rule, instance, seen) && right;
    if (json_is_object(instance))
        right = validate_object(v, rule, instance, seen) && right;
    return check_combinations(v, rule, instance, seen) && right;
}

/* With marks of its own: what was evaluated beside this schema does not count in it. */
static bool check_marking(validation *v, const schema *rule, const json_t *instance, evaluated *seen) {
    evaluated marks;
    bool right = false;
    if (evaluated_start(v, &marks, instance)) {
        right = check_all(v, rule, instance, &marks);
        if (!marks.unsure)
            right = validate_unevaluated(v, rule, instance, &marks) && right;
        else if (seen != NULL)
            seen->unsure = true;
        evaluated_merge(seen, &marks);
    }
    evaluated_end(&marks);
    return right;
}

bool validate(validation *v, const schema *rule, const json_t *instance, evaluated *seen) {
    v->limit = v->limit || v->depth >= DEEPEST || !budget_spend(&v->work, 1);
    if (v->limit || v->no_memory)
        return false;
    if (rule->never)
        return validate_fail(v, rule, "", "is not allowed here");
    const scope *outer = v->scope, here = {rule->home, outer};
    if (outer == NULL || outer->home != rule->home)
        v->scope = &here;
    v->depth++;
    bool marking = (rule->unevaluated_items != NULL && json_is_array(instance)) ||
                   (rule->unevaluated_properties != NULL && json_is_object(instance));
    bool right = marking ? check_marking(v, rule, instance, seen) : check_all(v, rule, instance, seen);
    v->depth--;
    v->scope = outer;
    return right;
}

schema_outcome schema_validate(const schema *compiled, const json_t *instance, arena *memory, schema_errors *errors) {
    validation v = {.root = compiled,
                    .memory = memory,
                    .errors = errors,
                    .errors_left = MOST_ERRORS,
                    .where = TEXT_EMPTY,
                    .work = {.left = MOST_WORK}};
    bool right = validate(&v, compiled, instance, NULL);
    bool no_memory = v.no_memory || v.where.failed;
    text_free(&v.where);
    pcre2_match_data_free(v.match_data);
    pcre2_match_context_free(v.match_context);
    return no_memory                     ? SCHEMA_NO_MEMORY
           : v.limit || v.work.exhausted ? SCHEMA_LIMIT
           : right                       ? SCHEMA_VALID
                                         : SCHEMA_INVALID;
}
