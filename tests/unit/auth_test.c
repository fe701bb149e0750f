/*
 * auth_test.c: credentials on their way, seen by a server: every kind of security scheme, tokens fetched, kept and
 * renewed, what a step gives itself, credentials that would go astray. Through the real command; the server is one of
 * the test's own, with a small OAuth 2.0 token endpoint.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/text.h"
#include "http/server.h"
#include "tests/support/command.h"
#include "tests/support/folder.h"

static const char api_text[] =
    "openapi: 3.1.0\n"
    "info: {title: t, version: '1'}\n"
    "servers: [{url: 'http://127.0.0.1:1'}]\n"
    "components:\n"
    "  securitySchemes:\n"
    "    inHeader: {type: apiKey, in: header, name: X-Key}\n"
    "    inQuery: {type: apiKey, in: query, name: the key}\n"
    "    inCookie: {type: apiKey, in: cookie, name: sid}\n"
    "    basic: {type: http, scheme: Basic}\n"
    "    bearer: {type: http, scheme: bearer}\n"
    "    hawk: {type: http, scheme: hawk}\n"
    "    client: {type: oauth2, flows: {clientCredentials: {tokenUrl: /token, scopes: {a: '', b: ''}}}}\n"
    "    person: {type: oauth2, flows: {password: {tokenUrl: /token, scopes: {}}}}\n"
    "    browser: {type: oauth2, flows: {implicit: {authorizationUrl: /authorize, scopes: {}}}}\n"
    "    oidc: {type: openIdConnect, openIdConnectUrl: /.well-known/openid-configuration}\n"
    "    code: {type: oauth2, flows: {authorizationCode: {authorizationUrl: /authorize, tokenUrl: /token, refreshUrl: "
    "/renew, scopes: {}}}}\n"
    "    device: {type: oauth2, flows: {deviceAuthorization: {deviceAuthorizationUrl: /device, tokenUrl: /token, "
    "scopes: "
    "{}}}}\n"
    "    meta: {type: oauth2, oauth2MetadataUrl: /.well-known/openid-configuration, flows: {clientCredentials: "
    "{scopes: "
    "{}}}}\n"
    "    refreshed: {type: oauth2, flows: {clientCredentials: {tokenUrl: /token, refreshUrl: /renew, scopes: {}}}}\n"
    "    certificate: {type: mutualTLS}\n"
    "paths:\n"
    "  /header: {get: {operationId: header, security: [{inHeader: []}]}}\n"
    "  /query: {get: {operationId: query, security: [{inQuery: []}]}}\n"
    "  /cookie: {get: {operationId: cookie, security: [{inCookie: []}]}}\n"
    "  /basic: {get: {operationId: basic, security: [{basic: []}]}}\n"
    "  /bearer: {get: {operationId: bearer, security: [{bearer: []}]}}\n"
    "  /client: {get: {operationId: client, security: [{client: [a, b]}]}}\n"
    "  /person: {get: {operationId: person, security: [{person: []}]}}\n"
    "  /browser: {get: {operationId: browser, security: [{browser: []}]}}\n"
    "  /oidc: {get: {operationId: oidc, security: [{oidc: []}]}}\n"
    "  /both: {get: {operationId: both, security: [{hawk: []}, {inHeader: [], inQuery: []}]}}\n"
    "  /either: {get: {operationId: either, security: [{basic: []}, {bearer: []}]}}\n"
    "  /optional: {get: {operationId: optional, security: [{}, {bearer: []}]}}\n"
    "  /open: {get: {operationId: open, security: []}}\n"
    "  /stale: {get: {operationId: stale, security: [{client: [a, b]}]}}\n"
    "  /hawk: {get: {operationId: hawk, security: [{hawk: []}]}}\n"
    "  /code: {get: {operationId: code, security: [{code: []}]}}\n"
    "  /device: {get: {operationId: device, security: [{device: []}]}}\n"
    "  /meta: {get: {operationId: meta, security: [{meta: []}]}}\n"
    "  /refreshed: {get: {operationId: refreshed, security: [{refreshed: []}]}}\n"
    "  /certified: {get: {operationId: certified, security: [{certificate: []}, {inHeader: []}]}}\n";

static char folder[] = "/tmp/arazzo-auth-XXXXXX";

/* What the server has seen: a line for each request. */
typedef struct seen {
    text lines;
    unsigned tokens;   /* how many it gave */
    bool in_body;      /* the client must be in the body */
    bool broken;       /* the token endpoint refuses everybody */
    const char *moved; /* where /moved leads to */
    bool refreshes;    /* it gives refresh tokens, and takes those at /renew */
    int lifetime;      /* of a token, in seconds; 0: it says nothing */
} seen;

