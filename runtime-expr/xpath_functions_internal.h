/* xpath_functions_internal.h: what the functions of XPath share: values in, values out, errors. */
#ifndef ARAZZO_XPATH_FUNCTIONS_INTERNAL_H
#define ARAZZO_XPATH_FUNCTIONS_INTERNAL_H

#include <libxml/xpathInternals.h>

#include "base/text.h"
#include "runtime-expr/xpath_internal.h"

/* Ends the evaluation with an error that names the function. */
void xpath_fail(xmlXPathParserContextPtr p, const char *message);
void xpath_out_of_memory(xmlXPathParserContextPtr p);

/* Pushes a function's result; NULL means that memory was short. */
void xpath_push(xmlXPathParserContextPtr p, xmlXPathObjectPtr value);
void xpath_push_text(xmlXPathParserContextPtr p, const text *value);

/* A popped string, which the caller releases with xmlFree(). NULL when memory is short (p->error is set). */
char *xpath_pop_string(xmlXPathParserContextPtr p);

/* How many items a value has: nodes, or one. */
size_t xpath_count(xmlXPathObjectPtr value);

/* A new, empty node-set: an empty sequence. */
xmlXPathObjectPtr xpath_nothing(void);

/* The functions on strings, by their names. */
void xpath_upper_case(xmlXPathParserContextPtr p, int count);
void xpath_lower_case(xmlXPathParserContextPtr p, int count);
void xpath_ends_with(xmlXPathParserContextPtr p, int count);
void xpath_compare(xmlXPathParserContextPtr p, int count);
void xpath_codepoint_equal(xmlXPathParserContextPtr p, int count);
void xpath_contains_token(xmlXPathParserContextPtr p, int count);
void xpath_string_join(xmlXPathParserContextPtr p, int count);
void xpath_encode_for_uri(xmlXPathParserContextPtr p, int count);
void xpath_matches(xmlXPathParserContextPtr p, int count);
void xpath_replace(xmlXPathParserContextPtr p, int count);
void xpath_tokenize(xmlXPathParserContextPtr p, int count);

#endif
