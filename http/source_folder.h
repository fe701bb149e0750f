/*
 * source_folder.h: a folder of OpenAPI documents, in which operations are found by id (S26).
 *
 * Nothing is parsed: the texts are scanned for operationIds once, at the first question, and a document is read by
 * whoever chooses it.
 */
#ifndef ARAZZO_HTTP_SOURCE_FOLDER_H
#define ARAZZO_HTTP_SOURCE_FOLDER_H

#include "engine/arazzo.h"

typedef struct source_folder source_folder;

/*
 * The documents (*.yaml, *.yml, *.json, hidden folders left out) under each of the paths (absolute, borrowed), owned by
 * the caller. NULL when memory is short. Without paths nothing is found, and only a folder near a missing document is
 * pointed at.
 */
source_folder *source_folder_new(const char *const *paths, size_t count);
void source_folder_free(source_folder *folder);

/* The finder borrows the folder. */
arazzo_finder source_folder_finder(source_folder *folder);

#endif
