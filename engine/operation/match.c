/*
 * match.c: operations by what names or calls them: a JSON Pointer from an `operationPath`, and the path of a request.
 * RFC 6901, and "Path Templating Matching".
 */
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "engine/operation/operation_internal.h"

/* ---- Texts with escapes in them ---- */

typedef struct reader {
    const char *at;
    const char *end;
} reader;

static int hex_value(char digit) {
    return digit >= '0' && digit <= '9'   ? digit - '0'
           : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
           : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                          : -1;
}

/* The next byte, percent-decoded; -1 at the end. */
static int next_byte(reader *from) {
    if (from->at == from->end)
        return -1;
    if (*from->at == '%' && from->end - from->at > 2 && hex_value(from->at[1]) >= 0 && hex_value(from->at[2]) >= 0) {
        int byte = hex_value(from->at[1]) << 4 | hex_value(from->at[2]);
        from->at += 3;
        return byte;
    }
    return (unsigned char)*from->at++;
}

/* ---- Pointers ---- */

/* The reference token without its slash; an empty one with *more false when there is none. */
static reader next_token(reader *pointer, bool *more) {
    reader token = {pointer->at, pointer->at};
    *more = pointer->at != pointer->end && *pointer->at == '/';
    if (!*more)
        return token;
    token.at = ++pointer->at;
    while (pointer->at != pointer->end && *pointer->at != '/')
        pointer->at++;
    token.end = pointer->at;
    return token;
}

/* Does the token, its `~0`, `~1` and percent-escapes undone, read `name`? */
static bool token_is(reader token, const char *name) {
    for (; *name != '\0'; name++) {
        int byte = next_byte(&token);
        if (byte == '~') {
            int escaped = next_byte(&token);
            byte = escaped == '0' ? '~' : escaped == '1' ? '/' : -1;
        }
        if (byte != (unsigned char)*name)
            return false;
    }
    return token.at == token.end;
}

/* The text with its percent-escapes and, of a reference token, its `~0` and `~1` undone. */
static text decoded(reader from, bool token) {
    text made = TEXT_EMPTY;
    for (int byte; (byte = next_byte(&from)) >= 0;) {
        int escaped = token && byte == '~' ? next_byte(&from) : -1;
        text_append_char(&made, (char)(escaped == '0' ? '~' : escaped == '1' ? '/' : byte));
    }
    return made;
}

/* The operations of a path: the first, and *end behind the last; none where no path reads like the text, which is taken
 * over. */
static const operation *operations_of(const api *description, text *path, const operation **end) {
    const operation *first =
        path->failed ? NULL : name_index_find(&description->by_path, text_peek(path), path->length);
    text_free(path);
    *end = first;
    while (*end != NULL && *end < description->operations + description->count &&
           strcmp((*end)->path, first->path) == 0)
        ++*end;
    return first;
}

/* `paths`, a path, and at most a method. */
static const operation *find_in_paths(const api *description, reader pointer) {
    bool has_path, has_method, deeper;
    reader path = next_token(&pointer, &has_path), method = next_token(&pointer, &has_method);
    if (has_method && token_is(method, "additionalOperations"))
        method = next_token(&pointer, &has_method);
    next_token(&pointer, &deeper);
    if (!has_path || deeper)
        return NULL;
    text name = decoded(path, true);
    const operation *end, *first = operations_of(description, &name, &end);
    size_t length = (size_t)(method.end - method.at);
    for (const operation *op = first; has_method && op < end; op++)
        if (strlen(op->method) == length && strncasecmp(op->method, method.at, length) == 0)
            return op;
    /* A pointer to a path item is meant when there is no choice: the specification's own example writes it. */
    return !has_method && end - first == 1 ? first : NULL;
}

const operation *api_operation_at(const api *description, const char *pointer, size_t length) {
    reader from = {pointer, pointer + length};
    bool more;
    if (token_is(next_token(&from, &more), "paths"))
        return find_in_paths(description, from);
    const node *target = node_at(document_root(description->owner), pointer, length);
    for (size_t i = 0; target != NULL && i < description->count; i++)
        if (description->operations[i].object.value == target)
            return &description->operations[i];
    return NULL;
}

/* ---- Request lines ---- */

/* The template's expression at the reader, which is then behind it. */
static bool skip_expression(reader *template) {
    if (template->at == template->end || *template->at != '{')
        return false;
    const char *close = memchr(template->at, '}', (size_t)(template->end - template->at));
    if (close == NULL)
        return false;
    template->at = close + 1;
    return true;
}

/*
 * Does a segment fit the template's? An expression takes at least one character; the last one that was met is the one
 * that grows when what follows it doesn't fit.
 */
static bool segment_fits(reader template, reader given) {
    reader resume_template = {NULL, NULL}, resume_given = {NULL, NULL};
    for (;;) {
        if (skip_expression(&template)) {
            if (next_byte(&given) < 0)
                return false;
            resume_template = template;
            resume_given = given;
            continue;
        }
        int wanted = next_byte(&template), byte = next_byte(&given);
        if (wanted == byte && byte < 0)
            return true;
        if (wanted == byte)
            continue;
        if (resume_template.at == NULL || next_byte(&resume_given) < 0)
            return false;
        template = resume_template;
        given = resume_given;
    }
}

static reader next_segment(const char **path) {
    const char *start = **path == '/' ? *path + 1 : *path;
    *path = start + strcspn(start, "/?#");
    return (reader){start, *path};
}

static bool path_fits(const char *template, const char *path) {
    while (*template == '/' && *path == '/')
        if (!segment_fits(next_segment(&template), next_segment(&path)))
            return false;
    return strchr("?#", *template) != NULL && strchr("?#", *path) != NULL;
}

/* 0 for a concrete segment; for one with expressions, the less the more of its characters are literal. */
static size_t vagueness(reader segment) {
    size_t literals = 0, expressions = 0;
    while (segment.at != segment.end) {
        if (skip_expression(&segment))
            expressions++;
        else
            literals += next_byte(&segment) >= 0;
    }
    return expressions == 0 ? 0 : SIZE_MAX - literals;
}

/* Of two templates that fit a path, the one that is concrete where the other isn't, from the left. */
static bool is_more_concrete(const char *a, const char *b) {
    while (*a == '/' && *b == '/') {
        size_t of_a = vagueness(next_segment(&a)), of_b = vagueness(next_segment(&b));
        if (of_a != of_b)
            return of_a < of_b;
    }
    return false;
}

const operation *api_operation_for(const api *description, const char *method, const char *path, bool *path_known) {
    const operation *best = NULL, *end;
    text plain = decoded((reader){path, path + strcspn(path, "?#")}, false);
    for (const operation *op = operations_of(description, &plain, &end); op < end; op++)
        if (strcasecmp(op->method, method) == 0 && strpbrk(op->path, "{%?#") == NULL) {
            *path_known = true;
            return op; /* a path without expressions, and no other is more concrete */
        }
    *path_known = false;
    for (size_t i = 0; i < description->count; i++) {
        const operation *op = &description->operations[i];
        if (!path_fits(op->path, path))
            continue;
        *path_known = true;
        if (strcasecmp(op->method, method) == 0 && (best == NULL || is_more_concrete(op->path, best->path)))
            best = op;
    }
    return best;
}
