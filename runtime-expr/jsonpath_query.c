/*
 * jsonpath_query.c: JSONPath conditions and selectors on top of jsonpath/: versions, bare predicates (S2), filters over
 * an object (S31), what a selector's nodes make (S9), and the runtime expressions in a query.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jsonpath/analysis.h"
#include "runtime-expr/json_replace.h"
#include "runtime-expr/jsonpath_query_internal.h"

struct jsonpath_query {
    arena *memory;
    query_text text;
    jsonpath_dialect dialect;
    bool strict;
    bool condition;
    bool filters;       /* one filter segment on `$`: S31 may apply */
    jsonpath *compiled; /* NULL when the text is only known when it is evaluated */
};

/* ---- Placeholders ---- */

static size_t recognise(void *user, const char *bytes, size_t length, bool in_string, size_t *slot) {
    const query_text *parts = user;
    (void)in_string; /* whoever made the text knew */
    return jsonpath_placeholder(bytes, length, parts->slot_count, slot);
}

static json_t *value_of_slot(void *user, size_t slot, bool as_text) {
    json_t **values = user;
    (void)as_text;
    return json_incref(values[slot]);
}

static void free_values(json_t **values, size_t count) {
    for (size_t i = 0; values != NULL && i < count; i++)
        json_decref(values[i]);
    free(values);
}

/* What the slots stand for in this evaluation; NULL where an expression without braces reaches nothing (S2). */
static expr_outcome find_values(const query_text *parts, const expr_context *context, json_t ***out,
                                expr_failure *failure) {
    *out = NULL;
    if (parts->slot_count == 0)
        return EXPR_VALUE;
    json_t **values = calloc(parts->slot_count, sizeof(json_t *));
    expr_outcome outcome = values == NULL ? EXPR_OUT_OF_MEMORY : EXPR_VALUE;
    for (size_t i = 0; outcome == EXPR_VALUE && i < parts->slot_count; i++) {
        const query_slot *slot = &parts->slots[i];
        json_t *root, *value;
        if (!expression_reach(slot->part->embedded, context, &root, &value)) {
            outcome = EXPR_OUT_OF_MEMORY;
        } else if (value != NULL) {
            values[i] = query_slot_value(slot, value);
            outcome = values[i] == NULL ? EXPR_OUT_OF_MEMORY : EXPR_VALUE;
            json_decref(root);
        } else if (!slot->part->braceless || slot->as_text) {
            outcome = query_part_fails(slot->part, "this expression reaches nothing", failure);
        }
    }
    if (outcome != EXPR_VALUE) {
        free_values(values, parts->slot_count);
        values = NULL;
    }
    *out = values;
    return outcome;
}

/* ---- Compiling ---- */

