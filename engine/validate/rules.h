/*
 * rules.h: what a document can do wrong: every diagnostic code that a part of this project reports, with what it means.
 *
 * `docs/diagnostics.md` is generated from this table.
 */
#ifndef ARAZZO_ENGINE_RULES_H
#define ARAZZO_ENGINE_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "engine/diagnostic.h"

typedef struct rule {
    const char *code;
    const char *title;       /* what is wrong, in a few words */
    const char *section;     /* of the specification, or what else decides */
    const char *explanation; /* sentences */
    const char *example;     /* a piece of a document that triggers it; lines end in "\n" */
} rule;

size_t rule_count(void);
const rule *rule_at(size_t index);

/* The rule with a code, or NULL. */
const rule *rule_find(const char *code);

/* "error", "warning" or "note". */
const char *diagnostic_severity_name(diagnostic_severity severity);

/* Appends all rules as a Markdown page; one as text for a terminal. */
void rules_markdown(text *out);
void rule_explain(const rule *one, text *out);

#endif
