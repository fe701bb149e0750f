/*
 * run_internal.h: what the files of engine/run/ share: the run, its stack of frames, a step's visits and attempts.
 *
 * A frame is a workflow being carried out. A visit is a stay at one of its steps, with one or more attempts; a `retry`
 * that names another step first puts a visit of that step on top. What one attempt needs lives in the visit's arena,
 * which each attempt starts anew: a run that loops does not grow.
 */
#ifndef ARAZZO_ENGINE_RUN_INTERNAL_H
#define ARAZZO_ENGINE_RUN_INTERNAL_H

#include "base/name_index.h"
#include "engine/auth/auth.h"
#include "engine/description/description.h"
#include "engine/http_message.h"

/* What was sent and what came back. */
typedef struct exchange {
    bool built; /* a request was made */
    http_request request;
    json_t *arguments[PARAMETER_COOKIE + 1]; /* by location: name -> value as given; NULL: none */
    json_t *payload;                         /* NULL: none */
    bool answered;
    http_response response;
    json_t *body; /* of the response, as a value (S7); NULL: none */
    const char *error;
} exchange;

/* An exchange that outlives its visit. */
typedef struct answer {
    exchange exchange;
    arena *memory;
} answer;

typedef struct visit {
    struct visit *below; /* the visit whose retry asked for this one; NULL: the workflow's sequence */
    const step *step;
    unsigned attempt;
    unsigned attempts; /* at most, as far as retries were chosen; 0: none was */
    size_t *retries;   /* by failure action: how often it was taken during this visit */
    arena *memory;     /* of the current attempt */
    exchange exchange;
    http_request bare; /* the request before credentials were put on it */
    auth_state auth;
    bool authorizing;       /* what is open is the request for a token */
    const workflow *called; /* the sub-workflow that gave `called_outputs` */
    json_t *called_outputs; /* of the sub-workflow that the step called; NULL: none */
    bool called_success;
    answer called_answer; /* the last one that the sub-workflow got, where the step refers to it (S22) */
    double started;
    const action *detour; /* the retry action whose step or workflow runs before the next attempt */
} visit;

typedef enum frame_state {
    FRAME_DEPENDENCIES, /* workflows that this one depends on come first */
    FRAME_NEXT_STEP,
    FRAME_ATTEMPT,
    FRAME_WAITING,  /* for an answer, a timer or a frame above */
    FRAME_ANSWERED, /* the attempt has its answer */
    FRAME_RETRY,    /* the delay is over */
    FRAME_FINISHED
} frame_state;

typedef enum frame_purpose {
    FOR_RUN,
    FOR_STEP,      /* the step of the frame below calls it */
    FOR_RETRY,     /* a retry of the frame below runs it first */
    FOR_DEPENDENCY /* the workflow of the frame below depends on it */
} frame_purpose;

/* A workflow, and how many of those that it depends on are known to be completed. */
typedef struct dependency {
    const workflow *flow;
    size_t completed;
} dependency;

typedef struct frame {
    struct frame *below;
    frame_purpose purpose;
    const workflow *flow;
    const workflow *asked; /* what the frame was put on the stack for: another one after a goto */
    frame_state state;
    json_t *inputs;
    json_t **step_outputs; /* by step index; NULL: it never ran */
    json_t *outputs;
    dependency *waiting; /* dependencies that wait for theirs, the last one first */
    size_t waiting_count;
    size_t waiting_capacity;
    size_t position; /* in the workflow's order: the next step */
    visit *visit;
    arazzo_status status; /* once finished */
    double started;
    double deadline;  /* by the run's clock: the `timeout` of a step below; 0: none */
    bool has_timeout; /* that step is the one that called this workflow */
    bool keeps_answer;
    answer last_answer; /* kept for the step that called the workflow */
    size_t depth;
} frame;

struct arazzo_need {
    arazzo_need_kind kind;
    bool open;
    bool taken;
    arazzo_request request;
    double seconds;
};

/* A workflow that was carried out: what `$workflows.<id>` refers to, and what `dependsOn` needs to run only once. */
typedef struct record {
    const workflow *flow;
    json_t *inputs;
    json_t *outputs; /* NULL while it runs */
    arazzo_status status;
    bool waits; /* for those that it depends on, as a dependency of a frame */
} record;

enum { TRAIL = 16 };

struct arazzo_run {
    arena *memory;
    const arazzo_description *loaded;
    arazzo_run_options options;
    diagnostics *list;
    frame *top;
    size_t depth;
    arazzo_need need; /* one at a time so far: only asynchronous steps will open several */
    arazzo_status status;
    json_t *given; /* the inputs given to the run */
    json_t *outputs;
    name_index records;  /* by the workflow's address */
    name_index reported; /* warnings that were given already */
    name_index over;     /* steps that were carried out and that steps of other workflows depend on, by address */
    size_t repeated;     /* jumps and retries so far (S19) */
    const step *trail[TRAIL];
    size_t trail_count;
};

/* Ends the run with ARAZZO_ERROR for want of memory. */
void run_out_of_memory(arazzo_run *run);

/* Ends the run with ARAZZO_ERROR after a diagnostic was added. */
void run_abort(arazzo_run *run);

bool run_ended(const arazzo_run *run);

double run_clock(const arazzo_run *run);

/* ---- Frames (run.c) ---- */

/* Puts a workflow on top. `inputs` is taken over. False when the run ended or the inputs do not hold: *why then says
 * so. */
