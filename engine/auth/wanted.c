/*
 * wanted.c: which schemes the operations of a description ask for, and whether a credential could reach a server that
 * it is not for.
 *
 * Diagnostics: E0240 a credential that several sources would get.
 */
#include <string.h>

#include "engine/auth/auth_internal.h"

typedef struct wanted_list {
    arena *memory;
    auth_wanted *items;
    size_t count;
    size_t capacity;
    bool no_memory;
} wanted_list;

static auth_wanted *find_wanted(const wanted_list *list, const char *source, const char *scheme) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].source->name, source) == 0 && strcmp(list->items[i].scheme.name, scheme) == 0)
            return &list->items[i];
    return NULL;
}

static void add_wanted(wanted_list *list, const step *at, const security_scheme *scheme) {
    auth_wanted *known = find_wanted(list, at->source->name, scheme->name);
    if (known != NULL) {
        known->operations++;
        return;
    }
    auth_wanted *items = arena_room(list->memory, list->items, list->count, &list->capacity, sizeof *items);
    list->no_memory = list->no_memory || items == NULL;
    if (items == NULL)
        return;
    list->items = items;
    items[list->count++] =
        (auth_wanted){.source = at->source, .scheme = *scheme, .first = at->operation, .operations = 1};
}

static void add_operation(wanted_list *list, const step *at) {
    security_requirement wanted;
    if (!operation_security(at->operation, list->memory, &wanted)) {
        list->no_memory = true;
        return;
    }
    for (size_t i = 0; i < wanted.count; i++)
        for (size_t j = 0; j < wanted.items[i].count && !list->no_memory; j++)
            add_wanted(list, at, &wanted.items[i].needs[j].scheme);
}

auth_wanted *auth_list(const arazzo_description *loaded, arena *memory, size_t *count) {
    wanted_list list = {.memory = memory};
    size_t descriptions;
    const arazzo_description **all = description_all(loaded, memory, &descriptions);
    list.items = arena_room(memory, NULL, 0, &list.capacity, sizeof *list.items); /* an empty list is no NULL */
    list.no_memory = list.items == NULL || all == NULL;
    for (size_t d = 0; !list.no_memory && d < descriptions; d++)
        for (size_t i = 0; i < all[d]->workflow_count; i++)
            for (size_t j = 0; j < all[d]->workflows[i].step_count && !list.no_memory; j++)
                if (all[d]->workflows[i].steps[j].operation != NULL)
                    add_operation(&list, &all[d]->workflows[i].steps[j]);
    *count = list.count;
    return list.no_memory ? NULL : list.items;
}

/* ---- Credentials that would go astray ---- */

/* Scheme, host and port of where requests of the source go. "" when that is not known. */
static const char *origin_of(const auth_wanted *wanted, const arazzo_override *servers, size_t count, arena *memory,
                             diagnostics *unsaid) {
    const char *url = NULL;
    for (size_t i = 0; i < count && url == NULL; i++)
        if (servers[i].source == NULL || strcmp(servers[i].source, wanted->source->name) == 0)
            url = servers[i].url;
    if (url == NULL)
        url = operation_server(wanted->first, memory, unsaid);
    const char *host = url == NULL ? NULL : strstr(url, "://");
    if (host == NULL)
        return "";
    const char *made = arena_copy(memory, url, (size_t)(host - url) + 3 + strcspn(host + 3, "/?#"));
    unsaid->no_memory = unsaid->no_memory || made == NULL;
    return made == NULL ? "" : made;
}

static bool given_for_any(const arazzo_auth *auth, const char *source, const char *scheme) {
    for (const credential *at = auth->credentials; at != NULL; at = at->next)
        if (strcmp(at->scheme, scheme) == 0 && at->source != NULL && strcmp(at->source, source) == 0)
            return false;
    return auth_find(auth, source, scheme) != NULL;
}

static void report_astray(const auth_wanted *one, const char *origin, const auth_wanted *other,
                          const char *other_origin, diagnostics *list) {
    text help = TEXT_EMPTY;
    text_append_format(&help, "say whose it is: %s.%s=… or %s.%s=…", one->source->name, one->scheme.name,
                       other->source->name, other->scheme.name);
    diagnose(list, "E0240", (place){.file = NULL}, text_peek(&help),
             "the credential of '%s' would be sent to %s and to %s, whose documents both have a scheme of that name",
             one->scheme.name, origin, other_origin);
    text_free(&help);
}

bool auth_check(const arazzo_description *loaded, const arazzo_auth *auth, const arazzo_override *servers,
                size_t server_count, diagnostics *list) {
    if (auth->credentials == NULL || auth->pretend)
        return true;
    arena *memory = arena_new();
    diagnostics unsaid; /* a server that is not known is reported when a request is to be sent there */
    bool ready = diagnostics_init(&unsaid) && memory != NULL, right = ready;
    size_t count = 0;
    const auth_wanted *items = ready ? auth_list(loaded, memory, &count) : NULL;
    bool no_memory = items == NULL;
    for (size_t i = 0; right && !no_memory && i < count; i++)
        for (size_t j = 0; right && j < i; j++) {
            if (strcmp(items[i].scheme.name, items[j].scheme.name) != 0 ||
                !given_for_any(auth, items[i].source->name, items[i].scheme.name) ||
                !given_for_any(auth, items[j].source->name, items[j].scheme.name))
                continue;
            const char *here = origin_of(&items[i], servers, server_count, memory, &unsaid);
            const char *there = origin_of(&items[j], servers, server_count, memory, &unsaid);
            right = here[0] == '\0' || there[0] == '\0' || strcmp(here, there) == 0;
            if (!right)
                report_astray(&items[j], there, &items[i], here, list);
        }
    list->no_memory = list->no_memory || no_memory || unsaid.no_memory;
    diagnostics_free(&unsaid);
    arena_free(memory);
    return right && !list->no_memory;
}
