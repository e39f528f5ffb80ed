# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
"""Benchmark instances, their published values, and a checker for solutions: a second reading of the formats that shares
nothing with the library, so that a misreading shows."""

import csv
import math
import pathlib
import re
from dataclasses import dataclass, field

import numpy as np

TOLERANCE = 1e-6


@dataclass
class VehicleType:
    count: int
    capacity: int
    fixed: float = 0.0
    per_distance: float = 1.0
    numbers: list = field(default_factory=list)  # the file's vehicles, from 1


@dataclass
class Instance:
    """Node 0 is the depot; a solution's numbers are nodes."""

    name: str
    kind: str  # cvrp, vrptw, pdptw or hfvrp
    rule: str  # rounded, dimacs or exact
    vehicles_first: bool
    demand: list
    types: list
    coordinates: np.ndarray = None
    matrix: np.ndarray = None  # where the file has one
    windows: list = None
    service: list = None
    pairs: list = field(default_factory=list)

    @property
    def n(self):
        return len(self.demand)

    def scale(self):
        """What a distance of 1 is in the whole numbers that solvers take."""
        return {"rounded": 1, "dimacs": 10, "exact": 1 if self.matrix is not None else 1000}[self.rule]

    def distances(self):
        """Whole-number distances [n, n]. Exact ones are rounded up where there are windows, so that what is in time for a
        solver is in time."""
        if self.matrix is not None:
            return self.matrix.astype(np.int64)
        x, y = self.coordinates[:, 0], self.coordinates[:, 1]
        result = np.empty((self.n, self.n), dtype=np.int64)
        for i in range(self.n):
            line = np.sqrt((x - x[i]) ** 2 + (y - y[i]) ** 2)
            if self.rule == "rounded":
                result[i] = np.floor(line + 0.5)
            elif self.rule == "dimacs":
                result[i] = np.floor(line * 10)
            else:
                result[i] = np.ceil(line * 1000 - 1e-9) if self.windows else np.round(line * 1000)
        return result

    def distance(self, a, b):
        """One distance as the set's convention counts it."""
        if self.matrix is not None:
            return float(self.matrix[a, b])
        line = math.sqrt(((self.coordinates[a] - self.coordinates[b]) ** 2).sum())
        if self.rule == "rounded":
            return math.floor(line + 0.5)
        return math.floor(line * 10) / 10 if self.rule == "dimacs" else line


def _vrplib(path):
    keys, sections, rows = {}, {}, None
    for line in path.read_text(errors="replace").splitlines():
        fields = line.replace(":", " : ").split()
        if not fields or fields[0] == "EOF":
            continue
        if fields[0].endswith("_SECTION"):
            rows = sections[fields[0].removesuffix("_SECTION")] = []
        elif fields[0][0].isalpha():
            keys[fields[0]] = line.split(":", 1)[1].strip()
        else:
            rows.append([float(f) for f in fields])
    n = int(keys["DIMENSION"])
    column = lambda name, i: [row[i] for row in sorted(sections[name])]
    demand = [int(d) for d in column("DEMAND", 1)]
    instance = Instance(keys.get("NAME", path.stem), "cvrp", "rounded", False, demand, [])
    instance.coordinates = np.array([row[1:3] for row in sorted(sections["NODE_COORD"])])
    vehicles = int(keys.get("VEHICLES", n - 1))
    if "CAPACITY" in sections:
        instance.kind, instance.rule = "hfvrp", "exact"
        ones, zeros = [1.0] * vehicles, [0.0] * vehicles
        fixed = column("VEHICLES_FIXED_COST", 1) if "VEHICLES_FIXED_COST" in sections else zeros
        unit = column("VEHICLES_UNIT_DISTANCE_COST", 1) if "VEHICLES_UNIT_DISTANCE_COST" in sections else ones
        types = {}
        for number, key in enumerate(zip(column("CAPACITY", 1), fixed, unit), start=1):
            kind = types.setdefault(key, VehicleType(0, int(key[0]), key[1], key[2]))
            kind.count += 1
            kind.numbers.append(number)
        instance.types = list(types.values())
    else:
        instance.types = [VehicleType(vehicles, int(keys["CAPACITY"]))]
    if "TIME_WINDOW" in sections:
        instance.kind, instance.rule = "vrptw", "dimacs"
        instance.windows = [tuple(row[1:3]) for row in sorted(sections["TIME_WINDOW"])]
        service = float(keys.get("SERVICE_TIME", 0))
        instance.service = [0.0] + [service] * (n - 1)
        if "SERVICE_TIME" in sections:
            instance.service = column("SERVICE_TIME", 1)
    return instance


def _rows_instance(name, kind, vehicles, capacity, rows):
    instance = Instance(name, kind, "exact", True, [int(r[3]) for r in rows], [VehicleType(vehicles, capacity)])
    instance.coordinates = np.array([r[1:3] for r in rows])
    instance.windows = [(r[4], r[5]) for r in rows]
    instance.service = [r[6] for r in rows]
    return instance


