#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# Trains a small route model in minutes and plans with it: made-up problems are solved by the planner itself, the model
# learns to imitate the best plans, and an instance it has never seen is solved with its scores. With CITY, a city file of
# `roadgnn import`, days of that city join the problems (not of the city you want to judge by).
#
# Usage: [PROBLEMS=60] [EPOCHS=6] [CITY=city.rgraph] [OUT=out/model] examples/train_route_model.sh [training options]
set -euo pipefail
cd "$(dirname "$0")/.."
problems=${PROBLEMS:-60} epochs=${EPOCHS:-6} city=${CITY:-} out=${OUT:-out/model}

step() { printf '\n== %s\n' "$*" >&2; }

data/setup.sh --libtorch
[ -e build/release/CMakeCache.txt ] || { step "Configuring"; cmake --preset release >/dev/null; }
step "Building"
cmake --build --preset release --target roadgnn
roadgnn=build/release/bin/roadgnn

mkdir -p "$out"
sources='{"kind": "plane", "count": '$problems', "least_stops": 60, "most_stops": 200}'
[ -z "$city" ] || sources+=', {"kind": "city", "city": "'$(realpath "$city")'", "count": '$((problems / 2))', "least_orders": 60, "most_orders": 200}'
printf '{"seed": 1, "plans_per_problem": 2, "iterations_per_stop": 200, "sources": [%s]}\n' "$sources" >"$out/recipe.json"

step "Solving $problems problems to learn from"
"$roadgnn" label "$out/recipe.json" -o "$out/data"
step "Training"
"$roadgnn" train "$out/data" -o "$out/run" --epochs "$epochs" "$@"

# A problem of another generator: Solomon's form, windows drawn at random.
awk 'BEGIN { srand(7); print "unseen\n\nVEHICLE\nNUMBER CAPACITY\n50 60\n\nCUSTOMER"
  print "CUST NO. XCOORD. YCOORD. DEMAND READY TIME DUE DATE SERVICE TIME\n\n0 500 500 0 0 5000 0"
  for (i = 1; i <= 200; i++) { open = int(rand() * 3000) + 700
    print i, int(rand() * 1000), int(rand() * 1000), int(rand() * 9) + 1, open, open + 600, 20 } }' >"$out/unseen.txt"
for candidates in "proximity" "model --model $out/run/weights.safetensors"; do
  step "Solving an unseen problem for 5 s with --candidates $candidates"
  # shellcheck disable=SC2086  # an option and its value
  "$roadgnn" solve "$out/unseen.txt" -o "$out/unseen.sol" --time-limit 5 --candidates $candidates
done
step "Done: the weights are $out/run/weights.safetensors"
