/*
 * transcript.c: runs transcripts of the command and compares what appears with what they say.
 *
 *     transcript [--update] FILE...
 *
 * A transcript is a *.txt file, or a block marked ```console in a *.md file:
 *
 *     ## In a .txt file, a line that begins like this is a comment.
 *     $ printf 'one\ntwo\n' | grep t; \
 *       exit 3
 *     two
 *     [3]
 *
 * After `$ ` stands a command, going on while a line ends in `\`. What follows, up to the next command, is what it must
 * print on both streams together; blank lines at the end don't count. A last line `[N]` is the exit status, 0 without
 * it (output that itself ends in such a line is followed by `[0]`). Output that doesn't end its last line ends, in the
 * transcript, in ⟨no newline⟩. Parts that vary are wildcards: see tests/support/wildcard.h.
 *
 * Commands run by `sh -c` from the top of the repository, one after another; one that takes 30 seconds fails. PATH
 * begins with the build folder, which is also $BUILD and, at the beginning of a word, `build/`. $HOME and $TMPDIR are
 * one fresh folder per file, which output shows as ⟨tmp⟩. A block ```console skip=REASON is not run.
 *
 * --update writes what appeared into the files; lines that matched stay as they are, with their wildcards.
 */
/* realpath() and nftw() are of POSIX's XSI option */
#define _XOPEN_SOURCE 700

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "tests/support/shell.h"
#include "tests/support/wildcard.h"

enum { COMMAND_SECONDS = 30, LONGEST_DIFF = 2000 };

typedef struct line_list {
    line *items;
    size_t count;
    size_t capacity;
} line_list;

/* Where a step's output begins and ends, in lines of its file; what comes after `end` up to the next step is kept. */
typedef struct step {
    size_t first;    /* the line with `$ ` */
    size_t output;   /* the first line of the output */
    size_t end;      /* beyond its last line, the exit status included */
    size_t indent;   /* of the block in a list of a *.md file */
    const char *why; /* the reason to skip it, or NULL */
    size_t why_length;
} step;

typedef struct transcript {
    const char *path;
    text content;
    line_list lines;
    step *steps;
    size_t count;
    text updated;  /* the file as it should be */
    size_t copied; /* lines of the file that are in `updated` */
} transcript;

typedef struct runner {
    bool update;
    size_t number;
    size_t failed;
    const char *build; /* absolute */
    char *folder;      /* $TMPDIR */
} runner;

static void *need(void *memory) {
    if (memory == NULL) {
        fputs("Bail out! out of memory\n", stdout);
        exit(1);
    }
    return memory;
}

static const char *need_text(const text *made) {
    return need(made->failed ? NULL : (void *)(size_t)text_peek(made));
}

/* ---- Reading ---- */

static void add_line(line_list *list, line added) {
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 64 : list->capacity * 2;
        list->items = need(realloc(list->items, list->capacity * sizeof *list->items));
    }
    list->items[list->count++] = added;
}

static void split_lines(line_list *list, const char *bytes, size_t length) {
    while (length > 0) {
        const char *end = memchr(bytes, '\n', length);
        size_t own = end != NULL ? (size_t)(end - bytes) : length;
        add_line(list, (line){bytes, own});
        length -= end != NULL ? own + 1 : own;
        bytes += end != NULL ? own + 1 : own;
    }
}

static bool read_file(const char *path, text *content) {
    FILE *file = fopen(path, "rb");
    char bytes[65536];
    if (file == NULL)
        return false;
    for (size_t count; (count = fread(bytes, 1, sizeof bytes, file)) > 0;)
        text_append(content, bytes, count);
    bool good = !ferror(file);
    fclose(file);
    need_text(content);
    return good;
}

static bool begins(line whole, const char *with) {
    size_t length = strlen(with);
    return whole.length >= length && memcmp(whole.bytes, with, length) == 0;
}

static line without_indent(line whole, size_t indent) {
    size_t spaces = 0;
    while (spaces < indent && spaces < whole.length && whole.bytes[spaces] == ' ')
        spaces++;
    return (line){whole.bytes + spaces, whole.length - spaces};
}

static bool blank(line whole) {
    return whole.length == 0;
}

/* `[N]`: -1 when the line is something else. */
static int exit_status(line last) {
    int status = 0;
    if (last.length < 3 || last.length > 5 || last.bytes[0] != '[' || last.bytes[last.length - 1] != ']')
        return -1;
    for (size_t i = 1; i + 1 < last.length; i++) {
        if (last.bytes[i] < '0' || last.bytes[i] > '9')
            return -1;
        status = status * 10 + (last.bytes[i] - '0');
    }
    return status;
}

