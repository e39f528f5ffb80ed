#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# Kills `roadgnn train` at random moments, alone and as one of two processes, and starts it again each time, or leaves that to
# examples/train_in_processes.sh: the weights and the log must end as those of a run that nothing happened to. Skips (77) where
# the program cannot train.
# Usage: tests/io/train_kill_test.sh ROADGNN [TIMES]
set -euo pipefail
roadgnn=$(realpath "$1") launcher=$(realpath "$(dirname "$0")/../../examples/train_in_processes.sh") times=${2:-50}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
RANDOM=7
export OMP_WAIT_POLICY=passive

fail() { echo "train_kill_test: $*" >&2; exit 1; }

cat >recipe.json <<'JSON'
{"seed": 1, "plans_per_problem": 1, "iterations_per_stop": 20,
 "sources": [{"kind": "plane", "count": 16, "least_stops": 20, "most_stops": 40}]}
JSON
"$roadgnn" label recipe.json -o data >/dev/null 2>label.txt || { cat label.txt; exit 77; }
training=(--width 16 --heads 2 --layers 1 --feed-forward 32 --epochs 60 --patience 60 --checkpoint-steps 3)
# start RUN: in the background.
start() { "$roadgnn" train data -o "$1" "${training[@]}" --threads 1 >>"$1.txt" 2>&1 & }
moment() { sleep "$(printf '0.%03d' $((RANDOM % $2 + $1)))"; }
# ends PROCESS: waits for it; false where it failed or was killed.
ends() { wait "$1" 2>/dev/null; }

same() {
  local file
  for file in weights.safetensors log.csv; do
    cmp -s "$1/$file" "$2/$file" || fail "$file differs after $kills kills of $1"
  done
}

start whole
ends $! || fail "$(cat whole.txt)"
kills=0
while ((kills < times)); do
  start alone
  moment 100 800
  if kill -KILL $! 2>/dev/null; then kills=$((kills + 1)); fi
  if ends $!; then
    same alone whole
    rm -rf alone
  fi
done
start alone
ends $! || fail "$(cat alone.txt)"
same alone whole

# Two processes: one is killed, and the other ends by itself or, where it still waits to meet the first, as torchrun ends it.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=$port
start_both() {
  RANK=0 start "$1"
  first=$!
  RANK=1 start "$1"
  second=$!
}
start_both pair_whole
if ! ends $first; then
  grep -q "no Gloo" pair_whole.txt && { echo "$times kills: the same weights; not tried with two processes"; exit; }
  fail "$(cat pair_whole.txt)"
fi
ends $second
for ((kills = 0; kills < times / 4; kills++)); do
  start_both pair
  moment 300 600
  victims=($first $second)
  kill -KILL ${victims[RANDOM % 2]} 2>/dev/null || true
  sleep 0.5
  kill -KILL $first $second 2>/dev/null || true
  ends $first || true
  ends $second || true
done
start_both pair
ends $first || fail "$(cat pair.txt)"
same pair pair_whole

# One that is left says so in a line and fails.
start_both left
while kill -0 $first && [ ! -e left/last.safetensors ]; do sleep 0.1; done
kill -KILL $second
if ends $first; then fail "the first process did not miss the second"; fi
[ "$(grep -c '^roadgnn: ' left.txt)" = 1 ] || fail "expected one line, found $(cat left.txt)"
ends $second || true

# The launcher starts all of them again.
ROADGNN=$roadgnn PROCESSES=2 RESTARTS=$times MASTER_PORT=$port "$launcher" data -o launched "${training[@]}" >launched.txt 2>&1 &
launching=$!
kills=0
while ((kills < times / 4)) && kill -0 $launching 2>/dev/null; do
  moment 400 800
  victims=($(pgrep -P $launching -x roadgnn || true))
  ((${#victims[@]} == 0)) || { kill -KILL "${victims[RANDOM % ${#victims[@]}]}" 2>/dev/null && kills=$((kills + 1)); }
done
ends $launching || fail "$(cat launched.txt)"
((kills > 0)) || fail "the launcher's processes were never killed"
same launched pair_whole
echo "$times kills: the same weights"
