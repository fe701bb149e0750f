/*
 * config.c: finding `.arazzo.yaml`, and what it says as values of options (config.h).
 */
/* realpath() is of POSIX's XSI option */
#define _XOPEN_SOURCE 700

#include "engine/cli/config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/nearest.h"
#include "base/text.h"
#include "engine/cli/session.h"
#include "engine/report/diagnostics.h"

#define VARIABLE_PREFIX "ARAZZO_"

const config_key config_keys[] = {
    {"server", CONFIG_NAMED},
    {"source", CONFIG_NAMED_PATHS},
    {"source-dir", CONFIG_PATHS},
    {"inputs", CONFIG_INPUTS},
    {"auth", CONFIG_VARIABLES},
    {"contract", CONFIG_VALUES},
    {"strict", CONFIG_VALUES},
    {"timeout", CONFIG_VALUES},
    {"max-steps", CONFIG_VALUES},
    {"max-retry-after", CONFIG_VALUES},
    {"max-events", CONFIG_VALUES},
    {"follow-redirects", CONFIG_VALUES},
    {"secret", CONFIG_VALUES},
    {"jobs", CONFIG_VALUES},
    {"retries", CONFIG_VALUES},
    {"deny", CONFIG_VALUES},
    {"allow", CONFIG_VALUES},
    {"max-warnings", CONFIG_VALUES},
    {.name = NULL},
};

/* ---- Finding it ---- */

static const char *operand(const command *chosen, const void *options) {
    for (const command_operand *at = chosen->operands; at != NULL && at->name != NULL; at++) {
        const char *field = (const char *)options + at->field;
        const value_list *list = (const value_list *)(const void *)field;
        if (strcmp(at->name, "FILE") != 0 && strcmp(at->name, "PATH") != 0)
            continue;
        if (!at->repeated)
            return *(const char *const *)(const void *)field;
        return list->count == 0 ? "." : list->items[0];
    }
    return NULL;
}

/* The command has keys, and --no-config is not given. */
static bool is_wanted(const command *chosen, const void *options) {
    const command_option *without = command_option_find(chosen, "no-config");
    if (without == NULL || *(const bool *)(const void *)((const char *)options + without->field))
        return false;
    for (const config_key *key = config_keys; key->name != NULL; key++)
        if (command_option_find(chosen, key->name) != NULL)
            return true;
    return false;
}

/* Another user could leave one in a folder that everybody writes to. */
static bool is_ours(const struct stat *file, const struct stat *document_file) {
    return file->st_uid == geteuid() || file->st_uid == 0 || file->st_uid == document_file->st_uid;
}

/* The absolute path of what an operand names; of PATH::WORKFLOW the path. NULL: there is nothing. */
static char *named_path(const char *named, arena *memory) {
    char *whole = realpath(named, NULL);
    const char *colons = whole == NULL ? strstr(named, "::") : NULL;
    const char *path = colons == NULL ? NULL : arena_copy(memory, named, (size_t)(colons - named));
    return path == NULL ? whole : realpath(path, NULL);
}

/* The path of the nearest one, from the folder of a file (or a folder itself) upwards, in `memory`; NULL: none. */
static const char *find(configuration *made, const char *named, arena *memory) {
    struct stat about, found;
    char *whole = named_path(named, memory);
    if (whole == NULL || stat(whole, &about) != 0) {
        free(whole);
        return NULL;
    }
    size_t length = strlen(whole);
    char *path = arena_alloc(memory, length + sizeof "/" CONFIG_NAME);
    if (path != NULL)
        memcpy(path, whole, length + 1);
    free(whole);
    made->list.no_memory = made->list.no_memory || path == NULL;
    if (path != NULL && S_ISDIR(about.st_mode))
        memcpy(path + length, "/", 2);
    for (char *slash; path != NULL && (slash = strrchr(path, '/')) != NULL; *slash = '\0') {
        memcpy(slash, "/" CONFIG_NAME, sizeof "/" CONFIG_NAME);
        if (stat(path, &found) != 0)
            continue;
        if (is_ours(&found, &about)) {
            made->folder = arena_copy(memory, path, (size_t)(slash - path) + 1);
            return made->folder == NULL ? NULL : path;
        }
        diagnose(&made->list, "W0701", (place){.file = path}, NULL, "%s belongs to another user and is left alone",
                 path);
    }
    return NULL;
}

/* Below the working folder a relative path is what a person would type. */
static const char *shown(const char *path, arena *memory) {
    char *working = realpath(".", NULL);
    size_t length = working == NULL ? 0 : strlen(working);
    bool below = length > 1 && strncmp(path, working, length) == 0 && path[length] == '/';
    free(working);
    return below ? arena_copy(memory, path + length + 1, strlen(path) - length - 1) : path;
}

