/*
 * structure_rules.c: what the fields of one object mean for each other: fields that belong to another kind of step or
 * action, that need another one, or that have no effect.
 */
#include <string.h>

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

void check_action(const validation *v, const node *value) {
    const char *type = word_of(value, "type");
    const node *given = node_get(value, "parameters");
    if (strcmp(type, "end") == 0) {
        note_idle_field(v, value, "workflowId", "the action's type is 'end'");
        note_idle_field(v, value, "stepId", "the action's type is 'end'");
    }
    if (strcmp(type, "retry") != 0) {
        note_idle_field(v, value, "retryAfter", "the action's type is not 'retry'");
        note_idle_field(v, value, "retryLimit", "the action's type is not 'retry'");
    }
    if (given != NULL && strcmp(type, "end") != 0)
        need_field(v, value, "workflowId", "parameters are the inputs of the workflow that the action leads to",
                   "an action with 'parameters'");
    for (size_t i = 0; given != NULL && i < node_count(given); i++)
        refuse_field(v, node_item(given, i), "in", "remove it", "the parameters of an action are inputs of a workflow");
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
    if (strcmp(word_of(value, "type"), "simple") != 0)
        return; /* the builder misses it, too */
    if (!v->loaded->strict)
        diagnose(v->list, "W0435", validate_place(v, type), "remove the type, or add a context such as $response.body",
                 "a criterion with a 'type' must have a 'context', too");
    else
        diagnose(v->list, "E0401", validate_place(v, value), "say what the condition is applied to: $response.body",
                 "a criterion with a 'type' lacks the field 'context'");
}

void check_expression_type(const validation *v, const node *value) {
    static const struct {
        const char *type, *version;
        bool newer;
    } versions[] = {
        {"jsonpath", "rfc9535", true},    {"jsonpath", "draft-goessner-dispatch-jsonpath-00", false},
        {"xpath", "xpath-31", true},      {"xpath", "xpath-30", false},
        {"xpath", "xpath-20", false},     {"xpath", "xpath-10", false},
        {"jsonpointer", "rfc6901", true},
    };
    const char *type = word_of(value, "type"), *version = word_of(value, "version");
    text help = TEXT_EMPTY;
    bool known = false;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        if (strcmp(versions[i].type, type) != 0)
            continue;
        known = known || strcmp(versions[i].version, version) == 0;
        text_append_format(&help, "%s'%s'", help.length == 0 ? "it is one of " : ", ", versions[i].version);
        if (versions[i].newer && strcmp(versions[i].version, version) == 0)
            note_newer(v, node_get(value, "version"), version);
    }
    if (!known && version[0] != '\0' && help.length > 0)
        diagnose(v->list, "E0403", validate_place(v, node_get_or_self(value, "version")), text_peek(&help),
                 "'%s' is no version of '%s'", version, type);
    text_free(&help);
}
