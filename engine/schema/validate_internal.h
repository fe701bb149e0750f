/* validate_internal.h: what the parts of an evaluation share. */
#ifndef ARAZZO_ENGINE_VALIDATE_INTERNAL_H
#define ARAZZO_ENGINE_VALIDATE_INTERNAL_H

#include "base/text.h"
#include "engine/schema/schema_internal.h"

/* The resources that were entered on the way here, innermost first: the dynamic scope (core, section 7.1). */
typedef struct scope {
    const resource *home;
    const struct scope *outer;
} scope;

/*
 * Which members or items of an instance were evaluated, by their position: the annotations that unevaluatedProperties
 * and unevaluatedItems ask for. Only kept where somebody asks.
 */
typedef struct evaluated {
    unsigned char *marks;
    size_t count;
    unsigned char few[64];
    bool unsure; /* none of some alternatives held: what they would have evaluated is not known */
} evaluated;

typedef struct validation {
    const schema *root;
    arena *memory;
    schema_errors *errors; /* NULL: nobody wants to know */
    size_t errors_left;    /* how many are still worth telling */
    text where;            /* JSON Pointer into the instance */
    const scope *scope;
    pcre2_match_data *match_data;
    pcre2_match_context *match_context;
    budget work;
    int depth;
    bool limit;
    bool no_memory;
} validation;

/* ---- validate.c ---- */

/* Evaluates one schema. With `seen` (may be NULL), marks there what of the instance was evaluated. */
bool validate(validation *v, const schema *rule, const json_t *instance, evaluated *seen);

/* Does it hold, without a word about why not? */
bool validate_quietly(validation *v, const schema *rule, const json_t *instance, evaluated *seen);

/* Adds an error at the place where the evaluation is, and returns false. */
bool validate_fail(validation *v, const schema *rule, const char *keyword, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Room for marks of the instance, none set; false when memory is short. */
bool evaluated_start(validation *v, evaluated *seen, const json_t *instance);
void evaluated_merge(evaluated *into, const evaluated *from);
void evaluated_end(evaluated *seen);

/* Marks one; `seen` may be NULL. */
void evaluated_mark(evaluated *seen, size_t index);

/* Does the pattern match somewhere? */
bool validate_pattern(validation *v, const pcre2_code *pattern, const char *subject, size_t length);

/* ---- validate_value.c ---- */

bool validate_value(validation *v, const schema *rule, const json_t *instance);

/* The type of a value, as a bit: 1.0 is an integer. */
unsigned validate_type_of(const json_t *value);

/* ---- validate_parts.c ---- */

bool validate_array(validation *v, const schema *rule, const json_t *instance, evaluated *seen);
bool validate_object(validation *v, const schema *rule, const json_t *instance, evaluated *seen);

/* unevaluatedItems, unevaluatedProperties: what is not marked; marks it. */
bool validate_unevaluated(validation *v, const schema *rule, const json_t *instance, evaluated *seen);

#endif
