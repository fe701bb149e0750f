/* adapter.c: starts the adapter, reads the JSON that it prints. What a result means is compare.c's work. */
#include "tests/conformance/driver/adapter.h"

#include <stdio.h>
#include <string.h>

#include "tests/conformance/driver/process.h"

enum { ABOUT_SECONDS = 60 };

bool adapter_open(adapter *out, const char *program, unsigned seconds) {
    static const char *const none[] = {NULL};
    process_result ran;
    *out = (adapter){.program = program, .seconds = seconds};
    if (!process_run(program, "about", none, NULL, ABOUT_SECONDS, &ran)) {
        fprintf(stderr, "conformance: the adapter %s cannot be started\n", program);
        return false;
    }
    json_error_t error = {0};
    if (ran.status == 0)
        out->about = json_loadb(text_peek(&ran.out), ran.out.length, 0, &error);
    if (json_string_value(json_object_get(out->about, "engine")) == NULL) {
        fprintf(stderr, "conformance: '%s about' must print an object with the member 'engine' (status %d)\n", program,
                ran.status);
        json_decref(out->about);
        out->about = NULL;
    }
    text_free(&ran.out);
    return out->about != NULL;
}

void adapter_close(adapter *one) {
    json_decref(one->about);
    one->about = NULL;
}

bool adapter_has(const adapter *one, const char *kind, const char *name) {
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(one->about, kind), i, item) {
        if (json_is_string(item) && strcmp(json_string_value(item), name) == 0)
            return true;
    }
    return false;
}

static json_t *read_result(const process_result *ran, unsigned seconds, text *why) {
    json_error_t error = {0};
    if (ran->timed_out) {
        text_append_format(why, "the adapter took longer than %u seconds\n", seconds);
        return NULL;
    }
    if (ran->status != 0) {
        text_append_format(why, "the adapter ended with status %d\n", ran->status);
        return NULL;
    }
    json_t *told = json_loadb(text_peek(&ran->out), ran->out.length, 0, &error);
    if (json_string_value(json_object_get(told, "result")) != NULL)
        return told;
    text_append_format(why, "the adapter must print an object with the member 'result', it printed: %.200s\n",
                       text_peek(&ran->out));
    json_decref(told);
    return NULL;
}

json_t *adapter_run(const adapter *one, const adapter_task *task, text *why) {
    const struct {
        const char *name;
        const char *value;
    } members[] = {{"DOCUMENT", task->document}, {"WORKFLOW", task->workflow}, {"INPUTS", task->inputs},
                   {"PROFILE", task->profile},   {"SERVER", task->server},     {"VERSION", task->version},
                   {"SCRATCH", task->scratch}};
    enum { MEMBERS = sizeof members / sizeof *members };
    text lines[MEMBERS], errors = TEXT_EMPTY;
    const char *environment[MEMBERS + 1] = {NULL};
    for (size_t i = 0; i < MEMBERS; i++) {
        lines[i] = TEXT_EMPTY;
        text_append_format(&lines[i], "CONFORMANCE_%s=%s", members[i].name, members[i].value);
        environment[i] = text_peek(&lines[i]);
    }
    text_append_format(&errors, "%s/adapter.stderr", task->scratch);
    process_result ran;
    json_t *told = NULL;
    if (process_run(one->program, "run", environment, text_peek(&errors), one->seconds, &ran)) {
        told = read_result(&ran, one->seconds, why);
        text_free(&ran.out);
    } else {
        text_append_string(why, "the adapter could not be started");
    }
    for (size_t i = 0; i < MEMBERS; i++)
        text_free(&lines[i]);
    text_free(&errors);
    return told;
}
