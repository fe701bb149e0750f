/*
 * mask_find.c: finding secrets in texts.
 *
 * Encoders differ in what they escape, so no list of spellings is searched for. A pattern is compared with the text
 * byte by byte, and wherever the text may be encoded, with everything that it may mean (mask_spelling.c). Base64 has
 * patterns of its own: the characters that a value alone decides.
 *
 * Patterns share a tree by what they begin with, so that a text is searched for thousands of secrets (a server may set
 * a new cookie with each answer) at the cost of how far it looks like any of them.
 *
 * A server may choose both, cookies and a body that looks like them at each of its places. So what a search may cost is
 * bounded by the length of the text, and when that is used up, all that is left of the text is hidden.
 */
#include <string.h>

#include "engine/report/mask_internal.h"

/* ---- Comparing ---- */

/* A value that was shortened for a message: `abc…`. */
static bool is_cut(const char *bytes, size_t length) {
    static const char ellipsis[] = "\xE2\x80\xA6";
    return length >= sizeof ellipsis - 1 && memcmp(bytes, ellipsis, sizeof ellipsis - 1) == 0;
}

/* Base64 has two alphabets. */
static char other_digit(char byte) {
    return byte == '-' ? '+' : byte == '_' ? '/' : '\0';
}

/* Places of the text that a part of a pattern may reach: there is rarely more than one. */
enum { MOST_PLACES = 8, LONGEST_SPELLING = 4 };

typedef struct places {
    size_t items[MOST_PLACES];
    size_t count;
} places;

static void add_place(places *to, size_t place) {
    for (size_t i = 0; i < to->count; i++)
        if (to->items[i] == place)
            return;
    if (to->count < MOST_PLACES)
        to->items[to->count++] = place;
}

static bool means(const pattern *wanted, size_t at, const spelling *read) {
    if (read->length > wanted->length - at)
        return false;
    return memcmp(wanted->bytes + at, read->bytes, read->length) == 0 ||
           (wanted->base64 && read->length == 1 && other_digit(read->bytes[0]) == wanted->bytes[at] &&
            wanted->bytes[at] != '\0');
}

/*
 * Goes on with a pattern of which `known` bytes stand in the text as they are. Each further byte may be spelled in many
 * ways: all places that the pattern up to there may reach are kept, by how far in the pattern (modulo what one spelling
 * may take). How much of the text the pattern takes; 0: it is not there.
 */
static size_t match_spelled(const pattern *wanted, const char *bytes, size_t length, size_t known) {
    places reached[LONGEST_SPELLING + 1] = {{.count = 0}};
    size_t cut = 0, empty = 0, longest = 0;
    add_place(&reached[known % (LONGEST_SPELLING + 1)], known);
    for (size_t at = known; at < wanted->length && empty <= LONGEST_SPELLING; at++) {
        places *here = &reached[at % (LONGEST_SPELLING + 1)];
        empty = here->count == 0 ? empty + 1 : 0;
        for (size_t i = 0; i < here->count; i++) {
            size_t place = here->items[i];
            spellings read;
            if (place == length)
                continue;
            if (at >= MASK_SHORT && is_cut(bytes + place, length - place))
                cut = place;
            spellings_read(bytes + place, length - place, &read);
            for (size_t j = 0; j < read.count; j++)
                if (means(wanted, at, &read.items[j]))
                    add_place(&reached[(at + read.items[j].length) % (LONGEST_SPELLING + 1)],
                              place + read.items[j].taken);
        }
        here->count = 0;
    }
    const places *ends = &reached[wanted->length % (LONGEST_SPELLING + 1)];
    for (size_t i = 0; empty <= LONGEST_SPELLING && i < ends->count; i++)
        longest = ends->items[i] > longest ? ends->items[i] : longest;
    return longest > 0 ? longest : cut;
}

/* Most texts are not encoded, and most patterns not there: that is seen at their first bytes. */
static size_t match_pattern(const pattern *wanted, const char *bytes, size_t length) {
    size_t known = 0, most = wanted->length < length ? wanted->length : length;
    while (known < most && bytes[known] == wanted->bytes[known] && !spelling_may_begin(bytes[known]))
        known++;
    if (known == wanted->length)
        return known;
    if (known == length)
        return 0;
    bool spelled = spelling_may_begin(bytes[known]) || (wanted->base64 && other_digit(bytes[known]) != '\0') ||
                   is_cut(bytes + known, length - known);
    return spelled ? match_spelled(wanted, bytes, length, known) : 0;
}

static bool word_byte(char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           byte == '_' || (unsigned char)byte >= 0x80;
}

