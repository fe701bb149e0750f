/* inputs.h: a workflow's inputs from the command line: `-i NAME=VALUE`, `NAME=@FILE`, `NAME:=JSON`, and `--inputs
 * FILE`. */
#ifndef ARAZZO_ENGINE_CLI_INPUTS_H
#define ARAZZO_ENGINE_CLI_INPUTS_H

#include <jansson.h>

#include "engine/cli/session.h"
#include "engine/document/document.h"
#include "engine/report/mask.h"

/*
 * Where inputs come from. A file holds an object of inputs or, by workflow, such objects under "*" (for every
 * workflow), `document:*`, `workflowId` and `document:workflowId`; the later of these win over the earlier. `document`
 * is a path or its last segments.
 */
typedef struct input_source {
    const value_list *given; /* NAME=VALUE: they win over the file */
    const document *file;    /* NULL: none */
    bool many; /* for many workflows: the file is by workflow, and each takes of it and of `given` what it declares */
} input_source;

/*
 * Reads the file of inputs: a document, owned by the caller. NULL after saying what is wrong with it; `many` as in
 * input_source.
 */
document *read_inputs_file(session *at, const char *path, bool many);

/*
 * The inputs of a workflow in the document with that name as an object, typed by the workflow's schema. A new
 * reference; NULL after saying all that is wrong. From then on the session's origins know where each came from, as long
 * as the file lives.
 *
 * What is given one by one is read by its schema: `limit=7` is a number where the schema allows one, and so on for
 * booleans, null, arrays and objects in JSON; else it is the text. A name that is given several times is an array of
 * these values where the schema allows an array; else the last counts. `NAME=@FILE` takes the file's text, `NAME:=JSON`
 * is JSON in any case.
 */
json_t *read_inputs(session *at, const workflow *flow, const char *document_name, const input_source *from);

/* What stands under a key of a file by workflow is for this workflow; "*" is for any. */
bool inputs_are_for(const char *key, const char *document_name, const char *workflow_id);

/* False after saying that the text is no NAME=VALUE. */
bool check_input(const session *at, const char *given);

/* NAME=VALUE has a name that the workflow takes: it is declared, or names need not be. */
bool takes_input(const workflow *flow, const char *given);

/* Makes up those inputs from the workflow's schema that `inputs` lacks, and has the mask know that they are no secrets.
 * False when memory is short. */
bool add_sample_inputs(const workflow *flow, json_t *inputs, mask *secrets);

#endif
