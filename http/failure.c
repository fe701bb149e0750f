/*
 * failure.c: why there is no response, as a sentence that names the host and port, and nothing else of the URL: the
 * rest of it may hold a secret.
 */
#include <errno.h>
#include <string.h>

#include "http/client_internal.h"

/* "host:port". */
static void append_host(text *out, CURLU *url) {
    char *host = NULL, *port = NULL;
    curl_url_get(url, CURLUPART_HOST, &host, 0);
    curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
    text_append_string(out, host == NULL ? "the server" : host);
    if (host != NULL && port != NULL)
        text_append_format(out, ":%s", port);
    curl_free(host);
    curl_free(port);
}

/* Sentences around the host. */
static const struct {
    CURLcode code;
    const char *before;
    const char *after;
} sentences[] = {
    {CURLE_COULDNT_RESOLVE_HOST, "cannot resolve the host of ", ""},
    {CURLE_COULDNT_RESOLVE_PROXY, "cannot resolve the host of the proxy that the environment names, for ", ""},
    {CURLE_PARTIAL_FILE, "", " closed the connection before the response was complete"},
    {CURLE_RECV_ERROR, "", " closed the connection before the response was complete"},
    {CURLE_SEND_ERROR, "", " closed the connection before it had the whole request"},
    {CURLE_GOT_NOTHING, "", " closed the connection before the response was complete"},
    {CURLE_HTTP2_STREAM, "", " closed the HTTP/2 stream before the response was complete"},
    {CURLE_UNSUPPORTED_PROTOCOL, "", " does not answer in HTTP"},
    {CURLE_WEIRD_SERVER_REPLY, "", " does not answer in HTTP"},
    {CURLE_HTTP2, "", " does not answer in HTTP/2, though it offered to"},
    {CURLE_BAD_CONTENT_ENCODING, "the response of ", " is not in the encoding that it names"},
};

static void append_connect(text *out, const exchange *at, const char *host) {
    static const struct {
        long error;
        const char *why;
    } reasons[] = {{ECONNREFUSED, "it refuses the connection"},
                   {ENETUNREACH, "its network cannot be reached"},
                   {EHOSTUNREACH, "it cannot be reached"},
                   {EMFILE, "too many files are open"}};
    long error = 0;
    const char *why = "it refuses the connection or cannot be reached";
    curl_easy_getinfo(at->easy, CURLINFO_OS_ERRNO, &error);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].error == error)
            why = reasons[i].why;
    if (at->proxied)
        why = "it, or the proxy that the environment names, refuses the connection or cannot be reached";
    text_append_format(out, "cannot connect to %s: %s", host, why);
}

static void append_timeout(text *out, const exchange *at, const char *host) {
    curl_off_t connected = 0;
    double timeout = exchange_timeout(at), connect = client_settings(at->client)->options.connect_timeout;
    curl_easy_getinfo(at->easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
    if (connected == 0)
        text_append_format(out, "cannot connect to %s within %g s", host, connect < timeout ? connect : timeout);
    else if (at->fields_complete)
        text_append_format(out, "%s did not finish its response within %g s", host, timeout);
    else
        text_append_format(out, "%s did not answer within %g s", host, timeout);
}

/* libcurl's own sentence, without what it starts with. */
static void append_tls(text *out, const exchange *at, CURLcode code, const char *host) {
    static const char *const starts[] = {"SSL certificate problem: ", "SSL: ", "TLS connect error: "};
    const char *why = at->error[0] != '\0' ? at->error : curl_easy_strerror(code);
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strncmp(why, starts[i], strlen(starts[i])) == 0)
            why += strlen(starts[i]);
    text_append_format(out,
                       code == CURLE_PEER_FAILED_VERIFICATION ? "the TLS certificate of %s is not trusted: %s"
                                                              : "TLS with %s failed: %s",
                       host, why);
}

static void append_code(text *out, CURLcode code, const char *host) {
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (sentences[i].code == code) {
            text_append_format(out, "%s%s%s", sentences[i].before, host, sentences[i].after);
            return;
        }
    text_append_format(out, "the request to %s failed: %s", host, curl_easy_strerror(code));
}

void failure_append(text *out, const exchange *at, CURLcode code) {
    text host = TEXT_EMPTY;
    append_host(&host, at->url);
    const char *name = text_peek(&host);
    double most = (double)client_settings(at->client)->options.max_body;
    if (at->too_large || code == CURLE_FILESIZE_EXCEEDED)
        text_append_format(out,
                           most >= 1 << 20 ? "the response of %s is larger than %g MiB"
                                           : "the response of %s is larger than %g bytes",
                           name, most >= 1 << 20 ? most / (1 << 20) : most);
    else if (at->too_many_fields)
        text_append_format(out, "the response of %s has too many header fields", name);
    else if (at->too_many_redirects)
        text_append_format(out, "%s redirects once more after %zu redirects", name, at->redirects);
    else if (at->bad_location)
        text_append_format(out, "%s redirects to what is no URL", name);
    else if (code == CURLE_OPERATION_TIMEDOUT)
        append_timeout(out, at, name);
    else if (code == CURLE_COULDNT_CONNECT)
        append_connect(out, at, name);
    else if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
             code == CURLE_SSL_CONNECT_ERROR || code == CURLE_SSL_CERTPROBLEM)
        append_tls(out, at, code, name);
    else
        append_code(out, code, name);
    out->failed = out->failed || host.failed;
    text_free(&host);
}
