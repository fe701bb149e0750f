/*
 * live_test.c: what a person sees at a terminal while `arazzo run` works, and what stands in a pipe instead: through a
 * pseudo-terminal, against a server that the test answers by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "base/utf8.h"
#include "tests/support/by_hand.h"
#include "tests/support/command.h"
#include "tests/support/terminal.h"

#define DOCUMENT "tests/live/live.arazzo.yaml"
#define JSON "Content-Type: application/json\r\n"

static terminal *run(size_t columns, const by_hand *server, const char *workflow_id, const char *more) {
    const char *arguments[] = {"run", DOCUMENT, workflow_id, "--server", by_hand_url(server), more, NULL};
    terminal *screen = terminal_open(columns, NULL, arguments);
    assert_non_null(screen);
    return screen;
}

static void answer(by_hand *server, int status, const char *headers, const char *body) {
    assert_true(by_hand_answer(server, status, headers, body, strlen(body)));
}

static void check_shows(terminal *screen, const char *what) {
    if (!terminal_shows(screen, what))
        fail_msg("not on the screen: %s\n%s", what, terminal_screen(screen));
}

static void check_hides(terminal *screen, const char *what) {
    if (strstr(terminal_screen(screen), what) != NULL)
        fail_msg("on the screen: %s\n%s", what, terminal_screen(screen));
}

/* Ended, and nothing that a terminal would have to guess about. */
static void check_end(terminal *screen, int status) {
    assert_int_equal(terminal_wait(screen), status);
    assert_int_equal(terminal_unknown(screen), 0);
}

static void a_request_under_way_is_shown(void **state) {
    (void)state;
    by_hand *server = by_hand_open();
    terminal *screen = run(80, server, "look", NULL);
    assert_non_null(by_hand_request(server));
    check_shows(screen, "lookAtIt  GET http://127.0.0.1:");
    check_shows(screen, "/things/box  ");
    assert_true(terminal_changes(screen)); /* it counts */
    assert_true(terminal_changes(screen));
    check_shows(screen, "/things/box  ");
    answer(server, 200, JSON, "[{\"ready\":true}]");
    check_shows(screen, "success: look, 1 step in ");
    check_end(screen, 0);
    check_shows(screen, "look\n  ✓ lookAtIt  GET http://127.0.0.1:");
    check_shows(screen, "    ✓ $statusCode == 200\n    ✓ $[?@.ready == true]  on $response.body\nsuccess");
    check_shows(screen, "\nthing  [{\"ready\":true}]\ntype   \"application/json\"\n");
    check_hides(screen, "⠋"); /* nothing is left of it */
    assert_int_equal(terminal_wraps(screen), 0);
    terminal_close(screen);
    by_hand_close(server);
}

static void retries_count_down(void **state) {
    (void)state;
    by_hand *server = by_hand_open();
    terminal *screen = run(80, server, "patience", NULL);
    for (int i = 0; i < 2; i++) {
        assert_non_null(by_hand_request(server));
        answer(server, 503, i == 0 ? "Retry-After: 2\r\n" : "Retry-After: 0\r\n", "");
        if (i == 0) {
            check_shows(screen, "tryIt  retrying in 2 s (attempt 2 of 4)");
            check_shows(screen, "tryIt  retrying in 1 s (attempt 2 of 4)");
        }
    }
    assert_non_null(by_hand_request(server));
    answer(server, 200, "", "");
    check_end(screen, 0);
    check_shows(screen, "    ✗ $statusCode == 200\n        $statusCode is 503\n"
                        "    → retry in 2 s, attempt 2 of 4  (busy: $statusCode == 503)\n  ✗ tryIt  GET ");
    check_shows(screen, "    → retry, attempt 3 of 4  (busy: $statusCode == 503)\n  ✓ tryIt  GET ");
    check_shows(screen, "  attempt 2 of 4\n");
    check_shows(screen, "  attempt 3 of 4\n");
    check_shows(screen, "success: patience, 1 step, 2 retries in 2.");
    check_hides(screen, "retrying");
    terminal_close(screen);
    by_hand_close(server);
}

static void downloads_show_how_much_has_come(void **state) {
    (void)state;
    by_hand *server = by_hand_open();
    terminal *screen = run(80, server, "download", NULL);
    static const char head[] =
        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 3000000\r\n\r\n";
    char *filler = calloc(1, 1500000);
    assert_non_null(filler);
    assert_non_null(by_hand_request(server));
    assert_true(by_hand_send(server, head, sizeof head - 1));
    assert_true(by_hand_send(server, filler, 1500000));
    check_shows(screen, "1.5 MB of 3.0 MB");
    assert_true(by_hand_send(server, filler, 1500000));
    check_end(screen, 0);
    check_shows(screen, "  3.0 MB\nsuccess: download");
    check_hides(screen, " of ");
    free(filler);
    terminal_close(screen);
    by_hand_close(server);
}

