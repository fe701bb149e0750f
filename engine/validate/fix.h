/* fix.h: a document's text with the mends of its diagnostics carried out. */
#ifndef ARAZZO_ENGINE_FIX_H
#define ARAZZO_ENGINE_FIX_H

#include "base/text.h"
#include "engine/document/document.h"

/*
 * Appends the document's text to `out`, changed as the diagnostics from index `from` on say that concern it. Of two
 * changes that overlap the first is made. Returns how many were made, or 0, with `out` as it was, when there are none,
 * when memory is short (out->failed), or when the result would not be the same document but for the scalars that were
 * to be changed.
 */
size_t fix_text(const document *owner, const diagnostics *list, size_t from, text *out);

#endif
