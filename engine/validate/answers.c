/*
 * answers.c: the answers that an operation declares, and whether an expression takes of them what none has. Sections
 * "Runtime Expressions"; of OpenAPI "Responses Object", "Response Object", "Header Object".
 *
 * A warning is given only when every answer in question has a schema that declares members, and none declares this one.
 */
#include "engine/validate/answers.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- Which answers ---- */

typedef struct only_status {
    int status;
    bool asked_more;
    bool no_memory;
} only_status;

static json_t *look_up_status(void *user, const expr_reference *reference) {
    only_status *known = user;
    if (reference->root == EXPR_STATUS_CODE) {
        json_t *made = json_integer(known->status);
        known->no_memory = known->no_memory || made == NULL;
        return made;
    }
    known->asked_more = true;
    return NULL;
}

status_verdict status_passes(const criterion_object *tested, int status, diagnostics *list) {
    only_status known = {.status = status};
    const expr_context context = {.user = &known, .lookup = look_up_status};
    expr_failure failure;
    criterion_outcome outcome = criterion_test(tested->compiled, &context, &failure);
    list->no_memory = list->no_memory || known.no_memory || outcome == CRITERION_OUT_OF_MEMORY;
    if (known.asked_more || outcome == CRITERION_ERROR || outcome == CRITERION_OUT_OF_MEMORY)
        return STATUS_UNCLEAR;
    return outcome == CRITERION_PASSED ? STATUS_PASSES : STATUS_FAILS;
}

/* May the step succeed with this status? Without criteria it does with a 2xx status (S15). */
static bool may_succeed(const step *at, int status, diagnostics *list) {
    if (!at->has_success_criteria)
        return status / 100 == 2;
    for (size_t i = 0; i < at->success_criteria.count; i++)
        if (at->success_criteria.items[i].compiled != NULL &&
            status_passes(&at->success_criteria.items[i], status, list) == STATUS_FAILS)
            return false;
    return true;
}

/* The statuses that a key of the Responses Object stands for: "200", "4XX", "default". */
static bool covers(const node *map, const char *key, int status) {
    char exact[16], range[16], lower[16];
    snprintf(exact, sizeof exact, "%d", status);
    snprintf(range, sizeof range, "%dXX", status / 100);
    snprintf(lower, sizeof lower, "%dxx", status / 100);
    if (strcmp(key, exact) == 0)
        return true;
    bool is_range = strcmp(key, range) == 0 || strcmp(key, lower) == 0;
    if (node_get(map, exact) != NULL || (!is_range && strcmp(key, "default") != 0))
        return false;
    return is_range || (node_get(map, range) == NULL && node_get(map, lower) == NULL);
}

static bool is_wanted(const step *at, const node *map, const char *key, answers_wanted wanted, diagnostics *list) {
    if (wanted == ANSWERS_ANY)
        return true;
    for (int status = 100; status < 600; status++)
        if (covers(map, key, status) && may_succeed(at, status, list))
            return true;
    return false;
}

/* Calls `told` for each answer that is wanted: the Response Object, or nothing when it cannot be found. */
static void each_answer(const step *at, answers_wanted wanted, diagnostics *list,
                        void (*told)(void *user, located answer), void *user) {
    const operation *op = at->operation;
    located holder = operation_object(op);
    const node *map = node_get(holder.value, "responses");
    for (size_t i = 0; map != NULL && i < node_count(map) && node_key(map, i) != NULL; i++) {
        const char *key = node_string(node_key(map, i), NULL);
        if (strncmp(key, "x-", 2) != 0 && is_wanted(at, map, key, wanted, list))
            told(user, api_resolve(operation_api(op), (located){holder.owner, node_value(map, i)}));
    }
}

/* ---- Bodies ---- */

