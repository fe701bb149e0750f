#!/bin/sh
# validate.sh: how long `arazzo validate` takes for all documents of the corpus, alone and with the OpenAPI documents of
# their providers, and how much YAML that is in a second. The best of five. Takes BUILD and SHARED.
set -eu
corpus=${SHARED:-../shared}/corpus
arazzo=${BUILD:-build}/arazzo
[ -d "$corpus" ] || { echo "bench-validate: there is no $corpus" >&2; exit 1; }

# The bytes of all documents below the folders given.
bytes() { find "$@" -type f \( -name '*.yaml' -o -name '*.yml' -o -name '*.json' \) -exec cat {} + | wc -c; }

# The milliseconds of the fastest of five runs.
best() {
    least=999999
    for _ in 1 2 3 4 5; do
        start=$(date +%s%N)
        "$arazzo" validate "$corpus" --offline --format json "$@" >/dev/null 2>&1 || [ $? -eq 3 ]
        spent=$((($(date +%s%N) - start) / 1000000))
        [ "$spent" -lt "$least" ] && least=$spent
    done
    echo "$least"
}

say() { awk -v what="$1" -v ms="$2" -v bytes="$3" 'BEGIN { printf "%-28s %5d ms  %6.1f MB  %6.0f MB/s\n", what, ms, bytes / 1e6, bytes / 1e3 / ms }'; }

say "the documents and folders" "$(best)" "$(bytes "$corpus")"
folders=""
for folder in "$corpus"/*/*/openapi; do
    [ -d "$folder" ] && folders="$folders --source-dir $folder"
done
# shellcheck disable=SC2086
say "with all their sources" "$(best $folders)" "$(bytes "$corpus")"
