/*
 * schema_suite.c: the test suite of JSON Schema 2020-12: `make conformance-schema`. One line for each file of the
 * suite; mandatory cases must pass, and optional ones too unless `unsupported` says why not (docs/schemas.md shows the
 * table). The cases of optional/format/ are run with `format` as an assertion.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/name_index.h"
#include "base/text.h"
#include "engine/schema/schema.h"
#include "runtime-expr/json_text.h"

/* Groups of optional cases that may fail, by file and the start of their description. */
static const struct {
    const char *file;
    const char *group;
} unsupported[] = {
    {"optional/format/hostname.json", "validation of A-label"},
    {"optional/format/idn-hostname.json", ""},
};

typedef struct suite {
    arena *memory;
    diagnostics list;
    const char *folder;
    name_index remotes; /* documents by URI */
    size_t mandatory, mandatory_passed, optional, optional_passed;
    size_t number; /* of the TAP line */
    bool broken;
} suite;

/* What a file holds, in the suite's memory; NULL when it cannot be read. */
static const char *read_file(suite *s, const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    text bytes = TEXT_EMPTY;
    char piece[4096];
    if (file == NULL)
        return NULL;
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
        text_append(&bytes, piece, got);
    fclose(file);
    const char *kept = bytes.failed ? NULL : arena_copy(s->memory, text_peek(&bytes), bytes.length);
    *length = bytes.length;
    text_free(&bytes);
    return kept;
}

/* http://localhost:1234/x is remotes/x. */
static const document *open_remote(void *user, const document *from, const char *uri) {
    (void)from;
    static const char server[] = "http://localhost:1234/";
    suite *s = user;
    const document *known = name_index_find(&s->remotes, uri, strlen(uri));
    if (known != NULL || strncmp(uri, server, sizeof server - 1) != 0)
        return known;
    char path[2048];
    size_t length;
    bool present;
    snprintf(path, sizeof path, "%s/remotes/%s", s->folder, uri + sizeof server - 1);
    const char *bytes = read_file(s, path, &length), *name = arena_copy(s->memory, uri, strlen(uri));
    document *made = bytes == NULL ? NULL : document_parse(bytes, length, name, NULL, &s->list);
    if (made != NULL)
        name_index_add(&s->remotes, s->memory, name, strlen(name), made, &present);
    return made;
}

static document *document_of(suite *s, const json_t *value) {
    text written = TEXT_EMPTY;
    json_text_append(&written, value);
    document *made = document_parse(text_peek(&written), written.length, "schema", NULL, &s->list);
    text_free(&written);
    return made;
}

/* With all errors and with the first only must come to the same; who refuses says why. */
static bool passes(suite *s, const schema *compiled, const json_t *test, const char **why) {
    const json_t *data = json_object_get(test, "data");
    bool valid = json_is_true(json_object_get(test, "valid"));
    schema_errors errors = {0};
    schema_outcome outcome = schema_validate(compiled, data, s->memory, &errors);
    *why = outcome == SCHEMA_LIMIT                                       ? "a limit"
           : outcome != schema_validate(compiled, data, s->memory, NULL) ? "with and without errors differ"
           : outcome == SCHEMA_INVALID && errors.count == 0              ? "invalid without an error"
           : (outcome == SCHEMA_VALID) != valid && errors.count > 0      ? errors.items[0].message
           : outcome != SCHEMA_VALID && outcome != SCHEMA_INVALID        ? "no answer"
           : (outcome == SCHEMA_VALID) != valid                          ? "accepted"
                                                                         : NULL;
    return *why == NULL;
}

static bool is_unsupported(const char *file, const char *group) {
    for (size_t i = 0; i < sizeof unsupported / sizeof *unsupported; i++)
        if (strcmp(unsupported[i].file, file) == 0 &&
            strncmp(unsupported[i].group, group, strlen(unsupported[i].group)) == 0)
            return true;
    return false;
}

