/*
 * docs_test.c: what README.md and docs/ show and nobody runs: blocks of YAML and JSON can be read, the command lines in
 * blocks for a shell, a CI server or Kubernetes are command lines of `arazzo`, links lead somewhere, and every page
 * can be reached from README.md. (Blocks marked `console` are run by tests/cli/transcript.c.)
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
#include <libgen.h>
#include <unistd.h>

#include "base/text.h"
#include "engine/cli/commands.h"
#include "engine/document/document.h"

enum { WORDS = 64, PAGES = 64 };

/* ---- Pages and their blocks ---- */

static char *read_page(const char *path) {
    text out = TEXT_EMPTY;
    char part[4096];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    for (size_t length; (length = fread(part, 1, sizeof part, file)) > 0;)
        text_append(&out, part, length);
    fclose(file);
    return text_take(&out, NULL);
}

typedef void block_use(const char *path, const char *language, const char *block, size_t *count);

/* Calls `use` for each fenced block; *count is its to count with. */
static void each_block(const char *path, block_use *use, size_t *count) {
    char *page = read_page(path);
    char language[32] = "";
    text block = TEXT_EMPTY;
    bool within = false;
    for (char *line = strtok(page, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        bool fence = strncmp(line + strspn(line, " "), "```", 3) == 0;
        if (fence && !within) {
            language[0] = '\0';
            sscanf(line, " ```%31s", language);
        } else if (fence) {
            use(path, language, block.length == 0 ? "" : text_peek(&block), count);
            text_truncate(&block, 0);
        } else if (within) {
            text_append_string(&block, line);
            text_append_char(&block, '\n');
        }
        within ^= fence;
    }
    assert_false(within);
    text_free(&block);
    free(page);
}

/* All pages but docs/diagnostics.md: it shows mistakes, which rule_examples_test.c makes. */
static size_t each_page(block_use *use) {
    static const char *const patterns[] = {"README.md", "CONTRIBUTING.md", "docs/*.md"};
    size_t count = 0;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        glob_t found;
        assert_int_equal(glob(patterns[i], 0, NULL, &found), 0);
        for (size_t j = 0; j < found.gl_pathc; j++)
            if (strcmp(found.gl_pathv[j], "docs/diagnostics.md") != 0)
                each_block(found.gl_pathv[j], use, &count);
        globfree(&found);
    }
    return count;
}

static document *parse_block(const char *path, const char *block) {
    diagnostics list = {0};
    document *parsed = document_parse(block, strlen(block), path, NULL, &list);
    for (size_t i = 0; i < list.count; i++)
        print_error("%s: %s\nin the block\n%s\n", path, list.items[i].message, block);
    diagnostics_free(&list);
    return parsed;
}

/* ---- Command lines ---- */

/*
 * The end of what a shell (`$NAME`, `${…}`, `$(…)`, `$((…))`) or GitHub (`${{ … }}`) puts something else for, or `at`
 * where nothing of the kind begins there.
 */
