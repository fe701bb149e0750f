/* base64.c: three bytes become four characters; what lacks is padded. */
#include "base/base64.h"

void base64_append(text *out, const char *bytes, size_t length) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < length; i += 3) {
        size_t have = length - i < 3 ? length - i : 3;
        unsigned long group = 0;
        for (size_t j = 0; j < 3; j++)
            group = group << 8 | (j < have ? (unsigned char)bytes[i + j] : 0u);
        for (size_t j = 0; j < 4; j++)
            text_append_char(out, j <= have ? alphabet[group >> (18 - 6 * j) & 63] : '=');
    }
}
