#!/bin/sh
# run.sh: the library as a C program meets it: installed below a folder of its own, found by pkg-config, used by the programs of
# docs/embedding.md, against the real mock. Prints TAP. THREADS=1: the same programs with the library under ThreadSanitizer.
set -u
BUILD=${BUILD:-build}
CC=${CC:-cc}
page=docs/embedding.md
work=$(mktemp -d) || exit 1
mock=
trap '[ -n "$mock" ] && kill "$mock" 2>/dev/null; rm -rf "$work"' EXIT
number=0

check() { # NAME COMMAND...
    name=$1
    shift
    number=$((number + 1))
    if "$@" >"$work/log" 2>&1; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        sed 's/^/# /' "$work/log"
    fi
}

# The Nth block of a language in the page.
block() { # LANGUAGE N
    awk -v open="\`\`\`$1" -v wanted="$2" '$0 == open { n++; inside = n == wanted; next } /^```$/ { inside = 0 } inside' "$page"
}

sanitizers=
[ -n "${SAN:-}" ] && sanitizers='-fsanitize=address,undefined'
[ -n "${THREADS:-}" ] && sanitizers='-fsanitize=thread'

install_library() {
    env -u MAKEFLAGS make -s install BUILD="$BUILD" PREFIX="$work/usr" CC="$CC" ${SAN:+SAN=$SAN} ${CFLAGS:+CFLAGS="$CFLAGS"}
}

# The page's own flags, and all of what the project asks of itself.
compile() { # SOURCE PROGRAM
    flags=$(PKG_CONFIG_PATH=$work/usr/lib/pkgconfig pkg-config --cflags --libs arazzo) &&
        $CC -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wpedantic -Wconversion -Werror -g $sanitizers -o "$2" "$1" $flags \
            -lpthread -Wl,-rpath,"$work/usr/lib"
}

# The archive, with everything else shared.
compile_archive() { # SOURCE PROGRAM
    export PKG_CONFIG_PATH="$work/usr/lib/pkgconfig"
    flags=$(pkg-config --cflags --libs arazzo $(pkg-config --print-requires-private arazzo) | sed 's/-larazzo/-l:libarazzo.a/') &&
        $CC -std=c11 -D_POSIX_C_SOURCE=200809L $sanitizers -o "$2" "$1" $flags -lm -lpthread
}

compile_cxx() {
    printf '#include <arazzo.h>\nint main() { return arazzo_execute("/nothing", nullptr, nullptr) == nullptr; }\n' >"$work/plus.cc"
    c++ -std=c++17 -Wall -Wextra -Werror $sanitizers -o "$work/plus" "$work/plus.cc" -I"$work/usr/include" -L"$work/usr/lib" \
        -larazzo -ljansson -Wl,-rpath,"$work/usr/lib" && "$work/plus"
}

prints() { # EXPECTED PROGRAM ARGUMENT...
    expected=$1
    shift
    "$@" >"$work/out" 2>"$work/err"
    status=$?
    cat "$work/err"
    printf '%s\n' "$expected" | diff - "$work/out" && [ "$status" -eq 0 ] && [ ! -s "$work/err" ]
}

# Every function of the header, and nothing else, is what the shared library offers.
exports() {
    grep -oE '\barazzo_[a-z_]+\(' engine/arazzo.h | tr -d '(' | sort -u >"$work/declared"
    nm -D --defined-only "$work/usr/lib/libarazzo.so" | awk '$2 == "T" { print $3 }' | sort >"$work/exported"
    grep '^arazzo_' "$work/exported" >"$work/ours"
    diff "$work/exported" "$work/ours" && comm -13 "$work/declared" "$work/exported" >"$work/undeclared" &&
        [ ! -s "$work/undeclared" ] && grep -A3 '^ARAZZO_API' engine/arazzo.h | grep -oE '\barazzo_[a-z_]+\(' | tr -d '(' |
        sort -u | comm -23 - "$work/exported" >"$work/missing" && [ ! -s "$work/missing" ]
}

mock_url() {
    for _ in $(seq 100); do
        sed -n 's/^serving .* on //p' "$work/serving" | grep . && return
        sleep 0.1
    done
    return 1
}

block c 1 >"$work/shops.c"
block c 2 >"$work/health.c"
check 'the library is installed' install_library
[ -z "$sanitizers" ] && check 'the shared library offers what the header declares' exports
check 'the complete program compiles through pkg-config' compile "$work/shops.c" "$work/shops"
check 'the program without I/O compiles through pkg-config' compile "$work/health.c" "$work/health"
check 'it links with the archive' compile_archive "$work/health.c" "$work/health-archive"
[ -z "${CC##*cc}" ] && command -v c++ >/dev/null && [ -z "$sanitizers" ] && check 'the header serves C++' compile_cxx

"$BUILD/arazzo" mock specs/petstore/openapi/petstore-openapi.yml --quiet >"$work/serving" 2>&1 &
mock=$!
url=$(mock_url)
check 'two engines in two threads buy a pet each' \
    prints "$(block text 1)" "$work/shops" specs/petstore/arazzo/petstore.arazzo.yml "$url"
check 'a run without I/O is answered by hand' prints "$(block text 2)" "$work/health"
check 'the same with the archive' prints "$(block text 2)" "$work/health-archive"
echo "1..$number"
