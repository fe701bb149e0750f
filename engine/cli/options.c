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

static void append_words(text *out, const char *const *words) {
    for (size_t i = 0; words[i] != NULL; i++)
        text_append_format(out, "%s'%s'", i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ", words[i]);
}

static bool refuse_word(parser *self, const command_option *option, const char *value) {
    text words = TEXT_EMPTY;
    append_words(&words, option->words);
    bool result = words.failed
                      ? refuse_memory(self)
                      : refuse(self, "option '--%s' takes %s, not '%s'", option->name, text_peek(&words), value);
    text_free(&words);
    return result;
}

static bool set_choice(parser *self, const command_option *option, const char *value, unsigned *field) {
    for (unsigned i = 0; option->words[i] != NULL; i++) {
        if (strcmp(option->words[i], value) == 0) {
            *field = i;
            return true;
        }
    }
    return refuse_word(self, option, value);
}

static bool in_bounds(parser *self, const command_option *option, double number, const char *value) {
    if (number < option->minimum)
        return refuse(self, "option '--%s' takes a number of at least %g, not '%s'", option->name, option->minimum,
                      value);
    if (option->maximum > 0 && number > option->maximum)
        return refuse(self, "option '--%s' takes a number of at most %g, not '%s'", option->name, option->maximum,
                      value);
    return true;
}

/* strtod() alone would also take hexadecimal, "inf", "nan", leading spaces and a sign. */
static bool set_number(parser *self, const command_option *option, const char *value, double *field) {
    char *end = NULL;
    bool decimal = value[strspn(value, "0123456789.eE+-")] == '\0' && value[strcspn(value, "0123456789")] != '\0';
    double number = decimal && *value != '-' && *value != '+' ? strtod(value, &end) : 0;
    if (end == NULL || end == value || *end != '\0' || !isfinite(number))
        return refuse(self, "option '--%s' takes a number, not '%s'", option->name, value);
    *field = number;
    return in_bounds(self, option, number, value);
}

static bool set_count(parser *self, const command_option *option, const char *value, size_t *field) {
    bool digits = *value != '\0' && value[strspn(value, "0123456789")] == '\0';
    errno = 0;
    unsigned long long count = digits ? strtoull(value, NULL, 10) : 0;
    if (!digits || errno != 0 || count > SIZE_MAX)
        return refuse(self, "option '--%s' takes a whole number, not '%s'", option->name, value);
    *field = (size_t)count;
    return in_bounds(self, option, (double)count, value);
}

static bool add_to_list(parser *self, const char *value, value_list *list) {
    if (list->items == NULL) /* a command line never holds more values than arguments */
        list->items = arena_array(self->memory, self->count, sizeof *list->items);
    if (list->items == NULL)
        return refuse_memory(self);
    list->items[list->count++] = value;
    return true;
}

static bool set_option(parser *self, const command_option *option, const char *value) {
    void *field = self->options + option->field;
    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return true;
    case OPTION_STRING:
        *(const char **)field = value;
        return true;
    case OPTION_NUMBER:
        return set_number(self, option, value, field);
    case OPTION_COUNT:
        return set_count(self, option, value, field);
    case OPTION_LIST:
        return add_to_list(self, value, field);
    case OPTION_CHOICE:
        return set_choice(self, option, value, field);
    }
    return false;
}

static bool set_presets(parser *self) {
    memset(self->options, 0, self->program->options_size);
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
    return set_option(self, option, value);
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
            set_option(self, option, NULL);
            continue;
        }
        const char *value = letter + 1;
        if (*value == '\0') {
            if (self->next == self->count)
                return refuse(self, "option '-%c' needs %s", *letter, argument_name(option));
            value = self->arguments[self->next++];
        }
        return set_option(self, option, value);
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
        return add_to_list(self, value, (value_list *)(void *)(self->options + operand->field));
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
                                  FILE *out, FILE *err, int *status) {
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
    if (parse_program(&self))
        return self.command;
    *status = self.status;
    return NULL;
}
