/* utf8.c: by the table of well-formed byte sequences, RFC 3629 section 4. */
#include "base/utf8.h"

size_t utf8_decode(const char *bytes, size_t length, uint32_t *code_point) {
    if (length == 0)
        return 0;
    const unsigned char *byte = (const unsigned char *)bytes;
    if (byte[0] < 0x80) {
        *code_point = byte[0];
        return 1;
    }
    size_t size = byte[0] >= 0xC2 && byte[0] < 0xE0   ? 2
                  : byte[0] >= 0xE0 && byte[0] < 0xF0 ? 3
                  : byte[0] >= 0xF0 && byte[0] < 0xF5 ? 4
                                                      : 0;
    if (size == 0 || size > length)
        return 0;
    uint32_t value = byte[0] & (0x7Fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((byte[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (byte[i] & 0x3Fu);
    }
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < smallest[size] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
        return 0;
    *code_point = value;
    return size;
}

size_t utf8_encode(uint32_t code_point, char *bytes) {
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point < 0xE000))
        code_point = 0xFFFD;
    if (code_point < 0x80) {
        bytes[0] = (char)code_point;
        return 1;
    }
    size_t size = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--) {
        bytes[i] = (char)(0x80 | (code_point & 0x3F));
        code_point >>= 6;
    }
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    bytes[0] = (char)(lead[size] | code_point);
    return size;
}

bool utf8_valid(const char *bytes, size_t length, size_t *bad) {
    for (size_t offset = 0; offset < length;) {
        uint32_t code_point;
        size_t size = utf8_decode(bytes + offset, length - offset, &code_point);
        if (size == 0) {
            if (bad != NULL)
                *bad = offset;
            return false;
        }
        offset += size;
    }
    return true;
}

size_t utf8_count(const char *bytes, size_t length) {
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)bytes[i] & 0xC0) != 0x80;
    return count;
}
