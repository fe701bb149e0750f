/*
 * github.c: diagnostics as workflow commands of GitHub Actions, which shows them at their lines ("Workflow commands for
 * GitHub Actions").
 */
#include <string.h>

#include "engine/report/diagnostics_json.h"

static void append_escaped(text *out, const char *string, const char *special) {
    for (; *string != '\0'; string++)
        if (strchr(special, *string) != NULL || (unsigned char)*string < 0x20)
            text_append_format(out, "%%%02X", (unsigned)(unsigned char)*string);
        else
            text_append_char(out, *string);
}

static void append_command(text *out, const diagnostic *entry) {
    static const char *const commands[] = {"error", "warning", "notice"};
    const place *where = &entry->where;
    text_append_format(out, "::%s ", commands[entry->severity]);
    if (where->file != NULL) {
        text_append_string(out, "file=");
        append_escaped(out, where->file, "%:,");
        text_append_char(out, ',');
    }
    if (where->line > 0) {
        text_append_format(out, "line=%u,col=%u,", where->line, where->column);
        if (where->length > 0)
            text_append_format(out, "endColumn=%u,", where->column + where->length);
    }
    text_append_format(out, "title=%s::", entry->code);
    append_escaped(out, entry->message, "%");
    if (entry->help != NULL) {
        text_append_string(out, "%0A");
        append_escaped(out, entry->help, "%");
    }
    text_append_char(out, '\n');
}

void diagnostics_as_github(const diagnostics *list, text *out) {
    for (size_t i = 0; i < list->count; i++)
        append_command(out, &list->items[i]);
}
