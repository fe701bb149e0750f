/*
 * manual.c: writes arazzo(1) and docs/command.md from the table of commands and options, so that neither can say
 * something else than `--help`. What no table knows, environment and files, stands here.
 */
#include "engine/cli/manual.h"

#include <string.h>

typedef struct entry {
    const char *name;
    const char *meaning;
} entry;

static const entry environment[] = {
    {"ARAZZO_AUTH_SCHEME", "the credential of the security scheme SCHEME, in capitals with _ for what is no letter or "
                           "digit; --auth wins over it"},
    {"ARAZZO_AUTH_FILE", "a file with credentials by scheme, as --auth-file takes it"},
    {"http_proxy, https_proxy, all_proxy, no_proxy", "proxies, and the hosts that are reached without"},
    {"SSL_CERT_FILE, SSL_CERT_DIR", "the certificate authorities to trust"},
    {"NO_COLOR", "no colours unless --color always"},
    {"XDG_CACHE_HOME", "where copies of documents of the network are kept; without it ~/.cache"},
    {NULL, NULL},
};

static const entry files[] = {
    {".arazzo.yaml", "beside a document or in a folder above it: settings that one would type each time; 'arazzo show "
                     "--config' tells where each comes from"},
    {"~/.cache/arazzo/", "copies of documents of the network"},
    {NULL, NULL},
};

/* ---- What both pages have ---- */

/* "-i, --input NAME=VALUE" */
static void append_usage(text *out, const command_option *option) {
    if (option->letter != 0)
        text_append_format(out, "-%c, ", option->letter);
    text_append_format(out, "--%s", option->name);
    option_append_argument(out, option);
}

static void append_meaning(text *out, const command_option *option) {
    option_append_meaning(out, option);
    if (option->kind == OPTION_LIST)
        text_append_string(out, "; may be given several times");
}

static void append_synopsis(text *out, const cli_program *program, const command *of) {
    text_append_format(out, "%s %s%s", program->name, of->name, of->options == NULL ? "" : " [OPTION]...");
    for (const command_operand *operand = of->operands; operand != NULL && operand->name != NULL; operand++)
        text_append_format(out, " %s%s%s%s", operand->optional ? "[" : "", operand->name,
                           operand->repeated ? "..." : "", operand->optional ? "]" : "");
}

static void take(text *out, void (*escape)(text *out, const char *string), text *made) {
    escape(out, text_peek(made));
    out->failed = out->failed || made->failed;
    text_free(made);
}

/* ---- man(7) ---- */

/* `-` is a hyphen there and `\` begins an escape; no line may begin with `.` or `'`. */
static void roff(text *out, const char *string) {
    if (*string == '.' || *string == '\'')
        text_append_string(out, "\\&");
    for (; *string != '\0'; string++) {
        if (*string == '-')
            text_append_string(out, "\\-");
        else if (*string == '\\')
            text_append_string(out, "\\e");
        else if (*string == '~')
            text_append_string(out, "\\(ti");
        else if (*string == '\'')
            text_append_string(out, "\\(aq");
        else
            text_append_char(out, *string);
    }
}

static void roff_entry(text *out, const char *term, const char *meaning) {
    text_append_string(out, ".TP\n.B \"");
    roff(out, term);
    text_append_string(out, "\"\n");
    roff(out, meaning);
    text_append_char(out, '\n');
}

static void roff_examples(text *out, const char *const *examples) {
    for (; examples != NULL && *examples != NULL; examples++) {
        text_append_string(out, ".EX\n");
        roff(out, *examples);
        text_append_string(out, "\n.EE\n");
    }
}

static void roff_command(const cli_program *program, const command *of, text *out) {
    text synopsis = TEXT_EMPTY;
    text_append_format(out, ".SS \"%s\"\n.B \"", of->name);
    append_synopsis(&synopsis, program, of);
    take(out, roff, &synopsis);
    text_append_string(out, "\"\n.PP\n");
    roff(out, of->description);
    text_append_char(out, '\n');
    for (const command_operand *operand = of->operands; operand != NULL && operand->name != NULL; operand++)
        roff_entry(out, operand->name, operand->help);
    for (const command_option *option = of->options; option != NULL && option->name != NULL; option++) {
        text usage = TEXT_EMPTY, meaning = TEXT_EMPTY;
        append_usage(&usage, option);
        append_meaning(&meaning, option);
        roff_entry(out, text_peek(&usage), text_peek(&meaning));
        out->failed = out->failed || usage.failed || meaning.failed;
        text_free(&usage);
        text_free(&meaning);
    }
    if (of->closing != NULL) {
        text_append_string(out, ".PP\n");
        roff(out, of->closing);
        text_append_char(out, '\n');
    }
}

static void roff_entries(text *out, const char *title, const entry *entries) {
    text_append_format(out, ".SH %s\n", title);
    for (; entries->name != NULL; entries++)
        roff_entry(out, entries->name, entries->meaning);
}

