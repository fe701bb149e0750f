/*
 * mask.c: what is secret, and texts, headers and values without it. How a secret is found in a text: mask_find.c.
 */
#include "engine/report/mask.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/name_index.h"
#include "base/utf8.h"
#include "engine/report/mask_internal.h"

enum { SHORTEST_PIECE = 8, DEEPEST = 4096 };

/* What a search may cost, in bytes that are compared: ordinary texts take two for each of theirs. */
enum { WORK_FOR_A_BYTE = 64, WORK_FOR_A_TEXT = 1 << 16 };

static const char stars[] = "***";

typedef struct header_name {
    struct header_name *next;
    const char *name;
} header_name;

struct mask {
    arena *memory;
    pattern_tree patterns;
    header_name *headers;
    name_index made_up; /* values that are known to be no secrets */
    name_index known;   /* values that were added: each request has the same credentials again */
};

/* ---- Adding ---- */

mask *mask_new(void) {
    static const char *const names[] = {"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"};
    arena *memory = arena_new();
    mask *hidden = memory == NULL ? NULL : arena_alloc(memory, sizeof *hidden);
    if (hidden != NULL)
        hidden->memory = memory;
    for (size_t i = 0; hidden != NULL && i < sizeof names / sizeof *names; i++) {
        if (!mask_add_header_name(hidden, names[i]))
            hidden = NULL;
    }
    if (hidden == NULL)
        arena_free(memory);
    return hidden;
}

void mask_free(mask *hidden) {
    if (hidden != NULL)
        arena_free(hidden->memory);
}

static bool add_pattern(mask *hidden, pattern made) {
    return pattern_tree_add(&hidden->patterns, hidden->memory, &made);
}

/* Six bits a character: those that lie wholly within the value are the pattern, those that lie in it in part, too. */
static bool add_base64(mask *hidden, size_t skipped, const char *value, size_t length) {
    text shifted = TEXT_EMPTY, encoded = TEXT_EMPTY;
    text_append(&shifted, "\0\0", skipped);
    text_append(&shifted, value, length);
    base64_append(&encoded, text_peek(&shifted), shifted.length);
    encoded.failed = encoded.failed || shifted.failed;
    text_free(&shifted);
    size_t first = (skipped * 8 + 5) / 6, end = (skipped + length) / 3 * 4 + (skipped + length) % 3;
    bool good = !encoded.failed;
    if (good && length < MASK_SHORT)
        good = skipped > 0 ||
               add_pattern(hidden,
                           (pattern){.bytes = encoded.bytes, .length = encoded.length, .word = true, .base64 = true});
    else if (good)
        good = add_pattern(hidden, (pattern){.bytes = encoded.bytes + first,
                                             .length = end - first,
                                             .base64 = true,
                                             .before = skipped > 0,
                                             .after = (skipped + length) % 3 > 0});
    text_free(&encoded);
    return good;
}

static bool add_value(mask *hidden, const char *value, size_t length) {
    if (name_index_find(&hidden->known, value, length) != NULL)
        return true;
    bool good = add_pattern(hidden, (pattern){.bytes = value, .length = length, .word = length < MASK_SHORT});
    for (size_t skipped = 0; good && skipped < 3; skipped++)
        good = add_base64(hidden, skipped, value, length);
    bool present;
    char *kept = good ? arena_copy(hidden->memory, value, length) : NULL;
    return kept != NULL && name_index_add(&hidden->known, hidden->memory, kept, length, kept, &present);
}

/* Lines: a key in a file is printed line by line, each with something before it. */
bool mask_add(mask *hidden, const char *value, size_t length) {
    if (length == 0 || name_index_find(&hidden->made_up, value, length) != NULL)
        return true;
    if (length > SIZE_MAX / 8)
        return false;
    bool good = add_value(hidden, value, length);
    if (memchr(value, '\n', length) == NULL)
        return good;
    for (size_t start = 0; good && start < length;) {
        const char *end = memchr(value + start, '\n', length - start);
        size_t size = end == NULL ? length - start : (size_t)(end - value) - start;
        size_t shown = size > 0 && value[start + size - 1] == '\r' ? size - 1 : size;
        if (shown >= SHORTEST_PIECE)
            good = add_value(hidden, value + start, shown);
        start += size + 1;
    }
    return good;
}