static void write_file(const char *name, const char *content, unsigned mode) {
    char path[256];
    folder_write(folder, name, content);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(chmod(path, mode), 0);
}

/* A workflow that calls the operations one after the other. */
static void write_workflow(const char *const *operations, const char *more) {
    text made = TEXT_EMPTY;
    text_append_string(&made, "arazzo: 1.0.1\ninfo: {title: t, version: '1'}\n"
                              "sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]\n"
                              "workflows:\n- workflowId: w\n  steps:\n");
    for (; *operations != NULL; operations++)
        text_append_format(&made, "  - {stepId: %s%zu, operationId: %s%s}\n", *operations, made.length, *operations,
                           more);
    write_file("w.arazzo.yaml", text_peek(&made), 0600);
    text_free(&made);
}

static int set_up(void **state) {
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    write_file("api.yaml", api_text, 0600);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    return folder_remove(folder);
}

/* ---- The server ---- */

static void answer_json(arena *memory, http_answer *answer, int status, const char *body) {
    answer->response.status = status;
    http_headers_add(&answer->response.headers, memory, "Content-Type", "application/json");
    answer->response.body = arena_copy(memory, body, strlen(body));
    answer->response.body_length = strlen(body);
}

/* A refresh token is `again-N`, good for one time. */
static void renew_token(seen *at, const http_incoming *request, arena *memory, http_answer *answer) {
    char body[256], wanted[64];
    snprintf(wanted, sizeof wanted, "grant_type=refresh_token&refresh_token=again-%u", at->tokens);
    if (at->broken || strncmp(request->body, wanted, strlen(wanted)) != 0) {
        answer_json(memory, answer, 400, "{\"error\": \"invalid_grant\"}");
        return;
    }
    at->tokens++;
    snprintf(body, sizeof body,
             "{\"access_token\": \"token-%u\", \"token_type\": \"bearer\", \"refresh_token\": \"again-%u\"}",
             at->tokens, at->tokens);
    answer_json(memory, answer, 200, body);
}

static void give_token(seen *at, const http_incoming *request, arena *memory, http_answer *answer) {
    char body[256];
    const char *client = http_headers_get(&request->headers, "Authorization");
    bool known = at->in_body ? strstr(request->body, "client_secret=s3cret%2B1") != NULL
                             : client != NULL && strcmp(client, "Basic bWU6czNjcmV0JTJCMQ==") == 0; /* me:s3cret%2B1 */
    bool password = strstr(request->body, "username=ann&password=pa+ss") != NULL;
    if (at->broken || (!known && !password)) {
        answer_json(memory, answer, 401, "{\"error\": \"invalid_client\", \"error_description\": \"who are you\"}");
        return;
    }
    char lifetime[80] = "";
    if (at->refreshes)
        snprintf(lifetime, sizeof lifetime, ", \"refresh_token\": \"again-%u\"", at->tokens + 1);
    if (at->lifetime != 0)
        snprintf(lifetime, sizeof lifetime, ", \"expires_in\": %d", at->lifetime);
    snprintf(body, sizeof body, "{\"access_token\": \"token-%u\", \"token_type\": \"bearer\"%s}", ++at->tokens,
             lifetime);
    answer_json(memory, answer, 200, body);
}

