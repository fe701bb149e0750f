#!/bin/sh
# conformance_cases.sh: the cases of the conformance suite as a whole: each has a name of its own and stands in a folder
# that is a heading of a specification; every rule S1 to S31 and every trap that the suite takes has one. Prints TAP.
# What a single case must be, its schema says, and `conformance --texts` looks up its sentence.
suite=tests/conformance
texts=${SHARED:-../shared}/spec
number=0 failed=0

check() { # TITLE WRONG: nothing may be wrong
    number=$((number + 1))
    if [ -z "$2" ]; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
        printf '%s\n' "$2" | sed 's/^/#   /'
        failed=1
    fi
}

# Headings as anchors: `#### Failure Action Object` is failure-action-object.
anchors() {
    cat "$texts"/*.md | sed -n 's/^##* *//p' | tr 'A-Z' 'a-z' | sed 's/[^a-z0-9 -]//g; s/ *$//; s/ /-/g' | sort -u
}

missing() { # FIELD PREFIX LAST: the numbers up to LAST that no case has in FIELD
    n=1
    while [ "$n" -le "$3" ]; do
        grep -rqx "$1: $2$n" "$suite/cases" || echo "$2$n"
        n=$((n + 1))
    done
}

names=$(find "$suite/cases" -name '*.yaml' | sed 's|.*/cases/||; s|\.yaml$||' | sort)
check 'a case is called as its file, and stands in the folder of its section' "$(for case in $names; do
    grep -qx "name: ${case#*/}" "$suite/cases/$case.yaml" && grep -qx "section: ${case%%/*}" "$suite/cases/$case.yaml" || echo "$case"
done)"
check 'no two cases of a section have the same title' "$(for section in "$suite"/cases/*; do
    grep -rhA1 '^title:' "$section" | tr '\n' '~' | sed 's/--~/\n/g' | sort | uniq -d
done)"
check 'every rule S1 to S31 has a case' "$(missing rule S 31)"
check 'every trap has a case, but for the one of recordings' "$(missing trap '' 48 | grep -vx 48)"
check 'there are at least 220 cases' "$([ "$(echo "$names" | wc -l)" -ge 220 ] || echo "$names" | wc -l)"
if [ -d "$texts" ]; then
    known=$(anchors)
    check 'every section is a heading of a specification' "$(for section in "$suite"/cases/*; do
        printf '%s\n' "$known" | grep -qx "$(basename "$section")" || basename "$section"
    done)"
else
    number=$((number + 1))
    echo "ok $number - every section is a heading of a specification # skip there are no texts in $texts"
fi
echo "1..$number"
exit "$failed"
