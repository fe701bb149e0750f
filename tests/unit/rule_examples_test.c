/*
 * rule_examples_test.c: each example of the table of rules is in a document, tests/data/rules/CODE.arazzo.yaml or a
 * source of it, and that document gives this code and no other. Each rule's message stands in a transcript.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "engine/validate/rules.h"
#include "tests/support/command.h"

#define FOLDER "tests/data/rules"

/* Examples that are no part of a document that can be validated or run without an answer, and why. */
static const struct {
    const char *code, *why;
} apart[] = {
    {"E0005", "the example is abridged: tests/cli/rules-documents.txt makes the whole"},
    {"E0007", "the example is abridged: tests/cli/rules-documents.txt makes the whole"},
    {"E0420", "a run refuses what `validate` warns of: tests/cli/rules-description.txt"},
    {"W0224", "an answer decides"},
    {"W0232", "a run with a server: the mock makes up credentials"},
    {"E0240", "the example is a command"},
    {"E0304", "the example belongs into a metaschema"},
    {"N0422", "the example is a remark"},
    {"W0501", "an answer decides"},
    {"W0504", "an answer decides"},
    {"W0520", "an answer decides"},
    {"W0521", "an answer decides"},
    {"W0522", "an answer decides"},
    {"W0523", "an answer decides"},
    {"W0524", "an answer decides"},
    {"W0525", "an answer decides"},
    {"W0526", "an answer decides"},
    {"E0701", "the example belongs into .arazzo.yaml"},
    {"E0702", "the example belongs into .arazzo.yaml"},
    {"E0703", "the example belongs into .arazzo.yaml"},
};

/* What else a document needs to show its rule. */
static const struct {
    const char *code, *options;
} options_of[] = {
    {"E0102", "--strict"}, {"E0106", "--strict"},     {"E0125", "--strict"},
    {"E0421", "--strict"}, {"W0411", "--no-sources"}, {"N0426", "--source-dir tests/data/rules/folder"},
};

static const char *why_apart(const char *code) {
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
        if (strcmp(apart[i].code, code) == 0)
            return apart[i].why;
    return NULL;
}

static const char *options_for(const char *code) {
    for (size_t i = 0; i < sizeof options_of / sizeof *options_of; i++)
        if (strcmp(options_of[i].code, code) == 0)
            return options_of[i].options;
    return "";
}

static bool read_whole(const char *path, text *out) {
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return false;
    char block[8192];
    for (size_t size; (size = fread(block, 1, sizeof block, file)) > 0;)
        text_append(out, block, size);
    fclose(file);
    return true;
}

/* ---- The example stands in the document ---- */

/* The lines of the example, one below the other, with the same indentation in front of each. */
static bool stands_at(const char *line, const char *example) {
    size_t indent = strspn(line, " "), own = strspn(example, " \t");
    if (line[indent] == '-' && example[own] != '-' && line[indent + 1] == ' ')
        indent += 2; /* the first field of a list's entry */
    while (*example != '\0') {
        size_t length = strcspn(example, "\n");
        if (strncmp(line + indent, example, length) != 0 || line[indent + length] != '\n')
            return false;
        example += length + (example[length] == '\n');
        line += indent + length + 1;
        if (*example != '\0' && strspn(line, " ") < indent)
            return false;
    }
    return true;
}

static bool holds(const char *document, const char *example) {
    for (const char *line = document; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (stands_at(line, example))
            return true;
    }
    return false;
}

/* Looks through the files of a rule; the Arazzo document's path into `path`. */
static bool find_example(const rule *one, char *path, size_t room) {
    DIR *entries = opendir(FOLDER);
    assert_non_null(entries);
    bool found = false;
    path[0] = '\0';
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (strncmp(entry->d_name, one->code, 5) != 0)
            continue;
        char file[512];
        snprintf(file, sizeof file, "%s/%s", FOLDER, entry->d_name);
        text document = TEXT_EMPTY;
        if (strncmp(entry->d_name + 5, ".arazzo.", 8) == 0)
            snprintf(path, room, "%s", file);
        assert_true(read_whole(file, &document));
        found = found || holds(text_peek(&document), one->example);
        text_free(&document);
    }
    closedir(entries);
    return found;
}

