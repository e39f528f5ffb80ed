#!/usr/bin/env python3
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
"""Shows how import, order, metric, queries, table and oracle grow with the city: tiled copies of one map, CPU times.

    bench/router_growth.py --bin build/release/bin [--sides 1,2,3,4] MAP.osm.pbf

The last column is the exponent x in time ~ nodes^x, by least squares over all sizes.
"""

import argparse
import json
import math
import os
import pathlib
import subprocess
import tempfile

BENCHMARKS = {
    "order_and_build/threads:1": "order and build",
    "new_metric/basic/threads:1": "new metric",
    "new_metric/perfect/threads:1": "new metric, perfect",
    "point_to_point/basic": "random pair",
    "point_to_point/perfect": "random pair, perfect",
    "table/basic/points:1000/metres:0": "1,000 x 1,000",
    "oracle_build/basic/threads:1": "oracle, 50,000 stops",
    "oracle_random_pair": "oracle, random pair",
}
UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}


def import_city(program, map_file, city):
    """Imports without the order's help from other threads; returns CPU seconds, peak MB and the number of nodes."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen([program, "import", map_file, "-o", city, "--threads", "1", "--json"],
                                   stdout=subprocess.PIPE, stderr=log)
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{map_file}: could not be imported")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024e-6, json.loads(output)["nodes"]


def measure(program, city):
    """CPU seconds of each benchmark, and the oracle's MB."""
    pattern = "^(" + "|".join(BENCHMARKS) + ")$"
    command = [program, f"--benchmark_filter={pattern}", "--benchmark_format=json", "--benchmark_min_time=0.05"]
    run = subprocess.run(command, env={**os.environ, "ROADGNN_BENCH_CITY": str(city)}, capture_output=True, check=True)
    figures, megabytes = {}, 0.0
    for entry in json.loads(run.stdout)["benchmarks"]:
        figures[BENCHMARKS[entry["name"]]] = entry["cpu_time"] * UNITS[entry["time_unit"]]
        megabytes = entry.get("MB", megabytes)
    return figures, megabytes


def exponent(sizes, values):
    """The slope of log(value) over log(size)."""
    x, y = [math.log(size) for size in sizes], [math.log(value) for value in values]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    spread = sum((a - mean_x) ** 2 for a in x)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y)) / spread if spread > 0 else float("nan")


def text_of(value):
    for unit, scale in (("s", 1), ("ms", 1e3), ("us", 1e6)):
        if value * scale >= 1 or unit == "us":
            return f"{value * scale:.3g} {unit}"
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", default="build/release/bin", help="folder with roadgnn, tile_map and router_bench")
    parser.add_argument("--sides", default="1,2,3,4", help="tiles on a side of the square")
    parser.add_argument("map")
    options = parser.parse_args()
    programs = pathlib.Path(options.bin).resolve()

    sizes, rows = [], []
    for side in (int(text) for text in options.sides.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            tiled, city = pathlib.Path(folder) / "tiled.osm.pbf", pathlib.Path(folder) / "city.rgraph"
            subprocess.run([programs / "tile_map", options.map, str(side), tiled], check=True)
            seconds, memory, nodes = import_city(programs / "roadgnn", tiled, city)
            figures, megabytes = measure(programs / "router_bench", city)
        sizes.append(nodes)
        rows.append({"import, order included": seconds, **figures})
        print(f"{side} x {side}: {nodes} nodes, import {seconds:.1f} s and {memory:.0f} MB, oracle {megabytes:.0f} MB",
              flush=True)

    print("\n| what | " + " | ".join(f"{size:,} nodes" for size in sizes) + " | exponent |")
    print("| --- |" + " --- |" * (len(sizes) + 1))
    for what in rows[0]:
        values = [row[what] for row in rows]
        print(f"| {what} | " + " | ".join(map(text_of, values)) + f" | {exponent(sizes, values):.2f} |")


if __name__ == "__main__":
    main()
