/* compare.h: how the values of simple conditions compare (S11), and what is true (S12). A NULL value is missing. */
#ifndef ARAZZO_COMPARE_H
#define ARAZZO_COMPARE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool loosely_equal(const json_t *a, const json_t *b);

/* Negative, 0 or positive in *order; false when the two have no order, in which case every ordering is false. */
bool loosely_ordered(const json_t *a, const json_t *b, int *order);

bool truth_of(const json_t *value);

/* A code point's simple case folding (Unicode's CaseFolding.txt, C and S). */
uint32_t fold_case(uint32_t code_point);

/* Compares by folded code points. */
int compare_folded(const char *a, size_t a_length, const char *b, size_t b_length);

/*
 * Reads a text that is exactly a JSON number (RFC 8259, section 6): *integer when it is one that fits 64 bits and was
 * written without fraction and exponent (*is_integer), else *real. False when it is no number.
 */
bool number_parse(const char *text, size_t length, bool *is_integer, json_int_t *integer, double *real);

/* How many bytes of a JSON number the text begins with; 0 when with none. */
size_t number_length(const char *text, size_t length);

#endif
