/*
 * commands.c: the tables of `arazzo`: what its commands take. Help, completion and the manual say what stands here.
 */
#include "engine/cli/commands.h"

#define FIELD(type, member) OPTION_FIELD(type, command_options, member)

static const char *const format_words[] = {"text", "json", NULL};
static const char *const validate_format_words[] = {"text", "json", "sarif", "github", NULL};
static const char *const contract_words[] = {"off", "warn", "error", NULL};
static const char *const graph_format_words[] = {"mermaid", "dot", "svg", NULL};
static const char *const color_words[] = {"auto", "always", "never", NULL};
static const char *const condition_type_words[] = {"simple", "regex", "jsonpath", "xpath", NULL};

/* Options that mean the same everywhere. */
#define FORMAT_OPTION(member)                                                                                          \
    {                                                                                                                  \
        .name = "format", .kind = OPTION_CHOICE, .field = FIELD(unsigned, member), .words = format_words,              \
        .preset = "text", .help = "how results are printed"                                                            \
    }
#define COLOR_OPTION(member)                                                                                           \
    {                                                                                                                  \
        .name = "color", .kind = OPTION_CHOICE, .field = FIELD(unsigned, member), .argument = "WHEN",                  \
        .words = color_words, .preset = "auto", .help = "auto, always or never"                                        \
    }

/* Responses are held against what their operation declares. */
#define RARE_CONTRACT_OPTION(member, preset_)                                                                          \
    {                                                                                                                  \
        .name = "contract", .kind = OPTION_CHOICE, .field = FIELD(unsigned, member), .argument = "MODE",               \
        .words = contract_words, .preset = preset_, .help = "check responses: off, warn, error", .rare = true          \
    }
#define RARE_COLOR_OPTION(member)                                                                                      \
    {                                                                                                                  \
        .name = "color", .kind = OPTION_CHOICE, .field = FIELD(unsigned, member), .argument = "WHEN",                  \
        .words = color_words, .preset = "auto", .help = "auto, always or never", .rare = true                          \
    }
#define FLAG(name_, letter_, member, help_)                                                                            \
    { .name = name_, .letter = letter_, .kind = OPTION_FLAG, .field = FIELD(bool, member), .help = help_ }
#define RARE_FLAG(name_, member, help_)                                                                                \
    { .name = name_, .kind = OPTION_FLAG, .field = FIELD(bool, member), .help = help_, .rare = true }
#define STRING(name_, member, argument_, help_)                                                                        \
    { .name = name_, .kind = OPTION_STRING, .field = FIELD(const char *, member), .argument = argument_, .help = help_ }
#define RARE_STRING(name_, member, argument_, help_)                                                                   \
    {                                                                                                                  \
        .name = name_, .kind = OPTION_STRING, .field = FIELD(const char *, member), .argument = argument_,             \
        .help = help_, .rare = true                                                                                    \
    }
#define RARE_LIST(name_, member, argument_, help_)                                                                     \
    {                                                                                                                  \
        .name = name_, .kind = OPTION_LIST, .field = FIELD(value_list, member), .argument = argument_, .help = help_,  \
        .rare = true                                                                                                   \
    }
#define LIST(name_, letter_, member, argument_, help_)                                                                 \
    {                                                                                                                  \
        .name = name_, .letter = letter_, .kind = OPTION_LIST, .field = FIELD(value_list, member),                     \
        .argument = argument_, .help = help_                                                                           \
    }

/* What run and test have in common: whom to be, whom to trust, how long and how much. */
#define CREDENTIAL_OPTIONS(of)                                                                                         \
    LIST("auth", 0, of.auth, "SCHEME=VALUE", "a credential; also SOURCE.SCHEME=VALUE, =@FILE"),                        \
        RARE_STRING("auth-file", of.auth_file, "FILE",                                                                 \
                    "credentials by scheme, in JSON or YAML, readable by you alone"),                                  \
        RARE_STRING("cert", of.certificate, "FILE", "the client certificate for mutual TLS (PEM)"),                    \
        RARE_STRING("key", of.key, "FILE", "its private key, where --cert doesn't hold it"),                           \
        RARE_STRING("cacert", of.authorities, "FILE",                                                                  \
                    "trust these certificate authorities (PEM) instead of the machine's")
