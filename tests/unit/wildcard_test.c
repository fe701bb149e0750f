/* wildcard_test.c: the matcher that transcripts stand on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/wildcard.h"

static line of(const char *string) {
    return (line){string, strlen(string)};
}

static void lines_match_as_documented(void **state) {
    (void)state;
    static const struct {
        const char *expected;
        const char *got;
        bool matches;
    } rows[] = {
        {"", "", true},
        {"", "a", false},
        {"a", "", false},
        {"abc", "abc", true},
        {"abc", "abd", false},
        {"abc", "abcd", false},
        {"⟨any⟩", "", true},
        {"⟨any⟩", "anything at all", true},
        {"a⟨any⟩c", "abbc", true},
        {"a⟨any⟩c", "abb", false},
        {"⟨any⟩b⟨any⟩b", "abab", true},
        {"⟨any⟩b⟨any⟩b", "aba", false},
        {"⟨number⟩", "-1.5e+10", true},
        {"⟨number⟩ items", "12 items", true},
        {"⟨number⟩", "", false},
        {"⟨number⟩", "+1", false},
        {"⟨number⟩", "01", false},
        {"⟨number⟩", "1.", false},
        {"⟨number⟩.", "1.", true},
        {"⟨number⟩e", "1e", true},
        {"⟨number⟩5", "15", true},
        {"⟨number⟩", "abc", false},
        {"http://127.0.0.1:⟨port⟩/", "http://127.0.0.1:49152/", true},
        {"⟨port⟩", "123456", false},
        {"⟨port⟩", "", false},
        {"in ⟨ms⟩.", "in 1.9 ms.", true},
        {"⟨ms⟩", "0.3 µs", true},
        {"⟨ms⟩", "2s", true},
        {"⟨ms⟩", "1 min", true},
        {"⟨ms⟩", "2", false},
        {"⟨ms⟩", "ms", false},
        {"⟨ms⟩", "2  ms", false},
        {"⟨ms⟩", "2 hours", false},
        {"⟨other⟩", "x", false},
        {"⟨other⟩", "⟨other⟩", true},
        {"⟨any", "⟨any", true},
        {"⟨...⟩", "x", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (wildcard_line(of(rows[i].expected), of(rows[i].got)) != rows[i].matches)
            fail_msg("'%s' and '%s'", rows[i].expected, rows[i].got);
    }
}

static size_t split(const char *letters, line *lines) {
    size_t count = 0;
    for (; *letters != '\0'; letters++)
        lines[count++] = *letters == '*' ? of("⟨...⟩") : *letters == '?' ? of("⟨any⟩") : (line){letters, 1};
    return count;
}

/* A letter is a line, `?` a line of any text, `*` any number of lines. */
static void outputs_match_as_documented(void **state) {
    (void)state;
    static const struct {
        const char *expected;
        const char *got;
        bool matches;
    } rows[] = {
        {"", "", true},        {"", "a", false},         {"a", "", false},        {"*", "", true},
        {"*", "abc", true},    {"a*", "a", true},        {"a*", "b", false},      {"*c", "abc", true},
        {"*c", "abcd", false}, {"*b*", "aba", true},     {"a*b*c", "abbc", true}, {"a*b*c", "ac", false},
        {"**", "a", true},     {"a?c", "abc", true},     {"a?c", "ac", false},    {"*ab", "aab", true},
        {"*?", "", false},     {"*abd", "abcabd", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        line expected[10], got[10];
        size_t expected_count = split(rows[i].expected, expected), got_count = split(rows[i].got, got);
        if (wildcard_lines(expected, expected_count, got, got_count) != rows[i].matches)
            fail_msg("'%s' and '%s'", rows[i].expected, rows[i].got);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_match_as_documented),
        cmocka_unit_test(outputs_match_as_documented),
    };
    return cmocka_run_group_tests_name("wildcard", tests, NULL, NULL);
}
