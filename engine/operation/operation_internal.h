/*
 * operation_internal.h: what the files of this folder share.
 *
 * references.c: where a $ref leads; api.c: the index; match.c: request lines; prepare.c: parameters and bodies as
 * declared; security.c: credentials as declared; server.c: the URL in front; serialize.c: parameters as text; media.c,
 * body.c, form.c, multipart.c: payloads; request.c: the whole.
 *
 * Diagnostics of this folder (E0200 to E0249 and W0200 to W0249):
 *
 *   W0128  a required parameter that credentials stand in for (S28)
 *   E0201  not an OpenAPI document, or a version that is not supported
 *   E0202  `paths` is no object
 *   W0203  an operationId given twice
 *   W0204  a path whose reference leads nowhere
 *   W0210  a parameter that cannot be read
 *   E0211  a server variable without a default
 *   E0212  no server that requests can be sent to
 *   W0213  a server variable's default that is not in its enum
 *   W0214  a style that is unknown, or not for this place
 *   W0215  a request body that cannot be read
 *   E0220  a path parameter without a value (S5)
 *   E0221  a required parameter that the step does not give (S28)
 *   E0222  a parameter that cannot be written
 *   E0223  a body that cannot be written
 *   W0224  a parameter without a value is left out (S5)
 *   W0225  a parameter that the operation does not declare (S28)
 *   E0226  a path with a segment `.` or `..`
 *   W0227  a value with `allowReserved` that splits the query
 *   W0228  a path parameter that the path has no place for
 *   W0229  a body that is not what its media type says
 *   W0230  a required body that the step does not give
 *   E0231  a method that is no token
 */
#ifndef ARAZZO_ENGINE_OPERATION_INTERNAL_H
#define ARAZZO_ENGINE_OPERATION_INTERNAL_H

#include "base/name_index.h"
#include "engine/operation/operation.h"

/* ---- The index (api.c) ---- */

/* A parameter in `formData` of Swagger 2.0: what 3.x writes as a property of the form's schema and its encoding. */
typedef struct form_field {
    const char *name;
    parameter_style style;
    bool explode;
    bool file;
    bool required;
} form_field;

/* What is read from an operation only when somebody is going to call it. */
typedef struct operation_details {
    bool prepared;
    operation_parameter *parameters;
    size_t parameter_count;
    bool incomplete; /* a parameter could not be read, so one that is not here may be declared all the same */
    media_type *bodies;
    size_t body_count;
    bool body_required;
    form_field *fields;
    size_t field_count;
} operation_details;

struct operation {
    const api *description;
    const char *id;
    const char *method;
    const char *path;
    located path_item;
    located beside; /* the other half of a path item that has a $ref and fields of its own, or nothing */
    located object;
    bool repeated; /* another one has its id */
    operation_details *details;
};

/* ---- References (references.c) ---- */

/* A document that belongs to the description, and the URIs that it is known by. */
typedef struct known_document {
    const document *owner;
    const char *uri;  /* where it was retrieved from */
    const char *base; /* `$self` (OpenAPI 3.2), else the same: what references in it are relative to */
} known_document;

typedef struct api_links {
    known_document *items; /* the entry document first */
    size_t count;
    size_t capacity;
} api_links;

struct api {
    arena *memory;
    const document *owner;
    const char *uri;
    api_sources sources;
    api_version version;
    operation *operations;
    size_t count;
    name_index by_id;
    name_index by_path; /* the first operation of each path; the others of it follow */
    api_links *links;   /* grows while references are followed */
};

/* The document as one of the description's, added when it is not yet; NULL when memory is short. */
const known_document *api_know(const api *description, const document *owner, const char *uri);

/* Where the document was retrieved from, or "". */
const char *api_uri_of(const api *description, const document *owner);

/* What became of following a reference. */
typedef struct resolution {
    located target; /* nothing when it leads nowhere */
    bool no_memory;
    char why[200]; /* a sentence about a reference that leads nowhere */
} resolution;

/* api_resolve() with the reason. */
resolution resolve_reference(const api *description, located from);

/* The same for a reference that is not the value of a $ref: relative to the document of `from`. */
resolution resolve_written(const api *description, located from, const char *written);

