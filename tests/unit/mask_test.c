/* mask_test.c: secrets don't turn up in what is printed, in no spelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "engine/report/mask.h"
#include "tests/support/spelling.h"

static mask *of(const char *const *secrets) {
    mask *hidden = mask_new();
    assert_non_null(hidden);
    for (; *secrets != NULL; secrets++)
        assert_true(mask_add(hidden, *secrets, strlen(*secrets)));
    return hidden;
}

static void check(const mask *hidden, const char *in, const char *expected) {
    text out = TEXT_EMPTY;
    mask_text(hidden, in, strlen(in), &out);
    assert_string_equal(text_peek(&out), expected);
    text_free(&out);
}

typedef struct row {
    const char *secrets[4];
    const char *in;
    const char *expected;
} row;

static void texts_are_masked(void **state) {
    (void)state;
    static const row rows[] = {
        {{NULL}, "nothing is secret", "nothing is secret"},
        {{"", NULL}, "an empty value", "an empty value"},
        {{"hunter2", NULL}, "hunter2", "***"},
        {{"hunter2", NULL}, "a hunter2, hunter2hunter2 hunter", "a ***, ****** hunter"},
        {{"hunter2", NULL}, "Hunter2 hunter", "Hunter2 hunter"},
        {{"aaaa", NULL}, "aaaaaa", "***"},
        /* percent-encoding, RFC 3986 and of forms, upper and lower case, needed or not */
        {{"p&s w/d", NULL}, "x=p%26s%20w%2Fd&y", "x=***&y"},
        {{"p&s w/d", NULL}, "x=p%26s+w%2fd&y", "x=***&y"},
        {{"p&s w/d", NULL}, "x=p&s%20w/d&y", "x=***&y"},
        {{"p&s w/d", NULL}, "x=%70%26%73%20%77%2F%64", "x=***"},
        {{"p\xC3\xA9ss", NULL}, "p%C3%A9ss p%c3%a9ss p\xC3\xA9ss", "*** *** ***"},
        {{"100%41x", NULL}, "100%41x 100%2541x", "*** ***"},
        {{"a+bc", NULL}, "a+bc a%2Bbc a bc", "*** *** a bc"},
        {{"ab%", NULL}, "[ab%] [ab%25]", "[***] [***]"},
        /* cut short by who wrote the message */
        {{"hunter2hunter2", NULL}, "is \"hunter2h…, must", "is \"***…, must"},
        {{"hunter2hunter2", NULL}, "hun… hunter2h hunter2h...", "hun… hunter2h hunter2h..."},
        /* JSON */
        {{"a\"b\\c/d\n", NULL}, "\"a\\\"b\\\\c/d\\n\"", "\"***\""},
        {{"a\"b\\c/d\n", NULL}, "\"a\\u0022b\\u005Cc\\/d\\u000a\"", "\"***\""},
        {{"p\xC3\xA9ss", NULL}, "\"p\\u00e9ss\" \"p\\u00E9ss\"", "\"***\" \"***\""},
        {{"\xF0\x9F\x98\x80 key", NULL},
         "\"\\ud83d\\ude00 key\" \"\\ud83d\\ude01 key\"",
         "\"***\" \"\\ud83d\\ude01 key\""},
        {{"\\\"\\n", NULL}, "\\\"\\n \\\\\\\"\\\\n", "*** ***"},
        {{"a\\nbc", NULL}, "a\\nbc a\\\\nbc a\nbc", "*** *** a\nbc"},
        {{"p/%2F&", NULL}, "p\\/%252F%26", "***"},
        /* Base64: what the value alone decides and the characters that it decides in part */
        {{"secret", NULL}, "c2VjcmV0", "***"},
        {{"secret", NULL}, "dXNlcjpzZWNyZXQ= eHNlY3JldA== eHlzZWNyZXR6", "dXNlcj***= e***== eH***6"},
        {{"\xFB\xEF\xBE\xFB\xEF\xBF", NULL}, "+++++++/ ----", "*** ----"},
        {{"\xFB\xEF\xBE\xFF\xFF\xFF", NULL}, "++++//// ----____ %2B%2B%2B%2B%2F%2f// +\\/", "*** *** *** +\\/"},
        /* XML and HTML */
        {{"a<b>&\"c'", NULL},
         "a&lt;b&gt;&amp;&quot;c&apos; a&#60;b&#x3E;&#38;&#x22;c&#39; a<b>&#0038;&quot;c'",
         "*** *** ***"},
        {{"p\xC3\xA9ss", NULL}, "p&#233;ss p&#xe9;ss p&#xE9;ss &#112;&#233;ss", "*** *** *** ***"},
        {{"a&amp;b", NULL}, "a&amp;b a&amp;amp;b a&b", "*** *** a&b"},
        /* shells, JavaScript, Python */
        {{"it's so", NULL}, "'it'\\''s so' 'it'\"'\"'s so' 'it\\'s so' it\\x27s\\x20so", "'***' '***' '***' ***"},
        /* one within another */
        {{"a\"b\\", NULL}, "{\"k\":\"{\\\"k\\\":\\\"a\\\\\\\"b\\\\\\\\\\\"}\"}", "{\"k\":\"{\\\"k\\\":\\\"***\\\"}\"}"},
        {{"p\xC3\xA9ss", NULL}, "p\\\\u00e9ss p%5Cu00e9ss p%25C3%25A9ss p&amp;#233;ss", "*** *** *** ***"},
        {{"a b&c", NULL}, "u=a%2520b%2526c&v=a%2Bb%2526c", "u=***&v=***"},
        {{"\xF0\x9F\x98\x80 key", NULL}, "\\\\ud83d\\\\ude00 key", "***"},
        /* almost */
        {{"a&b;c", NULL}, "a&amp;b; a&amp b;c a&#38b;c a&#;b;c", "a&amp;b; a&amp b;c a&#38b;c a&#;b;c"},
        {{"abcdefgh", NULL}, "abcdef\xE2\x80\xA6 abc\xE2\x80\xA6", "***\xE2\x80\xA6 abc\xE2\x80\xA6"},
        /* what overlaps is one, whatever comes first */
        {{"abcd", "bcdefgh", NULL}, "abcdefgh", "***"},
        {{"abcd", "abcdefgh", NULL}, "abcdefgh abcd", "*** ***"},
        {{"cdef", "abcdefgh", NULL}, "abcdefgh", "***"},
        /* short values as words only */
        {{"12", NULL},
         "12 212 12a 1 pin=12& \"12\" a_12 \xC3\xA9"
         "12",
         "*** 212 12a 1 pin=***& \"***\" a_12 \xC3\xA9"
         "12"},
        {{"!a", NULL}, "%21a&!a", "***&***"},
        {{"hi", NULL}, "aGk= aGkx", "*** aGkx"},
        {{"x", NULL}, "x=xx", "***=xx"},
        /* a line of several */
        {{"-----BEGIN-----\r\nMIIEvQIBADAN\r\nabc\n", NULL}, "  > MIIEvQIBADAN\n  > abc\n", "  > ***\n  > abc\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        mask *hidden = of(rows[i].secrets);
        check(hidden, rows[i].in, rows[i].expected);
        mask_free(hidden);
    }
    check(NULL, "no mask", "no mask");
}

