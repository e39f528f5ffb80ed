#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# Checks that every C++ and CUDA file is formatted by .clang-format. With --fix formats them.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v clang-format-14 >/dev/null || { echo "skipped: needs clang-format-14 (data/setup.sh --tests)"; exit 77; }
mode=(--dry-run -Werror)
[ "${1:-}" != --fix ] || mode=(-i)
# The two headers of the road graph are laid out as tables by hand.
git ls-files -z '*.h' '*.cpp' '*.cu' '*.cuh' ':!graph/road_graph.h' ':!graph/road_network.h' | xargs -0 clang-format-14 "${mode[@]}"
