/* curl.h: requests as curl(1) commands that a shell takes: what a dry run shows. */
#ifndef ARAZZO_ENGINE_REPORT_CURL_H
#define ARAZZO_ENGINE_REPORT_CURL_H

#include <stdbool.h>
#include <stdio.h>

#include "engine/arazzo.h"
#include "engine/report/mask.h"

typedef struct curl_printer {
    FILE *out;
    const mask *secrets; /* NULL: nothing is masked */
    bool color;
    const char *certificate; /* files, borrowed; NULL: none */
    const char *key;
    const char *authorities;
    bool failed; /* memory ran short */
} curl_printer;

/*
 * A sensitive header's value holds no secret yet: an expression, perhaps behind a scheme or a cookie's name
 * (`Bearer {$steps.login.outputs.token}`).
 */
bool curl_is_expression(const char *value);

/* Prints each request as a comment that names its step, and a command. The observer borrows `printer`. */
arazzo_observer curl_observer(curl_printer *printer);

#endif
