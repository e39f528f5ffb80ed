#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# From a fresh clone to a routed day: sets up, builds the program, imports a city, makes a day of orders and a mixed fleet,
# routes it by the scores of the route model that comes along, checks the plan and names the page to open. What is there
# already is not done again.
#
# Usage: [COUNT=50000] [TIME_LIMIT=60] [SEED=1] [MAP=city.osm.pbf] [OUT=out] [CANDIDATES=model] examples/route_a_day.sh
#        [route options]
#   CANDIDATES=proximity  scores by travel time and windows instead, which needs no LibTorch
set -euo pipefail
cd "$(dirname "$0")/.."
count=${COUNT:-50000} time_limit=${TIME_LIMIT:-60} seed=${SEED:-1} out=${OUT:-out}
map=${MAP:-data/coquimbo.osm.pbf} candidates=${CANDIDATES:-model}

step() { printf '\n== %s\n' "$*" >&2; }
# is_older FILE THAN...: FILE is missing or older than one of the others.
is_older() {
  local file=$1 other
  [ -e "$file" ] || return 0
  shift
  for other in "$@"; do [ ! "$other" -nt "$file" ] || return 0; done
  return 1
}

model=build/program/lib/roadgnn/libroadgnn_learned.so
[ "$candidates" = model ] || model=
data/setup.sh ${model:+--libtorch}
is_configured() { [ -e build/program/CMakeCache.txt ] && { [ -z "$model" ] || [ -e "$model" ]; }; }
is_configured || { step "Configuring"; cmake --preset program >/dev/null; }
if ninja -C build/program -n roadgnn | grep -E '\] (Building|Linking)' >/dev/null; then step "Building"; fi
quiet=--quiet
[ ! -t 1 ] || quiet=  # ninja's progress on a terminal
cmake --build --preset program --target roadgnn -- $quiet
roadgnn=build/program/bin/roadgnn

mkdir -p "$out"
name=$(basename "${map%%.*}")
city=$out/$name.rgraph day=$out/$name-$count-$seed.csv fleet=$out/$name-$count-$seed-fleet.json
if is_older "$city" "$map" "$roadgnn" data/profiles; then
  step "Importing $map"
  "$roadgnn" import "$map" -o "$city"
fi
if is_older "$day" "$city" || is_older "$fleet" "$city"; then
  step "Making a day of $count orders"
  "$roadgnn" orders "$city" --count "$count" --seed "$seed" -o "$day" --fleet-out "$fleet"
fi
step "Routing for $time_limit s, candidates scored by: $candidates"
"$roadgnn" route --city "$city" --orders "$day" --fleet "$fleet" --seed "$seed" --time-limit "$time_limit" \
  --candidates "$candidates" -o "$out" "$@"
step "Checking the plan"
"$roadgnn" check --city "$city" --orders "$day" --fleet "$fleet" --plan "$out/plan.json"
step "Done: open $(realpath "$out/plan.html") in a browser"
