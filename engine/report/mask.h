/*
 * mask.h: keeps secrets out of what is printed and written.
 *
 * A mask holds values that must not be shown. They are replaced by `***` wherever they turn up: as they are, with any
 * of their bytes percent-encoded (or a space as `+`), JSON-escaped, or within Base64 of either alphabet at any of its
 * three alignments; and their first bytes where a message cut them short (`abcd…`). What overlaps is masked as one. It
 * does not guess: only values that were added, and the values of sensitive headers, are secret.
 *
 * A value shorter than four bytes would blot out half of a text. It is masked where it stands as a word of its own
 * (`pin=12&`, `"12"`), not within one (`a12`); an empty value never.
 *
 * Where a mask is taken as const, NULL is a mask that hides nothing (--show-secrets).
 */
#ifndef ARAZZO_ENGINE_REPORT_MASK_H
#define ARAZZO_ENGINE_REPORT_MASK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

typedef struct mask mask;

/*
 * A mask, owned by the caller: mask_free(). It knows the sensitive headers Authorization, Proxy-Authorization, Cookie
 * and Set-Cookie, and no values. NULL when memory is short.
 */
mask *mask_new(void);
void mask_free(mask *hidden);

/* Adds a secret value (copied); each long enough line of it is one, too. At any time. False when memory is short. */
bool mask_add(mask *hidden, const char *value, size_t length);

/* Adds every string and number in a value, itself or however deep, as a secret. False when memory is short. */
bool mask_add_json(mask *hidden, const json_t *value);

/* A value that somebody made up, and that stands for no secret: adding it from now on does nothing. False when memory
 * is short. */
bool mask_allow(mask *hidden, const char *value, size_t length);

/* Adds the name of a further sensitive header (of an apiKey scheme, for instance). False when memory is short. */
bool mask_add_header_name(mask *hidden, const char *name);

/*
 * Looks at a header that was sent or received: when it is sensitive, what it carries is added as secrets: its value,
 * credentials without their scheme, the values of cookies from eight bytes on. False when memory is short.
 */
bool mask_add_header(mask *hidden, const char *name, const char *value);

/* True when a header's value is never to be shown. Names are compared without regard to case. */
bool mask_hides_header(const mask *hidden, const char *name);

/*
 * Appends the bytes with secrets masked, in time that grows with their number alone: of a text that looks like long
 * secrets nearly everywhere, as one that a server made up together with its cookies may, the rest is masked as a whole.
 */
void mask_text(const mask *hidden, const char *bytes, size_t length, text *out);

/*
 * The value with secrets masked in strings, names and numbers (a number that holds one becomes a string), and with the
 * members of objects named `headers` that are sensitive headers masked whole. A new reference, or NULL when memory is
 * short.
 */
json_t *mask_json(const mask *hidden, const json_t *value);

#endif
