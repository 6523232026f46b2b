#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that folders include only what the table in docs/architecture.md lets them include.

Usage: check_layers.py [ROOT]

The table's first column names one or more folders, its second what they may include: folders, single headers
(`carriers/carrier.hpp`), `nothing of ours`, `all of the above`, or `include/entente` (any public header). Headers of
the system and of other projects do not count. The DEPENDS of every entente_folder() in CMakeLists.txt are held against
the same rows. Exit: 0 in order, 1 with one line for each edge outside the table, 2 when there is no table to read.
"""

import pathlib
import re
import sys

PUBLIC = "include/entente"
GENERATED = {"entente_version.hpp"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def read_table(page):
    """Returns {folder: set of what it may include} from the first table whose header is `| folder | may include |`."""
    table = {}
    inside = False
    for line in page.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            if table:
                break
            inside = False
        elif cells[:2] == ["folder", "may include"]:
            inside = True
        elif inside and not set(cells[0]) <= set("-: "):
            above = set(table)
            if cells[1] == "nothing of ours":
                allowed = set()
            elif cells[1] == "all of the above":
                allowed = above
            else:
                allowed = set(cells[1].replace(",", " ").split())
            for folder in cells[0].split():
                table[folder] = allowed
    return table


def folder_of(path):
    """The folder that a path relative to the root, such as src/graph/x.cpp, counts as; None for none."""
    parts = path.split("/")
    if path.startswith(PUBLIC + "/"):
        name = parts[2].removesuffix(".hpp")
        return "carriers" if name == "carrier" else name
    if parts[0] == "src":
        return parts[1] if len(parts) > 2 else None
    return parts[0]


def target_of(root, source, quote, name):
    """The file of ours that `#include "name"` in `source` means, relative to the root; None when it is not ours."""
    candidates = [] if quote == "<" else [source.parent / name]
    candidates += [root / "include" / name, root / "src" / name, root / name]
    for candidate in candidates:
        try:
            relative = candidate.resolve().relative_to(root)
        except ValueError:
            continue
        if candidate.is_file():
            return relative.as_posix()
    # Ours by its name, even when the file is missing: the compiler will say that, and the edge is wrong or right.
    return "include/" + name if name.startswith("entente/") else None


def check_includes(root, table):
    for top in ("include", "src", "cli", "python", "web"):
        for source in sorted((root / top).rglob("*")):
            if source.suffix not in (".hpp", ".cpp") or not source.is_file():
                continue
            path = source.relative_to(root).as_posix()
            folder = folder_of(path)
            if folder not in table:
                yield f"{path}:1: belongs to no folder of the table"
                continue
            # Line breaks stay, so that line numbers do.
            text = COMMENT.sub(lambda match: "\n" * match.group().count("\n"), source.read_text(encoding="utf-8"))
            for match in INCLUDE.finditer(text):
                if match.group(2) in GENERATED:
                    continue
                target = target_of(root, source, *match.groups())
                if target is None:
                    continue
                line = text.count("\n", 0, match.start(1)) + 1
                where = f'{path}:{line}: includes "{match.group(2)}"'
                if path.startswith("include/") and not target.startswith("include/"):
                    yield f"{where}, which is not public, from a public header"
                elif not is_allowed(table[folder], folder, target):
                    allowed = " ".join(sorted(table[folder])) or "nothing of ours"
                    yield f"{where}, but {folder} may include only: {allowed}"


def is_allowed(allowed, folder, target):
    if PUBLIC in allowed:
        return target.startswith(PUBLIC + "/") or folder_of(target) in allowed | {folder}
    header = target.removeprefix(PUBLIC + "/").removeprefix("src/")
    return folder_of(target) in allowed | {folder} or header in allowed


def check_link_lines(root, table):
    rules = root / "CMakeLists.txt"
    text = rules.read_text(encoding="utf-8") if rules.is_file() else ""
    for match in re.finditer(r"^entente_folder\((\w+)([^)]*)\)", text, re.MULTILINE):
        folder = match.group(1)
        words = re.search(r"\bDEPENDS\b((?:\s+[a-z_]+\b)*)", match.group(2))
        depends = set(words.group(1).split()) if words else set()
        line = text.count("\n", 0, match.start()) + 1
        if folder not in table:
            yield f"CMakeLists.txt:{line}: {folder} is no folder of the table"
        for extra in sorted(depends - table.get(folder, depends)):
            yield f"CMakeLists.txt:{line}: {folder} depends on {extra}, which the table does not let it include"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()
    page = root / "docs" / "architecture.md"
    table = read_table(page) if page.is_file() else {}
    if not table:
        print(f"{page}: no table with the header '| folder | may include |'", file=sys.stderr)
        return 2
    faults = [*check_includes(root, table), *check_link_lines(root, table)]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
