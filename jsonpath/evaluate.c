/*
 * evaluate.c: evaluating a query or predicate over jansson values, without copying them and without recursion over the
 * document.
 *
 * Nodes are visited in the order of RFC 9535, section 2.5.2.2; objects in the order in which jansson keeps their
 * members.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "jsonpath/jsonpath_internal.h"

enum { DEFAULT_NODES = 10000000, MATCH_LIMIT = 100000 };

/* One step on the way from the root, where normalized paths are wanted. */
typedef struct path_step {
    const struct path_step *parent;
    const char *name; /* NULL: an index */
    size_t length;
    size_t index;
} path_step;

typedef struct found {
    json_t *value;
    const path_step *where;
} found;

typedef struct found_list {
    found *items;
    size_t count;
    size_t capacity;
} found_list;

typedef struct evaluation {
    const jsonpath *query;
    json_t *root;
    const jsonpath_evaluation *options;
    jsonpath_error *error;
    jsonpath_status status;
    size_t visited;
    size_t limit;
    bool paths;
    arena *memory; /* of path steps */
    json_t **host; /* by ordinal: what the host said */
    bool *asked;   /* by ordinal */
    pcre2_match_data *match_data;
    pcre2_match_context *match_context;
} evaluation;

/* The value of an operand: nothing, a borrowed value, or a number that a function counted. */
typedef struct operand {
    json_t *value; /* NULL: nothing, unless counted */
    bool counted;
    json_int_t number;
} operand;

static bool stop(evaluation *e, jsonpath_status status, const char *message) {
    if (e->status == JSONPATH_OK) {
        e->status = status;
        snprintf(e->error->message, sizeof e->error->message, "%s", message);
    }
    return false;
}

static bool no_memory(evaluation *e) {
    return stop(e, JSONPATH_NO_MEMORY, "memory ran short");
}

static bool visit(evaluation *e, size_t nodes) {
    e->visited += nodes;
    return e->visited <= e->limit || stop(e, JSONPATH_LIMIT, "the query visits too many nodes");
}

/* ---- Lists ---- */

static bool add(evaluation *e, found_list *list, json_t *value, const path_step *where) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        found *larger = realloc(list->items, capacity * sizeof *larger);
        if (larger == NULL)
            return no_memory(e);
        list->items = larger;
        list->capacity = capacity;
    }
    list->items[list->count++] = (found){value, where};
    return true;
}

static const path_step *member_step(evaluation *e, const path_step *parent, const char *name, size_t length) {
    if (!e->paths)
        return NULL;
    path_step *made = arena_alloc(e->memory, sizeof *made);
    if (made == NULL)
        no_memory(e);
    else
        *made = (path_step){.parent = parent, .name = name, .length = length};
    return made;
}

static const path_step *index_step(evaluation *e, const path_step *parent, size_t index) {
    if (!e->paths)
        return NULL;
    path_step *made = arena_alloc(e->memory, sizeof *made);
    if (made == NULL)
        no_memory(e);
    else
        *made = (path_step){.parent = parent, .index = index};
    return made;
}

/* ---- The host's values, asked for once in an evaluation ---- */

static json_t *template_value(evaluation *e, const expr *template) {
    text out = TEXT_EMPTY;
    bool whole = true;
    for (size_t i = 0; whole && i < template->part_count; i++) {
        const template_part *part = &template->parts[i];
        if (part->text != NULL) {
            text_append(&out, part->text, part->length);
            continue;
        }
        json_t *value = e->options->value(e->options->user, part->slot, true);
        whole = json_is_string(value);
        if (whole)
            text_append(&out, json_string_value(value), json_string_length(value));
        json_decref(value);
    }
    json_t *made = whole && !out.failed ? json_stringn(text_peek(&out), out.length) : NULL;
    if (whole && made == NULL)
        no_memory(e);
    text_free(&out);
    return made;
}

static json_t *host_value(evaluation *e, const expr *from) {
    if (e->options == NULL || e->options->value == NULL)
        return NULL;
    if (!e->asked[from->ordinal]) {
        e->asked[from->ordinal] = true;
        e->host[from->ordinal] = from->kind == EXPR_TEMPLATE ? template_value(e, from)
                                                             : e->options->value(e->options->user, from->slot, false);
    }
    return e->host[from->ordinal];
}

/* ---- Selectors ---- */

static bool test(evaluation *e, const expr *condition, json_t *current);

