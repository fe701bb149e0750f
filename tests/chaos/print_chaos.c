/*
 * print_chaos.c: a run is printed for a person, with every allocation failing once in turn. Printing goes on with a
 * word about it; nothing is printed that could not be masked.
 */
#include <stdio.h>
#include <string.h>

#include "engine/report/run_text.h"
#include "tests/chaos/chaos.h"

static FILE *nowhere;

static void tell(run_text *printer, arazzo_event event) {
    arazzo_observer observer = run_text_observer(printer);
    event.workflow_id = event.workflow_id == NULL ? "w" : event.workflow_id;
    observer.event(observer.user, &event);
}

static void tell_step(run_text *printer) {
    static const arazzo_header headers[] = {{"Content-Type", "text/plain"}, {"Authorization", "Bearer secret"}};
    static const arazzo_request request = {.method = "POST",
                                           .url = "http://service.test/things?key=secret",
                                           .headers = headers,
                                           .header_count = 2,
                                           .body = "a body with a secret",
                                           .body_length = 20};
    static const arazzo_response response = {.status = 503,
                                             .headers = headers,
                                             .header_count = 1,
                                             .body = "a line\nand another secret, \x1b[31m",
                                             .body_length = 32};
    arazzo_event event = {.kind = ARAZZO_EVENT_STEP_STARTED, .step_id = "s", .attempt = 1, .attempts = 2};
    tell(printer, event);
    event.request = &request;
    event.kind = ARAZZO_EVENT_REQUEST;
    tell(printer, event);
    run_text_tick(printer, &(run_text_progress){.seconds = 1.5, .received = 10, .expected = 2000});
    event.response = &response;
    event.kind = ARAZZO_EVENT_RESPONSE;
    tell(printer, event);
    event.kind = ARAZZO_EVENT_CRITERION;
    event.condition = "$statusCode == 200\n  && $response.body == 'secret'";
    event.condition_type = "simple";
    event.explanation = "$statusCode is 503\n$response.body is \"secret\"";
    tell(printer, event);
    event.kind = ARAZZO_EVENT_STEP_FINISHED;
    event.status = ARAZZO_FAILURE;
    tell(printer, event);
    event.kind = ARAZZO_EVENT_ACTION;
    event.action_type = "retry";
    event.action_name = "again";
    event.seconds = 2;
    tell(printer, event);
    event.kind = ARAZZO_EVENT_WAITING;
    tell(printer, event);
    run_text_tick(printer, &(run_text_progress){.seconds = 1.5, .waiting = true});
    event.kind = ARAZZO_EVENT_NO_ACTION;
    tell(printer, event);
}

static bool print(bool verbose, bool quiet) {
    mask *secrets = mask_new();
    bool known = secrets != NULL && mask_add(secrets, "secret", 6);
    workflow flow = {.id = "w"};
    run_text printer = {.out = nowhere,
                        .secrets = secrets,
                        .columns = 40,
                        .color = true,
                        .live = true,
                        .verbose = verbose,
                        .quiet = quiet};
    if (known) {
        run_text_begin(&printer, &flow);
        tell(&printer, (arazzo_event){.kind = ARAZZO_EVENT_WORKFLOW_STARTED});
        tell_step(&printer);
        tell(&printer, (arazzo_event){.kind = ARAZZO_EVENT_WORKFLOW_FINISHED, .status = ARAZZO_FAILURE});
        run_text_summary(&printer, "w", ARAZZO_FAILURE, false, 0.5);
        run_text_free(&printer);
    }
    mask_free(secrets);
    return true;
}

static bool print_plainly(void) {
    return print(false, false);
}

static bool print_verbosely(void) {
    return print(true, false);
}

static bool print_quietly(void) {
    return print(false, true);
}

int main(void) {
    static const chaos_case cases[] = {
        {.name = "a run is printed", .run = print_plainly, .quiet = true},
        {.name = "a run is printed with its messages", .run = print_verbosely, .quiet = true},
        {.name = "a run that fails is printed when it has", .run = print_quietly, .quiet = true},
        {.name = NULL},
    };
    nowhere = fopen("/dev/null", "w");
    if (nowhere == NULL)
        return 1;
    setvbuf(nowhere, NULL, _IONBF, 0);
    int status = chaos_run(cases);
    fclose(nowhere);
    return status;
}