/* ---- Every encoder, every alignment ---- */

/* A small generator of numbers, so that a failure can be repeated. */
static unsigned next(unsigned *seed) {
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16;
}

static void append_random(text *out, unsigned *seed, size_t length) {
    static const uint32_t special[] = {'\'', '<',  '"', '\\', '/',    '%',     '+', ' ',
                                       '&',  '\n', '=', 0xE9, 0x20AC, 0x1F600, '~', 1};
    for (size_t i = 0; i < length; i++) {
        unsigned draw = next(seed);
        text_append_code_point(out, draw % 3 == 0 ? special[draw / 3 % (sizeof special / sizeof *special)]
                                                  : 'a' + draw / 3 % 26);
    }
}

enum { WITHIN = 6 };

/* One encoding within another, as an echo of a request has it. */
static void append_twice(text *out, const char *bytes, size_t length, unsigned way) {
    text inner = TEXT_EMPTY;
    if (way == 1 || way == 5)
        spell_percent(&inner, bytes, length, way == 1 ? 0 : 3);
    else
        spell_bare_json(&inner, bytes, length, way == 3 ? JSON_ENSURE_ASCII : 0);
    const char *whole = text_peek(&inner);
    if (way == 0)
        spell_bare_json(out, whole, inner.length, JSON_ESCAPE_SLASH);
    else if (way == 1 || way == 2 || way == 3)
        spell_percent(out, whole, inner.length, way);
    else if (way == 4)
        spell_markup(out, whole, inner.length, true);
    else
        spell_shell(out, whole, inner.length);
    text_free(&inner);
}

