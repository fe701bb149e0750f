/*
 * format_uri.c: the formats `uri`, `uri-reference` (RFC 3986, appendix A), `iri`, `iri-reference` (RFC 3987, section
 * 2.2) and `uri-template` (RFC 6570, section 2).
 */
#include <string.h>

#include "base/utf8.h"
#include "engine/schema/schema_internal.h"

typedef struct part {
    const char *bytes;
    size_t length;
} part;

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_escape(const char *bytes, size_t length) {
    return length >= 3 && bytes[0] == '%' && is_hex(bytes[1]) && is_hex(bytes[2]);
}

/* ucschar, and, in a query, iprivate */
static bool is_ucschar(uint32_t c, bool query) {
    if (c >= 0xE000 && c < 0xF900)
        return query;
    if (c < 0x10000)
        return c >= 0xA0 && (c < 0xFDD0 || c > 0xFDEF) && c < 0xFFF0;
    return (c & 0xFFFF) < 0xFFFE && (query || c < 0xF0000) && (c < 0xE0000 || c >= 0xE1000);
}

/* Unreserved characters, sub-delims, escapes, and those of `more`. */
static bool are_characters(part in, const char *more, bool international, bool query) {
    static const char plain[] = "-._~!$&'()*+,;=";
    for (size_t at = 0; at < in.length;) {
        char c = in.bytes[at];
        uint32_t code_point;
        size_t size = 1;
        if ((unsigned char)c >= 0x80) {
            size = utf8_decode(in.bytes + at, in.length - at, &code_point);
            if (!international || size == 0 || !is_ucschar(code_point, query))
                return false;
        } else if (c == '%') {
            size = 3;
            if (!is_escape(in.bytes + at, in.length - at))
                return false;
        } else if (!is_letter(c) && !is_digit(c) &&
                   (c == '\0' || (strchr(plain, c) == NULL && strchr(more, c) == NULL))) {
            return false;
        }
        at += size;
    }
    return true;
}

/* IP-literal, without its brackets: an IPv6 address, or `v1.…` */
static bool is_ip_literal(part in) {
    size_t at = 1;
    if (in.length < 4 || (in.bytes[0] | 32) != 'v')
        return format_is_ipv6(in.bytes, in.length);
    while (at < in.length && is_hex(in.bytes[at]))
        at++;
    part rest = {in.bytes + at + 1, in.length - at - 1};
    return at > 1 && at + 1 < in.length && in.bytes[at] == '.' && memchr(rest.bytes, '%', rest.length) == NULL &&
           are_characters(rest, ":", false, false);
}

/* [ userinfo "@" ] host [ ":" port ] */
static bool is_authority(part in, bool international) {
    const char *at = memchr(in.bytes, '@', in.length);
    if (at != NULL) {
        part user = {in.bytes, (size_t)(at - in.bytes)};
        if (!are_characters(user, ":", international, false))
            return false;
        in = (part){at + 1, in.length - user.length - 1};
    }
    size_t end = in.length;
    while (end > 0 && is_digit(in.bytes[end - 1]))
        end--;
    if (end > 0 && in.bytes[end - 1] == ':')
        in.length = end - 1;
    if (in.length > 0 && in.bytes[0] == '[')
        return in.length > 1 && in.bytes[in.length - 1] == ']' && is_ip_literal((part){in.bytes + 1, in.length - 2});
    return are_characters(in, "", international, false);
}

/* What stands before the first of some characters; the rest begins with it. */
static part cut(part *in, const char *ends) {
    size_t length = 0;
    while (length < in->length && (in->bytes[length] == '\0' || strchr(ends, in->bytes[length]) == NULL))
        length++;
    part before = {in->bytes, length};
    *in = (part){in->bytes + length, in->length - length};
    return before;
}

static size_t scheme_length(part in) {
    size_t at = 0;
    while (at < in.length &&
           (is_letter(in.bytes[at]) ||
            (at > 0 && (is_digit(in.bytes[at]) || (in.bytes[at] != '\0' && strchr("+-.", in.bytes[at]))))))
        at++;
    return at < in.length && in.bytes[at] == ':' ? at : 0;
}

