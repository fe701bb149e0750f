/* diff.h: two versions of a text as a unified diff (POSIX, "diff -u"), which `patch` and `git apply` read. */
#ifndef ARAZZO_ENGINE_DIFF_H
#define ARAZZO_ENGINE_DIFF_H

#include <stddef.h>

#include "base/text.h"

/* Appends the diff between two texts of a file called `name`; nothing when they are equal. */
void diff_append(const char *name, const char *before, size_t before_length, const char *after, size_t after_length,
                 text *out);

#endif
