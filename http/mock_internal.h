/*
 * mock_internal.h: the parts of the mock: mock.c finds the operation, mock_security.c asks whether credentials were
 * sent, mock_answer.c makes the answer, mock_body.c writes a value in a media type.
 */
#ifndef ARAZZO_HTTP_MOCK_INTERNAL_H
#define ARAZZO_HTTP_MOCK_INTERNAL_H

#include "base/text.h"
#include "http/mock.h"

/*
 * What the request lacks: NULL when the operation may be called. Else a sentence in `memory`, and *challenge is what
 * WWW-Authenticate says, or NULL.
 */
const char *mock_missing_credentials(const operation *op, const http_incoming *request, arena *memory,
                                     const char **challenge);

/* Answers as the operation's document says, and as the request's Prefer header asks. */
void mock_answer_operation(const operation *op, const http_incoming *request, arena *memory, http_answer *answer);

/* Answers with a status and {"message": sentence}. */
void mock_answer_problem(arena *memory, http_answer *answer, int status, const char *sentence);

/* A value as it is written in a media type: JSON, events, text, XML. */
void mock_append_body(text *out, const api *description, const media_type *type, const json_t *value);

bool mock_is_json(const char *media_type_name);

#endif
