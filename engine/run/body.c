/*
 * body.c: the body of a response as a value: JSON where the media type says so, or where none is given and it parses
 * (S7); an array of the items of a sequence (S30) and of the parts of multipart/mixed; else text.
 */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/utf8.h"
#include "engine/operation/sequence.h"
#include "engine/run/run_internal.h"
#include "runtime-expr/json_text.h"

/* Invalid UTF-8 becomes U+FFFD: a value is text. */
static json_t *as_text(const char *bytes, size_t length, bool *no_memory) {
    json_t *value = NULL;
    if (utf8_valid(bytes, length, NULL)) {
        value = json_stringn(bytes, length);
    } else {
        text clean = TEXT_EMPTY;
        for (size_t i = 0; i < length;) {
            uint32_t code_point;
            size_t size = utf8_decode(bytes + i, length - i, &code_point);
            text_append_code_point(&clean, size == 0 ? 0xFFFD : code_point);
            i += size == 0 ? 1 : size;
        }
        if (!clean.failed)
            value = json_stringn(text_peek(&clean), clean.length);
        text_free(&clean);
    }
    *no_memory = value == NULL;
    return value;
}

static json_t *parse_json(const char *bytes, size_t length, const char **note, bool *no_memory) {
    json_t *value;
    bool widened;
    *no_memory = json_text_parse(bytes, length, &value, &widened) == JSON_TEXT_NO_MEMORY;
    if (value != NULL && widened)
        *note = "an integer of more than 64 bits in the body became a floating-point number";
    return value;
}

/* An event's data: JSON where it is. */
static json_t *event_data(void *user, const char *bytes, size_t length) {
    (void)user;
    const char *note;
    bool no_memory;
    json_t *value = parse_json(bytes, length, &note, &no_memory);
    return value != NULL || no_memory ? value : as_text(bytes, length, &no_memory);
}

/* What the server's end or the step's timeout cut off in the midst of a line is no item. */
static size_t whole_lines(const char *type, const char *bytes, size_t length) {
    if (media_is(type, "text/event-stream"))
        return length;
    size_t end = length;
    while (end > 0 && bytes[end - 1] != '\n')
        end--;
    return end;
}

static json_t *sequence_value(const char *type, const http_response *response, const char **note, bool *no_memory) {
    sequence_data read = {NULL, event_data};
    sequence_problem problem;
    json_t *made = sequence_items(type, response->body, response->body_length, &read, &problem);
    size_t whole = made == NULL && problem.invalid ? whole_lines(type, response->body, response->body_length) : 0;
    if (whole > 0) {
        made = sequence_items(type, response->body, whole, &read, &problem);
        *note = made == NULL ? NULL : "the last item of the body is cut off; it is left out";
    }
    *no_memory = problem.no_memory;
    if (made != NULL || problem.no_memory)
        return made;
    *note = "an item of the body is no JSON, though its media type says so; the body is taken as text";
    return as_text(response->body, response->body_length, no_memory);
}

/* ---- multipart/mixed (RFC 2046, section 5.1) ---- */

/* The value of the parameter `boundary`, without quotes; NULL: there is none. */
static const char *boundary_of(const char *type, size_t *length) {
    const char *at = type;
    while ((at = strchr(at, ';')) != NULL) {
        at += 1 + strspn(at + 1, " \t");
        if (strncasecmp(at, "boundary=", 9) != 0)
            continue;
        at += 9;
        bool quoted = *at == '"';
        at += quoted;
        *length = strcspn(at, quoted ? "\"" : "; \t");
        return *length == 0 ? NULL : at;
    }
    return NULL;
}

/* The start of the next line that is `--boundary`, or NULL. */
static const char *next_delimiter(const char *from, const char *end, const char *boundary, size_t length) {
    for (const char *line = from; line != NULL && line < end;) {
        if ((size_t)(end - line) >= length + 2 && line[0] == '-' && line[1] == '-' &&
            memcmp(line + 2, boundary, length) == 0)
            return line;
        line = memchr(line, '\n', (size_t)(end - line));
        line = line == NULL ? NULL : line + 1;
    }
    return NULL;
}

/* The value of a part: its header fields, of which only its media type counts, an empty line, its body. */
static json_t *part_value(const char *bytes, size_t length, const char **note, bool *no_memory) {
    char type[128] = "";
    const char *at = bytes, *end = bytes + length;
    for (const char *line = at; line < end; line = at) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        at = stop == NULL ? end : stop + 1;
        size_t size = (size_t)((stop == NULL ? end : stop) - line);
        size -= size > 0 && line[size - 1] == '\r';
        if (size == 0)
            break;
        static const char name[] = "Content-Type:";
        if (size > sizeof name - 1 && size < sizeof type && strncasecmp(line, name, sizeof name - 1) == 0) {
            const char *value = line + sizeof name - 1;
            value += strspn(value, " \t");
            memcpy(type, value, (size_t)(line + size - value));
            type[line + size - value] = '\0';
        }
    }
    bool json = type[0] == '\0' || media_is_json(type);
    json_t *value = json ? parse_json(at, (size_t)(end - at), note, no_memory) : NULL;
    return value != NULL || *no_memory ? value : as_text(at, (size_t)(end - at), no_memory);
}

static json_t *multipart_value(const char *type, const http_response *response, const char **note, bool *no_memory) {
    size_t length;
    const char *boundary = boundary_of(type, &length), *end = response->body + response->body_length;
    const char *at = boundary == NULL ? NULL : next_delimiter(response->body, end, boundary, length);
    if (at == NULL) {
        *note = "the body is not divided by the boundary that its media type names; it is taken as text";
        return as_text(response->body, response->body_length, no_memory);
    }
    json_t *made = json_array();
    *no_memory = made == NULL;
    for (const char *next; !*no_memory && at != NULL; at = next) {
        const char *start = memchr(at, '\n', (size_t)(end - at));
        next = start == NULL ? NULL : next_delimiter(start + 1, end, boundary, length);
        if (next == NULL)
            break; /* the delimiter that closes it, or a part that was cut off */
        const char *stop = next - 1;
        stop -= stop > start && stop[-1] == '\r';
        json_t *part = part_value(start + 1, stop > start ? (size_t)(stop - start - 1) : 0, note, no_memory);
        *no_memory = *no_memory || json_array_append_new(made, part) != 0;
    }
    if (!*no_memory)
        return made;
    json_decref(made);
    return NULL;
}

json_t *body_value(const http_response *response, const char **note, bool *no_memory) {
    *note = NULL;
    *no_memory = false;
    if (response->body_length == 0)
        return NULL;
    const char *type = http_headers_get(&response->headers, "Content-Type");
    bool declared = type != NULL && media_is_json(type);
    if (type != NULL && sequence_is(type))
        return sequence_value(type, response, note, no_memory);
    if (type != NULL && media_is(type, "multipart/mixed"))
        return multipart_value(type, response, note, no_memory);
    if (declared || type == NULL) {
        json_t *value = parse_json(response->body, response->body_length, note, no_memory);
        if (value != NULL || *no_memory)
            return value;
        if (declared)
            *note = "the response says that its body is JSON, and it is not; it is taken as text";
    }
    return as_text(response->body, response->body_length, no_memory);
}
