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

/* Scheme, host and port (RFC 6454). */
static bool same_origin(CURLU *a, CURLU *b) {
    static const CURLUPart parts[] = {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT};
    bool same = true;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char *x = NULL, *y = NULL;
        same = same && curl_url_get(a, parts[i], &x, CURLU_DEFAULT_PORT) == CURLUE_OK &&
               curl_url_get(b, parts[i], &y, CURLU_DEFAULT_PORT) == CURLUE_OK && strcasecmp(x, y) == 0;
        curl_free(x);
        curl_free(y);
    }
    return same;
}

static bool is_web(CURLU *url) {
    char *scheme = NULL;
    bool web = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
               (strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0);
    curl_free(scheme);
    return web;
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

static redirect_outcome out_of_memory(exchange *at, CURLU *next) {
    curl_url_cleanup(next);
    at->no_memory = true;
    return REDIRECT_FAILED;
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
    CURLU *next = curl_url_dup(at->url);
    if (next == NULL || !own_headers(at))
        return out_of_memory(at, next);
    CURLUcode code = curl_url_set(next, CURLUPART_URL, location, CURLU_URLENCODE | CURLU_ALLOW_SPACE);
    if (code == CURLUE_OUT_OF_MEMORY)
        return out_of_memory(at, next);
    if (code != CURLUE_OK || !is_web(next)) {
        curl_url_cleanup(next);
        return REDIRECT_NONE; /* it leads nowhere that can be gone: the redirect itself is the answer */
    }
    if (!same_origin(at->url, next)) {
        keep_headers(&at->headers, crossing, true);
        curl_url_set(next, CURLUPART_USER, NULL, 0);
        curl_url_set(next, CURLUPART_PASSWORD, NULL, 0);
    }
    curl_url_cleanup(at->url);
    at->url = next;
    at->spent = exchange_seconds(at);
    at->redirects++;
    change_method(at, status);
    return REDIRECT_FOLLOW;
}
