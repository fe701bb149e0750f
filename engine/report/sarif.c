/*
 * sarif.c: diagnostics as a log in the Static Analysis Results Interchange Format (OASIS SARIF 2.1.0), which code
 * scanning services and editors read.
 *
 * Columns count Unicode code points, as everywhere here, and the log says so (`columnKind`).
 */
#include <string.h>

#include "engine/report/diagnostics_json.h"
#include "engine/uri.h"
#include "engine/validate/rules.h"

static const char *const levels[] = {"error", "warning", "note"};

static void append_text_object(text *out, const char *name, const char *value) {
    text_append_format(out, "\"%s\": {\"text\": ", name);
    append_json_string(out, value);
    text_append_char(out, '}');
}

static bool is_used(const diagnostics *list, const rule *one) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].code, one->code) == 0)
            return true;
    return false;
}

static void append_rule(text *out, const rule *one) {
    static const char severities[] = "EWN";
    const char *found = strchr(severities, one->code[0]);
    text_append_format(out, "{\"id\": \"%s\", ", one->code);
    append_text_object(out, "shortDescription", one->title);
    text_append_string(out, ", ");
    append_text_object(out, "fullDescription", one->explanation);
    text_append_string(out, ", ");
    append_text_object(out, "help", one->section);
    text_append_format(out, ", \"defaultConfiguration\": {\"level\": \"%s\"}}",
                       levels[found == NULL ? 0 : found - severities]);
}

static void append_rules(const diagnostics *list, text *out) {
    bool first = true;
    for (size_t i = 0; i < rule_count(); i++) {
        if (!is_used(list, rule_at(i)))
            continue;
        text_append_string(out, first ? "\n            " : ",\n            ");
        append_rule(out, rule_at(i));
        first = false;
    }
}

/* A file's name is a path, relative to where the command was started, or already a URI. */
static void append_uri(text *out, const char *file, arena *memory) {
    const char *uri = uri_is_absolute(file) ? file
                      : file[0] == '/'      ? uri_from_path(file, memory)
                                            : uri_encode_path(file, memory);
    if (uri == NULL)
        out->failed = true;
    else
        append_json_string(out, uri);
}

/* `label` may be NULL. */
static void append_location(text *out, const place *where, const char *label, arena *memory) {
    text_append_string(out, "{\"physicalLocation\": {\"artifactLocation\": {\"uri\": ");
    append_uri(out, where->file, memory);
    text_append_char(out, '}');
    if (where->line > 0) {
        text_append_format(out, ", \"region\": {\"startLine\": %u, \"startColumn\": %u", where->line, where->column);
        if (where->length > 0)
            text_append_format(out, ", \"endColumn\": %u", where->column + where->length);
        text_append_char(out, '}');
    }
    text_append_char(out, '}');
    if (label != NULL) {
        text_append_string(out, ", ");
        append_text_object(out, "message", label);
    }
    text_append_char(out, '}');
}

/* What `--fix` would write (SARIF, 3.55 to 3.57). */
static void append_fix(text *out, const diagnostic *entry, arena *memory) {
    const text_change *mend = &entry->mend;
    text_append_string(out, ", \"fixes\": [{");
    append_text_object(out, "description", entry->help == NULL ? "write it as the specification asks" : entry->help);
    text_append_string(out, ", \"artifactChanges\": [{\"artifactLocation\": {\"uri\": ");
    append_uri(out, mend->from.file, memory);
    text_append_format(out,
                       "}, \"replacements\": [{\"deletedRegion\": {\"startLine\": %u, \"startColumn\": %u, "
                       "\"endLine\": %u, \"endColumn\": %u}, ",
                       mend->from.line, mend->from.column, mend->end_line, mend->end_column);
    append_text_object(out, "insertedContent", mend->replacement);
    text_append_string(out, "}]}]}]");
}

static void append_result(text *out, const diagnostic *entry, arena *memory) {
    text message = TEXT_EMPTY;
    text_append_string(&message, entry->message);
    if (entry->help != NULL)
        text_append_format(&message, " (%s)", entry->help);
    text_append_format(out, "{\"ruleId\": \"%s\", \"level\": \"%s\", ", entry->code, levels[entry->severity]);
    append_text_object(out, "message", text_peek(&message));
    out->failed = out->failed || message.failed;
    text_free(&message);
    text_append_string(out, ", \"locations\": [");
    if (entry->where.file != NULL)
        append_location(out, &entry->where, NULL, memory);
    text_append_char(out, ']');
    if (entry->related.label != NULL && entry->related.where.file != NULL) {
        text_append_string(out, ", \"relatedLocations\": [");
        append_location(out, &entry->related.where, entry->related.label, memory);
        text_append_char(out, ']');
    }
    if (entry->mend.replacement != NULL)
        append_fix(out, entry, memory);
    text_append_char(out, '}');
}

void diagnostics_as_sarif(const diagnostics *list, const char *version, text *out) {
    arena *memory = arena_new();
    if (memory == NULL) {
        out->failed = true;
        return;
    }
    text_append_string(out,
                       "{\n  \"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\",\n"
                       "  \"version\": \"2.1.0\",\n  \"runs\": [\n    {\n      \"tool\": {\n        \"driver\": {\n"
                       "          \"name\": \"arazzo\",\n");
    text_append_format(out, "          \"version\": \"%s\",\n          \"rules\": [", version);
    append_rules(list, out);
    text_append_string(out, "]\n        }\n      },\n      \"columnKind\": \"unicodeCodePoints\",\n"
                            "      \"results\": [");
    for (size_t i = 0; i < list->count; i++) {
        text_append_string(out, i == 0 ? "\n        " : ",\n        ");
        append_result(out, &list->items[i], memory);
    }
    text_append_string(out, "]\n    }\n  ]\n}\n");
    arena_free(memory);
}
