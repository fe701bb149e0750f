/* test_print.c: texts for people. Everything that comes from elsewhere goes through the mask. */
#include "engine/cli/test_print.h"

#include <jansson.h>
#include <string.h>

#include "base/text.h"
#include "engine/cli/options_line.h"
#include "engine/cli/terminal.h"
#include "engine/report/visible.h"

static const struct {
    const char *word;
    const char *color;
    const char *counted; /* in the summary */
    const char *several; /* the same for any number but one */
    bool always;         /* counted even when there is none */
    bool bad;            /* told in detail, and by quiet runs, too */
} outcomes[TEST_OUTCOMES] = {
    [TEST_PASSED] = {.word = "ok", .color = "\x1b[32m", .counted = "passed", .several = "passed", .always = true},
    [TEST_FAILED] =
        {.word = "FAIL", .color = "\x1b[31m", .counted = "failed", .several = "failed", .always = true, .bad = true},
    [TEST_ERROR] = {.word = "ERROR", .color = "\x1b[31m", .counted = "error", .several = "errors", .bad = true},
    [TEST_FLAKY] = {.word = "FLAKY", .color = "\x1b[33m", .counted = "flaky", .several = "flaky", .bad = true},
    [TEST_SKIPPED] = {.word = "SKIP", .color = "\x1b[2m", .counted = "skipped", .several = "skipped"},
};

/* The order of the summary. */
static const test_outcome counted[] = {TEST_PASSED, TEST_FAILED, TEST_ERROR, TEST_FLAKY, TEST_SKIPPED};

enum { WORD_WIDTH = 6 };

/* ---- Lines ---- */

static void append_duration(text *out, double seconds) {
    if (seconds >= 1)
        text_append_format(out, "%.2f s", seconds);
    else
        text_append_format(out, "%.1f ms", seconds * 1000);
}

static void append_outcome(const test_printer *p, text *out, test_outcome outcome, size_t width) {
    bool color = p->of->color;
    text_append_format(out, "%s%s%s", color ? outcomes[outcome].color : "", outcomes[outcome].word,
                       color ? "\x1b[0m" : "");
    for (size_t i = strlen(outcomes[outcome].word); i < width; i++)
        text_append_char(out, ' ');
}

/* Prints the text as it is and empties it. */
static void print_plain(const test_printer *p, text *line) {
    if (line->failed)
        p->of->no_memory = true;
    else
        fwrite(text_peek(line), 1, line->length, p->out);
    fflush(p->out);
    text_free(line);
}

/* Prints the text masked and empties it. */
static void print(const test_printer *p, text *line) {
    text masked = TEXT_EMPTY;
    mask_text(test_mask(p->of), text_peek(line), line->length, &masked);
    masked.failed = masked.failed || line->failed;
    text_free(line);
    print_plain(p, &masked);
}

/* What was told of an attempt; who speaks is known here: `arazzo test: ` at the beginning of a line says nothing. */
static void append_told(text *out, const text *told) {
    static const char *const speakers[] = {"arazzo test: ", "arazzo: "};
    const char *at = text_peek(told), *end = at + told->length;
    while (at < end) {
        for (size_t i = 0; i < sizeof speakers / sizeof *speakers; i++) {
            if (strncmp(at, speakers[i], strlen(speakers[i])) != 0)
                continue;
            at += strlen(speakers[i]);
            text_append_string(out, "  ");
            break;
        }
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t length = stop == NULL ? (size_t)(end - at) : (size_t)(stop - at);
        text_append(out, at, length);
        text_append_char(out, '\n');
        at += length + (stop != NULL);
    }
}

static void append_counts(const test_case *at, text *line) {
    if (at->outcome == TEST_SKIPPED)
        text_append_format(line, "  (%s)", at->reason);
    if (at->steps == 0)
        return;
    text_append_format(line, "  %zu step%s  ", at->steps, at->steps == 1 ? "" : "s");
    append_duration(line, at->seconds);
    if (at->attempts > 1)
        text_append_format(line, "  (%zu attempts)", at->attempts);
    if (at->breach_count > 0)
        text_append_format(line, "  (%zu contract warning%s)", at->breach_count, at->breach_count == 1 ? "" : "s");
}

/* Those that were not started because one failed are many, and their number says it all. */
static bool is_shown(const test_printer *p, const test_case *at) {
    if (at->outcome == TEST_DROPPED || p->out == NULL)
        return false;
    if (at->outcome == TEST_SKIPPED && !at->plan->left_out)
        return false;
    return !p->of->options->quiet || outcomes[at->outcome].bad;
}

static void print_case(const test_printer *p, test_case *at) {
    text line = TEXT_EMPTY;
    if (is_shown(p, at)) {
        append_outcome(p, &line, at->outcome, WORD_WIDTH);
        append_visible_string(&line, at->id);
        append_counts(at, &line);
        text_append_char(&line, '\n');
        if (p->of->options->verbose && at->outcome == TEST_PASSED)
            append_told(&line, &at->told);
        print(p, &line);
    }
    if (at->outcome == TEST_PASSED)
        text_free(&at->told);
}

