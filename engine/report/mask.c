/*
 * mask.c: finding secrets in texts.
 *
 * Encoders differ in what they escape, so no list of spellings is searched for. A pattern is compared with the text
 * byte by byte, and wherever the text may be encoded, with everything that it may mean (mask_spelling.c). Base64 has
 * patterns of its own: the characters that a value alone decides.
 *
 * Patterns are chained by their first byte, so that most positions of a text cost one look at a table.
 */
#include "engine/report/mask.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/utf8.h"
#include "engine/report/mask_internal.h"

enum { SHORT = 4, SHORTEST_PIECE = 8, DEEPEST = 4096 };

static const char stars[] = "***";

typedef struct pattern {
    struct pattern *next; /* with the same first byte */
    const char *bytes;
    size_t length;
    bool word;   /* only where no letter, digit or `_` touches it */
    bool base64; /* `-` and `_` are `+` and `/` */
    bool before; /* the character before it is decided by the secret in part, and masked with it */
    bool after;  /* likewise */
} pattern;

typedef struct header_name {
    struct header_name *next;
    const char *name;
} header_name;

struct mask {
    arena *memory;
    pattern *chains[256];
    header_name *headers;
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
    pattern **chain = &hidden->chains[(unsigned char)made.bytes[0]];
    for (const pattern *known = *chain; known != NULL; known = known->next) {
        if (known->length == made.length && known->word == made.word && known->base64 == made.base64 &&
            known->before == made.before && known->after == made.after &&
            memcmp(known->bytes, made.bytes, made.length) == 0)
            return true;
    }
    pattern *kept = arena_alloc(hidden->memory, sizeof *kept);
    made.bytes = arena_copy(hidden->memory, made.bytes, made.length);
    if (kept == NULL || made.bytes == NULL)
        return false;
    made.next = *chain;
    *kept = made;
    *chain = kept;
    return true;
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
    if (good && length < SHORT)
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
    bool good = add_pattern(hidden, (pattern){.bytes = value, .length = length, .word = length < SHORT});
    for (size_t skipped = 0; good && skipped < 3; skipped++)
        good = add_base64(hidden, skipped, value, length);
    return good;
}

