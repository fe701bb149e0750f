/*
 * description.h: an Arazzo document as a typed graph, for the engine's own use.
 *
 * Built once from the document's tree: expressions and conditions compiled, references to steps, workflows, components
 * and operations resolved. Immutable from then on. Every object keeps its node, so that unknown fields and places are
 * at hand. Sections: Arazzo Specification 1.1.0, "Schema".
 */
#ifndef ARAZZO_ENGINE_DESCRIPTION_H
#define ARAZZO_ENGINE_DESCRIPTION_H

#include "base/name_index.h"
#include "engine/arazzo.h"
#include "engine/contract/contract.h"
#include "engine/description/library.h"
#include "engine/document/document.h"
#include "engine/operation/operation.h"
#include "engine/schema/schema.h"
#include "runtime-expr/expr.h"

typedef struct workflow workflow;
typedef struct step step;

typedef struct source_description {
    const char *name;
    const char *url;   /* as the document gives it */
    const char *named; /* absolute: what the document refers to */
    const char *uri;   /* absolute: where that is, by identity and overrides */
    enum { SOURCE_OPENAPI, SOURCE_ARAZZO, SOURCE_ASYNCAPI } type;
    bool typed; /* the document says so, or the source's own text was looked at */
    const node *object;
    const api *openapi;              /* of a SOURCE_OPENAPI; NULL while nothing needs it */
    arazzo_description *description; /* of a SOURCE_ARAZZO */
    bool tried;                      /* opening it was tried */
    bool missing;                    /* nothing is where it should be (S26) */
    bool missed;                     /* that it is missing was reported */
} source_description;

/* Where the specification says `Any | {expression} | Selector Object`. */
typedef struct value_field {
    expr_value *compiled;
    const node *object;
} value_field;

typedef struct parameter {
    const char *name;
    bool has_in;
    parameter_location in;
    value_field value;
    const node *object; /* the Parameter or Reusable Object as the user of it wrote it */
} parameter;

typedef struct criterion_object {
    criterion *compiled;
    const char *condition;
    const char *type;    /* "simple", … */
    const char *context; /* the expression's text, or NULL */
    const node *object;
} criterion_object;

typedef struct criteria {
    criterion_object *items;
    size_t count;
} criteria;

typedef enum action_type { ACTION_END, ACTION_GOTO, ACTION_RETRY } action_type;

typedef struct parameters {
    parameter *items;
    size_t count;
} parameters;

/* A Success Action or Failure Action Object. */
typedef struct action {
    const char *name;
    action_type type;
    const char *step_id;     /* NULL: none */
    const char *workflow_id; /* as written; NULL: none */
    const step *target_step;
    const workflow *target_workflow;
    parameters parameters;
    double retry_after; /* seconds */
    size_t retry_limit;
    criteria criteria;
    const node *object;
} action;

typedef struct actions {
    action *items;
    size_t count;
} actions;

typedef struct output {
    const char *name;
    value_field value;
} output;

typedef struct outputs {
    output *items;
    size_t count;
} outputs;

typedef struct replacement {
    selector *target;
    value_field value;
    const node *object;
} replacement;

typedef struct request_body {
    const char *content_type;
    value_field payload; /* compiled NULL: none */
    replacement *replacements;
    size_t replacement_count;
    const node *object;
} request_body;

typedef enum step_kind { STEP_OPERATION, STEP_WORKFLOW } step_kind;

struct step {
    const char *id;
    size_t index;    /* within the workflow's `steps`: document order */
    size_t position; /* within the workflow's `order` */
    step_kind kind;
    const operation *operation;
    const source_description *source; /* of the operation */
    const workflow *target;           /* of a STEP_WORKFLOW */
    parameters parameters;            /* the workflow's that the step does not override, then the step's own */
    request_body *request_body;       /* NULL: none */
    bool has_success_criteria;
    criteria success_criteria;
    actions on_success; /* the step's own, then the workflow's whose name the step does not define (S17) */
    actions on_failure;
    outputs outputs;
    double timeout;     /* seconds; 0: none given */
    const step **needs; /* the steps that `dependsOn` names, in this and other workflows */
    size_t need_count;
    bool needed_elsewhere; /* a step of another workflow depends on this one */
    bool uses_answer;      /* a STEP_WORKFLOW that refers to the last answer of the workflow it calls (S22) */
    const node *object;
    const workflow *owner;
};

struct workflow {
    const char *id;
    const node *object;
    const arazzo_description *owner;
    const node *inputs; /* the schema as written; NULL: none */
    const schema *input_schema;
    step *steps;
    size_t step_count;
    const step **order; /* the steps in the order of execution (S24) */
    name_index step_index;
    const workflow **depends_on;
    size_t depends_on_count;
    outputs outputs;
};

struct arazzo_description {
    arena *memory;
    library *library;
    bool owns_library; /* the entry document's description */
    const document *document;
    const char *uri;  /* the base URI: `$self`, else where it was read */
    const char *self; /* `$self`, resolved; NULL: none */
    const char *read_at;
    int minor; /* 0: 1.0.x, 1: 1.1.x */
    bool strict;
    source_description *sources;
    size_t source_count;
    workflow *workflows;
    size_t workflow_count;
    name_index workflow_index;
    schema_set *schemas;
    contract *contracts;                /* what responses are held against, compiled while runs go on */
    const arazzo_load_options *options; /* while loading */
    struct compiled *compiled;          /* what needs its own _free function */
};

/*
 * Builds the description of a document that was read at `uri`; owned by the library. NULL after adding an error; the
 * library then still owns what there is of it.
 */
arazzo_description *description_build(library *books, const document *owner, const char *uri,
                                      const arazzo_load_options *options, diagnostics *list);

/* Reads, then builds; for a caller whose library outlives the diagnostics, so that source lines can be shown. */
arazzo_description *description_load(library *books, const char *uri, const arazzo_load_options *options,
                                     diagnostics *list);

/* Frees a description: for the library that owns it. */
void description_release(arazzo_description *made);

/* The workflow with an id, or NULL. */
const workflow *description_workflow(const arazzo_description *loaded, const char *id);
const source_description *description_source(const arazzo_description *loaded, const char *name, size_t length);
const step *workflow_step(const workflow *flow, const char *id);

/* The description and all that it refers to, once each: an array in `memory`. NULL when memory is short. */
const arazzo_description **description_all(const arazzo_description *loaded, arena *memory, size_t *count);

/*
 * Every OpenAPI document that requests of the description's steps, and of the descriptions that it refers to, may go
 * to, once each: an array in `memory`, *count long. NULL when memory is short.
 */
const api **description_apis(const arazzo_description *loaded, arena *memory, size_t *count);

/*
 * The schema that a `$ref` within the document leads to: a JSON Pointer after `#`, or an `$anchor` among the schemas of
 * inputs ("Resolving URI Fragments"). NULL: none, or it stands in another document.
 */
const node *description_schema(const node *root, const char *reference, size_t length);

/* The property schemas of a workflow's inputs: what `properties` says, `$ref` and `allOf` followed. NULL when not
 * declared. */
const node *workflow_input(const workflow *flow, const char *name, size_t length);

#endif
