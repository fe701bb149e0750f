/* terminal.c: asked anew each time, since a window may change its size. */
#include "engine/cli/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { USUAL_WIDTH = 80 };

bool terminal_is_able(FILE *stream) {
    const char *kind = getenv("TERM");
    return isatty(fileno(stream)) && (kind == NULL || strcmp(kind, "dumb") != 0);
}

size_t terminal_columns(FILE *stream) {
    struct winsize size = {.ws_col = 0};
    if (!terminal_is_able(stream))
        return 0;
    return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : USUAL_WIDTH;
}