static void handle(void *user, const http_incoming *request, arena *memory, http_answer *answer) {
    seen *at = user;
    const char *authorization = http_headers_get(&request->headers, "Authorization");
    const char *key = http_headers_get(&request->headers, "X-Key"),
               *cookie = http_headers_get(&request->headers, "Cookie");
    text_append_format(&at->lines, "%s%s%s%s%s%s%s%s%s\n", request->target, authorization == NULL ? "" : " ",
                       authorization == NULL ? "" : authorization, key == NULL ? "" : " X-Key ", key == NULL ? "" : key,
                       cookie == NULL ? "" : " Cookie ", cookie == NULL ? "" : cookie,
                       request->body_length == 0 ? "" : " ", request->body_length == 0 ? "" : request->body);
    if (strcmp(request->target, "/token") == 0) {
        if (strstr(request->body, "grant_type=refresh_token") != NULL)
            renew_token(at, request, memory, answer);
        else
            give_token(at, request, memory, answer);
    } else if (strcmp(request->target, "/moved") == 0) {
        answer->response.status = 307;
        http_headers_add(&answer->response.headers, memory, "Location", at->moved);
    } else if (strcmp(request->target, "/renew") == 0) {
        renew_token(at, request, memory, answer);
    } else if (strcmp(request->target, "/.well-known/openid-configuration") == 0) {
        const char *host = http_headers_get(&request->headers, "Host");
        char body[256];
        snprintf(body, sizeof body, "{\"issuer\": \"http://%s\", \"token_endpoint\": \"http://%s/token\"}", host, host);
        answer_json(memory, answer, 200, body);
    } else if ((strcmp(request->target, "/stale") == 0 || strcmp(request->target, "/refreshed") == 0) &&
               authorization != NULL && strcmp(authorization, "Bearer token-1") == 0) {
        answer_json(memory, answer, 401, "{}"); /* it was revoked */
    } else {
        answer_json(memory, answer, 200, "{}");
    }
}

typedef struct outcome {
    command_result result;
    char *lines; /* what the server saw */
} outcome;

static outcome run(seen *at, const char *options) {
    char error[128];
    http_server *serving = http_server_start(NULL, handle, at, error, sizeof error);
    assert_non_null(serving);
    outcome made = {command_run("run %s/w.arazzo.yaml --server %s %s", folder, http_server_url(serving), options),
                    NULL};
    http_server_stop(serving);
    made.lines = at->lines.length == 0 ? calloc(1, 1) : text_take(&at->lines, NULL);
    return made;
}

static void expect(seen at, const char *operation, const char *options, int status, const char *lines) {
    const char *const operations[] = {operation, NULL};
    write_workflow(operations, "");
    outcome made = run(&at, options);
    if (made.result.status != status)
        print_message("%s%s", made.result.out, made.result.err);
    assert_int_equal(made.result.status, status);
    assert_string_equal(made.lines, lines);
    command_result_free(&made.result);
    free(made.lines);
}

/* ---- What arrives ---- */

static void each_scheme_arrives(void **state) {
    (void)state;
    expect((seen){0}, "header", "--auth inHeader=k1", 0, "/header X-Key k1\n");
    expect((seen){0}, "query", "--auth 'inQuery=a&b c'", 0, "/query?the%20key=a%26b%20c\n");
    expect((seen){0}, "cookie", "--auth 'inCookie=a;b'", 0, "/cookie Cookie sid=a%3Bb\n");
    expect((seen){0}, "basic", "--auth basic=ann:a:b", 0, "/basic Basic YW5uOmE6Yg==\n");
    expect((seen){0}, "bearer", "--auth bearer=t1", 0, "/bearer Bearer t1\n");
    expect((seen){0}, "browser", "--auth browser=t2", 0, "/browser Bearer t2\n");
    expect((seen){0}, "open", "", 0, "/open\n");
    /* an HTTP scheme that is not known here goes as it is given */
    expect((seen){0}, "hawk", "--auth 'hawk=id=\"d\", mac=\"m\"'", 0, "/hawk hawk id=\"d\", mac=\"m\"\n");
}

