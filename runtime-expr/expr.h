/*
 * expr.h: runtime expressions, templates, values, criteria and selectors of the Arazzo Specification 1.1.0.
 *
 * Everything is compiled once, when a document is loaded, and evaluated any number of times. What an expression refers
 * to (an input, a step's output, the response) is looked up through functions that the caller provides: this folder
 * knows no engine. Compiled things are immutable; they are freed with their own _free function.
 *
 * Profiles: by default what authors plainly mean is taken, and each liberty is reported as an expr_problem that says
 * how the specification wants it spelled. Strict: the specification's letter; a liberty is an error.
 */
#ifndef ARAZZO_EXPR_H
#define ARAZZO_EXPR_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* ---- What a reference names ---- */

typedef enum expr_root {
    EXPR_URL,
    EXPR_METHOD,
    EXPR_STATUS_CODE,
    EXPR_SELF,
    EXPR_REQUEST_HEADER,
    EXPR_REQUEST_QUERY,
    EXPR_REQUEST_PATH,
    EXPR_REQUEST_BODY,
    EXPR_REQUEST_PAYLOAD,
    EXPR_RESPONSE_HEADER,
    EXPR_RESPONSE_QUERY,
    EXPR_RESPONSE_PATH,
    EXPR_RESPONSE_BODY,
    EXPR_RESPONSE_PAYLOAD,
    EXPR_MESSAGE_HEADER,
    EXPR_MESSAGE_QUERY,
    EXPR_MESSAGE_PATH,
    EXPR_MESSAGE_BODY,
    EXPR_MESSAGE_PAYLOAD,
    EXPR_INPUTS,              /* name */
    EXPR_OUTPUTS,             /* name */
    EXPR_STEPS,               /* owner: step id; name: output, NULL for all of them (the context of a selector) */
    EXPR_WORKFLOWS_INPUTS,    /* owner: workflow id; name */
    EXPR_WORKFLOWS_OUTPUTS,   /* owner: workflow id; name */
    EXPR_SOURCE_DESCRIPTIONS, /* owner: source name; name: operationId, workflowId or field */
    EXPR_COMPONENTS           /* owner: "parameters", "successActions", "failureActions"; name */
} expr_root;

/* One reference token of a JSON Pointer, unescaped; `.name` and `[0]` are the same thing spelled otherwise. */
typedef struct expr_token {
    const char *key;
    size_t length;
    size_t index;  /* the array index that the key spells, else SIZE_MAX */
    size_t offset; /* where it stands within the text it was compiled from, in bytes */
    size_t extent; /* how many bytes it takes there */
} expr_token;

typedef struct expr_reference {
    expr_root root;
    const char *owner; /* NUL-terminated; NULL where the root has none */
    const char *name;  /* NUL-terminated header, query, path, input, output, … name; NULL where the root has none */
    size_t offset;     /* where `name` (else the expression) stands within the text it was compiled from, in bytes */
    size_t length;
    const expr_token *tokens; /* told to expr_options.refers only: what is taken of that value */
    size_t token_count;
} expr_reference;

/* ---- What the surroundings provide ---- */

typedef struct expr_context {
    void *user;
    /*
     * The value that a reference names: a new reference, or NULL when there is none (evaluation goes on with
     * "nothing"). For S6 a name with dots is asked for whole first, then by its leading parts. Headers compare
     * case-insensitively (S8); a header with several values is a JSON array of strings, which is joined here.
     */
    json_t *(*lookup)(void *user, const expr_reference *reference);
} expr_context;

/* ---- Problems found while compiling ---- */

typedef enum expr_severity { EXPR_ERROR, EXPR_LIBERTY } expr_severity;

typedef struct expr_problem {
    expr_severity severity;
    const char *rule;    /* the rule a liberty takes ("S1", "S2", …); "" for an error without one */
    const char *pointer; /* JSON Pointer to the string within a compiled structure; "" for the string itself */
    size_t offset;       /* in bytes within that string */
    size_t length;       /* 0: a point */
    const char *message; /* one sentence without final stop */
    const char *help;    /* "did you mean …", the exact spelling, or NULL */
    /* What, put in place of `mend_length` bytes at `mend_offset`, means the same in both profiles; NULL: none known. */
    const char *mend;
    size_t mend_offset;
    size_t mend_length;
} expr_problem;

/* How to compile. All members may be zero. */
typedef struct expr_options {
    bool strict;
    void *user;
    /* Is this reference one that the document declares? Decides S1 (expressions without braces). NULL: every one is. */
    bool (*declares)(void *user, const expr_reference *reference);
    /* Called for each problem; the problem and its strings are borrowed during the call. NULL: problems go unreported.
     */
    void (*report)(void *user, const expr_problem *problem);
    /*
     * Called for each reference that the compiled thing may look up, for analysis of what depends on what. May be NULL.
     * A name with dots (S6) is told once: the longest of its leading parts that `declares` accepts, else the whole.
     */
    void (*refers)(void *user, const expr_reference *reference);
    /*
     * Called for each query in a condition or selector of type jsonpath: what it takes of the value that `context`
     * names, as far as it takes one thing of one place. The tokens' places are within the query. May be NULL.
     */
    void (*looks_into)(void *user, const expr_reference *context, const expr_token *tokens, size_t count);
    /*
     * Is what the tokens reach, within the value that `context` names, an array or a string in any case? Decides
     * whether a length has a spelling in the specification (S2). NULL: nothing is known.
     */
    bool (*has_length)(void *user, const expr_reference *context, const expr_token *tokens, size_t count);
} expr_options;

