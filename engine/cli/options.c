/*
 * options.c: parses a command line by the tables of options.h. Writing help is options_help.c's work.
 */
#include "engine/cli/options.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/text.h"

typedef struct parser {
    const cli_program *program;
    const command *command; /* NULL while before it */
    size_t count;           /* of arguments */
    char **arguments;
    size_t next; /* the argument to look at */
    size_t operand;
    char *options;
    arena *memory;
    FILE *out;
    FILE *err;
    int status;
    bool *given;       /* by option of the command: the command line has it */
    bool explains_all; /* help explains rare options, too */
} parser;

/* ---- Saying what is wrong ---- */

/* One line whatever was typed: control characters are shown as escapes. */
static void append_visible(text *out, const char *string) {
    for (; *string != '\0'; string++) {
        unsigned char byte = (unsigned char)*string;
        if (byte < 0x20 || byte == 0x7F)
            text_append_format(out, "\\x%02x", byte);
        else
            text_append_char(out, *string);
    }
}

static int refuse_list(const cli_program *program, const command *chosen, FILE *err, const char *format,
                       va_list values) {
    text message = TEXT_EMPTY, visible = TEXT_EMPTY;
    text_append_format_list(&message, format, values);
    append_visible(&visible, text_peek(&message));
    const char *space = chosen != NULL ? " " : "", *name = chosen != NULL ? chosen->name : "";
    if (message.failed || visible.failed)
        fprintf(err, "%s: out of memory\n", program->name);
    else
        fprintf(err, "%s%s%s: %s\nTry '%s%s%s --help'.\n", program->name, space, name, text_peek(&visible),
                program->name, space, name);
    text_free(&message);
    text_free(&visible);
    return USAGE_ERROR;
}

int command_line_refuse(const cli_program *program, const command *chosen, FILE *err, const char *format, ...) {
    va_list values;
    va_start(values, format);
    int status = refuse_list(program, chosen, err, format, values);
    va_end(values);
    return status;
}

/* Always false, so that `return refuse(…)` reads well. */
static bool refuse(parser *self, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool refuse(parser *self, const char *format, ...) {
    va_list values;
    va_start(values, format);
    self->status = refuse_list(self->program, self->command, self->err, format, values);
    va_end(values);
    return false;
}

static bool refuse_memory(parser *self) {
    fprintf(self->err, "%s: out of memory\n", self->program->name);
    self->status = USAGE_ERROR;
    return false;
}

/* ---- Values ---- */

/* A value being given to an option. What is wrong with it becomes a sentence. */
typedef struct setting {
    const command_option *option;
    const char *value;
    arena *memory;
    size_t more; /* of a list: how many values may still come */
    text *why;
} setting;

static bool set_choice(const setting *at, unsigned *field) {
    const char *const *words = at->option->words;
    for (unsigned i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], at->value) == 0) {
            *field = i;
            return true;
        }
    }
    for (size_t i = 0; words[i] != NULL; i++)
        text_append_format(at->why, "%s'%s'", i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ", words[i]);
    return false;
}

static bool in_bounds(const setting *at, double number) {
    if (number < at->option->minimum)
        text_append_format(at->why, "a number of at least %g", at->option->minimum);
    else if (at->option->maximum > 0 && number > at->option->maximum)
        text_append_format(at->why, "a number of at most %g", at->option->maximum);
    else
        return true;
    return false;
}

/* strtod() alone would also take hexadecimal, "inf", "nan", leading spaces and a sign. */
static bool set_number(const setting *at, double *field) {
    char *end = NULL;
    const char *value = at->value;
    bool decimal = value[strspn(value, "0123456789.eE+-")] == '\0' && value[strcspn(value, "0123456789")] != '\0';
    double number = decimal && *value != '-' && *value != '+' ? strtod(value, &end) : 0;
    if (end == NULL || end == value || *end != '\0' || !isfinite(number)) {
        text_append_string(at->why, "a number");
        return false;
    }
    *field = number;
    return in_bounds(at, number);
}

static bool set_count(const setting *at, size_t *field) {
    const char *value = at->value;
    bool digits = *value != '\0' && value[strspn(value, "0123456789")] == '\0';
    errno = 0;
    unsigned long long count = digits ? strtoull(value, NULL, 10) : 0;
    if (!digits || errno != 0 || count > SIZE_MAX) {
        text_append_string(at->why, "a whole number");
        return false;
    }
    *field = (size_t)count;
    return in_bounds(at, (double)count);
}

/* The array has room for `more` values from the first on. */
static bool add_to_list(value_list *list, const char *value, arena *memory, size_t more) {
    if (list->items == NULL)
        list->items = arena_array(memory, more, sizeof *list->items);
    if (list->items == NULL)
        return false;
    list->items[list->count++] = value;
    return true;
}

static bool set_field(const setting *at, void *options) {
    void *field = (char *)options + at->option->field;
    switch (at->option->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return true;
    case OPTION_STRING:
        *(const char **)field = at->value;
        return true;
    case OPTION_NUMBER:
        return set_number(at, field);
    case OPTION_COUNT:
        return set_count(at, field);
    case OPTION_LIST:
        return add_to_list(field, at->value, at->memory, at->more);
    case OPTION_CHOICE:
        return set_choice(at, field);
    }
    return false;
}

