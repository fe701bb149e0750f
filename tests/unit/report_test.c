/* report_test.c: what the reports of runs hold, that they are what their formats ask for, and that no secret is in
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

#include "tests/support/reported.h"

/* ---- JUnit ---- */

static void check_junit(const char *report) {
    xmlSchemaParserCtxtPtr reader = xmlSchemaNewParserCtxt("tests/tables/junit.xsd");
    xmlSchemaPtr schema_of = xmlSchemaParse(reader);
    assert_non_null(schema_of);
    xmlDocPtr parsed = xmlReadMemory(report, (int)strlen(report), "report.xml", NULL, XML_PARSE_NONET);
    assert_non_null(parsed);
    xmlSchemaValidCtxtPtr checker = xmlSchemaNewValidCtxt(schema_of);
    assert_int_equal(xmlSchemaValidateDoc(checker, parsed), 0);
    xmlSchemaFreeValidCtxt(checker);
    xmlFreeDoc(parsed);
    xmlSchemaFree(schema_of);
    xmlSchemaFreeParserCtxt(reader);
}

static void junit_is_valid(void **state) {
    (void)state;
    reported_set made;
    reported_set_up(&made, NULL);
    char *report = reported_text(&made.what, REPORT_JUNIT);
    check_junit(report);
    static const char *const parts[] = {
        "<testsuite name=\"./apis/v1.2/shop.arazzo.yaml\" package=\"apis.v1_2.shop\" id=\"0\" tests=\"5\" "
        "failures=\"1\" errors=\"1\" skipped=\"1\" time=\"2.000\" timestamp=\"2026-02-03T04:05:06\" "
        "hostname=\"localhost\">\n    <properties>\n"
        "      <property name=\"file\" value=\"./apis/v1.2/shop.arazzo.yaml\"/>\n"
        "      <property name=\"arazzo\" value=\"" ARAZZO_VERSION "\"/>\n"
        "      <property name=\"flaky\" value=\"buy\"/>\n    </properties>\n",
        "<testcase name=\"buy\" classname=\"apis.v1_2.shop\" time=\"0.750\"/>\n",
        "<testcase name=\"refund\" classname=\"apis.v1_2.shop\" time=\"0.250\">\n"
        "      <failure type=\"criterion\" message=\"look: $statusCode == 200: $statusCode is 404; 200 is 200\">"
        "look: failure in 250.0 ms\n  GET https://shop.test/orders/1 404\n",
        "<testcase name=\"lost \xEF\xBF\xBD# \\ &lt;&amp;&gt;\" classname=\"apis.v1_2.shop\" time=\"0.000\">\n"
        "      <error type=\"error\" message=\"the input &#39;id&#39; is missing\">",
        "<testcase name=\"later\" classname=\"apis.v1_2.shop\" time=\"0.000\">\n"
        "      <skipped message=\"x-test: false\"/>\n    </testcase>\n",
        "<testsuite name=\"bad.yaml\" package=\"bad\" id=\"1\" tests=\"1\" failures=\"0\" errors=\"1\"",
        "<error type=\"document\" message=\"steps are missing\">bad.yaml:3:5: error[E0404]: steps are missing\n  say "
        "it\n",
        "== buy: passed\n"
        "pay: failure in 250.0 ms\n  POST https://shop.test/pay?currency=E%20UR&amp;x=1%2B1&amp;flag 503\n"
        "  failed $statusCode == 200\n      $statusCode is 503\n      200 is 200\n  retry (again)\n"
        "pay: success (attempt 2) in 250.0 ms\n",
        "ship/book: success in 250.0 ms\n",
        "== buy: attempt 1 of 2\nlook: failure in 250.0 ms\n",
        "== buy: flaky\npay: failure in 250.0 ms\n",
        "== later: skipped\n",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(report, parts[i]) == NULL)
            fail_msg("not there: %s\n%s", parts[i], report);
    free(report);
    reported_tear_down(&made);
}

/* ---- TAP ---- */

