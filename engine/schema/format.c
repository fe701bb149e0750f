/*
 * format.c: `format` as an assertion (JSON Schema 2020-12, validation, section 7.3): the table of formats, and those
 * that are short. Dates are in format_time.c, URIs and what is in them in format_uri.c.
 *
 * `idn-hostname` is not asserted: it takes the tables of IDNA2008 (RFC 5892), for which there is no use here otherwise.
 */
#include <string.h>

#include "base/utf8.h"
#include "engine/schema/schema_internal.h"

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter_or_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* ---- Addresses and names of hosts ---- */

/* dotted-quad (RFC 2673, section 3.2) */
bool format_is_ipv4(const char *bytes, size_t length) {
    size_t at = 0;
    for (int part = 0; part < 4; part++) {
        size_t start = at;
        int value = 0;
        if (part > 0 && (at >= length || bytes[at++] != '.'))
            return false;
        start = at;
        for (; at < length && at - start < 3 && is_digit(bytes[at]); at++)
            value = value * 10 + (bytes[at] - '0');
        if (at == start || value > 255 || (bytes[start] == '0' && at - start > 1))
            return false;
    }
    return at == length;
}

/* Groups of hexadecimal digits up to the end or to `::`; the last may be an IPv4 address, which counts as two. */
static bool ipv6_groups(const char *bytes, size_t length, size_t *count) {
    size_t at = 0;
    *count = 0;
    while (at < length) {
        size_t start = at;
        while (at < length && is_hex(bytes[at]))
            at++;
        if (at < length && bytes[at] == '.') {
            *count += 2;
            return format_is_ipv4(bytes + start, length - start);
        }
        if (at == start || at - start > 4)
            return false;
        ++*count;
        if (at == length)
            return true;
        if (bytes[at++] != ':' || at == length)
            return false;
    }
    return true;
}

/* RFC 4291, section 2.2 */
bool format_is_ipv6(const char *bytes, size_t length) {
    size_t gap = 0, before, after;
    while (gap + 1 < length && (bytes[gap] != ':' || bytes[gap + 1] != ':'))
        gap++;
    if (gap + 1 >= length)
        return ipv6_groups(bytes, length, &before) && before == 8;
    /* An IPv4 address stands at the end only. */
    return memchr(bytes, '.', gap) == NULL && ipv6_groups(bytes, gap, &before) &&
           ipv6_groups(bytes + gap + 2, length - gap - 2, &after) && before + after < 8;
}

/* RFC 3492, section 6.1 */
static uint32_t adapt(uint32_t delta, uint32_t count, bool first) {
    uint32_t k = 0;
    delta /= first ? 700 : 2;
    for (delta += delta / count; delta > 455; k += 36)
        delta /= 35;
    return k + 36 * delta / (delta + 38);
}

/*
 * The decoding of `xn--…` (RFC 3492, section 6.2), of which only counts whether there is one and what characters it
 * gives: an A-label stands for at least one character outside ASCII (RFC 5890, section 2.3.2.1).
 */
static bool is_punycode(const char *bytes, size_t length) {
    uint32_t n = 128, i = 0, bias = 72;
    size_t written = 0, at = 0;
    for (size_t k = 0; k < length; k++)
        if (bytes[k] == '-')
            at = k + 1;
    written = at == 0 ? 0 : at - 1;
    if (at == length)
        return false;
    bool first = true;
    while (at < length) {
        uint32_t old = i, weight = 1;
        for (uint32_t k = 36;; k += 36) {
            if (at == length)
                return false;
            char c = bytes[at++];
            uint32_t digit = is_digit(c) ? (uint32_t)(c - '0') + 26 : (uint32_t)((c | 32) - 'a');
            uint32_t threshold = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
            if (digit > 35 || digit > (UINT32_MAX - i) / weight)
                return false;
            i += digit * weight;
            if (digit < threshold)
                break;
            if (weight > UINT32_MAX / (36 - threshold))
                return false;
            weight *= 36 - threshold;
        }
        bias = adapt(i - old, (uint32_t)++written, first);
        first = false;
        if (i / written > 0x10FFFF - n)
            return false;
        n += i / (uint32_t)written;
        i = i % (uint32_t)written + 1;
        if (n >= 0xD800 && n < 0xE000)
            return false;
    }
    return true;
}

/* A label of letters, digits and inner hyphens; with hyphens at its third and fourth place it must be an A-label. */
static bool is_label(const char *bytes, size_t length) {
    if (length == 0 || length > 63 || bytes[0] == '-' || bytes[length - 1] == '-')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_letter_or_digit(bytes[i]) && bytes[i] != '-')
            return false;
    if (length < 4 || bytes[2] != '-' || bytes[3] != '-')
        return true;
    return (bytes[0] | 32) == 'x' && (bytes[1] | 32) == 'n' && is_punycode(bytes + 4, length - 4);
}

/* RFC 1123, section 2.1 */
bool format_is_hostname(const char *bytes, size_t length) {
    size_t start = 0;
    if (length > 253)
        return false;
    for (size_t at = 0; at <= length; at++) {
        if (at < length && bytes[at] != '.')
            continue;
        if (!is_label(bytes + start, at - start))
            return false;
        start = at + 1;
    }
    return true;
}

/* ---- Mail (RFC 5321, section 4.1.2; RFC 6531 for what is not ASCII) ---- */