def _text(path):
    lines = [line.split() for line in path.read_text(errors="replace").splitlines() if line.split()]
    if any(line[0] == "NODES" for line in lines):
        head = {line[0].rstrip(":"): line[1] for line in lines if line[0].endswith(":")}
        size, start = int(head["SIZE"]), next(i for i, line in enumerate(lines) if line[0] == "NODES") + 1
        rows = [[float(f) for f in line] for line in lines[start:start + size]]
        instance = _rows_instance(head["NAME"], "pdptw", size - 1, int(head["CAPACITY"]), rows)
        instance.matrix = np.array([[int(f) for f in line] for line in lines[start + size + 1:start + 2 * size + 1]])
        instance.pairs = [(int(r[0]), int(r[8])) for r in rows if r[8] > 0]
        return instance
    numbers = [[float(f) for f in line] for line in lines if all(re.fullmatch(r"[-+.\deE]+", f) for f in line)]
    if len(numbers[0]) == 3:
        instance = _rows_instance(path.stem, "pdptw", int(numbers[0][0]), int(numbers[0][1]), numbers[1:])
        instance.pairs = [(int(r[0]), int(r[8])) for r in numbers[1:] if r[8] > 0]
        return instance
    return _rows_instance(path.stem, "vrptw", int(numbers[0][0]), int(numbers[0][1]), numbers[1:])


def _arrays(path):
    """A cut of a city day that all solvers can say, as day_peers.py writes it: whole seconds on a matrix."""
    arrays = np.load(path)
    kind = VehicleType(int(arrays["count"]), int(arrays["capacity"]), float(arrays["fixed"]))
    instance = Instance(path.stem, "vrptw", "exact", False, arrays["demand"].tolist(), [kind])
    instance.coordinates, instance.matrix = arrays["coordinates"], arrays["matrix"]
    instance.windows = list(zip(arrays["open"].tolist(), arrays["close"].tolist()))
    instance.service = arrays["service"].tolist()
    return instance


def read_instance(path):
    path = pathlib.Path(path)
    if path.suffix == ".npz":
        return _arrays(path)
    return _vrplib(path) if path.suffix == ".vrp" else _text(path)


def published(path, instance):
    """(vehicles or None, cost) of the best known solution beside the instance, or None."""
    path = pathlib.Path(path)
    solution = path.with_suffix(".sol")
    if solution.exists():
        cost = float(re.search(r"Cost:?\s*([\d.]+)", solution.read_text())[1])
        if instance.kind == "hfvrp":  # hundredths, or thousands by PyVRP
            cost = cost / 1000 if cost > 1e8 else cost * 100
        return None, cost
    for found in path.parent.parent.glob(f"best_known/{path.stem}.*_*.txt"):
        vehicles, cost = found.stem[len(path.stem) + 1:].split("_")
        return int(vehicles), float(cost)
    for table in path.parent.glob("bks.dat"):
        for row in csv.DictReader(table.open(), delimiter=";"):
            if row["instance"] == path.stem:
                return int(row["vehicles"]), float(row["cost"])
    return None


def read_solution(path):
    """[(number of the route, stops)] of a .sol file."""
    routes = []
    for line in pathlib.Path(path).read_text().splitlines():
        if found := re.match(r"Route\s*#?\s*(\d+)\s*:(.*)", line):
            routes.append((int(found[1]), [int(stop) for stop in found[2].split()]))
    return routes


class Wrong(Exception):
    """What a solution gets wrong."""


def _check_times(instance, stops):
    time, last = instance.windows[0][0], 0
    for stop in stops + [0]:
        time += instance.distance(last, stop)
        open_, close = instance.windows[stop]
        if time > close + TOLERANCE:
            raise Wrong(f"reaches {stop} at {time}, after {close}")
        time, last = max(time, open_) + instance.service[stop], stop


def _check_load(instance, capacity, stops):
    delivered_from_depot = not instance.pairs
    load = sum(instance.demand[s] for s in stops) if delivered_from_depot else 0
    if load > capacity:
        raise Wrong(f"carries {load} of {capacity}")
    for stop in stops if instance.pairs else []:
        load += instance.demand[stop]
        if load > capacity:
            raise Wrong(f"carries {load} of {capacity} after {stop}")


def evaluate(instance, routes):
    """Checks [(type, stops)] and returns (vehicles, cost) as the set counts; raises Wrong."""
    seen, cost, used = set(), 0.0, [0] * len(instance.types)
    routes = [(kind, stops) for kind, stops in routes if stops]
    for kind, stops in routes:
        vehicle = instance.types[kind]
        used[kind] += 1
        for stop in stops:
            if not 0 < stop < instance.n or stop in seen:
                raise Wrong(f"{stop} is visited twice or does not exist")
            seen.add(stop)
        _check_load(instance, vehicle.capacity, stops)
        if instance.windows:
            _check_times(instance, stops)
        length = sum(instance.distance(a, b) for a, b in zip([0] + stops, stops + [0]))
        cost += vehicle.fixed + vehicle.per_distance * length
    if len(seen) != instance.n - 1:
        raise Wrong(f"leaves out {instance.n - 1 - len(seen)} customers")
    place = {stop: (r, i) for r, (_, stops) in enumerate(routes) for i, stop in enumerate(stops)}
    for pickup, delivery in instance.pairs:
        if place[pickup][0] != place[delivery][0] or place[pickup][1] > place[delivery][1]:
            raise Wrong(f"does not bring {pickup} to {delivery}")
    for kind, count in zip(instance.types, used):
        if count > kind.count:
            raise Wrong(f"uses {count} of {kind.count} vehicles")
    return len(routes), cost
