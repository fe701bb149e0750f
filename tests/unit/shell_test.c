/* shell_test.c: running a command line, as the tests of the command do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/shell.h"

static void status_and_output_are_kept(void **state) {
    (void)state;
    static const struct {
        const char *command;
        const char *output;
        int status;
    } rows[] = {
        {"echo a; echo b >&2; exit 7", "a\nb\n", 7},
        {"cat", "", 0},
        {"kill -TERM $$", "", 143},
        {"exec no-such-command-at-all 2>/dev/null", "", 127},
        {"sleep 1000 & exit 1", "", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        text output = TEXT_EMPTY;
        shell_result result;
        assert_true(shell_run(rows[i].command, 20, &output, &result));
        assert_string_equal(text_peek(&output), rows[i].output);
        assert_int_equal(result.status, rows[i].status);
        assert_false(result.timed_out);
        text_free(&output);
    }
}

static void large_output_is_whole(void **state) {
    (void)state;
    text output = TEXT_EMPTY;
    shell_result result;
    assert_true(shell_run("head -c 3000000 /dev/zero", 20, &output, &result));
    assert_int_equal(output.length, 3000000);
    text_free(&output);
}

static void what_takes_too_long_is_killed_with_its_children(void **state) {
    (void)state;
    static const char *const commands[] = {"echo begun; sleep 1000 | sleep 1000",
                                           "echo begun; exec >&- 2>&-; sleep 1000"};
    for (size_t i = 0; i < 2; i++) {
        text output = TEXT_EMPTY;
        shell_result result;
        assert_true(shell_run(commands[i], 1, &output, &result));
        assert_true(result.timed_out);
        assert_int_equal(result.status, 137);
        assert_string_equal(text_peek(&output), "begun\n");
        text_free(&output);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_and_output_are_kept),
        cmocka_unit_test(large_output_is_whole),
        cmocka_unit_test(what_takes_too_long_is_killed_with_its_children),
    };
    return cmocka_run_group_tests_name("shell", tests, NULL, NULL);
}
