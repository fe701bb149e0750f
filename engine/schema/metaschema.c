/*
 * metaschema.c: the metaschema of JSON Schema 2020-12 and its vocabularies, as documents that any schema can refer to
 * without a network. They say what the specification's own say, without titles and comments; in YAML, which is shorter.
 */
#include <string.h>

#include "engine/schema/schema_internal.h"

#define DRAFT "https://json-schema.org/draft/2020-12/"
#define HEAD(path) "$schema: " DRAFT "schema\n$id: " DRAFT path "\n$dynamicAnchor: meta\n"
#define KEYWORDS "type: [object, boolean]\nproperties:\n"
#define ANY "{$dynamicRef: '#meta'}\n"
#define MAP_OF_ANY "{type: object, additionalProperties: {$dynamicRef: '#meta'}, default: {}"

static const char schema_text[] = HEAD(
    "schema") "$vocabulary:\n"
              "  " DRAFT "vocab/core: true\n"
              "  " DRAFT "vocab/applicator: true\n"
              "  " DRAFT "vocab/unevaluated: true\n"
              "  " DRAFT "vocab/validation: true\n"
              "  " DRAFT "vocab/meta-data: true\n"
              "  " DRAFT "vocab/format-annotation: true\n"
              "  " DRAFT "vocab/content: true\n"
              "allOf: [{$ref: meta/core}, {$ref: meta/applicator}, {$ref: meta/unevaluated}, {$ref: meta/validation},\n"
              "        {$ref: meta/meta-data}, {$ref: meta/format-annotation}, {$ref: meta/content}]\n" KEYWORDS
              "  definitions: " MAP_OF_ANY ", deprecated: true}\n"
              "  dependencies:\n"
              "    type: object\n"
              "    additionalProperties: {anyOf: [{$dynamicRef: '#meta'}, {$ref: "
              "'meta/validation#/$defs/stringArray'}]}\n"
              "    deprecated: true\n"
              "    default: {}\n"
              "  $recursiveAnchor: {$ref: 'meta/core#/$defs/anchorString', deprecated: true}\n"
              "  $recursiveRef: {$ref: 'meta/core#/$defs/uriReferenceString', deprecated: true}\n";

static const char core_text[] = HEAD("meta/core") KEYWORDS
    "  $id: {$ref: '#/$defs/uriReferenceString', pattern: '^[^#]*#?$'}\n"
    "  $schema: {$ref: '#/$defs/uriString'}\n"
    "  $ref: {$ref: '#/$defs/uriReferenceString'}\n"
    "  $anchor: {$ref: '#/$defs/anchorString'}\n"
    "  $dynamicRef: {$ref: '#/$defs/uriReferenceString'}\n"
    "  $dynamicAnchor: {$ref: '#/$defs/anchorString'}\n"
    "  $vocabulary: {type: object, propertyNames: {$ref: '#/$defs/uriString'}, additionalProperties: {type: boolean}}\n"
    "  $comment: {type: string}\n"
    "  $defs: {type: object, additionalProperties: {$dynamicRef: '#meta'}}\n"
    "$defs:\n"
    "  anchorString: {type: string, pattern: '^[A-Za-z_][-A-Za-z0-9._]*$'}\n"
    "  uriString: {type: string, format: uri}\n"
    "  uriReferenceString: {type: string, format: uri-reference}\n";

static const char applicator_text[] = HEAD("meta/applicator") KEYWORDS
    "  prefixItems: {$ref: '#/$defs/schemaArray'}\n"
    "  items: " ANY "  contains: " ANY "  additionalProperties: " ANY "  properties: " MAP_OF_ANY "}\n"
    "  patternProperties: " MAP_OF_ANY ", propertyNames: {format: regex}}\n"
    "  dependentSchemas: " MAP_OF_ANY "}\n"
    "  propertyNames: " ANY "  if: " ANY "  then: " ANY "  else: " ANY "  allOf: {$ref: '#/$defs/schemaArray'}\n"
    "  anyOf: {$ref: '#/$defs/schemaArray'}\n"
    "  oneOf: {$ref: '#/$defs/schemaArray'}\n"
    "  not: " ANY "$defs:\n"
    "  schemaArray: {type: array, minItems: 1, items: {$dynamicRef: '#meta'}}\n";

static const char unevaluated_text[] =
    HEAD("meta/unevaluated") KEYWORDS "  unevaluatedItems: " ANY "  unevaluatedProperties: " ANY;

