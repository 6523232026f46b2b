#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws how the cost of runs develops over their cycles, as an SVG picture.

  scripts/draw_cost_curve.py --output docs/images/cost_curve.svg
      runs dsa, mgm and maxsum on one generated colouring and draws them; this is the picture of the README
  scripts/draw_cost_curve.py --output mine.svg 'DSA A=a.csv' 'DSA C=c.csv'
      draws files that `entente solve -c cycle_change --run_metrics FILE` wrote, each with its title

Needs nothing but Python. The same files give the same picture, byte for byte.
"""
import argparse
import csv
import math
import pathlib
import subprocess
import sys
import tempfile
from xml.sax.saxutils import escape

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROBLEM = ["graph_coloring", "-v", "300", "-c", "4", "-g", "random", "-p", "0.02", "--soft", "--noagents", "--seed", "7"]
RUNS = [("DSA", "dsa"), ("MGM", "mgm"), ("Max-Sum", "maxsum")]
CYCLES = 60
SUBTITLE = "one soft colouring: 300 variables, 4 colours, 880 constraints"

COLOURS = ["#0b6e99", "#c0562f", "#3f7d3a", "#7b4ea3", "#8a6d00"]
WIDTH, HEIGHT = 720, 380
LEFT, RIGHT, TOP, BOTTOM = 70, 110, 50, 50


def demonstration(program):
    """Titles and rows of the runs that the README shows."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        problem = folder / "coloring.yaml"
        subprocess.run([program, "generate", *PROBLEM, "--output", problem], check=True)
        for title, algorithm in RUNS:
            rows = folder / f"{algorithm}.csv"
            subprocess.run(
                [program, "solve", "-a", algorithm, "--stop_cycle", str(CYCLES), "--seed", "1", "-c", "cycle_change",
                 "--run_metrics", rows, problem],
                check=True, stdout=subprocess.DEVNULL)
            yield title, read_rows(rows)


def read_rows(path):
    """The (cycle, cost) pairs of one metrics file, without its last row, which is about the best assignment."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["status"] == "RUNNING" and row["cost"]]
    if not rows:
        sys.exit(f"{path}: holds no row with a cost; was it written with --collect_on cycle_change?")
    return [(int(row["cycle"]), float(row["cost"])) for row in rows]


def steps(low, high, about):
    """Round numbers that cover [low, high] in about so many steps."""
    raw = (high - low) / about or 1
    unit = 10 ** math.floor(math.log10(raw))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= raw)
    return [index * step for index in range(math.floor(low / step), math.ceil(high / step) + 1)]


def draw(curves, subtitle):
    costs = [cost for _, rows in curves for _, cost in rows]
    last = max(cycle for _, rows in curves for cycle, _ in rows)
    cost_marks, cycle_marks = steps(min(costs), max(costs), 5), steps(0, last, 6)
    low, high, end = cost_marks[0], cost_marks[-1], cycle_marks[-1]

    def x(cycle):
        return LEFT + (WIDTH - LEFT - RIGHT) * cycle / end

    def y(cost):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (cost - low) / (high - low)

    def text(left, top, words, anchor="start", more=""):
        return f'<text x="{left:.1f}" y="{top:.1f}" text-anchor="{anchor}"{more}>{escape(words)}</text>'

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="sans-serif" font-size="13" fill="#333" role="img">',
        "<title>Cost over cycles</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        text(LEFT, 22, "Cost after each cycle", more=' font-weight="bold" font-size="15"'),
        text(LEFT, 40, subtitle, more=' fill="#666"'),
    ]
    for mark in cost_marks:
        lines.append(f'<path d="M{LEFT} {y(mark):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        lines.append(text(LEFT - 8, y(mark) + 4, f"{mark:g}", "end"))
    for mark in cycle_marks:
        lines.append(text(x(mark), HEIGHT - BOTTOM + 20, f"{mark:g}", "middle"))
    lines.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "cycle", "middle"))

    labels = []
    for (title, rows), colour in zip(curves, COLOURS):
        points = " ".join(f"{x(cycle):.1f},{y(cost):.1f}" for cycle, cost in rows)
        lines.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        at_cycle, at_cost = rows[-1]
        lines.append(f'<circle cx="{x(at_cycle):.1f}" cy="{y(at_cost):.1f}" r="3.5" fill="{colour}"/>')
        if at_cycle < last:  # a run that ended by itself keeps what it has
            lines.append(f'<path d="M{x(at_cycle):.1f} {y(at_cost):.1f}H{x(last):.1f}" stroke="{colour}" '
                         'stroke-dasharray="2 4"/>')
        labels.append([y(at_cost) + 4, f"{title} {at_cost:g}", colour])
    labels.sort()
    for above, label in zip(labels, labels[1:]):  # names of curves that end close together stay readable
        label[0] = max(label[0], above[0] + 15)
    for top, words, colour in labels:
        lines.append(text(x(last) + 8, top, words, more=f' style="fill:{colour}"'))
    return "\n".join(lines + ["</svg>", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", required=True, type=pathlib.Path, help="the SVG file to write")
    parser.add_argument("--entente", default=ROOT / "entente", help="the program that makes the runs")
    parser.add_argument("--subtitle", default="", help="a line under the title, for files of your own")
    parser.add_argument("curves", nargs="*", metavar="TITLE=FILE.csv", help="metrics files to draw")
    arguments = parser.parse_args()
    if len(arguments.curves) > len(COLOURS):
        parser.error(f"more than {len(COLOURS)} curves cannot be told apart")
    curves, subtitle = [], arguments.subtitle
    for curve in arguments.curves:
        title, equals, path = curve.partition("=")
        if not equals:
            parser.error(f"'{curve}' is not of the form TITLE=FILE.csv")
        curves.append((title, read_rows(path)))
    if not curves:
        curves, subtitle = list(demonstration(arguments.entente)), SUBTITLE
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(draw(curves, subtitle), encoding="utf-8")


if __name__ == "__main__":
    main()
