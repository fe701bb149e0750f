/*
 * uri.h: URIs (RFC 3986): resolving references, and the paths of this machine as `file:` URIs. Results live in the
 * arena given.
 */
#ifndef ARAZZO_ENGINE_URI_H
#define ARAZZO_ENGINE_URI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/*
 * Resolves a reference against an absolute base URI (RFC 3986, section 5.2). NULL when the reference is no URI
 * reference, the base is not absolute, or memory is short. A fragment is kept. Characters that no URI may hold (spaces,
 * letters outside ASCII) are percent-encoded first, since documents write them.
 */
char *uri_resolve(const char *base, const char *reference, arena *memory);

/* The same; *no_memory tells whether NULL means that memory ran short. */
char *uri_resolve_reporting(const char *base, const char *reference, arena *memory, bool *no_memory);

/* The text with every character percent-encoded that a URI may not hold; `%` stays. */
char *uri_escape_illegal(const char *text, arena *memory);

/* True when the text starts with a scheme. */
bool uri_is_absolute(const char *uri);

/* The URI without its fragment; *fragment (may be NULL) is what follows the '#', percent-decoded, or NULL when there is
 * none. */
char *uri_split_fragment(const char *uri, const char **fragment, arena *memory);

/* `%41` becomes `A`. Escapes that are none stay; the result may hold what is not UTF-8. */
char *uri_percent_decode(const char *text, arena *memory);

/* A path with every byte escaped that a URI's path may not hold. */
char *uri_encode_path(const char *path, arena *memory);

/*
 * An absolute path of this machine as a `file:` URI without `.` and `..`, and back. uri_to_path() is NULL for any other
 * URI, and for one with an escaped NUL.
 */
char *uri_from_path(const char *path, arena *memory);
char *uri_to_path(const char *uri, arena *memory);

#endif
