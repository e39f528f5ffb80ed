#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# roadgnn score from files to files: what an instance's scores hold, read by Python's own ZIP reader, and what it refuses.
# Usage: score_test.sh PROGRAM
set -euo pipefail
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() { echo "score_test: $*" >&2; exit 1; }

# expect STATUS COMMAND...: runs it quietly, keeps its messages in the file `log`.
expect() {
  local wanted=$1 status=0
  shift
  "$@" >log 2>&1 || status=$?
  [ "$status" = "$wanted" ] || fail "expected status $wanted of '$*', found $status: $(cat log)"
}

cat >plane.txt <<'TXT'
plane

VEHICLE
NUMBER CAPACITY
5 50

CUSTOMER
CUST NO. XCOORD. YCOORD. DEMAND READY TIME DUE DATE SERVICE TIME

0 50 50 0 0 500 0
1 10 10 5 0 400 10
2 12 10 5 0 400 10
3 90 90 5 0 400 10
4 90 80 5 0 400 10
5 20 70 5 300 310 10
6 21 70 5 0 20 10
TXT
cat >check.py <<'PY'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    def array(name, kind):
        data = archive.read(name + ".npy")
        assert data[:8] == b"\x93NUMPY\x01\x00", data[:8]
        end = 10 + int.from_bytes(data[8:10], "little")
        head = eval(data[10:end], {}, {})
        assert end % 64 == 0 and head["fortran_order"] is False, head
        assert head["descr"] == {"i": "<i4", "f": "<f4"}[kind], head
        values = list(memoryview(data)[end:].cast(kind))
        assert head["shape"] == (len(values),), head
        return values
    tails, heads, scores = array("from", "i"), array("to", "i"), array("score", "f")
rows = {}
for tail, head, score in zip(tails, heads, scores):
    rows.setdefault(tail, []).append((head, score))
assert tails == sorted(tails) and list(rows) == list(range(7)), tails
for tail, row in rows.items():
    assert [score for _, score in row] == sorted((score for _, score in row), reverse=True), row
    assert len({head for head, _ in row}) == len(row) and tail not in dict(row), row
first = [rows[tail][0][0] for tail in range(7)]
print(first)
PY

expect 0 "$program" score plane.txt --candidates nearest -k 6 -o scores.npz --json
grep -q '"stops":7,"candidates":42,"scorer":"nearest"' log || fail "$(cat log)"
[ "$(python3 check.py scores.npz)" = "[6, 2, 1, 4, 3, 6, 5]" ] || fail "nearest: $(python3 check.py scores.npz)"
# Stop 5 opens long after 6 has closed: near, but not next.
expect 0 "$program" score plane.txt --candidates proximity -k 6 -o scores.npz
[ "$(python3 check.py scores.npz | cut -d, -f6)" != " 6" ] || fail "proximity ignores windows"
expect 0 "$program" score plane.txt -k 6 -o again.npz --threads 2
cmp scores.npz again.npz || fail "the same scores, other bytes"

# A solution's edges come first, whatever windows say.
printf 'Route #1: 1 3 5 6 4\nRoute #2: 2\nCost 9\n' >plane.sol
expect 0 "$program" score plane.txt --candidates oracle:plane.sol -k 6 -o scores.npz
[ "$(python3 check.py scores.npz | cut -d, -f2-)" = " 3, 0, 5, 0, 6, 4]" ] || fail "oracle: $(python3 check.py scores.npz)"

expect 2 "$program" score -o x.npz
grep -q 'expected an instance' log || fail "$(cat log)"
expect 2 "$program" score plane.txt --city city.rgraph -o x.npz
expect 2 "$program" score missing.txt -o x.npz
expect 2 "$program" score plane.txt -o missing/x.npz
[ ! -e x.npz ] || fail "x.npz was written"