#define LIMIT_OPTIONS(of)                                                                                              \
    {.name = "timeout",                                                                                                \
     .kind = OPTION_NUMBER,                                                                                            \
     .field = FIELD(double, of.timeout),                                                                               \
     .argument = "SECONDS",                                                                                            \
     .preset = "30",                                                                                                   \
     .minimum = 0.001,                                                                                                 \
     .maximum = 1e6,                                                                                                   \
     .help = "longest wait for a whole response",                                                                      \
     .rare = true},                                                                                                    \
        {.name = "max-steps",                                                                                          \
         .kind = OPTION_COUNT,                                                                                         \
         .field = FIELD(size_t, of.max_steps),                                                                         \
         .argument = "N",                                                                                              \
         .preset = "1000",                                                                                             \
         .minimum = 1,                                                                                                 \
         .help = "end a run that loops",                                                                               \
         .rare = true},                                                                                                \
        RARE_FLAG("follow-redirects", of.follow_redirects, "follow them, without credentials elsewhere"),              \
        {.name = "max-events",                                                                                         \
         .kind = OPTION_COUNT,                                                                                         \
         .field = FIELD(size_t, of.max_events),                                                                        \
         .argument = "N",                                                                                              \
         .minimum = 1,                                                                                                 \
         .help = "leave event streams after so many events",                                                           \
         .rare = true},                                                                                                \
        {.name = "max-retry-after",                                                                                    \
         .kind = OPTION_NUMBER,                                                                                        \
         .field = FIELD(double, of.max_retry_after),                                                                   \
         .argument = "SECONDS",                                                                                        \
         .preset = "60",                                                                                               \
         .maximum = 1e6,                                                                                               \
         .help = "longest wait a server can ask for",                                                                  \
         .rare = true},                                                                                                \
        RARE_LIST("secret", of.secret, "NAME", "print an input as ***, like passwords"),                               \
        RARE_FLAG("show-secrets", of.show_secrets, "print secrets as they are")

/* ---- run ---- */

static const command_operand run_operands[] = {
    {.name = "FILE", .field = FIELD(const char *, run.file), .help = "an Arazzo document"},
    {.name = "WORKFLOW",
     .optional = true,
     .field = FIELD(const char *, run.workflow),
     .help = "the workflowId; not needed where there is only one"},
    {.name = NULL},
};

static const command_option run_table[] = {
    LIST("input", 'i', run.input, "NAME=VALUE", "an input; NAME=@FILE: a text, NAME:=JSON: any value"),
    STRING("inputs", run.inputs, "FILE", "inputs in JSON or YAML; --input wins over it"),
    RARE_FLAG("sample-inputs", run.sample_inputs, "make up the inputs that are not given, from their schemas"),
    LIST("server", 0, run.server, "[NAME=]URL", "send the source's (all) requests there"),
    RARE_LIST("source", run.source, "NAME=PATH|URL", "where the source description NAME is"),
    RARE_LIST("source-dir", run.source_dir, "DIR", "look operations up by id where sources are missing"),
    RARE_FLAG("offline", run.offline, "read documents of the network from copies only"),
    RARE_FLAG("refresh", run.refresh, "fetch documents of the network anew"),
    CREDENTIAL_OPTIONS(run),
    FLAG("mock", 0, run.mock, "send requests to a mock made of the sources"),
    FLAG("dry-run", 0, run.dry_run, "print the requests as curl commands and send none"),
    RARE_FLAG("no-config", run.no_config, "leave .arazzo.yaml alone"),
    FLAG("all", 0, run.all, "carry out every workflow"),
    RARE_CONTRACT_OPTION(run.contract, "off"),
    RARE_FLAG("formats", run.assert_format, "hold inputs and responses against 'format', too"),
    RARE_FLAG("strict", run.strict, "take no liberties with the specification"),
    LIMIT_OPTIONS(run),
    FORMAT_OPTION(run.format),
    LIST("report", 0, run.report, "KIND=FILE", "write a report: html, json, junit, tap or har"),
    FLAG("verbose", 'v', run.verbose, "show requests and responses"),
    FLAG("quiet", 'q', run.quiet, "show failures only"),
    RARE_COLOR_OPTION(run.color),
    {.name = NULL},
};