void manual_page(const cli_program *program, text *out) {
    text_append_format(out,
                       ".\\\" Made from the table of options by 'make generated': not written by hand.\n"
                       ".TH ARAZZO 1 2026-11-25 \"%s %s\" \"User Commands\"\n"
                       ".SH NAME\narazzo \\- run, test and check Arazzo workflows\n"
                       ".SH SYNOPSIS\n.B %s\n.I COMMAND\n[OPTION]... [OPERAND]...\n.SH DESCRIPTION\n",
                       program->name, program->version, program->name);
    roff(out, program->summary);
    text_append_string(out, "\n.PP\nResults go to standard output, progress and diagnostics to standard error.\n"
                            ".SH COMMANDS\n");
    for (const command *of = program->commands; of->name != NULL; of++)
        roff_command(program, of, out);
    text_append_string(out, ".SS \"help\"\n.B \"arazzo help [COMMAND [\\-\\-all]]\"\n.PP\n"
                            "Shows a command\\(aqs help, with every option explained where \\-\\-all is given.\n"
                            ".SH EXIT STATUS\n");
    static const entry statuses[] = {{"0", "all succeeded"},
                                     {"1", "a workflow failed, or something could not be written"},
                                     {"2", "wrong usage or inputs"},
                                     {"3", "a document that cannot be used"},
                                     {"130, 143", "interrupted by Ctrl-C, or by SIGTERM"},
                                     {NULL, NULL}};
    for (const entry *at = statuses; at->name != NULL; at++)
        roff_entry(out, at->name, at->meaning);
    roff_entries(out, "ENVIRONMENT", environment);
    roff_entries(out, "FILES", files);
    text_append_string(out, ".SH EXAMPLES\n");
    for (const command *of = program->commands; of->name != NULL; of++)
        roff_examples(out, of->examples);
    text_append_string(out, ".SH SEE ALSO\n.BR arazzo (3)\n");
}

/* ---- Markdown ---- */

/* A cell of a table, without code: what has a meaning there is escaped. */
static void cell(text *out, const char *string) {
    for (; *string != '\0'; string++) {
        if (strchr("|*_<>[]`\\", *string) != NULL)
            text_append_char(out, '\\');
        text_append_char(out, *string);
    }
}

/* Code in a cell: only the bar has a meaning. */
static void code(text *out, const char *string) {
    text_append_char(out, '`');
    for (; *string != '\0'; string++)
        text_append_format(out, *string == '|' ? "\\%c" : "%c", *string);
    text_append_char(out, '`');
}

static void row(text *out, const char *term, const char *meaning) {
    text_append_string(out, "| ");
    code(out, term);
    text_append_string(out, " | ");
    cell(out, meaning);
    text_append_string(out, " |\n");
}

static void markdown_command(const cli_program *program, const command *of, text *out) {
    text_append_format(out, "\n## %s\n\n", of->name);
    cell(out, of->description);
    text_append_string(out, "\n\n```text\n");
    append_synopsis(out, program, of);
    text_append_string(out, "\n```\n");
    if (of->operands != NULL || of->options != NULL)
        text_append_string(out, "\n| | |\n| --- | --- |\n");
    for (const command_operand *operand = of->operands; operand != NULL && operand->name != NULL; operand++)
        row(out, operand->name, operand->help);
    for (const command_option *option = of->options; option != NULL && option->name != NULL; option++) {
        text usage = TEXT_EMPTY, meaning = TEXT_EMPTY;
        append_usage(&usage, option);
        append_meaning(&meaning, option);
        row(out, text_peek(&usage), text_peek(&meaning));
        out->failed = out->failed || usage.failed || meaning.failed;
        text_free(&usage);
        text_free(&meaning);
    }
    if (of->examples != NULL) {
        text_append_string(out, "\n```text\n");
        for (const char *const *at = of->examples; *at != NULL; at++)
            text_append_format(out, "%s\n", *at);
        text_append_string(out, "```\n");
    }
    if (of->closing != NULL) {
        text_append_char(out, '\n');
        cell(out, of->closing);
        text_append_char(out, '\n');
    }
}

static void markdown_entries(text *out, const char *title, const entry *entries) {
    text_append_format(out, "\n## %s\n\n| | |\n| --- | --- |\n", title);
    for (; entries->name != NULL; entries++)
        row(out, entries->name, entries->meaning);
}

void manual_markdown(const cli_program *program, text *out) {
    text_append_format(out,
                       "# The command\n\n<!-- Made from the table of options by `make generated`: not written by "
                       "hand. -->\n\n%s `%s COMMAND --help` shows a command's help.\n\n| | |\n| --- | --- |\n",
                       program->summary, program->name);
    for (const command *of = program->commands; of->name != NULL; of++) {
        text_append_format(out, "| [`%s`](#%s) | ", of->name, of->name);
        cell(out, of->summary);
        text_append_string(out, " |\n");
    }
    for (const command *of = program->commands; of->name != NULL; of++)
        markdown_command(program, of, out);
    markdown_entries(out, "Environment", environment);
    markdown_entries(out, "Files", files);
}
