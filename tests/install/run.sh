#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# Installs a build tree, moves the installed tree elsewhere, builds examples/link_into_planner on it and runs that. Fails
# where LibTorch shows in the link line, in what the programs load, or in a header of roads and planning.
# Usage: tests/install/run.sh BUILD_DIR WORK_DIR
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(realpath "$1")
mkdir -p "$2"
work=$(realpath "$2")
rm -rf "${work:?}"/*

fail() { echo "install test: $*" >&2; exit 1; }

cmake --install "$build" --prefix "$work/first" >/dev/null
mv "$work/first" "$work/moved"
! grep -rIl --include='*.cmake' -e "$PWD" -e "$work/first" "$work/moved" || fail "the installed tree names other folders"

# build_on_it SOURCE NAME: builds a project on the moved tree.
build_on_it() {
  cmake -S "$1" -B "$work/$2" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$work/moved" \
    >"$work/$2.log" 2>&1 || { cat "$work/$2.log"; fail "$1 cannot be configured"; }
  cmake --build "$work/$2" --verbose >"$work/$2.log" || { tail -30 "$work/$2.log"; fail "$1 cannot be built"; }
}

build_on_it examples/link_into_planner planner
! grep -i -e torch -e libc10 "$work/planner.log" || fail "LibTorch is in the compile or link line"
! grep -rIl -e '<torch/' -e '<ATen/' -e '<c10/' "$work/moved/include/roadgnn/"{graph,io,gnn/decode} ||
  fail "LibTorch in a header"
for program in "$work/planner/my_planner" "$work/moved/bin/roadgnn"; do
  ! ldd "$program" | grep -i -e torch -e libc10 -e 'not found' || fail "$program loads LibTorch, or misses a library"
done

"$work/moved/bin/roadgnn" import "$work/moved/share/roadgnn/coquimbo.osm.pbf" -o "$work/city.rgraph" 2>"$work/import.log" ||
  { cat "$work/import.log"; fail "the installed program cannot import the default city"; }
"$work/planner/my_planner" "$work/city.rgraph"

if [ -e "$work/moved/include/roadgnn/gnn/csr_graph.h" ]; then
  printf 'x\n\nVEHICLE\nNUMBER CAPACITY\n2 9\n\nCUSTOMER\nCUST NO. XCOORD. YCOORD. DEMAND READY TIME DUE DATE SERVICE TIME\n\n0 0 0 0 0 99 0\n1 3 4 1 0 99 1\n2 5 4 1 0 99 1\n' >"$work/two.txt"
  "$work/moved/bin/roadgnn" score "$work/two.txt" --candidates model --model untrained -o "$work/two.npz" >/dev/null ||
    fail "the installed program cannot load its module"
  build_on_it tests/install/learner learner
  OMP_NUM_THREADS=1 "$work/learner/my_learner" "$work/city.rgraph" "$work/weights.safetensors" ||
    fail "the network does not learn"
fi
