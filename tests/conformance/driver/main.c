/*
 * main.c: the driver of the conformance suite.
 *
 *     conformance [OPTION]... ADAPTER       try every case with the engine behind ADAPTER, print TAP
 *     conformance --check                   only read the cases and look their sentences up
 *     conformance --list                    name the cases
 *     conformance --table SCORE...          scores side by side, as a table in Markdown
 *
 *     --suite DIR      the folder with cases/, shared/ and case.schema.json (default tests/conformance)
 *     --filter TEXT    only cases whose SECTION/NAME (VERSION) has TEXT in it
 *     --texts DIR      the specifications' texts: every sentence that a case quotes must stand there
 *     --score FILE     write the score as JSON
 *     --jobs N         as many trials side by side (default 4)
 *     --timeout N      the longest a trial may take, in seconds (default 30)
 *
 * Exit status: 0 all passed, 1 some failed, 2 wrong usage, a broken case or no adapter.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/driver/jobs.h"
#include "tests/conformance/driver/score.h"
#include "tests/conformance/driver/sentence.h"

typedef struct settings {
    const char *suite;
    const char *filter;
    const char *texts;
    const char *score;
    size_t jobs;
    unsigned seconds;
    bool check;
    bool list;
    bool table;
    const char *const *arguments;
    size_t argument_count;
} settings;

static bool take_value(settings *out, const char *name, const char *value) {
    const struct {
        const char *name;
        const char **target;
    } strings[] = {
        {"--suite", &out->suite}, {"--filter", &out->filter}, {"--texts", &out->texts}, {"--score", &out->score}};
    for (size_t i = 0; value != NULL && i < sizeof strings / sizeof *strings; i++) {
        if (strcmp(strings[i].name, name) == 0) {
            *strings[i].target = value;
            return true;
        }
    }
    char *end = NULL;
    unsigned long number = value == NULL ? 0 : strtoul(value, &end, 10);
    if (number == 0 || number > 3600 || *end != '\0')
        return false;
    if (strcmp(name, "--jobs") == 0)
        out->jobs = number;
    else if (strcmp(name, "--timeout") == 0)
        out->seconds = (unsigned)number;
    else
        return false;
    return true;
}

static const char usage[] = "Usage: conformance [OPTION]... ADAPTER (see tests/conformance/README.md)\n";

static bool take_arguments(settings *out, int count, char **arguments) {
    int at = 1;
    for (; at < count && strncmp(arguments[at], "--", 2) == 0; at++) {
        const char *name = arguments[at];
        bool *flag = strcmp(name, "--check") == 0   ? &out->check
                     : strcmp(name, "--list") == 0  ? &out->list
                     : strcmp(name, "--table") == 0 ? &out->table
                                                    : NULL;
        if (flag != NULL) {
            *flag = true;
        } else if (!take_value(out, name, at + 1 < count ? arguments[at + 1] : NULL)) {
            fprintf(stderr, "conformance: %s: no such option, or its value is missing\n", name);
            return false;
        } else {
            at++;
        }
    }
    out->arguments = (const char *const *)arguments + at;
    out->argument_count = (size_t)(count - at);
    bool right = out->check || out->list ? out->argument_count == 0
                 : out->table            ? out->argument_count > 0
                                         : out->argument_count == 1;
    if (!right)
        fputs(usage, stderr);
    return right;
}

/* ---- Trials ---- */

static void name_trial(const trial *one, text *out) {
    text_append_format(out, "%s/%s (%s%s)", case_string(one->what, "section", ""), case_string(one->what, "name", ""),
                       one->version, strcmp(one->profile, "strict") == 0 ? ", strict" : "");
}

static bool is_wanted(const trial *one, const char *filter) {
    text name = TEXT_EMPTY;
    name_trial(one, &name);
    bool wanted = filter == NULL || strstr(text_peek(&name), filter) != NULL;
    text_free(&name);
    return wanted;
}

/* Adds the trials of a case: one for each version, and where it is for both profiles, two. */
static void add_trials(const test_case *what, const char *filter, trial *trials, size_t *count) {
    static const char *const profiles[] = {"default", "strict"};
    const char *wanted = case_string(what, "profile", "default");
    size_t v;
    json_t *version;
    json_array_foreach(json_object_get(what->fields, "versions"), v, version) {
        for (size_t p = 0; p < sizeof profiles / sizeof *profiles; p++) {
            const trial one = {.what = what, .version = json_string_value(version), .profile = profiles[p]};
            if ((strcmp(wanted, "both") == 0 || strcmp(wanted, profiles[p]) == 0) && is_wanted(&one, filter))
                trials[(*count)++] = one;
        }
    }
}

