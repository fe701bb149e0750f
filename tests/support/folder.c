/* folder.c: writing the files that a test needs, and removing them all. */
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

void folder_write(const char *folder, const char *name, const char *content) {
    char path[512];
    assert_in_range(snprintf(path, sizeof path, "%s/%s", folder, name), 1, sizeof path - 1);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

int folder_remove(const char *folder) {
    char line[512];
    if (snprintf(line, sizeof line, "rm -r '%s'", folder) >= (int)sizeof line)
        return -1;
    return system(line);
}
