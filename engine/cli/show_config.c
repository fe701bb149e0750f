/*
 * show_config.c: `arazzo show --config FILE`: what a run of the document goes by without options on the command line,
 * and where each value came from.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/cli/config.h"
#include "engine/cli/output.h"
#include "engine/cli/session.h"

/* A scalar as it is written; the members of an object and the items of a list in one line. */
static void append_value(text *out, const config_key *key, const node *value) {
    const char *written = node_source(value, NULL);
    if (written != NULL)
        text_append_string(out, written);
    bool mapping = node_type(value) == NODE_MAPPING;
    for (size_t i = 0; i < node_count(value); i++) {
        const node *item = mapping ? node_value(value, i) : node_item(value, i);
        const char *name = mapping ? node_string(node_key(value, i), NULL) : "";
        text_append_format(out, "%s%s%s", i == 0 ? "" : ", ", name, mapping ? "=" : "");
        written = node_source(item, NULL);
        text_append_string(out, written == NULL ? "{...}" : written);
        if (key->form == CONFIG_VARIABLES && written != NULL)
            text_append_string(out, getenv(written) == NULL ? " (not set)" : " (set)");
    }
}

static const char *preset_of(const command_option *option) {
    return option->preset != NULL ? option->preset : option->kind == OPTION_FLAG ? "false" : "none";
}

static void append_origin(text *out, const configuration *from, const node *value) {
    if (value == NULL)
        text_append_string(out, "preset");
    else
        text_append_format(out, "%s:%u", from->path, (unsigned)node_place(from->file, value).line);
}

static void print_setting(const configuration *from, const config_key *key, const command_option *option, int width,
                          FILE *out) {
    const node *value = config_value(from, key->name);
    text shown = TEXT_EMPTY, origin = TEXT_EMPTY;
    append_origin(&origin, from, value);
    if (value != NULL)
        append_value(&shown, key, value);
    else
        text_append_string(&shown, preset_of(option));
    fprintf(out, "%-16s  %-*s  %s\n", key->name, width, text_peek(&origin), text_peek(&shown));
    text_free(&shown);
    text_free(&origin);
}

static void print_text(const configuration *from, const command *chosen, FILE *out) {
    int width = from->file == NULL ? 6 : (int)strlen(from->path) + 4;
    if (from->file == NULL)
        fputs("there is no " CONFIG_NAME " beside the document or above\n", out);
    for (const config_key *key = config_keys; key->name != NULL; key++) {
        const command_option *option = command_option_find(chosen, key->name);
        if (option != NULL)
            print_setting(from, key, option, width, out);
    }
}

static json_t *setting_json(const configuration *from, const config_key *key, const command_option *option) {
    const node *value = config_value(from, key->name);
    if (value == NULL)
        return json_pack("{s:s, s:s, s:s}", "name", key->name, "value", preset_of(option), "from", "preset");
    return json_pack("{s:s, s:o, s:s, s:i}", "name", key->name, "value", node_json(value), "from", from->path, "line",
                     (int)node_place(from->file, value).line);
}

static json_t *all_json(const configuration *from, const command *chosen) {
    json_t *settings = json_array();
    for (const config_key *key = config_keys; settings != NULL && key->name != NULL; key++) {
        const command_option *option = command_option_find(chosen, key->name);
        if (option != NULL && json_array_append_new(settings, setting_json(from, key, option)) != 0) {
            json_decref(settings);
            return NULL;
        }
    }
    return json_pack("{s:s?, s:o}", "file", from->file == NULL ? NULL : from->path, "settings", settings);
}

static const command *run_command(void) {
    const command *found = arazzo_program.commands;
    while (found->id != COMMAND_RUN)
        found++;
    return found;
}

int show_config(const configuration *from, bool json, FILE *out, FILE *err) {
    const command *chosen = run_command();
    if (!json) {
        print_text(from, chosen, out);
        return EXIT_OK;
    }
    json_t *made = all_json(from, chosen);
    bool printed = output_json(out, made, JSON_INDENT(2));
    json_decref(made);
    if (!printed)
        fputs("arazzo: memory ran short\n", err);
    return printed ? EXIT_OK : EXIT_FAILED;
}
