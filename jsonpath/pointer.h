/* pointer.h: JSON Pointer (RFC 6901) on jansson values. */
#ifndef ARAZZO_JSONPATH_POINTER_H
#define ARAZZO_JSONPATH_POINTER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* True when the text is a JSON Pointer; else *bad (may be NULL) is the offset of what is not. */
bool json_pointer_valid(const char *pointer, size_t length, size_t *bad);

/* The value at the pointer within `root`, borrowed; NULL when there is none or the text is no pointer. "" is the root.
 */
json_t *json_pointer_get(json_t *root, const char *pointer, size_t length);

typedef enum json_pointer_status {
    JSON_POINTER_OK,
    JSON_POINTER_INVALID, /* not a JSON Pointer */
    JSON_POINTER_MISSING, /* a parent of the location is not there, or an index is beyond the end */
    JSON_POINTER_NO_MEMORY
} json_pointer_status;

/*
 * Puts `value` (borrowed; a reference is taken) at the location within *root: replaces what is there, adds a member, or
 * appends to an array at `-` or at the index that is its length. "" replaces *root itself (whose reference is
 * released).
 */
json_pointer_status json_pointer_set(json_t **root, const char *pointer, size_t length, json_t *value);

#endif
