/* base_test.c: base/: arena, text, UTF-8, nearest names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/nearest.h"
#include "base/text.h"
#include "base/utf8.h"

static void arena_pieces_are_zeroed_and_apart(void **state) {
    (void)state;
    arena *memory = arena_new();
    assert_non_null(memory);
    for (size_t size = 1; size < 100000; size = size * 3 + 1) {
        unsigned char *a = arena_alloc(memory, size);
        unsigned char *b = arena_alloc(memory, size);
        assert_non_null(a);
        assert_non_null(b);
        assert_int_equal((uintptr_t)a % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(a[i] | b[i], 0);
        memset(a, 0xFF, size);
        assert_int_equal(b[0] | b[size - 1], 0);
    }
    assert_null(arena_alloc(memory, SIZE_MAX));
    assert_null(arena_array(memory, SIZE_MAX / 2, 3));
    assert_string_equal(arena_copy(memory, "stream", 3), "str");
    arena_free(memory);
}

static void lists_grow_in_an_arena(void **state) {
    (void)state;
    arena *memory = arena_new();
    size_t *items = NULL, count = 0, capacity = 0;
    for (size_t i = 0; i < 1000; i++) {
        size_t *room = arena_room(memory, items, count, &capacity, sizeof *items);
        assert_non_null(room);
        assert_true(room == items || count == 0 || capacity == 2 * count);
        assert_true(capacity > count);
        items = room;
        items[count++] = i;
    }
    for (size_t i = 0; i < count; i++)
        assert_int_equal(items[i], i);
    size_t full = SIZE_MAX / 2 + 1;
    assert_null(arena_room(memory, items, full, &full, sizeof *items));
    assert_int_equal(full, SIZE_MAX / 2 + 1);
    arena_free(memory);
}

static void text_grows_and_is_taken(void **state) {
    (void)state;
    text out = TEXT_EMPTY;
    assert_string_equal(text_peek(&out), "");
    for (int i = 0; i < 1000; i++)
        text_append_format(&out, "%d,", i % 10);
    text_append_code_point(&out, 0x1F600);
    text_append_code_point(&out, 0xD800);
    assert_int_equal(out.length, 2000 + 4 + 3);
    text_truncate(&out, 3);
    text_append_char(&out, '\0');
    size_t length;
    char *taken = text_take(&out, &length);
    assert_memory_equal(taken, "0,1\0", 5);
    assert_int_equal(length, 4);
    free(taken);
    taken = text_take(&out, NULL);
    assert_string_equal(taken, "");
    free(taken);
}

static void utf8_is_strict(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t bad;
    } rows[] = {
        {"abc", SIZE_MAX},
        {"\xC3\xA9", SIZE_MAX},
        {"\xE2\x82\xAC", SIZE_MAX},
        {"\xF0\x9F\x98\x80", SIZE_MAX},
        {"\xF4\x8F\xBF\xBF", SIZE_MAX},
        {"a\x80", 1},
        {"\xC0\x80", 0},
        {"\xE0\x80\x80", 0},
        {"\xED\xA0\x80", 0},
        {"\xF4\x90\x80\x80", 0},
        {"ab\xE2\x82", 2},
        {"\xFF", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t bad = SIZE_MAX;
        assert_int_equal(utf8_valid(rows[i].bytes, strlen(rows[i].bytes), &bad), rows[i].bad == SIZE_MAX);
        assert_int_equal(bad, rows[i].bad);
    }
    for (uint32_t code_point = 0; code_point <= 0x10FFFF; code_point += code_point < 0x3000 ? 1 : 251) {
        if (code_point >= 0xD800 && code_point < 0xE000)
            continue;
        char bytes[4];
        uint32_t back;
        size_t size = utf8_encode(code_point, bytes);
        assert_int_equal(utf8_decode(bytes, size, &back), size);
        assert_int_equal(back, code_point);
    }
    assert_int_equal(utf8_count("a\xC3\xA9\xF0\x9F\x98\x80", 7), 3);
}

static const char *nearest_of(const char *wanted, const char *const *candidates) {
    nearest search;
    nearest_start(&search, wanted, strlen(wanted));
    for (; *candidates != NULL; candidates++)
        nearest_try(&search, *candidates);
    return search.best;
}

static void nearest_finds_what_was_meant(void **state) {
    (void)state;
    const char *const names[] = {"listStreams", "createStream", "getEvent", "body", "header", NULL};
    assert_string_equal(nearest_of("listStream", names), "listStreams");
    assert_string_equal(nearest_of("lsitStreams", names), "listStreams");
    assert_string_equal(nearest_of("boddy", names), "body");
    assert_string_equal(nearest_of("GETEVENT", names), "getEvent");
    assert_null(nearest_of("deleteEverything", names));
    assert_null(nearest_of("x", names));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_pieces_are_zeroed_and_apart), cmocka_unit_test(lists_grow_in_an_arena),
        cmocka_unit_test(text_grows_and_is_taken),           cmocka_unit_test(utf8_is_strict),
        cmocka_unit_test(nearest_finds_what_was_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
