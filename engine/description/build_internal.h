/*
 * build_internal.h: what the files that build a description share.
 *
 * Building goes in two passes over a document. The first finds sources, workflows and steps, so that everything that
 * can be referred to exists; the second compiles and resolves. A builder function reports what is wrong and goes on:
 * one run shows every mistake.
 */
#ifndef ARAZZO_ENGINE_BUILD_INTERNAL_H
#define ARAZZO_ENGINE_BUILD_INTERNAL_H

#include "engine/description/description.h"
#include "engine/description/expression_type.h"

/* Of names to choose from, so many are listed where none is near. */
enum { MOST_LISTED = 8 };

/* `from` needs `to` to come first. */
typedef struct edge {
    size_t from;
    size_t to;
    bool declared; /* by `dependsOn`, rather than by an expression that refers to an output */
} edge;

typedef struct edges {
    edge *items;
    size_t count;
    size_t capacity;
} edges;

/* What a workflow gives to all of its steps: built for the first step that takes it, and then used by all. */
typedef enum shared_kind {
    SHARED_ARGUMENTS, /* parameters, for steps that call operations */
    SHARED_INPUTS,    /* the same parameters, for steps that call workflows */
    SHARED_ON_SUCCESS,
    SHARED_ON_FAILURE,
    SHARED_PARTS
} shared_kind;

typedef struct shared_part {
    bool built;
    parameters parameters;
    actions actions;
    edges needs; /* from step 0, whichever it is */
} shared_part;

typedef struct builder {
    arazzo_description *made;
    diagnostics *list;
    workflow *flow;         /* whose part is being built; NULL: the document's */
    step *step;             /* whose part is being built; NULL: none */
    const node *expression; /* the node below which expr_problem.pointer leads */
    edges *needs;           /* what steps refer to is collected here; NULL: not collected */
    size_t most_errors;     /* of the list: with more, building ends */
    bool answered;          /* the step's part that is being built is evaluated after its answer */
    shared_part shared[SHARED_PARTS];
} builder;

/* What must be freed by a function of its own when the description is. */
typedef struct compiled {
    struct compiled *next;
    void (*release)(void *);
    void *thing;
} compiled;

/* Remembers to call release(thing). False (after releasing it) when memory is short. */
bool builder_keep(builder *b, void (*release)(void *), void *thing);

/* arena_array() and arena_room() in the description's memory: that it is short is noted. */
void *builder_array(builder *b, size_t count, size_t size);
void *builder_room(builder *b, void *items, size_t count, size_t *capacity, size_t size);

/* The document is only looked at: sources are not read, and nothing will be run. */
bool is_looking_only(const builder *b);

place builder_place(const builder *b, const node *value);

/* ---- Fields: each reports a missing field or one of the wrong type (E0401, E0402) ---- */

const char *required_string(builder *b, const node *object, const char *what, const char *field);
const char *optional_string(builder *b, const node *object, const char *what, const char *field);
const node *optional_of_kind(builder *b, const node *object, const char *what, const char *field, node_kind kind);
bool expect_kind(builder *b, const node *value, const char *what, node_kind kind);

/* Reports what version 1.1.0 brought, in a document of an earlier version (W0411). */
void note_newer_part(builder *b, const node *where, const char *what);
void note_newer_field(builder *b, const node *object, const char *field);

/* ---- Parts (build_parts.c) ---- */

bool build_value(builder *b, const node *value, bool selectors, value_field *out);
void build_parameters(builder *b, const node *list, bool with_in, parameters *out);
void refuse_query_beside_querystring(builder *b, const parameters *list); /* both given is a diagnostic */
void refuse_empty_criteria(builder *b, const node *list);                 /* what 1.1.0 says of successCriteria */
void build_criteria(builder *b, const node *list, criteria *out);
void build_actions(builder *b, const node *list, bool on_success, actions *out);
void build_outputs(builder *b, const node *map, const char *what, outputs *out);
request_body *build_request_body(builder *b, const node *object);
expr_options builder_expr_options(builder *b, const node *base);

/* ---- Links (link.c) ---- */

bool link_operation(builder *b, step *made);
const workflow *link_workflow(builder *b, const node *reference);
bool open_source(builder *b, source_description *source);

/* Splits `$sourceDescriptions.NAME.REST`; NULL when the text is not of that form. */
const char *split_source_reference(const char *written, const char **name, size_t *length);

/* The source of that name, its type settled; NULL after a diagnostic. */
source_description *named_source(builder *b, const node *field, const char *name, size_t length);

/* `$workflows.<workflowId>.steps.<stepId>`, or with `$sourceDescriptions.<name>.` before; NULL after a diagnostic. */
const step *link_step_elsewhere(builder *b, const node *reference);

/* ---- Documents and their names (identity.c) ---- */

/* Reads the Arazzo documents that the description's sources lead to, and notes what each calls itself (`$self`). */
void identify_documents(builder *b);

/* What the source is where its description does not say so: its text tells. */
void settle_source_type(builder *b, source_description *source);

/* Where the source is by its identity, wherever it was read; a source that is referred to by another name is reported.
 */
void settle_identity(builder *b, source_description *source);

/* ---- Steps of AsyncAPI documents (asyncapi.c) ---- */

/* True when the step sends or receives messages: it is checked, and refused (E0420) unless nothing is to be run. */
bool refuse_asyncapi(builder *b, step *made);

/* Makes `op` of the source what the step calls. */
void found_operation(step *made, const source_description *source, const operation *op);

/* ---- Sources that moved (find.c) ---- */

/* Reports that nothing is where the source should be (E0601), once for each source. */
void report_missing_source(builder *b, source_description *source);

/*
 * Looks for an operation by its id or (NULL) its path and pointer in the documents that the caller's finder knows
 * (S26). `only` is the source that was named; NULL: any. True when it was found, and a note says where.
 */
bool find_moved_operation(builder *b, step *made, const node *field, const char *id, const char *pointer,
                          size_t pointer_length, source_description *only);

/* ---- Order (order.c) ---- */

bool add_edge(builder *b, edges *list, size_t from, size_t to, bool declared);

/* Puts the workflow's steps into `order` (S24), by `dependsOn` and by the outputs that steps refer to. */
void order_steps(builder *b, edges *needs);

/* Reports workflows that depend on each other in a circle (S23). */
void check_workflow_cycles(builder *b);

#endif
