/*
 * completion.c: `arazzo completion SHELL`: a script by which bash, zsh or fish complete command lines.
 *
 * All of it is made from the table of commands and options: words of choices, files and folders where an argument or
 * operand is one, the kinds of reports, and the workflows of the document that was typed, which the script asks
 * `arazzo list` for. Values that nobody can know are left to the user.
 */
#include <string.h>

#include "base/text.h"
#include "engine/cli/command_mains.h"
#include "engine/cli/session.h"
#include "engine/report/report.h"

/* What can stand in a place. */
typedef enum place_kind { ANYTHING, WORDS, FILES, FOLDERS, WORKFLOWS, REPORTS } place_kind;

static place_kind kind_of_name(const char *name) {
    static const struct {
        const char *name;
        place_kind kind;
    } known[] = {{"FILE", FILES}, {"PATH", FILES}, {"DIR", FOLDERS}, {"WORKFLOW", WORKFLOWS}, {"KIND=FILE", REPORTS}};
    for (size_t i = 0; name != NULL && i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].kind;
    return ANYTHING;
}

static place_kind kind_of(const command_option *option) {
    return option->words != NULL ? WORDS : kind_of_name(option->argument);
}

static const command_operand no_operands[] = {{.name = NULL}};
static const command_option no_options[] = {{.name = NULL}};

static const command_operand *operands_of(const command *of) {
    return of->operands == NULL ? no_operands : of->operands;
}

static const command_option *options_of(const command *of) {
    return of->options == NULL ? no_options : of->options;
}

static const char *const shells[] = {"bash", "zsh", "fish", NULL};

/* The words of an operand that is one of few. */
static const char *const *operand_words(const command_operand *operand) {
    return strcmp(operand->name, "SHELL") == 0 ? shells : NULL;
}

static void append_words(text *out, const char *const *words) {
    for (size_t i = 0; words[i] != NULL; i++)
        text_append_format(out, "%s%s", i == 0 ? "" : " ", words[i]);
}

/* "json= junit= …" */
static void append_reports(text *out) {
    for (size_t i = 0; i < REPORT_KINDS; i++)
        text_append_format(out, "%s%s=", i == 0 ? "" : " ", report_kind_name((report_kind)i));
}

static void append_commands(text *out, const cli_program *program) {
    for (const command *of = program->commands; of->name != NULL; of++)
        text_append_format(out, "%s ", of->name);
    text_append_string(out, "help");
}

/* Within single quotes of a shell. */
static void append_quoted(text *out, const char *string) {
    for (; *string != '\0'; string++)
        if (*string == '\'')
            text_append_string(out, "'\\''");
        else
            text_append_char(out, *string);
}

/* ---- bash ---- */

/* What completes a place: sets `words`, or `kind`. */
static void bash_place(text *out, place_kind kind, const char *const *words) {
    static const char *const kinds[] = {[ANYTHING] = "none",     [WORDS] = "words",         [FILES] = "file",
                                        [FOLDERS] = "directory", [WORKFLOWS] = "workflows", [REPORTS] = "report"};
    text_append_format(out, "kind=%s", kinds[kind]);
    if (kind == WORDS) {
        text_append_string(out, " words='");
        append_words(out, words);
        text_append_char(out, '\'');
    } else if (kind == REPORTS) {
        text_append_string(out, " words='");
        append_reports(out);
        text_append_char(out, '\'');
    }
}

