/*
 * oai_examples_test.c: the OpenAPI Initiative's examples that come with their OpenAPI documents run to their end: on
 * the mock with made-up inputs, and with the answers that their servers would give.
 *
 * They lie in ../shared/corpus/oai, or where the environment variable SHARED says; without them the test is skipped.
 * Some don't succeed on the mock, and it is the documents that are wrong: rows say how.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/command.h"
#include "tests/support/script.h"

static const char *folder(void) {
    static char path[1024];
    const char *shared = getenv("SHARED");
    snprintf(path, sizeof path, "%s/corpus/oai/1.0.0", shared == NULL ? "../shared" : shared);
    return path;
}

static char *read_example(const char *name) {
    text all = TEXT_EMPTY;
    char path[1200], piece[4096];
    snprintf(path, sizeof path, "%s/%s", folder(), name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
        text_append(&all, piece, got);
    fclose(file);
    return text_take(&all, NULL);
}

static void skip_without(const char *name) {
    char *there = read_example(name);
    if (there == NULL) {
        print_message("skipped: %s/%s is not there (SHARED says where)\n", folder(), name);
        skip();
    }
    free(there);
}

/* ---- On the mock ---- */

typedef struct example {
    const char *name;
    const char *file;
    const char *workflow;
    const char *source; /* where one of its sources is that is named by a URL; NULL: where it says */
    int status;
    const char *seen[4]; /* on the error stream, in this order */
} example;

static const example examples[] = {
    {"bnpl: its document asks for `products` where OpenAPI's says `productCodes`, so no product qualifies",
     "bnpl-arazzo.yaml",
     "ApplyForLoanAtCheckout",
     "bnpl-openapi.yaml",
     0,
     {"checkLoanCanBeProvided", "/products  200", "→ end  (qualifyingProductsNotFound", "success: "}},
    {"pet-coupons, apply-coupon: its document gives `pet_id` for the path's `petId`",
     "pet-coupons.arazzo.yaml",
     "apply-coupon",
     NULL,
     1,
     {"GET /pet/{petId}/coupons needs the path parameter 'petId'", "help: it gives 'pet_id'", "failure: "}},
    {"pet-coupons, buy-available-pet: `$statusCode` at a step that calls a workflow (S22)",
     "pet-coupons.arazzo.yaml",
     "buy-available-pet",
     NULL,
     0,
     {"warning[W0122]", "/pet/findByStatus?status=available&page=1&pageSize=10  200", "/store/order  200",
      "success: "}},
    {"pet-coupons, place-order",
     "pet-coupons.arazzo.yaml",
     "place-order",
     NULL,
     0,
     {"POST ", "/store/order  200", "success: "}},
    {"oauth, authorization code: OpenAPI's document declares no content, so there is no access_token",
     "oauth.arazzo.yaml",
     "authorization-code-flow",
     NULL,
     1,
     {"browser-authorize", "$response.body#/access_token is not there", "failure: "}},
    {"oauth, client credentials: likewise",
     "oauth.arazzo.yaml",
     "client-credentials-flow",
     NULL,
     1,
     {"/oauth/token  200", "$response.body is not there", "failure: "}},
    {"oauth, refresh token: likewise, in the workflow that it calls",
     "oauth.arazzo.yaml",
     "refresh-token-flow",
     NULL,
     1,
     {"workflow authorization-code-flow", "/authorize?", "failure: "}},
    {"FAPI-PAR: its document writes `PAR` for the operation `Par` (S25)",
     "FAPI-PAR.arazzo.yaml",
     "OIDC-PAR-AuthzCode",
     NULL,
     0,
     {"warning[W0125]", "/as/par.oauth2", "/as/token.oauth2", "success: OIDC-PAR-AuthzCode, 3 steps"}},
};

static void ends_on_the_mock(void **state) {
    const example *one = *state;
    skip_without(one->file);
    char source[1300] = "";
    if (one->source != NULL)
        snprintf(source, sizeof source, "--source BnplApi=%s/%s", folder(), one->source);
    command_result result =
        command_run("run %s/%s %s --mock --sample-inputs %s", folder(), one->file, one->workflow, source);
    const char *at = result.err;
    for (size_t i = 0; i < sizeof one->seen / sizeof *one->seen && one->seen[i] != NULL; i++) {
        const char *found = strstr(at, one->seen[i]);
        if (found == NULL)
            fail_msg("'%s' does not appear (any more) in:\n%s", one->seen[i], result.err);
        at = found + strlen(one->seen[i]);
    }
    assert_int_equal(result.status, one->status);
    command_result_free(&result);
}

