/* char_escape.c: a reverse solidus and a letter, or uXXXX, two of them for what is beyond U+FFFF. */
#include "runtime-expr/char_escape.h"

#include <stdbool.h>
#include <string.h>

static int hex_digit(char byte) {
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* %x5C %x75 4HEXDIG at bytes[at] */
static bool four_hex(const char *bytes, size_t length, size_t at, uint32_t *value) {
    if (at > length || length - at < 6 || bytes[at] != '\\' || bytes[at + 1] != 'u')
        return false;
    *value = 0;
    for (size_t i = at + 2; i < at + 6; i++) {
        int digit = hex_digit(bytes[i]);
        if (digit < 0)
            return false;
        *value = *value << 4 | (uint32_t)digit;
    }
    return true;
}

size_t char_escape_decode(const char *bytes, size_t length, uint32_t *code_point) {
    static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    uint32_t low;
    const char *found = length < 2 || bytes[1] == '\0' ? NULL : strchr(letters, bytes[1]);
    if (found != NULL) {
        *code_point = (uint32_t)values[found - letters];
        return 2;
    }
    if (!four_hex(bytes, length, 0, code_point) || *code_point == 0 || (*code_point >= 0xDC00 && *code_point < 0xE000))
        return 0;
    if (*code_point < 0xD800 || *code_point >= 0xE000)
        return 6;
    if (!four_hex(bytes, length, 6, &low) || low < 0xDC00 || low >= 0xE000)
        return 0;
    *code_point = 0x10000 + ((*code_point - 0xD800) << 10) + (low - 0xDC00);
    return 12;
}
