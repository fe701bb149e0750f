/*
 * validate.c: `arazzo validate PATH...`: checks documents, and says what is wrong as text, JSON, SARIF or GitHub's
 * commands. Folders are searched for files that look like Arazzo documents.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/nearest.h"
#include "base/text.h"
#include "engine/cli/command_mains.h"
#include "engine/cli/session.h"
#include "engine/report/diagnostics.h"
#include "engine/report/diagnostics_json.h"
#include "engine/validate/rules.h"
#include "engine/validate/validate.h"

enum { DEEPEST_FOLDER = 64 };

typedef struct paths {
    const char **items;
    size_t count;
    size_t capacity;
} paths;

typedef struct validator {
    const validate_command_options *options;
    session *at;
    FILE *out;
    paths files;
    validate_policy policy;
    size_t max_warnings;
} validator;

/* ---- Finding documents ---- */

static bool add_path(validator *v, const char *path) {
    paths *list = &v->files;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        const char **items = arena_array(v->at->memory, capacity, sizeof *items);
        if (items == NULL)
            return false;
        if (list->count > 0)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->capacity = capacity;
    }
    const char *kept = arena_copy(v->at->memory, path, strlen(path));
    if (kept == NULL)
        return false;
    list->items[list->count++] = kept;
    return true;
}

/* A key `arazzo` at the start of a line, or in JSON as a member of the outermost object. */
static bool looks_like_arazzo(const char *bytes, size_t length) {
    static const char *const spellings[] = {"arazzo:", "'arazzo':", "\"arazzo\":"};
    size_t depth = 0;
    bool fresh = true; /* nothing but white space, and the brace of JSON, since the line or member started */
    for (size_t i = 0; i < length; i++) {
        for (size_t s = 0; fresh && s < sizeof spellings / sizeof *spellings; s++)
            if (length - i >= strlen(spellings[s]) && strncmp(bytes + i, spellings[s], strlen(spellings[s])) == 0)
                return true;
        char c = bytes[i];
        if (depth > 0 && c == '"') {
            for (i++; i < length && bytes[i] != '"'; i++)
                i += bytes[i] == '\\';
            fresh = false;
        } else if (c == '{' || c == '[') {
            depth += depth > 0 || fresh;
            fresh = depth == 1;
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        } else if (depth == 0) {
            fresh = c == '\n' || (fresh && i < 3 && (unsigned char)c >= 0x80); /* a byte order mark */
        } else if (c == ',' || c == '\n' || c == ' ' || c == '\t' || c == '\r') {
            fresh = depth == 1 && (fresh || c == ',' || c == '\n');
        } else {
            fresh = false;
        }
    }
    return false;
}

static bool has_ending(const char *name) {
    static const char *const endings[] = {".yaml", ".yml", ".json"};
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (length > strlen(endings[i]) && strcmp(name + length - strlen(endings[i]), endings[i]) == 0)
            return true;
    return false;
}

static bool is_arazzo_file(const char *path) {
    char error[256];
    size_t length;
    char *bytes = has_ending(path) ? fetch_file(path, &length, error, sizeof error) : NULL;
    bool is = bytes != NULL && looks_like_arazzo(bytes, length);
    free(bytes);
    return is;
}

