/* validate.c: one document after the other rule, and the list put in order. */
#include "engine/validate/validate_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- Order ---- */

typedef struct sorted {
    diagnostic entry;
    size_t file; /* the index of the first diagnostic with the same file */
    size_t index;
} sorted;

static bool same_string(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static int compare_sorted(const void *left, const void *right) {
    const sorted *a = left, *b = right;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    if (a->entry.where.line != b->entry.where.line)
        return a->entry.where.line < b->entry.where.line ? -1 : 1;
    if (a->entry.where.column != b->entry.where.column)
        return a->entry.where.column < b->entry.where.column ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

/* What the builder and the walk over fields both notice: one is enough for each place. */
static bool is_structural(const char *code) {
    static const char *const codes[] = {"E0402", "E0403", "E0405"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (strcmp(codes[i], code) == 0)
            return true;
    return false;
}

/* A missing field is missing once, whatever its object is called. */
static bool same_message(const diagnostic *a, const diagnostic *b) {
    const char *left = strstr(a->message, " lacks the "), *right = strstr(b->message, " lacks the ");
    if (left == NULL || right == NULL)
        return strcmp(a->message, b->message) == 0;
    left = strchr(left, '\'');
    right = strchr(right, '\'');
    return left != NULL && right != NULL && strncmp(left, right, strcspn(left + 1, "'") + 2) == 0;
}

/* Fields that exclude each other, or a server that several operations have: one sentence for each place will do. */
static bool is_once(const char *code) {
    return strcmp(code, "E0406") == 0 || strcmp(code, "E0212") == 0;
}

/* `later` adds nothing to `first`, which stands at the same place. */
static bool says_the_same(const diagnostic *first, const diagnostic *later) {
    if (first->severity == DIAGNOSTIC_ERROR && is_structural(later->code))
        return true;
    return strcmp(first->code, later->code) == 0 && (is_once(first->code) || same_message(first, later));
}

static void recount(diagnostics *list) {
    list->errors = list->warnings = 0;
    for (size_t i = 0; i < list->count; i++) {
        list->errors += list->items[i].severity == DIAGNOSTIC_ERROR;
        list->warnings += list->items[i].severity == DIAGNOSTIC_WARNING;
    }
}

/* What is said twice is kept once, with what only one of the two knows. */
static bool was_kept(diagnostics *list, size_t from, size_t kept, const diagnostic *entry) {
    for (size_t i = kept; i > from; i--) {
        diagnostic *before = &list->items[i - 1];
        if (before->where.line != entry->where.line || before->where.column != entry->where.column ||
            !same_string(before->where.file, entry->where.file))
            return false;
        if (!says_the_same(before, entry))
            continue;
        if (before->mend.replacement == NULL && entry->mend.replacement != NULL) {
            before->mend = entry->mend;
            before->help = entry->help;
        }
        return true;
    }
    return false;
}

/* Puts what was added from index `from` on into the order of the text, and leaves out what is said twice. */
static void put_in_order(diagnostics *list, size_t from, const char *first_file) {
    size_t count = list->count - from;
    sorted *order = count < 2 ? NULL : arena_array(list->memory, count, sizeof *order);
    if (order == NULL) {
        list->no_memory = list->no_memory || count >= 2;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        order[i] = (sorted){.entry = list->items[from + i], .file = i + 1, .index = i};
        if (same_string(order[i].entry.where.file, first_file))
            order[i].file = 0;
        else if (i > 0 && same_string(order[i].entry.where.file, order[i - 1].entry.where.file))
            order[i].file = order[i - 1].file;
    }
    qsort(order, count, sizeof *order, compare_sorted);
    size_t kept = from;
    for (size_t i = 0; i < count; i++)
        if (!was_kept(list, from, kept, &order[i].entry))
            list->items[kept++] = order[i].entry;
    list->count = kept;
    recount(list);
}

/* Of a source that several documents share, each has the same said. */
static void leave_out_repeated(diagnostics *list, size_t from, const char *first_file) {
    size_t kept = from;
    for (size_t i = from; i < list->count; i++) {
        const diagnostic *entry = &list->items[i];
        bool known = false;
        for (size_t j = 0; !known && !same_string(entry->where.file, first_file) && j < from; j++) {
            const diagnostic *before = &list->items[j];
            known = before->where.line == entry->where.line && before->where.column == entry->where.column &&
                    same_string(before->where.file, entry->where.file) && says_the_same(before, entry);
        }
        if (!known)
            list->items[kept++] = *entry;
    }
    list->count = kept;
    recount(list);
}

/* ---- The whole ---- */

enum { MOST_DIAGNOSTICS = 2000 };

bool validate_has_enough(const validation *v) {
    return v->list->count > v->most;
}

place validate_place(const validation *v, const node *value) {
    return node_place(v->owner, value);
}

const char *did_you_mean(text *out, const nearest *search) {
    if (search->best == NULL)
        return NULL;
    text_append_format(out, "did you mean '%s'?", search->best);
    return text_peek(out);
}

/* Steps of AsyncAPI documents are right, and checked; that they are not carried out is no mistake of the document. */
static void soften_asyncapi(diagnostics *list, size_t from) {
    for (size_t i = from; i < list->count; i++)
        if (strcmp(list->items[i].code, "E0420") == 0) {
            list->items[i].code = "W0420";
            list->items[i].severity = DIAGNOSTIC_WARNING;
        }
}

void validate_document(library *books, const char *uri, const arazzo_load_options *options, diagnostics *list) {
    if (library_kept(books, uri) != NULL)
        return; /* it is a source of a document that was validated before */
    size_t from = list->count;
    const document *owner = library_document(books, uri, (place){.file = NULL}, list);
    if (owner == NULL)
        return;
    description_build(books, owner, uri, options, list);
    validation v = {.owner = owner,
                    .loaded = library_kept(books, uri),
                    .no_sources = options != NULL && options->no_sources,
                    .list = list,
                    .most = from + MOST_DIAGNOSTICS};
    if (v.loaded != NULL && !list->no_memory) {
        validate_structure(&v);
        validate_references(&v);
        validate_operations(&v);
        validate_flow(&v);
        if (validate_has_enough(&v))
            diagnose(list, "N0422", (place){.file = document_name(owner)}, NULL,
                     "more than %d things were found; the rest of the document was not looked at", MOST_DIAGNOSTICS);
    }
    soften_asyncapi(list, from);
    put_in_order(list, from, document_name(owner));
    leave_out_repeated(list, from, document_name(owner));
}

/* ---- Policy ---- */

static bool names_code(const char *const *codes, size_t count, const char *code) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(codes[i], code) == 0)
            return true;
    return false;
}

void validate_apply_policy(diagnostics *list, size_t from, const validate_policy *policy) {
    bool every = names_code(policy->deny, policy->deny_count, "warnings");
    size_t kept = from;
    for (size_t i = from; i < list->count; i++) {
        diagnostic entry = list->items[i];
        if (names_code(policy->allow, policy->allow_count, entry.code))
            continue;
        if ((every && entry.severity == DIAGNOSTIC_WARNING) || names_code(policy->deny, policy->deny_count, entry.code))
            entry.severity = DIAGNOSTIC_ERROR;
        list->items[kept++] = entry;
    }
    list->count = kept;
    recount(list);
}
