#!/bin/sh
# schema.sh: a realistic schema (order.schema.json) and an order of 1.5 KB: what compiling
# and evaluating cost, in time and (with valgrind) in instructions; beside it, where they are at hand, python3-jsonschema and
# ajv on the same files: `apt-get install python3-jsonschema`, `npm install --prefix build/bench ajv`.
set -u
BUILD=${BUILD:-build}
program=$BUILD/tests/bench/schema_speed

instructions() { # MODE: of one more time, as the difference of many and few
    few=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$1" 100 2>&1 | sed -n 's/.*Collected : //p')
    many=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$1" 1100 2>&1 | sed -n 's/.*Collected : //p')
    echo $(((many - few) / 1000))
}

line() { # MODE COUNT WORDS
    nanoseconds=$("$program" "$1" "$2") || exit 1
    printf '%-34s %9d ns' "$3" "$nanoseconds"
    printf ' %10d each second' $((1000000000 / nanoseconds))
    command -v valgrind >/dev/null && printf ' %9d instructions' "$(instructions "$1")"
    echo
}

# What another implementation takes for an evaluation, and how many times as long as ours that is.
other() { # NAME NANOSECONDS
    printf '%-34s %9d ns: %s times as long\n' "$1" "$2" "$(awk "BEGIN { printf \"%.2g\", $2 / $own }")"
}

line compile 20000 'compiling'
line evaluate 200000 'evaluating, valid'
line invalid 50000 'evaluating, four mistakes told'
own=$("$program" evaluate 200000) || exit 1

if python3 -c 'import jsonschema' 2>/dev/null; then
    other 'python3-jsonschema, evaluating' "$(python3 - <<'PYTHON'
import json, time, jsonschema
schema, order = json.load(open('tests/bench/order.schema.json')), json.load(open('tests/bench/order.json'))
kind = getattr(jsonschema, 'Draft202012Validator', None) or jsonschema.Draft7Validator
validator = kind(schema)
assert validator.is_valid(order)
began = time.perf_counter()
for _ in range(500): validator.is_valid(order)
print(round((time.perf_counter() - began) * 1e9 / 500))
PYTHON
)"
else
    echo 'python3-jsonschema is not there: nothing to compare with'
fi
if node -e "require('$PWD/$BUILD/bench/node_modules/ajv')" 2>/dev/null; then
    node - "$PWD/$BUILD/bench/node_modules/ajv/dist/2020" <<'NODE' | { read -r compiling evaluating; other 'ajv, evaluating' "$evaluating"; echo "ajv, compiling: $compiling ns"; }
const fs = require('fs'), Ajv = require(process.argv[2]);
const schema = JSON.parse(fs.readFileSync('tests/bench/order.schema.json')), order = JSON.parse(fs.readFileSync('tests/bench/order.json'));
const make = () => new Ajv({strict: false, validateFormats: false}).compile(schema);
let began = process.hrtime.bigint();
const holds = make();
const compiling = process.hrtime.bigint() - began;
for (let i = 0; i < 20000; i++) if (!holds(order)) throw 'invalid';
began = process.hrtime.bigint();
for (let i = 0; i < 200000; i++) holds(order);
console.log(`${compiling} ${(process.hrtime.bigint() - began) / 200000n}`);
NODE
fi