/* The number of cases of the group that pass. */
static size_t run_group(suite *s, const char *file, const json_t *group, bool assert_format, bool *unexpected) {
    const char *name = json_string_value(json_object_get(group, "description")), *why;
    const json_t *tests = json_object_get(group, "tests");
    schema_options options = {
        .dialect = SCHEMA_2020_12, .assert_format = assert_format, .user = s, .open = open_remote};
    schema_set *set = schema_set_new(&options);
    document *owner = document_of(s, json_object_get(group, "schema"));
    size_t passed = 0, before = s->list.count;
    const schema *compiled =
        owner == NULL || set == NULL ? NULL : schema_compile(set, owner, document_root(owner), "", &s->list);
    const char *refused = s->list.count > before ? s->list.items[before].message : "not compiled";
    for (size_t i = 0; i < json_array_size(tests); i++) {
        const json_t *test = json_array_get(tests, i);
        why = refused;
        if (compiled != NULL && passes(s, compiled, test, &why)) {
            passed++;
            continue;
        }
        bool expected = is_unsupported(file, name);
        *unexpected = *unexpected || !expected;
        printf("# %s%s: %s: %s: %s\n", expected ? "unsupported: " : "", file, name,
               json_string_value(json_object_get(test, "description")), why);
    }
    schema_set_free(set);
    document_free(owner);
    return passed;
}

static void run_file(suite *s, const char *file) {
    char path[2048];
    size_t length, count = 0, passed = 0;
    json_t *groups = NULL;
    bool optional = strncmp(file, "optional/", 9) == 0, unexpected = false;
    snprintf(path, sizeof path, "%s/tests/draft2020-12/%s", s->folder, file);
    const char *bytes = read_file(s, path, &length);
    if (bytes == NULL || json_text_parse(bytes, length, &groups, NULL) != JSON_TEXT_OK)
        unexpected = true;
    for (size_t i = 0; i < json_array_size(groups); i++) {
        const json_t *group = json_array_get(groups, i);
        count += json_array_size(json_object_get(group, "tests"));
        passed += run_group(s, file, group, strncmp(file, "optional/format/", 16) == 0, &unexpected);
    }
    *(optional ? &s->optional : &s->mandatory) += count;
    *(optional ? &s->optional_passed : &s->mandatory_passed) += passed;
    s->broken = s->broken || unexpected;
    printf("%s %zu - %s: %zu of %zu\n", unexpected ? "not ok" : "ok", ++s->number, file, passed, count);
    json_decref(groups);
}

static int is_json(const struct dirent *entry) {
    size_t length = strlen(entry->d_name);
    return length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0;
}

static bool run_folder(suite *s, const char *below) {
    char path[2048], file[512];
    struct dirent **entries;
    snprintf(path, sizeof path, "%s/tests/draft2020-12/%s", s->folder, below);
    int count = scandir(path, &entries, is_json, alphasort);
    for (int i = 0; i < count; i++) {
        snprintf(file, sizeof file, "%s%s", below, entries[i]->d_name);
        run_file(s, file);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return count > 0;
}

int main(void) {
    const char *shared = getenv("SHARED");
    char folder[1024];
    snprintf(folder, sizeof folder, "%s/conformance/json-schema-2020-12", shared == NULL ? "../shared" : shared);
    suite s = {.memory = arena_new(), .folder = folder};
    if (s.memory == NULL || !diagnostics_init(&s.list))
        return 1;
    if (!run_folder(&s, "")) {
        printf("ok 1 - # skip the test suite is not there: %s\n1..1\n", folder);
    } else {
        run_folder(&s, "optional/");
        run_folder(&s, "optional/format/");
        printf("1..%zu\n# mandatory: %zu of %zu, optional: %zu of %zu\n", s.number, s.mandatory_passed, s.mandatory,
               s.optional_passed, s.optional);
    }
    for (size_t i = 0; i < s.remotes.capacity; i++)
        document_free(s.remotes.slots[i].thing);
    diagnostics_free(&s.list);
    arena_free(s.memory);
    return s.broken;
}
