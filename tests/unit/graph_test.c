/*
 * graph_test.c: Graphviz takes what `arazzo graph` writes: of a document that tries to break out of its quotes, and of
 * every document of the corpus. Skipped where there is no `dot`, or no corpus.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/command.h"
#include "tests/support/shell.h"

static bool shell_good(const char *command, text *output) {
    shell_result result;
    assert_true(shell_run(command, 120, output, &result));
    return result.status == 0;
}

static void skip_without_dot(void) {
    text output = TEXT_EMPTY;
    bool there = shell_good("command -v dot", &output);
    text_free(&output);
    if (!there) {
        print_message("skipped: there is no 'dot' (Graphviz)\n");
        skip();
    }
}

static void svg_is_drawn(void **state) {
    (void)state;
    skip_without_dot();
    command_result result = command_run("graph tests/tables/graph.arazzo.yaml main --format svg");
    assert_int_equal(result.status, 0);
    assert_string_equal(result.err, "");
    static const char *const parts[] = {"<svg", "</svg>", ">first<", ">workflow setup<",
                                        "&quot;]; x &lt;b&gt;&amp;lt;\\|`#quot;"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(result.out, parts[i]) == NULL)
            fail_msg("there is no %s in\n%s", parts[i], result.out);
    command_result_free(&result);
}

static void dot_takes_the_corpus(void **state) {
    (void)state;
    skip_without_dot();
    const char *shared = getenv("SHARED");
    text find = TEXT_EMPTY, files = TEXT_EMPTY;
    text_append_format(&find,
                       "find '%s/corpus' -type f -name '*.y*ml' -exec grep -lE '^arazzo *:' {} + 2>/dev/null | sort",
                       shared == NULL ? "../shared" : shared);
    shell_good(find.bytes, &files);
    text_free(&find);
    if (files.length == 0) {
        text_free(&files);
        print_message("skipped: the corpus is not at hand (SHARED)\n");
        skip();
    }
    size_t count = 0;
    for (char *file = strtok(files.bytes, "\n"); file != NULL; file = strtok(NULL, "\n"), count++) {
        command_result result = command_run("graph '%s' --format dot | dot -Tsvg -o /dev/null", file);
        if (result.status != 0 || result.err[0] != '\0')
            fail_msg("%s: %d %s", file, result.status, result.err);
        command_result_free(&result);
    }
    print_message("%zu documents\n", count);
    assert_true(count > 100);
    text_free(&files);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(svg_is_drawn),
        cmocka_unit_test(dot_takes_the_corpus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
