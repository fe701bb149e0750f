/*
 * token_test.c: tokens that several runs and several schemes share or must not share, and those that never last. The
 * answers are given by hand, in the order that matters. How requests for tokens look on their way: auth_test.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "engine/arazzo.h"
#include "engine/diagnostic.h"

static const char arazzo_text[] = "arazzo: 1.0.1\n"
                                  "info: {title: t, version: '1'}\n"
                                  "sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]\n"
                                  "workflows:\n"
                                  "- {workflowId: one, steps: [{stepId: s, operationId: ann}]}\n"
                                  "- {workflowId: both, steps: [{stepId: s, operationId: ann},"
                                  " {stepId: t, operationId: bob}]}\n";

static const char api_text[] =
    "openapi: 3.1.0\n"
    "info: {title: t, version: '1'}\n"
    "servers: [{url: 'http://api.test'}]\n"
    "components:\n"
    "  securitySchemes:\n"
    "    ann: {type: oauth2, flows: {authorizationCode: {authorizationUrl: /a, tokenUrl: /token, scopes: {}}}}\n"
    "    bob: {type: oauth2, flows: {authorizationCode: {authorizationUrl: /a, tokenUrl: /token, scopes: {}}}}\n"
    "paths:\n"
    "  /ann: {get: {operationId: ann, security: [{ann: []}], responses: {'200': {description: ok}}}}\n"
    "  /bob: {get: {operationId: bob, security: [{bob: []}], responses: {'200': {description: ok}}}}\n";

static char *read_text(void *user, const char *uri, size_t *length, char *error, size_t error_size) {
    (void)user;
    (void)error;
    (void)error_size;
    const char *found = strstr(uri, "api.yaml") != NULL ? api_text : arazzo_text;
    *length = strlen(found);
    return strdup(found);
}

typedef struct world {
    diagnostics list;
    arazzo_description *loaded;
    arazzo_auth *auth;
    double now;
} world;

/* Time goes on a little whenever it is asked for. */
static double tell_time(void *user) {
    world *at = user;
    return at->now += 0.001;
}

static int set_up(void **state) {
    world *at = calloc(1, sizeof *at);
    const arazzo_reader reader = {.read = read_text};
    const arazzo_load_options how = {.strict = false};
    *state = at;
    if (at == NULL || !diagnostics_init(&at->list))
        return -1;
    at->loaded = arazzo_load("file:///w.yaml", &reader, &how, &at->list);
    at->auth = arazzo_auth_new();
    return at->loaded == NULL || at->auth == NULL ? -1 : 0;
}

static int tear_down(void **state) {
    world *at = *state;
    arazzo_auth_free(at->auth);
    arazzo_description_free(at->loaded);
    diagnostics_free(&at->list);
    free(at);
    return 0;
}

static void give(world *at, const char *scheme, const char *refresh) {
    json_t *value = json_pack("{s:s, s:s}", "clientId", "app", "refreshToken", refresh);
    assert_true(arazzo_auth_set(at->auth, NULL, scheme, value));
    json_decref(value);
}

static arazzo_run *start(world *at, const char *workflow) {
    const arazzo_run_options options = {.auth = at->auth, .clock = tell_time, .user = at};
    arazzo_run *run = arazzo_run_start(at->loaded, workflow, NULL, &options, &at->list);
    assert_non_null(run);
    arazzo_run_advance(run);
    return run;
}

/* The run's open request: for a token what is sent, else the credentials that are on it. */
static arazzo_need *expect(arazzo_run *run, const char *wanted) {
    arazzo_need *need = arazzo_run_take_need(run);
    assert_non_null(need);
    const arazzo_request *request = arazzo_need_request(need);
    const char *seen = request->body;
    for (size_t i = 0; seen == NULL && i < request->header_count; i++)
        seen = strcmp(request->headers[i].name, "Authorization") == 0 ? request->headers[i].value : NULL;
    assert_non_null(seen);
    assert_string_equal(seen, wanted);
    return need;
}

static void answer(arazzo_run *run, arazzo_need *need, int status, const char *body) {
    const arazzo_response response = {.status = status, .body = body, .body_length = strlen(body)};
    arazzo_run_respond(run, need, &response);
}

#define ASK(refresh) "grant_type=refresh_token&refresh_token=" refresh "&client_id=app"

/* A server that takes each refresh token once refuses the run that comes second: it has the first one's token. */
static void a_refusal_does_not_undo_what_another_run_fetched(void **state) {
    world *at = *state;
    give(at, "ann", "again-0");
    arazzo_run *first = start(at, "one"), *second = start(at, "one");
    arazzo_need *of_first = expect(first, ASK("again-0")), *of_second = expect(second, ASK("again-0"));
    answer(first, of_first, 200, "{\"access_token\": \"t1\", \"refresh_token\": \"again-1\"}");
    answer(second, of_second, 400, "{\"error\": \"invalid_grant\"}");
    answer(first, expect(first, "Bearer t1"), 200, "{}");
    answer(second, expect(second, "Bearer t1"), 200, "{}");
    assert_int_equal(arazzo_run_status(first), ARAZZO_SUCCESS);
    assert_int_equal(arazzo_run_status(second), ARAZZO_SUCCESS);
    arazzo_run_free(first);
    arazzo_run_free(second);
}

/* Two people with one client: neither is taken for the other. */
static void refresh_tokens_of_different_people_stay_apart(void **state) {
    world *at = *state;
    give(at, "ann", "of-ann");
    give(at, "bob", "of-bob");
    arazzo_run *run = start(at, "both");
    answer(run, expect(run, ASK("of-ann")), 200, "{\"access_token\": \"ann\"}");
    answer(run, expect(run, "Bearer ann"), 200, "{}");
    answer(run, expect(run, ASK("of-bob")), 200, "{\"access_token\": \"bob\"}");
    answer(run, expect(run, "Bearer bob"), 200, "{}");
    assert_int_equal(arazzo_run_status(run), ARAZZO_SUCCESS);
    arazzo_run_free(run);
}

/* A server that gives tokens which are over at once is not asked for ever. */
static void tokens_that_never_last_end_the_asking(void **state) {
    world *at = *state;
    give(at, "ann", "same");
    arazzo_run *run = start(at, "one");
    size_t asked = 0;
    for (arazzo_need *need; asked < 1000 && (need = arazzo_run_take_need(run)) != NULL; asked++)
        answer(run, need, 200, "{\"access_token\": \"t\", \"refresh_token\": \"same\", \"expires_in\": 0.0000001}");
    assert_in_range(asked, 1, 20);
    assert_int_equal(arazzo_run_status(run), ARAZZO_FAILURE);
    arazzo_run_free(run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_refusal_does_not_undo_what_another_run_fetched, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refresh_tokens_of_different_people_stay_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tokens_that_never_last_end_the_asking, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
