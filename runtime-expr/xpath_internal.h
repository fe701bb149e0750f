/*
 * xpath_internal.h: XPath through libxml2: versions, the functions that later versions add, and the text that libxml2
 * gets to see.
 */
#ifndef ARAZZO_XPATH_INTERNAL_H
#define ARAZZO_XPATH_INTERNAL_H

#include <libxml/xpath.h>
#include <stdbool.h>
#include <stddef.h>

#include "runtime-expr/query_internal.h"

typedef enum xpath_version { XPATH_10, XPATH_20, XPATH_30, XPATH_31 } xpath_version;

/* What one evaluation needs besides libxml2's own context, which has it as userData. */
typedef struct xpath_run {
    xpath_version version;
    xmlDocPtr scratch; /* holds the items of sequences that functions make; NULL until needed */
    char message[200]; /* the first error; "" while there is none */
    size_t offset;     /* where in the text that libxml2 saw */
    bool no_memory;
} xpath_run;

/* Registers the functions of the version, and the prefixes fn, math and xs. False when memory is short. */
bool xpath_register(xmlXPathContextPtr context, xpath_run *run);

/*
 * Is there a function of this name (with its prefix) in the version? Else *nearest (NULL when none is near) is the one
 * that was probably meant, or *since the version that has it.
 */
bool xpath_function_known(xpath_version version, const char *name, size_t length, const char **nearest_name,
                          const char **since);

/* "3.1" */
const char *xpath_version_name(xpath_version version);

/* ---- Text ---- */

/*
 * Splits an XPath expression with runtime expressions in it, which become the variables `$_0`, `$_1`, … EXPR_INVALID:
 * reported.
 */
expr_status xpath_text_parse(arena *memory, const char *bytes, size_t length, xpath_version version,
                             const query_options *how, query_text *out);

/* The construct of XPath 2.0 and later that XPath 1.0's grammar lacks, where the text has one; else NULL. */
const char *xpath_beyond(const char *bytes, size_t length, size_t *offset, size_t *construct_length);

#endif
