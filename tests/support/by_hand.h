/*
 * by_hand.h: a server that the test itself is: it waits for a request and sends the bytes of the answer when, and as
 * slowly as, the test wants. What a test waits for has happened, without sleeping.
 */
#ifndef ARAZZO_TESTS_SUPPORT_BY_HAND_H
#define ARAZZO_TESTS_SUPPORT_BY_HAND_H

#include <stdbool.h>
#include <stddef.h>

typedef struct by_hand by_hand;

/* Listens on a free port of loopback; NULL when it cannot. Freed, its connection closed, by by_hand_close(). */
by_hand *by_hand_open(void);
void by_hand_close(by_hand *server);

/* "http://127.0.0.1:49152", borrowed. */
const char *by_hand_url(const by_hand *server);

/* Waits for a request with its whole body, on the present connection or a new one: its text, borrowed until the next;
 * NULL when none comes within 20 seconds. */
const char *by_hand_request(by_hand *server);

/* Sends on the connection of the last request. */
bool by_hand_send(by_hand *server, const char *bytes, size_t length);

/* A whole response: status 200 or another, headers as lines that end in \r\n (may be ""), a body. */
bool by_hand_answer(by_hand *server, int status, const char *headers, const char *body, size_t length);

/* Waits until the other side closes the connection; false when it doesn't within 20 seconds. */
bool by_hand_is_left(by_hand *server);

#endif
