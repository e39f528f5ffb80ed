#!/usr/bin/env python3
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
"""Runs roadgnn's router and its peers on one map in one run, one thread, and prints CPU times side by side.

    python3.12 -m venv VENV && VENV/bin/pip install numpy osrm-bindings==26.10.0 pyvalhalla==3.9.1 pyroutingkit==0.2.1
    VENV/bin/python bench/router_peers.py --bin build/release/bin [--count 1000] MAP.osm.pbf ...

A peer that is not installed is skipped with the reason (the wheels of OSRM and Valhalla need Python 3.12 or newer).
RoutingKit gets our own turn-expanded graph, so its answers are compared with ours cell by cell. OSRM and Valhalla import the
map themselves and are asked by coordinate; their answers differ, the work is the same.
"""

import argparse
import csv
import json
import os
import pathlib
import subprocess
import tempfile
import time

PROFILE = "car"


def run(command, folder):
    """Runs a program in a folder; returns its CPU seconds and output."""
    output = pathlib.Path(folder) / "output"
    with open(output, "wb") as log:
        process = subprocess.Popen([str(word) for word in command], cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    text = output.read_text(errors="replace")
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f"{pathlib.Path(command[0]).name} failed: {(text.strip().splitlines() or ['?'])[-1]}")
    return usage.ru_utime + usage.ru_stime, text


def timed(work, repeat=1):
    """CPU seconds of one call, and what the last one returned."""
    start = time.process_time()
    for _ in range(repeat):
        result = work()
    return (time.process_time() - start) / repeat, result


class Report:
    """One line a figure: what, ours, the peer's, how many times ours."""

    def __init__(self, name):
        print(f"\n{name}\n{'':46} {'roadgnn':>12} {'peer':>12} {'peer / ours':>12}")

    @staticmethod
    def text(seconds):
        for unit, scale in (("s", 1), ("ms", 1e3), ("us", 1e6)):
            if seconds * scale >= 1 or unit == "us":
                return f"{seconds * scale:.3g} {unit}"
        return ""

    def line(self, what, ours, peer):
        print(f"{what:46} {self.text(ours):>12} {self.text(peer):>12} {peer / ours:>12.1f}", flush=True)


def routingkit(report, ours, folder, _map, _points):
    import numpy
    import pyroutingkit

    load = lambda name, kind: numpy.fromfile(folder / name, dtype=kind)
    tail, head, weight = (load(name, numpy.uint32) for name in ("tail", "head", "weight"))
    lat, lon, node = load("lat", numpy.float32), load("lon", numpy.float32), load("node", numpy.uint32)
    topology = pyroutingkit.CCHTopology()
    build, _ = timed(lambda: topology.build(tail, head, lat, lon, len(lat)))
    report.line("RoutingKit CCH: order and build", ours["order_s"], build)
    metric = pyroutingkit.CCHMetric(topology)
    report.line("RoutingKit CCH: new metric", ours["metric_s"], timed(lambda: metric.customize(weight), 3)[0])
    pairs = numpy.random.default_rng(1).choice(node, size=(2000, 2)).tolist()
    query, _ = timed(lambda: [metric.query(a, b) for a, b in pairs])
    report.line("RoutingKit CCH: path of a random pair", ours["path_s"], query / len(pairs))
    table, found = timed(lambda: metric.distances_many_to_many(node, node))
    report.line(f"RoutingKit CCH: {len(node)} x {len(node)}", ours["table_s"], table)
    expected = numpy.fromfile(folder / "table", dtype=numpy.int32).reshape(len(node), len(node))
    found = numpy.asarray(found).reshape(expected.shape).astype(numpy.int64)
    found[found >= 2**30 - 1] = -1
    print(f"{'RoutingKit: cells that differ from ours':46} {int((found != expected).sum())} of {expected.size}")


