#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the table of algorithms in docs/algorithms/README.md, from what the program and the pages say.

  algorithm_table.py PROGRAM            prints the table
  algorithm_table.py PROGRAM --write    puts it between the marks in docs/algorithms/README.md
"""
import json
import pathlib
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "docs" / "algorithms"
BEGIN = "<!-- made by scripts/algorithm_table.py -->\n"
END = "<!-- end of what it made -->\n"
COLUMNS = ["name", "graph", "timing", "complete", "bound", "monotone", "tolerates", "message size, bytes", "memory", "paper"]


def message_sizes(messages):
    """`Value 4, Cost 8 + 8·d`; `d` is the number of values of the variable that the message is about."""
    sizes = []
    for message in messages:
        if message["bytes"] is None:
            size = "varies"
        elif message["per_value"] == 0:
            size = str(message["bytes"])
        else:
            size = (f"{message['bytes']} + " if message["bytes"] else "") + f"{message['per_value']}·d"
        sizes.append(f"{message['name']} {size}")
    return ", ".join(sizes)


def memory(name):
    """What the algorithm's page says first after **Memory.**"""
    page = FOLDER / f"{name}.md"
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    found = re.search(r"\*\*Memory\.\*\*\s+(.*?)(?:;\s|\.\s|\n\n|\Z)", text, re.DOTALL)
    return re.sub(r"\s+", " ", found.group(1)).strip() if found else "?"


def row(algorithm):
    yes = {True: "yes", False: "–"}
    cells = [f"[{algorithm['name']}]({algorithm['name']}.md)", f"`{algorithm['graph']}`", algorithm["timing"],
             yes[algorithm["complete"]], yes[algorithm["bound"]], yes[algorithm["monotone"]],
             ", ".join(what for what, bears in algorithm["tolerates"].items() if bears) or "–",
             message_sizes(algorithm["messages"]), memory(algorithm["name"]), algorithm["source"]]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def table(program):
    described = subprocess.run([program, "algorithms", "--format", "json"], capture_output=True, text=True, check=True)
    lines = ["| " + " | ".join(COLUMNS) + " |\n", "|" + "---|" * len(COLUMNS) + "\n"]
    return "".join(lines + [row(algorithm) for algorithm in json.loads(described.stdout)])


def shown(page):
    """The table that the page has, or None where the marks are missing."""
    text = page.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        return None
    return text.split(BEGIN)[1].split(END)[0]


def main():
    made = table(sys.argv[1])
    if "--write" not in sys.argv:
        sys.stdout.write(made)
        return
    page = FOLDER / "README.md"
    before = shown(page)
    if before is None:
        sys.exit(f"{page} has no marks to put the table between")
    page.write_text(page.read_text(encoding="utf-8").replace(BEGIN + before + END, BEGIN + made + END),
                    encoding="utf-8")


if __name__ == "__main__":
    main()
