/* manual.c: prints what is made from the table of options: `manual page` for arazzo(1), `manual markdown`. */
#include "engine/cli/manual.h"

#include <string.h>

#include "engine/cli/commands.h"

int main(int argc, char **argv) {
    text made = TEXT_EMPTY;
    if (argc == 2 && strcmp(argv[1], "page") == 0)
        manual_page(&arazzo_program, &made);
    else if (argc == 2 && strcmp(argv[1], "markdown") == 0)
        manual_markdown(&arazzo_program, &made);
    bool good = made.length > 0 && !made.failed && fwrite(made.bytes, 1, made.length, stdout) == made.length;
    text_free(&made);
    return good ? 0 : 1;
}
