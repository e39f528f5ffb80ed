# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
"""Runs one peer on a city day with one thread, each at its best expression of it, and writes its routes, [[type, [[order, end]
...]]...], as JSON. What it lacks, and what stands for it, is said beside each.

    run_day_peer.py PEER FOLDER SECONDS SEED OUT.json
"""

import datetime
import json
import math
import os
import sys
from dataclasses import replace

import numpy as np

from day import Day, Visit
from run_peer import Counted, Skip

LARGEST_PYTHON_MATRIX = 6_000  # 36 bytes a number, six times


def in_common_units(day):
    """The day in whole seconds, and loads and prices without their common factors: the numbers that peers are made for, whose
    penalties and bounds on sums do not take milliseconds and grams. Travel times are rounded up, so that a plan stays in time."""
    units = [math.gcd(*(order.load[d] for order in day.orders), *(kind.capacity[d] for kind in day.types))
             for d in range(len(day.types[0].capacity))]
    price = math.gcd(*(number for kind in day.types for number in (kind.fixed, kind.per_metre, 1000 * kind.per_time)))
    loads = lambda amounts: tuple(amount // unit for amount, unit in zip(amounts, units))
    visit = lambda v: v and Visit(v.place, -(-v.open // 1000), v.close // 1000, -(-v.service // 1000))
    day.orders = [replace(order, pickup=visit(order.pickup), delivery=visit(order.delivery), load=loads(order.load))
                  for order in day.orders]
    day.types = [replace(kind, capacity=loads(kind.capacity), shift=(-(-kind.shift[0] // 1000), kind.shift[1] // 1000),
                         fixed=kind.fixed // price, per_metre=kind.per_metre // price, per_time=1000 * kind.per_time // price)
                 for kind in day.types]
    day.end //= 1000
    table = day.table
    seconds = lambda profile: -(-table(profile, "times") // 1000)
    metres = lambda profile: np.minimum(table(profile, "lengths"), 10**6)  # times alone say what is out of reach
    day.table = lambda profile, what: seconds(profile) if what == "times" else metres(profile)
    return day


def pyvrp(day, seconds, seed):
    """It knows no skills: the volume of chilled orders is a load of its own that only cold vehicles have room for."""
    import pyvrp
    from pyvrp.stop import MaxRuntime

    load = lambda order: [*order.load, order.load[0] if order.chilled else 0]
    window = lambda visit, key="": {f"{key}tw_early": visit.open, f"{key}tw_late": visit.close,
                                    f"{key}service_duration": visit.service}
    single = [order for order in day.orders if not (order.pickup and order.delivery)]
    paired = [order for order in day.orders if order.pickup and order.delivery]
    clients = [
        pyvrp.Client((order.pickup or order.delivery).place, **window(order.pickup or order.delivery),
                     **{"pickup" if order.pickup else "delivery": load(order)})
        for order in single
    ]
    shipments = [
        pyvrp.Shipment(order.pickup.place, order.delivery.place, amount=load(order), **window(order.pickup, "pickup_"),
                       **window(order.delivery, "delivery_"))
        for order in paired
    ]
    depots = sorted({kind.depot for kind in day.types})
    types = [
        pyvrp.VehicleType(kind.count, [*kind.capacity, kind.capacity[0] if kind.chilled else 0], depots.index(kind.depot),
                          depots.index(kind.depot), kind.fixed, *kind.shift, unit_distance_cost=kind.per_metre,
                          unit_duration_cost=kind.per_time, profile=day.profiles.index(kind.profile))
        for kind in day.types
    ]
    table = lambda what: [day.table(profile, what).astype(np.int64) for profile in day.profiles]
    data = pyvrp.ProblemData([pyvrp.Location(lon, lat) for lat, lon in day.places], clients, [pyvrp.Depot(d) for d in depots],
                             types, table("lengths"), table("times"), [], shipments)
    Counted.begin()
    # By default prices of what is exceeded change every 500 iterations; long routes let it do a few hundred in a minute.
    parameters = pyvrp.SolveParams(penalty=pyvrp.PenaltyParams(solutions_between_updates=20))
    result = pyvrp.solve(data, MaxRuntime(seconds), seed=seed, display=False, collect_stats=False, params=parameters)
    if not result.best.is_feasible():
        raise Skip("found no feasible plan")
    ends = {pyvrp.ActivityType.PICKUP: "pickup", pyvrp.ActivityType.DELIVERY: "delivery"}
    routes = []
    for route in result.best.routes():
        steps = []
        for activity in route:
            if activity.type == pyvrp.ActivityType.CLIENT:
                order = single[activity.idx]
                steps.append((order.id, "pickup" if order.pickup else "delivery"))
            elif activity.type in ends:
                steps.append((paired[activity.idx].id, ends[activity.type]))
        routes.append((route.vehicle_type(), steps))
    return routes


def vroom(day, seconds, seed):
    """It prices driving alone; waiting and, through its binding for Python, service cost it nothing."""
    import vroom

    del seed  # it is deterministic
    unit = math.gcd(*(price for kind in day.types for price in (kind.fixed, 3600 * kind.per_time, 1000 * kind.per_metre)))
    problem = vroom.Input()
    for profile in day.profiles:
        problem.set_durations_matrix(profile, day.table(profile, "times").astype(np.uint32))
        problem.set_distances_matrix(profile, day.table(profile, "lengths").astype(np.uint32))
    number = 0
    type_of = {}
    for k, kind in enumerate(day.types):
        costs = vroom.VehicleCosts(fixed=kind.fixed // unit, per_hour=3600 * kind.per_time // unit,
                                   per_km=1000 * kind.per_metre // unit)
        for _ in range(kind.count):
            type_of[number] = k
            problem.add_vehicle(vroom.Vehicle(number, start=kind.depot, end=kind.depot, profile=kind.profile,
                                              capacity=list(kind.capacity), skills={1} if kind.chilled else set(),
                                              time_window=vroom.TimeWindow(*kind.shift), costs=costs))
            number += 1
    visits = day.visits()
    for v, (order, end) in enumerate(visits):
        skills, amount = {1} if order.chilled else set(), vroom.Amount(list(order.load))
        step = lambda v: dict(id=v, location=getattr(*visits[v]).place, default_service=getattr(*visits[v]).service,
                              time_windows=[vroom.TimeWindow(getattr(*visits[v]).open, getattr(*visits[v]).close)])
        if not (order.pickup and order.delivery):
            problem.add_job(vroom.Job(**step(v), **{end: amount}, skills=skills))
        elif end == "pickup":
            problem.add_job(vroom.Shipment(vroom.ShipmentStep(**step(v)), vroom.ShipmentStep(**step(v + 1)), amount, skills))
    Counted.begin()
    solution = problem.solve(exploration_level=5, nb_threads=1, timeout=datetime.timedelta(seconds=seconds))
    routes = {}
    for row in solution.routes.to_dict("records"):
        if row["type"] in ("job", "pickup", "delivery"):
            order, end = visits[int(row["id"])]
            routes.setdefault(row["vehicle_id"], []).append((order.id, end))
    return [(type_of[vehicle], steps) for vehicle, steps in routes.items()]


def _add_costs_and_times(day, routing, owners, places, visits):
    """Distances are priced on arcs, the whole duration, waiting too, as the span of the time dimension."""
    service = np.array([0] * (len(places) - len(visits)) + [getattr(*visit).service for visit in visits])
    lengths, timed = {}, {}
    for profile in day.profiles:
        times = day.table(profile, "times")[np.ix_(places, places)] + service[:, None]
        timed[profile] = routing.RegisterTransitMatrix(times.tolist())
        table = day.table(profile, "lengths")[np.ix_(places, places)].astype(np.int64)
        for kind in day.types:
            if kind.profile == profile and (profile, kind.per_metre) not in lengths:
                lengths[profile, kind.per_metre] = routing.RegisterTransitMatrix((table * kind.per_metre).tolist())
    routing.AddDimensionWithVehicleTransits([timed[day.types[k].profile] for k in owners], day.end, day.end, False, "time")
    dimension = routing.GetDimensionOrDie("time")
    for vehicle, k in enumerate(owners):
        kind = day.types[k]
        routing.SetArcCostEvaluatorOfVehicle(lengths[kind.profile, kind.per_metre], vehicle)
        routing.SetFixedCostOfVehicle(kind.fixed, vehicle)
        dimension.SetSpanCostCoefficientForVehicle(kind.per_time, vehicle)
        for index in (routing.Start(vehicle), routing.End(vehicle)):
            dimension.CumulVar(index).SetRange(*kind.shift)
        routing.AddVariableMinimizedByFinalizer(dimension.CumulVar(routing.End(vehicle)))
        routing.AddVariableMaximizedByFinalizer(dimension.CumulVar(routing.Start(vehicle)))
    return dimension


def ortools(day, seconds, seed):
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    del seed
    visits = day.visits()
    depots = sorted({kind.depot for kind in day.types})
    places = depots + [getattr(*visit).place for visit in visits]
    if len(places) > LARGEST_PYTHON_MATRIX:
        raise Skip("its matrices of Python numbers")
    owners = [k for k, kind in enumerate(day.types) for _ in range(kind.count)]
    ends = [depots.index(day.types[k].depot) for k in owners]
    manager = pywrapcp.RoutingIndexManager(len(places), len(owners), ends, ends)
    routing = pywrapcp.RoutingModel(manager)
    dimension = _add_costs_and_times(day, routing, owners, places, visits)
    for d in range(len(day.types[0].capacity)):
        change = [order.load[d] if end == "pickup" else -order.load[d] for order, end in visits]
        unary = routing.RegisterUnaryTransitVector([0] * len(depots) + change)
        routing.AddDimensionWithVehicleCapacity(unary, 0, [day.types[k].capacity[d] for k in owners], False, f"load{d}")
    cold = [vehicle for vehicle, k in enumerate(owners) if day.types[k].chilled]
    for v, (order, end) in enumerate(visits):
        index = manager.NodeToIndex(len(depots) + v)
        visit = getattr(order, end)
        dimension.CumulVar(index).SetRange(visit.open, min(visit.close, day.end))
        if order.chilled:
            routing.VehicleVar(index).SetValues(cold)
        if order.pickup and order.delivery and end == "pickup":
            routing.AddPickupAndDelivery(index, manager.NodeToIndex(len(depots) + v + 1))
            follower = manager.NodeToIndex(len(depots) + v + 1)
            routing.solver().Add(routing.VehicleVar(index) == routing.VehicleVar(follower))
            routing.solver().Add(dimension.CumulVar(index) <= dimension.CumulVar(follower))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(int(1000 * seconds))
    Counted.begin()
    solution = routing.SolveWithParameters(parameters)
    if not solution:
        raise Skip("found no plan")
    routes = []
    for vehicle, k in enumerate(owners):
        steps, index = [], solution.Value(routing.NextVar(routing.Start(vehicle)))
        while not routing.IsEnd(index):
            order, end = visits[manager.IndexToNode(index) - len(depots)]
            steps.append((order.id, end))
            index = solution.Value(routing.NextVar(index))
        if steps:
            routes.append((k, steps))
    return routes


def main():
    peer, folder, seconds, seed, out = sys.argv[1:]
    day = in_common_units(Day(folder))
    Counted.begin()
    try:
        answer = {"routes": {"pyvrp": pyvrp, "vroom": vroom, "ortools": ortools}[peer](day, float(seconds), int(seed))}
    except Skip as reason:
        answer = {"skipped": str(reason)}
    except ImportError as error:
        answer = {"skipped": f"not installed ({error})"}
    answer["cpu"] = Counted.now() - Counted.began
    with open(out, "w", encoding="utf-8") as file:
        json.dump(answer, file)
    sys.stdout.flush()
    os._exit(0)  # some peers' threads do not end


if __name__ == "__main__":
    main()