static bool is_comment(const transcript *self, line whole) {
    size_t length = strlen(self->path);
    return begins(whole, "## ") && length > 4 && strcmp(self->path + length - 4, ".txt") == 0;
}

static void add_step(transcript *self, step added) {
    if ((self->count & (self->count + 1)) == 0)
        self->steps = need(realloc(self->steps, (self->count * 2 + 2) * sizeof *self->steps));
    self->steps[self->count++] = added;
}

/* The commands in the lines [from, to), which are a *.txt file or the inside of a block. */
static void read_block(transcript *self, size_t from, size_t to, step pattern) {
    const line *lines = self->lines.items;
    for (size_t i = from; i < to;) {
        if (!begins(without_indent(lines[i], pattern.indent), "$ ")) {
            i++;
            continue;
        }
        pattern.first = i;
        while (i + 1 < to && lines[i].length > 0 && lines[i].bytes[lines[i].length - 1] == '\\')
            i++;
        pattern.output = ++i;
        while (i < to && !begins(without_indent(lines[i], pattern.indent), "$ ") && !is_comment(self, lines[i]))
            i++;
        pattern.end = i;
        while (pattern.end > pattern.output && blank(without_indent(lines[pattern.end - 1], pattern.indent)))
            pattern.end--;
        add_step(self, pattern);
    }
}

static size_t fence_length(line whole) {
    size_t ticks = 0;
    while (ticks < whole.length && whole.bytes[ticks] == '`')
        ticks++;
    return ticks;
}

static step block_pattern(line opening, size_t indent) {
    static const char mark[] = " skip=";
    step pattern = {.indent = indent};
    for (size_t i = 0; i + strlen(mark) <= opening.length; i++) {
        if (memcmp(opening.bytes + i, mark, strlen(mark)) == 0) {
            pattern.why = opening.bytes + i + strlen(mark);
            pattern.why_length = opening.length - i - strlen(mark);
            break;
        }
    }
    return pattern;
}

static void read_markdown(transcript *self) {
    const line *lines = self->lines.items;
    for (size_t i = 0; i < self->lines.count; i++) {
        line opening = without_indent(lines[i], lines[i].length);
        size_t fence = fence_length(opening), close = i + 1;
        if (fence < 3)
            continue;
        while (close < self->lines.count) {
            line closing = without_indent(lines[close], lines[close].length);
            if (fence_length(closing) >= fence && fence_length(closing) == closing.length)
                break;
            close++;
        }
        if (begins((line){opening.bytes + fence, opening.length - fence}, "console"))
            read_block(self, i + 1, close, block_pattern(opening, lines[i].length - opening.length));
        i = close;
    }
}

static bool read_transcript(transcript *self) {
    size_t length = strlen(self->path);
    if (!read_file(self->path, &self->content))
        return false;
    split_lines(&self->lines, text_peek(&self->content), self->content.length);
    if (length > 3 && strcmp(self->path + length - 3, ".md") == 0)
        read_markdown(self);
    else
        read_block(self, 0, self->lines.count, (step){0});
    return true;
}

static void free_transcript(transcript *self) {
    text_free(&self->content);
    text_free(&self->updated);
    free(self->lines.items);
    free(self->steps);
}

/* ---- Running ---- */

static void append_replaced(text *out, const char *bytes, size_t length, const char *what, const char *with) {
    size_t size = strlen(what);
    for (size_t i = 0; i < length;) {
        if (size <= length - i && memcmp(bytes + i, what, size) == 0) {
            text_append_string(out, with);
            i += size;
        } else {
            text_append_char(out, bytes[i++]);
        }
    }
}

/* The command as sh gets it. A README says build/arazzo whatever folder this build is in. */
static void append_command(text *out, const transcript *self, const step *of, const char *build) {
    static const char word[] = "build/";
    for (size_t i = of->first; i < of->output; i++) {
        line part = without_indent(self->lines.items[i], of->indent);
        if (i == of->first)
            part = (line){part.bytes + 2, part.length - 2};
        for (size_t at = 0; at < part.length;) {
            line rest = {part.bytes + at, part.length - at};
            if (begins(rest, word) && (at == 0 || strchr(" ;|&(", part.bytes[at - 1]) != NULL)) {
                text_append_format(out, "%s/", build);
                at += strlen(word);
            } else {
                text_append_char(out, part.bytes[at++]);
            }
        }
        text_append_char(out, '\n');
    }
}