/* A slice's bounds (section 2.3.4.2.2). */
static long long clamp(long long value, long long low, long long high) {
    return value < low ? low : value > high ? high : value;
}

static bool select_slice(evaluation *e, const path_selector *s, const found *from, found_list *out) {
    long long length = (long long)json_array_size(from->value), step = s->step;
    if (!json_is_array(from->value) || step == 0)
        return true;
    long long start = s->has_start ? s->start : step > 0 ? 0 : length - 1;
    long long end = s->has_end ? s->end : step > 0 ? length : -length - 1;
    start = start < 0 ? length + start : start;
    end = end < 0 ? length + end : end;
    long long low = step > 0 ? 0 : -1, high = step > 0 ? length : length - 1;
    start = clamp(start, low, high);
    end = clamp(end, low, high);
    for (long long i = start; step > 0 ? i < end : i > end; i += step) {
        if (!visit(e, 1) || !add(e, out, json_array_get(from->value, (size_t)i), index_step(e, from->where, (size_t)i)))
            return false;
        if (step > length || -step > length)
            break;
    }
    return e->status == JSONPATH_OK;
}

static bool select_index(evaluation *e, long long index, const found *from, found_list *out) {
    long long length = (long long)json_array_size(from->value);
    index = index < 0 ? length + index : index;
    if (!json_is_array(from->value) || index < 0 || index >= length)
        return true;
    return visit(e, 1) &&
           add(e, out, json_array_get(from->value, (size_t)index), index_step(e, from->where, (size_t)index));
}

static bool select_name(evaluation *e, const char *name, size_t length, const found *from, found_list *out) {
    json_t *value = json_object_getn(from->value, name, length);
    return value == NULL || (visit(e, 1) && add(e, out, value, member_step(e, from->where, name, length)));
}

/* Children of a node: all (`filter` NULL), or those for which the filter holds. */
static bool select_children(evaluation *e, const expr *filter, const found *from, found_list *out) {
    json_t *value = from->value;
    for (size_t i = 0; i < json_array_size(value); i++) {
        json_t *child = json_array_get(value, i);
        if (!visit(e, 1))
            return false;
        if ((filter == NULL || test(e, filter, child)) && !add(e, out, child, index_step(e, from->where, i)))
            return false;
    }
    for (void *at = json_object_iter(value); at != NULL; at = json_object_iter_next(value, at)) {
        json_t *child = json_object_iter_value(at);
        if (!visit(e, 1))
            return false;
        if ((filter == NULL || test(e, filter, child)) &&
            !add(e, out, child, member_step(e, from->where, json_object_iter_key(at), json_object_iter_key_len(at))))
            return false;
    }
    return e->status == JSONPATH_OK;
}

/* A host's value as a selector: a string is a name, an integer an index. */
static bool select_host(evaluation *e, const expr *host, const found *from, found_list *out) {
    json_t *value = host_value(e, host);
    if (json_is_string(value))
        return select_name(e, json_string_value(value), json_string_length(value), from, out);
    return !json_is_integer(value) || select_index(e, json_integer_value(value), from, out);
}

static bool apply(evaluation *e, const path_selector *s, const found *from, found_list *out) {
    switch (s->kind) {
    case SELECT_NAME:
        return select_name(e, s->name, s->length, from, out);
    case SELECT_INDEX:
        return select_index(e, s->index, from, out);
    case SELECT_FROM_END:
        return !json_is_array(from->value) ||
               select_index(e, (long long)json_array_size(from->value) + s->index, from, out);
    case SELECT_SLICE:
        return select_slice(e, s, from, out);
    case SELECT_WILDCARD:
        return select_children(e, NULL, from, out);
    case SELECT_FILTER:
        return select_children(e, s->filter, from, out);
    case SELECT_HOST:
        return select_host(e, s->filter, from, out);
    }
    return true;
}

static bool apply_all(evaluation *e, const segment *s, const found *from, found_list *out) {
    for (size_t i = 0; i < s->count; i++)
        if (!apply(e, &s->selectors[i], from, out))
            return false;
    return true;
}

/* ---- Segments ---- */

/* The structures below a node go on the stack in reverse, so that they come off in order; scalars have nothing to
 * select. */
