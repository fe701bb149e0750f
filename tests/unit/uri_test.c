/* uri_test.c: resolution by the examples of RFC 3986, sections 5.4.1 and 5.4.2, fragments, and paths as URIs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "engine/uri.h"

static int open_memory(void **state) {
    *state = arena_new();
    return *state == NULL;
}

static int close_memory(void **state) {
    arena_free(*state);
    return 0;
}

static void references_resolve(void **state) {
    static const char base[] = "http://a/b/c/d;p?q";
    static const char *const rows[][2] = {
        /* 5.4.1 */
        {"g:h", "g:h"},
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q#s"},
        {"g#s", "http://a/b/c/g#s"},
        {"g?y#s", "http://a/b/c/g?y#s"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y#s"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../", "http://a/"},
        {"../../g", "http://a/g"},
        /* 5.4.2 */
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"g#s/./x", "http://a/b/c/g#s/./x"},
        {"g#s/../x", "http://a/b/c/g#s/../x"},
        {"http:g", "http:g"},
        /* What documents write all the same. */
        {"a b/\xC3\xA9.yaml#/x|y", "http://a/b/c/a%20b/%C3%A9.yaml#/x%7Cy"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *made = uri_resolve(base, rows[i][0], *state);
        assert_non_null(made);
        assert_string_equal(made, rows[i][1]);
    }
}

static void what_is_no_reference_is_nothing(void **state) {
    bool no_memory = true;
    assert_null(uri_resolve_reporting("http://a/", "http://[x/", *state, &no_memory));
    assert_false(no_memory);
    assert_null(uri_resolve("relative/base", "g", *state));
    assert_null(uri_resolve("", "g", *state));
    assert_string_equal(uri_resolve("", "http://b/x/../y", *state), "http://b/y");
}

static void absolute_is_what_has_a_scheme(void **state) {
    (void)state;
    assert_true(uri_is_absolute("https://a"));
    assert_true(uri_is_absolute("file:///a"));
    assert_true(uri_is_absolute("urn:x"));
    assert_true(uri_is_absolute("a+b-c.d:x"));
    assert_false(uri_is_absolute("//a/b"));
    assert_false(uri_is_absolute("/a:b"));
    assert_false(uri_is_absolute("./a:b"));
    assert_false(uri_is_absolute("1a:b"));
    assert_false(uri_is_absolute(""));
    assert_false(uri_is_absolute("a"));
}

static void fragments_are_split_off_and_decoded(void **state) {
    static const struct {
        const char *uri;
        const char *without;
        const char *fragment;
    } rows[] = {{"a.yaml", "a.yaml", NULL},
                {"a.yaml#", "a.yaml", ""},
                {"#/paths/~1a~1%7Bid%7D/get", "", "/paths/~1a~1{id}/get"},
                {"http://x/a?b#/%C3%A9", "http://x/a?b", "/\xC3\xA9"},
                {"a#%zz%4", "a", "%zz%4"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *fragment;
        assert_string_equal(uri_split_fragment(rows[i].uri, &fragment, *state), rows[i].without);
        if (rows[i].fragment == NULL)
            assert_null(fragment);
        else
            assert_string_equal(fragment, rows[i].fragment);
    }
    assert_string_equal(uri_split_fragment("a#b", NULL, *state), "a");
}

static void paths_are_uris(void **state) {
    static const char *const rows[][2] = {
        {"/a/b.yaml", "file:///a/b.yaml"},
        {"/a b/\xC3\xA9#1?.yaml", "file:///a%20b/%C3%A9%231%3F.yaml"},
        {"/100%/[x]", "file:///100%25/%5Bx%5D"},
        {"/", "file:///"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *uri = uri_from_path(rows[i][0], *state);
        assert_non_null(uri);
        assert_string_equal(uri, rows[i][1]);
        assert_string_equal(uri_to_path(uri, *state), rows[i][0]);
    }
    assert_string_equal(uri_from_path("/a/./b/../c", *state), "file:///a/c");
    assert_null(uri_from_path("a/b", *state));
    assert_string_equal(uri_to_path("file://localhost/a", *state), "/a");
    assert_string_equal(uri_to_path("FILE:/a", *state), "/a");
    assert_string_equal(uri_to_path("file:///a#b", *state), "/a");
    assert_null(uri_to_path("file://host/a", *state));
    assert_null(uri_to_path("file:a", *state));
    assert_null(uri_to_path("http://a/b", *state));
    assert_null(uri_to_path("file:///etc/passwd%00.yaml", *state));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(references_resolve, open_memory, close_memory),
        cmocka_unit_test_setup_teardown(what_is_no_reference_is_nothing, open_memory, close_memory),
        cmocka_unit_test(absolute_is_what_has_a_scheme),
        cmocka_unit_test_setup_teardown(fragments_are_split_off_and_decoded, open_memory, close_memory),
        cmocka_unit_test_setup_teardown(paths_are_uris, open_memory, close_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