/* What a step printed, as a transcript shows it, with the exit status if it is to be shown. */
static void append_shown(text *out, const text *output, const runner *own, int status) {
    static const char no_newline[] = "⟨no newline⟩";
    append_replaced(out, text_peek(output), output->length, own->folder, "⟨tmp⟩");
    if (out->length > 0 && out->bytes[out->length - 1] != '\n')
        text_append_format(out, "%s\n", no_newline);
    while (out->length > 0 && out->bytes[out->length - 1] == '\n' &&
           (out->length == 1 || out->bytes[out->length - 2] == '\n'))
        text_truncate(out, out->length - 1);
    line_list lines = {0};
    split_lines(&lines, need_text(out), out->length);
    if (status != 0 || (lines.count > 0 && exit_status(lines.items[lines.count - 1]) >= 0))
        text_append_format(out, "[%d]\n", status);
    free(lines.items);
    need_text(out);
}

/* ---- Comparing ---- */

/* The longest common subsequence of expected[e...] and got[g...], by "matches" rather than "equals". */
static unsigned short *common_lengths(const line_list *expected, const line_list *got) {
    size_t width = got->count + 1;
    unsigned short *table = need(calloc((expected->count + 1) * width, sizeof *table));
    for (size_t e = expected->count; e-- > 0;) {
        for (size_t g = got->count; g-- > 0;) {
            unsigned short skip_e = table[(e + 1) * width + g], skip_g = table[e * width + g + 1];
            if (wildcard_line(expected->items[e], got->items[g]))
                table[e * width + g] = (unsigned short)(table[(e + 1) * width + g + 1] + 1);
            else
                table[e * width + g] = skip_e > skip_g ? skip_e : skip_g;
        }
    }
    return table;
}

typedef void difference(void *user, char sign, line which);

/* Each line once, in order: ' ' as expected (with its wildcards), '-' expected and not there, '+' not expected. */
static void compare(const line_list *expected, const line_list *got, difference *report, void *user) {
    bool small = expected->count <= LONGEST_DIFF && got->count <= LONGEST_DIFF;
    unsigned short *table = small ? common_lengths(expected, got) : NULL;
    size_t e = 0, g = 0, width = got->count + 1;
    while (e < expected->count || g < got->count) {
        if (e < expected->count && g < got->count && wildcard_line(expected->items[e], got->items[g])) {
            report(user, ' ', expected->items[e++]);
            g++;
        } else if (g == got->count ||
                   (e < expected->count && (table == NULL || table[(e + 1) * width + g] >= table[e * width + g + 1]))) {
            report(user, '-', expected->items[e++]);
        } else {
            report(user, '+', got->items[g++]);
        }
    }
    free(table);
}

static void print_difference(void *user, char sign, line which) {
    (void)user;
    printf("#   %c %.*s\n", sign, (int)which.length, which.bytes);
}

/* ---- Updating ---- */

typedef struct update {
    text *out;
    size_t indent;
} update;

static void append_updated(void *user, char sign, line which) {
    update *self = user;
    if (sign == '-')
        return;
    if (which.length > 0)
        text_append_format(self->out, "%*s", (int)self->indent, "");
    text_append(self->out, which.bytes, which.length);
    text_append_char(self->out, '\n');
}

static void copy_lines(transcript *self, size_t to) {
    for (; self->copied < to; self->copied++)
        append_updated(&(update){&self->updated, 0}, ' ', self->lines.items[self->copied]);
}

/* A line that would be read as a command or as the end of a block cannot stand in a transcript. */
static bool can_be_written(const line_list *got) {
    for (size_t i = 0; i < got->count; i++) {
        if (begins(got->items[i], "$ ") || begins(got->items[i], "```") || begins(got->items[i], "## "))
            return false;
    }
    return true;
}

static void update_step(transcript *self, const step *of, const line_list *expected, const line_list *got) {
    copy_lines(self, of->output);
    if (!can_be_written(got))
        return;
    compare(expected, got, append_updated, &(update){&self->updated, of->indent});
    self->copied = of->end;
}

static bool write_updated(transcript *self) {
    copy_lines(self, self->lines.count);
    need_text(&self->updated);
    if (self->updated.length == self->content.length &&
        memcmp(self->updated.bytes, text_peek(&self->content), self->content.length) == 0)
        return true;
    FILE *file = fopen(self->path, "wb");
    if (file == NULL)
        return false;
    bool good = fwrite(text_peek(&self->updated), 1, self->updated.length, file) == self->updated.length;
    return fclose(file) == 0 && good;
}

/* ---- TAP ---- */