static void tap_has_subtests(void **state) {
    (void)state;
    reported_set made;
    reported_set_up(&made, NULL);
    char *report = reported_text(&made.what, REPORT_TAP);
    assert_string_equal(report, "TAP version 14\n"
                                "1..2\n"
                                "# Subtest: ./apis/v1.2/shop.arazzo.yaml\n"
                                "    1..5\n"
                                "    # Subtest: buy\n"
                                "        1..3\n"
                                "        ok 1 - pay\n"
                                "        ok 2 - ship\n"
                                "        ok 3 - ship/book\n"
                                "    ok 1 - buy\n"
                                "    # Subtest: refund\n"
                                "        1..1\n"
                                "        not ok 1 - look\n"
                                "          ---\n"
                                "          message: \"$statusCode == 200: $statusCode is 404; 200 is 200\"\n"
                                "          request: \"GET https://shop.test/orders/1 404\"\n"
                                "          failed:\n"
                                "            - condition: \"$statusCode == 200\"\n"
                                "              saw: \"$statusCode is 404\\n200 is 200\"\n"
                                "          attempts: 1\n"
                                "          duration_ms: 250.0\n"
                                "          ...\n"
                                "    not ok 2 - refund\n"
                                "    # Subtest: lost  \\# \\\\ <&>\n"
                                "        1..1\n"
                                "        not ok 1 - lost  \\# \\\\ <&>\n"
                                "          ---\n"
                                "          message: \"the input 'id' is missing\"\n"
                                "          duration_ms: 0.0\n"
                                "          ...\n"
                                "    not ok 3 - lost  \\# \\\\ <&>\n"
                                "    # Subtest: buy\n"
                                "        1..3\n"
                                "        ok 1 - pay\n"
                                "        ok 2 - ship\n"
                                "        ok 3 - ship/book\n"
                                "    ok 4 - buy\n"
                                "      ---\n"
                                "      flaky: true\n"
                                "      attempts: 2\n"
                                "      earlier:\n"
                                "        - message: \"look: $statusCode == 200: $statusCode is 404; 200 is 200\"\n"
                                "      ...\n"
                                "    ok 5 - later # SKIP x-test: false\n"
                                "not ok 1 - ./apis/v1.2/shop.arazzo.yaml\n"
                                "not ok 2 - bad.yaml\n"
                                "  ---\n"
                                "  message: \"steps are missing\"\n"
                                "  diagnostics: \"bad.yaml:3:5: error[E0404]: steps are missing\\n  say it\\n\"\n"
                                "  ...\n");
    free(report);
    reported_tear_down(&made);
}

/* A failure that an action put right is none: a report and the exit status never disagree. */
static void recovered_steps_pass(void **state) {
    (void)state;
    happening run;
    happening_begin(&run, "w", 0, 0);
    happening_step(&run, 0, "try", 1);
    happening_criterion(&run, 0, "$statusCode == 200", false, NULL);
    happening_step_end(&run, 0, ARAZZO_FAILURE, "{}");
    happening_action(&run, 0, "goto", "instead", "other");
    happening_step(&run, 0, "other", 1);
    happening_step_end(&run, 0, ARAZZO_SUCCESS, "{}");
    for (int good = 0; good < 2; good++) {
        happening_end(&run, good ? ARAZZO_SUCCESS : ARAZZO_FAILURE, "{}", NULL);
        report_run reported = {.events = run.kept};
        arena *memory = arena_new();
        step_results results;
        assert_true(report_steps(&reported, memory, &results));
        assert_int_equal(results.count, 2);
        assert_int_equal(results.failed, good ? 0 : 1);
        assert_int_equal(results.items[0].outcome, good ? STEP_RECOVERED : STEP_FAILED);
        assert_int_equal(results.items[1].outcome, STEP_PASSED);
        arena_free(memory);
    }
    recording_free(run.kept);
}

