/*
 * client.c: one libcurl multi handle; each request is an exchange with an easy handle from a pool.
 *
 * Redirects are followed here rather than by libcurl, so that what may cross to another origin is decided in one place
 * (S16).
 */
#include "http/client.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/text.h"

enum { MOST_REDIRECTS = 10, MOST_HEADERS = 1000 };

typedef struct exchange {
    struct exchange *next;
    struct http_client *client;
    CURL *easy;
    const http_request *request;
    arena *memory;
    http_done *done;
    void *user;
    struct curl_slist *lines;
    const char *method;
    const char *url;
    const char *body;
    size_t body_length;
    http_headers headers; /* as sent: redirects may take some away */
    text received;
    http_headers answered;
    size_t redirects;
    double spent; /* seconds, in requests that were redirected */
    bool too_large;
    bool no_memory;
    char error[CURL_ERROR_SIZE];
} exchange;

struct http_client {
    CURLM *multi;
    http_client_options options;
    exchange *open;
    CURL **pool;
    size_t pooled;
    size_t pool_capacity;
    size_t under_way;
    bool ca_folder;
};

static pthread_once_t initialized = PTHREAD_ONCE_INIT;
static CURLcode initialization;

static void initialize(void) {
    initialization = curl_global_init(CURL_GLOBAL_DEFAULT);
}

http_client *http_client_new(const http_client_options *options) {
    struct stat about;
    pthread_once(&initialized, initialize);
    http_client *client = initialization == CURLE_OK ? calloc(1, sizeof *client) : NULL;
    if (client == NULL)
        return NULL;
    if (options != NULL)
        client->options = *options;
    if (client->options.connect_timeout <= 0)
        client->options.connect_timeout = 10;
    if (client->options.timeout <= 0)
        client->options.timeout = 30;
    if (client->options.max_body == 0)
        client->options.max_body = (size_t)64 << 20;
    if (client->options.user_agent == NULL)
        client->options.user_agent = "arazzo/" ARAZZO_VERSION;
    /* A folder of certificates costs 30 ms less than the bundle at the first TLS connection. */
    client->ca_folder = stat("/etc/ssl/certs/ca-certificates.crt", &about) == 0;
    client->multi = curl_multi_init();
    if (client->multi == NULL) {
        free(client);
        return NULL;
    }
    return client;
}

static void free_exchange(exchange *at) {
    curl_slist_free_all(at->lines);
    text_free(&at->received);
    free(at);
}

void http_client_free(http_client *client) {
    if (client == NULL)
        return;
    while (client->open != NULL) {
        exchange *at = client->open;
        client->open = at->next;
        curl_multi_remove_handle(client->multi, at->easy);
        curl_easy_cleanup(at->easy);
        free_exchange(at);
    }
    for (size_t i = 0; i < client->pooled; i++)
        curl_easy_cleanup(client->pool[i]);
    free(client->pool);
    curl_multi_cleanup(client->multi);
    free(client);
}

/* ---- Receiving ---- */

static size_t receive_body(char *bytes, size_t one, size_t length, void *user) {
    exchange *at = user;
    (void)one;
    if (length > at->client->options.max_body - at->received.length) {
        at->too_large = true;
        return 0;
    }
    text_append(&at->received, bytes, length);
    at->no_memory = at->no_memory || at->received.failed;
    return at->received.failed ? 0 : length;
}

static size_t receive_header(char *bytes, size_t one, size_t length, void *user) {
    exchange *at = user;
    (void)one;
    if (length >= 5 && strncasecmp(bytes, "HTTP/", 5) == 0) {
        at->answered.count = 0; /* what came before was an interim response */
        return length;
    }
    size_t name = 0, end = length;
    while (name < length && bytes[name] != ':')
        name++;
    if (name == 0 || name == length || at->answered.count >= MOST_HEADERS)
        return length;
    size_t start = name + 1;
    while (end > start && strchr(" \t\r\n", bytes[end - 1]) != NULL)
        end--;
    while (start < end && (bytes[start] == ' ' || bytes[start] == '\t'))
        start++;
    char *key = arena_copy(at->memory, bytes, name), *value = arena_copy(at->memory, bytes + start, end - start);
    if (key == NULL || value == NULL || !http_headers_add(&at->answered, at->memory, key, value)) {
        at->no_memory = true;
        return 0;
    }
    return length;
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
    text line = TEXT_EMPTY;
    text_append_format(&line, header->value[0] == '\0' ? "%s;" : "%s: %s", header->name, header->value);
    bool added = !line.failed && add_line(at, text_peek(&line));
    text_free(&line);
    return added;
}