static void bash_command(text *out, const command *of) {
    text_append_format(out, "    %s)\n        options='", of->name);
    for (const command_option *option = options_of(of); option->name != NULL; option++) {
        if (option->letter != 0)
            text_append_format(out, "-%c ", option->letter);
        text_append_format(out, "--%s ", option->name);
    }
    text_append_string(out, "--help'\n        valued=' ");
    for (const command_option *option = options_of(of); option->name != NULL; option++) {
        if (option->kind == OPTION_FLAG)
            continue;
        if (option->letter != 0)
            text_append_format(out, "-%c ", option->letter);
        text_append_format(out, "--%s ", option->name);
    }
    text_append_string(out, "'\n        case $1 in\n");
    for (const command_option *option = options_of(of); option->name != NULL; option++) {
        if (option->kind == OPTION_FLAG)
            continue;
        text_append_string(out, "        ");
        if (option->letter != 0)
            text_append_format(out, "-%c | ", option->letter);
        text_append_format(out, "--%s) ", option->name);
        bash_place(out, kind_of(option), option->words);
        text_append_string(out, " ;;\n");
    }
    size_t number = 0;
    for (const command_operand *operand = operands_of(of); operand->name != NULL; operand++, number++) {
        const char *const *words = operand_words(operand);
        text_append_format(out, operand->repeated ? "        operand*) " : "        operand%zu) ", number);
        bash_place(out, words != NULL ? WORDS : kind_of_name(operand->name), words);
        text_append_string(out, " ;;\n");
    }
    text_append_string(out, "        *) kind=none ;;\n        esac\n        ;;\n");
}

static void write_bash(const cli_program *program, text *out) {
    text_append_string(out,
                       "# Completion of arazzo for bash, made by 'arazzo completion bash'.\n\n"
                       "# What $command takes, and what completes the place $1: an option, or operand0, operand1, …\n"
                       "_arazzo_place() {\n    case $command in\n");
    for (const command *of = program->commands; of->name != NULL; of++)
        bash_command(out, of);
    text_append_string(out, "    help)\n        options= valued=\n        kind=words words='");
    append_commands(out, program);
    text_append_string(
        out, "'\n        ;;\n    *) options='--help --version' valued= kind=none ;;\n    esac\n}\n\n"
             "_arazzo_workflows() {\n"
             "    [ -f \"$1\" ] && \"${COMP_WORDS[0]/#\\~/$HOME}\" list --format json \"$1\" 2>/dev/null |\n"
             "        sed -n 's/^ *\"workflowId\": \"\\(.*\\)\",*$/\\1/p'\n"
             "}\n\n"
             "_arazzo() {\n"
             "    local cur=${COMP_WORDS[COMP_CWORD]} at=$COMP_CWORD place=operand0 file= operands=0 IFS=$' \\t\\n'\n"
             "    local command= options= valued= kind= words= i word\n"
             "    COMPREPLY=()\n"
             "    if [ \"$COMP_CWORD\" -le 1 ]; then\n"
             "        COMPREPLY=($(compgen -W '");
    append_commands(out, program);
    text_append_string(
        out, " --help --version' -- \"$cur\"))\n"
             "        return\n"
             "    fi\n"
             "    command=${COMP_WORDS[1]}\n"
             "    _arazzo_place none\n"
             "    # `--name=value` comes as three words.\n"
             "    if [ \"$cur\" = = ]; then cur=; else [ \"${COMP_WORDS[at-1]}\" = = ] && at=$((at - 1)); fi\n"
             "    for ((i = 2; i < at; i++)); do\n"
             "        word=${COMP_WORDS[i]} place=\n"
             "        if [ \"$word\" = = ]; then\n"
             "            i=$((i + 1))\n"
             "        elif [[ $valued == *\" $word \"* ]]; then\n"
             "            [ \"${COMP_WORDS[i+1]}\" = = ] && [ $((i + 1)) -lt \"$at\" ] && i=$((i + 1))\n"
             "            i=$((i + 1)) place=$word\n"
             "            [ \"$i\" -lt \"$at\" ] && place=\n"
             "            [ \"${COMP_WORDS[i+1]}\" = = ] && [ $((i + 1)) -eq \"$at\" ] && place=after\n"
             "            [ \"$place\" = after ] && [ \"$word\" = --report ] && place=reportfile\n"
             "        elif [[ $word != -* ]]; then\n"
             "            operands=$((operands + 1)) file=${file:-$word}\n"
             "        fi\n"
             "    done\n"
             "    [[ $valued == *\" ${COMP_WORDS[at-1]} \"* ]] && place=${COMP_WORDS[at-1]}\n"
             "    [ -z \"$place\" ] && place=operand$operands\n"
             "    _arazzo_place \"$place\"\n"
             "    [ \"$place\" = reportfile ] && kind=file\n"
             "    if [[ $place == operand* && $cur == -* ]]; then\n"
             "        COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
             "        return\n"
             "    fi\n"
             "    case $kind in\n"
             "    words) COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")) ;;\n"
             "    report)\n"
             "        compopt -o nospace 2>/dev/null\n"
             "        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
             "        ;;\n"
             "    workflows) COMPREPLY=($(compgen -W \"$(_arazzo_workflows \"$file\")\" -- \"$cur\")) ;;\n"
             "    file | directory)\n"
             "        compopt -o filenames 2>/dev/null\n"
             "        IFS=$'\\n'\n"
             "        COMPREPLY=($(compgen -A \"$kind\" -- \"$cur\"))\n"
             "        ;;\n"
             "    esac\n"
             "}\n\n"
             "complete -F _arazzo arazzo\n");
}

