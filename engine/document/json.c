/*
 * json.c: a JSON reader (RFC 8259) that keeps places: libyaml refuses surrogate pairs in escapes, and jansson keeps no
 * places.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/document/document_internal.h"

typedef struct json {
    reader *r;
    const char *text;
    size_t at;
    size_t end;
    size_t depth;
} json;

static const node *read_value(json *j);

static void skip_space(json *j) {
    while (j->at < j->end &&
           (j->text[j->at] == ' ' || j->text[j->at] == '\n' || j->text[j->at] == '\r' || j->text[j->at] == '\t'))
        j->at++;
}

static bool next_is(const json *j, char byte) {
    return j->at < j->end && j->text[j->at] == byte;
}

static bool fail(json *j, size_t offset, const char *expected) {
    if (offset >= j->end)
        reader_error(j->r, "E0003", j->end, 0, NULL, "this is no JSON: %s expected, the text ends", expected);
    else
        reader_error(j->r, "E0003", offset, 1, NULL, "this is no JSON: %s expected", expected);
    return false;
}

static void no_memory(json *j) {
    j->r->list->no_memory = true;
    j->r->failed = true;
}

/* ---- Strings ---- */

static bool read_hex(json *j, size_t at, unsigned long *value) {
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    *value = 0;
    for (size_t i = at; i < at + 4; i++) {
        const char *found = i < j->end ? memchr(digits, j->text[i], sizeof digits - 1) : NULL;
        if (found == NULL)
            return fail(j, i, "four hexadecimal digits");
        *value = *value << 4 | ((unsigned long)(found - digits) & 15);
    }
    return true;
}

/* escape: %x5C ( %x22 / %x5C / … / %x75 4HEXDIG ) */
static bool read_escape(json *j, text *out) {
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    const char *name = j->at + 1 < j->end ? strchr(names, j->text[j->at + 1]) : NULL;
    if (name != NULL && *name != '\0') {
        text_append_char(out, values[name - names]);
        j->at += 2;
        return true;
    }
    unsigned long high, low;
    if (j->at + 1 >= j->end || j->text[j->at + 1] != 'u')
        return fail(j, j->at + 1, "an escape");
    if (!read_hex(j, j->at + 2, &high))
        return false;
    j->at += 6;
    bool pair =
        high >= 0xD800 && high < 0xDC00 && j->at + 1 < j->end && j->text[j->at] == '\\' && j->text[j->at + 1] == 'u';
    if (pair) {
        if (!read_hex(j, j->at + 2, &low))
            return false;
        if (low >= 0xDC00 && low < 0xE000) {
            high = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
            j->at += 6;
        }
    }
    text_append_code_point(out, high);
    return true;
}

static bool read_characters(json *j, text *out) {
    for (;;) {
        size_t start = j->at;
        while (j->at < j->end && j->text[j->at] != '"' && j->text[j->at] != '\\' &&
               (unsigned char)j->text[j->at] >= 0x20)
            j->at++;
        text_append(out, j->text + start, j->at - start);
        if (next_is(j, '"'))
            return true;
        if (!next_is(j, '\\'))
            return fail(j, j->at, "the string's closing '\"'");
        if (!read_escape(j, out))
            return false;
    }
}

static node *read_string(json *j) {
    size_t start = j->at++;
    size_t plain = j->at;
    while (plain < j->end && j->text[plain] != '"' && j->text[plain] != '\\' && (unsigned char)j->text[plain] >= 0x20)
        plain++;
    node *made = reader_node(j->r, NODE_STRING, start, start);
    if (made == NULL)
        return NULL;
    made->style = STYLE_DOUBLE_QUOTED;
    if (plain < j->end && j->text[plain] == '"') {
        made->count = (uint32_t)(plain - j->at);
        made->source = arena_copy(j->r->made->memory, j->text + j->at, made->count);
        j->at = plain;
    } else {
        text out = TEXT_EMPTY;
        bool right = read_characters(j, &out);
        made->count = (uint32_t)out.length;
        made->source = right && !out.failed ? arena_copy(j->r->made->memory, text_peek(&out), out.length) : NULL;
        text_free(&out);
        if (!right)
            return NULL;
    }
    if (made->source == NULL) {
        no_memory(j);
        return NULL;
    }
    made->end = (uint32_t)++j->at;
    return made;
}

/* ---- Numbers and names ---- */

