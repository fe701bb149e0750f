/*
 * structure.c: the objects of the specification as a table of fields, and a walk that holds a document against it:
 * unknown fields, missing ones, types, enumerations, patterns, lists that are empty or hold something twice.
 *
 * What the builder needs it checks, too; of two diagnostics about one mistake the first stays (validate.c). Rules that
 * concern several fields of one object are in structure_rules.c. Section "Schema" and its subsections.
 */
#include <string.h>

#include "engine/validate/structure_internal.h"

/* ---- The table ---- */

static const char *const source_types[] = {"openapi", "arazzo", "asyncapi", NULL};
static const char *const parameter_places[] = {"path", "query", "querystring", "header", "cookie", "channel", NULL};
static const char *const success_types[] = {"end", "goto", NULL};
static const char *const failure_types[] = {"end", "goto", "retry", NULL};
static const char *const condition_types[] = {"simple", "regex", "jsonpath", "xpath", NULL};
static const char *const selector_types[] = {"jsonpath", "xpath", "jsonpointer", NULL};
static const char *const message_actions[] = {"send", "receive", NULL};

static const field_rule arazzo_fields[] = {
    {.name = "arazzo", .type = FIELD_ANY, .required = true},
    {.name = "$self", .type = FIELD_STRING, .newer = true},
    {.name = "info", .type = FIELD_OBJECT, .object = OBJECT_INFO, .required = true},
    {.name = "sourceDescriptions", .type = FIELD_LIST, .object = OBJECT_SOURCE, .required = true, .filled = true},
    {.name = "workflows", .type = FIELD_LIST, .object = OBJECT_WORKFLOW, .required = true, .filled = true},
    {.name = "components", .type = FIELD_OBJECT, .object = OBJECT_COMPONENTS},
    {.name = NULL},
};

static const field_rule info_fields[] = {
    {.name = "title", .type = FIELD_STRING, .required = true},
    {.name = "summary", .type = FIELD_STRING},
    {.name = "description", .type = FIELD_STRING},
    {.name = "version", .type = FIELD_STRING, .required = true},
    {.name = NULL},
};

static const field_rule source_fields[] = {
    {.name = "name", .type = FIELD_NAME, .required = true},
    {.name = "url", .type = FIELD_STRING, .required = true},
    {.name = "type", .type = FIELD_STRING, .words = source_types, .newer_word = "asyncapi"},
    {.name = NULL},
};

static const field_rule workflow_fields[] = {
    {.name = "workflowId", .type = FIELD_NAME, .required = true},
    {.name = "summary", .type = FIELD_STRING},
    {.name = "description", .type = FIELD_STRING},
    {.name = "inputs", .type = FIELD_ANY},
    {.name = "dependsOn", .type = FIELD_STRINGS},
    {.name = "steps", .type = FIELD_LIST, .object = OBJECT_STEP, .required = true, .filled = true},
    {.name = "successActions", .type = FIELD_LIST, .object = OBJECT_SUCCESS_ACTION},
    {.name = "failureActions", .type = FIELD_LIST, .object = OBJECT_FAILURE_ACTION},
    {.name = "outputs", .type = FIELD_OUTPUTS},
    {.name = "parameters", .type = FIELD_LIST, .object = OBJECT_PARAMETER},
    {.name = NULL},
};

static const field_rule step_fields[] = {
    {.name = "stepId", .type = FIELD_NAME, .required = true},
    {.name = "description", .type = FIELD_STRING},
    {.name = "operationId", .type = FIELD_STRING},
    {.name = "operationPath", .type = FIELD_STRING},
    {.name = "workflowId", .type = FIELD_STRING},
    {.name = "channelPath", .type = FIELD_STRING, .newer = true},
    {.name = "parameters", .type = FIELD_LIST, .object = OBJECT_PARAMETER},
    {.name = "requestBody", .type = FIELD_OBJECT, .object = OBJECT_REQUEST_BODY},
    {.name = "successCriteria", .type = FIELD_LIST, .object = OBJECT_CRITERION, .filled = true},
    {.name = "onSuccess", .type = FIELD_LIST, .object = OBJECT_SUCCESS_ACTION},
    {.name = "onFailure", .type = FIELD_LIST, .object = OBJECT_FAILURE_ACTION},
    {.name = "outputs", .type = FIELD_OUTPUTS},
    {.name = "timeout", .type = FIELD_INTEGER, .newer = true},
    {.name = "correlationId", .type = FIELD_STRING, .newer = true},
    {.name = "action", .type = FIELD_STRING, .words = message_actions, .newer = true},
    {.name = "dependsOn", .type = FIELD_STRINGS, .filled = true, .newer = true},
    {.name = NULL},
};

