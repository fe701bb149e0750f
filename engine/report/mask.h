#ifndef ARAZZO_ENGINE_REPORT_MASK_H
#define ARAZZO_ENGINE_REPORT_MASK_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/text.h"
typedef struct mask mask;
mask *mask_new(void);
void mask_free(mask *secrets);
bool mask_add(mask *secrets, const char *secret, size_t length);
void mask_text(const mask *secrets, const char *in, size_t length, text *out);
json_t *mask_json(const mask *secrets, const json_t *value);
#endif
