# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
"""A city day (`roadgnn orders`) as peers take it, with dense tables of `roadgnn table`, and a checker for plans: a reading of
the files that shares nothing with the library.

Times are milliseconds, distances metres, and costs whole numbers of 1/3,600,000 of the fleet's money, so that a price per
hour is one per millisecond."""

import csv
import json
import pathlib
from dataclasses import dataclass

import numpy as np

FAR = 10**8  # for what the roads do not connect
MONEY = 3_600_000


@dataclass
class Visit:
    place: int
    open: int
    close: int
    service: int


@dataclass
class Order:
    id: str
    pickup: Visit | None  # None: at the vehicle's depot
    delivery: Visit | None
    load: tuple  # ml, g
    chilled: bool


@dataclass
class Type:
    id: str
    profile: str
    count: int
    depot: int  # place
    capacity: tuple
    chilled: bool
    shift: tuple
    fixed: int
    per_metre: int
    per_time: int


class Wrong(Exception):
    """What a plan gets wrong."""


def _time(text, otherwise):
    if not text:
        return otherwise
    parts = [int(part) for part in text.split(":")]
    return 1000 * sum(part * unit for part, unit in zip(parts, (3600, 60, 1)))


class Day:
    """The files day.csv, fleet.json, places.csv and, by profile, PROFILE.times.npy and PROFILE.lengths.npy of a folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.places = []
        self._place_of = {}
        fleet = json.loads((self.folder / "fleet.json").read_text())
        depots = {d["id"]: self._place(d["lat"], d["lon"]) for d in fleet["depots"]}
        self.types = [self._type(row, depots) for row in fleet["vehicle_types"]]
        with open(self.folder / "day.csv", newline="", encoding="utf-8") as file:
            self.orders = [self._order(row) for row in csv.DictReader(file)]
        self.profiles = sorted({t.profile for t in self.types})
        self.end = max(t.shift[1] for t in self.types)

    def _place(self, lat, lon):
        key = (float(lat), float(lon))
        if key not in self._place_of:
            self._place_of[key] = len(self.places)
            self.places.append(key)
        return self._place_of[key]

    def _visit(self, row, end):
        if not row[f"{end}_lat"]:
            return None
        assert not row.get(f"{end}_windows")
        return Visit(self._place(row[f"{end}_lat"], row[f"{end}_lon"]), _time(row[f"{end}_open"], 0),
                     _time(row[f"{end}_close"], 48 * MONEY), round(1000 * float(row[f"{end}_service_s"] or 0)))

    def _order(self, row):
        return Order(row["id"], self._visit(row, "pickup"), self._visit(row, "delivery"),
                     (round(1000 * float(row["volume_l"])), round(1000 * float(row["weight_kg"]))), row["needs"] == "chilled")

    def _type(self, row, depots):
        assert row["end"] == row["depot"]
        capacity = tuple(round(1000 * row["capacity"][name]) for name in ("volume_l", "weight_kg"))
        shift = _time(row["shift"]["start"], 0), _time(row["shift"]["end"], 0)
        cost = row["cost"]
        return Type(row["id"], row["profile"], row["count"], depots[row["depot"]], capacity, "chilled" in row["offers"], shift,
                    round(cost["fixed"] * MONEY), round(cost["per_km"] * MONEY / 1000), round(cost["per_hour"]))

    def write_places(self):
        with open(self.folder / "places.csv", "w", encoding="utf-8") as file:
            file.write("lat,lon\n")
            file.writelines(f"{lat!r},{lon!r}\n" for lat, lon in self.places)

    def table(self, profile, what):
        """[places, places] of `times` or `lengths`, as int32; FAR where there is no way."""
        table = np.load(self.folder / f"{profile}.{what}.npy")
        table[table < 0] = FAR
        return table

    def visits(self):
        """[(order, end)]: every stop, an order's pickup before its delivery."""
        return [(order, end) for order in self.orders for end in ("pickup", "delivery") if getattr(order, end)]


def _check_load(kind, route):
    """Loads on a route of (order, end)."""
    on_board = {id(order) for order, end in route if end == "delivery" and not order.pickup}
    load = [sum(order.load[d] for order, end in route if id(order) in on_board) for d in range(len(kind.capacity))]
    for step in [(None, None), *route]:
        order, end = step
        for d in range(len(load) if order else 0):
            load[d] += order.load[d] if end == "pickup" else -order.load[d]
        if any(l > c for l, c in zip(load, kind.capacity)):
            raise Wrong(f"{kind.id} carries {load}, more than {list(kind.capacity)}, {f'after {order.id}' if order else 'at first'}")


def _check_precedence(kind, route):
    seen = {}
    for order, end in route:
        if order.chilled and not kind.chilled:
            raise Wrong(f"{kind.id} does not take {order.id}")
        if (order.id, end) in seen:
            raise Wrong(f"visits {order.id} twice")
        if end == "delivery" and order.pickup and (order.id, "pickup") not in seen:
            raise Wrong(f"delivers {order.id} before its pickup")
        seen[order.id, end] = True
    for order, end in route:
        if end == "pickup" and order.delivery and (order.id, "delivery") not in seen:
            raise Wrong(f"never delivers {order.id}")


def _least_duration(kind, route, times):
    """From the depot to the depot, leaving as late as the earliest end allows."""
    visits = [getattr(order, end) for order, end in route]
    legs = [int(times[a, b]) for a, b in zip([kind.depot] + [v.place for v in visits], [v.place for v in visits] + [kind.depot])]
    now, slack, waited = kind.shift[0], kind.shift[1] - kind.shift[0], 0
    for (order, _), visit, leg in zip(route, visits, legs):
        now += leg
        if now > visit.close:
            raise Wrong(f"{kind.id} reaches {order.id} {now - visit.close} ms late")
        slack = min(slack, visit.close - now + waited)  # how much later it could leave
        wait = max(0, visit.open - now)
        waited, now = waited + wait, now + wait + visit.service
    now += legs[-1]
    if now > kind.shift[1]:
        raise Wrong(f"{kind.id} ends {now - kind.shift[1]} ms late")
    return now - kind.shift[0] - min(waited, slack)


def evaluate(day, routes):
    """Checks [(type, [(order, end)])] and returns {"unserved", "vehicles", "cost" in money}; raises Wrong."""
    by_profile, cost, served, used = {}, 0, set(), [0] * len(day.types)
    for number, route in routes:
        by_profile.setdefault(day.types[number].profile, []).append((number, route))
    for profile, group in by_profile.items():
        times, lengths = day.table(profile, "times"), day.table(profile, "lengths")
        for number, route in group:
            kind = day.types[number]
            used[number] += 1
            _check_precedence(kind, route)
            _check_load(kind, route)
            places = [kind.depot, *(getattr(order, end).place for order, end in route), kind.depot]
            length = sum(int(lengths[a, b]) for a, b in zip(places, places[1:]))
            cost += kind.fixed + kind.per_metre * length + kind.per_time * _least_duration(kind, route, times)
            for order in {id(order): order for order, _ in route}.values():
                if order.id in served:
                    raise Wrong(f"serves {order.id} twice")
                served.add(order.id)
    for kind, count in zip(day.types, used):
        if count > kind.count:
            raise Wrong(f"uses {count} of {kind.count} {kind.id}")
    return {"unserved": len(day.orders) - len(served), "vehicles": sum(used), "cost": cost / MONEY}
