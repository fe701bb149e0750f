/*
 * operation.h: OpenAPI documents as the operations in them, and requests built from operations.
 *
 * Pure: no sockets, no files. Documents that a $ref names come through api_sources. Everything returned lives as long
 * as the api (or the arena given) and is borrowed.
 */
#ifndef ARAZZO_ENGINE_OPERATION_H
#define ARAZZO_ENGINE_OPERATION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/text.h"
#include "engine/arazzo.h"
#include "engine/diagnostic.h"
#include "engine/document/document.h"
#include "engine/http_message.h"

/* A node with the document it stands in: what a $ref leads to may stand in another document. */
typedef struct located {
    const document *owner;
    const node *value; /* NULL: nothing */
} located;

/* Where documents come from: the parsed document under an absolute URI, borrowed, or NULL after a diagnostic. */
typedef struct api_sources {
    void *user;
    const document *(*open)(void *user, const char *uri, diagnostics *list);
    /* Where redirects led to when the document was opened, else the URI itself; borrowed. NULL: there are none. */
    const char *(*base)(void *user, const char *uri);
} api_sources;

typedef struct api api;
typedef struct operation operation;

typedef enum api_version { API_SWAGGER_2_0, API_OPENAPI_3_0, API_OPENAPI_3_1, API_OPENAPI_3_2 } api_version;

/*
 * Indexes an OpenAPI document: operations by operationId and by path and method. `uri` is the document's absolute base
 * URI, `sources` (may be NULL: no other documents) is borrowed as long as the api lives, and so is `owner`. NULL after
 * adding an error.
 */
api *api_open(const document *owner, const char *uri, const api_sources *sources, diagnostics *list);
void api_free(api *description);

api_version api_version_of(const api *description);
const document *api_document(const api *description);

size_t api_operation_count(const api *description);
const operation *api_operation(const api *description, size_t index);
const operation *api_operation_by_id(const api *description, const char *operation_id);

/* The operation at a JSON Pointer into the document: `/paths/~1pets/get`. */
const operation *api_operation_at(const api *description, const char *pointer, size_t length);

/* The operation that a request line means: path templates are matched, concrete segments win; for servers that mock. */
const operation *api_operation_for(const api *description, const char *method, const char *path,
                                   bool *path_known /* true when another method has the path */);

/* Follows $ref (any number, cycles end in nothing) from a node that stands in `from`'s document. */
located api_resolve(const api *description, located from);

/* The base URI of references in one of the description's documents, or "". */
const char *api_base(const api *description, const document *owner);

/* The document under an absolute URI that `from`, one of the description's, refers to; borrowed; NULL: there is none.
 */
const document *api_open_document(const api *description, const document *from, const char *uri, bool *no_memory);

const char *operation_id(const operation *op);     /* NULL when it has none */
const char *operation_method(const operation *op); /* "GET" */
const char *operation_path(const operation *op);   /* the template: "/pets/{petId}" */
located operation_object(const operation *op);
const api *operation_api(const operation *op);

/*
 * The URL that the operation's path is appended to (S29): operation, path item, document; variables at their defaults;
 * relative ones resolved against the document's URI. In `memory`; NULL after a diagnostic.
 */
const char *operation_server(const operation *op, arena *memory, diagnostics *list);

typedef enum parameter_location {
    PARAMETER_PATH,
    PARAMETER_QUERY,
    PARAMETER_QUERYSTRING,
    PARAMETER_HEADER,
    PARAMETER_COOKIE
} parameter_location;

typedef enum parameter_style {
    STYLE_SIMPLE,
    STYLE_LABEL,
    STYLE_MATRIX,
    STYLE_FORM,
    STYLE_SPACE_DELIMITED,
    STYLE_PIPE_DELIMITED,
    STYLE_DEEP_OBJECT,
    STYLE_COOKIE,
    STYLE_TAB_DELIMITED /* Swagger 2.0's collectionFormat tsv */
} parameter_style;

/* A declared parameter, path-level ones merged in, defaults applied. */
typedef struct operation_parameter {
    const char *name;
    parameter_location in;
    parameter_style style;
    bool explode;
    bool allow_reserved;
    bool required;
    const char *content_type; /* of its `content`; NULL: by schema and style */
    located schema;           /* may be nothing */
    located object;
} operation_parameter;

/*
 * Reads the operation's parameters and bodies: before anything below is asked, once is enough. Mistakes in them become
 * diagnostics; false when memory is short.
 */
bool operation_prepare(const operation *op, diagnostics *list);

size_t operation_parameter_count(const operation *op);
const operation_parameter *operation_parameter_at(const operation *op, size_t index);
const operation_parameter *operation_parameter_named(const operation *op, const char *name, parameter_location in);

/*
 * May a step give this parameter without a word? It is declared (also as a member of a declared object,
 * `filter[name]`), or a header of HTTP's own, or carries the credential of a security scheme (S27).
 */
bool operation_expects(const operation *op, const char *name, parameter_location in);

