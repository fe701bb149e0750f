#!/bin/sh
# run.sh: runs every test program and closes with a line that counts. `make test` calls it from the top of the repository.
#
# A program prints TAP: `ok`, `not ok`, `# skip`. One that dies before its plan is fulfilled counts as a failure.
set -u
BUILD=${BUILD:-build}
export BUILD SHARED="${SHARED:-../shared}" CMOCKA_MESSAGE_OUTPUT=TAP
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1}" LSAN_OPTIONS="${LSAN_OPTIONS:-suppressions=tests/lsan.supp:print_suppressions=0}"
export XDG_CACHE_HOME="${TMPDIR:-/tmp}/arazzo-test-cache-$$" # no copies of documents in the home of who runs this
passed=0 failed=0 skipped=0
log=$(mktemp) || exit 1
trap 'rm -rf "$log" "$XDG_CACHE_HOME"' EXIT

run() { # NAME COMMAND...
    name=$1
    shift
    "$@" >"$log" 2>&1
    status=$?
    good=$(grep -c '^ok ' "$log")
    skip=$(grep -ciE '^(not )?ok .*# skip' "$log") # cmocka writes `not ok N # SKIP name`
    bad=$(grep '^not ok ' "$log" | grep -vci '# skip')
    good=$((good - $(grep -ci '^ok .*# skip' "$log")))
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
        bad=1
        echo "not ok - $name ended with status $status"
    fi
    if [ "$bad" -gt 0 ] || [ -n "${VERBOSE:-}" ]; then
        grep -vE '^ok |# SKIP' "$log" | sed "s|^|$name: |"
    fi
    grep -iE '^(not )?ok .*# skip' "$log" | sed -E "s/^(not )?ok/$name: skipped/"
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skip))
    printf '%-32s %5d passed %3d failed\n' "$name" "$good" "$bad"
}

if [ -n "${CHAOS:-}" ]; then
    for program in "$BUILD"/tests/chaos/*_chaos; do
        [ -x "$program" ] && run "$(basename "$program")" "$program"
    done
else
    for source in tests/unit/*_test.c; do
        program=$BUILD/${source%.c}
        run "$(basename "$program")" "$program"
    done
    for source in tests/fuzz/*_fuzz.c; do
        [ -e "$source" ] || continue
        target=$(basename "$source" _fuzz.c)
        mkdir -p "$BUILD/empty"
        run "fuzz-corpus-$target" "$BUILD/tests/fuzz/${target}_fuzz_replay" "tests/fuzz/corpus/$target"
    done
    for source in tests/conformance/*_suite.c; do
        program=$BUILD/${source%.c}
        run "$(basename "$program")" "$program"
    done
    run embedding sh tests/embedding/run.sh
    texts=
    [ -d "$SHARED/spec" ] && texts="--texts $SHARED/spec" # else the quotations are not looked up
    run conformance "$BUILD/tests/conformance/conformance" $texts tests/conformance/adapters/arazzo
    for script in tests/shell/*.sh tests/browser/*.sh; do
        run "$(basename "$script" .sh)" sh "$script"
    done
    if [ -x "$BUILD/tests/cli/transcript" ]; then
        run transcripts "$BUILD/tests/cli/transcript" tests/cli/*.txt README.md docs/*.md
    fi
fi
echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
