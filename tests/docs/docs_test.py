#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests the pages: links lead somewhere, commands run, YAML of whole problems loads, C++ is what the tests build.

  docs_test.py PROGRAM
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
WRITTEN_BY_A_SCRIPT = {"docs/performance.md"}  # by the benchmarks; the link may be older than the page


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
            if file.relative_to(ROOT).as_posix() not in WRITTEN_BY_A_SCRIPT:
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


def code_faults(text):
    built = (ROOT / "tests/consumer/consumer.cpp").read_text(encoding="utf-8")
    for language, block in BLOCK.findall(text):
        if language == "cpp" and block not in built:
            yield "shows C++ that is not that of tests/consumer/consumer.cpp"


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        shutil.copytree(ROOT / "examples", folder / "examples")
        (folder / "entente").symlink_to(program)
        os.environ["PATH"] = f"{folder}:{os.environ['PATH']}"
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            for fault in [*link_faults(page), *command_faults(text, folder), *problem_faults(text, folder),
                          *code_faults(text)]:
                print(f"{page.relative_to(ROOT)}: {fault}", file=sys.stderr)
                faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
