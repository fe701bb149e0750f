/*
 * shown_options_test.c: every option of every command is shown at work: in a transcript (tests/cli/), or in a console
 * block of README.md or docs/, all of which are run. An option that nobody tries is an option that may not work.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>

#include "base/text.h"
#include "engine/cli/commands.h"

/* ---- Command lines ---- */

/* The commands of all transcripts and console blocks, a line each; what goes on in the next line is joined. */
static void append_commands(text *out, const char *path) {
    char line[16384];
    FILE *file = fopen(path, "r");
    bool markdown = strcmp(path + strlen(path) - 3, ".md") == 0, console = !markdown, goes_on = false;
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        const char *start = line + strspn(line, " ");
        if (markdown && strncmp(start, "```", 3) == 0)
            console = strncmp(start, "```console", 10) == 0 && strstr(start, "skip=") == NULL;
        bool begins = console && strncmp(start, "$ ", 2) == 0;
        if (!begins && !goes_on)
            continue;
        size_t length = strcspn(line, "\n");
        goes_on = length > 0 && line[length - 1] == '\\';
        text_append(out, line, length - goes_on);
        text_append_char(out, goes_on ? ' ' : '\n');
    }
    fclose(file);
}

static char *all_commands(void) {
    static const char *const patterns[] = {"tests/cli/*.txt", "README.md", "docs/*.md"};
    text out = TEXT_EMPTY;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        glob_t found;
        assert_int_equal(glob(patterns[i], 0, NULL, &found), 0);
        for (size_t j = 0; j < found.gl_pathc; j++)
            append_commands(&out, found.gl_pathv[j]);
        globfree(&found);
    }
    return text_take(&out, NULL);
}

/* The words of one command up to what ends it in a shell, at `at`: is one of them the option? */
static bool words_have(const char *at, const command_option *option) {
    size_t name = strlen(option->name);
    while (*at != '\0' && strchr("\n|;&", *at) == NULL) {
        at += strspn(at, " ('\"");
        size_t length = strcspn(at, " \n|;&");
        if (strncmp(at, "--", 2) == 0 && length >= name + 2 && strncmp(at + 2, option->name, name) == 0 &&
            (length == name + 2 || strchr("='\")", at[name + 2]) != NULL))
            return true;
        if (option->letter != 0 && length > 1 && at[0] == '-' && at[1] != '-' &&
            (at[1] == option->letter || (option->kind == OPTION_FLAG && memchr(at, option->letter, length) != NULL)))
            return true;
        at += length;
    }
    return false;
}

static bool is_shown(const char *commands, const char *name, const command_option *option) {
    char start[64];
    snprintf(start, sizeof start, "arazzo %s", name);
    for (const char *at = commands; (at = strstr(at, start)) != NULL;) {
        bool whole = at == commands || strchr(" (/\n;|", at[-1]) != NULL;
        at += strlen(start);
        if (whole && (*at == ' ' || *at == '\n') && words_have(at, option))
            return true;
    }
    return false;
}

static void every_option_is_shown(void **state) {
    (void)state;
    char *commands = all_commands();
    size_t missing = 0, seen = 0;
    assert_non_null(commands);
    for (const command *at = arazzo_program.commands; at->name != NULL; at++)
        for (const command_option *option = at->options; option != NULL && option->name != NULL; option++, seen++)
            if (!is_shown(commands, at->name, option)) {
                print_error(
                    "nothing shows 'arazzo %s --%s': add a command with it, and what it prints, to a transcript "
                    "in tests/cli/ (tests/cli/transcript.c tells how)\n",
                    at->name, option->name);
                missing++;
            }
    free(commands);
    assert_int_equal(missing, 0);
    assert_true(seen > 50);
}

/* The test itself: what counts as shown, and what does not. */
static void what_counts_as_shown(void **state) {
    (void)state;
    static const command_option flag = {.name = "quiet", .letter = 'q', .kind = OPTION_FLAG},
                                value = {.name = "input", .letter = 'i', .kind = OPTION_LIST};
    assert_true(is_shown("$ arazzo run a --quiet\n", "run", &flag));
    assert_true(is_shown("$ x=1 build/arazzo run a -vq\n", "run", &flag));
    assert_true(is_shown("$ arazzo run a --input=b=c | head\n", "run", &value));
    assert_true(is_shown("$ arazzo run -ib=c\n", "run", &value));
    assert_false(is_shown("$ arazzo run a --quietly\n", "run", &flag));
    assert_false(is_shown("$ arazzo run a; arazzo show --quiet\n", "run", &flag));
    assert_false(is_shown("$ arazzo run a | grep -q x\n", "run", &flag));
    assert_false(is_shown("$ arazzo runs --quiet\n", "run", &flag));
    assert_false(is_shown("$ arazzo run -q\n", "run", &value));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_counts_as_shown), cmocka_unit_test(every_option_is_shown)};
    return cmocka_run_group_tests_name("shown options", tests, NULL, NULL);
}
