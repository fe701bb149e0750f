/* base64.h: Base64 (RFC 4648, section 4), with padding. */
#ifndef ARAZZO_BASE_BASE64_H
#define ARAZZO_BASE_BASE64_H

#include "base/text.h"

/* Appends the bytes in Base64. */
void base64_append(text *out, const char *bytes, size_t length);

#endif
