/*
 * serialize.c: how a parameter's value is written: styles (RFC 6570 and OpenAPI 3.2.0, "Style Values"),
 * percent-encoding, headers, cookies.
 *
 * Undefined values (null, an empty array or object, a null member) are left out, as RFC 6570 section 2.3 says.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/operation/operation_internal.h"
#include "runtime-expr/json_text.h"

/* ---- Encoding ---- */

static void append_percent(text *out, unsigned char byte) {
    static const char digits[] = "0123456789ABCDEF";
    text_append_char(out, '%');
    text_append_char(out, digits[byte >> 4]);
    text_append_char(out, digits[byte & 15]);
}

static bool is_triple(const char *bytes, size_t left) {
    return left > 2 && bytes[0] == '%' && isxdigit((unsigned char)bytes[1]) && isxdigit((unsigned char)bytes[2]);
}

void append_encoded(text *out, const char *bytes, size_t length, bool reserved) {
    static const char unreserved[] = "-._~", reserved_set[] = ":/?#[]@!$&'()*+,;=";
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        bool stays = byte < 0x80 && byte != 0 &&
                     (isalnum(byte) || strchr(unreserved, byte) != NULL ||
                      (reserved && (strchr(reserved_set, byte) != NULL || is_triple(bytes + i, length - i))));
        if (stays)
            text_append_char(out, bytes[i]);
        else
            append_percent(out, byte);
    }
}

void append_form_encoded(text *out, const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte == ' ')
            text_append_char(out, '+');
        else if (byte < 0x80 && byte != 0 && (isalnum(byte) || strchr("*-._", byte) != NULL))
            text_append_char(out, bytes[i]);
        else
            append_percent(out, byte);
    }
}

