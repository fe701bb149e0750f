/*
 * validate.h: everything that can be said about an Arazzo document without running it.
 *
 * The builder (engine/description/) reports what it cannot build; the rules here go on where building has no need to:
 * fields that nobody reads, what expressions refer to, steps that nothing leads to, and what a step expects of an
 * operation that the operation's document contradicts.
 */
#ifndef ARAZZO_ENGINE_VALIDATE_H
#define ARAZZO_ENGINE_VALIDATE_H

#include "engine/description/description.h"

/*
 * Validates the document at `uri`, adding to `list`. Its diagnostics stand in the order of the text, each once.
 * Documents that were read before are not read again. Only memory can fail: see `list->no_memory`.
 */
void validate_document(library *books, const char *uri, const arazzo_load_options *options, diagnostics *list);

/* What a user thinks of codes. */
typedef struct validate_policy {
    const char *const *deny; /* codes that are errors; "warnings": every warning */
    size_t deny_count;
    const char *const *allow; /* codes that are left out */
    size_t allow_count;
} validate_policy;

/* Applies the policy to the diagnostics from index `from` on. */
void validate_apply_policy(diagnostics *list, size_t from, const validate_policy *policy);

#endif