static bool push_children(evaluation *e, const found *from, found_list *stack) {
    size_t first = stack->count;
    json_t *value = from->value;
    for (size_t i = 0; i < json_array_size(value); i++) {
        json_t *child = json_array_get(value, i);
        if ((json_is_array(child) || json_is_object(child)) && !add(e, stack, child, index_step(e, from->where, i)))
            return false;
    }
    for (void *at = json_object_iter(value); at != NULL; at = json_object_iter_next(value, at)) {
        json_t *child = json_object_iter_value(at);
        if ((json_is_array(child) || json_is_object(child)) &&
            !add(e, stack, child, member_step(e, from->where, json_object_iter_key(at), json_object_iter_key_len(at))))
            return false;
    }
    for (size_t i = first, j = stack->count; i + 1 < j; i++) {
        found swapped = stack->items[i];
        stack->items[i] = stack->items[--j];
        stack->items[j] = swapped;
    }
    return visit(e, json_array_size(value) + json_object_size(value));
}

static bool descend(evaluation *e, const segment *s, const found *from, found_list *out) {
    found_list stack = {0};
    bool right = add(e, &stack, from->value, from->where);
    while (right && stack.count > 0) {
        found next = stack.items[--stack.count];
        right = apply_all(e, s, &next, out) && push_children(e, &next, &stack);
    }
    free(stack.items);
    return right;
}

static bool follow(evaluation *e, const path *query, json_t *start, found_list *out) {
    found_list current = {0}, next = {0};
    bool right = add(e, &current, start, NULL);
    for (size_t i = 0; right && i < query->count; i++) {
        const segment *s = &query->segments[i];
        next.count = 0;
        for (size_t j = 0; right && j < current.count; j++)
            right = s->descendant ? descend(e, s, &current.items[j], &next) : apply_all(e, s, &current.items[j], &next);
        found_list swapped = current;
        current = next;
        next = swapped;
    }
    free(next.items);
    *out = current;
    return right && e->status == JSONPATH_OK;
}

/* The node of a singular query, without lists. */
static json_t *follow_singular(evaluation *e, const path *query, json_t *value) {
    for (size_t i = 0; value != NULL && i < query->count; i++) {
        const path_selector *s = &query->segments[i].selectors[0];
        long long length = (long long)json_array_size(value), index = s->index;
        const char *name = s->name;
        size_t name_length = s->length;
        json_t *host = s->kind == SELECT_HOST ? host_value(e, s->filter) : NULL;
        bool by_name = s->kind == SELECT_NAME || json_is_string(host);
        if (s->kind == SELECT_HOST && host == NULL)
            return NULL;
        if (host != NULL && by_name) {
            name = json_string_value(host);
            name_length = json_string_length(host);
        } else if (host != NULL) {
            index = json_is_integer(host) ? json_integer_value(host) : length;
        }
        if (by_name) {
            value = json_object_getn(value, name, name_length);
            continue;
        }
        index = s->kind == SELECT_FROM_END || index < 0 ? length + index : index;
        value = index < 0 || index >= length ? NULL : json_array_get(value, (size_t)index);
    }
    visit(e, query->count);
    return value;
}

/* ---- Values ---- */

static operand evaluate_operand(evaluation *e, const expr *from, json_t *current);

static operand counted(size_t number) {
    return (operand){.counted = true, .number = (json_int_t)number};
}

/* length(): of a string in code points, of an array or object its size; nothing of anything else. */
static operand length_of(const json_t *value) {
    if (json_is_string(value))
        return counted(utf8_count(json_string_value(value), json_string_length(value)));
    if (json_is_array(value))
        return counted(json_array_size(value));
    return json_is_object(value) ? counted(json_object_size(value)) : (operand){.value = NULL};
}

static json_t *start_of(const evaluation *e, const path *query, json_t *current) {
    return query->relative ? current : e->root;
}

static size_t count_nodes(evaluation *e, const path *query, json_t *current, json_t **first) {
    found_list nodes;
    size_t count = follow(e, query, start_of(e, query, current), &nodes) ? nodes.count : 0;
    *first = count > 0 ? nodes.items[0].value : NULL;
    free(nodes.items);
    return count;
}

/* A predicate's `.length` (S2): the member of that name, else the size; of several nodes, how many they are. */
static operand dialect_length(evaluation *e, const path *query, json_t *current) {
    json_t *first;
    if (!query->singular)
        return counted(count_nodes(e, query, current, &first));
    json_t *value = follow_singular(e, query, start_of(e, query, current));
    json_t *own = json_object_get(value, "length");
    return own != NULL ? (operand){.value = own} : value == NULL ? (operand){.value = NULL} : length_of(value);
}

