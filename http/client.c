/*
 * client.c: one libcurl multi handle, easy handles in a pool, and two lists of exchanges: those under way and those
 * that wait for their turn, so that ten thousand requests at once don't need ten thousand sockets.
 *
 * What one exchange says to libcurl is in exchange.c.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/client_internal.h"

enum { MOST_OPEN = 1000, LEAST_OPEN = 8, SHARE_OF_DESCRIPTORS = 4 };

typedef struct exchange_list {
    exchange *first;
    exchange *last;
    size_t count;
} exchange_list;

struct http_client {
    CURLM *multi;
    http_client_settings settings;
    exchange_list open;
    exchange_list waiting;
    size_t most_open;
    CURL **pool;
    size_t pooled;
    size_t pool_capacity;
    int listened; /* a descriptor that ends waiting; -1: none */
};

http_client_settings *client_settings(http_client *client) {
    return &client->settings;
}

/* libcurl's own state is one per process. A failure is not remembered: later there may be memory. */
static bool initialize(void) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static bool initialized;
    pthread_mutex_lock(&lock);
    initialized = initialized || curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    bool done = initialized;
    pthread_mutex_unlock(&lock);
    return done;
}

/* The variables that libcurl looks at for each request; looking once is enough when there are none. */
static bool environment_names_proxies(void) {
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0')
            return true;
    }
    return false;
}

/* A share of the descriptors: a server in the same process, files and resolvers want some, too. */
static size_t most_at_once(void) {
    long limit = sysconf(_SC_OPEN_MAX);
    size_t share = limit <= 0 ? MOST_OPEN : (size_t)limit / SHARE_OF_DESCRIPTORS;
    return share > MOST_OPEN ? MOST_OPEN : share < LEAST_OPEN ? LEAST_OPEN : share;
}

http_client *http_client_new(const http_client_options *options) {
    http_client *client = initialize() ? calloc(1, sizeof *client) : NULL;
    if (client == NULL)
        return NULL;
    http_client_options *chosen = &client->settings.options;
    if (options != NULL)
        *chosen = *options;
    if (chosen->connect_timeout <= 0)
        chosen->connect_timeout = 10;
    if (chosen->timeout <= 0)
        chosen->timeout = 30;
    if (chosen->max_body == 0)
        chosen->max_body = (size_t)64 << 20;
    if (chosen->user_agent == NULL)
        chosen->user_agent = "arazzo/" ARAZZO_VERSION;
    client->listened = -1;
    client->settings.proxies = environment_names_proxies();
    client->most_open = most_at_once();
    client->multi = curl_multi_init();
    if (client->multi == NULL) {
        free(client);
        return NULL;
    }
    curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, (long)client->most_open);
    return client;
}

/* ---- Lists ---- */

static void list_append(exchange_list *list, exchange *at) {
    at->next = NULL;
    at->previous = list->last;
    if (list->last != NULL)
        list->last->next = at;
    else
        list->first = at;
    list->last = at;
    list->count++;
}

static void list_remove(exchange_list *list, exchange *at) {
    if (at->previous != NULL)
        at->previous->next = at->next;
    else
        list->first = at->next;
    if (at->next != NULL)
        at->next->previous = at->previous;
    else
        list->last = at->previous;
    list->count--;
}

static void free_exchange(exchange *at) {
    curl_slist_free_all(at->lines);
    curl_url_cleanup(at->url);
    text_free(&at->line);
    text_free(&at->received);
    free(at);
}

void http_client_free(http_client *client) {
    if (client == NULL)
        return;
    for (exchange *at; (at = client->open.first) != NULL;) {
        list_remove(&client->open, at);
        curl_multi_remove_handle(client->multi, at->easy);
        curl_easy_cleanup(at->easy);
        free_exchange(at);
    }
    for (exchange *at; (at = client->waiting.first) != NULL;) {
        list_remove(&client->waiting, at);
        free_exchange(at);
    }
    for (size_t i = 0; i < client->pooled; i++)
        curl_easy_cleanup(client->pool[i]);
    free(client->pool);
    curl_multi_cleanup(client->multi);
    free(client);
}

void http_client_listen(http_client *client, int descriptor) {
    client->listened = descriptor;
}

/* ---- One of them ---- */

static exchange *find(const exchange_list *list, const void *user) {
    exchange *at = list->first;
    while (at != NULL && at->user != user)
        at = at->next;
    return at;
}

void http_client_cancel(http_client *client, const void *user) {
    for (exchange *at; (at = find(&client->open, user)) != NULL;) {
        list_remove(&client->open, at);
        curl_multi_remove_handle(client->multi, at->easy);
        curl_easy_cleanup(at->easy); /* with its connection, in the middle of an answer */
        free_exchange(at);
    }
    for (exchange *at; (at = find(&client->waiting, user)) != NULL;) {
        list_remove(&client->waiting, at);
        free_exchange(at);
    }
}

bool http_client_progress(const http_client *client, const void *user, http_progress *progress) {
    const exchange *at = find(&client->open, user);
    curl_off_t received = 0, expected = -1;
    if (at == NULL)
        return false;
    curl_easy_getinfo(at->easy, CURLINFO_SIZE_DOWNLOAD_T, &received);
    curl_easy_getinfo(at->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &expected);
    *progress = (http_progress){.received = (size_t)received, .expected = expected > 0 ? (size_t)expected : 0};
    return true;
}

/* ---- The pool ---- */

static CURL *take_handle(http_client *client) {
    return client->pooled > 0 ? client->pool[--client->pooled] : curl_easy_init();
}

