/*
 * json_context.h: an expr_context over one JSON object, for tests, tables and `arazzo eval`.
 *
 * Its members: `url`, `method`, `statusCode`, `self`; `request`, `response` and `message` with `header`, `query`,
 * `path`, `body`, `payload`; `inputs`, `outputs`; `steps.ID.outputs`; `workflows.ID.inputs` and `.outputs`;
 * `sourceDescriptions.NAME` with the fields and, standing for what the source holds, `operationIds` or `workflowIds`;
 * `components.parameters`, `.successActions`, `.failureActions`.
 */
#ifndef ARAZZO_JSON_CONTEXT_H
#define ARAZZO_JSON_CONTEXT_H

#include "runtime-expr/expr.h"

/* A context over `data` (borrowed, as long as the context is used). */
expr_context json_context(json_t *data);

/*
 * Reads JSON as bodies and inputs are read (S7): an integer over 64 bits becomes a real. A new reference, or NULL with
 * *error filled.
 */
json_t *json_context_parse(const char *bytes, size_t length, json_error_t *error);

#endif
