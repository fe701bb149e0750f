/* sentence.h: whether the sentences that cases quote stand in the specifications' texts. */
#ifndef ARAZZO_TESTS_CONFORMANCE_SENTENCE_H
#define ARAZZO_TESTS_CONFORMANCE_SENTENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/conformance/driver/case.h"

/* The texts read so far. All zero is none. */
typedef struct specification {
    char *name;  /* "arazzo-1.1.0" */
    char *words; /* without markup; NULL: it is not there */
} specification;

typedef struct specifications {
    const char *folder; /* with arazzo-1.1.0.md and others */
    specification *items;
    size_t count;
} specifications;

/*
 * True when each sentence of the case stands in its text (the Arazzo text of each version, or the one that `text`
 * names), or that text is not at hand. Says on standard error what is not found. Markup and line breaks don't count;
 * `…` stands for words left out.
 */
bool sentences_found(specifications *texts, const test_case *one);
void specifications_free(specifications *texts);

#endif