bool frame_push(arazzo_run *run, const workflow *flow, json_t *inputs, frame_purpose purpose, char *why, size_t size);

/* Ends the top frame's workflow: outputs are evaluated, and the frame below goes on. */
void frame_finish(arazzo_run *run, arazzo_status status);

/* Replaces the top frame by one for another workflow: goto (S19). */
bool frame_replace(arazzo_run *run, const workflow *flow, json_t *inputs, char *why, size_t size);

void need_request(arazzo_run *run, const http_request *request);
void need_timer(arazzo_run *run, double seconds);

record *run_record(arazzo_run *run, const workflow *flow);

/* ---- Visits (visit.c) ---- */

bool visit_push(arazzo_run *run, const step *at);
void visit_pop(frame *top);

/* The attempt cannot be made, or its answer does not come: the step has failed. */
void visit_fail(arazzo_run *run, const char *why);

void answer_free(answer *gone);

/* The visit has failed from outside: the workflow that it is a part of took too long. */
void visit_give_up(arazzo_run *run, const char *why);

/* Starts an attempt: a request, or a sub-workflow on top. */
void visit_attempt(arazzo_run *run);

/* The answer to the attempt's open request, or why there is none. Tokens are taken, and the request then sent. */
void visit_answer(arazzo_run *run, const arazzo_response *response, const char *error);

/* The attempt ends without an answer, and so does the run. */
void visit_cancel(arazzo_run *run, const char *why);

/* The attempt has its answer: criteria, outputs, action. */
void visit_judge(arazzo_run *run);

/* The delay of a retry is over. */
void visit_retry(arazzo_run *run);

/* The inputs that a workflow is called with: those of `from` that its schema names (NULL: none), then the parameters.
 */
json_t *inputs_for(arazzo_run *run, const workflow *flow, const json_t *from, const parameters *given, char *why,
                   size_t size);

/* ---- Actions (action.c) ---- */

/* Chooses and carries out what follows a step (S17 to S21). */
void take_action(arazzo_run *run, bool success);

/* ---- Evaluation (evaluate.c) ---- */

expr_context run_context(arazzo_run *run);

/* Evaluates all criteria in order, with an event each. */
bool judge_criteria(arazzo_run *run, const criteria *list);

/* The first criterion that fails, or NULL; without events. What ran out of memory ends the run, and fails. `why`
 * receives the reason that it could not be evaluated, else "". */
const criterion_object *failing_criterion(arazzo_run *run, const criteria *list, char *why, size_t size);

/* Evaluates outputs into a new object. What reaches nothing is null, with a warning where `warn` (S4, S20). NULL: no
 * memory. */
json_t *evaluate_outputs(arazzo_run *run, const outputs *list, bool warn);

/* A value in the current context: EXPR_VALUE, EXPR_NOTHING, or EXPR_FAILED with a sentence in `why`. */
expr_outcome evaluate_value(arazzo_run *run, const value_field *field, json_t **value, char *why, size_t size);

/* The same; `missing` (NULL: nothing is told) is called for each expression in it that reaches nothing. */
expr_outcome evaluate_reporting(arazzo_run *run, const value_field *field, void (*missing)(void *user, const char *),
                                void *user, json_t **value, char *why, size_t size);

/* Adds a warning once for each place. */
void warn_once(arazzo_run *run, const char *code, const node *where, const char *help, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* True when this was not asked before with the same code, place and words. */
bool first_time(arazzo_run *run, const char *code, place where, const char *words);

/* True when this is said for the first time in the run, wherever it is said. */
bool first_said(arazzo_run *run, const char *code, const char *what);

/* Moves what is in `from` to the run's list, each warning once. */
void report_once(arazzo_run *run, const diagnostics *from);

/* ---- Dry runs (dry.c) ---- */

/* Stands for a value that only a response could give. A new reference, or NULL when memory is short. */
json_t *dry_value(const value_field *field);

/* The outputs of a step that was not carried out: a new object, or NULL when memory is short. */
json_t *dry_outputs(const visit *at);

/* Makes the expressions readable that stand in the request for values. */
void dry_reveal(arazzo_run *run, visit *at);

/* What comes after a step that is taken to have succeeded. */
void dry_go_on(arazzo_run *run);

/* ---- Inputs (inputs.c) ---- */

/*
 * Checks `inputs` (an object) against the workflow's schema, with defaults put in. False after writing a sentence, or
 * with `list`, after adding an error for each mistake, which names the input's origin where that is known.
 */
bool check_inputs(const workflow *flow, json_t *inputs, diagnostics *list, const arazzo_origins *origins, char *why,
                  size_t size);

/* ---- Bodies (body.c) ---- */

/*
 * A response's body as a value (S7): a new reference, or NULL when it is absent or memory is short (*no_memory tells).
 * `note` receives a sentence when the body is not what its media type says, else NULL.
 */
json_t *body_value(const http_response *response, const char **note, bool *no_memory);

/* ---- Contracts (contract.c) ---- */

/* Holds the response against its operation, as the options say. False: the step fails by it. */
bool keeps_contract(arazzo_run *run, const visit *at);

/* ---- Events (event.c) ---- */

void emit(arazzo_run *run, arazzo_event *event);
void emit_authorization(arazzo_run *run);
void emit_step(arazzo_run *run, arazzo_event_kind kind, arazzo_status status);

#endif
