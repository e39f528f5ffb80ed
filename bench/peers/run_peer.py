#!/usr/bin/env python3
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
"""Runs one peer on one instance with one thread and writes its routes, [[type, [stops...]]...], as JSON.

    run_peer.py PEER INSTANCE SECONDS SEED OUT.json
"""

import datetime
import json
import math
import os
import resource
import sys
import time

import numpy as np

from instances import read_instance

LARGEST_MATRIX = 12_001


class Skip(Exception):
    """Why a peer cannot take an instance."""


class Counted:
    """The CPU seconds that count: from here on."""

    began = 0.0

    @classmethod
    def begin(cls):
        cls.began = cls.now()

    @staticmethod
    def now():
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return usage.ru_utime + usage.ru_stime


def distances(instance):
    if instance.n > LARGEST_MATRIX:
        raise Skip(f"a dense matrix of {instance.n} stops")
    return instance.distances()


def scaled(instance):
    """Windows and services in the solvers' whole numbers, rounded so that what keeps them is in time."""
    scale = instance.scale()
    if not instance.windows:
        return [(0, 2**31)] * instance.n, [0] * instance.n
    windows = [(math.ceil(a * scale), math.floor(b * scale)) for a, b in instance.windows]
    return windows, [math.ceil(s * scale) for s in instance.service]


def vehicle_price(instance, matrix):
    """A fixed cost that puts vehicles first."""
    return int(matrix[0].sum() + matrix[:, 0].sum()) + 1 if instance.vehicles_first else 0


def pyvrp(instance, seconds, seed):
    import pyvrp
    from pyvrp.stop import MaxRuntime

    matrix = distances(instance)
    windows, service = scaled(instance)
    price, scale = vehicle_price(instance, matrix), instance.scale()
    coordinates = instance.coordinates
    locations = [pyvrp.Location(float(x), float(y)) for x, y in coordinates]
    paired = {stop for pair in instance.pairs for stop in pair}
    customers = [c for c in range(1, instance.n) if c not in paired]
    window = lambda c: {"tw_early": windows[c][0], "tw_late": windows[c][1]} if instance.windows else {}
    clients = [pyvrp.Client(c, delivery=[instance.demand[c]], service_duration=service[c], **window(c)) for c in customers]
    shipments = [
        pyvrp.Shipment(p, d, *windows[p], service[p], *windows[d], service[d], amount=[instance.demand[p]])
        for p, d in instance.pairs
    ]
    types = [
        pyvrp.VehicleType(min(t.count, instance.n), [t.capacity], fixed_cost=round(t.fixed * scale) + price,
                          unit_distance_cost=round(t.per_distance), **window(0))
        for t in instance.types
    ]
    data = pyvrp.ProblemData(locations, clients, [pyvrp.Depot(0)], types, [matrix], [matrix], [], shipments)
    result = pyvrp.solve(data, MaxRuntime(seconds), seed=seed, display=False, collect_stats=False)
    if not result.best.is_feasible():
        raise Skip("found no feasible solution")
    routes = []
    for route in result.best.routes():
        stops = []
        for activity in route:
            kind = activity.type
            if kind == pyvrp.ActivityType.CLIENT:
                stops.append(customers[activity.idx])
            elif kind == pyvrp.ActivityType.PICKUP:
                stops.append(instance.pairs[activity.idx][0])
            elif kind == pyvrp.ActivityType.DELIVERY:
                stops.append(instance.pairs[activity.idx][1])
        routes.append([route.vehicle_type(), stops])
    return routes