static const char *const run_examples[] = {
    "arazzo run pets.arazzo.yaml adopt -i petId=7 --server http://localhost:8080",
    NULL,
};

/* ---- test ---- */

static const command_operand test_operands[] = {
    {.name = "PATH",
     .repeated = true,
     .field = FIELD(value_list, test.paths),
     .help = "a document, a folder with documents in it, or PATH::WORKFLOW"},
    {.name = NULL},
};

static const command_option test_table[] = {
    {.name = "jobs",
     .letter = 'j',
     .kind = OPTION_COUNT,
     .field = FIELD(size_t, test.jobs),
     .argument = "N",
     .maximum = 10000,
     .help = "workflows side by side (default: 4 for each core)"},
    LIST("filter", 0, test.filter, "PATTERN", "those whose path::workflowId holds or matches it"),
    LIST("tag", 0, test.tag, "TAG", "those with this tag (x-tags); !TAG: those without"),
    STRING("shard", test.shard, "I/N", "the I-th of N parts, the same ones each time"),
    RARE_FLAG("list", test.list, "print what would be carried out"),
    RARE_FLAG("fail-fast", test.fail_fast, "start no workflow after one has failed"),
    {.name = "retries",
     .kind = OPTION_COUNT,
     .field = FIELD(size_t, test.retries),
     .argument = "N",
     .maximum = 100,
     .help = "carry out what fails up to N times more"},
    {.name = "slowest",
     .kind = OPTION_COUNT,
     .field = FIELD(size_t, test.slowest),
     .argument = "N",
     .maximum = 10000,
     .help = "show the N slowest steps",
     .rare = true},
    LIST("input", 'i', test.input, "NAME=VALUE", "an input of each workflow that has it, as for run"),
    RARE_STRING("inputs", test.inputs, "FILE", "inputs by workflowId in JSON or YAML; '*' for all"),
    RARE_FLAG("sample-inputs", test.sample_inputs, "make up inputs that are not given"),
    RARE_LIST("server", test.server, "[NAME=]URL", "send the source's (all) requests there"),
    RARE_LIST("source", test.source, "NAME=PATH|URL", "where the source description NAME is"),
    RARE_LIST("source-dir", test.source_dir, "DIR", "find operations of missing sources in this folder"),
    RARE_FLAG("offline", test.offline, "read documents of the network from copies only"),
    RARE_FLAG("refresh", test.refresh, "fetch documents of the network anew"),
    CREDENTIAL_OPTIONS(test),
    RARE_CONTRACT_OPTION(test.contract, "warn"),
    RARE_FLAG("formats", test.assert_format, "hold inputs and responses against 'format', too"),
    FLAG("mock", 0, test.mock, "send requests to mocks made of the sources"),
    RARE_FLAG("strict", test.strict, "take no liberties with the specification"),
    LIMIT_OPTIONS(test),
    RARE_FLAG("no-config", test.no_config, "leave .arazzo.yaml alone"),
    FORMAT_OPTION(test.format),
    LIST("report", 0, test.report, "KIND=FILE", "write a report: html, json, junit, tap or har"),
    FLAG("verbose", 'v', test.verbose, "show what every workflow does, and warnings"),
    FLAG("quiet", 'q', test.quiet, "show failures only"),
    RARE_COLOR_OPTION(test.color),
    {.name = NULL},
};

static const char *const test_examples[] = {
    "arazzo test specs --mock --report junit=results.xml",
    NULL,
};

/* ---- validate ---- */

static const command_operand validate_operands[] = {
    {.name = "PATH",
     .optional = true,
     .repeated = true,
     .field = FIELD(value_list, validate.paths),
     .help = "an Arazzo document, or a folder with Arazzo documents in it"},
    {.name = NULL},
};

