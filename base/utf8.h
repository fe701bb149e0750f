/* utf8.h: UTF-8 (RFC 3629), strictly: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef ARAZZO_BASE_UTF8_H
#define ARAZZO_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes the code point at bytes[0]; the number of bytes it takes (1 to 4), or 0 when they are not UTF-8 or length is
 * 0. */
size_t utf8_decode(const char *bytes, size_t length, uint32_t *code_point);

/* Encodes into `bytes`, which has room for 4; the number of bytes written. A surrogate or a value too large is U+FFFD.
 */
size_t utf8_encode(uint32_t code_point, char *bytes);

/* True when all bytes are UTF-8; else *bad (may be NULL) is the offset of the first byte that is not. */
bool utf8_valid(const char *bytes, size_t length, size_t *bad);

/* The number of code points in valid UTF-8. */
size_t utf8_count(const char *bytes, size_t length);

#endif
