/* flow_document.h: makes up Arazzo documents, and bodies of answers, from a fuzzer's bytes: each byte is a choice. */
#ifndef ARAZZO_TESTS_FUZZ_FLOW_DOCUMENT_H
#define ARAZZO_TESTS_FUZZ_FLOW_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

typedef struct choices {
    const uint8_t *bytes;
    size_t left;
    unsigned step; /* how many steps of the workflow stand before what is written */
} choices;

/* A number below `count`, from the next byte; 0 when they are used up, or `count` is 0. */
unsigned choose(choices *from, unsigned count);

/* Appends an Arazzo document as JSON: the one that is loaded (file:///a.json), or the `other` one (file:///b.json). */
void flow_document(choices *from, bool other, text *out);

/* Appends the OpenAPI document of both (file:///o.json). */
void flow_openapi(text *out);

/* Appends a body: JSON, XML, events, or bytes as they come. */
void flow_answer_body(choices *from, text *out);

/* Appends a few characters: words, or bytes as they come. */
void flow_words(choices *from, text *out);

#endif
