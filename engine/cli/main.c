/* main.c: the command's entry: parses the command line, reads the configuration, and calls the command's function. */
#include <fcntl.h>
#include <signal.h>

#include "engine/cli/command_mains.h"
#include "engine/cli/eval.h"
#include "engine/cli/output.h"
#include "engine/cli/session.h"

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

static int carry_out(command_id id, const command_options *options, const configuration *config) {
    switch (id) {
    case COMMAND_RUN:
        return run_main(&options->run, config, stdout, stderr);
    case COMMAND_TEST:
        return test_main(&options->test, config, stdout, stderr);
    case COMMAND_VALIDATE:
        return validate_main(&options->validate, stdout, stderr);
    case COMMAND_LIST:
        return list_main(&options->list, stdout, stderr);
    case COMMAND_SHOW:
        return show_main(&options->show, config, stdout, stderr);
    case COMMAND_GRAPH:
        return graph_main(&options->graph, stdout, stderr);
    case COMMAND_MOCK:
        return mock_main(&options->mock, stdout, stderr);
    case COMMAND_EVAL:
        return eval_main(&options->eval, stdout, stderr);
    case COMMAND_QUERY:
        return query_main(&options->query, stdout, stderr);
    case COMMAND_COMPLETION:
        return completion_main(&options->completion, stdout, stderr);
    case COMMAND_COUNT:
        break;
    }
    return EXIT_USAGE;
}

static int configure_and_carry_out(const command *chosen, command_options *options, const bool *given, arena *memory) {
    configuration config;
    bool usable = config_open(&config, chosen, given, memory, options);
    config_print(&config, chosen, options, stderr);
    int status = usable ? carry_out((command_id)chosen->id, options, &config) : EXIT_USAGE;
    config_close(&config);
    return status;
}

/* A stream that was closed (`>&-`) must not become the next file that is opened. What is then written fails. */
static void keep_standard_streams(void) {
    static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int i = 0; i < 3; i++)
        if (fcntl(i, F_GETFD) < 0)
            open("/dev/null", modes[i]);
}

int main(int argc, char **argv) {
    command_options options;
    bool *given;
    int status = EXIT_FAILED;
    arena *memory = arena_new();
    if (memory == NULL)
        return status;
    signal(SIGPIPE, SIG_IGN);
    keep_standard_streams();
    const command *chosen =
        command_line_parse(&arazzo_program, argc, argv, memory, &options, &given, stdout, stderr, &status);
    if (chosen != NULL)
        status = output_close(stdout, stderr, configure_and_carry_out(chosen, &options, given, memory));
    arena_free(memory);
    return status;
}
