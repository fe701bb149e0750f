/*
 * config.h: `.arazzo.yaml`, which stands beside documents and says what one would otherwise type each time.
 *
 * It is looked for in the folder of the document and upwards from there; the first one counts. Its keys are names of
 * options; what the command line has wins. It belongs to the one who owns the document, to root or to the one who runs
 * the command: another user's is left alone. It may be as little trusted as the documents are: it holds no credentials,
 * and names as their place nothing but variables that begin with ARAZZO_.
 */
#ifndef ARAZZO_ENGINE_CLI_CONFIG_H
#define ARAZZO_ENGINE_CLI_CONFIG_H

#include <jansson.h>

#include "engine/cli/commands.h"
#include "engine/description/description.h"

#define CONFIG_NAME ".arazzo.yaml"

/* How a key's value is written. */
typedef enum config_form {
    CONFIG_VALUES,      /* one, or a list of them */
    CONFIG_NAMED,       /* an object: NAME=VALUE each; or as CONFIG_VALUES */
    CONFIG_PATHS,       /* relative to the file */
    CONFIG_NAMED_PATHS, /* an object: NAME=PATH each; or as CONFIG_VALUES */
    CONFIG_INPUTS,      /* inputs by name, or such objects by workflowId */
    CONFIG_VARIABLES    /* variables of the environment by security scheme */
} config_form;

typedef struct config_key {
    const char *name; /* of an option */
    config_form form;
} config_key;

/* The table of keys, ended by one without a name. */
extern const config_key config_keys[];

typedef struct configuration {
    document *file;     /* NULL: there is none */
    const char *path;   /* as a person would name it */
    const char *folder; /* absolute, with a slash at its end */
    diagnostics list;
} configuration;

/*
 * Finds and reads the file for what a command's operands name, and gives the command's options what it says and the
 * command line (`given`, by option) doesn't; strings live in `memory`. False when it is wrong: see its list. Freed with
 * config_close(), also after false.
 */
bool config_open(configuration *made, const command *chosen, const bool *given, arena *memory, void *options);
void config_close(configuration *made);

/* Prints what is wrong with it, each mistake once. */
void config_print(const configuration *from, const command *chosen, const void *options, FILE *err);

/* What the file says under a key; NULL: nothing. `from` may be NULL here and below. */
const node *config_value(const configuration *from, const char *key);

/* Adds those inputs that the workflow takes and `inputs` lacks. False when memory is short. */
bool config_add_inputs(const configuration *from, const workflow *flow, json_t *inputs);

/* The variable that holds the credential of a scheme; NULL: the file names none. */
const char *config_variable(const configuration *from, const char *source, const char *scheme);

/* Prints each key of `arazzo run` with its value and where that came from: the file, or what holds without it. The exit
 * status. */
int show_config(const configuration *from, bool json, FILE *out, FILE *err);

#endif