static const char validation_text[] = HEAD("meta/validation") KEYWORDS
    "  type:\n"
    "    anyOf:\n"
    "    - {$ref: '#/$defs/simpleTypes'}\n"
    "    - {type: array, items: {$ref: '#/$defs/simpleTypes'}, minItems: 1, uniqueItems: true}\n"
    "  const: true\n"
    "  enum: {type: array, items: true}\n"
    "  multipleOf: {type: number, exclusiveMinimum: 0}\n"
    "  maximum: {type: number}\n"
    "  exclusiveMaximum: {type: number}\n"
    "  minimum: {type: number}\n"
    "  exclusiveMinimum: {type: number}\n"
    "  maxLength: {$ref: '#/$defs/nonNegativeInteger'}\n"
    "  minLength: {$ref: '#/$defs/nonNegativeIntegerDefault0'}\n"
    "  pattern: {type: string, format: regex}\n"
    "  maxItems: {$ref: '#/$defs/nonNegativeInteger'}\n"
    "  minItems: {$ref: '#/$defs/nonNegativeIntegerDefault0'}\n"
    "  uniqueItems: {type: boolean, default: false}\n"
    "  maxContains: {$ref: '#/$defs/nonNegativeInteger'}\n"
    "  minContains: {$ref: '#/$defs/nonNegativeInteger', default: 1}\n"
    "  maxProperties: {$ref: '#/$defs/nonNegativeInteger'}\n"
    "  minProperties: {$ref: '#/$defs/nonNegativeIntegerDefault0'}\n"
    "  required: {$ref: '#/$defs/stringArray'}\n"
    "  dependentRequired: {type: object, additionalProperties: {$ref: '#/$defs/stringArray'}}\n"
    "$defs:\n"
    "  nonNegativeInteger: {type: integer, minimum: 0}\n"
    "  nonNegativeIntegerDefault0: {$ref: '#/$defs/nonNegativeInteger', default: 0}\n"
    "  simpleTypes: {enum: [array, boolean, integer, 'null', number, object, string]}\n"
    "  stringArray: {type: array, items: {type: string}, uniqueItems: true, default: []}\n";

static const char meta_data_text[] = HEAD("meta/meta-data") KEYWORDS "  title: {type: string}\n"
                                                                     "  description: {type: string}\n"
                                                                     "  default: true\n"
                                                                     "  deprecated: {type: boolean, default: false}\n"
                                                                     "  readOnly: {type: boolean, default: false}\n"
                                                                     "  writeOnly: {type: boolean, default: false}\n"
                                                                     "  examples: {type: array, items: true}\n";

static const char format_annotation_text[] = HEAD("meta/format-annotation") KEYWORDS "  format: {type: string}\n";

static const char format_assertion_text[] = HEAD("meta/format-assertion") KEYWORDS "  format: {type: string}\n";

static const char content_text[] = HEAD("meta/content") KEYWORDS "  contentEncoding: {type: string}\n"
                                                                 "  contentMediaType: {type: string}\n"
                                                                 "  contentSchema: " ANY;

static const struct {
    const char *name; /* behind `meta/` in its URI, and behind `vocab/` in its vocabulary's */
    const char *text;
    unsigned bit;
} vocabularies[] = {
    {"core", core_text, VOCABULARY_CORE},
    {"applicator", applicator_text, VOCABULARY_APPLICATOR},
    {"unevaluated", unevaluated_text, VOCABULARY_UNEVALUATED},
    {"validation", validation_text, VOCABULARY_VALIDATION},
    {"meta-data", meta_data_text, 0},
    {"format-annotation", format_annotation_text, 0},
    {"format-assertion", format_assertion_text, VOCABULARY_FORMAT_ASSERTION},
    {"content", content_text, 0},
};

enum { VOCABULARIES = sizeof vocabularies / sizeof *vocabularies };

/* What follows a prefix, or NULL. */
static const char *behind(const char *uri, const char *prefix) {
    size_t length = strlen(prefix);
    return strncmp(uri, prefix, length) == 0 ? uri + length : NULL;
}

const char *metaschema_text(const char *uri) {
    const char *name = behind(uri, DRAFT "meta/");
    if (strcmp(uri, DRAFT "schema") == 0)
        return schema_text;
    for (size_t i = 0; name != NULL && i < VOCABULARIES; i++)
        if (strcmp(vocabularies[i].name, name) == 0)
            return vocabularies[i].text;
    return NULL;
}

unsigned metaschema_vocabulary(const char *uri, bool *known) {
    const char *name = behind(uri, DRAFT "vocab/");
    if (behind(uri, "https://spec.openapis.org/oas/") != NULL) { /* discriminator, xml, example: annotations */
        *known = true;
        return 0;
    }
    for (size_t i = 0; name != NULL && i < VOCABULARIES; i++) {
        *known = strcmp(vocabularies[i].name, name) == 0;
        if (*known)
            return vocabularies[i].bit;
    }
    *known = false;
    return 0;
}
