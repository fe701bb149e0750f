/* sentence.c: Markdown reduced to its words, and a search in them. */
#include "tests/conformance/driver/sentence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tests/conformance/driver/files.h"

/* The end of a link's `](target)`, or `at` itself. */
static const char *after_link(const char *at, const char *end) {
    if (end - at < 2 || at[0] != ']' || at[1] != '(')
        return at;
    const char *close = memchr(at, ')', (size_t)(end - at));
    return close == NULL ? at : close + 1;
}

/* An HTML tag such as `<a name="x">` or `<code>`, not a comparison. */
static const char *after_tag(const char *at, const char *end) {
    static const char *const tags[] = {"<a ", "</a>", "<code>", "</code>", "<sup>", "</sup>"};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        size_t length = strlen(tags[i]);
        if ((size_t)(end - at) >= length && strncmp(at, tags[i], length) == 0) {
            const char *close = memchr(at, '>', (size_t)(end - at));
            return close == NULL ? at : close + 1;
        }
    }
    return at;
}

/* Drops links' targets, emphasis, code marks, table bars, list marks and tags; white space becomes one space. */
static char *words_of(const char *bytes, size_t length) {
    text out = TEXT_EMPTY;
    const char *end = bytes + length;
    bool space = true, line_begins = true;
    for (const char *at = bytes; at < end;) {
        const char *next = *at == ']' ? after_link(at, end) : *at == '<' ? after_tag(at, end) : at;
        if (next > at) {
            at = next;
            continue;
        }
        bool is_space = *at == ' ' || *at == '\n' || *at == '\r' || *at == '\t';
        bool mark = line_begins && (*at == '-' || *at == '>' || *at == '#');
        line_begins = *at == '\n' || (line_begins && is_space);
        if (is_space || mark) {
            if (!space)
                text_append_char(&out, ' ');
            space = true;
        } else if (strchr("`*_[]|\\", *at) == NULL) {
            text_append_char(&out, *at);
            space = false;
        }
        at++;
    }
    while (out.length > 0 && out.bytes[out.length - 1] == ' ')
        text_truncate(&out, out.length - 1);
    return text_take(&out, NULL);
}

static const specification *find_text(specifications *texts, const char *name) {
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->items[i].name, name) == 0)
            return &texts->items[i];
    specification *larger = realloc(texts->items, (texts->count + 1) * sizeof *larger);
    if (larger == NULL)
        return NULL;
    texts->items = larger;
    text path = TEXT_EMPTY, content = TEXT_EMPTY;
    text_append_format(&path, "%s/%s.md", texts->folder, name);
    specification *added = &texts->items[texts->count++];
    *added = (specification){.name = strdup(name)};
    if (file_read(text_peek(&path), &content))
        added->words = words_of(content.bytes, content.length);
    text_free(&content);
    text_free(&path);
    return added;
}

/* The parts between `…` stand in the text, one after another. */
static bool stands_in(const char *words, const char *sentence) {
    static const char left_out[] = "…";
    for (const char *at = sentence; at != NULL && *at != '\0';) {
        const char *gap = strstr(at, left_out);
        char *part = words_of(at, gap == NULL ? strlen(at) : (size_t)(gap - at));
        const char *found = part == NULL ? NULL : strstr(words, part);
        words = found == NULL ? NULL : found + strlen(part);
        free(part);
        if (words == NULL)
            return false;
        at = gap == NULL ? NULL : gap + sizeof left_out - 1;
    }
    return true;
}

static bool check(specifications *texts, const test_case *one, const char *name, const char *sentence) {
    const specification *found = find_text(texts, name);
    if (found == NULL || found->words == NULL || stands_in(found->words, sentence))
        return true;
    fprintf(stderr, "%s: the sentence does not stand in %s:\n  %s\n", one->path, name, sentence);
    return false;
}

bool sentences_found(specifications *texts, const test_case *one) {
    const json_t *sentence = json_object_get(one->fields, "sentence");
    const char *named = case_string(one, "text", NULL);
    bool good = true;
    size_t i;
    json_t *version;
    json_array_foreach(json_object_get(one->fields, "versions"), i, version) {
        char name[64];
        const json_t *here =
            json_is_string(sentence) ? sentence : json_object_get(sentence, json_string_value(version));
        snprintf(name, sizeof name, "arazzo-%s", json_string_value(version));
        good = check(texts, one, named == NULL ? name : named, json_string_value(here)) && good;
    }
    return good;
}

void specifications_free(specifications *texts) {
    for (size_t i = 0; i < texts->count; i++) {
        free(texts->items[i].name);
        free(texts->items[i].words);
    }
    free(texts->items);
    *texts = (specifications){0};
}
