/* main.c: the command's entry: parses the command line and calls the command's function. */
#include <signal.h>

#include "engine/cli/command_mains.h"
#include "engine/cli/commands.h"
#include "engine/cli/eval.h"

/* `arazzo eval` names its options' words; the command takes them apart from the command line. */
static int eval_main(const eval_options *options, FILE *out, FILE *err) {
    static const char *const types[] = {"simple", "regex", "jsonpath", "xpath"};
    eval_request request = {.expression = options->expression,
                            .context = options->context,
                            .strict = options->strict,
                            .condition = options->condition,
                            .type = types[options->type],
                            .type_version = options->type_version,
                            .on = options->on};
    return eval_command(&request, out, err);
}

int main(int argc, char **argv) {
    command_options options;
    int status = 0;
    arena *memory = arena_new();
    if (memory == NULL)
        return EXIT_FAILURE;
    signal(SIGPIPE, SIG_IGN);
    const command *chosen =
        command_line_parse(&arazzo_program, argc, argv, memory, &options, NULL, stdout, stderr, &status);
    if (chosen != NULL) {
        switch ((command_id)chosen->id) {
        case COMMAND_RUN:
            status = run_main(&options.run, stdout, stderr);
            break;
        case COMMAND_VALIDATE:
            status = validate_main(&options.validate, stdout, stderr);
            break;
        case COMMAND_LIST:
            status = list_main(&options.list, stdout, stderr);
            break;
        case COMMAND_SHOW:
            status = show_main(&options.show, stdout, stderr);
            break;
        case COMMAND_GRAPH:
            status = graph_main(&options.graph, stdout, stderr);
            break;
        case COMMAND_MOCK:
            status = mock_main(&options.mock, stdout, stderr);
            break;
        case COMMAND_EVAL:
            status = eval_main(&options.eval, stdout, stderr);
            break;
        case COMMAND_QUERY:
            status = query_main(&options.query, stdout, stderr);
            break;
        case COMMAND_COUNT:
            break;
        }
    }
    arena_free(memory);
    return status;
}
