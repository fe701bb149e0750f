/*
 * trial.c: opens the stage, writes the documents out with its address, lets the adapter run, and compares.
 */
#include "tests/conformance/driver/trial.h"

#include <stdlib.h>
#include <string.h>

#include "tests/conformance/driver/compare.h"
#include "tests/conformance/driver/files.h"
#include "tests/conformance/driver/placeholders.h"
#include "tests/conformance/driver/stage.h"

/* What the adapter must say that its engine supports for a case to concern it. */
static bool concerns(const trial *one, const adapter *by, text *why) {
    static const char *const supports[] = {"liberties", "retrieval", "recommendations", "limits"};
    for (size_t i = 0; i < sizeof supports / sizeof *supports; i++) {
        if (case_requires(one->what, supports[i]) && !adapter_has(by, "supports", supports[i])) {
            text_append_format(why, "the engine has no %s", supports[i]);
            return false;
        }
    }
    /* A case of both profiles has been tried already when there is only one. */
    bool again = strcmp(one->profile, "strict") == 0 && strcmp(case_string(one->what, "profile", ""), "both") == 0;
    if ((again || case_requires(one->what, "strict")) && !adapter_has(by, "profiles", "strict")) {
        text_append_string(why, "the engine has no strict profile");
        return false;
    }
    return true;
}

/* A case of the strict profile tests the letter, which concerns an engine with one profile as well. */
static const char *profile_for(const trial *one, const adapter *by) {
    return adapter_has(by, "profiles", one->profile) ? one->profile : "default";
}

static bool write_filled(const char *folder, const char *name, const char *bytes, size_t length,
                         const placeholders *values, text *unknown) {
    text filled = TEXT_EMPTY;
    placeholders_fill(values, bytes, length, &filled, unknown);
    bool good = !filled.failed && folder_write(folder, name, text_peek(&filled), filled.length);
    text_free(&filled);
    return good;
}

static bool write_shared(const trial *one, const char *suite, const char *folder, const placeholders *values,
                         text *unknown) {
    size_t i;
    json_t *name;
    json_array_foreach(json_object_get(one->what->fields, "shared"), i, name) {
        text path = TEXT_EMPTY, content = TEXT_EMPTY;
        text_append_format(&path, "%s/shared/%s", suite, json_string_value(name));
        bool good = file_read(text_peek(&path), &content) &&
                    write_filled(folder, json_string_value(name), content.bytes, content.length, values, unknown);
        text_free(&path);
        text_free(&content);
        if (!good)
            return false;
    }
    return true;
}

/* The case's own files come last: one that is named like a shared file takes its place. */
static bool write_documents(const trial *one, const char *suite, const char *folder, const placeholders *values,
                            text *why) {
    text unknown = TEXT_EMPTY;
    const char *name;
    json_t *content;
    bool good = write_shared(one, suite, folder, values, &unknown);
    json_object_foreach(json_object_get(one->what->fields, "files"), name, content) {
        good = good &&
               write_filled(folder, name, json_string_value(content), json_string_length(content), values, &unknown);
    }
    json_t *given = json_object_get(one->what->fields, "inputs"), *none = json_object();
    json_t *inputs = placeholders_fill_value(values, given == NULL ? none : given, &unknown);
    char *dump = inputs == NULL ? NULL : json_dumps(inputs, JSON_INDENT(2));
    good = good && dump != NULL && folder_write(folder, ".scratch/inputs.json", dump, strlen(dump));
    if (unknown.length > 0)
        text_append_format(why, "unknown placeholders in the case:%s", text_peek(&unknown));
    else if (!good)
        text_append_string(why, "the case's documents could not be written");
    good = good && unknown.length == 0;
    text_free(&unknown);
    free(dump);
    json_decref(inputs);
    json_decref(none);
    return good;
}

