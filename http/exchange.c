/*
 * exchange.c: what one exchange says to libcurl and what libcurl says back.
 *
 * Requests are checked here (RFC 9110, sections 5.1, 5.5 and 9.1): whatever a workflow put into a header, it cannot
 * start another header or another request. Interim responses and trailers are dropped.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/client_internal.h"

enum { MOST_FIELDS = 1000, MOST_FOLDS = 100 };

#define CERTIFICATE_FOLDER "/etc/ssl/certs"

/* ---- May it be sent? ---- */

/* token = 1*tchar */
static bool is_token(const char *written) {
    static const char tchars[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return written[0] != '\0' && written[strspn(written, tchars)] == '\0';
}

/* field-value: no control characters but the tab */
static bool is_field_value(const char *written) {
    for (; *written != '\0'; written++)
        if (((unsigned char)*written < 0x20 && *written != '\t') || *written == 0x7F)
            return false;
    return true;
}

static const char *url_refusal(exchange *at) {
    at->url = curl_url();
    CURLUcode code = at->url == NULL ? CURLUE_OUT_OF_MEMORY
                                     : curl_url_set(at->url, CURLUPART_URL, at->request->url, CURLU_PATH_AS_IS);
    char *scheme = NULL;
    if (code == CURLUE_OK)
        code = curl_url_get(at->url, CURLUPART_SCHEME, &scheme, 0);
    bool web = scheme != NULL && (strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0);
    curl_free(scheme);
    at->no_memory = code == CURLUE_OUT_OF_MEMORY;
    if (at->no_memory || (code == CURLUE_OK && web))
        return NULL;
    if (code == CURLUE_OK || code == CURLUE_UNSUPPORTED_SCHEME || code == CURLUE_BAD_SCHEME)
        return "requests can only be sent to http and https URLs";
    return "the URL of the request is malformed";
}

const char *exchange_refusal(exchange *at) {
    const http_headers *headers = &at->request->headers;
    if (!is_token(at->method))
        return "the method of the request is not a token";
    for (size_t i = 0; i < headers->count; i++) {
        if (!is_token(headers->items[i].name))
            return "the name of a request's header is not a token";
        if (!is_field_value(headers->items[i].value))
            return "the value of a request's header holds a line break or another control character";
    }
    return url_refusal(at);
}

/* ---- Receiving ---- */

/* How much of a piece of the body belongs to the items that are wanted of a sequence; all of it elsewhere. */
static size_t wanted_of(exchange *at, const char *bytes, size_t length) {
    const char *type = at->request->max_items == 0 ? NULL : http_headers_get(&at->answered, "Content-Type");
    if (type == NULL || !sequence_is(type))
        return length;
    size_t wanted = sequence_count(&at->items, type, at->request->max_items, bytes, length);
    at->has_enough = at->items.count >= at->request->max_items;
    return wanted;
}

static size_t receive_body(char *bytes, size_t one, size_t length, void *user) {
    exchange *at = user;
    (void)one;
    if (length > client_settings(at->client)->options.max_body - at->received.length) {
        at->too_large = true;
        return 0;
    }
    size_t wanted = wanted_of(at, bytes, length);
    text_append(&at->received, bytes, wanted);
    at->no_memory = at->no_memory || at->received.failed;
    return at->received.failed || at->has_enough ? 0 : length;
}

/* Appends a field to those answered. A line that starts with white space continues the one before (obs-fold). */
static bool add_field(exchange *at, const char *bytes, size_t length) {
    const char *end = bytes + length, *colon = memchr(bytes, ':', length);
    bool folded = (bytes[0] == ' ' || bytes[0] == '\t') && at->answered.count > 0;
    const char *start = folded ? bytes : colon == NULL ? end : colon + 1;
    if (!folded && (colon == NULL || colon == bytes))
        return true; /* no field: libcurl lets some nonsense pass */
    while (start < end && (*start == ' ' || *start == '\t'))
        start++;
    text_truncate(&at->line, 0);
    http_header *last = folded ? &at->answered.items[at->answered.count - 1] : NULL;
    if (folded)
        text_append_format(&at->line, "%s ", last->value);
    else
        text_append(&at->line, bytes, (size_t)(colon - bytes));
    size_t value = at->line.length + !folded;
    if (!folded)
        text_append_char(&at->line, '\0');
    text_append(&at->line, start, (size_t)(end - start));
    if (at->line.failed)
        return false;
    if (!folded)
        return http_headers_add(&at->answered, at->memory, at->line.bytes, at->line.bytes + value);
    last->value = arena_copy(at->memory, at->line.bytes, at->line.length);
    return last->value != NULL;
}

static size_t receive_header(char *bytes, size_t one, size_t length, void *user) {
    exchange *at = user;
    size_t kept = length;
    (void)one;
    if (length >= 5 && memcmp(bytes, "HTTP/", 5) == 0) {
        at->answered.count = 0; /* what came before was an interim response */
        at->folds = 0;
        at->fields_complete = false;
        return length;
    }
    while (kept > 0 && strchr(" \t\r\n", bytes[kept - 1]) != NULL)
        kept--;
    if (kept == 0)
        at->fields_complete = true;
    if (at->fields_complete)
        return length;
    at->folds += bytes[0] == ' ' || bytes[0] == '\t'; /* each copies the field anew */
    at->too_many_fields = at->answered.count >= MOST_FIELDS || at->folds > MOST_FOLDS;
    if (at->too_many_fields)
        return 0;
    if (add_field(at, bytes, kept))
        return length;
    at->no_memory = true;
    return 0;
}

/* ---- Sending ---- */

static bool add_line(exchange *at, const char *line) {
    struct curl_slist *longer = curl_slist_append(at->lines, line);
    if (longer == NULL)
        return false;
    at->lines = longer;
    return true;
}

/* A field with an empty value is written `Name;` for libcurl, which would leave it out otherwise. */
static bool add_header_line(exchange *at, const http_header *header) {
    static const char *const framing[] = {"Content-Length", "Transfer-Encoding", "Expect"};
    for (size_t i = 0; i < sizeof framing / sizeof *framing; i++)
        if (strcasecmp(header->name, framing[i]) == 0)
            return true; /* how the body is framed is decided here */
    text line = TEXT_EMPTY;
    const char *value = header->value + strspn(header->value, " \t");
    text_append_format(&line, value[0] == '\0' ? "%s;" : "%s: %s", header->name, value);
    bool added = !line.failed && add_line(at, text_peek(&line));
    text_free(&line);
    return added;
}

static bool add_lines(exchange *at) {
    curl_slist_free_all(at->lines);
    at->lines = NULL;
    const http_headers *headers = at->redirects > 0 ? &at->headers : &at->request->headers;
    bool added = add_line(at, "Expect:");
    for (size_t i = 0; added && i < headers->count; i++)
        added = add_header_line(at, &headers->items[i]);
    if (added && http_headers_get(headers, "Content-Type") == NULL)
        added = add_line(at, "Content-Type:"); /* libcurl would call any body a form */
    return added;
}

static bool set_method(exchange *at) {
    static const char *const with_body[] = {"POST", "PUT", "PATCH"};
    bool body = at->body != NULL;
    for (size_t i = 0; i < sizeof with_body / sizeof *with_body; i++)
        body = body || strcmp(at->method, with_body[i]) == 0;
    curl_off_t length = at->body == NULL ? 0 : (curl_off_t)at->body_length;
    bool right = true;
    if (strcmp(at->method, "HEAD") == 0)
        right = curl_easy_setopt(at->easy, CURLOPT_NOBODY, 1L) == CURLE_OK;
    else if (body)
        right = curl_easy_setopt(at->easy, CURLOPT_POST, 1L) == CURLE_OK &&
                curl_easy_setopt(at->easy, CURLOPT_POSTFIELDSIZE_LARGE, length) == CURLE_OK &&
                curl_easy_setopt(at->easy, CURLOPT_POSTFIELDS, at->body == NULL ? "" : at->body) == CURLE_OK;
    return right && curl_easy_setopt(at->easy, CURLOPT_CUSTOMREQUEST, at->method) == CURLE_OK;
}

/* True when the folder is indexed by hashes of names, as OpenSSL wants it: `a94d09e5.0`. */
static bool is_indexed(const char *path) {
    DIR *folder = opendir(path);
    bool found = false;
    for (struct dirent *entry; folder != NULL && !found && (entry = readdir(folder)) != NULL;)
        found = strlen(entry->d_name) == 10 && strspn(entry->d_name, "0123456789abcdef") == 8 &&
                strcmp(entry->d_name + 8, ".0") == 0;
    if (folder != NULL)
        closedir(folder);
    return found;
}

/*
 * Whom to trust: what the environment names, as OpenSSL does; else a folder of certificates, of which only those needed
 * are read, where the whole bundle would be; else what libcurl was built with.
 */
static void decide_trust(trust *trusted) {
    if (trusted->decided)
        return;
    trusted->decided = true;
    trusted->bundle = getenv("SSL_CERT_FILE");
    trusted->folder = getenv("SSL_CERT_DIR");
    if (trusted->bundle == NULL && trusted->folder == NULL && is_indexed(CERTIFICATE_FOLDER))
        trusted->folder = CERTIFICATE_FOLDER;
}

/* Credentials that belong to the connection, for the origin that the request was meant for. */
static bool set_credentials(exchange *at) {
    const http_client_options *options = &client_settings(at->client)->options;
    if (at->crossed)
        return true;
    if (at->request->digest != NULL &&
        (curl_easy_setopt(at->easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_DIGEST) != CURLE_OK ||
         curl_easy_setopt(at->easy, CURLOPT_USERPWD, at->request->digest) != CURLE_OK))
        return false;
    return options->certificate == NULL ||
           (curl_easy_setopt(at->easy, CURLOPT_SSLCERT, options->certificate) == CURLE_OK &&
            curl_easy_setopt(at->easy, CURLOPT_SSLKEY, options->key != NULL ? options->key : options->certificate) ==
                CURLE_OK);
}

static bool set_trust(exchange *at) {
    trust *trusted = &client_settings(at->client)->trusted;
    const char *authorities = client_settings(at->client)->options.authorities;
    if (authorities != NULL)
        return curl_easy_setopt(at->easy, CURLOPT_CAINFO, authorities) == CURLE_OK;
    char *scheme = NULL;
    if (curl_url_get(at->url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
        return false;
    bool secure = strcasecmp(scheme, "https") == 0;
    curl_free(scheme);
    if (!secure && !at->proxied)
        return true;
    decide_trust(trusted);
    if (trusted->bundle == NULL && trusted->folder == NULL)
        return true;
    return curl_easy_setopt(at->easy, CURLOPT_CAINFO, trusted->bundle) == CURLE_OK &&
           (trusted->folder == NULL || curl_easy_setopt(at->easy, CURLOPT_CAPATH, trusted->folder) == CURLE_OK);
}

double exchange_timeout(const exchange *at) {
    return at->request->timeout > 0 ? at->request->timeout : client_settings(at->client)->options.timeout;
}

static long milliseconds(double seconds) {
    return seconds > 1e6 ? 1000000000L : seconds < 0.001 ? 1L : (long)(seconds * 1000);
}

/* This machine is never behind a proxy, whatever the environment says: the mock is here. */
static bool is_loopback(const char *host) {
    return strcasecmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 || strcmp(host, "[::1]") == 0;
}

static bool set_proxy(exchange *at) {
    char *host = NULL;
    if (curl_url_get(at->url, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        return false;
    at->proxied = client_settings(at->client)->proxies && !is_loopback(host);
    curl_free(host);
    return at->proxied || curl_easy_setopt(at->easy, CURLOPT_PROXY, "") == CURLE_OK;
}

static bool set_limits(exchange *at) {
    const http_client_options *options = &client_settings(at->client)->options;
    curl_easy_setopt(at->easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options->connect_timeout));
    curl_easy_setopt(at->easy, CURLOPT_TIMEOUT_MS, milliseconds(exchange_timeout(at) - at->spent));
    if (strcmp(at->method, "HEAD") != 0) /* which announces a body, and none comes */
        curl_easy_setopt(at->easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)options->max_body);
    return curl_easy_setopt(at->easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK;
}

bool exchange_configure(exchange *at) {
    CURL *easy = at->easy;
    curl_easy_reset(easy);
    at->answered = (http_headers){.items = NULL};
    at->fields_complete = false;
    at->items = (sequence_counter){.count = 0};
    at->has_enough = false;
    text_truncate(&at->received, 0);
    curl_easy_setopt(easy, CURLOPT_CURLU, at->url);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, at);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, receive_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, at);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, at->error);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, at);
    return add_lines(at) && curl_easy_setopt(easy, CURLOPT_HTTPHEADER, at->lines) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USERAGENT, client_settings(at->client)->options.user_agent) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "") == CURLE_OK && set_method(at) && set_limits(at) &&
           set_proxy(at) && set_trust(at) && set_credentials(at);
}

/* ---- What came of it ---- */

double exchange_seconds(const exchange *at) {
    curl_off_t microseconds = 0;
    if (at->easy != NULL)
        curl_easy_getinfo(at->easy, CURLINFO_TOTAL_TIME_T, &microseconds);
    return at->spent + (double)microseconds / 1e6;
}

http_response *exchange_response(exchange *at) {
    long status = 0;
    curl_easy_getinfo(at->easy, CURLINFO_RESPONSE_CODE, &status);
    http_response *made = arena_alloc(at->memory, sizeof *made);
    if (made == NULL)
        return NULL;
    *made = (http_response){.status = (int)status, .headers = at->answered, .body_length = at->received.length};
    made->body = arena_copy(at->memory, text_peek(&at->received), at->received.length);
    char *url = NULL;
    bool moved = at->redirects > 0;
    if (moved && curl_url_get(at->url, CURLUPART_URL, &url, 0) == CURLUE_OK)
        made->url = arena_copy(at->memory, url, strlen(url));
    curl_free(url);
    return made->body == NULL || (moved && made->url == NULL) ? NULL : made;
}
