/*
 * diagnostic_test.c: a list of diagnostics owns all that is in it: what it was given may be gone, and its memory may
 * hold anything (a body, with secrets that nobody masks in a code), when the list is read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "engine/diagnostic.h"

static void what_is_given_is_copied(void **state) {
    (void)state;
    enum { FILE_NAME, OTHER_FILE, CODE, HELP, MESSAGE, GIVEN };
    char given[GIVEN][16] = {"a.yaml", "b.yaml", "W0101", "do so", "it is so"};
    diagnostics list;
    assert_true(diagnostics_init(&list));
    diagnostic *entry = diagnose(&list, given[CODE], (place){.file = given[FILE_NAME], .line = 3, .column = 4},
                                 given[HELP], "%s", given[MESSAGE]);
    diagnostic_relate(&list, entry, (place){.file = given[OTHER_FILE], .line = 5, .column = 6}, "said here");
    assert_int_equal(list.count, 1);
    memset(given, '#', sizeof given);
    const diagnostic *kept = &list.items[0];
    assert_string_equal(kept->code, "W0101");
    assert_string_equal(kept->where.file, "a.yaml");
    assert_string_equal(kept->help, "do so");
    assert_string_equal(kept->message, "it is so");
    assert_string_equal(kept->related.where.file, "b.yaml");
    assert_int_equal(kept->severity, DIAGNOSTIC_WARNING);
    diagnostics_free(&list);
}

/* As an attempt's diagnostics are handed on to their document's list, before the attempt is freed. */
static void an_entry_outlives_the_list_it_comes_from(void **state) {
    (void)state;
    diagnostics first, second;
    assert_true(diagnostics_init(&first) && diagnostics_init(&second));
    diagnose(&first, "E0500", (place){.file = "a.yaml", .line = 1, .column = 1}, "help", "message");
    const diagnostic *one = &first.items[0];
    diagnose(&second, one->code, one->where, one->help, "%s", one->message);
    diagnostics_free(&first);
    assert_string_equal(second.items[0].code, "E0500");
    assert_string_equal(second.items[0].where.file, "a.yaml");
    assert_string_equal(second.items[0].help, "help");
    assert_string_equal(second.items[0].message, "message");
    assert_false(diagnostics_clean(&second));
    diagnostics_free(&second);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_given_is_copied),
        cmocka_unit_test(an_entry_outlives_the_list_it_comes_from),
    };
    return cmocka_run_group_tests_name("diagnostic", tests, NULL, NULL);
}