static bool add_json(mask *hidden, const json_t *value, size_t depth) {
    const char *name;
    json_t *member;
    size_t index;
    if (json_is_string(value))
        return mask_add(hidden, json_string_value(value), json_string_length(value));
    if (json_is_number(value)) {
        char *shown = json_dumps(value, JSON_ENCODE_ANY);
        bool good = shown != NULL && mask_add(hidden, shown, strlen(shown));
        free(shown);
        return good;
    }
    if (depth == DEEPEST)
        return true;
    json_object_foreach((json_t *)value, name, member) {
        if (!add_json(hidden, member, depth + 1))
            return false;
    }
    json_array_foreach(value, index, member) {
        if (!add_json(hidden, member, depth + 1))
            return false;
    }
    return true;
}

bool mask_add_json(mask *hidden, const json_t *value) {
    return add_json(hidden, value, 0);
}

bool mask_allow(mask *hidden, const char *value, size_t length) {
    bool present;
    char *kept = arena_copy(hidden->memory, value, length);
    return kept != NULL && name_index_add(&hidden->made_up, hidden->memory, kept, length, kept, &present);
}

/* ---- Headers ---- */

bool mask_add_header_name(mask *hidden, const char *name) {
    if (mask_hides_header(hidden, name))
        return true;
    header_name *added = arena_alloc(hidden->memory, sizeof *added);
    if (added == NULL || (added->name = arena_copy(hidden->memory, name, strlen(name))) == NULL)
        return false;
    added->next = hidden->headers;
    hidden->headers = added;
    return true;
}

bool mask_hides_header(const mask *hidden, const char *name) {
    for (const header_name *known = hidden == NULL ? NULL : hidden->headers; known != NULL; known = known->next) {
        if (strcasecmp(known->name, name) == 0)
            return true;
    }
    return false;
}

/* `a=1; b=2`: of short values too much else would be masked; the header itself is hidden anyway. */
static bool add_cookies(mask *hidden, const char *value, bool only_first) {
    for (const char *pair = value; pair != NULL && *pair != '\0';) {
        size_t length = strcspn(pair, ";");
        const char *equals = memchr(pair, '=', length);
        if (equals != NULL) {
            size_t size = length - (size_t)(equals + 1 - pair);
            if (size >= SHORTEST_PIECE && !mask_add(hidden, equals + 1, size))
                return false;
        }
        pair += length;
        pair += strspn(pair, "; ");
        if (only_first)
            break;
    }
    return true;
}

bool mask_add_header(mask *hidden, const char *name, const char *value) {
    if (!mask_hides_header(hidden, name))
        return true;
    if (!mask_add(hidden, value, strlen(value)))
        return false;
    if (strcasecmp(name, "Cookie") == 0)
        return add_cookies(hidden, value, false);
    if (strcasecmp(name, "Set-Cookie") == 0)
        return add_cookies(hidden, value, true);
    const char *space = strchr(value, ' ');
    return space == NULL || mask_add(hidden, space + 1, strlen(space + 1));
}

/* ---- Masking ---- */

void mask_text(const mask *hidden, const char *bytes, size_t length, text *out) {
    size_t shown = 0; /* bytes that are in `out`, as they are or masked */
    size_t work = length < SIZE_MAX / (2 * WORK_FOR_A_BYTE) ? length * WORK_FOR_A_BYTE + WORK_FOR_A_TEXT : SIZE_MAX;
    span current = {0, 0};
    for (size_t at = 0; hidden != NULL && at < length; at++) {
        span found = pattern_tree_find(&hidden->patterns, bytes, length, at, &work);
        if (found.end <= found.start)
            continue;
        if (found.start < current.end) { /* overlaps the one before: one mask for both */
            current.end = found.end > current.end ? found.end : current.end;
            shown = current.end;
            continue;
        }
        text_append(out, bytes + shown, found.start - shown);
        text_append_string(out, stars);
        current = found;
        shown = found.end;
    }
    text_append(out, bytes + shown, length - shown);
}

