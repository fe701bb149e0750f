/*
 * real_server_test.c: credentials before servers that this project did not write: HTTP Basic and TLS client
 * certificates before nginx, HTTP Digest before lighttpd (nginx has none). Both are unpacked by
 * tests/support/servers.sh; keys are made by openssl(1).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/command.h"

static char folder[] = "/tmp/arazzo-servers-XXXXXX";

static void write_file(const char *name, const char *format, ...) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    va_list values;
    va_start(values, format);
    vfprintf(file, format, values);
    va_end(values);
    fclose(file);
}

static int shell(const char *format, ...) {
    char line[2048];
    va_list values;
    va_start(values, format);
    vsnprintf(line, sizeof line, format, values);
    va_end(values);
    return system(line);
}

static int set_up(void **state) {
    (void)state;
    if (mkdtemp(folder) == NULL || chmod(folder, 0755) != 0)
        return -1;
    write_file("api.yaml", "openapi: 3.1.0\ninfo: {title: t, version: '1'}\nservers: [{url: 'http://127.0.0.1:1'}]\n"
                           "components:\n  securitySchemes:\n    basic: {type: http, scheme: basic}\n"
                           "    digest: {type: http, scheme: digest}\n    certificate: {type: mutualTLS}\n"
                           "paths:\n"
                           "  /basic: {get: {operationId: basic, security: [{basic: []}]}}\n"
                           "  /digest: {post: {operationId: digest, security: [{digest: []}], requestBody: {content: "
                           "{text/plain: {}}}}}\n"
                           "  /certificate: {get: {operationId: certificate, security: [{certificate: []}]}}\n");
    static const char *const names[] = {"basic", "digest", "certificate"};
    for (size_t i = 0; i < 3; i++) {
        char file[40];
        snprintf(file, sizeof file, "%s.arazzo.yaml", names[i]);
        write_file(file,
                   "arazzo: 1.0.1\ninfo: {title: t, version: '1'}\n"
                   "sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]\n"
                   "workflows:\n- workflowId: w\n  steps:\n  - stepId: a\n    operationId: %s\n%s"
                   "    outputs: {body: $response.body}\n  outputs: {body: $steps.a.outputs.body}\n",
                   names[i], i == 1 ? "    requestBody: {contentType: text/plain, payload: hello}\n" : "");
    }
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    return shell("rm -r %s", folder);
}

/* ---- Servers ---- */

static unsigned free_port(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    close(listener);
    return ntohs(address.sin_port);
}

/* Waits until somebody listens there, for five seconds at most; false when the process ended before. */
static bool wait_for(pid_t process, unsigned port) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int i = 0; i < 500; i++) {
        int caller = socket(AF_INET, SOCK_STREAM, 0), status;
        bool reached = connect(caller, (struct sockaddr *)&address, sizeof address) == 0;
        close(caller);
        if (reached)
            return true;
        if (waitpid(process, &status, WNOHANG) == process)
            return false;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    return false;
}

/* The path of a server: unpacked for the tests, or the machine's own. NULL: there is none. */
static const char *find_server(const char *name, char *path, size_t size) {
    const char *build = getenv("BUILD");
    char working[512];
    if (getcwd(working, sizeof working) == NULL)
        return NULL;
    snprintf(path, size, "%s/%s/servers/usr/sbin/%s", working, build == NULL ? "build" : build, name);
    if (access(path, X_OK) == 0)
        return path;
    snprintf(path, size, "/usr/sbin/%s", name);
    return access(path, X_OK) == 0 ? path : NULL;
}

typedef struct running {
    pid_t process;
    unsigned port;
} running;

