#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the benchmarks and prints docs/performance.md.

    benchmarks/report.py [--build FOLDER] [--only WORD] > docs/performance.md

Builds the benchmark programs in FOLDER (default build/benchmarks) and runs them one after another. Every ratio is taken
inside one program, against a hand-written loop that runs alternately with ours; absolute figures belong to the machine.
"""

import argparse
import json
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Program, heading, sentence, counters to show.
SECTIONS = [
    ("local_search_benchmark", "DSA and MGM in the cycle engine",
     "Per directed edge; `full` runs every step in every cycle, `changes` is what 100 cycles take when the engine picks. "
     "`ratio` is engine time over the hand-written loop's, `speedup` what a second thread brings.",
     ["loop_ns", "engine_ns", "ratio", "speedup"]),
    ("local_search_phases_benchmark", "MGM-2 and GDBA against MGM",
     "Per variable and phase (a cycle's time over its number of phases), every step in every cycle, one thread.",
     ["mgm_ns", "phase_ns", "ratio"]),
    ("maxsum_benchmark", "Max-Sum in the factor engine",
     "Per factor and cycle, binary factors, mean degree 4. `ratio` is engine time over the hand-written loop's.",
     ["loop_ns", "engine_ns", "ratio", "speedup"]),
    ("util_benchmark", "DPOP: join and project", "One UTIL step against a hand-written fused loop, and memcpy.", None),
    ("elimination_benchmark", "Whole eliminations", "All variables of a problem, one thread.", None),
    ("event_benchmark", "Events", "Small messages between agents, against a hand-written log.", None),
    ("consensus_benchmark", "Averaging at array speed",
     "A number's share of a cycle, one thread; participants / numbers each. `ratio` is engine time over the hand-written "
     "loop's, `whole_ratio` that of 60 cycles with all set-up.", ["loop_ns", "engine_ns", "ratio", "whole_ratio"]),
    ("loading_benchmark", "Loading", "A YAML file against libyaml's bare event parser on the same text.",
     ["seconds", "parser_seconds", "ratio", "megabytes"]),
    ("memory_benchmark", "Memory",
     "A million variables and three million tables of doubles over three values, made in memory; peak resident set.",
     ["bytes_per_constraint", "problem_bytes_per_constraint", "seconds_for_100_cycles"]),
    ("bound_benchmark", "The bound beside every heuristic",
     "Processor time of the default bound, per constraint, and its share of 100 full cycles of MGM.",
     ["bound_ns", "share"]),
    ("simulation_benchmark", "Simulated links", "Packets of 8 bytes, raw and reliable, and messages of DSA over them.",
     ["packets/s", "messages/s"]),
    ("in_process_benchmark", "Messages over the in-process carrier",
     "Processor time per message, beside a loop written by hand for the one job.", ["message_ns", "loop_ns"]),
    ("consensus_benchmark", "Averaging", "A million participants with six neighbours each: per number and cycle.",
     ["loop_ns", "engine_ns", "ratio", "whole_ratio"]),
]
# Program, heading: programs that print for people.
PRINTING = [
    ("cohda_benchmark", "COHDA"),
    ("admm_benchmark", "ADMM"),
]
STANDARD = {"name", "aggregate_name", "aggregate_unit", "family_index", "per_family_instance_index", "run_name", "run_type", "repetitions",
            "repetition_index", "threads", "iterations", "real_time", "cpu_time", "time_unit", "items_per_second",
            "bytes_per_second", "label", "error_occurred", "error_message"}


def build(folder):
    options = ["-DCMAKE_BUILD_TYPE=Release", "-DENTENTE_BENCHMARKS=ON"]
    for command in (["cmake", "-G", "Ninja", "-S", str(ROOT), "-B", str(folder), *options],
                    ["cmake", "--build", str(folder)]):
        subprocess.run(command, check=True, stdout=sys.stderr)


def run(program):
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run([str(program), f"--benchmark_out={out.name}", "--benchmark_out_format=json"], check=True,
                       stdout=sys.stderr)
        return json.load(open(out.name, encoding="utf-8"))


def number(value):
    if not isinstance(value, (int, float)):
        return "" if value is None else str(value)
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}".replace(",", " ")


def table(result, counters):
    rows = result["benchmarks"]
    if any(row.get("aggregate_name") == "median" for row in rows):
        rows = [row for row in rows if row.get("aggregate_name") == "median"]
    for row in rows:
        if "bytes_per_second" in row:
            row["GB/s"] = row["bytes_per_second"] / 1e9
    if counters is None:
        counters = []
        for row in rows:
            counters += [key for key in row if key not in STANDARD and key not in counters]
    lines = ["| benchmark | " + " | ".join(f"`{c}`" for c in counters) + " |", "|---" * (len(counters) + 1) + "|"]
    for row in rows:
        name = re.sub(r"/(iterations|min_time|repeats):[^/]*|/manual_time|/real_time", "", row["name"])
        if row.get("error_occurred"):
            lines.append(f"| {name} | {row['error_message']} |" + " |" * (len(counters) - 1))
        else:
            lines.append(f"| {name} | " + " | ".join(number(row.get(c)) for c in counters) + " |")
    return "\n".join(lines)


def start_up(folder):
    """Wall milliseconds of whole `solve` processes on a small file: the binary, and through the launcher."""
    example = ROOT / "examples" / "smart_lights.yaml"
    lines = ["| command | median ms | fastest ms |", "|---|---|---|"]
    for name, program in (("binary", folder / "bin" / "entente"), ("launcher", ROOT / "entente")):
        times = []
        for _ in range(31):
            before = time.perf_counter()
            subprocess.run([str(program), "solve", "-a", "dsa", "--stop_cycle", "100", str(example)], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            times.append((time.perf_counter() - before) * 1e3)
        lines.append(f"| {name} | {statistics.median(times):.1f} | {min(times):.1f} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "benchmarks")
    parser.add_argument("--only", default="", help="run only programs whose name holds this word")
    options = parser.parse_args()
    build(options.build)
    parts = []
    context = {}
    for program, heading, sentence, counters in SECTIONS:
        path = options.build / program
        if options.only not in program or not path.exists():
            continue
        result = run(path)
        context = result["context"]
        parts.append(f"## {heading}\n\n{sentence}\n\n{table(result, counters)}\n")
    for program, heading in PRINTING:
        path = options.build / program
        if options.only in program and path.exists():
            text = subprocess.run([str(path)], check=True, stdout=subprocess.PIPE, text=True).stdout
            parts.append(f"## {heading}\n\n```text\n{text.strip()}\n```\n")
    if options.only in "start-up":
        parts.append(f"## Start-up\n\n`solve` on a file of five variables, whole process.\n\n{start_up(options.build)}\n")
    if options.only in "process":
        runs = [ROOT / "benchmarks" / "deploy" / "process_runs.py", options.build / "bin" / "entente"]
        text = subprocess.run([str(word) for word in runs], check=True, stdout=subprocess.PIPE, text=True).stdout
        parts.append(f"## Agents as processes\n\n`solve -m process`, each variable with an agent, each agent a process, DSA "
                     f"on a ring that it never comes to rest on; from the start of the program to its end.\n\n{text}")
    print("# Performance\n")
    print("Generated by `benchmarks/report.py > docs/performance.md`. Ratios are taken inside one run against "
          "hand-written loops on the same arrays; absolute figures belong to the machine below. How good "
          "the answers are: [quality.md](quality.md).\n")
    print(f"Machine: {context.get('num_cpus', '?')} x {context.get('mhz_per_cpu', '?')} MHz, "
          f"{platform.machine()}, load {', '.join(str(round(x, 1)) for x in context.get('load_avg', []))} at the last "
          f"program's start; {time.strftime('%Y-%m-%d')}.\n")
    print("\n".join(parts), end="")


if __name__ == "__main__":
    main()
