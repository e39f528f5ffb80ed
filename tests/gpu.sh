#!/usr/bin/env bash
# For a machine with a GPU and the CUDA toolkit, and little else (no libosmium, Boost, METIS or GoogleTest): builds the
# road graph with its CUDA kernels, checks these against the CPU and prints a table. Leaves with 77 where there is no GPU.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${BUILD_DIR:-build-gpu}
generator=()
command -v ninja >/dev/null && generator=(-G Ninja)
mkdir -p "$build"
cmake -S . -B "$build" "${generator[@]}" -DCMAKE_BUILD_TYPE=Release -DROADGNN_CUDA=ON -DROADGNN_GNN=OFF \
  -DROADGNN_IO=OFF -DROADGNN_TESTS=OFF -DROADGNN_GPU_CHECK=ON >"$build/gpu.log" 2>&1 || { tail -20 "$build/gpu.log" >&2; exit 1; }
cmake --build "$build" --parallel --target gpu_check >>"$build/gpu.log" 2>&1 || { tail -40 "$build/gpu.log" >&2; exit 1; }
"$build/bin/gpu_check"
