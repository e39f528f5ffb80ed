#!/usr/bin/env python3
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
"""How many edges of good plans are among the first k candidates of their stop, by what scored them.

Usage: bench/recall.py ROADGNN CANDIDATES... -- SOLUTION...

CANDIDATES are what `roadgnn score --candidates` takes: nearest, proximity, or model:WEIGHTS.safetensors. A SOLUTION is a
.sol file (CVRPLIB's form, or a text of SINTEF's collection) beside its instance (.vrp or .txt of the same name), or
SOLUTION:INSTANCE, or a city day's plan as PLAN.json:CITY:ORDERS.csv:FLEET.json. Counted are directed edges between two
customers, those of a depot apart; the share is taken over each file, then the mean over files. --pool N (default 100) is how
many nearest stops are scored at each stop, in both directions. --depots counts the edges of depots, too, as found, since
lists never lack them.
"""
import argparse
import csv
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import zipfile

LENGTHS = (1, 3, 5, 10, 20)


def array(archive, name):
    """A one-dimensional array of an .npz file, without needing NumPy."""
    data = archive.read(name + ".npy")
    head_end = 10 + int.from_bytes(data[8:10], "little")
    kind = "i" if b"<i4" in data[:head_end] else "f"
    return memoryview(data)[head_end:].cast(kind)


def solution_edges(path):
    """Edges between customers, and how many edges of depots there are."""
    edges, routes = [], 0
    for line in pathlib.Path(path).read_text().splitlines():
        found = re.match(r"\s*Route\s*#?\s*\d+\s*:(.*)", line, re.IGNORECASE)
        stops = [int(stop) for stop in found[1].split()] if found else []
        edges += zip(stops, stops[1:])
        routes += bool(stops)
    return edges, 2 * routes


def day_edges(plan, orders, fleet):
    """Edges by row: the fleet's depots, then each order's pickup and delivery, as far as it has them."""
    depots = len(json.loads(pathlib.Path(fleet).read_text())["depots"])
    row = {}
    with open(orders, encoding="utf-8") as file:
        for order in csv.DictReader(file):
            for kind in ("pickup", "delivery"):
                if order.get(kind + "_lat"):
                    row[order["id"], kind] = depots + len(row)
    edges, routes = [], json.loads(pathlib.Path(plan).read_text())["routes"]
    for route in routes:
        stops = [row.get((step.get("order"), step["kind"])) for step in route["steps"] if step["kind"] != "break"]
        edges += [edge for edge in zip(stops, stops[1:]) if None not in edge]
    return edges, 2 * len(routes), range(depots)


def read(argument):
    """What `roadgnn score` is told, the plan's edges, how many more are a depot's, and the depots."""
    solution, *rest = argument.split(":")
    if len(rest) == 3:
        city, orders, fleet = rest
        return ["--city", city, "--orders", orders, "--fleet", fleet], *day_edges(solution, orders, fleet)
    beside = [pathlib.Path(solution).with_suffix(suffix) for suffix in (".vrp", ".txt")]
    instance = rest[0] if rest else next((path for path in beside if path.exists()), None)
    edges, depot_edges = solution_edges(solution)
    if not instance or not edges:
        sys.exit(f"{solution}: expected an instance beside it and routes in it")
    return [str(instance)], edges, depot_edges, [0]


def recalls(program, candidates, problem, edges, found, depots, pool):
    """Of `edges` and of as many more as are `found` anyway."""
    name, _, weights = candidates.partition(":")
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "scores.npz"
        command = [program, "score", *problem, "--candidates", name, "-k", str(pool), "-o", str(out), "--threads", "1"]
        subprocess.run(command + (["--model", weights] if weights else []), check=True, stdout=subprocess.DEVNULL)
        with zipfile.ZipFile(out) as archive:
            tails, heads = array(archive, "from"), array(archive, "to")
            rank, last, place = {}, None, 0
            for tail, head in zip(tails, heads):
                if tail != last:
                    last, place = tail, 0
                if head in depots:  # a list is of customers
                    continue
                rank[tail, head] = place
                place += 1
    return [(found + sum(rank.get(edge, LENGTHS[-1]) < k for edge in edges)) / (found + len(edges)) for k in LENGTHS]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--pool", type=int, default=100)
    arguments.add_argument("--depots", action="store_true")
    arguments.add_argument("program")
    arguments.add_argument("candidates", nargs="+")
    split = sys.argv.index("--") if "--" in sys.argv else sys.exit("expected -- before the solutions")
    options = arguments.parse_args(sys.argv[1:split])
    rows = {candidates: [] for candidates in options.candidates}
    for argument in sys.argv[split + 1:]:
        problem, edges, depot_edges, depots = read(argument)
        found = depot_edges if options.depots else 0
        for candidates, row in rows.items():
            row.append(recalls(options.program, candidates, problem, edges, found, depots, options.pool))
    kind = "edges, a depot's found" if options.depots else "customer-to-customer edges"
    print(f"{len(sys.argv) - split - 1} files, % of their {kind}\n")
    print("| candidates | " + " | ".join(f"first {k}" for k in LENGTHS) + " |")
    print("| --- |" + " --- |" * len(LENGTHS))
    for candidates, row in rows.items():
        print(f"| {candidates} | " + " | ".join(f"{100 * statistics.mean(column):.1f}" for column in zip(*row)) + " |")


if __name__ == "__main__":
    main()
