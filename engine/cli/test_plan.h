/*
 * test_plan.h: what `arazzo test` is to carry out: the workflows of the documents behind its paths, less what
 * `--filter`, `--tag` and `--shard` leave out.
 */
#ifndef ARAZZO_ENGINE_CLI_TEST_PLAN_H
#define ARAZZO_ENGINE_CLI_TEST_PLAN_H

#include "engine/cli/session.h"

typedef struct word_list {
    const char **items;
    size_t count;
} word_list;

typedef struct planned_document {
    const char *path; /* as it was given or found */
    const char *uri;
    const char *name; /* what diagnostics call it */
    const char *key;  /* the same on every machine that carries out a part of the suite */
    bool whole;       /* not just the workflows in `only` */
    word_list only;
    word_list tags; /* of the document */
    bool left_out;  /* it says `x-test: false` */
} planned_document;

typedef struct planned_workflow {
    planned_document *document;
    const char *workflow_id; /* NULL: what workflows the document has cannot be said */
    const char *id;          /* `path::workflowId`, or the path alone */
    uint32_t line;           /* of the document, where the workflow begins; 0: not known */
    word_list tags;          /* the document's, then its own */
    bool left_out;           /* it, or its document, says `x-test: false`, and it was not asked for by name */
} planned_workflow;

typedef struct test_plan {
    planned_document **documents;
    size_t document_count;
    planned_workflow *workflows; /* in the order of the documents */
    size_t workflow_count;
    planned_workflow *known; /* before any selection: `workflows` is what is left of it */
    size_t known_count;
} test_plan;

/*
 * Finds the documents, reads their workflows' names and selects; everything lives in the session's memory. EXIT_OK,
 * also when this shard has nothing; EXIT_USAGE or EXIT_FAILED after saying what is wrong.
 */
int plan_tests(session *at, const test_options *options, test_plan *plan);

#endif
