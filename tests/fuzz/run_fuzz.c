/*
 * run_fuzz.c: whole runs: an Arazzo document, an OpenAPI document and what a server answers, apart by lines of `%%`.
 * The engine must load or refuse, run and end; answers are a status and a body, one a line, given again and again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/arazzo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct part {
    const char *bytes;
    size_t length;
} part;

typedef struct input {
    part arazzo;
    part openapi;
    part answers;
} input;

static part next_part(part *rest) {
    static const char mark[] = "\n%%\n";
    for (size_t i = 0; i + 4 <= rest->length; i++)
        if (memcmp(rest->bytes + i, mark, 4) == 0) {
            part found = {rest->bytes, i};
            *rest = (part){rest->bytes + i + 4, rest->length - i - 4};
            return found;
        }
    part found = *rest;
    *rest = (part){rest->bytes + rest->length, 0};
    return found;
}

static char *read_part(void *user, const char *uri, size_t *length, char *error, size_t error_size) {
    const input *in = user;
    const part *found = strcmp(uri, "file:///w.yaml") == 0 ? &in->arazzo : &in->openapi;
    char *copy = malloc(found->length + 1);
    if (copy == NULL) {
        if (error_size > 0)
            error[0] = '\0';
        return NULL;
    }
    memcpy(copy, found->bytes, found->length);
    *length = found->length;
    return copy;
}

static void answer(arazzo_run *run, arazzo_need *need, const input *in, size_t *at) {
    static const arazzo_header header = {"Content-Type", "application/json"};
    const char *line = in->answers.bytes + *at;
    size_t left = in->answers.length - *at;
    const char *end = left == 0 ? NULL : memchr(line, '\n', left);
    size_t length = end == NULL ? left : (size_t)(end - line);
    *at = end == NULL ? 0 : *at + length + 1;
    if (length < 3) {
        arazzo_run_fail(run, need, "no answer");
        return;
    }
    int status = (line[0] & 7) * 100 + (line[1] & 15) * 10 + (line[2] & 15);
    arazzo_response response = {
        .status = status, .headers = &header, .header_count = 1, .body = line + 3, .body_length = length - 3};
    arazzo_run_respond(run, need, &response);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    part rest = {(const char *)data, size};
    input in = {.arazzo = next_part(&rest), .openapi = next_part(&rest), .answers = rest};
    size_t at = 0, sent = 0;
    arazzo_diagnostics *list = arazzo_diagnostics_new();
    arazzo_reader reader = {.user = &in, .read = read_part};
    arazzo_load_options load = {.strict = size % 2 == 1};
    arazzo_run_options options = {.max_steps = 20, .max_depth = 5};
    arazzo_description *loaded = list == NULL ? NULL : arazzo_load("file:///w.yaml", &reader, &load, list);
    json_t *inputs = json_pack("{s:s, s:i}", "a", "text", "n", 3);
    arazzo_run *run = loaded == NULL ? NULL : arazzo_run_start(loaded, NULL, inputs, &options, list);
    if (run != NULL)
        arazzo_run_advance(run);
    for (arazzo_need *need; run != NULL && sent < 500 && (need = arazzo_run_take_need(run)) != NULL; sent++) {
        if (arazzo_need_kind_of(need) == ARAZZO_NEED_TIMER)
            arazzo_run_wake(run, need);
        else
            answer(run, need, &in, &at);
    }
    arazzo_run_free(run);
    arazzo_description_free(loaded);
    arazzo_diagnostics_free(list);
    json_decref(inputs);
    return 0;
}
