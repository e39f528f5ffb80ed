#!/usr/bin/env python3
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
"""Plans cuts of a city day with roadgnn and its peers, in turn, on the same travel times, one thread and the same CPU seconds
each; checks every plan itself and prints a markdown table of costs.

    PYTHON bench/day_peers.py --roadgnn build/bin/roadgnn --city CITY.rgraph --orders 1000 5000 10000 --seconds 60

PYTHON is an interpreter as solve_peers.py wants it. The day is that of `roadgnn orders --count 50000`, cut to its first
orders, with the fleet that `roadgnn orders` makes for as many. Two problems are made of each cut:

full   What roadgnn plans: three kinds of vehicle at two depots, each with its own travel times, two capacities, costs per
       vehicle, kilometre and hour, shifts, time windows, pickup-delivery pairs, returns, chilled orders. Peers get it as far as
       they can say it (bench/peers/run_day_peer.py): VROOM prices driving, not waiting or
       service. commiv knows one kind of place to start
       from, one matrix and one capacity, so it has no part in it.
plain  What all can say: the day's first orders that go from a depot to a customer, one depot, vans alone, one capacity
       (weight), time windows; the cost is a van's fixed cost and its driving, in whole seconds.

Peers get dense tables by `roadgnn table` at no charge; roadgnn prepares its own travel times. A peer without a plan after three
times the CPU seconds counts as beaten.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent / "peers"
sys.path.insert(0, str(FOLDER))
from day import FAR, Day  # noqa: E402
import day as days  # noqa: E402
import instances  # noqa: E402
from solve_peers import measured  # noqa: E402

PEERS = {"full": ["vroom", "pyvrp", "ortools"], "plain": ["commiv", "vroom", "pyvrp", "ortools"]}
WHOLE_DAY = 50_000
SETUP_S = 120  # reading tables and making a model of them


class Bench:
    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder
        self.clock = folder / "cpu_clock.so"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", self.clock, FOLDER / "cpu_clock.c"], check=True)

    def call(self, *command):
        subprocess.run([self.arguments.roadgnn, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def tables(self, day):
        day.write_places()
        for profile in day.profiles:
            self.call("table", self.arguments.city, "--profile", profile, "--sources", self.folder / "places.csv", "-o",
                      self.folder / f"{profile}.times.npy", "--lengths", self.folder / f"{profile}.lengths.npy")

    def cut(self, count, keep):
        """day.csv and fleet.json of the day's first `count` lines that `keep` takes."""
        whole = self.folder / "whole.csv"
        self.call("orders", self.arguments.city, "--count", str(WHOLE_DAY), "-o", whole, "--seed", str(self.arguments.day_seed))
        self.call("orders", self.arguments.city, "--count", str(count), "-o", self.folder / "unused.csv", "--fleet-out",
                  self.folder / "fleet.json", "--seed", str(self.arguments.day_seed))
        header, *lines = whole.read_text().splitlines()
        lines = [line for line in lines if keep(dict(zip(header.split(","), line.split(","))))][:count]
        (self.folder / "day.csv").write_text("\n".join([header, *lines]) + "\n")
        day = Day(self.folder)
        self.tables(day)
        return day

    def run(self, command, preload=True):
        limit = int(3 * self.arguments.seconds + SETUP_S)
        cpu, mb, error = measured(command, self.clock if preload else None, limit)
        if error and error.startswith("no solution"):
            error = f"no plan in {3 * self.arguments.seconds:g} s"
        return cpu, mb, error

    def limits(self):
        return ["--time-limit", str(self.arguments.seconds), "--threads", "1", "--seed", str(self.arguments.seed)]

    def peer(self, script, peer, problem):
        out = self.folder / "peer.json"
        out.unlink(missing_ok=True)
        command = [sys.executable, FOLDER / script, peer, problem, str(self.arguments.seconds), str(self.arguments.seed), out]
        _, mb, error = self.run(command, peer != "commiv")  # its trial run needs both clocks
        if error:
            return None, 0, mb, error
        answer = json.loads(out.read_text())
        return answer.get("routes"), answer["cpu"], mb, answer.get("skipped")


class Full:
    def __init__(self, bench, count):
        self.bench, self.folder = bench, bench.folder
        self.day = bench.cut(count, lambda row: True)
        self.orders = {order.id: order for order in self.day.orders}
        self.types = {kind.id: k for k, kind in enumerate(self.day.types)}

    def solve(self, solver):
        if solver != "roadgnn":
            return self.bench.peer("run_day_peer.py", solver, self.folder)
        out = self.folder / "out"
        cpu, mb, error = self.bench.run([self.bench.arguments.roadgnn, "route", "--city", self.bench.arguments.city, "--orders",
                                         self.folder / "day.csv", "--fleet", self.folder / "fleet.json", "-o", out,
                                         *self.bench.limits()])
        if error:
            return None, cpu, mb, error
        plan = json.loads((out / "plan.json").read_text())
        routes = [(self.types[route["type"]], [(step["order"], step["kind"]) for step in route["steps"]
                                               if step["kind"] in ("pickup", "delivery")]) for route in plan["routes"]]
        return routes, cpu, mb, None

    def evaluate(self, routes):
        found = [(kind, [(self.orders[order], end) for order, end in steps]) for kind, steps in routes]
        return days.evaluate(self.day, found)