static const command_option validate_table[] = {
    RARE_FLAG("no-config", validate.no_config, "leave .arazzo.yaml alone"),
    FLAG("no-sources", 0, validate.no_sources, "look at the documents alone, not at their sources"),
    RARE_LIST("source", validate.source, "NAME=PATH|URL", "where the source description NAME is"),
    LIST("source-dir", 0, validate.source_dir, "DIR", "look operations up by id where sources are missing"),
    FLAG("strict", 0, validate.strict, "take no liberties with the specification"),
    LIST("deny", 0, validate.deny, "CODE", "count this code as an error; 'warnings': all of them"),
    LIST("allow", 0, validate.allow, "CODE", "leave out what has this code"),
    RARE_STRING("max-warnings", validate.max_warnings, "N", "fail when there are more warnings than N"),
    FLAG("fix", 0, validate.fix, "write the mends that are certain into the files"),
    FLAG("dry-run", 0, validate.dry_run, "with --fix: print what would change"),
    RARE_FLAG("offline", validate.offline, "read documents of the network from copies only"),
    STRING("explain", validate.explain, "CODE", "say what a code means, with an example"),
    RARE_FLAG("rules", validate.rules, "print every rule, as Markdown"),
    {.name = "format",
     .kind = OPTION_CHOICE,
     .field = FIELD(unsigned, validate.format),
     .argument = "KIND",
     .words = validate_format_words,
     .preset = "text",
     .help = "text, json, sarif or github"},
    FLAG("quiet", 'q', validate.quiet, "show errors only"),
    RARE_COLOR_OPTION(validate.color),
    {.name = NULL},
};

static const char *const validate_examples[] = {
    "arazzo validate pets.arazzo.yaml",
    "arazzo validate workflows/ --fix --dry-run",
    "arazzo validate workflows/ --format sarif > results.sarif",
    "arazzo validate --explain E0416",
    NULL,
};

/* ---- list, show ---- */

static const command_operand list_operands[] = {
    {.name = "FILE", .field = FIELD(const char *, list.file), .help = "an Arazzo document"},
    {.name = NULL},
};

static const command_option list_table[] = {
    FORMAT_OPTION(list.format),
    COLOR_OPTION(list.color),
    {.name = NULL},
};

static const char *const list_examples[] = {"arazzo list pets.arazzo.yaml", NULL};

static const command_operand show_operands[] = {
    {.name = "FILE", .field = FIELD(const char *, show.file), .help = "an Arazzo document"},
    {.name = "WORKFLOW",
     .optional = true,
     .field = FIELD(const char *, show.workflow),
     .help = "the workflowId; every one without"},
    {.name = NULL},
};

static const command_option show_table[] = {
    FLAG("config", 0, show.config, "show what .arazzo.yaml says of the document, and what holds without it"),
    RARE_FLAG("no-config", show.no_config, "leave .arazzo.yaml alone"),
    FLAG("auth", 0, show.auth, "show which credentials are asked for, and their names"),
    LIST("source", 0, show.source, "NAME=PATH|URL", "with --auth: where the source description NAME is"),
    LIST("source-dir", 0, show.source_dir, "DIR", "with --auth: look operations up by id in this folder"),
    FORMAT_OPTION(show.format),
    COLOR_OPTION(show.color),
    {.name = NULL},
};

static const char *const show_examples[] = {"arazzo show pets.arazzo.yaml adopt", NULL};

/* ---- graph ---- */

static const command_operand graph_operands[] = {
    {.name = "FILE", .field = FIELD(const char *, graph.file), .help = "an Arazzo document"},
    {.name = "WORKFLOW",
     .optional = true,
     .field = FIELD(const char *, graph.workflow),
     .help = "the workflowId; every one without"},
    {.name = NULL},
};

static const command_option graph_table[] = {
    {.name = "format",
     .kind = OPTION_CHOICE,
     .field = FIELD(unsigned, graph.format),
     .words = graph_format_words,
     .preset = "mermaid",
     .help = "the language; svg needs Graphviz"},
    COLOR_OPTION(graph.color),
    {.name = NULL},
};

