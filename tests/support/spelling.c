/* spelling.c: what libraries write, done by hand: encoders that differ as encoders do. */
#include "tests/support/spelling.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

void spell_percent(text *out, const char *bytes, size_t length, unsigned way) {
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
        if (byte == ' ' && way % 2 == 1)
            text_append_char(out, '+');
        else if (plain)
            text_append_char(out, (char)byte);
        else
            text_append_format(out, way / 2 % 2 == 0 ? "%%%02X" : "%%%02x", byte);
    }
}

void spell_base64(text *out, const char *bytes, size_t length, bool url_safe) {
    static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned bits = 0, count = 0;
    for (size_t i = 0; i < length; i++) {
        bits = (bits << 8 | (unsigned char)bytes[i]) & 0xFFFF;
        for (count += 8; count >= 6; count -= 6)
            text_append_char(out, (url_safe ? safe : standard)[bits >> (count - 6) & 63]);
    }
    if (count > 0)
        text_append_char(out, (url_safe ? safe : standard)[bits << (6 - count) & 63]);
    while (!url_safe && out->length % 4 != 0)
        text_append_char(out, '=');
}

void spell_json(text *out, const char *bytes, size_t length, size_t flags) {
    json_t *string = json_stringn(bytes, length);
    char *dumped = json_dumps(string, JSON_ENCODE_ANY | flags);
    if (dumped == NULL)
        abort();
    text_append_string(out, dumped);
    free(dumped);
    json_decref(string);
}

void spell_markup(text *out, const char *bytes, size_t length, bool named) {
    for (size_t i = 0; i < length; i++) {
        const char *special = bytes[i] == '\0' ? NULL : strchr("&<>\"'", bytes[i]);
        static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
        if (special == NULL)
            text_append_char(out, bytes[i]);
        else if (named)
            text_append_string(out, names[special - "&<>\"'"]);
        else
            text_append_format(out, "&#x%02x;", (unsigned char)bytes[i]);
    }
}

void spell_shell(text *out, const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (bytes[i] == '\'')
            text_append_string(out, "'\\''");
        else
            text_append_char(out, bytes[i]);
}

/* A JSON string without its quotes. */
void spell_bare_json(text *out, const char *bytes, size_t length, size_t flags) {
    text quoted = TEXT_EMPTY;
    spell_json(&quoted, bytes, length, flags);
    text_append(out, quoted.bytes + 1, quoted.length - 2);
    text_free(&quoted);
}

enum { SPELLINGS = 17 };

/* The digits that the text alone decides, when `before` bytes stand before it. */
static void spell_part(text *out, const char *bytes, size_t length, size_t before, bool url_safe) {
    text whole = TEXT_EMPTY, encoded = TEXT_EMPTY;
    text_append(&whole, "xx", before);
    text_append(&whole, bytes, length);
    spell_base64(&encoded, whole.bytes, whole.length, url_safe);
    size_t first = (before * 8 + 5) / 6, end = (before + length) * 8 / 6;
    text_append(out, encoded.bytes + first, end - first);
    text_free(&whole);
    text_free(&encoded);
}

char **spell_all(const char *bytes, size_t length) {
    char **made = calloc(SPELLINGS + 1, sizeof *made);
    text spelled[SPELLINGS] = {TEXT_EMPTY};
    size_t count = 0;
    text_append(&spelled[count++], bytes, length);
    for (unsigned way = 0; way < 4; way++)
        spell_percent(&spelled[count++], bytes, length, way);
    for (size_t before = 0; before < 3; before++)
        for (int safe = 0; safe < 2; safe++)
            spell_part(&spelled[count++], bytes, length, before, safe == 1);
    spell_bare_json(&spelled[count++], bytes, length, 0);
    spell_bare_json(&spelled[count++], bytes, length, JSON_ENSURE_ASCII);
    spell_bare_json(&spelled[count++], bytes, length, JSON_ESCAPE_SLASH);
    spell_markup(&spelled[count++], bytes, length, true);
    spell_markup(&spelled[count++], bytes, length, false);
    spell_shell(&spelled[count++], bytes, length);
    for (size_t i = 0; made != NULL && i < count; i++)
        made[i] = text_take(&spelled[i], NULL);
    return made;
}
