/* char_escape.h: the escapes of CHAR in the ABNF of runtime expressions, which are JSON's (RFC 8259, section 7). */
#ifndef ARAZZO_CHAR_ESCAPE_H
#define ARAZZO_CHAR_ESCAPE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Decodes the escape at bytes[0], a reverse solidus: the number of bytes it takes (of a surrogate pair, both), or 0
 * when it is none. U+0000 is refused: a name cannot hold it.
 */
size_t char_escape_decode(const char *bytes, size_t length, uint32_t *code_point);

#endif
