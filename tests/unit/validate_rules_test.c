/*
 * validate_rules_test.c: the table of rules is whole: every code that stands in the sources has a row, every row a
 * place that reports it, and docs/diagnostics.md is what the table says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "engine/validate/rules.h"

enum { MOST_RULES = 400 };

static bool reported[MOST_RULES];

static void read_whole(const char *path, text *out) {
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char block[8192];
    for (size_t size; (size = fread(block, 1, sizeof block, file)) > 0;)
        text_append(out, block, size);
    fclose(file);
    assert_false(out->failed);
}

/* A string literal that is a code: "E0401". */
static bool is_code(const char *at) {
    return at[0] == '"' && strchr("EWN", at[1]) != NULL && isdigit(at[2]) && isdigit(at[3]) && isdigit(at[4]) &&
           isdigit(at[5]) && at[6] == '"';
}

static void note_code(const char *path, const char *code) {
    for (size_t i = 0; i < rule_count(); i++) {
        if (strcmp(rule_at(i)->code, code) != 0)
            continue;
        reported[i] = true;
        return;
    }
    fail_msg("%s reports %s, which has no row in engine/validate/rules.c", path, code);
}

static void read_source(const char *path) {
    text source = TEXT_EMPTY;
    read_whole(path, &source);
    for (size_t i = 0; i + 7 < source.length; i++) {
        char code[6];
        if (!is_code(source.bytes + i))
            continue;
        memcpy(code, source.bytes + i + 1, 5);
        code[5] = '\0';
        note_code(path, code);
    }
    text_free(&source);
}

static void read_folder(const char *folder) {
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        char path[1024];
        struct stat about;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        size_t length = strlen(path);
        if (entry->d_name[0] == '.' || stat(path, &about) != 0 || strcmp(path, "engine/validate/rules.c") == 0)
            continue;
        if (S_ISDIR(about.st_mode))
            read_folder(path);
        else if (length > 2 && strcmp(path + length - 2, ".c") == 0)
            read_source(path);
    }
    closedir(entries);
}

/*
 * What the expressions report has no code there, but the number of a rule: `liberty(p, "S10", …)` is W0110, and E0110
 * where it is an error under --strict. They are made in engine/description/build_parts.c.
 */
static void note_expression_codes(void) {
    static const char *const codes[] = {"W0101", "W0102", "E0102", "W0103", "W0106",
                                        "E0106", "W0109", "W0110", "W0112", "W0113"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        note_code("runtime-expr", codes[i]);
}

/* Each rule that the expressions name has a row as a liberty. */
static void expressions_have_rows(void **state) {
    (void)state;
    DIR *entries = opendir("runtime-expr");
    assert_non_null(entries);
    unsigned found = 0;
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (strstr(entry->d_name, ".c") == NULL)
            continue;
        char path[1024], code[8];
        snprintf(path, sizeof path, "runtime-expr/%s", entry->d_name);
        text source = TEXT_EMPTY;
        read_whole(path, &source);
        for (char *at = source.bytes; at != NULL && (at = strstr(at, "\"S")) != NULL; at += 2) {
            char *end;
            long number = strtol(at + 2, &end, 10);
            if (end == at + 2 || *end != '"')
                continue;
            snprintf(code, sizeof code, "W01%02ld", number % 100);
            if (rule_find(code) == NULL)
                fail_msg("%s takes a liberty by S%ld, and %s has no row", path, number, code);
            found++;
        }
        text_free(&source);
    }
    closedir(entries);
    assert_true(found > 5);
}

static void every_code_has_a_row_and_every_row_a_reporter(void **state) {
    (void)state;
    static const char *const folders[] = {"base", "jsonpath", "runtime-expr", "engine", "http"};
    assert_true(rule_count() < MOST_RULES);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        read_folder(folders[i]);
    note_expression_codes();
    for (size_t i = 0; i < rule_count(); i++)
        if (!reported[i])
            fail_msg("nothing reports %s", rule_at(i)->code);
}

static void rows_are_whole_and_unique(void **state) {
    (void)state;
    for (size_t i = 0; i < rule_count(); i++) {
        const rule *row = rule_at(i);
        if (rule_find(row->code) != row)
            fail_msg("%s has two rows", row->code);
        assert_true(strchr("EWN", row->code[0]) != NULL && strlen(row->code) == 5);
        assert_true(row->title[0] != '\0' && row->section[0] != '\0');
        assert_true(row->explanation[strlen(row->explanation) - 1] == '.');
        assert_true(row->example == NULL || row->example[strlen(row->example) - 1] == '\n');
    }
    assert_null(rule_at(rule_count()));
    assert_null(rule_find("E9999"));
}

static void the_page_is_up_to_date(void **state) {
    (void)state;
    text page = TEXT_EMPTY, wanted = TEXT_EMPTY;
    read_whole("docs/diagnostics.md", &page);
    rules_markdown(&wanted);
    if (strcmp(text_peek(&page), text_peek(&wanted)) != 0)
        fail_msg("docs/diagnostics.md is not what the table says: arazzo validate --rules > docs/diagnostics.md");
    text_free(&page);
    text_free(&wanted);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_a_row_and_every_row_a_reporter),
        cmocka_unit_test(expressions_have_rows),
        cmocka_unit_test(rows_are_whole_and_unique),
        cmocka_unit_test(the_page_is_up_to_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
