#!/bin/sh
# report.sh: the HTML report in a real browser: headless Chromium renders it, light and dark, and look.html measures it at three widths.
# Prints TAP; skipped where there is no Chromium (`make install-browser` installs it). SHOTS=FOLDER keeps the screenshots.
build=${BUILD:-build}
here=$(cd "$(dirname "$0")" && pwd)
for browser in chromium chromium-browser google-chrome none; do
    command -v $browser >/dev/null 2>&1 && break
done
if [ $browser = none ]; then
    printf 'ok 1 - the report in a browser # SKIP there is no Chromium: make install-browser\n1..1\n'
    exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
: >"$work/results"

see() { # OPTION... URL
    profile=$(mktemp -d "$work/profile.XXXXXX")
    timeout 60 $browser --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --disable-dev-shm-usage --hide-scrollbars --user-data-dir="$profile" "$@"
}

tell() { # NAME CONDITION...
    name=$1
    shift
    if "$@"; then echo "ok - $name"; else echo "not ok - $name"; fi >>"$work/results"
}

look() { # NAME SCHEME: 1 is light, 0 dark
    for size in 390,1600 1280,1600 2560,1600; do
        see --blink-settings=preferredColorScheme=$2 --window-size=$size --screenshot="$work/$1-$2-${size%,*}.png" \
            --enable-logging=stderr "file://$work/$1.html" >"$work/log" 2>&1
        tell "$1: ${size%,*} is drawn without a word on the console" sh -c "[ -s '$work/$1-$2-${size%,*}.png' ] && ! grep CONSOLE '$work/log' >&2"
    done
    see --blink-settings=preferredColorScheme=$2 --allow-file-access-from-files --virtual-time-budget=8000 --dump-dom \
        "file://$here/look.html#file://$work/$1.html,file://$work/$1-$2-1280.png" 2>/dev/null |
        sed -n '/<pre id="result">/,/<\/pre>/p' | sed 's/<pre id="result">//' >"$work/dom"
    sed -n "s/^\(not \)*ok - /&$1: /p" "$work/dom" >>"$work/results"
    tell "$1: it was looked at to the end" grep -q '^finished' "$work/dom"
}

store=specs/petstore/arazzo/petstore.arazzo.yml
"$build/arazzo" run $store buy-a-pet --mock -q --report html="$work/one.html" >/dev/null 2>&1
"$build/arazzo" run $store order-a-pet -i petId=7 --server http://127.0.0.1:1 -q --report html="$work/failed.html" >/dev/null 2>&1
"$build/arazzo" test specs --mock --sample-inputs --no-config --report html="$work/many.html" >/dev/null 2>&1
look one 1
look one 0
look many 1
see --window-size=1280,1600 --screenshot="$work/failed-1-1280.png" "file://$work/failed.html" >/dev/null 2>&1
tell 'failed: it is drawn' [ -s "$work/failed-1-1280.png" ]
[ -n "${SHOTS:-}" ] && mkdir -p "$SHOTS" && cp "$work"/*.png "$work"/*.html "$SHOTS"
awk '{ sub(/ok -/, "ok " NR " -"); print } END { print "1.." NR }' "$work/results"
! grep -q '^not ok' "$work/results"
