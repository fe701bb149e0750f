/* session.c: from the command line to a loaded description, with diagnostics on the error stream. */
#include "engine/cli/session.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "engine/report/diagnostics.h"
#include "engine/uri.h"

static bool wants_color(unsigned choice, FILE *out) {
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (choice != COLOR_AUTO)
        return choice == COLOR_ALWAYS;
    return isatty(fileno(out)) && (no_color == NULL || no_color[0] == '\0') &&
           (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

/* The URI of the folder that the command was started in, with a slash at its end. */
static const char *working_folder(arena *memory) {
    char path[4096];
    if (getcwd(path, sizeof path - 1) == NULL)
        return NULL;
    size_t length = strlen(path);
    if (path[length - 1] != '/')
        memcpy(path + length, "/", 2);
    return uri_from_path(path, memory);
}

bool session_open(session *at, FILE *err, unsigned color, bool quiet, const http_client_options *client) {
    *at = (session){.memory = arena_new(), .err = err, .color = wants_color(color, err), .quiet = quiet};
    bool ready = diagnostics_init(&at->list) && at->memory != NULL;
    if (client != NULL) {
        at->client = http_client_new(client);
        ready = ready && at->client != NULL;
    }
    at->fetches = (fetcher){.client = at->client};
    at->reader = fetch_reader(&at->fetches, ready ? working_folder(at->memory) : NULL);
    at->books = library_new(&at->reader);
    at->folder = source_folder_new(NULL, 0);
    if (at->folder != NULL)
        at->finder = source_folder_finder(at->folder);
    return ready && at->books != NULL && at->folder != NULL;
}

void session_close(session *at) {
    library_free(at->books);
    source_folder_free(at->folder);
    http_client_free(at->client);
    diagnostics_free(&at->list);
    arena_free(at->memory);
}

static bool is_url(const char *name) {
    return strncmp(name, "http://", 7) == 0 || strncmp(name, "https://", 8) == 0 || strncmp(name, "file:", 5) == 0;
}

const char *session_uri(session *at, const char *path_or_url) {
    if (is_url(path_or_url))
        return arena_copy(at->memory, path_or_url, strlen(path_or_url));
    if (path_or_url[0] == '/')
        return uri_from_path(path_or_url, at->memory);
    const char *folder = at->reader.root;
    const char *relative = uri_encode_path(path_or_url, at->memory);
    return folder == NULL || relative == NULL ? NULL : uri_resolve(folder, relative, at->memory);
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

void session_print(session *at) {
    if (at->quiet && diagnostics_clean(&at->list))
        return;
    diagnostics rest = at->list;
    rest.items += at->printed;
    rest.count -= at->printed;
    print_diagnostics(&rest, at->err, at->color, library_text, at->books);
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
        bool named = equals != NULL && !is_url(value);
        const char *url = named ? equals + 1 : value;
        if (!paths && strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0) {
            fprintf(at->err, "arazzo: --%s takes [NAME=]URL with an http or https URL, not '%s'\n", option, value);
            return false;
        }
        if (paths && !named) {
            fprintf(at->err, "arazzo: --%s takes NAME=PATH or NAME=URL, not '%s'\n", option, value);
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

bool session_source_folders(session *at, const value_list *given) {
    const char **paths = arena_array(at->memory, given->count, sizeof *paths);
    for (size_t i = 0; paths != NULL && i < given->count; i++) {
        struct stat about;
        if (stat(given->items[i], &about) != 0 || !S_ISDIR(about.st_mode)) {
            fprintf(at->err, "arazzo: --source-dir takes a folder of OpenAPI documents, and '%s' is none\n",
                    given->items[i]);
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
