# case_folding.awk: makes case_folding_table.h from CaseFolding.txt of the Unicode Character Database, which Debian's
# package unicode-data holds as /usr/share/unicode/CaseFolding.txt:
#
#     awk -f runtime-expr/case_folding.awk /usr/share/unicode/CaseFolding.txt > runtime-expr/case_folding_table.h
#
# Simple case folding: the statuses C (common) and S (simple). F (full) and T (Turkic) are left out. Neighbours with the
# same distance to what they fold to become one row; `step` is 2 where only every second code point folds.

BEGIN { FS = "; *" }

function hex(digits,    i, value) {
    value = 0
    digits = toupper(digits)
    for (i = 1; i <= length(digits); i++)
        value = value * 16 + index("0123456789ABCDEF", substr(digits, i, 1)) - 1
    return value
}

function flush_row() {
    if (rows_open)
        printf "    {0x%05X, 0x%05X, %d, %d},\n", first, last, step, distance
    rows_open = 0
}

NR == 1 {
    version = $0
    sub(/^# CaseFolding-/, "", version)
    sub(/\.txt.*$/, "", version)
    print "/* case_folding_table.h: made by case_folding.awk from CaseFolding.txt of Unicode " version ". */"
    print "static const struct {"
    print "    uint32_t first, last;"
    print "    uint32_t step;"
    print "    int32_t distance;"
    print "} case_folding[] = {"
}

$2 == "C" || $2 == "S" {
    code = hex($1)
    to = hex($3) - code
    if (rows_open && to == distance && (code == last + step || (first == last && (code == last + 1 || code == last + 2)))) {
        step = code - last
        last = code
    } else {
        flush_row()
        first = last = code
        step = 1
        distance = to
        rows_open = 1
    }
}

END {
    flush_row()
    print "};"
}
