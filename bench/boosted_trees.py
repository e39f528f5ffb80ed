#!/usr/bin/env python3
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
"""What boosted trees on pair features reach: the floor for a graph network.

Usage: bench/boosted_trees.py --train SOLUTION:INSTANCE... --test SOLUTION:INSTANCE... [--pool 40] [--most-edges 3000000]

Instances are VRPLIB's (EUC_2D, with or without windows), Solomon's or Li and Lim's; solutions say "Route 1: 3 8 ...". A city's
day is PLAN.json:CITY:ORDERS.csv:FLEET.json, with --program ROADGNN for its travel times, a van's. Each candidate edge, of the
--pool nearest stops in both directions, is a row of 24 numbers; scikit-learn's histogram gradient boosting learns whether a
plan uses it. Prints the share of the plans' customer-to-customer edges among the first 1, 3, 5, 10, 20 candidates of their
tail, the mean over the files. Needs NumPy and scikit-learn.
"""
import argparse
import csv
import json
import pathlib
import re
import subprocess
import tempfile
import time

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

LENGTHS = (1, 3, 5, 10, 20)


def read_vrplib(text):
    def section(name):
        found = re.search(name + r"_SECTION\s*\n((?:[ \t]*-?[\d.].*\n)+)", text)
        return np.array([line.split() for line in found[1].splitlines()], float)[:, 1:] if found else None

    points, demand = section("NODE_COORD"), section("DEMAND")[:, 0]
    windows = section("TIME_WINDOW")
    service = section("SERVICE_TIME")
    fixed = re.search(r"SERVICE_TIME\s*:\s*([\d.]+)", text)
    n = len(points)
    service = service[:, 0] if service is not None else np.r_[0, np.full(n - 1, float(fixed[1]) if fixed else 0)]
    capacity = float(re.search(r"CAPACITY\s*:\s*([\d.]+)", text)[1])
    return between(points), demand, windows, service, np.full(n, -1), capacity, 1


def between(points):
    return np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))


def read_rows(text):
    rows = [[float(x) for x in line.split()] for line in text.splitlines() if re.match(r"\s*\d+(\s+-?[\d.]+){6,8}\s*$", line)]
    table = np.array(rows)
    capacity = float(re.search(r"^\s*\d+\s+(\d+)(\s+\d+)?\s*$", text, re.M)[1])
    partner = np.full(len(table), -1)
    if table.shape[1] == 9:
        partner = (table[:, 7] + table[:, 8]).astype(int)
        partner[partner == 0] = -1
    return between(table[:, 1:3]), table[:, 3], table[:, 4:6], table[:, 6], partner, capacity, 1


def seconds(text, default):
    hours, minutes, *_ = text.split(":") if text else default.split(":")
    return 3600.0 * int(hours) + 60 * int(minutes)


def read_day(plan, city, orders, fleet, program):
    """Rows are the fleet's depots, then each order's pickup and delivery; windows without one are the first depot's."""
    fleet = json.loads(pathlib.Path(fleet).read_text())
    depots = fleet["depots"]
    rows = [(d["lat"], d["lon"], 0, seconds(d.get("open"), "00:00"), seconds(d.get("close"), "24:00"), 0, -1) for d in depots]
    row = {}
    with open(orders, encoding="utf-8") as file:
        for order in csv.DictReader(file):
            ends = [end for end in ("pickup", "delivery") if order[end + "_lat"]]
            for end in ends:
                row[order["id"], end] = len(rows)
                load = float(order["volume_l"] or 0) * (-1 if end == "delivery" and len(ends) == 2 else 1)
                partner = -1 if len(ends) == 1 else len(rows) + (1 if end == "pickup" else -1)
                open_, close = (order[f"{end}_{side}"] or depots[0].get(side) for side in ("open", "close"))
                rows.append((order[end + "_lat"], order[end + "_lon"], load, seconds(open_, "00:00"), seconds(close, "24:00"),
                             float(order[end + "_service_s"] or 0), partner))
    with tempfile.TemporaryDirectory() as folder:
        places, times = pathlib.Path(folder, "places.csv"), pathlib.Path(folder, "times.npy")
        places.write_text("lat,lon\n" + "".join(f"{lat},{lon}\n" for lat, lon, *_ in rows))
        subprocess.run([program, "table", city, "--sources", places, "--profile", "van", "-o", times, "--threads", "1"],
                       check=True, stdout=subprocess.DEVNULL)
        time_of = np.load(times) / 1000
    time_of[time_of < 0] = 1e6
    table = np.array([[float(x) for x in one[2:]] for one in rows])
    capacity = max(kind["capacity"]["volume_l"] for kind in fleet["vehicle_types"])
    edges = set()
    for route in json.loads(pathlib.Path(plan).read_text())["routes"]:
        stops = [row.get((step.get("order"), step["kind"])) for step in route["steps"] if step["kind"] != "break"]
        edges.update(edge for edge in zip(stops, stops[1:]) if None not in edge)
    problem = (time_of, table[:, 0], table[:, 1:3], table[:, 3], table[:, 4].astype(int), capacity, len(depots))
    return problem, edges


