/*
 * library.h: every document that a description consists of, each read and parsed once.
 *
 * The library asks the caller's reader for the text behind a URI; it opens no file and no socket. It owns the
 * documents, the indexed OpenAPI documents (api) and the Arazzo documents (description) that were made from them, and
 * frees all of them at once.
 */
#ifndef ARAZZO_ENGINE_LIBRARY_H
#define ARAZZO_ENGINE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/arazzo.h"
#include "engine/diagnostic.h"
#include "engine/document/document.h"
#include "engine/operation/operation.h"

typedef struct library library;

/* A library, owned by the caller, or NULL when memory is short. The reader is borrowed as long as the library lives. */
library *library_new(const arazzo_reader *reader);
void library_free(library *books);

/*
 * The document under an absolute URI (without fragment), read at the first call; borrowed. NULL after adding an error:
 * its place is `from`, which is where the document that needs it names it.
 */
const document *library_document(library *books, const char *uri, place from, diagnostics *list);

/* True when there is a text under the URI. Else *why is a sentence, borrowed. */
bool library_has(library *books, const char *uri, const char **why, diagnostics *list);

/* The URI that what is relative in the document is relative to, unless it says another: where redirects led to, else
 * its own. Borrowed. */
const char *library_base(library *books, const char *uri);

/* The name under which diagnostics know the document, borrowed. */
const char *library_name(library *books, const char *uri);

/* The name under which people know the document under a URI: its path below the reader's root, or the URI itself. In
 * `memory`; NULL when memory is short, or the URI is no path. */
const char *library_display_name(const arazzo_reader *reader, const char *uri, arena *memory);

/* The same document as an OpenAPI document. */
const api *library_api(library *books, const char *uri, place from, diagnostics *list);

/* Remembers a description made from the document under `uri`, so that it is made once; owned by the library from now
 * on. */
bool library_keep(library *books, const char *uri, arazzo_description *made);
arazzo_description *library_kept(const library *books, const char *uri);

/*
 * `$self`: the document that was read at `uri` calls itself `self` (both absolute). The first of several documents of
 * one name keeps it. False when memory is short.
 */
bool library_identify(library *books, const char *self, const char *uri);

/* Where the document is that calls itself `self`: the URI at which it was read, borrowed; NULL when none does. */
const char *library_identified(const library *books, const char *self);

/* True the first time that it is asked of a document that was read: a walk over documents meets each once. */
bool library_first_visit(library *books, const char *uri);

/* The text that was read under the name of a place, or NULL: signature of the diagnostics printer's callback. */
const char *library_text(void *books, const char *name, size_t *length);

#endif
