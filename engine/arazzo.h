/*
 * arazzo.h: run Arazzo workflows (OpenAPI Initiative, Arazzo Specification 1.0.1 and 1.1.0) from a C program.
 *
 * The shortest way is arazzo_execute(): it loads a document, runs one workflow over HTTP and returns the result as
 * JSON.
 *
 * Underneath, a run is a state machine that asks. It performs no I/O: it is advanced until it needs something from
 * outside, and each need is answered by whatever the program likes to answer it with.
 *
 *     arazzo_run_advance(run);
 *     while ((need = arazzo_run_take_need(run)) != NULL)
 *         switch (arazzo_need_kind_of(need)) {
 *         case ARAZZO_NEED_REQUEST:
 *             send arazzo_need_request(need); later arazzo_run_respond() or arazzo_run_fail();
 *             break;
 *         case ARAZZO_NEED_TIMER:
 *             wait arazzo_need_seconds(need); later arazzo_run_wake();
 *             break;
 *         }
 *
 * Descriptions and runs belong to one thread at a time; several, in several threads, are independent of each other.
 * Memory is returned with the matching _free function. Strings are UTF-8.
 */
#ifndef ARAZZO_H
#define ARAZZO_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ARAZZO_API __attribute__((visibility("default")))

typedef struct arazzo_description arazzo_description;
typedef struct arazzo_run arazzo_run;
typedef struct arazzo_need arazzo_need;

/* ---- Diagnostics: errors are values with a place ---- */

typedef struct diagnostics arazzo_diagnostics;

/* A new list, or NULL when memory is short; arazzo_diagnostics_free(). */
ARAZZO_API arazzo_diagnostics *arazzo_diagnostics_new(void);
ARAZZO_API void arazzo_diagnostics_free(arazzo_diagnostics *list);
ARAZZO_API size_t arazzo_diagnostics_count(const arazzo_diagnostics *list);
ARAZZO_API size_t arazzo_diagnostics_errors(const arazzo_diagnostics *list);

/* One as JSON: code, severity, message, file, line, column and, where known, help. A new reference, or NULL when memory
 * is short. */
ARAZZO_API json_t *arazzo_diagnostics_json(const arazzo_diagnostics *list, size_t index);

/* ---- Loading ---- */

/* Gives the text behind absolute URIs (`file:`, `https:`, …). */
typedef struct arazzo_reader {
    void *user;
    /*
     * Returns the text, allocated with malloc(), and sets *length; or NULL after writing a sentence into `error`.
     */
    char *(*read)(void *user, const char *uri, size_t *length, char *error, size_t error_size);
    /* Diagnostics name documents below this URI (`file:///home/me/`, may be NULL) by the rest of their path. */
    const char *root;
    /*
     * Where redirects led to when the text behind the URI was read: what is relative in it is relative to there (RFC
     * 3986, section 5.1.3). Borrowed until the next call; NULL: nowhere else. May be NULL.
     */
    const char *(*moved)(void *user, const char *uri);
} arazzo_reader;

/* `url` instead of what the document says of a source, or a server instead of the source's own (S26, S29). */
typedef struct arazzo_override {
    const char *source; /* the source description's name; NULL: every one */
    const char *url;    /* absolute */
} arazzo_override;

/* Looks for operations whose documents are not where a description says (S26). */
typedef struct arazzo_finder {
    void *user;
    /*
     * The absolute URI of an OpenAPI document that seems to have an operation with this id or, where `operation_id` is
     * NULL, this path. The one whose name is closest to `missing` (a URI) has index 0; NULL beyond the last. Borrowed.
     */
    const char *(*find)(void *user, const char *operation_id, const char *path, const char *missing, size_t index);
    /* A folder near a missing document that holds OpenAPI documents, for a suggestion; borrowed until the next call, or
     * NULL. */
    const char *(*suggest)(void *user, const char *missing);
} arazzo_finder;

typedef struct arazzo_load_options {
    bool strict;        /* the specification's letter and nothing else */
    bool no_sources;    /* the document alone: it can be looked at, not run */
    bool assert_format; /* inputs, and responses where contracts are checked, must hold what `format` says, too */
    const arazzo_override *sources;
    size_t source_count;
    const arazzo_finder *finder; /* NULL: none; borrowed while loading */
} arazzo_load_options;

/*
 * Loads the Arazzo document at `uri` (absolute) with everything that it refers to, checks it, and compiles its
 * expressions. `options` may be NULL; the reader is borrowed as long as the description lives. NULL after adding an
 * error to `list`.
 */
