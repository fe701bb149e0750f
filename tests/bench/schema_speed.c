/*
 * schema_speed.c: what compiling a schema and holding an instance against it cost, apart. `make bench-schema` runs it
 * by the clock and under callgrind (tests/bench/schema.sh).
 *
 *     schema_speed compile|evaluate|invalid COUNT
 *
 * Prints nanoseconds for each. `invalid` evaluates an instance with four mistakes and collects the errors.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/schema/schema.h"
#include "runtime-expr/json_text.h"

static char *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    char *bytes = file == NULL ? NULL : malloc(65536);
    if (bytes != NULL)
        *length = fread(bytes, 1, 65536, file);
    if (file != NULL)
        fclose(file);
    return bytes;
}

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e9 + (double)at.tv_nsec;
}

static const schema *compile(schema_set **set, const document *owner, diagnostics *list) {
    *set = schema_set_new(&(schema_options){.dialect = SCHEMA_2020_12});
    return *set == NULL ? NULL : schema_compile(*set, owner, document_root(owner), "", list);
}

static bool compile_many(const document *owner, diagnostics *list, size_t count) {
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        schema_set *set;
        good = compile(&set, owner, list) != NULL && good;
        schema_set_free(set);
    }
    return good;
}

static bool evaluate_many(const schema *compiled, const json_t *instance, bool invalid, size_t count) {
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        schema_errors errors = {.count = 0};
        arena *memory = invalid ? arena_new() : NULL;
        schema_outcome outcome = schema_validate(compiled, instance, memory, invalid ? &errors : NULL);
        good = good && outcome == (invalid ? SCHEMA_INVALID : SCHEMA_VALID) && (!invalid || errors.count >= 4);
        arena_free(memory);
    }
    return good;
}

static void spoil(json_t *instance) {
    json_object_set_new(instance, "status", json_string("lost"));
    json_object_set_new(instance, "surprise", json_true());
    json_object_set_new(json_array_get(json_object_get(instance, "lines"), 2), "quantity", json_integer(0));
    json_object_del(json_object_get(instance, "customer"), "name");
}

int main(int count, char **arguments) {
    diagnostics list;
    size_t length;
    if (count != 3 || !diagnostics_init(&list))
        return 2;
    size_t times = strtoul(arguments[2], NULL, 10);
    char *schema_text = read_file("tests/bench/order.schema.json", &length);
    document *owner = schema_text == NULL ? NULL : document_parse(schema_text, length, "order", NULL, &list);
    char *instance_text = read_file("tests/bench/order.json", &length);
    json_t *instance = NULL;
    schema_set *set = NULL;
    if (owner == NULL || instance_text == NULL ||
        json_text_parse(instance_text, length, &instance, NULL) != JSON_TEXT_OK)
        return 1;
    bool invalid = strcmp(arguments[1], "invalid") == 0;
    if (invalid)
        spoil(instance);
    const schema *compiled = compile(&set, owner, &list);
    double began = now();
    bool good =
        compiled != NULL && (strcmp(arguments[1], "compile") == 0 ? compile_many(owner, &list, times)
                                                                  : evaluate_many(compiled, instance, invalid, times));
    printf("%.0f\n", (now() - began) / (double)(times == 0 ? 1 : times));
    schema_set_free(set);
    json_decref(instance);
    document_free(owner);
    diagnostics_free(&list);
    free(schema_text);
    free(instance_text);
    return good ? 0 : 1;
}