class Plain:
    """One depot, one kind of van, deliveries: arrays for the peers, a VRPLIB file for roadgnn."""

    def __init__(self, bench, count):
        self.bench, self.folder = bench, bench.folder
        day = bench.cut(count, lambda row: not row["pickup_lat"])
        kind = next(t for t in day.types if t.profile == "van")
        places = [kind.depot] + [order.delivery.place for order in day.orders]
        start, horizon = kind.shift[0] // 1000, (kind.shift[1] - kind.shift[0]) // 1000
        matrix = np.rint(np.minimum(day.table(kind.profile, "times"), FAR) / 1000).astype(np.int32)[np.ix_(places, places)]
        np.fill_diagonal(matrix, 0)
        visits = [order.delivery for order in day.orders]
        self.arrays = {
            "matrix": matrix, "count": count, "capacity": kind.capacity[1], "fixed": kind.fixed // kind.per_time // 1000,
            "demand": [0] + [order.load[1] for order in day.orders], "service": [0] + [v.service // 1000 for v in visits],
            "open": [0] + [max(0, v.open // 1000 - start) for v in visits],
            "close": [horizon] + [min(horizon, v.close // 1000 - start) for v in visits],
            "coordinates": np.array([day.places[p] for p in places]),
        }
        np.savez(self.folder / "plain.npz", **self.arrays)
        self.instance = instances.read_instance(self.folder / "plain.npz")
        self._write_vrplib()

    def _write_vrplib(self):
        a, n = self.arrays, len(self.arrays["demand"])
        with open(self.folder / "plain.vrp", "w", encoding="utf-8") as file:
            file.write(f"NAME : plain\nTYPE : VRPTW\nDIMENSION : {n}\nCAPACITY : {a['capacity']}\n"
                       f"VEHICLES_FIXED_COST : {a['fixed']}\nEDGE_WEIGHT_TYPE : EXPLICIT\n"
                       "EDGE_WEIGHT_FORMAT : FULL_MATRIX\nEDGE_WEIGHT_SECTION\n")
            for row in a["matrix"]:
                file.write(" ".join(map(str, row.tolist())) + "\n")
            for name, columns in (("DEMAND", ("demand",)), ("TIME_WINDOW", ("open", "close")), ("SERVICE_TIME", ("service",))):
                file.write(f"{name}_SECTION\n")
                file.writelines(f"{i + 1} {' '.join(str(a[c][i]) for c in columns)}\n" for i in range(n))
            file.write("DEPOT_SECTION\n1\n-1\nEOF\n")

    def solve(self, solver):
        if solver != "roadgnn":
            routes, cpu, mb, error = self.bench.peer("run_peer.py", solver, self.folder / "plain.npz")
            return routes, cpu, mb, error
        out = self.folder / "plain.sol"
        cpu, mb, error = self.bench.run([self.bench.arguments.roadgnn, "solve", self.folder / "plain.vrp", "-o", out,
                                         "--objective", "rounded", *self.bench.limits()])
        return None if error else [[0, stops] for _, stops in instances.read_solution(out)], cpu, mb, error

    def evaluate(self, routes):
        vehicles, cost = instances.evaluate(self.instance, routes)
        return {"unserved": 0, "vehicles": vehicles, "cost": cost}


def cell(result, ours):
    if "reason" in result:
        return result["reason"]
    text = f"{result['cost']:.0f}"
    if result["unserved"]:
        text += f", {result['unserved']} left out"
    elif ours and "cost" in ours and ours is not result:
        text += f" ({100 * (result['cost'] / ours['cost'] - 1):+.2f} %)"
    return f"{text}, {result['vehicles']} vehicles, {result['cpu']:.0f} s, {result['mb']:.0f} MB"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--roadgnn", required=True, help="the program")
    parser.add_argument("--city", required=True, help="made by `roadgnn import`")
    parser.add_argument("--orders", type=int, nargs="+", default=[1_000, 5_000, 10_000])
    parser.add_argument("--problem", choices=["full", "plain"], default="full")
    parser.add_argument("--peers", help="which, by commas; an empty text for none")
    parser.add_argument("--seconds", type=float, default=60, help="CPU seconds for each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--day-seed", type=int, default=1)
    arguments = parser.parse_args()
    peers = PEERS[arguments.problem] if arguments.peers is None else arguments.peers.split(",")
    solvers = ["roadgnn"] + [peer for peer in peers if peer]

    print(f"{arguments.problem}, {arguments.seconds:g} CPU seconds, one thread; costs, in brackets beside roadgnn's\n")
    print("| orders | " + " | ".join(solvers) + " |\n|" + " --- |" * (len(solvers) + 1))
    for count in arguments.orders:
        with tempfile.TemporaryDirectory() as folder:
            problem = {"full": Full, "plain": Plain}[arguments.problem](Bench(arguments, pathlib.Path(folder)), count)
            results = {}
            for solver in solvers:
                routes, cpu, mb, reason = problem.solve(solver)
                if reason:
                    results[solver] = {"reason": reason}
                    continue
                try:
                    results[solver] = {**problem.evaluate(routes), "cpu": cpu, "mb": mb}
                except (days.Wrong, instances.Wrong) as wrong:
                    results[solver] = {"reason": f"WRONG: {wrong}"}
            print(f"| {count} | " + " | ".join(cell(results[s], results["roadgnn"]) for s in solvers) + " |", flush=True)


if __name__ == "__main__":
    main()