/* An answer without content says nothing of bodies; one with another content than JSON may hold anything. */
static void add_body(void *user, located answer) {
    schema_group *out = user;
    if (answer.value == NULL) {
        out->open = true;
        return;
    }
    const node *swagger = node_get(answer.value, "schema"), *content = node_get(answer.value, "content");
    if (swagger != NULL)
        schema_group_add(out, (located){answer.owner, swagger});
    bool json = false;
    for (size_t i = 0; content != NULL && node_key(content, i) != NULL; i++) {
        if (!media_is_json(node_string(node_key(content, i), NULL)))
            continue;
        located type = api_resolve(out->description, (located){answer.owner, node_value(content, i)});
        schema_group_add(out, (located){type.owner, type.value == NULL ? NULL : node_get(type.value, "schema")});
        json = true;
    }
    if (content != NULL && node_count(content) > 0 && !json)
        out->open = true;
}

void answers_bodies(const step *at, answers_wanted wanted, diagnostics *list, schema_group *out) {
    *out = (schema_group){.count = 0};
    if (at->operation == NULL)
        return;
    out->description = operation_api(at->operation);
    each_answer(at, wanted, list, add_body, out);
}

/* ---- What an expression comes down to: an answer's body, and tokens ---- */

enum { MOST_TOKENS = 64, DEEPEST_OUTPUT = 4, MOST_OUTPUTS = 2 * (DEEPEST_OUTPUT + 1) };

typedef struct source {
    const step *at;
    answers_wanted wanted;
    expr_token tokens[MOST_TOKENS];
    size_t count;
    size_t own;                        /* how many of them come from elsewhere than the expression that is looked at */
    expression *outputs[MOST_OUTPUTS]; /* what tokens point into */
    size_t output_count;
    bool no_memory;
} source;

static void free_source(source *at) {
    for (size_t i = 0; i < at->output_count; i++)
        expression_free(at->outputs[i]);
}

static bool add_tokens(source *out, const expr_token *tokens, size_t count) {
    if (count > MOST_TOKENS - out->count)
        return false;
    if (count > 0)
        memcpy(out->tokens + out->count, tokens, count * sizeof *tokens);
    out->count += count;
    return true;
}

typedef struct output_reading {
    const workflow *flow;
    const step *at; /* whose output it is; NULL: the workflow's */
    source *out;
    unsigned depth;
    bool right;
} output_reading;

static bool find_source(const workflow *flow, const step *at, answers_wanted wanted, const expr_reference *reference,
                        unsigned depth, source *out);

static void read_output(void *user, const expr_reference *reference) {
    output_reading *reading = user;
    reading->right =
        find_source(reading->flow, reading->at, ANSWERS_SUCCESSFUL, reference, reading->depth + 1, reading->out);
}

/* An output that is one expression: what that comes down to. */
static bool find_output(const workflow *flow, const step *at, const char *name, unsigned depth, source *out) {
    const node *map = node_get(at != NULL ? at->object : flow->object, "outputs");
    const node *value = map == NULL ? NULL : node_get(map, name);
    size_t length;
    const char *written = value == NULL ? NULL : node_string(value, &length);
    if (written == NULL || written[0] != '$')
        return false;
    output_reading reading = {.flow = flow, .at = at, .out = out, .depth = depth};
    const expr_options options = {.user = &reading, .refers = read_output};
    expression *compiled = NULL;
    expr_status status = expression_compile(written, length, &options, &compiled);
    out->no_memory = out->no_memory || status == EXPR_NO_MEMORY;
    if (status != EXPR_OK)
        return false;
    bool kept = out->output_count < MOST_OUTPUTS;
    if (kept)
        out->outputs[out->output_count++] = compiled;
    else
        expression_free(compiled);
    return reading.right && kept;
}

