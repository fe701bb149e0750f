/*
 * fix_test.c: changing a part of a scalar where it stands: in every style of YAML and in JSON the document that is read
 * again has the new value and nothing else that is new, and what surrounds the scalar is the same byte for byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/document/document.h"
#include "engine/report/diff.h"
#include "engine/validate/fix.h"

/* ---- Every style, every replacement ---- */

/* Documents with a string under the pointer /v or /0/v that holds `old` once. */
static const char *const documents[] = {
    "v: old # c\nw: 1\n",
    "v: an old text   # c\nw: 1\n",
    "v: an\n  old # d\nw: 1\n",
    "v: it's an\n\n  old\n  text\nw: 1\n",
    "{v: old, w: 1}\n",
    "{v: an old text, w: [1]} # c\n",
    "- {w: x, v: old}\n- 2\n",
    "v: 'old'\n",
    "v: 'it''s old' # c\n",
    "v: 'it''s\n  an old\n\n  one'\nw: 1\n",
    "{v: 'old', w: 1}\n",
    "v: \"old\"\n",
    "v: \"\\u00e9 \\\"old\\\" \\\\\"\nw: 1\n",
    "v: \"a \\\n  old b\"\nw: 1\n",
    "v: \"a\n  old\n  b\"\n",
    "v: |\n  old\nw: 1\n",
    "v: |-\n  a\n  an old b\nw: 1\n",
    "v: |+ # c\n  old\n\nw: 1\n",
    "v: |2\n    old\nw: 1\n",
    "v: >\n  an\n  old\n  text\nw: 1\n",
    "v: >-\n\n  a\n\n  old\n\nw: 1\n",
    "v: &a old\nw: *a\n",
    "v: !!str old\nw: 1\n",
    "{\"v\": \"old\", \"w\": 1}",
    "{\"v\": \"\\u00e9 \\ud83d\\ude00 \\\"old\\\"\", \"w\": 1}",
    "[{\"w\": [], \"v\": \"an old text\"}]",
    "é: 🐕\nv: é old 🐕 # é\nw: 1\n",
    "v: old\r\nw: 1\r\n",
};

static const char *const replacements[] = {
    "new",  "{$inputs.x}", "it's", "a \"b\" \\ c", "x: y",  "a #b",  "a,b", "[0]", "$[?$.a == 'b']",
    "true", "12",          "~",    "- a",          "ends:", "? a",   "& a", "*a",  "%a",
    "@a",   "#a",          "🐕 é",  "{a}: {b}",     "!a",    "a'b'c", "|",   ">",   "null # x",
};

static document *parse(const char *bytes) {
    diagnostics list;
    assert_true(diagnostics_init(&list));
    document *made = document_parse(bytes, strlen(bytes), "test.yaml", NULL, &list);
    diagnostics_free(&list);
    return made;
}

static const node *value_in(const document *owner) {
    const node *root = document_root(owner);
    return node_type(root) == NODE_SEQUENCE ? node_get(node_item(root, 0), "v") : node_get(root, "v");
}

/* The whole document as JSON with `v` taken out (and its alias, if it has one). */
static json_t *rest_of(const document *owner) {
    json_t *whole = node_json(document_root(owner));
    json_t *holder = json_is_array(whole) ? json_array_get(whole, 0) : whole;
    const char *alias = json_string_value(json_object_get(holder, "w"));
    if (alias != NULL && strcmp(alias, json_string_value(json_object_get(holder, "v"))) == 0)
        json_object_del(holder, "w");
    json_object_del(holder, "v");
    return whole;
}

static void apply(const char *bytes, const text_change *change, text *out) {
    text_append(out, bytes, change->offset);
    text_append_string(out, change->replacement);
    text_append_string(out, bytes + change->offset + change->length);
}

