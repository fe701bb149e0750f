/*
 * operation_corpus_test.c: real OpenAPI documents: each opens, each operation of each is read, looked up and turned
 * into a request.
 *
 * They lie in ../shared/corpus, or where the environment variable SHARED says; without them the test is skipped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "engine/operation/operation.h"
#include "engine/uri.h"

typedef struct tally {
    size_t documents, operations, parameters, bodies, servers, requests, warnings, bytes;
    double parsing, opening, preparing, building;
} tally;

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static char *read_file(const char *path, size_t *length) {
    text all = TEXT_EMPTY;
    char piece[65536];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
        text_append(&all, piece, got);
    fclose(file);
    return text_take(&all, length);
}

/* "1" for each expression of the path, declared or not: some documents' references to parameters lead nowhere. */
static size_t fill_path(const operation *op, json_t *value, arena *memory, argument *arguments) {
    size_t count = 0;
    for (const char *at = strchr(operation_path(op), '{'); at != NULL; at = strchr(at + 1, '{'))
        arguments[count++] =
            (argument){.name = arena_copy(memory, at + 1, strcspn(at + 1, "}")), .in = PARAMETER_PATH, .value = value};
    return count;
}

/* A request with "1" for every required parameter, and an object for a body. */
static void check_request(const operation *op, diagnostics *list, tally *all) {
    arena *memory = arena_new();
    json_t *one = json_string("1"), *payload = operation_body_count(op) == 0 ? NULL : json_pack("{s:s}", "a", "b");
    size_t errors = list->errors;
    argument *arguments =
        arena_array(memory, operation_parameter_count(op) + strlen(operation_path(op)), sizeof *arguments);
    size_t count = fill_path(op, one, memory, arguments);
    for (size_t i = 0; i < operation_parameter_count(op); i++) {
        const operation_parameter *at = operation_parameter_at(op, i);
        if (at->required && at->in != PARAMETER_PATH)
            arguments[count++] = (argument){.name = at->name, .in = at->in, .value = one};
    }
    request_order order = {
        .op = op, .server = "https://given.test", .arguments = arguments, .argument_count = count, .payload = payload};
    http_request request;
    bool built = request_build(&order, memory, list, &request);
    if (!built || list->errors > errors)
        fail_msg("%s %s: %s", operation_method(op), operation_path(op), list->items[list->count - 1].message);
    assert_null(strpbrk(request.url, "{} \"<>"));
    all->requests++;
    json_decref(one);
    json_decref(payload);
    arena_free(memory);
}

static void check_operation(const api *described, const operation *op, diagnostics *list, tally *all) {
    arena *memory = arena_new();
    double started = now();
    size_t before = list->count;
    assert_true(operation_prepare(op, list));
    all->preparing += now() - started;
    all->warnings += list->count - before;
    all->operations++;
    all->parameters += operation_parameter_count(op);
    all->bodies += operation_body_count(op);
    for (size_t i = 0; i < operation_parameter_count(op); i++)
        assert_non_null(operation_parameter_at(op, i)->name);
    if (operation_id(op) != NULL)
        assert_non_null(api_operation_by_id(described, operation_id(op)));
    size_t errors = list->errors;
    if (operation_server(op, memory, list) != NULL)
        all->servers++;
    else
        assert_true(list->errors > errors);
    started = now();
    check_request(op, list, all);
    all->building += now() - started;
    arena_free(memory);
}

static bool is_openapi(const document *owner) {
    const node *root = document_root(owner);
    return node_get(root, "openapi") != NULL || node_get(root, "swagger") != NULL;
}

static void check_document(const char *path, tally *all) {
    diagnostics list;
    size_t length;
    char *bytes = read_file(path, &length);
    arena *memory = arena_new();
    assert_true(diagnostics_init(&list));
    double started = now();
    document *owner = document_parse(bytes, length, path, NULL, &list);
    double parsed = now();
    free(bytes);
    if (owner == NULL)
        fail_msg("%s: %s", path, list.items[0].message);
    if (is_openapi(owner)) {
        const char *uri = uri_resolve("file:///", uri_encode_path(path, memory), memory);
        double before = now();
        api *described = api_open(owner, uri, NULL, &list);
        all->opening += now() - before;
        all->parsing += parsed - started;
        all->documents++;
        all->bytes += length;
        if (described == NULL)
            fail_msg("%s: %s", path, list.items[list.count - 1].message);
        for (size_t i = 0; i < api_operation_count(described); i++)
            check_operation(described, api_operation(described, i), &list, all);
        api_free(described);
    }
    document_free(owner);
    diagnostics_free(&list);
    arena_free(memory);
}

static bool is_document(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot != NULL && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0 || strcmp(dot, ".json") == 0);
}

static void check_folder(const char *path, tally *all) {
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char below[4096];
        struct stat status;
        if (entry->d_name[0] == '.')
            continue;
        assert_in_range(snprintf(below, sizeof below, "%s/%s", path, entry->d_name), 1, sizeof below - 1);
        assert_int_equal(stat(below, &status), 0);
        if (S_ISDIR(status.st_mode))
            check_folder(below, all);
        else if (is_document(entry->d_name))
            check_document(below, all);
    }
    closedir(folder);
}

static void real_documents_open(void **state) {
    (void)state;
    const char *shared = getenv("SHARED");
    char path[4096];
    struct stat status;
    snprintf(path, sizeof path, "%s/corpus", shared == NULL ? "../shared" : shared);
    if (stat(path, &status) != 0) {
        print_message("# there is no %s\n", path);
        skip();
    }
    tally all = {0};
    check_folder(path, &all);
    assert_true(all.documents > 0);
    print_message("# %zu documents (%zu bytes), %zu operations, %zu parameters, %zu media types, %zu servers, %zu "
                  "requests, %zu references of parameters lead nowhere\n",
                  all.documents, all.bytes, all.operations, all.parameters, all.bodies, all.servers, all.requests,
                  all.warnings);
    print_message("# parsing %.0f ms, opening %.1f ms, preparing %.1f ms, building %.1f ms\n", all.parsing * 1e3,
                  all.opening * 1e3, all.preparing * 1e3, all.building * 1e3);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(real_documents_open)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