/* Starts a server with the configuration that `write` makes for a port; skips the test where it can't be. */
static running start(const char *name, void (*write)(unsigned port, const char *modules), const char *const *options) {
    char path[1024], modules[1100];
    if (find_server(name, path, sizeof path) == NULL) {
        print_message("%s is not here, and could not be unpacked\n", name);
        skip();
    }
    char *sbin = strstr(path, "/sbin/");
    snprintf(modules, sizeof modules, "%.*s/lib/lighttpd", (int)(sbin - path), path);
    for (int attempt = 0; attempt < 5; attempt++) {
        running made = {.port = free_port()};
        write(made.port, modules);
        made.process = fork();
        if (made.process == 0) {
            char libraries[1200];
            snprintf(libraries, sizeof libraries, "%.*s/lib/x86_64-linux-gnu", (int)(sbin - path), path);
            setenv("LD_LIBRARY_PATH", libraries, 1);
            (void)!freopen("/dev/null", "w", stderr);
            execl(path, name, options[0], options[1], options[2], options[3], (char *)NULL);
            _exit(127);
        }
        if (wait_for(made.process, made.port))
            return made;
        kill(made.process, SIGKILL);
        waitpid(made.process, NULL, 0);
    }
    print_message("%s does not start here\n", name);
    skip();
    return (running){0};
}

static void stop(running *server) {
    kill(server->process, SIGTERM);
    waitpid(server->process, NULL, 0);
}

static void expect(const char *workflow, const char *scheme, const running *server, const char *options, int status,
                   const char *said) {
    command_result result = command_run("run %s/%s.arazzo.yaml --server %s://127.0.0.1:%u %s", folder, workflow, scheme,
                                        server->port, options);
    bool right = result.status == status && (strstr(result.out, said) != NULL || strstr(result.err, said) != NULL);
    if (!right)
        print_message("%d\n%s%s", result.status, result.out, result.err);
    assert_true(right);
    assert_null(strstr(result.err, "pass:word"));
    command_result_free(&result);
}

/* ---- nginx ---- */

static const char *nginx_options[4];
static char nginx_file[300], nginx_prefix[300];

static void write_nginx(unsigned port, const char *modules) {
    (void)modules;
    bool secure = access(nginx_file, R_OK) == 0 && strstr(nginx_file, "tls") != NULL;
    write_file(
        strrchr(nginx_file, '/') + 1,
        "daemon off; pid %s/nginx.pid; error_log %s/error.log; worker_processes 1; events {}\n"
        "http { access_log off; client_body_temp_path %s/t1; proxy_temp_path %s/t2; fastcgi_temp_path %s/t3;\n"
        "uwsgi_temp_path %s/t4; scgi_temp_path %s/t5;\n"
        "server { listen 127.0.0.1:%u%s;\n%s"
        "location / { default_type text/plain; return 200 'welcome'; }\n"
        "location /basic { auth_basic x; auth_basic_user_file %s/users; try_files /welcome.txt =404; root %s; } } }\n",
        folder, folder, folder, folder, folder, folder, folder, port, secure ? " ssl" : "",
        secure ? "ssl_certificate server.pem; ssl_certificate_key server.key; ssl_client_certificate "
                 "authority.pem; ssl_verify_client on;\n"
               : "",
        folder, folder);
}

static void use_nginx(const char *name) {
    snprintf(nginx_file, sizeof nginx_file, "%s/%s.conf", folder, name);
    snprintf(nginx_prefix, sizeof nginx_prefix, "%s/", folder);
    nginx_options[0] = "-p";
    nginx_options[1] = nginx_prefix;
    nginx_options[2] = "-c";
    nginx_options[3] = nginx_file;
    write_file(strrchr(nginx_file, '/') + 1, "");
}

static void nginx_takes_basic(void **state) {
    (void)state;
    use_nginx("plain");
    write_file("welcome.txt", "welcome");
    if (shell("printf 'ann:%%s\\n' \"$(openssl passwd -apr1 pass:word)\" > %s/users", folder) != 0)
        skip();
    running server = start("nginx", write_nginx, nginx_options);
    expect("basic", "http", &server, "--auth basic=ann:pass:word", 0, "welcome");
    expect("basic", "http", &server, "--auth basic=ann:wrong", 1, "$statusCode is 401");
    expect("basic", "http", &server, "", 1, "asks for credentials that nobody gives");
    stop(&server);
}