/* A run that ended with a step under way: the step is to blame, or the workflow where no step had begun. */
static void unfinished_steps_are_broken(void **state) {
    (void)state;
    happening run;
    happening_begin(&run, "w", 0, 0);
    happening_step(&run, 0, "a", 1);
    happening_step_end(&run, 0, ARAZZO_SUCCESS, "{}");
    for (int started = 0; started < 2; started++) {
        if (started)
            happening_step(&run, 0, "b", 1);
        happening_end(&run, ARAZZO_ERROR, "{}", "it loops");
        report_run reported = {.events = run.kept};
        arena *memory = arena_new();
        step_results results;
        assert_true(report_steps(&reported, memory, &results));
        assert_int_equal(results.count, 2);
        assert_int_equal(results.broken, 1);
        assert_string_equal(results.items[1].name, started ? "b" : "w");
        assert_int_equal(results.items[1].outcome, STEP_BROKEN);
        arena_free(memory);
    }
    recording_free(run.kept);
}

/* ---- JSON and HAR ---- */

static json_t *parsed(const report_set *what, report_kind kind) {
    char *report = reported_text(what, kind);
    json_error_t error;
    json_t *value = json_loads(report, 0, &error);
    if (value == NULL)
        fail_msg("%s at line %d of\n%s", error.text, error.line, report);
    free(report);
    return value;
}

static const json_t *at(const json_t *value, const char *path) {
    char name[64];
    while (*path != '\0') {
        size_t length = strcspn(path, "/");
        snprintf(name, sizeof name, "%.*s", (int)length, path);
        value = json_is_array(value) ? json_array_get(value, strtoul(name, NULL, 10)) : json_object_get(value, name);
        if (value == NULL)
            fail_msg("there is no %s", path);
        path += length + (path[length] == '/');
    }
    return value;
}

static void check_string(const json_t *value, const char *path, const char *expected) {
    assert_string_equal(json_string_value(at(value, path)), expected);
}

static void check_number(const json_t *value, const char *path, double expected) {
    assert_true(json_is_number(at(value, path)));
    assert_true(json_number_value(at(value, path)) == expected);
}

static void json_tells_all(void **state) {
    (void)state;
    reported_set made;
    reported_set_up(&made, NULL);
    json_t *whole = parsed(&made.what, REPORT_JSON);
    check_string(whole, "started", "2026-02-03T04:05:06.500Z");
    assert_int_equal(json_array_size(at(whole, "documents")), 2);
    const json_t *run = at(whole, "documents/0/workflows/0");
    check_string(run, "workflowId", "buy");
    check_string(run, "status", "success");
    check_number(run, "outputs/total", 9.99);
    check_number(run, "durationMs", 750);
    assert_int_equal(json_array_size(at(run, "steps")), 4);
    check_string(run, "steps/0/criteria/0/explanation", "$statusCode is 503\n200 is 200");
    check_string(run, "steps/0/request/method", "POST");
    check_number(run, "steps/0/request/body/sum", 7);
    check_string(run, "steps/0/request/headers/Content-Type", "application/json");
    check_string(run, "steps/0/action/type", "retry");
    check_number(run, "steps/1/attempt", 2);
    assert_true(json_is_true(at(run, "steps/1/response/body/ok")));
    check_string(run, "steps/3/workflowId", "shipping");
    check_string(run, "steps/3/response/bodyBase64", "/wD+");
    assert_true(json_is_null(at(run, "steps/2/outputs/n/1/a")));
    check_string(whole, "documents/0/workflows/2/error", "the input 'id' is missing");
    check_string(whole, "documents/1/diagnostics/0/code", "E0404");
    run = at(whole, "documents/0/workflows/3");
    check_string(run, "status", "success");
    assert_true(json_is_true(at(run, "flaky")));
    check_number(run, "attempts", 2);
    check_string(run, "earlier/0/status", "failure");
    check_string(run, "earlier/0/steps/0/stepId", "look");
    run = at(whole, "documents/0/workflows/4");
    check_string(run, "status", "skipped");
    check_string(run, "skipped", "x-test: false");
    assert_null(json_object_get(run, "steps"));
    check_number(whole, "summary/passed", 1);
    check_number(whole, "summary/flaky", 1);
    check_number(whole, "summary/failed", 1);
    check_number(whole, "summary/errors", 2);
    check_number(whole, "summary/skipped", 1);
    json_decref(whole);
    made.what.many = false;
    made.what.document_count = 1;
    whole = parsed(&made.what, REPORT_JSON);
    check_string(whole, "file", "./apis/v1.2/shop.arazzo.yaml");
    json_decref(whole);
    reported_tear_down(&made);
}

