#!/bin/sh
# html_style.sh: prints html_style.c, made of html.css: comments and indentation left out, with the hash that the page's
# Content-Security-Policy allows it by. `make generated` calls it.
set -eu
cd "$(dirname "$0")"
lean=$(sed -e 's|/\*.*\*/||' -e 's/^ *//' -e '/^$/d' html.css)
# The element's text: a line break after <style>, and one after each line.
hash=$(printf '\n%s\n' "$lean" | sha256sum | cut -c 1-64 | tr a-f A-F | basenc --base16 -d | basenc --base64)
cat <<END
/* html_style.c: the style sheet of the HTML report: made of html.css by html_style.sh, not written by hand. */
#include "engine/report/html_internal.h"

/* clang-format off */
const char html_style_hash[] = "sha256-$hash";

const char *const html_style[] = {
END
printf '%s\n' "$lean" | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/",/'
cat <<'END'
    NULL,
};
END
