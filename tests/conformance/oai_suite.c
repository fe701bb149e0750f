/*
 * oai_suite.c: the OpenAPI Initiative's own documents: those that its schema accepts are accepted without an error, and
 * those that it refuses get an error that names the field that is wrong. Sources are not looked up: they do not exist.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "engine/uri.h"
#include "engine/validate/validate.h"
#include "http/fetch.h"

/* What must be said about each document that is refused. */
static const struct {
    const char *document, *code, *field;
} refused[] = {
    {"async-both-operationId-and-channelPath.arazzo.yaml", "E0406", "channelPath"},
    {"async-channelPath-without-action.arazzo.yaml", "E0401", "action"},
    {"async-depends-on-duplicate-values.arazzo.yaml", "E0404", "dependsOn"},
    {"async-depends-on-empty.arazzo.yaml", "E0405", "dependsOn"},
    {"async-depends-on-invalid-reference.arazzo.yaml", "E0403", "$steps.sendEvent"},
    {"channel-path-is-invalid-for-openapi.arazzo.yaml", "E0401", "action"},
    {"invalid-arazzo-version.yaml", "E0411", "2"},
    {"invalid-async-correlation-id-non-receive-action.arazzo.yaml", "E0433", "correlationId"},
    {"invalid-async-parameter-without-in.arazzo.yaml", "E0401", "in"},
    {"invalid-async.arazzo.yaml", "E0403", "action"},
    {"invalid-expression-type-object.arazzo.yaml", "E0403", "rfc9535"},
    {"invalid-openapi-parameter-without-in.arazzo.yaml", "E0401", "in"},
    {"invalid-openapi-success-criteria.arazzo.yaml", "E0405", "successCriteria"},
    {"invalid-querystring-without-value.arazzo.yaml", "E0401", "value"},
    {"invalid-selector-object.arazzo.yaml", "E0401", "type"},
    {"invalid-self-fragment.arazzo.yaml", "E0412", "$self"},
    {"invalid-targetSelectorType.arazzo.yaml", "E0403", "targetSelectorType"},
    {"invalid-workflow-step-with-operationId.arazzo.yaml", "E0406", "operationId"},
    {"invalid-workflow-success-criteria.arazzo.yaml", "E0405", "successCriteria"},
    {"not-an-object.yaml", "E0402", NULL},
    {"openapi-both-operationId-and-operationPath.arazzo.yaml", "E0406", "operationPath"},
    {"openapi-duplicate-parameters.arazzo.yaml", "E0404", "limit"},
    {"openapi-missing-operation-target.arazzo.yaml", "E0406", "operationId"},
    {"workflow-duplicate-parameters.arazzo.yaml", "E0404", "userId"},
    {"workflow-missing-workflowId.arazzo.yaml", "E0406", "workflowId"},
    {"workflow-step-with-action.arazzo.yaml", "E0433", "action"},
    {"workflow-step-with-channelPath.arazzo.yaml", "E0406", "channelPath"},
};

enum { REFUSED = sizeof refused / sizeof *refused };

static bool validate_file(const char *path, diagnostics *list) {
    fetcher files = {.client = NULL};
    arazzo_reader reader = fetch_reader(&files, NULL);
    arazzo_load_options options = {.no_sources = true};
    library *books = library_new(&reader);
    arena *memory = arena_new();
    char absolute[4096] = "";
    if (path[0] != '/' && getcwd(absolute, sizeof absolute / 2) != NULL)
        strcat(absolute, "/");
    strncat(absolute, path, sizeof absolute / 2 - 2);
    const char *uri = memory == NULL ? NULL : uri_from_path(absolute, memory);
    bool ready = diagnostics_init(list) && books != NULL && uri != NULL;
    if (ready)
        validate_document(books, uri, &options, list);
    library_free(books);
    arena_free(memory);
    return ready && !list->no_memory;
}

/* The message names the field in quotes. */
static bool names(const char *message, const char *field) {
    text quoted = TEXT_EMPTY;
    text_append_format(&quoted, "'%s'", field);
    bool found = strstr(message, text_peek(&quoted)) != NULL;
    text_free(&quoted);
    return found;
}

static bool says(const diagnostics *list, const char *code, const char *field) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].code, code) == 0 && (field == NULL || names(list->items[i].message, field)))
            return true;
    return false;
}

static bool is_right(const char *path, const char *name, bool accepted) {
    diagnostics list;
    bool right = validate_file(path, &list);
    if (accepted) {
        right = right && list.errors == 0;
    } else {
        size_t row = 0;
        while (row < REFUSED && strcmp(refused[row].document, name) != 0)
            row++;
        right = right && row < REFUSED && says(&list, refused[row].code, refused[row].field);
    }
    for (size_t i = 0; !right && i < list.count; i++)
        printf("# %s: %s: %s\n", name, list.items[i].code, list.items[i].message);
    diagnostics_free(&list);
    return right;
}

/* Checks each document in a folder; *count of them. */
static size_t check_folder(const char *folder, bool accepted, size_t *count) {
    size_t passed = 0;
    DIR *entries = opendir(folder);
    *count = 0;
    for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        if (strstr(entry->d_name, ".yaml") == NULL)
            continue;
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        bool right = is_right(path, entry->d_name, accepted);
        passed += right;
        ++*count;
        if (!right)
            printf("# %s is not %s as expected\n", path, accepted ? "accepted" : "refused");
    }
    if (entries != NULL)
        closedir(entries);
    return passed;
}

int main(void) {
    const char *shared = getenv("SHARED");
    char pass[1024], fail[1024];
    static const char root[] = "conformance/oai-arazzo-schema/tests/schema";
    snprintf(pass, sizeof pass, "%s/%s/pass", shared == NULL ? "../shared" : shared, root);
    snprintf(fail, sizeof fail, "%s/%s/fail", shared == NULL ? "../shared" : shared, root);
    size_t accepted, rejected, passed = check_folder(pass, true, &accepted),
                               failed = check_folder(fail, false, &rejected);
    if (accepted + rejected == 0) {
        printf("ok 1 - # skip the Initiative's documents are not there: %s\n1..1\n", pass);
        return 0;
    }
    printf("%s 1 - %zu of %zu accepted\n", passed == accepted ? "ok" : "not ok", passed, accepted);
    printf("%s 2 - %zu of %zu refused for the right reason\n1..2\n",
           failed == rejected && rejected == REFUSED ? "ok" : "not ok", failed, rejected);
    return passed != accepted || failed != rejected || rejected != REFUSED;
}