/* HAR 1.2: the fields that must be there, and what they hold. `[]`: each item of an array; `?`: may be missing. */
static const struct {
    const char *path;
    json_type type;
} har_fields[] = {
    {"log/version", JSON_STRING},
    {"log/creator/name", JSON_STRING},
    {"log/creator/version", JSON_STRING},
    {"log/pages/[]/startedDateTime", JSON_STRING},
    {"log/pages/[]/id", JSON_STRING},
    {"log/pages/[]/title", JSON_STRING},
    {"log/pages/[]/pageTimings/onContentLoad", JSON_INTEGER},
    {"log/pages/[]/pageTimings/onLoad", JSON_REAL},
    {"log/entries/[]/pageref", JSON_STRING},
    {"log/entries/[]/startedDateTime", JSON_STRING},
    {"log/entries/[]/time", JSON_REAL},
    {"log/entries/[]/cache", JSON_OBJECT},
    {"log/entries/[]/timings/send", JSON_INTEGER},
    {"log/entries/[]/timings/wait", JSON_REAL},
    {"log/entries/[]/timings/receive", JSON_INTEGER},
    {"log/entries/[]/request/method", JSON_STRING},
    {"log/entries/[]/request/url", JSON_STRING},
    {"log/entries/[]/request/httpVersion", JSON_STRING},
    {"log/entries/[]/request/cookies/[]/name", JSON_STRING},
    {"log/entries/[]/request/cookies/[]/value", JSON_STRING},
    {"log/entries/[]/request/headers/[]/name", JSON_STRING},
    {"log/entries/[]/request/headers/[]/value", JSON_STRING},
    {"log/entries/[]/request/queryString/[]/name", JSON_STRING},
    {"log/entries/[]/request/queryString/[]/value", JSON_STRING},
    {"log/entries/[]/request/headersSize", JSON_INTEGER},
    {"log/entries/[]/request/bodySize", JSON_INTEGER},
    {"log/entries/[]/request/postData?/mimeType", JSON_STRING},
    {"log/entries/[]/request/postData?/text", JSON_STRING},
    {"log/entries/[]/response/status", JSON_INTEGER},
    {"log/entries/[]/response/statusText", JSON_STRING},
    {"log/entries/[]/response/httpVersion", JSON_STRING},
    {"log/entries/[]/response/cookies/[]/name", JSON_STRING},
    {"log/entries/[]/response/cookies/[]/value", JSON_STRING},
    {"log/entries/[]/response/headers/[]/name", JSON_STRING},
    {"log/entries/[]/response/headers/[]/value", JSON_STRING},
    {"log/entries/[]/response/content/size", JSON_INTEGER},
    {"log/entries/[]/response/content/mimeType", JSON_STRING},
    {"log/entries/[]/response/redirectURL", JSON_STRING},
    {"log/entries/[]/response/headersSize", JSON_INTEGER},
    {"log/entries/[]/response/bodySize", JSON_INTEGER},
};