static operand path_value(evaluation *e, const path *query, json_t *current) {
    if (query->length_of)
        return dialect_length(e, query, current);
    if (query->singular)
        return (operand){.value = follow_singular(e, query, start_of(e, query, current))};
    json_t *first;
    return (operand){.value = count_nodes(e, query, current, &first) == 1 ? first : NULL};
}

/* ---- match() and search() ---- */

static bool run_pattern(evaluation *e, const pcre2_code *pattern, const json_t *subject) {
    if (e->match_data == NULL) {
        e->match_data = pcre2_match_data_create(1, NULL);
        e->match_context = pcre2_match_context_create(NULL);
        if (e->match_data == NULL || e->match_context == NULL)
            return no_memory(e);
        pcre2_set_match_limit(e->match_context, MATCH_LIMIT);
    }
    int result = pcre2_match(pattern, (PCRE2_SPTR)json_string_value(subject), json_string_length(subject), 0,
                             PCRE2_NO_UTF_CHECK, e->match_data, e->match_context);
    if (result == PCRE2_ERROR_NOMEMORY || result == PCRE2_ERROR_HEAPLIMIT)
        return no_memory(e);
    if (result < 0 && result != PCRE2_ERROR_NOMATCH)
        return stop(e, JSONPATH_LIMIT, "a regular expression takes too long to match");
    return result >= 0;
}

static bool match(evaluation *e, const expr *call, json_t *current) {
    operand subject = evaluate_operand(e, call->left, current);
    if (!json_is_string(subject.value))
        return false;
    if (call->pattern_known)
        return call->pattern != NULL && run_pattern(e, call->pattern, subject.value);
    operand pattern = evaluate_operand(e, call->right, current);
    pcre2_code *compiled = NULL;
    if (!json_is_string(pattern.value))
        return false;
    jsonpath_status status = iregexp_compile(json_string_value(pattern.value), json_string_length(pattern.value),
                                             call->call == FUNCTION_MATCH, &compiled);
    if (status == JSONPATH_NO_MEMORY)
        return no_memory(e);
    bool matched = compiled != NULL && run_pattern(e, compiled, subject.value);
    pcre2_code_free(compiled);
    return matched;
}

static operand call_value(evaluation *e, const expr *call, json_t *current) {
    json_t *first;
    if (call->call == FUNCTION_LENGTH) {
        operand argument = evaluate_operand(e, call->left, current);
        return argument.counted || argument.value == NULL ? (operand){.value = NULL} : length_of(argument.value);
    }
    size_t count = count_nodes(e, call->left->query, current, &first);
    if (call->call == FUNCTION_COUNT)
        return counted(count);
    return (operand){.value = count == 1 ? first : NULL};
}

static operand evaluate_operand(evaluation *e, const expr *from, json_t *current) {
    switch (from->kind) {
    case EXPR_LITERAL:
        return (operand){.value = from->literal};
    case EXPR_HOST:
    case EXPR_TEMPLATE:
        return (operand){.value = host_value(e, from)};
    case EXPR_PATH:
        return path_value(e, from->query, current);
    case EXPR_CALL:
        return call_value(e, from, current);
    default:
        return (operand){.value = NULL};
    }
}

/* ---- Comparisons (section 2.3.5.2.2) ---- */

static bool lenient(const evaluation *e) {
    return e->query->is_predicate || e->query->goessner;
}

/* Negative, zero, positive for two numbers or two strings; 2 when the values are not ordered. */
static int order(operand a, operand b) {
    if (a.counted && b.counted)
        return a.number < b.number ? -1 : a.number > b.number;
    if (a.counted || b.counted) {
        const json_t *other = a.counted ? b.value : a.value;
        json_int_t number = a.counted ? a.number : b.number;
        int result = 2;
        if (json_is_integer(other))
            result = number < json_integer_value(other) ? -1 : number > json_integer_value(other);
        else if (json_is_real(other))
            result = (double)number < json_real_value(other) ? -1 : (double)number > json_real_value(other);
        return result == 2 || a.counted ? result : -result;
    }
    if (json_is_number(a.value) && json_is_number(b.value))
        return compare_numbers(a.value, b.value);
    if (!json_is_string(a.value) || !json_is_string(b.value))
        return 2;
    size_t x = json_string_length(a.value), y = json_string_length(b.value);
    int result = memcmp(json_string_value(a.value), json_string_value(b.value), x < y ? x : y);
    return result != 0 ? (result < 0 ? -1 : 1) : x < y ? -1 : x > y;
}

