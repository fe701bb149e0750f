/* session.c: from the command line to a loaded description, with diagnostics on the error stream. */
#include "engine/cli/session.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/nearest.h"
#include "base/text.h"
#include "engine/cli/config.h"
#include "engine/report/diagnostics.h"
#include "engine/uri.h"
#include "http/source_cache.h"

bool session_wants_color(unsigned choice, FILE *out) {
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (choice != COLOR_AUTO)
        return choice == COLOR_ALWAYS;
    return isatty(fileno(out)) && (no_color == NULL || no_color[0] == '\0') &&
           (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

static void tell_stale(void *user, const char *uri, const char *why) {
    const session *at = user;
    if (!at->quiet)
        fprintf(at->err, "arazzo %s: %s: %s; the copy that was kept is used\n", at->command, uri, why);
}

bool session_open(session *at, FILE *err, unsigned color, bool quiet, const http_client_options *client) {
    *at = (session){
        .memory = arena_new(), .command = "", .err = err, .color = session_wants_color(color, err), .quiet = quiet};
    bool ready = diagnostics_init(&at->list) && at->memory != NULL;
    if (client != NULL) {
        http_client_options sources = {
            .timeout = client->timeout, .follow_redirects = true, .authorities = client->authorities};
        at->client = http_client_new(client);
        at->sources = http_client_new(&sources);
        ready = ready && at->client != NULL && at->sources != NULL;
    }
    at->fetches = (fetcher){.client = at->sources,
                            .cache = ready ? source_cache_folder(at->memory) : NULL,
                            .user = at,
                            .stale = tell_stale};
    at->reader = fetch_reader(&at->fetches, ready ? fetch_working_folder(at->memory) : NULL);
    at->books = library_new(&at->reader);
    at->folder = source_folder_new(NULL, 0);
    if (at->folder != NULL)
        at->finder = source_folder_finder(at->folder);
    return ready && at->books != NULL && at->folder != NULL;
}

void session_close(session *at) {
    fetch_close(&at->fetches);
    fetch_forget(&at->fetches);
    library_free(at->books);
    source_folder_free(at->folder);
    http_client_free(at->client);
    http_client_free(at->sources);
    diagnostics_free(&at->list);
    arena_free(at->memory);
}

bool session_open_inner(const session *outer, session *inner, FILE *err) {
    *inner = *outer;
    inner->memory = arena_new();
    inner->err = err;
    inner->fetches.user = inner;
    inner->fetches.moved = NULL;
    inner->reader = fetch_reader(&inner->fetches, outer->reader.root);
    inner->books = library_new(&inner->reader);
    inner->printed = 0;
    return diagnostics_init(&inner->list) && inner->memory != NULL && inner->books != NULL;
}

void session_close_inner(session *inner) {
    fetch_close(&inner->fetches);
    library_free(inner->books);
    arena_free(inner->memory);
    inner->books = NULL;
    inner->memory = NULL;
}

const char *session_uri(session *at, const char *path_or_url) {
    const char *uri = fetch_location(at->reader.root, path_or_url, at->memory);
    if (strcmp(path_or_url, "-") == 0)
        at->fetches.standard = uri; /* what it refers to is looked for where this process works */
    return uri;
}

arazzo_description *session_load(session *at, const char *path_or_url, const arazzo_load_options *options) {
    const char *uri = session_uri(at, path_or_url);
    if (uri == NULL) {
        at->list.no_memory = true;
        session_print(at);
        return NULL;
    }
    at->fetches.remote_only = strncmp(uri, "http", 4) == 0;
    arazzo_description *loaded = description_load(at->books, uri, options, &at->list);
    session_print(at);
    return loaded;
}

/* Messages may quote what was sent and received. */
static const char *without_secrets(session *at, const char *sentence) {
    text masked = TEXT_EMPTY;
    if (sentence == NULL || at->secrets == NULL)
        return sentence;
    mask_text(at->secrets, sentence, strlen(sentence), &masked);
    const char *kept = masked.failed ? NULL : arena_copy(at->memory, text_peek(&masked), masked.length);
    text_free(&masked);
    at->list.no_memory = at->list.no_memory || kept == NULL;
    return kept == NULL ? "***" : kept;
}

static void leave_out_told(const session *at, diagnostics *list) {
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (at->told == NULL || strcmp(list->items[i].code, at->told) != 0)
            list->items[kept++] = list->items[i];
    list->count = kept;
}

/* The lines of a document that are shown may hold a secret, too. */
static void print_masked(const session *at, const diagnostics *list) {
    char *bytes = NULL;
    size_t length = 0;
    FILE *shown = at->secrets == NULL ? at->err : open_memstream(&bytes, &length);
    if (shown == NULL) {
        session_no_memory(at);
        return;
    }
    print_diagnostics(list, shown, at->color, library_text, at->books);
    if (shown == at->err)
        return;
    text masked = TEXT_EMPTY;
    if (fclose(shown) == 0)
        mask_text(at->secrets, bytes, length, &masked);
    if (masked.failed)
        session_no_memory(at);
    else
        fwrite(text_peek(&masked), 1, masked.length, at->err);
    fflush(at->err);
    text_free(&masked);
    free(bytes);
}

void session_print(session *at) {
    if (at->quiet && diagnostics_clean(&at->list))
        return;
    diagnostics rest = at->list;
    rest.count -= at->printed;
    rest.items = arena_array(at->memory, rest.count, sizeof *rest.items);
    if (rest.items == NULL) {
        session_no_memory(at);
        return;
    }
    for (size_t i = 0; i < rest.count; i++) {
        rest.items[i] = at->list.items[at->printed + i];
        rest.items[i].message = without_secrets(at, rest.items[i].message);
        rest.items[i].help = without_secrets(at, rest.items[i].help);
    }
    leave_out_told(at, &rest);
    print_masked(at, &rest);
    at->printed = at->list.count;
    if (at->list.no_memory)
        session_no_memory(at);
}

int session_no_memory(const session *at) {
    fputs("arazzo: memory ran short\n", at->err);
    return EXIT_FAILED;
}

bool session_overrides(session *at, const char *option, const value_list *given, bool paths, arazzo_override **out) {
    *out = arena_array(at->memory, given->count, sizeof **out);
    if (*out == NULL)
        return false;
    for (size_t i = 0; i < given->count; i++) {
        const char *value = given->items[i], *equals = strchr(value, '=');
        bool named = equals != NULL && !fetch_is_url(value);
        const char *url = named ? equals + 1 : value;
        if (!paths && strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0) {
            fprintf(at->err, "arazzo %s: --%s takes [NAME=]URL with an http or https URL, not '%s'\n", at->command,
                    option, value);
            return false;
        }
        if (paths && !named) {
            fprintf(at->err, "arazzo %s: --%s takes NAME=PATH or NAME=URL, not '%s'\n", at->command, option, value);
            return false;
        }
        (*out)[i] = (arazzo_override){
            .source = named ? arena_copy(at->memory, value, (size_t)(equals - value)) : NULL,
            .url = paths ? session_uri(at, url) : arena_copy(at->memory, url, strlen(url)),
        };
        if ((*out)[i].url == NULL || (named && (*out)[i].source == NULL))
            return false;
    }
    return true;
}

bool session_knows_sources(const session *at, const char *option, const arazzo_description *loaded,
                           const arazzo_override *list, size_t count) {
    size_t descriptions;
    const arazzo_description **all = description_all(loaded, at->memory, &descriptions);
    if (all == NULL)
        return session_no_memory(at) == EXIT_OK;
    for (size_t i = 0; i < count; i++) {
        bool known = list[i].source == NULL || (at->config != NULL && config_value(at->config, option) != NULL);
        nearest search;
        nearest_start(&search, known ? "" : list[i].source, known ? 0 : strlen(list[i].source));
        for (size_t d = 0; !known && d < descriptions; d++)
            for (size_t j = 0; !known && j < all[d]->source_count; j++) {
                known = strcmp(all[d]->sources[j].name, list[i].source) == 0;
                nearest_try(&search, all[d]->sources[j].name);
            }
        if (known)
            continue;
        fprintf(at->err, "arazzo %s: --%s names the source '%s', and the document has none of that name", at->command,
                option, list[i].source);
        if (search.best != NULL)
            fprintf(at->err, "; did you mean '%s'?", search.best);
        fputc('\n', at->err);
        return false;
    }
    return true;
}

http_mock *session_mock(session *at, const arazzo_description *loaded, arazzo_override *server) {
    size_t count;
    char error[256] = "memory ran short";
    const api **served = description_apis(loaded, at->memory, &count);
    http_mock *serving = served == NULL ? NULL : http_mock_start(served, count, NULL, error, sizeof error);
    if (serving == NULL)
        fprintf(at->err, "arazzo %s: the mock cannot be started: %s\n", at->command, error);
    else
        *server = (arazzo_override){.url = http_mock_url(serving)};
    return serving;
}

bool session_readable(const session *at, const char *option, const char *path) {
    if (path == NULL || access(path, R_OK) == 0)
        return true;
    fprintf(at->err, "arazzo %s: the file of --%s, %s, cannot be read: %s\n", at->command, option, path,
            strerror(errno));
    return false;
}

bool session_source_folders(session *at, const value_list *given) {
    const char **paths = arena_array(at->memory, given->count, sizeof *paths);
    for (size_t i = 0; paths != NULL && i < given->count; i++) {
        struct stat about;
        if (stat(given->items[i], &about) != 0 || !S_ISDIR(about.st_mode)) {
            fprintf(at->err, "arazzo %s: --source-dir takes a folder of OpenAPI documents, and '%s' is none\n",
                    at->command, given->items[i]);
            return false;
        }
        const char *uri = session_uri(at, given->items[i]);
        paths[i] = uri == NULL ? NULL : uri_to_path(uri, at->memory);
        if (paths[i] == NULL)
            return false;
    }
    source_folder_free(at->folder);
    at->folder = paths == NULL ? NULL : source_folder_new(paths, given->count);
    if (at->folder == NULL) {
        session_no_memory(at);
        return false;
    }
    at->finder = source_folder_finder(at->folder);
    return true;
}