static void check_key(configuration *made, const node *key) {
    const char *name = node_string(key, NULL);
    nearest search;
    nearest_start(&search, name, strlen(name));
    for (const config_key *known = config_keys; known->name != NULL; known++) {
        if (strcmp(known->name, name) == 0)
            return;
        nearest_try(&search, known->name);
    }
    char help[128] = "";
    if (search.best != NULL)
        snprintf(help, sizeof help, "did you mean '%s'?", search.best);
    diagnose(&made->list, "E0701", node_place(made->file, key), help[0] == '\0' ? NULL : help,
             "'%s' is nothing that can be configured", name);
}

/* The variables of `auth`: credentials themselves would be everybody's who can read the file. */
static void check_variables(configuration *made) {
    const node *all = config_value(made, "auth");
    if (all != NULL && node_type(all) != NODE_MAPPING)
        diagnose(&made->list, "E0702", node_place(made->file, all), NULL,
                 "'auth' takes an object: for each security scheme the name of a variable");
    for (size_t i = 0; all != NULL && i < node_count(all); i++) {
        const char *name = node_string(node_value(all, i), NULL);
        size_t prefix = strlen(VARIABLE_PREFIX);
        place where = {.file = made->path}; /* without a line, which would show the credential */
        if (name == NULL || strncmp(name, VARIABLE_PREFIX, prefix) != 0 || name[prefix] == '\0')
            diagnose(&made->list, "E0703", where,
                     "write the name of the variable that holds it: " VARIABLE_PREFIX "...",
                     "the credential of '%s' is no name of a variable that begins with " VARIABLE_PREFIX,
                     node_string(node_key(all, i), NULL));
    }
}

static void check(configuration *made) {
    const node *root = document_root(made->file), *inputs = config_value(made, "inputs");
    if (node_type(root) != NODE_MAPPING && node_type(root) != NODE_NULL)
        diagnose(&made->list, "E0702", node_place(made->file, root), NULL,
                 "a configuration is an object whose keys are names of options");
    for (size_t i = 0; i < (node_type(root) == NODE_MAPPING ? node_count(root) : 0); i++)
        check_key(made, node_key(root, i));
    if (inputs != NULL && node_type(inputs) != NODE_MAPPING)
        diagnose(&made->list, "E0702", node_place(made->file, inputs), NULL,
                 "'inputs' takes an object: values by name, or such objects by workflowId");
    check_variables(made);
}

void config_close(configuration *made) {
    document_free(made->file);
    diagnostics_free(&made->list);
}

static const char *source_text(void *user, const char *file, size_t *length) {
    const configuration *from = user;
    return from->file == NULL || strcmp(file, from->path) != 0 ? NULL : document_text(from->file, length);
}

void config_print(const configuration *from, const command *chosen, const void *options, FILE *err) {
    const command_option *color = command_option_find(chosen, "color");
    unsigned choice =
        color == NULL ? COLOR_NEVER : *(const unsigned *)(const void *)((const char *)options + color->field);
    print_diagnostics(&from->list, err, session_wants_color(choice, err), source_text, (void *)from);
    if (from->list.no_memory)
        fputs("arazzo: memory ran short\n", err);
}

/* ---- What it says ---- */

const node *config_value(const configuration *from, const char *key) {
    const node *root = from == NULL || from->file == NULL ? NULL : document_root(from->file);
    return root == NULL || node_type(root) != NODE_MAPPING ? NULL : node_get(root, key);
}

bool config_add_inputs(const configuration *from, const workflow *flow, json_t *inputs) {
    const node *all = config_value(from, "inputs"), *own = all == NULL ? NULL : node_get(all, flow->id);
    const node *const places[] = {own == NULL || node_type(own) != NODE_MAPPING ? NULL : own, all};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        for (size_t j = 0; places[i] != NULL && j < node_count(places[i]); j++) {
            size_t length;
            const char *name = node_string(node_key(places[i], j), &length);
            if (workflow_input(flow, name, length) == NULL || json_object_getn(inputs, name, length) != NULL)
                continue;
            if (json_object_setn_new(inputs, name, length, node_json(node_value(places[i], j))) != 0)
                return false;
        }
    }
    return true;
}

const char *config_variable(const configuration *from, const char *source, const char *scheme) {
    const node *all = config_value(from, "auth");
    text qualified = TEXT_EMPTY;
    text_append_format(&qualified, "%s.%s", source, scheme);
    const node *found = all == NULL ? NULL : node_get(all, text_peek(&qualified));
    text_free(&qualified);
    found = found == NULL && all != NULL ? node_get(all, scheme) : found;
    return found == NULL ? NULL : node_string(found, NULL);
}

/* ---- Values of options ---- */

