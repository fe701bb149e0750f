/*
 * sample_pattern_fuzz.c: the first two bytes are bounds, the rest is a pattern: making a string for it ends, and the
 * string keeps the bounds.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "engine/schema/sample_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2)
        return 0;
    text out = TEXT_EMPTY;
    size_t least = data[0], most = least + data[1];
    if (sample_pattern((const char *)data + 2, size - 2, least, most, &out)) {
        size_t count = utf8_count(text_peek(&out), out.length);
        if (count < least || count > most || !utf8_valid(text_peek(&out), out.length, NULL))
            abort();
    } else if (out.length > 0) {
        abort();
    }
    text_free(&out);
    return 0;
}
