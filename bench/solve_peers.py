#!/usr/bin/env python3
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
"""Solves benchmark instances with roadgnn and its peers, in turn, one thread and the same CPU seconds each; checks every
solution itself and prints a markdown table of gaps to the best known ones.

    PYTHON bench/solve_peers.py --roadgnn build/bin/roadgnn --seconds 60 FILE.vrp|FILE.txt ...

PYTHON is an interpreter whose environment has `pyvrp==0.14.1 commiv==0.6.0 pyvroom==1.15.2 ortools==9.15.6755
hygese==0.1.0` and numpy; a peer that is missing, or cannot take an instance, is skipped with the reason. Time limits are
CPU seconds: a preloaded library lets the programs' clocks run by CPU time (bench/peers/cpu_clock.c; commiv asks the kernel
itself, so its iterations are fitted by a trial run that is not counted). Where vehicles come first the table says vehicles
and cost; gaps are in per cent of the best known cost.
"""

import argparse
import json
import os
import pathlib
import resource
import signal
import statistics
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent / "peers"
sys.path.insert(0, str(FOLDER))
from instances import Wrong, evaluate, published, read_instance, read_solution  # noqa: E402

PEERS = ["pyvrp", "commiv", "vroom", "ortools", "hygese"]


def measured(command, clock, cpu_limit):
    """Runs a command under the CPU clock; returns (CPU seconds, peak MB, error or None)."""
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    if clock:
        environment["LD_PRELOAD"] = str(clock)
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment,
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (cpu_limit, cpu_limit + 5)))
        _, status, usage = os.wait4(process.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        log.seek(0)
        lines = log.read().decode(errors="replace").strip().splitlines()
    error = None
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        error = f"no solution in {cpu_limit} s"
    elif code != 0:
        error = lines[-1] if lines else f"exit status {code}"
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024e-6, error


class Bench:
    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, pathlib.Path(folder)
        self.clock = self.folder / "cpu_clock.so"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", self.clock, FOLDER / "cpu_clock.c"], check=True)

    def run(self, solver, path, instance):
        """{"vehicles", "cost", "cpu", "mb"} or {"reason"}."""
        routes, cpu, mb, reason = self.roadgnn(path, instance) if solver == "roadgnn" else self.peer(solver, path)
        if reason:
            return {"reason": reason}
        try:
            vehicles, cost = evaluate(instance, routes)
        except Wrong as wrong:
            return {"reason": f"WRONG: {wrong}"}
        return {"vehicles": vehicles, "cost": cost, "cpu": cpu, "mb": mb}

    def cpu_limit(self):
        """Three times what it was given, and a minute for reading, a dense matrix and commiv's trial run."""
        return int(60 + 3 * self.arguments.seconds)

    def roadgnn(self, path, instance):
        out = self.folder / "roadgnn.sol"
        out.unlink(missing_ok=True)
        command = [self.arguments.roadgnn, "solve", path, "-o", out, "--time-limit", str(self.arguments.seconds),
                   "--threads", "1", "--seed", str(self.arguments.seed), *self.arguments.options.split()]
        cpu, mb, error = measured(command, self.clock, self.cpu_limit())
        if error:
            return None, cpu, mb, error
        types = {number: k for k, kind in enumerate(instance.types) for number in kind.numbers}
        return [(types.get(number, 0), stops) for number, stops in read_solution(out)], cpu, mb, None

    def peer(self, solver, path):
        out = self.folder / "peer.json"
        out.unlink(missing_ok=True)
        command = [sys.executable, FOLDER / "run_peer.py", solver, path, str(self.arguments.seconds),
                   str(self.arguments.seed), out]
        # commiv's trial run needs both clocks.
        _, mb, error = measured(command, None if solver == "commiv" else self.clock, self.cpu_limit())
        if error:
            return None, 0, mb, error
        answer = json.loads(out.read_text())
        return answer.get("routes"), answer["cpu"], mb, answer.get("skipped")


def gap(result, best):
    return 100 * (result["cost"] / best[1] - 1)


def cell(result, best, vehicles_first):
    if "reason" in result:
        return result["reason"]
    text = f"{result['cost']:.10g}"
    if vehicles_first:
        text = f"{result['vehicles']} / {text}"
    if best:
        text += f" ({gap(result, best):+.2f} %)"
    return f"{text}, {result['cpu']:.0f} s"


def best_text(best, vehicles_first):
    if not best:
        return "unknown"
    return f"{best[0]} / {best[1]:.10g}" if vehicles_first and best[0] else f"{best[1]:.10g}"


def mean_row(table, solvers):
    """Over the files that a solver and roadgnn both solved."""
    cells = []
    for solver in solvers:
        both = [(best, results) for best, results, _ in table
                if best and "cost" in results[solver] and "cost" in results[solvers[0]]]
        if not both:
            cells.append("")
            continue
        mean = statistics.mean(gap(results[solver], best) for best, results in both)
        text = f"{mean:+.2f} % of {len(both)}"
        if counted := [(best, results) for best, results in both if best[0]]:
            text += f"; {sum(results[solver]['vehicles'] for _, results in counted)} vehicles"
        cells.append(text)
    return cells


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--roadgnn", required=True, help="the program")
    parser.add_argument("--peers", default=",".join(PEERS), help="which, by commas; an empty text for none")
    parser.add_argument("--seconds", type=float, default=60, help="CPU seconds for each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--options", default="", help="more options for roadgnn solve")
    parser.add_argument("files", nargs="+")
    arguments = parser.parse_args()
    solvers = ["roadgnn"] + [peer for peer in arguments.peers.split(",") if peer]

    print(f"{arguments.seconds:g} CPU seconds, one thread, seed {arguments.seed}; {' '.join(solvers)}\n")
    print("| instance | best known | " + " | ".join(solvers) + " |\n|" + " --- |" * (len(solvers) + 2))
    table = []
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(arguments, folder)
        for path in arguments.files:
            instance = read_instance(path)
            best = published(path, instance)
            results = {solver: bench.run(solver, path, instance) for solver in solvers}
            table.append((best, results, instance))
            cells = [cell(results[solver], best, instance.vehicles_first) for solver in solvers]
            print(f"| {pathlib.Path(path).stem} | {best_text(best, instance.vehicles_first)} | " + " | ".join(cells) + " |",
                  flush=True)
    known = [best[0] for best, _, _ in table if best and best[0]]
    total = f"{sum(known)} vehicles" if known else ""
    print(f"| mean gap | {total} | " + " | ".join(mean_row(table, solvers)) + " |")


if __name__ == "__main__":
    main()
