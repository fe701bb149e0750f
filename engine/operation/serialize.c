/*
 * serialize.c: how a parameter's value is written: styles (RFC 6570 and OpenAPI 3.2.0, "Style Values"),
 * percent-encoding, headers, cookies.
 *
 * Undefined values (null, an empty array or object, a null member) are left out, as RFC 6570 section 2.3 says. Values
 * within values, for which no style says anything, are JSON; in deepObject they are deeper brackets.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
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

void append_encoded(text *out, const char *bytes, size_t length, const char *reserved) {
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        bool stays = byte < 0x80 && byte != 0 &&
                     (isalnum(byte) || strchr("-._~", byte) != NULL ||
                      (reserved != NULL && (strchr(reserved, byte) != NULL || is_triple(bytes + i, length - i))));
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

/* JSON's text, but without an exponent where a double is an integer: 1e21 means nothing to a server that reads digits.
 */
static void append_real(text *out, const json_t *value) {
    double number = json_real_value(value);
    if (fabs(number) >= 1e15 && fabs(number) < 1e22 && floor(number) == number)
        text_append_format(out, "%.0f", number);
    else
        json_text_append(out, value);
}

void append_plain(text *out, const json_t *value) {
    if (json_is_real(value))
        append_real(out, value);
    else if (!json_is_null(value))
        json_text_embed(out, value);
}

/* ---- How a place and style write ---- */

typedef struct writer {
    const operation_parameter *declared;
    text *out;
    value_encoding encoding;
    const char *reserved;  /* characters that stay as they are; NULL: none */
    const char *separator; /* between items of an exploded value */
    size_t written;
} writer;

static void append_bytes(text *out, value_encoding encoding, const char *reserved, const char *bytes, size_t length) {
    if (encoding == ENCODE_URI)
        append_encoded(out, bytes, length, reserved);
    else if (encoding == ENCODE_FORM)
        append_form_encoded(out, bytes, length);
    else
        text_append(out, bytes, length);
}

static void append_item(text *out, value_encoding encoding, const char *reserved, const json_t *value) {
    text plain = TEXT_EMPTY;
    append_plain(&plain, value);
    append_bytes(out, encoding, reserved, text_peek(&plain), plain.length);
    out->failed = out->failed || plain.failed;
    text_free(&plain);
}

/* allowReserved is about values. */
static void append_name(writer *w, const char *name, size_t length) {
    append_bytes(w->out, w->encoding, NULL, name, length);
}

static void append_value(writer *w, const json_t *value) {
    append_item(w->out, w->encoding, w->reserved, value);
}

static void separate(writer *w, const char *separator) {
    if (w->written++ > 0)
        text_append_string(w->out, separator);
}

/* Does the style write `name=value`, rather than the value alone? */
static bool is_named(const operation_parameter *declared) {
    return declared->in == PARAMETER_QUERY || declared->in == PARAMETER_COOKIE || declared->style == STYLE_MATRIX;
}

