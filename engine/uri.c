/* uri.c: resolution by liburiparser, which passes RFC 3986's examples; the rest is percent-encoding. */
#include "engine/uri.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <uriparser/Uri.h>

bool uri_is_absolute(const char *uri) {
    size_t at = 0;
    if (!isalpha((unsigned char)uri[0]))
        return false;
    while (isalnum((unsigned char)uri[at]) || (uri[at] != '\0' && strchr("+-.", uri[at]) != NULL))
        at++;
    return uri[at] == ':';
}

static char *print_uri(const UriUriA *uri, arena *memory) {
    int length;
    if (uriToStringCharsRequiredA(uri, &length) != URI_SUCCESS)
        return NULL;
    char *out = arena_alloc(memory, (size_t)length + 1);
    if (out == NULL || uriToStringA(out, uri, length + 1, NULL) != URI_SUCCESS)
        return NULL;
    return out;
}

/* Bytes that no URI may hold as they are, though documents write them: spaces, what is not ASCII, … (RFC 3986, appendix
 * A). */
static bool is_illegal(char byte) {
    unsigned char value = (unsigned char)byte;
    return value <= ' ' || value >= 0x7F || strchr("\"<>\\^`{|}", byte) != NULL;
}

char *uri_escape_illegal(const char *text, arena *memory) {
    static const char digits[] = "0123456789ABCDEF";
    char *out = arena_array(memory, strlen(text) + 1, 3), *to = out;
    for (; out != NULL && *text != '\0'; text++) {
        if (!is_illegal(*text)) {
            *to++ = *text;
            continue;
        }
        *to++ = '%';
        *to++ = digits[(unsigned char)*text >> 4];
        *to++ = digits[*text & 15];
    }
    if (out != NULL)
        *to = '\0';
    return out;
}

char *uri_resolve_reporting(const char *base, const char *reference, arena *memory, bool *no_memory) {
    UriUriA from, to, made;
    const char *bad;
    char *legal_base = uri_escape_illegal(base, memory), *legal = uri_escape_illegal(reference, memory), *out = NULL;
    int status = legal_base == NULL || legal == NULL ? URI_ERROR_MALLOC : URI_SUCCESS;
    /* An absolute reference needs no base: as its own it is freed of `.` and `..`. */
    if (status == URI_SUCCESS && uri_is_absolute(legal))
        legal_base = legal;
    if (status == URI_SUCCESS)
        status = uriParseSingleUriA(&from, legal_base, &bad);
    if (status == URI_SUCCESS) {
        status = uriParseSingleUriA(&to, legal, &bad);
        if (status == URI_SUCCESS) {
            status = uriAddBaseUriA(&made, &to, &from);
            if (status == URI_SUCCESS) {
                out = print_uri(&made, memory);
                status = out == NULL ? URI_ERROR_MALLOC : URI_SUCCESS;
                uriFreeUriMembersA(&made);
            }
            uriFreeUriMembersA(&to);
        }
        uriFreeUriMembersA(&from);
    }
    *no_memory = status == URI_ERROR_MALLOC;
    return out;
}

char *uri_resolve(const char *base, const char *reference, arena *memory) {
    bool no_memory;
    return uri_resolve_reporting(base, reference, memory, &no_memory);
}

char *uri_split_fragment(const char *uri, const char **fragment, arena *memory) {
    size_t length = strcspn(uri, "#");
    if (fragment != NULL)
        *fragment = uri[length] == '#' ? uri_percent_decode(uri + length + 1, memory) : NULL;
    return arena_copy(memory, uri, length);
}

static int hex_value(char digit) {
    static const char digits[] = "0123456789abcdef";
    const char *found = digit == '\0' ? NULL : strchr(digits, tolower((unsigned char)digit));
    return found == NULL ? -1 : (int)(found - digits);
}

char *uri_percent_decode(const char *text, arena *memory) {
    char *out = arena_copy(memory, text, strlen(text)), *to = out;
    for (const char *from = out; out != NULL && *from != '\0'; from++) {
        int high = *from == '%' ? hex_value(from[1]) : -1;
        int low = high >= 0 ? hex_value(from[2]) : -1;
        if (low < 0) {
            *to++ = *from;
            continue;
        }
        *to++ = (char)(high << 4 | low);
        from += 2;
    }
    if (out != NULL)
        *to = '\0';
    return out;
}

char *uri_encode_path(const char *path, arena *memory) {
    static const char digits[] = "0123456789ABCDEF", plain[] = "-._~!$&'()*+,;=@/";
    size_t length = strlen(path);
    char *out = arena_array(memory, length + 1, 3), *to = out;
    if (out == NULL)
        return NULL;
    for (; *path != '\0'; path++) {
        unsigned char byte = (unsigned char)*path;
        if (byte < 0x80 && (isalnum(byte) || strchr(plain, *path) != NULL)) {
            *to++ = *path;
            continue;
        }
        *to++ = '%';
        *to++ = digits[byte >> 4];
        *to++ = digits[byte & 15];
    }
    *to = '\0';
    return out;
}

char *uri_from_path(const char *path, arena *memory) {
    char *encoded = uri_encode_path(path, memory);
    if (encoded == NULL || path[0] != '/')
        return NULL;
    size_t length = strlen(encoded);
    char *out = arena_alloc(memory, length + 8);
    if (out == NULL)
        return NULL;
    memcpy(out, "file://", 7);
    memcpy(out + 7, encoded, length + 1);
    return uri_resolve("file:///", out, memory); /* takes out `.` and `..` */
}

char *uri_to_path(const char *uri, arena *memory) {
    if (strncasecmp(uri, "file:", 5) != 0)
        return NULL;
    const char *path = uri + 5;
    if (strncasecmp(path, "//localhost/", 12) == 0)
        path += 11;
    else if (strncmp(path, "///", 3) == 0)
        path += 2;
    if (path[0] != '/' || path[1] == '/')
        return NULL;
    char *bytes = arena_copy(memory, path, strcspn(path, "?#"));
    /* An escaped NUL would cut the path short: it would name another file. */
    return bytes == NULL || strstr(bytes, "%00") != NULL ? NULL : uri_percent_decode(bytes, memory);
}