/* number = [ "-" ] int [ frac ] [ exp ] */
static bool is_number(const char *number, size_t length) {
    static const char decimal[] = "0123456789";
    char copy[64];
    if (length >= sizeof copy)
        return strspn(number, "-+.eE0123456789") >= length;
    memcpy(copy, number, length);
    copy[length] = '\0';
    const char *at = copy + (copy[0] == '-');
    size_t whole = strspn(at, decimal);
    if (whole == 0 || (whole > 1 && at[0] == '0'))
        return false;
    at += whole;
    if (*at == '.') {
        size_t fraction = strspn(at + 1, decimal);
        if (fraction == 0)
            return false;
        at += 1 + fraction;
    }
    if (*at == 'e' || *at == 'E') {
        at += 1 + (at[1] == '+' || at[1] == '-');
        if (strspn(at, decimal) == 0)
            return false;
        at += strspn(at, decimal);
    }
    return *at == '\0';
}

static const node *read_literal(json *j) {
    size_t start = j->at;
    while (j->at < j->end && strchr(" \t\r\n,]}:\"[{", j->text[j->at]) == NULL)
        j->at++;
    size_t length = j->at - start;
    const char *word = j->text + start;
    bool name = (length == 4 && (memcmp(word, "true", 4) == 0 || memcmp(word, "null", 4) == 0)) ||
                (length == 5 && memcmp(word, "false", 5) == 0);
    if (length == 0 || (!name && !is_number(word, length))) {
        fail(j, start, "a value");
        return NULL;
    }
    node *made = reader_node(j->r, NODE_NULL, start, j->at);
    if (made == NULL)
        return NULL;
    made->count = (uint32_t)length;
    made->source = arena_copy(j->r->made->memory, word, length);
    if (made->source == NULL) {
        no_memory(j);
        return NULL;
    }
    type_plain_scalar(made);
    return made;
}

/* ---- Collections ---- */

static bool enter(json *j) {
    if (++j->depth <= j->r->limits.depth)
        return true;
    reader_error(j->r, "E0005", j->at, 1, NULL, "the document is nested more than %zu deep", j->r->limits.depth);
    return false;
}

/* After a value: a comma and another one, or the end. False after an error. */
static bool go_on(json *j, char close, bool *more) {
    skip_space(j);
    *more = next_is(j, ',');
    if (*more) {
        j->at++;
        skip_space(j);
        return true;
    }
    return next_is(j, close) || fail(j, j->at, close == ']' ? "',' or ']'" : "',' or '}'");
}

static bool read_items(json *j, collection *parts) {
    bool more = !next_is(j, ']');
    while (more) {
        const node *item = read_value(j);
        if (item == NULL || !collect_item(j->r, parts, item) || !go_on(j, ']', &more))
            return false;
    }
    return true;
}

static bool read_members(json *j, collection *parts) {
    bool more = !next_is(j, '}');
    while (more) {
        if (!next_is(j, '"'))
            return fail(j, j->at, "a name in double quotes");
        const node *key = read_string(j);
        if (key == NULL)
            return false;
        skip_space(j);
        if (!next_is(j, ':'))
            return fail(j, j->at, "':'");
        j->at++;
        skip_space(j);
        const node *value = read_value(j);
        if (value == NULL || !collect_entry(j->r, parts, key, value) || !go_on(j, '}', &more))
            return false;
    }
    return true;
}

static const node *read_collection(json *j, bool object) {
    node *made = reader_node(j->r, object ? NODE_MAPPING : NODE_SEQUENCE, j->at, j->at);
    if (made == NULL || !enter(j))
        return NULL;
    j->at++;
    skip_space(j);
    collection parts = {0};
    bool right = object ? read_members(j, &parts) && finish_mapping(j->r, made, &parts)
                        : read_items(j, &parts) && finish_sequence(j->r, made, &parts);
    free(parts.items);
    free(parts.entries);
    j->depth--;
    made->end = (uint32_t)++j->at;
    return right ? made : NULL;
}

static const node *read_value(json *j) {
    if (next_is(j, '{') || next_is(j, '['))
        return read_collection(j, next_is(j, '{'));
    return next_is(j, '"') ? read_string(j) : read_literal(j);
}

const node *read_json(reader *r) {
    json j = {.r = r, .text = r->made->text, .end = r->made->length};
    skip_space(&j);
    const node *root = read_value(&j);
    if (root == NULL || r->failed)
        return NULL;
    skip_space(&j);
    if (j.at == j.end)
        return root;
    fail(&j, j.at, "the end of the document");
    return NULL;
}
