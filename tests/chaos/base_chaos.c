/* base_chaos.c: base/, the diagnostics, the command line and the mask when memory is short. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "engine/cli/commands.h"
#include "engine/diagnostic.h"
#include "engine/report/mask.h"
#include "tests/chaos/chaos.h"

static bool fill_arena(void) {
    arena *memory = arena_new();
    bool good = memory != NULL;
    for (size_t size = 1; good && size < 2000000; size *= 3)
        good = arena_alloc(memory, size) != NULL && arena_copy(memory, "copy", 4) != NULL;
    arena_free(memory);
    return good;
}

static bool grow_text(void) {
    text out = TEXT_EMPTY;
    for (int i = 0; i < 2000; i++)
        text_append_format(&out, "%d\n", i);
    text_append_code_point(&out, 0x20AC);
    char *bytes = text_take(&out, NULL);
    bool good = bytes != NULL;
    free(bytes);
    return good;
}

static bool collect_diagnostics(void) {
    diagnostics list;
    bool good = diagnostics_init(&list);
    for (unsigned i = 0; i < 100; i++)
        good = diagnose(&list, "W0001", (place){"file.yaml", i, 1, 1}, "help", "number %u", i) != NULL && good;
    good = good && diagnostics_clean(&list) && list.count == 100;
    diagnostics_free(&list);
    return good;
}

/* The streams are the C library's business: they are opened, and their buffers made, before. */
static FILE *nowhere;

static bool parse_command_line(void) {
    char *arguments[] = {"arazzo", "run", "file", "-i", "a=1", "--server", "u", "--secret=s", "--timeout", "3"};
    command_options options;
    int status = 0;
    arena *memory = arena_new();
    bool good = memory != NULL && command_line_parse(&arazzo_program, sizeof arguments / sizeof *arguments, arguments,
                                                     memory, &options, NULL, nowhere, nowhere, &status) != NULL;
    arena_free(memory);
    return good;
}

static bool write_help(void) {
    bool good = command_help(&arazzo_program, NULL, false, nowhere);
    for (const command *of = arazzo_program.commands; of->name != NULL; of++)
        good = command_help(&arazzo_program, of, true, nowhere) && good;
    return good;
}

static bool mask_secrets(void) {
    static const char lines[] = "-----BEGIN-----\nMIIEvQIBADANBgkq\n", *const names[] = {"X-Api-Key", "Cookie"};
    json_t *value = json_pack("{s: {s: s, s: s}, s: [i, f, n, s]}", "headers", "cookie", "a=1", "Accept", "*/*",
                              "hunter2", 1234567, 1.5, "x hunter2"),
           *masked = NULL;
    mask *hidden = value == NULL ? NULL : mask_new();
    bool good = hidden != NULL && mask_add(hidden, lines, strlen(lines)) && mask_add(hidden, "hunter2", 7) &&
                mask_add_header_name(hidden, names[0]) && mask_add_header(hidden, names[1], "session=0123456789") &&
                mask_add_json(hidden, json_object_get(value, "hunter2"));
    if (good)
        masked = mask_json(hidden, value);
    good = good && masked != NULL;
    json_decref(masked);
    json_decref(value);
    mask_free(hidden);
    return good;
}

int main(void) {
    static const chaos_case cases[] = {
        {.name = "an arena is filled", .run = fill_arena},
        {.name = "a text grows", .run = grow_text},
        {.name = "diagnostics are collected", .run = collect_diagnostics},
        {.name = "a command line is parsed", .run = parse_command_line},
        {.name = "help is written", .run = write_help},
        {.name = "secrets are masked", .run = mask_secrets},
        {.name = NULL},
    };
    nowhere = fopen("/dev/null", "w");
    if (nowhere == NULL || fputc('\n', nowhere) == EOF || fflush(nowhere) != 0)
        return 1;
    int status = chaos_run(cases);
    fclose(nowhere);
    return status;
}