static bool base64_byte(char byte) {
    return ((unsigned char)byte < 0x80 && word_byte(byte)) || byte == '+' || byte == '/' || byte == '-';
}

/* ---- Finding ---- */

/* One of the patterns that end where the text has led in the tree. `found` grows to the longest. */
static void try_pattern(const pattern *wanted, const char *bytes, size_t length, size_t at, span *found) {
    size_t taken = match_pattern(wanted, bytes + at, length - at), start = at, end = at + taken;
    if (taken == 0)
        return;
    if (wanted->word && ((start > 0 && word_byte(bytes[start - 1])) || (end < length && word_byte(bytes[end]))))
        return;
    start -= wanted->before && start > 0 && base64_byte(bytes[start - 1]);
    end += wanted->after && end < length && base64_byte(bytes[end]);
    found->start = start < found->start ? start : found->start;
    found->end = end > found->end ? end : found->end;
}

/* Some pattern begins with what stands there, and the text breaks off within it. */
static void take_cut(const branch *in, const char *bytes, size_t at, size_t end, span *found) {
    size_t start = at - (in->before && at > 0 && base64_byte(bytes[at - 1]));
    found->start = start < found->start ? start : found->start;
    found->end = end > found->end ? end : found->end;
}

/* The two alphabets of Base64 come down to one. */
static char folded(char byte) {
    char other = other_digit(byte);
    return other == '\0' ? byte : other;
}

/* Where a reading of the text has led: `taken` bytes into a branch (NULL: the root), and up to a place of the text. */
typedef struct state {
    const branch *in;
    size_t taken;
    size_t place;
} state;

/* What it costs to read an encoded character in all ways, where comparing a byte costs 1. */
enum { MOST_STATES = 32, READING = 32 };

typedef struct states {
    state items[MOST_STATES];
    size_t count;
} states;

static void add_state(states *to, state made) {
    for (size_t i = 0; i < to->count; i++)
        if (to->items[i].in == made.in && to->items[i].taken == made.taken && to->items[i].place == made.place)
            return;
    if (to->count < MOST_STATES)
        to->items[to->count++] = made;
}

static bool step_down(const pattern_tree *tree, state *at, char byte) {
    char wanted = folded(byte);
    if (at->in != NULL && at->taken < at->in->length)
        return at->in->bytes[at->taken++] == wanted;
    const branch *next = at->in == NULL ? tree->roots[(unsigned char)wanted] : at->in->children;
    while (next != NULL && next->bytes[0] != wanted)
        next = next->sibling;
    at->in = next;
    at->taken = 1;
    return next != NULL;
}

typedef struct search {
    const pattern_tree *tree;
    const char *bytes;
    size_t length;
    size_t start;
    states reached[LONGEST_SPELLING + 1]; /* by bytes of patterns so far, modulo what one spelling may mean */
    span found;
    size_t *work; /* that may still be done */
} search;

/* False when there is no such effort left. */
static bool spend(search *s, size_t effort) {
    *s->work = *s->work < effort ? 0 : *s->work - effort;
    return *s->work > 0;
}

/* All patterns that end there. */
static void try_patterns(search *s, const state *at) {
    const pattern *wanted = at->taken == at->in->length ? at->in->ends : NULL;
    for (; wanted != NULL && spend(s, wanted->length); wanted = wanted->next)
        try_pattern(wanted, s->bytes, s->length, s->start, &s->found);
}

/* Everything that the text may mean from there on. */
static void go_on(search *s, state from, size_t depth) {
    spellings read = {.count = 1};
    if (from.place == s->length)
        return;
    char byte = s->bytes[from.place];
    if (!spend(s, spelling_may_begin(byte) ? READING : 1))
        return;
    if (depth >= MASK_SHORT && is_cut(s->bytes + from.place, s->length - from.place))
        take_cut(from.in, s->bytes, s->start, from.place, &s->found);
    if (spelling_may_begin(byte))
        spellings_read(s->bytes + from.place, s->length - from.place, &read);
    else
        read.items[0] = (spelling){.bytes = {byte}, .length = 1, .taken = 1};
    for (size_t i = 0; i < read.count; i++) {
        const spelling *one = &read.items[i];
        state next = from;
        bool right = true;
        for (size_t j = 0; right && j < one->length; j++)
            right = step_down(s->tree, &next, one->bytes[j]);
        if (!right)
            continue;
        next.place += one->taken;
        add_state(&s->reached[(depth + one->length) % (LONGEST_SPELLING + 1)], next);
        try_patterns(s, &next);
    }
}