/* ---- With a server that answers as these workflows expect ---- */

typedef struct served {
    const char *name;
    const char *file;
    const char *api_file;
    const char *api_uri; /* where the document says that it is */
    const char *workflow;
    const char *inputs;
    const char *answers[8];
    const char *log;
    const char *outputs;
} served;

#define AT "file:///oai/"

static const served servers[] = {
    {"oauth, refresh token",
     "oauth.arazzo.yaml",
     "oauth.openapi.yaml",
     AT "oauth.openapi.yaml",
     "refresh-token-flow",
     "{\"my_client_id\":\"c\",\"my_redirect_uri\":\"https://me.test\",\"my_client_secret\":\"s\"}",
     {"200 {\"access_token\":\"-\",\"code\":\"C\"}",
      "200 {\"access_token\":\"A\",\"refresh_token\":\"R\",\"expires_in\":9}",
      "200 {\"access_token\":\"B\",\"refresh_token\":\"S\",\"expires_in\":8}"},
     "call authorization-code-flow\n"
     "GET "
     "https://auth.example.com/authorize?client_id=c&redirect_uri=https%3A%2F%2Fme.test&response_type=code&scope=read"
     "&state=12345\n"
     "POST https://auth.example.com/oauth/token grant_type=authorization_code&code=C&redirect_uri=https%3A%2F%2Fme.test"
     "&client_id=c&client_secret=s\n"
     "POST https://auth.example.com/oauth/token grant_type=refresh_token&refresh_token=R\n",
     "{\"access_token\":\"B\",\"expires_in\":8,\"refresh_token\":\"S\"}"},
    {"bnpl, a new customer (as far as its document leads: it gives `loanTransactionId`, which no step puts out)",
     "bnpl-arazzo.yaml",
     "bnpl-openapi.yaml",
     "https://raw.githubusercontent.com/OAI/Arazzo-Specification/main/examples/1.0.0/bnpl-openapi.yaml",
     NULL,
     "{\"customer\":{\"uri\":\"https://b.test/c/"
     "1\"},\"products\":[{\"productCode\":\"p\",\"purchaseAmount\":{\"currency\":"
     "\"EUR\",\"amount\":1}}]}",
     {"200 {\"existingCustomerNotEligible\":true,\"products\":[\"p\"],\"eligibilityCheckRequired\":false}",
      "200 [\"t\"]", "202 {\"links\":{\"self\":\"https://b.test/l/1\"}}"},
     NULL,
     "{\"finalizedPaymentPlan\":\"$steps.retrieveFinalizedPaymentPlan.finalizedPaymentPlan\"}"},
};

static void ends_as_served(void **state) {
    const served *one = *state;
    skip_without(one->file);
    char *arazzo = read_example(one->file), *openapi = read_example(one->api_file);
    char uri[256];
    snprintf(uri, sizeof uri, AT "%s", one->file);
    const script_document documents[] = {{uri, arazzo}, {one->api_uri, openapi}, {NULL, NULL}};
    script play = {.documents = documents, .workflow = one->workflow, .inputs = one->inputs, .answers = one->answers};
    script_result result = script_play(&play);
    if (one->log != NULL)
        assert_string_equal(result.log, one->log);
    assert_string_equal(result.outputs, one->outputs);
    if (one->log == NULL) {
        assert_non_null(strstr(result.log, "initiateBnplTransaction: goto retrieveFinalizedPaymentPlan"));
        assert_non_null(strstr(result.log, "the path parameter 'loanTransactionId' has no value"));
    }
    assert_int_equal(result.status, one->log == NULL ? ARAZZO_FAILURE : ARAZZO_SUCCESS);
    script_result_free(&result);
    free(arazzo);
    free(openapi);
}

int main(void) {
    enum { EXAMPLES = sizeof examples / sizeof *examples, SERVERS = sizeof servers / sizeof *servers };
    struct CMUnitTest tests[EXAMPLES + SERVERS];
    for (size_t i = 0; i < EXAMPLES; i++)
        tests[i] = (struct CMUnitTest){examples[i].name, ends_on_the_mock, NULL, NULL, (void *)&examples[i]};
    for (size_t i = 0; i < SERVERS; i++)
        tests[EXAMPLES + i] = (struct CMUnitTest){servers[i].name, ends_as_served, NULL, NULL, (void *)&servers[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