static const field_rule parameter_fields[] = {
    {.name = "name", .type = FIELD_STRING, .required = true},
    {.name = "in", .type = FIELD_STRING, .words = parameter_places, .newer_word = "querystring"},
    {.name = "value", .type = FIELD_ANY, .required = true},
    {.name = NULL},
};

static const field_rule success_action_fields[] = {
    {.name = "name", .type = FIELD_STRING, .required = true},
    {.name = "type", .type = FIELD_STRING, .required = true, .words = success_types},
    {.name = "workflowId", .type = FIELD_STRING},
    {.name = "stepId", .type = FIELD_STRING},
    {.name = "parameters", .type = FIELD_LIST, .object = OBJECT_PARAMETER, .newer = true},
    {.name = "criteria", .type = FIELD_LIST, .object = OBJECT_CRITERION},
    {.name = NULL},
};

static const field_rule failure_action_fields[] = {
    {.name = "name", .type = FIELD_STRING, .required = true},
    {.name = "type", .type = FIELD_STRING, .required = true, .words = failure_types},
    {.name = "workflowId", .type = FIELD_STRING},
    {.name = "stepId", .type = FIELD_STRING},
    {.name = "parameters", .type = FIELD_LIST, .object = OBJECT_PARAMETER, .newer = true},
    {.name = "retryAfter", .type = FIELD_NUMBER},
    {.name = "retryLimit", .type = FIELD_INTEGER},
    {.name = "criteria", .type = FIELD_LIST, .object = OBJECT_CRITERION},
    {.name = NULL},
};

static const field_rule components_fields[] = {
    {.name = "inputs", .type = FIELD_SCHEMAS},
    {.name = "parameters", .type = FIELD_MAP, .object = OBJECT_PARAMETER},
    {.name = "successActions", .type = FIELD_MAP, .object = OBJECT_SUCCESS_ACTION},
    {.name = "failureActions", .type = FIELD_MAP, .object = OBJECT_FAILURE_ACTION},
    {.name = NULL},
};

static const field_rule criterion_fields[] = {
    {.name = "context", .type = FIELD_STRING},
    {.name = "condition", .type = FIELD_STRING, .required = true},
    {.name = "type", .type = FIELD_EXPRESSION_TYPE, .words = condition_types},
    {.name = NULL},
};

static const field_rule expression_type_fields[] = {
    {.name = "type", .type = FIELD_STRING, .required = true, .words = selector_types},
    {.name = "version", .type = FIELD_STRING, .required = true},
    {.name = NULL},
};

static const field_rule selector_fields[] = {
    {.name = "context", .type = FIELD_STRING, .required = true},
    {.name = "selector", .type = FIELD_STRING, .required = true},
    {.name = "type", .type = FIELD_EXPRESSION_TYPE, .required = true, .words = selector_types},
    {.name = NULL},
};

static const field_rule request_body_fields[] = {
    {.name = "contentType", .type = FIELD_STRING},
    {.name = "payload", .type = FIELD_ANY},
    {.name = "replacements", .type = FIELD_LIST, .object = OBJECT_REPLACEMENT},
    {.name = NULL},
};

static const field_rule replacement_fields[] = {
    {.name = "target", .type = FIELD_STRING, .required = true},
    {.name = "targetSelectorType", .type = FIELD_EXPRESSION_TYPE, .words = selector_types, .newer = true},
    {.name = "value", .type = FIELD_ANY, .required = true},
    {.name = NULL},
};

static const field_rule reusable_fields[] = {
    {.name = "reference", .type = FIELD_STRING, .required = true},
    {.name = "value", .type = FIELD_ANY},
    {.name = NULL},
};