static void alternatives_and_combinations(void **state) {
    (void)state;
    expect((seen){0}, "both", "--auth inHeader=k1 --auth inQuery=k2", 0, "/both?the%20key=k2 X-Key k1\n");
    expect((seen){0}, "either", "--auth bearer=t1", 0, "/either Bearer t1\n");
    expect((seen){0}, "either", "--auth bearer=t1 --auth basic=a:b", 0, "/either Basic YTpi\n");
    expect((seen){0}, "optional", "", 0, "/optional\n");
    expect((seen){0}, "optional", "--auth bearer=t1", 0, "/optional Bearer t1\n");
    /* without a certificate, the alternative that wants one does not count */
    expect((seen){0}, "certified", "--auth inHeader=k1", 0, "/certified X-Key k1\n");
    expect((seen){0}, "certified", "--auth inHeader=k1 --cert README.md", 0, "/certified\n");
    /* half of a combination is none: the request goes without, with a warning */
    expect((seen){0}, "both", "--auth inHeader=k1", 0, "/both\n");
}

static void nobody_gives_it(void **state) {
    (void)state;
    const char *const operations[] = {"both", NULL};
    seen at = {0};
    write_workflow(operations, "");
    outcome made = run(&at, "");
    assert_non_null(strstr(made.result.err, "warning[W0232]: GET /both asks for credentials that nobody gives: 'hawk' "
                                            "(http), or 'inHeader' (apiKey) and 'inQuery' (apiKey)"));
    command_result_free(&made.result);
    free(made.lines);
}

/* S27 */
static void what_a_step_gives_wins(void **state) {
    (void)state;
    const char *const operations[] = {"bearer", NULL};
    seen at = {0};
    write_workflow(operations, ", parameters: [{name: Authorization, in: header, value: Bearer mine}]");
    outcome made = run(&at, "--auth bearer=t1");
    assert_string_equal(made.lines, "/bearer Bearer mine\n");
    assert_null(strstr(made.result.err, "W0232"));
    command_result_free(&made.result);
    free(made.lines);
    const char *const by_cookie[] = {"cookie", NULL};
    write_workflow(by_cookie, ", parameters: [{name: other, in: cookie, value: x}]");
    made = run(&at, "--auth inCookie=k");
    assert_string_equal(made.lines, "/cookie Cookie other=x; sid=k\n");
    command_result_free(&made.result);
    free(made.lines);
}

/* ---- Tokens ---- */

#define CLIENT "--auth 'client={clientId: me, clientSecret: s3cret+1}'"
#define TOKEN_REQUEST "/token Basic bWU6czNjcmV0JTJCMQ== grant_type=client_credentials&scope=a+b\n"

static void tokens_are_fetched(void **state) {
    (void)state;
    expect((seen){0}, "client", CLIENT, 0, TOKEN_REQUEST "/client Bearer token-1\n");
    expect(
        (seen){.in_body = true}, "client",
        "--auth 'client={clientId: me, clientSecret: s3cret+1, clientAuthentication: body, scopes: [c]}'", 0,
        "/token grant_type=client_credentials&scope=c&client_id=me&client_secret=s3cret%2B1\n/client Bearer token-1\n");
    expect((seen){0}, "person", "--auth 'person={clientId: me, username: ann, password: pa ss}'", 0,
           "/token grant_type=password&username=ann&password=pa+ss&client_id=me\n/person Bearer token-1\n");
    expect((seen){0}, "oidc", "--auth 'oidc={clientId: me, clientSecret: s3cret+1}'", 0,
           "/.well-known/openid-configuration\n/token Basic bWU6czNjcmV0JTJCMQ== grant_type=client_credentials\n"
           "/oidc Bearer token-1\n");
}

static void play(seen at, const char *const *operations, const char *lines) {
    write_workflow(operations, "");
    outcome made = run(&at, CLIENT);
    assert_int_equal(made.result.status, 0);
    assert_string_equal(made.lines, lines);
    command_result_free(&made.result);
    free(made.lines);
}