/* Lines: a key in a file is printed line by line, each with something before it. */
bool mask_add(mask *hidden, const char *value, size_t length) {
    if (length == 0)
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

/* ---- Comparing ---- */

/* A value that was shortened for a message: `abc…`. */
static bool is_cut(const char *bytes, size_t length) {
    static const char ellipsis[] = "\xE2\x80\xA6";
    return length >= sizeof ellipsis - 1 && memcmp(bytes, ellipsis, sizeof ellipsis - 1) == 0;
}

/* Base64 has two alphabets. */
static char other_digit(char byte) {
    return byte == '-' ? '+' : byte == '_' ? '/' : '\0';
}

/* Places of the text that a part of a pattern may reach: there is rarely more than one. */
enum { MOST_PLACES = 8, LONGEST_SPELLING = 4 };

typedef struct places {
    size_t items[MOST_PLACES];
    size_t count;
} places;

static void add_place(places *to, size_t place) {
    for (size_t i = 0; i < to->count; i++)
        if (to->items[i] == place)
            return;
    if (to->count < MOST_PLACES)
        to->items[to->count++] = place;
}

static bool means(const pattern *wanted, size_t at, const spelling *read) {
    if (read->length > wanted->length - at)
        return false;
    return memcmp(wanted->bytes + at, read->bytes, read->length) == 0 ||
           (wanted->base64 && read->length == 1 && other_digit(read->bytes[0]) == wanted->bytes[at] &&
            wanted->bytes[at] != '\0');
}

/*
 * Goes on with a pattern of which `known` bytes stand in the text as they are. Each further byte may be spelled in many
 * ways: all places that the pattern up to there may reach are kept, by how far in the pattern (modulo what one spelling
 * may take). How much of the text the pattern takes; 0: it is not there.
 */
static size_t match_spelled(const pattern *wanted, const char *bytes, size_t length, size_t known) {
    places reached[LONGEST_SPELLING + 1] = {{.count = 0}};
    size_t cut = 0, empty = 0, longest = 0;
    add_place(&reached[known % (LONGEST_SPELLING + 1)], known);
    for (size_t at = known; at < wanted->length && empty <= LONGEST_SPELLING; at++) {
        places *here = &reached[at % (LONGEST_SPELLING + 1)];
        empty = here->count == 0 ? empty + 1 : 0;
        for (size_t i = 0; i < here->count; i++) {
            size_t place = here->items[i];
            spellings read;
            if (place == length)
                continue;
            if (at >= SHORT && is_cut(bytes + place, length - place))
                cut = place;
            spellings_read(bytes + place, length - place, &read);
            for (size_t j = 0; j < read.count; j++)
                if (means(wanted, at, &read.items[j]))
                    add_place(&reached[(at + read.items[j].length) % (LONGEST_SPELLING + 1)],
                              place + read.items[j].taken);
        }
        here->count = 0;
    }
    const places *ends = &reached[wanted->length % (LONGEST_SPELLING + 1)];
    for (size_t i = 0; empty <= LONGEST_SPELLING && i < ends->count; i++)
        longest = ends->items[i] > longest ? ends->items[i] : longest;
    return longest > 0 ? longest : cut;
}

/* Most texts are not encoded, and most patterns not there: that is seen at their first bytes. */
static size_t match_pattern(const pattern *wanted, const char *bytes, size_t length) {
    size_t known = 0, most = wanted->length < length ? wanted->length : length;
    while (known < most && bytes[known] == wanted->bytes[known] && !spelling_may_begin(bytes[known]))
        known++;
    if (known == wanted->length)
        return known;
    if (known == length)
        return 0;
    bool spelled = spelling_may_begin(bytes[known]) || (wanted->base64 && other_digit(bytes[known]) != '\0') ||
                   is_cut(bytes + known, length - known);
    return spelled ? match_spelled(wanted, bytes, length, known) : 0;
}

/* ---- Masking ---- */

typedef struct span {
    size_t start;
    size_t end;
} span;

static bool word_byte(char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           byte == '_' || (unsigned char)byte >= 0x80;
}

static bool base64_byte(char byte) {
    return ((unsigned char)byte < 0x80 && word_byte(byte)) || byte == '+' || byte == '/' || byte == '-';
}

/* Tries the patterns that begin with `first`; `found` grows to the longest. */
static void try_chain(const mask *hidden, char first, const char *bytes, size_t length, size_t at, span *found) {
    for (const pattern *wanted = hidden->chains[(unsigned char)first]; wanted != NULL; wanted = wanted->next) {
        size_t taken = match_pattern(wanted, bytes + at, length - at), start = at, end = at + taken;
        if (taken == 0)
            continue;
        if (wanted->word && ((start > 0 && word_byte(bytes[start - 1])) || (end < length && word_byte(bytes[end]))))
            continue;
        start -= wanted->before && start > 0 && base64_byte(bytes[start - 1]);
        end += wanted->after && end < length && base64_byte(bytes[end]);
        found->start = start < found->start ? start : found->start;
        found->end = end > found->end ? end : found->end;
    }
}

/* The secret that begins at `at`; empty when there is none. */
static span secret_at(const mask *hidden, const char *bytes, size_t length, size_t at) {
    span found = {at, at};
    char byte = bytes[at], other = other_digit(byte);
    try_chain(hidden, byte, bytes, length, at, &found);
    if (other != '\0')
        try_chain(hidden, other, bytes, length, at, &found);
    if (!spelling_may_begin(byte))
        return found;
    spellings read;
    spellings_read(bytes + at, length - at, &read);
    for (size_t i = 1; i < read.count; i++) {
        bool tried = read.items[i].bytes[0] == byte;
        for (size_t j = 1; j < i; j++)
            tried = tried || read.items[j].bytes[0] == read.items[i].bytes[0];
        if (!tried)
            try_chain(hidden, read.items[i].bytes[0], bytes, length, at, &found);
    }
    return found;
}

void mask_text(const mask *hidden, const char *bytes, size_t length, text *out) {
    size_t shown = 0; /* bytes that are in `out`, as they are or masked */
    span current = {0, 0};
    for (size_t at = 0; hidden != NULL && at < length; at++) {
        span found = secret_at(hidden, bytes, length, at);
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
