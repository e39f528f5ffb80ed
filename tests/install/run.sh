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

cmake -S examples/link_into_planner -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_PREFIX_PATH="$work/moved" >"$work/configure.log" 2>&1 ||
  { cat "$work/configure.log"; fail "cannot be configured"; }
cmake --build "$work/build" --verbose >"$work/build.log" || { tail -30 "$work/build.log"; fail "cannot be built"; }
! grep -i -e torch -e libc10 "$work/build.log" || fail "LibTorch is in the compile or link line"
! grep -rIl -e '<torch/' -e '<ATen/' -e '<c10/' "$work/moved/include/roadgnn/"{graph,io,gnn/decode} ||
  fail "LibTorch in a header"
for program in "$work/build/my_planner" "$work/moved/bin/roadgnn"; do
  ! ldd "$program" | grep -i -e torch -e libc10 -e 'not found' || fail "$program loads LibTorch, or misses a library"
done

"$work/moved/bin/roadgnn" import "$work/moved/share/roadgnn/coquimbo.osm.pbf" -o "$work/city.rgraph"
"$work/build/my_planner" "$work/city.rgraph"
"$work/moved/bin/roadgnn" --version