static void check_field(const json_t *value, const char *path, const char *rest, json_type type) {
    char name[32];
    if (*rest == '\0') {
        bool number = type == JSON_REAL && json_is_number(value);
        if (!number && json_typeof(value) != type)
            fail_msg("%s has another type", path);
        return;
    }
    size_t length = strcspn(rest, "/");
    const char *next = rest + length + (rest[length] == '/');
    bool optional = rest[length - 1] == '?';
    snprintf(name, sizeof name, "%.*s", (int)(length - optional), rest);
    if (strcmp(name, "[]") == 0) {
        assert_true(json_is_array(value));
        for (size_t i = 0; i < json_array_size(value); i++)
            check_field(json_array_get(value, i), path, next, type);
        return;
    }
    const json_t *member = json_object_get(value, name);
    if (member != NULL)
        check_field(member, path, next, type);
    else if (!optional)
        fail_msg("%s is missing", path);
}

static void check_har(const json_t *whole) {
    for (size_t i = 0; i < sizeof har_fields / sizeof *har_fields; i++)
        check_field(whole, har_fields[i].path, har_fields[i].path, har_fields[i].type);
    const json_t *entries = at(whole, "log/entries");
    for (size_t i = 0; i < json_array_size(entries); i++) { /* the times add up; -1 is none */
        const json_t *entry = json_array_get(entries, i), *timings = json_object_get(entry, "timings");
        double sum = 0;
        const char *name;
        json_t *one;
        json_object_foreach((json_t *)timings, name, one) sum +=
            json_number_value(one) < 0 ? 0 : json_number_value(one);
        assert_true(sum == json_number_value(json_object_get(entry, "time")));
    }
}

/* What browsers show of cookies and forms; a cut body that is no text is Base64, too. */
static void har_takes_messages_apart(void **state) {
    (void)state;
    happening run;
    happening_begin(&run, "w", 6, 0);
    happening_step(&run, 0, "a", 1);
    happening_request(&run, 0, "POST", "http://x.test/", "Content-Type", "application/x-www-form-urlencoded",
                      "a=1+2&b");
    happening_response(&run, 0, 200, "text/plain", "Set-Cookie",
                       "id=a=b; Path=/in; expires=Sun, 06-Nov-1994 08:49:37 GMT; HTTPONLY; Secure; Domain=x.test; X",
                       "", 0);
    happening_step_end(&run, 0, ARAZZO_SUCCESS, NULL);
    happening_step(&run, 0, "b", 1);
    happening_request(&run, 0, "GET", "http://x.test/", "Cookie", "id=a=b; more; last=", NULL);
    static char bytes[RECORDING_MARGIN + 100];
    memset(bytes, '\xFE', sizeof bytes);
    happening_response(&run, 0, 302, "image/png", "Location", "/there", bytes, sizeof bytes);
    happening_step_end(&run, 0, ARAZZO_SUCCESS, NULL);
    happening_end(&run, ARAZZO_SUCCESS, NULL, NULL);
    report_run reported = {.events = run.kept};
    report_document of = {.file = "w.yaml", .runs = &reported, .run_count = 1};
    report_set what = {.documents = &of, .document_count = 1};
    json_t *whole = parsed(&what, REPORT_HAR);
    check_har(whole);
    const json_t *entries = at(whole, "log/entries");
    check_string(entries, "0/request/postData/params/0/name", "a");
    check_string(entries, "0/request/postData/params/0/value", "1 2");
    check_string(entries, "0/request/postData/params/1/name", "b");
    check_string(entries, "0/response/cookies/0/name", "id");
    check_string(entries, "0/response/cookies/0/value", "a=b");
    check_string(entries, "0/response/cookies/0/path", "/in");
    check_string(entries, "0/response/cookies/0/domain", "x.test");
    check_string(entries, "0/response/cookies/0/expires", "1994-11-06T08:49:37.000Z");
    assert_true(json_is_true(at(entries, "0/response/cookies/0/httpOnly")));
    assert_true(json_is_true(at(entries, "0/response/cookies/0/secure")));
    assert_int_equal(json_array_size(at(entries, "1/request/cookies")), 3);
    check_string(entries, "1/request/cookies/1/name", "more");
    check_string(entries, "1/request/cookies/2/value", "");
    check_string(entries, "1/response/redirectURL", "/there");
    check_string(entries, "1/response/content/encoding", "base64");
    check_string(entries, "1/response/content/text", "/v7+/v7+");
    check_number(entries, "1/response/content/size", sizeof bytes);
    json_decref(whole);
    mask *secrets = mask_new();
    what.secrets = secrets;
    whole = parsed(&what, REPORT_HAR);
    check_string(whole, "log/entries/0/response/cookies/0/value", "***");
    check_string(whole, "log/entries/1/request/cookies/0/value", "***");
    json_decref(whole);
    mask_free(secrets);
    recording_free(run.kept);
}

