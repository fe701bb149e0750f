/* score.c: counts in jansson objects. */
#include "tests/conformance/driver/score.h"

#include <string.h>

static const char *const kinds[] = {[PASSED] = "passed", [FAILED] = "failed", [SKIPPED] = "skipped"};

static void count_up(json_t *counts, verdict result) {
    json_int_t before = json_integer_value(json_object_get(counts, kinds[result]));
    json_object_set_new(counts, kinds[result], json_integer(before + 1));
}

/* The object under a key, made with zeroes when it isn't there. Borrowed. */
static json_t *counts_under(json_t *object, const char *key, bool with_zeroes) {
    json_t *held = json_object_get(object, key);
    if (held != NULL)
        return held;
    held = with_zeroes ? json_pack("{s:i, s:i, s:i}", kinds[PASSED], 0, kinds[FAILED], 0, kinds[SKIPPED], 0)
                       : json_object();
    return json_object_set_new(object, key, held) == 0 ? held : NULL;
}

static bool asks_for_refusal(const json_t *outcome) {
    const json_t *result = json_object_get(outcome, "result");
    const char *one = json_string_value(result);
    return one != NULL && (strcmp(one, "error") == 0 ||
                           (strcmp(one, "failure") == 0 && json_is_array(json_object_get(outcome, "requests")) &&
                            json_array_size(json_object_get(outcome, "requests")) == 0));
}

/* Whether a case wants a document refused: every outcome that it allows is that nothing was sent. */
static bool is_refusal(const test_case *what) {
    const json_t *expect = json_object_get(what->fields, "expect");
    size_t i;
    json_t *outcome;
    if (!json_is_array(expect))
        return asks_for_refusal(expect);
    json_array_foreach(expect, i, outcome) {
        if (!asks_for_refusal(outcome))
            return false;
    }
    return true;
}

static void copy_about(json_t *score, const adapter *by) {
    static const char *const members[] = {"engine", "version", "profiles", "tells", "supports"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        json_t *value = json_object_get(by->about, members[i]);
        if (value != NULL)
            json_object_set(score, members[i], value);
    }
}

json_t *score_of(const trial *trials, size_t count, const adapter *by) {
    json_t *score = json_object(), *sections = json_object(), *failures = json_array();
    json_t *total = counts_under(score, "trials", true), *refusals = counts_under(score, "refusals", true);
    size_t cases = 0;
    copy_about(score, by);
    for (size_t i = 0; i < count; i++) {
        const trial *one = &trials[i];
        cases += i == 0 || trials[i - 1].what != one->what;
        count_up(total, one->result);
        if (is_refusal(one->what))
            count_up(refusals, one->result);
        json_t *section = counts_under(sections, case_string(one->what, "section", ""), false);
        count_up(counts_under(section, one->version, true), one->result);
        if (one->result == FAILED)
            json_array_append_new(failures, json_pack("{s:s, s:s, s:s, s:s, s:s}", "section",
                                                      case_string(one->what, "section", ""), "case",
                                                      case_string(one->what, "name", ""), "version", one->version,
                                                      "profile", one->profile, "why", text_peek(&one->why)));
    }
    json_object_set_new(score, "cases", json_integer((json_int_t)cases));
    json_object_set_new(score, "sections", sections);
    json_object_set_new(score, "failures", failures);
    return score;
}

bool score_write(const json_t *score, const char *path) {
    return score != NULL && json_dump_file(score, path, JSON_INDENT(2)) == 0;
}

/* ---- Sums ---- */

typedef struct tally {
    json_int_t passed;
    json_int_t tried;
} tally;

static void add_counts(tally *sum, const json_t *counts) {
    json_int_t passed = json_integer_value(json_object_get(counts, kinds[PASSED]));
    sum->passed += passed;
    sum->tried += passed + json_integer_value(json_object_get(counts, kinds[FAILED]));
}

static tally tally_section(const json_t *versions) {
    tally sum = {0};
    const char *version;
    json_t *counts;
    json_object_foreach((json_t *)versions, version, counts) {
        add_counts(&sum, counts);
    }
    return sum;
}

/* ---- Lines for a reader ---- */

static void print_line(const char *name, tally row, FILE *out) {
    enum { WIDTH = 42 };
    fprintf(out, "# %-*s %4lld of %4lld", WIDTH, name, (long long)row.passed, (long long)row.tried);
    if (row.tried > 0)
        fprintf(out, "  %3lld %%", (long long)(100 * row.passed / row.tried));
    fputc('\n', out);
}

void score_print(const json_t *score, FILE *out) {
    const char *section;
    json_t *versions;
    tally total = {0};
    json_object_foreach(json_object_get(score, "sections"), section, versions) {
        print_line(section, tally_section(versions), out);
    }
    add_counts(&total, json_object_get(score, "trials"));
    print_line("all sections", total, out);
}

/* ---- The table ---- */

static void print_row(const char *name, const tally *tallies, size_t count, FILE *out) {
    fprintf(out, "| %s |", name);
    for (size_t i = 0; i < count; i++)
        fprintf(out, " %lld / %lld |", (long long)tallies[i].passed, (long long)tallies[i].tried);
    fputc('\n', out);
}

static void print_table(json_t *const *scores, size_t count, FILE *out) {
    enum { MOST = 8 };
    tally total[MOST] = {{0}}, row[MOST];
    const char *section;
    json_t *versions;
    fputs("| section |", out);
    for (size_t i = 0; i < count; i++) {
        const char *version = json_string_value(json_object_get(scores[i], "version"));
        fprintf(out, " %s%s%s |", json_string_value(json_object_get(scores[i], "engine")), version == NULL ? "" : " ",
                version == NULL ? "" : version);
    }
    fputs("\n| --- |", out);
    for (size_t i = 0; i < count; i++)
        fputs(" ---: |", out);
    fputc('\n', out);
    json_object_foreach(json_object_get(scores[0], "sections"), section, versions) {
        for (size_t i = 0; i < count; i++) {
            row[i] = tally_section(json_object_get(json_object_get(scores[i], "sections"), section));
            total[i].passed += row[i].passed;
            total[i].tried += row[i].tried;
        }
        print_row(section, row, count, out);
    }
    print_row("**all**", total, count, out);
    for (size_t i = 0; i < count; i++) {
        row[i] = (tally){0};
        add_counts(&row[i], json_object_get(scores[i], "refusals"));
    }
    print_row("of these: nothing may be sent", row, count, out);
    for (size_t i = 0; i < count; i++)
        row[i] = (tally){.passed = total[i].passed - row[i].passed, .tried = total[i].tried - row[i].tried};
    print_row("of these: all others", row, count, out);
}

bool score_table(const char *const *paths, size_t count, FILE *out) {
    json_t *scores[8] = {NULL};
    bool good = count > 0 && count <= sizeof scores / sizeof *scores;
    for (size_t i = 0; good && i < count; i++) {
        scores[i] = json_load_file(paths[i], 0, NULL);
        good = json_is_object(json_object_get(scores[i], "sections")) &&
               json_is_string(json_object_get(scores[i], "engine"));
        if (!good)
            fprintf(stderr, "conformance: %s is not a score\n", paths[i]);
    }
    if (good)
        print_table(scores, count, out);
    for (size_t i = 0; i < count && i < sizeof scores / sizeof *scores; i++)
        json_decref(scores[i]);
    return good;
}
