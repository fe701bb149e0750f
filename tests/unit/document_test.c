/*
 * document_test.c: documents: scalars by the YAML 1.2 core schema, anchors, merge keys, what is refused and where,
 * places through every kind of scalar.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/text.h"
#include "engine/document/document.h"

typedef struct reading {
    diagnostics list;
    document *owner;
} reading;

static reading read_text(const char *bytes, size_t length, const char *name) {
    reading made;
    assert_true(diagnostics_init(&made.list));
    made.owner = document_parse(bytes, length, name, NULL, &made.list);
    assert_int_equal(made.owner != NULL, diagnostics_clean(&made.list));
    return made;
}

static void close_reading(reading *made) {
    document_free(made->owner);
    diagnostics_free(&made->list);
}

/* ---- Values ---- */

/* A YAML value and what it is as JSON. */
static const char *const values[][2] = {
    {"null", "null"},
    {"~", "null"},
    {"Null", "null"},
    {"", "null"},
    {"nULL", "\"nULL\""},
    {"true", "true"},
    {"True", "true"},
    {"FALSE", "false"},
    {"tRUE", "\"tRUE\""},
    {"no", "\"no\""},
    {"on", "\"on\""},
    {"yes", "\"yes\""},
    {"1", "1"},
    {"-12", "-12"},
    {"+3", "3"},
    {"0777", "777"},
    {"0o17", "15"},
    {"0x1F", "31"},
    {"1_000", "\"1_000\""},
    {"12:30", "\"12:30\""},
    {"9223372036854775807", "9223372036854775807"},
    {"9223372036854775808", "9.2233720368547758e18"},
    {".5", "0.5"},
    {"1.", "1.0"},
    {"1e3", "1000.0"},
    {"1.5e-3", "0.0015"},
    {"1e", "\"1e\""},
    {".inf", "\".inf\""},
    {".nan", "\".nan\""},
    {"1e999", "\"1e999\""},
    {"2024-01-01", "\"2024-01-01\""},
    {"'1'", "\"1\""},
    {"\"true\"", "\"true\""},
    {"!!str 1", "\"1\""},
    {"!!int '1'", "1"},
    {"!!float 1", "1.0"},
    {"[a, 1, {b: c}]", "[\"a\",1,{\"b\":\"c\"}]"},
    {"{200: a, true: b, null: c}", "{\"200\":\"a\",\"true\":\"b\",\"null\":\"c\"}"},
    {"'it''s'", "\"it's\""},
    {"\"a\\u00e9\\n\\x41\"", "\"aé\\nA\""},
    {"|\n  a\n   b\n\n  c\n", "\"a\\n b\\n\\nc\\n\""},
    {"|-\n  a\n", "\"a\""},
    {"|+\n  a\n\n", "\"a\\n\\n\\n\""},
    {">\n  a\n  b\n\n  c\n", "\"a b\\nc\\n\""},
    {">-\n  a\n  b\n", "\"a b\""},
    {"&x a", "\"a\""},
    {"{$inputs.x}", "{\"$inputs.x\":null}"},
};

static void scalars_are_typed(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        text source = TEXT_EMPTY;
        text_append_format(&source, "v: %s\n", values[i][0]);
        reading made = read_text(text_peek(&source), source.length, "t.yaml");
        assert_non_null(made.owner);
        json_t *got = node_json(node_get(document_root(made.owner), "v")),
               *expected = json_loads(values[i][1], JSON_DECODE_ANY, NULL);
        if (!json_equal(got, expected))
            print_error("%s\n", values[i][0]);
        assert_true(json_equal(got, expected));
        json_decref(got);
        json_decref(expected);
        close_reading(&made);
        text_free(&source);
    }
}

static void check_json(const char *source, const char *expected_text) {
    reading made = read_text(source, strlen(source), "t");
    assert_non_null(made.owner);
    json_t *got = node_json(document_root(made.owner)), *expected = json_loads(expected_text, JSON_DECODE_ANY, NULL);
    assert_true(json_equal(got, expected));
    json_decref(got);
    json_decref(expected);
    close_reading(&made);
}

static void anchors_and_merge_keys(void **state) {
    (void)state;
    check_json("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\nc: *x\n",
               "{\"a\":{\"p\":1,\"q\":2},\"b\":{\"p\":1,\"q\":3},\"c\":{\"p\":1,\"q\":2}}");
    check_json("a: {<<: [{p: 1}, {p: 2, q: 2}], r: 3}\n", "{\"a\":{\"p\":1,\"q\":2,\"r\":3}}");
    check_json("a: &x 1\nb: &x 2\nc: *x\n", "{\"a\":1,\"b\":2,\"c\":2}");
    check_json("'<<': 1\n", "{\"<<\":1}");
    check_json("\xEF\xBB\xBF"
               "a: 1\n",
               "{\"a\":1}");
    check_json("{\"a\": \"\\ud83d\\ude00\", \"b\": [true, null, -0.5e1], \"c\": {}}",
               "{\"a\":\"😀\",\"b\":[true,null,-5.0],\"c\":{}}");
    check_json("{a: 1, b: [x, 'y']}", "{\"a\":1,\"b\":[\"x\",\"y\"]}"); /* looks like JSON, and is YAML's flow style */
}

