/*
 * validate_chaos.c: validating documents and carrying out their mends, with every allocation failing once in turn: the
 * rules, the answers' schemas, the changes of the text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/report/diff.h"
#include "engine/validate/fix.h"
#include "engine/validate/validate.h"
#include "tests/chaos/chaos.h"

enum { MOST_BYTES = 20000 };

static char *read_file(void *user, const char *uri, size_t *length, char *error, size_t error_size) {
    (void)user;
    FILE *file = strncmp(uri, "file:///", 8) == 0 ? fopen(uri + 8, "rb") : NULL;
    char *bytes = file == NULL ? NULL : malloc(MOST_BYTES);
    if (file != NULL)
        setvbuf(file, NULL, _IONBF, 0); /* stdio does without a buffer when memory is short, unnoticed */
    if (bytes == NULL)
        snprintf(error, error_size, "memory ran short");
    else
        *length = fread(bytes, 1, MOST_BYTES, file);
    if (file != NULL)
        fclose(file);
    return bytes;
}

/* Something could not be read or found for want of memory, and that is an error by itself. */
static bool told_unread(const diagnostics *list) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].code, "E0601") == 0 || strcmp(list->items[i].code, "E0416") == 0)
            return true;
    return false;
}

/* The text with its mends, and the difference: as many mends as there are, or it is said that memory was short. */
static bool mend(const document *owner, const diagnostics *list, size_t wanted) {
    text made = TEXT_EMPTY, shown = TEXT_EMPTY;
    size_t length, count = fix_text(owner, list, 0, &made);
    const char *before = document_text(owner, &length);
    diff_append("a", before, length, text_peek(&made), made.length, &shown);
    bool right = count == wanted || made.failed || list->no_memory;
    text_free(&made);
    text_free(&shown);
    return right;
}

/*
 * Everything is found, or it is said that memory was short. That a help line is cut off is not said, which is why these
 * cases are quiet ones.
 */
static bool validate(const char *uri, size_t wanted, size_t mends) {
    const arazzo_reader reader = {.read = read_file};
    diagnostics list;
    library *books = library_new(&reader);
    bool ready = diagnostics_init(&list) && books != NULL, right = true;
    if (ready) {
        validate_document(books, uri, NULL, &list);
        right = list.no_memory || list.count == wanted || told_unread(&list);
    }
    const document *owner =
        ready && !list.no_memory ? library_document(books, uri, (place){.file = NULL}, &list) : NULL;
    right = right && (owner == NULL || mends == 0 || told_unread(&list) || mend(owner, &list, mends));
    library_free(books);
    diagnostics_free(&list);
    return right;
}

static bool what_steps_give(void) {
    return validate("file:///tests/data/validate/operations/parameters.arazzo.yaml", 12, 0);
}

static bool what_steps_take(void) {
    return validate("file:///tests/data/validate/operations/answers.arazzo.yaml", 14, 0);
}

static bool what_steps_send(void) {
    return validate("file:///tests/data/validate/operations/payloads.arazzo.yaml", 5, 0);
}

static bool mending(void) {
    return validate("file:///tests/data/validate/fix/loose.arazzo.yaml", 19, 17);
}

int main(void) {
    static const chaos_case cases[] = {
        {"what steps give", what_steps_give, true},
        {"what steps take", what_steps_take, true},
        {"what steps send", what_steps_send, true},
        {"mending a document", mending, true},
        {NULL, NULL, false},
    };
    return chaos_run(cases);
}