static const char *const graph_examples[] = {
    "arazzo graph pets.arazzo.yaml adopt",
    "arazzo graph pets.arazzo.yaml --format svg > pets.svg",
    NULL,
};

/* ---- mock ---- */

static const command_operand mock_operands[] = {
    {.name = "FILE",
     .field = FIELD(const char *, mock.file),
     .help = "an OpenAPI document, or an Arazzo document whose sources are served"},
    {.name = NULL},
};

static const command_option mock_table[] = {
    {.name = "port",
     .kind = OPTION_COUNT,
     .field = FIELD(size_t, mock.port),
     .argument = "N",
     .preset = "0",
     .maximum = 65535,
     .help = "0: a free one, which is printed"},
    {.name = "host",
     .kind = OPTION_STRING,
     .field = FIELD(const char *, mock.host),
     .argument = "ADDRESS",
     .preset = "127.0.0.1",
     .help = "the address to listen on"},
    LIST("source-dir", 0, mock.source_dir, "DIR", "look operations up by id where sources are missing"),
    FLAG("verbose", 'v', mock.verbose, "show headers and bodies"),
    FLAG("quiet", 'q', mock.quiet, "show no requests"),
    COLOR_OPTION(mock.color),
    {.name = NULL},
};

static const char *const mock_examples[] = {"arazzo mock pets.openapi.yaml --port 8080", NULL};

/* ---- eval, query ---- */

static const command_operand eval_operands[] = {
    {.name = "EXPRESSION",
     .field = FIELD(const char *, eval.expression),
     .help = "a runtime expression, a template, or with --condition a condition"},
    {.name = NULL},
};

static const command_option eval_table[] = {
    STRING("context", eval.context, "FILE", "JSON or YAML: inputs, steps, response, ..."),
    FLAG("strict", 0, eval.strict, "take no liberties with the specification"),
    FLAG("condition", 0, eval.condition, "print true or false and, where it fails, why"),
    {.name = "type",
     .kind = OPTION_CHOICE,
     .field = FIELD(unsigned, eval.type),
     .words = condition_type_words,
     .preset = "simple",
     .help = "the condition's type"},
    STRING("type-version", eval.type_version, "VERSION", "the type's version, such as xpath-30"),
    STRING("on", eval.on, "EXPRESSION", "what the condition is applied to"),
    COLOR_OPTION(eval.color),
    {.name = NULL},
};

static const char *const eval_examples[] = {
    "arazzo eval '$response.body#/pets/0/name' --context context.json",
    "arazzo eval --condition '$statusCode == 200' --context context.json",
    NULL,
};

static const command_operand query_operands[] = {
    {.name = "JSONPATH", .field = FIELD(const char *, query.jsonpath), .help = "an RFC 9535 query"},
    {.name = "FILE",
     .optional = true,
     .field = FIELD(const char *, query.file),
     .help = "JSON or YAML; standard input without one, or for -"},
    {.name = NULL},
};

static const command_option query_table[] = {
    FLAG("array", 0, query.array, "print one JSON array instead of a value a line"),
    FLAG("paths", 0, query.paths, "print normalized paths instead of values"),
    COLOR_OPTION(query.color),
    {.name = NULL},
};

static const char *const query_examples[] = {"arazzo query '$..operationId' pets.openapi.yaml", NULL};

/* ---- completion ---- */

static const command_operand completion_operands[] = {
    {.name = "SHELL", .field = FIELD(const char *, completion.shell), .help = "bash, zsh or fish"},
    {.name = NULL},
};

static const command_option completion_table[] = {{.name = NULL}};

static const char *const completion_examples[] = {"source <(arazzo completion bash)", NULL};

/* ---- All ---- */

