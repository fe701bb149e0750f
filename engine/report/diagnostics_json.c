/* diagnostics_json.c: diagnostics as one JSON object. */
#include "engine/report/diagnostics_json.h"

#include <string.h>

#include "base/utf8.h"
#include "engine/validate/rules.h"

void append_json_string(text *out, const char *string) {
    size_t length = strlen(string);
    text_append_char(out, '"');
    for (size_t at = 0; at < length;) {
        uint32_t code_point;
        size_t size = utf8_decode(string + at, length - at, &code_point);
        if (size == 0)
            text_append_code_point(out, 0xFFFD);
        else if (code_point == '"' || code_point == '\\')
            text_append_format(out, "\\%c", (char)code_point);
        else if (code_point == '\n')
            text_append_string(out, "\\n");
        else if (code_point < 0x20)
            text_append_format(out, "\\u%04x", (unsigned)code_point);
        else
            text_append(out, string + at, size);
        at += size == 0 ? 1 : size;
    }
    text_append_char(out, '"');
}

static void append_member(text *out, const char *name, const char *value) {
    text_append_format(out, ", \"%s\": ", name);
    append_json_string(out, value);
}

static void append_entry(text *out, const diagnostic *entry) {
    const rule *broken = rule_find(entry->code);
    text_append_string(out, "{\"code\": ");
    append_json_string(out, entry->code);
    append_member(out, "severity", diagnostic_severity_name(entry->severity));
    append_member(out, "message", entry->message);
    if (entry->where.file != NULL)
        append_member(out, "file", entry->where.file);
    if (entry->where.line > 0)
        text_append_format(out, ", \"line\": %u, \"column\": %u, \"length\": %u", entry->where.line,
                           entry->where.column, entry->where.length);
    if (entry->help != NULL)
        append_member(out, "help", entry->help);
    if (broken != NULL)
        append_member(out, "section", broken->section);
    if (entry->related.label != NULL) {
        text_append_string(out, ", \"related\": {\"message\": ");
        append_json_string(out, entry->related.label);
        if (entry->related.where.file != NULL)
            append_member(out, "file", entry->related.where.file);
        text_append_format(out, ", \"line\": %u, \"column\": %u, \"length\": %u}", entry->related.where.line,
                           entry->related.where.column, entry->related.where.length);
    }
    if (entry->mend.replacement != NULL) {
        text_append_format(out,
                           ", \"fix\": {\"line\": %u, \"column\": %u, \"endLine\": %u, \"endColumn\": %u, "
                           "\"text\": ",
                           entry->mend.from.line, entry->mend.from.column, entry->mend.end_line,
                           entry->mend.end_column);
        append_json_string(out, entry->mend.replacement);
        text_append_char(out, '}');
    }
    text_append_char(out, '}');
}

void diagnostics_as_json(const diagnostics *list, size_t files, text *out) {
    text_append_format(out, "{\n  \"files\": %zu,\n  \"errors\": %zu,\n  \"warnings\": %zu,\n  \"diagnostics\": [",
                       files, list->errors, list->warnings);
    for (size_t i = 0; i < list->count; i++) {
        text_append_string(out, i == 0 ? "\n    " : ",\n    ");
        append_entry(out, &list->items[i]);
    }
    text_append_string(out, list->count == 0 ? "]\n}\n" : "\n  ]\n}\n");
}
