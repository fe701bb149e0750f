/*
 * dry.c: a dry run: every request is built and shown, and none is sent.
 *
 * What only a response could give stands in requests as the expression that would give it:
 * `{$steps.login.outputs.token}`. Steps follow each other as if each succeeded; criteria cannot be evaluated, so of the
 * actions only those without any are taken, and no step is visited twice.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "engine/run/run_internal.h"

/* `{EXPRESSION}` as a string; NULL when memory is short. */
static json_t *placeholder(const char *format, const char *one, const char *two) {
    text made = TEXT_EMPTY;
    text_append_format(&made, format, one, two);
    json_t *value = made.failed ? NULL : json_stringn(text_peek(&made), made.length);
    text_free(&made);
    return value;
}

json_t *dry_value(const value_field *field) {
    const char *written = node_source(field->object, NULL);
    return written == NULL ? json_null() : placeholder(written[0] == '$' ? "{%s}%s" : "%s%s", written, "");
}

json_t *dry_outputs(const visit *at) {
    json_t *made = json_object();
    bool right = made != NULL;
    for (size_t i = 0; right && i < at->step->outputs.count; i++) {
        const char *name = at->step->outputs.items[i].name;
        right = json_object_set_new(made, name, placeholder("{$steps.%s.outputs.%s}", at->step->id, name)) == 0;
    }
    const char *name;
    json_t *value;
    json_object_foreach(at->called_outputs, name, value) {
        right =
            right && json_object_set_new(made, name, placeholder("{$steps.%s.outputs.%s}", at->step->id, name)) == 0;
    }
    if (right)
        return made;
    json_decref(made);
    return NULL;
}

/* ---- What is shown ---- */

static int hex_digit(char byte) {
    const char *digits = "0123456789ABCDEF", *at = byte == '\0' ? NULL : strchr(digits, byte);
    return at == NULL ? -1 : (int)(at - digits);
}

/* `$steps.…`, `$response.…` and what else stands in for what is not known yet: other text in braces is data. */
static bool is_placeholder(const char *written) {
    static const char *const prefixes[] = {"steps.", "response", "outputs.", "workflows.", "statusCode", "message."};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncmp(written, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

/* The encoded text (without NUL in it) with `%7B%24…%7D` as the expression that it is. NULL when memory is short. */
static const char *reveal(const char *encoded, arena *memory) {
    static const char opening[] = "%7B%24", closing[] = "%7D";
    text made = TEXT_EMPTY;
    const char *at = encoded;
    for (const char *found; (found = strstr(at, opening)) != NULL;) {
        const char *inner = found + sizeof opening - 1, *end = strstr(found, closing);
        if (end == NULL)
            break;
        if (!is_placeholder(inner)) {
            text_append(&made, at, (size_t)(inner - at));
            at = inner;
            continue;
        }
        text_append(&made, at, (size_t)(found - at));
        for (at = found; at < end + sizeof closing - 1; at++) {
            int high = *at == '%' ? hex_digit(at[1]) : -1, low = high < 0 ? -1 : hex_digit(at[2]);
            text_append_char(&made, (char)(low < 0 ? *at : high << 4 | low));
            at += low < 0 ? 0 : 2;
        }
    }
    text_append_string(&made, at);
    const char *kept = made.failed ? NULL : arena_copy(memory, text_peek(&made), made.length);
    text_free(&made);
    return kept;
}

static bool is_form(const http_request *request) {
    static const char form[] = "application/x-www-form-urlencoded";
    const char *type = http_headers_get(&request->headers, "Content-Type");
    return request->body != NULL && type != NULL && strncasecmp(type, form, sizeof form - 1) == 0;
}

/* What is percent-encoded in a request: its URL, its cookies, and a form in its body. */
void dry_reveal(arazzo_run *run, visit *at) {
    http_request *request = &at->exchange.request;
    request->url = reveal(request->url, at->memory);
    bool right = request->url != NULL;
    if (is_form(request)) {
        request->body = reveal(request->body, at->memory);
        request->body_length = request->body == NULL ? 0 : strlen(request->body);
        right = right && request->body != NULL;
    }
    for (size_t i = 0; i < request->headers.count; i++) {
        http_header *header = &request->headers.items[i];
        if (strcasecmp(header->name, "Cookie") != 0)
            continue;
        header->value = reveal(header->value, at->memory);
        right = right && header->value != NULL;
    }
    if (!right)
        run_out_of_memory(run);
}

/* ---- What follows ---- */

static const action *unconditional(const actions *list) {
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].criteria.count == 0)
            return &list->items[i];
    return NULL;
}

void dry_go_on(arazzo_run *run) {
    frame *top = run->top;
    const action *chosen = unconditional(&top->visit->step->on_success);
    visit_pop(top);
    top->state = FRAME_NEXT_STEP;
    if (chosen == NULL)
        return;
    const step *target = chosen->target_step;
    bool again = target != NULL && top->step_outputs[target->index] != NULL;
    if (chosen->type == ACTION_END || again || (chosen->type == ACTION_GOTO && target == NULL))
        frame_finish(run, ARAZZO_SUCCESS);
    else if (chosen->type == ACTION_GOTO)
        top->position = target->position;
}