/*
 * Goes as far as the text stands for itself, where there is one way to go: most of a text. False when no pattern goes
 * on; else *from is where more has to be looked at, `depth` bytes into the patterns.
 */
static bool go_plainly(search *s, state *from, size_t *depth) {
    static const char cut = '\xE2'; /* which `…` begins with */
    for (;; (*depth)++) {
        if (from->place == s->length || !spend(s, 1))
            return false;
        char byte = s->bytes[from->place];
        if (byte == cut || spelling_may_begin(byte))
            return true;
        if (!step_down(s->tree, from, byte))
            return false;
        from->place++;
        try_patterns(s, from);
    }
}

/* The same where there are several ways to go. */
static void go_all_ways(search *s, state from, size_t depth) {
    for (size_t i = 0; i <= LONGEST_SPELLING; i++)
        s->reached[i].count = 0;
    add_state(&s->reached[depth % (LONGEST_SPELLING + 1)], from);
    for (size_t empty = 0; empty <= LONGEST_SPELLING; depth++) {
        states *here = &s->reached[depth % (LONGEST_SPELLING + 1)];
        empty = here->count == 0 ? empty + 1 : 0;
        for (size_t i = 0; i < here->count; i++)
            go_on(s, here->items[i], depth);
        here->count = 0;
    }
}

span pattern_tree_find(const pattern_tree *tree, const char *bytes, size_t length, size_t at, size_t *work) {
    if (*work == 0)
        return (span){at, length};
    if (!spelling_may_begin(bytes[at]) && tree->roots[(unsigned char)folded(bytes[at])] == NULL)
        return (span){at, at};
    search s; /* not cleared: it is large, and this is done for every place of a text */
    s.tree = tree;
    s.bytes = bytes;
    s.length = length;
    s.start = at;
    s.found = (span){at, at};
    s.work = work;
    state from = {.place = at};
    size_t depth = 0;
    if (go_plainly(&s, &from, &depth))
        go_all_ways(&s, from, depth);
    return *work == 0 ? (span){s.found.start, length} : s.found;
}

/* ---- Adding ---- */

static branch *new_branch(arena *memory, const char *bytes, size_t length) {
    branch *made = arena_alloc(memory, sizeof *made);
    if (made != NULL)
        *made = (branch){.bytes = bytes, .length = length};
    return made;
}

/* The part of the branch from `length` bytes on becomes a branch below it. */
static bool split(arena *memory, branch *in, size_t length) {
    branch *rest = new_branch(memory, in->bytes + length, in->length - length);
    if (rest == NULL)
        return false;
    rest->children = in->children;
    rest->ends = in->ends;
    rest->before = in->before;
    in->children = rest;
    in->ends = NULL;
    in->length = length;
    return true;
}

/* The branch at whose end the folded bytes of a pattern have led; NULL when memory is short. */
static branch *grow(pattern_tree *tree, arena *memory, const char *bytes, const pattern *made) {
    branch **list = &tree->roots[(unsigned char)bytes[0]], *in = NULL;
    for (size_t at = 0; at < made->length;) {
        for (in = *list; in != NULL && in->bytes[0] != bytes[at];)
            in = in->sibling;
        if (in == NULL) {
            in = new_branch(memory, bytes + at, made->length - at);
            if (in == NULL)
                return NULL;
            in->sibling = *list;
            *list = in;
        }
        size_t common = 0;
        while (common < in->length && at + common < made->length && in->bytes[common] == bytes[at + common])
            common++;
        if (common < in->length && !split(memory, in, common))
            return NULL;
        in->before = in->before || made->before;
        at += common;
        list = &in->children;
    }
    return in;
}

static bool is_known(const branch *at, const pattern *made) {
    for (const pattern *known = at->ends; known != NULL; known = known->next)
        if (known->word == made->word && known->base64 == made->base64 && known->before == made->before &&
            known->after == made->after && memcmp(known->bytes, made->bytes, made->length) == 0)
            return true;
    return false;
}

bool pattern_tree_add(pattern_tree *tree, arena *memory, const pattern *made) {
    char *key = arena_copy(memory, made->bytes, made->length);
    for (size_t i = 0; key != NULL && i < made->length; i++)
        key[i] = folded(key[i]);
    branch *at = key == NULL ? NULL : grow(tree, memory, key, made);
    if (at == NULL || is_known(at, made))
        return at != NULL;
    pattern *kept = arena_alloc(memory, sizeof *kept);
    const char *bytes = arena_copy(memory, made->bytes, made->length);
    if (kept == NULL || bytes == NULL)
        return false;
    *kept = *made;
    kept->bytes = bytes;
    kept->next = at->ends;
    at->ends = kept;
    return true;
}