/* Numbers in JSON's shortest form; jansson would write 1e21 with all its digits of precision. */
static void append_real(text *out, double value) {
    char digits[64];
    for (int precision = 1; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    text_append_string(out, digits);
}

void append_plain(text *out, const json_t *value) {
    switch (json_typeof(value)) {
    case JSON_STRING:
        text_append(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        text_append_format(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        append_real(out, json_real_value(value));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        text_append_string(out, json_is_true(value) ? "true" : "false");
        break;
    case JSON_NULL:
        break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        json_text_append(out, value);
        break;
    }
}

/* ---- How a place and style write ---- */

typedef struct writer {
    const operation_parameter *declared;
    text *out;
    bool raw; /* headers and style cookie: no percent-encoding */
    bool reserved;
    const char *separator; /* between items of an exploded value */
    size_t written;
} writer;

static void append_name(writer *w, const char *name, size_t length) {
    if (w->raw)
        text_append(w->out, name, length);
    else
        append_encoded(w->out, name, length, false);
}

static void append_value(writer *w, const json_t *value) {
    text plain = TEXT_EMPTY;
    append_plain(&plain, value);
    if (plain.failed)
        w->out->failed = true;
    else if (w->raw)
        text_append(w->out, text_peek(&plain), plain.length);
    else
        append_encoded(w->out, text_peek(&plain), plain.length, w->reserved);
    text_free(&plain);
}

static void separate(writer *w, const char *separator) {
    if (w->written++ > 0)
        text_append_string(w->out, separator);
}

/* What stands between the items of a value that is not exploded. */
static const char *delimiter(const writer *w) {
    switch (w->declared->style) {
    case STYLE_SPACE_DELIMITED:
        return w->raw ? " " : "%20";
    case STYLE_PIPE_DELIMITED:
        return w->raw ? "|" : "%7C";
    case STYLE_TAB_DELIMITED:
        return w->raw ? "\t" : "%09";
    default:
        return ",";
    }
}

/* Does the style write `name=value`, rather than the value alone? */
static bool is_named(const operation_parameter *declared) {
    return declared->in == PARAMETER_QUERY || declared->in == PARAMETER_COOKIE || declared->style == STYLE_MATRIX;
}

static bool is_defined(const json_t *value) {
    return !json_is_null(value) && (!json_is_array(value) || json_array_size(value) > 0) &&
           (!json_is_object(value) || json_object_size(value) > 0);
}

/* name=value; matrix writes a name alone where the value is empty. */
static void append_pair(writer *w, const char *name, size_t length, const json_t *value) {
    append_name(w, name, length);
    size_t before = w->out->length;
    text_append_char(w->out, '=');
    append_value(w, value);
    if (w->declared->style == STYLE_MATRIX && w->out->length == before + 1)
        text_truncate(w->out, before);
}

static void append_exploded_array(writer *w, const json_t *value) {
    size_t index;
    json_t *item;
    json_array_foreach(value, index, item) {
        if (json_is_null(item))
            continue;
        separate(w, w->separator);
        if (is_named(w->declared))
            append_pair(w, w->declared->name, strlen(w->declared->name), item);
        else
            append_value(w, item);
    }
}

static void append_exploded_object(writer *w, const json_t *value) {
    const char *name;
    size_t length;
    json_t *member;
    json_object_keylen_foreach((json_t *)value, name, length, member) {
        if (json_is_null(member))
            continue;
        separate(w, w->separator);
        append_pair(w, name, length, member);
    }
}

static void append_joined(writer *w, const json_t *value) {
    const char *between = delimiter(w), *name;
    size_t index, length;
    json_t *item;
    json_array_foreach(value, index, item) {
        if (json_is_null(item))
            continue;
        separate(w, between);
        append_value(w, item);
    }
    json_object_keylen_foreach((json_t *)value, name, length, item) {
        if (json_is_null(item))
            continue;
        separate(w, between);
        append_name(w, name, length);
        text_append_string(w->out, between);
        append_value(w, item);
    }
}

/* deepObject: name[member]=value, deeper ones by further brackets, arrays by repetition. */
static bool append_deep(writer *w, const char *prefix, const json_t *value, int depth) {
    const char *name;
    size_t length, index;
    json_t *member;
    if (depth == 0)
        return false;
    if (json_is_object(value)) {
        json_object_keylen_foreach((json_t *)value, name, length, member) {
            text deeper = TEXT_EMPTY;
            text_append_string(&deeper, prefix);
            text_append_string(&deeper, "%5B");
            append_encoded(&deeper, name, length, false);
            text_append_string(&deeper, "%5D");
            bool right = append_deep(w, text_peek(&deeper), member, depth - 1);
            w->out->failed = w->out->failed || deeper.failed;
            text_free(&deeper);
            if (!right)
                return false;
        }
        return true;
    }
    if (json_is_array(value)) {
        json_array_foreach(value, index, member) {
            if (!append_deep(w, prefix, member, depth - 1))
                return false;
        }
        return true;
    }
    if (json_is_null(value))
        return true;
    separate(w, w->separator);
    text_append_string(w->out, prefix);
    text_append_char(w->out, '=');
    append_value(w, value);
    return true;
}

static bool write_deep(writer *w, const json_t *value) {
    enum { DEEPEST = 32 };
    text prefix = TEXT_EMPTY;
    append_encoded(&prefix, w->declared->name, strlen(w->declared->name), false);
    bool right = append_deep(w, text_peek(&prefix), value, DEEPEST);
    w->out->failed = w->out->failed || prefix.failed;
    text_free(&prefix);
    return right;
}

/* A parameter with `content`: the value in its media type, then encoded as a whole. */
static void write_content(writer *w, const json_t *value) {
    text whole = TEXT_EMPTY;
    bool json = strstr(w->declared->content_type, "json") != NULL;
    if (json)
        json_text_append(&whole, value);
    else
        append_plain(&whole, value);
    if (is_named(w->declared)) {
        append_name(w, w->declared->name, strlen(w->declared->name));
        text_append_char(w->out, '=');
    }
    bool raw = w->declared->in == PARAMETER_HEADER;
    if (raw)
        text_append(w->out, text_peek(&whole), whole.length);
    else
        append_encoded(w->out, text_peek(&whole), whole.length, w->reserved);
    w->out->failed = w->out->failed || whole.failed;
    text_free(&whole);
}

static void write_scalar(writer *w, const json_t *value) {
    if (is_named(w->declared))
        append_pair(w, w->declared->name, strlen(w->declared->name), value);
    else
        append_value(w, value);
}

static void write_structure(writer *w, const json_t *value) {
    const operation_parameter *declared = w->declared;
    if (declared->explode && json_is_array(value)) {
        append_exploded_array(w, value);
        return;
    }
    if (declared->explode) {
        append_exploded_object(w, value);
        return;
    }
    if (is_named(declared)) {
        append_name(w, declared->name, strlen(declared->name));
        text_append_char(w->out, '=');
    }
    append_joined(w, value);
}

static bool write_styled(writer *w, const json_t *value) {
    if (w->declared->style == STYLE_LABEL)
        text_append_char(w->out, '.');
    if (w->declared->style == STYLE_MATRIX)
        text_append_char(w->out, ';');
    if (w->declared->style == STYLE_DEEP_OBJECT && json_is_object(value))
        return write_deep(w, value);
    if (json_is_array(value) || json_is_object(value))
        write_structure(w, value);
    else
        write_scalar(w, value);
    return true;
}

static const char *separator_of(const operation_parameter *declared) {
    if (declared->in == PARAMETER_COOKIE)
        return "; ";
    switch (declared->style) {
    case STYLE_LABEL:
        return ".";
    case STYLE_MATRIX:
        return ";";
    case STYLE_SIMPLE:
        return ",";
    default:
        return "&";
    }
}

/* CR, LF and NUL would end the header field, and start another (RFC 9110, section 5.5). */
static bool refuse_breaks(const text *out, size_t start, const char *what, char *error, size_t error_size) {
    for (size_t i = start; i < out->length; i++)
        if (out->bytes[i] == '\r' || out->bytes[i] == '\n' || out->bytes[i] == '\0') {
            snprintf(error, error_size, "a %s must not hold a line break or NUL", what);
            return false;
        }
    return true;
}

bool parameter_serialize(const operation_parameter *declared, const json_t *value, text *out, char *error,
                         size_t error_size) {
    size_t start = out->length;
    bool header = declared->in == PARAMETER_HEADER, cookie = declared->in == PARAMETER_COOKIE;
    writer w = {.declared = declared,
                .out = out,
                .raw = header || (cookie && declared->style == STYLE_COOKIE),
                .reserved = declared->allow_reserved && declared->in == PARAMETER_QUERY,
                .separator = separator_of(declared)};
    error[0] = '\0';
    if (!is_defined(value) && declared->content_type == NULL)
        return true;
    if (declared->in == PARAMETER_QUERYSTRING) {
        append_plain(out, value);
    } else if (declared->content_type != NULL) {
        write_content(&w, value);
    } else if (!write_styled(&w, value)) {
        snprintf(error, error_size, "its value is nested too deep");
        return false;
    }
    return !(header || cookie) || refuse_breaks(out, start, header ? "header" : "cookie", error, error_size);
}
