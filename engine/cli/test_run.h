/*
 * test_run.h: `arazzo test`: many workflows side by side, in one loop and one thread, and what became of each.
 *
 * Each attempt has a run, diagnostics and a text of what happened of its own. A document is loaded when its first
 * workflow is due, with its own mock and its own credentials (tokens are shared by its workflows), and freed with its
 * last one, unless reports need it.
 */
#ifndef ARAZZO_ENGINE_CLI_TEST_RUN_H
#define ARAZZO_ENGINE_CLI_TEST_RUN_H

#include "engine/cli/inputs.h"
#include "engine/cli/test_plan.h"
#include "engine/report/mask.h"
#include "engine/report/recording.h"
#include "http/drive.h"

typedef enum test_outcome {
    TEST_WAITING,
    TEST_PASSED,
    TEST_FLAKY,   /* it failed, was carried out again, and succeeded */
    TEST_FAILED,  /* a step did not meet its criteria */
    TEST_ERROR,   /* it could not be carried out, or not to its end */
    TEST_SKIPPED, /* `reason` says why */
    TEST_DROPPED, /* its document cannot be used, which its first workflow tells */
    TEST_OUTCOMES
} test_outcome;

typedef struct test_document {
    const planned_document *plan;
    session at;
    bool opened;
    bool unusable;
    const arazzo_description *loaded; /* NULL: it cannot be used, or was freed */
    arazzo_auth *auth;
    http_mock *mock;
    arazzo_override mocked;
    const arazzo_override *servers;
    size_t server_count;
    text warnings; /* what was said while it was loaded */
    size_t left;   /* workflows that have not ended */
} test_document;

typedef struct test_case {
    const planned_workflow *plan;
    test_document *document;
    test_outcome outcome;
    const char *id;     /* the plan's; the document's path where that cannot be used */
    const char *reason; /* of TEST_SKIPPED */
    size_t attempts;
    size_t steps;
    double seconds; /* of all attempts */
    text told;      /* what happened in the last attempt that failed; where all is shown, in the last one */
    text breaches;  /* answers that are not as declared, where it succeeded all the same */
    size_t breach_count;
    recording **events; /* of each attempt, where reports are wanted */
    size_t event_count;
} test_case;

/* One of the slowest steps. */
typedef struct slow_step {
    double seconds;
    char *what; /* "path::workflowId step" */
} slow_step;

typedef struct tester {
    const test_options *options;
    session *at;
    mask *secrets;
    bool color; /* of what is told */
    test_plan plan;
    const arazzo_override *servers;
    const arazzo_override *sources;
    document *inputs;         /* NULL: none */
    bool records;             /* reports are wanted */
    bool keeps_documents;     /* reports need them to the end */
    bool keeps_bodies;        /* reports that show them */
    test_document *documents; /* as in the plan */
    test_case *cases;         /* as in the plan */
    size_t case_count;
    size_t next; /* the case to start next */
    driver *drives;
    struct attempt **active;
    size_t active_count;
    size_t jobs;
    bool *inputs_taken; /* for each of `--input`: a workflow has it */
    bool loaded_any;
    slow_step *slowest; /* the slowest first */
    size_t slow_count;
    size_t counts[TEST_OUTCOMES];
    size_t breach_count; /* of those that succeeded */
    const char *stopped; /* why no more is started; NULL: it goes on */
    bool no_memory;
    void *user;
    void (*ended)(struct tester *t, test_case *at); /* a case has its outcome */
    void (*turned)(struct tester *t);               /* about ten times a second, and after every end */
} tester;

/* Carries out every case. False when memory is short. */
bool test_run(tester *t);

/* The mask for what is printed; NULL: nothing is hidden. */
const mask *test_mask(const tester *t);

/* Frees what test_run() made. */
void test_run_free(tester *t);

#endif