bool value_is_defined(const json_t *value) {
    size_t index;
    const char *name;
    json_t *item;
    if (!json_is_array(value) && !json_is_object(value))
        return !json_is_null(value);
    json_array_foreach(value, index, item) {
        if (!json_is_null(item))
            return true;
    }
    json_object_foreach((json_t *)value, name, item) {
        if (!json_is_null(item))
            return true;
    }
    return false;
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

/* What stands between the items of a value that is not exploded: as data, then encoded for where it stands. */
static const char *delimiter(parameter_style style, value_encoding encoding) {
    static const struct {
        parameter_style style;
        const char *between[3]; /* by value_encoding */
    } delimiters[] = {{STYLE_SPACE_DELIMITED, {"%20", "+", " "}},
                      {STYLE_PIPE_DELIMITED, {"%7C", "%7C", "|"}},
                      {STYLE_TAB_DELIMITED, {"%09", "%09", "\t"}}};
    for (size_t i = 0; i < sizeof delimiters / sizeof *delimiters; i++)
        if (delimiters[i].style == style)
            return delimiters[i].between[encoding];
    return ",";
}

void append_joined(text *out, parameter_style style, value_encoding encoding, const char *reserved,
                   const json_t *value) {
    const char *between = delimiter(style, encoding), *separator = "", *name;
    size_t index, length;
    json_t *item;
    json_array_foreach(value, index, item) {
        if (json_is_null(item))
            continue;
        text_append_string(out, separator);
        append_item(out, encoding, reserved, item);
        separator = between;
    }
    json_object_keylen_foreach((json_t *)value, name, length, item) {
        if (json_is_null(item))
            continue;
        text_append_string(out, separator);
        append_bytes(out, encoding, NULL, name, length);
        text_append_string(out, between);
        append_item(out, encoding, reserved, item);
        separator = between;
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
            append_encoded(&deeper, name, length, NULL);
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
    append_encoded(&prefix, w->declared->name, strlen(w->declared->name), NULL);
    bool right = append_deep(w, text_peek(&prefix), value, DEEPEST);
    w->out->failed = w->out->failed || prefix.failed;
    text_free(&prefix);
    return right;
}

/* A parameter with `content`: the value in its media type, then encoded as a whole. */
static void write_content(writer *w, const json_t *value) {
    text whole = TEXT_EMPTY;
    body_append_value(&whole, w->declared->content_type, value);
    if (is_named(w->declared)) {
        append_name(w, w->declared->name, strlen(w->declared->name));
        text_append_char(w->out, '=');
    }
    append_bytes(w->out, w->encoding, NULL, text_peek(&whole), whole.length);
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
    append_joined(w->out, declared->style, w->encoding, w->reserved, value);
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

/*
 * The characters that stay as they are with allowReserved. Left out are those that would end the component, whoever
 * asks for it: `#` in a query, `/`, `?`, `#` in a path ("Path Templating"), `;` in a cookie.
 */
static const char *reserved_in(const operation_parameter *declared) {
    static const char *const sets[] = {[PARAMETER_PATH] = ":@!$&'()*+,;=",
                                       [PARAMETER_QUERY] = ":/?[]@!$&'()*+,;=",
                                       [PARAMETER_QUERYSTRING] = NULL,
                                       [PARAMETER_HEADER] = NULL,
                                       [PARAMETER_COOKIE] = ":/?#[]@!$&'()*+,="};
    return declared->allow_reserved ? sets[declared->in] : NULL;
}

/*
 * The value is a complete query string. In the media type of a query it goes as it is, but for what no URL may hold; in
 * another it is encoded as a whole. Arazzo asks for a string; a structure is written as the media type says.
 */
static void write_querystring(const operation_parameter *declared, const json_t *value, text *out) {
    static const char query[] = ":/?[]@!$&'()*+,;=";
    const char *type = declared->content_type == NULL ? "application/x-www-form-urlencoded" : declared->content_type;
    bool form = media_is(type, "application/x-www-form-urlencoded");
    text whole = TEXT_EMPTY;
    if (form && json_is_object(value)) {
        const char *name;
        size_t length;
        json_t *member;
        json_object_keylen_foreach((json_t *)value, name, length, member)
            body_append_field(&whole, name, length, member);
        text_append(out, text_peek(&whole), whole.length);
    } else {
        body_append_value(&whole, type, value);
        append_encoded(out, text_peek(&whole), whole.length, form ? query : NULL);
    }
    out->failed = out->failed || whole.failed;
    text_free(&whole);
}

/*
 * CR, LF and NUL would end the header field, and start another; no other control character but the tab may stand there
 * either (RFC 9110, section 5.5).
 */
static bool refuse_breaks(const text *out, size_t start, const char *what, char *error, size_t error_size) {
    for (size_t i = start; i < out->length; i++) {
        unsigned char byte = (unsigned char)out->bytes[i];
        if ((byte >= 0x20 && byte != 0x7F) || byte == '\t')
            continue;
        bool ends = byte == '\r' || byte == '\n' || byte == '\0';
        snprintf(error, error_size, "a %s must not hold %s", what,
                 ends ? "a line break or NUL" : "a control character");
        return false;
    }
    return true;
}

/* In style `cookie` nothing is escaped, so data may not hold what ends a cookie (RFC 6265, section 4.1.1). */
static bool refuse_semicolons(const json_t *value, text *out, char *error, size_t error_size) {
    text plain = TEXT_EMPTY;
    append_joined(&plain, STYLE_SIMPLE, ENCODE_NOTHING, NULL, value);
    if (!json_is_array(value) && !json_is_object(value))
        append_plain(&plain, value);
    bool found = strchr(text_peek(&plain), ';') != NULL;
    if (found)
        snprintf(error, error_size, "';' ends a cookie: in style 'cookie' values are given in escaped form");
    out->failed = out->failed || plain.failed;
    text_free(&plain);
    return !found;
}

static bool write_value(writer *w, const json_t *value, char *error, size_t error_size) {
    const operation_parameter *declared = w->declared;
    if (declared->in == PARAMETER_QUERYSTRING) {
        write_querystring(declared, value, w->out);
        return true;
    }
    if (declared->content_type != NULL) {
        write_content(w, value);
        return true;
    }
    if (!value_is_defined(value))
        return true;
    if (declared->style == STYLE_COOKIE && !refuse_semicolons(value, w->out, error, error_size))
        return false;
    if (write_styled(w, value))
        return true;
    snprintf(error, error_size, "its value is nested too deep");
    return false;
}

bool parameter_serialize(const operation_parameter *declared, const json_t *value, text *out, char *error,
                         size_t error_size) {
    size_t start = out->length;
    bool header = declared->in == PARAMETER_HEADER, cookie = declared->in == PARAMETER_COOKIE;
    bool raw = header || (cookie && declared->style == STYLE_COOKIE && declared->content_type == NULL);
    writer w = {.declared = declared,
                .out = out,
                .encoding = raw ? ENCODE_NOTHING : ENCODE_URI,
                .reserved = reserved_in(declared),
                .separator = separator_of(declared)};
    if (error_size > 0)
        error[0] = '\0';
    if (!write_value(&w, value, error, error_size))
        return false;
    return !(header || cookie) || refuse_breaks(out, start, header ? "header" : "cookie", error, error_size);
}