static void no_combination_gets_through(void **state) {
    (void)state;
    unsigned seed = 11;
    for (int round = 0; round < 3000; round++) {
        text secret = TEXT_EMPTY, whole = TEXT_EMPTY, written = TEXT_EMPTY, out = TEXT_EMPTY, alone = TEXT_EMPTY;
        append_random(&secret, &seed, 4 + next(&seed) % 30);
        text_append_string(&whole, "k'\"&: ");
        text_append(&whole, secret.bytes, secret.length);
        text_append_string(&whole, " '\"&");
        mask *hidden = mask_new();
        assert_true(mask_add(hidden, secret.bytes, secret.length));
        unsigned way = next(&seed) % (WITHIN + 3);
        const text *from[] = {&whole, &secret};
        text *to[] = {&written, &alone};
        for (size_t i = 0; i < 2; i++) {
            if (way < WITHIN)
                append_twice(to[i], from[i]->bytes, from[i]->length, way);
            else if (way < WITHIN + 2)
                spell_markup(to[i], from[i]->bytes, from[i]->length, way == WITHIN);
            else
                spell_shell(to[i], from[i]->bytes, from[i]->length);
        }
        mask_text(hidden, written.bytes, written.length, &out);
        assert_non_null(strstr(text_peek(&written), text_peek(&alone)));
        if (strstr(text_peek(&out), text_peek(&alone)) != NULL || strstr(text_peek(&out), "***") == NULL)
            fail_msg("round %d, way %u: '%s' in '%s'", round, way, text_peek(&alone), text_peek(&out));
        mask_free(hidden);
        text_free(&secret);
        text_free(&whole);
        text_free(&written);
        text_free(&out);
        text_free(&alone);
    }
}

static void no_spelling_gets_through(void **state) {
    (void)state;
    unsigned seed = 7;
    for (int round = 0; round < 3000; round++) {
        text secret = TEXT_EMPTY, whole = TEXT_EMPTY, written = TEXT_EMPTY, out = TEXT_EMPTY, alone = TEXT_EMPTY;
        append_random(&secret, &seed, 4 + next(&seed) % 30);
        append_random(&whole, &seed, next(&seed) % 7);
        size_t before = whole.length;
        text_append(&whole, secret.bytes, secret.length);
        append_random(&whole, &seed, next(&seed) % 7);
        mask *hidden = mask_new();
        assert_true(mask_add(hidden, secret.bytes, secret.length));
        unsigned way = next(&seed) % 10;
        if (way < 4) {
            spell_percent(&written, whole.bytes, whole.length, way);
            spell_percent(&alone, secret.bytes, secret.length, way);
        } else if (way < 6) {
            spell_base64(&written, whole.bytes, whole.length, way == 4);
            /* characters that the secret decides, in place */
            size_t first = (before * 8 + 5) / 6, end = (before + secret.length) * 8 / 6;
            text_append(&alone, written.bytes + first, end - first);
        } else if (way < 9) {
            size_t flags = way == 6 ? 0 : way == 7 ? JSON_ENSURE_ASCII : JSON_ESCAPE_SLASH;
            spell_json(&written, whole.bytes, whole.length, flags);
            spell_json(&alone, secret.bytes, secret.length, flags);
            memmove(alone.bytes, alone.bytes + 1, alone.length - 2);
            text_truncate(&alone, alone.length - 2);
        } else {
            text_append(&written, whole.bytes, whole.length);
            text_append(&alone, secret.bytes, secret.length);
        }
        mask_text(hidden, written.bytes, written.length, &out);
        assert_non_null(strstr(text_peek(&written), text_peek(&alone)));
        if (strstr(text_peek(&out), text_peek(&alone)) != NULL || strstr(text_peek(&out), "***") == NULL)
            fail_msg("round %d, way %u: '%s' in '%s'", round, way, text_peek(&alone), text_peek(&out));
        mask_free(hidden);
        text_free(&secret);
        text_free(&whole);
        text_free(&written);
        text_free(&out);
        text_free(&alone);
    }
}

/* ---- Values and headers ---- */

