/*
 * suite_speed.c: how long `arazzo test` takes for 1,000 workflows against a server on this machine that answers after
 * 5 ms, by how many are under way at once.
 */
#include <stdio.h>

#include "http/drive.h"
#include "tests/support/command.h"
#include "tests/support/suite.h"

enum { WORKFLOWS = 1000 };

int main(void) {
    static const size_t jobs[] = {1, 8, 64};
    suite at;
    bool right = true;
    suite_open(&at, WORKFLOWS);
    at.delay = 0.005;
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
        double began = driver_clock(NULL);
        command_result result =
            command_run("test %s --server %s -q --jobs %zu", at.folder, http_server_url(at.server), jobs[i]);
        double took = driver_clock(NULL) - began;
        right = right && result.status == 0;
        printf("--jobs %-3zu %6.2f s  %6.0f workflows a second\n", jobs[i], took, WORKFLOWS / took);
        command_result_free(&result);
    }
    suite_close(&at);
    return right ? 0 : 1;
}
