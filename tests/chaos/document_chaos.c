/* document_chaos.c: reading documents and printing what is wrong with them when memory is short. */
#include <stdio.h>
#include <string.h>

#include "engine/document/document.h"
#include "engine/report/diagnostics.h"
#include "tests/chaos/chaos.h"

static const char yaml_text[] = "# a comment\n"
                                "base: &base {a: 1, b: [x, y, 'z']}\n"
                                "merged:\n"
                                "  <<: *base\n"
                                "  c: 2.5\n"
                                "several:\n"
                                "  <<: [*base, {d: null, e: true}]\n"
                                "text: |\n"
                                "  two\n"
                                "  lines\n"
                                "folded: >-\n"
                                "  one\n"
                                "  line\n"
                                "quoted: \"\\u00e9 \\\"q\\\"\"\n"
                                "large: 123456789012345678901234567890\n";

static const char json_text[] =
    "{\"a\": [1, -2.5e3, true, false, null], \"b\": {\"\\ud83d\\ude00\": \"\\u0000x\\n\"},\n"
    " \"large\": 123456789012345678901234567890, \"empty\": [{}, []]}\n";

static const char *const wrong_texts[] = {
    "a: 1\nb:\n\t- tab\n", "a: 1\na: 2\n", "{\"a\": [1, 2,}", "a: *nobody\n", "a: [1, 2\n", "a: \"\\q\"\n", "",
};

/* Each node's value, place and a place within. */
static bool walk(const document *owner, const node *value) {
    json_t *made = node_json(value);
    bool good = made != NULL;
    json_decref(made);
    good = good && node_place(owner, value).line > 0;
    if (node_type(value) == NODE_STRING)
        good = good && node_place_within(owner, value, 1, 1).line > 0;
    for (size_t i = 0; good && i < node_count(value); i++)
        good = walk(owner, node_type(value) == NODE_MAPPING ? node_value(value, i) : node_item(value, i));
    return good;
}

static bool read_well(const char *text, size_t length) {
    diagnostics list;
    document *owner = NULL;
    bool good = diagnostics_init(&list);
    if (good)
        owner = document_parse(text, length, "file", NULL, &list);
    good = owner != NULL && diagnostics_clean(&list) && walk(owner, document_root(owner));
    document_free(owner);
    diagnostics_free(&list);
    return good;
}

static bool read_yaml(void) {
    return read_well(yaml_text, strlen(yaml_text));
}

static bool read_json(void) {
    return read_well(json_text, strlen(json_text));
}

/* Wrong stays wrong: which of its errors is reported may depend on the memory. */
static bool refuse(const char *text) {
    diagnostics list;
    diagnostics_init(&list);
    document *owner = document_parse(text, strlen(text), "file", NULL, &list);
    bool refused = owner == NULL && !diagnostics_clean(&list);
    document_free(owner);
    diagnostics_free(&list);
    return refused;
}

static bool refuse_all(void) {
    bool good = true;
    for (size_t i = 0; i < sizeof wrong_texts / sizeof *wrong_texts; i++)
        good = refuse(wrong_texts[i]) && good;
    return good;
}

static FILE *nowhere;

static const char *source(void *user, const char *file, size_t *length) {
    (void)user;
    (void)file;
    *length = strlen(wrong_texts[0]);
    return wrong_texts[0];
}

static bool print_all(void) {
    diagnostics list;
    diagnostics_init(&list);
    document_free(document_parse(wrong_texts[0], strlen(wrong_texts[0]), "file", NULL, &list));
    diagnose(&list, "W0001", (place){"file", 1, 1, 4}, "a help line", "a warning");
    print_diagnostics(&list, nowhere, true, source, NULL);
    for (size_t i = 0; i < list.count; i++)
        json_decref(diagnostic_json(&list.items[i]));
    diagnostics_free(&list);
    return true;
}

int main(void) {
    static const chaos_case cases[] = {
        {.name = "a YAML document is read", .run = read_yaml},
        {.name = "a JSON document is read", .run = read_json},
        {.name = "wrong documents are refused", .run = refuse_all, .quiet = true},
        {.name = "diagnostics are printed", .run = print_all, .quiet = true},
        {.name = NULL},
    };
    nowhere = fopen("/dev/null", "w");
    if (nowhere == NULL || fputc('\n', nowhere) == EOF || fflush(nowhere) != 0)
        return 1;
    int status = chaos_run(cases);
    fclose(nowhere);
    return status;
}
