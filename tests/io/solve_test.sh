#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# roadgnn solve from files to files: exit statuses, what is written, and what a stop leaves. Usage: solve_test.sh PROGRAM
set -euo pipefail
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() { echo "solve_test: $*" >&2; exit 1; }

# expect STATUS COMMAND...: runs it quietly, keeps its messages in the file `log`.
expect() {
  local wanted=$1 status=0
  shift
  "$@" >log 2>&1 || status=$?
  [ "$status" = "$wanted" ] || fail "expected status $wanted of '$*', found $status: $(cat log)"
}

{
  printf 'NAME : grid\nTYPE : CVRP\nDIMENSION : 401\nEDGE_WEIGHT_TYPE : EUC_2D\nCAPACITY : 20\nNODE_COORD_SECTION\n1 500 500\n'
  for i in $(seq 2 401); do echo "$i $((i * 7919 % 1000)) $((i * 104729 % 1000))"; done
  printf 'DEMAND_SECTION\n1 0\n'
  for i in $(seq 2 401); do echo "$i $((i % 5 + 1))"; done
  printf 'DEPOT_SECTION\n1\n-1\nEOF\n'
} >grid.vrp

# The same iterations give the same bytes, whatever the number of threads; every customer is in a route.
expect 0 "$program" solve grid.vrp -o one.sol --iterations 2000 --threads 1
expect 0 "$program" solve grid.vrp -o two.sol --iterations 2000 --threads 2 --json
cmp one.sol two.sol
grep -q '"format":"VRPLIB","objective":"rounded"' log || fail "no figures: $(cat log)"
[ "$(grep '^Route' one.sol | cut -d: -f2 | tr ' ' '\n' | grep -c .)" = 400 ] || fail "customers are missing"
grep -q '^Cost [0-9]*$' one.sol || fail "no cost"

# For studies, a solution's edges come first; what is wrong with its file is said by line.
expect 0 "$program" solve grid.vrp -o three.sol --iterations 500 --candidates oracle:one.sol
expect 2 "$program" solve grid.vrp -o x.sol --candidates oracle:missing.sol
grep -q 'missing.sol' log || fail "$(cat log)"
sed '2s/: [0-9]*/: 4000/' one.sol >wrong.sol
expect 2 "$program" solve grid.vrp -o x.sol --candidates oracle:wrong.sol
grep -q 'wrong.sol:2: expected the numbers of customers, found 4000' log || fail "$(cat log)"
sed '3s/: [0-9]*/: depot/' one.sol >wrong.sol
expect 2 "$program" solve grid.vrp -o x.sol --candidates oracle:wrong.sol
grep -q "wrong.sol:3: Route: expected a whole number, found 'depot'" log || fail "$(cat log)"
expect 2 "$program" solve grid.vrp -o x.sol --candidates oracle:grid.vrp
grep -q "grid.vrp:1: expected a line 'Route #1: ...'" log || fail "$(cat log)"
expect 2 "$program" solve grid.vrp -o x.sol --candidates nearst
grep -q 'nearest' log || fail "$(cat log)"
expect 2 "$program" solve grid.vrp -o x.sol --candidates oracle:one.sol --model untrained
rm -f wrong.sol
[ ! -e x.sol ] || fail "x.sol was written"

# A stop ends the search with the best plan so far.
for signal in TERM INT; do
  "$program" solve grid.vrp -o "$signal.sol" --time-limit 300 >log 2>&1 &
  sleep 2
  kill -"$signal" $!
  wait $! || fail "stopped by $signal: $(cat log)"
  grep -q '^Cost' "$signal.sol" || fail "nothing was written after $signal"
done

# What is wrong is said by file, line and field, and nothing is written.
sed 's/CAPACITY/CAPACTY/' grid.vrp >wrong.vrp
expect 2 "$program" solve wrong.vrp -o wrong.sol
grep -q "wrong.vrp:5: unknown key 'CAPACTY'; did you mean \"CAPACITY\"" log || fail "$(cat log)"
[ ! -e wrong.sol ] || fail "wrong.sol was written"
expect 2 "$program" solve grid.vrp -o x.sol --objective cheapest
expect 2 "$program" solve missing.vrp -o x.sol
expect 2 "$program" solve grid.vrp -o x.sol --city city.rgraph

# VROOM's input gives VROOM's output, for failures, too.
cat >in.json <<'JSON'
{"vehicles":[{"id":0,"start_index":0,"end_index":3}],"jobs":[{"id":1414,"location_index":1},{"id":1515,"location_index":2}],
"matrices":{"car":{"durations":[[0,2104,197,1299],[2103,0,2255,3152],[197,2256,0,1102],[1299,3153,1102,0]]}}}
JSON
expect 0 "$program" solve in.json -o out.json --iterations 100
grep -q '"code":0,"summary":{"cost":5461,"routes":1,"unassigned":0' out.json || fail "$(cat out.json)"
sed 's/location_index":1/location_index":9/' in.json >wrong.json
expect 2 "$program" solve wrong.json -o out.json
grep -q '"code":2,"error":".*jobs\[0\].location_index' out.json || fail "$(cat out.json)"
echo '{"vehicles":[{"id":0,"start":[2.3,48.8]}],"jobs":[{"id":1,"location":[2.4,48.8]}]}' >places.json
expect 2 "$program" solve places.json -o out.json
grep -q -- '--city' log || fail "$(cat log)"
expect 2 "$program" solve in.json -o out.json --candidates oracle:one.sol
grep -q "oracle: expected a benchmark instance or a city's day" log || fail "$(cat log)"
