/* options_line.h: from the values of a command's options back to a command line. */
#ifndef ARAZZO_ENGINE_CLI_OPTIONS_LINE_H
#define ARAZZO_ENGINE_CLI_OPTIONS_LINE_H

#include "base/text.h"
#include "engine/cli/options.h"

/*
 * Called for each value that is not the preset: `value` is NULL for a flag. What is to be written instead of the value
 * (borrowed, NULL: a flag), by *shown; false leaves the option out.
 */
typedef bool option_line_filter(void *user, const command_option *option, const char *value, const char **shown);

/* Appends ` --name value` for each option that differs from its preset, in the table's order, quoted for a shell. */
void command_line_append(const command *of, const void *options, option_line_filter *filter, void *user, text *out);

/* Appends a word, in single quotes where a POSIX shell would take it for something else. Control characters become
 * U+FFFD. */
void append_shell_word(text *out, const char *word);

#endif
