/*
 * columns.h: how many columns of a terminal a text takes. A character takes one, a wide one (CJK, most emoji) two, a
 * combining mark none (Unicode Standard Annex #11). Control characters are the caller's affair.
 */
#ifndef ARAZZO_BASE_COLUMNS_H
#define ARAZZO_BASE_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

size_t columns_of(uint32_t code_point);

/* Of the whole text. A byte that is not UTF-8 counts as one. */
size_t columns_count(const char *bytes, size_t length);

/* The number of bytes that fit into `most` columns: whole characters with their combining marks. */
size_t columns_fit(const char *bytes, size_t length, size_t most);

#endif