/* ---- How far it has come ---- */

static void clear(test_printer *p) {
    if (!p->drawn)
        return;
    fputs("\r\x1b[K", p->progress);
    fflush(p->progress);
    p->drawn = false;
}

static void draw(test_printer *p) {
    enum { TENTH = 10, ROOM = 3 }; /* for the ^C that a terminal echoes */
    const tester *t = p->of;
    double now = driver_clock(NULL);
    size_t bad = t->counts[TEST_FAILED] + t->counts[TEST_ERROR];
    if (p->progress == NULL || (p->drawn && now < p->drawn_at + 1.0 / TENTH))
        return;
    text line = TEXT_EMPTY;
    size_t columns = terminal_columns(p->progress);
    text_append_format(&line, "%zu of %zu done, %zu under way", t->next - t->active_count, t->case_count,
                       t->active_count);
    if (bad > 0)
        text_append_format(&line, ", %zu failed", bad);
    text_append_format(&line, "  %.0f s", now - p->began);
    if (columns > ROOM)
        text_truncate(&line, columns - ROOM); /* it is ASCII */
    fprintf(p->progress, "\r\x1b[K%s", text_peek(&line));
    fflush(p->progress);
    text_free(&line);
    p->drawn = true;
    p->drawn_at = now;
}

/* ---- As it happens ---- */

static void on_end(tester *t, test_case *at) {
    test_printer *p = t->user;
    bool next = at == &t->cases[p->next];
    if (p->as_they_end || next)
        clear(p);
    if (p->as_they_end) {
        print_case(p, at);
        return;
    }
    for (; next && p->next < t->case_count && t->cases[p->next].outcome != TEST_WAITING; p->next++)
        print_case(p, &t->cases[p->next]);
}

static void on_turn(tester *t) {
    draw(t->user);
}

void test_print_begin(test_printer *printer) {
    printer->of->user = printer;
    printer->of->ended = on_end;
    printer->of->turned = on_turn;
    printer->began = driver_clock(NULL);
}

/* ---- The command that carries out just one ---- */

static const command *test_command(void) {
    const command *at = arazzo_program.commands;
    while (at->id != COMMAND_TEST)
        at++;
    return at;
}

typedef struct again {
    const tester *t;
    const test_case *of;
    text shown; /* the value that is written */
} again;

/* What decides how a workflow goes; not which ones are carried out, nor what is told of them. */
static bool is_wanted(const again *at, const command_option *option, const char *value) {
    static const char *const left_out[] = {"jobs",      "filter",  "tag",     "shard",       "list",
                                           "fail-fast", "retries", "slowest", "format",      "report",
                                           "verbose",   "quiet",   "color",   "show-secrets"};
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
        if (strcmp(option->name, left_out[i]) == 0)
            return false;
    if (strcmp(option->name, "input") != 0)
        return true;
    for (size_t i = 0; i < at->t->options->input.count; i++) /* of others it is not known whether they are secret */
        if (at->t->options->input.items[i] == value)
            return at->t->inputs_taken[i];
    return false;
}

/* Masked before it is quoted: quoting would hide a secret from the mask. Of a credential only the name is shown. */
static bool show_option(void *user, const command_option *option, const char *value, const char **shown) {
    again *at = user;
    if (!is_wanted(at, option, value))
        return false;
    if (value == NULL)
        return true;
    text_truncate(&at->shown, 0);
    const char *equals = strchr(value, '=');
    if (strcmp(option->name, "auth") == 0 && equals != NULL && equals[1] != '@') {
        text_append(&at->shown, value, (size_t)(equals - value));
        text_append_string(&at->shown, "=***");
    } else {
        mask_text(test_mask(at->t), value, strlen(value), &at->shown);
    }
    *shown = text_peek(&at->shown);
    return true;
}

/* The names of options must not be masked, though a secret may be the same word. */
static void print_again(const test_printer *p, const test_case *of) {
    again at = {.t = p->of, .of = of};
    text line = TEXT_EMPTY;
    text_append_string(&line, "  again: arazzo test ");
    append_shell_word(&line, of->id);
    command_line_append(test_command(), p->of->options, show_option, &at, &line);
    text_append_char(&line, '\n');
    line.failed = line.failed || at.shown.failed;
    text_free(&at.shown);
    print_plain(p, &line);
}

/* ---- The end ---- */

static void print_failures(const test_printer *p) {
    for (size_t i = 0; i < p->of->case_count; i++) {
        const test_case *at = &p->of->cases[i];
        if (!outcomes[at->outcome].bad)
            continue;
        text whole = TEXT_EMPTY;
        text_append_char(&whole, '\n');
        append_outcome(p, &whole, at->outcome, 0);
        text_append_char(&whole, ' ');
        append_visible_string(&whole, at->id);
        text_append_char(&whole, '\n');
        append_told(&whole, &at->told);
        print(p, &whole);
        print_again(p, at);
    }
}