ARAZZO_API arazzo_description *arazzo_load(const char *uri, const arazzo_reader *reader,
                                           const arazzo_load_options *options, arazzo_diagnostics *list);
ARAZZO_API void arazzo_description_free(arazzo_description *loaded);

ARAZZO_API size_t arazzo_workflow_count(const arazzo_description *loaded);
/* The workflowId, borrowed, or NULL beyond the end. */
ARAZZO_API const char *arazzo_workflow_id(const arazzo_description *loaded, size_t index);

/* ---- Credentials ---- */

/*
 * What is known of credentials, and the tokens that were fetched with them. Runs may share it, one after the other or
 * within one thread.
 */
typedef struct arazzo_auth arazzo_auth;

/* Without credentials; owned by the caller. NULL when memory is short. */
ARAZZO_API arazzo_auth *arazzo_auth_new(void);
ARAZZO_API void arazzo_auth_free(arazzo_auth *auth);

/*
 * Gives the credential of a security scheme, for one source description or (NULL) for all that have a scheme of that
 * name; what is given last counts. `value` (borrowed) is a string: a key, a token, `user:password`; or for oauth2 and
 * openIdConnect an object with the members clientId, clientSecret, username, password, scopes, tokenUrl,
 * clientAuthentication (`basic`, `body`), refreshToken or token. False when memory is short.
 */
ARAZZO_API bool arazzo_auth_set(arazzo_auth *auth, const char *source, const char *scheme, const json_t *value);

/* The caller's connections have a client certificate: schemes of type mutualTLS are satisfied. */
ARAZZO_API void arazzo_auth_certificate(arazzo_auth *auth);

/* Requests go to a mock: schemes without a credential get a made-up one, and no token is ever fetched. */
ARAZZO_API void arazzo_auth_pretend(arazzo_auth *auth);

/* ---- Running ---- */

/* What happens in a run, as it happens. Everything is borrowed during the call. */
typedef enum arazzo_event_kind {
    ARAZZO_EVENT_WORKFLOW_STARTED,
    ARAZZO_EVENT_STEP_STARTED,
    ARAZZO_EVENT_AUTHORIZATION, /* before a request: a token is asked for */
    ARAZZO_EVENT_REQUEST,
    ARAZZO_EVENT_RESPONSE,
    ARAZZO_EVENT_CRITERION,
    ARAZZO_EVENT_CONTRACT, /* after the criteria: the response is not what its operation declares */
    ARAZZO_EVENT_ACTION,
    ARAZZO_EVENT_NO_ACTION, /* the step has actions for its outcome, and none of them applied */
    ARAZZO_EVENT_STEP_FINISHED,
    ARAZZO_EVENT_WAITING,
    ARAZZO_EVENT_WORKFLOW_FINISHED
} arazzo_event_kind;

typedef enum arazzo_status {
    ARAZZO_RUNNING,
    ARAZZO_SUCCESS, /* every step met its criteria */
    ARAZZO_FAILURE, /* a step did not, and no action put it right */
    ARAZZO_ERROR    /* the run could not go on: see its diagnostics */
} arazzo_status;

typedef struct arazzo_header {
    const char *name;
    const char *value;
} arazzo_header;

typedef struct arazzo_request {
    const char *method;
    const char *url;
    const arazzo_header *headers;
    size_t header_count;
    const char *body; /* NULL: none; may hold NUL */
    size_t body_length;
    double timeout;     /* seconds; 0: the sender's default */
    size_t max_items;   /* of a sequential media type, after which the response is complete; 0: no limit */
    const char *digest; /* `user:password`: to be sent with HTTP Digest authentication (RFC 7616); NULL: not */
    bool stays;         /* the body holds credentials: no redirect may take it to another origin */
} arazzo_request;

typedef struct arazzo_response {
    int status;
    const arazzo_header *headers;
    size_t header_count;
    const char *body;
    size_t body_length;
} arazzo_response;