static const object_rule objects[] = {
    [OBJECT_ARAZZO] = {"the Arazzo Object", arazzo_fields, NULL},
    [OBJECT_INFO] = {"the Info Object", info_fields, NULL},
    [OBJECT_SOURCE] = {"the Source Description Object", source_fields, NULL},
    [OBJECT_WORKFLOW] = {"the Workflow Object", workflow_fields, NULL},
    [OBJECT_STEP] = {"the Step Object", step_fields, check_step},
    [OBJECT_PARAMETER] = {"the Parameter Object", parameter_fields, NULL},
    [OBJECT_SUCCESS_ACTION] = {"the Success Action Object", success_action_fields, check_action},
    [OBJECT_FAILURE_ACTION] = {"the Failure Action Object", failure_action_fields, check_failure_action},
    [OBJECT_COMPONENTS] = {"the Components Object", components_fields, NULL},
    [OBJECT_CRITERION] = {"the Criterion Object", criterion_fields, check_criterion},
    [OBJECT_EXPRESSION_TYPE] = {"the Expression Type Object", expression_type_fields, check_expression_type},
    [OBJECT_SELECTOR] = {"the Selector Object", selector_fields, NULL},
    [OBJECT_REQUEST_BODY] = {"the Request Body Object", request_body_fields, check_request_body},
    [OBJECT_REPLACEMENT] = {"the Payload Replacement Object", replacement_fields, NULL},
    [OBJECT_REUSABLE] = {"the Reusable Object", reusable_fields, NULL},
};

/* ---- Kinds ---- */

static const char *const kind_names[] = {"null",     "a boolean", "an integer", "a number",
                                         "a string", "an array",  "an object"};

static bool expect(const validation *v, const node *value, const char *field, const char *what, node_kind kind) {
    node_kind found = node_type(value);
    if (found == kind || (kind == NODE_REAL && found == NODE_INTEGER))
        return true;
    bool quotes = kind == NODE_STRING && found != NODE_SEQUENCE && found != NODE_MAPPING;
    diagnostic *entry =
        diagnose(v->list, "E0402", validate_place(v, value), quotes ? "put quotes around it to make it a string" : NULL,
                 "'%s' of %s must be %s, not %s", field, what, kind_names[kind], kind_names[found]);
    text_change change = {.replacement = NULL};
    if (quotes && !node_quote(v->owner, value, &change))
        v->list->no_memory = true;
    diagnostic_set_mend(v->list, entry, &change);
    return false;
}

/* ---- Words, names, keys ---- */

static void check_word(const validation *v, const node *value, const field_rule *field, const char *what) {
    const char *word = node_string(value, NULL);
    nearest search;
    nearest_start(&search, word, strlen(word));
    text help = TEXT_EMPTY;
    for (size_t i = 0; field->words[i] != NULL; i++) {
        nearest_try(&search, field->words[i]);
        text_append_format(&help, "%s'%s'", i == 0 ? "it is one of " : ", ", field->words[i]);
    }
    bool known = search.best != NULL && strcmp(search.best, word) == 0;
    if (!known && search.best != NULL)
        text_free(&help);
    if (!known)
        diagnose(v->list, "E0403", validate_place(v, value),
                 search.best != NULL ? did_you_mean(&help, &search) : text_peek(&help),
                 "'%s' is no value for '%s' of %s", word, field->name, what);
    else if (field->newer_word != NULL && strcmp(word, field->newer_word) == 0)
        note_newer(v, value, word);
    text_free(&help);
}

void note_newer(const validation *v, const node *where, const char *word) {
    if (v->loaded->minor == 0)
        diagnose(v->list, "W0411", validate_place(v, where), "write 'arazzo: 1.1.0' to use it",
                 "'%s' came with version 1.1.0 of the specification, and this document is of an earlier one", word);
}

enum { NAME_CHARACTERS, KEY_CHARACTERS };

/* [A-Za-z0-9_\-]+, in keys also dots. */
static bool is_name(const char *name, size_t length, int characters) {
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
    for (size_t i = 0; i < length; i++) {
        const char *found = name[i] == '\0' ? NULL : strchr(allowed, name[i]);
        if (found == NULL || (characters == NAME_CHARACTERS && *found == '.'))
            return false;
    }
    return length > 0;
}

static void check_name(const validation *v, const node *value, const field_rule *field) {
    size_t length;
    const char *name = node_string(value, &length);
    if (!is_name(name, length, NAME_CHARACTERS))
        diagnose(v->list, "W0431", validate_place(v, value),
                 "use letters without accents, digits, '-' and '_' only, so that expressions can refer to it",
                 "'%s' is no name that the specification recommends for '%s'", name, field->name);
}

static void check_keys(const validation *v, const node *map, const char *field) {
    for (size_t i = 0; i < node_count(map); i++) {
        size_t length;
        const char *key = node_string(node_key(map, i), &length);
        if (!is_name(key, length, KEY_CHARACTERS))
            diagnose(v->list, "E0403", validate_place(v, node_key(map, i)),
                     "use letters without accents, digits, '.', '-' and '_' only",
                     "'%s' is no name for a member of '%s'", key, field);
    }
}

/* ---- Fields ---- */