/* ---- zsh ---- */

/* A specification of _arguments: brackets and colons have a meaning there. */
static void zsh_text(text *out, const char *string) {
    text escaped = TEXT_EMPTY;
    for (; *string != '\0'; string++) {
        if (strchr("[]:\\", *string) != NULL)
            text_append_char(&escaped, '\\');
        text_append_char(&escaped, *string);
    }
    append_quoted(out, text_peek(&escaped));
    out->failed = out->failed || escaped.failed;
    text_free(&escaped);
}

static void zsh_place(text *out, place_kind kind, const char *const *words) {
    if (kind == WORDS) {
        text_append_char(out, '(');
        append_words(out, words);
        text_append_char(out, ')');
    } else {
        static const char *const functions[] = {[ANYTHING] = " ",
                                                [WORDS] = "",
                                                [FILES] = "_files",
                                                [FOLDERS] = "_files -/",
                                                [WORKFLOWS] = "_arazzo_workflows",
                                                [REPORTS] = "_arazzo_reports"};
        text_append_string(out, functions[kind]);
    }
}

static void zsh_option(text *out, const command_option *option, const char *name, const char *equals) {
    text_append_format(out, "            '%s%s%s[", option->kind == OPTION_LIST ? "*" : "", name, equals);
    zsh_text(out, option->help);
    text_append_char(out, ']');
    if (option->kind != OPTION_FLAG) {
        text_append_char(out, ':');
        zsh_text(out, option->argument == NULL ? option->name : option->argument);
        text_append_char(out, ':');
        zsh_place(out, kind_of(option), option->words);
    }
    text_append_string(out, "' \\\n");
}

static void zsh_command(text *out, const command *of) {
    text_append_format(out, "        %s)\n        _arguments -s -S \\\n", of->name);
    for (const command_option *option = options_of(of); option->name != NULL; option++) {
        char letter[] = {'-', option->letter, '\0'};
        text name = TEXT_EMPTY;
        text_append_format(&name, "--%s", option->name);
        if (option->letter != 0)
            zsh_option(out, option, letter, option->kind == OPTION_FLAG ? "" : "+");
        zsh_option(out, option, text_peek(&name), option->kind == OPTION_FLAG ? "" : "=");
        out->failed = out->failed || name.failed;
        text_free(&name);
    }
    size_t number = 1;
    for (const command_operand *operand = operands_of(of); operand->name != NULL; operand++, number++) {
        const char *const *words = operand_words(operand);
        if (operand->repeated)
            text_append_format(out, "            '*:%s:", operand->name);
        else
            text_append_format(out, "            '%zu:%s:", number, operand->name);
        zsh_place(out, words != NULL ? WORDS : kind_of_name(operand->name), words);
        text_append_string(out, "' \\\n");
    }
    text_append_string(out, "            '(-)'{-h,--help}'[show this help]'\n        ;;\n");
}