static void tokens_are_kept_until_they_expire(void **state) {
    (void)state;
    const char *const twice[] = {"client", "client", NULL};
    play((seen){.lifetime = 3600}, twice, TOKEN_REQUEST "/client Bearer token-1\n/client Bearer token-1\n");
    play((seen){0}, twice, TOKEN_REQUEST "/client Bearer token-1\n/client Bearer token-1\n");
}

/* A token that the server no longer takes is fetched anew, once. */
static void tokens_are_renewed(void **state) {
    (void)state;
    const char *const operations[] = {"client", "stale", NULL};
    play((seen){0}, operations,
         TOKEN_REQUEST "/client Bearer token-1\n/stale Bearer token-1\n" TOKEN_REQUEST "/stale Bearer token-2\n");
    /* fetched for this very request, it is not fetched again: the 401 is the answer */
    expect((seen){0}, "stale", CLIENT, 1, TOKEN_REQUEST "/stale Bearer token-1\n");
}

/* Where the flow says, with the refresh token that came with the token, or with one that was given. */
static void tokens_are_refreshed(void **state) {
    (void)state;
    const char *const operations[] = {"refreshed", "refreshed", NULL};
    const char *options = "--auth 'refreshed={clientId: me, clientSecret: s3cret+1}'";
    seen at = {.refreshes = true};
    /* token-1 is refused: it was fetched for the first request, but not for the second */
    write_workflow(operations, ", successCriteria: [{condition: $statusCode > 0}]");
    outcome made = run(&at, options);
    assert_int_equal(made.result.status, 0);
    assert_string_equal(made.lines,
                        "/token Basic bWU6czNjcmV0JTJCMQ== grant_type=client_credentials\n/refreshed Bearer token-1\n"
                        "/refreshed Bearer token-1\n"
                        "/renew Basic bWU6czNjcmV0JTJCMQ== grant_type=refresh_token&refresh_token=again-1\n"
                        "/refreshed Bearer token-2\n");
    command_result_free(&made.result);
    free(made.lines);
    expect((seen){0}, "code", "--auth 'code={refreshToken: again-0}'", 0,
           "/renew grant_type=refresh_token&refresh_token=again-0\n/code Bearer token-1\n");
    expect((seen){0}, "device", "--auth 'device={refreshToken: again-0, clientId: me}'", 0,
           "/token grant_type=refresh_token&refresh_token=again-0&client_id=me\n/device Bearer token-1\n");
    /* a refresh token that the server does not take: a new token, where the credential can fetch one */
    expect((seen){.tokens = 7}, "client", "--auth 'client={refreshToken: again-0, username: ann, password: pa ss}'", 0,
           "/token grant_type=refresh_token&refresh_token=again-0&scope=a+b\n"
           "/token grant_type=password&username=ann&password=pa+ss&scope=a+b\n/client Bearer token-8\n");
}

/* OpenAPI 3.2: the flow need not say where tokens come from when the server does (RFC 8414). */
static void endpoints_are_found_by_metadata(void **state) {
    (void)state;
    expect((seen){0}, "meta", "--auth 'meta={clientId: me, clientSecret: s3cret+1}'", 0,
           "/.well-known/openid-configuration\n/token Basic bWU6czNjcmV0JTJCMQ== grant_type=client_credentials\n"
           "/meta Bearer token-1\n");
}

/* A body with the client's secret is for the server that it was meant for, redirects or not. */
static void a_secret_in_a_body_stays(void **state) {
    (void)state;
    const char *const operations[] = {"client", NULL};
    const char *options = "--follow-redirects --auth 'client={tokenUrl: /moved, clientId: me, clientSecret: s3cret+1, "
                          "clientAuthentication: body}'";
    char error[128], elsewhere[128];
    seen other = {.in_body = true}, at = {.in_body = true};
    http_server *thief = http_server_start(NULL, handle, &other, error, sizeof error);
    assert_non_null(thief);
    snprintf(elsewhere, sizeof elsewhere, "%s/token", http_server_url(thief));
    at.moved = elsewhere;
    write_workflow(operations, "");
    outcome made = run(&at, options);
    assert_int_equal(made.result.status, 1);
    assert_non_null(strstr(made.result.err, "no token for 'client': the server answered with status 307"));
    assert_int_equal(other.lines.length, 0);
    command_result_free(&made.result);
    free(made.lines);
    at.moved = "/token";
    made = run(&at, options);
    assert_int_equal(made.result.status, 0);
    assert_non_null(strstr(made.lines, "/client Bearer token-1\n"));
    command_result_free(&made.result);
    free(made.lines);
    http_server_stop(thief);
}