static void check_strings(const validation *v, const node *list, const field_rule *field, const char *what) {
    for (size_t i = 0; i < node_count(list); i++) {
        const node *item = node_item(list, i);
        if (!expect(v, item, field->name, what, NODE_STRING))
            continue;
        for (size_t j = 0; j < i; j++) {
            const char *before = node_string(node_item(list, j), NULL);
            if (before == NULL || strcmp(before, node_string(item, NULL)) != 0)
                continue;
            diagnostic_relate(v->list,
                              diagnose(v->list, "E0404", validate_place(v, item), "keep one of them",
                                       "'%s' stands twice in '%s'", before, field->name),
                              validate_place(v, node_item(list, j)), "first given here");
            break;
        }
    }
}

static void check_list(const validation *v, const node *list, const field_rule *field) {
    for (size_t i = 0; i < node_count(list) && !validate_has_enough(v); i++) {
        const node *item = node_item(list, i);
        bool reusable = node_get(item, "reference") != NULL &&
                        (field->object == OBJECT_PARAMETER || field->object == OBJECT_SUCCESS_ACTION ||
                         field->object == OBJECT_FAILURE_ACTION);
        check_object(v, item, reusable ? OBJECT_REUSABLE : field->object);
        if (reusable && field->object != OBJECT_PARAMETER)
            check_reused_action(v, item);
    }
}

static void expect_output(const validation *v, const node *value, const char *name) {
    if (node_type(value) != NODE_STRING)
        diagnose(v->list, "E0402", validate_place(v, value), "name what it is taken from: $response.body#/id",
                 "the output '%s' must be an expression or a Selector Object, not %s", name,
                 kind_names[node_type(value)]);
}

static void check_outputs(const validation *v, const node *map) {
    check_keys(v, map, "outputs");
    for (size_t i = 0; i < node_count(map); i++) {
        const node *value = node_value(map, i);
        bool unquoted = node_count(value) == 1 && node_type(value) == NODE_MAPPING &&
                        node_type(node_value(value, 0)) == NODE_NULL; /* E0407 */
        if (node_type(value) == NODE_MAPPING && !unquoted) {
            note_newer(v, value, "a Selector Object");
            check_object(v, value, OBJECT_SELECTOR);
            const node *context = node_get(value, "context");
            const char *written = context == NULL ? "$" : node_string(context, NULL);
            if (written != NULL && written[0] != '$')
                diagnose(v->list, "E0100", validate_place(v, context), "an expression begins with '$': $response.body",
                         "'%s' is no expression, which the context of a Selector Object must be", written);
        } else if (node_type(value) == NODE_STRING) {
            size_t length;
            const char *written = node_string(value, &length);
            if (memchr(written, '$', length) == NULL)
                diagnose(v->list, "W0448", validate_place(v, value), "name what it is taken from: $response.body#/id",
                         "the output '%s' is always '%s': it holds no expression", node_string(node_key(map, i), NULL),
                         written);
        } else if (!unquoted) {
            expect_output(v, value, node_string(node_key(map, i), NULL));
        }
    }
}

static void check_schemas(const validation *v, const node *map) {
    check_keys(v, map, "inputs");
    for (size_t i = 0; v->loaded->schemas != NULL && i < node_count(map); i++)
        schema_compile(v->loaded->schemas, v->owner, node_value(map, i), v->loaded->uri, v->list);
}

static void check_map(const validation *v, const node *map, const field_rule *field) {
    check_keys(v, map, field->name);
    for (size_t i = 0; i < node_count(map); i++)
        check_object(v, node_value(map, i), field->object);
}

