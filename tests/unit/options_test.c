/* options_test.c: engine/cli/: parsing the command line, its messages, and help. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "engine/cli/commands.h"

typedef struct typed {
    arena *memory;
    command_options options;
    const command *chosen;
    int status;
    char *out;
    char *err;
} typed;

enum { MOST_ARGUMENTS = 16 };

/* Splits at spaces; a `_` is a space within an argument, a `~` an empty one. */
static int split(char *line, char **arguments) {
    int count = 0;
    for (char *word = strtok(line, " "); word != NULL && count < MOST_ARGUMENTS; word = strtok(NULL, " ")) {
        if (strcmp(word, "~") == 0)
            *word = '\0';
        for (char *byte = word; *byte != '\0'; byte++)
            *byte = *byte == '_' ? ' ' : *byte;
        arguments[count++] = word;
    }
    return count;
}

/* The line must live as long as what is made of it: the options point into it. */
static typed type(char *line) {
    typed made = {.status = -1, .memory = arena_new()};
    char *arguments[MOST_ARGUMENTS];
    size_t out_length, err_length;
    FILE *out = open_memstream(&made.out, &out_length), *err = open_memstream(&made.err, &err_length);
    assert_non_null(out);
    assert_non_null(err);
    memset(&made.options, 0xA5, sizeof made.options);
    made.chosen = command_line_parse(&arazzo_program, split(line, arguments), arguments, made.memory, &made.options,
                                     NULL, out, err, &made.status);
    fclose(out);
    fclose(err);
    return made;
}

static void release(typed *made) {
    arena_free(made->memory);
    free(made->out);
    free(made->err);
}

static void presets_hold_until_options_are_given(void **state) {
    (void)state;
    char line[] = "arazzo run a.yaml";
    typed made = type(line);
    assert_non_null(made.chosen);
    assert_int_equal(made.chosen->id, COMMAND_RUN);
    assert_string_equal(made.err, "");
    assert_string_equal(made.out, "");
    const run_options *run = &made.options.run;
    assert_string_equal(run->file, "a.yaml");
    assert_null(run->workflow);
    assert_null(run->inputs);
    assert_int_equal(run->input.count, 0);
    assert_false(run->mock || run->strict || run->verbose || run->quiet || run->all || run->show_secrets);
    assert_true(run->timeout > 29.9 && run->timeout < 30.1);
    assert_int_equal(run->max_steps, 1000);
    assert_int_equal(run->format, FORMAT_TEXT);
    assert_int_equal(run->color, COLOR_AUTO);
    release(&made);
}

static void every_spelling_of_an_option_is_taken(void **state) {
    (void)state;
    static const char *const lines[] = {
        "arazzo run f w -i a=1 -i b=_2 -v -q --format json --timeout 2.5",
        "arazzo run -ia=1 f --input=b=_2 w -vq --format=json --timeout=25e-1",
        "arazzo run --input a=1 -vqi b=_2 --format=text --format=json --timeout 2.50 f w",
        "arazzo run -vq --timeout=2.5 --input a=1 --input b=_2 --format json -- f w",
        "arazzo run --verbose --quiet --verbose --timeout 9 --timeout 2.5 -qvia=1 -qvib=_2 --format json f -- w",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char line[200];
        snprintf(line, sizeof line, "%s", lines[i]);
        typed made = type(line);
        assert_string_equal(made.err, "");
        assert_non_null(made.chosen);
        const run_options *run = &made.options.run;
        assert_string_equal(run->file, "f");
        assert_string_equal(run->workflow, "w");
        assert_int_equal(run->input.count, 2);
        assert_string_equal(run->input.items[0], "a=1");
        assert_string_equal(run->input.items[1], "b= 2");
        assert_true(run->verbose && run->quiet);
        assert_int_equal(run->format, FORMAT_JSON);
        assert_true(run->timeout > 2.49 && run->timeout < 2.51);
        release(&made);
    }
}

static void dashes_can_be_operands_and_values(void **state) {
    (void)state;
    char line[] = "arazzo eval --on - --context --strict -- --condition";
    typed made = type(line);
    assert_non_null(made.chosen);
    assert_string_equal(made.options.eval.on, "-");
    assert_string_equal(made.options.eval.context, "--strict");
    assert_string_equal(made.options.eval.expression, "--condition");
    assert_false(made.options.eval.strict || made.options.eval.condition);
    release(&made);

    char standard_input[] = "arazzo query $ -";
    made = type(standard_input);
    assert_non_null(made.chosen);
    assert_string_equal(made.options.query.file, "-");
    release(&made);
}

