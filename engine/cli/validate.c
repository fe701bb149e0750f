/*
 * validate.c: `arazzo validate PATH...`: checks documents, and says what is wrong as text, JSON, SARIF or GitHub's
 * commands.
 */
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/text.h"
#include "engine/cli/command_mains.h"
#include "engine/cli/discover.h"
#include "engine/cli/fix.h"
#include "engine/cli/session.h"
#include "engine/report/diagnostics.h"
#include "engine/report/diagnostics_json.h"
#include "engine/validate/rules.h"
#include "engine/validate/validate.h"

typedef struct validator {
    const validate_command_options *options;
    session *at;
    FILE *out;
    found_documents files;
    validate_policy policy;
    size_t max_warnings;
    fixing fixing;
} validator;

/* ---- What is wrong ---- */

/* What was added from index `from` on; only errors when asked to be quiet. */
static void print_from(validator *v, size_t from, library *books) {
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
    print_diagnostics(&shown, v->out, v->at->color, library_text, books);
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
    library *books = v->at->books;
    if (v->options->fix) {
        books = fix_document(&v->fixing, uri);
        list->no_memory = list->no_memory || books == NULL;
    } else {
        validate_document(books, uri, load, list);
        validate_apply_policy(list, from, &v->policy);
    }
    if (v->options->format == FORMAT_TEXT && books != NULL)
        print_from(v, from, books);
    if (books != v->at->books)
        library_free(books);
}

static void append_count(text *out, size_t count, const char *what) {
    text_append_format(out, "%zu %s%s", count, what, count == 1 ? "" : "s");
}

/* "3 files, 2 errors, 1 warning, 4 notes" */
static void append_summary(const validator *v, text *out) {
    const diagnostics *list = &v->at->list;
    if (v->fixing.places > 0) {
        append_count(out, v->fixing.places, "place");
        text_append_string(out, v->options->dry_run ? " to mend in " : " mended in ");
        append_count(out, v->fixing.files, "file");
        text_append_string(out, v->options->dry_run ? "; then: " : "; now: ");
    }
    append_count(out, v->files.count, "file");
    text_append_string(out, ", ");
    size_t notes = list->count - list->errors - list->warnings;
    if (list->errors == 0 && list->warnings == 0) {
        text_append_string(out, "nothing wrong");
    } else {
        append_count(out, list->errors, "error");
        text_append_string(out, ", ");
        append_count(out, list->warnings, "warning");
    }
    if (notes > 0) {
        text_append_string(out, ", ");
        append_count(out, notes, "note");
    }
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
    if (list->errors > 0 || v->fixing.failed)
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
        if (!find_documents(v->at, options->paths.items[i], &v->files))
            return EXIT_USAGE;
    v->fixing = (fixing){.at = v->at, .load = &load, .policy = &v->policy, .dry_run = options->dry_run, .out = v->out};
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
    if (options->dry_run && !options->fix) {
        fputs("arazzo validate: '--dry-run' goes with '--fix'\n", err);
        return false;
    }
    if (options->paths.count > 0)
        return true;
    command_line_refuse(&arazzo_program, &arazzo_program.commands[COMMAND_VALIDATE], err, "PATH is missing");
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
        at.command = "validate";
        at.fetches.offline = options->offline;
        status = validate_all(&v);
    }
    session_close(&at);
    return status;
}
