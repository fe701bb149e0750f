/* reported.c: the runs, and how they are put together. */
#include "tests/support/reported.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* pay fails twice and then not; its workflow succeeds. */
static void run_of_retries(happening *run) {
    happening_begin(run, "buy", 0, 0);
    for (unsigned attempt = 1; attempt <= 2; attempt++) {
        bool good = attempt == 2;
        happening_step(run, 0, "pay", attempt);
        happening_request(run, 0, "POST", "https://shop.test/pay?currency=E%20UR&x=1%2B1&flag", NULL, NULL,
                          "{\"sum\":7}");
        happening_response(run, 0, good ? 200 : 503, "application/json", NULL, NULL, "{\"ok\":true}", 11);
        happening_criterion(run, 0, "$statusCode == 200", good, good ? NULL : "$statusCode is 503\n200 is 200");
        happening_step_end(run, 0, good ? ARAZZO_SUCCESS : ARAZZO_FAILURE, "{}");
        if (!good)
            happening_action(run, 0, "retry", "again", NULL);
    }
    happening_step(run, 0, "ship", 1);
    happening_workflow(run, 1, "shipping");
    happening_step(run, 1, "book", 1);
    happening_request(run, 1, "GET", "https://ship.test/", NULL, NULL, NULL);
    happening_response(run, 1, 200, "application/octet-stream", NULL, NULL, "\xFF\x00\xFE", 3);
    happening_step_end(run, 1, ARAZZO_SUCCESS, "{}");
    happening_workflow_end(run, 1, "shipping", ARAZZO_SUCCESS);
    happening_step_end(run, 0, ARAZZO_SUCCESS, "{\"n\":[1,{\"a\":null}]}");
    happening_workflow_end(run, 0, "buy", ARAZZO_SUCCESS);
    happening_end(run, ARAZZO_SUCCESS, "{\"total\":9.99}", NULL);
}

static void run_that_fails(happening *run) {
    happening_begin(run, "refund", 0, 0);
    happening_step(run, 0, "look", 1);
    happening_request(run, 0, "GET", "https://shop.test/orders/1", NULL, NULL, NULL);
    static const char body[] = "]]> <none> & \x01\x1b[31m \xC3( \"'";
    happening_response(run, 0, 404, "text/plain", NULL, NULL, body, sizeof body - 1);
    happening_criterion(run, 0, "$statusCode == 200", false, "$statusCode is 404\n200 is 200");
    happening_step_end(run, 0, ARAZZO_FAILURE, "{}");
    happening_workflow_end(run, 0, "refund", ARAZZO_FAILURE);
    happening_end(run, ARAZZO_FAILURE, "{}", NULL);
}

static void run_that_breaks(happening *run) {
    happening_begin(run, "lost \x02# \\ <&>", 0, 0);
    happening_end(run, ARAZZO_ERROR, NULL, "the input 'id' is missing");
}

void reported_set_up(reported_set *made, const mask *secrets) {
    run_of_retries(&made->runs[0]);
    run_that_fails(&made->runs[1]);
    run_that_breaks(&made->runs[2]);
    run_of_retries(&made->runs[3]);
    happening_begin(&made->runs[4], "later", 0, 0);
    for (size_t i = 0; i < REPORTED_RUNS; i++)
        made->reported[i] = (report_run){.events = made->runs[i].kept};
    made->earlier[0] = made->runs[1].kept;
    made->reported[3].earlier = made->earlier;
    made->reported[3].earlier_count = 1;
    made->reported[4].skipped = "x-test: false";
    diagnostics_init(&made->list);
    diagnose(&made->list, "E0404", (place){.file = "bad.yaml", .line = 3, .column = 5}, "say it", "steps are missing");
    made->documents[0] =
        (report_document){.file = "./apis/v1.2/shop.arazzo.yaml", .runs = made->reported, .run_count = REPORTED_RUNS};
    made->documents[1] = (report_document){.file = "bad.yaml", .list = &made->list};
    made->what = (report_set){.documents = made->documents,
                              .document_count = 2,
                              .many = true,
                              .secrets = secrets,
                              .began = 1770091506.5,
                              .seconds = 2};
}

void reported_tear_down(reported_set *made) {
    for (size_t i = 0; i < REPORTED_RUNS; i++)
        recording_free(made->runs[i].kept);
    diagnostics_free(&made->list);
}

char *reported_text(const report_set *what, report_kind kind) {
    text out = TEXT_EMPTY;
    assert_true(report_write(what, kind, &out));
    assert_int_equal(strlen(out.bytes), out.length);
    return text_take(&out, NULL);
}
