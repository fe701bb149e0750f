/*
 * layers_test.c: dependencies point one way (docs/architecture.md, "Folders"): every #include of the project is read,
 * and one that points up is a failure: between folders, and between the rooms of engine/.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* From the bottom up; a folder or room may include itself and what stands before it. "engine/" is what lies at its top.
 */
static const char *const layers[] = {"base/",          "jsonpath/",        "runtime-expr/",
                                     "engine/",        "engine/document/", "engine/operation/",
                                     "engine/schema/", "engine/contract/", "engine/description/",
                                     "engine/auth/",   "engine/graph/",    "engine/validate/",
                                     "engine/run/",    "engine/report/",   "http/",
                                     "engine/cli/"};

enum { LAYERS = sizeof layers / sizeof *layers };

/* The one whose name is longest; a room that the list does not know is none. */
static int layer_of(const char *path) {
    size_t folder = (size_t)(strrchr(path, '/') - path) + 1;
    for (int i = LAYERS - 1; i >= 0; i--)
        if (strlen(layers[i]) == folder && strncmp(path, layers[i], folder) == 0)
            return i;
    return -1;
}

static int check_file(const char *path) {
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char line[1024], included[512];
    int includes = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "#include \"%511[^\"]\"", included) != 1)
            continue;
        includes++;
        int from = layer_of(path), to = layer_of(included);
        if (to < 0 || to > from)
            print_error("%s includes %s\n", path, included);
        assert_true(to >= 0 && to <= from);
        bool internal = strstr(included, "_internal.h") != NULL;
        size_t room = (size_t)(strrchr(included, '/') - included);
        if (internal && strncmp(path, included, room) != 0)
            print_error("%s includes %s, which is internal to another room\n", path, included);
        assert_true(!internal || strncmp(path, included, room) == 0);
    }
    fclose(file);
    return includes;
}

static int check_folder(const char *folder) {
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    int includes = 0;
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        struct stat about;
        assert_int_equal(stat(path, &about), 0);
        size_t length = strlen(path);
        if (S_ISDIR(about.st_mode))
            includes += check_folder(path);
        else if (path[length - 2] == '.' && (path[length - 1] == 'c' || path[length - 1] == 'h'))
            includes += check_file(path);
    }
    closedir(entries);
    return includes;
}

static void includes_point_one_way(void **state) {
    (void)state;
    static const char *const folders[] = {"base", "jsonpath", "runtime-expr", "engine", "http"};
    int includes = 0;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        includes += check_folder(folders[i]);
    assert_true(includes > 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(includes_point_one_way)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