static const command commands[] = {
    {.name = "run",
     .id = COMMAND_RUN,
     .summary = "carry out a workflow",
     .description = "Carries out one workflow of an Arazzo Description, or all of them.",
     .operands = run_operands,
     .options = run_table,
     .examples = run_examples,
     .closing = "Exit status: 0 success; 1 failure; 2 wrong usage or inputs; 3 a bad document."},
    {.name = "test",
     .id = COMMAND_TEST,
     .summary = "carry out many documents side by side, as a test runner",
     .description = "Carries out the workflows of many documents and tells which of them failed.",
     .operands = test_operands,
     .options = test_table,
     .examples = test_examples,
     .closing = "Exit status: 0 all succeeded; 1 a failure; 2 wrong usage; 3 a bad document."},
    {.name = "validate",
     .id = COMMAND_VALIDATE,
     .summary = "check documents against the specification and their sources",
     .description = "Checks Arazzo documents against the specification and the documents that they use. In folders, "
                    "every .yaml, .yml and .json file is looked at that has a field 'arazzo'.",
     .operands = validate_operands,
     .options = validate_table,
     .examples = validate_examples,
     .closing = "Exit status: 0 no errors; 2 wrong usage; 3 errors, or too many warnings."},
    {.name = "list",
     .id = COMMAND_LIST,
     .summary = "list the workflows and sources of a document",
     .description = "Lists the workflows and source descriptions of an Arazzo Description.",
     .operands = list_operands,
     .options = list_table,
     .examples = list_examples,
     .closing = "Exit status: 0; 2 wrong usage; 3 a document that cannot be used."},
    {.name = "show",
     .id = COMMAND_SHOW,
     .summary = "show a workflow's inputs, steps and outputs",
     .description = "Shows what a workflow takes, does and gives.",
     .operands = show_operands,
     .options = show_table,
     .examples = show_examples,
     .closing = "Exit status: 0; 2 wrong usage; 3 a document that cannot be used."},
    {.name = "graph",
     .id = COMMAND_GRAPH,
     .summary = "draw workflows as Mermaid, DOT or SVG",
     .description = "Draws the steps of workflows and what follows them under which conditions.",
     .operands = graph_operands,
     .options = graph_table,
     .examples = graph_examples,
     .closing = "Exit status: 0; 1 Graphviz is missing; 2 wrong usage; 3 a document that cannot be used."},
    {.name = "mock",
     .id = COMMAND_MOCK,
     .summary = "serve an OpenAPI document's operations with plausible answers",
     .description = "Serves an OpenAPI document's operations over HTTP until it is interrupted. Answers are made from "
                    "the document's examples and schemas.",
     .operands = mock_operands,
     .options = mock_table,
     .examples = mock_examples,
     .closing = "Exit status: 0 interrupted; 1 it cannot listen there; 2 wrong usage; 3 a document that cannot be "
                "used."},
    {.name = "eval",
     .id = COMMAND_EVAL,
     .summary = "evaluate a runtime expression or a condition",
     .description = "Evaluates a runtime expression and prints its value as JSON, or undefined.",
     .operands = eval_operands,
     .options = eval_table,
     .examples = eval_examples,
     .closing = "Exit status: 0; 1 the condition is false; 2 a syntax error or wrong usage."},
    {.name = "query",
     .id = COMMAND_QUERY,
     .summary = "evaluate a JSONPath query",
     .description = "Evaluates a JSONPath query (RFC 9535) over a document.",
     .operands = query_operands,
     .options = query_table,
     .examples = query_examples,
     .closing = "Exit status: 0; 1 nothing is selected; 2 an invalid query or document, or wrong usage."},
    {.name = "completion",
     .id = COMMAND_COMPLETION,
     .summary = "print a shell's completion script",
     .description = "Prints a script by which a shell completes commands, options, files and workflows.",
     .operands = completion_operands,
     .options = completion_table,
     .examples = completion_examples,
     .closing = "Exit status: 0; 2 wrong usage."},
    {.name = NULL},
};

static const char *const program_examples[] = {
    "arazzo run pets.arazzo.yaml --mock",
    "arazzo help run",
    NULL,
};

const cli_program arazzo_program = {
    .name = "arazzo",
    .version = ARAZZO_VERSION,
    .summary = "Reads Arazzo Descriptions, checks them, and carries out their workflows.",
    .commands = commands,
    .examples = program_examples,
    .options_size = sizeof(command_options),
};
