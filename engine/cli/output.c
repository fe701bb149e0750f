/* output.c: stdio remembers that writing failed; why it did is asked of the descriptor. */
#include "engine/cli/output.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "engine/cli/session.h"

bool output_json(FILE *out, const json_t *value, size_t flags) {
    bool printed = value != NULL && (json_dumpf(value, out, flags) == 0 || ferror(out));
    fputc('\n', out);
    return printed;
}

/* The other end of the pipe or connection is closed. */
static bool nobody_reads(FILE *out) {
    struct pollfd end = {.fd = fileno(out), .events = POLLOUT};
    return poll(&end, 1, 0) == 1 && (end.revents & POLLERR) != 0;
}

int output_close(FILE *out, FILE *err, int status) {
    errno = 0;
    bool written = fflush(out) == 0 && !ferror(out);
    int why = errno;
    bool quietly = !written && (why == EPIPE || nobody_reads(out));
    if (fclose(out) != 0 && written) {
        written = false;
        why = errno;
    }
    if (written || quietly)
        return status;
    fprintf(err, "arazzo: cannot write: %s\n", why == 0 ? "the output is incomplete" : strerror(why));
    return status == EXIT_OK ? EXIT_FAILED : status;
}
