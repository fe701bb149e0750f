/*
 * reason.c REPORT: from what `arazzo run --mock --format json` printed of a document that did not reach its end, the
 * reason in one line: what the mock would have had to answer, or what is wrong whatever it answers. For
 * tests/corpus/run.sh.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "runtime-expr/json_text.h"

static const char *member(const json_t *object, const char *name) {
    const char *value = json_string_value(json_object_get(object, name));
    return value == NULL ? "" : value;
}

/* The last workflow that did not succeed, and the last of its steps. */
static const json_t *last_step(const json_t *report) {
    const json_t *workflows = json_object_get(report, "workflows"), *found = NULL;
    for (size_t i = 0; i < json_array_size(workflows) && found == NULL; i++) {
        const json_t *flow = json_array_get(workflows, i), *steps = json_object_get(flow, "steps");
        if (strcmp(member(flow, "status"), "success") != 0 && json_array_size(steps) > 0)
            found = json_array_get(steps, json_array_size(steps) - 1);
    }
    return found;
}

/* The last diagnostic with a code; NULL: there is none. */
static const char *message_of(const json_t *report, const char *code) {
    const json_t *list = json_object_get(report, "diagnostics");
    for (size_t i = json_array_size(list); i > 0; i--)
        if (strcmp(member(json_array_get(list, i - 1), "code"), code) == 0)
            return member(json_array_get(list, i - 1), "message");
    return NULL;
}

static const json_t *first_error(const json_t *report) {
    const json_t *list = json_object_get(report, "diagnostics");
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(member(json_array_get(list, i), "severity"), "error") == 0)
            return json_array_get(list, i);
    return NULL;
}

static const json_t *failed_criterion(const json_t *step) {
    const json_t *list = json_object_get(step, "criteria");
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_is_false(json_object_get(json_array_get(list, i), "passed")))
            return json_array_get(list, i);
    return NULL;
}

/* The step was repeated until it was enough: its outputs are what it went on. */
static void tell_loop(const json_t *step) {
    const json_t *action = json_object_get(step, "action");
    text outputs = TEXT_EMPTY;
    json_text_brief(&outputs, json_object_get(step, "outputs"), 100);
    printf(
        "%s: the mock would have had to answer otherwise after a while: with %s the action '%s' leads to '%s' again\n",
        member(step, "stepId"), text_peek(&outputs), member(action, "name"), member(action, "stepId"));
    text_free(&outputs);
}

static void tell(const json_t *report) {
    const json_t *step = last_step(report), *error = first_error(report);
    const json_t *criterion = step == NULL ? NULL : failed_criterion(step);
    const char *nothing = message_of(report, "W0501");
    if (step != NULL && message_of(report, "E0507") != NULL)
        tell_loop(step);
    else if (criterion != NULL)
        printf("%s: the mock would have had to answer so that %s holds; %.*s\n", member(step, "stepId"),
               member(criterion, "condition"), (int)strcspn(member(criterion, "explanation"), "\n"),
               member(criterion, "explanation"));
    else if (step != NULL && message_of(report, "E0220") != NULL && nothing != NULL)
        printf("%s: the mock would have had to answer the step before with more: %s\n", member(step, "stepId"),
               nothing);
    else if (step != NULL && member(step, "error")[0] != '\0')
        printf("%s: whatever the mock answers, %s\n", member(step, "stepId"), member(step, "error"));
    else
        printf("whatever the mock answers, %s\n", error == NULL ? "(no reason was given)" : member(error, "message"));
}

int main(int count, char **arguments) {
    json_t *report = count == 2 ? json_load_file(arguments[1], JSON_ALLOW_NUL, NULL) : NULL;
    if (report == NULL) {
        puts("it did not end within its time, or printed no report");
        return 1;
    }
    tell(report);
    json_decref(report);
    return 0;
}
