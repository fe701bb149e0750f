/*
 * jsonpath_fuzz.c: the query stands before the first line break, the document behind it: compiled as a query, as a
 * predicate and in the older dialect, and evaluated with paths.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "jsonpath/jsonpath.h"
#include "jsonpath/pointer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void evaluate(const jsonpath *query, json_t *document) {
    jsonpath_evaluation evaluation = {.limits = {.nodes = 100000}, .paths = true};
    jsonpath_nodelist nodes;
    jsonpath_error error;
    bool result;
    jsonpath_select(query, document, &evaluation, &nodes, &error);
    if (jsonpath_is_singular(query) && nodes.count > 1)
        abort();
    jsonpath_nodelist_free(&nodes);
    jsonpath_test(query, document, &evaluation, &result, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *text = (const char *)data, *end = memchr(text, '\n', size);
    size_t length = end == NULL ? size : (size_t)(end - text);
    json_t *document =
        end == NULL ? NULL : json_loadb(end + 1, size - length - 1, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    for (int way = 0; way < 4; way++) {
        jsonpath_options options = {.dialect = way % 2 == 0 ? JSONPATH_RFC9535 : JSONPATH_GOESSNER_00};
        jsonpath *query;
        jsonpath_error error;
        jsonpath_status status = way < 2 ? jsonpath_compile(text, length, &options, &query, &error)
                                         : jsonpath_compile_predicate(text, length, &options, &query, &error);
        if (status != JSONPATH_OK && (error.offset > length || error.offset + error.length > length))
            abort();
        if (query != NULL && document != NULL)
            evaluate(query, document);
        jsonpath_free(query);
    }
    if (document != NULL) {
        json_pointer_get(document, text, length);
        json_t *copy = json_deep_copy(document), *value = json_integer(1);
        json_pointer_set(&copy, text, length, value);
        json_decref(copy);
        json_decref(value);
    }
    json_decref(document);
    return 0;
}