/* False when it does not come down to the body of an answer, as far as can be seen. */
static bool find_source(const workflow *flow, const step *at, answers_wanted wanted, const expr_reference *reference,
                        unsigned depth, source *out) {
    if (depth > DEEPEST_OUTPUT)
        return false;
    if (reference->root == EXPR_RESPONSE_BODY && at != NULL && at->operation != NULL) {
        out->at = at;
        out->wanted = wanted;
        out->count = 0;
        return add_tokens(out, reference->tokens, reference->token_count);
    }
    if (reference->root != EXPR_STEPS || reference->name == NULL)
        return false;
    const step *of = workflow_step(flow, reference->owner);
    bool found = of != NULL && (find_output(flow, of, reference->name, depth, out) ||
                                (of->target != NULL && find_output(of->target, NULL, reference->name, depth, out)));
    if (!found)
        return false;
    out->own = out->count;
    return add_tokens(out, reference->tokens, reference->token_count);
}

/* ---- Saying what is missing ---- */

static void append_pointer(text *out, const expr_token *tokens, size_t count) {
    for (size_t i = 0; i < count; i++) {
        text_append_char(out, '/');
        for (size_t j = 0; j < tokens[i].length; j++) {
            char byte = tokens[i].key[j];
            if (byte == '~' || byte == '/')
                text_append_string(out, byte == '~' ? "~0" : "~1");
            else
                text_append_char(out, byte);
        }
    }
}

/* "did you mean 'id'?", or what there is. */
static void describe_names(const schema_path *path, const expr_token *wanted, text *help) {
    enum { LISTED = 8 };
    nearest search;
    nearest_start(&search, wanted->key, wanted->length);
    for (size_t i = 0; i < path->name_count; i++)
        nearest_try(&search, path->names[i]);
    if (did_you_mean(help, &search) != NULL)
        return;
    for (size_t i = 0; i < path->name_count && i < LISTED; i++)
        text_append_format(help, "%s'%s'", i == 0 ? "the schema has " : ", ", path->names[i]);
    if (path->name_count > LISTED)
        text_append_string(help, ", …");
    if (path->name_count == 0 && path->closed)
        text_append_string(help, "the schema allows it no members at all");
}

static void report_lacking(const answer_use *use, const source *from, const schema_path *path) {
    const expr_token *wanted = &from->tokens[path->token];
    const operation *op = from->at->operation;
    text help = TEXT_EMPTY, message = TEXT_EMPTY;
    if (path->kind != NULL && strcmp(path->kind, "an array") == 0)
        text_append_string(&help, "items of an array are named by their index: '/0'");
    else if (path->kind == NULL)
        describe_names(path, wanted, &help);
    if (path->token > 0) {
        text_append_string(&message, "'#");
        append_pointer(&message, from->tokens, path->token);
        text_append_string(&message, "' in ");
    }
    text_append_format(&message, "the answer of %s %s ", operation_method(op), operation_path(op));
    if (path->kind != NULL)
        text_append_format(&message, "is %s and ", path->kind);
    text_append_format(&message, "has no member '%.*s'", (int)wanted->length, wanted->key);
    place where = node_place_within(use->v->owner, use->string, wanted->offset, wanted->extent);
    diagnostic *entry =
        diagnose(use->v->list, "W0236", where, help.length > 0 ? text_peek(&help) : NULL, "%s", text_peek(&message));
    const node *properties = node_get_key(path->lacking.value, "properties");
    diagnostic_relate(use->v->list, entry,
                      node_place(path->lacking.owner, properties != NULL ? properties : path->lacking.value),
                      "declared here");
    text_free(&help);
    text_free(&message);
}

static void check_source(const answer_use *use, const source *from) {
    schema_group bodies;
    schema_path path;
    answers_bodies(from->at, from->wanted, use->v->list, &bodies);
    if (bodies.count == 0 || bodies.open)
        return;
    schema_path_follow(&bodies, from->tokens, from->count, &path);
    use->v->list->no_memory = use->v->list->no_memory || path.no_memory;
    if (path.verdict == SCHEMA_LACKS && path.token >= from->own) /* else it was said of the output */
        report_lacking(use, from, &path);
}

/* ---- Headers ---- */

