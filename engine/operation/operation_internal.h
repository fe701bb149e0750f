/* operation_internal.h: an OpenAPI document as api.c indexes it. */
#ifndef ARAZZO_ENGINE_OPERATION_INTERNAL_H
#define ARAZZO_ENGINE_OPERATION_INTERNAL_H

#include "base/name_index.h"
#include "engine/operation/operation.h"

/* What is read from an operation only when somebody is going to call it. */
typedef struct operation_details {
    bool prepared;
    operation_parameter *parameters;
    size_t parameter_count;
    media_type *bodies;
    size_t body_count;
    bool body_required;
} operation_details;

struct operation {
    const api *description;
    const char *id;
    const char *method;
    const char *path;
    located path_item;
    located object;
    operation_details *details;
};

/* The base URI of a document that references led to. */
typedef struct known_document {
    const document *owner;
    const char *uri;
} known_document;

struct api {
    arena *memory;
    const document *owner;
    const char *uri;
    api_sources sources;
    api_version version;
    operation *operations;
    size_t count;
    name_index by_id;
    struct api_links *links;
};

/* Grows while references are followed: private to api.c. */
typedef struct api_links {
    known_document *items;
    size_t count;
    size_t capacity;
} api_links;

/* Percent-encodes what is not unreserved (RFC 3986, section 2.3); with `reserved`, reserved characters and triples stay too. */
void append_encoded(text *out, const char *bytes, size_t length, bool reserved);

/* The WHATWG form set: alphanumerics and `*-._` stay, a space is `+`. */
void append_form_encoded(text *out, const char *bytes, size_t length);

/* A value as text: a string itself, a number or boolean its JSON, a structure its JSON; null nothing. */
void append_plain(text *out, const json_t *value);

/*
 * The body for a media type. `type` may be NULL (the operation declares none). *content_type is what the header must say where it
 * differs from `name` (a boundary). False after writing a sentence into `error`.
 */
bool body_serialize(const api *description, const char *name, const media_type *type, const json_t *payload, arena *memory,
                    text *out, const char **content_type, char *error, size_t error_size);

#endif
