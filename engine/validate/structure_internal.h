/* structure_internal.h: the table of objects and fields, and the rules that concern several fields of an object. */
#ifndef ARAZZO_ENGINE_STRUCTURE_INTERNAL_H
#define ARAZZO_ENGINE_STRUCTURE_INTERNAL_H

#include "engine/validate/validate_internal.h"

typedef enum object_kind {
    OBJECT_ARAZZO,
    OBJECT_INFO,
    OBJECT_SOURCE,
    OBJECT_WORKFLOW,
    OBJECT_STEP,
    OBJECT_PARAMETER,
    OBJECT_SUCCESS_ACTION,
    OBJECT_FAILURE_ACTION,
    OBJECT_COMPONENTS,
    OBJECT_CRITERION,
    OBJECT_EXPRESSION_TYPE,
    OBJECT_SELECTOR,
    OBJECT_REQUEST_BODY,
    OBJECT_REPLACEMENT,
    OBJECT_REUSABLE
} object_kind;

typedef enum field_type {
    FIELD_ANY,
    FIELD_STRING,
    FIELD_NAME, /* a string of the characters recommended for names */
    FIELD_INTEGER,
    FIELD_NUMBER,
    FIELD_STRINGS,
    FIELD_LIST,            /* of objects */
    FIELD_OBJECT,          /* one object */
    FIELD_MAP,             /* names to objects */
    FIELD_OUTPUTS,         /* names to expressions or Selector Objects */
    FIELD_SCHEMAS,         /* names to schemas */
    FIELD_EXPRESSION_TYPE, /* a word or an Expression Type Object */
} field_type;

typedef struct field_rule {
    const char *name; /* NULL ends a table */
    field_type type;
    object_kind object; /* of a list, object or map */
    bool required;
    bool filled;              /* has at least one entry */
    bool newer;               /* came with 1.1.0 */
    const char *const *words; /* the values allowed; NULL: any */
    const char *newer_word;   /* the one that came with 1.1.0, or NULL */
} field_rule;

typedef struct object_rule {
    const char *name;
    const field_rule *fields;
    void (*check)(const validation *v, const node *value); /* NULL: fields are all there is to check */
} object_rule;

void check_object(const validation *v, const node *value, object_kind kind);

/* Reports what version 1.1.0 brought, in a document of an earlier version. */
void note_newer(const validation *v, const node *where, const char *word);

/* ---- Rules that concern several fields (structure_rules.c) ---- */

void check_step(const validation *v, const node *value);
void check_reused_action(const validation *v, const node *value);
void check_request_body(const validation *v, const node *value);
void check_action(const validation *v, const node *value);
void check_failure_action(const validation *v, const node *value);
void check_criterion(const validation *v, const node *value);
void check_expression_type(const validation *v, const node *value);

#endif