/* ---- What is refused ---- */

static const struct {
    const char *source;
    const char *code;
    unsigned line;
    unsigned column;
} wrong[] = {
    {"", "E0001", 1, 1},
    {"# only a comment\n", "E0001", 1, 1},
    {"a: [1, 2\n", "E0002", 2, 1},
    {"a: b: c\n", "E0002", 1, 5},
    {"a: 1\nb: 2\na: 3\n", "E0004", 3, 1},
    {"{\"a\": 1,\n \"a\": 2}", "E0004", 2, 2},
    {"a: *b\n", "E0008", 1, 4},
    {"a: &b [*b]\n", "E0009", 1, 8},
    {"a: 1\n---\nb: 2\n", "E0010", 2, 1},
    {"a: 1\nb: \xFF\n", "E0011", 2, 4},
    {"? [a]\n: 1\n", "E0012", 1, 3},
    {"a: !!binary x\n", "E0013", 1, 4},
    {"a: !local x\n", "E0013", 1, 4},
    {"a:\n\tb: 1\n", "E0014", 2, 1},
    {"a: {<<: 1}\n", "E0015", 1, 5},
};

static void mistakes_have_a_place(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        reading made = read_text(wrong[i].source, strlen(wrong[i].source), "t.yaml");
        assert_null(made.owner);
        assert_int_equal(made.list.count, 1);
        const diagnostic *said = &made.list.items[0];
        if (strcmp(said->code, wrong[i].code) != 0 || said->where.line != wrong[i].line ||
            said->where.column != wrong[i].column)
            print_error("%s: %s %u:%u %s\n", wrong[i].source, said->code, said->where.line, said->where.column,
                        said->message);
        assert_string_equal(said->code, wrong[i].code);
        assert_int_equal(said->where.line, wrong[i].line);
        assert_int_equal(said->where.column, wrong[i].column);
        close_reading(&made);
    }
}

static const char *refused_quickly(const char *bytes, size_t length, const char *name) {
    static char code[8];
    clock_t start = clock();
    reading made = read_text(bytes, length, name);
    assert_null(made.owner);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 1);
    snprintf(code, sizeof code, "%s", made.list.items[0].code);
    close_reading(&made);
    return code;
}

static void bombs_are_refused_quickly(void **state) {
    (void)state;
    enum { DEEP = 100000 };
    char *deep = malloc(DEEP);
    assert_non_null(deep);
    memset(deep, '[', DEEP);
    assert_string_equal(refused_quickly(deep, DEEP, "t.yaml"), "E0005");
    assert_string_equal(refused_quickly(deep, DEEP, "t.json"), "E0005");
    for (size_t i = 0; i < DEEP; i++)
        deep[i] = i % 2 == 0 ? '[' : '\n';
    assert_string_equal(refused_quickly(deep, DEEP, "t.yaml"), "E0005");
    free(deep);
    text bomb = TEXT_EMPTY;
    text_append_string(&bomb, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
        text_append_format(&bomb, "a%d: &a%d [", i, i);
        for (int j = 0; j < 9; j++)
            text_append_format(&bomb, "%s*a%d", j == 0 ? "" : ", ", i - 1);
        text_append_string(&bomb, "]\n");
    }
    assert_string_equal(refused_quickly(text_peek(&bomb), bomb.length, "t.yaml"), "E0007");
    text_free(&bomb);
}

static double seconds_for_keys(int count) {
    text source = TEXT_EMPTY;
    for (int i = 0; i < count; i++)
        text_append_format(&source, "key%d: %d\n", i, i);
    clock_t start = clock();
    reading made = read_text(text_peek(&source), source.length, "t.yaml");
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    assert_int_equal(node_integer(node_get(document_root(made.owner), "key77")), 77);
    assert_null(node_get(document_root(made.owner), "key"));
    close_reading(&made);
    text_free(&source);
    return seconds;
}

static void large_mappings_are_not_quadratic(void **state) {
    (void)state;
    double once = seconds_for_keys(40000), twice = seconds_for_keys(80000);
    assert_true(twice < once * 4 + 0.1);
}

/* ---- Places ---- */

