#!/bin/sh
# run.sh: real Arazzo documents of ten API providers, carried out on the mock with inputs made up from their schemas.
#
# For each provider: how many documents resolve every operation as they are, how many with --source-dir on the provider's
# folder of OpenAPI documents, and how many then run to their end. Below, why each of the others doesn't: what the mock would
# have had to answer (tests/corpus/reason.c). Loops that wait for a job to be done are the usual reason: the mock does not
# change while one waits.
set -u
SHARED=${SHARED:-../shared}
arazzo=${BUILD:-build}/arazzo reason=${BUILD:-build}/tests/corpus/reason
corpus=$SHARED/corpus/api-evangelist
if [ ! -d "$corpus" ]; then
    echo "skipped: $corpus is not there (SHARED=FOLDER names another place)"
    exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# The exit status of a run, and its report in $work/report.
carry_out() { # FILE OPTION...
    file=$1
    shift
    timeout 20 "$arazzo" run "$file" --all --mock --sample-inputs --offline --format json "$@" >"$work/report" 2>/dev/null
}

printf '%-12s %9s %9s %13s %9s\n' provider documents 'as they' 'with a folder' 'run to'
printf '%-12s %9s %9s %13s %9s\n' '' '' 'are' 'of sources' 'their end'
all=0 plain=0 found=0 ended=0
for provider in "$corpus"/*; do
    documents=0 as_is=0 with=0 end=0
    name=$(basename "$provider")
    for file in "$provider"/arazzo/*; do
        documents=$((documents + 1))
        carry_out "$file"
        [ $? -ne 3 ] && as_is=$((as_is + 1))
        carry_out "$file" --source-dir "$provider/openapi"
        status=$?
        timeout 20 "$arazzo" run "$file" --all --mock --sample-inputs --offline --contract warn --source-dir "$provider/openapi" 2>&1 |
            awk '/^warning\[W052[0-5]/ { sub(/^[^(]*/, ""); message = $0; getline; sub(/.*\/openapi\//, ""); print $0 ": " message }' >>"$work/differ"
        [ "$status" -ne 3 ] && with=$((with + 1))
        if [ "$status" -eq 0 ]; then
            end=$((end + 1))
        else
            echo "$name/$(basename "$file"): $("$reason" "$work/report")" >>"$work/reasons"
        fi
    done
    printf '%-12s %9d %9d %13d %9d\n' "$name" "$documents" "$as_is" "$with" "$end"
    all=$((all + documents)) plain=$((plain + as_is)) found=$((found + with)) ended=$((ended + end))
done
printf '%-12s %9d %9d %13d %9d\n\n' all "$all" "$plain" "$found" "$ended"
cat "$work/reasons"

# What the mock answers holds its schema, unless an example of the document doesn't: then the document contradicts itself.
echo
echo "examples that are not what their schema says: $(sort -u "$work/differ" | wc -l)"
sort -u "$work/differ"
