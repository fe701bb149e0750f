/*
 * cli_chaos.c: whole commands, from their command line and configuration to what they print, with every allocation
 * failing once in turn: documents are validated, with and without mends, and shown.
 *
 * A command that exits with success has done and printed what it does and prints with memory enough.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include "engine/cli/command_mains.h"
#include "engine/cli/session.h"
#include "tests/chaos/chaos.h"

enum { MOST_OUTPUT = 1 << 16, MOST_ARGUMENTS = 16 };

static char folder[] = "/tmp/arazzo-chaos-XXXXXX";

static const char openapi[] = "openapi: 3.0.3\n"
                              "info: {title: t, version: '1'}\n"
                              "servers: [{url: 'http://127.0.0.1:1'}]\n"
                              "paths:\n"
                              "  /a:\n"
                              "    get: {operationId: getA, responses: {'200': {description: good}}}\n";

static const char good[] = "arazzo: 1.0.1\n"
                           "info: {title: t, version: '1'}\n"
                           "sourceDescriptions:\n"
                           "- {name: s, url: openapi.yaml, type: openapi}\n"
                           "workflows:\n"
                           "- workflowId: w\n"
                           "  steps:\n"
                           "  - stepId: one\n"
                           "    operationId: getA\n"
                           "    successCriteria: [{condition: $statusCode == 200}]\n";

/* Its versions are numbers: mended with quotes. */
static const char mendable[] = "arazzo: 1.0.1\n"
                               "info: {title: t, version: 1}\n"
                               "sourceDescriptions:\n"
                               "- {name: s, url: openapi.yaml, type: openapi}\n"
                               "workflows:\n"
                               "- workflowId: w\n"
                               "  steps:\n"
                               "  - stepId: one\n"
                               "    operationId: getA\n"
                               "    successCriteria: [{condition: $statusCode == 200}]\n";

static const char settings[] = "max-steps: 7\ntimeout: 10\nauth:\n  someScheme: ARAZZO_CHAOS\n";

/* Without stdio, which allocates: it is not what is to fail. */
static void write_file(const char *name, const char *content) {
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || write(file, content, strlen(content)) != (ssize_t)strlen(content))
        abort();
    close(file);
}

static void read_file(const char *name, char *content, size_t size) {
    int file = open(name, O_RDONLY);
    ssize_t length = file < 0 ? -1 : read(file, content, size - 1);
    if (length < 0)
        abort();
    content[length] = '\0';
    close(file);
}

typedef struct expectation {
    int status;
    size_t length; /* of what a command that succeeds prints */
    char bytes[MOST_OUTPUT];
    bool known; /* from the first run, in which nothing fails */
} expectation;

static int carry_out(command_id id, const command_options *options, const configuration *config, FILE *out, FILE *err) {
    switch (id) {
    case COMMAND_VALIDATE:
        return validate_main(&options->validate, out, err);
    case COMMAND_TEST:
        return test_main(&options->test, config, out, err);
    case COMMAND_SHOW:
        return show_main(&options->show, config, out, err);
    default:
        return EXIT_USAGE;
    }
}

static int run_line(char *const *line, FILE *out, FILE *err) {
    command_options options;
    configuration config;
    char *arguments[MOST_ARGUMENTS];
    bool *given;
    int count = 0, status = EXIT_FAILED;
    for (; line[count] != NULL; count++)
        arguments[count] = line[count];
    arguments[count] = NULL;
    arena *memory = arena_new();
    if (memory == NULL)
        return status;
    const command *chosen =
        command_line_parse(&arazzo_program, count, arguments, memory, &options, &given, out, err, &status);
    if (chosen != NULL) {
        bool usable = config_open(&config, chosen, given, memory, &options);
        config_print(&config, chosen, &options, err);
        status = usable ? carry_out((command_id)chosen->id, &options, &config, out, err) : EXIT_USAGE;
        config_close(&config);
    }
    arena_free(memory);
    return status;
}

/* With streams that were opened before anything fails. */
static FILE *printed, *nowhere;