static bool make_certificates(void) {
    return shell("cd %s && exec >/dev/null 2>&1; "
                 "new() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=$1 -keyout "
                 "$1.key "
                 "-out $1.csr; }; "
                 "new authority && new server && new client && new stranger && "
                 "openssl x509 -req -in authority.csr -signkey authority.key -days 2 -out authority.pem && "
                 "openssl x509 -req -in stranger.csr -signkey stranger.key -days 2 -out stranger.pem && "
                 "printf 'subjectAltName=IP:127.0.0.1' > names && "
                 "openssl x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 "
                 "-extfile names -out server.pem && "
                 "openssl x509 -req -in client.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -out "
                 "client.pem && cat client.pem client.key > both.pem",
                 folder) == 0;
}

static void nginx_takes_client_certificates(void **state) {
    (void)state;
    char options[400];
    if (!make_certificates()) {
        print_message("openssl(1) is not here\n");
        skip();
    }
    use_nginx("tls");
    running server = start("nginx", write_nginx, nginx_options);
    snprintf(options, sizeof options, "--cacert %s/authority.pem --cert %s/client.pem --key %s/client.key", folder,
             folder, folder);
    expect("certificate", "https", &server, options, 0, "welcome");
    snprintf(options, sizeof options, "--cacert %s/authority.pem --cert %s/both.pem", folder, folder);
    expect("certificate", "https", &server, options, 0, "welcome");
    snprintf(options, sizeof options, "--cacert %s/authority.pem", folder);
    expect("certificate", "https", &server, options, 1, "$statusCode is 400"); /* no certificate was sent */
    snprintf(options, sizeof options, "--cacert %s/authority.pem --cert %s/stranger.pem --key %s/stranger.key", folder,
             folder, folder);
    expect("certificate", "https", &server, options, 1, "$statusCode is 400");
    snprintf(options, sizeof options, "--cacert %s/stranger.pem", folder);
    expect("certificate", "https", &server, options, 1, "is not trusted");
    stop(&server);
}

/* ---- lighttpd ---- */

static void write_lighttpd(unsigned port, const char *modules) {
    (void)modules;
    write_file(
        "lighttpd.conf",
        "server.document-root = \"%s/root\"\nserver.port = %u\nserver.bind = \"127.0.0.1\"\n"
        "server.modules = (\"mod_auth\", \"mod_authn_file\")\nserver.errorlog = \"%s/lighttpd.log\"\n"
        "auth.backend = \"plain\"\nauth.backend.plain.userfile = \"%s/plain\"\n"
        "static-file.exclude-extensions = ()\n"
        "auth.require = (\"/\" => (\"method\" => \"digest\", \"realm\" => \"x\", \"require\" => \"valid-user\"))\n",
        folder, port, folder, folder);
}

static void lighttpd_takes_digest(void **state) {
    (void)state;
    char path[1024], modules[1100] = "", configuration[300];
    if (find_server("lighttpd", path, sizeof path) != NULL) {
        char *sbin = strstr(path, "/sbin/");
        snprintf(modules, sizeof modules, "%.*s/lib/lighttpd", (int)(sbin - path), path);
    }
    snprintf(configuration, sizeof configuration, "%s/lighttpd.conf", folder);
    const char *options[4] = {"-D", "-m", modules, "-f"};
    /* `-f` takes its file from the next argument: written as one */
    char joined[310];
    snprintf(joined, sizeof joined, "-f%s", configuration);
    options[3] = joined;
    write_file("plain", "ann:pass:word\n");
    assert_int_equal(shell("mkdir -p %s/root && printf welcome > %s/root/digest", folder, folder), 0);
    running server = start("lighttpd", write_lighttpd, options);
    expect("digest", "http", &server, "--auth digest=ann:pass:word", 0, "welcome");
    expect("digest", "http", &server, "--auth digest=ann:wrong", 1, "$statusCode is 401");
    stop(&server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nginx_takes_basic),
        cmocka_unit_test(nginx_takes_client_certificates),
        cmocka_unit_test(lighttpd_takes_digest),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
