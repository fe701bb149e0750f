#include "engine/report/mask.h"
#include <stdlib.h>
#include <string.h>
struct mask { char *s[64]; size_t n[64]; size_t c; };
mask *mask_new(void) { return calloc(1, sizeof(mask)); }
void mask_free(mask *m) { if (m == NULL) return; for (size_t i = 0; i < m->c; i++) free(m->s[i]); free(m); }
bool mask_add(mask *m, const char *secret, size_t length) {
    if (length == 0 || m->c == 64) return true;
    for (size_t i = 0; i < m->c; i++) if (m->n[i] == length && memcmp(m->s[i], secret, length) == 0) return true;
    m->s[m->c] = malloc(length); if (m->s[m->c] == NULL) return false;
    memcpy(m->s[m->c], secret, length); m->n[m->c++] = length; return true; }
void mask_text(const mask *m, const char *in, size_t length, text *out) {
    for (size_t i = 0; i < length;) { size_t best = 0; for (size_t k = 0; k < m->c; k++) if (m->n[k] <= length - i && m->n[k] > best && memcmp(in + i, m->s[k], m->n[k]) == 0) best = m->n[k];
        if (best) { text_append_string(out, "***"); i += best; } else text_append_char(out, in[i++]); } }
json_t *mask_json(const mask *m, const json_t *v) {
    if (json_is_string(v)) { text t = TEXT_EMPTY; mask_text(m, json_string_value(v), json_string_length(v), &t); json_t *j = json_stringn(text_peek(&t), t.length); text_free(&t); return j; }
    if (json_is_array(v)) { json_t *a = json_array(); for (size_t i = 0; a && i < json_array_size(v); i++) json_array_append_new(a, mask_json(m, json_array_get(v, i))); return a; }
    if (json_is_object(v)) { json_t *o = json_object(); const char *k; json_t *x; json_object_foreach((json_t *)v, k, x) json_object_set_new(o, k, mask_json(m, x)); return o; }
    return json_incref((json_t *)v); }