static bool equal(evaluation *e, operand a, operand b) {
    if (a.counted || b.counted)
        return order(a, b) == 0;
    if (a.value == NULL || b.value == NULL)
        return a.value == b.value;
    bool same;
    if (values_equal(a.value, b.value, &same) != JSONPATH_OK)
        return no_memory(e);
    return same;
}

static bool compare_values(evaluation *e, comparison op, operand a, operand b) {
    if (lenient(e)) {
        /* What selects nothing compares like null (S2). */
        a.value = a.value == NULL && !a.counted ? json_null() : a.value;
        b.value = b.value == NULL && !b.counted ? json_null() : b.value;
    }
    switch (op) {
    case COMPARE_EQ:
        return equal(e, a, b);
    case COMPARE_NE:
        return !equal(e, a, b);
    case COMPARE_LT:
        return order(a, b) == -1;
    case COMPARE_GT:
        return order(a, b) == 1;
    case COMPARE_LE:
        return order(a, b) == -1 || equal(e, a, b);
    case COMPARE_GE:
        return order(a, b) == 1 || equal(e, a, b);
    }
    return false;
}

static bool is_several(const expr *from) {
    return from->kind == EXPR_PATH && !from->query->singular && !from->query->length_of;
}

/* A predicate's query that selects several nodes holds when it holds for one of them. */
static bool compare_any(evaluation *e, const expr *c, json_t *current) {
    bool left = is_several(c->left);
    const expr *several = left ? c->left : c->right;
    operand other = evaluate_operand(e, left ? c->right : c->left, current);
    found_list nodes;
    bool holds = false;
    if (follow(e, several->query, start_of(e, several->query, current), &nodes)) {
        operand nothing = {.value = NULL};
        if (nodes.count == 0)
            holds =
                left ? compare_values(e, c->operator, nothing, other) : compare_values(e, c->operator, other, nothing);
        for (size_t i = 0; !holds && i < nodes.count; i++) {
            operand one = {.value = nodes.items[i].value};
            holds = left ? compare_values(e, c->operator, one, other) : compare_values(e, c->operator, other, one);
        }
    }
    free(nodes.items);
    return holds && e->status == JSONPATH_OK;
}

/* ---- Tests ---- */

/* In a predicate a value is true as in simple conditions (S12). */
static bool is_true(operand value) {
    if (value.counted)
        return value.number != 0;
    if (value.value == NULL || json_is_null(value.value) || json_is_false(value.value))
        return false;
    if (json_is_string(value.value))
        return json_string_length(value.value) > 0;
    return !json_is_number(value.value) || json_number_value(value.value) != 0;
}

static bool test_path(evaluation *e, const path *query, json_t *current) {
    json_t *first;
    if (lenient(e) && (query->singular || query->length_of))
        return is_true(path_value(e, query, current));
    if (query->singular)
        return follow_singular(e, query, start_of(e, query, current)) != NULL;
    return count_nodes(e, query, current, &first) > 0;
}

static bool test(evaluation *e, const expr *condition, json_t *current) {
    if (e->status != JSONPATH_OK)
        return false;
    switch (condition->kind) {
    case EXPR_OR:
        return test(e, condition->left, current) || test(e, condition->right, current);
    case EXPR_AND:
        return test(e, condition->left, current) && test(e, condition->right, current);
    case EXPR_NOT:
        return !test(e, condition->left, current) && e->status == JSONPATH_OK;
    case EXPR_COMPARE:
        if (is_several(condition->left) || is_several(condition->right))
            return compare_any(e, condition, current);
        return compare_values(e, condition->operator, evaluate_operand(e, condition->left, current),
                              evaluate_operand(e, condition->right, current)) &&
               e->status == JSONPATH_OK;
    case EXPR_PATH:
        return test_path(e, condition->query, current);
    case EXPR_CALL:
        if (condition->call == FUNCTION_MATCH || condition->call == FUNCTION_SEARCH)
            return match(e, condition, current);
        return is_true(call_value(e, condition, current));
    default:
        return is_true(evaluate_operand(e, condition, current));
    }
}

/* ---- Normalized paths (section 2.7) ---- */