/* Names and values of any script, at any width: lines never wrap, characters are never cut in two. */
static void lines_fit(void **state) {
    (void)state;
    static const size_t widths[] = {24, 40, 61, 80, 81, 133};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        by_hand *server = by_hand_open();
        terminal *screen =
            run(widths[i], server, "look", "--input=name=日本語のとても長い名前です-e\xCC\x81-漢字漢字漢字漢字漢字");
        assert_non_null(by_hand_request(server));
        check_shows(screen, " 0.");
        answer(server, 200, JSON,
               "[{\"ready\":false,\"name\":\"漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字\"}]");
        check_end(screen, 1);
        if (terminal_wraps(screen) != 0)
            fail_msg("%zu columns:\n%s", widths[i], terminal_screen(screen));
        assert_true(utf8_valid(terminal_bytes(screen), strlen(terminal_bytes(screen)), NULL));
        assert_null(strstr(terminal_bytes(screen), "\xEF\xBF\xBD"));
        check_shows(screen, "…");
        terminal_close(screen);
        by_hand_close(server);
    }
}

/* Messages: lines of a body go on in further lines, as many as a person may want to read. */
static void messages_fit(void **state) {
    (void)state;
    static const size_t widths[] = {30, 80};
    text body = TEXT_EMPTY;
    text_append_string(&body, "[{\"ready\":true,\"text\":\"");
    for (int i = 0; i < 3000; i++)
        text_append_string(&body, i % 7 == 0 ? "漢字 " : i % 5 == 0 ? "e\xCC\x81" : "abc");
    text_append_string(&body, "\"}]");
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        by_hand *server = by_hand_open();
        terminal *screen = run(widths[i], server, "look", "--verbose");
        assert_non_null(by_hand_request(server));
        answer(server, 200,
               JSON "X-Long: a-header-that-is-longer-than-the-screen-is-wide-and-has-no-spaces-in-it-at-all\r\n",
               text_peek(&body));
        check_end(screen, 0);
        if (terminal_wraps(screen) != 0)
            fail_msg("%zu columns:\n%s", widths[i], terminal_screen(screen));
        check_shows(screen, "    < [{\"ready\":true,\"text\":");
        check_shows(screen, "    < … ");
        check_shows(screen, " kB more\n");
        assert_true(utf8_valid(terminal_bytes(screen), strlen(terminal_bytes(screen)), NULL));
        terminal_close(screen);
        by_hand_close(server);
    }
    text_free(&body);
}

/* The live line shows a URL as soon as it is asked: without secrets in it. Who wants to see failures only sees none. */
static void what_is_under_way_holds_no_secret(void **state) {
    (void)state;
    by_hand *server = by_hand_open();
    terminal *screen = run(80, server, "look", "--secret=name");
    assert_non_null(by_hand_request(server));
    check_shows(screen, "/things/***  0.");
    answer(server, 200, JSON, "[{\"ready\":true}]");
    check_end(screen, 0);
    assert_null(strstr(terminal_bytes(screen), "things/box"));
    terminal_close(screen);

    screen = run(80, server, "patience", "--quiet");
    assert_non_null(by_hand_request(server));
    answer(server, 503, "Retry-After: 1\r\n", "");
    assert_non_null(by_hand_request(server));
    answer(server, 200, "", "");
    check_end(screen, 0);
    assert_string_equal(terminal_bytes(screen), "");
    terminal_close(screen);
    by_hand_close(server);
}

static void a_window_may_change_its_size(void **state) {
    (void)state;
    by_hand *server = by_hand_open();
    terminal *screen = run(120, server, "look", "--input=name=a-name-that-is-rather-long-so-that-it-takes-its-room");
    assert_non_null(by_hand_request(server));
    check_shows(screen, "rather-long-so-that-it-takes-its-room  0.");
    terminal_resize(screen, 60);
    size_t before = strlen(terminal_bytes(screen));
    check_shows(screen, "lookAtIt  GET …/things/a-name-that-is-rather-lo…  ");
    answer(server, 200, JSON, "[{\"ready\":true}]");
    check_end(screen, 0);
    assert_non_null(strstr(terminal_bytes(screen) + before, "GET …/things/a-name-that-is-"));
    terminal_close(screen);
    by_hand_close(server);
}

