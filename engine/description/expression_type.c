/*
 * expression_type.c: the versions of expression types. Section "Expression Type Object", whose table of 1.1.0 is meant:
 * it lists `xpath-31`, too.
 */
#include "engine/description/expression_type.h"

#include <string.h>

expression_version expression_type_version(const char *type, const char *version, text *help) {
    static const struct {
        const char *type, *version;
        expression_version since;
    } versions[] = {
        {"jsonpath", "rfc9535", VERSION_NEWER},    {"jsonpath", "draft-goessner-dispatch-jsonpath-00", VERSION_KNOWN},
        {"xpath", "xpath-31", VERSION_NEWER},      {"xpath", "xpath-30", VERSION_KNOWN},
        {"xpath", "xpath-20", VERSION_KNOWN},      {"xpath", "xpath-10", VERSION_KNOWN},
        {"jsonpointer", "rfc6901", VERSION_NEWER},
    };
    expression_version found = VERSION_UNKNOWN;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        if (strcmp(versions[i].type, type) != 0)
            continue;
        if (strcmp(versions[i].version, version) == 0)
            found = versions[i].since;
        text_append_format(help, "%s'%s'", help->length == 0 ? "it is one of " : ", ", versions[i].version);
    }
    return found;
}
