/* files.c: files and folders, by their paths. */
/* nftw() is of POSIX's XSI option */
#define _XOPEN_SOURCE 700

#include "tests/conformance/driver/files.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_read(const char *path, text *content) {
    FILE *file = fopen(path, "rb");
    char piece[16384];
    if (file == NULL)
        return false;
    for (size_t length; (length = fread(piece, 1, sizeof piece, file)) > 0;)
        text_append(content, piece, length);
    bool good = ferror(file) == 0 && !content->failed;
    fclose(file);
    return good;
}

bool folder_make(text *path) {
    const char *below = getenv("TMPDIR");
    text_append_format(path, "%s/conformance-XXXXXX", below == NULL || *below == '\0' ? "/tmp" : below);
    return !path->failed && mkdtemp(path->bytes) != NULL;
}

bool folder_write(const char *folder, const char *name, const char *bytes, size_t length) {
    text path = TEXT_EMPTY;
    text_append_format(&path, "%s/%s", folder, name);
    bool good = !path.failed;
    for (char *slash = good ? path.bytes + strlen(folder) + 1 : NULL; good && (slash = strchr(slash, '/')) != NULL;) {
        *slash = '\0';
        good = mkdir(path.bytes, 0777) == 0 || errno == EEXIST;
        *slash++ = '/';
    }
    FILE *file = good ? fopen(path.bytes, "wb") : NULL;
    good = file != NULL && fwrite(bytes, 1, length, file) == length;
    good = file != NULL && fclose(file) == 0 && good;
    text_free(&path);
    return good;
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *where) {
    (void)about;
    (void)kind;
    (void)where;
    return remove(path);
}

void folder_remove(const char *path) {
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