static const char *skip_expansion(const char *at) {
    if (*at != '$')
        return at;
    const char *end = at + 1;
    if (*end != '{' && *end != '(')
        return end + strspn(end, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");
    int depth = 0;
    do {
        depth += *end == '{' || *end == '(';
        depth -= *end == '}' || *end == ')';
    } while (*end++ != '\0' && depth > 0);
    return end;
}

/* Takes a word of a shell's command line, quotes removed, with `1` for what a shell or GitHub puts in. */
static const char *take_word(const char *at, text *word) {
    char quote = 0;
    for (; *at != '\0' && (quote != 0 || strchr(" \n;|&<>)", *at) == NULL);) {
        const char *end = quote == '\'' ? at : skip_expansion(at);
        if (end > at) {
            text_append_char(word, '1');
            at = end;
        } else if (*at == quote) {
            quote = 0;
            at++;
        } else if (quote == 0 && (*at == '\'' || *at == '"')) {
            quote = *at++;
        } else {
            text_append_char(word, *at++);
        }
    }
    return at;
}

/* Holds one command line, which begins at `at` with `arazzo`, against the table of options. */
static void check_command(const char *path, const char *at) {
    const char *line = at;
    char *words[WORDS + 1] = {0};
    int count = 0;
    while (*at != '\0' && strchr("\n;|&<>)", *at) == NULL && strncmp(at, "# ", 2) != 0) {
        if (at[0] == '\\' && at[1] == '\n') {
            at += 2;
        } else if (*at == ' ') {
            at++;
        } else {
            text word = TEXT_EMPTY;
            at = take_word(at, &word);
            assert_true(count < WORDS);
            words[count++] = text_take(&word, NULL);
        }
    }
    arena *memory = arena_new();
    command_options options;
    char *said = NULL;
    size_t length = 0;
    int status = 0;
    FILE *stream = open_memstream(&said, &length);
    assert_non_null(stream);
    const command *chosen =
        command_line_parse(&arazzo_program, count, words, memory, &options, NULL, stream, stream, &status);
    fclose(stream);
    if (chosen == NULL && status != 0)
        print_error("%s: %.*s\n%s", path, (int)strcspn(line, "\n"), line, said);
    assert_int_equal(status, 0);
    free(said);
    arena_free(memory);
    for (int i = 0; i < count; i++)
        free(words[i]);
}

/* Every `arazzo` at the beginning of a command in a script. */
static void check_script(const char *path, const char *script, size_t *count) {
    for (const char *at = script; (at = strstr(at, "arazzo ")) != NULL; at++) {
        const char *before = at;
        while (before > script && before[-1] == ' ')
            before--;
        bool begins = before == script || strchr("\n;|&('", before[-1]) != NULL ||
                      (before - script >= 4 && strncmp(before - 4, "exec", 4) == 0);
        if (!begins)
            continue;
        check_command(path, at);
        ++*count;
    }
}

static void check_strings(const char *path, const node *value, size_t *count) {
    for (size_t i = 0; i < node_count(value); i++)
        check_strings(path, node_type(value) == NODE_SEQUENCE ? node_item(value, i) : node_value(value, i), count);
    const char *string = node_string(value, NULL);
    if (string != NULL)
        check_script(path, string, count);
}

static void check_commands(const char *path, const char *language, const char *block, size_t *count) {
    if (strcmp(language, "sh") == 0 || strcmp(language, "groovy") == 0)
        check_script(path, block, count);
    if (strcmp(language, "yaml") != 0)
        return;
    document *parsed = parse_block(path, block);
    assert_non_null(parsed);
    check_strings(path, document_root(parsed), count);
    document_free(parsed);
}

static void test_command_lines_are_accepted(void **state) {
    (void)state;
    size_t count = each_page(check_commands);
    print_message("%zu command lines\n", count);
    assert_true(count >= 15);
}

/* ---- YAML and JSON ---- */

static void check_block(const char *path, const char *language, const char *block, size_t *count) {
    if (strcmp(language, "yaml") != 0 && strcmp(language, "json") != 0)
        return;
    document *parsed = parse_block(path, block);
    if (parsed == NULL)
        print_error("%s: this %s cannot be read:\n%s\n", path, language, block);
    assert_non_null(parsed);
    document_free(parsed);
    ++*count;
}

static void test_blocks_can_be_read(void **state) {
    (void)state;
    assert_true(each_page(check_block) >= 10);
}

/* ---- Links ---- */

typedef struct page_list {
    char *items[PAGES];
    size_t count;
} page_list;

static bool page_known(const page_list *pages, const char *path) {
    for (size_t i = 0; i < pages->count; i++)
        if (strcmp(pages->items[i], path) == 0)
            return true;
    return false;
}

/* Is there a heading whose anchor, as code hosts make it, is `anchor`? */
static bool has_heading(const char *path, const char *anchor) {
    char *page = read_page(path);
    bool found = false;
    for (char *line = strtok(page, "\n"); line != NULL && !found; line = strtok(NULL, "\n")) {
        if (line[0] != '#')
            continue;
        text made = TEXT_EMPTY;
        for (const char *at = line + strspn(line, "# "); *at != '\0'; at++) {
            if (*at == ' ')
                text_append_char(&made, '-');
            else if (strchr("`'\",.:()?!$/*&", *at) == NULL)
                text_append_char(&made, *at >= 'A' && *at <= 'Z' ? (char)(*at + 32) : *at);
        }
        found = strcmp(text_peek(&made), anchor) == 0;
        text_free(&made);
    }
    free(page);
    return found;
}

/* A link of the page `path`: there is such a file, with such a heading; pages are added to `pages`. */
static void follow_link(page_list *pages, const char *path, const char *target, size_t length) {
    char folder[256], link[256], whole[600];
    snprintf(folder, sizeof folder, "%s", path);
    snprintf(link, sizeof link, "%.*s", (int)length, target);
    char *anchor = strchr(link, '#');
    if (anchor != NULL)
        *anchor++ = '\0';
    const char *below = dirname(folder), *named = link;
    if (strncmp(named, "../", 3) == 0) {
        named += 3;
        below = ".";
    }
    if (link[0] == '\0')
        snprintf(whole, sizeof whole, "%s", path);
    else if (strcmp(below, ".") == 0)
        snprintf(whole, sizeof whole, "%s", named);
    else
        snprintf(whole, sizeof whole, "%s/%s", below, named);
    if (access(whole, R_OK) != 0)
        print_error("%s: the link to %.*s leads nowhere\n", path, (int)length, target);
    assert_int_equal(access(whole, R_OK), 0);
    size_t end = strlen(whole);
    bool is_page = end > 3 && strcmp(whole + end - 3, ".md") == 0;
    if (anchor != NULL && is_page && !has_heading(whole, anchor)) {
        print_error("%s: %s has no heading for #%s\n", path, whole, anchor);
        fail();
    }
    if (is_page && !page_known(pages, whole)) {
        assert_true(pages->count < PAGES);
        pages->items[pages->count++] = strdup(whole);
    }
}

static void test_every_page_is_reached(void **state) {
    (void)state;
    page_list pages = {.count = 1};
    pages.items[0] = strdup("README.md");
    for (size_t i = 0; i < pages.count; i++) {
        char *page = read_page(pages.items[i]);
        bool generated =
            strcmp(pages.items[i], "docs/diagnostics.md") == 0; /* its examples have brackets of their own */
        for (const char *at = page; !generated && (at = strstr(at, "](")) != NULL;) {
            at += 2;
            size_t length = strcspn(at, ")\n ");
            if (at[length] == ')' && strncmp(at, "http", 4) != 0)
                follow_link(&pages, pages.items[i], at, length);
        }
        free(page);
    }
    glob_t found;
    assert_int_equal(glob("docs/*.md", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        if (!page_known(&pages, found.gl_pathv[i]))
            print_error("no link leads from README.md to %s\n", found.gl_pathv[i]);
        assert_true(page_known(&pages, found.gl_pathv[i]));
    }
    globfree(&found);
    for (size_t i = 0; i < pages.count; i++)
        free(pages.items[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_can_be_read),
        cmocka_unit_test(test_command_lines_are_accepted),
        cmocka_unit_test(test_every_page_is_reached),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
