#!/bin/sh
# arazzo.3.sh VERSION: prints arazzo(3), made from the public header: its comments as text, its declarations as they are.
cd "$(dirname "$0")" && awk -v version="$1" '
function escaped(line) {
    gsub(/\\/, "\\e", line); gsub(/-/, "\\-", line); gsub(/~/, "\\(ti", line); gsub(/…/, "...", line)
    gsub(/\047/, "\\(aq", line)
    return line ~ /^\./ ? "\\&" line : line
}
function close_code() { if (coding) print ".EE"; coding = 0 }
function prose(line) {
    sub(/^ *\*? ?/, "", line)
    if (line ~ /^    /) { if (!example) print ".EX"; example = 1; print escaped(line); return }
    if (example) { print ".EE"; example = 0 }
    if (line == "") { blank = 1; return }
    if (blank) print ".PP"
    blank = 0
    print escaped(line)
}
BEGIN {
    print ".\\\" Made from arazzo.h by \047make generated\047: not written by hand."
    print ".TH ARAZZO 3 2026-11-25 \"arazzo " version "\" \"Library Functions Manual\""
    print ".SH NAME\narazzo \\- run Arazzo workflows from a C program\n.SH SYNOPSIS\n.EX\n#include <arazzo.h>\n"
    print "cc program.c $(pkg\\-config \\-\\-cflags \\-\\-libs arazzo)\n.EE\n.SH DESCRIPTION"
    before = 1
}
NR == 1 { next }
# The comment that opens the file, then nothing until the first type.
before == 1 { if (/\*\//) { before = 2; if (example) print ".EE"; example = 0 } else prose($0); next }
before == 2 && !/^typedef/ { next }
{ before = 0 }
/^#|^extern "C"|^}$/ && !/^};/ { next }
/^\/\* ---- .* ---- \*\/$/ {
    close_code()
    title = $0; sub(/^\/\* ---- /, "", title); sub(/ ---- \*\/$/, "", title)
    print ".SH \"" toupper(escaped(title)) "\""
    blank = 0
    next
}
/^\/\*/ {
    close_code()
    print ".PP"
    text = $0; sub(/^\/\*/, "", text)
    while (1) {
        last = text ~ /\*\//
        sub(/ *\*\/.*/, "", text)
        if (text !~ /^ *\*?$/ || !last) prose(text)
        if (last || (getline text) <= 0) break
    }
    if (example) print ".EE"
    example = 0; blank = 0
    next
}
/^$/ { close_code(); next }
{
    sub(/^ARAZZO_API /, "")
    if (!coding) print ".PP\n.EX"
    coding = 1
    print escaped($0)
}
END { close_code(); print ".SH SEE ALSO\n.BR arazzo (1)" }
' arazzo.h | awk '/^\.PP$/ { if (skip) next; held = 1; skip = 1; next } { if (held && !/^\.SH/) print ".PP"; held = 0; skip = /^\.SH/; print }'
