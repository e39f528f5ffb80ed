#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# Sets up, builds everything and runs every test. Usage: tests/run.sh [ctest options]
#   ROADGNN_SETUP  options for data/setup.sh instead of the usual ones
set -euo pipefail
cd "$(dirname "$0")/.."
read -ra setup <<<"${ROADGNN_SETUP:---libtorch --tests}"
data/setup.sh "${setup[@]}"
export CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}
cmake --preset release
cmake --build --preset release
ctest --preset release --parallel "$(nproc)" "$@"
