/* document_fuzz.c: any bytes as YAML or JSON: read or refused, and every node of what was read has a value and places
 * within the text. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/document/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_place(const document *owner, place where) {
    size_t length;
    document_text(owner, &length);
    if (where.line == 0 || where.column == 0 || where.line > length + 1 || where.column > length + 1)
        abort();
}

static void walk(const document *owner, const node *value) {
    size_t length = 0;
    check_place(owner, node_place(owner, value));
    if (node_string(value, &length) != NULL)
        for (size_t i = 0; i < 3; i++)
            check_place(owner, node_place_within(owner, value, length * i / 2, 1));
    for (size_t i = 0; i < node_count(value); i++) {
        const node *key = node_key(value, i);
        if (key != NULL) {
            const char *name = node_string(key, &length);
            if (node_get_sized(value, name, length) != node_value(value, i))
                abort();
        }
        walk(owner, key == NULL ? node_item(value, i) : node_value(value, i));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    document_limits limits = {.bytes = 65536, .depth = 60, .nodes = 20000};
    diagnostics list;
    if (!diagnostics_init(&list))
        return 0;
    document *owner = document_parse((const char *)data, size, size % 2 == 0 ? "a.json" : "a.yaml", &limits, &list);
    if (owner == NULL && diagnostics_clean(&list))
        abort();
    if (owner != NULL) {
        walk(owner, document_root(owner));
        json_decref(node_json(document_root(owner)));
    }
    document_free(owner);
    diagnostics_free(&list);
    return 0;
}