static bool add_lines(exchange *at) {
    bool added = add_line(at, "Expect:");
    for (size_t i = 0; added && i < at->headers.count; i++)
        added = add_header_line(at, &at->headers.items[i]);
    if (added && http_headers_get(&at->headers, "Content-Type") == NULL)
        added = add_line(at, "Content-Type:"); /* libcurl would call any body a form */
    return added;
}

static bool set_method(exchange *at) {
    bool right = curl_easy_setopt(at->easy, CURLOPT_CUSTOMREQUEST, at->method) == CURLE_OK;
    if (strcmp(at->method, "HEAD") == 0)
        return right && curl_easy_setopt(at->easy, CURLOPT_NOBODY, 1L) == CURLE_OK;
    bool expects_body =
        strcmp(at->method, "POST") == 0 || strcmp(at->method, "PUT") == 0 || strcmp(at->method, "PATCH") == 0;
    if (at->body == NULL && !expects_body)
        return right;
    curl_off_t length = at->body == NULL ? 0 : (curl_off_t)at->body_length;
    return right && curl_easy_setopt(at->easy, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(at->easy, CURLOPT_POSTFIELDSIZE_LARGE, length) == CURLE_OK &&
           curl_easy_setopt(at->easy, CURLOPT_POSTFIELDS, at->body == NULL ? "" : at->body) == CURLE_OK &&
           curl_easy_setopt(at->easy, CURLOPT_CUSTOMREQUEST, at->method) == CURLE_OK;
}

static bool configure(exchange *at) {
    const http_client_options *options = &at->client->options;
    double timeout = at->request->timeout > 0 ? at->request->timeout : options->timeout;
    CURL *easy = at->easy;
    curl_easy_reset(easy);
    bool right = add_lines(at);
    right = right && curl_easy_setopt(easy, CURLOPT_URL, at->url) == CURLE_OK;
    right = right && curl_easy_setopt(easy, CURLOPT_HTTPHEADER, at->lines) == CURLE_OK;
    right = right && curl_easy_setopt(easy, CURLOPT_USERAGENT, options->user_agent) == CURLE_OK;
    right = right && curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "") == CURLE_OK;
    right = right && curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK;
    right = right && set_method(at);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(options->connect_timeout * 1000));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(timeout * 1000) > 0 ? (long)(timeout * 1000) : 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, at);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, receive_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, at);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, at->error);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, at);
    if (at->client->ca_folder) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
        right = right && curl_easy_setopt(easy, CURLOPT_CAPATH, "/etc/ssl/certs") == CURLE_OK;
    }
    return right;
}

static CURL *take_handle(http_client *client) {
    return client->pooled > 0 ? client->pool[--client->pooled] : curl_easy_init();
}

static void return_handle(http_client *client, CURL *easy) {
    if (client->pooled == client->pool_capacity) {
        size_t capacity = client->pool_capacity == 0 ? 8 : client->pool_capacity * 2;
        CURL **larger = realloc(client->pool, capacity * sizeof(CURL *));
        if (larger == NULL) {
            curl_easy_cleanup(easy);
            return;
        }
        client->pool = larger;
        client->pool_capacity = capacity;
    }
    client->pool[client->pooled++] = easy;
}

bool http_client_send(http_client *client, const http_request *request, arena *memory, http_done *done, void *user) {
    exchange *at = calloc(1, sizeof *at);
    if (at == NULL)
        return false;
    *at = (exchange){.client = client,
                     .easy = take_handle(client),
                     .request = request,
                     .memory = memory,
                     .done = done,
                     .user = user,
                     .method = request->method,
                     .url = request->url,
                     .body = request->body,
                     .body_length = request->body_length,
                     .received = TEXT_EMPTY};
    bool ready = at->easy != NULL;
    for (size_t i = 0; ready && i < request->headers.count; i++)
        ready = http_headers_add(&at->headers, memory, request->headers.items[i].name, request->headers.items[i].value);
    if (!ready || !configure(at) || curl_multi_add_handle(client->multi, at->easy) != CURLM_OK) {
        curl_easy_cleanup(at->easy);
        free_exchange(at);
        return false;
    }
    at->next = client->open;
    client->open = at;
    client->under_way++;
    return true;
}

