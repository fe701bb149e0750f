/*
 * signal_test.c: what becomes of a run when somebody types Ctrl-C or kills it: real processes, real signals, sent when
 * something that can be seen has happened.
 */
/* mkfifo() and the like */
#define _XOPEN_SOURCE 700

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "tests/support/by_hand.h"
#include "tests/support/terminal.h"

#define DOCUMENT "tests/live/live.arazzo.yaml"

static char folder[] = "/tmp/arazzo-signal-XXXXXX";

static const char *in_folder(const char *name) {
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void check_shows(terminal *screen, const char *what) {
    if (!terminal_shows(screen, what))
        fail_msg("not on the screen: %s\n%s", what, terminal_screen(screen));
}

/* The report is there, whole, and says what happened. */
static void check_report(const char *name, const char *ending) {
    char bytes[65536];
    FILE *file = fopen(in_folder(name), "r");
    assert_non_null(file);
    size_t length = fread(bytes, 1, sizeof bytes - 1, file);
    fclose(file);
    remove(in_folder(name));
    bytes[length] = '\0';
    if (strstr(bytes, "interrupted") == NULL || length < strlen(ending) ||
        strcmp(bytes + length - strlen(ending), ending) != 0)
        fail_msg("%s: %s", name, bytes);
}

static void an_open_request_is_dropped(void **state) {
    (void)state;
    static const struct {
        int signal;
        int status;
    } ways[] = {{SIGINT, 130}, {SIGTERM, 143}, {SIGHUP, 129}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        by_hand *server = by_hand_open();
        char json[300], junit[300], tap[300], har[300];
        snprintf(json, sizeof json, "--report=json=%s", in_folder("a.json"));
        snprintf(junit, sizeof junit, "--report=junit=%s", in_folder("a.xml"));
        snprintf(tap, sizeof tap, "--report=tap=%s", in_folder("a.tap"));
        snprintf(har, sizeof har, "--report=har=%s", in_folder("a.har"));
        const char *arguments[] = {"run", DOCUMENT, "--all", "--server", by_hand_url(server),
                                   json,  junit,    tap,     har,        NULL};
        terminal *screen = terminal_open(80, NULL, arguments);
        assert_non_null(screen);
        assert_non_null(by_hand_request(server));
        if (ways[i].signal == SIGINT)
            terminal_type(screen, "\x03");
        else
            kill(terminal_process(screen), ways[i].signal);
        assert_true(by_hand_is_left(server));
        assert_int_equal(terminal_wait(screen), ways[i].status);
        check_shows(screen, "    ✗ interrupted\ninterrupted: look, 1 step in ");
        assert_null(strstr(terminal_screen(screen), "patience")); /* the others are not begun */
        check_report("a.json", "}\n");
        check_report("a.xml", "</testsuites>\n");
        check_report("a.tap", "not ok 1 - " DOCUMENT "\n");
        check_report("a.har", "}\n");
        terminal_close(screen);
        by_hand_close(server);
    }
}

static void a_wait_ends_at_once(void **state) {
    (void)state;
    by_hand *server = by_hand_open();
    const char *arguments[] = {"run", DOCUMENT, "patience", "--server", by_hand_url(server), NULL};
    terminal *screen = terminal_open(80, NULL, arguments);
    assert_non_null(screen);
    assert_non_null(by_hand_request(server));
    assert_true(by_hand_answer(server, 503, "", "", 0));
    check_shows(screen, "retrying in 30 s");
    terminal_type(screen, "\x03");
    assert_int_equal(terminal_wait(screen), 130);
    check_shows(screen, "interrupted: patience, 1 step in ");
    assert_null(strstr(terminal_screen(screen), "retrying"));
    terminal_close(screen);
    by_hand_close(server);
}

/* A report goes to where nobody reads: the first signal waits for it, the second one doesn't. */
static void a_second_signal_ends_at_once(void **state) {
    (void)state;
    enum { LARGE = 300000 };
    char report[300];
    by_hand *server = by_hand_open();
    assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
    int reader = open(in_folder("fifo"), O_RDONLY | O_NONBLOCK);
    snprintf(report, sizeof report, "--report=json=%s", in_folder("fifo"));
    const char *arguments[] = {"run", DOCUMENT, "look", "--server", by_hand_url(server), report, NULL};
    terminal *screen = terminal_open(80, NULL, arguments);
    char *body = malloc(LARGE);
    assert_non_null(screen);
    assert_non_null(body);
    memset(body, 'a', LARGE);
    assert_non_null(by_hand_request(server));
    assert_true(by_hand_answer(server, 200, "", body, LARGE));
    struct pollfd begun = {.fd = reader, .events = POLLIN};
    check_shows(screen, "failure: look");
    assert_int_equal(poll(&begun, 1, 20000), 1);
    kill(terminal_process(screen), SIGINT);
    kill(terminal_process(screen), SIGTERM);
    int status = terminal_wait(screen);
    assert_true(status == 143 || status == 130);
    close(reader);
    remove(in_folder("fifo"));
    free(body);
    terminal_close(screen);
    by_hand_close(server);
}

static void the_mock_ends_quietly(void **state) {
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        const char *arguments[] = {"mock", "tests/live/live.openapi.yaml", NULL};
        terminal *screen = terminal_open(80, NULL, arguments);
        assert_non_null(screen);
        check_shows(screen, "serving tests/live/live.openapi.yaml on http://127.0.0.1:");
        kill(terminal_process(screen), signals[i]);
        assert_int_equal(terminal_wait(screen), 0);
        assert_null(strchr(strchr(terminal_screen(screen), '\n') + 1, '\n')); /* one line */
        terminal_close(screen);
    }
}

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state) {
    (void)state;
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_open_request_is_dropped),
        cmocka_unit_test(a_wait_ends_at_once),
        cmocka_unit_test(a_second_signal_ends_at_once),
        cmocka_unit_test(the_mock_ends_quietly),
    };
    return cmocka_run_group_tests_name("signal", tests, make_folder, remove_folder);
}