/* ---- Values ---- */

static json_t *mask_value(const mask *hidden, const json_t *value, bool headers, size_t depth);

static json_t *mask_string(const mask *hidden, const json_t *value) {
    text masked = TEXT_EMPTY;
    mask_text(hidden, json_string_value(value), json_string_length(value), &masked);
    /* Masking may cut a character of several bytes that is not UTF-8's: never, for valid secrets; then all is hidden.
     */
    bool good = utf8_valid(text_peek(&masked), masked.length, NULL);
    json_t *made = masked.failed ? NULL : good ? json_stringn(text_peek(&masked), masked.length) : json_string(stars);
    text_free(&masked);
    return made;
}

static json_t *mask_number(const mask *hidden, const json_t *value) {
    text masked = TEXT_EMPTY;
    json_t *made = NULL;
    char *shown = json_dumps(value, JSON_ENCODE_ANY);
    if (shown != NULL)
        mask_text(hidden, shown, strlen(shown), &masked);
    if (shown != NULL && !masked.failed)
        made = strcmp(shown, text_peek(&masked)) == 0 ? json_copy((json_t *)value) : json_string(text_peek(&masked));
    text_free(&masked);
    free(shown);
    return made;
}

static json_t *mask_array(const mask *hidden, const json_t *value, size_t depth) {
    json_t *made = json_array(), *item;
    size_t index;
    json_array_foreach(value, index, item) {
        if (json_array_append_new(made, mask_value(hidden, item, false, depth + 1)) != 0) {
            json_decref(made);
            return NULL;
        }
    }
    return made;
}

/* A member of the object being made. Names are masked, too; members whose names become the same are one. */
static bool mask_member(const mask *hidden, json_t *made, const char *name, size_t length, json_t *value) {
    text masked = TEXT_EMPTY;
    mask_text(hidden, name, length, &masked);
    bool good = value != NULL && !masked.failed;
    if (good && utf8_valid(text_peek(&masked), masked.length, NULL))
        good = json_object_setn(made, text_peek(&masked), masked.length, value) == 0;
    else if (good)
        good = json_object_set(made, stars, value) == 0;
    json_decref(value);
    text_free(&masked);
    return good;
}

static json_t *mask_object(const mask *hidden, const json_t *value, bool headers, size_t depth) {
    json_t *made = json_object(), *member;
    const char *name;
    size_t length;
    json_object_keylen_foreach((json_t *)value, name, length, member) {
        bool hide = headers && mask_hides_header(hidden, name);
        json_t *shown = hide ? json_string(stars) : mask_value(hidden, member, strcmp(name, "headers") == 0, depth + 1);
        if (!mask_member(hidden, made, name, length, shown)) {
            json_decref(made);
            return NULL;
        }
    }
    return made;
}

static json_t *mask_value(const mask *hidden, const json_t *value, bool headers, size_t depth) {
    if (depth == DEEPEST)
        return json_string(stars);
    switch (json_typeof(value)) {
    case JSON_STRING:
        return mask_string(hidden, value);
    case JSON_INTEGER:
    case JSON_REAL:
        return mask_number(hidden, value);
    case JSON_ARRAY:
        return mask_array(hidden, value, depth);
    case JSON_OBJECT:
        return mask_object(hidden, value, headers, depth);
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL:
        break;
    }
    return json_copy((json_t *)value);
}

json_t *mask_json(const mask *hidden, const json_t *value) {
    if (hidden == NULL)
        return json_incref((json_t *)value);
    return mask_value(hidden, value, false, 0);
}