static void mistakes_are_named(void **state) {
    (void)state;
    static const struct {
        const char *line;
        const char *said; /* the first line; the second is the advice */
        const char *advice;
    } rows[] = {
        {"arazzo", "arazzo: a command is missing", "arazzo"},
        {"arazzo ~", "arazzo: unknown command ''", "arazzo"},
        {"arazzo rnu f", "arazzo: unknown command 'rnu'; did you mean 'run'?", "arazzo"},
        {"arazzo frobnicate", "arazzo: unknown command 'frobnicate'", "arazzo"},
        {"arazzo ./f", "arazzo: unknown command './f'; did you mean 'run ./f'?", "arazzo"},
        {"arazzo help qery", "arazzo: unknown command 'qery'; did you mean 'query'?", "arazzo"},
        {"arazzo help run x", "arazzo run: unexpected operand 'x'", "arazzo run"},
        {"arazzo -v run f", "arazzo: unknown option '-v'; a command comes first", "arazzo"},
        {"arazzo run", "arazzo run: FILE is missing", "arazzo run"},
        {"arazzo run -v --", "arazzo run: FILE is missing", "arazzo run"},
        {"arazzo run a b c", "arazzo run: unexpected operand 'c'", "arazzo run"},
        {"arazzo run f --sever u", "arazzo run: unknown option '--sever'; did you mean '--server'?", "arazzo run"},
        {"arazzo run f --sever=u", "arazzo run: unknown option '--sever'; did you mean '--server'?", "arazzo run"},
        {"arazzo run f --max", "arazzo run: unknown option '--max'; did you mean '--max-steps'?", "arazzo run"},
        {"arazzo run f --hlep", "arazzo run: unknown option '--hlep'; did you mean '--help'?", "arazzo run"},
        {"arazzo run f --frobnicate", "arazzo run: unknown option '--frobnicate'", "arazzo run"},
        {"arazzo run f --=x", "arazzo run: unknown option '--'", "arazzo run"},
        {"arazzo run f -x", "arazzo run: unknown option '-x'", "arazzo run"},
        {"arazzo run f -vxq", "arazzo run: unknown option '-x' in '-vxq'", "arazzo run"},
        {"arazzo run f --timeout", "arazzo run: option '--timeout' needs SECONDS", "arazzo run"},
        {"arazzo run f -vi", "arazzo run: option '-i' needs NAME=VALUE", "arazzo run"},
        {"arazzo run f --mock=yes", "arazzo run: option '--mock' takes no value, but was given 'yes'", "arazzo run"},
        {"arazzo run f --mock=", "arazzo run: option '--mock' takes no value, but was given ''", "arazzo run"},
        {"arazzo run f --timeout=abc", "arazzo run: option '--timeout' takes a number, not 'abc'", "arazzo run"},
        {"arazzo run f --timeout 3s", "arazzo run: option '--timeout' takes a number, not '3s'", "arazzo run"},
        {"arazzo run f --timeout -1", "arazzo run: option '--timeout' takes a number, not '-1'", "arazzo run"},
        {"arazzo run f --timeout=", "arazzo run: option '--timeout' takes a number, not ''", "arazzo run"},
        {"arazzo run f --timeout nan", "arazzo run: option '--timeout' takes a number, not 'nan'", "arazzo run"},
        {"arazzo run f --timeout 0x1", "arazzo run: option '--timeout' takes a number, not '0x1'", "arazzo run"},
        {"arazzo run f --timeout 1e999", "arazzo run: option '--timeout' takes a number, not '1e999'", "arazzo run"},
        {"arazzo run f --timeout 0", "arazzo run: option '--timeout' takes a number of at least 0.001, not '0'",
         "arazzo run"},
        {"arazzo run f --max-steps 1.5", "arazzo run: option '--max-steps' takes a whole number, not '1.5'",
         "arazzo run"},
        {"arazzo run f --max-steps 99999999999999999999",
         "arazzo run: option '--max-steps' takes a whole number, not '99999999999999999999'", "arazzo run"},
        {"arazzo mock f --port 65536", "arazzo mock: option '--port' takes a number of at most 65535, not '65536'",
         "arazzo mock"},
        {"arazzo run f --format xml", "arazzo run: option '--format' takes 'text' or 'json', not 'xml'", "arazzo run"},
        {"arazzo run f --color=", "arazzo run: option '--color' takes 'auto', 'always' or 'never', not ''",
         "arazzo run"},
        {"arazzo run f w a\nb\033", "arazzo run: unexpected operand 'a\\x0ab\\x1b'", "arazzo run"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char line[200], expected[300];
        snprintf(line, sizeof line, "%s", rows[i].line);
        snprintf(expected, sizeof expected, "%s\nTry '%s --help'.\n", rows[i].said, rows[i].advice);
        typed made = type(line);
        assert_null(made.chosen);
        assert_string_equal(made.err, expected);
        assert_string_equal(made.out, "");
        assert_int_equal(made.status, 2);
        release(&made);
    }
}

static void no_arguments_at_all_are_refused(void **state) {
    (void)state;
    command_options options;
    int status = -1;
    arena *memory = arena_new();
    FILE *err = tmpfile();
    char *none[] = {NULL};
    assert_non_null(err);
    assert_null(command_line_parse(&arazzo_program, 0, none, memory, &options, NULL, err, err, &status));
    assert_int_equal(status, 2);
    fclose(err);
    arena_free(memory);
}

static void version_is_printed(void **state) {
    (void)state;
    static const char *const lines[] = {"arazzo --version", "arazzo -V"};
    for (size_t i = 0; i < 2; i++) {
        char line[40];
        snprintf(line, sizeof line, "%s", lines[i]);
        typed made = type(line);
        assert_null(made.chosen);
        assert_int_equal(made.status, 0);
        assert_string_equal(made.out, "arazzo " ARAZZO_VERSION "\n");
        assert_string_equal(made.err, "");
        release(&made);
    }
}

/* At most 40 lines of at most 80 columns, an example, every option and operand. */
static void check_page(const char *page, const command *of) {
    size_t lines = 0;
    for (const char *line = page; *line != '\0'; lines++) {
        size_t length = strcspn(line, "\n");
        assert_true(utf8_count(line, length) <= 80);
        assert_true(length == 0 || line[length - 1] != ' ');
        assert_int_equal(line[length], '\n');
        line += length + 1;
    }
    assert_true(lines <= 40);
    assert_non_null(strstr(page, "Usage: arazzo "));
    assert_non_null(strstr(page, "\nExample"));
    for (const command_option *option = of != NULL ? of->options : NULL; option != NULL && option->name != NULL;
         option++) {
        char name[40];
        snprintf(name, sizeof name, "--%s", option->name);
        assert_non_null(strstr(page, name));
    }
    for (const command_operand *operand = of != NULL ? of->operands : NULL; operand != NULL && operand->name != NULL;
         operand++)
        assert_non_null(strstr(page, operand->name));
}

static void help_fits_a_screen_and_tells_all(void **state) {
    (void)state;
    for (const command *of = arazzo_program.commands; of->name != NULL; of++) {
        static const char *const ways[] = {"arazzo %s --help", "arazzo %s -h", "arazzo help %s", "arazzo %s x -h y z"};
        char *first = NULL;
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
            char line[80];
            snprintf(line, sizeof line, ways[i], of->name);
            typed made = type(line);
            assert_null(made.chosen);
            assert_int_equal(made.status, 0);
            assert_string_equal(made.err, "");
            check_page(made.out, of);
            if (first == NULL)
                first = strdup(made.out);
            assert_string_equal(made.out, first);
            release(&made);
        }
        free(first);
    }
    char line[] = "arazzo --help";
    typed made = type(line);
    assert_int_equal(made.status, 0);
    check_page(made.out, NULL);
    for (const command *of = arazzo_program.commands; of->name != NULL; of++)
        assert_non_null(strstr(made.out, of->summary));
    release(&made);
}