/* Of those that succeeded: the others' are told with their failures. */
static void print_breaches(const test_printer *p) {
    for (size_t i = 0; i < p->of->case_count && !p->of->options->quiet; i++) {
        const test_case *at = &p->of->cases[i];
        if (at->breach_count == 0 || p->of->options->verbose)
            continue;
        text whole = TEXT_EMPTY;
        text_append_format(&whole, "\n%sWARN%s ", p->of->color ? outcomes[TEST_FLAKY].color : "",
                           p->of->color ? "\x1b[0m" : "");
        append_visible_string(&whole, at->id);
        text_append_char(&whole, '\n');
        text_append(&whole, text_peek(&at->breaches), at->breaches.length);
        print(p, &whole);
    }
}

static void print_slowest(const test_printer *p) {
    text whole = TEXT_EMPTY;
    if (p->of->slow_count > 0)
        text_append_string(&whole, "\nslowest steps:\n");
    for (size_t i = 0; i < p->of->slow_count; i++) {
        text_append_string(&whole, "  ");
        append_duration(&whole, p->of->slowest[i].seconds);
        text_append_string(&whole, "  ");
        append_visible_string(&whole, p->of->slowest[i].what);
        text_append_char(&whole, '\n');
    }
    print(p, &whole);
}

static void print_summary(const test_printer *p) {
    const tester *t = p->of;
    text whole = TEXT_EMPTY;
    bool detailed = t->counts[TEST_FAILED] + t->counts[TEST_ERROR] + t->counts[TEST_FLAKY] + t->slow_count > 0;
    if (detailed || !t->options->quiet)
        text_append_char(&whole, '\n');
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++) {
        size_t count = t->counts[counted[i]];
        if (count == 0 && !outcomes[counted[i]].always)
            continue;
        bool painted = t->color && count > 0;
        text_append_format(&whole, "%s%s%zu %s%s", i == 0 ? "" : ", ", painted ? outcomes[counted[i]].color : "", count,
                           count == 1 ? outcomes[counted[i]].counted : outcomes[counted[i]].several,
                           painted ? "\x1b[0m" : "");
    }
    if (t->breach_count > 0)
        text_append_format(&whole, ", %zu contract warning%s", t->breach_count, t->breach_count == 1 ? "" : "s");
    text_append_string(&whole, " in ");
    append_duration(&whole, driver_clock(NULL) - p->began);
    text_append_char(&whole, '\n');
    print(p, &whole);
}

/* An input that no workflow has is most likely mistyped. */
static void print_unused_inputs(const test_printer *p) {
    const tester *t = p->of;
    for (size_t i = 0; t->loaded_any && i < t->options->input.count; i++) {
        const char *given = t->options->input.items[i];
        if (!t->inputs_taken[i])
            fprintf(t->at->err, "arazzo test: no workflow that was carried out has an input '%.*s'\n",
                    (int)strcspn(given, ":="), given);
    }
}

void test_print_end(test_printer *printer) {
    clear(printer);
    print_unused_inputs(printer);
    if (printer->out == NULL)
        return;
    print_failures(printer);
    print_breaches(printer);
    print_slowest(printer);
    print_summary(printer);
}

/* ---- The plan ---- */

static json_t *planned_json(const planned_workflow *at) {
    json_t *tags = json_array(), *made;
    for (size_t i = 0; i < at->tags.count; i++)
        json_array_append_new(tags, json_string(at->tags.items[i]));
    made = json_pack("{s:s, s:s?, s:I, s:o, s:b}", "file", at->document->name, "workflowId", at->workflow_id, "line",
                     (json_int_t)at->line, "tags", tags, "skipped", at->left_out);
    return made;
}

bool test_print_plan(const test_plan *plan, bool json, bool tags, FILE *out) {
    json_t *list = json ? json_array() : NULL;
    bool right = !json || list != NULL;
    for (size_t i = 0; right && i < plan->workflow_count; i++) {
        const planned_workflow *at = &plan->workflows[i];
        text line = TEXT_EMPTY;
        if (json) {
            json_t *one = planned_json(at);
            right = one != NULL && json_array_append_new(list, one) == 0;
            continue;
        }
        append_visible_string(&line, at->id);
        for (size_t j = 0; tags && j < at->tags.count; j++) {
            text_append_string(&line, j == 0 ? "  #" : " #");
            append_visible_string(&line, at->tags.items[j]);
        }
        right = !line.failed && fprintf(out, "%s%s\n", text_peek(&line), at->left_out ? "  (x-test: false)" : "") > 0;
        text_free(&line);
    }
    if (json && right)
        right = json_dumpf(list, out, JSON_INDENT(2)) == 0 && fputc('\n', out) != EOF;
    json_decref(list);
    return right;
}