static void write_zsh(const cli_program *program, text *out) {
    text_append_string(out, "#compdef arazzo\n# Completion of arazzo for zsh, made by 'arazzo completion zsh'.\n\n"
                            "_arazzo_workflows() {\n"
                            "    local file ids\n"
                            "    for file in $line; do\n"
                            "        [[ -f ${(Q)file} ]] || continue\n"
                            "        ids=(${(f)\"$($arazzo_command list --format json ${(Q)file} 2>/dev/null |\n"
                            "            sed -n 's/^ *\"workflowId\": \"\\(.*\\)\",*$/\\1/p')\"})\n"
                            "        compadd -a ids\n"
                            "        return\n"
                            "    done\n"
                            "}\n\n"
                            "_arazzo_reports() {\n"
                            "    if compset -P '*='; then _files; else compadd -S '' ");
    append_reports(out);
    text_append_string(out, "; fi\n}\n\n"
                            "_arazzo() {\n"
                            "    local arazzo_command=$words[1] curcontext=$curcontext state\n"
                            "    local -a line commands\n"
                            "    commands=(\n");
    for (const command *of = program->commands; of->name != NULL; of++) {
        text_append_format(out, "        '%s:", of->name);
        append_quoted(out, of->summary);
        text_append_string(out, "'\n");
    }
    text_append_string(out, "        'help:show the help of a command'\n    )\n"
                            "    if (( CURRENT == 2 )); then\n"
                            "        _describe command commands\n"
                            "        return\n"
                            "    fi\n"
                            "    shift words\n"
                            "    (( CURRENT-- ))\n"
                            "    case $words[1] in\n");
    for (const command *of = program->commands; of->name != NULL; of++)
        zsh_command(out, of);
    text_append_string(out,
                       "        help) (( CURRENT == 2 )) && _describe command commands ;;\n"
                       "    esac\n"
                       "}\n\n"
                       "if [[ $funcstack[1] == _arazzo ]]; then _arazzo \"$@\"; else compdef _arazzo arazzo; fi\n");
}

/* ---- fish ---- */

static void fish_arguments(text *out, place_kind kind, const char *const *words) {
    switch (kind) {
    case ANYTHING:
        text_append_string(out, " -x");
        break;
    case WORDS:
        text_append_string(out, " -x -a '");
        append_words(out, words);
        text_append_char(out, '\'');
        break;
    case FILES:
        text_append_string(out, " -r -F");
        break;
    case FOLDERS:
        text_append_string(out, " -x -a '(__fish_complete_directories)'");
        break;
    case WORKFLOWS:
        text_append_string(out, " -x -a '(__arazzo_workflows)'");
        break;
    case REPORTS:
        text_append_string(out, " -r -F -a '");
        append_reports(out);
        text_append_char(out, '\'');
        break;
    }
}

/* fish knows two escapes within single quotes. */
static void fish_text(text *out, const char *string) {
    for (; *string != '\0'; string++) {
        if (*string == '\'' || *string == '\\')
            text_append_char(out, '\\');
        text_append_char(out, *string);
    }
}

static void fish_command(text *out, const command *of) {
    for (const command_option *option = options_of(of); option->name != NULL; option++) {
        text_append_format(out, "complete -c arazzo -n '__arazzo_command %s'", of->name);
        if (option->letter != 0)
            text_append_format(out, " -s %c", option->letter);
        text_append_format(out, " -l %s", option->name);
        if (option->kind != OPTION_FLAG)
            fish_arguments(out, kind_of(option), option->words);
        text_append_string(out, " -d '");
        fish_text(out, option->help);
        text_append_string(out, "'\n");
    }
    text_append_format(out, "complete -c arazzo -n '__arazzo_command %s' -s h -l help -d 'show this help'\n", of->name);
    size_t number = 0;
    for (const command_operand *operand = operands_of(of); operand->name != NULL; operand++, number++) {
        const char *const *words = operand_words(operand);
        place_kind kind = words != NULL ? WORDS : kind_of_name(operand->name);
        if (kind == ANYTHING)
            continue;
        text_append_format(out, "complete -c arazzo -n '__arazzo_command %s; and __arazzo_operands -%s %zu'", of->name,
                           operand->repeated ? "ge" : "eq", number);
        if (kind == FILES)
            text_append_string(out, " -F");
        else
            fish_arguments(out, kind, words);
        text_append_char(out, '\n');
    }
}

