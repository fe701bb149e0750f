#include "jsonpath/jsonpath.h"
#include "jsonpath/pointer.h"
#include <stdio.h>
#include <string.h>
jsonpath_status jsonpath_compile(const char *t, size_t l, const jsonpath_options *o, jsonpath **out, jsonpath_error *e){(void)t;(void)l;(void)o;(void)out;e->offset=0;e->length=0;strcpy(e->message,"stub");return JSONPATH_SYNTAX;}
jsonpath_status jsonpath_compile_predicate(const char *t, size_t l, const jsonpath_options *o, jsonpath **out, jsonpath_error *e){return jsonpath_compile(t,l,o,out,e);}
void jsonpath_free(jsonpath *q){(void)q;}
bool jsonpath_is_singular(const jsonpath *q){(void)q;return false;}
jsonpath_status jsonpath_select(const jsonpath *q, json_t *r, const jsonpath_evaluation *v, jsonpath_nodelist *o, jsonpath_error *e){(void)q;(void)r;(void)v;(void)o;(void)e;return JSONPATH_LIMIT;}
void jsonpath_nodelist_free(jsonpath_nodelist *n){(void)n;}
jsonpath_status jsonpath_test(const jsonpath *q, json_t *r, const jsonpath_evaluation *v, bool *b, jsonpath_error *e){(void)q;(void)r;(void)v;(void)b;(void)e;return JSONPATH_LIMIT;}
bool json_pointer_valid(const char *p, size_t l, size_t *bad){*bad=0;return l==0||p[0]=='/';}
json_t *json_pointer_get(json_t *r, const char *p, size_t l){(void)p;(void)l;return r;}
json_pointer_status json_pointer_set(json_t **r, const char *p, size_t l, json_t *v){(void)r;(void)p;(void)l;(void)v;return JSON_POINTER_MISSING;}
