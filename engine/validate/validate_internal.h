/* validate_internal.h: what the files of engine/validate/ share. */
#ifndef ARAZZO_ENGINE_VALIDATE_INTERNAL_H
#define ARAZZO_ENGINE_VALIDATE_INTERNAL_H

#include "base/nearest.h"
#include "base/text.h"
#include "engine/validate/validate.h"

/* One document under validation. The graph may lack what could not be built: nothing in it is taken for granted. */
typedef struct validation {
    const document *owner;
    const arazzo_description *loaded;
    bool no_sources;
    diagnostics *list;
    size_t most; /* diagnostics in the list: with more, nothing further is looked at */
} validation;

/* True when so much was found that nobody reads more. */
bool validate_has_enough(const validation *v);

place validate_place(const validation *v, const node *value);

/* "did you mean 'best'?" into `out`, when the search found something; the help text, or NULL. */
const char *did_you_mean(text *out, const nearest *search);

/* Fields: those that are unknown, missing, of a wrong type, or of no use where they stand (structure.c). */
void validate_structure(const validation *v);

/* What expressions refer to (references.c). */
void validate_references(const validation *v);

/* What steps give to operations that their documents do not know (operations.c). */
void validate_operations(const validation *v);

/* What is certain of a step's request before it is made (requests.c). */
void validate_request(const validation *v, const step *at);

/* What a step's payload holds that the operation's schema does not (payloads.c). */
void validate_payload(const validation *v, const step *at);

/* Steps that are never reached, actions that are never taken (flow.c). */
void validate_flow(const validation *v);

#endif
