/*
 * secrets.h: what a command must not print: inputs that are passwords or were named as secrets, credentials, and what
 * sensitive headers carry. Each function adds to a mask, and is false when memory is short.
 */
#ifndef ARAZZO_ENGINE_CLI_SECRETS_H
#define ARAZZO_ENGINE_CLI_SECRETS_H

#include "engine/cli/options.h"
#include "engine/description/description.h"
#include "engine/report/mask.h"

/*
 * Inputs whose names are in `names`, with everything in them; and what the workflow's schema calls `format: password`,
 * however deep in an input.
 */
bool secrets_of_inputs(mask *secrets, const workflow *flow, const json_t *inputs, const value_list *names);

/* What an event shows: the inputs of a workflow that starts, the headers of a request or response. */
bool secrets_of_event(mask *secrets, const arazzo_description *loaded, const arazzo_event *event,
                      const value_list *names);

bool secrets_of_auth(mask *secrets, const arazzo_auth *auth);

#endif
