#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# Kills `roadgnn orders` and `roadgnn route` at random moments and looks at what is left: each file must be missing, the one
# from before or a whole new one. Usage: tests/io/kill_test.sh ROADGNN MAP.osm.pbf [TIMES]
set -euo pipefail
roadgnn=$(realpath "$1") map=$(realpath "$2") times=${3:-20}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
RANDOM=7
"$roadgnn" import "$map" -o city.rgraph >/dev/null 2>&1
city=city.rgraph

fail() { echo "kill_test: $*" >&2; exit 1; }

# kill_at SIGNAL MOST COMMAND...: runs a command and sends it a signal after up to MOST milliseconds.
kill_at() {
  local signal=$1 most=$2 process
  shift 2
  "$@" >/dev/null 2>&1 &
  process=$!
  sleep "$(printf '0.%03d' $((RANDOM % most)))"
  kill "-$signal" "$process" 2>/dev/null || true
  wait "$process" 2>/dev/null || true
}

"$roadgnn" orders "$city" --count 300 -o day.csv --fleet-out fleet.json >/dev/null
day=(--city "$city" --orders day.csv --fleet fleet.json)
"$roadgnn" route "${day[@]}" -o fixed --iterations 20 >/dev/null
for ((i = 0; i < times; i++)); do
  kill_at KILL 100 "$roadgnn" orders "$city" --count 5000 -o killed.csv
  if [ -e killed.csv ]; then
    [ "$(wc -l <killed.csv)" = 5001 ] || fail "killed.csv is cut short"
  fi
  for signal in KILL TERM; do
    rm -rf new
    kill_at $signal 999 "$roadgnn" route "${day[@]}" -o new --iterations 20 --threads 1
    kill_at $signal 999 "$roadgnn" route "${day[@]}" -o fixed --iterations 20 --threads 1
    for folder in new fixed; do
      [ -e "$folder" ] || continue
      [ "$(ls "$folder" | tr '\n' ' ')" = "plan.html plan.json routes.geojson " ] || fail "$folder holds $(ls "$folder")"
      "$roadgnn" check "${day[@]}" --plan "$folder/plan.json" >/dev/null || fail "$folder/plan.json is broken"
      tail -c 20 "$folder/plan.html" | grep -q '</html>' || fail "$folder/plan.html is cut short"
      tail -c 3 "$folder/routes.geojson" | grep -q '}' || fail "$folder/routes.geojson is cut short"
    done
  done
done
# What the killed ones left goes with the next run.
"$roadgnn" orders "$city" --count 10 -o killed.csv >/dev/null
for folder in new fixed; do "$roadgnn" route "${day[@]}" -o $folder --iterations 1 >/dev/null; done
! ls -d ./*tmp* 2>/dev/null || fail "a killed run's leftovers are still there"
echo "killed $((times * 5)) runs: no half-written file"
