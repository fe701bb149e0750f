# case_mapping.awk: makes case_mapping_table.h from UnicodeData.txt of the Unicode Character Database, which Debian's
# package unicode-data holds as /usr/share/unicode/UnicodeData.txt:
#
#     awk -f runtime-expr/case_mapping.awk /usr/share/unicode/UnicodeData.txt > runtime-expr/case_mapping_table.h
#
# Simple mappings to upper and lower case (fields 12 and 13), in rows as case_folding.awk makes them.

BEGIN {
    FS = ";"
    print "/* case_mapping_table.h: made by case_mapping.awk from UnicodeData.txt of Unicode 15.0.0. */"
    print "typedef struct case_mapping {"
    print "    uint32_t first, last;"
    print "    uint32_t step;"
    print "    int32_t distance;"
    print "} case_mapping;"
}

function hex(digits,    i, value) {
    value = 0
    for (i = 1; i <= length(digits); i++)
        value = value * 16 + index("0123456789ABCDEF", substr(digits, i, 1)) - 1
    return value
}

function add(which, code, to,    row) {
    row = rows[which]
    if (row > 0 && to == distance[which, row] && (code == last[which, row] + step[which, row] ||
        (first[which, row] == last[which, row] && code <= last[which, row] + 2))) {
        step[which, row] = code - last[which, row]
        last[which, row] = code
    } else {
        row = ++rows[which]
        first[which, row] = last[which, row] = code
        step[which, row] = 1
        distance[which, row] = to
    }
}

$13 != "" { add("upper", hex($1), hex($13) - hex($1)) }
$14 != "" { add("lower", hex($1), hex($14) - hex($1)) }

function print_rows(which,    row) {
    print "static const case_mapping to_" which "[] = {"
    for (row = 1; row <= rows[which]; row++)
        printf "    {0x%05X, 0x%05X, %d, %d},\n", first[which, row], last[which, row], step[which, row], distance[which, row]
    print "};"
}

END {
    print_rows("upper")
    print_rows("lower")
}