typedef enum expr_status {
    EXPR_OK,
    EXPR_INVALID,  /* reported through options->report */
    EXPR_NO_MEMORY /* memory ran short */
} expr_status;

/* ---- Expressions ---- */

typedef struct expression expression;

/* Compiles a text that is one whole expression (the ABNF rule `expression`). */
expr_status expression_compile(const char *text, size_t length, const expr_options *options, expression **out);
void expression_free(expression *compiled);

/* What the expression refers to: borrowed. */
const expr_reference *expression_reference(const expression *compiled);

/* The expression's text, spelled canonically: a new string to free() or NULL when memory is short. */
char *expression_print(const expression *compiled);

/* ---- Outcomes of an evaluation ---- */

/* A failure while evaluating (a limit, a context that is no JSON, no XML, …), or a short message for the person. */
typedef struct expr_failure {
    size_t offset; /* within the text */
    size_t length;
    char message[256];
} expr_failure;

typedef enum expr_outcome {
    EXPR_VALUE,   /* *value is a new reference */
    EXPR_NOTHING, /* what is referred to is not there: *value is NULL */
    EXPR_FAILED,  /* cannot be evaluated: the failure says why */
    EXPR_OUT_OF_MEMORY
} expr_outcome;

expr_outcome expression_evaluate(const expression *compiled, const expr_context *context, json_t **value,
                                 expr_failure *failure);

/* ---- Values: what stands where the specification says `Any | {expression} | Selector Object` ---- */

typedef struct expr_value expr_value;

/*
 * Compiles a value: a string that is one expression keeps its type; a string with expressions in it is a template (S3,
 * S1); an object that is a Selector Object (context, selector, type) selects (S9), where `selectors` is true; other
 * structures are compiled member by member; all else is itself. `literal` is borrowed during the call.
 */
expr_status expr_value_compile(json_t *literal, bool selectors, const expr_options *options, expr_value **out);
void expr_value_free(expr_value *compiled);

/* True when the value is the same whatever the context. */
bool expr_value_is_literal(const expr_value *compiled);

/*
 * Evaluates. Within a structure a member that reaches nothing is null. `missing`, when not NULL, is called for each
 * expression that reached nothing with its text.
 */
expr_outcome expr_value_evaluate(const expr_value *compiled, const expr_context *context,
                                 void (*missing)(void *user, const char *expression_text), void *user, json_t **value,
                                 expr_failure *failure);

/* ---- Criteria ---- */

typedef struct criterion criterion;

/*
 * Compiles a Criterion Object's fields. `type` is "simple" (also when NULL), "regex", "jsonpath" or "xpath"; `version`
 * that of an Expression Type Object, or NULL. `context_text` may be NULL for "simple". Problems in `context` are
 * reported with the pointer "/context", those in the condition with "/condition", of the type with "/type" and
 * "/version".
 */
expr_status criterion_compile(const char *type, const char *version, const char *context_text, size_t context_length,
                              const char *condition, size_t condition_length, const expr_options *options,
                              criterion **out);
void criterion_free(criterion *compiled);

typedef enum criterion_outcome {
    CRITERION_PASSED,
    CRITERION_FAILED,
    CRITERION_ERROR, /* cannot be evaluated, so it fails (S14): the failure says why */
    CRITERION_OUT_OF_MEMORY
} criterion_outcome;

/*
 * Tests. The failure's message is empty unless the criterion cannot be evaluated, or a liberty was taken that only
 * shows when it is (S31).
 */
criterion_outcome criterion_test(const criterion *compiled, const expr_context *context, expr_failure *failure);

/*
 * Why a criterion came out as it did, for a person: each operand with the value it had, such as
 * `$statusCode is 401`. A new string to free(), lines separated by '\n'; NULL when memory is short. Evaluates again.
 */
char *criterion_explain(const criterion *compiled, const expr_context *context);

/* ---- Selectors: where a replacement's target is looked for ---- */

typedef struct selector selector;

/* Compiles a selector of `type` ("jsonpath", "xpath", "jsonpointer") and `version` (or NULL). */
expr_status selector_compile(const char *type, const char *version, const char *text, size_t length,
                             const expr_options *options, selector **out);
void selector_free(selector *compiled);

/* Selects within `subject` (borrowed): S9. XPath works on a string that holds XML. */
expr_outcome selector_select(const selector *compiled, json_t *subject, const expr_context *context, json_t **value,
                             expr_failure *failure);

/*
 * Sets `value` (borrowed) at every place in *subject that the selector finds: a JSON Pointer sets or appends (RFC
 * 6901), a JSONPath query replaces each selected node, an XPath expression replaces the text of each selected node of
 * the XML document in the string *subject. *subject's reference is exchanged. EXPR_NOTHING when there is no such place.
 */
expr_outcome selector_replace(const selector *compiled, json_t **subject, json_t *value, const expr_context *context,
                              expr_failure *failure);

#endif
