/*
 * redirect.c: what follows a 3xx when redirects are followed (RFC 9110, section 15.4; S16).
 *
 * Done here rather than by libcurl, so that what may cross to another origin is decided in one place: only headers that
 * describe the message. A key can be in any other.
 */
#include <string.h>
#include <strings.h>

#include "http/client_internal.h"

enum { MOST_REDIRECTS = 10 };

static const char *const crossing[] = {"Accept",
                                       "Accept-Charset",
                                       "Accept-Encoding",
                                       "Accept-Language",
                                       "Cache-Control",
                                       "Content-Encoding",
                                       "Content-Language",
                                       "Content-Type",
                                       "If-Modified-Since",
                                       "If-None-Match",
                                       "Prefer",
                                       "Range",
                                       "User-Agent",
                                       NULL};
static const char *const of_content[] = {"Content-Encoding", "Content-Language", "Content-Location", "Content-Type",
                                         NULL};

static bool is_listed(const char *name, const char *const *names) {
    for (; *names != NULL; names++)
        if (strcasecmp(*names, name) == 0)
            return true;
    return false;
}

/* Keeps the headers that are listed, or those that are not. The items are the exchange's own. */
static void keep_headers(http_headers *headers, const char *const *names, bool listed) {
    size_t kept = 0;
    for (size_t i = 0; i < headers->count; i++)
        if (is_listed(headers->items[i].name, names) == listed)
            headers->items[kept++] = headers->items[i];
    headers->count = kept;
}

/* Scheme, host and port (RFC 6454): "https://example.com:443/". False when memory is short. */
static bool append_origin(text *out, CURLU *url) {
    static const CURLUPart parts[] = {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT};
    static const char *const after[] = {"://", ":", "/"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char *part = NULL;
        if (curl_url_get(url, parts[i], &part, CURLU_DEFAULT_PORT) == CURLUE_OUT_OF_MEMORY)
            out->failed = true;
        text_append_format(out, "%s%s", part == NULL ? "" : part, after[i]);
        curl_free(part);
    }
    return !out->failed;
}

/* What browsers do: a POST becomes a GET after 301 and 302, anything but HEAD after 303; 307 and 308 change nothing. */
static void change_method(exchange *at, long status) {
    bool is_post = strcmp(at->method, "POST") == 0;
    bool is_safe = strcmp(at->method, "GET") == 0 || strcmp(at->method, "HEAD") == 0;
    if (!((status == 301 || status == 302) && is_post) && !(status == 303 && !is_safe))
        return;
    at->method = "GET";
    at->body = NULL;
    keep_headers(&at->headers, of_content, false);
}

/* Takes the request's headers over into the exchange, which may then leave some of them out. */
static bool own_headers(exchange *at) {
    const http_headers *given = &at->request->headers;
    if (at->redirects > 0)
        return true;
    for (size_t i = 0; i < given->count; i++)
        if (!http_headers_add(&at->headers, at->memory, given->items[i].name, given->items[i].value))
            return false;
    return true;
}

/* Where it leads, as far as it can be gone; may fail for memory, which is the caller's to say. */
static redirect_outcome go_to(exchange *at, CURLU *next, const char *location, text *from, text *to) {
    CURLUcode code = curl_url_set(next, CURLUPART_URL, location, CURLU_URLENCODE | CURLU_ALLOW_SPACE);
    if (code == CURLUE_UNSUPPORTED_SCHEME)
        return REDIRECT_NONE; /* to an app, perhaps: the redirect itself is the answer */
    at->bad_location = code != CURLUE_OK && code != CURLUE_OUT_OF_MEMORY;
    if (code != CURLUE_OK || !append_origin(from, at->url) || !append_origin(to, next))
        return REDIRECT_FAILED;
    if (strncasecmp(text_peek(to), "http://", 7) != 0 && strncasecmp(text_peek(to), "https://", 8) != 0)
        return REDIRECT_NONE;
    if (strcasecmp(text_peek(from), text_peek(to)) != 0) {
        if (at->request->stays)
            return REDIRECT_NONE;
        at->crossed = true;
        keep_headers(&at->headers, crossing, true);
        curl_url_set(next, CURLUPART_USER, NULL, 0);
        curl_url_set(next, CURLUPART_PASSWORD, NULL, 0);
    }
    return REDIRECT_FOLLOW;
}

redirect_outcome redirect_follow(exchange *at) {
    long status = 0;
    curl_easy_getinfo(at->easy, CURLINFO_RESPONSE_CODE, &status);
    const char *location = http_headers_get(&at->answered, "Location");
    bool redirects = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    if (!client_settings(at->client)->options.follow_redirects || !redirects || location == NULL)
        return REDIRECT_NONE;
    at->too_many_redirects = at->redirects >= MOST_REDIRECTS;
    if (at->too_many_redirects)
        return REDIRECT_FAILED;
    text from = TEXT_EMPTY, to = TEXT_EMPTY;
    CURLU *next = curl_url_dup(at->url);
    redirect_outcome outcome =
        next == NULL || !own_headers(at) ? REDIRECT_FAILED : go_to(at, next, location, &from, &to);
    text_free(&from);
    text_free(&to);
    at->no_memory = outcome == REDIRECT_FAILED && !at->bad_location;
    if (outcome != REDIRECT_FOLLOW) {
        curl_url_cleanup(next);
        return outcome;
    }
    curl_url_cleanup(at->url);
    at->url = next;
    at->spent = exchange_seconds(at);
    at->redirects++;
    change_method(at, status);
    return REDIRECT_FOLLOW;
}