static void check_edit(const char *bytes, const char *replacement) {
    document *before = parse(bytes);
    assert_non_null(before);
    const node *value = value_in(before);
    size_t length;
    const char *old = strstr(node_string(value, &length), "old");
    text_change change;
    assert_true(node_edit(before, value, (size_t)(old - node_string(value, NULL)), 3, replacement, &change));
    assert_non_null(change.replacement);
    text made = TEXT_EMPTY, wanted = TEXT_EMPTY;
    apply(bytes, &change, &made);
    text_append(&wanted, node_string(value, NULL), (size_t)(old - node_string(value, NULL)));
    text_append_string(&wanted, replacement);
    text_append_string(&wanted, old + 3);
    document *after = parse(text_peek(&made));
    if (after == NULL)
        fail_msg("%s\nwith '%s' became unreadable:\n%s", bytes, replacement, text_peek(&made));
    size_t new_length;
    const char *now =
        node_type(value_in(after)) == NODE_STRING ? node_string(value_in(after), &new_length) : "(no string)";
    if (strcmp(now, text_peek(&wanted)) != 0)
        fail_msg("%s\nwith '%s' became\n%s\nwhich has '%s' and not '%s'", bytes, replacement, text_peek(&made), now,
                 text_peek(&wanted));
    json_t *rest = rest_of(before), *new_rest = rest_of(after);
    assert_true(json_equal(rest, new_rest));
    json_decref(rest);
    json_decref(new_rest);
    document_free(before);
    document_free(after);
    free(change.replacement);
    text_free(&made);
    text_free(&wanted);
}

static void every_style_takes_every_text(void **state) {
    (void)state;
    for (size_t d = 0; d < sizeof documents / sizeof *documents; d++)
        for (size_t r = 0; r < sizeof replacements / sizeof *replacements; r++)
            check_edit(documents[d], replacements[r]);
}

/* ---- How it looks ---- */

static const char *const looks[][3] = {
    {"v: an old text # c\n", "{$a}", "v: an {$a} text # c\n"},
    {"{v: an old text}\n", "{$a}", "{v: 'an {$a} text'}\n"},
    {"v: old\n", "{$a}", "v: '{$a}'\n"},
    {"v: it's old\n", "a: b", "v: 'it''s a: b'\n"},
    {"v: 'old'\n", "it's", "v: 'it''s'\n"},
    {"v: \"old\"\n", "a \"b\" \\", "v: \"a \\\"b\\\" \\\\\"\n"},
    {"v: |\n  old\n", "a: b # c", "v: |\n  a: b # c\n"},
    {"v: old\n", "true", "v: 'true'\n"},
};

static void changes_are_small(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        document *owner = parse(looks[i][0]);
        const node *value = value_in(owner);
        text_change change;
        const char *old = strstr(node_string(value, NULL), "old");
        assert_true(node_edit(owner, value, (size_t)(old - node_string(value, NULL)), 3, looks[i][1], &change));
        text made = TEXT_EMPTY;
        apply(looks[i][0], &change, &made);
        assert_string_equal(text_peek(&made), looks[i][2]);
        free(change.replacement);
        text_free(&made);
        document_free(owner);
    }
}

/* The whole value, its last line break with it: the block says that it has none. */
static void a_block_loses_its_last_line_break(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"v: |\n  one\nw: 1\n", "v: |-\n  new\nw: 1\n"},
        {"v: >2+ # c\n  one\n  two\n\nw: 1\n", "v: >2- # c\n  new\n\nw: 1\n"},
        {"v: |-\n  one\n  two\n", "v: |-\n  new\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        document *owner = parse(rows[i][0]);
        size_t length;
        node_string(value_in(owner), &length);
        text_change change;
        assert_true(node_edit(owner, value_in(owner), 0, length, "new", &change));
        text made = TEXT_EMPTY;
        apply(rows[i][0], &change, &made);
        assert_string_equal(text_peek(&made), rows[i][1]);
        free(change.replacement);
        text_free(&made);
        document_free(owner);
    }
}

