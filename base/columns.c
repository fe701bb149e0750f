/* columns.c: a binary search in ranges. */
#include "base/columns.h"

#include <stdbool.h>

#include "base/columns_table.h"
#include "base/utf8.h"

static bool within(const column_range *ranges, size_t count, uint32_t code_point) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (code_point > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && code_point >= ranges[low].first;
}

size_t columns_of(uint32_t code_point) {
    if (code_point < zero_columns[0].first)
        return 1;
    if (within(zero_columns, sizeof zero_columns / sizeof *zero_columns, code_point))
        return 0;
    return within(two_columns, sizeof two_columns / sizeof *two_columns, code_point) ? 2 : 1;
}

size_t columns_fit(const char *bytes, size_t length, size_t most) {
    size_t used = 0, at = 0;
    while (at < length) {
        uint32_t code_point;
        size_t size = utf8_decode(bytes + at, length - at, &code_point);
        size_t width = size == 0 ? 1 : columns_of(code_point);
        if (width > most - used)
            break;
        used += width;
        at += size == 0 ? 1 : size;
    }
    return at;
}

size_t columns_count(const char *bytes, size_t length) {
    size_t used = 0;
    for (size_t at = 0; at < length;) {
        uint32_t code_point;
        size_t size = utf8_decode(bytes + at, length - at, &code_point);
        used += size == 0 ? 1 : columns_of(code_point);
        at += size == 0 ? 1 : size;
    }
    return used;
}
