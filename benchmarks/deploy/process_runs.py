#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures `entente solve -m process`: wall time of whole runs, from the start of the program to its end.

    benchmarks/deploy/process_runs.py PROGRAM [--runs N]

Each problem is a ring of odd length with two colours, on which DSA never comes to rest, so that each run has all of its
cycles; each variable has an agent of its own, each agent a process. A row: agents, cycles, median, least and most
seconds of N runs (default 5), seconds of the cycles alone, and the processor time of all processes together. Below
that, two agents with 1000 variables between them: messages of the algorithm that travel in a second.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROWS = [(10, 0), (10, 100), (10, 1000), (100, 0), (100, 100)]


def problem(variables, agents=None):
    """An even number of variables has one beside the ring."""
    agents = agents or variables
    ring = variables - 1 + variables % 2
    links = [(i, (i + 1) % ring) for i in range(ring)] + [(0, i) for i in range(ring, variables)]
    lines = ["name: ring", "objective: min", "domains:", "  d: {values: [0, 1]}", "variables:"]
    lines += [f"  v{i}: {{domain: d}}" for i in range(variables)]
    lines += ["constraints:"]
    lines += [f"  c{k}: {{type: intention, function: 10 if v{i} == v{j} else 0}}" for k, (i, j) in enumerate(links)]
    lines += ["agents: [" + ", ".join(f"a{i}" for i in range(agents)) + "]"]
    return "\n".join(lines) + "\n"


def run(program, file, cycles):
    words = [program, "solve", "-m", "process", "-a", "dsa", "--bound", "0", "--seed", "1", "--stop_cycle",
             str(max(1, cycles)), file]
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    seconds, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    result = json.loads(done.stdout)
    if result["cycle"] != max(1, cycles):
        sys.exit(f"a run of {cycles} cycles had {result['cycle']}")
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, result["time"], spent, result["msg_count"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="the entente program")
    parser.add_argument("--runs", type=int, default=5, help="runs of each row")
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")
    print("| agents | cycles | median | least | most | cycles alone | processor |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for agents, cycles in ROWS:
            file = pathlib.Path(folder) / f"{agents}.yaml"
            file.write_text(problem(agents))
            runs = [run(arguments.program, str(file), cycles) for _ in range(arguments.runs)]
            walls, alone, spent, _ = zip(*runs)
            print(f"| {agents} | {cycles or 'start alone'} | {statistics.median(walls):.2f} s | {min(walls):.2f} s | "
                  f"{max(walls):.2f} s | {statistics.median(alone):.2f} s | {statistics.median(spent):.2f} s |",
                  flush=True)
        file = pathlib.Path(folder) / "two.yaml"
        file.write_text(problem(1000, 2))
        rates = [sent / alone for _, alone, _, sent in
                 (run(arguments.program, str(file), 1000) for _ in range(arguments.runs))]
        print(f"\nTwo agents with 1000 variables, which are dealt out in turn: {statistics.median(rates):,.0f} messages a "
              f"second (least {min(rates):,.0f}) in 1000 cycles.")


if __name__ == "__main__":
    main()