static void print_result(runner *own, const transcript *self, const step *of, bool good) {
    line command = without_indent(self->lines.items[of->first], of->indent);
    own->failed += !good;
    printf("%s %zu - %s:%zu: ", good ? "ok" : "not ok", ++own->number, self->path, of->first + 1);
    for (size_t i = 2; i < command.length; i++) /* a `#` would begin a directive */
        printf(command.bytes[i] == '#' ? "\\#" : "%c", command.bytes[i]);
    if (of->why != NULL)
        printf(" # skip %.*s", (int)of->why_length, of->why);
    putchar('\n');
}

static void run_step(runner *own, transcript *self, const step *of) {
    text command = TEXT_EMPTY, output = TEXT_EMPTY, shown = TEXT_EMPTY;
    line_list expected = {0}, got = {0};
    shell_result result;
    append_command(&command, self, of, own->build);
    bool started = shell_run(need_text(&command), COMMAND_SECONDS, &output, &result);
    need_text(&output);
    append_shown(&shown, &output, own, result.status);
    split_lines(&got, text_peek(&shown), shown.length);
    for (size_t i = of->output; i < of->end; i++)
        add_line(&expected, without_indent(self->lines.items[i], of->indent));
    bool good = started && !result.timed_out && wildcard_lines(expected.items, expected.count, got.items, got.count);
    print_result(own, self, of, good);
    if (result.timed_out)
        printf("#   took longer than %d seconds\n", COMMAND_SECONDS);
    if (!good)
        compare(&expected, &got, print_difference, NULL);
    if (own->update && !good && started && !result.timed_out)
        update_step(self, of, &expected, &got);
    free(expected.items);
    free(got.items);
    text_free(&command);
    text_free(&output);
    text_free(&shown);
}

/* ---- The environment ---- */

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *where) {
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

static char *new_folder(const char *temporary) {
    text path = TEXT_EMPTY;
    text_append_format(&path, "%s/transcript-XXXXXX", temporary);
    char *folder = need(text_take(&path, NULL));
    if (mkdtemp(folder) != NULL)
        return folder;
    printf("Bail out! no folder in %s: %s\n", temporary, strerror(errno));
    exit(1);
}

/* What a machine or a person has set must not change what appears. */
static void set_environment(const char *build) {
    static const char *const removed[] = {"NO_COLOR",       "http_proxy",     "https_proxy", "all_proxy", "no_proxy",
                                          "HTTP_PROXY",     "HTTPS_PROXY",    "ALL_PROXY",   "NO_PROXY",  "LANG",
                                          "LANGUAGE",       "COLUMNS",        "MAKEFLAGS",   "MAKELEVEL", "MFLAGS",
                                          "XDG_CACHE_HOME", "XDG_CONFIG_HOME"};
    text path = TEXT_EMPTY;
    for (size_t i = 0; i < sizeof removed / sizeof *removed; i++)
        unsetenv(removed[i]);
    const char *before = getenv("PATH");
    text_append_format(&path, "%s:%s", build, before != NULL ? before : "/usr/bin:/bin");
    setenv("PATH", need_text(&path), 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("BUILD", build, 1);
    text_free(&path);
}

static void run_transcript(runner *own, const char *path, const char *temporary) {
    transcript self = {.path = path};
    if (!read_transcript(&self)) {
        printf("ok %zu - %s # skip there is no such file\n", ++own->number, path);
        return;
    }
    own->folder = new_folder(temporary);
    setenv("HOME", own->folder, 1);
    setenv("TMPDIR", own->folder, 1);
    for (size_t i = 0; i < self.count; i++) {
        if (self.steps[i].why != NULL)
            print_result(own, &self, &self.steps[i], true);
        else
            run_step(own, &self, &self.steps[i]);
        fflush(stdout);
    }
    if (own->update && !write_updated(&self)) {
        printf("Bail out! cannot write %s: %s\n", path, strerror(errno));
        own->failed++;
    }
    nftw(own->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(own->folder);
    free_transcript(&self);
}

int main(int argc, char **argv) {
    runner own = {0};
    const char *given = getenv("BUILD"), *temporary = getenv("TMPDIR");
    char *build = realpath(given != NULL ? given : "build", NULL);
    char *base = need(strdup(temporary != NULL ? temporary : "/tmp"));
    if (build == NULL) {
        puts("Bail out! there is no build folder");
        free(base);
        return 1;
    }
    own.build = build;
    set_environment(build);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--update") == 0)
            own.update = true;
        else if (strchr(argv[i], '*') == NULL) /* a pattern that the shell found no file for */
            run_transcript(&own, argv[i], base);
    }
    printf("1..%zu\n", own.number);
    free(base);
    free(build);
    return own.failed > 0;
}