static bool set_option(parser *self, const command_option *option, const char *value) {
    text why = TEXT_EMPTY;
    setting at = {.option = option, .value = value, .memory = self->memory, .more = self->count, .why = &why};
    bool set = set_field(&at, self->options);
    if (!set && (why.length == 0 || why.failed))
        refuse_memory(self);
    else if (!set)
        refuse(self, "option '--%s' takes %s, not '%s'", option->name, text_peek(&why), value);
    text_free(&why);
    return set;
}

static bool give_option(parser *self, const command_option *option, const char *value) {
    self->given[option - self->command->options] = true;
    return set_option(self, option, value);
}

bool command_option_set(const command_option *option, const char *value, arena *memory, void *options, size_t more,
                        const char **why) {
    text sentence = TEXT_EMPTY;
    value_list *list = option->kind == OPTION_LIST ? (value_list *)(void *)((char *)options + option->field) : NULL;
    const char **items = list == NULL ? NULL : arena_array(memory, list->count + more, sizeof *items);
    bool set = list == NULL || items != NULL;
    if (items != NULL) {
        if (list->count > 0)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
    }
    setting at = {.option = option, .value = value, .memory = memory, .more = more, .why = &sentence};
    set = set && set_field(&at, options);
    *why = sentence.length == 0 || sentence.failed ? NULL : arena_copy(memory, sentence.bytes, sentence.length);
    text_free(&sentence);
    return set;
}

static bool set_presets(parser *self) {
    size_t count = 0;
    memset(self->options, 0, self->program->options_size);
    while (self->command->options != NULL && self->command->options[count].name != NULL)
        count++;
    self->given = arena_array(self->memory, count + 1, sizeof *self->given);
    if (self->given == NULL)
        return refuse_memory(self);
    for (const command_option *option = self->command->options; option != NULL && option->name != NULL; option++) {
        if (option->preset != NULL && !set_option(self, option, option->preset))
            return false;
    }
    return true;
}

/* ---- Options ---- */

/* Help was written: success, unless it could not be (a full disk). */
static void finish(parser *self, bool written) {
    self->status = 0;
    if (written && fflush(self->out) != 0 && errno == EPIPE)
        return; /* nobody reads on */
    if (!written || fflush(self->out) != 0 || ferror(self->out)) {
        fprintf(self->err, "%s: cannot write: %s\n", self->program->name, strerror(written ? errno : ENOMEM));
        self->status = 1;
    }
}

static bool help(parser *self) {
    finish(self, command_help(self->program, self->command, self->explains_all, self->out));
    return false;
}

static const command_option *find_long(const command *of, const char *name, size_t length) {
    for (const command_option *option = of->options; option != NULL && option->name != NULL; option++) {
        if (strncmp(option->name, name, length) == 0 && option->name[length] == '\0')
            return option;
    }
    return NULL;
}

const command_option *command_option_find(const command *of, const char *name) {
    return find_long(of, name, strlen(name));
}

static const command_option *find_short(const command *of, char letter) {
    for (const command_option *option = of->options; option != NULL && option->name != NULL; option++) {
        if (option->letter == letter)
            return option;
    }
    return NULL;
}

/* A name of which what was typed is the beginning is a better guess than one that is near by letters. */
static bool refuse_long(parser *self, const char *name, size_t length) {
    nearest search;
    const char *completed = NULL;
    nearest_start(&search, name, length);
    nearest_try(&search, "help");
    for (const command_option *option = self->command->options; option != NULL && option->name != NULL; option++) {
        nearest_try(&search, option->name);
        if (completed == NULL && length > 1 && strncmp(option->name, name, length) == 0)
            completed = option->name;
    }
    const char *guess = completed != NULL ? completed : search.best;
    if (guess != NULL)
        return refuse(self, "unknown option '--%.*s'; did you mean '--%s'?", (int)length, name, guess);
    return refuse(self, "unknown option '--%.*s'", (int)length, name);
}

static const char *argument_name(const command_option *option) {
    return option->argument != NULL ? option->argument : "a word";
}

static bool parse_long(parser *self, const char *argument) {
    const char *name = argument + 2;
    size_t length = strcspn(name, "=");
    const char *value = name[length] == '=' ? name + length + 1 : NULL;
    const command_option *option = find_long(self->command, name, length);
    if (option == NULL && length == 4 && strncmp(name, "help", 4) == 0 && value == NULL)
        return help(self);
    if (option == NULL)
        return refuse_long(self, name, length);
    if (option->kind == OPTION_FLAG && value != NULL)
        return refuse(self, "option '--%s' takes no value, but was given '%s'", option->name, value);
    if (option->kind != OPTION_FLAG && value == NULL) {
        if (self->next == self->count)
            return refuse(self, "option '--%s' needs %s", option->name, argument_name(option));
        value = self->arguments[self->next++];
    }
    return give_option(self, option, value);
}

