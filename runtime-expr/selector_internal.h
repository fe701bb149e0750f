/* selector_internal.h: selectors as part of a value. */
#ifndef ARAZZO_SELECTOR_INTERNAL_H
#define ARAZZO_SELECTOR_INTERNAL_H

#include "runtime-expr/expr.h"

/* Like selector_compile(), with problems reported under `pointer`, those of the type under `type_pointer`. */
expr_status selector_compile_at(const char *type, const char *version, const char *bytes, size_t length,
                                const expr_options *options, const char *pointer, const char *type_pointer,
                                selector **out);

#endif