def _commiv_call(instance, matrix, seed, iterations, wall_ms):
    import commiv

    windows, service = scaled(instance)
    horizon = int(matrix.max()) * instance.n if not instance.windows else None
    ready = [w[0] for w in windows]
    due = [min(w[1], horizon or w[1]) for w in windows]
    capacity, options = instance.types[0].capacity, {"seed": seed}
    if instance.vehicles_first:
        options.update(fleet_min=True, wall_ms=wall_ms)
    else:
        options["iters"] = iterations
    if instance.kind == "cvrp":
        return commiv.solve_cvrp(matrix, instance.demand, capacity, seed=seed, iters=iterations)
    if instance.kind == "vrptw":
        options["veh_penalty"] = round(instance.types[0].fixed * instance.scale())
        return commiv.solve_vrptw(matrix, instance.demand, capacity, ready, due, service, **options)
    pickups, deliveries = zip(*instance.pairs)
    demand = [instance.demand[p] for p in pickups]
    return commiv.solve_pdptw(matrix, pickups, deliveries, demand, capacity, ready, due, service, **options)


def commiv(instance, seconds, seed):
    """It knows no clock but the wall's: iterations are fitted to the CPU seconds by trial runs that are not counted, and the
    wall budget of its fleet minimisation to the share of a CPU that the trial got."""
    if len(instance.types) > 1:
        raise Skip("it prices types by capacity and fixed cost only")
    matrix = distances(instance).astype(np.uint32)
    if instance.vehicles_first:
        cpu, wall = time.process_time(), time.monotonic()
        _commiv_call(instance, matrix, seed, 0, 1_000)
        share = (time.process_time() - cpu) / (time.monotonic() - wall)
        Counted.begin()
        solution = _commiv_call(instance, matrix, seed, 0, int(1_000 * seconds / min(1, max(0.02, share))))
    else:
        trials = (5_000, 30_000)
        used = []
        for iterations in trials:
            cpu = time.process_time()
            _commiv_call(instance, matrix, seed, iterations, 0)
            used.append(time.process_time() - cpu)
        rate = (used[1] - used[0]) / (trials[1] - trials[0])
        Counted.begin()
        solution = _commiv_call(instance, matrix, seed, max(1, int(trials[0] + (seconds - used[0]) / rate)), 0)
    return [[0, list(route)] for route in solution.routes]


def vroom(instance, seconds, seed):
    import vroom

    del seed  # it is deterministic
    matrix = distances(instance)
    windows, service = scaled(instance)
    problem = vroom.Input()
    if len(instance.types) > 1:
        raise Skip("its costs per kilometre need a second matrix")
    kind = instance.types[0]
    price = vehicle_price(instance, matrix) + round(kind.fixed * instance.scale())
    problem.set_durations_matrix("car", matrix)
    needed = math.ceil(sum(abs(d) for d in instance.demand) / kind.capacity)
    count = min(kind.count, instance.n, max(50, 3 * needed))
    window = lambda c: vroom.TimeWindow(*windows[c])
    for vehicle in range(count):
        problem.add_vehicle(
            vroom.Vehicle(vehicle, start=0, end=0, capacity=[kind.capacity], time_window=window(0),
                          costs=vroom.VehicleCosts(fixed=min(price, 2**31))))
    paired = {stop for pair in instance.pairs for stop in pair}
    for c in range(1, instance.n):
        if c not in paired:
            problem.add_job(vroom.Job(c, c, default_service=service[c], delivery=vroom.Amount([instance.demand[c]]),
                                      time_windows=[window(c)]))
    for p, d in instance.pairs:
        step = lambda c: vroom.ShipmentStep(c, c, default_service=service[c], time_windows=[window(c)])
        problem.add_job(vroom.Shipment(step(p), step(d), amount=vroom.Amount([instance.demand[p]])))
    solution = problem.solve(exploration_level=5, nb_threads=1, timeout=datetime.timedelta(seconds=seconds))
    routes = {}
    for row in solution.routes.to_dict("records"):
        if row["type"] in ("job", "pickup", "delivery"):
            routes.setdefault(row["vehicle_id"], []).append(int(row["id"]))
    return [[0, stops] for stops in routes.values()]


