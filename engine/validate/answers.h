/*
 * answers.h: what an operation's document says of its answers, against what expressions take of them: members of the
 * body and headers that no answer has.
 */
#ifndef ARAZZO_ENGINE_ANSWERS_H
#define ARAZZO_ENGINE_ANSWERS_H

#include "engine/validate/schema_path.h"
#include "engine/validate/validate_internal.h"

typedef enum status_verdict { STATUS_FAILS, STATUS_PASSES, STATUS_UNCLEAR } status_verdict;

/* What a criterion makes of an answer of which only the status is known. Only `no_memory` is ever said in the list. */
status_verdict status_passes(const criterion_object *tested, int status, diagnostics *list);

/* Of which answers of a step is the talk? */
typedef enum answers_wanted {
    ANSWERS_ANY,       /* in the criteria themselves, and in failure actions */
    ANSWERS_SUCCESSFUL /* those with which the step succeeds, as far as the status tells */
} answers_wanted;

/* The schemas of the bodies of these answers; nothing in it when none is declared. */
void answers_bodies(const step *at, answers_wanted wanted, diagnostics *list, schema_group *out);

/* An expression that takes something of an answer, and where it stands. */
typedef struct answer_use {
    const validation *v;
    const workflow *flow;
    const step *at;
    answers_wanted wanted;
    const node *string; /* in which the expression stands */
} answer_use;

/* Reports what `$response.body`, `$response.header` or `$steps.x.outputs.y` take that no answer has. */
void check_answer_use(const answer_use *use, const expr_reference *reference);

/* The same for a query that is applied to what `context` names: the tokens stand in `use->string`. */
void check_query_use(const answer_use *use, const expr_reference *context, const expr_token *tokens, size_t count);

/* Is what the tokens lead to an array or a string in any case? Without tokens: an array. */
bool answer_has_length(const answer_use *use, const expr_reference *context, const expr_token *tokens, size_t count);

#endif