def read(argument, program):
    solution, instance, *day = argument.split(":")
    if day:
        return read_day(solution, instance, *day, program)
    text = pathlib.Path(instance).read_text()
    problem = read_vrplib(text) if "NODE_COORD_SECTION" in text else read_rows(text)
    edges = set()
    for line in pathlib.Path(solution).read_text(errors="replace").splitlines():
        if route := re.match(r"\s*Route\s*#?\s*\d+\s*:(.*)", line, re.IGNORECASE):
            stops = [int(stop) for stop in route[1].split()]
            edges.update(zip(stops, stops[1:]))
    return problem, edges


def ranks(values, groups):
    """Places by ascending value within each group."""
    order = np.lexsort((values, groups))
    first = np.r_[True, groups[order][1:] != groups[order][:-1]]
    starts = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    place = np.empty(len(order))
    place[order] = np.arange(len(order)) - starts
    return place


def pairs(problem, pool):
    time_of, demand, windows, service, partner, capacity, depots = problem
    n = len(time_of)
    chosen = np.zeros((n, n), bool)
    for times, way in ((time_of, chosen), (time_of.T, chosen.T)):
        near = np.argsort(times + np.eye(n) * 1e9, axis=1)[:, :pool]
        way[np.repeat(np.arange(n), near.shape[1]), near.ravel()] = True
    chosen[:depots] = chosen[:, :depots] = False
    np.fill_diagonal(chosen, False)
    tail, head = np.nonzero(chosen)
    t = time_of[tail, head]
    unit, out, back = np.median(t), time_of[:depots].min(0), time_of[:, :depots].min(1)
    saving = back[tail] + out[head] - t
    columns = [t / unit, back[tail] / unit, out[head] / unit, saving / unit, saving / (back[tail] + out[head] + 1e-9),
               ranks(t, tail), ranks(t, head), ranks(-saving, tail), ranks(-saving, head),
               demand[tail] / capacity, demand[head] / capacity]
    if windows is None:
        columns += [np.zeros(len(t))] * 10
    else:
        horizon = windows[0, 1] - windows[0, 0]
        open_, close = np.maximum(windows[:, 0], out), np.minimum(windows[:, 1], windows[0, 1] - back - service)
        spent = service[tail] + t
        waiting = np.maximum(0, open_[head] - close[tail] - spent)
        lateness = np.maximum(0, open_[tail] + spent - close[head])
        near_time = t + 0.2 * waiting + lateness
        early = np.maximum(0, open_[head] - open_[tail] - spent)
        centre = (open_[head] + close[head] - open_[tail] - close[tail]) / 2 - spent
        columns += [waiting / unit, lateness / unit, early / horizon, centre / horizon, (close[head] - open_[tail] - spent) / horizon,
                    (close[head] - close[tail] - spent) / horizon, ranks(near_time, tail), ranks(near_time, head),
                    ranks(t + early + lateness, tail), ranks(t + early + lateness, head)]
    columns += [np.where(partner[tail] == head, 1 + (demand[tail] < 0), 0),
                np.where(partner[tail] >= 0, time_of[partner[tail], head] / unit, 0),
                np.where(partner[head] >= 0, time_of[tail, partner[head]] / unit, 0)]
    return tail, head, np.stack(columns, 1).astype(np.float32)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--train", nargs="+", required=True)
    arguments.add_argument("--test", nargs="+", required=True)
    arguments.add_argument("--program", help="roadgnn, for days")
    arguments.add_argument("--pool", type=int, default=40)
    arguments.add_argument("--most-edges", type=int, default=3_000_000)
    options = arguments.parse_args()

    share = np.random.default_rng(1)
    features, labels = [], []
    for argument in options.train:
        problem, edges = read(argument, options.program)
        tail, head, columns = pairs(problem, options.pool)
        features.append(columns)
        labels.append(np.fromiter(((a, b) in edges for a, b in zip(tail.tolist(), head.tolist())), bool, len(tail)))
    features, labels = np.concatenate(features), np.concatenate(labels)
    if len(labels) > options.most_edges:
        kept = share.choice(len(labels), options.most_edges, replace=False)
        features, labels = features[kept], labels[kept]
    began = time.process_time()
    model = HistGradientBoostingClassifier(max_iter=200, learning_rate=0.1, max_leaf_nodes=63, random_state=1)
    model.fit(features, labels)
    print(f"{len(labels)} edges of {len(options.train)} problems, {time.process_time() - began:.0f} s of CPU to train")

    found = []
    for argument in options.test:
        problem, edges = read(argument, options.program)
        tail, head, columns = pairs(problem, options.pool)
        place = ranks(-model.predict_proba(columns)[:, 1], tail)
        used = np.fromiter(((a, b) in edges for a, b in zip(tail.tolist(), head.tolist())), bool, len(tail))
        found.append([(used & (place < k)).sum() / len(edges) for k in LENGTHS])
    print("| candidates | " + " | ".join(f"first {k}" for k in LENGTHS) + " |")
    print("| --- |" + " --- |" * len(LENGTHS))
    print("| boosted trees | " + " | ".join(f"{100 * share:.1f}" for share in np.mean(found, 0)) + " |")


if __name__ == "__main__":
    main()