static void check_json(const mask *hidden, const char *in, const char *expected) {
    json_t *value = json_loads(in, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL),
           *wanted = json_loads(expected, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    assert_non_null(value);
    assert_non_null(wanted);
    json_t *masked = mask_json(hidden, value);
    assert_non_null(masked);
    char *shown = json_dumps(masked, JSON_ENCODE_ANY | JSON_COMPACT);
    char *right = json_dumps(wanted, JSON_ENCODE_ANY | JSON_COMPACT);
    assert_string_equal(shown, right);
    free(shown);
    free(right);
    json_decref(masked);
    json_decref(value);
    json_decref(wanted);
}

static void values_are_masked(void **state) {
    (void)state;
    static const char *const secrets[] = {"hunter2", "12345", "a\"b\\", "p\xC3\xA9ss", "7", NULL};
    mask *hidden = of(secrets);
    check_json(hidden, "{\"a\": [\"x hunter2\", {\"hunter2\": null}], \"b\": \"a\\\"b\\\\\", \"c\": true, \"d\": 1.5}",
               "{\"a\": [\"x ***\", {\"***\": null}], \"b\": \"***\", \"c\": true, \"d\": 1.5}");
    check_json(hidden, "{\"a\": 12345, \"b\": 912345, \"c\": 1234, \"d\": 7, \"e\": 17, \"f\": \"7\"}",
               "{\"a\": \"***\", \"b\": \"9***\", \"c\": 1234, \"d\": \"***\", \"e\": 17, \"f\": \"***\"}");
    check_json(hidden, "\"p\\u00e9ss\\u0000p\\u00e9ss\"", "\"***\\u0000***\"");
    check_json(hidden, "[]", "[]");
    mask_free(hidden);
}

static void sensitive_headers_are_hidden(void **state) {
    (void)state;
    mask *hidden = mask_new();
    assert_true(mask_add_header_name(hidden, "X-Api-Key"));
    assert_true(mask_add_header_name(hidden, "x-api-key"));
    check_json(hidden,
               "{\"request\": {\"headers\": {\"authorization\": \"Bearer x\", \"X-API-Key\": [\"k\", \"l\"], "
               "\"Accept\": \"*/*\"}, \"body\": {\"cookie\": \"chocolate\"}}}",
               "{\"request\": {\"headers\": {\"authorization\": \"***\", \"X-API-Key\": \"***\", "
               "\"Accept\": \"*/*\"}, \"body\": {\"cookie\": \"chocolate\"}}}");
    assert_true(mask_hides_header(hidden, "SET-cookie"));
    assert_false(mask_hides_header(hidden, "Cookies"));
    assert_false(mask_hides_header(NULL, "Cookie"));
    mask_free(hidden);
}

static void what_sensitive_headers_carry_is_secret_elsewhere(void **state) {
    (void)state;
    mask *hidden = mask_new();
    assert_true(mask_add_header(hidden, "Authorization", "Bearer tok-123-456"));
    assert_true(mask_add_header(hidden, "cookie", "theme=1; session=abcdef0123; other=98765432"));
    assert_true(mask_add_header(hidden, "Set-Cookie", "id=fedcba9876; Path=/somewhere"));
    assert_true(mask_add_header(hidden, "Accept", "application/json"));
    check(hidden, "tok-123-456", "***");
    check(hidden, "a abcdef0123 1 98765432 fedcba9876 /somewhere application/json",
          "a *** 1 *** *** /somewhere application/json");
    mask_free(hidden);
}

static void structures_can_be_secret(void **state) {
    (void)state;
    mask *hidden = mask_new();
    json_t *value = json_loads("{\"user\": \"alice-b\", \"keys\": [12345678, true, {\"k\": \"s3cr3t\"}]}", 0, NULL);
    assert_true(mask_add_json(hidden, value));
    check(hidden, "user alice-b 12345678 s3cr3t true", "user *** *** *** true");
    json_decref(value);
    mask_free(hidden);
}

/* A made-up token is a word like any other, wherever it is sent; not one that was known to be secret before. */
static void what_is_made_up_is_no_secret(void **state) {
    (void)state;
    mask *hidden = mask_new();
    assert_true(mask_add(hidden, "known-secret", 12));
    assert_true(mask_allow(hidden, "string", 6));
    assert_true(mask_allow(hidden, "known-secret", 12));
    assert_true(mask_add_header(hidden, "Authorization", "Bearer string"));
    assert_true(mask_add(hidden, "string", 6));
    check(hidden, "a string, a known-secret, Bearer string", "a string, a ***, ***");
    mask_free(hidden);
}

static long memory_in_kilobytes(void) {
    struct rusage used;
    assert_int_equal(getrusage(RUSAGE_SELF, &used), 0);
    return used.ru_maxrss;
}

/* Every request of a long run carries the same token: it takes room once. */
static void what_is_known_takes_no_memory(void **state) {
    (void)state;
    char value[1200] = "Bearer ";
    for (size_t i = strlen(value); i < 1100; i++)
        value[i] = (char)('a' + i * 7 % 23);
    mask *hidden = mask_new();
    assert_non_null(hidden);
    long before = memory_in_kilobytes();
    for (int i = 0; i < 20000; i++)
        assert_true(mask_add_header(hidden, "Authorization", value));
    assert_in_range(memory_in_kilobytes() - before, 0, 32 << 10);
    check(hidden, value + 7, "***");
    mask_free(hidden);
}

static void append_many(text *out, const char *what, size_t count) {
    for (size_t i = 0; i < count; i++)
        text_append_string(out, what);
}

/* Who chooses both a cookie and a body can make one begin at every place of the other, plainly or encoded: the cost is
 * bounded, and what there was no time to look at is hidden. */
static void what_costs_too_much_is_hidden(void **state) {
    (void)state;
    static const char *const spelled[] = {"a", "%61", "\\u0061"};
    text secret = TEXT_EMPTY, body = TEXT_EMPTY, shown = TEXT_EMPTY;
    append_many(&secret, "a", 999);
    text_append_string(&secret, "b");
    mask *hidden = mask_new();
    assert_true(mask_add(hidden, text_peek(&secret), secret.length));
    for (size_t i = 0; i < sizeof spelled / sizeof *spelled; i++) {
        text_truncate(&body, 0);
        text_truncate(&shown, 0);
        text_append_string(&body, "told: ");
        append_many(&body, spelled[i], 50000);
        text_append_string(&body, "b, and more");
        mask_text(hidden, text_peek(&body), body.length, &shown);
        assert_null(strstr(text_peek(&shown), "more"));
        assert_int_equal(strncmp(text_peek(&shown), "told: ", 6), 0);
        assert_string_equal(text_peek(&shown) + shown.length - 3, "***");
        assert_in_range(shown.length, 9, body.length / 2);
    }
    text *const all[] = {&secret, &body, &shown};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        text_free(all[i]);
    mask_free(hidden);
}

static void texts_full_of_long_secrets_stay_legible(void **state) {
    (void)state;
    text secret = TEXT_EMPTY, body = TEXT_EMPTY, shown = TEXT_EMPTY, expected = TEXT_EMPTY;
    for (size_t i = 0; i < 1000; i++)
        text_append_format(&secret, "%zx=", i * i);
    mask *hidden = mask_new();
    assert_true(mask_add(hidden, text_peek(&secret), secret.length));
    for (size_t i = 0; i < 100; i++) {
        text_append_format(&body, "it is '%s'; ", text_peek(&secret));
        text_append_string(&expected, "it is '***'; ");
    }
    mask_text(hidden, text_peek(&body), body.length, &shown);
    assert_string_equal(text_peek(&shown), text_peek(&expected));
    text *const all[] = {&secret, &body, &shown, &expected};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        text_free(all[i]);
    mask_free(hidden);
}

static void without_a_mask_values_stay(void **state) {
    (void)state;
    json_t *value = json_loads("{\"headers\": {\"Cookie\": \"a\"}}", 0, NULL), *same = mask_json(NULL, value);
    assert_true(json_equal(value, same));
    json_decref(same);
    json_decref(value);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_masked),
        cmocka_unit_test(no_spelling_gets_through),
        cmocka_unit_test(no_combination_gets_through),
        cmocka_unit_test(values_are_masked),
        cmocka_unit_test(sensitive_headers_are_hidden),
        cmocka_unit_test(what_sensitive_headers_carry_is_secret_elsewhere),
        cmocka_unit_test(structures_can_be_secret),
        cmocka_unit_test(what_is_made_up_is_no_secret),
        cmocka_unit_test(what_is_known_takes_no_memory),
        cmocka_unit_test(what_costs_too_much_is_hidden),
        cmocka_unit_test(texts_full_of_long_secrets_stay_legible),
        cmocka_unit_test(without_a_mask_values_stay),
    };
    return cmocka_run_group_tests_name("mask", tests, NULL, NULL);
}