def ortools(instance, seconds, seed):
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    del seed
    if instance.n > 5_000:
        raise Skip("its matrix of Python numbers")
    matrix = distances(instance)
    windows, service = scaled(instance)
    owners = [k for k, kind in enumerate(instance.types) for _ in range(min(kind.count, instance.n))]
    manager = pywrapcp.RoutingIndexManager(instance.n, len(owners), 0)
    routing = pywrapcp.RoutingModel(manager)
    plain = routing.RegisterTransitMatrix(matrix.tolist())
    for k, kind in enumerate(instance.types):
        cost = plain
        if kind.per_distance != 1:
            cost = routing.RegisterTransitMatrix((matrix * round(kind.per_distance)).tolist())
        for vehicle, owner in enumerate(owners):
            if owner == k:
                routing.SetArcCostEvaluatorOfVehicle(cost, vehicle)
                routing.SetFixedCostOfVehicle(round(kind.fixed * instance.scale()) + vehicle_price(instance, matrix), vehicle)
    demand = routing.RegisterUnaryTransitVector(instance.demand)
    routing.AddDimensionWithVehicleCapacity(demand, 0, [instance.types[k].capacity for k in owners], True, "load")
    if instance.windows:
        timed = routing.RegisterTransitMatrix((matrix + np.array(service)[:, None]).tolist())
        horizon = windows[0][1]
        routing.AddDimension(timed, horizon, horizon, False, "time")
        dimension = routing.GetDimensionOrDie("time")
        for c in range(1, instance.n):
            dimension.CumulVar(manager.NodeToIndex(c)).SetRange(*windows[c])
        for p, d in instance.pairs:
            a, b = manager.NodeToIndex(p), manager.NodeToIndex(d)
            routing.AddPickupAndDelivery(a, b)
            routing.solver().Add(routing.VehicleVar(a) == routing.VehicleVar(b))
            routing.solver().Add(dimension.CumulVar(a) <= dimension.CumulVar(b))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    first = routing_enums_pb2.FirstSolutionStrategy
    parameters.first_solution_strategy = first.PARALLEL_CHEAPEST_INSERTION if instance.windows else first.SAVINGS
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(int(1000 * seconds))
    solution = routing.SolveWithParameters(parameters)
    if not solution:
        raise Skip("found no solution")
    routes = []
    for vehicle, owner in enumerate(owners):
        stops, index = [], solution.Value(routing.NextVar(routing.Start(vehicle)))
        while not routing.IsEnd(index):
            stops.append(manager.IndexToNode(index))
            index = solution.Value(routing.NextVar(index))
        routes.append([owner, stops])
    return routes


def hygese(instance, seconds, seed):
    import hygese

    if instance.kind != "cvrp":
        raise Skip("it knows the CVRP only")
    distances(instance)  # it makes a dense matrix of its own
    parameters = hygese.AlgorithmParameters(timeLimit=seconds, seed=seed, nbIter=2**31 - 1)
    data = {
        "x_coordinates": instance.coordinates[:, 0],
        "y_coordinates": instance.coordinates[:, 1],
        "demands": np.array(instance.demand),
        "vehicle_capacity": instance.types[0].capacity,
        "depot": 0,
        "num_vehicles": instance.n - 1,
    }
    needed = math.ceil(1.3 * sum(instance.demand) / instance.types[0].capacity) + 3  # as HGS itself chooses
    data["num_vehicles"] = needed
    solution = hygese.Solver(parameters=parameters, verbose=False).solve_cvrp(data, rounding=True)
    return [[0, list(route)] for route in solution.routes]


PEERS = {"pyvrp": pyvrp, "commiv": commiv, "vroom": vroom, "ortools": ortools, "hygese": hygese}


def main():
    peer, path, seconds, seed, out = sys.argv[1:]
    instance = read_instance(path)
    Counted.begin()
    try:
        answer = {"routes": PEERS[peer](instance, float(seconds), int(seed))}
    except Skip as reason:
        answer = {"skipped": str(reason)}
    except ImportError as error:
        answer = {"skipped": f"not installed ({error})"}
    answer["cpu"] = Counted.now() - Counted.began
    with open(out, "w", encoding="utf-8") as file:
        json.dump(answer, file, default=int)
    sys.stdout.flush()
    os._exit(0)  # some peers' threads do not end


if __name__ == "__main__":
    main()