static void what_is_uncertain_is_left(void **state) {
    (void)state;
    document *owner = parse("v: old\nn: ~\ni: 1.50\nm: {$a: x}\nb: { $a }\nc: {$a}\n");
    const node *root = document_root(owner);
    text_change change;
    assert_true(node_edit(owner, value_in(owner), 0, 3, "two\nlines", &change));
    assert_null(change.replacement);
    assert_true(node_edit(owner, value_in(owner), 0, 3, "", &change));
    assert_null(change.replacement);
    assert_true(node_edit(owner, value_in(owner), 0, 3, "x ", &change));
    assert_null(change.replacement);
    assert_true(node_edit(owner, value_in(owner), 2, 5, "x", &change));
    assert_null(change.replacement);
    assert_true(node_quote(owner, node_get(root, "n"), &change));
    assert_null(change.replacement);
    assert_true(node_quote_braces(owner, node_get(root, "m"), &change));
    assert_null(change.replacement);
    assert_true(node_quote_braces(owner, node_get(root, "b"), &change));
    assert_null(change.replacement);
    assert_true(node_quote(owner, node_get(root, "i"), &change));
    assert_string_equal(change.replacement, "\"1.50\"");
    free(change.replacement);
    assert_true(node_quote_braces(owner, node_get(root, "c"), &change));
    assert_string_equal(change.replacement, "\"{$a}\"");
    free(change.replacement);
    document_free(owner);
}

/* ---- The text with all mends ---- */

static void add(diagnostics *list, const document *owner, size_t offset, size_t length, const char *replacement) {
    diagnostic *entry = diagnose(list, "W0101", (place){.file = document_name(owner), .line = 1}, NULL, "m");
    text_change change = {.offset = offset, .length = length, .from = {.file = document_name(owner)}};
    change.replacement = strdup(replacement);
    diagnostic_set_mend(list, entry, &change);
}

static void mends_do_not_overlap_and_break_nothing(void **state) {
    (void)state;
    document *owner = parse("a: one two\nb: three\n");
    diagnostics list;
    text made = TEXT_EMPTY;
    assert_true(diagnostics_init(&list));
    add(&list, owner, 14, 5, "3");
    add(&list, owner, 3, 3, "1 1");
    add(&list, owner, 5, 4, "x");                          /* overlaps the one before */
    assert_int_equal(fix_text(owner, &list, 0, &made), 0); /* the 3 would be a number */
    assert_int_equal(made.length, 0);
    list.count = 0;
    add(&list, owner, 14, 5, "'3'");
    add(&list, owner, 3, 3, "1 1");
    add(&list, owner, 5, 4, "x");
    add(&list, owner, 3, 3, "1 1");
    assert_int_equal(fix_text(owner, &list, 0, &made), 2);
    assert_string_equal(text_peek(&made), "a: 1 1 two\nb: '3'\n");
    text_truncate(&made, 0);
    list.count = 0;
    add(&list, owner, 3, 3, "x\nc: d"); /* another document */
    assert_int_equal(fix_text(owner, &list, 0, &made), 0);
    text_free(&made);
    diagnostics_free(&list);
    document_free(owner);
}

/* ---- Diffs ---- */

static const char *const diffs[][3] = {
    {"a\nb\n", "a\nb\n", ""},
    {"a\nb\nc\n", "a\nB\nc\n", "--- f\n+++ f\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"},
    {"", "a\n", "--- f\n+++ f\n@@ -0,0 +1 @@\n+a\n"},
    {"a\n", "", "--- f\n+++ f\n@@ -1 +0,0 @@\n-a\n"},
    {"a\nb", "a\nc",
     "--- f\n+++ f\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n"},
    {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\nx\n5\n6\n7\n8\n",
     "--- f\n+++ f\n@@ -1,9 +1,8 @@\n 1\n 2\n 3\n-4\n+x\n 5\n 6\n 7\n 8\n-9\n"},
    {"0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n", "x\n0\n1\n2\n3\n4\n5\n6\n7\n8\ny\n9\n",
     "--- f\n+++ f\n@@ -1,3 +1,4 @@\n+x\n 0\n 1\n 2\n@@ -7,4 +8,5 @@\n 6\n 7\n 8\n+y\n 9\n"},
};

static void diffs_are_unified(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof diffs / sizeof *diffs; i++) {
        text out = TEXT_EMPTY;
        diff_append("f", diffs[i][0], strlen(diffs[i][0]), diffs[i][1], strlen(diffs[i][1]), &out);
        assert_string_equal(text_peek(&out), diffs[i][2]);
        text_free(&out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_style_takes_every_text),           cmocka_unit_test(changes_are_small),
        cmocka_unit_test(a_block_loses_its_last_line_break),      cmocka_unit_test(what_is_uncertain_is_left),
        cmocka_unit_test(mends_do_not_overlap_and_break_nothing), cmocka_unit_test(diffs_are_unified),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
