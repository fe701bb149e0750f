/*
 * structure_rules.c: what the fields of one object mean for each other: fields that belong to another kind of step or
 * action, that need another one, or that have no effect.
 */
#include <string.h>

#include "engine/description/expression_type.h"
#include "engine/validate/structure_internal.h"

static bool has(const node *object, const char *field) {
    return node_get(object, field) != NULL;
}

static const char *word_of(const node *object, const char *field) {
    const node *value = node_get(object, field);
    const char *word = value == NULL ? NULL : node_string(value, NULL);
    return word == NULL ? "" : word;
}

/* A field that must not stand here. */
static void refuse_field(const validation *v, const node *object, const char *field, const char *help,
                         const char *why) {
    const node *key = node_get_key(object, field);
    if (key != NULL)
        diagnose(v->list, "E0433", validate_place(v, key), help, "'%s' does not belong here: %s", field, why);
}

/* A field that may stand here, and does nothing. */
static void note_idle_field(const validation *v, const node *object, const char *field, const char *why) {
    const node *key = node_get_key(object, field);
    if (key != NULL)
        diagnose(v->list, "W0434", validate_place(v, key), NULL, "'%s' has no effect: %s", field, why);
}

static void need_field(const validation *v, const node *object, const char *field, const char *help, const char *what) {
    if (!has(object, field))
        diagnose(v->list, "E0401", validate_place(v, object), help, "%s lacks the field '%s'", what, field);
}

/* ---- Step Object ---- */

/* A stepId, $workflows.<workflowId>.steps.<stepId> or $sourceDescriptions.<name>.<workflowId>.steps.<stepId>. */
static bool is_step_reference(const char *written) {
    static const struct {
        const char *root;
        unsigned names; /* before `steps` */
    } forms[] = {{"$workflows", 1}, {"$sourceDescriptions", 2}};
    if (written[0] != '$')
        return written[0] != '\0';
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t root = strlen(forms[i].root);
        if (strncmp(written, forms[i].root, root) != 0)
            continue;
        const char *at = written + root;
        bool right = true;
        for (unsigned n = 0; right && n < forms[i].names; n++) {
            right = at[0] == '.' && strcspn(at + 1, ".") > 0;
            at += right ? 1 + strcspn(at + 1, ".") : 0;
        }
        return right && strncmp(at, ".steps.", 7) == 0 && at[7] != '\0' && strchr(at + 7, '.') == NULL;
    }
    return false;
}

static void check_depends_on(const validation *v, const node *list) {
    for (size_t i = 0; list != NULL && i < node_count(list); i++) {
        const node *item = node_item(list, i);
        const char *written = node_string(item, NULL);
        if (written != NULL && !is_step_reference(written))
            diagnose(v->list, "E0403", validate_place(v, item),
                     "write a stepId of this workflow, '$workflows.<workflowId>.steps.<stepId>' or "
                     "'$sourceDescriptions.<name>.<workflowId>.steps.<stepId>'",
                     "'%s' is no reference to a step", written);
    }
}

void check_step(const validation *v, const node *value) {
    if (has(value, "workflowId")) {
        static const char why[] = "the step calls a workflow";
        refuse_field(v, value, "action", "it is for steps that send or receive messages", why);
        refuse_field(v, value, "correlationId", "it is for steps that receive messages", why);
        note_idle_field(v, value, "requestBody", why);
    } else if (has(value, "channelPath")) {
        need_field(v, value, "action", "add 'action: send' or 'action: receive'", "a step with 'channelPath'");
    }
    const char *message_action = word_of(value, "action");
    if (strcmp(message_action, "receive") != 0 && !has(value, "workflowId") && has(value, "action"))
        refuse_field(v, value, "correlationId", "keep it for 'action: receive'", "the step does not receive a message");
    check_depends_on(v, node_get(value, "dependsOn"));
}

/* ---- Success and Failure Action Objects ---- */

