/*
 * contract.c: responses that are not what their operation declares (docs/contract.md): told to the observer each time,
 * and as a warning once for each step and each place of the OpenAPI document.
 */
#include <string.h>

#include "base/text.h"
#include "engine/run/run_internal.h"

static bool counts(const contract_breach *breach) {
    return strcmp(breach->code, "W0526") != 0;
}

static void emit_breach(arazzo_run *run, const contract_breach *breach) {
    bool fails = counts(breach) && run->options.contract == ARAZZO_CONTRACT_ERROR;
    arazzo_event event = {.kind = ARAZZO_EVENT_CONTRACT,
                          .code = breach->code,
                          .instance = breach->instance,
                          .explanation = breach->message,
                          .schema = breach->schema,
                          .file = breach->where.file,
                          .line = breach->where.line,
                          .column = breach->where.column,
                          .more = breach->more,
                          .passed = !fails};
    emit(run, &event);
}

/* A status and a media type are few; of values there is no end in a loop. */
static const char *words_of(const contract_breach *breach) {
    bool few = strcmp(breach->code, "W0520") == 0 || strcmp(breach->code, "W0521") == 0;
    return few ? breach->message : "";
}

static void warn(arazzo_run *run, const visit *at, const contract_breach *breach) {
    const operation *op = at->step->operation;
    text words = TEXT_EMPTY, more = TEXT_EMPTY, help = TEXT_EMPTY;
    text_append_format(&words, "%s/%s %s", at->step->owner->id, at->step->id, words_of(breach));
    if (breach->more > 0)
        text_append_format(&more, " (and %zu more like it)", breach->more);
    text_append_format(&help, "the operation declares it at %s", breach->schema);
    bool fresh = first_time(run, breach->code, breach->where, text_peek(&words));
    run->list->no_memory = run->list->no_memory || words.failed || more.failed || help.failed;
    if (fresh)
        diagnose(run->list, breach->code, breach->where, text_peek(&help), "step '%s' (%s %s): %s %s%s", at->step->id,
                 operation_method(op), operation_path(op), breach->instance, breach->message, text_peek(&more));
    text_free(&words);
    text_free(&more);
    text_free(&help);
}

bool keeps_contract(arazzo_run *run, const visit *at) {
    const exchange *of = &at->exchange;
    if (run->options.contract == ARAZZO_CONTRACT_OFF || !of->answered || at->step->operation == NULL)
        return true;
    contract_answer came = {.op = at->step->operation, .response = &of->response, .body = of->body};
    contract_breaches found = {.count = 0};
    bool holds = true;
    if (!contract_check(run->loaded->contracts, &came, at->memory, &found)) {
        run_out_of_memory(run);
        return false;
    }
    for (size_t i = 0; i < found.count; i++) {
        const contract_breach *breach = &found.items[i];
        emit_breach(run, breach);
        warn(run, at, breach);
        holds = holds && (!counts(breach) || run->options.contract != ARAZZO_CONTRACT_ERROR);
    }
    if (run->list->no_memory)
        run_out_of_memory(run);
    return holds;
}
