/*
 * graph.c: `arazzo graph FILE [WORKFLOW]`: workflows as Mermaid, DOT or SVG.
 *
 * Sources that are at hand give the steps their methods and paths; nothing is fetched for a drawing, and without
 * sources the document alone is drawn. SVG is made by Graphviz's `dot`.
 */
#include "engine/graph/graph.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/cli/command_mains.h"
#include "engine/cli/session.h"

extern char **environ;

/* ---- Graphviz ---- */

/* Runs `dot -Tsvg` with the text as its input. The exit status; 127 when there is no such command. */
static int run_dot(FILE *input, FILE *out, int *status) {
    char *arguments[] = {"dot", "-Tsvg", NULL};
    posix_spawn_file_actions_t streams;
    pid_t child;
    int error = posix_spawn_file_actions_init(&streams);
    if (error != 0)
        return error;
    error = posix_spawn_file_actions_adddup2(&streams, fileno(input), STDIN_FILENO);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(&streams, fileno(out), STDOUT_FILENO);
    if (error == 0)
        error = posix_spawnp(&child, arguments[0], &streams, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&streams);
    while (error == 0 && waitpid(child, status, 0) < 0)
        error = errno == EINTR ? 0 : errno;
    return error;
}

static int write_svg(const session *at, const text *dot, FILE *out) {
    FILE *input = tmpfile();
    int status = 0, error = input == NULL ? errno : 0;
    if (error == 0 && (fwrite(text_peek(dot), 1, dot->length, input) != dot->length || fflush(input) != 0 ||
                       fseek(input, 0, SEEK_SET) != 0 || fflush(out) != 0))
        error = errno;
    if (error == 0)
        error = run_dot(input, out, &status);
    if (input != NULL)
        fclose(input);
    bool missing = error == ENOENT || (error == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 127);
    if (missing)
        fputs("arazzo graph: --format svg needs the command 'dot' of Graphviz, which is not installed; "
              "--format dot and --format mermaid do without\n",
              at->err);
    else if (error != 0)
        fprintf(at->err, "arazzo graph: cannot run 'dot': %s\n", strerror(error));
    else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fputs("arazzo graph: 'dot' could not draw the graph\n", at->err);
    else
        return EXIT_OK;
    return EXIT_FAILED;
}

/* ---- The graph ---- */

static int write_graph(session *at, const graph *drawn, unsigned format, FILE *out) {
    text written = TEXT_EMPTY;
    int status = EXIT_OK;
    if (format == GRAPH_FORMAT_MERMAID)
        graph_mermaid(drawn, &written);
    else
        graph_dot(drawn, &written);
    if (written.failed)
        status = session_no_memory(at);
    else if (format == GRAPH_FORMAT_SVG)
        status = write_svg(at, &written, out);
    else
        fwrite(text_peek(&written), 1, written.length, out);
    text_free(&written);
    return status;
}

static int draw(session *at, const arazzo_description *loaded, const graph_options *options, FILE *out) {
    const workflow **flows = arena_array(at->memory, loaded->workflow_count, sizeof *flows);
    size_t count = 0;
    graph drawn;
    for (size_t i = 0; flows != NULL && i < loaded->workflow_count; i++)
        if (options->workflow == NULL || strcmp(options->workflow, loaded->workflows[i].id) == 0)
            flows[count++] = &loaded->workflows[i];
    if (flows != NULL && count == 0 && options->workflow != NULL) {
        arazzo_run_free(arazzo_run_start(loaded, options->workflow, NULL, NULL, &at->list));
        session_print(at);
        return EXIT_USAGE;
    }
    if (flows == NULL || !graph_build(flows, count, at->memory, &drawn))
        return session_no_memory(at);
    return write_graph(at, &drawn, options->format, out);
}

/* Draws with the sources. False, with nothing said, when they, or the document, cannot be used. */
static bool draw_with_sources(session *at, const graph_options *options, FILE *out, int *status) {
    const char *uri = session_uri(at, options->file);
    const arazzo_description *loaded = uri == NULL ? NULL : description_load(at->books, uri, NULL, &at->list);
    if (loaded != NULL)
        *status = draw(at, loaded, options, out);
    return loaded != NULL;
}

/* With documents of its own, since those that could not be read are remembered as such. */
static int draw_alone(const session *outer, const graph_options *options, FILE *out, FILE *err) {
    session at;
    arazzo_load_options load = {.no_sources = true};
    int status = EXIT_FAILED;
    if (!session_open_inner(outer, &at, err)) {
        session_no_memory(&at);
    } else {
        const arazzo_description *loaded = session_load(&at, options->file, &load);
        status = loaded == NULL ? EXIT_DOCUMENT : draw(&at, loaded, options, out);
    }
    session_close_inner(&at);
    diagnostics_free(&at.list);
    return status;
}

int graph_main(const graph_options *options, FILE *out, FILE *err) {
    session at;
    int status = EXIT_FAILED;
    if (!session_open(&at, err, options->color, true, NULL))
        session_no_memory(&at);
    else if (!draw_with_sources(&at, options, out, &status))
        status = draw_alone(&at, options, out, err);
    session_close(&at);
    return status;
}