/* ---- It gives this code ---- */

/* `[X0000]` at or after a place, or NULL. */
static const char *next_code(const char *at) {
    for (at = strchr(at, '['); at != NULL; at = strchr(at + 1, '['))
        if (at[1] != '\0' && strchr("EWN", at[1]) != NULL && strspn(at + 2, "0123456789") == 4 && at[6] == ']')
            return at;
    return NULL;
}

/* Every code in the output is this one, and there is one. */
static bool gives_only(const char *output, const char *code) {
    const char *at = next_code(output);
    bool found = at != NULL;
    for (; at != NULL; at = next_code(at + 1))
        if (strncmp(at + 1, code, 5) != 0)
            return false;
    return found;
}

static bool has_code(const char *output) {
    return next_code(output) != NULL;
}

static void check_example(const rule *one) {
    char path[600];
    if (!find_example(one, path, sizeof path))
        fail_msg("%s: the example is in no file of %s", one->code, FOLDER);
    command_result said = command_run("validate %s --offline %s", path, options_for(one->code));
    if (!has_code(said.out)) { /* only who makes a request sees it */
        command_result_free(&said);
        said = command_run("run %s w --dry-run", path);
    }
    text whole = TEXT_EMPTY;
    text_append_format(&whole, "%s%s", said.out, said.err);
    if (!gives_only(text_peek(&whole), one->code))
        fail_msg("%s: arazzo says of %s\n%s", one->code, path, text_peek(&whole));
    text_free(&whole);
    command_result_free(&said);
}

static void every_example_gives_its_code(void **state) {
    (void)state;
    for (size_t i = 0; i < rule_count(); i++) {
        const rule *one = rule_at(i);
        const char *why = why_apart(one->code);
        if (one->example == NULL)
            continue;
        if (why != NULL)
            print_message("# %s is left out: %s\n", one->code, why);
        else
            check_example(one);
    }
}

/* ---- Its message stands in a transcript ---- */

/* Messages that take more than a command and a document, and where they are tested. */
static const struct {
    const char *code, *where;
} elsewhere[] = {
    {"E0006", "tests/unit/document_test.c: the command's own reader takes no more either"},
    {"E0240", "tests/unit/auth_test.c"},
    {"E0304", "tests/unit and the suite of JSON Schema: a metaschema of one's own"},
    {"W0503", "tests/unit/run_flow_test.c: a server that lies"},
    {"W0506", "tests/unit/run_test.c"},
    {"W0701", "a file of another user"},
};

static bool is_elsewhere(const char *code) {
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        if (strcmp(elsewhere[i].code, code) == 0)
            return true;
    return false;
}

static void read_folder(const char *folder, const char *ending, text *out) {
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        size_t length = strlen(path), end = strlen(ending);
        if (strcmp(entry->d_name, "diagnostics.md") != 0 && length > end && strcmp(path + length - end, ending) == 0)
            assert_true(read_whole(path, out));
    }
    closedir(entries);
}

static void every_message_stands_in_a_transcript(void **state) {
    (void)state;
    text transcripts = TEXT_EMPTY, missing = TEXT_EMPTY;
    read_folder("tests/cli", ".txt", &transcripts);
    read_folder("docs", ".md", &transcripts);
    for (size_t i = 0; i < rule_count(); i++) {
        char shown[16];
        snprintf(shown, sizeof shown, "[%s]: ", rule_at(i)->code);
        if (strstr(text_peek(&transcripts), shown) == NULL && !is_elsewhere(rule_at(i)->code))
            text_append_format(&missing, " %s", rule_at(i)->code);
    }
    if (missing.length > 0)
        fail_msg("no transcript in tests/cli or docs shows%s", text_peek(&missing));
    text_free(&transcripts);
    text_free(&missing);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_example_gives_its_code),
                                       cmocka_unit_test(every_message_stands_in_a_transcript)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
