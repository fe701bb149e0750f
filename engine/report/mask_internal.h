/*
 * mask_internal.h: the patterns of a mask, the tree that they stand in, and how a byte of a secret may be spelled in a
 * text. mask_find.c looks for secrets, mask_spelling.c knows encodings.
 */
#ifndef ARAZZO_ENGINE_REPORT_MASK_INTERNAL_H
#define ARAZZO_ENGINE_REPORT_MASK_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* A value shorter than this is masked as a word of its own only; of a longer one, a message may show the beginning. */
enum { MASK_SHORT = 4 };

typedef struct pattern {
    struct pattern *next; /* that ends at the same place of the tree */
    const char *bytes;
    size_t length;
    bool word;   /* only where no letter, digit or `_` touches it */
    bool base64; /* `-` and `_` are `+` and `/` */
    bool before; /* the character before it is decided by the secret in part, and masked with it */
    bool after;  /* likewise */
} pattern;

/* Bytes that patterns have in common, folded; then those that end with them, and those that go on. */
typedef struct branch {
    struct branch *sibling;
    struct branch *children; /* no two begin with the same byte */
    const char *bytes;
    size_t length;
    pattern *ends;
    bool before; /* that of some pattern that goes through here */
} branch;

typedef struct pattern_tree {
    branch *roots[256]; /* by the first byte */
} pattern_tree;

/* Adds a pattern (copied, its bytes too) unless it is there, in `memory`. Not an empty one. False when memory is short.
 */
bool pattern_tree_add(pattern_tree *tree, arena *memory, const pattern *made);

typedef struct span {
    size_t start;
    size_t end;
} span;

/*
 * The longest secret that begins at `at`; empty when there is none. What it costs is taken from *work; when nothing is
 * left of it, all the text from there on is found.
 */
span pattern_tree_find(const pattern_tree *tree, const char *bytes, size_t length, size_t at, size_t *work);

/* What stands at a place of a text, read in one way. */
typedef struct spelling {
    char bytes[4]; /* what it means: one byte, or the UTF-8 of one character */
    size_t length;
    size_t taken; /* bytes of the text */
} spelling;

enum { MOST_SPELLINGS = 24 };

/* All that it may mean, each once: the byte itself is always the first. */
typedef struct spellings {
    spelling items[MOST_SPELLINGS];
    size_t count;
} spellings;

/* True when an encoding may begin with this byte: elsewhere a byte means itself. */
bool spelling_may_begin(char byte);

/* What may begin at bytes[0]; `length` is at least 1. */
void spellings_read(const char *bytes, size_t length, spellings *found);

#endif