typedef struct application {
    configuration *from;
    const command_option *option;
    config_form form;
    arena *memory;
    void *options;
    size_t more; /* how many values may still come */
} application;

/* A path from the file's folder on; a URL and an absolute path stay. */
static const char *placed(const application *at, const char *path) {
    if (path[0] == '/' || fetch_is_url(path))
        return path;
    size_t folder = strlen(at->from->folder), length = strlen(path);
    char *made = arena_alloc(at->memory, folder + length + 1);
    if (made != NULL) {
        memcpy(made, at->from->folder, folder);
        memcpy(made + folder, path, length + 1);
    }
    return made;
}

static const char *named_value(const application *at, const char *name, const char *value) {
    size_t name_length = strlen(name), length = strlen(value);
    char *made = arena_alloc(at->memory, name_length + 1 + length + 1);
    if (made != NULL) {
        memcpy(made, name, name_length);
        made[name_length] = '=';
        memcpy(made + name_length + 1, value, length + 1);
    }
    return made;
}

/* One value; `name`: that of the object's member, or NULL. */
static void apply_value(const application *at, const char *name, const node *value) {
    diagnostics *list = &at->from->list;
    const char *written = node_source(value, NULL), *why = NULL;
    place where = node_place(at->from->file, value);
    if (at->option->kind == OPTION_FLAG && node_type(value) == NODE_BOOLEAN && !node_boolean(value))
        return;
    if (written == NULL || node_type(value) == NODE_NULL ||
        (at->option->kind == OPTION_FLAG && node_type(value) != NODE_BOOLEAN)) {
        diagnose(list, "E0702", where, NULL, "'%s': expected %s, found %s", at->option->name,
                 at->option->kind == OPTION_FLAG ? "true or false" : "a text", node_type_name(value));
        return;
    }
    if (at->form == CONFIG_PATHS || (at->form == CONFIG_NAMED_PATHS && name != NULL))
        written = placed(at, written);
    if (written != NULL && name != NULL)
        written = named_value(at, name, written);
    if (written == NULL) {
        list->no_memory = true;
        return;
    }
    if (command_option_set(at->option, written, at->memory, at->options, at->more, &why))
        return;
    if (why == NULL)
        list->no_memory = true;
    else
        diagnose(list, "E0702", where, NULL, "'%s' takes %s, not '%s'", at->option->name, why, written);
}

static void apply(application *at, const node *value) {
    bool named = at->form == CONFIG_NAMED || at->form == CONFIG_NAMED_PATHS;
    at->more = node_count(value) + 1;
    if (at->option->kind == OPTION_LIST && node_type(value) == NODE_SEQUENCE) {
        for (size_t i = 0; i < node_count(value); i++)
            apply_value(at, NULL, node_item(value, i));
    } else if (named && node_type(value) == NODE_MAPPING) {
        for (size_t i = 0; i < node_count(value); i++)
            apply_value(at, node_string(node_key(value, i), NULL), node_value(value, i));
    } else {
        apply_value(at, NULL, value);
    }
}

static void apply_all(configuration *from, const command *chosen, const bool *given, arena *memory, void *options) {
    for (const config_key *key = config_keys; key->name != NULL; key++) {
        const node *value = config_value(from, key->name);
        const command_option *option = command_option_find(chosen, key->name);
        bool own = key->form == CONFIG_INPUTS || key->form == CONFIG_VARIABLES;
        if (value == NULL || option == NULL || own)
            continue;
        if (given[option - chosen->options] && option->kind != OPTION_LIST)
            continue;
        application at = {.from = from, .option = option, .form = key->form, .memory = memory, .options = options};
        apply(&at, value);
    }
}

/* ---- All of it ---- */

bool config_open(configuration *made, const command *chosen, const bool *given, arena *memory, void *options) {
    *made = (configuration){.file = NULL};
    if (!diagnostics_init(&made->list))
        return false;
    const char *named = is_wanted(chosen, options) ? operand(chosen, options) : NULL;
    const char *path = named == NULL ? NULL : find(made, named, memory);
    if (path == NULL)
        return !made->list.no_memory;
    char error[256] = "";
    size_t length;
    char *bytes = fetch_file(path, &length, error, sizeof error);
    made->path = shown(path, memory);
    if (made->path == NULL)
        made->list.no_memory = true;
    else if (bytes == NULL)
        diagnose(&made->list, "E0601", (place){.file = made->path}, NULL, "cannot read %s: %s", made->path, error);
    else
        made->file = document_parse(bytes, length, made->path, NULL, &made->list);
    free(bytes);
    if (made->file != NULL) {
        check(made);
        apply_all(made, chosen, given, memory, options);
    }
    return diagnostics_clean(&made->list);
}
