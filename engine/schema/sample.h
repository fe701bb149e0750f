/* sample.h: a plausible instance of a schema: for the mock's answers and for inputs that nobody gave. */
#ifndef ARAZZO_ENGINE_SAMPLE_H
#define ARAZZO_ENGINE_SAMPLE_H

#include <jansson.h>

#include "engine/operation/operation.h"

/*
 * An instance of the schema at `schema`, from `const`, `example`, `examples`, `default`, `enum`, else the types,
 * formats and bounds. The same schema always gives the same instance. Required and optional members are both made
 * (`writeOnly` ones are not), recursion ends early; things of which an OpenAPI document says nothing have an `id`. A
 * new reference, or NULL when memory is short. References go through api_resolve().
 */
json_t *sample_schema(const api *description, located schema);

/* The same for the schema of a workflow's inputs, whose references stay within the Arazzo document. */
json_t *sample_inputs(const document *owner, const node *schema_object);

/* An example of a Media Type Object: `example`, the first of `examples`, else of its schema. A new reference or NULL.
 */
json_t *sample_media_type(const api *description, const media_type *type);

/* The example under a name in `examples`. A new reference; NULL when there is none. */
json_t *sample_media_type_named(const api *description, const media_type *type, const char *name);

#endif
