/* columns_test.c: how wide texts are on a terminal, and what of documents and servers may be printed at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/columns.h"
#include "engine/report/visible.h"

static void texts_have_widths(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t width;
    } rows[] = {
        {"", 0},
        {"abc", 3},
        {"\xC3\xA9", 1},                               /* é */
        {"e\xCC\x81", 1},                              /* e and a combining acute accent */
        {"\xCC\x81", 0},                               /* alone */
        {"\xE6\x97\xA5\xE6\x9C\xAC", 4},               /* CJK */
        {"\xED\x95\x9C", 2},                           /* Hangul syllable */
        {"\xEF\xBD\xB1", 1},                           /* halfwidth katakana */
        {"\xEF\xBC\xA1", 2},                           /* fullwidth A */
        {"\xF0\x9F\x98\x80", 2},                       /* an emoji */
        {"\xE2\x9C\x93 \xE2\x9C\x97 \xE2\x86\x92", 5}, /* ✓ ✗ → */
        {"\xE2\x80\x8B", 0},                           /* zero width space */
        {"\xF0\xA0\x80\x80", 2},                       /* an ideograph beyond the BMP */
        {"a\xFFz", 3},                                 /* not UTF-8 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (columns_count(rows[i].text, strlen(rows[i].text)) != rows[i].width)
            fail_msg("row %zu: %zu columns", i, columns_count(rows[i].text, strlen(rows[i].text)));
}

static void what_fits_is_whole(void **state) {
    (void)state;
    static const char written[] = "a\xE6\x97\xA5"
                                  "e\xCC\x81"
                                  "b";
    static const size_t fitting[] = {0, 1, 1, 4, 7, 8, 8};
    for (size_t most = 0; most < sizeof fitting / sizeof *fitting; most++)
        if (columns_fit(written, sizeof written - 1, most) != fitting[most])
            fail_msg("%zu columns: %zu bytes", most, columns_fit(written, sizeof written - 1, most));
}

static void controls_are_made_visible(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        const char *shown;
    } rows[] = {
        {"plain \xC3\xA9", 8, "plain \xC3\xA9"},
        {"\x1b[31m", 5, "\xE2\x90\x9B[31m"},
        {"a\0b", 3,
         "a\xE2\x90\x80"
         "b"},
        {"a\nb\r", 4,
         "a\xE2\x90\x8A"
         "b\xE2\x90\x8D"},
        {"a\tb", 3, "a    b"},
        {"\x7F", 1, "\xE2\x90\xA1"},
        {"\xC2\x9B"
         "31m",
         5,
         "\xEF\xBF\xBD"
         "31m"},
        {"\xE2\x80\xAE"
         "evil",
         7,
         "\xEF\xBF\xBD"
         "evil"},
        {"\xE2\x81\xA6\xE2\x80\xA8\xD8\x9C", 8, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"a\xC3", 2, "a\xEF\xBF\xBD"},
        {"\x9B"
         "31m",
         4,
         "\xEF\xBF\xBD"
         "31m"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        text shown = TEXT_EMPTY;
        append_visible(&shown, rows[i].bytes, rows[i].length);
        assert_string_equal(text_peek(&shown), rows[i].shown);
        text_free(&shown);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_have_widths),
        cmocka_unit_test(what_fits_is_whole),
        cmocka_unit_test(controls_are_made_visible),
    };
    return cmocka_run_group_tests_name("columns", tests, NULL, NULL);
}
