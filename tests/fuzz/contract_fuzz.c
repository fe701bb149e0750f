/*
 * contract_fuzz.c: answers of servers that mean harm, held against an operation: "200\nName: value\n\nbody". Sequences
 * are taken apart, headers read by their style, JSON within events parsed. Whatever differs has a place on both sides.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "engine/contract/contract.h"
#include "runtime-expr/json_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char promised[] =
    "openapi: 3.2.0\ninfo: {title: t, version: '1'}\n"
    "paths: {/x: {get: {responses: {'200': {headers: {\n"
    "  X-List: {required: true, schema: {type: array, items: {type: integer}}},\n"
    "  X-Object: {schema: {type: object, properties: {a: {type: integer}}}},\n"
    "  X-Exploded: {explode: true, schema: {type: object, additionalProperties: {type: integer}}},\n"
    "  X-Json: {content: {application/json: {schema: {uniqueItems: true}}}}},\n"
    " content: {application/json: {schema: {$ref: '#/components/schemas/S'}},\n"
    "  'application/json;version=2': {schema: false}, text/*: {schema: {type: [integer, string], pattern: "
    "'^(a+)+$'}},\n"
    "  text/event-stream: {itemSchema: {required: [event], properties: {retry: {maximum: 9}, data: {type: string,\n"
    "   contentMediaType: application/json, contentSchema: {$ref: '#/components/schemas/S'}}}}},\n"
    "  application/jsonl: {schema: {maxItems: 3}, itemSchema: {$ref: '#/components/schemas/S'}}}}, 4XX: {}}}}}\n"
    "components: {schemas: {S: {type: [object, array], items: {$ref: '#/components/schemas/S'}, properties: {\n"
    " p: {type: string, writeOnly: true}, s: {oneOf: [{$ref: '#/components/schemas/S'}, {type: 'null'}]}},\n"
    " unevaluatedProperties: {type: integer}}}}\n";

/* The answer in `memory`; false when the bytes are none. */
static bool read_answer(const char *bytes, size_t size, arena *memory, http_response *out) {
    const char *end = bytes + size;
    *out = (http_response){.status = 0};
    for (; bytes < end && *bytes >= '0' && *bytes <= '9' && out->status < 100; bytes++)
        out->status = out->status * 10 + (*bytes - '0');
    if (bytes == end || *bytes++ != '\n')
        return false;
    while (bytes < end && *bytes != '\n') {
        const char *line = memchr(bytes, '\n', (size_t)(end - bytes));
        const char *colon = line == NULL ? NULL : memchr(bytes, ':', (size_t)(line - bytes));
        if (colon == NULL)
            return false;
        char *name = arena_copy(memory, bytes, (size_t)(colon - bytes));
        char *value = arena_copy(memory, colon + 1, (size_t)(line - colon - 1));
        if (name == NULL || value == NULL || !http_headers_add(&out->headers, memory, name, value + strspn(value, " ")))
            return false;
        bytes = line + 1;
    }
    if (bytes == end)
        return false;
    out->body_length = (size_t)(end - bytes - 1);
    out->body = arena_copy(memory, bytes + 1, out->body_length);
    return out->body != NULL;
}

/* As a run makes it (S7), near enough: text that is UTF-8, or JSON. */
static json_t *value_of(const http_response *response) {
    json_t *value = NULL;
    if (response->body_length == 0)
        return NULL;
    json_text_parse(response->body, response->body_length, &value, NULL);
    if (value == NULL && utf8_valid(response->body, response->body_length, NULL))
        value = json_stringn(response->body, response->body_length);
    return value != NULL ? value : json_string("");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    diagnostics list;
    http_response response;
    arena *memory = arena_new();
    if (memory == NULL || !diagnostics_init(&list))
        abort();
    document *owner = document_parse(promised, sizeof promised - 1, "api.yaml", NULL, &list);
    api *opened = api_open(owner, "file:///api.yaml", NULL, &list);
    contract *kept = contract_new(true);
    if (owner == NULL || opened == NULL || kept == NULL)
        abort();
    if (read_answer((const char *)data, size, memory, &response)) {
        json_t *body = value_of(&response);
        contract_answer answer = {.op = api_operation(opened, 0), .response = &response, .body = body};
        contract_breaches found = {.count = 0};
        if (!contract_check(kept, &answer, memory, &found))
            abort();
        for (size_t i = 0; i < found.count; i++)
            if (found.items[i].instance[0] != '$' || found.items[i].schema[0] != '#' || found.items[i].where.line == 0)
                abort();
        json_decref(body);
    }
    contract_free(kept);
    api_free(opened);
    document_free(owner);
    diagnostics_free(&list);
    arena_free(memory);
    return 0;
}