static void har_is_an_archive(void **state) {
    (void)state;
    reported_set made;
    reported_set_up(&made, NULL);
    json_t *whole = parsed(&made.what, REPORT_HAR);
    check_har(whole);
    const json_t *log = at(whole, "log");
    check_string(log, "version", "1.2");
    check_string(log, "creator/name", "arazzo");
    assert_int_equal(json_array_size(at(log, "pages")), 5);
    assert_int_equal(json_array_size(at(log, "entries")), 8);
    check_string(log, "pages/3/title", "./apis/v1.2/shop.arazzo.yaml refund (attempt 1)");
    check_string(log, "pages/4/title", "./apis/v1.2/shop.arazzo.yaml buy (attempt 2)");
    check_string(log, "entries/4/pageref", "page_4");
    check_string(log, "entries/7/pageref", "page_5");
    check_string(log, "pages/0/title", "./apis/v1.2/shop.arazzo.yaml buy");
    check_string(log, "pages/0/startedDateTime", "2026-02-03T04:05:06.500Z");
    const json_t *entry = at(log, "entries/1");
    check_string(entry, "pageref", "page_1");
    check_string(entry, "startedDateTime", "2026-02-03T04:05:06.750Z");
    check_number(entry, "time", 250);
    check_number(entry, "timings/wait", 250);
    assert_int_equal(json_array_size(at(entry, "request/queryString")), 3);
    check_string(entry, "request/queryString/0/value", "E UR");
    check_string(entry, "request/queryString/1/value", "1+1");
    check_string(entry, "request/queryString/2/name", "flag");
    check_string(entry, "request/queryString/2/value", "");
    check_string(entry, "request/postData/mimeType", "application/json");
    check_string(entry, "request/postData/text", "{\"sum\":7}");
    check_number(entry, "request/bodySize", 9);
    check_number(entry, "response/status", 200);
    check_string(entry, "response/content/text", "{\"ok\":true}");
    check_string(log, "entries/2/response/content/encoding", "base64");
    check_string(log, "entries/2/response/content/text", "/wD+");
    check_number(log, "entries/2/response/content/size", 3);
    assert_null(json_object_get(at(log, "entries/2/request"), "postData"));
    check_string(log, "entries/3/pageref", "page_2");
    json_decref(whole);
    reported_tear_down(&made);
}

/* ---- Limits ---- */

