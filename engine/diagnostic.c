/* diagnostic.c: the list of diagnostics. */
#include "engine/diagnostic.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

bool diagnostics_init(diagnostics *list) {
    *list = (diagnostics){.memory = arena_new()};
    list->no_memory = list->memory == NULL;
    return !list->no_memory;
}

void diagnostics_free(diagnostics *list) {
    arena_free(list->memory);
    *list = (diagnostics){.memory = NULL};
}

static diagnostic *new_entry(diagnostics *list) {
    diagnostic *items = list->memory == NULL
                            ? NULL
                            : arena_room(list->memory, list->items, list->count, &list->capacity, sizeof *items);
    if (items == NULL)
        return NULL;
    list->items = items;
    return &items[list->count];
}

static const char *keep(diagnostics *list, const char *string) {
    return string == NULL ? NULL : arena_copy(list->memory, string, strlen(string));
}

diagnostic *diagnose(diagnostics *list, const char *code, place where, const char *help, const char *format, ...) {
    diagnostic *entry = new_entry(list);
    text message = TEXT_EMPTY;
    va_list values;
    va_start(values, format);
    text_append_format_list(&message, format, values);
    va_end(values);
    if (entry != NULL && !message.failed) {
        *entry = (diagnostic){.code = keep(list, code)};
        entry->severity = code[0] == 'E' ? DIAGNOSTIC_ERROR : code[0] == 'W' ? DIAGNOSTIC_WARNING : DIAGNOSTIC_NOTE;
        entry->where = where;
        entry->where.file = keep(list, where.file);
        entry->help = keep(list, help);
        entry->message = keep(list, text_peek(&message));
    }
    text_free(&message);
    if (entry == NULL || entry->message == NULL || entry->code == NULL || (help != NULL && entry->help == NULL) ||
        (where.file != NULL && entry->where.file == NULL)) {
        list->no_memory = true;
        return NULL;
    }
    list->count++;
    list->errors += entry->severity == DIAGNOSTIC_ERROR;
    list->warnings += entry->severity == DIAGNOSTIC_WARNING;
    return entry;
}

/* The name of a file, in the list's memory. False when that is short. */
static bool keep_file(diagnostics *list, place *where) {
    const char *given = where->file;
    where->file = keep(list, given);
    list->no_memory = list->no_memory || (given != NULL && where->file == NULL);
    return given == NULL || where->file != NULL;
}

void diagnostic_relate(diagnostics *list, diagnostic *entry, place where, const char *label) {
    if (entry != NULL && keep_file(list, &where))
        entry->related = (related_place){.where = where, .label = label};
}

void diagnostic_set_mend(diagnostics *list, diagnostic *entry, text_change *change) {
    text_change kept = *change;
    change->replacement = NULL;
    if (entry != NULL && kept.replacement != NULL) {
        char *replacement = arena_copy(list->memory, kept.replacement, strlen(kept.replacement));
        free(kept.replacement);
        kept.replacement = replacement;
        list->no_memory = list->no_memory || replacement == NULL;
        if (replacement != NULL && keep_file(list, &kept.from))
            entry->mend = kept;
        return;
    }
    free(kept.replacement);
}

bool diagnostics_clean(const diagnostics *list) {
    return list->errors == 0 && !list->no_memory;
}
