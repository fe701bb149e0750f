/* expression_type.h: the versions of JSONPath, XPath and JSON Pointer that documents may ask for. */
#ifndef ARAZZO_ENGINE_EXPRESSION_TYPE_H
#define ARAZZO_ENGINE_EXPRESSION_TYPE_H

#include "base/text.h"

typedef enum expression_version { VERSION_UNKNOWN, VERSION_KNOWN, VERSION_NEWER } expression_version;

/* Does the specification list the version, and only since 1.1.0? Appends a list of those that the type has to `help`.
 */
expression_version expression_type_version(const char *type, const char *version, text *help);

#endif
