/* files.h: reading a file, and a temporary folder that a case's documents are written into. */
#ifndef ARAZZO_TESTS_CONFORMANCE_FILES_H
#define ARAZZO_TESTS_CONFORMANCE_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* Appends the file's bytes; false when it cannot be read. */
bool file_read(const char *path, text *content);

/* Makes a fresh folder below $TMPDIR (/tmp); its path is appended. False when it cannot. */
bool folder_make(text *path);

/* Writes FOLDER/NAME, making the folders that NAME goes through. False when it cannot. */
bool folder_write(const char *folder, const char *name, const char *bytes, size_t length);

/* Removes a folder with all that is in it. */
void folder_remove(const char *path);

#endif
