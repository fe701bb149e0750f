/* manual.h: the command's reference made from its table: a manual page, and a page of docs/. */
#ifndef ARAZZO_ENGINE_CLI_MANUAL_H
#define ARAZZO_ENGINE_CLI_MANUAL_H

#include "base/text.h"
#include "engine/cli/options.h"

/* Appends arazzo(1) in the language of man(7), or docs/command.md. */
void manual_page(const cli_program *program, text *out);
void manual_markdown(const cli_program *program, text *out);

#endif
