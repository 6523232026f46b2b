#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests the pages: links lead somewhere, commands run, YAML of whole problems loads, C++ is what the tests build, and
algorithms have the parameters that the program has.

  docs_test.py PROGRAM
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
BUILT = [ROOT / "tests/consumer/consumer.cpp", ROOT / "tests/carriers/patterns/patterns.hpp",
         *sorted((ROOT / "examples/carriers").glob("*.cpp")),
         *sorted((ROOT / "tests").rglob("*documentation_test.cpp")),
         *sorted((ROOT / "examples/plugin").glob("*.cpp")), *sorted((ROOT / "src/algorithms").glob("*.cpp"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(page):
    """The names that the page's headings can be linked by."""
    for heading in re.findall(r"^#+ (.*)$", BLOCK.sub("", page.read_text(encoding="utf-8")), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def link_faults(page):
    for target in LINK.findall(BLOCK.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"\w+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists():
            yield f"links to {target}, which does not exist"
        elif anchor and anchor not in anchors(file):
            yield f"links to {target}, which has no such heading"


def command_faults(text, folder):
    """Runs the lines that call entente, and only those: others install, build or measure."""
    for language, block in BLOCK.findall(text):
        for line in block.splitlines() if language == "sh" else []:
            if re.match(r"(\./)?entente ", line):
                end = subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, text=True, timeout=60)
                if end.returncode != 0:
                    yield f"`{line}` ends with {end.returncode}: {end.stderr.strip()}"


def problem_faults(text, folder):
    """Whole problems have an objective, variables and nothing left out."""
    for language, block in BLOCK.findall(text):
        if language == "yaml" and "objective:" in block and "variables:" in block and "…" not in block:
            end = subprocess.run(["entente", "graph", "-"], cwd=folder, input=block, capture_output=True, text=True)
            if end.returncode != 0:
                yield f"the problem does not load: {end.stderr.strip()}"


def flush_left(text):
    return "\n" + "\n".join(line.strip() for line in text.splitlines()) + "\n"


def code_faults(text):
    """C++ is part of files that the tests build."""
    # Pages show pieces of functions without the indentation that these have.
    built = [flush_left(file.read_text(encoding="utf-8")) for file in BUILT]
    for language, block in BLOCK.findall(text):
        if language == "cpp" and not any(flush_left(block) in whole for whole in built):
            yield f"shows code that is in none of the files that the tests build: {block.splitlines()[0]}"


def tutorial_faults():
    """The tutorial shows the whole of its first algorithm, and the project that is built."""
    example = ROOT / "examples/plugin"
    rest = (example / "my_dsa.cpp").read_text(encoding="utf-8")
    for language, block in BLOCK.findall((ROOT / "docs/writing-an-algorithm.md").read_text(encoding="utf-8")):
        if language == "cpp":
            rest = rest.replace(block, "", 1)
        elif language == "cmake" and block not in (example / "CMakeLists.txt").read_text(encoding="utf-8"):
            yield "docs/writing-an-algorithm.md: shows CMake that is not that of examples/plugin/CMakeLists.txt"
    if rest.strip():
        yield f"docs/writing-an-algorithm.md: leaves out of examples/plugin/my_dsa.cpp: {rest.strip()}"


def algorithm_faults():
    """Each algorithm has a page, and its page and the program agree on every parameter's name, values and default."""
    described = subprocess.run(["entente", "algorithms", "--format", "json"], capture_output=True, text=True, check=True)
    for algorithm in json.loads(described.stdout):
        page = ROOT / "docs" / "algorithms" / f"{algorithm['name']}.md"
        if not page.exists():
            yield f"docs/algorithms/{page.name}: there is no such page"
            continue
        rows = [[cell.strip() for cell in line.strip("|").split("|")]
                for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
        shown = {cells[0].strip("`"): cells for cells in rows if len(cells) == 4}
        for parameter in algorithm["parameters"]:
            name = parameter["name"]
            row = shown.pop(name, None)
            if row is None:
                yield f"docs/algorithms/{page.name}: parameter {name} is missing"
            elif row[2].strip("`") != parameter["default"] and not says_number(row[2], parameter["default"]):
                yield f"docs/algorithms/{page.name}: the default of {name} is {parameter['default']}, not {row[2]}"
            elif not all(text in row[1] or says_number(row[1], text) for text in bounds(parameter)):
                yield f"docs/algorithms/{page.name}: {name} takes {', '.join(bounds(parameter))}, not {row[1]}"
        for name in shown:
            yield f"docs/algorithms/{page.name}: there is no parameter {name}"


def says_number(cell, text):
    """Whether a cell has the number that `text` is, however it is written: 1e6 is 1000000."""
    numbers = re.findall(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?", cell)
    try:
        return float(text) in map(float, numbers)
    except ValueError:
        return False


def table_faults():
    """The table of all algorithms is what the script makes now."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(ROOT / "scripts"))
    import algorithm_table

    page = ROOT / "docs/algorithms/README.md"
    if algorithm_table.shown(page) != algorithm_table.table("entente"):
        yield f"{page.relative_to(ROOT)}: its table is old; scripts/algorithm_table.py entente --write makes it again"


def bounds(parameter):
    """The lowest and highest number, or the first and last word, that a parameter takes."""
    if parameter["choices"]:
        return parameter["choices"][0], parameter["choices"][-1]
    return tuple(str(int(x)) if x == int(x) and abs(x) < 1e16 else f"{x:g}" for x in (parameter["low"], parameter["high"]))


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        shutil.copytree(ROOT / "examples", folder / "examples")
        (folder / "entente").symlink_to(program)
        # The plug-ins, where a reader of the tutorial has built them.
        (folder / "build").symlink_to(program.parent.parent / "tests")
        os.environ["PATH"] = f"{folder}:{os.environ['PATH']}"
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            for fault in [*link_faults(page), *command_faults(text, folder), *problem_faults(text, folder),
                          *code_faults(text)]:
                print(f"{page.relative_to(ROOT)}: {fault}", file=sys.stderr)
                faults += 1
        for fault in [*tutorial_faults(), *algorithm_faults(), *table_faults()]:
            print(fault, file=sys.stderr)
            faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