/* The parameters of an action are inputs of a workflow, and have no place: themselves or as the component they name. */
static void refuse_location(const validation *v, const node *given) {
    static const char prefix[] = "$components.parameters.",
                      why[] = "the parameters of an action are inputs of a workflow";
    refuse_field(v, given, "in", "remove it", why);
    const char *written = word_of(given, "reference");
    const node *map = node_at(document_root(v->owner), "/components/parameters", 22);
    const node *meant = strncmp(written, prefix, sizeof prefix - 1) == 0 && map != NULL
                            ? node_get(map, written + sizeof prefix - 1)
                            : NULL;
    const node *key = meant == NULL ? NULL : node_get_key(meant, "in");
    if (key != NULL)
        diagnostic_relate(v->list,
                          diagnose(v->list, "E0433", validate_place(v, node_get(given, "reference")),
                                   "refer to a component without 'in', or give 'name' and 'value' here",
                                   "the component has an 'in', which does not belong here: %s", why),
                          validate_place(v, key), "given here");
}

void check_action(const validation *v, const node *value) {
    const char *type = word_of(value, "type");
    const node *given = node_get(value, "parameters");
    if (strcmp(type, "end") == 0) {
        note_idle_field(v, value, "workflowId", "the action's type is 'end'");
        note_idle_field(v, value, "stepId", "the action's type is 'end'");
    }
    if (has(value, "stepId") && has(value, "workflowId"))
        diagnose(v->list, "E0406", validate_place(v, node_get_key(value, "workflowId")), "keep one of them",
                 "action '%s' has both 'stepId' and 'workflowId', which exclude each other", word_of(value, "name"));
    if (strcmp(type, "goto") == 0 && !has(value, "stepId") && !has(value, "workflowId"))
        diagnose(v->list, "E0406", validate_place(v, value), "add 'stepId' or 'workflowId'",
                 "action '%s' is a goto, and does not say where to", word_of(value, "name"));
    if (given != NULL && strcmp(type, "end") != 0)
        need_field(v, value, "workflowId", "parameters are the inputs of the workflow that the action leads to",
                   "an action with 'parameters'");
    for (size_t i = 0; given != NULL && node_type(given) == NODE_SEQUENCE && i < node_count(given); i++)
        refuse_location(v, node_item(given, i));
}

static void refuse_negative(const validation *v, const node *object, const char *field, const char *help) {
    const node *value = node_get(object, field);
    if (value != NULL && node_number(value) < 0)
        diagnose(v->list, "E0403", validate_place(v, value), help, "'%s' must not be negative", field);
}

void check_failure_action(const validation *v, const node *value) {
    const char *type = word_of(value, "type");
    check_action(v, value);
    if (strcmp(type, "end") == 0 || strcmp(type, "goto") == 0) {
        note_idle_field(v, value, "retryAfter", "the action's type is not 'retry'");
        note_idle_field(v, value, "retryLimit", "the action's type is not 'retry'");
    }
    refuse_negative(v, value, "retryAfter", "it counts seconds");
    refuse_negative(v, value, "retryLimit", "0 means no further attempt");
}

/* ---- Reusable and Request Body Objects ---- */

void check_reused_action(const validation *v, const node *value) {
    note_idle_field(v, value, "value", "it is for references to parameters");
}

void check_request_body(const validation *v, const node *value) {
    if (!has(value, "payload"))
        note_idle_field(v, value, "replacements", "there is no payload in which anything could be replaced");
}

/* ---- Criterion and Expression Type Objects ---- */

void check_criterion(const validation *v, const node *value) {
    const node *type = node_get_key(value, "type");
    if (type == NULL || has(value, "context"))
        return;
    const char *word = word_of(value, "type");
    if (strcmp(word, "simple") != 0)
        diagnose(v->list, "E0401", validate_place(v, value), "say what the condition is applied to: $response.body",
                 "a criterion of type '%s' lacks the field 'context'", word);
    else if (!v->loaded->strict)
        diagnose(v->list, "W0435", validate_place(v, type), "remove the type, or add a context such as $response.body",
                 "a criterion with a 'type' must have a 'context', too");
    else
        diagnose(v->list, "E0401", validate_place(v, value), "say what the condition is applied to: $response.body",
                 "a criterion with a 'type' lacks the field 'context'");
}

void check_expression_type(const validation *v, const node *value) {
    const char *type = word_of(value, "type"), *version = word_of(value, "version");
    text help = TEXT_EMPTY;
    expression_version found = expression_type_version(type, version, &help);
    if (found == VERSION_NEWER)
        note_newer(v, node_get(value, "version"), version);
    else if (found == VERSION_UNKNOWN && version[0] != '\0' && help.length > 0)
        diagnose(v->list, "E0403", validate_place(v, node_get_or_self(value, "version")), text_peek(&help),
                 "'%s' is no version of '%s'", version, type);
    text_free(&help);
}
