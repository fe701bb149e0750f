/*
 * test_plan.c: from paths to workflows.
 *
 * Documents are parsed to see which workflows they have, and forgotten: sources are not read, nothing is compiled. A
 * document that cannot be parsed is one entry of the plan, so that it fails when its turn comes.
 */
#include "engine/cli/test_plan.h"

#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

#include "base/nearest.h"
#include "base/text.h"
#include "engine/cli/discover.h"

typedef struct planner {
    session *at;
    const test_options *options;
    test_plan *plan;
    size_t document_capacity;
    size_t known_capacity;
    name_index by_uri;
    size_t shard; /* from 1; 0: no shards */
    size_t shards;
} planner;

/* ---- Growing arrays in the session's memory ---- */

static void *room_for_one(const planner *p, void *items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity)
        return items;
    size_t larger = *capacity * 2 + 16;
    char *made = arena_array(p->at->memory, larger, size);
    if (made == NULL)
        return NULL;
    if (count > 0)
        memcpy(made, items, count * size);
    *capacity = larger;
    return made;
}

/* Lists of words are short: a new array for each word. */
static bool add_word(const planner *p, word_list *list, const char *word, size_t length) {
    const char **items = arena_array(p->at->memory, list->count + 1, sizeof *items);
    char *kept = arena_copy(p->at->memory, word, length);
    if (items == NULL || kept == NULL)
        return false;
    if (list->count > 0)
        memcpy(items, list->items, list->count * sizeof *items);
    items[list->count] = kept;
    *list = (word_list){.items = items, .count = list->count + 1};
    return true;
}

static bool has_word(const word_list *list, const char *word) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], word) == 0)
            return true;
    return false;
}

/* ---- Documents ---- */

/* A PATH::WORKFLOW is taken apart where there is no file of that name: the length of PATH. */
static size_t path_length(const char *operand, const char **workflow_id) {
    struct stat about;
    const char *colons = NULL;
    *workflow_id = NULL;
    if (stat(operand, &about) != 0)
        for (const char *at = operand; (at = strstr(at, "::")) != NULL; at++)
            colons = at;
    if (colons == NULL || colons == operand || colons[2] == '\0' || strpbrk(colons + 2, "/]") != NULL)
        return strlen(operand);
    *workflow_id = colons + 2;
    return (size_t)(colons - operand);
}

