/*
 * options.h: the command line as data.
 *
 * A program is a table of commands, a command a table of operands and options. From these tables the command line is
 * parsed and `--help` is written; completion and manual pages can be. What a command does is not known here.
 *
 * Manners are GNU's: `--name=value`, `--name value`, `-nvalue`, `-n value`, flags in one bundle (`-vq`), options after
 * operands, `--` ends them, `-` is an operand. Long names are not abbreviated: a script must not break when an option
 * is added. What is wrong is said in one line on the error stream, followed by "Try 'arazzo run --help'."
 */
#ifndef ARAZZO_ENGINE_CLI_OPTIONS_H
#define ARAZZO_ENGINE_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/text.h"

/* Several values of one option or operand, in order; borrowed from the command line. */
typedef struct value_list {
    const char **items;
    size_t count;
} value_list;

/* The kind of an option decides the type of the member that takes its value. */
typedef enum option_kind {
    OPTION_FLAG,   /* bool: true when given */
    OPTION_STRING, /* const char *: the last one given, borrowed from the command line; NULL without */
    OPTION_NUMBER, /* double: a decimal number, not negative */
    OPTION_COUNT,  /* size_t: a whole number, not negative */
    OPTION_LIST,   /* value_list: may be given many times */
    OPTION_CHOICE  /* unsigned: the index of the word given among `words` */
} option_kind;

/*
 * The offset of `member` in the union or struct `type`, for an option's or operand's `field`. Does not compile unless
 * the member has the type `kind_type`: a flag cannot be stored in a string.
 */
#define OPTION_FIELD(kind_type, type, member) _Generic(((type *)0)->member, kind_type : offsetof(type, member))

typedef struct command_option {
    const char *name;         /* long, without dashes; NULL ends a table */
    char letter;              /* short, or 0 */
    option_kind kind;         /* see above */
    size_t field;             /* OPTION_FIELD() */
    const char *argument;     /* its name in help: "FILE"; NULL for a flag, and for a choice, which shows its words */
    const char *const *words; /* of a choice, NULL-terminated */
    const char *preset; /* the value when the option is not given, as one would type it; or NULL: 0, NULL, false */
    double minimum;     /* of a number or count */
    double maximum;     /* of a number or count; 0: unlimited */
    const char *help;   /* what it does; not a sentence: no capital, no stop */
    bool rare;          /* named in help, and explained by `help COMMAND --all` only: help fits a screen */
} command_option;

typedef struct command_operand {
    const char *name; /* "FILE"; NULL ends a table */
    bool optional;    /* those that follow an optional one are optional too */
    bool repeated;    /* only the last: takes all that remain; `field` is a value_list, else a const char * */
    size_t field;     /* OPTION_FIELD() */
    const char *help;
} command_operand;

typedef struct command {
    const char *name; /* NULL ends a table */
    unsigned id;      /* for the program */
    const char *summary;
    const char *description;         /* paragraphs, apart by "\n" */
    const command_operand *operands; /* NULL: takes none */
    const command_option *options;   /* NULL: only --help */
    const char *const *examples;     /* command lines, NULL-terminated */
    const char *closing;             /* a last paragraph: exit statuses; or NULL */
} command;

typedef struct cli_program {
    const char *name;
    const char *version;
    const char *summary;
    const command *commands;
    const char *const *examples; /* command lines, NULL-terminated */
    size_t options_size;         /* of the union or struct that takes the values of all commands */
} cli_program;

enum { USAGE_ERROR = 2 };

/*
 * Parses a command line. The chosen command, with `options` (of program->options_size bytes) filled in: presets first,
 * then what was given. NULL when nothing is left to do, because help or the version was asked for and written to `out`,
 * or because something is wrong and was said on `err`; *status is then the exit status. Lists live in `memory`.
 * `given` (may be NULL) receives, for each option of the command in the table's order, whether the command line has it:
 * an array in `memory`.
 */
const command *command_line_parse(const cli_program *program, int argc, char **argv, arena *memory, void *options,
                                  bool **given, FILE *out, FILE *err, int *status);

/* The option of a command with a long name, or NULL. */
const command_option *command_option_find(const command *of, const char *name);

/*
 * Gives an option a value as the command line does, added to the end of a list (`more`: how many values may still
 * come). False when it does not take the value; *why (in `memory`) then says what it takes, and is NULL when memory is
 * short.
 */
bool command_option_set(const command_option *option, const char *value, arena *memory, void *options, size_t more,
                        const char **why);

/* Says what is wrong in the same manner, for what only a command can find out. Returns USAGE_ERROR. */
int command_line_refuse(const cli_program *program, const command *chosen, FILE *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Appends " FILE", or " auto|always|never" of a choice; nothing for a flag. */
void option_append_argument(text *out, const command_option *option);

/* Appends what the option does, with its preset. */
void option_append_meaning(text *out, const command_option *option);

/* Writes a command's help, with every option explained where `all`, or with NULL the program's. False when memory is
 * short. */
bool command_help(const cli_program *program, const command *chosen, bool all, FILE *out);

#endif