static void large_bodies_are_cut(void **state) {
    (void)state;
    enum { SIZE = 20000, LIMIT = 1000 };
    static char body[SIZE];
    memset(body, 'x', SIZE);
    memcpy(body + LIMIT + RECORDING_MARGIN - 6, "hunter2-hunter2", 15); /* cut within */
    happening run;
    happening_begin(&run, "w", LIMIT, 3 * LIMIT);
    for (unsigned i = 1; i <= 5; i++) {
        happening_step(&run, 0, "s", i);
        happening_request(&run, 0, "GET", "http://x.test/", NULL, NULL, NULL);
        happening_response(&run, 0, 200, "text/plain", NULL, NULL, body, i == 5 ? 10 : SIZE);
        happening_step_end(&run, 0, ARAZZO_SUCCESS, NULL);
    }
    happening_end(&run, ARAZZO_SUCCESS, NULL, NULL);
    mask *secrets = mask_new();
    mask_add(secrets, "hunter2-hunter2", 15);
    report_run reported = {.events = run.kept};
    report_document of = {.file = "w.yaml", .runs = &reported, .run_count = 1};
    report_set what = {.documents = &of, .document_count = 1, .secrets = secrets};
    json_t *whole = parsed(&what, REPORT_JSON);
    static const size_t kept[] = {LIMIT, LIMIT, LIMIT, 0, 10};
    for (size_t i = 0; i < 5; i++) {
        const json_t *response = at(json_array_get(at(whole, "workflows/0/steps"), i), "response");
        assert_int_equal(json_string_length(at(response, "body")), kept[i]);
        if (i < 4)
            check_number(response, "bodyLength", SIZE);
    }
    json_decref(whole);
    whole = parsed(&what, REPORT_HAR);
    check_number(whole, "log/entries/0/response/content/size", SIZE);
    check_string(whole, "log/entries/0/response/content/comment", "cut: the report does not hold the whole body");
    json_decref(whole);
    for (int kind = 0; kind < REPORT_KINDS; kind++) {
        char *report = reported_text(&what, (report_kind)kind);
        assert_null(strstr(report, "hunter"));
        free(report);
    }
    mask_free(secrets);
    recording_free(run.kept);
}

/* ---- Secrets ---- */

static void append_percent(text *out, const char *bytes) {
    for (; *bytes != '\0'; bytes++)
        text_append_format(out, "%%%02X", (unsigned char)*bytes);
}

static void append_base64(text *out, const char *bytes, size_t length) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0, count = 0;
    for (size_t i = 0; i < length; i++) {
        bits = (bits << 8 | (unsigned char)bytes[i]) & 0xFFFF;
        for (count += 8; count >= 6; count -= 6)
            text_append_char(out, digits[bits >> (count - 6) & 63]);
    }
    if (count > 0)
        text_append_char(out, digits[bits << (6 - count) & 63]);
}

/* Every form of the secret in one text: as it is, percent-encoded, JSON-escaped, Base64 at three alignments. */
static void append_forms(text *out, const char *secret) {
    text shifted = TEXT_EMPTY;
    json_t *string = json_string(secret);
    char *escaped = json_dumps(string, JSON_ENCODE_ANY | JSON_ENSURE_ASCII | JSON_ESCAPE_SLASH);
    text_append_format(out, "%s %s ", secret, escaped);
    append_percent(out, secret);
    for (size_t i = 0; i < 3; i++) {
        text_append_char(out, ' ');
        text_truncate(&shifted, 0);
        text_append(&shifted, "abc", i);
        text_append_string(&shifted, secret);
        append_base64(out, shifted.bytes, shifted.length);
    }
    text_free(&shifted);
    free(escaped);
    json_decref(string);
}

static void check_absent(const char *report, const char *kind, const char *secret) {
    text forms = TEXT_EMPTY;
    append_forms(&forms, secret);
    size_t number = 0;
    for (char *form = strtok(forms.bytes, " "); form != NULL; form = strtok(NULL, " "), number++) {
        /* Of JSON the quotes, of Base64 the ends, are not the secret's alone. */
        size_t skipped = number == 0 || number == 2 ? 0 : number == 1 ? 1 : 4;
        form[strlen(form) - skipped] = '\0';
        if (strstr(report, form + skipped) != NULL)
            fail_msg("%s holds '%s' of '%s':\n%s", kind, form + skipped, secret, report);
    }
    text_free(&forms);
}