/* ---- What became of it ---- */

/* "host:port" of a URL, without anything else that may stand in it. */
static void append_host(text *out, const char *url) {
    CURLU *parts = curl_url();
    char *host = NULL, *port = NULL;
    if (parts != NULL && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK) {
        curl_url_get(parts, CURLUPART_HOST, &host, 0);
        curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
    }
    text_append_string(out, host == NULL ? "the server" : host);
    if (port != NULL)
        text_append_format(out, ":%s", port);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(parts);
}

static void append_failure(text *out, const exchange *at, CURLcode code) {
    double timeout = at->request->timeout > 0 ? at->request->timeout : at->client->options.timeout;
    text host = TEXT_EMPTY;
    append_host(&host, at->url);
    if (at->too_large)
        text_append_format(out, "the response of %s is larger than %g MiB", text_peek(&host),
                           (double)at->client->options.max_body / (1 << 20));
    else if (code == CURLE_COULDNT_CONNECT)
        text_append_format(out, "cannot connect to %s: it refuses the connection or cannot be reached",
                           text_peek(&host));
    else if (code == CURLE_COULDNT_RESOLVE_HOST)
        text_append_format(out, "cannot resolve the host of %s", text_peek(&host));
    else if (code == CURLE_OPERATION_TIMEDOUT)
        text_append_format(out, "%s did not answer within %g s", text_peek(&host), timeout);
    else if (code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING)
        text_append_format(out, "%s closed the connection before the response was complete", text_peek(&host));
    else if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
             code == CURLE_SSL_CONNECT_ERROR)
        text_append_format(out, "TLS with %s failed: %s", text_peek(&host),
                           at->error[0] != '\0' ? at->error : curl_easy_strerror(code));
    else if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT)
        text_append_string(out, "requests can only be sent to http and https URLs");
    else
        text_append_format(out, "the request to %s failed: %s", text_peek(&host), curl_easy_strerror(code));
    out->failed = out->failed || host.failed;
    text_free(&host);
}

static double total_time(const exchange *at) {
    curl_off_t microseconds = 0;
    curl_easy_getinfo(at->easy, CURLINFO_TOTAL_TIME_T, &microseconds);
    return at->spent + (double)microseconds / 1e6;
}

/* The response in the caller's arena; NULL when memory is short. */
static http_response *make_response(exchange *at) {
    long status = 0;
    curl_easy_getinfo(at->easy, CURLINFO_RESPONSE_CODE, &status);
    http_response *made = arena_alloc(at->memory, sizeof *made);
    if (made == NULL)
        return NULL;
    *made = (http_response){.status = (int)status, .headers = at->answered, .body_length = at->received.length};
    made->body = arena_copy(at->memory, text_peek(&at->received), at->received.length);
    return made->body == NULL ? NULL : made;
}

static void finish(exchange *at, CURLcode code) {
    http_result result = {.duration = total_time(at)};
    if (code == CURLE_OK && !at->no_memory)
        result.response = make_response(at);
    if (result.response == NULL) {
        text sentence = TEXT_EMPTY;
        if (code == CURLE_OK || at->no_memory || code == CURLE_OUT_OF_MEMORY)
            text_append_string(&sentence, "memory ran short");
        else
            append_failure(&sentence, at, code);
        result.error = sentence.failed ? NULL : arena_copy(at->memory, text_peek(&sentence), sentence.length);
        text_free(&sentence);
    }
    http_client *client = at->client;
    for (exchange **link = &client->open; *link != NULL; link = &(*link)->next)
        if (*link == at) {
            *link = at->next;
            break;
        }
    client->under_way--;
    return_handle(client, at->easy);
    http_done *done = at->done;
    void *user = at->user;
    free_exchange(at);
    done(user, &result);
}

/* ---- Redirects (S16) ---- */

static char *url_part(CURLU *parts, CURLUPart which) {
    char *part = NULL;
    curl_url_get(parts, which, &part, CURLU_DEFAULT_PORT);
    return part;
}

