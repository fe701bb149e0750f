/*
 * commands.h: the commands of `arazzo` and the values of their options, one struct per command.
 *
 * To add a command: a struct here and its member of command_options, an id, its tables in commands.c, and its function
 * where main() finds it by id. To add an option: a member and a row.
 */
#ifndef ARAZZO_ENGINE_CLI_COMMANDS_H
#define ARAZZO_ENGINE_CLI_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/cli/options.h"

typedef enum command_id {
    COMMAND_RUN,
    COMMAND_TEST,
    COMMAND_VALIDATE,
    COMMAND_LIST,
    COMMAND_SHOW,
    COMMAND_GRAPH,
    COMMAND_MOCK,
    COMMAND_EVAL,
    COMMAND_QUERY,
    COMMAND_COMPLETION,
    COMMAND_COUNT
} command_id;

/* The values of choices, in the order of their words. */
enum { FORMAT_TEXT, FORMAT_JSON, FORMAT_SARIF, FORMAT_GITHUB };
enum { GRAPH_FORMAT_MERMAID, GRAPH_FORMAT_DOT, GRAPH_FORMAT_SVG };
enum { CONTRACT_OFF, CONTRACT_WARN, CONTRACT_ERROR }; /* as arazzo_contract */
enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
enum { CONDITION_TYPE_SIMPLE, CONDITION_TYPE_REGEX, CONDITION_TYPE_JSONPATH, CONDITION_TYPE_XPATH };

typedef struct run_options {
    const char *file;
    const char *workflow; /* NULL: the only one */
    value_list input;     /* NAME=VALUE, NAME=@FILE, NAME:=JSON */
    const char *inputs;   /* a file */
    value_list server;    /* [NAME=]URL */
    value_list source;    /* NAME=PATH|URL */
    value_list source_dir;
    value_list secret; /* names of inputs */
    value_list report; /* KIND=FILE */
    value_list auth;   /* SCHEME=VALUE */
    const char *auth_file;
    const char *certificate; /* PEM files */
    const char *key;
    const char *authorities;
    unsigned contract;
    bool assert_format;
    bool sample_inputs;
    bool offline;
    bool refresh;
    bool all;
    bool dry_run;
    bool mock;
    bool strict;
    bool follow_redirects;
    bool show_secrets;
    bool no_config;
    bool verbose;
    bool quiet;
    double timeout;         /* seconds */
    double max_retry_after; /* seconds */
    size_t max_events;      /* 0: no limit */
    size_t max_steps;
    unsigned format;
    unsigned color;
} run_options;

typedef struct test_options {
    value_list paths;   /* PATH or PATH::WORKFLOW */
    value_list input;   /* NAME=VALUE, NAME=@FILE, NAME:=JSON */
    const char *inputs; /* a file, by workflow */
    value_list server;  /* [NAME=]URL */
    value_list source;  /* NAME=PATH|URL */
    value_list source_dir;
    value_list secret; /* names of inputs */
    value_list report; /* KIND=FILE */
    value_list auth;   /* SCHEME=VALUE */
    const char *auth_file;
    const char *certificate; /* PEM files */
    const char *key;
    const char *authorities;
    value_list filter;
    value_list tag;    /* TAG or !TAG */
    const char *shard; /* I/N */
    bool list;
    bool fail_fast;
    bool sample_inputs;
    bool offline;
    bool refresh;
    bool mock;
    bool strict;
    bool follow_redirects;
    bool show_secrets;
    bool no_config;
    bool verbose;
    bool quiet;
    size_t jobs; /* 0: four for each core */
    size_t retries;
    size_t slowest;
    double timeout;         /* seconds */
    double max_retry_after; /* seconds */
    size_t max_events;      /* 0: no limit */
    size_t max_steps;
    unsigned contract;
    bool assert_format;
    unsigned format;
    unsigned color;
} test_options;

typedef struct validate_command_options {
    value_list paths;
    value_list source;     /* NAME=PATH|URL */
    value_list source_dir; /* folders of OpenAPI documents */
    value_list deny;       /* codes that become errors */
    value_list allow;      /* codes that are left out */
    bool no_sources;
    bool no_config;
    bool strict;
    bool quiet;
    const char *max_warnings; /* a number; NULL: any number */
    bool offline;             /* no document is fetched */
    bool fix;                 /* write what is certain into the files */
    bool dry_run;             /* with `fix`: print it instead */
    const char *explain;      /* a code; NULL: documents are validated */
    bool rules;               /* print the table of rules */
    unsigned format;
    unsigned color;
} validate_command_options;

typedef struct list_options {
    const char *file;
    unsigned format;
    unsigned color;
} list_options;

typedef struct show_options {
    const char *file;
    const char *workflow; /* NULL: every one */
    bool auth;
    bool config;
    bool no_config;
    value_list source;
    value_list source_dir;
    unsigned format;
    unsigned color;
} show_options;

typedef struct graph_options {
    const char *file;
    const char *workflow; /* NULL: every one */
    unsigned format;
    unsigned color;
} graph_options;

typedef struct mock_options {
    const char *file;
    const char *host;
    size_t port; /* 0: a free one */
    value_list source_dir;
    bool verbose;
    bool quiet;
    unsigned color;
} mock_options;

typedef struct eval_options {
    const char *expression;
    const char *context; /* a file; NULL: an empty context */
    bool strict;
    bool condition;
    unsigned type;            /* of the condition */
    const char *type_version; /* NULL: the type's default */
    const char *on;           /* an expression: what the condition is applied to; NULL: none */
    unsigned color;
} eval_options;

typedef struct query_options {
    const char *jsonpath;
    const char *file; /* NULL: standard input */
    bool array;
    bool paths;
    unsigned color;
} query_options;

typedef struct completion_options {
    const char *shell;
} completion_options;

/* The values of the command that was chosen. */
typedef union command_options {
    run_options run;
    test_options test;
    validate_command_options validate;
    list_options list;
    show_options show;
    graph_options graph;
    mock_options mock;
    eval_options eval;
    query_options query;
    completion_options completion;
} command_options;

extern const cli_program arazzo_program;

#endif