static void help_that_cannot_be_written_is_a_failure(void **state) {
    (void)state;
    FILE *full = fopen("/dev/full", "w"), *err = tmpfile();
    if (full == NULL)
        skip();
    assert_non_null(err);
    command_options options;
    int status = -1;
    arena *memory = arena_new();
    char *arguments[] = {"arazzo", "--help"};
    assert_null(command_line_parse(&arazzo_program, 2, arguments, memory, &options, NULL, full, err, &status));
    assert_int_equal(status, 1);
    assert_true(ftell(err) > 0);
    fclose(full);
    fclose(err);
    arena_free(memory);
}

/* What the parser takes for granted about the tables. */
static void tables_are_sound(void **state) {
    (void)state;
    for (const command *of = arazzo_program.commands; of->name != NULL; of++) {
        assert_ptr_equal(of, &arazzo_program.commands[of->id]);
        assert_non_null(of->examples[0]);
        for (const command_option *a = of->options; a->name != NULL; a++) {
            assert_non_null(a->help);
            assert_true(a->kind == OPTION_FLAG || a->argument != NULL || a->words != NULL);
            assert_true((a->kind == OPTION_CHOICE) == (a->words != NULL));
            assert_true(a->field < arazzo_program.options_size);
            for (const command_option *b = a + 1; b->name != NULL; b++) {
                assert_string_not_equal(a->name, b->name);
                assert_true(a->letter == 0 || a->letter != b->letter);
                assert_int_not_equal(a->field, b->field);
            }
        }
        for (const command_operand *operand = of->operands; operand[0].name != NULL && operand[1].name != NULL;
             operand++)
            assert_true(!operand->repeated && (!operand->optional || operand[1].optional));
    }
    assert_null(arazzo_program.commands[COMMAND_COUNT].name);
}

