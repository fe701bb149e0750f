/* command.c: by system(), with the streams in temporary files. */
#include "tests/support/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

static char *read_and_remove(const char *path) {
    text out = TEXT_EMPTY;
    FILE *file = fopen(path, "rb");
    char buffer[4096];
    for (size_t length; file != NULL && (length = fread(buffer, 1, sizeof buffer, file)) > 0;)
        text_append(&out, buffer, length);
    if (file != NULL)
        fclose(file);
    unlink(path);
    return text_take(&out, NULL);
}

command_result command_run(const char *arguments, ...) {
    char out_path[] = "/tmp/arazzo-out-XXXXXX", err_path[] = "/tmp/arazzo-err-XXXXXX";
    const char *build = getenv("BUILD");
    text line = TEXT_EMPTY;
    int out = mkstemp(out_path), err = mkstemp(err_path);
    if (out < 0 || err < 0)
        abort();
    close(out);
    close(err);
    text_append_format(&line, "exec %s/arazzo ", build == NULL ? "build" : build);
    va_list values;
    va_start(values, arguments);
    text_append_format_list(&line, arguments, values);
    va_end(values);
    text_append_format(&line, " >%s 2>%s </dev/null", out_path, err_path);
    int status = system(text_peek(&line));
    text_free(&line);
    return (command_result){.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
                            .out = read_and_remove(out_path),
                            .err = read_and_remove(err_path)};
}

void command_result_free(command_result *result) {
    free(result->out);
    free(result->err);
}
