#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs clang-tidy with the checks of .clang-tidy. Usage: tests/tidy.sh [FILE.cpp...]   all sources by default (three quarters
# of an hour on two cores)
set -euo pipefail
cd "$(dirname "$0")/.."
command -v clang-tidy-16 >/dev/null || { echo "skipped: needs clang-tidy-16 (data/setup.sh --tests)"; exit 77; }
cmake --preset release -DCMAKE_EXPORT_COMPILE_COMMANDS=ON >/dev/null
[ $# -gt 0 ] || mapfile -t files < <(git ls-files 'graph/*.cpp' 'gnn/*.cpp' 'io/*.cpp')
printf '%s\0' "${@:-${files[@]}}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy-16 --quiet -p build/release
