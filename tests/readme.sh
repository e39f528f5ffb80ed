#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# Checks that the program printed in README.md is examples/link_into_planner, and that the files README links to are there.
set -euo pipefail
cd "$(dirname "$0")/.."
diff <(sed -n '/^```cpp$/,/^```$/p' README.md | sed '1d;$d') <(tail -n +4 examples/link_into_planner/main.cpp) ||
  { echo "README.md: its C++ program differs from examples/link_into_planner/main.cpp"; exit 1; }
missing=0
for file in $(grep -oE '\]\([^)#: ]+\)' README.md CONTRIBUTING.md | sed 's/.*](\(.*\))/\1/'); do
  [ -e "$file" ] || { echo "a link leads nowhere: $file"; missing=1; }
done
exit $missing