/* A program of the test's own: repeated operands, which no command takes yet. */
typedef struct paths_options {
    value_list paths;
    bool flag;
} paths_options;

static const command_operand paths_operands[] = {
    {.name = "PATH", .repeated = true, .field = OPTION_FIELD(value_list, paths_options, paths), .help = "a path"},
    {.name = NULL},
};
static const command_option paths_table[] = {
    {.name = "flag", .letter = 'f', .field = OPTION_FIELD(bool, paths_options, flag), .help = "a flag"},
    {.name = NULL},
};
static const char *const paths_examples[] = {"tool check a b", NULL};
static const command paths_commands[] = {
    {.name = "check",
     .summary = "check",
     .description = "Checks.",
     .operands = paths_operands,
     .options = paths_table,
     .examples = paths_examples},
    {.name = NULL},
};
static const cli_program tool = {.name = "tool",
                                 .version = "1",
                                 .summary = "A tool.",
                                 .commands = paths_commands,
                                 .examples = paths_examples,
                                 .options_size = sizeof(paths_options)};

static void repeated_operands_are_listed(void **state) {
    (void)state;
    char *given[] = {"tool", "check", "a", "-f", "b", "--", "-c"}, *none[] = {"tool", "check", "-f"};
    char *out_bytes = NULL, *err_bytes = NULL;
    size_t out_length, err_length;
    FILE *out = open_memstream(&out_bytes, &out_length), *err = open_memstream(&err_bytes, &err_length);
    paths_options options;
    int status = -1;
    arena *memory = arena_new();
    assert_non_null(command_line_parse(&tool, 7, given, memory, &options, NULL, out, err, &status));
    assert_int_equal(options.paths.count, 3);
    assert_string_equal(options.paths.items[0], "a");
    assert_string_equal(options.paths.items[2], "-c");
    assert_true(options.flag);
    assert_null(command_line_parse(&tool, 3, none, memory, &options, NULL, out, err, &status));
    assert_int_equal(status, 2);
    assert_true(command_help(&tool, &tool.commands[0], false, out));
    fclose(out);
    fclose(err);
    assert_string_equal(err_bytes, "tool check: PATH is missing\nTry 'tool check --help'.\n");
    assert_non_null(strstr(out_bytes, "Usage: tool check [OPTION]... PATH...\n"));
    free(out_bytes);
    free(err_bytes);
    arena_free(memory);
}

static void commands_refuse_in_the_same_manner(void **state) {
    (void)state;
    char *bytes = NULL;
    size_t length;
    FILE *err = open_memstream(&bytes, &length);
    assert_int_equal(
        command_line_refuse(&arazzo_program, &arazzo_program.commands[COMMAND_RUN], err, "no input '%s'", "x"), 2);
    fclose(err);
    assert_string_equal(bytes, "arazzo run: no input 'x'\nTry 'arazzo run --help'.\n");
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presets_hold_until_options_are_given),
        cmocka_unit_test(every_spelling_of_an_option_is_taken),
        cmocka_unit_test(dashes_can_be_operands_and_values),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(no_arguments_at_all_are_refused),
        cmocka_unit_test(version_is_printed),
        cmocka_unit_test(help_fits_a_screen_and_tells_all),
        cmocka_unit_test(help_that_cannot_be_written_is_a_failure),
        cmocka_unit_test(tables_are_sound),
        cmocka_unit_test(repeated_operands_are_listed),
        cmocka_unit_test(commands_refuse_in_the_same_manner),
    };
    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
