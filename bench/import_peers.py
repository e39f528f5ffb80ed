#!/usr/bin/env python3
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
"""Imports maps with roadgnn and with OSRM's extract, one thread each, and prints CPU seconds and memory side by side.

    bench/import_peers.py --roadgnn build/bin/roadgnn [--osrm-python PYTHON] MAP.osm.pbf ...

PYTHON is an interpreter that has `osrm-bindings==26.10.0` (its wheel needs Python 3.12 or newer); where it is missing the
peer is skipped with the reason. roadgnn imports all its profiles at once, prices turns and finds components; OSRM's extract
does the same for its car profile. pyroutingkit has no importer to compare with.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile


def measure(command, folder):
    """Runs a command in a folder; returns (CPU seconds, peak MB) or an error text."""
    with open(os.path.join(folder, "log"), "w+b") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
        if os.waitstatus_to_exitcode(status) != 0:
            log.seek(0)
            lines = log.read().decode(errors="replace").strip().splitlines()
            return f"failed: {lines[-1] if lines else status}"
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024e-6


def find_osrm(python):
    """OSRM's osrm-extract and car profile in an interpreter's packages, or the reason why there are none."""
    script = "import osrm, pathlib; print(pathlib.Path(osrm.__file__).parent)"
    found = subprocess.run([python, "-c", script], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        return None, f"{python} has no osrm-bindings ({found.stderr.strip().splitlines()[-1]})"
    package = pathlib.Path(found.stdout.strip())
    extract, profile = package / "bin" / "osrm-extract", package / "share" / "profiles" / "car.lua"
    if not extract.exists() or not profile.exists():
        return None, f"{package} lacks osrm-extract or its car profile"
    return (extract, profile), None


def text_of(result):
    return result if isinstance(result, str) else f"{result[0]:6.2f} s {result[1]:6.0f} MB"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--roadgnn", default="build/bin/roadgnn")
    parser.add_argument("--osrm-python", default=sys.executable)
    parser.add_argument("maps", nargs="+")
    options = parser.parse_args()

    osrm, reason = find_osrm(options.osrm_python)
    if osrm is None:
        print(f"OSRM skipped: {reason}")
    print(f"{'map':34} {'roadgnn':>20} {'OSRM extract':>20}")
    for name in options.maps:
        path = pathlib.Path(name).resolve()
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(options.roadgnn).resolve()
            ours = measure([program, "import", path, "-o", "city.rgraph", "--threads", "1"], folder)
            theirs = "-"
            if osrm is not None:
                shutil.copyfile(path, os.path.join(folder, path.name))
                theirs = measure([osrm[0], "-t", "1", "-p", osrm[1], path.name], folder)
        print(f"{path.name:34} {text_of(ours):>20} {text_of(theirs):>20}", flush=True)


if __name__ == "__main__":
    main()