/* ---- What is declared (prepare.c) ---- */

const char *string_field(const node *object, const char *name);
bool boolean_field(const node *object, const char *name);
located in_document(located parent, const node *value);
bool style_from(const char *name, parameter_style *style);
parameter_style style_default(parameter_location in);

/* ---- Serialization (serialize.c) ---- */

/*
 * Percent-encodes what is not unreserved (RFC 3986, section 2.3). With `reserved` (may be NULL) those characters, and
 * triples that are well-formed, stay as they are too.
 */
void append_encoded(text *out, const char *bytes, size_t length, const char *reserved);

/* The WHATWG form set: alphanumerics and `*-._` stay, a space is `+`. */
void append_form_encoded(text *out, const char *bytes, size_t length);

/* A value as text: a string itself, a number or boolean its JSON, a structure its JSON; null nothing. */
void append_plain(text *out, const json_t *value);

typedef enum value_encoding { ENCODE_URI, ENCODE_FORM, ENCODE_NOTHING } value_encoding;

/* The items of an array, or names and values of an object, joined as the style does without `explode`. */
void append_joined(text *out, parameter_style style, value_encoding encoding, const char *reserved,
                   const json_t *value);

/* False for what RFC 6570 (section 2.3) calls undefined: null, and structures without anything else in them. */
bool value_is_defined(const json_t *value);

/* ---- Media types (media.c) ---- */

/*
 * The media type of a request body: `asked` (may be NULL) is the step's, else the payload decides among the
 * operation's. *declared is the operation's entry for it, or NULL. NULL only when memory is short.
 */
const char *media_type_choose(const operation *op, const char *asked, const json_t *payload, arena *memory,
                              const media_type **declared);

/* ---- Bodies (body.c, multipart.c) ---- */

typedef struct body_writer {
    const operation *op;
    const media_type *declared; /* NULL: the operation declares none for this media type */
    const arazzo_file *files;   /* whose names parts go under */
    size_t file_count;
    arena *memory;
    text *out;
    const char *content_type; /* in: the media type; out: what the header must say (a boundary) */
    const char *note;         /* a sentence about a body that is not what its media type says, or NULL */
    char *error;
    size_t error_size;
} body_writer;

/* Writes the payload. False after writing a sentence into `error`; memory that ran short is marked in `out`. */
bool body_write(body_writer *w, const json_t *payload);
bool multipart_write(body_writer *w, const json_t *payload);

/* False after a sentence in `error`: a string holds bytes that are no text, and the value would be written as JSON. */
bool body_can_carry(const body_writer *w, const char *type, const json_t *value);

/* A value in a media type that is not a form, within a form or alone. */
void body_append_value(text *out, const char *type, const json_t *value);

/* Appends a member of a urlencoded form by the defaults, after an `&` unless `out` is empty. */
void body_append_field(text *out, const char *name, size_t length, const json_t *value);

/* api_resolve(); memory that ran short is marked in `out`. */
located body_resolve(const body_writer *w, located from);

/* The schema of a member of the body, references followed; nothing when none is declared. */
located body_member_schema(const body_writer *w, const char *name);

/* How a member of a form is encoded: its Encoding Object, or what Swagger 2.0 says of the field. */
typedef struct body_encoding {
    located object;           /* the Encoding Object, or nothing */
    const char *content_type; /* as given, or NULL */
    bool styled;              /* one of style, explode and allowReserved is given: the value goes by style */
    parameter_style style;
    bool explode;
    bool allow_reserved;
    bool file;
} body_encoding;

body_encoding encoding_of(const body_writer *w, const char *name);

/* Writes a sentence into `error`. */
void body_fail(const body_writer *w, const char *sentence);

/* Writes one member of a form; false after a sentence. The name ends with NUL, too. */
typedef bool form_member(void *user, const char *name, size_t length, const json_t *value);

/* Writes a member of a form by `write`, or in its place each member in it under the name that is declared (form.c). */
bool form_write_member(body_writer *w, const char *name, size_t length, const json_t *value, form_member *write,
                       void *user);

/* From an Encoding Object. */
body_encoding encoding_read(located object);

#endif
