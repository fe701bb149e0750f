/*
 * diagnostic.h: errors are values with a place.
 *
 * A diagnostic has a stable code (`E0123`, `W0204`), a severity, a sentence, a place and, where one is known, a help
 * line, other places that belong to it, and the change to the text that puts it right. Functions return a status and
 * add to a list; printing is somebody else's work (engine/report/), and so is changing files (engine/cli/).
 */
#ifndef ARAZZO_ENGINE_DIAGNOSTIC_H
#define ARAZZO_ENGINE_DIAGNOSTIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

typedef enum diagnostic_severity { DIAGNOSTIC_ERROR, DIAGNOSTIC_WARNING, DIAGNOSTIC_NOTE } diagnostic_severity;

/* A place in a text. Lines and columns count from 1; columns and length count code points; line 0: the file as a whole.
 */
typedef struct place {
    const char *file; /* the name or URI under which the text was read; NULL: no file (a command line, a run) */
    uint32_t line;
    uint32_t column;
    uint32_t length;
} place;

/* Another place that helps to understand: where a name stands first, what a schema says. */
typedef struct related_place {
    place where;
    const char *label; /* a few words: "first given here" */
} related_place;

/* A change of a file's text. */
typedef struct text_change {
    size_t offset; /* in bytes, in the text without a byte order mark */
    size_t length;
    char *replacement; /* NULL: there is no change */
    place from;        /* the same place for people; its length is 0 */
    uint32_t end_line; /* where what is replaced ends: the first character behind it */
    uint32_t end_column;
} text_change;

typedef struct diagnostic {
    const char *code; /* "E0101": severity's letter and four digits, stable */
    diagnostic_severity severity;
    const char *message; /* one sentence, no final stop */
    const char *help;    /* what to do about it; NULL when nothing is known */
    place where;
    related_place related; /* label NULL: none */
    text_change mend;      /* what puts it right and changes nothing else: only where that is certain */
} diagnostic;

/* A list of diagnostics with the memory they live in. */
typedef struct diagnostics {
    arena *memory;
    diagnostic *items;
    size_t count;
    size_t capacity;
    size_t errors;
    size_t warnings;
    bool no_memory; /* memory ran short while something was being reported: counts as an error */
} diagnostics;

/* Makes an empty list; false when memory is short (the list is then empty, usable, and marked no_memory). */
bool diagnostics_init(diagnostics *list);
void diagnostics_free(diagnostics *list);

/*
 * Adds one. The severity is by the code's letter: E error, W warning, N note. `code`, the place's file and `help` (may
 * be NULL) are copied; the message is formatted. Returns the entry, borrowed until the next addition, or NULL when
 * memory is short.
 */
diagnostic *diagnose(diagnostics *list, const char *code, place where, const char *help, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Adds another place to an entry; `label` is borrowed (a literal). `entry` may be NULL, as diagnose() returns it. */
void diagnostic_relate(diagnostics *list, diagnostic *entry, place where, const char *label);

/*
 * Gives an entry (may be NULL) what mends it, unless there is no replacement in it, and frees that: it is copied.
 */
void diagnostic_set_mend(diagnostics *list, diagnostic *entry, text_change *change);

/* True when nothing in the list is an error and no memory ran short. */
bool diagnostics_clean(const diagnostics *list);

#endif
