/* command_mains.h: what each command does, given its options: results on `out`, progress and diagnostics on `err`; the
 * exit status. */
#ifndef ARAZZO_ENGINE_CLI_COMMAND_MAINS_H
#define ARAZZO_ENGINE_CLI_COMMAND_MAINS_H

#include <stdio.h>
#include <stdlib.h>

#include "engine/cli/commands.h"
#include "engine/cli/config.h"

int run_main(const run_options *options, const configuration *config, FILE *out, FILE *err);
int test_main(const test_options *options, const configuration *config, FILE *out, FILE *err);
int validate_main(const validate_command_options *options, FILE *out, FILE *err);
int list_main(const list_options *options, FILE *out, FILE *err);
int show_main(const show_options *options, const configuration *config, FILE *out, FILE *err);
int graph_main(const graph_options *options, FILE *out, FILE *err);
int mock_main(const mock_options *options, FILE *out, FILE *err);
int query_main(const query_options *options, FILE *out, FILE *err);
int completion_main(const completion_options *options, FILE *out, FILE *err);

#endif