typedef struct arazzo_event {
    arazzo_event_kind kind;
    size_t depth; /* 0: the workflow that was asked for; 1: one that it calls; … */
    const char *workflow_id;
    const char *step_id;  /* NULL for events of a workflow */
    unsigned attempt;     /* of the step, from 1 */
    unsigned attempts;    /* how many there are at most, as far as retries were chosen so far; 0: nothing is known */
    arazzo_status status; /* of what finished */
    const arazzo_request *request;
    const json_t *request_body; /* the payload as a value; NULL: none */
    const arazzo_response *response;
    const json_t *response_body; /* as a value (S7); NULL: none */
    const char *error;           /* why there is no response, or why a criterion could not be evaluated; else NULL */
    const char *condition;       /* of a criterion */
    bool implied;                /* of a criterion: the step has none, and is held against what stands for it */
    const char *condition_type;
    const char *context; /* of a criterion: the expression, or NULL */
    bool passed;
    /*
     * Lines separated by '\n': what a failed criterion saw; the conditions that chose an action; why each action did
     * not apply. NULL: nothing to say.
     */
    const char *explanation;
    const char *code;     /* contract: of the diagnostic: "W0525" */
    const char *instance; /* contract: what is not as declared: "$response.body#/items/0/id" */
    const char *schema;   /* contract: where the OpenAPI document says so: a JSON Pointer with `#` */
    const char *file;     /* contract: the same as a place */
    unsigned line, column;
    size_t more;             /* contract: further values that differ in the same way */
    bool on_success;         /* an action: from onSuccess rather than onFailure */
    const char *action_name; /* NULL: what happens without an action */
    const char *action_type; /* "end", "goto", "retry" */
    const char *target_step;
    const char *target_workflow;
    const char *scheme; /* authorization: the security scheme, and the URL that is asked */
    const char *url;
    double seconds;        /* waiting, and a retry's delay: how long; finished: how long it took */
    const json_t *outputs; /* of what finished: an object */
    const json_t *inputs;  /* of a workflow that started, defaults put in: an object */
} arazzo_event;

typedef struct arazzo_observer {
    void *user;
    void (*event)(void *user, const arazzo_event *event);
} arazzo_observer;

/* What becomes of a response that is not what its operation declares. */
typedef enum arazzo_contract {
    ARAZZO_CONTRACT_OFF,  /* nobody looks */
    ARAZZO_CONTRACT_WARN, /* a warning */
    ARAZZO_CONTRACT_ERROR /* the step fails, after its criteria were looked at, and its onFailure actions follow */
} arazzo_contract;

/* A file that was read into a string: what became of the string in the meantime is told by comparing. */
typedef struct arazzo_file {
    const char *name; /* "photo.png", without its path */
    const char *bytes;
    size_t length;
} arazzo_file;

/* Where inputs came from, for messages about those that do not hold. */
typedef struct arazzo_origins {
    void *user;
    /* "-i limit", "inputs.yaml:3:8": of what stands at the JSON Pointer; NULL: not known. Borrowed until the next call.
     */
    const char *(*of)(void *user, const char *pointer);
} arazzo_origins;

typedef struct arazzo_run_options {
    const arazzo_override *servers;
    size_t server_count;
    bool dry_run;           /* requests are built and told to the observer, and none is sent: nothing is ever needed */
    arazzo_auth *auth;      /* NULL: no credentials but what steps give */
    size_t max_steps;       /* repeated steps before a run counts as looping (S19); 0: 1,000 */
    size_t max_depth;       /* nested workflows (S22); 0: 32 */
    double max_retry_after; /* seconds (S18); 0: 60 */
    size_t max_events;      /* of a stream, after which it is left (S30); 0: until it ends or its step's time is over */
    const arazzo_origins *origins; /* of the inputs; NULL: not known; borrowed during the start */
    arazzo_contract contract;      /* responses are held against what the OpenAPI document declares */
    const arazzo_file *files;      /* a part of a form that has the bytes of one of them goes under its name */
    size_t file_count;
    const arazzo_observer *observer;
    double (*clock)(void *user); /* seconds, monotonic, for durations; NULL: durations are 0 */
    double (*now)(
        void *user); /* seconds since 1970 UTC, for a Retry-After date; NULL: the response's Date header only */
    void *user;
} arazzo_run_options;

/*
 * Starts a run of one workflow: `workflow_id`, or NULL for the first. `inputs` is an object (borrowed, may be NULL); it
 * is checked against the workflow's schema, defaults applied. `options` (may be NULL) is copied; what it points to is
 * borrowed as long as the run lives, and so is the description. NULL after adding an error to `list`, which is borrowed
 * as long as the run lives.
 */
ARAZZO_API arazzo_run *arazzo_run_start(const arazzo_description *loaded, const char *workflow_id, const json_t *inputs,
                                        const arazzo_run_options *options, arazzo_diagnostics *list);
ARAZZO_API void arazzo_run_free(arazzo_run *run);

/* Works until nothing more can be done without the outside. */
ARAZZO_API void arazzo_run_advance(arazzo_run *run);