static bool succeeds_alike(char *const *line, expectation *expected) {
    static char bytes[MOST_OUTPUT];
    rewind(printed);
    if (ftruncate(fileno(printed), 0) != 0)
        return false;
    int status = run_line(line, printed, nowhere);
    long length = ftell(printed);
    if (length < 0 || length > MOST_OUTPUT || pread(fileno(printed), bytes, (size_t)length, 0) != length)
        return false;
    if (!expected->known) {
        expected->known = true;
        expected->status = status;
        expected->length = (size_t)length;
        memcpy(expected->bytes, bytes, (size_t)length);
        return true;
    }
    return status != EXIT_OK || (expected->status == EXIT_OK && expected->length == (size_t)length &&
                                 memcmp(expected->bytes, bytes, (size_t)length) == 0);
}

static bool validate_good(void) {
    static expectation expected;
    static char *const line[] = {"arazzo", "validate", "--format", "json", "good.yaml", NULL};
    return succeeds_alike(line, &expected) && expected.status == EXIT_OK;
}

/* Whatever fails, the file holds what it held or what it is to hold. */
static bool validate_fix(void) {
    static expectation expected;
    static char *const line[] = {"arazzo", "validate", "--fix", "mend.yaml", NULL};
    static char mended[sizeof mendable + 8], now[sizeof mendable + 8];
    write_file("mend.yaml", mendable);
    bool first = !expected.known, right = succeeds_alike(line, &expected);
    read_file("mend.yaml", now, sizeof now);
    if (first)
        memcpy(mended, now, sizeof now);
    return right && strcmp(mended, mendable) != 0 && (strcmp(now, mended) == 0 || strcmp(now, mendable) == 0);
}

static bool show_configured(void) {
    static expectation expected;
    static char *const line[] = {"arazzo", "show", "good.yaml", NULL};
    return succeeds_alike(line, &expected) && expected.status == EXIT_OK;
}

/* The server is not there: every workflow fails, and the reports are written. */
static bool test_reported(void) {
    static expectation expected;
    static char *const line[] = {"arazzo",      "test",     "--server", "http://127.0.0.1:1", "good.yaml",
                                 "--contract",  "warn",     "--report", "html=r.html",        "--report",
                                 "junit=r.xml", "--secret", "token",    "--no-config",        NULL};
    return succeeds_alike(line, &expected) && expected.status == EXIT_FAILED;
}

static void *end_at_once(void *nothing) {
    return nothing;
}

/* When memory is short libcurl may start a thread to resolve a name. What such a thread takes is kept by the C library
 * for the next one: here one thread has been there before anything is counted. */
static bool warm_threads(void) {
    pthread_t thread;
    return pthread_create(&thread, NULL, end_at_once, NULL) == 0 && pthread_join(thread, NULL) == 0;
}

int main(void) {
    static const chaos_case cases[] = {
        {.name = "validate", .run = validate_good, .quiet = true},
        {.name = "validate --fix", .run = validate_fix, .quiet = true},
        {.name = "show, with a configuration", .run = show_configured, .quiet = true},
        {.name = "test, with reports", .run = test_reported, .quiet = true},
        {.name = NULL},
    };
    if (mkdtemp(folder) == NULL || chdir(folder) != 0)
        return 1;
    write_file("openapi.yaml", openapi);
    write_file("good.yaml", good);
    write_file(".arazzo.yaml", settings);
    printed = tmpfile();
    nowhere = fopen("/dev/null", "w");
    if (printed == NULL || nowhere == NULL || !warm_threads())
        return 1;
    setvbuf(printed, NULL, _IONBF, 0);
    setvbuf(nowhere, NULL, _IONBF, 0);
    int status = chaos_run(cases);
    static const char *const files[] = {"openapi.yaml", "good.yaml", ".arazzo.yaml", "mend.yaml", "r.html", "r.xml"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        remove(files[i]);
    fclose(printed);
    fclose(nowhere);
    if (rmdir(folder) != 0)
        return 1;
    return status;
}