static void append_name(text *out, const char *name, size_t length) {
    static const char escaped[] = "\b\t\n\f\r'\\", letters[] = "btnfr'\\";
    text_append_string(out, "['");
    for (size_t i = 0; i < length; i++) {
        const char *special = name[i] == '\0' ? NULL : strchr(escaped, name[i]);
        if (special != NULL)
            text_append_format(out, "\\%c", letters[special - escaped]);
        else if ((unsigned char)name[i] < 0x20)
            text_append_format(out, "\\u%04x", (unsigned char)name[i]);
        else
            text_append_char(out, name[i]);
    }
    text_append_string(out, "']");
}

static char *print_path(const path_step *where) {
    size_t count = 0;
    for (const path_step *at = where; at != NULL; at = at->parent)
        count++;
    const path_step **steps = malloc((count + 1) * sizeof *steps);
    if (steps == NULL)
        return NULL;
    for (size_t i = count; i > 0; i--, where = where->parent)
        steps[i - 1] = where;
    text out = TEXT_EMPTY;
    text_append_char(&out, '$');
    for (size_t i = 0; i < count; i++) {
        if (steps[i]->name != NULL)
            append_name(&out, steps[i]->name, steps[i]->length);
        else
            text_append_format(&out, "[%zu]", steps[i]->index);
    }
    free(steps);
    return text_take(&out, NULL);
}

/* ---- The whole ---- */

static void close_evaluation(evaluation *e) {
    for (size_t i = 0; e->host != NULL && i < e->query->ordinals; i++)
        json_decref(e->host[i]);
    free(e->host);
    free(e->asked);
    arena_free(e->memory);
    pcre2_match_data_free(e->match_data);
    pcre2_match_context_free(e->match_context);
}

static bool open_evaluation(evaluation *e, const jsonpath *query, json_t *root, const jsonpath_evaluation *options,
                            jsonpath_error *error) {
    *error = (jsonpath_error){.offset = 0};
    *e = (evaluation){.query = query, .root = root, .options = options, .error = error};
    e->limit = options != NULL && options->limits.nodes > 0 ? options->limits.nodes : DEFAULT_NODES;
    e->paths = options != NULL && options->paths;
    if (e->paths && (e->memory = arena_new()) == NULL)
        return no_memory(e);
    if (query->ordinals == 0)
        return true;
    e->host = calloc(query->ordinals, sizeof *e->host);
    e->asked = calloc(query->ordinals, sizeof *e->asked);
    return (e->host != NULL && e->asked != NULL) || no_memory(e);
}

static bool copy_nodes(evaluation *e, const found_list *nodes, jsonpath_nodelist *out) {
    out->values = malloc((nodes->count + 1) * sizeof *out->values);
    if (e->paths)
        out->paths = calloc(nodes->count + 1, sizeof *out->paths);
    if (out->values == NULL || (e->paths && out->paths == NULL))
        return no_memory(e);
    for (size_t i = 0; i < nodes->count; i++) {
        out->values[i] = nodes->items[i].value;
        out->count = i + 1;
        if (e->paths && (out->paths[i] = print_path(nodes->items[i].where)) == NULL)
            return no_memory(e);
    }
    return true;
}

jsonpath_status jsonpath_select(const jsonpath *query, json_t *root, const jsonpath_evaluation *options,
                                jsonpath_nodelist *out, jsonpath_error *error) {
    evaluation e;
    found_list nodes = {0};
    *out = (jsonpath_nodelist){.count = 0};
    if (open_evaluation(&e, query, root, options, error) && query->query != NULL &&
        follow(&e, query->query, root, &nodes))
        copy_nodes(&e, &nodes, out);
    free(nodes.items);
    close_evaluation(&e);
    return e.status;
}

void jsonpath_nodelist_free(jsonpath_nodelist *nodes) {
    for (size_t i = 0; nodes->paths != NULL && i < nodes->count; i++)
        free(nodes->paths[i]);
    free(nodes->paths);
    free(nodes->values);
    *nodes = (jsonpath_nodelist){.count = 0};
}

jsonpath_status jsonpath_test(const jsonpath *query, json_t *root, const jsonpath_evaluation *options, bool *result,
                              jsonpath_error *error) {
    evaluation e;
    *result = false;
    if (open_evaluation(&e, query, root, options, error)) {
        json_t *first;
        bool holds =
            query->is_predicate ? test(&e, query->predicate, root) : count_nodes(&e, query->query, root, &first) > 0;
        *result = holds && e.status == JSONPATH_OK;
    }
    close_evaluation(&e);
    return e.status;
}
