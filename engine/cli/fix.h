/* fix.h: `arazzo validate --fix`: documents with what is certain put right. */
#ifndef ARAZZO_ENGINE_CLI_FIX_H
#define ARAZZO_ENGINE_CLI_FIX_H

#include "engine/cli/session.h"
#include "engine/validate/validate.h"

typedef struct fixing {
    session *at;
    const arazzo_load_options *load;
    const validate_policy *policy; /* what is left out is not mended */
    bool dry_run;                  /* prints a diff on `out` instead of writing */
    FILE *out;
    size_t files;
    size_t places;
    bool failed; /* a file could not be written, which was said */
} fixing;

/*
 * Validates the document at a URI, mends it and validates it again, until there is nothing more to mend; then writes
 * the file, all of it or nothing. What remains is added to the session's diagnostics. Returns the library that has the
 * document's last text, for library_text(), owned by the caller; NULL when memory is short.
 */
library *fix_document(fixing *f, const char *uri);

#endif
