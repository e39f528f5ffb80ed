#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# What the program does with LibTorch, from files to files: labels, trains, scores, solves, routes and replays with a model,
# and what it says without. Usage: learned_test.sh PROGRAM MAP
set -euo pipefail
program=$1 map=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export OMP_WAIT_POLICY=passive

fail() { echo "learned_test: $*" >&2; exit 1; }

# expect STATUS COMMAND...: runs it quietly, keeps its messages in the file `log`.
expect() {
  local wanted=$1 status=0
  shift
  "$@" >log 2>&1 || status=$?
  [ "$status" = "$wanted" ] || fail "expected status $wanted of '$*', found $status: $(cat log)"
}

# says TEXT: one line, with it.
says() {
  [ "$(wc -l <log)" = 1 ] && grep -qF -- "$1" log || fail "expected one line with '$1', found: $(cat log)"
}

expect 0 "$program" import "$map" -o city.rgraph
expect 0 "$program" orders city.rgraph --count 40 -o day.csv --fleet-out fleet.json
day=(--city city.rgraph --orders day.csv --fleet fleet.json)

cat >recipe.json <<'JSON'
{"plans_per_problem": 1, "iterations_per_stop": 5, "sources": [{"kind": "plane", "count": 6, "least_stops": 20, "most_stops": 30},
 {"kind": "city", "city": "city.rgraph", "count": 2, "least_orders": 10, "most_orders": 20}]}
JSON
expect 0 "$program" label recipe.json -o data --threads 1
train=("$program" train data -o run --threads 1 --width 16 --heads 2 --layers 1 --feed-forward 32 -k 8 --validation-share 0.3)
expect 0 "${train[@]}" --epochs 1 --json
grep -q '"finished":true' log || fail "$(cat log)"
weights=run/weights.safetensors
[ -s "$weights" ] && [ -s run/log.csv ] || fail "no weights or no log"
expect 2 "${train[@]}" --epochs 2
says 'expected a run with the settings of this one, epochs 2, found 1'
expect 2 "$program" train nowhere -o run2
says 'nowhere/recipe.json'

# Narrow types, and data of before replayed; what is wrong with either.
for precision in bfloat16 float16; do
  expect 0 "${train[@]/run/$precision}" --epochs 1 --precision "$precision" --json
  grep -q '"finished":true' log && [ -s "$precision/weights.safetensors" ] || fail "$precision: $(cat log)"
  ! cmp -s "$weights" "$precision/weights.safetensors" || fail "--precision $precision changes nothing"
done
expect 2 "${train[@]/run/bfloat16}" --epochs 1
says 'expected a run with the settings of this one, precision "float32", found "bfloat16"'
cat >before.json <<'JSON'
{"plans_per_problem": 1, "iterations_per_stop": 5, "sources": [{"kind": "plane", "count": 4, "least_stops": 31, "most_stops": 40}]}
JSON
expect 0 "$program" label before.json -o before --threads 1
expect 0 "${train[@]/run/replayed}" --epochs 1 --replay before --replay-share 0.5 --json
grep -q '"finished":true' log && ! cmp -s "$weights" replayed/weights.safetensors || fail "--replay changes nothing"
expect 2 "${train[@]/run/unheard}" --epochs 1 --replay nowhere
says 'nowhere/recipe.json'

# A process whose companion never comes says so after the time it was given.
alone=(env RANK=0 WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT="$((20000 + $$ % 20000))")
if "${alone[@]}" "${train[@]/run/alone}" --epochs 1 --meeting-timeout 1 >log 2>&1; then fail "trained without its companion"; fi
grep -qF 'without Gloo' log || says 'rank 0 of 2 could not meet the others at 127.0.0.1'

# Scores: the same for any number of threads, the same edges as any scorer's.
expect 0 "$program" score "${day[@]}" --candidates model --model "$weights" -o one.npz --threads 1 --json
grep -q '"scorer":"model"' log || fail "$(cat log)"
expect 0 "$program" score "${day[@]}" --candidates model --model "$weights" -o two.npz --threads 2
cmp one.npz two.npz || fail "scores differ by threads"
expect 0 "$program" score "${day[@]}" --candidates model --model untrained --seed 1 -o one.npz
expect 0 "$program" score "${day[@]}" --candidates model --model untrained --seed 2 -o two.npz
! cmp -s one.npz two.npz || fail "untrained weights do not follow the seed"

# Plans: checked, and made again from their record with the same weights alone.
expect 0 "$program" route "${day[@]}" --candidates model --model "$weights" --iterations 200 -o out
grep -q '"scorer":"model"' out/plan.json && grep -q "\"weights\":{\"file\":\"$weights\"" out/plan.json ||
  fail "the record does not name the weights"
expect 0 "$program" replay out/plan.json -o again
cmp out/plan.json again/plan.json
cp "$weights" elsewhere.safetensors
expect 0 "$program" replay out/plan.json -o again --model elsewhere.safetensors
expect 0 "${train[@]/run/run2}" --seed 2 --epochs 1
expect 2 "$program" replay out/plan.json -o third --model run2/weights.safetensors
says "the model's weights changed since the plan was made"
expect 0 "$program" route "${day[@]}" --candidates model --model untrained --seed 5 --iterations 50 -o out2
expect 0 "$program" replay out2/plan.json -o again2

# What is wrong is said in one line.
expect 2 "$program" route "${day[@]}" --candidates model --model missing.safetensors -o x
says 'missing.safetensors'
head -c 1000 "$weights" >half.safetensors
expect 2 "$program" route "${day[@]}" --candidates model --model half.safetensors -o x
says 'half.safetensors'
expect 2 "$program" route "${day[@]}" --model "$weights" -o x
says '--model: expected --candidates model'
[ ! -e x ] || fail "x was written"

# Without the module the program runs, and says what it lacks; without need it does not load LibTorch.
mkdir -p alone/bin
cp "$program" alone/bin/roadgnn
expect 1 env ROADGNN_SHARE=. alone/bin/roadgnn score "${day[@]}" --candidates model --model "$weights" -o x.npz
says 'built without what needs LibTorch'
expect 0 alone/bin/roadgnn score "${day[@]}" -o x.npz
LD_DEBUG=libs "$program" info >/dev/null 2>libraries
! grep -q libtorch libraries || fail "info loads LibTorch"
