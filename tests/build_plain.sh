#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# Configures and builds the libraries and the program with CUDA and LibTorch switched off, as on a machine without them.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset cpu -DROADGNN_GNN=OFF -DROADGNN_TESTS=OFF >/dev/null
cmake --build --preset cpu
build/cpu/bin/roadgnn --version
