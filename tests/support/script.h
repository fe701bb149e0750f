/*
 * script.h: runs a workflow with answers given by hand, and notes down every decision: the engine without a network.
 */
#ifndef ARAZZO_TESTS_SCRIPT_H
#define ARAZZO_TESTS_SCRIPT_H

#include "base/text.h"
#include "engine/arazzo.h"
#include "engine/diagnostic.h"

/* A document that can be read: its URI and its text. */
typedef struct script_document {
    const char *uri;
    const char *text;
} script_document;

/*
 * What the outside answers, in order: a status with an optional body ("200 {\"a\":1}"), headers before the body in
 * lines
 * ("503\nRetry-After: 7\n\nbusy"), "! sentence" for a request that fails, or "^ sentence" where the run is cancelled. A
 * body that starts with `{` or `[` is JSON.
 */
typedef struct script {
    const script_document *documents; /* the first is the Arazzo document; the last has uri NULL */
    const char *workflow;             /* NULL: the first */
    const char *inputs;               /* JSON; NULL: none */
    const char *const *answers;       /* NULL-terminated; used up: the last is given again */
    arazzo_load_options load;
    arazzo_run_options run;
} script;

typedef struct script_result {
    arazzo_status status; /* ARAZZO_ERROR also when the document or the inputs were refused */
    char *log;            /* a line each: "GET http://x/y BODY", "wait 2", "fetch: goto other (name)" */
    char *outputs;        /* JSON with sorted keys, compact */
    char *diagnostics;    /* a line each: "W0501 2:3 sentence" */
} script_result;

/* Frees with script_result_free(). Members are never NULL unless memory is short. */
script_result script_play(const script *play);
void script_result_free(script_result *result);

#endif
