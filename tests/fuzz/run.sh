#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# Builds the fuzz targets with clang and runs each of them. Usage: tests/fuzz/run.sh [SECONDS [TARGET...]]
#   SECONDS  for each target, 20 by default; TARGET  such as orders_fuzz, all by default
# New inputs and findings stay in build/fuzz/runs/TARGET. Exit status 1 where a target found something, 77 where there is no
# clang to build with.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-20}
shift $(($# > 0 ? 1 : 0))

command -v clang++-16 >/dev/null || { echo "skipped: needs clang++-16 (data/setup.sh --tests)"; exit 77; }
echo 'int main() {}' | clang++-16 -x c++ -fsanitize=fuzzer-no-link,address - -o /dev/null 2>/dev/null ||
  { echo "skipped: clang++-16 has no sanitizer runtime (data/setup.sh --tests)"; exit 77; }
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz >build/fuzz/build.log 2>&1 || { tail -40 build/fuzz/build.log; exit 1; }

# run_target NAME: prints one line, and the end of the log where it found something.
run_target() {
  local name=$1 work=build/fuzz/runs/$1 corpus=tests/fuzz/corpus/${1%_fuzz}
  mkdir -p "$work/inputs" "$work/findings"
  [ -d "$corpus" ] || corpus=
  if "build/fuzz/fuzzers/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -verbosity=1 -artifact_prefix="$work/findings/" "$work/inputs" $corpus >"$work/log" 2>&1; then
    echo "$name: $(awk '/number_of_executed_units/ { print $2 }' "$work/log") inputs in $seconds s, nothing found"
  else
    echo "$name: FOUND SOMETHING, see $work/findings"
    tail -60 "$work/log"
    return 1
  fi
}
export -f run_target
export seconds
if [ $# = 0 ]; then
  shopt -s nullglob
  set -- build/fuzz/fuzzers/*_fuzz
fi
[ $# -gt 0 ] || { echo "skipped: there are no fuzz targets"; exit 77; }
printf '%s\n' "${@##*/}" | xargs -P "$(nproc)" -I{} bash -c 'run_target {}'