/* The next need that was not taken yet, or NULL. It stays the run's: valid until it is answered. */
ARAZZO_API arazzo_need *arazzo_run_take_need(arazzo_run *run);

typedef enum arazzo_need_kind { ARAZZO_NEED_REQUEST, ARAZZO_NEED_TIMER } arazzo_need_kind;

ARAZZO_API arazzo_need_kind arazzo_need_kind_of(const arazzo_need *need);
ARAZZO_API const arazzo_request *arazzo_need_request(const arazzo_need *need);
ARAZZO_API double arazzo_need_seconds(const arazzo_need *need);

/* Answers, in any order. What is given is borrowed during the call. Each advances the run. */
ARAZZO_API void arazzo_run_respond(arazzo_run *run, arazzo_need *need, const arazzo_response *response);
ARAZZO_API void arazzo_run_fail(arazzo_run *run, arazzo_need *need, const char *error);
ARAZZO_API void arazzo_run_wake(arazzo_run *run, arazzo_need *need);

/*
 * Ends the run where it is, with ARAZZO_ERROR: no action follows, no output is evaluated. The observer is told that the
 * request under way, if there is one, failed with `why` (borrowed during the call). Nothing after the end of a run.
 */
ARAZZO_API void arazzo_run_cancel(arazzo_run *run, const char *why);

/* ARAZZO_RUNNING while needs are open. */
ARAZZO_API arazzo_status arazzo_run_status(const arazzo_run *run);

/* The workflow's outputs so far, borrowed: an object. */
ARAZZO_API const json_t *arazzo_run_outputs(const arazzo_run *run);

/* ---- Files and HTTP, for real ---- */

/*
 * Reads documents, and answers the needs of runs: one, or thousands at once. A client belongs to one thread at a time;
 * several, in several threads, are independent of each other.
 */
typedef struct arazzo_client arazzo_client;

typedef struct arazzo_client_options {
    double timeout;          /* seconds for a whole request; 0: 30 */
    size_t max_body;         /* bytes of a response's body; 0: 64 MiB */
    bool follow_redirects;   /* at most 10, and without credentials to another origin (S16) */
    const char *certificate; /* a PEM file that the client proves itself with (mutual TLS); NULL: none */
    const char *key;         /* of the certificate, where it isn't in the same file */
    const char *authorities; /* a PEM file of who is trusted instead of those the machine trusts; NULL: those */
} arazzo_client_options;

/* A client, owned by the caller, or NULL when memory is short. `options` may be NULL; its strings are borrowed. */
ARAZZO_API arazzo_client *arazzo_client_new(const arazzo_client_options *options);

/* Frees it: after the descriptions that it loaded. NULL is allowed. */
ARAZZO_API void arazzo_client_free(arazzo_client *client);

/*
 * Loads the Arazzo document at a path or an http or https URL, as arazzo_load() does. Owned by the caller. A document
 * of the network cannot make the client read a file of this machine.
 */
ARAZZO_API arazzo_description *arazzo_client_load(arazzo_client *client, const char *path_or_url,
                                                  const arazzo_load_options *options, arazzo_diagnostics *list);

/* Adds a run (borrowed until it has ended) to those whose needs are answered. False when memory is short. */
ARAZZO_API bool arazzo_client_add(arazzo_client *client, arazzo_run *run);

/*
 * Answers needs until every run that was added has ended, or `seconds` are over (0: no limit). True when every run has
 * ended.
 */
ARAZZO_API bool arazzo_client_run(arazzo_client *client, double seconds);

/*
 * Carries out one workflow (NULL: the first) until it ends. An object with the members `workflowId`, `status`,
 * `outputs`, `durationMs` and `steps`, as one of the `workflows` that `arazzo run --format json` prints: a new
 * reference; or NULL when the run could not start, after adding an error to `list`, or when memory is short. `options`
 * may be NULL; clocks that it lacks are the machine's.
 */
ARAZZO_API json_t *arazzo_client_execute(arazzo_client *client, const arazzo_description *loaded,
                                         const char *workflow_id, const json_t *inputs,
                                         const arazzo_run_options *options, arazzo_diagnostics *list);

/* ---- The blocking call ---- */

/*
 * Loads the document at a path or URL, runs `workflow_id` (NULL: the first) with `inputs` over HTTP until it ends, and
 * returns an object with the members that `arazzo run --format json` prints. A new reference, or NULL when memory is
 * short.
 */
ARAZZO_API json_t *arazzo_execute(const char *path_or_url, const char *workflow_id, const json_t *inputs);

#ifdef __cplusplus
}
#endif

#endif
