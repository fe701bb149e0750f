/*
 * http_tls_test.c: TLS is verified: a certificate that nobody vouches for, or of another host, ends the request with a
 * sentence; one that is trusted serves. Keys and certificates are made by openssl(1) when the test starts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <microhttpd.h>
#include <netinet/in.h>

#include "http/fetch.h"
#include "tests/support/ask.h"
#include "tests/support/folder.h"

static char folder[] = "/tmp/arazzo-tls-XXXXXX";

typedef struct tls_server {
    struct MHD_Daemon *daemon;
    char *key;
    char *certificate;
    char certificate_path[64];
    char authority[32]; /* "127.0.0.1:PORT" */
} tls_server;

static enum MHD_Result answer(void *user, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **state) {
    (void)user, (void)url, (void)method, (void)version, (void)upload, (void)upload_size, (void)state;
    struct MHD_Response *response = MHD_create_response_from_buffer(2, (void *)"ok", MHD_RESPMEM_PERSISTENT);
    enum MHD_Result queued = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return queued;
}

static char *read_made(const char *name, char *path, size_t size) {
    char error[128];
    size_t length;
    snprintf(path, size, "%s/%s", folder, name);
    char *bytes = fetch_file(path, &length, error, sizeof error);
    char *terminated = bytes == NULL ? NULL : realloc(bytes, length + 1);
    if (terminated != NULL)
        terminated[length] = '\0';
    return terminated;
}

/* A self-signed certificate for `name` ("IP:127.0.0.1", "DNS:…"). NULL: it cannot be made here. */
static tls_server *start(const char *name) {
    char line[512], path[64];
    snprintf(line, sizeof line,
             "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test "
             "-addext subjectAltName=%s -keyout %s/key.pem -out %s/cert.pem >/dev/null 2>&1",
             name, folder, folder);
    tls_server *made = calloc(1, sizeof *made);
    if (made == NULL || system(line) != 0) {
        free(made);
        return NULL;
    }
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    made->key = read_made("key.pem", path, sizeof path);
    made->certificate = read_made("cert.pem", made->certificate_path, sizeof made->certificate_path);
    made->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_TLS, 0, NULL, NULL, answer, NULL,
                                    MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address, MHD_OPTION_HTTPS_MEM_KEY,
                                    made->key, MHD_OPTION_HTTPS_MEM_CERT, made->certificate, MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        made->daemon == NULL ? NULL : MHD_get_daemon_info(made->daemon, MHD_DAEMON_INFO_BIND_PORT);
    snprintf(made->authority, sizeof made->authority, "127.0.0.1:%u", info == NULL ? 0u : (unsigned)info->port);
    return made;
}

static void stop(tls_server *made) {
    if (made == NULL)
        return;
    if (made->daemon != NULL)
        MHD_stop_daemon(made->daemon);
    free(made->key);
    free(made->certificate);
    free(made);
}

static asked *ask_securely(const tls_server *server, const char *trusted) {
    char url[64];
    snprintf(url, sizeof url, "https://%s/", server->authority);
    asked *one = asked_new("GET", url, NULL);
    if (trusted == NULL)
        unsetenv("SSL_CERT_FILE");
    else
        setenv("SSL_CERT_FILE", trusted, 1);
    unsetenv("SSL_CERT_DIR");
    ask(NULL, one);
    return one;
}

static tls_server *start_or_skip(const char *name) {
    tls_server *server = start(name);
    if (server == NULL || server->daemon == NULL) {
        stop(server);
        server = NULL;
        print_message("openssl(1), or TLS in libmicrohttpd, is not available\n");
        skip();
    }
    return server;
}

static void nobody_vouches(void **state) {
    (void)state;
    tls_server *server = start_or_skip("IP:127.0.0.1");
    asked *one = ask_securely(server, NULL);
    char expected[128];
    snprintf(expected, sizeof expected, "the TLS certificate of %s is not trusted: self", server->authority);
    assert_null(one->result.response);
    assert_memory_equal(one->result.error, expected, strlen(expected));
    assert_non_null(strstr(one->result.error, "signed certificate"));
    asked_free(one);
    stop(server);
}

static void a_trusted_certificate_serves(void **state) {
    (void)state;
    tls_server *server = start_or_skip("IP:127.0.0.1");
    asked *one = ask_securely(server, server->certificate_path);
    if (one->result.error != NULL)
        print_error("%s\n", one->result.error);
    assert_non_null(one->result.response);
    assert_string_equal(one->result.response->body, "ok");
    asked_free(one);
    stop(server);
}

static void a_certificate_of_another_host(void **state) {
    (void)state;
    tls_server *server = start_or_skip("DNS:elsewhere.example");
    asked *one = ask_securely(server, server->certificate_path);
    char expected[128];
    snprintf(expected, sizeof expected, "the TLS certificate of %s is not trusted: ", server->authority);
    assert_null(one->result.response);
    assert_memory_equal(one->result.error, expected, strlen(expected));
    assert_non_null(strstr(one->result.error, "127.0.0.1'"));
    asked_free(one);
    stop(server);
}

static void no_tls_at_all(void **state) {
    (void)state;
    tls_server *server = start_or_skip("IP:127.0.0.1");
    char url[64], authority[32];
    snprintf(authority, sizeof authority, "%s", server->authority);
    snprintf(url, sizeof url, "http://%s/", authority);
    asked *one = asked_new("GET", url, NULL);
    ask(NULL, one);
    assert_null(one->result.response); /* plain HTTP to a TLS port */
    assert_non_null(strstr(one->result.error, authority));
    asked_free(one);
    stop(server);
}

static int set_up(void **state) {
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int tear_down(void **state) {
    (void)state;
    return folder_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_vouches),
        cmocka_unit_test(a_trusted_certificate_serves),
        cmocka_unit_test(a_certificate_of_another_host),
        cmocka_unit_test(no_tls_at_all),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
