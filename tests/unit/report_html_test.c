/*
 * report_html_test.c: the page that reports are: well formed, whole, small, and harmless whatever runs hold. The other
 * kinds, and that no secret is in any: report_test.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "tests/support/reported.h"

/* Every element is closed in its turn, attributes are quoted, no character is left that HTML does not have. */
static void check_html(const char *page) {
    char open[64][32];
    size_t depth = 0;
    for (const char *at = strchr(page, '<'); at != NULL; at = strchr(at + 1, '<')) {
        char name[32] = "";
        if (at[1] == '!')
            continue;
        bool closing = at[1] == '/';
        assert_int_equal(sscanf(at + 1 + closing, "%31[a-z0-9]", name), 1);
        const char *end = at;
        for (bool quoted = false; *end != '>' || quoted; end++) {
            assert_true(*end != '\0');
            quoted = quoted != (*end == '"');
        }
        bool empty = end[-1] == '/';
        empty = empty || strcmp(name, "meta") == 0;
        if (closing) {
            assert_true(depth > 0);
            assert_string_equal(open[--depth], name);
        } else if (!empty) {
            assert_true(depth < 64);
            strcpy(open[depth++], name);
        }
        at = end;
    }
    assert_int_equal(depth, 0);
    assert_true(utf8_valid(page, strlen(page), NULL));
    for (const char *at = page; *at != '\0'; at++)
        assert_true((unsigned char)*at >= 0x20 || *at == '\n' || *at == '\t');
}

static void html_tells_all(void **state) {
    (void)state;
    reported_set made;
    reported_set_up(&made, NULL);
    char *page = reported_text(&made.what, REPORT_HTML);
    check_html(page);
    static const char *const parts[] = {
        "default-src 'none'; style-src 'sha256-",
        "<h1>3 of 6 failed</h1>",
        /* what failed comes first */
        "<a href=\"#r1\">refund</a>",
        "<code>look</code> $statusCode == 200: $statusCode is 404; 200 is 200",
        "<a href=\"#d1\">bad.yaml</a><p class=\"why\">steps are missing</p>",
        "<a href=\"#r0\">buy</a>",
        "<a href=\"#r4\">later</a>",
        "<p class=\"note\">x-test: false</p>",
        /* the timeline: pay twice, then ship with what it calls, by when they started */
        "<a href=\"#r0s0\">pay</a>",
        "x1=\"0.000%\" x2=\"33.333%\"",
        "<a href=\"#r0s1\">pay</a> <span class=\"again\">attempt 2</span>",
        "x1=\"33.333%\" x2=\"66.667%\"",
        "<a href=\"#r0s2\">ship</a>",
        "<span class=\"kind\">workflow</span> shipping",
        "<a href=\"#r0s3\">book</a>",
        /* the steps */
        "https://shop.test/pay?currency=E%20UR&amp;x=1%2B1&amp;flag",
        "<p class=\"seen\">$statusCode is 503\n200 is 200</p>",
        "<b>retry</b> by the failure action <code>again</code>",
        "{\n  <b>&quot;sum&quot;</b>: 7\n}",
        "<caption>Outputs</caption>",
        "<b>ship/book</b>",
        "Binary data: the first 3 B of 3 B",
        "0000  ff 00 fe ",
        "]]&gt; &lt;none&gt; &amp; ",
        "Carried out before</h3>",
        "<code>look</code> $statusCode == 200: $statusCode is 404",
        ("<p><b>error</b> <code>E0404</code> steps are missing</p><p class=\"place\">bad.yaml:3:5</p>"
         "<p class=\"help\">say it</p>"),
        "<dt>arazzo</dt>",
    };
    const char *at = page;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *found = strstr(at, parts[i]);
        if (found == NULL)
            fail_msg("'%s' is not in (or before its turn):\n%s", parts[i], at);
        at = found;
    }
    free(page);
    reported_tear_down(&made);
}

