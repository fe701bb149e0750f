/* json_replace.h: setting values within JSON that others may hold as well. */
#ifndef ARAZZO_JSON_REPLACE_H
#define ARAZZO_JSON_REPLACE_H

#include "jsonpath/pointer.h"

/*
 * json_pointer_set() without a change that anyone else sees: what is shared on the way to the place is copied first.
 * *root's reference is exchanged when *root itself is shared.
 */
json_pointer_status json_replace(json_t **root, const char *pointer, size_t length, json_t *value);

#endif
