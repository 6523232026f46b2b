#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs OptAPO on families of problems and prints the table of docs/optapo.md.

    benchmarks/optapo_runs.py PROGRAM [--runs N]

Each row is the mean of N runs (default 20), each with a problem and a seed of its own. `complete` is the default, with
claims of all that is known or of no more than is needed; `classic` is the protocol as published. A run is beside the
optimum if its cost is not that of dpop; runs that have not ended after 1000 cycles are stopped. Requests are the
`evaluate?` messages, one to each member of a session. Every certificate is checked with `entente verify`.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

CYCLES = 1000
MODES = [("complete, whole claims", ["mode:complete", "claim:whole"]),
         ("complete, minimal claims", ["mode:complete", "claim:minimal"]),
         ("classic", ["mode:classic"])]


def octagon(_):
    return 8, 2, [(i, (i + 1) % 8) for i in range(8)] + [(2, 6)], None


def coloring(variables, edges, colors):
    def make(draw):
        return variables, colors, connected(draw, variables, edges), None
    return make


def random_costs(variables, edges, values):
    def make(draw):
        pairs = connected(draw, variables, edges)
        return variables, values, pairs, [[[draw.randrange(100) for _ in range(values)] for _ in range(values)] for _ in pairs]
    return make


FAMILIES = [("octagon with chord, 2 colours", octagon),
            ("2 colours, n = 24, m = 28", coloring(24, 28, 2)),
            ("2 colours, n = 60, m = 72", coloring(60, 72, 2)),
            ("3 colours, n = 40, m = 80", coloring(40, 80, 3)),
            ("3 colours, n = 40, m = 92", coloring(40, 92, 3)),
            ("3 colours, n = 40, m = 108", coloring(40, 108, 3)),
            ("random costs, n = 20, m = 30, d = 4", random_costs(20, 30, 4)),
            ("random costs, n = 30, m = 40, d = 4", random_costs(30, 40, 4))]


def connected(draw, variables, edges):
    """A random connected graph."""
    order = list(range(variables))
    draw.shuffle(order)
    pairs = {tuple(sorted((order[k], order[draw.randrange(k)]))) for k in range(1, variables)}
    others = [(a, b) for a in range(variables) for b in range(a + 1, variables) if (a, b) not in pairs]
    draw.shuffle(others)
    return sorted(pairs | set(others[:edges - len(pairs)]))


def text(variables, values, pairs, tables):
    lines = ["name: run", "objective: min", f"domains: {{d: {{values: [{', '.join(map(str, range(values)))}]}}}}", "variables:"]
    lines += [f"  v{v:03d}: {{domain: d}}" for v in range(variables)]
    lines.append("constraints:")
    for i, (a, b) in enumerate(pairs):
        a, b = f"v{a:03d}", f"v{b:03d}"
        function = f"1 if {a} == {b} else 0" if tables is None else f"{tables[i]}[{a}][{b}]"
        lines.append(f"  c{i}: {{type: intention, function: '{function}'}}")
    return "\n".join(lines) + "\n"


def call(program, *words):
    end = subprocess.run([program, *map(str, words)], capture_output=True, text=True)
    if end.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}: {end.stderr}{end.stdout}")
    return json.loads(end.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()
    print("| problems | mode | beside the optimum | stopped | messages | requests | largest group | mean group | certified | ms |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        problem, answer = pathlib.Path(folder, "p.yaml"), pathlib.Path(folder, "r.json")
        for name, make in FAMILIES:
            sums = {mode: [0.0] * 8 for mode, _ in MODES}
            for run in range(options.runs):
                problem.write_text(text(*make(random.Random(run))))
                best = call(options.program, "solve", "-a", "dpop", problem)["cost"]
                for mode, parameters in MODES:
                    words = [word for p in parameters for word in ("-p", p)]
                    result = call(options.program, "--seed", run, "solve", "-a", "optapo", *words, "--stop_cycle", CYCLES, problem)
                    answer.write_text(json.dumps(result))
                    proof = call(options.program, "verify", "--certificate", problem, answer)
                    types = result["msg_types"]
                    asked = types["Evaluate"]["count"] + types["ClassicEvaluate"]["count"]
                    for i, x in enumerate([result["cost"] != best, result["cycle"] >= CYCLES, result["msg_count"], asked, result["centralised"]["largest"],
                                           result["centralised"]["mean"], proof["optimal"], 1000 * result["time"]]):
                        sums[mode][i] += x
            for mode, total in sums.items():
                beside, stopped, messages, asked, largest, mean, certified, time = total
                n = options.runs
                print(f"| {name} | {mode} | {beside:.0f} of {n} | {stopped:.0f} | {messages / n:.0f} | {asked / n:.0f} | {largest / n:.2f} | "
                      f"{mean / n:.2f} | {certified:.0f} of {n} | {time / n:.1f} |")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