/* What a server or document would like to do to the terminal. */
static void nothing_gets_through(void **state) {
    (void)state;
    static const char evil[] =
        "[{\"ready\":true,\"a\":\"\x1b]0;title\x07\",\"b\":\"\\u001b[2J\\u009b31m\\u202e\\u0007\"}]";
    static const char *const more[] = {NULL, "--verbose", "--format=json"};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        by_hand *server = by_hand_open();
        terminal *screen = run(80, server, "look", more[i]);
        assert_non_null(by_hand_request(server));
        answer(server, 200, JSON "X-Evil: \x1b[31mred\x9b\x80\x7F\r\n", evil);
        assert_true(terminal_wait(screen) >= 0);
        if (terminal_unknown(screen) != 0)
            fail_msg("%s: %s", more[i] == NULL ? "plain" : more[i], terminal_bytes(screen));
        assert_null(strstr(terminal_bytes(screen), "\x1b[31mred"));
        assert_null(strstr(terminal_bytes(screen), "\xC2\x9b"));
        assert_null(strstr(terminal_bytes(screen), "\xE2\x80\xAE"));
        terminal_close(screen);
        by_hand_close(server);
    }
}

/* Not a control character, not a colour: at terminals that cannot, for people who don't want to, and in pipes. */
static void plain_means_plain(void **state) {
    (void)state;
    static const char *const dumb[] = {"TERM=dumb", NULL}, *const no_color[] = {"NO_COLOR=1", NULL},
                             *const none[] = {NULL};
    static const struct {
        const char *const *variables;
        const char *more;
    } ways[] = {{dumb, NULL}, {no_color, NULL}, {none, "--color=never"}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        by_hand *server = by_hand_open();
        const char *arguments[] = {"run", DOCUMENT, "look", "--server", by_hand_url(server), ways[i].more, NULL};
        terminal *screen = terminal_open(80, ways[i].variables, arguments);
        assert_non_null(screen);
        assert_non_null(by_hand_request(server));
        answer(server, 200, JSON, "[{\"ready\":true}]");
        check_end(screen, 0);
        for (const char *at = terminal_bytes(screen); *at != '\0'; at++)
            if ((unsigned char)*at < 0x20 && *at != '\n' && !(at[0] == '\r' && at[1] == '\n'))
                fail_msg("way %zu: a control character in %s", i, terminal_bytes(screen));
        check_shows(screen, "success: look");
        terminal_close(screen);
        by_hand_close(server);
    }
}

/* Long values are shortened on a terminal and whole in a pipe. */
static void outputs_are_whole_in_pipes(void **state) {
    (void)state;
    char path[] = "/tmp/arazzo-live-XXXXXX";
    text body = TEXT_EMPTY, command_line = TEXT_EMPTY;
    text_append_string(&body, "[{\"ready\":true,\"long\":\"");
    for (int i = 0; i < 100; i++)
        text_append_string(&body, "0123456789");
    text_append_string(&body, "\"}]");
    by_hand *server = by_hand_open();
    terminal *screen = run(80, server, "look", NULL);
    assert_non_null(by_hand_request(server));
    answer(server, 200, JSON, text_peek(&body));
    check_end(screen, 0);
    check_shows(screen, "…\ntype   \"application/json\"\n");
    assert_null(strstr(terminal_bytes(screen), text_peek(&body)));
    assert_int_equal(terminal_wraps(screen), 0);
    terminal_close(screen);

    int file = mkstemp(path);
    assert_true(file >= 0);
    text_append_format(&command_line,
                       "sh -c 'BUILD=%s; exec $BUILD/arazzo run " DOCUMENT " look --server %s >%s 2>/dev/null'",
                       getenv("BUILD") == NULL ? "build" : getenv("BUILD"), by_hand_url(server), path);
    FILE *running = popen(text_peek(&command_line), "r");
    assert_non_null(running);
    assert_non_null(by_hand_request(server));
    answer(server, 200, JSON, text_peek(&body));
    assert_int_equal(pclose(running), 0);
    FILE *written = fopen(path, "r");
    char line[4096];
    assert_non_null(written);
    assert_non_null(fgets(line, sizeof line, written));
    assert_non_null(strstr(line, text_peek(&body)));
    fclose(written);
    remove(path);
    text_free(&body);
    text_free(&command_line);
    by_hand_close(server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_under_way_is_shown),
        cmocka_unit_test(retries_count_down),
        cmocka_unit_test(downloads_show_how_much_has_come),
        cmocka_unit_test(lines_fit),
        cmocka_unit_test(messages_fit),
        cmocka_unit_test(what_is_under_way_holds_no_secret),
        cmocka_unit_test(a_window_may_change_its_size),
        cmocka_unit_test(nothing_gets_through),
        cmocka_unit_test(plain_means_plain),
        cmocka_unit_test(outputs_are_whole_in_pipes),
    };
    return cmocka_run_group_tests_name("live", tests, NULL, NULL);
}
