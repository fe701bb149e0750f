/* inputs.h: a workflow's inputs from the command line: `-i NAME=VALUE`, `NAME=@FILE`, `NAME:=JSON`, and `--inputs
 * FILE`. */
#ifndef ARAZZO_ENGINE_CLI_INPUTS_H
#define ARAZZO_ENGINE_CLI_INPUTS_H

#include <jansson.h>

#include "engine/cli/session.h"

/*
 * The inputs as an object: those of the file first, then those given one by one, typed by the workflow's schema. A new
 * reference; NULL after saying what is wrong.
 */
json_t *read_inputs(session *at, const workflow *flow, const value_list *given, const char *file);

/* Makes up those inputs from the workflow's schema that `inputs` lacks. False when memory is short. */
bool add_sample_inputs(const workflow *flow, json_t *inputs);

/* Calls `secret` with the text of each input whose schema says `format: password`, or whose name is in `names`. */
void find_secrets(const workflow *flow, const json_t *inputs, const value_list *names,
                  void (*secret)(void *user, const char *value), void *user);

#endif
