/* reports.c: the files of `--report`, and the recordings of what a document's workflows do. */
#include "engine/cli/reports.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/nearest.h"
#include "http/drive.h"

static int refuse_kind(const session *at, const char *command_name, const char *value, size_t length) {
    nearest search;
    nearest_start(&search, value, length);
    for (size_t i = 0; i < REPORT_KINDS; i++)
        nearest_try(&search, report_kind_name((report_kind)i));
    fprintf(at->err, "arazzo %s: --report takes KIND=FILE with ", command_name);
    for (size_t i = 0; i < REPORT_KINDS; i++)
        fprintf(at->err, "%s%s", i == 0 ? "" : i + 1 == REPORT_KINDS ? " or " : ", ", report_kind_name((report_kind)i));
    fprintf(at->err, ", not '%s'", value);
    if (search.best != NULL)
        fprintf(at->err, "; did you mean '%s'?", search.best);
    fputc('\n', at->err);
    return EXIT_USAGE;
}

static int refuse_no_file(const session *at, const char *command_name, const char *value, size_t length) {
    fprintf(at->err, "arazzo %s: --report %s does not say where; did you mean '%.*s=FILE'?\n", command_name, value,
            (int)length, value);
    return EXIT_USAGE;
}

static int open_file(const session *at, const char *command_name, const char *value, FILE *out, report_files *files) {
    size_t length = strcspn(value, "=");
    report_file *fresh = &files->items[files->count];
    if (!report_kind_from(value, length, &fresh->kind))
        return refuse_kind(at, command_name, value, length);
    if (value[length] == '\0' || value[length + 1] == '\0')
        return refuse_no_file(at, command_name, value, length);
    fresh->path = value + length + 1;
    bool standard = strcmp(fresh->path, "-") == 0;
    if (standard && files->takes_output) {
        fprintf(at->err, "arazzo %s: only one of the reports can go to standard output\n", command_name);
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->items[i].path, fresh->path) == 0) {
            fprintf(at->err, "arazzo %s: two reports cannot go to the same file, %s\n", command_name, fresh->path);
            return EXIT_USAGE;
        }
    files->takes_output = files->takes_output || standard;
    fresh->file = standard ? out : fopen(fresh->path, "wb");
    if (fresh->file == NULL) {
        fprintf(at->err, "arazzo %s: the report %s cannot be written: %s\n", command_name, fresh->path,
                strerror(errno));
        return EXIT_USAGE;
    }
    files->count++;
    return EXIT_OK;
}

int reports_open(session *at, const char *command_name, const value_list *given, FILE *out, report_files *files) {
    *files = (report_files){.items = arena_array(at->memory, given->count, sizeof *files->items)};
    if (files->items == NULL)
        return session_no_memory(at);
    int status = EXIT_OK;
    for (size_t i = 0; status == EXIT_OK && i < given->count; i++)
        status = open_file(at, command_name, given->items[i], out, files);
    return status;
}

static int write_file(session *at, const char *command_name, const report_file *to, const report_set *what) {
    text whole = TEXT_EMPTY;
    int status = EXIT_OK;
    if (!report_write(what, to->kind, &whole)) {
        status = session_no_memory(at);
    } else if ((fwrite(text_peek(&whole), 1, whole.length, to->file) != whole.length || fflush(to->file) != 0) &&
               strcmp(to->path, "-") != 0) { /* of standard output, main() says it */
        fprintf(at->err, "arazzo %s: the report %s cannot be written: %s\n", command_name, to->path, strerror(errno));
        status = EXIT_FAILED;
    }
    text_free(&whole);
    return status;
}

int reports_write(session *at, const char *command_name, const report_files *files, const report_set *what) {
    int worst = EXIT_OK;
    char machine[512] = "";
    struct utsname about;
    if (uname(&about) >= 0)
        snprintf(machine, sizeof machine, "%s %s %s", about.sysname, about.release, about.machine);
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
    const report_fact facts[] = {{"command", command_name},
                                 {"system", machine},
                                 {"libcurl", curl->version},
                                 {"TLS", curl->ssl_version == NULL ? "none" : curl->ssl_version}};
    report_set whole = *what;
    whole.environment = facts;
    whole.environment_count = sizeof facts / sizeof *facts;
    for (size_t i = 0; i < files->count; i++) {
        int status = write_file(at, command_name, &files->items[i], &whole);
        worst = status > worst ? status : worst;
    }
    return worst;
}

void reports_close(report_files *files, FILE *out) {
    for (size_t i = 0; i < files->count; i++)
        if (files->items[i].file != out)
            fclose(files->items[i].file);
    files->count = 0;
}

/* ---- The runs of one document ---- */

void reporter_open(reporter *keeps) {
    *keeps = (reporter){.began = driver_now(NULL), .clock_began = driver_clock(NULL)};
}

void reporter_close(reporter *keeps) {
    for (size_t i = 0; i < keeps->count; i++)
        recording_free((recording *)keeps->runs[i].events);
    free(keeps->runs);
    *keeps = (reporter){.count = 0};
}

static bool room_for_one(reporter *keeps) {
    if (keeps->count < keeps->capacity)
        return true;
    size_t capacity = keeps->capacity * 2 + 8;
    report_run *more = realloc(keeps->runs, capacity * sizeof *more);
    if (more == NULL)
        return false;
    keeps->runs = more;
    keeps->capacity = capacity;
    return true;
}

bool reporter_begin(reporter *keeps, const workflow *flow, const diagnostics *list) {
    recording_options options = {.clock = driver_clock, .now = driver_now};
    if (!room_for_one(keeps) || (keeps->current = recording_new(flow->id, &options)) == NULL)
        return false;
    keeps->runs[keeps->count++] = (report_run){.events = keeps->current, .flow = flow};
    keeps->diagnosed = list->count;
    return true;
}

void reporter_event(const reporter *keeps, const arazzo_event *event) {
    if (keeps->current == NULL)
        return;
    arazzo_observer observer = recording_observer(keeps->current);
    observer.event(observer.user, event);
}

void reporter_end(reporter *keeps, const arazzo_run *run, const diagnostics *list) {
    if (keeps->current == NULL)
        return;
    const char *error = run == NULL ? "the inputs cannot be used" : keeps->stopped;
    for (size_t i = list->count; i > keeps->diagnosed; i--)
        if (list->items[i - 1].severity == DIAGNOSTIC_ERROR)
            error = list->items[i - 1].message;
    recording_end(keeps->current, run == NULL ? ARAZZO_ERROR : arazzo_run_status(run),
                  run == NULL ? NULL : arazzo_run_outputs(run), error);
    keeps->current = NULL;
}

int reporter_write(const reporter *keeps, session *at, const char *command_name, const report_files *files,
                   const char *document_name, const mask *secrets) {
    report_document of = {.file = document_name,
                          .list = &at->list,
                          .source = library_text,
                          .source_user = at->books,
                          .runs = keeps->runs,
                          .run_count = keeps->count};
    report_set what = {.documents = &of,
                       .document_count = 1,
                       .secrets = secrets,
                       .began = keeps->began,
                       .seconds = driver_clock(NULL) - keeps->clock_began};
    return reports_write(at, command_name, files, &what);
}
