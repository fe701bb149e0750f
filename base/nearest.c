/* nearest.c: optimal string alignment distance, with a swap of neighbours as one edit. */
#include "base/nearest.h"

#include <string.h>

enum { LONGEST = 64 };

static char lower(char byte) {
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : byte;
}

static size_t minimum(size_t a, size_t b) {
    return a < b ? a : b;
}

static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length) {
    size_t rows[3][LONGEST + 1];
    size_t *two_above = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_length; j++)
        above[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            char x = lower(a[i - 1]), y = lower(b[j - 1]);
            row[j] = minimum(minimum(above[j], row[j - 1]) + 1, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == lower(b[j - 2]) && lower(a[i - 2]) == y)
                row[j] = minimum(row[j], two_above[j - 2] + 1);
        }
        size_t *free_row = two_above;
        two_above = above;
        above = row;
        row = free_row;
    }
    return above[b_length];
}

void nearest_start(nearest *search, const char *wanted, size_t length) {
    size_t limit = length / 3, most = length / 4 > 4 ? length / 4 : 4; /* long names differ by a word */
    search->wanted = wanted;
    search->length = length;
    search->best = NULL;
    search->distance = (limit < 1 ? 1 : limit > most ? most : limit) + 1;
}

void nearest_try(nearest *search, const char *candidate) {
    size_t length = strlen(candidate);
    if (length > LONGEST || search->length > LONGEST || length == 0)
        return;
    size_t found = distance(search->wanted, search->length, candidate, length);
    if (found < search->distance) {
        search->distance = found;
        search->best = candidate;
    }
}