/*
 * Do the operation's security schemes carry what a parameter is for? An apiKey of that name and place is the parameter
 * itself: whether there is a credential for it is asked later. Under any other scheme, or where the step gives an
 * `Authorization` header itself (`authorization`), a parameter with the name of a credential is a second way to give
 * it. False when memory is short.
 */
typedef enum parameter_carrier { CARRIED_BY_NOBODY, CARRIED_BY_THIS, CARRIED_BY_ANOTHER } parameter_carrier;
bool operation_carrier(const operation *op, const operation_parameter *declared, bool authorization, arena *memory,
                       parameter_carrier *out);

/* Names of headers are compared without regard to case. */
bool parameter_same_name(parameter_location in, const char *a, const char *b);

const char *parameter_location_name(parameter_location in);
bool parameter_location_from(const char *name, parameter_location *in);

/* The media types of the operation's request body, in document order: media type and its Media Type Object. */
typedef struct media_type {
    const char *name;
    located object;
    located schema;
} media_type;

bool operation_body_required(const operation *op); /* in Swagger 2.0 also: a field of the form is required */

/* The operation's entry for a media type, the closest one: ranges count. NULL when it offers none. */
const media_type *operation_body_for(const operation *op, const char *media_type_name);

size_t operation_body_count(const operation *op);
const media_type *operation_body_at(const operation *op, size_t index);

/* The Response Object for a status: exact, then `2XX`, then `default`; nothing when none is declared. */
located operation_response(const operation *op, int status);

/* ---- Media types ---- */

/* `name`, which may have parameters, is the media type `wanted`, compared without regard to case. */
bool media_is(const char *name, const char *wanted);
bool media_is_json(const char *name);          /* application/json, text/json, +json */
bool media_is_json_sequence(const char *name); /* application/jsonl, application/json-seq, … */
bool media_is_xml(const char *name);           /* application/xml, text/xml, +xml */
bool media_is_multipart(const char *name);

/*
 * How closely a media range (`application/json;version=1`, `application/json`, or with `*` for parts of it) fits
 * a media type: 0 not at all; the greater the closer. Parameters of the range must be the type's as well, but for
 * `charset`.
 */
int media_closeness(const char *range, const char *name);

/* ---- Security (OpenAPI 3.2.0, "Security Scheme Object" and "Security Requirement Object") ---- */

typedef enum security_type {
    SECURITY_API_KEY,
    SECURITY_BASIC,
    SECURITY_BEARER,
    SECURITY_DIGEST,
    SECURITY_HTTP, /* an HTTP authentication scheme of another name */
    SECURITY_OAUTH2,
    SECURITY_OPENID_CONNECT,
    SECURITY_MUTUAL_TLS,
    SECURITY_OTHER /* nothing that is known */
} security_type;

typedef struct security_scheme {
    const char *name; /* as requirements name it */
    security_type type;
    parameter_location in; /* of an apiKey */
    const char *parameter; /* of an apiKey: the name of what carries it */
    located object;
} security_scheme;

/* One scheme that must be satisfied, with the scopes that the operation asks for. */
typedef struct security_need {
    security_scheme scheme;
    const char **scopes;
    size_t scope_count;
} security_need;

/* All of `needs` together; none of them: no credentials are wanted. */
typedef struct security_alternative {
    security_need *needs;
    size_t count;
} security_alternative;

/* Any of them will do; none at all: the operation is open. */
typedef struct security_requirement {
    security_alternative *items;
    size_t count;
} security_requirement;

/* What the operation asks for: its own `security`, else the document's. In `memory`; false when that is short. */
bool operation_security(const operation *op, arena *memory, security_requirement *out);

/* The name of a type for people: "apiKey", "http basic", … */
const char *security_type_name(security_type type);

/* ---- Serialization (OpenAPI 3.2.0, "Parameter Object" and "Style Values") ---- */

/*
 * Appends a value as a parameter is written: for a path what replaces {name}, for a query the fragment without `?` or
 * `&`, for a header its value, for a cookie what stands in the Cookie header. False, with a sentence in `error`, when
 * the value cannot be written in that style or place (a header with a line break, a nested object, …).
 */
bool parameter_serialize(const operation_parameter *declared, const json_t *value, text *out, char *error,
                         size_t error_size);

/* ---- Requests ---- */

/* A parameter as a step gives it. */
typedef struct argument {
    const char *name;
    parameter_location in;
    const json_t *value; /* NULL or null: reached nothing (S5) */
    place where;         /* for diagnostics */
} argument;

typedef struct request_order {
    const operation *op;
    const char *server; /* instead of the document's servers; NULL: operation_server() */
    const argument *arguments;
    size_t argument_count;
    const char *content_type; /* as the step says; NULL: the operation's */
    const json_t *payload;    /* NULL: no body */
    bool strict;              /* no liberties */
    const arazzo_file *files; /* whose names parts go under */
    size_t file_count;
    place where; /* the step, for diagnostics */
} request_order;

/*
 * Builds the request in `memory`. Declared parameters go by their style, others by their location's default with a
 * warning (S28). A path parameter that reached nothing is an error, others are left out with a warning (S5). False
 * after adding an error.
 */
bool request_build(const request_order *order, arena *memory, diagnostics *list, http_request *out);

#endif
