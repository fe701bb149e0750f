#!/bin/sh
# generated.sh: what is generated is current and well formed: the manual pages, the command's reference, the page of diagnostics,
# the style sheet. `make generated` writes all of it anew. Prints TAP.
build=${BUILD:-build}
number=0 failed=0

check() { # NAME COMMAND...: it ends well
    name=$1
    shift
    number=$((number + 1))
    if said=$("$@" 2>&1); then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        printf '%s\n' "$said" | head -20 | sed 's/^/#   /'
        failed=1
    fi
}

skip() { # NAME REASON
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

same() { # FILE COMMAND...: prints what is in the file
    file=$1
    shift
    "$@" | diff -u "$file" - && return
    echo "run 'make generated'"
    return 1
}

# Every public function stands in the library's manual.
functions_stand_in() {
    missing=
    for name in $(grep -oE 'arazzo_[a-z_]+\(' engine/arazzo.h | sort -u); do
        grep -qF -- "$name" "$1" || missing="$missing $name"
    done
    [ -z "$missing" ] || { echo "missing:$missing"; return 1; }
}

options_stand_in() {
    missing=
    for name in $("$build/arazzo" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
        [ "$name" = help ] && continue
        for option in $("$build/arazzo" help "$name" --all | grep -oE '^ +(-., )?--[a-z-]+' | grep -oE '\-\-[a-z-]+'); do
            grep -qF -- "$option" docs/command.md || [ "$option" = --help ] || missing="$missing $name $option"
        done
    done
    [ -z "$missing" ] || { echo "missing:$missing"; return 1; }
}

# Help is a screen: at most 30 lines of 80 columns, with an example.
help_fits() {
    for name in $("$build/arazzo" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
        page=$("$build/arazzo" help $([ "$name" = help ] || echo "$name"))
        lines=$(printf '%s\n' "$page" | wc -l)
        [ "$lines" -le 30 ] || echo "$name: $lines lines"
        printf '%s\n' "$page" | grep -E '.{81}' | sed "s/^/$name: too wide: /"
        printf '%s\n' "$page" | grep -q '^Example' || echo "$name: no example"
    done | { ! grep .; }
}

version=$("$build/arazzo" --version | sed 's/.* //')
check 'docs/man/arazzo.1 is current' same docs/man/arazzo.1 "$build/tests/cli/manual" page
check 'docs/man/arazzo.3 is current' same docs/man/arazzo.3 sh engine/arazzo.3.sh "$version"
check 'docs/command.md is current' same docs/command.md "$build/tests/cli/manual" markdown
check 'docs/diagnostics.md is current' same docs/diagnostics.md "$build/arazzo" validate --rules
check 'engine/report/html_style.c is current' same engine/report/html_style.c sh engine/report/html_style.sh
check 'every public function stands in arazzo(3)' functions_stand_in docs/man/arazzo.3
check 'every option stands in docs/command.md' options_stand_in
check 'help fits a screen' help_fits
for page in docs/man/arazzo.1 docs/man/arazzo.3; do
    if command -v mandoc >/dev/null 2>&1; then
        check "$page: mandoc finds no fault" mandoc -T lint -W warning "$page"
    else
        skip "$page: mandoc finds no fault" 'mandoc is not installed'
    fi
done
echo "1..$number"
exit $failed