/* A bundle: flags, of which the last may be an option with a value, in the same argument or the next. */
static bool parse_short(parser *self, const char *argument) {
    for (const char *letter = argument + 1; *letter != '\0'; letter++) {
        const command_option *option = find_short(self->command, *letter);
        if (option == NULL && *letter == 'h')
            return help(self);
        if (option == NULL && argument[2] != '\0')
            return refuse(self, "unknown option '-%c' in '%s'", *letter, argument);
        if (option == NULL)
            return refuse(self, "unknown option '%s'", argument);
        if (option->kind == OPTION_FLAG) {
            give_option(self, option, NULL);
            continue;
        }
        const char *value = letter + 1;
        if (*value == '\0') {
            if (self->next == self->count)
                return refuse(self, "option '-%c' needs %s", *letter, argument_name(option));
            value = self->arguments[self->next++];
        }
        return give_option(self, option, value);
    }
    return true;
}

/* ---- Operands ---- */

static bool parse_operand(parser *self, const char *value) {
    const command_operand *operand = self->command->operands;
    if (operand == NULL || operand[self->operand].name == NULL)
        return refuse(self, "unexpected operand '%s'", value);
    operand += self->operand;
    if (operand->repeated)
        return add_to_list((void *)(self->options + operand->field), value, self->memory, self->count) ||
               refuse_memory(self);
    *(const char **)(void *)(self->options + operand->field) = value;
    self->operand++;
    return true;
}

/* A repeated operand that was given stays the current one, hence its count. */
static bool operands_complete(parser *self) {
    const command_operand *operand = self->command->operands;
    if (operand == NULL)
        return true;
    operand += self->operand;
    if (operand->name == NULL || operand->optional)
        return true;
    if (operand->repeated && ((const value_list *)(const void *)(self->options + operand->field))->count > 0)
        return true;
    return refuse(self, "%s is missing", operand->name);
}

static bool parse_command(parser *self) {
    bool options_ended = false;
    if (!set_presets(self))
        return false;
    while (self->next < self->count) {
        const char *argument = self->arguments[self->next++];
        bool good = true;
        if (options_ended || argument[0] != '-' || argument[1] == '\0')
            good = parse_operand(self, argument);
        else if (strcmp(argument, "--") == 0)
            options_ended = true;
        else if (argument[1] == '-')
            good = parse_long(self, argument);
        else
            good = parse_short(self, argument);
        if (!good)
            return false;
    }
    return operands_complete(self);
}

/* ---- The program ---- */

static const command *find_command(const cli_program *program, const char *name) {
    for (const command *candidate = program->commands; candidate->name != NULL; candidate++) {
        if (strcmp(candidate->name, name) == 0)
            return candidate;
    }
    return NULL;
}

static bool refuse_command(parser *self, const char *name) {
    nearest search;
    nearest_start(&search, name, strlen(name));
    nearest_try(&search, "help");
    for (const command *candidate = self->program->commands; candidate->name != NULL; candidate++)
        nearest_try(&search, candidate->name);
    if (search.best != NULL)
        return refuse(self, "unknown command '%s'; did you mean '%s'?", name, search.best);
    if (strpbrk(name, "./") != NULL && self->program->commands->name != NULL) /* a file's name */
        return refuse(self, "unknown command '%s'; did you mean '%s %s'?", name, self->program->commands->name, name);
    return refuse(self, "unknown command '%s'", name);
}

/* `help`, `help COMMAND` and `help COMMAND --all`, which every program has. */
static bool parse_help(parser *self) {
    if (self->next == self->count)
        return help(self);
    const char *name = self->arguments[self->next++];
    self->command = find_command(self->program, name);
    if (self->command == NULL)
        return refuse_command(self, name);
    self->explains_all = self->next < self->count && strcmp(self->arguments[self->next], "--all") == 0;
    self->next += self->explains_all;
    if (self->next < self->count)
        return refuse(self, "unexpected operand '%s'", self->arguments[self->next]);
    return help(self);
}

static bool parse_program(parser *self) {
    if (self->next == self->count)
        return refuse(self, "a command is missing");
    const char *first = self->arguments[self->next++];
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0)
        return help(self);
    if (strcmp(first, "--version") == 0 || strcmp(first, "-V") == 0) {
        finish(self, fprintf(self->out, "%s %s\n", self->program->name, self->program->version) > 0);
        return false;
    }
    if (first[0] == '-')
        return refuse(self, "unknown option '%s'; a command comes first", first);
    if (strcmp(first, "help") == 0)
        return parse_help(self);
    self->command = find_command(self->program, first);
    if (self->command == NULL)
        return refuse_command(self, first);
    return parse_command(self);
}

const command *command_line_parse(const cli_program *program, int argc, char **argv, arena *memory, void *options,
                                  bool **given, FILE *out, FILE *err, int *status) {
    parser self = {.program = program,
                   .count = argc > 0 ? (size_t)argc : 0,
                   .arguments = argv,
                   .next = 1,
                   .options = options,
                   .memory = memory,
                   .out = out,
                   .err = err};
    if (self.count == 0)
        self.count = 1;
    if (parse_program(&self)) {
        if (given != NULL)
            *given = self.given;
        return self.command;
    }
    *status = self.status;
    return NULL;
}
