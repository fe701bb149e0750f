/*
 * case.c: finds, reads and checks the files of cases. That a sentence really stands in the specification is checked by
 * sentence.c, what the fields mean is trial.c's work.
 */
#include "tests/conformance/driver/case.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/document/document.h"
#include "engine/report/diagnostics.h"
#include "engine/schema/schema.h"
#include "tests/conformance/driver/files.h"

/* The schema of cases, with what it lives in. */
typedef struct format {
    document *owner;
    schema_set *set;
    const schema *compiled;
} format;

static const char *text_of(void *user, const char *file, size_t *length) {
    (void)file;
    return document_text(user, length);
}

static bool say(const diagnostics *list, document *source) {
    print_diagnostics(list, stderr, false, source == NULL ? NULL : text_of, source);
    return diagnostics_clean(list);
}

static bool format_read(format *out, const char *folder) {
    text path = TEXT_EMPTY, content = TEXT_EMPTY;
    diagnostics list;
    diagnostics_init(&list);
    text_append_format(&path, "%s/case.schema.json", folder);
    bool ready = file_read(text_peek(&path), &content);
    if (!ready)
        fprintf(stderr, "conformance: %s cannot be read\n", text_peek(&path));
    out->owner = !ready ? NULL : document_parse(content.bytes, content.length, "case.schema.json", NULL, &list);
    out->set = out->owner == NULL ? NULL : schema_set_new(&(schema_options){.dialect = SCHEMA_2020_12});
    out->compiled =
        out->set == NULL ? NULL : schema_compile(out->set, out->owner, document_root(out->owner), "", &list);
    ready = say(&list, out->owner) && out->compiled != NULL;
    diagnostics_free(&list);
    text_free(&content);
    text_free(&path);
    return ready;
}

static void format_free(format *held) {
    schema_set_free(held->set);
    document_free(held->owner);
}

/* ---- One case ---- */

/* "cases/SECTION/NAME.yaml": file and folder are named as the fields say, so that a case is found where it is told. */
static void check_names(const document *owner, const char *path, diagnostics *list) {
    const node *root = document_root(owner);
    const char *name = node_string(node_get(root, "name"), NULL),
               *section = node_string(node_get(root, "section"), NULL);
    text end = TEXT_EMPTY;
    text_append_format(&end, "/%s/%s.yaml", section == NULL ? "" : section, name == NULL ? "" : name);
    size_t length = strlen(path);
    if (length < end.length || strcmp(path + length - end.length, text_peek(&end)) != 0)
        diagnose(list, "E0002", node_place(owner, node_get(root, "name")), NULL,
                 "a case must stand at SECTION/NAME.yaml: expected %s", text_peek(&end));
    text_free(&end);
}

/* A sentence by version covers every version that the case is for. */
static void check_sentences(const document *owner, diagnostics *list) {
    const node *root = document_root(owner), *sentence = node_get(root, "sentence"),
               *versions = node_get(root, "versions");
    if (node_type(sentence) != NODE_MAPPING)
        return;
    for (size_t i = 0; i < node_count(versions); i++) {
        const char *version = node_string(node_item(versions, i), NULL);
        if (version != NULL && node_get(sentence, version) == NULL)
            diagnose(list, "E0003", node_place(owner, sentence), NULL, "there is no sentence for version %s", version);
    }
}

static void check_against(const format *wanted, const document *owner, const json_t *fields, diagnostics *list) {
    schema_errors errors = {0};
    const node *root = document_root(owner);
    schema_outcome outcome = schema_validate(wanted->compiled, fields, list->memory, &errors);
    for (size_t i = 0; i < errors.count; i++) {
        const char *at = errors.items[i].instance;
        const node *where = node_at(root, at, strlen(at));
        diagnose(list, "E0001", node_place(owner, where == NULL ? root : where), NULL, "%s %s",
                 *at == '\0' ? "the case" : at, errors.items[i].message);
    }
    if (outcome != SCHEMA_VALID && errors.count == 0)
        diagnose(list, "E0001", node_place(owner, root), NULL, "the case could not be checked");
}

/* The case's fields, a new reference; NULL after saying on standard error why it is none. */
static json_t *case_read(const format *wanted, const char *path) {
    text content = TEXT_EMPTY;
    diagnostics list;
    diagnostics_init(&list);
    bool read = file_read(path, &content);
    if (!read)
        fprintf(stderr, "conformance: %s cannot be read\n", path);
    document *owner = !read ? NULL : document_parse(content.bytes, content.length, path, NULL, &list);
    json_t *fields = owner == NULL ? NULL : node_json(document_root(owner));
    if (fields != NULL) {
        check_against(wanted, owner, fields, &list);
        check_names(owner, path, &list);
        check_sentences(owner, &list);
    }
    if (!say(&list, owner) || !read) {
        json_decref(fields);
        fields = NULL;
    }
    document_free(owner);
    diagnostics_free(&list);
    text_free(&content);
    return fields;
}

/* ---- All of them ---- */

static bool add(case_list *list, const char *path, json_t *fields) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 256 : list->capacity * 2;
        test_case *larger = realloc(list->items, capacity * sizeof *larger);
        if (larger == NULL)
            return false;
        list->items = larger;
        list->capacity = capacity;
    }
    char *copy = strdup(path);
    if (copy == NULL)
        return false;
    list->items[list->count++] = (test_case){.path = copy, .fields = fields};
    return true;
}

static bool read_file_or_folder(case_list *list, const format *wanted, const char *path);

static bool read_folder(case_list *list, const format *wanted, const char *folder) {
    DIR *entries = opendir(folder);
    bool good = entries != NULL;
    for (struct dirent *entry; good && (entry = readdir(entries)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        text path = TEXT_EMPTY;
        text_append_format(&path, "%s/%s", folder, entry->d_name);
        good = read_file_or_folder(list, wanted, text_peek(&path));
        text_free(&path);
    }
    if (entries != NULL)
        closedir(entries);
    return good;
}

static bool read_file_or_folder(case_list *list, const format *wanted, const char *path) {
    struct stat about;
    size_t length = strlen(path);
    if (stat(path, &about) != 0)
        return false;
    if (S_ISDIR(about.st_mode))
        return read_folder(list, wanted, path);
    if (length < 5 || strcmp(path + length - 5, ".yaml") != 0)
        return true;
    json_t *fields = case_read(wanted, path);
    list->broken += fields == NULL;
    if (fields == NULL || add(list, path, fields))
        return true;
    json_decref(fields);
    return false;
}

static int by_path(const void *a, const void *b) {
    return strcmp(((const test_case *)a)->path, ((const test_case *)b)->path);
}

bool case_list_read(case_list *list, const char *folder) {
    format wanted = {0};
    text cases = TEXT_EMPTY;
    *list = (case_list){0};
    text_append_format(&cases, "%s/cases", folder);
    bool good = format_read(&wanted, folder) && read_folder(list, &wanted, text_peek(&cases));
    if (list->count > 0)
        qsort(list->items, list->count, sizeof *list->items, by_path);
    text_free(&cases);
    format_free(&wanted);
    return good;
}

void case_list_free(case_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].path);
        json_decref(list->items[i].fields);
    }
    free(list->items);
    *list = (case_list){0};
}

const char *case_string(const test_case *one, const char *field, const char *otherwise) {
    const char *value = json_string_value(json_object_get(one->fields, field));
    return value == NULL ? otherwise : value;
}

bool case_requires(const test_case *one, const char *need) {
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(one->fields, "requires"), i, item) {
        if (strcmp(json_string_value(item), need) == 0)
            return true;
    }
    return false;
}