static int compare_names(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The names in a folder, hidden ones left out, sorted. False when memory is short; a folder that cannot be read is
 * empty. */
static bool read_folder(validator *v, const char *path, paths *names) {
    paths outer = v->files;
    v->files = (paths){.items = NULL};
    DIR *entries = opendir(path);
    bool right = true;
    for (struct dirent *entry; right && entries != NULL && (entry = readdir(entries)) != NULL;)
        if (entry->d_name[0] != '.')
            right = add_path(v, entry->d_name);
    if (entries != NULL)
        closedir(entries);
    *names = v->files;
    v->files = outer;
    if (names->count > 1)
        qsort(names->items, names->count, sizeof *names->items, compare_names);
    return right;
}

static bool search_folder(validator *v, const char *folder, unsigned depth) {
    paths names;
    if (!read_folder(v, folder, &names))
        return false;
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    bool right = true;
    for (size_t i = 0; right && i < names.count; i++) {
        text path = TEXT_EMPTY;
        text_append(&path, folder, length);
        text_append_format(&path, "%s%s", folder[length - 1] == '/' ? "" : "/", names.items[i]);
        struct stat about;
        right = !path.failed;
        if (right && lstat(text_peek(&path), &about) == 0) {
            if (S_ISDIR(about.st_mode) && depth < DEEPEST_FOLDER)
                right = search_folder(v, text_peek(&path), depth + 1);
            else if (!S_ISDIR(about.st_mode) && is_arazzo_file(text_peek(&path)))
                right = add_path(v, text_peek(&path));
        }
        text_free(&path);
    }
    return right;
}

/* What stands behind one PATH. False after saying what is wrong. */
static bool find_documents(validator *v, const char *path) {
    struct stat about;
    size_t before = v->files.count;
    bool folder = stat(path, &about) == 0 && S_ISDIR(about.st_mode);
    if (!(folder ? search_folder(v, path, 0) : add_path(v, path))) {
        session_no_memory(v->at);
        return false;
    }
    if (v->files.count > before)
        return true;
    fprintf(v->at->err, "arazzo validate: there is no Arazzo document in %s\n", path);
    return false;
}

/* ---- What is wrong ---- */

/* What was added from index `from` on; only errors when asked to be quiet. */
static void print_from(validator *v, size_t from) {
    diagnostics shown = v->at->list;
    shown.items = arena_array(v->at->memory, shown.count - from, sizeof *shown.items);
    shown.count = 0;
    if (shown.items == NULL) {
        v->at->list.no_memory = true;
        return;
    }
    for (size_t i = from; i < v->at->list.count; i++)
        if (!v->options->quiet || v->at->list.items[i].severity == DIAGNOSTIC_ERROR)
            shown.items[shown.count++] = v->at->list.items[i];
    print_diagnostics(&shown, v->out, v->at->color, library_text, v->at->books);
}

static void validate_file(validator *v, const char *path, const arazzo_load_options *load) {
    diagnostics *list = &v->at->list;
    size_t from = list->count;
    const char *uri = session_uri(v->at, path);
    if (uri == NULL) {
        list->no_memory = true;
        return;
    }
    v->at->fetches.remote_only = strncmp(uri, "http", 4) == 0;
    validate_document(v->at->books, uri, load, list);
    validate_apply_policy(list, from, &v->policy);
    if (v->options->format == FORMAT_TEXT)
        print_from(v, from);
}

static void append_count(text *out, size_t count, const char *what) {
    text_append_format(out, "%zu %s%s", count, what, count == 1 ? "" : "s");
}

/* "3 files, 2 errors, 1 warning" */
static void append_summary(const validator *v, text *out) {
    const diagnostics *list = &v->at->list;
    append_count(out, v->files.count, "file");
    text_append_string(out, ", ");
    if (list->errors == 0 && list->warnings == 0) {
        text_append_string(out, "nothing wrong\n");
        return;
    }
    append_count(out, list->errors, "error");
    text_append_string(out, ", ");
    append_count(out, list->warnings, "warning");
    text_append_char(out, '\n');
}

/* Writes what was collected; false when memory ran short. */
static bool write_text(FILE *out, text *made) {
    bool right = !made->failed;
    if (right)
        fwrite(text_peek(made), 1, made->length, out);
    text_free(made);
    return right;
}

static bool print_results(validator *v) {
    text made = TEXT_EMPTY;
    const diagnostics *list = &v->at->list;
    switch (v->options->format) {
    case FORMAT_JSON:
        diagnostics_as_json(list, v->files.count, &made);
        break;
    case FORMAT_SARIF:
        diagnostics_as_sarif(list, ARAZZO_VERSION, &made);
        break;
    case FORMAT_GITHUB:
        diagnostics_as_github(list, &made);
        append_summary(v, &made);
        break;
    default:
        append_summary(v, &made);
    }
    return write_text(v->out, &made);
}

static int exit_status(const validator *v) {
    const diagnostics *list = &v->at->list;
    if (list->no_memory)
        return session_no_memory(v->at);
    if (list->errors > 0)
        return EXIT_DOCUMENT;
    if (list->warnings <= v->max_warnings)
        return EXIT_OK;
    fflush(v->out);
    fprintf(v->at->err, "arazzo validate: more warnings than --max-warnings %s\n", v->options->max_warnings);
    return EXIT_DOCUMENT;
}

static int validate_all(validator *v) {
    const validate_command_options *options = v->options;
    arazzo_override *sources;
    if (!session_overrides(v->at, "source", &options->source, true, &sources) ||
        !session_source_folders(v->at, &options->source_dir))
        return EXIT_USAGE;
    arazzo_load_options load = {.strict = options->strict,
                                .no_sources = options->no_sources,
                                .sources = sources,
                                .source_count = options->source.count,
                                .finder = &v->at->finder};
    for (size_t i = 0; i < options->paths.count; i++)
        if (!find_documents(v, options->paths.items[i]))
            return EXIT_USAGE;
    for (size_t i = 0; i < v->files.count; i++)
        validate_file(v, v->files.items[i], &load);
    return print_results(v) ? exit_status(v) : session_no_memory(v->at);
}

/* ---- Options ---- */

static const rule *named_rule(const char *code, FILE *err) {
    const rule *found = rule_find(code);
    if (found != NULL)
        return found;
    nearest search;
    nearest_start(&search, code, strlen(code));
    for (size_t i = 0; i < rule_count(); i++)
        nearest_try(&search, rule_at(i)->code);
    fprintf(err, "arazzo validate: there is no code '%s'", code);
    if (search.best != NULL)
        fprintf(err, "; did you mean '%s'?", search.best);
    fprintf(err, "\nTry 'arazzo validate --rules' to see all codes.\n");
    return NULL;
}

static bool check_codes(const value_list *codes, bool warnings, FILE *err) {
    for (size_t i = 0; i < codes->count; i++)
        if (!(warnings && strcmp(codes->items[i], "warnings") == 0) && named_rule(codes->items[i], err) == NULL)
            return false;
    return true;
}

static bool check_options(validator *v, FILE *err) {
    const validate_command_options *options = v->options;
    v->max_warnings = (size_t)-1;
    if (options->max_warnings != NULL) {
        size_t digits = strspn(options->max_warnings, "0123456789");
        if (digits == 0 || digits > 9 || options->max_warnings[digits] != '\0') {
            fprintf(err, "arazzo validate: option '--max-warnings' takes a whole number, not '%s'\n",
                    options->max_warnings);
            return false;
        }
        v->max_warnings = (size_t)strtoul(options->max_warnings, NULL, 10);
    }
    v->policy = (validate_policy){.deny = options->deny.items,
                                  .deny_count = options->deny.count,
                                  .allow = options->allow.items,
                                  .allow_count = options->allow.count};
    if (!check_codes(&options->deny, true, err) || !check_codes(&options->allow, false, err))
        return false;
    if (options->paths.count > 0)
        return true;
    fputs("arazzo validate: PATH is missing\nTry 'arazzo validate --help'.\n", err);
    return false;
}

static int print_rules(const validate_command_options *options, FILE *out, FILE *err) {
    text made = TEXT_EMPTY;
    if (options->rules) {
        rules_markdown(&made);
    } else {
        const rule *one = named_rule(options->explain, err);
        if (one == NULL)
            return EXIT_USAGE;
        rule_explain(one, &made);
    }
    if (write_text(out, &made))
        return EXIT_OK;
    fputs("arazzo: memory ran short\n", err);
    return EXIT_FAILED;
}

int validate_main(const validate_command_options *options, FILE *out, FILE *err) {
    if (options->rules || options->explain != NULL)
        return print_rules(options, out, err);
    session at;
    validator v = {.options = options, .at = &at, .out = out};
    if (!check_options(&v, err))
        return EXIT_USAGE;
    http_client_options client = {.timeout = 30};
    int status;
    if (!session_open(&at, out, options->color, false, options->no_sources ? NULL : &client)) {
        at.err = err;
        status = session_no_memory(&at);
    } else {
        at.err = err;
        status = validate_all(&v);
    }
    session_close(&at);
    return status;
}