static bool is_space(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* `$[?…]` and nothing more? */
static bool is_one_filter(const char *bytes, size_t length) {
    size_t at = 0, depth = 0;
    while (length > 0 && is_space(bytes[length - 1]))
        length--;
    while (at < length && (is_space(bytes[at]) || (bytes[at] == '$' && at + 1 < length && bytes[at + 1] != '.')))
        at++;
    if (at == length || bytes[at] != '[')
        return false;
    size_t filter = at + 1;
    while (filter < length && is_space(bytes[filter]))
        filter++;
    if (filter == length || bytes[filter] != '?')
        return false;
    for (; at < length; at++) {
        char byte = bytes[at];
        if (byte == '\'' || byte == '"') {
            for (at++; at < length && bytes[at] != byte; at++)
                at += bytes[at] == '\\';
        } else if (byte == '[' || byte == '(') {
            depth++;
        } else if (byte == ']' || byte == ')') {
            depth--;
            if (depth == 0)
                return at + 1 == length;
        } else if (byte == ',' && depth == 1) {
            return false;
        }
    }
    return false;
}

/* What was made of a text. */
typedef struct reading {
    jsonpath *compiled;
    bool predicate; /* S2 */
    bool trimmed;   /* there was white space around a query, which RFC 9535 does not have there */
    size_t from;    /* the bounds without it */
    size_t end;
} reading;

/* Compiles a query or, in a condition, a bare predicate. *error is that of the one that got further. */
static jsonpath_status compile_either(const jsonpath_query *query, const query_text *parts, const text *whole,
                                      reading *out, jsonpath_error *error) {
    const jsonpath_host host = {.user = (void *)parts, .recognise = recognise};
    const jsonpath_options options = {.dialect = query->dialect, .host = &host};
    const char *bytes = text_peek(whole);
    size_t from = 0, end = whole->length;
    while (!query->strict && from < end && is_space(bytes[from]))
        from++;
    while (!query->strict && from < end && is_space(bytes[end - 1]))
        end--;
    *out = (reading){.trimmed = end - from < whole->length, .from = from, .end = end};
    jsonpath_status status = jsonpath_compile(bytes + from, end - from, &options, &out->compiled, error);
    if (status == JSONPATH_SYNTAX && query->condition && query->dialect == JSONPATH_RFC9535) {
        jsonpath_error of_predicate;
        status = jsonpath_compile_predicate(bytes + from, end - from, &options, &out->compiled, &of_predicate);
        out->predicate = status == JSONPATH_OK;
        if (status == JSONPATH_SYNTAX && of_predicate.offset > error->offset)
            *error = of_predicate;
    }
    if (status == JSONPATH_SYNTAX)
        error->offset += from;
    return status;
}

/* ---- What a query looks at ---- */

/* More than these steps are not told. */
enum { MOST_TOLD = 32 };

typedef struct told {
    const query_options *how;
    const query_text *parts;
    size_t before; /* white space that the query's offsets leave out */
} told;

static size_t tokens_of(const told *t, const jsonpath_step *steps, size_t count, expr_token *tokens,
                        char indexes[MOST_TOLD][24]) {
    count = count < MOST_TOLD ? count : MOST_TOLD;
    for (size_t i = 0; i < count; i++) {
        size_t start = query_original_offset(t->parts, t->before + steps[i].offset);
        tokens[i] = (expr_token){.key = steps[i].name,
                                 .length = steps[i].length,
                                 .index = SIZE_MAX,
                                 .offset = start,
                                 .extent = steps[i].extent};
        if (steps[i].name != NULL)
            continue;
        tokens[i].length = (size_t)snprintf(indexes[i], sizeof indexes[i], "%lld", steps[i].index);
        tokens[i].key = indexes[i];
        tokens[i].index = (size_t)steps[i].index;
    }
    return count;
}

static void tell_steps(void *user, const jsonpath_step *steps, size_t count) {
    const told *t = user;
    expr_token tokens[MOST_TOLD];
    char indexes[MOST_TOLD][24];
    count = tokens_of(t, steps, count, tokens, indexes);
    expr_reference context = expression_reaches(t->how->context, 0);
    t->how->options->looks_into(t->how->options->user, &context, tokens, count);
}

static bool steps_have_length(void *user, const jsonpath_step *steps, size_t count) {
    const told *t = user;
    const expr_options *options = t->how->options;
    expr_token tokens[MOST_TOLD];
    char indexes[MOST_TOLD][24];
    if (options->has_length == NULL || t->how->context == NULL || count > MOST_TOLD)
        return false;
    count = tokens_of(t, steps, count, tokens, indexes);
    expr_reference context = expression_reaches(t->how->context, 0);
    return options->has_length(options->user, &context, tokens, count);
}

static void tell(const query_options *how, const query_text *parts, size_t before, const jsonpath *compiled) {
    told t = {.how = how, .parts = parts, .before = before};
    if (how->options != NULL && how->options->looks_into != NULL && how->context != NULL)
        jsonpath_visit(compiled, tell_steps, &t);
}

/* ---- Liberties ---- */

/* How the specification wants it, where that is certain. */
static void mend(const query_options *how, const query_text *parts, const char *bytes, const reading *made, text *out) {
    told t = {.how = how, .parts = parts};
    bool right = !made->predicate;
    if (parts->slot_count > 0 || parts->has_names || how->options == NULL)
        return;
    if (made->predicate)
        right = jsonpath_predicate_as_query(made->compiled, bytes + made->from, steps_have_length, &t, out);
    else
        text_append(out, bytes + made->from, made->end - made->from);
    if (!right)
        text_truncate(out, 0);
}

/* The liberties that a reading takes. A predicate is an error in the strict profile. */
static expr_status report_liberties(const query_options *how, const query_text *parts, const char *bytes, size_t length,
                                    const reading *made, bool strict) {
    expression_fault fault = {.offset = 0, .length = length};
    text better = TEXT_EMPTY;
    if (made->predicate || made->trimmed)
        mend(how, parts, bytes, made, &better);
    if (better.length > 0 && !better.failed) {
        fault.mend = text_peek(&better);
        fault.mend_length = length;
    }
    if (made->predicate) {
        snprintf(fault.message, sizeof fault.message, "a logical expression on its own is not a JSONPath query");
        bool short_enough = fault.mend != NULL && better.length < sizeof fault.help - 16;
        snprintf(fault.help, sizeof fault.help, "%s%s%s", short_enough ? "write '" : "",
                 short_enough ? fault.mend
                              : "write a simple condition, or a filter over what is compared: $[?$.status == 'done']",
                 short_enough ? "'" : "");
    } else {
        snprintf(fault.message, sizeof fault.message, "a JSONPath query has no white space around it");
    }
    if (made->predicate || made->trimmed)
        expression_report_fault(how->options, strict ? EXPR_ERROR : EXPR_LIBERTY, "S2", how->pointer, &fault);
    bool failed = better.failed;
    text_free(&better);
    if (failed)
        return EXPR_NO_MEMORY;
    return strict && made->predicate ? EXPR_INVALID : EXPR_OK;
}

/* Compiles the text, with samples where it is not known yet, and keeps what needs no more. */
static expr_status compile_text(jsonpath_query *query, const char *bytes, size_t length, const query_options *how) {
    text whole = TEXT_EMPTY;
    expr_failure failure;
    jsonpath_error error;
    reading made = {.compiled = NULL};
    jsonpath_status status = JSONPATH_NO_MEMORY;
    if (query_assemble(&query->text, NULL, jsonpath_write_name, &whole, &failure) == EXPR_VALUE)
        status = compile_either(query, &query->text, &whole, &made, &error);
    text_free(&whole);
    if (status == JSONPATH_SYNTAX) {
        size_t offset = query_original_offset(&query->text, error.offset);
        return query_problem(how, how->pointer, offset > length ? length : offset, error.length, error.message, "");
    }
    if (status != JSONPATH_OK)
        return EXPR_NO_MEMORY;
    tell(how, &query->text, made.from, made.compiled);
    expr_status reported = report_liberties(how, &query->text, bytes, length, &made, query->strict);
    if (query->text.has_names) {
        jsonpath_free(made.compiled);
    } else {
        query->compiled = made.compiled;
        query->filters = !made.predicate && is_one_filter(bytes, length) && memchr(bytes, '@', length) != NULL;
    }
    return reported;
}

static expr_status find_dialect(const query_options *how, jsonpath_dialect *dialect) {
    *dialect = JSONPATH_RFC9535;
    if (how->version == NULL || strcmp(how->version, "rfc9535") == 0)
        return EXPR_OK;
    *dialect = JSONPATH_GOESSNER_00;
    if (strcmp(how->version, "draft-goessner-dispatch-jsonpath-00") == 0)
        return EXPR_OK;
    return query_problem(how, how->version_pointer, 0, strlen(how->version), "there is no such version of JSONPath",
                         "the versions are 'rfc9535' and 'draft-goessner-dispatch-jsonpath-00'");
}

expr_status jsonpath_query_compile(const char *bytes, size_t length, const query_options *how, jsonpath_query **out) {
    jsonpath_dialect dialect;
    expr_status status = find_dialect(how, &dialect);
    if (status != EXPR_OK)
        return status;
    arena *memory = arena_new();
    jsonpath_query *query = memory == NULL ? NULL : arena_alloc(memory, sizeof *query);
    if (query == NULL) {
        arena_free(memory);
        return EXPR_NO_MEMORY;
    }
    query->memory = memory;
    query->dialect = dialect;
    query->strict = how->options != NULL && how->options->strict;
    query->condition = how->condition;
    status = jsonpath_text_parse(memory, bytes, length, how, &query->text);
    if (status == EXPR_OK && query->text.whole == NULL)
        status = compile_text(query, bytes, length, how);
    if (status == EXPR_OK)
        *out = query;
    else
        jsonpath_query_free(query);
    return status;
}

void jsonpath_query_free(jsonpath_query *query) {
    if (query == NULL)
        return;
    jsonpath_free(query->compiled);
    arena_free(query->memory);
}

/* ---- Evaluating ---- */

/* What one evaluation needs: the query, compiled now or before, and the values of its slots. */
typedef struct session {
    const jsonpath *query;
    jsonpath *own; /* to be freed */
    json_t **values;
    size_t value_count;
    jsonpath_evaluation evaluation;
} session;

static expr_outcome failed(jsonpath_status status, const jsonpath_error *error, expr_failure *failure) {
    if (status == JSONPATH_NO_MEMORY)
        return EXPR_OUT_OF_MEMORY;
    failure->offset = failure->length = 0;
    snprintf(failure->message, sizeof failure->message, "%s", error->message);
    return EXPR_FAILED;
}

/* Compiles what is only known now. */
static expr_outcome compile_now(session *s, const jsonpath_query *query, const expr_context *context,
                                expr_failure *failure) {
    static const query_text none = {.pieces = NULL};
    text whole = TEXT_EMPTY;
    bool is_whole = query->text.whole != NULL;
    reading made;
    jsonpath_error error;
    expr_outcome outcome = is_whole ? query_whole_text(&query->text, context, &whole, failure)
                                    : query_assemble(&query->text, context, jsonpath_write_name, &whole, failure);
    if (outcome == EXPR_VALUE) {
        jsonpath_status status = compile_either(query, is_whole ? &none : &query->text, &whole, &made, &error);
        s->own = made.compiled;
        if (status == JSONPATH_OK && made.predicate && query->strict) {
            snprintf(error.message, sizeof error.message, "a logical expression on its own is not a JSONPath query");
            status = JSONPATH_SYNTAX;
        }
        if (status != JSONPATH_OK)
            outcome = failed(status, &error, failure);
        s->query = s->own;
    }
    text_free(&whole);
    return outcome;
}

/* The caller calls finish() in any case. */
static expr_outcome start(session *s, const jsonpath_query *query, const expr_context *context, expr_failure *failure) {
    *s = (session){.query = query->compiled, .value_count = query->text.slot_count};
    expr_outcome outcome = find_values(&query->text, context, &s->values, failure);
    s->evaluation = (jsonpath_evaluation){.user = s->values, .value = value_of_slot};
    if (outcome == EXPR_VALUE && s->query == NULL)
        outcome = compile_now(s, query, context, failure);
    return outcome;
}

static void finish(session *s) {
    free_values(s->values, s->value_count);
    jsonpath_free(s->own);
}

/* S31: an object is tried as the only candidate of a filter that selected none of its members. */
static jsonpath_status test_object_itself(const session *s, json_t *subject, bool *result, jsonpath_error *error) {
    json_t *around = json_array();
    jsonpath_status status = JSONPATH_NO_MEMORY;
    if (around != NULL && json_array_append(around, subject) == 0)
        status = jsonpath_test(s->query, around, &s->evaluation, result, error);
    json_decref(around);
    return status;
}

criterion_outcome jsonpath_query_test(const jsonpath_query *query, json_t *subject, const expr_context *context,
                                      expr_failure *failure) {
    session s;
    bool result = false;
    jsonpath_error error;
    expr_outcome outcome = start(&s, query, context, failure);
    if (outcome == EXPR_VALUE) {
        jsonpath_status status = jsonpath_test(s.query, subject, &s.evaluation, &result, &error);
        if (status == JSONPATH_OK && !result && query->filters && !query->strict && json_is_object(subject)) {
            status = test_object_itself(&s, subject, &result, &error);
            if (result)
                snprintf(failure->message, sizeof failure->message,
                         "the filter holds for the object itself, which RFC 9535 does not look at (S31)");
        }
        if (status != JSONPATH_OK)
            outcome = failed(status, &error, failure);
    }
    if (outcome == EXPR_VALUE && !result && json_is_string(subject)) {
        outcome = EXPR_FAILED;
        failure->offset = failure->length = 0;
        snprintf(failure->message, sizeof failure->message, "the context is text, and JSONPath needs JSON");
    }
    finish(&s);
    if (outcome == EXPR_VALUE)
        return result ? CRITERION_PASSED : CRITERION_FAILED;
    return outcome == EXPR_OUT_OF_MEMORY ? CRITERION_OUT_OF_MEMORY : CRITERION_ERROR;
}

/* ---- Selecting ---- */

static json_t *array_of(const jsonpath_nodelist *nodes) {
    json_t *values = json_array();
    for (size_t i = 0; values != NULL && i < nodes->count; i++) {
        if (json_array_append(values, nodes->values[i]) != 0) {
            json_decref(values);
            return NULL;
        }
    }
    return values;
}

expr_outcome jsonpath_query_select(const jsonpath_query *query, json_t *subject, const expr_context *context,
                                   json_t **value, expr_failure *failure) {
    *value = NULL;
    if (!json_is_object(subject) && !json_is_array(subject)) {
        failure->offset = failure->length = 0;
        snprintf(failure->message, sizeof failure->message, "the context is no JSON object or array");
        return EXPR_FAILED;
    }
    session s;
    expr_outcome outcome = start(&s, query, context, failure);
    if (outcome == EXPR_VALUE) {
        jsonpath_nodelist nodes = {.count = 0};
        jsonpath_error error;
        jsonpath_status status = jsonpath_select(s.query, subject, &s.evaluation, &nodes, &error);
        if (status != JSONPATH_OK) {
            outcome = failed(status, &error, failure);
        } else if (jsonpath_is_singular(s.query)) {
            *value = nodes.count > 0 ? json_incref(nodes.values[0]) : NULL;
            outcome = nodes.count > 0 ? EXPR_VALUE : EXPR_NOTHING;
        } else {
            *value = array_of(&nodes);
            outcome = *value == NULL ? EXPR_OUT_OF_MEMORY : EXPR_VALUE;
        }
        jsonpath_nodelist_free(&nodes);
    }
    finish(&s);
    return outcome;
}

/* ---- Replacing ---- */

/* A normalized path (RFC 9535, section 2.7) as a JSON Pointer. */
static bool pointer_of_path(const char *path, text *out) {
    text_truncate(out, 0);
    for (const char *c = path + 1; *c == '[';) {
        text_append_char(out, '/');
        bool quoted = *++c == '\'';
        for (c += quoted; *c != '\0' && *c != (quoted ? '\'' : ']'); c++) {
            char byte = *c;
            if (quoted && byte == '\\') {
                static const char letters[] = "bfnrt", values[] = "\b\f\n\r\t";
                const char *found = strchr(letters, *++c);
                if (*c == 'u') {
                    byte = (char)strtoul((char[]){c[3], c[4], '\0'}, NULL, 16); /* below U+0020 */
                    c += 4;
                } else {
                    byte = found == NULL ? *c : values[found - letters];
                }
            }
            if (byte == '~' || byte == '/')
                text_append_string(out, byte == '~' ? "~0" : "~1");
            else
                text_append_char(out, byte);
        }
        c += quoted;
        if (*c != ']')
            return false;
        c++;
    }
    return !out->failed;
}

static int longer_first(const void *a, const void *b) {
    size_t x = strlen(*(char *const *)a), y = strlen(*(char *const *)b);
    return (x < y) - (x > y);
}

/* Deeper nodes first: a node that was replaced is not looked into. */
static expr_outcome replace_all(json_t **subject, const jsonpath_nodelist *nodes, json_t *value) {
    text pointer = TEXT_EMPTY;
    expr_outcome outcome = EXPR_VALUE;
    qsort(nodes->paths, nodes->count, sizeof *nodes->paths, longer_first);
    for (size_t i = 0; outcome == EXPR_VALUE && i < nodes->count; i++) {
        if (!pointer_of_path(nodes->paths[i], &pointer) ||
            json_replace(subject, text_peek(&pointer), pointer.length, value) != JSON_POINTER_OK)
            outcome = EXPR_OUT_OF_MEMORY;
    }
    text_free(&pointer);
    return outcome;
}

expr_outcome jsonpath_query_replace(const jsonpath_query *query, json_t **subject, json_t *value,
                                    const expr_context *context, expr_failure *failure) {
    session s;
    expr_outcome outcome = start(&s, query, context, failure);
    if (outcome == EXPR_VALUE) {
        jsonpath_nodelist nodes = {.count = 0};
        jsonpath_error error;
        s.evaluation.paths = true;
        jsonpath_status status = jsonpath_select(s.query, *subject, &s.evaluation, &nodes, &error);
        if (status != JSONPATH_OK)
            outcome = failed(status, &error, failure);
        else
            outcome = nodes.count == 0 ? EXPR_NOTHING : replace_all(subject, &nodes, value);
        jsonpath_nodelist_free(&nodes);
    }
    finish(&s);
    return outcome;
}

/* ---- For a person ---- */

void jsonpath_query_explain(const jsonpath_query *query, const expr_context *context, text *out) {
    query_explain(&query->text, context, out);
}
