/* uri.c: resolution by liburiparser, which passes RFC 3986's examples; the rest is percent-encoding. */
#include "engine/uri.h"

#include <ctype.h>
#include <string.h>
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

char *uri_resolve(const char *base, const char *reference, arena *memory) {
    UriUriA from, to, made;
    const char *bad;
    if (uriParseSingleUriA(&from, base, &bad) != URI_SUCCESS)
        return NULL;
    char *out = NULL;
    if (uriParseSingleUriA(&to, reference, &bad) == URI_SUCCESS) {
        if (uriAddBaseUriA(&made, &to, &from) == URI_SUCCESS) {
            out = print_uri(&made, memory);
            uriFreeUriMembersA(&made);
        }
        uriFreeUriMembersA(&to);
    }
    uriFreeUriMembersA(&from);
    return out;
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
        if (low >= 0)
            from += 2;
        *to++ = low >= 0 ? (char)(high << 4 | low) : *from;
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
    char *plain = uri_resolve(out, "", memory); /* takes out `.` and `..` */
    return plain == NULL ? out : plain;
}

char *uri_to_path(const char *uri, arena *memory) {
    if (strncmp(uri, "file:", 5) != 0)
        return NULL;
    const char *path = uri + 5;
    if (strncmp(path, "//localhost/", 12) == 0)
        path += 11;
    else if (strncmp(path, "///", 3) == 0)
        path += 2;
    return path[0] == '/' && path[1] != '/' ? uri_percent_decode(path, memory) : NULL;
}