/* NULL when memory is short. */
static trial *make_trials(const case_list *cases, const char *filter, size_t *count) {
    size_t most = 0;
    for (size_t i = 0; i < cases->count; i++)
        most += 2 * json_array_size(json_object_get(cases->items[i].fields, "versions"));
    trial *trials = calloc(most + 1, sizeof *trials);
    *count = 0;
    for (size_t i = 0; trials != NULL && i < cases->count; i++)
        add_trials(&cases->items[i], filter, trials, count);
    return trials;
}

static void print_lines(const char *lines) {
    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n");
        printf("#   %.*s\n", (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
}

static void print_trial(void *user, size_t index, const trial *one) {
    text name = TEXT_EMPTY;
    (void)user;
    name_trial(one, &name);
    printf("%s %zu - %s%s%s\n", one->result == FAILED ? "not ok" : "ok", index + 1, text_peek(&name),
           one->result == SKIPPED ? " # skip " : "", one->result == SKIPPED ? text_peek(&one->why) : "");
    if (one->result == FAILED) {
        printf("#   %s\n#   %s\n", case_string(one->what, "title", ""), one->what->path);
        print_lines(text_peek(&one->why));
    }
    fflush(stdout);
    text_free(&name);
}

static int try_all(const settings *with, trial *trials, size_t count) {
    adapter by;
    if (!adapter_open(&by, with->arguments[0], with->seconds))
        return 2;
    printf("# engine: %s\n1..%zu\n", json_string_value(json_object_get(by.about, "engine")), count);
    bool ran = jobs_run(trials, count, with->jobs, &by, with->suite, print_trial, NULL);
    size_t tally[3] = {0};
    for (size_t i = 0; i < count; i++)
        tally[trials[i].result]++;
    json_t *score = score_of(trials, count, &by);
    score_print(score, stdout);
    printf("# %zu passed, %zu failed, %zu skipped\n", tally[PASSED], tally[FAILED], tally[SKIPPED]);
    bool written = with->score == NULL || score_write(score, with->score);
    if (!written)
        fprintf(stderr, "conformance: %s cannot be written\n", with->score);
    json_decref(score);
    adapter_close(&by);
    return !ran || !written ? 2 : tally[FAILED] > 0;
}

static int with_cases(const settings *with, const case_list *cases) {
    specifications texts = {.folder = with->texts};
    size_t count = 0, strange = 0;
    for (size_t i = 0; with->texts != NULL && i < cases->count; i++)
        strange += !sentences_found(&texts, &cases->items[i]);
    specifications_free(&texts);
    trial *trials = make_trials(cases, with->filter, &count);
    int status = strange > 0 || trials == NULL ? 2 : 0;
    if (with->list)
        for (size_t i = 0; trials != NULL && i < count; i++)
            printf("%s\t%s\t%s\t%s\n", trials[i].what->path, trials[i].version, trials[i].profile,
                   case_string(trials[i].what, "title", ""));
    else if (with->check)
        printf("%zu cases, %zu trials, %zu quotations that do not stand in the text\n", cases->count, count, strange);
    else if (status == 0 && count == 0 && with->filter != NULL) {
        fprintf(stderr, "conformance: no case has '%s' in its SECTION/NAME (VERSION); see --list\n", with->filter);
        status = 2;
    } else if (status == 0)
        status = try_all(with, trials, count);
    for (size_t i = 0; trials != NULL && i < count; i++)
        text_free(&trials[i].why);
    free(trials);
    return status;
}

int main(int count, char **arguments) {
    settings with = {.suite = "tests/conformance", .jobs = 4, .seconds = 30};
    case_list cases;
    json_object_seed(0); /* before there are threads */
    if (count == 2 && (strcmp(arguments[1], "--help") == 0 || strcmp(arguments[1], "-h") == 0)) {
        fputs(usage, stdout);
        return 0;
    }
    if (!take_arguments(&with, count, arguments))
        return 2;
    if (with.table)
        return score_table(with.arguments, with.argument_count, stdout) ? 0 : 2;
    bool read = case_list_read(&cases, with.suite);
    if (!read)
        fprintf(stderr, "conformance: no cases could be read in %s\n", with.suite);
    if (cases.broken > 0)
        fprintf(stderr, "conformance: %zu files are not cases\n", cases.broken);
    int status = read && cases.broken == 0 ? with_cases(&with, &cases) : 2;
    case_list_free(&cases);
    return status;
}
