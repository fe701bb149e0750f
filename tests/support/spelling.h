/* spelling.h: a text as encoders of all kinds write it. */
#ifndef ARAZZO_TESTS_SUPPORT_SPELLING_H
#define ARAZZO_TESTS_SUPPORT_SPELLING_H

#include "base/text.h"

/* What is no lower-case letter and no digit as %XX. `way` 1 and 3: a space as `+`; 2 and 3: %xx. */
void spell_percent(text *out, const char *bytes, size_t length, unsigned way);

void spell_base64(text *out, const char *bytes, size_t length, bool url_safe);

/* A JSON string with and without its quotes; `flags` are jansson's. */
void spell_json(text *out, const char *bytes, size_t length, size_t flags);
void spell_bare_json(text *out, const char *bytes, size_t length, size_t flags);

/* `&lt;`, or with numbers, `&#x3c;`. */
void spell_markup(text *out, const char *bytes, size_t length, bool named);

/* Within '…'. */
void spell_shell(text *out, const char *bytes, size_t length);

/* All that a text may turn up as, each of them at least four bytes long: what its Base64 at every alignment has in
 * common is one, too. NULL-terminated; each to be freed, and the list. */
char **spell_all(const char *bytes, size_t length);

#endif