/* Which words are values of options: those that follow one that takes a value. */
static void fish_valued(text *out, const cli_program *program) {
    text_append_string(out, "set -g __arazzo_valued");
    for (const command *of = program->commands; of->name != NULL; of++)
        for (const command_option *option = options_of(of); option->name != NULL; option++) {
            if (option->kind == OPTION_FLAG)
                continue;
            text_append_format(out, " --%s", option->name);
            if (option->letter != 0)
                text_append_format(out, " -%c", option->letter);
        }
    text_append_char(out, '\n');
}

static void write_fish(const cli_program *program, text *out) {
    text_append_string(out, "# Completion of arazzo for fish, made by 'arazzo completion fish'.\n\n");
    fish_valued(out, program);
    text_append_string(out,
                       "\n# The operands behind the command, one a line.\n"
                       "function __arazzo_words\n"
                       "    set -l value no\n"
                       "    for word in (commandline -opc)[3..-1]\n"
                       "        if test $value = yes\n"
                       "            set value no\n"
                       "        else if contains -- $word $__arazzo_valued\n"
                       "            set value yes\n"
                       "        else if not string match -q -- '-*' $word\n"
                       "            echo $word\n"
                       "        end\n"
                       "    end\n"
                       "end\n\n"
                       "function __arazzo_operands\n"
                       "    test (__arazzo_words | count) $argv\n"
                       "end\n\n"
                       "function __arazzo_command\n"
                       "    set -l words (commandline -opc)\n"
                       "    test (count $words) -ge 2; and test \"$words[2]\" = \"$argv[1]\"\n"
                       "end\n\n"
                       "function __arazzo_workflows\n"
                       "    set -l words (commandline -opc)\n"
                       "    set -l operands (__arazzo_words)\n"
                       "    test -f \"$operands[1]\"; and $words[1] list --format json $operands[1] 2>/dev/null |\n"
                       "        string replace -rf '^ *\"workflowId\": \"(.*)\",*$' '$1'\n"
                       "end\n\n"
                       "complete -c arazzo -f\n");
    for (const command *of = program->commands; of->name != NULL; of++) {
        text_append_format(out, "complete -c arazzo -n 'test (count (commandline -opc)) -eq 1' -a %s -d '", of->name);
        fish_text(out, of->summary);
        text_append_string(out, "'\n");
    }
    text_append_string(out, "complete -c arazzo -n 'test (count (commandline -opc)) -eq 1' -a help\n"
                            "complete -c arazzo -n '__arazzo_command help' -a '");
    append_commands(out, program);
    text_append_string(out, "'\n");
    for (const command *of = program->commands; of->name != NULL; of++)
        fish_command(out, of);
}

/* ---- The command ---- */

int completion_main(const completion_options *options, FILE *out, FILE *err) {
    static void (*const writers[])(const cli_program *program, text *out) = {write_bash, write_zsh, write_fish};
    for (size_t i = 0; shells[i] != NULL; i++) {
        if (strcmp(shells[i], options->shell) != 0)
            continue;
        text script = TEXT_EMPTY;
        writers[i](&arazzo_program, &script);
        bool good = !script.failed;
        if (good)
            fwrite(text_peek(&script), 1, script.length, out);
        else
            fputs("arazzo: memory ran short\n", err);
        text_free(&script);
        return good ? EXIT_OK : EXIT_FAILED;
    }
    const command *chosen = arazzo_program.commands;
    while (chosen->id != COMMAND_COMPLETION)
        chosen++;
    return command_line_refuse(&arazzo_program, chosen, err, "SHELL is bash, zsh or fish, not '%s'", options->shell);
}