/* What the engine is asked to run: a file in the folder, or an address where the stage serves it. */
static void name_document(const trial *one, const char *folder, const placeholders *values, text *out) {
    const char *name = case_string(one->what, "document", "arazzo.yaml");
    text unknown = TEXT_EMPTY;
    if (strncmp(name, "{{", 2) != 0)
        text_append_format(out, "%s/", folder);
    placeholders_fill(values, name, strlen(name), out, &unknown);
    text_free(&unknown);
}

static json_t *ask_adapter(const trial *one, const adapter *by, const char *folder, const placeholders *values,
                           text *why) {
    text document = TEXT_EMPTY, inputs = TEXT_EMPTY, scratch = TEXT_EMPTY;
    name_document(one, folder, values, &document);
    text_append_format(&inputs, "%s/.scratch/inputs.json", folder);
    text_append_format(&scratch, "%s/.scratch", folder);
    const adapter_task task = {.document = text_peek(&document),
                               .workflow = case_string(one->what, "workflow", ""),
                               .inputs = text_peek(&inputs),
                               .profile = profile_for(one, by),
                               .server = values->server,
                               .version = values->version,
                               .scratch = text_peek(&scratch)};
    json_t *told = adapter_run(by, &task, why);
    text_free(&document);
    text_free(&inputs);
    text_free(&scratch);
    return told;
}

/* What the adapter wrote to standard error explains a trial that failed although the adapter did its work. */
static void quote_errors(trial *one, const char *folder) {
    enum { LONGEST_EXCERPT = 2000 };
    text path = TEXT_EMPTY, content = TEXT_EMPTY;
    text_append_format(&path, "%s/.scratch/adapter.stderr", folder);
    if (file_read(text_peek(&path), &content) && content.length > 0) {
        text_truncate(&content, LONGEST_EXCERPT);
        text_append_format(&one->why, "standard error:\n%s", text_peek(&content));
    }
    text_free(&path);
    text_free(&content);
}

static void judge(trial *one, const adapter *by, const json_t *told, const json_t *requests, const json_t *expect) {
    const seen what = {.told = told, .requests = requests};
    if (told == NULL)
        return;
    if (requests == NULL || expect == NULL)
        text_append_string(&one->why, "memory ran short");
    else if (outcome_allowed(expect, &what, by, &one->why))
        one->result = PASSED;
}

void trial_run(trial *one, const adapter *by, const char *suite) {
    text folder = TEXT_EMPTY, unknown = TEXT_EMPTY;
    char error[200] = "";
    json_t *script = NULL, *served = NULL, *expect = NULL, *told = NULL, *fields = one->what->fields;
    stage *at = NULL;
    one->result = FAILED;
    one->why = TEXT_EMPTY;
    if (!concerns(one, by, &one->why)) {
        one->result = SKIPPED;
        return;
    }
    at = stage_open(error, sizeof error);
    if (at == NULL || !folder_make(&folder)) {
        text_append_format(&one->why, "the trial could not be prepared: %s", error);
        goto cleanup;
    }
    const placeholders values = {.server = stage_server(at), .nowhere = stage_nowhere(at), .version = one->version};
    script = placeholders_fill_value(&values, json_object_get(fields, "server"), &unknown);
    served = placeholders_fill_value(&values, json_object_get(fields, "served"), &unknown);
    expect = placeholders_fill_value(&values, json_object_get(fields, "expect"), &unknown);
    if (unknown.length > 0) {
        text_append_format(&one->why, "unknown placeholders in the case:%s", text_peek(&unknown));
        goto cleanup;
    }
    stage_play(at, script, served);
    if (write_documents(one, suite, text_peek(&folder), &values, &one->why))
        told = ask_adapter(one, by, text_peek(&folder), &values, &one->why);
cleanup:;
    json_t *requests = stage_close(at);
    judge(one, by, told, requests, expect);
    if (one->result == FAILED && folder.length > 0)
        quote_errors(one, text_peek(&folder));
    if (folder.length > 0 && getenv("CONFORMANCE_KEEP") == NULL)
        folder_remove(text_peek(&folder));
    json_decref(requests);
    json_decref(told);
    json_decref(expect);
    json_decref(served);
    json_decref(script);
    text_free(&unknown);
    text_free(&folder);
}
