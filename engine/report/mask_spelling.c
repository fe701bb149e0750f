/*
 * mask_spelling.c: decoders, each for what one encoder may have written in the place of one character, and their
 * combinations: JSON within JSON, JSON in a form, a URL in a URL, JSON in HTML.
 *
 * Encoders differ in what they escape, so decoders take what any of them writes, whether or not it had to be escaped.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "engine/report/mask_internal.h"

/* Encodings within each other are looked into so deep, and so many bytes wide: `\\ud83d\\ude00` is the longest. */
enum { DEEPEST = 2, WINDOW = 16 };

bool spelling_may_begin(char byte) {
    return byte == '%' || byte == '\\' || byte == '&' || byte == '\'' || byte == '+';
}

static int hexadecimal(const char *bytes, size_t digits) {
    int value = 0;
    for (size_t i = 0; i < digits; i++) {
        char byte = bytes[i];
        int digit = byte >= '0' && byte <= '9'   ? byte - '0'
                    : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
                    : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10
                                                 : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* ---- Decoders: what is taken is 0 where nothing of theirs stands ---- */

static spelling one_byte(char byte, size_t taken) {
    return (spelling){.bytes = {byte}, .length = 1, .taken = taken};
}

static spelling character(uint32_t code_point, size_t taken) {
    spelling read = {.taken = taken};
    read.length = utf8_encode(code_point, read.bytes);
    return read;
}

/* RFC 3986, section 2.1, and the `+` of forms. */
static spelling read_percent(const char *bytes, size_t length) {
    int byte = bytes[0] == '%' && length >= 3 ? hexadecimal(bytes + 1, 2) : -1;
    if (bytes[0] == '+')
        return one_byte(' ', 1);
    return one_byte((char)byte, byte < 0 ? 0 : 3);
}

/* RFC 8259, section 7; and what JavaScript and Python write besides. */
static spelling read_backslash(const char *bytes, size_t length) {
    static const char letters[] = "\"\\/bfnrt'", meanings[] = "\"\\/\b\f\n\r\t'";
    if (bytes[0] != '\\' || length < 2)
        return one_byte(0, 0);
    const char *letter = bytes[1] == '\0' ? NULL : strchr(letters, bytes[1]);
    if (letter != NULL)
        return one_byte(meanings[letter - letters], 2);
    int byte = bytes[1] == 'x' && length >= 4 ? hexadecimal(bytes + 2, 2) : -1;
    if (byte >= 0)
        return one_byte((char)byte, 4);
    int high = bytes[1] == 'u' && length >= 6 ? hexadecimal(bytes + 2, 4) : -1;
    if (high < 0)
        return one_byte(0, 0);
    if (high >= 0xD800 && high < 0xDC00 && length >= 12 && bytes[6] == '\\' && bytes[7] == 'u') {
        int low = hexadecimal(bytes + 8, 4);
        if (low >= 0xDC00 && low < 0xE000)
            return character(0x10000 + (((uint32_t)high - 0xD800) << 10) + ((uint32_t)low - 0xDC00), 12);
    }
    return character((uint32_t)high, 6);
}

/* XML 1.0, section 4.1; of the names those that XML has. */
static spelling read_reference(const char *bytes, size_t length) {
    static const struct {
        const char *name;
        char meaning;
    } names[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    if (bytes[0] != '&')
        return one_byte(0, 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t size = strlen(names[i].name);
        if (length >= size && memcmp(bytes, names[i].name, size) == 0)
            return one_byte(names[i].meaning, size);
    }
    if (length < 4 || bytes[1] != '#')
        return one_byte(0, 0);
    bool hex = bytes[2] == 'x' || bytes[2] == 'X';
    uint32_t code_point = 0;
    size_t at = hex ? 3 : 2, first = at;
    for (; at < length && at < first + 8; at++) {
        int digit = hexadecimal(bytes + at, 1);
        if (digit < 0 || (!hex && digit > 9))
            break;
        code_point = code_point * (hex ? 16 : 10) + (uint32_t)digit;
    }
    if (at == first || at == length || bytes[at] != ';' || code_point > 0x10FFFF)
        return one_byte(0, 0);
    return character(code_point, at + 1);
}

/* POSIX shells: a quote within quotes is '\'' or '"'"'. */
static spelling read_shell(const char *bytes, size_t length) {
    static const char *const quotes[] = {"'\\''", "'\"'\"'"};
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++) {
        size_t size = strlen(quotes[i]);
        if (length >= size && memcmp(bytes, quotes[i], size) == 0)
            return one_byte('\'', size);
    }
    return one_byte(0, 0);
}

typedef spelling decoder(const char *bytes, size_t length);
static decoder *const decoders[] = {read_percent, read_backslash, read_reference, read_shell};

/* ---- Combinations ---- */

static void add(spellings *found, spelling read) {
    for (size_t i = 0; i < found->count; i++) {
        const spelling *known = &found->items[i];
        if (known->taken == read.taken && known->length == read.length &&
            memcmp(known->bytes, read.bytes, read.length) == 0)
            return;
    }
    if (found->count < MOST_SPELLINGS)
        found->items[found->count++] = read;
}

static void read_within(decoder *outer, const char *bytes, size_t length, size_t depth, spellings *found);

static void read_at(const char *bytes, size_t length, size_t depth, spellings *found) {
    add(found, one_byte(bytes[0], 1));
    if (!spelling_may_begin(bytes[0]))
        return;
    for (size_t i = 0; i < sizeof decoders / sizeof *decoders; i++) {
        spelling read = decoders[i](bytes, length);
        if (read.taken > 0)
            add(found, read);
        if (depth > 1 && spelling_may_begin(read.taken > 0 ? read.bytes[0] : bytes[0]))
            read_within(decoders[i], bytes, length, depth - 1, found);
    }
}

/* Decodes the next few bytes, and reads what they mean then. */
static void read_within(decoder *outer, const char *bytes, size_t length, size_t depth, spellings *found) {
    char window[WINDOW];
    size_t taken[WINDOW], filled = 0; /* up to and with each byte of the window; 0: within a character */
    for (size_t at = 0; at < length && filled < WINDOW;) {
        spelling read = outer(bytes + at, length - at);
        if (read.taken == 0)
            read = one_byte(bytes[at], 1);
        at += read.taken;
        for (size_t i = 0; i < read.length && filled < WINDOW; i++, filled++) {
            window[filled] = read.bytes[i];
            taken[filled] = i + 1 == read.length ? at : 0;
        }
    }
    if (filled == 0 || taken[filled - 1] == filled) /* nothing was encoded */
        return;
    spellings inner = {.count = 0};
    read_at(window, filled, depth, &inner);
    for (size_t i = 0; i < inner.count; i++) {
        spelling read = inner.items[i];
        read.taken = taken[read.taken - 1];
        if (read.taken > 0)
            add(found, read);
    }
}

void spellings_read(const char *bytes, size_t length, spellings *found) {
    found->count = 0;
    read_at(bytes, length, DEEPEST, found);
}