/* URI-reference; with `absolute` URI */
static bool is_reference(part in, bool absolute, bool international) {
    size_t scheme = scheme_length(in);
    if (scheme == 0 && absolute)
        return false;
    if (scheme > 0)
        in = (part){in.bytes + scheme + 1, in.length - scheme - 1};
    if (in.length >= 2 && in.bytes[0] == '/' && in.bytes[1] == '/') {
        in = (part){in.bytes + 2, in.length - 2};
        if (!is_authority(cut(&in, "/?#"), international))
            return false;
    } else if (scheme == 0) {
        part rest = in, first = cut(&rest, "/?#"); /* path-noscheme: no colon in its first segment */
        if (memchr(first.bytes, ':', first.length) != NULL)
            return false;
    }
    if (!are_characters(cut(&in, "?#"), ":@/", international, false))
        return false;
    if (in.length > 0 && in.bytes[0] == '?') {
        part query = cut(&in, "#");
        if (!are_characters((part){query.bytes + 1, query.length - 1}, ":@/?", international, true))
            return false;
    }
    return in.length == 0 || are_characters((part){in.bytes + 1, in.length - 1}, ":@/?", international, false);
}

bool format_is_uri(const char *bytes, size_t length) {
    return is_reference((part){bytes, length}, true, false);
}

bool format_is_uri_reference(const char *bytes, size_t length) {
    return is_reference((part){bytes, length}, false, false);
}

bool format_is_iri(const char *bytes, size_t length) {
    return is_reference((part){bytes, length}, true, true);
}

bool format_is_iri_reference(const char *bytes, size_t length) {
    return is_reference((part){bytes, length}, false, true);
}

/* ---- Templates ---- */

/* varname *( "." varchar ) [ ":" max-length / "*" ] */
static bool is_varspec(part in) {
    size_t at = 0;
    bool after_dot = true;
    for (; at < in.length && in.bytes[at] != ':' && in.bytes[at] != '*'; at++) {
        char c = in.bytes[at];
        if (c == '.' && after_dot)
            return false;
        after_dot = c == '.';
        if (is_escape(in.bytes + at, in.length - at))
            at += 2;
        else if (!is_letter(c) && !is_digit(c) && c != '_' && c != '.')
            return false;
    }
    if (after_dot)
        return false;
    if (at < in.length && in.bytes[at] == '*')
        return at + 1 == in.length;
    if (at == in.length)
        return true;
    size_t start = ++at;
    while (at < in.length && is_digit(in.bytes[at]))
        at++;
    return at == in.length && at > start && at - start <= 4 && in.bytes[start] != '0';
}

/* "{" [ operator ] variable-list "}", without the braces */
static bool is_expression(part in) {
    if (in.length > 0 && in.bytes[0] != '\0' && strchr("+#./;?&=,!@|", in.bytes[0]) != NULL)
        in = (part){in.bytes + 1, in.length - 1};
    for (;;) {
        if (!is_varspec(cut(&in, ",")))
            return false;
        if (in.length == 0)
            return true;
        in = (part){in.bytes + 1, in.length - 1};
    }
}

/* literals: anything that is not " % < > \ ^ ` { | } or a control character (with erratum 6937, which adds ') */
static bool is_literal(part in) {
    for (size_t at = 0; at < in.length;) {
        unsigned char c = (unsigned char)in.bytes[at];
        uint32_t code_point;
        size_t size = utf8_decode(in.bytes + at, in.length - at, &code_point);
        if (c == '%' ? !is_escape(in.bytes + at, in.length - at)
                     : size == 0 || c <= ' ' || c == 0x7F || strchr("\"<>\\^`{|}", c) != NULL ||
                           (c >= 0x80 && !is_ucschar(code_point, true)))
            return false;
        at += size;
    }
    return true;
}

bool format_is_uri_template(const char *bytes, size_t length) {
    part in = {bytes, length};
    while (in.length > 0) {
        if (!is_literal(cut(&in, "{")))
            return false;
        if (in.length == 0)
            return true;
        in = (part){in.bytes + 1, in.length - 1};
        if (!is_expression(cut(&in, "}")) || in.length == 0)
            return false;
        in = (part){in.bytes + 1, in.length - 1};
    }
    return true;
}
