#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# tests/gpu.sh [CITY.rgraph ...]
#
# For a machine with a GPU and the CUDA toolkit, and little else (no libosmium, Boost, METIS or GoogleTest): builds the
# road graph with its CUDA kernels, checks these against the CPU on made-up cities and the ones named, and prints a table
# of times. Leaves with 77 where there is no GPU. City files need the header xxhash.h: XXHASH_INCLUDE_DIR names its folder
# where it is not installed. SANITIZER="compute-sanitizer --tool racecheck" runs the program under it.
set -euo pipefail
cities=()
for city in "$@"; do cities+=("$(realpath "$city")"); done
cd "$(dirname "$0")/.."
build=${BUILD_DIR:-build-gpu}
options=()
command -v ninja >/dev/null && options+=(-G Ninja)
[ -z "${XXHASH_INCLUDE_DIR:-}" ] || options+=("-DXXHASH_INCLUDE_DIR=$(realpath "$XXHASH_INCLUDE_DIR")")
mkdir -p "$build"
cmake -S . -B "$build" "${options[@]}" -DCMAKE_BUILD_TYPE=Release -DROADGNN_CUDA=ON -DROADGNN_GNN=OFF \
  -DROADGNN_IO=OFF -DROADGNN_TESTS=OFF -DROADGNN_GPU_CHECK=ON >"$build/gpu.log" 2>&1 || { tail -20 "$build/gpu.log" >&2; exit 1; }
cmake --build "$build" --parallel --target gpu_check >>"$build/gpu.log" 2>&1 || { tail -40 "$build/gpu.log" >&2; exit 1; }
${SANITIZER:-} "$build/bin/gpu_check" "${cities[@]}"

# Where the full torch package is installed with its CUDA part, the operators too: one library, checked from Python.
python=${PYTHON:-python3}
torch=$("$python" -c 'import os, torch; print(os.path.dirname(torch.__file__) if torch.cuda.is_available() else "")' 2>/dev/null || true)
if [ -z "$torch" ]; then
  echo "operators: skipped, $python has no torch that sees the GPU"
  exit 0
fi
mkdir -p "$build-ops"
log=$build-ops/gpu.log
cmake -S . -B "$build-ops" "${options[@]}" -DCMAKE_BUILD_TYPE=Release -DROADGNN_CUDA=ON -DROADGNN_GNN=ON \
  -DLIBTORCH_ROOT="$torch" -DROADGNN_IO=OFF -DROADGNN_TESTS=OFF -DROADGNN_GPU_CHECK=OFF >"$log" 2>&1 || { tail -20 "$log" >&2; exit 1; }
cmake --build "$build-ops" --parallel --target roadgnn_gnn >>"$log" 2>&1 || { tail -40 "$log" >&2; exit 1; }
"$python" tests/gpu/operators_check.py "$build-ops/gnn/libroadgnn_gnn.so"