/* What tries to get out of its place stays text, wherever it is put. */
static void html_holds_hostile_text(void **state) {
    (void)state;
    static const char *const hostile[] = {
        "</script><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\" onmouseover=\"alert(1)",
        "' autofocus onfocus='alert(1)",
        "</pre></code></td></title></style><svg onload=alert(1)>",
        "<!-- --> ]]> &lt;b&gt; %s%n%r javascript:alert(1)",
        "\x01\x1b[31m\x7f \xC3( \xED\xA0\x80 \xF4\x90\x80\x80 \xEF\xBF\xBF \xC2\x85",
    };
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        happening run;
        text body = TEXT_EMPTY;
        text_append(&body, "a\0b", 3);
        text_append_string(&body, hostile[i]);
        happening_begin(&run, hostile[i], 0, 0);
        happening_step(&run, 0, hostile[i], 1);
        happening_request(&run, 0, hostile[i], hostile[i], hostile[i], hostile[i], NULL);
        happening_response(&run, 0, 200, "text/plain", hostile[i], hostile[i], hostile[i], strlen(hostile[i]));
        happening_criterion(&run, 0, hostile[i], false, hostile[i]);
        happening_action(&run, 0, hostile[i], hostile[i], hostile[i]);
        happening_step_end(&run, 0, ARAZZO_FAILURE, "{\"<b onclick=x>\": \"</b><i>\"}");
        happening_step(&run, 0, "binary", 2);
        happening_request(&run, 0, "GET", "javascript:alert(1)", NULL, NULL, NULL);
        happening_response(&run, 0, 200, "text/html", NULL, NULL, body.bytes, body.length);
        happening_step_end(&run, 0, ARAZZO_FAILURE, NULL);
        happening_end(&run, ARAZZO_ERROR, NULL, hostile[i]);
        diagnostics list;
        diagnostics_init(&list);
        diagnose(&list, "E0404", (place){.file = hostile[i], .line = 1, .column = 1}, hostile[i], "%s", hostile[i]);
        report_run reported = {.events = run.kept};
        report_document of = {.file = hostile[i], .runs = &reported, .run_count = 1, .list = &list};
        report_set what = {.documents = &of, .document_count = 1};
        char *page = reported_text(&what, REPORT_HTML);
        check_html(page);
        static const char *const never[] = {"<script",        "<img",    "onload=alert(1)>",
                                            "\" onmouseover", "<!-- ",   "href=\"j",
                                            "<i>&lt;/b>",     " style=", "\x1b"};
        for (size_t j = 0; j < sizeof never / sizeof *never; j++)
            assert_null(strstr(page, never[j]));
        free(page);
        diagnostics_free(&list);
        text_free(&body);
        recording_free(run.kept);
    }
}

/* A page grows as what it tells does, and what there is too much of is counted. */
static void html_stays_small(void **state) {
    (void)state;
    enum { LOOPS = 5000, BODY = 200000 };
    happening run;
    text body = TEXT_EMPTY;
    for (size_t i = 0; i < BODY; i++)
        text_append_char(&body, (char)('a' + i % 26));
    happening_begin(&run, "loop", 0, 0);
    for (unsigned i = 0; i < LOOPS; i++) {
        happening_step(&run, 0, "turn", i + 1);
        happening_request(&run, 0, "GET", "http://x.test/", NULL, NULL, NULL);
        happening_response(&run, 0, 200, "text/plain", NULL, NULL, body.bytes, body.length);
        happening_step_end(&run, 0, ARAZZO_SUCCESS, NULL);
    }
    happening_end(&run, ARAZZO_SUCCESS, NULL, NULL);
    report_run reported = {.events = run.kept};
    report_document of = {.file = "loop.yaml", .runs = &reported, .run_count = 1};
    report_set what = {.documents = &of, .document_count = 1};
    char *page = reported_text(&what, REPORT_HTML);
    assert_non_null(strstr(page, "The first 200 of 5000 attempts are shown."));
    assert_non_null(strstr(page, "Shortened: the first 16.4 kB of 200.0 kB"));
    assert_true(strlen(page) < 4500000);
    free(page);
    text_free(&body);
    recording_free(run.kept);
}

/* html_style.c is made of html.css, and the policy allows what stands in the page, to the byte. */
static void the_style_is_current(void **state) {
    (void)state;
    assert_int_equal(system("sh engine/report/html_style.sh | cmp - engine/report/html_style.c"), 0);
    reported_set made;
    reported_set_up(&made, NULL);
    char *page = reported_text(&made.what, REPORT_HTML), *style = strstr(page, "<style>") + 7;
    *strstr(style, "</style>") = '\0';
    FILE *hash = popen(
        "sha256sum | cut -c 1-64 | tr a-f A-F | basenc --base16 -d | basenc --base64 >\"${TMPDIR:-/tmp}\"/style-hash",
        "w");
    assert_non_null(hash);
    fputs(style, hash);
    assert_int_equal(pclose(hash), 0);
    hash = popen("cat \"${TMPDIR:-/tmp}\"/style-hash; rm -f \"${TMPDIR:-/tmp}\"/style-hash", "r");
    char line[128] = "", *policy = strstr(page, "style-src 'sha256-") + strlen("style-src 'sha256-");
    assert_non_null(fgets(line, sizeof line, hash));
    pclose(hash);
    assert_memory_equal(policy, line, strlen(line) - 1);
    free(page);
    reported_tear_down(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html_tells_all),
        cmocka_unit_test(html_holds_hostile_text),
        cmocka_unit_test(html_stays_small),
        cmocka_unit_test(the_style_is_current),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
