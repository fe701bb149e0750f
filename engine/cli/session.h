/*
 * session.h: what the commands share: finding the document, reading it, printing what is wrong with it.
 */
#ifndef ARAZZO_ENGINE_CLI_SESSION_H
#define ARAZZO_ENGINE_CLI_SESSION_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "engine/cli/commands.h"
#include "engine/cli/config.h"
#include "engine/description/description.h"
#include "engine/report/mask.h"
#include "http/fetch.h"
#include "http/mock.h"
#include "http/source_folder.h"

/* Exit statuses (docs/architecture.md, "The command"). */
enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_DOCUMENT = 3 };

typedef struct session {
    arena *memory;
    diagnostics list;
    size_t printed; /* how many diagnostics were printed already */
    http_client *client;
    http_client *sources; /* what documents are fetched with: it follows redirects, and carries no credentials */
    fetcher fetches;
    arazzo_reader reader;
    library *books;
    source_folder *folder;
    arazzo_finder finder;        /* on the folder */
    const char *command;         /* "run": who speaks; its main sets it */
    const configuration *config; /* borrowed; NULL: none */
    arazzo_origins origins;      /* of the inputs that were read last (inputs.h) */
    const mask *secrets;         /* borrowed; hidden in messages that quote values; NULL: nothing is */
    arazzo_file *files;          /* that inputs were read from */
    size_t file_count;
    FILE *err;
    const char *told; /* a code of diagnostics that are told in another way already; NULL: none */
    bool color;
    bool quiet;
} session;

/* Is `out` to be coloured? `choice` is the value of --color. */
bool session_wants_color(unsigned choice, FILE *out);

/* Opens a session; false when memory is short. Closed with session_close(), also after false. */
bool session_open(session *at, FILE *err, unsigned color, bool quiet, const http_client_options *client);
void session_close(session *at);

/*
 * A session within another for one of many documents: its own documents, diagnostics and memory, what it says goes to
 * `err`; clients, folders and the rest are the outer one's (borrowed). `inner` must not move. False when memory is
 * short. Closed with session_close_inner(), also after false; its diagnostics stay, for reports: diagnostics_free().
 */
bool session_open_inner(const session *outer, session *inner, FILE *err);
void session_close_inner(session *inner);

/* The absolute URI of a path or URL, "-" for standard input, in the session's memory; NULL when memory is short. */
const char *session_uri(session *at, const char *path_or_url);

/* Loads an Arazzo document. NULL after printing what is wrong. */
arazzo_description *session_load(session *at, const char *path_or_url, const arazzo_load_options *options);

/* Prints the diagnostics that were not printed yet; a quiet session waits until one of them is an error. */
void session_print(session *at);

/* Says that memory ran short. Returns EXIT_FAILED. */
int session_no_memory(const session *at);

/* Reads NAME=VALUE lists into overrides of sources or servers: a URL, or a path where `paths`. False after saying what
 * is wrong. */
bool session_overrides(session *at, const char *option, const value_list *given, bool paths, arazzo_override **out);

/*
 * Every override that names a source names one of the description's, or of those that it refers to; those of a
 * configuration, which is for many documents, need not. False after saying what is wrong, or when memory is short.
 */
bool session_knows_sources(const session *at, const char *option, const arazzo_description *loaded,
                           const arazzo_override *list, size_t count);

/*
 * Serves every OpenAPI document that the description names, on a free port of this machine, until http_mock_stop();
 * `server` sends all requests there. NULL after saying what is wrong.
 */
http_mock *session_mock(session *at, const arazzo_description *loaded, arazzo_override *server);

/* Looks whether the file that an option names (NULL: none) can be read. False after saying that it cannot. */
bool session_readable(const session *at, const char *option, const char *path);

/* Gives the session's finder the folders of --source-dir. False after saying what is wrong. */
bool session_source_folders(session *at, const value_list *given);

#endif