static void tell_secret(happening *run, const char *secret) {
    text forms = TEXT_EMPTY, json = TEXT_EMPTY, url = TEXT_EMPTY;
    append_forms(&forms, secret);
    json_t *value = json_pack("{s:s, s:s}", "secret", secret, text_peek(&forms), text_peek(&forms));
    char *dumped = json_dumps(value, JSON_ESCAPE_SLASH);
    text_append_string(&url, "http://x.test/");
    append_percent(&url, secret);
    text_append_string(&url, "?key=");
    append_percent(&url, secret);
    happening_begin(run, secret, 0, 0);
    happening_step(run, 0, text_peek(&forms), 1);
    happening_request(run, 0, "POST", text_peek(&url), "X-Key", text_peek(&forms), dumped);
    happening_response(run, 0, 500, "application/json", "X-Echo", text_peek(&forms), dumped, strlen(dumped));
    happening_criterion(run, 0, text_peek(&forms), false, text_peek(&forms));
    happening_action(run, 0, "goto", text_peek(&forms), text_peek(&forms));
    happening_step_end(run, 0, ARAZZO_FAILURE, dumped);
    happening_step(run, 0, "next", 1);
    happening_request(run, 0, "GET", text_peek(&url), "Authorization", "Bearer not-known-before", NULL);
    happening_no_response(run, 0, text_peek(&forms));
    happening_step_end(run, 0, ARAZZO_FAILURE, dumped);
    happening_step(run, 0, "binary", 1);
    text_append_char(&forms, '\xFF');
    happening_request(run, 0, "GET", "http://x.test/", "Cookie", "session=not-known-either; b=2", NULL);
    happening_response(run, 0, 200, "image/png", "Set-Cookie", "session=not-known-either; Path=/", forms.bytes,
                       forms.length);
    happening_step_end(run, 0, ARAZZO_SUCCESS, dumped);
    text_truncate(&forms, forms.length - 1);
    happening_end(run, ARAZZO_ERROR, dumped, text_peek(&forms));
    free(dumped);
    json_decref(value);
    text_free(&forms);
    text_free(&url);
    text_free(&json);
}

static void no_secret_is_in_a_report(void **state) {
    (void)state;
    static const char *const secrets[] = {"hunter2hunter2", "p&s\"w/d<\\>'=\xC3\xA9", "{\"a\":[1]}", "</script>--><b>"};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        happening run;
        tell_secret(&run, secrets[i]);
        mask *hidden = mask_new();
        assert_true(mask_add(hidden, secrets[i], strlen(secrets[i])));
        report_run reported = {.events = run.kept};
        text file = TEXT_EMPTY;
        append_forms(&file, secrets[i]);
        diagnostics list;
        diagnostics_init(&list);
        diagnose(&list, "E0404", (place){.file = text_peek(&file), .line = 1, .column = 1}, text_peek(&file), "%s",
                 text_peek(&file));
        report_document of[] = {{.file = text_peek(&file), .runs = &reported, .run_count = 1, .list = &list},
                                {.file = text_peek(&file), .list = &list}};
        report_set what = {.documents = of, .document_count = 2, .many = true, .secrets = hidden};
        for (int kind = 0; kind < REPORT_KINDS; kind++) {
            char *report = reported_text(&what, (report_kind)kind);
            check_absent(report, report_kind_name((report_kind)kind), secrets[i]);
            assert_null(strstr(report, "not-known"));
            assert_non_null(strstr(report, "***"));
            free(report);
        }
        diagnostics_free(&list);
        text_free(&file);
        mask_free(hidden);
        recording_free(run.kept);
    }
}

static void kinds_have_names(void **state) {
    (void)state;
    for (int i = 0; i < REPORT_KINDS; i++) {
        report_kind kind;
        const char *name = report_kind_name((report_kind)i);
        assert_true(report_kind_from(name, strlen(name), &kind));
        assert_int_equal(kind, i);
        assert_false(report_kind_from(name, strlen(name) - 1, &kind));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_have_names),
        cmocka_unit_test(junit_is_valid),
        cmocka_unit_test(tap_has_subtests),
        cmocka_unit_test(recovered_steps_pass),
        cmocka_unit_test(unfinished_steps_are_broken),
        cmocka_unit_test(json_tells_all),
        cmocka_unit_test(har_is_an_archive),
        cmocka_unit_test(har_takes_messages_apart),
        cmocka_unit_test(large_bodies_are_cut),
        cmocka_unit_test(no_secret_is_in_a_report),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    xmlCleanupParser();
    return failed;
}