static bool is_atom_character(char c, bool international) {
    if ((unsigned char)c >= 0x80)
        return international;
    return is_letter_or_digit(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool is_local_part(const char *bytes, size_t length, bool international) {
    bool quoted = length >= 2 && bytes[0] == '"' && bytes[length - 1] == '"';
    if (length == 0 || length > 64)
        return false;
    for (size_t i = 1; quoted && i < length - 1; i++) {
        if (bytes[i] == '\\' && ++i == length - 1)
            return false;
        unsigned char c = (unsigned char)bytes[i];
        if (c < ' ' || c == 0x7F || (c == '"' && bytes[i - 1] != '\\') || (c >= 0x80 && !international))
            return false;
    }
    for (size_t i = 0; !quoted && i < length; i++) {
        bool dot = bytes[i] == '.' && i > 0 && i + 1 < length && bytes[i - 1] != '.';
        if (!dot && !is_atom_character(bytes[i], international))
            return false;
    }
    return true;
}

static bool is_mail_domain(const char *bytes, size_t length, bool international) {
    static const char ipv6[] = "IPv6:";
    if (length > 2 && bytes[0] == '[' && bytes[length - 1] == ']') {
        bool six = length > sizeof ipv6 && strncmp(bytes + 1, ipv6, sizeof ipv6 - 1) == 0;
        return six ? format_is_ipv6(bytes + sizeof ipv6, length - sizeof ipv6 - 1)
                   : format_is_ipv4(bytes + 1, length - 2);
    }
    bool ascii = true;
    for (size_t i = 0; i < length; i++) {
        ascii = ascii && (unsigned char)bytes[i] < 0x80;
        if (bytes[i] == ' ' || bytes[i] == '@')
            return false;
    }
    return ascii ? format_is_hostname(bytes, length) : international;
}

static bool is_mailbox(const char *bytes, size_t length, bool international) {
    size_t at = length;
    while (at > 0 && bytes[at - 1] != '@')
        at--;
    return at > 0 && is_local_part(bytes, at - 1, international) &&
           is_mail_domain(bytes + at, length - at, international);
}

static bool is_email(const char *bytes, size_t length) {
    return is_mailbox(bytes, length, false);
}

static bool is_idn_email(const char *bytes, size_t length) {
    return is_mailbox(bytes, length, true);
}

/* ---- Identifiers and pointers ---- */

/* RFC 9562, section 4 */
static bool is_uuid(const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? bytes[i] != '-' : !is_hex(bytes[i]))
            return false;
    }
    return length == 36;
}

/* RFC 6901, section 3 */
static bool is_json_pointer(const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        if ((i == 0 && bytes[i] != '/') ||
            (bytes[i] == '~' && (i + 1 == length || (bytes[i + 1] != '0' && bytes[i + 1] != '1'))))
            return false;
    return true;
}

/* non-negative-integer [index-manipulation] ("#" / json-pointer) (draft-bhutton-relative-json-pointer-00) */
static bool is_relative_json_pointer(const char *bytes, size_t length) {
    size_t at = 0;
    while (at < length && is_digit(bytes[at]))
        at++;
    if (at == 0 || (bytes[0] == '0' && at > 1))
        return false;
    if (at < length && (bytes[at] == '+' || bytes[at] == '-')) {
        size_t start = ++at;
        while (at < length && is_digit(bytes[at]))
            at++;
        if (at == start || bytes[start] == '0')
            return false;
    }
    return (at + 1 == length && bytes[at] == '#') || is_json_pointer(bytes + at, length - at);
}

/* ---- All ---- */

const format_rule *format_find(const char *name) {
    static const format_rule rules[] = {
        {"date-time", format_is_date_time, "a date and time (2024-02-29T12:00:00Z)"},
        {"date", format_is_date, "a date (2024-02-29)"},
        {"time", format_is_time, "a time (12:00:00Z)"},
        {"duration", format_is_duration, "a duration (P1DT12H)"},
        {"email", is_email, "a mail address"},
        {"idn-email", is_idn_email, "a mail address"},
        {"hostname", format_is_hostname, "the name of a host"},
        {"ipv4", format_is_ipv4, "an IPv4 address (192.0.2.1)"},
        {"ipv6", format_is_ipv6, "an IPv6 address (2001:db8::1)"},
        {"uri", format_is_uri, "a URI (https://example.com/)"},
        {"uri-reference", format_is_uri_reference, "a URI reference"},
        {"iri", format_is_iri, "an IRI (https://example.com/)"},
        {"iri-reference", format_is_iri_reference, "an IRI reference"},
        {"uri-template", format_is_uri_template, "a URI template (/users/{id})"},
        {"uuid", is_uuid, "a UUID (123e4567-e89b-12d3-a456-426614174000)"},
        {"json-pointer", is_json_pointer, "a JSON Pointer (/a/0)"},
        {"relative-json-pointer", is_relative_json_pointer, "a relative JSON Pointer (1/a)"},
        {"regex", NULL, "a regular expression"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(rules[i].name, name) == 0)
            return &rules[i];
    return NULL;
}

format_outcome format_check(const format_rule *rule, const char *bytes, size_t length) {
    if (rule->holds != NULL)
        return rule->holds(bytes, length) ? FORMAT_HOLDS : FORMAT_FAILS;
    switch (pattern_check(bytes, length)) {
    case PATTERN_OK:
        return FORMAT_HOLDS;
    case PATTERN_NO_MEMORY:
        return FORMAT_NO_MEMORY;
    case PATTERN_INVALID:
        break;
    }
    return FORMAT_FAILS;
}