/* The path below the folder that was given; of a file that was given, its name: no matter where the suite lies. */
static const char *key_of(const char *operand, const char *path) {
    size_t length = strlen(operand);
    if (strncmp(path, operand, length) == 0 && path[length] != '\0')
        return path + length + strspn(path + length, "/");
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* The document under the path, once for each URI. NULL when memory is short. */
static planned_document *add_document(planner *p, const char *operand, const char *path) {
    test_plan *plan = p->plan;
    const char *uri = session_uri(p->at, path);
    if (uri == NULL)
        return NULL;
    planned_document *made = name_index_find(&p->by_uri, uri, strlen(uri));
    if (made != NULL)
        return made;
    made = arena_alloc(p->at->memory, sizeof *made);
    planned_document **items =
        room_for_one(p, plan->documents, plan->document_count, &p->document_capacity, sizeof(planned_document *));
    const char *name = library_display_name(&p->at->reader, uri, p->at->memory);
    bool present;
    if (made == NULL || items == NULL || name == NULL ||
        !name_index_add(&p->by_uri, p->at->memory, uri, strlen(uri), made, &present))
        return NULL;
    *made = (planned_document){.path = path, .uri = uri, .name = name, .key = key_of(operand, path)};
    plan->documents = items;
    plan->documents[plan->document_count++] = made;
    return made;
}

static int add_operand(planner *p, const char *operand) {
    const char *workflow_id;
    size_t length = path_length(operand, &workflow_id);
    const char *path = arena_copy(p->at->memory, operand, length);
    found_documents found = {.items = NULL};
    if (path == NULL)
        return session_no_memory(p->at);
    if (!find_documents(p->at, path, &found))
        return EXIT_USAGE;
    for (size_t i = 0; i < found.count; i++) {
        planned_document *made = add_document(p, path, found.items[i]);
        if (made == NULL || (workflow_id != NULL && !add_word(p, &made->only, workflow_id, strlen(workflow_id))))
            return session_no_memory(p->at);
        made->whole = made->whole || workflow_id == NULL;
    }
    return EXIT_OK;
}

/* ---- Their workflows ---- */

/* A tag, or an array of tags. */
static bool add_tags(const planner *p, const node *object, word_list *into) {
    const node *field = object == NULL || node_type(object) != NODE_MAPPING ? NULL : node_get(object, "x-tags");
    size_t count = field == NULL ? 0 : node_type(field) == NODE_SEQUENCE ? node_count(field) : 1;
    bool right = true;
    for (size_t i = 0; right && i < count; i++) {
        size_t length;
        const char *tag =
            node_source(node_type(field) == NODE_SEQUENCE ? node_item(field, i) : field, &length); /* `2` is one, too */
        if (tag != NULL)
            right = add_word(p, into, tag, length);
    }
    return right;
}

/* `x-test`: whatever is not `true` leaves out, since carrying out what must not be may do harm. */
static bool leaves_out(const node *object) {
    const node *field = node_get(object, "x-test");
    return field != NULL && !node_boolean(field);
}

static planned_workflow *add_workflow(planner *p, planned_document *of, const char *workflow_id) {
    test_plan *plan = p->plan;
    text id = TEXT_EMPTY;
    text_append_string(&id, of->name);
    if (workflow_id != NULL)
        text_append_format(&id, "::%s", workflow_id);
    const char *kept = id.failed ? NULL : arena_copy(p->at->memory, id.bytes, id.length);
    text_free(&id);
    planned_workflow *items = room_for_one(p, plan->known, plan->known_count, &p->known_capacity, sizeof *items);
    if (kept == NULL || items == NULL)
        return NULL;
    plan->known = items;
    planned_workflow *made = &items[plan->known_count++];
    const char *own = workflow_id == NULL ? NULL : kept + strlen(of->name) + 2;
    *made = (planned_workflow){.document = of, .workflow_id = own, .id = kept, .tags = of->tags};
    return made;
}

/* False when memory is short; *readable tells whether the names of all workflows are known. */
static bool add_workflows(planner *p, planned_document *of, const document *parsed, bool *readable) {
    const node *root = document_root(parsed);
    const node *list = node_type(root) == NODE_MAPPING ? node_get(root, "workflows") : NULL;
    size_t first = p->plan->known_count;
    *readable = list != NULL && node_type(list) == NODE_SEQUENCE && node_count(list) > 0;
    if (!*readable)
        return true;
    of->left_out = leaves_out(root);
    if (!add_tags(p, root, &of->tags) || !add_tags(p, node_get(root, "info"), &of->tags))
        return false;
    for (size_t i = 0; *readable && i < node_count(list); i++) {
        const node *object = node_item(list, i), *field = NULL;
        if (node_type(object) == NODE_MAPPING)
            field = node_get(object, "workflowId");
        const char *workflow_id = field == NULL ? NULL : node_string(field, NULL);
        *readable = workflow_id != NULL;
        planned_workflow *made = *readable ? add_workflow(p, of, workflow_id) : NULL;
        if (*readable && (made == NULL || !add_tags(p, object, &made->tags)))
            return false;
        if (made == NULL)
            continue;
        made->line = node_place(parsed, object).line;
        made->left_out = (of->left_out || leaves_out(object)) && !has_word(&of->only, workflow_id);
    }
    if (!*readable) /* it will say itself what is wrong with it */
        p->plan->known_count = first;
    return true;
}

static bool read_document(planner *p, planned_document *of) {
    session inner;
    bool readable = false;
    bool right = session_open_inner(p->at, &inner, p->at->err);
    const document *parsed = right ? library_document(inner.books, of->uri, (place){.file = NULL}, &inner.list) : NULL;
    right = right && !inner.list.no_memory && (parsed == NULL || add_workflows(p, of, parsed, &readable)) &&
            (readable || add_workflow(p, of, NULL) != NULL);
    session_close_inner(&inner);
    diagnostics_free(&inner.list);
    return right;
}

/* ---- Selecting ---- */

static bool matches(const char *pattern, const char *id) {
    return strpbrk(pattern, "*?[") != NULL ? fnmatch(pattern, id, 0) == 0 : strstr(id, pattern) != NULL;
}

static bool passes_filters(const value_list *patterns, const char *id) {
    bool passes = patterns->count == 0;
    for (size_t i = 0; !passes && i < patterns->count; i++)
        passes = matches(patterns->items[i], id);
    return passes;
}

/* One of the tags wanted, and none of those with a `!`. */
static bool passes_tags(const value_list *tags, const word_list *has) {
    bool wanted = false, found = false;
    for (size_t i = 0; i < tags->count; i++) {
        const char *tag = tags->items[i];
        if (tag[0] == '!' && has_word(has, tag + 1))
            return false;
        wanted = wanted || tag[0] != '!';
        found = found || (tag[0] != '!' && has_word(has, tag));
    }
    return found || !wanted;
}

/*
 * FNV-1a of the key, its bits mixed once more (the last ones of MurmurHash3) since only the remainder counts: a
 * workflow's shard depends on its own name alone.
 */
static uint64_t hash(const char *key, const char *workflow_id) {
    const char *parts[] = {key, "::", workflow_id == NULL ? "" : workflow_id};
    uint64_t sum = 0xCBF29CE484222325U;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        for (const char *at = parts[i]; *at != '\0'; at++)
            sum = (sum ^ (unsigned char)*at) * 0x100000001B3U;
    sum = (sum ^ sum >> 33) * 0xFF51AFD7ED558CCDU;
    return sum ^ sum >> 33;
}

static bool in_shard(const planner *p, const planned_workflow *at) {
    return p->shard == 0 || hash(at->document->key, at->workflow_id) % p->shards == p->shard - 1;
}

static bool asked_for(const planned_workflow *at) {
    const planned_document *of = at->document;
    return of->whole || at->workflow_id == NULL || has_word(&of->only, at->workflow_id);
}

static int select_workflows(const planner *p) {
    test_plan *plan = p->plan;
    size_t before_shards = 0;
    plan->workflows = arena_array(p->at->memory, plan->known_count, sizeof *plan->workflows);
    if (plan->workflows == NULL)
        return session_no_memory(p->at);
    for (size_t i = 0; i < plan->known_count; i++) {
        const planned_workflow *at = &plan->known[i];
        if (!asked_for(at) || !passes_filters(&p->options->filter, at->id) || !passes_tags(&p->options->tag, &at->tags))
            continue;
        before_shards++;
        if (in_shard(p, at))
            plan->workflows[plan->workflow_count++] = *at;
    }
    if (before_shards > 0)
        return EXIT_OK;
    fprintf(p->at->err, "arazzo test: of %zu workflow%s none is left; see --filter and --tag, and --list\n",
            plan->known_count, plan->known_count == 1 ? "" : "s");
    return EXIT_USAGE;
}

/* ---- What was asked for ---- */

static int read_shard(planner *p) {
    const char *given = p->options->shard;
    if (given == NULL)
        return EXIT_OK;
    size_t first = strspn(given, "0123456789"),
           second = given[first] == '/' ? strspn(given + first + 1, "0123456789") : 0;
    if (first > 0 && first < 9 && second > 0 && second < 9 && given[first + 1 + second] == '\0') {
        p->shard = (size_t)strtoul(given, NULL, 10);
        p->shards = (size_t)strtoul(given + first + 1, NULL, 10);
    }
    if (p->shard >= 1 && p->shard <= p->shards)
        return EXIT_OK;
    fprintf(p->at->err, "arazzo test: option '--shard' takes I/N with I from 1 to N, not '%s'\n", given);
    return EXIT_USAGE;
}

/* PATH::WORKFLOW names one that is there, unless the document cannot be read. */
static int check_names(const planner *p, const planned_document *of) {
    for (size_t i = 0; i < of->only.count; i++) {
        nearest search;
        bool found = false;
        nearest_start(&search, of->only.items[i], strlen(of->only.items[i]));
        for (size_t j = 0; j < p->plan->known_count && !found; j++) {
            const planned_workflow *at = &p->plan->known[j];
            if (at->document != of)
                continue;
            found = at->workflow_id == NULL || strcmp(at->workflow_id, of->only.items[i]) == 0;
            if (at->workflow_id != NULL)
                nearest_try(&search, at->workflow_id);
        }
        if (found)
            continue;
        fprintf(p->at->err, "arazzo test: there is no workflow '%s' in %s", of->only.items[i], of->name);
        if (search.best != NULL)
            fprintf(p->at->err, "; did you mean '%s'?", search.best);
        fputc('\n', p->at->err);
        return EXIT_USAGE;
    }
    return EXIT_OK;
}

int plan_tests(session *at, const test_options *options, test_plan *plan) {
    planner p = {.at = at, .options = options, .plan = plan};
    *plan = (test_plan){.documents = NULL};
    int status = read_shard(&p);
    for (size_t i = 0; status == EXIT_OK && i < options->paths.count; i++)
        status = add_operand(&p, options->paths.items[i]);
    for (size_t i = 0; status == EXIT_OK && i < plan->document_count; i++)
        status = read_document(&p, plan->documents[i]) ? EXIT_OK : session_no_memory(at);
    for (size_t i = 0; status == EXIT_OK && i < plan->document_count; i++)
        status = check_names(&p, plan->documents[i]);
    return status == EXIT_OK ? select_workflows(&p) : status;
}