/* What servers add of their own: nobody declares these. */
static bool is_general_header(const char *name) {
    static const char *const names[] = {"Content-Type", "Content-Length", "Content-Encoding", "Date",      "Server",
                                        "Connection",   "Cache-Control",  "Retry-After",      "Set-Cookie"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

typedef struct header_search {
    const char *wanted;
    bool found;
    bool unclear;
    size_t answers;
    nearest near;
    text names;
} header_search;

static void look_for_header(void *user, located answer) {
    header_search *search = user;
    search->answers++;
    search->unclear = search->unclear || answer.value == NULL;
    const node *map = answer.value == NULL ? NULL : node_get(answer.value, "headers");
    for (size_t i = 0; map != NULL && node_key(map, i) != NULL; i++) {
        const char *name = node_string(node_key(map, i), NULL);
        search->found = search->found || strcasecmp(name, search->wanted) == 0;
        nearest_try(&search->near, name);
        if (search->names.length < 200)
            text_append_format(&search->names, "%s'%s'", search->names.length == 0 ? "it declares " : ", ", name);
    }
}

static void check_header(const answer_use *use, const expr_reference *reference) {
    header_search search = {.wanted = reference->name, .names = TEXT_EMPTY};
    if (use->at->operation == NULL || is_general_header(reference->name))
        return;
    nearest_start(&search.near, reference->name, strlen(reference->name));
    each_answer(use->at, use->wanted, use->v->list, look_for_header, &search);
    if (search.answers > 0 && !search.found && !search.unclear) {
        text help = TEXT_EMPTY;
        const char *suggestion = did_you_mean(&help, &search.near);
        const operation *op = use->at->operation;
        diagnose(
            use->v->list, "N0237", node_place_within(use->v->owner, use->string, reference->offset, reference->length),
            suggestion != NULL        ? suggestion
            : search.names.length > 0 ? text_peek(&search.names)
                                      : "it declares no headers",
            "%s %s declares no header '%s' in its answers", operation_method(op), operation_path(op), reference->name);
        text_free(&help);
    }
    text_free(&search.names);
}

/* ---- What others call ---- */

void check_answer_use(const answer_use *use, const expr_reference *reference) {
    source from = {.count = 0};
    if (reference->root == EXPR_RESPONSE_HEADER && use->at != NULL && reference->name != NULL)
        check_header(use, reference);
    else if (use->flow != NULL && reference->token_count > 0 &&
             find_source(use->flow, use->at, use->wanted, reference, 0, &from))
        check_source(use, &from);
    use->v->list->no_memory = use->v->list->no_memory || from.no_memory;
    free_source(&from);
}

void check_query_use(const answer_use *use, const expr_reference *context, const expr_token *tokens, size_t count) {
    source from = {.count = 0};
    if (use->flow != NULL && count > 0 && find_source(use->flow, use->at, use->wanted, context, 0, &from)) {
        from.own = from.count; /* what the context lacks is said of the context */
        if (add_tokens(&from, tokens, count))
            check_source(use, &from);
    }
    free_source(&from);
}

bool answer_has_length(const answer_use *use, const expr_reference *context, const expr_token *tokens, size_t count) {
    source from = {.count = 0};
    if (use->flow == NULL || !find_source(use->flow, use->at, use->wanted, context, 0, &from) ||
        !add_tokens(&from, tokens, count)) {
        free_source(&from);
        return false;
    }
    schema_group bodies;
    schema_path path;
    answers_bodies(from.at, from.wanted, use->v->list, &bodies);
    schema_path_follow(&bodies, from.tokens, from.count, &path);
    use->v->list->no_memory = use->v->list->no_memory || path.no_memory;
    unsigned kinds = path.verdict == SCHEMA_FOUND && !bodies.open ? schema_group_types(&path.reached) : 0;
    free_source(&from);
    unsigned object = 1u << NODE_MAPPING, lengthy = 1u << NODE_SEQUENCE | (count > 0 ? 1u << NODE_STRING : 0);
    return (kinds & lengthy) != 0 && (kinds & object) == 0 && (count > 0 || (kinds & 1u << NODE_STRING) == 0);
}