/* `~` in a source marks where `within` bytes into the value at the pointer stand; it is taken out before reading. */
static const struct {
    const char *source;
    const char *pointer;
    size_t within;
} places[] = {
    {"a: ~plain\n", "/a", 0},
    {"a: pl~ain\n", "/a", 2},
    {"a: 'i~t''s'\n", "/a", 1},
    {"a: 'it''~s'\n", "/a", 3},
    {"a: \"x~\\u00e9y\"\n", "/a", 1},
    {"a: \"x\\u00e9~y\"\n", "/a", 3},
    {"a: \"x\\n~y\"\n", "/a", 2},
    {"- |\n  a~b\n", "/0", 1},
    {"- |\n  ab\n   c~d\n", "/0", 5},
    {"- |\n  ab\n\n  ~c\n", "/0", 4},
    {"a: >\n  ab\n  ~cd\n", "/a", 3},
    {"a: >-\n\n  ab~c\n", "/a", 3},
    {"a: pl\n  ~ain\n", "/a", 3},
    {"é: [ü, x~y]\n", "/é/1", 1},
    {"a: {b: 'c~d'}\n", "/a/b", 1},
    {"a: &x y~z\nb: *x\n", "/b", 1},
    {"a: 1\r\nb: x~y\r\n", "/b", 1},
    {"{\"a\": \"x\\ud83d\\ude00~y\"}", "/a", 5},
    {"{\"a\": \"\\/~b\"}", "/a", 1},
    {"a: \"one\n  ~two\"\n", "/a", 4},
    {"a: 'one\n\n  ~two'\n", "/a", 4},
    {"a: \"one \\\n  ~two\"\n", "/a", 4},
    {"a: 日本~語\n", "/a", 6},
    {"x:\n- y: |\n    li~ne\n", "/x/0/y", 2},
    {"a: |2\n    x~y\n", "/a", 3},
    {"a: >2-\n    x\n  ~y\n", "/a", 4},
    {"a: !!str x~y\n", "/a", 1},
    {"b: &b {c: x~y}\na:\n  <<: *b\n", "/a/c", 1},
    {"b: &b\n  c: |\n    x~y\na:\n  <<: [*b]\n", "/a/c", 1},
    {"a: [x, {b: \"é~ü\"}, c]\n", "/a/1/b", 2},
    {"{\"é\": [\"日本~語\"]}", "/é/0", 6},
    {"a: |\r\n  x\r\n  y~z\r\n", "/a", 3},
    {"- - |\n    x~y\n", "/0/0", 1},
    {"? a\n: 'x~y'\n", "/a", 1},
    {"a: \"\\x41~b\"\n", "/a", 1},
    {"a: \"\\U0001F600~b\"\n", "/a", 4},
    {"a: |+\n\n  x~y\n\n", "/a", 2},
    {"a: 🐕 x~y\n", "/a", 6},
    {"a: x\n\n  ~y\n", "/a", 2},
    {"a: \"\\tx~\\\"y\"\n", "/a", 2},
    {"a:\tx~y\n", "/a", 1},
    {"a: >\n  b\n\n\n  ~c\n", "/a", 3},
    {"a: &n 'x~y'\nb: {c: *n}\n", "/b/c", 1},
    {"a: |\n    x\n\n      y~z\n", "/a", 6},
};

static void places_are_right(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *mark = strchr(places[i].source, '~');
        text source = TEXT_EMPTY;
        text_append(&source, places[i].source, (size_t)(mark - places[i].source));
        text_append_string(&source, mark + 1);
        unsigned line = 1, column = 1;
        for (const char *at = places[i].source; at < mark; at++) {
            column = *at == '\n' ? 1 : column + (((unsigned char)*at & 0xC0) != 0x80);
            line += *at == '\n';
        }
        reading made = read_text(text_peek(&source), source.length, "t");
        assert_non_null(made.owner);
        const node *value = node_at(document_root(made.owner), places[i].pointer, strlen(places[i].pointer));
        assert_non_null(value);
        place found = node_place_within(made.owner, value, places[i].within, 1);
        if (found.line != line || found.column != column)
            print_error("%s: %u:%u, not %u:%u\n", places[i].source, found.line, found.column, line, column);
        assert_int_equal(found.line, line);
        assert_int_equal(found.column, column);
        close_reading(&made);
        text_free(&source);
    }
}

static void nodes_have_places(void **state) {
    (void)state;
    static const char source[] = "a:\n  - 'x y'\n  - {b: 12}\nc: |\n  text\n";
    static const struct {
        const char *pointer;
        unsigned line, column, length;
    } rows[] = {{"/a", 2, 3, 1}, {"/a/0", 2, 5, 5}, {"/a/1", 3, 5, 1}, {"/a/1/b", 3, 9, 2}, {"/c", 4, 4, 1}};
    reading made = read_text(source, strlen(source), "t.yaml");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        place found =
            node_place(made.owner, node_at(document_root(made.owner), rows[i].pointer, strlen(rows[i].pointer)));
        assert_int_equal(found.line, rows[i].line);
        assert_int_equal(found.column, rows[i].column);
        assert_int_equal(found.length, rows[i].length);
    }
    close_reading(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_are_typed),
        cmocka_unit_test(anchors_and_merge_keys),
        cmocka_unit_test(mistakes_have_a_place),
        cmocka_unit_test(bombs_are_refused_quickly),
        cmocka_unit_test(large_mappings_are_not_quadratic),
        cmocka_unit_test(places_are_right),
        cmocka_unit_test(nodes_have_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