static bool same_origin(CURLU *a, CURLU *b) {
    static const CURLUPart which[] = {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT};
    bool same = true;
    for (size_t i = 0; i < 3; i++) {
        char *x = url_part(a, which[i]), *y = url_part(b, which[i]);
        same = same && x != NULL && y != NULL && strcasecmp(x, y) == 0;
        curl_free(x);
        curl_free(y);
    }
    return same;
}

static void drop_headers(http_headers *headers, const char *const *names) {
    size_t kept = 0;
    for (size_t i = 0; i < headers->count; i++) {
        bool dropped = false;
        for (const char *const *name = names; *name != NULL; name++)
            dropped = dropped || strcasecmp(headers->items[i].name, *name) == 0;
        if (!dropped)
            headers->items[kept++] = headers->items[i];
    }
    headers->count = kept;
}

/* 301, 302 and 303 make a GET of anything but HEAD; 307 and 308 keep the method and the body. */
static void change_method(exchange *at, long status) {
    static const char *const content[] = {"Content-Type", "Content-Length", "Content-Encoding", NULL};
    bool keeps = status == 307 || status == 308 || strcmp(at->method, "GET") == 0 || strcmp(at->method, "HEAD") == 0;
    if (keeps)
        return;
    at->method = "GET";
    at->body = NULL;
    drop_headers(&at->headers, content);
}

/* The absolute target, in the exchange's arena; credentials stay behind when it is another origin. NULL: it cannot be
 * followed. */
static const char *redirect_target(exchange *at, const char *location) {
    static const char *const credentials[] = {"Authorization", "Cookie", "Proxy-Authorization", NULL};
    CURLU *from = curl_url(), *to = curl_url();
    const char *target = NULL;
    char *whole = NULL;
    if (from != NULL && to != NULL && curl_url_set(from, CURLUPART_URL, at->url, CURLU_PATH_AS_IS) == CURLUE_OK &&
        curl_url_set(to, CURLUPART_URL, at->url, CURLU_PATH_AS_IS) == CURLUE_OK &&
        curl_url_set(to, CURLUPART_URL, location, 0) == CURLUE_OK &&
        curl_url_get(to, CURLUPART_URL, &whole, 0) == CURLUE_OK &&
        (strncmp(whole, "http://", 7) == 0 || strncmp(whole, "https://", 8) == 0)) {
        target = arena_copy(at->memory, whole, strlen(whole));
        if (!same_origin(from, to))
            drop_headers(&at->headers, credentials);
    }
    curl_free(whole);
    curl_url_cleanup(from);
    curl_url_cleanup(to);
    return target;
}

/* True when the exchange goes on with another request. */
static bool follow_redirect(exchange *at) {
    long status = 0;
    curl_easy_getinfo(at->easy, CURLINFO_RESPONSE_CODE, &status);
    const char *location = http_headers_get(&at->answered, "Location");
    bool redirect = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    if (!at->client->options.follow_redirects || !redirect || location == NULL || at->redirects >= MOST_REDIRECTS)
        return false;
    const char *target = redirect_target(at, location);
    if (target == NULL)
        return false;
    at->spent = total_time(at);
    at->redirects++;
    at->url = target;
    change_method(at, status);
    curl_slist_free_all(at->lines);
    at->lines = NULL;
    at->answered = (http_headers){0};
    text_truncate(&at->received, 0);
    return configure(at) && curl_multi_add_handle(at->client->multi, at->easy) == CURLM_OK;
}

static void collect_done(http_client *client) {
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(client->multi, &left)) != NULL;) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result;
        exchange *at = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&at);
        curl_multi_remove_handle(client->multi, at->easy);
        if (code == CURLE_OK && !at->no_memory && follow_redirect(at))
            continue;
        finish(at, code);
    }
}

size_t http_client_poll(http_client *client, double seconds) {
    int running = 0;
    size_t before = client->under_way;
    curl_multi_perform(client->multi, &running);
    collect_done(client);
    if (client->under_way < before || seconds <= 0)
        return client->under_way;
    double bounded = seconds > 3600 ? 3600 : seconds;
    curl_multi_poll(client->multi, NULL, 0, (int)(bounded * 1000) > 0 ? (int)(bounded * 1000) : 1, NULL);
    curl_multi_perform(client->multi, &running);
    collect_done(client);
    return client->under_way;
}

void http_client_wake(http_client *client) {
    curl_multi_wakeup(client->multi);
}