static void return_handle(http_client *client, CURL *easy) {
    if (easy == NULL)
        return;
    if (client->pooled == client->pool_capacity) {
        size_t capacity = client->pool_capacity == 0 ? 8 : client->pool_capacity * 2;
        CURL **larger = realloc(client->pool, capacity * sizeof(CURL *));
        if (larger == NULL) {
            curl_easy_cleanup(easy);
            return;
        }
        client->pool = larger;
        client->pool_capacity = capacity;
    }
    curl_easy_reset(easy); /* it holds pointers into the exchange */
    client->pool[client->pooled++] = easy;
}

/* ---- From sending to done ---- */

bool http_client_send(http_client *client, const http_request *request, arena *memory, http_done *done, void *user) {
    exchange *at = calloc(1, sizeof *at);
    if (at == NULL)
        return false;
    at->client = client;
    at->request = request;
    at->memory = memory;
    at->done = done;
    at->user = user;
    at->method = request->method;
    at->body = request->body;
    at->body_length = request->body_length;
    list_append(&client->waiting, at);
    return true;
}

/*
 * A stream has no end of its own (S30): when its time is over, the server breaks off, or enough has come, that is the
 * answer. Other bodies would be half of what they are.
 */
static bool ends_a_stream(const exchange *at, CURLcode code) {
    const char *type = http_headers_get(&at->answered, "Content-Type");
    bool over = code == CURLE_OPERATION_TIMEDOUT || code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR;
    return (over || at->has_enough) && at->fields_complete && type != NULL && sequence_is(type);
}

/* Hands over the result: a response when there is one, else `refusal` or what libcurl's code means. */
static void finish(exchange *at, CURLcode code, const char *refusal) {
    http_client *client = at->client;
    http_result result = {.duration = exchange_seconds(at)};
    bool answered = refusal == NULL && (code == CURLE_OK || ends_a_stream(at, code)) && !at->no_memory &&
                    !at->too_many_redirects && !at->bad_location;
    if (answered)
        result.response = exchange_response(at);
    if (result.response == NULL) {
        text sentence = TEXT_EMPTY;
        if (refusal != NULL)
            text_append_string(&sentence, refusal);
        else if (answered || at->no_memory || code == CURLE_OUT_OF_MEMORY)
            text_append_string(&sentence, "memory ran short");
        else
            failure_append(&sentence, at, code);
        result.error = sentence.failed ? NULL : arena_copy(at->memory, text_peek(&sentence), sentence.length);
        if (result.error == NULL)
            result.error = "memory ran short";
        text_free(&sentence);
    }
    return_handle(client, at->easy);
    http_done *done = at->done;
    void *user = at->user;
    free_exchange(at);
    done(user, &result);
}

/* Starts the exchange, or finishes it when it cannot even be sent. True when it is under way. */
static bool start(http_client *client, exchange *at) {
    const char *refusal = exchange_refusal(at);
    bool ready = refusal == NULL && !at->no_memory;
    if (ready) {
        at->easy = take_handle(client);
        ready =
            at->easy != NULL && exchange_configure(at) && curl_multi_add_handle(client->multi, at->easy) == CURLM_OK;
    }
    if (ready) {
        list_append(&client->open, at);
        return true;
    }
    finish(at, CURLE_OUT_OF_MEMORY, refusal);
    return false;
}

/* Starts those that wait and find room; not those that are sent meanwhile. How many were finished at once. */
static size_t start_waiting(http_client *client) {
    size_t finished = 0;
    for (size_t left = client->waiting.count; left > 0 && client->open.count < client->most_open; left--) {
        exchange *at = client->waiting.first;
        list_remove(&client->waiting, at);
        finished += !start(client, at);
    }
    return finished;
}

/* One request of an exchange has ended. True when the exchange has, too. */
static bool end_request(http_client *client, exchange *at, CURLcode code) {
    curl_multi_remove_handle(client->multi, at->easy);
    if (code == CURLE_OK && !at->fields_complete)
        code = CURLE_PARTIAL_FILE; /* libcurl is content with half a head */
    redirect_outcome next = code == CURLE_OK && !at->no_memory ? redirect_follow(at) : REDIRECT_NONE;
    if (next == REDIRECT_FOLLOW) {
        if (exchange_configure(at) && curl_multi_add_handle(client->multi, at->easy) == CURLM_OK)
            return false;
        at->no_memory = true;
    }
    list_remove(&client->open, at);
    finish(at, code, NULL);
    return true;
}

/* libcurl cannot go on: what is under way ends. */
static size_t end_all(http_client *client) {
    size_t finished = 0;
    for (exchange *at; (at = client->open.first) != NULL; finished++) {
        curl_multi_remove_handle(client->multi, at->easy);
        list_remove(&client->open, at);
        finish(at, CURLE_OUT_OF_MEMORY, NULL);
    }
    return finished;
}

static size_t work(http_client *client) {
    int running, left;
    size_t finished = start_waiting(client);
    if (curl_multi_perform(client->multi, &running) != CURLM_OK)
        return finished + end_all(client);
    for (CURLMsg *message; (message = curl_multi_info_read(client->multi, &left)) != NULL;) {
        exchange *at = NULL;
        CURLcode code = message->data.result;
        if (message->msg == CURLMSG_DONE &&
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&at) == CURLE_OK)
            finished += end_request(client, at, code);
    }
    return finished;
}

size_t http_client_poll(http_client *client, double seconds) {
    if (work(client) == 0 && seconds > 0) {
        double bounded = seconds > 3600 ? 3600 : seconds;
        int milliseconds = (int)(bounded * 1000);
        struct curl_waitfd listened = {.fd = client->listened, .events = CURL_WAIT_POLLIN};
        unsigned count = client->listened >= 0 ? 1 : 0;
        curl_multi_poll(client->multi, &listened, count, milliseconds > 0 ? milliseconds : 1, NULL);
        work(client);
    }
    return client->open.count + client->waiting.count;
}