static void tokens_that_cannot_be_had(void **state) {
    (void)state;
    static const struct {
        const char *operation;
        const char *options;
        const char *sentence;
    } rows[] = {
        {"client", CLIENT,
         "no token for 'client': the server answered with status 401: invalid_client, who are you (some servers want "
         "'clientAuthentication: body')"},
        {"browser", "--auth 'browser={clientId: me}'", "no token for 'browser': its flows need a person"},
        {"client", "--auth 'client={scopes: [a]}'",
         "no token for 'client': its credential has neither 'token' nor 'clientId' nor 'username' nor 'refreshToken'"},
        {"code", "--auth 'code={refreshToken: again-0}'",
         "no token for 'code': its refresh token is not taken any more"},
        {"basic", "--auth basic=nocolon", "the credential of 'basic' must be 'user:password'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const operations[] = {rows[i].operation, NULL};
        seen at = {.broken = true};
        write_workflow(operations, "");
        outcome made = run(&at, rows[i].options);
        assert_int_equal(made.result.status, 1);
        if (strstr(made.result.err, rows[i].sentence) == NULL)
            print_message("%s\n", made.result.err);
        assert_non_null(strstr(made.result.err, rows[i].sentence));
        assert_null(strstr(made.result.err, "s3cret"));
        command_result_free(&made.result);
        free(made.lines);
    }
}

/* ---- Where credentials come from ---- */

static void file_environment_and_option(void **state) {
    (void)state;
    char options[300];
    write_file("auth.yaml", "bearer: from-file\nothers: x\nclient: {clientId: me, clientSecret: s3cret+1}\n", 0600);
    snprintf(options, sizeof options, "--auth-file %s/auth.yaml", folder);
    expect((seen){0}, "bearer", options, 0, "/bearer Bearer from-file\n");
    expect((seen){0}, "client", options, 0, TOKEN_REQUEST "/client Bearer token-1\n");
    setenv("ARAZZO_AUTH_BEARER", "from-environment", 1);
    expect((seen){0}, "bearer", options, 0, "/bearer Bearer from-environment\n");
    setenv("ARAZZO_AUTH_API_BEARER", "from-the-source's", 1);
    expect((seen){0}, "bearer", options, 0, "/bearer Bearer from-the-source's\n");
    strcat(options, " --auth api.bearer=from-option");
    expect((seen){0}, "bearer", options, 0, "/bearer Bearer from-option\n");
    unsetenv("ARAZZO_AUTH_BEARER");
    unsetenv("ARAZZO_AUTH_API_BEARER");
    write_file("token.txt", "from-its-file\n", 0600);
    snprintf(options, sizeof options, "--auth bearer=@%s/token.txt", folder);
    expect((seen){0}, "bearer", options, 0, "/bearer Bearer from-its-file\n");
}

static void mistakes_are_told(void **state) {
    (void)state;
    const char *const operations[] = {"bearer", NULL};
    char file[300];
    write_file("open.yaml", "bearer: x\n", 0644);
    snprintf(file, sizeof file, "--auth-file %s/open.yaml", folder);
    const struct {
        const char *options;
        const char *sentence;
    } rows[] = {
        {"--auth baerer=x", "no operation that is called asks for the credential 'baerer'; did you mean 'bearer'?"},
        {"--auth bearer", "--auth takes SCHEME=VALUE"},
        {"--auth bearer=@/nothing/here", "the credential of 'bearer' cannot be read from /nothing/here"},
        {"--auth 'bearer={a: '", "the value of 'bearer' starts with '{' and is no object"},
        {file, "holds credentials and can be read by others"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        seen at = {0};
        write_workflow(operations, "");
        outcome made = run(&at, rows[i].options);
        if (made.result.status != 2 || strstr(made.result.err, rows[i].sentence) == NULL)
            print_message("%d %s\n", made.result.status, made.result.err);
        assert_int_equal(made.result.status, 2);
        assert_non_null(strstr(made.result.err, rows[i].sentence));
        assert_string_equal(made.lines, "");
        command_result_free(&made.result);
        free(made.lines);
    }
}

/* Two sources of different servers have a scheme of the same name: a credential for "bearer" is for one of them. */
static void credentials_do_not_go_astray(void **state) {
    (void)state;
    write_file("other.yaml",
               "openapi: 3.1.0\ninfo: {title: t, version: '1'}\nservers: [{url: 'http://127.0.0.1:2'}]\n"
               "components: {securitySchemes: {bearer: {type: http, scheme: bearer}}}\n"
               "paths: {/o: {get: {operationId: other, security: [{bearer: []}]}}}\n",
               0600);
    write_file("w.arazzo.yaml",
               "arazzo: 1.0.1\ninfo: {title: t, version: '1'}\n"
               "sourceDescriptions: [{name: api, url: api.yaml, type: openapi}, {name: two, url: other.yaml, type: "
               "openapi}]\n"
               "workflows:\n- workflowId: w\n  steps:\n  - {stepId: a, operationId: bearer}\n"
               "  - {stepId: b, operationId: other}\n",
               0600);
    command_result result = command_run("run %s/w.arazzo.yaml --auth bearer=x", folder);
    assert_int_equal(result.status, 2);
    assert_non_null(strstr(result.err,
                           "error[E0240]: the credential of 'bearer' would be sent to http://127.0.0.1:1 and "
                           "to http://127.0.0.1:2, whose documents both have a scheme of that name"));
    command_result_free(&result);
    seen at = {0};
    outcome made = run(&at, "--auth bearer=x");
    assert_int_equal(made.result.status, 0); /* both go to one server */
    command_result_free(&made.result);
    free(made.lines);
    made = run(&at, "--auth api.bearer=x --auth two.bearer=y");
    assert_string_equal(made.lines, "/bearer Bearer x\n/o Bearer y\n");
    command_result_free(&made.result);
    free(made.lines);
}

static void nothing_secret_is_shown(void **state) {
    (void)state;
    const char *const operations[] = {"client", "query", "cookie", NULL};
    seen at = {0};
    write_workflow(operations, "");
    outcome made = run(&at, CLIENT " --auth inQuery=key-one --auth inCookie=key-two -v");
    assert_int_equal(made.result.status, 0);
    static const char *const secrets[] = {"s3cret", "token-1", "key-one", "key-two"};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        assert_null(strstr(made.result.err, secrets[i]));
        assert_null(strstr(made.result.out, secrets[i]));
        assert_true(i == 0 || strstr(made.lines, secrets[i]) != NULL); /* the first travels in Base64 */
    }
    assert_non_null(strstr(made.result.err, "asking for a token for 'client' at http://"));
    command_result_free(&made.result);
    free(made.lines);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_scheme_arrives),
        cmocka_unit_test(alternatives_and_combinations),
        cmocka_unit_test(nobody_gives_it),
        cmocka_unit_test(what_a_step_gives_wins),
        cmocka_unit_test(tokens_are_fetched),
        cmocka_unit_test(tokens_are_kept_until_they_expire),
        cmocka_unit_test(tokens_are_renewed),
        cmocka_unit_test(tokens_are_refreshed),
        cmocka_unit_test(endpoints_are_found_by_metadata),
        cmocka_unit_test(a_secret_in_a_body_stays),
        cmocka_unit_test(tokens_that_cannot_be_had),
        cmocka_unit_test(file_environment_and_option),
        cmocka_unit_test(mistakes_are_told),
        cmocka_unit_test(credentials_do_not_go_astray),
        cmocka_unit_test(nothing_secret_is_shown),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