static void check_value(const validation *v, const node *value, const field_rule *field, const char *what) {
    static const node_kind kinds[] = {
        [FIELD_STRING] = NODE_STRING,  [FIELD_NAME] = NODE_STRING,      [FIELD_INTEGER] = NODE_INTEGER,
        [FIELD_NUMBER] = NODE_REAL,    [FIELD_STRINGS] = NODE_SEQUENCE, [FIELD_LIST] = NODE_SEQUENCE,
        [FIELD_OBJECT] = NODE_MAPPING, [FIELD_MAP] = NODE_MAPPING,      [FIELD_OUTPUTS] = NODE_MAPPING,
        [FIELD_SCHEMAS] = NODE_MAPPING};
    if (field->type == FIELD_ANY)
        return;
    if (field->type == FIELD_EXPRESSION_TYPE && node_type(value) == NODE_MAPPING) {
        check_object(v, value, OBJECT_EXPRESSION_TYPE);
        return;
    }
    node_kind kind = field->type == FIELD_EXPRESSION_TYPE ? NODE_STRING : kinds[field->type];
    if (!expect(v, value, field->name, what, kind))
        return;
    if (field->words != NULL)
        check_word(v, value, field, what);
    if (field->filled && node_count(value) == 0)
        diagnose(v->list, "E0405", validate_place(v, value),
                 field->required ? NULL : "give it an entry, or leave the field out",
                 "'%s' must have at least one entry", field->name);
    switch (field->type) {
    case FIELD_NAME:
        check_name(v, value, field);
        break;
    case FIELD_STRINGS:
        check_strings(v, value, field, what);
        break;
    case FIELD_LIST:
        check_list(v, value, field);
        break;
    case FIELD_OBJECT:
        check_object(v, value, field->object);
        break;
    case FIELD_MAP:
        check_map(v, value, field);
        break;
    case FIELD_OUTPUTS:
        check_outputs(v, value);
        break;
    case FIELD_SCHEMAS:
        check_schemas(v, value);
        break;
    default:
        break;
    }
}

/* ---- Objects ---- */

static const field_rule *known_field(const object_rule *object, const char *name) {
    for (const field_rule *field = object->fields; field->name != NULL; field++)
        if (strcmp(field->name, name) == 0)
            return field;
    return NULL;
}

static void report_unknown(const validation *v, const node *value, const node *key, object_kind kind) {
    const char *name = node_string(key, NULL);
    nearest search;
    nearest_start(&search, name, strlen(name));
    for (const field_rule *field = objects[kind].fields; field->name != NULL; field++)
        if (node_get(value, field->name) == NULL)
            nearest_try(&search, field->name);
    const field_rule *meant = search.best == NULL ? NULL : known_field(&objects[kind], search.best);
    if (meant != NULL && meant->required)
        return; /* it is reported as missing, with this one as the probable cause */
    text help = TEXT_EMPTY;
    if (kind == OBJECT_REUSABLE)
        diagnose(v->list, "W0430", validate_place(v, key), "put it into the component that is referred to",
                 "'%s' is ignored: next to 'reference' only 'value' counts", name);
    else if (did_you_mean(&help, &search) != NULL)
        diagnose(v->list, "E0430", validate_place(v, key), text_peek(&help), "%s has no field '%s'", objects[kind].name,
                 name);
    else
        diagnose(v->list, "E0430", validate_place(v, key), "the names of extensions start with 'x-'",
                 "%s has no field '%s'", objects[kind].name, name);
    text_free(&help);
}

static void report_missing(const validation *v, const node *value, const char *name, object_kind kind) {
    nearest search;
    nearest_start(&search, name, strlen(name));
    for (size_t i = 0; i < node_count(value); i++)
        if (known_field(&objects[kind], node_string(node_key(value, i), NULL)) == NULL)
            nearest_try(&search, node_string(node_key(value, i), NULL));
    text help = TEXT_EMPTY;
    if (search.best != NULL)
        text_append_format(&help, "there is a field '%s'; did you mean '%s'?", search.best, name);
    diagnose(v->list, "E0401", validate_place(v, value), search.best == NULL ? NULL : text_peek(&help),
             "%s lacks the required field '%s'", objects[kind].name, name);
    text_free(&help);
}

void check_object(const validation *v, const node *value, object_kind kind) {
    const object_rule *object = &objects[kind];
    if (node_type(value) != NODE_MAPPING) {
        diagnose(v->list, "E0402", validate_place(v, value), NULL, "%s must be an object, not %s", object->name,
                 kind_names[node_type(value)]);
        return;
    }
    for (const field_rule *field = object->fields; field->name != NULL; field++)
        if (field->required && node_get(value, field->name) == NULL)
            report_missing(v, value, field->name, kind);
    for (size_t i = 0; i < node_count(value); i++) {
        const node *key = node_key(value, i);
        const char *name = node_string(key, NULL);
        const field_rule *field = known_field(object, name);
        if (field == NULL && strncmp(name, "x-", 2) != 0)
            report_unknown(v, value, key, kind);
        if (field == NULL)
            continue;
        if (field->newer)
            note_newer(v, key, name);
        check_value(v, node_value(value, i), field, object->name);
    }
    if (object->check != NULL)
        object->check(v, value);
}

void validate_structure(const validation *v) {
    const node *root = document_root(v->owner);
    if (node_type(root) == NODE_MAPPING && node_get(root, "arazzo") != NULL)
        check_object(v, root, OBJECT_ARAZZO);
}
