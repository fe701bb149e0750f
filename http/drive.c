/*
 * drive.c: a loop over the client and a list of timers.
 *
 * Each run has one job, and each job's need lives in an arena of its own while it is open.
 */
#include "http/drive.h"

#include <stdlib.h>
#include <time.h>

#include "engine/http_message.h"

typedef struct job {
    struct job *next;
    struct driver *owner;
    arazzo_run *run;
    bool begun;
    arazzo_need *need; /* open; NULL: none */
    arena *memory;     /* of the request under way */
    http_request request;
    double sent_at; /* of a request */
    double wake_at; /* of a timer */
} job;

struct driver {
    http_client *client;
    bool skips_waits;
    double interval; /* between ticks */
    driver_tick *tick;
    void *user;
    job *jobs;
};

double driver_clock(void *user) {
    (void)user;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double driver_now(void *user) {
    (void)user;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

driver *driver_new(http_client *client) {
    driver *drives = calloc(1, sizeof *drives);
    if (drives != NULL)
        drives->client = client;
    return drives;
}

void driver_skip_waits(driver *drives) {
    drives->skips_waits = true;
}

void driver_free(driver *drives) {
    if (drives == NULL)
        return;
    http_client_listen(drives->client, -1);
    for (job *at = drives->jobs; at != NULL;) {
        job *next = at->next;
        http_client_cancel(drives->client, at);
        arena_free(at->memory);
        free(at);
        at = next;
    }
    free(drives);
}

bool driver_add(driver *drives, arazzo_run *run) {
    job *fresh = calloc(1, sizeof *fresh);
    if (fresh == NULL)
        return false;
    *fresh = (job){.next = drives->jobs, .owner = drives, .run = run};
    drives->jobs = fresh;
    return true;
}

static void answer(void *user, const http_result *result) {
    job *at = user;
    arazzo_need *need = at->need;
    arena *memory = at->memory;
    at->need = NULL;
    at->memory = NULL;
    if (result->response != NULL) {
        const http_response *given = result->response;
        arazzo_response response = {.status = given->status,
                                    .headers = given->headers.items,
                                    .header_count = given->headers.count,
                                    .body = given->body,
                                    .body_length = given->body_length};
        arazzo_run_respond(at->run, need, &response);
    } else {
        arazzo_run_fail(at->run, need, result->error == NULL ? "memory ran short" : result->error);
    }
    arena_free(memory);
}

static void send(job *at) {
    const arazzo_request *wanted = arazzo_need_request(at->need);
    at->memory = arena_new();
    at->sent_at = driver_clock(NULL);
    at->request = (http_request){.method = wanted->method,
                                 .url = wanted->url,
                                 .body = wanted->body,
                                 .body_length = wanted->body_length,
                                 .timeout = wanted->timeout,
                                 .max_items = wanted->max_items,
                                 .digest = wanted->digest,
                                 .stays = wanted->stays};
    bool ready = at->memory != NULL;
    for (size_t i = 0; ready && i < wanted->header_count; i++)
        ready = http_headers_add(&at->request.headers, at->memory, wanted->headers[i].name, wanted->headers[i].value);
    if (ready && http_client_send(at->owner->client, &at->request, at->memory, answer, at))
        return;
    http_result failed = {.error = "memory ran short"};
    answer(at, &failed);
}

/* Takes what the run needs; a request that fails on the spot may make it need something else at once. */
static void serve(job *at) {
    if (!at->begun) {
        at->begun = true;
        arazzo_run_advance(at->run);
    }
    while (at->need == NULL && (at->need = arazzo_run_take_need(at->run)) != NULL) {
        if (arazzo_need_kind_of(at->need) == ARAZZO_NEED_REQUEST)
            send(at);
        else
            at->wake_at = at->owner->skips_waits ? 0 : driver_clock(NULL) + arazzo_need_seconds(at->need);
    }
}

static bool is_timer(const job *at) {
    return at->need != NULL && arazzo_need_kind_of(at->need) == ARAZZO_NEED_TIMER;
}

/* Wakes what is due; how long until the next timer is. */
static double wake(driver *drives, double at_most) {
    double now = driver_clock(NULL);
    for (job *at = drives->jobs; at != NULL; at = at->next) {
        if (!is_timer(at))
            continue;
        if (at->wake_at > now) {
            at_most = at->wake_at - now < at_most ? at->wake_at - now : at_most;
            continue;
        }
        arazzo_need *due = at->need;
        at->need = NULL;
        arazzo_run_wake(at->run, due);
        at_most = 0;
    }
    return at_most;
}

/* Serves every run; those that have ended are the driver's no longer. How many there were. */
static size_t serve_all(driver *drives) {
    size_t ended = 0;
    for (job *at = drives->jobs; at != NULL; at = at->next)
        serve(at);
    for (job **link = &drives->jobs; *link != NULL;) {
        job *at = *link;
        if (arazzo_run_status(at->run) == ARAZZO_RUNNING) {
            link = &at->next;
            continue;
        }
        *link = at->next;
        arena_free(at->memory);
        free(at);
        ended++;
    }
    return ended;
}

bool driver_turn(driver *drives, double seconds) {
    if (serve_all(drives) == 0 && drives->jobs != NULL) {
        http_client_poll(drives->client, wake(drives, seconds));
        serve_all(drives);
    }
    return drives->jobs != NULL;
}

void driver_watch(driver *drives, double interval, int descriptor, driver_tick *tick, void *user) {
    drives->interval = interval;
    drives->tick = tick;
    drives->user = user;
    http_client_listen(drives->client, descriptor);
}

/* False when it is time to stop. Jobs are in the order of the last one added: the oldest is the last. */
static bool tick(const driver *drives) {
    const job *oldest = NULL;
    for (const job *at = drives->jobs; at != NULL; at = at->next)
        oldest = at->need == NULL ? oldest : at;
    if (drives->tick == NULL || oldest == NULL)
        return true;
    double now = driver_clock(NULL);
    driver_progress progress = {.waiting = is_timer(oldest)};
    progress.seconds = progress.waiting ? oldest->wake_at - now : now - oldest->sent_at;
    if (!progress.waiting)
        http_client_progress(drives->client, oldest, &progress.body);
    return drives->tick(drives->user, &progress);
}

bool driver_run(driver *drives, double seconds) {
    enum { LONGEST_WAIT = 60 };
    double end = driver_clock(NULL) + seconds, usual = drives->interval > 0 ? drives->interval : LONGEST_WAIT;
    double wait = seconds > 0 && seconds < usual ? seconds : usual;
    while (driver_turn(drives, wait)) {
        if (!tick(drives))
            return false;
        if (seconds <= 0)
            continue;
        double left = end - driver_clock(NULL);
        if (left <= 0)
            return false;
        wait = left < usual ? left : usual;
    }
    return true;
}
