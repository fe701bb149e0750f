/*
 * options_help.c: writes help from the tables of options.h: 80 columns, one aligned column of what can be typed and one
 * of what it means.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "engine/cli/options.h"

/* A left column wider than this pushes its help to the next line instead of the whole right column outwards. */
enum { WIDTH = 80, WIDEST_LEFT = 28 };

static size_t columns(const char *bytes, size_t length) {
    return utf8_count(bytes, length);
}

/* Words from the current column on, wrapped at WIDTH, further lines indented. "\n" begins a new line. */
static void append_wrapped(text *out, const char *words, size_t column, size_t indent) {
    bool first = true;
    while (*words != '\0') {
        size_t length = strcspn(words, " \n"), width = columns(words, length);
        if (!first && column + 1 + width > WIDTH) {
            text_append_format(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!first) {
            text_append_char(out, ' ');
            column++;
        }
        text_append(out, words, length);
        column += width;
        first = false;
        words += length;
        if (*words == '\n') {
            text_append_format(out, "\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
        words += *words != '\0';
    }
    text_append_char(out, '\n');
}

/* ---- The two columns ---- */

void option_append_argument(text *out, const command_option *option) {
    if (option->kind == OPTION_FLAG)
        return;
    text_append_char(out, ' ');
    if (option->argument != NULL) {
        text_append_string(out, option->argument);
        return;
    }
    for (size_t i = 0; option->words[i] != NULL; i++)
        text_append_format(out, "%s%s", i == 0 ? "" : "|", option->words[i]);
}

static void append_option(text *out, const command_option *option) {
    if (option->letter != 0)
        text_append_format(out, "-%c, --%s", option->letter, option->name);
    else
        text_append_format(out, "    --%s", option->name);
    option_append_argument(out, option);
}

/* The preset is part of what an option means; a choice's, too. */
void option_append_meaning(text *out, const command_option *option) {
    text_append_string(out, option->help);
    if (option->preset != NULL)
        text_append_format(out, " (default %s)", option->preset);
}

static size_t left_width(const char *left) {
    return columns(left, strlen(left));
}

static size_t wider(size_t a, size_t b) {
    return b > WIDEST_LEFT ? a : a > b ? a : b;
}

static void append_row(text *out, const char *left, size_t width, const char *meaning) {
    size_t own = left_width(left), indent = 2 + width + 2;
    text_append_format(out, "  %s", left);
    if (own > width)
        text_append_format(out, "\n%*s", (int)indent, "");
    else
        text_append_format(out, "%*s", (int)(indent - 2 - own), "");
    append_wrapped(out, meaning, indent, indent);
}

static const command_option help_option = {
    .name = "help", .letter = 'h', .kind = OPTION_FLAG, .help = "show this help"};
static const command_option version_option = {
    .name = "version", .letter = 'V', .kind = OPTION_FLAG, .help = "show the version"};

static void append_option_row(text *out, const command_option *option, size_t width) {
    text left = TEXT_EMPTY, meaning = TEXT_EMPTY;
    append_option(&left, option);
    option_append_meaning(&meaning, option);
    append_row(out, text_peek(&left), width, text_peek(&meaning));
    out->failed = out->failed || left.failed || meaning.failed;
    text_free(&left);
    text_free(&meaning);
}

static size_t options_width(text *out, const command_option *options, bool all) {
    size_t width = strlen("-h, --help");
    for (; options != NULL && options->name != NULL; options++) {
        if (options->rare && !all)
            continue;
        text left = TEXT_EMPTY;
        append_option(&left, options);
        width = wider(width, left_width(text_peek(&left)));
        out->failed = out->failed || left.failed;
        text_free(&left);
    }
    return width;
}

/* ---- A command's help ---- */

static void append_synopsis(text *out, const cli_program *program, const command *of) {
    text_append_format(out, "Usage: %s %s [OPTION]...", program->name, of->name);
    for (const command_operand *operand = of->operands; operand != NULL && operand->name != NULL; operand++)
        text_append_format(out, " %s%s%s%s", operand->optional ? "[" : "", operand->name,
                           operand->repeated ? "..." : "", operand->optional ? "]" : "");
    text_append_char(out, '\n');
}

static void append_operands(text *out, const command_operand *operands) {
    size_t width = 0;
    for (const command_operand *operand = operands; operand->name != NULL; operand++)
        width = wider(width, left_width(operand->name));
    for (const command_operand *operand = operands; operand->name != NULL; operand++)
        append_row(out, operand->name, width, operand->help);
}

static void append_examples(text *out, const char *const *examples) {
    if (examples == NULL)
        return;
    text_append_format(out, "\n%s:\n", examples[1] == NULL ? "Example" : "Examples");
    for (; *examples != NULL; examples++)
        text_append_format(out, "  %s\n", *examples);
}

/* "Also: --cert FILE, --key FILE (…)" */
static void append_rare(text *out, const cli_program *program, const command *of) {
    text names = TEXT_EMPTY;
    for (const command_option *option = of->options; option != NULL && option->name != NULL; option++)
        if (option->rare)
            text_append_format(&names, "%s--%s", names.length == 0 ? "Also: " : ", ", option->name);
    if (names.length > 0) {
        text_append_format(&names, " (see '%s help %s --all').", program->name, of->name);
        text_append_char(out, '\n');
        append_wrapped(out, text_peek(&names), 0, 0);
    }
    out->failed = out->failed || names.failed;
    text_free(&names);
}

static void append_command(text *out, const cli_program *program, const command *of, bool all) {
    append_synopsis(out, program, of);
    append_wrapped(out, of->description, 0, 0);
    if (of->operands != NULL) {
        text_append_char(out, '\n');
        append_operands(out, of->operands);
    }
    text_append_string(out, "\nOptions:\n");
    size_t width = options_width(out, of->options, all);
    for (const command_option *option = of->options; option != NULL && option->name != NULL; option++)
        if (all || !option->rare)
            append_option_row(out, option, width);
    append_option_row(out, &help_option, width);
    if (!all)
        append_rare(out, program, of);
    append_examples(out, of->examples);
    if (of->closing != NULL) {
        text_append_char(out, '\n');
        append_wrapped(out, of->closing, 0, 0);
    }
}

/* ---- The program's help ---- */

static void append_program(text *out, const cli_program *program) {
    text_append_format(out, "Usage: %s COMMAND [OPTION]... [OPERAND]...\n", program->name);
    append_wrapped(out, program->summary, 0, 0);
    size_t width = strlen("help COMMAND");
    for (const command *of = program->commands; of->name != NULL; of++)
        width = wider(width, left_width(of->name));
    text_append_string(out, "\nCommands:\n");
    for (const command *of = program->commands; of->name != NULL; of++)
        append_row(out, of->name, width, of->summary);
    append_row(out, "help COMMAND", width, "show a command's help");
    text_append_string(out, "\nOptions:\n");
    width = strlen("-V, --version");
    append_option_row(out, &help_option, width);
    append_option_row(out, &version_option, width);
    append_examples(out, program->examples);
}

bool command_help(const cli_program *program, const command *chosen, bool all, FILE *out) {
    text page = TEXT_EMPTY;
    if (chosen == NULL)
        append_program(&page, program);
    else
        append_command(&page, program, chosen, all);
    bool good = !page.failed;
    if (good)
        fputs(text_peek(&page), out);
    text_free(&page);
    return good;
}
