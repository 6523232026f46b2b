#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails if two files define types of the same name in the same namespace.

Such types are one to the linker: what it keeps of their constructors and destructors serves both, which no compiler
reports and which corrupts memory far away. Usage: scripts/check_names.py [ROOT]. Exit: 0 none, 1 some.
"""
import pathlib
import re
import sys

FOLDERS = ("include", "src", "cli", "web")
NAMESPACE = re.compile(r"^namespace ?([\w:]*) ?\{$")
END = re.compile(r"^\}  // namespace ?([\w:]*)")
DEFINITION = re.compile(r"^(?:struct|class|union|enum class|enum) (?:alignas\([^)]*\) )?(\w+)(?: final)?(?: :| \{|$)")


def definitions(path):
    """Yields (namespace, name, line number) of each type that others can see."""
    spaces = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if match := NAMESPACE.match(line):
            spaces.append(match[1])
        elif END.match(line) and spaces:
            spaces.pop()
        elif (match := DEFINITION.match(line)) and "" not in spaces:
            yield "::".join(spaces), match[1], number


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    seen, failed = {}, False
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.[hc]pp")):
            if path.name.endswith(".variant.cpp"):
                continue  # in a namespace of its instruction set
            for space, name, line in definitions(path):
                place = f"{path.relative_to(root)}:{line}"
                first = seen.setdefault((space, name), place)
                if first.rsplit(":", 1)[0] != str(path.relative_to(root)):
                    print(f"{place}: {space}::{name} is also defined in {first}; give one of them another name")
                    failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