def osrm(report, ours, folder, map_file, points):
    import osrm as package

    home = pathlib.Path(package.__file__).parent
    program = lambda name: home / "bin" / name
    base = map_file.name.removesuffix(".osm.pbf") + ".osrm"
    (folder / map_file.name).symlink_to(map_file)
    extract, _ = run([program("osrm-extract"), "-t", "1", "-p", home / "share/profiles/car.lua", map_file.name], folder)
    steps = {"CH": [["osrm-contract", "-t", "1", base]],
             "MLD": [["osrm-partition", "-t", "1", base], ["osrm-customize", "-t", "1", base]]}
    report.line("OSRM: import", ours["import_s"], extract)
    for algorithm, commands in steps.items():
        seconds = [run([program(name), *rest], folder)[0] for name, *rest in commands]
        report.line(f"OSRM {algorithm}: order and build, metric", ours["order_s"] + ours["metric_s"], sum(seconds))
        if algorithm == "MLD":
            report.line("OSRM MLD: new metric", ours["metric_s"], seconds[1])
        engine = package.OSRM(storage_config=str(folder / base), use_shared_memory=False, algorithm=algorithm,
                              max_locations_distance_table=-1)
        ends = [[points[i], points[-1 - i]] for i in range(min(500, len(points)))]
        routes, _ = timed(lambda: [engine.Route(package.RouteParameters(coordinates=c, overview="false")) for c in ends])
        report.line(f"OSRM {algorithm}: path of a random pair", ours["path_s"], routes / len(ends))
        parameters = package.TableParameters(coordinates=points, annotations=["duration"])
        table, _ = timed(lambda: engine.Table(parameters))
        report.line(f"OSRM {algorithm}: {len(points)} x {len(points)}", ours["stops_table_s"], table)


def valhalla(report, ours, folder, map_file, points):
    import valhalla as package

    (folder / "tiles").mkdir()
    config = package.get_config(tile_extract="", tile_dir=str(folder / "tiles"), verbose=False)
    config["service_limits"]["auto"].update(max_matrix_location_pairs=10**6, max_matrix_distance=10**7)
    for limits in config["service_limits"].values():
        if isinstance(limits, dict) and "max_matrix_location_pairs" in limits:
            limits.update(max_matrix_location_pairs=10**6)
    (folder / "valhalla.json").write_text(json.dumps(config))
    build, _ = run([pathlib.Path(package.PYVALHALLA_DIR) / "bin/valhalla_build_tiles", "-c", folder / "valhalla.json", "-j", "1", map_file], folder)
    report.line("Valhalla: import", ours["import_s"], build)
    places = [{"lat": lat, "lon": lon} for lon, lat in points[:100]]
    actor = package.Actor(str(folder / "valhalla.json"))
    request = json.dumps({"sources": places, "targets": places, "costing": "auto"})
    table, _ = timed(lambda: actor.matrix(request))
    report.line("Valhalla: 100 x 100", ours["stops_100_table_s"], table)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", default="build/release/bin", help="folder with roadgnn and router_peer_data")
    parser.add_argument("--count", type=int, default=1000, help="points of the table")
    parser.add_argument("--peers", default="routingkit,osrm,valhalla")
    parser.add_argument("maps", nargs="+")
    options = parser.parse_args()
    programs = pathlib.Path(options.bin).resolve()

    for name in options.maps:
        map_file = pathlib.Path(name).resolve()
        report = Report(map_file.name)
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(temporary)
            city = folder / "city.rgraph"
            import_s, _ = run([programs / "roadgnn", "import", map_file, "-o", city, "--threads", "1"], folder)
            _, text = run([programs / "router_peer_data", city, PROFILE, folder, options.count], folder)
            ours = {"import_s": import_s, **json.loads(text)}
            print(f"{'roadgnn: time of a random pair, without its path':46} {report.text(ours['travel_s']):>12}")
            with open(folder / "points.csv", newline="", encoding="utf-8") as file:
                points = [(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)]
            for peer in (routingkit, osrm, valhalla):
                if peer.__name__ not in options.peers.split(","):
                    continue
                try:
                    peer(report, ours, folder, map_file, points)
                except (ImportError, RuntimeError, OSError) as error:
                    print(f"{peer.__name__} skipped: {error}")


if __name__ == "__main__":
    main()
